/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/paint.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include <term.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "tui/term/glyph.h"
#include "tui/text.h"
#include "tui/term/wcwidth.h"

enum {
	FIRST_NAME_PAIR = 16,
	NAME_PAIRS = 48,
	CLUSTER_WCHARS = 32,
	GLYPH_BYTES = 96,
	JOINED_BYTES = 21, /* tmux has no room for more in a cell */
	ZWJ = 0x200d
};

static const char zwj[] = "\xe2\x80\x8d", zwnj[] = "\xe2\x80\x8c";

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

/* A cluster, as curses takes it. */
struct wide {
	wchar_t c[CLUSTER_WCHARS];
	size_t n;
	int cols;     /* of all of it, one by one */
	bool strange; /* some of it the C library does not know, nor, maybe, the
	               * terminal */
	bool whole;   /* all of it is there */
};

static void
widen(struct wide *w, const char *s, size_t n)
{
	mbstate_t state;
	size_t len;

	memset(&state, 0, sizeof(state));
	*w = (struct wide){ .n = 0 };
	while (n > 0 && w->n < CLUSTER_WCHARS) {
		len = mbrtowc(&w->c[w->n], s, n, &state);
		if (len == 0 || len > n)
			break;
		w->strange |= !wcwidth_known(w->c[w->n]);
		w->cols += wcwidth(w->c[w->n]);
		w->n++;
		s += len;
		n -= len;
	}
	w->whole = n == 0;
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

static bool
is_selector(wchar_t c)
{
	return (c & ~0xf) == 0xfe00;
}

static bool
is_regional(wchar_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* Whether terminals differ in what they make of it: see glyph.h. */
static bool
is_doubtful(const char *s, size_t n, const struct wide *w, int want)
{
	if (w->strange || w->n == 1)
		return w->strange;
	if ((w->n == 2 && is_regional(w->c[1])) || utf8_joins(s, n) ||
	    utf8_cluster(s, n) < n)
		return true;
	for (size_t i = 1; i < w->n; i++)
		if (w->c[i] == ZWJ || (is_selector(w->c[i]) && w->cols != want))
			return true;
	return false;
}

/* Behind a joiner that joins nothing comes a sign that ends it: some terminals
 * wait for what is to be joined wherever it is written. */
static void
put_glyph(const char *s, size_t n, int want, chtype style, bool strange)
{
	char text[GLYPH_BYTES + sizeof(zwnj)];
	bool open = n >= sizeof(zwj) - 1 &&
	    memcmp(s + n - (sizeof(zwj) - 1), zwj, sizeof(zwj) - 1) == 0;

	memcpy(text, s, n);
	memcpy(text + n, zwnj, sizeof(zwnj));
	glyph_put(want, style, text, open ? n + sizeof(zwnj) - 1 : n, strange);
}

/* Only its first character is drawn, with its accents, and blanks behind it:
 * no joiner or selector, which would make a terminal take another number. */
static void
put_first(struct wide *w, int want)
{
	size_t i, kept = 1;
	int cols;

	if (w->n == 0 || wcwidth(w->c[0]) > want || w->strange)
		w->c[0] = L'?';
	for (i = 1; i < w->n && wcwidth(w->c[i]) == 0; i++)
		if (w->c[i] != ZWJ && !is_selector(w->c[i]))
			w->c[kept++] = w->c[i];
	put_cells(w->c, kept);
	for (cols = wcwidth(w->c[0]); cols < want; cols++)
		addch(' ');
}

/* The cluster, or those that may be joined to one, in exactly want columns. */
static void
put_cluster(const char *s, size_t n, int want, chtype style)
{
	struct wide w;

	if (text_ascii()) { /* nothing that is shown should be so */
		for (; want > 0; want--)
			addch('?');
		return;
	}
	widen(&w, s, n);
	if (w.whole && n <= GLYPH_BYTES && w.cols <= want &&
	    is_doubtful(s, n, &w, want))
		put_glyph(s, n, want, style, w.strange);
	else if (w.cols != want || !w.whole)
		put_first(&w, want);
	else
		put_cells(w.c, w.n);
}

/* The next cluster, with those that may be joined with it where they fit into
 * cols; *used tells its columns. */
static size_t
next_cluster(const char *s, size_t n, int cols, int *used)
{
	size_t len = utf8_joined(s, n, JOINED_BYTES), one;

	*used = utf8_width(s, len);
	if (*used <= cols)
		return len;
	one = utf8_cluster(s, n);
	*used = utf8_cluster_width(s, one);
	return one;
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
			len = next_cluster(s + i, n - i, p->w - col, &cols);
			if (len == 0 || col + cols > p->w)
				break;
			if (cols > 0)
				put_cluster(s + i, len, cols, style);
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
	text_clean(b, s, strlen(s));
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
		buf_adds(b, text_cut());
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
