/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who came, went or was renamed, in the order of the last change of each, so
 * that a watch that could not be told at the time is told later what is so by
 * then, however often it changed.
 */
#ifndef SERVER_DIRECTORY_PRESENCE_H
#define SERVER_DIRECTORY_PRESENCE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>


struct account;
struct chat_user;
struct directory;
struct remote;

/* A member of its owner, which is one of the two. */
struct presence_entry {
	TAILQ_ENTRY(presence_entry) entry;
	uint64_t change; /* 0: none yet */
	struct account *account;
	struct remote *remote;
};

struct presence {
	TAILQ_HEAD(presence_list, presence_entry) list; /* oldest change first */
	uint64_t changes;
};

void presence_init(struct presence *);

/* Notes the change and tells the floor above. */
void presence_changed(struct directory *, struct presence_entry *);

/* The oldest change above `seen`; NULL: none. */
struct presence_entry *presence_after(const struct directory *, uint64_t seen);

/* Is that account told of it? */
bool presence_concerns(const struct directory *, const struct presence_entry *,
    const struct account *);

void presence_user(const struct directory *, const struct presence_entry *,
    struct chat_user *out);

#endif
