/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A day in words. */
#include "tui/model/day.h"

#include "shared/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { DAYS = 800 }; /* more than two years, one of them with 29 February */

static struct tm
day_of(int year, int month, int day)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1,
		.tm_mday = day, .tm_hour = 12 };
	time_t t = timegm(&tm);

	assert_non_null(gmtime_r(&t, &tm));
	return tm;
}

/* Without a catalog. */
static void
in_english_it_is_what_the_c_library_says(void **state)
{
	char want[128];
	struct buf b;

	(void)state;
	buf_init(&b, sizeof(want));
	for (int i = 0; i < DAYS; i++) {
		struct tm tm = day_of(2027, 1, 1 + i);

		assert_true(strftime(
		    want, sizeof(want), "%A, %d %B %Y", &tm) > 0);
		buf_clear(&b);
		day_text(&b, &tm);
		assert_string_equal(buf_data(&b), want);
	}
	buf_release(&b);
}

static void
expect(const char *format, const char *want)
{
	struct tm tm = day_of(2026, 11, 5);
	struct buf b;

	buf_init(&b, 128);
	day_format(&b, format, &tm);
	assert_string_equal(buf_data(&b), want);
	buf_release(&b);
}

static void
another_language_has_another_order(void **state)
{
	(void)state;
	expect("{year}年{month}{day}日 ({weekday})",
	    "2026年November05日 (Thursday)");
	expect("{day}/{day}", "05/05");
	expect("", "");
}

static void
a_catalog_with_a_mistake_in_it_does_no_harm(void **state)
{
	(void)state;
	expect("{wday} {day} {", "{wday} 05 {");
	expect("{{day}} %s %n", "{05} %s %n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_english_it_is_what_the_c_library_says),
		cmocka_unit_test(another_language_has_another_order),
		cmocka_unit_test(a_catalog_with_a_mistake_in_it_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
