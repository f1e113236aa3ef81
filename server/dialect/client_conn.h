/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the connections of all dialects share: each is counted for its
 * address, takes one line after the other in its turn, and closes when nothing
 * more comes in and nothing is due to it.
 *
 * A struct client_conn is the first member of its dialect's own struct, and is
 * what conn_arg returns.
 */
#ifndef SERVER_DIALECT_CLIENT_CONN_H
#define SERVER_DIALECT_CLIENT_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/dialect/conn_limit.h"
#include "shared/loop.h"
#include "shared/wire.h"

struct chat_event;
struct conn;
struct dialects;
struct raw;
struct replies;
struct client_conn;

enum { CLIENT_CONN_SESSIONS = 64 };

/* A dialect's part in it. */
struct client_ops {
	/* May another line be taken now? */
	bool (*may)(const struct client_conn *);
	/* Takes one; false: there is none that may be taken yet. */
	bool (*step)(struct client_conn *);
	/* Nothing that was asked for is under way. */
	bool (*idle)(const struct client_conn *);
	/* All that was queued is with the kernel. */
	void (*drained)(struct client_conn *);
	/* One word to a peer that speaks something else, or that is thrown
	 * out (CHAT_EV_REMOVED); then it is closed. */
	void (*foreign)(struct client_conn *);
	void (*cut)(struct client_conn *, const struct chat_event *);
	/* The last call; its own to free. */
	void (*closed)(struct client_conn *);
};

struct client_conn {
	struct dialects *set;
	struct conn *conn;
	const struct client_ops *ops;
	struct raw *raw; /* has taken its place for now; NULL */
	struct replies *replies; /* of its requests; NULL: it has none */
	char *user;  /* who was logged in here last; "" before */
	uint64_t *session; /* those shown here, the one used last at the end */
	size_t sessions;
	struct conn_limit_member limit;
	struct loop_call again;
	bool spoken; /* the first line was looked at */
};

/*
 * A connection for fd, in zeroed memory of that size.  NULL: there are too
 * many from that address, and fd is the caller's yet.
 */
struct client_conn *client_conn_open(struct dialects *,
    const struct client_ops *, size_t size, int fd, const char *origin);

/* Goes on with what has come in, at the end of the turn. */
void client_conn_again(struct client_conn *);

/*
 * Has shown a session of that user, who counts as logged in while this is
 * open.  Of more than CLIENT_CONN_SESSIONS, those shown last count.
 */
void client_conn_known(
    struct client_conn *, uint64_t session, const char *user);

/* Another protocol is spoken here, as the first bytes (whole: the first line)
 * tell: it was told so, and is closing. */
bool client_conn_foreign(
    struct client_conn *, const char *p, size_t n, bool whole);

/* NULL: gone or closing. */
struct conn *client_conn_find(const struct dialects *, uint64_t id);

/* Lines of the log; user "" when nobody was logged in. */
void client_conn_log_slow(const struct dialects *, const char *user);
void client_conn_log_refused_login(
    const struct dialects *, enum wire_err, const char *name);

#endif
