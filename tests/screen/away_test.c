/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told at a login of what came meanwhile. */
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

/* messi again, in the home of the first time. */
static struct term *
back_again(const struct server *s, const char *home)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .env = env, .home = home };
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	return term_open(&o, argv);
}

static void
go_away(struct term *t)
{
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
}

static void
what_is_quiet_and_who_is_ignored_is_not_counted(void **state)
{
	struct server *s = server_open(NULL);
	struct client *lineker = client_as(s, "lineker", "surabaya");
	struct client *henderson = client_as(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	const char *home = term_home(t);

	(void)state;
	client_ask(lineker, "join - #batak");
	client_ask(lineker, "join - #its");
	term_type(t, "/join #batak\r");
	term_await_row_is(t, -1, "#batak>");
	term_type(t, "/quiet\r");
	term_await_row(t, 0, "quiet");
	term_type(t, "/join #its\r/ignore henderson\r");
	term_await(t, "henderson");
	go_away(t);
	client_ask(lineker, "send - #batak nobody asked");
	client_ask(lineker, "send - #its one");
	client_ask(lineker, "send - #its two");
	client_ask(henderson, "send - messi psst");
	t = back_again(s, home);
	term_await(t, "2 new: 2 in #its");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_quiet_and_who_is_ignored_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
