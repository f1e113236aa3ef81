/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/chat.h"

#include <stdlib.h>
#include <string.h>

#include "server/chat/group.h"
#include "server/chat/recent.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

/* ---- what the directory tells or asks --------------------------------- */

static void
session_over(void *arg, struct session *s, enum wire_err why)
{
	watches_end(arg, s->account, s->number, why);
	lines_end_session(arg, s->number, why);
}

/* The links tell those who asked there. */
static void
changed(void *arg, struct presence_entry *e)
{
	struct chat *chat = arg;
	struct chat_user user;

	watches_presence(chat, e);
	if (e->account == NULL || chat->router.presence == NULL)
		return;
	account_user(&chat->dir, e->account, &user);
	chat->router.presence(chat->router.arg, &user);
}

static bool
in_group(void *arg, const char *key, const struct account *with)
{
	return with != NULL ? group_shared(arg, key, with)
			    : group_has(arg, key);
}

static void
wanted(void *arg, const struct remote *r)
{
	const struct chat_router *router =
	    &((const struct chat *)arg)->router;

	if (router->want != NULL)
		router->want(router->arg, r->realm, r->name);
}

/* ---- life ------------------------------------------------------------- */

static void
release(struct chat *chat)
{
	watches_free(chat->watches);
	recent_free(chat->recent);
	groups_free(chat->groups);
	directory_release(&chat->dir);
	free(chat);
}

struct chat *
chat_new(struct store *store, struct passhash *passhash,
    const struct chat_rules *rules, int64_t wall_ms, int64_t mono_ms)
{
	struct chat *chat = xcalloc(1, sizeof(*chat));
	int64_t last = store_last_id(store); /* -1: the disk failed */

	chat->store = store;
	directory_init(&chat->dir, store,
	    &(struct directory_up){
		chat, session_over, changed, in_group, wanted });
	chat->passhash = passhash;
	chat_set_rules(chat, rules);
	chat_clock(chat, wall_ms, mono_ms);
	TAILQ_INIT(&chat->asks);
	chat->groups = groups_new();
	chat->watches = watches_new();
	chat->recent = recent_new(last);
	if (last == -1 || directory_load(&chat->dir) == -1 ||
	    groups_load(chat) == -1) {
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
	sessions_save(&chat->dir);
	chat->ending = chat->dir.ending = true;
	asks_cut(&chat->asks);
	release(chat);
}

void
chat_set_rules(struct chat *chat, const struct chat_rules *rules)
{
	chat->rules = *rules;
	chat->dir.idle_ms = rules->idle_ms;
	chat->dir.token_ms = rules->token_ms;
	directory_set_admins(&chat->dir, rules->admin, rules->admins);
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
	directory_clock(&chat->dir, wall_ms, mono_ms);
	chat->wall = wall_ms;
	chat->mono = mono_ms;
}

int64_t
chat_tick(struct chat *chat)
{
	int64_t due = sessions_tick(&chat->dir);

	watches_tick(chat);
	groups_tick(chat);
	return due;
}
