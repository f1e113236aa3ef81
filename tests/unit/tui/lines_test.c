/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages as plain lines, with the day where it is another one. */
#include "tui/plain/plain_format.h"

#include "shared/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { OUT_CAP = 1 << 16 };

/* 2026-11-21, in UTC, by the minute. */
static int64_t
at(int hour, int minute)
{
	struct tm tm = { .tm_year = 126, .tm_mon = 10, .tm_mday = 21,
		.tm_hour = hour, .tm_min = minute, .tm_sec = 7 };

	return (int64_t)timegm(&tm) * 1000 + 250;
}

static void
say(struct plain_format *l, struct buf *out, int64_t time, const char *text)
{
	struct buf head;

	buf_init(&head, PLAIN_FORMAT_HEAD);
	plain_format_head(l, &head, time, "messi", "*", false);
	plain_format_text(l, out, buf_data(&head), text);
	buf_release(&head);
}

static void
expect(struct buf *out, const char *want)
{
	assert_string_equal(buf_data(out), want);
	buf_release(out);
}

static void
another_day_is_told_once(void **state)
{
	struct plain_format l;
	struct buf out;

	(void)state;
	buf_init(&out, OUT_CAP);
	plain_format_begin(&l, at(23, 58), false);
	say(&l, &out, at(23, 59), "before");
	say(&l, &out, at(24, 0), "behind");
	say(&l, &out, at(24, 1), "one\ntwo");
	say(&l, &out, at(-24, 0), "older"); /* as /history brings it */
	say(&l, &out, at(12, 0), "newer");
	expect(&out,
	    "23:59 <messi> before\n"
	    "-- Sunday, 22 November 2026\n"
	    "00:00 <messi> behind\n"
	    "00:01 <messi> one\n"
	    "      | two\n"
	    "-- Friday, 20 November 2026\n"
	    "00:00 <messi> older\n"
	    "-- Saturday, 21 November 2026\n"
	    "12:00 <messi> newer\n");
}

static void
the_first_of_an_older_day_says_so(void **state)
{
	struct plain_format l;
	struct buf out;

	(void)state;
	buf_init(&out, OUT_CAP);
	plain_format_begin(&l, at(36, 0), false);
	say(&l, &out, at(12, 0), "older");
	expect(&out, "-- Saturday, 21 November 2026\n"
	    "12:00 <messi> older\n");
}

static void
a_time_stamp_has_all_of_it(void **state)
{
	struct plain_format l;
	struct buf out;

	(void)state;
	buf_init(&out, OUT_CAP);
	plain_format_begin(&l, at(12, 0), true);
	say(&l, &out, at(23, 59), "one\ntwo");
	say(&l, &out, at(24, 0), "behind");
	expect(&out,
	    "2026-11-21T23:59:07+00:00 <messi> one\n"
	    "                          | two\n"
	    "2026-11-22T00:00:07+00:00 <messi> behind\n");
}

static void
blank_lines_are_counted_for_a_terminal_alone(void **state)
{
	static const char text[] = "one\n\n \r\n\ntwo\n\n\nthree\n\n\n";
	struct plain_format l;
	struct buf out;

	(void)state;
	buf_init(&out, OUT_CAP);
	plain_format_begin(&l, at(12, 0), false);
	l.folds = true;
	say(&l, &out, at(12, 0), text);
	say(&l, &out, at(12, 0), "\n\n\nfour");
	expect(&out,
	    "12:00 <messi> one\n"
	    "      | … 3 blank lines\n"
	    "      | two\n"
	    "      | \n"
	    "      | \n"
	    "      | three\n"
	    "      | … 3 blank lines\n"
	    "12:00 <messi> … 3 blank lines\n"
	    "      | four\n");
	buf_init(&out, OUT_CAP);
	l.folds = false;
	say(&l, &out, at(12, 0), "\n\n\nfour");
	expect(&out, "12:00 <messi> \n      | \n      | \n      | four\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_day_is_told_once),
		cmocka_unit_test(the_first_of_an_older_day_says_so),
		cmocka_unit_test(a_time_stamp_has_all_of_it),
		cmocka_unit_test(
		    blank_lines_are_counted_for_a_terminal_alone),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
