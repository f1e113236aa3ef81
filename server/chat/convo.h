/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversations: the key under which the store knows each, and how each looks
 * from one of its members.
 *
 *	*             everyone
 *	KEY KEY       two people, by the keys of their accounts, in the order
 *	              of strcmp(3); no name holds a blank
 *	#KEY          a group (not yet)
 *
 * A name of another realm will stand as KEY@REALM in the same places.
 */
#ifndef SERVER_CHAT_CONVO_H
#define SERVER_CHAT_CONVO_H

#include "server/chat/chat.h"
#include "server/store/store.h"
#include "shared/wire.h"

struct account;

enum { CONVO_CAP = 2 * WIRE_TARGET_CAP };

struct convo {
	enum store_kind kind;
	struct account *other; /* private: the other party; else NULL */
	char key[CONVO_CAP];
};

/* Where `me` would say something to that target. */
enum wire_err convo_resolve(const struct chat *, const struct account *me,
    const struct target *, struct convo *out);

/* And back: what `me` would call it. */
void convo_target(const struct chat *, const struct account *me,
    enum store_kind, const char *key, struct target *out);

/* Everyone's, or the private one with other. */
void convo_target_of(const struct account *other, struct target *out);

/* A message of the store as `me` sees it; its strings are borrowed on. */
void convo_view(const struct chat *, const struct account *me,
    const struct store_message *, struct chat_message *out);

#endif
