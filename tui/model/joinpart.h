/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Those who came and went, in one line: as long as nothing else is said the
 * next one goes into the same.  Knows no conversation and no screen.
 */
#ifndef TUI_MODEL_JOINPART_H
#define TUI_MODEL_JOINPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum {
	JOINPART_MAX = 100,  /* people; behind them a new line begins */
	JOINPART_SHOWN = 6   /* of each kind by name, then only how many more */
};

struct joinpart_one {
	char *user;
	bool came_first, came_last;
};

/* All zero is an empty one. */
struct joinpart {
	struct joinpart_one one[JOINPART_MAX];
	size_t count;
	uint64_t serial; /* the line's; the owner's */
};

void joinpart_clear(struct joinpart *);

/* False: no more go into this line. */
bool joinpart_add(struct joinpart *, const char *user, bool came);

/* What is to be shown of them. */
void joinpart_text(const struct joinpart *, const char *target, struct buf *);

#endif
