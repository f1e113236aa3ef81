/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bans, mutes and invitations: in memory, in step with the store.  Of a group,
 * by its conversation's key, or ("") of the whole server.  Who may make them
 * is decided where they are made.
 */
#ifndef SERVER_DIRECTORY_RULE_H
#define SERVER_DIRECTORY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/store.h"
#include "shared/wire.h"

struct account;
struct directory;
struct rules;

struct rules *rules_new(void);
void rules_free(struct rules *);

/* -1: the disk failed. */
int rules_load(struct directory *);

/* member: a key, "messi" or "james@medan". */
bool rule_is(const struct directory *, enum store_rule_kind, const char *conv,
    const char *member);

/* How many of that conversation there are. */
size_t rule_count(const struct directory *, const char *conv);

/* How many of our groups' a realm's users have made (its key). */
size_t rule_count_by(const struct directory *, const char *realm);

/* In memory only: the store is told by the caller.  Strings are copied; one
 * that is there already is replaced. */
void rule_put(struct directory *, const struct store_rule *);
void rule_drop(struct directory *, enum store_rule_kind, const char *conv,
    const char *member);
void rule_drop_all(struct directory *, const char *conv); /* the group ended */

void rule_each(const struct directory *, const char *conv,
    void (*fn)(void *arg, const struct store_rule *), void *arg);

/* May that user log in?  WIRE_BANNED. */
enum wire_err rule_may_enter(const struct directory *, const struct account *);

/* May somebody, by key, say anything on this server?  WIRE_MUTED,
 * WIRE_BANNED. */
enum wire_err rule_may_say(const struct directory *, const char *who);

#endif
