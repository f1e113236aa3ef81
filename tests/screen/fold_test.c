/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long messages, those that are full of blank lines, and nothing but these. */
#include <setjmp.h>
#include <stdarg.h>
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

#define PAGE_UP "\033[5~"
#define END "\033[F"
#define CTRL_S "\023"

static const char *const unlimited[] = { "--rate", "off", NULL };

/* Says to target so many lines, "NAME 1." and so on. */
static void
say_lines(struct client *c, const char *target, const char *name, int count)
{
	char *text = xmalloc(64 * (size_t)count);
	size_t len = 0;

	for (int i = 1; i <= count; i++)
		len += (size_t)sprintf(text + len, "%s%s %d.",
		    i > 1 ? "\\n" : "", name, i);
	client_ask(c, "say - %s \"%s\"", target, text);
	free(text);
}

static void
say_blanks(struct client *c, int count, const char *end)
{
	char *text = xmalloc(2 * (size_t)count + 1);

	for (int i = 0; i < count; i++)
		memcpy(text + 2 * i, "\\n", 3);
	client_ask(c, "say - * \"%s%s\"", text, end);
	free(text);
}

/* The row in which it stands; it must. */
static int
row_of(struct term *t, const char *text)
{
	int row, col;

	if (!term_find(t, text, &row, &col))
		term_fail(t, text);
	return row;
}

static void
four_thousand_line_ends_leave_the_others_in_sight(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - before");
	say_blanks(c, 4000, "x");
	client_ask(c, "broadcast - behind");
	term_await(t, "behind");
	term_await(t, "… 3,996 more lines, Enter shows");
	assert_true(term_shows(t, "before"));
	assert_true(row_of(t, "behind") - row_of(t, "before") <= 7);
	term_type(t, "\r");
	term_await_gone(t, "more lines");
	term_await_gone(t, "before");
	term_type(t, END);
	term_await(t, "4,001 lines, Enter folds");
	assert_int_equal(row_of(t, "4,001 lines"), row_of(t, "behind") - 1);
	term_type(t, "\r");
	term_await(t, "… 3,996 more lines, Enter shows");
	term_await(t, "before");
	term_await(t, "behind");
}

static void
enter_shows_it_from_its_first_line_and_folds_it_again(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - before");
	say_lines(c, "*", "line", 60);
	term_await(t, "lineker  line 1.");
	term_await(t, "… 55 more lines, Enter shows");
	assert_true(term_shows(t, "line 5."));
	assert_false(term_shows(t, "line 6."));
	/* What is typed is sent, as ever. */
	term_type(t, "typed\r");
	term_await(t, "messi  typed");
	assert_false(term_shows(t, "line 6."));
	term_type(t, "\r");
	term_await(t, "line 16.");
	term_await_row(t, 1, "lineker  line 1.");
	term_type(t, END);
	term_await(t, "60 lines, Enter folds");
	assert_true(term_shows(t, "line 60."));
	term_type(t, PAGE_UP PAGE_UP);
	term_await(t, "line 20.");
	/* In the middle of it, too. */
	term_type(t, "\r");
	term_await(t, "… 55 more lines, Enter shows");
	term_await(t, "before");
	term_await(t, "messi  typed");
}

static void
what_is_short_is_not_folded(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 40, 80);

	(void)state;
	say_lines(c, "*", "line", 20);
	client_ask(c, "say - * \"one\\n\\n\\ntwo\"");
	term_await(t, "two");
	assert_true(term_shows(t, "line 20."));
	assert_int_equal(row_of(t, "two") - row_of(t, "one"), 3);
	assert_false(term_shows(t, "Enter"));
	term_type(t, "\r");
	client_ask(c, "say - * \"three\\n\\n\\n \\nfour\"");
	term_await(t, "… 3 blank lines, Enter shows");
	assert_int_equal(row_of(t, "four") - row_of(t, "three"), 2);
	term_type(t, "\r");
	term_await(t, "5 lines, Enter folds");
	assert_int_equal(row_of(t, "four") - row_of(t, "three"), 4);
}

/* A paragraph without line ends is long, too, where the screen is narrow. */
static void
lines_are_those_of_the_screen(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	char text[1001];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = i % 10 == 9 ? ' ' : 'w';
	memcpy(text + 990, "the end.", 9);
	client_ask(c, "broadcast - %s", text);
	term_await(t, "… 20 more lines, Enter shows");
	assert_false(term_shows(t, "the end."));
	term_resize(t, 24, 160);
	term_await(t, "the end.");
	assert_false(term_shows(t, "more lines"));
	term_resize(t, 12, 40);
	term_await(t, "  … 28 more lines, Enter shows");
	term_type(t, "\r");
	term_await_gone(t, "more lines");
	term_await(t, "lineker: www");
}

/* The lowest comes first, and the row of it tells. */
static void
of_several_the_lowest_comes_first(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 60, 80);

	(void)state;
	say_lines(c, "*", "one", 30);
	say_lines(c, "*", "two", 22);
	say_lines(c, "*", "three", 21);
	term_await(t, "… 16 more lines, Enter shows");
	term_await(t, "… 17 more lines  ");
	term_await(t, "… 25 more lines  ");
	term_type(t, "\r");
	term_await(t, "three 21.");
	term_await(t, "… 17 more lines, Enter shows");
	term_type(t, "\r");
	term_await(t, "two 22.");
	term_await(t, "three 21.");
	term_await(t, "… 25 more lines, Enter shows");
	client_ask(c, "broadcast - last");
	term_await(t, "last");
	term_type(t, "\r");
	term_await(t, "one 30.");
	/* All are shown: it goes the other way. */
	term_type(t, END);
	term_await(t, "21 lines, Enter folds");
	term_await(t, "22 lines  ");
	term_type(t, "\r");
	term_await(t, "… 16 more lines, Enter shows");
}

static void
a_click_does_the_same(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 60, 80);
	char click[64];

	(void)state;
	say_lines(c, "*", "one", 30);
	say_lines(c, "*", "two", 22);
	term_await(t, "… 17 more lines, Enter shows");
	term_await(t, "… 25 more lines");
	snprintf(click, sizeof(click), "\033[<0;25;%dM\033[<0;25;%dm",
	    row_of(t, "… 25") + 1, row_of(t, "… 25") + 1);
	term_type(t, click);
	term_await(t, "one 30.");
	term_await(t, "30 lines  ");
	assert_false(term_shows(t, "two 22."));
	snprintf(click, sizeof(click), "\033[<0;25;%dM\033[<0;25;%dm",
	    row_of(t, "30 lines") + 1, row_of(t, "30 lines") + 1);
	term_type(t, click);
	term_await(t, "… 25 more lines");
}

static void
ones_own_folds_and_tells_what_became_of_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/w henderson\r");
	term_await_row_is(t, -1, "henderson>");
	term_type(t, "\033[200~");
	for (int i = 0; i < 30; i++)
		term_type(t, "own\r");
	term_type(t, "\033[201~\r");
	term_await(t, "… 25 more lines, Enter shows");
	term_await_gone(t, " …  ");
	term_type(t, "/msg nobody \033[200~");
	for (int i = 0; i < 30; i++)
		term_type(t, "lost\r");
	term_type(t, "\033[201~\r");
	term_await_row(t, -2, "3:nobody");
	term_type(t, "\0333");
	term_await(t, "! there is no user of that name (Alt-S:");
	term_await(t, "… 25 more lines, Enter shows");
	term_type(t, "\r");
	term_await_gone(t, "more lines");
}

/* A page, until that stands there. */
static bool
goes_up(struct term *t, void *text)
{
	if (term_shows(t, text))
		return true;
	if (!term_shows(t, "fetching"))
		term_type(t, PAGE_UP);
	return false;
}

/* Also what was said in a group before one came. */
static void
what_is_fetched_is_folded(void **state)
{
	char folded[] = "… 35 more lines, Enter shows";
	struct server *s = server_open(unlimited);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct client *own = client_as(s, "messi", "surabaya");
	struct term *t;

	(void)state;
	client_ask(c, "join - #batak");
	client_ask(own, "join - #batak");
	say_lines(c, "#batak", "old", 40);
	for (int i = 1; i <= 150; i++)
		client_ask(c, "send - #batak number %d.", i);
	t = person_open(s, "messi", 24, 80);
	term_type(t, "/w #batak\r");
	term_await(t, "number 150.");
	term_await_that(t, goes_up, folded, folded);
	term_type(t, "\r");
	term_await(t, "old 12.");
	term_await_gone(t, "more lines");
	term_await(t, "number 150.");
}

static void
what_a_search_finds_in_it_is_shown(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	int row, col;

	(void)state;
	say_lines(c, "*", "haystack", 70);
	client_ask(c, "broadcast - needle behind it");
	term_await(t, "… 65 more lines, Enter shows");
	term_type(t, CTRL_S);
	term_type(t, "haystack 55.");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await_row_is(t, -1, ">");
	term_await(t, "haystack 55.");
	assert_true(term_find(t, "haystack 55.", &row, &col));
	assert_true(term_look_at(t, row, col).reverse);
	/* And what stands in its first lines where it is folded. */
	term_type(t, "\r");
	term_await(t, "… 65 more lines, Enter shows");
	term_type(t, CTRL_S);
	term_type(t, "haystack 1.");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await_row_is(t, -1, ">");
	term_await(t, "… 65 more lines, Enter shows");
}

static void
numbers_are_parted_as_the_language_does(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya",
		"LANGUAGE=id", NULL };
	const struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	(void)state;
	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "daring");
	say_blanks(c, 4000, "x");
	term_await(t, "… 3.996 baris lagi, Enter membukanya");
	term_type(t, "\r" END);
	term_await(t, "4.001 baris, Enter melipatnya");
}

/* ---- without a screen --------------------------------------------------- */

static void
plain_lines_on_a_terminal_count_blank_ones(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .env = env, .rows = 60 };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	char where[128];
	const char *const argv[] = { "chat-tui", "--plain", where, NULL };
	struct term *t;

	(void)state;
	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await(t, "you are messi");
	client_ask(c, "broadcast - before");
	say_blanks(c, 4000, "x");
	say_lines(c, "*", "line", 30);
	client_ask(c, "say - * \"one\\n\\n\\n\\ntwo\"");
	term_await(t, "<lineker> … 4,000 blank lines");
	term_await(t, "      | x");
	term_await(t, "<lineker> line 1.");
	term_await(t, "      | line 30.");
	term_await(t, "      | … 3 blank lines");
	term_await(t, "      | two");
	assert_true(term_shows(t, "before"));
	/* Nothing but blanks is refused, with words. */
	term_type(t, "   \r");
	term_await(t, "-- a text in which nothing can be seen is no message");
}

static void
a_script_gets_all_of_it(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	char *path = program_path("chat-tui"), *line, *said;
	size_t n, ends = 0;
	FILE *f;

	(void)state;
	say_blanks(c, 4000, "x");
	line = xasprintf("printf '/history\\n  \\n\\n' | CHAT_PASSWORD=surabaya "
	    "timeout 60 %s --no-remember --plain messi@%s", path,
	    server_address(s));
	f = popen(line, "r");
	assert_non_null(f);
	said = xmalloc(1 << 17);
	n = fread(said, 1, (1 << 17) - 1, f);
	said[n] = '\0';
	assert_int_equal(pclose(f), 0);
	for (size_t i = 0; i < n; i++)
		ends += said[i] == '\n';
	assert_true(ends >= 4001);
	assert_non_null(strstr(said, "\n      | x\n"));
	assert_null(strstr(said, "…"));
	free(said);
	free(line);
	free(path);
}

/* Nor is anything sent of it. */
static void
nothing_but_blanks_is_refused_with_words(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "   \r");
	term_await(t, "-- a text in which nothing can be seen is no message");
	term_type(t, "\025\033[200~ \r\r\t\r\033[201~\r");
	term_await_row_is(t, -1, ">");
	term_type(t, "\025/all \xc2\xa0\xe2\x80\x8b\r");
	term_await_row_is(t, -1, ">");
	term_type(t, "\025seen\r");
	expect_json(client_event_of(c, "message"), "{'text':'seen'}");
	term_await(t, "messi  seen");
	assert_false(term_shows(t, "Alt-S"));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(four_thousand_line_ends_leave_the_others_in_sight),
		T(enter_shows_it_from_its_first_line_and_folds_it_again),
		T(what_is_short_is_not_folded),
		T(lines_are_those_of_the_screen),
		T(of_several_the_lowest_comes_first),
		T(a_click_does_the_same),
		T(ones_own_folds_and_tells_what_became_of_it),
		T(what_is_fetched_is_folded),
		T(what_a_search_finds_in_it_is_shown),
		T(numbers_are_parted_as_the_language_does),
		T(plain_lines_on_a_terminal_count_blank_ones),
		T(a_script_gets_all_of_it),
		T(nothing_but_blanks_is_refused_with_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
