/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/rate.h"

#include <stddef.h>

int64_t
rate_take(struct rate *r, unsigned per_second, int64_t now)
{
	int64_t per = per_second, over, second = 1000;

	if (per == 0)
		return 0;
	/* Longer than that and the bucket is full: no overflow from a long
	 * rest, nor from zeroed memory. */
	if (now - r->at >= RATE_BURST * second)
		r->spent = 0;
	else if (now > r->at)
		r->spent -= (now - r->at) * per;
	if (r->spent < 0)
		r->spent = 0;
	r->at = now;
	over = r->spent + second - RATE_BURST * second * per;
	if (over > 0)
		return (over + per - 1) / per;
	r->spent += second;
	return 0;
}

int64_t
throttle_wait(const struct throttle *t, int64_t now)
{
	return t->wrong >= THROTTLE_WRONG && t->until > now ? t->until - now
							    : 0;
}

void
throttle_wrong(struct throttle *t, int64_t now)
{
	int64_t begun = t->wrong >= THROTTLE_WRONG ? t->last : t->first;
	int64_t pause = THROTTLE_FIRST_MS;
	unsigned i;

	if (t->wrong == 0 || now - begun > THROTTLE_WINDOW_MS) {
		t->wrong = 0;
		t->first = now;
	}
	t->last = now;
	t->wrong++;
	for (i = THROTTLE_WRONG; i < t->wrong && pause < THROTTLE_MOST_MS; i++)
		pause *= 2;
	t->until = now +
	    (pause < THROTTLE_MOST_MS ? pause : THROTTLE_MOST_MS);
}

void
throttle_right(struct throttle *t)
{
	*t = (struct throttle){ 0 };
}
