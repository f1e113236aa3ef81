/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages for client_follow(): in the order of their ids, each once, none left
 * out.  Part of the client: see core.h.
 *
 * Mostly they are events.  Where more was missed than the server sends again,
 * all that is older than the new watch is read from history, a page of each
 * conversation at a time, and merged; what happens meanwhile is let go, and
 * comes with a further watch from there.  Nothing counts as seen before it was
 * handed over, so a connection that is lost on the way takes nothing along.
 */
#ifndef TUI_MISSED_H
#define TUI_MISSED_H

#include "tui/client.h"

#include <stdbool.h>
#include <stdint.h>

struct missed;
struct model_message;

struct missed *missed_new(struct client *, client_message_fn *, void *arg);
void missed_free(struct missed *); /* NULL is fine */

/* An event. */
void missed_message(struct missed *, const struct model_message *);

/* A watch has begun and last was the newest then; gap: as the server said. */
void missed_watching(struct missed *, bool gap, int64_t last);

/* The connection is lost. */
void missed_lost(struct missed *);

/* Hands over nothing while it is held. */
void missed_hold(struct missed *, bool held);

#endif
