/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/mention_scan.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/away.h"
#include "tui/net/client_priv.h"
#include "tui/model/mention.h"
#include "tui/model/model.h"
#include "tui/net/json_in.h"
#include "tui/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_CAP = MENTION_SCAN_MAX * (WIRE_TARGET_CAP + 8) };

struct call {
	uint64_t convo; /* its serial */
	int64_t first;  /* the first that is unread */
	size_t count;
	bool called;
};

struct calls {
	struct call one[MENTION_SCAN_MAX];
	size_t count, at; /* those before at are done */
	bool awaited;     /* the page of at */
};

static struct convo *
convo_of(const struct client *c, const struct call *call)
{
	struct convo *cv = model_convo_by_serial(c->model, call->convo);

	return cv == NULL || model_quiet(c->model, cv) ? NULL : cv;
}

static void
add(struct client *c, struct calls *calls, const struct away_one *one)
{
	const struct convo *cv = model_find(c->model, one->target);

	if (calls->count == MENTION_SCAN_MAX || cv == NULL ||
	    convo_mentioned(cv) ||
	    convo_first_unread(cv) == 0 ||
	    (*one->target != '*' && *one->target != '#'))
		return;
	calls->one[calls->count++] = (struct call){ .convo = convo_serial(cv),
		.first = convo_first_unread(cv), .count = one->count };
}

void
mention_scan_look(struct client *c, const struct away *away)
{
	struct calls *calls;

	/* Scripts and those who follow have nobody to call. */
	if (c->lazy || c->missed != NULL)
		return;
	mention_scan_forget(c);
	calls = xcalloc(1, sizeof(*calls));
	for (size_t i = 0; i < away->count; i++)
		add(c, calls, &away->one[i]);
	c->calls = calls;
}

void
mention_scan_forget(struct client *c)
{
	free(c->calls);
	c->calls = NULL;
}

void
mention_scan_lost(struct client *c)
{
	if (c->calls != NULL)
		c->calls->awaited = false;
}

/* ---- pages ------------------------------------------------------------- */

static bool
is_call(const struct client *c, const struct call *call,
    const struct model_message *msg)
{
	const struct model_status *st = model_status(c->model);

	return msg->id >= call->first && strcmp(msg->from, st->user) != 0 &&
	    !model_hides(c->model, msg->from) &&
	    mention_in(msg->text, st->user, st->realm);
}

/* False: it is of no use. */
static bool
look_through(struct client *c, struct call *call, const json_t *reply)
{
	struct convo *cv = convo_of(c, call);
	struct model_message *msg;
	size_t n;

	if (!json_in_ok(reply) || cv == NULL)
		return true; /* left, closed or made quiet meanwhile */
	if (!json_in_messages(reply, &msg, &n))
		return false;
	for (size_t i = 0; i < n && !call->called; i++)
		call->called = is_call(c, call, &msg[i]);
	free(msg);
	if (call->called)
		model_called(c->model, cv);
	return true;
}

static void
tell(struct client *c, const struct calls *calls)
{
	const struct convo *cv;
	struct buf b;

	buf_init(&b, LINE_CAP);
	for (size_t i = 0; i < calls->count; i++) {
		cv = convo_of(c, &calls->one[i]);
		if (cv != NULL && calls->one[i].called)
			text_list(&b, "%s", strcmp(convo_target(cv), "*") == 0 ?
			    _("everyone") : convo_target(cv));
	}
	if (b.len > 0)
		/* TRANSLATORS: %s is a list of groups. */
		client_notice(c, _("you were called in %s"), buf_data(&b));
	buf_release(&b);
}

static void
done_page(struct client *c, const struct request *rq, json_t *reply)
{
	struct calls *calls = c->calls;
	struct call *call;
	int64_t ms;

	if (calls == NULL || !calls->awaited)
		return;
	call = &calls->one[calls->at];
	if (call->convo != rq->convo)
		return;
	calls->awaited = false;
	if (json_in_later(reply, &ms)) {
		/* It has more to do than to be asked what can be seen. */
		calls->count = calls->at;
		return;
	}
	calls->at++;
	if (!look_through(c, call, reply))
		client_broken(c, _("a bad page of history"));
}

static void
ask(struct client *c, struct calls *calls, const struct convo *cv)
{
	const struct call *call = &calls->one[calls->at];
	size_t limit = call->count < WIRE_PAGE_MAX ? call->count :
	    WIRE_PAGE_MAX;

	calls->awaited = true;
	client_request(c,
	    &(struct request){ .done = done_page, .convo = call->convo },
	    "history - %s limit=%zu", convo_target(cv), limit);
}

void
mention_scan_step(struct client *c)
{
	struct calls *calls = c->calls;
	const struct convo *cv;

	if (calls == NULL || calls->awaited || c->link != LINK_ONLINE ||
	    c->requests.first != NULL || c->outbox.first != NULL)
		return;
	for (; calls->at < calls->count; calls->at++) {
		cv = convo_of(c, &calls->one[calls->at]);
		if (cv != NULL) {
			ask(c, calls, cv);
			return;
		}
	}
	tell(c, calls);
	mention_scan_forget(c);
}
