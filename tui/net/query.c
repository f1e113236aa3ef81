/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's questions and deeds (client_ask, client_do): part of the client,
 * see client_priv.h. */
#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "tui/net/answer.h"
#include "tui/model/clock.h"
#include "tui/net/client_priv.h"
#include "tui/net/group_sync.h"
#include "tui/net/json_in.h"
#include "tui/text.h"
#include "tui/net/events.h"
#include "tui/net/uplink.h"

#include <stdio.h>
#include <string.h>

static void
done_ask(struct client *c, const struct request *rq, json_t *reply)
{
	char why[ANSWER_WHY_CAP], name[ANSWER_COMMAND_CAP];

	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		answer_command(rq->ask, name);
		client_refused(c, "%s: %s", name, why);
		return;
	}
	if (!answer_print(c->model, rq->ask, reply, clock_ms())) {
		client_broken(c, _("a bad answer"));
		return;
	}
	if (rq->ask == CLIENT_GROUPS &&
	    !group_sync_put(c, json_object_get(reply, "groups")))
		client_broken(c, _("a bad list of groups"));
	else if (rq->ask == CLIENT_WHO &&
	    !events_put_users(c, json_object_get(reply, "users")))
		client_broken(c, _("a bad list of users"));
	else if (rq->ask == CLIENT_INBOX)
		events_ask_unread(c);
	else if (rq->ask == CLIENT_NAME)
		events_ask_users(c);
}

/* Says why in a notice when it cannot be asked. */
static void
ask_it(struct client *c, enum client_ask ask, const struct request *rq,
    const char *params)
{
	bool token;
	const char *verb = answer_verb(ask, &token);
	char name[ANSWER_COMMAND_CAP];

	answer_command(ask, name);
	if (!uplink_is_up(c->uplink) || c->link == LINK_CONNECTING)
		client_refused(c, _("%s: not connected"), name);
	else if (token && !client_watching(c))
		client_refused(c, _("%s: log in first"), name);
	else if (c->requests.count >= REQUESTS_MAX)
		client_refused(c, _("%s: too much is on its way already"), name);
	else if (strlen(params) > WIRE_LINE_MAX - 64 ||
	    strpbrk(params, "\r\n") != NULL ||
	    !utf8_valid(params, strlen(params)))
		client_refused(c, _("%s: that cannot be asked"), name);
	else
		client_request(c, rq, "%s%s%s%s", verb, token ? " -" : "",
		    *params == '\0' ? "" : " ", params);
}

void
client_ask(struct client *c, enum client_ask ask, const char *params)
{
	const struct request rq = { .done = done_ask, .ask = ask,
		.person = true };

	ask_it(c, ask, &rq, params == NULL ? "" : params);
}

/* ---- deeds ------------------------------------------------------------- */

/* In another realm's group the event comes behind the answer. */
static bool
told_later(const struct request *rq, const char *target)
{
	return target != NULL && strchr(target, '@') != NULL &&
	    rq->ask != CLIENT_INVITE && rq->ask != CLIENT_BAN &&
	    rq->ask != CLIENT_UNBAN;
}

static void
done_deed(struct client *c, const struct request *rq, json_t *reply)
{
	const char *target = json_in_name(reply, "target", WIRE_TARGET_CAP);
	char why[ANSWER_WHY_CAP], name[ANSWER_COMMAND_CAP];

	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		answer_command(rq->ask, name);
		client_refused(c, "%s: %s", name, why);
	} else if (rq->deeds == c->own_deeds && !told_later(rq, target)) {
		/* No event has told of it: it was so already, or it is
		 * nothing that is told to all. */
		answer_done(c->model, rq->ask, rq->whom,
		    target == NULL ? "*" : target, clock_ms());
	}
}

void
client_do(struct client *c, enum client_ask deed, const char *where,
    const char *whom, const char *what)
{
	struct request rq = { .done = done_deed, .ask = deed, .person = true,
		.deeds = c->own_deeds };
	const char *part[] = { where, whom, what };
	struct buf params;
	bool fits = true;

	if (deed == CLIENT_JOIN)
		rq.done = group_sync_done_join;
	else if (deed == CLIENT_LEAVE)
		rq.done = group_sync_done_leave;
	snprintf(rq.whom, sizeof(rq.whom), "%s",
	    whom != NULL ? whom : where != NULL ? where : "");
	buf_init(&params, WIRE_LINE_MAX);
	for (size_t i = 0; i < 3; i++)
		if (part[i] != NULL)
			fits &= buf_addf(&params, "%s%s",
			    params.len > 0 ? " " : "", part[i]);
	if (fits)
		ask_it(c, deed, &rq, buf_data(&params));
	else
		client_refused(c, _("that is too long"));
	buf_release(&params);
}
