/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saying something: checked, written, and only when it is durable shown and
 * answered, in this order.  The part of it that the other modules use.
 */
#ifndef SERVER_CHAT_MESSAGE_H
#define SERVER_CHAT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/chat/convo.h"

struct account;
struct chat_origin;

/* Somebody's words.  All strings are copied. */
struct words {
	struct account *account; /* whose; NULL: of another realm */
	const char *key;         /* the sender: "messi", "james@medan" */
	const char *from;        /* the same as shown */
	const char *name;        /* the real name */
	uint64_t watcher;        /* the sender's own watch, not told; 0: none */
	const struct convo *to;
	const char *text;
	const char *tag;         /* NULL: none; only with an account */
	int64_t time;
	const struct chat_origin *origin; /* noted as taken in the same commit;
	                                   * NULL: said here */
	bool delivered;          /* it needs no outbox any more */
};

/* WIRE_OK, or what is wrong with it (tag may be NULL). */
enum wire_err message_check(const char *text, const char *tag);

/* May anything be said to that realm: WIRE_NO_SUCH_REALM, or (as much waits
 * for it as may) WIRE_REALM_UNREACHABLE. */
enum wire_err message_way(const struct chat *, const char *realm);

/*
 * Stores it, puts it into the outboxes of the realms that it is for, shows it
 * and answers.  Who may say what to whom was looked at before.
 */
void message_say(struct chat *, const struct words *, struct chat_done);

#endif
