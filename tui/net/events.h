/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the server tells of people and of what happens: lists of users, counts
 * of what is unread, events.  Part of the client: see client_priv.h.
 */
#ifndef TUI_NET_EVENTS_H
#define TUI_NET_EVENTS_H

#include <stdbool.h>

#include <jansson.h>

struct client;

/* A watch is about to begin: what is unread beyond what is now is new. */
void events_watching(struct client *);

/* Everything that a watch does not tell by itself; behind it the client is
 * online. */
void events_ask(struct client *);
void events_ask_users(struct client *);
/* Asked once, however often this is called meanwhile. */
void events_ask_unread(struct client *);

/* "users" of an answer to who.  False: it is not of that form. */
bool events_put_users(struct client *, const json_t *list);

void events_take(struct client *, const char *event, json_t *);

#endif
