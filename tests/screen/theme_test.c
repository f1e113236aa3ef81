/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours by the terminal and its background; and doing without. */
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

/* TERM and what else is set; up to two options. */
static struct term *
open_as(const struct server *s, const char *env, const char *more,
    const char *option, const char *value)
{
	const char *const envs[] = { "CHAT_PASSWORD=surabaya", env, more,
		NULL };
	const struct term_options o = { .env = envs };
	char where[128];
	const char *const argv[] = { "chat-tui", where, option, value, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "online");
	return t;
}

/* Of the palette, each 0-ended: what can be read there. */
static const int any_256[] = { 29, 63, 98, 131, 163, 0 };
static const int dark_256[] = { 203, 209, 178, 143, 112, 71, 78, 43, 74, 39,
	105, 141, 177, 207, 206, 211, 0 };
static const int light_256[] = { 160, 88, 94, 58, 22, 23, 24, 26, 21, 57, 93,
	91, 128, 127, 125, 89, 0 };
static const int dark_8[] = { 2, 6, 7, 0 };
static const int light_8[] = { 1, 4, 5, 0 };

static bool
is_one_of(int color, const int *of)
{
	while (*of != 0 && *of != color)
		of++;
	return *of != 0;
}

static struct term_look
look_of(struct term *t, const char *text)
{
	int row, col;

	term_await(t, text);
	assert_true(term_find(t, text, &row, &col));
	return term_look_at(t, row, col);
}

static void
expect_names(struct term *t, const int *of)
{
	static const char *const names[] = { "henderson", "lineker" };
	size_t i;

	for (i = 0; i < 2; i++) {
		char text[64];
		struct term_look look;

		snprintf(text, sizeof(text), "%s  hai", names[i]);
		look = look_of(t, text);
		assert_true(look.colored);
		assert_true(is_one_of(look.color, of));
	}
}

static struct server *
server_with_words(void)
{
	struct server *s = server_open(NULL);

	client_ask(client_as(s, "henderson", "surabaya"), "broadcast - hai");
	client_ask(client_as(s, "lineker", "surabaya"), "broadcast - hai all");
	return s;
}

static void
a_theme_is_what_it_is_set_to(void **state)
{
	struct server *s = server_with_words();

	(void)state;
	expect_names(open_as(s, "TERM=xterm-256color", NULL, "--theme", "dark"),
	    dark_256);
	expect_names(open_as(s, "TERM=xterm-256color", NULL, "--theme",
	    "light"), light_256);
	expect_names(open_as(s, "TERM=xterm", NULL, "--theme", "dark"),
	    dark_8);
	expect_names(open_as(s, "TERM=xterm", NULL, "--theme", "light"),
	    light_8);
}

static void
where_nothing_is_known_names_can_be_read_on_both(void **state)
{
	struct server *s = server_with_words();
	struct term *t = open_as(s, "TERM=xterm-256color", NULL, NULL, NULL);

	(void)state;
	expect_names(t, any_256);
	/* Eight colours have none that are: no colour is better. */
	t = open_as(s, "TERM=xterm", NULL, NULL, NULL);
	assert_false(look_of(t, "lineker  hai all").colored);
	t = open_as(s, "TERM=xterm", "COLORFGBG=0;15", NULL, NULL);
	expect_names(t, light_8);
	t = open_as(s, "TERM=linux", NULL, NULL, NULL);
	expect_names(t, dark_8);
}

static bool
is_light(struct term *t, void *arg)
{
	int row, col;

	(void)arg;
	return term_find(t, "lineker  hai all", &row, &col) &&
	    is_one_of(term_look_at(t, row, col).color, light_256);
}

static bool
is_dark(struct term *t, void *arg)
{
	int row, col;

	(void)arg;
	return term_find(t, "lineker  hai all", &row, &col) &&
	    is_one_of(term_look_at(t, row, col).color, dark_256);
}

static bool
is_plain(struct term *t, void *arg)
{
	int row, col;

	(void)arg;
	return term_find(t, "lineker  hai all", &row, &col) &&
	    !term_look_at(t, row, col).colored;
}

static void
the_terminals_answer_decides(void **state)
{
	static const char asked[] = "\033]11;?\033\\";
	struct server *s = server_with_words();
	struct term *t = open_as(s, "TERM=xterm-256color", NULL, NULL, NULL);
	const char *bytes;
	size_t n;

	(void)state;
	expect_names(t, any_256);
	bytes = term_bytes(t, &n);
	assert_non_null(memmem(bytes, n, asked, sizeof(asked) - 1));
	term_type(t, "ab");
	term_type(t, "\033]11;rgb:ffff/ffff/dddd\033\\cd");
	term_await_row_is(t, -1, "> abcd");
	term_await_that(t, is_light, NULL, "the theme for light screens");
	/* It can be set while it runs, and what is on the screen follows. */
	term_type(t, "\025/set theme dark\r");
	term_await_that(t, is_dark, NULL, "the theme for dark screens");
	term_type(t, "/set color no\r");
	term_await_that(t, is_plain, NULL, "no colours");
	/* What is set is not asked for, nor where there are no colours. */
	t = open_as(s, "TERM=xterm-256color", NULL, "--theme", "dark");
	bytes = term_bytes(t, &n);
	assert_null(memmem(bytes, n, "\033]11", 4));
	t = open_as(s, "TERM=xterm-256color", "NO_COLOR=1", NULL, NULL);
	bytes = term_bytes(t, &n);
	assert_null(memmem(bytes, n, "\033]11", 4));
}

static bool
any_color(struct term *t)
{
	int row, col;

	for (row = 0; row < 24; row++)
		for (col = 0; col < 80; col++)
			if (term_look_at(t, row, col).colored)
				return true;
	return false;
}

static void
without_colors_everything_is_told_all_the_same(void **state)
{
	static const char *const env[][2] = {
		{ "TERM=xterm-256color", "NO_COLOR=1" },
		{ "TERM=vt100", NULL },
	};
	static const char *const said[] = { "lineker  hai messi, number 0",
		"lineker  hai messi, number 1" };
	struct server *s = server_with_words();
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		t = open_as(s, env[i][0], env[i][1], NULL, NULL);
		client_ask(c, "broadcast - hai messi, number %zu", i);
		client_ask(c, "send - messi psst %zu", i);
		term_await(t, said[i]);
		term_await_row(t, -2, "2:lineker(");
		assert_true(look_of(t, "2:lineker(").bold);
		assert_true(look_of(t, said[i]).reverse);
		/* Each in a read of its own, or it is a paste to a vt100. */
		term_type(t, "/msg nobody hai\r");
		term_await_row(t, -2, "3:nobody");
		term_type(t, "/w nobody\r");
		term_await(t, "hai ! ");
		term_type(t, "/w lineker\r");
		term_await(t, " new ");
		term_await_row_is(t, -1, "lineker>");
		assert_false(any_color(t));
		term_type(t, "/quit\r");
		term_await_end(t);
	}
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_theme_is_what_it_is_set_to),
		T(where_nothing_is_known_names_can_be_read_on_both),
		T(the_terminals_answer_decides),
		T(without_colors_everything_is_told_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
