/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum {
	SERIAL_BITS = 16,
	/* Cleaning makes a byte a placeholder of at most 8. */
	TEXT_CAP = 8 * WIRE_TEXT_MAX,
	SHOWN_CAP = TEXT_CAP + 2 * WIRE_NAME_CAP + 64,
	HALF_CAP = 4 /* of a character whose rest a peer has not sent */
};

enum state {
	ASKING,  /* the peers, whether they have the group */
	HERE,    /* in a group that the chat knows */
	BRIDGED, /* in one of a legacy peer */
	PARTING, /* the peer was told "exit" and has not answered */
	ENDING   /* only the last words are due */
};

struct raw {
	struct client_conn *cc;
	const struct client_ops *before; /* the connection's own */
	uint64_t id, request;
	uint64_t line; /* the chat's, or the peers'; 0: none (any more) */
	uint64_t session;
	char realm[WIRE_NAME_CAP], user[WIRE_NAME_CAP];
	char group[WIRE_NAME_CAP];
	char home[WIRE_NAME_CAP]; /* the group's realm as asked for; "": none */
	enum state state;

	struct buf text; /* a chat; n bytes of it are being said */
	size_t n;
	bool busy;    /* they are not answered yet */
	bool resting; /* they are said again when the rate allows it */
	bool rest;    /* what comes is the rest of a line */
	bool whole;   /* nothing followed the seen bytes that wait */
	size_t seen;
	bool bare;    /* "exit" came without a line end, which may follow */

	char half[HALF_CAP];
	size_t half_n;
	int64_t shown; /* when something was sent last */
	enum wire_err why;
	struct loop_timer timer; /* of whole, resting or ENDING */
	struct loop_call check;
};

/* ---- cutting ---------------------------------------------------------- */

size_t
raw_piece(const char *s, size_t len, size_t n)
{
	size_t back = n;

	if (len <= n)
		return len;
	while (back > 0 && n - back < 4 &&
	    ((unsigned char)s[back] & 0xC0) == 0x80)
		back--;
	/* No UTF-8: anywhere is as good. */
	return n - back < 4 && back > 0 ? back : n;
}

static size_t
without_cr(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] == '\r')
		n--;
	return n;
}

struct raw_chat
raw_cut(const char *p, size_t n, bool whole)
{
	/* A CR that stands behind the longest text belongs to its end. */
	const size_t most = WIRE_TEXT_MAX + 2;
	const char *lf =
	    n > 0 ? memchr(p, '\n', n < most ? n : most) : NULL;
	struct raw_chat c = { .end = true };

	if (lf == NULL && n < most && !whole)
		return c;
	c.eat = lf != NULL ? (size_t)(lf - p) + 1 : n;
	c.n = without_cr(p, lf != NULL ? c.eat - 1 : n);
	if (c.n <= WIRE_TEXT_MAX && (lf != NULL || n < most))
		return c;
	c.n = c.eat = raw_piece(p, n, WIRE_TEXT_MAX);
	c.end = false;
	return c;
}

void
raw_clean(struct buf *b, const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		for (len = 0; i + len < n && s[i + len] != '\r' &&
		    s[i + len] != '\n'; len++)
			continue;
		utf8_clean(b, s + i, len);
		i += len;
		if (i == n)
			return;
		buf_addc(b, ' ');
		i += i + 1 < n && s[i] == '\r' && s[i + 1] == '\n' ? 2 : 1;
	}
}

/* ---- who is who ------------------------------------------------------- */

/* NULL: gone or closing, or not a raw line any more. */
static struct raw *
find(struct dialects *set, uint64_t id)
{
	struct conn *c = client_conn_find(set, id >> SERIAL_BITS);
	struct client_conn *cc = c != NULL ? conn_arg(c) : NULL;
	struct raw *r = cc != NULL ? cc->raw : NULL;

	return r != NULL && r->id == id ? r : NULL;
}

static struct dialects *
set_of(const struct raw *r)
{
	return r->cc->set;
}

static void
after(struct raw *r, int64_t ms, loop_fn *fn)
{
	loop_timer_set(set_of(r)->loop, &r->timer, ms > 0 ? ms : 0, fn, r);
}

/* Nobody is left to be told of anything. */
static void
drop_line(struct raw *r)
{
	struct dialects *set = set_of(r);

	if (r->line == 0)
		return;
	if (r->state == HERE)
		chat_line_close(set->chat, r->line);
	else
		set->peers.line_drop(set->peers.arg, r->line);
	r->line = 0;
}

static void
raw_free(struct raw *r)
{
	struct dialects *set = set_of(r);

	drop_line(r);
	loop_timer_unset(set->loop, &r->timer);
	loop_defer_cancel(set->loop, &r->check);
	buf_release(&r->text);
	free(r);
}

/* ---- out -------------------------------------------------------------- */

/* Its own words are the first thing that a reader who has stopped misses:
 * it is cut off, and nobody else notices. */
static void
check_slow(void *arg)
{
	struct raw *r = arg;

	if (conn_waiting(r->cc->conn) < OUT_HIGH)
		return;
	client_conn_log_slow(set_of(r), r->user);
	conn_abort(r->cc->conn);
}

static void
show(struct raw *r, struct blob *b)
{
	conn_send(r->cc->conn, b);
	r->shown = loop_now(set_of(r)->loop);
	/* Asked behind the connection's own turn: what was not offered to the
	 * kernel yet says nothing about the reader. */
	if (conn_waiting(r->cc->conn) >= OUT_HIGH)
		loop_defer(set_of(r)->loop, &r->check, check_slow, r);
}

static void
show_text(struct raw *r, const char *p, size_t n)
{
	struct blob *b = blob_new(p, n);

	show(r, b);
	blob_unref(b);
}

/* NULL: raw lines are not told of such things. */
static struct blob *
render(const struct chat_event *e)
{
	const struct chat_message *m = &e->message;
	struct buf b;
	struct blob *blob;

	buf_init(&b, SHOWN_CAP);
	if (e->kind == CHAT_EV_MESSAGE) {
		raw_clean(&b, m->from, strlen(m->from));
		buf_adds(&b, ": ");
		raw_clean(&b, m->text, strlen(m->text));
	} else if (e->kind == CHAT_EV_JOIN || e->kind == CHAT_EV_LEAVE) {
		raw_clean(&b, e->user.name, strlen(e->user.name));
		buf_adds(&b, e->kind == CHAT_EV_JOIN ? " telah bergabung" :
		    " meninggalkan group");
	}
	blob = b.len > 0 ? blob_new(buf_data(&b), b.len) : NULL;
	buf_release(&b);
	return blob;
}

static bool
sink_event(void *arg, uint64_t id, const struct chat_event *e)
{
	struct raw *r = find(arg, id);
	struct blob **b = &e->encoded[DIALECT_RAW];

	if (r == NULL)
		return true;
	if (*b == NULL)
		*b = render(e);
	if (*b != NULL)
		show(r, *b);
	/* One that takes no more is cut off by check_slow. */
	return true;
}

/* ---- the end ---------------------------------------------------------- */

/* The connection is again what it was. */
static void
go_back(struct raw *r)
{
	struct client_conn *cc = r->cc;
	struct buf *in = conn_in(cc->conn);
	const char *p = buf_data(in);

	if (r->bare && in->len > 0)
		buf_eat(in, *p == '\n' ? 1 : p[0] == '\r' && p[1] == '\n' ?
		    2 : 0);
	cc->ops = r->before;
	conn_speaks(cc->conn, MASK_REQUESTS);
	cc->raw = NULL;
	conn_resume(cc->conn);
	raw_free(r);
}

static void
answer(void *arg)
{
	struct raw *r = arg;
	struct dialects *set = set_of(r);
	uint64_t request = r->request;
	char *text = xasprintf("Telah keluar dari grup %s%s%s", r->group,
	    r->home[0] != '\0' ? "@" : "", r->home);
	json_t *o = r->why == WIRE_OK ? render_ok_text(text) :
	    render_error(r->why, 0);

	free(text);
	go_back(r);
	reply(set, request, o);
}

static void
say_exit(void *arg)
{
	struct raw *r = arg;

	conn_write(r->cc->conn, "exit", 4);
	after(r, RAW_PAUSE_MS, answer);
}

static void
end(struct raw *r, enum wire_err why)
{
	r->line = 0;
	r->state = ENDING;
	r->why = why;
	r->resting = false;
	buf_clear(&r->text);
	conn_resume(r->cc->conn);
	after(r, r->shown + RAW_PAUSE_MS - loop_now(set_of(r)->loop),
	    say_exit);
}

/* The older realms' word for a group that cannot be had. */
static json_t *
refusal(const struct raw *r, enum wire_err err)
{
	if (err == WIRE_NO_SUCH_GROUP || err == WIRE_INVITE_ONLY)
		return render_no_group(r->group);
	return render_error(err, 0);
}

/*
 * There is no line.  A client has taken to raw reads by now and comes back
 * from them by "exit" only; a peer reads an object first.
 */
static void
refuse(struct raw *r, enum wire_err err)
{
	struct dialects *set = set_of(r);
	const char *text = wire_err_text(err);
	uint64_t request = r->request;
	json_t *o;

	if (r->realm[0] == '\0') {
		show_text(r, text, strlen(text));
		end(r, err);
		return;
	}
	o = refusal(r, err);
	go_back(r);
	reply(set, request, o);
}

static void
sink_ended(void *arg, uint64_t id, enum wire_err why)
{
	struct raw *r = find(arg, id);

	if (r == NULL)
		return;
	if (why != WIRE_BUSY) {
		end(r, why);
		return;
	}
	r->line = 0;
	client_conn_log_slow(arg, r->user);
	conn_abort(r->cc->conn);
}

static void
leave(struct raw *r)
{
	struct dialects *set = set_of(r);

	if (r->state == HERE) {
		drop_line(r);
		end(r, WIRE_OK);
		return;
	}
	r->state = PARTING;
	set->peers.line_close(set->peers.arg, r->line);
}

/* ---- in --------------------------------------------------------------- */

static void
go_on(void *arg)
{
	struct raw *r = arg;

	r->resting = false;
	conn_resume(r->cc->conn);
	client_conn_again(r->cc);
}

static void
rest(struct raw *r, int64_t ms)
{
	r->resting = true;
	conn_pause(r->cc->conn);
	after(r, ms > 0 ? ms : 1, go_on);
}

static void
said(void *arg, uint64_t id, const struct chat_result *res)
{
	struct raw *r = find(arg, id);
	const char *text = wire_err_text(res->err);

	if (r == NULL)
		return;
	r->busy = false;
	if (r->state == HERE && res->err == WIRE_RATE_LIMITED) {
		rest(r, res->retry_ms);
		return;
	}
	if (r->state == HERE && res->err != WIRE_OK)
		show_text(r, text, strlen(text));
	if (r->text.len > 0)
		buf_eat(&r->text, r->n);
	client_conn_again(r->cc);
}

/* It is over: whoever opened it is not logged in any more. */
static void
lost(struct raw *r)
{
	drop_line(r);
	end(r, WIRE_NO_SESSION);
}

/* The older system knows nothing of our rules. */
static void
say_elsewhere(struct raw *r, const char *piece)
{
	struct dialects *set = set_of(r);
	int64_t ms;
	enum wire_err err = chat_may_say(set->chat, r->session, &ms);

	if (err == WIRE_RATE_LIMITED) {
		rest(r, ms);
		return;
	}
	buf_eat(&r->text, r->n);
	if (err == WIRE_OK && utf8_blank(piece, strlen(piece)))
		err = WIRE_TEXT_EMPTY;
	if (err == WIRE_NO_SESSION)
		lost(r);
	else if (err != WIRE_OK)
		show_text(r, wire_err_text(err), strlen(wire_err_text(err)));
	else
		set->peers.line_say(
		    set->peers.arg, r->line, piece, strlen(piece));
}

/* A piece that is no longer than a text may be. */
static void
say(struct raw *r)
{
	struct dialects *set = set_of(r);
	char piece[WIRE_TEXT_MAX + 1];

	r->n = raw_piece(buf_data(&r->text), r->text.len, WIRE_TEXT_MAX);
	memcpy(piece, buf_data(&r->text), r->n);
	piece[r->n] = '\0';
	if (r->state == BRIDGED) {
		say_elsewhere(r, piece);
		return;
	}
	r->busy = true;
	chat_line_say(set->chat, r->line, piece,
	    (struct chat_done){ said, set, r->id });
}

static void
nothing_followed(void *arg)
{
	struct raw *r = arg;

	r->whole = true;
	client_conn_again(r->cc);
}

/* What is there without an end waits for its rest, which may be on its way. */
static void
await_rest(struct raw *r, size_t n)
{
	if (n == r->seen)
		return;
	r->seen = n;
	r->whole = false;
	after(r, RAW_WHOLE_MS, nothing_followed);
}

static bool
is_exit(const char *p, size_t n)
{
	while (n > 0 && *p == ' ') {
		p++;
		n--;
	}
	while (n > 0 && p[n - 1] == ' ')
		n--;
	return n == 4 && memcmp(p, "exit", 4) == 0;
}

/* A read that is no more than "exit" is no rest of what waits for one: each
 * read is a chat, and whoever sent it wants out. */
static bool
exit_follows(const struct raw *r, const char *p, size_t n)
{
	if (r->seen == 0 || n <= r->seen)
		return false;
	p += r->seen;
	n -= r->seen;
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	return is_exit(p, n);
}

static bool
is_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return false;
	return true;
}

/* The next chat from what came in; false: there is none. */
static bool
take(struct raw *r)
{
	struct buf *in = conn_in(r->cc->conn);
	const char *p = buf_data(in);
	bool whole = (r->whole && r->seen == in->len) ||
	    conn_at_eof(r->cc->conn);
	struct raw_chat c = raw_cut(p, in->len, whole);
	bool first = !r->rest;

	if (exit_follows(r, p, in->len))
		c = (struct raw_chat){ r->seen, r->seen, true };

	if (c.eat == 0) {
		await_rest(r, in->len);
		return false;
	}
	loop_timer_unset(set_of(r)->loop, &r->timer);
	r->whole = false;
	r->seen = 0;
	r->rest = !c.end;
	if (first && c.end && is_exit(p, c.n)) {
		r->bare = p[c.eat - 1] != '\n';
		buf_eat(in, c.eat);
		leave(r);
		return true;
	}
	if (is_blank(p, c.n))
		buf_clear(&r->text);
	else if (utf8_valid(p, c.n))
		buf_add(&r->text, p, c.n);
	else
		utf8_clean(&r->text, p, c.n);
	buf_eat(in, c.eat);
	/* There may be room again. */
	conn_resume(r->cc->conn);
	return true;
}

/* Whoever has hung up waits for no answer of the peers. */
static bool
is_gone(const struct raw *r)
{
	return r->state == ASKING && conn_at_eof(r->cc->conn) &&
	    conn_in(r->cc->conn)->len == 0;
}

static bool
may(const struct client_conn *cc)
{
	const struct raw *r = cc->raw;

	return is_gone(r) || 
	    ((r->state == HERE || r->state == BRIDGED) && !r->busy &&
		!r->resting);
}

static bool
step(struct client_conn *cc)
{
	struct raw *r = cc->raw;

	if (r->state == ASKING || (r->text.len == 0 && !take(r)))
		return false;
	if (r->text.len > 0)
		say(r);
	return true;
}

static bool
idle(const struct client_conn *cc)
{
	return !cc->raw->busy && cc->raw->state != ENDING;
}

/* ---- the connection --------------------------------------------------- */

static void
drained(struct client_conn *cc)
{
	(void)cc;
}

static void
no_word(struct client_conn *cc)
{
	(void)cc;
}

static void
cut(struct client_conn *cc, const struct chat_event *e)
{
	struct blob *b = render_removed(e, "");

	show(cc->raw, b);
	blob_unref(b);
}

static void
closed(struct client_conn *cc)
{
	const struct client_ops *before = cc->raw->before;

	raw_free(cc->raw);
	cc->raw = NULL;
	before->closed(cc);
}

static const struct client_ops ops = { may, step, idle, drained, no_word,
	cut, closed };

static void
open_here(struct raw *r)
{
	struct dialects *set = set_of(r);
	struct chat_who who = { .session = r->session };
	enum wire_err err = WIRE_OK;

	if (r->session == 0) {
		who.realm = r->realm;
		who.user = r->user;
	}
	r->state = HERE;
	r->line = chat_line_open(
	    set->chat, &who, r->group, &set->sink[DIALECT_RAW], r->id, &err);
	if (r->line != 0)
		client_conn_again(r->cc);
	else
		refuse(r, err);
}

static bool
is_there(const struct raw *r)
{
	struct chat_who who = { .session = r->session };

	return chat_group_there(set_of(r)->chat, &who, r->group);
}

static void
visited(void *arg, uint64_t id, const struct chat_result *res)
{
	struct dialects *set = arg;
	struct raw *r = find(set, id);

	if (r == NULL || r->state != ASKING) {
		if (res->err == WIRE_OK)
			chat_line_close(set->chat, (uint64_t)res->id);
	} else if (res->err == WIRE_OK) {
		r->line = (uint64_t)res->id;
		r->state = HERE;
		client_conn_again(r->cc);
	} else if (r->home[0] == '\0' && (res->err == WIRE_NO_SUCH_GROUP ||
	    res->err == WIRE_INVITE_ONLY)) {
		open_here(r); /* it was there, and is not any more */
	} else {
		refuse(r, res->err == WIRE_NO_SUCH_REALM ?
		    WIRE_NO_SUCH_GROUP : res->err);
	}
}

static void
visit(struct raw *r, const char *realm)
{
	struct dialects *set = set_of(r);
	struct chat_who who = { .session = r->session };
	struct target to = { .kind = TARGET_GROUP };

	snprintf(to.name, sizeof to.name, "%s", r->group);
	snprintf(to.realm, sizeof to.realm, "%s", realm);
	chat_line_visit(set->chat, &who, &to, &set->sink[DIALECT_RAW], r->id,
	    (struct chat_done){ visited, set, r->id });
}

static struct raw *
raw_new(struct client_conn *cc, uint64_t request, const char *user)
{
	struct raw *r = xcalloc(1, sizeof *r);

	r->cc = cc;
	r->id = conn_id(cc->conn) << SERIAL_BITS | ++cc->set->raws;
	r->request = request;
	snprintf(r->user, sizeof r->user, "%s", user);
	buf_init(&r->text, TEXT_CAP);
	r->before = cc->ops;
	cc->ops = &ops;
	conn_speaks(cc->conn, MASK_RAW);
	cc->raw = r;
	return r;
}

void
raw_start(struct client_conn *cc, uint64_t request, const struct chat_who *who,
    const char *user, const char *group, const char *home)
{
	struct peers *peers = &cc->set->peers;
	struct raw *r = raw_new(cc, request, user);

	r->session = who->session;
	snprintf(r->realm, sizeof r->realm, "%s",
	    who->realm != NULL ? who->realm : "");
	snprintf(r->group, sizeof r->group, "%s", group);
	snprintf(r->home, sizeof r->home, "%s", home);
	if (*home != '\0')
		visit(r, home);
	/* A peer's own line is not asked of the peers: it might come back. */
	else if (r->session != 0 && peers->line_open != NULL && !is_there(r))
		r->line = peers->line_open(peers->arg, user, group,
		    &cc->set->raw_line, r->id);
	else
		open_here(r);
}

void
raw_refuse(struct client_conn *cc, uint64_t request, const char *user,
    enum wire_err err)
{
	refuse(raw_new(cc, request, user), err);
}

/* ---- bridges ---------------------------------------------------------- */

static void
peers_absent(void *arg, uint64_t id)
{
	struct raw *r = find(arg, id);

	if (r == NULL)
		return;
	r->line = 0;
	open_here(r);
}

static void
peers_open(void *arg, uint64_t id)
{
	struct raw *r = find(arg, id);

	if (r == NULL)
		return;
	r->state = BRIDGED;
	client_conn_again(r->cc);
}

static void
peers_there(void *arg, uint64_t id, const char *realm)
{
	struct raw *r = find(arg, id);

	if (r == NULL)
		return;
	r->line = 0;
	visit(r, realm);
}

/* How many bytes at the end begin a character whose rest is missing. */
static size_t
half_at_end(const char *p, size_t n)
{
	size_t i, want;
	unsigned char c;

	for (i = 1; i <= n && i < HALF_CAP; i++) {
		c = (unsigned char)p[n - i];
		if ((c & 0xC0) == 0x80)
			continue;
		want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		return want > i ? i : 0;
	}
	return 0;
}

static void
peers_text(void *arg, uint64_t id, const char *p, size_t n)
{
	struct raw *r = find(arg, id);
	struct chat_user user;
	size_t len, half;
	struct buf b;
	char *all;

	if (r == NULL || n == 0)
		return;
	if (!chat_session_user(set_of(r)->chat, r->session, &user)) {
		lost(r);
		return;
	}
	len = r->half_n + n;
	all = xmalloc(len);
	memcpy(all, r->half, r->half_n);
	memcpy(all + r->half_n, p, n);
	half = half_at_end(all, len);
	memcpy(r->half, all + len - half, half);
	r->half_n = half;
	buf_init(&b, 8 * len);
	raw_clean(&b, all, len - half);
	free(all);
	if (b.len > 0)
		show_text(r, buf_data(&b), b.len);
	buf_release(&b);
}

static void
peers_ended(void *arg, uint64_t id)
{
	struct raw *r = find(arg, id);

	if (r != NULL)
		end(r, WIRE_OK);
}

static void
init(struct dialects *set)
{
	set->raw_line = (struct peers_line){ set, peers_absent, peers_open,
		peers_text, peers_ended, peers_there };
}

const struct dialect raw_dialect = {
	.init = init,
	.event = sink_event,
	.ended = sink_ended
};
