/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pages of older messages (client_older, client_show), and how far one has
 * read.  Part of the client: see client_priv.h.
 */
#ifndef TUI_NET_HISTORY_H
#define TUI_NET_HISTORY_H

struct client;

/* Tells the server what the model has read: soon, but seldom. */
void history_tell_reads(struct client *);
/* Now: before it is asked what is unread. */
void history_tell_reads_now(struct client *);

#endif
