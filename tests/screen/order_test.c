/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conversations and their numbers are the same the next time. */
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

/* messi at chat-tui in that home, or a new one. */
static struct term *
messi_with(const struct server *s, const char *home, const char *option)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .home = home, .env = env };
	char where[128];
	const char *const argv[] = { "chat-tui", where, option, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "messi · online");
	return t;
}

/* Leaves, and comes back. */
static struct term *
back(const struct server *s, struct term *t)
{
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	return messi_with(s, term_home(t), NULL);
}

/* The lists have come: what is said behind them is answered. */
static void
expect_bar(struct term *t, const char *bar)
{
	term_type(t, "behind it\r");
	term_await(t, "messi  behind it");
	term_await_gone(t, " …");
	term_await_row_is(t, -2, bar);
	term_type(t, "/clear\r");
	term_await_gone(t, "messi  behind it");
}

static void
the_numbers_are_the_same_the_next_time(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = messi_with(s, NULL, NULL);

	(void)state;
	client_ask(client_as(s, "messi", "surabaya"), "join - #aceh");
	term_await_row(t, -2, "2:#aceh");
	term_type(t, "/w lineker\r/w henderson\r/join #batak\r");
	term_await_row(t, -1, "#batak>");
	term_type(t, "/close lineker\r/close #aceh\r/w\r");
	term_await_row_is(t, -1, ">");
	expect_bar(t, " 1:everyone  2:henderson  3:#batak");
	t = back(s, t);
	expect_bar(t, " 1:everyone  2:henderson  3:#batak");
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	client_ask(c, "send - messi hai");
	client_ask(client_as(s, "messi", "surabaya"), "leave - #batak");
	client_ask(client_as(s, "messi", "surabaya"), "join - #medan");
	t = messi_with(s, term_home(t), NULL);
	expect_bar(t, " 1:everyone  2:henderson  3:lineker(1)  4:#medan");
	t = back(s, t);
	expect_bar(t, " 1:everyone  2:henderson  3:lineker(1)  4:#medan");
}

static void
another_account_has_another_list(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = messi_with(s, NULL, NULL);

	(void)state;
	term_type(t, "/w lineker\r/w\r");
	term_await_row(t, -2, "2:lineker");
	term_type(t, "/logout\r");
	term_await(t, "you are logged out");
	term_type(t, "\033[Z\025henderson\t\025surabaya\r");
	term_await_row(t, 0, "henderson · online");
	term_await_row_is(t, -2, " 1:everyone");
	term_type(t, "/w messi\r/quit\r");
	assert_int_equal(term_await_end(t), 0);
	t = messi_with(s, term_home(t), NULL);
	expect_bar(t, " 1:everyone  2:lineker");
}

static void
two_at_once_leave_a_list(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = messi_with(s, NULL, NULL);
	struct term *b = messi_with(s, term_home(a), NULL);

	(void)state;
	term_type(a, "/w lineker\r/w\r");
	term_await_row(a, -2, "2:lineker");
	term_type(b, "/w henderson\r/w\r");
	term_await_row(b, -2, "2:henderson");
	term_type(a, "/quit\r");
	assert_int_equal(term_await_end(a), 0);
	b = back(s, b);
	expect_bar(b, " 1:everyone  2:henderson");
}

static void
it_is_not_kept_where_nothing_is(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = messi_with(s, NULL, "--no-remember");
	char command[256];

	(void)state;
	term_type(t, "/w lineker\r/w\r");
	term_await_row(t, -2, "2:lineker");
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	snprintf(command, sizeof(command), "grep -rq lineker '%s'",
	    term_home(t));
	assert_int_not_equal(system(command), 0);
	t = messi_with(s, term_home(t), NULL);
	expect_bar(t, " 1:everyone");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_numbers_are_the_same_the_next_time),
		T(another_account_has_another_list),
		T(two_at_once_leave_a_list),
		T(it_is_not_kept_where_nothing_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
