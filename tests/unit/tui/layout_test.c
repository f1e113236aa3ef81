/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/layout.h"

#include "shared/loop.h"
#include "tui/store/account.h"
#include "tui/model/model.h"
#include "tui/model/groups.h"
#include "tui/store/state.h"

#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	char folder[64];
	struct loop *loop;
	struct model *model;
	struct layout *order;
};

static void
open_as(struct world *w, const char *user)
{
	w->model = model_new();
	w->order = layout_new(w->loop, w->model);
	layout_open(w->order, "Example.org", user);
}

/* The end of a run. */
static void
end(struct world *w)
{
	layout_free(w->order);
	model_free(w->model);
}

static void
again(struct world *w)
{
	end(w);
	open_as(w, "messi");
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	strcpy(w->folder, "/tmp/order-test.XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	assert_int_equal(setenv("XDG_STATE_HOME", w->folder, 1), 0);
	w->loop = loop_new();
	open_as(w, "messi");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	end(w);
	loop_free(w->loop);
	snprintf(command, sizeof(command), "rm -r %s", w->folder);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

/* "everyone" is left out. */
static void
expect_list(const struct world *w, const char *want)
{
	char got[256] = "";

	for (size_t i = 1; i < model_convos(w->model); i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
		    i > 1 ? " " : "", convo_target(model_convo(w->model, i)));
	assert_string_equal(got, want);
}

static void
the_list_is_there_the_next_time(void **state)
{
	struct world *w = *state;

	assert_non_null(model_open(w->model, "neko"));
	assert_non_null(model_open(w->model, "#batak"));
	assert_non_null(model_open(w->model, "james@medan"));
	again(w);
	expect_list(w, "neko #batak james@medan");
	assert_true(model_close(w->model, model_find(w->model, "#batak")));
	assert_non_null(model_open(w->model, "paff"));
	again(w);
	expect_list(w, "neko james@medan paff");
	assert_true(model_closed(w->model, "#batak"));
	assert_non_null(model_open(w->model, "#batak"));
	again(w);
	expect_list(w, "neko james@medan paff #batak");
	assert_false(model_closed(w->model, "#batak"));
}

static void
it_stands_behind_what_is_open_and_before_what_comes(void **state)
{
	struct world *w = *state;

	assert_non_null(model_open(w->model, "neko"));
	assert_non_null(model_open(w->model, "paff"));
	end(w);
	w->model = model_new();
	assert_non_null(model_open(w->model, "paff"));
	w->order = layout_new(w->loop, w->model);
	layout_open(w->order, "example.ORG:8889", "messi");
	assert_non_null(model_open(w->model, "anna"));
	expect_list(w, "paff neko anna");
}

static void
each_account_has_its_own(void **state)
{
	struct world *w = *state;

	assert_non_null(model_open(w->model, "neko"));
	end(w);
	open_as(w, "paff");
	expect_list(w, "");
	assert_non_null(model_open(w->model, "anna"));
	layout_write(w->order);
	model_reset(w->model);
	layout_open(w->order, "example.org", "messi");
	expect_list(w, "neko");
	layout_open(w->order, "example.org", "messi"); /* is already */
	expect_list(w, "neko");
	end(w);
	open_as(w, "paff");
	expect_list(w, "anna");
}

static void
what_is_nobodys_is_not_written(void **state)
{
	struct world *w = *state;

	assert_non_null(model_open(w->model, "neko"));
	layout_write(w->order);
	layout_close(w->order);
	model_reset(w->model);
	assert_non_null(model_open(w->model, "paff"));
	layout_changed(w->order);
	again(w);
	expect_list(w, "neko");
}

static void
groups_that_one_is_no_member_of_go(void **state)
{
	struct world *w = *state;
	const struct group g = { .target = "#batak", .topic = "",
		.member = true };

	assert_non_null(model_open(w->model, "#left"));
	assert_non_null(model_open(w->model, "#batak"));
	assert_non_null(model_open(w->model, "#draft"));
	assert_non_null(model_open(w->model, "neko"));
	again(w);
	model_draft(w->model, model_find(w->model, "#draft"), "half");
	assert_non_null(model_open(w->model, "#new"));
	groups_put(model_rooms(w->model), &g);
	model_restored(w->model);
	expect_list(w, "#batak #draft neko #new");
	model_draft(w->model, model_find(w->model, "#draft"), "");
	model_restored(w->model); /* only once */
	expect_list(w, "#batak #draft neko #new");
}

static void
a_burst_is_one_write(void **state)
{
	struct world *w = *state;
	char *account = account_name("example.org", "messi");
	char *path = account_path(account, "order"), why[STATE_WHY_CAP];
	char *text;
	struct stat sb;

	assert_non_null(model_open(w->model, "one"));
	layout_changed(w->order);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	assert_non_null(model_open(w->model, "two"));
	layout_changed(w->order);
	assert_non_null(model_open(w->model, "three"));
	layout_changed(w->order);
	text = state_get(path, 1000, why);
	assert_non_null(text);
	assert_null(strstr(text, "two"));
	free(text);
	while (stat(path, &sb) == 0 && sb.st_size < 40)
		assert_int_equal(loop_turn(w->loop, 2 * LAYOUT_MS), 0);
	text = state_get(path, 1000, why);
	assert_string_equal(text,
	    "example.org 8889 messi\n+one\n+two\n+three\n");
	free(text);
	free(path);
	free(account);
}

static void
rubbish_is_passed_over(void **state)
{
	struct world *w = *state;
	char *account = account_name("example.org", "messi");
	char *path = account_path(account, "order"), why[STATE_WHY_CAP];

	layout_close(w->order);
	assert_true(state_put(path, "example.org 8889 messi\n+neko\n+\n+no "
	    "word\nx\n\n-\n-1\n-x y\n-1 paff\n+paff\n-2 anna", why));
	layout_open(w->order, "example.org", "messi");
	expect_list(w, "neko paff");
	assert_true(model_closed(w->model, "anna"));
	assert_int_equal(model_closed_count(w->model), 1);
	layout_close(w->order);
	assert_true(state_put(path, "example.org 8889 other\n+budi\n", why));
	layout_open(w->order, "example.org", "messi");
	expect_list(w, "neko paff");
	layout_close(w->order);
	assert_int_equal(chmod(path, 0644), 0); /* others may have written it */
	free(path);
	free(account);
}

static void
it_is_bounded(void **state)
{
	struct world *w = *state;
	char name[32];

	for (int i = 0; i < LAYOUT_MAX + 50; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		assert_non_null(model_open(w->model, name));
	}
	again(w);
	assert_int_equal(model_convos(w->model), LAYOUT_MAX + 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_list_is_there_the_next_time),
		T(it_stands_behind_what_is_open_and_before_what_comes),
		T(each_account_has_its_own),
		T(what_is_nobodys_is_not_written),
		T(groups_that_one_is_no_member_of_go),
		T(a_burst_is_one_write),
		T(rubbish_is_passed_over),
		T(it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
