/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that writes: all jobs there are make one transaction, and its
 * commit is the answer to each.  When it fails, nothing of it is there, all
 * its jobs are told so, and the connection is made anew: after an I/O error
 * nothing that the old one believes is taken for true.  Private to store/.
 */
#ifndef SERVER_STORE_WRITER_H
#define SERVER_STORE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

struct queue;
struct sql;
struct writer;

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

#endif
