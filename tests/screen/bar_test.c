/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar of conversations, where there are more than it has room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

enum { GROUPS = 17 };

/* messi and lineker are in #group-01 to #group-17, which nobody has used. */
static struct server *
server_of_groups(struct client **lineker)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *messi = client_as(s, "messi", "surabaya");

	*lineker = client_as(s, "lineker", "surabaya");
	for (int i = 1; i <= GROUPS; i++) {
		client_ask(*lineker, "join - #group-%02d", i);
		client_ask(messi, "join - #group-%02d", i);
	}
	client_close(messi);
	return s;
}

static void
click(struct term *t, const char *text)
{
	char report[64];
	int row, col;

	assert_true(term_find(t, text, &row, &col));
	snprintf(report, sizeof(report), "\033[<0;%d;%dM\033[<0;%d;%dm",
	    col + 1, row + 1, col + 1, row + 1);
	term_type(t, report);
}

static bool
begins_and_ends(struct term *t, void *arg)
{
	const char *const *want = arg;
	const char *row = term_row(t, 22);
	size_t n = strlen(row), end = strlen(want[1]);

	return strncmp(row, want[0], strlen(want[0])) == 0 && n >= end &&
	    strcmp(row + n - end, want[1]) == 0;
}

static void
await_ends(struct term *t, const char *left, const char *right)
{
	const char *want[] = { left, right };

	term_await_that(t, begins_and_ends, want, "both ends of the bar");
}

static void
what_has_no_room_is_counted_at_the_ends(void **state)
{
	struct client *lineker;
	struct server *s = server_of_groups(&lineker);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "1:everyone");
	term_await_row(t, 22, " 1:everyone ");
	await_ends(t, " 1:everyone ", " +13>");
	term_type(t, "/w #group-09\r");
	term_await_row_is(t, -1, "#group-09>");
	term_await_row(t, 22, " 10:#group-09 ");
	await_ends(t, "<+7 ", " +6>");
	client_ask(lineker, "send - #group-01 messi: where are you");
	client_ask(lineker, "send - #group-17 one");
	client_ask(lineker, "send - #group-17 two");
	await_ends(t, "<+6(1!) ", " +7(2)>");
	term_await_row(t, 22, " 10:#group-09 ");

	/* A click on a sign goes where the news are. */
	click(t, "<+6(1!)");
	term_await_row_is(t, -1, "#group-01>");
	await_ends(t, " 1:everyone ", "(2)>");
	click(t, "(2)>");
	term_await_row_is(t, -1, "#group-17>");
	await_ends(t, "<+13 ", " 18:#group-17");
	click(t, "<+13");
	term_await_row_is(t, -1, "#group-12>");
}

static void
on_a_narrow_screen_the_one_shown_is_in_sight(void **state)
{
	struct client *lineker;
	struct server *s = server_of_groups(&lineker);
	struct term *t = person_open(s, "messi", 24, 40);

	(void)state;
	client_ask(lineker, "join - #a-group-with-a-long-name");
	term_type(t, "/join #a-group-with-a-long-name\r");
	term_await_row(t, 22, " 19:#a-group-…");
	term_type(t, "/w #group-09\r");
	term_await_row(t, 22, " 10:#group-09 ");
	client_ask(lineker, "send - #a-group-with-a-long-name messi!");
	term_await_row(t, 22, "(1!)>");
	term_resize(t, 24, 20);
	term_await_row_is(t, 22, "< 10:#group-… (1!)>");
	term_resize(t, 6, 20);
	term_await(t, "+1!");
}

static void
a_long_name_is_whole_while_there_is_room(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/join #a-group-with-quite-a-long-name\r");
	term_await_row(t, 22, " 2:#a-group-with-quite-a-long-name");
	term_type(t, "/join #another-with-a-long-name\r");
	term_await_row(t, 22, "2:#a-group-with-quite-a-long-name  "
	    "3:#another-with-a-long-name");
	term_type(t, "/join #batak\r");
	term_await_row_is(t, 22, " 1:everyone  2:#a-group-with-quite-a-lo…  "
	    "3:#another-with-a-long-name  4:#batak");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_has_no_room_is_counted_at_the_ends),
		T(on_a_narrow_screen_the_one_shown_is_in_sight),
		T(a_long_name_is_whole_while_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
