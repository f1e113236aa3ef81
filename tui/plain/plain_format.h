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
#ifndef TUI_PLAIN_PLAIN_FORMAT_H
#define TUI_PLAIN_PLAIN_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { PLAIN_FORMAT_HEAD = 4096 }; /* room for what stands before a text */

/* How lines are written, and of which day the one before was. */
struct plain_format {
	bool stamps;
	bool folds; /* for a terminal: many blank lines in a row become one */
	int day;
};

/* As if the line before were of now. */
void plain_format_begin(struct plain_format *, int64_t now, bool stamps);

/* The clock, who, and to whom; before it the date, where it is another one.
 * out has PLAIN_FORMAT_HEAD of room. */
void plain_format_head(struct plain_format *, struct buf *out, int64_t time,
    const char *from, const char *target, bool own);

/* head, then text; its further lines cannot pass for messages.  What does not
 * fit into out is left out. */
void plain_format_text(const struct plain_format *, struct buf *out,
    const char *head,
    const char *text);

/* One line, as text may hold no LF. */
void plain_format_line(
    struct buf *out, const char *head, const char *text, size_t n);

/* "chat-tui: text" on standard error, one line of it, for it may hold words of
 * the server's. */
void plain_format_complain(const char *text);

#endif
