/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links on the screen, told to terminals that take it (OSC 8), so that a click
 * takes the whole of one, however the panes break it.
 *
 * Curses knows no such attribute.  So behind a refresh() the cells of a link
 * are written once more, as they are, as a link's.  Curses leaves cells alone
 * that stay the same, and with them what they were told to be: so the cells of
 * links are underlined, and no others are.  Where a link goes its cells are
 * others, then, and are written; where another comes it is told there.
 */
#ifndef TUI_VIEW_HYPER_H
#define TUI_VIEW_HYPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curses.h>

struct hyper;

enum { HYPER_MAX = 512 }; /* pieces on one screen; others are no links */

struct hyper *hyper_new(void);
void hyper_free(struct hyper *);

/* The stream is drawn anew: nothing is a link any more. */
void hyper_begin(struct hyper *);

/*
 * What is to be drawn in so many columns from there on is a piece of the link
 * url[0 .. url_n), in that style, which is underlined.  id: the same for all
 * its pieces.  False: there are too many, it is not told and may not be
 * underlined.
 */
bool hyper_add(struct hyper *, int y, int x, int cols, chtype style,
    const char *url, size_t url_n, uint64_t id);

/* In place of refresh(); all: the terminal was cleared, or is to be. */
void hyper_refresh(struct hyper *, bool all);

#endif
