/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The older realm system's server, as the test plays it word by word, on both
 * ends of a link: it is asked, and it asks.  And two servers of ours that take
 * each other for one.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

#define END "\r\n\r\n"
#define SENT "{\"status\":\"OK\",\"message\":\"Message Sent\",\"sendback\":{" \
	"\"msg_from\":\"messi\",\"msg_to\":\"James Maranata\"," \
	"\"msg\":\" Halo\"}}" END
#define UNKNOWN "{\"status\":\"ERROR\"," \
	"\"message\":\"User Tidak Ditemukan\"}" END
#define NO_BATAK "{\"status\":\"PENDING\"," \
	"\"message\":\"Tidak ada grup batak di server\"}"
#define LEFT_BATAK "{\"status\":\"OK\"," \
	"\"message\":\"Telah keluar dari grup batak\"}"

/* ---- the scripted server ---------------------------------------------- */

static int peer = -1; /* it listens */

/* The port. */
static int
peer_listen(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof sa;

	peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(peer, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(listen(peer, 16), 0);
	assert_int_equal(getsockname(peer, (struct sockaddr *)&sa, &len), 0);
	return ntohs(sa.sin_port);
}

static void
peer_close(void)
{
	if (peer != -1)
		close(peer);
	peer = -1;
}

/* The next connection to that listener, and what is asked on it. */
static struct client *
asked_at(int listener, const char *request)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct client *c;
	int fd;

	if (poll(&p, 1, DEADLINE_MS) != 1)
		fail_msg("the older server is not asked");
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(fd >= 0);
	c = client_of(fd);
	client_expect_text(c, request);
	return c;
}

static struct client *
peer_asked(const char *request)
{
	return asked_at(peer, request);
}

static void
peer_answers(struct client *c, const char *answer)
{
	client_puts(c, answer);
	client_expect_end(c);
	client_close(c);
}

static void
peer_is_not_asked(void)
{
	struct pollfd p = { .fd = peer, .events = POLLIN };

	assert_int_equal(poll(&p, 1, 0), 0);
}

static struct server *
open_linked(const char *address)
{
	char *link = xasprintf("lama=%s:%d,legacy", address, peer_listen());
	const char *const options[] = { "--realm", "its", "--link", link,
		NULL };
	struct server *s = server_open(options);

	free(link);
	return s;
}

static int
linked(void **state)
{
	*state = open_linked("127.0.0.1");
	return 0;
}

/* The link is to another address than the test's. */
static int
linked_elsewhere(void **state)
{
	*state = open_linked("127.0.0.2");
	return 0;
}

static int
unlink_all(void **state)
{
	peer_close();
	return without_server(state);
}

#define LINKED_TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, linked, unlink_all)

/* It calls from the given address. */
static struct client *
peer_calls_from(const struct server *s, const char *address)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(inet_pton(AF_INET, address, &sa.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)server_port(s));
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	return client_of(fd);
}

/* ---- out: letters ----------------------------------------------------- */

static void
a_name_that_is_not_ours_is_asked_for_there(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	client_puts(c, "@x send - james  Halo \r\n");
	peer_answers(
	    peer_asked("server send messi james Halo \r\n"), SENT);
	expect_reply(c, "{'status':'OK','message':'Message Sent',"
	                "'id':'<id>','tag':'x','queued':'<absent>'}");
	expect(c, "history - james@lama",
	    "{'messages':[{'from':'messi','text':'Halo',"
	    "'target':'james@lama'}]}");
	/* One that names the realm. */
	client_puts(c, "send - james@lama Halo\r\n");
	peer_answers(
	    peer_asked("server send messi james Halo \r\n"), SENT);
	expect_reply(c, "{'status':'OK','message':'Message Sent'}");
}

static void
one_of_ours_is_not_asked_for_there(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	expect(c, "send - henderson Halo", "{'status':'OK'}");
	expect(c, "send - * Halo", "{'status':'OK'}");
	peer_is_not_asked();
}

static void
nobody_there_is_nobody(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	client_puts(c, "send - james Halo\r\n");
	peer_answers(
	    peer_asked("server send messi james Halo \r\n"), UNKNOWN);
	expect_reply(c,
	    "{'status':'ERROR','message':'User Tidak Ditemukan',"
	    "'code':'no-such-user'}");
	client_puts(c, "send - james@lama Halo\r\n");
	peer_answers(
	    peer_asked("server send messi james Halo \r\n"), UNKNOWN);
	expect_reply(c, "{'status':'ERROR','code':'no-such-user'}");
	/* What was not delivered was not said. */
	expect(c, "search - Halo", "{'messages':[]}");
}

static void
a_server_that_is_down_is_unreachable(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	peer_close();
	expect(c, "send - james@lama Halo",
	    "{'status':'ERROR','code':'realm-unreachable'}");
	expect(c, "send - james Halo",
	    "{'status':'ERROR','code':'realm-unreachable'}");
	server_await_log(*state, 0, "lama: Connection refused");
	/* What needs no realm goes on. */
	expect(c, "send - henderson Halo", "{'status':'OK'}");
}

static void
what_it_answers_in_another_form_is_no_answer(void **state)
{
	static const char *const answers[] = { "Message Sent\n" END,
		"{\"status\":\"OK\"" END, "[\"OK\"]" END, END };
	struct client *c = client_as(*state, "messi", "surabaya");

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		client_puts(c, "send - james Halo\r\n");
		peer_answers(peer_asked("server send messi james Halo \r\n"),
		    answers[i]);
		expect_reply(c,
		    "{'status':'ERROR','code':'realm-unreachable'}");
	}
}

static void
a_text_of_several_lines_goes_as_one(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	client_puts(c,
	    "say - james \"a\\r\\nserver send x y z\\u0007\"\r\n");
	peer_answers(
	    peer_asked("server send messi james a  server send x y z  \r\n"),
	    SENT);
	expect_reply(c, "{'status':'OK'}");
}

/* ---- in: letters ------------------------------------------------------ */

static void
its_letters_arrive(void **state)
{
	struct client *w = client_watching(*state, "messi", "surabaya");
	struct client *c = client_open(*state);

	expect(c, "server send james messi  Halo ",
	    "{'status':'OK','message':'Message Sent','sendback':{"
	    "'msg_from':'james','msg_to':'Lionel Messi','msg':' Halo'}}");
	expect_event(w, "{'event':'message','target':'james@lama',"
	                "'from':'james@lama','text':'Halo','id':'<id>'}");
	expect(c, "server send james nobody  Halo ",
	    "{'status':'ERROR','message':'User Tidak Ditemukan'}");
	expect(c, "server send james messi ",
	    "{'status':'ERROR','message':'--Protocol Tidak Benar'}");
	expect(c, "server read james messi x ",
	    "{'status':'ERROR','message':'**Protocol Tidak Benar'}");
	client_expect_silence(w);
	/* And again, to the older client. */
	expect(w, "inbox - ",
	    "{'status':'OK','messages':{'james@lama':["
	    "{'msg':'Halo','msg_to':'Lionel Messi'}]}}");
}

static void
a_letter_can_be_answered(void **state)
{
	struct client *w = client_watching(*state, "messi", "surabaya");
	struct client *c = client_open(*state);

	expect(c, "server send james messi  Halo ", "{'status':'OK'}");
	expect_event(w, "{'event':'message','from':'james@lama'}");
	client_puts(w, "send - james@lama hai\r\n");
	peer_answers(peer_asked("server send messi james hai \r\n"), SENT);
	expect_reply(w, "{'status':'OK'}");
	expect(w, "history - james@lama",
	    "{'messages':[{'from':'james@lama','text':'Halo'},"
	    "{'from':'messi','text':'hai'}]}");
}

/* Whoever it says that it is: it is somebody there. */
static void
a_sender_cannot_pass_for_one_of_ours(void **state)
{
	static const struct {
		const char *from, *shown;
	} senders[] = {
		{ "henderson", "henderson@lama" },
		{ "LINEKER", "LINEKER@lama" },
		{ "henderson@its", "henderson_its@lama" },
		{ "henderson@lama", "henderson_lama@lama" },
		{ "#batak", "_batak@lama" },
		{ "*", "_@lama" },
		{ "..", "__@lama" },
		{ "a\x1b[2Jb", "a__2Jb@lama" },
		{ "\xe2\x80\xae" "abc", "___abc@lama" },
		{ "hend\xd0\xb5rson", "hend__rson@lama" },
	};
	struct client *w = client_watching(*state, "messi", "surabaya");
	struct client *c = client_open(*state);
	char *line;
	json_t *o;

	for (size_t i = 0; i < sizeof senders / sizeof senders[0]; i++) {
		line = xasprintf(
		    "server send %s messi n%zu ", senders[i].from, i);
		expect(c, line, "{'status':'OK'}");
		free(line);
		o = client_event(w);
		assert_string_equal(str_of(o, "from"), senders[i].shown);
		assert_string_equal(str_of(o, "target"), senders[i].shown);
		assert_string_not_equal(str_of(o, "name"),
		    "Jordan Henderson");
	}
	expect(w, "history - henderson", "{'messages':[]}");
	expect(w, "history - lineker", "{'messages':[]}");
}

static void
a_letter_that_is_none_is_refused(void **state)
{
	struct client *w = client_watching(*state, "messi", "surabaya");
	struct client *c = client_open(*state);
	char *much = xmalloc(5001), *line;

	memset(much, 'x', 5000);
	much[5000] = '\0';
	line = xasprintf("server send james messi %s ", much);
	expect(c, line, "{'status':'ERROR','code':'text-too-long'}");
	expect(c, "server send james messi \xff ",
	    "{'status':'ERROR','code':'bad-utf8'}");
	expect(c, "server send james messi \xC2\xA0 ",
	    "{'status':'ERROR','code':'text-empty'}");
	client_expect_silence(w);
	free(line);
	free(much);
}

/* ---- in: who may ------------------------------------------------------ */

static void
another_address_is_denied(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "server send james messi  Halo ",
	    "{'status':'ERROR','code':'denied'}");
	expect(c, "server send james nobody  Halo ",
	    "{'status':'ERROR','code':'denied'}");
	expect(c, "check group james batak other ",
	    "{'status':'ERROR','code':'denied'}");
	expect(c, "check ", "{'status':'ERROR','code':'denied'}");
	/* Nor does a login make it one. */
	client_login(c, "messi", "surabaya");
	expect(c, "server send james messi  Halo ",
	    "{'status':'ERROR','code':'denied'}");
	/* The one that is set may. */
	c = peer_calls_from(*state, "127.0.0.2");
	expect(c, "server send james messi  Halo ", "{'status':'OK'}");
	c = peer_calls_from(*state, "127.0.0.3");
	expect(c, "server send james messi  Halo ",
	    "{'status':'ERROR','code':'denied'}");
}

static void
without_a_link_everybody_is_denied(void **state)
{
	struct client *c = client_open(*state);

	expect(c, "server send james messi  Halo ",
	    "{'status':'ERROR','code':'denied'}");
	expect(c, "check group james batak other ",
	    "{'status':'ERROR','code':'denied'}");
}

/* ---- out: groups ------------------------------------------------------ */

static struct client *
ask_for_group(struct server *s, const char *answer, struct client **line)
{
	struct client *c = client_as(s, "messi", "surabaya"), *p;

	client_puts(c, "group - batak origin \r\n");
	p = peer_asked("check group messi batak other \r\n");
	client_puts(p, answer);
	if (line != NULL)
		*line = p;
	return c;
}

static void
a_group_that_is_nowhere_is_made_here(void **state)
{
	struct client *p, *c = ask_for_group(*state, NO_BATAK END, &p);
	struct client *d = client_as(*state, "henderson", "surabaya");

	client_expect_text(c, "messi telah bergabung");
	client_expect_end(p);
	/* From now on it is here, and nobody is asked. */
	client_puts(d, "group - batak origin \r\n");
	client_expect_text(d, "henderson telah bergabung");
	client_expect_text(c, "henderson telah bergabung");
	client_puts(d, "halo");
	client_expect_text(c, "henderson: halo");
	peer_is_not_asked();
}

static void
a_group_is_made_here_when_nobody_can_be_asked(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");

	peer_close();
	client_puts(c, "group - batak origin \r\n");
	client_expect_text(c, "messi telah bergabung");
}

static void
a_group_that_is_there_is_bridged(void **state)
{
	struct client *p, *c;

	c = ask_for_group(*state, "messi telah bergabung", &p);
	client_expect_text(c, "messi telah bergabung");
	client_puts(c, "\xC2\xA0"); /* nothing can be seen of that */
	client_expect_text(c, "Pesan kosong, tulislah isinya");
	client_puts(c, "halo");
	client_expect_text(p, "halo");
	client_puts(p, "messi: halojames: hai");
	client_expect_text(c, "messi: halojames: hai");
	client_puts(c, "exit");
	client_expect_text(p, "exit");
	client_puts(p, "exit");
	client_puts(p, LEFT_BATAK END);
	client_expect_text(c, "exit");
	expect_reply(c, "{'status':'OK',"
	                "'message':'Telah keluar dari grup batak'}");
	client_expect_end(p);
	/* It was not made here. */
	expect(c, "groups -", "{'groups':[]}");
}

static void
what_it_sends_is_shown_clean(void **state)
{
	struct client *p, *c;

	c = ask_for_group(*state, "messi telah bergabung", &p);
	client_expect_text(c, "messi telah bergabung");
	client_puts(p, "james: \x1b[2J");
	client_expect_text(c, "james: \xe2\x90\x9b[2J");
}

/* It ends the line by itself, in each way that there is. */
static void
a_bridge_that_breaks_ends_the_line(void **state)
{
	static const char *const last[] = { "", "exit" LEFT_BATAK END,
		LEFT_BATAK END };
	struct client *p, *c;

	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
		c = ask_for_group(*state, "messi telah bergabung", &p);
		client_expect_text(c, "messi telah bergabung");
		client_puts(p, last[i]);
		if (i == 0)
			client_close(p);
		client_expect_text(c, "exit");
		expect_reply(c, "{'status':'OK',"
		                "'message':'Telah keluar dari grup batak'}");
		if (i > 0)
			client_expect_end(p);
		client_close(c);
	}
}

static void
whoever_vanishes_leaves_there_too(void **state)
{
	struct client *p, *c;

	c = ask_for_group(*state, "messi telah bergabung", &p);
	client_expect_text(c, "messi telah bergabung");
	client_reset(c);
	client_expect_text(p, "exit");
	client_puts(p, "exit" LEFT_BATAK END);
	client_expect_end(p);
}

static void
the_end_of_the_server_ends_a_bridge(void **state)
{
	struct client *p, *c;

	c = ask_for_group(*state, "messi telah bergabung", &p);
	client_expect_text(c, "messi telah bergabung");
	server_stop(*state);
	client_expect_end(p);
	client_expect_end(c);
	server_start(*state);
}

/* ---- in: groups ------------------------------------------------------- */

static void
it_is_told_which_groups_are_not_here(void **state)
{
	struct client *p = client_open(*state);

	client_puts(p, "check group james batak other \r\n");
	client_expect_text(p, "{\"status\":\"PENDING\"");
	client_close(p);
	p = client_open(*state);
	expect(p, "check group james batak other ",
	    "{'status':'PENDING','message':'Tidak ada grup batak di server'}");
	expect(p, "check group james ../x other ", "{'status':'PENDING'}");
	expect(p, "check group james ",
	    "{'status':'ERROR','message':'--Protocol Tidak Benar'}");
	peer_is_not_asked();
}

static void
its_user_takes_part_in_a_group_of_ours(void **state)
{
	struct client *c = ask_for_group(*state, NO_BATAK END, NULL);
	struct client *p = client_open(*state);

	client_expect_text(c, "messi telah bergabung");
	client_puts(p, "check group henderson batak other \r\n");
	client_expect_text(p, "henderson@lama telah bergabung");
	client_expect_text(c, "henderson@lama telah bergabung");
	client_puts(p, "halo");
	client_expect_text(c, "henderson@lama: halo");
	client_expect_text(p, "henderson@lama: halo");
	client_puts(c, "hai");
	client_expect_text(p, "messi: hai");
	client_puts(p, "exit");
	client_expect_text(p, "exit");
	expect_reply(p, "{'status':'OK',"
	                "'message':'Telah keluar dari grup batak'}");
	client_expect_text(c, "messi: haihenderson@lama meninggalkan group");
	/* The connection is again what it was. */
	expect(p, "check group james lain other ", "{'status':'PENDING'}");
}

static void
its_user_who_vanishes_has_left(void **state)
{
	struct client *c = ask_for_group(*state, NO_BATAK END, NULL);
	struct client *p = client_open(*state);

	client_expect_text(c, "messi telah bergabung");
	client_puts(p, "check group james batak other \r\n");
	client_expect_text(c, "james@lama telah bergabung");
	client_reset(p);
	client_expect_text(c, "james@lama meninggalkan group");
}

/* ---- links ------------------------------------------------------------ */

static void
an_administrator_sees_how_it_does(void **state)
{
	struct server *s = *state;
	struct client *c;

	server_stop(s);
	server_option(s, "--admin", "messi");
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	expect(c, "links -", "{'links':[{'realm':'lama','kind':'legacy',"
	                     "'state':'ready','queued':0,'error':'',"
	                     "'since':'<time>'}]}");
	peer_close();
	expect(c, "send - james Halo", "{'code':'realm-unreachable'}");
	expect(c, "links -", "{'links':[{'state':'down',"
	                     "'error':'Connection refused'}]}");
	/* Others do not see it. */
	c = client_as(s, "henderson", "surabaya");
	expect(c, "links -", "{'status':'ERROR','code':'denied'}");
}

static struct server *
open_linked_twice(int listener[2])
{
	struct server *s = server_new();
	static const char *const names[] = { "satu", "dua" };
	char *link;

	for (int i = 0; i < 2; i++) {
		link = xasprintf("%s=127.0.0.1:%d,legacy", names[i],
		    peer_listen());
		listener[i] = peer;
		server_option(s, "--link", link);
		free(link);
	}
	peer = -1;
	server_start(s);
	return s;
}

static void
several_are_asked_in_their_order(void **state)
{
	int at[2];
	struct client *c, *p;

	*state = open_linked_twice(at);
	c = client_as(*state, "messi", "surabaya");
	client_puts(c, "send - james Halo\r\n");
	p = asked_at(at[0], "server send messi james Halo \r\n");
	peer_answers(p, UNKNOWN);
	p = asked_at(at[1], "server send messi james Halo \r\n");
	peer_answers(p, SENT);
	expect_reply(c, "{'status':'OK'}");
	expect(c, "history - james@dua", "{'messages':[{'text':'Halo'}]}");
	/* Who does not answer is passed over. */
	client_puts(c, "group - batak origin \r\n");
	p = asked_at(at[0], "check group messi batak other \r\n");
	client_close(p);
	p = asked_at(at[1], "check group messi batak other \r\n");
	client_puts(p, "messi telah bergabung");
	client_expect_text(c, "messi telah bergabung");
	client_puts(p, LEFT_BATAK END);
	client_expect_text(c, "exit");
	expect_reply(c, "{'status':'OK'}");
	close(at[0]);
	close(at[1]);
}

/* What one says arrives in its order, whoever else asks meanwhile. */
static void
letters_keep_their_order(void **state)
{
	struct client *c = client_as(*state, "messi", "surabaya");
	char *line;
	int i;

	for (i = 0; i < 10; i++)
		client_printf(c, "send - james@lama n%d\r\n", i);
	for (i = 0; i < 10; i++) {
		line = xasprintf("server send messi james n%d \r\n", i);
		peer_answers(peer_asked(line), SENT);
		free(line);
	}
	for (i = 0; i < 10; i++)
		expect_reply(c, "{'status':'OK','message':'Message Sent'}");
}

/* ---- two of ours, each the older one to the other --------------------- */

/* Their ports are known when they have run once. */
static struct server *
second_for(struct server *s, struct server **other)
{
	struct server *t = server_new();
	char *link;

	server_option(t, "--realm", "medan");
	link = xasprintf("its=%s,legacy", server_address(s));
	server_option(t, "--link", link);
	free(link);
	server_start(t);
	server_stop(s);
	server_clear_options(s);
	server_option(s, "--realm", "its");
	link = xasprintf("medan=%s,legacy", server_address(t));
	server_option(s, "--link", link);
	free(link);
	server_start(s);
	*other = t;
	return s;
}

static void
two_of_ours_speak_it_with_each_other(void **state)
{
	struct server *t, *s = second_for(*state, &t);
	struct client *a, *b;

	b = client_open(t);
	expect(b, "register james surabaya James Maranata",
	    "{'status':'OK'}");
	client_login(b, "james", "surabaya");
	expect(b, "watch -", "{'status':'OK'}");
	a = client_watching(s, "messi", "surabaya");
	expect(a, "send - james Halo james",
	    "{'status':'OK','message':'Message Sent'}");
	expect_event(b, "{'event':'message','from':'messi@its',"
	                "'text':'Halo james'}");
	expect(b, "send - messi@its Halo messi", "{'status':'OK'}");
	expect_event(a, "{'event':'message','from':'james@medan',"
	                "'text':'Halo messi'}");
	expect(a, "send - nobody x",
	    "{'status':'ERROR','message':'User Tidak Ditemukan'}");
	server_free(t);
}

static void
a_group_of_one_is_bridged_to_the_other(void **state)
{
	struct server *t, *s = second_for(*state, &t);
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_as(t, "henderson", "surabaya");

	client_puts(a, "group - batak origin \r\n");
	client_expect_text(a, "messi telah bergabung");
	client_puts(b, "group - batak origin \r\n");
	client_expect_text(b, "henderson@medan telah bergabung");
	client_expect_text(a, "henderson@medan telah bergabung");
	client_puts(b, "satu\ndua\ntiga\n");
	client_expect_text(a, "henderson@medan: satuhenderson@medan: dua"
	                      "henderson@medan: tiga");
	client_expect_text(b, "henderson@medan: satuhenderson@medan: dua"
	                      "henderson@medan: tiga");
	client_puts(a, "hai");
	client_expect_text(b, "messi: hai");
	client_puts(b, "exit");
	client_expect_text(b, "exit");
	expect_reply(b, "{'status':'OK',"
	                "'message':'Telah keluar dari grup batak'}");
	client_expect_text(a, "messi: haihenderson@medan meninggalkan group");
	server_free(t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LINKED_TEST(a_name_that_is_not_ours_is_asked_for_there),
		LINKED_TEST(one_of_ours_is_not_asked_for_there),
		LINKED_TEST(nobody_there_is_nobody),
		LINKED_TEST(a_server_that_is_down_is_unreachable),
		LINKED_TEST(what_it_answers_in_another_form_is_no_answer),
		LINKED_TEST(a_text_of_several_lines_goes_as_one),
		LINKED_TEST(its_letters_arrive),
		LINKED_TEST(a_letter_can_be_answered),
		LINKED_TEST(a_sender_cannot_pass_for_one_of_ours),
		LINKED_TEST(a_letter_that_is_none_is_refused),
		cmocka_unit_test_setup_teardown(another_address_is_denied,
		    linked_elsewhere, unlink_all),
		SERVER_TEST(without_a_link_everybody_is_denied),
		LINKED_TEST(a_group_that_is_nowhere_is_made_here),
		LINKED_TEST(a_group_is_made_here_when_nobody_can_be_asked),
		LINKED_TEST(a_group_that_is_there_is_bridged),
		LINKED_TEST(what_it_sends_is_shown_clean),
		LINKED_TEST(a_bridge_that_breaks_ends_the_line),
		LINKED_TEST(whoever_vanishes_leaves_there_too),
		LINKED_TEST(the_end_of_the_server_ends_a_bridge),
		LINKED_TEST(it_is_told_which_groups_are_not_here),
		LINKED_TEST(its_user_takes_part_in_a_group_of_ours),
		LINKED_TEST(its_user_who_vanishes_has_left),
		LINKED_TEST(an_administrator_sees_how_it_does),
		LINKED_TEST(letters_keep_their_order),
		cmocka_unit_test_teardown(
		    several_are_asked_in_their_order, without_server),
		SERVER_TEST(two_of_ours_speak_it_with_each_other),
		SERVER_TEST(a_group_of_one_is_bridged_to_the_other),
	};

	return cmocka_run_group_tests_name(
	    "legacy", tests, NULL, clients_cleanup);
}
