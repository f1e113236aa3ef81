/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pane of people: the members of the group that is shown, else the active
 * users.  Who is online, in the colours of their names, then who is not;
 * beside them how much of what they said in private is unread, and before a
 * group's owner, moderators and muted ones a sign.  Where there is no room for
 * all it can be scrolled: a sign in the heading says that there is more above,
 * and a number in the last row how many are below.  While there is no connection
 * the first heading says that none of it is current, and all is dim.
 */
#ifndef TUI_VIEW_USERS_H
#define TUI_VIEW_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;
struct pane;
struct user;

/* How far it is scrolled; zeroed: not at all. */
struct users_view {
	size_t first; /* rows that are above */
	uint64_t of;  /* whose list: a group's conversation, or 0 */
};

/* The pane's first column is the line that parts it from the stream.  The view
 * is brought back to where there is something to be seen. */
void users_draw(struct users_view *, const struct pane *, struct model *);

/* Up where negative.  False: there is nothing more to be seen. */
bool users_scroll(struct users_view *, const struct pane *, struct model *,
    int rows);

/* Whose name stands in that row of the pane; NULL: nobody's. */
const struct user *users_at(const struct users_view *, const struct pane *,
    struct model *, int row);

#endif
