/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/rooms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int
setup(void **state)
{
	*state = rooms_new();
	return 0;
}

static int
teardown(void **state)
{
	rooms_free(*state);
	return 0;
}

static void
put(struct rooms *rs, const char *target, bool member)
{
	const struct group g = {
		.target = target, .topic = "t", .member = member };

	rooms_put(rs, &g);
}

static void
member(struct rooms *rs, const char *target, const char *user, bool online)
{
	const struct user u = { .user = user, .name = "", .online = online };

	rooms_member_put(rs, target, &u);
}

static void
spellings_of_one_group_are_one(void **state)
{
	struct rooms *rs = *state;

	put(rs, "#Batak", true);
	put(rs, "#batak", true);
	put(rs, "#batak@medan", false);
	assert_int_equal(rooms_count(rs), 2);
	assert_string_equal(rooms_find(rs, "#BATAK")->target, "#batak");
	assert_true(rooms_is_member(rs, "#Batak"));
	assert_false(rooms_is_member(rs, "#batak@Medan"));
	assert_null(rooms_find(rs, "batak"));
	put(rs, "batak", true); /* no group */
	assert_int_equal(rooms_count(rs), 2);
}

static void
a_group_can_be_put_in_from_itself(void **state)
{
	struct rooms *rs = *state;
	struct group g;

	put(rs, "#batak", true);
	g = *rooms_find(rs, "#batak");
	g.mode = GROUP_SECRET;
	(void)rooms_changed(rs);
	rooms_put(rs, &g);
	assert_true(rooms_changed(rs));
	assert_false(rooms_changed(rs));
	assert_string_equal(rooms_find(rs, "#batak")->topic, "t");
	assert_int_equal(rooms_find(rs, "#batak")->mode, GROUP_SECRET);
}

static void
count_gone(void *arg, const struct group *g)
{
	assert_string_equal(g->target, "#mine");
	assert_false(g->member);
	++*(int *)arg;
}

static void
a_new_list_drops_what_it_does_not_name(void **state)
{
	struct rooms *rs = *state;
	int gone = 0;

	put(rs, "#mine", true);
	put(rs, "#theirs", false);
	put(rs, "#both", true);
	rooms_begin(rs);
	put(rs, "#both", true);
	rooms_end(rs, count_gone, &gone);
	assert_int_equal(gone, 1);
	assert_int_equal(rooms_count(rs), 2);
	assert_non_null(rooms_find(rs, "#mine"));
	assert_null(rooms_find(rs, "#theirs"));
	/* Told once. */
	rooms_begin(rs);
	put(rs, "#both", true);
	rooms_end(rs, count_gone, &gone);
	assert_int_equal(gone, 1);
	assert_null(rooms_find(rs, "#mine"));
}

static void
members_are_those_of_the_last_list_and_what_happened_since(void **state)
{
	struct rooms *rs = *state;
	struct roster *in;

	put(rs, "#batak", true);
	assert_false(rooms_find(rs, "#batak")->listed);
	rooms_members_begin(rs, "#batak");
	member(rs, "#batak", "neko", true);
	member(rs, "#batak", "messi", false);
	rooms_members_end(rs, "#batak");
	assert_true(rooms_find(rs, "#batak")->listed);
	assert_int_equal(rooms_find(rs, "#batak")->members, 2);
	in = rooms_members(rs, "#batak");
	rooms_presence(rs, "messi", true);
	assert_int_equal(roster_online(in), 2);
	rooms_presence(rs, "nobody", true);
	rooms_member_gone(rs, "#batak", "neko");
	rooms_member_gone(rs, "#batak", "nobody");
	assert_int_equal(roster_count(in), 1);
	assert_int_equal(roster_online(in), 1);
	assert_string_equal(roster_shown(in, 0)->user, "messi");
	rooms_members_begin(rs, "#batak");
	member(rs, "#batak", "budi", true);
	rooms_members_end(rs, "#batak");
	assert_int_equal(roster_count(in), 1);
	assert_null(roster_find(in, "messi"));
	/* Old news is to be had anew; who left has no list. */
	rooms_stale(rs);
	assert_false(rooms_find(rs, "#batak")->listed);
	assert_int_equal(roster_count(in), 1);
	assert_null(rooms_members(rs, "#none"));
	rooms_members_begin(rs, "#none");
	rooms_members_end(rs, "#none");
}

static void
groups_are_bounded(void **state)
{
	struct rooms *rs = *state;
	char target[32];

	for (int i = 0; i < ROOMS_MAX + 10; i++) {
		snprintf(target, sizeof(target), "#g%d", i);
		put(rs, target, false);
	}
	assert_int_equal(rooms_count(rs), ROOMS_MAX);
	put(rs, "#g0", true); /* one that is there still changes */
	assert_true(rooms_is_member(rs, "#g0"));
	rooms_clear(rs);
	assert_int_equal(rooms_count(rs), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(spellings_of_one_group_are_one),
		T(a_group_can_be_put_in_from_itself),
		T(a_new_list_drops_what_it_does_not_name),
		T(members_are_those_of_the_last_list_and_what_happened_since),
		T(groups_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
