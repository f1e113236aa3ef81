/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw group lines, as the realm system's client has them: one recv() is one
 * chat, and what is sent has no line end.
 */
#include <sys/socket.h>

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

#define OK "{'status':'OK'}"
#define ERROR(code) "{'status':'ERROR','code':'" code "'}"
#define PARTED "{'status':'OK','message':'Telah keluar dari grup batak'}"

/* One recv(), as that client does it: exactly these bytes. */
static void
expect_read(struct client *c, const char *bytes)
{
	struct pollfd p = { .fd = client_fd(c), .events = POLLIN };
	char got[1024];
	ssize_t n;

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	n = recv(p.fd, got, sizeof got - 1, 0);
	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, bytes);
}

/* Logged in and on a line; what it is told first is taken. */
static struct client *
on_line(struct server *s, const char *user, const char *group)
{
	struct client *c = client_as(s, user, "surabaya");
	char *hello = xasprintf("%s telah bergabung", user);

	client_printf(c, "group - %s origin \r\n", group);
	expect_read(c, hello);
	free(hello);
	return c;
}

/* messi, then henderson. */
struct two {
	struct client *a, *b;
};

static struct two
two_on_line(struct server *s)
{
	struct two t;

	t.a = on_line(s, "messi", "batak");
	t.b = on_line(s, "henderson", "batak");
	expect_read(t.a, "henderson telah bergabung");
	return t;
}

static void
expect_both(struct two t, const char *bytes)
{
	client_expect_text(t.a, bytes);
	client_expect_text(t.b, bytes);
}

/* ---- the protocol, word by word --------------------------------------- */

static void
a_session_of_the_realm_systems_client(void **state)
{
	struct two t = two_on_line(*state);

	client_puts(t.a, "halo");
	expect_read(t.a, "messi: halo");
	expect_read(t.b, "messi: halo");
	client_puts(t.b, "hai messi");
	expect_read(t.a, "henderson: hai messi");
	expect_read(t.b, "henderson: hai messi");
	client_puts(t.b, "exit");
	expect_read(t.b, "exit");
	expect_reply(t.b, PARTED);
	expect_read(t.a, "henderson meninggalkan group");
	/* An ordinary connection again. */
	expect(t.b, "ping", OK);
	client_puts(t.a, "exit\r\n");
	expect_read(t.a, "exit");
	expect_reply(t.a, PARTED);
	expect(t.a, "groups -", "{'groups':[]}");
}

static void
what_cannot_be_is_answered_framed(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "group none batak origin",
	    "{'status':'ERROR','message':'Informasi tidak ditemukan'}");
	expect(c, "group - batak",
	    "{'status':'ERROR','message':'--Protocol Tidak Benar'}");
	expect(c, "group - batak other", ERROR("bad-parameter"));
	expect(c, "group none a/b origin", ERROR("bad-token"));
}

/* As the realm system's client asks and reads: the text of the error, "exit"
 * by itself, and then what it takes for the answer. */
static void
refused(struct client *c, const char *group, const char *pattern)
{
	struct pollfd p = { .fd = client_fd(c), .events = POLLIN };
	char text[256];
	ssize_t n;
	json_t *o;

	client_printf(c, "group - %s origin \r\n", group);
	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	n = recv(p.fd, text, sizeof text - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	expect_read(c, "exit");
	o = client_reply(c);
	expect_json(o, pattern);
	assert_string_equal(str_of(o, "message"), text);
	expect(c, "ping", OK);
}

static void
who_is_refused_comes_back_to_the_prompt(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	char group[32];
	int i;

	refused(b, "a/b", ERROR("bad-target"));
	refused(b, "*", ERROR("bad-target"));
	refused(b, "Everyone", ERROR("bad-name"));
	refused(b, "batak@medan", ERROR("no-such-group"));
	expect(a, "join - #batak", OK);
	expect(a, "mode - #batak invite", OK);
	refused(b, "batak", ERROR("invite-only"));
	expect(a, "mode - #batak secret", OK);
	refused(b, "#batak", ERROR("no-such-group"));
	expect(a, "mode - #batak open", OK);
	expect(a, "ban - #batak henderson", OK);
	refused(b, "batak", ERROR("banned"));
	client_puts(b, "@g.1 group - batak origin\r\n");
	expect_read(b, "Anda dilarang masuk");
	expect_read(b, "exit");
	expect_reply(b, "{'code':'banned','tag':'g.1'}");
	for (i = 0; i < 512; i++) {
		snprintf(group, sizeof group, "join - #grup%d", i);
		expect(b, group, OK);
	}
	refused(b, "marga", ERROR("too-many-groups"));
}

/* What is watched does not come between the raw words. */
static void
a_watch_ends_where_a_line_is_refused(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	/* The last words are due when the message is shown to all. */
	client_puts(b, "group - a/b origin\r\n");
	client_expect_text(b, wire_err_text(WIRE_BAD_TARGET));
	expect(a, "send - henderson halo", OK);
	client_expect_text(b, "exit");
	expect_reply(b, ERROR("bad-target"));
	client_expect_silence(b);
}

static void
the_reply_has_the_requests_tag(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	client_puts(c, "@g.1 group - #batak origin\r\n");
	expect_read(c, "messi telah bergabung");
	client_puts(c, "exit");
	expect_read(c, "exit");
	expect_reply(c,
	    "{'status':'OK','message':'Telah keluar dari grup batak',"
	    "'tag':'g.1'}");
}

/* ---- chats ------------------------------------------------------------ */

static void
several_chats_in_one_read(void **state)
{
	struct two t = two_on_line(*state);

	client_puts(t.a, "satu\ndua\r\n\r\n \ntiga");
	expect_both(t, "messi: satumessi: duamessi: tiga");
}

static void
one_chat_split_over_two_reads(void **state)
{
	struct two t = two_on_line(*state);

	client_puts(t.a, "selamat p\xc3");
	client_puts(t.a, "\xa9gi");
	expect_both(t, "messi: selamat p\xc3\xa9gi");
	client_puts(t.a, "apa ka");
	client_puts(t.a, "bar\n");
	expect_both(t, "messi: apa kabar");
}

/* The ping is answered when the first read is done. */
static void
exit_right_behind_a_chat_is_no_part_of_it(void **state)
{
	struct two t = two_on_line(*state);
	struct client *other = client_open(*state);

	client_puts(t.a, "halo");
	expect(other, "ping", "{'status':'OK'}");
	client_puts(t.a, "exit");
	expect_both(t, "messi: halo");
	client_expect_text(t.a, "exit");
	expect_reply(t.a, PARTED);
}

static void
a_request_and_chats_in_one_read(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	client_puts(c, "group - batak origin\r\nsatu\r\ndua\r\nexit\r\n"
		       "@p ping\r\n");
	client_expect_text(
	    c, "messi telah bergabungmessi: satumessi: duaexit");
	expect_reply(c, PARTED);
	expect_reply(c, "{'status':'OK','tag':'p'}");
}

static void
controls_and_bad_bytes_reach_no_terminal(void **state)
{
	struct two t = two_on_line(*state);
	struct client *c = client_as(*state, "lineker", "surabaya");

	client_puts(t.a, "\x1b[2J\n");
	expect_both(t, "messi: ␛[2J");
	client_puts(t.a, "a\xff\xfe" "b\n");
	expect_both(t, "messi: a\xef\xbf\xbd\xef\xbf\xbd" "b");
	expect(c, "join - #batak", OK);
	expect_both(t, "lineker telah bergabung");
	expect(c, "say - #batak \"satu\\ndua\\u0007\"", OK);
	expect_both(t, "lineker: satu dua␇");
}

static void
a_chat_of_blanks_reaches_nobody(void **state)
{
	struct two t = two_on_line(*state);

	client_puts(t.a, " \t\n\xC2\xA0\xE2\x80\x8B\n");
	client_expect_text(t.a, "Pesan kosong, tulislah isinya");
	client_puts(t.a, "halo\n");
	expect_both(t, "messi: halo");
}

static void
a_long_text_becomes_several_messages(void **state)
{
	struct two t = two_on_line(*state);
	enum { LONG = 10000 };
	char *text = xmalloc(LONG + 2);
	json_t *page, *one;
	size_t n = 0, i;

	memset(text, 'x', LONG);
	memcpy(text + LONG, "\n", 2);
	client_puts(t.a, text);
	text[LONG] = '\0';
	for (i = 0; i < 3; i++) {
		client_expect_text(t.b, "messi: ");
		text[i < 2 ? 4096 : LONG - 2 * 4096] = '\0';
		client_expect_text(t.b, text);
		memset(text, 'x', LONG);
	}
	free(text);
	client_puts(t.b, "exit");
	client_expect_text(t.b, "exit");
	expect_reply(t.b, PARTED);
	expect(t.b, "join - #batak", OK);
	page = json_object_get(
	    client_ask(t.b, "history - #batak"), "messages");
	json_array_foreach(page, i, one)
		n += strlen(str_of(one, "text"));
	assert_int_equal(n, LONG);
}

static void
many_chats_keep_their_order(void **state)
{
	struct two t = two_on_line(*state);
	char *all = xstrdup(""), *more, *line;
	int i;

	for (i = 0; i < 500; i++) {
		more = xasprintf("%sn%d\n", all, i);
		free(all);
		all = more;
	}
	client_puts(t.a, all);
	free(all);
	for (i = 0; i < 500; i++) {
		line = xasprintf("messi: n%d", i);
		expect_both(t, line);
		free(line);
	}
}

static void
who_talks_too_fast_waits_and_loses_nothing(void **state)
{
	struct server *s = server_new();
	struct two t;
	char *line;

	(void)state;
	server_option(s, "--rate", "2");
	server_start(s);
	t = two_on_line(s);
	client_puts(t.a, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
	for (int i = 0; i <= 12; i++) {
		line = xasprintf("messi: %d", i);
		expect_both(t, line);
		free(line);
	}
	server_free(s);
}

/* ---- with members ----------------------------------------------------- */

static void
members_and_lines_are_in_one_group(void **state)
{
	struct client *a = on_line(*state, "messi", "#batak");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	expect(b, "join - #batak", OK);
	expect_read(a, "henderson telah bergabung");
	expect(b, "members - #batak",
	    "{'members':[{'user':'messi','line':true,'role':'owner'},"
	    "{'user':'henderson','role':'member','line':'<absent>'}]}");
	client_puts(a, "halo");
	expect_read(a, "messi: halo");
	expect_json(client_event_of(b, "message"),
	    "{'target':'#batak','from':'messi','name':'Lionel Messi',"
	    "'text':'halo','id':'<id>'}");
	expect(b, "send - #batak hai", OK);
	expect_read(a, "henderson: hai");
	client_puts(a, "exit");
	expect_read(a, "exit");
	expect_json(client_event_of(b, "leave"),
	    "{'target':'#batak','user':'messi'}");
	/* What was said there is kept. */
	expect(b, "history - #batak",
	    "{'messages':[{'text':'halo'},{'text':'hai'}]}");
	expect(b, "leave - #batak", OK);
}

static void
a_member_with_a_line_stays_one_after_it(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *line;

	expect(a, "join - #batak", OK);
	line = on_line(*state, "messi", "batak");
	client_puts(line, "exit");
	expect_read(line, "exit");
	expect_reply(line, PARTED);
	expect(a, "members - #batak",
	    "{'members':[{'user':'messi','role':'owner'}]}");
}

static void
two_lines_of_one_user_see_each_other(void **state)
{
	struct client *a = on_line(*state, "messi", "batak");
	struct client *b = on_line(*state, "messi", "batak");

	expect_read(a, "messi telah bergabung");
	client_puts(b, "halo");
	expect_read(a, "messi: halo");
	expect_read(b, "messi: halo");
	client_puts(b, "exit");
	expect_read(b, "exit");
	expect_reply(b, PARTED);
	expect_read(a, "messi meninggalkan group");
	client_puts(a, "masih");
	expect_read(a, "messi: masih");
}

/* No watch goes on beneath: a raw line has nothing but chats. */
static void
a_watch_ends_where_a_line_begins(void **state)
{
	struct client *b = client_as(*state, "henderson", "surabaya");
	struct client *a = client_watching(*state, "messi", "surabaya");

	client_puts(a, "group - batak origin\r\n");
	client_expect_text(a, "messi telah bergabung");
	expect(b, "send - messi halo", OK);
	client_puts(a, "exit");
	client_expect_text(a, "exit");
	expect_reply(a, PARTED);
	client_expect_silence(a);
	expect(a, "unread -", "{'unread':{'henderson':{'count':1}}}");
}

/* ---- the end ---------------------------------------------------------- */

static void
who_vanishes_leaves(void **state)
{
	struct two t = two_on_line(*state);

	client_puts(t.a, "sampai ju");
	client_reset(t.a);
	client_expect_text(t.b, "messi meninggalkan group");
	t.a = on_line(*state, "messi", "batak");
	expect_read(t.b, "messi telah bergabung");
	/* One that says all that it had to say, and leaves. */
	client_puts(t.a, "satu\ndua");
	client_half_close(t.a);
	client_expect_text(
	    t.b, "messi: satumessi: duamessi meninggalkan group");
	client_expect_end(t.a);
}

static void
who_is_kicked_gets_the_error_framed(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b;

	expect(a, "join - #batak", OK);
	b = on_line(*state, "henderson", "batak");
	expect(a, "kick - #batak henderson", OK);
	client_expect_text(b, "henderson meninggalkan groupexit");
	expect_reply(b, ERROR("not-member")); /* and may come again */
	client_puts(b, "group - batak origin\r\n");
	expect_read(b, "henderson telah bergabung");
	expect(a, "ban - #batak henderson", OK);
	client_expect_text(b, "henderson meninggalkan groupexit");
	expect_reply(b, ERROR("banned"));
	expect(b, "ping", OK);
	refused(b, "batak", ERROR("banned"));
}

static void
the_end_of_the_session_is_the_lines(void **state)
{
	struct client *a = client_open(*state);
	char *token = xstrdup(client_login(a, "messi", "surabaya"));
	struct client *b = client_open(*state);
	char *line;

	client_puts(a, "group - batak origin\r\n");
	client_expect_text(a, "messi telah bergabung");
	line = xasprintf("logout %s", token);
	expect(b, line, OK);
	client_expect_text(a, "exit");
	expect_reply(a,
	    "{'status':'ERROR','message':'Session Tidak Ditemukan'}");
	expect(a, "group - batak origin",
	    "{'message':'Informasi tidak ditemukan'}");
	free(line);
	free(token);
}

static void
who_may_not_speak_is_told_in_plain_words(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b;

	expect(a, "join - #batak", OK);
	b = on_line(*state, "henderson", "batak");
	expect(a, "mute - #batak henderson", OK);
	client_puts(b, "halo");
	expect_read(b, "Anda dibisukan, pesan tidak terkirim");
	expect(a, "unmute - #batak henderson", OK);
	client_puts(b, "halo");
	expect_read(b, "henderson: halo");
}

static void
secret_and_invited_groups_are_closed_to_lines(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	expect(a, "join - #batak", OK);
	expect(a, "mode - #batak invite", OK);
	refused(b, "batak", ERROR("invite-only"));
	expect(a, "invite - #batak henderson", OK);
	client_puts(b, "group - batak origin\r\n");
	client_expect_text(b, "henderson telah bergabung");
}

/* Is that the next that comes? */
static bool
comes_next(struct client *c, const char *bytes)
{
	struct pollfd p = { .fd = client_fd(c), .events = POLLIN };
	const char *got;
	size_t n = strlen(bytes);

	while (client_pending(c, &got) < n)
		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	return memcmp(got, bytes, n) == 0;
}

static void
who_does_not_read_is_cut_off_and_no_one_else(void **state)
{
	struct server *s = *state;
	struct client *a = on_line(s, "messi", "batak");
	struct client *b = client_try_open(server_port(s), 4096);
	char text[4001], *shown;
	size_t from = server_log_length(s);
	int i;

	client_login(b, "henderson", "surabaya");
	client_puts(b, "group - batak origin\r\n");
	client_expect_text(a, "henderson telah bergabung");
	memset(text, 'x', sizeof text - 2);
	memcpy(text + sizeof text - 2, "\n", 2);
	shown = xasprintf("messi: %.*s", (int)sizeof text - 2, text);
	/* henderson reads nothing of it: kernel and server hold so much. */
	for (i = 0; i < 5000; i++) {
		client_puts(a, text);
		if (comes_next(a, "henderson"))
			break;
		client_expect_text(a, shown);
	}
	client_expect_text(a, "henderson meninggalkan group");
	client_expect_text(a, shown);
	free(shown);
	server_await_log(
	    s, from, "a client that does not read was cut off: henderson");
}

static void
a_server_that_goes_down_closes_lines(void **state)
{
	struct server *s = *state;
	struct client *a = on_line(s, "messi", "batak");

	server_signal(s, SIGTERM);
	client_expect_end(a);
	assert_int_equal(server_wait(s), 0);
}

/* ---- strangers -------------------------------------------------------- */

static void
nobody_speaks_for_a_realm_unasked(void **state)
{
	struct client *a = on_line(*state, "messi", "batak");
	struct client *c = client_open(*state);

	expect(c, "server send james messi  Halo ",
	    "{'status':'ERROR','message':'Tidak diizinkan',"
	    "'code':'denied'}");
	expect(c, "server", ERROR("denied"));
	expect(c, "check group james batak other ", ERROR("denied"));
	expect(c, "ping", OK);
	expect(c, "link 1 medan", ERROR("denied"));
	client_expect_end(c);
	c = client_open(*state);
	expect(c, "link 1 medan", ERROR("denied"));
	client_expect_end(c);
	client_puts(a, "halo");
	expect_read(a, "messi: halo");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(a_session_of_the_realm_systems_client),
		SERVER_TEST(what_cannot_be_is_answered_framed),
		FAST_TEST(who_is_refused_comes_back_to_the_prompt),
		SERVER_TEST(a_watch_ends_where_a_line_is_refused),
		SERVER_TEST(the_reply_has_the_requests_tag),
		SERVER_TEST(several_chats_in_one_read),
		SERVER_TEST(one_chat_split_over_two_reads),
		SERVER_TEST(exit_right_behind_a_chat_is_no_part_of_it),
		SERVER_TEST(a_request_and_chats_in_one_read),
		SERVER_TEST(controls_and_bad_bytes_reach_no_terminal),
		SERVER_TEST(a_chat_of_blanks_reaches_nobody),
		SERVER_TEST(a_long_text_becomes_several_messages),
		FAST_TEST(many_chats_keep_their_order),
		cmocka_unit_test_teardown(
		    who_talks_too_fast_waits_and_loses_nothing,
		    clients_cleanup),
		SERVER_TEST(members_and_lines_are_in_one_group),
		SERVER_TEST(a_member_with_a_line_stays_one_after_it),
		SERVER_TEST(two_lines_of_one_user_see_each_other),
		SERVER_TEST(a_watch_ends_where_a_line_begins),
		SERVER_TEST(who_vanishes_leaves),
		SERVER_TEST(who_is_kicked_gets_the_error_framed),
		SERVER_TEST(the_end_of_the_session_is_the_lines),
		SERVER_TEST(who_may_not_speak_is_told_in_plain_words),
		SERVER_TEST(secret_and_invited_groups_are_closed_to_lines),
		FAST_TEST(who_does_not_read_is_cut_off_and_no_one_else),
		SERVER_TEST(a_server_that_goes_down_closes_lines),
		SERVER_TEST(nobody_speaks_for_a_realm_unasked),
	};

	return cmocka_run_group_tests_name(
	    "raw", tests, NULL, clients_cleanup);
}
