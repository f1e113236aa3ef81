/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking for words while one types them, and going where they were said. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/load.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static const char ctrl_s[] = "\023", escape[] = "\033", up[] = "\033[A",
    down[] = "\033[B", page_up[] = "\033[5~", page_down[] = "\033[6~";
/* The wheel: so little at once that nothing passes unseen. */
static const char wheel_up[] = "\033[<64;5;5M", wheel_down[] = "\033[<65;5;5M";
#define FOUR(s) s s s s
static const char far_up[] = FOUR("\033[<64;5;5M"),
    far_down[] = FOUR("\033[<65;5;5M");

static void
hits_come_while_one_types(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;

	(void)state;
	client_ask(c, "broadcast - the horse eats");
	client_ask(c, "send - messi the house is red");
	client_ask(c, "broadcast - a cow");
	t = person_open(s, "messi", 24, 100);
	term_type(t, "half a line");
	term_await_row_is(t, -1, "> half a line");
	term_type(t, ctrl_s);
	term_await_row_is(t, -1, "search>");
	term_await(t, "Type what to look for.");
	term_await(t, "Esc goes back");
	term_type(t, "HO");
	term_await(t, "2 found");
	term_await(t, "everyone  lineker");
	term_await(t, "lineker  lineker");
	term_await(t, "    the horse eats");
	term_await(t, "    the house is red");
	assert_false(term_shows(t, "a cow"));
	term_type(t, "us");
	term_await(t, "1 found");
	term_await_gone(t, "the horse eats");
	term_type(t, "x");
	term_await(t, "nothing found");
	term_type(t, "\b\b\b\b\b");
	term_type(t, "eats the"); /* both, in any order */
	term_await(t, "1 found");
	term_await(t, "    the horse eats");
	term_type(t, escape);
	term_await_row_is(t, -1, "> half a line");
	term_await(t, "a cow");
}

static bool
is_bold(struct term *t, const char *text, int offset)
{
	int row, col;

	assert_true(term_find(t, text, &row, &col));
	return term_look_at(t, row, col + offset).bold;
}

static void
every_word_stands_out(void **state)
{
	static const char hit[] = "    the horse eats";
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;

	(void)state;
	client_ask(c, "broadcast - the horse eats");
	client_ask(c, "broadcast - %s", "\xc3\x89tude at sea");
	t = person_open(s, "messi", 24, 100);
	term_type(t, ctrl_s);
	term_type(t, "eats the");
	term_await(t, "1 found");
	term_await(t, hit);
	assert_true(is_bold(t, hit, 4));   /* the */
	assert_false(is_bold(t, hit, 8));  /* horse */
	assert_true(is_bold(t, hit, 14));  /* eats */
	term_type(t, "\025\xc3\xa9tude");
	term_await_gone(t, hit);
	term_await(t, "    \xc3\x89tude");
	assert_true(is_bold(t, "    \xc3\x89tude", 4));
	assert_false(is_bold(t, "    \xc3\x89tude", 10));
}

static void
enter_goes_there_and_escape_back(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	int i, row, col;

	(void)state;
	client_ask(c, "send - messi needle in private");
	for (i = 1; i <= 700; i++)
		client_ask(c, "broadcast - line %d.%s", i,
		    i == 40 ? " needle" : "");
	t = person_open(s, "messi", 24, 80);
	term_await(t, "line 700.");
	term_type(t, "/search needle\r");
	term_await_row_is(t, -1, "search> needle");
	term_await(t, "2 found");
	term_type(t, down);
	term_await(t, "> 20");
	term_type(t, up);
	term_type(t, "\r");
	term_await(t, "line 40. needle");
	term_await(t, "line 39.");
	term_await(t, "line 41.");
	assert_true(term_find(t, "lineker  line 40. needle", &row, &col));
	assert_true(term_look_at(t, row, col).reverse);
	assert_false(term_look_at(t, row - 1, col).reverse);
	term_await_row_is(t, -1, ">");
	term_type(t, escape);
	term_await_gone(t, "line 40. needle");
	term_await(t, "line 700.");
	/* To another conversation, and back to where one had scrolled. */
	term_type(t, "\033[5~"); /* PgUp */
	term_await(t, "line 670.");
	term_type(t, ctrl_s);
	term_type(t, "private");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await(t, "needle in private");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, escape);
	term_await_row_is(t, -1, ">");
	term_await(t, "line 670.");
}

/* A page down whenever the last one has done something. */
static bool
page_on(struct term *t, void *arg)
{
	char *before = arg, now[512];
	size_t n;

	if (term_shows(t, "message 1 "))
		return true;
	n = (size_t)snprintf(now, sizeof(now), "%s", term_row(t, 1));
	snprintf(now + n, sizeof(now) - n, "%s", term_row(t, 3));
	if (strcmp(now, before) != 0) {
		memcpy(before, now, sizeof(now));
		term_type(t, page_down);
	}
	return false;
}

static void
the_list_goes_on_to_the_oldest(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t;
	char before[512] = "";
	int i;

	(void)state;
	for (i = 1; i <= 900; i++)
		client_ask(c, "broadcast - message %d of the needle", i);
	t = person_open(s, "messi", 24, 100);
	term_type(t, ctrl_s);
	term_type(t, "needle");
	term_await(t, " found, more further back");
	term_await(t, "message 900 ");
	term_resize(t, 12, 40);
	term_await(t, " found, and more");
	term_await_row(t, 1, "Enter goes there");
	term_resize(t, 24, 100);
	term_await(t, " found, more further back");
	term_await_that(t, page_on, before, "the first message");
	term_await(t, "900 found");
	assert_false(term_shows(t, "further back"));
	term_type(t, "\r");
	term_await(t, "lineker  message 1 of the needle");
}

/* So many messages, of which the 40th has the word. */
static struct server *
server_of_long_history(int count)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "henderson", "surabaya");
	struct sender from;
	int i;

	for (i = 1; i < 40; i++)
		client_ask(c, "broadcast - line %d.", i);
	client_ask(c, "broadcast - line 40. needle");
	sender_init(&from, s, 0, "lineker", "broadcast", NULL);
	sender_connect(&from);
	while (from.next < count) {
		sender_fill(&from);
		senders_wait(&from, 1, -1, 1000);
		sender_take(&from, false);
	}
	while (!sender_finish(&from)) {
		senders_wait(&from, 1, -1, 1000);
		sender_take(&from, false);
	}
	sender_release(&from);
	client_ask(c, "broadcast - the last");
	return s;
}

/* A key, again and again, until that is seen. */
struct pressing {
	const char *key, *text;
	char before[512]; /* what stood above the divider, and in it */
};

static bool
press_on(struct term *t, void *arg)
{
	struct pressing *p = arg;
	char now[512];
	int row = 2, col;
	size_t n;

	if (term_shows(t, p->text))
		return true;
	(void)term_find(t, "─ a gap, then", &row, &col);
	(void)term_find(t, "; End goes there", &row, &col);
	n = (size_t)snprintf(now, sizeof(now), "%s", term_row(t, row - 1));
	snprintf(now + n, sizeof(now) - n, "%s", term_row(t, row));
	if (strcmp(now, p->before) != 0) {
		memcpy(p->before, now, sizeof(now));
		term_type(t, p->key);
	}
	return false;
}

static void
press_until(struct term *t, const char *key, const char *text)
{
	struct pressing p = { .key = key, .text = text };

	term_await_that(t, press_on, &p, text);
}

static void
go_to_needle(struct term *t)
{
	term_type(t, ctrl_s);
	term_await_row_is(t, -1, "search>");
	term_type(t, "needle");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await(t, "henderson  line 40. needle");
}

static void
what_is_far_back_is_shown_with_a_gap(void **state)
{
	struct server *s = server_of_long_history(2500);
	struct client *c = client_as(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "the last");
	go_to_needle(t);
	term_await(t, "line 39.");
	term_await(t, "lineker  0 0");
	term_await(t, "a gap, then the newest; End goes there");
	term_await(t, "the last");
	/* Up to the beginning; then down, further than was fetched. */
	press_until(t, wheel_up, "the beginning");
	term_await(t, "line 1.");
	press_until(t, wheel_down, "lineker  0 200 ");
	/* A bare page to copy from is of there, too. */
	term_type(t, "\033OR");
	term_await(t, "lineker: 0 200");
	term_type(t, "x"); /* which only leads back */
	term_await(t, "a gap, then the newest");
	/* What comes is seen below, and the place stays. */
	client_ask(c, "broadcast - something new");
	term_await(t, "1 new below; End goes there");
	term_await(t, "something new");
	assert_true(term_shows(t, "lineker  0 200"));
	term_type(t, "own words\r");
	term_await(t, "messi  own words");
	assert_true(term_shows(t, "lineker  0 200"));
	term_type(t, "\033[F"); /* End */
	term_await_gone(t, "goes there");
	term_await(t, "messi  own words");
	term_await(t, "the last");
	assert_false(term_shows(t, "0 200"));
}

static void
a_gap_closes_when_one_reads_on(void **state)
{
	struct server *s = server_of_long_history(1400);
	struct term *t = person_open(s, "messi", 50, 80);
	char text[32];
	int i;

	(void)state;
	term_await(t, "the last");
	go_to_needle(t);
	term_await(t, "a gap, then the newest");
	/* Line by line, none is left out. */
	for (i = 100; i <= 1300; i += 100) {
		snprintf(text, sizeof(text), "lineker  0 %d ", i);
		press_until(t, far_down, text);
	}
	press_until(t, far_down, "lineker  0 1380 ");
	term_await_gone(t, "a gap");
	/* All between is held now. */
	server_kill(s);
	term_await_row(t, 0, "no connection");
	press_until(t, far_up, "line 40. needle");
	term_await(t, "the newest; End goes there");
}

static void
escape_leads_back_from_far_away(void **state)
{
	struct server *s = server_of_long_history(2500);
	struct term *t = person_open(s, "messi", 24, 80);
	char row[256];

	(void)state;
	term_await(t, "the last");
	term_type(t, page_up);
	term_await(t, "the newest; End goes there");
	snprintf(row, sizeof(row), "%s", term_row(t, 5));
	go_to_needle(t);
	term_type(t, escape);
	term_await_gone(t, "needle");
	term_await_row(t, 5, row);
	term_await(t, "the newest; End goes there");

	/* From one far place to another, and back. */
	go_to_needle(t);
	term_type(t, "/search 1100\r");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await(t, "lineker  0 1100");
	term_await(t, "lineker  0 1101");
	term_await(t, "a gap, then the newest");
	term_type(t, escape);
	term_await(t, "lineker  0 0");
	term_await(t, "line 40. needle");
	term_await_gone(t, "0 1100");
	term_await(t, "a gap, then the newest");
	/* The server away: it stays, and goes on when that is back. */
	server_kill(s);
	term_await_row(t, 0, "no connection");
	assert_true(term_shows(t, "lineker  0 0"));
	server_start(s);
	term_await_row(t, 0, "online");
	press_until(t, wheel_down, "lineker  0 300 ");
	term_await(t, "a gap, then the newest");
	/* Another conversation, and here again: it is fetched anew. */
	term_type(t, "/w lineker\r");
	term_await_row_is(t, -1, "lineker>");
	term_await_gone(t, "0 300 ");
	term_type(t, "\0331");
	term_await(t, "lineker  0 300 ");
	term_await(t, "a gap, then the newest");
}

static void
what_is_held_is_found_while_the_server_is_away(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "say - * %s", "\"caf\\u00c9 open\\nnow\\u202e\"");
	term_await(t, "open");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_type(t, ctrl_s);
	term_type(t, "fé OP");
	term_await(t, "1 found here; the server is away");
	term_await(t, "    cafÉ open now<U+202E>");
	/* As soon as it is back it is asked. */
	server_start(s);
	term_await_row(t, 0, "online");
	term_await_gone(t, "the server is away");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await_row_is(t, -1, ">");
	term_await(t, "lineker  cafÉ open");
}

/* The word that was found is in sight in every row of the list. */
static void
little_room_is_for_the_text(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	size_t i;

	(void)state;
	for (i = 0; i < 12; i++)
		client_ask(c, "broadcast - %zu talks a while, and only then "
		    "of the needle, and on about other things", i);
	term_type(t, ctrl_s);
	term_type(t, "the needle");
	term_await(t, "12 found");
	term_await_row(t, 1, "Enter goes there  Up, Down choose");
	term_await_row_is(t, 3, "    …le, and only then of the needle, and on "
	    "about other things │ messi");
	term_resize(t, 12, 40);
	term_await_row_is(t, 1, "12 found                Enter goes there");
	term_await_row(t, 2, "everyone  lineker");
	term_await_row_is(t, 3, "    …then of the needle, and on about o…");
	term_resize(t, 7, 40);
	term_await_row_is(t, 1, "> lineker  …n of the needle, and on abo…");
	term_await_row_is(t, 2, "  lineker  …n of the needle, and on abo…");
	assert_string_equal(
	    term_row(t, 0), "12 found                Enter goes there");
	term_resize(t, 5, 20);
	term_await_row_is(t, 1, "> …f the needle, an…");
	term_await_row_is(t, 0, "12 found");
	/* The title gives way to the first of the keys. */
	server_kill(s);
	term_resize(t, 12, 40);
	term_type(t, " and");
	term_await_row_is(t, 1, "12 found here; the s…   Enter goes there");
}

/* It went with the connection, and is asked again with the next one. */
static void
a_lost_question_is_not_waited_for(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "broadcast - a needle");
	term_await(t, "a needle");
	server_signal(s, SIGSTOP);
	term_type(t, ctrl_s);
	term_type(t, "needle");
	term_await(t, "1 found, searching");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_await(t, "1 found here; the server is away");
	server_start(s);
	term_await_row(t, 0, "online");
	term_await_gone(t, "the server is away");
	term_await_gone(t, "searching");
	term_await(t, "1 found");
}

static void
it_fits_any_screen(void **state)
{
	static const int size[][2] = { { 24, 80 }, { 12, 40 }, { 5, 20 },
		{ 50, 200 }, { 2, 8 }, { 1, 1 }, { 24, 80 } };
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	size_t i;

	(void)state;
	for (i = 0; i < 12; i++)
		client_ask(c, "broadcast - %zu 日本語 and a needle that stands "
		    "far behind what fits into a row", i);
	term_type(t, ctrl_s);
	term_type(t, "needle");
	term_await(t, "12 found");
	for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		term_resize(t, size[i][0], size[i][1]);
		if (size[i][0] > 2)
			term_await_row(t, -1, "needle");
		term_type(t, down);
	}
	term_await(t, "12 found");
	term_type(t, "\003");
	term_await_row_is(t, -1, ">");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(hits_come_while_one_types),
		T(every_word_stands_out),
		T(enter_goes_there_and_escape_back),
		T(the_list_goes_on_to_the_oldest),
		T(what_is_far_back_is_shown_with_a_gap),
		T(a_gap_closes_when_one_reads_on),
		T(escape_leads_back_from_far_away),
		T(what_is_held_is_found_while_the_server_is_away),
		T(little_room_is_for_the_text),
		T(a_lost_question_is_not_waited_for),
		T(it_fits_any_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
