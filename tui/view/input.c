/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/input.h"

#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/input/lineedit.h"
#include "tui/view/paint.h"
#include "tui/input/rows.h"
#include "tui/text.h"

enum {
	SHOWN_CAP = 16 * LINEEDIT_MAX,
	PROMPT_CAP = 4096,
	TEXT_LEAST = 21, /* columns for the text, where there are so many, */
	                 /* with the one that stays free for the cursor */
	MARK_COLS = 2,   /* "> " */
	NAME_LEAST = 4,  /* a name that is cut shorter says nothing */
	PROMPT_FROM = 4  /* a narrower row has no prompt */
};

/* Adds s, clean but for its line ends, which become a sign. */
static void
add_clean(struct buf *out, const char *s, size_t n)
{
	const char *nl;
	size_t len;

	while ((nl = memchr(s, '\n', n)) != NULL) {
		len = (size_t)(nl - s);
		(void)text_clean(out, s, len);
		buf_adds(out, S_("↵"));
		s += len + 1;
		n -= len + 1;
	}
	(void)text_clean(out, s, n);
}

/* What is to be seen of s: clean, one row. */
static void
show(struct buf *out, const char *s, size_t n, bool hidden)
{
	size_t len;

	buf_clear(out);
	if (!hidden) {
		add_clean(out, s, n);
		return;
	}
	for (; n > 0; s += len, n -= len) {
		len = utf8_valid(s, n) ? utf8_cluster(s, n) : 1;
		buf_adds(out, S_("•"));
	}
}

/* Moves the window over the line, of all columns, so that the cursor's is in
 * it; one that has grown wide enough shows the whole. */
static void
follow(struct input *in, int cursor, int all, int width)
{
	int step = width / 3;

	if (all < width)
		in->first = 0;
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

/* What stands before the text: the name, shortened where the text would have
 * less than its share, and "> "; of a name of which too little would be left
 * only that, and nothing where there is hardly room for the text. */
static void
add_name(struct buf *out, const char *name, int width)
{
	int most = width - TEXT_LEAST < width / 2 ? width - TEXT_LEAST :
	    width / 2;
	struct buf b;
	const char *s;

	if (name == NULL || width < PROMPT_FROM)
		return;
	buf_init(&b, PROMPT_CAP);
	s = paint_clean(&b, name);
	most -= MARK_COLS;
	if (utf8_width(s, strlen(s)) <= most)
		buf_adds(out, s);
	else if (most >= NAME_LEAST)
		paint_cut(out, s, strlen(s), most);
	buf_adds(out, "> ");
	buf_release(&b);
}

/* What readline asks, of which the end is what is typed. */
static void
add_question(struct buf *out, int width)
{
	int most = width - TEXT_LEAST > width / 2 ? width - TEXT_LEAST :
	    width / 2;
	struct buf b;
	const char *s;

	buf_init(&b, PROMPT_CAP);
	s = paint_clean(&b, lineedit_prompt());
	if (utf8_width(s, strlen(s)) > most) {
		buf_adds(out, most > 0 ? text_cut() : "");
		while (*s != '\0' && utf8_width(s, strlen(s)) > most - 1)
			s += utf8_cluster(s, strlen(s));
	}
	buf_adds(out, s);
	buf_release(&b);
}

static void
add_prompt(struct buf *out, const char *name, int width)
{
	if (lineedit_busy())
		add_question(out, width);
	else
		add_name(out, name, width);
}

static int
draw_prompt(const struct pane *p, const char *name)
{
	struct buf b;
	int col;

	buf_init(&b, PROMPT_CAP);
	add_prompt(&b, name, p->w);
	col = paint_n(p, 0, 0, paint_style(PAINT_BOLD), buf_data(&b), b.len);
	buf_release(&b);
	return col;
}

/* ---- several rows ------------------------------------------------------- */

/* Columns for the prompt; each row but the first begins behind as many. */
static int
prompt_cols(const char *name, int width)
{
	struct buf b;
	int cols;

	buf_init(&b, PROMPT_CAP);
	add_prompt(&b, name, width);
	cols = utf8_width(buf_data(&b), b.len);
	buf_release(&b);
	return cols;
}

int
input_cols(const char *name, int width)
{
	int cols = width - prompt_cols(name, width) - 1;

	return cols < 1 ? 1 : cols;
}

static void
begin_walk(struct rows *w, const char *name, int width)
{
	size_t len, point;
	const char *line = lineedit_text(&len, &point);

	rows_begin(w, line, len, input_cols(name, width));
}

int
input_rows(const char *name, int width, int max)
{
	struct rows w;
	size_t start, end;
	int rows = 0;

	if (lineedit_busy() || max <= 1)
		return 1;
	begin_walk(&w, name, width);
	while (rows < max && rows_next(&w, &start, &end))
		rows++;
	return rows;
}

/* Where the cursor is, in rows and columns of the text; how many rows there
 * are. */
static int
find_cursor(struct rows w, int *row, int *col)
{
	size_t start, end, len, point;
	int rows = 0;

	(void)lineedit_text(&len, &point);
	*row = *col = 0;
	while (rows_next(&w, &start, &end)) {
		if (point >= start) {
			*row = rows;
			*col = rows_cols(w.s + start, point - start);
		}
		rows++;
	}
	return rows;
}

/* Moves the window over the rows so that the cursor is in it, and nothing
 * below is left empty that something above could fill. */
static void
follow_rows(struct input *in, int row, int rows, int height)
{
	if (in->top > rows - height)
		in->top = rows - height;
	if (in->top < 0)
		in->top = 0;
	if (row < in->top)
		in->top = row;
	if (row >= in->top + height)
		in->top = row - height + 1;
}

static void
draw_rows(const struct pane *p, struct rows w, int at, int top)
{
	size_t start, end;
	struct buf shown;
	int row = 0;

	buf_init(&shown, SHOWN_CAP);
	while (row < top + p->h && rows_next(&w, &start, &end)) {
		buf_clear(&shown);
		(void)text_clean(&shown, w.s + start, end - start);
		if (row >= top)
			paint_n(p, row - top, at, paint_style(PAINT_TEXT),
			    buf_data(&shown), shown.len);
		row++;
	}
	buf_release(&shown);
	if (top > 0)
		paint(p, 0, p->w - 1, paint_style(PAINT_DIM), "^");
	if (rows_next(&w, &start, &end))
		paint(p, p->h - 1, p->w - 1, paint_style(PAINT_DIM), "v");
}

void
input_draw_rows(struct input *in, const struct pane *p, const char *name,
    int *row, int *col)
{
	struct rows w;
	int at, rows;

	*row = 0;
	if (p->h <= 1 || lineedit_busy()) {
		*col = input_draw(in, p, name, false);
		return;
	}
	paint_erase(p);
	at = draw_prompt(p, name);
	begin_walk(&w, name, p->w);
	rows = find_cursor(w, row, col);
	follow_rows(in, *row, rows, p->h);
	draw_rows(p, w, at, in->top);
	*row -= in->top;
	*col += at;
	if (*col >= p->w)
		*col = p->w > 0 ? p->w - 1 : 0;
}

/* ---- one row ------------------------------------------------------------ */

int
input_draw(struct input *in, const struct pane *p, const char *name,
    bool hidden)
{
	size_t len, point;
	const char *line = lineedit_text(&len, &point);
	struct buf shown;
	int at, cursor, width;

	paint_fill(p, 0, 0, A_NORMAL);
	at = draw_prompt(p, name);
	width = p->w - at;
	if (width < 1)
		return p->w > 0 ? p->w - 1 : 0;
	buf_init(&shown, SHOWN_CAP);
	show(&shown, line, point, hidden);
	cursor = utf8_width(buf_data(&shown), shown.len);
	show(&shown, line, len, hidden);
	follow(in, cursor, utf8_width(buf_data(&shown), shown.len), width);
	draw_window(p, at, buf_data(&shown), shown.len, in->first);
	buf_release(&shown);
	return at + cursor - in->first;
}

void
input_draw_still(const struct pane *p, const char *text, bool hidden)
{
	struct buf shown, cut;

	paint_fill(p, 0, 0, A_NORMAL);
	buf_init(&shown, SHOWN_CAP);
	buf_init(&cut, SHOWN_CAP);
	show(&shown, text, strlen(text), hidden);
	paint_cut(&cut, buf_data(&shown), shown.len, p->w);
	paint_n(p, 0, 0, A_NORMAL, buf_data(&cut), cut.len);
	buf_release(&shown);
	buf_release(&cut);
}
