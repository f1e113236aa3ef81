/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/client.h"

#include "shared/resolve.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/answer.h"
#include "tui/net/mention_scan.h"
#include "tui/net/client_priv.h"
#include "tui/net/outgoing.h"
#include "tui/net/login.h"
#include "tui/net/backfill.h"
#include "tui/model/namesake.h"
#include "tui/net/json_in.h"
#include "tui/text.h"
#include "tui/net/events.h"
#include "tui/net/uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what comes -------------------------------------------------------- */

static void
handle_untagged(struct client *c, json_t *o)
{
	char why[ANSWER_WHY_CAP];

	if (json_in_ok(o))
		return;
	answer_why(o, why);
	if (json_in_code(o, WIRE_NO_SESSION))
		login_expired(c);
	else if (json_in_code(o, WIRE_TOO_MANY_CONNECTIONS))
		uplink_lose(c->uplink, why);
	else
		client_refused(c, "%s", why);
}

static void
handle_reply(struct client *c, json_t *o)
{
	const char *tag = json_in_string(o, "tag");
	struct request *rq;

	if (tag == NULL) {
		handle_untagged(c, o);
		return;
	}
	if (outgoing_reply(c, tag, o))
		return;
	if ((rq = requests_take(&c->requests, tag)) == NULL)
		return; /* asked by somebody who does not care any more */
	if (rq->bad_token || json_in_ok(o) || !json_in_code(o, WIRE_NO_SESSION))
		rq->done(c, rq, o);
	else if (client_watching(c))
		login_expired(c);
	free(rq);
}

static void
on_frame(void *arg, const char *p, size_t n)
{
	struct client *c = arg;
	json_t *o = json_in_object(p, n);
	const char *event;

	if (o == NULL) {
		client_broken(c, _("what it sends is no JSON"));
		return;
	}
	if (!c->as_sent)
		namesake_name(model_status(c->model), o);
	if (json_in_string(o, "status") != NULL)
		handle_reply(c, o);
	else if ((event = json_in_string(o, "event")) != NULL)
		events_take(c, event, o);
	else
		client_broken(c, _("neither a reply nor an event"));
	json_decref(o);
}

/* ---- the connection ---------------------------------------------------- */

static void
forget_requests(struct client *c)
{
	loop_timer_unset(c->loop, &c->relogin);
	requests_drop(&c->requests);
	client_find_end(c);
	if (c->missed != NULL)
		backfill_lost(c->missed);
	mention_scan_lost(c);
	client_nothing_comes(c);
}

static void
on_connecting(void *arg)
{
	struct client *c = arg;

	forget_requests(c);
	client_set_link(c, LINK_CONNECTING);
}

static void
on_up(void *arg)
{
	login_begin(arg);
}

static void
on_read(void *arg)
{
	struct client *c = arg;

	mention_scan_step(c);
	c->events->changed(c->arg);
}

/*
 * While logged in the question is one that needs the token: so a logout from
 * elsewhere, which ends the watch without a word, is noticed too.
 */
static void
on_idle(void *arg)
{
	struct client *c = arg;

	if (c->link == LINK_ONLINE)
		events_ask_unread(c);
	else
		client_request(c,
		    &(struct request){ .done = client_done_quietly }, "ping");
}

static void
on_endless(void *arg)
{
	client_broken(arg, _("an object that has no end"));
}

/* What was done, if it was, nobody knows. */
static void
tell_unanswered(struct client *c)
{
	const struct request *rq;
	char name[ANSWER_COMMAND_CAP];

	for (rq = c->requests.first; rq != NULL; rq = rq->next) {
		if (!rq->person)
			continue;
		answer_command(rq->ask, name);
		/* TRANSLATORS: %s is a command, such as "/kick". */
		client_notice(c,
		    _("%s: the connection was lost before the answer"), name);
		if (c->events->refused != NULL)
			c->events->refused(c->arg, true);
	}
}

static void
on_lost(void *arg, const char *why)
{
	struct client *c = arg;
	bool was_on = client_watching(c);

	tell_unanswered(c);
	forget_requests(c);
	snprintf(c->why, sizeof(c->why), "%s", why);
	c->link = LINK_LOST;
	if (was_on)
		client_tell_lost(c, why);
	client_publish(c);
	c->events->lost(c->arg, why);
}

static const struct uplink_events uplink_events = {
	.connecting = on_connecting,
	.up = on_up,
	.frame = on_frame,
	.read = on_read,
	.idle = on_idle,
	.endless = on_endless,
	.lost = on_lost,
};

/* Names, tokens and ids mean nothing at another server. */
static void
another_server(struct client *c)
{
	outgoing_forget(c);
	mention_scan_forget(c);
	model_reset(c->model);
	client_wipe(&c->token);
	client_wipe(&c->password);
}

bool
client_server_ok(const char *server)
{
	char host[RESOLVE_HOST_CAP], port[8];

	return strlen(server) < sizeof(((struct model_status *)0)->server) &&
	    resolve_split(server, "8889", host, port);
}

bool
client_connect(struct client *c, const char *server)
{
	struct model_status s = *model_status(c->model);
	enum uplink_aim aim;

	if (strlen(server) >= sizeof(s.server) ||
	    (aim = uplink_aim(c->uplink, server)) == UPLINK_BAD)
		return false;
	forget_requests(c);
	if (aim == UPLINK_OTHER)
		another_server(c);
	if (aim != UPLINK_SAME) {
		c->last_user[0] = '\0';
		s.realm[0] = '\0';
	}
	snprintf(s.server, sizeof(s.server), "%s", server);
	model_set_status(c->model, &s);
	c->logout_wanted = false;
	c->needing = false;
	uplink_start(c->uplink);
	return true;
}

void
client_retry(struct client *c)
{
	if (c->link == LINK_LOST)
		uplink_start(c->uplink);
}

void
client_lazy(struct client *c)
{
	c->lazy = true;
}

void
client_no_reader(struct client *c)
{
	c->lazy = true;
	c->no_reader = true;
}

void
client_follow(struct client *c, client_message_fn *fn, void *arg)
{
	client_no_reader(c);
	c->missed = backfill_new(c, fn, arg);
}

void
client_as_sent(struct client *c)
{
	c->as_sent = true;
}

void
client_hold(struct client *c, bool held)
{
	backfill_hold(c->missed, held);
	uplink_hold(c->uplink, held);
}

bool
client_logged_in(const struct client *c)
{
	return c->token != NULL;
}

bool
client_hopeful(const struct client *c)
{
	return c->token != NULL || c->password != NULL;
}

bool
client_busy(const struct client *c)
{
	switch (c->link) {
	case LINK_OFFLINE:
		return false;
	case LINK_LOST:
	case LINK_CONNECTING:
	case LINK_CATCHING:
		return true;
	case LINK_LOGIN:
		return client_hopeful(c) || c->requests.first != NULL;
	case LINK_ONLINE:
		return c->requests.first != NULL || c->outbox.first != NULL;
	}
	return false;
}

/* ---- life -------------------------------------------------------------- */

struct client *
client_new(struct loop *loop, struct model *model,
    const struct client_events *events, void *arg)
{
	struct client *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->model = model;
	c->events = events;
	c->arg = arg;
	c->uplink = uplink_new(loop, &uplink_events, c);
	requests_init(&c->requests);
	outbox_init(&c->outbox);
	return c;
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	uplink_hang_up(c->uplink);
	forget_requests(c);
	backfill_free(c->missed);
	mention_scan_forget(c);
	uplink_free(c->uplink);
	outbox_release(&c->outbox);
	login_release(c);
	free(c);
}
