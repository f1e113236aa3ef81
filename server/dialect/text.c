/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain text: lines in, lines out, for nc and telnet and the select-style
 * client.  One line at a time: the next one waits until it is answered.
 *
 * Passwords.  `login NAME` and `regist NAME` take the next line as one, in
 * whatever state the connection is and whatever the answer will be: it is
 * never a text that others are told.  The select-style client sends both lines
 * at once, so nothing is asked unless the second one is late.
 *
 * What others wrote goes through utf8_clean: a terminal is at the other end.
 * Own messages sent from another device are not shown here.
 */
#include <stdlib.h>
#include <string.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/render.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum {
	SHOWN_MAX = 32, /* senders whose messages are not with the peer yet */
	/* Cleaning makes a byte a placeholder of at most 8. */
	SAID_CAP = 8 * WIRE_TEXT_MAX + 3 * WIRE_TARGET_CAP + 64,
	LIST_CAP = 4 << 20,
	/* A line that follows `login NAME` by itself has come by then. */
	PASSWORD_WAIT_MS = 200
};

#define BLANKS " \t"
#define LOGIN_FIRST "Anda harus login terlebih dahulu"
#define LOGGED_IN "Anda telah melakukan login sebelumnya."

enum asking { ASK_NOTHING, ASK_NAME, ASK_PASSWORD };

struct shown {
	struct target from;
	int64_t id;
};

struct text_peer {
	struct client_conn cc;
	struct frame frame;
	struct text_peer *next, **prev; /* those logged in; prev NULL: not */
	uint64_t session; /* 0: not logged in */
	uint64_t watch;
	bool greeted;      /* told of its login */
	int64_t live_from; /* what came behind this one is its watch's */
	int64_t inboxed;   /* private ones up to here were in the inbox */
	bool more;         /* of those, once what was sent has left */
	enum asking asking;
	bool asked_login; /* what is asked for: login, else regist */
	char asked_name[WIRE_NAME_CAP];
	enum wire_err asked_err;  /* why that is no name; WIRE_OK */
	struct loop_timer patience; /* for a password that comes unasked */
	struct loop_call late;      /* it has not */
	bool busy; /* a line is not answered yet */
	struct shown *shown;
	size_t showns;
	struct loop_call over; /* tells that the session has ended */
};

static struct text_peer *
find(struct dialects *set, uint64_t id)
{
	struct conn *c = client_conn_find(set, id);

	return c != NULL ? conn_arg(c) : NULL;
}

static void
say(struct text_peer *t, const char *s)
{
	conn_write(t->cc.conn, s, strlen(s));
}

static void
line(struct text_peer *t, const char *s)
{
	say(t, s);
	say(t, "\n");
}

static struct chat_done
later(struct text_peer *t,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *))
{
	t->busy = true;
	return (struct chat_done){ fn, t->cc.set, conn_id(t->cc.conn) };
}

static void
answered(struct text_peer *t)
{
	t->busy = false;
	client_conn_again(&t->cc);
}

static void
nobody_asked(void *arg, uint64_t id, const struct chat_result *res)
{
	(void)arg;
	(void)id;
	(void)res;
}

/* ---- messages to the peer --------------------------------------------- */

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
		    s->id, (struct chat_done){ nobody_asked, NULL, 0 });
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

static bool
sink_event(void *arg, uint64_t id, const struct chat_event *e)
{
	struct text_peer *t = find(arg, id);

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
		line(t, e->text);
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

/* ---- login ------------------------------------------------------------ */

static void
peer_in(struct text_peer *t, uint64_t session, const char *user)
{
	struct text_peer **head = &t->cc.set->texts;

	t->session = session;
	client_conn_known(&t->cc, session, user);
	t->next = *head;
	if (t->next != NULL)
		t->next->prev = &t->next;
	t->prev = head;
	*head = t;
}

static void
peer_out(struct text_peer *t)
{
	if (t->prev != NULL) {
		*t->prev = t->next;
		if (t->next != NULL)
			t->next->prev = t->prev;
	}
	t->prev = NULL;
	t->session = t->watch = 0;
	t->showns = 0;
	t->greeted = false;
	t->inboxed = 0;
	t->more = false;
}

static bool
in_elsewhere(const struct dialects *set, const char *user)
{
	for (const struct text_peer *t = set->texts; t != NULL; t = t->next)
		if (strcmp(t->cc.user, user) == 0)
			return true;
	return false;
}

static void
session_over(void *arg)
{
	line(arg, wire_err_text(WIRE_NO_SESSION));
}

static void
sink_ended(void *arg, uint64_t id, enum wire_err why)
{
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	t->watch = 0;
	/* After a logout of its own there is no session here any more. */
	if (t->session == 0)
		return;
	if (why == WIRE_NO_SESSION || why == WIRE_BANNED) {
		peer_out(t);
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
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK) {
		t->watch = 0;
		line(t, wire_err_text(res->err));
		conn_close(t->cc.conn);
		return;
	}
	answered(t);
}

static void
watch(struct text_peer *t, int64_t after)
{
	uint64_t w;

	t->watch = 0;
	w = chat_watch(t->cc.set->chat, t->session, after,
	    &t->cc.set->sink[DIALECT_TEXT], conn_id(t->cc.conn),
	    later(t, watch_done));
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
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	/*
	 * Told only now: whatever is said after that is behind `last` and
	 * comes with the watch, so nothing falls between login and watch.
	 */
	if (!t->greeted) {
		line(t, "Login sukses");
		t->greeted = true;
		t->live_from = res->last;
	}
	if (res->err != WIRE_OK) {
		/* What it did not get stays unread. */
		line(t, wire_err_text(res->err));
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
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK && t->greeted) {
		line(t, wire_err_text(res->err));
		watch(t, t->live_from);
		return;
	}
	chat_inbox(t->cc.set->chat, t->session, true, later(t, inbox_done));
}

/*
 * What was shown on the last page, or before the last logout, may still be on
 * its way to being marked as read.  A mark that moves nothing is answered
 * behind those, and the inbox that is asked for then does not show it again.
 */
static void
ask_inbox(struct text_peer *t)
{
	static const struct target everyone = { .kind = TARGET_EVERYONE };

	chat_read(t->cc.set->chat, t->session, 0, &everyone, 0,
	    later(t, marks_done));
}

static void
login_refused(struct text_peer *t, enum wire_err err)
{
	client_conn_log_refused_login(t->cc.set, err, t->asked_name);
	if (err == WIRE_NO_ACCOUNT || err == WIRE_WRONG_PASSWORD)
		line(t, "Username atau Password anda Salah");
	else
		line(t, wire_err_text(err));
	answered(t);
}

static void
login_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct dialects *set = arg;
	struct text_peer *t = find(set, id);
	struct chat_user who;

	if (res->err != WIRE_OK) {
		if (t != NULL)
			login_refused(t, res->err);
		return;
	}
	/* Where the connection has gone the session ends by itself. */
	if (t == NULL || !chat_session_user(set->chat, res->session, &who))
		return;
	/* Asked after the password was found right: nobody else learns it.
	 * Two logins under way come here one after the other. */
	if (in_elsewhere(set, who.name)) {
		chat_logout(set->chat, res->session,
		    (struct chat_done){ nobody_asked, NULL, 0 });
		line(t,
		    "Username tersebut telah melakukan login sebelumnya.");
		answered(t);
		return;
	}
	peer_in(t, res->session, who.name);
	ask_inbox(t);
}

static void
register_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK)
		conn_limit_unregister(&t->cc.limit);
	line(t, res->err == WIRE_OK ? "Anda berhasil terdaftar" :
	    wire_err_text(res->err));
	answered(t);
}

/* One that does not fit is nobody's, and none to register. */
static void
keep_name(struct text_peer *t, const char *name, enum wire_err err)
{
	size_t n = strlen(name);

	if (n >= sizeof t->asked_name) {
		name = "-";
		n = 1;
	}
	memcpy(t->asked_name, name, n + 1);
	t->asked_err = err;
}

/* False: nobody is, or not any more. */
static bool
logged_in(struct text_peer *t)
{
	if (t->session != 0 && !chat_session_use(t->cc.set->chat, t->session))
		peer_out(t);
	return t->session != 0;
}

static void
log_in(struct text_peer *t, const char *password)
{
	if (logged_in(t))
		line(t, LOGGED_IN);
	else if (t->asked_err != WIRE_OK)
		line(t, wire_err_text(t->asked_err));
	else
		chat_login(t->cc.set->chat, t->asked_name, password,
		    CHAT_ATTACHED, later(t, login_done));
}

static void
sign_up(struct text_peer *t, const char *password)
{
	if (t->asked_err != WIRE_OK)
		line(t, wire_err_text(t->asked_err));
	else if (strchr(password, ' ') != NULL)
		line(t, "Password tidak boleh memuat spasi");
	else if (conn_limit_register(
	    &t->cc.limit, loop_now(t->cc.set->loop)) > 0)
		line(t, wire_err_text(WIRE_RATE_LIMITED));
	else
		chat_register(t->cc.set->chat, t->asked_name, password, NULL,
		    later(t, register_done));
}

static void
take_password(struct text_peer *t, const char *password)
{
	t->asking = ASK_NOTHING;
	loop_timer_unset(t->cc.set->loop, &t->patience);
	loop_defer_cancel(t->cc.set->loop, &t->late);
	if (t->asked_login)
		log_in(t, password);
	else
		sign_up(t, password);
}

static void
ask_password(void *arg)
{
	struct text_peer *t = arg;
	const struct buf *in = conn_in(t->cc.conn);

	/* One that is there waits for its turn only. */
	if (memchr(buf_data(in), '\n', in->len) == NULL)
		say(t, "Password : ");
}

/* What has come meanwhile is read behind the timers of a turn. */
static void
out_of_patience(void *arg)
{
	struct text_peer *t = arg;

	loop_defer(t->cc.set->loop, &t->late, ask_password, t);
}

/* The next line is the password. */
static void
await_password(struct text_peer *t)
{
	t->asking = ASK_PASSWORD;
	loop_timer_set(t->cc.set->loop, &t->patience, PASSWORD_WAIT_MS,
	    out_of_patience, t);
}

/*
 * The line that answers a question, or follows a name.  Blanks around a name
 * and before a password are no part of them.
 */
static void
take_answer(struct text_peer *t, char *s, size_t n, enum wire_err err)
{
	if (t->asking == ASK_PASSWORD) {
		if (err != WIRE_OK)
			t->asked_err = err;
		take_password(t, s + strspn(s, " "));
		return;
	}
	while (n > 0 && s[n - 1] == ' ')
		s[--n] = '\0';
	keep_name(t, s + strspn(s, " "), err);
	t->asking = ASK_PASSWORD;
	say(t, "Password : ");
}

/*
 * login or regist, with both words, one or none.  More of them are no text
 * either: they hold a password.
 */
static void
take_account(struct text_peer *t, bool login, char *rest, enum wire_err err)
{
	char *name = strsep(&rest, BLANKS);
	const char *password = "";

	if (rest != NULL)
		password = rest + strspn(rest, " ");
	if (strchr(password, ' ') != NULL) {
		line(t, !logged_in(t) ? LOGIN_FIRST : login ? LOGGED_IN :
		    "Perintah yang anda ketikkan salah");
		return;
	}
	t->asked_login = login;
	keep_name(t, name, err);
	if (*password != '\0')
		take_password(t, password);
	else if (*name != '\0')
		await_password(t);
	else {
		t->asking = ASK_NAME;
		say(t, "Username : ");
	}
}

/* ---- verbs ------------------------------------------------------------ */

static void
send_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK)
		line(t, wire_err_text(res->err));
	answered(t);
}

static void
send_text(struct text_peer *t, uint64_t watch, const struct target *to,
    const char *text)
{
	chat_send(t->cc.set->chat, t->session, watch, to, text, NULL,
	    later(t, send_done));
}

static void
verb_login(struct text_peer *t, char *rest, enum wire_err err)
{
	take_account(t, true, rest, err);
}

static void
verb_regist(struct text_peer *t, char *rest, enum wire_err err)
{
	take_account(t, false, rest, err);
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
		line(t, "Perintah yang anda ketikkan salah");
	else if (target_parse(&to, name, strlen(name)) != WIRE_OK ||
	    to.kind == TARGET_EVERYONE)
		line(t, wire_err_text(WIRE_NO_SUCH_USER));
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
		line(t, "Perintah yang anda masukkan salah");
		return;
	}
	buf_init(&b, LIST_CAP);
	chat_each_online(t->cc.set->chat, add_name, &b);
	say(t, "list user : ");
	say(t, buf_data(&b));
	line(t, ".");
	buf_release(&b);
}

static void
logout_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = find(arg, id);

	if (t == NULL)
		return;
	line(t, res->err == WIRE_OK || res->err == WIRE_NO_SESSION ?
	    "Berhasil Logout" : wire_err_text(res->err));
	answered(t);
}

static void
verb_logout(struct text_peer *t, char *rest, enum wire_err err)
{
	uint64_t session = t->session;

	(void)rest;
	(void)err;
	peer_out(t); /* before: the end of its watch is no surprise */
	chat_logout(t->cc.set->chat, session, later(t, logout_done));
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
		const char *ends = v->flags & VERB_ACCOUNT ? BLANKS : " ";
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
		take_answer(t, s, n, err);
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
		line(t, wire_err_text(err));
	else if (!logged_in(t))
		line(t, LOGIN_FIRST);
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
	struct text_peer *t = (struct text_peer *)cc;
	size_t n = t->showns;

	/* chat_read may call back here with a message: not into the list that
	 * is walked. */
	for (size_t i = 0; i < n; i++)
		mark_read(t, &t->shown[i]);
	if (t->showns == n)
		t->showns = 0;
	if (t->more) {
		t->more = false;
		ask_inbox(t);
	}
	if (t->watch != 0)
		chat_watch_more(cc->set->chat, t->watch);
}

static void
foreign(struct client_conn *cc)
{
	line((struct text_peer *)cc, wire_err_text(WIRE_UNKNOWN_COMMAND));
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
	peer_out(t);
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
	.event = sink_event,
	.ended = sink_ended
};
