/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/presence.h"

#include "server/directory/directory.h"

void
presence_init(struct presence *p)
{
	TAILQ_INIT(&p->list);
	p->changes = 0;
}

void
presence_changed(struct directory *d, struct presence_entry *e)
{
	struct presence *p = &d->presence;

	if (e->change != 0)
		TAILQ_REMOVE(&p->list, e, entry);
	e->change = ++p->changes;
	TAILQ_INSERT_TAIL(&p->list, e, entry);
	d->up.changed(d->up.arg, e);
}

struct presence_entry *
presence_after(const struct directory *d, uint64_t seen)
{
	struct presence_entry *e, *found = NULL;

	TAILQ_FOREACH_REVERSE(e, &d->presence.list, presence_list, entry)
	{
		if (e->change <= seen)
			break;
		found = e;
	}
	return found;
}

bool
presence_concerns(const struct directory *d, const struct presence_entry *e,
    const struct account *a)
{
	return e->remote == NULL || remote_concerns(d, e->remote, a);
}

void
presence_user(const struct directory *d, const struct presence_entry *e,
    struct chat_user *out)
{
	if (e->remote != NULL)
		remote_user(e->remote, out);
	else
		account_user(d, e->account, out);
}
