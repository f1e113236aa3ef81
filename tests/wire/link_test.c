/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links between realms of ours: real servers, each with a data folder of its
 * own.  The realms are its (messi, henderson, lineker), medan (james) and
 * jakarta (budi); everybody's password is surabaya.
 *
 * Where it matters who dials, the other side is given an address at which
 * nobody listens.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <sysexits.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

enum { NOBODY = 1, /* a port at which nobody listens */ MANY = 400 };

static const char secret[] = "horas, horas, horas\n";

#define DENIED "{'status':'ERROR','message':'Tidak diizinkan'," \
	       "'code':'denied','key':'<absent>','proof':'<absent>'}"
#define A_KEY \
	"1111111111111111111111111111111111111111111111111111111111111111"

/* ---- realms ----------------------------------------------------------- */

static struct server *
realm(const char *name)
{
	struct server *s = server_new();

	server_without_text(s);
	if (strcmp(name, "its") != 0)
		server_without_accounts(s);
	server_option(s, "--realm", name);
	server_option(s, "--rate", "off");
	return s;
}

static void
link_to(struct server *s, const char *name, int port, const char *with)
{
	char *file = xasprintf("%s/secret.%s", server_folder(s), name);
	char *spec = xasprintf(
	    "%s=127.0.0.1:%d,secret=%s", name, port, file);
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_true(fputs(with, f) >= 0);
	assert_int_equal(fclose(f), 0);
	server_option(s, "--link", spec);
	free(spec);
	free(file);
}

static void
registered(struct server *s, const char *user)
{
	struct client *c = client_open(s);

	expect_json(client_ask(c, "register %s surabaya", user),
	    "{'status':'OK'}");
	client_close(c);
}

static void
await_up(struct server *s, size_t from, const char *name)
{
	char *line = xasprintf("link to %s up", name);

	server_await_log(s, from, line);
	free(line);
}

/* Two realms of which one dials; both are up when it returns. */
struct pair {
	struct server *its, *medan;
};

static void
pair_open(struct pair *p)
{
	p->its = realm("its");
	link_to(p->its, "medan", NOBODY, secret);
	server_start(p->its);
	p->medan = realm("medan");
	server_ignore(p->medan, SIGXFSZ); /* a full disk is an error then */
	link_to(p->medan, "its", server_port(p->its), secret);
	server_start(p->medan);
	registered(p->medan, "james");
	await_up(p->its, 0, "medan");
	await_up(p->medan, 0, "its");
}

/* The next message event's text, which is as given. */
static void
expect_text(struct client *c, const char *from, const char *text)
{
	json_t *e = client_event_of(c, "message");

	assert_string_equal(str_of(e, "from"), from);
	assert_string_equal(str_of(e, "text"), text);
}

static void
sends(struct client *c, const char *to, const char *text)
{
	expect_json(client_ask(c, "send - %s %s", to, text),
	    "{'status':'OK','id':'<id>'}");
}

/* Both ways. */
static void
expect_linked(struct server *a, const char *user_a, const char *realm_a,
    struct server *b, const char *user_b, const char *realm_b)
{
	struct client *x = client_watching(a, user_a, "surabaya");
	struct client *y = client_watching(b, user_b, "surabaya");
	char *full_a = xasprintf("%s@%s", user_a, realm_a);
	char *full_b = xasprintf("%s@%s", user_b, realm_b);

	sends(x, full_b, "there");
	expect_text(y, full_a, "there");
	sends(y, full_a, "back");
	expect_text(x, full_b, "back");
	free(full_a);
	free(full_b);
	client_close(x);
	client_close(y);
}

/* ---- up --------------------------------------------------------------- */

static void
a_link_is_up_whoever_dials(void **state)
{
	struct server *its = realm("its"), *medan = realm("medan");

	(void)state;
	/* The one that was there first is dialled, */
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	link_to(medan, "its", server_port(its), secret);
	server_start(medan);
	registered(medan, "james");
	server_await_log(its, 0, "link to medan up: dialled by them");
	server_await_log(medan, 0, "link to its up: dialled by us");
	expect_linked(its, "messi", "its", medan, "james", "medan");
	/* and now it dials. */
	server_stop(its);
	server_stop(medan);
	server_clear_options(its);
	server_option(its, "--realm", "its");
	link_to(its, "medan", server_port(medan), secret);
	server_clear_options(medan);
	server_option(medan, "--realm", "medan");
	link_to(medan, "its", NOBODY, secret);
	server_start(medan);
	server_start(its);
	server_await_log(its, 0, "link to medan up: dialled by us");
	server_await_log(medan, 0, "link to its up: dialled by them");
	expect_linked(its, "messi", "its", medan, "james", "medan");
}

static void
two_that_dial_each_other_end_with_one_link(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	server_stop(p.its);
	server_stop(p.medan);
	server_clear_options(p.its);
	server_option(p.its, "--realm", "its");
	link_to(p.its, "medan", server_port(p.medan), secret);
	for (int i = 0; i < 5; i++) {
		size_t from = server_log_length(p.its);

		server_start(p.medan);
		server_start(p.its);
		await_up(p.its, from, "medan");
		expect_linked(p.its, "messi", "its", p.medan, "james",
		    "medan");
		server_stop(p.medan);
		server_stop(p.its);
	}
}

static void
the_names_of_realms_fold(void **state)
{
	struct server *its = realm("its"), *medan = realm("Medan");

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	link_to(medan, "ITS", server_port(its), secret);
	server_start(medan);
	registered(medan, "james");
	await_up(its, 0, "medan");
	expect_linked(its, "messi", "its", medan, "james", "Medan");
}

/* ---- denied ----------------------------------------------------------- */

static void
another_secret_is_denied_and_the_log_says_why(void **state)
{
	struct server *its = realm("its"), *medan = realm("medan");
	char *log;

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	link_to(medan, "its", server_port(its), "horas, horas, haras\n");
	server_start(medan);
	server_await_log(its, 0, "a link was denied: medan (127.0.0.1:");
	server_await_log(its, 0, "it does not know the secret");
	server_await_log(medan, 0, "link to its refused: denied");
	log = server_log(its);
	assert_null(strstr(log, "horas"));
	free(log);
}

static void
a_realm_that_is_not_linked_back_is_denied(void **state)
{
	struct server *its = realm("its"), *medan = realm("medan");

	(void)state;
	link_to(its, "jakarta", NOBODY, secret);
	server_start(its);
	link_to(medan, "its", server_port(its), secret);
	server_start(medan);
	server_await_log(its, 0, "there is no link of that name");
	server_await_log(medan, 0, "link to its refused: denied");
}

static void
a_realm_that_takes_us_for_another_is_denied(void **state)
{
	struct server *its = realm("its"), *medan = realm("medan");

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	link_to(medan, "jakarta", server_port(its), secret);
	server_start(medan);
	server_await_log(its, 0, "it takes this realm for another");
	server_await_log(medan, 0, "link to jakarta refused: denied");
}

/* What is said to a stranger is the same for a realm that is linked and for
 * one that is not. */
static void
a_stranger_is_challenged_and_told_no_more_than_denied(void **state)
{
	static const char *const line[] = { "link 1 medan its " A_KEY,
		"link 1 surabaya its " A_KEY, "link 1 medan bali " A_KEY };
	struct pair p;

	(void)state;
	pair_open(&p);
	for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
		struct client *c = client_open(p.its);

		expect(c, line[i], "{'status':'OK','key':'<string>',"
		    "'message':'<absent>','proof':'<absent>'}");
		expect(c, "prove " A_KEY, DENIED);
		client_expect_end(c);
	}
	expect_linked(p.its, "messi", "its", p.medan, "james", "medan");
}

static void
what_is_no_handshake_is_denied(void **state)
{
	static const char *const line[] = { "link 1 medan its",
		"link 1 medan its " A_KEY " more", "link 2 medan its " A_KEY,
		"link 1 medan its 1234", "link 1 m@dan its " A_KEY "1",
		"link 1 medan its " A_KEY "00" };
	struct server *its = realm("its");

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
		struct client *c = client_open(its);

		expect(c, line[i], DENIED);
		client_expect_end(c);
	}
}

static void
a_key_that_agrees_on_zero_is_denied(void **state)
{
	struct server *its = realm("its");
	struct client *c;
	char zeros[65];

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	memset(zeros, '0', 64);
	zeros[64] = '\0';
	c = client_open(its);
	expect_json(client_ask(c, "link 1 medan its %s", zeros),
	    "{'status':'OK','key':'<string>'}");
	expect(c, "prove " A_KEY, DENIED);
	client_expect_end(c);
	server_await_log(its, 0, "its key is none");
}

static void
whoever_only_asks_holds_up_nobody(void **state)
{
	enum { STRANGERS = 60 };
	struct server *its = realm("its"), *medan = realm("medan");
	struct client *c[STRANGERS];

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	server_start(its);
	/* Two waves: more than may be under way at once. */
	for (int wave = 0; wave < 2; wave++)
		for (int i = 0; i < STRANGERS; i++) {
			c[i] = client_open(its);
			expect(c[i], "link 1 medan its " A_KEY,
			    "{'status':'OK'}");
		}
	link_to(medan, "its", server_port(its), secret);
	server_start(medan);
	await_up(its, 0, "medan");
	server_await_log(its, 0, "a link was denied");
}

/* ---- in between ------------------------------------------------------- */

/* Somebody between medan, which dials, and its: passes on a handshake, and has
 * all of it. */
struct between {
	int listener, port;
	int dialer, acceptor; /* its ends towards both */
	char link[512], prove[512];
	char challenge[512];
};

static void
between_open(struct between *b)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof sin;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(b->listener, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(b->listener, 8), 0);
	assert_int_equal(
	    getsockname(b->listener, (struct sockaddr *)&sin, &len), 0);
	b->port = ntohs(sin.sin_port);
}

static int
dial_port(int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_port = htons((uint16_t)port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&sin, sizeof sin), 0);
	return fd;
}

/* One byte; false: the end. */
static bool
get_byte(int fd, char *c)
{
	struct pollfd p = { fd, POLLIN, 0 };

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	return recv(fd, c, 1, 0) == 1;
}

/* Up to and with its end. */
static void
get_until(int fd, const char *end, char *out, size_t cap)
{
	size_t n = 0, m = strlen(end);

	do {
		assert_true(n + 1 < cap);
		assert_true(get_byte(fd, out + n));
		out[++n] = '\0';
	} while (n < m || strcmp(out + n - m, end) != 0);
}

static void
put_all(int fd, const void *p, size_t n)
{
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

static void
put_text(int fd, const char *text)
{
	put_all(fd, text, strlen(text));
}

static void
between_pass_on(struct between *b, int port)
{
	char proof[512];

	b->dialer = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_not_equal(b->dialer, -1);
	b->acceptor = dial_port(port);
	get_until(b->dialer, "\r\n", b->link, sizeof b->link);
	put_text(b->acceptor, b->link);
	get_until(b->acceptor, "\r\n\r\n", b->challenge,
	    sizeof b->challenge);
	put_text(b->dialer, b->challenge);
	get_until(b->dialer, "\r\n", b->prove, sizeof b->prove);
	put_text(b->acceptor, b->prove);
	get_until(b->acceptor, "\r\n\r\n", proof, sizeof proof);
	put_text(b->dialer, proof);
}

static void
between_close(struct between *b)
{
	close(b->dialer);
	close(b->acceptor);
	close(b->listener);
}

static void
between_two(struct between *b, struct pair *p)
{
	between_open(b);
	p->its = realm("its");
	link_to(p->its, "medan", NOBODY, secret);
	server_start(p->its);
	p->medan = realm("medan");
	link_to(p->medan, "its", b->port, secret);
	server_start(p->medan);
	between_pass_on(b, server_port(p->its));
}

static void
what_one_handshake_proved_proves_nothing_in_another(void **state)
{
	struct between b;
	struct pair p;
	char text[512];
	size_t from;
	int fd;

	(void)state;
	between_two(&b, &p);
	from = server_log_length(p.its);
	fd = dial_port(server_port(p.its));
	put_text(fd, b.link);
	get_until(fd, "\r\n\r\n", text, sizeof text);
	assert_string_not_equal(text, b.challenge);
	put_text(fd, b.prove);
	get_until(fd, "\r\n\r\n", text, sizeof text);
	assert_non_null(strstr(text, "\"denied\""));
	assert_false(get_byte(fd, text));
	server_await_log(p.its, from, "it does not know the secret");
	close(fd);
	between_close(&b);
}

static void
a_proof_of_somebody_who_has_none_is_not_believed(void **state)
{
	struct server *medan = realm("medan");
	struct between b = { .acceptor = -1 };

	(void)state;
	between_open(&b);
	link_to(medan, "its", b.port, secret);
	server_start(medan);
	b.dialer = accept4(b.listener, NULL, NULL, SOCK_CLOEXEC);
	get_until(b.dialer, "\r\n", b.link, sizeof b.link);
	assert_memory_equal(b.link, "link 1 medan its ", 17);
	/* The basepoint is as good a key as any. */
	put_text(b.dialer, "{\"status\":\"OK\",\"key\":\"09000000000000000"
	    "00000000000000000000000000000000000000000000000\"}\r\n\r\n");
	get_until(b.dialer, "\r\n", b.prove, sizeof b.prove);
	put_text(b.dialer, "{\"status\":\"OK\",\"proof\":\"" A_KEY
	    "\"}\r\n\r\n");
	server_await_log(medan, 0,
	    "link to its refused: the other side does not know the secret");
	close(b.dialer);
	close(b.listener);
}

static void
an_answer_that_is_none_is_told(void **state)
{
	struct server *medan = realm("medan");
	struct between b = { .acceptor = -1 };

	(void)state;
	between_open(&b);
	link_to(medan, "its", b.port, secret);
	server_start(medan);
	b.dialer = accept4(b.listener, NULL, NULL, SOCK_CLOEXEC);
	put_text(b.dialer, "HTTP/1.1 400 Bad Request\r\n\r\n");
	server_await_log(medan, 0,
	    "link to its refused: the other side is no chat-server");
	close(b.dialer);
	b.dialer = accept4(b.listener, NULL, NULL, SOCK_CLOEXEC);
	close(b.dialer);
	server_await_log(medan, 0, "closed in the handshake");
	close(b.listener);
}

static void
garbage_behind_a_handshake_ends_the_link(void **state)
{
	static const unsigned char garbage[][40] = {
		{ 0, 0, 0, 36, 1, 2, 3 }, /* sealed by nobody */
		{ 0xff, 0xff, 0xff, 0xff }, /* too long */
		{ 0, 0, 0, 15 },            /* too short */
		"GET / HTTP/1.1\r\nHost: its.example\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
		struct between b;
		struct pair p;
		char c;

		between_two(&b, &p);
		put_all(b.acceptor, garbage[i], sizeof garbage[i]);
		server_await_log(
		    p.its, 0, "what came was not what it sealed");
		while (get_byte(b.acceptor, &c))
			continue;
		between_close(&b);
		servers_stop();
	}
}

/* What medan says may be said again by whoever is in between. */
static void
a_frame_said_twice_ends_the_link(void **state)
{
	unsigned char frame[4 + 65536];
	struct between b;
	struct pair p;
	size_t n;

	(void)state;
	between_two(&b, &p);
	for (size_t i = 0; i < 4; i++)
		assert_true(get_byte(b.dialer, (char *)frame + i));
	n = (size_t)frame[2] << 8 | frame[3];
	for (size_t i = 0; i < n; i++)
		assert_true(get_byte(b.dialer, (char *)frame + 4 + i));
	/* Nobody reads it. */
	assert_null(memmem(frame, n + 4, "stream", 6));
	put_all(b.acceptor, frame, n + 4);
	await_up(p.its, 0, "medan");
	put_all(b.acceptor, frame, n + 4);
	server_await_log(p.its, 0,
	    "link to medan down: what came was not what it sealed");
	between_close(&b);
}

/* ---- letters ---------------------------------------------------------- */

static void
a_letter_for_a_realm_that_is_down_arrives_once(void **state)
{
	struct client *messi, *james;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	from = server_log_length(p.its);
	server_stop(p.medan);
	server_await_log(p.its, from, "link to medan down");
	messi = client_as(p.its, "messi", "surabaya");
	for (int i = 0; i < 3; i++)
		expect_json(client_ask(messi, "send - james@medan word%d", i),
		    "{'status':'OK','id':'<id>','queued':true}");
	/* What waits outlives us, too. */
	server_kill(p.its);
	server_start(p.its);
	server_start(p.medan);
	james = client_as(p.medan, "james", "surabaya");
	expect(james, "watch - 0", "{'status':'OK'}");
	for (int i = 0; i < 3; i++) {
		char text[16];

		snprintf(text, sizeof text, "word%d", i);
		expect_text(james, "messi@its", text);
	}
	messi = client_as(p.its, "messi", "surabaya");
	expect_json(client_ask(messi, "send - james@medan last"),
	    "{'status':'OK','queued':'<absent>'}");
	expect_text(james, "messi@its", "last");
	/* And after another cut nothing comes again. */
	from = server_log_length(p.its);
	server_kill(p.medan);
	server_start(p.medan);
	await_up(p.its, from, "medan");
	james = client_watching(p.medan, "james", "surabaya");
	messi = client_as(p.its, "messi", "surabaya");
	sends(messi, "james@medan", "anew");
	expect_text(james, "messi@its", "anew");
	expect_json(client_ask(james, "history - messi@its"),
	    "{'status':'OK','messages':[{'text':'word0'},{'text':'word1'},"
	    "{'text':'word2'},{'text':'last'},{'text':'anew'}]}");
}

static void
a_letter_to_nobody_comes_back(void **state)
{
	struct client *messi;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	messi = client_watching(p.its, "messi", "surabaya");
	expect(messi, "send - nobody@medan hey",
	    "{'status':'ERROR','code':'no-such-user'}");
	expect(messi, "send - james@bali hey",
	    "{'status':'ERROR','code':'no-such-realm'}");
	from = server_log_length(p.its);
	server_stop(p.medan);
	server_await_log(p.its, from, "link to medan down");
	sends(messi, "nobody@medan", "hey");
	server_start(p.medan);
	expect_json(client_event_of(messi, "message"),
	    "{'target':'nobody@medan','from':'@medan'}");
}

static void
bare_names_are_looked_for_on_the_links(void **state)
{
	struct client *messi, *james, *other;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	registered(p.medan, "lineker"); /* who is local stays local */
	messi = client_watching(p.its, "messi", "surabaya");
	james = client_watching(p.medan, "james", "surabaya");
	other = client_watching(p.medan, "lineker", "surabaya");
	expect(messi, "send - lineker at home",
	    "{'status':'OK','id':'<id>','target':'<absent>'}");
	expect(messi, "send - james bare",
	    "{'status':'OK','id':'<id>','target':'james@medan'}");
	expect_text(james, "messi@its", "bare");
	expect(messi, "send - nobody hey",
	    "{'status':'ERROR','code':'no-such-user'}");
	client_expect_silence(other);
	from = server_log_length(p.its);
	server_stop(p.medan);
	server_await_log(p.its, from, "link to medan down");
	expect(messi, "send - nobody hey",
	    "{'status':'ERROR','code':'realm-unreachable'}");
}

/* ---- cuts ------------------------------------------------------------- */

/* All of MANY that messi said, each once and in order. */
static void
expect_many(struct server *medan)
{
	struct client *james = client_as(medan, "james", "surabaya");
	char text[16];

	expect(james, "watch - 0", "{'status':'OK'}");
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof text, "n%d", i);
		expect_text(james, "messi@its", text);
	}
	client_expect_silence(james);
	client_close(james);
}

static void
say_many(struct client *c, int from, int to)
{
	for (int i = from; i < to; i++)
		client_printf(c, "send - james@medan n%d\r\n", i);
	for (int i = from; i < to; i++)
		expect_reply(c, "{'status':'OK','id':'<id>'}");
}

static void
a_receiver_that_is_killed_again_and_again_loses_nothing(void **state)
{
	struct client *messi;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = client_as(p.its, "messi", "surabaya");
	for (int i = 0; i < 4; i++) {
		say_many(messi, i * MANY / 4, (i + 1) * MANY / 4);
		server_kill(p.medan);
		server_start(p.medan);
	}
	expect_many(p.medan);
}

static void
a_sender_that_is_killed_again_and_again_says_nothing_twice(void **state)
{
	struct client *messi;
	struct pair p;

	(void)state;
	pair_open(&p);
	for (int i = 0; i < 4; i++) {
		messi = client_as(p.its, "messi", "surabaya");
		say_many(messi, i * MANY / 4, (i + 1) * MANY / 4);
		server_kill(p.its);
		server_start(p.its);
	}
	expect_many(p.medan);
}

static void
a_peer_that_comes_back_is_soon_dialled(void **state)
{
	struct server *its = realm("its"), *medan = realm("medan");
	long long began;
	size_t from;

	(void)state;
	server_start(medan);
	server_stop(medan);
	link_to(medan, "its", NOBODY, secret);
	link_to(its, "medan", server_port(medan), secret);
	server_start(medan);
	server_start(its);
	await_up(its, 0, "medan");
	for (int i = 0; i < 3; i++) {
		from = server_log_length(its);
		server_kill(medan);
		server_await_log(its, from, "link to medan down");
		server_start(medan);
		began = now_ms();
		await_up(its, from, "medan");
		if (!program_is_sanitized())
			assert_true(now_ms() - began < 2000);
	}
}

static void
limit_files(struct server *s, rlim_t bytes)
{
	struct rlimit rl;

	assert_int_equal(
	    prlimit(server_pid(s), RLIMIT_FSIZE, NULL, &rl), 0);
	rl.rlim_cur = bytes;
	assert_int_equal(
	    prlimit(server_pid(s), RLIMIT_FSIZE, &rl, NULL), 0);
}

/* What the disk refuses comes again, and what came behind it no sooner. */
static void
a_full_disk_at_the_other_side_changes_no_order(void **state)
{
	struct client *messi;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	messi = client_as(p.its, "messi", "surabaya");
	say_many(messi, 0, 10);
	from = server_log_length(p.its);
	limit_files(p.medan, 200 << 10);
	say_many(messi, 10, MANY);
	server_await_log(p.its, from, "the other side says: storage");
	limit_files(p.medan, RLIM_INFINITY);
	expect_many(p.medan);
}

/* A copy of the data that is older than what the peer has taken. */
static void
data_that_was_put_back_begins_a_new_stream(void **state)
{
	char *save, *back;
	struct client *messi, *james;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	server_stop(p.its);
	save = xasprintf("cp -r %s %s.old", server_data(p.its),
	    server_data(p.its));
	back = xasprintf("rm -r %s && mv %s.old %s", server_data(p.its),
	    server_data(p.its), server_data(p.its));
	assert_int_equal(system(save), 0);
	from = server_log_length(p.its);
	server_start(p.its);
	await_up(p.its, from, "medan");
	messi = client_as(p.its, "messi", "surabaya");
	james = client_watching(p.medan, "james", "surabaya");
	for (int i = 0; i < 3; i++)
		sends(messi, "james@medan", "before");
	for (int i = 0; i < 3; i++)
		expect_text(james, "messi@its", "before");
	server_stop(p.its);
	assert_int_equal(system(back), 0);
	from = server_log_length(p.its);
	server_start(p.its);
	server_await_log(p.its, from, "our data is older");
	messi = client_as(p.its, "messi", "surabaya");
	sends(messi, "james@medan", "after");
	expect_text(james, "messi@its", "after");
	free(save);
	free(back);
}

/* ---- three ------------------------------------------------------------ */

static void
three_in_a_ring_are_each_reached_once(void **state)
{
	struct server *its = realm("its"), *medan = realm("medan");
	struct server *jakarta = realm("jakarta");
	struct client *messi, *james, *budi;

	(void)state;
	link_to(its, "medan", NOBODY, secret);
	link_to(its, "jakarta", NOBODY, "another secret of these two");
	server_start(its);
	link_to(medan, "its", server_port(its), secret);
	link_to(medan, "jakarta", NOBODY, "a third one, for the two");
	server_start(medan);
	link_to(jakarta, "its", server_port(its),
	    "another secret of these two");
	link_to(jakarta, "medan", server_port(medan),
	    "a third one, for the two");
	server_start(jakarta);
	registered(medan, "james");
	registered(jakarta, "budi");
	await_up(its, 0, "medan");
	await_up(its, 0, "jakarta");
	await_up(medan, 0, "jakarta");
	messi = client_watching(its, "messi", "surabaya");
	james = client_watching(medan, "james", "surabaya");
	budi = client_watching(jakarta, "budi", "surabaya");
	sends(messi, "budi", "bare");
	expect_text(budi, "messi@its", "bare");
	sends(budi, "james", "bare");
	expect_text(james, "budi@jakarta", "bare");
	sends(james, "messi", "bare");
	expect_text(messi, "james@medan", "bare");
	sends(messi, "budi@jakarta", "named");
	expect_text(budi, "messi@its", "named");
	/* Once each, and nothing else. */
	expect(budi, "history - messi@its", "{'messages':["
	    "{'from':'messi@its','text':'bare'},"
	    "{'from':'messi@its','text':'named'}]}");
	expect(budi, "history - james@medan",
	    "{'messages':[{'from':'budi','text':'bare'}]}");
	expect(james, "history - budi@jakarta",
	    "{'messages':[{'from':'budi@jakarta','text':'bare'}]}");
	expect(messi, "history - james@medan",
	    "{'messages':[{'from':'james@medan','text':'bare'}]}");
}

/* ---- groups ----------------------------------------------------------- */

/* What one side sends as items the other knows. */
static void
expect_nothing_passed_over(struct server *s)
{
	char *log = server_log(s);

	assert_null(strstr(log, "passed over"));
	free(log);
}

static void
a_group_goes_over_the_link_and_outlives_it(void **state)
{
	struct client *messi, *james;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	james = client_watching(p.medan, "james", "surabaya");
	messi = client_watching(p.its, "messi", "surabaya");
	expect(james, "join - #batak", "{'status':'OK'}");
	expect(messi, "join - #batak@medan", "{'status':'OK'}");
	expect_json(client_event_of(james, "join"), "{'user':'james'}");
	expect_json(client_event_of(james, "join"),
	    "{'target':'#batak','user':'messi@its'}");
	sends(messi, "#batak@medan", "horas");
	expect_text(james, "messi@its", "horas");
	sends(james, "#batak", "horas juga");
	expect_text(messi, "james@medan", "horas juga");
	expect(messi, "kick - #batak@medan james@medan",
	    "{'status':'ERROR','code':'denied'}");
	/* What is said while the home is down is said when it is back. */
	from = server_log_length(p.its);
	server_stop(p.medan);
	server_await_log(p.its, from, "link to medan down");
	expect_json(client_ask(messi, "send - #batak@medan later"),
	    "{'status':'OK','queued':true}");
	expect(messi, "join - #toba@medan",
	    "{'status':'ERROR','code':'realm-unreachable'}");
	server_start(p.medan);
	james = client_as(p.medan, "james", "surabaya");
	expect(james, "watch - 0", "{'status':'OK'}");
	expect_text(james, "messi@its", "horas");
	expect_text(james, "james", "horas juga");
	expect_text(james, "messi@its", "later");
	expect(messi, "leave - #batak@medan", "{'status':'OK'}");
	expect_json(client_event_of(james, "leave"),
	    "{'target':'#batak','user':'messi@its'}");
	expect_linked(p.its, "henderson", "its", p.medan, "james", "medan");
	expect_nothing_passed_over(p.its);
	expect_nothing_passed_over(p.medan);
}

/* ---- who is online ---------------------------------------------------- */

static void
who_is_online_there_is_seen_here(void **state)
{
	struct client *messi, *james;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	messi = client_watching(p.its, "messi", "surabaya");
	sends(messi, "james@medan", "hey");
	james = client_as(p.medan, "james", "surabaya");
	expect_json(client_event_of(messi, "presence"),
	    "{'user':'james@medan','online':true}");
	expect(james, "logout -", "{'status':'OK'}");
	expect_json(client_event_of(messi, "presence"),
	    "{'user':'james@medan','online':false}");
	james = client_as(p.medan, "james", "surabaya");
	expect_json(client_event_of(messi, "presence"),
	    "{'user':'james@medan','online':true}");
	/* When the realm is gone nobody there is online, */
	server_kill(p.medan);
	expect_json(client_event_of(messi, "presence"),
	    "{'user':'james@medan','online':false}");
	/* and when it is back we hear of it without asking. */
	from = server_log_length(p.its);
	server_start(p.medan);
	await_up(p.its, from, "medan");
	james = client_as(p.medan, "james", "surabaya");
	expect_json(client_event_of(messi, "presence"),
	    "{'user':'james@medan','online':true}");
}

/* ---- groups ----------------------------------------------------------- */

static void
who_acts_in_a_group_elsewhere_has_the_own_name_at_home(void **state)
{
	struct client *messi, *james;
	struct pair p;

	(void)state;
	pair_open(&p);
	messi = client_watching(p.its, "messi", "surabaya");
	james = client_watching(p.medan, "james", "surabaya");
	expect(messi, "join - #batak@medan", "{'status':'OK'}");
	expect(james, "join - #batak", "{'status':'OK'}");
	expect(messi, "topic - #batak@medan horas", "{'status':'OK'}");
	expect_json(client_event_of(messi, "group"),
	    "{'target':'#batak@medan','topic':'horas','by':'messi'}");
	expect_json(client_event_of(james, "group"),
	    "{'target':'#batak','topic':'horas','by':'messi@its'}");
}

/* ---- start ------------------------------------------------------------ */

static void
a_link_that_cannot_be_is_refused_at_start(void **state)
{
	static const struct {
		const char *link, *said;
	} wrong[] = {
		{ "medan=127.0.0.1:1", "secret=FILE or legacy" },
		{ "medan=127.0.0.1:1,secret=/nonexistent", "/nonexistent" },
		{ "medan=127.0.0.1:1,secret=/dev/null", "empty" },
		{ "its=127.0.0.1:1,legacy", "own name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct server *s = realm("its");
		char *log;

		server_option(s, "--link", wrong[i].link);
		assert_int_equal(server_refuses(s), EX_USAGE);
		log = server_log(s);
		if (strstr(log, wrong[i].said) == NULL)
			fail_msg("'%s' does not say '%s'", log,
			    wrong[i].said);
		free(log);
	}
}

static void
a_secret_that_is_none_is_warned_of(void **state)
{
	struct server *s = realm("its");
	char *file = xasprintf("%s/secret.medan", server_folder(s));

	(void)state;
	link_to(s, "medan", NOBODY, "short");
	assert_int_equal(chmod(file, 0644), 0);
	server_start(s);
	server_await_log(s, 0, "can be read by everybody");
	server_await_log(s, 0, "so short that it can be guessed");
	free(file);
}

#define ALONE(fn) cmocka_unit_test_teardown(fn, without_server)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(a_link_is_up_whoever_dials),
		ALONE(two_that_dial_each_other_end_with_one_link),
		ALONE(the_names_of_realms_fold),
		ALONE(another_secret_is_denied_and_the_log_says_why),
		ALONE(a_realm_that_is_not_linked_back_is_denied),
		ALONE(a_realm_that_takes_us_for_another_is_denied),
		ALONE(a_stranger_is_challenged_and_told_no_more_than_denied),
		ALONE(what_is_no_handshake_is_denied),
		ALONE(a_key_that_agrees_on_zero_is_denied),
		ALONE(whoever_only_asks_holds_up_nobody),
		ALONE(what_one_handshake_proved_proves_nothing_in_another),
		ALONE(a_proof_of_somebody_who_has_none_is_not_believed),
		ALONE(an_answer_that_is_none_is_told),
		ALONE(garbage_behind_a_handshake_ends_the_link),
		ALONE(a_frame_said_twice_ends_the_link),
		ALONE(a_letter_for_a_realm_that_is_down_arrives_once),
		ALONE(a_letter_to_nobody_comes_back),
		ALONE(bare_names_are_looked_for_on_the_links),
		ALONE(a_receiver_that_is_killed_again_and_again_loses_nothing),
		ALONE(
		    a_sender_that_is_killed_again_and_again_says_nothing_twice),
		ALONE(a_peer_that_comes_back_is_soon_dialled),
		ALONE(a_full_disk_at_the_other_side_changes_no_order),
		ALONE(data_that_was_put_back_begins_a_new_stream),
		ALONE(three_in_a_ring_are_each_reached_once),
		ALONE(a_group_goes_over_the_link_and_outlives_it),
		ALONE(who_is_online_there_is_seen_here),
		ALONE(who_acts_in_a_group_elsewhere_has_the_own_name_at_home),
		ALONE(a_link_that_cannot_be_is_refused_at_start),
		ALONE(a_secret_that_is_none_is_warned_of),
	};

	return cmocka_run_group_tests_name(
	    "link", tests, NULL, clients_cleanup);
}
