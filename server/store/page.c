/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of messages: history, search, replay, inbox. */
#include "server/store/store.h"

#include "server/store/reader.h"
#include "server/store/sql.h"
#include "server/store/step.h"
#include "server/store/words.h"
#include "shared/xalloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct page {
	struct query query; /* first */
	struct store_query ask; /* its strings are these */
	char *me, *conv, *match;
	struct words_apart *apart; /* of match; NULL: none */
	store_page_fn *fn;
	struct store_page done;
	struct store_message *message;
	char **block; /* what the strings of each message lie in */
	size_t cap;
};

enum { TEXT_COLUMN = 6 };

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
	static const int first[] = { [STORE_ONE] = SQL_PAGE_ONE,
		[STORE_ALL] = SQL_PAGE_ALL,
		[STORE_REPLAY] = SQL_PAGE_REPLAY,
		[STORE_UNREAD] = SQL_PAGE_UNREAD };
	int id = first[y->scope];

	if (y->scope == STORE_REPLAY || y->scope == STORE_UNREAD)
		return (enum sql_id)id;
	if (y->match != NULL)
		id = SQL_PAGE_MATCH;
	if (y->oldest)
		id += SQL_PAGE_OLDEST;
	return (enum sql_id)id;
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

/* ---- words that stand in phrases --------------------------------------- */

/* The ids among which the texts are looked through: no more than
 * STORE_LOOK_MAX from the end of which the limit keeps. */
static struct store_query
nearest(const struct page *p)
{
	struct store_query y = p->ask;
	int64_t end = p->done.last + 1;

	if (y.before == 0 || y.before > end)
		y.before = end;
	if (y.before - y.after > STORE_LOOK_MAX) {
		if (y.oldest)
			y.before = y.after + STORE_LOOK_MAX;
		else
			y.after = y.before - STORE_LOOK_MAX;
	}
	y.match = *p->apart->others == '\0' ? NULL : p->apart->others;
	y.limit = STORE_LOOK_MAX;
	return y;
}

/* Those that the index found, then those that were looked for: both as they
 * were read, to become one page. */
static void
merge(struct page *p, size_t first)
{
	size_t a = 0, b = first, n = 0, count = p->done.count, take;
	struct store_message *m = xreallocarray(NULL, p->cap, sizeof(*m));
	char **block = xreallocarray(NULL, p->cap, sizeof(*block));

	while (a < first || b < count) {
		if (a < first && b < count &&
		    p->message[a].id == p->message[b].id) {
			free(p->block[b++]);
			continue;
		}
		take = b == count || (a < first &&
		    (p->message[a].id < p->message[b].id) ==
		    p->ask.oldest) ? a++ : b++;
		m[n] = p->message[take];
		block[n++] = p->block[take];
	}
	for (; n > p->ask.limit; p->done.more = true)
		free(block[--n]);
	free(p->message);
	free(p->block);
	p->message = m;
	p->block = block;
	p->done.count = n;
}

static void
look_through(struct sql *q, struct page *p)
{
	struct store_query y = nearest(p);
	size_t first = p->done.count;

	put_page(q, &y, y.account);
	while (p->done.count - first <= p->ask.limit && sql_row(q))
		if (words_stand_in(p->apart, sql_text(q, TEXT_COLUMN)))
			add_to_page(q, p);
	sql_stop(q);
	if (p->done.count > first)
		merge(p, first);
}

/* ---- pages ------------------------------------------------------------- */

static void
run_page(struct sql *q, struct query *job)
{
	struct page *p = (struct page *)job;
	const struct store_query *y = &p->ask;
	int64_t whose = y->account;

	p->done.last = step_last_id(q);
	if (y->match != NULL && *y->match == '\0')
		return; /* no words, no finds; to FTS5 it were an error */
	if (y->scope == STORE_ONE)
		whose = step_find_conv(q, y->conv);
	put_page(q, y, whose);
	while (sql_row(q)) {
		p->done.more = p->done.count == y->limit;
		if (!p->done.more)
			add_to_page(q, p);
	}
	if (p->apart != NULL)
		look_through(q, p);
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
	struct page *p = (struct page *)job;

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
	struct page *p = (struct page *)job;

	p->fn(job->arg, &p->done);
}

static char *
copy(const char *s)
{
	return s == NULL ? NULL : xstrdup(s);
}

static void
release_page(struct query *job)
{
	struct page *p = (struct page *)job;

	free_messages(p);
	free(p->me);
	free(p->conv);
	free(p->match);
	words_free(p->apart);
}

bool
store_read(struct store *s, const struct store_query *query,
    store_page_fn *fn, void *arg)
{
	static const struct query_kind kind = { run_page, done_page,
		call_page, release_page };
	struct page *p = query_new(sizeof(*p), &kind, arg);

	assert(query->match == NULL || query->scope == STORE_ALL);
	assert(query->oldest || query->scope == STORE_ONE ||
	    query->scope == STORE_ALL);
	p->fn = fn;
	p->ask = *query;
	if (p->ask.limit > STORE_PAGE_MAX)
		p->ask.limit = STORE_PAGE_MAX;
	p->ask.me = p->me = copy(query->me);
	p->ask.conv = p->conv = copy(query->conv);
	if (query->match != NULL)
		p->match = words_expression(query->match);
	p->ask.match = p->match;
	if (p->match != NULL)
		p->apart = words_apart(query->match);
	return query_put(s, &p->query);
}
