/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/socket.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/listen.h"
#include "server/sandbox.h"
#include "shared/loop.h"

enum { KIND = 7, WAIT_MS = 5000, MANY = 150 };

struct world {
	struct loop *loop;
	struct listeners *listeners;
	size_t room; /* so many more are taken */
	int taken[MANY];
	size_t takens, refused;
	char cause[64];
	char addr[4][64];
	size_t addrs;
};

static bool
on_accepted(void *arg, unsigned kind, int fd, const char *origin)
{
	struct world *w = arg;

	assert_int_equal(kind, KIND);
	assert_string_equal(origin, ""); /* loopback is not counted */
	if (w->takens == w->room)
		return false;
	w->taken[w->takens++] = fd;
	return true;
}

static void
on_full(void *arg, unsigned kind, int fd)
{
	struct world *w = arg;

	assert_int_equal(kind, KIND);
	w->refused++;
	assert_int_equal(send(fd, "full", 4, MSG_NOSIGNAL), 4);
}

static void
on_trouble(void *arg, const char *cause, const char *detail)
{
	struct world *w = arg;

	assert_null(detail);
	snprintf(w->cause, sizeof w->cause, "%s", cause);
}

static void
on_addr(void *arg, unsigned kind, const char *addr)
{
	struct world *w = arg;

	assert_int_equal(kind, KIND);
	assert_true(w->addrs < 4);
	snprintf(w->addr[w->addrs++], sizeof w->addr[0], "%s", addr);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	const struct listen_handler h = { w, on_accepted, on_full,
		on_trouble };

	if (w == NULL)
		return -1;
	w->room = MANY;
	w->loop = loop_new();
	w->listeners = listeners_new(w->loop, &h);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	listeners_free(w->listeners);
	while (w->takens > 0)
		close(w->taken[--w->takens]);
	loop_free(w->loop);
	free(w);
	return 0;
}

/* Listens; the port. */
static int
listening(struct world *w, const char *spec)
{
	char why[256] = "";

	if (!listeners_add(w->listeners, spec, KIND, why, sizeof why))
		fail_msg("%s", why);
	listeners_each(w->listeners, on_addr, w);
	listeners_go(w->listeners);
	return atoi(strrchr(w->addr[0], ':') + 1);
}

static int
connected(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_port = htons((uint16_t)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd != -1);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static void
a_newcomer_is_handed_over(void **state)
{
	struct world *w = *state;
	int port = listening(w, "127.0.0.1:0"), fd = connected(port);
	char c;

	assert_int_equal(loop_turn(w->loop, WAIT_MS), 0);
	assert_int_equal(w->takens, 1);
	assert_int_equal(send(fd, "x", 1, 0), 1);
	/* It does not block. */
	while (recv(w->taken[0], &c, 1, 0) == -1)
		assert_int_equal(errno, EAGAIN);
	assert_int_equal(c, 'x');
	close(fd);
}

static void
one_too_many_is_told_and_closed(void **state)
{
	struct world *w = *state;
	int port = listening(w, "127.0.0.1:0"), fd;
	char got[8];

	w->room = 0;
	fd = connected(port);
	/* What it has sent already does not cost it the answer. */
	assert_int_equal(send(fd, "hello\r\n", 7, 0), 7);
	assert_int_equal(loop_turn(w->loop, WAIT_MS), 0);
	assert_int_equal(w->refused, 1);
	assert_string_equal(w->cause, "too many connections");
	assert_int_equal(recv(fd, got, sizeof got, MSG_WAITALL), 4);
	assert_memory_equal(got, "full", 4);
	close(fd);
}

/* Those who are here get their turn in between. */
static void
a_turn_takes_a_bounded_number(void **state)
{
	struct world *w = *state;
	int port = listening(w, "127.0.0.1:0"), fd[MANY];
	size_t before;

	for (int i = 0; i < MANY; i++)
		fd[i] = connected(port);
	while (w->takens < MANY) {
		before = w->takens;
		assert_int_equal(loop_turn(w->loop, WAIT_MS), 0);
		assert_in_range(w->takens - before, 1, 64);
	}
	for (int i = 0; i < MANY; i++)
		close(fd[i]);
}

static void
localhost_is_one_port_of_both_families(void **state)
{
	struct world *w = *state;

	listening(w, "localhost:0");
	assert_false(listeners_public(w->listeners));
	assert_in_range(w->addrs, 1, 2); /* a machine may lack one */
	if (w->addrs == 2)
		assert_string_equal(strrchr(w->addr[0], ':'),
		    strrchr(w->addr[1], ':'));
}

static void
every_address_is_a_public_one(void **state)
{
	struct world *w = *state;

	listening(w, "0.0.0.0:0");
	assert_true(listeners_public(w->listeners));
}

static void
what_cannot_be_had_is_said_in_one_line(void **state)
{
	static const struct {
		const char *spec, *said;
	} bad[] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "192.0.2.1:0", "cannot listen on 192.0.2.1:0" },
		{ "127.0.0.1:%d", "in use" },
	};
	struct world *w = *state;
	char why[256], spec[64];
	int port = listening(w, "127.0.0.1:0");

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(spec, sizeof spec, "%s", bad[i].spec);
		if (i == 2)
			snprintf(spec, sizeof spec, "127.0.0.1:%d", port);
		assert_false(listeners_add(
		    w->listeners, spec, KIND, why, sizeof why));
		if (strstr(why, bad[i].said) == NULL)
			fail_msg("'%s' does not say '%s'", why, bad[i].said);
		assert_null(strchr(why, '\n'));
	}
}

/* ---- the sandbox ------------------------------------------------------ */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { FILTERED = 0 }; /* LeakSanitizer needs what it denies */
#else
enum { FILTERED = 1 };
#endif

static void
in_the_sandbox_no_program_can_be_run(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (!FILTERED)
		skip();
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		char why[256];

		if (!sandbox_enter(why, sizeof why))
			_exit(100);
		execl("/bin/true", "true", (char *)NULL);
		_exit(errno);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EPERM);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_newcomer_is_handed_over),
		T(one_too_many_is_told_and_closed),
		T(a_turn_takes_a_bounded_number),
		T(localhost_is_one_port_of_both_families),
		T(every_address_is_a_public_one),
		T(what_cannot_be_had_is_said_in_one_line),
		cmocka_unit_test(in_the_sandbox_no_program_can_be_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
