/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a raw line of the older realm system carries: texts with no ends, and
 * among them, with nothing to mark it, a framed reply (a JSON object with
 * "status", then CRLFCRLF; "exit" may stand directly before it).  This tells
 * them apart, as far as that can be done: a text that has the form of such a
 * reply is taken for one.
 *
 * Bytes in, lengths out: it holds nothing and calls nobody.
 */
#ifndef SERVER_REALM_MIXED_H
#define SERVER_REALM_MIXED_H

#include <stdbool.h>
#include <stddef.h>

/* What is longer, or nested deeper, is text: theirs are short and flat. */
enum { MIXED_FRAME_MAX = 4096, MIXED_DEPTH_MAX = 4 };

enum mixed_kind {
	MIXED_TEXT,  /* no whole reply is there */
	MIXED_OK,    /* behind the text: one with "status":"OK" */
	MIXED_OTHER  /* behind the text: one with another */
};

struct mixed {
	enum mixed_kind kind;
	size_t text;  /* bytes at the front that are text for certain */
	size_t whole; /* the text, and the reply with its end */
};

/*
 * n bytes at p.  leaving: "exit" was said, so that one at the end, or its
 * beginning, may be the answer to it; else only one that stands alone may have
 * to do with a reply that follows, for texts begin with a name.  What is
 * behind text and whole (which is text where no reply is there) may be the
 * beginning of a reply, or half a character: it is to be offered again with
 * more behind it.
 */
void mixed_cut(struct mixed *, const char *p, size_t n, bool leaving);

#endif
