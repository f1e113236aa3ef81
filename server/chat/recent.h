/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The newest messages, as they were shown: the bridge on which a watch that
 * catches up by pages of the store goes over to live ones without a hole.
 * Bounded by number and bytes; what is pushed out is in the store.
 */
#ifndef SERVER_CHAT_RECENT_H
#define SERVER_CHAT_RECENT_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

struct account;
struct recent;

enum { RECENT_MAX = 1024, RECENT_BYTES = 4 << 20 };

struct recent_message {
	int64_t id, time;
	enum store_kind kind;
	const char *conv; /* the conversation's key */
	/* Private: the two, NULL for one of another realm (accounts outlive
	 * it); the same twice with oneself. */
	struct account *side[2];
	uint64_t watcher; /* whose own word it is: not sent there */
	const char *from; /* as shown */
	const char *name; /* the sender's real name then */
	const char *text;
};

/* last: the highest id of the store. */
struct recent *recent_new(int64_t last);
void recent_free(struct recent *);

/* Ids rise.  Copied; what is returned is good until the next call of this. */
const struct recent_message *recent_add(
    struct recent *, const struct recent_message *);

int64_t recent_last(const struct recent *);

/* Every message that was shown with an id above this one is here. */
int64_t recent_floor(const struct recent *);

/* The oldest with an id above `id`; NULL: none. */
const struct recent_message *recent_after(const struct recent *, int64_t id);

#endif
