/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The groups that the server told of, and who is in them: part of the model
 * (model_rooms).  The conversation of a group is in model.h like any other, and
 * stays when one is no member any more.
 *
 * At most ROOMS_MAX groups; more are not kept.  Members are known of a group
 * once the server has listed them, and are kept up to date from there on.
 *
 * A struct group is borrowed: good until the next call that changes the rooms.
 */
#ifndef TUI_ROOMS_H
#define TUI_ROOMS_H

#include "tui/roster.h"

#include <stdbool.h>
#include <stddef.h>

struct rooms;

enum { ROOMS_MAX = 4096 };

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

struct rooms *rooms_new(void);
void rooms_free(struct rooms *);
void rooms_clear(struct rooms *);

/* Whether anything was changed since it was last asked. */
bool rooms_changed(struct rooms *);

/* The server's list was put in, all of it, and nothing was stale since. */
bool rooms_known(const struct rooms *);

size_t rooms_count(const struct rooms *);
const struct group *rooms_at(const struct rooms *, size_t i);
/* By any spelling.  NULL: not known. */
const struct group *rooms_find(const struct rooms *, const char *target);
/* The person is known to be a member of it. */
bool rooms_is_member(const struct rooms *, const char *target);

/* Makes it, or makes it be so, but for listed.  Copied; its strings may be
 * those of the group itself. */
void rooms_put(struct rooms *, const struct group *);

/*
 * Between begin and end the server's list is put in.  What it does not name is
 * no more, or not for us: end calls gone for each of them that the person was a
 * member of, which stays as a group without us; others are dropped.
 */
void rooms_begin(struct rooms *);
void rooms_end(struct rooms *,
    void (*gone)(void *arg, const struct group *), void *arg);

/* What was heard of members may be old: none is listed any more. */
void rooms_stale(struct rooms *);

/* ---- words ------------------------------------------------------------- */

/* "invite-only"; the sign before a member's name, a blank for most. */
const char *group_mode_words(enum group_mode);
const char *group_role_sign(enum group_role);

/* ---- members ----------------------------------------------------------- */

/* Empty while they were never listed.  NULL: no such group. */
struct roster *rooms_members(const struct rooms *, const char *target);

/* The list of one group, between begin and end; nothing happens for a group
 * that is not known. */
void rooms_members_begin(struct rooms *, const char *target);
void rooms_members_end(struct rooms *, const char *target);

/* One more, or one that is otherwise. */
void rooms_member_put(
    struct rooms *, const char *target, const struct user *);
void rooms_member_gone(
    struct rooms *, const char *target, const char *user);

/* Somebody came or went, wherever they are a member. */
void rooms_presence(struct rooms *, const char *user, bool online);

#endif
