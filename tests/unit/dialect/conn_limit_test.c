/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "server/dialect/conn_limit.h"

enum { MINUTE = 60 * 1000 };

static const char here[] = "192.0.2.7", there[] = "2001:db8::/64";

static int
set_up(void **state)
{
	struct conn_limit *all = conn_limit_new();

	conn_limit_set(all, 3, 4);
	*state = all;
	return 0;
}

static int
tear_down(void **state)
{
	conn_limit_free(*state);
	return 0;
}

static void
an_address_has_so_many_strangers_and_no_more(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g[3], other, extra;

	for (int i = 0; i < 3; i++)
		assert_true(conn_limit_enter(all, &g[i], here, 0));
	assert_false(conn_limit_enter(all, &extra, here, 0));
	assert_true(conn_limit_enter(all, &other, there, 0));
	conn_limit_leave(&g[1]);
	assert_true(conn_limit_enter(all, &extra, here, 0));
	assert_false(conn_limit_enter(all, &g[1], here, 0));
	conn_limit_leave(&g[0]);
	conn_limit_leave(&g[2]);
	conn_limit_leave(&other);
	conn_limit_leave(&extra);
}

static void
who_has_logged_in_is_no_stranger(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g[9];

	for (int i = 0; i < 9; i++) {
		assert_true(conn_limit_enter(all, &g[i], here, 0));
		conn_limit_known(&g[i]);
		conn_limit_known(&g[i]); /* another login there */
	}
	for (int i = 0; i < 9; i++)
		conn_limit_leave(&g[i]);
	/* Nothing was counted twice. */
	for (int i = 0; i < 3; i++)
		assert_true(conn_limit_enter(all, &g[i], here, 0));
	assert_false(conn_limit_enter(all, &g[3], here, 0));
	for (int i = 0; i < 3; i++)
		conn_limit_leave(&g[i]);
}

static void
of_no_address_nothing_is_counted(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g[9];

	for (int i = 0; i < 9; i++)
		assert_true(conn_limit_enter(all, &g[i], "", 0));
	for (int i = 0; i < 99; i++)
		assert_int_equal(conn_limit_register(&g[0], 0), 0);
	for (int i = 0; i < 9; i++)
		conn_limit_leave(&g[i]);
}

static void
without_limits_all_come_in(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g[9];

	conn_limit_set(all, 0, 0);
	for (int i = 0; i < 9; i++)
		assert_true(conn_limit_enter(all, &g[i], here, 0));
	for (int i = 0; i < 99; i++)
		assert_int_equal(conn_limit_register(&g[0], 0), 0);
	for (int i = 0; i < 9; i++)
		conn_limit_leave(&g[i]);
}

static void
an_address_registers_so_often_an_hour(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g, h;

	assert_true(conn_limit_enter(all, &g, here, 0));
	assert_true(conn_limit_enter(all, &h, there, 0));
	for (int i = 0; i < 4; i++)
		assert_int_equal(conn_limit_register(&g, 0), 0);
	assert_int_equal(conn_limit_register(&g, 0), 15 * MINUTE);
	assert_int_equal(conn_limit_register(&g, 5 * MINUTE), 10 * MINUTE);
	assert_int_equal(conn_limit_register(&h, 5 * MINUTE), 0);
	/* After the wait it was told it may, and then waits again. */
	assert_int_equal(conn_limit_register(&g, 15 * MINUTE), 0);
	assert_int_equal(conn_limit_register(&g, 15 * MINUTE), 15 * MINUTE);
	/* One that came to nothing does not count. */
	assert_int_equal(conn_limit_register(&g, 30 * MINUTE), 0);
	conn_limit_unregister(&g);
	assert_int_equal(conn_limit_register(&g, 30 * MINUTE), 0);
	conn_limit_leave(&g);
	conn_limit_leave(&h);
}

static void
coming_back_does_not_begin_anew(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g;

	for (int i = 0; i < 4; i++) {
		assert_true(conn_limit_enter(all, &g, here, 0));
		assert_int_equal(conn_limit_register(&g, 0), 0);
		conn_limit_leave(&g);
	}
	assert_true(conn_limit_enter(all, &g, here, 0));
	assert_int_equal(conn_limit_register(&g, 0), 15 * MINUTE);
	conn_limit_leave(&g);
	/* An hour later nothing is left of it. */
	assert_true(conn_limit_enter(all, &g, here, CONN_LIMIT_HOUR_MS));
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    conn_limit_register(&g, CONN_LIMIT_HOUR_MS), 0);
	conn_limit_leave(&g);
}

static void
what_is_remembered_is_bounded(void **state)
{
	struct conn_limit *all = *state;
	struct conn_limit_member g;
	char address[32];

	for (int i = 0; i < CONN_LIMIT_RESTING_MAX + 2; i++) {
		snprintf(address, sizeof address, "address %d", i);
		assert_true(conn_limit_enter(all, &g, address, 0));
		for (int k = 0; k < 4; k++)
			assert_int_equal(conn_limit_register(&g, 0), 0);
		conn_limit_leave(&g);
	}
	assert_true(conn_limit_enter(all, &g, "address 1", 0));
	assert_int_equal(conn_limit_register(&g, 0), 0); /* forgotten */
	conn_limit_leave(&g);
	assert_true(conn_limit_enter(all, &g, address, 0));
	assert_int_equal(conn_limit_register(&g, 0), 15 * MINUTE);
	conn_limit_leave(&g);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_address_has_so_many_strangers_and_no_more),
		T(who_has_logged_in_is_no_stranger),
		T(of_no_address_nothing_is_counted),
		T(without_limits_all_come_in),
		T(an_address_registers_so_often_an_hour),
		T(coming_back_does_not_begin_anew),
		T(what_is_remembered_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
