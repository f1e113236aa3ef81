/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/events.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/away.h"
#include "tui/net/mention_scan.h"
#include "tui/model/clock.h"
#include "tui/net/client_priv.h"
#include "tui/net/group_sync.h"
#include "tui/net/history.h"
#include "tui/net/login.h"
#include "tui/net/backfill.h"
#include "tui/model/model.h"
#include "tui/model/server_text.h"
#include "tui/net/json_in.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is shown of people ------------------------------------------- */

/* Logged in as Messi, called messi by the server: its spelling is the one that
 * own messages carry. */
static void
learn_own_name(struct client *c)
{
	char mine[WIRE_NAME_CAP], key[WIRE_NAME_CAP];

	if (c->user == NULL || model_user_by_name(c->model, c->user) != NULL ||
	    !wire_name_key(c->user, strlen(c->user), mine))
		return;
	for (size_t i = 0; i < model_users(c->model); i++) {
		const char *user = model_user(c->model, i)->user;

		if (!wire_name_key(user, strlen(user), key) ||
		    strcmp(key, mine) != 0)
			continue;
		client_replace(&c->user, user);
		snprintf(c->last_user, sizeof(c->last_user), "%s", user);
		client_publish(c);
		return;
	}
}

bool
events_put_users(struct client *c, const json_t *list)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	model_users_begin(c->model);
	for (size_t i = 0; i < n; i++) {
		const json_t *u = json_array_get(list, i);
		const char *user = json_in_name(u, "user", WIRE_TARGET_CAP);
		const char *name = json_in_string(u, "name");

		if (user == NULL)
			return false;
		model_user_set(c->model, user, name == NULL ? "" : name,
		    json_in_true(u, "online"), json_in_time(u, "since", 0));
	}
	model_users_end(c->model);
	learn_own_name(c);
	return true;
}

static void
done_who(struct client *c, const struct request *rq, json_t *reply)
{
	(void)rq;
	if (json_in_ok(reply) &&
	    !events_put_users(c, json_object_get(reply, "users")))
		client_broken(c, _("a bad list of users"));
}

void
events_ask_users(struct client *c)
{
	client_request(c, &(struct request){ .done = done_who }, "who -");
}

void
events_watching(struct client *c)
{
	const struct convo *cv;

	c->unread_before = 0;
	for (size_t i = 0; i < model_convos(c->model); i++) {
		cv = model_convo(c->model, i);
		if (!model_quiet(c->model, cv))
			c->unread_before += convo_unread(cv);
	}
}

static bool
put_unread(struct client *c, json_t *by, struct away *away)
{
	const struct convo *cv;
	const char *target;
	json_t *one;

	if (!json_is_object(by) || json_object_size(by) > USERLIST_MAX)
		return false;
	model_unread_begin(c->model);
	json_object_foreach(by, target, one) {
		int64_t count, first = 0;

		if (!json_in_id(one, "count", &count))
			return false;
		(void)json_in_id(one, "first", &first);
		model_unread(c->model, target, count, first);
		/* It may have been read at once. */
		cv = model_find(c->model, target);
		if (cv != NULL && !model_hides(c->model, target) &&
		    !model_quiet(c->model, cv))
			away_add(away, target, count);
	}
	model_unread_end(c->model);
	return true;
}

/* Only where something came: a line that broke off for a moment brings the
 * counts that were known. */
static void
tell_missed(struct client *c, struct away *away)
{
	char *line;

	if (c->no_reader || away_sum(away) <= c->unread_before)
		return;
	line = away_line(away);
	client_notice(c, "%s", line);
	free(line);
	mention_scan_look(c, away);
}

static void
caught_up(struct client *c, struct away *away)
{
	client_set_link(c, LINK_ONLINE);
	client_tell_back(c);
	tell_missed(c, away);
}

static void
done_unread(struct client *c, const struct request *rq, json_t *reply)
{
	struct away away = { 0 };

	(void)rq;
	c->unread_asked = false;
	if (!json_in_ok(reply))
		return;
	if (!put_unread(c, json_object_get(reply, "unread"), &away))
		client_broken(c, _("a bad list of unread counts"));
	else if (c->link == LINK_CATCHING)
		caught_up(c, &away);
	away_release(&away);
}

void
events_ask_unread(struct client *c)
{
	if (c->unread_asked)
		return;
	c->unread_asked = true;
	history_tell_reads_now(c); /* so that it is not counted */
	client_request(c, &(struct request){ .done = done_unread }, "unread -");
}

void
events_ask(struct client *c)
{
	events_ask_unread(c);
	events_ask_users(c);
	group_sync_ask(c);
}

/* ---- events ------------------------------------------------------------ */

static void
event_message(struct client *c, json_t *o)
{
	struct model_message msg;

	if (!json_in_message(o, &msg)) {
		client_broken(c, _("a bad message"));
		return;
	}
	if (c->missed != NULL) {
		backfill_message(c->missed, &msg);
		return;
	}
	(void)model_add(c->model, &msg, MODEL_LIVE);
	login_check_ids(c);
	history_tell_reads(c);
}

static void
event_presence(struct client *c, json_t *o)
{
	const char *user = json_in_name(o, "user", WIRE_TARGET_CAP);
	const char *name = json_in_string(o, "name");
	const struct user *old;

	if (user == NULL) {
		client_broken(c, _("a bad presence"));
		return;
	}
	old = model_user_by_name(c->model, user);
	if (name == NULL)
		name = old == NULL ? "" : old->name;
	model_user_set(c->model, user, name, json_in_true(o, "online"),
	    json_in_time(o, "since", clock_ms()));
}

static void
event_read(struct client *c, json_t *o)
{
	const char *target = json_in_name(o, "target", WIRE_TARGET_CAP);
	int64_t id;

	if (target == NULL || !json_in_id(o, "id", &id))
		client_broken(c, _("a bad read mark"));
	else if (!model_read(c->model, target, id))
		events_ask_unread(c);
}

static void
event_removed(struct client *c, json_t *o)
{
	const char *by = json_in_name(o, "by", WIRE_TARGET_CAP);
	const char *reason = json_in_string(o, "reason");
	char *what, *text;

	if (by == NULL) {
		client_broken(c, _("a bad removal"));
		return;
	}
	what = xasprintf(json_in_ban(o) ?
	    _("you were banned from the server by %s") :
	    _("you were kicked off the server by %s"), by);
	text = xasprintf("%s%s%s", what,
	    reason == NULL || *reason == '\0' ? "" : ": ",
	    reason == NULL ? "" : reason);
	login_removed(c, text);
	free(what);
	free(text);
}

static void
event_shutdown(struct client *c, json_t *o)
{
	const char *text = json_in_string(o, "message");

	if (text == NULL || *text == '\0' || server_text_farewell(text))
		client_notice(c, "%s", _("the server is going down"));
	else
		client_notice(c, _("the server is going down: %.200s"), text);
}

/* Those of groups say themselves whether they are of their form. */
static void
event_join(struct client *c, json_t *o)
{
	if (!group_sync_event_join(c, o))
		client_broken(c, _("a bad join"));
}

static void
event_leave(struct client *c, json_t *o)
{
	if (!group_sync_event_leave(c, o))
		client_broken(c, _("a bad leave"));
}

static void
event_member(struct client *c, json_t *o)
{
	if (!group_sync_event_member(c, o))
		client_broken(c, _("a bad change of a member"));
}

static void
event_group(struct client *c, json_t *o)
{
	if (!group_sync_event_group(c, o))
		client_broken(c, _("a bad change of a group"));
}

static void
event_invite(struct client *c, json_t *o)
{
	if (!group_sync_event_invite(c, o))
		client_broken(c, _("a bad invitation"));
}

void
events_take(struct client *c, const char *event, json_t *o)
{
	static const struct {
		const char *name;
		void (*run)(struct client *, json_t *);
	} events[] = {
		{ "message", event_message },
		{ "presence", event_presence },
		{ "read", event_read },
		{ "removed", event_removed },
		{ "shutdown", event_shutdown },
		{ "join", event_join },
		{ "leave", event_leave },
		{ "member", event_member },
		{ "group", event_group },
		{ "invite", event_invite },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (strcmp(events[i].name, event) == 0) {
			events[i].run(c, o);
			return;
		}
	/* Others are a later server's: not for us. */
}
