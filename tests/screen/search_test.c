/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking for words while one types them, and going where they were said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char ctrl_s[] = "\023", escape[] = "\033", up[] = "\033[A",
    down[] = "\033[B";

static void
hits_come_while_one_types(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;

	(void)state;
	client_ask(c, "broadcast - the horse eats");
	client_ask(c, "send - messi the house is red");
	client_ask(c, "broadcast - a cow");
	t = person_open(s, "messi", 24, 100);
	term_type(t, "half a line");
	term_await_row_is(t, -1, "> half a line");
	term_type(t, ctrl_s);
	term_await_row_is(t, -1, "search>");
	term_await(t, "Type what to look for.");
	term_await(t, "Esc goes back");
	term_type(t, "HO");
	term_await(t, "2 found");
	term_await(t, "everyone  lineker");
	term_await(t, "lineker  lineker");
	term_await(t, "    the horse eats");
	term_await(t, "    the house is red");
	assert_false(term_shows(t, "a cow"));
	term_type(t, "us");
	term_await(t, "1 found");
	term_await_gone(t, "the horse eats");
	term_type(t, "x");
	term_await(t, "nothing found");
	term_type(t, "\b\b\b\b\b");
	term_type(t, "eats the"); /* both, in any order */
	term_await(t, "1 found");
	term_await(t, "    the horse eats");
	term_type(t, escape);
	term_await_row_is(t, -1, "> half a line");
	term_await(t, "a cow");
}

static void
enter_goes_there_and_escape_back(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	int i, row, col;

	(void)state;
	client_ask(c, "send - messi needle in private");
	for (i = 1; i <= 700; i++)
		client_ask(c, "broadcast - line %d.%s", i,
		    i == 40 ? " needle" : "");
	t = person_open(s, "messi", 24, 80);
	term_await(t, "line 700.");
	term_type(t, "/search needle\r");
	term_await_row_is(t, -1, "search> needle");
	term_await(t, "2 found");
	term_type(t, down);
	term_await(t, "> 20");
	term_type(t, up);
	term_type(t, "\r");
	term_await(t, "line 40. needle");
	term_await(t, "line 39.");
	term_await(t, "line 41.");
	assert_true(term_find(t, "lineker  line 40. needle", &row, &col));
	assert_true(term_look_at(t, row, col).reverse);
	assert_false(term_look_at(t, row - 1, col).reverse);
	term_await_row_is(t, -1, ">");
	term_type(t, escape);
	term_await_gone(t, "line 40. needle");
	term_await(t, "line 700.");
	/* To another conversation, and back to where one had scrolled. */
	term_type(t, "\033[5~"); /* PgUp */
	term_await(t, "line 670.");
	term_type(t, ctrl_s);
	term_type(t, "private");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await(t, "needle in private");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, escape);
	term_await_row_is(t, -1, ">");
	term_await(t, "line 670.");
}

static void
what_is_held_is_found_while_the_server_is_away(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "say - * %s", "\"caf\\u00c9 open\\nnow\\u202e\"");
	term_await(t, "open");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_type(t, ctrl_s);
	term_type(t, "fé OP");
	term_await(t, "1 found here; the server is away");
	term_await(t, "    cafÉ open now<U+202E>");
	term_type(t, "\r");
	term_await_row_is(t, -1, ">");
	term_await(t, "lineker  cafÉ open");
}

static void
it_fits_any_screen(void **state)
{
	static const int size[][2] = { { 24, 80 }, { 12, 40 }, { 5, 20 },
		{ 50, 200 }, { 2, 8 }, { 1, 1 }, { 24, 80 } };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	size_t i;

	(void)state;
	for (i = 0; i < 12; i++)
		client_ask(c, "broadcast - %zu 日本語 and a needle that stands "
		    "far behind what fits into a row", i);
	term_type(t, ctrl_s);
	term_type(t, "needle");
	term_await(t, "12 found");
	for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		term_resize(t, size[i][0], size[i][1]);
		if (size[i][0] > 2)
			term_await_row(t, -1, "needle");
		term_type(t, down);
	}
	term_await(t, "12 found");
	term_type(t, "\003");
	term_await_row_is(t, -1, ">");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(hits_come_while_one_types),
		T(enter_goes_there_and_escape_back),
		T(what_is_held_is_found_while_the_server_is_away),
		T(it_fits_any_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
