/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages on the command protocol: sending, the inbox, history, search, read
 * markers, and the limits on what one may send.
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

enum { TEXT_MAX = 4096 };

static char *
repeated(char ch, size_t n)
{
	char *s = xmalloc(n + 1);

	memset(s, ch, n);
	s[n] = '\0';
	return s;
}

/* Sends count texts "0", "1", ... at once; the id of the last. */
static long long
send_many(struct client *c, const char *target, int count)
{
	long long id = 0;
	int i;

	for (i = 0; i < count; i++)
		client_printf(c, "send - %s %d\r\n", target, i);
	for (i = 0; i < count; i++)
		id = int_of(expect_reply(c, "{'status':'OK'}"), "id");
	return id;
}

/* ---- send and inbox --------------------------------------------------- */

static void
send_answers_an_id_and_the_inbox_has_the_message_by_sender(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	expect(a, "send - henderson hey",
	    "{'status':'OK','message':'Message Sent','id':'<id>'}");
	expect(b, "inbox -",
	    "{'status':'OK','messages':{'messi':[{"
	    "'msg_from':'Lionel Messi','msg_to':'Jordan Henderson',"
	    "'msg':'hey','id':'<id>','time':'<time>'}]}}");
}

static void
the_inbox_counts_as_read_afterwards_and_history_keeps_it(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	expect(a, "send - henderson one", "{'status':'OK'}");
	expect(b, "inbox -", "{'messages':{'messi':[{'msg':'one'}]}}");
	assert_int_equal(json_object_size(json_object_get(
			     client_ask(b, "inbox -"), "messages")),
	    0);
	expect(a, "send - henderson two", "{'status':'OK'}");
	expect(b, "inbox -", "{'messages':{'messi':[{'msg':'two'}]}}");
	expect(b, "history - messi",
	    "{'status':'OK','messages':[{'text':'one'},{'text':'two'}],"
	    "'more':false}");
}

static void
the_inbox_has_private_messages_of_others_only(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	json_t *box;

	expect(a, "send - henderson hey", "{'status':'OK'}");
	expect(a, "broadcast - all", "{'status':'OK'}");
	box = json_object_get(client_ask(a, "inbox -"), "messages");
	assert_int_equal(json_object_size(box), 0);
	box = json_object_get(client_ask(b, "inbox -"), "messages");
	assert_int_equal(json_object_size(box), 1);
}

static void
the_inbox_gathers_several_senders_each_in_order(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "lineker", "surabaya");
	struct client *c = client_as(*state, "henderson", "surabaya");

	expect(a, "send - henderson a1", "{'status':'OK'}");
	expect(b, "send - henderson b1", "{'status':'OK'}");
	expect(a, "send - henderson a2", "{'status':'OK'}");
	expect(c, "inbox -",
	    "{'messages':{'messi':[{'msg':'a1'},{'msg':'a2'}],"
	    "'lineker':[{'msg':'b1','msg_from':'Gary Lineker'}]}}");
}

static void
an_inbox_of_more_than_a_page_is_had_in_pages(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	json_t *got, *page;
	size_t seen = 0, i;
	char want[16];

	send_many(a, "henderson", 2300);
	while (seen < 2300) {
		got = client_ask(b, "inbox -");
		page = json_object_get(
		    json_object_get(got, "messages"), "messi");
		assert_in_range(json_array_size(page), 1, 1000);
		for (i = 0; i < json_array_size(page); i++, seen++) {
			snprintf(want, sizeof(want), "%zu", seen);
			assert_string_equal(
			    str_of(json_array_get(page, i), "msg"), want);
		}
	}
	expect(b, "unread -", "{'status':'OK'}");
	assert_int_equal(json_object_size(json_object_get(
			     client_ask(b, "unread -"), "unread")),
	    0);
}

static void
send_to_nobody_is_refused(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "send - neko hey",
	    "{'status':'ERROR','message':'User Tidak Ditemukan',"
	    "'code':'<string>','id':'<absent>'}");
	expect(c, "say - neko \"hey\"",
	    "{'status':'ERROR','message':'User Tidak Ditemukan'}");
	expect(c, "send - neko@elsewhere hey", "{'status':'ERROR'}");
}

static void
send_without_text_lacks_a_parameter(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "send - henderson",
	    "{'status':'ERROR','message':'--Protocol Tidak Benar'}");
	expect(c, "broadcast -",
	    "{'status':'ERROR','message':'--Protocol Tidak Benar'}");
}

static void
one_may_send_to_oneself(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "send - messi note", "{'status':'OK','id':'<id>'}");
	expect(c, "history - messi",
	    "{'messages':[{'target':'messi','from':'messi','text':'note'}]}");
}

static void
ids_rise_over_all_conversations(void **state)
{
	static const char *const to[] = { "henderson", "*", "lineker",
		"messi" };
	struct client *c = client_as(*state, "messi", "surabaya");
	long long last = 0, id;
	size_t i;

	for (i = 0; i < 20; i++) {
		id = int_of(client_ask(c, "send - %s hey", to[i % 4]), "id");
		assert_true(id > last);
		last = id;
	}
}

static void
texts_go_round_byte_for_byte(void **state)
{
	static const char *const texts[] = { "%n%s%x%p", "\"", "\\", "}",
		"\\u0000", "{'x':[", "a\tb", "<script>", "'; DROP TABLE x;--",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", /* ZWJ */
		"\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",
		"\xc2\x9b"
		"31m",
		"e\xcc\x81", "two  spaces   stay", "\x1b[31mred\x1b[0m",
		"\xef\xbf\xbd", NULL };
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	size_t i;
	json_t *o;

	for (i = 0; texts[i] != NULL; i++) {
		o = client_ask(a, "send - henderson %s", texts[i]);
		expect_json(o, "{'status':'OK'}");
		o = client_event_of(b, "message");
		assert_string_equal(str_of(o, "text"), texts[i]);
	}
	o = json_object_get(client_ask(b, "history - messi"), "messages");
	assert_int_equal(json_array_size(o), i);
	while (i-- > 0)
		assert_string_equal(
		    str_of(json_array_get(o, i), "text"), texts[i]);
}

static void
say_takes_line_breaks_in_a_json_string(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	expect(a, "say - henderson \"one\\r\\n\\r\\ntwo \\\"x\\\" \\u20ac \"",
	    "{'status':'OK','message':'Message Sent','id':'<id>'}");
	assert_string_equal(str_of(client_event_of(b, "message"), "text"),
	    "one\r\n\r\ntwo \"x\" \xe2\x82\xac ");
	expect(a, "say - * \"all\\nof you\"", "{'status':'OK'}");
	expect_json(client_event_of(b, "message"),
	    "{'target':'*','text':'all\\nof you'}");
}

static void
say_refuses_what_is_no_json_string(void **state)
{
	static const char *const bad[] = { "hey", "\"hey", "hey\"", "'hey'",
		"{\"a\":1}", "[\"a\"]", "1", "1e999", "true", "null",
		"\"a\" \"b\"", "\"a\"x", "\"\\ud800\"", "\"\\udc00x\"",
		"\"\\x41\"", "\"a\tb\"", "[[[[[[[[[[[[[[[[[[[[[[", NULL };
	struct client *c = client_as(*state, "messi", "surabaya");
	size_t i;
	json_t *o;

	for (i = 0; bad[i] != NULL; i++) {
		o = client_ask(c, "say - henderson %s", bad[i]);
		if (!json_matches("{'status':'ERROR','code':'bad-json'}", o))
			fail_msg("say took %s", bad[i]);
	}
	expect(c, "say - henderson \"a\\u0000b\"", "{'status':'ERROR'}");
	expect(c, "history - henderson", "{'messages':[]}");
}

static void
json_nested_ten_thousand_deep_is_refused(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	char *deep = repeated('[', 8000);

	expect_json(client_ask(c, "say - henderson %s", deep),
	    "{'status':'ERROR','code':'bad-json'}");
	free(deep);
}

static void
a_text_of_the_limit_is_taken_and_one_more_is_not(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	char *text = repeated('t', TEXT_MAX);

	expect(a, "hello", "{'limits':{'text':4096,'line':8192}}");
	expect_json(client_ask(a, "send - henderson %s", text),
	    "{'status':'OK'}");
	assert_string_equal(
	    str_of(client_event_of(b, "message"), "text"), text);
	expect_json(client_ask(a, "send - henderson %sx", text),
	    "{'status':'ERROR','code':'text-too-long'}");
	/* A multibyte character across the limit is no half character. */
	text[TEXT_MAX - 1] = '\0';
	expect_json(client_ask(a, "send - henderson %s\xc3\xa9", text),
	    "{'status':'ERROR','code':'text-too-long'}");
	text[TEXT_MAX - 2] = '\0';
	expect_json(client_ask(a, "send - henderson %s\xc3\xa9", text),
	    "{'status':'OK'}");
	free(text);
}

/* Of one that nothing can be seen of nobody is told, whichever way it goes;
 * one sign is enough, and the blanks around it stay. */
static void
a_text_of_blanks_and_line_ends_is_no_message(void **state)
{
	static const char *const blank[] = { "\\n", " ", "\\t\\r\\n \\n",
		"\\u00a0", "\\u2003\\u3000", "\\u2028\\u2029",
		"\\u200b\\u200d\\ufeff", "\xE2\x80\xAE", "\\u2800", "" };
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	size_t i;

	expect(a, "join - #batak", "{'status':'OK'}");
	for (i = 0; i < sizeof(blank) / sizeof(blank[0]); i++) {
		static const char *const to[] = { "*", "henderson",
			"#batak" };

		for (size_t k = 0; k < 3; k++)
			expect_json(client_ask(a, "@t%zu.%zu say - %s \"%s\"",
					i, k, to[k], blank[i]),
			    "{'status':'ERROR','code':'text-empty'}");
	}
	expect(a, "send - henderson \xC2\xA0\xE2\x80\x8B",
	    "{'status':'ERROR','code':'text-empty'}");
	expect(a, "broadcast - \t\xE3\x80\x80",
	    "{'status':'ERROR','code':'text-empty'}");
	expect(a, "send - henderson \t", "{'code':'text-empty'}");
	expect(a, "@t0.0 say - * \"\\n \\u00a0.\\n\"", "{'status':'OK'}");
	expect_event(b, "{'event':'message','text':'\\n \xC2\xA0.\\n'}");
	expect(a, "history - *", "{'messages':[{'id':'<id>'}]}");
	expect(a, "history - henderson", "{'messages':[]}");
	expect(a, "history - #batak", "{'messages':[]}");
}

static void
a_broadcast_reaches_every_watcher_but_its_own_connection(void **state)
{
	struct client *a = client_watching(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	struct client *c = client_watching(*state, "messi", "surabaya");

	expect_event(a, "{'event':'presence','user':'henderson'}");
	expect(a, "broadcast - halo semua",
	    "{'status':'OK','message':'Message Sent','id':'<id>'}");
	expect_event(b,
	    "{'event':'message','id':'<id>','target':'*','from':'messi',"
	    "'name':'Lionel Messi','text':'halo semua','time':'<time>'}");
	expect_event(c, "{'event':'message','target':'*','from':'messi'}");
	client_expect_silence(a);
}

static void
a_star_as_target_of_send_is_a_broadcast(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");

	expect(a, "send - * hey", "{'status':'OK','id':'<id>'}");
	expect_event(b, "{'event':'message','target':'*','text':'hey'}");
	expect(b, "history - *", "{'messages':[{'target':'*','text':'hey'}]}");
}

static void
nobody_else_gets_a_private_message(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	struct client *c = client_watching(*state, "lineker", "surabaya");

	expect_event(b, "{'event':'presence'}");
	expect(a, "send - henderson rahasia", "{'status':'OK'}");
	expect_event(b,
	    "{'event':'message','target':'messi','from':'messi'}");
	client_expect_silence(c);
	expect(c, "history - messi", "{'messages':[]}");
	expect(c, "history - henderson", "{'messages':[]}");
	expect(c, "search - rahasia", "{'messages':[]}");
	assert_int_equal(json_object_size(json_object_get(
			     client_ask(c, "inbox -"), "messages")),
	    0);
}

static void
own_messages_come_to_ones_other_devices(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "messi", "surabaya");

	expect(a, "send - henderson hey", "{'status':'OK'}");
	expect_event(b,
	    "{'event':'message','target':'henderson','from':'messi',"
	    "'text':'hey'}");
}

/* ---- history ---------------------------------------------------------- */

/* The texts of a page must be the numbers from first to last. */
static void
expect_texts(json_t *got, int first, int last, bool more)
{
	json_t *page = json_object_get(got, "messages");
	char want[16];
	int i;

	expect_json(got, more ? "{'status':'OK','more':true}" :
				"{'status':'OK','more':false}");
	assert_int_equal(json_array_size(page), last - first + 1);
	for (i = first; i <= last; i++) {
		json_t *o = json_array_get(page, (size_t)(i - first));

		snprintf(want, sizeof(want), "%d", i);
		assert_string_equal(str_of(o, "text"), want);
	}
}

static long long
id_at(json_t *got, size_t i)
{
	return int_of(
	    json_array_get(json_object_get(got, "messages"), i), "id");
}

static void
history_pages_backwards_and_forwards(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	long long first, last;
	json_t *got;

	send_many(c, "henderson", 300);
	got = client_ask(c, "history - henderson");
	expect_texts(got, 250, 299, true);
	first = id_at(got, 0);
	last = id_at(got, 49);

	got = client_ask(c, "history - henderson before=%lld", first);
	expect_texts(got, 200, 249, true);
	got = client_ask(
	    c, "history - henderson before=%lld limit=200", id_at(got, 0));
	expect_texts(got, 0, 199, false);
	first = id_at(got, 0);

	got = client_ask(c, "history - henderson after=0 limit=10");
	expect_texts(got, 0, 9, true);
	got = client_ask(c, "history - henderson after=%lld", first);
	expect_texts(got, 1, 50, true);
	got = client_ask(c, "history - henderson limit=5 before=%lld", last);
	expect_texts(got, 294, 298, true);
	got = client_ask(c, "history - henderson after=%lld", last);
	expect_texts(got, 0, -1, false);
	got = client_ask(c, "history - henderson before=1");
	expect_texts(got, 0, -1, false);
	got = client_ask(c, "history - henderson limit=1");
	expect_texts(got, 299, 299, true);
}

static void
a_page_that_holds_all_says_that_there_is_no_more(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	send_many(c, "henderson", 50);
	expect_texts(client_ask(c, "history - henderson"), 0, 49, false);
	expect_texts(
	    client_ask(c, "history - henderson limit=50"), 0, 49, false);
	expect_texts(
	    client_ask(c, "history - henderson limit=49"), 1, 49, true);
}

static void
history_takes_only_whole_numbers_in_range(void **state)
{
	static const char *const bad[] = { "before=", "before=x", "before=-1",
		"before=+5", "before=0x10", "before=5abc", "after=1e3",
		"before=18446744073709551616", "before=9223372036854775808",
		"limit=-1", "limit=0", "limit=201", "limit=4294967297",
		"limit=5.0", "limit", "frobnicate=1", "=", "=1", NULL };
	struct client *c = client_as(*state, "messi", "surabaya");
	size_t i;
	json_t *o;

	for (i = 0; bad[i] != NULL; i++) {
		o = client_ask(c, "history - henderson %s", bad[i]);
		if (!json_matches("{'status':'ERROR','code':'<string>'}", o))
			fail_msg("history took %s", bad[i]);
	}
}

static void
history_has_the_members_of_the_event(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	expect(a, "send - henderson hey", "{'status':'OK'}");
	expect(a, "history - henderson",
	    "{'messages':[{'id':'<id>','target':'henderson','from':'messi',"
	    "'name':'Lionel Messi','text':'hey','time':'<time>'}]}");
	expect(b, "history - messi",
	    "{'messages':[{'id':'<id>','target':'messi','from':'messi',"
	    "'name':'Lionel Messi','text':'hey','time':'<time>'}]}");
}

static void
history_of_nobody_is_refused(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "history - neko", "{'status':'ERROR'}");
	expect(c, "history - #batak", "{'status':'ERROR'}");
	expect(c, "history - ../x", "{'status':'ERROR'}");
	expect(c, "read - neko 1", "{'status':'ERROR'}");
}

static void
messages_survive_a_kill(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	long long id = int_of(client_ask(c, "send - henderson hey"), "id");

	server_kill(s);
	server_start(s);
	c = client_as(s, "henderson", "surabaya");
	assert_true(id_at(client_ask(c, "history - messi"), 0) == id);
	expect(c, "inbox -", "{'messages':{'messi':[{'msg':'hey'}]}}");
}

/* ---- search ----------------------------------------------------------- */

static void
search_finds_what_this_user_may_read(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	struct client *c = client_as(*state, "lineker", "surabaya");

	expect(a, "send - henderson besok latihan pagi", "{'status':'OK'}");
	expect(a, "broadcast - latihan untuk semua", "{'status':'OK'}");
	expect(b, "search - latihan",
	    "{'status':'OK','messages':["
	    "{'target':'messi','text':'besok latihan pagi'},"
	    "{'target':'*','text':'latihan untuk semua'}],'more':false}");
	expect(a, "search - latihan",
	    "{'messages':[{'target':'henderson'},{'target':'*'}]}");
	expect(c, "search - latihan", "{'messages':[{'target':'*'}]}");
	expect(b, "search - latihan besok",
	    "{'messages':[{'text':'besok latihan pagi'}]}");
	expect(b, "search - LATIHAN", "{'messages':[{},{}]}");
	expect(b, "search - mangga", "{'messages':[]}");
}

static void
search_finds_words_within_phrases(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	json_t *got;

	expect(a, "broadcast - 皆さんこんにちは世界", "{'status':'OK'}");
	expect(a, "broadcast - 世界 hello", "{'status':'OK'}");
	expect(a, "send - lineker 秘密の世界", "{'status':'OK'}");
	expect(b, "search - 世界",
	    "{'messages':[{'text':'皆さんこんにちは世界'},"
	    "{'text':'世界 hello'}],'more':false}");
	expect(a, "search - 世界", "{'messages':[{},{},{}]}");
	expect(b, "search - 世界 HEL",
	    "{'messages':[{'text':'世界 hello'}],'more':false}");
	expect(b, "search - 世界 ello", "{'messages':[]}");
	got = client_ask(b, "search - limit=1 世界");
	expect_json(got, "{'messages':[{'text':'世界 hello'}],'more':true}");
	expect(b, "search - 秘密", "{'messages':[]}");
	got = client_ask(b, "search - before=%lld limit=1 世界",
	    id_at(got, 0));
	expect_json(got, "{'messages':[{'text':'皆さんこんにちは世界'}],"
	    "'more':false}");
}

static void
search_pages_like_history(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	json_t *got;
	int i;

	for (i = 0; i < 60; i++)
		client_printf(c, "send - henderson %d latihan\r\n", i);
	for (i = 0; i < 60; i++)
		expect_reply(c, "{'status':'OK'}");
	got = client_ask(c, "search - latihan");
	expect_json(got, "{'more':true}");
	assert_int_equal(
	    json_array_size(json_object_get(got, "messages")), 50);
	got = client_ask(c, "search - before=%lld limit=3 latihan",
	    id_at(got, 0));
	expect_json(got,
	    "{'messages':[{'text':'7 latihan'},{'text':'8 latihan'},"
	    "{'text':'9 latihan'}],'more':true}");
	got = client_ask(c, "search - after=%lld limit=5 latihan",
	    id_at(got, 2));
	expect_json(got, "{'status':'OK'}");
	expect(c, "search - limit=201 latihan", "{'status':'ERROR'}");
	expect(c, "search - 7 lat",
	    "{'messages':[{'text':'7 latihan'}],'more':false}");
}

static void
search_takes_any_text_as_words(void **state)
{
	static const char *const odd[] = { "\"", "'", "*", "NEAR(", "AND",
		"OR NOT", "a\"b", "-", "^", "col:x", "(", ")", "%", "_", "\\",
		"{x}", "\"unclosed", "\xf0\x9f\x90\x88", NULL };
	struct client *c = client_as(*state, "messi", "surabaya");
	size_t i;
	json_t *o;

	expect(c, "broadcast - halo", "{'status':'OK'}");
	for (i = 0; odd[i] != NULL; i++) {
		o = client_ask(c, "search - %s", odd[i]);
		if (!json_matches("{'status':'OK','messages':[]}", o))
			fail_msg("search stumbled over %s", odd[i]);
	}
	expect(c, "search - halo \"", "{'status':'OK'}");
}

/* ---- read markers ----------------------------------------------------- */

static void
unread_counts_what_others_said_behind_the_marker(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	long long first = int_of(client_ask(a, "send - henderson 1"), "id");
	long long second = int_of(client_ask(a, "send - henderson 2"), "id");
	long long all = int_of(client_ask(a, "broadcast - 3"), "id");
	json_t *got = json_object_get(client_ask(b, "unread -"), "unread");

	assert_int_equal(json_object_size(got), 2);
	assert_int_equal(int_of(json_object_get(got, "messi"), "count"), 2);
	assert_int_equal(
	    int_of(json_object_get(got, "messi"), "first"), first);
	assert_int_equal(int_of(json_object_get(got, "*"), "count"), 1);
	assert_int_equal(int_of(json_object_get(got, "*"), "first"), all);

	/* One's own words are no news to oneself. */
	got = json_object_get(client_ask(a, "unread -"), "unread");
	assert_int_equal(json_object_size(got), 0);

	expect_json(client_ask(b, "read - messi %lld", first),
	    "{'status':'OK'}");
	got = json_object_get(client_ask(b, "unread -"), "unread");
	assert_int_equal(int_of(json_object_get(got, "messi"), "count"), 1);
	assert_int_equal(
	    int_of(json_object_get(got, "messi"), "first"), second);
	expect_json(client_ask(b, "read - * %lld", all), "{'status':'OK'}");
	expect_json(client_ask(b, "read - messi %lld", second),
	    "{'status':'OK'}");
	got = json_object_get(client_ask(b, "unread -"), "unread");
	assert_int_equal(json_object_size(got), 0);
}

static void
a_new_account_has_read_what_was_said_before_it_came(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_open(*state);
	json_t *got;

	expect(a, "broadcast - before", "{'status':'OK'}");
	expect(b, "register neko rahasia", "{'status':'OK'}");
	client_login(b, "neko", "rahasia");
	got = json_object_get(client_ask(b, "unread -"), "unread");
	assert_int_equal(json_object_size(got), 0);
	expect(b, "history - *", "{'messages':[{'text':'before'}]}");
	expect(a, "broadcast - after", "{'status':'OK'}");
	expect(b, "unread -", "{'unread':{'*':{'count':1,'first':'<id>'}}}");
}

static void
read_answers_where_the_marker_stands(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	long long first = int_of(client_ask(a, "send - henderson 1"), "id");
	long long second = int_of(client_ask(a, "send - henderson 2"), "id");
	json_t *o;

	o = client_ask(b, "read - messi %lld", second);
	expect_json(o, "{'status':'OK','id':'<id>'}");
	assert_true(int_of(o, "id") == second);
	o = client_ask(b, "read - messi %lld", first);
	assert_true(int_of(o, "id") == second);
}

static void
the_read_marker_never_moves_back(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	long long first = int_of(client_ask(a, "send - henderson 1"), "id");
	long long second = int_of(client_ask(a, "send - henderson 2"), "id");

	client_ask(b, "read - messi %lld", second);
	client_ask(b, "read - messi %lld", first);
	assert_int_equal(json_object_size(json_object_get(
			     client_ask(b, "unread -"), "unread")),
	    0);
	assert_int_equal(json_object_size(json_object_get(
			     client_ask(b, "inbox -"), "messages")),
	    0);
}

static void
a_marker_beyond_the_last_hides_nothing_to_come(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");

	expect(a, "send - henderson 1", "{'status':'OK'}");
	client_ask(b, "read - messi 9223372036854775807");
	client_ask(b, "read - messi 1000000");
	expect(a, "send - henderson 2", "{'status':'OK'}");
	expect(b, "inbox -", "{'messages':{'messi':[{'msg':'2'}]}}");
}

static void
read_tells_ones_other_watching_connections(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "henderson", "surabaya");
	struct client *c = client_watching(*state, "henderson", "surabaya");
	struct client *o = client_watching(*state, "lineker", "surabaya");
	long long id = int_of(client_ask(a, "send - henderson 1"), "id");
	json_t *ev;

	client_event_of(b, "message");
	client_event_of(c, "message");
	expect_json(
	    client_ask(b, "read - messi %lld", id), "{'status':'OK'}");
	ev = client_event_of(c, "read");
	expect_json(ev, "{'event':'read','target':'messi','id':'<id>'}");
	assert_true(int_of(ev, "id") == id);
	client_expect_silence(o);
}

static void
the_marker_survives_a_restart(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(s, "henderson", "surabaya");
	long long id = int_of(client_ask(a, "send - henderson 1"), "id");

	expect_json(
	    client_ask(b, "read - messi %lld", id), "{'status':'OK'}");
	server_kill(s);
	server_start(s);
	b = client_as(s, "henderson", "surabaya");
	assert_int_equal(json_object_size(json_object_get(
			     client_ask(b, "unread -"), "unread")),
	    0);
}

static void
read_takes_only_whole_numbers(void **state)
{
	static const char *const bad[] = { "-1", "x", "+1", "1x", "0x1",
		"9223372036854775808", "1.5", NULL };
	struct client *c = client_as(*state, "messi", "surabaya");
	size_t i;

	for (i = 0; bad[i] != NULL; i++)
		expect_json(client_ask(c, "read - henderson %s", bad[i]),
		    "{'status':'ERROR'}");
}

/* ---- limits ----------------------------------------------------------- */

static void
who_sends_too_fast_is_told_when_to_go_on(void **state)
{
	static const char *const options[] = { "--rate", "2", NULL };
	struct server *s = server_open(options);
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(s, "henderson", "surabaya");
	int i, ok = 0;
	json_t *o, *limited = NULL;

	(void)state;
	for (i = 0; i < 30; i++)
		client_printf(a, "send - lineker %d\r\n", i);
	for (i = 0; i < 30; i++) {
		o = client_reply(a);
		if (json_matches("{'status':'OK'}", o)) {
			ok++;
			continue;
		}
		limited = expect_json(o,
		    "{'status':'ERROR','code':'rate-limited',"
		    "'retry_ms':'<id>','id':'<absent>'}");
	}
	/* Bursts of five times the rate; a few more while it runs. */
	assert_in_range(ok, 10, 20);
	assert_in_range(int_of(limited, "retry_ms"), 1, 1000);
	/* Nobody else is held up, and reading is no sending. */
	expect(b, "send - lineker hey", "{'status':'OK'}");
	expect(a, "list_user -", "{'status':'OK'}");
}

static void
the_limit_is_one_for_all_connections_of_a_user(void **state)
{
	static const char *const options[] = { "--rate", "1", NULL };
	struct server *s = server_open(options);
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(s, "messi", "surabaya");
	int i, ok = 0;

	(void)state;
	for (i = 0; i < 10; i++) {
		ok += json_matches("{'status':'OK'}",
		    client_ask(a, "send - lineker %d", i));
		ok += json_matches("{'status':'OK'}",
		    client_ask(b, "send - lineker %d", i));
	}
	assert_in_range(ok, 5, 9);
}

static void
a_rate_limited_message_may_be_sent_again_with_its_tag(void **state)
{
	static const char *const options[] = { "--rate", "5", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "messi", "surabaya");
	long long until = now_ms() + DEADLINE_MS;
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		client_printf(c, "@t%d send - lineker %d\r\n", i, i);
	for (i = 0; i < 40; i++)
		client_reply(c);
	/* The last was refused; it is taken once the bucket has a drop. */
	while (!json_matches("{'status':'OK','duplicate':'<absent>'}",
	    client_ask(c, "@t39 send - lineker 39")))
		assert_true(now_ms() < until);
}

/* ---- the rest --------------------------------------------------------- */

static void
hello_needs_no_login_and_tells_the_limits(void **state)
{
	static const char *const options[] = { "--realm", "surabaya", NULL };
	struct server *s = server_open(options);
	struct client *c = client_open(s);
	json_t *o;

	(void)state;
	o = expect(c, "hello",
	    "{'status':'OK','realm':'surabaya','registration':'open',"
	    "'limits':{'line':8192,'text':'<id>'}}");
	assert_int_equal(
	    strncmp(str_of(o, "server"), "chat-server ", 12), 0);
}

static void
ping_and_help_need_no_login(void **state)
{
	static const char *const commands[] = { "auth", "list_user",
		"user_aktif", "list", "users", "send", "inbox", "logout",
		"hello", "register", "broadcast", "say", "watch", "history",
		"search", "read", "unread", "who", "passwd", "name", "ping",
		"help", NULL };
	struct client *c = client_open(*state);
	char *all;
	size_t i;

	expect(c, "ping", "{'status':'OK'}");
	all = json_dumps(client_ask(c, "help"), 0);
	for (i = 0; commands[i] != NULL; i++) {
		if (strstr(all, commands[i]) == NULL)
			fail_msg("help does not name %s", commands[i]);
		expect_json(client_ask(c, "help %s", commands[i]),
		    "{'status':'OK'}");
	}
	free(all);
	expect(c, "help frobnicate", "{'status':'ERROR'}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(
		    send_answers_an_id_and_the_inbox_has_the_message_by_sender),
		SERVER_TEST(
		    the_inbox_counts_as_read_afterwards_and_history_keeps_it),
		SERVER_TEST(the_inbox_has_private_messages_of_others_only),
		SERVER_TEST(the_inbox_gathers_several_senders_each_in_order),
		FAST_TEST(an_inbox_of_more_than_a_page_is_had_in_pages),
		SERVER_TEST(send_to_nobody_is_refused),
		SERVER_TEST(send_without_text_lacks_a_parameter),
		SERVER_TEST(one_may_send_to_oneself),
		SERVER_TEST(ids_rise_over_all_conversations),
		SERVER_TEST(texts_go_round_byte_for_byte),
		SERVER_TEST(say_takes_line_breaks_in_a_json_string),
		SERVER_TEST(say_refuses_what_is_no_json_string),
		SERVER_TEST(json_nested_ten_thousand_deep_is_refused),
		SERVER_TEST(a_text_of_the_limit_is_taken_and_one_more_is_not),
		SERVER_TEST(a_text_of_blanks_and_line_ends_is_no_message),
		SERVER_TEST(
		    a_broadcast_reaches_every_watcher_but_its_own_connection),
		SERVER_TEST(a_star_as_target_of_send_is_a_broadcast),
		SERVER_TEST(nobody_else_gets_a_private_message),
		SERVER_TEST(own_messages_come_to_ones_other_devices),
		FAST_TEST(history_pages_backwards_and_forwards),
		FAST_TEST(a_page_that_holds_all_says_that_there_is_no_more),
		SERVER_TEST(history_takes_only_whole_numbers_in_range),
		SERVER_TEST(history_has_the_members_of_the_event),
		SERVER_TEST(history_of_nobody_is_refused),
		SERVER_TEST(messages_survive_a_kill),
		SERVER_TEST(search_finds_what_this_user_may_read),
		SERVER_TEST(search_finds_words_within_phrases),
		FAST_TEST(search_pages_like_history),
		SERVER_TEST(search_takes_any_text_as_words),
		SERVER_TEST(unread_counts_what_others_said_behind_the_marker),
		SERVER_TEST(
		    a_new_account_has_read_what_was_said_before_it_came),
		SERVER_TEST(read_answers_where_the_marker_stands),
		SERVER_TEST(the_read_marker_never_moves_back),
		SERVER_TEST(a_marker_beyond_the_last_hides_nothing_to_come),
		SERVER_TEST(read_tells_ones_other_watching_connections),
		SERVER_TEST(the_marker_survives_a_restart),
		SERVER_TEST(read_takes_only_whole_numbers),
		cmocka_unit_test_teardown(
		    who_sends_too_fast_is_told_when_to_go_on, without_server),
		cmocka_unit_test_teardown(
		    the_limit_is_one_for_all_connections_of_a_user,
		    without_server),
		cmocka_unit_test_teardown(
		    a_rate_limited_message_may_be_sent_again_with_its_tag,
		    without_server),
		cmocka_unit_test_teardown(
		    hello_needs_no_login_and_tells_the_limits, without_server),
		SERVER_TEST(ping_and_help_need_no_login),
	};

	return cmocka_run_group_tests_name(
	    "message", tests, NULL, clients_cleanup);
}
