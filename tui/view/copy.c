/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/copy.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/keymap.h"
#include "tui/model/clock.h"
#include "tui/model/model.h"
#include "tui/text.h"
#include "tui/model/url.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FEET = 3 };

/* Before what goes on below: it may not pass for what somebody else says. */
static const char further[] = "  ";

static void
add_clean(struct buf *b, const char *s)
{
	text_clean(b, s, strlen(s));
}

static void
add_head(struct buf *b, const struct item *it)
{
	char clock[8] = "";
	struct tm tm;

	if (it->follows) {
		buf_adds(b, further);
		return;
	}
	if (it->time > 0 && clock_local(it->time, &tm))
		strftime(clock, sizeof(clock), "%H:%M ", &tm);
	buf_adds(b, clock);
	if (it->kind == ITEM_NOTICE) {
		buf_adds(b, "-- ");
		return;
	}
	add_clean(b, it->from);
	buf_adds(b, ": ");
}

/* It as lines that are clean, with '\n' between them; tabs stay for whom they
 * are copied for, but a terminal's selection makes blanks of them anyway. */
static void
add_item(struct buf *b, const struct item *it)
{
	const char *s = it->text;

	add_head(b, it);
	for (;;) {
		size_t n = strcspn(s, "\n\t");

		text_clean(b, s, n);
		if (s[n] == '\0')
			break;
		if (s[n] == '\t')
			buf_adds(b, "    ");
		else
			buf_addf(b, "\n%s", further);
		s += n + 1;
	}
	if (it->kind == ITEM_FAILED && it->why != NULL) {
		buf_adds(b, " ! ");
		add_clean(b, it->why);
	}
}

/* Rows in which the terminal shows it. */
static size_t
rows_of(const struct buf *b, int cols)
{
	const char *s = buf_data(b), *end = s + b->len;
	size_t rows = 0;

	for (;;) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((nl == NULL ? end : nl) - s);
		size_t width = (size_t)utf8_width(s, n);

		rows += width == 0 ? 1 :
		    (width + (size_t)cols - 1) / (size_t)cols;
		if (nl == NULL)
			return rows;
		s = nl + 1;
	}
}

static size_t
low_item(const struct copy *cp, const struct convo *c)
{
	size_t i;

	if (cp->low == 0 || !convo_find_item(c, cp->low, &i))
		return convo_count(c) - 1;
	return i;
}

static size_t
item_rows(const struct convo *c, size_t i, int cols)
{
	struct buf b;
	size_t rows;

	buf_init(&b, COPY_CAP);
	add_item(&b, convo_item(c, i));
	rows = rows_of(&b, cols);
	buf_release(&b);
	return rows;
}

/* The last item, from there on up (by -1) or down (by 1), that has room with
 * those before it; the first has it always. */
static size_t
reach(const struct copy *cp, const struct convo *c, size_t from, int by)
{
	size_t room = cp->rows > 0 ? (size_t)cp->rows : 0, last = from, need;

	for (size_t i = from; i < convo_count(c); i += (size_t)by) {
		need = item_rows(c, i, cp->cols);
		if (need > room && i != from)
			break;
		last = i;
		room -= need < room ? need : room;
		if (i == 0 && by < 0)
			break;
	}
	return last;
}

static void
add_lines(struct buf *out, const struct buf *item, bool links)
{
	const char *s = buf_data(item), *end = s + item->len;

	while (s <= end) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((nl == NULL ? end : nl) - s);

		if (links)
			url_told(out, s, n);
		else
			buf_add(out, s, n);
		buf_adds(out, "\r\n");
		s += n + 1;
	}
}

void
copy_page(struct copy *cp, const struct convo *c, int rows, int cols,
    bool links, struct buf *out)
{
	size_t low, first;
	struct buf b;

	cp->rows = rows;
	cp->cols = cols < 1 ? 1 : cols;
	if (convo_count(c) == 0)
		return;
	low = low_item(cp, c);
	first = reach(cp, c, low, -1);
	cp->low = convo_item(c, low)->serial;
	buf_init(&b, COPY_CAP);
	for (size_t i = first; i <= low; i++) {
		buf_clear(&b);
		add_item(&b, convo_item(c, i));
		add_lines(out, &b, links);
	}
	buf_release(&b);
}

/* False: it is the lowest already. */
static bool
set_low(struct copy *cp, const struct convo *c, size_t low)
{
	bool moved = low != low_item(cp, c);

	cp->low = convo_item(c, low)->serial;
	return moved;
}

bool
copy_turn(struct copy *cp, const struct convo *c, bool up)
{
	size_t low, first;

	if (convo_count(c) == 0)
		return false;
	low = low_item(cp, c);
	if (up) {
		first = reach(cp, c, low, -1);
		return first > 0 && set_low(cp, c, first - 1);
	}
	return low + 1 < convo_count(c) &&
	    set_low(cp, c, reach(cp, c, low + 1, 1));
}

bool
copy_step(struct copy *cp, const struct convo *c, bool up)
{
	size_t low;

	if (convo_count(c) == 0)
		return false;
	low = low_item(cp, c);
	if (up)
		return reach(cp, c, low, -1) > 0 && set_low(cp, c, low - 1);
	return low + 1 < convo_count(c) && set_low(cp, c, low + 1);
}

bool
copy_far(struct copy *cp, const struct convo *c, bool up)
{
	if (convo_count(c) == 0)
		return false;
	return set_low(cp, c, up ? reach(cp, c, 0, 1) : convo_count(c) - 1);
}

/* The i-th that says less; NULL: there is none, or not so. */
static char *
foot_text(const struct settings *s, int i)
{
	char up[KEYNAME_CAP], down[KEYNAME_CAP];
	bool turns = keymap_key(s, KEYS_PAGE_UP, up) &&
	    keymap_key(s, KEYS_PAGE_DOWN, down);

	switch (i) {
	case 0:
		/* TRANSLATORS: the last line of copy mode, with the keys PgUp
		 * and PgDn.  Of this and the next two the first is taken that
		 * has room. */
		return !turns ? NULL : xasprintf(_("Copy mode: nothing moves. "
		    "↑ ↓ %s %s scroll, any other key goes back."),
		    up, down);
	case 1:
		return !turns ? NULL :
		    xasprintf(_("↑ ↓ %s %s; another key goes back"), up, down);
	default:
		return xstrdup(_("a key goes back"));
	}
}

char *
copy_foot(const struct settings *s, int cols)
{
	char *text;

	for (int i = 0; i < FEET; i++) {
		text = foot_text(s, i);
		if (text != NULL && utf8_width(text, strlen(text)) < cols)
			return text;
		free(text);
	}
	return xstrdup("");
}
