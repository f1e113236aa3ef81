/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Limits by address: how many connections without a login an address may
 * hold, and how many accounts may be made from it.  Whoever has logged in on a
 * connection is no stranger there.  A login has no deadline: a
 * person may take a while to type, and older clients connect before they ask
 * for the name.
 *
 * An address is any text (resolve.h's resolve_origin makes it); "" is one that
 * nothing is counted of.  Times are milliseconds of a steady clock.
 */
#ifndef SERVER_DIALECT_CONN_LIMIT_H
#define SERVER_DIALECT_CONN_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CONN_LIMIT_HOUR_MS = 3600 * 1000,
	/* Addresses without a connection that are remembered for what was
	 * registered from them; then the one gone longest is forgotten. */
	CONN_LIMIT_RESTING_MAX = 4096
};

struct origin; /* an address */
struct conn_limit;

/* A connection that is counted, a part of its struct; zeroed: it is not. */
struct conn_limit_member {
	struct conn_limit *all;
	struct origin *origin; /* NULL: not counted */
	bool known;
};

struct conn_limit *conn_limit_new(void);
void conn_limit_free(struct conn_limit *); /* all members have left */

/* 0: no limit.  Those who are over a new one stay. */
void conn_limit_set(
    struct conn_limit *, unsigned strangers, unsigned registrations_an_hour);

/* False: as many strangers as may be are there from that address. */
bool conn_limit_enter(
    struct conn_limit *, struct conn_limit_member *, const char *address,
    int64_t now);
void conn_limit_known(struct conn_limit_member *); /* has logged in */
void conn_limit_leave(struct conn_limit_member *);

/* Takes one of the hour's registrations.  0: it may; else nothing was taken,
 * and how many ms until it may.  conn_limit_unregister gives it back: no
 * account came of it. */
int64_t conn_limit_register(struct conn_limit_member *, int64_t now);
void conn_limit_unregister(struct conn_limit_member *);

#endif
