/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of the server's as notices: a head, then rows that stand under it.
 * The texts are others': each stays on its one line.
 */
#ifndef TUI_NET_LISTING_H
#define TUI_NET_LISTING_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct model;

enum {
	LISTING_CAP = 64 << 10, /* bytes of one row */
	LISTING_MAX = 500       /* rows of one list */
};

/* A notice; a row of the list whose head was the notice before.  Both release
 * the buffer. */
void listing_head(struct model *, int64_t now, struct buf *);
void listing_row(struct model *, int64_t now, struct buf *);

/* "  (7 more)", where there are more than were shown. */
void listing_left_out(
    struct model *, int64_t now, size_t shown, size_t all);

/* "  (7 left out, of people you ignore)", where there are any. */
void listing_hidden(struct model *, int64_t now, size_t n);
/* These words alone. */
void listing_hidden_words(struct buf *, size_t n);

/* A notice or a row of a text, which is put on one line and cut if need be.  A
 * row stands two columns in: that is not part of the text. */
void listing_headf(struct model *, int64_t now, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void listing_rowf(struct model *, int64_t now, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "messi [Lionel Messi]", or "messi" where the name is ""; to be freed. */
char *listing_who(const char *user, const char *name);

/* "2026-11-21 10:04" of local time. */
void listing_when(int64_t ms, char out[32]);

#endif
