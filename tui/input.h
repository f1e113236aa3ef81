/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row with the line that is being typed (lineedit.h): scrolled sideways so
 * that the cursor is in it, line ends of a paste as a sign, passwords as dots.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>

struct pane;

/* Zeroed: nothing scrolled. */
struct input {
	int first; /* the column of the line that stands leftmost */
};

/* Draws the pane's first row; where the cursor belongs in it is returned.
 * While readline asks something (a search) its prompt takes prompt's place. */
int input_draw(struct input *, const struct pane *, const char *prompt,
    bool hidden);

/* The same row for a text that is not being typed. */
void input_draw_still(const struct pane *, const char *text, bool hidden);

#endif
