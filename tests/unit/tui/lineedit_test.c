/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/lineedit.h"

#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tui/term/keys.h"

static char accepted[LINEEDIT_MAX + 16];
static int lines, eofs, fulls;
static bool refuses;
static char choices[256];
static char folder[64], inputrc[96], history[96];

static void
accept_line(void *arg, const char *line)
{
	(void)arg;
	lines++;
	snprintf(accepted, sizeof(accepted), "%s", line);
	if (refuses)
		lineedit_keep(line);
}

static void
at_eof(void *arg)
{
	(void)arg;
	eofs++;
}

static void
at_full(void *arg)
{
	(void)arg;
	fulls++;
}

static bool
is_secret(void *arg, const char *line)
{
	(void)arg;
	return strncmp(line, "/login", 6) == 0;
}

static char **
candidates(void *arg, const char *line, size_t start, size_t point)
{
	static const char *const all[] = { "messi", "messina", "neko" };
	char **out = calloc(4, sizeof(*out));
	size_t i, n = 0;

	(void)arg;
	assert_non_null(out);
	for (i = 0; i < 3; i++)
		if (strncmp(all[i], line + start, point - start) == 0)
			out[n++] = strdup(all[i]);
	return out;
}

static void
show(void *arg, char *const *words, size_t count)
{
	size_t i;

	(void)arg;
	choices[0] = '\0';
	for (i = 0; i < count; i++) {
		strcat(choices, words[i]);
		strcat(choices, " ");
	}
}

static const struct lineedit_hooks hooks = {
	.accept = accept_line,
	.eof = at_eof,
	.complete = candidates,
	.choices = show,
	.secret = is_secret,
	.full = at_full,
};

/* The keyboard, by way of what the program itself cuts keys with. */
static void
on_key(void *arg, enum keys_key key, const char *bytes, size_t n)
{
	(void)arg;
	if (key == KEYS_PASTE)
		lineedit_paste(bytes, n);
	else if (key == KEYS_ESCAPE)
		lineedit_escape();
	else
		lineedit_key(bytes, n);
}

static void
type(const char *s)
{
	struct keys *k = keys_new(on_key, NULL);

	keys_feed(k, s, strlen(s));
	keys_settle(k);
	keys_free(k);
}

static void
expect_line(const char *want, size_t want_point)
{
	size_t len, point;
	const char *got = lineedit_text(&len, &point);

	assert_int_equal(len, strlen(want));
	assert_memory_equal(got, want, len);
	assert_int_equal(point, want_point);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
reopen(void)
{
	lineedit_close();
	lineedit_open(&hooks, NULL, history);
}

/* Readline reads inputrc once for a process and keeps its path. */
static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/lineedit.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(inputrc, sizeof(inputrc), "%s/inputrc", folder);
	snprintf(history, sizeof(history), "%s/history", folder);
	write_file(inputrc, "");
	return setenv("INPUTRC", inputrc, 1);
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(inputrc);
	return rmdir(folder);
}

static int
set_up(void **state)
{
	(void)state;
	lines = eofs = fulls = 0;
	refuses = false;
	accepted[0] = choices[0] = '\0';
	lineedit_open(&hooks, NULL, history);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	lineedit_close();
	unlink(history);
	return 0;
}

static void
enter_hands_over_the_line(void **state)
{
	(void)state;
	type("hello wörld");
	assert_int_equal(lines, 0);
	type("\r");
	assert_int_equal(lines, 1);
	assert_string_equal(accepted, "hello wörld");
	expect_line("", 0);
	type("\r");
	assert_int_equal(lines, 2);
	assert_string_equal(accepted, "");
}

static void
emacs_keys_edit(void **state)
{
	(void)state;
	type("one two\001x\005y\027z"); /* ^A ^E ^W */
	expect_line("xone z", 6);
	type("\025\031"); /* ^U ^Y */
	expect_line("xone z", 6);
	type("\033b\033d"); /* Alt-b Alt-d */
	expect_line("xone ", 5);
}

static void
editing_keys_of_all_terminals_work(void **state)
{
	(void)state;
	type("abc\033[D\033[3~");
	expect_line("ab", 2);
	type("\033[1~x\033[4~y\033[Hz\033OFw");
	expect_line("zxabyw", 6);
}

static void
unknown_sequences_leave_no_rubbish(void **state)
{
	(void)state;
	type("a\033[<0;12;7M\033[M !!\033[24~\033[I\033[5~b");
	expect_line("ab", 2);
}

static void
ctrl_d_on_an_empty_line_ends(void **state)
{
	(void)state;
	type("ab\001\004");
	expect_line("b", 0);
	assert_int_equal(eofs, 0);
	type("\004");
	expect_line("", 0);
	assert_int_equal(eofs, 0);
	type("x\177\004");
	assert_int_equal(eofs, 1);
	type("still here\r");
	assert_string_equal(accepted, "still here");
}

static void
backspace_takes_whole_clusters(void **state)
{
	(void)state;
	type("a👨‍👩‍👧\177");
	expect_line("a", 1);
	type("e\xcc\x81🇮🇩\177");
	expect_line("ae\xcc\x81", 4);
	type("\010");
	expect_line("a", 1);
}

static void
delete_and_arrows_take_whole_clusters(void **state)
{
	(void)state;
	type("👍🏽x\033[D\033[D");
	expect_line("👍🏽x", 0);
	type("\033[C");
	expect_line("👍🏽x", strlen("👍🏽"));
	type("\001\033[3~");
	expect_line("x", 0);
}

/* However large the count, the way through the line is gone once: a test that
 * does not come to its end in time has failed. */
static void
a_count_goes_through_a_long_line(void **state)
{
	static char text[LINEEDIT_MAX];
	size_t n = 0;

	(void)state;
	for (; n + 32 < sizeof(text); n += strlen("e\xcc\x81👍🏽日"))
		memcpy(text + n, "e\xcc\x81👍🏽日", strlen("e\xcc\x81👍🏽日"));
	lineedit_paste(text, n);
	expect_line(text, n);
	type("\0339999\002");
	expect_line(text, 0);
	type("\0339999\006");
	expect_line(text, n);
	type("\0332\002");
	expect_line(text, n - strlen("👍🏽日"));
	type("\0339999\177");
	expect_line("👍🏽日", 0);
}

static void
a_count_makes_no_line_too_long(void **state)
{
	size_t len, point;

	(void)state;
	fulls = 0;
	type("\03399999x");
	lineedit_text(&len, &point);
	assert_int_equal(len, LINEEDIT_MAX);
	assert_int_equal(point, LINEEDIT_MAX);
	assert_int_equal(fulls, 1);
	type("\025\031\031");
	lineedit_text(&len, &point);
	assert_int_equal(len, LINEEDIT_MAX);
	type("\r");
	assert_int_equal(strlen(accepted), LINEEDIT_MAX);
}

static void
a_lone_escape_swallows_nothing(void **state)
{
	(void)state;
	type("a\033");
	type("b");
	expect_line("ab", 2);
}

/* Ctrl-X Ctrl-R reads it again. */
static void
inputrc_says(const char *text)
{
	write_file(inputrc, text);
	type("\030\022");
}

static void
vi_keys_work_when_inputrc_asks(void **state)
{
	(void)state;
	inputrc_says("set editing-mode vi\n");
	type("one two");
	type("\033");
	type("0dwA!");
	expect_line("two!", 4);
	type("\033");
	type("\r");
	assert_string_equal(accepted, "two!");
	type("back in insert mode 👍🏽\177");
	expect_line("back in insert mode ", 20);
	type("\033");
	type("\033"); /* nothing to leave: nothing happens */
	type("0x");
	expect_line("ack in insert mode ", 0);
	lineedit_set("aaa bb.cc\nddd");
	type("i\027");
	expect_line("aaa bb.cc\n", 10);
	type("\027\027");
	expect_line("aaa bb.", 7);
	lineedit_set("one\ntwo");
	type("\025");
	expect_line("one\n", 4);
	type("\033");
	/* Emacs keys again, for the next test. */
	lineedit_clear();
	type("\005");
	type("back to Emacs\001x");
	expect_line("xback to Emacs", 1);
}

static void
inputrc_binds_keys_for_this_program(void **state)
{
	(void)state;
	inputrc_says("$if chat-tui\n\"\\C-xg\": \"good\"\n$endif\n"
	    "\"\\e[24~\": \"f12\"\n");
	type("\030g\033[24~");
	expect_line("goodf12", 7);
	inputrc_says("\"\\C-xg\": abort\n\"\\e[24~\": abort\n");
}

/* As many have it on their arrows; readline's own way there frees twice. */
static void
the_history_is_searched_for_a_beginning(void **state)
{
	(void)state;
	inputrc_says("\"\\e[5~\": history-search-backward\n"
	    "\"\\e[6~\": history-search-forward\n");
	type("/msg neko one\r/who\r/msg messi two\rother\r");
	type("/msg\033[5~");
	expect_line("/msg messi two", 4);
	type("\033[5~");
	expect_line("/msg neko one", 4);
	type("\033[6~");
	expect_line("/msg messi two", 4);
	type("\005!\001/x\033[5~\033[6~");
	expect_line("/x/msg messi two!", 2);
	type("\r");
	assert_string_equal(accepted, "/x/msg messi two!");
	for (int i = 0; i < 20; i++)
		type("a\033[5~b\033[6~\027\033[A\033[5~c\r/\033[5~\033[B\033[6~");
	inputrc_says("\"\\e[5~\": abort\n\"\\e[6~\": abort\n");
	lineedit_clear();
}

static void
a_paste_is_text_and_nothing_is_sent(void **state)
{
	(void)state;
	type("x\033[200~two\r\nlines\r\n\033[201~y");
	expect_line("xtwo\nlinesy", 11);
	assert_int_equal(lines, 0);
	type("\r");
	assert_string_equal(accepted, "xtwo\nlinesy");
	assert_int_equal(lines, 1);
}

static void
a_paste_is_undone_at_once(void **state)
{
	(void)state;
	type("x\033[200~many words here\033[201~\037"); /* ^_ */
	expect_line("x", 1);
}

static void
a_line_does_not_grow_without_end(void **state)
{
	static char big[3 * 10000 + 1];
	size_t i, len, point;

	(void)state;
	for (i = 0; i < 10000; i++)
		memcpy(big + 3 * i, "日", 3);
	lineedit_paste(big, 3 * 10000);
	lineedit_text(&len, &point);
	assert_int_equal(len, LINEEDIT_MAX / 3 * 3);
	assert_int_equal(fulls, 1);
	type("日\033[D\033[C");
	lineedit_text(&len, &point);
	assert_int_equal(len, LINEEDIT_MAX / 3 * 3);
	assert_int_equal(fulls, 2);
	type("\r");
	assert_int_equal(strlen(accepted), len);
}

static void
up_and_down_walk_the_history(void **state)
{
	(void)state;
	type("one\rtwo\r\033[A\033[A");
	expect_line("one", 3);
	type("\033OB");
	expect_line("two", 3);
	type("\033[B");
	expect_line("", 0);
}

static void
history_is_kept_between_runs(void **state)
{
	struct stat st;

	(void)state;
	type("first\r\033[200~a\\b\nc\033[201~\r/login messi secret\r");
	assert_int_equal(stat(history, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	reopen();
	type("\033[A");
	expect_line("a\\b\nc", 5);
	type("\033[A"); /* through its lines first */
	expect_line("a\\b\nc", 1);
	type("\033[A");
	expect_line("first", 5);
}

static void
up_and_down_go_through_several_lines(void **state)
{
	(void)state;
	type("before\r");
	lineedit_set("日本語\nab\nlast");
	type("\033[A");
	expect_line("日本語\nab\nlast", 12); /* the end: it is shorter */
	type("\033[A");
	expect_line("日本語\nab\nlast", 3); /* two columns */
	type("\033[B\033[B\005"); /* Ctrl-E */
	expect_line("日本語\nab\nlast", 17);
	type("\033[A\001\177"); /* Ctrl-A, and Backspace joins them */
	expect_line("日本語ab\nlast", 9);
	lineedit_newline();
	expect_line("日本語\nab\nlast", 10);
	type("\033[A\033[A");
	expect_line("before", 6);
	type("\033[B");
	expect_line("日本語\nab\nlast", 17);
}

static void
lines_are_killed_one_by_one(void **state)
{
	(void)state;
	lineedit_set("aaa bbb\nccc");
	type("\027"); /* Ctrl-W */
	expect_line("aaa bbb\n", 8);
	type("\027");
	expect_line("aaa bbb", 7);
	type("\027");
	expect_line("aaa ", 4);
	type("\031"); /* Ctrl-Y: all of it, for nothing was typed between */
	expect_line("aaa bbb\nccc", 11);
	type("\033\177"); /* Alt-Backspace */
	expect_line("aaa bbb\n", 8);
	type("\033\177");
	expect_line("aaa bbb", 7);
	lineedit_set("aaa\n  ");
	type("\027");
	expect_line("aaa\n", 4);
	lineedit_set("one\ntwo three\nfour");
	type("\033[A\025"); /* Up, Ctrl-U */
	expect_line("one\nthree\nfour", 4);
	type("\025");
	expect_line("onethree\nfour", 3);
	type("\031");
	expect_line("one\ntwo three\nfour", 8);
	type("\013"); /* Ctrl-K */
	expect_line("one\ntwo \nfour", 8);
	type("\013");
	expect_line("one\ntwo four", 8);
	type("\031");
	expect_line("one\ntwo three\nfour", 14);
	type("\037\037\037"); /* undone again */
	expect_line("one\ntwo three\nfour", 13);
	type("\033b\033d\033d"); /* Alt-B, Alt-D */
	expect_line("one\ntwo four", 8);
	lineedit_set("only ");
	type("one\025");
	expect_line("", 0);
	type("\031\001\013");
	expect_line("", 0);
}

static void
up_and_down_go_through_the_rows_of_a_broken_line(void **state)
{
	static const char line[] = "0123456789abcdefghijABC";

	(void)state;
	type("before\r");
	lineedit_width(10);
	lineedit_set(line);
	type("\033[A");
	expect_line(line, 13);
	type("\033[A");
	expect_line(line, 3);
	type("\033[A");
	expect_line("before", 6);
	type("\033[B");
	expect_line(line, 23);
	type("\001\033[B"); /* Ctrl-A is the whole line's */
	expect_line(line, 10);
	type("\002"); /* a column back: the end of the row above */
	expect_line(line, 9);
	type("\033[B");
	expect_line(line, 19); /* its last one, not the next row */
	type("\033[B");
	expect_line(line, 23);
	type("\033[B");
	expect_line(line, 23); /* nothing was typed behind it */

	/* Wide ones that leave a column free, and line ends between. */
	lineedit_width(5);
	lineedit_set("日本語日\nx");
	type("\033[A");
	expect_line("日本語日\nx", 6);
	type("\033[B\005\033[A\005\033[A");
	expect_line("日本語日\nx", 3);

	/* A row that ends as the line does. */
	lineedit_set("abcde\nfghij");
	type("\033[A");
	expect_line("abcde\nfghij", 5);

	/* Not told, the line is one row again. */
	lineedit_width(0);
	lineedit_set(line);
	type("\033[A");
	expect_line("before", 6);
}

static void
secret_lines_are_not_remembered(void **state)
{
	(void)state;
	type("first\r/login messi secret\r\033[A");
	assert_string_equal(accepted, "/login messi secret");
	expect_line("first", 5);
}

static size_t
file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

static void
a_secret_line_that_was_refused_is_kept_in_memory(void **state)
{
	size_t size;

	(void)state;
	type("first\r");
	size = file_size(history);
	lineedit_keep("/login messi secret");
	lineedit_keep("/login messi secret2"); /* the last one alone */
	type("second\r\033[A\033[A");
	expect_line("/login messi secret2", 20);
	type("\033[A");
	expect_line("first", 5);
	lineedit_discard();
	assert_int_equal(file_size(history), size + 7);
	type("/login messi secret3\r\033[A"); /* accepted */
	expect_line("second", 6);
	type("\033[A");
	expect_line("first", 5);
	lineedit_clear();
	lineedit_keep("/login x");
	type("\033[Aedited\033[A"); /* leaves an undo list with it */
	lineedit_forget_secret();
	lineedit_clear();
	type("\033[A");
	expect_line("second", 6);
}

static void
what_is_discarded_is_in_memory_and_in_no_file(void **state)
{
	size_t size;

	(void)state;
	type("first\r");
	size = file_size(history);
	type("a paragraph");
	lineedit_newline();
	type("b");
	lineedit_discard();
	expect_line("", 0);
	type("\033[A");
	expect_line("a paragraph\nb", 13);
	assert_int_equal(file_size(history), size);
	reopen();
	type("\033[A");
	expect_line("first", 5);
}

static void
what_is_discarded_is_killed_and_undone(void **state)
{
	(void)state;
	type("one two\027"); /* Ctrl-W: one kill with what comes next */
	lineedit_discard();
	expect_line("", 0);
	type("\031");
	expect_line("one two", 7);
	lineedit_discard();
	type("\037");
	expect_line("one two", 7);
	lineedit_field(true); /* nothing that may be a password */
	lineedit_set("geheim");
	lineedit_discard();
	type("\037\031");
	expect_line("one two", 7);
	lineedit_field(false);
}

static void
a_search_is_prompted_and_found(void **state)
{
	(void)state;
	type("größer\rother\r\022grö"); /* ^R */
	assert_true(lineedit_busy());
	assert_non_null(strstr(lineedit_prompt(), "grö"));
	type("\033");
	assert_false(lineedit_busy());
	type("!\r");
	assert_non_null(strstr(accepted, "größer"));
}

static void
clear_leaves_a_search(void **state)
{
	(void)state;
	type("one\rabc\022on");
	assert_true(lineedit_busy());
	lineedit_clear();
	assert_false(lineedit_busy());
	expect_line("", 0);
	type("new\r");
	assert_string_equal(accepted, "new");
}

static void
tab_completes_and_shows_choices(void **state)
{
	(void)state;
	type("/msg n\t");
	expect_line("/msg neko ", 10);
	lineedit_clear();
	type("/msg m\t");
	expect_line("/msg messi", 10);
	type("\t\t");
	assert_string_equal(choices, "messi messina ");
	lineedit_clear();
	type("/msg zzz\t");
	expect_line("/msg zzz", 8);
}

static void
fields_keep_no_history(void **state)
{
	(void)state;
	lineedit_field(true);
	type("hidden\r");
	lineedit_field(false);
	assert_string_equal(accepted, "hidden");
	type("\033[A");
	expect_line("", 0);
	assert_int_not_equal(access(history, F_OK), 0);
}

static void
set_replaces_the_line(void **state)
{
	(void)state;
	type("abc");
	lineedit_set("draft é");
	expect_line("draft é", 8);
	type("\037"); /* nothing to undo */
	expect_line("draft é", 8);
}

static void
enter_behind_a_count_is_enter(void **state)
{
	(void)state;
	type("one\r\033[Atwo\033-5\r");
	assert_int_equal(lines, 2);
	assert_string_equal(accepted, "onetwo");
	type("three");
	expect_line("three", 5);
}

/* What a key interrupts (a quoted insert, a search) readline forgets to free:
 * a dozen bytes for each. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libreadline\n";
}

/*
 * Readline under callbacks has holes (lineedit.c lists those that were found
 * by this); a sanitizer sees what falls into one.
 */
static void
random_keys_do_no_harm(void **state)
{
	static const char *const key[] = { "hello ", "\r", "\033[A", "\033[B",
		"\033[C", "\033[D", "\177", "\033[3~", "\033[F", "\t", "\022",
		"\001", "\005", "\025", "\031", "\013", "\027", "\033d",
		"\033\177", "\033", "日", "👨‍👩‍👧",
		"\033[200~a\nb\n\033[201~", "/msg ", "\026\033", "\037",
		"\030\025", "\024", "\033u", "\033.", "\033-5", "\021", "\023",
		"\007", "\033\177", "\035l", "e\xcc\x81", "\033<", "\033>",
		"\033r", "\017", "\013", "\033y", "\033p", "\033n", "\030(",
		"\030)", "\030e", "\004", "\001/login ", "\033z" };
	uint32_t random = 1;
	size_t len, point;
	int i;

	(void)state;
	refuses = true;
	for (i = 0; i < 20000; i++) {
		random = random * 1664525u + 1013904223u;
		switch (random >> 8 & 63) {
		case 0:
			lineedit_clear();
			break;
		case 1:
			lineedit_set("a draft");
			break;
		case 2:
			lineedit_discard();
			break;
		case 3:
			lineedit_forget_secret();
			break;
		default:
			type(key[(random >> 16) %
			    (sizeof(key) / sizeof(key[0]))]);
			break;
		}
		lineedit_text(&len, &point);
		assert_true(point <= len && len <= LINEEDIT_MAX + 64);
	}
	lineedit_clear();
	type("still sane\r");
	assert_string_equal(accepted, "still sane");
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(enter_hands_over_the_line),
		T(emacs_keys_edit),
		T(editing_keys_of_all_terminals_work),
		T(unknown_sequences_leave_no_rubbish),
		T(ctrl_d_on_an_empty_line_ends),
		T(backspace_takes_whole_clusters),
		T(delete_and_arrows_take_whole_clusters),
		T(a_count_goes_through_a_long_line),
		T(a_count_makes_no_line_too_long),
		T(a_lone_escape_swallows_nothing),
		T(vi_keys_work_when_inputrc_asks),
		T(inputrc_binds_keys_for_this_program),
		T(the_history_is_searched_for_a_beginning),
		T(a_paste_is_text_and_nothing_is_sent),
		T(a_paste_is_undone_at_once),
		T(a_line_does_not_grow_without_end),
		T(up_and_down_walk_the_history),
		T(history_is_kept_between_runs),
		T(up_and_down_go_through_several_lines),
		T(lines_are_killed_one_by_one),
		T(up_and_down_go_through_the_rows_of_a_broken_line),
		T(secret_lines_are_not_remembered),
		T(a_secret_line_that_was_refused_is_kept_in_memory),
		T(what_is_discarded_is_in_memory_and_in_no_file),
		T(what_is_discarded_is_killed_and_undone),
		T(a_search_is_prompted_and_found),
		T(clear_leaves_a_search),
		T(tab_completes_and_shows_choices),
		T(fields_keep_no_history),
		T(set_replaces_the_line),
		T(enter_behind_a_count_is_enter),
		T(random_keys_do_no_harm),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
