/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two bars: the status line (who, how the connection stands, which group
 * with its topic, or which server, what is unread elsewhere) and the bar of
 * conversations.  Where there is no room for both one line says the most
 * needed of them.
 */
#ifndef TUI_VIEW_STATUS_H
#define TUI_VIEW_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;
struct pane;

/* now: loop_now(), for the time until the next try.  help: the key that shows
 * it; NULL: none. */
void status_draw(const struct pane *, struct model *, int64_t now,
    const char *help);

/* What stands in that column of status_draw's line. */
enum status_spot { STATUS_ELSE, STATUS_HELP, STATUS_UNREAD };
enum status_spot status_at(const struct pane *, const struct model *,
    const char *help, int col);

/* below: messages under the pane; hint: a word to the person, in place of
 * the conversations, or "". */
void status_draw_convos(
    const struct pane *, struct model *, size_t below, const char *hint);

/* The conversation that a click on that column of status_draw_convos means
 * (bar.h); false: none. */
bool status_convo_at(const struct pane *, struct model *, size_t below,
    const char *hint, int col, size_t *i);

/* Whether status_draw_convos puts into that column how many are below. */
bool status_below_at(const struct pane *, size_t below, int col);

void status_draw_both(const struct pane *, struct model *, int64_t now,
    size_t below, const char *hint);

#endif
