/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command protocol: request lines in, JSON out.
 *
 * Order.  Sends run beside each other, so that those that are pipelined share
 * a commit; any other request starts when all before it are answered, and
 * nothing starts before it is.  Lines that may not start yet stay in the
 * connection's buffer, which is what holds back a peer that asks too much.
 *
 * Ids.  A request is known by its connection's id and its slot, packed into
 * the one number that a chat_done carries: ids of connections count up from 1
 * and stay below 2^48.
 */
#include <stdlib.h>
#include <string.h>

#include "server/dialect/command.h"
#include "server/dialect/inner.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/speaker.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum { SLOT_BITS = 16 };

struct framed {
	struct speaker s;
	struct frame frame;
	struct replies replies;
	char token[WIRE_TOKEN_LEN + 1]; /* what "-" stands for; "": nothing */
	uint64_t watch;                 /* 0: none */
	char *watch_user;               /* whose it is; NULL: there is none */
	bool alone; /* the one under way lets no other start */
	bool held;  /* a line was cut off that may not start yet: */
	size_t held_n;
};

/* NULL: that connection is gone. */
static struct framed *
find(struct dialects *set, uint64_t id)
{
	struct conn *c = dialects_find(set, id >> SLOT_BITS);

	return c != NULL ? conn_arg(c) : NULL;
}

/* ---- answers ---------------------------------------------------------- */

static void
out(void *arg, struct blob *b)
{
	struct framed *f = arg;

	conn_send(f->s.conn, b);
	blob_unref(b);
}

void
reply(struct dialects *set, uint64_t id, json_t *o)
{
	struct framed *f = find(set, id);
	struct slot *s =
	    f != NULL ? replies_find(&f->replies, (uint16_t)id) : NULL;

	if (s == NULL) {
		json_decref(o);
		return;
	}
	if (s->tag[0] != '\0')
		json_object_set_new(o, "tag", json_string(s->tag));
	replies_fill(&f->replies, (uint16_t)id, render_blob(o));
	if (f->replies.count == 0)
		f->alone = false;
	speaker_again(&f->s);
}

void
reply_error(struct dialects *set, uint64_t id, enum wire_err err)
{
	reply(set, id, render_error(err, 0));
}

void
reply_failed(struct dialects *set, uint64_t id, const struct chat_result *res)
{
	reply(set, id, render_error(res->err, res->retry_ms));
}

struct chat_done
request_later(const struct request *rq,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *))
{
	return (struct chat_done){ fn, rq->set, rq->id };
}

void
request_keep(const struct request *rq, const char *note)
{
	struct slot *s = replies_find(&rq->from->replies, (uint16_t)rq->id);

	if (s == NULL)
		return;
	free(s->note);
	s->note = xstrdup(note);
}

const char *
request_note(struct dialects *set, uint64_t id)
{
	struct framed *f = find(set, id);
	struct slot *s =
	    f != NULL ? replies_find(&f->replies, (uint16_t)id) : NULL;

	return s != NULL && s->note != NULL ? s->note : "";
}

void
request_ok(void *arg, uint64_t id, const struct chat_result *res)
{
	if (res->err != WIRE_OK)
		reply_failed(arg, id, res);
	else
		reply(arg, id, render_ok());
}

/* ---- what the connection keeps ---------------------------------------- */

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
	struct framed *f = find(set, id);

	if (f == NULL)
		return;
	set_token(f, token);
	speaker_known(&f->s, session, user);
}

void
framed_shown(const struct request *rq)
{
	speaker_known(&rq->from->s, rq->session, rq->who.name);
}

int64_t
framed_register(const struct request *rq)
{
	return guest_register(&rq->from->s.guest, loop_now(rq->set->loop));
}

void
framed_unregister(struct dialects *set, uint64_t id)
{
	struct framed *f = find(set, id);

	if (f != NULL)
		guest_unregister(&f->s.guest);
}

/* A watch of one user is not told what another said on its connection. */
uint64_t
framed_watch(const struct request *rq)
{
	const struct framed *f = rq->from;

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
	struct framed *f = find(set, id);
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
	struct framed *f = rq->from;

	if (f->watch != 0)
		chat_unwatch(rq->chat, f->watch);
	forget_watch(f);
}

struct speaker *
framed_speaker(const struct request *rq)
{
	return &rq->from->s;
}

void
framed_watch_start(struct request *rq, int64_t after)
{
	struct framed *f = rq->from;
	uint64_t watch;

	/* A connection has one watch: a new one takes the place of the old. */
	framed_watch_end(rq);
	f->watch_user = xstrdup(rq->who.name);
	request_keep(rq, rq->token);
	watch = chat_watch(rq->chat, rq->session, after,
	    &rq->set->framed_sink, conn_id(f->s.conn),
	    request_later(rq, watch_done));
	/* It may have been refused already. */
	if (f->watch_user != NULL)
		f->watch = watch;
}

/* ---- events ----------------------------------------------------------- */

static bool
sink_event(void *arg, uint64_t id, const struct chat_event *e)
{
	struct dialects *set = arg;
	struct conn *c = dialects_find(set, id);
	struct blob **b = &e->encoded[DIALECT_FRAMED];

	if (c == NULL)
		return true;
	if (*b == NULL)
		*b = render_event(e);
	conn_send(c, *b);
	return conn_waiting(c) < OUT_HIGH;
}

static void
sink_ended(void *arg, uint64_t id, enum wire_err why)
{
	struct dialects *set = arg;
	struct conn *c = dialects_find(set, id);
	struct framed *f;

	if (c == NULL)
		return;
	f = conn_arg(c);
	if (why == WIRE_BUSY)
		dialects_log_slow(set, f->s.user);
	forget_watch(f);
	/* It would wait for events that do not come: it must come again. */
	if (why != WIRE_NO_SESSION)
		conn_close(c);
}

void
framed_sink_init(struct dialects *set)
{
	set->framed_sink = (struct chat_sink){ DIALECT_FRAMED, set,
		sink_event, sink_ended };
}

/* ---- requests --------------------------------------------------------- */

/* A request line in its parts, which point into it. */
struct line {
	const char *tag; /* NULL: none */
	size_t tag_n;
	bool tag_ok;
	const char *verb;
	size_t verb_n;
	char *rest;
};

static void
line_cut(struct line *l, char *p)
{
	*l = (struct line){ .tag_ok = true };
	p += strspn(p, " ");
	if (*p == '@') {
		l->tag = p + 1;
		l->tag_n = strcspn(l->tag, " ");
		l->tag_ok = wire_tag_ok(l->tag, l->tag_n);
		p += 1 + l->tag_n;
		p += strspn(p, " ");
	}
	l->verb = p;
	l->verb_n = strcspn(p, " ");
	l->rest = p + l->verb_n;
}

/* The id of a new request; the tag is known where it is a good one. */
static uint64_t
open_request(struct framed *f, const struct line *l)
{
	char tag[WIRE_TAG_MAX + 1] = "";
	uint16_t slot;

	if (l != NULL && l->tag != NULL && l->tag_ok) {
		memcpy(tag, l->tag, l->tag_n);
		tag[l->tag_n] = '\0';
	}
	slot = replies_open(&f->replies, tag);
	return conn_id(f->s.conn) << SLOT_BITS | slot;
}

static void
refuse(struct framed *f, const struct line *l, enum wire_err err)
{
	reply_error(f->s.set, open_request(f, l), err);
}

static bool
is_link(const char *p)
{
	return strncmp(p, "link", 4) == 0 && (p[4] == ' ' || p[4] == '\0');
}

static void
start(struct framed *f, const struct line *l, const struct command *c)
{
	struct request rq = { .set = f->s.set,
		.chat = f->s.set->chat,
		.from = f,
		.token = f->token };
	char tag[WIRE_TAG_MAX + 1];

	rq.id = open_request(f, l);
	if (l->tag != NULL) {
		memcpy(tag, l->tag, l->tag_n);
		tag[l->tag_n] = '\0';
		rq.tag = tag;
	}
	f->alone = !(c->flags & CMD_SEND);
	command_run(&rq, c, l->rest);
	if (f->replies.count == 0)
		f->alone = false;
}

/* False: the line may not start yet. */
static bool
take_line(struct framed *f, char *p, size_t n)
{
	const struct command *c;
	struct line l;

	/* Spaces at the ends do not count.  A blank line is a request like
	 * any other, for no command: whoever sent it waits for a reply. */
	while (n > 0 && p[n - 1] == ' ')
		p[--n] = '\0';
	line_cut(&l, p);
	if (!utf8_valid(p, n)) {
		refuse(f, &l, WIRE_BAD_UTF8);
		return true;
	}
	if (!l.tag_ok) {
		refuse(f, &l, WIRE_BAD_TAG);
		return true;
	}
	c = command_find(l.verb, l.verb_n);
	if (c == NULL) {
		refuse(f, &l, WIRE_UNKNOWN_COMMAND);
		return true;
	}
	if (!(c->flags & CMD_SEND) && f->replies.count > 0)
		return false;
	start(f, &l, c);
	return true;
}

/* The other end of a link, which says so first: from here on it is the links'
 * own.  Whoever else says it is closed. */
static void
take_link(struct framed *f, const char *p)
{
	struct buf *in = conn_in(f->s.conn);
	const struct peers *peers = &f->s.set->peers;
	int fd;

	if (f->s.spoken || peers->link == NULL) {
		refuse(f, NULL, WIRE_DENIED);
		conn_close(f->s.conn);
		return;
	}
	fd = conn_detach(f->s.conn);
	peers->link(peers->arg, fd, p, buf_data(in) + f->frame.whole,
	    in->len - f->frame.whole);
}

/* Its tag is known where the line has room for one behind it. */
static void
refuse_long(struct framed *f, const char *p, size_t n)
{
	char head[128];
	struct line l;

	if (n >= sizeof head)
		n = sizeof head - 1;
	memcpy(head, p, n);
	head[n] = '\0';
	line_cut(&l, head);
	f->s.spoken = true;
	refuse(f, l.verb_n > 0 ? &l : NULL, WIRE_LINE_TOO_LONG);
}

/* False: there is nothing more that may start now. */
static bool
step(struct speaker *s)
{
	struct framed *f = (struct framed *)s;
	struct buf *in = conn_in(f->s.conn);
	char *p;
	size_t n;

	if (speaker_foreign(s, buf_data(in), in->len, false))
		return false;
	if (f->held) {
		/* It stands at the front still; what came in since may have
		 * moved it. */
		p = buf_data(in);
		n = f->held_n;
	} else {
		switch (frame_next(&f->frame, in, &p, &n)) {
		case FRAME_MORE:
			return false;
		case FRAME_TOO_LONG:
			refuse_long(f, p, n);
			frame_done(&f->frame, in);
			return true;
		case FRAME_READY:
			break;
		}
	}
	if (speaker_foreign(s, p, n, true))
		return false;
	if (is_link(p)) {
		take_link(f, p);
		return false;
	}
	s->spoken = true;
	f->held = !take_line(f, p, n);
	f->held_n = n;
	if (!f->held)
		frame_done(&f->frame, in);
	return !f->held;
}

static bool
may(const struct speaker *s)
{
	const struct framed *f = (const struct framed *)s;

	return !f->alone && !replies_full(&f->replies);
}

static bool
idle(const struct speaker *s)
{
	return ((const struct framed *)s)->replies.count == 0;
}

/* ---- the connection --------------------------------------------------- */

static void
drained(struct speaker *s)
{
	struct framed *f = (struct framed *)s;

	if (f->watch != 0)
		chat_watch_more(s->set->chat, f->watch);
}

static void
foreign(struct speaker *s)
{
	refuse((struct framed *)s, NULL, WIRE_UNKNOWN_COMMAND);
}

static void
cut(struct speaker *s, const struct chat_event *e)
{
	(void)s; /* its watch was told */
	(void)e;
}

static void
closed(struct speaker *s)
{
	struct framed *f = (struct framed *)s;

	if (f->watch != 0)
		chat_unwatch(s->set->chat, f->watch);
	free(f->watch_user);
	replies_release(&f->replies);
	explicit_bzero(f->token, sizeof f->token);
	free(f);
}

static const struct speech speech = { may, step, idle, drained, foreign, cut,
	closed };

bool
framed_open(struct dialects *set, int fd, const char *origin)
{
	struct framed *f = (struct framed *)speaker_open(
	    set, &speech, sizeof *f, fd, origin);

	if (f == NULL)
		return false;
	conn_speaks(f->s.conn, MASK_REQUESTS);
	frame_init(&f->frame, FRAME_LINES, WIRE_LINE_MAX);
	replies_init(&f->replies, out, f);
	return true;
}
