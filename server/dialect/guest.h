/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strangers at the door: how many connections without a login an address may
 * hold, and how many accounts may be made from it.  Who has logged in on a
 * connection is no stranger there any more.  There is no deadline for that: a
 * person may take a while to type, and older clients connect before they ask
 * for the name.
 *
 * An address is any text (resolve.h's resolve_origin makes it); "" is one that
 * nothing is counted of.  Times are milliseconds of a steady clock.
 */
#ifndef SERVER_DIALECT_GUEST_H
#define SERVER_DIALECT_GUEST_H

#include <stdbool.h>
#include <stdint.h>

enum {
	GUEST_HOUR_MS = 3600 * 1000,
	/* Addresses without a connection that are remembered for what was
	 * registered from them; then the one gone longest is forgotten. */
	GUEST_RESTING_MAX = 4096
};

struct door; /* an address */
struct guests;

/* A member of its connection's struct; zeroed: has not come in. */
struct guest {
	struct guests *all;
	struct door *door; /* NULL: not counted */
	bool known;
};

struct guests *guests_new(void);
void guests_free(struct guests *); /* all guests have left */

/* 0: no limit.  Those who are over a new one stay. */
void guests_limit(
    struct guests *, unsigned strangers, unsigned registrations_an_hour);

/* False: as many strangers as may be are there from that address. */
bool guest_enter(
    struct guests *, struct guest *, const char *address, int64_t now);
void guest_known(struct guest *); /* has logged in */
void guest_leave(struct guest *);

/* Takes one of the hour's registrations.  0: it may; else nothing was taken,
 * and how many ms until it may.  guest_unregister gives it back: no account
 * came of it. */
int64_t guest_register(struct guest *, int64_t now);
void guest_unregister(struct guest *);

#endif
