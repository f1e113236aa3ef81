/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Something that was asked of the chat and waits for the disk or a password
 * hash.  Each call's own struct begins with one; it goes to the store as the
 * argument of the callback, which ends it by ask_answer or ask_end.
 *
 * chat_free answers all that wait with WIRE_BUSY and cuts them loose: their
 * callbacks still come (the store outlives the chat) and find ask_alive false,
 * after which they may touch neither the chat nor its accounts.
 *
 * The answer is the last that a function does with the chat: whoever gets it
 * may call in again, so what was found before it may be gone.
 */
#ifndef SERVER_CHAT_ASK_H
#define SERVER_CHAT_ASK_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"

struct ask {
	TAILQ_ENTRY(ask) entry;
	struct chat *chat; /* NULL: it is gone */
	struct chat_done done;
	size_t size;
	/* Frees what it holds beyond itself; or NULL. */
	void (*release)(struct ask *);
};

TAILQ_HEAD(asks, ask);

/* Zeroed, size bytes that begin with a struct ask; done.fn may be NULL. */
void *ask_new(struct chat *, size_t size, struct chat_done);

/* False: the chat is gone, and so is the ask now. */
bool ask_alive(struct ask *);

/* Both free it, and wipe it, for one may hold a password.  ask_end is for an
 * answer that is no more than OK or an error. */
void ask_answer(struct ask *, const struct chat_result *);
void ask_end(struct ask *, enum wire_err);

/* chat_free's. */
void asks_cut(struct asks *);

/* The answer to what does not even become an ask. */
void ask_refuse(const struct chat *, struct chat_done, enum wire_err);
void ask_limit(struct chat_done, int64_t retry_ms); /* WIRE_RATE_LIMITED */

#endif
