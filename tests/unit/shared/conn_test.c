/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/conn.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/xalloc.h"

enum { IN_CAP = 100, LOW = 1000, HIGH = 4000, HARD = 400 * 1000 };

static const struct conn_limits limits = { IN_CAP, LOW, HIGH, HARD };

/* One end is a conn of ours, the other a descriptor that a test plays. */
struct end {
	struct conn *c;
	uint64_t id;
	int peer;
	struct buf got;
	int inputs, eofs, drains, closes;
	enum conn_end how;
	bool keep;      /* leaves in conn_in what came */
	bool echo_left; /* sends back what is in conn_in at eof */
	bool abort_in_input;
};

struct world {
	struct loop *loop;
	struct conns *set;
	struct end end[4];
};

static void
on_input(struct conn *c, void *arg)
{
	struct end *e = arg;
	struct buf *in = conn_in(c);

	e->inputs++;
	if (e->abort_in_input) {
		conn_abort(c);
		assert_false(conn_write(c, "x", 1));
		return;
	}
	if (e->keep)
		return;
	buf_add(&e->got, buf_data(in), in->len);
	buf_eat(in, in->len);
}

static void
on_eof(struct conn *c, void *arg)
{
	struct end *e = arg;

	e->eofs++;
	assert_true(conn_at_eof(c));
	if (e->echo_left)
		conn_write(c, buf_data(conn_in(c)), conn_in(c)->len);
	conn_close(c);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct end *e = arg;

	assert_int_equal(conn_waiting(c), 0);
	e->drains++;
}

static void
on_closed(struct conn *c, void *arg, enum conn_end how)
{
	struct end *e = arg;

	assert_ptr_equal(conn_arg(c), e);
	e->closes++;
	e->how = how;
	e->c = NULL;
}

static const struct conn_handler handler = { on_input, on_eof, on_drained,
	on_closed };

static struct end *
add_end(struct world *w, int i)
{
	struct end *e = &w->end[i];
	int fd[2], size = 4096;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	e->peer = fd[1];
	buf_init(&e->got, 1 << 20);
	e->c = conn_open(w->set, fd[0], &handler, e);
	e->id = conn_id(e->c);
	return e;
}

static struct world *
new_world(size_t total_cap)
{
	struct world *w = xcalloc(1, sizeof *w);
	int i;

	w->loop = loop_new();
	w->set = conns_new(w->loop, &limits, total_cap);
	for (i = 0; i < 4; i++)
		w->end[i].peer = -1;
	return w;
}

static void
free_world(struct world *w)
{
	int i;

	conns_free(w->set);
	for (i = 0; i < 4; i++) {
		if (w->end[i].peer != -1) {
			close(w->end[i].peer);
			assert_int_equal(w->end[i].closes, 1);
		}
		buf_release(&w->end[i].got);
	}
	loop_free(w->loop);
	free(w);
}

static void
turns(struct world *w, int n)
{
	while (n-- > 0)
		assert_int_equal(loop_turn(w->loop, 0), 0);
}

/* What the peer can read now. */
static size_t
peer_reads(struct end *e, struct buf *to, size_t most)
{
	char s[65536];
	ssize_t n;

	n = read(e->peer, s, most < sizeof s ? most : sizeof s);
	if (n <= 0)
		return 0;
	assert_true(buf_add(to, s, (size_t)n));
	return (size_t)n;
}

static void
peer_writes(struct end *e, const char *s)
{
	assert_int_equal(write(e->peer, s, strlen(s)), (int)strlen(s));
}

static void
what_comes_in_is_offered(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);

	(void)state;
	peer_writes(e, "hello");
	turns(w, 2);
	assert_string_equal(buf_data(&e->got), "hello");
	assert_int_equal(e->inputs, 1);
	free_world(w);
}

static void
what_is_left_is_offered_again_when_kicked(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);

	(void)state;
	e->keep = true;
	peer_writes(e, "one");
	turns(w, 3);
	assert_int_equal(e->inputs, 1);
	conn_kick(e->c);
	conn_kick(e->c);
	turns(w, 2);
	assert_int_equal(e->inputs, 2);
	e->keep = false;
	peer_writes(e, "two");
	turns(w, 2);
	assert_string_equal(buf_data(&e->got), "onetwo");
	free_world(w);
}

static void
a_full_in_buffer_stops_reading_until_it_is_eaten(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	char s[3 * IN_CAP];
	int i;

	(void)state;
	e->keep = true;
	for (i = 0; i < (int)sizeof s; i++)
		s[i] = (char)('a' + i % 26);
	assert_int_equal(write(e->peer, s, sizeof s), (int)sizeof s);
	turns(w, 5);
	assert_int_equal(conn_in(e->c)->len, IN_CAP);
	assert_int_equal(e->inputs, 1);
	e->keep = false;
	conn_kick(e->c);
	turns(w, 5);
	assert_int_equal(e->got.len, sizeof s);
	assert_memory_equal(buf_data(&e->got), s, sizeof s);
	free_world(w);
}

static void
a_paused_connection_reads_nothing(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);

	(void)state;
	conn_pause(e->c);
	peer_writes(e, "x");
	turns(w, 3);
	assert_int_equal(e->inputs, 0);
	conn_resume(e->c);
	turns(w, 2);
	assert_int_equal(e->inputs, 1);
	free_world(w);
}

static void
what_a_turn_queues_leaves_at_its_end_in_order(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	conn_write(e->c, "one ", 4);
	conn_write(e->c, "", 0);
	conn_write(e->c, "two ", 4);
	conn_write(e->c, "three", 5);
	assert_int_equal(conn_waiting(e->c), 13);
	assert_int_equal(peer_reads(e, &got, 100), 0);
	turns(w, 1);
	assert_int_equal(conn_waiting(e->c), 0);
	assert_int_equal(e->drains, 1);
	assert_int_equal(peer_reads(e, &got, 100), 13);
	assert_string_equal(buf_data(&got), "one two three");
	buf_release(&got);
	free_world(w);
}

static void
partial_writes_go_on_at_the_right_byte(void **state)
{
	enum { PARTS = 3000 };
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	struct buf got, want;
	char part[64];
	int i, n;

	(void)state;
	buf_init(&got, HARD);
	buf_init(&want, HARD);
	for (i = 0; i < PARTS; i++) {
		n = snprintf(part, sizeof part, "<%d:%.*s>", i, i % 40,
		    "........................................");
		buf_add(&want, part, (size_t)n);
		assert_true(conn_write(e->c, part, (size_t)n));
	}
	turns(w, 1);
	assert_true(conn_waiting(e->c) > 0);
	assert_int_equal(e->drains, 0);
	for (i = 0; got.len < want.len && i < 100000; i++) {
		peer_reads(e, &got, 1 + (size_t)i % 977);
		turns(w, 1);
	}
	assert_int_equal(got.len, want.len);
	assert_memory_equal(buf_data(&got), buf_data(&want), want.len);
	assert_int_equal(e->drains, 1);
	buf_release(&got);
	buf_release(&want);
	free_world(w);
}

static void
a_blob_is_shared_and_given_back(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct blob *b = blob_new("hi", 2);
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_true(conn_send(add_end(w, i)->c, b));
	assert_int_equal(b->refs, 4);
	conn_abort(w->end[0].c);
	assert_int_equal(b->refs, 3);
	turns(w, 1);
	assert_int_equal(b->refs, 1);
	blob_unref(b);
	free_world(w);
}

static void
who_does_not_read_is_cut_off_and_nobody_else(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *slow = add_end(w, 0), *fast = add_end(w, 1);
	char s[10000];
	struct buf got;
	struct blob *b;
	int i;

	(void)state;
	memset(s, 'x', sizeof s);
	b = blob_new(s, sizeof s);
	buf_init(&got, 1 << 20);
	for (i = 0; i < 100 && slow->closes == 0; i++) {
		if (slow->c != NULL)
			conn_send(slow->c, b);
		conn_send(fast->c, b);
		turns(w, 1);
		while (conn_waiting(fast->c) > 0) {
			peer_reads(fast, &got, sizeof s);
			turns(w, 1);
		}
		buf_clear(&got);
		assert_true(slow->c == NULL || conn_waiting(slow->c) <= HARD);
	}
	assert_int_equal(slow->closes, 1);
	assert_int_equal(slow->how, CONN_SLOW);
	assert_int_equal(fast->closes, 0);
	assert_int_equal(b->refs, 1);
	assert_int_equal(conns_count(w->set), 1);
	buf_release(&got);
	blob_unref(b);
	free_world(w);
}

static void
past_the_cap_of_all_the_slowest_goes(void **state)
{
	struct world *w = new_world(100 * 1000);
	struct end *a = add_end(w, 0), *b = add_end(w, 1), *c = add_end(w, 2);
	char s[60 * 1000];

	(void)state;
	memset(s, 'x', sizeof s);
	conn_write(a->c, s, 40 * 1000);
	conn_write(b->c, s, sizeof s);
	turns(w, 1);
	assert_int_equal(a->closes + b->closes, 0);
	conn_write(c->c, s, 30 * 1000);
	turns(w, 2);
	assert_int_equal(b->closes, 1);
	assert_int_equal(b->how, CONN_SLOW);
	assert_int_equal(a->closes + c->closes, 0);
	free_world(w);
}

static void
who_asks_faster_than_it_reads_is_not_read(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	char s[60 * 1000];
	struct buf got;
	int i;

	(void)state;
	buf_init(&got, 1 << 20);
	memset(s, 'x', sizeof s);
	conn_write(e->c, s, sizeof s);
	turns(w, 1);
	peer_writes(e, "more");
	turns(w, 3);
	assert_int_equal(e->inputs, 0);
	for (i = 0; i < 1000 && e->inputs == 0; i++) {
		peer_reads(e, &got, 1000);
		turns(w, 2);
		if (conn_waiting(e->c) > HIGH)
			assert_int_equal(e->inputs, 0);
	}
	assert_int_equal(e->inputs, 1);
	buf_release(&got);
	free_world(w);
}

static void
closing_sends_first_what_is_queued(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	char s[60 * 1000];
	struct buf got;
	int i;

	(void)state;
	buf_init(&got, 1 << 20);
	memset(s, 'x', sizeof s);
	conn_write(e->c, s, sizeof s);
	conn_close(e->c);
	conn_close(e->c);
	assert_false(conn_write(e->c, "late", 4));
	assert_null(conn_find(w->set, e->id));
	peer_writes(e, "nobody reads this");
	for (i = 0; i < 1000 && got.len < sizeof s; i++) {
		peer_reads(e, &got, 1000);
		turns(w, 2);
	}
	/* All of it, and the end: not a reset, though a line was unread. */
	assert_int_equal(got.len, sizeof s);
	assert_int_equal(read(e->peer, s, 1), 0);
	shutdown(e->peer, SHUT_WR);
	turns(w, 3);
	assert_int_equal(e->closes, 1);
	assert_int_equal(e->how, CONN_ASKED);
	assert_int_equal(e->inputs, 0);
	buf_release(&got);
	free_world(w);
}

static void
who_never_reads_does_not_hold_up_a_close(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	char s[60 * 1000];
	int64_t from;

	(void)state;
	memset(s, 'x', sizeof s);
	conn_write(e->c, s, sizeof s);
	conn_close(e->c);
	turns(w, 1);
	from = loop_now(w->loop);
	while (e->closes == 0)
		assert_int_equal(loop_turn(w->loop, -1), 0);
	assert_in_range(loop_now(w->loop) - from, CONN_LINGER_MS - 200,
	    CONN_LINGER_MS + 3000);
	free_world(w);
}

static void
who_sends_no_more_still_gets_the_replies(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);
	char s[16];

	(void)state;
	e->keep = e->echo_left = true;
	peer_writes(e, "ping");
	shutdown(e->peer, SHUT_WR);
	turns(w, 4);
	assert_int_equal(e->eofs, 1);
	assert_int_equal(read(e->peer, s, sizeof s), 4);
	assert_memory_equal(s, "ping", 4);
	assert_int_equal(read(e->peer, s, sizeof s), 0);
	assert_int_equal(e->closes, 1);
	assert_int_equal(e->how, CONN_ASKED); /* by on_eof */
	free_world(w);
}

static void
a_hangup_that_nobody_handles_closes(void **state)
{
	static const struct conn_handler no_eof = { on_input, NULL, NULL,
		on_closed };
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);

	(void)state;
	conn_set_handler(e->c, &no_eof, e);
	conn_write(e->c, "bye", 3);
	peer_writes(e, "x");
	shutdown(e->peer, SHUT_WR);
	turns(w, 4);
	assert_int_equal(e->inputs, 1);
	assert_int_equal(e->closes, 1);
	assert_int_equal(e->how, CONN_HANGUP);
	free_world(w);
}

static void
a_peer_that_is_gone_kills_nothing_but_its_connection(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);

	(void)state;
	conn_pause(e->c);
	close(e->peer);
	e->peer = dup(0);
	conn_write(e->c, "x", 1);
	turns(w, 2);
	assert_int_equal(e->closes, 1);
	assert_int_equal(e->how, CONN_FAILED);
	free_world(w);
}

static void
an_id_is_found_until_it_closes_and_never_again(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0), *f;

	(void)state;
	assert_ptr_equal(conn_find(w->set, e->id), e->c);
	assert_null(conn_find(w->set, 0));
	assert_null(conn_find(w->set, UINT64_MAX));
	conn_abort(e->c);
	assert_null(conn_find(w->set, e->id));
	assert_int_equal(e->closes, 0); /* not before the turn ends */
	turns(w, 1);
	assert_int_equal(e->closes, 1);
	f = add_end(w, 1);
	assert_int_not_equal(f->id, e->id);
	assert_null(conn_find(w->set, e->id));
	assert_ptr_equal(conn_find(w->set, f->id), f->c);
	free_world(w);
}

static void
a_connection_may_end_itself_in_its_own_callback(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	struct end *e = add_end(w, 0);

	(void)state;
	e->abort_in_input = true;
	peer_writes(e, "x");
	turns(w, 3);
	assert_int_equal(e->inputs, 1);
	assert_int_equal(e->closes, 1);
	assert_int_equal(conns_count(w->set), 0);
	free_world(w);
}

static void
abort_one(struct conn *c, void *arg)
{
	++*(int *)arg;
	conn_abort(c);
}

static void
all_can_be_closed_while_they_are_walked(void **state)
{
	struct world *w = new_world(SIZE_MAX);
	int i, seen = 0;

	(void)state;
	for (i = 0; i < 4; i++)
		add_end(w, i);
	conns_each(w->set, abort_one, &seen);
	conns_each(w->set, abort_one, &seen);
	assert_int_equal(seen, 4);
	turns(w, 1);
	assert_int_equal(conns_count(w->set), 0);
	free_world(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_in_is_offered),
		cmocka_unit_test(what_is_left_is_offered_again_when_kicked),
		cmocka_unit_test(
		    a_full_in_buffer_stops_reading_until_it_is_eaten),
		cmocka_unit_test(a_paused_connection_reads_nothing),
		cmocka_unit_test(what_a_turn_queues_leaves_at_its_end_in_order),
		cmocka_unit_test(partial_writes_go_on_at_the_right_byte),
		cmocka_unit_test(a_blob_is_shared_and_given_back),
		cmocka_unit_test(who_does_not_read_is_cut_off_and_nobody_else),
		cmocka_unit_test(past_the_cap_of_all_the_slowest_goes),
		cmocka_unit_test(who_asks_faster_than_it_reads_is_not_read),
		cmocka_unit_test(closing_sends_first_what_is_queued),
		cmocka_unit_test(who_never_reads_does_not_hold_up_a_close),
		cmocka_unit_test(who_sends_no_more_still_gets_the_replies),
		cmocka_unit_test(a_hangup_that_nobody_handles_closes),
		cmocka_unit_test(
		    a_peer_that_is_gone_kills_nothing_but_its_connection),
		cmocka_unit_test(
		    an_id_is_found_until_it_closes_and_never_again),
		cmocka_unit_test(
		    a_connection_may_end_itself_in_its_own_callback),
		cmocka_unit_test(all_can_be_closed_while_they_are_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
