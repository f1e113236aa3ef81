/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bounded first-in first-out list between threads.  One side puts; the
 * other either sleeps in queue_wait (a worker) or watches queue_fd in its loop
 * and drains with queue_take (an eventfd(2), readable while there is
 * something).
 *
 * Items are members of their owner's struct; whoever takes one owns it.
 */
#ifndef SHARED_QUEUE_H
#define SHARED_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct queue;

struct queue_item {
	struct queue_item *next;
};

/* cap 0: no cap, for results whose number is bounded by the jobs'. */
struct queue *queue_new(size_t cap);
void queue_free(struct queue *); /* empty, or its items are the caller's */

bool queue_put(struct queue *, struct queue_item *); /* false: full, closed */

/* All there is, oldest first, linked by next; NULL when there is nothing. */
struct queue_item *queue_take(struct queue *);

/* Sleeps until there is one.  NULL: closed, and nothing is left. */
struct queue_item *queue_wait(struct queue *);     /* the oldest */
struct queue_item *queue_wait_all(struct queue *); /* as queue_take */

void queue_close(struct queue *); /* nothing more goes in; wakes all */
size_t queue_length(struct queue *);
int queue_fd(const struct queue *);

#endif
