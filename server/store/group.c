/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups, their members, and the rules about people. */
#include "server/store/store.h"

#include "server/store/sql.h"
#include "server/store/step.h"
#include "server/store/writer.h"

/* ---- groups ----------------------------------------------------------- */

struct group {
	struct write write; /* first */
	struct store_group group;
};

static void
apply_group(struct sql *q, struct write *j)
{
	const struct store_group *g = &((struct group *)j)->group;
	int64_t conv = step_make_conv(q, STORE_GROUP, g->conv);

	sql_start(q, SQL_PUT_GROUP);
	sql_put_int(q, conv);
	sql_put_text(q, g->name);
	sql_put_text(q, g->realm);
	sql_put_text(q, g->topic);
	sql_put_int(q, g->mode);
	sql_put_int(q, g->created);
	sql_run(q);
}

struct txn *
store_put_group(struct txn *t, const struct store_group *g)
{
	struct group *to = write_new(sizeof(*to),
	    write_room(g->conv) + write_room(g->name) +
		write_room(g->realm) + write_room(g->topic),
	    apply_group);
	struct write *j = &to->write;

	to->group = *g;
	to->group.conv = write_text(j, g->conv);
	to->group.name = write_text(j, g->name);
	to->group.realm = write_text(j, g->realm);
	to->group.topic = write_text(j, g->topic);
	return txn_put(t, j);
}

struct group_end {
	struct write write; /* first */
	const char *conv;
};

/* In this order: whose rows go as readers is told by the members. */
static void
apply_group_end(struct sql *q, struct write *j)
{
	static const enum sql_id step[] = { SQL_END_READERS, SQL_END_MEMBERS,
		SQL_END_RULES, SQL_END_GROUP, SQL_RENAME_CONV };
	int64_t conv = step_find_conv(q, ((struct group_end *)j)->conv);

	if (conv == 0)
		return;
	for (size_t i = 0; i < sizeof(step) / sizeof(*step); i++) {
		sql_start(q, step[i]);
		sql_put_int(q, conv);
		sql_run(q);
	}
}

struct txn *
store_end_group(struct txn *t, const char *conv)
{
	struct group_end *to = write_new(
	    sizeof(*to), write_room(conv), apply_group_end);

	to->conv = write_text(&to->write, conv);
	return txn_put(t, &to->write);
}

/* ---- members ---------------------------------------------------------- */

struct member {
	struct write write; /* first */
	struct store_member member;
};

/* 0: there is none. */
static int64_t
find_member(struct sql *q, int64_t conv, const char *key, int64_t *since)
{
	int64_t id = 0;

	sql_start(q, SQL_FIND_MEMBER);
	sql_put_int(q, conv);
	sql_put_text(q, key);
	if (sql_row(q)) {
		id = sql_int(q, 0);
		*since = sql_int(q, 1);
	}
	sql_run(q);
	return id;
}

static void
set_member(struct sql *q, int64_t id, const struct store_member *m)
{
	sql_start(q, SQL_SET_MEMBER);
	sql_put_text(q, m->name);
	sql_put_text(q, m->real_name);
	sql_put_int(q, m->role);
	sql_put_int(q, id);
	sql_run(q);
}

static void
add_member(
    struct sql *q, int64_t conv, const struct store_member *m, int64_t since)
{
	sql_start(q, SQL_ADD_MEMBER);
	sql_put_int(q, conv);
	sql_put_text(q, m->member);
	sql_put_text(q, m->name);
	sql_put_text(q, m->real_name);
	sql_put_int(q, m->account);
	sql_put_int(q, m->role);
	sql_put_int(q, m->joined);
	sql_put_int(q, since);
	sql_run(q);
	if (m->account == 0)
		return;
	sql_start(q, SQL_PUT_READER);
	sql_put_int(q, m->account);
	sql_put_int(q, conv);
	sql_put_int(q, since);
	sql_run(q);
}

static void
apply_member(struct sql *q, struct write *j)
{
	const struct store_member *m = &((struct member *)j)->member;
	int64_t conv = step_make_conv(q, STORE_GROUP, m->conv);
	int64_t id = find_member(q, conv, m->member, &j->done.id);

	j->done.duplicate = id != 0;
	if (j->done.duplicate) {
		set_member(q, id, m);
		return;
	}
	j->done.id = step_last_id(q);
	add_member(q, conv, m, j->done.id);
}

struct txn *
store_put_member(struct txn *t, const struct store_member *m)
{
	struct member *to = write_new(sizeof(*to),
	    write_room(m->conv) + write_room(m->member) +
		write_room(m->name) + write_room(m->real_name),
	    apply_member);
	struct write *j = &to->write;

	to->member = *m;
	to->member.conv = write_text(j, m->conv);
	to->member.member = write_text(j, m->member);
	to->member.name = write_text(j, m->name);
	to->member.real_name = write_text(j, m->real_name);
	return txn_put(t, j);
}

static void
apply_member_end(struct sql *q, struct write *j)
{
	const struct store_member *m = &((struct member *)j)->member;
	int64_t conv = step_find_conv(q, m->conv);

	sql_start(q, SQL_DROP_MEMBER);
	sql_put_int(q, conv);
	sql_put_text(q, m->member);
	sql_run(q);
	if (m->account == 0)
		return;
	sql_start(q, SQL_DROP_READER);
	sql_put_int(q, m->account);
	sql_put_int(q, conv);
	sql_run(q);
}

struct txn *
store_drop_member(struct txn *t, const char *conv, const char *member,
    int64_t account)
{
	struct member *to = write_new(sizeof(*to),
	    write_room(conv) + write_room(member), apply_member_end);

	to->member.conv = write_text(&to->write, conv);
	to->member.member = write_text(&to->write, member);
	to->member.account = account;
	return txn_put(t, &to->write);
}

/* ---- rules ------------------------------------------------------------ */

/* As in the file; no conversation has this number. */
enum { WHOLE_SERVER = 0 };

struct rule {
	struct write write; /* first */
	struct store_rule rule;
};

static void
apply_rule(struct sql *q, struct write *j)
{
	const struct store_rule *r = &((struct rule *)j)->rule;
	int64_t conv = *r->conv == '\0'
	    ? WHOLE_SERVER
	    : step_make_conv(q, STORE_GROUP, r->conv);

	sql_start(q, SQL_PUT_RULE);
	sql_put_int(q, conv);
	sql_put_int(q, (int64_t)r->kind);
	sql_put_text(q, r->member);
	sql_put_text(q, r->name);
	sql_put_text(q, r->by);
	sql_put_text(q, r->reason);
	sql_put_int(q, r->time);
	sql_run(q);
}

struct txn *
store_put_rule(struct txn *t, const struct store_rule *r)
{
	struct rule *to = write_new(sizeof(*to),
	    write_room(r->conv) + write_room(r->member) +
		write_room(r->name) + write_room(r->by) +
		write_room(r->reason),
	    apply_rule);
	struct write *j = &to->write;

	to->rule = *r;
	to->rule.conv = write_text(j, r->conv);
	to->rule.member = write_text(j, r->member);
	to->rule.name = write_text(j, r->name);
	to->rule.by = write_text(j, r->by);
	to->rule.reason = write_text(j, r->reason);
	return txn_put(t, j);
}

static void
apply_rule_end(struct sql *q, struct write *j)
{
	const struct store_rule *r = &((struct rule *)j)->rule;
	bool whole = *r->conv == '\0';
	int64_t conv = whole ? WHOLE_SERVER : step_find_conv(q, r->conv);

	if (!whole && conv == 0)
		return; /* not there: it must not be taken for the server */
	sql_start(q, SQL_DROP_RULE);
	sql_put_int(q, conv);
	sql_put_int(q, (int64_t)r->kind);
	sql_put_text(q, r->member);
	sql_run(q);
}

struct txn *
store_drop_rule(struct txn *t, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	struct rule *to = write_new(sizeof(*to),
	    write_room(conv) + write_room(member), apply_rule_end);

	to->rule.kind = kind;
	to->rule.conv = write_text(&to->write, conv);
	to->rule.member = write_text(&to->write, member);
	return txn_put(t, &to->write);
}
