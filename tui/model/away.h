/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What came while one was away, in one sentence:
 * "12 new: 7 everyone, 5 from lineker".  Everyone comes first, then where most
 * is; so many are named as fit on a line, the others are counted.
 */
#ifndef TUI_MODEL_AWAY_H
#define TUI_MODEL_AWAY_H

#include <stddef.h>
#include <stdint.h>

enum { AWAY_NAMED = 6 };

struct away_one {
	char *target;
	size_t count;
};

/* All zero is none. */
struct away {
	struct away_one *one;
	size_t count, cap;
};

void away_release(struct away *);

/* target is copied; a count of 0 or less is nothing. */
void away_add(struct away *, const char *target, int64_t count);
size_t away_sum(const struct away *);

/* Sorts them; the caller frees it. */
char *away_line(struct away *);

#endif
