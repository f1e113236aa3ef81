/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/paint.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include <term.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"

enum { FIRST_NAME_PAIR = 16, NAME_PAIRS = 48, CLUSTER_WCHARS = 16 };

static const struct {
	attr_t attr;    /* where there are no colours */
	attr_t colored;
	int look;       /* enum theme_look; -1: none */
} looks[PAINT_COUNT] = {
	[PAINT_TEXT] = { A_NORMAL, A_NORMAL, -1 },
	[PAINT_DIM] = { A_DIM, A_NORMAL, THEME_DIM },
	[PAINT_BOLD] = { A_BOLD, A_BOLD, -1 },
	[PAINT_ERROR] = { A_BOLD, A_BOLD, THEME_ERROR },
	[PAINT_MARK] = { A_BOLD, A_BOLD, THEME_MARK },
	[PAINT_GOOD] = { A_NORMAL, A_NORMAL, THEME_GOOD },
	[PAINT_BAR] = { A_REVERSE, A_REVERSE, -1 },
	[PAINT_BAR_ALERT] = { A_REVERSE | A_BOLD, A_REVERSE | A_BOLD, -1 },
	[PAINT_MENTION] = { A_REVERSE | A_BOLD, A_REVERSE | A_BOLD, -1 },
};

static const struct theme_colors *colors; /* NULL: none */
static enum theme_depth depth;

static enum theme_depth
depth_of_terminal(void)
{
	char rgb[] = "RGB"; /* tigetflag() is older than const */

	if (tigetflag(rgb) > 0 && COLORS > 256)
		return THEME_DIRECT;
	return COLORS >= 256 ? THEME_256 : COLORS >= 16 ? THEME_16 : THEME_8;
}

/* As many pairs in every theme: who keeps a style keeps the right one. */
void
paint_theme(enum theme theme)
{
	int i;

	if (colors == NULL)
		return;
	colors = theme_colors(theme, depth);
	for (i = 0; i < PAINT_COUNT; i++)
		if (looks[i].look != -1)
			init_extended_pair(
			    i + 1, colors->look[looks[i].look], -1);
	for (i = 0; i < NAME_PAIRS && colors->names > 0; i++)
		init_extended_pair(FIRST_NAME_PAIR + i,
		    colors->name[(size_t)i % colors->names], -1);
}

void
paint_open(bool no_color, enum theme theme)
{
	colors = NULL;
	if (no_color || !has_colors() || start_color() == ERR ||
	    use_default_colors() == ERR)
		return;
	depth = depth_of_terminal();
	if (COLOR_PAIRS < FIRST_NAME_PAIR + NAME_PAIRS)
		return;
	colors = theme_colors(theme, depth);
	paint_theme(theme);
}

bool
paint_asks(void)
{
	return colors != NULL && depth >= THEME_256;
}

chtype
paint_style(enum paint p)
{
	if (colors == NULL || looks[p].look == -1 ||
	    colors->look[looks[p].look] == -1)
		return looks[p].attr;
	return looks[p].colored | (chtype)COLOR_PAIR((int)p + 1);
}

chtype
paint_name_style(const char *name)
{
	char key[WIRE_NAME_CAP];
	const char *s = name;
	uint32_t hash = 2166136261u; /* FNV-1a */

	if (colors == NULL || colors->names == 0)
		return A_NORMAL;
	if (wire_name_key(name, strlen(name), key))
		s = key;
	for (; *s != '\0'; s++)
		hash = (hash ^ (unsigned char)*s) * 16777619u;
	return (chtype)COLOR_PAIR(
	    FIRST_NAME_PAIR + (int)((hash >> 8) % NAME_PAIRS));
}

/* The cluster as wide characters; how many, and what curses thinks of them. */
static size_t
widen(const char *s, size_t n, wchar_t *w, int *cols)
{
	mbstate_t state;
	size_t count = 0, len;
	int c;

	memset(&state, 0, sizeof(state));
	*cols = 0;
	while (n > 0 && count < CLUSTER_WCHARS) {
		len = mbrtowc(&w[count], s, n, &state);
		if (len == 0 || len > n)
			break;
		c = wcwidth(w[count]);
		if (c < 0) {
			w[count] = L'?'; /* newer than the C library */
			c = 1;
		}
		*cols += c;
		count++;
		s += len;
		n -= len;
	}
	return count;
}

/* Cells: each a character with columns, and those without behind it. */
static void
put_cells(const wchar_t *w, size_t n)
{
	wchar_t cell[CCHARW_MAX + 1];
	cchar_t cc;
	size_t i = 0, len;

	while (i < n) {
		len = 0;
		do {
			if (len < CCHARW_MAX)
				cell[len++] = w[i];
			i++;
		} while (i < n && wcwidth(w[i]) == 0);
		cell[len] = L'\0';
		if (setcchar(&cc, cell, A_NORMAL, 0, NULL) == OK)
			add_wch(&cc);
	}
}

/*
 * The cluster in exactly want columns.  Where curses would take another number
 * only its first character is drawn, with its accents, and blanks behind it:
 * no joiner or selector, which would make a terminal take another number too.
 */
static void
put_cluster(const char *s, size_t n, int want)
{
	wchar_t w[CLUSTER_WCHARS];
	size_t count, i, kept = 1;
	int cols;

	count = widen(s, n, w, &cols);
	if (count == 0 || wcwidth(w[0]) > want || wcwidth(w[0]) == 0) {
		w[0] = L'?';
		count = 1;
		cols = 1;
	}
	if (cols != want) {
		for (i = 1; i < count && wcwidth(w[i]) == 0; i++)
			if (w[i] != 0x200d && (w[i] & ~0xf) != 0xfe00)
				w[kept++] = w[i];
		count = kept;
		cols = wcwidth(w[0]);
	}
	put_cells(w, count);
	for (; cols < want; cols++)
		addch(' ');
}

/* A run of plain ASCII, of which the last may have an accent behind it. */
static size_t
ascii_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i < n && i > 0 ? i - 1 : i;
}

int
paint_n(const struct pane *p, int row, int col, chtype style, const char *s,
    size_t n)
{
	size_t i = 0, len;
	int cols;

	if (row < 0 || row >= p->h || col < 0 || col >= p->w)
		return col;
	attrset((int)style);
	move(p->y + row, p->x + col);
	while (i < n && col < p->w) {
		len = ascii_run(s + i, n - i);
		if (len > 0) {
			if (len > (size_t)(p->w - col))
				len = (size_t)(p->w - col);
			addnstr(s + i, (int)len);
			cols = (int)len;
		} else {
			len = utf8_cluster(s + i, n - i);
			cols = utf8_cluster_width(s + i, len);
			if (len == 0 || col + cols > p->w)
				break;
			if (cols > 0)
				put_cluster(s + i, len, cols);
		}
		i += len;
		col += cols;
	}
	attrset(A_NORMAL);
	return col;
}

int
paint(const struct pane *p, int row, int col, chtype style, const char *s)
{
	return paint_n(p, row, col, style, s, strlen(s));
}

void
paint_fill(const struct pane *p, int row, int col, chtype style)
{
	if (row < 0 || row >= p->h || col < 0 || col >= p->w)
		return;
	attrset((int)style);
	mvhline(p->y + row, p->x + col, ' ' | style, p->w - col);
	attrset(A_NORMAL);
}

void
paint_erase(const struct pane *p)
{
	int row;

	for (row = 0; row < p->h; row++)
		paint_fill(p, row, 0, A_NORMAL);
}

const char *
paint_clean(struct buf *b, const char *s)
{
	buf_clear(b);
	utf8_clean(b, s, strlen(s));
	return buf_data(b);
}

size_t
paint_fit(const char *s, size_t n, int cols, int *used)
{
	size_t i = 0, len;
	int w;

	*used = 0;
	while (i < n) {
		len = utf8_cluster(s + i, n - i);
		w = utf8_cluster_width(s + i, len);
		if (len == 0 || *used + w > cols)
			break;
		*used += w;
		i += len;
	}
	return i;
}

void
paint_cut(struct buf *b, const char *s, size_t n, int cols)
{
	int used;
	size_t fit = paint_fit(s, n, cols, &used);

	if (fit < n)
		fit = paint_fit(s, n, cols - 1, &used);
	buf_add(b, s, fit);
	if (fit < n && cols > 0)
		buf_adds(b, "…");
}

size_t
paint_hints(const char *s, const char *part, int cols)
{
	const char *next = strstr(s, part), *end = next;

	while (next != NULL) {
		next = strstr(end + strlen(part), part);
		if (utf8_width(s, next == NULL ? strlen(s) :
		        (size_t)(next - s)) > cols)
			return (size_t)(end - s);
		end = next;
	}
	return strlen(s);
}
