/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes while nobody is at the terminal. */
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

#define MARK "─ new ─"
#define PAGE_UP "\033[5~"
#define F3 "\033OR"

static struct server *
fast_server(void)
{
	static const char *const options[] = { "--rate", "off", NULL };

	return server_open(options);
}

static long long
say(struct client *c, const char *request)
{
	return int_of(client_ask(c, "%s", request), "id");
}

/* The first mark that the other devices are told of is that one. */
static void
await_read(struct client *phone, const char *target, long long id)
{
	json_t *o = client_event_of(phone, "read");

	assert_string_equal(str_of(o, "target"), target);
	assert_int_equal(int_of(o, "id"), id);
}

/* messi, who has read "seen before" of everyone's; and another device. */
static struct term *
reader(const struct server *s, struct client *c, struct client **phone)
{
	struct term *t = person_open(s, "messi", 24, 80);
	long long id = say(c, "broadcast - seen before");

	term_await(t, "seen before");
	*phone = client_watching(s, "messi", "surabaya");
	/* The mark may have been told before that was there. */
	client_ask(*phone, "read - * %lld", id);
	term_type(t, "x");
	term_await_row_is(t, -1, "> x");
	return t;
}

static void
what_nobody_saw_stays_unread(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t = reader(s, c, &phone);
	long long last;

	(void)state;
	assert_true(term_focus(t, false));
	term_await_row_is(t, -1, "> x");
	say(c, "broadcast - one");
	say(c, "broadcast - two");
	say(c, "broadcast - three");
	term_await_row(t, -2, "1:everyone(3)");
	term_await_row(t, 0, "3 unread");
	term_await(t, "lineker  three");
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "lineker  one"));
	expect(phone, "unread -", "{'unread':{'*':{'count':3}}}");
	last = say(c, "broadcast - four");
	term_await_row(t, -2, "1:everyone(4)");
	/* The line stays where one left, and what is seen is read. */
	term_focus(t, true);
	term_await_row_is(t, -2, " 1:everyone");
	await_read(phone, "*", last);
	term_await_row(t, 0, "F1 help");
	last = say(c, "broadcast - seen at once");
	term_await(t, "seen at once");
	await_read(phone, "*", last);
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "lineker  one"));
	term_await_row_is(t, -1, "> x");
}

/* Who leaves again has done with what was new before. */
static void
the_line_stands_where_one_left_last(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t = reader(s, c, &phone);

	(void)state;
	term_focus(t, false);
	say(c, "broadcast - one");
	term_await_row(t, -2, "1:everyone(1)");
	term_focus(t, true);
	term_await_row_is(t, -2, " 1:everyone");
	/* Nothing came: it stays. */
	term_focus(t, false);
	term_focus(t, true);
	say(c, "broadcast - two");
	term_await(t, "lineker  two");
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "lineker  one"));
	term_focus(t, false);
	say(c, "broadcast - three");
	term_await_row(t, -2, "1:everyone(1)");
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "lineker  three"));
}

/* Whatever the terminal says of its focus. */
static void
a_key_or_a_click_tells_that_one_is_back(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t = reader(s, c, &phone);
	long long last;

	(void)state;
	term_focus(t, false);
	last = say(c, "broadcast - one");
	term_await_row(t, -2, "1:everyone(1)");
	term_type(t, "y");
	await_read(phone, "*", last);
	term_await_row_is(t, -1, "> xy");
	term_await_row_is(t, -2, " 1:everyone");
	term_focus(t, false);
	last = say(c, "broadcast - two");
	term_await_row(t, -2, "1:everyone(1)");
	term_type(t, "\033[<0;5;2M\033[<0;5;2m"); /* beside all names */
	await_read(phone, "*", last);
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "lineker  two"));
}

/* Up there the end is out of sight, whoever is there. */
static void
who_reads_further_up_has_not_seen_the_end(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t;

	(void)state;
	for (int i = 0; i < 60; i++)
		say(c, "broadcast - before");
	t = reader(s, c, &phone);
	term_type(t, PAGE_UP);
	term_await(t, "the newest; End goes there");
	term_focus(t, false);
	say(c, "broadcast - one");
	term_await(t, "1 new below; End goes there");
	term_await_row(t, -2, "1:everyone(1)");
	term_focus(t, true);
	term_await_row_is(t, -2, " 1:everyone");
	expect(phone, "unread -", "{'unread':{'*':{'count':1}}}");
}

/* However they come, they are neither typed nor lost. */
static void
reports_never_stand_in_the_line(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t = reader(s, c, &phone);

	(void)state;
	term_send(t, "\033", 1);
	term_send(t, "[", 1);
	term_send(t, "O", 1);
	say(c, "broadcast - one");
	term_await_row(t, -2, "1:everyone(1)");
	term_send(t, "\033[", 2);
	term_send(t, "I", 1);
	term_await_row_is(t, -2, " 1:everyone");
	term_await_row_is(t, -1, "> x");
	/* In the middle of a paste, too. */
	term_type(t, "\033[200~ab\033[Ocd\033[201~");
	term_await_row_is(t, -1, "> xabcd");
	say(c, "broadcast - two");
	term_await_row(t, -2, "1:everyone(1)");
	/* In a form, the search and copy mode. */
	term_type(t, "\025/search \r");
	term_await_row(t, -1, "search>");
	term_focus(t, false);
	term_focus(t, true);
	term_type(t, "z");
	term_await_row_is(t, -1, "search> z");
	term_type(t, "\033");
	term_await_row_is(t, -1, ">");
	term_type(t, F3);
	term_await(t, "lineker: two");
	term_focus(t, false);
	term_focus(t, true);
	term_type(t, F3);
	term_await_row_is(t, -1, ">");
}

/* The person who is shown elsewhere, in the users' pane and on one bar. */
static void
a_small_screen_counts_it_too(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t = reader(s, c, &phone);

	(void)state;
	term_resize(t, 12, 40);
	term_await_row_is(t, -1, "> x");
	term_focus(t, false);
	say(c, "broadcast - one");
	term_await_row(t, -2, "1:everyone(1)");
	term_await(t, MARK);
	term_resize(t, 6, 40);
	term_await_row(t, -2, "1:everyone +1");
	term_focus(t, true);
	term_await_row_is(t, -2, "1:everyone");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_nobody_saw_stays_unread),
		T(the_line_stands_where_one_left_last),
		T(a_key_or_a_click_tells_that_one_is_back),
		T(who_reads_further_up_has_not_seen_the_end),
		T(reports_never_stand_in_the_line),
		T(a_small_screen_counts_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
