/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/directory/directory.h"
#include "server/store/store.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* ---- the table -------------------------------------------------------- */

void
account_add(struct directory *d, const struct store_account *from)
{
	struct accounts *all = &d->accounts;
	struct account *a = xcalloc(1, sizeof(*a));

	a->id = from->id;
	snprintf(a->name, sizeof(a->name), "%s", from->name);
	snprintf(a->key, sizeof(a->key), "%s", from->key);
	snprintf(a->real_name, sizeof(a->real_name), "%s", from->real_name);
	snprintf(a->hash, sizeof(a->hash), "%s", from->hash);
	a->admin = from->admin;
	a->seen = from->seen;
	a->presence.account = a;
	TAILQ_INIT(&a->sessions);
	TAILQ_INIT(&a->watches);
	if (all->count == all->cap) {
		all->cap = all->cap == 0 ? 64 : all->cap * 2;
		all->all = xreallocarray(all->all, all->cap, sizeof(void *));
	}
	all->all[all->count++] = a;
	map_put(all->by_key, a->key, strlen(a->key), a);
}

static void
account_loaded(void *arg, const struct store_account *from)
{
	account_add(arg, from);
}

void
accounts_init(struct accounts *all)
{
	*all = (struct accounts){ .by_key = map_new(),
		.reserved = map_new() };
}

int
accounts_load(struct directory *d)
{
	return store_each_account(d->store, account_loaded, d);
}

void
accounts_free(struct accounts *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		free(all->all[i]);
	free(all->all);
	map_free(all->by_key);
	map_free(all->reserved);
}

struct account *
account_by_key(const struct directory *d, const char *key)
{
	return map_get(d->accounts.by_key, key, strlen(key));
}

struct account *
account_find(const struct directory *d, const char *name)
{
	char key[WIRE_NAME_CAP];

	if (!wire_name_key(name, strlen(name), key))
		return NULL;
	return account_by_key(d, key);
}

static int
compare_id(const void *id, const void *slot)
{
	const int64_t *want = id;
	struct account *const *a = slot;

	return (*want > (*a)->id) - (*want < (*a)->id);
}

struct account *
account_by_id(const struct directory *d, int64_t id)
{
	const struct accounts *all = &d->accounts;
	struct account **found;

	if (all->count == 0)
		return NULL;
	found = bsearch(
	    &id, all->all, all->count, sizeof(void *), compare_id);
	return found == NULL ? NULL : *found;
}

bool
account_is_admin_by_rules(const struct directory *d, const struct account *a)
{
	size_t i;

	for (i = 0; i < d->admins; i++)
		if (strcmp(d->admin[i], a->key) == 0)
			return true;
	return false;
}

bool
account_is_admin(const struct directory *d, const struct account *a)
{
	return a->admin || account_is_admin_by_rules(d, a);
}

void
account_user(const struct directory *d, const struct account *a,
    struct chat_user *out)
{
	out->name = a->name;
	out->real_name = a->real_name;
	out->online = a->online != NULL;
	out->since = a->online != NULL ? a->online->created : a->seen;
	out->admin = account_is_admin(d, a);
}
