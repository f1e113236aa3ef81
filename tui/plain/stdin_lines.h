/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of standard input, a pipe's or a file's, in the loop.  It is read only
 * while lines are wanted and not much more is held than the longest, so that
 * whoever writes it is held up.  One line ends with LF or CRLF, the last one
 * may have no end.
 */
#ifndef TUI_PLAIN_STDIN_LINES_H
#define TUI_PLAIN_STDIN_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct stdin_lines;

/* come is called when something has come, or the end. */
struct stdin_lines *stdin_lines_new(
    struct loop *, void (*come)(void *arg), void *arg);
void stdin_lines_free(struct stdin_lines *); /* what it holds is wiped */

enum stdin_got {
	STDIN_NOTHING, /* not yet */
	STDIN_LINE,
	STDIN_LONG,    /* one that is too long is left out */
	STDIN_END
};
/* *line: NUL-terminated, and *n bytes, for there may be NULs among them; good
 * until the next call. */
enum stdin_got stdin_lines_next(
    struct stdin_lines *, const char **line, size_t *n);
void stdin_lines_want(struct stdin_lines *, bool);

/* Is there more of it than was taken, as far as is known now?  Ends the line
 * that was taken last. */
bool stdin_lines_left(struct stdin_lines *);
/* No more is taken. */
void stdin_lines_end(struct stdin_lines *);
/* Why reading failed, which is its end, to be freed: "standard input: Is a
 * directory".  NULL: it did not. */
char *stdin_lines_why(const struct stdin_lines *);

#endif
