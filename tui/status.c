/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/status.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/model.h"
#include "tui/paint.h"
#include "tui/rooms.h"

enum { BAR_CAP = 8192, NAME_CAP = 1024, BELOW_CAP = 48 };

static void
add_clean(struct buf *b, const char *s)
{
	utf8_clean(b, s, strlen(s));
}

static void
add_link(struct buf *b, const struct model_status *st, int64_t now)
{
	int64_t left = st->retry_at - now;

	switch (st->link) {
	case LINK_OFFLINE:
		buf_adds(b, "not connected");
		break;
	case LINK_LOST:
		buf_addf(b, "no connection, next try in %lld s",
		    (long long)(left > 0 ? (left + 999) / 1000 : 0));
		if (st->why[0] != '\0') {
			buf_adds(b, ": ");
			add_clean(b, st->why);
		}
		break;
	case LINK_CONNECTING:
		buf_adds(b, "connecting …");
		break;
	case LINK_LOGIN:
		buf_adds(b, "not logged in");
		break;
	case LINK_CATCHING:
		buf_adds(b, "catching up …");
		break;
	case LINK_ONLINE:
		buf_adds(b, "online");
		break;
	}
}

static size_t
unread_elsewhere(const struct model *m)
{
	size_t i, sum = 0;

	for (i = 0; i < model_convos(m); i++)
		if (i != model_current_index(m) &&
		    !model_quiet(m, model_convo(m, i)))
			sum += convo_unread(model_convo(m, i));
	return sum;
}

static enum paint
bar_look(const struct model_status *st)
{
	return st->link == LINK_ONLINE || st->link == LINK_CATCHING ?
	    PAINT_BAR : PAINT_BAR_ALERT;
}

/* left, cut where right begins. */
static void
draw_bar(const struct pane *p, chtype style, const char *left,
    const char *right)
{
	struct pane cut = *p;
	int cols = utf8_width(right, strlen(right));

	paint_fill(p, 0, 0, style);
	if (cols > 0 && cols + 1 < p->w) {
		paint(p, 0, p->w - cols, style, right);
		cut.w -= cols + 1;
	}
	paint(&cut, 0, 0, style, left);
}

static void
add_waiting(struct buf *b, const struct model *m)
{
	if (model_waiting(m) > 0)
		buf_addf(b, " · %zu waiting", model_waiting(m));
}

/* The group that is shown, and what it is about; else which server this is. */
static void
add_place(struct buf *b, const struct model *m)
{
	const char *target = convo_target(model_current(m));
	const struct group *g = rooms_find(model_rooms(m), target);

	if (*target != '#') {
		add_clean(b, model_status(m)->server);
		return;
	}
	add_clean(b, target);
	if (g == NULL || !g->member) {
		buf_adds(b, " (you are not in it)");
		return;
	}
	if (g->mode != GROUP_OPEN)
		buf_addf(b, " (%s)", group_mode_words(g->mode));
	if (*g->topic != '\0') {
		buf_adds(b, ": ");
		add_clean(b, g->topic);
	}
}

void
status_draw(const struct pane *p, struct model *m, int64_t now)
{
	const struct model_status *st = model_status(m);
	size_t unread = unread_elsewhere(m);
	struct buf left, right;

	buf_init(&left, BAR_CAP);
	buf_init(&right, BAR_CAP);
	buf_addc(&left, ' ');
	if (st->user[0] != '\0') {
		add_clean(&left, st->user);
		buf_adds(&left, " · ");
	}
	add_link(&left, st, now);
	add_waiting(&left, m);
	if (model_quiet(m, model_current(m)))
		buf_adds(&left, " · quiet");
	if (st->server[0] != '\0') {
		buf_adds(&left, " · ");
		add_place(&left, m);
	}
	if (unread > 0)
		buf_addf(&right, " %zu unread ", unread);
	else if (p->w >= 60)
		buf_adds(&right, " F1 help ");
	draw_bar(p, paint_style(bar_look(st)), buf_data(&left),
	    buf_data(&right));
	buf_release(&left);
	buf_release(&right);
}

/* " 2:neko(3) ", "(3!)" where the person is named; where it stands in the
 * bar. */
static int
draw_convo(const struct pane *p, int col, const struct model *m, size_t i,
    bool draw)
{
	const struct convo *c = model_convo(m, i);
	chtype style = paint_style(PAINT_BAR);
	struct buf b;
	int end;

	buf_init(&b, NAME_CAP);
	buf_addf(&b, " %zu:", i + 1);
	add_clean(&b, i == 0 ? "everyone" : convo_target(c));
	if (convo_unread(c) > 0 && i != model_current_index(m) &&
	    !model_quiet(m, c)) {
		buf_addf(&b, convo_mentioned(c) ? "(%zu!)" : "(%zu)",
		    convo_unread(c));
		style = paint_style(PAINT_BAR_ALERT);
	}
	buf_addc(&b, ' ');
	if (i == model_current_index(m))
		style = paint_style(PAINT_BOLD);
	end = col + utf8_width(buf_data(&b), b.len);
	if (draw)
		paint_n(p, 0, col, style, buf_data(&b), b.len);
	buf_release(&b);
	return end;
}

/* The first of as many as fit, the current one among them. */
static size_t
first_convo(const struct pane *p, const struct model *m)
{
	size_t from = model_current_index(m);
	int cols = draw_convo(p, 0, m, from, false), more;

	while (from > 0) {
		more = draw_convo(p, 0, m, from - 1, false);
		if (cols + more > p->w)
			break;
		cols += more;
		from--;
	}
	return from;
}

static void
draw_convos(const struct pane *p, const struct model *m)
{
	size_t i = first_convo(p, m);
	int col = 0;

	for (; i < model_convos(m) && col < p->w; i++)
		col = draw_convo(p, col, m, i, true);
}

/* " 3 new below ", at the right of the bar; *convos: what it leaves. */
static void
below_text(const struct pane *p, size_t below, char text[BELOW_CAP],
    struct pane *convos)
{
	int cols;

	text[0] = '\0';
	if (below > 0)
		snprintf(text, BELOW_CAP, " %zu new below ", below);
	cols = (int)strlen(text);
	*convos = *p;
	if (cols + 1 < p->w)
		convos->w -= cols;
}

void
status_draw_convos(
    const struct pane *p, struct model *m, size_t below, const char *hint)
{
	struct pane convos;
	char text[BELOW_CAP];

	below_text(p, below, text, &convos);
	draw_bar(p, paint_style(PAINT_BAR), hint, text);
	if (*hint == '\0')
		draw_convos(&convos, m);
}

bool
status_convo_at(const struct pane *p, struct model *m, size_t below,
    const char *hint, int col, size_t *i)
{
	struct pane convos;
	char text[BELOW_CAP];
	int end = 0;

	below_text(p, below, text, &convos);
	if (*hint != '\0' || col >= convos.w)
		return false;
	for (*i = first_convo(&convos, m); *i < model_convos(m); ++*i) {
		end = draw_convo(&convos, end, m, *i, false);
		if (col < end)
			return true;
	}
	return false;
}

void
status_draw_both(const struct pane *p, struct model *m, int64_t now,
    size_t below, const char *hint)
{
	const struct model_status *st = model_status(m);
	size_t i = model_current_index(m), unread = unread_elsewhere(m);
	struct buf left, right;

	buf_init(&left, BAR_CAP);
	buf_init(&right, BAR_CAP);
	if (*hint != '\0') {
		buf_adds(&left, hint);
	} else {
		buf_addf(&left, "%zu:", i + 1);
		add_clean(&left, i == 0 ? "everyone" :
		    convo_target(model_current(m)));
		if (unread > 0)
			buf_addf(&left, " +%zu", unread);
		if (st->link != LINK_ONLINE) {
			buf_adds(&left, " ");
			add_link(&left, st, now);
		}
	}
	if (below > 0)
		buf_addf(&right, "%zu below", below);
	draw_bar(p, paint_style(bar_look(st)), buf_data(&left),
	    buf_data(&right));
	buf_release(&left);
	buf_release(&right);
}
