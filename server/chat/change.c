/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

enum { WAITS_MAX = 1024 };

/* ---- one after the other ---------------------------------------------- */

static void
change_release(struct ask *ask)
{
	struct change *c = (struct change *)ask;

	free(c->realm);
}

struct change *
change_new(struct chat *chat, struct group *g, const struct doer *who,
    void (*run)(struct change *), struct chat_done done)
{
	struct change *c = ask_new(chat, sizeof(*c), done);

	c->ask.release = change_release;
	txn_begin(&c->txn, chat->store);
	c->group = g;
	c->run = run;
	if (who != NULL)
		c->who = *who;
	return c;
}

static void settle(struct chat *, struct group *);

static void
go_on(struct chat *chat, struct group *g, bool may_settle)
{
	struct change *c;

	if (g->running)
		return; /* one of these has just ended */
	g->running = true;
	while (!g->busy && g->leaving == 0 &&
	    (c = TAILQ_FIRST(&g->waiting)) != NULL) {
		TAILQ_REMOVE(&g->waiting, c, entry);
		g->waits--;
		g->busy = true;
		c->alone = true;
		c->run(c);
	}
	g->running = false;
	if (may_settle)
		settle(chat, g);
	group_tidy(chat, g);
}

/* It is over, with or without a write. */
void
change_end(struct change *c, enum wire_err err)
{
	struct chat *chat = c->ask.chat;
	struct group *g = c->group;
	bool may_settle = !c->settles || err == WIRE_OK;

	/* A disk that refuses is not asked again before the next tick. */
	if (!may_settle)
		g->unsaved = true;
	if (c->alone)
		g->busy = false;
	if (c->leaves)
		g->leaving--;
	/* The group stays while its answer is given. */
	g->waits++;
	ask_end(&c->ask, err);
	g->waits--;
	go_on(chat, g, may_settle);
}

void
changes_free(struct group *g)
{
	struct change *c;

	while ((c = TAILQ_FIRST(&g->waiting)) != NULL) {
		TAILQ_REMOVE(&g->waiting, c, entry);
		(void)ask_alive(&c->ask);
	}
}

void
change_start(struct change *c)
{
	struct group *g = c->group;

	if (g->waits >= WAITS_MAX) {
		ask_end(&c->ask, WIRE_BUSY);
		return;
	}
	TAILQ_INSERT_TAIL(&g->waiting, c, entry);
	g->waits++;
	go_on(c->ask.chat, g, true);
}

/* ---- to the disk ------------------------------------------------------ */

static void
change_fail(struct change *c, enum wire_err err)
{
	if (c->undo != NULL)
		c->undo(c);
	change_end(c, err);
}

static void
change_apply(struct change *c)
{
	const struct chat_router *router = &c->ask.chat->router;
	size_t i;

	c->apply(c);
	for (i = 0; i < c->realms; i++)
		router->wake(
		    router->arg, c->realm[i].key, c->realm[i].items);
	change_end(c, WIRE_OK);
}

/* By now the chat may be gone. */
static void
change_written(void *arg, const struct store_written *written)
{
	struct change *c = arg;

	if (!ask_alive(&c->ask))
		return;
	c->since = written->id;
	if (written->ok)
		change_apply(c);
	else
		change_fail(c, WIRE_STORAGE);
}

void
change_commit(struct change *c)
{
	if (c->txn.count == 0)
		change_apply(c);
	else if (!txn_commit(&c->txn, change_written, c))
		change_fail(c, WIRE_BUSY);
}

void
change_write_group(struct change *c)
{
	struct group *g = c->group;

	store_put_group(&c->txn,
	    &(struct store_group){ .conv = g->key,
		.name = g->target.name,
		.realm = g->target.realm,
		.topic = c->act == CHAT_TOPIC ? c->text : g->topic,
		.mode = (int)(c->act == CHAT_MODE ? c->mode : g->mode),
		.created = g->created });
}

void
change_write_member(struct change *c, const char *key, const char *shown,
    const char *real_name, const struct account *a, enum chat_role role)
{
	store_put_member(&c->txn,
	    &(struct store_member){ .conv = c->group->key,
		.member = key,
		.name = shown,
		.real_name = real_name,
		.account = a != NULL ? a->id : 0,
		.role = (int)role,
		.joined = c->ask.chat->wall });
}

void
change_write_role(struct change *c, const struct member *m, enum chat_role role)
{
	if (m->joined)
		change_write_member(
		    c, m->key, m->shown, m->real_name, m->account, role);
}

/* ---- items for the realms with members -------------------------------- */

void
change_write_item(
    struct change *c, const char *realm, const struct chat_item *item)
{
	const struct chat_router *router = &c->ask.chat->router;
	char body[PEER_ITEM_MAX];
	size_t i, len = router->pack(router->arg, item, body, sizeof(body));

	store_add_out(&c->txn, &(struct store_out){ realm, body, len });
	for (i = 0; i < c->realms; i++)
		if (strcmp(c->realm[i].key, realm) == 0)
			break;
	if (i == c->realms) {
		c->realm = xreallocarray(
		    c->realm, c->realms + 1, sizeof(*c->realm));
		snprintf(c->realm[i].key, WIRE_NAME_CAP, "%s", realm);
		c->realm[c->realms++].items = 0;
	}
	c->realm[i].items++;
}

void
change_write_items(struct change *c, const struct chat_item *item)
{
	const struct group_realm *r;

	SLIST_FOREACH(r, &c->group->realms, entry)
		change_write_item(c, r->key, item);
}

/* "messi@its". */
const char *
change_full_name(const struct chat *chat, const char *shown,
    char out[WIRE_TARGET_CAP])
{
	if (strchr(shown, '@') != NULL)
		snprintf(out, WIRE_TARGET_CAP, "%s", shown);
	else
		snprintf(out, WIRE_TARGET_CAP, "%.*s@%s", WIRE_NAME_CAP - 1,
		    shown, chat->rules.realm);
	return out;
}

void
change_group_item(const struct change *c, struct chat_item *item)
{
	const struct group *g = c->group;

	*item = (struct chat_item){ .kind = CHAT_ITEM_GROUP,
		.group = g->target.name,
		.home = true,
		.text = c->act == CHAT_TOPIC ? c->text : g->topic,
		.mode = c->act == CHAT_MODE ? c->mode : g->mode };
}

static void
change_member_item(const struct change *c, const struct member *m,
    enum chat_role role, char name[WIRE_TARGET_CAP], struct chat_item *item)
{
	const struct chat *chat = c->ask.chat;

	*item = (struct chat_item){ .kind = CHAT_ITEM_MEMBER,
		.group = c->group->target.name,
		.home = true,
		.to = change_full_name(chat, m->shown, name),
		.name = m->account != NULL ? m->account->real_name
					   : m->real_name,
		.role = role,
		.muted = rule_is(
		    &chat->dir, STORE_MUTE, c->group->key, m->key) };
}

/* A role, or a mute, that all realms are told of. */
void
change_write_member_items(struct change *c, const struct member *m,
    enum chat_role role, bool muted)
{
	char name[WIRE_TARGET_CAP], by[WIRE_TARGET_CAP];
	struct chat_item item;

	if (!m->joined)
		return;
	change_member_item(c, m, role, name, &item);
	item.muted = muted;
	if (c->who.shown[0] != '\0')
		item.from = change_full_name(c->ask.chat, c->who.shown, by);
	change_write_items(c, &item);
}

/* The whole of the group, for a realm whose first member comes. */
void
change_write_snapshot(struct change *c, const char *realm)
{
	char name[WIRE_TARGET_CAP];
	struct chat_item item;
	const struct member *m;

	change_group_item(c, &item);
	change_write_item(c, realm, &item);
	TAILQ_FOREACH(m, &c->group->members, entry) {
		if (!m->joined || m->out)
			continue;
		change_member_item(c, m, m->role, name, &item);
		item.quiet = true;
		change_write_item(c, realm, &item);
	}
}

/* ---- one owner -------------------------------------------------------- */

/*
 * Changes that cross (who owns the group goes while another is made its owner,
 * and then the disk keeps one of the two) may leave two owners or none.  When
 * all is quiet that is put right like any change.
 */
static void
settle_apply(struct change *c)
{
	struct chat *chat = c->ask.chat;
	struct member *m;

	c->group->unsaved = false;
	TAILQ_FOREACH(m, &c->group->members, entry) {
		bool keeps = strcmp(m->key, c->whom) == 0;

		if (keeps == (m->role == CHAT_OWNER))
			continue;
		m->role = keeps ? CHAT_OWNER : CHAT_MODERATOR;
		group_tell_member(chat, m, NULL);
	}
}

static size_t
owners_of(const struct group *g)
{
	const struct member *m;
	size_t n = 0;

	TAILQ_FOREACH(m, &g->members, entry)
		n += m->role == CHAT_OWNER;
	return n;
}

static void
settle_member(struct change *c, const struct member *m, enum chat_role role)
{
	change_write_role(c, m, role);
	if (c->ask.chat->router.pack != NULL)
		change_write_member_items(c, m, role,
		    rule_is(&c->ask.chat->dir, STORE_MUTE, c->group->key,
			m->key));
}

static void
settle_run(struct change *c)
{
	struct group *g = c->group;
	const struct member *m, *keeps = group_owner(g);

	if (keeps == NULL)
		keeps = group_heir(g, NULL);
	if (keeps == NULL) {
		change_end(c, WIRE_OK);
		return;
	}
	snprintf(c->whom, sizeof(c->whom), "%s", keeps->key);
	c->apply = settle_apply;
	settle_member(c, keeps, CHAT_OWNER);
	TAILQ_FOREACH(m, &g->members, entry)
		if (m != keeps && m->role == CHAT_OWNER)
			settle_member(c, m, CHAT_MODERATOR);
	change_commit(c);
}

static bool
is_quiet(const struct group *g)
{
	const struct member *m;

	TAILQ_FOREACH(m, &g->members, entry)
		if (m->out)
			return false;
	return !g->busy && g->waits == 0 && g->leaving == 0;
}

static void
settle(struct chat *chat, struct group *g)
{
	struct change *c;

	if (g->count == 0 || !is_quiet(g) ||
	    (owners_of(g) == 1 && !g->unsaved))
		return;
	c = change_new(
	    chat, g, NULL, settle_run, (struct chat_done){ 0 });
	c->settles = true;
	c->act = CHAT_ACTS;
	TAILQ_INSERT_TAIL(&g->waiting, c, entry);
	g->waits++;
	go_on(chat, g, false);
}

void
change_settle(struct chat *chat, struct group *g)
{
	settle(chat, g);
}

