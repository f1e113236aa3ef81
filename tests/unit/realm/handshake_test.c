/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Handshakes between two realms in one loop, over a socket pair; or with one
 * of them played by the test.  The clock is the test's.
 */
#include "server/realm/handshake.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/realm/secure_frame.h"
#include "shared/conn.h"
#include "shared/loop.h"

enum { TURNS = 40, HEARD_CAP = 4096 };

#define KEY "0900000000000000000000000000000000000000000000000000000000000000"

static atomic_llong clock_s;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, id, ts);
	ts->tv_sec = (time_t)clock_s;
	ts->tv_nsec = 0;
	return 0;
}

/* One of the two realms. */
struct end {
	struct shakes *shakes;
	struct handshake_peer peer; /* whom it is linked with */
	struct conn *conn;      /* once proved */
	struct secure_frame sealed;
	unsigned fails, denials;
	char why[200], who[200];
};

static struct world {
	struct loop *loop;
	struct conns *conns;
	struct end its, medan;
} w;

static const struct handshake_peer *
find(void *arg, const char *key)
{
	struct end *e = arg;

	return strcmp(key, e->peer.key) == 0 ? &e->peer : NULL;
}

/* It stays in the buffer, and is looked at by hand. */
static void
keep(struct conn *c, void *arg)
{
	(void)c;
	(void)arg;
}

static const struct conn_handler quiet = { .input = keep };

static void
proved(void *arg, const struct handshake_peer *peer, struct conn *c,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us)
{
	struct end *e = arg;

	assert_ptr_equal(peer, &e->peer);
	e->conn = c;
	conn_set_handler(c, &quiet, NULL);
	secure_frame_init(&e->sealed, c, session, us);
}

static void
failed(void *arg, const struct handshake_peer *peer, const char *why)
{
	struct end *e = arg;

	assert_ptr_equal(peer, &e->peer);
	e->fails++;
	snprintf(e->why, sizeof e->why, "%s", why);
}

static void
denied(void *arg, const char *who, const char *why)
{
	struct end *e = arg;

	e->denials++;
	snprintf(e->who, sizeof e->who, "%s", who);
	snprintf(e->why, sizeof e->why, "%s", why);
}

static void
end_open(struct end *e, const char *own, const char *other)
{
	struct handshake_handler h = { e, find, proved, failed, denied };

	memset(e, 0, sizeof *e);
	e->peer.name = e->peer.key = other;
	memset(e->peer.link_key, 7, SECRET_KEY_LEN);
	e->shakes = shakes_new(w.loop, w.conns, own, own, &h);
}

static int
open_world(void **state)
{
	static const struct conn_limits limits = { 65536, 65536, 65536,
		65536 };

	(void)state;
	clock_s = 1000;
	w.loop = loop_new();
	w.conns = conns_new(w.loop, &limits, 1 << 20);
	end_open(&w.its, "its", "medan");
	end_open(&w.medan, "medan", "its");
	return secret_init() ? 0 : -1;
}

static int
close_world(void **state)
{
	(void)state;
	shakes_free(w.its.shakes);
	shakes_free(w.medan.shakes);
	conns_free(w.conns);
	loop_free(w.loop);
	return 0;
}

static void
turns(void)
{
	for (int i = 0; i < TURNS; i++)
		assert_int_equal(loop_turn(w.loop, 0), 0);
}

static void
pair(int fd[2])
{
	assert_int_equal(socketpair(
	    AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

/* What came; "" and the end look alike. */
static const char *
heard(int fd)
{
	static char text[HEARD_CAP];
	ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
say(int fd, const char *text)
{
	assert_int_equal(
	    send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* its dials medan; what it says first is cut off and handed over, as the
 * command protocol does. */
static void
meet(void)
{
	char line[HEARD_CAP];
	int fd[2];

	pair(fd);
	handshake_dialled(w.its.shakes, fd[0], &w.its.peer);
	turns();
	snprintf(line, sizeof line, "%s", heard(fd[1]));
	assert_memory_equal(line, "link 1 its medan ", 17);
	line[strcspn(line, "\r")] = '\0';
	handshake_accepted(w.medan.shakes, fd[1], line, "", 0);
	turns();
}

/* What the other end sealed is the next that is there. */
static void
expect_sealed(struct end *e, const char *want)
{
	unsigned char text[SECURE_FRAME_TEXT_MAX];
	size_t n;

	assert_int_equal(secure_frame_next(&e->sealed, text, &n), SECURE_FRAME_READY);
	assert_int_equal(n, strlen(want));
	assert_memory_equal(text, want, n);
}

static void
both_prove_it_and_understand_each_other(void **state)
{
	(void)state;
	meet();
	assert_non_null(w.its.conn);
	assert_non_null(w.medan.conn);
	assert_true(secure_frame_send(&w.its.sealed, "horas", 5));
	assert_true(secure_frame_send(&w.its.sealed, "bah", 3));
	assert_true(secure_frame_send(&w.medan.sealed, "halo", 4));
	turns();
	expect_sealed(&w.medan, "horas");
	expect_sealed(&w.medan, "bah");
	expect_sealed(&w.its, "halo");
	assert_int_equal(w.its.fails + w.medan.denials, 0);
}

static void
two_secrets_do_not_meet(void **state)
{
	(void)state;
	w.its.peer.link_key[0] = 8;
	meet();
	assert_null(w.its.conn);
	assert_null(w.medan.conn);
	assert_int_equal(w.medan.denials, 1);
	assert_string_equal(w.medan.why, "it does not know the secret");
	assert_memory_equal(w.medan.who, "its (", 5);
	assert_int_equal(w.its.fails, 1);
	assert_memory_equal(w.its.why, "denied", 6);
}

static void
an_acceptor_that_says_nothing_is_given_up_after_10_seconds(void **state)
{
	int fd[2];

	(void)state;
	pair(fd);
	handshake_dialled(w.its.shakes, fd[0], &w.its.peer);
	clock_s += HANDSHAKE_MS / 1000 - 1;
	turns();
	assert_int_equal(w.its.fails, 0);
	clock_s += 1;
	turns();
	assert_int_equal(w.its.fails, 1);
	assert_string_equal(w.its.why, "the handshake took too long");
	close(fd[1]);
}

static void
a_dialer_that_proves_nothing_is_given_up_after_10_seconds(void **state)
{
	int fd[2];

	(void)state;
	pair(fd);
	handshake_accepted(
	    w.medan.shakes, fd[0], "link 1 its medan " KEY, "", 0);
	turns();
	assert_non_null(strstr(heard(fd[1]), "\"key\""));
	clock_s += HANDSHAKE_MS / 1000;
	turns();
	assert_int_equal(w.medan.denials, 1);
	assert_string_equal(w.medan.why, "the handshake took too long");
	/* The end, and nothing said. */
	assert_int_equal(recv(fd[1], &(char){ 0 }, 1, 0), 0);
	close(fd[1]);
}

static void
one_too_many_takes_the_place_of_the_oldest(void **state)
{
	int fd[SHAKES_MAX + 1][2];

	(void)state;
	for (int i = 0; i <= SHAKES_MAX; i++) {
		pair(fd[i]);
		assert_int_equal(w.medan.denials, 0);
		handshake_accepted(w.medan.shakes, fd[i][0],
		    "link 1 its medan " KEY, "", 0);
	}
	turns();
	assert_int_equal(w.medan.denials, 1);
	heard(fd[0][1]);
	assert_int_equal(recv(fd[0][1], &(char){ 0 }, 1, 0), 0);
	assert_int_equal(recv(fd[1][1], &(char){ 0 }, 1, MSG_DONTWAIT), 1);
	meet();
	assert_non_null(w.its.conn);
	for (int i = 0; i <= SHAKES_MAX; i++)
		close(fd[i][1]);
}

/* Whoever is not linked is told the same, and as much, as one who is. */
static void
nobody_learns_who_is_linked(void **state)
{
	static const char *const line[] = { "link 1 its medan " KEY,
		"link 1 bali medan " KEY, "link 1 its jakarta " KEY };
	int fd[2];

	(void)state;
	for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
		pair(fd);
		handshake_accepted(w.medan.shakes, fd[0], line[i], "", 0);
		turns();
		assert_memory_equal(
		    heard(fd[1]), "{\"status\":\"OK\",\"key\":\"", 22);
		say(fd[1], "prove " KEY "\r\n");
		turns();
		assert_string_equal(heard(fd[1]),
		    "{\"status\":\"ERROR\",\"message\":\"Tidak diizinkan\","
		    "\"code\":\"denied\"}\r\n\r\n");
		assert_int_equal(w.medan.denials, i + 1);
		close(fd[1]);
	}
}

static void
what_came_with_the_line_is_not_lost(void **state)
{
	int fd[2];

	(void)state;
	pair(fd);
	handshake_accepted(w.medan.shakes, fd[0], "link 1 its medan " KEY,
	    "prove " KEY "\r\n", 72);
	turns();
	assert_non_null(strstr(heard(fd[1]), "denied"));
	assert_string_equal(w.medan.why, "it does not know the secret");
	close(fd[1]);
}

static void
a_connection_that_ends_in_between_is_told(void **state)
{
	int fd[2];

	(void)state;
	pair(fd);
	handshake_dialled(w.its.shakes, fd[0], &w.its.peer);
	turns();
	close(fd[1]);
	turns();
	assert_int_equal(w.its.fails, 1);
	assert_string_equal(
	    w.its.why, "the connection was closed in the handshake");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_world, close_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_prove_it_and_understand_each_other),
		TEST(two_secrets_do_not_meet),
		TEST(an_acceptor_that_says_nothing_is_given_up_after_10_seconds),
		TEST(a_dialer_that_proves_nothing_is_given_up_after_10_seconds),
		TEST(one_too_many_takes_the_place_of_the_oldest),
		TEST(nobody_learns_who_is_linked),
		TEST(what_came_with_the_line_is_not_lost),
		TEST(a_connection_that_ends_in_between_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
