/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/attention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { START = 5000 };

static void
who_types_is_there_for_two_minutes(void **state)
{
	struct attention a;

	(void)state;
	attention_init(&a, START);
	assert_true(attention_is_there(&a, START));
	assert_int_equal(attention_left(&a, START), ATTENTION_MS);
	assert_true(attention_is_there(&a, START + ATTENTION_MS - 1));
	assert_int_equal(attention_left(&a, START + ATTENTION_MS - 1), 1);
	assert_false(attention_is_there(&a, START + ATTENTION_MS));
	assert_int_equal(attention_left(&a, START + ATTENTION_MS), 0);
	attention_use(&a, START + 2 * ATTENTION_MS);
	assert_true(attention_is_there(&a, START + 2 * ATTENTION_MS));
	assert_false(attention_is_there(&a, START + 3 * ATTENTION_MS));
}

static void
a_terminal_that_tells_its_focus_decides(void **state)
{
	struct attention a;

	(void)state;
	attention_init(&a, START);
	attention_focus(&a, false);
	assert_false(attention_is_there(&a, START + 1));
	assert_int_equal(attention_left(&a, START + 1), 0);
	attention_focus(&a, true);
	assert_true(attention_is_there(&a, START + 2));
	/* However long nothing is typed. */
	assert_true(attention_is_there(&a, START + 9 * ATTENTION_MS));
	assert_int_equal(attention_left(&a, START + 2), 0);
	attention_use(&a, START + 3);
	attention_focus(&a, false);
	assert_false(attention_is_there(&a, START + 3));
}

/* As the wheel does over a window that has none: no report follows it. */
static void
a_key_without_the_focus_tells_it_for_a_while(void **state)
{
	struct attention a;

	(void)state;
	attention_init(&a, START);
	attention_focus(&a, false);
	attention_use(&a, START + 2);
	assert_true(attention_is_there(&a, START + 2));
	assert_int_equal(attention_left(&a, START + 2), ATTENTION_MS);
	assert_false(attention_is_there(&a, START + 2 + ATTENTION_MS));
}

static void
who_stops_the_program_is_away_until_something_comes(void **state)
{
	struct attention a;

	(void)state;
	attention_init(&a, START);
	attention_focus(&a, true);
	attention_leave(&a);
	assert_false(attention_is_there(&a, START));
	attention_use(&a, START + 1);
	assert_true(attention_is_there(&a, START + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_types_is_there_for_two_minutes),
		cmocka_unit_test(a_terminal_that_tells_its_focus_decides),
		cmocka_unit_test(a_key_without_the_focus_tells_it_for_a_while),
		cmocka_unit_test(
		    who_stops_the_program_is_away_until_something_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
