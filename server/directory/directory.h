/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory: who exists.  Accounts of ours, their sessions, people of
 * other realms, who of all these came and went, and what was decided about
 * them.  It knows no message and no watch; a group only as a key.
 *
 * The problem: whoever logs in, goes idle or is thrown out changes what others
 * see, and the floors above keep things that hang on a session (watches, raw
 * lines).  If the directory called them, it could not be understood, or
 * tested, without all of the chat.  So what it must tell upward it tells
 * through four functions that it is handed.
 *
 * The invariants: an account lives as long as the directory, so a pointer to
 * one may be kept across a wait; a session comes and goes, so across a wait it
 * is known by its number.  An account is online from the first to the last of
 * its sessions that count (session.h), and `changed` is called only then and
 * when it is renamed.  Time is what directory_clock was told last.
 *
 * What would break: a call of `up` may come in the middle of session_drop, so
 * it must not drop sessions itself; and a session is still found by its number
 * in session_over, but not by session_find.
 */
#ifndef SERVER_DIRECTORY_DIRECTORY_H
#define SERVER_DIRECTORY_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/directory/account.h"
#include "server/directory/presence.h"
#include "server/directory/remote.h"
#include "server/directory/rule.h"
#include "server/directory/session.h"
#include "shared/wire.h"

struct store;

/* What is told or asked upward; all are given. */
struct directory_up {
	void *arg;
	void (*session_over)(void *arg, struct session *, enum wire_err why);
	/* Came, went or was renamed. */
	void (*changed)(void *arg, struct presence_entry *);
	/* Is that key in a group with the account; NULL: in any at all? */
	bool (*in_group)(
	    void *arg, const char *key, const struct account *with);
	/* Somebody here has a conversation with them from now on. */
	void (*wanted)(void *arg, const struct remote *);
};

struct directory {
	struct store *store;
	struct directory_up up;
	char (*admin)[WIRE_NAME_CAP]; /* keys, of the rules */
	size_t admins;
	int64_t idle_ms, token_ms; /* as in chat_rules */
	int64_t wall, mono;
	bool ending; /* nobody's session is found any more */
	struct accounts accounts;
	struct presence presence;
	struct sessions sessions;
	struct remotes remotes;
	struct rules *rule;
};

void directory_init(
    struct directory *, struct store *, const struct directory_up *);
void directory_release(struct directory *);

/* From the store.  -1: the disk failed. */
int directory_load(struct directory *);

void directory_clock(struct directory *, int64_t wall_ms, int64_t mono_ms);

/* Administrators by the rules, by name; copied. */
void directory_set_admins(
    struct directory *, const char *const *name, size_t count);

#endif
