/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the person is: which conversation, how far up, in which passage of it;
 * the ways there (the next unread one, a hit of the search) and back.  What is
 * far is a goal until it is held.
 */
#include "tui/view/screen_priv.h"

#include <string.h>

#include "shared/wire.h"
#include "tui/net/client.h"
#include "tui/input/lineedit.h"
#include "tui/view/search.h"
#include "tui/text.h"

/* ---- which place is shown ---------------------------------------------- */

struct convo *
screen_shown(const struct ui *ui)
{
	struct convo *p = model_passage(ui->env->model);

	return p != NULL && convo_passage(p) == ui->passage ? p :
	    model_current(ui->env->model);
}

void
screen_leave_passage(struct ui *ui)
{
	ui->passage = 0;
	model_passage_end(ui->env->model);
}

/* ---- far places -------------------------------------------------------- */

static void
set_goal(struct ui *ui, int64_t id)
{
	ui->way.goal = id;
	ui->way.goal_passage = 0;
	ui->way.goal_found = ui->way.goal_back = false;
}

/* What was looked for is shown with what was said before it. */
static bool
holds_goal(const struct ui *ui, const struct convo *c)
{
	int64_t first = convo_first(c);

	if (convo_passage(c) != 0 && convo_last(c) < ui->way.goal)
		return false;
	return first != 0 &&
	    (first <= ui->way.goal - ui->way.goal_found ||
	    (first <= ui->way.goal && convo_begin(c)));
}

/* So far that not all which lies between is to be fetched, or can be. */
static bool
is_far(const struct ui *ui, const struct convo *c)
{
	int64_t first = convo_first(c);
	int64_t near = ui->way.goal_found || ui->way.goal_back ? GOAL_NEAR :
	    MODEL_SCROLLED / 2; /* what is unread will be read on */

	return convo_begin(c) || convo_full(c) ||
	    (first > 0 && first - ui->way.goal > near);
}

/* As near as it comes, in c. */
static void
arrive(struct ui *ui, struct convo *c)
{
	bool found = ui->way.goal_found, held = convo_first(c) != 0 &&
	    convo_first(c) <= ui->way.goal;

	ui->passage = convo_passage(c);
	if (ui->passage == 0)
		model_passage_end(ui->env->model);
	if (ui->way.goal_back && held)
		stream_return(ui->stream, &ui->way.back);
	else if (convo_first(c) == 0)
		stream_to_end(ui->stream);
	else
		stream_go(ui->stream, c, ui->way.goal);
	screen_set_hint(ui, "");
	if (found && !held)
		screen_say(ui, _("That cannot be shown now."));
	ui->way.goal_found = ui->way.goal_back = false;
	ui->way.goal = 0;
	screen_frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

static void
ask_for_goal(struct ui *ui, struct convo *c)
{
	if (!is_far(ui, c))
		client_older(ui->env->client, c, WIRE_PAGE_MAX);
	else if (client_passage(ui->env->client, ui->way.goal))
		ui->way.goal_passage =
		    convo_passage(model_passage(ui->env->model));
}

/* Where one goes now: as near to the goal as it comes; NULL: it is still to be
 * fetched.  A line that is lost brings no more, until it is back. */
static struct convo *
goal_place(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = model_current(m), *p = model_passage(m);
	bool asked = p != NULL && convo_passage(p) == ui->way.goal_passage;

	if (holds_goal(ui, c))
		return c;
	if (asked && (convo_fetching(p) || convo_fetching_newer(p)))
		return NULL; /* until both pages are there */
	if (asked || (p != NULL && holds_goal(ui, p)))
		return p;
	if (ui->way.goal_back && model_status(m)->link != LINK_ONLINE) {
		ui->way.goal_passage = 0;
		return NULL;
	}
	if (ui->way.goal_passage != 0 || model_status(m)->link != LINK_ONLINE)
		return c;
	ask_for_goal(ui, c);
	return NULL;
}

void
screen_follow_goal(struct ui *ui)
{
	struct convo *to;

	if (ui->way.goal != 0 && (to = goal_place(ui)) != NULL)
		arrive(ui, to);
}

/* ---- the ways ---------------------------------------------------------- */

/* The person goes on from what a search has found: Escape is not the way back
 * any more. */
static void
leave_found(struct ui *ui)
{
	ui->way.origin.convo = 0;
	stream_found(ui->stream, 0, NULL, 0);
}

void
screen_show(struct ui *ui, struct convo *c)
{
	if (c == model_current(ui->env->model))
		return;
	screen_keep_draft(ui);
	client_show(ui->env->client, c);
	/* What is typed next may come before the frame. */
	screen_follow_place(ui);
	screen_follow_convo(ui);
	screen_frame_due(ui, SEEN_ALL);
}

void
screen_show_convo(struct ui *ui, size_t i)
{
	struct model *m = ui->env->model;

	if (i < model_convos(m))
		screen_show(ui, model_convo(m, i));
}

void
screen_show_unread(struct ui *ui)
{
	struct model *m = ui->env->model;
	size_t n = model_convos(m), at = model_current_index(m), i;
	const struct convo *c;

	for (i = 1; i < n; i++) {
		c = model_convo(m, (at + i) % n);
		if (model_news(m, c) > 0) {
			screen_show_convo(ui, (at + i) % n);
			return;
		}
	}
	screen_say(ui, _("Nothing unread elsewhere."));
}

void
screen_show_first_unread(struct ui *ui)
{
	const struct convo *c = model_current(ui->env->model);

	set_goal(ui, convo_marker(c));
	if (ui->way.goal == 0)
		screen_say(ui, _("Nothing new here."));
	else if (convo_first(c) > ui->way.goal)
		screen_say(ui, _("Fetching up to the first new one …"));
	screen_frame_due(ui, MODEL_STREAM);
}

/* Further up than /clear has left anything: what it took comes back. */
static void
pass_cleared(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = screen_shown(ui);

	if (!convo_cleared(c) ||
	    (convo_count(c) > 0 && !stream_at_top(ui->stream)))
		return;
	model_unclear(m, c);
	client_older(ui->env->client, c, OLDER_PAGE);
}

void
screen_scroll_by(struct ui *ui, long lines)
{
	ui->way.goal = 0;
	ui->answered = false;
	if (lines < 0)
		pass_cleared(ui);
	stream_scroll(ui->stream, screen_shown(ui), lines);
	screen_frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

void
screen_page(struct ui *ui, int pages)
{
	ui->way.goal = 0;
	ui->answered = false;
	if (pages < 0)
		pass_cleared(ui);
	stream_page(ui->stream, screen_shown(ui), pages);
	screen_frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

void
screen_to_end(struct ui *ui)
{
	ui->way.goal = 0;
	ui->answered = false;
	leave_found(ui);
	screen_leave_passage(ui);
	stream_to_end(ui->stream);
	screen_frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

/* ---- the search -------------------------------------------------------- */

void
screen_search_changed(void *arg)
{
	screen_frame_due(arg, MODEL_STREAM);
}

void
screen_begin_search(void *arg, const char *words)
{
	struct ui *ui = arg;

	if (ui->searching || ui->asking)
		return;
	screen_keep_draft(ui);
	ui->searching = true;
	if (ui->way.goal != 0 && ui->way.goal_back)
		ui->way.origin = ui->way.back;
	else
		stream_here(ui->stream, &ui->way.origin);
	ui->way.origin.goal = 0;
	ui->way.goal = 0;
	ui->answered = false;
	ui->way.origin_passage = convo_passage(screen_shown(ui));
	lineedit_clear();
	lineedit_field(true);
	lineedit_set(words);
	memset(&ui->input, 0, sizeof(ui->input));
	screen_frame_due(ui, SEEN_ALL);
}

void
screen_end_search(struct ui *ui)
{
	if (!ui->searching)
		return;
	ui->searching = false;
	search_end(ui->search);
	lineedit_clear();
	lineedit_field(false);
	ui->shown = 0; /* its draft comes back */
	screen_lay_out(ui);
	screen_frame_due(ui, SEEN_ALL);
}

bool
screen_go_back(struct ui *ui)
{
	const struct way way = ui->way;
	struct model *m = ui->env->model;
	struct convo *c = model_convo_by_serial(m, way.origin.convo);
	const struct convo *p;

	if (c == NULL)
		return false;
	if (c != model_current(m))
		client_show(ui->env->client, c);
	/* Where the search led nobody was. */
	stream_attach(ui->stream, way.origin.convo, NULL);
	stream_return(ui->stream, &way.origin);
	ui->way = (struct way){ 0 };
	p = model_passage(m);
	if (p != NULL && convo_passage(p) == way.origin_passage)
		ui->passage = way.origin_passage;
	else
		screen_leave_passage(ui);
	screen_follow_place(ui);
	screen_frame_due(ui, SEEN_ALL);
	return true;
}

void
screen_go_to_hit(struct ui *ui)
{
	const struct search_hit *hit = search_chosen(ui->search);
	struct convo *c = hit == NULL ? NULL :
	    model_open(ui->env->model, hit->target);
	struct model *m = ui->env->model;
	struct way way = { .goal_found = true, .origin = ui->way.origin,
		.origin_passage = ui->way.origin_passage };
	char *const *word;
	size_t words;

	if (c == NULL)
		return;
	way.goal = hit->id;
	if (c != model_current(m)) {
		ui->way = (struct way){ 0 };
		screen_put_by(ui, convo_serial(model_current(m)));
		client_show(ui->env->client, c);
		stream_attach(ui->stream, convo_serial(c), NULL);
	}
	word = search_terms(ui->search, &words);
	stream_found(ui->stream, way.goal, word, words);
	screen_end_search(ui);
	ui->way = way;
	if (convo_first(c) == 0 || convo_first(c) > ui->way.goal)
		screen_say(ui, _("Fetching up to there …"));
}
