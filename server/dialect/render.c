/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/render.h"

#include <stdlib.h>
#include <string.h>

#include "server/chat/chat.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

static const char reply_end[] = "\r\n\r\n";

/* All texts were checked to be UTF-8 as they came in; one that is not (a
 * store that somebody has edited) must not take the reply with it. */
static json_t *
string(const char *s)
{
	json_t *j = json_string(s);

	return j != NULL ? j : json_string("?");
}

static void
put(json_t *o, const char *name, const char *s)
{
	json_object_set_new_nocheck(o, name, string(s));
}

static void
put_number(json_t *o, const char *name, int64_t n)
{
	json_object_set_new_nocheck(o, name, json_integer(n));
}

static void
put_target(json_t *o, const char *name, const struct target *t)
{
	char text[WIRE_TARGET_CAP];

	target_format(t, text);
	put(o, name, text);
}

struct blob *
render_blob(json_t *o)
{
	/* The older clients decode each read of 64 bytes by itself, and die of
	 * half a character: what goes out is ASCII, the rest is escaped. */
	char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
	struct blob *b;

	if (text == NULL)
		text = xstrdup("{\"status\":\"ERROR\",\"message\":\"\"}");
	b = blob_join(text, strlen(text), reply_end, sizeof reply_end - 1);
	free(text);
	json_decref(o);
	return b;
}

json_t *
render_ok(void)
{
	json_t *o = json_object();

	put(o, "status", "OK");
	return o;
}

json_t *
render_ok_text(const char *message)
{
	json_t *o = render_ok();

	put(o, "message", message);
	return o;
}

json_t *
render_error(enum wire_err err, int64_t retry_ms)
{
	json_t *o = json_object();

	put(o, "status", "ERROR");
	put(o, "message", wire_err_text(err));
	put(o, "code", wire_err_code(err));
	if (retry_ms > 0)
		put_number(o, "retry_ms", retry_ms);
	return o;
}

json_t *
render_no_group(const char *name)
{
	char *text = xasprintf("Tidak ada grup %s di server", name);
	json_t *o = json_object();

	put(o, "status", "PENDING");
	put(o, "message", text);
	free(text);
	return o;
}

json_t *
render_time(int64_t ms)
{
	char text[WIRE_TIME_CAP];

	wire_time(ms, text);
	return json_string(text);
}

json_t *
render_user(const struct chat_user *u)
{
	json_t *o = json_object();

	put(o, "user", u->name);
	put(o, "name", u->real_name);
	json_object_set_new_nocheck(o, "online", json_boolean(u->online));
	json_object_set_new_nocheck(
	    o, "since", u->since > 0 ? render_time(u->since) : json_null());
	return o;
}

static json_t *
message(const struct chat_message *m)
{
	json_t *o = json_object();

	put(o, "event", "message");
	put_number(o, "id", m->id);
	put_target(o, "target", &m->target);
	put(o, "from", m->from);
	put(o, "name", m->name);
	put(o, "text", m->text);
	json_object_set_new_nocheck(o, "time", render_time(m->time));
	return o;
}

json_t *
render_page(const struct chat_result *res)
{
	json_t *o = render_ok(), *all = json_array();

	for (size_t i = 0; i < res->messages; i++)
		json_array_append_new(all, message(&res->message[i]));
	json_object_set_new_nocheck(o, "messages", all);
	json_object_set_new_nocheck(o, "more", json_boolean(res->more));
	return o;
}

static json_t *
letter(const struct chat_message *m, const char *me)
{
	json_t *o = json_object();

	put(o, "msg_from", m->name);
	put(o, "msg_to", me);
	put(o, "msg", m->text);
	put_number(o, "id", m->id);
	json_object_set_new_nocheck(o, "time", render_time(m->time));
	return o;
}

json_t *
render_inbox(const struct chat_result *res, const char *me)
{
	json_t *o = render_ok(), *senders = json_object(), *from;

	for (size_t i = 0; i < res->messages; i++) {
		const struct chat_message *m = &res->message[i];

		from = json_object_get(senders, m->from);
		if (from == NULL) {
			from = json_array();
			json_object_set_new(senders, m->from, from);
		}
		json_array_append_new(from, letter(m, me));
	}
	json_object_set_new_nocheck(o, "messages", senders);
	/* Not there otherwise: older clients walk over all they get. */
	if (res->more)
		json_object_set_new_nocheck(o, "more", json_true());
	return o;
}

json_t *
render_unread(const struct chat_result *res)
{
	json_t *o = render_ok(), *all = json_object(), *one;
	char target[WIRE_TARGET_CAP];

	for (size_t i = 0; i < res->unreads; i++) {
		one = json_object();
		put_number(one, "count", res->unread[i].count);
		put_number(one, "first", res->unread[i].first);
		put_number(one, "mark", res->unread[i].mark);
		target_format(&res->unread[i].target, target);
		json_object_set_new(all, target, one);
	}
	json_object_set_new_nocheck(o, "unread", all);
	return o;
}

static json_t *
limits(const struct chat_rules *rules)
{
	json_t *o = json_object();

	put_number(o, "line", WIRE_LINE_MAX);
	put_number(o, "text", WIRE_TEXT_MAX);
	put_number(o, "topic", WIRE_TOPIC_MAX);
	put_number(o, "name", WIRE_NAME_CHARS);
	put_number(o, "real_name", WIRE_REAL_NAME_CHARS);
	put_number(o, "password", WIRE_PASSWORD_MAX);
	put_number(o, "min_password", (int64_t)rules->min_password);
	put_number(o, "tag", WIRE_TAG_MAX);
	put_number(o, "page", WIRE_PAGE_MAX);
	put_number(o, "replay", WIRE_REPLAY_MAX);
	put_number(o, "inbox", CHAT_INBOX_PAGE);
	put_number(o, "rate", rules->rate); /* 0: none */
	put_number(o, "idle", rules->idle_ms / 1000);
	put_number(o, "token", rules->token_ms / 1000);
	return o;
}

json_t *
render_hello(const struct chat_rules *rules)
{
	json_t *o = render_ok();

	put(o, "server", "chat-server " CHAT_VERSION);
	put(o, "realm", rules->realm);
	put(o, "registration", rules->registration_open ? "open" : "closed");
	json_object_set_new_nocheck(o, "limits", limits(rules));
	return o;
}

static void
put_of_group(json_t *o, const char *name, const struct chat_event *e)
{
	put(o, "event", name);
	put_target(o, "target", &e->target);
	if (e->by != NULL)
		put(o, "by", e->by);
}

static json_t *
event(const struct chat_event *e)
{
	json_t *o;

	if (e->kind == CHAT_EV_MESSAGE)
		return message(&e->message);
	o = json_object();
	switch (e->kind) {
	case CHAT_EV_PRESENCE:
		put(o, "event", "presence");
		put(o, "user", e->user.name);
		put(o, "name", e->user.real_name);
		json_object_set_new_nocheck(
		    o, "online", json_boolean(e->user.online));
		break;
	case CHAT_EV_JOIN:
	case CHAT_EV_LEAVE:
		put_of_group(
		    o, e->kind == CHAT_EV_JOIN ? "join" : "leave", e);
		put(o, "user", e->user.name);
		if (e->by != NULL)
			put(o, "act", chat_act_name(e->act));
		if (e->by != NULL && e->text != NULL)
			put(o, "reason", e->text);
		break;
	case CHAT_EV_MEMBER:
		put_of_group(o, "member", e);
		put(o, "user", e->user.name);
		put(o, "role", chat_role_name(e->role));
		json_object_set_new_nocheck(
		    o, "muted", json_boolean(e->muted));
		break;
	case CHAT_EV_GROUP:
		put_of_group(o, "group", e);
		put(o, "topic", e->text);
		put(o, "mode", chat_mode_name(e->mode));
		break;
	case CHAT_EV_INVITE:
		put_of_group(o, "invite", e);
		break;
	case CHAT_EV_READ:
		put(o, "event", "read");
		put_target(o, "target", &e->target);
		put_number(o, "id", e->id);
		break;
	case CHAT_EV_REMOVED:
		put(o, "event", "removed");
		put(o, "by", e->by);
		put(o, "act", chat_act_name(e->act));
		put(o, "reason", e->text);
		break;
	case CHAT_EV_SHUTDOWN:
		put(o, "event", "shutdown");
		put(o, "message", e->text);
		break;
	case CHAT_EV_MESSAGE:
		break;
	}
	return o;
}

struct blob *
render_event(const struct chat_event *e)
{
	return render_blob(event(e));
}

struct blob *
render_removed(const struct chat_event *e, const char *end)
{
	struct buf b;
	struct blob *blob;

	buf_init(&b, 8 * WIRE_TOPIC_MAX + WIRE_TARGET_CAP + 64);
	buf_addf(&b, "Anda dikeluarkan dari server oleh %s", e->by);
	if (*e->text != '\0') {
		buf_adds(&b, ": ");
		utf8_clean(&b, e->text, strlen(e->text));
	}
	buf_adds(&b, end);
	blob = blob_new(buf_data(&b), b.len);
	buf_release(&b);
	return blob;
}
