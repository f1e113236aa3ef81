/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/store/journal.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char folder[64];
	char path[96];
	struct journal *keep;
};

static char *
both(const char *key, const char *ours, const char *theirs)
{
	char *text;

	if (*key != '=')
		return NULL;
	assert_true(asprintf(&text, "%s %s", ours, theirs) > 0);
	return text;
}

static void
reopen(struct world *w)
{
	char why[STATE_WHY_CAP];

	journal_close(w->keep);
	w->keep = journal_open(w->path, both, why);
	if (w->keep == NULL)
		fail_msg("%s", why);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	strcpy(w->folder, "/tmp/keep-test.XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->path, sizeof(w->path), "%s/unsent", w->folder);
	reopen(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	journal_close(w->keep);
	snprintf(command, sizeof(command), "rm -r %s", w->folder);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static off_t
size_of(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 ? sb.st_size : -1;
}

static void
append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
what_was_put_is_there_the_next_time_in_order(void **state)
{
	struct world *w = *state;

	assert_true(journal_put(w->keep, "a", "one"));
	assert_true(journal_put(w->keep, "b", "\"two words\""));
	assert_true(journal_put(w->keep, "c", ""));
	assert_true(journal_put(w->keep, "a", "one again"));
	assert_true(journal_drop(w->keep, "c"));
	assert_true(journal_drop(w->keep, "never there"));
	reopen(w);
	assert_string_equal(journal_key(w->keep, 0), "a");
	assert_string_equal(journal_value(w->keep, 0), "one again");
	assert_string_equal(journal_key(w->keep, 1), "b");
	assert_string_equal(journal_get(w->keep, "b"), "\"two words\"");
	assert_null(journal_key(w->keep, 2));
	assert_null(journal_get(w->keep, "c"));
}

static void
a_killed_one_leaves_all_that_it_was_given(void **state)
{
	struct world *w = *state;
	pid_t pid;
	int status;

	journal_close(w->keep);
	w->keep = NULL;
	pid = fork();
	if (pid == 0) {
		char why[STATE_WHY_CAP];
		struct journal *k = journal_open(w->path, both, why);

		if (k == NULL || !journal_put(k, "a", "typed"))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	reopen(w);
	assert_string_equal(journal_get(w->keep, "a"), "typed");
}

static bool
file_holds(const struct world *w, const char *what)
{
	char command[192];

	snprintf(command, sizeof(command), "grep -rq -- %s %s", what,
	    w->folder);
	return system(command) == 0;
}

/* What was under a key before, too. */
static void
what_is_wiped_leaves_the_disk(void **state)
{
	struct world *w = *state;

	assert_true(journal_put(w->keep, "a", "harmless"));
	assert_true(journal_put(w->keep, "b", "secret1"));
	assert_true(journal_put(w->keep, "b", "secret2"));
	assert_true(file_holds(w, "secret1"));
	assert_true(journal_wipe(w->keep, "b"));
	assert_false(file_holds(w, "secret"));
	assert_null(journal_get(w->keep, "b"));
	assert_true(journal_put(w->keep, "b", "secret3"));
	assert_true(journal_drop(w->keep, "b"));
	assert_true(file_holds(w, "secret3"));
	assert_true(journal_wipe(w->keep, "b"));
	assert_false(file_holds(w, "secret"));
	assert_true(journal_put(w->keep, "c", "more"));
	reopen(w);
	assert_string_equal(journal_get(w->keep, "a"), "harmless");
	assert_string_equal(journal_get(w->keep, "c"), "more");
	assert_true(journal_wipe(w->keep, "a"));
	assert_true(journal_wipe(w->keep, "c"));
	assert_int_equal(size_of(w->path), 0);
}

static void
half_a_line_is_not_believed_and_spoils_nothing(void **state)
{
	struct world *w = *state;

	assert_true(journal_put(w->keep, "a", "whole"));
	journal_close(w->keep);
	w->keep = NULL;
	append(w->path, "rubbish\n+b \n+\n-\n-nobody\n\n+a ha");
	reopen(w);
	assert_string_equal(journal_get(w->keep, "a"), "whole");
	assert_string_equal(journal_get(w->keep, "b"), "");
	assert_true(journal_put(w->keep, "c", "later"));
	reopen(w);
	assert_string_equal(journal_get(w->keep, "a"), "whole");
	assert_string_equal(journal_get(w->keep, "c"), "later");
}

static void
the_file_stays_small_and_goes_when_it_is_empty(void **state)
{
	struct world *w = *state;
	char text[2001];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_true(journal_put(w->keep, "a", "stays"));
	for (int i = 0; i < 1000; i++) {
		assert_true(journal_put(w->keep, "b", text));
		assert_in_range(size_of(w->path), 1, 128 << 10);
	}
	assert_true(journal_drop(w->keep, "b"));
	reopen(w);
	assert_string_equal(journal_get(w->keep, "a"), "stays");
	assert_true(journal_drop(w->keep, "a"));
	assert_int_equal(size_of(w->path), 0);
	journal_close(w->keep);
	w->keep = NULL;
	assert_int_equal(size_of(w->path), -1);
}

static void
two_at_once_have_a_file_each_and_the_next_has_both(void **state)
{
	struct world *w = *state;
	char why[STATE_WHY_CAP], other[128];
	struct journal *second;

	assert_true(journal_put(w->keep, "a", "first's"));
	second = journal_open(w->path, both, why);
	assert_non_null(second);
	assert_null(journal_key(second, 0));
	assert_true(journal_put(second, "b", "second's"));
	snprintf(other, sizeof(other), "%s.1", w->path);
	assert_true(size_of(other) > 0);
	journal_close(second);
	reopen(w);
	assert_string_equal(journal_get(w->keep, "a"), "first's");
	assert_string_equal(journal_get(w->keep, "b"), "second's");
	assert_int_equal(size_of(other), -1);
	reopen(w);
	assert_string_equal(journal_get(w->keep, "b"), "second's");
}

static void
what_two_have_under_one_key_becomes_one(void **state)
{
	struct world *w = *state;
	char why[STATE_WHY_CAP];
	struct journal *second;

	assert_true(journal_put(w->keep, "=a", "first's"));
	assert_true(journal_put(w->keep, "=b", "ours"));
	assert_true(journal_put(w->keep, "c", "old"));
	second = journal_open(w->path, both, why);
	assert_non_null(second);
	assert_true(journal_put(second, "=a", "second's"));
	assert_true(journal_put(second, "=b", "not sent"));
	assert_true(journal_drop(second, "=b")); /* theirs, not ours */
	assert_true(journal_put(second, "c", "new"));
	journal_close(second);
	reopen(w);
	assert_string_equal(journal_get(w->keep, "=a"), "first's second's");
	assert_string_equal(journal_get(w->keep, "=b"), "ours");
	assert_string_equal(journal_get(w->keep, "c"), "new");
	reopen(w);
	assert_string_equal(journal_get(w->keep, "=a"), "first's second's");
}

static void
a_file_that_others_may_read_is_left_alone(void **state)
{
	struct world *w = *state;
	char why[STATE_WHY_CAP];

	assert_true(journal_put(w->keep, "a", "secret"));
	journal_close(w->keep);
	w->keep = NULL;
	assert_int_equal(chmod(w->path, 0644), 0);
	w->keep = journal_open(w->path, both, why); /* the next one does */
	assert_non_null(w->keep);
	assert_null(journal_key(w->keep, 0));
	assert_true(size_of(w->path) > 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_was_put_is_there_the_next_time_in_order),
		T(a_killed_one_leaves_all_that_it_was_given),
		T(what_is_wiped_leaves_the_disk),
		T(half_a_line_is_not_believed_and_spoils_nothing),
		T(the_file_stays_small_and_goes_when_it_is_empty),
		T(two_at_once_have_a_file_each_and_the_next_has_both),
		T(what_two_have_under_one_key_becomes_one),
		T(a_file_that_others_may_read_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
