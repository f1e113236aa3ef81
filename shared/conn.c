/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/conn.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/map.h"
#include "shared/trace.h"
#include "shared/xalloc.h"

enum {
	READ_MAX = 64 * 1024,   /* from one connection in one turn */
	DROP_MAX = 1024 * 1024, /* from one that is closing, in all */
	DROP_STEP = 16 * 1024
};

enum state {
	OPEN,
	FLUSHING, /* conn_close: what was queued still goes out */
	LEAVING,  /* all sent, our FIN too; the peer's is awaited */
	DEAD      /* no descriptor any more; closed is due */
};

struct conn {
	struct conns *set;
	struct conn *next, *prev;
	uint64_t id;

	int fd; /* -1 once DEAD */
	enum state state;
	unsigned want; /* as the loop knows it */
	const struct conn_handler *handler;
	void *arg;

	struct buf in;
	bool paused, choked; /* by its owner; by what waits to go out */
	bool eof, kicked;
	size_t dropped;

	/* A ring of the blobs that wait; off bytes of the first have gone. */
	struct blob **out;
	size_t out_first, out_count, out_cap, out_off;
	size_t waiting;
	bool blocked; /* the socket took no more when it was last asked */
	bool owed;    /* something was queued since the last drained */

	enum conn_end end;
	int err;
	struct trace *trace; /* NULL: there is none */
	struct loop_timer linger;
	struct loop_call turn_end;
};

struct conns {
	struct loop *loop;
	struct conn_limits limits;
	size_t total_cap, waiting, count;
	uint64_t last_id;
	struct map *by_id;
	struct conn *first;
};

static void on_turn_end(void *);

/* The one call at the end of the turn: kick, flush, drained, closed. */
static void
schedule(struct conn *c)
{
	loop_defer(c->set->loop, &c->turn_end, on_turn_end, c);
}

/* ---- what waits to go out --------------------------------------------- */

static void
out_push(struct conn *c, struct blob *b)
{
	struct blob **out;
	size_t i, cap;

	if (c->out_count == c->out_cap) {
		cap = c->out_cap == 0 ? 4 : 2 * c->out_cap;
		out = xreallocarray(NULL, cap, sizeof(void *));
		for (i = 0; i < c->out_count; i++)
			out[i] = c->out[(c->out_first + i) % c->out_cap];
		free(c->out);
		c->out = out;
		c->out_cap = cap;
		c->out_first = 0;
	}
	c->out[(c->out_first + c->out_count++) % c->out_cap] = blob_ref(b);
	c->waiting += b->len;
	c->set->waiting += b->len;
}

/* n bytes of what waits are gone. */
static void
out_eat(struct conn *c, size_t n)
{
	struct blob *b;

	c->waiting -= n;
	c->set->waiting -= n;
	c->out_off += n;
	while (c->out_count > 0 &&
	    c->out_off >= (b = c->out[c->out_first])->len) {
		c->out_off -= b->len;
		c->out_first = (c->out_first + 1) % c->out_cap;
		c->out_count--;
		blob_unref(b);
	}
	if (c->out_count > 0)
		return;
	/* Most connections have nothing to say most of the time. */
	free(c->out);
	c->out = NULL;
	c->out_cap = c->out_first = 0;
}

static size_t
out_pieces(const struct conn *c, struct iovec iov[IOV_MAX], size_t *bytes)
{
	struct blob *b;
	size_t i, off = c->out_off;

	*bytes = 0;
	for (i = 0; i < c->out_count && i < IOV_MAX; i++) {
		b = c->out[(c->out_first + i) % c->out_cap];
		iov[i].iov_base = b->data + off;
		iov[i].iov_len = b->len - off;
		*bytes += iov[i].iov_len;
		off = 0;
	}
	return i;
}

/* ---- the end ---------------------------------------------------------- */

/* It is over, and the descriptor is nobody's: the rest goes with the turn. */
static int
let_go(struct conn *c, enum conn_end end, int err)
{
	struct conns *cs = c->set;
	int fd = c->fd;

	/* Whoever asked for the end is told that it came, no more. */
	if (c->state == OPEN || c->end != CONN_ASKED) {
		c->end = end;
		c->err = err;
	}
	c->state = DEAD;
	loop_timer_unset(cs->loop, &c->linger);
	loop_unwatch(cs->loop, fd);
	c->fd = -1;
	if (c->trace != NULL)
		trace_close(c->trace);
	c->trace = NULL;
	out_eat(c, c->waiting);
	schedule(c);
	return fd;
}

static void
die(struct conn *c, enum conn_end end, int err)
{
	if (c->state != DEAD)
		close(let_go(c, end, err));
}

static void
forget(struct conns *cs, struct conn *c)
{
	assert(c->state == DEAD && c->out_count == 0);
	if (c->next != NULL)
		c->next->prev = c->prev;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		cs->first = c->next;
	map_take(cs->by_id, &c->id, sizeof c->id);
	cs->count--;
	if (c->handler->closed != NULL)
		c->handler->closed(c, c->arg, c->end);
	loop_defer_cancel(cs->loop, &c->turn_end);
	buf_release(&c->in);
	free(c);
}

static void
on_linger(void *arg)
{
	struct conn *c = arg;

	die(c, c->waiting > 0 ? CONN_SLOW : c->end, 0);
}

static void
close_softly(struct conn *c, enum conn_end end)
{
	if (c->state != OPEN)
		return;
	c->state = FLUSHING;
	c->end = end;
	loop_timer_set(
	    c->set->loop, &c->linger, CONN_LINGER_MS, on_linger, c);
	schedule(c);
}

/*
 * A close(2) with input unread, or with more of it coming, makes the kernel
 * reset the connection, and the peer may lose what it has not yet read of the
 * last reply.  So only the FIN is sent, and what comes is read and dropped
 * until the peer's FIN (RFC 9293, 3.6.1; RFC 9112, 9.6).
 */
static void
leave(struct conn *c)
{
	if (c->eof || c->dropped >= DROP_MAX) {
		die(c, c->end, 0);
		return;
	}
	c->state = LEAVING;
	shutdown(c->fd, SHUT_WR);
}

/* ---- the socket ------------------------------------------------------- */

static void
update_want(struct conn *c)
{
	unsigned want = 0;
	bool hears;

	if (c->state == DEAD)
		return;
	if (c->state == OPEN)
		hears = !c->paused && !c->choked && buf_room(&c->in) > 0;
	else
		hears = c->dropped < DROP_MAX;
	if (hears && !c->eof)
		want |= LOOP_READ;
	if (c->blocked)
		want |= LOOP_WRITE;
	if (want != c->want)
		loop_want(c->set->loop, c->fd, want);
	c->want = want;
}

static void
trace_in(const struct conn *c, const char *p, ssize_t n)
{
	if (c->trace == NULL || n <= 0)
		return;
	trace_bytes(c->trace, false, p, (size_t)n);
	trace_pause(c->trace, false);
}

/* The first n bytes of the pieces have gone. */
static void
trace_out(const struct conn *c, const struct iovec *iov, ssize_t n)
{
	if (c->trace == NULL)
		return;
	for (size_t len; n > 0; n -= (ssize_t)len, iov++) {
		len = iov->iov_len < (size_t)n ? iov->iov_len : (size_t)n;
		trace_bytes(c->trace, true, iov->iov_base, len);
	}
	trace_pause(c->trace, true);
}

/* As much as the socket takes.  Calls nobody. */
static void
flush(struct conn *c)
{
	struct iovec iov[IOV_MAX];
	struct msghdr m = { .msg_iov = iov };
	size_t bytes;
	ssize_t n;

	c->blocked = false;
	while (c->waiting > 0 && !c->blocked) {
		m.msg_iovlen = out_pieces(c, iov, &bytes);
		n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno != EAGAIN) {
			die(c, CONN_FAILED, errno);
			return;
		}
		trace_out(c, iov, n);
		if (n > 0)
			out_eat(c, (size_t)n);
		c->blocked = n == -1 || (size_t)n < bytes;
	}
	if (c->waiting > c->set->limits.out_high)
		c->choked = true;
	else if (c->waiting == 0 || c->waiting < c->set->limits.out_low)
		c->choked = false;
}

/*
 * Thousands of connections are idle at most times, and hold nothing then.  A
 * frame that was cut off (frame.h) leaves no state behind in an empty buffer.
 */
static void
give_back(struct conn *c)
{
	size_t cap = c->in.cap;

	if (c->in.len > 0)
		return;
	buf_release(&c->in);
	buf_init(&c->in, cap);
}

static void
hear(struct conn *c)
{
	size_t room = READ_MAX;
	char *p = buf_reserve(&c->in, &room);
	ssize_t n;

	if (room == 0)
		return;
	n = recv(c->fd, p, room, MSG_DONTWAIT);
	trace_in(c, p, n);
	if (n == -1) {
		if (errno != EAGAIN && errno != EINTR)
			die(c, CONN_FAILED, errno);
	} else if (n > 0) {
		buf_grew(&c->in, (size_t)n);
		c->handler->input(c, c->arg);
		give_back(c);
	} else {
		c->eof = true;
		if (c->handler->eof != NULL)
			c->handler->eof(c, c->arg);
		else
			close_softly(c, CONN_HANGUP);
	}
}

/* Nobody wants to know any more what the peer says. */
static void
drop_input(struct conn *c)
{
	char waste[DROP_STEP];
	ssize_t n = recv(c->fd, waste, sizeof waste, MSG_DONTWAIT);

	trace_in(c, waste, n);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1) {
		die(c, CONN_FAILED, errno);
		return;
	}
	c->dropped += (size_t)n;
	if (n == 0)
		c->eof = true;
	if (c->state == LEAVING && (c->eof || c->dropped >= DROP_MAX))
		die(c, c->end, 0);
}

static void
on_ready(void *arg, int fd, unsigned ready)
{
	struct conn *c = arg;

	(void)fd;
	if ((ready & LOOP_READ) != 0) {
		if (c->state == OPEN)
			hear(c);
		else
			drop_input(c);
	}
	if ((ready & LOOP_WRITE) != 0)
		schedule(c);
	update_want(c);
}

static void
on_turn_end(void *arg)
{
	struct conn *c = arg;

	if (c->state == OPEN && c->kicked) {
		c->kicked = false;
		c->handler->input(c, c->arg);
	}
	if (c->state == OPEN || c->state == FLUSHING)
		flush(c);
	if (c->state == OPEN && c->owed && c->waiting == 0) {
		c->owed = false;
		if (c->handler->drained != NULL)
			c->handler->drained(c, c->arg);
	}
	if (c->state == FLUSHING && c->waiting == 0)
		leave(c);
	if (c->state == DEAD)
		forget(c->set, c);
	else
		update_want(c);
}

/* ---- caps ------------------------------------------------------------- */

static struct conn *
most_waiting(const struct conns *cs)
{
	struct conn *c, *most = cs->first;

	for (c = cs->first; c != NULL; c = c->next)
		if (c->waiting > most->waiting)
			most = c;
	return most;
}

/*
 * What was queued in this turn has not been offered to the kernel: nobody is
 * slow before that was done.
 */
static void
keep_caps(struct conn *c)
{
	struct conns *cs = c->set;
	struct conn *other;

	if (c->waiting <= cs->limits.out_hard && cs->waiting <= cs->total_cap)
		return;
	flush(c);
	if (c->waiting > cs->limits.out_hard)
		die(c, CONN_SLOW, 0);
	if (cs->waiting <= cs->total_cap)
		return;
	for (other = cs->first; other != NULL; other = other->next)
		if (other->waiting > 0 && !other->blocked)
			flush(other);
	while (cs->waiting > cs->total_cap)
		die(most_waiting(cs), CONN_SLOW, 0);
}

/* ---- the interface ---------------------------------------------------- */

struct conns *
conns_new(
    struct loop *loop, const struct conn_limits *limits, size_t total_cap)
{
	struct conns *cs = xcalloc(1, sizeof *cs);

	assert(limits->out_low <= limits->out_high);
	assert(limits->out_high <= limits->out_hard);
	cs->loop = loop;
	cs->limits = *limits;
	cs->total_cap = total_cap;
	cs->by_id = map_new();
	return cs;
}

void
conns_free(struct conns *cs)
{
	struct conn *c;

	if (cs == NULL)
		return;
	/* All first, so that a closed callback finds nobody to talk to. */
	for (c = cs->first; c != NULL; c = c->next)
		conn_abort(c);
	while ((c = cs->first) != NULL) {
		conn_abort(c);
		assert(c->prev == NULL);
		forget(cs, c);
	}
	map_free(cs->by_id);
	free(cs);
}

size_t
conns_count(const struct conns *cs)
{
	return cs->count;
}

struct conn *
conn_open(
    struct conns *cs, int fd, const struct conn_handler *handler, void *arg)
{
	struct conn *c = xcalloc(1, sizeof *c);
	int flags = fcntl(fd, F_GETFL), one = 1;

	if (flags != -1)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	/* A turn's output leaves in one piece; nothing is gained by waiting
	 * for more.  Fails where it is no TCP socket, which is no matter. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	c->set = cs;
	c->id = ++cs->last_id;
	c->fd = fd;
	c->trace = trace_open(fd);
	c->handler = handler;
	c->arg = arg;
	buf_init(&c->in, cs->limits.in_cap);
	c->next = cs->first;
	if (c->next != NULL)
		c->next->prev = c;
	cs->first = c;
	cs->count++;
	map_put(cs->by_id, &c->id, sizeof c->id, c);
	c->want = LOOP_READ;
	loop_watch(cs->loop, fd, c->want, on_ready, c);
	return c;
}

void
conn_set_handler(
    struct conn *c, const struct conn_handler *handler, void *arg)
{
	c->handler = handler;
	c->arg = arg;
}

void
conn_speaks(struct conn *c, enum mask_kind kind)
{
	if (c->trace != NULL)
		trace_speaks(c->trace, kind);
}

uint64_t
conn_id(const struct conn *c)
{
	return c->id;
}

struct conn *
conn_find(const struct conns *cs, uint64_t id)
{
	struct conn *c = map_get(cs->by_id, &id, sizeof id);

	return c != NULL && c->state == OPEN ? c : NULL;
}

void *
conn_arg(const struct conn *c)
{
	return c->arg;
}

int
conn_errno(const struct conn *c)
{
	return c->err;
}

struct buf *
conn_in(struct conn *c)
{
	return &c->in;
}

bool
conn_at_eof(const struct conn *c)
{
	return c->eof;
}

bool
conn_send(struct conn *c, struct blob *b)
{
	if (c->state != OPEN)
		return false;
	if (b->len == 0)
		return true;
	out_push(c, b);
	c->owed = true;
	schedule(c);
	keep_caps(c);
	return c->state == OPEN;
}

bool
conn_write(struct conn *c, const void *p, size_t n)
{
	struct blob *b;
	bool ok;

	if (c->state != OPEN)
		return false;
	b = blob_new(p, n);
	ok = conn_send(c, b);
	blob_unref(b);
	return ok;
}

size_t
conn_waiting(const struct conn *c)
{
	return c->waiting;
}

void
conn_kick(struct conn *c)
{
	if (c->state != OPEN)
		return;
	c->kicked = true;
	schedule(c);
}

void
conn_pause(struct conn *c)
{
	c->paused = true;
	update_want(c);
}

void
conn_resume(struct conn *c)
{
	c->paused = false;
	update_want(c);
}

void
conn_close(struct conn *c)
{
	close_softly(c, CONN_ASKED);
}

int
conn_detach(struct conn *c)
{
	return c->state == OPEN ? let_go(c, CONN_ASKED, 0) : -1;
}

bool
conn_peer(const struct conn *c, struct sockaddr_storage *sa)
{
	socklen_t len = sizeof *sa;

	return c->fd != -1 &&
	    getpeername(c->fd, (struct sockaddr *)sa, &len) == 0;
}

void
conn_abort(struct conn *c)
{
	die(c, CONN_ASKED, 0);
}

void
conns_each(
    struct conns *cs, void (*fn)(struct conn *, void *arg), void *arg)
{
	struct conn *c;

	/* Nothing is freed before the end of the turn, and who is new stands
	 * before the first: so next stays good whatever fn does. */
	for (c = cs->first; c != NULL; c = c->next)
		if (c->state == OPEN)
			fn(c, arg);
}
