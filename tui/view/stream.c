/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/stream.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/keymap.h"
#include "tui/model/clock.h"
#include "tui/model/day.h"
#include "tui/view/excerpt.h"
#include "tui/model/fold.h"
#include "tui/view/hyper.h"
#include "tui/model/model.h"
#include "tui/view/paint.h"
#include "tui/text.h"
#include "tui/model/url.h"
#include "tui/model/wrap.h"

enum {
	NARROW = 60,       /* a screen below: no times, no column of names */
	/* There what goes on stands so far in, that it may not pass for what
	 * somebody else says; where there is room for that. */
	NARROW_INDENT = 2,
	INDENT_FROM = 8,
	TIME_COLS = 6,     /* "12:34 " */
	CACHE = 512,       /* a power of two; above the rows of any screen */
	CLEAN_CAP = 1 << 18,
	TOLD_CAP = 4096,   /* of what is told of an item, or between two */
	EXTRA_MAX = 3,     /* lines above an item that are not its own */
	FEW_ROWS = 8,
	ABOVE_PART = 3,    /* one row of so many stands above what was found */
	NAME_PART = 4,     /* of the columns a long name takes one in so many, */
	NARROW_PART = 2,   /* where the text goes on below it, too, in so many */
	NAME_CAP = 1024,
	LINKS_MAX = 64,    /* of an item */
	OPEN_MAX = 32,     /* that are shown whole, though long */
	PRESENT_PART = 4,  /* one row of so many for the newest lines, */
	PRESENT_MAX = 4    /* but no more than these */
};

/* A link: bytes of a block's text. */
struct span {
	size_t start, len;
};

/* A part of a block's text; or, where it folds, what stands for so many lines
 * from start on. */
struct row {
	size_t start, len;
	enum fold fold;
	size_t count;
};

/* An item as it is drawn at the present width. */
struct block {
	uint64_t serial; /* 0: empty */
	int width;       /* and narrow: what it was made for */
	bool narrow;
	int day;         /* of its time, to compare */
	char clock[8];
	char *name;      /* clean, as much as is shown */
	const char *after; /* what stands between it and the text, if narrow */
	int name_col;
	chtype name_style, style;
	char *text;      /* clean; '\n' ends a line */
	size_t tail;     /* from here on in tail_style: what became of it */
	chtype tail_style;
	struct row *line;
	size_t lines;
	bool folds;      /* it is folded, or could be */
	struct span *link; /* where they are told to the terminal */
	size_t links;
	int first, indent; /* columns before the first line, before others */
};

/* What was looked for. */
struct found {
	int64_t id;    /* 0: nothing */
	char **word;
	size_t words;
	bool *mark;    /* see excerpt_marks; NULL: not asked for in this frame */
	size_t at;     /* where in the text they are shown */
};

struct stream_view {
	struct stream_spot spot;
	struct found found;
};

/* A place: a line of an item, counted with the extra lines above it. */
struct place {
	size_t item, line;
};

/* The name that stands in a row of the screen, and what folds there. */
struct head {
	uint64_t serial; /* of what is said behind it; 0: there is none */
	int from, to;    /* columns */
	uint64_t fold;   /* of whose lines are folded; 0: none are */
};

struct stream {
	struct block cache[CACHE];
	struct head head[CACHE]; /* rows further down have none */
	int divider;             /* its row of the screen; -1: there is none */
	struct wrap wrap;
	struct buf clean;
	struct hyper *hyper; /* NULL: links are not told; not owned */
	const struct settings *settings;
	unsigned zone;       /* in which times are told (clock.h) */
	int width, height;   /* of the last draw */
	bool narrow;
	uint64_t convo;
	bool end;            /* shows the end, and what comes there */
	bool top;
	bool bottom;         /* of a passage */
	uint64_t low;        /* else: the item of the lowest line ... */
	size_t low_line;     /* ... and which line of it */
	int64_t low_id;      /* for when the item is gone: where it stood */
	int present;         /* rows for the newest lines, while further up */
	int64_t seen;        /* the newest message when we left the end */
	int64_t newest;      /* at the last draw */
	uint64_t open[OPEN_MAX]; /* shown whole; 0: none */
	size_t opened;       /* how often; the next one's place */
	uint64_t fold;       /* what Enter shows, or folds; 0: nothing */
	int64_t goal;        /* the message that is kept in sight; 0: none */
	int64_t goal_newest; /* the newest message when one went there */
	struct found found;
};

struct stream *
stream_new(struct hyper *hyper, const struct settings *settings)
{
	struct stream *st = xcalloc(1, sizeof(*st));

	wrap_init(&st->wrap);
	buf_init(&st->clean, CLEAN_CAP);
	st->hyper = hyper;
	st->settings = settings;
	st->end = true;
	return st;
}

static void
block_clear(struct block *b)
{
	free(b->name);
	free(b->text);
	free(b->line);
	free(b->link);
	memset(b, 0, sizeof(*b));
}

void
stream_restyle(struct stream *st)
{
	size_t i;

	for (i = 0; i < CACHE; i++)
		block_clear(&st->cache[i]);
}

static void
forget_marks(struct found *f)
{
	free(f->mark);
	f->mark = NULL;
}

static void
forget_found(struct found *f)
{
	forget_marks(f);
	while (f->words > 0)
		free(f->word[--f->words]);
	free(f->word);
	*f = (struct found){ 0 };
}

void
stream_free(struct stream *st)
{
	if (st == NULL)
		return;
	stream_restyle(st);
	forget_found(&st->found);
	wrap_release(&st->wrap);
	buf_release(&st->clean);
	free(st);
}

/* ---- an item as a block ------------------------------------------------ */

static int
name_column(int width)
{
	return width >= 90 ? 14 : 10;
}

/* Text as it is drawn: clean line by line, tabs as blanks. */
static void
clean_text(struct buf *out, const char *s)
{
	size_t n;

	for (;;) {
		n = strcspn(s, "\n\t");
		text_clean(out, s, n);
		if (s[n] == '\0')
			return;
		buf_adds(out, s[n] == '\t' ? "    " : "\n");
		s += n + 1;
	}
}

static void
block_time(struct block *b, int64_t ms)
{
	struct tm tm;

	if (ms <= 0 || !clock_local(ms, &tm))
		return;
	b->day = clock_day(&tm);
	strftime(b->clock, sizeof(b->clock), "%H:%M", &tm);
}

static int
name_most(const struct stream *st)
{
	int most = st->width / (st->narrow ? NARROW_PART : NAME_PART);

	return st->narrow || most > name_column(st->width) ? most :
	    name_column(st->width);
}

static char *
cut_name(struct stream *st, const char *from)
{
	const char *clean = paint_clean(&st->clean, from);
	struct buf cut;
	char *name;

	buf_init(&cut, NAME_CAP);
	paint_cut(&cut, clean, strlen(clean), name_most(st));
	name = xmemdup0(buf_data(&cut), cut.len);
	buf_release(&cut);
	return name;
}

static void
block_name(struct stream *st, struct block *b, const struct item *it)
{
	int cols;

	if (it->kind == ITEM_NOTICE) {
		b->name = xstrdup(it->follows ? "" : st->narrow ? S_("·") : "--");
		b->name_style = paint_style(PAINT_DIM);
	} else {
		b->name = cut_name(st, it->from);
		b->name_style = paint_name_style(it->from);
		if (it->own)
			b->name_style |= A_BOLD;
		if (it->mention)
			b->name_style = paint_style(PAINT_MENTION);
	}
	cols = utf8_width(b->name, strlen(b->name));
	if (it->follows)
		b->clock[0] = '\0';
	if (st->narrow) {
		b->after = it->follows ? "  " :
		    it->kind == ITEM_NOTICE ? " " : ": ";
		b->first = cols + (int)strlen(b->after);
		b->indent = st->width < INDENT_FROM ? 0 : NARROW_INDENT;
		return;
	}
	if (it->kind == ITEM_NOTICE) { /* more room for lists and help */
		b->name_col = TIME_COLS;
		b->first = b->indent = TIME_COLS + 3;
		return;
	}
	b->indent = TIME_COLS + name_column(st->width) + 2;
	if (TIME_COLS + cols + 2 > b->indent)
		b->indent = TIME_COLS + cols + 2;
	b->name_col = b->indent - 2 - cols;
	b->first = b->indent;
}

/* The server has it, that realm has not. */
static void
add_queued(struct buf *b, const char *realm)
{
	struct buf clean;

	buf_init(&clean, TOLD_CAP);
	text_clean(&clean, realm, strlen(realm));
	buf_addc(b, ' ');
	if (clean.len == 0)
		/* TRANSLATORS: behind a message that is sent on later. */
		buf_adds(b, _("… queued"));
	else
		/* TRANSLATORS: %s is another server, which has it not yet. */
		buf_addf(b, _("… queued for %s"), buf_data(&clean));
	buf_release(&clean);
}

static void
add_failed(const struct stream *st, struct buf *b, const char *why)
{
	char again[KEYNAME_CAP], drop[KEYNAME_CAP];
	bool can_say = keymap_key(st->settings, KEYS_AGAIN, again);
	bool can_drop = keymap_key(st->settings, KEYS_DROP, drop);
	struct buf clean;

	buf_init(&clean, TOLD_CAP);
	if (why != NULL)
		text_clean(&clean, why, strlen(why));
	buf_addc(b, ' ');
	if (can_say && can_drop)
		/* TRANSLATORS: behind a message that was refused: why, and
		 * the keys for it, Alt-S and Alt-X. */
		buf_addf(b, _("! %s (%s: again, %s: drop)"), buf_data(&clean),
		    again, drop);
	else if (can_say)
		buf_addf(b, _("! %s (%s: again)"), buf_data(&clean), again);
	else if (can_drop)
		buf_addf(b, _("! %s (%s: drop)"), buf_data(&clean), drop);
	else
		buf_addf(b, "! %s", buf_data(&clean));
	buf_release(&clean);
}

static bool
is_open(const struct stream *st, uint64_t serial)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		if (st->open[i] == serial)
			return true;
	return false;
}

static void
add_row(struct block *b, struct row row)
{
	b->line[b->lines++] = row;
}

/* The lines from first on of what is wrapped, which begins at start. */
static void
add_lines(struct stream *st, struct block *b, size_t first, size_t start)
{
	const struct wrap_line *line = st->wrap.line;

	b->line = xreallocarray(b->line, b->lines + st->wrap.count + 1,
	    sizeof(*b->line));
	for (size_t i = first; i < st->wrap.count; i++)
		add_row(b, (struct row){
			.start = start + line[i].start, .len = line[i].len });
}

/* What has become of it is seen also where its end is not. */
static void
add_tail(struct stream *st, struct block *b, size_t n)
{
	size_t start = b->tail;

	if (start < n && b->text[start] == ' ')
		start++;
	if (start == n)
		return;
	wrap_text(&st->wrap, b->text + start, n - start,
	    st->width - b->indent, st->width - b->indent);
	add_lines(st, b, 0, start);
}

static void
add_folded(struct stream *st, struct block *b, const struct fold_row *fold,
    size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		const struct wrap_line *line = &st->wrap.line[fold[i].first];

		add_row(b, (struct row){ line->start,
			fold[i].kind == FOLD_NOTHING ? line->len : 0,
			fold[i].kind, fold[i].count });
	}
}

/* Its text, of n bytes, is wrapped: what of it is shown. */
static void
fold_block(struct stream *st, struct block *b, size_t n)
{
	size_t all = st->wrap.count, lines = all, rows;
	struct fold_row *fold;

	while (lines > 1 && b->tail < n &&
	    st->wrap.line[lines - 1].start >= b->tail)
		lines--;
	fold = xcalloc(lines + 1, sizeof(*fold));
	rows = fold_rows(b->text, st->wrap.line, lines,
	    is_open(st, b->serial), fold, &b->folds);
	b->line = xreallocarray(NULL, all + 1, sizeof(*b->line));
	if (fold[rows - 1].kind == FOLD_END) {
		add_folded(st, b, fold, rows - 1);
		add_lines(st, b, lines, 0);
		add_row(b, (struct row){ n, 0, FOLD_END, lines });
	} else if (fold[rows - 1].kind == FOLD_REST) {
		add_folded(st, b, fold, rows);
		add_tail(st, b, n);
	} else {
		add_folded(st, b, fold, rows);
		add_lines(st, b, lines, 0);
	}
	free(fold);
}

static void
block_text(struct stream *st, struct block *b, const struct item *it)
{
	buf_clear(&st->clean);
	clean_text(&st->clean, it->text);
	b->tail = st->clean.len;
	b->style = paint_style(PAINT_TEXT);
	if (it->kind == ITEM_NOTICE)
		b->style = paint_style(PAINT_DIM);
	if (it->kind == ITEM_WAITING) {
		b->style = b->tail_style = paint_style(PAINT_DIM);
		buf_adds(&st->clean, S_(" …"));
	}
	if (it->queued != NULL) {
		b->tail_style = paint_style(PAINT_DIM);
		add_queued(&st->clean, it->queued);
	}
	if (it->kind == ITEM_FAILED) {
		b->tail_style = paint_style(PAINT_ERROR);
		add_failed(st, &st->clean, it->why);
	}
	b->text = xmemdup0(buf_data(&st->clean), st->clean.len);
	wrap_text(&st->wrap, b->text, st->clean.len, st->width - b->first,
	    st->width - b->indent);
	if (it->kind == ITEM_NOTICE)
		add_lines(st, b, 0, 0);
	else
		fold_block(st, b, st->clean.len);
}

static void
block_links(struct block *b)
{
	size_t at = 0, len;

	while (b->links < LINKS_MAX && url_find(b->text, b->tail, &at, &len)) {
		b->link = xreallocarray(
		    b->link, b->links + 1, sizeof(*b->link));
		b->link[b->links++] = (struct span){ at, len };
		at += len;
	}
}

static const struct block *
block_of(struct stream *st, const struct item *it)
{
	struct block *b = &st->cache[it->serial % CACHE];

	if (b->serial == it->serial && b->width == st->width &&
	    b->narrow == st->narrow)
		return b;
	block_clear(b);
	b->serial = it->serial;
	b->width = st->width;
	b->narrow = st->narrow;
	block_time(b, it->time);
	block_name(st, b, it);
	block_text(st, b, it);
	if (st->hyper != NULL)
		block_links(b);
	return b;
}

/* ---- lines above an item ----------------------------------------------- */

enum extra { EXTRA_BEGIN, EXTRA_FETCHING, EXTRA_OLDER, EXTRA_DAY, EXTRA_MARK };

/* What stands above all that is held. */
static enum extra
extra_at_top(const struct convo *c)
{
	if (convo_fetching(c))
		return EXTRA_FETCHING;
	return convo_begin(c) ? EXTRA_BEGIN : EXTRA_OLDER;
}

/* The first message that is unread, or the first one behind it: that may be
 * one of somebody who is ignored. */
static bool
is_marked(const struct convo *c, size_t i)
{
	const struct item *it = convo_item(c, i);
	int64_t mark = convo_marker(c);

	if (mark == 0 || it->kind != ITEM_MESSAGE || it->id <= mark)
		return mark != 0 && it->kind == ITEM_MESSAGE && it->id == mark;
	while (i > 0) {
		it = convo_item(c, --i);
		if (it->kind == ITEM_MESSAGE)
			return it->id < mark;
	}
	return convo_begin(c);
}

static size_t
extras(struct stream *st, const struct convo *c, size_t i,
    enum extra out[EXTRA_MAX])
{
	const struct item *it = convo_item(c, i);
	int day = block_of(st, it)->day, before = 0;
	size_t n = 0;

	if (i == 0)
		out[n++] = extra_at_top(c);
	if (i > 0)
		before = block_of(st, convo_item(c, i - 1))->day;
	if (day != 0 && day != before)
		out[n++] = EXTRA_DAY;
	if (is_marked(c, i))
		out[n++] = EXTRA_MARK;
	return n;
}

static size_t
height_of(struct stream *st, const struct convo *c, size_t i)
{
	enum extra extra[EXTRA_MAX];
	size_t above = extras(st, c, i, extra);

	return above + block_of(st, convo_item(c, i))->lines;
}

static int
draw_dashes(const struct pane *p, int row, int col, chtype style, int count)
{
	for (; count > 0; count--)
		col = paint(p, row, col, style, S_("─"));
	return col;
}

static void
draw_rule(const struct pane *p, int row, chtype style, const char *text)
{
	int cols = utf8_width(text, strlen(text)), col = 0, left;

	left = (p->w - cols - 2) / 2;
	if (left > 0) {
		col = draw_dashes(p, row, 0, style, left);
		col = paint(p, row, col, style, " ");
	}
	col = paint(p, row, col, style, text);
	col = paint(p, row, col, style, " ");
	if (left > 0)
		draw_dashes(p, row, col, style, p->w - col);
}

static void
draw_day(const struct stream *st, const struct pane *p, int row, int64_t ms)
{
	char numbers[32] = "";
	struct buf day;
	struct tm tm;
	bool known = clock_local(ms, &tm);

	buf_init(&day, TOLD_CAP);
	if (known && !st->narrow)
		day_text(&day, &tm);
	else if (known &&
	    strftime(numbers, sizeof(numbers), "%Y-%m-%d", &tm) > 0)
		buf_adds(&day, numbers);
	draw_rule(p, row, paint_style(PAINT_DIM), buf_data(&day));
	buf_release(&day);
}

static void
draw_extra(const struct stream *st, const struct pane *p, int row,
    enum extra e, const struct item *it)
{
	chtype dim = paint_style(PAINT_DIM);

	switch (e) {
	case EXTRA_BEGIN:
		/* TRANSLATORS: above the first message that there is. */
		draw_rule(p, row, dim, _("the beginning"));
		break;
	case EXTRA_FETCHING:
		draw_rule(p, row, dim, _("fetching older …"));
		break;
	case EXTRA_OLDER:
		draw_rule(p, row, dim, _("older ones are at the server"));
		break;
	case EXTRA_DAY:
		draw_day(st, p, row, it->time);
		break;
	case EXTRA_MARK:
		/* TRANSLATORS: above the first message that is unread. */
		draw_rule(p, row, paint_style(PAINT_MARK), C_("line", "new"));
		break;
	}
}

static void
draw_head(const struct pane *p, int row, const struct block *b, chtype more)
{
	struct pane head = *p;

	/* However narrow, the name never runs into the text. */
	head.w = b->first > 0 && b->first < p->w ? b->first : p->w;
	if (!b->narrow) {
		paint(&head, row, 0, paint_style(PAINT_DIM), b->clock);
		paint(&head, row, b->name_col, b->name_style | more, b->name);
	} else
		paint(&head, row,
		    paint(&head, row, 0, b->name_style | more, b->name),
		    b->name_style, b->after);
}

/* ---- what was found ----------------------------------------------------- */

static bool
is_found(const struct stream *st, const struct item *it)
{
	return st->found.id != 0 && it->kind == ITEM_MESSAGE &&
	    it->id == st->found.id;
}

/* Where the longest of what is marked in text[from .. end) begins; *marks: how
 * many bytes are. */
static size_t
longest_mark(const bool *mark, size_t from, size_t end, size_t *marks)
{
	size_t at = from, longest = 0, run = 0;

	*marks = 0;
	for (size_t i = from; i < end; i++) {
		run = mark[i] ? run + 1 : 0;
		*marks += mark[i];
		if (run > longest) {
			longest = run;
			at = i + 1 - run;
		}
	}
	return at;
}

/* In the line that has most of the words: of a long message they may stand in
 * many. */
static size_t
found_place(const bool *mark, const char *text)
{
	size_t at = 0, most = 0, from = 0, end, marks, place;

	for (;;) {
		end = from + strcspn(text + from, "\n");
		place = longest_mark(mark, from, end, &marks);
		if (marks > most) {
			most = marks;
			at = place;
		}
		if (text[end] == '\0')
			return at;
		from = end + 1;
	}
}

/* For each byte of what was found whether it is to stand out. */
static const bool *
found_marks(struct found *f, const struct block *b)
{
	size_t at, len;

	if (f->mark != NULL)
		return f->mark;
	f->mark = excerpt_marks(b->text, f->word, f->words, &at, &len);
	f->at = found_place(f->mark, b->text);
	return f->mark;
}

/* The line of the block in which its words begin. */
static size_t
found_line(struct found *f, const struct block *b)
{
	size_t l = b->lines - 1;

	(void)found_marks(f, b);
	while (l > 0 && b->line[l].start > f->at)
		l--;
	return l;
}

/* What of text[from .. end), drawn from col on, was looked for. */
static void
draw_marks(const struct pane *p, int row, int col, const struct block *b,
    const bool *mark, size_t from, size_t end)
{
	size_t i, n;

	for (i = from; i < end; i += n) {
		for (n = 1; i + n < end && mark[i + n] == mark[i];)
			n++;
		if (mark[i])
			paint_n(p, row, col, b->style | A_REVERSE, b->text + i,
			    n);
		col += utf8_width(b->text + i, n);
	}
}

/* What of the link stands in text[from .. end), drawn from col on.  What is not
 * ASCII may be drawn as something else, and is not told; nor is what stands out
 * because it was looked for (NULL: nothing was). */
static void
draw_link(struct stream *st, const struct pane *p, int row, int col,
    const struct block *b, size_t i, size_t from, size_t end,
    const bool *mark)
{
	const struct span *link = &b->link[i];
	size_t start = link->start > from ? link->start : from;
	const char *s = b->text + start;
	chtype style = b->style | A_UNDERLINE;
	int cols;

	if (link->start + link->len < end)
		end = link->start + link->len;
	if (start >= end ||
	    (mark != NULL && memchr(mark + start, 1, end - start) != NULL))
		return;
	col += utf8_width(b->text + from, start - from);
	cols = utf8_width(s, end - start);
	if (cols > 0 && col + cols <= p->w &&
	    hyper_add(st->hyper, p->y + row, p->x + col, cols, style,
	        b->text + link->start, link->len, b->serial * LINKS_MAX + i))
		paint_n(p, row, col, style, s, end - start);
}

/* The last row of it that stands for lines tells what Enter does. */
static bool
tells_enter(const struct block *b, size_t l)
{
	if (b->line[l].fold == FOLD_NOTHING)
		return false;
	while (++l < b->lines)
		if (b->line[l].fold != FOLD_NOTHING)
			return false;
	return true;
}

static void
draw_fold(const struct pane *p, int row, int col, const struct row *line,
    bool enter)
{
	struct buf text, cut;

	buf_init(&text, TOLD_CAP);
	buf_init(&cut, TOLD_CAP);
	fold_text(&text, line->fold, line->count, enter);
	paint_cut(&cut, buf_data(&text), text.len, p->w - col);
	paint_n(p, row, col, paint_style(PAINT_DIM), buf_data(&cut), cut.len);
	buf_release(&text);
	buf_release(&cut);
}

static void
draw_line(struct stream *st, const struct pane *p, int row,
    const struct block *b, size_t l, chtype more, bool found)
{
	const struct row *line = &b->line[l];
	const bool *mark = found ? found_marks(&st->found, b) : NULL;
	int col = l == 0 ? b->first : b->indent, from = col;
	size_t plain = line->len, i;

	if (l == 0)
		draw_head(p, row, b, more);
	if (line->fold != FOLD_NOTHING) {
		draw_fold(p, row, col, line,
		    b->serial == st->fold && tells_enter(b, l));
		return;
	}
	if (line->start >= b->tail)
		plain = 0;
	else if (line->start + line->len > b->tail)
		plain = b->tail - line->start;
	col = paint_n(p, row, col, b->style, b->text + line->start, plain);
	paint_n(p, row, col, b->tail_style, b->text + line->start + plain,
	    line->len - plain);
	if (found)
		draw_marks(p, row, from, b, mark, line->start,
		    line->start + plain);
	for (i = 0; i < b->links; i++)
		draw_link(st, p, row, from, b, i, line->start,
		    line->start + plain, mark);
}

static void
note_head(struct stream *st, const struct pane *p, int row,
    const struct block *b)
{
	int y = p->y + row;

	if (y >= 0 && y < CACHE)
		st->head[y] = (struct head){ b->serial, p->x + b->name_col,
			p->x + b->first, 0 };
}

static void
note_fold(struct stream *st, const struct pane *p, int row,
    const struct block *b, size_t l)
{
	int y = p->y + row;

	if (y >= 0 && y < CACHE && b->line[l].fold != FOLD_NOTHING)
		st->head[y].fold = b->serial;
}

const char *
stream_name_at(const struct stream *st, const struct convo *c, int row, int col)
{
	const struct head *h;
	size_t i;

	if (row < 0 || row >= CACHE)
		return NULL;
	h = &st->head[row];
	if (h->serial == 0 || col < h->from || col >= h->to || !convo_find_item(c, h->serial, &i))
		return NULL;
	return convo_item(c, i)->from;
}

bool
stream_divider_at(const struct stream *st, int row)
{
	return st->divider == row && row >= 0;
}

/* Its name: what was found, and what there is no row to mark for. */
static bool
stands_out(const struct stream *st, const struct convo *c, size_t i)
{
	return is_found(st, convo_item(c, i)) ||
	    (st->height == 1 && is_marked(c, i));
}

static void
draw_place(struct stream *st, const struct pane *p, int row,
    const struct convo *c, struct place at)
{
	enum extra extra[EXTRA_MAX];
	const struct item *it = convo_item(c, at.item);
	size_t above = extras(st, c, at.item, extra);

	if (at.line == above && it->kind == ITEM_MESSAGE)
		note_head(st, p, row, block_of(st, it));
	if (at.line < above) {
		draw_extra(st, p, row, extra[at.line], it);
		return;
	}
	draw_line(st, p, row, block_of(st, it), at.line - above,
	    stands_out(st, c, at.item) ? A_REVERSE : 0, is_found(st, it));
	note_fold(st, p, row, block_of(st, it), at.line - above);
}

/* ---- places ------------------------------------------------------------ */

/* n lines further up; how many there were.  *at has a line. */
static long
go_up(struct stream *st, const struct convo *c, struct place *at, long n)
{
	long gone = 0;

	while (gone < n) {
		if (at->line > 0) {
			at->line--;
		} else if (at->item > 0) {
			at->item--;
			at->line = height_of(st, c, at->item) - 1;
		} else
			break;
		gone++;
	}
	return gone;
}

static long
go_down(struct stream *st, const struct convo *c, struct place *at, long n)
{
	long gone = 0;

	while (gone < n) {
		if (at->line + 1 < height_of(st, c, at->item)) {
			at->line++;
		} else if (at->item + 1 < convo_count(c)) {
			at->item++;
			at->line = 0;
		} else
			break;
		gone++;
	}
	return gone;
}

static struct place
end_place(struct stream *st, const struct convo *c)
{
	struct place at;

	at.item = convo_count(c) - 1;
	at.line = height_of(st, c, at.item) - 1;
	return at;
}

/* Rows of the pane for what is read; the divider and the newest lines take the
 * others while there are any below. */
static int
upper_height(const struct stream *st)
{
	return st->present > 0 ? st->height - st->present - 1 : st->height;
}

/*
 * The lowest line of the upper rows with which they and the newest lines would
 * show what the end shows, but for the line that the divider hides: so going
 * up by a line from the end shows one more at the top.
 */
static struct place
base_place(struct stream *st, const struct convo *c)
{
	struct place at = end_place(st, c);

	if (st->present > 0 && convo_passage(c) == 0)
		go_up(st, c, &at, st->present + 1);
	return at;
}

static bool
is_before(struct place a, struct place b)
{
	return a.item < b.item || (a.item == b.item && a.line < b.line);
}

static void
hang_on(struct stream *st, const struct convo *c, struct place at)
{
	bool passage = convo_passage(c) != 0;

	if (!is_before(at, base_place(st, c))) {
		if (!passage) {
			st->end = true;
			return;
		}
		at = base_place(st, c);
	}
	if (st->end)
		st->seen = passage ? st->newest : convo_last(c);
	st->end = false;
	st->low = convo_item(c, at.item)->serial;
	st->low_id = convo_item(c, at.item)->id;
	st->low_line = at.line;
}

/* What the lowest line hung on has gone, as the oldest do when there are too
 * many: the first that stood behind it. */
static struct place
next_place(struct stream *st, const struct convo *c)
{
	struct place at = { 0, 0 };

	/* One's own that was on its way has its place by its id now: near the
	 * end, where it was. */
	if (st->low_id == 0)
		return base_place(st, c);
	while (at.item + 1 < convo_count(c) &&
	    convo_item(c, at.item)->id < st->low_id)
		at.item++;
	hang_on(st, c, at);
	return at;
}

/* Where the lowest line is. */
static struct place
low_place(struct stream *st, const struct convo *c)
{
	struct place at;
	size_t height;

	if (st->end)
		return base_place(st, c);
	if (!convo_find_item(c, st->low, &at.item))
		return next_place(st, c);
	height = height_of(st, c, at.item);
	at.line = st->low_line < height ? st->low_line : height - 1;
	return at;
}

bool
stream_scroll(struct stream *st, const struct convo *c, long lines)
{
	struct place at, top;
	int rows = upper_height(st);
	long moved;

	if (convo_count(c) == 0 || rows <= 0)
		return false;
	st->goal = 0;
	at = low_place(st, c);
	if (lines > 0) {
		moved = go_down(st, c, &at, lines);
	} else {
		top = at;
		if (go_up(st, c, &top, rows - 1) < rows - 1)
			return false;
		moved = go_up(st, c, &top, -lines);
		go_up(st, c, &at, moved);
	}
	hang_on(st, c, at);
	return moved > 0;
}

bool
stream_page(struct stream *st, const struct convo *c, int pages)
{
	int rows = upper_height(st);

	return stream_scroll(st, c, (long)pages * (rows > 1 ? rows - 1 : 1));
}

/* ---- folding ----------------------------------------------------------- */

static void
set_open(struct stream *st, uint64_t serial, bool open)
{
	struct block *b = &st->cache[serial % CACHE];

	for (size_t i = 0; i < OPEN_MAX; i++)
		if (st->open[i] == serial)
			st->open[i] = 0;
	if (open)
		st->open[st->opened++ % OPEN_MAX] = serial;
	if (b->serial == serial)
		block_clear(b);
}

/* What was looked for is not folded away. */
static void
open_found(struct stream *st, const struct item *it)
{
	const struct block *b;

	if (!is_found(st, it))
		return;
	b = block_of(st, it);
	if (b->line[found_line(&st->found, b)].fold != FOLD_NOTHING)
		set_open(st, it->serial, true);
	forget_marks(&st->found);
}

/* It begins in the first row then, so that it is read from there on; at the
 * end, where that shows all that is left. */
static void
turn_fold(struct stream *st, const struct convo *c, uint64_t serial)
{
	struct place at = { 0, 0 };
	int rows = upper_height(st);

	st->goal = 0;
	set_open(st, serial, !is_open(st, serial));
	if (rows <= 0 || !convo_find_item(c, serial, &at.item))
		return; /* it is one of the newest, beside a passage */
	go_down(st, c, &at, rows - 1);
	hang_on(st, c, at);
}

bool
stream_fold(struct stream *st, const struct convo *c)
{
	if (st->fold == 0)
		return false;
	turn_fold(st, c, st->fold);
	return true;
}

bool
stream_fold_at(struct stream *st, const struct convo *c, int row)
{
	if (row < 0 || row >= CACHE || st->head[row].fold == 0)
		return false;
	turn_fold(st, c, st->head[row].fold);
	return true;
}

/* It is what Enter acts on, for a row of it that is seen: one that tells so,
 * or any of a message that is open. */
static bool
takes_enter(struct stream *st, const struct convo *c, struct place at, bool open)
{
	enum extra extra[EXTRA_MAX];
	const struct item *it = convo_item(c, at.item);
	size_t above = extras(st, c, at.item, extra);
	const struct block *b = block_of(st, it);

	if (!b->folds || is_open(st, it->serial) != open || at.line < above)
		return false;
	return open || tells_enter(b, at.line - above);
}

/* The lowest such message in so many rows; 0: none. */
static uint64_t
lowest_fold(struct stream *st, const struct convo *c, struct place at, int rows,
    bool open)
{
	do {
		if (takes_enter(st, c, at, open))
			return convo_item(c, at.item)->serial;
	} while (--rows > 0 && go_up(st, c, &at, 1) == 1);
	return 0;
}

/* What is read comes before the newest lines below it. */
static void
find_fold(struct stream *st, const struct convo *c, struct place at,
    const struct convo *now)
{
	int rows = st->end ? st->height : upper_height(st);
	bool parts = !st->end && st->present > 0 && convo_count(now) > 0;

	st->fold = 0;
	for (int open = 0; open < 2 && st->fold == 0; open++) {
		st->fold = lowest_fold(st, c, at, rows, open == 1);
		if (st->fold == 0 && parts)
			st->fold = lowest_fold(st, now, end_place(st, now),
			    st->present, open == 1);
	}
}

/* ---- goals ------------------------------------------------------------- */

/* The first message with that id or a greater one; false: there is none.
 * What waits or was refused stands behind messages with greater ids. */
static bool
find_goal(const struct convo *c, int64_t id, size_t *at)
{
	const struct item *it;
	bool any = false;

	for (size_t i = convo_count(c); i-- > 0;) {
		it = convo_item(c, i);
		if (it->kind != ITEM_MESSAGE)
			continue;
		if (it->id < id)
			break;
		*at = i;
		any = true;
	}
	return any;
}

/* How many rows stand above the goal's, of so many in all, when there are as
 * many: *at is its line, and becomes the one that is to be seen whatever
 * happens. */
static long
rows_above(struct stream *st, const struct convo *c, struct place *at,
    long rows)
{
	enum extra extra[EXTRA_MAX];
	const struct item *it = convo_item(c, at->item);
	long extras_above = (long)extras(st, c, at->item, extra), line, spare;
	const struct block *b = block_of(st, it);

	at->line = (size_t)extras_above;
	if (!is_found(st, it)) {
		if (rows < FEW_ROWS && extras_above > 0)
			extras_above = 1; /* the mark, not the day above it */
		return extras_above < rows ? extras_above : rows - 1;
	}
	line = (long)found_line(&st->found, b);
	at->line += (size_t)line;
	spare = rows - (long)b->lines;
	if (line >= rows || spare > rows / ABOVE_PART)
		spare = rows / ABOVE_PART;
	else if (spare < 0)
		spare = 0;
	return line < rows ? line + spare : spare;
}

/*
 * To the goal.  What is to be read on from there, as from the first unread
 * message, begins in the first row; what was found stands a little further
 * down, for what was said before it, its name in sight where its words leave
 * room for that.  At the end, where that shows it as well.
 */
static void
place_goal(struct stream *st, const struct convo *c)
{
	struct place at = { 0, 0 }, up;
	long rows = upper_height(st), above;

	if (rows <= 0 || !find_goal(c, st->goal, &at.item))
		return;
	above = rows_above(st, c, &at, rows);
	up = at;
	above = go_up(st, c, &up, above);
	go_down(st, c, &at, rows - 1 - above);
	hang_on(st, c, at);
}

/*
 * In each frame, for its lines may have moved: another width, more rows for
 * the newest.  What comes at the end takes along the first unread message, but
 * not what was found.
 */
static void
keep_goal(struct stream *st, const struct convo *c)
{
	if (st->goal == 0)
		return;
	if (st->end && st->goal != st->found.id &&
	    convo_last(c) != st->goal_newest)
		st->goal = 0;
	else
		place_goal(st, c);
}

void
stream_go(struct stream *st, const struct convo *c, int64_t id)
{
	size_t i;

	st->goal = id;
	st->goal_newest = convo_last(c);
	if (find_goal(c, id, &i))
		open_found(st, convo_item(c, i));
	place_goal(st, c);
}

void
stream_to_end(struct stream *st)
{
	st->goal = 0;
	st->end = true;
}

uint64_t
stream_lowest(const struct stream *st)
{
	return st->end ? 0 : st->low;
}

void
stream_here(const struct stream *st, struct stream_spot *spot)
{
	*spot = (struct stream_spot){ .convo = st->convo, .low = st->low,
		.low_id = st->low_id, .seen = st->seen,
		.low_line = st->low_line, .end = st->end, .goal = st->goal,
		.goal_newest = st->goal_newest };
}

void
stream_return(struct stream *st, const struct stream_spot *spot)
{
	st->convo = spot->convo;
	st->low = spot->low;
	st->low_id = spot->low_id;
	st->seen = spot->seen;
	st->low_line = spot->low_line;
	st->end = spot->end;
	st->goal = spot->goal;
	st->goal_newest = spot->goal_newest;
}

struct stream_view *
stream_detach(struct stream *st)
{
	struct stream_view *v = NULL;

	if (!st->end || st->found.id != 0) {
		v = xcalloc(1, sizeof(*v));
		stream_here(st, &v->spot);
		v->found = st->found;
		st->found = (struct found){ 0 };
		forget_marks(&v->found);
	}
	stream_to_end(st);
	return v;
}

void
stream_attach(struct stream *st, uint64_t convo, struct stream_view *v)
{
	forget_found(&st->found);
	stream_to_end(st);
	st->convo = convo;
	if (v == NULL)
		return;
	stream_return(st, &v->spot);
	st->found = v->found;
	free(v);
}

void
stream_view_free(struct stream_view *v)
{
	if (v == NULL)
		return;
	forget_found(&v->found);
	free(v);
}

void
stream_found(struct stream *st, int64_t id, char *const *word, size_t words)
{
	struct found *f = &st->found;

	forget_found(f);
	f->id = id;
	f->word = xreallocarray(NULL, words + 1, sizeof(*f->word));
	while (f->words < words) {
		f->word[f->words] = xstrdup(word[f->words]);
		f->words++;
	}
}

bool
stream_at_end(const struct stream *st)
{
	return st->end;
}

bool
stream_at_top(const struct stream *st)
{
	return st->top;
}

bool
stream_nears_bottom(const struct stream *st)
{
	return st->bottom;
}

bool
stream_shows_present(const struct stream *st)
{
	return st->end || st->present > 0;
}

size_t
stream_below(const struct stream *st, const struct convo *c)
{
	size_t i = convo_count(c), n = 0;
	const struct item *it;

	if (st->end)
		return 0;
	while (i-- > 0) {
		it = convo_item(c, i);
		if (it->serial == st->low)
			break;
		n += it->kind == ITEM_MESSAGE && !it->own && it->id > st->seen;
	}
	return n;
}

/* The lines that end at that place, up to the first row; the uppermost one. */
static struct place
draw_up(struct stream *st, const struct pane *p, const struct convo *c,
    struct place at)
{
	int row = p->h - 1;

	do {
		draw_place(st, p, row--, c, at);
	} while (row >= 0 && go_up(st, c, &at, 1) == 1);
	return at;
}

/* Of a passage; key: NULL is none. */
static void
gap_text(struct buf *b, const struct convo *c, const char *key)
{
	if (convo_fetching_newer(c))
		buf_adds(b, _("fetching newer …"));
	else if (key != NULL)
		/* TRANSLATORS: between what is read and the newest messages
		 * some are not shown; %s is a key, "End". */
		buf_addf(b, _("a gap, then the newest; %s goes there"), key);
	else
		buf_adds(b, _("a gap, then the newest"));
}

/* key: NULL is none. */
static void
divider_text(struct buf *b, size_t below, const char *key)
{
	if (below == 0 && key != NULL)
		/* TRANSLATORS: this and the next part what is read from the
		 * newest lines; %s is a key, "End".  Without room the one
		 * without the key does. */
		buf_addf(b, _("the newest; %s goes there"), key);
	else if (below == 0)
		buf_adds(b, _("the newest"));
	else if (key != NULL)
		buf_addf(b, ngettext("%zu new below; %s goes there",
		    "%zu new below; %s goes there", below), below, key);
	else
		buf_addf(b, ngettext("%zu new below", "%zu new below", below),
		    below);
}

static void
draw_divider(const struct stream *st, const struct pane *p, int row,
    const struct convo *c, const struct convo *now)
{
	size_t below = stream_below(st, now);
	bool gap = below == 0 && convo_passage(c) != 0;
	char key[KEYNAME_CAP];
	bool named = !st->narrow && keymap_key(st->settings, KEYS_END, key);
	struct buf b;

	buf_init(&b, TOLD_CAP);
	if (gap)
		gap_text(&b, c, named ? key : NULL);
	else
		divider_text(&b, below, named ? key : NULL);
	if (utf8_width(buf_data(&b), b.len) > p->w) {
		buf_clear(&b);
		divider_text(&b, below, NULL);
	}
	draw_rule(p, row, paint_style(below == 0 ? PAINT_DIM : PAINT_MARK),
	    buf_data(&b));
	buf_release(&b);
}

/* Nothing is held: whether anything is to come. */
static void
draw_none(const struct pane *p, const struct convo *c)
{
	if (convo_fetching(c) || convo_begin(c) || convo_cleared(c))
		draw_extra(NULL, p, 0, extra_at_top(c), NULL);
}

static void
measure(struct stream *st, const struct pane *p, const struct convo *c)
{
	if (clock_zone() != st->zone) {
		st->zone = clock_zone();
		stream_restyle(st);
	}
	st->width = p->w;
	st->height = p->h;
	st->narrow = COLS < NARROW;
	st->present = p->h / PRESENT_PART;
	if (st->present > PRESENT_MAX)
		st->present = PRESENT_MAX;
	if (convo_serial(c) != st->convo) {
		st->convo = convo_serial(c);
		stream_to_end(st);
	}
}

/* Less than a page of a passage is below: so the next one is there before it is
 * read. */
static bool
nears_bottom(struct stream *st, const struct convo *c, struct place low)
{
	long page = st->height;

	return convo_passage(c) != 0 && go_down(st, c, &low, page) < page;
}

/* The newest lines and what parts them; what is left for the others. */
static struct pane
draw_present(struct stream *st, const struct pane *p, const struct convo *c,
    const struct convo *now)
{
	struct pane part = *p;

	part.h = st->present;
	part.y = p->y + p->h - part.h;
	if (convo_count(now) > 0)
		draw_up(st, &part, now, end_place(st, now));
	part.y = p->y;
	part.h = upper_height(st);
	st->divider = p->y + part.h;
	draw_divider(st, p, part.h, c, now);
	return part;
}

void
stream_draw(struct stream *st, const struct pane *p, const struct convo *c,
    const struct convo *now)
{
	struct pane part = *p;
	struct place at;

	measure(st, p, c);
	st->newest = convo_last(now);
	memset(st->head, 0, sizeof(st->head));
	st->divider = -1;
	st->fold = 0;
	paint_erase(p);
	if (st->hyper != NULL)
		hyper_begin(st->hyper);
	st->top = st->bottom = false;
	if (p->h <= 0 || p->w <= 0)
		return;
	if (convo_count(c) == 0) {
		draw_none(p, c);
		return;
	}
	forget_marks(&st->found);
	keep_goal(st, c);
	at = low_place(st, c);
	hang_on(st, c, at); /* other widths put it elsewhere */
	if (st->end)
		at = end_place(st, c);
	find_fold(st, c, at, now);
	if (!st->end && st->present > 0)
		part = draw_present(st, p, c, now);
	st->bottom = nears_bottom(st, c, at);
	at = draw_up(st, &part, c, at);
	st->top = at.item == 0 && at.line == 0;
}
