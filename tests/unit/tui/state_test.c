/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/store/state.h"

#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char folder[64];
	char *path;
};

static const struct state example = {
	.server = "chat.example.org:8889",
	.user = "messi",
	.token = "3f2b0c1e-0000-4000-8000-000000000000",
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	strcpy(w->folder, "/tmp/state-test.XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	assert_int_equal(setenv("XDG_STATE_HOME", w->folder, 1), 0);
	w->path = state_path("session");
	assert_non_null(w->path);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	char folder[96];

	(void)unlink(w->path);
	snprintf(folder, sizeof(folder), "%s/chat-tui", w->folder);
	assert_int_equal(rmdir(folder), 0); /* nothing else was left there */
	assert_int_equal(rmdir(w->folder), 0);
	free(w->path);
	free(w);
	return 0;
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
what_is_saved_is_loaded_and_is_for_us_alone(void **state)
{
	struct world *w = *state;
	struct state got;
	struct stat sb;
	char why[STATE_WHY_CAP], folder[96];

	assert_true(state_save(w->path, &example, why));
	assert_true(state_load(w->path, &got, why));
	assert_string_equal(got.server, example.server);
	assert_string_equal(got.user, example.user);
	assert_string_equal(got.token, example.token);
	assert_int_equal(stat(w->path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	snprintf(folder, sizeof(folder), "%s/chat-tui", w->folder);
	assert_int_equal(stat(folder, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0700);
}

static void
saving_replaces_the_whole_file(void **state)
{
	struct world *w = *state;
	struct state other = example, got;
	struct stat before, after;
	char why[STATE_WHY_CAP];

	assert_true(state_save(w->path, &example, why));
	assert_int_equal(stat(w->path, &before), 0);
	strcpy(other.user, "a");
	assert_true(state_save(w->path, &other, why));
	assert_int_equal(stat(w->path, &after), 0);
	assert_true(before.st_ino != after.st_ino); /* never half of each */
	assert_true(state_load(w->path, &got, why));
	assert_string_equal(got.user, "a");
}

static void
nothing_remembered_is_no_error(void **state)
{
	struct world *w = *state;
	struct state got;
	char why[STATE_WHY_CAP];

	assert_false(state_load(w->path, &got, why));
	assert_string_equal(why, "");
	state_forget(w->path);
}

static void
forgetting_takes_it_off_the_disk(void **state)
{
	struct world *w = *state;
	struct state got;
	char why[STATE_WHY_CAP];

	assert_true(state_save(w->path, &example, why));
	state_forget(w->path);
	assert_int_equal(access(w->path, F_OK), -1);
	assert_false(state_load(w->path, &got, why));
	assert_string_equal(why, "");
}

static void
a_file_that_others_may_read_is_not_believed(void **state)
{
	struct world *w = *state;
	struct state got;
	char why[STATE_WHY_CAP];

	assert_true(state_save(w->path, &example, why));
	assert_int_equal(chmod(w->path, 0640), 0);
	assert_false(state_load(w->path, &got, why));
	assert_non_null(strstr(why, "others may read it"));
	assert_string_equal(got.token, "");
}

static void
a_link_is_not_followed(void **state)
{
	struct world *w = *state;
	struct state got;
	char why[STATE_WHY_CAP];

	assert_int_equal(symlink("/etc/passwd", w->path), 0);
	assert_false(state_load(w->path, &got, why));
	assert_string_not_equal(why, "");
}

static void
a_damaged_file_is_not_believed(void **state)
{
	static const char *const bad[] = {
		"",
		"server = x\n",
		"server = x\nuser = y\n",
		"nonsense\n",
		"server = x\nuser = y\ntoken = a b\n",
		"server = x\nuser = y\ntoken = \n",
	};
	struct world *w = *state;
	struct state got;
	char why[STATE_WHY_CAP], huge[6000];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		write_file(w->path, bad[i], 0600);
		assert_false(state_load(w->path, &got, why));
		assert_non_null(strstr(why, "damaged"));
	}
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	memcpy(huge, "server = ", 9);
	write_file(w->path, huge, 0600);
	assert_false(state_load(w->path, &got, why));
	assert_non_null(strstr(why, "damaged"));
}

static void
what_a_later_version_adds_does_not_matter(void **state)
{
	struct world *w = *state;
	struct state got;
	char why[STATE_WHY_CAP];

	write_file(w->path,
	    "# a comment\nserver = s\nshoe = 45\nuser = u\ntoken = t\n", 0600);
	assert_true(state_load(w->path, &got, why));
	assert_string_equal(got.token, "t");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_saved_is_loaded_and_is_for_us_alone),
		T(saving_replaces_the_whole_file),
		T(nothing_remembered_is_no_error),
		T(forgetting_takes_it_off_the_disk),
		T(a_file_that_others_may_read_is_not_believed),
		T(a_link_is_not_followed),
		T(a_damaged_file_is_not_believed),
		T(what_a_later_version_adds_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
