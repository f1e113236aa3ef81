/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a click and the wheel do, by where the mouse is.
 */
#include "tui/view/screen_priv.h"

#include <stdio.h>
#include <string.h>

#include "shared/wire.h"
#include "tui/input/keymap.h"
#include "tui/net/client.h"
#include "tui/view/help.h"
#include "tui/term/mouse.h"
#include "tui/view/status.h"

/* ---- the mouse --------------------------------------------------------- */

static bool
is_in(const struct pane *p, const struct mouse *at)
{
	return at->row >= p->y && at->row < p->y + p->h && at->col >= p->x &&
	    at->col < p->x + p->w;
}

/* user: NULL is nobody. */
static void
show_user(struct ui *ui, const char *user)
{
	struct model *m = ui->env->model;
	struct convo *c;

	if (user == NULL || strcmp(user, model_status(m)->user) == 0 ||
	    (c = model_open(m, user)) == NULL)
		return;
	screen_show(ui, c);
}

static void
click_user(struct ui *ui, int row)
{
	const struct user *u = users_at(&ui->users_view, &ui->users,
	    ui->env->model, row - ui->users.y);

	show_user(ui, u == NULL ? NULL : u->user);
}

static void
click_stream(struct ui *ui, const struct mouse *at)
{
	const char *from =
	    stream_name_at(ui->stream, screen_shown(ui), at->row, at->col);
	char user[WIRE_TARGET_CAP];

	if (stream_divider_at(ui->stream, at->row)) {
		screen_to_end(ui);
		return;
	}
	if (from == NULL) /* of the newest */
		from = stream_name_at(ui->stream,
		    model_current(ui->env->model), at->row, at->col);
	if (from == NULL &&
	    stream_fold_at(ui->stream, screen_shown(ui), at->row)) {
		screen_frame_due(ui, MODEL_STREAM | MODEL_CONVS);
		return;
	}
	/* Another conversation that is opened may drop what was said. */
	snprintf(user, sizeof(user), "%s", from == NULL ? "" : from);
	show_user(ui, from == NULL ? NULL : user);
}

/* Where there is one bar only, it says what is unread elsewhere. */
static void
click_bar(struct ui *ui, int col, const char *hint)
{
	struct model *m = ui->env->model;
	size_t below = screen_bar_below(ui), i;

	if (ui->status.h == 0)
		screen_show_unread(ui);
	else if (status_below_at(&ui->convos, below, col))
		screen_to_end(ui);
	else if (status_convo_at(&ui->convos, m, below, hint, col, &i))
		screen_show_convo(ui, i);
}

static void
click_status(struct ui *ui, int col)
{
	char key[KEYNAME_CAP];

	switch (status_at(&ui->status, ui->env->model,
	    screen_help_key_name(ui, key), col)) {
	case STATUS_HELP:
		screen_show_help(ui, true);
		break;
	case STATUS_UNREAD:
		screen_show_unread(ui);
		break;
	case STATUS_ELSE:
		break;
	}
}

/* What is under it moves; the users only where there are more of them. */
static void
turn_wheel(struct ui *ui, const struct mouse *at)
{
	int lines = at->what == MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES;

	if (is_in(&ui->users, at) && users_scroll(&ui->users_view, &ui->users,
	    ui->env->model, lines))
		screen_frame_due(ui, MODEL_USERS);
	else
		screen_scroll_by(ui, lines);
}

/* hint: what stood in the bar when the mouse was pressed. */
static void
press_mouse(struct ui *ui, const struct mouse *at, const char *hint)
{
	bool help = help_shown(ui->help);

	if (help && at->what == MOUSE_CLICK)
		screen_show_help(ui, false);
	else if (help)
		screen_turn_help(ui, at->what == MOUSE_WHEEL_UP ? -1 : 1);
	else if (at->what != MOUSE_CLICK)
		turn_wheel(ui, at);
	else if (is_in(&ui->users, at))
		click_user(ui, at->row);
	else if (is_in(&ui->stream_pane, at))
		click_stream(ui, at);
	else if (is_in(&ui->convos, at))
		click_bar(ui, at->col, hint);
	else if (is_in(&ui->status, at))
		click_status(ui, at->col);
}

void
screen_mouse_key(struct ui *ui, const char *bytes, size_t n)
{
	char hint[HINT_CAP];
	struct mouse at;

	if (ui->asking || ui->copying || !mouse_parse(bytes, n, &at) ||
	    at.what == MOUSE_OTHER)
		return;
	/* The list of a search has the keys; elsewhere is elsewhere. */
	if (ui->searching &&
	    (at.what != MOUSE_CLICK || is_in(&ui->stream_pane, &at)))
		return;
	memcpy(hint, ui->hint, sizeof(hint));
	if (hint[0] != '\0')
		screen_set_hint(ui, "");
	press_mouse(ui, &at, hint);
}
