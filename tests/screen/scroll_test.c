/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Further up in a conversation, and what is seen of its end meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define PAGE_UP "\033[5~"
#define PAGE_DOWN "\033[6~"
#define END "\033[F"
#define CTRL_HOME "\033[1;5H"

/* A server whose lineker has said "line 1." to count; he stays. */
static struct server *
room_of(int count, struct client **lineker)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);

	*lineker = client_as(s, "lineker", "surabaya");
	for (int i = 1; i <= count; i++)
		client_ask(*lineker, "broadcast - line %d.", i);
	return s;
}

/* Until it stands there and the frame is whole: the line has the cursor. */
static void
await_frame(struct term *t, const char *text)
{
	term_await(t, text);
	term_await_cursor(t, 23, 2);
}

/* Goes up as far as there is anything, however often that takes. */
static bool
is_at_the_beginning(struct term *t, void *arg)
{
	(void)arg;
	if (term_shows(t, "the beginning"))
		return true;
	if (!term_shows(t, "fetching"))
		term_type(t, CTRL_HOME);
	return false;
}

static void
the_newest_stand_under_a_divider_that_counts(void **state)
{
	struct client *c;
	struct server *s = room_of(100, &c);
	struct term *t = person_open(s, "messi", 24, 80);
	int divider;

	(void)state;
	term_await(t, "line 100.");
	assert_false(term_shows(t, "the newest"));
	term_type(t, PAGE_UP);
	await_frame(t, "the newest; End goes there");
	divider = term_row_of(t, "the newest;");
	assert_true(term_row_of(t, "line 100.") > divider);
	assert_true(term_row_of(t, "line 98.") > divider);
	assert_true(term_row_of(t, "line 80.") < divider);
	client_ask(c, "broadcast - one more.");
	await_frame(t, "1 new below; End goes there");
	assert_true(term_row_of(t, "one more.") > divider);
	client_ask(c, "broadcast - and another.");
	await_frame(t, "2 new below");
	assert_true(term_row_of(t, "and another.") > divider);
	assert_int_equal(term_row_of(t, "2 new below"), divider);
	assert_true(term_row_of(t, "line 80.") < divider);
	term_type(t, END);
	term_await_gone(t, "new below");
	term_await(t, "line 90.");
	term_await(t, "and another.");
}

/* It says where the rest is, and brings it to whoever goes there. */
static void
what_was_cleared_comes_back_when_one_goes_up(void **state)
{
	struct client *c;
	struct server *s = room_of(100, &c);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "line 100.");
	term_type(t, "/clear\r");
	term_await_gone(t, "line 100.");
	await_frame(t, "older ones are at the server");
	client_ask(c, "broadcast - one more.");
	await_frame(t, "one more.");
	assert_true(term_shows(t, "older ones are at the server"));
	term_type(t, PAGE_UP);
	await_frame(t, "line 99.");
	assert_true(term_row_of(t, "line 99.") < term_row_of(t, "one more."));
	term_type(t, "/close\r");
	await_frame(t, "everyone stays on the list");
	assert_true(term_shows(t, "older ones are at the server"));
	assert_false(term_shows(t, "line 99."));
	term_type(t, "/history\r");
	await_frame(t, "one more.");
	assert_true(term_shows(t, "line 100."));
}

/* What stood in the first rows is still to be seen after a page, and each
 * line stands there once. */
static void
pages_join_without_a_gap(void **state)
{
	struct client *c;
	struct server *s = room_of(100, &c);
	struct term *t = person_open(s, "messi", 24, 80);
	char text[32];
	int last = 100, first, lowest;

	(void)state;
	term_await(t, "line 100.");
	/* All of it is held. */
	term_await_that(t, is_at_the_beginning, NULL, "no beginning");
	term_type(t, END);
	await_frame(t, "line 90.");
	for (int page = 0; page < 4; page++) {
		for (first = last; first > 1; first--) {
			snprintf(text, sizeof(text), "line %d.", first - 1);
			if (!term_shows(t, text))
				break;
		}
		term_type(t, PAGE_UP);
		/* The first one shown is the last one of the page before it. */
		snprintf(text, sizeof(text), "line %d.", first - 1);
		await_frame(t, text);
		lowest = term_row_of(t, "the newest;") - 1;
		snprintf(text, sizeof(text), "line %d.", first);
		assert_int_equal(term_row_of(t, text), lowest);
		last = first;
	}
	for (int page = 0; page < 4; page++)
		term_type(t, PAGE_DOWN);
	term_await_gone(t, "the newest;");
	term_await(t, "line 85.");
}

static void
own_words_are_seen_and_the_place_stays(void **state)
{
	struct client *c;
	struct server *s = room_of(100, &c);
	struct term *t = person_open(s, "messi", 24, 80);
	int row;

	(void)state;
	term_await(t, "line 100.");
	term_type(t, PAGE_UP PAGE_UP);
	await_frame(t, "line 60.");
	row = term_row_of(t, "line 60.");
	term_type(t, "an answer to that\r");
	term_await(t, "messi  an answer to that");
	term_await_gone(t, "an answer to that …");
	term_await_row_is(t, -1, ">");
	assert_int_equal(term_row_of(t, "line 60."), row);
	assert_true(term_row_of(t, "an answer to that") >
	    term_row_of(t, "the newest; End"));
	/* What a command says has the whole pane. */
	term_type(t, "/who\r");
	term_await_gone(t, "the newest;");
	term_await(t, "Lionel Messi");
}

static void
a_small_screen_has_no_room_for_two_parts(void **state)
{
	struct client *c;
	struct server *s = room_of(30, &c);
	struct term *t = person_open(s, "messi", 5, 20);

	(void)state;
	term_await(t, "line 30.");
	term_type(t, PAGE_UP PAGE_UP);
	term_await_gone(t, "line 30.");
	client_ask(c, "broadcast - more.");
	term_await(t, "1 below");
	term_type(t, "mine\r");
	term_await(t, "mine");
	term_await_gone(t, "below");
}

static void
what_stands_at_the_top_says_what_comes(void **state)
{
	struct client *c;
	struct server *s = room_of(300, &c);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "line 300.");
	server_signal(s, SIGSTOP);
	term_type(t, CTRL_HOME);
	await_frame(t, "fetching older …");
	assert_true(term_shows(t, "line 300."));
	server_signal(s, SIGCONT);
	term_await_gone(t, "fetching older …");
	term_await_that(t, is_at_the_beginning, NULL, "no beginning");
	await_frame(t, "the beginning");
	assert_true(term_row_of(t, "line 1.") > term_row_of(t, "the beginning"));
	assert_true(term_shows(t, "line 300."));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_newest_stand_under_a_divider_that_counts),
		T(what_was_cleared_comes_back_when_one_goes_up),
		T(pages_join_without_a_gap),
		T(own_words_are_seen_and_the_place_stays),
		T(a_small_screen_has_no_room_for_two_parts),
		T(what_stands_at_the_top_says_what_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
