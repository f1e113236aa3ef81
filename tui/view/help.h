/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All that can be typed, pressed and set, on one screen: in as many columns as
 * there is room for, and page by page where that is not enough.  What keys do
 * is told as it is bound now.
 */
#ifndef TUI_VIEW_HELP_H
#define TUI_VIEW_HELP_H

#include <stdbool.h>

struct help;
struct pane;
struct settings;

struct help *help_new(const struct settings *);
void help_free(struct help *);

void help_show(struct help *, bool on); /* from its first page */
bool help_shown(const struct help *);
void help_turn(struct help *, int pages);

/* Over all of the pane. */
void help_draw(struct help *, const struct pane *);

#endif
