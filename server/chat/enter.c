/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Coming into a group of ours, and going out of it, by oneself or not.
 */
#include <stdio.h>
#include <string.h>

#include "server/chat/change.h"
#include "server/chat/state.h"
#include "server/store/store.h"

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
	rule_drop(&chat->dir, STORE_INVITE, g->key, m->key);
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
		change_write_snapshot(c, realm);
	item.to = change_full_name(c->ask.chat, c->who.shown, name);
	item.muted = rule_is(
	    &c->ask.chat->dir, STORE_MUTE, c->group->key, c->who.key);
	change_write_items(c, &item);
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
	/* The member first: the answer tells since when they are one. */
	change_write_member(c, c->who.key, c->who.shown, c->who.real_name,
	    c->who.account, c->role);
	change_write_group(c);
	store_drop_rule(&c->txn, STORE_INVITE, g->key, c->who.key);
	join_items(c, realm, first);
	change_commit(c);
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
		if (wire_name_reserved(target->name, strlen(target->name)))
			err = WIRE_RESERVED_NAME;
		else if (at != NULL && made_by(chat, at + 1) >= PEER_GROUPS_MAX)
			err = WIRE_TOO_MANY_GROUPS;
		if (err == WIRE_OK)
			err = group_may_enter(chat, NULL, who);
		if (err != WIRE_OK) {
			ask_refuse(chat, done, err);
			return;
		}
		/* What was said in an older one of that name is nobody's. */
		(void)txn_commit(
		    store_end_group(TXN(chat->store), key), NULL, NULL);
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

enum wire_err
change_why_out(const struct change *c)
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
		rule_put(&chat->dir,
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
			lines_end(chat, m, change_why_out(c)); /* frees it */
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
	item.to = change_full_name(c->ask.chat, m->shown, name);
	if (c->who.shown[0] != '\0')
		item.from = change_full_name(c->ask.chat, c->who.shown, by);
	change_write_items(c, &item);
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
	change_write_role(c, heir, CHAT_OWNER);
	change_write_member_items(c, heir, CHAT_OWNER,
	    rule_is(&c->ask.chat->dir, STORE_MUTE, c->group->key, heir->key));
}

static void
ban_write(struct change *c)
{
	store_put_rule(&c->txn,
	    &(struct store_rule){ .kind = STORE_BAN,
		.conv = c->group->key,
		.member = c->whom,
		.name = c->shown,
		.by = c->who.shown,
		.reason = c->text,
		.time = c->ask.chat->wall });
}

/*
 * m leaves, or is thrown out (by c->who); origin: the item that asked for it.
 * The last one's leaving ends the group, unless somebody is just coming.
 */
void
change_out(
    struct change *c, struct member *m, const struct chat_origin *origin)
{
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
	if (c->act == CHAT_BAN)
		ban_write(c);
	store_drop_member(&c->txn, g->key, m->key,
	    m->account != NULL ? m->account->id : 0);
	if (c->ask.chat->router.pack != NULL)
		out_items(c, m);
	heir_write(c, m);
	if (c->ends)
		store_end_group(&c->txn, g->key);
	if (origin != NULL)
		store_set_taken(&c->txn, origin->realm, origin->stream,
		    origin->number);
	change_commit(c);
}

void
change_leave_from(struct chat *chat, struct group *g, struct member *m,
    const struct chat_origin *origin, struct chat_done done)
{
	struct change *c = change_new(chat, g, NULL, NULL, done);

	c->act = CHAT_ACTS;
	change_out(c, m, origin);
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
		change_out(c, m, NULL);
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
	change_out(c, m, NULL);
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

