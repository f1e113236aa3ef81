/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two linked realms under load: people on both sides write to the other side
 * and into a group that they share.  Either server is killed (-9) at a moment
 * drawn by lot and started again, and again; or the link is cut, and again; or
 * it is down for a while with both sides busy (CHAT_SPLIT_MS: for how long).
 * In the end every message answered OK is on both sides exactly once, each
 * sender's in order, and the watchers have seen them.
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
#include "tests/lib/realms.h"
#include "tests/lib/relay.h"
#include "tests/lib/server.h"

enum {
	KILLS = 100,
	KILLS_SANITIZED = 20,
	SENDERS = 4,
	CUTS = 100,
	CUTS_SANITIZED = 20,
	LOAD_MIN_MS = 5,
	LOAD_SPREAD_MS = 120,
	CUT_EACH = 200, /* messages of one sender between two cuts, at most */
	SPLIT_MS = 3000,
	SPLIT_EACH = 20000, /* messages of one sender in a split, at most */
	SETTLE_MS = 120000 /* until the last of it has crossed */
};

struct world {
	struct server *its, *medan;
	struct relay *relay; /* or NULL: each dials the other */
	struct sender sender[SENDERS];
	int most; /* messages of one sender */
};

static void
start_senders(struct world *w)
{
	/* Each realm's two: a letter to the other, a word in the group. */
	sender_init(&w->sender[0], w->its, 0, "messi", "send", "james@medan");
	sender_init(
	    &w->sender[1], w->its, 1, "henderson", "send", "#batak@medan");
	sender_init(
	    &w->sender[2], w->medan, 2, "james", "send", "messi@its");
	sender_init(&w->sender[3], w->medan, 3, "neko", "send", "#batak");
}

static void
join_all(struct world *w)
{
	struct client *c;

	c = client_as(w->medan, "neko", "surabaya");
	expect(c, "join - #batak", "{'status':'OK'}");
	client_close(c);
	c = client_as(w->its, "henderson", "surabaya");
	expect(c, "join - #batak@medan", "{'status':'OK'}");
	client_close(c);
}

static void
load_until(struct world *w, long long until)
{
	long long left;
	int i;

	while ((left = until - now_ms()) > 0) {
		for (i = 0; i < SENDERS; i++)
			if (w->sender[i].next < w->most)
				sender_fill(&w->sender[i]);
		senders_wait(w->sender, SENDERS, -1, (int)left);
		for (i = 0; i < SENDERS; i++)
			sender_take(&w->sender[i], false);
	}
}

/* Only its own senders lose their connections. */
static void
kill_one(struct world *w, struct server *s)
{
	int i;

	server_kill(s);
	for (i = 0; i < SENDERS; i++) {
		if (w->sender[i].server != s)
			continue;
		sender_take(&w->sender[i], true);
		sender_close(&w->sender[i]);
	}
	server_start(s);
	for (i = 0; i < SENDERS; i++)
		if (w->sender[i].server == s)
			sender_connect(&w->sender[i]);
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
			senders_wait(w->sender, SENDERS, -1, 1000);
	}
}

/* ---- the reckoning ---------------------------------------------------- */

/* How many messages there are; each sender's numbers must come as 0, 1, 2,
 * ... in the order of the ids. */
static long long
count_in_order(struct server *s, int expected[SENDERS])
{
	char *path = xasprintf("%s/chat.db", server_data(s));
	long long count = 0;
	sqlite3_stmt *st;
	sqlite3 *db;
	int who, n;

	memset(expected, 0, SENDERS * sizeof(*expected));
	assert_int_equal(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
			     "SELECT text FROM message ORDER BY id", -1, &st,
			     NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *got = (const char *)sqlite3_column_text(st, 0);

		assert_int_equal(sscanf(got, "%d %d", &who, &n), 2);
		assert_in_range(who, 0, SENDERS - 1);
		if (n != expected[who])
			fail_msg("%s: message %d of %d where %d was due",
			    server_data(s), n, who, expected[who]);
		expected[who]++;
		count++;
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	free(path);
	return count;
}

/* The last message of a sender over there, at somebody who is sent it. */
static void
await_last(struct server *s, const char *user, const struct sender *x)
{
	struct client *c = client_as(s, user, "surabaya");
	long long until = now_ms() + SETTLE_MS;
	char last[32];
	json_t *o;

	snprintf(last, sizeof(last), "%d %d", x->who, x->answered - 1);
	/* The newest thousand, and what is still to come. */
	client_printf(c, "watch - 0\r\n");
	do {
		assert_true(now_ms() < until);
		o = client_object(c);
	} while (!json_matches("{'event':'message'}", o) ||
	    strcmp(str_of(o, "text"), last) != 0);
	client_close(c);
}

static void
reckon(struct world *w)
{
	int its[SENDERS], medan[SENDERS], i;

	await_last(w->its, "messi", &w->sender[2]);
	await_last(w->its, "henderson", &w->sender[3]);
	await_last(w->medan, "james", &w->sender[0]);
	await_last(w->medan, "neko", &w->sender[1]);
	server_stop(w->its);
	server_stop(w->medan);
	count_in_order(w->its, its);
	count_in_order(w->medan, medan);
	for (i = 0; i < SENDERS; i++) {
		assert_true(w->sender[i].answered > 0);
		assert_int_equal(its[i], w->sender[i].answered);
		assert_int_equal(medan[i], w->sender[i].answered);
	}
}

/* ---- the tests -------------------------------------------------------- */

static void
begin(struct world *w)
{
	int i;

	*w = (struct world){ .most = LOAD_EACH_MAX };
	lot_start();
	realms_open(&w->its, &w->medan);
	realms_await_up(w->its, "medan");
	join_all(w);
	start_senders(w);
	for (i = 0; i < SENDERS; i++)
		sender_connect(&w->sender[i]);
}

/* Now all between them goes through the relay, which its dials. */
static void
begin_with_relay(struct world *w)
{
	int i;

	begin(w);
	w->relay = relay_new(server_port(w->medan));
	for (i = 0; i < SENDERS; i++)
		sender_close(&w->sender[i]);
	server_stop(w->its);
	server_stop(w->medan);
	realm_relink(w->its, "its", "medan", relay_address(w->relay));
	realm_relink(w->medan, "medan", "its", "127.0.0.1:9");
	server_start(w->medan);
	server_start(w->its);
	for (i = 0; i < SENDERS; i++)
		sender_connect(&w->sender[i]);
}

static void
end(struct world *w)
{
	int i, total = 0;

	finish(w);
	reckon(w);
	for (i = 0; i < SENDERS; i++) {
		total += w->sender[i].answered;
		sender_close(&w->sender[i]);
		sender_release(&w->sender[i]);
	}
	print_message("%d messages\n", total);
	if (w->relay != NULL)
		relay_free(w->relay);
	server_free(w->its);
	server_free(w->medan);
}

static long long
a_moment(void)
{
	return now_ms() + LOAD_MIN_MS + (long long)lot_draw(LOAD_SPREAD_MS);
}

static void
both_realms_have_it_once_whichever_is_killed(void **state)
{
	int kills = program_is_sanitized() ? KILLS_SANITIZED : KILLS;
	static struct world w;

	(void)state;
	begin(&w);
	for (int k = 0; k < kills; k++) {
		load_until(&w, a_moment());
		kill_one(&w, lot_draw(2) == 0 ? w.its : w.medan);
	}
	end(&w);
}

static void
both_realms_have_it_once_however_often_the_link_is_cut(void **state)
{
	int cuts = program_is_sanitized() ? CUTS_SANITIZED : CUTS;
	static struct world w;
	unsigned before;

	(void)state;
	begin_with_relay(&w);
	for (int k = 0; k < cuts; k++) {
		before = relay_count(w.relay);
		w.most = (k + 1) * CUT_EACH;
		relay_cut(w.relay);
		while (relay_count(w.relay) == before)
			load_until(&w, now_ms() + LOAD_MIN_MS);
		load_until(&w, a_moment());
	}
	end(&w);
}

static void
a_split_with_both_sides_busy_heals(void **state)
{
	const char *ms = getenv("CHAT_SPLIT_MS");
	long long split = ms != NULL ? atoll(ms) : SPLIT_MS, until;
	static struct world w;
	unsigned before;

	(void)state;
	begin_with_relay(&w);
	realms_await_up(w.its, "medan");
	load_until(&w, a_moment());
	relay_split(w.relay, true);
	until = now_ms() + split;
	/* Not all at once: some of it in each part of the split. */
	for (int part = 1; part <= 20; part++) {
		w.most = part * SPLIT_EACH / 20;
		load_until(&w, until - split + part * split / 20);
	}
	relay_split(w.relay, false);
	w.most += SPLIT_EACH / 20;
	/* After a long one the next try may be a minute away. */
	until = now_ms() + SETTLE_MS;
	for (before = relay_count(w.relay);
	     relay_count(w.relay) == before && now_ms() < until;)
		load_until(&w, now_ms() + LOAD_SPREAD_MS);
	end(&w);
}

#define ALONE(test) cmocka_unit_test_teardown(test, clients_cleanup)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ALONE(both_realms_have_it_once_whichever_is_killed),
		ALONE(both_realms_have_it_once_however_often_the_link_is_cut),
		ALONE(a_split_with_both_sides_busy_heals),
	};

	cmocka_set_test_filter(getenv("CHAT_TEST"));
	return cmocka_run_group_tests_name("realm", tests, NULL, NULL);
}
