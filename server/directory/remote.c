/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/directory/directory.h"
#include "server/store/store.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* ---- the table -------------------------------------------------------- */

void
remotes_init(struct remotes *all)
{
	TAILQ_INIT(&all->all);
	all->by_key = map_new();
	SLIST_INIT(&all->realms);
}

void
remotes_free(struct remotes *all)
{
	struct remote_realm *realm;
	struct remote *r;

	while ((realm = SLIST_FIRST(&all->realms)) != NULL) {
		SLIST_REMOVE_HEAD(&all->realms, entry);
		free(realm);
	}
	while ((r = TAILQ_FIRST(&all->all)) != NULL) {
		TAILQ_REMOVE(&all->all, r, entry);
		free(r->contact);
		free(r);
	}
	map_free(all->by_key);
}

bool
remote_key(const char *user, const char *realm, char key[WIRE_TARGET_CAP])
{
	char name[WIRE_NAME_CAP], at[WIRE_NAME_CAP];

	/* A good name, too: a blank would end it in a key of a conversation. */
	if (!wire_name_ok(user, strlen(user)) ||
	    !wire_name_ok(realm, strlen(realm)) ||
	    !wire_name_key(user, strlen(user), name) ||
	    !wire_name_key(realm, strlen(realm), at))
		return false;
	snprintf(key, WIRE_TARGET_CAP, "%s@%s", name, at);
	return true;
}

struct remote *
remote_find(const struct directory *d, const char *key)
{
	return map_get(d->remotes.by_key, key, strlen(key));
}

struct remote *
remote_by_name(const struct directory *d, const char *user)
{
	char key[WIRE_NAME_CAP];
	struct remote *r;
	size_t n;

	if (!wire_name_key(user, strlen(user), key))
		return NULL;
	n = strlen(key);
	TAILQ_FOREACH(r, &d->remotes.all, entry)
		if (r->known && strncmp(r->key, key, n) == 0 &&
		    r->key[n] == '@')
			return r;
	return NULL;
}

/* One more of that realm; false: as many as may be are there. */
static bool
count_one(struct remotes *all, const char *realm)
{
	struct remote_realm *r;

	SLIST_FOREACH(r, &all->realms, entry)
		if (strcmp(r->key, realm) == 0)
			break;
	if (r == NULL) {
		r = xcalloc(1, sizeof(*r));
		snprintf(r->key, sizeof(r->key), "%s", realm);
		SLIST_INSERT_HEAD(&all->realms, r, entry);
	}
	if (r->users >= REMOTES_MAX)
		return false;
	r->users++;
	return true;
}

struct remote *
remote_meet(struct directory *d, const char *user, const char *realm)
{
	struct remotes *all = &d->remotes;
	char key[WIRE_TARGET_CAP], at[WIRE_NAME_CAP];
	struct remote *r;

	if (!remote_key(user, realm, key) ||
	    !wire_name_key(realm, strlen(realm), at))
		return NULL;
	r = remote_find(d, key);
	if (r != NULL || !count_one(all, at))
		return r;
	r = xcalloc(1, sizeof(*r));
	snprintf(r->key, sizeof(r->key), "%s", key);
	snprintf(r->shown, sizeof(r->shown), "%s@%s", user, realm);
	snprintf(r->name, sizeof(r->name), "%s", user);
	snprintf(r->realm, sizeof(r->realm), "%s", at);
	snprintf(r->real_name, sizeof(r->real_name), "%s", user);
	r->presence.remote = r;
	TAILQ_INSERT_TAIL(&all->all, r, entry);
	map_put(all->by_key, r->key, strlen(r->key), r);
	return r;
}

void
remote_set_real_name(struct remote *r, const char *name)
{
	if (wire_real_name_ok(name, strlen(name)))
		snprintf(r->real_name, sizeof(r->real_name), "%s", name);
}

/* ---- whose business it is --------------------------------------------- */

static bool
has_contact(const struct remote *r, const struct account *a)
{
	size_t i;

	for (i = 0; i < r->contacts; i++)
		if (r->contact[i] == a)
			return true;
	return false;
}

void
remote_contact(struct directory *d, struct remote *r, struct account *a)
{
	if (has_contact(r, a))
		return;
	r->contact =
	    xreallocarray(r->contact, r->contacts + 1, sizeof(void *));
	r->contact[r->contacts++] = a;
	if (r->contacts == 1)
		d->up.wanted(d->up.arg, r);
}

bool
remote_concerns(const struct directory *d, const struct remote *r,
    const struct account *a)
{
	return has_contact(r, a) || d->up.in_group(d->up.arg, r->key, a);
}

void
remote_user(const struct remote *r, struct chat_user *out)
{
	*out = (struct chat_user){ .name = r->shown,
		.real_name = r->real_name,
		.online = r->online,
		.since = r->since };
}

/* ---- what the links tell ---------------------------------------------- */

bool
remote_is_wanted(const struct directory *d, const struct remote *r)
{
	return r->contacts > 0 || d->up.in_group(d->up.arg, r->key, NULL);
}

/* All watches are walked for each, so that of those who are nobody's business
 * nothing is told: a realm has many users. */
static void
tell_changed(struct directory *d, struct remote *r)
{
	if (remote_is_wanted(d, r))
		presence_changed(d, &r->presence);
}

void
remote_told(
    struct directory *d, const char *realm, const struct chat_user *user)
{
	struct remote *r = remote_meet(d, user->name, realm);
	bool renamed;

	if (r == NULL)
		return;
	r->known = true;
	renamed = user->real_name != NULL &&
	    strcmp(r->real_name, user->real_name) != 0;
	if (renamed)
		remote_set_real_name(r, user->real_name);
	r->since = user->since;
	if (r->online == user->online && !(renamed && r->online))
		return;
	r->online = user->online;
	tell_changed(d, r);
}

void
remotes_down(struct directory *d, const char *realm)
{
	char key[WIRE_NAME_CAP];
	struct remote *r;

	if (!wire_name_key(realm, strlen(realm), key))
		return;
	TAILQ_FOREACH(r, &d->remotes.all, entry) {
		if (strcmp(r->realm, key) != 0 || !r->online)
			continue;
		r->online = false;
		r->since = d->wall;
		tell_changed(d, r);
	}
}

/* ---- start ------------------------------------------------------------ */

/* "james@medan messi", in either order: the half with an '@'. */
static void
contact_loaded(void *arg, int64_t account, const char *conv)
{
	struct directory *d = arg;
	struct account *a = account_by_id(d, account);
	const char *blank = strchr(conv, ' ');
	char half[WIRE_TARGET_CAP];
	struct remote *r;
	char *at;

	if (a == NULL || blank == NULL)
		return;
	snprintf(half, sizeof(half), "%.*s", (int)(blank - conv), conv);
	if (strchr(half, '@') == NULL)
		snprintf(half, sizeof(half), "%s", blank + 1);
	at = strchr(half, '@');
	if (at == NULL)
		return;
	*at = '\0';
	r = remote_meet(d, half, at + 1);
	if (r == NULL)
		return;
	r->known = true;
	remote_contact(d, r, a);
}

int
remotes_load(struct directory *d)
{
	return store_each_contact(d->store, contact_loaded, d);
}
