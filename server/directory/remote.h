/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People of other realms: those that somebody here has a conversation or a
 * group with, or that a link has told of.  In memory only: who has written to
 * whom is in the store, the rest comes again with the link.
 *
 * Bounded by REMOTES_MAX for each realm; whoever does not find room can be
 * written to and can write all the same, but is not seen coming and going.
 */
#ifndef SERVER_DIRECTORY_REMOTE_H
#define SERVER_DIRECTORY_REMOTE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/directory/presence.h"
#include "shared/wire.h"

struct account;
struct chat_user;
struct directory;
struct map;

struct remote {
	char key[WIRE_TARGET_CAP];    /* "james@medan" */
	char shown[WIRE_TARGET_CAP];  /* the same, as that realm writes it */
	char name[WIRE_NAME_CAP];     /* without realm */
	char realm[WIRE_NAME_CAP];    /* the key of it */
	char real_name[WIRE_REAL_NAME_CAP];
	bool known; /* that realm has said that there is such a user */
	bool online;
	int64_t since;
	struct account **contact; /* of ours, who have a conversation */
	size_t contacts;
	struct presence_entry presence;
	TAILQ_ENTRY(remote) entry;
};

TAILQ_HEAD(remote_list, remote);

/* How many of a realm are known. */
struct remote_realm {
	char key[WIRE_NAME_CAP];
	size_t users;
	SLIST_ENTRY(remote_realm) entry;
};

struct remotes {
	struct remote_list all;
	struct map *by_key;
	SLIST_HEAD(remote_realms, remote_realm) realms;
};

void remotes_init(struct remotes *);
void remotes_free(struct remotes *);

/* Those of conversations in the store.  -1: the disk failed. */
int remotes_load(struct directory *);

/* "james@medan" of a name and a realm; false: they are no names. */
bool remote_key(
    const char *user, const char *realm, char key[WIRE_TARGET_CAP]);

struct remote *remote_find(const struct directory *, const char *key);

/* Found or made; NULL: no names, or no room. */
struct remote *remote_meet(
    struct directory *, const char *user, const char *realm);

/* Known to be one of that name, on whatever realm; NULL: none. */
struct remote *remote_by_name(const struct directory *, const char *user);

void remote_set_real_name(struct remote *, const char *);

/* They have a conversation from now on. */
void remote_contact(struct directory *, struct remote *, struct account *);

/* Is it this account's business whether that one is online? */
bool remote_concerns(
    const struct directory *, const struct remote *, const struct account *);

/* Is it anybody's here? */
bool remote_is_wanted(const struct directory *, const struct remote *);

/* What the realm says of one, and that it cannot be reached. */
void remote_told(
    struct directory *, const char *realm, const struct chat_user *);
void remotes_down(struct directory *, const char *realm);

void remote_user(const struct remote *, struct chat_user *out);

#endif
