/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The select system's own client, as it is.  It asks for a name and a password
 * by itself, keeps the line end of both, and sends them with one write: the
 * name in one line, a blank and the password in the next.  Whatever comes of
 * that, the second line is a password, and nobody else is told of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

#define REGISTERED "Anda berhasil terdaftar"
#define TAKEN "Username telah dipakai"
#define IN "Login sukses"
#define WRONG "Username atau Password anda Salah"
#define IN_HERE "Anda telah melakukan login sebelumnya."
#define IN_ELSEWHERE "Username tersebut telah melakukan login sebelumnya."
#define LOGIN_FIRST "Anda harus login terlebih dahulu"
#define WRONG_ENTERED "Perintah yang anda masukkan salah"
#define ASKED "Password : "

/* As the client does it: command, name and password with their line ends. */
static void
enter(struct client *c, const char *command, const char *name,
    const char *password)
{
	client_printf(c, "%s %s\n %s\n", command, name, password);
}

static void
says(struct client *c, const char *bytes, const char *answer)
{
	client_puts(c, bytes);
	client_expect_line(c, answer);
}

static struct client *
select_as(struct server *s, const char *user)
{
	struct client *c = client_open_text(s);

	enter(c, "login", user, "surabaya");
	client_expect_line(c, IN);
	return c;
}

/* Nothing has come: the answer to this is the next line. */
static void
expect_quiet(struct client *c)
{
	says(c, "list-user now\n", WRONG_ENTERED);
}

/* Who would see a password that is told to everyone. */
struct bystanders {
	struct server *s;
	struct client *text, *watch;
	size_t from; /* of the log */
};

static struct bystanders
bystanders_new(struct server *s)
{
	return (struct bystanders){ s, select_as(s, "lineker"),
		client_watching(s, "lineker", "surabaya"),
		server_log_length(s) };
}

static void
nobody_was_told(struct bystanders b)
{
	char *log;

	expect_quiet(b.text);
	expect(b.watch, "history - *", "{'messages':[]}");
	log = server_log(b.s);
	assert_null(strstr(log + b.from, "RAHASIA"));
	free(log);
}

/* ---- it works --------------------------------------------------------- */

static void
a_session_of_the_select_systems_client(void **state)
{
	struct client *a = client_open_text(*state);
	struct client *b = client_open_text(*state);

	says(a, "halo\n", LOGIN_FIRST);
	says(a, "regist client_a\n 123\n", REGISTERED);
	says(a, "regist client_a\n 123\n", TAKEN);
	says(a, "login client_a\n 124\n", WRONG);
	says(a, "login client_a\n 123\n", IN);
	says(a, "login client_a\n 123\n", IN_HERE);
	says(b, "login client_a\n 123\n", IN_ELSEWHERE);
	says(b, "regist client_b\n 456\n", REGISTERED);
	says(b, "login client_b\n 456\n", IN);
	says(b, "list-user\n", "list user : client_a, client_b.");
	client_puts(a, "send-to client_b hai\n");
	client_expect_line(b, "Pesan pribadi dari [client_a] hai");
	client_puts(b, "halo semua\n");
	client_expect_line(a, "[client_b] halo semua");
	says(a, "logout\n", "Berhasil Logout");
	says(a, "login client_a\n 123\n", IN);
	expect_quiet(a);
	expect_quiet(b);
}

static void
what_it_registers_is_the_same_account_everywhere(void **state)
{
	struct client *c = client_open_text(*state);

	says(c, "regist client_a\n 123\n", REGISTERED);
	says(c, "login client_a 123\n", IN);
	client_as(*state, "client_a", "123");
}

static void
line_ends_and_blanks_are_no_matter(void **state)
{
	static const char *const forms[] = {
		"login messi\r\n surabaya\r\n", "login messi \n surabaya\n",
		"  login   messi  \r\n   surabaya\n", "login MESSI\nsurabaya\n",
		"login messi\r\r\nsurabaya\n", "login\tmessi\n surabaya\n",
		NULL
	};
	struct client *c = client_open_text(*state);
	size_t i;

	for (i = 0; forms[i] != NULL; i++) {
		says(c, forms[i], IN);
		says(c, "logout\n", "Berhasil Logout");
	}
}

static void
commands_behind_it_wait_for_their_turn(void **state)
{
	struct client *c = client_open_text(*state);

	client_puts(c, "regist satu x\nregist dua\n y\nlogin dua\n y\n"
		       "list-user\nregist tiga\n z\nlogin tiga\n z\n"
		       "logout\nlogin tiga\n z\nlist-user\n");
	client_expect_line(c, REGISTERED);
	client_expect_line(c, REGISTERED);
	client_expect_line(c, IN);
	client_expect_line(c, "list user : dua.");
	client_expect_line(c, REGISTERED);
	client_expect_line(c, IN_HERE);
	client_expect_line(c, "Berhasil Logout");
	client_expect_line(c, IN);
	client_expect_line(c, "list user : tiga.");
}

/* ---- a password that comes late --------------------------------------- */

static void
a_password_that_does_not_come_is_asked_for(void **state)
{
	struct client *c = client_open_text(*state);

	client_puts(c, "login messi\n");
	client_expect_text(c, ASKED);
	says(c, " surabaya\n", IN);
	client_puts(c, "regist neko\n");
	client_expect_text(c, ASKED);
	says(c, "rahasia\n", REGISTERED);
	client_puts(c, "login neko\n");
	client_expect_text(c, ASKED);
	says(c, "rahasia\n", IN_HERE);
	/* Half of one is none yet. */
	client_puts(c, "regist neko\n ra");
	client_expect_text(c, ASKED);
	says(c, "hasia\n", TAKEN);
	expect_quiet(c);
}

/* The two halves of one write; what was late may have been asked for. */
static void
enter_in_two(struct client *c, const char *bytes, size_t at,
    const char *answer)
{
	const char *got;

	client_send(c, bytes, at);
	client_send(c, bytes + at, strlen(bytes + at));
	got = client_line(c);
	if (strncmp(got, ASKED, strlen(ASKED)) == 0)
		got += strlen(ASKED);
	assert_string_equal(got, answer);
}

static void
it_may_be_cut_anywhere(void **state)
{
	static const char login[] = "login messi\r\n surabaya\r\n";
	static const char logged_in[] = "login messi\n RAHASIA\n";
	struct client *c = client_open_text(*state);
	struct bystanders b = bystanders_new(*state);
	size_t i;

	for (i = 1; i < sizeof(login) - 1; i++) {
		enter_in_two(c, login, i, IN);
		says(c, "logout\n", "Berhasil Logout");
	}
	says(c, login, IN);
	for (i = 1; i < sizeof(logged_in) - 1; i++)
		enter_in_two(c, logged_in, i, IN_HERE);
	nobody_was_told(b);
}

static void
who_leaves_in_between_is_gone(void **state)
{
	struct bystanders b = bystanders_new(*state);
	struct client *c = client_open_text(*state);

	client_puts(c, "login messi\n");
	client_close(c);
	c = client_open_text(*state);
	client_puts(c, "regist neko\n RAHA");
	client_reset(c);
	c = client_open_text(*state);
	client_puts(c, "regist neko\n RAHASIA");
	client_half_close(c);
	client_expect_end(c);
	c = client_open_text(*state);
	says(c, "login neko\n RAHASIA\n", WRONG);
	nobody_was_told(b);
}

/* ---- never a broadcast ------------------------------------------------ */

static void
a_password_is_told_to_nobody_in_any_state(void **state)
{
	static const struct {
		const char *bytes, *answer;
	} cases[] = {
		{ "login henderson\n RAHASIA\n", IN_HERE },
		{ "login messi\n RAHASIA\n", IN_HERE },
		{ "login nobody\n RAHASIA\n", IN_HERE },
		{ "login a/b\nRAHASIA\n", IN_HERE },
		{ "login\nhenderson\n RAHASIA\n",
		    "Username : Password : " IN_HERE },
		{ "login henderson RAHASIA\n", IN_HERE },
		{ "login henderson RAHASIA lagi\n", IN_HERE },
		{ "regist henderson\n RAHASIA\n", TAKEN },
		{ "regist neko\n RAHASIA\n", REGISTERED },
		{ "regist paff\n RAHASIA RAHASIA\n",
		    "Password tidak boleh memuat spasi" },
		{ "regist paff\n logout\n", REGISTERED },
	};
	struct client *c = select_as(*state, "messi");
	struct bystanders b = bystanders_new(*state);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		says(c, cases[i].bytes, cases[i].answer);
	expect_quiet(c); /* logged in as before */
	client_puts(c, "regist a/b\n RAHASIA\n");
	assert_int_equal(strncmp(client_line(c), "Username tidak", 14), 0);
	/* Nothing is a password, too. */
	says(c, "login henderson\n\n", IN_HERE);
	says(c, "login henderson\n \r\n", IN_HERE);
	client_puts(c, "regist kosong\n \n");
	assert_string_not_equal(client_line(c), REGISTERED);
	nobody_was_told(b);
}

/* A line that cannot be taken is answered with the error, in its place. */
static void
a_line_that_is_none_has_its_password_as_well(void **state)
{
	struct client *c = select_as(*state, "messi");
	struct client *n = client_open_text(*state);
	struct bystanders b = bystanders_new(*state);
	char *name = xmalloc(10001), *too_long, *bad_utf8;

	memset(name, 'x', 10000);
	name[10000] = '\0';
	client_printf(c, "%s\n", name);
	too_long = xstrdup(client_line(c));
	client_puts(c, "a\xff\n");
	bad_utf8 = xstrdup(client_line(c));
	client_printf(c, "login %s\n RAHASIA\n", name);
	client_expect_line(c, IN_HERE);
	client_printf(c, "regist %s\n RAHASIA\n", name);
	client_expect_line(c, too_long);
	client_printf(n, "login %s\n RAHASIA\n", name);
	client_expect_line(n, too_long);
	says(c, "login b\xff\n RAHASIA\n", IN_HERE);
	says(c, "regist b\xff\n RAHASIA\n", bad_utf8);
	says(n, "login b\xff\n RAHASIA\n", bad_utf8);
	says(n, "regist neko\n RAHASIA\xff\n", bad_utf8);
	client_printf(n, "regist neko\n RAHASIA%s\n", name);
	client_expect_line(n, too_long);
	client_printf(n, "login\n%s\n RAHASIA\n", name);
	client_expect_text(n, "Username : Password : ");
	client_expect_line(n, too_long);
	says(n, "halo\n", LOGIN_FIRST);
	expect_quiet(c);
	nobody_was_told(b);
	free(name);
	free(too_long);
	free(bad_utf8);
}

static void
a_server_that_refuses_eats_the_password_too(void **state)
{
	static const char *const options[][3] = {
		{ "--registration", "closed", NULL },
		{ "--min-password", "8", NULL },
	};
	struct bystanders b;
	struct server *s;
	struct client *c;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		s = server_open(options[i]);
		c = select_as(s, "messi");
		b = bystanders_new(s);
		client_puts(c, "regist neko\n RAHASIA\n");
		assert_string_not_equal(client_line(c), REGISTERED);
		expect_quiet(c);
		nobody_was_told(b);
	}
}

static void
a_password_is_no_command(void **state)
{
	struct bystanders b = bystanders_new(*state);
	struct client *c = select_as(*state, "messi");

	client_puts(c, "logout\nlogin messi\n logout\nlogin messi\n"
		       " surabaya\nlogin messi\n RAHASIA\n");
	client_expect_line(c, "Berhasil Logout");
	client_expect_line(c, WRONG);
	client_expect_line(c, IN);
	client_expect_line(c, IN_HERE);
	nobody_was_told(b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(a_session_of_the_select_systems_client),
		SERVER_TEST(what_it_registers_is_the_same_account_everywhere),
		SERVER_TEST(line_ends_and_blanks_are_no_matter),
		SERVER_TEST(commands_behind_it_wait_for_their_turn),
		SERVER_TEST(a_password_that_does_not_come_is_asked_for),
		FAST_TEST(it_may_be_cut_anywhere),
		SERVER_TEST(who_leaves_in_between_is_gone),
		SERVER_TEST(a_password_is_told_to_nobody_in_any_state),
		SERVER_TEST(a_line_that_is_none_has_its_password_as_well),
		cmocka_unit_test_teardown(
		    a_server_that_refuses_eats_the_password_too,
		    without_server),
		SERVER_TEST(a_password_is_no_command),
	};

	return cmocka_run_group_tests_name(
	    "select", tests, NULL, clients_cleanup);
}
