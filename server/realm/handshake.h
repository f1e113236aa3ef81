/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The handshake of a link, on a fresh connection to the command protocol:
 *
 *	dialer    link 1 OWN PEER KEY CRLF
 *	acceptor  {"status":"OK","key":KEY} CRLF CRLF
 *	dialer    prove PROOF CRLF
 *	acceptor  {"status":"OK","proof":PROOF} CRLF CRLF
 *
 * KEYs are fresh X25519 keys and PROOFs what only somebody can make who knows
 * the secret that is set for these two realms (work/secret.h), in hexadecimal
 * digits.  A realm that is not linked is challenged like one that is, so that
 * nobody learns who is linked; and all that a failure tells is "denied".
 *
 * A handshake has HANDSHAKE_MS, and SHAKES_MAX that others began are under way at
 * most: one more takes the place of the oldest.
 */
#ifndef SERVER_REALM_HANDSHAKE_H
#define SERVER_REALM_HANDSHAKE_H

#include <stddef.h>

#include "server/work/secret.h"

struct conn;
struct conns;
struct loop;
struct shakes;

enum { HANDSHAKE_MS = 10 * 1000, SHAKES_MAX = 64 };

/* Whom a handshake is with; the caller's, for as long as the shakes. */
struct handshake_peer {
	const char *name, *key; /* the realm's, and folded */
	unsigned char link_key[SECRET_KEY_LEN];
	void *link;
};

struct handshake_handler {
	void *arg;
	/* The linked realm of that key; NULL: there is none. */
	const struct handshake_peer *(*find)(void *arg, const char *key);
	/* Both have proved it.  The connection is the callee's, which sets its
	 * handler, and may hold bytes that came already. */
	void (*done)(void *arg, const struct handshake_peer *, struct conn *,
	    const unsigned char session[SECRET_KEY_LEN], enum secret_end us);
	/* One that we dialled came to nothing. */
	void (*failed)(void *arg, const struct handshake_peer *, const char *why);
	/* One that somebody else began. */
	void (*denied)(void *arg, const char *who, const char *why);
};

/* own as in handshake_peer, and as long-lived. */
struct shakes *shakes_new(struct loop *, struct conns *, const char *own,
    const char *own_key, const struct handshake_handler *);
void shakes_free(struct shakes *); /* nothing is called */

/* Both take fd over. */
void handshake_dialled(struct shakes *, int fd, const struct handshake_peer *);
void handshake_accepted(struct shakes *, int fd, const char *line,
    const void *rest, size_t n);

#endif
