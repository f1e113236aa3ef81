/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The links to other realms, for the tests of the chat: how each realm can be
 * reached is as the test says, questions wait until it answers them, and what
 * was done is noted.
 *
 * An item is packed as a line of its fields, so two chats can be linked by
 * carrying what is in the outboxes of one to the other.
 */
#ifndef TESTS_UNIT_CHAT_PEER_FAKE_H
#define TESTS_UNIT_CHAT_PEER_FAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/chat/peer.h"
#include "tests/unit/chat/world_fake.h"

enum { PEER_WAITS = 64, PEER_HANDED = 512 };

struct peer_find {
	chat_found_fn *fn;
	void *with;
};

struct peer_plea {
	char realm[WIRE_NAME_CAP], group[WIRE_NAME_CAP], user[WIRE_NAME_CAP];
	char real_name[WIRE_REAL_NAME_CAP], text[1000];
	struct chat_plea plea;
	struct chat_done done;
};

struct peer {
	struct world *w;
	/* Of every realm but "legacy", which is one of these, and "nowhere",
	 * of which there is none. */
	enum chat_reach reach;
	struct peer_find find[PEER_WAITS];
	size_t finds;
	struct peer_plea plea[PEER_WAITS];
	size_t pleas;
	struct chat_done handed[PEER_HANDED]; /* pleas that others have */
	size_t handeds;
	/*	find james@medan from messi: hey     (@ alone: any realm)
	 *	wake medan      wake medan for 3        (items)
	 *	want james@medan
	 *	join #batak@medan by messi           kick ...
 *	visit, join #batak@medan by messi
	 *	+messi          -messi
	 * a line each. */
	char log[8192];
};

/* The chat of that world has these links; again after a restart. */
void peer_link(struct peer *, struct world *);

/* What was done, and a blank page. */
const char *peered(struct peer *);

/* Answers the oldest question for a user; the strings may be NULL. */
void peer_found(struct peer *, enum wire_err, const char *user,
    const char *realm, bool delivered);

/* Answers the oldest plea. */
void peer_pleaded(struct peer *, enum wire_err);

/* Hands it to the realm it is for, where all is run, or not. */
void peer_pass_plea(struct peer *from, struct peer *to);
void peer_hand_plea(struct peer *from, struct peer *to);

/* The links close: every plea is answered, and what comes later is nobody's. */
void peer_cut(struct peer *);

/* Place `i` of the outbox for a realm, as a line; "": there is none.
 *	letter messi@surabaya > james@medan (messi): hey
 *	bounce james@medan > messi@surabaya no-such-user: hey
 *	said #batak home messi@surabaya (messi): halo
 *	group #batak open by -: topic
 *	member #batak james@medan (James) owner muted quiet by -
 *	gone #batak james@medan by messi@surabaya kick: why
 *	leave #batak james@medan
 *	invite #batak james@medan by messi@surabaya
 *	line #batak messi@surabaya (messi) here */
const char *peer_out(const struct peer *, const char *realm, size_t i);

/* A realm's item arrives, at that place of its stream.  The answer or, where
 * it said what it must not, why (and then there is no answer). */
const char *peer_receive(struct peer *, const char *realm, int64_t number,
    const struct chat_item *, struct answer *);

/* The same, as it stands in an outbox there. */
const char *peer_receive_packed(struct peer *, const char *realm,
    const struct store_item *, struct answer *);

/* All that waits in the one for the other is taken there, and gone here.
 * Says how many there were; each must be one that may be said. */
size_t peer_carry(struct peer *from, struct peer *to);

#endif
