/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came while away: the line that says so, the mark, the ways to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

#define MARK "─ new ─"
#define ALT_A "\033a"
#define ALT_U "\033u"

static struct server *
fast_server(void)
{
	static const char *const options[] = { "--rate", "off", NULL };

	return server_open(options);
}

/* messi was here, and has read it all. */
static void
been_here(struct server *s)
{
	struct client *c = client_as(s, "messi", "surabaya");

	client_ask(c, "broadcast - I was here.");
	client_close(c);
}

static void
a_login_tells_what_came(void **state)
{
	struct server *s = fast_server();
	struct client *c, *d;
	struct term *t;

	(void)state;
	been_here(s);
	c = client_as(s, "lineker", "surabaya");
	d = client_as(s, "henderson", "surabaya");
	for (int i = 1; i <= 7; i++)
		client_ask(c, "broadcast - to all %d.", i);
	for (int i = 1; i <= 5; i++)
		client_ask(c, "send - messi in private %d.", i);
	client_ask(d, "send - messi a word");
	t = person_open(s, "messi", 24, 80);
	term_await(t, "-- 13 new: 7 everyone, 5 from lineker, 1 from henderson");
	term_await(t, MARK);
	term_await_cursor(t, 23, 2);
	assert_int_equal(term_row_of(t, "to all 1."), term_row_of(t, MARK) + 1);
	/* It stands while others talk, until one does so oneself. */
	client_ask(c, "broadcast - to all 8.");
	term_await(t, "to all 8.");
	assert_true(term_shows(t, MARK));
	term_type(t, "good morning\r");
	term_await_gone(t, MARK);
}

static void
a_login_to_nothing_new_says_nothing(void **state)
{
	struct server *s = fast_server();
	struct term *t;

	(void)state;
	been_here(s);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "I was here.");
	term_type(t, "a word\r");
	term_await(t, "messi  a word");
	assert_false(term_shows(t, " new"));
}

static void
a_key_jumps_to_the_first_however_far(void **state)
{
	struct server *s = fast_server();
	struct client *c, *m;
	struct term *t;

	(void)state;
	c = client_as(s, "lineker", "surabaya");
	for (int i = 1; i <= 300; i++)
		client_ask(c, "broadcast - old %d.", i);
	been_here(s);
	m = client_as(s, "messi", "surabaya");
	client_ask(m, "read - * %lld",
	    int_of(client_ask(c, "broadcast - the last one."), "id"));
	client_close(m);
	for (int i = 1; i <= 400; i++)
		client_ask(c, "broadcast - fresh %d.", i);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "400 new: 400 everyone");
	term_type(t, ALT_U);
	term_await(t, MARK);
	term_await(t, "fresh 1.");
	term_await(t, "the newest; End goes there");
	term_await_cursor(t, 23, 2);
	assert_int_equal(term_row_of(t, MARK), 1);
	assert_int_equal(term_row_of(t, "fresh 1."), 2);
	assert_false(term_shows(t, "the last one."));
	term_await_row_is(t, -1, ">"); /* readline saw nothing of it */
	term_type(t, "\033[F");
	term_await_gone(t, MARK);
	term_await(t, "fresh 399.");
	/* What comes while one is up there does not take the mark along. */
	term_type(t, ALT_U);
	term_await(t, "fresh 1.");
	client_ask(c, "broadcast - meanwhile");
	term_await(t, "lineker  meanwhile");
	term_await(t, "1 new");
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "fresh 1."));
	term_type(t, "\033[F");
	term_await_gone(t, "fresh 1.");
	assert_false(term_shows(t, MARK));
	term_type(t, ALT_U);
	term_await(t, "fresh 1.");
	assert_int_equal(term_row_of(t, MARK) + 1, term_row_of(t, "fresh 1."));
}

static void
keys_go_to_the_next_with_something_new(void **state)
{
	struct server *s = fast_server();
	struct client *c, *d;
	struct term *t;

	(void)state;
	been_here(s);
	c = client_as(s, "lineker", "surabaya");
	d = client_as(s, "henderson", "surabaya");
	client_ask(c, "send - messi one");
	client_ask(d, "send - messi two");
	t = person_open(s, "messi", 24, 80);
	term_await(t, "2 new: 1 from henderson, 1 from lineker");
	term_type(t, ALT_U);
	term_await_row(t, -2, "Nothing new here.");
	term_type(t, ALT_A);
	term_await_row(t, -1, "lineker>");
	term_await(t, "lineker  one");
	term_await(t, MARK);
	term_type(t, ALT_A);
	term_await_row(t, -1, "henderson>");
	term_await(t, "henderson  two");
	term_type(t, ALT_A);
	term_await_row(t, -2, "Nothing unread elsewhere.");
}

/* The first unread message is of somebody who is not to be seen. */
static void
the_mark_stands_where_an_ignored_one_was(void **state)
{
	struct server *s = fast_server();
	struct client *c, *d;
	struct term *t;

	(void)state;
	been_here(s);
	d = client_as(s, "henderson", "surabaya");
	c = client_as(s, "lineker", "surabaya");
	client_ask(d, "broadcast - noise");
	client_ask(d, "send - messi more noise");
	client_ask(c, "broadcast - to be read");
	t = person_open(s, "messi", 24, 80);
	term_await(t, "3 new: 2 everyone, 1 from henderson");
	term_type(t, "/ignore henderson\r");
	term_await_gone(t, "henderson  noise");
	term_await(t, "lineker  to be read");
	term_await_cursor(t, 23, 2);
	assert_int_equal(term_row_of(t, "to be read"), term_row_of(t, MARK) + 1);
	assert_int_equal(term_row_of(t, "I was here."), term_row_of(t, MARK) - 1);
}

/* Two devices of messi: what one reads moves the mark on the other. */
static void
the_mark_is_shared(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *phone;
	struct term *t = person_open(s, "messi", 24, 80);
	long long id[5], until = now_ms() + DEADLINE_MS;

	(void)state;
	for (int i = 0; i < 5; i++)
		id[i] = int_of(client_ask(c, "send - messi part %d.", i), "id");
	term_await_row(t, -2, "2:lineker(5)");
	phone = client_as(s, "messi", "surabaya");
	client_ask(phone, "read - lineker %lld", id[2]);
	term_await_row(t, -2, "2:lineker(2)");
	term_type(t, "\0332");
	term_await(t, "part 4.");
	term_await(t, MARK);
	term_await_cursor(t, 23, 9);
	assert_int_equal(term_row_of(t, "part 2."), term_row_of(t, MARK) - 1);
	assert_int_equal(term_row_of(t, "part 3."), term_row_of(t, MARK) + 1);
	/* And what is read here is read there. */
	for (;;) {
		json_t *o = client_ask(phone, "unread -");

		if (json_object_size(json_object_get(o, "unread")) == 0)
			break;
		assert_true(now_ms() < until);
		term_take(t);
	}
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_login_tells_what_came),
		T(a_login_to_nothing_new_says_nothing),
		T(a_key_jumps_to_the_first_however_far),
		T(keys_go_to_the_next_with_something_new),
		T(the_mark_stands_where_an_ignored_one_was),
		T(the_mark_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
