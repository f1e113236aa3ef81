/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/writer.h"

#include "server/store/store_priv.h"
#include "server/store/sql.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

#include <stdatomic.h>
#include <stdlib.h>

/*
 * When the log is worked into the file, in pages.  Usually beside what is
 * being read; a log that readers have kept from starting over for that long
 * is worth a wait for them.
 */
enum { LOG_PAGES = 1000, LOG_PAGES_LONG = 16000 };

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
	uint64_t refusals; /* batches that came to nothing */
	struct queue *in, *out;
	pthread_t thread;
	atomic_uint_fast64_t commits;

	/* The caller's thread's: */
	size_t waiting; /* writes not delivered yet */
	uint64_t heard; /* of so many refusals */
};

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

static void
apply_one(struct writer *w, struct write *j)
{
	for (; j != NULL; j = j->next) {
		if (j->sweep > w->sweep)
			w->sweep = j->sweep;
		if (w->q->err == SQLITE_OK)
			j->apply(w->q, j);
	}
}

static bool
apply_all(struct writer *w, struct queue_item *batch)
{
	struct queue_item *item;

	sql_start(w->q, SQL_BEGIN);
	sql_run(w->q);
	for (item = batch; item != NULL; item = item->next)
		apply_one(w, (struct write *)item);
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
refuse(struct writer *w, struct write *j)
{
	j->done = (struct store_written){ 0 };
	j->heard = w->refusals;
}

/*
 * What was made before its maker had heard of the last refusal is refused with
 * it: it may stand on what was refused, and is not to overtake it when that is
 * tried again.  Such writes stand before all others.
 */
static struct queue_item *
refuse_unheard(struct writer *w, struct queue_item *batch)
{
	for (; batch != NULL; batch = batch->next) {
		struct write *j = (struct write *)batch;

		if (j->heard == w->refusals)
			break;
		refuse(w, j);
	}
	return batch;
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
		w->refusals++;
	}
	for (struct queue_item *i = batch; i != NULL; i = i->next) {
		struct write *j = (struct write *)i;

		if (ok)
			j->done.ok = true;
		else
			refuse(w, j);
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
	struct queue_item *batch, *rest;

	while ((batch = queue_wait_all(w->in)) != NULL) {
		rest = refuse_unheard(w, batch);
		if (rest != NULL)
			write_batch(w, rest);
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

void
writer_delivers(struct writer *w, const struct write *j)
{
	w->waiting -= j->count; /* before the call, which may add some */
	if (j->heard > w->heard)
		w->heard = j->heard;
}

/*
 * The cap counts what was not delivered yet, not only what the thread has not
 * taken, so that a caller who does not dispatch is bounded, too.
 */
bool
writer_put(struct writer *w, struct write *j)
{
	j->heard = w->heard;
	if (j->count > STORE_QUEUE_MAX - w->waiting ||
	    !queue_put(w->in, &j->job.item))
		return false;
	w->waiting += j->count;
	return true;
}
