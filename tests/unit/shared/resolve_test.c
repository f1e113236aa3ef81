/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/resolve.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/dial.h"
#include "shared/loop.h"

static void
splits(const char *text, const char *fallback, const char *host,
    const char *port)
{
	char h[RESOLVE_HOST_CAP], p[8];

	if (!resolve_split(text, fallback, h, p))
		fail_msg("refused: %s", text);
	assert_string_equal(h, host);
	assert_string_equal(p, port);
}

static void
addresses_are_split_from_ports(void **state)
{
	(void)state;
	splits("localhost:8889", NULL, "localhost", "8889");
	splits("127.0.0.1:0", NULL, "127.0.0.1", "0");
	splits("[::1]:65535", NULL, "::1", "65535");
	splits(":10000", NULL, "", "10000");
	splits("*:10000", NULL, "", "10000");
	splits("example.org", "8889", "example.org", "8889");
	splits("[::1]", "8889", "::1", "8889");
	splits("example.org:1", "8889", "example.org", "1");
}

static void
what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = { "", "host", "host:", "host:x",
		"host:-1", "host:+1", "host: 1", "host:65536", "host:100000",
		"host:99999999999999999999", "[::1", "[]:1", "[::1]x:1",
		"[::1]1", "a b:1", "a\n:1", "a:1:2", "host:1 " };
	char h[RESOLVE_HOST_CAP], p[8], big[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (resolve_split(bad[i], NULL, h, p))
			fail_msg("taken: %s", bad[i]);
	memset(big, 'a', sizeof big);
	memcpy(big + sizeof big - 3, ":1", 3);
	assert_false(resolve_split(big, NULL, h, p));
}

static void
numbers_are_looked_up_and_written_back(void **state)
{
	struct resolve_result r;
	char text[RESOLVE_TEXT_CAP];

	(void)state;
	resolve_now("127.0.0.1", "8889", true, &r);
	assert_int_equal(r.count, 1);
	resolve_format(&r.addr[0].sa, text);
	assert_string_equal(text, "127.0.0.1:8889");
	assert_true(resolve_is_loopback(&r.addr[0].sa));
	resolve_now("::1", "10000", true, &r);
	assert_int_equal(r.count, 1);
	resolve_format(&r.addr[0].sa, text);
	assert_string_equal(text, "[::1]:10000");
	assert_true(resolve_is_loopback(&r.addr[0].sa));
	resolve_now("::ffff:127.0.0.1", "1", true, &r);
	assert_int_equal(r.count, 1);
	assert_true(resolve_is_loopback(&r.addr[0].sa));
	resolve_now("192.0.2.1", "1", true, &r);
	assert_false(resolve_is_loopback(&r.addr[0].sa));
	resolve_now("", "1", true, &r);
	assert_true(r.count > 0);
	assert_false(resolve_is_loopback(&r.addr[0].sa));
	resolve_now("no such host", "1", false, &r);
	assert_int_equal(r.count, 0);
	assert_string_not_equal(r.why, "");
}

/* ---- from a loop ------------------------------------------------------ */

struct answer {
	struct loop *loop;
	struct resolve_result result;
	int calls, fd;
	char why[128];
};

static void
on_result(void *arg, const struct resolve_result *result)
{
	struct answer *a = arg;

	a->calls++;
	a->result = *result;
	loop_stop(a->loop);
}

static void
the_loop_is_answered_once(void **state)
{
	struct answer a = { .loop = loop_new() };

	(void)state;
	resolve_start(a.loop, "127.0.0.1", "8889", on_result, &a);
	assert_int_equal(a.calls, 0);
	assert_int_equal(loop_run(a.loop), 0);
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.result.count, 1);
	resolve_start(a.loop, "no such host", "8889", on_result, &a);
	assert_int_equal(loop_run(a.loop), 0);
	assert_int_equal(a.calls, 2);
	assert_int_equal(a.result.count, 0);
	assert_string_not_equal(a.result.why, "");
	loop_free(a.loop);
}

static void
who_cancelled_is_not_answered(void **state)
{
	struct answer a = { .loop = loop_new() };
	struct resolve *r;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		r = resolve_start(
		    a.loop, "no such host", "8889", on_result, &a);
		if (i % 2 == 0)
			usleep(500); /* some are answered before, some not */
		resolve_cancel(r);
	}
	resolve_cancel(NULL);
	assert_int_equal(loop_turn(a.loop, 20), 0);
	assert_int_equal(a.calls, 0);
	loop_free(a.loop);
}

/* ---- dialling --------------------------------------------------------- */

static int
listener(char port[8], bool listening)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof sa;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	if (listening)
		assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	snprintf(port, 8, "%u", (unsigned)ntohs(sa.sin_port));
	return fd;
}

static void
on_dialled(void *arg, int fd, const char *why)
{
	struct answer *a = arg;

	a->calls++;
	a->fd = fd;
	snprintf(a->why, sizeof a->why, "%s", why == NULL ? "" : why);
	loop_stop(a->loop);
}

static void
a_dial_hands_over_a_connected_descriptor(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };
	struct answer a = { .loop = loop_new() };
	char port[8], c;
	int fd = listener(port, true), peer, i;

	/* localhost may be ::1 first, where nobody listens: the next one. */
	(void)state;
	for (i = 0; i < 2; i++) {
		dial_start(a.loop, hosts[i], port, on_dialled, &a);
		assert_int_equal(a.calls, i);
		assert_int_equal(loop_run(a.loop), 0);
		assert_int_equal(a.calls, i + 1);
		assert_true(a.fd >= 0);
		assert_true(fcntl(a.fd, F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(a.fd, F_GETFD) & FD_CLOEXEC);
		peer = accept(fd, NULL, NULL);
		assert_int_equal(write(a.fd, "x", 1), 1);
		assert_int_equal(read(peer, &c, 1), 1);
		close(peer);
		close(a.fd);
	}
	close(fd);
	loop_free(a.loop);
}

static void
a_dial_that_fails_says_why(void **state)
{
	struct answer a = { .loop = loop_new() };
	char port[8];
	int fd = listener(port, false);

	(void)state;
	dial_start(a.loop, "127.0.0.1", port, on_dialled, &a);
	assert_int_equal(loop_run(a.loop), 0);
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.fd, -1);
	assert_non_null(strstr(a.why, "refused"));
	dial_start(a.loop, "no such host", port, on_dialled, &a);
	assert_int_equal(loop_run(a.loop), 0);
	assert_int_equal(a.fd, -1);
	assert_string_not_equal(a.why, "");
	close(fd);
	loop_free(a.loop);
}

static void
a_dial_that_is_cancelled_calls_nobody(void **state)
{
	struct answer a = { .loop = loop_new() };
	char port[8];
	int fd = listener(port, true);

	(void)state;
	dial_cancel(dial_start(a.loop, "127.0.0.1", port, on_dialled, &a));
	dial_cancel(NULL);
	assert_int_equal(loop_turn(a.loop, 20), 0);
	assert_int_equal(a.calls, 0);
	close(fd);
	loop_free(a.loop);
}

static void
counted_as(const char *address, const char *origin)
{
	struct resolve_result r;
	char got[RESOLVE_TEXT_CAP] = "x";

	resolve_now(address, "1", true, &r);
	assert_int_equal(r.count, 1);
	resolve_origin(&r.addr[0].sa, got);
	assert_string_equal(got, origin);
}

static void
an_address_is_counted_by_what_one_machine_has(void **state)
{
	(void)state;
	counted_as("192.0.2.7", "192.0.2.7");
	counted_as("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
	counted_as("2001:db8:1:2::ffff", "2001:db8:1:2::/64");
	counted_as("2001:db8:1:3::1", "2001:db8:1:3::/64");
	counted_as("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffff:ffff:ffff:ffff::/64");
	counted_as("::ffff:192.0.2.7", "192.0.2.7");
	counted_as("fe80::1234", "fe80::1234");
	counted_as("127.0.0.1", "");
	counted_as("127.255.255.254", "");
	counted_as("::1", "");
	counted_as("::ffff:127.0.0.1", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_split_from_ports),
		cmocka_unit_test(
		    an_address_is_counted_by_what_one_machine_has),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(numbers_are_looked_up_and_written_back),
		cmocka_unit_test(the_loop_is_answered_once),
		cmocka_unit_test(who_cancelled_is_not_answered),
		cmocka_unit_test(a_dial_hands_over_a_connected_descriptor),
		cmocka_unit_test(a_dial_that_fails_says_why),
		cmocka_unit_test(a_dial_that_is_cancelled_calls_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
