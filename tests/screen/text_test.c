/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others write, and what it must not do to a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static void
control_characters_are_pictures(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 100);
	const char *bytes;
	size_t n;

	(void)state;
	client_ask(c, "say - * %s", "\"a\\u001b[31mred\\u001b]0;title\\u0007b\"");
	client_ask(c, "say - * %s", "\"c\\u009b5md\\u202ertl\\u2066e\\u0085f\"");
	client_ask(c, "say - * %s", "\"the end\"");
	term_await(t, "the end");
	term_await(t, "a␛[31mred␛]0;title␇b");
	term_await(t, "c<U+009B>5md<U+202E>rtl<U+2066>e<U+0085>f");
	bytes = term_bytes(t, &n);
	assert_null(memmem(bytes, n, "\033[31mred", 8));
	assert_null(memmem(bytes, n, "\033]0;title", 9));
	assert_null(memmem(bytes, n, "\xc2\x9b", 2));
	assert_null(memmem(bytes, n, "\xc2\x85", 2));
	assert_null(memmem(bytes, n, "\xe2\x80\xae", 3));
	assert_null(memmem(bytes, n, "\xe2\x81\xa6", 3));
	assert_null(memchr(bytes, '\a', n));
}

/* The edge of the users pane is straight, whatever stands beside it. */
static void
every_width_is_as_it_was_reckoned(void **state)
{
	static const char *const text[] = { "日本語のテキスト", "e\xcc\x81"
		"a\xcc\x80 combined", "👍 👍🏽 👨‍👩‍👧 ❤️ 🇮🇩", "नमस्ते क्षि",
		"한국어 각", "שלום עולם", "a\tb", "ｆｕｌｌ", "e\xcc\x81\xcc\x81"
		"\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81" };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	size_t i;
	int row, col, edge;

	(void)state;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		client_ask(c, "broadcast - %s ends", text[i]);
	client_ask(c, "broadcast - last");
	term_await(t, "lineker  last");
	term_type(t, "x"); /* its echo comes behind the whole of that frame */
	term_await_row_is(t, -1, "> x");
	assert_true(term_find(t, "│ Active", &row, &edge));
	for (row = 1; row < 22; row++)
		assert_true(term_is_at(t, row, edge, "│"));
	assert_true(term_find(t, "日本語のテキスト ends", &row, &col));
	assert_true(term_is_at(t, row, col + 17, "ends"));
	assert_true(term_find(t, "combined ends", &row, &col));
	assert_int_equal(col, 18 + 3);
}

static void
several_lines_stay_several_lines(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	int row, col;

	(void)state;
	client_ask(c, "say - * %s", "\"first\\nsecond\\n    third\"");
	term_await(t, "    third"); /* the last of a frame's rows */
	assert_true(term_find(t, "lineker  first", &row, &col));
	col += 9;
	assert_true(term_is_at(t, row + 1, col, "second"));
	assert_true(term_is_at(t, row + 2, col, "    third"));
}

/* Every further line is blank up to the text of the first, or as far as keeps
 * it from passing for another's. */
static bool
stands_under_the_text(struct term *t, void *arg)
{
	const int *cols = arg;
	int row, col, next;

	if (!term_find(t, "begins", &row, &col))
		return false;
	if (*cols < 60) /* no column of names */
		col = 2;
	for (next = row + 1; next < 22; next++) {
		const char *line = term_row(t, next);

		if (strspn(line, " ") != (size_t)col)
			return false;
		if (strstr(line, "ends") != NULL)
			return true;
	}
	return false;
}

static void
further_lines_stand_under_the_text(void **state)
{
	static int cols[] = { 80, 60, 100, 40 };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - begins and goes on, 日本語のテキストが続く "
	    "until it is far too long for any row of eighty columns שלום עולם "
	    "and ends");
	for (size_t i = 0; i < sizeof(cols) / sizeof(*cols); i++) {
		term_resize(t, 24, cols[i]);
		term_await_that(t, stands_under_the_text, &cols[i],
		    "further lines under the text");
	}
}

/* ---- a server that names people and groups as it likes ----------------- */

#define EVIL "\\u001b[31m\\u202ex\\u0007"
#define SHOWN "␛[31m<U+202E>x␇"

struct evil {
	int listener, fd;
	char in[8192];
	size_t len;
	const char *want;
};

static void
answer(struct evil *e, char *line)
{
	static const char *const say[][2] = {
		{ "hello", "\"realm\":\"r" EVIL "\"" },
		{ "auth", "\"tokenid\":\"T\",\"user\":\"messi\"" },
		{ "watch", "\"last\":9,\"missed\":0,\"gap\":false" },
		{ "who", "\"users\":[{\"user\":\"who" EVIL "\",\"name\":"
			"\"real" EVIL "\",\"online\":true,\"since\":"
			"\"2026-11-21T03:04:05.678Z\"}]" },
		{ "groups", "\"groups\":[{\"group\":\"#g\",\"target\":"
			"\"#g\",\"name\":\"#g\",\"topic\":\"about" EVIL
			"\",\"member\":true,\"members\":1}]" },
		{ "unread", "\"unread\":{}" },
		{ "history", "\"more\":false,\"messages\":[{\"id\":9,"
			"\"target\":\"*\",\"from\":\"by" EVIL "\",\"name\":"
			"\"n" EVIL "\",\"text\":\"old" EVIL "\",\"time\":"
			"\"2026-11-21T03:04:05.678Z\"}]" },
	};
	char *tag = strtok(line, " "), *verb = strtok(NULL, " \r");
	const char *what = "\"x\":0";

	if (tag == NULL || *tag != '@' || verb == NULL)
		return;
	for (size_t i = 0; i < sizeof(say) / sizeof(*say); i++)
		if (strcmp(say[i][0], verb) == 0)
			what = say[i][1];
	dprintf(e->fd, "{\"status\":\"OK\",\"tag\":\"%s\",%s}\r\n\r\n",
	    tag + 1, what);
}

/* Serves as long as it is waited for what is wanted. */
static bool
is_shown(struct term *t, void *arg)
{
	struct evil *e = arg;
	ssize_t n;
	char *end;

	if (e->fd == -1)
		e->fd = accept4(e->listener, NULL, NULL, SOCK_NONBLOCK);
	else if ((n = recv(e->fd, e->in + e->len,
	    sizeof(e->in) - e->len - 1, 0)) > 0) {
		e->len += (size_t)n;
		e->in[e->len] = '\0';
		while ((end = strchr(e->in, '\n')) != NULL) {
			*end++ = '\0';
			answer(e, e->in);
			e->len -= (size_t)(end - e->in);
			memmove(e->in, end, e->len + 1);
		}
	}
	return term_shows(t, e->want);
}

static void
expect_shown(struct term *t, struct evil *e, const char *want)
{
	e->want = want;
	term_await_that(t, is_shown, e, want);
}

static void
names_and_topics_are_as_harmless_as_texts(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .rows = 24, .cols = 160, .env = env };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	char where[64];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct evil e = { .fd = -1 };
	struct term *t;
	const char *bytes;
	size_t n;

	(void)state;
	e.listener = socket(AF_INET,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
	    bind(e.listener, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(e.listener, 4), 0);
	assert_int_equal(
	    getsockname(e.listener, (struct sockaddr *)&sin, &len), 0);
	snprintf(where, sizeof(where), "messi@127.0.0.1:%d",
	    ntohs(sin.sin_port));
	t = term_open(&o, argv);
	expect_shown(t, &e, "old" SHOWN);
	expect_shown(t, &e, "by" SHOWN);
	expect_shown(t, &e, "│ who" SHOWN);
	term_type(t, "/who\r");
	expect_shown(t, &e, "real" SHOWN);
	term_type(t, "/w #g\r");
	expect_shown(t, &e, "about" SHOWN);
	bytes = term_bytes(t, &n);
	assert_null(memmem(bytes, n, "\033[31mx", 6));
	assert_null(memmem(bytes, n, "\xe2\x80\xae", 3));
	assert_null(memchr(bytes, '\a', n));
	close(e.fd);
	close(e.listener);
}

static void
a_flood_leaves_the_last_words(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	int i;

	(void)state;
	for (i = 0; i < 2000; i++)
		client_printf(c, "broadcast - flood %d\r\n", i);
	client_puts(c, "broadcast - the last of it\r\n");
	term_type(t, "typed meanwhile");
	term_await(t, "lineker  the last of it");
	term_await_row_is(t, -1, "> typed meanwhile");
	for (i = 0; i <= 2000; i++)
		client_reply(c);
}

enum {
	FLOOD = 5000,
	BATCH = 100, /* on their way at once */
	FRAME_MS = 16,
	FRAME_BYTES = 24 * 80 * 5 /* more than one that draws every cell anew */
};

/* watched: what it shows is taken in meanwhile. */
/* t, where there is one, shows meanwhile what it likes. */
static void
pour(struct client *c, struct term *t, const char *word)
{
	int i, n;

	for (i = 0; i < FLOOD; i += BATCH) {
		for (n = i; n < i + BATCH; n++)
			client_printf(c, "broadcast - %s %d and more\r\n",
			    word, n);
		for (n = 0; n < BATCH; n++)
			client_reply(c);
		if (t != NULL)
			term_take(t);
	}
}

/* Nothing is being written: what was typed is shown behind all else. */
static void
await_quiet(struct term *t)
{
	term_await(t, "Active");
	term_type(t, "x");
	term_await_row_is(t, -1, "> x");
	term_type(t, "\b");
	term_await_row_is(t, -1, ">");
	term_await_cursor(t, 23, 2);
}

static void
a_flood_is_drawn_by_the_clock(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	long long began = now_ms();
	size_t before, after, frames;

	(void)state;
	term_bytes(t, &before);
	pour(c, t, "flood");
	term_await(t, "flood 4999 and");
	term_bytes(t, &after);
	frames = (size_t)(now_ms() - began) / FRAME_MS + 2;
	assert_in_range(after - before, 1, frames * FRAME_BYTES);
}

static void
a_terminal_that_stands_still_is_waited_for(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya"), *other;
	struct term *t = person_open(s, "messi", 24, 80);
	size_t before, after;

	(void)state;
	await_quiet(t);
	term_stall(t, true);
	term_bytes(t, &before);
	pour(c, NULL, "unseen");
	pour(c, NULL, "flood");
	other = client_watching(s, "henderson", "surabaya");
	/* It hears and is heard, though it cannot be seen. */
	term_type(t, "typed blindly\r");
	expect_json(client_event_of(other, "message"),
	    "{'from':'messi','text':'typed blindly'}");
	term_stall(t, false);
	term_await(t, "flood 4999 and");
	term_bytes(t, &after);
	assert_in_range(after - before, 1, 40 * FRAME_BYTES);
	term_type(t, "/quit\r");
	term_await_end(t);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(control_characters_are_pictures),
		T(every_width_is_as_it_was_reckoned),
		T(several_lines_stay_several_lines),
		T(further_lines_stand_under_the_text),
		T(names_and_topics_are_as_harmless_as_texts),
		T(a_flood_leaves_the_last_words),
		T(a_flood_is_drawn_by_the_clock),
		T(a_terminal_that_stands_still_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
