/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bans, mutes and invitations: in memory, in step with the store.  Of a group,
 * by its conversation's key, or ("") of the whole server.  Who may make them
 * is decided where they are made.
 */
#ifndef SERVER_CHAT_RULE_H
#define SERVER_CHAT_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/store/store.h"

struct rules;

struct rules *rules_new(void);
void rules_free(struct rules *);

/* -1: the disk failed. */
int rules_load(struct chat *);

/* member: a key, "messi" or "james@medan". */
bool rule_is(const struct chat *, enum store_rule_kind, const char *conv,
    const char *member);

/* How many of that conversation there are. */
size_t rule_count(const struct chat *, const char *conv);

/* How many of our groups' a realm's users have made (its key). */
size_t rule_count_by(const struct chat *, const char *realm);

/* In memory only: the store is told by the caller.  Strings are copied; one
 * that is there already is replaced. */
void rule_put(struct chat *, const struct store_rule *);
void rule_drop(struct chat *, enum store_rule_kind, const char *conv,
    const char *member);
void rule_drop_all(struct chat *, const char *conv); /* the group ended */

void rule_each(const struct chat *, const char *conv,
    void (*fn)(void *arg, const struct store_rule *), void *arg);

#endif
