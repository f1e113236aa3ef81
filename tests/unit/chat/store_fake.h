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

/* The first transaction of them. */
void store_fake_apply_one(struct store *);

/* They take place and are dispatched.  Says how many there were. */
size_t store_fake_commit(struct store *);

/* Queries asked for so far are answered.  Says how many there were. */
size_t store_fake_answer(struct store *);

/* Both until nothing is left. */
void store_fake_run(struct store *);

void store_fake_fail(struct store *, bool);   /* the disk: status not ok */
void store_fake_refuse(struct store *, bool); /* its queues are full */

/* What waits. */
size_t store_fake_writes(const struct store *);  /* not applied yet */
size_t store_fake_queries(const struct store *); /* not answered yet */

/* What is on the disk. */
size_t store_fake_messages(const struct store *);
size_t store_fake_sessions(const struct store *);
int64_t store_fake_used(const struct store *);   /* newest use of a session */
bool store_fake_admin(const struct store *, const char *key);
size_t store_fake_groups(const struct store *);

/* NULL: none. */
const struct store_message *store_fake_message(
    const struct store *, int64_t id);
const struct store_group *store_fake_group(
    const struct store *, const char *conv);
const struct store_member *store_fake_member(
    const struct store *, const char *conv, const char *member);
const struct store_rule *store_fake_rule(const struct store *,
    enum store_rule_kind, const char *conv, const char *member);

/* The outbox of a realm, by the place from 0 on: NULL, there are no more; and
 * how far its own stream was taken. */
const struct store_item *store_fake_out(
    const struct store *, const char *realm, size_t place);
size_t store_fake_outs(const struct store *, const char *realm);
int64_t store_fake_taken(const struct store *, const char *realm);

#endif
