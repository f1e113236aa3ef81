/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text that is being typed (lineedit.h), in one of two forms, each with the
 * cursor in it: as it is, in several rows (rows.h), scrolled up and down; or in
 * one row, scrolled sideways, with line ends as a sign and passwords as dots.
 */
#ifndef TUI_VIEW_INPUT_H
#define TUI_VIEW_INPUT_H

#include <stdbool.h>

struct pane;

/*
 * The prompt is "NAME> ": the name is shortened so that the text has at least
 * 20 columns and half of the row; where that leaves nothing to be known of it
 * "> " stands alone.  name NULL: no prompt.  While readline asks something (a
 * search) its question takes the prompt's place.
 */

/* Zeroed: nothing scrolled. */
struct input {
	int first; /* one row: the column of the line that stands leftmost */
	int top;   /* several: the row of the text that stands topmost */
};

/* Columns of a screen of so many for the text, in several rows: one stays free,
 * for the cursor behind a full row and the signs. */
int input_cols(const char *name, int width);

/* How many rows of so many columns would show all of it; at most max. */
int input_rows(const char *name, int width, int max);

/* Draws it in all rows of the pane, in one where there is no more; where the
 * cursor belongs goes to *row, *col. */
void input_draw_rows(struct input *, const struct pane *, const char *name,
    int *row, int *col);

/* Draws the pane's first row; where the cursor belongs in it is returned. */
int input_draw(struct input *, const struct pane *, const char *name,
    bool hidden);

/* The same row for a text that is not being typed. */
void input_draw_still(const struct pane *, const char *text, bool hidden);

#endif
