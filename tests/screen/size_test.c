/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen at every size, and what changes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static void
all_parts_have_their_place(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	int row, col;

	(void)state;
	term_await(t, "│ Active 1");
	assert_true(term_find(t, "│ Active", &row, &col));
	assert_int_equal(row, 1);
	assert_int_equal(col, 64);
	term_await_row(t, 0, server_address(s));
	term_await_row(t, -2, " 1:everyone");
	term_await_row_is(t, -1, ">");
	term_await_cursor(t, 23, 2);
	assert_true(term_look_at(t, 0, 40).reverse);
	assert_false(term_look_at(t, 10, 10).reverse);
}

static void
a_resize_is_followed_there_and_back(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - words that fit on one line but not on "
	    "a narrow one");
	term_await(t, "lineker  words that fit on one line but not");
	term_type(t, "typed");
	term_await_row_is(t, -1, "> typed");

	term_resize(t, 12, 40);
	term_await_row_is(t, -1, "> typed");
	term_await(t, "lineker: words that fit on one line but");
	assert_false(term_shows(t, "Active"));
	term_await_row(t, 0, "online");

	term_resize(t, 5, 20);
	term_await_row_is(t, -1, "> typed");
	term_await_row(t, -2, "1:everyone");
	term_await_row_is(t, -3, "  narrow one");

	term_resize(t, 40, 120);
	term_await_row_is(t, -1, "> typed");
	term_await(t, "lineker  words that fit on one line but not on a "
	    "narrow one");
	term_await(t, "│ Active 2");

	term_resize(t, 24, 80);
	term_await_row_is(t, -1, "> typed");
	term_await_row(t, 1, "│ Active 2");
}

/* What a row begins with, where the screen has no column of names. */
static void
expect_no_other_speaker(struct term *t, int rows)
{
	for (int row = 1; row < rows - 2; row++)
		if (term_is_at(t, row, 0, "messi:"))
			term_fail(t, "somebody speaks for messi");
}

/* By a line end, or by where a long line is broken. */
static void
nobody_speaks_for_another_on_a_narrow_screen(void **state)
{
	static const int cols[] = { 59, 40, 20, 12, 8 };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "say - * %s", "\"one two\\nmessi: forged by a line end\"");
	client_ask(c, "say - * %s", "\"messi: messi: messi: messi: messi: "
	    "messi: messi: messi: messi: messi: messi: messi: ended\"");
	client_ask(c, "join - #batak");
	client_ask(c, "topic - #batak messi: messi: messi: messi: messi: "
	    "messi: messi: messi: messi: messi: messi: messi: ended");
	term_type(t, "/groups\r");
	term_await(t, "#batak");
	for (int i = 0; i < (int)(sizeof(cols) / sizeof(*cols)); i++) {
		term_resize(t, 36 + i, cols[i]);
		term_await_row(t, -2, " 1:"); /* it has been drawn */
		term_await(t, "  messi:");
		expect_no_other_speaker(t, 36 + i);
	}
	term_resize(t, 12, 40);
	term_await_row_is(t, 9, "  messi: messi: ended");
}

static void
no_size_is_too_small_to_survive(void **state)
{
	static const int size[][2] = { { 1, 1 }, { 2, 20 }, { 1, 80 },
		{ 30, 1 }, { 3, 3 }, { 200, 500 }, { 2, 2 }, { 7, 59 } };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		term_resize(t, size[i][0], size[i][1]);
		client_ask(c, "broadcast - 日本 message at size %zu", i);
	}
	term_resize(t, 24, 80);
	term_await(t, "lineker  日本 message at size 7");
	term_type(t, "still here\r");
	term_await(t, "messi  still here");
}

/* As when a window is dragged: what stands there at the end is right. */
/* Nothing has been said yet, and there is no row to say so. */
static void
one_row_is_enough_before_the_first_message(void **state)
{
	static const int cols[] = { 80, 200, 40, 20 };
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "the beginning");
	for (size_t i = 0; i < sizeof(cols) / sizeof(*cols); i++) {
		term_resize(t, 1, cols[i]);
		term_type(t, "x");
		term_await_row_is(t, 0, "> x");
		term_type(t, "\177");
		term_await_row_is(t, 0, ">");
	}
	term_resize(t, 24, 80);
	term_await(t, "the beginning");
}

static void
a_storm_of_sizes_ends_in_the_right_picture(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	char *before, *after;
	int i, row, col;

	(void)state;
	/* Nothing wide: libvterm 0.1.4 dies of it on one column. */
	for (i = 0; i < 30; i++)
		client_ask(c, "broadcast - line %d of many", i);
	term_await(t, "line 29 of many");
	term_type(t, "half a line");
	term_await_row_is(t, -1, "> half a line");
	before = term_screen(t);
	for (i = 0; i < 300; i++)
		term_resize(t, 1 + i * 7 % 60, 1 + i * 13 % 150);
	term_resize(t, 1, 1);
	term_await_cursor(t, 0, 0);
	term_resize(t, 24, 80);
	term_await_row_is(t, -1, "> half a line");
	term_await(t, "line 29 of many");
	term_await(t, "│ Active 2");
	term_await_row(t, -2, " 1:everyone");
	after = term_screen(t);
	assert_string_equal(after, before);
	term_cursor(t, &row, &col);
	assert_int_equal(row, 23);
	assert_int_equal(col, 13);
	free(after);
	free(before);
}

static void
the_users_pane_folds_and_unfolds(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "some words\r");
	term_await(t, "messi  some words");
	term_await(t, "│ Active 1");
	term_type(t, "\033OQ"); /* F2 */
	term_await_gone(t, "│ Active 1");
	term_type(t, "\033[12~");
	term_await(t, "│ Active 1");
	term_resize(t, 24, 59);
	term_await(t, "messi: some words");
	assert_false(term_shows(t, "Active"));
	term_type(t, "\033OQ");
	term_await(t, "│ Active 1");
}

static void
names_have_one_color_each_or_none(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya",
		"NO_COLOR=1", NULL };
	const struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80), *plain;
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term_look one, two;
	int row, col;

	(void)state;
	client_ask(c, "broadcast - colored");
	term_await(t, "lineker  colored");
	term_await(t, "│ lineker");
	assert_true(term_find(t, "lineker  colored", &row, &col));
	one = term_look_at(t, row, col);
	assert_true(term_find(t, "│ lineker", &row, &col));
	two = term_look_at(t, row, col + 2);
	assert_true(one.colored);
	assert_int_equal(one.color, two.color);

	snprintf(where, sizeof(where), "henderson@%s", server_address(s));
	plain = term_open(&o, argv);
	term_await(plain, "│ lineker");
	assert_true(term_find(plain, "│ lineker", &row, &col));
	assert_false(term_look_at(plain, row, col + 2).colored);
}

static void
a_long_name_leaves_room_for_what_is_said(void **state)
{
	struct server *s = server_new();
	struct client *c;
	struct term *t;

	(void)state;
	server_accounts(s, "messi:surabaya:Lionel Messi\n"
	    "abcdefghijklmnopqrstuvwxyz-01234:surabaya:Someone\n");
	server_start(s);
	c = client_as(s, "abcdefghijklmnopqrstuvwxyz-01234", "surabaya");
	t = person_open(s, "messi", 24, 80);
	client_ask(c, "broadcast - words that have forty columns all alone");
	term_await(t, " abcdefghijklmn…  words that have forty columns all alone");
	term_type(t, "/who\r");
	term_await(t, "abcdefghijklmnopqrstuvwxyz-01234");
	term_resize(t, 24, 40);
	term_await(t, "abcdefghijklmnopqrs…: words that have");
	term_resize(t, 24, 200);
	term_await(t, "abcdefghijklmnopqrstuvwxyz-01234  words");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_parts_have_their_place),
		T(a_resize_is_followed_there_and_back),
		T(nobody_speaks_for_another_on_a_narrow_screen),
		T(no_size_is_too_small_to_survive),
		T(one_row_is_enough_before_the_first_message),
		T(a_storm_of_sizes_ends_in_the_right_picture),
		T(the_users_pane_folds_and_unfolds),
		T(names_have_one_color_each_or_none),
		T(a_long_name_leaves_room_for_what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
