/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People, found by name and listed online first: those that the server told of
 * (the model's), the members of a group (rooms.h's).  At most ROSTER_MAX; more
 * are not kept.
 *
 * A struct user is borrowed: good until the next call that changes the roster.
 */
#ifndef TUI_ROSTER_H
#define TUI_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROSTER_MAX = 10000 };

/* They rise: what one may do to whom goes by them. */
enum group_role { GROUP_MEMBER, GROUP_MODERATOR, GROUP_OWNER };

struct user {
	const char *user; /* "messi" or "james@medan" */
	const char *name; /* real name, may be "" */
	bool online;
	int64_t since;    /* ms since 1970; 0: not known */
	/* Of a group's member; else GROUP_MEMBER and false. */
	enum group_role role;
	bool muted;
};

struct roster_user {
	struct user pub;
	unsigned round; /* of the last listing that named it */
	char *names;    /* what pub points to: both in one piece */
};

struct roster {
	struct roster_user *by_name; /* sorted */
	size_t count, cap, online;
	const struct user **shown;   /* online first, then by name */
	bool stale;                  /* shown is not what by_name is */
	unsigned round;
};

/* All zero is an empty one. */
void roster_release(struct roster *);

/* True: something about it was new.  Copied. */
bool roster_set(struct roster *, const struct user *);
bool roster_remove(struct roster *, const char *user); /* false: not there */

/* Those not named between begin and end go; true: somebody did. */
void roster_begin(struct roster *);
bool roster_end(struct roster *);

size_t roster_count(const struct roster *);
size_t roster_online(const struct roster *); /* how many of them are online */
const struct user *roster_find(const struct roster *, const char *user);
/* Online first, then by name.  O(1) but for the first call after a change. */
const struct user *roster_shown(struct roster *, size_t i);

#endif
