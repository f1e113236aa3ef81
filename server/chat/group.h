/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups: who is a member of what, in memory, in step with the store.  A
 * group lives from its first member to its last, raw lines included.  Nothing
 * here blocks, and nothing here knows how a member is connected.
 *
 * A group of ours, or the copy of one whose home is another realm: then all
 * that changes it comes from there (peer.h).
 *
 * Who is put out is out for what they say at once; the others are told when
 * that is durable.  Who comes in is in when that is durable.
 */
#ifndef SERVER_CHAT_GROUP_H
#define SERVER_CHAT_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/chat/peer.h"

struct account;
struct doer;
struct group;
struct groups;
struct recent_message;

struct groups *groups_new(void);
void groups_free(struct groups *);

/* Accounts are there already.  -1: the disk failed. */
int groups_load(struct chat *);

/* By its conversation's key, "#batak" or "#batak@medan"; NULL: none. */
struct group *group_find(const struct chat *, const char *key);

/* As everybody here calls it. */
const struct target *group_target(const struct group *);
const char *group_key(const struct group *);

/* The group that `me` means and may read: WIRE_NO_SUCH_GROUP, also for a
 * secret one of others, or WIRE_NOT_MEMBER. */
enum wire_err group_resolve(const struct chat *, const struct account *me,
    const struct target *, struct group **out);

/* Somebody, by key ("messi", "james@medan"), says something there:
 * WIRE_NOT_MEMBER, WIRE_MUTED. */
enum wire_err group_may_say(
    const struct chat *, const struct group *, const char *member);

/* Does that account read message `id` of it: a member who came before? */
bool group_reads(const struct group *, const struct account *, int64_t id);

/* Every account of ours that is a member by chat_join. */
void group_each_reader(const struct group *,
    void (*fn)(void *arg, struct account *), void *arg);

/* The realms that what is said here goes to: its home, or, here at home, all
 * that have members, but `except` (a realm's key, or NULL).  How many there
 * are; keys of at most cap of them. */
size_t group_realms(const struct group *, const char *except,
    const char **realm, size_t cap);

/* A message of a group was committed: to its raw lines. */
void group_lines_message(struct chat *, const struct recent_message *);

/* The raw lines of a session end. */
void lines_end_session(struct chat *, uint64_t session, enum wire_err why);

/* Those of somebody, by key, whatever opened them. */
void lines_end_user(struct chat *, const char *key, enum wire_err why);

/* Is somebody (by key) in any group; in one with that account? */
bool group_has(const struct chat *, const char *member);
bool group_shared(
    const struct chat *, const char *member, const struct account *);

/* What was asked of another realm and stays without its end: chat_tick's. */
void groups_tick(struct chat *);

/* chat_do's part: a deed on a group. */
void group_do(struct chat *, const struct doer *, const struct chat_deed *,
    struct chat_done);

/* chat_each_rule's: may the asker see those of that group? */
enum wire_err group_may_rule(const struct chat *, const struct doer *,
    const struct target *, const char **conv);

/* chat_receive's part: items about groups. */
const char *group_receive(struct chat *, const struct chat_origin *,
    const struct chat_item *, struct chat_done);

#endif
