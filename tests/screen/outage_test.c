/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server goes away and comes back while people are typing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static size_t
times_seen(struct term *t, const char *text)
{
	char *screen = term_screen(t), *at = screen;
	size_t n = 0;

	while ((at = strstr(at, text)) != NULL) {
		n++;
		at++;
	}
	free(screen);
	return n;
}

static void
what_is_typed_meanwhile_is_sent_once(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct term *b = person_open(s, "henderson", 24, 80);
	struct client *c;

	(void)state;
	term_type(a, "before\r");
	term_await(b, "messi  before");
	server_kill(s);
	term_await_row(a, 0, "no connection");
	term_await_row(b, 0, "no connection");
	term_type(a, "typed meanwhile\r");
	term_type(a, "and a second\r");
	term_await(a, "typed meanwhile …");
	term_await_row(a, 0, "2 waiting");
	server_start(s);
	term_await_row(a, 0, "messi · online");
	term_await(b, "messi  typed meanwhile");
	term_await(b, "messi  and a second");
	term_await_gone(a, " …");
	term_await_row(b, 0, "henderson · online");
	assert_int_equal(times_seen(a, "typed meanwhile"), 1);
	assert_int_equal(times_seen(b, "typed meanwhile"), 1);
	assert_int_equal(times_seen(b, "before"), 1);

	c = client_as(s, "lineker", "surabaya");
	expect(c, "history - *", "{'messages':[{'text':'before'},"
	    "{'text':'typed meanwhile'},{'text':'and a second'}]}");
}

static void
a_half_typed_line_survives(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(a, "half a thou");
	term_await_row_is(a, -1, "> half a thou");
	server_stop(s);
	term_await_row(a, 0, "no connection");
	server_start(s);
	term_await_row(a, 0, "messi · online");
	term_type(a, "ght\r");
	term_await(a, "messi  half a thought");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_typed_meanwhile_is_sent_once),
		T(a_half_typed_line_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
