/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes to requests: however a stream is cut, whatever stands in it.  After
 * each attack a bystander must still be answered.
 */
#include <poll.h>
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

enum { LINE_MAX_BYTES = 8192 };

#define PONG "{'status':'OK'}"

/* ---- cutting ---------------------------------------------------------- */

static void
a_request_sent_byte_by_byte_is_answered_once(void **state)
{
	static const char line[] = "@t auth messi surabaya\r\n";
	struct client *c = client_open(*state);
	size_t i;

	for (i = 0; i < sizeof(line) - 1; i++)
		client_send(c, line + i, 1);
	expect_reply(c, "{'status':'OK','tag':'t','tokenid':'<uuid>'}");
	client_expect_silence(c);
}

/* Each byte in a read of the server's own: it answers the bystander between
 * two of them. */
static void
a_request_read_byte_by_byte_is_answered_once(void **state)
{
	static const char line[] = "@t auth messi surabaya\r\n";
	struct client *c = client_open(*state), *b = client_open(*state);
	size_t i;

	for (i = 0; i < sizeof(line) - 1; i++) {
		client_send(c, line + i, 1);
		expect(b, "ping", PONG);
	}
	expect_reply(c, "{'status':'OK','tag':'t','tokenid':'<uuid>'}");
	client_expect_silence(c);
}

static void
two_requests_cut_anywhere_are_two_requests(void **state)
{
	static const char lines[] = "@a ping\r\n@b frobnicate\r\n";
	struct client *c = client_open(*state);
	size_t i;

	for (i = 0; i < sizeof(lines); i++) {
		client_send(c, lines, i);
		client_send(c, lines + i, sizeof(lines) - 1 - i);
		expect_reply(c, "{'status':'OK','tag':'a'}");
		expect_reply(c, "{'status':'ERROR','tag':'b'}");
	}
}

static void
a_bare_lf_ends_a_line_too(void **state)
{
	struct client *c = client_open(*state);

	client_puts(c, "@a ping\n@b ping\r\n@c ping\r\r\n");
	expect_reply(c, "{'status':'OK','tag':'a'}");
	expect_reply(c, "{'status':'OK','tag':'b'}");
	expect_reply(c, "{'status':'OK','tag':'c'}");
}

static void
blanks_around_and_between_do_not_count(void **state)
{
	struct client *c = client_open(*state);

	client_puts(c, "   @a    auth   messi    surabaya   \r\n");
	expect_reply(c, "{'status':'OK','tag':'a','tokenid':'<uuid>'}");
	expect(c, "  send  -  henderson   two  blanks   inside    ",
	    "{'status':'OK'}");
	expect(c, "history - henderson",
	    "{'messages':[{'text':'two  blanks   inside'}]}");
}

static void
empty_lines_are_no_command(void **state)
{
	struct client *c = client_open(*state);
	int i;

	client_puts(c, "\r\n\n   \r\n \n\r\r\n@a ping\r\n");
	for (i = 0; i < 5; i++)
		expect_json(client_object(c), "{'status':'ERROR',"
		    "'code':'unknown-command',"
		    "'message':'**Protocol Tidak Benar'}");
	expect_json(client_object(c), "{'status':'OK','tag':'a'}");
}

/* Sends requests while it takes replies, as one must who sends more than the
 * buffers between hold. */
static void
pipeline(struct client *c, const char *bytes, size_t n, int count,
    struct client *bystander, long long *worst)
{
	long long until = now_ms() + 3 * DEADLINE_MS, asked = 0;
	int got = 0;
	char want[16];
	json_t *o;
	long put;

	*worst = 0;
	while (got < count) {
		assert_true(now_ms() < until);
		if (n > 0) {
			assert_true((put = client_push(c, bytes, n)) >= 0);
			bytes += put;
			n -= (size_t)put;
		}
		if (asked == 0) {
			client_puts(bystander, "ping\r\n");
			asked = now_ms();
		}
		while ((o = client_poll_object(c)) != NULL) {
			snprintf(want, sizeof(want), "n%d", got++);
			assert_string_equal(str_of(o, "tag"), want);
		}
		if (client_poll_object(bystander) != NULL) {
			if (now_ms() - asked > *worst)
				*worst = now_ms() - asked;
			asked = 0;
		}
		if (got < count) {
			struct pollfd p[2] = {
				{ .fd = client_fd(c),
				    .events = n > 0 ? POLLIN | POLLOUT :
						      POLLIN },
				{ .fd = client_fd(bystander),
				    .events = POLLIN },
			};

			poll(p, 2, 1000);
		}
	}
	if (asked != 0)
		client_reply(bystander);
}

static void
ten_thousand_pings_at_once_are_answered_in_order(void **state)
{
	struct client *c = client_open(*state), *b = client_open(*state);
	char *all = xmalloc(10000 * 16), *p = all;
	long long worst;
	int i;

	for (i = 0; i < 10000; i++)
		p += sprintf(p, "@n%d ping\r\n", i);
	pipeline(c, all, (size_t)(p - all), 10000, b, &worst);
	free(all);
	assert_in_range(worst, 0, 2000);
}

/* Some are answered at once, some by the reader, some after a commit. */
static void
ten_thousand_mixed_requests_are_answered_in_order(void **state)
{
	static const char *const mix[] = { "ping", "send - henderson hey",
		"who -", "frobnicate", "history - henderson limit=1",
		"@bad@tag", "unread -", "send - nobody hey", "broadcast - x",
		"help ping" };
	struct client *c = client_as(*state, "messi", "surabaya");
	struct client *b = client_open(*state);
	char *all = xmalloc(10000 * 48), *p = all;
	long long worst;
	int i;

	for (i = 0; i < 10000; i++)
		p += sprintf(p, "@n%d %s\r\n", i, mix[i % 10]);
	pipeline(c, all, (size_t)(p - all), 10000, b, &worst);
	free(all);
	assert_in_range(worst, 0, 2000);
}

static void
a_request_sees_the_effect_of_those_before_it(void **state)
{
	struct client *c = client_open(*state);

	client_puts(c,
	    "auth messi surabaya\r\nregister neko rahasia\r\n"
	    "send - neko one\r\nhistory - neko\r\nname - Leo\r\nusers -\r\n"
	    "logout -\r\nusers -\r\n");
	expect_reply(c, "{'tokenid':'<uuid>'}");
	expect_reply(c, "{'status':'OK'}");
	expect_reply(c, "{'status':'OK','id':'<id>'}");
	expect_reply(c, "{'messages':[{'text':'one'}]}");
	expect_reply(c, "{'status':'OK'}");
	expect_reply(c, "{'messages':['messi [Leo]']}");
	expect_reply(c, "{'message':'Berhasil Logout'}");
	expect_reply(c, "{'message':'Session Tidak Ditemukan'}");
}

/* ---- the longest line ------------------------------------------------- */

/* A ping with a tag, filled with blanks up to n bytes: blanks do not count as
 * parameters but do as bytes. */
static void
send_padded(struct client *c, const char *tag, size_t n, const char *end)
{
	char *line = xmalloc(n + 1);

	memset(line, ' ', n);
	memcpy(line, tag, strlen(tag));
	memcpy(line + strlen(tag), " ping", 5);
	client_send(c, line, n);
	client_puts(c, end);
	free(line);
}

static void
a_line_of_the_limit_is_taken_and_one_more_is_not(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", NULL };
	struct client *c = client_open(*state);
	int i;

	for (i = 0; ends[i] != NULL; i++) {
		send_padded(c, "@a", LINE_MAX_BYTES - 1, ends[i]);
		expect_reply(c, "{'status':'OK','tag':'a'}");
		send_padded(c, "@b", LINE_MAX_BYTES, ends[i]);
		expect_reply(c, "{'status':'OK','tag':'b'}");
		send_padded(c, "@c", LINE_MAX_BYTES + 1, ends[i]);
		expect_reply(c, "{'status':'ERROR','code':'line-too-long'}");
		send_padded(c, "@d", LINE_MAX_BYTES + 2, ends[i]);
		expect_reply(c, "{'status':'ERROR','code':'line-too-long'}");
		expect(c, "@e ping", "{'status':'OK','tag':'e'}");
	}
}

static void
a_multibyte_character_astride_the_limit_is_not_cut(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	char *line = xmalloc(LINE_MAX_BYTES + 4);

	memset(line, 'x', LINE_MAX_BYTES + 1);
	memcpy(line, "send - * ", 9);
	memcpy(line + LINE_MAX_BYTES - 1, "\xc3\xa9\r\n", 4);
	client_send(c, line, LINE_MAX_BYTES + 3);
	expect_reply(c, "{'status':'ERROR','code':'line-too-long'}");
	free(line);
	client_expect_silence(c);
	expect(c, "history - *", "{'messages':[]}");
}

static void
a_line_without_end_costs_one_error_and_no_memory(void **state)
{
	struct server *s = *state;
	struct client *c = client_open(s), *b = client_open(s);
	char *junk = xmalloc(1 << 20);
	size_t before, i;

	memset(junk, 'x', 1 << 20);
	expect(b, "ping", PONG);
	before = server_rss_kib(s);
	for (i = 0; i < 32; i++) {
		client_send(c, junk, 1 << 20);
		expect(b, "ping", PONG);
	}
	if (!program_is_sanitized())
		assert_true(server_rss_kib(s) < before + 8192);
	client_puts(c, "\r\n@a ping\r\n");
	expect_reply(c, "{'status':'ERROR','code':'line-too-long'}");
	expect_reply(c, "{'status':'OK','tag':'a'}");
	free(junk);
}

static void
a_long_line_held_open_does_not_spin(void **state)
{
	struct server *s = *state;
	struct client *c = client_open(s), *b = client_open(s);
	char junk[LINE_MAX_BYTES + 1];
	unsigned long before;
	int i;

	memset(junk, 'x', sizeof(junk));
	client_send(c, junk, sizeof(junk));
	expect(b, "ping", PONG);
	before = server_cpu_ticks(s);
	/* A spinning server would use up what passes here. */
	for (i = 0; i < 3; i++)
		poll(NULL, 0, 100);
	assert_true(server_cpu_ticks(s) - before < 10);
}

/* ---- bytes that are none ---------------------------------------------- */

static void
expect_bytes(struct client *c, const char *bytes, size_t n, const char *want)
{
	client_send(c, bytes, n);
	client_puts(c, "\r\n");
	expect_reply(c, want);
}

static void
nul_and_bad_utf8_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{ "\0", 1 },                   /* NUL */
		{ "\x80", 1 },                 /* a tail alone */
		{ "\xc3", 1 },                 /* a truncated tail */
		{ "\xc3(", 2 },                /* no tail */
		{ "\xc0\xaf", 2 },             /* overlong "/" */
		{ "\xe0\x80\xaf", 3 },         /* overlong, three bytes */
		{ "\xed\xa0\x80", 3 },         /* a surrogate */
		{ "\xf4\x90\x80\x80", 4 },     /* above U+10FFFF */
		{ "\xf8\x88\x80\x80\x80", 5 }, /* five bytes */
		{ "\xfe", 1 }, { "\xff", 1 },
	};
	struct client *c = client_as(*state, "messi", "surabaya");
	char line[64];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(line, "send - * a", 10);
		memcpy(line + 10, bad[i].bytes, bad[i].n);
		line[10 + bad[i].n] = 'b';
		expect_bytes(c, line, 11 + bad[i].n,
		    "{'status':'ERROR','code':'bad-utf8'}");
		expect_bytes(c, bad[i].bytes, bad[i].n,
		    "{'status':'ERROR','code':'bad-utf8'}");
	}
	expect(c, "history - *", "{'messages':[]}");
}

static void
one_line_in_is_never_two_lines_out(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	client_puts(a, "send - henderson one\rtwo\x0bthree\x0c\x01\x1b"
		       "\xc2\x85"
		       "four\xe2\x80\xa8"
		       "five\r\n");
	expect_reply(a, "{'status':'OK'}");
	client_event_of(b, "message"); /* parses, so it is one object */
	client_expect_silence(b);
	client_expect_silence(a);
}

static void
other_protocols_get_one_error_and_the_door(void **state)
{
	static const char *const http[] = {
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"POST /x HTTP/1.0\r\n\r\nsend - messi hey\r\n",
		"HEAD / HTTP/1.1\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\n\r\n",
		"CONNECT localhost:1 HTTP/1.1\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2p1 Debian\r\n",
		NULL,
	};
	struct client *c;
	size_t i;

	for (i = 0; http[i] != NULL; i++) {
		c = client_open(*state);
		client_puts(c, http[i]);
		expect_json(client_object(c), "{'status':'ERROR'}");
		assert_null(client_try_object(c));
	}
}

static void
a_tls_client_gets_the_door(void **state)
{
	static const char hello[] =
	    "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03"
	    "0123456789abcdef0123456789abcdef\x20\x00\x00\x00\x00";
	struct client *c = client_open(*state);

	client_send(c, hello, sizeof(hello) - 1);
	client_expect_end(c);
}

static void
random_bytes_do_no_harm(void **state)
{
	struct client *b = client_as(*state, "messi", "surabaya"), *c;
	unsigned char junk[4096];
	unsigned seed, x;
	size_t i;

	for (seed = 1; seed <= 50; seed++) {
		x = seed * 2654435761u;
		for (i = 0; i < sizeof(junk); i++) {
			x = x * 1664525u + 1013904223u;
			junk[i] = (unsigned char)(x >> 24);
		}
		c = client_open(*state);
		(void)client_try_send(c, junk, sizeof(junk));
		expect(b, "ping", PONG);
		if (seed % 2 == 0)
			client_reset(c);
		else
			client_close(c);
	}
}

/* ---- parameters ------------------------------------------------------- */

static const struct {
	const char *name;
	int params; /* with the token */
	bool rest;  /* the last is the rest of the line */
	bool older; /* of the five systems: too many are ignored */
} commands[] = {
	{ "auth", 2, false, true }, { "list_user", 1, false, true },
	{ "user_aktif", 1, false, true }, { "list", 1, false, true },
	{ "users", 1, false, true }, { "send", 3, true, true },
	{ "inbox", 1, false, true }, { "logout", 1, false, true },
	{ "register", 2, true, false }, { "regist", 2, true, false },
	{ "broadcast", 2, true, false }, { "say", 3, true, false },
	{ "watch", 1, false, false }, { "history", 2, false, false },
	{ "search", 2, true, false }, { "read", 3, false, false },
	{ "unread", 1, false, false }, { "who", 1, false, false },
	{ "passwd", 3, false, false }, { "name", 2, true, false },
	{ "hello", 0, false, false }, { "ping", 0, false, false },
	{ "help", 0, false, false },
};

static void
too_few_parameters_have_a_text_of_their_own(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	char line[256];
	size_t i;
	int n, k;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		for (n = 0; n < commands[i].params; n++) {
			snprintf(line, sizeof(line), "%s", commands[i].name);
			for (k = 0; k < n; k++)
				strcat(line, k == 0 ? " -" : " messi");
			expect(c, line,
			    "{'status':'ERROR','code':'<string>',"
			    "'message':'--Protocol Tidak Benar'}");
		}
}

static void
any_number_of_parameters_gets_exactly_one_reply(void **state)
{
	static const char *const words[] = { "-", "messi", "1", "%n", "*" };
	struct client *c = client_open(*state);
	char line[256];
	size_t i, w;
	int n, k;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		for (w = 0; w < 5; w++)
			for (n = 0; n <= commands[i].params + 2; n++) {
				snprintf(line, sizeof(line), "@t %s",
				    commands[i].name);
				for (k = 0; k < n; k++) {
					strcat(line, " ");
					strcat(line, words[w]);
				}
				expect(c, line,
				    "{'status':'<string>','tag':'t'}");
			}
	client_expect_silence(c);
}

static void
older_commands_ignore_parameters_too_many(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "auth messi surabaya extra", "{'tokenid':'<uuid>'}");
	expect(c, "list_user - extra words", "{'status':'OK'}");
	expect(c, "user_aktif - extra", "{'status':'OK'}");
	expect(c, "list - extra", "{'status':'OK'}");
	expect(c, "users - extra", "{'status':'OK'}");
	expect(c, "inbox - extra", "{'status':'OK'}");
	expect(c, "logout - extra", "{'status':'OK'}");
}

static void
newer_commands_refuse_parameters_too_many(void **state)
{
	static const char *const lines[] = { "hello x", "ping x",
		"help ping x", "watch - 1 2", "history - * before=5 limit=1 x",
		"read - messi 1 2", "unread - x", "who - x",
		"passwd - surabaya two words", NULL };
	struct client *c = client_as(*state, "messi", "surabaya");
	size_t i;

	for (i = 0; lines[i] != NULL; i++)
		expect(c, lines[i],
		    "{'status':'ERROR','code':'bad-parameter'}");
	/* The password is as it was. */
	client_login(c, "messi", "surabaya");
}

static void
unknown_commands_have_a_text_of_their_own(void **state)
{
	static const char *const lines[] = { "frobnicate", "AUTH messi x",
		"Ping", "pin", "pings", "%n%s", "-", "\"", "{}", "send-to x y",
		"list-user", "\x01", "group", "create", NULL };
	struct client *c = client_open(*state);
	size_t i;
	json_t *o;

	for (i = 0; lines[i] != NULL; i++) {
		if (strcmp(lines[i], "group") == 0)
			continue; /* known, of a later version */
		client_puts(c, lines[i]);
		client_puts(c, "\r\n");
		o = client_reply(c);
		expect_json(o,
		    "{'status':'ERROR','code':'unknown-command',"
		    "'message':'**Protocol Tidak Benar'}");
	}
}

static void
a_command_word_of_a_whole_line_is_unknown(void **state)
{
	struct client *c = client_open(*state);
	char *word = xmalloc(LINE_MAX_BYTES + 1);

	memset(word, 'w', LINE_MAX_BYTES);
	word[LINE_MAX_BYTES] = '\0';
	expect(c, word,
	    "{'status':'ERROR','message':'**Protocol Tidak Benar'}");
	free(word);
}

/* ---- ends ------------------------------------------------------------- */

static void
replies_due_come_after_the_clients_half_close(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	int i;

	for (i = 0; i < 200; i++)
		client_printf(c, "@n%d send - henderson %d\r\n", i, i);
	client_puts(c, "@last auth messi surabaya\r\n");
	client_half_close(c);
	for (i = 0; i < 200; i++)
		expect_json(client_object(c), "{'status':'OK','id':'<id>'}");
	expect_json(client_object(c), "{'status':'OK','tag':'last'}");
	assert_null(client_try_object(c));
}

static void
a_last_line_without_an_end_is_no_request(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "messi", "surabaya");

	client_puts(a, "send - henderson half a lin");
	client_half_close(a);
	while (client_try_object(a) != NULL)
		;
	expect(b, "history - henderson", "{'messages':[]}");
}

static void
a_client_gone_before_its_reply_hurts_nobody(void **state)
{
	struct client *b = client_as(*state, "messi", "surabaya"), *c;
	int i;

	for (i = 0; i < 200; i++) {
		c = client_open(*state);
		client_puts(c, "auth messi surabaya\r\nlist_user -\r\n");
		if (i % 3 == 0)
			client_reset(c);
		else
			client_close(c);
	}
	for (i = 0; i < 200; i++) {
		c = client_open(*state);
		client_printf(c, "ping\r\nhelp\r\nhello\r\n");
		client_reset(c);
	}
	expect(b, "ping", PONG);
}

static void
a_message_of_one_who_goes_at_once_is_whole_or_absent(void **state)
{
	struct client *w = client_watching(*state, "henderson", "surabaya");
	struct client *t = client_open(*state), *c[50];
	const char *token = client_login(t, "messi", "surabaya");
	json_t *page;
	size_t i;

	for (i = 0; i < 50; i++) {
		c[i] = client_open(*state);
		client_printf(c[i], "send %s henderson whole\r\n", token);
		if (i % 2 == 0)
			client_half_close(c[i]);
		else
			client_reset(c[i]);
	}
	for (i = 0; i < 50; i += 2)
		expect_reply(c[i], PONG);
	expect_json(client_ask(t, "send %s henderson whole", token), PONG);
	page = json_object_get(
	    client_ask(w, "history - messi limit=200"), "messages");
	assert_in_range(json_array_size(page), 26, 51);
	for (i = 0; i < json_array_size(page); i++)
		expect_json(client_event_of(w, "message"),
		    "{'text':'whole','target':'messi'}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(a_request_sent_byte_by_byte_is_answered_once),
		SERVER_TEST(a_request_read_byte_by_byte_is_answered_once),
		SERVER_TEST(two_requests_cut_anywhere_are_two_requests),
		SERVER_TEST(a_bare_lf_ends_a_line_too),
		SERVER_TEST(blanks_around_and_between_do_not_count),
		SERVER_TEST(empty_lines_are_no_command),
		FAST_TEST(ten_thousand_pings_at_once_are_answered_in_order),
		FAST_TEST(ten_thousand_mixed_requests_are_answered_in_order),
		SERVER_TEST(a_request_sees_the_effect_of_those_before_it),
		SERVER_TEST(a_line_of_the_limit_is_taken_and_one_more_is_not),
		SERVER_TEST(a_multibyte_character_astride_the_limit_is_not_cut),
		SERVER_TEST(a_line_without_end_costs_one_error_and_no_memory),
		SERVER_TEST(a_long_line_held_open_does_not_spin),
		SERVER_TEST(nul_and_bad_utf8_are_refused),
		SERVER_TEST(one_line_in_is_never_two_lines_out),
		SERVER_TEST(other_protocols_get_one_error_and_the_door),
		SERVER_TEST(a_tls_client_gets_the_door),
		SERVER_TEST(random_bytes_do_no_harm),
		SERVER_TEST(too_few_parameters_have_a_text_of_their_own),
		SERVER_TEST(any_number_of_parameters_gets_exactly_one_reply),
		SERVER_TEST(older_commands_ignore_parameters_too_many),
		SERVER_TEST(newer_commands_refuse_parameters_too_many),
		SERVER_TEST(unknown_commands_have_a_text_of_their_own),
		SERVER_TEST(a_command_word_of_a_whole_line_is_unknown),
		FAST_TEST(replies_due_come_after_the_clients_half_close),
		SERVER_TEST(a_last_line_without_an_end_is_no_request),
		SERVER_TEST(a_client_gone_before_its_reply_hurts_nobody),
		FAST_TEST(a_message_of_one_who_goes_at_once_is_whole_or_absent),
	};

	return cmocka_run_group_tests_name(
	    "framing", tests, NULL, clients_cleanup);
}
