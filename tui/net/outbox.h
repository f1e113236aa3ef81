/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was typed and is not answered yet, in order, each as the whole request
 * that says it: `@TAG say - TARGET "TEXT"`.  The tag is drawn once and goes
 * with the message however often it is sent, so that the server takes it once.
 *
 * client.c sends the first, waits for its answer, and only then the next: two
 * on their way at once could change places when the first one is refused for
 * being too fast (rate-limited) and the second is not.
 */
#ifndef TUI_NET_OUTBOX_H
#define TUI_NET_OUTBOX_H

#include "shared/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox_item {
	struct outbox_item *next;
	char tag[WIRE_TAG_MAX + 1];
	char target[WIRE_TARGET_CAP];
	/* For whoever says it; 0 and false until then. */
	uint64_t said_in; /* another conversation than the target's */
	bool confirm;
	size_t len;
	char line[]; /* with CRLF */
};

struct outbox {
	struct outbox_item *first, **last;
	size_t count;
	uint64_t number;   /* of the last tag */
	char session[17];  /* random, so that no other client draws our tags */
};

void outbox_init(struct outbox *);
void outbox_release(struct outbox *);

/* NULL and why: the text cannot be a request.  Borrowed until it is taken. */
struct outbox_item *outbox_add(struct outbox *, const char *target,
    const char *text, const char **why);

/*
 * What is taken back from the line of an item (without CRLF) has its old tag:
 * so what was sent and not answered before the program ended is not sent
 * twice.  NULL: it is no such line; *text, what is said, is the caller's to
 * free.
 */
const struct outbox_item *outbox_take_back(
    struct outbox *, const char *line, char **text);

/* Takes back what was added last. */
void outbox_undo(struct outbox *);

/* Drops the first. */
void outbox_done(struct outbox *);

#endif
