/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/loop.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"

/* Text that a callback takes as its argument; good for the block. */
#define T(s) ((char[]){ s })

static struct loop *loop;
static char trace[256];

static int
setup(void **state)
{
	(void)state;
	loop = loop_new();
	trace[0] = '\0';
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static void
note(void *arg)
{
	strncat(trace, arg, sizeof trace - strlen(trace) - 1);
}

static void
note_fd(void *arg, int fd, unsigned ready)
{
	(void)fd;
	note(arg);
	if ((ready & LOOP_READ) != 0)
		note(T("r"));
	if ((ready & LOOP_WRITE) != 0)
		note(T("w"));
}

static void
turn(void)
{
	assert_int_equal(loop_turn(loop, 0), 0);
}

static void
traced(const char *want)
{
	assert_string_equal(trace, want);
	trace[0] = '\0';
}

static void
a_descriptor_is_called_for_what_is_wanted_of_it(void **state)
{
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	loop_watch(loop, p[0], LOOP_READ, note_fd, T("a"));
	loop_watch(loop, p[1], 0, note_fd, T("b"));
	turn();
	traced("");
	loop_want(loop, p[1], LOOP_WRITE);
	turn();
	traced("bw");
	assert_int_equal(write(p[1], "x", 1), 1);
	loop_want(loop, p[1], 0);
	turn();
	turn();
	traced("arar");
	loop_watch(loop, p[0], LOOP_READ, note_fd, T("c"));
	turn();
	traced("cr");
	loop_unwatch(loop, p[0]);
	loop_unwatch(loop, p[0]);
	loop_unwatch(loop, 10000);
	turn();
	traced("");
	loop_unwatch(loop, p[1]);
	close(p[0]);
	close(p[1]);
}

/* ---- more descriptors than an fd_set holds ---------------------------- */

enum { PIPES = 1200 };

static void
count_fd(void *arg, int fd, unsigned ready)
{
	int *seen = arg;

	assert_int_equal(ready, LOOP_READ);
	seen[fd]++;
}

static void
more_than_1100_descriptors_are_served(void **state)
{
	static int p[PIPES][2], seen[4 * PIPES];
	struct rlimit was, more;
	int i, got = 0, high = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &was);
	more = was;
	if (more.rlim_cur < 3 * PIPES)
		more.rlim_cur = 3 * PIPES;
	if (more.rlim_max < more.rlim_cur)
		more.rlim_max = more.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &more) == -1)
		skip();
	for (i = 0; i < PIPES; i++) {
		assert_int_equal(pipe(p[i]), 0);
		assert_true(p[i][0] < 4 * PIPES);
		loop_watch(loop, p[i][0], LOOP_READ, count_fd, seen);
		high = p[i][0];
	}
	assert_true(high > 1100);
	for (i = 0; i < PIPES; i += 3)
		assert_int_equal(write(p[i][1], "x", 1), 1);
	turn();
	for (i = 0; i < PIPES; i++) {
		assert_int_equal(seen[p[i][0]], i % 3 == 0);
		got += seen[p[i][0]];
	}
	assert_int_equal(got, PIPES / 3);
	/* From the top down: the sets shrink again. */
	for (i = PIPES - 1; i >= 0; i--) {
		loop_unwatch(loop, p[i][0]);
		close(p[i][0]);
		close(p[i][1]);
	}
	turn();
	setrlimit(RLIMIT_NOFILE, &was);
}

/* ---- changes within a turn -------------------------------------------- */

struct swap {
	int first, second; /* first is called before second */
	int other;         /* the one to be put in the place of second */
	bool watch;
};

static void
swap_second(void *arg, int fd, unsigned ready)
{
	static char new[] = "new ";
	struct swap *s = arg;

	assert_int_equal(fd, s->first);
	assert_int_equal(ready, LOOP_READ);
	note(T("swap "));
	loop_unwatch(loop, s->first);
	loop_unwatch(loop, s->second);
	assert_int_equal(dup2(s->other, s->second), s->second);
	if (s->watch)
		loop_watch(loop, s->second, LOOP_READ, note_fd, new);
}

static void
who_is_unwatched_in_a_turn_is_not_called_in_it(bool watch_again)
{
	int a[2], b[2], c[2];
	struct swap s;

	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	assert_int_equal(pipe(c), 0);
	s = (struct swap){ a[0], b[0], c[0], watch_again };
	assert_true(a[0] < b[0]);
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	loop_watch(loop, b[0], LOOP_READ, note_fd, T("old "));
	loop_watch(loop, a[0], LOOP_READ, swap_second, &s);
	turn();
	traced("swap ");
	turn();
	traced("");
	assert_int_equal(write(c[1], "x", 1), 1);
	turn();
	traced(watch_again ? "new r" : "");
	loop_unwatch(loop, b[0]);
	close(a[0]);
	close(a[1]);
	close(b[0]);
	close(b[1]);
	close(c[0]);
	close(c[1]);
}

static void
a_descriptor_that_was_unwatched_is_not_called(void **state)
{
	(void)state;
	who_is_unwatched_in_a_turn_is_not_called_in_it(false);
}

static void
a_descriptor_that_is_used_again_is_not_taken_for_the_old_one(void **state)
{
	(void)state;
	who_is_unwatched_in_a_turn_is_not_called_in_it(true);
}

static void
a_closed_descriptor_that_is_watched_is_an_error(void **state)
{
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	loop_watch(loop, p[0], LOOP_READ, note_fd, T("a"));
	close(p[0]);
	assert_int_equal(loop_turn(loop, 0), -1);
	assert_int_equal(loop_run(loop), -1);
	loop_unwatch(loop, p[0]);
	turn();
	close(p[1]);
}

/* ---- timers ----------------------------------------------------------- */

static void
timers_fire_once_in_the_order_in_which_they_are_due(void **state)
{
	struct loop_timer a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	loop_timer_set(loop, &c, 30, note, T("c"));
	loop_timer_set(loop, &a, 10, note, T("a"));
	loop_timer_set(loop, &b, 20, note, T("b"));
	while (strlen(trace) < 3)
		assert_int_equal(loop_turn(loop, -1), 0);
	turn();
	traced("abc");
}

static void
a_timer_can_be_moved_and_unset(void **state)
{
	struct loop_timer a = { 0 }, b = { 0 };

	(void)state;
	loop_timer_set(loop, &a, 0, note, T("a"));
	loop_timer_set(loop, &a, 1000 * 1000, note, T("a"));
	loop_timer_set(loop, &b, 0, note, T("b"));
	turn();
	traced("b");
	loop_timer_unset(loop, &a);
	loop_timer_unset(loop, &a);
	loop_timer_set(loop, &a, -5, note, T("a"));
	turn();
	traced("a");
	loop_timer_set(loop, &a, INT64_MAX, note, T("a"));
	turn();
	loop_timer_unset(loop, &a);
	traced("");
}

static void
a_timer_does_not_come_early_nor_the_loop_spin(void **state)
{
	struct loop_timer a = { 0 };
	int64_t from;
	int turns = 0;

	(void)state;
	turn();
	from = loop_now(loop);
	loop_timer_set(loop, &a, 50, note, T("a"));
	while (trace[0] == '\0' && turns++ < 100)
		assert_int_equal(loop_turn(loop, -1), 0);
	assert_true(loop_now(loop) - from >= 50);
	assert_true(turns <= 3);
}

struct many {
	struct loop_timer t;
	int64_t due;
};

static int64_t last_due;
static int fired;

static void
fire(void *arg)
{
	struct many *m = arg;

	assert_true(m->due >= last_due);
	assert_int_equal(m->t.slot, 0);
	last_due = m->due;
	fired++;
}

static void
many_timers_set_and_unset_at_random_keep_their_order(void **state)
{
	enum { MANY = 2000 };
	struct many *m = xcalloc(MANY, sizeof *m);
	unsigned seed = 7;
	int i, at, left = 0;

	(void)state;
	last_due = fired = 0;
	for (i = 0; i < 5 * MANY; i++) {
		seed = seed * 1103515245 + 12345;
		at = (int)(seed >> 8) % MANY;
		seed = seed * 1103515245 + 12345;
		if ((seed >> 20) % 4 == 0) {
			loop_timer_unset(loop, &m[at].t);
			continue;
		}
		loop_timer_set(
		    loop, &m[at].t, (seed >> 8) % 40, fire, &m[at]);
		m[at].due = m[at].t.due;
	}
	for (i = 0; i < MANY; i++)
		left += m[i].t.slot != 0;
	assert_true(left > MANY / 4);
	while (fired < left)
		assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(fired, left);
	free(m);
}

static struct loop_timer again_timer;

static void
again(void *arg)
{
	note(arg);
	loop_timer_set(loop, &again_timer, 0, again, arg);
}

static void
a_timer_that_sets_itself_does_not_hold_up_the_turn(void **state)
{
	(void)state;
	memset(&again_timer, 0, sizeof again_timer);
	loop_timer_set(loop, &again_timer, 0, again, T("x"));
	turn();
	traced("x");
	assert_int_equal(loop_turn(loop, -1), 0);
	loop_timer_unset(loop, &again_timer);
}

/* ---- deferred calls --------------------------------------------------- */

static struct loop_call call_a, call_b, call_c;

static void
defer_again(void *arg)
{
	note(arg);
	loop_defer(loop, &call_a, defer_again, arg);
	loop_defer_cancel(loop, &call_c);
}

static void
a_deferred_call_comes_once_at_the_end_of_the_turn(void **state)
{
	struct loop_timer t = { 0 };

	(void)state;
	loop_defer(loop, &call_a, note, T("a"));
	loop_defer(loop, &call_b, note, T("b"));
	loop_defer(loop, &call_a, note, T("a"));
	loop_timer_set(loop, &t, 0, note, T("t"));
	assert_int_equal(loop_turn(loop, -1), 0); /* does not wait */
	turn();
	traced("tab");
}

static void
a_deferred_call_can_be_cancelled_wherever_it_stands(void **state)
{
	(void)state;
	loop_defer(loop, &call_a, note, T("a"));
	loop_defer(loop, &call_b, note, T("b"));
	loop_defer(loop, &call_c, note, T("c"));
	loop_defer_cancel(loop, &call_c);
	loop_defer_cancel(loop, &call_c);
	loop_defer_cancel(loop, &call_a);
	loop_defer(loop, &call_c, note, T("C"));
	turn();
	traced("bC");
}

static void
what_a_deferred_call_defers_is_for_the_next_turn(void **state)
{
	(void)state;
	loop_defer(loop, &call_a, defer_again, T("a"));
	loop_defer(loop, &call_b, note, T("b"));
	loop_defer(loop, &call_c, note, T("c")); /* a cancels it */
	assert_int_equal(loop_turn(loop, -1), 0);
	traced("ab");
	assert_int_equal(loop_turn(loop, -1), 0);
	traced("a");
	loop_defer_cancel(loop, &call_a);
	turn();
	traced("");
}

/* ---- turns ------------------------------------------------------------ */

static void
stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void
the_loop_runs_until_it_is_stopped(void **state)
{
	struct loop_timer t = { 0 };

	(void)state;
	loop_timer_set(loop, &t, 5, stop, NULL);
	assert_int_equal(loop_run(loop), 0);
	loop_stop(loop);
	assert_int_equal(loop_run(loop), 0);
	loop_on_turn(loop, note, T("h"));
	turn();
	traced("hh");
}

static void
on_alarm(int sig)
{
	(void)sig;
}

static void
signals_end_a_sleep_and_nothing_else(void **state)
{
	struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
	struct sigaction sa = { .sa_handler = on_alarm }, was;
	struct loop_timer t = { 0 };

	(void)state;
	sigaction(SIGALRM, &sa, &was);
	setitimer(ITIMER_REAL, &often, NULL);
	loop_timer_set(loop, &t, 30, stop, NULL);
	assert_int_equal(loop_run(loop), 0);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &was, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_descriptor_is_called_for_what_is_wanted_of_it),
		TEST(more_than_1100_descriptors_are_served),
		TEST(a_descriptor_that_was_unwatched_is_not_called),
		TEST(
		    a_descriptor_that_is_used_again_is_not_taken_for_the_old_one),
		TEST(a_closed_descriptor_that_is_watched_is_an_error),
		TEST(timers_fire_once_in_the_order_in_which_they_are_due),
		TEST(a_timer_can_be_moved_and_unset),
		TEST(a_timer_does_not_come_early_nor_the_loop_spin),
		TEST(many_timers_set_and_unset_at_random_keep_their_order),
		TEST(a_timer_that_sets_itself_does_not_hold_up_the_turn),
		TEST(a_deferred_call_comes_once_at_the_end_of_the_turn),
		TEST(a_deferred_call_can_be_cancelled_wherever_it_stands),
		TEST(what_a_deferred_call_defers_is_for_the_next_turn),
		TEST(the_loop_runs_until_it_is_stopped),
		TEST(signals_end_a_sleep_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
