/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "server/dialect/guest.h"

enum { MINUTE = 60 * 1000 };

static const char here[] = "192.0.2.7", there[] = "2001:db8::/64";

static int
set_up(void **state)
{
	struct guests *all = guests_new();

	guests_limit(all, 3, 4);
	*state = all;
	return 0;
}

static int
tear_down(void **state)
{
	guests_free(*state);
	return 0;
}

static void
an_address_has_so_many_strangers_and_no_more(void **state)
{
	struct guests *all = *state;
	struct guest g[3], other, extra;

	for (int i = 0; i < 3; i++)
		assert_true(guest_enter(all, &g[i], here, 0));
	assert_false(guest_enter(all, &extra, here, 0));
	assert_true(guest_enter(all, &other, there, 0));
	guest_leave(&g[1]);
	assert_true(guest_enter(all, &extra, here, 0));
	assert_false(guest_enter(all, &g[1], here, 0));
	guest_leave(&g[0]);
	guest_leave(&g[2]);
	guest_leave(&other);
	guest_leave(&extra);
}

static void
who_has_logged_in_is_no_stranger(void **state)
{
	struct guests *all = *state;
	struct guest g[9];

	for (int i = 0; i < 9; i++) {
		assert_true(guest_enter(all, &g[i], here, 0));
		guest_known(&g[i]);
		guest_known(&g[i]); /* another login there */
	}
	for (int i = 0; i < 9; i++)
		guest_leave(&g[i]);
	/* Nothing was counted twice. */
	for (int i = 0; i < 3; i++)
		assert_true(guest_enter(all, &g[i], here, 0));
	assert_false(guest_enter(all, &g[3], here, 0));
	for (int i = 0; i < 3; i++)
		guest_leave(&g[i]);
}

static void
of_no_address_nothing_is_counted(void **state)
{
	struct guests *all = *state;
	struct guest g[9];

	for (int i = 0; i < 9; i++)
		assert_true(guest_enter(all, &g[i], "", 0));
	for (int i = 0; i < 99; i++)
		assert_int_equal(guest_register(&g[0], 0), 0);
	for (int i = 0; i < 9; i++)
		guest_leave(&g[i]);
}

static void
without_limits_all_come_in(void **state)
{
	struct guests *all = *state;
	struct guest g[9];

	guests_limit(all, 0, 0);
	for (int i = 0; i < 9; i++)
		assert_true(guest_enter(all, &g[i], here, 0));
	for (int i = 0; i < 99; i++)
		assert_int_equal(guest_register(&g[0], 0), 0);
	for (int i = 0; i < 9; i++)
		guest_leave(&g[i]);
}

static void
an_address_registers_so_often_an_hour(void **state)
{
	struct guests *all = *state;
	struct guest g, h;

	assert_true(guest_enter(all, &g, here, 0));
	assert_true(guest_enter(all, &h, there, 0));
	for (int i = 0; i < 4; i++)
		assert_int_equal(guest_register(&g, 0), 0);
	assert_int_equal(guest_register(&g, 0), 15 * MINUTE);
	assert_int_equal(guest_register(&g, 5 * MINUTE), 10 * MINUTE);
	assert_int_equal(guest_register(&h, 5 * MINUTE), 0);
	/* After the wait it was told it may, and then waits again. */
	assert_int_equal(guest_register(&g, 15 * MINUTE), 0);
	assert_int_equal(guest_register(&g, 15 * MINUTE), 15 * MINUTE);
	/* One that came to nothing does not count. */
	assert_int_equal(guest_register(&g, 30 * MINUTE), 0);
	guest_unregister(&g);
	assert_int_equal(guest_register(&g, 30 * MINUTE), 0);
	guest_leave(&g);
	guest_leave(&h);
}

static void
coming_back_does_not_begin_anew(void **state)
{
	struct guests *all = *state;
	struct guest g;

	for (int i = 0; i < 4; i++) {
		assert_true(guest_enter(all, &g, here, 0));
		assert_int_equal(guest_register(&g, 0), 0);
		guest_leave(&g);
	}
	assert_true(guest_enter(all, &g, here, 0));
	assert_int_equal(guest_register(&g, 0), 15 * MINUTE);
	guest_leave(&g);
	/* An hour later nothing is left of it. */
	assert_true(guest_enter(all, &g, here, GUEST_HOUR_MS));
	for (int i = 0; i < 4; i++)
		assert_int_equal(guest_register(&g, GUEST_HOUR_MS), 0);
	guest_leave(&g);
}

static void
what_is_remembered_is_bounded(void **state)
{
	struct guests *all = *state;
	struct guest g;
	char address[32];

	for (int i = 0; i < GUEST_RESTING_MAX + 2; i++) {
		snprintf(address, sizeof address, "address %d", i);
		assert_true(guest_enter(all, &g, address, 0));
		for (int k = 0; k < 4; k++)
			assert_int_equal(guest_register(&g, 0), 0);
		guest_leave(&g);
	}
	assert_true(guest_enter(all, &g, "address 1", 0));
	assert_int_equal(guest_register(&g, 0), 0); /* forgotten */
	guest_leave(&g);
	assert_true(guest_enter(all, &g, address, 0));
	assert_int_equal(guest_register(&g, 0), 15 * MINUTE);
	guest_leave(&g);
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
