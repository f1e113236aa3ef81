/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/chat/recent.h"

static void
add(struct recent *r, int64_t id, const char *text)
{
	struct recent_message m = { .id = id,
		.conv = "*",
		.from = "neko",
		.name = "Neko",
		.text = text };
	const struct recent_message *kept = recent_add(r, &m);

	assert_int_equal(kept->id, id);
	assert_string_equal(kept->text, text);
	assert_ptr_not_equal(kept->text, text);
}

static int64_t
after(const struct recent *r, int64_t id)
{
	const struct recent_message *m = recent_after(r, id);

	return m == NULL ? 0 : m->id;
}

static void
those_above_an_id_are_found_over_holes(void **state)
{
	struct recent *r = recent_new(10);

	(void)state;
	assert_int_equal(recent_last(r), 10);
	assert_int_equal(recent_floor(r), 10);
	assert_int_equal(after(r, 0), 0);
	add(r, 12, "a");
	add(r, 13, "b");
	add(r, 20, "c");
	assert_int_equal(recent_floor(r), 10);
	assert_int_equal(recent_last(r), 20);
	assert_int_equal(after(r, 10), 12);
	assert_int_equal(after(r, 12), 13);
	assert_int_equal(after(r, 15), 20);
	assert_int_equal(after(r, 20), 0);
	recent_free(r);
}

static void
the_number_is_bounded(void **state)
{
	struct recent *r = recent_new(0);
	int64_t id, last = INT64_C(3) * RECENT_MAX;

	(void)state;
	for (id = 1; id <= last; id++)
		add(r, id, "x");
	assert_int_equal(recent_floor(r), 2 * RECENT_MAX);
	for (id = recent_floor(r); id < last; id++)
		assert_int_equal(after(r, id), id + 1);
	recent_free(r);
}

static void
the_bytes_are_bounded(void **state)
{
	static char text[1 << 20];
	struct recent *r = recent_new(0);
	int64_t id;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	for (id = 1; id <= 10; id++)
		add(r, id, text);
	/* each is a little more than a megabyte: three fit into four */
	assert_int_equal(recent_floor(r), 7);
	assert_int_equal(after(r, 0), 8);
	recent_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_above_an_id_are_found_over_holes),
		cmocka_unit_test(the_number_is_bounded),
		cmocka_unit_test(the_bytes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
