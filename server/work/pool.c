/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/pool.h"

#include "shared/xalloc.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREAD_NAME_CAP = 16 }; /* pthread_setname_np(3) */

struct pool {
	struct queue *in;
	struct queue *out;
	pthread_t *thread;
	unsigned threads;
};

/* item is the first member of a job. */
static struct pool_job *
job_of(struct queue_item *item)
{
	return (struct pool_job *)item;
}

static void *
work(void *arg)
{
	struct pool *p = arg;
	struct queue_item *item;

	while ((item = queue_wait(p->in)) != NULL) {
		job_of(item)->run(job_of(item));
		/* Has no cap and is not closed while a worker lives. */
		(void)queue_put(p->out, item);
	}
	return NULL;
}

/* Signals are the loop's: a worker inherits a mask that blocks them all. */
static bool
start(struct pool *p, unsigned n)
{
	char name[THREAD_NAME_CAP];
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&p->thread[n], NULL, work, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err != 0)
		return false;
	p->threads = n + 1;
	snprintf(name, sizeof(name), "pool-%u", n % 1000);
	pthread_setname_np(p->thread[n], name);
	return true;
}

struct pool *
pool_new(unsigned threads, size_t cap)
{
	struct pool *p = xcalloc(1, sizeof(*p));

	p->in = queue_new(cap);
	p->out = queue_new(0);
	p->thread = xcalloc(threads, sizeof(*p->thread));
	for (unsigned n = 0; n < threads; n++) {
		if (!start(p, n)) {
			pool_free(p);
			return NULL;
		}
	}
	return p;
}

static void
finish(struct queue_item *item)
{
	struct queue_item *next;

	for (; item != NULL; item = next) {
		next = item->next; /* the job is gone after done() */
		job_of(item)->done(job_of(item));
	}
}

void
pool_free(struct pool *p)
{
	struct queue_item *unrun;

	if (p == NULL)
		return;
	/* Closed first, so that nothing slips in behind what is taken out. */
	queue_close(p->in);
	unrun = queue_take(p->in);
	for (unsigned n = 0; n < p->threads; n++)
		pthread_join(p->thread[n], NULL);
	finish(queue_take(p->out));
	finish(unrun);
	queue_free(p->in);
	queue_free(p->out);
	free(p->thread);
	free(p);
}

bool
pool_put(struct pool *p, struct pool_job *job)
{
	return queue_put(p->in, &job->item);
}

int
pool_fd(const struct pool *p)
{
	return queue_fd(p->out);
}

void
pool_dispatch(struct pool *p)
{
	finish(queue_take(p->out));
}
