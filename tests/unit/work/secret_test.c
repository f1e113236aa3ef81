/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static int
init(void **state)
{
	(void)state;
	return secret_init() ? 0 : -1;
}

static void
a_token_is_a_version_4_uuid(void **state)
{
	static const char form[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
	char token[SECRET_TOKEN_CAP];

	(void)state;
	for (int n = 0; n < 1000; n++) {
		memset(token, '?', sizeof(token));
		secret_token(token);
		for (size_t i = 0; i < sizeof(form) - 1; i++) {
			const char *want = form[i] == 'x' ? "0123456789abcdef"
			    : form[i] == 'y'              ? "89ab"
			    : form[i] == '4'              ? "4"
							  : "-";
			assert_non_null(memchr(want, token[i], strlen(want)));
		}
		assert_int_equal(token[SECRET_TOKEN_CAP - 1], '\0');
	}
}

static void
no_token_comes_twice(void **state)
{
	enum { MANY = 2000 };
	static char token[MANY][SECRET_TOKEN_CAP];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		secret_token(token[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(token[i], token[j]);
	}
}

/* RFC 7693 gives "abc" for BLAKE2b-512 only; this is b2sum -l 256. */
static void
a_digest_is_blake2b_of_256_bits(void **state)
{
	static const unsigned char want[SECRET_DIGEST_LEN] = { 0xbd, 0xdd,
		0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef, 0x3f,
		0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb,
		0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19 };
	unsigned char digest[SECRET_DIGEST_LEN];

	(void)state;
	secret_digest("abc", 3, digest);
	assert_memory_equal(digest, want, sizeof(want));
}

static void
what_is_wiped_is_zero(void **state)
{
	char p[8] = "surabay";
	static const char zero[8];

	(void)state;
	secret_wipe(p, sizeof(p));
	assert_memory_equal(p, zero, sizeof(p));
}

/* ---- links ------------------------------------------------------------ */

static void
a_key_comes_back_from_its_digits_and_from_nothing_else(void **state)
{
	unsigned char key[SECRET_KEY_LEN], back[SECRET_KEY_LEN];
	char hex[SECRET_HEX_CAP + 1];

	(void)state;
	secret_random(key);
	secret_hex(key, hex);
	assert_int_equal(strlen(hex), 64);
	assert_true(secret_unhex(hex, 64, back));
	assert_memory_equal(key, back, sizeof key);
	assert_false(secret_unhex(hex, 63, back));
	assert_false(secret_unhex(hex, 62, back));
	strcat(hex, "0");
	assert_false(secret_unhex(hex, 65, back));
	hex[20] = ' ';
	assert_false(secret_unhex(hex, 64, back));
	hex[20] = 'g';
	assert_false(secret_unhex(hex, 64, back));
}

static void
a_links_key_is_of_the_secret_and_both_names_in_any_order(void **state)
{
	unsigned char key[SECRET_KEY_LEN], other[SECRET_KEY_LEN];

	(void)state;
	assert_true(secret_link_key(key, "batak", 5, "its", "medan"));
	assert_true(secret_link_key(other, "batak", 5, "medan", "its"));
	assert_memory_equal(key, other, sizeof key);
	assert_true(secret_link_key(other, "batal", 5, "its", "medan"));
	assert_memory_not_equal(key, other, sizeof key);
	assert_true(secret_link_key(other, "batak", 5, "it", "smedan"));
	assert_memory_not_equal(key, other, sizeof key);
}

/* Both ends of one handshake, up to their sessions' keys. */
struct handshake {
	unsigned char link_key[2][SECRET_KEY_LEN];
	struct secret_pair pair[2];
	struct secret_shake seen[2];
	unsigned char session[2][SECRET_KEY_LEN];
};

static void
handshake_begin(struct handshake *s)
{
	memset(s, 0, sizeof *s);
	for (int i = 0; i < 2; i++) {
		memset(s->link_key[i], 7, SECRET_KEY_LEN);
		secret_pair_make(&s->pair[i]);
	}
	for (int i = 0; i < 2; i++) {
		s->seen[i].name[SECRET_DIALER] = "its";
		s->seen[i].name[SECRET_ACCEPTOR] = "medan";
		for (int j = 0; j < 2; j++)
			memcpy(s->seen[i].public[j], s->pair[j].public,
			    SECRET_KEY_LEN);
	}
}

static void
handshake_end(struct handshake *s)
{
	for (int i = 0; i < 2; i++)
		assert_true(secret_session(s->session[i], s->link_key[i],
		    &s->seen[i], &s->pair[i], (enum secret_end)i));
}

static bool
believed(const struct handshake *s, enum secret_end by, enum secret_end as)
{
	unsigned char proof[SECRET_KEY_LEN];

	secret_prove(proof, s->session[by], as);
	return secret_proved(proof, s->session[!by], as);
}

static void
two_that_know_the_secret_believe_each_other(void **state)
{
	struct handshake s;

	(void)state;
	handshake_begin(&s);
	handshake_end(&s);
	assert_memory_equal(s.session[0], s.session[1], SECRET_KEY_LEN);
	assert_true(believed(&s, SECRET_DIALER, SECRET_DIALER));
	assert_true(believed(&s, SECRET_ACCEPTOR, SECRET_ACCEPTOR));
}

static void
a_proof_sent_back_is_none(void **state)
{
	unsigned char proof[SECRET_KEY_LEN];
	struct handshake s;

	(void)state;
	handshake_begin(&s);
	handshake_end(&s);
	secret_prove(proof, s.session[0], SECRET_DIALER);
	assert_false(secret_proved(proof, s.session[0], SECRET_ACCEPTOR));
}

static void
another_secret_name_or_key_proves_nothing(void **state)
{
	struct handshake s;

	(void)state;
	for (int what = 0; what < 4; what++) {
		handshake_begin(&s);
		if (what == 0)
			s.link_key[0][31] ^= 1;
		else if (what == 1)
			s.seen[0].name[SECRET_ACCEPTOR] = "jakarta";
		else if (what == 2)
			s.seen[0].name[SECRET_DIALER] = "it";
		else
			secret_pair_make(&s.pair[0]); /* a replayed one */
		handshake_end(&s);
		assert_false(believed(&s, SECRET_DIALER, SECRET_DIALER));
		assert_false(believed(&s, SECRET_ACCEPTOR, SECRET_ACCEPTOR));
	}
}

/* With it both would agree on zero, whatever their private keys are. */
static void
a_public_key_of_small_order_is_refused(void **state)
{
	struct handshake s;

	(void)state;
	handshake_begin(&s);
	memset(s.seen[0].public[SECRET_ACCEPTOR], 0, SECRET_KEY_LEN);
	assert_false(secret_session(s.session[0], s.link_key[0], &s.seen[0],
	    &s.pair[0], SECRET_DIALER));
}

static void
what_is_sealed_is_opened_once_and_in_order(void **state)
{
	static const char head[] = "head", text[] = "james, are you there?";
	unsigned char session[SECRET_KEY_LEN];
	unsigned char first[sizeof text + SECRET_SEAL_LEN];
	unsigned char second[sizeof text + SECRET_SEAL_LEN];
	struct secret_way out, in, other;
	char back[sizeof text];

	(void)state;
	secret_random(session);
	secret_way_init(&out, session, SECRET_DIALER);
	secret_way_init(&in, session, SECRET_DIALER);
	secret_way_init(&other, session, SECRET_ACCEPTOR);
	assert_memory_not_equal(out.key, other.key, sizeof out.key);
	secret_seal(&out, first, text, sizeof text, head, 4);
	secret_seal(&out, second, text, sizeof text, head, 4);
	assert_memory_not_equal(first, second, sizeof first);
	assert_true(secret_open(&in, back, first, sizeof first, head, 4));
	assert_string_equal(back, text);
	assert_false(secret_open(&in, back, first, sizeof first, head, 4));
	in.count = 1;
	assert_true(secret_open(&in, back, second, sizeof second, head, 4));
}

static void
what_was_changed_is_not_opened(void **state)
{
	static const char text[] = "james";
	unsigned char session[SECRET_KEY_LEN];
	unsigned char sealed[sizeof text + SECRET_SEAL_LEN];
	struct secret_way out, in;
	char back[sizeof text];

	(void)state;
	secret_random(session);
	for (size_t i = 0; i <= sizeof sealed; i++) {
		secret_way_init(&out, session, SECRET_DIALER);
		secret_way_init(&in, session, SECRET_DIALER);
		secret_seal(&out, sealed, text, sizeof text, "h", 1);
		if (i < sizeof sealed)
			sealed[i] ^= 1;
		assert_false(secret_open(&in, back, sealed, sizeof sealed,
		    i < sizeof sealed ? "h" : "i", 1));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_a_version_4_uuid),
		cmocka_unit_test(no_token_comes_twice),
		cmocka_unit_test(a_digest_is_blake2b_of_256_bits),
		cmocka_unit_test(what_is_wiped_is_zero),
		cmocka_unit_test(
		    a_key_comes_back_from_its_digits_and_from_nothing_else),
		cmocka_unit_test(
		    a_links_key_is_of_the_secret_and_both_names_in_any_order),
		cmocka_unit_test(two_that_know_the_secret_believe_each_other),
		cmocka_unit_test(a_proof_sent_back_is_none),
		cmocka_unit_test(another_secret_name_or_key_proves_nothing),
		cmocka_unit_test(a_public_key_of_small_order_is_refused),
		cmocka_unit_test(what_is_sealed_is_opened_once_and_in_order),
		cmocka_unit_test(what_was_changed_is_not_opened),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
