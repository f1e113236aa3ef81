/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/hyper.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/term/behind.h"
#include "tui/term/glyph.h"
#include "tui/model/url.h"

enum { TEXT_CAP = 1 << 16 };

struct piece {
	int y, x, cols;
	chtype style;
	uint64_t id;
	char *text, *url; /* text: NULL until it is drawn */
};

struct pieces {
	struct piece at[HYPER_MAX];
	size_t count;
};

struct hyper {
	struct pieces now, then; /* then: as the terminal has them */
	bool changed;            /* now is not then */
};

struct hyper *
hyper_new(void)
{
	return xcalloc(1, sizeof(struct hyper));
}

static void
clear_pieces(struct pieces *p)
{
	while (p->count > 0) {
		p->count--;
		free(p->at[p->count].text);
		free(p->at[p->count].url);
	}
}

void
hyper_free(struct hyper *h)
{
	if (h == NULL)
		return;
	clear_pieces(&h->now);
	clear_pieces(&h->then);
	free(h);
}

void
hyper_begin(struct hyper *h)
{
	clear_pieces(&h->now);
	h->changed = true;
}

bool
hyper_add(struct hyper *h, int y, int x, int cols, chtype style,
    const char *url, size_t url_n, uint64_t id)
{
	if (h->now.count == HYPER_MAX)
		return false;
	h->now.at[h->now.count++] = (struct piece){
		.y = y,
		.x = x,
		.cols = cols,
		.style = style,
		.id = id,
		.url = xmemdup0(url, url_n),
	};
	return true;
}

/* False: there is none. */
static bool
add_cell(struct buf *b, const cchar_t *cell)
{
	wchar_t wide[CCHARW_MAX + 1];
	char bytes[MB_LEN_MAX];
	mbstate_t state;
	attr_t attrs;
	short pair;
	size_t n;

	memset(&state, 0, sizeof(state));
	if (getcchar(cell, wide, &attrs, &pair, NULL) == ERR)
		return false;
	for (size_t i = 0; wide[i] != L'\0'; i++)
		if ((n = wcrtomb(bytes, wide[i], &state)) != (size_t)-1)
			(void)buf_add(b, bytes, n);
	return wide[0] != L'\0';
}

/* As curses has it: whatever a character was drawn as. */
static void
take_text(struct piece *p)
{
	cchar_t *cell = xcalloc((size_t)p->cols + 1, sizeof(*cell));
	int y, x;
	struct buf b;

	buf_init(&b, TEXT_CAP);
	getyx(stdscr, y, x);
	if (mvin_wchnstr(p->y, p->x, cell, p->cols) != ERR)
		for (int i = 0; i < p->cols && add_cell(&b, &cell[i]); i++)
			continue;
	move(y, x);
	p->text = xmemdup0(buf_data(&b), b.len);
	buf_release(&b);
	free(cell);
}

static bool
same(const struct piece *a, const struct piece *b)
{
	return a->y == b->y && a->x == b->x && a->style == b->style &&
	    a->id == b->id && strcmp(a->text, b->text) == 0 &&
	    strcmp(a->url, b->url) == 0;
}

/* ---- what is sent ------------------------------------------------------ */

static void
add_piece(struct buf *b, const struct piece *p)
{
	behind_place(p->y, p->x);
	behind_style(p->style);
	buf_addf(b, "\033]8;id=%" PRIu64 ";", p->id);
	url_uri(b, p->url, strlen(p->url));
	buf_adds(b, "\033\\");
	buf_adds(b, p->text);
	buf_adds(b, "\033]8;;\033\\");
}

static void
send_pieces(void *arg)
{
	struct hyper *h = arg;
	struct buf *b = behind_begin();

	for (size_t i = 0; i < h->now.count; i++)
		add_piece(b, &h->now.at[i]);
	behind_end();
}

static bool
is_same(const struct pieces *a, const struct pieces *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same(&a->at[i], &b->at[i]))
			return false;
	return true;
}

static void
keep(struct hyper *h)
{
	struct piece *from;

	clear_pieces(&h->then);
	for (size_t i = 0; i < h->now.count; i++) {
		from = &h->now.at[i];
		h->then.at[i] = *from;
		h->then.at[i].text = xstrdup(from->text);
		h->then.at[i].url = xstrdup(from->url);
	}
	h->then.count = h->now.count;
}

void
hyper_refresh(struct hyper *h, bool all)
{
	bool send;

	for (size_t i = 0; i < h->now.count; i++)
		if (h->now.at[i].text == NULL)
			take_text(&h->now.at[i]);
	send = all || (h->changed && !is_same(&h->now, &h->then));
	h->changed = false;
	/* What of a link is a glyph is written over it. */
	glyph_refresh(send && h->now.count > 0 ? send_pieces : NULL, h);
	if (send)
		keep(h);
}
