/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/users.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shared/buf.h"
#include "tui/model/model.h"
#include "tui/model/groups.h"
#include "tui/view/paint.h"
#include "tui/text.h"

enum {
	NAME_CAP = 1024,
	MARGIN = 2,  /* the line that parts it, and a blank */
	FEW_ROWS = 3 /* a heading, a name, how many there are more */
};

/* A name or a heading, with "…" where it is cut. */
static void
draw_cut(const struct pane *p, int row, chtype style, const char *text)
{
	struct buf clean, b;

	buf_init(&clean, NAME_CAP);
	buf_init(&b, NAME_CAP);
	(void)paint_clean(&clean, text);
	paint_cut(&b, buf_data(&clean), clean.len, p->w);
	paint_n(p, row, 0, style, buf_data(&b), b.len);
	buf_release(&clean);
	buf_release(&b);
}

/* How many of their private messages wait, at the right; the rest of the row
 * is left for the name. */
static void
draw_unread(struct pane *p, int row, const struct model *m, const char *user)
{
	const struct convo *c = model_find(m, user);
	size_t news = c == NULL ? 0 : model_news(m, c);
	char count[32];
	int cols;

	if (news == 0)
		return;
	cols = snprintf(count, sizeof(count), "(%zu)", news);
	if (cols + 2 > p->w)
		return;
	paint(p, row, p->w - cols, paint_style(PAINT_BOLD), count);
	p->w -= cols + 1;
}

static void
draw_user(const struct pane *p, int row, const struct model *m,
    const struct user *u)
{
	chtype style = paint_name_style(u->user);
	struct pane name = *p;
	const char *sign = group_role_sign(u->role);
	struct buf b;

	buf_init(&b, NAME_CAP);
	if (u->muted)
		buf_addc(&b, '!');
	if (*sign != ' ')
		buf_adds(&b, sign);
	buf_adds(&b, u->user);
	if (!u->online || !model_people_current(m))
		style = paint_style(PAINT_DIM);
	else if (strcmp(u->user, model_status(m)->user) == 0)
		style |= A_BOLD;
	draw_unread(&name, row, m, u->user);
	draw_cut(&name, row, style, buf_data(&b));
	buf_release(&b);
}

/* ---- rows -------------------------------------------------------------- */

/*
 * Who is in the pane, and where a row of it stands.  All rows are a heading,
 * who is online, a heading, who is away; those from first on are in the pane,
 * but its uppermost row is always a heading.
 */
struct list {
	struct model *m;
	struct userlist *here; /* NULL: all that the server told of */
	size_t count, online;
	size_t all, first;
	int rows;
};

enum row_kind { ROW_ONLINE, ROW_AWAY, ROW_USER, ROW_MORE, ROW_NONE };

/* How many rows can be scrolled away; where no name would be seen, none. */
static size_t
most_first(const struct list *l)
{
	return l->rows < FEW_ROWS || l->all <= (size_t)l->rows ? 0 :
	    l->all - (size_t)l->rows;
}

static void
list_of(struct list *l, const struct users_view *v, const struct pane *p,
    struct model *m)
{
	l->m = m;
	l->here = model_here(m);
	l->count = l->here != NULL ? userlist_count(l->here) : model_users(m);
	l->online = l->here != NULL ? userlist_online(l->here) : model_online(m);
	l->all = 1 + l->count + (l->online < l->count);
	l->rows = p->h;
	l->first = v->first < most_first(l) ? v->first : most_first(l);
}

/* What the i-th of all rows is; of a user which one. */
static enum row_kind
kind_of(const struct list *l, size_t at, size_t *i)
{
	*i = 0;
	if (at == 0)
		return ROW_ONLINE;
	if (at >= l->all)
		return ROW_NONE;
	if (l->online < l->count && at == l->online + 1) {
		*i = l->online; /* whoever comes behind it */
		return ROW_AWAY;
	}
	*i = at - 1 - (at > l->online + 1);
	return ROW_USER;
}

/* What stands in that row of the pane; of a user or more, from which one on. */
static enum row_kind
row_of(const struct list *l, int row, size_t *i)
{
	size_t at = l->first + (size_t)row;
	enum row_kind kind = kind_of(l, at, i);

	if (row == 0) {
		*i = 0;
		return at > l->online ? ROW_AWAY : ROW_ONLINE;
	}
	if (row + 1 < l->rows || at + 1 >= l->all)
		return kind;
	/* The last row, and not the last one of all: a sign, or the only one
	 * that is left. */
	return *i + 1 < l->count ? ROW_MORE : ROW_USER;
}

static const struct user *
user_of(const struct list *l, size_t i)
{
	return l->here != NULL ? userlist_shown(l->here, i) : model_user(l->m, i);
}

static void
draw_heading(const struct pane *p, int row, const struct list *l, bool away)
{
	size_t n = away ? l->count - l->online : l->online;
	bool current = model_people_current(l->m);
	struct buf b;

	buf_init(&b, NAME_CAP);
	if (row == 0 && !current)
		/* TRANSLATORS: in the pane of users, which has 11 columns: who
		 * is there is what was known when the connection was lost. */
		buf_adds(&b, _("not current"));
	else if (away)
		/* TRANSLATORS: a heading in the pane of users, which has 14
		 * columns: how many are away. */
		buf_addf(&b, ngettext("Away %zu", "Away %zu", n), n);
	else if (l->here != NULL)
		/* TRANSLATORS: likewise: how many of the group are here. */
		buf_addf(&b, ngettext("Here %zu", "Here %zu", n), n);
	else
		/* TRANSLATORS: likewise: how many at all are here. */
		buf_addf(&b, ngettext("Active %zu", "Active %zu", n), n);
	draw_cut(p, row, paint_style(current ? PAINT_BOLD : PAINT_DIM),
	    buf_data(&b));
	buf_release(&b);
	if (row == 0 && l->first > 0)
		paint(p, row, p->w - 1, paint_style(PAINT_DIM), "^");
}

/* How many there is no row for further down. */
static void
draw_more(const struct pane *p, int row, size_t n)
{
	struct buf b;

	buf_init(&b, NAME_CAP);
	/* TRANSLATORS: users; as short as the headings of their pane. */
	buf_addf(&b, ngettext("+%zu more", "+%zu more", n), n);
	draw_cut(p, row, paint_style(PAINT_DIM), buf_data(&b));
	buf_release(&b);
}

static void
draw_row(const struct pane *p, int row, const struct list *l)
{
	enum row_kind kind;
	size_t i;

	switch (kind = row_of(l, row, &i)) {
	case ROW_ONLINE:
	case ROW_AWAY:
		draw_heading(p, row, l, kind == ROW_AWAY);
		break;
	case ROW_USER:
		draw_user(p, row, l->m, user_of(l, i));
		break;
	case ROW_MORE:
		draw_more(p, row, l->count - i);
		break;
	case ROW_NONE:
		break;
	}
}

/* Another list is seen from its first row on. */
static void
follow_list(struct users_view *v, struct model *m)
{
	uint64_t of =
	    model_here(m) == NULL ? 0 : convo_serial(model_current(m));

	if (v->of != of)
		v->first = 0;
	v->of = of;
}

void
users_draw(struct users_view *v, const struct pane *p, struct model *m)
{
	struct pane in = *p;
	struct list l;
	int row;

	paint_erase(p);
	in.x += MARGIN;
	in.w -= MARGIN;
	follow_list(v, m);
	list_of(&l, v, p, m);
	v->first = l.first; /* fewer people, or more rows */
	for (row = 0; row < p->h; row++) {
		paint(p, row, 0, paint_style(PAINT_DIM), S_("│"));
		if (in.w > 0)
			draw_row(&in, row, &l);
	}
}

bool
users_scroll(struct users_view *v, const struct pane *p, struct model *m,
    int rows)
{
	struct list l;
	size_t most, step;

	list_of(&l, v, p, m);
	if ((most = most_first(&l)) == 0)
		return false;
	/* Between the heading and the sign each name is to be seen. */
	if (rows > p->h - 2)
		rows = p->h - 2;
	if (rows < 2 - p->h)
		rows = 2 - p->h;
	step = (size_t)(rows < 0 ? -rows : rows);
	if (rows < 0)
		v->first = l.first > step ? l.first - step : 0;
	else
		v->first = l.first + step < most ? l.first + step : most;
	return true;
}

const struct user *
users_at(const struct users_view *v, const struct pane *p, struct model *m,
    int row)
{
	struct list l;
	size_t i;

	if (row < 0 || row >= p->h || p->w <= MARGIN)
		return NULL;
	list_of(&l, v, p, m);
	return row_of(&l, row, &i) == ROW_USER ? user_of(&l, i) : NULL;
}
