/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one connection to the server, kept up: looks it up, connects, cuts what
 * comes into frames, notices when nothing is heard any more, and tries again
 * when it was lost, when retry.h says so.  Knows no login and no JSON.
 */
#ifndef TUI_NET_UPLINK_H
#define TUI_NET_UPLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct uplink;

/*
 * connecting: it is tried; nothing comes from an earlier connection any more.
 * up: connected; bytes can be sent.
 * frame: an object as it came, to be changed at will.
 * read: behind the frames that came together.
 * idle: nothing was heard for long: something is to be asked, whose answer
 *   shows that the server is there.
 * endless: a frame has no end; uplink_fail() is due.
 * lost: it ended, or could not be made; it is tried again at
 *   uplink_retry_at().
 * In each of them the connection may be left.
 */
struct uplink_events {
	void (*connecting)(void *arg);
	void (*up)(void *arg);
	void (*frame)(void *arg, const char *p, size_t n);
	void (*read)(void *arg);
	void (*idle)(void *arg);
	void (*endless)(void *arg);
	void (*lost)(void *arg, const char *why);
};

struct uplink *uplink_new(
    struct loop *, const struct uplink_events *, void *arg);
void uplink_free(struct uplink *); /* closes at once */

enum uplink_aim {
	UPLINK_BAD,   /* not of that form: nothing was changed */
	UPLINK_FIRST, /* there was none before */
	UPLINK_SAME,
	UPLINK_OTHER
};

/* HOST[:PORT].  Leaves the server that it was at. */
enum uplink_aim uplink_aim(struct uplink *, const char *server);

/* Connects now; what went wrong before does not count for the pauses. */
void uplink_start(struct uplink *);

/* Leaves it, without a word to anybody, and does not try again. */
void uplink_hang_up(struct uplink *);

/* It is of no use as it is: as if it had been lost. */
void uplink_lose(struct uplink *, const char *why);
/* The same, and however long it held it was a bad one. */
void uplink_fail(struct uplink *, const char *why);
/* It has become useful: one that holds for some seconds from here on was a
 * good one, behind which the pauses begin anew. */
void uplink_useful(struct uplink *);

/* While it is held nothing is read, and silence means nothing; a connection
 * that is made meanwhile is not held. */
void uplink_hold(struct uplink *, bool held);

bool uplink_is_up(const struct uplink *);
void uplink_send(struct uplink *, const void *, size_t);
int64_t uplink_retry_at(const struct uplink *); /* loop_now() time */

#endif
