/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/writer.h"

#include "server/store/inner.h"
#include "server/store/sql.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * When the log is worked into the file, in pages.  Usually beside what is
 * being read; a log that readers have kept from starting over for that long
 * is worth a wait for them.
 */
enum { LOG_PAGES = 1000, LOG_PAGES_LONG = 16000 };

/* What a mark or a change of an account is made of. */
struct mark {
	int64_t account;
	enum store_kind kind;
	const char *conv;
	int64_t id;
};

struct change {
	int64_t account;
	const char *text;
	unsigned char digest[STORE_DIGEST_LEN];
	bool digested;
	int64_t used;
};

struct saying {
	struct store_message message;
	struct store_tag tag; /* tag.tag NULL: none */
	const int64_t *reader;
	size_t readers;
};

struct write {
	struct store_job job; /* first */
	void (*apply)(struct writer *, struct write *);
	store_written_fn *fn;
	void *arg;
	struct store_written done;
	union {
		struct saying saying;
		struct store_account account;
		struct store_session session;
		struct mark mark;
		struct change change;
	} of;
	char *end;         /* of what is kept so far */
	_Alignas(int64_t) char kept[]; /* copies of all that `of` points to */
};

struct writer {
	struct sql *q;
	const char *path;
	bool sync_full;
	store_trouble_fn *trouble;
	bool stale; /* q failed, and is to be made anew before it is used */
	/*
	 * A commit failed so that its transaction may stand in the log whole:
	 * after a crash it would be found there, though it was refused.
	 */
	bool doubtful;
	int64_t sweep; /* of this batch: tags older than that; 0: no tags */
	struct queue *in, *out;
	pthread_t thread;
	size_t waiting; /* jobs not delivered yet; the caller's thread's */
	atomic_uint_fast64_t commits;
};

/* ---- what the jobs do ------------------------------------------------- */

static int64_t
find_conv(struct sql *q, enum store_kind kind, const char *key)
{
	if (kind == STORE_EVERYONE)
		return SQL_EVERYONE;
	sql_start(q, SQL_FIND_CONV);
	sql_put_text(q, key);
	return sql_number(q);
}

static int64_t
make_conv(struct sql *q, enum store_kind kind, const char *key)
{
	int64_t id = find_conv(q, kind, key);

	if (id != 0)
		return id;
	sql_start(q, SQL_ADD_CONV);
	sql_put_int(q, (int64_t)kind);
	sql_put_text(q, key);
	return sql_number(q);
}

static void
add_party(struct sql *q, int64_t account, int64_t conv, int64_t mark)
{
	sql_start(q, SQL_ADD_PARTY);
	sql_put_int(q, account);
	sql_put_int(q, conv);
	sql_put_int(q, mark);
	sql_run(q);
}

static int64_t
last_id(struct sql *q)
{
	sql_start(q, SQL_LAST_ID);
	return sql_number(q);
}

/* True: it was sent before, and out tells. */
static bool
find_tag(struct sql *q, const struct store_tag *t, struct store_written *out)
{
	unsigned char digest[STORE_DIGEST_LEN];
	bool found;

	sql_start(q, SQL_FIND_TAG);
	sql_put_int(q, t->account);
	sql_put_text(q, t->tag);
	sql_put_int(q, t->since);
	found = sql_row(q);
	if (found && sql_blob(q, 1, digest, sizeof(digest))) {
		out->id = sql_int(q, 0);
		out->duplicate =
		    memcmp(digest, t->digest, sizeof(digest)) == 0;
		out->reused = !out->duplicate;
	}
	sql_run(q);
	return found;
}

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
	id = sql_number(q);
	sql_start(q, SQL_ADD_WORDS);
	sql_put_int(q, id);
	sql_put_text(q, m->text);
	sql_run(q);
	return id;
}

static void
apply_message(struct writer *w, struct write *j)
{
	const struct saying *s = &j->of.saying;
	bool tagged = s->tag.tag != NULL;
	int64_t conv;

	if (tagged && s->tag.since > w->sweep)
		w->sweep = s->tag.since;
	if (tagged && find_tag(w->q, &s->tag, &j->done))
		return;
	conv = make_conv(w->q, s->message.kind, s->message.conv);
	j->done.id = insert_message(w->q, &s->message, conv);
	/* From now on: what was said before is not theirs to have missed. */
	for (size_t i = 0; i < s->readers; i++)
		add_party(w->q, s->reader[i], conv, j->done.id - 1);
	if (tagged)
		add_tag(w->q, &s->tag, j->done.id, s->message.time);
}

static void
apply_account(struct writer *w, struct write *j)
{
	const struct store_account *a = &j->of.account;
	struct sql *q = w->q;

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
	j->done.id = sql_number(q);
	add_party(q, j->done.id, SQL_EVERYONE, last_id(q));
}

static void
apply_real_name(struct writer *w, struct write *j)
{
	sql_start(w->q, SQL_SET_REAL_NAME);
	sql_put_text(w->q, j->of.change.text);
	sql_put_int(w->q, j->of.change.account);
	sql_run(w->q);
}

static void
apply_password(struct writer *w, struct write *j)
{
	const struct change *c = &j->of.change;

	sql_start(w->q, SQL_SET_HASH);
	sql_put_text(w->q, c->text);
	sql_put_int(w->q, c->account);
	sql_run(w->q);
	sql_start(w->q, SQL_END_OTHERS);
	sql_put_int(w->q, c->account);
	if (c->digested)
		sql_put_blob(w->q, c->digest, sizeof(c->digest));
	else
		sql_put_text(w->q, NULL);
	sql_run(w->q);
}

static void
apply_session(struct writer *w, struct write *j)
{
	const struct store_session *s = &j->of.session;

	sql_start(w->q, SQL_ADD_SESSION);
	sql_put_blob(w->q, s->digest, sizeof(s->digest));
	sql_put_int(w->q, s->account);
	sql_put_int(w->q, s->created);
	sql_put_int(w->q, s->used);
	sql_put_int(w->q, s->expires);
	sql_run(w->q);
}

static void
apply_session_end(struct writer *w, struct write *j)
{
	const struct change *c = &j->of.change;

	sql_start(w->q, SQL_END_SESSION);
	sql_put_blob(w->q, c->digest, sizeof(c->digest));
	sql_run(w->q);
}

static void
apply_session_use(struct writer *w, struct write *j)
{
	const struct change *c = &j->of.change;

	sql_start(w->q, SQL_USE_SESSION);
	sql_put_int(w->q, c->used);
	sql_put_blob(w->q, c->digest, sizeof(c->digest));
	sql_run(w->q);
}

/* Never behind the last message, or it would hide those that come. */
static void
apply_mark(struct writer *w, struct write *j)
{
	const struct mark *m = &j->of.mark;
	int64_t conv = find_conv(w->q, m->kind, m->conv);
	int64_t last = last_id(w->q);
	int64_t to = m->id < last ? m->id : last;

	sql_start(w->q, SQL_FIND_MARK);
	sql_put_int(w->q, m->account);
	sql_put_int(w->q, conv);
	if (!sql_row(w->q)) {
		j->done.duplicate = true; /* nothing to read, so all is read */
		return;
	}
	j->done.id = sql_int(w->q, 0);
	sql_run(w->q);
	j->done.duplicate = to <= j->done.id;
	if (j->done.duplicate)
		return;
	j->done.id = to;
	sql_start(w->q, SQL_SET_MARK);
	sql_put_int(w->q, to);
	sql_put_int(w->q, m->account);
	sql_put_int(w->q, conv);
	sql_run(w->q);
}

/* ---- commit ----------------------------------------------------------- */

static void
close_connection(struct sql *q, void (*how)(struct sql *))
{
	how(q);
	free(q);
}

/*
 * The old connection is closed behind the new one: where the log ends stands
 * in memory that the last one takes with it, and who opens a log afresh would
 * believe a refused commit that lies behind that end.
 */
static bool
renew(struct writer *w)
{
	struct sql *q = xmalloc(sizeof(*q));
	bool ok = sql_open(q, w->path, SQL_WRITER, w->sync_full) &&
	    sql_log(q) && sql_prepare(q, SQL_WRITER);

	close_connection(ok ? w->q : q, sql_leave);
	if (ok)
		w->q = q;
	return ok;
}

/* What a refused commit may have left in the log is made to vanish. */
static bool
settle(struct writer *w)
{
	if (w->stale && renew(w))
		w->stale = false;
	if (!w->stale && w->doubtful &&
	    sql_checkpoint(w->q, SQLITE_CHECKPOINT_TRUNCATE))
		w->doubtful = false;
	return !w->stale && !w->doubtful;
}

static void
sweep_tags(struct writer *w)
{
	if (w->sweep == 0)
		return;
	sql_start(w->q, SQL_SWEEP_TAGS);
	sql_put_int(w->q, w->sweep);
	sql_run(w->q);
	w->sweep = 0;
}

static bool
apply_all(struct writer *w, struct queue_item *batch)
{
	struct queue_item *item;

	sql_start(w->q, SQL_BEGIN);
	sql_run(w->q);
	for (item = batch; item != NULL; item = item->next) {
		struct write *j = (struct write *)item;

		if (w->q->err == SQLITE_OK)
			j->apply(w, j);
	}
	sweep_tags(w);
	return w->q->err == SQLITE_OK;
}

/*
 * A full disk fails before the transaction stands in the log whole.  Of any
 * other failure that is not certain: a sync may fail behind the last write.
 */
static bool
commit(struct writer *w)
{
	int err;

	sql_start(w->q, SQL_COMMIT);
	sql_run(w->q);
	err = w->q->err & 0xff; /* the primary result code */
	if (err == SQLITE_OK) {
		atomic_fetch_add(&w->commits, 1);
		return true;
	}
	w->doubtful = err != SQLITE_FULL && err != SQLITE_BUSY;
	return false;
}

static void
write_batch(struct writer *w, struct queue_item *batch)
{
	bool ok = settle(w) && apply_all(w, batch) && commit(w);

	if (!ok) {
		if (w->trouble != NULL)
			w->trouble(w->q->err != SQLITE_OK
				? sql_why(w->q)
				: "what failed before cannot be undone yet");
		w->sweep = 0;
		w->stale = true;
		sql_rollback(w->q);
		(void)settle(w); /* before anyone is told of the refusal */
	}
	for (struct queue_item *i = batch; i != NULL; i = i->next) {
		struct write *j = (struct write *)i;

		if (!ok)
			j->done = (struct store_written){ 0 };
		j->done.ok = ok;
	}
}

static void
post(struct queue *out, struct queue_item *item)
{
	struct queue_item *next;

	for (; item != NULL; item = next) {
		next = item->next;
		(void)queue_put(out, item); /* has no cap, is never closed */
	}
}

static void
tidy_log(struct writer *w)
{
	if (w->q->log_pages < LOG_PAGES)
		return;
	sql_checkpoint(w->q,
	    w->q->log_pages < LOG_PAGES_LONG ? SQLITE_CHECKPOINT_PASSIVE
					     : SQLITE_CHECKPOINT_RESTART);
}

static void *
write_all(void *arg)
{
	struct writer *w = arg;
	struct queue_item *batch;

	while ((batch = queue_wait_all(w->in)) != NULL) {
		write_batch(w, batch);
		post(w->out, batch);
		tidy_log(w);
	}
	return NULL;
}

/* ---- life ------------------------------------------------------------- */

struct writer *
writer_new(struct sql *q, const char *path,
    const struct store_options *options, struct queue *out)
{
	struct writer *w = xcalloc(1, sizeof(*w));

	w->q = q;
	w->path = path;
	w->sync_full = options->sync_full;
	w->trouble = options->trouble;
	w->out = out;
	w->in = queue_new(STORE_QUEUE_MAX);
	if (store_thread(&w->thread, "store-writer", write_all, w))
		return w;
	writer_free(w);
	return NULL;
}

void
writer_stop(struct writer *w)
{
	if (w == NULL)
		return;
	queue_close(w->in);
	pthread_join(w->thread, NULL);
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	close_connection(w->q, sql_close);
	queue_free(w->in);
	free(w);
}

uint64_t
writer_commits(const struct writer *w)
{
	return atomic_load(&w->commits);
}

/* ---- the caller's side ------------------------------------------------ */

static void
deliver(struct store *s, struct store_job *job)
{
	struct write *j = (struct write *)job;

	s->writer->waiting--; /* before the call, which may add one */
	if (j->fn != NULL)
		j->fn(j->arg, &j->done);
	free(j);
}

static struct write *
write_new(void (*apply)(struct writer *, struct write *),
    store_written_fn *fn, void *arg, size_t keep)
{
	struct write *j = xmalloc(sizeof(*j) + keep);

	memset(j, 0, sizeof(*j));
	j->job.deliver = deliver;
	j->apply = apply;
	j->fn = fn;
	j->arg = arg;
	j->end = j->kept;
	return j;
}

/* Copies into the room that write_new was told of. */
static void *
keep(struct write *j, const void *p, size_t n)
{
	char *at = j->end;

	if (n > 0)
		memcpy(at, p, n);
	j->end += n;
	return at;
}

static size_t
room(const char *s)
{
	return s == NULL ? 0 : strlen(s) + 1;
}

static const char *
keep_text(struct write *j, const char *s)
{
	return s == NULL ? NULL : keep(j, s, room(s));
}

/*
 * The cap counts what was not delivered yet, not only what the thread has not
 * taken, so that a caller who does not dispatch is bounded, too.
 */
static bool
put(struct store *s, struct write *j)
{
	if (s->writer->waiting >= STORE_QUEUE_MAX ||
	    !queue_put(s->writer->in, &j->job.item)) {
		free(j);
		return false;
	}
	s->writer->waiting++;
	return true;
}

bool
store_add_message(struct store *s, const struct store_message *m,
    const struct store_along *along, store_written_fn *fn, void *arg)
{
	const struct store_tag *tag = along->tag;
	const char *name = tag == NULL ? NULL : tag->tag;
	size_t ids = along->count * sizeof(*along->readers);
	struct write *j = write_new(apply_message, fn, arg,
	    ids + room(m->conv) + room(m->sender) + room(m->name) +
		room(m->text) + room(name));
	struct saying *to = &j->of.saying;

	to->reader = keep(j, along->readers, ids); /* first: it is aligned */
	to->readers = along->count;
	to->message = *m;
	to->message.conv = keep_text(j, m->conv);
	to->message.sender = keep_text(j, m->sender);
	to->message.name = keep_text(j, m->name);
	to->message.text = keep_text(j, m->text);
	if (tag != NULL) {
		to->tag = *tag;
		to->tag.tag = keep_text(j, name);
	}
	return put(s, j);
}

bool
store_add_account(struct store *s, const struct store_account *a,
    store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_account, fn, arg,
	    room(a->name) + room(a->key) + room(a->real_name) +
		room(a->hash));
	struct store_account *to = &j->of.account;

	*to = *a;
	to->name = keep_text(j, a->name);
	to->key = keep_text(j, a->key);
	to->real_name = keep_text(j, a->real_name);
	to->hash = keep_text(j, a->hash);
	return put(s, j);
}

bool
store_set_real_name(struct store *s, int64_t account, const char *name,
    store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_real_name, fn, arg, room(name));

	j->of.change.account = account;
	j->of.change.text = keep_text(j, name);
	return put(s, j);
}

bool
store_set_password(struct store *s, int64_t account, const char *hash,
    const unsigned char *keep_session, store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_password, fn, arg, room(hash));
	struct change *to = &j->of.change;

	to->account = account;
	to->text = keep_text(j, hash);
	to->digested = keep_session != NULL;
	if (to->digested)
		memcpy(to->digest, keep_session, sizeof(to->digest));
	return put(s, j);
}

bool
store_add_session(struct store *s, const struct store_session *session,
    store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_session, fn, arg, 0);

	j->of.session = *session;
	return put(s, j);
}

bool
store_end_session(struct store *s, const unsigned char *digest,
    store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_session_end, fn, arg, 0);

	memcpy(j->of.change.digest, digest, STORE_DIGEST_LEN);
	return put(s, j);
}

bool
store_use_session(struct store *s, const unsigned char *digest, int64_t used,
    store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_session_use, fn, arg, 0);

	memcpy(j->of.change.digest, digest, STORE_DIGEST_LEN);
	j->of.change.used = used;
	return put(s, j);
}

bool
store_mark_read(struct store *s, int64_t account, enum store_kind kind,
    const char *conv, int64_t id, store_written_fn *fn, void *arg)
{
	struct write *j = write_new(apply_mark, fn, arg, room(conv));

	j->of.mark = (struct mark){ account, kind, keep_text(j, conv), id };
	return put(s, j);
}
