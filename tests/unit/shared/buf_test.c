/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
an_empty_buffer_is_an_empty_string(void **state)
{
	struct buf b;
	char *s;

	(void)state;
	buf_init(&b, 10);
	assert_string_equal(buf_data(&b), "");
	assert_int_equal(buf_room(&b), 10);
	assert_true(buf_add(&b, NULL, 0));
	buf_eat(&b, 0);
	s = buf_detach(&b);
	assert_string_equal(s, "");
	free(s);
	buf_release(&b);
}

static void
the_cap_is_never_passed_and_adding_is_all_or_nothing(void **state)
{
	struct buf b;
	size_t n = 100;

	(void)state;
	buf_init(&b, 10);
	assert_true(buf_adds(&b, "123456"));
	assert_false(buf_adds(&b, "78901"));
	assert_false(buf_addf(&b, "%d", 78901));
	assert_string_equal(buf_data(&b), "123456");
	assert_true(buf_addf(&b, "%s", "789"));
	assert_true(buf_addc(&b, '0'));
	assert_false(buf_addc(&b, '1'));
	assert_string_equal(buf_data(&b), "1234567890");
	buf_reserve(&b, &n);
	assert_int_equal(n, 0);
	buf_eat(&b, 4);
	assert_string_equal(buf_data(&b), "567890");
	n = 100;
	memcpy(buf_reserve(&b, &n), "abcd", 4);
	assert_int_equal(n, 4);
	buf_grew(&b, 4);
	assert_string_equal(buf_data(&b), "567890abcd");
	buf_release(&b);
	assert_int_equal(b.cap, 10);
}

static void
what_is_detached_starts_where_eating_stopped(void **state)
{
	struct buf b;
	char *s;

	(void)state;
	buf_init(&b, 100);
	buf_adds(&b, "one two");
	buf_eat(&b, 4);
	s = buf_detach(&b);
	assert_string_equal(s, "two");
	assert_int_equal(b.len, 0);
	assert_true(buf_adds(&b, "again"));
	assert_string_equal(buf_data(&b), "again");
	free(s);
	buf_release(&b);
}

static void
bytes_pass_through_in_order_and_memory_stays_bounded(void **state)
{
	enum { CAP = 5000 };
	struct buf b;
	unsigned seed = 3, in = 0, out = 0, i, n;

	(void)state;
	buf_init(&b, CAP);
	for (i = 0; i < 200000; i++) {
		seed = seed * 1103515245 + 12345;
		n = (seed >> 16) % 50;
		while (n-- > 0 && buf_addc(&b, (char)in))
			in++;
		n = (seed >> 8) % 50;
		for (; n > 0 && b.len > 0; n--, out++) {
			assert_int_equal(
			    (unsigned char)buf_data(&b)[0], out & 0xFF);
			buf_eat(&b, 1);
		}
		assert_int_equal(b.len, in - out);
		assert_int_equal(buf_data(&b)[b.len], '\0');
		assert_true(b.size <= 2 * CAP);
	}
	buf_eat(&b, b.len);
	assert_true(b.size <= 1024); /* given back */
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_string),
		cmocka_unit_test(
		    the_cap_is_never_passed_and_adding_is_all_or_nothing),
		cmocka_unit_test(what_is_detached_starts_where_eating_stopped),
		cmocka_unit_test(
		    bytes_pass_through_in_order_and_memory_stays_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
