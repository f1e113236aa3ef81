/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/reader.h"

#include "server/store/store_priv.h"
#include "server/store/sql.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

#include <stdatomic.h>
#include <stdlib.h>

/* How often a query looks whether it is to stop: in SQLite's instructions. */
enum { LOOK_UP = 20000 };

struct reader {
	const char *path;
	struct queue *in, *out;
	pthread_t thread;
	pthread_mutex_t lock; /* held by whoever uses q */
	struct sql q;
	bool open;
	store_trouble_fn *trouble;
	atomic_bool stopping;
	size_t waiting; /* queries not delivered yet; the caller's thread's */
};

/* ---- connection ------------------------------------------------------- */

static int
is_stopping(void *arg)
{
	const struct reader *r = arg;

	return atomic_load(&r->stopping);
}

/* What is broken off at the end has not failed. */
static void
tell_trouble(const struct reader *r)
{
	if (r->trouble != NULL && !atomic_load(&r->stopping))
		r->trouble(sql_why(&r->q));
}

/* After a failure it is made anew, as the writer's is. */
static bool
connect(struct reader *r)
{
	if (r->open)
		return true;
	if (!sql_open(&r->q, r->path, SQL_READER, false) ||
	    !sql_prepare(&r->q, SQL_READER)) {
		tell_trouble(r);
		sql_close(&r->q);
		return false;
	}
	sqlite3_progress_handler(r->q.db, LOOK_UP, is_stopping, r);
	r->open = true;
	return true;
}

static void
disconnect(struct reader *r)
{
	if (!r->open)
		return;
	sql_rollback(&r->q);
	sql_close(&r->q);
	r->open = false;
}

struct sql *
reader_look(struct reader *r)
{
	pthread_mutex_lock(&r->lock);
	if (connect(r)) {
		sql_start(&r->q, SQL_LOOK);
		sql_run(&r->q);
		if (r->q.err == SQLITE_OK)
			return &r->q;
		tell_trouble(r);
		disconnect(r);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

bool
reader_looked(struct reader *r)
{
	bool ok;

	sql_start(&r->q, SQL_LOOKED);
	sql_run(&r->q);
	ok = r->q.err == SQLITE_OK;
	if (!ok) {
		tell_trouble(r);
		disconnect(r);
	}
	pthread_mutex_unlock(&r->lock);
	return ok;
}

/* ---- thread ----------------------------------------------------------- */

static bool
answer(struct reader *r, struct query *job)
{
	struct sql *q;

	if (atomic_load(&r->stopping) || (q = reader_look(r)) == NULL)
		return false;
	job->kind->run(q, job);
	return reader_looked(r);
}

static void *
read_all(void *arg)
{
	struct reader *r = arg;
	struct queue_item *item;

	while ((item = queue_wait(r->in)) != NULL) {
		struct query *job = (struct query *)item;

		job->kind->done(job, answer(r, job));
		(void)queue_put(r->out, item); /* no cap, never closed */
	}
	return NULL;
}

struct reader *
reader_new(const char *path, store_trouble_fn *trouble, struct queue *out)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->path = path;
	r->trouble = trouble;
	r->out = out;
	r->in = queue_new(STORE_QUERIES_MAX);
	pthread_mutex_init(&r->lock, NULL);
	if (connect(r) &&
	    store_thread(&r->thread, "store-reader", read_all, r))
		return r;
	reader_free(r);
	return NULL;
}

void
reader_stop(struct reader *r)
{
	if (r == NULL)
		return;
	atomic_store(&r->stopping, true);
	queue_close(r->in);
	pthread_join(r->thread, NULL);
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	disconnect(r);
	queue_free(r->in);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* ---- the caller's side ------------------------------------------------ */

static void
deliver(struct store *s, struct store_job *item)
{
	struct query *job = (struct query *)item;

	s->reader->waiting--; /* before the call, which may add one */
	job->kind->call(job);
	job->kind->release(job);
	free(job);
}

void *
query_new(size_t size, const struct query_kind *kind, void *arg)
{
	struct query *job = xcalloc(1, size);

	job->job.deliver = deliver;
	job->kind = kind;
	job->arg = arg;
	return job;
}

bool
query_put(struct store *s, struct query *job)
{
	if (s->reader->waiting >= STORE_QUERIES_MAX ||
	    !queue_put(s->reader->in, &job->job.item)) {
		job->kind->release(job);
		free(job);
		return false;
	}
	s->reader->waiting++;
	return true;
}
