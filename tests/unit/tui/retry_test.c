/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A clock that goes on by the pauses; a server that is away for so long. */
struct away {
	struct retry retry;
	int64_t now;
};

static int64_t
fails(struct away *a, bool refused, uint32_t random)
{
	int64_t pause = retry_pause(&a->retry, a->now, refused, random);

	a->now += pause;
	return pause;
}

static void
pauses_double_up_to_thirty_seconds(void **state)
{
	static const int64_t full[] = { 250, 500, 1000, 2000, 4000, 8000,
		16000, 30000, 30000, 30000 };
	struct away least = { .now = 1000 }, most = { .now = 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++) {
		/* x % (n + 1) with x = n is n, and 0 with x = 0. */
		assert_int_equal(fails(&least, false, 0), full[i] / 2);
		assert_int_equal(
		    fails(&most, false, (uint32_t)(full[i] / 2)), full[i]);
	}
}

static void
chance_spreads_them(void **state)
{
	int64_t low = RETRY_MAX_MS, high = 0;

	(void)state;
	for (uint32_t r = 0; r < 20000; r += 7) {
		struct away a = { .retry = { .failures = 20 } };
		int64_t pause = fails(&a, false, r);

		assert_in_range(pause, RETRY_MAX_MS / 2, RETRY_MAX_MS);
		low = pause < low ? pause : low;
		high = pause > high ? pause : high;
	}
	assert_true(high - low > RETRY_MAX_MS / 3);
}

static void
a_server_that_was_away_all_day_is_found_within_two_seconds(void **state)
{
	const int64_t day = INT64_C(24) * 3600 * 1000;
	struct away a = { .now = 1000 };
	int64_t pause = fails(&a, false, UINT32_MAX); /* it was cut off */

	(void)state;
	while (a.now < day) {
		pause = fails(&a, true, (uint32_t)(a.now * 2654435761U));
		assert_in_range(pause, 0, 2000);
	}
	assert_true(pause > RETRY_MIN_MS); /* but they did grow */
}

static void
after_refusals_an_unreachable_one_begins_with_short_pauses(void **state)
{
	struct away a = { .now = 1000 };

	(void)state;
	for (int i = 0; i < 100; i++)
		(void)fails(&a, true, 0);
	assert_in_range(fails(&a, false, UINT32_MAX), 0, 4000);
}

static void
a_connection_that_held_begins_them_anew(void **state)
{
	struct away a = { .now = 1000, .retry = { .failures = 20 } };

	(void)state;
	retry_useful(&a.retry, a.now);
	a.now += RETRY_STEADY_MS - 1;
	assert_true(fails(&a, false, 0) > RETRY_MIN_MS);
	retry_useful(&a.retry, a.now);
	a.now += RETRY_STEADY_MS;
	assert_in_range(fails(&a, false, 0), 0, RETRY_MIN_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_double_up_to_thirty_seconds),
		cmocka_unit_test(chance_spreads_them),
		cmocka_unit_test(
		    a_server_that_was_away_all_day_is_found_within_two_seconds),
		cmocka_unit_test(
		    after_refusals_an_unreachable_one_begins_with_short_pauses),
		cmocka_unit_test(a_connection_that_held_begins_them_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
