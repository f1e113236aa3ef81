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

static size_t
bells(struct term *t)
{
	size_t n, i, count = 0;
	const char *bytes = term_bytes(t, &n);

	for (i = 0; i < n; i++)
		count += bytes[i] == '\a';
	return count;
}

static void
who_was_called_meanwhile_is_told_so(void **state)
{
	static const char *const groups[] = { "#batak", "#its", "#sunda" };
	struct server *s = server_open(NULL);
	struct client *lineker = client_as(s, "lineker", "surabaya");
	struct client *henderson = client_as(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	const char *home = term_home(t);
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		char join[32];

		client_ask(lineker, "join - %s", groups[i]);
		client_ask(henderson, "join - %s", groups[i]);
		snprintf(join, sizeof(join), "/join %s\r", groups[i]);
		term_type(t, join);
		term_await(t, "you have joined");
		term_await_row(t, -1, groups[i]);
	}
	client_ask(lineker, "send - #batak messi: read long ago");
	term_type(t, "/w #batak\r");
	term_await(t, "read long ago");
	term_type(t, "/ignore henderson\r/w #sunda\r");
	term_await_row_is(t, -1, "#sunda>");
	term_type(t, "/quiet\r");
	term_await_row(t, 0, "quiet");
	go_away(t);
	client_ask(lineker, "send - #batak nobody is called here");
	client_ask(henderson, "send - #batak but messi is, by whom he ignores");
	client_ask(lineker, "send - #its Messi, where are you?");
	client_ask(lineker, "send - #its no hurry");
	client_ask(lineker, "send - #sunda messi, and it is quiet here");
	t = back_again(s, home);
	term_await(t, "4 new: 2 in #batak, 2 in #its");
	term_await(t, "-- you were called in #its");
	term_await_row(t, -2, "(2!)");
	term_await_row(t, -2, "#its(2!)");
	term_await_row(t, -2, "#batak(2)");
	assert_false(term_shows(t, "called in #its,"));
	assert_int_equal(bells(t), 0);
	/* What is read calls no more, and is not told again. */
	term_type(t, "/w #its\r");
	term_await(t, "no hurry");
	term_type(t, "\0331");
	term_await_gone(t, "#its(");
	term_await_row(t, -2, "#batak(2)");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_quiet_and_who_is_ignored_is_not_counted),
		T(who_was_called_meanwhile_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
