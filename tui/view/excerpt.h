/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one row shows of a text in which words were found: where they stand,
 * and the part around them that has room.
 *
 * A word is found anywhere in the text, case and accents aside: the server,
 * too, finds "cafe" in "Café".  What is marked are whole clusters.
 */
#ifndef TUI_VIEW_EXCERPT_H
#define TUI_VIEW_EXCERPT_H

#include <stdbool.h>
#include <stddef.h>

struct excerpt {
	size_t from, to;    /* bytes of the text */
	bool before, after; /* it is cut there: "…" takes one column */
};

/*
 * For each byte of the clean text whether it is part of a word.  *at and *len:
 * where the longest of those that are there stands first; 0 where none is.  The
 * caller frees it.
 */
bool *excerpt_marks(const char *text, char *const *word, size_t words,
    size_t *at, size_t *len);

/* What fits into cols and has text[at .. at + len) in it. */
struct excerpt excerpt_cut(
    const char *text, size_t at, size_t len, int cols);

#endif
