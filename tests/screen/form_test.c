/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody sees who has nothing but chat-tui. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "shared/buf.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char enter[] = "\r", right[] = "\033[C";

/* Types into the field that has the focus, and goes on. */
static void
fill(struct term *t, const char *text)
{
	term_type(t, text);
	term_type(t, enter);
}

struct below {
	const char *label, *why;
};

static bool
is_below(struct term *t, void *arg)
{
	const struct below *b = arg;
	int row, col;

	return term_find(t, b->label, &row, &col) &&
	    strstr(term_row(t, row + 1), b->why) != NULL;
}

/* What is wrong stands at the field that it is about. */
static void
await_below(struct term *t, const char *label, const char *why)
{
	struct below b = { label, why };

	term_await_that(t, is_below, &b, why);
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
	term_type(t, "surabaya");
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
	term_await_row(t, 0, "not connected");
	fill(t, "wrong");
	await_below(t, "Password", "wrong password");
	term_await_row(t, 0, "not logged in");
	term_await(t, "messi");
	term_await(t, server_address(s));
	fill(t, "surabaya");
	term_await_row(t, 0, "messi · online");
}

static void
an_error_about_the_name_stands_at_the_name(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);
	int row, col;

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "nobody");
	fill(t, "surabaya");
	await_below(t, "Name", "no user of that name");
	assert_true(term_find(t, "nobody", &row, &col));
	term_await_cursor(t, row, col + 6);
	/* The password was not the mistake: it is not asked for again. */
	term_type(t, "\025messi\r\r");
	term_await_row(t, 0, "messi · online");
}

static void
a_server_that_is_not_there_is_said_at_the_server(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Server");
	fill(t, "localhost:1");
	fill(t, "messi");
	fill(t, "surabaya");
	await_below(t, "Server", "refused");
	term_type(t, "\033[Z\033[Z\025"); /* back to it, and empty it */
	fill(t, server_address(s));
	fill(t, "");
	fill(t, "");
	term_await_row(t, 0, "messi · online");
}

static void
what_is_missing_is_asked_for(void **state)
{
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Server");
	fill(t, "");
	fill(t, "");
	fill(t, "secret");
	await_below(t, "Name", "Which name?");
	fill(t, "messi");
	term_type(t, "\025");
	fill(t, "");
	await_below(t, "Password", "The password is missing.");
	fill(t, "two words");
	await_below(t, "Password", "no spaces");
}

static void
an_error_goes_with_what_it_was_about(void **state)
{
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Server");
	fill(t, "");
	fill(t, "messi");
	fill(t, "");
	await_below(t, "Password", "The password is missing.");
	term_type(t, "\033[Z\t"); /* to look at it mends nothing */
	term_await(t, "not shown");
	assert_true(term_shows(t, "The password is missing."));
	term_type(t, "s");
	term_await_gone(t, "The password is missing.");
	term_type(t, " s\r");
	await_below(t, "Password", "A password has no spaces");
	term_type(t, "\177");
	term_await_gone(t, "A password has no spaces");
}

static void
a_new_name_can_be_registered(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "Server");
	fill(t, server_address(s));
	fill(t, "messi");
	term_type(t, "buenosaires\t");
	term_type(t, right);
	term_await(t, "[Register]");
	term_await(t, "Again");
	term_await(t, "Real name");
	term_type(t, enter);
	await_below(t, "Again", "once more, please");
	fill(t, "something-else");
	fill(t, "Diego");
	await_below(t, "Again", "not the same");
	fill(t, "buenosaires");
	fill(t, "");
	await_below(t, "Name", "taken");
	term_type(t, "\025");
	fill(t, "semua");
	fill(t, "");
	fill(t, "");
	fill(t, "");
	await_below(t, "Name", "that name means everyone, the server or one");
	term_type(t, "\025");
	fill(t, "maradona");
	fill(t, "");
	fill(t, "");
	fill(t, "");
	term_await_row(t, 0, "maradona · online");
	term_type(t, "/users\r");
	term_await(t, "Diego");
}

static void
f1_tells_the_keys_of_the_form(void **state)
{
	static const char f1[] = "\033OP";
	struct term *t = person_new(NULL, 24, 80);

	(void)state;
	term_await(t, "F1 help");
	term_type(t, f1);
	term_await(t, "Ctrl-C  quits");
	term_type(t, f1);
	term_await_gone(t, "Ctrl-C  quits");
	term_type(t, "\003");
	term_await_end(t);
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
	term_await(t, "Log in");
	fill(t, "wrong");
	term_await(t, "wrong password");
	term_await_cursor(t, 2, 10);
	fill(t, "surabaya");
	term_await(t, "1:everyone");
}

static void
what_matters_most_is_left_where_there_is_little_room(void **state)
{
	static const char f1[] = "\033OP";
	struct term *t = person_new(NULL, 12, 40);

	(void)state;
	term_await_row_is(t, 9, " Enter next · F1 help");
	term_type(t, "\t");
	term_await_row_is(t, 9, " Enter next · F1 help");
	term_type(t, "\t");
	term_await_row_is(t, 9, " Enter logs in · F1 help");
	term_type(t, f1);
	term_await_row_is(t, 11, " F1  takes this away");
	term_await_row_is(t, 3, " Password");
	term_type(t, f1);
	term_await_row_is(t, 9, " Enter logs in · F1 help");
	term_resize(t, 5, 20);
	term_await_row_is(t, 4, "F1 help");
	term_await_row_is(t, 0, "Server    localhost…");
	term_type(t, f1);
	term_await_row_is(t, 0, "Password");
	term_await_row_is(t, 1, "Enter  the next");
	term_await_row_is(t, 3, "one, log in or …");
	term_await_row_is(t, 4, "F1  takes this away");
	term_resize(t, 24, 80);
	term_type(t, f1);
	term_await(t, "Tab: to register instead · F1 help");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_form_asks_for_server_name_and_password),
		T(a_login_leads_to_everyone),
		T(a_refusal_is_explained_and_the_name_stays),
		T(an_error_about_the_name_stands_at_the_name),
		T(a_server_that_is_not_there_is_said_at_the_server),
		T(what_is_missing_is_asked_for),
		T(an_error_goes_with_what_it_was_about),
		T(f1_tells_the_keys_of_the_form),
		T(a_new_name_can_be_registered),
		T(who_was_here_before_goes_straight_in),
		T(the_form_fits_where_there_is_little_room),
		T(what_matters_most_is_left_where_there_is_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
