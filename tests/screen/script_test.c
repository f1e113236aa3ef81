/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What terminals join, and what is newer than the C library: the screen is the
 * same however it came to be drawn, and nothing is out of line.
 */
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

#define ZWJ "\u200d"
#define ALT_A "\033a"
#define CTRL_L "\014"
#define CTRL_S "\023"
#define END "\033[F"
#define WHOLE "Nothing unread elsewhere."

static const char wheel_up[] = "\033[<64;5;5M", wheel_down[] = "\033[<65;5;5M";

static const char *const words[] = {
	"\u0d05\u0d35\u0d28\u0d4d" ZWJ,          /* Malayalam, chillu */
	"\u0dc3\u0dca" ZWJ "\u0dad\u0dca" ZWJ "\u0dbb\u0dd3", /* Sinhala */
	"\u0995\u09cd\u09b7 \u09b0" ZWJ "\u09cd\u09af\u09be", /* Bengali */
	"\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f", /* Devanagari */
	"\u0915\u094d" ZWJ,                      /* half a letter */
	"\u0647" ZWJ ".\u0642 \u0647" ZWJ,       /* Persian */
	"\U0001f1ee\U0001f1e9\U0001f1eb\U0001f1f7\U0001f1fa", /* flags */
	"\U0001f468" ZWJ "\U0001f469" ZWJ "\U0001f467 \U0001f44d\U0001f3fd",
	"\u2764\ufe0f 1\ufe0f\u20e3 \u231a\ufe0e \u2764\ufe0e",
	"\u1112\u1161\u11ab\u1100",              /* Hangul, in parts */
	"\u0b95\u0bc6\u0bbe \u0c95\u0cbf",       /* vowels around a letter */
	"\U0001fae9\U0001fa8f\U0002ebf0",        /* Unicode 15 and 16 */
};

enum { WORDS = sizeof(words) / sizeof(*words) };

static struct server *
fast_server(void)
{
	static const char *const options[] = { "--rate", "off", NULL };

	return server_open(options);
}

static struct term *
open_joining(struct server *s, int rows, int cols)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .rows = rows, .cols = cols,
		.env = env, .joins = true };
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "online");
	return t;
}

/* Whether the screen was cleared behind so many bytes, and what comes last in a
 * frame of everything stands there. */
static bool
is_drawn_anew(struct term *t, void *arg)
{
	size_t from = *(size_t *)arg, n;
	const char *bytes = term_bytes(t, &n);

	return memmem(bytes + from, n - from, "\033[2J", 4) != NULL &&
	    term_shows(t, WHOLE);
}

/* A hint is shown in no frame that leaves anything out. */
static void
expect_as_drawn_anew(struct term *t)
{
	char *before, *after;
	size_t from;

	term_type(t, ALT_A);
	term_await_row(t, -2, WHOLE);
	before = term_screen(t);
	(void)term_bytes(t, &from);
	term_type(t, CTRL_L ALT_A);
	term_await_that(t, is_drawn_anew, &from, "the screen is drawn anew");
	after = term_screen(t);
	if (strcmp(before, after) != 0) {
		fprintf(stderr, "before:\n%s\n", before);
		term_fail(t, "Ctrl-L makes another picture");
	}
	free(before);
	free(after);
	term_type(t, "~\b"); /* no hint is left to be taken for the next */
	term_await_gone(t, WHOLE);
}

/* No row has run over. */
static void
expect_straight_edge(struct term *t)
{
	int row, edge;

	assert_true(term_find(t, "│ Active", &row, &edge));
	for (; row < 22; row++)
		if (!term_is_at(t, row, edge, "│"))
			term_fail(t, "the users' edge is not straight");
}

static void
scrolling_leaves_nothing_behind(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;

	(void)state;
	for (int i = 0; i < 40; i++) {
		client_ask(c, "broadcast - DDDDDDDDDDDDDD");
		if (i % 3 == 0)
			client_ask(c, "broadcast - %s %s%s",
			    words[i / 3 % WORDS], words[(i / 3 + 5) % WORDS],
			    i % 2 ? "" : " DD");
	}
	client_ask(c, "broadcast - the last");
	t = open_joining(s, 24, 80);
	term_await(t, "the last");
	expect_as_drawn_anew(t);
	expect_straight_edge(t);
	for (int i = 0; i < 14; i++) {
		term_type(t, i < 7 ? wheel_up : wheel_down);
		expect_as_drawn_anew(t);
		expect_straight_edge(t);
	}
	term_type(t, END);
	expect_as_drawn_anew(t);
	term_resize(t, 12, 40);
	term_await_row(t, -3, "55 new");
	expect_as_drawn_anew(t);
}

/* Each alone, at the end of a row, with letters below it that might join. */
static void
what_ends_in_a_joiner_ends_there(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = open_joining(s, 24, 80);

	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		client_ask(c, "broadcast - %s", words[i]);
		client_ask(c, "broadcast - %zu \u0995 \u00e9 \u65e5", i);
		client_ask(c, "broadcast - %s", words[i]);
		client_ask(c, "broadcast - \u0915 end%zu.", i);
	}
	term_await(t, "end11.");
	expect_as_drawn_anew(t);
	expect_straight_edge(t);
	assert_true(term_shows(t, "5 \u0995 \u00e9 \u65e5") ||
	    term_shows(t, "11 \u0995 \u00e9 \u65e5"));
}

/* In a topic, a notice, a real name, a conversation's and in the list of
 * hits. */
static void
nor_does_it_join_elsewhere(void **state)
{
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = open_joining(s, 24, 80);

	(void)state;
	client_ask(c, "join - #rumah");
	client_ask(c, "topic - #rumah %s", words[0]);
	client_ask(c, "name - %s", words[0]);
	term_type(t, "/join #rumah\r");
	term_await_row(t, -1, "#rumah>");
	term_await_row(t, 0, "#rumah: ");
	client_ask(c, "send - #rumah %s \u00e9nd", words[0]);
	term_await(t, "\u00e9nd");
	expect_as_drawn_anew(t);
	term_type(t, "/who\r");
	term_await(t, "* lineker [");
	client_ask(c, "topic - #rumah end %s", words[4]);
	term_await_row(t, 0, "#rumah: end");
	expect_as_drawn_anew(t);
	term_type(t, "/w *\r");
	term_await_row_is(t, -1, ">");
	for (size_t i = 0; i < WORDS; i++)
		client_ask(c, "broadcast - q%zu %s", i, words[i]);
	term_type(t, CTRL_S);
	term_type(t, "q");
	term_await(t, "12 found");
	for (size_t i = 0; i < WORDS; i++) {
		expect_straight_edge(t);
		term_type(t, "\033[B");
	}
}

static void
what_is_typed_is_as_drawn_anew(void **state)
{
	struct server *s = fast_server();
	struct term *t = open_joining(s, 24, 80);

	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		term_type(t, "\u00e9 ");
		term_type(t, words[i]);
		term_type(t, " \u65e5");
		term_await_row(t, -1, " \u65e5");
		expect_as_drawn_anew(t);
		/* The cursor goes back over all of it. */
		for (size_t n = 0; n < strlen(words[i]) + 4; n++)
			term_type(t, "\033[D");
		term_await_cursor(t, 23, 2);
		term_type(t, "\013"); /* Ctrl-K */
		term_await_row_is(t, -1, ">");
	}
}

/* The three look like themselves, wherever they stand. */
static void
what_is_newer_than_the_library_is_shown(void **state)
{
	static const char *const newer[] = { "\U0001fae9", "\U0001fa8f",
		"\U0002ebf0", "\U0001f6d8", "\u0378" };
	static const int cols[] = { 2, 2, 2, 2, 1 };
	struct server *s = fast_server();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	int row, col;
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(newer) / sizeof(*newer); i++)
		client_ask(c, "broadcast - n%zu%s end%zu.", i, newer[i], i);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "end4.");
	for (size_t i = 0; i < sizeof(newer) / sizeof(*newer); i++) {
		snprintf(text, sizeof(text), "n%zu%s", i, newer[i]);
		term_await(t, text);
		assert_true(term_find(t, text, &row, &col));
		snprintf(text, sizeof(text), " end%zu.", i);
		assert_true(term_is_at(t, row, col + 2 + cols[i], text));
		/* What is typed has the same columns. */
		term_type(t, newer[i]);
		term_type(t, "<");
		snprintf(text, sizeof(text), "> %s", newer[i]);
		term_await_row(t, -1, text);
		term_await_cursor(t, 23, 2 + cols[i] + 1);
		assert_true(term_is_at(t, 23, 2 + cols[i], "<"));
		term_type(t, "\b\b");
		term_await_row_is(t, -1, ">");
		/* And it is found, no other. */
		term_type(t, CTRL_S);
		term_type(t, newer[i]);
		term_await(t, "1 found");
		snprintf(text, sizeof(text), "    n%zu%s", i, newer[i]);
		term_await(t, text);
		term_type(t, "\003");
		term_await_row_is(t, -1, ">");
	}
	expect_straight_edge(t);
	assert_false(term_shows(t, "?"));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(scrolling_leaves_nothing_behind),
		T(what_ends_in_a_joiner_ends_there),
		T(nor_does_it_join_elsewhere),
		T(what_is_typed_is_as_drawn_anew),
		T(what_is_newer_than_the_library_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
