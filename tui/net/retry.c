/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/retry.h"

void
retry_useful(struct retry *r, int64_t now)
{
	r->useful_at = now;
}

int64_t
retry_pause(struct retry *r, int64_t now, bool refused, uint32_t random)
{
	int64_t most = refused ? RETRY_REFUSED_MS : RETRY_MAX_MS;
	int64_t full = RETRY_MIN_MS;
	unsigned i;

	if (r->useful_at != 0 && now - r->useful_at >= RETRY_STEADY_MS)
		r->failures = 0;
	r->useful_at = 0;
	for (i = 0; i < r->failures && full < most; i++)
		full *= 2;
	if (full < most)
		r->failures++; /* refusals alone go no further */
	else
		full = most;
	return full / 2 + random % (full / 2 + 1);
}
