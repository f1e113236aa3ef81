/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where one was in the conversations that are not shown.  The stream has the
 * place in the one that is, struct way the ways there; both are put by when
 * another is shown, and come back with it.
 *
 * A place hangs on an item.  While others are shown that may be dropped, as the
 * oldest are and all of a passage is: then it is a goal, like what a search has
 * found, and fetched.
 */
#include "tui/view/screen_priv.h"

#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"
#include "tui/input/lineedit.h"
#include "tui/view/search.h"

struct kept {
	uint64_t convo;
	struct stream_view *view;
	struct way way;
	char *words;    /* of a search that is not over; NULL: there is none */
	int64_t chosen; /* its hit; 0: none */
};

/* ---- the table --------------------------------------------------------- */

static struct kept *
find(const struct ui *ui, uint64_t convo)
{
	for (size_t i = 0; i < ui->kept_count; i++)
		if (ui->kept[i].convo == convo)
			return &ui->kept[i];
	return NULL;
}

/* Its parts are somebody else's by now. */
static void
take_out(struct ui *ui, struct kept *k)
{
	*k = ui->kept[--ui->kept_count];
}

static void
forget(struct ui *ui, struct kept *k)
{
	stream_view_free(k->view);
	free(k->words);
	take_out(ui, k);
}

static void
forget_closed(struct ui *ui)
{
	for (size_t i = ui->kept_count; i-- > 0;)
		if (model_convo_by_serial(
		    ui->env->model, ui->kept[i].convo) == NULL)
			forget(ui, &ui->kept[i]);
}

void
screen_forget_places(struct ui *ui)
{
	while (ui->kept_count > 0)
		forget(ui, &ui->kept[ui->kept_count - 1]);
	free(ui->kept);
	ui->kept = NULL;
}

/* ---- from one conversation to another ---------------------------------- */

static void
put_search_by(struct ui *ui, struct kept *k)
{
	const struct search_hit *hit = search_chosen(ui->search);
	size_t len, point;
	const char *line = lineedit_text(&len, &point);

	k->words = xmemdup0(line, len);
	k->chosen = hit == NULL ? 0 : hit->id;
	screen_end_search(ui);
}

static bool
is_worth_keeping(const struct kept *k)
{
	return k->view != NULL || k->words != NULL || k->way.goal != 0 ||
	    k->way.origin.convo != 0;
}

/* In place of what was kept of it. */
static void
keep(struct ui *ui, struct kept *k)
{
	struct kept *old = find(ui, k->convo);

	k->view = stream_detach(ui->stream);
	k->way = ui->way;
	ui->way = (struct way){ 0 };
	ui->passage = 0;
	ui->answered = false;
	if (old != NULL)
		forget(ui, old);
	if (!is_worth_keeping(k))
		return;
	ui->kept = xreallocarray(
	    ui->kept, ui->kept_count + 1, sizeof(*ui->kept));
	ui->kept[ui->kept_count++] = *k;
	forget_closed(ui); /* it may be */
}

void
screen_put_by(struct ui *ui, uint64_t convo)
{
	struct kept k = { .convo = convo };

	keep(ui, &k);
}

static void
bring_back(struct ui *ui, uint64_t convo)
{
	struct kept *found = find(ui, convo), k;

	if (found == NULL) {
		stream_attach(ui->stream, convo, NULL);
		return;
	}
	k = *found;
	take_out(ui, found);
	stream_attach(ui->stream, convo, k.view);
	ui->way = k.way;
	ui->way.goal_passage = 0;
	if (k.words != NULL) {
		screen_begin_search(ui, k.words);
		search_choose(ui->search, k.chosen);
		ui->way.origin_passage = k.way.origin_passage;
	}
	free(k.words);
}

/* What the lowest line hangs on is at the server only. */
static bool
is_lost(const struct ui *ui, const struct stream_spot *at)
{
	const struct convo *c = screen_shown(ui);
	int64_t first = convo_first(c);
	size_t i;

	return !at->end && at->low_id > 0 && !convo_begin(c) &&
	    !convo_cleared(c) && (first == 0 || first > at->low_id) &&
	    !convo_find_item(c, at->low, &i);
}

static void
seek(struct ui *ui, const struct stream_spot *at)
{
	ui->way.goal = at->low_id;
	ui->way.goal_passage = 0;
	ui->way.goal_found = false;
	ui->way.goal_back = true;
	ui->way.back = *at;
	ui->passage = 0;
}

void
screen_follow_place(struct ui *ui)
{
	uint64_t now = convo_serial(model_current(ui->env->model));
	struct stream_spot at;
	struct kept k = { 0 };

	stream_here(ui->stream, &at);
	if (at.convo != now) {
		k.convo = at.convo;
		if (ui->searching)
			put_search_by(ui, &k);
		keep(ui, &k);
		bring_back(ui, now);
		stream_here(ui->stream, &at);
	}
	if (ui->way.goal == 0 && is_lost(ui, &at))
		seek(ui, &at);
}
