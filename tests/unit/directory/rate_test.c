/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/directory/rate.h"

static void
a_burst_is_five_seconds_worth(void **state)
{
	struct rate r = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		assert_int_equal(rate_take(&r, 20, 1000000), 0);
	assert_int_equal(rate_take(&r, 20, 1000000), 50);
}

static void
after_retry_ms_it_may(void **state)
{
	struct rate r = { 0 };
	int64_t now = 1000000, wait;

	(void)state;
	while ((wait = rate_take(&r, 3, now)) == 0)
		;
	assert_int_not_equal(rate_take(&r, 3, now + wait - 1), 0);
	assert_int_equal(rate_take(&r, 3, now + wait), 0);
	assert_int_not_equal(rate_take(&r, 3, now + wait), 0);
}

static void
a_rest_fills_the_bucket_and_no_more(void **state)
{
	struct rate r = { 0 };
	int64_t now = 1000000;
	int i;

	(void)state;
	while (rate_take(&r, 1, now) == 0)
		;
	now += INT64_C(1000) * 3600 * 24 * 365;
	for (i = 0; i < 5; i++)
		assert_int_equal(rate_take(&r, 1, now), 0);
	assert_int_equal(rate_take(&r, 1, now), 1000);
}

static void
no_limit_is_none(void **state)
{
	struct rate r = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 100000; i++)
		assert_int_equal(rate_take(&r, 0, 1), 0);
}

static void
ten_wrong_within_a_minute_make_it_wait(void **state)
{
	struct throttle t = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 9; i++)
		throttle_wrong(&t, 1000 + i);
	assert_int_equal(throttle_wait(&t, 1010), 0);
	throttle_wrong(&t, 1010);
	assert_int_equal(throttle_wait(&t, 1010), THROTTLE_FIRST_MS);
	assert_int_equal(throttle_wait(&t, 1010 + THROTTLE_FIRST_MS), 0);
}

static void
the_wait_grows_to_a_bound_and_is_forgotten(void **state)
{
	struct throttle t = { 0 };
	int64_t now = 1000, wait, before = 0;
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		throttle_wrong(&t, now);
	for (i = 0; i < 10; i++) {
		wait = throttle_wait(&t, now);
		assert_true(wait > before || wait == THROTTLE_MOST_MS);
		before = wait;
		now += wait;
		throttle_wrong(&t, now);
	}
	assert_int_equal(throttle_wait(&t, now), THROTTLE_MOST_MS);
	throttle_wrong(&t, now + THROTTLE_WINDOW_MS + 1);
	assert_int_equal(throttle_wait(&t, now + THROTTLE_WINDOW_MS + 1), 0);
}

static void
slow_mistakes_and_a_right_one_are_no_attack(void **state)
{
	struct throttle t = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		throttle_wrong(&t, i * INT64_C(10000));
	assert_int_equal(throttle_wait(&t, 990000), 0);
	for (i = 0; i < 100; i++) {
		throttle_wrong(&t, 2000000);
		if (i % 9 == 8)
			throttle_right(&t);
	}
	assert_int_equal(throttle_wait(&t, 2000000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_five_seconds_worth),
		cmocka_unit_test(after_retry_ms_it_may),
		cmocka_unit_test(a_rest_fills_the_bucket_and_no_more),
		cmocka_unit_test(no_limit_is_none),
		cmocka_unit_test(ten_wrong_within_a_minute_make_it_wait),
		cmocka_unit_test(the_wait_grows_to_a_bound_and_is_forgotten),
		cmocka_unit_test(slow_mistakes_and_a_right_one_are_no_attack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
