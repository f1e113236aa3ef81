/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was typed (client_say), until the server has answered it: one after the
 * other, each with its tag, however often the connection is lost.  Part of the
 * client: see core.h.
 */
#ifndef TUI_DELIVERY_H
#define TUI_DELIVERY_H

#include <stdbool.h>

#include <jansson.h>

struct client;

/* Sends the first, where it can be sent and is not on its way. */
void delivery_pump(struct client *);

/* False: that tag is not of the message that is on its way. */
bool delivery_reply(struct client *, const char *tag, json_t *reply);

/* Drops all of it: it was for another server, or somebody else's. */
void delivery_forget(struct client *);

#endif
