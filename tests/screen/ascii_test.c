/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the locale has no UTF-8 the terminal gets ASCII, and loses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define CTRL_S "\023"
#define F1 "\033OP"
#define F3 "\033OR"
#define NOTICE "the locale has no UTF-8"

/* Each is another way to have none: named, unset, not on this machine. */
static const char *const locales[] = { "LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=",
	"LC_ALL=id_ID.ISO-8859-1" };

static struct term *
open_in(const struct server *s, const char *locale, const char *option,
    int rows, int cols)
{
	const char *const env[] = { "CHAT_PASSWORD=surabaya", locale, NULL };
	const struct term_options o = { .rows = rows, .cols = cols,
		.env = env };
	char *where = xasprintf("messi@%s", server_address(s));
	const char *const argv[] = { "chat-tui", where, option, NULL };
	struct term *t = term_open(&o, argv);

	free(where);
	return t;
}

static void
expect_ascii(struct term *t)
{
	size_t n;
	const char *bytes = term_bytes(t, &n);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)bytes[i] >= 0x80)
			term_fail(t, "what is no ASCII was sent");
}

static void
nothing_else_is_drawn(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	int row, col;

	(void)state;
	client_ask(c, "broadcast - caf\u00e9 \u65e5\u672c \U0001f600 "
	    "\u201chalo\u201d \u2026 \u2192");
	client_ask(c, "say - * %s", "\"a\\u001b[31m \\u202e\\u0007\"");
	for (size_t i = 0; i < sizeof(locales) / sizeof(*locales); i++) {
		t = open_in(s, locales[i], NULL, 24, 80);
		term_await_row(t, -1, ">");
		term_await(t, "caf<U+00E9> <U+65E5><U+672C> <U+1F600>");
		term_await(t, "\"halo\" ... ->");
		term_await(t, "a<U+001B>[31m <U+202E><U+0007>");
		term_await_row(t, 0, " messi * ");
		assert_true(term_find(t, "---- ", &row, &col));
		assert_true(term_find(t, "| ", &row, &col));
		for (row = 1; row < 22; row++)
			assert_true(term_is_at(t, row, col, "|"));
		assert_false(term_shows(t, "?"));
		expect_ascii(t);
		term_close(t);
	}
}

static void
nor_anywhere_else(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = open_in(s, "LC_ALL=C", NULL, 24, 80);

	(void)state;
	client_ask(c, "join - #rumah");
	client_ask(c, "topic - #rumah \u30c6\u30b9\u30c8");
	client_ask(c, "name - G\u00e4ry");
	client_ask(c, "broadcast - \u65e5 is far longer than what there is of "
	    "room in a row of this screen, and goes on \u2014 and on");
	term_await_row(t, 0, "online");
	term_await(t, "and on");
	term_type(t, "/join #rumah\r");
	term_await_row(t, 0, "#rumah: <U+30C6><U+30B9><U+30C8>");
	term_type(t, "/who\r");
	term_await(t, "G<U+00E4>ry");
	term_type(t, "/w lineker\r");
	term_await_row(t, -1, "lineker>");
	term_type(t, "one\ntwo \u00e9");
	term_await_row(t, -1, "two <U+00E9>");
	term_type(t, "\003" F1);
	term_await(t, "Commands");
	term_type(t, F1 "/w *\r");
	term_await_row_is(t, -1, ">");
	term_type(t, CTRL_S "\u65e5");
	term_await(t, "1 found");
	term_await(t, "    <U+65E5> is far");
	term_await(t, "~"); /* it goes on */
	term_type(t, "\r");
	term_await_row_is(t, -1, ">");
	term_type(t, F3);
	term_await(t, "Copy mode: nothing moves. ^ v PgUp");
	term_type(t, "x");
	term_await_row(t, 0, "online");
	term_resize(t, 12, 40);
	term_await(t, "lineker: <U+65E5>");
	term_type(t, "/logout\r");
	term_await(t, " * ");
	term_await(t, "Password");
	term_resize(t, 24, 80);
	term_await(t, "to register instead * F1 help");
	expect_ascii(t);
}

static void
it_is_told_once_how_there_is_more(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_in(s, "LC_ALL=C", NULL, 24, 80);
	int row, col;

	(void)state;
	term_await_row(t, 0, "online");
	term_await(t, NOTICE);
	term_await(t, "LC_ALL=C.UTF-8");
	assert_true(term_find(t, NOTICE, &row, &col));
	assert_null(strstr(term_row(t, row + 1), NOTICE));
	assert_null(strstr(term_row(t, row - 1), NOTICE));
	term_close(t);
	t = open_in(s, "LC_ALL=id_ID.ISO-8859-1", NULL, 24, 80);
	term_await_row(t, 0, "daring");
	term_await(t, "locale ini tanpa UTF-8");
	term_close(t);
	t = open_in(s, "LC_ALL=C.UTF-8", NULL, 24, 80);
	term_await_row(t, 0, "messi \u00b7 online");
	assert_false(term_shows(t, NOTICE));
	term_close(t);
	/* A locale that this machine does not have may be one of UTF-8. */
	t = open_in(s, "LC_ALL=xx_YY.utf8", NULL, 24, 80);
	term_await_row(t, 0, "messi \u00b7 online");
	assert_false(term_shows(t, NOTICE));
}

static void
what_is_typed_is_not_lost(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = open_in(s, "LC_ALL=C", NULL, 24, 80);

	(void)state;
	term_await_row(t, 0, "online");
	term_type(t, "a\u00e9\u65e5");
	term_await_row_is(t, -1, "> a<U+00E9><U+65E5>");
	term_await_cursor(t, 23, 2 + 1 + 8 + 8);
	term_type(t, "\b");
	term_await_row_is(t, -1, "> a<U+00E9>");
	term_type(t, "\033[D");
	term_await_cursor(t, 23, 3);
	term_type(t, "\u00f6\r");
	expect_json(client_event_of(c, "message"),
	    "{'from':'messi','text':'a\u00f6\u00e9'}");
	term_await(t, "messi  a<U+00F6><U+00E9>");
	expect_ascii(t);
	term_close(t);
	/* A terminal of that locale sends its own bytes. */
	t = open_in(s, "LC_ALL=id_ID.ISO-8859-1", NULL, 24, 80);
	term_await_row(t, 0, "daring");
	term_type(t, "a\xe9\xf6\r");
	expect_json(client_event_of(c, "message"),
	    "{'from':'messi','text':'a\u00e9\u00f6'}");
	term_await(t, "messi  a<U+00E9><U+00F6>");
	expect_ascii(t);
}

static void
lines_on_a_terminal_are_ascii_too(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya"), *d;
	struct term *t;

	(void)state;
	d = client_watching(s, "henderson", "surabaya");
	for (size_t i = 0; i < 3; i++) {
		t = open_in(s, locales[i], "--plain", 24, 80);
		term_await(t, NOTICE);
		term_await(t, "you are messi");
		client_ask(c, "broadcast - caf\u00e9 %zu", i);
		client_event_of(d, "message");
		term_await(t, "<lineker> caf<U+00E9>");
		term_type(t, "a\u00e9");
		term_await(t, "a\\303\\251");
		term_type(t, "\b\u00f6");
		term_await(t, "a\\303\\266");
		term_type(t, "\r");
		expect_json(client_event_of(d, "message"),
		    "{'from':'messi','text':'a\u00f6'}");
		expect_ascii(t);
		term_close(t);
	}
}

/* A pipe is no terminal: whoever reads it gets what was said. */
static void
a_pipe_has_the_text_as_it_is(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	char *path = program_path("chat-tui");
	char *line = xasprintf("printf 'caf\u00e9\\n/history\\n' | LC_ALL=C "
	    "CHAT_PASSWORD=surabaya timeout 60 %s --no-remember messi@%s 2>&1",
	    path, server_address(s));
	char said[4096];
	FILE *f = popen(line, "r");
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	assert_int_equal(pclose(f), 0);
	assert_non_null(strstr(said, "<messi> caf\u00e9\n"));
	assert_null(strstr(said, NOTICE));
	expect_json(client_event_of(c, "message"), "{'text':'caf\u00e9'}");
	free(line);
	free(path);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_else_is_drawn),
		T(nor_anywhere_else),
		T(it_is_told_once_how_there_is_more),
		T(what_is_typed_is_not_lost),
		T(lines_on_a_terminal_are_ascii_too),
		T(a_pipe_has_the_text_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
