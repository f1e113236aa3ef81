/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever ends it, the terminal is as it was. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

static const char paste_off[] = "\033[?2004l";

/* A terminal that nothing has ended yet, in full-screen mode. */
static struct term *
running(struct server *s)
{
	struct term *t = person_open(s, "messi", 24, 80);
	struct termios tio;

	assert_true(term_alternate(t));
	term_modes(t, &tio);
	assert_int_equal(tio.c_lflag & (ICANON | ECHO), 0);
	return t;
}

static void
expect_restored(struct term *t)
{
	struct termios tio;
	const char *bytes, *last;
	size_t n;

	assert_false(term_alternate(t));
	term_modes(t, &tio);
	assert_int_equal(tio.c_lflag & (ICANON | ECHO | ISIG),
	    ICANON | ECHO | ISIG);
	assert_int_equal(tio.c_iflag & ICRNL, ICRNL);
	bytes = term_bytes(t, &n);
	last = memmem(bytes, n, paste_off, sizeof(paste_off) - 1);
	assert_non_null(last);
	assert_false(term_cursor_hidden(t));
	assert_false(term_mouse(t));
	assert_false(term_focus(t, false));
}

static void
quit_restores_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = running(s);

	(void)state;
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	expect_restored(t);
}

static void
ctrl_d_restores_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = running(s);

	(void)state;
	term_type(t, "\004");
	assert_int_equal(term_await_end(t), 0);
	expect_restored(t);
}

static void
end_by(struct server *s, int sig)
{
	struct term *t = running(s);

	kill(term_pid(t), sig);
	term_await_end(t);
	expect_restored(t);
	term_close(t);
}

static void
signals_that_end_it_restore_it(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
	end_by(s, SIGTERM);
	end_by(s, SIGHUP);
	end_by(s, SIGINT);
}

static void
crashes_restore_it(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
#ifndef __SANITIZE_ADDRESS__ /* it has a handler of its own for that */
	end_by(s, SIGSEGV);
#endif
	end_by(s, SIGABRT);
}

/*
 * The shell waits for a line where the cursor is.  That the other screen is
 * gone is not enough: the modes come back behind it, and what is typed before
 * they have is a line that the shell never sees the end of.
 */
static bool
is_prompted(struct term *t, void *arg)
{
	int row, col;

	(void)arg;
	term_cursor(t, &row, &col);
	return !term_alternate(t) && strcmp(term_row(t, row), "shell>") == 0;
}

static void
await_shell(struct term *t)
{
	term_await_that(t, is_prompted, NULL, "the shell does not ask");
}

/* Under a shell: only where there is one does a stop stop anything. */
static void
a_stop_gives_it_back_for_a_while(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya",
		"PS1=shell> ", "ENV=/dev/null", NULL };
	static const char *const argv[] = { "/bin/sh", "-i", NULL };
	const struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	struct term *t = term_open(&o, argv);
	char *path = program_path("chat-tui"), *line;

	(void)state;
	await_shell(t);
	line = xasprintf("%s messi@%s\r", path, server_address(s));
	term_type(t, line);
	free(line);
	free(path);
	term_await_row(t, 0, "messi · online");
	term_type(t, "half");
	term_await_row_is(t, -1, "> half");
	term_type(t, "\032"); /* Ctrl-Z */
	await_shell(t);
	term_await_gone(t, "messi · online");
	expect_restored(t);
	term_type(t, "echo in the $((1 + 1))nd shell\r");
	term_await(t, "in the 2nd shell");
	await_shell(t);
	client_ask(client_as(s, "lineker", "surabaya"),
	    "broadcast - said meanwhile");
	term_type(t, "fg\r");
	term_await_row_is(t, -1, "> half");
	term_await_row(t, 0, "messi · online");
	assert_true(term_alternate(t));
	assert_true(term_focus(t, true));
	/* Nobody saw it come, and now it is read. */
	term_await(t, "lineker  said meanwhile");
	term_await(t, "─ new ─");
	term_await_row_is(t, -2, " 1:everyone");
	term_type(t, " a word\r");
	term_await(t, "messi  half a word");
	term_type(t, "/quit\r");
	await_shell(t);
	expect_restored(t);
}

static void
an_unknown_terminal_is_refused_in_words(void **state)
{
	static const char *const env[] = { "TERM=no-such-terminal", NULL };
	const struct term_options o = { .env = env };
	const char *const argv[] = { "chat-tui", NULL };
	struct term *t = term_open(&o, argv);
	int status;

	(void)state;
	term_await(t, "no-such-terminal");
	status = term_await_end(t);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	assert_false(term_alternate(t));
}

static void
a_terminal_that_goes_away_ends_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = running(s);

	(void)state;
	term_hang_up(t);
	assert_true(WIFEXITED(term_await_end(t)));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(quit_restores_it),
		T(ctrl_d_restores_it),
		T(signals_that_end_it_restore_it),
		T(crashes_restore_it),
		T(a_stop_gives_it_back_for_a_while),
		T(an_unknown_terminal_is_refused_in_words),
		T(a_terminal_that_goes_away_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
