/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/client_priv.h"

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/model/clock.h"
#include "tui/text.h"
#include "tui/net/uplink.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
client_notice(struct client *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	model_notice(c->model, clock_ms(), text);
	free(text);
	c->events->changed(c->arg);
}

void
client_refused(struct client *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	client_notice(c, "%s", text);
	free(text);
	if (c->events->refused != NULL)
		c->events->refused(c->arg, false);
}

void
client_tell_lost(struct client *c, const char *why)
{
	uint64_t here = convo_serial(model_current(c->model));

	client_notice(c, _("connection lost: %s; trying again"), why);
	for (size_t i = 0; i < c->losses; i++)
		if (c->lost_in[i] == here)
			return;
	if (c->losses == CLIENT_LOST_MAX) {
		c->losses--;
		memmove(c->lost_in, c->lost_in + 1,
		    c->losses * sizeof(c->lost_in[0]));
	}
	c->lost_in[c->losses++] = here;
}

void
client_tell_back(struct client *c)
{
	struct convo *cv;

	for (size_t i = 0; i < c->losses; i++) {
		cv = model_convo_by_serial(c->model, c->lost_in[i]);
		if (cv != NULL)
			model_notice_in(c->model, cv, clock_ms(),
			    _("connected again"));
	}
	c->losses = 0;
	c->events->changed(c->arg);
}

void
client_wipe(char **secret)
{
	if (*secret == NULL)
		return;
	explicit_bzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

void
client_replace(char **slot, const char *s)
{
	char *copy = s == NULL ? NULL : xstrdup(s);

	client_wipe(slot);
	*slot = copy;
}

/* What the model shows of us. */
void
client_publish(struct client *c)
{
	struct model_status s = *model_status(c->model);

	s.link = c->link;
	s.retry_at = c->link == LINK_LOST ? uplink_retry_at(c->uplink) : 0;
	snprintf(s.why, sizeof(s.why), "%s",
	    c->link == LINK_LOST ? c->why : "");
	snprintf(s.user, sizeof(s.user), "%s",
	    c->token != NULL && c->user != NULL ? c->user : "");
	model_set_status(c->model, &s);
	c->events->changed(c->arg);
}

void
client_set_link(struct client *c, enum model_link link)
{
	c->link = link;
	client_publish(c);
}

bool
client_watching(const struct client *c)
{
	return c->link == LINK_ONLINE || c->link == LINK_CATCHING;
}

void
client_nothing_comes(struct client *c)
{
	c->sending = c->unread_asked = c->groups_asked = false;
	loop_timer_unset(c->loop, &c->resend);
	loop_timer_unset(c->loop, &c->reads);
	model_passage_lost(c->model);
	for (size_t i = 0; i < model_convos(c->model); i++)
		model_fetching(c->model, model_convo(c->model, i), false);
}

void
client_broken(struct client *c, const char *what)
{
	client_notice(
	    c, _("the server does not speak this protocol: %s"), what);
	uplink_fail(c->uplink, what);
}

void
client_request(struct client *c, const struct request *like, const char *fmt, ...)
{
	struct buf line;
	va_list ap;

	if (!uplink_is_up(c->uplink))
		return;
	buf_init(&line, WIRE_LINE_MAX + 256);
	va_start(ap, fmt);
	requests_add(&c->requests, like, &line, fmt, ap);
	va_end(ap);
	uplink_send(c->uplink, buf_data(&line), line.len);
	explicit_bzero(buf_data(&line), line.len); /* it may be a password */
	buf_release(&line);
}

void
client_done_quietly(
    struct client *c, const struct request *rq, json_t *reply)
{
	(void)c;
	(void)rq;
	(void)reply;
}
