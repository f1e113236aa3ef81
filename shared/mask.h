/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes the secrets out of what goes over the wire, before somebody reads it.
 * Passwords and tokens become ***.
 *
 * What is not known is taken for a secret: of a request that no row here names
 * only the first word is shown.  Who adds a command to the protocol adds it to
 * the table in mask.c, and until then sees its name in a trace, no more.
 */
#ifndef SHARED_MASK_H
#define SHARED_MASK_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum mask_kind {
	MASK_BYTES,    /* sealed, or not known: told by their number only */
	MASK_REQUESTS, /* the command protocol, whichever way */
	MASK_TEXT,     /* what people type in plain text */
	MASK_RAW       /* plain text that nobody logs in with, or what is
	                * answered there; it may come without ends of lines */
};

/* One way of a connection; zero is its beginning. */
struct mask {
	enum mask_kind kind;
	enum { MASK_NOTHING, MASK_NAME, MASK_PASSWORD } awaited;
};

enum { MASK_HEAD = 128 }; /* of a line that is too long, chat looks at it */

/*
 * Appends what may be seen of a line (without its end) to b; it may hold
 * control characters yet.  cut: there was more of it.  A line that begins a
 * link makes all behind it MASK_BYTES.
 */
void mask_line(
    struct mask *, const char *line, size_t n, bool cut, struct buf *b);

#endif
