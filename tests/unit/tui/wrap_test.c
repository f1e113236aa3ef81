/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/utf8.h"

/* Wraps s and compares: lines are separated by '|'. */
static void
expect_lines(const char *s, int first, int width, const char *want)
{
	struct wrap w;
	char got[4096] = "";
	size_t i;

	wrap_init(&w);
	wrap_text(&w, s, strlen(s), first, width);
	for (i = 0; i < w.count; i++) {
		if (i > 0)
			strcat(got, "|");
		strncat(got, s + w.line[i].start, w.line[i].len);
		assert_int_equal(w.line[i].cols,
		    utf8_width(s + w.line[i].start, w.line[i].len));
	}
	assert_string_equal(got, want);
	wrap_release(&w);
}

static void
short_text_is_one_line(void **state)
{
	(void)state;
	expect_lines("hello", 10, 10, "hello");
	expect_lines("", 10, 10, "");
}

static void
lines_break_between_words(void **state)
{
	(void)state;
	expect_lines("the quick brown fox", 10, 10, "the quick|brown fox");
	expect_lines("well-known words", 6, 6, "well-|known|words");
}

static void
a_link_goes_to_a_line_of_its_own_unbroken(void **state)
{
	(void)state;
	expect_lines("see http://a.b/c-d/e, now", 17, 17,
	    "see|http://a.b/c-d/e,|now");
	expect_lines("http://a.b/c-d/e?f=g", 20, 20, "http://a.b/c-d/e?f=g");
	expect_lines("lihat http://例え.b/日本/日 ya", 22, 22,
	    "lihat|http://例え.b/日本/日|ya");
	/* What stands close to it goes with it where there is room, */
	expect_lines("see (http://a.b/c-d).", 18, 18, "see|(http://a.b/c-d).");
	/* else not. */
	expect_lines("see (http://a.b/c-d).", 14, 14,
	    "see|(|http://a.b/c-d|).");
	expect_lines("見てhttp://a.b/c-d", 15, 15, "見て|http://a.b/c-d");
	expect_lines("one\nsee http://a.b/c-d\ntwo", 15, 15,
	    "one|see|http://a.b/c-d|two");
	/* The room behind a name is left empty for it. */
	expect_lines("http://a.b/c-d", 10, 16, "|http://a.b/c-d");
}

static void
a_longer_link_is_broken_at_the_edge_alone(void **state)
{
	(void)state;
	expect_lines("see http://a.b/c-d/e-f/g?h=i ok", 10, 10,
	    "see|http://a.b|/c-d/e-f/g|?h=i ok");
	expect_lines("see (http://a.b/c-d), ok", 10, 10,
	    "see|(http://a.|b/c-d), ok");
	expect_lines("http://例え.b/日本日本", 10, 10,
	    "http://例|え.b/日本|日本");
}

static void
a_line_may_be_full_to_the_last_column(void **state)
{
	(void)state;
	expect_lines("12345 67890", 5, 5, "12345|67890");
	expect_lines("12345", 5, 5, "12345");
}

static void
a_slash_stays_with_its_command(void **state)
{
	(void)state;
	expect_lines("type /help or /who", 7, 7, "type|/help|or /who");
	expect_lines("/help /who", 5, 5, "/help|/who");
	expect_lines("puts out (/kick)", 11, 11, "puts out|(/kick)");
}

static void
spaces_at_a_break_are_not_shown(void **state)
{
	(void)state;
	expect_lines("abc    def", 3, 3, "abc|def");
	expect_lines("abc   ", 3, 3, "abc");
}

static void
spaces_at_the_head_stay(void **state)
{
	(void)state;
	expect_lines("a\n    b", 10, 10, "a|    b");
}

static void
a_word_longer_than_the_line_is_cut(void **state)
{
	(void)state;
	expect_lines("abcdefghij", 4, 4, "abcd|efgh|ij");
	expect_lines("ab cdefghij", 4, 4, "ab|cdef|ghij");
}

static void
line_ends_of_the_text_are_kept(void **state)
{
	(void)state;
	expect_lines("a\nb\n\nc", 10, 10, "a|b||c");
	expect_lines("a\n", 10, 10, "a|");
}

static void
wide_characters_take_two_columns(void **state)
{
	(void)state;
	expect_lines("日本語テスト", 5, 5, "日本|語テ|スト");
}

static void
clusters_are_never_cut(void **state)
{
	(void)state;
	expect_lines("e\xcc\x81" "e\xcc\x81" "e\xcc\x81", 2, 2,
	    "e\xcc\x81" "e\xcc\x81" "|e\xcc\x81");
	expect_lines("👨‍👩‍👧👨‍👩‍👧", 2, 2, "👨‍👩‍👧|👨‍👩‍👧");
}

/* Cases of UAX #14 that breaking at blanks alone would get wrong. */
static void
lines_break_by_the_rules_of_unicode(void **state)
{
	(void)state;
	/* LB13: no line begins with what closes, nor with a full stop. */
	expect_lines("日本語。日本", 6, 6, "日本|語。日|本");
	expect_lines("「日本」語", 6, 6, "「日|本」語");
	expect_lines("one two!", 7, 7, "one|two!");
	/* LB14: none ends with what opens. */
	expect_lines("foo (bar)", 5, 5, "foo|(bar)");
	/* LB12: a no-break space. */
	expect_lines("a b\xc2\xa0" "c", 3, 3, "a|b\xc2\xa0" "c");
	/* LB25: numbers stay whole. */
	expect_lines("of 1,000.50 $9.99", 8, 8, "of|1,000.50|$9.99");
	/* LB21: behind a hyphen, not before it. */
	expect_lines("tic-tac-toe", 5, 5, "tic-|tac-|toe");
	/* LB26, LB27: Hangul, syllables by themselves. */
	expect_lines("한국어", 4, 4, "한국|어");
	/* Right to left, in the order in which it is said. */
	expect_lines("שלום עולם", 5, 5, "שלום|עולם");
}

static void
clusters_stay_whole_at_line_ends(void **state)
{
	(void)state;
	/* LB30a, LB30b, LB9: flags, skin tones, marks. */
	expect_lines("🇮🇩🇮🇩", 3, 3, "🇮🇩|🇮🇩");
	expect_lines("a👍🏽👍🏽", 3, 3, "a👍🏽|👍🏽");
	expect_lines("नमस्ते", 2, 2, "नम|स्ते");
	expect_lines("👨‍👩‍👧❤️👨‍👩‍👧", 4, 4, "👨‍👩‍👧❤️|👨‍👩‍👧");
}

static void
too_wide_for_any_line_stands_alone(void **state)
{
	(void)state;
	expect_lines("日a本", 1, 1, "日|a|本");
	expect_lines("ab", 0, -3, "a|b");
}

static void
the_first_line_may_be_narrower(void **state)
{
	(void)state;
	expect_lines("one two three", 4, 9, "one|two three");
	expect_lines("wonderful day", 4, 9, "|wonderful|day");
	expect_lines("abcdefghijkl", 4, 8, "|abcdefgh|ijkl");
}

static void
the_same_wrap_serves_many_texts(void **state)
{
	struct wrap w;
	char s[5000];
	size_t i;

	(void)state;
	memset(s, 'x', sizeof(s));
	wrap_init(&w);
	wrap_text(&w, s, sizeof(s), 7, 7);
	assert_int_equal(w.count, (sizeof(s) + 6) / 7);
	for (i = 0; i + 1 < w.count; i++)
		assert_int_equal(w.line[i].cols, 7);
	wrap_text(&w, "a b", 3, 7, 7);
	assert_int_equal(w.count, 1);
	wrap_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_text_is_one_line),
		cmocka_unit_test(lines_break_between_words),
		cmocka_unit_test(a_link_goes_to_a_line_of_its_own_unbroken),
		cmocka_unit_test(a_longer_link_is_broken_at_the_edge_alone),
		cmocka_unit_test(a_line_may_be_full_to_the_last_column),
		cmocka_unit_test(a_slash_stays_with_its_command),
		cmocka_unit_test(spaces_at_a_break_are_not_shown),
		cmocka_unit_test(spaces_at_the_head_stay),
		cmocka_unit_test(a_word_longer_than_the_line_is_cut),
		cmocka_unit_test(line_ends_of_the_text_are_kept),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(clusters_are_never_cut),
		cmocka_unit_test(lines_break_by_the_rules_of_unicode),
		cmocka_unit_test(clusters_stay_whole_at_line_ends),
		cmocka_unit_test(too_wide_for_any_line_stands_alone),
		cmocka_unit_test(the_first_line_may_be_narrower),
		cmocka_unit_test(the_same_wrap_serves_many_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
