/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text to lines of columns, by the Unicode line breaking rules (UAX #14, from
 * GNU libunistring) and the widths of shared/utf8.h.  Knows no screen.
 *
 * A link (url.h) is one word: it goes to a line of its own before it is broken,
 * and what is longer than that is broken at the edge alone.
 *
 * The text is what text_clean made: valid, without control characters, but
 * for '\n', which ends a line.  Lines are pieces of it: nothing is copied.
 * Spaces where a line was broken belong to neither line.
 */
#ifndef TUI_MODEL_WRAP_H
#define TUI_MODEL_WRAP_H

#include <stddef.h>

struct wrap_line {
	size_t start, len; /* bytes of the text */
	int cols;          /* at most the width, but see wrap_text */
};

struct wrap {
	struct wrap_line *line;
	size_t count; /* at least 1 after wrap_text */
	size_t cap;
	char *brk; /* scratch */
	size_t brk_cap;
};

void wrap_init(struct wrap *);
void wrap_release(struct wrap *);

/*
 * Replaces what w holds.  The first line is first columns wide (when that is
 * too narrow for the first word it is left empty), all others width; less
 * than 1 counts as 1.  A word longer than a line is cut between grapheme
 * clusters; a cluster wider than a whole line stands in one by itself.
 */
void wrap_text(struct wrap *w, const char *s, size_t n, int first, int width);

#endif
