/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tokens and their digests.  A token is a version 4 UUID (RFC 9562) of
 * libsodium's random bytes: 122 bits.  Only its BLAKE2b digest is ever kept,
 * so neither a copy of the store nor of the memory's index lets anyone in.
 */
#ifndef SERVER_WORK_SECRET_H
#define SERVER_WORK_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum { SECRET_TOKEN_CAP = 37, SECRET_DIGEST_LEN = 32 };

/* Once, at start.  False: no source of randomness; do not go on. */
bool secret_init(void);

void secret_token(char token[SECRET_TOKEN_CAP]);
void secret_digest(
    const char *token, size_t n, unsigned char digest[SECRET_DIGEST_LEN]);

void secret_wipe(void *, size_t);

#endif
