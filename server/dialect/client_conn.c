/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/client_conn.h"

#include <stdlib.h>
#include <string.h>

#include "server/dialect/dialect_priv.h"
#include "server/dialect/foreign.h"
#include "shared/conn.h"
#include "shared/xalloc.h"

struct conn *
client_conn_find(const struct dialects *set, uint64_t id)
{
	return set->conns != NULL ? conn_find(set->conns, id) : NULL;
}

void
client_conn_log_slow(const struct dialects *set, const char *user)
{
	set->log("a client that does not read was cut off",
	    *user != '\0' ? user : NULL);
}

/* A name that is nobody's may be a password that was typed too early: it is
 * not written down. */
void
client_conn_log_refused_login(
    const struct dialects *set, enum wire_err err, const char *name)
{
	if (err == WIRE_WRONG_PASSWORD)
		set->log("login with a wrong password", name);
	else if (err == WIRE_RATE_LIMITED)
		set->log("too many wrong passwords", name);
	else if (err == WIRE_NO_ACCOUNT)
		set->log("login with a name that is nobody's", NULL);
}

static bool
closing(const struct client_conn *cc)
{
	return client_conn_find(cc->set, conn_id(cc->conn)) == NULL;
}

static bool
may_step(const struct client_conn *cc)
{
	return !cc->set->stopping && conn_waiting(cc->conn) < OUT_HIGH &&
	    cc->ops->may(cc);
}

static void
run(void *arg)
{
	struct client_conn *cc = arg;
	bool more = true;

	if (closing(cc))
		return;
	for (int i = 0; more && may_step(cc); i++) {
		if (i == REQUESTS_A_TURN) {
			client_conn_again(cc); /* the others' turn */
			return;
		}
		more = cc->ops->step(cc);
		if (closing(cc))
			return;
	}
	/* Half a line at the end of the stream is no request: it may have been
	 * cut off.  A peer that left whole ones unread gets its answers. */
	if (cc->ops->idle(cc) &&
	    (cc->set->stopping || (!more && conn_at_eof(cc->conn))))
		conn_close(cc->conn);
}

void
client_conn_again(struct client_conn *cc)
{
	loop_defer(cc->set->loop, &cc->again, run, cc);
}

static void
show_session(struct client_conn *cc, uint64_t session)
{
	struct chat *chat = cc->set->chat;
	size_t i = 0;

	while (i < cc->sessions && cc->session[i] != session)
		i++;
	if (i == cc->sessions) {
		chat_connected(chat, session);
		if (i == CLIENT_CONN_SESSIONS) {
			i = 0;
			chat_disconnected(chat, cc->session[i]);
		} else {
			cc->session = xreallocarray(cc->session, ++cc->sessions,
			    sizeof *cc->session);
		}
	}
	memmove(cc->session + i, cc->session + i + 1,
	    (cc->sessions - 1 - i) * sizeof *cc->session);
	cc->session[cc->sessions - 1] = session;
}

void
client_conn_known(struct client_conn *cc, uint64_t session, const char *user)
{
	conn_limit_known(&cc->limit);
	show_session(cc, session);
	if (strcmp(cc->user, user) == 0)
		return;
	free(cc->user);
	cc->user = xstrdup(user);
}

/* The connection's end. */
static void
hide_sessions(struct client_conn *cc)
{
	for (size_t i = 0; i < cc->sessions; i++)
		chat_disconnected(cc->set->chat, cc->session[i]);
	free(cc->session);
}

bool
client_conn_foreign(struct client_conn *cc, const char *p, size_t n, bool whole)
{
	if (cc->spoken ||
	    !(whole ? foreign_line(p, n) : foreign_bytes(p, n)))
		return false;
	cc->ops->foreign(cc);
	cc->set->log("a peer of another protocol was closed", NULL);
	conn_close(cc->conn);
	return true;
}

/* ---- the connection --------------------------------------------------- */

static void
on_input(struct conn *c, void *arg)
{
	(void)c;
	run(arg);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct client_conn *cc = arg;

	(void)c;
	cc->ops->drained(cc);
	client_conn_again(cc);
}

static void
on_closed(struct conn *c, void *arg, enum conn_end end)
{
	struct client_conn *cc = arg;
	char *user = cc->user;

	(void)c;
	if (end == CONN_SLOW)
		client_conn_log_slow(cc->set, user);
	conn_limit_leave(&cc->limit);
	loop_defer_cancel(cc->set->loop, &cc->again);
	hide_sessions(cc);
	cc->ops->closed(cc);
	free(user);
}

static const struct conn_handler handler = {
	.input = on_input,
	.eof = on_input,
	.drained = on_drained,
	.closed = on_closed
};

struct client_conn *
client_conn_open(struct dialects *set, const struct client_ops *ops,
    size_t size, int fd, const char *origin)
{
	struct client_conn *cc = xcalloc(1, size);

	if (!conn_limit_enter(
	    set->limit, &cc->limit, origin, loop_now(set->loop))) {
		free(cc);
		return NULL;
	}
	cc->set = set;
	cc->ops = ops;
	cc->user = xstrdup("");
	cc->conn = conn_open(set->conns, fd, &handler, cc);
	return cc;
}
