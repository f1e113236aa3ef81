/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts: all of them in memory, in step with the store.  Names are found by
 * what they fold to, so no two that look alike can be had.
 */
#ifndef SERVER_DIRECTORY_ACCOUNT_H
#define SERVER_DIRECTORY_ACCOUNT_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/directory/presence.h"
#include "server/directory/rate.h"
#include "server/work/passhash.h"
#include "shared/wire.h"

struct chat_user;
struct directory;
struct map;
struct session;
struct store_account;
struct watch;

struct account {
	int64_t id;
	char name[WIRE_NAME_CAP];
	char key[WIRE_NAME_CAP];
	char real_name[WIRE_REAL_NAME_CAP];
	char hash[PASSHASH_CAP];
	unsigned passwords; /* how often sessions were ended by another one,
	                     * or by an administrator */
	unsigned changing;  /* of these, how many are on their way to disk */
	int64_t seen;       /* last use of any session; 0: never */
	struct rate sends;
	struct throttle logins;
	struct throttle changes; /* of the password, by who has a token */
	/* session.c's: by number, which is the order of login */
	TAILQ_HEAD(account_sessions, session) sessions;
	size_t session_count;
	struct session *online; /* the first that counts as logged in */
	/* watch.c's: by number */
	TAILQ_HEAD(account_watches, watch) watches;
	bool admin;         /* by grant */
	unsigned revoking;  /* that is being taken away */
	unsigned visiting;  /* raw lines that are asked for at other realms */
	unsigned finding;   /* words whose way to a realm is being asked for
	                     * (message.c) */
	struct presence_entry presence;
};

struct accounts {
	struct account **all; /* in the order of id: of registration */
	size_t count, cap;
	struct map *by_key;
	struct map *reserved; /* keys of registrations under way */
};

void accounts_init(struct accounts *);
void accounts_free(struct accounts *);

/* -1: the disk failed. */
int accounts_load(struct directory *);

/* As the store has it, with the id that it was given. */
void account_add(struct directory *, const struct store_account *);

struct account *account_find(const struct directory *, const char *name);
struct account *account_by_key(const struct directory *, const char *key);
struct account *account_by_id(const struct directory *, int64_t id);

/* An administrator: by grant, or by the rules. */
bool account_is_admin(const struct directory *, const struct account *);
bool account_is_admin_by_rules(
    const struct directory *, const struct account *);

void account_user(const struct directory *, const struct account *,
    struct chat_user *out);

#endif
