/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --trace and --log-level debug: a whole session on both listeners, and a
 * link, stand in it, and no secret does.
 */
#include <sys/stat.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/realms.h"
#include "tests/lib/server.h"

static char *
trace_path(const struct server *s)
{
	return xasprintf("%s/trace", server_folder(s));
}

static char *
read_all(const char *path)
{
	size_t cap = 4 << 20, n;
	char *text = xcalloc(1, cap);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	n = fread(text, 1, cap - 1, f);
	assert_true(n < cap - 1);
	fclose(f);
	return text;
}

static void
has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no '%s' in: %s", what, text);
}

static void
has_not(const char *text, const char *what)
{
	if (strstr(text, what) != NULL)
		fail_msg("'%s' in: %s", what, text);
}

/* Says things of every kind on both listeners; the tokens that were used. */
static void
live(struct server *s, char token[2][64])
{
	struct client *c = client_open(s), *t;

	snprintf(token[0], sizeof(token[0]), "%s",
	    client_login(c, "messi", "surabaya"));
	expect(c, "register neko rahasia1 Neko Hitam", "{'status':'OK'}");
	expect(c, "passwd - surabaya rahasia2", "{'status':'OK'}");
	expect(c, "@t1 auth messi rahasia2", "{'status':'OK'}");
	expect(c, "auth messi rahasia3", "{'code':'wrong-password'}");
	snprintf(token[1], sizeof(token[1]), "%s",
	    client_login(c, "neko", "rahasia1"));
	client_printf(c, "send %s henderson apa kabar\r\n", token[1]);
	expect_reply(c, "{'status':'OK'}");
	client_printf(c, "@t2 join %s #praktikum\r\n", token[1]);
	expect_reply(c, "{'status':'OK','tag':'t2'}");
	expect(c, "atuh neko rahasia1", "{'code':'unknown-command'}");
	t = client_open_text(s);
	client_puts(t, "login henderson\nsurabaya\n");
	client_expect_line(t, "Login sukses");
	client_expect_line(t, "Pesan pribadi dari [neko] apa kabar");
	client_puts(t, "halo semuanya\nsend-to neko baik\nlogout\n");
	client_expect_line(t, "Berhasil Logout");
	client_puts(t, "regist paff\nrahasia4\n");
	client_expect_line(t, "Anda berhasil terdaftar");
	client_puts(t, "login\npaff\n");
	client_expect_text(t, "Username : ");
	client_puts(t, "rahasia5\n");
	client_expect_text(t, "Password : ");
	client_expect_line(t, "Username atau Password anda Salah");
	client_puts(t, "login paff rahasia4\n");
	client_expect_line(t, "Login sukses");
	client_close(t);
	client_printf(c, "logout %s\r\n", token[1]);
	expect_reply(c, "{'status':'OK'}");
	client_close(c);
}

static void
assert_traced(const char *text, char token[2][64])
{
	static const char *const there[] = { "< auth messi ***\n",
		"< register neko ***\n", "< passwd ***\n",
		"< @t1 auth messi ***\n", "< send *** henderson apa kabar\n",
		"< @t2 join *** #praktikum\n", "< atuh ***\n",
		"< logout ***\n", "\"tokenid\":\"***\"", "\"tag\":\"t2\"",
		"unknown-command", "wrong-password", "< login henderson\n",
		"< halo semuanya\n", "< send-to neko baik\n", "< logout\n",
		"> Login sukses\n", "> Berhasil Logout\n",
		"> Pesan pribadi dari [neko] apa kabar\n", "< regist paff\n",
		"< login\n", "< paff\n", "> Username : ", "Password : \n",
		"< login paff ***\n", " - opened: 127.0.0.1:", " - closed\n" };

	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		has(text, there[i]);
	has_not(text, "surabaya");
	has_not(text, "rahasia");
	for (int i = 0; i < 2; i++)
		has_not(text, token[i]);
}

static void
a_trace_has_all_but_the_secrets(void **state)
{
	struct server *s = server_new();
	char *path = trace_path(s), *text, token[2][64];
	struct stat st;

	(void)state;
	server_option(s, "--trace", path);
	server_start(s);
	live(s, token);
	server_stop(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	text = read_all(path);
	assert_traced(text, token);
	free(text);
	free(path);
	text = server_log(s);
	has_not(text, "apa kabar"); /* it is not in the log, too */
	free(text);
}

static void
debug_has_it_in_the_log(void **state)
{
	struct server *s = server_new();
	char *text, token[2][64];

	(void)state;
	server_option(s, "--log-level", "debug");
	server_start(s);
	live(s, token);
	server_stop(s);
	text = server_log(s);
	assert_traced(text, token);
	free(text);
}

static void
a_level_leaves_out_what_is_less_urgent(void **state)
{
	static const char *const level[] = { "error", "warning", "info" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct server *s = server_new();
		struct client *c;
		char *text;

		server_option(s, "--log-level", level[i]);
		server_start(s);
		c = client_open(s);
		expect(c, "auth messi wrong", "{'code':'wrong-password'}");
		client_close(c);
		server_stop(s);
		text = server_log(s);
		has(text, "listening on ");
		has_not(text, "< auth");
		assert_int_equal(i >= 1,
		    strstr(text, "login with a wrong password") != NULL);
		assert_int_equal(
		    i >= 2, strstr(text, "going down") != NULL);
		free(text);
	}
}

static void
a_level_is_changed_while_it_runs(void **state)
{
	struct server *s = server_new();
	char *conf = xasprintf("%s/conf", server_folder(s)), *text;
	FILE *f = fopen(conf, "w");
	struct client *c;

	(void)state;
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	server_option(s, "--config", conf);
	server_start(s);
	c = client_open(s);
	expect(c, "ping", "{'status':'OK'}");
	f = fopen(conf, "w");
	assert_non_null(f);
	fputs("log-level = debug\n", f);
	assert_int_equal(fclose(f), 0);
	server_signal(s, SIGHUP);
	server_await_log(s, 0, "configuration read again");
	expect(client_open(s), "hello", "{'status':'OK'}");
	expect(c, "ping", "{'status':'OK'}"); /* opened before: left out */
	server_stop(s);
	text = server_log(s);
	has(text, "< hello\n");
	has_not(text, "< ping\n");
	free(text);
	free(conf);
}

static void
a_trace_that_was_moved_goes_on_in_a_new_file(void **state)
{
	struct server *s = server_new();
	char *path = trace_path(s), *old = xasprintf("%s.1", path), *text;
	struct client *c;

	(void)state;
	server_option(s, "--trace", path);
	server_start(s);
	c = client_open(s);
	expect(c, "ping", "{'status':'OK'}");
	assert_int_equal(rename(path, old), 0);
	server_signal(s, SIGHUP);
	server_await_log(s, 0, "configuration");
	expect(c, "hello", "{'status':'OK'}");
	server_stop(s);
	text = read_all(old);
	has(text, "< ping\n");
	has_not(text, "< hello\n");
	free(text);
	text = read_all(path);
	has(text, "< hello\n");
	free(text);
	free(old);
	free(path);
}

static void
of_a_link_there_are_numbers_of_bytes(void **state)
{
	struct server *its = realm_new("its"), *medan = realm_new("medan");
	char *path = trace_path(medan), *text;
	struct client *c, *to;

	(void)state;
	server_option(medan, "--trace", path);
	server_start(its);
	realm_link(medan, "its", server_address(its));
	server_start(medan);
	server_stop(its);
	realm_link(its, "medan", server_address(medan));
	server_start(its);
	realms_await_up(its, "medan");
	to = client_watching(medan, "james", "surabaya");
	c = client_as(its, "messi", "surabaya");
	expect(c, "send - james@medan horas", "{'status':'OK'}");
	client_event_of(to, "message");
	server_stop(medan);
	text = read_all(path);
	has(text, "> [");
	has(text, "< [");
	has(text, " bytes]\n");
	has_not(text, "a secret that all");
	has_not(text, "surabaya");
	free(text);
	free(path);
}

static void
a_trace_that_cannot_be_written_is_73(void **state)
{
	struct server *s = server_new();
	char *text;

	(void)state;
	server_option(s, "--trace", "/nonexistent/trace");
	assert_int_equal(server_refuses(s), EX_CANTCREAT);
	text = server_log(s);
	has(text, "/nonexistent/trace: No such file");
	free(text);
}

int
main(void)
{
#define TRACE_TEST(name) cmocka_unit_test_teardown(name, clients_cleanup)
	const struct CMUnitTest tests[] = {
		TRACE_TEST(a_trace_has_all_but_the_secrets),
		TRACE_TEST(debug_has_it_in_the_log),
		TRACE_TEST(a_level_leaves_out_what_is_less_urgent),
		TRACE_TEST(a_level_is_changed_while_it_runs),
		TRACE_TEST(a_trace_that_was_moved_goes_on_in_a_new_file),
		TRACE_TEST(of_a_link_there_are_numbers_of_bytes),
		TRACE_TEST(a_trace_that_cannot_be_written_is_73),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
