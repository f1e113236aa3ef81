/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/buf.h"

static bool
valid(const char *s)
{
	return utf8_valid(s, strlen(s));
}

static void
only_rfc_3629_is_valid(void **state)
{
	static const char *const bad[] = { "\x80", "\xBF", "\xC0\xAF",
		"\xC1\xBF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xED\xA0\x80",
		"\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
		"\xFE", "\xFF", "a\xC3", "a\xE2\x82", "a\xF0\x9F\x98",
		"\xE2\x28\xA1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (valid(bad[i]))
			fail_msg("taken: %zu", i);
	assert_true(valid(""));
	assert_true(utf8_valid(NULL, 0));
	assert_true(valid("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF"));
	assert_true(valid("\xEE\x80\x80\xEF\xBF\xBD\xF0\x90\x80\x80"));
	assert_true(valid("\xF4\x8F\xBF\xBF"));
	assert_false(utf8_valid("a\0b", 3));
}

static void
code_points_are_counted(void **state)
{
	(void)state;
	assert_int_equal(utf8_count("", 0), 0);
	assert_int_equal(utf8_count("aé山😀", strlen("aé山😀")), 4);
}

static void
a_text_is_blank_where_nothing_of_it_can_be_seen(void **state)
{
	static const char *const blank[] = { "", " ", "\t \r\n\v\f",
		"\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80",
		"\xE2\x80\xAF\xE2\x81\x9F", "\xE2\x80\xA8\xE2\x80\xA9",
		"\xE3\x80\x80", "\xE2\x80\x8B\n\xE2\x80\x8D",
		"\xE2\x81\xA0\xEF\xBB\xBF", "\xC2\xAD", "\xE2\x80\xAE",
		"\xE3\x85\xA4", "\xE1\x85\x9F", "\xEF\xBE\xA0",
		"\xEF\xB8\x8F", "\xE1\xA0\x8E", "\xE2\xA0\x80",
		"\xF3\xA0\x81\xBF" };
	static const char *const seen[] = { " a", "\n\n.", "\x01", "\x1B",
		"\x7F", "\xC2\x85", "\xCC\x81", "\xE2\x80\x8B\xE5\xB1\xB1", "\xFF",
		" \xE2\x80", "\xE2\xA0\x81", "\xEF\xBF\xBD" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof blank / sizeof *blank; i++)
		if (!utf8_blank(blank[i], strlen(blank[i])))
			fail_msg("seen: %zu", i);
	for (i = 0; i < sizeof seen / sizeof *seen; i++)
		if (utf8_blank(seen[i], strlen(seen[i])))
			fail_msg("blank: %zu", i);
	assert_true(utf8_blank(NULL, 0));
}

static void
clusters_and_their_columns_are_those_of_a_terminal(void **state)
{
	static const struct {
		const char *s;
		int width;
	} one[] = {
		{ "a", 1 }, { "é", 1 }, { "e\xCC\x81", 1 },
		{ "e\xCC\x81\xCC\x82\xCC\x83", 1 }, { "山", 2 }, { "あ", 2 },
		{ "ｱ", 1 }, { "Ａ", 2 }, { "한", 2 },
		{ "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2 }, { "😀", 2 },
		{ "👍🏽", 2 }, { "👨‍👩‍👧", 2 },
		{ "👩🏽‍🚀", 2 }, { "🇮🇩", 2 }, { "❤️", 2 }, { "❤", 1 },
		{ "1️⃣", 2 }, { "🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2 },
		{ "ש", 1 }, { "ก", 1 }, { "กำ", 2 }, { "\xCC\x81", 0 },
		/* Vowels that have columns of their own. */
		{ "\u0b95\u0bc6\u0bbe", 3 }, { "\u0c95\u0cbf", 1 },
		{ "a\U0001f3fd", 3 }, { "\u06006", 2 },
		/* Newer than libunistring, or than what it says of them. */
		{ "\U0001fae9", 2 }, { "\U0001fa8f", 2 },
		{ "\U0002ebf0", 2 }, { "\U0003fffd", 2 },
		{ "\u4dc0", 2 }, { "\u3248", 2 }, { "\U00018d09", 2 },
	};
	char two[128];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof one / sizeof *one; i++) {
		n = strlen(one[i].s);
		if (utf8_cluster(one[i].s, n) != n)
			fail_msg("not one cluster: %s", one[i].s);
		if (utf8_cluster_width(one[i].s, n) != one[i].width)
			fail_msg("%s: %d columns", one[i].s,
			    utf8_cluster_width(one[i].s, n));
		snprintf(two, sizeof two, "%sx", one[i].s);
		assert_int_equal(utf8_cluster(two, n + 1), n);
		assert_int_equal(utf8_width(two, n + 1), one[i].width + 1);
	}
	assert_int_equal(utf8_cluster("", 0), 0);
	assert_int_equal(utf8_cluster("\r\nx", 3), 2);
}

static void
two_flags_are_two_clusters(void **state)
{
	const char *s = "🇮🇩🇯🇵🇺";

	(void)state;
	assert_int_equal(utf8_cluster(s, strlen(s)), 8);
	assert_int_equal(utf8_cluster(s + 8, strlen(s) - 8), 8);
	assert_int_equal(utf8_cluster(s + 16, strlen(s) - 16), 4);
	assert_int_equal(utf8_width(s, strlen(s)), 5);
}

static void
what_a_terminal_may_join_is_told(void **state)
{
	static const char malayalam[] = "\u0d28\u0d4d\u200d";
	static const char hindi[] = "\u0915\u094d\u0937\u093e";
	static const char sinhala[] = "\u0dc3\u0dca\u200d\u0dad\u0dca\u200d\u0dbb";

	(void)state;
	assert_true(utf8_joins(malayalam, strlen(malayalam)));
	assert_true(utf8_joins(hindi, 6));
	assert_false(utf8_joins(hindi, 3));
	assert_false(utf8_joins("", 0));
	assert_false(utf8_joins("a", 1));
	assert_int_equal(utf8_joined(hindi, strlen(hindi), 64), 12);
	assert_int_equal(utf8_joined(hindi, strlen(hindi), 11), 6);
	assert_int_equal(utf8_joined(sinhala, strlen(sinhala), 64), 21);
	assert_int_equal(utf8_joined("\u0d28\u0d4d\u200d a", 11, 64), 9);
	assert_int_equal(utf8_joined("ab", 2, 64), 1);
	assert_int_equal(utf8_joined("", 0, 64), 0);
}

static void
ascii_says_what_it_can_and_numbers_the_rest(void **state)
{
	static const char s[] = "caf\u00e9 \u201cx\u201d \u2014 y\u2026 "
	    "\u2192 \u65e5 \U0001f600 \u241b\u2421 \u2502\u2500\u00b7";
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	assert_true(utf8_ascii(&b, s, strlen(s)));
	assert_string_equal(buf_data(&b), "caf<U+00E9> \"x\" -- y... -> "
	    "<U+65E5> <U+1F600> <U+001B><U+007F> |-*");
	buf_release(&b);
	buf_init(&b, 4);
	assert_false(utf8_ascii(&b, s, strlen(s)));
	buf_release(&b);
}

static void
cleaned_n(const char *s, size_t n, const char *want)
{
	struct buf out;

	buf_init(&out, 4096);
	assert_true(utf8_clean(&out, s, n));
	assert_string_equal(buf_data(&out), want);
	assert_int_equal(out.len, strlen(want));
	buf_release(&out);
}

static void
cleaned(const char *s, const char *want)
{
	cleaned_n(s, strlen(s), want);
}

static void
what_can_be_seen_stays(void **state)
{
	static const char *const same[] = { "", "halo", "aé山あ한😀",
		"e\xCC\x81", "👨‍👩‍👧", "👩🏽‍🚀",
		"❤️‍🔥", "🏳️‍🌈", "🇮🇩", "1️⃣",
		"🏴󠁧󠁢󠁥󠁮󠁧󠁿", "שלום", "مرحبا",
		"می‌خواهم", "क्‍ष", "ක්‍ෂ",
		"葛\xF3\xA0\x84\x80", "a\xC2\xA0z",
		"\xE3\x80\x80", "\xD8\x80\xD9\xA1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof same / sizeof *same; i++)
		cleaned(same[i], same[i]);
}

static void
control_characters_become_visible(void **state)
{
	char c, want[4] = "\xE2\x90\x80";

	(void)state;
	for (c = 0; c < 0x20; c++) {
		want[2] = (char)(0x80 + c);
		cleaned_n(&c, 1, want);
	}
	cleaned("\x7F", "\xE2\x90\xA1");
	cleaned("a\r\nb\tc", "a␍␊b␉c");
	cleaned("\x1B[31mred", "␛[31mred");
	cleaned("\xC2\x85", "<U+0085>");
	cleaned("\xC2\x9B"
	        "31m",
	    "<U+009B>31m");
}

static void
what_turns_or_hides_text_becomes_visible(void **state)
{
	(void)state;
	cleaned("a\xE2\x80\xAE"
	        "b",
	    "a<U+202E>b");
	cleaned("\xE2\x81\xA6\xE2\x81\xA9", "<U+2066><U+2069>");
	cleaned("\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C", "<U+200E><U+200F><U+061C>");
	cleaned("a\xE2\x80\x8B"
	        "b",
	    "a<U+200B>b");
	cleaned("\xEF\xBB\xBF"
	        "a",
	    "<U+FEFF>a");
	cleaned("a\xC2\xAD"
	        "b",
	    "a<U+00AD>b");
	cleaned("a\xE2\x80\xA8"
	        "b\xE2\x80\xA9",
	    "a<U+2028>b<U+2029>");
	cleaned("\xE3\x85\xA4", "<U+3164>");
	cleaned("\xEF\xBF\xBE", "<U+FFFE>");
	cleaned("a\xE2\x80\x8D"
	        "b",
	    "a<U+200D>b");
	cleaned("😀\xE2\x80\x8D", "😀<U+200D>");
	cleaned("\xEF\xB8\x8F", "<U+FE0F>");
	cleaned("a\xF3\xA0\x81\xA1", "a<U+E0061>");
	cleaned("🏴\xF3\xA0\x81\xA1", "🏴<U+E0061>");
}

static void
expect_escaped(const char *s, const char *want)
{
	struct buf out;

	buf_init(&out, 4096);
	assert_true(utf8_escape(&out, s, strlen(s)));
	assert_string_equal(buf_data(&out), want);
	buf_release(&out);
}

static void
what_json_would_hide_becomes_an_escape(void **state)
{
	(void)state;
	expect_escaped("{\"a\":\"日本 e\xCC\x81 👨‍👩‍👧 ❤️ क्‍ष\"}",
	    "{\"a\":\"日本 e\xCC\x81 👨‍👩‍👧 ❤️ क्‍ष\"}");
	expect_escaped("\"\xC2\x9B""31m\x7F\"", "\"\\u009B31m\\u007F\"");
	expect_escaped("\"\xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF\"",
	    "\"\\u202E\\u2066\\uFEFF\"");
	expect_escaped("\"\xE2\x80\x8D\",\"\xEF\xB8\x8F\"",
	    "\"\\u200D\",\"\\uFE0F\"");
	expect_escaped("\"\xF3\xA0\x81\x81\"", "\"\\uDB40\\uDC41\"");
	expect_escaped("\"\\n\\u001B\"", "\"\\n\\u001B\"");
}

static void
invalid_bytes_become_replacements_one_by_one(void **state)
{
	(void)state;
	cleaned("\xFF", "\xEF\xBF\xBD");
	cleaned("a\xC0\xAF"
	        "b",
	    "a\xEF\xBF\xBD\xEF\xBF\xBD"
	    "b");
	cleaned("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
	cleaned("\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void
at_most_eight_marks_stand_on_one_base(void **state)
{
	char s[64] = "a", want[64] = "a";
	int i;

	(void)state;
	for (i = 0; i < 12; i++) {
		strcat(s, "\xCC\x81");
		if (i < 8)
			strcat(want, "\xCC\x81");
	}
	strcat(s, "b\xCC\x81");
	strcat(want, "b\xCC\x81");
	cleaned(s, want);
}

static void
a_full_buffer_is_told_and_holds_no_half_of_a_character(void **state)
{
	struct buf out;
	size_t cap;

	(void)state;
	for (cap = 0; cap < 12; cap++) {
		buf_init(&out, cap);
		assert_false(utf8_clean(&out, "山\x01\xFF😀", 9));
		assert_true(utf8_valid(buf_data(&out), out.len));
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_rfc_3629_is_valid),
		cmocka_unit_test(code_points_are_counted),
		cmocka_unit_test(
		    a_text_is_blank_where_nothing_of_it_can_be_seen),
		cmocka_unit_test(
		    clusters_and_their_columns_are_those_of_a_terminal),
		cmocka_unit_test(two_flags_are_two_clusters),
		cmocka_unit_test(what_a_terminal_may_join_is_told),
		cmocka_unit_test(ascii_says_what_it_can_and_numbers_the_rest),
		cmocka_unit_test(what_can_be_seen_stays),
		cmocka_unit_test(control_characters_become_visible),
		cmocka_unit_test(what_turns_or_hides_text_becomes_visible),
		cmocka_unit_test(what_json_would_hide_becomes_an_escape),
		cmocka_unit_test(invalid_bytes_become_replacements_one_by_one),
		cmocka_unit_test(at_most_eight_marks_stand_on_one_base),
		cmocka_unit_test(
		    a_full_buffer_is_told_and_holds_no_half_of_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
