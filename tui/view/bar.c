/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/bar.h"

#include <stdio.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/model/model.h"
#include "tui/view/paint.h"
#include "tui/text.h"

enum {
	NAME_CAP = 1024,
	NAME_PART = 4, /* of the columns a name has one in so many at least, */
	NAME_MIN = 8,  /* but no less than these */
	SIGN_CAP = 64
};

/* How much a sign says. */
enum say { SAY_ALL, SAY_UNREAD, SAY_LITTLE };

/* Those from first up to end are drawn. */
struct bar {
	size_t first, end;
	int name; /* the columns of a name at most */
	enum say say;
	char before[SIGN_CAP], after[SIGN_CAP];
};

/* Of those that are left out at one end. */
struct hidden {
	size_t count, unread;
	bool called;
};

static bool
is_news(const struct model *m, size_t i)
{
	return model_news(m, model_convo(m, i)) > 0;
}

/* " 2:neko(3) ", "(3!)" where the person is called; its columns. */
static int
add_convo(struct buf *b, const struct model *m, size_t i, int name)
{
	const struct convo *c = model_convo(m, i);
	const char *target = i == 0 ? _("everyone") : convo_target(c);
	struct buf clean;

	buf_init(&clean, NAME_CAP);
	text_clean(&clean, target, strlen(target));
	buf_addf(b, " %zu:", i + 1);
	paint_cut(b, buf_data(&clean), clean.len, name);
	buf_release(&clean);
	if (is_news(m, i))
		buf_addf(b, convo_mentioned(c) ? "(%zu!)" : "(%zu)",
		    convo_unread(c));
	buf_addc(b, ' ');
	return utf8_width(buf_data(b), b->len);
}

static int
convo_cols(const struct model *m, size_t i, int name)
{
	struct buf b;
	int cols;

	buf_init(&b, NAME_CAP);
	cols = add_convo(&b, m, i, name);
	buf_release(&b);
	return cols;
}

static struct hidden
hidden_of(const struct model *m, size_t from, size_t end)
{
	struct hidden h = { .count = end - from };

	for (size_t i = from; i < end; i++)
		if (is_news(m, i)) {
			h.unread += convo_unread(model_convo(m, i));
			h.called |= convo_mentioned(model_convo(m, i));
		}
	return h;
}

static void
make_sign(char sign[SIGN_CAP], struct hidden h, enum say say, bool before)
{
	const char *left = before ? "<" : "", *right = before ? "" : ">";
	const char *call = h.called ? "!" : "";

	sign[0] = '\0';
	if (h.count == 0)
		return;
	if (say == SAY_LITTLE)
		snprintf(sign, SIGN_CAP, "%s%s%s", left, call, right);
	else if (say == SAY_UNREAD && h.unread == 0)
		snprintf(sign, SIGN_CAP, "%s%s", left, right);
	else if (say == SAY_UNREAD)
		snprintf(sign, SIGN_CAP, "%s(%zu%s)%s", left, h.unread, call,
		    right);
	else if (h.unread == 0)
		snprintf(sign, SIGN_CAP, "%s+%zu%s", left, h.count, right);
	else
		snprintf(sign, SIGN_CAP, "%s+%zu(%zu%s)%s", left, h.count,
		    h.unread, call, right);
}

static void
make_signs(struct bar *b, const struct model *m)
{
	make_sign(b->before, hidden_of(m, 0, b->first), b->say, true);
	make_sign(b->after, hidden_of(m, b->end, model_convos(m)), b->say,
	    false);
}

/* Whether the signs have room beside the names, of so many columns. */
static bool
fits(struct bar *b, const struct model *m, int cols, int width)
{
	make_signs(b, m);
	return cols + (int)strlen(b->before) + (int)strlen(b->after) <= width;
}

static bool
all_fit(const struct model *m, int name, int width)
{
	int cols = 0;

	for (size_t i = 0; i < model_convos(m) && cols <= width; i++)
		cols += convo_cols(m, i, name);
	return cols <= width;
}

/* One more at that end, if there is one and it has room. */
static bool
grow(struct bar *b, const struct model *m, int *cols, int width, bool before)
{
	struct bar more = *b;
	int with;

	if (before ? b->first == 0 : b->end == model_convos(m))
		return false;
	if (before)
		more.first--;
	else
		more.end++;
	with = *cols +
	    convo_cols(m, before ? more.first : b->end, b->name);
	if (!fits(&more, m, with, width))
		return false;
	*b = more;
	*cols = with;
	return true;
}

/* The one that is shown, and its neighbours on either side in turn. */
static void
lay_around(struct bar *b, const struct model *m, int width)
{
	size_t at = model_current_index(m);
	int cols = convo_cols(m, at, b->name);
	bool left = true, right = true;

	b->first = at;
	b->end = at + 1;
	while (!fits(b, m, cols, width) && b->say < SAY_LITTLE)
		b->say++;
	while (left || right) {
		left = left && grow(b, m, &cols, width, true);
		right = right && grow(b, m, &cols, width, false);
	}
	make_signs(b, m);
}

/* Names are cut no more than they must be for all to have room. */
static void
lay(struct bar *b, const struct model *m, int width)
{
	int least = width / NAME_PART, most = width, name;

	if (least < NAME_MIN)
		least = NAME_MIN;
	*b = (struct bar){ .end = model_convos(m), .name = least };
	if (!all_fit(m, least, width)) {
		lay_around(b, m, width);
		return;
	}
	while (b->name < most) {
		name = b->name + (most - b->name + 1) / 2;
		if (all_fit(m, name, width))
			b->name = name;
		else
			most = name - 1;
	}
}

static int
draw_sign(const struct pane *p, int col, const char *sign)
{
	bool news = strpbrk(sign, "(!") != NULL;

	return paint(p, 0, col,
	    paint_style(news ? PAINT_BAR_ALERT : PAINT_BAR), sign);
}

static int
draw_convo(const struct pane *p, int col, const struct model *m, size_t i,
    int name)
{
	enum paint look = i == model_current_index(m) ? PAINT_BOLD :
	    is_news(m, i) ? PAINT_BAR_ALERT : PAINT_BAR;
	struct buf b;

	buf_init(&b, NAME_CAP);
	add_convo(&b, m, i, name);
	col = paint_n(p, 0, col, paint_style(look), buf_data(&b), b.len);
	buf_release(&b);
	return col;
}

void
bar_draw(const struct pane *p, const struct model *m)
{
	struct bar b;
	int col;

	lay(&b, m, p->w);
	col = draw_sign(p, 0, b.before);
	for (size_t i = b.first; i < b.end; i++)
		col = draw_convo(p, col, m, i, b.name);
	draw_sign(p, col, b.after);
}

/* Of those that are left out: the nearest with news, else the nearest. */
static size_t
nearest_before(const struct bar *b, const struct model *m)
{
	for (size_t i = b->first; i-- > 0;)
		if (is_news(m, i))
			return i;
	return b->first - 1;
}

static size_t
nearest_after(const struct bar *b, const struct model *m)
{
	for (size_t i = b->end; i < model_convos(m); i++)
		if (is_news(m, i))
			return i;
	return b->end;
}

bool
bar_at(const struct pane *p, const struct model *m, int col, size_t *i)
{
	struct bar b;
	int end;

	lay(&b, m, p->w);
	end = (int)strlen(b.before);
	if (col < end) {
		*i = nearest_before(&b, m);
		return true;
	}
	for (*i = b.first; *i < b.end; ++*i) {
		end += convo_cols(m, *i, b.name);
		if (col < end)
			return true;
	}
	if (col >= end + (int)strlen(b.after))
		return false;
	*i = nearest_after(&b, m);
	return true;
}
