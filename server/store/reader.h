/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that reads, on a connection of its own: each query sees the
 * store as it was at one moment.  Private to store/.
 */
#ifndef SERVER_STORE_READER_H
#define SERVER_STORE_READER_H

#include "server/store/store.h"

struct queue;
struct reader;

/* NULL: the file cannot be read, or there is no thread to be had. */
struct reader *reader_new(
    const char *path, store_trouble_fn *, struct queue *out);

/* What runs is broken off, what waits is not begun: both are not ok. */
void reader_stop(struct reader *);

/* After it was stopped and all its results were delivered. */
void reader_free(struct reader *);

#endif
