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

#include "shared/wire.h"
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

/* ---- chat-protocol(7) -------------------------------------------------- */

/* In a line of the page that begins so. */
static bool
is_told(const char *begin, const char *word)
{
	FILE *f = fopen("man/chat-protocol.7", "r");
	char line[512];
	bool found = false;

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		const char *at = line;
		size_t n = strlen(word);

		if (strncmp(line, begin, strlen(begin)) != 0)
			continue;
		while (!found && (at = strstr(at + 1, word)) != NULL)
			found = (at[-1] == ' ' || at[-1] == '"') &&
			    (at[n] == ' ' || at[n] == '\n' || at[n] == '"');
	}
	fclose(f);
	return found;
}

static void
every_code_of_an_error_is_in_it(void **state)
{
	(void)state;
	for (int i = WIRE_OK + 1; i < WIRE_ERRS; i++) {
		const char *code = wire_err_code((enum wire_err)i);

		if (!is_told(".It Li ", code))
			fail_msg("%s is not told of", code);
	}
}

static void
every_command_and_every_limit_is_in_it(void **state)
{
	struct client *c = client_open(*state);
	json_t *o = json_object_get(client_ask(c, "help"), "commands"), *v;
	const char *name;

	json_object_foreach(o, name, v)
		if (!is_told(".It Ic ", name))
			fail_msg("%s is not told of", name);
	o = json_object_get(client_ask(c, "hello"), "limits");
	json_object_foreach(o, name, v)
		if (strcmp(name, "line") != 0 && strcmp(name, "text") != 0 &&
		    !is_told(".Li ", name))
			fail_msg("the limit %s is not told of", name);
	/* As it says: a number for each. */
	expect(c, "hello", "{'limits':{'line':8192,'text':4096,'topic':512,"
	    "'name':32,'real_name':64,'password':1024,'tag':64,'page':200,"
	    "'replay':1000,'inbox':1000,'rate':20,'idle':1800,"
	    "'token':2592000,'min_password':1}}");
}

#define ALONE(fn) cmocka_unit_test_teardown(fn, without_server)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ALONE(the_unit_is_one_that_systemd_takes),
		ALONE(the_class_can_log_in),
		cmocka_unit_test(every_code_of_an_error_is_in_it),
		SERVER_TEST(every_command_and_every_limit_is_in_it),
	};

	return cmocka_run_group_tests_name(
	    "manual", tests, NULL, clients_cleanup);
}
