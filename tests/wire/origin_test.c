/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `group NAME origin` from a client of the older systems, where the group is
 * at home in another realm: real servers, linked.
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
#include "tests/lib/realms.h"
#include "tests/lib/server.h"

enum { NOBODY = 1 /* a port at which nobody listens */ };

#define OK "{'status':'OK'}"

struct pair {
	struct server *its, *medan;
};

static void
pair_open(struct pair *p)
{
	realms_open(&p->its, &p->medan);
	realms_await_up(p->its, "medan");
	realms_await_up(p->medan, "its");
}

/* One recv(), as that client does it: exactly these bytes, and no more. */
static void
expect_read(struct client *c, const char *bytes)
{
	struct pollfd p = { .fd = client_fd(c), .events = POLLIN };
	char got[1024];
	ssize_t n;

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	n = recv(p.fd, got, sizeof(got) - 1, 0);
	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, bytes);
}

/* As that client logs in and asks; the answer is not awaited. */
static struct client *
asks(struct server *s, const char *user, const char *group)
{
	struct client *c = client_open(s);
	char *token;
	json_t *o;

	client_printf(c, "auth %s surabaya \r\n", user);
	o = client_reply(c);
	token = xstrdup(str_of(o, "tokenid"));
	client_printf(c, "group %s %s origin \r\n", token, group);
	free(token);
	return c;
}

static struct client *
on_line(struct server *s, const char *user, const char *group)
{
	struct client *c = asks(s, user, group);
	char *come = xasprintf("%s telah bergabung", user);

	expect_read(c, come);
	free(come);
	return c;
}

static void
parts(struct client *c, const char *group)
{
	char *want = xasprintf(
	    "{'status':'OK','message':'Telah keluar dari grup %s'}", group);

	client_puts(c, "exit");
	expect_read(c, "exit");
	expect_reply(c, want);
	free(want);
}

static void
both_are_in_the_group_that_one_of_them_made(void **state)
{
	struct client *messi, *james, *henderson, *neko;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	james = on_line(p.medan, "james", "batak");
	client_expect_text(messi, "james@medan telah bergabung");
	client_puts(james, "halo");
	client_expect_text(james, "james: halo");
	client_expect_text(messi, "james@medan: halo");
	client_puts(messi, "horas");
	client_expect_text(messi, "messi: horas");
	client_expect_text(james, "messi@its: horas");
	/* Members of either realm by `join` are in the same group. */
	neko = client_watching(p.medan, "neko", "surabaya");
	expect(neko, "join - #batak@its", OK);
	client_expect_text(messi, "neko@medan telah bergabung");
	client_expect_text(james, "neko telah bergabung");
	client_puts(james, "siapa ini?");
	expect_json(client_event_of(neko, "message"),
	    "{'target':'#batak@its','from':'james','text':'siapa ini?'}");
	client_expect_text(james, "james: siapa ini?");
	client_expect_text(messi, "james@medan: siapa ini?");
	expect(neko, "send - #batak@its saya", OK);
	client_expect_text(james, "neko: saya");
	client_expect_text(messi, "neko@medan: saya");
	/* And who is there on a raw line only comes and goes for all lines. */
	henderson = on_line(p.its, "henderson", "batak");
	client_expect_text(messi, "henderson telah bergabung");
	client_expect_text(james, "henderson@its telah bergabung");
	client_puts(henderson, "pamit");
	client_expect_text(henderson, "henderson: pamit");
	parts(henderson, "batak");
	client_expect_text(james, "henderson@its: pamit");
	client_expect_text(james, "henderson@its meninggalkan group");
	client_expect_text(messi, "henderson: pamit");
	client_expect_text(messi, "henderson meninggalkan group");
	parts(james, "batak");
	client_expect_text(messi, "james@medan meninggalkan group");
	expect(james, "groups -", "{'groups':[]}");
	parts(messi, "batak");
}

static void
a_name_of_ones_own_realm_is_asked_of_nobody(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	james = client_as(p.medan, "james", "surabaya");
	expect(james, "join - #batak", OK);
	expect(james, "groups -", "{'groups':[{'target':'#batak'}]}");
	client_puts(james, "group - batak origin \r\n");
	client_expect_text(james, "james telah bergabung");
	client_puts(james, "halo");
	client_expect_text(james, "james: halo");
	parts(messi, "batak");
}

static void
the_realms_are_asked_in_the_order_of_the_links(void **state)
{
	static const char *const realm[] = { "its", "medan", "aceh" };
	struct client *teuku, *messi, *james, *paff;
	struct server *s[3];
	char *nobody = xasprintf("127.0.0.1:%d", NOBODY);

	(void)state;
	realms_open_all(s, realm, 3);
	server_stop(s[2]);
	/* One that is down, in front of all others, is passed over. */
	realm_relink(s[2], "aceh", "jauh", nobody);
	realm_link(s[2], "medan", server_address(s[1]));
	realm_link(s[2], "its", server_address(s[0]));
	server_start(s[2]);
	realms_await_up(s[2], "its");
	realms_await_up(s[2], "medan");
	messi = on_line(s[0], "messi", "batak");
	teuku = on_line(s[2], "teuku", "batak");
	client_expect_text(messi, "teuku@aceh telah bergabung");
	parts(teuku, "batak");
	client_expect_text(messi, "teuku@aceh meninggalkan group");
	/* A group of that name in both: the first one's. */
	paff = client_as(s[1], "paff", "surabaya");
	expect(paff, "join - #batak", OK);
	james = on_line(s[1], "james", "batak");
	(void)on_line(s[2], "cut", "batak");
	client_expect_text(james, "cut@aceh telah bergabung");
	client_puts(messi, "di sini");
	client_expect_text(messi, "messi: di sini");
	free(nobody);
}

/* Also who is asked learns no more than that. */
static void
what_is_not_open_there_is_as_if_it_were_not(void **state)
{
	static const char *const modes[] = { "invite", "secret" };
	struct client *messi, *james, *neko;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = client_watching(p.its, "messi", "surabaya");
	neko = client_as(p.medan, "neko", "surabaya");
	expect(messi, "join - #batak", OK);
	expect(neko, "join - #batak@its", OK);
	for (size_t i = 0; i < 2; i++) {
		client_printf(messi, "mode - #batak %s\r\n", modes[i]);
		expect_reply(messi, OK);
		expect_json(client_event_of(messi, "group"), "{}");
		james = on_line(p.medan, "james", "batak");
		client_puts(james, "sendiri");
		client_expect_text(james, "james: sendiri");
		parts(james, "batak");
		client_expect_silence(messi);
		/* Who is in it may. */
		client_puts(neko, "group - batak origin \r\n");
		client_expect_text(neko, "neko telah bergabung");
		client_puts(neko, "halo");
		client_expect_text(neko, "neko: halo");
		expect_json(client_event_of(messi, "message"),
		    "{'from':'neko@medan','text':'halo'}");
		parts(neko, "batak");
	}
	expect(messi, "members - #batak",
	    "{'members':[{'user':'messi'},{'user':'neko@medan'}]}");
}

/* All that comes until that text is among it. */
static char *
read_until(struct client *c, const char *text)
{
	static char got[400];
	struct pollfd p = { .fd = client_fd(c), .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	got[0] = '\0';
	while (strstr(got, text) == NULL) {
		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
		n = recv(p.fd, got + len, sizeof(got) - 1 - len, 0);
		assert_true(n > 0);
		len += (size_t)n;
		got[len] = '\0';
	}
	return got;
}

static void
two_who_ask_at_once_are_both_in(void **state)
{
	struct client *messi, *james, *neko;
	struct pair p;
	char *come;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	james = asks(p.medan, "james", "batak");
	neko = asks(p.medan, "neko", "batak");
	read_until(james, "james telah bergabung");
	read_until(neko, "neko telah bergabung");
	client_puts(james, "berdua");
	come = read_until(messi, "james@medan: berdua");
	assert_non_null(strstr(come, "james@medan telah bergabung"));
	read_until(neko, "james: berdua");
	client_puts(neko, "benar");
	read_until(james, "neko: benar");
	read_until(messi, "neko@medan: benar");
	parts(james, "batak");
	read_until(neko, "james meninggalkan group");
	parts(neko, "batak");
	come = read_until(messi, "neko@medan meninggalkan group");
	assert_non_null(strstr(come, "james@medan meninggalkan group"));
}

static void
a_realm_that_does_not_answer_is_passed_over(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	server_signal(p.its, SIGSTOP);
	james = on_line(p.medan, "james", "batak");
	server_signal(p.its, SIGCONT);
	client_puts(james, "sendiri");
	client_expect_text(james, "james: sendiri");
	client_puts(messi, "juga");
	client_expect_text(messi, "messi: juga");
}

/* The question is on its way; what was asked behind it is answered behind it. */
static void
who_hangs_up_while_the_realm_is_asked_is_no_member(void **state)
{
	struct client *messi, *james, *neko;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	neko = client_as(p.medan, "neko", "surabaya");
	server_signal(p.its, SIGSTOP);
	james = asks(p.medan, "james", "batak");
	client_close(james);
	/* One turn for what james has sent, and one for the end. */
	expect(neko, "ping", OK);
	expect(neko, "ping", OK);
	client_puts(neko, "group - batak origin \r\n");
	server_signal(p.its, SIGCONT);
	client_expect_text(neko, "neko telah bergabung");
	client_expect_text(messi, "neko@medan telah bergabung");
	parts(neko, "batak");
	client_expect_text(messi, "neko@medan meninggalkan group");
	expect(neko, "groups -", "{'groups':[]}");
}

static void
who_is_cut_off_leaves(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	james = on_line(p.medan, "james", "batak");
	client_expect_text(messi, "james@medan telah bergabung");
	client_reset(james);
	client_expect_text(messi, "james@medan meninggalkan group");
	/* And with their server. */
	(void)on_line(p.medan, "james", "batak");
	client_expect_text(messi, "james@medan telah bergabung");
	server_kill(p.medan);
	server_start(p.medan);
	client_expect_text(messi, "james@medan meninggalkan group");
	james = client_as(p.medan, "james", "surabaya");
	expect(james, "groups -", "{'groups':[]}");
}

static void
what_is_said_while_the_realm_is_away_arrives(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = client_as(p.its, "messi", "surabaya");
	expect(messi, "join - #batak", OK);
	james = on_line(p.medan, "james", "batak");
	server_kill(p.its);
	client_puts(james, "nanti");
	client_expect_text(james, "james: nanti");
	server_start(p.its);
	messi = client_as(p.its, "messi", "surabaya");
	expect(messi, "watch - 0", OK);
	expect_json(client_event_of(messi, "message"),
	    "{'target':'#batak','from':'james@medan','text':'nanti'}");
	parts(james, "batak");
	expect_json(client_event_of(messi, "leave"),
	    "{'target':'#batak','user':'james@medan'}");
}

static void
who_is_put_out_there_is_off_the_line(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = client_as(p.its, "messi", "surabaya");
	expect(messi, "join - #batak", OK);
	james = on_line(p.medan, "james", "batak");
	expect(messi, "kick - #batak james@medan", OK);
	client_expect_text(james, "james meninggalkan group");
	expect_read(james, "exit");
	expect_reply(james, "{'status':'ERROR','code':'not-member'}");
	expect(james, "ping", OK);
	expect(messi, "members - #batak", "{'members':[{'user':'messi'}]}");
}

/* As that client reads: the text, "exit" by itself, then the answer. */
static void
expect_refusal(struct client *c, const char *text, const char *code)
{
	char *want = xasprintf("{'status':'ERROR','message':'%s',"
			       "'code':'%s'}", text, code);

	expect_read(c, text);
	expect_read(c, "exit");
	expect_reply(c, want);
	expect(c, "ping", OK);
	free(want);
}

static void
who_is_refused_there_comes_back_to_the_prompt(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = client_as(p.its, "messi", "surabaya");
	expect(messi, "join - #batak", OK);
	expect(messi, "ban - #batak james@medan", OK);
	james = asks(p.medan, "james", "batak");
	expect_refusal(james, wire_err_text(WIRE_BANNED), "banned");
	expect(messi, "unban - #batak james@medan", OK);
	expect(messi, "mode - #batak invite", OK);
	james = asks(p.medan, "james", "batak@its");
	expect_refusal(
	    james, wire_err_text(WIRE_NO_SUCH_GROUP), "no-such-group");
	james = asks(p.medan, "james", "karo@its");
	expect_refusal(
	    james, wire_err_text(WIRE_NO_SUCH_GROUP), "no-such-group");
	server_kill(p.its);
	james = asks(p.medan, "james", "#batak@its");
	expect_refusal(james, wire_err_text(WIRE_REALM_UNREACHABLE),
	    "realm-unreachable");
	expect(james, "groups -", "{'groups':[]}");
}

static void
a_realm_that_is_named_is_the_one_that_is_meant(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = on_line(p.its, "messi", "batak");
	james = on_line(p.medan, "james", "batak@its");
	client_expect_text(messi, "james@medan telah bergabung");
	client_puts(messi, "horas");
	client_expect_text(james, "messi@its: horas");
	parts(james, "batak@its");
	client_expect_text(messi, "messi: horas");
	client_expect_text(messi, "james@medan meninggalkan group");
}

int
main(void)
{
#define ALONE(fn) cmocka_unit_test_teardown(fn, without_server)
	static const struct CMUnitTest tests[] = {
		ALONE(both_are_in_the_group_that_one_of_them_made),
		ALONE(a_name_of_ones_own_realm_is_asked_of_nobody),
		ALONE(the_realms_are_asked_in_the_order_of_the_links),
		ALONE(what_is_not_open_there_is_as_if_it_were_not),
		ALONE(two_who_ask_at_once_are_both_in),
		ALONE(a_realm_that_does_not_answer_is_passed_over),
		ALONE(who_hangs_up_while_the_realm_is_asked_is_no_member),
		ALONE(who_is_cut_off_leaves),
		ALONE(what_is_said_while_the_realm_is_away_arrives),
		ALONE(who_is_put_out_there_is_off_the_line),
		ALONE(who_is_refused_there_comes_back_to_the_prompt),
		ALONE(a_realm_that_is_named_is_the_one_that_is_meant),
	};

	return cmocka_run_group_tests_name(
	    "origin", tests, NULL, clients_cleanup);
}
