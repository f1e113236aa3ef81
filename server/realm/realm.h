/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other realms: the links to them and the way to a name.  The one header of
 * this folder that others see.
 *
 * Two kinds of links.  One of ours (link.c) is dialled by either side, proves
 * on both that they know the same secret, and carries the items of two durable
 * streams (chat/peer.h, store.h) and what needs no memory: questions, and who
 * is online.  One to a server of the older realm system (legacy.c) is no more
 * than an address: a connection for each request, with no proof of anything.
 *
 * Nothing here blocks: names are looked up on threads (dial.h, resolve.h),
 * pauses grow, and each link is bounded in what it holds.
 */
#ifndef SERVER_REALM_REALM_H
#define SERVER_REALM_REALM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/peer.h"
#include "shared/resolve.h"
#include "shared/wire.h"

struct chat;
struct chat_router;
struct loop;
struct peers;
struct realms;
struct store;

enum {
	REALMS_MAX = PEER_REALMS_MAX,
	REALM_SECRET_MAX = 4096, /* bytes of a secret's file */
	REALM_QUEUE_MAX = 100000 /* items that wait for one realm */
};

/* A --link, as the command line has it. */
struct realm_link {
	char name[WIRE_NAME_CAP];
	char host[RESOLVE_HOST_CAP], port[8];
	bool legacy;
	/* What the file holds, without the blanks and line ends behind it;
	 * NULL: legacy. */
	char *secret;
	size_t secret_len;
	char *file; /* that the secret is from; NULL: legacy */
};

/* Where lines for the log go. */
struct realm_log {
	/* What strangers may bring about as often as they like; as in
	 * dialects_new. */
	void (*often)(const char *cause, const char *detail);
	/* A whole line each time. */
	void (*line)(const char *text);
};

/*
 * own: our realm's name.  The links stay the caller's until this returns; they
 * are in the order in which names are tried.  Reads the streams' state from
 * the store and makes the links' keys (start-up: this blocks, a tenth of
 * a second for each link).  NULL: why says what failed.
 */
struct realms *realms_new(struct loop *, struct chat *, struct store *,
    const char *own, const struct realm_link *, size_t count,
    const struct realm_log *, const char **why);

/* What the chat is to be given (chat_set_router). */
void realms_router(struct realms *, struct chat_router *out);

/* Starts to dial. */
void realms_go(struct realms *);

/*
 * Tells the peers, takes and dials nothing any more; open questions are
 * answered with WIRE_BUSY.  Before chat_free, and a second time is nothing.
 * The struct goes after the chat and the store, which still answer to it.
 */
void realms_close(struct realms *);
void realms_free(struct realms *); /* NULL is fine */

/* What the dialects are to be given (dialects_set_peers). */
void realms_peers(struct realms *, struct peers *out);

#endif
