/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input.h"

#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/lineedit.h"
#include "tui/paint.h"

enum { SHOWN_CAP = 16 * LINEEDIT_MAX, PROMPT_CAP = 4096 };

/* What is to be seen of s: clean, one row. */
static void
show(struct buf *out, const char *s, size_t n, bool hidden)
{
	const char *nl;
	size_t len;

	buf_clear(out);
	while (n > 0) {
		if (hidden) {
			len = utf8_valid(s, n) ? utf8_cluster(s, n) : 1;
			buf_adds(out, "•");
		} else if (*s == '\n') {
			len = 1;
			buf_adds(out, "↵");
		} else {
			nl = memchr(s, '\n', n);
			len = nl != NULL ? (size_t)(nl - s) : n;
			utf8_clean(out, s, len);
		}
		s += len;
		n -= len;
	}
}

/* Moves the window over the line so that the cursor's column is in it. */
static void
follow(struct input *in, int cursor, int width)
{
	int step = width / 3;

	if (cursor < in->first)
		in->first = cursor > step ? cursor - step : 0;
	if (cursor - in->first >= width)
		in->first = cursor - width + 1 + step;
}

/* s from column first on; signs at the edges say that there is more. */
static void
draw_window(const struct pane *p, int at, const char *s, size_t n, int first)
{
	int skipped, all = utf8_width(s, n), col = at;
	size_t i = paint_fit(s, n, first, &skipped);

	if (skipped < first && i < n) {
		/* A wide character stands astride the edge. */
		i += utf8_cluster(s + i, n - i);
		paint(p, 0, col++, paint_style(PAINT_DIM), "<");
	}
	paint_n(p, 0, col, paint_style(PAINT_TEXT), s + i, n - i);
	if (first > 0)
		paint(p, 0, at, paint_style(PAINT_DIM), "<");
	if (all - first > p->w - at)
		paint(p, 0, p->w - 1, paint_style(PAINT_DIM), ">");
}

static int
draw_prompt(const struct pane *p, const char *prompt)
{
	struct buf b;
	const char *s;
	size_t n;
	int cols;

	buf_init(&b, PROMPT_CAP);
	if (lineedit_busy())
		prompt = lineedit_prompt();
	s = paint_clean(&b, prompt);
	n = paint_fit(s, strlen(s), lineedit_busy() ? p->w - 2 : p->w / 2,
	    &cols);
	paint_n(p, 0, 0, paint_style(PAINT_BOLD), s, n);
	buf_release(&b);
	return cols;
}

int
input_draw(struct input *in, const struct pane *p, const char *prompt,
    bool hidden)
{
	size_t len, point;
	const char *line = lineedit_text(&len, &point);
	struct buf shown;
	int at, cursor, width;

	paint_fill(p, 0, 0, A_NORMAL);
	at = draw_prompt(p, prompt);
	width = p->w - at;
	if (width < 1)
		return p->w > 0 ? p->w - 1 : 0;
	buf_init(&shown, SHOWN_CAP);
	show(&shown, line, point, hidden);
	cursor = utf8_width(buf_data(&shown), shown.len);
	if (len == 0)
		in->first = 0;
	follow(in, cursor, width);
	show(&shown, line, len, hidden);
	draw_window(p, at, buf_data(&shown), shown.len, in->first);
	buf_release(&shown);
	return at + cursor - in->first;
}

void
input_draw_still(const struct pane *p, const char *text, bool hidden)
{
	struct buf shown;

	paint_fill(p, 0, 0, A_NORMAL);
	buf_init(&shown, SHOWN_CAP);
	show(&shown, text, strlen(text), hidden);
	draw_window(p, 0, buf_data(&shown), shown.len, 0);
	buf_release(&shown);
}
