/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cutting a stream into frames: request lines that end in LF or CRLF, and
 * replies that end in CRLFCRLF (../shared/protocol.md names both; man
 * chat-protocol(7)).  Works on a struct buf, holds no bytes of its own.
 *
 * A returned frame points into the buffer: it is good until frame_done, which
 * eats it.
 */
#ifndef SHARED_FRAME_H
#define SHARED_FRAME_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum frame_kind {
	FRAME_LINES,  /* ends in LF; CRs before it are part of the end */
	FRAME_OBJECTS /* ends in CR LF CR LF */
};

/* Bytes of the longest end: what the CRs before an LF are beyond that counts
 * as bytes of the line.  The buffer's cap is to be max + FRAME_END_MAX at
 * least; one that is full without an end holds a frame that is too long. */
enum { FRAME_END_MAX = 16 };

struct frame {
	enum frame_kind kind;
	size_t max;     /* longest frame, without its end */
	size_t seen;    /* bytes at the buffer's front known to hold no end */
	size_t whole;   /* length with its end of the frame handed out */
	bool skipping;  /* inside one that was too long */
};

enum frame_status {
	FRAME_MORE,    /* no whole frame yet */
	FRAME_READY,   /* *p, *n: the frame without its end, NUL-terminated */
	/* Said once for each such frame, which is dropped to its end.  *p, *n:
	 * as much of its beginning as there is, with no NUL. */
	FRAME_TOO_LONG
};

void frame_init(struct frame *, enum frame_kind, size_t max);

/* Looks at each byte once, however the frame is split over reads. */
enum frame_status frame_next(
    struct frame *, struct buf *, char **p, size_t *n);

/* Eats what frame_next handed out; frame_next does it too. */
void frame_done(struct frame *, struct buf *);

#endif
