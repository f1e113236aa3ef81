/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link to a server of the older realm system: an address, and a connection
 * for each request ("server send", "check group"; chat-protocol(7)).  It
 * proves nothing and remembers nothing: what cannot be said now is not said.
 * What that server asks of us comes in through the dialects.
 *
 * For realm.c only, which holds one for each such link and, for a name or
 * group that no realm was named for, asks them one after the other.
 *
 * Hosts are looked up again for each request (dial.h): there may be new
 * addresses.  Requests go one after the other, in the order of the calls, so
 * that what one user says arrives in its order.  Where no connection comes
 * about, or no answer, those that wait behind come to the same end at once:
 * nobody is to wait for the sum of all that.  A request that got no answer may
 * yet have been carried out there; it is not sent again.
 *
 * Requests and lines that are open are bounded; one more is answered with
 * WIRE_BUSY, or is absent.
 */
#ifndef SERVER_REALM_LEGACY_H
#define SERVER_REALM_LEGACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/peer.h"
#include "server/peers.h"

struct legacy;
struct loop;
struct realm_link;
struct sockaddr_storage;

enum {
	LEGACY_WAIT_MAX = 256,      /* requests; that under way is one */
	LEGACY_ANSWER_MS = 10000,   /* to connect and to answer in */
	LEGACY_ANSWER_MAX = 64 << 10,
	/* When its host is looked up again; and after something went wrong. */
	LEGACY_LOOK_UP_MS = 5 * 60 * 1000,
	LEGACY_LOOK_UP_SOON_MS = 30 * 1000
};

/* log as in dialects_new.  The link is copied. */
struct legacy *legacy_new(struct loop *, const struct realm_link *,
    void (*log)(const char *cause, const char *detail));

/* Answers all open questions (WIRE_BUSY) and ends all lines (ended, or absent
 * for one that is not open yet) first: no calls after.  NULL is fine. */
void legacy_free(struct legacy *);

/*
 * "server send": delivers the letter's text with the question.  fn once, never
 * before this returns: WIRE_OK with delivered, WIRE_NO_SUCH_USER (also for a
 * name that cannot stand in a request), or WIRE_REALM_UNREACHABLE when no
 * answer of that form came in time, or a refusal that has nothing to do with
 * the user.  A text goes as one line: control bytes become blanks.  The
 * letter's strings are copied; its realm is not looked at.
 */
void legacy_find(struct legacy *, const struct chat_letter *, chat_found_fn *,
    void *with);

/* Does it have this address (its port is not looked at)?  By the addresses
 * that its host had when it was last looked up with success, which is done at
 * start and again from time to time; nobody has it before that.  Numbers need
 * no look-up.  An IPv4 address and the same mapped into IPv6 are one. */
bool legacy_is(const struct legacy *, const struct sockaddr_storage *);

/*
 * "check group": a raw line of that user of ours.  As in peers.h; the numbers
 * are each struct legacy's own, never 0, and the struct peers_line is copied.
 * absent also where this one cannot be reached; nothing is called before this
 * returns.  A number that is over is nothing to the three others.  What is said
 * to a line that is not open yet waits; one that is closed then has ended.
 * For how fast and how much, see rawline.h.
 */
uint64_t legacy_line_open(struct legacy *, const char *user,
    const char *group, const struct peers_line *, uint64_t id);
void legacy_line_say(struct legacy *, uint64_t line, const char *, size_t);
void legacy_line_close(struct legacy *, uint64_t line);
void legacy_line_drop(struct legacy *, uint64_t line);

/* All but realm, which is the caller's: state "down" while the last that was
 * asked of it came to nothing, else "ready"; since when (ms since 1970);
 * queued: requests that wait for an answer; the last error (borrowed until the
 * next call). */
void legacy_state(const struct legacy *, struct peers_link *out);

#endif
