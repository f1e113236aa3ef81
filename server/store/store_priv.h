/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the store have in common.  Private to store/.
 *
 * A job is made on the caller's thread, belongs to its thread (writer or
 * reader) from there to its result, and to the caller's thread again when it
 * is delivered.
 */
#ifndef SERVER_STORE_STORE_PRIV_H
#define SERVER_STORE_STORE_PRIV_H

#include <pthread.h>
#include <stdbool.h>

#include "shared/queue.h"

struct reader;
struct writer;

struct store {
	int lock;   /* held while it is open */
	char *path; /* of the data file, absolute */
	struct queue *out;
	struct writer *writer;
	struct reader *reader;
};

struct store_job {
	struct queue_item item; /* first */
	/* Calls back and frees: on the caller's thread. */
	void (*deliver)(struct store *, struct store_job *);
};

/* With a name, and without signals, which are the loop's. */
bool store_thread(
    pthread_t *, const char *name, void *(*run)(void *), void *arg);

#endif
