/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long to pause before the server is tried again.  Knows no clock and
 * draws no numbers: both are arguments.
 *
 * Pauses double from RETRY_MIN_MS to RETRY_MAX_MS.  A machine that refuses is
 * there, and only its server is not: to ask it costs a packet, so it is asked
 * at least every RETRY_REFUSED_MS, and a server that comes back is found
 * within two seconds however long it was away.
 */
#ifndef TUI_NET_RETRY_H
#define TUI_NET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum {
	RETRY_MIN_MS = 250,
	RETRY_REFUSED_MS = 1500,
	RETRY_MAX_MS = 30000,
	RETRY_STEADY_MS = 5000 /* what held so long was a good connection */
};

/* Zeroed: nothing has gone wrong yet. */
struct retry {
	unsigned failures; /* in a row */
	int64_t useful_at; /* 0: the connection is of no use yet */
};

/* The connection has become useful: one that holds from here on was a good
 * one, behind which the pauses begin anew. */
void retry_useful(struct retry *, int64_t now);

/*
 * It was lost, or could not be made.  The pause is between half and all of
 * what is due, as random says: so the clients of a server that comes back do
 * not all come at once.
 */
int64_t retry_pause(
    struct retry *, int64_t now, bool refused, uint32_t random);

#endif
