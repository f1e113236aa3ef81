/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/chat.h"

#include <stdlib.h>

#include "server/chat/recent.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

static void
release(struct chat *chat)
{
	watches_free(chat->watches);
	recent_free(chat->recent);
	sessions_free(&chat->sessions);
	accounts_free(&chat->accounts);
	free(chat);
}

struct chat *
chat_new(struct store *store, struct passhash *passhash,
    const struct chat_rules *rules, int64_t wall_ms, int64_t mono_ms)
{
	struct chat *chat = xcalloc(1, sizeof(*chat));
	int64_t last = store_last_id(store); /* -1: the disk failed */

	chat->store = store;
	chat->passhash = passhash;
	chat->rules = *rules;
	chat_clock(chat, wall_ms, mono_ms);
	TAILQ_INIT(&chat->asks);
	presence_init(&chat->presence);
	sessions_init(&chat->sessions);
	accounts_init(&chat->accounts);
	chat->watches = watches_new();
	chat->recent = recent_new(last);
	if (last == -1 || accounts_load(chat) == -1 ||
	    sessions_load(chat) == -1) {
		release(chat);
		return NULL;
	}
	return chat;
}

void
chat_free(struct chat *chat)
{
	if (chat == NULL)
		return;
	sessions_save(chat);
	chat->ending = true;
	asks_cut(&chat->asks);
	release(chat);
}

void
chat_set_rules(struct chat *chat, const struct chat_rules *rules)
{
	chat->rules = *rules;
}

void
chat_clock(struct chat *chat, int64_t wall_ms, int64_t mono_ms)
{
	chat->wall = wall_ms;
	chat->mono = mono_ms;
}

void
chat_tick(struct chat *chat)
{
	sessions_tick(chat);
	watches_tick(chat);
}
