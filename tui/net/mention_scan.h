/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who called the person while they were away: the counts of what is unread do
 * not tell.  So behind a login everyone and the groups with something unread
 * are looked through, a page of each (the newest), one after the other and only
 * while nothing else is asked.  A conversation in which they were called is
 * marked in the model, and a line names them all.  No bell: it is long ago.
 *
 * A private message is a call by itself and needs no page; what is quiet, whom
 * one ignores and what is known to call are passed by.  Part of the client: see
 * client_priv.h.
 */
#ifndef TUI_NET_MENTION_SCAN_H
#define TUI_NET_MENTION_SCAN_H

struct away;
struct client;

enum { MENTION_SCAN_MAX = 10 }; /* conversations */

/* What came; of those that are sorted last the ones beyond the cap are left
 * out. */
void mention_scan_look(struct client *, const struct away *);

/* Some answer has come: asks the next, where that was the last. */
void mention_scan_step(struct client *);

/* The connection: it goes on with the next. */
void mention_scan_lost(struct client *);
void mention_scan_forget(struct client *); /* frees all */

#endif
