/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is written to the terminal behind curses' refresh(), which is told of
 * none of it: each piece goes to a place of its own, and in the end cursor and
 * attributes are again as curses has left them.
 */
#ifndef TUI_TERM_BEHIND_H
#define TUI_TERM_BEHIND_H

#include <curses.h>

struct buf;

/* What is added to it is written by behind_end(). */
struct buf *behind_begin(void);
void behind_place(int y, int x);
void behind_style(chtype);
void behind_end(void);

#endif
