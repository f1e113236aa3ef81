/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts, tokens and who is here, on the command protocol: the rows of
 * chat-protocol(7) that need no message.
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
#include "tests/lib/datafile.h"
#include "tests/lib/server.h"

#define NO_SESSION "{'status':'ERROR','message':'Session Tidak Ditemukan'," \
		   "'code':'<string>'}"
#define BAD_TOKEN "00000000-0000-4000-8000-000000000000"

/* ---- auth ------------------------------------------------------------- */

static void
auth_answers_a_token(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "auth messi surabaya",
	    "{'status':'OK','tokenid':'<uuid>','message':'<absent>'}");
}

static void
auth_tells_an_unknown_user_from_a_wrong_password(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "auth nobody surabaya",
	    "{'status':'ERROR','message':'User Tidak Ada',"
	    "'code':'<string>','tokenid':'<absent>'}");
	expect(c, "auth messi malang",
	    "{'status':'ERROR','message':'Password Salah',"
	    "'code':'<string>','tokenid':'<absent>'}");
	expect(c, "auth messi SURABAYA",
	    "{'status':'ERROR','message':'Password Salah'}");
}

static void
every_auth_gives_another_token_and_all_are_good(void **state)
{
	struct client *c = client_open(*state);
	const char *first = client_login(c, "messi", "surabaya");
	const char *second = client_login(c, "messi", "surabaya");

	assert_string_not_equal(first, second);
	expect_json(client_ask(c, "list_user %s", first), "{'status':'OK'}");
	expect_json(client_ask(c, "list_user %s", second), "{'status':'OK'}");
}

static void
a_token_is_good_on_any_connection(void **state)
{
	struct client *a = client_open(*state), *b = client_open(*state);
	char *token = xstrdup(client_login(a, "messi", "surabaya"));

	expect_json(client_ask(b, "list_user %s", token), "{'status':'OK'}");
	client_close(a);
	expect_json(client_ask(b, "list_user %s", token), "{'status':'OK'}");
	free(token);
}

static void
a_dash_stands_for_the_token_last_given_to_auth_or_watch(void **state)
{
	struct client *a = client_open(*state), *b = client_open(*state);
	const char *token;

	expect(a, "list_user -", NO_SESSION);
	token = client_login(a, "messi", "surabaya");
	expect(a, "list_user -", "{'status':'OK'}");
	expect(b, "list_user -", NO_SESSION);
	expect_json(client_ask(b, "list_user %s", token), "{'status':'OK'}");
	/* Using a token does not make it the connection's own. */
	expect(b, "list_user -", NO_SESSION);
	expect_json(client_ask(b, "watch %s", token), "{'status':'OK'}");
	expect(b, "list_user -", "{'status':'OK'}");
}

static void
a_refused_auth_leaves_the_dash_as_it_was(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "auth henderson wrong", "{'status':'ERROR'}");
	expect(c, "logout -",
	    "{'status':'OK','messages':'LOGGING OUT: messi [Lionel Messi]'}");
}

/* ---- tokens that are none --------------------------------------------- */

static void
every_command_refuses_a_bad_token_with_its_own_text(void **state)
{
	static const char *const no_information[] = { "send %s neko hey",
		"inbox %s", NULL };
	static const char *const no_session[] = { "list_user %s",
		"user_aktif %s", "list %s", "users %s", "logout %s",
		"broadcast %s hey", "say %s messi \"hey\"", "watch %s",
		"watch %s 5", "history %s messi", "search %s hey",
		"read %s messi 1", "unread %s", "who %s", "passwd %s a b",
		"name %s New Name", NULL };
	static const char *const tokens[] = { "x", "-", BAD_TOKEN, "--", "%n",
		"'OR'1'='1", NULL };
	struct client *c = client_open(*state);
	char line[128];
	size_t i, t;

	for (t = 0; tokens[t] != NULL; t++) {
		for (i = 0; no_information[i] != NULL; i++) {
			const char *rest = strstr(no_information[i], "%s") + 2;

			snprintf(line, sizeof(line), "%.*s%s%s",
			    (int)(rest - 2 - no_information[i]),
			    no_information[i], tokens[t], rest);
			expect(c, line,
			    "{'status':'ERROR','code':'<string>',"
			    "'message':'Informasi tidak ditemukan'}");
		}
		for (i = 0; no_session[i] != NULL; i++) {
			const char *rest = strstr(no_session[i], "%s") + 2;

			snprintf(line, sizeof(line), "%.*s%s%s",
			    (int)(rest - 2 - no_session[i]), no_session[i],
			    tokens[t], rest);
			expect(c, line, NO_SESSION);
		}
	}
}

/* ---- lists ------------------------------------------------------------ */

static void
list_user_names_all_accounts_in_the_order_of_registration(void **state)
{
	struct client *c = client_as(*state, "lineker", "surabaya");

	expect(c, "list_user -",
	    "{'status':'OK','list_user':['messi','henderson','lineker']}");
	expect(c, "register neko rahasia", "{'status':'OK'}");
	expect(c, "register andi rahasia", "{'status':'OK'}");
	expect(c, "list_user -",
	    "{'status':'OK','list_user':"
	    "['messi','henderson','lineker','neko','andi']}");
}

static void
those_logged_in_are_listed_in_the_order_of_login(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "lineker", "surabaya");

	client_login(a, "messi", "surabaya"); /* each stands once */
	expect(b, "user_aktif -",
	    "{'status':'OK','message':'messi, lineker, '}");
	expect(b, "list -",
	    "{'status':'OK','message':'List user: messi,lineker',"
	    "'messages':'List user: messi,lineker'}");
	expect(b, "users -",
	    "{'status':'OK','messages':"
	    "['messi [Lionel Messi]','lineker [Gary Lineker]']}");
}

static void
who_tells_online_by_the_same_rule(void **state)
{
	struct client *c = client_as(*state, "henderson", "surabaya");

	expect(c, "who -",
	    "{'status':'OK','users':["
	    "{'user':'messi','name':'Lionel Messi','online':false},"
	    "{'user':'henderson','name':'Jordan Henderson','online':true,"
	    "'since':'<time>'},"
	    "{'user':'lineker','name':'Gary Lineker','online':false}]}");
}

/* All that tell who is logged in, asked by who came first. */
static void
expect_here(struct client *c, struct client *text, const char *const names[])
{
	char comma[200] = "", blank[200] = "", want[300];
	json_t *all, *u;
	size_t i, n = 0;

	for (i = 0; names[i] != NULL; i++) {
		snprintf(comma + strlen(comma), 60, "%s%s",
		    i > 0 ? "," : "", names[i]);
		snprintf(blank + strlen(blank), 60, "%s%s",
		    i > 0 ? ", " : "", names[i]);
	}
	snprintf(want, sizeof(want), "{'message':'%s, '}", blank);
	expect(c, "user_aktif -", want);
	snprintf(want, sizeof(want), "{'message':'List user: %s'}", comma);
	expect(c, "list -", want);
	all = client_ask(c, "users -");
	assert_int_equal(json_array_size(json_object_get(all, "messages")), i);
	json_array_foreach(json_object_get(client_ask(c, "who -"), "users"),
	    n, u)
		if (json_is_true(json_object_get(u, "online")))
			i--;
	assert_int_equal(i, 0);
	client_puts(text, "list-user\n");
	snprintf(want, sizeof(want), "list user : %s.", blank);
	client_expect_line(text, want);
}

/* Framed, watching, plain text, a raw line, a connection for a request. */
static void
who_hangs_up_counts_for_ten_seconds_and_no_longer(void **state)
{
	static const char *const then[] = { "henderson", "paff", "messi",
		"lineker", "raw", "short", "watch", NULL };
	static const char *const now[] = { "henderson", "paff", NULL };
	struct client *w = client_open(*state), *text, *a, *b, *r, *s, *v;
	char *token;

	expect(w, "register paff rahasia", "{'status':'OK'}");
	expect(w, "register raw rahasia", "{'status':'OK'}");
	expect(w, "register short rahasia", "{'status':'OK'}");
	expect(w, "register watch rahasia", "{'status':'OK'}");
	client_login(w, "henderson", "surabaya");
	text = client_open_text(*state);
	client_puts(text, "login paff rahasia\n");
	client_expect_line(text, "Login sukses");
	a = client_as(*state, "messi", "surabaya");
	b = client_open_text(*state);
	client_puts(b, "login lineker surabaya\n");
	client_expect_line(b, "Login sukses");
	r = client_as(*state, "raw", "rahasia");
	client_puts(r, "group - batak origin\r\n");
	client_expect_text(r, "raw telah bergabung");
	s = client_open(*state);
	token = xstrdup(client_login(s, "short", "rahasia"));
	client_close(s);
	s = client_open(*state);
	expect_json(client_ask(s, "unread %s", token), "{'status':'OK'}");
	v = client_watching(*state, "watch", "rahasia");
	expect(w, "watch -", "{'status':'OK'}");

	client_close(a);
	client_reset(b);
	client_close(r);
	client_close(s);
	client_reset(v);
	expect_here(w, text, then);
	client_expect_silence(w);
	for (int i = 0; i < 5; i++)
		expect_json(client_event_of(w, "presence"),
		    "{'online':false}");
	expect_here(w, text, now);
	/* The token is as good as ever. */
	s = client_open(*state);
	expect_json(client_ask(s, "unread %s", token), "{'status':'OK'}");
	expect_event(w, "{'event':'presence','user':'short','online':true}");
	free(token);
}

static void
who_comes_back_at_once_was_never_gone(void **state)
{
	struct client *w = client_watching(*state, "henderson", "surabaya");
	struct client *a = client_as(*state, "messi", "surabaya");

	expect_event(w, "{'event':'presence','user':'messi','online':true}");
	client_close(a);
	a = client_as(*state, "messi", "surabaya");
	expect(a, "user_aktif -", "{'message':'henderson, messi, '}");
	client_expect_silence(w);
	expect(a, "logout -", "{'status':'OK'}");
	expect_event(w, "{'event':'presence','user':'messi','online':false}");
}

/* ---- logout ----------------------------------------------------------- */

static void
logout_ends_the_token_but_not_the_connection(void **state)
{
	struct client *c = client_open(*state);
	const char *token = client_login(c, "messi", "surabaya");

	expect_json(client_ask(c, "logout %s", token),
	    "{'status':'OK','message':'Berhasil Logout',"
	    "'messages':'LOGGING OUT: messi [Lionel Messi]','tokenid':''}");
	expect_json(client_ask(c, "logout %s", token), NO_SESSION);
	expect_json(client_ask(c, "list_user %s", token), NO_SESSION);
	expect(c, "list_user -", NO_SESSION);
	client_login(c, "messi", "surabaya");
	expect(c, "user_aktif -", "{'status':'OK','message':'messi, '}");
}

static void
logout_of_one_token_leaves_the_others(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "messi", "surabaya");

	expect(a, "logout -", "{'status':'OK'}");
	expect(b, "user_aktif -", "{'status':'OK','message':'messi, '}");
}

static void
logout_ends_a_watch_made_with_that_token(void **state)
{
	struct client *a = client_watching(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "lineker", "surabaya");

	expect_event(a, "{'event':'presence','user':'lineker'}");
	expect(a, "logout -", "{'status':'OK'}");
	expect(b, "send - messi hey", "{'status':'OK'}");
	expect(b, "broadcast - hey", "{'status':'OK'}");
	client_expect_silence(a);
}

/* ---- register --------------------------------------------------------- */

static void
register_makes_an_account_that_can_log_in(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "register neko rahasia Neko si Kucing",
	    "{'status':'OK','message':'Anda berhasil terdaftar'}");
	expect(c, "regist paff rahasia",
	    "{'status':'OK','message':'Anda berhasil terdaftar'}");
	client_login(c, "neko", "rahasia");
	client_login(c, "paff", "rahasia");
	expect(c, "users -",
	    "{'messages':['neko [Neko si Kucing]','paff [paff]']}");
}

static void
a_name_is_taken_in_whatever_case_or_form_it_is_written(void **state)
{
	static const char *const same[] = { "messi", "Messi", "MESSI",
		"\xef\xbd\x8d"
		"essi", /* a fullwidth m: NFKC */
		NULL };
	struct client *c = client_open(*state);
	size_t i;

	for (i = 0; same[i] != NULL; i++)
		expect_json(client_ask(c, "register %s rahasia", same[i]),
		    "{'status':'ERROR'}");
	for (i = 0; i < 3; i++)
		expect_json(client_ask(c, "register %s rahasia", same[i]),
		    "{'status':'ERROR','message':'Username telah dipakai',"
		    "'code':'name-taken'}");
	/* é composed and decomposed */
	expect(c, "register ren\xc3\xa9 rahasia", "{'status':'OK'}");
	expect(c, "register rene\xcc\x81 rahasia", "{'status':'ERROR'}");
	expect(c, "register REN\xc3\x89 rahasia",
	    "{'status':'ERROR','code':'name-taken'}");
}

static void
login_takes_the_name_in_any_case(void **state)
{
	struct client *c = client_open(*state);

	client_login(c, "MESSI", "surabaya");
	expect(c, "user_aktif -", "{'message':'messi, '}");
}

static void
bad_names_are_refused(void **state)
{
	static const char *const bad[] = {
		"../etc/passwd", "a/b", ".", "..", "-rf", "#batak", "*", "@",
		"a@b", "a:b", "a,b", "%n%s%x", "a\"b", "a\\b", "{}", "a'b",
		"a\x01"
		"b",
		"a\x1b[31m", "a\x7f",
		"a\xe2\x80\x8b"
		"b",                    /* zero width space */
		"a\xe2\x80\xae"
		"b",                    /* right-to-left override */
		"m\xd0\xb5ssi",         /* a Cyrillic e among Latin */
		"\xce\xb1"
		"b",                    /* Greek and Latin */
		"\xef\xbb\xbf"
		"neko",                 /* a byte order mark */
		"\xf0\x9f\x90\x88",     /* a cat */
		"\xcc\x81",             /* a combining mark alone */
		"abcdefghijklmnopqrstuvwxyz0123456", /* 33 */
		NULL,
	};
	struct client *c = client_open(*state);
	size_t i;

	for (i = 0; bad[i] != NULL; i++) {
		json_t *o = client_ask(c, "register %s rahasia", bad[i]);

		if (!json_matches("{'status':'ERROR','code':'bad-name'}", o))
			fail_msg("register took \"%s\"", bad[i]);
	}
	client_login(c, "messi", "surabaya");
	expect(c, "list_user -",
	    "{'list_user':['messi','henderson','lineker']}");
}

/* For everyone, for the server, for who speaks, in both languages. */
static void
names_that_mean_something_else_are_nobodys(void **state)
{
	static const char *const bad[] = { "everyone", "Everyone", "SEMUA",
		"all", "everybody", "semuanya", "server", "System", "sistem",
		"chat-server", "me", "saya", "here", "you", "anda", "_everyone", "every.one",
		"all-", "Server_", NULL };
	static const char *const good[] = { "everyone1", "allan", "semuanyo",
		"serverlab", "sistemku", "mei", NULL };
	struct client *c = client_open(*state);
	struct client *t = client_open_text(*state);
	size_t i;

	for (i = 0; bad[i] != NULL; i++) {
		json_t *o = client_ask(c, "register %s rahasia", bad[i]);

		if (!json_matches("{'status':'ERROR','code':'bad-name'}", o))
			fail_msg("register took \"%s\"", bad[i]);
		assert_non_null(strstr(str_of(o, "message"), "everyone"));
	}
	client_puts(t, "regist semua rahasia\n");
	assert_non_null(strstr(client_line(t), "berarti semua orang"));
	for (i = 0; good[i] != NULL; i++)
		expect_json(client_ask(c, "register %s rahasia", good[i]),
		    "{'status':'OK'}");
	client_login(c, "messi", "surabaya");
	for (i = 0; bad[i] != NULL; i++)
		expect_json(client_ask(c, "join - #%s", bad[i]),
		    "{'status':'ERROR','code':'bad-name'}");
	expect(c, "groups -", "{'groups':[]}");
}

/* A rule that came later takes nobody's account away. */
static void
who_has_such_a_name_already_keeps_it(void **state)
{
	struct server *s = *state;
	struct client *a, *b;

	datafile_rename(s, "lineker", "everyone");
	a = client_watching(s, "everyone", "surabaya");
	b = client_as(s, "messi", "surabaya");
	expect(b, "send - everyone hai", "{'status':'OK'}");
	expect_json(client_event_of(a, "message"),
	    "{'target':'messi','from':'messi','text':'hai'}");
	expect(b, "register everyone rahasia", "{'code':'bad-name'}");
	expect(a, "passwd - surabaya malang", "{'status':'OK'}");
	/* It is messi, henderson and everyone that the file names now. */
	server_stop(s);
	server_accounts(s, "everyone:x:Everyone\nmessi:x:M\nneko:x:Neko\n");
	server_start(s);
	client_login(client_open(s), "everyone", "malang");
}

static void
good_names_are_taken(void **state)
{
	static const char *const good[] = { "a", "con", "x-y_z.9", "_x", "9",
		"abcdefghijklmnopqrstuvwxyz012345", /* 32 */
		"\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd", /* иван */
		"\xe5\x8f\x8b\xe8\xbe\xbe",         /* 友达 */
		"null", "select", NULL };
	struct client *c = client_open(*state);
	size_t i;

	for (i = 0; good[i] != NULL; i++) {
		json_t *o = client_ask(c, "register %s rahasia", good[i]);

		if (!json_matches("{'status':'OK'}", o))
			fail_msg("register refused \"%s\"", good[i]);
		client_login(c, good[i], "rahasia");
	}
}

static void
a_real_name_goes_round_byte_for_byte(void **state)
{
	struct client *c = client_open(*state);

	expect(c,
	    "register neko rahasia \"Ne\\ko\" %n%s {'x'} \xe2\x82\xac <b>",
	    "{'status':'OK'}");
	client_login(c, "neko", "rahasia");
	assert_string_equal(
	    json_string_value(json_array_get(
		json_object_get(client_ask(c, "users -"), "messages"), 0)),
	    "neko [\"Ne\\ko\" %n%s {'x'} \xe2\x82\xac <b>]");
}

static void
a_real_name_with_control_bytes_or_too_long_is_refused(void **state)
{
	struct client *c = client_open(*state);
	char longest[65];

	memset(longest, 'n', sizeof(longest));
	expect(c, "register neko rahasia a\x1b[2Jb", "{'status':'ERROR'}");
	expect(c, "register neko rahasia a\xe2\x80\xae"
		  "b",
	    "{'status':'ERROR'}");
	expect_json(
	    client_ask(c, "register neko rahasia %.65s", longest),
	    "{'status':'ERROR'}");
	expect_json(client_ask(c, "register neko rahasia %.64s", longest),
	    "{'status':'OK'}");
}

static void
a_password_is_not_cut_silently(void **state)
{
	struct client *c = client_open(*state);
	char longest[1025];

	memset(longest, 'p', sizeof(longest) - 1);
	longest[1024] = '\0';
	expect_json(client_ask(c, "register neko %s", longest),
	    "{'status':'OK'}");
	client_login(c, "neko", longest);
	longest[1023] = 'q';
	expect_json(client_ask(c, "auth neko %s", longest),
	    "{'status':'ERROR','message':'Password Salah'}");
	/* It is not too weak, and a longer one would not do. */
	expect_json(client_ask(c, "register paff %sx", longest),
	    "{'status':'ERROR','code':'weak-password','message':"
	    "'Password terlalu panjang (paling banyak 1024 byte)'}");
}

static void
the_same_name_registered_by_ten_at_once_is_one_account(void **state)
{
	struct client *c[10];
	int ok = 0, taken = 0, i;

	for (i = 0; i < 10; i++)
		c[i] = client_open(*state);
	for (i = 0; i < 10; i++)
		client_printf(c[i], "register neko rahasia%d\r\n", i);
	for (i = 0; i < 10; i++) {
		json_t *o = client_reply(c[i]);

		ok += json_matches("{'status':'OK'}", o);
		taken += json_matches(
		    "{'status':'ERROR','code':'name-taken'}", o);
	}
	assert_int_equal(ok, 1);
	assert_int_equal(taken, 9);
}

static void
closed_registration_refuses(void **state)
{
	static const char *const closed[] = { "--registration", "closed",
		NULL };
	struct client *c = client_open(server_open(closed));

	(void)state;
	expect(c, "register neko rahasia",
	    "{'status':'ERROR','code':'registration-closed'}");
	expect(c, "regist neko rahasia",
	    "{'status':'ERROR','code':'registration-closed'}");
	expect(c, "hello", "{'registration':'closed'}");
	client_login(c, "messi", "surabaya");
	expect(c, "list_user -",
	    "{'list_user':['messi','henderson','lineker']}");
}

static void
a_password_shorter_than_the_least_is_weak(void **state)
{
	static const char *const eight[] = { "--min-password", "8", NULL };
	struct client *c = client_open(server_open(eight));

	(void)state;
	expect(c, "register neko 1234567",
	    "{'status':'ERROR','code':'weak-password'}");
	expect(c, "register neko 12345678", "{'status':'OK'}");
	client_login(c, "neko", "12345678");
	expect(c, "passwd - 12345678 short",
	    "{'status':'ERROR','code':'weak-password'}");
	/* It counts what a person sees, not bytes. */
	expect(c, "passwd - 12345678 \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
	    "{'status':'ERROR','code':'weak-password'}");
}

static void
on_loopback_one_character_is_enough_of_a_password(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "register neko x", "{'status':'OK'}");
}

/* ---- passwd and name -------------------------------------------------- */

static void
passwd_ends_every_other_session_and_its_watches(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_watching(*state, "messi", "surabaya");
	struct client *o = client_as(*state, "lineker", "surabaya");

	expect(a, "passwd - wrong new",
	    "{'status':'ERROR','message':'Password Salah'}");
	expect(b, "list_user -", "{'status':'OK'}");
	expect(a, "passwd - surabaya malang", "{'status':'OK'}");
	expect(a, "list_user -", "{'status':'OK'}");
	expect(b, "list_user -", NO_SESSION);
	expect(o, "send - messi hey", "{'status':'OK'}");
	expect(b, "auth messi surabaya",
	    "{'status':'ERROR','message':'Password Salah'}");
	client_login(b, "messi", "malang");
}

static void
a_watch_that_passwd_ended_gets_no_message(void **state)
{
	struct client *b = client_watching(*state, "messi", "surabaya");
	struct client *a = client_as(*state, "messi", "surabaya");

	expect(a, "passwd - surabaya malang", "{'status':'OK'}");
	expect(a, "send - messi self", "{'status':'OK'}");
	expect(a, "broadcast - hey", "{'status':'OK'}");
	client_expect_silence(b);
}

static void
name_changes_the_real_name_for_everyone(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	struct server *s = *state;

	expect(c, "name - Leo \"La Pulga\" Messi", "{'status':'OK'}");
	expect(c, "users -",
	    "{'messages':['messi [Leo \\\"La Pulga\\\" Messi]']}");
	expect(c, "name - a\x1b[0m", "{'status':'ERROR'}");
	client_close(c);
	server_kill(s);
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	/* The accounts file leaves alone what exists. */
	expect(c, "users -",
	    "{'messages':['messi [Leo \\\"La Pulga\\\" Messi]']}");
}

/* ---- what outlives the process ---------------------------------------- */

static void
tokens_survive_a_restart_and_a_kill(void **state)
{
	struct server *s = *state;
	struct client *c = client_open(s);
	char *token = xstrdup(client_login(c, "messi", "surabaya"));
	char *gone = xstrdup(client_login(c, "messi", "surabaya"));

	expect(c, "logout -", "{'status':'OK'}");
	client_close(c);
	(void)client_as(s, "henderson", "surabaya");
	server_stop(s);
	server_start(s);
	c = client_open(s);
	/* Of the two who are known only one has come back. */
	expect_json(client_ask(c, "user_aktif %s", token),
	    "{'status':'OK','message':'messi, '}");
	expect_json(client_ask(c, "user_aktif %s", gone), NO_SESSION);
	client_close(c);
	server_kill(s);
	server_start(s);
	c = client_open(s);
	expect_json(client_ask(c, "user_aktif %s", token), "{'status':'OK'}");
	expect_json(client_ask(c, "user_aktif %s", gone), NO_SESSION);
	free(token);
	free(gone);
}

/* Also of who has no token any more, or never had one. */
static void
when_somebody_was_seen_survives_a_restart_and_a_kill(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	struct client *text = client_open_text(s);

	expect(c, "logout -", "{'status':'OK'}");
	client_puts(text, "login lineker surabaya\n");
	client_expect_line(text, "Login sukses");
	client_puts(text, "logout\n");
	client_expect_line(text, "Berhasil Logout");
	client_close(c);
	client_close(text);
	server_kill(s);
	server_start(s);
	c = client_as(s, "henderson", "surabaya");
	expect(c, "who -", "{'users':["
	    "{'user':'messi','online':false,'since':'<time>'},"
	    "{'user':'henderson','online':true},"
	    "{'user':'lineker','online':false,'since':'<time>'}]}");
	expect(c, "register neko rahasia1", "{'status':'OK'}");
	server_stop(s);
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	expect(c, "who -", "{'users':[{'user':'messi'},{'user':'henderson',"
	    "'since':'<time>'},{'user':'lineker','since':'<time>'},"
	    "{'user':'neko','online':false,'since':null}]}");
}

static void
the_data_folder_holds_neither_passwords_nor_tokens(void **state)
{
	struct server *s = *state;
	struct client *c = client_open(s);
	const char *argv[] = { "/bin/grep", "-rlaF", NULL, NULL, NULL };
	char *token, *out;

	expect(c, "register neko rahasia-sekali", "{'status':'OK'}");
	token = xstrdup(client_login(c, "neko", "rahasia-sekali"));
	expect(c, "send - messi jejak-pesan", "{'status':'OK'}");
	argv[3] = server_data(s);
	argv[2] = "rahasia-sekali";
	assert_int_equal(program_run(argv, &out), 1);
	free(out);
	argv[2] = token;
	assert_int_equal(program_run(argv, &out), 1);
	free(out);
	argv[2] = "jejak-pesan"; /* so the search itself is sound */
	assert_int_equal(program_run(argv, &out), 0);
	free(out);
	free(token);
}

static void
the_log_holds_no_password_token_or_control_byte(void **state)
{
	struct server *s = *state;
	struct client *c = client_open(s);
	const char *token = client_login(c, "messi", "surabaya");
	char *text, *p;

	expect(c, "auth messi salah-sekali", "{'status':'ERROR'}");
	expect(c, "auth \x1b[31m%n%s salah-sekali", "{'status':'ERROR'}");
	/* Who types too early has a password where the name belongs. */
	expect(c, "auth rahasia-besar messi", "{'status':'ERROR'}");
	expect(c, "\x1b]52;c;x\x07 a", "{'status':'ERROR'}");
	expect(c, "register \x1b[31m%n%s salah-sekali", "{'status':'ERROR'}");
	text = server_log(s);
	assert_null(strstr(text, token));
	assert_null(strstr(text, "surabaya"));
	assert_null(strstr(text, "salah-sekali"));
	assert_null(strstr(text, "rahasia-besar"));
	assert_non_null(strstr(text, "login with a wrong password: messi"));
	assert_non_null(strstr(text, "login with a name that is nobody's"));
	for (p = text; *p != '\0'; p++)
		assert_true((unsigned char)*p >= ' ' || *p == '\n');
	free(text);
}

/* ---- presence --------------------------------------------------------- */

static void
presence_tells_of_first_login_and_last_logout(void **state)
{
	struct client *w = client_watching(*state, "messi", "surabaya");
	struct client *a = client_as(*state, "lineker", "surabaya");
	struct client *b = client_as(*state, "lineker", "surabaya");

	expect_event(w,
	    "{'event':'presence','user':'lineker','name':'Gary Lineker',"
	    "'online':true,'status':'<absent>'}");
	expect(a, "logout -", "{'status':'OK'}");
	client_expect_silence(w); /* one token is left */
	expect(b, "logout -", "{'status':'OK'}");
	expect_event(
	    w, "{'event':'presence','user':'lineker','online':false}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(auth_answers_a_token),
		SERVER_TEST(auth_tells_an_unknown_user_from_a_wrong_password),
		SERVER_TEST(every_auth_gives_another_token_and_all_are_good),
		SERVER_TEST(a_token_is_good_on_any_connection),
		SERVER_TEST(
		    a_dash_stands_for_the_token_last_given_to_auth_or_watch),
		SERVER_TEST(a_refused_auth_leaves_the_dash_as_it_was),
		SERVER_TEST(
		    every_command_refuses_a_bad_token_with_its_own_text),
		SERVER_TEST(
		    list_user_names_all_accounts_in_the_order_of_registration),
		SERVER_TEST(those_logged_in_are_listed_in_the_order_of_login),
		SERVER_TEST(who_tells_online_by_the_same_rule),
		SERVER_TEST(who_hangs_up_counts_for_ten_seconds_and_no_longer),
		SERVER_TEST(who_comes_back_at_once_was_never_gone),
		SERVER_TEST(logout_ends_the_token_but_not_the_connection),
		SERVER_TEST(logout_of_one_token_leaves_the_others),
		SERVER_TEST(logout_ends_a_watch_made_with_that_token),
		SERVER_TEST(register_makes_an_account_that_can_log_in),
		SERVER_TEST(
		    a_name_is_taken_in_whatever_case_or_form_it_is_written),
		SERVER_TEST(login_takes_the_name_in_any_case),
		SERVER_TEST(bad_names_are_refused),
		SERVER_TEST(names_that_mean_something_else_are_nobodys),
		SERVER_TEST(who_has_such_a_name_already_keeps_it),
		SERVER_TEST(good_names_are_taken),
		SERVER_TEST(a_real_name_goes_round_byte_for_byte),
		SERVER_TEST(
		    a_real_name_with_control_bytes_or_too_long_is_refused),
		SERVER_TEST(a_password_is_not_cut_silently),
		SERVER_TEST(
		    the_same_name_registered_by_ten_at_once_is_one_account),
		cmocka_unit_test_teardown(
		    closed_registration_refuses, without_server),
		cmocka_unit_test_teardown(
		    a_password_shorter_than_the_least_is_weak, without_server),
		SERVER_TEST(on_loopback_one_character_is_enough_of_a_password),
		SERVER_TEST(passwd_ends_every_other_session_and_its_watches),
		SERVER_TEST(a_watch_that_passwd_ended_gets_no_message),
		SERVER_TEST(name_changes_the_real_name_for_everyone),
		SERVER_TEST(tokens_survive_a_restart_and_a_kill),
		SERVER_TEST(when_somebody_was_seen_survives_a_restart_and_a_kill),
		SERVER_TEST(the_data_folder_holds_neither_passwords_nor_tokens),
		SERVER_TEST(the_log_holds_no_password_token_or_control_byte),
		SERVER_TEST(presence_tells_of_first_login_and_last_logout),
	};

	return cmocka_run_group_tests_name(
	    "account", tests, NULL, clients_cleanup);
}
