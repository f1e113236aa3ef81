/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that writes: all transactions (store.h) that are queued make one
 * commit, which is the answer to each.  When it fails, nothing of it is there, all
 * its jobs are told so, and the connection is made anew: after an I/O error
 * nothing that the old one believes is taken for true.  Private to store/.
 */
#ifndef SERVER_STORE_WRITER_H
#define SERVER_STORE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store_priv.h"
#include "server/store/store.h"

struct sql;
struct writer;
struct write;

/*
 * The connection is open, prepared, on the heap, and the writer's from here.
 * Results go to out.  NULL: there is no thread, and the connection is closed.
 */
struct writer *writer_new(struct sql *, const char *path,
    const struct store_options *, struct queue *out);

/* Commits what is queued, and ends the thread. */
void writer_stop(struct writer *);

/* After it was stopped and all its results were delivered. */
void writer_free(struct writer *);

uint64_t writer_commits(const struct writer *);

/* Queues a transaction by its first write.  False: there is no room for its
 * count, or the writer was stopped. */
bool writer_put(struct writer *, struct write *);

/* It is about to be called back. */
void writer_delivers(struct writer *, const struct write *);

/* ---- writes ----------------------------------------------------------- */

/*
 * On the writer's thread, in the batch's transaction.  What cannot be done is
 * told in done, never by an error, which would take down the whole batch.
 */
typedef void write_apply_fn(struct sql *, struct write *);

/* The head of every kind of write, whose own part follows it. */
struct write {
	struct store_job job; /* first */
	write_apply_fn *apply;
	struct write *next; /* of the same transaction; NULL: the last */
	struct store_written done;
	int64_t sweep; /* tags older than that may go; 0: none */
	char *end;     /* of what is kept so far, behind the struct */
	/* The transaction's, in its first write: */
	store_written_fn *fn; /* may be NULL */
	void *arg;
	size_t count;   /* of its writes */
	uint64_t heard; /* of so many refusals, when it was made or refused */
};

/*
 * size: of the struct whose head it is, zeroed but for the head.  keep: how
 * much room is needed for what write_keep and write_text will copy.
 */
void *write_new(size_t size, size_t keep, write_apply_fn *);

/* What is kept first is aligned as the struct is. */
void *write_keep(struct write *, const void *, size_t);
const char *write_text(struct write *, const char *);
size_t write_room(const char *); /* for write_text */

/* It is the transaction's from here. */
struct txn *txn_put(struct txn *, struct write *);

#endif
