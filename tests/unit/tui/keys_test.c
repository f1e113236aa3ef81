/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char got[8192];

/* Each key as " number:bytes", ESC as ^. */
static void
note(void *arg, enum keys_key key, const char *bytes, size_t n)
{
	size_t at = strlen(got), i;

	(void)arg;
	at += (size_t)snprintf(got + at, sizeof(got) - at, " %d:", (int)key);
	for (i = 0; i < n && at + 2 < sizeof(got); i++)
		got[at++] = bytes[i] == '\033' ? '^' : bytes[i];
	got[at] = '\0';
}

static void
expect_keys(const char *bytes, size_t n, const char *want)
{
	struct keys *k = keys_new(note, NULL);
	size_t i;

	got[0] = '\0';
	keys_feed(k, bytes, n);
	assert_string_equal(got, want);
	/* A byte at a time makes no difference. */
	got[0] = '\0';
	for (i = 0; i < n; i++)
		keys_feed(k, bytes + i, 1);
	assert_string_equal(got, want);
	keys_free(k);
}

#define EXPECT(bytes, want) expect_keys(bytes, sizeof(bytes) - 1, want)

static void
characters_come_whole(void **state)
{
	(void)state;
	EXPECT("aé日👍", " 0:a 0:é 0:日 0:👍");
}

static void
bytes_that_are_no_character_are_dropped(void **state)
{
	(void)state;
	EXPECT("a\xff\xc3(\xe6\x97z\x80g", " 0:a 0:( 0:z 0:g");
	EXPECT("\xed\xa0\x80x", " 0:x"); /* a surrogate */
}

/* By itself, and in a paste, of which it is no part. */
static void
the_focus_is_told_and_never_text(void **state)
{
	char want[64];

	(void)state;
	snprintf(want, sizeof(want), " 0:a %d:^[O %d:^[I 0:b", KEYS_FOCUS_OUT,
	    KEYS_FOCUS_IN);
	EXPECT("a\033[O\033[Ib", want);
	snprintf(want, sizeof(want), " %d:ab[O %d:", KEYS_PASTE,
	    KEYS_FOCUS_IN);
	EXPECT("\033[200~a\033[O\033[Ib[O\033[201~", want);
}

static void
the_keys_of_the_screen_are_taken_out(void **state)
{
	char want[64];

	(void)state;
	snprintf(want, sizeof(want), " %d:^[5~ %d:^[6;2~ %d:^OP", KEYS_PAGE_UP,
	    KEYS_PAGE_DOWN, KEYS_HELP);
	EXPECT("\033[5~\033[6;2~\033OP", want);
	snprintf(want, sizeof(want), " %d:^3 %d:^a", KEYS_CONVERSATION_1 + 2,
	    KEYS_UNREAD);
	EXPECT("\0333\033a", want);
}

static void
other_sequences_come_whole(void **state)
{
	(void)state;
	EXPECT("\033[1;5Cx", " 1:^[1;5C 0:x");
	EXPECT("\033[<0;12;7Mx", " 4:^[<0;12;7M 0:x");
	EXPECT("\033[M !!x", " 4:^[M !! 0:x");
	EXPECT("\033bx", " 1:^b 0:x");
	EXPECT("\033éx", " 1:^é 0:x");
}

static void
a_terminals_answer_is_no_typing(void **state)
{
	(void)state;
	EXPECT("a\033]11;rgb:ffff/ffff/ffff\033\\b",
	    " 0:a 5:^]11;rgb:ffff/ffff/ffff^\\ 0:b");
	EXPECT("\033]11;rgb:0/0/0\ab", " 5:^]11;rgb:0/0/0\a 0:b");
	/* Alt-] and what follows is typed; a broken answer is dropped. */
	EXPECT("\033]ab", " 0:a 0:b");
	EXPECT("\033]11;rgb:\001b", " 0:\001 0:b");
	EXPECT("\033]11;rgb:0/0\033xb", " 0:x 0:b");
}

static void
what_terminfo_says_comes_first(void **state)
{
	struct keys *k = keys_new(note, NULL);
	char want[32];

	(void)state;
	keys_add(k, "\033[25~", KEYS_USERS);
	keys_add(k, NULL, KEYS_USERS);
	keys_add(k, "", KEYS_USERS);
	got[0] = '\0';
	keys_feed(k, "\033[25~", 5);
	snprintf(want, sizeof(want), " %d:^[25~", KEYS_USERS);
	assert_string_equal(got, want);
	keys_free(k);
}

static void
a_lone_escape_settles(void **state)
{
	struct keys *k = keys_new(note, NULL);

	(void)state;
	got[0] = '\0';
	assert_int_equal(keys_wait(k), 0);
	keys_feed(k, "\033", 1);
	assert_int_equal(keys_wait(k), KEYS_ESCAPE_MS);
	assert_string_equal(got, "");
	keys_settle(k);
	assert_string_equal(got, " 2:^");
	assert_int_equal(keys_wait(k), 0);
	keys_feed(k, "x", 1);
	assert_string_equal(got, " 2:^ 0:x");
	keys_free(k);
}

static void
two_escapes_are_one_and_a_key(void **state)
{
	char want[32];

	(void)state;
	snprintf(want, sizeof(want), " 2:^ %d:^[A", KEYS_UP);
	EXPECT("\033\033[A", want);
}

static void
a_sequence_without_end_is_dropped(void **state)
{
	(void)state;
	EXPECT("\033[1111111111111111111111111111111111111mx", " 0:x");
	EXPECT("\033[1\ax", " 0:\a 0:x");
}

static void
a_paste_is_one_thing(void **state)
{
	(void)state;
	EXPECT("a\033[200~two\r\nlines\rand\n\tmore\003\033[201~b",
	    " 0:a 3:two\nlines\nand\n\tmore 0:b");
	EXPECT("\033[200~\033[5~x\033[201~", " 3:[5~x");
	EXPECT("\033[200~\033[201~b", " 0:b");
}

static void
a_paste_without_end_settles(void **state)
{
	struct keys *k = keys_new(note, NULL);

	(void)state;
	got[0] = '\0';
	keys_feed(k, "\033[200~text", 10);
	assert_true(keys_wait(k) > 0);
	keys_settle(k);
	assert_string_equal(got, " 3:text");
	keys_feed(k, "x", 1);
	assert_string_equal(got, " 3:text 0:x");
	keys_free(k);
}

static void
a_paste_without_marks_is_guessed(void **state)
{
	struct keys *k = keys_new(note, NULL);

	(void)state;
	got[0] = '\0';
	keys_guess(k, true);
	keys_feed(k, "ok\r", 3); /* typed fast, or late to be read */
	assert_string_equal(got, " 0:o 0:k 0:\r");
	got[0] = '\0';
	keys_feed(k, "one\rtwo\r", 8);
	assert_int_equal(keys_wait(k), KEYS_BURST_MS);
	keys_feed(k, "three\r", 6);
	assert_string_equal(got, "");
	keys_settle(k);
	assert_string_equal(got, " 3:one\ntwo\nthree\n");
	got[0] = '\0';
	keys_feed(k, "\r", 1);
	assert_string_equal(got, " 0:\r");
	/* One that marks them needs no guesses. */
	keys_feed(k, "\033[200~x\033[201~", 13);
	got[0] = '\0';
	keys_feed(k, "a\rb", 3);
	assert_string_equal(got, " 0:a 0:\r 0:b");
	keys_free(k);
}

static size_t paste_len;

static void
measure(void *arg, enum keys_key key, const char *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	assert_int_equal(key, KEYS_PASTE);
	paste_len = n;
}

static void
a_huge_paste_is_bounded(void **state)
{
	static char big[1000];
	struct keys *k = keys_new(measure, NULL);
	int i;

	(void)state;
	memset(big, 'x', sizeof(big));
	keys_feed(k, "\033[200~", 6);
	for (i = 0; i < 1000; i++)
		keys_feed(k, big, sizeof(big));
	keys_feed(k, "\033[201~", 6);
	assert_int_equal(paste_len, KEYS_PASTE_MAX);
	keys_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_come_whole),
		cmocka_unit_test(bytes_that_are_no_character_are_dropped),
		cmocka_unit_test(the_focus_is_told_and_never_text),
		cmocka_unit_test(the_keys_of_the_screen_are_taken_out),
		cmocka_unit_test(other_sequences_come_whole),
		cmocka_unit_test(a_terminals_answer_is_no_typing),
		cmocka_unit_test(what_terminfo_says_comes_first),
		cmocka_unit_test(a_lone_escape_settles),
		cmocka_unit_test(two_escapes_are_one_and_a_key),
		cmocka_unit_test(a_sequence_without_end_is_dropped),
		cmocka_unit_test(a_paste_is_one_thing),
		cmocka_unit_test(a_paste_without_end_settles),
		cmocka_unit_test(a_paste_without_marks_is_guessed),
		cmocka_unit_test(a_huge_paste_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
