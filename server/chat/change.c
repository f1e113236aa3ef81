/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is durable of a group of ours: coming in, going out, and what its
 * moderators do.  One change of a group is on its way to the disk at a time,
 * the others wait behind it; so each is decided by what is so, not by what
 * was so when it was asked for.  Only going out does not wait, for who is out
 * says nothing any more at once; what comes behind it waits for it.
 *
 * Everything that a change writes, the items for other realms included, is
 * one commit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/group_in.h"
#include "server/chat/receive.h"
#include "server/chat/remote.h"
#include "server/chat/rule.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum { WAITS_MAX = 1024 };

struct told {
	char key[WIRE_NAME_CAP];
	size_t items;
};

struct change {
	struct ask ask;
	struct group *group;
	void (*run)(struct change *);
	void (*apply)(struct change *);  /* it is durable */
	void (*undo)(struct change *);   /* or not; NULL: nothing to undo */
	bool alone;                      /* no other runs meanwhile */
	bool leaves;                     /* the others wait for it */
	bool settles;                    /* who owns the group */
	struct doer who;
	/* What it is about, as of chat_deed; key "": nobody. */
	enum chat_act act;
	enum chat_mode mode;
	char whom[WIRE_TARGET_CAP], shown[WIRE_TARGET_CAP];
	struct account *account;
	char text[WIRE_TOPIC_MAX + 1];
	enum chat_role role;
	char heir[WIRE_TARGET_CAP]; /* who gets the group; "": nobody */
	bool ends;                  /* nobody is left behind it */
	int64_t since;
	/* The realms that were told, to be woken. */
	struct told *realm;
	size_t realms;
	size_t writes; /* on their way */
	bool ok;
	TAILQ_ENTRY(change) entry;
};

/* ---- one after the other ---------------------------------------------- */

static void
change_release(struct ask *ask)
{
	struct change *c = (struct change *)ask;

	free(c->realm);
}

static struct change *
change_new(struct chat *chat, struct group *g, const struct doer *who,
    void (*run)(struct change *), struct chat_done done)
{
	struct change *c = ask_new(chat, sizeof(*c), done);

	c->ask.release = change_release;
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
static void
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

static void
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

/* When the last of its writes is told of; by then the chat may be gone. */
static void
change_written(void *arg, const struct store_written *written)
{
	struct change *c = arg;
	struct chat *chat;
	size_t i;

	c->ok = c->ok && written->ok;
	if (--c->writes > 0 || !ask_alive(&c->ask))
		return;
	if (!c->ok) {
		if (c->undo != NULL)
			c->undo(c);
		change_end(c, WIRE_STORAGE);
		return;
	}
	chat = c->ask.chat;
	c->apply(c);
	for (i = 0; i < c->realms; i++)
		chat->router.wake(chat->router.arg, c->realm[i].key,
		    c->realm[i].items);
	change_end(c, WIRE_OK);
}

static void
member_written(void *arg, const struct store_written *written)
{
	struct change *c = arg;

	c->since = written->id;
	change_written(arg, written);
}

/* Room for n writes; false: it is over with WIRE_BUSY. */
static bool
change_hold(struct change *c, size_t n)
{
	c->ok = true;
	if (store_hold(c->ask.chat->store, n))
		return true;
	if (c->undo != NULL)
		c->undo(c);
	change_end(c, WIRE_BUSY);
	return false;
}

/* What a write was asked for; nothing is called back before the release. */
static void
count(struct change *c, bool queued)
{
	c->writes += queued;
}

static void
write_group(struct change *c)
{
	struct group *g = c->group;

	count(c,
	    store_put_group(c->ask.chat->store,
		&(struct store_group){ .conv = g->key,
		    .name = g->target.name,
		    .realm = g->target.realm,
		    .topic = c->act == CHAT_TOPIC ? c->text : g->topic,
		    .mode = (int)(c->act == CHAT_MODE ? c->mode : g->mode),
		    .created = g->created },
		change_written, c));
}

static void
write_member(struct change *c, const char *key, const char *shown,
    const char *real_name, const struct account *a, enum chat_role role,
    store_written_fn *fn)
{
	count(c,
	    store_put_member(c->ask.chat->store,
		&(struct store_member){ .conv = c->group->key,
		    .member = key,
		    .name = shown,
		    .real_name = real_name,
		    .account = a != NULL ? a->id : 0,
		    .role = (int)role,
		    .joined = c->ask.chat->wall },
		fn, c));
}

static void
write_role(struct change *c, const struct member *m, enum chat_role role)
{
	if (m->joined)
		write_member(c, m->key, m->shown, m->real_name, m->account,
		    role, change_written);
}

/* ---- items for the realms with members -------------------------------- */

static void
write_item(struct change *c, const char *realm, const struct chat_item *item)
{
	struct chat *chat = c->ask.chat;
	const struct chat_router *router = &chat->router;
	char body[PEER_ITEM_MAX];
	size_t i, len = router->pack(router->arg, item, body, sizeof(body));
	struct store_out out = { realm, body, len };

	count(c, store_add_out(chat->store, &out, change_written, c));
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

static void
write_items(struct change *c, const struct chat_item *item)
{
	const struct group_realm *r;

	SLIST_FOREACH(r, &c->group->realms, entry)
		write_item(c, r->key, item);
}

static size_t
realms_of(const struct group *g)
{
	return group_realms(g, NULL, NULL, 0);
}

/* "messi@its". */
static const char *
full(const struct chat *chat, const char *shown, char out[WIRE_TARGET_CAP])
{
	if (strchr(shown, '@') != NULL)
		snprintf(out, WIRE_TARGET_CAP, "%s", shown);
	else
		snprintf(out, WIRE_TARGET_CAP, "%.*s@%s", WIRE_NAME_CAP - 1,
		    shown, chat->rules.realm);
	return out;
}

static void
group_item(const struct change *c, struct chat_item *item)
{
	const struct group *g = c->group;

	*item = (struct chat_item){ .kind = CHAT_ITEM_GROUP,
		.group = g->target.name,
		.home = true,
		.text = c->act == CHAT_TOPIC ? c->text : g->topic,
		.mode = c->act == CHAT_MODE ? c->mode : g->mode };
}

static void
member_item(const struct change *c, const struct member *m,
    enum chat_role role, char name[WIRE_TARGET_CAP], struct chat_item *item)
{
	const struct chat *chat = c->ask.chat;

	*item = (struct chat_item){ .kind = CHAT_ITEM_MEMBER,
		.group = c->group->target.name,
		.home = true,
		.to = full(chat, m->shown, name),
		.name = m->account != NULL ? m->account->real_name
					   : m->real_name,
		.role = role,
		.muted = rule_is(chat, STORE_MUTE, c->group->key, m->key) };
}

/* A role, or a mute, that all realms are told of. */
static void
write_member_items(struct change *c, const struct member *m,
    enum chat_role role, bool muted)
{
	char name[WIRE_TARGET_CAP], by[WIRE_TARGET_CAP];
	struct chat_item item;

	if (!m->joined)
		return;
	member_item(c, m, role, name, &item);
	item.muted = muted;
	if (c->who.shown[0] != '\0')
		item.from = full(c->ask.chat, c->who.shown, by);
	write_items(c, &item);
}

/* The whole of the group, for a realm whose first member comes. */
static void
write_snapshot(struct change *c, const char *realm)
{
	char name[WIRE_TARGET_CAP];
	struct chat_item item;
	const struct member *m;

	group_item(c, &item);
	write_item(c, realm, &item);
	TAILQ_FOREACH(m, &c->group->members, entry) {
		if (!m->joined || m->out)
			continue;
		member_item(c, m, m->role, name, &item);
		item.quiet = true;
		write_item(c, realm, &item);
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
	write_role(c, m, role);
	if (c->ask.chat->router.pack != NULL)
		write_member_items(c, m, role,
		    rule_is(c->ask.chat, STORE_MUTE, c->group->key, m->key));
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
	if (!change_hold(c, (owners_of(g) + 1) * (1 + realms_of(g))))
		return;
	settle_member(c, keeps, CHAT_OWNER);
	TAILQ_FOREACH(m, &g->members, entry)
		if (m != keeps && m->role == CHAT_OWNER)
			settle_member(c, m, CHAT_MODERATOR);
	store_release(c->ask.chat->store);
	if (c->writes > 0)
		return;
	/* On raw lines all of them: nothing of it is on the disk. */
	settle_apply(c);
	change_end(c, WIRE_OK);
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

/* ---- coming in -------------------------------------------------------- */

static void
join_undo(struct change *c)
{
	const char *at = strchr(c->who.key, '@');

	if (at != NULL)
		group_realm_drop(c->group, at + 1);
}

static void
join_apply(struct change *c)
{
	struct chat *chat = c->ask.chat;
	struct group *g = c->group;
	struct member *m = member_find(g, c->who.key);
	bool fresh = m == NULL;

	if (fresh)
		m = member_new(chat, g, c->who.key, c->who.shown,
		    c->who.real_name, c->who.account);
	m->joined = true;
	m->out = false;
	m->since = c->since;
	m->role = c->role;
	g->joined++;
	g->stored = true;
	rule_drop(chat, STORE_INVITE, g->key, m->key);
	if (fresh)
		group_tell_join(chat, m);
}

/* Those who are told: the newcomer's realm all, if it is its first one. */
static void
join_items(struct change *c, const char *realm, bool first)
{
	char name[WIRE_TARGET_CAP];
	struct chat_item item = { .kind = CHAT_ITEM_MEMBER,
		.group = c->group->target.name,
		.home = true,
		.name = c->who.real_name,
		.role = c->role };

	if (c->ask.chat->router.pack == NULL)
		return;
	if (first)
		write_snapshot(c, realm);
	item.to = full(c->ask.chat, c->who.shown, name);
	item.muted = rule_is(
	    c->ask.chat, STORE_MUTE, c->group->key, c->who.key);
	write_items(c, &item);
}

/* Has it a copy?  Not for long, if its last member is just leaving. */
static bool
is_with_us(const struct group *g, const char *realm)
{
	const struct member *m;

	TAILQ_FOREACH(m, &g->members, entry)
		if (m->joined && !m->out &&
		    strcmp(member_realm(m), realm) == 0)
			return true;
	return false;
}

static void
join_write(struct change *c)
{
	struct group *g = c->group;
	const char *at = strchr(c->who.key, '@');
	const char *realm = at != NULL ? at + 1 : "";
	bool first = at != NULL && !is_with_us(g, realm);

	group_realm_add(g, realm);
	if (!change_hold(c, 4 + g->count + 1 + realms_of(g)))
		return;
	write_group(c);
	write_member(c, c->who.key, c->who.shown, c->who.real_name,
	    c->who.account, c->role, member_written);
	count(c,
	    store_drop_rule(c->ask.chat->store, STORE_INVITE, g->key,
		c->who.key, change_written, c));
	join_items(c, realm, first);
	store_release(c->ask.chat->store);
}

static size_t
made_by(const struct chat *chat, const char *realm)
{
	const struct group *g;
	size_t n = 0;

	TAILQ_FOREACH(g, &chat->groups->all, entry)
		n += !group_is_copy(g) && strcmp(g->maker, realm) == 0;
	return n;
}

static size_t
seats_of(const struct chat *chat, const char *realm)
{
	const struct group *g;
	size_t n = 0;

	TAILQ_FOREACH(g, &chat->groups->all, entry)
		n += group_realm_members(g, realm);
	return n;
}

static void
join_run(struct change *c)
{
	struct chat *chat = c->ask.chat;
	struct group *g = c->group;
	struct member *m = member_find(g, c->who.key);
	const char *at = strchr(c->who.key, '@');
	enum wire_err err = WIRE_OK;

	if (m != NULL && m->joined) {
		change_end(c, m->out ? WIRE_BUSY : WIRE_OK);
		return;
	}
	if (m == NULL)
		err = group_may_enter(chat, g, &c->who);
	if (err == WIRE_OK && at != NULL &&
	    seats_of(chat, at + 1) >= PEER_SEATS_MAX)
		err = WIRE_TOO_MANY_GROUPS;
	if (err != WIRE_OK) {
		change_end(c, err);
		return;
	}
	/* Where an owner is just going, the group is somebody's already. */
	c->role = group_heir(g, NULL) == NULL ? CHAT_OWNER : CHAT_MEMBER;
	if (m != NULL)
		c->role = m->role;
	c->act = CHAT_ACTS;
	c->apply = join_apply;
	c->undo = join_undo;
	join_write(c);
}

static void
join_ours(struct chat *chat, const struct doer *who,
    const struct target *target, struct chat_done done)
{
	char key[CONVO_CAP];
	const char *at = strchr(who->key, '@');
	struct group *g;
	enum wire_err err = WIRE_OK;

	if (!group_key_of(target->name, "", key)) {
		ask_refuse(chat, done, WIRE_BAD_TARGET);
		return;
	}
	g = group_find(chat, key);
	if (g == NULL) {
		if (at != NULL && made_by(chat, at + 1) >= PEER_GROUPS_MAX)
			err = WIRE_TOO_MANY_GROUPS;
		if (err == WIRE_OK)
			err = group_may_enter(chat, NULL, who);
		if (err != WIRE_OK) {
			ask_refuse(chat, done, err);
			return;
		}
		/* What was said in an older one of that name is nobody's. */
		(void)store_end_group(chat->store, key, NULL, NULL);
		g = group_new(chat, key, target->name, "");
		snprintf(g->maker, sizeof(g->maker), "%s",
		    at != NULL ? at + 1 : "");
	}
	change_start(change_new(chat, g, who, join_run, done));
}

void
chat_join(struct chat *chat, const struct chat_who *who,
    const struct target *target, struct chat_done done)
{
	struct doer doer;
	enum wire_err err = doer_of(chat, who, &doer);
	int64_t wait = 0;

	if (err == WIRE_OK && target->kind != TARGET_GROUP)
		err = WIRE_BAD_TARGET;
	/* Everybody there is told: so it counts as if something was said. */
	if (err == WIRE_OK && doer.account != NULL)
		wait = rate_take(
		    &doer.account->sends, chat->rules.rate, chat->mono);
	if (err != WIRE_OK)
		ask_refuse(chat, done, err);
	else if (wait > 0)
		ask_limit(done, wait);
	else if (realm_is_ours(chat, target->realm))
		join_ours(chat, &doer, target, done);
	else
		copy_join(chat, &doer, target, done);
}

/* ---- going out -------------------------------------------------------- */

static void
out_undo(struct change *c)
{
	struct member *m = member_find(c->group, c->whom);

	if (m != NULL)
		m->out = false;
}

static void
heir_apply(struct change *c)
{
	struct member *m = member_find(c->group, c->heir);

	if (m == NULL)
		return;
	m->role = CHAT_OWNER;
	group_tell_member(c->ask.chat, m, NULL);
}

/* What the lines of who is thrown out are told: a kick lets one come again. */
static enum wire_err
why_out(const struct change *c)
{
	return c->act == CHAT_BAN ? WIRE_BANNED : WIRE_NOT_MEMBER;
}

static void
out_apply(struct change *c)
{
	struct chat *chat = c->ask.chat;
	struct group *g = c->group;
	struct member *m = member_find(g, c->whom);
	bool kicked = c->act == CHAT_KICK || c->act == CHAT_BAN;

	if (c->act == CHAT_BAN)
		rule_put(chat,
		    &(struct store_rule){ .kind = STORE_BAN,
			.conv = g->key,
			.member = c->whom,
			.name = c->shown,
			.by = c->who.shown,
			.reason = c->text,
			.time = chat->wall });
	if (m == NULL)
		return;
	group_realm_drop(g, member_realm(m));
	m->joined = false;
	g->joined--;
	if (c->heir[0] != '\0')
		m->role = CHAT_MEMBER;
	if (m->lines > 0 && !kicked) {
		m->out = false; /* still there, on a raw line */
	} else {
		group_tell_leave(chat, g, m, kicked ? c->who.shown : NULL,
		    c->act, kicked ? c->text : NULL);
		if (m->lines > 0)
			lines_end(chat, m, why_out(c)); /* frees it */
		else
			member_free(chat, m);
	}
	if (c->heir[0] != '\0')
		heir_apply(c);
	if (c->ends)
		g->stored = false;
}

static void
out_items(struct change *c, const struct member *m)
{
	char name[WIRE_TARGET_CAP], by[WIRE_TARGET_CAP];
	struct chat_item item = { .kind = CHAT_ITEM_GONE,
		.group = c->group->target.name,
		.home = true,
		.act = c->act,
		.text = c->text };

	if (!m->joined)
		return;
	item.to = full(c->ask.chat, m->shown, name);
	if (c->who.shown[0] != '\0')
		item.from = full(c->ask.chat, c->who.shown, by);
	write_items(c, &item);
}

static void
heir_write(struct change *c, const struct member *m)
{
	const struct member *heir;

	if (m->role != CHAT_OWNER || (heir = group_heir(c->group, m)) == NULL)
		return;
	/* What is on its way may be about the heir: then it is told again. */
	if (c->group->busy && !c->alone)
		c->group->unsaved = true;
	snprintf(c->heir, sizeof(c->heir), "%s", heir->key);
	write_role(c, heir, CHAT_OWNER);
	write_member_items(c, heir, CHAT_OWNER,
	    rule_is(c->ask.chat, STORE_MUTE, c->group->key, heir->key));
}

static void
ban_write(struct change *c)
{
	count(c,
	    store_put_rule(c->ask.chat->store,
		&(struct store_rule){ .kind = STORE_BAN,
		    .conv = c->group->key,
		    .member = c->whom,
		    .name = c->shown,
		    .by = c->who.shown,
		    .reason = c->text,
		    .time = c->ask.chat->wall },
		change_written, c));
}

/*
 * m leaves, or is thrown out (by c->who); origin: the item that asked for it.
 * The last one's leaving ends the group, unless somebody is just coming.
 */
static void
out_write(
    struct change *c, struct member *m, const struct chat_origin *origin)
{
	struct store *store = c->ask.chat->store;
	struct group *g = c->group;
	bool was_out = m->out;

	c->apply = out_apply;
	c->undo = out_undo;
	snprintf(c->whom, sizeof(c->whom), "%s", m->key);
	snprintf(c->shown, sizeof(c->shown), "%s", m->shown);
	if (was_out) {
		c->undo = NULL; /* another is on its way with it */
		change_end(c, WIRE_OK);
		return;
	}
	m->out = true;
	c->leaves = !c->alone;
	g->leaving += c->leaves;
	c->ends = g->count == 1 && (!g->busy || c->alone) && m->lines == 0;
	if (!change_hold(c, 6 + 2 * realms_of(g)))
		return;
	if (c->act == CHAT_BAN)
		ban_write(c);
	count(c,
	    store_drop_member(store, g->key, m->key,
		m->account != NULL ? m->account->id : 0, change_written, c));
	if (c->ask.chat->router.pack != NULL)
		out_items(c, m);
	heir_write(c, m);
	if (c->ends)
		count(c, store_end_group(store, g->key, change_written, c));
	if (origin != NULL)
		count(c,
		    store_set_taken(store, origin->realm, origin->stream,
			origin->number, change_written, c));
	store_release(store);
}

void
change_leave_from(struct chat *chat, struct group *g, struct member *m,
    const struct chat_origin *origin, struct chat_done done)
{
	struct change *c = change_new(chat, g, NULL, NULL, done);

	c->act = CHAT_ACTS;
	out_write(c, m, origin);
}

static struct member *
one_of(const struct group *g, const char *realm)
{
	struct member *m;

	TAILQ_FOREACH(m, &g->members, entry)
		if (m->joined && !m->out && strcmp(member_realm(m), realm) == 0)
			return m;
	return NULL;
}

void
change_drop_realm(struct chat *chat, struct group *g, const char *realm)
{
	struct member *m;
	struct change *c;

	while ((m = one_of(g, realm)) != NULL) {
		c = change_new(
		    chat, g, NULL, NULL, (struct chat_done){ 0 });
		c->act = CHAT_ACTS;
		out_write(c, m, NULL);
		/* The disk refuses: the next tick tries again. */
		if (one_of(g, realm) == m)
			return;
	}
}

static void
leave_ours(struct chat *chat, const struct doer *who, struct group *g,
    struct chat_done done)
{
	struct member *m = member_find(g, who->key);
	struct change *c;

	if (m == NULL || m->out) {
		ask_refuse(chat, done, group_outsider(g));
		return;
	}
	if (!m->joined) {
		/* On raw lines only: nothing of it is on the disk. */
		lines_end(chat, m, WIRE_OK);
		ask_refuse(chat, done, WIRE_OK);
		return;
	}
	c = change_new(chat, g, NULL, NULL, done);
	c->act = CHAT_ACTS;
	out_write(c, m, NULL);
}

void
chat_leave(struct chat *chat, const struct chat_who *who,
    const struct target *target, struct chat_done done)
{
	struct doer doer;
	enum wire_err err = doer_of(chat, who, &doer);
	char key[CONVO_CAP];
	struct group *g = NULL;
	struct member *m;

	if (err == WIRE_OK && target->kind != TARGET_GROUP)
		err = WIRE_BAD_TARGET;
	if (err == WIRE_OK &&
	    (!group_key_of(target->name,
		 realm_is_ours(chat, target->realm) ? "" : target->realm,
		 key) ||
		(g = group_find(chat, key)) == NULL || g->count == 0))
		err = WIRE_NO_SUCH_GROUP;
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	if (!group_is_copy(g)) {
		leave_ours(chat, &doer, g, done);
		return;
	}
	m = member_find(g, doer.key);
	if (m == NULL || m->out)
		ask_refuse(chat, done, group_outsider(g));
	else
		copy_leave(chat, g, m, done);
}

/* ---- deeds ------------------------------------------------------------ */

/* Who may, and to whom. */
static const struct right {
	bool admin;          /* an administrator, everywhere */
	enum chat_role role; /* from which on */
	bool whom;           /* somebody is meant */
	bool member;         /* who is in it */
	bool below;          /* and has a lower role */
	void (*run)(struct change *);
} rights[CHAT_ACTS];

static enum wire_err
may_do(const struct change *c, const struct right *right)
{
	const struct member *me = member_find(c->group, c->who.key);
	const struct member *whom = member_find(c->group, c->whom);

	if (me != NULL && me->out)
		me = NULL;
	if (right->admin && c->who.admin) {
		if (strcmp(c->who.key, c->whom) == 0)
			return WIRE_DENIED;
	} else {
		if (me == NULL)
			return group_outsider(c->group);
		if (me->role < right->role)
			return WIRE_DENIED;
		if (right->below && whom != NULL && whom->role >= me->role)
			return WIRE_DENIED;
	}
	if (right->member && (whom == NULL || whom->out))
		return WIRE_NO_SUCH_MEMBER;
	return WIRE_OK;
}

static void
deed_run(struct change *c)
{
	const struct right *right = &rights[c->act];
	enum wire_err err = may_do(c, right);

	if (err != WIRE_OK)
		change_end(c, err);
	else
		right->run(c);
}

static void
run_kick(struct change *c)
{
	struct member *m = member_find(c->group, c->whom);

	if (m->joined) {
		out_write(c, m, NULL);
		return;
	}
	group_tell_leave(
	    c->ask.chat, c->group, m, c->who.shown, c->act, c->text);
	m->out = true;
	lines_end(c->ask.chat, m, why_out(c));
	change_end(c, WIRE_OK);
}

/* ---- bans, mutes, invitations ---- */

static const enum store_rule_kind rule_of[CHAT_ACTS] = {
	[CHAT_BAN] = STORE_BAN,
	[CHAT_UNBAN] = STORE_BAN,
	[CHAT_MUTE] = STORE_MUTE,
	[CHAT_UNMUTE] = STORE_MUTE,
	[CHAT_INVITE_USER] = STORE_INVITE,
};

static void
rule_of_change(const struct change *c, struct store_rule *out)
{
	*out = (struct store_rule){ .kind = rule_of[c->act],
		.conv = c->group->key,
		.member = c->whom,
		.name = c->shown,
		.by = c->who.shown,
		.reason = c->text,
		.time = c->ask.chat->wall };
}

static void
tell_invited(struct change *c)
{
	struct chat_event e = { .kind = CHAT_EV_INVITE,
		.target = c->group->target,
		.by = c->who.shown };

	if (c->account != NULL)
		watches_account(c->ask.chat, c->account, &e);
}

static void
rule_apply(struct change *c)
{
	struct chat *chat = c->ask.chat;
	struct member *m = member_find(c->group, c->whom);
	struct store_rule rule;

	rule_of_change(c, &rule);
	if (c->act == CHAT_UNBAN || c->act == CHAT_UNMUTE)
		rule_drop(chat, rule.kind, rule.conv, rule.member);
	else
		rule_put(chat, &rule);
	if (c->act == CHAT_INVITE_USER)
		tell_invited(c);
	else if (rule.kind == STORE_MUTE && m != NULL)
		group_tell_member(chat, m, c->who.shown);
}

static void
invite_item(struct change *c)
{
	const char *at = strchr(c->whom, '@');
	char by[WIRE_TARGET_CAP];
	struct chat_item item = { .kind = CHAT_ITEM_INVITE,
		.group = c->group->target.name,
		.home = true,
		.to = c->shown };
	const struct chat_router *router = &c->ask.chat->router;

	if (at == NULL || router->pack == NULL)
		return;
	item.from = full(c->ask.chat, c->who.shown, by);
	switch (router->reach(router->arg, at + 1)) {
	case CHAT_REALM_UP:
	case CHAT_REALM_DOWN:
		write_item(c, at + 1, &item);
		break;
	case CHAT_REALM_FULL:
	case CHAT_REALM_LEGACY:
	case CHAT_NO_REALM:
		break;
	}
}

/* Is there room for one more? */
static bool
may_rule(const struct change *c)
{
	const struct chat *chat = c->ask.chat;
	const char *at = strchr(c->who.key, '@');

	return rule_count(chat, c->group->key) < CHAT_RULES_MAX &&
	    (at == NULL || rule_count_by(chat, at + 1) < PEER_RULES_MAX);
}

static void
run_rule(struct change *c)
{
	struct chat *chat = c->ask.chat;
	bool lift = c->act == CHAT_UNBAN || c->act == CHAT_UNMUTE;
	struct member *m = member_find(c->group, c->whom);
	struct store_rule rule;

	rule_of_change(c, &rule);
	if (rule_is(chat, rule.kind, rule.conv, rule.member) != lift) {
		change_end(c, WIRE_OK); /* it is so */
		return;
	}
	if (!lift && !may_rule(c)) {
		change_end(c, WIRE_BUSY);
		return;
	}
	c->apply = rule_apply;
	if (!change_hold(c, 2 + realms_of(c->group)))
		return;
	count(c,
	    lift ? store_drop_rule(chat->store, rule.kind, rule.conv,
		       rule.member, change_written, c)
		 : store_put_rule(chat->store, &rule, change_written, c));
	if (c->act == CHAT_INVITE_USER)
		invite_item(c);
	else if (rule.kind == STORE_MUTE && m != NULL &&
	    chat->router.pack != NULL)
		write_member_items(c, m, m->role, !lift);
	store_release(chat->store);
}

static void
run_ban(struct change *c)
{
	struct member *m = member_find(c->group, c->whom);

	if (m == NULL || m->out) {
		run_rule(c);
	} else if (!may_rule(c)) {
		change_end(c, WIRE_BUSY);
	} else if (m->joined) {
		out_write(c, m, NULL);
	} else {
		/* On raw lines only: out at once, and the rule follows. */
		group_tell_leave(c->ask.chat, c->group, m, c->who.shown,
		    c->act, c->text);
		m->out = true;
		lines_end(c->ask.chat, m, why_out(c));
		run_rule(c);
	}
}

static void
run_invite(struct change *c)
{
	const struct member *m = member_find(c->group, c->whom);

	if (m != NULL && m->joined)
		change_end(c, WIRE_OK);
	else
		run_rule(c);
}

/* ---- roles ---- */

static void
role_apply(struct change *c)
{
	struct member *m = member_find(c->group, c->whom);
	struct member *old = group_owner(c->group);

	if (m == NULL)
		return;
	if (c->role == CHAT_OWNER && old != NULL && old != m) {
		old->role = CHAT_MODERATOR;
		group_tell_member(c->ask.chat, old, c->who.shown);
	}
	m->role = c->role;
	group_tell_member(c->ask.chat, m, c->who.shown);
}

static void
run_role(struct change *c)
{
	const struct member *m = member_find(c->group, c->whom);
	const struct member *old = group_owner(c->group);
	struct chat *chat = c->ask.chat;

	c->role = c->act == CHAT_OP ? CHAT_MODERATOR
	    : c->act == CHAT_OWN    ? CHAT_OWNER
				    : CHAT_MEMBER;
	if (m->role == c->role || !m->joined) {
		change_end(c, m->joined ? WIRE_OK : WIRE_NO_SUCH_MEMBER);
		return;
	}
	if (m->role == CHAT_OWNER) {
		change_end(c, WIRE_DENIED); /* it is handed over instead */
		return;
	}
	c->apply = role_apply;
	if (!change_hold(c, 2 + 2 * realms_of(c->group)))
		return;
	write_role(c, m, c->role);
	if (chat->router.pack != NULL)
		write_member_items(c, m, c->role,
		    rule_is(chat, STORE_MUTE, c->group->key, m->key));
	if (c->role == CHAT_OWNER && old != NULL) {
		write_role(c, old, CHAT_MODERATOR);
		if (chat->router.pack != NULL)
			write_member_items(c, old, CHAT_MODERATOR,
			    rule_is(chat, STORE_MUTE, c->group->key,
				old->key));
	}
	store_release(chat->store);
}

/* ---- topic and mode ---- */

static void
group_apply(struct change *c)
{
	struct group *g = c->group;

	if (c->act == CHAT_TOPIC)
		snprintf(g->topic, sizeof(g->topic), "%s", c->text);
	else
		g->mode = c->mode;
	group_tell_group(c->ask.chat, g, c->who.shown);
}

static void
run_group(struct change *c)
{
	struct group *g = c->group;
	char by[WIRE_TARGET_CAP];
	struct chat_item item;

	if (!g->stored) {
		/* All are on raw lines: it is as durable as they are. */
		group_apply(c);
		change_end(c, WIRE_OK);
		return;
	}
	c->apply = group_apply;
	if (!change_hold(c, 1 + realms_of(g)))
		return;
	write_group(c);
	if (c->ask.chat->router.pack != NULL) {
		group_item(c, &item);
		item.from = full(c->ask.chat, c->who.shown, by);
		write_items(c, &item);
	}
	store_release(c->ask.chat->store);
}

static const struct right rights[CHAT_ACTS] = {
	[CHAT_KICK] = { true, CHAT_MODERATOR, true, true, true, run_kick },
	[CHAT_BAN] = { true, CHAT_MODERATOR, true, false, true, run_ban },
	[CHAT_UNBAN] = { true, CHAT_MODERATOR, true, false, false, run_rule },
	[CHAT_MUTE] = { true, CHAT_MODERATOR, true, false, true, run_rule },
	[CHAT_UNMUTE] = { true, CHAT_MODERATOR, true, false, false, run_rule },
	[CHAT_OP] = { false, CHAT_OWNER, true, true, false, run_role },
	[CHAT_DEOP] = { false, CHAT_OWNER, true, true, false, run_role },
	[CHAT_OWN] = { false, CHAT_OWNER, true, true, false, run_role },
	[CHAT_INVITE_USER] = { false, CHAT_MODERATOR, true, false, false,
	    run_invite },
	[CHAT_TOPIC] = { false, CHAT_MODERATOR, false, false, false,
	    run_group },
	[CHAT_MODE] = { false, CHAT_OWNER, false, false, false, run_group },
	/* GRANT and REVOKE are the server's. */
};

/* Whom they mean, of here or of elsewhere. */
static enum wire_err
find_whom(struct chat *chat, const struct target *whom, struct change *c)
{
	const struct account *a;

	if (whom->kind != TARGET_USER)
		return WIRE_NO_SUCH_USER;
	if (!realm_is_ours(chat, whom->realm)) {
		if (!remote_key(whom->name, whom->realm, c->whom))
			return WIRE_NO_SUCH_USER;
		target_format(whom, c->shown);
		return WIRE_OK;
	}
	c->account = account_find(chat, whom->name);
	if (c->account == NULL)
		return WIRE_NO_SUCH_USER;
	a = c->account;
	snprintf(c->whom, sizeof(c->whom), "%s", a->key);
	snprintf(c->shown, sizeof(c->shown), "%s", a->name);
	return WIRE_OK;
}

/* One line of text, as it may be shown. */
static enum wire_err
take_text(struct change *c, const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0, i;

	if (n > WIRE_TOPIC_MAX)
		return WIRE_TEXT_TOO_LONG;
	if (n > 0 && !utf8_valid(text, n))
		return WIRE_BAD_UTF8;
	for (i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return WIRE_BAD_PARAMETER;
	snprintf(c->text, sizeof(c->text), "%s", n > 0 ? text : "");
	return WIRE_OK;
}

static struct group *
deed_group(struct chat *chat, const struct doer *who,
    const struct target *where, enum wire_err *err)
{
	bool ours = realm_is_ours(chat, where->realm);
	const struct member *m;
	char key[CONVO_CAP];
	struct group *g = NULL;

	*err = WIRE_NO_SUCH_GROUP;
	if (group_key_of(where->name, ours ? "" : where->realm, key))
		g = group_find(chat, key);
	if (g == NULL || g->count == 0)
		return NULL;
	m = member_find(g, who->key);
	if ((m == NULL || m->out) && !(who->admin && !group_is_copy(g))) {
		*err = group_outsider(g);
		return NULL;
	}
	*err = WIRE_OK;
	return g;
}

void
group_do(struct chat *chat, const struct doer *who,
    const struct chat_deed *deed, struct chat_done done)
{
	enum wire_err err;
	struct group *g = deed_group(chat, who, &deed->where, &err);
	struct change *c;

	if (err == WIRE_OK && rights[deed->act].run == NULL)
		err = WIRE_BAD_TARGET;
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	if (group_is_copy(g)) {
		copy_do(chat, who, g, deed, done);
		return;
	}
	c = change_new(chat, g, who, deed_run, done);
	c->act = deed->act;
	c->mode = deed->mode;
	if (rights[deed->act].whom)
		err = find_whom(chat, &deed->whom, c);
	if (err == WIRE_OK)
		err = take_text(c, deed->text);
	if (err != WIRE_OK)
		ask_end(&c->ask, err);
	else
		change_start(c);
}

enum wire_err
group_may_rule(const struct chat *chat, const struct doer *who,
    const struct target *target, const char **conv)
{
	bool ours = realm_is_ours(chat, target->realm);
	const struct member *m;
	const struct group *g = NULL;
	char key[CONVO_CAP];

	if (group_key_of(target->name, ours ? "" : target->realm, key))
		g = group_find(chat, key);
	if (g == NULL || g->count == 0)
		return WIRE_NO_SUCH_GROUP;
	*conv = g->key;
	m = member_find(g, who->key);
	if (who->admin && ours)
		return WIRE_OK;
	if (m == NULL)
		return group_outsider(g);
	return m->role >= CHAT_MODERATOR ? WIRE_OK : WIRE_DENIED;
}
