/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What plain text shows of messages: those that wait at a login (the inbox),
 * then those that come (a watch).
 *
 * What others wrote goes through utf8_clean: a terminal is at the other end.
 * Own messages sent from another device are not shown here.
 */
#ifndef SERVER_DIALECT_TEXT_WATCH_H
#define SERVER_DIALECT_TEXT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/wire.h"

struct chat_event;
struct text_peer;

/* After a login; the watch follows the inbox. */
void text_ask_inbox(struct text_peer *);

/* All that was queued is with the kernel. */
void text_drained(struct text_peer *);

/* The sink's. */
bool text_event(void *arg, uint64_t id, const struct chat_event *);
void text_ended(void *arg, uint64_t id, enum wire_err why);

#endif
