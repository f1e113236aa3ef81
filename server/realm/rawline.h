/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw group lines at one server of the older realm system: "check group", and
 * if the group is there what is said in it, both ways, until "exit".  For
 * legacy.c only; the calls are those of legacy.h without the prefix.
 *
 * Out: one write for each chat, and RAWLINE_GAP_MS between two of them and
 * before "exit", because the other side takes each read for one chat.  In:
 * mixed.h.
 *
 * Bounds.  What a peer sends is passed on at RAWLINE_RATE bytes a second and
 * no faster: past it reading pauses until the second is over, so that it waits
 * at the peer and not in what our client has still to take.  A peer that takes
 * less than is said to it is let go when RAWLINE_OUT_MAX bytes wait.
 */
#ifndef SERVER_REALM_RAWLINE_H
#define SERVER_REALM_RAWLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/peers.h"

struct conns;
struct loop;
struct rawlines;

enum {
	RAWLINES_MAX = 256,
	RAWLINE_RATE = 64 << 10,
	RAWLINE_OUT_MAX = 64 << 10,
	RAWLINE_GAP_MS = 100,
	RAWLINE_ANSWER_MS = 5000, /* to connect in; then to answer in */
	RAWLINE_LEAVE_MS = 3000,  /* from "exit" to its answer */
	RAWLINE_HOLD_MS = 1000    /* what may be the beginning of a reply is
	                           * held so long, then it is text */
};

/* Borrowed until rawlines_free.  told: how the peer does; why NULL: it has
 * answered, else why it could not be asked. */
struct rawlines_at {
	struct loop *loop;
	struct conns *conns;
	const char *host, *port;
	void (*told)(void *arg, const char *why);
	void *arg;
};

struct rawlines *rawlines_new(const struct rawlines_at *);

/* Tells of each line that it is over: ended, or absent where it is not open
 * yet. */
void rawlines_free(struct rawlines *);

/* May it stand in a request?  Those are cut at blanks and know no quoting: no
 * blank or control byte, not empty, no longer than a name can be. */
bool rawline_word_ok(const char *);

/* user and group that are no words: absent. */
uint64_t rawline_open(struct rawlines *, const char *user, const char *group,
    const struct peers_line *, uint64_t id);
void rawline_say(struct rawlines *, uint64_t line, const char *, size_t);
void rawline_close(struct rawlines *, uint64_t line);
void rawline_drop(struct rawlines *, uint64_t line);

#endif
