/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/recent.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

struct kept {
	struct recent_message m; /* its strings point into chars */
	size_t size;
	char chars[];
};

struct recent {
	struct kept *ring[RECENT_MAX];
	size_t first, count, bytes;
	int64_t last, floor;
};

static struct kept *
at(const struct recent *r, size_t i)
{
	return r->ring[(r->first + i) % RECENT_MAX];
}

struct recent *
recent_new(int64_t last)
{
	struct recent *r = xcalloc(1, sizeof(*r));

	r->last = r->floor = last;
	return r;
}

static void
drop_oldest(struct recent *r)
{
	struct kept *old = at(r, 0);

	r->floor = old->m.id;
	r->bytes -= old->size;
	r->first = (r->first + 1) % RECENT_MAX;
	r->count--;
	free(old);
}

void
recent_free(struct recent *r)
{
	if (r == NULL)
		return;
	while (r->count > 0)
		drop_oldest(r);
	free(r);
}

const struct recent_message *
recent_add(struct recent *r, const struct recent_message *m)
{
	enum { STRINGS = 4 };
	const char *from[STRINGS] = { m->conv, m->from, m->name, m->text };
	const char **to[STRINGS];
	size_t sum = 0;
	struct kept *new;
	char *end;

	assert(m->id > r->last);
	for (int i = 0; i < STRINGS; i++)
		sum += strlen(from[i]) + 1;
	while (r->count == RECENT_MAX ||
	    (r->count > 0 && r->bytes + sum > RECENT_BYTES))
		drop_oldest(r);
	new = xmalloc(sizeof(*new) + sum);
	new->m = *m;
	new->size = sum;
	to[0] = &new->m.conv;
	to[1] = &new->m.from;
	to[2] = &new->m.name;
	to[3] = &new->m.text;
	end = new->chars;
	for (int i = 0; i < STRINGS; i++) {
		size_t n = strlen(from[i]) + 1;

		*to[i] = memcpy(end, from[i], n);
		end += n;
	}
	r->ring[(r->first + r->count) % RECENT_MAX] = new;
	r->count++;
	r->bytes += new->size;
	r->last = m->id;
	return &new->m;
}

int64_t
recent_last(const struct recent *r)
{
	return r->last;
}

int64_t
recent_floor(const struct recent *r)
{
	return r->floor;
}

const struct recent_message *
recent_after(const struct recent *r, int64_t id)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (at(r, mid)->m.id > id)
			high = mid;
		else
			low = mid + 1;
	}
	return low < r->count ? &at(r, low)->m : NULL;
}
