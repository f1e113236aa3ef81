/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/status.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/view/bar.h"
#include "tui/model/clock.h"
#include "tui/net/listing.h"
#include "tui/model/model.h"
#include "tui/view/paint.h"
#include "tui/model/groups.h"
#include "tui/model/userlist.h"
#include "tui/text.h"

enum {
	BAR_CAP = 8192,
	NAME_CAP = 1024,
	BELOW_CAP = 256,
	USER_PART = 3, /* the own name has one column in so many */
	HELP_FOLD = 60 /* columns: with fewer the key of the help is left out */
};

static void
add_clean(struct buf *b, const char *s)
{
	text_clean(b, s, strlen(s));
}

static void
add_lost(struct buf *b, const struct model_status *st, int64_t now)
{
	int64_t left = st->retry_at - now;
	unsigned long s = left > 0 ? (unsigned long)(left + 999) / 1000 : 0;
	struct buf why;

	buf_init(&why, BAR_CAP);
	add_clean(&why, st->why);
	if (why.len == 0)
		buf_addf(b, ngettext("no connection, next try in %lu s",
		    "no connection, next try in %lu s", s), s);
	else
		buf_addf(b, ngettext("no connection, next try in %lu s: %s",
		    "no connection, next try in %lu s: %s", s), s,
		    buf_data(&why));
	buf_release(&why);
}

static void
add_link(struct buf *b, const struct model_status *st, int64_t now)
{
	switch (st->link) {
	case LINK_OFFLINE:
		/* TRANSLATORS: this and what follows is how the connection
		 * stands, in the one line at the top: the shorter the better. */
		buf_adds(b, _("not connected"));
		break;
	case LINK_LOST:
		add_lost(b, st, now);
		break;
	case LINK_CONNECTING:
		buf_adds(b, _("connecting …"));
		break;
	case LINK_LOGIN:
		buf_adds(b, _("not logged in"));
		break;
	case LINK_CATCHING:
		buf_adds(b, _("catching up …"));
		break;
	case LINK_ONLINE:
		buf_adds(b, _("online"));
		break;
	}
}

static size_t
all_news(const struct model *m)
{
	size_t sum = 0;

	for (size_t i = 0; i < model_convos(m); i++)
		sum += model_news(m, model_convo(m, i));
	return sum;
}

static bool
news_call(const struct model *m)
{
	for (size_t i = 0; i < model_convos(m); i++)
		if (convo_mentioned(model_convo(m, i)) &&
		    model_news(m, model_convo(m, i)) > 0)
			return true;
	return false;
}

static enum paint
bar_look(const struct model_status *st)
{
	return st->link == LINK_ONLINE || st->link == LINK_CATCHING ?
	    PAINT_BAR : PAINT_BAR_ALERT;
}

/* left, cut where right begins, which has a blank before it. */
static void
draw_bar(const struct pane *p, chtype style, const char *left,
    const char *right)
{
	int cols = utf8_width(right, strlen(right)), room = p->w;
	struct buf cut;

	paint_fill(p, 0, 0, style);
	if (cols > 0 && cols + 1 < p->w) {
		paint(p, 0, p->w - cols, style, right);
		room -= cols + 1;
	}
	buf_init(&cut, BAR_CAP);
	paint_cut(&cut, left, strlen(left), room);
	paint_n(p, 0, 0, style, buf_data(&cut), cut.len);
	buf_release(&cut);
}

/* What parts the things that the line says. */
static void
add_dot(struct buf *b)
{
	buf_adds(b, S_(" · "));
}

static void
add_waiting(struct buf *b, const struct model *m)
{
	size_t n = model_waiting(m);

	/* TRANSLATORS: messages that were typed and are not sent yet. */
	buf_addf(b, ngettext("%zu waiting", "%zu waiting", n), n);
}

/* How the connection stands, and what waits: where it waits long, and the line
 * may be too short for the reason, before that. */
static void
add_state(struct buf *b, const struct model *m, int64_t now)
{
	const struct model_status *st = model_status(m);
	bool waits = model_waiting(m) > 0;

	if (waits && st->link != LINK_ONLINE) {
		add_waiting(b, m);
		add_dot(b);
	}
	add_link(b, st, now);
	if (waits && st->link == LINK_ONLINE) {
		add_dot(b);
		add_waiting(b, m);
	}
}

/* A long name leaves the line to others. */
static void
add_user(struct buf *b, const char *user, int width)
{
	struct buf clean;

	buf_init(&clean, NAME_CAP);
	add_clean(&clean, user);
	paint_cut(b, buf_data(&clean), clean.len, width / USER_PART);
	buf_release(&clean);
}

static void
add_group(struct buf *b, const char *name, const struct group *g)
{
	if (g == NULL || !g->member) {
		buf_addf(b, _("%s (you are not in it)"), name);
		return;
	}
	buf_adds(b, name);
	if (g->mode != GROUP_OPEN)
		buf_addf(b, " (%s)", group_mode_words(g->mode));
	if (*g->topic != '\0') {
		buf_adds(b, ": ");
		add_clean(b, g->topic);
	}
}

/* The clock where it was today, else the date with it. */
static void
when(int64_t ms, char out[32])
{
	struct tm then, today;

	if (!clock_local(ms, &then) || !clock_local(clock_ms(), &today) ||
	    clock_day(&then) != clock_day(&today) ||
	    strftime(out, 32, "%H:%M", &then) == 0)
		listing_when(ms, out);
}

/* Of somebody of another realm it is not known that they never were there. */
static void
add_presence(struct buf *b, const struct user *u)
{
	char at[32];

	when(u->since, at);
	if (!u->online && u->since == 0 && strchr(u->user, '@') != NULL)
		return;
	add_dot(b);
	/* TRANSLATORS: this and what follows is about the person whom one
	 * talks with, in the one line at the top: the shorter the better. */
	if (u->online && u->since > 0)
		buf_addf(b, _("here since %s"), at);
	else if (u->online)
		buf_adds(b, C_("person", "here"));
	else if (u->since > 0)
		buf_addf(b, _("last seen %s"), at);
	else
		buf_adds(b, _("never seen here"));
}

/* The real name: the account's stands at the line and in the bar. */
static void
add_person(struct buf *b, const struct model *m, const char *target)
{
	const struct user *u = model_user_by_name(m, target);

	add_clean(b, u == NULL || *u->name == '\0' ? target : u->name);
	if (u != NULL && model_people_current(m))
		add_presence(b, u);
}

/* The group that is shown, and what it is about; who it is, in a private talk;
 * else which server this is. */
static void
add_place(struct buf *b, const struct model *m)
{
	const char *target = convo_target(model_current(m));
	struct buf name;

	if (*target == '*') {
		add_clean(b, model_status(m)->server);
		return;
	}
	if (*target != '#') {
		add_person(b, m, target);
		return;
	}
	buf_init(&name, NAME_CAP);
	add_clean(&name, target);
	add_group(b, buf_data(&name), groups_find(model_rooms(m), target));
	buf_release(&name);
}

static void
add_left(struct buf *b, const struct model *m, int64_t now, int width)
{
	const struct model_status *st = model_status(m);

	buf_addc(b, ' ');
	if (st->user[0] != '\0') {
		add_user(b, st->user, width);
		add_dot(b);
	}
	add_state(b, m, now);
	if (model_quiet(m, model_current(m))) {
		add_dot(b);
		/* TRANSLATORS: of a conversation that does not call (/quiet). */
		buf_adds(b, C_("conversation", "quiet"));
	}
	if (st->server[0] != '\0') {
		add_dot(b);
		add_place(b, m);
	}
}

static void
add_right(struct buf *b, const struct model *m, int width, const char *help)
{
	size_t unread = all_news(m);

	if (unread == 0 && (width < HELP_FOLD || help == NULL))
		return;
	buf_addc(b, ' ');
	if (unread > 0)
		buf_addf(b, ngettext("%zu unread", "%zu unread", unread),
		    unread);
	else
		/* TRANSLATORS: %s is a key, "F1". */
		buf_addf(b, _("%s help"), help);
	buf_addc(b, ' ');
}

void
status_draw(
    const struct pane *p, struct model *m, int64_t now, const char *help)
{
	struct buf left, right;

	buf_init(&left, BAR_CAP);
	buf_init(&right, BAR_CAP);
	add_left(&left, m, now, p->w);
	add_right(&right, m, p->w, help);
	draw_bar(p, paint_style(bar_look(model_status(m))), buf_data(&left),
	    buf_data(&right));
	buf_release(&left);
	buf_release(&right);
}

enum status_spot
status_at(
    const struct pane *p, const struct model *m, const char *help, int col)
{
	struct buf right;
	int cols;

	buf_init(&right, BAR_CAP);
	add_right(&right, m, p->w, help);
	cols = utf8_width(buf_data(&right), right.len);
	buf_release(&right);
	if (cols + 1 >= p->w || col < p->w - cols)
		return STATUS_ELSE;
	return all_news(m) > 0 ? STATUS_UNREAD : STATUS_HELP;
}

/* " 3 new below ", at the right of the bar; *convos: what it leaves. */
static void
below_text(const struct pane *p, size_t below, char text[BELOW_CAP],
    struct pane *convos)
{
	struct buf b;
	int cols;

	text[0] = '\0';
	if (below > 0) {
		buf_init(&b, BELOW_CAP - 1);
		buf_addc(&b, ' ');
		/* TRANSLATORS: messages, further down than what is shown. */
		buf_addf(&b, ngettext("%zu new below", "%zu new below", below),
		    below);
		buf_addc(&b, ' ');
		memcpy(text, buf_data(&b), b.len + 1);
		buf_release(&b);
	}
	cols = utf8_width(text, strlen(text));
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
		bar_draw(&convos, m);
}

bool
status_convo_at(const struct pane *p, struct model *m, size_t below,
    const char *hint, int col, size_t *i)
{
	struct pane convos;
	char text[BELOW_CAP];

	below_text(p, below, text, &convos);
	return *hint == '\0' && col < convos.w && bar_at(&convos, m, col, i);
}

bool
status_below_at(const struct pane *p, size_t below, int col)
{
	struct pane convos;
	char text[BELOW_CAP];

	below_text(p, below, text, &convos);
	return col >= convos.w;
}

void
status_draw_both(const struct pane *p, struct model *m, int64_t now,
    size_t below, const char *hint)
{
	const struct model_status *st = model_status(m);
	size_t i = model_current_index(m), unread = all_news(m);
	struct buf left, right;

	buf_init(&left, BAR_CAP);
	buf_init(&right, BAR_CAP);
	if (*hint != '\0') {
		buf_adds(&left, hint);
	} else {
		buf_addf(&left, "%zu:", i + 1);
		add_clean(&left, i == 0 ? _("everyone") :
		    convo_target(model_current(m)));
		if (unread > 0)
			buf_addf(&left, news_call(m) ? " +%zu!" :
			    " +%zu", unread);
		if (st->link != LINK_ONLINE) {
			buf_adds(&left, " ");
			add_link(&left, st, now);
		}
	}
	if (below > 0)
		buf_addf(&right, ngettext("%zu below", "%zu below", below),
		    below);
	else if (model_waiting(m) > 0)
		add_waiting(&right, m);
	draw_bar(p, paint_style(bar_look(st)), buf_data(&left),
	    buf_data(&right));
	buf_release(&left);
	buf_release(&right);
}
