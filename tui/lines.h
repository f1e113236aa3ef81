/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message as plain lines, for who reads them from a pipe or hears them read:
 *
 *	10:04 <messi> to everyone
 *	10:05 <messi -> you> in private
 *	      | and its second line
 *	-- Saturday, 21 November 2026
 *	00:01 <messi> on another day than the one before
 *
 * or, with time stamps (RFC 3339, local time):
 *
 *	2026-11-21T10:04:07+07:00 <messi> to everyone
 *
 * Nothing in it is a control code.
 */
#ifndef TUI_LINES_H
#define TUI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { LINES_HEAD = 4096 }; /* room for what stands before a text */

/* How lines are written, and of which day the one before was. */
struct lines {
	bool stamps;
	bool folds; /* for a terminal: many blank lines in a row become one */
	int day;
};

/* As if the line before were of now. */
void lines_begin(struct lines *, int64_t now, bool stamps);

/* The clock, who, and to whom; before it the date, where it is another one.
 * out has LINES_HEAD of room. */
void lines_head(struct lines *, struct buf *out, int64_t time,
    const char *from, const char *target, bool own);

/* head, then text; its further lines cannot pass for messages.  What does not
 * fit into out is left out. */
void lines_text(const struct lines *, struct buf *out, const char *head,
    const char *text);

/* One line, as text may hold no LF. */
void lines_line(struct buf *out, const char *head, const char *text, size_t n);

#endif
