/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/framed_conn.h"

#include <stdlib.h>
#include <string.h>

#include "server/dialect/dialect_priv.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/blob.h"
#include "shared/conn.h"
#include "shared/xalloc.h"

static void
set_token(struct framed *f, const char *token)
{
	if (strlen(token) <= WIRE_TOKEN_LEN)
		memcpy(f->token, token, strlen(token) + 1);
}

void
framed_logged_in(struct dialects *set, uint64_t id, uint64_t session,
    const char *user, const char *token)
{
	struct framed *f = (struct framed *)request_conn(set, id);

	if (f == NULL)
		return;
	set_token(f, token);
	client_conn_known(&f->cc, session, user);
}

/* A watch of one user is not told what another said on its connection. */
uint64_t
framed_watch(const struct request *rq)
{
	const struct framed *f = (struct framed *)rq->from;

	return f->watch_user != NULL &&
	    strcmp(f->watch_user, rq->who.name) == 0 ? f->watch : 0;
}

static void
forget_watch(struct framed *f)
{
	f->watch = 0;
	free(f->watch_user);
	f->watch_user = NULL;
}

static void
watch_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct dialects *set = arg;
	struct framed *f = (struct framed *)request_conn(set, id);
	json_t *o;

	if (f == NULL)
		return;
	if (res->err != WIRE_OK) {
		forget_watch(f);
		reply_failed(set, id, res);
		return;
	}
	set_token(f, request_note(set, id));
	o = render_ok();
	json_object_set_new(o, "last", json_integer(res->last));
	json_object_set_new(o, "missed", json_integer(res->missed));
	json_object_set_new(o, "gap", json_boolean(res->gap));
	reply(set, id, o);
}

void
framed_watch_end(struct request *rq)
{
	struct framed *f = (struct framed *)rq->from;

	if (f->watch != 0)
		chat_unwatch(rq->chat, f->watch);
	forget_watch(f);
}

void
framed_watch_start(struct request *rq, int64_t after)
{
	struct framed *f = (struct framed *)rq->from;
	uint64_t watch;

	/* A connection has one watch: a new one takes the place of the old. */
	framed_watch_end(rq);
	f->watch_user = xstrdup(rq->who.name);
	request_keep(rq, rq->token);
	watch = chat_watch(rq->chat, rq->session, after,
	    &rq->set->sink[DIALECT_FRAMED], conn_id(f->cc.conn),
	    request_later(rq, watch_done));
	/* It may have been refused already. */
	if (f->watch_user != NULL)
		f->watch = watch;
}

/* ---- events ----------------------------------------------------------- */

bool
framed_event(void *arg, uint64_t id, const struct chat_event *e)
{
	struct dialects *set = arg;
	struct conn *c = client_conn_find(set, id);
	struct blob **b = &e->encoded[DIALECT_FRAMED];

	if (c == NULL)
		return true;
	if (*b == NULL)
		*b = render_event(e);
	conn_send(c, *b);
	return conn_waiting(c) < OUT_HIGH;
}

void
framed_ended(void *arg, uint64_t id, enum wire_err why)
{
	struct dialects *set = arg;
	struct conn *c = client_conn_find(set, id);
	struct framed *f;

	if (c == NULL)
		return;
	f = conn_arg(c);
	if (why == WIRE_BUSY)
		client_conn_log_slow(set, f->cc.user);
	forget_watch(f);
	/* It would wait for events that do not come: it must come again. */
	if (why != WIRE_NO_SESSION)
		conn_close(c);
}
