/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --follow and --follow --json, read from a pipe as a script would. */
#include <errno.h>
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/datafile.h"
#include "tests/lib/person.h"
#include "tests/lib/relay.h"
#include "tests/lib/server.h"

enum { LINE_CAP = 64 << 10, MANY = 2500, WINDOW = 100, LONG = 600,
	PROBE_MS = 100 };

/* A chat-tui that follows; one at a time. */
struct follower {
	pid_t pid;
	int out, err;
	char line[LINE_CAP]; /* of out, taken but for a NUL in its end's place */
	size_t have, took;
	char said[LINE_CAP]; /* on standard error */
	size_t said_len;
};

static struct follower f;

static void
start_at(const char *address, const char *password, const char *json,
    const char *into)
{
	char *path = program_path("chat-tui");
	char *at = xasprintf("messi@%s", address);
	char *env = xasprintf("CHAT_PASSWORD=%s", password);
	int out[2], err[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	f = (struct follower){ .out = out[0], .err = err[0] };
	f.pid = fork();
	assert_true(f.pid >= 0);
	if (f.pid == 0) {
		if (into != NULL)
			out[1] = open(into, O_WRONLY);
		dup2(null, STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		putenv(env);
		setenv("TZ", "UTC", 1);
		execl(path, path, "--no-remember", "--follow", at, json, NULL);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	close(null);
	free(env);
	free(at);
	free(path);
}

static void
start(const struct server *s, const char *json)
{
	start_at(server_address(s), "surabaya", json, NULL);
}

/* Takes what comes on either output; false: both have ended. */
static bool
take(void)
{
	struct pollfd p[2] = { { .fd = f.out, .events = POLLIN },
		{ .fd = f.err, .events = POLLIN } };
	ssize_t n = 0, m = 0;

	if (poll(p, 2, DEADLINE_MS) <= 0)
		fail_msg("nothing comes; so far \"%s\", it said \"%s\"",
		    f.line + f.took, f.said);
	if (p[0].revents != 0) {
		memmove(f.line, f.line + f.took, f.have - f.took);
		f.have -= f.took;
		f.took = 0;
		n = read(f.out, f.line + f.have, LINE_CAP - 1 - f.have);
		f.have += n > 0 ? (size_t)n : 0;
		f.line[f.have] = '\0';
		if (n <= 0) {
			close(f.out);
			f.out = -1;
		}
	}
	if (p[1].revents != 0) {
		m = read(f.err, f.said + f.said_len,
		    LINE_CAP - 1 - f.said_len);
		f.said_len += m > 0 ? (size_t)m : 0;
		f.said[f.said_len] = '\0';
		if (m <= 0) {
			close(f.err);
			f.err = -1;
		}
	}
	return f.out != -1 || f.err != -1;
}

/* The next line; borrowed until the next call. */
static const char *
next_line(void)
{
	char *line, *end;

	while ((end = strchr(f.line + f.took, '\n')) == NULL)
		if (!take() || f.out == -1)
			fail_msg("it ended: %s", f.said);
	line = f.line + f.took;
	*end = '\0';
	f.took = (size_t)(end + 1 - f.line);
	return line;
}

static void
await_said(const char *text)
{
	while (strstr(f.said, text) == NULL)
		if (!take())
			fail_msg("\"%s\" is not in \"%s\"", text, f.said);
}

/* Its exit status; 128 + signal as a shell tells it. */
static int
ended(void)
{
	int status;

	while ((f.out != -1 || f.err != -1) && take())
		continue;
	assert_int_equal(waitpid(f.pid, &status, 0), f.pid);
	f.pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

static int
cleanup(void **state)
{
	if (f.pid > 0) {
		kill(f.pid, SIGKILL);
		waitpid(f.pid, NULL, 0);
	}
	f.pid = 0;
	return people_cleanup(state);
}

/* Says so until it is heard: then the follower watches. */
static struct client *
heard_by_it(const struct server *s)
{
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct pollfd p = { .fd = f.out, .events = POLLIN };
	int tries = 0;

	do {
		if (++tries * PROBE_MS > DEADLINE_MS)
			fail_msg("nothing comes; it said \"%s\"", f.said);
		client_ask(c, "broadcast - ?");
	} while (poll(&p, 1, PROBE_MS) == 0);
	client_ask(c, "broadcast - now");
	while (strstr(next_line(), "now") == NULL)
		continue;
	return c;
}

/* What is said from now on it prints. */
static struct client *
with_a_follower(const struct server *s, const char *json)
{
	start(s, json);
	return heard_by_it(s);
}

/* Says "0", "1", ... up to below end. */
static void
say_many(struct client *c, int from, int end)
{
	int sent = from, had = from;

	while (had < end) {
		for (; sent < end && sent < had + WINDOW; sent++)
			client_printf(c, "%s %d\r\n",
			    sent % 5 == 0 ? "send - messi" : "broadcast -",
			    sent);
		expect_json(client_reply(c), "{'status':'OK'}");
		had++;
	}
}

static void
expect_numbers(int from, int end)
{
	for (int i = from; i < end; i++) {
		char want[16];
		json_t *o = json_loads(next_line(), 0, NULL);

		snprintf(want, sizeof(want), "%d", i);
		assert_non_null(o);
		assert_string_equal(str_of(o, "text"), want);
		json_decref(o);
	}
}

static void
what_is_said_comes_as_lines(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = with_a_follower(s, NULL), *own;

	(void)state;
	client_ask(c, "broadcast - hai semua");
	client_ask(c, "say - messi %s", "\"satu\\ndua \\u001b[31m\"");
	assert_string_equal(next_line() + 5, " <lineker> hai semua");
	assert_string_equal(next_line() + 5, " <lineker -> you> satu");
	assert_string_equal(next_line(), "      | dua ␛[31m");
	own = client_as(s, "messi", "surabaya");
	client_ask(own, "send - lineker dari tempat lain");
	assert_string_equal(
	    next_line() + 5, " <messi -> lineker> dari tempat lain");
	/* Nothing has been read by it. */
	expect(own, "unread -", "{'unread':{'lineker':{'count':1}}}");
}

/* The stamp before it is one of just now. */
static void
expect_stamped(const char *line, time_t since, const char *rest)
{
	struct tm tm = { 0 };
	const char *end = strptime(line, "%Y-%m-%dT%H:%M:%S+00:00", &tm);

	if (end == NULL)
		fail_msg("\"%s\" has no time stamp", line);
	assert_in_range(timegm(&tm), since, time(NULL));
	assert_string_equal(end, rest);
}

static void
with_time_stamps_each_line_says_when(void **state)
{
	time_t since = time(NULL);
	struct server *s = server_open(NULL);
	struct client *c = with_a_follower(s, "--timestamps");

	(void)state;
	client_ask(c, "say - messi %s", "\"satu\\ndua\"");
	expect_stamped(next_line(), since, " <lineker -> you> satu");
	assert_string_equal(next_line(), "                          | dua");
	client_ask(c, "broadcast - hai semua");
	expect_stamped(next_line(), since, " <lineker> hai semua");
}

static void
each_message_is_a_line_of_json(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = with_a_follower(s, "--json");
	const char *line;
	json_t *o;

	(void)state;
	client_ask(c, "say - messi %s", "\"satu\\ndua \\u001b日本\"");
	line = next_line();
	assert_null(strchr(line, '\033'));
	o = json_loads(line, 0, NULL);
	expect_json(o, "{'event':'message','id':'<id>','target':'lineker',"
	    "'from':'lineker','name':'Gary Lineker','time':'<time>'}");
	assert_string_equal(str_of(o, "text"), "satu\ndua \033日本");
	json_decref(o);
	/* What acts on a terminal, or cannot be seen there, is escaped. */
	client_ask(c, "say - messi %s", "\"a\\u009b1m \\u202eb\\u200b 日本\"");
	line = next_line();
	assert_non_null(strstr(line, "\"a\\u009B1m \\u202Eb\\u200B 日本\""));
	o = json_loads(line, 0, NULL);
	assert_string_equal(str_of(o, "text"),
	    "a\xc2\x9b""1m \xe2\x80\xae""b\xe2\x80\x8b 日本");
	json_decref(o);
}

/* A program has names as the server has them; a person must not take somebody
 * for everyone. */
static void
somebody_called_everyone_is_named_with_the_realm_but_in_json(void **state)
{
	static const char *const its[] = { "--realm", "its", NULL };
	struct server *s = server_open(its);
	struct client *c;
	json_t *o;

	(void)state;
	datafile_rename(s, "henderson", "everyone");
	(void)with_a_follower(s, NULL);
	c = client_as(s, "everyone", "surabaya");
	client_ask(c, "say - messi \"hai\"");
	assert_string_equal(next_line() + 5, " <everyone@its -> you> hai");
	cleanup(state);
	s = server_open(its);
	datafile_rename(s, "henderson", "everyone");
	(void)with_a_follower(s, "--json");
	c = client_as(s, "everyone", "surabaya");
	client_ask(c, "say - messi \"hai\"");
	o = json_loads(next_line(), 0, NULL);
	expect_json(o, "{'target':'everyone','from':'everyone'}");
	json_decref(o);
}

static void
it_goes_on_where_it_was(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct relay *r = relay_new(server_port(s));
	struct client *c;

	(void)state;
	start_at(relay_address(r), "surabaya", "--json", NULL);
	c = heard_by_it(s);
	say_many(c, 0, 10);
	expect_numbers(0, 10);
	relay_split(r, true);
	await_said("connection lost");
	say_many(c, 10, 30);
	relay_split(r, false);
	expect_numbers(10, 30);
	await_said("connected again");
	relay_free(r);
}

/* More than the server sends again: from several conversations, in order. */
static void
nothing_is_left_out_however_long_it_was_away(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct relay *r = relay_new(server_port(s));
	struct client *c;

	(void)state;
	start_at(relay_address(r), "surabaya", "--json", NULL);
	c = heard_by_it(s);
	say_many(c, 0, 3);
	expect_numbers(0, 3);
	relay_split(r, true);
	await_said("connection lost");
	say_many(c, 3, MANY);
	relay_split(r, false);
	expect_numbers(3, 1000);
	relay_cut(r); /* in the midst of it, perhaps */
	say_many(c, MANY, MANY + 10);
	expect_numbers(1000, MANY + 10);
	relay_free(r);
}

/* Several times as much as a pipe and the program hold. */
static void
a_slow_reader_misses_nothing(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = with_a_follower(s, "--json");
	char *text = xmalloc(4001);

	(void)state;
	memset(text, 'x', 4000);
	text[4000] = '\0';
	for (int i = 0; i < LONG; i++)
		client_ask(c, "send - messi %d%s", i, text);
	for (int i = 0; i < LONG; i++) {
		json_t *o = json_loads(next_line(), 0, NULL);

		assert_non_null(o);
		assert_int_equal(atoi(str_of(o, "text")), i);
		json_decref(o);
	}
	free(text);
}

static void
it_ends_when_nobody_reads(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = with_a_follower(s, NULL);

	(void)state;
	client_ask(c, "broadcast - hai");
	(void)next_line();
	close(f.out);
	f.out = -1;
	/* Though nothing more is said. */
	assert_int_equal(ended(), 0);
	assert_string_equal(f.said, "");
}

static void
each_end_has_its_status(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c;

	(void)state;
	(void)with_a_follower(s, NULL);
	kill(f.pid, SIGTERM);
	assert_int_equal(ended(), 128 + SIGTERM);
	start_at(server_address(s), "wrong", NULL, NULL);
	assert_int_equal(ended(), EX_NOPERM);
	start_at(server_address(s), "surabaya", NULL, "/dev/full");
	c = client_as(s, "lineker", "surabaya");
	for (int i = 0; strstr(f.said, "standard output") == NULL; i++) {
		if (i * PROBE_MS > DEADLINE_MS)
			fail_msg("it writes on: \"%s\"", f.said);
		client_ask(c, "broadcast - hai");
		if (poll(&(struct pollfd){ .fd = f.err, .events = POLLIN }, 1,
		    PROBE_MS) == 1)
			(void)take();
	}
	assert_int_equal(ended(), EX_IOERR);
	server_kill(s);
	start(s, NULL);
	assert_int_equal(ended(), EX_UNAVAILABLE);
}

#define T(fn) cmocka_unit_test_teardown(fn, cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_said_comes_as_lines),
		T(with_time_stamps_each_line_says_when),
		T(each_message_is_a_line_of_json),
		T(somebody_called_everyone_is_named_with_the_realm_but_in_json),
		T(it_goes_on_where_it_was),
		T(nothing_is_left_out_however_long_it_was_away),
		T(a_slow_reader_misses_nothing),
		T(it_ends_when_nobody_reads),
		T(each_end_has_its_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
