/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/chat.h"

#include <stdlib.h>
#include <string.h>

#include "server/chat/group.h"
#include "server/chat/recent.h"
#include "server/chat/rule.h"
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
	groups_free(chat->groups);
	rules_free(chat->rule);
	remotes_free(&chat->remotes);
	accounts_free(&chat->accounts);
	free(chat->admin);
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
	chat_set_rules(chat, rules);
	chat_clock(chat, wall_ms, mono_ms);
	TAILQ_INIT(&chat->asks);
	presence_init(&chat->presence);
	sessions_init(&chat->sessions);
	accounts_init(&chat->accounts);
	remotes_init(&chat->remotes);
	chat->groups = groups_new();
	chat->rule = rules_new();
	chat->watches = watches_new();
	chat->recent = recent_new(last);
	if (last == -1 || accounts_load(chat) == -1 ||
	    sessions_load(chat) == -1 || remotes_load(chat) == -1 ||
	    rules_load(chat) == -1 || groups_load(chat) == -1) {
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
	size_t i;

	chat->rules = *rules;
	free(chat->admin);
	chat->admin = xcalloc(rules->admins + 1, sizeof(*chat->admin));
	chat->admins = 0;
	for (i = 0; i < rules->admins; i++)
		if (wire_name_key(rules->admin[i], strlen(rules->admin[i]),
			chat->admin[chat->admins]))
			chat->admins++;
	/* The caller's, and copied. */
	chat->rules.admin = NULL;
	chat->rules.admins = 0;
}

void
chat_set_router(struct chat *chat, const struct chat_router *router)
{
	chat->router = *router;
}

void
chat_clock(struct chat *chat, int64_t wall_ms, int64_t mono_ms)
{
	chat->wall = wall_ms;
	chat->mono = mono_ms;
}

int64_t
chat_tick(struct chat *chat)
{
	int64_t due = sessions_tick(chat);

	watches_tick(chat);
	groups_tick(chat);
	return due;
}
