/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server goes away and comes back while people are typing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static size_t
times_seen(struct term *t, const char *text)
{
	char *screen = term_screen(t), *at = screen;
	size_t n = 0;

	while ((at = strstr(at, text)) != NULL) {
		n++;
		at++;
	}
	free(screen);
	return n;
}

static void
what_is_typed_meanwhile_is_sent_once(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct term *b = person_open(s, "henderson", 24, 80);
	struct client *c;

	(void)state;
	term_type(a, "before\r");
	term_await(b, "messi  before");
	server_kill(s);
	term_await_row(a, 0, "no connection");
	term_await_row(b, 0, "no connection");
	term_type(a, "typed meanwhile\r");
	term_type(a, "and a second\r");
	term_await(a, "typed meanwhile …");
	term_await_row(a, 0, "2 waiting");
	server_start(s);
	term_await_row(a, 0, "messi · online");
	term_await(b, "messi  typed meanwhile");
	term_await(b, "messi  and a second");
	term_await_gone(a, " …");
	term_await_row(b, 0, "henderson · online");
	assert_int_equal(times_seen(a, "typed meanwhile"), 1);
	assert_int_equal(times_seen(b, "typed meanwhile"), 1);
	assert_int_equal(times_seen(b, "before"), 1);

	c = client_as(s, "lineker", "surabaya");
	expect(c, "history - *", "{'messages':[{'text':'before'},"
	    "{'text':'typed meanwhile'},{'text':'and a second'}]}");
}

/* Ids begin with 1 again, which are held here for something else. */
static void
a_server_without_its_data_begins_anew(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	struct client *c;
	char command[512];
	int lost, said, anew, col;

	(void)state;
	term_type(t, "/msg henderson a secret\r");
	term_await_row(t, -2, "2:henderson");
	term_type(t, "one\rtwo\rthree\r");
	term_await(t, "messi  three");
	term_await_gone(t, " …");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	snprintf(command, sizeof(command), "rm -r '%s'", server_data(s));
	assert_int_equal(system(command), 0);
	server_start(s);
	client_ask(
	    client_as(s, "lineker", "surabaya"), "broadcast - a new one");
	term_await(t, "log in again");
	term_type(t, "surabaya\r");
	term_await_row(t, 0, "messi · online");
	term_await(t, "the server has begun anew: what was said before");
	term_await(t, "lineker  a new one");
	assert_true(term_find(t, "connection lost", &lost, &col));
	assert_true(term_find(t, "lineker  a new one", &said, &col));
	assert_true(term_find(t, "the server has begun anew", &anew, &col));
	assert_true(lost < said && said < anew); /* as it was */
	c = client_watching(s, "henderson", "surabaya");
	term_type(t, "mine\r");
	term_await(t, "messi  mine");
	(void)client_event_of(c, "message");
	assert_false(term_shows(t, "messi  two"));
	assert_int_equal(times_seen(t, "messi  mine"), 1);
	expect(c, "history - *",
	    "{'messages':[{'text':'a new one'},{'text':'mine'}]}");
	/* What was said there is gone, too. */
	term_type(t, "\0332");
	term_await_row(t, -1, "henderson>");
	term_await(t, "the server has begun anew");
	assert_false(term_shows(t, "a secret"));
}

static void
what_was_closed_stays_closed_until_something_comes(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "join - #batak");
	term_type(t, "/join #batak\r");
	term_await_row(t, -1, "#batak>");
	client_ask(c, "send - messi hai");
	term_await_row(t, -2, "3:lineker(1)");
	term_type(t, "/close lineker\r");
	term_await_gone(t, ":lineker");
	term_type(t, "/close\r");
	term_await_gone(t, ":#batak");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	server_start(s);
	term_await_row(t, 0, "messi · online");
	term_await(t, "connected again");
	term_type(t, "for all\r"); /* answered behind the lists */
	term_await(t, "messi  for all");
	term_await_gone(t, " …");
	assert_string_equal(term_row(t, -2), " 1:everyone");
	c = client_as(s, "lineker", "surabaya");
	client_ask(c, "send - #batak horas");
	term_await_row(t, -2, "2:#batak(1)");
	client_ask(c, "send - messi hai lagi");
	term_await_row(t, -2, "3:lineker(1)");
}

static void
how_much_waits_is_told_before_why(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_type(t, "one\rtwo\r");
	term_await_row(t, 0, " messi · 2 waiting · no connection, next try");
	term_resize(t, 24, 40);
	term_await_row(t, 0, " messi · 2 waiting · no connection, nex…");
	term_resize(t, 6, 40);
	term_await_row(t, -2, "1:everyone no connection, nex… 2 waiting");
}

/* Who is there nobody tells: neither with the panes nor with the commands. */
static void
who_is_there_is_not_current_until_it_is_back(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "join - #batak");
	term_await(t, "│ Active 2");
	term_await(t, "│ Away 1");
	term_type(t, "/join #batak\r");
	term_await(t, "│ Here 2");
	server_kill(s);
	term_await(t, "│ not current");
	assert_false(term_shows(t, "Here"));
	assert_true(term_shows(t, "│ ~lineker"));
	term_type(t, "/who\r");
	term_await(t, "/who: not connected");
	term_type(t, "/members\r");
	term_await(t, "/members: not connected");
	term_type(t, "\0331"); /* Alt-1 */
	term_await_row_is(t, -1, ">");
	term_await(t, "│ not current");
	term_await(t, "│ henderson");
	/* Who has gone or come meanwhile is known at once. */
	server_start(s);
	client_ask(client_as(s, "lineker", "surabaya"), "leave - #batak");
	client_ask(client_as(s, "henderson", "surabaya"), "join - #batak");
	term_await_row(t, 0, "messi · online");
	term_await(t, "│ Active 3");
	term_type(t, "\0332");
	term_await(t, "│ Here 2");
	term_await(t, "│ henderson");
	assert_true(term_shows(t, "│ ~messi"));
	assert_false(term_shows(t, "│ lineker"));
	assert_false(term_shows(t, "not current"));
}

static void
a_small_screen_says_so_in_the_persons_language(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 12, 40);

	(void)state;
	term_type(t, "/set language id\r");
	term_type(t, "\033OQ"); /* F2 */
	term_await(t, "│ Aktif 1");
	server_kill(s);
	term_await(t, "│ data lama");
	server_start(s);
	term_await(t, "│ Aktif 1");
	assert_false(term_shows(t, "data lama"));
}

static void
that_it_is_back_is_told_where_the_loss_was(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/join #batak\r");
	term_await_row_is(t, -1, "#batak>");
	server_kill(s);
	term_await(t, "connection lost");
	term_type(t, "\0331");
	term_await_row_is(t, -1, ">");
	server_start(s);
	term_await_row(t, 0, "messi · online");
	assert_false(term_shows(t, "connected again"));
	term_type(t, "\0332");
	term_await_row_is(t, -1, "#batak>");
	term_await(t, "connection lost");
	term_await(t, "connected again");
}

static bool
has_connected(struct term *t, void *arg)
{
	int *round = arg;
	bool trying = strstr(term_row(t, 0), "connecting") != NULL;

	/* Odd: it is being tried. */
	*round += trying == (*round % 2 == 0);
	return *round >= 10;
}

static void
it_is_back_within_two_seconds_of_the_server(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	long long began;
	int round = 0;

	(void)state;
	server_kill(s);
	term_await_row(a, 0, "no connection");
	term_type(a, "typed meanwhile\r");
	/* Five tries, so long that doubled pauses would be 4 s and more. */
	term_await_that(a, has_connected, &round, "it does not try");
	server_start(s);
	began = now_ms();
	term_await(a, "messi  typed meanwhile");
	term_await_gone(a, " …");
	assert_in_range(now_ms() - began, 0, 2000);
}

static void
a_half_typed_line_survives(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(a, "half a thou");
	term_await_row_is(a, -1, "> half a thou");
	server_stop(s);
	term_await_row(a, 0, "no connection");
	server_start(s);
	term_await_row(a, 0, "messi · online");
	term_type(a, "ght\r");
	term_await(a, "messi  half a thought");
}

/* A server that is none: what it sends, to whoever comes first. */
static void
serve(int listener, struct term *t, const char *bytes, size_t n)
{
	int fd = accept(listener, NULL, NULL);
	char heard[4096];
	ssize_t done;

	assert_true(fd != -1);
	while (n > 0) {
		done = send(fd, bytes, n < 65536 ? n : 65536, MSG_NOSIGNAL);
		if (done <= 0)
			break; /* it has heard enough */
		bytes += done;
		n -= (size_t)done;
		term_take(t);
	}
	/* To close with something unread would take back what was sent. */
	while (recv(fd, heard, sizeof(heard), 0) > 0)
		;
	close(fd);
}

static void
expect_left(const char *bytes, size_t n, const char *why)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .env = env };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	char where[64];
	const char *const argv[] = { "chat-tui", where, NULL };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct term *t;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	snprintf(where, sizeof(where), "messi@127.0.0.1:%d",
	    ntohs(sin.sin_port));
	t = term_open(&o, argv);
	serve(fd, t, bytes, n);
	term_await(t, "the server does not speak this protocol");
	term_await(t, why);
	close(fd);
	term_type(t, "\003\003"); /* Ctrl-C, twice */
	assert_int_equal(term_await_end(t), 0);
	assert_false(term_alternate(t));
}

static void
a_server_that_talks_rubbish_is_left_in_words(void **state)
{
	static const char bad[] = "{\"status\": \033[31mEVIL\r\n\r\n";
	const size_t much = 10 << 20;
	char *line = malloc(much);

	(void)state;
	expect_left(bad, sizeof(bad) - 1, "is no JSON");
	assert_non_null(line);
	memset(line, 'x', much);
	expect_left(line, much, "has no end");
	free(line);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_typed_meanwhile_is_sent_once),
		T(a_server_without_its_data_begins_anew),
		T(what_was_closed_stays_closed_until_something_comes),
		T(how_much_waits_is_told_before_why),
		T(who_is_there_is_not_current_until_it_is_back),
		T(a_small_screen_says_so_in_the_persons_language),
		T(that_it_is_back_is_told_where_the_loss_was),
		T(it_is_back_within_two_seconds_of_the_server),
		T(a_half_typed_line_survives),
		T(a_server_that_talks_rubbish_is_left_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
