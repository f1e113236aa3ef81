/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever ends it, the terminal is as it was. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

/* Whoever waits for it learns of the signal. */
static void
end_by(struct term *t, int sig)
{
	int status;

	term_signal(t, sig);
	status = term_await_end(t);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != sig)
		fail_msg("signal %d: ended with %#x", sig, (unsigned)status);
}

static void
signals_that_end_it_restore_it(void **state)
{
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGABRT };
	struct server *s = server_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct term *t = running(s);

		end_by(t, ends[i]);
		expect_restored(t);
		term_close(t);
	}
}

/* The next one that ends a program by default; 0: there are no more. */
static int
next_that_ends(int sig)
{
	static const int not[] = { SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
		SIGCONT, SIGCHLD, SIGURG, SIGWINCH,
#ifdef __SANITIZE_ADDRESS__ /* it has handlers of its own for these */
		SIGSEGV, SIGBUS, SIGFPE,
#endif
	};

	while (++sig <= SIGRTMAX) {
		bool ends = sig <= SIGSYS || sig >= SIGRTMIN;

		for (size_t i = 0; i < sizeof(not) / sizeof(*not); i++)
			ends = ends && not[i] != sig;
		if (ends)
			return sig;
	}
	return 0;
}

static void
every_signal_restores_the_screen(void **state)
{
	const char *const argv[] = { "chat-tui", NULL };

	(void)state;
	for (int sig = 0; (sig = next_that_ends(sig)) != 0;) {
		struct term *t = term_open(NULL, argv);

		term_await(t, "who are you, and where?");
		assert_true(term_alternate(t));
		assert_true(term_mouse(t));
		end_by(t, sig);
		expect_restored(t);
		term_close(t);
	}
}

static void
every_signal_restores_plain_lines(void **state)
{
	const char *const argv[] = { "chat-tui", "--plain", NULL };
	struct termios tio;

	(void)state;
	for (int sig = 0; (sig = next_that_ends(sig)) != 0;) {
		struct term *t = term_open(NULL, argv);

		term_await(t, "Server [");
		term_modes(t, &tio);
		assert_int_equal(tio.c_lflag & (ICANON | ECHO), 0);
		end_by(t, sig);
		expect_restored(t);
		term_close(t);
	}
}

/* Where readline does not draw, the echo of a password is off. */
static void
every_signal_brings_back_the_echo(void **state)
{
	const char *const argv[] = { "/bin/sh", "-c",
		"exec \"$CHAT_TUI\" --plain >/dev/null", NULL };
	char *path = program_path("chat-tui");
	char *name = xasprintf("CHAT_TUI=%s", path);
	const char *const env[] = { name, NULL };
	const struct term_options o = { .env = env };
	struct termios tio;

	(void)state;
	free(path);
	for (int sig = 0; (sig = next_that_ends(sig)) != 0;) {
		struct term *t = term_open(&o, argv);

		term_await(t, "Server [");
		term_type(t, "\rmessi\r");
		term_await(t, "Password:");
		term_modes(t, &tio);
		assert_int_equal(tio.c_lflag & ECHO, 0);
		end_by(t, sig);
		term_modes(t, &tio);
		assert_int_equal(tio.c_lflag & ECHO, ECHO);
		term_close(t);
	}
	free(name);
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

/* The one job of the shell. */
static pid_t
job_of(struct term *t)
{
	int row, col;
	long pid;

	term_type(t, "clear; printf pid=; jobs -p\r");
	term_await(t, "pid=");
	await_shell(t);
	assert_true(term_find(t, "pid=", &row, &col));
	pid = strtol(term_row(t, row) + col + 4, NULL, 10);
	assert_true(pid > 1);
	return (pid_t)pid;
}

static bool
has_ended(struct term *t, void *pid)
{
	char *path = xasprintf("/proc/%ld/stat", (long)*(const pid_t *)pid);
	FILE *f = fopen(path, "r");
	char state = 'Z';

	(void)t;
	free(path);
	if (f == NULL)
		return true;
	if (fscanf(f, "%*d %*s %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state == 'Z';
}

/* Stopped, it has nothing to put back, and must not be stopped once more by
 * touching the terminal, which is the shell's. */
static void
a_signal_ends_it_while_it_is_stopped(void **state)
{
	static const char *const env[] = { "PS1=shell> ", "ENV=/dev/null",
		NULL };
	static const char *const argv[] = { "/bin/sh", "-i", NULL };
	static const int sig[] = { SIGTERM, SIGHUP, SIGQUIT, SIGUSR1,
		SIGALRM };
	const struct term_options o = { .env = env };
	struct term *t = term_open(&o, argv);
	char *path = program_path("chat-tui"), *line;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(sig) / sizeof(*sig); i++) {
		bool plain = i % 2 == 1;
		pid_t pid;

		await_shell(t);
		line = xasprintf("clear; %s%s\r", path,
		    plain ? " --plain" : "");
		term_type(t, line);
		free(line);
		term_await(t, plain ? "Server [" : "who are you, and where?");
		term_type(t, "\032"); /* Ctrl-Z */
		await_shell(t);
		expect_restored(t);
		pid = job_of(t);
		assert_int_equal(kill(pid, sig[i / 2]), 0);
		assert_int_equal(kill(pid, SIGCONT), 0);
		term_await_that(t, has_ended, &pid, "it goes on");
		term_type(t, "\r");
		term_await(t, strsignal(sig[i / 2]));
		await_shell(t);
		expect_restored(t);
	}
	free(path);
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
		T(every_signal_restores_the_screen),
		T(every_signal_restores_plain_lines),
		T(every_signal_brings_back_the_echo),
		T(a_stop_gives_it_back_for_a_while),
		T(a_signal_ends_it_while_it_is_stopped),
		T(an_unknown_terminal_is_refused_in_words),
		T(a_terminal_that_goes_away_ends_it),
	};

	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
