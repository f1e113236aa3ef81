/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/map.h"

enum { MANY = 5000 };

static void
what_was_put_is_found_until_it_is_taken(void **state)
{
	static uint64_t key[MANY];
	struct map *m = map_new();
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		key[i] = i * 7919;
		map_put(m, &key[i], sizeof(key[i]), &key[i]);
	}
	assert_int_equal(map_count(m), MANY);
	for (i = 0; i < MANY; i += 2)
		assert_ptr_equal(
		    map_take(m, &key[i], sizeof(key[i])), &key[i]);
	for (i = 0; i < MANY; i++)
		assert_ptr_equal(map_get(m, &key[i], sizeof(key[i])),
		    i % 2 == 0 ? NULL : (void *)&key[i]);
	assert_int_equal(map_count(m), MANY / 2);
	map_free(m);
}

static void
keys_of_other_lengths_are_other_keys(void **state)
{
	struct map *m = map_new();
	char a[] = "a", b[] = "b";

	(void)state;
	map_put(m, "messi", 5, a);
	map_put(m, "messi\0", 6, b);
	assert_ptr_equal(map_get(m, "messi", 5), a);
	assert_ptr_equal(map_get(m, "messi\0", 6), b);
	assert_null(map_get(m, "", 0));
	assert_null(map_take(m, "mess", 4));
	map_free(m);
	map_free(NULL);
}

static void
a_key_can_come_back(void **state)
{
	struct map *m = map_new();
	char v[] = "v";
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		map_put(m, "neko", 4, v);
		assert_ptr_equal(map_take(m, "neko", 4), v);
		assert_null(map_get(m, "neko", 4));
	}
	map_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found_until_it_is_taken),
		cmocka_unit_test(keys_of_other_lengths_are_other_keys),
		cmocka_unit_test(a_key_can_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
