/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/glyph.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/term/behind.h"

/* Terminfo knows of it (elohlm), terminals do not. */
#define HELD A_LOW

struct glyph {
	int cols;
	chtype style;
	bool strange;
	char text[];
};

/* For each cell of the screen, row by row, the one that begins there. */
static struct {
	struct glyph **at;
	int rows, cols;
	size_t count;
} held;

static void
forget(size_t i)
{
	if (held.at[i] == NULL)
		return;
	free(held.at[i]);
	held.at[i] = NULL;
	held.count--;
}

void
glyph_release(void)
{
	for (size_t i = 0; held.count > 0; i++)
		forget(i);
	free(held.at);
	memset(&held, 0, sizeof(held));
}

/* All is drawn anew on a screen of another size. */
static void
fit_screen(void)
{
	if (held.rows == LINES && held.cols == COLS)
		return;
	glyph_release();
	held.rows = LINES;
	held.cols = COLS;
	held.at = xcalloc((size_t)LINES * (size_t)COLS, sizeof(*held.at));
}

static size_t
cell(int y, int x)
{
	return (size_t)y * (size_t)held.cols + (size_t)x;
}

void
glyph_put(int cols, chtype style, const char *s, size_t n, bool strange)
{
	int y = getcury(stdscr), x = getcurx(stdscr), i;
	struct glyph *g;

	fit_screen();
	for (i = 0; i < cols; i++)
		addch(' ' | style | HELD);
	forget(cell(y, x));
	g = xmalloc(sizeof(*g) + n + 1);
	*g = (struct glyph){ cols, style, strange };
	memcpy(g->text, s, n);
	g->text[n] = '\0';
	held.at[cell(y, x)] = g;
	held.count++;
}

/* To curses one is like another: what is there may be of one that was. */
static void
write_glyph(struct buf *b, int y, int x, const struct glyph *g)
{
	behind_place(y, x);
	behind_style(g->style);
	for (int i = 0; i < g->cols; i++)
		buf_addc(b, g->strange && i == 0 ? '?' : ' ');
	behind_place(y, x);
	buf_adds(b, g->text);
}

/* Those of a row that nothing has been drawn over. */
static void
write_row(struct buf *b, int y)
{
	const struct glyph *g;

	for (int x = 0; x < held.cols; x++) {
		if ((g = held.at[cell(y, x)]) == NULL)
			continue;
		if (!(mvinch(y, x) & HELD)) {
			forget(cell(y, x));
			continue;
		}
		write_glyph(b, y, x, g);
	}
}

static void
write_rows(const bool *drawn)
{
	struct buf *b = behind_begin();
	int y, x;

	getyx(stdscr, y, x);
	for (int row = 0; row < LINES && row < held.rows; row++)
		if (drawn[row])
			write_row(b, row);
	move(y, x);
	behind_end();
}

void
glyph_refresh(void (*between)(void *arg), void *arg)
{
	bool all = is_cleared(curscr) || is_cleared(stdscr), *drawn = NULL;

	if (held.count > 0) {
		drawn = xcalloc((size_t)LINES, sizeof(*drawn));
		for (int row = 0; row < LINES; row++)
			drawn[row] = all || is_linetouched(stdscr, row);
	}
	refresh();
	if (between != NULL)
		between(arg);
	if (drawn != NULL)
		write_rows(drawn);
	free(drawn);
}
