/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that reads, on a connection of its own: each query sees the
 * store as it was at one moment.  Private to store/.
 */
#ifndef SERVER_STORE_READER_H
#define SERVER_STORE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "server/store/store_priv.h"
#include "server/store/store.h"

struct reader;
struct sql;

/* NULL: the file cannot be read, or there is no thread to be had. */
struct reader *reader_new(
    const char *path, store_trouble_fn *, struct queue *out);

/* What runs is broken off, what waits is not begun: both are not ok. */
void reader_stop(struct reader *);

/* After it was stopped and all its results were delivered. */
void reader_free(struct reader *);

/*
 * A moment at which to look at the store, on any thread; nobody else does
 * until reader_looked.  NULL: it cannot be had.
 */
struct sql *reader_look(struct reader *);

/* False: what was seen in the meantime is not to be trusted. */
bool reader_looked(struct reader *);

/* ---- queries ---------------------------------------------------------- */

struct query;

struct query_kind {
	/* On the reader's thread: */
	void (*run)(struct sql *, struct query *);
	void (*done)(struct query *, bool ok); /* forgets it where not ok */
	/* On the caller's: */
	void (*call)(struct query *);
	void (*release)(struct query *); /* what it has, not itself */
};

/* The head of every kind of query, whose own part follows it. */
struct query {
	struct store_job job; /* first */
	const struct query_kind *kind;
	void *arg;
};

/* size: of the struct whose head it is, zeroed but for the head. */
void *query_new(size_t size, const struct query_kind *, void *arg);

/* False: it was refused, and is freed. */
bool query_put(struct store *, struct query *);

#endif
