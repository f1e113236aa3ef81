/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/presence.h"

#include "server/chat/account.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"

void
presence_init(struct presence *p)
{
	TAILQ_INIT(&p->list);
	p->changes = 0;
}

void
presence_changed(struct chat *chat, struct account *a)
{
	struct presence *p = &chat->presence;

	if (a->change != 0)
		TAILQ_REMOVE(&p->list, a, changed);
	a->change = ++p->changes;
	TAILQ_INSERT_TAIL(&p->list, a, changed);
	watches_presence(chat, a);
}

struct account *
presence_after(const struct chat *chat, uint64_t seen)
{
	struct account *a, *found = NULL;

	TAILQ_FOREACH_REVERSE(a, &chat->presence.list, presence_list, changed)
	{
		if (a->change <= seen)
			break;
		found = a;
	}
	return found;
}

void
presence_event(const struct account *a, struct chat_event *out)
{
	out->kind = CHAT_EV_PRESENCE;
	account_user(a, &out->user);
}
