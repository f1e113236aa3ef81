/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What fills the memory above at start.  On the caller's thread; a callback
 * has the reader's connection, and asks nothing of it.
 */
#include "server/store/store.h"

#include "server/store/store_priv.h"
#include "server/store/reader.h"
#include "server/store/sql.h"
#include "server/store/step.h"

/* take makes a row a record, and hands it to its kind of function. */
struct each {
	void (*take)(struct sql *, const struct each *);
	union {
		store_account_fn *account;
		store_session_fn *session;
		store_group_fn *group;
		store_member_fn *member;
		store_rule_fn *rule;
		store_realm_fn *realm;
		store_contact_fn *contact;
	} fn;
	void *arg;
};

static int
each(struct store *s, enum sql_id id, const struct each *e)
{
	struct sql *q = reader_look(s->reader);

	if (q == NULL)
		return -1;
	sql_start(q, id);
	while (sql_row(q))
		e->take(q, e);
	return reader_looked(s->reader) ? 0 : -1;
}

static void
take_account(struct sql *q, const struct each *e)
{
	const struct store_account a = {
		.id = sql_int(q, 0),
		.name = sql_text(q, 1),
		.key = sql_text(q, 2),
		.real_name = sql_text(q, 3),
		.hash = sql_text(q, 4),
		.created = sql_int(q, 5),
		.admin = sql_int(q, 6) != 0,
		.seen = sql_int(q, 7),
	};

	if (q->err == SQLITE_OK)
		e->fn.account(e->arg, &a);
}

int
store_each_account(struct store *s, store_account_fn *fn, void *arg)
{
	return each(s, SQL_ACCOUNTS,
	    &(struct each){ take_account, { .account = fn }, arg });
}

static void
take_session(struct sql *q, const struct each *e)
{
	struct store_session n = {
		.account = sql_int(q, 1),
		.created = sql_int(q, 2),
		.used = sql_int(q, 3),
		.expires = sql_int(q, 4),
	};

	if (sql_blob(q, 0, n.digest, sizeof(n.digest)))
		e->fn.session(e->arg, &n);
}

int
store_each_session(struct store *s, store_session_fn *fn, void *arg)
{
	return each(s, SQL_SESSIONS,
	    &(struct each){ take_session, { .session = fn }, arg });
}

static void
take_group(struct sql *q, const struct each *e)
{
	const struct store_group g = {
		.conv = sql_text(q, 0),
		.name = sql_text(q, 1),
		.realm = sql_text(q, 2),
		.topic = sql_text(q, 3),
		.mode = (int)sql_int(q, 4),
		.created = sql_int(q, 5),
	};

	if (q->err == SQLITE_OK)
		e->fn.group(e->arg, &g);
}

int
store_each_group(struct store *s, store_group_fn *fn, void *arg)
{
	return each(s, SQL_GROUPS,
	    &(struct each){ take_group, { .group = fn }, arg });
}

static void
take_member(struct sql *q, const struct each *e)
{
	const struct store_member m = {
		.conv = sql_text(q, 0),
		.member = sql_text(q, 1),
		.name = sql_text(q, 2),
		.real_name = sql_text(q, 3),
		.account = sql_int(q, 4),
		.role = (int)sql_int(q, 5),
		.joined = sql_int(q, 6),
		.since = sql_int(q, 7),
	};

	if (q->err == SQLITE_OK)
		e->fn.member(e->arg, &m);
}

int
store_each_member(struct store *s, store_member_fn *fn, void *arg)
{
	return each(s, SQL_MEMBERS,
	    &(struct each){ take_member, { .member = fn }, arg });
}

static void
take_rule(struct sql *q, const struct each *e)
{
	const struct store_rule r = {
		.kind = (enum store_rule_kind)sql_int(q, 0),
		.conv = sql_text(q, 1),
		.member = sql_text(q, 2),
		.name = sql_text(q, 3),
		.by = sql_text(q, 4),
		.reason = sql_text(q, 5),
		.time = sql_int(q, 6),
	};

	if (q->err == SQLITE_OK)
		e->fn.rule(e->arg, &r);
}

int
store_each_rule(struct store *s, store_rule_fn *fn, void *arg)
{
	return each(s, SQL_RULES,
	    &(struct each){ take_rule, { .rule = fn }, arg });
}

static void
take_realm(struct sql *q, const struct each *e)
{
	const struct store_realm r = {
		.realm = sql_text(q, 0),
		.stream = sql_text(q, 1),
		.last = sql_int(q, 2),
		.waiting = sql_int(q, 3),
		.from = sql_text(q, 4),
		.taken = sql_int(q, 5),
	};

	if (q->err == SQLITE_OK)
		e->fn.realm(e->arg, &r);
}

int
store_each_realm(struct store *s, store_realm_fn *fn, void *arg)
{
	return each(s, SQL_REALMS,
	    &(struct each){ take_realm, { .realm = fn }, arg });
}

static void
take_contact(struct sql *q, const struct each *e)
{
	int64_t account = sql_int(q, 0);
	const char *conv = sql_text(q, 1);

	if (q->err == SQLITE_OK)
		e->fn.contact(e->arg, account, conv);
}

int
store_each_contact(struct store *s, store_contact_fn *fn, void *arg)
{
	return each(s, SQL_CONTACTS,
	    &(struct each){ take_contact, { .contact = fn }, arg });
}

int64_t
store_last_id(struct store *s)
{
	struct sql *q = reader_look(s->reader);
	int64_t id;

	if (q == NULL)
		return -1;
	id = step_last_id(q);
	return reader_looked(s->reader) ? id : -1;
}
