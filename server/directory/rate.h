/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often somebody may do something.  Plain members of an account; zeroed
 * memory is one that has done nothing yet.  Times are of the steady clock.
 */
#ifndef SERVER_DIRECTORY_RATE_H
#define SERVER_DIRECTORY_RATE_H

#include <stdint.h>

enum {
	RATE_BURST = 5, /* times what a second allows */
	THROTTLE_WRONG = 10,
	THROTTLE_WINDOW_MS = 60000,
	THROTTLE_FIRST_MS = 2000,
	THROTTLE_MOST_MS = 30000
};

/* A token bucket, counted in thousandths so that none is lost by rounding. */
struct rate {
	int64_t spent;
	int64_t at;
};

/* Takes one.  0: it may; else nothing was taken, and how many ms until it
 * may.  per_second 0: no limit. */
int64_t rate_take(struct rate *, unsigned per_second, int64_t now);

/*
 * Wrong passwords for one account: after ten in a row within a minute the
 * next is not even looked at for some seconds, which double with each further
 * wrong one.  A minute without one, or a right one, and all is forgotten.
 */
struct throttle {
	unsigned wrong;
	int64_t first, last;
	int64_t until;
};

int64_t throttle_wait(const struct throttle *, int64_t now); /* ms; 0: go */
void throttle_wrong(struct throttle *, int64_t now);
void throttle_right(struct throttle *);

#endif
