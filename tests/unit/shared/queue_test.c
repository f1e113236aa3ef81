/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/queue.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shared/xalloc.h"

enum { THREADS = 4, EACH = 5000 };

struct thing {
	struct queue_item item; /* first: a thing is its item */
	int from, number;
};

static bool
readable(struct queue *q)
{
	struct pollfd p = { .fd = queue_fd(q), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void
first_in_is_first_out_and_the_descriptor_says_so(void **state)
{
	struct queue *q = queue_new(0);
	struct thing a, b, c;

	(void)state;
	assert_false(readable(q));
	assert_null(queue_take(q));
	assert_true(queue_put(q, &a.item));
	assert_true(queue_put(q, &b.item));
	assert_true(queue_put(q, &c.item));
	assert_true(readable(q));
	assert_int_equal(queue_length(q), 3);
	assert_ptr_equal(queue_wait(q), &a.item);
	assert_null(a.item.next);
	assert_true(readable(q));
	assert_ptr_equal(queue_take(q), &b.item);
	assert_ptr_equal(b.item.next, &c.item);
	assert_null(c.item.next);
	assert_false(readable(q));
	assert_int_equal(queue_length(q), 0);
	assert_true(queue_put(q, &a.item));
	assert_ptr_equal(queue_wait(q), &a.item);
	assert_false(readable(q));
	assert_true(queue_put(q, &b.item));
	assert_ptr_equal(queue_wait_all(q), &b.item);
	queue_free(q);
}

static void
a_full_queue_refuses(void **state)
{
	struct queue *q = queue_new(2);
	struct thing a, b, c;

	(void)state;
	assert_true(queue_put(q, &a.item));
	assert_true(queue_put(q, &b.item));
	assert_false(queue_put(q, &c.item));
	assert_ptr_equal(queue_wait(q), &a.item);
	assert_true(queue_put(q, &c.item));
	assert_false(queue_put(q, &a.item));
	assert_ptr_equal(queue_take(q), &b.item);
	queue_free(q);
}

static void
a_closed_queue_takes_nothing_and_gives_what_is_left(void **state)
{
	struct queue *q = queue_new(0);
	struct thing a, b;

	(void)state;
	queue_put(q, &a.item);
	queue_close(q);
	assert_false(queue_put(q, &b.item));
	assert_ptr_equal(queue_wait(q), &a.item);
	assert_null(queue_wait(q));
	assert_null(queue_wait_all(q));
	assert_null(queue_take(q));
	queue_free(q);
}

static void *
wait_for_end(void *q)
{
	return queue_wait(q);
}

static void
closing_wakes_all_who_sleep(void **state)
{
	struct queue *q = queue_new(0);
	pthread_t t[THREADS];
	void *got;
	int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, wait_for_end, q), 0);
	queue_close(q);
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i], &got);
		assert_null(got);
	}
	queue_free(q);
}

struct part {
	struct queue *in, *out;
	int from;
};

static void *
produce(void *arg)
{
	struct part *p = arg;
	struct thing *t;
	int i;

	for (i = 0; i < EACH; i++) {
		t = xcalloc(1, sizeof *t);
		t->from = p->from;
		t->number = i;
		while (!queue_put(p->in, &t->item))
			sched_yield();
	}
	return NULL;
}

static void *
pass_on(void *arg)
{
	struct part *p = arg;
	struct queue_item *item;

	while ((item = queue_wait(p->in)) != NULL)
		queue_put(p->out, item);
	return NULL;
}

static void
nothing_is_lost_doubled_or_turned_between_threads(void **state)
{
	struct queue *in = queue_new(64), *out = queue_new(0);
	pthread_t maker[THREADS], worker;
	struct part part[THREADS], pass = { in, out, 0 };
	int next[THREADS] = { 0 }, i, got = 0;
	struct queue_item *item, *after;
	struct pollfd p = { .fd = queue_fd(out), .events = POLLIN };

	(void)state;
	assert_int_equal(pthread_create(&worker, NULL, pass_on, &pass), 0);
	for (i = 0; i < THREADS; i++) {
		part[i] = (struct part){ in, out, i };
		assert_int_equal(
		    pthread_create(&maker[i], NULL, produce, &part[i]), 0);
	}
	while (got < THREADS * EACH) {
		assert_int_equal(poll(&p, 1, 30 * 1000), 1);
		for (item = queue_take(out); item != NULL; item = after) {
			struct thing *t = (struct thing *)item;

			after = item->next;
			assert_int_equal(t->number, next[t->from]++);
			free(t);
			got++;
		}
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(maker[i], NULL);
	queue_close(in);
	pthread_join(worker, NULL);
	assert_null(queue_take(out));
	queue_free(in);
	queue_free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    first_in_is_first_out_and_the_descriptor_says_so),
		cmocka_unit_test(a_full_queue_refuses),
		cmocka_unit_test(
		    a_closed_queue_takes_nothing_and_gives_what_is_left),
		cmocka_unit_test(closing_wakes_all_who_sleep),
		cmocka_unit_test(
		    nothing_is_lost_doubled_or_turned_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
