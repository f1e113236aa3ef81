/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection that speaks plain text: what it keeps, and what its files do
 * with it.  text.c takes its lines, text_login.c asks for names and passwords,
 * text_watch.c shows messages.
 */
#ifndef SERVER_DIALECT_TEXT_PEER_H
#define SERVER_DIALECT_TEXT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/dialect/client_conn.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/wire.h"

enum asking { ASK_NOTHING, ASK_NAME, ASK_PASSWORD };

struct shown {
	struct target from;
	int64_t id;
};

struct text_peer {
	struct client_conn cc;
	struct frame frame;
	struct text_peer *next, **prev; /* those logged in; prev NULL: not */
	uint64_t session; /* 0: not logged in */
	uint64_t watch;
	bool greeted;      /* told of its login */
	int64_t live_from; /* what came behind this one is its watch's */
	int64_t inboxed;   /* private ones up to here were in the inbox */
	bool more;         /* of those, once what was sent has left */
	enum asking asking;
	bool asked_login; /* what is asked for: login, else regist */
	char asked_name[WIRE_NAME_CAP];
	enum wire_err asked_err;  /* why that is no name; WIRE_OK */
	struct loop_timer patience; /* for a password that comes unasked */
	struct loop_call late;      /* it has not */
	bool busy; /* a line is not answered yet */
	struct shown *shown;
	size_t showns;
	struct loop_call over; /* tells that the session has ended */
};

/* NULL: gone or closing. */
struct text_peer *text_find(struct dialects *, uint64_t id);

void text_say(struct text_peer *, const char *);
void text_line(struct text_peer *, const char *); /* with a line end */

/* Until it is answered no further line is taken. */
struct chat_done text_later(struct text_peer *,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *));
void text_answered(struct text_peer *);

/* A chat_done's fn, where nobody waits for the answer. */
void text_nobody_asked(void *arg, uint64_t id, const struct chat_result *);

/* Its login is here, and is not any more. */
void text_enter(struct text_peer *, uint64_t session, const char *user);
void text_leave(struct text_peer *);

/* False: nobody is, or not any more. */
bool text_logged_in(struct text_peer *);

#endif
