/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversations that were taken off the list, and what is remembered of them
 * until they are opened again: what was half typed there, and how much was
 * unread, so that it can be told whether something new has come.  Part of the
 * model (model_close).  At most CLOSED_MAX; beyond that those without a draft
 * go, the longest closed first.
 */
#ifndef TUI_MODEL_CLOSED_H
#define TUI_MODEL_CLOSED_H

#include "shared/wire.h"

#include <stdbool.h>
#include <stddef.h>

enum { CLOSED_MAX = 1000 };

struct closed_convo {
	char target[WIRE_TARGET_CAP]; /* as it was shown */
	char key[WIRE_TARGET_CAP];    /* folded, as of struct convo */
	char *draft;                  /* never NULL */
	size_t unread;
	bool counted; /* between model_unread_begin and end */
};

/* In the order in which they were closed.  All zero is an empty one. */
struct closed {
	struct closed_convo *at;
	size_t count, cap;
};

void closed_release(struct closed *);

/* All is copied; it takes the place of one with that key.  False: there are
 * too many with a draft. */
bool closed_put(struct closed *, const char *target, const char *key,
    const char *draft, size_t unread);
/* NULL: none.  Borrowed until the next change. */
struct closed_convo *closed_find(const struct closed *, const char *key);
/* The server counts so many: is there more than when it was closed?  If not,
 * no more than these count as known. */
bool closed_has_new(struct closed_convo *, size_t unread);
/* It is open again; the draft is the caller's to free.  NULL: it was not
 * closed. */
char *closed_take(struct closed *, const char *key);

#endif
