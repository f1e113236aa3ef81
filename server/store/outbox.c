/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to other realms, and how far what they sent was taken. */
#include "server/store/store.h"

#include "server/store/reader.h"
#include "server/store/sql.h"
#include "server/store/step.h"
#include "server/store/writer.h"
#include "shared/xalloc.h"

#include <stdlib.h>

/* ---- writes ----------------------------------------------------------- */

struct out {
	struct write write; /* first */
	struct store_out out;
};

static void
apply_out(struct sql *q, struct write *j)
{
	j->done.id = step_add_out(q, &((struct out *)j)->out);
}

struct txn *
store_add_out(struct txn *t, const struct store_out *out)
{
	struct out *to = write_new(
	    sizeof(*to), write_room(out->realm) + out->len, apply_out);

	to->out.realm = write_text(&to->write, out->realm);
	to->out.body = write_keep(&to->write, out->body, out->len);
	to->out.len = out->len;
	return txn_put(t, &to->write);
}

/* How far a stream, either way, has come. */
struct progress {
	struct write write; /* first */
	const char *realm, *stream;
	int64_t number;
};

static struct txn *
put_progress(struct txn *t, write_apply_fn *apply, const char *realm,
    const char *stream, int64_t number)
{
	struct progress *to = write_new(
	    sizeof(*to), write_room(realm) + write_room(stream), apply);

	to->realm = write_text(&to->write, realm);
	to->stream = write_text(&to->write, stream);
	to->number = number;
	return txn_put(t, &to->write);
}

static void
apply_drop(struct sql *q, struct write *j)
{
	const struct progress *p = (struct progress *)j;

	sql_start(q, SQL_DROP_OUT);
	sql_put_text(q, p->realm);
	sql_put_int(q, p->number);
	sql_run(q);
}

struct txn *
store_drop_out(struct txn *t, const char *realm, int64_t upto)
{
	return put_progress(t, apply_drop, realm, NULL, upto);
}

static void
apply_taken(struct sql *q, struct write *j)
{
	const struct progress *p = (struct progress *)j;

	sql_start(q, SQL_SET_TAKEN);
	sql_put_text(q, p->realm);
	sql_put_text(q, p->stream);
	sql_put_int(q, p->number);
	sql_run(q);
}

struct txn *
store_set_taken(
    struct txn *t, const char *realm, const char *stream, int64_t number)
{
	return put_progress(t, apply_taken, realm, stream, number);
}

static void
apply_stream(struct sql *q, struct write *j)
{
	const struct progress *p = (struct progress *)j;

	sql_start(q, SQL_NEW_STREAM);
	sql_put_text(q, p->realm);
	sql_put_text(q, p->stream);
	sql_run(q);
	sql_start(q, SQL_FIND_OUT);
	sql_put_text(q, p->realm);
	j->done.id = sql_number(q);
}

struct txn *
store_new_stream(struct txn *t, const char *realm, const char *stream)
{
	return put_progress(t, apply_stream, realm, stream, 0);
}

/* ---- reading ---------------------------------------------------------- */

struct items {
	struct query query; /* first */
	char *realm;
	int64_t after;
	size_t limit, bytes;
	store_items_fn *fn;
	struct store_items done;
	struct store_item *item;
	void **body; /* each item's, to be freed */
	size_t count, cap, sum;
};

static void
add_item(struct sql *q, struct items *t)
{
	size_t len, n = t->count;
	const void *body = sql_bytes(q, 1, &len);

	if (n == t->cap) {
		t->cap = t->cap == 0 ? 16 : 2 * t->cap;
		t->item = xreallocarray(t->item, t->cap, sizeof(*t->item));
		t->body = xreallocarray(t->body, t->cap, sizeof(*t->body));
	}
	t->body[n] = xmemdup0(body, len);
	t->item[n] = (struct store_item){
		.number = sql_int(q, 0), .body = t->body[n], .len = len
	};
	t->sum += len;
	t->count++;
}

/* At least one, however long it is, or nothing behind it would ever go. */
static void
run_items(struct sql *q, struct query *job)
{
	struct items *t = (struct items *)job;

	sql_start(q, SQL_READ_OUT);
	sql_put_text(q, t->realm);
	sql_put_int(q, t->after);
	sql_put_int(q, (int64_t)t->limit);
	while ((t->count == 0 || t->sum < t->bytes) && sql_row(q))
		add_item(q, t);
	sql_stop(q);
}

static void
done_items(struct query *job, bool ok)
{
	struct items *t = (struct items *)job;

	t->done.ok = ok;
	t->done.item = ok ? t->item : NULL;
	t->done.count = ok ? t->count : 0;
}

static void
call_items(struct query *job)
{
	struct items *t = (struct items *)job;

	t->fn(job->arg, &t->done);
}

static void
release_items(struct query *job)
{
	struct items *t = (struct items *)job;

	for (size_t i = 0; i < t->count; i++)
		free(t->body[i]);
	free(t->body);
	free(t->item);
	free(t->realm);
}

bool
store_read_out(struct store *s, const char *realm, int64_t after,
    size_t limit, size_t bytes, store_items_fn *fn, void *arg)
{
	static const struct query_kind kind = { run_items, done_items,
		call_items, release_items };
	struct items *t = query_new(sizeof(*t), &kind, arg);

	t->realm = xstrdup(realm);
	t->after = after;
	t->limit = limit < STORE_PAGE_MAX ? limit : STORE_PAGE_MAX;
	t->bytes = bytes;
	t->fn = fn;
	return query_put(s, &t->query);
}
