/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/text_watch.h"

#include <stdlib.h>
#include <string.h>

#include "server/dialect/dialect_priv.h"
#include "server/dialect/text_peer.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum {
	SHOWN_MAX = 32, /* senders whose messages are not with the peer yet */
	/* Cleaning makes a byte a placeholder of at most 8. */
	SAID_CAP = 8 * WIRE_TEXT_MAX + 3 * WIRE_TARGET_CAP + 64
};

static struct blob *
render(const struct chat_message *m)
{
	char target[WIRE_TARGET_CAP];
	struct buf b;
	struct blob *blob;

	buf_init(&b, SAID_CAP);
	target_format(&m->target, target);
	if (m->target.kind == TARGET_USER)
		buf_adds(&b, "Pesan pribadi dari ");
	else if (m->target.kind == TARGET_GROUP)
		buf_addf(&b, "%s ", target);
	buf_addf(&b, "[%s] ", m->from);
	utf8_clean(&b, m->text, strlen(m->text));
	buf_addc(&b, '\n');
	blob = blob_new(buf_data(&b), b.len);
	buf_release(&b);
	return blob;
}

/* Who comes to a group and who goes, and to which one is invited; of the rest
 * nothing is told here. */
static struct blob *
render_news(const struct chat_event *e)
{
	char target[WIRE_TARGET_CAP];
	struct buf b;
	struct blob *blob;

	buf_init(&b, SAID_CAP);
	target_format(&e->target, target);
	if (e->kind == CHAT_EV_INVITE)
		buf_addf(&b, "%s %s mengundang anda", target, e->by);
	else if (e->kind == CHAT_EV_JOIN)
		buf_addf(&b, "%s %s telah bergabung", target, e->user.name);
	else if (e->by == NULL)
		buf_addf(
		    &b, "%s %s meninggalkan group", target, e->user.name);
	else
		buf_addf(&b, "%s %s dikeluarkan oleh %s", target,
		    e->user.name, e->by);
	if (e->kind == CHAT_EV_LEAVE && e->by != NULL && e->text != NULL &&
	    *e->text != '\0') {
		buf_adds(&b, ": ");
		utf8_clean(&b, e->text, strlen(e->text));
	}
	buf_addc(&b, '\n');
	blob = blob_new(buf_data(&b), b.len);
	buf_release(&b);
	return blob;
}

static void
mark_read(struct text_peer *t, const struct shown *s)
{
	if (t->session != 0)
		chat_read(t->cc.set->chat, t->session, t->watch, &s->from,
		    s->id, (struct chat_done){ text_nobody_asked, NULL, 0 });
}

static bool
same_target(const struct target *a, const struct target *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->realm, b->realm) == 0;
}

/* A message counts as read when its bytes are with the kernel; one that finds
 * no place here (false) stays unread and comes again at the next login. */
static bool
will_be_read(struct text_peer *t, const struct chat_message *m)
{
	struct shown *s;

	if (t->shown == NULL)
		t->shown = xcalloc(SHOWN_MAX, sizeof *t->shown);
	for (s = t->shown; s < t->shown + t->showns; s++)
		if (same_target(&s->from, &m->target))
			break;
	if (s == t->shown + SHOWN_MAX)
		return false;
	if (s == t->shown + t->showns)
		t->showns++;
	s->from = m->target;
	s->id = m->id;
	return true;
}

/* What the user says elsewhere is not repeated here, but for notes to self. */
static bool
is_own(const struct text_peer *t, const struct chat_message *m)
{
	return strcmp(m->from, t->cc.user) == 0 &&
	    (m->target.kind != TARGET_USER ||
	        strcmp(m->target.name, t->cc.user) != 0);
}

static void
show(struct text_peer *t, const struct chat_event *e)
{
	const struct chat_message *m = &e->message;
	struct blob **b = &e->encoded[DIALECT_TEXT];

	if (is_own(t, m))
		return;
	if (m->target.kind == TARGET_USER && m->id <= t->inboxed)
		return;
	if (*b == NULL)
		*b = render(m);
	conn_send(t->cc.conn, *b);
	if (m->target.kind == TARGET_USER)
		(void)will_be_read(t, m);
}

static void
show_news(struct text_peer *t, const struct chat_event *e)
{
	struct blob **b = &e->encoded[DIALECT_TEXT];

	if (*b == NULL)
		*b = render_news(e);
	conn_send(t->cc.conn, *b);
}

bool
text_event(void *arg, uint64_t id, const struct chat_event *e)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return true;
	switch (e->kind) {
	case CHAT_EV_MESSAGE:
		show(t, e);
		break;
	case CHAT_EV_JOIN:
	case CHAT_EV_LEAVE:
	case CHAT_EV_INVITE:
		show_news(t, e);
		break;
	case CHAT_EV_SHUTDOWN:
		text_line(t, e->text);
		break;
	case CHAT_EV_PRESENCE:
	case CHAT_EV_MEMBER:
	case CHAT_EV_GROUP:
	case CHAT_EV_READ:
	case CHAT_EV_REMOVED: /* cut tells it, here and where nothing watches */
		break;
	}
	return conn_waiting(t->cc.conn) < OUT_HIGH;
}

static void
session_over(void *arg)
{
	text_line(arg, wire_err_text(WIRE_NO_SESSION));
}

void
text_ended(void *arg, uint64_t id, enum wire_err why)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	t->watch = 0;
	/* After a logout of its own there is no session here any more. */
	if (t->session == 0)
		return;
	if (why == WIRE_NO_SESSION || why == WIRE_BANNED) {
		text_leave(t);
		/* Whoever is thrown out is told that, and that only. */
		loop_defer(t->cc.set->loop, &t->over, session_over, t);
		return;
	}
	if (why == WIRE_BUSY)
		client_conn_log_slow(t->cc.set, t->cc.user);
	conn_close(t->cc.conn);
}

static void
watch_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK) {
		t->watch = 0;
		text_line(t, wire_err_text(res->err));
		conn_close(t->cc.conn);
		return;
	}
	text_answered(t);
}

static void
watch(struct text_peer *t, int64_t after)
{
	uint64_t w;

	t->watch = 0;
	w = chat_watch(t->cc.set->chat, t->session, after,
	    &t->cc.set->sink[DIALECT_TEXT], conn_id(t->cc.conn),
	    text_later(t, watch_done));
	if (client_conn_find(t->cc.set, conn_id(t->cc.conn)) != NULL)
		t->watch = w;
}

/* As many as the connection takes now; how many. */
static size_t
show_page(struct text_peer *t, const struct chat_result *res)
{
	struct blob *b;
	size_t i;

	for (i = 0; i < res->messages; i++) {
		if (conn_waiting(t->cc.conn) >= OUT_HIGH ||
		    !will_be_read(t, &res->message[i]))
			break;
		b = render(&res->message[i]);
		conn_send(t->cc.conn, b);
		blob_unref(b);
		t->inboxed = res->message[i].id;
	}
	return i;
}

static void
inbox_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	/*
	 * Told only now: whatever is said after that is behind `last` and
	 * comes with the watch, so nothing falls between login and watch.
	 */
	if (!t->greeted) {
		text_line(t, "Login sukses");
		t->greeted = true;
		t->live_from = res->last;
	}
	if (res->err != WIRE_OK) {
		/* What it did not get stays unread. */
		text_line(t, wire_err_text(res->err));
		watch(t, -1);
		return;
	}
	/* The rest waits until this has left, and only what has left is
	 * marked as read: who hangs up now finds it at the next login. */
	t->more = show_page(t, res) < res->messages || res->more;
	if (t->more)
		return;
	t->inboxed = res->last;
	watch(t, t->live_from);
}

/* All marks before it are in.  Where they could not be set, the next page
 * would be the last one again: the rest is left for another login. */
static void
marks_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK && t->greeted) {
		text_line(t, wire_err_text(res->err));
		watch(t, t->live_from);
		return;
	}
	chat_inbox(
	    t->cc.set->chat, t->session, true, text_later(t, inbox_done));
}

/*
 * What was shown on the last page, or before the last logout, may still be on
 * its way to being marked as read.  A mark that moves nothing is answered
 * behind those, and the inbox that is asked for then does not show it again.
 */
void
text_ask_inbox(struct text_peer *t)
{
	static const struct target everyone = { .kind = TARGET_EVERYONE };

	chat_read(t->cc.set->chat, t->session, 0, &everyone, 0,
	    text_later(t, marks_done));
}

void
text_drained(struct text_peer *t)
{
	size_t n = t->showns;

	/* chat_read may call back here with a message: not into the list that
	 * is walked. */
	for (size_t i = 0; i < n; i++)
		mark_read(t, &t->shown[i]);
	if (t->showns == n)
		t->showns = 0;
	if (t->more) {
		t->more = false;
		text_ask_inbox(t);
	}
	if (t->watch != 0)
		chat_watch_more(t->cc.set->chat, t->watch);
}
