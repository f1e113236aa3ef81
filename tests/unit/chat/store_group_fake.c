/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of the fake store, their members and the rules about people. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/chat/store_inner_fake.h"

/* One goes, the others keep their order. */
#define TAKE_OUT(array, count, at)                                           \
	memmove(&(array)[at], &(array)[(at) + 1],                            \
	    (--(count) - (at)) * sizeof(*(array)))

static size_t
find_group(const struct store *s, const char *conv)
{
	size_t i;

	for (i = 0; i < s->groups; i++)
		if (strcmp(s->group[i].conv, conv) == 0)
			break;
	return i;
}

static size_t
find_member(const struct store *s, const char *conv, const char *member)
{
	size_t i;

	for (i = 0; i < s->members; i++)
		if (strcmp(s->member[i].conv, conv) == 0 &&
		    strcmp(s->member[i].member, member) == 0)
			break;
	return i;
}

static size_t
find_rule(const struct store *s, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	size_t i;

	for (i = 0; i < s->rules; i++)
		if (s->rule[i].kind == kind &&
		    strcmp(s->rule[i].conv, conv) == 0 &&
		    strcmp(s->rule[i].member, member) == 0)
			break;
	return i;
}

size_t
store_fake_groups(const struct store *s)
{
	return s->groups;
}

const struct store_group *
store_fake_group(const struct store *s, const char *conv)
{
	size_t i = find_group(s, conv);

	return i < s->groups ? &s->group[i] : NULL;
}

const struct store_member *
store_fake_member(const struct store *s, const char *conv, const char *member)
{
	size_t i = find_member(s, conv, member);

	return i < s->members ? &s->member[i] : NULL;
}

const struct store_rule *
store_fake_rule(const struct store *s, enum store_rule_kind kind,
    const char *conv, const char *member)
{
	size_t i = find_rule(s, kind, conv, member);

	return i < s->rules ? &s->rule[i] : NULL;
}

/* ---- groups ----------------------------------------------------------- */

static void
apply_group(struct store *s, struct write *w)
{
	size_t i = find_group(s, w->group.conv);
	struct store_group *g =
	    i < s->groups ? &s->group[i] : FAKE_ROOM(s->group, s->groups);

	*g = w->group;
}

struct txn *
store_put_group(struct txn *t, const struct store_group *g)
{
	struct write *w = fake_put(t, apply_group);

	w->group = *g;
	w->group.conv = fake_keep(t->store, g->conv);
	w->group.name = fake_keep(t->store, g->name);
	w->group.realm = fake_keep(t->store, g->realm);
	w->group.topic = fake_keep(t->store, g->topic);
	return t;
}

/* Under a key that no group can have. */
static void
put_away_messages(struct store *s, const char *conv)
{
	char away[1024];
	const char *key;
	size_t i;

	snprintf(away, sizeof(away), "%s %zu", conv, s->messages);
	key = fake_keep(s, away);
	for (i = 0; i < s->messages; i++)
		if (strcmp(s->message[i].conv, conv) == 0)
			s->message[i].conv = key;
}

static void
apply_group_end(struct store *s, struct write *w)
{
	size_t i;

	for (i = s->members; i-- > 0;)
		if (strcmp(s->member[i].conv, w->conv) == 0) {
			fake_drop_link(s, s->member[i].account, w->conv);
			TAKE_OUT(s->member, s->members, i);
		}
	for (i = s->rules; i-- > 0;)
		if (strcmp(s->rule[i].conv, w->conv) == 0)
			TAKE_OUT(s->rule, s->rules, i);
	i = find_group(s, w->conv);
	if (i < s->groups)
		TAKE_OUT(s->group, s->groups, i);
	put_away_messages(s, w->conv);
}

struct txn *
store_end_group(struct txn *t, const char *conv)
{
	struct write *w = fake_put(t, apply_group_end);

	w->conv = fake_keep(t->store, conv);
	return t;
}

/* ---- members ---------------------------------------------------------- */

static void
apply_member(struct store *s, struct write *w)
{
	size_t i = find_member(s, w->member.conv, w->member.member);
	struct store_member *m;
	struct link *l;

	w->result.duplicate = i < s->members;
	if (w->result.duplicate) {
		m = &s->member[i];
		m->name = w->member.name;
		m->real_name = w->member.real_name;
		m->role = w->member.role;
	} else {
		m = FAKE_ROOM(s->member, s->members);
		*m = w->member;
		m->since = (int64_t)s->messages;
	}
	w->result.id = m->since;
	if (w->result.duplicate || m->account == 0)
		return;
	l = fake_need_link(s, m->account, STORE_GROUP, m->conv, m->since);
	l->mark = l->since = m->since;
}

struct txn *
store_put_member(struct txn *t, const struct store_member *m)
{
	struct write *w = fake_put(t, apply_member);

	w->member = *m;
	w->member.conv = fake_keep(t->store, m->conv);
	w->member.member = fake_keep(t->store, m->member);
	w->member.name = fake_keep(t->store, m->name);
	w->member.real_name = fake_keep(t->store, m->real_name);
	return t;
}

static void
apply_member_end(struct store *s, struct write *w)
{
	size_t i = find_member(s, w->conv, w->text);

	if (i < s->members)
		TAKE_OUT(s->member, s->members, i);
	if (w->account != 0)
		fake_drop_link(s, w->account, w->conv);
}

struct txn *
store_drop_member(struct txn *t, const char *conv, const char *member,
    int64_t account)
{
	struct write *w = fake_put(t, apply_member_end);

	w->conv = fake_keep(t->store, conv);
	w->text = fake_keep(t->store, member);
	w->account = account;
	return t;
}

/* ---- rules ------------------------------------------------------------ */

static void
apply_rule(struct store *s, struct write *w)
{
	const struct store_rule *r = &w->rule;
	size_t i = find_rule(s, r->kind, r->conv, r->member);
	struct store_rule *to =
	    i < s->rules ? &s->rule[i] : FAKE_ROOM(s->rule, s->rules);

	*to = *r;
}

struct txn *
store_put_rule(struct txn *t, const struct store_rule *r)
{
	struct write *w = fake_put(t, apply_rule);

	w->rule = *r;
	w->rule.conv = fake_keep(t->store, r->conv);
	w->rule.member = fake_keep(t->store, r->member);
	w->rule.name = fake_keep(t->store, r->name);
	w->rule.by = fake_keep(t->store, r->by);
	w->rule.reason = fake_keep(t->store, r->reason);
	return t;
}

static void
apply_rule_end(struct store *s, struct write *w)
{
	size_t i = find_rule(s, w->rule.kind, w->rule.conv, w->rule.member);

	if (i < s->rules)
		TAKE_OUT(s->rule, s->rules, i);
}

struct txn *
store_drop_rule(struct txn *t, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	struct write *w = fake_put(t, apply_rule_end);

	w->rule.kind = kind;
	w->rule.conv = fake_keep(t->store, conv);
	w->rule.member = fake_keep(t->store, member);
	return t;
}

/* ---- start ------------------------------------------------------------ */

int
store_each_group(struct store *s, store_group_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->groups; i++)
		fn(arg, &s->group[i]);
	return s->fail ? -1 : 0;
}

int
store_each_member(struct store *s, store_member_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->members; i++)
		fn(arg, &s->member[i]);
	return s->fail ? -1 : 0;
}

/* Those of the whole server first. */
int
store_each_rule(struct store *s, store_rule_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->rules; i++)
		if (s->rule[i].conv[0] == '\0')
			fn(arg, &s->rule[i]);
	for (i = 0; i < s->rules; i++)
		if (s->rule[i].conv[0] != '\0')
			fn(arg, &s->rule[i]);
	return s->fail ? -1 : 0;
}
