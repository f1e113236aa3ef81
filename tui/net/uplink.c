/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/uplink.h"

#include "shared/conn.h"
#include "shared/dial.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/resolve.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/clock.h"
#include "tui/net/retry.h"
#include "tui/text.h"

#include <sys/random.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_MS = 15000, /* to find, connect and be greeted */
	IDLE_MS = 30000,    /* nothing heard for so long: ask */
	DEAD_MS = 20000     /* and so long after it: lost */
};

struct uplink {
	struct loop *loop;
	const struct uplink_events *events;
	void *arg;

	struct conns *conns;
	struct dial *dial; /* looking up and connecting */
	uint64_t conn;     /* 0: none */
	struct frame frame;
	bool held;
	char host[RESOLVE_HOST_CAP], port[8];

	struct retry retry; /* how long to pause */
	int64_t retry_at;

	struct loop_timer pause; /* lost: try again */
	struct loop_timer alive; /* see IDLE_MS, DEAD_MS, CONNECT_MS */
};

static void try_it(struct uplink *);

static struct conn *
conn_of(const struct uplink *u)
{
	return u->conn == 0 ? NULL : conn_find(u->conns, u->conn);
}

bool
uplink_is_up(const struct uplink *u)
{
	return conn_of(u) != NULL;
}

void
uplink_send(struct uplink *u, const void *p, size_t n)
{
	struct conn *cn = conn_of(u);

	if (cn != NULL)
		(void)conn_write(cn, p, n);
}

int64_t
uplink_retry_at(const struct uplink *u)
{
	return u->retry_at;
}

/* ---- losing it, and trying again --------------------------------------- */

void
uplink_hang_up(struct uplink *u)
{
	struct conn *cn = conn_of(u);

	u->conn = 0;
	u->held = false;
	if (cn != NULL)
		conn_abort(cn);
	if (u->dial != NULL)
		dial_cancel(u->dial);
	u->dial = NULL;
	loop_timer_unset(u->loop, &u->pause);
	loop_timer_unset(u->loop, &u->alive);
}

static void
on_pause_over(void *arg)
{
	try_it(arg);
}

static void
lose(struct uplink *u, const char *why, bool refused)
{
	int64_t pause, now = loop_now(u->loop);
	uint32_t r = 0;

	uplink_hang_up(u);
	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		r = (uint32_t)clock_ms();
	pause = retry_pause(&u->retry, now, refused, r);
	u->retry_at = now + pause;
	loop_timer_set(u->loop, &u->pause, pause, on_pause_over, u);
	u->events->lost(u->arg, why);
}

void
uplink_lose(struct uplink *u, const char *why)
{
	lose(u, why, false);
}

void
uplink_fail(struct uplink *u, const char *why)
{
	u->retry.useful_at = 0;
	uplink_lose(u, why);
}

void
uplink_useful(struct uplink *u)
{
	retry_useful(&u->retry, loop_now(u->loop));
}

/* ---- staying in touch -------------------------------------------------- */

static void
on_no_answer(void *arg)
{
	uplink_lose(arg, _("no answer"));
}

static void
on_idle(void *arg)
{
	struct uplink *u = arg;

	loop_timer_set(u->loop, &u->alive, DEAD_MS, on_no_answer, u);
	u->events->idle(u->arg);
}

static void
on_input(struct conn *cn, void *arg)
{
	struct uplink *u = arg;
	uint64_t id = conn_id(cn);
	char *p;
	size_t n;

	if (u->conn != id)
		return;
	if (u->held)
		return;
	loop_timer_set(u->loop, &u->alive, IDLE_MS, on_idle, u);
	/* Any frame may end the connection, or hold it. */
	while (u->conn == id && !u->held)
		switch (frame_next(&u->frame, conn_in(cn), &p, &n)) {
		case FRAME_MORE:
			u->events->read(u->arg);
			return;
		case FRAME_TOO_LONG:
			u->events->endless(u->arg);
			return;
		case FRAME_READY:
			u->events->frame(u->arg, p, n);
			break;
		}
}

void
uplink_hold(struct uplink *u, bool held)
{
	struct conn *cn = conn_of(u);

	if (cn == NULL || held == u->held)
		return;
	u->held = held;
	if (held) {
		conn_pause(cn);
		loop_timer_unset(u->loop, &u->alive);
	} else {
		conn_resume(cn);
		conn_kick(cn); /* what came before */
	}
}

static void
on_closed(struct conn *cn, void *arg, enum conn_end end)
{
	struct uplink *u = arg;

	if (u->conn != conn_id(cn))
		return; /* one that we left */
	u->conn = 0;
	if (end == CONN_FAILED)
		uplink_lose(u, strerror(conn_errno(cn)));
	else if (end == CONN_SLOW)
		uplink_lose(u, _("the server does not read"));
	else
		uplink_lose(u, _("the server closed it"));
}

static const struct conn_handler handler = {
	.input = on_input,
	.closed = on_closed,
};

/* ---- connecting -------------------------------------------------------- */

static void
on_dialed(void *arg, int fd, const char *why)
{
	struct uplink *u = arg;
	struct conn *cn;

	u->dial = NULL;
	if (fd == -1) {
		/* Words are all that is told, and these are its own. */
		lose(u, why, strcmp(why, strerror(ECONNREFUSED)) == 0);
		return;
	}
	cn = conn_open(u->conns, fd, &handler, u);
	conn_speaks(cn, MASK_REQUESTS);
	u->conn = conn_id(cn);
	frame_init(&u->frame, FRAME_OBJECTS, WIRE_REPLY_MAX);
	u->events->up(u->arg);
}

static void
try_it(struct uplink *u)
{
	uplink_hang_up(u);
	u->events->connecting(u->arg);
	loop_timer_set(u->loop, &u->alive, CONNECT_MS, on_no_answer, u);
	u->dial = dial_start(u->loop, u->host, u->port, on_dialed, u);
}

void
uplink_start(struct uplink *u)
{
	u->retry = (struct retry){ 0 };
	try_it(u);
}

enum uplink_aim
uplink_aim(struct uplink *u, const char *server)
{
	enum uplink_aim aim = UPLINK_SAME;
	char host[RESOLVE_HOST_CAP], port[8];

	if (!resolve_split(server, "8889", host, port))
		return UPLINK_BAD;
	uplink_hang_up(u);
	if (u->host[0] == '\0')
		aim = UPLINK_FIRST;
	else if (strcmp(host, u->host) != 0 || strcmp(port, u->port) != 0)
		aim = UPLINK_OTHER;
	memcpy(u->host, host, sizeof(host));
	memcpy(u->port, port, sizeof(port));
	return aim;
}

/* ---- life -------------------------------------------------------------- */

struct uplink *
uplink_new(struct loop *loop, const struct uplink_events *events, void *arg)
{
	static const struct conn_limits limits = {
		.in_cap = WIRE_REPLY_MAX + (64 << 10),
		.out_low = 64 << 10,
		.out_high = 1 << 20,
		.out_hard = 8 << 20,
	};
	struct uplink *u = xcalloc(1, sizeof(*u));

	u->loop = loop;
	u->events = events;
	u->arg = arg;
	u->conns = conns_new(loop, &limits, 16 << 20);
	return u;
}

void
uplink_free(struct uplink *u)
{
	if (u == NULL)
		return;
	uplink_hang_up(u);
	conns_free(u->conns);
	free(u);
}
