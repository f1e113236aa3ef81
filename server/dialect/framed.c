/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command protocol: request lines in, JSON out.
 *
 * Order.  Sends run beside each other, so that those that are pipelined share
 * a commit; any other request starts when all before it are answered, and
 * nothing starts before it is.  Lines that may not start yet stay in the
 * connection's buffer, which is what holds back a peer that asks too much.
 */
#include <stdlib.h>
#include <string.h>

#include "server/dialect/cmd.h"
#include "server/dialect/command.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/framed_conn.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/frame.h"
#include "shared/utf8.h"

static void
out(void *arg, struct blob *b)
{
	struct framed *f = arg;

	conn_send(f->cc.conn, b);
	blob_unref(b);
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

	if (l != NULL && l->tag != NULL && l->tag_ok) {
		memcpy(tag, l->tag, l->tag_n);
		tag[l->tag_n] = '\0';
	}
	return request_open(&f->cc, tag);
}

static void
refuse(struct framed *f, const struct line *l, enum wire_err err)
{
	reply_error(f->cc.set, open_request(f, l), err);
}

static bool
is_link(const char *p)
{
	return strncmp(p, "link", 4) == 0 && (p[4] == ' ' || p[4] == '\0');
}

static void
start(struct framed *f, const struct line *l, const struct command *c)
{
	struct request rq = { .set = f->cc.set,
		.chat = f->cc.set->chat,
		.from = &f->cc,
		.token = f->token };
	char tag[WIRE_TAG_MAX + 1];

	rq.id = open_request(f, l);
	if (l->tag != NULL) {
		memcpy(tag, l->tag, l->tag_n);
		tag[l->tag_n] = '\0';
		rq.tag = tag;
	}
	f->replies.alone = !(c->flags & CMD_SEND);
	command_run(&rq, c, l->rest);
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
	struct buf *in = conn_in(f->cc.conn);
	const struct peers *peers = &f->cc.set->peers;
	int fd;

	if (f->cc.spoken || peers->link == NULL) {
		refuse(f, NULL, WIRE_DENIED);
		conn_close(f->cc.conn);
		return;
	}
	fd = conn_detach(f->cc.conn);
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
	f->cc.spoken = true;
	refuse(f, l.verb_n > 0 ? &l : NULL, WIRE_LINE_TOO_LONG);
}

/* False: there is nothing more that may start now. */
static bool
step(struct client_conn *cc)
{
	struct framed *f = (struct framed *)cc;
	struct buf *in = conn_in(f->cc.conn);
	char *p;
	size_t n;

	if (client_conn_foreign(cc, buf_data(in), in->len, false))
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
	if (client_conn_foreign(cc, p, n, true))
		return false;
	if (is_link(p)) {
		take_link(f, p);
		return false;
	}
	cc->spoken = true;
	f->held = !take_line(f, p, n);
	f->held_n = n;
	if (!f->held)
		frame_done(&f->frame, in);
	return !f->held;
}

static bool
may(const struct client_conn *cc)
{
	const struct framed *f = (const struct framed *)cc;

	return !f->replies.alone && !replies_full(&f->replies);
}

static bool
idle(const struct client_conn *cc)
{
	return ((const struct framed *)cc)->replies.count == 0;
}

/* ---- the connection --------------------------------------------------- */

static void
drained(struct client_conn *cc)
{
	struct framed *f = (struct framed *)cc;

	if (f->watch != 0)
		chat_watch_more(cc->set->chat, f->watch);
}

static void
foreign(struct client_conn *cc)
{
	refuse((struct framed *)cc, NULL, WIRE_UNKNOWN_COMMAND);
}

static void
cut(struct client_conn *cc, const struct chat_event *e)
{
	(void)cc; /* its watch was told */
	(void)e;
}

static void
closed(struct client_conn *cc)
{
	struct framed *f = (struct framed *)cc;

	if (f->watch != 0)
		chat_unwatch(cc->set->chat, f->watch);
	free(f->watch_user);
	replies_release(&f->replies);
	explicit_bzero(f->token, sizeof f->token);
	free(f);
}

static const struct client_ops ops = { may, step, idle, drained, foreign, cut,
	closed };

static bool
open_conn(struct dialects *set, int fd, const char *origin)
{
	struct framed *f = (struct framed *)client_conn_open(
	    set, &ops, sizeof *f, fd, origin);

	if (f == NULL)
		return false;
	conn_speaks(f->cc.conn, MASK_REQUESTS);
	frame_init(&f->frame, FRAME_LINES, WIRE_LINE_MAX);
	replies_init(&f->replies, out, f);
	f->cc.replies = &f->replies;
	return true;
}

static struct blob *
refusal(enum wire_err err)
{
	return render_blob(render_error(err, 0));
}

const struct dialect framed_dialect = {
	.name = "command protocol",
	.open = open_conn,
	.refusal = refusal,
	.event = framed_event,
	.ended = framed_ended
};
