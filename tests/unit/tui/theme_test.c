/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The first sixteen as xterm and as the Linux console have them. */
static const uint32_t sixteen[2][16] = {
	{ 0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd,
	    0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff,
	    0xff00ff, 0x00ffff, 0xffffff },
	{ 0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa,
	    0xaaaaaa, 0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff,
	    0xff55ff, 0x55ffff, 0xffffff },
};

static uint32_t
rgb_of(enum theme_depth depth, int color, int which)
{
	static const uint32_t level[] = { 0, 95, 135, 175, 215, 255 };
	uint32_t c = (uint32_t)color;

	if (depth == THEME_DIRECT)
		return c;
	if (c < 16)
		return sixteen[which][c];
	if (c >= 232)
		return (8 + (c - 232) * 10) * 0x010101;
	c -= 16;
	return level[c / 36] << 16 | level[c / 6 % 6] << 8 | level[c % 6];
}

static void
expect_contrast(enum theme_depth depth, int color, uint32_t back)
{
	int which;
	double got;

	if (color == -1)
		return;
	for (which = 0; which < 2; which++) {
		got = theme_contrast(rgb_of(depth, color, which), back);
		if (got < THEME_CONTRAST)
			fail_msg("depth %d, color %d on %06x: only %.2f",
			    (int)depth, color, (unsigned)back, got);
	}
}

static void
expect_theme(enum theme theme, enum theme_depth depth, uint32_t back)
{
	const struct theme_colors *c = theme_colors(theme, depth);
	size_t i;

	for (i = 0; i < c->names; i++)
		expect_contrast(depth, c->name[i], back);
	for (i = 0; i < THEME_LOOKS; i++)
		expect_contrast(depth, c->look[i], back);
}

static void
every_color_can_be_read_on_its_background(void **state)
{
	int depth;

	(void)state;
	for (depth = THEME_8; depth <= THEME_DIRECT; depth++) {
		expect_theme(THEME_DARK, (enum theme_depth)depth, 0x000000);
		expect_theme(THEME_LIGHT, (enum theme_depth)depth, 0xffffff);
		expect_theme(THEME_ANY, (enum theme_depth)depth, 0x000000);
		expect_theme(THEME_ANY, (enum theme_depth)depth, 0xffffff);
	}
}

static void
there_are_enough_to_tell_people_apart(void **state)
{
	(void)state;
	assert_int_equal(theme_colors(THEME_DARK, THEME_256)->names, 16);
	assert_int_equal(theme_colors(THEME_LIGHT, THEME_256)->names, 16);
	assert_int_equal(theme_colors(THEME_ANY, THEME_256)->names, 5);
	assert_int_equal(theme_colors(THEME_ANY, THEME_DIRECT)->names, 16);
	assert_int_equal(theme_colors(THEME_DARK, THEME_8)->names, 3);
	assert_int_equal(theme_colors(THEME_ANY, THEME_8)->names, 0);
	assert_ptr_equal(theme_colors(THEME_AUTO, THEME_256),
	    theme_colors(THEME_ANY, THEME_256));
}

static void
contrast_is_that_of_wcag(void **state)
{
	(void)state;
	assert_float_equal(theme_contrast(0, 0xffffff), 21.0, 0.001);
	assert_float_equal(theme_contrast(0xffffff, 0), 21.0, 0.001);
	assert_float_equal(theme_contrast(0x123456, 0x123456), 1.0, 0.001);
	/* Their examples: grey on white that just passes, red that does not. */
	assert_float_equal(theme_contrast(0x767676, 0xffffff), 4.54, 0.01);
	assert_float_equal(theme_contrast(0xff0000, 0xffffff), 4.00, 0.01);
	assert_float_equal(theme_contrast(0x0000ff, 0xffffff), 8.59, 0.01);
	assert_float_equal(theme_contrast(0x0a0a0a, 0xffffff), 19.80, 0.01);
}

static void
the_environment_tells_dark_from_light(void **state)
{
	(void)state;
	assert_int_equal(theme_of_env("15;0", "rxvt"), THEME_DARK);
	assert_int_equal(theme_of_env("0;default;15", "rxvt"), THEME_LIGHT);
	assert_int_equal(theme_of_env("0;7", NULL), THEME_LIGHT);
	assert_int_equal(theme_of_env("7;8", NULL), THEME_DARK);
	assert_int_equal(theme_of_env("7;default", "xterm"), THEME_ANY);
	assert_int_equal(theme_of_env("7;99", "xterm"), THEME_ANY);
	assert_int_equal(theme_of_env("7;", "xterm"), THEME_ANY);
	assert_int_equal(theme_of_env("", NULL), THEME_ANY);
	assert_int_equal(theme_of_env(NULL, "linux"), THEME_DARK);
	assert_int_equal(theme_of_env(NULL, "xterm"), THEME_ANY);
}

static bool
answer(const char *s, enum theme *theme)
{
	return theme_of_answer(s, strlen(s), theme);
}

static const char too_long[] = "\033]11;rgb:0/0/"
    "000000000000000000000000000000000000000000000000000000000000000\a";

static void
so_does_the_terminals_answer(void **state)
{
	static const char *const bad[] = { "", "\033]11;", "\033]11;rgb:\a",
		"\033]11;rgb:0/0\a", "\033]11;rgb:0/0/0", "\033]11;rgb:0/0/0/0\a",
		"\033]11;rgb:00000/0/0\a", "\033]10;rgb:0/0/0\a",
		"\033]11;rgb:x/0/0\a", "\033]11;rgb:0/0/0\ax", "\033]11;?\a",
		"\033]11;rgb:ffff/ffff/ffff\033\\more", too_long };
	enum theme t;
	size_t i;

	(void)state;
	assert_true(answer("\033]11;rgb:0000/0000/0000\033\\", &t));
	assert_int_equal(t, THEME_DARK);
	assert_true(answer("\033]11;rgb:ffff/fafa/e0e0\a", &t));
	assert_int_equal(t, THEME_LIGHT);
	assert_true(answer("\033]11;rgb:1e/1e/2E\a", &t));
	assert_int_equal(t, THEME_DARK);
	assert_true(answer("\033]11;rgb:f/f/f\a", &t));
	assert_int_equal(t, THEME_LIGHT);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (answer(bad[i], &t))
			fail_msg("number %zu was taken", i);
}

static void
a_theme_has_a_name(void **state)
{
	enum theme t;

	(void)state;
	assert_true(theme_parse("light", &t));
	assert_int_equal(t, THEME_LIGHT);
	assert_true(theme_parse("auto", &t));
	assert_int_equal(t, THEME_AUTO);
	assert_false(theme_parse("Light", &t));
	assert_false(theme_parse("", &t));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_color_can_be_read_on_its_background),
		cmocka_unit_test(there_are_enough_to_tell_people_apart),
		cmocka_unit_test(contrast_is_that_of_wcag),
		cmocka_unit_test(the_environment_tells_dark_from_light),
		cmocka_unit_test(so_does_the_terminals_answer),
		cmocka_unit_test(a_theme_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
