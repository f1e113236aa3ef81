/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frames of a link, once both ends have proved what they know: four bytes
 * of length (big endian), then as many that are sealed (work/secret.h).
 * Nobody on the way reads them, changes them, leaves one out or says one
 * again.  The connection stays the caller's.
 */
#ifndef SERVER_REALM_SECURE_FRAME_H
#define SERVER_REALM_SECURE_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "server/work/secret.h"

struct conn;

enum {
	SECURE_FRAME_MAX = 64 << 10, /* bytes of a frame without its length */
	SECURE_FRAME_TEXT_MAX = SECURE_FRAME_MAX - SECRET_SEAL_LEN,
	SECURE_FRAME_HEAD = 4
};

struct secure_frame {
	struct conn *conn;
	struct secret_way in, out;
};

/* Which end of the connection we are. */
void secure_frame_init(struct secure_frame *, struct conn *,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us);
void secure_frame_wipe(struct secure_frame *);

/* n: at most SECURE_FRAME_TEXT_MAX.  False: the connection is closing. */
bool secure_frame_send(struct secure_frame *, const void *p, size_t n);

enum secure_frame_next {
	SECURE_FRAME_MORE,  /* no whole frame yet */
	SECURE_FRAME_READY, /* text holds *n bytes */
	SECURE_FRAME_BROKEN /* not what the peer sealed: the connection is over */
};

enum secure_frame_next secure_frame_next(
    struct secure_frame *, unsigned char text[SECURE_FRAME_TEXT_MAX], size_t *n);

#endif
