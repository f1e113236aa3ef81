/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deeds (chat_do): those on the whole server, by administrators.  Those on
 * a group are group_do's.
 *
 * What an administrator may not do to another is kick, ban and mute; so nobody
 * does it to oneself.  A rule that was made about somebody who became an
 * administrator by the options does not bind as long as that is so.  There is
 * always one administrator left who can come in: who would be the last is not
 * revoked.
 *
 * What was done is so for everybody from its commit on.  While sessions are
 * being ended on the disk, nobody logs in to the account (WIRE_BUSY).
 */
#ifndef SERVER_CHAT_DEED_H
#define SERVER_CHAT_DEED_H

#include "server/chat/chat.h"

struct account;

/* Rules of the whole server; one more is denied. */
enum { SERVER_RULES_MAX = 65536 };

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

/* A reason or a topic (NULL: none): UTF-8 of at most WIRE_TOPIC_MAX bytes.
 * Who shows it cleans it, like a message. */
enum wire_err deed_text_ok(const char *);

#endif
