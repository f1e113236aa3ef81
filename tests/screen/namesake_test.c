/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody whose account is older than the rule that no name may mean everyone
 * or the server: as others see them, and how others write to them.
 */
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
#include "tests/lib/datafile.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define IS_EVERYONE "\"everyone\" is everyone, to whom /all TEXT writes; a " \
	"person of that name"

/* In the realm its: lineker is called name. */
static struct server *
server_with(const char *name)
{
	static const char *const its[] = { "--realm", "its", NULL };
	struct server *s = server_open(its);

	datafile_rename(s, "lineker", name);
	return s;
}

static void
type_line(struct term *t, const char *line)
{
	term_type(t, "\025"); /* what was refused may stand there */
	term_type(t, line);
	term_type(t, "\r");
}

static void
somebody_called_everyone_is_not_taken_for_everyone(void **state)
{
	struct server *s = server_with("everyone");
	struct client *c = client_watching(s, "everyone", "surabaya");
	struct term *t = person_open(s, "messi", 24, 100);

	(void)state;
	term_await(t, "│ everyone@its");
	expect(c, "send - messi halo", "{'status':'OK'}");
	term_await_row_is(t, -2, " 1:everyone  2:everyone@its(1)");
	expect(c, "broadcast - pagi", "{'status':'OK'}");
	term_await(t, "everyone@its  pagi");
	type_line(t, "/w everyone@ITS");
	term_await_row(t, -1, "everyone@its>");
	term_await(t, "everyone@its  halo");
	term_await_row_is(t, -2, " 1:everyone  2:everyone@its");
	type_line(t, "hai");
	expect_json(client_event_of(c, "message"),
	    "{'target':'messi','text':'hai'}");
	type_line(t, "/w everyone");
	term_await_row_is(t, -1, ">");
	type_line(t, "/who");
	term_await(t, "* everyone@its [Gary Lineker], here since");
	type_line(t, "/list_user");
	term_await(t, "messi, henderson, everyone@its");
	type_line(t, "/users");
	term_await(t, "everyone@its [Gary Lineker]");
	type_line(t, "/user_aktif");
	term_await(t, "active: everyone@its, messi");
}

/* Not to that person, and not to all; and the same of what is done to them. */
static void
what_is_meant_for_everyone_reaches_nobody_by_mistake(void **state)
{
	struct server *s = server_with("everyone");
	struct client *c = client_watching(s, "everyone", "surabaya");
	struct term *t = person_open(s, "messi", 24, 120);

	(void)state;
	client_event_of(c, "presence");
	type_line(t, "/msg everyone rahasia");
	term_await(t, IS_EVERYONE);
	type_line(t, "/send SEMUA rahasia");
	term_await(t, "\"SEMUA\" is everyone, to whom");
	type_line(t, "/msg server rahasia");
	term_await(t, "\"server\" is nobody's name");
	type_line(t, "/ignore everyone");
	type_line(t, "/join #kelas");
	term_await_row(t, -1, "#kelas>");
	type_line(t, "/invite everyone");
	term_await(t, "\"everyone\" is everyone");
	client_expect_silence(c);
	type_line(t, "/msg everyone@its hai");
	expect_json(client_event_of(c, "message"),
	    "{'target':'messi','text':'hai'}");
	type_line(t, "/invite everyone@its");
	client_event_of(c, "invite");
	expect(c, "history - *", "{'messages':[]}");
}

static void
the_same_holds_in_indonesian(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya",
		"LANGUAGE=id", NULL };
	const struct term_options o = { .cols = 100, .env = env };
	struct server *s = server_with("semua");
	struct client *c = client_watching(s, "semua", "surabaya");
	char *where = xasprintf("messi@%s", server_address(s));
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t = term_open(&o, argv);

	(void)state;
	term_await_row(t, -2, "1:semua");
	term_await(t, "│ semua@its");
	client_event_of(c, "presence");
	type_line(t, "/msg semua rahasia");
	term_await(t, "\"semua\" berarti semua, /all TEKS menulis ke semua;");
	type_line(t, "/w semua");
	client_expect_silence(c);
	expect(c, "send - messi hai", "{'status':'OK'}");
	term_await_row_is(t, -2, " 1:semua  2:semua@its(1)");
	free(where);
}

/* Runs chat-tui with --send; its status, and what it said in *out. */
static int
send_to(const struct server *s, const char *target, char **out)
{
	char *where = xasprintf("messi@%s", server_address(s));
	char *path = program_path("chat-tui");
	const char *const argv[] = { "/usr/bin/env", "CHAT_PASSWORD=surabaya",
		path, "--no-remember", "--send", target, "hai", where, NULL };
	int status = program_run(argv, out);

	free(path);
	free(where);
	return status;
}

static void
a_script_names_the_person_with_the_realm(void **state)
{
	struct server *s = server_with("everyone");
	struct client *c = client_watching(s, "everyone", "surabaya");
	char *out;

	(void)state;
	assert_int_equal(send_to(s, "everyone", &out), EX_USAGE);
	assert_non_null(strstr(out, IS_EVERYONE));
	free(out);
	assert_int_equal(send_to(s, "everyone@its", &out), 0);
	free(out);
	expect_json(client_event_of(c, "message"),
	    "{'target':'messi','text':'hai'}");
}

/* To themselves they are who they are, and others are told their words. */
static void
whoever_is_called_so_can_chat(void **state)
{
	struct server *s = server_with("everyone");
	struct term *t = person_open(s, "everyone", 24, 80);
	struct client *c = client_watching(s, "messi", "surabaya");

	(void)state;
	type_line(t, "halo semua");
	expect_json(client_event_of(c, "message"),
	    "{'target':'*','from':'everyone','text':'halo semua'}");
	term_await(t, "everyone  halo semua");
	type_line(t, "/w messi");
	type_line(t, "hai");
	expect_json(client_event_of(c, "message"),
	    "{'target':'everyone','from':'everyone','text':'hai'}");
	term_await_row(t, -2, "2:messi");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    somebody_called_everyone_is_not_taken_for_everyone,
		    people_cleanup),
		cmocka_unit_test_teardown(
		    what_is_meant_for_everyone_reaches_nobody_by_mistake,
		    people_cleanup),
		cmocka_unit_test_teardown(
		    the_same_holds_in_indonesian, people_cleanup),
		cmocka_unit_test_teardown(
		    a_script_names_the_person_with_the_realm, people_cleanup),
		cmocka_unit_test_teardown(
		    whoever_is_called_so_can_chat, people_cleanup),
	};

	return cmocka_run_group_tests_name("namesake", tests, NULL, NULL);
}
