/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People, found by name and listed online first: those that the server told of
 * (the model's), the members of a group (groups.h's).  At most USERLIST_MAX; more
 * are not kept.
 *
 * A struct user is borrowed: good until the next call that changes the list.
 */
#ifndef TUI_MODEL_USERLIST_H
#define TUI_MODEL_USERLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { USERLIST_MAX = 10000 };

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

struct userlist_user {
	struct user pub;
	unsigned round; /* of the last listing that named it */
	char *names;    /* what pub points to: both in one piece */
};

struct userlist {
	struct userlist_user *by_name; /* sorted */
	size_t count, cap, online;
	const struct user **shown;   /* online first, then by name */
	bool stale;                  /* shown is not what by_name is */
	unsigned round;
};

/* All zero is an empty one. */
void userlist_release(struct userlist *);

/* True: something about it was new.  Copied. */
bool userlist_set(struct userlist *, const struct user *);
bool userlist_remove(struct userlist *, const char *user); /* false: not there */

/* Those not named between begin and end go; true: somebody did. */
void userlist_begin(struct userlist *);
bool userlist_end(struct userlist *);

size_t userlist_count(const struct userlist *);
size_t userlist_online(const struct userlist *); /* how many of them are online */
const struct user *userlist_find(const struct userlist *, const char *user);
/* Online first, then by name.  O(1) but for the first call after a change. */
const struct user *userlist_shown(struct userlist *, size_t i);

#endif
