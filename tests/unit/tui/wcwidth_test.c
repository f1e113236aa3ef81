/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curses asks the program's own wcwidth(3), for what the C library has none. */
#include "tui/term/wcwidth.h"

#include <setjmp.h>
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <curses.h>
#include <cmocka.h>

static void
what_is_newer_has_columns(void **state)
{
	(void)state;
	assert_false(wcwidth_known(0x1fae9));
	assert_int_equal(wcwidth(0x1fae9), 2);
	assert_int_equal(wcwidth(0x1fa8f), 2);
	assert_int_equal(wcwidth(0x2ebf0), 2);
	assert_int_equal(wcwidth(0x378), 1);
}

static void
what_the_library_knows_stays(void **state)
{
	(void)state;
	assert_true(wcwidth_known(L'a'));
	assert_int_equal(wcwidth(L'a'), 1);
	assert_int_equal(wcwidth(0), 0);
	assert_int_equal(wcwidth(0x301), 0);
	assert_int_equal(wcwidth(0x200d), 0);
	assert_int_equal(wcwidth(0x65e5), 2);
	assert_int_equal(wcwidth(0x1f600), 2);
	assert_int_equal(wcwidth(L'\n'), -1);
	assert_int_equal(wcwidth(0x85), -1);
	assert_int_equal(wcwidth((wchar_t)0xd800), -1);
	assert_int_equal(wcwidth((wchar_t)0x110000), -1);
}

static void
curses_takes_it_from_here(void **state)
{
	const wchar_t newer[] = { 0x1fae9, L'x', 0 };
	FILE *null = fopen("/dev/null", "r+");
	SCREEN *screen = newterm("xterm", null, null);

	(void)state;
	assert_non_null(screen);
	assert_int_equal(mvaddwstr(0, 0, newer), OK);
	assert_int_equal(getcurx(stdscr), 3);
	endwin();
	delscreen(screen);
	fclose(null);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_newer_has_columns),
		cmocka_unit_test(what_the_library_knows_stays),
		cmocka_unit_test(curses_takes_it_from_here),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
