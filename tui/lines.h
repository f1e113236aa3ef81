/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message as plain lines, for who reads them from a pipe or hears them read:
 *
 *	10:04 <messi> to everyone
 *	10:05 <messi -> you> in private
 *	      | and its second line
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

/* The clock, who, and to whom; out has LINES_HEAD of room. */
void lines_head(struct buf *out, int64_t time, const char *from,
    const char *target, bool own);

/* head, then text; its further lines cannot pass for messages.  What does not
 * fit into out is left out. */
void lines_text(struct buf *out, const char *head, const char *text);

/* One line, as text may hold no LF. */
void lines_line(struct buf *out, const char *head, const char *text, size_t n);

#endif
