/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Those who came and went, in one line: as long as nothing else is said the
 * next one goes into the same.  Knows no conversation and no screen.
 */
#ifndef TUI_NOISE_H
#define TUI_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum {
	NOISE_MAX = 100,  /* people; behind them a new line begins */
	NOISE_SHOWN = 6   /* of each kind by name, then only how many more */
};

struct noise_one {
	char *user;
	bool came_first, came_last;
};

/* All zero is an empty one. */
struct noise {
	struct noise_one one[NOISE_MAX];
	size_t count;
	uint64_t serial; /* the line's; the owner's */
};

void noise_clear(struct noise *);

/* False: no more go into this line. */
bool noise_add(struct noise *, const char *user, bool came);

/* What is to be shown of them. */
void noise_text(const struct noise *, const char *target, struct buf *);

#endif
