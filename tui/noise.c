/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/noise.h"

#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/xalloc.h"

void
noise_clear(struct noise *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->one[i].user);
	memset(n, 0, sizeof(*n));
}

bool
noise_add(struct noise *n, const char *user, bool came)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		if (strcmp(n->one[i].user, user) == 0) {
			n->one[i].came_last = came;
			return true;
		}
	if (n->count == NOISE_MAX)
		return false;
	n->one[n->count++] = (struct noise_one){ xstrdup(user), came, came };
	return true;
}

/* "joined: lineker, neko and 3 more"; nothing where there is nobody. */
static void
add_kind(struct buf *b, const struct noise *n, const char *what, bool first,
    bool last)
{
	size_t i, count = 0;

	for (i = 0; i < n->count; i++) {
		if (n->one[i].came_first != first ||
		    n->one[i].came_last != last)
			continue;
		if (count == 0)
			buf_addf(b, "%s%s: ", b->len > 0 ? "; " : "", what);
		if (count < NOISE_SHOWN)
			buf_addf(b, "%s%s", count > 0 ? ", " : "",
			    n->one[i].user);
		count++;
	}
	if (count > NOISE_SHOWN)
		buf_addf(b, " and %zu more", count - NOISE_SHOWN);
}

void
noise_text(const struct noise *n, const char *target, struct buf *b)
{
	const struct noise_one *one = &n->one[0];

	buf_clear(b);
	if (n->count == 1 && one->came_first == one->came_last) {
		if (one->came_last)
			buf_addf(b, "%s has joined %s", one->user, target);
		else
			buf_addf(b, "%s has left %s", one->user, target);
		return;
	}
	add_kind(b, n, "joined", true, true);
	add_kind(b, n, "left", false, false);
	add_kind(b, n, "joined and left again", true, false);
	add_kind(b, n, "left and came back", false, true);
}
