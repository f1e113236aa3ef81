/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill -9 under load: clients send tagged messages as fast as they can, the
 * server is killed at a moment drawn by lot and started again, the clients go
 * on and send again, with its tag, whatever was not answered.  In the end
 * every message answered OK is there exactly once, each sender's in order, and
 * nobody was shown one that is not there.
 *
 * The moments come from a seed that is printed; CHAT_SEED sets it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <sqlite3.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/load.h"
#include "tests/lib/server.h"

enum {
	KILLS = 20,
	SENDERS = 6,
	LOAD_MIN_MS = 5,
	LOAD_SPREAD_MS = 150
};

struct watcher {
	char *token;
	struct client *c;
	long long last;
	long long *id; /* shown, in that order */
	char **text;
	size_t count, cap;
};

struct world {
	struct server *s;
	struct sender sender[SENDERS];
	struct watcher watcher;
};

static char *
token_of(struct server *s, const char *user)
{
	struct client *c = client_open(s);
	char *token = xstrdup(client_login(c, user, "surabaya"));

	client_close(c);
	return token;
}

/* ---- the watcher ------------------------------------------------------ */

static void
watcher_take(struct watcher *w, json_t *o)
{
	if (!json_matches("{'event':'message'}", o))
		return;
	assert_true(int_of(o, "id") > w->last);
	w->last = int_of(o, "id");
	if (w->count == w->cap) {
		w->cap = w->cap * 2 + 1024;
		w->id = xreallocarray(w->id, w->cap, sizeof(*w->id));
		w->text = xreallocarray(w->text, w->cap, sizeof(*w->text));
	}
	w->id[w->count] = w->last;
	w->text[w->count++] = xstrdup(str_of(o, "text"));
}

/* What a replay does not hold any more is had from history first. */
static void
watcher_resume(struct watcher *w)
{
	json_t *o, *page;
	size_t i;

	do {
		o = client_ask(w->c, "history %s * after=%lld limit=200",
		    w->token, w->last);
		page = json_object_get(o, "messages");
		for (i = 0; i < json_array_size(page); i++) {
			json_t *m = json_array_get(page, i);

			json_object_set_new(
			    m, "event", json_string("message"));
			watcher_take(w, m);
		}
	} while (json_is_true(json_object_get(o, "more")));
	o = client_ask(w->c, "watch %s %lld", w->token, w->last);
	expect_json(o, "{'status':'OK','gap':false}");
}

/* ---- a round ---------------------------------------------------------- */

static void
take_all(struct world *w, bool to_the_end)
{
	json_t *o;
	int i;

	for (i = 0; i < SENDERS; i++)
		sender_take(&w->sender[i], to_the_end);
	while ((o = to_the_end ? client_try_object(w->watcher.c) :
				 client_poll_object(w->watcher.c)) != NULL)
		watcher_take(&w->watcher, o);
}

static void
wait_for_any(struct world *w, int timeout_ms)
{
	senders_wait(
	    w->sender, SENDERS, client_fd(w->watcher.c), timeout_ms);
}

static void
connect_all(struct world *w)
{
	int i;

	w->watcher.c = client_open(w->s);
	watcher_resume(&w->watcher);
	for (i = 0; i < SENDERS; i++)
		sender_connect(&w->sender[i]);
}

static void
close_all(struct world *w)
{
	int i;

	for (i = 0; i < SENDERS; i++)
		sender_close(&w->sender[i]);
	client_close(w->watcher.c);
}

static void
load_until(struct world *w, long long until)
{
	long long left;
	int i;

	while ((left = until - now_ms()) > 0) {
		for (i = 0; i < SENDERS; i++)
			sender_fill(&w->sender[i]);
		wait_for_any(w, (int)left);
		take_all(w, false);
	}
}

static void
finish(struct world *w)
{
	long long until = now_ms() + DEADLINE_MS;
	int i, open = SENDERS;

	while (open > 0) {
		assert_true(now_ms() < until);
		for (open = i = 0; i < SENDERS; i++)
			open += !sender_finish(&w->sender[i]);
		if (open > 0)
			wait_for_any(w, 1000);
		take_all(w, false);
	}
}

/* ---- the reckoning ---------------------------------------------------- */

/* In the order of ids each sender's numbers must come as 0, 1, 2, ..., with
 * the ids that were answered. */
static void
every_answer_is_in_the_store_once(struct world *w, sqlite3 *db)
{
	int expected[SENDERS] = { 0 };
	sqlite3_stmt *st;
	long long total = 0;
	char text[32];
	int i, n;

	for (i = 0; i < SENDERS; i++)
		total += w->sender[i].answered;
	assert_int_equal(sqlite3_prepare_v2(db,
			     "SELECT id, text FROM message ORDER BY id", -1,
			     &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *got = (const char *)sqlite3_column_text(st, 1);

		assert_int_equal(sscanf(got, "%d %d", &i, &n), 2);
		snprintf(text, sizeof(text), "%d %d", i, n);
		assert_string_equal(got, text);
		assert_in_range(i, 0, SENDERS - 1);
		assert_int_equal(n, expected[i]++);
		assert_true(
		    w->sender[i].id[n] == sqlite3_column_int64(st, 0));
		total--;
	}
	sqlite3_finalize(st);
	assert_int_equal(total, 0);
}

static void
whatever_was_shown_is_in_the_store(struct world *w, sqlite3 *db)
{
	sqlite3_stmt *st;
	size_t i;

	assert_int_equal(sqlite3_prepare_v2(db,
			     "SELECT id, text FROM message ORDER BY id", -1,
			     &st, NULL),
	    SQLITE_OK);
	/* The watcher was there from the beginning: it has seen them all. */
	for (i = 0; sqlite3_step(st) == SQLITE_ROW; i++) {
		assert_true(i < w->watcher.count);
		assert_true(w->watcher.id[i] == sqlite3_column_int64(st, 0));
		assert_string_equal(w->watcher.text[i],
		    (const char *)sqlite3_column_text(st, 1));
	}
	assert_int_equal(i, w->watcher.count);
	sqlite3_finalize(st);
}

static void
the_file_is_whole(sqlite3 *db)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(
			     db, "PRAGMA integrity_check", -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal(
	    (const char *)sqlite3_column_text(st, 0), "ok");
	sqlite3_finalize(st);
}

static void
await_watcher(struct world *w, long long id)
{
	while (w->watcher.last < id)
		watcher_take(&w->watcher, client_object(w->watcher.c));
}

static void
reckon(struct world *w)
{
	char *path = xasprintf("%s/chat.db", server_data(w->s));
	long long last = 0;
	sqlite3 *db;
	int i;

	for (i = 0; i < SENDERS; i++) {
		struct sender *x = &w->sender[i];

		assert_true(x->answered > KILLS);
		if (x->id[x->answered - 1] > last)
			last = x->id[x->answered - 1];
	}
	await_watcher(w, last);
	close_all(w);
	server_stop(w->s);
	assert_int_equal(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL),
	    SQLITE_OK);
	the_file_is_whole(db);
	every_answer_is_in_the_store_once(w, db);
	whatever_was_shown_is_in_the_store(w, db);
	sqlite3_close(db);
	free(path);
}

static void
what_was_answered_survives_twenty_kills(void **state)
{
	static const char *const users[] = { "messi", "henderson", "lineker" };
	static struct world w;
	int i, k;

	(void)state;
	lot_start();
	w.s = server_new();
	server_option(w.s, "--rate", "off");
	server_start(w.s);
	for (i = 0; i < SENDERS; i++)
		sender_init(
		    &w.sender[i], w.s, i, users[i % 2], "broadcast", NULL);
	w.watcher.token = token_of(w.s, users[2]);
	for (k = 0; k < KILLS; k++) {
		connect_all(&w);
		load_until(&w, now_ms() + LOAD_MIN_MS +
			(long long)lot_draw(LOAD_SPREAD_MS));
		server_kill(w.s);
		take_all(&w, true);
		close_all(&w);
		server_start(w.s);
	}
	connect_all(&w);
	finish(&w);
	reckon(&w);
	for (k = i = 0; i < SENDERS; i++) {
		k += w.sender[i].answered;
		sender_release(&w.sender[i]);
	}
	print_message("%d messages in %d lives\n", k, KILLS + 1);
	free(w.watcher.token);
	while (w.watcher.count > 0)
		free(w.watcher.text[--w.watcher.count]);
	free(w.watcher.text);
	free(w.watcher.id);
	server_free(w.s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    what_was_answered_survives_twenty_kills, clients_cleanup),
	};

	return cmocka_run_group_tests_name("kill", tests, NULL, NULL);
}
