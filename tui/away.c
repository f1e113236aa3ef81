/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/away.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

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
	if (strcmp(one->target, "*") == 0)
		buf_addf(b, "%zu everyone", one->count);
	else if (*one->target == '#')
		buf_addf(b, "%zu in %s", one->count, one->target);
	else
		buf_addf(b, "%zu from %s", one->count, one->target);
}

char *
away_line(struct away *m)
{
	size_t i, others = 0;
	struct buf b;
	char *line;

	if (m->count > 0)
		qsort(m->one, m->count, sizeof(*m->one), more_first);
	buf_init(&b, LINE_CAP);
	buf_addf(&b, "%zu new: ", away_sum(m));
	for (i = 0; i < m->count && i < AWAY_NAMED; i++) {
		if (i > 0)
			buf_adds(&b, ", ");
		add_one(&b, &m->one[i]);
	}
	for (; i < m->count; i++)
		others += m->one[i].count;
	if (others > 0)
		buf_addf(&b, ", %zu in %zu more conversations", others,
		    m->count - AWAY_NAMED);
	line = xmemdup0(buf_data(&b), b.len);
	buf_release(&b);
	return line;
}
