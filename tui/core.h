/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of the client, which its parts share and nobody else includes:
 *
 *	uplink.c    the connection: kept, lost, made again
 *	request.c   what was asked and waits for its reply
 *	login.c     the way from connected to watching, and back
 *	tidings.c   who is there, what is unread, what happens
 *	groups.c    which groups there are, and what happens there
 *	history.c   pages of older messages, read marks
 *	calls.c     who called meanwhile
 *	missed.c    for who follows: all messages, in order
 *	delivery.c  what was typed, until it is answered
 *	find.c      what the server finds while somebody types
 *	ask.c       the person's questions, and what they do in groups
 *	client.c    life, and who gets what comes in
 *
 * Each part writes its own members of the struct; the others read them.
 */
#ifndef TUI_CORE_H
#define TUI_CORE_H

#include "shared/loop.h"
#include "shared/wire.h"
#include "tui/client.h"
#include "tui/model.h"
#include "tui/outbox.h"
#include "tui/request.h"

#include <stdbool.h>
#include <stdint.h>

struct calls;
struct missed;
struct uplink;

enum { CORE_LOST_MAX = 8 };

struct client {
	struct loop *loop;
	struct model *model;
	const struct client_events *events;
	void *arg;

	struct uplink *uplink;
	struct requests requests;
	enum model_link link;
	char why[160];  /* of the last loss */
	/* Where the loss was told: so, that it is back is told there, too. */
	uint64_t lost_in[CORE_LOST_MAX];
	size_t losses;
	bool lazy;      /* see client_lazy */
	bool no_reader; /* see client_no_reader */
	bool as_sent;   /* see client_as_sent */

	/* login.c: what to log in with: a token, or a name and password. */
	char *user, *token, *password, *real_name;
	bool registering;
	bool needing; /* need_login was told, and nobody has helped yet */
	bool logout_wanted;
	char last_user[WIRE_NAME_CAP]; /* whose conversations are shown */
	bool begun_anew; /* once in a connection: its server may be mad */
	uint64_t login_tag; /* only the newest try to log in counts */
	struct loop_timer relogin;

	/* tidings.c */
	bool unread_asked;
	size_t unread_before; /* all that was, when we began to watch */

	/* groups.c */
	bool groups_asked;
	unsigned own_deeds; /* events of what we did ourselves */

	/* history.c */
	int64_t read_at;
	struct loop_timer reads;

	struct calls *calls; /* calls.c; NULL: nothing to be looked for */

	/* missed.c; NULL: messages go into the model */
	struct missed *missed;

	/* find.c */
	client_found_fn *found; /* NULL: nobody waits for it */
	void *found_arg;
	uint64_t find_tag; /* only the newest counts */

	/* delivery.c */
	struct outbox outbox;
	bool sending; /* its first is on its way */
	struct loop_timer resend; /* rate-limited: the outbox goes on */
};

/* A line of our own in the current conversation. */
void core_notice(struct client *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, of what the person asked for and does not get. */
void core_refused(struct client *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The connection is lost, told in the current conversation; and there again,
 * told wherever that was. */
void core_tell_lost(struct client *, const char *why);
void core_tell_back(struct client *);

/* Puts what is known of us and of the connection into the model. */
void core_publish(struct client *);
void core_set_link(struct client *, enum model_link);

/* Logged in, and told what happens. */
bool core_watching(const struct client *);

/* Asks; like->done is called with the reply, unless the connection is lost
 * before.  Nothing happens when there is none. */
void core_request(
    struct client *, const struct request *like, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* For a request whose answer does not matter. */
void core_done_quietly(struct client *, const struct request *, json_t *reply);

/* What is on its way brings nothing any more. */
void core_nothing_comes(struct client *);

/* The server broke the protocol: nothing that it says now can be trusted.
 * what it did is told as it is given here: "a bad list of users". */
void core_broken(struct client *, const char *what);

/* Strings that may be secrets: wiped before they are freed. */
void core_wipe(char **secret);
void core_replace(char **slot, const char *s);

#endif
