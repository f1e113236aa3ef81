/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People at chat-tui in groups: coming, talking, what moderators do. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static void
type_line(struct term *t, const char *line)
{
	term_type(t, line);
	term_type(t, "\r");
}

/* Two in one group, each looking at it; messi owns it. */
static void
two_in_batak(const struct server *s, struct term **a, struct term **b)
{
	*a = person_open(s, "messi", 24, 80);
	*b = person_open(s, "henderson", 24, 80);
	type_line(*a, "/join #batak");
	term_await_row(*a, -1, "#batak>");
	term_await(*a, "you have joined #batak");
	type_line(*b, "/join batak");
	term_await_row(*b, -1, "#batak>");
	term_await(*a, "henderson has joined #batak");
}

static void
two_talk_in_a_group(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b, *c = person_open(s, "lineker", 24, 80);

	(void)state;
	two_in_batak(s, &a, &b);
	type_line(a, "only for us");
	term_await(b, "messi  only for us");
	type_line(b, "good");
	term_await(a, "henderson  good");
	term_await_gone(b, "good …");
	/* Not for those outside. */
	type_line(a, "/all for everyone");
	term_await(c, "messi  for everyone");
	assert_false(term_shows(c, "only for us"));
	assert_false(term_shows(c, "#batak"));
	/* Elsewhere it is counted. */
	type_line(b, "/w *");
	term_await_row_is(b, -1, ">");
	type_line(a, "are you there?");
	term_await_row(b, -2, "#batak(1)");
}

/* What is fetched behind the join was said before it. */
static void
the_join_stands_behind_what_was_said_before(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "join - #batak");
	client_ask(c, "send - #batak sudah masuk");
	client_ask(c, "send - #batak sudah mulai");
	type_line(t, "/join #batak");
	term_await(t, "lineker  sudah mulai");
	assert_true(term_row_of(t, "lineker  sudah masuk") <
	    term_row_of(t, "lineker  sudah mulai"));
	assert_true(term_row_of(t, "lineker  sudah mulai") <
	    term_row_of(t, "you have joined #batak"));
	client_ask(c, "send - #batak selamat datang");
	assert_true(term_row_of(t, "you have joined #batak") <
	    term_row_of(t, "lineker  selamat datang"));
	assert_false(term_shows(t, "owner"));
}

/* Among what is told when the line is back, too. */
static void
our_lines_stand_among_what_was_said_meanwhile(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	client_ask(c, "join - #batak");
	type_line(t, "/join #batak");
	term_await_row(t, -1, "#batak>");
	server_kill(s);
	term_await(t, "connection lost");
	assert_int_equal(kill(term_pid(t), SIGSTOP), 0);
	server_start(s);
	c = client_as(s, "lineker", "surabaya");
	client_ask(c, "send - #batak meanwhile");
	type_line(t, "/unread");
	assert_int_equal(kill(term_pid(t), SIGCONT), 0);
	term_await(t, "connected again");
	assert_true(term_row_of(t, "connection lost") <
	    term_row_of(t, "lineker  meanwhile"));
	assert_true(term_row_of(t, "lineker  meanwhile") <
	    term_row_of(t, "/unread: not connected"));
	assert_true(term_row_of(t, "/unread: not connected") <
	    term_row_of(t, "connected again"));
}

/* In the words of the person's language, on any screen. */
static void
who_makes_a_group_is_told_what_that_means(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b;

	(void)state;
	two_in_batak(s, &a, &b);
	term_await(a, "you have made #batak and are its owner");
	term_await(a, "its owner makes moderators (/op), puts people out");
	assert_false(term_shows(b, "owner"));
	type_line(a, "/own henderson");
	term_await(b, "you are the owner of #batak now (by messi)");
	term_await(b, "its owner makes moderators (/op), puts people out");
	/* Whose last member leaves is made anew. */
	type_line(a, "/join #lab");
	term_await(a, "you have made #lab and are its owner");
	type_line(a, "/set language id");
	type_line(a, "/leave");
	term_await(a, "Anda meninggalkan #lab");
	term_resize(a, 12, 40);
	type_line(a, "/join #lab");
	term_await(a, "Anda membuat #lab dan menjadi");
	term_await(a, "pemiliknya");
	term_await(a, "(/op)");
}

static void
the_pane_shows_who_is_in_the_group(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b;

	(void)state;
	two_in_batak(s, &a, &b);
	(void)person_open(s, "lineker", 24, 80);
	term_await(a, "│ Here 2");
	term_await(a, "│ ~messi");
	term_await(a, "│ henderson");
	assert_false(term_shows(a, "lineker"));
	type_line(a, "/op henderson");
	term_await(b, "│ @henderson");
	term_await(b, "you are a moderator of #batak now (by messi)");
	type_line(a, "/mute henderson");
	term_await(a, "│ !@henderson");
	type_line(b, "may I?");
	term_await(b, "may I? ! you are muted");
	type_line(b, "/logout");
	term_await(a, "│ Here 1");
	term_await(a, "│ Away 1");
	type_line(a, "/w *");
	term_await(a, "│ Active 2");
	term_await(a, "│ lineker");
}

static void
a_topic_stands_in_the_title(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b;

	(void)state;
	two_in_batak(s, &a, &b);
	type_line(a, "/topic lunch at noon");
	term_await_row(b, 0, "#batak: lunch at noon");
	term_await(b, "messi has set the topic of #batak: lunch at noon");
	type_line(b, "/topic");
	term_await(b, "#batak is about: lunch at noon");
	type_line(a, "/topic -");
	term_await(b, "messi has taken the topic of #batak away");
	term_await_row(b, 0, "#batak   ");
	type_line(a, "/mode invite");
	term_await_row(b, 0, "#batak (invite-only)");
}

static void
who_is_kicked_reads_on_but_says_nothing(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b;

	(void)state;
	two_in_batak(s, &a, &b);
	type_line(b, "something said");
	term_await(a, "henderson  something said");
	type_line(b, "/kick messi");
	term_await(b, "/kick: you may not do that");
	type_line(a, "/kick henderson too loud");
	term_await(a, "messi has kicked henderson: too loud");
	term_await(a, "│ Here 1");
	term_await(b, "you were kicked from #batak by messi: too loud");
	term_await_row(b, 0, "you are not in it");
	term_await(b, "something said");
	type_line(b, "why?");
	term_await(b, "not sent: you are no member of #batak");
	term_await_row_is(b, -1, "#batak>");
	term_type(b, "\033[A"); /* Up: to be sent elsewhere */
	term_await_row(b, -1, "#batak> why?");
	term_type(b, "\003");
	type_line(b, "/join #batak");
	term_await(b, "│ Here 2");
	type_line(a, "/ban henderson");
	term_await(b, "you were banned from #batak by messi");
	type_line(b, "/join #batak");
	term_await(b, "#batak: you are banned");
	type_line(a, "/rules");
	term_await(a, "ban henderson, by messi");
}

static void
closed_groups_say_so_and_secret_ones_nothing(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b;

	(void)state;
	a = person_open(s, "messi", 24, 80);
	b = person_open(s, "henderson", 24, 80);
	type_line(a, "/join #lab");
	term_await_row(a, -1, "#lab>");
	type_line(a, "/mode invite");
	term_await(a, "#lab is invite-only now (by messi)");
	type_line(b, "/groups");
	term_await(b, "- #lab, 1 member, invite-only");
	type_line(b, "/join #lab");
	term_await(b, "#lab: only who was invited may join that group");
	type_line(a, "/mode secret");
	term_await(a, "#lab is secret now (by messi)");
	type_line(b, "/groups");
	term_await(b, "no groups; /join #NAME makes one");
	type_line(b, "/join #lab");
	term_await(b, "#lab: there is no such group here");
	type_line(b, "/members #lab");
	term_await(b, "/members: there is no such group here");
	type_line(a, "/invite henderson");
	term_await(a, "henderson is invited to #lab");
	term_await(b, "messi invites you: /join #lab");
	type_line(b, "/join #lab");
	term_await(b, "│ Here 2");
}

static void
a_group_that_is_not_there_opens_nothing(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	type_line(t, "/groups"); /* the first list has come before its answer */
	term_await(t, "no groups; /join #NAME makes one");
	type_line(t, "/w #nogroup");
	term_await(t, "no group #nogroup is known here; /join #nogroup makes");
	term_await_row_is(t, -2, " 1:everyone");
	term_type(t, "\033[A\001\004\004/join\005\r"); /* mended to /join */
	term_await_row(t, -1, "#nogroup>");
	term_await_row_is(t, -2, " 1:everyone  2:#nogroup");
}

static void
groups_are_there_again_after_a_login(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b, *c;

	(void)state;
	two_in_batak(s, &a, &b);
	type_line(a, "/topic tea");
	term_await_row(a, 0, "#batak: tea");
	type_line(b, "kept");
	term_await(a, "henderson  kept");
	c = person_open(s, "messi", 24, 80); /* another device */
	term_await_row(c, -2, "2:#batak");
	term_type(c, "\0332"); /* Alt-2 */
	term_await(c, "henderson  kept");
	term_await_row(c, 0, "#batak: tea");
	/* What is done on one device is known on the other. */
	type_line(c, "/join #lab");
	term_await_row(c, -1, "#lab>");
	term_await_row(a, -2, "3:#lab");
	type_line(a, "/leave");
	term_await(a, "you have left #batak");
	term_type(c, "\0332");
	term_await(c, "you have left #batak");
	term_await_row(c, 0, "you are not in it");
	/* The owner's leaving hands it over. */
	term_await(b, "you are the owner of #batak now");
	term_await(b, "│ ~henderson");
}

static void
a_reconnect_finds_the_groups_as_they_are(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b;

	(void)state;
	two_in_batak(s, &a, &b);
	server_kill(s);
	term_await_row(b, 0, "no connection");
	type_line(b, "typed meanwhile");
	server_start(s);
	term_await_row(b, 0, "henderson · online");
	term_await(b, "│ Here 2");
	term_await_gone(b, " …");
	term_await(a, "henderson  typed meanwhile");
}

static void
tab_completes_groups_and_members(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a, *b, *c;

	(void)state;
	two_in_batak(s, &a, &b);
	term_await(a, "│ henderson");
	term_type(a, "/op hen\t");
	term_await_row(a, -1, "/op henderson");
	c = person_open(s, "lineker", 24, 80);
	type_line(c, "/groups");
	term_await(c, "- #batak, 2 members");
	term_type(c, "/join #b\t");
	term_await_row(c, -1, "/join #batak");
}

static void
help_on_groups_fits_on_a_screen(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);

	(void)state;
	type_line(a, "/help groups");
	term_await(a, "Before a name: ~ owner, @ moderator, ! muted.");
	term_await(a, "-- In a group; #GROUP first names one, * the server.");
}

static void
a_small_screen_has_room_for_it(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 12, 40);

	(void)state;
	type_line(a, "/join #batak");
	term_await(a, "you have joined #batak");
	term_await_row(a, 0, "#batak");
	term_await_row(a, -2, "2:#batak");
	term_type(a, "\033OQ"); /* F2 */
	term_await(a, "│ Here 1");
	term_await(a, "│ ~messi");
}

/* ---- without a screen -------------------------------------------------- */

static char said[16384]; /* by the last one that ran */

static int
run(const struct server *s, const char *input, const char *options)
{
	char *path = program_path("chat-tui");
	char *line = xasprintf("printf '%s' | CHAT_PASSWORD=surabaya timeout "
	    "60 %s --no-remember %s henderson@%s 2>&1", input, path, options,
	    server_address(s));
	FILE *f = popen(line, "r");
	size_t n;
	int status;

	assert_non_null(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	status = pclose(f);
	free(line);
	free(path);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_pipe_takes_part_in_groups(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "messi", "surabaya");

	(void)state;
	expect(c, "join - #batak", "{'status':'OK','target':'#batak'}");
	assert_int_equal(run(s, "/join #batak\\nhalo\\n/members\\n/leave\\n",
	    "--plain"), 0);
	expect_json(client_event_of(c, "message"),
	    "{'target':'#batak','from':'henderson','text':'halo'}");
	assert_non_null(strstr(said, "-- you have joined #batak"));
	assert_non_null(strstr(said, "<henderson -> #batak> halo"));
	assert_non_null(strstr(said, "~messi [Lionel Messi], owner, here"));
	assert_non_null(strstr(said, "-- you have left #batak"));
	assert_null(strstr(said, "you have made"));
	assert_int_equal(run(s, "/join #lab\\n", "--plain"), 0);
	assert_non_null(strstr(said, "-- you have made #lab and are its owner"
	    "\n-- its owner makes moderators (/op), "));
	assert_int_equal(run(s, "/leave #lab\\n/set language id\\n/join #lab"
	    "\\n/leave\\n", "--plain"), 0);
	assert_non_null(strstr(said, "-- Anda membuat #lab dan menjadi "
	    "pemiliknya\n-- pemiliknya menunjuk moderator (/op), "));
	/* Not a member any more. */
	assert_int_equal(run(s, "", "--send \"#batak\" hai"), 1);
	assert_non_null(strstr(said, "not sent: "));
	assert_int_equal(run(s, "/join #batak\\n", ""), 0);
	assert_int_equal(run(s, "", "--send \"#batak\" hai"), 0);
	expect_json(client_event_of(c, "message"),
	    "{'target':'#batak','text':'hai'}");
}

static void
administrators_act_on_the_whole_server(void **state)
{
	static const char *const options[] = { "--admin", "messi", NULL };
	struct server *s = server_open(options);
	struct term *a = person_open(s, "messi", 24, 80);
	struct term *b = person_open(s, "henderson", 24, 80);

	(void)state;
	type_line(b, "/mute * messi");
	term_await(b, "/mute: you may not do that");
	type_line(b, "/realms");
	term_await(b, "/realms: you may not do that");
	type_line(a, "/realms");
	term_await(a, "no links to other realms");
	type_line(a, "/ban * henderson spam");
	term_await(a, "henderson is banned from the whole server");
	term_await(b, "you were banned from the server by messi: spam");
	type_line(a, "/rules *");
	term_await(a, "ban henderson, by messi");
	type_line(a, "/grant lineker");
	term_await(a, "lineker is an administrator of the whole server");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(two_talk_in_a_group),
		T(the_join_stands_behind_what_was_said_before),
		T(our_lines_stand_among_what_was_said_meanwhile),
		T(who_makes_a_group_is_told_what_that_means),
		T(the_pane_shows_who_is_in_the_group),
		T(a_topic_stands_in_the_title),
		T(who_is_kicked_reads_on_but_says_nothing),
		T(closed_groups_say_so_and_secret_ones_nothing),
		T(a_group_that_is_not_there_opens_nothing),
		T(groups_are_there_again_after_a_login),
		T(a_reconnect_finds_the_groups_as_they_are),
		T(tab_completes_groups_and_members),
		T(help_on_groups_fits_on_a_screen),
		T(a_small_screen_has_room_for_it),
		T(a_pipe_takes_part_in_groups),
		T(administrators_act_on_the_whole_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
