/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linked servers for a test, with the documented users of both realms:
 *
 *	its	messi, henderson, lineker
 *	medan	james (James Maranata), neko, paff
 *	aceh	teuku, cut
 *
 * All passwords are "surabaya".
 */
#ifndef TESTS_LIB_REALMS_H
#define TESTS_LIB_REALMS_H

#include <stddef.h>

struct server;

enum { REALMS_TEST_MAX = 3 };

/* A server of that realm with its users, not started; no limit of rate. */
struct server *realm_new(const char *realm);

/* NAME=ADDRESS,secret=FILE with the secret that all of a test share. */
void realm_link(struct server *, const char *name, const char *address);

/* Forgets its links and options; has one link from its next start on. */
void realm_relink(struct server *, const char *realm, const char *name,
    const char *address);

/* Running, and each knows where the others are, so that each dials. */
void realms_open_all(struct server **, const char *const *realm, size_t n);
void realms_open(struct server **its, struct server **medan);

/* Waits until the link is up, which its administrator sees: the first user
 * of each realm is one. */
void realms_await_up(struct server *, const char *peer);

#endif
