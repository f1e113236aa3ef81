/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/rows.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/text.h"

enum { CLEAN_CAP = 1 << 18 };

void
rows_begin(struct rows *r, const char *s, size_t n, int width)
{
	*r = (struct rows){ .s = s, .n = n, .width = width,
		.valid = utf8_valid(s, n) };
}

int
rows_cols(const char *s, size_t n)
{
	struct buf b;
	int cols;

	if (n == 1 && *s >= ' ' && *s <= '~') /* most of what is typed */
		return 1;
	buf_init(&b, CLEAN_CAP);
	(void)text_clean(&b, s, n);
	cols = utf8_width(buf_data(&b), b.len);
	buf_release(&b);
	return cols;
}

static size_t
cluster(const struct rows *r)
{
	const char *s = r->s + r->i;
	size_t left = r->n - r->i, len;

	if (!r->valid && !utf8_valid(s, left))
		return 1;
	len = utf8_cluster(s, left);
	return len > 0 ? len : 1;
}

bool
rows_next(struct rows *r, size_t *start, size_t *end)
{
	int col = 0, cols;
	size_t len;

	if (r->done)
		return false;
	*start = r->i;
	for (; r->i < r->n; r->i += len) {
		if (r->s[r->i] == '\n') {
			*end = r->i++;
			return true;
		}
		len = cluster(r);
		cols = rows_cols(r->s + r->i, len);
		if (cols > r->width - col && r->i > *start) {
			*end = r->i;
			return true;
		}
		col += cols;
	}
	*end = r->n;
	r->done = true;
	return true;
}
