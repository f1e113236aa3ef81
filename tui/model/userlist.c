/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/userlist.h"

#include "shared/xalloc.h"

#include <stdlib.h>
#include <string.h>

void
userlist_release(struct userlist *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->by_name[i].names);
	free(r->by_name);
	free(r->shown);
	memset(r, 0, sizeof(*r));
}

/* Where the name is, or would be. */
static size_t
place(const struct userlist *r, const char *user, bool *found)
{
	size_t low = 0, high = r->count;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(user, r->by_name[mid].pub.user);

		if (order == 0) {
			*found = true;
			return mid;
		}
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void
set_names(struct userlist_user *u, const char *user, const char *name)
{
	size_t n = strlen(user) + 1, m = strlen(name) + 1;
	char *names = xmalloc(n + m);

	memcpy(names, user, n);
	memcpy(names + n, name, m);
	free(u->names);
	u->names = names;
	u->pub.user = names;
	u->pub.name = names + n;
}

static struct userlist_user *
insert(struct userlist *r, size_t at)
{
	if (r->count == USERLIST_MAX)
		return NULL;
	if (r->count == r->cap) {
		r->cap = r->cap == 0 ? 64 : r->cap * 2;
		r->by_name = xreallocarray(
		    r->by_name, r->cap, sizeof(*r->by_name));
		r->shown = xreallocarray(r->shown, r->cap, sizeof(*r->shown));
	}
	memmove(r->by_name + at + 1, r->by_name + at,
	    (r->count - at) * sizeof(*r->by_name));
	memset(&r->by_name[at], 0, sizeof(r->by_name[at]));
	r->count++;
	return &r->by_name[at];
}

static bool
same(const struct user *a, const struct user *b)
{
	return a->online == b->online && a->since == b->since &&
	    a->role == b->role && a->muted == b->muted &&
	    strcmp(a->name, b->name) == 0;
}

bool
userlist_set(struct userlist *r, const struct user *as)
{
	bool found;
	size_t at = place(r, as->user, &found);
	struct userlist_user *u = found ? &r->by_name[at] : insert(r, at);

	if (u == NULL)
		return false;
	u->round = r->round;
	if (found && same(&u->pub, as))
		return false;
	if (!found || strcmp(u->pub.name, as->name) != 0)
		set_names(u, as->user, as->name);
	if (as->online && !u->pub.online)
		r->online++;
	else if (!as->online && u->pub.online)
		r->online--;
	u->pub.online = as->online;
	u->pub.since = as->since;
	u->pub.role = as->role;
	u->pub.muted = as->muted;
	r->stale = true;
	return true;
}

bool
userlist_remove(struct userlist *r, const char *user)
{
	bool found;
	size_t at = place(r, user, &found);

	if (!found)
		return false;
	r->online -= r->by_name[at].pub.online;
	free(r->by_name[at].names);
	r->count--;
	memmove(r->by_name + at, r->by_name + at + 1,
	    (r->count - at) * sizeof(*r->by_name));
	r->stale = true;
	return true;
}

void
userlist_begin(struct userlist *r)
{
	r->round++;
}

bool
userlist_end(struct userlist *r)
{
	size_t kept = 0;
	bool dropped;

	for (size_t i = 0; i < r->count; i++) {
		struct userlist_user *u = &r->by_name[i];

		if (u->round == r->round) {
			r->by_name[kept++] = *u;
			continue;
		}
		r->online -= u->pub.online;
		free(u->names);
	}
	dropped = kept < r->count;
	r->count = kept;
	r->stale |= dropped;
	return dropped;
}

size_t
userlist_count(const struct userlist *r)
{
	return r->count;
}

size_t
userlist_online(const struct userlist *r)
{
	return r->online;
}

const struct user *
userlist_find(const struct userlist *r, const char *user)
{
	bool found;
	size_t at = place(r, user, &found);

	return found ? &r->by_name[at].pub : NULL;
}

/* Two passes over what is sorted by name already: no sort is needed. */
static void
refresh(struct userlist *r)
{
	size_t n = 0;

	for (int online = 1; online >= 0; online--)
		for (size_t i = 0; i < r->count; i++)
			if (r->by_name[i].pub.online == (online == 1))
				r->shown[n++] = &r->by_name[i].pub;
	r->stale = false;
}

const struct user *
userlist_shown(struct userlist *r, size_t i)
{
	if (r->stale)
		refresh(r);
	return r->shown[i];
}
