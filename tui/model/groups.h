/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The groups that the server told of, and who is in them: part of the model
 * (model_rooms).  The conversation of a group is in model.h like any other, and
 * stays when one is no member any more.
 *
 * At most GROUPS_MAX groups; more are not kept.  Members are known of a group
 * once the server has listed them, and are kept up to date from there on.
 *
 * A struct group is borrowed: good until the next call that changes the rooms.
 */
#ifndef TUI_MODEL_GROUPS_H
#define TUI_MODEL_GROUPS_H

#include "tui/model/userlist.h"

#include <stdbool.h>
#include <stddef.h>

struct groups;

enum { GROUPS_MAX = 4096 };

enum group_mode { GROUP_OPEN, GROUP_INVITE, GROUP_SECRET };

struct group {
	const char *target; /* "#batak", "#batak@medan" */
	const char *topic;  /* "": none */
	enum group_mode mode;
	bool member;          /* the person is */
	enum group_role role; /* the person's, where member */
	size_t members;
	bool listed; /* members are known, and as new as can be */
};

struct groups *groups_new(void);
void groups_free(struct groups *);
void groups_clear(struct groups *);

/* Whether anything was changed since it was last asked. */
bool groups_changed(struct groups *);

/* The server's list was put in, all of it, and nothing was stale since. */
bool groups_known(const struct groups *);

size_t groups_count(const struct groups *);
const struct group *groups_at(const struct groups *, size_t i);
/* By any spelling.  NULL: not known. */
const struct group *groups_find(const struct groups *, const char *target);
/* The person is known to be a member of it. */
bool groups_is_member(const struct groups *, const char *target);

/* Makes it, or makes it be so, but for listed.  Copied; its strings may be
 * those of the group itself. */
void groups_put(struct groups *, const struct group *);

/*
 * Between begin and end the server's list is put in.  What it does not name is
 * no more, or not for us: end calls gone for each of them that the person was a
 * member of, which stays as a group without us; others are dropped.
 */
void groups_begin(struct groups *);
void groups_end(struct groups *,
    void (*gone)(void *arg, const struct group *), void *arg);

/* What was heard of members may be old: none is listed any more. */
void groups_stale(struct groups *);

/* ---- words ------------------------------------------------------------- */

/* "invite-only"; the sign before a member's name, a blank for most. */
const char *group_mode_words(enum group_mode);
const char *group_role_sign(enum group_role);

/* ---- members ----------------------------------------------------------- */

/* Empty while they were never listed.  NULL: no such group. */
struct userlist *groups_members(const struct groups *, const char *target);

/* The list of one group, between begin and end; nothing happens for a group
 * that is not known. */
void groups_members_begin(struct groups *, const char *target);
void groups_members_end(struct groups *, const char *target);

/* One more, or one that is otherwise. */
void groups_member_put(
    struct groups *, const char *target, const struct user *);
void groups_member_gone(
    struct groups *, const char *target, const char *user);

/* Somebody came or went, wherever they are a member. */
void groups_presence(struct groups *, const char *user, bool online);

#endif
