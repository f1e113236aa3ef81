/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frames of a link, once both ends have proved what they know: four bytes
 * of length (big endian), then as many that are sealed (work/secret.h).
 * Nobody on the way reads them, changes them, leaves one out or says one
 * again.  The connection stays the caller's.
 */
#ifndef SERVER_REALM_SEALED_H
#define SERVER_REALM_SEALED_H

#include <stdbool.h>
#include <stddef.h>

#include "server/work/secret.h"

struct conn;

enum {
	SEALED_MAX = 64 << 10, /* bytes of a frame without its length */
	SEALED_TEXT_MAX = SEALED_MAX - SECRET_SEAL_LEN,
	SEALED_HEAD = 4
};

struct sealed {
	struct conn *conn;
	struct secret_way in, out;
};

/* Which end of the connection we are. */
void sealed_init(struct sealed *, struct conn *,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us);
void sealed_wipe(struct sealed *);

/* n: at most SEALED_TEXT_MAX.  False: the connection is closing. */
bool sealed_send(struct sealed *, const void *p, size_t n);

enum sealed_next {
	SEALED_MORE,  /* no whole frame yet */
	SEALED_READY, /* text holds *n bytes */
	SEALED_BROKEN /* not what the peer sealed: the connection is over */
};

enum sealed_next sealed_next(
    struct sealed *, unsigned char text[SEALED_TEXT_MAX], size_t *n);

#endif
