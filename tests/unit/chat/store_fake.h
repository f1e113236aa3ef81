/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h in memory, for the tests of the chat: nothing is written or
 * answered but when the test says so.  What was committed stays over any
 * number of chats, as it would on a disk.
 */
#ifndef TESTS_UNIT_CHAT_STORE_FAKE_H
#define TESTS_UNIT_CHAT_STORE_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/store.h"

struct store *store_fake_new(void);

/* Everything was dispatched, or nobody waits for it any more. */
void store_fake_free(struct store *);

/* Queued writes take place, in order; their results wait for a dispatch. */
void store_fake_apply(struct store *);

/* They take place and are dispatched.  Says how many there were. */
size_t store_fake_commit(struct store *);

/* Queries asked for so far are answered.  Says how many there were. */
size_t store_fake_answer(struct store *);

/* Both until nothing is left. */
void store_fake_run(struct store *);

void store_fake_fail(struct store *, bool);   /* the disk: status not ok */
void store_fake_refuse(struct store *, bool); /* its queues are full */

size_t store_fake_messages(const struct store *);
size_t store_fake_sessions(const struct store *);
size_t store_fake_queries(const struct store *); /* asked for, not answered */
int64_t store_fake_used(const struct store *);   /* newest use of a session */

#endif
