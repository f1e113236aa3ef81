/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of the client, which its parts share and nobody else includes:
 *
 *	uplink.c    the connection: kept, lost, made again
 *	request.c   what was asked and waits for its reply
 *	login.c     the way from connected to watching, and back
 *	events.c   who is there, what is unread, what happens
 *	group_sync.c    which groups there are, and what happens there
 *	history.c   pages of older messages, read marks
 *	mention_scan.c     who called meanwhile
 *	backfill.c    for who follows: all messages, in order
 *	outgoing.c  what was typed, until it is answered
 *	find.c      what the server finds while somebody types
 *	query.c       the person's questions, and what they do in groups
 *	client.c    life, and who gets what comes in
 *
 * Each part writes its own members of the struct; the others read them.
 */
#ifndef TUI_NET_CLIENT_PRIV_H
#define TUI_NET_CLIENT_PRIV_H

#include "shared/loop.h"
#include "shared/wire.h"
#include "tui/net/client.h"
#include "tui/model/model.h"
#include "tui/net/outbox.h"
#include "tui/net/request.h"

#include <stdbool.h>
#include <stdint.h>

struct calls;
struct backfill;
struct uplink;

enum { CLIENT_LOST_MAX = 8 };

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
	uint64_t lost_in[CLIENT_LOST_MAX];
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

	/* events.c */
	bool unread_asked;
	size_t unread_before; /* all that was, when we began to watch */

	/* group_sync.c */
	bool groups_asked;
	unsigned own_deeds; /* events of what we did ourselves */

	/* history.c */
	int64_t read_at;
	struct loop_timer reads;

	struct calls *calls; /* mention_scan.c; NULL: nothing to be looked for */

	/* backfill.c; NULL: messages go into the model */
	struct backfill *missed;

	/* find.c */
	client_found_fn *found; /* NULL: nobody waits for it */
	void *found_arg;
	uint64_t find_tag; /* only the newest counts */

	/* outgoing.c */
	struct outbox outbox;
	bool sending; /* its first is on its way */
	struct loop_timer resend; /* rate-limited: the outbox goes on */
};

/* A line of our own in the current conversation. */
void client_notice(struct client *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, of what the person asked for and does not get. */
void client_refused(struct client *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The connection is lost, told in the current conversation; and there again,
 * told wherever that was. */
void client_tell_lost(struct client *, const char *why);
void client_tell_back(struct client *);

/* Puts what is known of us and of the connection into the model. */
void client_publish(struct client *);
void client_set_link(struct client *, enum model_link);

/* Logged in, and told what happens. */
bool client_watching(const struct client *);

/* Asks; like->done is called with the reply, unless the connection is lost
 * before.  Nothing happens when there is none. */
void client_request(
    struct client *, const struct request *like, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* For a request whose answer does not matter. */
void client_done_quietly(struct client *, const struct request *, json_t *reply);

/* What is on its way brings nothing any more. */
void client_nothing_comes(struct client *);

/* The server broke the protocol: nothing that it says now can be trusted.
 * what it did is told as it is given here: "a bad list of users". */
void client_broken(struct client *, const char *what);

/* Strings that may be secrets: wiped before they are freed. */
void client_wipe(char **secret);
void client_replace(char **slot, const char *s);

#endif
