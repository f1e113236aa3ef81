/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/backfill.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/answer.h"
#include "tui/net/client_priv.h"
#include "tui/net/login.h"
#include "tui/model/model.h"
#include "tui/net/json_in.h"
#include "tui/model/groups.h"
#include "tui/text.h"
#include "tui/net/uplink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

/* A conversation whose history is read; a page is held. */
struct source {
	char target[WIRE_TARGET_CAP];
	json_t *reply; /* what the messages borrow from */
	struct model_message *msg;
	size_t n, at;
	int64_t from; /* what comes next has greater ids */
	bool more;
};

struct backfill {
	struct client *c;
	client_message_fn *fn;
	void *arg;
	bool running, held;
	int64_t last; /* how far history is read; behind it a watch goes on */
	struct source *source;
	size_t count, asked; /* asked: whose page it is that is awaited */
	bool awaited;
	struct loop_call go_on;
};

static void step(struct backfill *);

static void
drop_page(struct source *s)
{
	free(s->msg);
	json_decref(s->reply);
	s->msg = NULL;
	s->reply = NULL;
	s->n = s->at = 0;
}

static void
stop(struct backfill *m)
{
	for (size_t i = 0; i < m->count; i++)
		drop_page(&m->source[i]);
	free(m->source);
	m->source = NULL;
	m->count = 0;
	m->running = m->awaited = false;
	loop_defer_cancel(m->c->loop, &m->go_on);
}

static void
hand_over(struct backfill *m, const struct model_message *msg)
{
	model_seen(m->c->model, msg->id);
	m->fn(m->arg, msg);
}

void
backfill_message(struct backfill *m, const struct model_message *msg)
{
	if (!m->running)
		hand_over(m, msg);
}

/* ---- which conversations there are ------------------------------------- */

static void
add_source(struct backfill *m, const char *target)
{
	struct source *s;

	if (strlen(target) >= WIRE_TARGET_CAP)
		return;
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->source[i].target, target) == 0)
			return;
	m->source =
	    xreallocarray(m->source, m->count + 1, sizeof(*m->source));
	s = &m->source[m->count++];
	*s = (struct source){ .from = model_last_seen(m->c->model),
		.more = true };
	memcpy(s->target, target, strlen(target));
}

/* Everyone, our groups, whoever has something unread, all users. */
static void
add_sources(struct backfill *m)
{
	struct model *model = m->c->model;
	struct groups *rooms = model_rooms(model);

	for (size_t i = 0; i < model_convos(model); i++)
		if (*convo_target(model_convo(model, i)) != '#')
			add_source(m, convo_target(model_convo(model, i)));
	for (size_t i = 0; i < groups_count(rooms); i++)
		if (groups_at(rooms, i)->member)
			add_source(m, groups_at(rooms, i)->target);
	for (size_t i = 0; i < model_users(model); i++)
		add_source(m, model_user(model, i)->user);
}

/* ---- pages ------------------------------------------------------------- */

/* False: it is of no use. */
static bool
take_page(struct backfill *m, struct source *s, json_t *reply)
{
	s->more = false;
	if (!json_in_ok(reply))
		return true; /* left meanwhile: not ours to read any more */
	if (!json_in_messages(reply, &s->msg, &s->n))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		if (s->msg[i].id <= s->from)
			return false;
		s->from = s->msg[i].id;
	}
	s->reply = json_incref(reply);
	s->more = json_in_true(reply, "more") && s->n > 0 && s->from < m->last;
	return true;
}

static void
done_page(struct client *c, const struct request *rq, json_t *reply)
{
	struct backfill *m = c->missed;
	char why[ANSWER_WHY_CAP];
	int64_t ms;

	(void)rq;
	if (!m->awaited)
		return;
	m->awaited = false;
	if (json_in_later(reply, &ms)) {
		answer_why(reply, why);
		uplink_lose(c->uplink, why);
	} else if (!take_page(m, &m->source[m->asked], reply))
		client_broken(c, _("a bad page of history"));
	else
		step(m);
}

static void
ask_page(struct backfill *m, size_t i)
{
	m->asked = i;
	m->awaited = true;
	drop_page(&m->source[i]);
	client_request(m->c, &(struct request){ .done = done_page },
	    "history - %s after=%" PRId64 " limit=%d", m->source[i].target,
	    m->source[i].from, PAGE);
}

/* ---- merging ----------------------------------------------------------- */

/* The one whose next message is the oldest; true: a page is missing to tell
 * that, and was asked for. */
static bool
pick(struct backfill *m, struct source **oldest)
{
	*oldest = NULL;
	for (size_t i = 0; i < m->count; i++) {
		struct source *s = &m->source[i];

		if (s->at == s->n && s->more) {
			ask_page(m, i);
			return true;
		}
		if (s->at < s->n && (*oldest == NULL ||
		    s->msg[s->at].id < (*oldest)->msg[(*oldest)->at].id))
			*oldest = s;
	}
	return false;
}

/* Events are let go until the watch from here on has begun. */
static void
watch_again(struct backfill *m)
{
	int64_t last = m->last;

	stop(m);
	m->running = true;
	model_seen(m->c->model, last);
	login_step(m->c);
}

static void
step(struct backfill *m)
{
	struct source *s;

	while (!m->held) {
		if (pick(m, &s))
			return;
		if (s == NULL || s->msg[s->at].id > m->last) {
			watch_again(m);
			return;
		}
		hand_over(m, &s->msg[s->at++]);
	}
}

static void
go_on(void *arg)
{
	struct backfill *m = arg;

	/* Where a page is awaited it goes on with that. */
	if (m->count > 0 && !m->awaited)
		step(m);
}

/* Asked last: the answers that tell who and what there is have come. */
static void
done_asking(struct client *c, const struct request *rq, json_t *reply)
{
	struct backfill *m = c->missed;

	(void)rq;
	(void)reply;
	if (!m->running || m->count > 0)
		return;
	add_sources(m);
	step(m);
}

void
backfill_watching(struct backfill *m, bool gap, int64_t last)
{
	stop(m);
	if (!gap)
		return;
	m->running = true;
	m->last = last;
	client_request(
	    m->c, &(struct request){ .done = done_asking }, "ping");
}

void
backfill_lost(struct backfill *m)
{
	stop(m);
}

void
backfill_hold(struct backfill *m, bool held)
{
	m->held = held;
	if (!held)
		loop_defer(m->c->loop, &m->go_on, go_on, m);
}

/* ---- life -------------------------------------------------------------- */

struct backfill *
backfill_new(struct client *c, client_message_fn *fn, void *arg)
{
	struct backfill *m = xcalloc(1, sizeof(*m));

	m->c = c;
	m->fn = fn;
	m->arg = arg;
	return m;
}

void
backfill_free(struct backfill *m)
{
	if (m == NULL)
		return;
	stop(m);
	free(m);
}
