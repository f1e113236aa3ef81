/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int
setup(void **state)
{
	*state = groups_new();
	return 0;
}

static int
teardown(void **state)
{
	groups_free(*state);
	return 0;
}

static void
put(struct groups *rs, const char *target, bool member)
{
	const struct group g = {
		.target = target, .topic = "t", .member = member };

	groups_put(rs, &g);
}

static void
member(struct groups *rs, const char *target, const char *user, bool online)
{
	const struct user u = { .user = user, .name = "", .online = online };

	groups_member_put(rs, target, &u);
}

static void
spellings_of_one_group_are_one(void **state)
{
	struct groups *rs = *state;

	put(rs, "#Batak", true);
	put(rs, "#batak", true);
	put(rs, "#batak@medan", false);
	assert_int_equal(groups_count(rs), 2);
	assert_string_equal(groups_find(rs, "#BATAK")->target, "#batak");
	assert_true(groups_is_member(rs, "#Batak"));
	assert_false(groups_is_member(rs, "#batak@Medan"));
	assert_null(groups_find(rs, "batak"));
	put(rs, "batak", true); /* no group */
	assert_int_equal(groups_count(rs), 2);
}

static void
a_group_can_be_put_in_from_itself(void **state)
{
	struct groups *rs = *state;
	struct group g;

	put(rs, "#batak", true);
	g = *groups_find(rs, "#batak");
	g.mode = GROUP_SECRET;
	(void)groups_changed(rs);
	groups_put(rs, &g);
	assert_true(groups_changed(rs));
	assert_false(groups_changed(rs));
	assert_string_equal(groups_find(rs, "#batak")->topic, "t");
	assert_int_equal(groups_find(rs, "#batak")->mode, GROUP_SECRET);
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
	struct groups *rs = *state;
	int gone = 0;

	put(rs, "#mine", true);
	put(rs, "#theirs", false);
	put(rs, "#both", true);
	groups_begin(rs);
	put(rs, "#both", true);
	groups_end(rs, count_gone, &gone);
	assert_int_equal(gone, 1);
	assert_int_equal(groups_count(rs), 2);
	assert_non_null(groups_find(rs, "#mine"));
	assert_null(groups_find(rs, "#theirs"));
	/* Told once. */
	groups_begin(rs);
	put(rs, "#both", true);
	groups_end(rs, count_gone, &gone);
	assert_int_equal(gone, 1);
	assert_null(groups_find(rs, "#mine"));
}

static void
members_are_those_of_the_last_list_and_what_happened_since(void **state)
{
	struct groups *rs = *state;
	struct userlist *in;

	put(rs, "#batak", true);
	assert_false(groups_find(rs, "#batak")->listed);
	groups_members_begin(rs, "#batak");
	member(rs, "#batak", "neko", true);
	member(rs, "#batak", "messi", false);
	groups_members_end(rs, "#batak");
	assert_true(groups_find(rs, "#batak")->listed);
	assert_int_equal(groups_find(rs, "#batak")->members, 2);
	in = groups_members(rs, "#batak");
	groups_presence(rs, "messi", true);
	assert_int_equal(userlist_online(in), 2);
	groups_presence(rs, "nobody", true);
	groups_member_gone(rs, "#batak", "neko");
	groups_member_gone(rs, "#batak", "nobody");
	assert_int_equal(userlist_count(in), 1);
	assert_int_equal(userlist_online(in), 1);
	assert_string_equal(userlist_shown(in, 0)->user, "messi");
	groups_members_begin(rs, "#batak");
	member(rs, "#batak", "budi", true);
	groups_members_end(rs, "#batak");
	assert_int_equal(userlist_count(in), 1);
	assert_null(userlist_find(in, "messi"));
	/* Old news is to be had anew; who left has no list. */
	groups_stale(rs);
	assert_false(groups_find(rs, "#batak")->listed);
	assert_int_equal(userlist_count(in), 1);
	assert_null(groups_members(rs, "#none"));
	groups_members_begin(rs, "#none");
	groups_members_end(rs, "#none");
}

static void
groups_are_bounded(void **state)
{
	struct groups *rs = *state;
	char target[32];

	for (int i = 0; i < GROUPS_MAX + 10; i++) {
		snprintf(target, sizeof(target), "#g%d", i);
		put(rs, target, false);
	}
	assert_int_equal(groups_count(rs), GROUPS_MAX);
	put(rs, "#g0", true); /* one that is there still changes */
	assert_true(groups_is_member(rs, "#g0"));
	groups_clear(rs);
	assert_int_equal(groups_count(rs), 0);
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
