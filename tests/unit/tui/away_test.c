/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/away.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
assert_line(struct away *a, const char *want)
{
	char *line = away_line(a);

	assert_string_equal(line, want);
	free(line);
}

static void
everyone_comes_first_then_where_most_is(void **state)
{
	struct away a = { 0 };

	(void)state;
	away_add(&a, "lineker", 5);
	away_add(&a, "#batak", 9);
	away_add(&a, "*", 7);
	away_add(&a, "paff", 0);
	away_add(&a, "james@medan", 5);
	assert_int_equal(away_sum(&a), 26);
	assert_line(&a, "26 new: 7 everyone, 9 in #batak, 5 from james@medan, "
	    "5 from lineker");
	away_release(&a);
	assert_int_equal(away_sum(&a), 0);
}

static void
so_many_are_named_and_the_others_counted(void **state)
{
	static const char *const name[] = { "a", "b", "c", "d", "e", "f", "g",
		"h" };
	struct away a = { 0 };

	(void)state;
	for (int i = 0; i < 8; i++)
		away_add(&a, name[i], 20 - i);
	assert_line(&a, "132 new: 20 from a, 19 from b, 18 from c, 17 from d, "
	    "16 from e, 15 from f, 27 in 2 more conversations");
	away_release(&a);
}

static void
no_count_is_too_large(void **state)
{
	struct away a = { 0 };

	(void)state;
	away_add(&a, "*", INT64_MAX);
	away_add(&a, "neko", INT64_MAX);
	assert_line(&a, "1999998 new: 999999 everyone, 999999 from neko");
	away_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everyone_comes_first_then_where_most_is),
		cmocka_unit_test(so_many_are_named_and_the_others_counted),
		cmocka_unit_test(no_count_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
