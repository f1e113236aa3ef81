/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copy mode, and links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define F3 "\033OR"
#define LINK "https://example.org/a/long/way/that/does/not/fit/into/one/" \
	"row/of/a/screen/of/eighty/columns?at=all"

static bool
sent(struct term *t, const char *what)
{
	size_t n;
	const char *p = term_bytes(t, &n);

	return memmem(p, n, what, strlen(what)) != NULL;
}

static void
a_key_leaves_nothing_but_the_lines(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - see " LINK " and say");
	term_await(t, "lineker  see");
	term_type(t, "half a wo");
	term_await_row_is(t, -1, "> half a wo");
	assert_false(sent(t, "lineker: see"));
	term_type(t, F3);
	term_await_row(t, -1, "any other key goes back.");
	assert_false(term_shows(t, "online"));
	assert_false(term_shows(t, "│"));
	assert_false(term_shows(t, "half a wo"));
	term_await(t, "lineker: see " "https://example.org/a/long/way");
	/* Whole, as the terminal gets it, and told to be a link. */
	assert_true(sent(t, "lineker: see \033]8;;" LINK "\033\\" LINK
	    "\033]8;;\033\\ and say\r\n"));
	/* Nothing moves, and nothing is lost. */
	client_ask(c, "broadcast - came meanwhile");
	term_send(t, "q", 1);
	term_await(t, "lineker  came meanwhile");
	term_await(t, "│ Active");
	term_await_row_is(t, -1, "> half a wo");
}

/* Nor in what is copied. */
static void
nobody_speaks_for_another_there(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "say - * %s", "\"one two\\nmessi: forged\"");
	term_await(t, "lineker  one two");
	term_type(t, F3);
	term_await(t, "lineker: one two");
	term_await(t, "  messi: forged");
	assert_true(sent(t, "lineker: one two\r\n  messi: forged\r\n"));
}

static void
pages_are_turned(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;

	(void)state;
	for (int i = 1; i <= 45; i++)
		client_ask(c, "broadcast - line %d.", i);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "line 45.");
	term_type(t, F3);
	term_await_row(t, -1, "Copy mode");
	assert_true(term_shows(t, "lineker: line 45."));
	term_type(t, "\033[5~");
	term_await(t, "lineker: line 10.");
	assert_false(term_shows(t, "line 45."));
	term_type(t, "\033[6~");
	term_await(t, "lineker: line 45.");
	/* By one: what the wheel is in the alternate screen. */
	term_type(t, "\033OA\033[A");
	term_await_gone(t, "line 45.");
	assert_true(term_shows(t, "lineker: line 44."));
	term_type(t, "\033[B");
	term_await(t, "lineker: line 45.");
	assert_false(term_shows(t, "45 new"));
	term_type(t, "\033[H");
	term_await(t, "lineker: line 1.");
	term_type(t, "\033OF");
	term_await(t, "45 new");
	/* A paste is for the line. */
	term_type(t, "\033[200~pasted\033[201~");
	term_await_row_is(t, -1, "> pasted");
	term_await(t, "lineker  line 45.");
}

static void
it_follows_the_size_of_the_window(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - a short one");
	term_await(t, "lineker  a short one");
	term_type(t, F3);
	term_await_row(t, -1, "Copy mode");
	term_resize(t, 12, 40);
	term_await_row_is(t, -1, "↑ ↓ PgUp PgDn; another key goes back");
	term_await(t, "lineker: a short one");
	term_type(t, "x");
	term_await(t, "1:everyone");
	term_await_row_is(t, -1, ">");
}

static void
old_terminals_get_no_sequences(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya",
		"TERM=vt100", NULL };
	const struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	(void)state;
	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "online");
	client_ask(c, "broadcast - see " LINK);
	term_await(t, "lineker  see");
	term_type(t, F3);
	term_await_row(t, -1, "any other key goes back.");
	assert_true(sent(t, "lineker: see " LINK "\r\n"));
	assert_false(sent(t, "\033]"));
}

/* How often it was sent from the byte at from on. */
static size_t
times_sent(struct term *t, size_t from, const char *what)
{
	size_t n, found = 0, len = strlen(what);
	const char *p = term_bytes(t, &n), *end = p + n;

	for (p += from; (p = memmem(p, (size_t)(end - p), what, len)) != NULL;
	    p += len)
		found++;
	return found;
}

static void
pieces_of_a_link_are_told_as_the_whole(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - see " LINK " and\033]8;;http://b/\007say");
	term_await(t, "lineker  see");
	term_await(t, "say");
	term_type(t, "typed");
	term_await_row_is(t, -1, "> typed");
	/* It stands in several rows, and each names all of it. */
	assert_true(times_sent(t, 0, ";" LINK "\033\\https://example.org/") ==
	    1);
	assert_true(times_sent(t, 0, ";" LINK "\033\\") > 1);
	assert_int_equal(times_sent(t, 0, "\033]8;;http"), 0);
	assert_int_equal(times_sent(t, 0, "\033]8;id="),
	    times_sent(t, 0, "\033]8;;\033\\"));
	/* What is not drawn anew is not told again. */
	term_type(t, " more");
	term_await_row_is(t, -1, "> typed more");
	assert_true(times_sent(t, 0, ";" LINK "\033\\https://example.org/") ==
	    1);
}

/* Another text in the same place: curses leaves cells that stay the same. */
/* What is told of links is sent behind the cells that it is told of. */
struct sent {
	size_t from;
	const char *bytes;
};

static bool
was_sent_once(struct term *t, void *arg)
{
	const struct sent *want = arg;

	return times_sent(t, want->from, want->bytes) == 1;
}

/* Once for each row that it stood in: it moves when the next message comes. */
static bool
was_sent(struct term *t, void *arg)
{
	const struct sent *want = arg;

	return times_sent(t, want->from, want->bytes) > 0;
}

static void
where_a_link_has_gone_nothing_of_it_stays(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	size_t from;

	(void)state;
	client_ask(c, "broadcast - https://a.example/1");
	client_ask(c, "send - messi https:// a.example/1");
	term_await(t, "lineker  https://a.example/1");
	term_await_row(t, -2, "2:lineker(1)");
	term_type(t, "x");
	term_await_row_is(t, -1, "> x");
	term_await_that(t, was_sent_once, &(struct sent){ 0, "8;id=" },
	    "a link once");
	(void)term_bytes(t, &from);
	term_type(t, "\0332");
	term_await(t, "lineker  https:// a.example/1");
	term_await_row_is(t, -1, "lineker>");
	assert_int_equal(times_sent(t, from, "https:// a.example/1"), 1);
	assert_int_equal(times_sent(t, from, "8;id="), 0);
	term_type(t, "\0331");
	term_await_row_is(t, -1, "> x");
	term_await_that(t, was_sent_once,
	    &(struct sent){
		from, ";https://a.example/1\033\\https://a.ex" },
	    "the link again");
}

static void
the_links_of_a_conversation_are_listed(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/links\r");
	term_await(t, "no links here");
	client_ask(c, "broadcast - (https://a.example/1), http://b.example.");
	client_ask(c, "broadcast - again https://a.example/1");
	client_ask(c, "broadcast - and ftp://c.example");
	term_await(t, "and ftp://c.example");
	term_type(t, "/links\r");
	term_await(t, "the links of this conversation, the newest last:");
	term_await(t, "lineker: ftp://c.example");
	assert_true(term_shows(t, "lineker: http://b.example"));
	assert_false(term_shows(t, "lineker: http://b.example."));
	assert_true(term_shows(t, "lineker: https://a.example/1"));
}

/* What libvterm made of it stands beside it, cell by cell. */
static void
a_link_of_any_script_is_one(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - lihat https://ex.example/é漢?q=a。");
	client_ask(c, "broadcast - dan https://例え.example/x, ya");
	term_await(t, "lineker  dan https://例え.example/x, ya");
	term_await(t, "lineker  lihat https://ex.example/é漢?q=a。");
	term_await_that(t, was_sent, &(struct sent){ 0,
	    ";https://ex.example/%C3%A9%E6%BC%A2?q=a\033\\"
	    "https://ex.example/é漢?q=a\033]8;;" }, "the first link");
	term_await_that(t, was_sent, &(struct sent){ 0,
	    ";https://%E4%BE%8B%E3%81%88.example/x\033\\"
	    "https://例え.example/x\033]8;;" }, "the second link");
	term_await(t, "lineker  dan https://例え.example/x, ya");
}

#define FITS "https://ex.example/a-b/c-d/e-f?g=h&i=j-k"

static void
a_link_is_not_broken_where_it_need_not_be(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - so lihat dulu " FITS " lalu kerjakan");
	client_ask(c, "broadcast - see " LINK " too");
	term_await(t, "lineker  so lihat dulu   ");
	term_await(t, "                  " FITS " lalu");
	/* One that is longer than a row begins on one, and is cut at its end. */
	term_await(t, "lineker  see   ");
	term_await(t, "  https://example.org/a/long/way/that/does/not/");
	term_await(t, "  fit/into/one/row/of/a/screen/of/eighty/column");
	term_await(t, "  s?at=all too");
	term_resize(t, 12, 48); /* no times, no users */
	term_await(t, "  " FITS);
	term_resize(t, 12, 40);
	term_await(t, "  https://ex.example/a-b/c-d/e-f?g=h&i=j");
	term_await(t, "  -k lalu kerjakan");
	term_await(t, "  https://example.org/a/long/way/that/do");
}

static void
a_link_is_copied_by_its_number(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/open\r");
	term_await(t, "no links here");
	client_ask(c, "broadcast - http://a.example/1 http://b.example/2");
	term_await(t, "http://b.example/2");
	term_type(t, "\025/links\r");
	term_await(t, "1  20");
	term_await(t, "2  20");
	term_await(t, "lineker: http://b.example/2");
	/* What is said behind the list moves no number. */
	client_ask(c, "broadcast - http://c.example/3");
	term_await(t, "http://c.example/3");
	term_type(t, "/open 2\r");
	term_await(t, "copied, where the terminal lets us: http://b.example/2");
	term_await_that(t, was_sent_once, &(struct sent){ 0,
	    "\033]52;c;aHR0cDovL2IuZXhhbXBsZS8y\033\\" }, "the second");
	term_type(t, "/open\r");
	term_await(t, "copied, where the terminal lets us: http://c.example/3");
	term_await_that(t, was_sent_once, &(struct sent){ 0,
	    "\033]52;c;aHR0cDovL2MuZXhhbXBsZS8z\033\\" }, "the newest");
	term_type(t, "/open 3\r");
	term_await(t, "/open: a number from 1 to 2, as /links lists them");
	assert_int_equal(times_sent(t, 0, "\033]52;"), 2);
}

/* A program that writes what it is given into a file of its home. */
static char *
make_program(const char *home)
{
	char *path = xasprintf("%s/opener", home);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n"
	    "for a in \"$@\"; do printf '[%%s]' \"$a\"; done >\"$HOME/new\"\n"
	    "mv \"$HOME/new\" \"$HOME/given\"\n");
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

struct given {
	const char *home, *text;
};

static bool
was_given(struct term *t, void *arg)
{
	const struct given *want = arg;
	char *path = xasprintf("%s/given", want->home), got[512] = "";
	FILE *f = fopen(path, "r");
	size_t n;

	(void)t;
	free(path);
	if (f == NULL)
		return false;
	n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	return n == strlen(want->text) && memcmp(got, want->text, n) == 0;
}

/* Only what the person has set is started, and no shell sees the link. */
static void
a_program_opens_it_where_one_is_set(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	const char *home = term_home(t);
	char *program = make_program(home);
	char *line = xasprintf("/set open-with %s --new -x\r", program);

	(void)state;
	client_ask(c, "broadcast - http://a.example/$(touch%%20x);é&'b'y");
	term_await(t, "'b'y");
	term_type(t, line);
	term_await_row_is(t, -1, ">");
	term_type(t, "/open\r");
	term_await(t, "opened: http://a.example/$(touch%20x);é&'b'y");
	term_await_that(t, was_given, &(struct given){ home, "[--new][-x]"
	    "[http://a.example/$(touch%20x);%C3%A9&'b'y]" },
	    "the program was not given the link");
	assert_int_equal(times_sent(t, 0, "\033]52;"), 0);
	term_type(t, "/set open-with /nonexistent\r");
	term_await_row_is(t, -1, ">");
	term_type(t, "/open\r");
	term_await(t, "/nonexistent: No such file or directory");
	free(line);
	free(program);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_key_leaves_nothing_but_the_lines),
		T(nobody_speaks_for_another_there),
		T(pages_are_turned),
		T(it_follows_the_size_of_the_window),
		T(old_terminals_get_no_sequences),
		T(pieces_of_a_link_are_told_as_the_whole),
		T(where_a_link_has_gone_nothing_of_it_stays),
		T(the_links_of_a_conversation_are_listed),
		T(a_link_of_any_script_is_one),
		T(a_link_is_not_broken_where_it_need_not_be),
		T(a_link_is_copied_by_its_number),
		T(a_program_opens_it_where_one_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
