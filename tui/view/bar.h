/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names in the bar of conversations: " 1:everyone  2:#batak(3!) ".  Where
 * they have no room names are cut, and then those are left out that are
 * farthest from the one that is shown; a sign at either end says how many, and
 * how much of theirs is unread: "<+3(12!)", "+9(2)>".
 */
#ifndef TUI_VIEW_BAR_H
#define TUI_VIEW_BAR_H

#include <stdbool.h>
#include <stddef.h>

struct model;
struct pane;

/* Behind the names nothing is drawn. */
void bar_draw(const struct pane *, const struct model *);

/* The conversation that a click on that column means: whose name it is, or the
 * nearest that is left out there and has something unread.  False: none. */
bool bar_at(const struct pane *, const struct model *, int col, size_t *i);

#endif
