/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several lines in the input: typed, pasted, edited, sent as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static void
alt_enter_makes_a_line_and_enter_sends_all(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "first\033\rsecond\033\n");
	term_await_row_is(t, -3, "> first");
	term_await_row_is(t, -2, "  second");
	term_await_cursor(t, 23, 2);
	assert_false(term_shows(t, "messi  first"));
	term_type(t, "third\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'first\\nsecond\\nthird','from':'messi'}");
	term_await_row_is(t, -1, ">");
	term_await_cursor(t, 23, 2);
	term_await(t, "messi  first");
}

static void
a_paste_is_shown_as_it_is_and_edited(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "see:\033\r\033[200~int x;\r\n    if (x)\r\n"
		     "        y();\r\033[201~");
	term_await_row_is(t, -4, "> see:");
	term_await_row_is(t, -3, "  int x;");
	term_await_row_is(t, -2, "      if (x)");
	term_await_row_is(t, -1, "          y();");
	term_await_cursor(t, 23, 2 + 12);
	/* Up twice, to the end of that line, and mend it. */
	term_type(t, "\033[A\033[A\005\177 = 1;");
	term_await_row_is(t, -3, "  int x = 1;");
	term_await_cursor(t, 21, 2 + 10);
	term_type(t, "\033[A\001// \033[B\033[B\033[B"); /* down again */
	term_await_row_is(t, -4, "> // see:");
	term_await_cursor(t, 23, 2 + 3);
	term_type(t, "\033[A\033[A\033[A\001\033[3~\r"); /* no command */
	term_await(t, "-- there is no /");
	term_await_row_is(t, -1, ">");
	term_type(t, "\033[A"); /* brings it back */
	term_await_row_is(t, -4, "> / see:");
	term_type(t, "\033[A\033[A\033[A\001\033[3~\033[3~\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'see:\\nint x = 1;\\n    if (x)\\n        y();'}");
}

/* The Linux console and old terminals do not mark what is pasted. */
static void
a_paste_without_marks_is_not_sent(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya",
		"TERM=linux", NULL };
	const struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	(void)state;
	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "messi · online");
	term_type(t, "one\rtwo\rthree\r");
	term_await_row_is(t, -3, "> one");
	term_await_row_is(t, -1, "  three");
	term_type(t, "\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'one\\ntwo\\nthree','from':'messi'}");
	term_type(t, "typed\r");
	expect_json(client_event_of(c, "message"), "{'text':'typed'}");
}

static void
the_line_grows_to_a_third_and_scrolls(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	char line[32];
	int i;

	(void)state;
	for (i = 1; i <= 20; i++) {
		snprintf(line, sizeof(line), "row %d%s", i,
		    i < 20 ? "\033\r" : "");
		term_type(t, line);
	}
	term_await_row_is(t, -1, "  row 20");
	term_await_row(t, -8, "row 13");
	term_await_row(t, -9, "1:everyone"); /* the bar is above it */
	term_await_row(t, -8, "^");
	term_await_cursor(t, 23, 2 + 6);
	for (i = 0; i < 19; i++)
		term_type(t, "\033[A");
	term_await_row_is(t, -8, "> row 1");
	term_await_row(t, -1, "row 8");
	term_await_row(t, -1, "v");
	term_await_cursor(t, 16, 2 + 5);
	term_type(t, "\003");
	term_await_row_is(t, -1, ">");
	term_await_row(t, -2, "1:everyone");
	term_await_cursor(t, 23, 2);
}

/* One line that is longer than a row is broken, wide characters whole. */
static void
a_long_line_takes_several_rows(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 12, 40);
	int i;

	(void)state;
	for (i = 0; i < 18; i++)
		term_type(t, "日");
	term_type(t, "x本z");
	term_await_row_is(t, -2, "> 日日日日日日日日日日日日日日日日日日x");
	term_await_row_is(t, -1, "  本z");
	term_await_cursor(t, 11, 2 + 3);
	term_resize(t, 12, 80);
	term_await_row(t, -1, "日x本z");
	term_await_row(t, -2, "1:everyone");
	term_resize(t, 3, 80); /* no room for another row at all */
	term_await_row(t, -1, "日x本z");
	term_type(t, "\033\rmore");
	term_await_row(t, -1, "本z↵more");
	term_resize(t, 24, 80);
	term_await_row_is(t, -1, "  more");
	term_await_cursor(t, 23, 2 + 4);
}

static void
lines_are_a_draft_and_a_history(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "send - messi hey");
	term_await(t, "2:lineker");
	term_type(t, "one\033\rtwo");
	term_await_row_is(t, -1, "  two");
	term_type(t, "\0332");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, "\0331");
	term_await_row_is(t, -2, "> one");
	term_await_row_is(t, -1, "  two");
	term_type(t, "\r");
	term_await(t, "messi  one");
	term_type(t, "last\r");
	term_await(t, "messi  last");
	term_type(t, "\033[A\033[A");
	term_await_row_is(t, -2, "> one");
	term_await_row_is(t, -1, "  two");
	term_type(t, "\033[A\033[B\033[B"); /* up in it, down, and out of it */
	term_await_row_is(t, -1, "> last");
}

static void
up_and_down_go_through_what_is_seen(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 40);

	(void)state;
	term_type(t, "before\r");
	term_await(t, "messi: before");
	term_type(t, "one two three four five six seven eight nine ten "
	    "eleven twelve");
	term_await_row_is(t, -2, "> one two three four five six seven eig");
	term_await_row_is(t, -1, "  ht nine ten eleven twelve");
	term_await_cursor(t, 23, 2 + 25);
	term_type(t, "\033[A");
	term_await_cursor(t, 22, 2 + 25);
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> before");
	term_type(t, "\033[B");
	term_await_cursor(t, 23, 2 + 25);
	/* What is seen now, not what was before. */
	term_resize(t, 24, 30);
	term_await_row_is(t, -3, "> one two three four five six");
	term_await_row_is(t, -1, "  n twelve");
	term_type(t, "\033[A\033[A");
	term_await_cursor(t, 21, 2 + 8);
	term_type(t, "X");
	term_await_row(t, -3, "> one two Xthree");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(alt_enter_makes_a_line_and_enter_sends_all),
		T(a_paste_is_shown_as_it_is_and_edited),
		T(a_paste_without_marks_is_not_sent),
		T(the_line_grows_to_a_third_and_scrolls),
		T(a_long_line_takes_several_rows),
		T(up_and_down_go_through_what_is_seen),
		T(lines_are_a_draft_and_a_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
