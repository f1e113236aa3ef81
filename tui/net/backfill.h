/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages for client_follow(): in the order of their ids, each once, none left
 * out.  Part of the client: see client_priv.h.
 *
 * Mostly they are events.  Where more was missed than the server sends again,
 * all that is older than the new watch is read from history, a page of each
 * conversation at a time, and merged; what happens meanwhile is let go, and
 * comes with a further watch from there.  Nothing counts as seen before it was
 * handed over, so a connection that is lost on the way takes nothing along.
 */
#ifndef TUI_NET_BACKFILL_H
#define TUI_NET_BACKFILL_H

#include "tui/net/client.h"

#include <stdbool.h>
#include <stdint.h>

struct backfill;
struct model_message;

struct backfill *backfill_new(struct client *, client_message_fn *, void *arg);
void backfill_free(struct backfill *); /* NULL is fine */

/* An event. */
void backfill_message(struct backfill *, const struct model_message *);

/* A watch has begun and last was the newest then; gap: as the server said. */
void backfill_watching(struct backfill *, bool gap, int64_t last);

/* The connection is lost. */
void backfill_lost(struct backfill *);

/* Hands over nothing while it is held. */
void backfill_hold(struct backfill *, bool held);

#endif
