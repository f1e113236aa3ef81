/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was typed (client_say), until the server has answered it: one after the
 * other, each with its tag, however often the connection is lost.  Part of the
 * client: see client_priv.h.
 */
#ifndef TUI_NET_OUTGOING_H
#define TUI_NET_OUTGOING_H

#include <stdbool.h>

#include <jansson.h>

struct client;

/* Sends the first, where it can be sent and is not on its way. */
void outgoing_pump(struct client *);

/* False: that tag is not of the message that is on its way. */
bool outgoing_reply(struct client *, const char *tag, json_t *reply);

/* Drops all of it: it was for another server, or somebody else's. */
void outgoing_forget(struct client *);

#endif
