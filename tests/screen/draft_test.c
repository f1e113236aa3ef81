/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed outlives the program, however that ends. */
#include <setjmp.h>
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

/* At chat-tui with what an earlier run has left in that home. */
static struct term *
back_as(const char *user, const struct server *s, const char *home)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .cols = 120, .home = home,
		.env = env };
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "%s@%s", user, server_address(s));
	t = term_open(&o, argv);
	term_await(t, "everyone");
	return t;
}

static struct term *
back(const struct server *s, const char *home)
{
	return back_as("messi", s, home);
}

/* Several lines, here and elsewhere; what is half typed when it is killed. */
static void
drafts_are_there_after_a_kill(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "for all");
	term_type(t, "\033\r"); /* Alt-Enter */
	term_type(t, "to read");
	term_await_row(t, -1, "to read");
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row(t, 0, "messi · online");
	term_await(t, "> for all");
	term_await_row(t, -1, "to read");
	term_type(t, "\r");
	term_await(t, "messi  for all");
	term_await_row_is(t, -1, ">");
	term_kill(t);
	t = back(s, term_home(t));
	term_await(t, "messi  for all");
	term_await_row_is(t, -1, ">");
}

static void
each_conversation_has_its_own(void **state)
{
	struct server *s = server_open(NULL);
	struct client *d = client_watching(s, "henderson", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/w henderson\r");
	term_await_row(t, -1, "henderson>");
	term_type(t, "for him\033\ronly");
	term_await_row(t, -1, "only");
	term_type(t, "\016"); /* Ctrl-N */
	term_await_gone(t, "for him");
	term_type(t, "for everyone");
	term_await_row_is(t, -1, "> for everyone");
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row_is(t, -1, "> for everyone");
	term_await_row(t, -2, "2:henderson");
	term_type(t, "\016");
	term_await(t, "henderson> for him");
	term_await_row(t, -1, "only");
	term_type(t, "\r");
	term_await(t, "messi  for him");
	(void)client_event_of(d, "message");
	expect(d, "history - messi",
	    "{'messages':[{'text':'for him\\nonly'}]}");
}

/* Keys that come in one piece: no frame is drawn between them. */
static void
what_is_typed_behind_a_switch_stands_there(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/w henderson\rhalf a");
	term_await_row_is(t, -1, "henderson> half a");
	term_type(t, "\0331for all\r");
	term_await(t, "messi  for all");
	term_await_row_is(t, -1, ">");
	term_type(t, "/w lineker");
	term_await_row_is(t, -1, "> /w lineker");
	term_type(t, "\r\0332");
	term_await_row_is(t, -1, "henderson> half a");
	term_type(t, "\0331");
	term_await_row_is(t, -1, ">");
}

/* Typed while the server is away, killed, and the server comes back. */
static void
unsent_lines_are_sent_once_after_a_kill(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_type(t, "one\r/msg henderson two\rthree\r");
	term_await_row(t, 0, "3 waiting");
	term_type(t, "half a");
	term_await_row_is(t, -1, "> half a");
	term_kill(t);
	t = back(s, term_home(t));
	term_await(t, "messi  one …");
	term_await(t, "messi  three …");
	term_await_row_is(t, -1, "> half a");
	term_kill(t); /* and once more */
	t = back(s, term_home(t));
	term_await(t, "messi  three …");
	server_start(s);
	term_await_row(t, 0, "messi · online");
	term_await_gone(t, " …");
	expect(client_as(s, "lineker", "surabaya"), "history - *",
	    "{'messages':[{'text':'one'},{'text':'three'}]}");
	expect(client_as(s, "henderson", "surabaya"), "history - messi",
	    "{'messages':[{'text':'two'}]}");
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row(t, 0, "messi · online");
	term_await(t, "messi  three");
	expect(client_as(s, "lineker", "surabaya"), "history - *",
	    "{'messages':[{'text':'one'},{'text':'three'}]}");
}

static void
one_that_is_refused_is_sent_again_or_dropped(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 120);
	struct client *c;

	(void)state;
	term_type(t, "/msg nobody hello?\r");
	term_await(t, "2:nobody");
	term_type(t, "\0332");
	term_await_row(t, -1, "nobody>");
	term_await(t, "hello? ! ");
	term_await(t, "(Alt-S: again, Alt-X: drop)");
	term_type(t, "anyone?\r");
	term_await(t, "anyone? ! ");
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row(t, 0, "messi · online");
	term_type(t, "\0332"); /* Alt-2 */
	term_await_row(t, -1, "nobody>");
	term_await(t, "messi  hello? ! ");
	term_await(t, "messi  anyone? ! ");
	term_type(t, "\033x");
	term_await_gone(t, "hello? !");
	client_ask(client_open(s), "register nobody surabaya");
	c = client_watching(s, "nobody", "surabaya");
	term_type(t, "\033s");
	term_await(t, "messi  anyone?");
	term_await_gone(t, "anyone? !");
	(void)client_event_of(c, "message");
	expect(c, "history - messi",
	    "{'messages':[{'text':'anyone?'}]}");
	term_type(t, "\033s");
	term_await(t, "Nothing was refused here.");
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row(t, 0, "messi · online");
	term_type(t, "/w nobody\r");
	term_await(t, "messi  anyone?");
	assert_false(term_shows(t, "hello?"));
}

/* As it is typed at the login, and as the server spells it. */
static void
what_is_restored_bears_its_name(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = back_as("MESSI", s, NULL);

	(void)state;
	term_await_row(t, 0, "messi · online");
	term_type(t, "/msg nobody hello?\r");
	term_await(t, "2:nobody");
	server_kill(s);
	term_await_row(t, 0, "no connection");
	term_type(t, "one\r");
	term_await(t, "messi  one …");
	term_kill(t);
	t = back_as("MESSI", s, term_home(t));
	term_await(t, "MESSI  one …");
	server_start(s);
	term_await_row(t, 0, "messi · online");
	term_await_gone(t, " …");
	term_await(t, "messi  one");
	term_type(t, "\0332");
	term_await(t, "messi  hello? ! ");
}

/* The second client's stands behind the first's. */
static void
drafts_of_two_at_once_are_both_there(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80), *b;

	(void)state;
	term_type(a, "/w henderson\rfrom one");
	term_await_row_is(a, -1, "henderson> from one");
	b = back(s, term_home(a));
	term_await_row(b, 0, "messi · online");
	term_type(b, "/w henderson\rfrom two");
	term_await_row_is(b, -1, "henderson> from two");
	term_kill(a);
	term_kill(b);
	a = back(s, term_home(a));
	term_await_row(a, -2, "2:henderson");
	term_type(a, "\0332");
	term_await(a, "henderson> from one");
	term_await_row(a, -1, "from two");
	term_kill(a);
	a = back(s, term_home(a)); /* once */
	term_await_row(a, -2, "2:henderson");
	term_type(a, "\0332");
	term_await(a, "henderson> from one");
	term_await_row(a, -1, "from two");
	assert_false(term_shows(a, "two from"));
}

/* Neither /clear nor /close throws away what nobody has. */
static void
what_was_refused_outlives_clear_and_close(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 120);

	(void)state;
	term_type(t, "/msg nobody hello?\r");
	term_await(t, "2:nobody");
	term_type(t, "\0332"); /* Alt-2 */
	term_await(t, "hello? ! ");
	term_type(t, "/help send\r");
	term_await(t, "also /send");
	term_type(t, "/clear\r");
	term_await_gone(t, "also /send");
	assert_true(term_shows(t, "hello? ! "));
	term_type(t, "/close\r");
	term_await(t, "something here was refused: /again sends it");
	term_await_row_is(t, -1, "nobody>");
	term_type(t, "\0331/close nobody\r");
	term_await(t, "something in nobody was refused");
	term_await_row_is(t, -1, ">");
	term_kill(t);
	t = back(s, term_home(t));
	term_type(t, "\033[A"); /* Up: to be mended */
	term_await_row_is(t, -1, "> /close nobody");
	term_type(t, "\025\0332");
	term_await_row(t, -1, "nobody>");
	term_await(t, "hello? ! ");
	term_type(t, "/drop\r");
	term_await_gone(t, "hello? !");
	term_type(t, "/close\r");
	term_await_gone(t, "2:nobody");
}

static void
a_draft_outlives_the_closing_of_its_conversation(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/w henderson\r");
	term_await_row(t, -1, "henderson>");
	term_type(t, "half a");
	term_await_row(t, -1, "half a");
	term_type(t, "\0331/close henderson\r");
	term_await_gone(t, "2:henderson");
	term_type(t, "/w henderson\r");
	term_await_row_is(t, -1, "henderson> half a");
	term_type(t, "\0331/close henderson\r");
	term_await_gone(t, "2:henderson");
	term_await_row_is(t, -1, ">");
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row(t, 0, "messi · online");
	assert_false(term_shows(t, "2:henderson"));
	term_type(t, "/w henderson\r");
	term_await_row_is(t, -1, "henderson> half a");
	term_type(t, "\025/close\r"); /* no draft of its own */
	term_await_gone(t, "2:henderson");
	term_type(t, "/w henderson\r");
	term_await_row_is(t, -1, "henderson>");
}

static bool
holds(struct term *t, const char *what)
{
	char command[256];

	snprintf(command, sizeof(command), "grep -rq -- '%s' '%s'", what,
	    term_home(t));
	return system(command) == 0;
}

static void
a_password_goes_to_no_disk(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "harmless");
	term_await_row_is(t, -1, "> harmless");
	assert_true(holds(t, "harmless"));
	term_type(t, "\025/passwd surabaya geheim");
	term_await_row_is(t, -1, "> /passwd surabaya geheim");
	assert_false(holds(t, "geheim"));
	term_type(t, "\025");
	term_await_row_is(t, -1, ">");
}

/* However it is typed, sent in vain, mended, and taken away. */
static void
nor_one_whose_command_is_mistyped(void **state)
{
	static const char *const line[] = { " /lgin messi geheim",
		"/LOGIN messi geheim", "/logni messi geheim",
		"/passw surabaya geheim", "/pw surabaya geheim",
		"/pasword surabaya geheim", "/loginamy geheim" };
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	for (size_t i = 0; i < sizeof(line) / sizeof(*line); i++) {
		term_type(t, line[i]);
		term_await_row(t, -1, "geheim");
		assert_false(holds(t, "geheim"));
		term_type(t, "\r");
		term_await(t, "there is no /");
		term_await_row_is(t, -1, ">");
		term_type(t, "\033[A"); /* Up: to be mended */
		term_await_row(t, -1, "geheim");
		assert_false(holds(t, "geheim"));
		term_type(t, "\001\004\004\004"); /* Ctrl-A, Ctrl-D */
		term_await_gone(t, line[i]);
		term_await_row(t, -1, "geheim");
		assert_false(holds(t, "geheim"));
		term_type(t, "\005\025");
		term_await_row_is(t, -1, ">");
		term_type(t, "/clear\r");
		term_await_gone(t, "there is no /");
		assert_false(holds(t, "geheim"));
	}
	term_type(t, "said\033\r/login messi geheim");
	term_await_row(t, -1, "geheim");
	assert_false(holds(t, "said"));
	term_type(t, "\003");
	term_await_row_is(t, -1, ">");
	term_type(t, "geheim messi");
	term_await_row_is(t, -1, "> geheim messi");
	assert_true(holds(t, "geheim"));
	term_type(t, "\001/login ");
	term_await_row_is(t, -1, "> /login geheim messi");
	assert_false(holds(t, "geheim"));
	term_type(t, "\005\025");
	term_await_row_is(t, -1, ">");
	term_type(t, "harmless");
	term_await_row_is(t, -1, "> harmless");
	assert_true(holds(t, "harmless"));
	term_kill(t);
	t = back(s, term_home(t));
	term_await_row_is(t, -1, "> harmless");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(drafts_are_there_after_a_kill),
		T(each_conversation_has_its_own),
		T(what_is_typed_behind_a_switch_stands_there),
		T(unsent_lines_are_sent_once_after_a_kill),
		T(one_that_is_refused_is_sent_again_or_dropped),
		T(what_is_restored_bears_its_name),
		T(drafts_of_two_at_once_are_both_there),
		T(what_was_refused_outlives_clear_and_close),
		T(a_draft_outlives_the_closing_of_its_conversation),
		T(a_password_goes_to_no_disk),
		T(nor_one_whose_command_is_mistyped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
