/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store in a folder of its own, and calls that wait for their answers.
 * All inline: each test takes what it needs.
 */
#ifndef TESTS_UNIT_STORE_WORLD_H
#define TESTS_UNIT_STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "server/store/store.h"
#include "shared/xalloc.h"

#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 20000, PAGE_CAP = 1200 };

struct seen {
	int64_t id, time;
	enum store_kind kind;
	char conv[80], sender[40], name[40];
	char text[200];
};

struct world {
	char dir[64];
	struct store *store;
	unsigned asked, answered;
	struct store_written written; /* the last */
	int64_t next_id;              /* of its second put; 0: it had none */
	struct store_tally tally;
	bool ok, more; /* of the last page */
	int64_t last;
	size_t count;
	struct seen seen[PAGE_CAP];
	struct store_unread_row unread[16];
	char unread_key[16][80];
	size_t unreads;
};

static inline int
world_remove(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[400];

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	closedir(d);
	return rmdir(dir);
}

static inline void
world_open(struct world *w)
{
	const struct store_options options = { .dir = w->dir,
		.sync_full = true };
	enum store_status status = STORE_BROKEN;
	char why[300] = "";

	w->store = store_open(&options, &status, why, sizeof(why));
	if (w->store == NULL)
		fail_msg("%s", why);
	assert_int_equal(status, STORE_OK);
}

static inline void
world_close(struct world *w)
{
	store_close(w->store);
	w->store = NULL;
}

static inline void
world_reopen(struct world *w)
{
	world_close(w);
	world_open(w);
}

/* An empty folder; nothing is open. */
static inline int
world_bare(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	strcpy(w->dir, "/tmp/store-test-XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	*state = w;
	return 0;
}

static inline int
world_new(void **state)
{
	if (world_bare(state) == -1)
		return -1;
	world_open(*state);
	return 0;
}

static inline int
world_free(void **state)
{
	struct world *w = *state;
	int rc;

	store_close(w->store);
	rc = world_remove(w->dir);
	free(w);
	return rc;
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
#define BARE_TEST(f) cmocka_unit_test_setup_teardown(f, world_bare, world_free)

/* Until all that was asked is answered. */
static inline void
await(struct world *w)
{
	struct pollfd pfd = { .fd = store_fd(w->store), .events = POLLIN };

	while (w->answered < w->asked) {
		assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
		store_dispatch(w->store);
	}
}

/* ---- writes ----------------------------------------------------------- */

static inline void
on_written(void *arg, const struct store_written *done)
{
	struct world *w = arg;

	w->written = *done;
	w->next_id = done->next != NULL ? done->next->id : 0;
	w->answered++;
}

static inline void
was_taken(struct world *w, bool taken)
{
	assert_true(taken);
	w->asked++;
}

static inline void
commit(struct world *w, struct txn *t)
{
	was_taken(w, txn_commit(t, on_written, w));
}

static inline void
wrote(struct world *w, struct txn *t)
{
	commit(w, t);
	await(w);
}

static inline struct store_message
message(enum store_kind kind, const char *conv, const char *from,
    const char *text)
{
	return (struct store_message){ .time = 1000,
		.kind = kind,
		.conv = conv,
		.sender = from,
		.name = "A Name",
		.text = text };
}

static inline struct txn *
put_all(struct txn *t, const char *from, const char *text)
{
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, from, text);

	return store_add_message(t, &m, &(struct store_along){ 0 });
}

/* Not waited for. */
static inline void
start_all(struct world *w, const char *from, const char *text)
{
	commit(w, put_all(TXN(w->store), from, text));
}

static inline int64_t
say_all(struct world *w, const char *from, const char *text)
{
	start_all(w, from, text);
	await(w);
	assert_true(w->written.ok);
	return w->written.id;
}

static inline int64_t
say_private(struct world *w, const char *conv, int64_t one, int64_t two,
    const char *from, const char *text)
{
	const int64_t readers[] = { one, two };
	struct store_message m = message(STORE_PRIVATE, conv, from, text);

	wrote(w, store_add_message(TXN(w->store), &m,
		&(struct store_along){
		    .readers = readers, .count = one == two ? 1 : 2 }));
	assert_true(w->written.ok);
	return w->written.id;
}

static inline int64_t
add_account(struct world *w, const char *name)
{
	struct store_account a = { .name = name,
		.key = name,
		.real_name = "A Name",
		.hash = "$hash",
		.created = 77 };

	wrote(w, store_add_account(TXN(w->store), &a));
	assert_true(w->written.ok);
	return w->written.id;
}

static inline int64_t
mark(struct world *w, int64_t account, const char *conv, int64_t id)
{
	wrote(w, store_mark_read(TXN(w->store), account, conv, id));
	assert_true(w->written.ok);
	return w->written.id;
}

/* ---- queries ---------------------------------------------------------- */

static inline void
on_page(void *arg, const struct store_page *page)
{
	struct world *w = arg;

	assert_true(page->count <= PAGE_CAP);
	w->ok = page->ok;
	w->more = page->more;
	w->last = page->last;
	w->count = page->count;
	for (size_t i = 0; i < page->count; i++) {
		const struct store_message *m = &page->message[i];
		struct seen *s = &w->seen[i];

		s->id = m->id;
		s->time = m->time;
		s->kind = m->kind;
		snprintf(s->conv, sizeof(s->conv), "%s", m->conv);
		snprintf(s->sender, sizeof(s->sender), "%s", m->sender);
		snprintf(s->name, sizeof(s->name), "%s", m->name);
		snprintf(s->text, sizeof(s->text), "%.199s", m->text);
	}
	w->answered++;
}

static inline size_t
ask(struct world *w, struct store_query query)
{
	was_taken(w, store_read(w->store, &query, on_page, w));
	await(w);
	assert_true(w->ok);
	return w->count;
}

static inline size_t
find(struct world *w, int64_t account, const char *words)
{
	return ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = account,
		.match = words,
		.limit = 100 });
}

static inline void
on_tally(void *arg, const struct store_tally *tally)
{
	struct world *w = arg;

	w->tally = *tally;
	w->answered++;
}

static inline void
count(struct world *w, int64_t account, int64_t after, size_t limit)
{
	was_taken(w,
	    store_count(w->store, account, after, limit, on_tally, w));
	await(w);
	assert_true(w->tally.ok);
}

static inline void
on_unread(void *arg, const struct store_unread *unread)
{
	struct world *w = arg;

	assert_true(unread->count <= 16);
	w->ok = unread->ok;
	w->unreads = unread->count;
	for (size_t i = 0; i < unread->count; i++) {
		w->unread[i] = unread->row[i];
		snprintf(w->unread_key[i], sizeof(w->unread_key[i]), "%s",
		    unread->row[i].conv);
	}
	w->answered++;
}

static inline size_t
unread(struct world *w, int64_t account, const char *me)
{
	was_taken(w, store_unread(w->store, account, me, on_unread, w));
	await(w);
	assert_true(w->ok);
	return w->unreads;
}

#endif
