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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_a_version_4_uuid),
		cmocka_unit_test(no_token_comes_twice),
		cmocka_unit_test(a_digest_is_blake2b_of_256_bits),
		cmocka_unit_test(what_is_wiped_is_zero),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
