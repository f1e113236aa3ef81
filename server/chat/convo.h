/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversations: the key under which the store knows each, and how each looks
 * from one of its members.
 *
 *	*             everyone
 *	KEY KEY       two people, by the keys of their accounts, in the order
 *	              of strcmp(3); no name holds a blank
 *	#KEY          a group
 *
 * A name of another realm stands as KEY@REALM in the same places.
 */
#ifndef SERVER_CHAT_CONVO_H
#define SERVER_CHAT_CONVO_H

#include "server/chat/chat.h"
#include "server/store/store.h"
#include "shared/wire.h"

struct account;
struct group;

enum { CONVO_CAP = 2 * WIRE_TARGET_CAP };

struct convo {
	enum store_kind kind;
	struct account *other; /* private, with one of ours; else NULL */
	struct group *group;   /* of a group, within the turn; else NULL */
	struct target target;  /* as the one who asks calls it */
	char key[CONVO_CAP];
};

/*
 * What `me` means by that target, and may read.  Somebody of another realm
 * need not exist: whether there is such a realm or user is not asked here.
 */
enum wire_err convo_resolve(const struct chat *, const struct account *me,
    const struct target *, struct convo *out);

/* Is that realm this server's ("" is)? */
bool realm_is_ours(const struct chat *, const char *realm);

/* The private one of two keys, "messi", "james@medan". */
void convo_key(const char *one, const char *two, char out[CONVO_CAP]);

/* And back: what `me` would call it. */
void convo_target(const struct chat *, const struct account *me,
    enum store_kind, const char *key, struct target *out);

/* A message of the store as `me` sees it; its strings are borrowed on. */
void convo_view(const struct chat *, const struct account *me,
    const struct store_message *, struct chat_message *out);

#endif
