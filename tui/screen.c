/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The full screen.  Curses owns the terminal's picture, readline (lineedit.c)
 * the line; both get what they need from here and neither reads a key.
 *
 * A frame: what the model says has changed is drawn into curses' picture, the
 * input last so that the cursor ends in it (screen readers follow it), then
 * one refresh() sends what differs.  Frames are asked for by frame_due() and
 * come at the end of the turn, but never nearer than FRAME_MS to the last: a
 * flood of messages costs 60 frames a second.  A key is shown at once.
 */
#include "tui/ui.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>

#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/actions.h"
#include "tui/bound.h"
#include "tui/client.h"
#include "tui/clock.h"
#include "tui/complete.h"
#include "tui/copy.h"
#include "tui/form.h"
#include "tui/help.h"
#include "tui/hyper.h"
#include "tui/input.h"
#include "tui/job.h"
#include "tui/keyname.h"
#include "tui/keys.h"
#include "tui/lineedit.h"
#include "tui/model.h"
#include "tui/mouse.h"
#include "tui/notify.h"
#include "tui/paint.h"
#include "tui/settings.h"
#include "tui/search.h"
#include "tui/status.h"
#include "tui/stream.h"
#include "tui/terminal.h"
#include "tui/text.h"
#include "tui/theme.h"
#include "tui/url.h"
#include "tui/users.h"

enum {
	FRAME_MS = 16,
	STALL_MS = 100,    /* until a terminal that took nothing is asked again */
	TICK_MS = 1000,
	USERS_FOLD = 60,   /* below this many columns the users are folded */
	BARS_FOLD = 8,     /* below this many rows there is one bar */
	LINE_SHARE = 3,    /* of the screen's rows the line takes at most 1/3 */
	OLDER_PAGE = 100,
	WHEEL_LINES = 3,
	HINT_CAP = 512,
	PROMPT_CAP = 2048,
	GOAL_NEAR = 1000,  /* of ids: up to there what lies between is fetched */
	SEEN_INPUT = 32,   /* further bits beside MODEL_ALL */
	SEEN_HELP = 64,
	SEEN_ALL = MODEL_ALL | SEEN_INPUT | SEEN_HELP
};

enum users_pane { USERS_AUTO, USERS_SHOWN, USERS_FOLDED };

struct ui {
	struct ui_env own; /* what env points at */
	const struct ui_env *env;
	struct keys *keys;
	struct loop_timer key_timer, frame_timer, tick_timer;
	struct loop_call frame_call;
	int64_t last_frame;
	unsigned dirty;
	bool ended; /* the terminal has gone: nothing is drawn or asked */

	struct pane status, convos, stream_pane, users, line;
	enum users_pane users_pane;
	struct users_view users_view;
	struct hyper *hyper; /* NULL: the terminal takes no links */
	struct stream *stream;
	struct input input;
	int line_rows;
	struct form *form;
	struct help *help;
	bool asking;
	struct search *search;
	bool searching;           /* its words are in the line */
	struct stream_spot origin; /* where one was before; convo 0: nowhere */

	uint64_t shown; /* the conversation whose draft is in the line */
	uint64_t goal_convo; /* where goal is: a message, shown as soon as it */
	int64_t goal;        /* and all behind it is held; 0: none */
	struct copy copy;
	uint64_t goal_passage; /* that was asked for to get there; 0: none */
	uint64_t passage;      /* where the person reads; 0: no passage */
	uint64_t origin_passage; /* likewise, of origin */
	bool copying; /* copy mode has the terminal: nothing is drawn */
	bool goal_found;     /* by a search */
	bool goal_back;      /* it is the lowest line of back, not the first */
	struct stream_spot back;
	bool interrupted; /* the last key was Ctrl-C on an empty line */
	char hint[HINT_CAP];
	struct notify notify;
	struct loop_timer ring_timer;
};

/* ---- frames ------------------------------------------------------------ */

static void draw_frame(void *);

static void
frame_now(void *arg)
{
	struct ui *ui = arg;

	loop_defer(ui->env->loop, &ui->frame_call, draw_frame, ui);
}

static void
frame_due(struct ui *ui, unsigned dirty)
{
	int64_t since = loop_now(ui->env->loop) - ui->last_frame;

	ui->dirty |= dirty;
	if ((dirty & SEEN_INPUT) || since >= FRAME_MS || since < 0)
		frame_now(ui);
	else if (ui->frame_timer.slot == 0)
		loop_timer_set(ui->env->loop, &ui->frame_timer,
		    FRAME_MS - since, frame_now, ui);
}

static void
screen_changed(struct ui *ui)
{
	frame_due(ui, 0);
}

static void
tick(void *arg)
{
	frame_due(arg, MODEL_STATUS);
}

static void
set_hint(struct ui *ui, const char *text)
{
	snprintf(ui->hint, sizeof(ui->hint), "%s", text);
	/* Not in the middle of a character. */
	while (!utf8_valid(ui->hint, strlen(ui->hint)))
		ui->hint[strlen(ui->hint) - 1] = '\0';
	frame_due(ui, MODEL_CONVS);
}

/* A sentence to the person, who sees it until the next key. */
static void
say(struct ui *ui, const char *text)
{
	char *hint = xasprintf(" %s", text);

	set_hint(ui, hint);
	free(hint);
}

/* ---- which place is shown ---------------------------------------------- */

/* Where the person reads: the conversation, or a passage of it. */
static struct convo *
shown(const struct ui *ui)
{
	struct convo *p = model_passage(ui->env->model);

	return p != NULL && convo_passage(p) == ui->passage ? p :
	    model_current(ui->env->model);
}

static void
leave_passage(struct ui *ui)
{
	ui->passage = 0;
	model_passage_end(ui->env->model);
}

/* ---- layout ------------------------------------------------------------ */

static int
users_width(const struct ui *ui)
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

static void
make_prompt(const struct ui *ui, char prompt[PROMPT_CAP])
{
	const struct convo *c = model_current(ui->env->model);

	if (ui->searching) {
		if (COLS < 20)
			snprintf(prompt, PROMPT_CAP, "/");
		else
			/* TRANSLATORS: before the words to look for. */
			snprintf(prompt, PROMPT_CAP, "%s ", _("search>"));
		return;
	}
	snprintf(prompt, PROMPT_CAP, "%s> ", convo_target(c));
	if (COLS < 20)
		prompt[0] = '\0';
	else if (COLS < USERS_FOLD || strcmp(convo_target(c), "*") == 0)
		snprintf(prompt, PROMPT_CAP, "> ");
}

/*
 * Status, stream and users, conversations, line; what there is no room for is
 * left out in this order: the second bar, the first, the stream.
 */
static void
lay_out(struct ui *ui)
{
	int bars = LINES >= BARS_FOLD ? 2 : LINES >= 3 ? 1 : 0;
	int top = bars == 2 ? 1 : 0, users = users_width(ui);
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
	char prompt[PROMPT_CAP];
	int rows;

	lineedit_width(0);
	if (ui->asking)
		return;
	make_prompt(ui, prompt);
	if (LINES / LINE_SHARE > 1) /* Up and Down go through what is seen */
		lineedit_width(input_cols(prompt, COLS));
	rows = input_rows(prompt, COLS, LINES / LINE_SHARE);
	if (rows == ui->line_rows)
		return;
	ui->line_rows = rows;
	lay_out(ui);
}

/* ---- drawing ----------------------------------------------------------- */

/* How many are below, for the bar: where the stream's divider says it, none. */
static size_t
bar_below(const struct ui *ui)
{
	if (stream_shows_present(ui->stream))
		return 0;
	return stream_below(ui->stream, model_current(ui->env->model));
}

/* The key of the help; NULL: none. */
static const char *
help_key_name(const struct ui *ui, char key[KEYNAME_CAP])
{
	return bound_key(ui->env->settings, KEYS_HELP, key) ? key : NULL;
}

static void
draw_bars(struct ui *ui)
{
	int64_t now = loop_now(ui->env->loop);
	struct model *m = ui->env->model;
	size_t below = bar_below(ui);
	char key[KEYNAME_CAP];
	const char *help = help_key_name(ui, key);

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
	char prompt[PROMPT_CAP];
	int col, row = 0;

	if (ui->asking) {
		form_trouble(ui->form, model_status(ui->env->model)->why);
		form_draw(ui->form, &ui->stream_pane, &row, &col);
		move(ui->stream_pane.y + row, ui->stream_pane.x + col);
		return;
	}
	make_prompt(ui, prompt);
	input_draw_rows(&ui->input, &ui->line, prompt, &row, &col);
	move(ui->line.y + row, ui->line.x + col);
}

/* What is being typed is the draft of the conversation that was shown. */
static void
keep_draft(struct ui *ui)
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

/* The draft of a conversation is in the line while that is shown. */
static void
follow_convo(struct ui *ui)
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

static void
set_goal(struct ui *ui, const struct convo *c, int64_t id)
{
	ui->goal = id;
	ui->goal_convo = convo_serial(c);
	ui->goal_passage = 0;
	ui->goal_found = ui->goal_back = false;
}

/* What was looked for is shown with what was said before it. */
static bool
holds_goal(const struct ui *ui, const struct convo *c)
{
	int64_t first = convo_first(c);

	if (convo_passage(c) != 0 && convo_last(c) < ui->goal)
		return false;
	return first != 0 &&
	    (first <= ui->goal - ui->goal_found ||
	    (first <= ui->goal && convo_begin(c)));
}

/* So far that not all which lies between is to be fetched, or can be. */
static bool
is_far(const struct ui *ui, const struct convo *c)
{
	int64_t first = convo_first(c);
	int64_t near = ui->goal_found || ui->goal_back ? GOAL_NEAR :
	    MODEL_SCROLLED / 2; /* what is unread will be read on */

	return convo_begin(c) || convo_full(c) ||
	    (first > 0 && first - ui->goal > near);
}

/* As near as it comes, in c. */
static void
arrive(struct ui *ui, struct convo *c)
{
	bool found = ui->goal_found, held = convo_first(c) != 0 &&
	    convo_first(c) <= ui->goal;

	ui->passage = convo_passage(c);
	if (ui->passage == 0)
		model_passage_end(ui->env->model);
	if (ui->goal_back)
		stream_return(ui->stream, &ui->back);
	else
		stream_go(ui->stream, c, ui->goal);
	set_hint(ui, "");
	if (found && !held)
		say(ui, _("That cannot be shown now."));
	else if (found)
		stream_scroll(ui->stream, c, -(ui->stream_pane.h / 3));
	ui->goal_found = ui->goal_back = false;
	ui->goal = 0;
	frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

static void
ask_for_goal(struct ui *ui, struct convo *c)
{
	if (!is_far(ui, c))
		client_older(ui->env->client, c, WIRE_PAGE_MAX);
	else if (client_passage(ui->env->client, ui->goal))
		ui->goal_passage =
		    convo_passage(model_passage(ui->env->model));
}

/* Where one goes now: as near to the goal as it comes; NULL: it is still to be
 * fetched.  A line that is lost brings no more. */
static struct convo *
goal_place(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = model_current(m), *p = model_passage(m);
	bool asked = p != NULL && convo_passage(p) == ui->goal_passage;

	if (holds_goal(ui, c))
		return c;
	if (asked && (convo_fetching(p) || convo_fetching_newer(p)))
		return NULL; /* until both pages are there */
	if (asked || (p != NULL && holds_goal(ui, p)))
		return p;
	if (ui->goal_passage != 0 || model_status(m)->link != LINK_ONLINE)
		return c;
	ask_for_goal(ui, c);
	return NULL;
}

static void
follow_goal(struct ui *ui)
{
	struct convo *to;

	if (ui->goal == 0)
		return;
	if (convo_serial(model_current(ui->env->model)) != ui->goal_convo)
		ui->goal = 0;
	else if ((to = goal_place(ui)) != NULL)
		arrive(ui, to);
}

/* What is in sight is read; at the top more is wanted. */
static void
look(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = shown(ui);
	bool looked = !ui->asking && !help_shown(ui->help) &&
	    !ui->searching && ui->goal == 0 &&
	    ui->stream_pane.h > 0 &&
	    ui->stream_pane.w > 0 &&
	    stream_at_end(ui->stream);

	if (looked != model_looked(m))
		client_look(ui->env->client, looked);
	if (ui->asking || ui->searching ||
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

static void
on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	struct ui *ui = arg;

	notify_item(&ui->notify, ui->env->model, c, it, how);
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
	keep_draft(ui); /* what is seen outlives a kill */
	draw_line(ui);
	refresh();
	loop_timer_set(ui->env->loop, &ui->frame_timer, FRAME_MS - since,
	    frame_now, ui);
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
		stream_draw(ui->stream, &ui->stream_pane, shown(ui),
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
		refresh();
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
	keep_draft(ui);
	if (!writable) {
		if (model_looked(m)) /* what comes now nobody has seen */
			client_look(ui->env->client, false);
		loop_timer_set(ui->env->loop, &ui->frame_timer, STALL_MS,
		    draw_frame, ui);
		return;
	}
	ui->last_frame = loop_now(ui->env->loop);
	follow_convo(ui);
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
	follow_goal(ui);
}

/* ---- what keys do ------------------------------------------------------ */

static void
quit(struct ui *ui)
{
	ui->env->slash.quit(ui->env->slash.arg);
}

/* The person goes on from what a search has found: Escape is not the way back
 * any more. */
static void
leave_found(struct ui *ui)
{
	ui->origin.convo = 0;
	stream_found(ui->stream, 0);
}

static void
show_convo(struct ui *ui, size_t i)
{
	struct model *m = ui->env->model;

	if (i >= model_convos(m) || i == model_current_index(m))
		return;
	leave_found(ui);
	keep_draft(ui);
	client_show(ui->env->client, model_convo(m, i));
	follow_convo(ui); /* what is typed next may come before the frame */
	frame_due(ui, SEEN_ALL);
}

static void
show_unread(struct ui *ui)
{
	struct model *m = ui->env->model;
	size_t n = model_convos(m), at = model_current_index(m), i;
	const struct convo *c;

	for (i = 1; i < n; i++) {
		c = model_convo(m, (at + i) % n);
		if (convo_unread(c) > 0 && !model_quiet(m, c)) {
			show_convo(ui, (at + i) % n);
			return;
		}
	}
	say(ui, _("Nothing unread elsewhere."));
}

static void
show_first_unread(struct ui *ui)
{
	const struct convo *c = model_current(ui->env->model);

	set_goal(ui, c, convo_marker(c));
	if (ui->goal == 0)
		say(ui, _("Nothing new here."));
	else if (convo_first(c) > ui->goal)
		say(ui, _("Fetching up to the first new one …"));
	frame_due(ui, MODEL_STREAM);
}

/* Further up than /clear has left anything: what it took comes back. */
static void
pass_cleared(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = shown(ui);

	if (!convo_cleared(c) ||
	    (convo_count(c) > 0 && !stream_at_top(ui->stream)))
		return;
	model_unclear(m, c);
	client_older(ui->env->client, c, OLDER_PAGE);
}

static void
scroll_by(struct ui *ui, long lines)
{
	ui->goal = 0;
	if (lines < 0)
		pass_cleared(ui);
	stream_scroll(ui->stream, shown(ui), lines);
	frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

static void
page(struct ui *ui, int pages)
{
	ui->goal = 0;
	if (pages < 0)
		pass_cleared(ui);
	stream_page(ui->stream, shown(ui), pages);
	frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

static void
to_end(struct ui *ui)
{
	ui->goal = 0;
	leave_found(ui);
	leave_passage(ui);
	stream_to_end(ui->stream);
	frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

/* ---- the search -------------------------------------------------------- */

static void
search_changed(void *arg)
{
	frame_due(arg, MODEL_STREAM);
}

static void
begin_search(void *arg, const char *words)
{
	struct ui *ui = arg;

	if (ui->searching || ui->asking)
		return;
	keep_draft(ui);
	ui->searching = true;
	ui->goal = 0;
	stream_here(ui->stream, &ui->origin);
	ui->origin_passage = convo_passage(shown(ui));
	lineedit_clear();
	lineedit_field(true);
	lineedit_set(words);
	memset(&ui->input, 0, sizeof(ui->input));
	frame_due(ui, SEEN_ALL);
}

static void
end_search(struct ui *ui)
{
	if (!ui->searching)
		return;
	ui->searching = false;
	search_end(ui->search);
	lineedit_clear();
	lineedit_field(false);
	ui->shown = 0; /* its draft comes back */
	lay_out(ui);
	frame_due(ui, SEEN_ALL);
}

/* Where that was a passage which is gone, its lowest line is fetched anew. */
static void
return_to_passage(struct ui *ui)
{
	const struct convo *p = model_passage(ui->env->model);

	if (p != NULL && convo_passage(p) == ui->origin_passage) {
		ui->passage = ui->origin_passage;
		return;
	}
	leave_passage(ui);
	if (ui->origin_passage == 0)
		return;
	set_goal(ui, model_current(ui->env->model), ui->origin.low_id);
	ui->goal_back = true;
	ui->back = ui->origin;
}

/* Back to where one was before a search.  False: there was none. */
static bool
go_back(struct ui *ui)
{
	struct convo *c = model_convo_by_serial(
	    ui->env->model, ui->origin.convo);

	if (c == NULL)
		return false;
	ui->goal = 0;
	stream_found(ui->stream, 0);
	if (c != model_current(ui->env->model))
		client_show(ui->env->client, c);
	stream_return(ui->stream, &ui->origin);
	return_to_passage(ui);
	ui->origin.convo = 0;
	frame_due(ui, SEEN_ALL);
	return true;
}

/* To the message that is chosen, as soon as all behind it is held. */
static void
go_to_hit(struct ui *ui)
{
	const struct search_hit *hit = search_chosen(ui->search);
	struct convo *c = hit == NULL ? NULL :
	    model_open(ui->env->model, hit->target);

	if (c == NULL)
		return;
	set_goal(ui, c, hit->id);
	ui->goal_found = true;
	stream_found(ui->stream, hit->id);
	end_search(ui);
	if (c != model_current(ui->env->model))
		client_show(ui->env->client, c);
	if (convo_first(c) == 0 || convo_first(c) > ui->goal)
		say(ui, _("Fetching up to there …"));
}

/* False: the key is the line's. */
static bool
search_key(struct ui *ui, enum keys_key key)
{
	int page = search_page(&ui->stream_pane);

	switch (key) {
	case KEYS_UP:
	case KEYS_BACKTAB:
		search_move(ui->search, -1);
		return true;
	case KEYS_DOWN:
	case KEYS_TAB:
	case KEYS_SEARCH:
		search_move(ui->search, 1);
		return true;
	case KEYS_PAGE_UP:
		search_move(ui->search, -page);
		return true;
	case KEYS_PAGE_DOWN:
		search_move(ui->search, page);
		return true;
	case KEYS_ESCAPE:
	case KEYS_INTERRUPT:
		end_search(ui);
		(void)go_back(ui);
		return true;
	case KEYS_CHAR:
	case KEYS_SEQUENCE:
	case KEYS_PASTE:
	case KEYS_END:
	case KEYS_HOME:
		return false;
	default:
		return true;
	}
}

/* What was refused: the oldest first, so that pressing on sends all of it in
 * the order in which it was typed. */
static void
say_again(struct ui *ui)
{
	struct convo *c = model_current(ui->env->model);

	if (convo_failed(c) == NULL)
		say(ui, _("Nothing was refused here."));
	else
		(void)client_say_again(ui->env->client, c);
	to_end(ui);
}

static void
give_up(struct ui *ui)
{
	struct convo *c = model_current(ui->env->model);

	if (!client_give_up(ui->env->client, c))
		say(ui, _("Nothing was refused here."));
	to_end(ui);
}

static void
toggle_users(struct ui *ui)
{
	bool wide = COLS >= USERS_FOLD, shown = users_width(ui) > 0;

	if (shown)
		ui->users_pane = wide ? USERS_FOLDED : USERS_AUTO;
	else
		ui->users_pane = wide ? USERS_AUTO : USERS_SHOWN;
	lay_out(ui);
}

static void
show_help(struct ui *ui, bool on)
{
	if (on == help_shown(ui->help))
		return;
	help_show(ui->help, on);
	lay_out(ui);
	frame_due(ui, SEEN_ALL);
}

/* /help */
static void
open_help(void *arg)
{
	show_help(arg, true);
}

static void
turn_help(struct ui *ui, int pages)
{
	help_turn(ui->help, pages);
	frame_due(ui, SEEN_HELP);
}

/* While the help is shown.  False: the key goes where it would without, and
 * the help away: nothing that is typed is lost. */
static bool
help_key(struct ui *ui, enum keys_key key)
{
	if (key == KEYS_PAGE_UP || key == KEYS_PAGE_DOWN) {
		turn_help(ui, key == KEYS_PAGE_UP ? -1 : 1);
		return true;
	}
	show_help(ui, false);
	return key == KEYS_ESCAPE || key == KEYS_HELP;
}

/* ---- copy mode --------------------------------------------------------- */

static void
copy_show(struct ui *ui)
{
	char *foot = copy_foot(ui->env->settings, COLS);
	struct buf b;

	buf_init(&b, COPY_CAP);
	copy_page(&ui->copy, shown(ui), LINES - 1, COLS,
	    ui->hyper != NULL, &b);
	terminal_bare(buf_data(&b), b.len, foot);
	buf_release(&b);
	free(foot);
}

static void
copy_begin(struct ui *ui)
{
	ui->copying = true;
	ui->copy = (struct copy){ .low = stream_lowest(ui->stream) };
	client_look(ui->env->client, false); /* what comes nobody sees */
	terminal_mouse(false);
	copy_show(ui);
}

static void
copy_end(struct ui *ui)
{
	if (!ui->copying)
		return;
	ui->copying = false;
	terminal_mouse(settings_on(ui->env->settings, SETTING_MOUSE));
	terminal_redraw();
	frame_due(ui, SEEN_ALL);
}

/* False: the key moves nothing in copy mode.  The wheel is arrows where the
 * terminal makes them of it. */
static bool
copy_move(struct ui *ui, enum keys_key key, bool *moved)
{
	const struct convo *c = shown(ui);

	switch (key) {
	case KEYS_PAGE_UP:
	case KEYS_PAGE_DOWN:
		*moved = copy_turn(&ui->copy, c, key == KEYS_PAGE_UP);
		return true;
	case KEYS_UP:
	case KEYS_DOWN:
		*moved = copy_step(&ui->copy, c, key == KEYS_UP);
		return true;
	case KEYS_HOME:
	case KEYS_TOP:
		*moved = copy_far(&ui->copy, c, true);
		return true;
	case KEYS_END:
	case KEYS_BOTTOM:
		*moved = copy_far(&ui->copy, c, false);
		return true;
	default:
		return false;
	}
}

/* True: it was for copy mode, or ended it. */
static bool
copy_key(struct ui *ui, enum keys_key key)
{
	bool moved;

	if (!ui->copying)
		return false;
	if (copy_move(ui, key, &moved)) {
		if (moved)
			copy_show(ui);
		return true;
	}
	copy_end(ui);
	return key != KEYS_PASTE && key != KEYS_SUSPEND;
}

/* The key has been pressed, on an empty line. */
static void
ask_again(struct ui *ui)
{
	const struct settings *s = ui->env->settings;
	char key[KEYNAME_CAP], *text;

	if (!bound_key(s, KEYS_INTERRUPT, key))
		return;
	if (bound_free(s, "ctrl-d"))
		/* TRANSLATORS: %s is a key, "Ctrl-C". */
		text = xasprintf(
		    _("%s once more, Ctrl-D or /quit leaves."), key);
	else
		text = xasprintf(_("%s once more or /quit leaves."), key);
	say(ui, text);
	free(text);
}

static void
interrupt(struct ui *ui, bool again)
{
	size_t len, point;

	lineedit_text(&len, &point);
	if (len > 0 || lineedit_busy()) {
		lineedit_clear();
	} else if (again) {
		quit(ui);
	} else {
		ui->interrupted = true;
		ask_again(ui);
	}
}

static void
resize(struct ui *ui)
{
	terminal_resize();
	lay_out(ui);
	if (ui->copying)
		copy_show(ui);
	frame_due(ui, SEEN_ALL);
}

static void
suspend(struct ui *ui)
{
	copy_end(ui);
	terminal_suspend();
	resize(ui); /* who knows what happened meanwhile */
}

/* The keys of the screen in both its states.  False: it is none of them. */
static bool
common_key(struct ui *ui, enum keys_key key)
{
	switch (key) {
	case KEYS_REDRAW:
		resize(ui);
		return true;
	case KEYS_SUSPEND:
		suspend(ui);
		return true;
	default:
		return false;
	}
}

static bool
screen_key(struct ui *ui, enum keys_key key)
{
	struct model *m = ui->env->model;
	size_t n = model_convos(m), at = model_current_index(m);

	if (key >= KEYS_CONVERSATION_1 && key <= KEYS_CONVERSATION_9) {
		show_convo(ui, (size_t)(key - KEYS_CONVERSATION_1));
		return true;
	}
	switch (key) {
	case KEYS_PAGE_UP:
		page(ui, -1);
		return true;
	case KEYS_PAGE_DOWN:
		page(ui, 1);
		return true;
	case KEYS_TOP:
		scroll_by(ui, -(1L << 30));
		return true;
	case KEYS_BOTTOM:
		to_end(ui);
		return true;
	case KEYS_END: /* the line's, unless there is a way to go */
		if (stream_at_end(ui->stream))
			return false;
		to_end(ui);
		return true;
	case KEYS_NEWLINE:
		lineedit_newline();
		return true;
	case KEYS_HELP:
		show_help(ui, true);
		return true;
	case KEYS_USERS:
		toggle_users(ui);
		return true;
	case KEYS_COPY:
		copy_begin(ui);
		return true;
	case KEYS_NEXT:
		show_convo(ui, (at + 1) % n);
		return true;
	case KEYS_PREVIOUS:
		show_convo(ui, (at + n - 1) % n);
		return true;
	case KEYS_UNREAD:
		show_unread(ui);
		return true;
	case KEYS_FIRST_UNREAD:
		show_first_unread(ui);
		return true;
	case KEYS_SEARCH:
		begin_search(ui, "");
		return true;
	case KEYS_AGAIN:
		say_again(ui);
		return true;
	case KEYS_DROP:
		give_up(ui);
		return true;
	default:
		return false;
	}
}

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
	keep_draft(ui);
	client_show(ui->env->client, c);
	follow_convo(ui);
	frame_due(ui, SEEN_ALL);
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
	    stream_name_at(ui->stream, shown(ui), at->row, at->col);
	char user[WIRE_TARGET_CAP];

	if (stream_divider_at(ui->stream, at->row)) {
		to_end(ui);
		return;
	}
	if (from == NULL) /* of the newest */
		from = stream_name_at(ui->stream,
		    model_current(ui->env->model), at->row, at->col);
	/* Another conversation that is opened may drop what was said. */
	snprintf(user, sizeof(user), "%s", from == NULL ? "" : from);
	show_user(ui, from == NULL ? NULL : user);
}

/* Where there is one bar only, it says what is unread elsewhere. */
static void
click_bar(struct ui *ui, int col, const char *hint)
{
	struct model *m = ui->env->model;
	size_t below = bar_below(ui), i;

	if (ui->status.h == 0)
		show_unread(ui);
	else if (status_below_at(&ui->convos, below, col))
		to_end(ui);
	else if (status_convo_at(&ui->convos, m, below, hint, col, &i))
		show_convo(ui, i);
}

static void
click_status(struct ui *ui, int col)
{
	char key[KEYNAME_CAP];

	switch (status_at(&ui->status, ui->env->model,
	    help_key_name(ui, key), col)) {
	case STATUS_HELP:
		show_help(ui, true);
		break;
	case STATUS_UNREAD:
		show_unread(ui);
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
		frame_due(ui, MODEL_USERS);
	else
		scroll_by(ui, lines);
}

/* hint: what stood in the bar when the mouse was pressed. */
static void
press_mouse(struct ui *ui, const struct mouse *at, const char *hint)
{
	bool help = help_shown(ui->help);

	if (help && at->what == MOUSE_CLICK)
		show_help(ui, false);
	else if (help)
		turn_help(ui, at->what == MOUSE_WHEEL_UP ? -1 : 1);
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

/* What is let go or moved is no reason for a hint to leave. */
static void
mouse_key(struct ui *ui, const char *bytes, size_t n)
{
	char hint[HINT_CAP];
	struct mouse at;

	if (ui->asking || ui->copying || ui->searching ||
	    !mouse_parse(bytes, n, &at) || at.what == MOUSE_OTHER)
		return;
	memcpy(hint, ui->hint, sizeof(hint));
	if (hint[0] != '\0')
		set_hint(ui, "");
	press_mouse(ui, &at, hint);
}

static void
line_key(enum keys_key key, const char *bytes, size_t n)
{
	if (key == KEYS_ESCAPE)
		lineedit_escape();
	else if (key == KEYS_PASTE)
		lineedit_paste(bytes, n);
	else if (key < KEYS_PAGE_UP || key >= KEYS_END)
		lineedit_key(bytes, n);
}

static void
submit(struct ui *ui)
{
	struct ui_login login;

	form_answer(ui->form, &login);
	ui->env->login(ui->env->arg, &login);
}

static enum theme
theme_of_settings(const struct ui *ui)
{
	enum theme theme = THEME_AUTO;

	(void)theme_parse(
	    settings_get(ui->env->settings, SETTING_THEME), &theme);
	return theme;
}

static void
answer_key(struct ui *ui, const char *bytes, size_t n)
{
	enum theme theme;

	if (theme_of_settings(ui) != THEME_AUTO ||
	    !theme_of_answer(bytes, n, &theme))
		return;
	paint_theme(theme);
	frame_due(ui, SEEN_ALL);
}

static void
on_key(void *arg, enum keys_key key, const char *bytes, size_t n)
{
	struct ui *ui = arg;
	bool again = ui->interrupted;
	enum form_key form = FORM_PASS;

	if (key == KEYS_ANSWER) {
		answer_key(ui, bytes, n);
		return;
	}
	if (key == KEYS_MOUSE) {
		mouse_key(ui, bytes, n);
		return;
	}
	if (copy_key(ui, key))
		return;
	ui->interrupted = false;
	if (ui->hint[0] != '\0')
		set_hint(ui, "");
	frame_due(ui, SEEN_INPUT);
	if (common_key(ui, key))
		return;
	if (ui->searching) {
		if (!search_key(ui, key))
			line_key(key, bytes, n);
		return;
	}
	if (key == KEYS_ESCAPE && !ui->asking && !help_shown(ui->help) &&
	    go_back(ui))
		return;
	if (key == KEYS_INTERRUPT) {
		show_help(ui, false);
		interrupt(ui, again || ui->asking);
		return;
	}
	if (ui->asking)
		form = form_press(ui->form, key, bytes, n);
	else if ((help_shown(ui->help) && help_key(ui, key)) ||
	    screen_key(ui, key))
		return;
	if (form == FORM_SUBMIT)
		submit(ui);
	else if (form == FORM_PASS)
		line_key(key, bytes, n);
}

/* ---- the line's hooks -------------------------------------------------- */

/* A line has led elsewhere, and is nobody's draft: what is typed behind it
 * may come before the frame. */
static void
line_leads(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = model_convo_by_serial(m, ui->shown);

	if (ui->asking || ui->searching || c == model_current(m))
		return;
	if (c != NULL)
		model_draft(m, c, "");
	follow_convo(ui);
}

static void
line_accept(void *arg, const char *line)
{
	struct ui *ui = arg;
	struct stream_spot here;
	uint64_t passage = convo_passage(shown(ui));

	if (ui->asking) {
		if (form_enter(ui->form, line) == FORM_SUBMIT)
			submit(ui);
		return;
	}
	if (ui->searching) {
		lineedit_set(line); /* gone only when there is where to go */
		go_to_hit(ui);
		return;
	}
	if (line[strspn(line, " \t\n")] == '\0')
		return;
	stream_here(ui->stream, &here);
	/* One's own words are seen where the newest are; what commands say may
	 * be longer. */
	if (*line == '/' || !stream_shows_present(ui->stream)) {
		leave_passage(ui);
		stream_to_end(ui->stream);
	}
	frame_due(ui, SEEN_ALL);
	ui->origin.convo = 0;
	if (!slash_line(&ui->env->slash, line) && !ui->asking)
		lineedit_set(line); /* to be mended */
	else
		line_leads(ui);
	if (ui->searching) {
		ui->origin = here;
		ui->origin_passage = passage;
	}
}

static void
line_eof(void *arg)
{
	quit(arg);
}

static bool
line_secret(void *arg, const char *line)
{
	struct ui *ui = arg;

	return slash_secret(&ui->env->slash, line);
}

static void
line_full(void *arg)
{
	char text[HINT_CAP];

	snprintf(text, sizeof(text), ngettext("The line is full (%d byte).",
	    "The line is full (%d bytes).", LINEEDIT_MAX), LINEEDIT_MAX);
	say(arg, text);
}

static char **
line_complete(void *arg, const char *line, size_t start, size_t point)
{
	struct ui *ui = arg;

	return complete_words(
	    &ui->env->slash, ui->env->model, line, start, point);
}

static void
line_choices(void *arg, char *const *words, size_t count)
{
	struct ui *ui = arg;
	struct buf b;
	size_t i;

	buf_init(&b, HINT_CAP);
	for (i = 0; i < count; i++) {
		if (!buf_addc(&b, ' ') ||
		    !utf8_clean(&b, words[i], strlen(words[i])))
			break;
	}
	set_hint(ui, buf_data(&b));
	buf_release(&b);
}

static const struct lineedit_hooks line_hooks = {
	.accept = line_accept,
	.eof = line_eof,
	.complete = line_complete,
	.choices = line_choices,
	.secret = line_secret,
	.full = line_full,
};

/* ---- what the loop calls ----------------------------------------------- */

static void
settle(void *arg)
{
	struct ui *ui = arg;

	keys_settle(ui->keys);
}

static void
on_input(void *arg, int fd, unsigned ready)
{
	struct ui *ui = arg;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	int wait;

	(void)ready;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		/* The terminal has gone. */
		loop_unwatch(ui->env->loop, fd);
		ui->ended = true;
		quit(ui);
		return;
	}
	keys_feed(ui->keys, bytes, (size_t)n);
	wait = keys_wait(ui->keys);
	if (wait > 0)
		loop_timer_set(
		    ui->env->loop, &ui->key_timer, wait, settle, ui);
	else
		loop_timer_unset(ui->env->loop, &ui->key_timer);
}

static void
on_wake(void *arg, int fd, unsigned ready)
{
	struct ui *ui = arg;
	unsigned events = job_events();

	(void)fd;
	(void)ready;
	if (events & JOB_STOP)
		suspend(ui);
	else if (events & JOB_CONTINUED)
		terminal_again();
	if (events & (JOB_CONTINUED | JOB_RESIZED))
		resize(ui);
}

/* ---- life -------------------------------------------------------------- */

static void
add_terminfo_keys(struct keys *k)
{
	static const struct {
		const char *name;
		enum keys_key key;
	} cap[] = {
		{ "kpp", KEYS_PAGE_UP }, { "kPRV", KEYS_PAGE_UP },
		{ "knp", KEYS_PAGE_DOWN }, { "kNXT", KEYS_PAGE_DOWN },
		{ "kf1", KEYS_HELP }, { "kf2", KEYS_USERS },
		{ "kf3", KEYS_COPY },
		{ "kend", KEYS_END }, { "khome", KEYS_HOME },
		{ "kcbt", KEYS_BACKTAB },
		{ "kcuu1", KEYS_UP }, { "kcud1", KEYS_DOWN },
	};
	size_t i;

	for (i = 0; i < sizeof(cap) / sizeof(cap[0]); i++)
		keys_add(k, terminal_key(cap[i].name), cap[i].key);
}

/* What keys do by the settings, over what keys.c knows. */
static void
bind_keys(struct ui *ui)
{
	const struct settings *s = ui->env->settings;
	const char *key, *name;
	const struct action *a;
	struct keyname k;

	keys_unbind(ui->keys);
	for (size_t i = 0; settings_binding(s, i, &key, &name); i++) {
		if (!keyname_parse(&k, key))
			continue;
		a = actions_find(name);
		for (size_t j = 0; j < KEYNAME_KINDS; j++)
			keys_bind(ui->keys, k.bytes[j],
			    a == NULL ? KEYS_CHAR : a->key);
	}
}

static void
set_users(struct ui *ui)
{
	const char *value = settings_get(ui->env->settings, SETTING_USERS);

	ui->users_pane = strcmp(value, "yes") == 0 ? USERS_SHOWN :
	    strcmp(value, "no") == 0 ? USERS_FOLDED : USERS_AUTO;
}

/* What is set; else what the environment tells, until the terminal says it
 * itself. */
static void
set_colors(struct ui *ui)
{
	static const char ask[] = "\033]11;?\033\\";
	enum theme theme = theme_of_settings(ui);
	bool find_out = theme == THEME_AUTO;

	if (find_out)
		theme = theme_of_env(getenv("COLORFGBG"), getenv("TERM"));
	paint_open(!settings_on(ui->env->settings, SETTING_COLOR), theme);
	if (find_out && paint_asks())
		terminal_send(ask, sizeof(ask) - 1);
}

/* How the person is called. */
static void
set_calls(struct ui *ui)
{
	const struct settings *s = ui->env->settings;

	(void)notify_parse(settings_get(s, SETTING_NOTIFY), &ui->notify.how);
	ui->notify.no_bell = !settings_on(s, SETTING_BELL);
}

/* Something was set: what is seen of it is seen at once. */
static void
on_setting(void *arg, enum setting setting)
{
	struct ui *ui = arg;
	const struct settings *s = ui->env->settings;

	switch (setting) {
	case SETTING_COLOR:
	case SETTING_THEME:
		set_colors(ui);
		stream_restyle(ui->stream);
		resize(ui);
		break;
	case SETTING_MOUSE:
		terminal_mouse(settings_on(s, SETTING_MOUSE));
		break;
	case SETTING_USERS:
		set_users(ui);
		lay_out(ui);
		frame_due(ui, SEEN_ALL);
		break;
	case SETTING_BELL:
	case SETTING_NOTIFY:
		set_calls(ui);
		break;
	case SETTING_LANGUAGE:
		text_language(settings_get(s, SETTING_LANGUAGE));
		stream_restyle(ui->stream);
		resize(ui);
		break;
	case SETTING_BIND: /* which hints name */
		bind_keys(ui);
		stream_restyle(ui->stream);
		frame_due(ui, SEEN_ALL);
		break;
	default:
		break;
	}
}

static struct ui *
screen_open(const struct ui_env *env, char *why, size_t cap)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	/* What we show and read is UTF-8, also where nobody set a locale. */
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	ui->own = *env;
	ui->env = &ui->own;
	lineedit_open(&line_hooks, ui, env->history_file);
	job_open();
	if (!terminal_open(why, cap)) {
		job_close();
		lineedit_close();
		free(ui);
		return NULL;
	}
	set_colors(ui);
	terminal_mouse(settings_on(env->settings, SETTING_MOUSE));
	set_users(ui);
	set_calls(ui);
	model_on_item(env->model, on_item, ui);
	settings_listen(env->settings, on_setting, ui);
	ui->own.slash.help = open_help;
	ui->own.slash.help_arg = ui;
	ui->keys = keys_new(on_key, ui);
	keys_guess(ui->keys, !terminal_marks_pastes());
	add_terminfo_keys(ui->keys);
	bind_keys(ui);
	if (url_terminal(getenv("TERM")))
		ui->hyper = hyper_new();
	ui->stream = stream_new(ui->hyper, env->settings);
	ui->form = form_new(env->settings);
	ui->help = help_new(env->settings);
	ui->search = search_new(env->loop, env->model, env->client,
	    env->settings, search_changed, ui);
	ui->own.slash.search = begin_search;
	ui->own.slash.search_arg = ui;
	ui->shown = convo_serial(model_current(env->model));
	loop_watch(ui->env->loop, STDIN_FILENO, LOOP_READ, on_input, ui);
	if (job_fd() != -1)
		loop_watch(env->loop, job_fd(), LOOP_READ, on_wake, ui);
	lay_out(ui);
	frame_now(ui);
	return ui;
}

static void
screen_ask(struct ui *ui, const struct ui_ask *ask)
{
	end_search(ui);
	keep_draft(ui);
	show_help(ui, false);
	ui->asking = true;
	keys_guess(ui->keys, false); /* Enter goes to the next field */
	copy_end(ui);
	form_ask(ui->form, ask);
	lay_out(ui);
	frame_due(ui, SEEN_ALL);
}

static void
screen_ask_done(struct ui *ui)
{
	if (!ui->asking)
		return;
	ui->asking = false;
	keys_guess(ui->keys, !terminal_marks_pastes());
	form_done(ui->form);
	ui->shown = 0; /* its draft comes back */
	lay_out(ui);
	frame_due(ui, SEEN_ALL);
}

static void
unwatch(struct ui *ui)
{
	struct loop *loop = ui->env->loop;

	loop_unwatch(loop, STDIN_FILENO);
	loop_timer_unset(loop, &ui->key_timer);
	loop_timer_unset(loop, &ui->frame_timer);
	loop_timer_unset(loop, &ui->tick_timer);
	loop_timer_unset(loop, &ui->ring_timer);
	model_on_item(ui->env->model, NULL, NULL);
	loop_defer_cancel(loop, &ui->frame_call);
	if (job_fd() != -1)
		loop_unwatch(loop, job_fd());
	job_close();
}

static void
screen_close(struct ui *ui)
{
	unwatch(ui);
	settings_listen(ui->env->settings, NULL, NULL);
	terminal_close();
	lineedit_close();
	notify_release(&ui->notify);
	form_free(ui->form);
	help_free(ui->help);
	search_free(ui->search);
	stream_free(ui->stream);
	hyper_free(ui->hyper);
	keys_free(ui->keys);
	free(ui);
}

const struct ui_class ui_screen = {
	.open = screen_open,
	.changed = screen_changed,
	.ask = screen_ask,
	.ask_done = screen_ask_done,
	.close = screen_close,
	.emergency = terminal_emergency,
};
