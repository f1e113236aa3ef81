/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chat's inside, for the modules of this folder: what each of them keeps,
 * and the time.
 *
 * Pointers: an account lives as long as the chat, so one may be kept across a
 * wait.  Sessions and watches come and go: across a wait by number only.
 */
#ifndef SERVER_CHAT_STATE_H
#define SERVER_CHAT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/chat/ask.h"
#include "server/chat/chat.h"
#include "server/chat/peer.h"
#include "server/directory/directory.h"

struct groups;
struct passhash;
struct recent;
struct store;
struct watches;

struct chat {
	struct directory dir;
	struct store *store;
	struct passhash *passhash;
	struct chat_rules rules;
	struct chat_router router; /* zeroed: there are no other realms */
	/* chat_on_cut; or NULL */
	void (*cut)(void *arg, const struct chat_event *);
	void *cut_arg;
	int64_t wall, mono;
	bool ending; /* chat_free has begun: nothing new is taken */
	struct asks asks;
	struct groups *groups;
	struct recent *recent;
	struct watches *watches;
};

#endif
