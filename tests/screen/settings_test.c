/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help, the settings, what keys do, and the file that keeps them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char f1[] = "\033OP", page_down[] = "\033[6~";

static void
path_of(const char *home, const char *name, char path[512])
{
	snprintf(path, 512, "%s/%s", home, name);
}

static void
put_bytes(const char *home, const char *bytes, size_t n)
{
	char path[512];
	FILE *f;

	path_of(home, ".config", path);
	(void)mkdir(path, 0700);
	path_of(home, ".config/chat-tui", path);
	(void)mkdir(path, 0700);
	path_of(home, ".config/chat-tui/config", path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
put_file(const char *home, const char *text)
{
	put_bytes(home, text, strlen(text));
}

/* The whole file; "" where there is none. */
static const char *
get_file(const char *home)
{
	static char text[4096];
	char path[512];
	size_t n = 0;
	FILE *f;

	path_of(home, ".config/chat-tui/config", path);
	if ((f = fopen(path, "r")) != NULL) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

/* messi once more, in the home of an earlier run. */
static struct term *
again(const struct server *s, const char *home)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .home = home, .env = env };
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "messi · online");
	return t;
}

static void
all_help_is_on_one_large_screen(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 60, 200);

	(void)state;
	term_type(t, f1);
	term_await(t, "/msg USER TEXT         a private message");
	term_await(t, "/kick USER [REASON]    put USER out");
	term_await(t, "Alt-Enter              a new line");
	term_await(t, "mouse yes no           clicks");
	term_await(t, "bind.KEY ACTION");
	term_await(t, "Esc: away.");
	assert_false(term_shows(t, "Page 1"));
	term_await_cursor(t, 59, 2); /* in the input all the while */
	term_type(t, "\033");
	term_await_gone(t, "/kick");
	term_await(t, "Active");
}

static void
what_a_setting_does_is_told_by_itself(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/set notify\r");
	term_await(t, "a notice through the terminal when you");
}

static void
help_comes_in_pages_where_there_is_no_room(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	char *first;

	(void)state;
	term_type(t, "/help\r");
	term_await_row(t, -3, "Page 1 of ");
	term_await_row(t, 1, "Commands");
	term_await(t, "/msg USER TEXT         a private message");
	first = term_screen(t);
	term_type(t, page_down);
	term_await_row(t, -3, "Page 2 of ");
	assert_false(term_shows(t, "/msg USER"));
	term_type(t, "\033[5~");
	term_await_row(t, -3, "Page 1 of ");
	term_await_cursor(t, 23, 2);
	assert_non_null(strstr(first, "Commands"));
	free(first);
	/* No key is lost to it. */
	term_type(t, "typed on");
	term_await_row_is(t, -1, "> typed on");
	term_await_gone(t, "Page 1");
	term_await(t, "Active");
}

static void
in_a_narrow_help_nothing_is_cut(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 60, 20);
	int row, col;

	(void)state;
	term_type(t, f1);
	term_await_row(t, -3, "1/");
	term_type(t, page_down);
	term_await_row(t, -3, "2/");
	assert_true(term_find(t, "/register USER", &row, &col));
	assert_string_equal(term_row(t, row + 1), "    PASSWORD [REAL");
	assert_string_equal(term_row(t, row + 2), "    NAME]");
	assert_string_equal(term_row(t, row + 3), "  make an account;");
}

static void
help_and_lines_bear_any_size(void **state)
{
	static const struct {
		int rows, cols;
	} size[] = { { 1, 1 }, { 2, 3 }, { 5, 20 }, { 3, 200 }, { 60, 2 },
		{ 12, 40 }, { 1, 80 }, { 24, 80 } };
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	size_t i, n = sizeof(size) / sizeof(*size);

	(void)state;
	term_type(t, "one\033\r日本語\033\rthree");
	term_type(t, f1);
	term_await(t, "Page 1 of ");
	for (i = 0; i < 3 * n; i++) {
		term_resize(t, size[i % n].rows, size[i % n].cols);
		term_type(t, page_down);
	}
	term_await(t, "bind.KEY ACTION"); /* the last page */
	term_await_row_is(t, -1, "  three");
	term_await_cursor(t, 23, 2 + 5);
	term_type(t, "\033");
	term_await(t, "Active");
	for (i = 0; i < 3 * n; i++)
		term_resize(t, size[i % n].rows, size[i % n].cols);
	term_await_row_is(t, -3, "> one");
	term_await_row_is(t, -2, "  日本語");
	term_await_row_is(t, -1, "  three");
}

static void
settings_are_shown_and_changed_at_once(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 30, 80);

	(void)state;
	term_type(t, "/set\r");
	term_await(t, "color = yes");
	term_await(t, "bell = yes");
	term_await(t, "users = auto");
	term_await(t, "* counts from the next start on, after /save");
	term_await(t, "│ Active");
	term_type(t, "/set us\t no\r");
	term_await(t, "users = no");
	term_await_gone(t, "│ Active");
	term_type(t, "/set users perhaps\r");
	term_await(t, "users is one of: auto, yes, no");
	term_type(t, "\003/set usres yes\r");
	term_await(t, "usres: no such setting; users?");
	term_type(t, "\003/set users = default\r");
	term_await(t, "users = auto");
	term_await(t, "│ Active");
	term_type(t, "/set plain\r");
	term_await(t, "plain = no: lines in, lines out, no full screen (yes");
	assert_string_equal(get_file(term_home(t)), "");
}

static void
a_key_does_what_it_is_bound_to(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 50, 150);

	(void)state;
	client_ask(c, "send - messi hey");
	term_await(t, "2:lineker(1)");
	term_type(t, "/set bind.F5 next\r");
	term_await(t, "bind.F5 = next");
	term_type(t, "\033[15~");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, "/set bind.f5 newline\r");
	term_await(t, "newline: nothing that a key does; new-line?");
	term_type(t, "\003/set bind.enter next\r");
	term_await(t, "enter: no key that can be bound");
	/* To the line: there it is readline's. */
	term_type(t, "\003/set bind.ctrl-p none\r");
	term_await(t, "bind.ctrl-p = none");
	term_type(t, "\020");
	term_await_row_is(t, -1, "lineker> /set bind.ctrl-p none");
	term_type(t, "\003");
	term_type(t, f1);
	term_await(t, "Ctrl-N F5");
	term_await(t, "(no key)");
	term_type(t, "\033");
	term_await_gone(t, "Ctrl-N F5");
	term_type(t, "/set bind.ctrl-p default\r");
	term_await(t, "bind.ctrl-p = previous");
	term_type(t, "\020");
	term_await_row_is(t, -1, ">");
}

static void
what_is_saved_is_there_the_next_time(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 30, 80);
	const char *home = term_home(t);

	(void)state;
	put_file(home, "# mine\nno-mouse = yes\n\ncolor = yes\n");
	term_type(t, "/set users no\r/set mouse no\r/set bind.alt-z users\r");
	term_await(t, "bind.alt-z = users");
	term_type(t, "/set\r");
	term_await(t, "3 changed and not saved: /save");
	term_type(t, "/save\r");
	term_await(t, "3 saved in ");
	assert_string_equal(get_file(home), "# mine\nmouse = no\n\n"
	    "color = yes\nusers = no\nbind.alt-z = users\n");
	term_type(t, "/save\r");
	term_await(t, "nothing was changed since");
	term_type(t, "/quit\r");
	term_await_end(t);
	put_file(home, "users = no\nbind.alt-z = users\n");
	t = again(s, home);
	term_await(t, "1:everyone");
	assert_false(term_shows(t, "Active"));
	term_type(t, "\033z");
	term_await(t, "│ Active");
	term_type(t, "/set users default\r/save\r");
	term_await(t, "1 saved in ");
	assert_string_equal(get_file(home), "bind.alt-z = users\n");
}

static void
comments_behind_values_stay(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 30, 80);
	const char *home = term_home(t);

	(void)state;
	term_type(t, "/quit\r");
	term_await_end(t);
	put_file(home, "\xef\xbb\xbftheme = dark # at night\n"
	    "no-mouse = yes\t # selects\nbind.F5 = top # far up\n"
	    "greeting = we are #1 # really\nusers = no #\nbell = no # late\n");
	t = again(s, home);
	term_await(t, "we are #1 # really");
	assert_false(term_shows(t, "Active"));
	term_type(t, "/set theme\r");
	term_await(t, "theme = dark: ");
	term_type(t, "/set theme light\r/set mouse yes\r");
	term_type(t, "/set bind.f5 bottom\r/set bell default\r/save\r");
	term_await(t, "4 saved in ");
	assert_string_equal(get_file(home),
	    "\xef\xbb\xbftheme = light # at night\n"
	    "mouse = yes\t # selects\nbind.f5 = bottom # far up\n"
	    "greeting = we are #1 # really\nusers = no #\n# late\n");
}

static void
a_wrong_file_is_said_with_its_line(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	const char *home = term_home(t);
	const struct term_options o = { .home = home, .cols = 160 };
	const char *const argv[] = { "chat-tui", NULL };
	int status;

	(void)state;
	term_type(t, "/quit\r");
	term_await_end(t);
	put_file(home, "bell = no\n\nbind.f5 = nxet\n");
	t = term_open(&o, argv);
	term_await(t, "config:3: nxet: nothing that a key does; next?");
	status = term_await_end(t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 78);
	put_file(home, "# fine\ntheme = # dark\n");
	t = term_open(&o, argv);
	term_await(t, "config:2: theme: no value");
	put_bytes(home, "bell = no\nbell = n\0o\nusers = no\n", 32);
	t = term_open(&o, argv);
	term_await(t, "config:2: a NUL byte is in it");
}

static void
an_unknown_command_names_the_nearest(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/serach words\r");
	term_await(t, "there is no /serach; /search?");
	term_await_row_is(t, -1, ">");
	term_type(t, "/zzzzzzzz\r");
	term_await(t, "there is no /zzzzzzzz; /help lists");
	term_type(t, "after it\r");
	expect_json(client_event_of(c, "message"), "{'text':'after it'}");
}

static void
hints_name_the_keys_that_are_bound(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 120);
	int i;

	(void)state;
	term_await_row(t, 0, "F1 help");
	term_type(t, "/set bind.f4 help\r/set bind.f1 none\r");
	term_await_row(t, 0, "F4 help");
	term_type(t, "/set bind.f4 none\r");
	term_await(t, "bind.f4 = none");
	term_await_row(t, 0, "online");
	assert_null(strstr(term_row(t, 0), "help"));

	term_type(t, "/msg nobody hey\r/w nobody\r");
	term_await(t, "(Alt-S: again, Alt-X: drop)");
	term_type(t, "/set bind.alt-s none\r/set bind.ctrl-g send-again\r");
	term_await(t, "(Ctrl-G: again, Alt-X: drop)");
	term_type(t, "/set bind.alt-x none\r");
	term_await(t, "(Ctrl-G: again)");
	term_type(t, "/set bind.ctrl-g none\r");
	term_await_gone(t, "again)");
	term_await(t, "! there is no user of that name");
	assert_false(term_shows(t, "that name ("));

	term_type(t, "/set bind.pgup none\r/set bind.f6 page-up\r");
	for (i = 0; i < 20; i++)
		term_type(t, "/set bell\r");
	term_type(t, "/set mouse\r");
	term_await(t, "mouse = yes");
	term_type(t, "\033[17~");
	term_await(t, "the newest; End goes there");
	term_type(t, "\033OR");
	term_await_row(t, -1, "↑ ↓ F6 PgDn scroll");
	term_type(t, "x");
	term_await(t, "the newest; End goes there");
	term_type(t, "\b/set bind.end none\r\033[17~");
	term_await(t, "the newest; Ctrl-End goes there");
	term_type(t, "/set bind.ctrl-end none\r\033[17~");
	term_await(t, "─ the newest ─");
	term_type(t, "/set bind.ctrl-d redraw\r/set bind.up none\r");
	term_await(t, "bind.up = none");
	term_type(t, "\003");
	term_await_row(t, -2, "Ctrl-C once more or /quit leaves.");
	term_type(t, "\023");
	term_await(t, "Tab chooses");
	term_type(t, "\033");
	term_await_row_is(t, -1, "nobody>");
	term_type(t, "/help\r");
	term_await(t, "Page 1 of ");
	term_await_row(t, -3, ": PgDn, F6. Esc: away.");
}

static void
the_form_names_the_keys_that_are_bound(void **state)
{
	struct term *t = person_new(NULL, 24, 80);
	const char *home = term_home(t);

	(void)state;
	term_await(t, "Enter next · F1 help");
	term_type(t, "\003");
	term_await_end(t);
	put_file(home, "bind.f1 = none\nbind.f5 = help\n"
	    "bind.ctrl-c = none\nbind.ctrl-u = copy\n"
	    "bind.f10 = interrupt\n");
	t = person_new(home, 24, 80);
	term_await(t, "Enter next · F5 help");
	term_type(t, "\033[15~");
	term_await(t, "F5  takes this away");
	term_await(t, "F10  quits");
	assert_false(term_shows(t, "Ctrl-U"));
	assert_false(term_shows(t, "Ctrl-C"));
	term_type(t, "\033[21~");
	term_await_end(t);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_help_is_on_one_large_screen),
		T(what_a_setting_does_is_told_by_itself),
		T(help_comes_in_pages_where_there_is_no_room),
		T(in_a_narrow_help_nothing_is_cut),
		T(help_and_lines_bear_any_size),
		T(hints_name_the_keys_that_are_bound),
		T(the_form_names_the_keys_that_are_bound),
		T(settings_are_shown_and_changed_at_once),
		T(a_key_does_what_it_is_bound_to),
		T(what_is_saved_is_there_the_next_time),
		T(comments_behind_values_stay),
		T(a_wrong_file_is_said_with_its_line),
		T(an_unknown_command_names_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
