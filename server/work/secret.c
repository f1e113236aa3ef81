/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/secret.h"

#include <sodium.h>

#include <assert.h>
#include <stddef.h>

static_assert(SECRET_DIGEST_LEN == crypto_generichash_BYTES,
    "a digest has BLAKE2b's usual length");

enum { UUID_LEN = 16 };

bool
secret_init(void)
{
	return sodium_init() >= 0;
}

/* RFC 9562, 5.4: the version in octet 6, the variant in octet 8. */
void
secret_token(char token[SECRET_TOKEN_CAP])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char b[UUID_LEN];
	char *p = token;

	randombytes_buf(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[b[i] >> 4];
		*p++ = hex[b[i] & 0x0f];
	}
	*p = '\0';
	sodium_memzero(b, sizeof(b));
}

void
secret_digest(
    const char *token, size_t n, unsigned char digest[SECRET_DIGEST_LEN])
{
	/* Fails for lengths out of range only, and ours is a constant. */
	(void)crypto_generichash(digest, SECRET_DIGEST_LEN,
	    (const unsigned char *)token, n, NULL, 0);
}

void
secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}
