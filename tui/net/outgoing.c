/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/outgoing.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/answer.h"
#include "tui/model/clock.h"
#include "tui/net/client_priv.h"
#include "tui/model/errors.h"
#include "tui/net/login.h"
#include "tui/model/model.h"
#include "tui/model/namesake.h"
#include "tui/net/outbox.h"
#include "tui/net/json_in.h"
#include "tui/model/groups.h"
#include "tui/text.h"
#include "tui/net/uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOLD_MAX = 200, /* bytes of a message that are told elsewhere */
	TOLD_CAP = 2048
};

void
outgoing_forget(struct client *c)
{
	outbox_release(&c->outbox);
	outbox_init(&c->outbox);
}

static void
on_resend(void *arg)
{
	struct client *c = arg;

	c->sending = false;
	outgoing_pump(c);
}

void
outgoing_pump(struct client *c)
{
	const struct outbox_item *first = c->outbox.first;

	if (!uplink_is_up(c->uplink) || !client_watching(c) || c->sending)
		return;
	if (first == NULL) {
		login_nothing_waits(c);
		return;
	}
	c->sending = true;
	uplink_send(c->uplink, first->line, first->len);
}

static void
answered(struct client *c, bool ok, const char *why)
{
	outbox_done(&c->outbox);
	c->sending = false;
	c->events->changed(c->arg);
	outgoing_pump(c);
	c->events->answered(c->arg, ok, why);
}

/* For the next run of the program.  line NULL: see client.h. */
static void
keep(struct client *c, const char *tag, const struct outbox_item *item,
    const char *why)
{
	char *line;

	if (c->events->unsent == NULL)
		return;
	line = item == NULL ? NULL : xmemdup0(item->line, item->len - 2);
	c->events->unsent(c->arg, tag, line, why);
	free(line);
}

static const char *
target_words(const char *target)
{
	return strcmp(target, "*") == 0 ? _("everyone") : target;
}

/* It stands in its conversation; who looks elsewhere is told too. */
static void
tell_failure(struct client *c, const char *target, const char *why)
{
	if (!c->lazy &&
	    model_find(c->model, target) != model_current(c->model))
		client_notice(c, _("%s: not sent: %s"), target_words(target),
		    why);
}

/* NULL: not held any more. */
static const struct item *
message_of(const struct convo *cv, int64_t id)
{
	for (size_t i = cv == NULL ? 0 : convo_count(cv); i-- > 0;) {
		const struct item *it = convo_item(cv, i);

		if (it->kind == ITEM_MESSAGE && it->id == id)
			return it;
	}
	return NULL;
}

/* The beginning of it, on one line. */
static void
add_beginning(struct buf *b, const char *text)
{
	size_t n = strcspn(text, "\n");

	if (n > TOLD_MAX)
		n = utf8_cut(text, TOLD_MAX);
	buf_add(b, text, n);
	if (text[n] != '\0')
		buf_adds(b, " …");
}

/* Said from elsewhere it would not be seen there. */
static void
tell_sent(struct client *c, const struct outbox_item *sent, const char *to,
    int64_t id)
{
	struct convo *from = model_convo_by_serial(c->model, sent->said_in);
	const struct convo *cv = model_find(c->model, to);
	const struct item *it = message_of(cv, id);
	struct buf b;

	if (from == NULL || from == cv || it == NULL)
		return;
	buf_init(&b, TOLD_CAP);
	buf_addf(&b, "→ %s: ", target_words(to));
	add_beginning(&b, it->text);
	if (it->queued != NULL)
		buf_addc(&b, ' ');
	if (it->queued != NULL && *it->queued != '\0')
		buf_addf(&b, _("… queued for %s"), it->queued);
	else if (it->queued != NULL)
		buf_adds(&b, _("… queued"));
	else if (sent->confirm) {
		buf_addc(&b, '\n');
		buf_addf(&b, _("message sent to %s"), target_words(to));
	}
	model_notice_in(c->model, from, clock_ms(), buf_data(&b));
	buf_release(&b);
}

/* Of USER@REALM; "" where none was named. */
static const char *
realm_of(const char *target)
{
	const char *at = strchr(target, '@');

	return at == NULL ? "" : at + 1;
}

/*
 * A name alone may be somebody's of another realm: then the talk goes on under
 * the whole name, as the answers to it will.
 */
static void
move_on(struct client *c, const char *from, const char *to)
{
	struct convo *old = model_find(c->model, from);
	struct convo *new = model_find(c->model, to);

	if (old == NULL || new == NULL || old == new)
		return;
	if (old == model_current(c->model))
		client_show(c, new);
	else if (convo_count(old) == 0 && *convo_draft(old) == '\0')
		(void)model_close(c->model, old);
}

static void
settle(struct client *c, const struct outbox_item *item, int64_t id,
    const json_t *reply)
{
	const char *target = json_in_name(reply, "target", WIRE_TARGET_CAP);
	const char *to = target == NULL ? item->target : target;

	model_settle(c->model, item->tag, id,
	    json_in_time(reply, "time", clock_ms()),
	    json_in_true(reply, "queued") ? realm_of(to) : NULL, target);
	if (target != NULL)
		move_on(c, item->target, target);
	tell_sent(c, item, to, id);
}

/* The reply to the first of the outbox. */
static void
done_say(struct client *c, json_t *reply)
{
	const char *tag = c->outbox.first->tag;
	char why[ANSWER_WHY_CAP];
	int64_t id, ms;

	if (json_in_ok(reply)) {
		if (!json_in_id(reply, "id", &id) || id == 0) {
			client_broken(c, _("a message without an id"));
			return;
		}
		keep(c, tag, NULL, NULL);
		settle(c, c->outbox.first, id, reply);
		answered(c, true, NULL);
		login_check_ids(c);
	} else if (json_in_later(reply, &ms))
		loop_timer_set(c->loop, &c->resend, ms, on_resend, c);
	else if (json_in_code(reply, WIRE_NO_SESSION))
		login_expired(c); /* it waits for the next login */
	else {
		answer_why(reply, why);
		keep(c, tag, NULL, why);
		model_fail(c->model, tag, why);
		tell_failure(c, c->outbox.first->target, why);
		answered(c, false, why);
	}
}

bool
outgoing_reply(struct client *c, const char *tag, json_t *reply)
{
	if (!c->sending || c->outbox.first == NULL ||
	    strcmp(c->outbox.first->tag, tag) != 0)
		return false;
	done_say(c, reply);
	return true;
}

/* Whoever was put out of a group would only be refused.  While away nobody
 * knows, and the server decides. */
static bool
may_say(struct client *c, const char *target)
{
	const struct group *g = groups_find(model_rooms(c->model), target);

	if (*target == '@') {
		client_notice(c,
		    _("%s: that is a link to another realm; nobody reads "
		      "there"),
		    target);
		return false;
	}
	if (c->link != LINK_ONLINE || g == NULL || g->member)
		return true;
	client_notice(c, _("not sent: you are no member of %s; /join %s"), target,
	    target);
	return false;
}

/* Where it is not seen what was said. */
static uint64_t
elsewhere(const struct client *c, const char *target)
{
	const struct convo *here = model_current(c->model);

	return c->lazy || model_find(c->model, target) == here ? 0 :
	    convo_serial(here);
}

static bool
say(struct client *c, const char *target, const char *text, bool confirm)
{
	struct outbox_item *item;
	char local[WIRE_TARGET_CAP], *nobody;
	const char *why;
	struct target t;

	if ((nobody = namesake_why(model_status(c->model), target)) != NULL) {
		client_notice(c, "%s", nobody);
		free(nobody);
		return false;
	}
	target = model_local(c->model, target, local);
	if (!may_say(c, target))
		return false;
	if (target_parse(&t, target, strlen(target)) != WIRE_OK) {
		client_notice(c, _("%s: that is nobody's name"), target);
		return false;
	}
	if (utf8_blank(text, strlen(text))) {
		client_notice(c, "%s", errors_words(WIRE_TEXT_EMPTY));
		return false;
	}
	if (strlen(text) > WIRE_TEXT_MAX) {
		client_notice(c, ngettext("that is %zu byte; a message holds at "
		    "most %d", "that is %zu bytes; a message holds at most %d",
		    strlen(text)), strlen(text), WIRE_TEXT_MAX);
		return false;
	}
	if ((item = outbox_add(&c->outbox, target, text, &why)) == NULL) {
		client_notice(c, "%s", why);
		return false;
	}
	if (c->last_user[0] == '\0' && c->user != NULL)
		model_speaker(c->model, c->user);
	if (!model_typed(c->model, target, item->tag, text, clock_ms())) {
		outbox_undo(&c->outbox);
		client_notice(c,
		    ngettext("not taken: %d message waits to be sent already",
		        "not taken: %d messages wait to be sent already",
		        MODEL_WAITING),
		    MODEL_WAITING);
		return false;
	}
	item->said_in = elsewhere(c, target);
	item->confirm = confirm;
	keep(c, item->tag, item, NULL);
	c->events->changed(c->arg);
	outgoing_pump(c);
	return true;
}

bool
client_say(struct client *c, const char *target, const char *text)
{
	return say(c, target, text, false);
}

bool
client_send(struct client *c, const char *target, const char *text)
{
	return say(c, target, text, true);
}

bool
client_say_again(struct client *c, struct convo *cv)
{
	const struct item *it = convo_failed(cv);
	uint64_t serial, convo = convo_serial(cv);
	char *text;
	bool said;

	if (it == NULL)
		return false;
	serial = it->serial;
	text = xstrdup(it->text);
	said = client_say(c, convo_target(cv), text);
	free(text);
	cv = model_convo_by_serial(c->model, convo);
	if (said && cv != NULL && (it = convo_failed(cv)) != NULL &&
	    it->serial == serial)
		(void)client_give_up(c, cv);
	return said;
}

bool
client_give_up(struct client *c, struct convo *cv)
{
	char tag[WIRE_TAG_MAX + 1];

	if (!model_drop_failed(c->model, cv, tag))
		return false;
	keep(c, tag, NULL, NULL);
	c->events->changed(c->arg);
	return true;
}

size_t
client_unanswered(const struct client *c)
{
	return c->outbox.count;
}

void
client_take_back(struct client *c, const char *line, const char *why)
{
	char *text;
	const struct outbox_item *item =
	    outbox_take_back(&c->outbox, line, &text);

	if (item == NULL)
		return;
	if (c->last_user[0] == '\0' && c->user != NULL)
		snprintf(c->last_user, sizeof(c->last_user), "%s", c->user);
	model_speaker(c->model, c->last_user);
	if (model_has_tag(c->model, item->tag) ||
	    !model_typed(c->model, item->target, item->tag, text, clock_ms()))
		outbox_undo(&c->outbox);
	else if (why != NULL) {
		model_fail(c->model, item->tag, why);
		outbox_undo(&c->outbox);
	}
	free(text);
}

void
client_taken_back(struct client *c)
{
	if (c->outbox.count > 0)
		client_notice(c,
		    ngettext("messages of last time that are still to be "
		             "sent: %zu",
		        "messages of last time that are still to be sent: %zu",
		        c->outbox.count),
		    c->outbox.count);
	c->events->changed(c->arg);
	outgoing_pump(c);
}
