/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts and their sessions. */
#include "server/store/store.h"

#include "server/store/sql.h"
#include "server/store/step.h"
#include "server/store/writer.h"

#include <string.h>

/* ---- accounts --------------------------------------------------------- */

struct registration {
	struct write write; /* first */
	struct store_account account;
};

/* Of one account, or of one session by its digest. */
struct change {
	struct write write; /* first */
	int64_t account;
	const char *text;
	unsigned char digest[STORE_DIGEST_LEN];
	bool digested;
	int64_t number; /* what it is set to */
};

static void
apply_account(struct sql *q, struct write *j)
{
	const struct store_account *a = &((struct registration *)j)->account;

	sql_start(q, SQL_FIND_ACCOUNT);
	sql_put_text(q, a->key);
	j->done.id = sql_number(q);
	j->done.taken = j->done.id != 0;
	if (j->done.taken)
		return;
	sql_start(q, SQL_ADD_ACCOUNT);
	sql_put_text(q, a->name);
	sql_put_text(q, a->key);
	sql_put_text(q, a->real_name);
	sql_put_text(q, a->hash);
	sql_put_int(q, a->created);
	sql_put_int(q, a->admin);
	j->done.id = sql_inserted(q);
	step_add_party(q, j->done.id, SQL_EVERYONE, step_last_id(q));
}

struct txn *
store_add_account(struct txn *t, const struct store_account *a)
{
	struct registration *r = write_new(sizeof(*r),
	    write_room(a->name) + write_room(a->key) +
		write_room(a->real_name) + write_room(a->hash),
	    apply_account);
	struct store_account *to = &r->account;

	*to = *a;
	to->name = write_text(&r->write, a->name);
	to->key = write_text(&r->write, a->key);
	to->real_name = write_text(&r->write, a->real_name);
	to->hash = write_text(&r->write, a->hash);
	return txn_put(t, &r->write);
}

static void
apply_real_name(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_SET_REAL_NAME);
	sql_put_text(q, c->text);
	sql_put_int(q, c->account);
	sql_run(q);
}

struct txn *
store_set_real_name(struct txn *t, int64_t account, const char *name)
{
	struct change *c =
	    write_new(sizeof(*c), write_room(name), apply_real_name);

	c->account = account;
	c->text = write_text(&c->write, name);
	return txn_put(t, &c->write);
}

static void
apply_admin(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_SET_ADMIN);
	sql_put_int(q, c->number);
	sql_put_int(q, c->account);
	sql_run(q);
}

struct txn *
store_set_admin(struct txn *t, int64_t account, bool admin)
{
	struct change *c = write_new(sizeof(*c), 0, apply_admin);

	c->account = account;
	c->number = admin;
	return txn_put(t, &c->write);
}

/* ---- sessions --------------------------------------------------------- */

struct login {
	struct write write; /* first */
	struct store_session session;
};

static void
apply_session(struct sql *q, struct write *j)
{
	const struct store_session *e = &((struct login *)j)->session;

	sql_start(q, SQL_ADD_SESSION);
	sql_put_blob(q, e->digest, sizeof(e->digest));
	sql_put_int(q, e->account);
	sql_put_int(q, e->created);
	sql_put_int(q, e->used);
	sql_put_int(q, e->expires);
	sql_run(q);
}

struct txn *
store_add_session(struct txn *t, const struct store_session *session)
{
	struct login *l = write_new(sizeof(*l), 0, apply_session);

	l->session = *session;
	return txn_put(t, &l->write);
}

static void
apply_session_end(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_END_SESSION);
	sql_put_blob(q, c->digest, sizeof(c->digest));
	sql_run(q);
}

struct txn *
store_end_session(struct txn *t, const unsigned char *digest)
{
	struct change *c = write_new(sizeof(*c), 0, apply_session_end);

	memcpy(c->digest, digest, sizeof(c->digest));
	return txn_put(t, &c->write);
}

/* All of the account's but the one with the digest, if there is one. */
static void
apply_sessions_end(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_END_OTHERS);
	sql_put_int(q, c->account);
	if (c->digested)
		sql_put_blob(q, c->digest, sizeof(c->digest));
	else
		sql_put_text(q, NULL);
	sql_run(q);
}

struct txn *
store_end_sessions(struct txn *t, int64_t account)
{
	struct change *c = write_new(sizeof(*c), 0, apply_sessions_end);

	c->account = account;
	return txn_put(t, &c->write);
}

static void
apply_password(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_SET_HASH);
	sql_put_text(q, c->text);
	sql_put_int(q, c->account);
	sql_run(q);
	apply_sessions_end(q, j);
}

struct txn *
store_set_password(
    struct txn *t, int64_t account, const char *hash, const unsigned char *keep)
{
	struct change *c =
	    write_new(sizeof(*c), write_room(hash), apply_password);

	c->account = account;
	c->text = write_text(&c->write, hash);
	c->digested = keep != NULL;
	if (c->digested)
		memcpy(c->digest, keep, sizeof(c->digest));
	return txn_put(t, &c->write);
}

static void
apply_session_use(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_USE_SESSION);
	sql_put_int(q, c->number);
	sql_put_blob(q, c->digest, sizeof(c->digest));
	sql_run(q);
}

struct txn *
store_use_session(struct txn *t, const unsigned char *digest, int64_t used)
{
	struct change *c = write_new(sizeof(*c), 0, apply_session_use);

	memcpy(c->digest, digest, sizeof(c->digest));
	c->number = used;
	return txn_put(t, &c->write);
}

static void
apply_seen(struct sql *q, struct write *j)
{
	const struct change *c = (struct change *)j;

	sql_start(q, SQL_SET_SEEN);
	sql_put_int(q, c->number);
	sql_put_int(q, c->account);
	sql_run(q);
}

struct txn *
store_set_seen(struct txn *t, int64_t account, int64_t seen)
{
	struct change *c = write_new(sizeof(*c), 0, apply_seen);

	c->account = account;
	c->number = seen;
	return txn_put(t, &c->write);
}
