/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the connections of all dialects share: they come in by the door, say
 * one thing after the other, each in its turn, and leave when they have
 * nothing more to say and nothing is due to them.
 *
 * A struct speaker is the first member of its dialect's own struct, which is
 * what conn_arg says, too.
 */
#ifndef SERVER_DIALECT_SPEAKER_H
#define SERVER_DIALECT_SPEAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/dialect/guest.h"
#include "shared/loop.h"

struct chat_event;
struct conn;
struct dialects;
struct raw;
struct speaker;

enum { SPEAKER_SESSIONS = 64 };

/* A dialect's part in it. */
struct speech {
	/* May another line be taken now? */
	bool (*may)(const struct speaker *);
	/* Takes one; false: there is none that may be taken yet. */
	bool (*step)(struct speaker *);
	/* Nothing that was asked for is under way. */
	bool (*idle)(const struct speaker *);
	/* All that was queued is with the kernel. */
	void (*drained)(struct speaker *);
	/* One word to a peer that speaks something else, or that is thrown
	 * out (CHAT_EV_REMOVED); then it is closed. */
	void (*foreign)(struct speaker *);
	void (*cut)(struct speaker *, const struct chat_event *);
	/* The last call; its own to free. */
	void (*closed)(struct speaker *);
};

struct speaker {
	struct dialects *set;
	struct conn *conn;
	const struct speech *speech;
	struct raw *raw; /* has taken its place for now; NULL */
	char *user;  /* who was logged in here last; "" before */
	uint64_t *session; /* those shown here, the one used last at the end */
	size_t sessions;
	struct guest guest;
	struct loop_call again;
	bool spoken; /* the first line was looked at */
};

/*
 * A connection for fd, in zeroed memory of that size.  NULL: there are too
 * many from that address, and fd is the caller's yet.
 */
struct speaker *speaker_open(struct dialects *, const struct speech *,
    size_t size, int fd, const char *origin);

/* Goes on with what has come in, at the end of the turn. */
void speaker_again(struct speaker *);

/*
 * Has shown a session of that user, who counts as logged in while this is
 * open.  Of more than SPEAKER_SESSIONS, those shown last count.
 */
void speaker_known(struct speaker *, uint64_t session, const char *user);

/* Another protocol is spoken here, as the first bytes (whole: the first line)
 * tell: it was told so, and is closing. */
bool speaker_foreign(
    struct speaker *, const char *p, size_t n, bool whole);

#endif
