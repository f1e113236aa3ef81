/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/users.h"

#include <stdio.h>
#include <string.h>

#include "shared/buf.h"
#include "tui/model.h"
#include "tui/rooms.h"
#include "tui/paint.h"

enum { NAME_CAP = 1024 };

/* A name, with "…" where it is cut. */
static void
draw_name(const struct pane *p, int row, chtype style, const char *name)
{
	struct buf b;
	const char *s;
	size_t len, n;
	int cols, col;

	buf_init(&b, NAME_CAP);
	s = paint_clean(&b, name);
	len = strlen(s);
	n = paint_fit(s, len, p->w, &cols);
	if (n < len)
		n = paint_fit(s, len, p->w - 1, &cols);
	col = paint_n(p, row, 0, style, s, n);
	if (n < len)
		paint(p, row, col, style, "…");
	buf_release(&b);
}

/* How many of their private messages wait, at the right; the rest of the row
 * is left for the name. */
static void
draw_unread(struct pane *p, int row, const struct model *m, const char *user)
{
	const struct convo *c = model_find(m, user);
	char count[32];
	int cols;

	if (c == NULL || c == model_current(m) || convo_unread(c) == 0)
		return;
	cols = snprintf(count, sizeof(count), "(%zu)", convo_unread(c));
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
	if (!u->online)
		style = paint_style(PAINT_DIM);
	else if (strcmp(u->user, model_status(m)->user) == 0)
		style |= A_BOLD;
	draw_unread(&name, row, m, u->user);
	draw_name(&name, row, style, buf_data(&b));
	buf_release(&b);
}

static int
draw_heading(const struct pane *p, int row, const char *what, size_t n)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %zu", what, n);
	paint(p, row, 0, paint_style(PAINT_BOLD), text);
	return row + 1;
}

void
users_draw(const struct pane *p, struct model *m)
{
	struct pane in = *p;
	struct roster *here = model_here(m);
	size_t count = here != NULL ? roster_count(here) : model_users(m);
	size_t online = here != NULL ? roster_online(here) : model_online(m);
	size_t i;
	char more[32];
	int row;

	paint_erase(p);
	for (row = 0; row < p->h; row++)
		paint(p, row, 0, paint_style(PAINT_DIM), "│");
	in.x += 2;
	in.w -= 2;
	if (in.w <= 0)
		return;
	row = draw_heading(&in, 0, here != NULL ? "Here" : "Active", online);
	for (i = 0; i < count && row < in.h; i++) {
		if (i == online && row + 1 < in.h)
			row = draw_heading(&in, row, "Away", count - online);
		if (row + 1 == in.h && i + 1 < count) {
			snprintf(more, sizeof(more), "+%zu more", count - i);
			paint(&in, row, 0, paint_style(PAINT_DIM), more);
			break;
		}
		draw_user(&in, row++, m, here != NULL ?
		    roster_shown(here, i) : model_user(m, i));
	}
}
