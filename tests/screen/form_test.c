/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody sees who has nothing but chat-tui. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "shared/buf.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char enter[] = "\r", tab[] = "\t", right[] = "\033[C";

/* Types into the field that has the focus, and goes on. */
static void
fill(struct term *t, const char *text)
{
	term_type(t, text);
	term_type(t, enter);
}

static void
the_form_asks_for_server_name_and_password(void **state)
{
	struct term *t = person_new(NULL, 24, 80);
	int row, col;

	(void)state;
	term_await(t, "Server");
	term_await(t, "Name");
	term_await(t, "Password");
	term_await(t, "[Log in]");
	term_await(t, "Register");
	assert_true(term_alternate(t));
	assert_true(term_find(t, "Server", &row, &col));
	term_await_cursor(t, row, col + 12);
}

static void
a_login_leads_to_everyone(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);
	const char *bytes;
	size_t n;

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "messi");
	fill(t, "surabaya");
	term_await(t, "••••••••");
	term_type(t, enter);
	term_await_row(t, 0, "messi · online");
	term_await(t, "1:everyone");
	bytes = term_bytes(t, &n);
	assert_null(memmem(bytes, n, "surabaya", 8));
}

static void
a_refusal_is_explained_and_the_name_stays(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "messi");
	fill(t, "wrong");
	term_type(t, enter);
	term_await(t, "wrong password");
	term_await(t, "messi");
	term_await(t, server_address(s));
	fill(t, "surabaya");
	term_type(t, enter);
	term_await_row(t, 0, "messi · online");
}

static void
a_new_name_can_be_registered(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "maradona");
	fill(t, "buenosaires");
	term_type(t, right);
	term_await(t, "Again");
	term_await(t, "Real name");
	term_type(t, enter);
	term_await(t, "once more, please");
	fill(t, "something else");
	fill(t, "Diego");
	term_type(t, enter);
	term_await(t, "not the same");
	fill(t, "buenosaires");
	term_type(t, tab);
	term_type(t, enter);
	term_await_row(t, 0, "maradona · online");
}

static void
who_was_here_before_goes_straight_in(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);
	const char *home = term_home(t);

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "messi");
	fill(t, "surabaya");
	term_type(t, enter);
	term_await_row(t, 0, "messi · online");
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	t = person_new(home, 24, 80);
	term_await_row(t, 0, "messi · online");
	term_type(t, "/logout\r");
	term_await(t, "Password");
	term_type(t, "\003");
	term_await_end(t);
	t = person_new(home, 24, 80);
	term_await(t, "Password");
}

static void
the_form_fits_where_there_is_little_room(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 5, 20);

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "messi");
	fill(t, "surabaya");
	term_await(t, "Log in");
	term_type(t, enter);
	term_await(t, "1:everyone");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_form_asks_for_server_name_and_password),
		T(a_login_leads_to_everyone),
		T(a_refusal_is_explained_and_the_name_stays),
		T(a_new_name_can_be_registered),
		T(who_was_here_before_goes_straight_in),
		T(the_form_fits_where_there_is_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
