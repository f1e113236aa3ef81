/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/secret.h"

#include <sodium.h>

#include <assert.h>
#include <stddef.h>
#include <string.h>

static_assert(SECRET_DIGEST_LEN == crypto_generichash_BYTES,
    "a digest has BLAKE2b's usual length");

#define SAME_LEN(a, b) static_assert((a) == (b), "all keys have one length")
SAME_LEN(SECRET_KEY_LEN, crypto_scalarmult_BYTES);
SAME_LEN(SECRET_KEY_LEN, crypto_scalarmult_SCALARBYTES);
SAME_LEN(SECRET_KEY_LEN, crypto_auth_BYTES);
SAME_LEN(SECRET_KEY_LEN, crypto_auth_KEYBYTES);
SAME_LEN(SECRET_KEY_LEN, crypto_generichash_KEYBYTES);
SAME_LEN(SECRET_KEY_LEN, crypto_kdf_KEYBYTES);
SAME_LEN(SECRET_KEY_LEN, crypto_aead_chacha20poly1305_ietf_KEYBYTES);
SAME_LEN(SECRET_SEAL_LEN, crypto_aead_chacha20poly1305_ietf_ABYTES);

enum { UUID_LEN = 16, PASSES = 2, MEMORY = 64 << 20 };

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

/* ---- links ------------------------------------------------------------ */

void
secret_random(unsigned char key[SECRET_KEY_LEN])
{
	randombytes_buf(key, SECRET_KEY_LEN);
}

void
secret_hex(
    const unsigned char key[SECRET_KEY_LEN], char hex[SECRET_HEX_CAP])
{
	sodium_bin2hex(hex, SECRET_HEX_CAP, key, SECRET_KEY_LEN);
}

bool
secret_unhex(const char *hex, size_t n, unsigned char key[SECRET_KEY_LEN])
{
	size_t len;

	return n == SECRET_HEX_CAP - 1 &&
	    sodium_hex2bin(key, SECRET_KEY_LEN, hex, n, NULL, &len, NULL) ==
	    0 &&
	    len == SECRET_KEY_LEN;
}

/* With its length before it, so that no two lists of strings give the same
 * bytes. */
static void
hash_string(crypto_generichash_state *h, const void *p, size_t n)
{
	unsigned char len[2] = { (unsigned char)(n >> 8), (unsigned char)n };

	assert(n <= SECRET_NAME_MAX);
	crypto_generichash_update(h, len, sizeof(len));
	crypto_generichash_update(h, p, n);
}

bool
secret_link_key(unsigned char key[SECRET_KEY_LEN], const char *secret,
    size_t n, const char *a, const char *b)
{
	unsigned char salt[crypto_pwhash_SALTBYTES];
	crypto_generichash_state h;
	bool in_order = strcmp(a, b) < 0;

	crypto_generichash_init(&h, NULL, 0, sizeof(salt));
	hash_string(&h, in_order ? a : b, strlen(in_order ? a : b));
	hash_string(&h, in_order ? b : a, strlen(in_order ? b : a));
	crypto_generichash_final(&h, salt, sizeof(salt));
	return crypto_pwhash(key, SECRET_KEY_LEN, secret, n, salt, PASSES,
	           MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

void
secret_pair_make(struct secret_pair *p)
{
	randombytes_buf(p->private, sizeof(p->private));
	/* Fails for a point of small order only, which the base is not. */
	(void)crypto_scalarmult_base(p->public, p->private);
}

bool
secret_session(unsigned char session[SECRET_KEY_LEN],
    const unsigned char link_key[SECRET_KEY_LEN],
    const struct secret_shake *s, const struct secret_pair *pair,
    enum secret_end end)
{
	static const char what[] = "chat-link 1";
	const unsigned char *other =
	    s->public[end == SECRET_DIALER ? SECRET_ACCEPTOR : SECRET_DIALER];
	unsigned char agreed[SECRET_KEY_LEN];
	crypto_generichash_state h;

	if (crypto_scalarmult(agreed, pair->private, other) != 0) {
		secret_random(session);
		return false;
	}
	crypto_generichash_init(&h, link_key, SECRET_KEY_LEN, SECRET_KEY_LEN);
	hash_string(&h, what, sizeof(what) - 1);
	for (int i = 0; i < 2; i++) {
		hash_string(&h, s->name[i], strlen(s->name[i]));
		hash_string(&h, s->public[i], SECRET_KEY_LEN);
	}
	hash_string(&h, agreed, sizeof(agreed));
	crypto_generichash_final(&h, session, SECRET_KEY_LEN);
	sodium_memzero(&h, sizeof(h));
	sodium_memzero(agreed, sizeof(agreed));
	return true;
}

static const char *const prover[] = { "dialer", "acceptor" };

void
secret_prove(unsigned char proof[SECRET_KEY_LEN],
    const unsigned char session[SECRET_KEY_LEN], enum secret_end end)
{
	crypto_auth(proof, (const unsigned char *)prover[end],
	    strlen(prover[end]), session);
}

bool
secret_proved(const unsigned char proof[SECRET_KEY_LEN],
    const unsigned char session[SECRET_KEY_LEN], enum secret_end end)
{
	return crypto_auth_verify(proof, (const unsigned char *)prover[end],
	           strlen(prover[end]), session) == 0;
}

void
secret_way_init(struct secret_way *w,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end from)
{
	/* Its second argument's length is within bounds: it cannot fail. */
	(void)crypto_kdf_derive_from_key(
	    w->key, sizeof(w->key), (uint64_t)from, "chatlink", session);
	w->count = 0;
}

/* Every frame of a key its own: 2^64 of them will not be sent. */
static void
next_nonce(struct secret_way *w,
    unsigned char nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES])
{
	memset(nonce, 0, crypto_aead_chacha20poly1305_ietf_NPUBBYTES);
	for (int i = 0; i < 8; i++)
		nonce[4 + i] = (unsigned char)(w->count >> 8 * i);
	w->count++;
}

void
secret_seal(struct secret_way *w, unsigned char *sealed, const void *p,
    size_t n, const void *head, size_t head_n)
{
	unsigned char nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

	next_nonce(w, nonce);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(
	    sealed, NULL, p, n, head, head_n, NULL, nonce, w->key);
}

bool
secret_open(struct secret_way *w, void *p, const unsigned char *sealed,
    size_t n, const void *head, size_t head_n)
{
	unsigned char nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

	next_nonce(w, nonce);
	return crypto_aead_chacha20poly1305_ietf_decrypt(
	           p, NULL, NULL, sealed, n, head, head_n, nonce, w->key) ==
	    0;
}
