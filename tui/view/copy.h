/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copy mode: a conversation as bare lines, without panes, and each as long as
 * it is, so that the terminal breaks it and its own selection takes the whole.
 * Nothing in it moves until a key is pressed.  Makes the bytes; terminal.h puts
 * them on the screen.
 */
#ifndef TUI_VIEW_COPY_H
#define TUI_VIEW_COPY_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct convo;
struct settings;

enum { COPY_CAP = 1 << 20 }; /* bytes of a page */

/* All zero: at the end. */
struct copy {
	uint64_t low;   /* the lowest item that is shown; 0: the last */
	int rows, cols; /* of the last copy_page */
};

/*
 * A page of so many rows and columns: as many whole items as have room, at
 * least one.  Lines end with "\r\n"; links are told to the terminal where that
 * takes them (url.h).
 */
void copy_page(struct copy *, const struct convo *, int rows, int cols,
    bool links, struct buf *out);

/* To the page before, or behind, the last copy_page.  False: there is none. */
bool copy_turn(struct copy *, const struct convo *, bool up);
/* The same by one item; and as far as there are any. */
bool copy_step(struct copy *, const struct convo *, bool up);
bool copy_far(struct copy *, const struct convo *, bool up);

/* What the last row says: which keys do what (settings: see stream_new).  To
 * be freed. */
char *copy_foot(const struct settings *, int cols);

#endif
