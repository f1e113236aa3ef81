/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/away.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	COUNT_MAX = 999999, /* as the model counts */
	LINE_CAP = (AWAY_NAMED + 2) * (WIRE_TARGET_CAP + 32)
};

void
away_release(struct away *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->one[i].target);
	free(m->one);
	*m = (struct away){ 0 };
}

void
away_add(struct away *m, const char *target, int64_t count)
{
	if (count <= 0)
		return;
	if (m->count == m->cap) {
		m->cap = m->cap == 0 ? 16 : 2 * m->cap;
		m->one = xreallocarray(m->one, m->cap, sizeof(*m->one));
	}
	m->one[m->count++] = (struct away_one){
		.target = xstrdup(target),
		.count = count > COUNT_MAX ? COUNT_MAX : (size_t)count,
	};
}

size_t
away_sum(const struct away *m)
{
	size_t sum = 0;

	for (size_t i = 0; i < m->count; i++)
		sum += m->one[i].count;
	return sum;
}

static int
more_first(const void *va, const void *vb)
{
	const struct away_one *a = va, *b = vb;
	bool a_all = strcmp(a->target, "*") == 0;
	bool b_all = strcmp(b->target, "*") == 0;

	if (a_all != b_all)
		return a_all ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->target, b->target);
}

static void
add_one(struct buf *b, const struct away_one *one)
{
	size_t n = one->count;

	if (strcmp(one->target, "*") == 0)
		text_list(b, ngettext("%zu everyone", "%zu everyone", n), n);
	else if (*one->target == '#')
		text_list(b, ngettext("%zu in %s", "%zu in %s", n), n,
		    one->target);
	else
		text_list(b, ngettext("%zu from %s", "%zu from %s", n), n,
		    one->target);
}

static void
add_others(struct buf *b, const struct away *m)
{
	size_t count = m->count - AWAY_NAMED, sum = 0;

	for (size_t i = AWAY_NAMED; i < m->count; i++)
		sum += m->one[i].count;
	text_list(b, ngettext("%zu in %zu more conversation",
	    "%zu in %zu more conversations", count), sum, count);
}

char *
away_line(struct away *m)
{
	size_t sum = away_sum(m);
	struct buf b;
	char *line;

	if (m->count > 0)
		qsort(m->one, m->count, sizeof(*m->one), more_first);
	buf_init(&b, LINE_CAP);
	for (size_t i = 0; i < m->count && i < AWAY_NAMED; i++)
		add_one(&b, &m->one[i]);
	if (m->count > AWAY_NAMED)
		add_others(&b, m);
	/* TRANSLATORS: how many messages came, and a list of where. */
	line = xasprintf(
	    ngettext("%zu new: %s", "%zu new: %s", sum), sum, buf_data(&b));
	buf_release(&b);
	return line;
}
