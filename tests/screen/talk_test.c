/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two people at chat-tui and one with nc, in one room and in private. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static void
two_people_talk(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct term *b = person_open(s, "henderson", 24, 80);

	(void)state;
	term_type(a, "hello from messi\r");
	term_await(b, "messi  hello from messi");
	term_type(b, "and back\r");
	term_await(a, "henderson  and back");
	term_await(b, "henderson  and back");
	/* The line is empty and has the cursor. */
	term_await_row_is(a, -1, ">");
}

static void
own_words_stand_there_once(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	char *screen;
	char *first;

	(void)state;
	term_type(a, "said once\r");
	term_await(a, "said once");
	term_await_gone(a, "said once …");
	term_type(a, "the next\r");
	term_await(a, "messi  the next");
	term_await_gone(a, "the next …");
	screen = term_screen(a);
	first = strstr(screen, "said once");
	assert_non_null(first);
	assert_null(strstr(first + 1, "said once"));
	free(screen);
}

static void
somebody_with_nc_takes_part(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct client *nc = client_open_text(s);

	(void)state;
	client_puts(nc, "login lineker surabaya\n");
	client_expect_line(nc, "Login sukses");
	term_await(a, "│ lineker");
	client_puts(nc, "halo semua\n");
	term_await(a, "lineker  halo semua");
	term_type(a, "halo juga\r");
	client_expect_line(nc, "[messi] halo juga");
	client_puts(nc, "send-to messi rahasia\n");
	term_await_row(a, -2, "2:lineker(1)");
}

static void
a_private_talk_has_its_place_and_count(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct term *b = person_open(s, "henderson", 24, 80);

	(void)state;
	term_type(b, "/msg messi first secret\r");
	term_await_row(a, -2, "2:henderson(1)");
	term_await_row(a, 0, "1 unread");
	assert_false(term_shows(a, "first secret"));
	term_type(b, "/msg messi second secret\r");
	term_await_row(a, -2, "2:henderson(2)");
	term_await(a, "│ henderson  (2)");
	term_type(a, "\0332"); /* Alt-2 */
	term_await(a, "henderson  first secret");
	term_await(a, "henderson  second secret");
	term_await(a, " new ");
	term_await_gone(a, "2:henderson(");
	term_await_row(a, -1, "henderson>");
	term_type(a, "got it\r");
	term_await(a, "messi  got it");
	term_await_gone(a, " new ");
	term_await_gone(a, "(2)");
	term_type(a, "\020"); /* Ctrl-P */
	term_await_row_is(a, -1, ">");
	term_await_gone(a, "first secret");
	term_await_row(b, -2, "2:messi");
}

static void
a_draft_stays_with_its_conversation(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(a, "/w henderson\r");
	term_await_row(a, -1, "henderson>");
	term_type(a, "for him only");
	term_await_row(a, -1, "for him only");
	term_type(a, "\016"); /* Ctrl-N */
	term_await_gone(a, "for him only");
	term_type(a, "for all");
	term_await_row(a, -1, "> for all");
	term_type(a, "\016");
	term_await_row(a, -1, "henderson> for him only");
	term_type(a, "\016");
	term_await_row(a, -1, "> for all");
}

static void
the_pane_shows_who_is_active(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct term *b;

	(void)state;
	term_await(a, "│ Active 1");
	b = person_open(s, "lineker", 24, 80);
	term_await(a, "│ Active 2");
	term_await(a, "│ lineker");
	assert_false(term_shows(b, "Active 1"));
	term_type(b, "/logout\r");
	term_await(a, "│ Active 1");
}

/* Goes up as far as there is anything, however often that takes. */
static bool
is_at_the_beginning(struct term *t, void *arg)
{
	(void)arg;
	if (term_shows(t, "the beginning"))
		return true;
	if (!term_shows(t, "fetching"))
		term_type(t, "\033[1;5H"); /* Ctrl-Home */
	return false;
}

static void
older_messages_come_when_one_goes_up(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct server *s = server_open(options);
	struct client *c = client_as(s, "lineker", "surabaya");
	struct term *a;
	int i;

	(void)state;
	for (i = 1; i <= 300; i++)
		client_ask(c, "broadcast - line number %d.", i);
	a = person_open(s, "messi", 24, 80);
	term_await(a, "line number 300.");
	term_type(a, "\033[5~"); /* PgUp */
	term_await(a, "line number 270.");
	term_await_that(a, is_at_the_beginning, NULL, "no beginning");
	term_await(a, "line number 1.");
	client_ask(c, "broadcast - one more.");
	term_await(a, "1 new below");
	term_await(a, "line number 1.");
	term_type(a, "\033[F"); /* End */
	term_await(a, "one more.");
	term_await_gone(a, "new below");
}

static void
a_mistyped_server_changes_nothing(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 0, 0);

	(void)state;
	term_type(t, "/server x:y:z\r");
	term_await(t, "x:y:z: not of the form HOST[:PORT]");
	term_type(t, "\025still here\r");
	expect_json(client_event_of(c, "message"), "{'text':'still here'}");
	term_await_row(t, 0, "online");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

static void
what_is_said_from_elsewhere_is_told_where_one_is(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(a, "/msg henderson hai\r");
	term_await(a, "-- → henderson: hai");
	assert_false(term_shows(a, "message sent"));
	/* Of several lines or a long one the beginning. */
	term_type(a, "/msg henderson satu\033\rdua\r");
	term_await(a, "-- → henderson: satu …");
	term_type(a, "/msg nobody tiga\r");
	term_await(a, "nobody: not sent: there is no user of that name");
	assert_false(term_shows(a, "→ nobody"));
	/* There it is seen by itself. */
	term_type(a, "/w henderson\r/msg henderson empat\r");
	term_await(a, "messi  empat");
	term_await_gone(a, "empat …");
	assert_false(term_shows(a, "→"));
	term_type(a, "/all lima\r");
	term_await(a, "-- → everyone: lima");
	term_type(a, "/w\r");
	term_await(a, "messi  lima");
	assert_false(term_shows(a, "→ everyone"));
}

static void
the_header_tells_who_one_talks_with(void **state)
{
	struct server *s = server_open(NULL);
	struct term *a = person_open(s, "messi", 24, 80);
	struct client *c;

	(void)state;
	term_await(a, "henderson");
	term_type(a, "/w henderson\r");
	term_await_row(a, 0, "Jordan Henderson · never seen here");
	c = client_watching(s, "henderson", "surabaya");
	term_await_row(a, 0, "Jordan Henderson · here since ");
	expect(c, "logout -", "{'status':'OK'}");
	term_await_row(a, 0, "Jordan Henderson · last seen ");
	server_stop(s);
	term_await_row(a, 0, "no connection");
	assert_false(term_shows(a, "last seen"));
	server_start(s);
	term_type(a, "/retry\r");
	term_await_row(a, 0, "Jordan Henderson · last seen ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(two_people_talk),
		T(own_words_stand_there_once),
		T(somebody_with_nc_takes_part),
		T(a_private_talk_has_its_place_and_count),
		T(a_draft_stays_with_its_conversation),
		T(the_pane_shows_who_is_active),
		T(older_messages_come_when_one_goes_up),
		T(a_mistyped_server_changes_nothing),
		T(what_is_said_from_elsewhere_is_told_where_one_is),
		T(the_header_tells_who_one_talks_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
