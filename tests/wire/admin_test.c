/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Administrators of the server: who is one, what they may do everywhere, and
 * that whoever is thrown out is out at once, on every connection.
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

/* messi is an administrator, by the command line. */
static int
with_admin(void **state)
{
	struct server *s = server_new();

	server_option(s, "--admin", "messi");
	server_start(s);
	*state = s;
	return 0;
}

#define ADMIN_TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, with_admin, without_server)

static struct client *
text_as(struct server *s, const char *user)
{
	struct client *c = client_open_text(s);

	client_printf(c, "login %s surabaya\n", user);
	client_expect_line(c, "Login sukses");
	/* What happens in groups is told from here on. */
	client_puts(c, "list-user now\n");
	client_expect_line(c, "Perintah yang anda masukkan salah");
	return c;
}

/* ---- who is one ------------------------------------------------------- */

static void
auth_says_who_is_one(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "auth messi surabaya",
	    "{'status':'OK','tokenid':'<uuid>','admin':true}");
	expect(c, "auth henderson surabaya",
	    "{'status':'OK','tokenid':'<uuid>','admin':'<absent>'}");
}

static void
others_may_none_of_it(void **state)
{
	static const char *const asked[] = { "kick - * lineker",
		"ban - * lineker", "unban - * lineker", "mute - * lineker",
		"unmute - * lineker", "grant - henderson",
		"revoke - messi", "rules - *", "links -" };
	struct client *c = client_as(*state, "henderson", "surabaya");

	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		expect(c, asked[i], ERROR("denied"));
}

static void
grant_makes_one_and_revoke_unmakes(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(s, "henderson", "surabaya");

	expect(a, "grant - henderson", OK);
	expect(a, "grant - nobody", ERROR("no-such-user"));
	expect(b, "rules - *", "{'target':'*','rules':[]}");
	server_kill(s);
	server_start(s);
	b = client_as(s, "henderson", "surabaya");
	expect(b, "auth henderson surabaya", "{'admin':true}");
	a = client_as(s, "messi", "surabaya");
	expect(a, "revoke - henderson", OK);
	expect(b, "rules - *", ERROR("denied"));
	expect(b, "auth henderson surabaya", "{'admin':'<absent>'}");
}

/* ---- what they may ---------------------------------------------------- */

static void
kick_ends_connections_and_tokens(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_open(s), *idle, *raw, *text, *other;
	char *token = xstrdup(client_login(b, "henderson", "surabaya"));
	char *line;

	idle = client_watching(s, "henderson", "surabaya");
	raw = client_as(s, "henderson", "surabaya");
	client_puts(raw, "group - batak origin\r\n");
	client_expect_text(raw, "henderson telah bergabung");
	text = text_as(s, "henderson");
	other = client_watching(s, "lineker", "surabaya");
	expect(a, "kick - * henderson terlalu ramai",
	    "{'status':'OK','target':'*'}");
	client_expect_end(b);
	expect_json(client_event_of(idle, "removed"),
	    "{'by':'messi','act':'kick','reason':'terlalu ramai'}");
	client_expect_end(idle);
	client_expect_text(raw, "Anda dikeluarkan dari server oleh messi: "
	    "terlalu ramai");
	client_expect_end(raw);
	client_expect_line(text, "#batak henderson meninggalkan group");
	client_expect_line(text,
	    "Anda dikeluarkan dari server oleh messi: terlalu ramai");
	client_expect_end(text);
	expect(other, "ping", OK);
	expect(a, "members - #batak", ERROR("no-such-group"));
	line = xasprintf("unread %s", token);
	expect(other, line, ERROR("bad-token"));
	free(line);
	free(token);
	/* A kick is no ban. */
	client_as(s, "henderson", "surabaya");
}

/* With a reason and without, and nothing of it where a terminal would obey. */
static void
who_is_thrown_off_is_told_by_whom_and_why(void **state)
{
	static const struct {
		const char *request, *event, *line;
	} cases[] = {
		{ "kick - * henderson",
		    "{'by':'messi','act':'kick','reason':''}",
		    "Anda dikeluarkan dari server oleh messi" },
		{ "kick - * HENDERSON  sampai jumpa: besok ",
		    "{'by':'messi','act':'kick',"
		    "'reason':'sampai jumpa: besok'}",
		    "Anda dikeluarkan dari server oleh messi: "
		    "sampai jumpa: besok" },
		{ "ban - * henderson \033[2Jspam",
		    "{'by':'messi','act':'ban','reason':'\\u001b[2Jspam'}",
		    "Anda dikeluarkan dari server oleh messi: ␛[2Jspam" },
	};
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *c[2], *other, *text, *quiet;
	const char *event;

	other = client_watching(*state, "lineker", "surabaya");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c[0] = client_watching(*state, "henderson", "surabaya");
		c[1] = client_watching(*state, "henderson", "surabaya");
		quiet = client_as(*state, "henderson", "surabaya");
		text = text_as(*state, "henderson");
		expect(a, cases[i].request, OK);
		for (size_t k = 0; k < 2; k++) {
			expect_json(client_event_of(c[k], "removed"),
			    cases[i].event);
			client_expect_end(c[k]);
		}
		client_expect_line(text, cases[i].line);
		client_expect_end(text);
		/* Whoever never asked for events gets none. */
		assert_null(client_try_object(quiet));
	}
	expect(a, "send - lineker sepi", OK);
	while (strcmp(event = str_of(client_event(other), "event"),
	    "message") != 0)
		assert_string_equal(event, "presence");
}

static void
a_ban_keeps_out_until_unban(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(s, "henderson", "surabaya");
	struct client *c;

	expect(a, "ban - * henderson iseng", OK);
	client_expect_end(b);
	expect(a, "rules - *",
	    "{'target':'*','rules':[{'act':'ban','user':'henderson',"
	    "'by':'messi','reason':'iseng','time':'<time>'}]}");
	server_kill(s);
	server_start(s);
	c = client_open(s);
	expect(c, "auth henderson surabaya", ERROR("banned"));
	/* Nobody learns of it without the password. */
	expect(c, "auth henderson malang", ERROR("wrong-password"));
	c = client_open_text(s);
	client_puts(c, "login henderson surabaya\n");
	client_expect_line(c, "Anda dilarang masuk");
	a = client_as(s, "messi", "surabaya");
	expect(a, "unban - * henderson", OK);
	expect(a, "rules - *", "{'rules':[]}");
	client_as(s, "henderson", "surabaya");
}

static void
mute_silences_everywhere(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(s, "henderson", "surabaya");
	struct client *text = text_as(s, "henderson");

	expect(b, "join - #batak", OK);
	client_expect_line(text, "#batak henderson telah bergabung");
	expect(a, "mute - * henderson", OK);
	expect(b, "send - messi halo", ERROR("muted"));
	expect(b, "broadcast - halo", ERROR("muted"));
	expect(b, "send - #batak halo", ERROR("muted"));
	client_puts(text, "halo\n");
	client_expect_line(text, "Anda dibisukan, pesan tidak terkirim");
	expect(b, "inbox -", OK);
	expect(a, "unmute - * henderson", OK);
	expect(b, "send - messi halo", OK);
}

static void
they_may_act_in_any_group(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_watching(s, "henderson", "surabaya");
	struct client *c = client_watching(s, "lineker", "surabaya");

	expect(b, "join - #batak", OK);
	expect(c, "join - #batak", OK);
	expect(a, "mute - #batak lineker", OK);
	expect(c, "send - #batak halo", ERROR("muted"));
	expect(a, "kick - #batak lineker", OK);
	expect_json(client_event_of(c, "leave"), "{'by':'messi'}");
	expect(a, "ban - #batak lineker", OK);
	expect(c, "join - #batak", ERROR("banned"));
	/* What is the owner's own stays so. */
	expect(a, "mode - #batak secret", ERROR("not-member"));
}

/* And see nothing of it: chat-protocol(7). */
static void
in_a_secret_group_they_may_act_and_nothing_else(void **state)
{
	static const char *const absent[] = { "members - #batak",
		"history - #batak", "join - #batak", "topic - #batak",
		"topic - #batak hai", "mode - #batak open", "op - #batak lineker",
		"send - #batak hai", "invite - #batak messi",
		"own - #batak lineker", "read - #batak 1" };
	struct client *a = client_as(*state, "messi", "surabaya");
	struct client *b = client_as(*state, "henderson", "surabaya");
	struct client *c = client_watching(*state, "lineker", "surabaya");
	size_t i;

	expect(b, "join - #batak", OK);
	expect(c, "join - #batak", OK);
	expect(b, "mode - #batak secret", OK);
	expect(a, "groups -", "{'groups':[]}");
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		expect(a, absent[i], ERROR("no-such-group"));
	expect(a, "mute - #batak lineker", OK);
	expect(c, "send - #batak hai", ERROR("muted"));
	expect(a, "rules - #batak",
	    "{'rules':[{'act':'mute','user':'lineker','by':'messi'}]}");
	expect(a, "unmute - #batak lineker", OK);
	expect(a, "ban - #batak lineker", OK);
	expect(a, "unban - #batak lineker", OK);
	/* Its owner, too. */
	expect(c, "join - #batak", ERROR("no-such-group"));
	expect(b, "invite - #batak lineker", OK);
	expect(c, "join - #batak", OK);
	expect(a, "kick - #batak henderson", OK);
	expect(b, "members - #batak", ERROR("no-such-group"));
}

static void
what_is_of_a_group_is_not_of_the_server(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");

	expect(a, "op - * henderson", ERROR("bad-target"));
	expect(a, "own - * henderson", ERROR("bad-target"));
	expect(a, "topic - * halo", ERROR("bad-target"));
	expect(a, "mode - * open", ERROR("bad-target"));
	expect(a, "kick - *", ERROR("missing-parameter"));
	expect(a, "kick - * *", ERROR("no-such-user"));
	expect(a, "kick - * nobody", ERROR("no-such-user"));
}

static void
without_links_there_are_none_to_show(void **state)
{
	struct client *a = client_as(*state, "messi", "surabaya");

	expect(a, "links -", "{'status':'OK','links':[]}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ADMIN_TEST(auth_says_who_is_one),
		ADMIN_TEST(others_may_none_of_it),
		ADMIN_TEST(grant_makes_one_and_revoke_unmakes),
		ADMIN_TEST(kick_ends_connections_and_tokens),
		ADMIN_TEST(who_is_thrown_off_is_told_by_whom_and_why),
		ADMIN_TEST(a_ban_keeps_out_until_unban),
		ADMIN_TEST(mute_silences_everywhere),
		ADMIN_TEST(they_may_act_in_any_group),
		ADMIN_TEST(in_a_secret_group_they_may_act_and_nothing_else),
		ADMIN_TEST(what_is_of_a_group_is_not_of_the_server),
		ADMIN_TEST(without_links_there_are_none_to_show),
	};

	return cmocka_run_group_tests_name(
	    "admin", tests, NULL, clients_cleanup);
}
