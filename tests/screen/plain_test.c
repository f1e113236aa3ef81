/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Without a screen: in a pipe, with --plain, with --send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"

enum { SAID_CAP = 16384 };

static char said[SAID_CAP]; /* on both outputs, by the last one that ran */

/* input (for printf(1)) into chat-tui with these arguments; its status. */
static int
run_with(const char *password, const char *input, const char *args)
{
	char *path = program_path("chat-tui");
	char *line = xasprintf("printf '%s' | XDG_CONFIG_HOME=/nonexistent "
	    "CHAT_PASSWORD=%s timeout 60 %s --no-remember %s 2>&1", input, password, path, args);
	FILE *f = popen(line, "r");
	size_t n;
	int status;

	assert_non_null(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	status = pclose(f);
	free(line);
	free(path);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
run(const struct server *s, const char *input, const char *options)
{
	char *args = xasprintf("%s messi@%s", options, server_address(s));
	int status = run_with("surabaya", input, args);

	free(args);
	return status;
}

static void
expect_said(const char *text)
{
	if (strstr(said, text) == NULL)
		fail_msg("\"%s\" is not in:\n%s", text, said);
}

static void
lines_of_a_pipe_are_said_and_answered(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	assert_int_equal(run(s, "one\\ntwo\\n/msg lineker three", ""), 0);
	expect_json(client_event_of(c, "message"),
	    "{'from':'messi','target':'*','text':'one'}");
	expect_json(client_event_of(c, "message"), "{'text':'two'}");
	expect_json(client_event_of(c, "message"),
	    "{'target':'messi','text':'three'}");
}

static void
blanks_before_a_command_publish_nothing(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "henderson", "surabaya");
	struct client *to = client_watching(s, "lineker", "surabaya");

	(void)state;
	assert_int_equal(run(s, " /msg lineker one\\n\\t/msg lineker two\\n"
	    "\\343\\200\\200/msg lineker three\\n //four\\n  /quit\\nfive\\n",
	    ""), 0);
	expect_json(client_event_of(to, "message"), "{'text':'one'}");
	expect_json(client_event_of(to, "message"), "{'text':'two'}");
	expect_json(client_event_of(to, "message"), "{'text':'three'}");
	expect_json(client_event_of(c, "message"), "{'text':' /four'}");
	assert_null(strstr(said, "five"));
	assert_int_equal(run(s, "/set literal yes\\n /msg lineker x\\n", ""), 0);
	expect_json(client_event_of(c, "message"),
	    "{'text':' /msg lineker x','target':'*'}");
	assert_int_equal(run(s, " /nosuch\\n", ""), 1);
}

static void
time_stamps_are_there_when_asked_for(void **state)
{
	struct server *s = server_open(NULL);
	char today[32];
	struct tm tm;
	time_t now = time(NULL);

	(void)state;
	assert_non_null(localtime_r(&now, &tm));
	assert_true(strftime(today, sizeof(today), "%Y-%m-%dT", &tm) > 0);
	assert_int_equal(run(s, "one\\n", "--plain"), 0);
	assert_null(strstr(said, today));
	assert_int_equal(run(s, "two\\n/history\\n", "--plain --timestamps"),
	    0);
	expect_said(today);
	expect_said("<messi> two\n");
	assert_int_equal(run(s, "", "--timestamps"), EX_USAGE);
	expect_said("--timestamps goes with --follow or --plain");
}

static void
commands_are_answered_in_lines(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
	assert_int_equal(run(s, "/who\\n/help\\n", "--plain"), 0);
	expect_said("messi [Lionel Messi], here since");
	expect_said("/msg USER TEXT");
}

static void
a_search_leads_to_older_ones(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	const char *more;
	char *input;
	int i;

	(void)state;
	for (i = 1; i <= 60; i++)
		client_ask(c, "broadcast - needle %d.", i);
	assert_int_equal(run(s, "/search needle\n", "--plain"), 0);
	expect_said("50 found, the newest:");
	more = strstr(said, "there are more: /search before=");
	assert_non_null(more);
	input = xasprintf("/search before=%d needle\n",
	    atoi(strchr(more, '=') + 1));
	assert_int_equal(run(s, input, "--plain"), 0);
	free(input);
	expect_said("10 found:");
	expect_said("needle 10.");
	expect_said("needle 1.");
	assert_null(strstr(said, "needle 11."));
	assert_null(strstr(said, "there are more"));
}

static void
settings_are_said_and_changed_in_lines(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
	assert_int_equal(run(s, "/set bell no\\n/set\\n", ""), 0);
	expect_said("bell = no: ring when you are called");
	expect_said("users = auto");
	expect_said("1 changed and not saved: /save");
	assert_int_equal(run(s, "/set bel no\\n", ""), 1);
	expect_said("bel: no such setting; bell?");
}

static void
what_the_server_refuses_ends_with_1(void **state)
{
	struct server *s = server_open(NULL);

	(void)state;
	assert_int_equal(run(s, "/msg nobody hey\\nhalo\\n", ""), 1);
	expect_said("no user of that name");
	assert_int_equal(run(s, "/nonsense\\n", ""), 1);
	expect_said("there is no /nonsense");
}

static void
who_is_ignored_is_in_no_list(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct client *d = client_as(s, "henderson", "surabaya");

	(void)state;
	client_ask(c, "send - messi psst one");
	client_ask(c, "broadcast - psst two");
	client_ask(d, "broadcast - psst three");
	client_ask(c, "join - #batak");
	assert_int_equal(run(s, "/ignore lineker\n/search psst\n/unread\n"
	    "/inbox\n", ""), 0);
	expect_said("-- 1 found:");
	expect_said("<henderson> psst three");
	expect_said("(2 left out, of people you ignore)");
	expect_said("-- unread:");
	expect_said("everyone: 2 unread"); /* the server's count */
	expect_said("no unread private messages");
	expect_said("(1 left out, of people you ignore)");
	assert_null(strstr(said, "psst one"));
	assert_null(strstr(said, "psst two"));
	assert_null(strstr(said, "lineker: "));

	client_ask(c, "send - messi psst four");
	client_ask(d, "send - messi psst five");
	assert_int_equal(run(s, "/ignore lineker\n/ignore henderson\n"
	    "/unread\n/search psst\n", ""), 0);
	expect_said("(2 left out, of people you ignore)");
	expect_said("nothing found");
	expect_said("(5 left out, of people you ignore)");
	assert_int_equal(run(s, "/ignore lineker\n/inbox\n", ""), 0);
	expect_said("unread private messages:");
	expect_said("<henderson> psst five");
	expect_said("(1 left out, of people you ignore)");
	assert_null(strstr(said, "psst four"));
}

static void
what_a_command_does_may_be_refused_as_well(void **state)
{
	static const char *const refused[] = {
		"/passwd wrong newsecret", "/name \\001", "/join #secret",
		"/topic #secret sushi", "/mode #secret open",
		"/kick #secret messi", "/leave #secret", "/members #secret",
		"/kick * lineker", "/grant lineker", "/realms",
		"/invite #secret nobody",
	};
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	size_t i;

	(void)state;
	client_ask(c, "join - #secret");
	client_ask(c, "mode - #secret secret");
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		char *input = xasprintf("%s\nhalo\n", refused[i]);

		if (run(s, input, "--plain") != 1)
			fail_msg("%s ends with 0:\n%s", refused[i], said);
		expect_said("halo"); /* what stands behind it is done */
		free(input);
	}
	assert_int_equal(run(s, "/join #batak\n/topic su\\033shi\n", ""), 1);
	expect_said("/topic: a control character (U+001B) is in it");
	if (run(s, "/join #batak\n/topic sushi\n/mode invite\n/members\n"
	    "/topic\n/rules\n/leave\n/groups\n/w\n/history 5\n",
	    "--plain") != 0)
		fail_msg("ends not with 0:\n%s", said);
}

static void
sending_one_message_says_whether_it_is_there(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	assert_int_equal(run(s, "", "--send lineker hai"), 0);
	assert_string_equal(said, "");
	expect_json(client_event_of(c, "message"),
	    "{'from':'messi','text':'hai'}");
	assert_int_equal(run(s, "", "--send nobody hai"), 1);
	expect_said("not sent: ");
}

static void
each_cause_of_failure_has_its_status(void **state)
{
	struct server *s = server_open(NULL);
	char *at = xasprintf("messi@%s", server_address(s));

	(void)state;
	assert_int_equal(run_with("wrong", "hey\\n", at), EX_NOPERM);
	expect_said("wrong password");
	server_kill(s);
	assert_int_equal(run_with("surabaya", "hey\\n", at), EX_UNAVAILABLE);
	expect_said("refused");
	assert_int_equal(run_with("surabaya", "", "--nonsense"), EX_USAGE);
	expect_said("chat-tui: --nonsense: no such option; see --help\n");
	assert_int_equal(run_with("surabaya", "", "--follw=x"), EX_USAGE);
	expect_said("chat-tui: --follw: no such option; --follow? See --help");
	assert_int_equal(run_with("surabaya", "", "host -xyz -v"), EX_USAGE);
	expect_said("chat-tui: -xyz: no such option; see --help\n");
	assert_int_equal(run_with("surabaya", "", "host -v"), EX_USAGE);
	expect_said("chat-tui: -v: no such option; see --help\n");
	assert_int_equal(run_with("surabaya", "", "--no-m --no"), EX_USAGE);
	expect_said("chat-tui: --no: several options begin so; see --help\n");
	assert_int_equal(run_with("surabaya", "", "--plain=yes"), EX_USAGE);
	expect_said("chat-tui: --plain takes no value\n");
	assert_int_equal(run_with("surabaya", "", "--config"), EX_USAGE);
	expect_said("chat-tui: --config needs a value\n");
	assert_int_equal(run_with("surabaya", "", "--tls"), EX_USAGE);
	expect_said("chat-tui: TLS is not in this version; without it");
	assert_int_equal(run_with("surabaya", "", "--tls=host"), EX_USAGE);
	expect_said("chat-tui: TLS is not in this version; without it");
	assert_int_equal(run_with("surabaya", "", "--send"), EX_USAGE);
	expect_said("chat-tui: --send needs a TARGET and a TEXT\n");
	assert_int_equal(run_with("surabaya", "", "--send lineker"), EX_USAGE);
	assert_int_equal(run_with("surabaya", "",
	    "--password-file /nonexistent messi@localhost:1"), EX_NOINPUT);
	free(at);
}

static void
put_file(const char *folder, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	free(path);
}

/* A name in the file counts from the file's folder, on the command line from
 * where one is. */
static void
the_files_password_file_lies_beside_it(void **state)
{
	struct server *s = server_open(NULL);
	char *args = xasprintf("--config %s/config messi@%s",
	    server_folder(s), server_address(s));
	char *both = xasprintf("--password-file secret %s", args);

	(void)state;
	put_file(server_folder(s), "config", "password-file = secret\n");
	put_file(server_folder(s), "secret", "surabaya\n");
	assert_int_equal(run_with("wrong", "hey\\n", args), 0);
	assert_int_equal(run_with("wrong", "hey\\n", both), EX_NOINPUT);
	expect_said("chat-tui: secret: No such file");
	free(both);
	free(args);
}

/* Its standard output goes where into says, what it says on the other one to
 * us; the lines of its input are the numbers up to lines. */
static int
run_into(const struct server *s, int lines, const char *into)
{
	char *path = program_path("chat-tui"), *at;
	char *line = xasprintf("{ seq %d | { CHAT_PASSWORD=surabaya timeout 60 "
	    "%s --no-remember --plain messi@%s 2>&3; echo \"status $?\" >&3; } "
	    "%s; } 3>&1", lines, path, server_address(s), into);
	FILE *f = popen(line, "r");
	size_t n;

	assert_non_null(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	(void)pclose(f);
	free(line);
	free(path);
	at = strstr(said, "status ");
	assert_non_null(at);
	return atoi(at + strlen("status "));
}

static void
expect_heard(struct client *c, int lines)
{
	char text[16];

	for (int i = 1; i <= lines; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_string_equal(
		    str_of(client_event_of(c, "message"), "text"), text);
	}
}

/* "| head" has had enough, but all of the input is meant to be sent. */
static void
a_reader_who_goes_loses_no_line(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	assert_int_equal(run_into(s, 200, "| head -n 2 >/dev/null"), 0);
	assert_string_equal(said, "status 0\n");
	expect_heard(c, 200);
}

static void
what_cannot_be_printed_ends_it_with_74(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");

	(void)state;
	assert_int_equal(run_into(s, 200, ">/dev/full"), EX_IOERR);
	expect_said("chat-tui: standard output: No space left on device; the "
	    "input was not taken from line 2 on\n");
	expect_heard(c, 1);
	assert_int_equal(run_into(s, 1, ">/dev/full"), EX_IOERR);
	expect_said("chat-tui: standard output: No space left on device\n");
	expect_heard(c, 1);
}

static void
what_others_write_is_no_control_code_here_either(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");

	(void)state;
	client_ask(c, "say - messi %s", "\"a\\u001b[31mred\\u009bm\"");
	assert_int_equal(run(s, "/inbox\\n", ""), 0);
	expect_said("a␛[31mred<U+009B>m");
	assert_null(strchr(said, '\033'));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(lines_of_a_pipe_are_said_and_answered),
		T(blanks_before_a_command_publish_nothing),
		T(time_stamps_are_there_when_asked_for),
		T(commands_are_answered_in_lines),
		T(a_search_leads_to_older_ones),
		T(settings_are_said_and_changed_in_lines),
		T(who_is_ignored_is_in_no_list),
		T(what_a_command_does_may_be_refused_as_well),
		T(what_the_server_refuses_ends_with_1),
		T(sending_one_message_says_whether_it_is_there),
		T(each_cause_of_failure_has_its_status),
		T(the_files_password_file_lies_beside_it),
		T(a_reader_who_goes_loses_no_line),
		T(what_cannot_be_printed_ends_it_with_74),
		T(what_others_write_is_no_control_code_here_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
