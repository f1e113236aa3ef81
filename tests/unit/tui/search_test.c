/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/buf.h"
#include "tests/unit/tui/server_fake.h"
#include "tui/model/ignore.h"
#include "tui/store/state.h"

static int changes;

static void
changed(void *arg)
{
	(void)arg;
	changes++;
}

static struct search *
begin(struct world *w)
{
	changes = 0;
	return search_new(w->loop, w->model, w->client, NULL, changed,
	    NULL);
}

static const char *
text_at(const struct search *s, size_t i)
{
	const struct search_hit *hit = search_at(s, i);

	return hit == NULL ? "(none)" : hit->text;
}

static void
say(struct world *w, int64_t id, const char *target, const char *text)
{
	event(w, id, target, "neko", text);
	await(w, model_last_seen(w->model) == id);
}

static void
many_keys_are_one_question(void **state)
{
	struct world *w = *state;
	struct search *s;
	char words[16] = "";

	go_online(w);
	s = begin(w);
	for (size_t i = 0; i < 10; i++) {
		words[i] = 'a';
		search_words(s, words);
		assert_int_equal(loop_turn(w->loop, 1), 0);
	}
	await(w, changes >= 2); /* asked, answered */
	assert_int_equal(asked(w, "search"), 1);
	assert_int_equal(asked(w, "search - limit=50 aaaaaaaaaa"), 1);
	search_words(s, words);
	search_words(s, "");
	search_free(s);
}

static void
what_is_held_comes_first_and_the_servers_joins_it(void **state)
{
	struct world *w = *state;
	struct search *s;

	go_online(w);
	say(w, 5, "*", "A Needle");
	say(w, 6, "neko", "none");
	say(w, 9, "neko", "needles, many");
	w->search = "\"status\":\"OK\",\"more\":false,\"messages\":["
	    "{\"id\":2,\"target\":\"#g\",\"from\":\"x\",\"name\":\"\","
	    "\"text\":\"old needle\",\"time\":\"2026-11-21T03:04:05.678Z\"},"
	    "{\"id\":9,\"target\":\"neko\",\"from\":\"neko\",\"name\":\"\","
	    "\"text\":\"needles, many\","
	    "\"time\":\"2026-11-21T03:04:05.678Z\"}]";
	s = begin(w);
	search_words(s, "needle");
	assert_int_equal(search_count(s), 2); /* at once */
	assert_string_equal(text_at(s, 0), "needles, many");
	assert_string_equal(text_at(s, 1), "A Needle");
	search_move(s, 1);
	await(w, search_count(s) == 3);
	assert_string_equal(text_at(s, 2), "old needle");
	assert_string_equal(search_at(s, 2)->target, "#g");
	assert_string_equal(search_chosen(s)->text, "A Needle");
	search_move(s, 100);
	assert_string_equal(search_chosen(s)->text, "old needle");
	search_words(s, "needle many");
	assert_int_equal(search_count(s), 1);
	assert_string_equal(search_chosen(s)->text, "needles, many");
	search_end(s);
	assert_null(search_chosen(s));
	search_free(s);
}

static void
who_is_ignored_is_not_found_either(void **state)
{
	struct world *w = *state;
	struct search *s;
	char why[STATE_WHY_CAP];

	go_online(w);
	w->search = "\"status\":\"OK\",\"more\":false,\"messages\":["
	    "{\"id\":2,\"target\":\"*\",\"from\":\"pest\",\"name\":\"\","
	    "\"text\":\"word\",\"time\":\"2026-11-21T03:04:05.678Z\"}]";
	assert_true(ignore_set(
	    model_ignored(w->model), IGNORE_USER, "pest", true, why));
	s = begin(w);
	search_words(s, "word");
	await(w, changes == 2);
	assert_int_equal(asked(w, "search"), 1);
	assert_int_equal(search_count(s), 0);
	search_free(s);
}

static void
an_answer_to_other_words_is_not_taken(void **state)
{
	struct world *w = *state;
	struct search *s;

	go_online(w);
	w->search = "\"status\":\"OK\",\"more\":false,\"messages\":["
	    "{\"id\":2,\"target\":\"*\",\"from\":\"x\",\"name\":\"\","
	    "\"text\":\"late\",\"time\":\"2026-11-21T03:04:05.678Z\"}]";
	s = begin(w);
	search_words(s, "la");
	await(w, asked(w, "search") == 1); /* the answer is on its way */
	assert_int_equal(changes, 1);
	w->search = NULL;
	search_words(s, "other");
	await(w, changes == 3);
	assert_int_equal(asked(w, "search"), 2);
	assert_int_equal(search_count(s), 0);
	search_words(s, "");
	assert_int_equal(search_count(s), 0);
	search_free(s);
}

static void
a_long_list_keeps_the_newest(void **state)
{
	struct world *w = *state;
	struct search *s;
	struct model_message msg = { .time = 1, .target = "*", .from = "x",
		.name = "", .text = "\xc3\x9c" "ber alles" };

	for (msg.id = 1; msg.id <= SEARCH_HITS + 50; msg.id++)
		assert_true(model_add(w->model, &msg, MODEL_HISTORY));
	s = begin(w);
	search_words(s, "\xc3\xbc" "BER");
	assert_int_equal(search_count(s), SEARCH_HITS);
	assert_int_equal(search_at(s, 0)->id, SEARCH_HITS + 50);
	assert_int_equal(search_at(s, SEARCH_HITS - 1)->id, 51);
	search_free(s);
}

/* The server's answer: messages first to last; to be freed when another is. */
static char *
page(int64_t first, int64_t last, const char *from, bool more)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_addf(&b, "\"status\":\"OK\",\"more\":%s,\"messages\":[",
	    more ? "true" : "false");
	for (int64_t id = first; id <= last; id++)
		buf_addf(&b, "%s{\"id\":%lld,\"target\":\"*\",\"from\":\"%s\","
		    "\"name\":\"\",\"text\":\"needle %lld\","
		    "\"time\":\"2026-11-21T03:04:05.678Z\"}",
		    id == first ? "" : ",", (long long)id, from, (long long)id);
	buf_addc(&b, ']');
	return buf_detach(&b);
}

static void
answer_with(struct world *w, char **kept, int64_t first, int64_t last,
    bool more)
{
	free(*kept);
	w->search = *kept = page(first, last, "neko", more);
}

static void
older_ones_are_fetched_on_the_way_down(void **state)
{
	struct world *w = *state;
	struct search *s;
	char *kept = NULL;

	go_online(w);
	say(w, 20, "*", "a needle that is held");
	answer_with(w, &kept, 951, 1000, true);
	s = begin(w);
	search_words(s, "needle");
	await(w, search_count(s) == 51);
	/* Not before the end of what the server told is near. */
	search_move(s, 10);
	assert_int_equal(asked(w, "search"), 1);
	answer_with(w, &kept, 751, 950, true);
	search_move(s, 25);
	await(w, search_count(s) == 251);
	assert_int_equal(asked(w, "search - before=951 limit=200 needle"), 1);
	assert_int_equal(search_chosen(s)->id, 965);
	/* Past the end: what comes stands where it belongs. */
	answer_with(w, &kept, 701, 750, false);
	search_move(s, 1000);
	assert_int_equal(search_chosen(s)->id, 20);
	await(w, search_count(s) == 301);
	assert_int_equal(asked(w, "search - before=751 limit=200 needle"), 1);
	assert_int_equal(search_chosen(s)->id, 20);
	search_move(s, 1000);
	assert_int_equal(asked(w, "search"), 3);
	search_free(s);
	free(kept);
}

static void
a_full_list_asks_for_no_more(void **state)
{
	struct world *w = *state;
	struct search *s;
	char *kept = NULL;
	int64_t low;

	go_online(w);
	answer_with(w, &kept, 9951, 10000, true);
	s = begin(w);
	search_words(s, "needle");
	await(w, search_count(s) == 50);
	for (low = 9951; search_count(s) < SEARCH_HITS; low -= 200) {
		answer_with(w, &kept, low - 200, low - 1, true);
		search_move(s, SEARCH_HITS);
		await(w, search_at(s, search_count(s) - 1)->id < low);
	}
	assert_int_equal(search_count(s), SEARCH_HITS);
	assert_int_equal(search_at(s, 0)->id, 10000);
	assert_int_equal(asked(w, "search"), 11);
	search_move(s, SEARCH_HITS);
	assert_int_equal(asked(w, "search"), 11);
	search_free(s);
	free(kept);
}

/* Pages of them alone are passed over; a server that leads nowhere is left. */
static void
who_is_ignored_does_not_end_the_way_down(void **state)
{
	struct world *w = *state;
	struct search *s;
	char why[STATE_WHY_CAP], *kept;

	go_online(w);
	w->search = kept = page(951, 1000, "pest", true);
	assert_true(ignore_set(
	    model_ignored(w->model), IGNORE_USER, "pest", true, why));
	s = begin(w);
	search_words(s, "needle");
	await(w, changes == 4); /* asked and answered, twice */
	assert_int_equal(asked(w, "search"), 2);
	assert_int_equal(asked(w, "search - before=951"), 1);
	assert_int_equal(search_count(s), 0);
	search_free(s);
	free(kept);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(many_keys_are_one_question),
		T(what_is_held_comes_first_and_the_servers_joins_it),
		T(who_is_ignored_is_not_found_either),
		T(an_answer_to_other_words_is_not_taken),
		T(a_long_list_keeps_the_newest),
		T(older_ones_are_fetched_on_the_way_down),
		T(a_full_list_asks_for_no_more),
		T(who_is_ignored_does_not_end_the_way_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
