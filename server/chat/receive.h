/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What other realms send us: the part of it that the groups use, too.
 */
#ifndef SERVER_CHAT_RECEIVE_H
#define SERVER_CHAT_RECEIVE_H

#include "server/chat/chat.h"
#include "server/chat/peer.h"

/* "user@realm" in its parts; false: it is not of that form. */
bool receive_name(const char *full, struct target *out);

/* Is that somebody of the realm the item came from; of ours? */
bool receive_is_theirs(const struct target *, const char *realm);
bool receive_is_ours(const struct chat *, const struct target *);

/* Does it take what we have for it?  A realm that only asks makes us keep no
 * more answers than may wait. */
bool receive_may_answer(const struct chat *, const char *realm);

/* There is nothing to do, and the item counts as taken. */
void receive_nothing(
    struct chat *, const struct chat_origin *, struct chat_done);

/* The same, and its sender is told why it came to nothing, if the realm takes
 * answers. */
void receive_bounce(struct chat *, const struct chat_origin *,
    const struct chat_item *, enum wire_err, struct chat_done);

#endif
