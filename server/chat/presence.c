/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/presence.h"

#include "server/chat/account.h"
#include "server/chat/peer.h"
#include "server/chat/remote.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"

void
presence_init(struct presence *p)
{
	TAILQ_INIT(&p->list);
	p->changes = 0;
}

/* The links tell those who asked there. */
static void
tell_realms(struct chat *chat, const struct account *a)
{
	struct chat_user user;

	if (chat->router.presence == NULL)
		return;
	account_user(chat, a, &user);
	chat->router.presence(chat->router.arg, &user);
}

void
presence_changed(struct chat *chat, struct presence_entry *e)
{
	struct presence *p = &chat->presence;

	if (e->change != 0)
		TAILQ_REMOVE(&p->list, e, entry);
	e->change = ++p->changes;
	TAILQ_INSERT_TAIL(&p->list, e, entry);
	watches_presence(chat, e);
	if (e->account != NULL)
		tell_realms(chat, e->account);
}

struct presence_entry *
presence_after(const struct chat *chat, uint64_t seen)
{
	struct presence_entry *e, *found = NULL;

	TAILQ_FOREACH_REVERSE(e, &chat->presence.list, presence_list, entry)
	{
		if (e->change <= seen)
			break;
		found = e;
	}
	return found;
}

bool
presence_concerns(const struct chat *chat, const struct presence_entry *e,
    const struct account *a)
{
	return e->remote == NULL || remote_concerns(chat, e->remote, a);
}

void
presence_event(const struct chat *chat, const struct presence_entry *e,
    struct chat_event *out)
{
	out->kind = CHAT_EV_PRESENCE;
	if (e->remote != NULL)
		remote_user(e->remote, &out->user);
	else
		account_user(chat, e->account, &out->user);
}
