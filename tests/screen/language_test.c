/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program in the person's language, however that is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

/* env: one NAME=VALUE more. */
static struct term *
open_with(const struct server *s, const char *env, const char *option)
{
	const char *const more[] = { "CHAT_PASSWORD=surabaya", env, NULL };
	const struct term_options o = { .env = more };
	char *where = xasprintf("messi@%s", server_address(s));
	const char *const argv[] = { "chat-tui", where, option, NULL };
	struct term *t = term_open(&o, argv);

	free(where);
	return t;
}

static void
the_first_screen_is_in_it(void **state)
{
	static const char *const env[] = { "LANGUAGE=id", NULL };
	const struct term_options o = { .env = env };
	const char *const argv[] = { "chat-tui", NULL };
	struct server *s = server_open(NULL);
	struct term *t = term_open(&o, argv);

	(void)state;
	term_await(t, "chat-tui: siapa Anda, dan di mana?");
	term_await(t, "Kata sandi");
	term_await(t, "Enter lanjut · F1 bantuan");
	term_type(t, "\025");
	term_type(t, server_address(s));
	term_type(t, "\rmessi\rwrong\r");
	term_await(t, "kata sandi salah");
	term_type(t, "\025surabaya\r");
	term_await_row(t, 0, "daring");
	term_await(t, "Aktif 1");
	term_await(t, "awal percakapan");
	term_type(t, "/w henderson\r");
	term_await_row_is(t, -1, "henderson>");
	term_type(t, "/w semua\r"); /* everyone, as the bar has it */
	term_await_row_is(t, -1, ">");
	term_await_row(t, -2, "1:semua  2:henderson");
}

static void
what_the_server_refuses_is_told_in_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_with(s, "LANGUAGE=id", NULL);

	(void)state;
	term_await_row(t, 0, "daring");
	term_type(t, "/msg nobody hai\r");
	term_await(t, "tidak ada pengguna bernama itu");
	term_type(t, "/join #batak\r");
	term_await(t, "Anda bergabung dengan #batak");
	term_type(t, "/kick lineker\r");
	term_await(t, "tidak ada orang itu di grup");
	term_type(t, "/nonsense\r");
	term_await(t, "tidak ada /nonsense");
	term_type(t, "\003/who\r");
	term_await(t, "1 daring, 3 seluruhnya:");
}

/* The one part of the date's line that no two languages share. */
static const char *
today(void)
{
	static const char *const days[] = { "Minggu, ", "Senin, ", "Selasa, ",
		"Rabu, ", "Kamis, ", "Jumat, ", "Sabtu, " };
	time_t now = time(NULL);
	struct tm tm;

	assert_non_null(gmtime_r(&now, &tm));
	return days[tm.tm_wday];
}

static void
dates_and_numbers_are_in_it(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;

	(void)state;
	client_ask(c, "say - messi \"one\"");
	client_ask(c, "say - messi \"two\"");
	client_ask(c, "broadcast - three");
	t = open_with(s, "LANGUAGE=id", NULL);
	term_await(t, "3 baru: 1 untuk semua, 2 dari lineker");
	term_await(t, today());
}

/* A locale that this machine does not have still tells the language. */
static void
the_environment_tells_it(void **state)
{
	static const char *const env[] = { "LC_ALL=id_ID.UTF-8",
		"LANGUAGE=en:id", "LANGUAGE=fr" };
	static const char *const online[] = { "daring", "online", "online" };
	struct server *s = server_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(env) / sizeof(*env); i++)
		term_await_row(open_with(s, env[i], NULL), 0, online[i]);
}

static void
it_is_set_at_once_and_kept(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_with(s, "LANG=C", NULL);
	struct term_options o = { .home = term_home(t) };
	const char *const argv[] = { "chat-tui", NULL };

	(void)state;
	term_await_row(t, 0, "online");
	term_type(t, "/set language id\r");
	term_await_row(t, 0, "daring");
	term_await(t, "Aktif 1");
	term_type(t, "/set language de\r");
	term_await(t, "language salah satu dari: auto, en, id");
	term_type(t, "\003/set language en\r");
	term_await_row(t, 0, "online");
	term_type(t, "/set language id\r/save\r");
	term_await(t, "1 disimpan di ");
	term_type(t, "/quit\r");
	term_await_end(t);
	t = term_open(&o, argv);
	term_await(t, "siapa Anda");
}

static void
plain_lines_are_in_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_with(s, "LANGUAGE=id", "--plain");

	(void)state;
	term_await(t, "-- /help memuat daftar perintah; Anda messi");
	term_type(t, "/help\r");
	term_await(t, "/msg USER TEKS");
	term_await(t, "pesan pribadi");
	term_type(t, "/msg nobody hai\r");
	term_await(t, "(tidak ada pengguna bernama itu)");
}

static void
the_command_line_is_in_it(void **state)
{
	static const char *const env[] = { "LANGUAGE=id", NULL };
	const struct term_options o = { .env = env };
	const char *const help[] = { "chat-tui", "--help", NULL };
	const char *const wrong[] = { "chat-tui", "--json", NULL };
	struct term *t = term_open(&o, help);

	(void)state;
	term_await(t, "Status keluar: 0 semua yang diketik dijawab OK");
	assert_int_equal(WEXITSTATUS(term_await_end(t)), 0);
	t = term_open(&o, wrong);
	term_await(t, "chat-tui: --json dipakai bersama --follow");
	assert_int_equal(WEXITSTATUS(term_await_end(t)), 64);
}

static int
column_of_star(struct term *t, const char *setting)
{
	const char *row, *star;
	int at, col;

	term_await(t, setting);
	if (!term_find(t, setting, &at, &col))
		term_fail(t, setting);
	row = term_row(t, at);
	star = strstr(row, " *");
	assert_non_null(star);
	return (int)(star - row);
}

/* The word for none is as long as it is. */
static void
the_settings_stand_in_columns_in_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = open_with(s, "LANGUAGE=id", NULL);
	int greeting;

	(void)state;
	term_await_row(t, 0, "daring");
	term_type(t, "/set\r");
	greeting = column_of_star(t, "greeting = (kosong) ");
	assert_int_equal(
	    column_of_star(t, "password-file = (kosong) "), greeting);
	assert_int_equal(column_of_star(t, "plain = no "),
	    greeting + (int)strlen(" yes no"));
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_screen_is_in_it),
		T(what_the_server_refuses_is_told_in_it),
		T(dates_and_numbers_are_in_it),
		T(the_environment_tells_it),
		T(it_is_set_at_once_and_kept),
		T(plain_lines_are_in_it),
		T(the_command_line_is_in_it),
		T(the_settings_stand_in_columns_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
