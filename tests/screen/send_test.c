/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --send TARGET -: lines of a pipe are messages, and the status tells whether
 * the server has them all. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"

enum { SAID_CAP = 16384, HELD_MS = 500, HELD_MAX = 1 << 20 };

/* The one that runs. */
static struct {
	pid_t pid; /* 0: none */
	int in, err;
	char said[SAID_CAP]; /* on standard error */
	size_t len;
} it;

/* input: -1, for a pipe of ours. */
static void
start_at(const char *password, const char *target, const char *at, int input)
{
	char *path = program_path("chat-tui");
	char *who = xasprintf("messi@%s", at);
	char *env = xasprintf("CHAT_PASSWORD=%s", password);
	int in[2], err[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	memset(&it, 0, sizeof(it));
	it.in = in[1];
	it.err = err[0];
	it.pid = fork();
	if (it.pid == 0) {
		dup2(input == -1 ? in[0] : input, STDIN_FILENO);
		dup2(err[1], STDERR_FILENO);
		putenv(env);
		execl(path, path, "--no-remember", "--config", "/dev/null",
		    "--send", target, "-", who, NULL);
		_exit(127);
	}
	close(in[0]);
	close(err[1]);
	free(env);
	free(who);
	free(path);
}

static void
start(const struct server *s, const char *target)
{
	start_at("surabaya", target, server_address(s), -1);
}

static void
give(const char *bytes, size_t n)
{
	ssize_t wrote;

	for (; n > 0; bytes += wrote, n -= (size_t)wrote) {
		wrote = write(it.in, bytes, n);
		assert_true(wrote > 0);
	}
}

static void
give_text(const char *text)
{
	give(text, strlen(text));
}

/* False: it has said all. */
static bool
take_said(void)
{
	struct pollfd p = { .fd = it.err, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, DEADLINE_MS) <= 0)
		fail_msg("it says nothing; so far \"%s\"", it.said);
	n = read(it.err, it.said + it.len, SAID_CAP - 1 - it.len);
	if (n <= 0)
		return false;
	it.len += (size_t)n;
	it.said[it.len] = '\0';
	return true;
}

static void
await_said(const char *text)
{
	while (strstr(it.said, text) == NULL)
		if (!take_said())
			fail_msg("\"%s\" is not in \"%s\"", text, it.said);
}

static void
end_input(void)
{
	close(it.in);
	it.in = -1;
}

/* As waitpid(2) tells it. */
static int
await_end(void)
{
	int status;

	while (take_said())
		continue;
	assert_int_equal(waitpid(it.pid, &status, 0), it.pid);
	it.pid = 0;
	close(it.err);
	if (it.in != -1)
		end_input();
	return status;
}

static void
expect_status(int want)
{
	int status;

	if (it.in != -1)
		end_input();
	status = await_end();
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want)
		fail_msg("status %#x, not %d: \"%s\"", (unsigned)status, want,
		    it.said);
}

static int
cleanup(void **state)
{
	if (it.pid > 0) {
		kill(it.pid, SIGKILL);
		waitpid(it.pid, NULL, 0);
	}
	it.pid = 0;
	return people_cleanup(state);
}

static void
expect_text(struct client *c, const char *text)
{
	json_t *o = client_event_of(c, "message");

	assert_string_equal(
	    json_string_value(json_object_get(o, "text")), text);
}

/* ---- what lines are ---------------------------------------------------- */

static void
lines_are_messages_and_never_commands(void **state)
{
	static const char *const lines[] = { "one", "/quit", "//two",
		" /leave #lab", "/nosuch", "login messi surabaya",
		"send lineker x", "logout", "\ttab", "crlf", "-- ", "last" };
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	start(s, "*");
	give_text("one\n/quit\n//two\n /leave #lab\n/nosuch\n"
	    "login messi surabaya\nsend lineker x\nlogout\n\ttab\ncrlf\r\n"
	    "\n \t\n\r\n\342\200\213\n" /* in which nothing is seen */
	    "-- \nlast");
	expect_status(0);
	assert_string_equal(it.said, "");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		expect_text(c, lines[i]);
}

static void
the_target_is_anybody_or_a_group(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	start(s, "lineker");
	give_text("to one\n");
	expect_status(0);
	expect_json(client_event_of(c, "message"),
	    "{'from':'messi','target':'messi','text':'to one'}");
	client_ask(c, "join - #lab");
	client_ask(client_as(s, "messi", "surabaya"), "join - #lab");
	start(s, "#lab");
	give_text("to a group\n");
	expect_status(0);
	expect_json(client_event_of(c, "message"),
	    "{'target':'#lab','text':'to a group'}");
	/* What messi has not read is none of its business. */
	client_ask(c, "broadcast - unread");
	start(s, "*");
	expect_status(0);
	assert_string_equal(it.said, "");
}

static void
lines_go_out_as_they_come(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	start(s, "*");
	give_text("one\ntw");
	expect_text(c, "one");
	give_text("o\n");
	expect_text(c, "two");
	give_text("three\n");
	expect_text(c, "three");
	expect_status(0);
}

/* ---- what does not go -------------------------------------------------- */

static void
what_cannot_be_sent_is_told_with_its_line(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	char *big = xmalloc(HELD_MAX);

	(void)state;
	memset(big, 'x', HELD_MAX);
	start(s, "*");
	give_text("caf\351\nfine\n");
	give("a\0b\n", 4);
	give(big, WIRE_TEXT_MAX + 1);
	give_text("\n");
	give(big, WIRE_TEXT_MAX);
	give_text("\n");
	give(big, HELD_MAX);
	give_text("\nlast");
	expect_status(1);
	assert_string_equal(it.said,
	    "chat-tui: line 1 was not sent: that is not valid UTF-8\n"
	    "chat-tui: line 3 was not sent: a NUL byte is in it\n"
	    "chat-tui: line 4 was not sent: that is 4097 bytes; a message "
	    "holds at most 4096\n"
	    "chat-tui: line 6 was not sent: that is too long for one "
	    "message\n");
	big[WIRE_TEXT_MAX] = '\0';
	expect_text(c, "fine");
	expect_text(c, big);
	expect_text(c, "last");
	free(big);
}

static void
what_the_server_refuses_is_told_with_its_line(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
	start(s, "nobody");
	give_text("one\n\ntwo\n");
	expect_status(1);
	await_said("chat-tui: line 1 was not sent: ");
	await_said("chat-tui: line 3 was not sent: ");
	start(s, "#nogroup");
	give_text("x\n");
	expect_status(1);
	await_said("chat-tui: line 1 was not sent: ");
}

static void
each_cause_of_failure_has_its_status(void **state)
{
	struct server *s = server_open(NULL);
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	start(s, "no name");
	expect_status(EX_USAGE);
	await_said("no name: that is nobody's name");
	start(s, "@medan");
	expect_status(EX_USAGE);
	start_at("wrong", "*", server_address(s), -1);
	expect_status(EX_NOPERM);
	await_said("wrong password");
	start_at("surabaya", "*", server_address(s), folder);
	expect_status(EX_IOERR);
	await_said("standard input: ");
	close(folder);
	server_kill(s);
	start(s, "*");
	give_text("x\n");
	expect_status(EX_UNAVAILABLE);
}

/* ---- troubles ---------------------------------------------------------- */

static void
a_server_that_comes_back_has_each_line_once(void **state)
{
	static const char *const options[] = { "--rate", "100", NULL };
	enum { LINES = 400, KILLS = 3, PAGE = 200 };
	struct server *s = server_open(options);
	struct client *c = client_watching(s, "lineker", "surabaya");
	long long last = 0;
	json_t *page = NULL;
	char line[16];

	(void)state;
	start(s, "*");
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%d\n", i);
		give_text(line);
	}
	end_input();
	for (int kills = 0; kills < KILLS; kills++) {
		for (int i = 0; i < 20; i++) /* on the way */
			(void)client_event_of(c, "message");
		server_kill(s);
		server_start(s);
		c = client_watching(s, "lineker", "surabaya");
	}
	expect_status(0);
	await_said("connection lost");
	for (int i = 0; i < LINES; i++) {
		json_t *m;

		if (i % PAGE == 0)
			page = json_object_get(client_ask(c, "history - * "
			    "after=%lld limit=%d", last, PAGE), "messages");
		m = json_array_get(page, (size_t)(i % PAGE));
		snprintf(line, sizeof(line), "%d", i);
		assert_string_equal(str_of(m, "text"), line);
		last = int_of(m, "id");
	}
	page = json_object_get(
	    client_ask(c, "history - * after=%lld", last), "messages");
	assert_int_equal(json_array_size(page), 0);
}

/* What is not answered is not taken as sent, and no more is read. */
static void
a_slow_server_holds_up_the_input(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct pollfd p = { .events = POLLOUT };
	char line[1001], last[16];
	size_t lines = 0;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	start(s, "*");
	give_text("first\n");
	expect_text(c, "first");
	server_signal(s, SIGSTOP);
	p.fd = it.in;
	for (; poll(&p, 1, HELD_MS) == 1; lines++) {
		assert_true(lines * sizeof(line) < HELD_MAX);
		give(line, sizeof(line));
	}
	server_signal(s, SIGCONT);
	snprintf(last, sizeof(last), "%zu", lines);
	give_text(last);
	line[sizeof(line) - 1] = '\0';
	end_input();
	for (size_t i = 0; i < lines; i++)
		expect_text(c, line);
	expect_text(c, last);
	expect_status(0);
}

static void
a_signal_tells_how_far_it_came(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	int status;

	(void)state;
	start(s, "*");
	give_text("one\n\ntwo\n");
	expect_text(c, "one");
	expect_text(c, "two");
	kill(it.pid, SIGINT);
	status = await_end();
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	assert_non_null(
	    strstr(it.said, "chat-tui: stopped at line 3 of the input"));
}

#define T(f) cmocka_unit_test_teardown(f, cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(lines_are_messages_and_never_commands),
		T(the_target_is_anybody_or_a_group),
		T(lines_go_out_as_they_come),
		T(what_cannot_be_sent_is_told_with_its_line),
		T(what_the_server_refuses_is_told_with_its_line),
		T(each_cause_of_failure_has_its_status),
		T(a_server_that_comes_back_has_each_line_once),
		T(a_slow_server_holds_up_the_input),
		T(a_signal_tells_how_far_it_came),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
