/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands about one's own account and session.
 */
#include <stdlib.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/cmd.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/framed_conn.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/xalloc.h"

static void
auth_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct dialects *set = arg;
	struct chat_user who;
	json_t *o;

	if (res->err != WIRE_OK) {
		client_conn_log_refused_login(
		    set, res->err, request_note(set, id));
		reply_failed(set, id, res);
		return;
	}
	if (!chat_session_user(set->chat, res->session, &who)) {
		reply_error(set, id, WIRE_BUSY); /* ended already */
		return;
	}
	framed_logged_in(set, id, res->session, who.name, res->token);
	o = render_ok();
	json_object_set_new(o, "tokenid", json_string(res->token));
	if (who.admin)
		json_object_set_new(o, "admin", json_true());
	reply(set, id, o);
}

void
cmd_auth(struct request *rq)
{
	request_keep(rq, rq->arg[0]);
	chat_login(rq->chat, rq->arg[0], rq->arg[1], CHAT_TOKEN,
	    request_later(rq, auth_done));
}

static void
logout_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct dialects *set = arg;
	json_t *o;

	if (res->err != WIRE_OK) {
		reply_failed(set, id, res);
		return;
	}
	o = render_ok_text("Berhasil Logout");
	json_object_set_new(
	    o, "messages", json_string(request_note(set, id)));
	json_object_set_new(o, "tokenid", json_string(""));
	reply(set, id, o);
}

void
cmd_logout(struct request *rq)
{
	char *note = xasprintf("LOGGING OUT: %s [%s]", rq->who.name,
	    rq->who.real_name);

	request_keep(rq, note);
	free(note);
	chat_logout(rq->chat, rq->session, request_later(rq, logout_done));
}

void
cmd_name(struct request *rq)
{
	chat_rename(rq->chat, rq->session, rq->arg[0],
	    request_later(rq, reply_ok));
}

void
cmd_passwd(struct request *rq)
{
	chat_passwd(rq->chat, rq->session, rq->arg[0], rq->arg[1],
	    request_later(rq, reply_ok));
}

static void
register_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct client_conn *cc = request_conn(arg, id);

	if (res->err != WIRE_OK) {
		if (cc != NULL)
			conn_limit_unregister(&cc->limit);
		reply_failed(arg, id, res);
	} else
		reply(arg, id, render_ok_text("Anda berhasil terdaftar"));
}

void
cmd_register(struct request *rq)
{
	int64_t wait = conn_limit_register(
	    &rq->from->limit, loop_now(rq->set->loop));

	if (wait > 0) {
		reply(rq->set, rq->id,
		    render_error(WIRE_RATE_LIMITED, wait));
		return;
	}
	chat_register(rq->chat, rq->arg[0], rq->arg[1],
	    rq->args > 2 ? rq->arg[2] : NULL,
	    request_later(rq, register_done));
}
