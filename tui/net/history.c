/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/history.h"

#include "shared/wire.h"
#include "tui/net/answer.h"
#include "tui/net/client_priv.h"
#include "tui/net/group_sync.h"
#include "tui/net/login.h"
#include "tui/model/model.h"
#include "tui/net/json_in.h"
#include "tui/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	READ_MS = 1000, /* between two read marks of a conversation */
	AROUND = 100    /* messages on either side of where one goes */
};

/* ---- read marks -------------------------------------------------------- */

void
history_tell_reads_now(struct client *c)
{
	/* A mark that was refused is told again with the next. */
	const struct request quiet = { .done = client_done_quietly };

	if (!client_watching(c))
		return;
	for (size_t i = 0; i < model_convos(c->model); i++) {
		struct convo *cv = model_convo(c->model, i);
		int64_t id = convo_take_read(cv);

		if (id <= 0)
			continue;
		c->read_at = loop_now(c->loop);
		client_request(c, &quiet, "read - %s %" PRId64,
		    convo_target(cv), id);
	}
}

static void
on_reads(void *arg)
{
	history_tell_reads_now(arg);
}

/* A busy room is read many times a second; the server is told once. */
void
history_tell_reads(struct client *c)
{
	int64_t wait = c->read_at + READ_MS - loop_now(c->loop);

	if (!client_watching(c) || c->reads.slot != 0)
		return;
	if (c->read_at == 0 || wait < 0)
		wait = 0;
	loop_timer_set(c->loop, &c->reads, wait, on_reads, c);
}

/* ---- history ----------------------------------------------------------- */

static void
done_history(struct client *c, const struct request *rq, json_t *reply)
{
	struct convo *cv = model_convo_by_serial(c->model, rq->convo);
	struct model_message *msg;
	size_t n;
	char why[ANSWER_WHY_CAP];

	if (cv == NULL)
		return; /* closed meanwhile */
	model_fetching(c->model, cv, false);
	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		client_refused(c, "%s: %s", convo_target(cv), why);
		/* Nothing to come: the pane would ask with every frame. */
		model_page(c->model, cv, NULL, 0, true);
		return;
	}
	if (!json_in_messages(reply, &msg, &n)) {
		client_broken(c, _("a bad page of history"));
		return;
	}
	model_page(c->model, cv, msg, n, !json_in_true(reply, "more") || n == 0);
	free(msg);
	login_check_ids(c);
	history_tell_reads(c);
}

/* A page of a passage, unless that is gone meanwhile. */
static void
done_passage(struct client *c, const struct request *rq, json_t *reply)
{
	struct convo *p = model_passage(c->model);
	struct model_message *msg;
	size_t n;
	char why[ANSWER_WHY_CAP];

	if (p == NULL || convo_passage(p) != rq->passage)
		return;
	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		client_refused(c, "%s: %s", convo_target(p), why);
		model_passage_end(c->model);
		return;
	}
	if (!json_in_messages(reply, &msg, &n)) {
		client_broken(c, _("a bad page of history"));
		return;
	}
	model_passage_page(c->model, msg, n, rq->newer,
	    json_in_true(reply, "more") && n > 0);
	free(msg);
	login_check_ids(c);
	c->events->changed(c->arg);
}

static void
ask_passage(struct client *c, const struct convo *p, const char *side,
    int64_t id, int limit)
{
	struct request rq = { .done = done_passage,
		.passage = convo_passage(p), .newer = *side == 'a' };

	client_request(c, &rq, "history - %s %s=%" PRId64 " limit=%d",
	    convo_target(p), side, id, limit);
}

bool
client_passage(struct client *c, int64_t id)
{
	struct convo *p;

	if (!client_watching(c) || c->requests.count + 2 > REQUESTS_MAX)
		return false;
	p = model_passage_begin(c->model);
	ask_passage(c, p, "before", id + 1, AROUND);
	ask_passage(c, p, "after", id, AROUND);
	c->events->changed(c->arg);
	return true;
}

void
client_newer(struct client *c, struct convo *p, int limit)
{
	if (!client_watching(c) || convo_fetching_newer(p) ||
	    convo_last(p) == 0 || c->requests.count >= REQUESTS_MAX)
		return;
	model_fetching_newer(c->model, p, true);
	ask_passage(c, p, "after", convo_last(p), limit);
	c->events->changed(c->arg);
}

static void
older_of_passage(struct client *c, struct convo *p, int limit)
{
	if (convo_first(p) == 0)
		return;
	model_fetching(c->model, p, true);
	ask_passage(c, p, "before", convo_first(p), limit);
	c->events->changed(c->arg);
}

void
client_older(struct client *c, struct convo *cv, int limit)
{
	struct request rq = { .done = done_history };
	int64_t before = convo_first(cv);

	if (!client_watching(c) || convo_begin(cv) || convo_fetching(cv) ||
	    c->requests.count >= REQUESTS_MAX)
		return;
	if (convo_passage(cv) != 0) {
		older_of_passage(c, cv, limit);
		return;
	}
	if (convo_full(cv))
		return;
	if (limit < 1 || limit > WIRE_PAGE_MAX)
		limit = WIRE_PAGE_DEFAULT;
	rq.convo = convo_serial(cv);
	model_fetching(c->model, cv, true);
	if (before > 0)
		client_request(c, &rq, "history - %s before=%" PRId64 " limit=%d",
		    convo_target(cv), before, limit);
	else
		client_request(c, &rq, "history - %s limit=%d",
		    convo_target(cv), limit);
	c->events->changed(c->arg);
}

void
client_show(struct client *c, struct convo *cv)
{
	model_switch(c->model, cv);
	if (!c->lazy && !convo_cleared(cv) &&
	    convo_count(cv) < WIRE_PAGE_DEFAULT)
		client_older(c, cv, WIRE_PAGE_DEFAULT);
	group_sync_shown(c, cv);
	c->events->changed(c->arg);
}

bool
client_close(struct client *c, struct convo *cv)
{
	history_tell_reads_now(c); /* what was read is not to bring it back */
	if (!model_close(c->model, cv))
		return false;
	client_show(c, model_current(c->model));
	return true;
}

void
client_read(struct client *c, struct convo *cv)
{
	model_mark_read(c->model, cv);
	history_tell_reads(c);
}

void
client_look(struct client *c, bool looked)
{
	model_look(c->model, looked);
	if (looked)
		history_tell_reads(c);
}
