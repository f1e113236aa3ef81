/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/mouse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
expect(const char *bytes, enum mouse_what what, int row, int col)
{
	struct mouse m;

	assert_true(mouse_parse(bytes, strlen(bytes), &m));
	assert_int_equal(m.what, what);
	assert_int_equal(m.row, row);
	assert_int_equal(m.col, col);
}

static void
clicks_and_the_wheel_have_a_place(void **state)
{
	(void)state;
	expect("\033[<0;1;1M", MOUSE_CLICK, 0, 0);
	expect("\033[<0;223;1042M", MOUSE_CLICK, 1041, 222);
	expect("\033[<64;5;7M", MOUSE_WHEEL_UP, 6, 4);
	expect("\033[<65;5;7M", MOUSE_WHEEL_DOWN, 6, 4);
	expect("\033[<20;2;3M", MOUSE_CLICK, 2, 1); /* with Shift, Control */
	expect("\033[M !\"", MOUSE_CLICK, 1, 0);
	expect("\033[M`\xff\xff", MOUSE_WHEEL_UP, 222, 222);
}

static void
other_buttons_moves_and_releases_are_other(void **state)
{
	(void)state;
	expect("\033[<0;1;1m", MOUSE_OTHER, 0, 0);
	expect("\033[<1;1;1M", MOUSE_OTHER, 0, 0);
	expect("\033[<2;1;1M", MOUSE_OTHER, 0, 0);
	expect("\033[<32;1;1M", MOUSE_OTHER, 0, 0);
	expect("\033[<66;1;1M", MOUSE_OTHER, 0, 0);
	expect("\033[<128;1;1M", MOUSE_OTHER, 0, 0);
	expect("\033[M#!!", MOUSE_OTHER, 0, 0);
}

static void
what_is_no_report_is_refused(void **state)
{
	static const char *const bad[] = { "", "\033[<", "\033[<M",
		"\033[<0;1M", "\033[<0;1;M", "\033[<;1;1M", "\033[<0;0;1M",
		"\033[<0;1;0M", "\033[<0;1;1;1M", "\033[<0;1;1", "\033[<0;1;1A",
		"\033[<0:1:1M", "\033[<-1;1;1M", "\033[<0;10000;1M",
		"\033[<0;99999999999999999;1M", "\033[M", "\033[M !",
		"\033[M  !", "\033[M\037!!", "\033[5~", "messi" };
	struct mouse m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mouse_parse(bad[i], strlen(bad[i]), &m))
			fail_msg("taken: %s", bad[i] + (bad[i][0] == '\033'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clicks_and_the_wheel_have_a_place),
		cmocka_unit_test(other_buttons_moves_and_releases_are_other),
		cmocka_unit_test(what_is_no_report_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
