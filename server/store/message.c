/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages, the tags they were sent with, and how far they were read. */
#include "server/store/store.h"

#include "server/store/reader.h"
#include "server/store/sql.h"
#include "server/store/step.h"
#include "server/store/writer.h"
#include "shared/xalloc.h"

#include <stdlib.h>

/* ---- messages --------------------------------------------------------- */

struct saying {
	struct write write; /* first */
	struct store_message message;
	struct store_tag tag; /* tag.tag NULL: none */
	const int64_t *reader;
	size_t readers;
	struct store_out *out;
	size_t outs;
};

static void
add_tag(struct sql *q, const struct store_tag *t, int64_t id, int64_t time)
{
	sql_start(q, SQL_ADD_TAG);
	sql_put_int(q, t->account);
	sql_put_text(q, t->tag);
	sql_put_int(q, id);
	sql_put_blob(q, t->digest, sizeof(t->digest));
	sql_put_int(q, time);
	sql_run(q);
}

static int64_t
insert_message(struct sql *q, const struct store_message *m, int64_t conv)
{
	int64_t id;

	sql_start(q, SQL_ADD_MESSAGE);
	sql_put_int(q, m->time);
	sql_put_int(q, conv);
	sql_put_text(q, m->sender);
	sql_put_text(q, m->name);
	sql_put_text(q, m->text);
	id = sql_inserted(q);
	sql_start(q, SQL_ADD_WORDS);
	sql_put_int(q, id);
	sql_put_text(q, m->text);
	sql_run(q);
	return id;
}

static void
apply_message(struct sql *q, struct write *j)
{
	const struct saying *s = (struct saying *)j;
	bool tagged = s->tag.tag != NULL;
	int64_t conv;

	if (tagged && step_find_tag(q, &s->tag, &j->done))
		return;
	conv = step_make_conv(q, s->message.kind, s->message.conv);
	j->done.id = insert_message(q, &s->message, conv);
	/* From now on: what was said before is not theirs to have missed. */
	for (size_t i = 0; i < s->readers; i++)
		step_add_party(q, s->reader[i], conv, j->done.id - 1);
	for (size_t i = 0; i < s->outs; i++)
		step_add_out(q, &s->out[i]);
	if (tagged)
		add_tag(q, &s->tag, j->done.id, s->message.time);
}

static size_t
room_for(const struct store_message *m, const struct store_along *along)
{
	size_t n = write_room(m->conv) + write_room(m->sender) +
	    write_room(m->name) + write_room(m->text);

	if (along->tag != NULL)
		n += write_room(along->tag->tag);
	for (size_t i = 0; i < along->out_count; i++)
		n += sizeof(struct store_out) +
		    write_room(along->outs[i].realm) + along->outs[i].len;
	return n + along->count * sizeof(*along->readers);
}

/* The arrays first, where they are aligned. */
static void
keep_along(struct saying *to, const struct store_along *along)
{
	struct write *j = &to->write;

	to->reader = write_keep(
	    j, along->readers, along->count * sizeof(*along->readers));
	to->readers = along->count;
	to->out = write_keep(
	    j, along->outs, along->out_count * sizeof(*along->outs));
	to->outs = along->out_count;
	for (size_t i = 0; i < to->outs; i++) {
		const struct store_out *from = &along->outs[i];

		to->out[i].realm = write_text(j, from->realm);
		to->out[i].body = write_keep(j, from->body, from->len);
	}
	if (along->tag == NULL)
		return;
	to->tag = *along->tag;
	to->tag.tag = write_text(j, along->tag->tag);
	j->sweep = to->tag.since;
}

struct txn *
store_add_message(struct txn *t, const struct store_message *m,
    const struct store_along *along)
{
	struct saying *to =
	    write_new(sizeof(*to), room_for(m, along), apply_message);
	struct write *j = &to->write;

	keep_along(to, along);
	to->message = *m;
	to->message.conv = write_text(j, m->conv);
	to->message.sender = write_text(j, m->sender);
	to->message.name = write_text(j, m->name);
	to->message.text = write_text(j, m->text);
	return txn_put(t, j);
}

/* ---- marks ------------------------------------------------------------ */

struct mark {
	struct write write; /* first */
	int64_t account;
	const char *conv;
	int64_t id;
};

/* Never behind the last message, or it would hide those that come. */
static void
apply_mark(struct sql *q, struct write *j)
{
	const struct mark *m = (struct mark *)j;
	int64_t conv = step_find_conv(q, m->conv);
	int64_t last = step_last_id(q);
	int64_t to = m->id < last ? m->id : last;

	sql_start(q, SQL_FIND_MARK);
	sql_put_int(q, m->account);
	sql_put_int(q, conv);
	if (!sql_row(q)) {
		j->done.duplicate = true; /* nothing to read, so all is read */
		return;
	}
	j->done.id = sql_int(q, 0);
	sql_run(q);
	j->done.duplicate = to <= j->done.id;
	if (j->done.duplicate)
		return;
	j->done.id = to;
	sql_start(q, SQL_SET_MARK);
	sql_put_int(q, to);
	sql_put_int(q, m->account);
	sql_put_int(q, conv);
	sql_run(q);
}

struct txn *
store_mark_read(struct txn *t, int64_t account, const char *conv,
    int64_t id)
{
	struct mark *to = write_new(sizeof(*to), write_room(conv), apply_mark);

	to->account = account;
	to->conv = write_text(&to->write, conv);
	to->id = id;
	return txn_put(t, &to->write);
}

/* ---- tags ------------------------------------------------------------- */

struct tag_query {
	struct query query; /* first */
	struct store_tag tag;
	char *text;
	store_written_fn *fn;
	struct store_written done;
};

static void
run_tag(struct sql *q, struct query *job)
{
	struct tag_query *t = (struct tag_query *)job;

	(void)step_find_tag(q, &t->tag, &t->done);
}

static void
done_tag(struct query *job, bool ok)
{
	struct tag_query *t = (struct tag_query *)job;

	if (!ok)
		t->done = (struct store_written){ 0 };
	t->done.ok = ok;
}

static void
call_tag(struct query *job)
{
	struct tag_query *t = (struct tag_query *)job;

	t->fn(job->arg, &t->done);
}

static void
release_tag(struct query *job)
{
	free(((struct tag_query *)job)->text);
}

bool
store_find_tag(struct store *s, const struct store_tag *tag,
    store_written_fn *fn, void *arg)
{
	static const struct query_kind kind = { run_tag, done_tag, call_tag,
		release_tag };
	struct tag_query *t = query_new(sizeof(*t), &kind, arg);

	t->tag = *tag;
	t->tag.tag = t->text = xstrdup(tag->tag);
	t->fn = fn;
	return query_put(s, &t->query);
}
