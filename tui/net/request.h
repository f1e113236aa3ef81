/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests that wait for their replies, which are found by tag: `@qN VERB …`.
 * No sockets: it makes the line, and somebody else sends it.
 */
#ifndef TUI_NET_REQUEST_H
#define TUI_NET_REQUEST_H

#include "shared/wire.h"
#include "tui/net/client.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct buf;

enum { REQUESTS_MAX = 256 }; /* on their way; whoever asks more is refused */

struct request {
	struct request *next;
	uint64_t tag;
	void (*done)(struct client *, const struct request *, json_t *reply);
	bool bad_token;      /* done deals with one; else login_expired() */
	uint64_t passage;    /* which one a page is for; 0: the conversation */
	bool newer;          /* of a passage: the page behind it */
	uint64_t convo;      /* the serial of the conversation it is about */
	enum client_ask ask; /* a question of the person's */
	bool person;         /* who waits to read the answer */
	unsigned deeds;      /* client_do: own_deeds when it was asked */
	char whom[WIRE_TARGET_CAP]; /* client_do: to whom, or which group */
};

struct requests {
	struct request *first, **last;
	size_t count;
	uint64_t tag; /* of the last one */
};

void requests_init(struct requests *);
void requests_drop(struct requests *); /* all; their replies are nobody's */

/* One more, as like says but for its tag; line gets what is to be sent. */
void requests_add(struct requests *, const struct request *like,
    struct buf *line, const char *fmt, va_list)
    __attribute__((format(printf, 4, 0)));

/* Takes it out; free(3) it.  NULL: nobody waits for that tag. */
struct request *requests_take(struct requests *, const char *tag);

#endif
