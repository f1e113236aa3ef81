/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/reader.h"

#include "server/store/inner.h"
#include "server/store/sql.h"
#include "server/store/store.h"
#include "server/store/words.h"
#include "shared/xalloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* How often a query looks whether it is to stop: in SQLite's instructions. */
enum { LOOK_UP = 20000 };

struct page {
	struct store_query query; /* its strings are these */
	char *me, *conv, *match;
	store_page_fn *fn;
	struct store_page done;
	struct store_message *message;
	char **block; /* what the strings of each message lie in */
	size_t cap;
};

struct tally {
	int64_t account, after;
	size_t limit;
	store_tally_fn *fn;
	struct store_tally done;
};

struct unread {
	int64_t account;
	char *me;
	store_unread_fn *fn;
	struct store_unread done;
	struct store_unread_row *row;
	char **key; /* each row's conv, to be freed */
	size_t cap;
};

struct query {
	struct store_job job; /* first */
	const struct query_kind *kind;
	void *arg;
	union {
		struct page page;
		struct tally tally;
		struct unread unread;
	} of;
};

struct query_kind {
	void (*run)(struct sql *, struct query *);
	void (*done)(struct query *, bool ok); /* forgets it where not ok */
	void (*call)(struct query *);
	void (*release)(struct query *);
};

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

/* A moment at which to look at the store; false: it cannot be had. */
static bool
look(struct reader *r)
{
	pthread_mutex_lock(&r->lock);
	if (connect(r)) {
		sql_start(&r->q, SQL_LOOK);
		sql_run(&r->q);
		if (r->q.err == SQLITE_OK)
			return true;
		tell_trouble(r);
		disconnect(r);
	}
	pthread_mutex_unlock(&r->lock);
	return false;
}

/* False: what was seen in the meantime is not to be trusted. */
static bool
looked(struct reader *r)
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

static int64_t
last_id(struct sql *q)
{
	sql_start(q, SQL_LAST_ID);
	return sql_number(q);
}

/* ---- pages ------------------------------------------------------------ */

/* The strings of a message in one block; the row's are gone with the row. */
static char *
take_message(struct sql *q, struct store_message *m)
{
	enum { FIRST = 3, TEXTS = 4 }; /* key, sender, name, text */
	const char *text[TEXTS];
	size_t len[TEXTS], sum = 0;
	char *block, *at[TEXTS], *end;

	for (int i = 0; i < TEXTS; i++) {
		text[i] = sql_text(q, FIRST + i);
		len[i] = strlen(text[i]) + 1;
		sum += len[i];
	}
	end = block = xmalloc(sum);
	for (int i = 0; i < TEXTS; i++) {
		at[i] = memcpy(end, text[i], len[i]);
		end += len[i];
	}
	m->id = sql_int(q, 0);
	m->time = sql_int(q, 1);
	m->kind = (enum store_kind)sql_int(q, 2);
	m->conv = at[0];
	m->sender = at[1];
	m->name = at[2];
	m->text = at[3];
	return block;
}

static void
add_to_page(struct sql *q, struct page *p)
{
	size_t n = p->done.count;

	if (n == p->cap) {
		p->cap = p->cap == 0 ? 16 : 2 * p->cap;
		p->message = xreallocarray(
		    p->message, p->cap, sizeof(*p->message));
		p->block =
		    xreallocarray(p->block, p->cap, sizeof(*p->block));
	}
	p->block[n] = take_message(q, &p->message[n]);
	p->done.count++;
}

static void
turn_round(struct store_message *m, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct store_message other = m[i];

		m[i] = m[n - 1 - i];
		m[n - 1 - i] = other;
	}
}

static enum sql_id
page_statement(const struct store_query *y)
{
	int id = y->scope == STORE_ONE ? SQL_PAGE_ONE
	    : y->scope == STORE_ALL    ? SQL_PAGE_ALL
				       : SQL_PAGE_UNREAD;

	if (y->oldest)
		id += SQL_PAGE_OLDEST;
	if (y->match != NULL)
		id += SQL_PAGE_MATCH;
	return (enum sql_id)id;
}

static int64_t
conv_id(struct sql *q, const char *key)
{
	sql_start(q, SQL_FIND_CONV);
	sql_put_text(q, key);
	return sql_number(q);
}

static void
put_page(struct sql *q, const struct store_query *y, int64_t whose)
{
	sql_start(q, page_statement(y));
	sql_put_int(q, whose);
	sql_put_int(q, y->after);
	sql_put_int(q, y->before > 0 ? y->before : INT64_MAX);
	sql_put_int(q, (int64_t)y->limit + 1); /* one more tells of more */
	if (sql_params(q) >= 5)
		sql_put_text(q, y->me);
	if (sql_params(q) >= 6)
		sql_put_text(q, y->match);
}

static void
run_page(struct sql *q, struct query *job)
{
	struct page *p = &job->of.page;
	const struct store_query *y = &p->query;
	int64_t whose = y->account;

	p->done.last = last_id(q);
	if (y->match != NULL && *y->match == '\0')
		return; /* no words, no finds; to FTS5 it were an error */
	if (y->scope == STORE_ONE)
		whose = conv_id(q, y->conv);
	put_page(q, y, whose);
	while (sql_row(q)) {
		p->done.more = p->done.count == y->limit;
		if (!p->done.more)
			add_to_page(q, p);
	}
	if (!y->oldest)
		turn_round(p->message, p->done.count);
}

static void
free_messages(struct page *p)
{
	for (size_t i = 0; i < p->done.count; i++)
		free(p->block[i]);
	free(p->block);
	free(p->message);
	p->block = NULL;
	p->message = NULL;
	p->cap = 0;
}

static void
done_page(struct query *job, bool ok)
{
	struct page *p = &job->of.page;

	if (!ok) {
		free_messages(p);
		p->done = (struct store_page){ 0 };
	}
	p->done.ok = ok;
	p->done.message = p->message;
}

static void
call_page(struct query *job)
{
	job->of.page.fn(job->arg, &job->of.page.done);
}

static char *
copy(const char *s)
{
	return s == NULL ? NULL : xstrdup(s);
}

static void
release_page(struct query *job)
{
	struct page *p = &job->of.page;

	free_messages(p);
	free(p->me);
	free(p->conv);
	free(p->match);
}

static const struct query_kind page_kind = { run_page, done_page, call_page,
	release_page };

/* ---- tally ------------------------------------------------------------ */

static void
run_tally(struct sql *q, struct query *job)
{
	struct tally *t = &job->of.tally;

	t->done.last = last_id(q);
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
	struct tally *t = &job->of.tally;

	if (!ok)
		t->done = (struct store_tally){ 0 };
	t->done.ok = ok;
}

static void
call_tally(struct query *job)
{
	job->of.tally.fn(job->arg, &job->of.tally.done);
}

static void
release_tally(struct query *job)
{
	(void)job;
}

static const struct query_kind tally_kind = { run_tally, done_tally,
	call_tally, release_tally };

/* ---- unread ----------------------------------------------------------- */

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
	struct unread *u = &job->of.unread;

	sql_start(q, SQL_UNREAD);
	sql_put_int(q, u->account);
	sql_put_text(q, u->me);
	while (sql_row(q))
		add_unread(q, u);
}

static void
done_unread(struct query *job, bool ok)
{
	struct unread *u = &job->of.unread;

	u->done.ok = ok;
	u->done.row = ok ? u->row : NULL;
}

static void
call_unread(struct query *job)
{
	struct store_unread done = job->of.unread.done;

	if (!done.ok)
		done.count = 0; /* they are freed all the same */
	job->of.unread.fn(job->arg, &done);
}

static void
release_unread(struct query *job)
{
	struct unread *u = &job->of.unread;

	for (size_t i = 0; i < u->done.count; i++)
		free(u->key[i]);
	free(u->key);
	free(u->row);
	free(u->me);
}

static const struct query_kind unread_kind = { run_unread, done_unread,
	call_unread, release_unread };

/* ---- thread ----------------------------------------------------------- */

static bool
answer(struct reader *r, struct query *job)
{
	if (atomic_load(&r->stopping) || !look(r))
		return false;
	job->kind->run(&r->q, job);
	return looked(r);
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

static struct query *
query_new(const struct query_kind *kind, void *arg)
{
	struct query *job = xcalloc(1, sizeof(*job));

	job->job.deliver = deliver;
	job->kind = kind;
	job->arg = arg;
	return job;
}

static bool
put(struct store *s, struct query *job)
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

bool
store_read(struct store *s, const struct store_query *query,
    store_page_fn *fn, void *arg)
{
	struct query *job = query_new(&page_kind, arg);
	struct page *p = &job->of.page;

	p->fn = fn;
	p->query = *query;
	if (p->query.limit > STORE_PAGE_MAX)
		p->query.limit = STORE_PAGE_MAX;
	p->query.me = p->me = copy(query->me);
	p->query.conv = p->conv = copy(query->conv);
	if (query->match != NULL)
		p->match = words_expression(query->match);
	p->query.match = p->match;
	return put(s, job);
}

bool
store_count(struct store *s, int64_t account, int64_t after, size_t limit,
    store_tally_fn *fn, void *arg)
{
	struct query *job = query_new(&tally_kind, arg);

	job->of.tally = (struct tally){
		.account = account, .after = after, .limit = limit, .fn = fn
	};
	return put(s, job);
}

bool
store_unread(struct store *s, int64_t account, const char *me,
    store_unread_fn *fn, void *arg)
{
	struct query *job = query_new(&unread_kind, arg);

	job->of.unread.account = account;
	job->of.unread.me = xstrdup(me);
	job->of.unread.fn = fn;
	return put(s, job);
}

/* ---- start: on the caller's thread ------------------------------------ */

int
store_each_account(struct store *s, store_account_fn *fn, void *arg)
{
	struct reader *r = s->reader;
	struct store_account a;

	if (!look(r))
		return -1;
	sql_start(&r->q, SQL_ACCOUNTS);
	while (sql_row(&r->q)) {
		a.id = sql_int(&r->q, 0);
		a.name = sql_text(&r->q, 1);
		a.key = sql_text(&r->q, 2);
		a.real_name = sql_text(&r->q, 3);
		a.hash = sql_text(&r->q, 4);
		a.created = sql_int(&r->q, 5);
		if (r->q.err == SQLITE_OK)
			fn(arg, &a);
	}
	return looked(r) ? 0 : -1;
}

int
store_each_session(struct store *s, store_session_fn *fn, void *arg)
{
	struct reader *r = s->reader;
	struct store_session e;

	if (!look(r))
		return -1;
	sql_start(&r->q, SQL_SESSIONS);
	while (sql_row(&r->q)) {
		if (!sql_blob(&r->q, 0, e.digest, sizeof(e.digest)))
			continue;
		e.account = sql_int(&r->q, 1);
		e.created = sql_int(&r->q, 2);
		e.used = sql_int(&r->q, 3);
		e.expires = sql_int(&r->q, 4);
		fn(arg, &e);
	}
	return looked(r) ? 0 : -1;
}

int64_t
store_last_id(struct store *s)
{
	int64_t id;

	if (!look(s->reader))
		return -1;
	id = last_id(&s->reader->q);
	return looked(s->reader) ? id : -1;
}
