/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plain-text listener, as somebody with nc sees it, and that both
 * listeners are one chat.
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

#define LOGIN_FIRST "Anda harus login terlebih dahulu"
#define WRONG_TYPED "Perintah yang anda ketikkan salah"
#define WRONG_ENTERED "Perintah yang anda masukkan salah"

static void
line(struct client *c, const char *request, const char *answer)
{
	client_printf(c, "%s\n", request);
	client_expect_line(c, answer);
}

static struct client *
text_as(struct server *s, const char *user)
{
	struct client *c = client_open_text(s);

	client_printf(c, "login %s surabaya\n", user);
	client_expect_line(c, "Login sukses");
	return c;
}

/* Nothing has come: the answer to this is the next line. */
static void
expect_quiet(struct client *c)
{
	line(c, "list-user now", WRONG_ENTERED);
}

/* ---- before login ----------------------------------------------------- */

static void
anything_before_login_asks_for_login(void **state)
{
	struct client *c = client_open_text(*state);

	line(c, "halo", LOGIN_FIRST);
	line(c, "send-to messi halo", LOGIN_FIRST);
	line(c, "list-user", LOGIN_FIRST);
	line(c, "logout", LOGIN_FIRST);
}

static void
regist_makes_an_account_once(void **state)
{
	struct client *c = client_open_text(*state);

	line(c, "regist client rahasia", "Anda berhasil terdaftar");
	line(c, "regist client rahasia", "Username telah dipakai");
	line(c, "regist Client rahasia", "Username telah dipakai");
	line(c, "halo", LOGIN_FIRST);
	line(c, "login client rahasia", "Login sukses");
}

static void
login_tells_right_from_wrong(void **state)
{
	struct client *c = client_open_text(*state);

	line(c, "login messi malang", "Username atau Password anda Salah");
	line(c, "login nobody surabaya",
	    "Username atau Password anda Salah");
	line(c, "login messi surabaya", "Login sukses");
}

static void
one_login_for_each_connection_and_user(void **state)
{
	struct client *a = text_as(*state, "messi");
	struct client *b = client_open_text(*state);

	line(a, "login henderson surabaya",
	    "Anda telah melakukan login sebelumnya.");
	line(b, "login messi surabaya",
	    "Username tersebut telah melakukan login sebelumnya.");
	line(b, "login MESSI surabaya",
	    "Username tersebut telah melakukan login sebelumnya.");
	line(b, "login henderson surabaya", "Login sukses");
}

static void
a_closed_connection_frees_its_user(void **state)
{
	struct client *a = text_as(*state, "messi"), *b;
	long long until = now_ms() + DEADLINE_MS;
	bool in = false;

	client_close(a);
	b = client_open_text(*state);
	/* The server sees the end of the one when it sees it. */
	while (!in) {
		assert_true(now_ms() < until);
		client_puts(b, "login messi surabaya\n");
		in = strcmp(client_line(b), "Login sukses") == 0;
	}
}

static void
login_on_the_other_listener_does_not_count(void **state)
{
	struct client *j = client_as(*state, "messi", "surabaya");
	struct client *c = text_as(*state, "messi");

	expect(j, "user_aktif -", "{'message':'messi, '}");
	line(c, "list-user", "list user : messi.");
}

static void
regist_and_login_alone_ask(void **state)
{
	struct client *c = client_open_text(*state);

	client_puts(c, "regist\n");
	client_expect_text(c, "Username : ");
	client_puts(c, "client\n");
	client_expect_text(c, "Password : ");
	client_puts(c, "rahasia\r\n");
	client_expect_line(c, "Anda berhasil terdaftar");
	client_puts(c, "login\r\n");
	client_expect_text(c, "Username : ");
	client_puts(c, " client \r\n"); /* blanks are no part of a name */
	client_expect_text(c, "Password : ");
	client_puts(c, "salah\n");
	client_expect_line(c, "Username atau Password anda Salah");
	client_puts(c, "login\n client \nrahasia\n");
	client_expect_text(c, "Username : Password : Login sukses\n");
}

/* It could be given to auth no more. */
static void
a_password_with_a_blank_is_refused(void **state)
{
	struct client *c = client_open_text(*state);

	client_puts(c, "regist\nclient\npass word\n");
	client_expect_text(c, "Username : Password : "
	    "Password tidak boleh memuat spasi\n");
	line(c, "login client pass", "Username atau Password anda Salah");
	line(c, "regist client password", "Anda berhasil terdaftar");
}

static void
a_note_to_oneself_comes_back_once(void **state)
{
	struct client *a = text_as(*state, "messi");

	line(a, "send-to messi beli susu",
	    "Pesan pribadi dari [messi] beli susu");
	expect_quiet(a);
	line(a, "logout", "Berhasil Logout");
	line(a, "login messi surabaya", "Login sukses");
	expect_quiet(a);
}

static void
an_answer_is_no_command(void **state)
{
	struct client *c = client_open_text(*state);

	client_puts(c, "login\nlogin\nlist-user\n");
	client_expect_text(c, "Username : Password : ");
	client_expect_line(c, "Username atau Password anda Salah");
	line(c, "x", LOGIN_FIRST);
}

/* ---- logged in -------------------------------------------------------- */

static void
a_broadcast_goes_to_every_other_and_not_back(void **state)
{
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");
	struct client *n = client_open_text(*state);

	client_puts(a, "halo semua\n");
	client_expect_line(b, "[messi] halo semua");
	client_puts(b, "halo  juga \r\n");
	client_expect_line(a, "[henderson] halo  juga");
	expect_quiet(a);
	expect_quiet(b);
	line(n, "x", LOGIN_FIRST); /* who is not logged in hears nothing */
}

static void
send_to_reaches_one(void **state)
{
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");
	struct client *c = text_as(*state, "lineker");

	client_puts(a, "send-to henderson apa kabar\n");
	client_expect_line(b, "Pesan pribadi dari [messi] apa kabar");
	expect_quiet(a);
	expect_quiet(c);
	line(a, "send-to henderson", WRONG_TYPED);
	line(a, "send-to", WRONG_TYPED);
	line(a, "send-to henderson   ", WRONG_TYPED);
	line(a, "send-to nobody halo", "User Tidak Ditemukan");
	expect_quiet(b);
}

static void
list_user_has_those_who_are_logged_in(void **state)
{
	struct client *c = client_open_text(*state);

	line(c, "regist client x", "Anda berhasil terdaftar");
	line(c, "regist client_a x", "Anda berhasil terdaftar");
	line(c, "login client x", "Login sukses");
	line(c, "list-user", "list user : client.");
	c = client_open_text(*state);
	line(c, "login client_a x", "Login sukses");
	line(c, "list-user", "list user : client, client_a.");
	line(c, "list-user please", WRONG_ENTERED);
}

static void
logout_leaves_the_connection_for_another_login(void **state)
{
	struct client *c = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");

	line(c, "logout", "Berhasil Logout");
	line(c, "halo", LOGIN_FIRST);
	client_puts(b, "siapa di sana\n");
	line(c, "login lineker surabaya", "Login sukses");
	line(b, "list-user", "list user : henderson, lineker.");
	line(c, "list-user x", WRONG_ENTERED);
}

static void
from_the_answer_to_login_on_nothing_is_missed(void **state)
{
	struct client *a = text_as(*state, "messi"), *b;
	struct client *j = client_as(*state, "lineker", "surabaya");
	char want[64];
	int i;

	b = client_open_text(*state);
	for (i = 0; i < 20; i++) {
		expect(j, "send - henderson lama", "{'status':'OK'}");
		line(b, "login henderson surabaya", "Login sukses");
		client_printf(a, "semua %d\nsend-to henderson satu %d\n", i, i);
		client_expect_line(b, "Pesan pribadi dari [lineker] lama");
		snprintf(want, sizeof(want), "[messi] semua %d", i);
		client_expect_line(b, want);
		snprintf(
		    want, sizeof(want), "Pesan pribadi dari [messi] satu %d", i);
		client_expect_line(b, want);
		line(b, "logout", "Berhasil Logout");
	}
}

static void
private_messages_wait_for_the_login(void **state)
{
	struct client *a = text_as(*state, "messi"), *b;
	struct client *j = client_as(*state, "lineker", "surabaya");

	client_puts(a, "send-to henderson satu\n");
	expect(j, "send - henderson dua", "{'status':'OK'}");
	client_puts(a, "send-to henderson tiga\nsend-to nobody x\n");
	client_expect_line(a, "User Tidak Ditemukan");
	b = text_as(*state, "henderson");
	client_expect_line(b, "Pesan pribadi dari [messi] satu");
	client_expect_line(b, "Pesan pribadi dari [lineker] dua");
	client_expect_line(b, "Pesan pribadi dari [messi] tiga");
	client_puts(a, "send-to henderson empat\n");
	client_expect_line(b, "Pesan pribadi dari [messi] empat");
	line(b, "logout", "Berhasil Logout");
	/* Each comes once. */
	line(b, "login henderson surabaya", "Login sukses");
	expect_quiet(b);
}

enum { AWAY = 1300, AWAY_LONG = 3900 };

/* messi writes to henderson, more than fits into one page of an inbox. */
static void
write_to_henderson(const struct server *s, size_t text)
{
	struct client *a = client_as(s, "messi", "surabaya");
	char *words = xcalloc(1, text + 1);
	int i;

	memset(words, 'x', text);
	for (i = 0; i < AWAY; i++)
		client_printf(a, "send - henderson %d %s\r\n", i, words);
	for (i = 0; i < AWAY; i++)
		expect_reply(a, "{'status':'OK'}");
	free(words);
}

static void
many_private_messages_come_in_pages_each_once(void **state)
{
	struct client *b;
	char want[64];
	int i;

	write_to_henderson(*state, 1);
	b = text_as(*state, "henderson");
	for (i = 0; i < AWAY; i++) {
		snprintf(want, sizeof(want),
		    "Pesan pribadi dari [messi] %d x", i);
		client_expect_line(b, want);
	}
	line(b, "logout", "Berhasil Logout");
	line(b, "login henderson surabaya", "Login sukses");
	expect_quiet(b);
}

/* 5 MB: more than the kernel takes for somebody who does not read. */
static void
what_did_not_leave_is_there_at_the_next_login(void **state)
{
	struct client *b, *j = client_as(*state, "henderson", "surabaya");
	int i;

	write_to_henderson(*state, AWAY_LONG);
	b = client_try_open(server_text_port(*state), 4096);
	assert_non_null(b);
	client_read_by(b, 1);
	client_puts(b, "login henderson surabaya\n");
	client_expect_line(b, "Login sukses");
	/* Time enough to give it all away, for a server that would. */
	for (i = 0; i < AWAY; i++)
		expect(j, "unread -", "{'unread':{'messi':{}}}");
	client_close(b);
	expect(j, "unread -", "{'unread':{'messi':{}}}");
}

static void
what_was_read_elsewhere_does_not_come_again(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	struct client *t;

	expect(a, "send - henderson satu", "{'status':'OK'}");
	expect(b, "inbox -", "{'messages':{'messi':[{'msg':'satu'}]}}");
	t = text_as(*state, "henderson");
	expect_quiet(t);
}

/* ---- one chat behind both --------------------------------------------- */

static void
both_listeners_are_one_chat(void **state)
{
	struct client *t = text_as(*state, "messi");
	struct client *j = client_watching(*state, "henderson", "surabaya");

	client_puts(t, "halo dari nc\n");
	expect_json(client_event_of(j, "message"),
	    "{'target':'*','from':'messi','name':'Lionel Messi',"
	    "'text':'halo dari nc'}");
	expect(j, "broadcast - halo dari tui", "{'status':'OK'}");
	client_expect_line(t, "[henderson] halo dari tui");
	client_puts(t, "send-to henderson rahasia\n");
	expect_json(client_event_of(j, "message"),
	    "{'target':'messi','text':'rahasia'}");
	expect(j, "send - messi juga", "{'status':'OK'}");
	client_expect_line(t, "Pesan pribadi dari [henderson] juga");
	expect(j, "history - *", "{'messages':[{},{}]}");
	expect(j, "user_aktif -", "{'message':'messi, henderson, '}");
	line(t, "list-user", "list user : messi, henderson.");
}

static void
watchers_are_told_who_comes_and_goes_here(void **state)
{
	struct client *j = client_watching(*state, "henderson", "surabaya");
	struct client *t = text_as(*state, "messi");

	expect_event(j, "{'event':'presence','user':'messi','online':true}");
	line(t, "logout", "Berhasil Logout");
	expect_event(j, "{'event':'presence','user':'messi','online':false}");
	line(t, "login messi surabaya", "Login sukses");
	expect_event(j, "{'event':'presence','user':'messi','online':true}");
	client_close(t);
	expect_event(j, "{'event':'presence','user':'messi','online':false}");
}

static void
control_characters_of_others_never_come_raw(void **state)
{
	static const char *const nasty[] = {
		"\\u001b[31mred\\u001b[0m", "\\u001b]52;c;aGk=\\u0007",
		"\\u001b]8;;http://x\\u001b\\\\", "\\u009b31m",
		"\\u0090x\\u009c",
		"a\\u0008b", "a\\rb", "a\\nb", "a\\r\\n[messi] forged",
		"\\u202eright to left", "a\\u007fb", "a\\u2028b", "\\u0085",
		NULL,
	};
	struct client *t = text_as(*state, "messi");
	struct client *j = client_as(*state, "henderson", "surabaya");
	const char *got;
	size_t i;

	for (i = 0; nasty[i] != NULL; i++) {
		expect_json(client_ask(j, "say - * \"%s\"", nasty[i]),
		    "{'status':'OK'}");
		expect(j, "broadcast - end", "{'status':'OK'}");
		/* Each is one line or none is forged: all begin with whose
		 * they are. */
		do {
			const char *p;

			got = client_line(t);
			assert_int_equal(strncmp(got, "[henderson] ", 12), 0);
			for (p = got; *p != '\0'; p++)
				assert_true((unsigned char)*p >= ' ' &&
				    *p != 0x7f);
			assert_null(strstr(got, "\xc2\x9b"));
			assert_null(strstr(got, "\xc2\x90"));
			assert_null(strstr(got, "\xc2\x85"));
			assert_null(strstr(got, "\xe2\x80\xae"));
			assert_null(strstr(got, "\xe2\x80\xa8"));
		} while (strcmp(got, "[henderson] end") != 0);
	}
}

static void
texts_of_all_kinds_go_through(void **state)
{
	static const char *const texts[] = { "%n%s%x", "\"", "{}", "\\",
		"'; DROP TABLE x;--", "@tag ping", "auth messi surabaya",
		"ping", "LOGOUT", "list-users", "send-tomessi x",
		"\xe2\x82\xac \xf0\x9f\x90\x88", NULL };
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");
	char want[128];
	size_t i;

	for (i = 0; texts[i] != NULL; i++) {
		client_printf(a, "%s\n", texts[i]);
		snprintf(want, sizeof(want), "[messi] %s", texts[i]);
		client_expect_line(b, want);
	}
}

static void
bad_lines_are_refused_and_the_connection_lives(void **state)
{
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");
	char *junk = xmalloc(100001);

	memset(junk, 'x', 100000);
	junk[100000] = '\n';
	client_send(a, junk, 100001);
	free(junk);
	assert_true(strlen(client_line(a)) > 0);
	client_puts(a, "a\xff"
		       "b\n");
	assert_true(strlen(client_line(a)) > 0);
	expect_quiet(a);
	expect_quiet(b);
}

static void
telnets_line_ends_and_empty_lines_do_no_harm(void **state)
{
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");

	client_puts(a, "\r\n\n   \nhalo\r\n");
	client_expect_line(b, "[messi] halo");
	expect_quiet(a);
}

static void
a_line_of_blanks_is_no_broadcast(void **state)
{
	static const char *const blank[] = { "\t", "\xC2\xA0",
		" \xE3\x80\x80 \xE2\x80\x8B", "send-to henderson \t" };
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");
	size_t i;

	for (i = 0; i < sizeof(blank) / sizeof(blank[0]); i++)
		line(a, blank[i], "Pesan kosong, tulislah isinya");
	client_puts(a, "   \n"); /* nothing was said at all */
	expect_quiet(a);
	client_puts(a, "halo\n");
	client_expect_line(b, "[messi] halo");
}

static void
byte_by_byte_it_works_as_well(void **state)
{
	static const char bytes[] = "login messi surabaya\r\nlist-user\n";
	struct client *c = client_open_text(*state);
	size_t i;

	for (i = 0; i < sizeof(bytes) - 1; i++)
		client_send(c, bytes + i, 1);
	client_expect_line(c, "Login sukses");
	client_expect_line(c, "list user : messi.");
}

static void
what_was_said_before_a_half_close_is_said(void **state)
{
	struct client *a = text_as(*state, "messi");
	struct client *b = text_as(*state, "henderson");
	char want[32];
	int i;

	for (i = 0; i < 50; i++)
		client_printf(a, "kata %d\n", i);
	client_half_close(a);
	for (i = 0; i < 50; i++) {
		snprintf(want, sizeof(want), "[messi] kata %d", i);
		client_expect_line(b, want);
	}
	client_expect_end(a);
}

static void
lines_sent_at_once_are_answered_in_order(void **state)
{
	struct client *c = client_open_text(*state);
	int i;

	/* Pipelined lines keep their order though hashing takes its time. */
	for (i = 0; i < 20; i++)
		client_printf(c, "regist nama%d x\n", i);
	client_puts(c, "login nama7 x\nlist-user\n");
	for (i = 0; i < 20; i++)
		client_expect_line(c, "Anda berhasil terdaftar");
	client_expect_line(c, "Login sukses");
	client_expect_line(c, "list user : nama7.");
}

static void
closed_registration_is_closed_here_too(void **state)
{
	static const char *const closed[] = { "--registration", "closed",
		NULL };
	struct client *c = client_open_text(server_open(closed));

	(void)state;
	client_puts(c, "regist neko rahasia\n");
	assert_string_not_equal(client_line(c), "Anda berhasil terdaftar");
	line(c, "login neko rahasia", "Username atau Password anda Salah");
	line(c, "login messi surabaya", "Login sukses");
}

static void
the_rate_holds_here_too(void **state)
{
	static const char *const slow[] = { "--rate", "1", NULL };
	struct server *s = server_open(slow);
	struct client *a = text_as(s, "messi");
	int i, said = 0;

	(void)state;
	for (i = 0; i < 50; i++)
		client_printf(a, "kata %d\n", i);
	client_puts(a, "list-user x\n");
	/* Those refused are told to the sender; the rest is said. */
	while (strcmp(client_line(a), WRONG_ENTERED) != 0)
		said++;
	assert_in_range(said, 40, 45);
}

static void
the_shutdown_is_an_end_of_file(void **state)
{
	struct server *s = *state;
	struct client *c = text_as(s, "messi");

	server_stop(s);
	client_expect_end(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(anything_before_login_asks_for_login),
		SERVER_TEST(regist_makes_an_account_once),
		SERVER_TEST(login_tells_right_from_wrong),
		SERVER_TEST(one_login_for_each_connection_and_user),
		SERVER_TEST(a_closed_connection_frees_its_user),
		SERVER_TEST(login_on_the_other_listener_does_not_count),
		SERVER_TEST(regist_and_login_alone_ask),
		SERVER_TEST(a_password_with_a_blank_is_refused),
		SERVER_TEST(a_note_to_oneself_comes_back_once),
		SERVER_TEST(an_answer_is_no_command),
		SERVER_TEST(a_broadcast_goes_to_every_other_and_not_back),
		SERVER_TEST(send_to_reaches_one),
		SERVER_TEST(list_user_has_those_who_are_logged_in),
		SERVER_TEST(logout_leaves_the_connection_for_another_login),
		SERVER_TEST(from_the_answer_to_login_on_nothing_is_missed),
		SERVER_TEST(private_messages_wait_for_the_login),
		FAST_TEST(many_private_messages_come_in_pages_each_once),
		FAST_TEST(what_did_not_leave_is_there_at_the_next_login),
		SERVER_TEST(what_was_read_elsewhere_does_not_come_again),
		SERVER_TEST(both_listeners_are_one_chat),
		SERVER_TEST(watchers_are_told_who_comes_and_goes_here),
		SERVER_TEST(control_characters_of_others_never_come_raw),
		SERVER_TEST(texts_of_all_kinds_go_through),
		SERVER_TEST(bad_lines_are_refused_and_the_connection_lives),
		SERVER_TEST(telnets_line_ends_and_empty_lines_do_no_harm),
		SERVER_TEST(a_line_of_blanks_is_no_broadcast),
		SERVER_TEST(byte_by_byte_it_works_as_well),
		SERVER_TEST(what_was_said_before_a_half_close_is_said),
		SERVER_TEST(lines_sent_at_once_are_answered_in_order),
		cmocka_unit_test_teardown(
		    closed_registration_is_closed_here_too, without_server),
		cmocka_unit_test_teardown(
		    the_rate_holds_here_too, without_server),
		SERVER_TEST(the_shutdown_is_an_end_of_file),
	};

	return cmocka_run_group_tests_name(
	    "text", tests, NULL, clients_cleanup);
}
