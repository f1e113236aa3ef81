/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chat towards other realms: what it hands to the links and what they
 * hand to it.  For server/realm and main only; the other half of chat.h.
 *
 * Items.  What must not be lost goes to a realm as an item of its outbox,
 * which is written in the commit of what it tells of; the realm applies items
 * in their order and notes in the same commit how far it came.  So each is
 * applied once, whatever crashes or is cut in between.
 *
 * Groups.  A group lives in its home realm: who made it there says who is in,
 * and the home's order of what is said is the group's.  A realm with members
 * keeps a copy for them, which the home's items keep in step: first one
 * CHAT_ITEM_GROUP and a CHAT_ITEM_MEMBER for each member (quiet), then every
 * change.  What its members say goes to the home as CHAT_ITEM_SAID, and from
 * there to all realms with members but that one.  Nothing is passed on twice,
 * so a ring of links makes no ring of messages.
 *
 * Names in items are "user@realm" always.  A realm speaks for its own users
 * only; the home of a group also repeats what those of other realms said or
 * did in that group, but never what the receiver's own said.
 */
#ifndef SERVER_CHAT_PEER_H
#define SERVER_CHAT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"

/* What one realm may make us hold. */
enum {
	PEER_REALMS_MAX = 64,    /* links there are at most */
	PEER_GROUPS_MAX = 2000,  /* made here by its users, and not ended */
	PEER_SEATS_MAX = 100000, /* its users' in groups here, all together */
	PEER_RULES_MAX = 20000,  /* made by its users in groups here */
	PEER_ITEM_MAX = 32 << 10 /* bytes of an item */
};

enum chat_item_kind {
	CHAT_ITEM_LETTER, /* from, name, to, text, time */
	CHAT_ITEM_BOUNCE, /* a letter to, or a word in group, came to nothing:
	                   * to (who said it), from (whom it was for) or group,
	                   * err, text */
	CHAT_ITEM_SAID,   /* group, from, name, text, time */
	CHAT_ITEM_GROUP,  /* group, text (topic), mode, from (by; or NULL) */
	CHAT_ITEM_MEMBER, /* group, to, name, role, muted, quiet, from (by) */
	CHAT_ITEM_GONE,   /* group, to, from (by; or NULL), act, text (why) */
	CHAT_ITEM_LEAVE,  /* group, from: wants to be out of it */
	CHAT_ITEM_INVITE, /* group, to, from */
	CHAT_ITEM_LINE,   /* group, to, name, here: came on a raw line, or went,
	                   * and is no member otherwise */
	CHAT_ITEM_KINDS
};

struct chat_item {
	enum chat_item_kind kind;
	const char *group; /* without '#'.  SAID: at home with the sender of
	                    * the item (home) or with its receiver; LEAVE,
	                    * BOUNCE: BOUNCE as SAID, LEAVE with the receiver;
	                    * all others: with the sender */
	bool home;
	const char *from, *to, *name, *text;
	int64_t time;
	enum chat_role role;
	enum chat_mode mode;
	enum chat_act act;
	enum wire_err err;
	bool muted, quiet, here;
};

/* ---- from the chat to the links --------------------------------------- */

enum chat_reach {
	CHAT_NO_REALM,
	CHAT_REALM_DOWN,  /* of ours; items wait for it */
	CHAT_REALM_UP,
	CHAT_REALM_FULL,  /* as much waits for it as may, down or not */
	CHAT_REALM_LEGACY /* takes letters only, by find */
};

/* A user that is to be found, and what is to be said if a realm takes words
 * only with the question. */
struct chat_letter {
	const char *realm; /* "": any, in the order of the links */
	const char *user;
	const char *from; /* of ours, without realm */
	const char *text;
};

struct chat_found {
	enum wire_err err; /* WIRE_NO_SUCH_USER, WIRE_NO_SUCH_REALM,
	                    * WIRE_REALM_UNREACHABLE, WIRE_BUSY */
	const char *realm, *user, *real_name; /* as that realm writes them */
	bool delivered; /* it took the text: there is no outbox for it */
};

typedef void chat_found_fn(void *arg, const struct chat_found *);

/* What is asked of a group's home by or for one of ours, now or never: join,
 * or a deed. */
struct chat_plea {
	bool join;              /* else deed */
	bool there;             /* join only where chat_group_open */
	const char *group;      /* without '#' */
	const char *user;       /* of the asking realm, without realm */
	const char *real_name;
	struct chat_deed deed;  /* where is not looked at */
};

/*
 * All calls may answer before they return.  Answers come once each, at the
 * latest when the links are closed, which is before chat_free.  Realms are
 * given by their keys or as somebody wrote them: they are folded.
 */
struct chat_router {
	void *arg;
	enum chat_reach (*reach)(void *arg, const char *realm);
	/* Bytes of an item for an outbox, at most PEER_ITEM_MAX. */
	size_t (*pack)(void *arg, const struct chat_item *, void *to, size_t cap);
	/* So many items were committed into that outbox. */
	void (*wake)(void *arg, const char *realm, size_t items);
	void (*find)(void *arg, const struct chat_letter *, chat_found_fn *,
	    void *with);
	void (*plead)(void *arg, const char *realm, const struct chat_plea *,
	    struct chat_done);
	/* One of ours came, went or was renamed. */
	void (*presence)(void *arg, const struct chat_user *);
	/* Whether that user is online is wanted from now on. */
	void (*want)(void *arg, const char *realm, const char *user);
};

/* Copied; before the first connection is opened.  Without one there are no
 * other realms. */
void chat_set_router(struct chat *, const struct chat_router *);

/* ---- from the links to the chat --------------------------------------- */

/* Where an item stands in the realm's stream. */
struct chat_origin {
	const char *realm; /* the link's, proved */
	const char *stream;
	int64_t number;
};

/*
 * An item of a realm.  done comes when it is durable, and what it does is done
 * (in the order of the calls); its err is WIRE_STORAGE or WIRE_BUSY when it is
 * not, and the link must begin again from what was taken.  What cannot be done
 * for a good cause (nobody of that name, no member any more) is answered by
 * a CHAT_ITEM_BOUNCE and taken.  NULL; or, when the realm said what it must
 * not, why: then done is not called.
 */
const char *chat_receive(struct chat *, const struct chat_origin *,
    const struct chat_item *, struct chat_done);

/* Is there a group of ours that this user of that realm may see, because it is
 * open or they are in it? */
bool chat_group_open(const struct chat *, const char *realm,
    const char *user, const char *group);

/* A realm asks for one of its users, at a group of ours. */
const char *chat_receive_plea(struct chat *, const char *realm,
    const struct chat_plea *, struct chat_done);

/*
 * A letter of the older system: stored as from FROM@REALM, whatever stands in
 * FROM (what no name can hold is replaced by '_').  user: who gets it.
 */
void chat_receive_letter(struct chat *, const char *realm, const char *from,
    const char *to, const char *text, struct chat_done);

/* FROM as above; also for raw lines of theirs. */
void chat_foreign_name(const char *from, char out[WIRE_NAME_CAP]);

/* A user of that realm, as it says (name without realm). */
void chat_remote_user(
    struct chat *, const char *realm, const struct chat_user *);

/* The link is down: nobody there is online any more. */
void chat_remote_down(struct chat *, const char *realm);

/* Whose presence is wanted of it (names without realm). */
void chat_each_wanted(const struct chat *, const char *realm,
    void (*fn)(void *arg, const char *user), void *arg);

#endif
