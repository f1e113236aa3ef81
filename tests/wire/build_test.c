/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Makefile with a source and a test of its own, in a folder of the test's:
 * what is made anew, what is run, and what stops it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/server.h"

static char root[] = "/tmp/chat-build.XXXXXX";

/* Runs the shell's script in the folder.  What it prints, errors too. */
static char *
sh(const char *script, bool good)
{
	char *whole = xasprintf("unset MAKEFLAGS MAKELEVEL SAN DEBUG WERROR "
	    "CFLAGS CHECK_TALLY T V; cd \"$0\" && { %s; } 2>&1", script);
	const char *argv[] = { "/bin/sh", "-c", whole, root, NULL };
	char *out;

	if ((program_run(argv, &out) == 0) != good)
		fail_msg("%s: %s", script, out);
	free(whole);
	return out;
}

static void
says(const char *script, const char *want, bool good)
{
	char *out = sh(script, good);

	if (strstr(out, want) == NULL)
		fail_msg("%s: no '%s' in: %s", script, want, out);
	free(out);
}

static void
says_nothing(const char *script)
{
	char *out = sh(script, true);

	assert_string_equal(out, "");
	free(out);
}

static int
make_root(void **state)
{
	const char *copy[] = { "/bin/sh", "-c",
		"mkdir -p $0/shared $0/server $0/tui $0/tests/unit/shared && "
		"cp Makefile $0 && cp tests/run.sh $0/tests", root, NULL };
	char *out;

	(void)state;
	snprintf(root, sizeof(root), "/tmp/chat-build.XXXXXX");
	if (mkdtemp(root) == NULL)
		return -1;
	assert_int_equal(program_run(copy, &out), 0);
	free(out);
	free(sh("echo 'int one(void); int one(void) { return 1; }' "
	    ">shared/one.c", true));
	free(sh("{ for h in stdarg stddef setjmp stdint cmocka; do "
	    "echo \"#include <$h.h>\"; done; echo '"
	    "int one(void); "
	    "static void is_one(void **s) { (void)s;"
	    " assert_int_equal(one(), 1); } "
	    "int main(void) {"
	    " const struct CMUnitTest t[] = { cmocka_unit_test(is_one) };"
	    " return cmocka_run_group_tests(t, NULL, NULL); }'; } "
	    ">tests/unit/shared/one_test.c", true));
	return 0;
}

static int
remove_root(void **state)
{
	const char *argv[] = { "/bin/rm", "-rf", root, NULL };
	char *out;

	(void)state;
	assert_int_equal(program_run(argv, &out), 0);
	free(out);
	return 0;
}

static void
an_object_is_made_anew_when_the_flags_change_and_only_then(void **state)
{
	(void)state;
	says("make build/plain/shared/one.o", "CC  build", true);
	says_nothing("make -s build/plain/shared/one.o");
	says("make build/plain/shared/one.o CFLAGS=-DIT=\"'it'\"", "CC  build",
	    true);
	says_nothing("make -s build/plain/shared/one.o CFLAGS=-DIT=\"'it'\"");
	says("make build/plain/shared/one.o", "CC  build", true);
	/* The object is the same. */
	says_nothing("make -s build/plain/shared/one.o WERROR=1");
}

static void
a_build_for_a_debugger_has_a_folder_of_its_own(void **state)
{
	(void)state;
	says("make V=1 DEBUG=1 build/debug/shared/one.o", " -Og ", true);
	says("make V=1 SAN=address DEBUG=1 build/address-debug/shared/one.o",
	    " -fsanitize=address", true);
	says("make -B V=1 DEBUG=1 build/debug/shared/one.o | "
	    "grep -c D_FORTIFY_SOURCE || :", "0\n", true);
	says("make -B V=1 build/plain/shared/one.o", "-D_FORTIFY_SOURCE=3",
	    true);
}

static void
one_test_is_built_and_run_by_its_name(void **state)
{
	(void)state;
	says("make test T=unit/shared/one_test", "1 passed, 0 failed", true);
	says("make test T=tests/unit/shared/one_test.c DEBUG=1",
	    "build/debug: 1 passed, 0 failed", true);
	says("make test", "which test?", false);
	says("make test T=unit/shared/two_test", "two_test", false);
}

static void
a_test_that_stands_in_no_table_does_not_compile(void **state)
{
	(void)state;
	says("echo 'static void left_out(void **s) { (void)s; }' "
	    ">>tests/unit/shared/one_test.c; "
	    "make build/plain/tests/unit/shared/one_test.o",
	    "left_out", false);
	says("sed -i 's/^static void left_out/void left_out/' "
	    "tests/unit/shared/one_test.c; "
	    "make build/plain/tests/unit/shared/one_test.o",
	    "left_out", false);
}

static void
a_file_of_tests_that_is_nowhere_looked_for_stops_make(void **state)
{
	(void)state;
	says("mkdir tests/new && touch tests/new/far_test.c && make all",
	    "tests/new/far_test.c", false);
}

static void
editors_are_told_how_each_file_is_compiled(void **state)
{
	(void)state;
	free(sh("make compile_commands.json", true));
	says("cat compile_commands.json", "\"file\": \"shared/one.c\"", true);
	says("cat compile_commands.json",
	    "-DCHAT_VERSION='\\\"" CHAT_VERSION "\\\"'", true);
	says("grep -c command.: compile_commands.json", "2\n", true);
}

int
main(void)
{
#define BUILD_TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		BUILD_TEST(
		    an_object_is_made_anew_when_the_flags_change_and_only_then),
		BUILD_TEST(a_build_for_a_debugger_has_a_folder_of_its_own),
		BUILD_TEST(one_test_is_built_and_run_by_its_name),
		BUILD_TEST(a_test_that_stands_in_no_table_does_not_compile),
		BUILD_TEST(
		    a_file_of_tests_that_is_nowhere_looked_for_stops_make),
		BUILD_TEST(editors_are_told_how_each_file_is_compiled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
