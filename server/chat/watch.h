/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watches: who is shown what as it happens.
 *
 * A watch has a cursor: of all messages for its user up to that id it has had
 * each one once.  A live watch is given messages as they are committed.  One
 * that is behind (it asked for a replay, or its receiver had enough) is given
 * none of those: it goes on from its cursor by pages of the store until all
 * that is above is among the recent ones, is given these, and is live again.
 * So there is one rule for replay and for slow readers, and nothing that is
 * sent to a slow reader waits in memory.
 *
 * Sinks call chat_unwatch from anywhere, also while events are being given
 * out; so a watch that ends stays in the lists until no walk is under way.
 */
#ifndef SERVER_CHAT_WATCH_H
#define SERVER_CHAT_WATCH_H

#include <stdint.h>

#include "server/chat/chat.h"

struct account;
struct group;
struct presence_entry;
struct recent_message;
struct watches;

enum {
	WATCH_PAGE = 100,
	WATCH_STALL_MS = 60000, /* so long without chat_watch_more: cut off */
	/* So many bytes of messages went by while the receiver had enough:
	 * cut off.  It comes back with the id it knows, and is told all. */
	WATCH_BEHIND_MAX = 4 << 20,
	WATCH_OWN_MAX = 1024,
	WATCH_READS_MAX = 64
};

struct watches *watches_new(void);
void watches_free(struct watches *);
void watches_tick(struct chat *);

/* Ends those of a session. */
void watches_end(struct chat *, struct account *, uint64_t session,
    enum wire_err why);

/* A message was committed and is the newest of the recent ones. */
void watches_message(struct chat *, const struct recent_message *);

/* Somebody came, went or was renamed: the newest change of presence. */
void watches_presence(struct chat *, const struct presence_entry *);

/*
 * Something about a group: to all watches of its readers and of one account
 * more (or NULL).  It is given also to a receiver that has enough: such events
 * are few, and a connection's hard cap bounds them.
 */
void watches_group(struct chat *, const struct group *,
    const struct chat_event *, struct account *also);

/* One event for the watches of one account. */
void watches_account(
    struct chat *, struct account *, const struct chat_event *);

/* The account's read mark moved; the watch that moved it is not told. */
void watches_read(struct chat *, struct account *, uint64_t watcher,
    const struct target *, int64_t id);

#endif
