/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "shared/xalloc.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

enum { WAIT_MS = 10000 };

/* Held by a worker until the test lets it go, so nothing hangs on timing. */
static sem_t begun, go;

struct tally {
	size_t ran, done;
	pthread_t loop;
};

struct job {
	struct pool_job job; /* first */
	struct tally *tally;
	bool ran;
};

static void
note_done(struct pool_job *p)
{
	struct job *j = (struct job *)p;

	assert_true(pthread_equal(pthread_self(), j->tally->loop));
	j->tally->done++;
	j->tally->ran += j->ran;
	free(j);
}

static void
run_at_once(struct pool_job *p)
{
	((struct job *)p)->ran = true;
}

static void
run_when_told(struct pool_job *p)
{
	sem_post(&begun);
	sem_wait(&go);
	((struct job *)p)->ran = true;
}

static struct pool_job *
job_new(struct tally *t, void (*run)(struct pool_job *))
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->job.run = run;
	j->job.done = note_done;
	j->tally = t;
	return &j->job;
}

static void
dispatch_until(struct pool *p, const struct tally *t, size_t n)
{
	struct pollfd pfd = { .fd = pool_fd(p), .events = POLLIN };

	while (t->done < n) {
		assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
		pool_dispatch(p);
	}
}

static int
set_up(void **state)
{
	static struct tally t;

	t = (struct tally){ .loop = pthread_self() };
	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	*state = &t;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	sem_destroy(&begun);
	sem_destroy(&go);
	return 0;
}

static void
every_job_runs_and_is_done_on_the_loop(void **state)
{
	enum { JOBS = 1000 };
	struct tally *t = *state;
	struct pool *p = pool_new(3, JOBS);

	for (size_t i = 0; i < JOBS; i++)
		assert_true(pool_put(p, job_new(t, run_at_once)));
	dispatch_until(p, t, JOBS);
	assert_int_equal(t->ran, JOBS);
	pool_free(p);
	assert_int_equal(t->done, JOBS);
}

static void
the_descriptor_is_quiet_when_nothing_is_due(void **state)
{
	struct tally *t = *state;
	struct pool *p = pool_new(1, 4);
	struct pollfd pfd = { .fd = pool_fd(p), .events = POLLIN };

	assert_int_equal(poll(&pfd, 1, 0), 0);
	assert_true(pool_put(p, job_new(t, run_at_once)));
	dispatch_until(p, t, 1);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	pool_free(p);
}

static void
a_job_that_does_not_fit_is_refused_at_once(void **state)
{
	struct tally *t = *state;
	struct pool *p = pool_new(1, 2);
	struct pool_job *extra = job_new(t, run_at_once);

	assert_true(pool_put(p, job_new(t, run_when_told)));
	sem_wait(&begun); /* the only thread has it: the queue is empty */
	assert_true(pool_put(p, job_new(t, run_at_once)));
	assert_true(pool_put(p, job_new(t, run_at_once)));
	assert_false(pool_put(p, extra));
	sem_post(&go);
	dispatch_until(p, t, 3);
	assert_true(pool_put(p, extra)); /* still the caller's; room again */
	dispatch_until(p, t, 4);
	pool_free(p);
}

static void *
let_go(void *arg)
{
	(void)arg;
	sem_post(&go);
	return NULL;
}

static void
freeing_ends_what_runs_and_is_done_with_every_job(void **state)
{
	struct tally *t = *state;
	struct pool *p = pool_new(1, 8);
	pthread_t other;

	assert_true(pool_put(p, job_new(t, run_when_told)));
	sem_wait(&begun);
	for (size_t i = 0; i < 5; i++)
		assert_true(pool_put(p, job_new(t, run_at_once)));
	assert_int_equal(pthread_create(&other, NULL, let_go, NULL), 0);
	pool_free(p);
	pthread_join(other, NULL);
	assert_int_equal(t->done, 6);
	assert_true(t->ran >= 1);
}

static bool worker_blocks_all;
static char worker_name[16];

static void
run_and_look(struct pool_job *p)
{
	sigset_t set;

	(void)p;
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	worker_blocks_all = sigismember(&set, SIGTERM) == 1 &&
	    sigismember(&set, SIGINT) == 1 && sigismember(&set, SIGHUP) == 1;
}

static void
run_and_tell_name(struct pool_job *p)
{
	(void)p;
	sem_wait(&go);
	pthread_getname_np(pthread_self(), worker_name, sizeof(worker_name));
}

static void
workers_leave_signals_to_the_loop(void **state)
{
	struct tally *t = *state;
	struct pool *p = pool_new(1, 8);
	sigset_t set;

	assert_true(pool_put(p, job_new(t, run_and_look)));
	dispatch_until(p, t, 1);
	assert_true(worker_blocks_all);
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	assert_int_equal(sigismember(&set, SIGTERM), 0);
	pool_free(p);
}

static void
workers_have_names(void **state)
{
	struct tally *t = *state;
	struct pool *p = pool_new(1, 8);

	assert_true(pool_put(p, job_new(t, run_and_tell_name)));
	sem_post(&go); /* pool_new gave the name before it returned */
	dispatch_until(p, t, 1);
	assert_string_equal(worker_name, "pool-0");
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    every_job_runs_and_is_done_on_the_loop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_descriptor_is_quiet_when_nothing_is_due, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_job_that_does_not_fit_is_refused_at_once, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    freeing_ends_what_runs_and_is_done_with_every_job, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    workers_leave_signals_to_the_loop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    workers_have_names, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
