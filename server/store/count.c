/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many messages there are: to be replayed, and unread. */
#include "server/store/store.h"

#include "server/store/reader.h"
#include "server/store/sql.h"
#include "server/store/step.h"
#include "shared/xalloc.h"

#include <stdlib.h>

/* ---- tally ------------------------------------------------------------ */

struct tally {
	struct query query; /* first */
	int64_t account, after;
	size_t limit;
	store_tally_fn *fn;
	struct store_tally done;
};

static void
run_tally(struct sql *q, struct query *job)
{
	struct tally *t = (struct tally *)job;

	t->done.last = step_last_id(q);
	sql_start(q, SQL_TALLY);
	sql_put_int(q, t->account);
	sql_put_int(q, t->after);
	t->done.count = sql_number(q);
	t->done.from = t->after;
	if ((uint64_t)t->done.count <= t->limit)
		return;
	sql_start(q, SQL_TALLY_FROM);
	sql_put_int(q, t->account);
	sql_put_int(q, t->after);
	sql_put_int(q, (int64_t)t->limit);
	t->done.from = sql_number(q);
}

static void
done_tally(struct query *job, bool ok)
{
	struct tally *t = (struct tally *)job;

	if (!ok)
		t->done = (struct store_tally){ 0 };
	t->done.ok = ok;
}

static void
call_tally(struct query *job)
{
	struct tally *t = (struct tally *)job;

	t->fn(job->arg, &t->done);
}

static void
release_tally(struct query *job)
{
	(void)job;
}

bool
store_count(struct store *s, int64_t account, int64_t after, size_t limit,
    store_tally_fn *fn, void *arg)
{
	static const struct query_kind kind = { run_tally, done_tally,
		call_tally, release_tally };
	struct tally *t = query_new(sizeof(*t), &kind, arg);

	t->account = account;
	t->after = after;
	t->limit = limit;
	t->fn = fn;
	return query_put(s, &t->query);
}

/* ---- unread ----------------------------------------------------------- */

struct unread {
	struct query query; /* first */
	int64_t account;
	char *me;
	store_unread_fn *fn;
	struct store_unread done;
	struct store_unread_row *row;
	char **key; /* each row's conv, to be freed */
	size_t cap;
};

static void
add_unread(struct sql *q, struct unread *u)
{
	size_t n = u->done.count;

	if (n == u->cap) {
		u->cap = u->cap == 0 ? 16 : 2 * u->cap;
		u->row = xreallocarray(u->row, u->cap, sizeof(*u->row));
		u->key = xreallocarray(u->key, u->cap, sizeof(*u->key));
	}
	u->key[n] = xstrdup(sql_text(q, 1));
	u->row[n] = (struct store_unread_row){
		.kind = (enum store_kind)sql_int(q, 0),
		.conv = u->key[n],
		.mark = sql_int(q, 2),
		.count = sql_int(q, 3),
		.first = sql_int(q, 4),
	};
	u->done.count++;
}

static void
run_unread(struct sql *q, struct query *job)
{
	struct unread *u = (struct unread *)job;

	sql_start(q, SQL_UNREAD);
	sql_put_int(q, u->account);
	sql_put_text(q, u->me);
	while (sql_row(q))
		add_unread(q, u);
}

static void
done_unread(struct query *job, bool ok)
{
	struct unread *u = (struct unread *)job;

	u->done.ok = ok;
	u->done.row = ok ? u->row : NULL;
}

static void
call_unread(struct query *job)
{
	struct unread *u = (struct unread *)job;
	struct store_unread done = u->done;

	if (!done.ok)
		done.count = 0; /* they are freed all the same */
	u->fn(job->arg, &done);
}

static void
release_unread(struct query *job)
{
	struct unread *u = (struct unread *)job;

	for (size_t i = 0; i < u->done.count; i++)
		free(u->key[i]);
	free(u->key);
	free(u->row);
	free(u->me);
}

bool
store_unread(struct store *s, int64_t account, const char *me,
    store_unread_fn *fn, void *arg)
{
	static const struct query_kind kind = { run_unread, done_unread,
		call_unread, release_unread };
	struct unread *u = query_new(sizeof(*u), &kind, arg);

	u->account = account;
	u->me = xstrdup(me);
	u->fn = fn;
	return query_put(s, &u->query);
}
