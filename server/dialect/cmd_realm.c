/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands about other realms, and those by which servers of the older realm
 * system speak to us: with no proof of who they are but their address.
 */
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "server/chat/peer.h"
#include "server/dialect/client_conn.h"
#include "server/dialect/cmd.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/framed_conn.h"
#include "server/dialect/raw.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum { ERROR_CAP = 4096 };

/* ---- links ------------------------------------------------------------ */

static void
append_link(void *arg, const struct peers_link *l)
{
	struct buf error;
	json_t *o;

	/* The peer's own words may be in it, and cut in two. */
	buf_init(&error, ERROR_CAP);
	utf8_clean(&error, l->error, strlen(l->error));
	o = json_pack("{s:s, s:s, s:s, s:I, s:s%}", "realm", l->realm,
	    "kind", l->legacy ? "legacy" : "chat", "state", l->state,
	    "queued", (json_int_t)l->queued, "error",
	    error.len > 0 ? buf_data(&error) : "", error.len);
	buf_release(&error);
	json_object_set_new(
	    o, "since", l->since > 0 ? render_time(l->since) : json_null());
	json_array_append_new(arg, o);
}

void
cmd_links(struct request *rq)
{
	const struct peers *peers = &rq->set->peers;
	json_t *o, *all;

	if (!rq->who.admin) {
		reply_error(rq->set, rq->id, WIRE_DENIED);
		return;
	}
	all = json_array();
	if (peers->each != NULL)
		peers->each(peers->arg, append_link, all);
	o = render_ok();
	json_object_set_new(o, "links", all);
	reply(rq->set, rq->id, o);
}

/* ---- from an older realm ---------------------------------------------- */

/*
 * The realm whose server this is, and the command is as it must be: first is
 * its first word.  NULL: answered already.  Strangers learn no more than that
 * it is not for them.
 */
static const char *
older_realm(struct request *rq, const char *first)
{
	const struct peers *peers = &rq->set->peers;
	struct client_conn *cc = rq->from;
	struct sockaddr_storage sa;
	const char *realm = NULL;

	if (peers->legacy != NULL && conn_peer(cc->conn, &sa))
		realm = peers->legacy(peers->arg, &sa);
	if (realm == NULL) {
		reply_error(rq->set, rq->id, WIRE_DENIED);
		return NULL;
	}
	conn_limit_known(&cc->limit);
	if (rq->args == rq->command->max && strcmp(rq->arg[0], first) == 0)
		return realm;
	reply_error(rq->set, rq->id, rq->args < rq->command->max ?
	    WIRE_MISSING_PARAMETER : WIRE_UNKNOWN_COMMAND);
	return NULL;
}

/* The note is what is sent back. */
static void
letter_done(void *arg, uint64_t id, const struct chat_result *res)
{
	json_t *o;

	if (res->err != WIRE_OK) {
		reply_failed(arg, id, res);
		return;
	}
	o = render_ok_text("Message Sent");
	json_object_set_new(
	    o, "sendback", json_loads(request_note(arg, id), 0, NULL));
	reply(arg, id, o);
}

/* Their clients show it as they sent it, with the blank that stands before
 * the text there. */
static void
keep_sendback(struct request *rq, const char *to)
{
	json_t *o = json_pack("{s:s, s:s, s:s+}", "msg_from", rq->arg[1],
	    "msg_to", to, "msg", " ", rq->arg[3]);
	char *text = json_dumps(o, JSON_COMPACT);

	request_keep(rq, text);
	free(text);
	json_decref(o);
}

/* server send FROM TO TEXT */
void
cmd_server(struct request *rq)
{
	const char *realm = older_realm(rq, "send");
	struct chat_user to;

	if (realm == NULL)
		return;
	if (!chat_find_user(rq->chat, rq->arg[2], &to)) {
		reply_error(rq->set, rq->id, WIRE_NO_SUCH_USER);
		return;
	}
	keep_sendback(rq, to.real_name);
	chat_receive_letter(rq->chat, realm, rq->arg[1], to.name, rq->arg[3],
	    request_later(rq, letter_done));
}

/* check group USER NAME other */
void
cmd_check(struct request *rq)
{
	const char *realm = older_realm(rq, "group");
	char user[WIRE_NAME_CAP];
	struct chat_who who = { .realm = realm, .user = user };
	struct target to;
	const char *name;

	if (realm == NULL)
		return;
	name = rq->arg[2] + (*rq->arg[2] == '#');
	chat_foreign_name(rq->arg[1], user);
	if (target_parse(&to, name, strlen(name)) != WIRE_OK ||
	    to.kind != TARGET_USER || to.realm[0] != '\0' ||
	    !chat_group_there(rq->chat, &who, to.name)) {
		reply(rq->set, rq->id, render_no_group(name));
		return;
	}
	framed_watch_end(rq);
	raw_start(rq->from, rq->id, &who, user, to.name, "");
}
