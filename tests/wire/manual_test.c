/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the pages of the manual show is tried as it stands there.
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
#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/page.h"
#include "tests/lib/server.h"

/* The example of chat-server(8) that holds words. */
static char *
example(const char *words)
{
	struct page *page = page_open("chat-server.8");
	char *text;

	for (size_t i = 0; (text = page_example(page, i)) != NULL; i++) {
		if (strstr(text, words) != NULL)
			break;
		free(text);
	}
	page_close(page);
	if (text == NULL)
		fail_msg("there is no example with %s", words);
	return text;
}

static void
replace(char **text, const char *from, const char *to)
{
	char *at = strstr(*text, from), *whole;

	if (at == NULL)
		fail_msg("no %s in: %s", from, *text);
	*at = '\0';
	whole = xasprintf("%s%s%s", *text, to, at + strlen(from));
	free(*text);
	*text = whole;
}

static char *
write_file(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void
the_unit_is_one_that_systemd_takes(void **state)
{
	struct server *s = server_new();
	char *unit = example("[Unit]"), *program, *at, *out;
	const char *argv[] = { "/usr/bin/systemd-analyze", "verify", NULL,
		NULL };
	char path[4096];
	int status;

	(void)state;
	if (access(argv[0], X_OK) == -1)
		skip();
	program = program_path("chat-server");
	assert_non_null(realpath(program, path));
	free(program);
	replace(&unit, "/usr/local/bin/chat-server", path);
	argv[2] = at = write_file(server_folder(s), "chat-server.service",
	    unit);
	status = program_run(argv, &out);
	if (status != 0 || strstr(out, "chat-server.service") != NULL)
		fail_msg("%d: %s", status, out);
	free(out);
	free(at);
	free(unit);
}

/* Accounts of a class, on every address: the passwords are those that one
 * needs there. */
static void
the_class_can_log_in(void **state)
{
	struct server *s = server_new();
	char *line = example("-a class.txt"), *file;
	struct client *c;

	(void)state;
	assert_non_null(strstr(line, "$ chat-server -l :8889 -t :10000 "
	    "-a class.txt --registration closed\n"));
	file = write_file(
	    server_folder(s), "class.txt", "neko:rahasiaku:Neko\n");
	server_without_accounts(s);
	server_option(s, "-l", ":0");
	server_option(s, "-a", file);
	server_option(s, "--registration", "closed");
	server_start(s);
	c = client_open(s);
	client_login(c, "neko", "rahasiaku");
	expect(c, "register paff rahasiaku",
	    "{'code':'registration-closed'}");
	free(file);
	free(line);
}

#define ALONE(fn) cmocka_unit_test_teardown(fn, without_server)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ALONE(the_unit_is_one_that_systemd_takes),
		ALONE(the_class_can_log_in),
	};

	return cmocka_run_group_tests_name(
	    "manual", tests, NULL, clients_cleanup);
}
