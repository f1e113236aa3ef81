/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clusters of which nobody can say how many columns this terminal takes for
 * them, or whether it joins them with what is written next: characters that
 * are newer than the C library, flags, emoji with a selector, conjuncts of
 * Indic scripts, whatever ends in a joiner.
 *
 * Curses takes the terminal to be where it has left it, and writes only what
 * has changed: one column more or less, or one letter that was joined with
 * another, and a row is wrong until all is drawn anew.  So curses gets blanks
 * in their place, with an attribute that no terminal has and nothing else is
 * drawn with; that tells these cells from all others, and keeps them from being
 * wiped out as blanks are.  Behind the refresh() each cluster is written there,
 * over blanks and addressed by itself, and so is the cursor next: whenever its
 * row is drawn.  A terminal that takes fewer columns leaves blanks; none may
 * take more, or it would run into what stands behind.
 */
#ifndef TUI_TERM_GLYPH_H
#define TUI_TERM_GLYPH_H

#include <stdbool.h>
#include <stddef.h>

#include <curses.h>

/* At the cursor of stdscr, which goes on behind it; cols: the most that any
 * terminal takes.  strange: the terminal may not know it and leave it out, so a
 * "?" stands there first. */
void glyph_put(int cols, chtype style, const char *s, size_t n, bool strange);

/* In place of refresh().  between: called behind that and before the clusters
 * are written; NULL: nothing is. */
void glyph_refresh(void (*between)(void *arg), void *arg);

/* Before endwin(). */
void glyph_release(void);

#endif
