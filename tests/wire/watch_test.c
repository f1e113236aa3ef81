/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watching: replay, resuming without loss or repeat, the gap; and sending the
 * same message again with its tag.
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

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

static long long
say_numbers(struct client *c, const char *target, int first, int last)
{
	long long id = 0;
	int i;

	for (i = first; i <= last; i++)
		client_printf(c, "send - %s %d\r\n", target, i);
	for (i = first; i <= last; i++)
		id = int_of(expect_reply(c, "{'status':'OK'}"), "id");
	return id;
}

/* The next messages must be the numbers first to last, with rising ids. */
static long long
expect_numbers(struct client *c, int first, int last)
{
	long long id = 0, next;
	char want[16];
	json_t *ev;
	int i;

	for (i = first; i <= last; i++) {
		ev = client_event_of(c, "message");
		snprintf(want, sizeof(want), "%d", i);
		assert_string_equal(str_of(ev, "text"), want);
		next = int_of(ev, "id");
		assert_true(next > id);
		id = next;
	}
	return id;
}

/* ---- replay ----------------------------------------------------------- */

static void
watch_without_a_number_brings_live_messages_only(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	long long last = say_numbers(a, "henderson", 1, 3);
	json_t *o = client_ask(b, "watch -");

	expect_json(o, "{'status':'OK','missed':0,'gap':false}");
	assert_true(int_of(o, "last") == last);
	say_numbers(a, "henderson", 4, 5);
	expect_numbers(b, 4, 5);
}

static void
watch_from_zero_replays_all_then_goes_on_live(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	long long last;
	json_t *o;

	say_numbers(a, "henderson", 1, 2);
	last = say_numbers(a, "*", 3, 4);
	o = client_ask(b, "watch - 0");
	expect_json(o, "{'status':'OK','missed':4,'gap':false}");
	assert_true(int_of(o, "last") == last);
	say_numbers(a, "henderson", 5, 6);
	assert_true(expect_numbers(b, 1, 6) > last);
	client_expect_silence(b);
}

static void
replay_holds_only_what_is_for_this_user(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	say_numbers(a, "lineker", 1, 5);
	expect(b, "watch - 0", "{'missed':0,'gap':false}");
	client_expect_silence(b);
	expect(a, "watch - 0", "{'missed':5}");
	expect_numbers(a, 1, 5);
}

static void
the_reply_to_watch_comes_before_the_first_event(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	say_numbers(a, "henderson", 1, 5);
	client_puts(b, "watch - 0\r\n");
	expect_json(client_object(b), "{'status':'OK','missed':5}");
	expect_json(client_object(b), "{'event':'message','text':'1'}");
}

static void
resuming_behind_the_last_seen_loses_and_repeats_nothing(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	long long seen = 0;
	int i, from = 1;

	for (i = 0; i < 10; i++) {
		client_printf(a, "send - henderson %d\r\n", 2 * i + 1);
		client_printf(a, "send - henderson %d\r\n", 2 * i + 2);
		/* b goes while these two are on their way. */
		client_close(b);
		b = client_as(*state, "henderson", "surabaya");
		expect_json(client_ask(b, "watch - %lld", seen),
		    "{'status':'OK','gap':false}");
		seen = expect_numbers(b, from, 2 * i + 2);
		from = 2 * i + 3;
		expect_reply(a, "{'status':'OK'}");
		expect_reply(a, "{'status':'OK'}");
	}
	client_expect_silence(b);
}

static void
resuming_under_a_flood_loses_and_repeats_nothing(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = NULL;
	long long seen = 0;
	int from = 1, round;

	for (round = 0; round < 8; round++) {
		int i, some = 40 * round + 7;

		for (i = 0; i < 100; i++)
			client_printf(a, "send - henderson %d\r\n",
			    100 * round + i + 1);
		b = client_as(*state, "henderson", "surabaya");
		expect_json(client_ask(b, "watch - %lld", seen),
		    "{'status':'OK','gap':false}");
		while (from <= some)
			seen = expect_numbers(b, from, from), from++;
		client_reset(b);
		for (i = 0; i < 100; i++)
			expect_reply(a, "{'status':'OK'}");
	}
	b = client_as(*state, "henderson", "surabaya");
	expect_json(client_ask(b, "watch - %lld", seen), "{'gap':false}");
	expect_numbers(b, from, 800);
	client_expect_silence(b);
}

static void
a_thousand_missed_are_replayed_without_a_gap(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	say_numbers(a, "henderson", 1, 1000);
	expect(b, "watch - 0", "{'status':'OK','missed':1000,'gap':false}");
	expect_numbers(b, 1, 1000);
	client_expect_silence(b);
}

static void
more_than_a_thousand_missed_leave_a_gap_that_history_fills(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	json_t *ev, *page;

	say_numbers(a, "henderson", 1, 1005);
	expect(b, "watch - 0", "{'status':'OK','missed':1005,'gap':true}");
	ev = client_event_of(b, "message");
	assert_string_equal(str_of(ev, "text"), "6");
	expect_numbers(b, 7, 1005);
	client_expect_silence(b);
	page = json_object_get(client_ask(b,
				   "history - messi before=%lld limit=10",
				   int_of(ev, "id")),
	    "messages");
	assert_int_equal(json_array_size(page), 5);
	expect_json(page,
	    "[{'text':'1'},{'text':'2'},{'text':'3'},{'text':'4'},"
	    "{'text':'5'}]");
}

static void
watch_takes_only_whole_numbers(void **state)
{
	static const char *const bad[] = { "-1", "x", "1x", "+1", "0x1",
		"9223372036854775808", NULL };
	struct client *c = client_as(*state, "messi", "surabaya");
	size_t i;

	for (i = 0; bad[i] != NULL; i++)
		expect_json(
		    client_ask(c, "watch - %s", bad[i]), "{'status':'ERROR'}");
	client_ask(c, "send - messi hey");
	client_expect_silence(c); /* a refused watch is none */
}

static void
watch_from_beyond_the_last_id_misses_nothing_live(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	say_numbers(a, "henderson", 1, 1);
	expect(b, "watch - 1000000", "{'status':'OK','missed':0}");
	say_numbers(a, "henderson", 2, 2);
	expect_numbers(b, 2, 2);
}

static void
a_second_watch_takes_the_place_of_the_first(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	expect(b, "watch -", "{'status':'OK'}");
	say_numbers(a, "henderson", 1, 2);
	expect_numbers(b, 1, 2);
	client_expect_silence(b);
}

static void
a_watch_with_anothers_token_is_for_the_other(void **state)
{
	struct client *t = client_open(*state);
	const char *token = client_login(t, "lineker", "surabaya");
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	expect_json(client_ask(b, "watch %s", token), "{'status':'OK'}");
	say_numbers(a, "henderson", 1, 1);
	say_numbers(a, "lineker", 2, 2);
	expect_numbers(b, 2, 2);
	client_expect_silence(b);
}

static void
watchers_are_told_of_the_shutdown(void **state)
{
	struct server *s = *state;
	struct client *w = client_watching(s, "messi", "surabaya");
	struct client *c = client_as(s, "henderson", "surabaya");

	expect_event(w, "{'event':'presence'}");
	server_stop(s);
	expect_event(w, "{'event':'shutdown','message':'<string>'}");
	client_expect_end(w);
	assert_null(client_try_object(c)); /* never watched: no event */
}

static void
order_is_the_same_for_all_watchers(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "lineker", "surabaya");
	struct client *w[3];
	long long id[200];
	int i, k;

	for (k = 0; k < 3; k++)
		w[k] = client_watching(*state, "henderson", "surabaya");
	for (i = 0; i < 100; i++) {
		client_printf(a, "broadcast - a%d\r\n", i);
		client_printf(b, "broadcast - b%d\r\n", i);
	}
	for (k = 0; k < 3; k++)
		for (i = 0; i < 200; i++) {
			json_t *ev = client_event_of(w[k], "message");

			if (k == 0)
				id[i] = int_of(ev, "id");
			assert_true(int_of(ev, "id") == id[i]);
			assert_true(i == 0 || id[i] > id[i - 1]);
		}
	for (i = 0; i < 100; i++) {
		expect_reply(a, "{'status':'OK'}");
		expect_reply(b, "{'status':'OK'}");
	}
}

/* ---- tags ------------------------------------------------------------- */

static void
every_reply_bears_the_tag_of_its_request(void **state)
{
	struct client *c = client_open(*state);
	char tag[65], line[128];

	expect(c, "@a ping", "{'status':'OK','tag':'a'}");
	expect(c, "ping", "{'status':'OK','tag':'<absent>'}");
	expect(c, "@A.b_c-9 frobnicate",
	    "{'status':'ERROR','message':'**Protocol Tidak Benar',"
	    "'tag':'A.b_c-9'}");
	expect(c, "@x auth messi", "{'status':'ERROR','tag':'x'}");
	expect(c, "@y auth messi wrong", "{'status':'ERROR','tag':'y'}");
	expect(c, "@z auth messi surabaya", "{'status':'OK','tag':'z'}");
	expect(c, "@w watch -", "{'status':'OK','tag':'w'}");
	memset(tag, 't', 64);
	tag[64] = '\0';
	snprintf(line, sizeof(line), "@%s ping", tag);
	assert_string_equal(str_of(client_ask(c, "%s", line), "tag"), tag);
}

/* Whoever pipelines finds by it what was refused. */
static void
errors_bear_the_tag_whatever_is_wrong_with_the_line(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	char *line = xmalloc(10001);

	expect(c, "@u send - henderson \xff",
	    "{'status':'ERROR','code':'bad-utf8','tag':'u'}");
	expect(c, "@v send x henderson hey",
	    "{'code':'bad-token','tag':'v'}");
	expect(c, "@w send - henderson", "{'code':'missing-parameter',"
					 "'tag':'w'}");
	expect(c, "@x say - henderson \"", "{'code':'bad-json','tag':'x'}");
	expect(c, "@y read - henderson -1",
	    "{'code':'bad-parameter','tag':'y'}");
	memset(line, 'x', 10000);
	line[10000] = '\0';
	memcpy(line, "@z.1 send - henderson ", 22);
	expect(c, line, "{'code':'line-too-long','tag':'z.1'}");
	memcpy(line, "  @z.2    ", 10);
	expect(c, line, "{'code':'line-too-long','tag':'z.2'}");
	/* The beginning of a longer word is no tag. */
	memset(line, 'z', 200);
	line[0] = '@';
	expect(c, line, "{'code':'line-too-long','tag':'<absent>'}");
	memcpy(line, "@z/1 send - ", 12);
	expect(c, line, "{'code':'line-too-long','tag':'<absent>'}");
	free(line);
	expect(c, "@ok ping", "{'status':'OK','tag':'ok'}");
}

static void
a_bad_tag_is_refused(void **state)
{
	static const char *const bad[] = { "@ ping", "@a/b ping", "@a@b ping",
		"@\xc3\xa9 ping", "@% ping", "@a", "@",
		"@ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"
		"tttt ping",
		NULL };
	struct client *c = client_open(*state);
	size_t i;

	for (i = 0; bad[i] != NULL; i++)
		expect(c, bad[i], "{'status':'ERROR','code':'<string>'}");
}

static void
the_same_tag_again_is_the_same_message(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	long long id;
	json_t *o;

	o = expect(a, "@t1 send - henderson hey",
	    "{'status':'OK','message':'Message Sent','id':'<id>','tag':'t1',"
	    "'duplicate':'<absent>'}");
	id = int_of(o, "id");
	o = expect(a, "@t1 send - henderson hey",
	    "{'status':'OK','message':'Message Sent','tag':'t1',"
	    "'duplicate':true}");
	assert_true(int_of(o, "id") == id);
	client_event_of(b, "message");
	client_expect_silence(b);
	expect(b, "inbox -", "{'messages':{'messi':[{'msg':'hey'}]}}");
}

static void
another_text_or_target_under_a_tag_is_an_error(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "@t1 send - henderson hey", "{'status':'OK'}");
	expect(c, "@t1 send - henderson ho",
	    "{'status':'ERROR','code':'tag-reused','tag':'t1'}");
	expect(c, "@t1 send - lineker hey",
	    "{'status':'ERROR','code':'tag-reused'}");
	expect(c, "@t1 broadcast - hey",
	    "{'status':'ERROR','code':'tag-reused'}");
	/* The same message in other words is the same. */
	expect(c, "@t1 say - henderson \"hey\"",
	    "{'status':'OK','duplicate':true}");
	expect(c, "history - lineker", "{'messages':[]}");
	expect(c, "history - *", "{'messages':[]}");
}

static void
two_users_may_use_the_same_tag(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	json_t *x = client_ask(a, "@t1 broadcast - hey");
	json_t *y = client_ask(b, "@t1 broadcast - hey");

	expect_json(x, "{'status':'OK','duplicate':'<absent>'}");
	expect_json(y, "{'status':'OK','duplicate':'<absent>'}");
	assert_true(int_of(x, "id") != int_of(y, "id"));
}

static void
the_same_tag_ten_times_at_once_is_one_message(void **state)
{
	struct client *c[10], *w;
	int i, round, firsts;
	long long id;
	json_t *o;

	w = client_watching(*state, "henderson", "surabaya");
	for (i = 0; i < 10; i++)
		c[i] = client_as(*state, "messi", "surabaya");
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 10; i++)
			client_printf(c[i], "@r%d send - henderson %d\r\n",
			    round, round);
		firsts = 0;
		id = 0;
		for (i = 0; i < 10; i++) {
			o = expect_reply(c[i], "{'status':'OK','id':'<id>'}");
			if (json_object_get(o, "duplicate") == NULL)
				firsts++;
			assert_true(id == 0 || int_of(o, "id") == id);
			id = int_of(o, "id");
		}
		assert_int_equal(firsts, 1);
	}
	expect_numbers(w, 0, 19);
	client_expect_silence(w);
}

static void
tags_are_known_after_a_restart(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	long long id;
	json_t *o;

	id = int_of(client_ask(c, "@t1 send - henderson hey"), "id");
	server_kill(s);
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	o = expect(c, "@t1 send - henderson hey",
	    "{'status':'OK','duplicate':true}");
	assert_true(int_of(o, "id") == id);
	expect(c, "@t1 send - henderson ho",
	    "{'status':'ERROR','code':'tag-reused'}");
	expect(c, "history - henderson", "{'messages':[{'text':'hey'}]}");
}

static void
a_refused_message_leaves_its_tag_free(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "@t1 send - neko hey", "{'status':'ERROR'}");
	expect(c, "register neko rahasia", "{'status':'OK'}");
	expect(c, "@t1 send - neko hey",
	    "{'status':'OK','duplicate':'<absent>'}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(watch_without_a_number_brings_live_messages_only),
		SERVER_TEST(watch_from_zero_replays_all_then_goes_on_live),
		SERVER_TEST(replay_holds_only_what_is_for_this_user),
		SERVER_TEST(the_reply_to_watch_comes_before_the_first_event),
		FAST_TEST(
		    resuming_behind_the_last_seen_loses_and_repeats_nothing),
		FAST_TEST(resuming_under_a_flood_loses_and_repeats_nothing),
		FAST_TEST(a_thousand_missed_are_replayed_without_a_gap),
		FAST_TEST(
		    more_than_a_thousand_missed_leave_a_gap_that_history_fills),
		SERVER_TEST(watch_takes_only_whole_numbers),
		SERVER_TEST(watch_from_beyond_the_last_id_misses_nothing_live),
		SERVER_TEST(a_second_watch_takes_the_place_of_the_first),
		SERVER_TEST(a_watch_with_anothers_token_is_for_the_other),
		SERVER_TEST(watchers_are_told_of_the_shutdown),
		FAST_TEST(order_is_the_same_for_all_watchers),
		SERVER_TEST(every_reply_bears_the_tag_of_its_request),
		SERVER_TEST(
		    errors_bear_the_tag_whatever_is_wrong_with_the_line),
		SERVER_TEST(a_bad_tag_is_refused),
		SERVER_TEST(the_same_tag_again_is_the_same_message),
		SERVER_TEST(another_text_or_target_under_a_tag_is_an_error),
		SERVER_TEST(two_users_may_use_the_same_tag),
		FAST_TEST(the_same_tag_ten_times_at_once_is_one_message),
		SERVER_TEST(tags_are_known_after_a_restart),
		SERVER_TEST(a_refused_message_leaves_its_tag_free),
	};

	return cmocka_run_group_tests_name(
	    "watch", tests, NULL, clients_cleanup);
}
