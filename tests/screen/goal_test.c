/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where one goes is on the screen, and marked, wherever it lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/buf.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define ALT_U "\033u"
#define CTRL_S "\023"
#define END "\033[F"

enum { COUNT = 40, TALL = 60 };

static const int sizes[][2] = { { 24, 80 }, { 12, 40 }, { 40, 120 }, { 8, 30 },
	{ 5, 20 }, { 3, 20 } };

enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

static struct server *
fast_server(void)
{
	static const char *const options[] = { "--rate", "off", NULL };

	return server_open(options);
}

/* It says "w1 of it" and so on; their ids, from 1 on. */
static void
say_all(struct client *c, long long id[COUNT + 1])
{
	for (int i = 1; i <= COUNT; i++)
		id[i] = int_of(
		    client_ask(c, "broadcast - w%d of it", i), "id");
}

/* One message of many lines, "l1 here" and so on. */
static long long
say_tall(struct client *c)
{
	struct buf b;
	long long id;

	buf_init(&b, 1 << 16);
	for (int i = 1; i <= TALL; i++)
		buf_addf(&b, "%sl%d here", i > 1 ? "\\n" : "", i);
	id = int_of(client_ask(c, "say - * \"%s\"", buf_data(&b)), "id");
	buf_release(&b);
	return id;
}

/* The text stands above the line, in reverse. */
static bool
is_marked(struct term *t, void *arg)
{
	const char *text = arg;
	int row, col;

	return strstr(term_row(t, -1), "search>") == NULL &&
	    term_find(t, text, &row, &col) &&
	    term_look_at(t, row, col).reverse;
}

static void
await_marked(struct term *t, const char *word)
{
	char text[64], what[128];

	snprintf(text, sizeof(text), "%s", word);
	snprintf(what, sizeof(what), "\"%s\" is on the screen, marked", word);
	term_await_that(t, is_marked, text, what);
}

static void
search_for(struct term *t, const char *word)
{
	term_type(t, CTRL_S);
	term_await_row(t, -1, "search>");
	term_type(t, word);
	term_await(t, "1 found");
	term_type(t, "\r");
	await_marked(t, word);
}

static void
every_hit_is_on_the_screen(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	long long id[COUNT + 1];
	char word[16];

	(void)state;
	say_all(c, id);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "w40 of it");
	/* w1 alone would find w10. */
	for (int i = COUNT; i > 9; i--) {
		term_type(t, END);
		snprintf(word, sizeof(word), "w%d", i);
		search_for(t, word);
	}
}

static void
a_hit_is_on_a_screen_of_any_size(void **state)
{
	static const char *const word[] = { "w9", "w12", "w25", "w33", "w36",
		"w38", "w39", "w40" };
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	long long id[COUNT + 1];

	(void)state;
	say_all(c, id);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "w40 of it");
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++) {
		term_type(t, END);
		search_for(t, word[i]);
		for (size_t j = 1; j < SIZES; j++) {
			term_resize(t, sizes[j][0], sizes[j][1]);
			await_marked(t, word[i]);
		}
		term_resize(t, 24, 80);
		await_marked(t, word[i]);
	}
}

/* Each of its rows, as the first that there are, between others, as the last. */
static void
a_hit_in_a_tall_message_is_its_row(void **state)
{
	static const char *const word[] = { "l9", "l30", "l47", "l60" };
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	long long id[COUNT + 1];
	struct term *t;

	(void)state;
	say_tall(c);
	say_all(c, id);
	say_tall(c);
	say_all(c, id);
	say_tall(c);
	t = person_open(s, "messi", 24, 80);
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		for (int which = 0; which < 3; which++) {
			term_type(t, END CTRL_S);
			term_await_row(t, -1, "search>");
			term_type(t, word[i]);
			term_await(t, "3 found");
			for (int n = 0; n < which; n++)
				term_type(t, "\033[B");
			term_type(t, "\r");
			for (size_t j = 0; j < SIZES; j++) {
				term_resize(t, sizes[j][0], sizes[j][1]);
				await_marked(t, word[i]);
			}
			term_resize(t, 24, 80);
		}
}

/* messi has read all but those from that one on. */
static void
go_to_first_unread(int first)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya"), *me;
	long long id[COUNT + 1];
	char text[32];
	struct term *t;

	me = client_as(s, "messi", "surabaya");
	id[0] = int_of(client_ask(me, "broadcast - before it all"), "id");
	say_all(c, id);
	client_ask(me, "read - * %lld", id[first - 1]);
	snprintf(text, sizeof(text), "w%d of it", first);
	t = person_open(s, "messi", 24, 80);
	for (size_t i = 0; i < SIZES; i++) {
		term_type(t, END);
		term_resize(t, sizes[i][0], sizes[i][1]);
		term_type(t, ALT_U);
		term_await(t, text);
	}
	for (size_t i = 0; i < SIZES; i++) {
		term_resize(t, sizes[i][0], sizes[i][1]);
		term_await(t, text);
	}
	/* No row for the line that says so. */
	await_marked(t, "lineker");
	term_resize(t, 5, 20);
	term_await(t, " new ");
}

static void
the_first_unread_is_on_the_screen(void **state)
{
	static const int first[] = { 1, 2, 17, 24, 36, 38, 39, 40 };

	(void)state;
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		go_to_first_unread(first[i]);
}

static void
what_was_found_stays_while_others_talk(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	long long id[COUNT + 1];

	(void)state;
	say_all(c, id);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "w40 of it");
	search_for(t, "w39");
	for (int i = 0; i < COUNT; i++)
		client_ask(c, "broadcast - another %d.", i);
	term_await(t, "another 39.");
	await_marked(t, "w39");
	term_await(t, "End goes there");
	term_type(t, END);
	term_await_gone(t, "w39");
	/* At the end one stays there. */
	client_ask(c, "broadcast - the last");
	term_await(t, "the last");
	assert_false(term_shows(t, "End goes there"));
}

/* What was refused stands below, behind all that is said later. */
static void
what_is_said_after_a_refused_one_is_found(void **state)
{
	struct server *s = fast_server();
	struct client *c;
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/msg nobody hello?\r");
	term_await(t, "2:nobody");
	term_type(t, "\0332");
	term_await_row(t, -1, "nobody>");
	term_await(t, "hello? ! ");
	client_ask(client_open(s), "register nobody surabaya");
	c = client_as(s, "nobody", "surabaya");
	for (int i = 1; i <= COUNT; i++)
		client_ask(c, "send - messi w%d of it", i);
	term_await(t, "w40 of it");
	search_for(t, "w40");
	search_for(t, "w12");
	term_await(t, "hello? ! ");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_hit_is_on_the_screen),
		T(a_hit_is_on_a_screen_of_any_size),
		T(a_hit_in_a_tall_message_is_its_row),
		T(the_first_unread_is_on_the_screen),
		T(what_was_found_stays_while_others_talk),
		T(what_is_said_after_a_refused_one_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
