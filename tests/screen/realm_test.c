/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People at chat-tui in two linked realms: messi at its, james at medan. */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

enum { NOBODY = 1 }; /* a port at which nobody listens */

struct pair {
	struct server *its, *medan;
};

static void
link_to(struct server *s, const char *name, int port)
{
	char *file = xasprintf("%s/secret", server_folder(s));
	char *spec = xasprintf(
	    "%s=127.0.0.1:%d,secret=%s", name, port, file);
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_true(fputs("horas, horas, horas\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	server_option(s, "--link", spec);
	free(spec);
	free(file);
}

/* Both are up, and linked: medan dials. */
static void
pair_open(struct pair *p)
{
	struct client *c;

	p->its = server_new();
	server_option(p->its, "--realm", "its");
	link_to(p->its, "medan", NOBODY);
	server_start(p->its);
	p->medan = server_new();
	server_option(p->medan, "--realm", "medan");
	server_without_accounts(p->medan);
	link_to(p->medan, "its", server_port(p->its));
	server_start(p->medan);
	server_await_log(p->its, 0, "link to medan up");
	c = client_open(p->medan);
	expect(c, "register james surabaya", "{'status':'OK'}");
	client_close(c);
}

static void
type_line(struct term *t, const char *line)
{
	term_type(t, line);
	term_type(t, "\r");
}

static void
two_realms_talk_in_private(void **state)
{
	struct term *a, *b;
	struct pair p;

	(void)state;
	pair_open(&p);
	a = person_open(p.its, "messi", 24, 80);
	b = person_open(p.medan, "james", 24, 80);
	/* The bare name is found over there, and the talk has his own. */
	type_line(a, "/w james");
	term_await(a, "there is no james here; /who lists everybody (of");
	term_type(a, "\025");
	type_line(a, "/msg james horas");
	term_await_row(a, -2, "2:james@medan");
	term_type(a, "\0332");
	term_await_row(a, -1, "james@medan>");
	term_await(a, "messi  horas");
	term_await_row(b, -2, "2:messi@its(1)");
	term_await(b, "│ messi@its  (1)");
	type_line(b, "/w messi@its");
	term_await(b, "messi@its  horas");
	type_line(b, "horas juga");
	term_await(a, "james@medan  horas juga");
	term_await_row(a, -2, "2:james@medan");
	term_await(a, "│ james@medan");
	type_line(a, "/close JAMES");
	term_await_row_is(a, -2, " 1:everyone");
	type_line(a, "/w JAMES");
	term_await_row(a, -1, "james@medan>");
	term_await_row_is(a, -2, " 1:everyone  2:james@medan");
	type_line(b, "/logout");
	term_await(a, "│ Active 1");
}

/* messi, with what an earlier run has left. */
static struct term *
back(const struct server *s, const char *home)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .home = home, .env = env };
	char *where = xasprintf("messi@%s", server_address(s));
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t = term_open(&o, argv);

	term_await(t, "everyone");
	free(where);
	return t;
}

static void
ones_own_realm_is_not_told_apart(void **state)
{
	struct server *s = server_new();
	struct term *a, *b;

	(void)state;
	server_option(s, "--realm", "its");
	server_start(s);
	a = person_open(s, "messi", 24, 80);
	b = person_open(s, "henderson", 24, 80);
	type_line(a, "/w henderson@its");
	term_await_row_is(a, -1, "henderson>");
	type_line(a, "horas");
	term_await_row(b, -2, "2:messi(1)");
	type_line(b, "/msg messi@its juga");
	term_await(a, "henderson  juga");
	type_line(a, "/join #batak@its");
	term_await_row_is(a, -1, "#batak>");
	type_line(a, "/close henderson@ITS");
	type_line(a, "/w lineker@its");
	term_await_row_is(a, -1, "lineker>");
	term_await_row_is(a, -2, " 1:everyone  2:#batak  3:lineker");
	/* Typed before the server has said which realm it is. */
	server_kill(s);
	term_await_row(a, 0, "no connection");
	type_line(a, "/quit");
	(void)term_await_end(a);
	a = back(s, term_home(a));
	type_line(a, "/w henderson@its");
	term_await_row_is(a, -1, "henderson@its>");
	type_line(a, "lagi");
	term_await(a, "messi  lagi …");
	type_line(a, "/w lineker@its");
	term_await_row_is(a, -1, "lineker@its>");
	term_type(a, "half a");
	term_await_row_is(a, -1, "lineker@its> half a");
	term_kill(a);
	a = back(s, term_home(a));
	term_await_row(a, -2, "lineker@its");
	type_line(a, "/w lineker");
	term_await_row_is(a, -1, "lineker>");
	type_line(a, "/w lineker@its");
	term_await_row_is(a, -1, "lineker@its> half a");
	server_start(s);
	term_await_row(a, 0, "messi · online");
	term_await_row_is(a, -1, "lineker> half a");
	term_await_row(a, -2, "henderson");
	assert_false(term_shows(a, "@its"));
	term_type(b, "\0332"); /* Alt-2 */
	term_await(b, "messi  lagi");
	term_type(a, "\r");
	term_await(a, "messi  half a");
	term_await_gone(a, " …");
	term_type(a, "more");
	term_await_row_is(a, -1, "lineker> more");
	term_kill(a);
	a = back(s, term_home(a));
	term_await_row(a, 0, "messi · online");
	assert_false(term_shows(a, "@its"));
	type_line(a, "/w lineker@its");
	term_await_row_is(a, -1, "lineker> more");
}

static void
what_waits_for_a_realm_says_so(void **state)
{
	struct term *a, *b;
	struct pair p;
	size_t from;

	(void)state;
	pair_open(&p);
	a = person_open(p.its, "messi", 24, 80);
	type_line(a, "/msg james@medan one");
	term_await_row(a, -2, "2:james@medan");
	term_type(a, "\0332"); /* Alt-2 */
	term_await(a, "messi  one");
	from = server_log_length(p.its);
	server_stop(p.medan);
	server_await_log(p.its, from, "link to medan down");
	type_line(a, "two");
	term_await(a, "messi  two … queued for medan");
	type_line(a, "/msg budi halo");
	term_await(a, "budi: not sent: that realm cannot be reached now");
	type_line(a, "/msg budi@bali halo");
	term_await(a, "budi@bali: not sent: there is no such realm here");
	type_line(a, "/msg jim@medan hey");
	term_await_row(a, -2, "jim@medan");
	server_start(p.medan);
	b = person_open(p.medan, "james", 24, 80);
	term_await_row(b, -2, "2:messi@its(2)");
	term_type(b, "\0332");
	term_await(b, "messi@its  one");
	term_await(b, "messi@its  two");
	/* There is no jim: it comes back, from the realm itself. */
	term_await_row(a, -2, "jim@medan(1)");
	type_line(a, "/w jim@medan");
	term_await(a, "@medan  not delivered: there is no user of that");
}

static void
a_group_spans_realms(void **state)
{
	struct term *a, *b;
	struct pair p;

	(void)state;
	pair_open(&p);
	a = person_open(p.its, "messi", 24, 80);
	b = person_open(p.medan, "james", 24, 80);
	type_line(b, "/join #batak");
	term_await_row(b, -1, "#batak>");
	type_line(a, "/join #batak@medan");
	term_await_row(a, -1, "#batak@medan>");
	term_await(a, "│ ~james@medan");
	term_await(b, "messi@its has joined #batak");
	term_await(b, "│ messi@its");
	type_line(a, "horas");
	term_await(b, "messi@its  horas");
	type_line(b, "/topic danau toba");
	term_await_row(a, 0, "#batak@medan: danau toba");
	term_await(a, "james@medan has set the topic of #batak@medan");
	type_line(b, "/op messi@its");
	term_await(a, "you are a moderator of #batak@medan now");
	term_await(a, "│ @messi");
	type_line(a, "/topic dari surabaya");
	term_await(a, "messi has set the topic of #batak@medan");
	term_await_row(b, 0, "#batak: dari surabaya");
	term_await(b, "messi@its has set the topic of #batak");
	type_line(b, "/kick messi@its");
	term_await(a, "you were kicked from #batak@medan by james@medan");
	term_await_row(a, 0, "you are not in it");
	term_await(b, "│ Here 1");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(two_realms_talk_in_private),
		T(ones_own_realm_is_not_told_apart),
		T(what_waits_for_a_realm_says_so),
		T(a_group_spans_realms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
