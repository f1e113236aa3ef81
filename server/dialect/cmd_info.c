/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands that tell something and change nothing.
 */
#include <stdio.h>
#include <string.h>

#include "server/dialect/cmd.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/buf.h"

void
cmd_hello(struct request *rq)
{
	reply(rq->set, rq->id, render_hello(&rq->set->rules));
}

void
cmd_ping(struct request *rq)
{
	reply(rq->set, rq->id, render_ok_text("pong"));
}

static void
append_name(void *arg, const struct chat_user *u)
{
	json_array_append_new(arg, json_string(u->name));
}

void
cmd_list_user(struct request *rq)
{
	json_t *o = render_ok(), *all = json_array();

	chat_each_user(rq->chat, append_name, all);
	json_object_set_new(o, "list_user", all);
	reply(rq->set, rq->id, o);
}

/* The whole of the others' replies may be large, so their cap is a reply's. */
static void
add_and_comma(void *arg, const struct chat_user *u)
{
	buf_addf(arg, "%s, ", u->name);
}

void
cmd_user_aktif(struct request *rq)
{
	struct buf b;

	buf_init(&b, WIRE_REPLY_MAX / 2);
	chat_each_online(rq->chat, add_and_comma, &b);
	reply(rq->set, rq->id, render_ok_text(buf_data(&b)));
	buf_release(&b);
}

static void
comma_and_add(void *arg, const struct chat_user *u)
{
	struct buf *b = arg;

	buf_addf(b, "%s%s", b->len > 0 ? "," : "", u->name);
}

void
cmd_list(struct request *rq)
{
	struct buf b, text;
	json_t *o;

	buf_init(&b, WIRE_REPLY_MAX / 4);
	buf_init(&text, WIRE_REPLY_MAX / 4 + 16);
	chat_each_online(rq->chat, comma_and_add, &b);
	buf_addf(&text, "List user: %s", buf_data(&b));
	/* Of the older clients one reads the one, one the other. */
	o = render_ok_text(buf_data(&text));
	json_object_set_new(o, "messages", json_string(buf_data(&text)));
	reply(rq->set, rq->id, o);
	buf_release(&b);
	buf_release(&text);
}

static void
append_both_names(void *arg, const struct chat_user *u)
{
	json_array_append_new(
	    arg, json_sprintf("%s [%s]", u->name, u->real_name));
}

void
cmd_users(struct request *rq)
{
	json_t *o = render_ok(), *all = json_array();

	chat_each_online(rq->chat, append_both_names, all);
	json_object_set_new(o, "messages", all);
	reply(rq->set, rq->id, o);
}

static void
append_user(void *arg, const struct chat_user *u)
{
	json_array_append_new(arg, render_user(u));
}

/* All accounts, then those of other realms that one knows. */
void
cmd_who(struct request *rq)
{
	json_t *o = render_ok(), *all = json_array();

	chat_each_user(rq->chat, append_user, all);
	chat_each_contact(rq->chat, rq->session, append_user, all);
	json_object_set_new(o, "users", all);
	reply(rq->set, rq->id, o);
}
