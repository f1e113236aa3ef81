/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cleaned text on the screen, by columns: what the panes draw with.  Curses,
 * the terminal and utf8.h can disagree about how wide a cluster is (emoji
 * sequences, above all); here each cluster gets the columns that utf8.h says,
 * and is given to curses in a form that leaves no doubt, or written beside it
 * (glyph.h), or if need be shortened to its first character.  So nothing is ever
 * out of line.
 *
 * Everything is drawn on stdscr and cut to a pane; panes may be empty.
 */
#ifndef TUI_VIEW_PAINT_H
#define TUI_VIEW_PAINT_H

#include <stdbool.h>
#include <stddef.h>

#include <curses.h>

#include "tui/view/theme.h"

struct buf;

struct pane {
	int y, x, h, w; /* h or w 0: not to be seen */
};

enum paint {
	PAINT_TEXT,
	PAINT_DIM,    /* times, what waits, hints */
	PAINT_BOLD,   /* own name, headings */
	PAINT_ERROR,  /* what was refused, connection lost */
	PAINT_MARK,   /* the "new" line, unread counts */
	PAINT_GOOD,   /* online */
	PAINT_BAR,    /* status and conversations */
	PAINT_BAR_ALERT,
	PAINT_MENTION, /* the name before what calls the person */
	PAINT_COUNT
};

/* After newterm.  Not THEME_AUTO. */
void paint_open(bool no_color, enum theme);
/* Another one; styles that were asked for before stay right. */
void paint_theme(enum theme);
/* Colours depend on the background: worth asking the terminal for it, and it
 * is a terminal that can be asked. */
bool paint_asks(void);

chtype paint_style(enum paint);

/* Of a person: the same everywhere, whatever the case it is written in. */
chtype paint_name_style(const char *name);

/*
 * Draws s[0 .. n) in row and from col of the pane, up to its right edge;
 * returns the column behind it.  s is clean (text_clean).
 */
int paint_n(const struct pane *, int row, int col, chtype, const char *s,
    size_t n);
int paint(const struct pane *, int row, int col, chtype, const char *s);

/* Blanks from col to the right edge. */
void paint_fill(const struct pane *, int row, int col, chtype);
void paint_erase(const struct pane *);

/* s, cleaned, in b, which is emptied before. */
const char *paint_clean(struct buf *b, const char *s);

/* The most of the clean s that fits into cols; *used tells its columns. */
size_t paint_fit(const char *s, size_t n, int cols, int *used);

/* Appends the clean s; "…" ends it where it is wider than cols and was cut. */
void paint_cut(struct buf *, const char *s, size_t n, int cols);

/* How much of the clean s fits into cols in whole hints, between which stands
 * part: the last are left out.  The first is there always, to be cut. */
size_t paint_hints(const char *s, const char *part, int cols);

#endif
