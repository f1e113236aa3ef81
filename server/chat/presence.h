/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who came, went or was renamed: accounts in the order of their last change,
 * so that a watch that could not be told at the time is told later what is so
 * by then, however often it changed.
 */
#ifndef SERVER_CHAT_PRESENCE_H
#define SERVER_CHAT_PRESENCE_H

#include <sys/queue.h>

#include <stdint.h>

#include "server/chat/chat.h"

struct account;

struct presence {
	TAILQ_HEAD(presence_list, account) list; /* oldest change first */
	uint64_t changes;
};

void presence_init(struct presence *);

/* Notes the change and tells all watches that can be told. */
void presence_changed(struct chat *, struct account *);

/* The oldest change above `seen`; NULL: none. */
struct account *presence_after(const struct chat *, uint64_t seen);

void presence_event(const struct account *, struct chat_event *out);

#endif
