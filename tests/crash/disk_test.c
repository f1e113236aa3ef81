/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk that is full, for a while or from one moment on.  It is full by a
 * limit on the size of files (RLIMIT_FSIZE), which the test sets and takes
 * away while the server runs; its signal is ignored, so that write(2) fails.
 */
#include <sys/resource.h>
#include <sys/stat.h>

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

enum { TRIES = 4000, TEXT = 1000 };

static int
with_full_disk_to_come(void **state)
{
	struct server *s = server_new();

	server_option(s, "--rate", "off");
	server_ignore(s, SIGXFSZ);
	server_start(s);
	*state = s;
	return 0;
}

static unsigned long
size_of(const struct server *s, const char *name)
{
	char *path = xasprintf("%s/%s", server_data(s), name);
	struct stat st = { .st_size = 0 };

	(void)stat(path, &st);
	free(path);
	return (unsigned long)st.st_size;
}

/* No file may grow beyond its largest one's size and this many more. */
static void
fill_disk(struct server *s, unsigned long more)
{
	struct rlimit rl = { .rlim_max = RLIM_INFINITY };
	unsigned long wal = size_of(s, "chat.db-wal");
	unsigned long db = size_of(s, "chat.db");

	rl.rlim_cur = (wal > db ? wal : db) + more;
	assert_int_equal(
	    prlimit(server_pid(s), RLIMIT_FSIZE, &rl, NULL), 0);
}

static void
empty_disk(struct server *s)
{
	struct rlimit rl = { RLIM_INFINITY, RLIM_INFINITY };

	assert_int_equal(
	    prlimit(server_pid(s), RLIMIT_FSIZE, &rl, NULL), 0);
}

/* One message each, until one is refused; the number of those taken. */
static int
send_until_refused(struct client *c, int from)
{
	char text[TEXT];
	json_t *o;
	int i;

	memset(text, 'x', sizeof(text));
	for (i = from; i < from + TRIES; i++) {
		o = client_ask(c, "@t%d send - henderson %d %.*s", i, i,
		    TEXT, text);
		if (!json_matches("{'status':'OK'}", o)) {
			expect_json(o,
			    "{'status':'ERROR','code':'storage',"
			    "'id':'<absent>'}");
			return i;
		}
	}
	fail_msg("the disk never got full");
	return 0;
}

/* All messages from messi in henderson's history are 0, 1, 2, ... count - 1. */
static void
expect_exactly(struct client *c, int count)
{
	long long after = 0;
	json_t *o, *page;
	int seen = 0;
	size_t i;

	do {
		o = client_ask(
		    c, "history - messi after=%lld limit=200", after);
		expect_json(o, "{'status':'OK'}");
		page = json_object_get(o, "messages");
		for (i = 0; i < json_array_size(page); i++, seen++) {
			json_t *m = json_array_get(page, i);

			assert_int_equal(atoi(str_of(m, "text")), seen);
			after = int_of(m, "id");
		}
	} while (json_is_true(json_object_get(o, "more")));
	assert_int_equal(seen, count);
}

static void
a_full_disk_refuses_and_shows_nothing_and_recovers(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_watching(s, "henderson", "surabaya");
	struct client *r = client_as(s, "henderson", "surabaya");
	long long until;
	size_t from;
	int count, i;

	fill_disk(s, 64 * 1024);
	from = server_log_length(s);
	count = send_until_refused(a, 0);
	server_await_log(s, from, " storage: ");
	/* Reads go on, and nobody has seen what was refused. */
	for (i = 0; i < count; i++)
		assert_int_equal(
		    atoi(str_of(client_event_of(b, "message"), "text")), i);
	client_expect_silence(b);
	expect_exactly(r, count);
	expect(r, "list_user -", "{'status':'OK'}");
	expect(r, "who -", "{'status':'OK'}");
	expect(r, "search - xyz", "{'status':'OK'}");
	expect(r, "unread -", "{'status':'OK'}");
	/* Space is back: the same message, with its tag, is new. */
	empty_disk(s);
	until = now_ms() + DEADLINE_MS;
	while (!json_matches("{'status':'OK','duplicate':'<absent>'}",
	    client_ask(a, "@t%d send - henderson %d", count, count)))
		assert_true(now_ms() < until);
	assert_int_equal(
	    atoi(str_of(client_event_of(b, "message"), "text")), count);
	expect(a, "register neko rahasia", "{'status':'OK'}");
	expect_exactly(r, count + 1);
	client_close(r);
	client_close(b);
	client_close(a);
	server_stop(s);
	server_start(s);
	r = client_as(s, "henderson", "surabaya");
	expect_exactly(r, count + 1);
}

static void
what_was_answered_before_the_disk_was_full_survives_a_kill(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	int count;

	fill_disk(s, 200 * 1024);
	count = send_until_refused(a, 0);
	server_kill(s);
	server_start(s);
	expect_exactly(client_as(s, "henderson", "surabaya"), count);
}

static void
a_full_disk_under_load_refuses_each_and_keeps_the_rest(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	struct client *b = client_watching(s, "henderson", "surabaya");
	struct client *r = client_as(s, "henderson", "surabaya");
	int i, ok = 0, refused = 0;
	json_t *o, *page;
	long long id = 0;

	fill_disk(s, 100 * 1024);
	for (i = 0; i < 400; i++)
		client_printf(
		    a, "@t%d send - henderson %d %01000d\r\n", i, i, i);
	for (i = 0; i < 400; i++) {
		o = client_reply(a);
		if (!json_matches("{'status':'OK'}", o)) {
			expect_json(o, "{'code':'storage'}");
			refused++;
			continue;
		}
		ok++;
		assert_true(int_of(o, "id") > id);
		id = int_of(o, "id");
		o = client_event_of(b, "message");
		assert_int_equal(atoi(str_of(o, "text")), i);
		assert_true(int_of(o, "id") == id);
	}
	assert_true(refused > 0);
	client_expect_silence(b);
	o = client_ask(r, "unread -");
	page = json_object_get(json_object_get(o, "unread"), "messi");
	if (ok > 0)
		assert_int_equal(int_of(page, "count"), ok);
	empty_disk(s);
}

static void
a_full_disk_does_not_keep_it_from_ending(void **state)
{
	struct server *s = *state;
	struct client *a = client_as(s, "messi", "surabaya");
	int count;

	fill_disk(s, 16 * 1024);
	count = send_until_refused(a, 0);
	server_signal(s, SIGTERM);
	(void)server_wait(s); /* within the deadline, whatever it says of it */
	server_check_clean(s);
	server_start(s);
	expect_exactly(client_as(s, "henderson", "surabaya"), count);
}

static void
a_disk_that_is_full_at_the_start_is_74_or_73(void **state)
{
	struct server *s = server_new();
	int status;

	(void)state;
	server_ignore(s, SIGXFSZ);
	server_limit(s, RLIMIT_FSIZE, 4096);
	status = server_refuses(s);
	assert_in_range(status, 73, 74);
}

#define FULL_TEST(fn) \
	cmocka_unit_test_setup_teardown( \
	    fn, with_full_disk_to_come, without_server)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		FULL_TEST(a_full_disk_refuses_and_shows_nothing_and_recovers),
		FULL_TEST(
		    what_was_answered_before_the_disk_was_full_survives_a_kill),
		FULL_TEST(
		    a_full_disk_under_load_refuses_each_and_keeps_the_rest),
		FULL_TEST(a_full_disk_does_not_keep_it_from_ending),
		cmocka_unit_test_teardown(
		    a_disk_that_is_full_at_the_start_is_74_or_73,
		    without_server),
	};

	return cmocka_run_group_tests_name(
	    "disk", tests, NULL, clients_cleanup);
}
