/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/mask.h"
#include "shared/wire.h"

#define TOKEN "3852d767-b630-4cac-b08b-8b0c74bcba95"

static void
assert_masked_n(struct mask *m, const char *line, size_t n, const char *want)
{
	struct buf b;

	buf_init(&b, 64 << 10);
	mask_line(m, line, n, false, &b);
	assert_string_equal(buf_data(&b), want);
	buf_release(&b);
}

static void
assert_masked(struct mask *m, const char *line, const char *want)
{
	assert_masked_n(m, line, strlen(line), want);
}

static void
a_password_is_hidden_wherever_a_request_has_one(void **state)
{
	struct mask m = { .kind = MASK_REQUESTS };

	(void)state;
	assert_masked(&m, "auth messi surabaya", "auth messi ***");
	assert_masked(&m, "@a1 auth  messi  sura baya ", "@a1 auth  messi  ***");
	assert_masked(&m, " register neko kucing Neko Hitam",
	    " register neko ***");
	assert_masked(&m, "regist neko kucing", "regist neko ***");
	assert_masked(&m, "AUTH messi\tsurabaya", "AUTH messi\t***");
	assert_masked(&m, "passwd " TOKEN " old new", "passwd ***");
	assert_masked(&m, "passwd - old new", "passwd ***");
	assert_masked(&m, "login messi surabaya", "login messi ***");
	/* Of what is not known nothing but its name. */
	assert_masked(&m, "atuh messi surabaya", "atuh ***");
	assert_masked(&m, "Authorization: Basic x", "Authorization: ***");
}

static void
a_token_is_hidden_wherever_it_stands(void **state)
{
	struct mask m = { .kind = MASK_REQUESTS };

	(void)state;
	assert_masked(&m, "send " TOKEN " neko hai", "send *** neko hai");
	assert_masked(&m, "send - neko hai", "send - neko hai");
	assert_masked(&m, "send half-a-token neko hai", "send *** neko hai");
	assert_masked(&m, "send - neko it is " TOKEN "!",
	    "send - neko it is ***!");
	assert_masked(&m, "@t watch " TOKEN " 17", "@t watch *** 17");
	assert_masked(&m, "help " TOKEN, "help ***");
	assert_masked(&m, TOKEN, "***");
	assert_masked(&m, "{\"status\":\"OK\",\"tokenid\":\"abc\\\"d\",\"x\":1}",
	    "{\"status\":\"OK\",\"tokenid\":\"***\",\"x\":1}");
	assert_masked(&m, "{\"tokenid\" : \"\"}", "{\"tokenid\" : \"\"}");
	assert_masked(&m, "{\"text\":\"" TOKEN "\"}", "{\"text\":\"***\"}");
	m.kind = MASK_TEXT;
	assert_masked(&m, "halo " TOKEN, "halo ***");
	m.kind = MASK_RAW;
	assert_masked(&m, TOKEN TOKEN, "******");
}

static void
the_line_behind_a_name_is_a_password(void **state)
{
	struct mask m = { .kind = MASK_TEXT };

	(void)state;
	assert_masked(&m, "login messi", "login messi");
	assert_masked(&m, "surabaya", "***");
	assert_masked(&m, "login is over", "login is ***");
	assert_masked(&m, "halo", "halo");
	assert_masked(&m, " regist \tneko  ", " regist \tneko  ");
	assert_masked(&m, "", "***");
	assert_masked(&m, "login", "login");
	assert_masked(&m, "messi", "messi");
	assert_masked(&m, "login messi surabaya", "***");
	assert_masked(&m, "send the book", "send the book");
	/* The chat reads to the first NUL. */
	assert_masked_n(&m, "login messi\0 x", 14, "login messi");
	assert_masked(&m, "surabaya", "***");
	assert_masked(&m, "halo", "halo");
}

static void
who_takes_one_listener_for_the_other_gives_nothing_away(void **state)
{
	struct mask m = { .kind = MASK_REQUESTS };

	(void)state;
	assert_masked(&m, "login messi", "login messi");
	assert_masked(&m, "surabaya", "***");
	assert_masked(&m, "login", "login");
	assert_masked(&m, "messi", "***");
	assert_masked(&m, "surabaya", "***");
	assert_masked(&m, "login messi", "login messi");
	assert_masked(&m, "ping", "ping");
	assert_masked(&m, "surabaya", "surabaya"); /* a request, as it seems */
}

/* The chat looks at the beginning of one that is too long. */
static void
a_line_that_is_too_long_is_taken_as_the_chat_takes_it(void **state)
{
	struct mask m = { .kind = MASK_TEXT };
	char line[300];
	struct buf b;

	(void)state;
	memset(line, ' ', sizeof(line));
	memcpy(line, "login", 5);
	memcpy(line + 200, "messi", 5);
	buf_init(&b, 4096);
	mask_line(&m, line, sizeof(line), true, &b);
	assert_int_equal(m.awaited, MASK_NAME);
	assert_null(strstr(buf_data(&b), "messi"));
	buf_release(&b);
}

/* Its first half has no shape that could be known. */
static void
half_a_token_is_none(void **state)
{
	struct mask m = { .kind = MASK_REQUESTS };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	mask_line(&m, "send - neko aaa " TOKEN, 16 + WIRE_TOKEN_LEN - 1, true,
	    &b);
	assert_null(strstr(buf_data(&b), "3852"));
	buf_release(&b);
}

static void
behind_the_beginning_of_a_link_there_are_bytes(void **state)
{
	struct mask m = { .kind = MASK_REQUESTS };

	(void)state;
	assert_masked(&m, "link its 0123456789abcdef", "link ***");
	assert_int_equal(m.kind, MASK_BYTES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_password_is_hidden_wherever_a_request_has_one),
		cmocka_unit_test(a_token_is_hidden_wherever_it_stands),
		cmocka_unit_test(the_line_behind_a_name_is_a_password),
		cmocka_unit_test(
		    who_takes_one_listener_for_the_other_gives_nothing_away),
		cmocka_unit_test(
		    a_line_that_is_too_long_is_taken_as_the_chat_takes_it),
		cmocka_unit_test(half_a_token_is_none),
		cmocka_unit_test(
		    behind_the_beginning_of_a_link_there_are_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
