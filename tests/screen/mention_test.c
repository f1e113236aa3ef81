/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Being called, and not being disturbed. */
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

static size_t
bells(struct term *t)
{
	size_t n, i, count = 0;
	const char *bytes = term_bytes(t, &n);

	for (i = 0; i < n; i++)
		count += bytes[i] == '\a';
	return count;
}

static bool
has_rung(struct term *t, void *arg)
{
	return bells(t) >= *(size_t *)arg;
}

static void
await_bells(struct term *t, size_t n)
{
	term_await_that(t, has_rung, &n, "a bell");
	assert_int_equal(bells(t), n);
}

static bool
sent(struct term *t, const char *what)
{
	size_t n;
	const char *bytes = term_bytes(t, &n);

	return memmem(bytes, n, what, strlen(what)) != NULL;
}

static bool
has_sent(struct term *t, void *arg)
{
	return sent(t, arg);
}

static void
ones_own_name_stands_out_and_rings(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	int row, col;

	(void)state;
	client_ask(c, "broadcast - what a messing about");
	term_await(t, "lineker  what a messing about");
	term_find(t, "lineker  what", &row, &col);
	assert_false(term_look_at(t, row, col).reverse);
	assert_int_equal(bells(t), 0);

	client_ask(c, "broadcast - hai Messi, look");
	await_bells(t, 1);
	term_await(t, "lineker  hai Messi, look");
	term_find(t, "lineker  hai", &row, &col);
	assert_true(term_look_at(t, row, col).reverse);
	assert_false(term_look_at(t, row, col + 9).reverse);

	/* Elsewhere the bar tells it; a private message rings by itself. */
	client_ask(c, "send - messi psst");
	await_bells(t, 2);
	term_await_row(t, -2, "2:lineker(1)");
	term_type(t, "/w lineker\r");
	term_await(t, "lineker  psst");
	client_ask(c, "broadcast - and messi again");
	await_bells(t, 3);
	term_await_row(t, -2, "1:everyone(1!)");
	/* One's own words call nobody. */
	term_type(t, "/all messi was here\r");
	term_type(t, "\0331");
	term_await(t, "messi  messi was here");
	term_find(t, "messi  messi was here", &row, &col);
	assert_false(term_look_at(t, row, col).reverse);
	assert_int_equal(bells(t), 3);
}

static struct term *
open_with(const struct server *s, const char *home, const char *option,
    const char *value)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .env = env, .home = home };
	char where[128];
	const char *const argv[] = { "chat-tui", where, option, value, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "online");
	return t;
}

static void
a_notice_goes_through_the_terminal_where_it_is_wanted(void **state)
{
	static char osc9[] = "\033]9;lineker: pssst, 4,1\033\\";
	static char osc777[] = "\033]777;notify;lineker;pssst, 4,1\033\\";
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *nine = open_with(s, NULL, "--notify", "osc9");
	struct term *seven = open_with(s, NULL, "--notify", "osc777");
	struct term *none = open_with(s, NULL, "--no-bell", NULL);

	(void)state;
	client_ask(c, "send - messi pssst; 4;1");
	term_await_that(nine, has_sent, osc9, "a notice by OSC 9");
	term_await_that(seven, has_sent, osc777, "a notice by OSC 777");
	term_await_row(none, -2, "2:lineker(1)");
	assert_int_equal(bells(none), 0);
	assert_false(sent(none, "\033]9;"));
	assert_false(sent(none, "\033]777;"));
}

static void
an_ignored_person_is_not_seen_in_this_run_nor_the_next(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct client *d = client_as(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	const char *home = term_home(t);

	(void)state;
	client_ask(c, "broadcast - said before");
	term_await(t, "lineker  said before");
	term_type(t, "/ignore lineker\r");
	term_await(t, "lineker is ignored; /unignore lineker undoes it");
	term_await_gone(t, "said before");
	client_ask(c, "broadcast - hai messi, from behind the wall");
	client_ask(c, "send - messi psst");
	client_ask(d, "broadcast - from somebody else");
	term_await(t, "from somebody else");
	assert_false(term_shows(t, "behind the wall"));
	assert_false(term_shows(t, "2:lineker"));
	assert_int_equal(bells(t), 0);
	term_type(t, "/search from\r");
	term_await(t, "1 found (1 left out, of people you ignore)");
	term_await(t, "    from somebody else");
	term_type(t, "\033");
	client_ask(c, "join - #batak");
	client_ask(c, "invite - #batak messi");
	client_ask(d, "broadcast - and once more");
	term_await(t, "and once more");
	assert_false(term_shows(t, "invites you"));
	term_type(t, "/quit\r");
	term_await_end(t);

	t = open_with(s, home, NULL, NULL);
	term_await(t, "henderson  from somebody else");
	assert_false(term_shows(t, "behind the wall"));
	assert_false(term_shows(t, "2:lineker"));
	term_type(t, "/ignore\r");
	term_await(t, "these are ignored: lineker");
	term_type(t, "/unignore LINEKER\r");
	term_await(t, "lineker  said before");
	term_await(t, "lineker  hai messi, from behind the wall");
	term_type(t, "/ignore messi\r");
	term_await(t, "messi: that is you");
}

static void
a_quiet_conversation_neither_rings_nor_counts(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct client *d = client_as(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/w lineker\r");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, "/quiet\r");
	term_await(t, "lineker is quiet: no bell, no count");
	term_await_row(t, 0, "messi · online · quiet");
	term_type(t, "\0331");
	term_await_row_is(t, -1, ">");
	client_ask(c, "send - messi psst");
	client_ask(d, "send - messi psst too");
	await_bells(t, 1); /* henderson's */
	term_await_row(t, -2, "3:henderson(1)");
	assert_false(term_shows(t, "lineker(1)"));
	term_type(t, "\033a");
	term_await_row_is(t, -1, "henderson>");
	term_type(t, "\033a");
	term_await_row(t, -2, "Nothing unread elsewhere.");
	term_type(t, "/unquiet lineker\r");
	term_await_row(t, -2, "2:lineker(1)");
}

static void
those_who_come_and_go_share_a_line(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct client *d = client_as(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/join #batak\r");
	term_await(t, "you have joined #batak");
	client_ask(c, "join - #batak");
	term_await(t, "lineker has joined #batak");
	client_ask(d, "join - #batak");
	term_await(t, "-- joined: lineker, henderson");
	assert_false(term_shows(t, "lineker has joined #batak"));
	client_ask(c, "leave - #batak");
	term_await(t, "-- joined: henderson; joined and left again: lineker");
	client_ask(d, "send - #batak hai");
	term_await(t, "henderson  hai");
	client_ask(d, "leave - #batak");
	term_await(t, "henderson has left #batak");
	assert_true(term_shows(t, "-- joined: henderson; joined and"));
}

static void
conversations_are_found_by_half_a_name_and_closed(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "henderson");
	term_type(t, "/w hen\t\r");
	term_await_row_is(t, -1, "henderson>");
	term_type(t, "/w lin\t\r");
	term_await_row_is(t, -1, "lineker>");
	term_await_row(t, -2, "1:everyone  2:henderson  3:lineker");
	term_type(t, "/w everyone\r");
	term_await_row_is(t, -1, ">");
	term_type(t, "\0333");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, "/query hendersen\r");
	term_await(t, "there is no hendersen here; henderson?");
	term_type(t, "\025/w 2\r");
	term_await_row_is(t, -1, "henderson>");
	term_type(t, "/w 3\r");
	term_await_row_is(t, -1, "lineker>");
	assert_false(term_shows(t, " 4:"));
	term_type(t, "/close henderson\r");
	term_await_gone(t, "2:henderson");
	term_await_row(t, -2, "2:lineker");
	term_type(t, "/close\r");
	term_await_row_is(t, -1, ">");
	term_await_gone(t, "2:lineker");
	term_type(t, "/close nobody\r");
	term_await(t, "nobody is not on the list");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(ones_own_name_stands_out_and_rings),
		T(a_notice_goes_through_the_terminal_where_it_is_wanted),
		T(an_ignored_person_is_not_seen_in_this_run_nor_the_next),
		T(a_quiet_conversation_neither_rings_nor_counts),
		T(those_who_come_and_go_share_a_line),
		T(conversations_are_found_by_half_a_name_and_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
