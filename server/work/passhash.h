/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords: Argon2id through libsodium's crypto_pwhash_str, 19 MiB and 2
 * passes (OWASP's Password Storage Cheat Sheet, first choice for Argon2id), on
 * the pool's threads.  Copies of a password are wiped after use.
 */
#ifndef SERVER_WORK_PASSHASH_H
#define SERVER_WORK_PASSHASH_H

#include <stdbool.h>
#include <stdint.h>

enum { PASSHASH_CAP = 128 }; /* crypto_pwhash_STRBYTES */

struct passhash;
struct pool;

/* hash is NULL when it could not be made (memory, or the pool was freed
 * before its turn; a check is then not right). */
typedef void passhash_made_fn(void *arg, const char *hash);
typedef void passhash_checked_fn(void *arg, bool right);

struct passhash *passhash_new(struct pool *);
void passhash_free(struct passhash *);

/*
 * False: the pool's queue is full; the function is not called.  A check with
 * NULL as hash is of nobody's password: it takes as long as any other and is
 * never right, so that its time does not tell who has an account.
 */
bool passhash_make(struct passhash *, const char *password,
    passhash_made_fn *, void *arg);
bool passhash_check(struct passhash *, const char *hash, const char *password,
    passhash_checked_fn *, void *arg);

/* For start-up, on the caller's thread. */
bool passhash_now(const char *password, char hash[PASSHASH_CAP]);

#endif
