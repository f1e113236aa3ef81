/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/queue.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/xalloc.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t some; /* length > 0 or closed */
	struct queue_item *first, **last;
	size_t length, cap;
	bool closed;
	int fd; /* its count is 1 while length > 0, else 0 */
};

static _Noreturn void
die(const char *what, int e)
{
	fprintf(stderr, "queue: %s: %s\n", what, strerror(e));
	abort();
}

struct queue *
queue_new(size_t cap)
{
	struct queue *q = xcalloc(1, sizeof *q);
	int e;

	q->cap = cap;
	q->last = &q->first;
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd == -1)
		die("eventfd", errno);
	if ((e = pthread_mutex_init(&q->lock, NULL)) != 0)
		die("pthread_mutex_init", e);
	if ((e = pthread_cond_init(&q->some, NULL)) != 0)
		die("pthread_cond_init", e);
	return q;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	pthread_cond_destroy(&q->some);
	pthread_mutex_destroy(&q->lock);
	close(q->fd);
	free(q);
}

/* Under the lock, as every change of fd: so it always agrees with length. */
static void
fd_raise(struct queue *q)
{
	uint64_t one = 1;

	if (write(q->fd, &one, sizeof one) == -1)
		die("write to eventfd", errno);
}

static void
fd_lower(struct queue *q)
{
	uint64_t count;

	if (read(q->fd, &count, sizeof count) == -1)
		die("read from eventfd", errno);
}

bool
queue_put(struct queue *q, struct queue_item *item)
{
	bool ok;

	item->next = NULL;
	pthread_mutex_lock(&q->lock);
	ok = !q->closed && (q->cap == 0 || q->length < q->cap);
	if (ok) {
		*q->last = item;
		q->last = &item->next;
		if (q->length++ == 0)
			fd_raise(q);
		pthread_cond_signal(&q->some);
	}
	pthread_mutex_unlock(&q->lock);
	return ok;
}

/* Locked, as take_all. */
static struct queue_item *
take_one(struct queue *q)
{
	struct queue_item *item = q->first;

	if (item == NULL)
		return NULL;
	q->first = item->next;
	item->next = NULL;
	if (--q->length == 0) {
		q->last = &q->first;
		fd_lower(q);
	}
	return item;
}

static struct queue_item *
take_all(struct queue *q)
{
	struct queue_item *item = q->first;

	if (item == NULL)
		return NULL;
	q->first = NULL;
	q->last = &q->first;
	q->length = 0;
	fd_lower(q);
	return item;
}

struct queue_item *
queue_take(struct queue *q)
{
	struct queue_item *item;

	pthread_mutex_lock(&q->lock);
	item = take_all(q);
	pthread_mutex_unlock(&q->lock);
	return item;
}

static struct queue_item *
wait_for(struct queue *q, struct queue_item *(*take)(struct queue *))
{
	struct queue_item *item;

	pthread_mutex_lock(&q->lock);
	while (q->first == NULL && !q->closed)
		pthread_cond_wait(&q->some, &q->lock);
	item = take(q);
	pthread_mutex_unlock(&q->lock);
	return item;
}

struct queue_item *
queue_wait(struct queue *q)
{
	return wait_for(q, take_one);
}

struct queue_item *
queue_wait_all(struct queue *q)
{
	return wait_for(q, take_all);
}

void
queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->some);
	pthread_mutex_unlock(&q->lock);
}

size_t
queue_length(struct queue *q)
{
	size_t n;

	pthread_mutex_lock(&q->lock);
	n = q->length;
	pthread_mutex_unlock(&q->lock);
	return n;
}

int
queue_fd(const struct queue *q)
{
	return q->fd;
}
