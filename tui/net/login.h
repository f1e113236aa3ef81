/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client's way from connected to watching: hello, then a new account or a
 * password, which bring a token, then the token, which brings a watch; and
 * back again by logout, or when the token is not taken any more.  Part of the
 * client: see client_priv.h.
 */
#ifndef TUI_NET_LOGIN_H
#define TUI_NET_LOGIN_H

#include <jansson.h>

struct client;

/* Connected: says hello, and goes on to login_step. */
void login_begin(struct client *);

/* The next step towards watching, with what there is to log in with. */
void login_step(struct client *);

/* The server does not know the token any more; and as it said itself, for it
 * has thrown us off: text says so. */
void login_expired(struct client *);
void login_removed(struct client *, const char *text);

/* Called when messages were put into the model: if their ids are held there for
 * others, the server has lost its data, and the watch begins anew. */
void login_check_ids(struct client *);

/* Everything typed is answered: a logout that waited for it goes on. */
void login_nothing_waits(struct client *);

void login_release(struct client *); /* wipes what it knows */

#endif
