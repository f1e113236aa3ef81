/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>

#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/keymap.h"
#include "tui/net/client.h"
#include "tui/view/excerpt.h"
#include "tui/net/listing.h"
#include "tui/model/model.h"
#include "tui/model/server_text.h"
#include "tui/view/paint.h"
#include "tui/text.h"

enum {
	WORDS_MAX = 16,
	PAGES_MAX = 5, /* at one key, where all in them may be hidden */
	TEXT_CAP = 1 << 18,
	TITLE_CAP = 1024,
	MARGIN = 3,  /* columns between the title and the keys */
	TITLE_LEAST = 20, /* columns of the title, before there are no keys */
	NARROW = 50, /* columns: the title is shorter */
	NAMED = 40,  /* columns: with fewer a single row is the text alone */
	ROOMY = 60,  /* and with so many half of it may go to who said it */
	TWO_ROWS = 8 /* a pane of so many rows has two for each hit */
};

struct hit {
	struct search_hit is;
	char store[];
};

struct search {
	struct loop *loop;
	struct model *model;
	struct client *client;
	const struct settings *settings;
	void (*changed)(void *arg);
	void *arg;

	char *words; /* as typed, blanks made one */
	char *folded;
	char *word[WORDS_MAX]; /* parts of folded */
	size_t nwords;
	struct hit *hit[SEARCH_HITS]; /* newest first */
	size_t count, chosen;
	bool moved; /* chosen by the person: it stays where it is */
	int64_t wanted; /* see search_choose; 0: none, or it was found */
	bool cut;     /* some were too many for the list */
	bool due;     /* the server will be asked when wait is over */
	bool open;    /* what it is asked, or was to be, has no answer */
	bool more;    /* it has some that are older than low */
	int64_t low;  /* the oldest that it has told; 0: none yet */
	int pages;    /* asked for since the last key */
	size_t hidden; /* of what it found, by people who are ignored */
	struct loop_timer wait;
	struct buf clean;
};

struct search *
search_new(struct loop *loop, struct model *m, struct client *c,
    const struct settings *settings, void (*changed)(void *arg), void *arg)
{
	struct search *s = xcalloc(1, sizeof(*s));

	s->loop = loop;
	s->model = m;
	s->client = c;
	s->settings = settings;
	s->changed = changed;
	s->arg = arg;
	buf_init(&s->clean, TEXT_CAP);
	return s;
}

static void
forget_hits(struct search *s)
{
	while (s->count > 0)
		free(s->hit[--s->count]);
	s->chosen = 0;
	s->moved = false;
}

/* Of what the server told, and was asked. */
static void
forget_server(struct search *s)
{
	loop_timer_unset(s->loop, &s->wait);
	client_find_end(s->client);
	s->due = s->open = s->more = false;
	s->low = 0;
	s->pages = 0;
	s->hidden = 0;
}

void
search_end(struct search *s)
{
	forget_server(s);
	forget_hits(s);
	free(s->words);
	free(s->folded);
	s->words = s->folded = NULL;
	s->nwords = 0;
	s->wanted = 0;
	s->cut = false;
}

void
search_free(struct search *s)
{
	if (s == NULL)
		return;
	search_end(s);
	buf_release(&s->clean);
	free(s);
}

/* ---- words ------------------------------------------------------------- */

static bool
is_ascii(const char *s)
{
	while ((unsigned char)*s >= 1 && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

/* The caller frees it. */
static char *
fold(const char *s)
{
	size_t n = 0;
	uint8_t *f = u8_casefold((const uint8_t *)s, strlen(s), NULL, NULL,
	    NULL, &n);
	char *copy = f == NULL ? xstrdup(s) : xmemdup0(f, n);

	free(f);
	return copy;
}

static void
take_words(struct search *s, const char *words)
{
	char *rest, *word;

	free(s->words);
	free(s->folded);
	s->words = xstrdup(words);
	s->folded = rest = fold(words);
	s->nwords = 0;
	while ((word = strsep(&rest, " \t\n")) != NULL)
		if (*word != '\0' && s->nwords < WORDS_MAX)
			s->word[s->nwords++] = word;
	for (char *p = s->words; *p != '\0'; p++)
		if (*p == '\t' || *p == '\n')
			*p = ' ';
}

static bool
holds_all(const struct search *s, const char *text)
{
	/* Most of what is said here is ASCII, and that is compared as fast as
	 * it comes. */
	bool plain = is_ascii(text) && is_ascii(s->folded);
	char *folded = plain ? NULL : fold(text);
	bool all = s->nwords > 0;

	for (size_t i = 0; all && i < s->nwords; i++)
		all = plain ? strcasestr(text, s->word[i]) != NULL :
		    strstr(folded, s->word[i]) != NULL;
	free(folded);
	return all;
}

/* ---- the list ---------------------------------------------------------- */

static struct hit *
hit_new(const struct search_hit *from)
{
	size_t t = strlen(from->target) + 1, f = strlen(from->from) + 1;
	size_t n = strlen(from->text) + 1;
	struct hit *h = xmalloc(sizeof(*h) + t + f + n);

	h->is = *from;
	h->is.target = memcpy(h->store, from->target, t);
	h->is.from = memcpy(h->store + t, from->from, f);
	h->is.text = memcpy(h->store + t + f, from->text, n);
	return h;
}

static void
drop_at(struct search *s, size_t i)
{
	free(s->hit[i]);
	s->count--;
	memmove(s->hit + i, s->hit + i + 1,
	    (s->count - i) * sizeof(s->hit[0]));
	if (s->chosen > i || (s->chosen == s->count && s->chosen > 0))
		s->chosen--;
}

/* How many are newer than that message. */
static size_t
newer_than(const struct search *s, int64_t id)
{
	size_t low = 0, high = s->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->hit[mid]->is.id > id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* In its place; the oldest goes when there are too many. */
static void
put(struct search *s, const struct search_hit *from)
{
	size_t i = newer_than(s, from->id);

	if (i < s->count && s->hit[i]->is.id == from->id)
		return;
	if (s->count == SEARCH_HITS)
		s->cut = true;
	if (i == SEARCH_HITS)
		return;
	if (s->count == SEARCH_HITS)
		drop_at(s, SEARCH_HITS - 1);
	memmove(s->hit + i + 1, s->hit + i,
	    (s->count - i) * sizeof(s->hit[0]));
	s->hit[i] = hit_new(from);
	s->count++;
	if (from->id == s->wanted) {
		s->chosen = i;
		s->moved = true;
		s->wanted = 0;
	} else if (s->moved && i <= s->chosen && s->count > 1)
		s->chosen++;
}

/* Of one conversation, the newest first; *left bounds what all of it costs. */
static void
look_in(struct search *s, const struct convo *c, size_t *left)
{
	struct search_hit hit = { .target = convo_target(c) };

	for (size_t i = convo_count(c); i-- > 0 && *left > 0;) {
		const struct item *it = convo_item(c, i);
		size_t n = strlen(it->text) + 1;

		if (it->kind != ITEM_MESSAGE)
			continue;
		*left = n < *left ? *left - n : 0;
		if (!holds_all(s, it->text))
			continue;
		hit.id = it->id;
		hit.time = it->time;
		hit.from = it->from;
		hit.text = it->text;
		put(s, &hit);
	}
}

/* What is shown first: there one looks for most. */
static void
look_here(struct search *s)
{
	const struct convo *now = model_current(s->model), *c;
	size_t left = SEARCH_LOOK;

	look_in(s, now, &left);
	for (size_t i = 0; i < model_convos(s->model); i++)
		if ((c = model_convo(s->model, i)) != now)
			look_in(s, c, &left);
}

/* ---- the server -------------------------------------------------------- */

static bool
is_asking(const struct search *s)
{
	return s->due || client_finding(s->client);
}

/* The server could not be asked, or went away with the question. */
static bool
is_alone(const struct search *s)
{
	return s->open && !is_asking(s);
}

static bool
is_full(const struct search *s)
{
	return s->count == SEARCH_HITS && (s->cut || s->more);
}

static void ask(void *arg);

/* Older ones, where the end of what the server has told is near. */
static void
look_further(struct search *s)
{
	if (is_asking(s) || is_full(s) || !s->more ||
	    s->pages >= PAGES_MAX || (s->wanted == 0 &&
	    s->chosen + SEARCH_AHEAD < newer_than(s, s->low - 1)))
		return;
	s->pages++;
	ask(s);
}

static void
on_found(void *arg, const struct model_message *msg, size_t n, bool more)
{
	struct search *s = arg;
	int64_t low = s->low;

	s->open = false;
	for (size_t i = 0; i < n; i++) {
		if (s->low == 0 || msg[i].id < s->low)
			s->low = msg[i].id;
		if (model_hides(s->model, msg[i].from)) {
			s->hidden++; /* nor is it shown where it was said */
			continue;
		}
		put(s, &(struct search_hit){ .id = msg[i].id,
		    .time = msg[i].time, .target = msg[i].target,
		    .from = msg[i].from, .text = msg[i].text });
	}
	s->more = more && s->low != low; /* it is to lead further back */
	look_further(s);
	s->changed(s->arg);
}

static void
put_question(struct search *s)
{
	(void)client_find(s->client, s->words, s->low, on_found, s);
}

static void
ask(void *arg)
{
	struct search *s = arg;

	s->due = false;
	s->open = true;
	put_question(s);
	s->changed(s->arg);
}

void
search_words(struct search *s, const char *words)
{
	if (s->words != NULL && strcmp(s->words, words) == 0) {
		if (is_alone(s))
			put_question(s); /* the server may be back */
		return;
	}
	if (s->words != NULL)
		s->wanted = 0;
	take_words(s, words);
	for (size_t i = s->count; i-- > 0;)
		if (!holds_all(s, s->hit[i]->is.text))
			drop_at(s, i);
	if (!s->moved)
		s->chosen = 0;
	forget_server(s);
	s->cut = false;
	if (s->nwords == 0) {
		forget_hits(s);
		return;
	}
	look_here(s);
	s->due = s->open = true;
	loop_timer_set(s->loop, &s->wait, SEARCH_WAIT_MS, ask, s);
}

/* ---- what was found ---------------------------------------------------- */

size_t
search_count(const struct search *s)
{
	return s->count;
}

const struct search_hit *
search_at(const struct search *s, size_t i)
{
	return i < s->count ? &s->hit[i]->is : NULL;
}

const struct search_hit *
search_chosen(const struct search *s)
{
	return search_at(s, s->chosen);
}

char *const *
search_terms(const struct search *s, size_t *n)
{
	*n = s->nwords;
	return s->word;
}

void
search_choose(struct search *s, int64_t id)
{
	s->wanted = id;
}

void
search_move(struct search *s, long by)
{
	long to = (long)s->chosen + by;

	s->wanted = 0;
	if (s->count > 0) {
		s->moved = true;
		s->chosen = to < 0 ? 0 : (size_t)to < s->count ? (size_t)to :
		    s->count - 1;
	}
	s->pages = 0;
	if (by > 0)
		look_further(s);
}

/* ---- drawing ----------------------------------------------------------- */

static int
rows_each(const struct pane *p)
{
	return p->h >= TWO_ROWS ? 2 : 1;
}

int
search_page(const struct pane *p)
{
	int page = (p->h - 1) / rows_each(p);

	return page > 1 ? page : 1;
}

static void
title_text(const struct search *s, const struct pane *p, struct buf *b)
{
	size_t n = s->count;

	if (s->nwords == 0)
		buf_adds(b, _("Type what to look for."));
	else if (is_asking(s) && n == 0)
		buf_adds(b, _("searching …"));
	else if (is_alone(s))
		buf_addf(b, ngettext("%zu found here; the server is away",
		    "%zu found here; the server is away", n), n);
	else if (is_asking(s))
		buf_addf(b, ngettext("%zu found, searching …",
		    "%zu found, searching …", n), n);
	else if (is_full(s))
		buf_addf(b, ngettext("%zu found, the list is full",
		    "%zu found, the list is full", n), n);
	else if (s->more && p->w < NARROW)
		buf_addf(b, ngettext("%zu found, and more",
		    "%zu found, and more", n), n);
	else if (s->more)
		buf_addf(b, ngettext("%zu found, more further back",
		    "%zu found, more further back", n), n);
	else if (n == 0)
		buf_adds(b, _("nothing found"));
	else
		buf_addf(b, ngettext("%zu found", "%zu found", n), n);
	if (s->hidden > 0) {
		buf_addc(b, ' ');
		listing_hidden_words(b, s->hidden);
	}
}

/* The one that matters most comes first. */
static const char *
title_keys(const struct search *s)
{
	if (keymap_free(s->settings, "up") && keymap_free(s->settings, "down"))
		/* TRANSLATORS: two blanks part one from the next; the last are
		 * left out where there is no room. */
		return _("Enter goes there  Up, Down choose  Esc goes back");
	/* TRANSLATORS: likewise. */
	return _("Enter goes there  Tab chooses  Esc goes back");
}

/* The keys stand at the right, as many as have room.  For the first of them
 * the title is cut, if need be. */
static void
draw_title(const struct search *s, const struct pane *p)
{
	const char *keys = title_keys(s);
	chtype dim = paint_style(PAINT_DIM);
	struct buf title, cut;
	size_t n = paint_hints(keys, "  ", 0);
	int room = p->w - MARGIN - utf8_width(keys, n);

	buf_init(&title, TITLE_CAP);
	buf_init(&cut, TITLE_CAP);
	title_text(s, p, &title);
	paint_cut(&cut, buf_data(&title), title.len,
	    room < TITLE_LEAST ? p->w : room);
	room = p->w - paint(p, 0, 0, dim, buf_data(&cut)) - MARGIN;
	buf_release(&title);
	buf_release(&cut);
	n = paint_hints(keys, "  ", room);
	if (utf8_width(keys, n) <= room)
		paint_n(p, 0, p->w - utf8_width(keys, n), dim, keys, n);
}

/* On one line, and clean; good until the next. */
static const char *
flat(struct search *s, const char *text)
{
	size_t n;

	buf_clear(&s->clean);
	for (;;) {
		n = strcspn(text, "\n\t");
		text_clean(&s->clean, text, n);
		if (text[n] == '\0')
			break;
		buf_adds(&s->clean, " ");
		text += n + 1;
	}
	return buf_data(&s->clean);
}

/* Text in one row, cut around what was found, which stands out. */
static void
draw_text(struct search *s, const struct pane *p, int row, int col,
    const char *text, chtype style)
{
	chtype dim = paint_style(PAINT_DIM);
	const char *t = flat(s, text);
	struct excerpt e;
	size_t at, len, i, n;
	bool *mark = excerpt_marks(t, s->word, s->nwords, &at, &len);

	e = excerpt_cut(t, at, len, p->w - col);
	if (e.before)
		col = paint(p, row, col, dim, text_cut());
	for (i = e.from; i < e.to; i += n) {
		for (n = 1; i + n < e.to && mark[i + n] == mark[i];)
			n++;
		col = paint_n(p, row, col,
		    mark[i] ? style | A_BOLD | A_UNDERLINE : style, t + i, n);
	}
	if (e.after)
		paint(p, row, col, dim, text_cut());
	free(mark);
}

/* How many columns there are for who said it, where, and when. */
static int
head_room(const struct pane *p, int col)
{
	if (rows_each(p) == 2)
		return p->w - col;
	return p->w < NAMED ? 0 : p->w < ROOMY ? p->w / 3 : p->w / 2;
}

/* A part of it and the blanks behind. */
static int
draw_part(const struct pane *p, int row, int col, chtype paint_it,
    chtype style, const char *text)
{
	col = paint(p, row, col, paint_it | style, text);
	return paint(p, row, col, style, "  ");
}

/* Where there is little room: only who; a little more: not when. */
static int
draw_head(struct search *s, const struct pane *p, int row,
    const struct search_hit *h, bool chosen)
{
	chtype style = chosen ? A_REVERSE : 0, bold = paint_style(PAINT_BOLD);
	int col = paint(p, row, 0, bold, chosen ? "> " : "  "), room, w;
	struct buf from, to;
	char when[32];

	room = head_room(p, col) - 2;
	if (room <= 0)
		return col;
	buf_init(&from, TITLE_CAP);
	buf_init(&to, TITLE_CAP);
	paint_clean(&s->clean, h->from);
	paint_cut(&from, buf_data(&s->clean), s->clean.len, room);
	buf_adds(&to, strcmp(h->target, "*") == 0 ? _("everyone") :
	    paint_clean(&s->clean, h->target));
	listing_when(h->time, when);
	w = utf8_width(buf_data(&from), from.len) + 2 +
	    utf8_width(buf_data(&to), to.len);
	if (w + 2 + (int)strlen(when) <= room)
		col = draw_part(
		    p, row, col, paint_style(PAINT_DIM), style, when);
	if (w <= room)
		col = draw_part(p, row, col, bold, style, buf_data(&to));
	col = draw_part(p, row, col, paint_name_style(h->from), style,
	    buf_data(&from));
	buf_release(&from);
	buf_release(&to);
	return col;
}

void
search_draw(struct search *s, const struct pane *p)
{
	int each = rows_each(p), page = search_page(p), col;
	int indent = p->w < NAMED ? 2 : 4;
	size_t first = s->chosen - s->chosen % (size_t)page;
	char *words;

	paint_erase(p);
	if (p->h <= 0 || p->w <= 0)
		return;
	draw_title(s, p);
	for (size_t i = 0; i < (size_t)page && first + i < s->count; i++) {
		const struct search_hit *h = &s->hit[first + i]->is;
		int row = 1 + (int)i * each;

		if (row >= p->h)
			break;
		col = draw_head(s, p, row, h, first + i == s->chosen);
		words = server_text(h->from, h->text);
		draw_text(s, p, row + each - 1, each == 2 ? indent : col,
		    words == NULL ? h->text : words, paint_style(PAINT_TEXT));
		free(words);
	}
}
