/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/rawline.h"

#include <sys/queue.h>

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/realm/mixed.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/dial.h"
#include "shared/loop.h"
#include "shared/map.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum {
	SECOND_MS = 1000,
	CHAT_COST = 64 /* of one that waits, beside its bytes */
};

enum state {
	DIALLING,
	CHECKING, /* the first answer is awaited */
	OPEN,
	LEAVING, /* "exit" was said */
	REFUSED, /* absent, as soon as may be said */
	CLOSED   /* ended, as soon as may be said */
};

struct chat_out {
	STAILQ_ENTRY(chat_out) entry;
	size_t n;
	char bytes[];
};

struct rawline {
	TAILQ_ENTRY(rawline) entry;
	struct rawlines *set;
	uint64_t number, id;
	struct peers_line to;
	bool dropped; /* nobody is told anything any more */
	enum state state;
	char *check; /* the request */

	struct dial *dial; /* one of the two, or neither */
	struct conn *conn;
	struct loop_timer timer; /* of the state */

	/* What waits to be said.  sending: the kernel has not taken all of
	 * the last. */
	STAILQ_HEAD(, chat_out) out;
	size_t waiting;
	bool sending;
	int64_t said; /* when it was all taken */
	struct loop_timer gap;

	struct loop_timer hold, pace;
	size_t held;  /* at the front of what came, and not passed on */
	size_t heard; /* since the second began */
	int64_t second;
};

struct rawlines {
	struct rawlines_at at;
	TAILQ_HEAD(, rawline) lines;
	struct map *by_number;
	uint64_t last;
};

static struct rawline *
find(const struct rawlines *all, uint64_t number)
{
	return map_get(all->by_number, &number, sizeof number);
}

/* Is it there yet, and connected?  To be asked after each call of others. */
static bool
alive(const struct rawlines *all, uint64_t number)
{
	const struct rawline *l = find(all, number);

	return l != NULL && l->conn != NULL;
}

/* ---- the end ---------------------------------------------------------- */

/* Whoever is called from here on about this connection: not us. */
static const struct conn_handler deaf;

static void
disconnect(struct rawline *l)
{
	dial_cancel(l->dial);
	l->dial = NULL;
	if (l->conn != NULL) {
		conn_set_handler(l->conn, &deaf, NULL);
		conn_abort(l->conn);
	}
	l->conn = NULL;
	loop_timer_unset(l->set->at.loop, &l->timer);
	loop_timer_unset(l->set->at.loop, &l->gap);
	loop_timer_unset(l->set->at.loop, &l->hold);
	loop_timer_unset(l->set->at.loop, &l->pace);
}

static void
line_free(struct rawline *l)
{
	struct chat_out *c;

	disconnect(l);
	TAILQ_REMOVE(&l->set->lines, l, entry);
	map_take(l->set->by_number, &l->number, sizeof l->number);
	while ((c = STAILQ_FIRST(&l->out)) != NULL) {
		STAILQ_REMOVE_HEAD(&l->out, entry);
		free(c);
	}
	free(l->check);
	free(l);
}

/* It is gone before anybody hears of it, who may then do what they like. */
static void
over(struct rawline *l)
{
	struct peers_line to = l->to;
	uint64_t id = l->id;
	bool ended = l->state == OPEN || l->state == LEAVING ||
	    l->state == CLOSED;
	bool dropped = l->dropped;

	line_free(l);
	if (!dropped)
		(ended ? to.ended : to.absent)(to.arg, id);
}

static void
on_over(void *arg)
{
	over(arg);
}

/* It ends, but not before whoever asked for that has returned. */
static void
over_soon(struct rawline *l, enum state state)
{
	disconnect(l);
	l->state = state;
	loop_timer_set(l->set->at.loop, &l->timer, 0, on_over, l);
}

/* The peer did not do its part. */
static void
fail_line(struct rawline *l, const char *why)
{
	const struct rawlines_at *at = &l->set->at;

	if (l->state == DIALLING || l->state == CHECKING)
		at->told(at->arg, why);
	over(l);
}

/* ---- what it says ----------------------------------------------------- */

/* n bytes at the front are text.  False: the line is over. */
static bool
pass(struct rawline *l, size_t n)
{
	struct rawlines *all = l->set;
	struct buf *in = conn_in(l->conn);
	uint64_t number = l->number;
	char *text;

	if (n == 0)
		return true;
	if (l->dropped) {
		buf_eat(in, n);
		return true;
	}
	/* Whoever takes it may end the line, and the buffer with it. */
	text = xmemdup0(buf_data(in), n);
	buf_eat(in, n);
	l->to.text(l->to.arg, l->id, text, n);
	free(text);
	return alive(all, number);
}

static void say_next(struct rawline *);

/* As pass. */
static bool
set_open(struct rawline *l)
{
	struct rawlines *all = l->set;
	uint64_t number = l->number;

	loop_timer_unset(all->at.loop, &l->timer);
	l->state = OPEN;
	all->at.told(all->at.arg, NULL);
	if (!l->dropped)
		l->to.open(l->to.arg, l->id);
	if (!alive(all, number))
		return false;
	say_next(l);
	return true;
}

/* What is held turns out to be text, for nothing more will come: but for an
 * "exit", which is part of the end. */
static bool
pass_held(struct rawline *l)
{
	struct buf *in = conn_in(l->conn);

	if (l->state == CHECKING ||
	    (in->len == 4 && memcmp(buf_data(in), "exit", 4) == 0))
		return true;
	return pass(l, in->len);
}

static void
on_held(void *arg)
{
	struct rawline *l = arg;

	l->held = 0;
	pass(l, conn_in(l->conn)->len);
}

static void
hold(struct rawline *l)
{
	struct loop *loop = l->set->at.loop;

	l->held = conn_in(l->conn)->len;
	if (l->held == 0)
		loop_timer_unset(loop, &l->hold);
	else if (l->state == OPEN && l->hold.slot == 0)
		loop_timer_set(loop, &l->hold, RAWLINE_HOLD_MS, on_held, l);
}

/* A framed answer.  False: the line is over. */
static bool
take_reply(struct rawline *l, const struct mixed *m)
{
	const struct rawlines_at *at = &l->set->at;

	buf_eat(conn_in(l->conn), m->whole - m->text);
	if (l->state == CHECKING && m->kind == MIXED_OK)
		return set_open(l);
	if (l->state == CHECKING)
		at->told(at->arg, NULL);
	over(l);
	return false;
}

/* False: the line is over. */
static bool
take(struct rawline *l)
{
	struct buf *in = conn_in(l->conn);
	struct mixed m;

	do {
		mixed_cut(&m, buf_data(in), in->len, l->state == LEAVING);
		if (m.text > 0 && l->state == CHECKING && !set_open(l))
			return false;
		if (!pass(l, m.text))
			return false;
		if (m.kind != MIXED_TEXT && !take_reply(l, &m))
			return false;
	} while (m.kind != MIXED_TEXT && in->len > 0);
	return true;
}

/* ---- how fast it says it ---------------------------------------------- */

static void
on_second(void *arg)
{
	struct rawline *l = arg;

	conn_resume(l->conn);
}

static void
keep_pace(struct rawline *l, size_t n)
{
	struct loop *loop = l->set->at.loop;
	int64_t now = loop_now(loop);

	if (now - l->second >= SECOND_MS) {
		l->second = now;
		l->heard = 0;
	}
	l->heard += n;
	if (l->heard < RAWLINE_RATE)
		return;
	conn_pause(l->conn);
	loop_timer_set(
	    loop, &l->pace, l->second + SECOND_MS - now, on_second, l);
}

static void
on_input(struct conn *c, void *arg)
{
	struct rawline *l = arg;

	keep_pace(l, conn_in(c)->len - l->held);
	if (take(l))
		hold(l);
}

static void
on_eof(struct conn *c, void *arg)
{
	struct rawline *l = arg;

	(void)c;
	if (pass_held(l))
		fail_line(l, "it ended the connection without an answer");
}

static void
on_closed(struct conn *c, void *arg, enum conn_end how)
{
	struct rawline *l = arg;

	l->conn = NULL;
	fail_line(l, how == CONN_FAILED ? strerror(conn_errno(c)) :
	                                  "it does not read");
}

/* ---- what is said to it ----------------------------------------------- */

static void
on_gap(void *arg)
{
	say_next(arg);
}

/*
 * Each is to be read by itself, so the next one waits a moment.  Who leaves
 * does not wait for all that: only "exit", which comes last, must stand alone.
 */
static int64_t
must_wait(const struct rawline *l, const struct chat_out *c)
{
	if (l->state == LEAVING && STAILQ_NEXT(c, entry) != NULL)
		return 0;
	return l->said + RAWLINE_GAP_MS - loop_now(l->set->at.loop);
}

static void
say_next(struct rawline *l)
{
	struct chat_out *c = STAILQ_FIRST(&l->out);
	int64_t ms;

	if (c == NULL || l->sending ||
	    (l->state != OPEN && l->state != LEAVING))
		return;
	ms = must_wait(l, c);
	if (ms > 0) {
		loop_timer_set(l->set->at.loop, &l->gap, ms, on_gap, l);
		return;
	}
	STAILQ_REMOVE_HEAD(&l->out, entry);
	l->waiting -= c->n + CHAT_COST;
	l->sending = true;
	conn_write(l->conn, c->bytes, c->n);
	free(c);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct rawline *l = arg;

	(void)c;
	l->sending = false;
	if (l->state != CHECKING)
		l->said = loop_now(l->set->at.loop);
	say_next(l);
}

static void
put_out(struct rawline *l, const char *p, size_t n)
{
	struct chat_out *c = xmalloc(sizeof *c + n);

	c->n = n;
	memcpy(c->bytes, p, n);
	STAILQ_INSERT_TAIL(&l->out, c, entry);
	l->waiting += n + CHAT_COST;
	say_next(l);
}

static void
on_left(void *arg)
{
	struct rawline *l = arg;

	if (pass_held(l))
		over(l);
}

static void
leave(struct rawline *l)
{
	l->state = LEAVING;
	put_out(l, "exit", 4);
	loop_timer_set(
	    l->set->at.loop, &l->timer, RAWLINE_LEAVE_MS, on_left, l);
	/* What was held may be what is awaited now. */
	loop_timer_unset(l->set->at.loop, &l->hold);
}

/* ---- the beginning ---------------------------------------------------- */

static const struct conn_handler handler = { on_input, on_eof, on_drained,
	on_closed };

static void
on_silence(void *arg)
{
	fail_line(arg, "it does not answer");
}

static void
on_dialled(void *arg, int fd, const char *why)
{
	struct rawline *l = arg;

	l->dial = NULL;
	if (fd == -1) {
		fail_line(l, why);
		return;
	}
	l->state = CHECKING;
	l->conn = conn_open(l->set->at.conns, fd, &handler, l);
	conn_speaks(l->conn, MASK_RAW);
	l->sending = true;
	conn_write(l->conn, l->check, strlen(l->check));
	loop_timer_set(
	    l->set->at.loop, &l->timer, RAWLINE_ANSWER_MS, on_silence, l);
}

static void
dial(struct rawline *l)
{
	const struct rawlines_at *at = &l->set->at;

	l->dial = dial_start(at->loop, at->host, at->port, on_dialled, l);
	loop_timer_set(
	    at->loop, &l->timer, RAWLINE_ANSWER_MS, on_silence, l);
}

bool
rawline_word_ok(const char *s)
{
	size_t i;

	for (i = 0; s[i] != '\0'; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
			return false;
	return i > 0 && i < WIRE_TARGET_CAP;
}

uint64_t
rawline_open(struct rawlines *all, const char *user, const char *group,
    const struct peers_line *to, uint64_t id)
{
	struct rawline *l = xcalloc(1, sizeof *l);
	bool many = map_count(all->by_number) >= RAWLINES_MAX;

	l->set = all;
	l->number = ++all->last;
	l->to = *to;
	l->id = id;
	l->second = loop_now(all->at.loop);
	l->check = xasprintf("check group %s %s other \r\n", user, group);
	STAILQ_INIT(&l->out);
	TAILQ_INSERT_TAIL(&all->lines, l, entry);
	map_put(all->by_number, &l->number, sizeof l->number, l);
	if (many || !rawline_word_ok(user) || !rawline_word_ok(group))
		over_soon(l, REFUSED);
	else
		dial(l);
	return l->number;
}

void
rawline_say(struct rawlines *all, uint64_t number, const char *p, size_t n)
{
	struct rawline *l = find(all, number);

	if (l == NULL || n == 0 || l->state >= LEAVING)
		return;
	if (l->waiting + n + CHAT_COST > RAWLINE_OUT_MAX)
		over_soon(l, l->state == OPEN ? CLOSED : REFUSED);
	else
		put_out(l, p, n);
}

void
rawline_close(struct rawlines *all, uint64_t number)
{
	struct rawline *l = find(all, number);

	if (l == NULL)
		return;
	if (l->state == OPEN)
		leave(l);
	else if (l->state < OPEN)
		over_soon(l, CLOSED);
}

void
rawline_drop(struct rawlines *all, uint64_t number)
{
	struct rawline *l = find(all, number);

	if (l == NULL)
		return;
	/* Those who stay there are to see that this one went. */
	l->dropped = true;
	rawline_close(all, number);
}

struct rawlines *
rawlines_new(const struct rawlines_at *at)
{
	struct rawlines *all = xcalloc(1, sizeof *all);

	all->at = *at;
	all->by_number = map_new();
	TAILQ_INIT(&all->lines);
	return all;
}

void
rawlines_free(struct rawlines *all)
{
	struct rawline *l, *next;

	/* Who is told may ask for the end of others: that comes later, so
	 * that next stays good. */
	for (l = TAILQ_FIRST(&all->lines); l != NULL; l = next) {
		next = TAILQ_NEXT(l, entry);
		over(l);
	}
	assert(TAILQ_EMPTY(&all->lines));
	map_free(all->by_number);
	free(all);
}
