/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line that is typed: what readline does is lineedit_test's; here is what
 * is seen of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

static void
a_paste_of_lines_is_one_message(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "\033[200~one\r\ntwo\rthree\r\033[201~");
	term_await_row_is(t, -1, "  three");
	term_await_row_is(t, -3, "> one");
	client_ask(c, "ping"); /* nothing has been sent */
	assert_false(term_shows(t, "messi  one"));
	term_type(t, "\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'one\\ntwo\\nthree','from':'messi'}");
	term_await(t, "messi  one");
	term_await_row_is(t, -1, ">");
}

/* More than a line holds, and the line more than a message. */
static void
a_paste_that_is_too_long_is_kept_and_not_sent(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);
	char line[64];
	int i;

	(void)state;
	term_type(t, "\033[200~");
	for (i = 0; i < 5000; i++) {
		snprintf(line, sizeof(line), "line %d of the paste\r", i);
		term_type(t, line);
	}
	term_type(t, "\033[201~");
	term_await_row(t, -9, "The line is full (8192 bytes).");
	term_await_row(t, -1, "line 37");
	term_type(t, "\r");
	term_await(t, "a message holds at most 4096");
	term_await_row_is(t, -1, ">");
	term_type(t, "\033[A"); /* Up: to be mended */
	term_await_row(t, -1, "line 37");
	term_type(t, "\003"); /* Ctrl-C */
	term_await_row_is(t, -1, ">");
	term_type(t, "short\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'short','from':'messi'}");
}

/* Where there is no room for a second row. */
static void
a_long_line_scrolls_sideways(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 5, 40);
	char line[101] = "";
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		sprintf(line + 5 * i, "%04d.", i);
	term_type(t, line);
	term_await_row(t, -1, "0019.");
	assert_false(strstr(term_row(t, -1), "0000.") != NULL);
	assert_non_null(strchr(term_row(t, -1), '<'));
	term_type(t, "\001"); /* Ctrl-A */
	term_await_row(t, -1, "> 0000.0001.");
	term_await_cursor(t, 4, 2);
	term_type(t, "\r");
	term_await_row_is(t, -1, ">");
	term_await(t, "0019.");
}

static void
wide_characters_are_edited_in_columns(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "日本e\xcc\x81👨‍👩‍👧x");
	term_await_row(t, -1, "> 日本e\xcc\x81👨x");
	term_await_cursor(t, 23, 2 + 4 + 1 + 2 + 1);
	term_type(t, "\033[D\177"); /* Left, Backspace: the family goes */
	term_await_row_is(t, -1, "> 日本e\xcc\x81x");
	term_await_cursor(t, 23, 2 + 4 + 1);
}

static void
commands_and_names_are_completed(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "lineker");
	term_type(t, "/ms\t");
	term_await_row(t, -1, "> /msg");
	term_type(t, "LIN\t");
	term_await_row(t, -1, "/msg lineker");
	term_type(t, "\003/h\t\t");
	term_await_row(t, -2, "/help");
	term_await_row(t, -2, "/history");
}

static void
signs_settings_and_topics_are_completed(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "lineker");
	term_type(t, "(LIN\t");
	term_await_row_is(t, -1, "> (lineker");
	term_type(t, "\025see \"hen\tand [@lin\t!");
	term_await_row_is(t, -1, "> see \"henderson and [@lineker !");
	term_type(t, "\025/set th\tl\t");
	term_await_row_is(t, -1, "> /set theme light");
	term_type(t, "\r");
	term_await(t, "theme = light");
	term_type(t, "/set theme \t\t");
	term_await_row(t, -2, "light");
	term_await_row(t, -2, "default");
	term_type(t, "\025/set bin\tf7\t page-u\t\r");
	term_await(t, "bind.f7 = page-up");
	term_type(t, "/help jo\t\r");
	term_await(t, "join a group, or make it");
	term_await_row_is(t, -1, ">");
	term_type(t, "/mode sec\t");
	term_await_row_is(t, -1, "> /mode secret");
}

static void
whom_a_line_is_for_gets_a_colon(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "lineker");
	term_type(t, "Lin\thai hen\t!");
	term_await_row_is(t, -1, "> lineker: hai henderson !");
	term_type(t, "\025@lin\tand @HEN\t!");
	term_await_row_is(t, -1, "> @lineker and @henderson !");
	term_type(t, "\025/all lin\t!");
	term_await_row_is(t, -1, "> /all lineker !");
	/* To one person nobody is called. */
	term_type(t, "\025/w lin\t\r");
	term_await_row_is(t, -1, "lineker>");
	term_type(t, "hen\tis here");
	term_await_row_is(t, -1, "lineker> henderson is here");
}

static void
ctrl_c_clears_and_twice_leaves(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "not this");
	term_await_row_is(t, -1, "> not this");
	term_type(t, "\003");
	term_await_row_is(t, -1, ">");
	term_type(t, "\003");
	term_await(t, "Ctrl-C once more");
	term_type(t, "x\177\003");
	term_await(t, "Ctrl-C once more");
	term_type(t, "\003");
	assert_int_equal(term_await_end(t), 0);
}

/* Here readline's keys mean the line that the cursor is in. */
static void
of_several_lines_one_is_killed(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "aaa bbb\033\rccc\027"); /* Ctrl-W */
	term_await_cursor(t, 23, 2);
	assert_true(term_is_at(t, 22, 0, "> aaa bbb"));
	term_type(t, "ddd\033[A\005\025"); /* Up, Ctrl-E, Ctrl-U */
	term_await_row_is(t, -2, ">");
	term_await_row_is(t, -1, "  ddd");
	term_type(t, "\013"); /* Ctrl-K */
	term_await_row_is(t, -1, "> ddd");
}

static void
history_is_there_in_the_next_run_without_secrets(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	const struct term_options o = { .home = term_home(t), .env = env };
	char where[128], path[256];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct stat st;

	(void)state;
	term_type(t, "remember me\r");
	term_await(t, "messi  remember me");
	term_type(t, "/passwd wrong secret2\r");
	term_await(t, "wrong password");
	term_type(t, "/quit\r");
	assert_int_equal(term_await_end(t), 0);
	snprintf(path, sizeof(path), "%s/.local/state/chat-tui/history",
	    o.home);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_await_row(t, 0, "messi · online");
	term_type(t, "\033[A\033[A");
	term_await_row_is(t, -1, "> remember me");
	assert_false(term_shows(t, "secret2"));
}

/* Whatever refuses it: what is typed next stands alone. */
static void
a_refused_line_is_gone_and_up_brings_it_back(void **state)
{
	static const struct {
		const char *line, *why;
	} refused[] = {
		{ "/join", "/join #NAME" },
		{ "/join kelas ini itu", "/join #NAME" },
		{ "/mgs neko hey", "there is no /mgs" },
		{ "/nosuch", "there is no /nosuch" },
		{ "/passwd geheim", "/passwd OLD NEW" },
		{ "/set theme pink", "theme is one of" },
		{ "/set nothing", "no such setting" },
		{ "/history 0", "a number from 1" },
		{ "/w nobodyhere", "nobodyhere" },
		{ "/msg @medan hello", "a link to another realm" },
		{ "/help nosuchword", "there is no /nosuchword" },
		{ "/leave", "/leave" },
		{ "/topic tea", "/topic" },
		{ "/unignore nobodyhere", "nobodyhere" },
	};
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);
	char line[128];

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		term_type(t, refused[i].line);
		term_type(t, "\r");
		term_await(t, refused[i].why);
		term_await_row_is(t, -1, ">");
		term_type(t, "next");
		term_await_row_is(t, -1, "> next");
		snprintf(line, sizeof(line), "> %s", refused[i].line);
		term_type(t, i % 2 == 0 ? "\033[A" : "\033z"); /* Up, Alt-Z */
		term_await_row_is(t, -1, line);
		term_type(t, "\033[B\025/clear\r"); /* Down, Ctrl-U */
		term_await_gone(t, refused[i].why);
		term_await_row_is(t, -1, ">");
	}
}

static void
all_lines_of_a_refused_one_come_back(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "/mgs lineker one\033\rtwo\033\rthree\r");
	term_await(t, "there is no /mgs; /msg?");
	term_await_row_is(t, -1, ">");
	/* Another line comes between. */
	term_type(t, "/help msg\r");
	term_await(t, "also /send");
	term_type(t, "\033[A\033[A");
	term_await_row_is(t, -1, "  three");
	term_await_row_is(t, -3, "> /mgs lineker one");
	term_type(t, "\033[A\033[A\001\033f\177\177sg\r");
	expect_json(client_event_of(c, "message"),
	    "{'text':'one\\ntwo\\nthree','from':'messi'}");
}

static void
blanks_before_a_command_publish_nothing(void **state)
{
	struct server *s = server_open(NULL);
	struct client *c = client_watching(s, "henderson", "surabaya");
	struct client *to = client_watching(s, "lineker", "surabaya");
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_await(t, "lineker");
	term_type(t, " /ms\tlin\tone\r");
	expect_json(client_event_of(to, "message"), "{'text':'one'}");
	term_type(t, "\u3000/msg lineker two\r");
	expect_json(client_event_of(to, "message"), "{'text':'two'}");
	term_type(t, "\033[200~\t/msg lineker three\033[201~\r");
	expect_json(client_event_of(to, "message"), "{'text':'three'}");
	term_type(t, " //four\r");
	expect_json(client_event_of(c, "message"), "{'text':' /four'}");
	term_type(t, " /usr is full\r");
	term_await(t, "there is no /usr");
	term_await_row_is(t, -1, ">");
}

static bool
on_disk(struct term *t, const char *what)
{
	char command[256];

	snprintf(command, sizeof(command), "grep -rq -- '%s' '%s'", what,
	    term_home(t));
	return system(command) == 0;
}

static void
a_refused_password_comes_back_from_no_disk(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	term_type(t, "harmless\r/logni messi geheim\r");
	term_await(t, "there is no /logni");
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> /logni messi geheim");
	assert_false(on_disk(t, "geheim"));
	/* Mended, it is gone. */
	term_type(t, "\025/passwd wrong geheim\r");
	term_await(t, "wrong password");
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> harmless");
	term_type(t, "\033[B/login geheim\r");
	term_await(t, "/login USER PASSWORD");
	/* Whoever logs out leaves none behind. */
	term_type(t, "/logout\r");
	term_await(t, "who are you, and where?");
	term_type(t, "surabaya\r");
	term_await_row(t, 0, "messi · online");
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> /logout");
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> harmless");
	assert_false(on_disk(t, "geheim"));
}

static void
what_ctrl_c_empties_comes_back(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 24, 80);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		term_type(t, "a paragraph\033\rof lines");
		term_await_row_is(t, -1, "  of lines");
		term_type(t, "\003");
		term_await_row_is(t, -1, ">");
		term_type(t, i == 0 ? "\033[A" : /* Up */
		    i == 1 ? "\031" :		 /* Ctrl-Y */
			     "\037");		 /* undo */
		term_await_row_is(t, -1, "  of lines");
		term_await_row_is(t, -2, "> a paragraph");
		term_type(t, "\003");
		term_await_row_is(t, -1, ">");
	}
	/* What stands behind what is shown is not lost either. */
	term_type(t, "typed\033[A\033[A\003");
	term_await_row_is(t, -1, ">");
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> typed");
	term_type(t, "\005!\022para\003"); /* while Ctrl-R looks */
	term_await_row_is(t, -1, ">");
	term_type(t, "\037");
	term_await_row_is(t, -1, "> typed!");
	term_type(t, "\003/passwd surabaya geheim\003");
	term_await_row_is(t, -1, ">");
	term_type(t, "\033[A");
	term_await_row_is(t, -1, "> /passwd surabaya geheim");
	term_type(t, "\003said\r/quit\r");
	assert_int_equal(term_await_end(t), 0);
	assert_true(on_disk(t, "said"));
	assert_false(on_disk(t, "geheim"));
}

static void
what_is_typed_before_the_first_frame_is_kept(void **state)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .env = env };
	struct server *s = server_open(NULL);
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	(void)state;
	snprintf(where, sizeof(where), "messi@%s", server_address(s));
	t = term_open(&o, argv);
	term_type(t, "in a hurry");
	term_await_row(t, 0, "online");
	term_await_row_is(t, -1, "> in a hurry");
}

/* ---- the prompt --------------------------------------------------------- */

/* A name of 32 letters. */
#define LONG_NAME "abcdefghijklmnopqrstuvwxyzabcdef"
#define TWENTY "12345678901234567890"

/* A talk with that name at so many columns, twenty columns of text behind it. */
static struct term *
talk_at(const struct server *s, const char *name, int cols)
{
	struct term *t = person_open(s, "messi", 12, 80);
	char line[256];

	snprintf(line, sizeof(line), "/w %s\r", name);
	term_type(t, line);
	term_await(t, "2:");
	term_type(t, TWENTY);
	term_await_row(t, -1, TWENTY);
	term_resize(t, 12, cols);
	return t;
}

static struct server *
server_with(const char *name)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");

	client_ask(c, "register %s surabaya", name);
	return s;
}

static void
a_long_name_leaves_room_for_the_text(void **state)
{
	struct server *s = server_with(LONG_NAME);
	struct term *t = talk_at(s, LONG_NAME, 60);

	(void)state;
	term_await_row_is(t, -1,
	    "abcdefghijklmnopqrstuvwxyza…> " TWENTY);
	term_resize(t, 12, 80);
	term_await_row_is(t, -1, LONG_NAME "> " TWENTY);
	term_resize(t, 12, 40);
	term_await_row_is(t, -1, "abcdefghijklmnop…> " TWENTY);
	term_await_cursor(t, 11, 39);
	term_resize(t, 12, 28);
	term_await_row_is(t, -1, "abcd…> " TWENTY);
	term_resize(t, 12, 24); /* nothing to be known of it is left */
	term_await_row_is(t, -1, "> " TWENTY);
	term_resize(t, 12, 10);
	term_await_row_is(t, -3, "> 1234567");
	term_await_row_is(t, -2, "  8901234");
	term_await_row_is(t, -1, "  567890");
}

static void
a_short_name_is_whole_on_a_narrow_screen(void **state)
{
	struct server *s = server_with("budi");
	struct term *t = talk_at(s, "budi", 40);

	(void)state;
	term_await_row_is(t, -1, "budi> " TWENTY);
	term_resize(t, 12, 27);
	term_await_row_is(t, -1, "budi> " TWENTY);
}

/* It is cut between characters, by their columns. */
static void
a_long_name_of_wide_characters_is_cut_by_columns(void **state)
{
	struct server *s = server_with("日本日本日本日本日本日本日本日本");
	struct term *t = talk_at(s, "日本日本日本日本日本日本日本日本", 40);

	(void)state;
	term_await_row_is(t, -1, "日本日本日本日本…> " TWENTY);
	term_resize(t, 12, 39);
	term_await_row_is(t, -1, "日本日本日本日…> " TWENTY);
}

static void
a_search_has_its_prompt_where_there_is_room(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 12, 40);

	(void)state;
	term_type(t, "\023" TWENTY); /* Ctrl-S */
	term_await_row_is(t, -1, "search> " TWENTY);
	term_resize(t, 12, 28);
	term_await_row_is(t, -1, "sear…> " TWENTY);
	term_resize(t, 12, 23);
	term_await_row_is(t, -1, "> " TWENTY);
}

/* Readline's question leaves room for what it finds; the end of the question,
 * which is typed, is seen. */
static void
what_readline_asks_leaves_room_for_what_it_finds(void **state)
{
	struct server *s = server_open(NULL);
	struct term *t = person_open(s, "messi", 12, 40);

	(void)state;
	term_type(t, "a needle in hay\r");
	term_await_row_is(t, -1, ">");
	term_type(t, "\022"); /* Ctrl-R */
	term_await_row(t, -1, "i-search)`");
	term_type(t, "a needle in");
	term_await_row_is(t, -1, "…rch)`a needle in': a needle in hay");
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_paste_of_lines_is_one_message),
		T(a_paste_that_is_too_long_is_kept_and_not_sent),
		T(a_long_line_scrolls_sideways),
		T(wide_characters_are_edited_in_columns),
		T(commands_and_names_are_completed),
		T(signs_settings_and_topics_are_completed),
		T(whom_a_line_is_for_gets_a_colon),
		T(ctrl_c_clears_and_twice_leaves),
		T(of_several_lines_one_is_killed),
		T(history_is_there_in_the_next_run_without_secrets),
		T(a_refused_line_is_gone_and_up_brings_it_back),
		T(all_lines_of_a_refused_one_come_back),
		T(blanks_before_a_command_publish_nothing),
		T(a_refused_password_comes_back_from_no_disk),
		T(what_ctrl_c_empties_comes_back),
		T(what_is_typed_before_the_first_frame_is_kept),
		T(a_long_name_leaves_room_for_the_text),
		T(a_short_name_is_whole_on_a_narrow_screen),
		T(a_long_name_of_wide_characters_is_cut_by_columns),
		T(a_search_has_its_prompt_where_there_is_room),
		T(what_readline_asks_leaves_room_for_what_it_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
