/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps that more than one job is made of.  Private to store/.
 */
#ifndef SERVER_STORE_STEP_H
#define SERVER_STORE_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/store.h"

struct sql;

int64_t step_last_id(struct sql *); /* of the messages; 0: none */

/* The conversation's row; 0: there is none. */
int64_t step_find_conv(struct sql *, const char *key);

/* The writer's: makes it when it is missing. */
int64_t step_make_conv(struct sql *, enum store_kind, const char *key);

/* The writer's: the account reads it, up to the mark; nothing changes where it
 * does so already. */
void step_add_party(
    struct sql *, int64_t account, int64_t conv, int64_t mark);

/* True: that tag was used before, and out tells by whom. */
bool step_find_tag(
    struct sql *, const struct store_tag *, struct store_written *out);

/* The writer's: at the end of a realm's outbox.  Its number. */
int64_t step_add_out(struct sql *, const struct store_out *);

#endif
