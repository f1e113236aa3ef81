/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes of a group of ours that are durable: what change.c does for those
 * who decide them, enter.c (coming in and going out) and moderate.c (deeds).
 *
 * One change of a group is on its way to the disk at a time, the others wait
 * behind it; so each is decided by what is so, not by what was so when it was
 * asked for.  Only going out does not wait, for who is out says nothing any
 * more at once; what comes behind it waits for it.
 *
 * Everything that a change writes, the items for other realms included, is one
 * transaction: the puts, then change_commit.
 */
#ifndef SERVER_CHAT_CHANGE_H
#define SERVER_CHAT_CHANGE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/ask.h"
#include "server/chat/group_in.h"
#include "server/store/store.h"

/* A realm, and how many items it is told. */
struct told {
	char key[WIRE_NAME_CAP];
	size_t items;
};

struct change {
	struct ask ask;
	struct txn txn; /* what it writes */
	struct group *group;
	void (*run)(struct change *);
	void (*apply)(struct change *);  /* it is durable */
	void (*undo)(struct change *);   /* or not; NULL: nothing to undo */
	bool alone;                      /* no other runs meanwhile */
	bool leaves;                     /* the others wait for it */
	bool settles;                    /* who owns the group */
	struct doer who;
	/* What it is about, as of chat_deed; key "": nobody. */
	enum chat_act act;
	enum chat_mode mode;
	char whom[WIRE_TARGET_CAP], shown[WIRE_TARGET_CAP];
	struct account *account;
	char text[WIRE_TOPIC_MAX + 1];
	enum chat_role role;
	char heir[WIRE_TARGET_CAP]; /* who gets the group; "": nobody */
	bool ends;                  /* nobody is left behind it */
	int64_t since;
	/* The realms that were told, to be woken. */
	struct told *realm;
	size_t realms;
	TAILQ_ENTRY(change) entry;
};

/* who NULL: nobody in particular.  run NULL: it is not started, but written
 * at once. */
struct change *change_new(struct chat *, struct group *,
    const struct doer *who, void (*run)(struct change *),
    struct chat_done);

/* When those before it are done, it is run: which ends it, or writes. */
void change_start(struct change *);

/* It is over, with or without a write: answered, and freed. */
void change_end(struct change *, enum wire_err);

/* ---- what it writes --------------------------------------------------- */

/*
 * Writes what was put into its txn, and ends it: it is applied when that is
 * durable, undone when the disk or the queue refuses.  Where all is about raw
 * lines nothing was put, and it is applied at once.
 */
void change_commit(struct change *);

/* With the topic or the mode that it sets. */
void change_write_group(struct change *);
void change_write_member(struct change *, const char *key, const char *shown,
    const char *real_name, const struct account *, enum chat_role);
void change_write_role(
    struct change *, const struct member *, enum chat_role);

/* ---- items for the realms with members -------------------------------- */

/* "messi@its". */
const char *change_full_name(
    const struct chat *, const char *shown, char out[WIRE_TARGET_CAP]);

void change_group_item(const struct change *, struct chat_item *);

/* To one realm; to all. */
void change_write_item(
    struct change *, const char *realm, const struct chat_item *);
void change_write_items(struct change *, const struct chat_item *);

/* A role, or a mute, that all are told of. */
void change_write_member_items(
    struct change *, const struct member *, enum chat_role, bool muted);

/* The whole of the group, for a realm whose first member comes. */
void change_write_snapshot(struct change *, const char *realm);

/* ---- enter.c ---------------------------------------------------------- */

/*
 * m leaves, or is thrown out (by c->who); origin: the item that asked for it,
 * or NULL.  The last one's leaving ends the group, unless somebody is just
 * coming.
 */
void change_out(
    struct change *, struct member *m, const struct chat_origin *origin);

/* What the lines of who is thrown out are told: a kick lets one come again. */
enum wire_err change_why_out(const struct change *);

#endif
