/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One conversation's items, in order: the inside of model.c, which alone
 * includes this.  Others see struct convo through model.h.
 *
 * Two rows.  The settled one is sorted by id: messages, and notices behind the
 * message that was the last of all when they were made.  The tail holds what
 * was typed here and has no id yet, in the order of typing.
 *
 * A passage (model.h) is one, too: with messages only, its number, and the
 * target and serial of the conversation that it is of.
 */
#ifndef TUI_MODEL_CONVO_H
#define TUI_MODEL_CONVO_H

#include "shared/wire.h"
#include "tui/model/model.h"
#include "tui/model/joinpart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An item with what only the model needs to know; its strings stand behind. */
struct entry {
	struct item item;
	size_t bytes;
	char *tag;   /* WAITING, FAILED; else NULL */
	char store[];
};

/* A row of entries that grows at either end. */
struct row {
	struct entry **at;
	size_t off, count, cap; /* at[off .. off + count) */
};

struct buf;

struct convo {
	char target[WIRE_TARGET_CAP]; /* as it is shown and sent */
	char key[WIRE_TARGET_CAP];    /* folded: two that are one share it */
	uint64_t serial;
	uint64_t passage; /* 0: it is a conversation */
	struct row settled, tail;
	size_t messages, notices, waiting;
	size_t bytes;
	size_t unread;
	int64_t first_unread, marker;
	int64_t read_due; /* read here, the server was not told */
	uint64_t active;  /* rises with use: who is longest idle */
	size_t mentions;  /* of those unread, as far as they are known */
	/* Of what is not shown, as it is from ignored people: where it begins
	 * (0: no earlier than what is held) and ends. */
	int64_t hidden_first, hidden_last;
	struct joinpart *joinpart; /* who came and went last; NULL: nobody */
	bool begin, cleared, fetching, counted;
	bool left; /* shown when the person left, all of it read */
	bool fetching_newer; /* of a passage */
	bool restored; /* see model_restore */
	char *draft;
};

/* Copies the words; serial is the caller's to give. */
struct entry *entry_new(const struct item *, const char *tag);
void entry_free(struct entry *); /* NULL is fine */

struct convo *convo_new(const char *target, const char *key);
void convo_free(struct convo *);

/* False, and e is still the caller's: that message is there already. */
bool convo_insert(struct convo *, struct entry *e);
/* The same of a message that was said before it is told here: notices with a
 * greater id than is known at their making may be later.  Those whose time is
 * stand behind it, with its id. */
bool convo_insert_earlier(struct convo *, struct entry *e);
void convo_append_tail(struct convo *, struct entry *);

bool convo_has_tag(const struct convo *, const char *tag);
/* Takes it out of the tail; NULL: no such tag.  *i is where it stood. */
struct entry *convo_take_tail(struct convo *, const char *tag, size_t *i);
void convo_insert_tail(struct convo *, size_t i, struct entry *);

/* Drops the oldest until at most so many messages and notices are left. */
void convo_trim(struct convo *, size_t messages, size_t notices);

/* Drops the newest until at most so many are left of a passage. */
void convo_trim_newest(struct convo *, size_t messages);

/* Moves all that is settled in from to c, each as it is; what c has already
 * goes. */
void convo_join(struct convo *c, struct convo *from);

/* Drops every settled entry of that kind. */
void convo_drop_kind(struct convo *, enum item_kind);

/* Drops what ignored people said; it counts as hidden. */
void convo_drop_ignored(struct convo *, const struct ignore *);
/* A message with that id is not put in, but was here. */
void convo_hide(struct convo *, int64_t id);

/* Adds to the last line of those who came and went, or begins one: gives its
 * text, for a notice whose serial is joinpart->serial then.  What that replaces
 * is dropped. */
void convo_noise(struct convo *, const char *user, bool came, struct buf *);

/* The message of that id; NULL: it is not held. */
const struct item *convo_message(const struct convo *, int64_t id);

/* For a conversation without messages, whose ids begin anew: what is in it
 * stands before all, but for what convo_insert_earlier puts in. */
void convo_anew(struct convo *);

/* Messages of others with a greater id; the first of them, 0: none. */
size_t convo_count_after(const struct convo *, int64_t id);
int64_t convo_first_after(const struct convo *, int64_t id);

#endif
