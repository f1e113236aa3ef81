/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is done to a group of ours and to those in it by its owner, its
 * moderators and administrators: one table says who may, and to whom.
 */
#include <stdio.h>
#include <string.h>

#include "server/chat/change.h"
#include "server/directory/remote.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/utf8.h"

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
		change_out(c, m, NULL);
		return;
	}
	lines_left(c->ask.chat, m, c->who.shown, c->act, c->text);
	m->out = true;
	lines_end(c->ask.chat, m, change_why_out(c));
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
		rule_drop(&chat->dir, rule.kind, rule.conv, rule.member);
	else
		rule_put(&chat->dir, &rule);
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
	item.from = change_full_name(c->ask.chat, c->who.shown, by);
	switch (router->reach(router->arg, at + 1)) {
	case CHAT_REALM_UP:
	case CHAT_REALM_DOWN:
		change_write_item(c, at + 1, &item);
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

	return rule_count(&chat->dir, c->group->key) < CHAT_RULES_MAX &&
	    (at == NULL || rule_count_by(&chat->dir, at + 1) < PEER_RULES_MAX);
}

static void
run_rule(struct change *c)
{
	struct chat *chat = c->ask.chat;
	bool lift = c->act == CHAT_UNBAN || c->act == CHAT_UNMUTE;
	struct member *m = member_find(c->group, c->whom);
	struct store_rule rule;

	rule_of_change(c, &rule);
	if (rule_is(&chat->dir, rule.kind, rule.conv, rule.member) != lift) {
		change_end(c, WIRE_OK); /* it is so */
		return;
	}
	if (!lift && !may_rule(c)) {
		change_end(c, WIRE_BUSY);
		return;
	}
	c->apply = rule_apply;
	if (lift)
		store_drop_rule(&c->txn, rule.kind, rule.conv, rule.member);
	else
		store_put_rule(&c->txn, &rule);
	if (c->act == CHAT_INVITE_USER)
		invite_item(c);
	else if (rule.kind == STORE_MUTE && m != NULL &&
	    chat->router.pack != NULL)
		change_write_member_items(c, m, m->role, !lift);
	change_commit(c);
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
		change_out(c, m, NULL);
	} else {
		/* On raw lines only: out at once, and the rule follows. */
		lines_left(c->ask.chat, m, c->who.shown, c->act, c->text);
		m->out = true;
		lines_end(c->ask.chat, m, change_why_out(c));
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
	change_write_role(c, m, c->role);
	if (chat->router.pack != NULL)
		change_write_member_items(c, m, c->role,
		    rule_is(&chat->dir, STORE_MUTE, c->group->key, m->key));
	if (c->role == CHAT_OWNER && old != NULL) {
		change_write_role(c, old, CHAT_MODERATOR);
		if (chat->router.pack != NULL)
			change_write_member_items(c, old, CHAT_MODERATOR,
			    rule_is(&chat->dir, STORE_MUTE, c->group->key,
				old->key));
	}
	change_commit(c);
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

	c->apply = group_apply;
	/* Where all are on raw lines it is as durable as they are. */
	if (g->stored)
		change_write_group(c);
	if (g->stored && c->ask.chat->router.pack != NULL) {
		change_group_item(c, &item);
		item.from = change_full_name(c->ask.chat, c->who.shown, by);
		change_write_items(c, &item);
	}
	change_commit(c);
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
	c->account = account_find(&chat->dir, whom->name);
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
		return WIRE_TOPIC_TOO_LONG;
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
	/* A topic is something said. */
	if (err == WIRE_OK && deed->act == CHAT_TOPIC)
		err = rule_may_say(&chat->dir, who->key);
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
