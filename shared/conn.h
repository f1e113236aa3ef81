/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One byte stream on a non-blocking socket: what came in and was not yet
 * taken, and what is to go out.  Knows nothing of what the bytes mean.
 *
 * Out: blobs, by reference.  All that a turn of the loop queues for one
 * connection leaves at its end in one writev(2) (up to IOV_MAX pieces); what
 * the socket does not take waits for it to be writable.  Above the high-water
 * mark of what waits, reading from this peer stops until it is below the low
 * one (back-pressure on somebody who asks faster than it reads); past the hard
 * cap it is cut off: closed with CONN_SLOW, nobody else notices.
 *
 * In: handler->input is called after bytes came in and takes what it can from
 * conn_in(); what it leaves is offered again with the next bytes, or by
 * conn_kick.  When the in-buffer is full reading stops until something is
 * eaten.  One turn reads at most 64 KiB from one connection, so that all get
 * their turn.
 *
 * Life: conn_close and conn_abort may be called from anywhere, also inside the
 * connection's own callbacks; from then on no callback but closed comes, once,
 * at the end of that turn, and the struct is freed behind it.  Across a wait
 * keep conn_id(), never the pointer: conn_find says NULL for one that is gone
 * or closing, and ids are never used again (descriptors are).
 */
#ifndef SHARED_CONN_H
#define SHARED_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/mask.h"

struct blob;
struct buf;
struct conn;
struct conns;
struct loop;

enum conn_end {
	CONN_ASKED,  /* conn_close or conn_abort */
	CONN_HANGUP, /* the peer closed, and everything due to it was sent */
	CONN_FAILED, /* errno of the socket in conn_errno */
	CONN_SLOW    /* past the hard cap: the peer does not read */
};

struct conn_handler {
	void (*input)(struct conn *, void *arg);
	/* The peer sends no more (FIN) and what is left in conn_in will not
	 * grow.  Replies may still be written.  NULL: closes after flush. */
	void (*eof)(struct conn *, void *arg);
	/* All that was queued is with the kernel.  NULL: nobody asks. */
	void (*drained)(struct conn *, void *arg);
	/* The last call.  arg is the handler's own to free. */
	void (*closed)(struct conn *, void *arg, enum conn_end);
};

struct conn_limits {
	size_t in_cap;   /* bytes held that the handler has not taken */
	size_t out_low;  /* reading goes on below this */
	size_t out_high; /* reading pauses above this */
	size_t out_hard; /* above this: CONN_SLOW */
};

/* The set of all connections of a program; total_cap bounds what all of them
 * together have waiting to go out: past it, whoever has most is cut off. */
struct conns *conns_new(
    struct loop *, const struct conn_limits *, size_t total_cap);
void conns_free(struct conns *); /* closes what is still there, calls closed */
size_t conns_count(const struct conns *);

/* Takes over fd, which it makes non-blocking.  arg goes to the handler. */
struct conn *conn_open(
    struct conns *, int fd, const struct conn_handler *, void *arg);

/* A dialect that turns a connection into another's (a raw group line). */
void conn_set_handler(struct conn *, const struct conn_handler *, void *arg);

/* For a trace (trace.h), which shows no bytes before it knows what they are. */
void conn_speaks(struct conn *, enum mask_kind);

uint64_t conn_id(const struct conn *);
struct conn *conn_find(const struct conns *, uint64_t id);
void *conn_arg(const struct conn *);
int conn_errno(const struct conn *);

struct buf *conn_in(struct conn *);
bool conn_at_eof(const struct conn *);

/* Takes a reference of its own.  False: the connection is closing. */
bool conn_send(struct conn *, struct blob *);
bool conn_write(struct conn *, const void *, size_t); /* copies */
size_t conn_waiting(const struct conn *); /* bytes still to go out */

/* Offers what is in conn_in to input() again, at the end of this turn. */
void conn_kick(struct conn *);

/* Stops and takes up reading; bytes that are in conn_in stay there. */
void conn_pause(struct conn *);
void conn_resume(struct conn *);

void conn_close(struct conn *); /* after what is queued has gone and the peer
                                 * has closed, too, at most CONN_LINGER_MS
                                 * later */
void conn_abort(struct conn *); /* at once; what is queued is dropped */

enum { CONN_LINGER_MS = 2000 };

/*
 * Ends it like conn_abort, but gives the descriptor away: it is the caller's
 * (non-blocking, open).  What came in and is to be kept is taken from conn_in
 * before; what was queued and has not gone is dropped.  -1: closing already.
 */
int conn_detach(struct conn *);

/* Who is at the other end; false: that is not known (any more). */
struct sockaddr_storage;
bool conn_peer(const struct conn *, struct sockaddr_storage *);

/* fn for every one that is not closing; it may close any of them. */
void conns_each(
    struct conns *, void (*fn)(struct conn *, void *arg), void *arg);

#endif
