/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The users that the server told of, found by name and listed online first:
 * the inside of model.c, which alone includes this.  At most MODEL_USERS_MAX;
 * more are not kept.
 */
#ifndef TUI_ROSTER_H
#define TUI_ROSTER_H

#include "tui/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

void roster_release(struct roster *);

/* True: something about it was new. */
bool roster_set(struct roster *, const char *user, const char *name,
    bool online, int64_t since);

void roster_begin(struct roster *);
bool roster_end(struct roster *); /* true: somebody was dropped */

const struct user *roster_find(const struct roster *, const char *user);
const struct user *roster_shown(struct roster *, size_t i);

#endif
