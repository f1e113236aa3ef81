/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain text: lines in, lines out, for nc and telnet and the select-style
 * client.  One line at a time: the next one waits until it is answered.
 */
#include <stdlib.h>
#include <string.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/render.h"
#include "server/dialect/text_login.h"
#include "server/dialect/text_peer.h"
#include "server/dialect/text_watch.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/utf8.h"

enum { LIST_CAP = 4 << 20 };

/* ---- verbs ------------------------------------------------------------ */

static void
send_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK)
		text_line(t, wire_err_text(res->err));
	text_answered(t);
}

static void
send_text(struct text_peer *t, uint64_t watch, const struct target *to,
    const char *text)
{
	chat_send(t->cc.set->chat, t->session, watch, to, text, NULL,
	    text_later(t, send_done));
}

static void
verb_login(struct text_peer *t, char *rest, enum wire_err err)
{
	text_take_account(t, true, rest, err);
}

static void
verb_regist(struct text_peer *t, char *rest, enum wire_err err)
{
	text_take_account(t, false, rest, err);
}

static void
verb_send_to(struct text_peer *t, char *rest, enum wire_err err)
{
	struct target to;
	char *name = strsep(&rest, " ");

	(void)err;
	if (rest != NULL)
		rest += strspn(rest, " ");
	if (rest == NULL || *rest == '\0')
		text_line(t, "Perintah yang anda ketikkan salah");
	else if (target_parse(&to, name, strlen(name)) != WIRE_OK ||
	    to.kind == TARGET_EVERYONE)
		text_line(t, wire_err_text(WIRE_NO_SUCH_USER));
	else
		/* No watch is left out: a note to self comes back. */
		send_text(t, 0, &to, rest);
}

static void
add_name(void *arg, const struct chat_user *u)
{
	struct buf *b = arg;

	buf_addf(b, "%s%s", b->len > 0 ? ", " : "", u->name);
}

static void
verb_list_user(struct text_peer *t, char *rest, enum wire_err err)
{
	struct buf b;

	(void)err;
	if (*rest != '\0') {
		text_line(t, "Perintah yang anda masukkan salah");
		return;
	}
	buf_init(&b, LIST_CAP);
	chat_each_online(t->cc.set->chat, add_name, &b);
	text_say(t, "list user : ");
	text_say(t, buf_data(&b));
	text_line(t, ".");
	buf_release(&b);
}

static void
logout_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	text_line(t, res->err == WIRE_OK || res->err == WIRE_NO_SESSION ?
	    "Berhasil Logout" : wire_err_text(res->err));
	text_answered(t);
}

static void
verb_logout(struct text_peer *t, char *rest, enum wire_err err)
{
	uint64_t session = t->session;

	(void)rest;
	(void)err;
	text_leave(t); /* before: the end of its watch is no surprise */
	chat_logout(t->cc.set->chat, session, text_later(t, logout_done));
}

enum {
	/*
	 * Known before a login, and in a line that is too long or no UTF-8: a
	 * password may be in it.  A tab ends the verb as a blank does.
	 */
	VERB_ACCOUNT = 1,
	VERB_ALONE = 2 /* with something behind it the line is a text */
};

static const struct verb {
	const char *name;
	unsigned flags;
	/* rest: what is behind the verb and its blanks.  err: why the line is
	 * no text; WIRE_OK but for VERB_ACCOUNT. */
	void (*run)(struct text_peer *, char *rest, enum wire_err err);
} verbs[] = {
	{ "list-user", 0, verb_list_user },
	{ "login", VERB_ACCOUNT, verb_login },
	{ "logout", VERB_ALONE, verb_logout },
	{ "regist", VERB_ACCOUNT, verb_regist },
	{ "send-to", 0, verb_send_to },
};

/* NULL: the line is a text.  *rest: what is behind the verb. */
static const struct verb *
find_verb(char *s, char **rest)
{
	const struct verb *v;

	for (v = verbs; v < verbs + sizeof verbs / sizeof verbs[0]; v++) {
		const char *ends = v->flags & VERB_ACCOUNT ? TEXT_BLANKS : " ";
		size_t n = strcspn(s, ends);

		*rest = s + n + strspn(s + n, ends);
		if (strlen(v->name) == n && memcmp(v->name, s, n) == 0)
			return v->flags & VERB_ALONE && **rest != '\0' ?
			    NULL : v;
	}
	return NULL;
}

/* ---- lines ------------------------------------------------------------ */

/* err: why it is no text; WIRE_OK. */
static void
take_line(struct text_peer *t, char *s, size_t n, enum wire_err err)
{
	static const struct target everyone = { .kind = TARGET_EVERYONE };
	const struct verb *v;
	char *rest;

	if (t->asking != ASK_NOTHING) {
		text_take_answer(t, s, n, err);
		return;
	}
	while (n > 0 && s[n - 1] == ' ')
		s[--n] = '\0';
	s += strspn(s, " ");
	if (*s == '\0' && err == WIRE_OK)
		return; /* nothing was said */
	v = find_verb(s, &rest);
	if (v != NULL && v->flags & VERB_ACCOUNT)
		v->run(t, rest, err);
	else if (err != WIRE_OK)
		text_line(t, wire_err_text(err));
	else if (!text_logged_in(t))
		text_line(t, TEXT_LOGIN_FIRST);
	else if (v != NULL)
		v->run(t, rest, WIRE_OK);
	else
		send_text(t, t->watch, &everyone, s);
}

/* Its beginning tells whether a name or a password was in it, or follows. */
static void
take_long(struct text_peer *t, const char *p, size_t n)
{
	char head[128];

	if (n >= sizeof head)
		n = sizeof head - 1;
	memcpy(head, p, n);
	head[n] = '\0';
	take_line(t, head, n, WIRE_LINE_TOO_LONG);
}

/* False: there is no whole line. */
static bool
step(struct client_conn *cc)
{
	struct text_peer *t = (struct text_peer *)cc;
	struct buf *in = conn_in(t->cc.conn);
	char *p;
	size_t n;

	if (client_conn_foreign(cc, buf_data(in), in->len, false))
		return false;
	switch (frame_next(&t->frame, in, &p, &n)) {
	case FRAME_MORE:
		return false;
	case FRAME_TOO_LONG:
		cc->spoken = true;
		take_long(t, p, n);
		break;
	case FRAME_READY:
		if (client_conn_foreign(cc, p, n, true))
			return false;
		cc->spoken = true;
		take_line(t, p, n,
		    utf8_valid(p, n) ? WIRE_OK : WIRE_BAD_UTF8);
		break;
	}
	/* Bytes eaten now, for a password may be in them. */
	frame_done(&t->frame, in);
	return true;
}

static bool
idle(const struct client_conn *cc)
{
	return !((const struct text_peer *)cc)->busy;
}

/* ---- the connection --------------------------------------------------- */

static void
drained(struct client_conn *cc)
{
	text_drained((struct text_peer *)cc);
}

static void
foreign(struct client_conn *cc)
{
	text_line((struct text_peer *)cc, wire_err_text(WIRE_UNKNOWN_COMMAND));
}

static void
cut(struct client_conn *cc, const struct chat_event *e)
{
	struct text_peer *t = (struct text_peer *)cc;
	struct blob *b = render_removed(e, "\n");

	loop_defer_cancel(cc->set->loop, &t->over);
	conn_send(cc->conn, b);
	blob_unref(b);
}

static void
closed(struct client_conn *cc)
{
	struct text_peer *t = (struct text_peer *)cc;

	if (t->watch != 0)
		chat_unwatch(cc->set->chat, t->watch);
	text_leave(t);
	loop_defer_cancel(cc->set->loop, &t->over);
	loop_defer_cancel(cc->set->loop, &t->late);
	loop_timer_unset(cc->set->loop, &t->patience);
	free(t->shown);
	free(t);
}

static const struct client_ops ops = { idle, step, idle, drained, foreign, cut,
	closed };

static bool
open_conn(struct dialects *set, int fd, const char *origin)
{
	struct text_peer *t = (struct text_peer *)client_conn_open(
	    set, &ops, sizeof *t, fd, origin);

	if (t == NULL)
		return false;
	conn_speaks(t->cc.conn, MASK_TEXT);
	frame_init(&t->frame, FRAME_LINES, WIRE_LINE_MAX);
	return true;
}

static struct blob *
refusal(enum wire_err err)
{
	const char *text = wire_err_text(err);

	return blob_join(text, strlen(text), "\n", 1);
}

const struct dialect text_dialect = {
	.name = "plain text",
	.open = open_conn,
	.refusal = refusal,
	.event = text_event,
	.ended = text_ended
};
