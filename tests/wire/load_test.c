/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many, slow, rude and vanishing clients: whatever one of them does, the
 * others are served, and afterwards all is as it was.
 */
#include <sys/resource.h>

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

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

#define PONG "{'status':'OK'}"

enum {
	ANSWER_MS = 2000, /* the machine may be busy; unserved is forever */
	/* Not below a packet on loopback, or the kernel itself hesitates. */
	SMALL_BUFFER = 131072
};

static void
expect_prompt(struct client *c)
{
	long long begun = now_ms();

	expect(c, "ping", PONG);
	assert_in_range(now_ms() - begun, 0, ANSWER_MS);
}

/* Waits until the server holds that many descriptors again. */
static void
await_fds(struct server *s, struct client *c, size_t baseline)
{
	long long until = now_ms() + DEADLINE_MS;

	while (server_fds(s) > baseline) {
		expect(c, "ping", PONG); /* a turn of its loop */
		if (now_ms() > until)
			fail_msg("%zu descriptors, there were %zu",
			    server_fds(s), baseline);
	}
}

/* ---- slow readers ----------------------------------------------------- */

enum { FLOOD = 4000, FLOOD_BATCH = 50, FLOOD_TEXT = 4000 };

static void
expect_flooded(struct client *c, int first, int count)
{
	int i, n;

	for (i = first; i < first + count; i++) {
		n = atoi(str_of(client_event_of(c, "message"), "text"));
		assert_int_equal(n, i);
	}
}

/* Slow stands between two others in whatever list is walked (C1, C2). */
static void
who_does_not_read_holds_up_nobody_and_loses_nothing(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_watching(s, "henderson", "surabaya");
	struct client *slow = client_try_open(server_port(s), SMALL_BUFFER);
	struct client *c, *d;
	char *text = xmalloc(FLOOD_TEXT + 1);
	int i, k, got;
	json_t *o, *page;
	size_t before;

	client_login(slow, "henderson", "surabaya");
	expect(slow, "watch -", PONG);
	c = client_watching(s, "henderson", "surabaya");
	d = client_open(s);
	memset(text, 'x', FLOOD_TEXT);
	text[FLOOD_TEXT] = '\0';
	before = server_rss_kib(s);
	for (i = 0; i < FLOOD; i += FLOOD_BATCH) {
		for (k = i; k < i + FLOOD_BATCH; k++)
			client_printf(a, "send - henderson %d %s\r\n", k, text);
		expect_prompt(d);
		for (k = i; k < i + FLOOD_BATCH; k++)
			expect_reply(a, PONG);
		expect_flooded(b, i, FLOOD_BATCH);
		expect_flooded(c, i, FLOOD_BATCH);
	}
	free(text);
	/* 16 MB were due to it: they wait in the store, not in memory. */
	if (!program_is_sanitized())
		assert_true(server_rss_kib(s) < before + 14 * 1024);
	server_await_log(s, 0, "a client that does not read was cut off: "
			       "henderson");
	/* It gets what is on its way, and an end behind which it can go on. */
	for (got = 0; got < FLOOD; got++) {
		if ((o = client_try_object(slow)) == NULL)
			break;
		assert_int_equal(atoi(str_of(o, "text")), got);
	}
	got = 0;
	while (got < FLOOD) {
		o = json_object_get(client_ask(c, "inbox -"), "messages");
		page = json_object_get(o, "messi");
		assert_true(json_array_size(page) > 0);
		for (k = 0; k < (int)json_array_size(page); k++, got++) {
			o = json_array_get(page, (size_t)k);
			assert_int_equal(atoi(str_of(o, "msg")), got);
		}
	}
}

static void
who_asks_but_does_not_read_is_not_read_from(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_open(s);
	char *text = xmalloc(4001);
	size_t before;
	char want[16];
	int i;

	memset(text, 'x', 4000);
	text[4000] = '\0';
	for (i = 0; i < 200; i++)
		client_printf(a, "send - henderson %s\r\n", text);
	free(text);
	for (i = 0; i < 200; i++)
		expect_reply(a, PONG);
	before = server_rss_kib(s);
	for (i = 0; i < 60; i++)
		client_printf(
		    a, "@n%d history - henderson limit=200\r\n", i);
	for (i = 0; i < 50; i++)
		expect_prompt(b);
	/* 48 MB are due to it; most of that must not be in memory. */
	if (!program_is_sanitized())
		assert_true(server_rss_kib(s) < before + 24 * 1024);
	for (i = 0; i < 60; i++) {
		snprintf(want, sizeof(want), "n%d", i);
		assert_string_equal(str_of(client_reply(a), "tag"), want);
	}
}

static void
who_reads_byte_by_byte_gets_every_byte(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *slow = client_try_open(server_port(s), SMALL_BUFFER);
	json_t *page;
	int i, k;

	client_login(slow, "henderson", "surabaya");
	expect(slow, "watch -", PONG);
	client_read_by(slow, 1);
	for (i = 0; i < 200; i++)
		client_printf(a, "send - henderson %d %0512d\r\n", i, i);
	client_puts(slow, "@h history - messi limit=200\r\n");
	for (i = 0; i < 200; i++)
		expect_reply(a, PONG);
	client_reply(slow);
	client_puts(slow, "@h history - messi limit=200\r\n");
	page = json_object_get(client_reply(slow), "messages");
	assert_int_equal(json_array_size(page), 200);
	for (k = 0; k < 200; k++)
		assert_int_equal(
		    atoi(str_of(json_array_get(page, (size_t)k), "text")), k);
	expect_flooded(slow, 0, 200);
}

static void
watchers_that_vanish_amid_a_flood_take_nobody_along(void **state)
{
	struct server *s = *state;
	struct client *t = client_open(s);
	const char *token = client_login(t, "lineker", "surabaya");
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *w[40], *b, *c;
	int i;

	b = client_watching(s, "henderson", "surabaya");
	for (i = 0; i < 40; i++) {
		w[i] = client_open(s);
		expect_json(client_ask(w[i], "watch %s", token), PONG);
	}
	c = client_watching(s, "henderson", "surabaya");
	for (i = 0; i < 400; i++) {
		client_printf(a, "broadcast - %d\r\n", i);
		if (i % 10 == 5)
			client_reset(w[i / 10]);
	}
	for (i = 0; i < 400; i++)
		expect_reply(a, PONG);
	expect_flooded(b, 0, 400);
	expect_flooded(c, 0, 400);
}

/* ---- many connections ------------------------------------------------- */

enum { MANY = 1100 };

static bool
own_limit_allows(rlim_t files)
{
	struct rlimit rl;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = rl.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rl), 0);
	return rl.rlim_max >= files;
}

static void
more_than_1024_connections_are_all_served(void **state)
{
	struct server *s = *state;
	struct client *t = client_open(s), *w[MANY];
	const char *token = client_login(t, "lineker", "surabaya");
	int i;

	if (!own_limit_allows(MANY + 100)) {
		print_message("skipped: the hard limit of descriptors is too "
			      "low for %d connections\n", MANY);
		skip();
	}
	for (i = 0; i < MANY; i++) {
		w[i] = client_open(s);
		client_printf(w[i], "watch %s\r\n", token);
	}
	for (i = 0; i < MANY; i++)
		expect_reply(w[i], PONG);
	expect_json(client_ask(t, "broadcast %s halo", token), PONG);
	for (i = 0; i < MANY; i++)
		expect_json(
		    client_event_of(w[i], "message"), "{'text':'halo'}");
	expect_prompt(w[MANY - 1]);
	expect_prompt(w[0]);
}

static void
connections_that_come_and_go_leave_nothing_behind(void **state)
{
	struct server *s = *state;
	struct client *t = client_open(s), *c;
	const char *token = client_login(t, "lineker", "surabaya");
	size_t fds, rss = 0;
	int i;

	expect(t, "ping", PONG);
	fds = server_fds(s);
	for (i = 0; i < 3000; i++) {
		if (i == 1000) {
			await_fds(s, t, fds);
			rss = server_rss_kib(s);
		}
		c = i % 5 == 4 ? client_open_text(s) : client_open(s);
		switch (i % 4) {
		case 0:
			client_printf(c, "watch %s\r\n", token);
			break;
		case 1:
			client_puts(c, "ping\n");
			client_line(c);
			break;
		case 2:
			client_puts(c, "half a li");
			break;
		default:
			break;
		}
		if (i % 3 == 0)
			client_reset(c);
		else
			client_close(c);
	}
	await_fds(s, t, fds);
	if (!program_is_sanitized())
		assert_true(server_rss_kib(s) < rss + 4096);
	expect_prompt(t);
}

/* ---- no descriptor left ----------------------------------------------- */

static void
set_file_limit(struct server *s, size_t n)
{
	struct rlimit rl;

	/* The hard one stays, or only root could raise the soft one again. */
	assert_int_equal(
	    prlimit(server_pid(s), RLIMIT_NOFILE, NULL, &rl), 0);
	rl.rlim_cur = n;
	assert_int_equal(
	    prlimit(server_pid(s), RLIMIT_NOFILE, &rl, NULL), 0);
}

static void
expect_idle(struct server *s, unsigned wakeups)
{
	unsigned long ticks = server_cpu_ticks(s);
	unsigned long woken = server_wakeups(s);

	/* The one place where time must pass: doing nothing is measured. */
	poll(NULL, 0, 1000);
	assert_in_range(server_cpu_ticks(s) - ticks, 0, 3);
	/* A sanitizer has a thread that wakes for itself. */
	if (!program_is_sanitized())
		assert_in_range(server_wakeups(s) - woken, 0, wakeups);
}

/* Its own reckoning of the limit: it tells those who are too many (B2). */
static void
with_few_descriptors_those_too_many_are_told(void **state)
{
	struct server *s = server_new();
	struct client *c[100], *first;
	int i, served = 0, told = 0;
	size_t fds;
	json_t *o;

	(void)state;
	server_limit(s, RLIMIT_NOFILE, 64);
	server_start(s);
	first = client_as(s, "messi", "surabaya");
	fds = server_fds(s);
	for (i = 0; i < 100; i++) {
		c[i] = client_open(s);
		(void)client_try_send(c[i], "ping\r\n", 6);
	}
	for (i = 0; i < 100; i++) {
		o = client_try_object(c[i]);
		if (o != NULL && json_matches(PONG, o))
			served++;
		else if (o != NULL &&
		    json_matches("{'code':'too-many-connections'}", o))
			told++;
	}
	assert_in_range(served, 10, 64);
	assert_in_range(told, 1, 100 - served);
	expect_idle(s, 30);
	expect(first, "send - messi masih bisa", PONG);
	for (i = 0; i < 100; i++)
		client_close(c[i]);
	await_fds(s, first, fds);
	expect_prompt(client_open(s));
}

/* The limit is lower than it knows: accept(2) itself fails. */
static void
when_accept_fails_it_rests_and_goes_on(void **state)
{
	struct server *s = *state;
	struct client *first = client_as(s, "messi", "surabaya");
	struct client *c[30];
	long long until;
	int i, answered = 0;

	set_file_limit(s, server_fds(s) + 5);
	for (i = 0; i < 30; i++) {
		c[i] = client_open(s);
		client_puts(c[i], "ping\r\n");
	}
	expect(first, "send - messi masih bisa", PONG);
	expect_idle(s, 60);
	expect_prompt(first);
	for (i = 0; i < 30; i++)
		if (client_poll_object(c[i]) != NULL)
			answered++;
	assert_in_range(answered, 1, 30);
	/* Descriptors come free: those who waited are served, or have been
	 * told that it is full. */
	set_file_limit(s, 1000);
	until = now_ms() + DEADLINE_MS;
	for (i = 0; i < 30; i++) {
		if (now_ms() > until)
			fail_msg("%d is not served", i);
		(void)client_try_send(c[i], "ping\r\n", 6);
		(void)client_try_object(c[i]);
	}
	expect_prompt(client_open(s));
}

static void
with_no_descriptor_left_a_hup_keeps_the_old_rules(void **state)
{
	struct server *s = server_new();
	char *conf = xasprintf("%s/conf", server_folder(s));
	struct client *c;
	size_t from;
	FILE *f;

	(void)state;
	f = fopen(conf, "w");
	assert_non_null(f);
	fputs("registration = closed\n", f);
	fclose(f);
	server_option(s, "--config", conf);
	server_start(s);
	c = client_open(s);
	expect(c, "hello", "{'registration':'closed'}");
	set_file_limit(s, server_fds(s));
	from = server_log_length(s);
	server_signal(s, SIGHUP);
	server_await_log(s, from, "\n");
	expect(c, "hello", "{'registration':'closed'}");
	free(conf);
}

/* ---- rest ------------------------------------------------------------- */

static void
an_idle_server_hardly_wakes(void **state)
{
	struct server *s = *state;
	struct client *t = client_open(s), *w;
	const char *token = client_login(t, "lineker", "surabaya");
	int i;

	for (i = 0; i < 50; i++) {
		w = client_open(s);
		expect_json(client_ask(w, "watch %s", token), PONG);
	}
	expect(t, "ping", PONG);
	expect_idle(s, 10);
}

static void
a_stopped_server_goes_on_where_it_was(void **state)
{
	struct server *s = *state;
	struct client *w = client_watching(s, "henderson", "surabaya");
	struct client *a = client_as(s, "messi", "surabaya"), *late;
	int i;

	server_signal(s, SIGSTOP);
	for (i = 0; i < 100; i++)
		client_printf(a, "send - henderson %d\r\n", i);
	late = client_open(s); /* the kernel accepts */
	client_puts(late, "ping\r\n");
	poll(NULL, 0, 300);
	server_signal(s, SIGCONT);
	for (i = 0; i < 100; i++)
		expect_reply(a, PONG);
	expect_flooded(w, 0, 100);
	expect_reply(late, PONG);
}

static void
a_log_that_nobody_reads_holds_up_nobody(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya"), *x;
	int i;

	server_log_hold(s);
	for (i = 0; i < 1000; i++) {
		server_signal(s, SIGHUP);
		if (i % 10 == 0) {
			x = client_open(s);
			client_puts(x, "GET / HTTP/1.1\r\n\r\n");
			client_expect_end(x);
			client_close(x);
		}
		expect_prompt(c);
	}
	expect(c, "send - henderson hey", PONG);
	server_log_release(s);
	expect_prompt(c);
}

static void
the_log_does_not_grow_with_what_one_client_does(void **state)
{
	struct server *s = *state;
	struct client *x;
	size_t from = server_log_length(s);
	int i;

	for (i = 0; i < 1000; i++) {
		x = client_open(s);
		client_puts(x, "GET / HTTP/1.1\r\n\r\n\xff\xff\r\n");
		client_expect_end(x);
		client_close(x);
	}
	assert_true(server_log_length(s) - from < 20000);
}

/* ---- passwords -------------------------------------------------------- */

static void
fifty_logins_at_once_hold_up_nobody(void **state)
{
	struct server *s = *state;
	struct client *c[50], *b = client_open(s);
	long long begun, worst = 0;
	int i, in = 0, busy = 0;
	json_t *o;

	for (i = 0; i < 50; i++) {
		c[i] = client_open(s);
		client_puts(c[i], "auth messi surabaya\r\n");
	}
	for (i = 0; i < 50; i++) {
		begun = now_ms();
		expect(b, "ping", PONG);
		if (now_ms() - begun > worst)
			worst = now_ms() - begun;
		while ((o = client_poll_object(c[i])) == NULL) {
			begun = now_ms();
			expect(b, "ping", PONG);
			if (now_ms() - begun > worst)
				worst = now_ms() - begun;
		}
		in += json_matches("{'status':'OK'}", o);
		busy += json_matches("{'status':'ERROR','code':'busy'}", o);
	}
	assert_int_equal(in + busy, 50);
	assert_in_range(in, 10, 50);
	assert_in_range(worst, 0, program_is_sanitized() ? 2000 : 500);
}

static void
guessing_is_throttled_and_locks_nobody_out(void **state)
{
	struct server *s = *state;
	struct client *owner = client_as(s, "messi", "surabaya");
	struct client *c = client_open(s);
	json_t *o = NULL;
	int i;

	for (i = 0; i < 200; i++) {
		o = client_ask(c, "auth messi guess%d", i);
		if (json_matches("{'code':'rate-limited'}", o))
			break;
		expect_json(o, "{'status':'ERROR','message':'Password Salah'}");
	}
	expect_json(o, "{'code':'rate-limited','retry_ms':'<id>'}");
	expect(owner, "send - henderson masih bisa", PONG);
	client_login(c, "henderson", "surabaya"); /* others are not hit */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		FAST_TEST(who_does_not_read_holds_up_nobody_and_loses_nothing),
		FAST_TEST(who_asks_but_does_not_read_is_not_read_from),
		FAST_TEST(who_reads_byte_by_byte_gets_every_byte),
		FAST_TEST(watchers_that_vanish_amid_a_flood_take_nobody_along),
		FAST_TEST(more_than_1024_connections_are_all_served),
		FAST_TEST(connections_that_come_and_go_leave_nothing_behind),
		cmocka_unit_test_teardown(
		    with_few_descriptors_those_too_many_are_told,
		    without_server),
		SERVER_TEST(when_accept_fails_it_rests_and_goes_on),
		cmocka_unit_test_teardown(
		    with_no_descriptor_left_a_hup_keeps_the_old_rules,
		    without_server),
		SERVER_TEST(an_idle_server_hardly_wakes),
		SERVER_TEST(a_stopped_server_goes_on_where_it_was),
		FAST_TEST(a_log_that_nobody_reads_holds_up_nobody),
		SERVER_TEST(the_log_does_not_grow_with_what_one_client_does),
		SERVER_TEST(fifty_logins_at_once_hold_up_nobody),
		SERVER_TEST(guessing_is_throttled_and_locks_nobody_out),
	};

	return cmocka_run_group_tests_name(
	    "load", tests, NULL, clients_cleanup);
}
