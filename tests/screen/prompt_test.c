/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain lines on a terminal: the line is readline's, below what is said. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char enter[] = "\r", line_start[] = "\001", up[] = "\033[A";

/* messi, logged in. */
static struct term *
open_as(const struct server *s, const char *name)
{
	char *term = xasprintf("TERM=%s", name);
	const char *const env[] = { "CHAT_PASSWORD=surabaya", term, NULL };
	char *where = xasprintf("messi@%s", server_address(s));
	const char *argv[] = { "chat-tui", "--plain", where, NULL };
	const struct term_options o = { .env = env };
	struct term *t;

	if (strcmp(name, "dumb") == 0) { /* by itself */
		argv[1] = where;
		argv[2] = NULL;
	}
	t = term_open(&o, argv);
	term_await(t, "-- /help lists the commands; you are messi");
	free(where);
	free(term);
	return t;
}

static bool
stands_last(struct term *t, void *text)
{
	char *screen = term_screen(t), *end = screen + strlen(screen);
	size_t n = strlen(text);
	bool last;

	while (end > screen && end[-1] == '\n')
		*--end = '\0';
	last = (size_t)(end - screen) >= n && strcmp(end - n, text) == 0;
	free(screen);
	return last;
}

/* The last row with anything in it ends so. */
static void
await_last(struct term *t, const char *text)
{
	char *copy = xasprintf("%s", text);

	term_await_that(t, stands_last, copy, text);
	free(copy);
}

static void
what_is_typed_is_edited_and_remembered(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = open_as(s, "xterm-256color");

	(void)state;
	term_type(t, "alo dunia");
	await_last(t, "\nalo dunia");
	term_type(t, line_start);
	term_type(t, "h");
	await_last(t, "\nhalo dunia");
	term_type(t, enter);
	expect_json(client_event_of(c, "message"),
	    "{'from':'messi','target':'*','text':'halo dunia'}");
	term_type(t, up);
	term_type(t, "!\r");
	expect_json(client_event_of(c, "message"), "{'text':'halo dunia!'}");
	assert_false(term_alternate(t));
}

/* Be it one that belongs into no history. */
static void
a_refused_line_comes_back_by_up(void **state)
{
	static const char *const line[] = { "/join", "/logni messi geheim",
		"/passwd geheim" };
	struct server *s = server_open(NULL);
	struct term *t = open_as(s, "xterm-256color");

	(void)state;
	for (size_t i = 0; i < sizeof(line) / sizeof(*line); i++) {
		char *shown = xasprintf("\n%s", line[i]);

		term_type(t, line[i]);
		term_type(t, enter);
		term_await(t, i == 1 ? "there is no /logni" :
		    i == 0 ? "-- /join #NAME" : "-- /passwd OLD NEW");
		term_type(t, "next");
		await_last(t, "\nnext");
		term_type(t, up);
		await_last(t, shown);
		term_type(t, "\033[B\025");
		free(shown);
	}
}

static void
what_others_say_does_not_disturb_the_line(void **state)
{
	static const char *const terms[] = { "xterm-256color",
		"screen-256color", "vt100", "linux", "dumb" };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct client *other = client_watching(s, "henderson", "surabaya");
	int row, col;

	(void)state;
	for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
		struct term *t = open_as(s, terms[i]);

		term_type(t, "half a line");
		await_last(t, "\nhalf a line");
		client_ask(c, "broadcast - in between");
		term_await(t, "<lineker> in between");
		await_last(t, "<lineker> in between\nhalf a line");
		/* Only a terminal that cannot clear keeps the old one. */
		assert_true(term_find(t, "half a line", &row, &col));
		if (strcmp(terms[i], "dumb") != 0)
			assert_true(row > 0 &&
			    strstr(term_row(t, row - 1), "in between"));
		term_type(t, " and a half\r");
		expect_json(client_event_of(other, "message"),
		    "{'text':'in between'}");
		expect_json(client_event_of(other, "message"),
		    "{'from':'messi','text':'half a line and a half'}");
		term_close(t);
	}
}

static void
tab_completes_and_lists(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_as(s, "xterm-256color");

	(void)state;
	term_type(t, "/msg hen\thai");
	await_last(t, "\n/msg henderson hai");
	term_type(t, "\025/li\t\t");
	term_await(t, "-- /links");
	await_last(t, "\n/li");
	term_type(t, "\025(hen\t!");
	await_last(t, "\n(henderson !");
	term_type(t, "\025/set lang\tdef\t");
	await_last(t, "\n/set language default");
	term_type(t, "\025/help pass\t");
	await_last(t, "\n/help passwd");
}

/* Nor is it kept anywhere; and the terminal is as it was in the end. */
static void
a_password_is_not_shown(void **state)
{
	struct server *s = server_open(NULL);
	const char *argv[] = { "chat-tui", "--plain", NULL };
	struct term *t = term_open(NULL, argv);
	struct termios now;
	const char *bytes;
	size_t n;

	(void)state;
	term_await(t, "Server [localhost:8889]:");
	term_type(t, server_address(s));
	term_type(t, enter);
	term_await(t, "Name:");
	term_type(t, "messy\177i\r");
	await_last(t, "\nPassword:");
	term_type(t, "wrong\025surabaya\r");
	await_last(t, "\nMake a new account of that name? [y/N]:");
	term_modes(t, &now);
	assert_false(now.c_lflag & (ECHO | ICANON));
	term_type(t, "n\r");
	term_await(t, "you are messi");
	term_type(t, "\033[A\004");
	term_await_end(t);
	bytes = term_bytes(t, &n);
	assert_null(memmem(bytes, n, "surabaya", 8));
	assert_null(memmem(bytes, n, "wrong", 5));
	term_modes(t, &now);
	assert_true(now.c_lflag & ECHO);
	assert_true(now.c_lflag & ICANON);
}

static void
a_paste_is_one_message(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = open_as(s, "xterm-256color");

	(void)state;
	term_type(t, "\033[200~one\rtwo\033[201~");
	await_last(t, "\none\ntwo");
	term_type(t, " three\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'one\\ntwo three'}");
}

static void
another_width_is_followed(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_as(s, "xterm-256color");

	(void)state;
	term_resize(t, 24, 20);
	term_type(t, "\025twenty columns and more");
	await_last(t, "\ntwenty columns and m\nore");
	term_type(t, "\177\177\177\177");
	await_last(t, "\ntwenty columns and");
	term_resize(t, 24, 80);
	term_type(t, "wider than before");
	await_last(t, "twenty columns and wider than before");
}

/* Readline's own display dies of less than a few columns. */
static void
hardly_any_width_is_survived(void **state)
{
	static const char *const terms[] = { "dumb", "xterm-256color" };
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct term *t = open_as(s, terms[i]);

		for (int cols = 1; cols < 5; cols++) {
			term_resize(t, cols % 2 == 0 ? 24 : 1, cols);
			term_type(t, "hello\001\0334x\022h\007\005\025");
		}
		term_type(t, "there\001hello \r");
		expect_json(client_event_of(c, "message"),
		    "{'text':'hello there'}");
		term_close(t);
	}
}

static void
it_ends_as_a_terminal_expects(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_as(s, "xterm-256color");
	struct termios now;
	int status;

	(void)state;
	term_type(t, "unsent\003"); /* Ctrl-C is the terminal's */
	status = term_await_end(t);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	term_modes(t, &now);
	assert_true(now.c_lflag & ECHO);
	term_close(t);

	t = open_as(s, "xterm-256color");
	term_type(t, "\004");
	status = term_await_end(t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_typed_is_edited_and_remembered),
		T(a_refused_line_comes_back_by_up),
		T(what_others_say_does_not_disturb_the_line),
		T(tab_completes_and_lists),
		T(a_password_is_not_shown),
		T(a_paste_is_one_message),
		T(another_width_is_followed),
		T(hardly_any_width_is_survived),
		T(it_ends_as_a_terminal_expects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
