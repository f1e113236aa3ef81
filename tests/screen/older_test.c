/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who know the older systems' clients, whose words had no slash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char enter[] = "\r", empty[] = "\025";

static struct term *
open_plain(const struct server *s, const char *language)
{
	char *lang = xasprintf("LANGUAGE=%s", language);
	const char *const env[] = { "CHAT_PASSWORD=surabaya", lang, NULL };
	char *where = xasprintf("messi@%s", server_address(s));
	const char *argv[] = { "chat-tui", "--plain", where, NULL };
	const struct term_options o = { .env = env };
	struct term *t = term_open(&o, argv);

	term_await(t, "messi");
	free(where);
	free(lang);
	return t;
}

/* The next message that c gets. */
static void
expect_next(struct client *c, const char *pattern)
{
	expect_json(client_event_of(c, "message"), pattern);
}

static void
a_private_message_without_its_slash_is_not_published(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "lineker");
	term_type(t, "send lineker malam bos\r");
	term_await(t, "not sent: /send is the command");
	term_await_row_is(t, -1, "> send lineker malam bos");
	/* The slash does what it says. */
	term_type(t, "\001/\005\r");
	expect_next(c, "{'target':'messi','text':'malam bos'}");
	term_await_row_is(t, -1, ">");
	/* It is no name: a text like any other. */
	term_type(t, "send me the file\r");
	expect_next(c, "{'target':'*','text':'send me the file'}");
}

static void
enter_again_sends_it_as_text(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 12, 40);

	(void)state;
	term_await_row_is(t, -1, ">");
	term_type(t, "inbox\r");
	term_await(t, "as text");
	term_await_row_is(t, -1, "> inbox");
	term_type(t, enter);
	expect_next(c, "{'target':'*','text':'inbox'}");
	term_await_row_is(t, -1, ">");
	/* Once more is another time. */
	term_type(t, "inbox\r");
	term_await_row_is(t, -1, "> inbox");
	term_type(t, empty);
	term_type(t, "halo\r");
	expect_next(c, "{'target':'*','text':'halo'}");
}

static void
a_login_in_the_talk_tells_no_password(void **state)
{
	static const char *const lines[] = { "login baru rahasia",
		"auth messi rahasia", "regist baru rahasia", "login",
		"Register baru rahasia Orang Baru", "passwd lama rahasia" };
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	char *path, *output;
	const char *grep[] = { "/bin/grep", "-r", "rahasia", NULL, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		term_type(t, lines[i]);
		term_type(t, enter);
		term_await(t, "may be in it");
		term_type(t, empty);
		term_await_row_is(t, -1, ">");
		term_type(t, "/clear\r");
		term_await_gone(t, "may be in it");
	}
	term_type(t, "halo\r");
	expect_next(c, "{'target':'*','text':'halo'}");
	path = xstrdup(term_home(t));
	grep[3] = path;
	assert_int_equal(program_run(grep, &output), 1);
	free(output);
	free(path);
}

static void
a_group_is_entered_by_the_older_word(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "group batak origin\r");
	term_await(t, "not sent: /group is the command");
	term_type(t, "\001/\005\r");
	term_await_row_is(t, -1, "#batak>");
	/* What ended a raw group line there. */
	term_type(t, "exit\r");
	term_await(t, "/leave is the command");
	term_type(t, empty);
	term_type(t, "/group teknik\r");
	term_await_row_is(t, -1, "#teknik>");
}

/* Each says what it is said of it, or what to do. */
static void
the_older_words_with_a_slash_are_commands(void **state)
{
	static const struct {
		const char *line, *said;
	} commands[] = {
		{ "/inbox", "no unread private messages" },
		{ "/users", "logged in (2)" },
		{ "/list", "List user: " },
		{ "/list_user", "all users (3)" },
		{ "/list-user", "all users (3)" },
		{ "/user_aktif", "active: " },
		{ "/send lineker", "USER TEXT" },
		{ "/auth messi", "/login USER PASSWORD" },
		{ "/regist messi", "USER PASSWORD [REAL NAME]" },
		{ "/group", "#NAME" },
		{ "/group a b", "#NAME" },
	};
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		term_type(t, empty);
		term_type(t, commands[i].line);
		term_type(t, enter);
		term_await(t, commands[i].said);
		term_type(t, empty);
		term_type(t, "/clear\r");
		term_await_gone(t, commands[i].said);
	}
	term_type(t, "/send lineker satu\r/send-to lineker dua\r");
	expect_next(c, "{'target':'messi','text':'satu'}");
	expect_next(c, "{'target':'messi','text':'dua'}");
	term_type(t, "/logout\r");
	term_await(t, "who are you, and where?");
}

static void
who_sends_is_told_that_it_is_sent(void **state)
{
	static const char *const words[] = { "/send", "/send-to" };
	struct server *s = server_open(NULL);
	struct term *t, *plain = open_plain(s, "en");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		t = person_open(s, "messi", 24, 80);
		term_type(t, words[i]);
		term_type(t, " nobody satu\r");
		term_await(t, "nobody: not sent: there is no user");
		assert_false(term_shows(t, "message sent"));
		term_type(t, words[i]);
		term_type(t, " lineker dua\r");
		term_await(t, "→ lineker: dua");
		term_await(t, "message sent to lineker");
		term_close(t);
	}
	term_await(plain, "you are messi");
	term_type(plain, "/send nobody satu\r");
	term_await(plain, "-- not sent to nobody");
	term_type(plain, "/send lineker dua\r");
	term_await(plain, "-- message sent to lineker");
}

static void
on_a_plain_terminal_the_line_comes_back_too(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = open_plain(s, "en");

	(void)state;
	term_await(t, "you are messi");
	term_type(t, "send-to lineker rahasia\r");
	term_await(t, "-- not sent: /send-to is the command");
	term_type(t, empty);
	term_type(t, "users\r");
	term_await(t, "-- not sent: /users is the command");
	term_type(t, enter);
	expect_next(c, "{'target':'*','text':'users'}");
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
}

static void
it_is_told_in_ones_language(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_plain(s, "id");

	(void)state;
	term_await(t, "/help");
	term_type(t, "inbox\r");
	term_await(t, "tidak dikirim: perintahnya /inbox");
}

/* input (for printf(1)) through a pipe; both outputs. */
static int
pipe_in(const struct server *s, const char *input, char **output)
{
	char *path = program_path("chat-tui");
	char *line = xasprintf("printf '%s' | CHAT_PASSWORD=surabaya "
	    "XDG_CONFIG_HOME=/nonexistent LANGUAGE=en timeout 60 %s "
	    "--no-remember messi@%s", input, path, server_address(s));
	const char *argv[] = { "/bin/sh", "-c", line, NULL };
	int status = program_run(argv, output);

	free(line);
	free(path);
	return status;
}

static void
in_a_pipe_the_line_is_named_and_the_status_tells(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	char *output;

	(void)state;
	assert_int_equal(pipe_in(s, "satu\\ninbox\\nsend lineker rahasia\\n"
	    "send me that\\nlogin messi surabaya\\ninbox", &output), 1);
	assert_non_null(strstr(output, "line 2 was not sent"));
	assert_non_null(strstr(output, "line 3 was not sent"));
	assert_null(strstr(output, "line 4 was not sent"));
	assert_non_null(strstr(output, "line 5 was not sent"));
	assert_non_null(strstr(output, "line 6 was not sent"));
	assert_non_null(strstr(output, "/send is the command"));
	assert_null(strstr(output, "rahasia"));
	assert_null(strstr(output, "surabaya"));
	free(output);
	expect_next(c, "{'target':'*','text':'satu'}");
	expect_next(c, "{'target':'*','text':'send me that'}");
	assert_int_equal(pipe_in(s, "/inbox\\n/send lineker tiga\\n"
	    "/group batak\\n", &output), 0);
	free(output);
	expect_next(c, "{'target':'messi','text':'tiga'}");
}

/* ---- before the login --------------------------------------------------- */

static bool
was_written(struct term *t, const char *text)
{
	size_t n;
	const char *bytes = term_bytes(t, &n);

	return memmem(bytes, n, text, strlen(text)) != NULL;
}

/* The form without a server, or with one and no name. */
static struct term *
open_form(const struct server *s, int rows, int cols)
{
	const char *argv[] = { "chat-tui", server_address(s), NULL };
	const struct term_options o = { .rows = rows, .cols = cols };
	struct term *t = term_open(&o, argv);

	term_await(t, "Password");
	term_await(t, server_address(s));
	return t;
}

/* As soon as it is known for one, before Enter. */
static void
a_whole_login_in_the_form_goes_where_it_belongs(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_form(s, 24, 80);
	int row, col;

	(void)state;
	term_type(t, "auth messi s");
	term_await(t, "Name        messi");
	term_await(t, "Password    •");
	assert_true(term_find(t, "Password", &row, &col));
	term_await_cursor(t, row, col + 13);
	assert_false(term_shows(t, "auth"));
	term_type(t, "urabaya\r");
	term_await_row(t, 0, "messi · online");
	assert_false(was_written(t, "urabaya"));
}

/* The field of the server comes first where none is known; a paste is one
 * piece; blanks are not counted. */
static void
it_is_known_in_each_field_however_it_is_typed(void **state)
{
	static const char *const typed[] = { "auth messi surabaya",
		"LOGIN messi surabaya ", "/login messi surabaya",
		"\033[200~  auth messi  surabaya\033[201~" };
	struct server *s = server_open(NULL);
	struct term *t;

	(void)state;
	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
		t = person_new(NULL, 12, 40);
		term_await(t, "Server");
		term_type(t, typed[i]);
		term_await(t, "••••••••");
		assert_false(term_shows(t, "surabaya"));
		term_await(t, "messi");
		term_type(t, "\033[A\033[A"); /* to the server's */
		term_type(t, server_address(s));
		term_type(t, "\r\r\r");
		term_await_row(t, 0, "messi · online");
		assert_false(was_written(t, "surabaya"));
		term_close(t);
	}
}

static void
a_whole_registration_asks_once_more(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_form(s, 24, 80);

	(void)state;
	term_type(t, "regist baru rahasia1 Orang Baru\r");
	term_await(t, "[Register]");
	term_await(t, "Name        baru");
	term_await(t, "Real name   Orang Baru");
	term_type(t, "rahasia1\r\r");
	term_await_row(t, 0, "baru · online");
	assert_false(was_written(t, "rahasia1"));
	expect(client_as(s, "messi", "surabaya"), "users -",
	    "{'messages':['baru [Orang Baru]','messi [Lionel Messi]']}");
}

static void
after_a_logout_a_whole_login_is_known_too(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/logout\r");
	term_await(t, "who are you, and where?");
	term_type(t, "auth lineker wrong\r");
	term_await(t, "wrong password");
	term_await(t, "Name        lineker");
	/* Behind the name that stands there. */
	term_type(t, "\033[Aauth messi surabaya");
	term_await(t, "Name        messi");
	term_type(t, "\r");
	term_await_row(t, 0, "messi · online");
	assert_false(was_written(t, "surabaya"));
}

static void
a_lone_word_is_no_name_in_the_form(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_form(s, 24, 80);

	(void)state;
	term_type(t, "inbox\r");
	term_await(t, "That is a command: log in first.");
	term_type(t, empty);
	term_await_gone(t, "That is a command");
	term_type(t, "regist\r");
	term_await(t, "[Register]");
	term_type(t, "login\r");
	term_await(t, "[Log in]");
	term_type(t, "auth messi\r");
	term_await(t, "Name        messi");
	term_type(t, "surabaya\r");
	term_await_row(t, 0, "messi · online");
}

static void
at_the_questions_of_plain_lines_too(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	const char *argv[] = { "chat-tui", "--plain", server_address(s), NULL };
	struct term *t = term_open(&(struct term_options){ .rows = 24 }, argv);

	(void)state;
	term_await(t, "Name:");
	term_type(t, "inbox\r");
	term_await(t, "-- /inbox: log in first: login NAME PASSWORD");
	term_type(t, "auth messi wrong\r");
	term_await(t, "-- wrong password");
	term_await(t, "Name [messi]:");
	term_type(t, "login messi surabaya\r");
	term_await(t, "you are messi");
	term_type(t, "/logout\r");
	term_await(t, "you are logged out");
	term_type(t, "regist baru rahasia1 Orang Baru\r");
	term_await(t, "welcome, baru");
	term_type(t, "halo\r");
	expect_next(c, "{'from':'baru','name':'Orang Baru','text':'halo'}");
	term_type(t, "/logout\r");
	term_await(t, "Name [baru]:");
	term_type(t, "auth lineker\r");
	term_await(t, "Password:");
	term_type(t, "surabaya\r");
	term_await(t, "[y/N]");
	term_type(t, "n\r");
	term_await(t, "-- 1 new: 1 everyone");
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, people_cleanup)
	const struct CMUnitTest tests[] = {
		T(a_private_message_without_its_slash_is_not_published),
		T(enter_again_sends_it_as_text),
		T(a_login_in_the_talk_tells_no_password),
		T(a_group_is_entered_by_the_older_word),
		T(the_older_words_with_a_slash_are_commands),
		T(who_sends_is_told_that_it_is_sent),
		T(on_a_plain_terminal_the_line_comes_back_too),
		T(it_is_told_in_ones_language),
		T(in_a_pipe_the_line_is_named_and_the_status_tells),
		T(a_whole_login_in_the_form_goes_where_it_belongs),
		T(it_is_known_in_each_field_however_it_is_typed),
		T(a_whole_registration_asks_once_more),
		T(after_a_logout_a_whole_login_is_known_too),
		T(a_lone_word_is_no_name_in_the_form),
		T(at_the_questions_of_plain_lines_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
