/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tokens and their digests, and what links to other realms are proved and
 * sealed with.
 *
 * A token is a version 4 UUID (RFC 9562) of libsodium's random bytes: 122
 * bits.  Only its BLAKE2b digest is ever kept, so neither a copy of the store
 * nor of the memory's index lets anyone in.
 *
 * A link.  Both ends have the same secret, from which secret_link_key makes
 * one key for these two realms.  Each connection begins with a fresh pair of
 * X25519 keys on either side; what both agree on, both names and both public
 * keys are hashed under that key, and the outcome is the connection's own key.
 * Who can make the proof for it knows the secret and speaks now, to this peer
 * under this name.  Who learns the secret later cannot read what was recorded
 * before.  Whoever listens, or dials us without the secret, gets nothing to
 * try guesses against; who answers in a peer's place gets the dialer's proof,
 * so a secret should be longer than can be guessed.
 */
#ifndef SERVER_WORK_SECRET_H
#define SERVER_WORK_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SECRET_TOKEN_CAP = 37,
	SECRET_DIGEST_LEN = 32,
	SECRET_KEY_LEN = 32,   /* of any key and of a proof */
	SECRET_HEX_CAP = 65,   /* such a key in hexadecimal digits */
	SECRET_SEAL_LEN = 16,  /* by which what is sealed grows */
	SECRET_NAME_MAX = 1024 /* bytes of a realm's name */
};

/* Once, at start.  False: no source of randomness; do not go on. */
bool secret_init(void);

void secret_token(char token[SECRET_TOKEN_CAP]);
void secret_digest(
    const char *token, size_t n, unsigned char digest[SECRET_DIGEST_LEN]);

void secret_wipe(void *, size_t);

/* ---- links ------------------------------------------------------------ */

void secret_random(unsigned char key[SECRET_KEY_LEN]);

/* Lower-case digits; back: false for anything but 64 digits. */
void secret_hex(const unsigned char key[SECRET_KEY_LEN],
    char hex[SECRET_HEX_CAP]);
bool secret_unhex(
    const char *hex, size_t n, unsigned char key[SECRET_KEY_LEN]);

/*
 * Of the secret's bytes and the two realms, whose order does not matter.
 * Argon2id, so that a guess at a weak secret costs somewhat: takes a tenth of
 * a second, so for start-up only.  False: there is no memory for it.
 */
bool secret_link_key(unsigned char key[SECRET_KEY_LEN], const char *secret,
    size_t n, const char *a, const char *b);

struct secret_pair {
	unsigned char public[SECRET_KEY_LEN];
	unsigned char private[SECRET_KEY_LEN];
};

void secret_pair_make(struct secret_pair *);

enum secret_end { SECRET_DIALER, SECRET_ACCEPTOR };

/* What both sides of a handshake have seen, by its ends. */
struct secret_shake {
	const char *name[2];
	unsigned char public[2][SECRET_KEY_LEN];
};

/*
 * The connection's key.  link_key as above; pair is ours, and we are `end`.
 * False: the other's public key is none (and the session some random one,
 * which proves nothing).
 */
bool secret_session(unsigned char session[SECRET_KEY_LEN],
    const unsigned char link_key[SECRET_KEY_LEN], const struct secret_shake *,
    const struct secret_pair *pair, enum secret_end);

/* That `end` knows the session's key. */
void secret_prove(unsigned char proof[SECRET_KEY_LEN],
    const unsigned char session[SECRET_KEY_LEN], enum secret_end);
bool secret_proved(const unsigned char proof[SECRET_KEY_LEN],
    const unsigned char session[SECRET_KEY_LEN], enum secret_end);

/*
 * One direction of a link: frames that nobody else can read or change, leave
 * out, repeat or put into another order (ChaCha20-Poly1305, RFC 8439, with the
 * frame's number as nonce).  from: whose frames they are.
 */
struct secret_way {
	unsigned char key[SECRET_KEY_LEN];
	uint64_t count;
};

void secret_way_init(struct secret_way *,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end from);

/* n bytes to n + SECRET_SEAL_LEN; head, which is sent as it is, is
 * authenticated with them. */
void secret_seal(struct secret_way *, unsigned char *sealed, const void *p,
    size_t n, const void *head, size_t head_n);

/* n bytes to n - SECRET_SEAL_LEN.  False: they are not what was sealed; the
 * connection is over. */
bool secret_open(struct secret_way *, void *p, const unsigned char *sealed,
    size_t n, const void *head, size_t head_n);

#endif
