/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers to requests, as JSON.
 */
#ifndef SERVER_DIALECT_REPLY_H
#define SERVER_DIALECT_REPLY_H

#include <jansson.h>
#include <stdint.h>

#include "shared/wire.h"

struct chat_result;
struct dialects;

/* Takes over the object.  The tag is added. */
void reply(struct dialects *, uint64_t id, json_t *);
void reply_error(struct dialects *, uint64_t id, enum wire_err);
void reply_failed(
    struct dialects *, uint64_t id, const struct chat_result *);

/* Of a chat_done whose arg is the struct dialects: "ok" and no more, or the
 * error. */
void reply_ok(void *arg, uint64_t id, const struct chat_result *);

#endif
