/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work that would hold up the loop, done by a few threads: jobs in, results
 * out, and a descriptor that wakes the loop.  The queue is bounded; a job that
 * does not fit is refused at once and the caller says "busy".
 *
 * A job is a member of its owner's heap struct.  From pool_put until done()
 * is called it belongs to the pool; run() happens on a worker thread and
 * touches nothing but the job, done() on the loop's thread.
 */
#ifndef SERVER_WORK_POOL_H
#define SERVER_WORK_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/queue.h"

struct pool;

struct pool_job {
	struct queue_item item;
	void (*run)(struct pool_job *);
	void (*done)(struct pool_job *);
};

/* At most cap jobs wait for a thread.  NULL: no thread could be made. */
struct pool *pool_new(unsigned threads, size_t cap);

/*
 * Lets running jobs end, then calls done() of every job there was.  Jobs that
 * no thread had begun are not run: a server that goes down waits for none.
 */
void pool_free(struct pool *);

bool pool_put(struct pool *, struct pool_job *);
int pool_fd(const struct pool *);      /* readable: pool_dispatch has work */
void pool_dispatch(struct pool *);

#endif
