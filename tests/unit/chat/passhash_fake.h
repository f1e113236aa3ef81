/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * passhash.h without any hash and without threads: it answers when told to.
 * The hash of a password is the password behind "hash:".
 */
#ifndef TESTS_UNIT_CHAT_PASSHASH_FAKE_H
#define TESTS_UNIT_CHAT_PASSHASH_FAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/work/passhash.h"

struct passhash *passhash_fake_new(void);

/* What was not answered is answered first, as the pool's end does. */
void passhash_fake_free(struct passhash *);

/* Answers all that was asked so far.  Says how many. */
size_t passhash_fake_answer(struct passhash *);

void passhash_fake_refuse(struct passhash *, bool); /* the queue is full */

#endif
