/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What only shows on TCP (resets, ports, options), and how a connection
 * behaves over turns of the loop: who is served when, and what is not cut.
 */
#include "shared/conn.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/xalloc.h"

enum { ENDS = 8, WAIT_MS = 10000, KIB = 1024 };

struct world;

/* One end is a conn of ours, the other a descriptor that a test plays. */
struct end {
	struct world *w;
	struct conn *c; /* NULL once it was closed */
	int ours, peer;
	int inputs, eofs, drains, closes, err;
	enum conn_end how;
	size_t heard, eats; /* eats: at most so much of each input */
	void (*at_input)(struct end *);
	void (*at_drained)(struct end *);
};

struct world {
	struct loop *loop;
	struct conns *set;
	struct end end[ENDS];
	int ends;
};

static void
on_input(struct conn *c, void *arg)
{
	struct end *e = arg;
	size_t n = conn_in(c)->len;

	e->inputs++;
	if (n > e->eats)
		n = e->eats;
	e->heard += n;
	buf_eat(conn_in(c), n);
	if (e->at_input != NULL)
		e->at_input(e);
}

static void
on_eof(struct conn *c, void *arg)
{
	struct end *e = arg;

	(void)c;
	e->eofs++;
}

static void
on_drained(struct conn *c, void *arg)
{
	struct end *e = arg;

	assert_int_equal(conn_waiting(c), 0);
	e->drains++;
	if (e->at_drained != NULL)
		e->at_drained(e);
}

static void
on_closed(struct conn *c, void *arg, enum conn_end how)
{
	struct end *e = arg;

	e->closes++;
	e->how = how;
	e->err = conn_errno(c);
	e->c = NULL;
}

static const struct conn_handler handler = { on_input, on_eof, on_drained,
	on_closed };

static void
tcp_pair(int fd[2])
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof sa;
	int ls = socket(AF_INET, SOCK_STREAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(ls, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(listen(ls, 1), 0);
	assert_int_equal(getsockname(ls, (struct sockaddr *)&sa, &len), 0);
	fd[1] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd[1], (struct sockaddr *)&sa, len), 0);
	fd[0] = accept(ls, NULL, NULL);
	assert_true(fd[0] >= 0);
	close(ls);
}

static struct end *
add_end(struct world *w)
{
	struct end *e = &w->end[w->ends++];
	int fd[2];

	tcp_pair(fd);
	*e = (struct end){ .w = w, .ours = fd[0], .peer = fd[1],
		.eats = SIZE_MAX };
	e->c = conn_open(w->set, fd[0], &handler, e);
	return e;
}

static struct world *
new_world(const struct conn_limits *limits, size_t total_cap)
{
	struct world *w = xcalloc(1, sizeof *w);

	w->loop = loop_new();
	w->set = conns_new(w->loop, limits, total_cap);
	return w;
}

static void
free_world(struct world *w)
{
	int i;

	conns_free(w->set);
	for (i = 0; i < w->ends; i++) {
		assert_int_equal(w->end[i].closes, 1);
		if (w->end[i].peer != -1)
			close(w->end[i].peer);
	}
	loop_free(w->loop);
	free(w);
}

static const struct conn_limits ample = { 1024 * KIB, 256 * KIB, 1024 * KIB,
	4096 * KIB };

static void
turn(struct world *w)
{
	assert_int_equal(loop_turn(w->loop, WAIT_MS), 0);
}

static void
turn_without_wait(struct world *w)
{
	assert_int_equal(loop_turn(w->loop, 0), 0);
}

static void
await_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
}

static void
peer_says(struct end *e, const char *s)
{
	assert_int_equal(write(e->peer, s, strlen(s)), (int)strlen(s));
	await_readable(e->ours);
}

/* All of it, while the loop turns; false: it ended before. */
static bool
peer_reads(struct end *e, size_t n)
{
	char s[16 * KIB];
	ssize_t r;

	while (n > 0) {
		turn_without_wait(e->w);
		await_readable(e->peer);
		r = read(e->peer, s, n < sizeof s ? n : sizeof s);
		if (r <= 0)
			return false;
		n -= (size_t)r;
	}
	return true;
}

static void
fill(struct conn *c, size_t n)
{
	char *s = xcalloc(1, n);

	conn_write(c, s, n);
	free(s);
}

/* ---- TCP -------------------------------------------------------------- */

static void
a_socket_neither_blocks_nor_delays(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	socklen_t len = sizeof(int);
	int on = 0;

	(void)state;
	assert_true(fcntl(e->ours, F_GETFL) & O_NONBLOCK);
	assert_int_equal(
	    getsockopt(e->ours, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	assert_true(on);
	free_world(w);
}

/* A plain close(2) here makes the kernel reset the connection, and the reply
 * that the peer has not read yet is lost. */
static void
the_last_reply_survives_what_the_peer_still_sends(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	char s[8 * KIB] = { 0 };

	(void)state;
	conn_pause(e->c);
	assert_int_equal(write(e->peer, s, sizeof s), (int)sizeof s);
	await_readable(e->ours);
	fill(e->c, 100 * KIB);
	conn_close(e->c);
	turn_without_wait(w);
	turn_without_wait(w);
	assert_int_equal(write(e->peer, s, sizeof s), (int)sizeof s);
	turn(w);
	assert_true(peer_reads(e, 100 * KIB));
	assert_int_equal(read(e->peer, s, 1), 0);
	close(e->peer);
	e->peer = -1;
	while (e->closes == 0)
		turn(w);
	assert_int_equal(e->how, CONN_ASKED);
	assert_int_equal(e->inputs, 0);
	free_world(w);
}

static void
who_goes_on_talking_to_a_close_is_cut_off(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	static char s[64 * KIB];
	int64_t from;
	int flags = fcntl(e->peer, F_GETFL);

	(void)state;
	fcntl(e->peer, F_SETFL, flags | O_NONBLOCK);
	conn_close(e->c);
	from = loop_now(w->loop);
	while (e->closes == 0) {
		(void)!send(e->peer, s, sizeof s, MSG_NOSIGNAL);
		turn_without_wait(w);
	}
	/* By the number of bytes, long before the time is up. */
	assert_true(loop_now(w->loop) - from < CONN_LINGER_MS);
	assert_int_equal(e->how, CONN_ASKED);
	free_world(w);
}

static void
a_reset_is_told_with_its_errno(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	struct linger hard = { 1, 0 };

	(void)state;
	setsockopt(e->peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(e->peer);
	e->peer = -1;
	while (e->closes == 0)
		turn(w);
	assert_int_equal(e->how, CONN_FAILED);
	assert_int_equal(e->err, ECONNRESET);
	free_world(w);
}

static void
a_reset_while_closing_is_still_an_end_that_was_asked_for(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	struct linger hard = { 1, 0 };

	(void)state;
	conn_close(e->c);
	turn_without_wait(w);
	setsockopt(e->peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(e->peer);
	e->peer = -1;
	while (e->closes == 0)
		turn(w);
	assert_int_equal(e->how, CONN_ASKED);
	free_world(w);
}

static void
count_turn(void *arg)
{
	++*(int *)arg;
}

static void
a_peer_that_sends_no_more_does_not_make_the_loop_spin(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	struct loop_timer t = { 0 };
	int fired = 0, turns = 0;

	(void)state;
	shutdown(e->peer, SHUT_WR);
	while (e->eofs == 0)
		turn(w);
	loop_timer_set(w->loop, &t, 30, count_turn, &fired);
	do {
		turn(w);
		turns++;
	} while (fired == 0);
	assert_true(turns <= 3);
	assert_int_equal(e->eofs, 1);
	assert_true(conn_at_eof(e->c));
	assert_true(conn_write(e->c, "still", 5)); /* it may be answered */
	assert_true(peer_reads(e, 5));
	free_world(w);
}

static void
a_dead_peer_that_sent_its_end_is_found_by_writing(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);

	(void)state;
	close(e->peer);
	e->peer = -1;
	while (e->eofs == 0)
		turn(w);
	while (e->closes == 0) {
		conn_write(e->c, "x", 1);
		turn_without_wait(w);
	}
	assert_int_equal(e->how, CONN_FAILED);
	assert_true(e->err == EPIPE || e->err == ECONNRESET);
	free_world(w);
}

/* ---- turns ------------------------------------------------------------ */

static void
nobody_is_read_more_than_64_kib_in_a_turn(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	static char s[100 * KIB];
	size_t sent = 0, before;
	ssize_t n;

	(void)state;
	fcntl(e->peer, F_SETFL, fcntl(e->peer, F_GETFL) | O_NONBLOCK);
	while (e->heard < 300 * KIB) {
		n = send(e->peer, s, sizeof s, MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
		before = e->heard;
		turn_without_wait(w);
		assert_true(e->heard - before <= 64 * KIB);
	}
	while (e->heard < sent)
		turn(w);
	free_world(w);
}

static void
abort_the_other(struct end *e)
{
	struct end *other = &e->w->end[e == e->w->end ? 1 : 0];

	if (other->c != NULL)
		conn_abort(other->c);
}

static void
who_is_aborted_in_a_turn_is_not_offered_its_input(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *a = add_end(w), *b = add_end(w);

	(void)state;
	a->at_input = b->at_input = abort_the_other;
	peer_says(a, "x");
	peer_says(b, "x");
	turn(w);
	assert_int_equal(a->inputs + b->inputs, 1);
	assert_int_equal(a->closes + b->closes, 1);
	assert_int_equal(conns_count(w->set), 1);
	free_world(w);
}

static void
kick_again(struct end *e)
{
	if (conn_in(e->c)->len > 0)
		conn_kick(e->c);
}

/* So a dialect takes a line a turn, and all get theirs. */
static void
a_kick_from_a_kick_is_for_the_next_turn_which_does_not_wait(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);

	(void)state;
	e->eats = 1;
	peer_says(e, "abcd");
	turn(w);
	assert_int_equal(e->heard, 1);
	e->at_input = kick_again;
	conn_kick(e->c);
	assert_int_equal(loop_turn(w->loop, -1), 0);
	assert_int_equal(e->heard, 2);
	assert_int_equal(loop_turn(w->loop, -1), 0);
	assert_int_equal(e->heard, 3);
	assert_int_equal(loop_turn(w->loop, -1), 0);
	assert_int_equal(e->heard, 4);
	turn_without_wait(w);
	assert_int_equal(e->inputs, 4);
	free_world(w);
}

static void
send_more(struct end *e)
{
	if (e->drains < 5)
		conn_write(e->c, "page", 4);
}

static void
drained_may_send_and_comes_once_for_what_was_queued(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		turn_without_wait(w);
	assert_int_equal(e->drains, 0); /* nothing was queued */
	e->at_drained = send_more;
	conn_write(e->c, "page", 4);
	for (i = 0; i < 5; i++)
		assert_int_equal(loop_turn(w->loop, -1), 0);
	assert_int_equal(e->drains, 5);
	conn_kick(e->c); /* has nothing to do with it */
	turn_without_wait(w);
	assert_int_equal(e->drains, 5);
	assert_true(peer_reads(e, 20));
	free_world(w);
}

static void
close_now(struct end *e)
{
	conn_close(e->c);
}

static void
drained_may_close(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);
	char c;

	(void)state;
	e->at_drained = close_now;
	conn_write(e->c, "bye", 3);
	assert_true(peer_reads(e, 3));
	assert_int_equal(read(e->peer, &c, 1), 0);
	free_world(w); /* in the middle of leaving: closed comes once */
}

static void
other_input(struct conn *c, void *arg)
{
	buf_clear(conn_in(c));
	++*(int *)arg;
}

static void
other_closed(struct conn *c, void *arg, enum conn_end how)
{
	(void)c;
	(void)how;
	*(int *)arg += 100;
}

static const struct conn_handler other = { .input = other_input,
	.closed = other_closed };
static int other_calls;

static void
change_hands(struct end *e)
{
	e->closes++; /* as far as this one is concerned */
	conn_set_handler(e->c, &other, &other_calls);
	conn_kick(e->c);
}

static void
a_connection_can_change_hands_in_the_middle_of_its_input(void **state)
{
	struct world *w = new_world(&ample, SIZE_MAX);
	struct end *e = add_end(w);

	(void)state;
	other_calls = 0;
	e->eats = 1;
	e->at_input = change_hands;
	peer_says(e, "ab");
	turn(w);
	assert_int_equal(e->inputs, 1);
	assert_int_equal(other_calls, 1);
	assert_ptr_equal(conn_arg(e->c), &other_calls);
	free_world(w);
	assert_int_equal(other_calls, 101);
}

/* ---- caps ------------------------------------------------------------- */

/* In one turn, four blobs of 3 KiB to each. */
static void
a_burst_cuts_nobody_off(size_t hard, size_t total_cap)
{
	const struct conn_limits tight = { KIB, KIB, 2 * KIB, hard };
	struct world *w = new_world(&tight, total_cap);
	struct blob *b;
	char s[3 * KIB] = { 0 };
	int i, j;

	b = blob_new(s, sizeof s);
	for (i = 0; i < ENDS; i++)
		add_end(w);
	for (j = 0; j < 4; j++)
		for (i = 0; i < ENDS; i++)
			assert_true(conn_send(w->end[i].c, b));
	for (i = 0; i < ENDS; i++) {
		assert_true(peer_reads(&w->end[i], 4 * sizeof s));
		assert_int_equal(w->end[i].closes, 0);
		assert_int_equal(w->end[i].drains, 1);
	}
	assert_int_equal(b->refs, 1);
	blob_unref(b);
	free_world(w);
}

static void
what_the_kernel_takes_at_once_makes_nobody_slow(void **state)
{
	(void)state;
	a_burst_cuts_nobody_off(4 * KIB, SIZE_MAX);
	a_burst_cuts_nobody_off(1024 * KIB, 8 * KIB);
}

static void
nobody_is_slow_for_what_somebody_else_has_waiting(void **state)
{
	struct world *w = new_world(&ample, 176 * KIB);
	struct end *slow = add_end(w), *fast = add_end(w);
	int size = 16 * KIB;

	(void)state;
	setsockopt(slow->ours, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	do {
		fill(slow->c, 8 * KIB);
		turn_without_wait(w);
	} while (conn_waiting(slow->c) < 32 * KIB);
	setsockopt(fast->ours, SOL_SOCKET, SO_SNDBUF, &(int){ 208 * KIB },
	    sizeof(int));
	/* fast has more waiting, until the kernel was asked. */
	fill(fast->c, 128 * KIB);
	fill(slow->c, 24 * KIB);
	turn_without_wait(w);
	turn_without_wait(w);
	assert_int_equal(slow->closes + fast->closes, 0);
	/* Now nothing helps. */
	fill(slow->c, 150 * KIB);
	turn_without_wait(w);
	assert_int_equal(slow->how, CONN_SLOW);
	assert_int_equal(fast->closes, 0);
	free_world(w);
}

static void
sending_to_one_that_is_cut_off_is_refused_at_once(void **state)
{
	static const struct conn_limits tight = { KIB, KIB, 2 * KIB,
		64 * KIB };
	struct world *w = new_world(&tight, SIZE_MAX);
	struct end *e = add_end(w);
	char s[32 * KIB] = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 100000 && conn_write(e->c, s, sizeof s); i++)
		;
	assert_true(i < 100000);
	assert_int_equal(e->closes, 0); /* not inside of the call */
	assert_int_equal(conn_waiting(e->c), 0);
	turn_without_wait(w);
	assert_int_equal(e->how, CONN_SLOW);
	free_world(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_neither_blocks_nor_delays),
		cmocka_unit_test(
		    the_last_reply_survives_what_the_peer_still_sends),
		cmocka_unit_test(who_goes_on_talking_to_a_close_is_cut_off),
		cmocka_unit_test(a_reset_is_told_with_its_errno),
		cmocka_unit_test(
		    a_reset_while_closing_is_still_an_end_that_was_asked_for),
		cmocka_unit_test(
		    a_peer_that_sends_no_more_does_not_make_the_loop_spin),
		cmocka_unit_test(
		    a_dead_peer_that_sent_its_end_is_found_by_writing),
		cmocka_unit_test(nobody_is_read_more_than_64_kib_in_a_turn),
		cmocka_unit_test(
		    who_is_aborted_in_a_turn_is_not_offered_its_input),
		cmocka_unit_test(
		    a_kick_from_a_kick_is_for_the_next_turn_which_does_not_wait),
		cmocka_unit_test(
		    drained_may_send_and_comes_once_for_what_was_queued),
		cmocka_unit_test(drained_may_close),
		cmocka_unit_test(
		    a_connection_can_change_hands_in_the_middle_of_its_input),
		cmocka_unit_test(
		    what_the_kernel_takes_at_once_makes_nobody_slow),
		cmocka_unit_test(
		    nobody_is_slow_for_what_somebody_else_has_waiting),
		cmocka_unit_test(
		    sending_to_one_that_is_cut_off_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
