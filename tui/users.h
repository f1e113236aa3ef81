/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pane of people: the members of the group that is shown, else the active
 * users.  Who is online, in the colours of their names, then who is not, as far
 * as there is room; beside them how much of what they said in private is
 * unread, and before a group's owner, moderators and muted ones a sign.
 */
#ifndef TUI_USERS_H
#define TUI_USERS_H

struct model;
struct pane;
struct user;

/* The pane's first column is the line that parts it from the stream. */
void users_draw(const struct pane *, struct model *);

/* Whose name stands in that row of the pane; NULL: nobody's. */
const struct user *users_at(const struct pane *, struct model *, int row);

#endif
