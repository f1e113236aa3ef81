/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat-tui --trace: what went over the wire stands in the file, and no secret.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static char text[1 << 18];

static void
read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
}

/* Its status; both outputs in text. */
static int
run(const struct server *s, const char *input, const char *options)
{
	char *path = program_path("chat-tui");
	char *line = xasprintf("printf '%s' | XDG_CONFIG_HOME=/nonexistent "
	    "CHAT_PASSWORD=surabaya timeout 60 %s --no-remember %s messi@%s "
	    "2>&1", input, path, options, server_address(s));
	FILE *f = popen(line, "r");
	size_t n;
	int status;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	status = pclose(f);
	free(line);
	free(path);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
has(const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no '%s' in: %s", what, text);
}

static void
has_no_secret(void)
{
	static const char *const secret[] = { "surabaya", "rahasia" };

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (strstr(text, secret[i]) != NULL)
			fail_msg("%s is in: %s", secret[i], text);
	has("\"tokenid\":\"***\"");
}

static void
a_pipe_is_traced_both_ways(void **state)
{
	struct server *s = server_open(NULL);
	char *path = xasprintf("%s/trace", server_folder(s));
	char *option = xasprintf("--trace %s", path);
	struct stat st;

	(void)state;
	assert_int_equal(run(s, "halo dunia\\n/join #lab\\n"
	    "/passwd surabaya rahasia1\\n/quit\\n", option), 0);
	read_all(path);
	has(" - opened: ");
	has(" > @"); /* tags */
	has(" auth messi ***\n");
	has("halo dunia");
	has("join - #lab");
	has(" passwd ***\n");
	has(" < {\"status\":\"OK\"");
	has(" - closed\n");
	has_no_secret();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	free(option);
	free(path);
}

static void
the_full_screen_is_traced_with_what_is_typed_into_its_form(void **state)
{
	struct server *s = server_open(NULL);
	char *path = xasprintf("%s/trace", server_folder(s));
	const char *argv[] = { "chat-tui", "--trace", path,
		server_address(s), NULL };
	struct term *t = term_open(NULL, argv);

	(void)state;
	term_await(t, "Password");
	term_type(t, "messi\rsurabaya\r");
	term_await(t, "online");
	term_type(t, "/passwd surabaya rahasia2\r");
	term_await(t, "everyone");
	term_type(t, "halo\r");
	term_await(t, "halo");
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	read_all(path);
	has(" auth messi ***\n");
	has("halo");
	has_no_secret();
	free(path);
}

static void
a_trace_that_cannot_be_written_is_73(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
	assert_int_equal(
	    run(s, "halo\\n", "--trace /nonexistent/trace"), EX_CANTCREAT);
	assert_string_equal(text, "chat-tui: /nonexistent/trace: "
	    "No such file or directory\n");
}

int
main(void)
{
#define TRACE_TEST(name) cmocka_unit_test_teardown(name, people_cleanup)
	const struct CMUnitTest tests[] = {
		TRACE_TEST(a_pipe_is_traced_both_ways),
		TRACE_TEST(
		    the_full_screen_is_traced_with_what_is_typed_into_its_form),
		TRACE_TEST(a_trace_that_cannot_be_written_is_73),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
