/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int
setup(void **state)
{
	struct model *m = model_new();
	struct model_status s = { .link = LINK_ONLINE, .user = "messi" };

	model_set_status(m, &s);
	(void)model_changes(m);
	*state = m;
	return 0;
}

static int
teardown(void **state)
{
	model_free(*state);
	return 0;
}

static struct model_message
message(int64_t id, const char *target, const char *from, const char *text)
{
	return (struct model_message){ .id = id, .time = id * 1000,
		.target = target, .from = from, .name = "", .text = text };
}

static bool
live(struct model *m, int64_t id, const char *target, const char *from)
{
	struct model_message msg = message(id, target, from, "hey");

	return model_add(m, &msg, MODEL_LIVE);
}

/* "3 5 n w" : ids of messages, n notices, w waiting, f failed. */
static const char *
shape(const struct convo *c)
{
	static char text[512];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < convo_count(c); i++) {
		const struct item *it = convo_item(c, i);
		const char *gap = i == 0 ? "" : " ";

		switch (it->kind) {
		case ITEM_MESSAGE:
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%lld", gap, (long long)it->id);
			break;
		case ITEM_NOTICE:
			n += (size_t)snprintf(
			    text + n, sizeof(text) - n, "%sn", gap);
			break;
		case ITEM_WAITING:
			n += (size_t)snprintf(
			    text + n, sizeof(text) - n, "%sw", gap);
			break;
		case ITEM_FAILED:
			n += (size_t)snprintf(
			    text + n, sizeof(text) - n, "%sf", gap);
			break;
		}
	}
	return text;
}

static void
messages_stand_by_id_however_they_come(void **state)
{
	struct model *m = *state;
	struct model_message page[] = {
		message(2, "*", "neko", "a"),
		message(3, "*", "neko", "b"),
		message(7, "*", "neko", "c"),
	};

	assert_true(live(m, 9, "*", "neko"));
	assert_true(live(m, 7, "*", "neko"));
	assert_true(live(m, 12, "*", "neko"));
	model_page(m, model_current(m), page, 3, false);
	assert_string_equal(shape(model_current(m)), "2 3 7 9 12");
	assert_int_equal(convo_first(model_current(m)), 2);
	assert_int_equal(convo_last(model_current(m)), 12);
}

static void
a_message_that_comes_again_is_not_doubled(void **state)
{
	struct model *m = *state;

	assert_true(live(m, 9, "*", "neko"));
	assert_false(live(m, 9, "*", "neko"));
	model_notice(m, 0, "n");
	assert_false(live(m, 9, "*", "neko"));
	assert_string_equal(shape(model_current(m)), "9 n");
}

static void
notices_stay_where_they_were_said(void **state)
{
	struct model *m = *state;
	struct model_message older = message(4, "*", "neko", "x");

	model_notice(m, 5000, "before anything");
	model_seen(m, 10);
	model_page(m, model_current(m), &older, 1, true);
	assert_true(live(m, 11, "*", "neko"));
	model_notice(m, 0, "two\nlines");
	assert_true(live(m, 12, "*", "neko"));
	assert_string_equal(shape(model_current(m)), "4 n 11 n n 12");
	assert_string_equal(convo_item(model_current(m), 3)->text, "two");
}

static void
own_words_wait_at_the_end_until_they_have_an_id(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	assert_true(model_typed(m, "*", "t1", "one", 5));
	assert_true(model_typed(m, "*", "t2", "two", 6));
	assert_true(live(m, 20, "*", "neko"));
	assert_string_equal(shape(c), "20 w w");
	assert_int_equal(model_waiting(m), 2);
	model_settle(m, "t1", 21, 7000, NULL, NULL);
	assert_string_equal(shape(c), "20 21 w");
	assert_true(convo_item(c, 1)->own);
	assert_string_equal(convo_item(c, 1)->text, "one");
	assert_string_equal(convo_item(c, 1)->from, "messi");
	model_fail(m, "t2", "too long");
	assert_string_equal(shape(c), "20 21 f");
	assert_string_equal(convo_item(c, 2)->why, "too long");
	assert_string_equal(convo_item(c, 2)->text, "two");
	assert_int_equal(model_waiting(m), 0);
	assert_true(live(m, 22, "*", "neko"));
	assert_string_equal(shape(c), "20 21 22 f");
}

/* They are typed before a login, which may spell the name otherwise. */
static void
own_words_bear_the_name_that_becomes_known(void **state)
{
	struct model *m = *state;
	struct model_status s = { .link = LINK_LOST, .user = "" };
	struct convo *c = model_current(m);
	uint64_t serial;

	model_set_status(m, &s);
	model_speaker(m, "Messi");
	assert_true(model_typed(m, "*", "t1", "one", 5));
	assert_true(model_typed(m, "*", "t2", "two", 6));
	model_fail(m, "t2", "no");
	assert_string_equal(convo_item(c, 0)->from, "Messi");
	assert_string_equal(convo_item(c, 1)->from, "Messi");
	serial = convo_item(c, 0)->serial;
	snprintf(s.user, sizeof(s.user), "messi");
	(void)model_changes(m);
	model_set_status(m, &s);
	assert_string_equal(shape(c), "w f");
	assert_string_equal(convo_item(c, 0)->from, "messi");
	assert_string_equal(convo_item(c, 1)->from, "messi");
	assert_string_equal(convo_item(c, 1)->why, "no");
	assert_true(convo_item(c, 0)->serial != serial);
	assert_true((model_changes(m) & MODEL_STREAM) != 0);
	assert_int_equal(convo_waiting(c), 1);
	assert_true(model_has_tag(m, "t1"));
	assert_true(model_has_tag(m, "t2"));
}

static void
told(void *arg, const char *target, const char *text, bool closed)
{
	char *all = arg;
	size_t n = strlen(all);

	snprintf(all + n, 512 - n, "%c%s:%s ", closed ? '~' : '=', target, text);
}

/* Those of an earlier run are there before the server says who it is. */
static void
ones_own_realm_goes_without_saying(void **state)
{
	struct model *m = *state;
	struct model_status s = *model_status(m);
	char drafts[512] = "";
	struct convo *c;

	model_restore(m, "neko@its");
	model_restore(m, "bob");
	model_restore(m, "bob@ITS");
	model_restore(m, "james@medan");
	model_restore_closed(m, "paff@its", 3);
	model_put_closed_draft(m, "cut@its", "half");
	assert_true(model_typed(m, "bob@its", "t1", "one", 5));
	assert_true(model_typed(m, "bob", "t2", "two", 5));
	model_fail(m, "t1", "no");
	model_draft(m, model_find(m, "bob@its"), "a draft");
	model_switch(m, model_find(m, "bob@its"));
	model_on_draft(m, told, drafts);
	snprintf(s.realm, sizeof(s.realm), "its");
	model_set_status(m, &s);
	assert_int_equal(model_convos(m), 4);
	assert_string_equal(convo_target(model_convo(m, 1)), "neko");
	assert_string_equal(convo_target(model_convo(m, 2)), "bob");
	assert_string_equal(convo_target(model_convo(m, 3)), "james@medan");
	c = model_find(m, "BOB@its");
	assert_ptr_equal(c, model_convo(m, 2));
	assert_ptr_equal(c, model_current(m));
	assert_string_equal(shape(c), "w f");
	assert_string_equal(convo_draft(c), "a draft");
	assert_int_equal(convo_waiting(c), 1);
	assert_int_equal(model_waiting(m), 1);
	assert_true(model_closed(m, "paff"));
	assert_true(model_closed(m, "cut@its"));
	assert_string_equal(drafts, "=bob:a draft =bob@ITS: ~cut@its: "
	    "~cut:half ");
	assert_ptr_equal(model_open(m, "neko@Its"), model_convo(m, 1));
	assert_string_equal(convo_draft(model_open(m, "cut@its")), "half");
	assert_string_equal(
	    convo_target(model_open(m, "#batak@its")), "#batak");
	model_settle(m, "t2", 9, 1, NULL, NULL);
	assert_string_equal(shape(c), "9 f");
	model_on_draft(m, NULL, NULL);
}

/* As an earlier version has left them: namesake.h. */
static void
who_is_called_everyone_has_the_realm(void **state)
{
	struct model *m = *state;
	struct model_status s = *model_status(m);

	model_restore(m, "everyone");
	model_restore(m, "server@its");
	model_restore(m, "me");
	snprintf(s.user, sizeof(s.user), "me");
	snprintf(s.realm, sizeof(s.realm), "its");
	model_set_status(m, &s);
	assert_int_equal(model_convos(m), 4);
	assert_string_equal(convo_target(model_convo(m, 1)), "everyone@its");
	assert_string_equal(convo_target(model_convo(m, 2)), "server@its");
	assert_string_equal(convo_target(model_convo(m, 3)), "me");
	assert_ptr_equal(model_open(m, "Everyone@ITS"), model_convo(m, 1));
	assert_ptr_equal(model_open(m, "me@its"), model_convo(m, 3));
}

static void
a_duplicate_answer_settles_on_the_replayed_message(void **state)
{
	struct model *m = *state;

	assert_true(model_typed(m, "*", "t1", "one", 5));
	assert_true(live(m, 30, "*", "messi"));
	model_settle(m, "t1", 30, 1, NULL, NULL);
	assert_string_equal(shape(model_current(m)), "30");
	assert_int_equal(model_waiting(m), 0);
}

static void
an_answer_to_what_was_sent_does_not_count_as_seen(void **state)
{
	struct model *m = *state;

	assert_true(live(m, 5, "*", "neko"));
	assert_true(model_typed(m, "*", "t1", "one", 5));
	model_settle(m, "t1", 9, 1, NULL, NULL);
	assert_int_equal(model_last_seen(m), 5);
}

static void
unread_counts_others_words_where_nobody_looks(void **state)
{
	struct model *m = *state;
	struct convo *c;

	model_look(m, true);
	assert_true(live(m, 1, "neko", "neko"));
	assert_true(live(m, 2, "neko", "neko"));
	assert_true(live(m, 3, "neko", "messi"));
	assert_true(live(m, 4, "*", "neko"));
	c = model_find(m, "neko");
	assert_int_equal(convo_unread(c), 2);
	assert_int_equal(convo_marker(c), 1);
	assert_int_equal(convo_unread(model_current(m)), 0);
	assert_int_equal(convo_take_read(model_current(m)), 4);
	assert_int_equal(convo_take_read(model_current(m)), 0);

	model_switch(m, c);
	assert_int_equal(convo_unread(c), 2);
	model_look(m, true);
	assert_int_equal(convo_unread(c), 0);
	assert_int_equal(convo_take_read(c), 3);
	assert_int_equal(convo_marker(c), 1); /* stands while it is shown */
	assert_true(live(m, 5, "*", "neko")); /* something newer, elsewhere */
	assert_int_equal(convo_marker(c), 1);
	model_switch(m, model_convo(m, 0));
	assert_int_equal(convo_marker(c), 0);
}

static void
the_new_line_goes_when_one_says_something(void **state)
{
	struct model *m = *state;
	struct convo *c;

	assert_true(live(m, 1, "neko", "neko"));
	c = model_find(m, "neko");
	model_switch(m, c);
	model_look(m, true);
	assert_int_equal(convo_marker(c), 1);
	assert_true(live(m, 2, "neko", "neko"));
	assert_int_equal(convo_marker(c), 1);

	model_look(m, false);
	assert_true(live(m, 3, "neko", "neko"));
	model_look(m, true);
	assert_int_equal(convo_marker(c), 1);
	assert_true(model_typed(m, "neko", "t1", "yes", 0));
	assert_int_equal(convo_marker(c), 0);
}

/* Whoever has gone up to it does not lose the place to what comes below. */
static void
the_new_line_stands_whatever_comes(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	model_seen(m, 6000);
	model_unread(m, "*", 5000, 1001);
	assert_true(live(m, 6001, "*", "neko"));
	model_look(m, true);
	assert_int_equal(convo_unread(c), 0);
	model_look(m, false);
	assert_true(live(m, 6002, "*", "neko"));
	assert_true(live(m, 6003, "*", "neko"));
	assert_int_equal(convo_marker(c), 1001);
	assert_int_equal(convo_first_unread(c), 6002);
	model_unread(m, "*", 2, 6002); /* the line was down for a moment */
	assert_int_equal(convo_marker(c), 1001);
	assert_true(model_read(m, "*", 6002)); /* on another device */
	assert_int_equal(convo_marker(c), 1001);
	assert_int_equal(convo_first_unread(c), 6003);

	assert_true(model_typed(m, "*", "t1", "yes", 0));
	assert_int_equal(convo_marker(c), 6003);
	assert_true(live(m, 6004, "neko", "neko"));
	model_switch(m, model_find(m, "neko"));
	assert_int_equal(convo_marker(c), 6003);
	model_switch(m, c);
	model_look(m, true);
	assert_int_equal(convo_marker(c), 6003);
	model_switch(m, model_find(m, "neko"));
	assert_int_equal(convo_marker(c), 0);
	assert_true(live(m, 6005, "*", "neko"));
	assert_int_equal(convo_marker(c), 6005);
}

static void
reading_elsewhere_lowers_the_count(void **state)
{
	struct model *m = *state;
	struct convo *c;

	for (int64_t id = 1; id <= 4; id++)
		assert_true(live(m, id, "neko", "neko"));
	c = model_find(m, "neko");
	assert_true(model_read(m, "neko", 3));
	assert_int_equal(convo_unread(c), 1);
	assert_true(model_read(m, "neko", 4));
	assert_int_equal(convo_unread(c), 0);
	assert_true(model_read(m, "nobody", 4));
}

static void
a_count_that_cannot_be_known_here_is_asked_for(void **state)
{
	struct model *m = *state;

	model_seen(m, 100);
	model_unread_begin(m);
	model_unread(m, "neko", 7, 50);
	model_unread_end(m);
	assert_int_equal(convo_unread(model_find(m, "neko")), 7);
	assert_false(model_read(m, "neko", 60));
	assert_true(model_read(m, "neko", 100));
	assert_int_equal(convo_unread(model_find(m, "neko")), 0);
}

static void
counts_that_are_not_named_any_more_are_zero(void **state)
{
	struct model *m = *state;

	assert_true(live(m, 1, "neko", "neko"));
	model_unread_begin(m);
	model_unread(m, "paff", -3, 9);
	model_unread(m, "paff", INT64_MAX, -1);
	model_unread_end(m);
	assert_int_equal(convo_unread(model_find(m, "neko")), 0);
	assert_int_equal(convo_unread(model_find(m, "paff")), 999999);
}

static void
spellings_of_one_name_are_one_conversation(void **state)
{
	struct model *m = *state;
	struct convo *c = model_open(m, "NEKO");

	assert_non_null(c);
	assert_true(live(m, 1, "neko", "neko"));
	assert_int_equal(model_convos(m), 2);
	assert_string_equal(convo_target(c), "neko");
	assert_ptr_equal(model_find(m, "Neko"), c);
}

static void
a_target_that_would_break_a_request_is_refused(void **state)
{
	struct model *m = *state;
	char huge[4096];

	memset(huge, 'a', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_false(live(m, 1, "x\r\nlogout", "x"));
	assert_false(live(m, 2, "two words", "x"));
	assert_false(live(m, 3, "", "x"));
	assert_false(live(m, 4, huge, "x"));
	assert_int_equal(model_convos(m), 1);
}

static void
what_is_looked_at_keeps_a_bounded_past(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	model_page(m, c, NULL, 0, true);
	model_look(m, true);
	for (int64_t id = 1; id <= MODEL_SCROLLBACK + 10; id++)
		assert_true(live(m, id, "*", "neko"));
	assert_int_equal(convo_count(c), MODEL_SCROLLBACK);
	assert_int_equal(convo_first(c), 11);
	assert_false(convo_begin(c)); /* they can be fetched again */
}

static void
who_scrolls_up_keeps_more_until_back_at_the_end(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	for (int64_t id = 1; id <= MODEL_SCROLLBACK + 10; id++)
		assert_true(live(m, id, "*", "neko"));
	assert_int_equal(convo_first(c), 1);
	model_look(m, true);
	assert_int_equal(convo_count(c), MODEL_SCROLLBACK);
	model_look(m, false);
	for (int64_t id = 10000; id < 10000 + MODEL_SCROLLED; id++)
		assert_true(live(m, id, "*", "neko"));
	assert_int_equal(convo_count(c), MODEL_SCROLLED);
	assert_true(convo_full(c));
}

/* Messages with the ids from .. to, as a page for the passage. */
static void
passage_page(struct model *m, int64_t from, int64_t to, bool newer, bool more)
{
	struct model_message page[200];
	size_t n = 0;

	for (; from <= to; from++)
		page[n++] = message(from, "*", "neko", "x");
	model_passage_page(m, page, n, newer, more);
}

static void
a_passage_is_apart_until_it_meets_what_is_held(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m), *p;
	uint64_t serial, number;
	size_t i;

	assert_true(live(m, 1000, "*", "neko"));
	assert_true(live(m, 1001, "*", "neko"));
	assert_null(model_passage(m));
	p = model_passage_begin(m);
	number = convo_passage(p);
	assert_ptr_equal(model_passage(m), p);
	assert_true(number != 0 && convo_passage(c) == 0);
	assert_int_equal(convo_serial(p), convo_serial(c));
	assert_true(convo_fetching(p) && convo_fetching_newer(p));
	passage_page(m, 48, 50, false, true);
	assert_false(convo_fetching(p));
	passage_page(m, 51, 52, true, true);
	assert_false(convo_fetching_newer(p));
	assert_string_equal(shape(p), "48 49 50 51 52");
	serial = convo_item(p, 2)->serial;

	/* What comes goes by it. */
	assert_true(live(m, 1002, "*", "neko"));
	model_notice(m, 0, "n");
	assert_string_equal(shape(p), "48 49 50 51 52");
	assert_string_equal(shape(c), "1000 1001 1002 n");
	assert_int_equal(model_convos(m), 1);
	passage_page(m, 46, 47, false, false);
	assert_true(convo_begin(p));
	assert_false(convo_begin(c));

	(void)model_changes(m);
	passage_page(m, 53, 54, true, true);
	assert_ptr_equal(model_passage(m), p);
	assert_true(model_changes(m) & MODEL_STREAM);
	passage_page(m, 998, 1000, true, true); /* the last two overlap */
	assert_null(model_passage(m));
	assert_string_equal(shape(c), "46 47 48 49 50 51 52 53 54 998 999 "
	    "1000 1001 1002 n");
	assert_true(convo_begin(c));
	assert_true(convo_find_item(c, serial, &i));
	assert_int_equal(convo_item(c, i)->id, 50);

	/* One with nothing behind it is no passage, either. */
	model_clear(m, c);
	p = model_passage_begin(m);
	assert_true(convo_passage(p) != number);
	passage_page(m, 1, 1, false, false);
	passage_page(m, 2, 3, true, false);
	assert_null(model_passage(m));
	assert_string_equal(shape(c), "1 2 3");
}

static void
a_passage_is_bounded_at_the_end_one_goes_from(void **state)
{
	struct model *m = *state;
	struct convo *p;
	int64_t id;

	assert_true(live(m, 90000, "*", "neko"));
	p = model_passage_begin(m);
	for (id = 40001; id < 40001 + MODEL_PASSAGE + 400; id += 200)
		passage_page(m, id, id + 199, true, true);
	assert_int_equal(convo_count(p), MODEL_PASSAGE);
	assert_int_equal(convo_first(p), 40401);
	assert_int_equal(convo_last(p), 40400 + MODEL_PASSAGE);
	assert_false(convo_begin(p));
	passage_page(m, 40201, 40400, false, true);
	passage_page(m, 40001, 40200, false, false);
	assert_int_equal(convo_count(p), MODEL_PASSAGE);
	assert_int_equal(convo_first(p), 40001);
	assert_int_equal(convo_last(p), 40000 + MODEL_PASSAGE);
	assert_true(convo_begin(p));
	/* The first is pushed out, and with it the beginning. */
	passage_page(m, convo_last(p) + 1, convo_last(p) + 1, true, true);
	assert_false(convo_begin(p));
}

static void
a_passage_goes_with_its_conversation(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m), *other = model_open(m, "neko");

	assert_true(live(m, 90000, "*", "neko"));
	(void)model_passage_begin(m);
	passage_page(m, 1, 9, false, true);
	model_switch(m, c); /* the same */
	assert_non_null(model_passage(m));
	model_passage_lost(m); /* it has something to be read */
	assert_non_null(model_passage(m));
	assert_false(convo_fetching_newer(model_passage(m)));
	model_switch(m, other);
	assert_null(model_passage(m));
	(void)model_passage_begin(m);
	model_passage_lost(m); /* it has not */
	assert_null(model_passage(m));
	(void)model_passage_begin(m);
	passage_page(m, 1, 9, false, true);
	assert_true(model_close(m, other));
	assert_null(model_passage(m));
	(void)model_passage_begin(m);
	model_reset(m);
	assert_null(model_passage(m));
	(void)model_passage_begin(m); /* and with the model */
}

static void
notices_are_bounded_and_messages_outlive_them(void **state)
{
	struct model *m = *state;

	assert_true(live(m, 1, "*", "neko"));
	for (int i = 0; i < MODEL_NOTICES + 50; i++)
		model_noticef(m, 0, "%d", i);
	assert_int_equal(convo_count(model_current(m)), MODEL_NOTICES + 1);
	assert_string_equal(convo_item(model_current(m), 1)->text, "50");
}

static void
all_texts_together_are_bounded(void **state)
{
	struct model *m = *state;
	size_t bytes = 0, size = 1 << 20;
	char *text = malloc(size);

	assert_non_null(text);
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
	for (int64_t id = 1; id <= 200; id++) {
		struct model_message msg =
		    message(id, id % 2 == 0 ? "*" : "neko", "neko", text);

		assert_true(model_add(m, &msg, MODEL_LIVE));
	}
	free(text);
	for (size_t i = 0; i < model_convos(m); i++)
		bytes += convo_count(model_convo(m, i)) * size;
	assert_true(bytes <= MODEL_BYTES);
	assert_true(bytes >= MODEL_BYTES / 4);
	assert_int_equal(convo_last(model_current(m)), 200);
}

static void
conversations_are_bounded_and_unread_ones_stay(void **state)
{
	struct model *m = *state;
	char name[32];
	struct convo *kept;

	assert_true(live(m, 1, "neko", "neko"));
	for (int i = 0; i < MODEL_CONVOS + 20; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		assert_non_null(model_open(m, name));
	}
	assert_int_equal(model_convos(m), MODEL_CONVOS);
	kept = model_find(m, "neko");
	assert_non_null(kept);
	assert_int_equal(convo_unread(kept), 1);
	assert_null(model_find(m, "user0"));
	assert_string_equal(convo_target(model_convo(m, 0)), "*");
}

static void
too_many_waiting_are_refused(void **state)
{
	struct model *m = *state;
	char tag[32];

	for (int i = 0; i < MODEL_WAITING; i++) {
		snprintf(tag, sizeof(tag), "t%d", i);
		assert_true(model_typed(m, "*", tag, "x", 0));
	}
	assert_false(model_typed(m, "*", "one-more", "x", 0));
	model_settle(m, "t0", 1, 0, NULL, NULL);
	assert_true(model_typed(m, "*", "one-more", "x", 0));
}

static void
a_gap_leaves_no_hole(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	model_page(m, c, NULL, 0, true);
	assert_true(live(m, 1, "*", "neko"));
	assert_true(model_typed(m, "*", "t", "mine", 0));
	model_notice(m, 0, "n");
	model_gap(m);
	assert_string_equal(shape(c), "n w");
	assert_false(convo_begin(c));
	assert_int_equal(model_last_seen(m), 1);
}

/* The person joins, or the line is back: what is told then of others is from
 * before, or from after, what stands here already. */
static void
what_is_told_later_stands_before_our_later_lines(void **state)
{
	struct model *m = *state;
	struct convo *c = model_open(m, "#batak");
	const struct model_message page[] = {
		message(4, "#batak", "budi", "long ago"),
		message(6, "#batak", "budi", "before"),
		message(7, "#batak", "budi", "after"),
	};

	model_seen(m, 5);
	model_notice_in(m, c, 6500, "joined\nand more");
	assert_true(live(m, 8, "#batak", "budi"));
	model_notice_in(m, c, 8500, "topic");
	model_page(m, c, page + 1, 2, false);
	assert_string_equal(shape(c), "6 n n 7 8 n");
	model_page(m, c, page, 1, true);
	assert_string_equal(shape(c), "4 6 n n 7 8 n");
	/* The line is lost, and back when 12 is the last. */
	model_notice_in(m, c, 9500, "lost");
	model_notice_in(m, c, 11500, "refused meanwhile");
	model_watched(m, 12);
	model_notice_in(m, c, 9700, "back, by a clock that is late");
	assert_true(live(m, 9, "#batak", "budi"));
	assert_true(live(m, 11, "#batak", "budi"));
	assert_true(live(m, 12, "#batak", "budi"));
	assert_string_equal(shape(c), "4 6 n n 7 8 n 9 n 11 n 12 n");
	/* From here on what comes is new, whatever the clocks say. */
	model_notice_in(m, c, 99000, "by a clock that is early");
	assert_true(live(m, 13, "#batak", "budi"));
	assert_string_equal(shape(c), "4 6 n n 7 8 n 9 n 11 n 12 n n 13");
}

static void
a_passage_that_closes_leaves_our_lines_by_their_time(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);
	const struct model_message page[] = {
		message(10, "*", "budi", "a"),
		message(11, "*", "budi", "b"),
		message(12, "*", "budi", "c"),
	};

	model_notice(m, 11500, "n");
	model_seen(m, 20);
	assert_true(live(m, 21, "*", "budi"));
	(void)model_passage_begin(m);
	model_passage_page(m, page, 2, false, true);
	model_passage_page(m, page + 2, 1, true, false);
	assert_null(model_passage(m));
	assert_string_equal(shape(c), "10 11 n 12 21");
}

/* Ids tell nothing of what was there before; times do. */
static void
where_ids_begin_anew_our_lines_stand_by_their_time(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);
	const struct model_message page[] = {
		message(1, "*", "paff", "restored"),
		message(2, "*", "paff", "new"),
		message(3, "*", "paff", "newer"),
	};

	assert_true(live(m, 9, "*", "neko"));
	model_notice(m, 1500, "a\nb");
	model_notice(m, 2500, "c");
	assert_string_equal(shape(c), "9 n n n");
	model_anew(m, -1);
	model_seen(m, 3);
	model_notice(m, 3500, "d");
	model_page(m, c, page + 1, 2, false);
	assert_string_equal(shape(c), "n n 2 n 3 n");
	model_page(m, c, page, 1, true);
	assert_string_equal(shape(c), "1 n n 2 n 3 n");
	assert_string_equal(convo_item(c, 1)->text, "a");
	assert_string_equal(convo_item(c, 2)->text, "b");
	assert_string_equal(convo_item(c, 6)->text, "d");
	assert_true(live(m, 4, "*", "neko"));
	assert_string_equal(shape(c), "1 n n 2 n 3 n 4");
}

static void
a_cleared_conversation_stays_clear_until_asked(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	assert_true(live(m, 1, "*", "neko"));
	assert_true(model_typed(m, "*", "t", "mine", 0));
	model_clear(m, c);
	assert_string_equal(shape(c), "w");
	assert_true(convo_cleared(c)); /* nobody fetches it unasked */
	assert_false(convo_begin(c));  /* but it is there */
	assert_true(live(m, 2, "*", "neko"));
	assert_string_equal(shape(c), "2 w");
	model_unclear(m, c);
	assert_false(convo_begin(c) || convo_cleared(c));
}

static void
where_nothing_was_said_clearing_leaves_the_beginning(void **state)
{
	struct model *m = *state;
	struct convo *c = model_open(m, "neko");

	model_page(m, c, NULL, 0, true);
	model_notice_in(m, c, 0, "n");
	model_clear(m, c);
	assert_string_equal(shape(c), "");
	assert_true(convo_begin(c));
}

static void
closing_refuses_while_words_wait(void **state)
{
	struct model *m = *state;
	struct convo *c = model_open(m, "neko");

	model_switch(m, c);
	assert_true(model_typed(m, "neko", "t", "x", 0));
	assert_false(model_close(m, c));
	model_settle(m, "t", 4, 0, NULL, NULL);
	assert_true(model_close(m, c));
	assert_null(model_find(m, "neko"));
	assert_string_equal(convo_target(model_current(m)), "*");
	assert_true(model_close(m, model_current(m))); /* emptied, stays */
	assert_int_equal(model_convos(m), 1);
}

static void
what_was_refused_outlives_clearing_and_closing(void **state)
{
	struct model *m = *state;
	struct convo *c = model_open(m, "neko");
	char tag[WIRE_TAG_MAX + 1];

	assert_true(live(m, 1, "neko", "neko"));
	assert_true(model_typed(m, "neko", "t", "x", 0));
	model_fail(m, "t", "no");
	model_clear(m, c);
	assert_string_equal(shape(c), "f");
	assert_false(model_close(m, c));
	assert_true(model_drop_failed(m, c, tag));
	assert_true(model_close(m, c));
}

static void
a_closed_conversation_keeps_its_draft(void **state)
{
	struct model *m = *state;

	model_draft(m, model_open(m, "neko"), "half");
	assert_true(model_close(m, model_find(m, "neko")));
	assert_string_equal(convo_draft(model_open(m, "Neko")), "half");
	model_draft(m, model_find(m, "neko"), "");
	assert_true(model_close(m, model_find(m, "neko")));
	assert_string_equal(convo_draft(model_open(m, "neko")), "");
	model_put_closed_draft(m, "neko", "one");
	model_put_closed_draft(m, "neko", "two");
	model_put_closed_draft(m, "neko", "two");
	assert_string_equal(convo_draft(model_find(m, "neko")), "one\ntwo");
	model_put_closed_draft(m, "paff", "three");
	assert_null(model_find(m, "paff"));
	assert_true(live(m, 1, "paff", "paff"));
	assert_string_equal(convo_draft(model_find(m, "paff")), "three");
}

static void
counted(struct model *m, const char *target, int64_t count)
{
	model_unread_begin(m);
	model_unread(m, target, count, 1);
	model_unread_end(m);
}

static void
a_closed_conversation_comes_back_when_something_new_does(void **state)
{
	struct model *m = *state;

	counted(m, "neko", 2);
	assert_true(model_close(m, model_find(m, "neko")));
	assert_true(model_closed(m, "Neko"));
	counted(m, "neko", 2);
	assert_null(model_find(m, "neko"));
	counted(m, "neko", 3);
	assert_non_null(model_find(m, "neko"));
	assert_false(model_closed(m, "neko"));
	assert_true(model_close(m, model_find(m, "neko")));
	counted(m, "paff", 1); /* all of neko's was read elsewhere */
	counted(m, "neko", 1);
	assert_non_null(model_find(m, "neko"));
	assert_true(model_close(m, model_find(m, "neko")));
	assert_true(live(m, 9, "neko", "neko"));
	assert_non_null(model_find(m, "neko"));
}

static void
users_stand_online_first_then_by_name(void **state)
{
	struct model *m = *state;
	const char *want[] = { "neko", "paff", "anna", "zoe" };

	model_users_begin(m);
	model_user_set(m, "zoe", "", false, 0);
	model_user_set(m, "paff", "", true, 0);
	model_user_set(m, "anna", "", false, 0);
	model_user_set(m, "neko", "Neko N", true, 0);
	model_users_end(m);
	assert_int_equal(model_users(m), 4);
	assert_int_equal(model_online(m), 2);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(model_user(m, i)->user, want[i]);
	model_user_set(m, "anna", "", true, 1);
	assert_string_equal(model_user(m, 0)->user, "anna");
	model_users_begin(m);
	model_user_set(m, "neko", "Neko M", true, 0);
	model_users_end(m);
	assert_int_equal(model_users(m), 1);
	assert_int_equal(model_online(m), 1);
	assert_string_equal(model_user(m, 0)->name, "Neko M");
}

static void
a_million_users_are_cut(void **state)
{
	struct model *m = *state;
	char name[32];

	for (int i = 0; i < USERLIST_MAX + 100; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		model_user_set(m, name, "", true, 0);
	}
	assert_int_equal(model_users(m), USERLIST_MAX);
	assert_int_equal(model_online(m), USERLIST_MAX);
}

/* The end is in sight all the time; of somebody only now and then. */
static void
while_nobody_is_there_all_is_unread(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	model_look(m, true);
	assert_true(live(m, 1, "*", "neko"));
	assert_int_equal(convo_unread(c), 0);
	model_look(m, false);
	model_attend(m, false);
	assert_true(live(m, 2, "*", "neko"));
	assert_true(live(m, 3, "*", "neko"));
	assert_int_equal(convo_unread(c), 2);
	assert_int_equal(model_news(m, c), 2);
	assert_int_equal(convo_marker(c), 2);
	model_attend(m, true);
	assert_int_equal(model_news(m, c), 0);
	model_look(m, true);
	assert_int_equal(convo_unread(c), 0);
	assert_int_equal(convo_take_read(c), 3);
	assert_int_equal(convo_marker(c), 2);
	/* What comes now is seen; the line goes on when one leaves again. */
	assert_true(live(m, 4, "*", "neko"));
	model_look(m, false);
	model_attend(m, false);
	assert_int_equal(convo_marker(c), 2);
	assert_true(live(m, 5, "*", "neko"));
	assert_int_equal(convo_marker(c), 5);
	/* The line was lost meanwhile, and the server counts. */
	model_unread(m, "*", 3, 5);
	assert_int_equal(convo_marker(c), 5);
	/* Read on another device, and then more comes. */
	assert_true(model_read(m, "*", 5));
	assert_int_equal(convo_unread(c), 0);
	assert_true(live(m, 6, "*", "neko"));
	assert_int_equal(convo_marker(c), 6);
}

/* What was unread when one left is so still. */
static void
who_leaves_with_something_unread_keeps_its_line(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);

	assert_true(live(m, 1, "*", "neko"));
	assert_int_equal(convo_marker(c), 1);
	model_attend(m, false);
	assert_int_equal(model_news(m, c), 1);
	assert_true(live(m, 2, "*", "neko"));
	assert_int_equal(convo_marker(c), 1);
	assert_int_equal(convo_first_unread(c), 1);
}

static void
only_what_changed_is_said_to_have(void **state)
{
	struct model *m = *state;
	struct model_status s = *model_status(m);

	assert_true(live(m, 1, "neko", "neko"));
	assert_int_equal(model_changes(m) & MODEL_STREAM, 0);
	assert_true(live(m, 2, "neko", "neko"));
	assert_int_equal(model_changes(m), MODEL_CONVS);
	assert_true(live(m, 3, "*", "messi"));
	assert_int_equal(model_changes(m), MODEL_STREAM);
	model_user_set(m, "neko", "", true, 1);
	assert_int_equal(model_changes(m), MODEL_USERS);
	model_user_set(m, "neko", "", true, 1);
	model_set_status(m, &s);
	assert_int_equal(model_changes(m), 0);
	s.link = LINK_LOST; /* and with it, whether users are as they are told */
	model_set_status(m, &s);
	assert_int_equal(model_changes(m), MODEL_STATUS | MODEL_USERS);
	s.retry_at++;
	model_set_status(m, &s);
	assert_int_equal(model_changes(m), MODEL_STATUS);
}

static void
what_a_realm_says_is_put_in_in_our_words(void **state)
{
	struct model *m = *state;
	struct model_message msg =
	    message(1, "jim@medan", "@medan", "User Tidak Ditemukan: hey");
	const struct convo *c;

	assert_true(model_add(m, &msg, MODEL_LIVE));
	c = model_find(m, "jim@medan");
	assert_non_null(c);
	assert_string_equal(convo_item(c, 0)->text,
	    "not delivered: there is no user of that name: hey");
}

static void
an_item_is_found_by_its_serial_and_a_changed_one_is_another(void **state)
{
	struct model *m = *state;
	struct convo *c = model_current(m);
	struct model_message older = message(1, "*", "neko", "x");
	uint64_t serial, waiting;
	size_t i;

	assert_true(live(m, 5, "*", "neko"));
	serial = convo_item(c, 0)->serial;
	assert_true(model_typed(m, "*", "t", "x", 0));
	waiting = convo_item(c, 1)->serial;
	model_page(m, c, &older, 1, false);
	assert_true(convo_find_item(c, serial, &i));
	assert_int_equal(i, 1);
	model_fail(m, "t", "no");
	assert_false(convo_find_item(c, waiting, &i));
}

static void
a_draft_is_kept_for_each_conversation(void **state)
{
	struct model *m = *state;
	struct convo *c = model_open(m, "neko");
	char *huge = malloc(MODEL_DRAFT + 10);

	model_draft(m, c, "half a");
	assert_string_equal(convo_draft(c), "half a");
	assert_string_equal(convo_draft(model_current(m)), "");
	assert_non_null(huge);
	memset(huge, 'a', MODEL_DRAFT + 9);
	huge[MODEL_DRAFT + 9] = '\0';
	memcpy(huge + MODEL_DRAFT - 1, "\xc3\xa9", 2); /* astride the cap */
	model_draft(m, c, huge);
	assert_int_equal(strlen(convo_draft(c)), MODEL_DRAFT - 1);
	model_draft(m, c, "");
	assert_string_equal(convo_draft(c), "");
	free(huge);
}

static void
another_account_starts_anew(void **state)
{
	struct model *m = *state;

	assert_true(live(m, 5, "neko", "neko"));
	assert_true(model_typed(m, "*", "t", "x", 0));
	model_user_set(m, "neko", "", true, 0);
	model_reset(m);
	assert_int_equal(model_convos(m), 1);
	assert_int_equal(convo_count(model_current(m)), 0);
	assert_int_equal(model_waiting(m), 0);
	assert_int_equal(model_users(m), 0);
	assert_int_equal(model_last_seen(m), -1);
	assert_int_equal(model_changes(m), MODEL_ALL);
	assert_string_equal(model_status(m)->user, "messi");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(messages_stand_by_id_however_they_come),
		T(a_message_that_comes_again_is_not_doubled),
		T(notices_stay_where_they_were_said),
		T(own_words_wait_at_the_end_until_they_have_an_id),
		T(own_words_bear_the_name_that_becomes_known),
		T(ones_own_realm_goes_without_saying),
		T(who_is_called_everyone_has_the_realm),
		T(a_duplicate_answer_settles_on_the_replayed_message),
		T(an_answer_to_what_was_sent_does_not_count_as_seen),
		T(unread_counts_others_words_where_nobody_looks),
		T(the_new_line_goes_when_one_says_something),
		T(the_new_line_stands_whatever_comes),
		T(reading_elsewhere_lowers_the_count),
		T(a_count_that_cannot_be_known_here_is_asked_for),
		T(counts_that_are_not_named_any_more_are_zero),
		T(spellings_of_one_name_are_one_conversation),
		T(a_target_that_would_break_a_request_is_refused),
		T(what_is_looked_at_keeps_a_bounded_past),
		T(who_scrolls_up_keeps_more_until_back_at_the_end),
		T(a_passage_is_apart_until_it_meets_what_is_held),
		T(a_passage_is_bounded_at_the_end_one_goes_from),
		T(a_passage_goes_with_its_conversation),
		T(notices_are_bounded_and_messages_outlive_them),
		T(all_texts_together_are_bounded),
		T(conversations_are_bounded_and_unread_ones_stay),
		T(too_many_waiting_are_refused),
		T(a_gap_leaves_no_hole),
		T(what_is_told_later_stands_before_our_later_lines),
		T(a_passage_that_closes_leaves_our_lines_by_their_time),
		T(where_ids_begin_anew_our_lines_stand_by_their_time),
		T(a_cleared_conversation_stays_clear_until_asked),
		T(where_nothing_was_said_clearing_leaves_the_beginning),
		T(closing_refuses_while_words_wait),
		T(what_was_refused_outlives_clearing_and_closing),
		T(a_closed_conversation_keeps_its_draft),
		T(a_closed_conversation_comes_back_when_something_new_does),
		T(users_stand_online_first_then_by_name),
		T(a_million_users_are_cut),
		T(while_nobody_is_there_all_is_unread),
		T(who_leaves_with_something_unread_keeps_its_line),
		T(only_what_changed_is_said_to_have),
		T(what_a_realm_says_is_put_in_in_our_words),
		T(an_item_is_found_by_its_serial_and_a_changed_one_is_another),
		T(a_draft_is_kept_for_each_conversation),
		T(another_account_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
