/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands about messages: saying, reading, watching.
 */
#include <stdlib.h>
#include <string.h>

#include "server/dialect/cmd.h"
#include "server/dialect/framed_conn.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/utf8.h"

/* False: answered already. */
static bool
parse_target(struct request *rq, struct target *to)
{
	enum wire_err err =
	    target_parse(to, rq->arg[0], strlen(rq->arg[0]));

	if (err != WIRE_OK)
		reply_error(rq->set, rq->id, err);
	return err == WIRE_OK;
}

static void
send_done(void *arg, uint64_t id, const struct chat_result *res)
{
	char target[WIRE_TARGET_CAP];
	json_t *o;

	if (res->err != WIRE_OK) {
		reply_failed(arg, id, res);
		return;
	}
	o = render_ok_text("Message Sent");
	json_object_set_new(o, "id", json_integer(res->id));
	if (res->duplicate)
		json_object_set_new(o, "duplicate", json_true());
	if (res->queued)
		json_object_set_new(o, "queued", json_true());
	if (res->to != NULL) {
		target_format(res->to, target);
		json_object_set_new(o, "target", json_string(target));
	}
	reply(arg, id, o);
}

static void
say(struct request *rq, const struct target *to, const char *text)
{
	chat_send(rq->chat, rq->session, framed_watch(rq), to, text, rq->tag,
	    request_later(rq, send_done));
}

void
cmd_broadcast(struct request *rq)
{
	static const struct target everyone = { .kind = TARGET_EVERYONE };

	say(rq, &everyone, rq->arg[0]);
}

void
cmd_send(struct request *rq)
{
	struct target to;

	/* What is no name is nobody's: older clients know one text for it. */
	if (target_parse(&to, rq->arg[0], strlen(rq->arg[0])) != WIRE_OK)
		reply_error(rq->set, rq->id, WIRE_NO_SUCH_USER);
	else
		say(rq, &to, rq->arg[1]);
}

void
cmd_say(struct request *rq)
{
	struct target to;
	json_t *j;
	size_t n;

	if (!parse_target(rq, &to))
		return;
	j = json_loads(rq->arg[1], JSON_DECODE_ANY, NULL);
	n = json_string_length(j);
	/* jansson refuses \u0000 itself; a NUL would cut the text silently. */
	if (!json_is_string(j) || !utf8_valid(json_string_value(j), n))
		reply_error(rq->set, rq->id, WIRE_BAD_JSON);
	else
		say(rq, &to, json_string_value(j));
	json_decref(j);
}

static void
page_done(void *arg, uint64_t id, const struct chat_result *res)
{
	if (res->err != WIRE_OK)
		reply_failed(arg, id, res);
	else
		reply(arg, id, render_page(res));
}

/* name=NUMBER: 1 and the number, 0 when it is something else, -1 when the
 * number is none. */
static int
option(const char *s, size_t n, const char *name, int64_t min, int64_t max,
    int64_t *to)
{
	size_t skip = strlen(name);
	char number[32];

	if (n < skip || memcmp(s, name, skip) != 0)
		return 0;
	if (n - skip >= sizeof number)
		return -1;
	memcpy(number, s + skip, n - skip);
	number[n - skip] = '\0';
	if (!wire_number(number, max, to) || *to < min)
		return -1;
	return 1;
}

static int
range_option(const char *s, size_t n, struct chat_range *r)
{
	int64_t limit;
	int is;

	if ((is = option(s, n, "before=", 1, INT64_MAX, &r->before)) != 0)
		return is;
	if ((is = option(s, n, "after=", 0, INT64_MAX, &r->after)) != 0)
		return is;
	is = option(s, n, "limit=", 1, WIRE_PAGE_MAX, &limit);
	if (is == 1)
		r->limit = (size_t)limit;
	return is;
}

void
cmd_history(struct request *rq)
{
	struct chat_range r = { .after = -1, .limit = WIRE_PAGE_DEFAULT };
	struct target of;

	if (!parse_target(rq, &of))
		return;
	for (int i = 1; i < rq->args; i++)
		if (range_option(rq->arg[i], strlen(rq->arg[i]), &r) != 1) {
			reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
			return;
		}
	/* after=0 is the beginning, nothing given the end. */
	r.oldest = r.after >= 0 && r.before == 0;
	if (r.after < 0)
		r.after = 0;
	chat_history(rq->chat, rq->session, &of, &r,
	    request_later(rq, page_done));
}

void
cmd_search(struct request *rq)
{
	struct chat_range r = { .limit = WIRE_PAGE_DEFAULT };
	char *p = rq->arg[0];
	size_t n;
	int is = 1;

	while (is == 1) {
		p += strspn(p, " ");
		n = strcspn(p, " ");
		is = range_option(p, n, &r);
		if (is == 1)
			p += n;
	}
	if (is == -1)
		reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
	else if (*p == '\0')
		reply_error(rq->set, rq->id, WIRE_MISSING_PARAMETER);
	else
		chat_search(rq->chat, rq->session, p, &r,
		    request_later(rq, page_done));
}

static void
inbox_done(void *arg, uint64_t id, const struct chat_result *res)
{
	if (res->err != WIRE_OK)
		reply_failed(arg, id, res);
	else
		reply(arg, id, render_inbox(res, request_note(arg, id)));
}

void
cmd_inbox(struct request *rq)
{
	request_keep(rq, rq->who.real_name);
	chat_inbox(
	    rq->chat, rq->session, false, request_later(rq, inbox_done));
}

static void
read_done(void *arg, uint64_t id, const struct chat_result *res)
{
	json_t *o;

	if (res->err != WIRE_OK) {
		reply_failed(arg, id, res);
		return;
	}
	o = render_ok();
	json_object_set_new(o, "id", json_integer(res->id));
	reply(arg, id, o);
}

void
cmd_read(struct request *rq)
{
	struct target of;
	int64_t id;

	if (!parse_target(rq, &of))
		return;
	if (!wire_number(rq->arg[1], INT64_MAX, &id))
		reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
	else
		chat_read(rq->chat, rq->session, framed_watch(rq), &of, id,
		    request_later(rq, read_done));
}

static void
unread_done(void *arg, uint64_t id, const struct chat_result *res)
{
	if (res->err != WIRE_OK)
		reply_failed(arg, id, res);
	else
		reply(arg, id, render_unread(res));
}

void
cmd_unread(struct request *rq)
{
	chat_unread(
	    rq->chat, rq->session, request_later(rq, unread_done));
}

void
cmd_watch(struct request *rq)
{
	int64_t after = -1; /* left out: live ones only */

	if (rq->args > 0 && !wire_number(rq->arg[0], INT64_MAX, &after))
		reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
	else
		framed_watch_start(rq, after);
}
