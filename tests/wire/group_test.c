/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups: in and out, what is said in them, roles, and that a secret one looks
 * like none.  Events of a request come before its reply, so what a test is
 * not interested in it skips.
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

#define OK "{'status':'OK'}"
#define ERROR(code) "{'status':'ERROR','code':'" code "'}"
#define JOINED \
	"{'status':'OK','message':'Telah bergabung dengan grup batak'," \
	"'target':'#batak'}"
#define LEFT \
	"{'status':'OK','message':'Telah keluar dari grup batak'," \
	"'target':'#batak'}"

static struct client *
person(struct server *s, const char *user)
{
	return client_watching(s, user, "surabaya");
}

/* messi, who made #batak, and henderson. */
struct two {
	struct client *messi, *henderson;
};

static struct two
two_in_batak(struct server *s)
{
	struct two t = { person(s, "messi"), person(s, "henderson") };

	expect(t.messi, "join - #batak", JOINED);
	expect(t.henderson, "join - #batak", JOINED);
	return t;
}

static void
expect_message(struct client *c, const char *target, const char *text)
{
	char *pattern = xasprintf(
	    "{'target':'%s','text':'%s'}", target, text);

	expect_json(client_event_of(c, "message"), pattern);
	free(pattern);
}

/* ---- in and out ------------------------------------------------------- */

static void
the_first_member_makes_and_owns_a_group(void **state)
{
	struct client *a = person(*state, "messi");
	struct client *b = person(*state, "henderson");

	expect(a, "groups -", "{'status':'OK','groups':[]}");
	expect(a, "join - #batak", JOINED);
	expect(b, "groups -",
	    "{'groups':[{'target':'#batak','group':'batak','topic':'',"
	    "'mode':'open','members':1,'member':false,'role':'<absent>'}]}");
	expect(b, "join - #batak", JOINED);
	expect(a, "groups -",
	    "{'groups':[{'target':'#batak','group':'batak','topic':'',"
	    "'mode':'open','members':2,'member':true,'role':'owner'}]}");
	expect(b, "members - #batak",
	    "{'status':'OK','target':'#batak','members':["
	    "{'user':'messi','name':'Lionel Messi','online':true,"
	    "'since':'<time>','role':'owner','muted':false},"
	    "{'user':'henderson','role':'member'}]}");
}

static void
join_and_leave_are_told_to_the_members(void **state)
{
	struct two t = two_in_batak(*state);
	struct client *c = person(*state, "lineker");

	expect_json(client_event_of(t.messi, "join"),
	    "{'target':'#batak','user':'messi','by':'<absent>'}");
	expect_json(client_event_of(t.messi, "join"),
	    "{'target':'#batak','user':'henderson'}");
	expect(t.henderson, "leave - #batak", LEFT);
	expect_json(client_event_of(t.messi, "leave"),
	    "{'target':'#batak','user':'henderson','by':'<absent>'}");
	expect(t.messi, "members - #batak", "{'members':[{'user':'messi'}]}");
	expect(t.henderson, "leave - #batak", ERROR("not-member"));
	/* Who is in no group hears nothing of it. */
	expect(c, "groups -", "{'groups':[{'members':1,'member':false}]}");
}

static void
the_sign_may_be_left_out_and_names_fold(void **state)
{
	struct client *a = person(*state, "messi");
	struct client *b = person(*state, "henderson");

	expect(a, "join - batak", JOINED);
	expect(b, "join - #BATAK", OK);
	expect(b, "members - batak", "{'members':[{},{}]}");
	expect(b, "leave - batak", LEFT);
	expect(a, "join - #batak", JOINED); /* again */
	expect(a, "groups -", "{'groups':[{'members':1,'role':'owner'}]}");
	expect(a, "join - #", ERROR("bad-target"));
	expect(a, "join - *", ERROR("bad-target"));
	expect(a, "join - #a/b", ERROR("bad-target"));
	expect(a, "join -", ERROR("missing-parameter"));
	expect(a, "join none #batak",
	    "{'message':'Session Tidak Ditemukan'}");
	expect(a, "leave - #nowhere", ERROR("no-such-group"));
	expect(a, "members - #nowhere", ERROR("no-such-group"));
}

static void
our_realms_name_may_be_named(void **state)
{
	struct server *s = server_new();
	struct client *a;

	(void)state;
	server_option(s, "--realm", "its");
	server_start(s);
	a = person(s, "messi");
	expect(a, "join - #batak@its", OK);
	expect(a, "send - #batak@ITS halo", OK);
	expect(a, "groups -", "{'groups':[{'target':'#batak'}]}");
	expect(a, "topic - #batak@its", "{'topic':''}");
	expect(a, "join - #batak@medan", ERROR("no-such-realm"));
	expect(a, "send - #batak@medan halo", ERROR("no-such-group"));
	server_free(s);
}

static void
a_group_ends_with_its_last_member(void **state)
{
	struct two t = two_in_batak(*state);

	expect(t.messi, "send - #batak rahasia", OK);
	expect(t.messi, "leave - #batak", LEFT);
	expect(t.henderson, "leave - #batak", LEFT);
	expect(t.messi, "groups -", "{'groups':[]}");
	expect(t.messi, "send - #batak halo", ERROR("no-such-group"));
	expect(t.messi, "history - #batak", ERROR("no-such-group"));
	/* A new one of that name knows nothing of the old. */
	expect(t.henderson, "join - #batak", JOINED);
	expect(t.henderson, "groups -", "{'groups':[{'role':'owner'}]}");
	expect(t.henderson, "history - #batak", "{'messages':[]}");
	expect(t.henderson, "search - rahasia", "{'messages':[]}");
}

/* ---- what is said ----------------------------------------------------- */

static void
members_see_what_is_said_and_nobody_else(void **state)
{
	struct two t = two_in_batak(*state);
	struct client *c = person(*state, "lineker");

	expect(t.messi, "send - #batak halo semua",
	    "{'status':'OK','message':'Message Sent','id':'<id>'}");
	expect_json(client_event_of(t.henderson, "message"),
	    "{'id':'<id>','target':'#batak','from':'messi',"
	    "'name':'Lionel Messi','text':'halo semua','time':'<time>'}");
	expect(t.henderson, "say - #batak \"dua\\nbaris\"", OK);
	expect_message(t.messi, "#batak", "dua\\nbaris");
	expect(c, "send - #batak halo", ERROR("not-member"));
	expect(c, "history - #batak", ERROR("not-member"));
	expect(c, "members - #batak", ERROR("not-member"));
	expect(c, "search - halo", "{'messages':[]}");
	expect(c, "unread -", "{'unread':{}}");
	expect(t.henderson, "search - halo",
	    "{'messages':[{'target':'#batak','text':'halo semua'}]}");
	expect(t.henderson, "history - #batak",
	    "{'messages':[{'text':'halo semua'},{'text':'dua\\nbaris'}],"
	    "'more':false}");
	client_expect_silence(c);
}

static void
a_member_reads_later_what_was_said_meanwhile(void **state)
{
	struct two t = two_in_batak(*state);
	struct client *b;
	json_t *o;
	long long last;

	expect(t.henderson, "send - #batak nol", OK);
	o = client_ask(t.henderson, "watch -");
	last = int_of(o, "last");
	client_close(t.henderson);
	expect(t.messi, "send - #batak satu", OK);
	expect(t.messi, "send - #batak dua", OK);
	b = client_as(*state, "henderson", "surabaya");
	expect(b, "unread -",
	    "{'unread':{'#batak':{'count':2,'first':'<id>'}}}");
	/* It is no private message. */
	expect(b, "inbox -", "{'messages':{}}");
	o = client_ask(b, "watch - %lld", last);
	expect_json(o, "{'missed':2,'gap':false}");
	expect_message(b, "#batak", "satu");
	o = client_event_of(b, "message");
	expect_json(o, "{'target':'#batak','text':'dua'}");
	o = client_ask(b, "read - #batak %lld", int_of(o, "id"));
	expect_json(o, OK);
	expect(b, "unread -", "{'unread':{}}");
}

static void
groups_outlive_a_kill(void **state)
{
	struct server *s = *state;
	struct two t = two_in_batak(s);

	expect(t.messi, "topic - #batak makan siang", OK);
	expect(t.messi, "mode - #batak invite", OK);
	expect(t.messi, "op - #batak henderson", OK);
	expect(t.messi, "mute - #batak henderson", OK);
	expect(t.messi, "ban - #batak lineker iseng", OK);
	expect(t.messi, "send - #batak halo", OK);
	server_kill(s);
	server_start(s);
	t.messi = person(s, "messi");
	expect(t.messi, "groups -",
	    "{'groups':[{'target':'#batak','topic':'makan siang',"
	    "'mode':'invite','members':2,'role':'owner'}]}");
	expect(t.messi, "members - #batak",
	    "{'members':[{'user':'messi','role':'owner','muted':false},"
	    "{'user':'henderson','role':'moderator','muted':true}]}");
	expect(t.messi, "rules - #batak",
	    "{'rules':[{'act':'ban','user':'lineker','by':'messi',"
	    "'reason':'iseng','time':'<time>'},"
	    "{'act':'mute','user':'henderson','by':'messi'}]}");
	expect(t.messi, "history - #batak", "{'messages':[{'text':'halo'}]}");
}

static void
an_older_client_in_a_group_gets_no_event(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = person(*state, "henderson");

	expect(a, "join - #batak", JOINED);
	expect(b, "join - #batak", JOINED);
	expect(b, "send - #batak halo", OK);
	client_expect_silence(a);
}

/* ---- plain text ------------------------------------------------------- */

static void
plain_text_shows_groups_and_speaks_in_them(void **state)
{
	struct two t = two_in_batak(*state);
	struct client *c = client_open_text(*state);

	client_puts(c, "login lineker surabaya\n");
	client_expect_line(c, "Login sukses");
	client_puts(c, "send-to #batak halo\n");
	client_expect_line(
	    c, "Anda bukan anggota grup ini, masuklah dengan join");
	client_puts(c, "send-to #nowhere halo\n");
	client_expect_line(c, "Grup Tidak Ditemukan");
	expect(t.messi, "invite - #batak lineker", OK);
	client_expect_line(c, "#batak messi mengundang anda");
	expect(client_as(*state, "lineker", "surabaya"), "join - #batak", OK);
	client_expect_line(c, "#batak lineker telah bergabung");
	expect(t.messi, "say - #batak \"halo\\u001b[2J\"", OK);
	client_expect_line(c, "#batak [messi] halo␛[2J");
	client_puts(c, "send-to #batak halo juga\n");
	expect_message(t.messi, "#batak", "halo juga");
	expect(t.henderson, "leave - #batak", LEFT);
	client_expect_line(c, "#batak henderson meninggalkan group");
	expect(t.messi, "kick - #batak lineker sudah malam", OK);
	client_expect_line(
	    c, "#batak lineker dikeluarkan oleh messi: sudah malam");
}

/* ---- roles ------------------------------------------------------------ */

static void
what_a_moderator_may(void **state)
{
	struct two t = two_in_batak(*state);
	struct client *c = person(*state, "lineker");

	expect(c, "join - #batak", JOINED);
	expect(t.henderson, "kick - #batak lineker", ERROR("denied"));
	expect(t.henderson, "op - #batak henderson", ERROR("denied"));
	expect(t.messi, "op - #batak henderson",
	    "{'status':'OK','target':'#batak'}");
	expect_json(client_event_of(c, "member"),
	    "{'target':'#batak','user':'henderson','role':'moderator',"
	    "'muted':false,'by':'messi'}");
	expect(t.henderson, "mute - #batak lineker", OK);
	expect(c, "send - #batak halo", ERROR("muted"));
	expect(t.henderson, "unmute - #batak lineker", OK);
	expect(c, "send - #batak halo", OK);
	expect(t.henderson, "kick - #batak lineker", OK);
	expect(c, "send - #batak halo", ERROR("not-member"));
	expect(t.henderson, "kick - #batak lineker", ERROR("not-member"));
	expect(t.henderson, "kick - #batak messi", ERROR("denied"));
	expect(t.henderson, "ban - #batak messi", ERROR("denied"));
	expect(t.henderson, "own - #batak henderson", ERROR("denied"));
	expect(t.henderson, "mode - #batak secret", ERROR("denied"));
	expect(t.henderson, "topic - #batak makan", OK);
	expect(t.messi, "deop - #batak henderson", OK);
	expect(t.henderson, "topic - #batak minum", ERROR("denied"));
	expect(t.henderson, "rules - #batak", ERROR("denied"));
}

static void
who_is_kicked_is_told_and_may_come_again(void **state)
{
	struct two t = two_in_batak(*state);

	expect(t.messi, "kick - #batak henderson terlalu ramai", OK);
	expect_json(client_event_of(t.henderson, "leave"),
	    "{'target':'#batak','user':'henderson','by':'messi',"
	    "'act':'kick','reason':'terlalu ramai'}");
	expect(t.henderson, "groups -", "{'groups':[{'member':false}]}");
	expect(t.henderson, "join - #batak", JOINED);
}

static void
who_is_banned_stays_out_until_unban(void **state)
{
	struct two t = two_in_batak(*state);

	expect(t.messi, "ban - #batak henderson iseng", OK);
	expect_json(client_event_of(t.henderson, "leave"),
	    "{'user':'henderson','by':'messi','act':'ban',"
	    "'reason':'iseng'}");
	expect(t.henderson, "join - #batak", ERROR("banned"));
	expect(t.henderson, "send - #batak halo", ERROR("not-member"));
	expect(t.messi, "rules - #batak",
	    "{'target':'#batak','rules':[{'act':'ban','user':'henderson',"
	    "'by':'messi','reason':'iseng','time':'<time>'}]}");
	expect(t.messi, "unban - #batak henderson", OK);
	expect(t.messi, "unban - #batak henderson", OK); /* is so already */
	expect(t.messi, "rules - #batak", "{'rules':[]}");
	expect(t.henderson, "join - #batak", JOINED);
}

static void
only_the_invited_join_a_group_that_is_not_open(void **state)
{
	struct client *a = person(*state, "messi");
	struct client *b = person(*state, "henderson");

	expect(a, "join - #batak", JOINED);
	expect(a, "mode - #batak closed", ERROR("bad-parameter"));
	expect(a, "mode - #batak invite", OK);
	expect_json(client_event_of(a, "group"),
	    "{'target':'#batak','mode':'invite','topic':'','by':'messi'}");
	expect(b, "join - #batak", ERROR("invite-only"));
	expect(a, "invite - #batak henderson", OK);
	expect_json(client_event_of(b, "invite"),
	    "{'target':'#batak','by':'messi'}");
	expect(b, "join - #batak", JOINED);
	expect(b, "leave - #batak", LEFT);
	expect(a, "invite - #batak nobody", ERROR("no-such-user"));
	expect(a, "invite - #batak #batak", ERROR("no-such-user"));
	expect(b, "invite - #batak lineker", ERROR("not-member"));
}

static void
the_topic_is_set_told_and_cleared(void **state)
{
	struct two t = two_in_batak(*state);

	expect(t.messi, "topic - #batak",
	    "{'status':'OK','target':'#batak','topic':''}");
	expect(t.messi, "topic - #batak  makan siang ",
	    "{'status':'OK','target':'#batak'}");
	expect_json(client_event_of(t.henderson, "group"),
	    "{'target':'#batak','topic':'makan siang','mode':'open',"
	    "'by':'messi'}");
	expect(t.henderson, "topic - batak", "{'topic':'makan siang'}");
	expect(t.messi, "topic - #batak -", OK);
	expect(t.henderson, "topic - #Batak", "{'topic':''}");
	expect(t.henderson, "topic - #nowhere", ERROR("no-such-group"));
}

/* A text has another limit. */
static void
a_topic_or_reason_that_is_too_long_is_told_its_own_limit(void **state)
{
	static const char *const asks[] = { "topic - #batak", "kick - #batak "
		"henderson", "mute - #batak henderson", NULL };
	struct two t = two_in_batak(*state);
	char most[513];
	size_t i;

	memset(most, 'x', sizeof(most) - 1);
	most[sizeof(most) - 1] = '\0';
	for (i = 0; asks[i] != NULL; i++)
		expect_json(client_ask(t.messi, "%s %sx", asks[i], most),
		    "{'code':'text-too-long','message':'Topik atau alasan "
		    "terlalu panjang (paling banyak 512 byte)'}");
	expect_json(client_ask(t.messi, "topic - #batak %s", most), OK);
}

static void
a_group_goes_to_who_served_longest(void **state)
{
	struct two t = two_in_batak(*state);
	struct client *c = person(*state, "lineker");

	expect(c, "join - #batak", JOINED);
	expect(t.messi, "op - #batak lineker", OK);
	expect(t.messi, "leave - #batak", LEFT);
	/* The moderator, though henderson is a member for longer. */
	expect(c, "members - #batak",
	    "{'members':[{'user':'henderson','role':'member'},"
	    "{'user':'lineker','role':'owner'}]}");
	expect(c, "own - #batak henderson", OK);
	expect(c, "members - #batak",
	    "{'members':[{'user':'henderson','role':'owner'},"
	    "{'user':'lineker','role':'<string>'}]}");
	expect(t.henderson, "leave - #batak", LEFT);
	expect(c, "groups -", "{'groups':[{'role':'owner'}]}");
}

/* ---- secret groups ---------------------------------------------------- */

static void
same_answer(struct client *c, const char *command, const char *rest)
{
	json_t *there = client_ask(c, "%s - #batak%s", command, rest);
	json_t *none;

	json_incref(there);
	none = client_ask(c, "%s - #nowhere%s", command, rest);
	if (!json_equal(there, none))
		fail_msg("%s tells of a secret group", command);
	expect_json(none, "{'status':'ERROR'}");
	json_decref(there);
}

static void
a_secret_group_looks_like_none(void **state)
{
	static const struct {
		const char *command, *rest;
	} asked[] = {
		{ "leave", "" }, { "members", "" }, { "send", " halo" },
		{ "say", " \"halo\"" }, { "history", "" }, { "read", " 1" },
		{ "kick", " messi" }, { "ban", " messi" },
		{ "unban", " messi" }, { "mute", " messi" },
		{ "unmute", " messi" }, { "op", " messi" },
		{ "deop", " messi" }, { "own", " messi" },
		{ "invite", " lineker" }, { "mode", " open" },
		{ "topic", " halo" }, { "topic", "" }, { "rules", "" },
	};
	struct client *a = person(*state, "messi");
	struct client *b = person(*state, "henderson");

	expect(a, "join - #batak", JOINED);
	expect(a, "mode - #batak secret", OK);
	expect(a, "send - #batak rahasia", OK);
	expect(b, "groups -", "{'groups':[]}");
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		same_answer(b, asked[i].command, asked[i].rest);
	expect(b, "search - rahasia", "{'messages':[]}");
	expect(b, "unread -", "{'unread':{}}");
	client_expect_silence(b);
	/* Whoever is invited knows of it. */
	expect(a, "invite - #batak henderson", OK);
	expect(b, "join - #batak", JOINED);
	expect(b, "groups -", "{'groups':[{'mode':'secret'}]}");
}

/* ---- help ------------------------------------------------------------- */

static void
help_names_them_all(void **state)
{
	static const char *const names[] = { "join", "leave", "groups",
		"members", "kick", "ban", "unban", "mute", "unmute", "op",
		"deop", "own", "invite", "topic", "mode", "rules", "grant",
		"revoke", "links", "group", "check", "server" };
	struct client *c = client_open(*state);
	json_t *all = json_object_get(client_ask(c, "help"), "commands");
	json_t *one;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		one = json_object_get(all, names[i]);
		if (one == NULL)
			fail_msg("help does not know %s", names[i]);
		assert_true(strlen(str_of(one, "help")) > 0);
		assert_memory_equal(str_of(one, "usage"), names[i],
		    strlen(names[i]));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(the_first_member_makes_and_owns_a_group),
		SERVER_TEST(join_and_leave_are_told_to_the_members),
		SERVER_TEST(the_sign_may_be_left_out_and_names_fold),
		cmocka_unit_test_teardown(
		    our_realms_name_may_be_named, clients_cleanup),
		SERVER_TEST(a_group_ends_with_its_last_member),
		SERVER_TEST(members_see_what_is_said_and_nobody_else),
		SERVER_TEST(a_member_reads_later_what_was_said_meanwhile),
		SERVER_TEST(groups_outlive_a_kill),
		SERVER_TEST(an_older_client_in_a_group_gets_no_event),
		SERVER_TEST(plain_text_shows_groups_and_speaks_in_them),
		SERVER_TEST(what_a_moderator_may),
		SERVER_TEST(who_is_kicked_is_told_and_may_come_again),
		SERVER_TEST(who_is_banned_stays_out_until_unban),
		SERVER_TEST(only_the_invited_join_a_group_that_is_not_open),
		SERVER_TEST(the_topic_is_set_told_and_cleared),
		SERVER_TEST(a_topic_or_reason_that_is_too_long_is_told_its_own_limit),
		SERVER_TEST(a_group_goes_to_who_served_longest),
		SERVER_TEST(a_secret_group_looks_like_none),
		SERVER_TEST(help_names_them_all),
	};

	return cmocka_run_group_tests_name(
	    "group", tests, NULL, clients_cleanup);
}
