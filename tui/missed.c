/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/missed.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/answer.h"
#include "tui/core.h"
#include "tui/login.h"
#include "tui/model.h"
#include "tui/parse.h"
#include "tui/rooms.h"
#include "tui/text.h"
#include "tui/uplink.h"

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

struct missed {
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

static void step(struct missed *);

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
stop(struct missed *m)
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
hand_over(struct missed *m, const struct model_message *msg)
{
	model_seen(m->c->model, msg->id);
	m->fn(m->arg, msg);
}

void
missed_message(struct missed *m, const struct model_message *msg)
{
	if (!m->running)
		hand_over(m, msg);
}

/* ---- which conversations there are ------------------------------------- */

static void
add_source(struct missed *m, const char *target)
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
add_sources(struct missed *m)
{
	struct model *model = m->c->model;
	struct rooms *rooms = model_rooms(model);

	for (size_t i = 0; i < model_convos(model); i++)
		if (*convo_target(model_convo(model, i)) != '#')
			add_source(m, convo_target(model_convo(model, i)));
	for (size_t i = 0; i < rooms_count(rooms); i++)
		if (rooms_at(rooms, i)->member)
			add_source(m, rooms_at(rooms, i)->target);
	for (size_t i = 0; i < model_users(model); i++)
		add_source(m, model_user(model, i)->user);
}

/* ---- pages ------------------------------------------------------------- */

/* False: it is of no use. */
static bool
take_page(struct missed *m, struct source *s, json_t *reply)
{
	s->more = false;
	if (!parse_ok(reply))
		return true; /* left meanwhile: not ours to read any more */
	if (!parse_messages(reply, &s->msg, &s->n))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		if (s->msg[i].id <= s->from)
			return false;
		s->from = s->msg[i].id;
	}
	s->reply = json_incref(reply);
	s->more = parse_true(reply, "more") && s->n > 0 && s->from < m->last;
	return true;
}

static void
done_page(struct client *c, const struct request *rq, json_t *reply)
{
	struct missed *m = c->missed;
	char why[ANSWER_WHY_CAP];
	int64_t ms;

	(void)rq;
	if (!m->awaited)
		return;
	m->awaited = false;
	if (parse_later(reply, &ms)) {
		answer_why(reply, why);
		uplink_lose(c->uplink, why);
	} else if (!take_page(m, &m->source[m->asked], reply))
		core_broken(c, _("a bad page of history"));
	else
		step(m);
}

static void
ask_page(struct missed *m, size_t i)
{
	m->asked = i;
	m->awaited = true;
	drop_page(&m->source[i]);
	core_request(m->c, &(struct request){ .done = done_page },
	    "history - %s after=%" PRId64 " limit=%d", m->source[i].target,
	    m->source[i].from, PAGE);
}

/* ---- merging ----------------------------------------------------------- */

/* The one whose next message is the oldest; true: a page is missing to tell
 * that, and was asked for. */
static bool
pick(struct missed *m, struct source **oldest)
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
watch_again(struct missed *m)
{
	int64_t last = m->last;

	stop(m);
	m->running = true;
	model_seen(m->c->model, last);
	login_step(m->c);
}

static void
step(struct missed *m)
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
	struct missed *m = arg;

	/* Where a page is awaited it goes on with that. */
	if (m->count > 0 && !m->awaited)
		step(m);
}

/* Asked last: the answers that tell who and what there is have come. */
static void
done_asking(struct client *c, const struct request *rq, json_t *reply)
{
	struct missed *m = c->missed;

	(void)rq;
	(void)reply;
	if (!m->running || m->count > 0)
		return;
	add_sources(m);
	step(m);
}

void
missed_watching(struct missed *m, bool gap, int64_t last)
{
	stop(m);
	if (!gap)
		return;
	m->running = true;
	m->last = last;
	core_request(
	    m->c, &(struct request){ .done = done_asking }, "ping");
}

void
missed_lost(struct missed *m)
{
	stop(m);
}

void
missed_hold(struct missed *m, bool held)
{
	m->held = held;
	if (!held)
		loop_defer(m->c->loop, &m->go_on, go_on, m);
}

/* ---- life -------------------------------------------------------------- */

struct missed *
missed_new(struct client *c, client_message_fn *fn, void *arg)
{
	struct missed *m = xcalloc(1, sizeof(*m));

	m->c = c;
	m->fn = fn;
	m->arg = arg;
	return m;
}

void
missed_free(struct missed *m)
{
	if (m == NULL)
		return;
	stop(m);
	free(m);
}
