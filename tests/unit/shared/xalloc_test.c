/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/xalloc.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/blob.h"

static void
what_has_no_size_is_still_something(void **state)
{
	void *p[4];
	int i;

	(void)state;
	p[0] = xmalloc(0);
	p[1] = xcalloc(0, 8);
	p[2] = xrealloc(NULL, 0);
	p[3] = xreallocarray(NULL, 8, 0);
	for (i = 0; i < 4; i++) {
		assert_non_null(p[i]);
		free(p[i]);
	}
}

static void
what_is_counted_is_zeroed(void **state)
{
	static const char zero[300];
	char *p = xcalloc(100, 3);

	(void)state;
	assert_memory_equal(p, zero, sizeof zero);
	free(p);
}

static void
an_array_keeps_what_it_held(void **state)
{
	int *a = NULL, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		a = xreallocarray(a, (size_t)i + 1, sizeof *a);
		a[i] = i;
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(a[i], i);
	free(a);
}

static void
copies_are_whole_and_end_in_nul(void **state)
{
	static const char bytes[] = { 'a', '\0', 'b' };
	char *p;

	(void)state;
	p = xstrdup("neko");
	assert_string_equal(p, "neko");
	free(p);
	p = xmemdup0(bytes, sizeof bytes);
	assert_memory_equal(p, "a\0b", 4);
	free(p);
	p = xmemdup0(NULL, 0);
	assert_string_equal(p, "");
	free(p);
	p = xasprintf("%s-%d", "messi", 10);
	assert_string_equal(p, "messi-10");
	free(p);
}

/* ---- the end of memory ------------------------------------------------ */

static void
overflow_array(void)
{
	free(xreallocarray(NULL, SIZE_MAX / 2, 3));
}

static void
overflow_copy(void)
{
	free(xmemdup0("x", SIZE_MAX));
}

/* One line on standard error, and abort(3). */
static void
dies(void (*fn)(void))
{
	static const struct rlimit no_core = { 0, 0 };
	char said[512] = "";
	size_t len = 0;
	int p[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(p), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(p[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(p[1]);
	while ((n = read(p[0], said + len, sizeof said - 1 - len)) > 0)
		len += (size_t)n;
	close(p[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_int_equal(strncmp(said, "out of memory (", 15), 0);
	assert_ptr_equal(strchr(said, '\n'), said + len - 1);
}

static void
a_size_that_overflows_ends_the_process(void **state)
{
	(void)state;
	dies(overflow_array);
	dies(overflow_copy);
}

/* ---- blobs ------------------------------------------------------------ */

static void
a_blob_copies_and_joins(void **state)
{
	char text[] = "one";
	struct blob *a = blob_new(text, 3), *b = blob_join("one", 3, "two", 3);
	struct blob *none = blob_new(NULL, 0);

	(void)state;
	text[0] = 'X';
	assert_int_equal(a->len, 3);
	assert_memory_equal(a->data, "one", 3);
	assert_int_equal(b->len, 6);
	assert_memory_equal(b->data, "onetwo", 6);
	assert_int_equal(none->len, 0);
	blob_unref(a);
	blob_unref(b);
	blob_unref(none);
}

static void
a_blob_lives_until_its_last_reference_goes(void **state)
{
	struct blob *b = blob_new("x", 1);

	(void)state;
	assert_ptr_equal(blob_ref(b), b);
	assert_int_equal(b->refs, 2);
	blob_unref(b);
	assert_memory_equal(b->data, "x", 1);
	blob_unref(b); /* that it is freed, a leak check tells */
	blob_unref(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_size_is_still_something),
		cmocka_unit_test(what_is_counted_is_zeroed),
		cmocka_unit_test(an_array_keeps_what_it_held),
		cmocka_unit_test(copies_are_whole_and_end_in_nul),
		cmocka_unit_test(a_size_that_overflows_ends_the_process),
		cmocka_unit_test(a_blob_copies_and_joins),
		cmocka_unit_test(a_blob_lives_until_its_last_reference_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
