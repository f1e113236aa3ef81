/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a line of hints has room. */
#include "tui/view/paint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The hints that are left of s in so many columns. */
static void
expect(const char *s, int cols, const char *want)
{
	size_t n = paint_hints(s, " · ", cols);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(s, want, n);
}

static void
hints_are_left_out_whole_from_the_last(void **state)
{
	static const char s[] = "←/→ choose · Enter go · F1 help";

	(void)state;
	expect(s, 31, s);
	expect(s, 30, "←/→ choose · Enter go");
	expect(s, 21, "←/→ choose · Enter go");
	expect(s, 20, "←/→ choose");
}

static void
columns_count_not_bytes(void **state)
{
	(void)state;
	expect("次へ · ヘルプ", 13, "次へ · ヘルプ");
	expect("次へ · ヘルプ", 12, "次へ");
}

static void
the_first_is_left_to_be_cut(void **state)
{
	(void)state;
	expect("a first one · F1", 4, "a first one");
	expect("a first one", 0, "a first one");
	expect("", 10, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hints_are_left_out_whole_from_the_last),
		cmocka_unit_test(columns_count_not_bytes),
		cmocka_unit_test(the_first_is_left_to_be_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
