/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text that is being typed, in rows of so many columns: broken at its line
 * ends and, between clusters, where a row is full.  So the input shows it
 * (input.h), and so the cursor goes through it (lineedit.h).  Rows are parts of
 * the text as it is typed; columns are those that it takes when it is shown,
 * clean (text_clean).  Invalid bytes stand alone.
 */
#ifndef TUI_INPUT_ROWS_H
#define TUI_INPUT_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* A walk, row by row; s is borrowed. */
struct rows {
	const char *s;
	size_t n, i; /* the next row begins at i */
	int width;
	bool valid, done;
};

void rows_begin(struct rows *, const char *s, size_t n, int width);

/* The next row, s[*start .. *end), without its line end; false: there is none.
 * A text that ends in '\n' has an empty row behind it. */
bool rows_next(struct rows *, size_t *start, size_t *end);

/* Columns of s, which has no line ends. */
int rows_cols(const char *s, size_t n);

#endif
