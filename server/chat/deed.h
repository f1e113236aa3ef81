/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deeds (chat_do): those on the whole server, by administrators.  Those on
 * a group are group_do's.
 */
#ifndef SERVER_CHAT_DEED_H
#define SERVER_CHAT_DEED_H

#include "server/chat/chat.h"

struct account;

/* Who does something, for a deed or a group: one of ours, or not. */
struct doer {
	struct account *account; /* NULL: of another realm */
	char key[WIRE_TARGET_CAP];
	char shown[WIRE_TARGET_CAP];
	char real_name[WIRE_REAL_NAME_CAP];
	bool admin;
};

/* WIRE_NO_SESSION, WIRE_BAD_NAME; a session counts as used. */
enum wire_err doer_of(
    struct chat *, const struct chat_who *, struct doer *out);

/* May somebody, by key, say anything on this server?  WIRE_MUTED,
 * WIRE_BANNED. */
enum wire_err server_may_say(const struct chat *, const char *who);

#endif
