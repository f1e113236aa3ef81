/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small world for the tests of the chat: one chat on a store and a password
 * hash that are fakes, a clock that stands, and messi, neko and lineker, whose
 * passwords are their names.
 */
#ifndef TESTS_UNIT_CHAT_WORLD_FAKE_H
#define TESTS_UNIT_CHAT_WORLD_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "tests/unit/chat/passhash_fake.h"
#include "tests/unit/chat/store_fake.h"

struct world {
	struct store *store;
	struct passhash *hash;
	struct chat *chat;
	struct chat_rules rules;
	int64_t wall, mono;
};

/* What an answer said.  It is the test's own and outlives the call. */
struct answer {
	unsigned times; /* must be one in the end */
	struct chat_result result; /* its pointers are not good any more */
	char token[64];
	char log[8192]; /* messages as in struct eye, or lines of unread */
};

/* A receiver of events, and what it has seen:
 *	5 neko messi: hey       message 5, target neko, from messi
 *	+messi   -messi         came online, went offline
 *	read neko 5
 *	shutdown TEXT
 * one a line.  That ids rise, it checks itself. */
struct eye {
	struct chat_sink sink;
	struct chat *chat;
	uint64_t number; /* of its watch */
	int room;        /* event() says false when it comes down to 0 */
	bool leaves;     /* unwatches in its first event */
	unsigned messages, ended, encodings;
	enum wire_err why;
	int64_t last;
	char log[8192];
};

int world_setup(void **state);
int world_teardown(void **state);

void world_run(struct world *);     /* till nothing waits any more */
void world_restart(struct world *); /* another chat on the same store */
void world_pass(struct world *, int64_t ms);

struct chat_done told(struct answer *);

/* On a connection that stays open. */
uint64_t world_login(struct world *, const char *name);
void world_watch(struct world *, struct eye *, uint64_t session,
    int64_t after, struct answer *);

/* Nothing is committed yet.  watcher may be NULL. */
void world_say(struct world *, uint64_t session, const struct eye *watcher,
    const char *target, const char *text, const char *tag, struct answer *);

/* Names, a blank behind each: all, or those logged in. */
const char *users(const struct world *);
const char *online(const struct world *);

/* What was seen, and a blank page. */
const char *seen(struct eye *);

struct target target_of(const char *);

#endif
