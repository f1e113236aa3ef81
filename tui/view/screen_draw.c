/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The full screen's frames: where the panes are, what is drawn into them when.
 *
 * A frame: what the model says has changed is drawn into curses' picture, the
 * input last so that the cursor ends in it (screen readers follow it), then
 * one glyph_refresh() sends what differs.  Frames are asked for by
 * screen_frame_due() and come at the end of the turn, but never nearer than
 * FRAME_MS to the last: a flood of messages costs 60 frames a second.  A key
 * is shown at once.
 */
#include "tui/view/screen_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curses.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/keymap.h"
#include "tui/net/client.h"
#include "tui/view/form.h"
#include "tui/term/glyph.h"
#include "tui/view/help.h"
#include "tui/view/hyper.h"
#include "tui/input/lineedit.h"
#include "tui/view/search.h"
#include "tui/view/status.h"
#include "tui/term/terminal.h"
#include "tui/text.h"

/* ---- frames ------------------------------------------------------------ */

static void draw_frame(void *);

void
screen_frame_now(void *arg)
{
	struct ui *ui = arg;

	loop_defer(ui->env->loop, &ui->frame_call, draw_frame, ui);
}

void
screen_frame_due(struct ui *ui, unsigned dirty)
{
	int64_t since = loop_now(ui->env->loop) - ui->last_frame;

	ui->dirty |= dirty;
	if ((dirty & SEEN_INPUT) || since >= FRAME_MS || since < 0)
		screen_frame_now(ui);
	else if (ui->frame_timer.slot == 0)
		loop_timer_set(ui->env->loop, &ui->frame_timer,
		    FRAME_MS - since, screen_frame_now, ui);
}

static void
tick(void *arg)
{
	screen_frame_due(arg, MODEL_STATUS);
}

void
screen_set_hint(struct ui *ui, const char *text)
{
	snprintf(ui->hint, sizeof(ui->hint), "%s", text);
	/* Not in the middle of a character. */
	while (!utf8_valid(ui->hint, strlen(ui->hint)))
		ui->hint[strlen(ui->hint) - 1] = '\0';
	screen_frame_due(ui, MODEL_CONVS);
}

void
screen_say(struct ui *ui, const char *text)
{
	char *hint = xasprintf(" %s", text);

	screen_set_hint(ui, hint);
	free(hint);
}

/* ---- layout ------------------------------------------------------------ */

int
screen_users_width(const struct ui *ui)
{
	bool shown = ui->users_pane == USERS_SHOWN ||
	    (ui->users_pane == USERS_AUTO && COLS >= USERS_FOLD);
	int width = COLS / 5;

	if (!shown || ui->asking)
		return 0;
	if (COLS < 20)
		return COLS;
	if (COLS < USERS_FOLD)
		return COLS / 3 < 10 ? 10 : COLS / 3;
	return width < 16 ? 16 : width > 28 ? 28 : width;
}

/* What the line is for; see input.h. */
static const char *
prompt_name(const struct ui *ui)
{
	const char *target = convo_target(model_current(ui->env->model));

	if (ui->searching)
		/* TRANSLATORS: "search> ", before the words to look for. */
		return C_("prompt", "search");
	return strcmp(target, "*") == 0 ? "" : target;
}

void
screen_lay_out(struct ui *ui)
{
	int bars = LINES >= BARS_FOLD ? 2 : LINES >= 3 ? 1 : 0;
	int top = bars == 2 ? 1 : 0, users = screen_users_width(ui);
	int most = LINES / LINE_SHARE, line = ui->line_rows;
	int height;

	if (line > most)
		line = most;
	if (line < 1)
		line = 1;
	height = LINES - line - bars;
	ui->status = (struct pane){ 0, 0, bars == 2, COLS };
	ui->stream_pane = (struct pane){ top, 0, height,
		COLS - users - (users > 0 && users < COLS) };
	ui->users = (struct pane){ top, COLS - users, height, users };
	ui->convos = (struct pane){ LINES - line - 1, 0, bars > 0, COLS };
	ui->line = (struct pane){ LINES - line, 0, line, COLS };
	if (ui->asking) {
		ui->stream_pane.h = LINES - top;
		ui->convos.h = ui->line.h = 0;
	}
	ui->dirty |= SEEN_ALL;
	erase();
}

/* The line takes as many rows as it needs, and gives them back. */
static void
fit_line(struct ui *ui)
{
	const char *name = prompt_name(ui);
	int rows;

	lineedit_width(0);
	if (ui->asking)
		return;
	if (LINES / LINE_SHARE > 1) /* Up and Down go through what is seen */
		lineedit_width(input_cols(name, COLS));
	rows = input_rows(name, COLS, LINES / LINE_SHARE);
	if (rows == ui->line_rows)
		return;
	ui->line_rows = rows;
	screen_lay_out(ui);
}

/* ---- drawing ----------------------------------------------------------- */

size_t
screen_bar_below(const struct ui *ui)
{
	if (stream_shows_present(ui->stream))
		return 0;
	return stream_below(ui->stream, model_current(ui->env->model));
}

const char *
screen_help_key_name(const struct ui *ui, char key[KEYNAME_CAP])
{
	return keymap_key(ui->env->settings, KEYS_HELP, key) ? key : NULL;
}

static void
draw_bars(struct ui *ui)
{
	int64_t now = loop_now(ui->env->loop);
	struct model *m = ui->env->model;
	size_t below = screen_bar_below(ui);
	char key[KEYNAME_CAP];
	const char *help = screen_help_key_name(ui, key);

	if (ui->asking) {
		if (ui->status.h > 0)
			status_draw(&ui->status, m, now, help);
		return;
	}
	if (ui->status.h > 0) {
		status_draw(&ui->status, m, now, help);
		status_draw_convos(&ui->convos, m, below, ui->hint);
	} else if (ui->convos.h > 0)
		status_draw_both(&ui->convos, m, now, below, ui->hint);
	if (model_status(m)->link == LINK_LOST && ui->tick_timer.slot == 0)
		loop_timer_set(
		    ui->env->loop, &ui->tick_timer, TICK_MS, tick, ui);
}

/* Everything that was drawn has moved the cursor: this is last. */
static void
draw_line(struct ui *ui)
{
	int col, row = 0;

	if (ui->asking) {
		form_trouble(ui->form, model_status(ui->env->model)->why);
		form_draw(ui->form, &ui->stream_pane, &row, &col);
		move(ui->stream_pane.y + row, ui->stream_pane.x + col);
		return;
	}
	input_draw_rows(
	    &ui->input, &ui->line, prompt_name(ui), &row, &col);
	move(ui->line.y + row, ui->line.x + col);
}

void
screen_keep_draft(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = model_convo_by_serial(m, ui->shown);
	size_t len, point;
	const char *line;
	char *copy;

	if (ui->asking || ui->searching || c == NULL || lineedit_busy())
		return;
	line = lineedit_text(&len, &point);
	copy = xmemdup0(line, len);
	model_draft(m, c, copy);
	free(copy);
}

/* A draft came from the disk: it stands before what was typed meanwhile, of
 * which the model may know a little less or more. */
static void
take_draft(struct ui *ui)
{
	const char *draft = convo_draft(model_current(ui->env->model));
	size_t len, point, n = strlen(draft);
	const char *line = lineedit_text(&len, &point);
	char *both;

	if (len == 0) {
		ui->shown = 0; /* it comes into the line */
		return;
	}
	if (ui->asking || ui->searching || lineedit_busy() ||
	    memcmp(draft, line, n < len ? n : len) == 0)
		return;
	both = xasprintf("%s%.*s", draft, (int)len, line);
	lineedit_set(both);
	free(both);
}

void
screen_follow_convo(struct ui *ui)
{
	struct convo *now = model_current(ui->env->model);

	if (ui->asking || ui->searching || convo_serial(now) == ui->shown)
		return;
	ui->shown = convo_serial(now);
	lineedit_clear();
	lineedit_set(convo_draft(now));
	memset(&ui->input, 0, sizeof(ui->input));
	ui->dirty |= SEEN_ALL;
}

void
screen_attend(void *arg)
{
	struct ui *ui = arg;
	int64_t now = loop_now(ui->env->loop);
	int64_t left = attention_left(&ui->attention, now);
	bool there = attention_is_there(&ui->attention, now);

	if (left > 0)
		loop_timer_set(ui->env->loop, &ui->away_timer, left,
		    screen_attend, ui);
	else
		loop_timer_unset(ui->env->loop, &ui->away_timer);
	if (there == model_attended(ui->env->model))
		return;
	if (!there)
		client_look(ui->env->client, false);
	model_attend(ui->env->model, there);
	screen_frame_due(ui, 0);
}

void
screen_use(void *arg)
{
	struct ui *ui = arg;

	attention_use(&ui->attention, loop_now(ui->env->loop));
	screen_attend(ui);
}

/* What is in sight is read, of somebody who is there; at the top more is
 * wanted. */
static void
look(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = screen_shown(ui);
	bool looked = model_attended(m) && !ui->asking && !help_shown(ui->help) &&
	    !ui->searching && ui->way.goal == 0 &&
	    ui->stream_pane.h > 0 &&
	    ui->stream_pane.w > 0 &&
	    stream_at_end(ui->stream);

	if (looked != model_looked(m))
		client_look(ui->env->client, looked);
	if (ui->asking || ui->searching || ui->way.goal != 0 ||
	    model_status(m)->link != LINK_ONLINE)
		return;
	if (stream_at_top(ui->stream) && !convo_begin(c) &&
	    !convo_cleared(c) && !convo_fetching(c))
		client_older(ui->env->client, c, OLDER_PAGE);
	if (stream_nears_bottom(ui->stream) && convo_passage(c) != 0)
		client_newer(ui->env->client, c, OLDER_PAGE);
}

/* Behind the frame that shows what it is for. */
static void
ring(void *arg)
{
	struct ui *ui = arg;
	struct buf out;

	if (!ui->notify.due || ui->ended || !terminal_writable())
		return;
	buf_init(&out, NOTIFY_CAP);
	if (notify_take(&ui->notify, loop_now(ui->env->loop), &out))
		terminal_send(buf_data(&out), out.len);
	else if (ui->ring_timer.slot == 0)
		loop_timer_set(ui->env->loop, &ui->ring_timer, NOTIFY_PAUSE_MS,
		    ring, ui);
	buf_release(&out);
}

void
screen_on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	struct ui *ui = arg;
	struct stream_spot at;

	notify_item(&ui->notify, ui->env->model, c, it, how);
	stream_here(ui->stream, &at);
	if (at.convo != convo_serial(c))
		return;
	/* One's own words are seen where the newest are; what a command says
	 * may be longer. */
	if ((it->kind == ITEM_NOTICE && ui->answered) ||
	    (it->kind == ITEM_WAITING && !stream_shows_present(ui->stream)))
		screen_to_end(ui);
}

/* What stands in the line is looked for. */
static void
draw_search(struct ui *ui)
{
	size_t len, point;
	const char *line = lineedit_text(&len, &point);
	char *words = xmemdup0(line, len);

	search_words(ui->search, words);
	free(words);
	search_draw(ui->search, &ui->stream_pane);
}

/*
 * A key between two frames: it alone is drawn, whatever came in beside it, and
 * the rest when its frame is due.  False: there is more to it.
 */
static bool
draw_key(struct ui *ui)
{
	int64_t since = loop_now(ui->env->loop) - ui->last_frame;

	if (ui->asking || ui->searching || since < 0 || since >= FRAME_MS ||
	    convo_serial(model_current(ui->env->model)) != ui->shown ||
	    (model_pending(ui->env->model) & MODEL_DRAFTS))
		return false;
	fit_line(ui);
	if (ui->dirty != SEEN_INPUT)
		return false;
	ui->dirty = 0;
	screen_keep_draft(ui); /* what is seen outlives a kill */
	draw_line(ui);
	glyph_refresh(NULL, NULL);
	loop_timer_set(ui->env->loop, &ui->frame_timer, FRAME_MS - since,
	    screen_frame_now, ui);
	return true;
}

static void
draw_panes(struct ui *ui, unsigned dirty)
{
	struct model *m = ui->env->model;
	struct pane all = ui->stream_pane;

	if (help_shown(ui->help)) {
		all.w = COLS;
		if (dirty & SEEN_HELP)
			help_draw(ui->help, &all);
		return;
	}
	if (ui->searching)
		draw_search(ui);
	else if (!ui->asking && (dirty & MODEL_STREAM))
		stream_draw(ui->stream, &ui->stream_pane, screen_shown(ui),
		    model_current(m));
	if ((dirty & (MODEL_USERS | MODEL_STATUS | MODEL_CONVS)) &&
	    ui->users.w > 0)
		users_draw(&ui->users_view, &ui->users, m);
}

/* Only the stream has links. */
static void
send_frame(struct ui *ui, unsigned dirty)
{
	if (ui->hyper == NULL) {
		glyph_refresh(NULL, NULL);
		return;
	}
	if (ui->asking || ui->searching || help_shown(ui->help))
		hyper_begin(ui->hyper);
	hyper_refresh(ui->hyper, (dirty & SEEN_ALL) == SEEN_ALL);
}

static void
draw_frame(void *arg)
{
	struct ui *ui = arg;
	struct model *m = ui->env->model;
	unsigned dirty, news;
	bool writable;

	if (ui->ended)
		return;
	if (ui->copying) {
		ring(ui);
		return;
	}
	loop_timer_unset(ui->env->loop, &ui->frame_timer);
	if ((writable = terminal_writable()) && draw_key(ui))
		return;
	news = model_changes(m);
	ui->dirty |= news;
	if (news & MODEL_DRAFTS)
		take_draft(ui);
	screen_keep_draft(ui);
	if (!writable) {
		if (model_looked(m)) /* what comes now nobody has seen */
			client_look(ui->env->client, false);
		loop_timer_set(ui->env->loop, &ui->frame_timer, STALL_MS,
		    draw_frame, ui);
		return;
	}
	ui->last_frame = loop_now(ui->env->loop);
	screen_follow_place(ui);
	screen_follow_convo(ui);
	fit_line(ui);
	dirty = ui->dirty;
	ui->dirty = 0;
	draw_panes(ui, dirty);
	if (dirty & MODEL_ALL)
		draw_bars(ui);
	draw_line(ui);
	send_frame(ui, dirty);
	ring(ui);
	look(ui);
	screen_follow_goal(ui);
	if (!client_busy(ui->env->client))
		ui->answered = false; /* a notice now is of something else */
}

/* ---- another size ------------------------------------------------------ */

void
screen_resize(struct ui *ui)
{
	terminal_resize();
	screen_lay_out(ui);
	if (ui->copying)
		screen_copy_show(ui);
	screen_frame_due(ui, SEEN_ALL);
}
