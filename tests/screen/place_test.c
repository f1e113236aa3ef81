/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where one was in a conversation while another is shown. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define PAGE_UP "\033[5~"
#define END "\033[F"
#define ALT_1 "\0331"
#define ALT_2 "\0332"
#define ALT_3 "\0333"
#define CTRL_S "\023"
#define CTRL_N "\016"
#define DOWN "\033[B"

enum {
	UPPER = 16, /* rows up to the divider */
	STREAM = 60 /* bytes of a row, not as far as the users' pane */
};

static void
say_lines(struct client *c, const char *what, int from, int to)
{
	for (int i = from; i <= to; i++)
		client_ask(c, "%s line %d.", what, i);
}

/* In everyone's conversation and in lineker's there is more than a page, a
 * word of henderson's in a third. */
static struct server *
talking_server(struct client **lineker)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);

	*lineker = client_as(s, "lineker", "surabaya");
	say_lines(*lineker, "broadcast -", 1, 300);
	say_lines(*lineker, "send - messi private", 1, 60);
	client_ask(client_as(s, "henderson", "surabaya"), "send - messi hai");
	return s;
}

static struct term *
messi_at(struct server *s)
{
	struct term *t = person_open(s, "messi", 24, 80);

	term_await(t, "line 300.");
	term_await_row(t, -2, "lineker(60)");
	term_await_row(t, -2, "henderson(1)");
	return t;
}

/* What is read, above the divider. */
struct place {
	char row[UPPER][STREAM];
};

static void
note_place(struct term *t, struct place *p)
{
	for (int i = 1; i < UPPER; i++)
		snprintf(p->row[i], STREAM, "%s", term_row(t, i));
}

static bool
is_place(struct term *t, void *arg)
{
	const struct place *p = arg;

	for (int i = 1; i < UPPER; i++)
		if (strncmp(term_row(t, i), p->row[i], STREAM - 1) != 0)
			return false;
	return true;
}

/* All of it is another one, and what was to be fetched for it is there. */
static bool
is_elsewhere(struct term *t, void *arg)
{
	const struct place *p = arg;

	for (int i = 1; i < UPPER; i++)
		if (strncmp(term_row(t, i), p->row[i], STREAM - 1) == 0)
			return false;
	return term_shows(t, "goes there") && !term_shows(t, "older ");
}

/* So many pages up, one after the other. */
static void
page_up(struct term *t, int pages)
{
	struct place p;

	while (pages-- > 0) {
		note_place(t, &p);
		term_type(t, PAGE_UP);
		term_await_that(t, is_elsewhere, &p, "another page");
	}
}

static void
await_place(struct term *t, struct place *p)
{
	term_await_that(t, is_place, p, "the place");
}

static void
each_keeps_its_place(void **state)
{
	struct client *c;
	struct server *s = talking_server(&c);
	struct term *t = messi_at(s);
	struct place all, one;

	(void)state;
	page_up(t, 3);
	note_place(t, &all);
	term_type(t, ALT_3);
	term_await_row(t, -1, "henderson>");
	term_await_gone(t, "goes there");
	term_type(t, ALT_1);
	await_place(t, &all);
	/* Several, each its own, whichever way one goes. */
	term_type(t, "/w lineker\r");
	term_await(t, "private line 60.");
	term_await_cursor(t, 23, 9);
	term_type(t, PAGE_UP);
	term_await(t, "goes there");
	note_place(t, &one);
	term_type(t, CTRL_N);
	term_await_row(t, -1, "henderson>");
	term_type(t, "/w *\r");
	await_place(t, &all);
	term_type(t, "/w lineker\r");
	await_place(t, &one);
	/* Whatever is said meanwhile, and whichever size the screen takes. */
	say_lines(c, "broadcast - new", 1, 3);
	term_await_row(t, -2, "1:everyone(3)");
	term_resize(t, 12, 40);
	term_type(t, ALT_1);
	term_await_row_is(t, -1, ">");
	term_await(t, "3 new below");
	assert_false(term_shows(t, "line 300."));
	term_type(t, ALT_2);
	term_await_row(t, -2, "2:lineker");
	term_resize(t, 24, 80);
	term_type(t, ALT_1);
	await_place(t, &all);
	term_await(t, "3 new below; End goes there");
	term_await(t, "new line 3.");
	/* A group that one joins is shown, and this as it was. */
	term_type(t, "/join #batak\r");
	term_await(t, "you have joined #batak");
	term_type(t, ALT_1);
	await_place(t, &all);
	/* What a command says is seen. */
	term_type(t, "/unread\r");
	term_await_gone(t, "goes there");
	term_await(t, "new line 3.");
}

/* And what comes is seen there. */
static void
the_end_stays_the_end(void **state)
{
	struct client *c;
	struct server *s = talking_server(&c);
	struct term *t = messi_at(s);

	(void)state;
	page_up(t, 2);
	term_type(t, END);
	term_await_gone(t, "goes there");
	term_type(t, ALT_2);
	term_await(t, "private line 60.");
	say_lines(c, "broadcast - new", 1, 40);
	term_await_row(t, -2, "1:everyone(40)");
	term_type(t, ALT_1);
	term_await(t, "new line 40.");
	term_await_gone(t, "goes there");
	term_await_row(t, -2, "1:everyone  ");
	client_ask(c, "broadcast - one more");
	term_await(t, "one more");
}

/* So many come that the oldest, among which one reads, are dropped. */
static void
a_place_that_was_dropped_is_fetched(void **state)
{
	struct client *c;
	struct server *s = talking_server(&c);
	struct term *t = messi_at(s);
	struct place all;

	(void)state;
	page_up(t, 9);
	note_place(t, &all);
	term_type(t, ALT_3);
	term_await_row(t, -1, "henderson>");
	say_lines(c, "broadcast - new", 1, 5100);
	term_await_row(t, -2, "1:everyone(5100)");
	term_type(t, ALT_1);
	await_place(t, &all);
	term_await(t, "5100 new below; End goes there");
	term_await(t, "new line 5100.");
	/* Nor is it lost where the server is away when one comes back. */
	term_type(t, ALT_3);
	term_await_row(t, -1, "henderson>");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_type(t, ALT_1);
	term_await_row_is(t, -1, ">");
	server_start(s);
	await_place(t, &all);
	term_type(t, END);
	term_await_gone(t, "goes there");
	term_await(t, "new line 5100.");
}

/* More was missed than is sent again: what was held is gone. */
static void
a_place_outlives_a_gap(void **state)
{
	struct client *c;
	struct server *s = talking_server(&c);
	struct term *t = messi_at(s);
	struct place all;

	(void)state;
	page_up(t, 3);
	note_place(t, &all);
	assert_int_equal(kill(term_pid(t), SIGSTOP), 0);
	server_kill(s);
	server_start(s);
	c = client_as(s, "lineker", "surabaya");
	say_lines(c, "broadcast - new", 1, 1100);
	assert_int_equal(kill(term_pid(t), SIGCONT), 0);
	term_await(t, "1100 new below; End goes there");
	await_place(t, &all);
}

/* Its words, and which of what it found was chosen. */
static void
a_search_stays_with_its_conversation(void **state)
{
	struct client *c;
	struct server *s = talking_server(&c);
	struct term *t = messi_at(s);
	struct place all;
	char click[32];
	int row, col;

	(void)state;
	page_up(t, 2);
	term_type(t, "half typed");
	note_place(t, &all);
	term_type(t, CTRL_S);
	term_await_row_is(t, -1, "search>");
	term_type(t, "private");
	term_await(t, " found");
	term_type(t, DOWN DOWN DOWN);
	term_await(t, "> 20");
	term_type(t, ALT_3);
	term_await_row_is(t, -1, "henderson>");
	term_await(t, "henderson  hai");
	assert_false(term_shows(t, "found"));
	term_type(t, "another draft");
	term_type(t, ALT_1);
	term_await_row_is(t, -1, "search> private");
	term_await(t, " found");
	/* A click in the bar leads elsewhere, too. */
	assert_true(term_find(t, "3:henderson", &row, &col));
	snprintf(click, sizeof(click), "\033[<0;%d;%dM", col + 2, row + 1);
	term_type(t, click);
	term_await_row_is(t, -1, "henderson> another draft");
	term_type(t, ALT_1);
	term_await_row_is(t, -1, "search> private");
	term_await(t, " found");
	term_type(t, "\r");
	term_await_row_is(t, -1, "lineker>");
	term_await(t, "private line 57.");
	/* What was found there stands out as long as one has not gone on. */
	term_type(t, ALT_3);
	term_await_row_is(t, -1, "henderson> another draft");
	term_type(t, ALT_2);
	term_await(t, "private line 57.");
	term_await_row_is(t, -1, "lineker>");
	assert_true(term_find(t, "lineker  private line 57.", &row, &col));
	assert_true(term_look_at(t, row, col).reverse);
	/* Escape leads to where one was before all that. */
	term_type(t, "\033");
	await_place(t, &all);
	term_await_row_is(t, -1, "> half typed");
}

/* What is found may be further back than all that is held. */
static void
what_was_found_far_back_is_there_again(void **state)
{
	struct client *c;
	struct server *s = talking_server(&c);
	struct term *t;
	struct place found;

	(void)state;
	client_ask(c, "broadcast - needle");
	say_lines(c, "broadcast - more", 1, 1500);
	t = person_open(s, "messi", 24, 80);
	term_await(t, "more line 1500.");
	term_type(t, "/search needle\r");
	term_await(t, "1 found");
	term_type(t, "\r");
	term_await(t, "a gap, then the newest");
	term_await(t, "lineker  needle");
	term_await_cursor(t, 23, 2);
	note_place(t, &found);
	term_type(t, "/w lineker\r");
	term_await_row_is(t, -1, "lineker>");
	term_await_gone(t, "a gap");
	term_type(t, ALT_1);
	await_place(t, &found);
	term_await(t, "a gap, then the newest");
	term_type(t, "\033");
	term_await_gone(t, "a gap");
	term_await(t, "more line 1500.");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_keeps_its_place),
		T(the_end_stays_the_end),
		T(a_place_that_was_dropped_is_fetched),
		T(a_place_outlives_a_gap),
		T(a_search_stays_with_its_conversation),
		T(what_was_found_far_back_is_there_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
