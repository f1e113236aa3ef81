/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mouse: what a click shows, what the wheel moves, whose it is. */
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

enum { LEFT = 0, RIGHT = 2, UP = 64, DOWN = 65 };

/* Pressed and let go in that cell. */
static void
press(struct term *t, int button, int row, int col)
{
	char report[64];

	snprintf(report, sizeof(report), "\033[<%d;%d;%dM\033[<%d;%d;%dm",
	    button, col + 1, row + 1, button, col + 1, row + 1);
	term_type(t, report);
}

static void
press_on(struct term *t, int button, const char *text, int cells)
{
	int row, col;

	term_await(t, text);
	assert_true(term_find(t, text, &row, &col));
	press(t, button, row, col + cells);
}

static void
a_click_on_a_name_shows_that_conversation(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "send - messi psst");
	term_await(t, "│ lineker    (1)");
	term_await_row(t, -2, "2:lineker(1)");
	press_on(t, LEFT, "│ lineker    (1)", 3);
	term_await_row_is(t, -1, "lineker>");
	term_await(t, "lineker  psst");
	term_await_gone(t, "(1)");

	/* Away, too; one with whom nothing was said yet; the whole row. */
	press_on(t, LEFT, "│ henderson", 15);
	term_await_row_is(t, -1, "henderson>");
	term_await_row(t, -2, "3:henderson");

	/* Oneself, headings and other buttons: nothing. */
	press_on(t, LEFT, "│ messi", 3);
	press_on(t, LEFT, "│ Active", 3);
	press_on(t, LEFT, "│ Away", 3);
	press_on(t, RIGHT, "│ lineker", 3);
	term_type(t, "still here");
	term_await_row_is(t, -1, "henderson> still here");
}

static void
a_click_on_who_said_it_leads_to_them(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - hai everyone");
	term_type(t, "hai\r");
	term_await(t, "messi  hai");
	press_on(t, LEFT, "lineker  hai everyone", 10); /* what is said */
	press_on(t, LEFT, "messi  hai", 1);             /* oneself */
	term_type(t, "x");
	term_await_row_is(t, -1, "> x");
	press_on(t, LEFT, "lineker  hai everyone", 2);
	term_await_row_is(t, -1, "lineker>");
	term_type(t, "\0331");
	term_await_row_is(t, -1, "> x");
	term_resize(t, 24, 50);
	press_on(t, LEFT, "lineker: hai everyone", 2);
	term_await_row(t, -2, "2:lineker");
	term_await_gone(t, "hai everyone");
}

static void
a_click_on_the_bar_shows_what_it_names(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "send - messi psst");
	press_on(t, LEFT, "2:lineker(1)", 11);
	term_await_row_is(t, -1, "lineker>");
	press_on(t, LEFT, "1:everyone", 0);
	term_await_row_is(t, -1, ">");
	press(t, LEFT, 22, 60); /* behind all names */
	press(t, LEFT, 5, 5);   /* in the stream */
	term_type(t, "typed");
	term_await_row_is(t, -1, "> typed");
}

static void
a_click_does_what_is_said_there(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	int i;

	(void)state;
	press_on(t, LEFT, "F1 help", 1);
	term_await(t, "Commands");
	press_on(t, LEFT, "F1 help", 1);
	term_await_gone(t, "Commands");

	for (i = 1; i <= 40; i++)
		client_ask(c, "broadcast - line number %d.", i);
	term_await(t, "line number 40.");
	press(t, UP, 4, 4);
	press_on(t, LEFT, "the newest; End goes there", 3);
	term_await_gone(t, "the newest;");

	/* Where there is no room for it: in the bar. */
	term_resize(t, 8, 60);
	press(t, UP, 4, 4);
	client_ask(c, "broadcast - line number 41.");
	term_await(t, "1 new below");
	press_on(t, LEFT, "1 new below", 3);
	term_await(t, "line number 41.");
	term_await_gone(t, "new below");

	client_ask(c, "send - messi psst");
	press_on(t, LEFT, "1 unread", 3);
	term_await_row_is(t, -1, "lineker>");
}

static void
the_one_bar_of_a_low_screen_leads_to_what_is_unread(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 5, 30);

	(void)state;
	client_ask(c, "send - messi psst");
	press_on(t, LEFT, "1:everyone +1", 1);
	term_await_row(t, -2, "2:lineker");
}

static void
the_wheel_scrolls(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 12, 80);
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		client_ask(c, "broadcast - line number %d.", i);
	term_await(t, "line number 39.");
	press(t, UP, 4, 4);
	term_await(t, "line number 28.");
	assert_false(term_shows(t, "line number 27."));
	press(t, UP, 4, 4);
	term_await(t, "line number 25.");
	press(t, DOWN, 4, 4);
	press(t, DOWN, 4, 4);
	term_await_gone(t, "the newest;");
	term_await(t, "line number 35.");
	term_await_row_is(t, -1, ">");
}

/* messi and thirty more, of whom nobody is here. */
static struct server *
server_of_many(void)
{
	struct server *s = server_new();
	char lines[2048] = "messi:surabaya:Lionel Messi\n";
	size_t n = strlen(lines);
	int i;

	for (i = 1; i <= 30; i++)
		n += (size_t)snprintf(lines + n, sizeof(lines) - n,
		    "user%02d:surabaya:User %d\n", i, i);
	server_accounts(s, lines);
	server_start(s);
	return s;
}

static void
the_wheel_over_the_users_goes_through_them(void **state)
{
	struct server *s = server_of_many();
	struct term *t = person_open(s, "messi", 12, 80);
	int i;

	(void)state;
	term_await(t, "Active 1");
	term_await(t, "│ user05");
	term_await(t, "│ +25 more");
	press(t, DOWN, 4, 70);
	term_await(t, "│ user08");
	term_await(t, "│ +22 more");
	term_await_row(t, 1, "^");
	term_await_row(t, 1, "Away 30");
	assert_true(term_is_at(t, 1, 79, "^"));
	term_await_row(t, 2, "user02");

	/* A click means who is seen there. */
	press_on(t, LEFT, "│ user05", 3);
	term_await_row_is(t, -1, "user05>");

	/* To the end, and no further; then back. */
	for (i = 0; i < 12; i++)
		press(t, DOWN, 4, 70);
	term_await_row(t, 9, "user30");
	press(t, UP, 4, 70);
	term_await(t, "│ +4 more");
	assert_false(term_shows(t, "│ user27"));
	press_on(t, LEFT, "│ user26", 3);
	term_await_row_is(t, -1, "user26>");

	/* Where all have room nothing is scrolled away. */
	term_resize(t, 40, 80);
	term_await_row(t, 1, "Active 1");
	term_await_row(t, 2, "messi");
	term_await(t, "│ user30");
	assert_false(term_is_at(t, 1, 79, "^"));
	term_resize(t, 12, 80);
	term_await(t, "│ +25 more");
	press(t, UP, 4, 70);
	term_await_row(t, 1, "Active 1");
}

static void
whoever_joins_or_leaves_moves_no_end_out_of_sight(void **state)
{
	struct server *s = server_of_many();
	struct term *t = person_open(s, "messi", 12, 80);
	struct client *c;
	int i;

	(void)state;
	term_await(t, "│ +25 more");
	for (i = 0; i < 12; i++)
		press(t, DOWN, 4, 70);
	term_await_row(t, 9, "user30");
	c = client_as(s, "user30", "surabaya");
	term_await_row(t, 9, "user29");
	client_ask(c, "logout -");
	term_await_row(t, 9, "user30");

	/* Of a group with fewer members the first is seen. */
	term_type(t, "/join #batak\r");
	term_await_row(t, 1, "Here 1");
	assert_false(term_is_at(t, 1, 79, "^"));
	/* With nothing to be scrolled there the wheel moves the messages. */
	for (i = 0; i < 12; i++)
		term_type(t, i == 0 ? "the first\r" :
		    i == 11 ? "the last\r" : "another\r");
	term_await_row(t, 9, "the last");
	term_await_gone(t, "the first");
	term_await_gone(t, "another …"); /* all of them are sent */
	term_await_gone(t, "the last …");
	press(t, UP, 4, 70);
	press(t, UP, 4, 70);
	term_await(t, "the first");
}

static void
the_mouse_is_the_terminals_where_it_is_not_wanted(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	static const char *const vt100[] = { "CHAT_PASSWORD=surabaya",
		"TERM=vt100", NULL };
	struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	char where[128];
	const char *const argv[] = { "chat-tui", "--no-mouse", where, NULL };
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	assert_true(term_mouse(t));
	snprintf(where, sizeof(where), "lineker@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "online");
	assert_false(term_mouse(t));
	/* What has no mouse is not told of one. */
	o.env = vt100;
	t = term_open(&o, (const char *const[]){ "chat-tui", where, NULL });
	term_await_row(t, 0, "online");
	assert_false(term_mouse(t));
}

static void
reports_leave_nothing_in_the_form(void **state)
{
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Password");
	press(t, LEFT, 3, 3);
	press(t, UP, 3, 3);
	term_type(t, "x");
	term_await(t, "x");
	assert_false(term_shows(t, "<0;"));
	assert_false(term_shows(t, "<64;"));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_click_on_a_name_shows_that_conversation),
		T(a_click_on_who_said_it_leads_to_them),
		T(a_click_on_the_bar_shows_what_it_names),
		T(a_click_does_what_is_said_there),
		T(the_one_bar_of_a_low_screen_leads_to_what_is_unread),
		T(the_wheel_scrolls),
		T(the_wheel_over_the_users_goes_through_them),
		T(whoever_joins_or_leaves_moves_no_end_out_of_sight),
		T(the_mouse_is_the_terminals_where_it_is_not_wanted),
		T(reports_leave_nothing_in_the_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
