/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/wire.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool
name_ok(const char *s)
{
	return wire_name_ok(s, strlen(s));
}

static void
good_names_are_good(void **state)
{
	static const char *const good[] = { "messi", "Messi", "m", "_m", "9",
		"a-b.c_d", "a.", "con", "jürgen", "Łukasz", "иван", "Ελένη",
		"שלום", "محمد", "संजय", "สมชาย", "தமிழ்", "山田太郎",
		"ひらがな", "カタカナ", "ラーメン", "山ひカ", "韓國한국",
		"ㄅ中", "김철수", "user1", "山1", "مستخدم١",
		"12345678901234567890123456789012" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof *good; i++)
		if (!name_ok(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void
bad_names_are_refused(void **state)
{
	static const char *const bad[] = { "", " ", "a b", "-rf", ".", "..",
		".a", "../x", "a/b", "a\\b", "#a", "a@b", "*", "a:b", "a%b",
		"a\"b", "a'b", "a`b", "{}", "a\tb", "a\nb", "a\rb", "a\x01",
		"a\x7F", "a\xC2\x85", "a\xE2\x80\x8B", "a\xE2\x80\xAE",
		"a\xE2\x80\x8D", "\xEF\xBB\xBF"
		"a",
		"a\xC2\xAD"
		"b",
		/* not in normal form */
		"ju\xCC\x88rgen", "\xEF\xBD\x8D", "\xE2\x84\x82", "\xEF\xAC\x81",
		"\xC2\xB2",
		/* mixed scripts and digits */
		"mеssi" /* Cyrillic e */, "paypaΙ", "aа", "山a", "ひ한",
		"ㄅひ", "1\xD9\xA1", "a\xE0\xA5\xA7",
		/* a mark with nothing to stand on, letters of no script */
		"\xCC\x81"
		"a",
		"1\xCC\x81", "a\xCA\xBC"
		            "b",
		"😀", "a😀",
		/* not UTF-8 */
		"\xFF", "a\xC0\xAF", "\xED\xA0\x80", "a\xE2\x82",
		/* 33 */
		"123456789012345678901234567890123" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (name_ok(bad[i]))
			fail_msg("taken: %zu %s", i, bad[i]);
	assert_false(wire_name_ok("a\0b", 3));
}

static void
names_for_everyone_and_the_server_are_reserved(void **state)
{
	static const char *const all[] = { "all", "everyone", "Everybody",
		"semua", "SemuaNya", "every_one", "_all", "\xEF\xBC\xA1LL" };
	static const char *const other[] = { "server", "chat-server", "System",
		"sistem", "me", "SAYA", "here.", "you",
		"Anda" };
	static const char *const free_ones[] = { "", "_", "al", "alle",
		"everyones", "semua2", "messi", " all", "all everybody", "*",
		"#all", "\xD0\xB5veryone", "ser\xC3\xA9" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (!wire_means_everyone(all[i], strlen(all[i])) ||
		    !wire_name_reserved(all[i], strlen(all[i])))
			fail_msg("free: %s", all[i]);
	for (i = 0; i < sizeof other / sizeof *other; i++)
		if (wire_means_everyone(other[i], strlen(other[i])) ||
		    !wire_name_reserved(other[i], strlen(other[i])))
			fail_msg("free, or everyone: %s", other[i]);
	for (i = 0; i < sizeof free_ones / sizeof *free_ones; i++)
		if (wire_name_reserved(free_ones[i], strlen(free_ones[i])))
			fail_msg("reserved: %s", free_ones[i]);
	assert_true(wire_name_reserved("allx", 3));
}

static void
a_name_of_32_wide_characters_fits_and_one_more_does_not(void **state)
{
	char s[4 * 33 + 1] = "";
	char key[WIRE_NAME_CAP];
	int i;

	/* U+20000, of four bytes. */
	(void)state;
	for (i = 0; i < 32; i++)
		strcat(s, "\xF0\xA0\x80\x80");
	assert_true(name_ok(s));
	assert_true(wire_name_key(s, strlen(s), key));
	assert_string_equal(key, s);
	strcat(s, "\xF0\xA0\x80\x80");
	assert_false(name_ok(s));
	assert_false(wire_name_key(s, strlen(s), key));
}

static void
same_key(const char *a, const char *b)
{
	char ka[WIRE_NAME_CAP], kb[WIRE_NAME_CAP];

	assert_true(wire_name_key(a, strlen(a), ka));
	assert_true(wire_name_key(b, strlen(b), kb));
	assert_string_equal(ka, kb);
}

static void
names_that_fold_alike_are_one(void **state)
{
	char key[WIRE_NAME_CAP];

	(void)state;
	same_key("messi", "MESSI");
	same_key("jürgen", "JU\xCC\x88RGEN");
	same_key("straße", "STRASSE");
	same_key("ΣΊΣΥΦΟΣ", "σίσυφος");
	same_key("\xEF\xBD\x8D", "M");    /* full width */
	same_key("\xE2\x84\x82", "c");    /* double-struck */
	same_key("\xE2\x84\xAA", "k");    /* Kelvin */
	assert_true(wire_name_key("messi", 5, key));
	assert_string_equal(key, "messi");
	assert_false(wire_name_key("", 0, key));
	assert_false(wire_name_key("\xFF", 1, key));
	assert_false(wire_name_key("a\0", 2, key));
}

static bool
real_ok(const char *s)
{
	return wire_real_name_ok(s, strlen(s));
}

static void
real_names_may_hold_what_can_be_seen(void **state)
{
	char s[4 * 65 + 1] = "";
	int i;

	(void)state;
	assert_true(real_ok("Lionel Messi"));
	assert_true(real_ok("O'Neil \"the\" {x} %n\\"));
	assert_true(real_ok("山田 太郎 😀 👩🏽‍🚀"));
	assert_true(real_ok("محمد علی"));
	assert_true(real_ok("می‌خواهم")); /* a joiner that Persian needs */
	assert_false(real_ok(""));
	assert_false(real_ok("  "));
	assert_false(real_ok("\xE3\x80\x80"));
	assert_false(real_ok("a\nb"));
	assert_false(real_ok("a\x1B[31m"));
	assert_false(real_ok("a\xC2\x9B"));
	assert_false(real_ok("a\xE2\x80\xAE"
	                     "b"));
	assert_false(real_ok("a\xE2\x80\x8B"));
	assert_false(real_ok("\xE3\x85\xA4")); /* Hangul filler */
	assert_false(real_ok("a\xFF"));
	for (i = 0; i < 64; i++)
		strcat(s, "\xF0\x9F\x98\x80");
	assert_true(real_ok(s));
	strcat(s, "a");
	assert_false(real_ok(s));
}

static void
tags_are_short_and_plain(void **state)
{
	char tag[WIRE_TAG_MAX + 2];

	(void)state;
	assert_true(wire_tag_ok("a", 1));
	assert_true(wire_tag_ok("A-z0.9_", 7));
	assert_false(wire_tag_ok("", 0));
	assert_false(wire_tag_ok("a b", 3));
	assert_false(wire_tag_ok("a@", 2));
	assert_false(wire_tag_ok("a\0", 2));
	assert_false(wire_tag_ok("\xC3\xA9", 2));
	memset(tag, 'x', sizeof tag);
	assert_true(wire_tag_ok(tag, WIRE_TAG_MAX));
	assert_false(wire_tag_ok(tag, WIRE_TAG_MAX + 1));
}

static void
target_is(const char *s, enum target_kind kind, const char *name,
    const char *realm)
{
	struct target t;
	char out[WIRE_TARGET_CAP];

	assert_int_equal(target_parse(&t, s, strlen(s)), WIRE_OK);
	assert_int_equal(t.kind, kind);
	assert_string_equal(t.name, name);
	assert_string_equal(t.realm, realm);
	target_format(&t, out);
	assert_string_equal(out, s);
}

static void
targets_are_read_and_written_alike(void **state)
{
	struct target t;
	char s[512] = "#", out[WIRE_TARGET_CAP];
	int i;

	(void)state;
	target_is("*", TARGET_EVERYONE, "", "");
	target_is("messi", TARGET_USER, "messi", "");
	target_is("james@medan", TARGET_USER, "james", "medan");
	target_is("#batak", TARGET_GROUP, "batak", "");
	target_is("#batak@medan", TARGET_GROUP, "batak", "medan");
	for (i = 0; i < 32; i++)
		strcat(s, "\xF0\xA0\x80\x80");
	strcat(s, "@");
	for (i = 0; i < 32; i++)
		strcat(s, "\xF0\xA0\x80\x80");
	assert_int_equal(target_parse(&t, s, strlen(s)), WIRE_OK);
	target_format(&t, out);
	assert_string_equal(out, s);
}

static void
a_decomposed_target_is_brought_into_normal_form(void **state)
{
	struct target t;
	static const char s[] = "ju\xCC\x88rgen";

	(void)state;
	assert_int_equal(target_parse(&t, s, strlen(s)), WIRE_OK);
	assert_string_equal(t.name, "jürgen");
}

static void
bad_targets_are_refused(void **state)
{
	static const char *const bad[] = { "", "#", "@", "a@", "@b", "a@b@c",
		"**", "*@b", "##a", "#*", "a b", "../x", "a\xFF", "#@b",
		"a@-b", "#a@", "\xE2\x80\xAE" };
	struct target t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (target_parse(&t, bad[i], strlen(bad[i])) !=
		    WIRE_BAD_TARGET)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(target_parse(&t, "a\0b", 3), WIRE_BAD_TARGET);
}

static void
time_is(int64_t ms, const char *text)
{
	char out[WIRE_TIME_CAP];
	int64_t back = -1;

	wire_time(ms, out);
	assert_string_equal(out, text);
	assert_true(wire_time_parse(text, &back));
	assert_int_equal(back, ms);
}

static void
times_are_read_and_written_alike(void **state)
{
	char out[WIRE_TIME_CAP];

	(void)state;
	time_is(0, "1970-01-01T00:00:00.000Z");
	time_is(-1, "1969-12-31T23:59:59.999Z");
	time_is(1795230245678, "2026-11-21T03:04:05.678Z");
	time_is(951782400000, "2000-02-29T00:00:00.000Z");
	time_is(INT64_C(253402300799999), "9999-12-31T23:59:59.999Z");
	time_is(INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z");
	wire_time(INT64_MAX, out);
	assert_string_equal(out, "9999-12-31T23:59:59.999Z");
	wire_time(INT64_MIN, out);
	assert_string_equal(out, "0000-01-01T00:00:00.000Z");
}

static void
times_of_another_form_are_refused(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-11-21",
		"2026-11-21T03:04:05Z", "2026-11-21T03:04:05.67Z",
		"2026-11-21T03:04:05.6789Z", "2026-11-21T03:04:05.678",
		"2026-11-21T03:04:05.678+00:00", "2026-11-21 03:04:05.678Z",
		"2026-11-21T03:04:05.678Z ", " 2026-11-21T03:04:05.678Z",
		"2026-13-21T03:04:05.678Z", "2026-00-21T03:04:05.678Z",
		"2026-02-29T03:04:05.678Z", "2026-11-00T03:04:05.678Z",
		"2026-11-31T03:04:05.678Z", "2026-11-21T24:04:05.678Z",
		"2026-11-21T03:60:05.678Z", "2026-11-21T03:04:60.678Z",
		"+026-11-21T03:04:05.678Z", "2026-1a-21T03:04:05.678Z" };
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (wire_time_parse(bad[i], &ms))
			fail_msg("taken: %s", bad[i]);
}

static void
numbers_are_read_strictly(void **state)
{
	static const char *const bad[] = { "", "-1", "+5", "0x10", "5abc",
		" 5", "5 ", "1e3", "1.0", "9223372036854775808",
		"18446744073709551616", "99999999999999999999999999" };
	int64_t v = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (wire_number(bad[i], INT64_MAX, &v))
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(v, 7);
	assert_true(wire_number("0", 0, &v));
	assert_int_equal(v, 0);
	assert_false(wire_number("1", 0, &v));
	assert_true(wire_number("200", 200, &v));
	assert_false(wire_number("201", 200, &v));
	assert_true(wire_number("4294967296", INT64_MAX, &v));
	assert_int_equal(v, INT64_C(4294967296));
	assert_true(wire_number("9223372036854775807", INT64_MAX, &v));
	assert_int_equal(v, INT64_MAX);
}

static void
every_error_has_a_code_and_a_text(void **state)
{
	int i, j;

	(void)state;
	for (i = WIRE_OK + 1; i < WIRE_ERRS; i++) {
		const char *code = wire_err_code((enum wire_err)i);

		assert_non_null(code);
		assert_string_not_equal(code, "");
		assert_string_not_equal(wire_err_text((enum wire_err)i), "");
		j = (int)wire_err_from_code(code);
		assert_true(j <= i);
		assert_string_equal(wire_err_code((enum wire_err)j), code);
	}
	assert_string_equal(wire_err_code(WIRE_OK), "");
	assert_int_equal(wire_err_from_code("no-such-code"), WIRE_ERRS);
}

static void
the_texts_of_the_older_systems_stand(void **state)
{
	static const struct {
		enum wire_err err;
		const char *code, *text;
	} fixed[] = {
		{ WIRE_UNKNOWN_COMMAND, "unknown-command",
		    "**Protocol Tidak Benar" },
		{ WIRE_MISSING_PARAMETER, "missing-parameter",
		    "--Protocol Tidak Benar" },
		{ WIRE_NO_INFORMATION, "bad-token",
		    "Informasi tidak ditemukan" },
		{ WIRE_NO_SESSION, "bad-token", "Session Tidak Ditemukan" },
		{ WIRE_NO_ACCOUNT, "no-such-user", "User Tidak Ada" },
		{ WIRE_NO_SUCH_USER, "no-such-user", "User Tidak Ditemukan" },
		{ WIRE_WRONG_PASSWORD, "wrong-password", "Password Salah" },
		{ WIRE_NAME_TAKEN, "name-taken", "Username telah dipakai" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		assert_string_equal(wire_err_code(fixed[i].err), fixed[i].code);
		assert_string_equal(wire_err_text(fixed[i].err), fixed[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_names_are_good),
		cmocka_unit_test(bad_names_are_refused),
		cmocka_unit_test(names_for_everyone_and_the_server_are_reserved),
		cmocka_unit_test(
		    a_name_of_32_wide_characters_fits_and_one_more_does_not),
		cmocka_unit_test(names_that_fold_alike_are_one),
		cmocka_unit_test(real_names_may_hold_what_can_be_seen),
		cmocka_unit_test(tags_are_short_and_plain),
		cmocka_unit_test(targets_are_read_and_written_alike),
		cmocka_unit_test(
		    a_decomposed_target_is_brought_into_normal_form),
		cmocka_unit_test(bad_targets_are_refused),
		cmocka_unit_test(times_are_read_and_written_alike),
		cmocka_unit_test(times_of_another_form_are_refused),
		cmocka_unit_test(numbers_are_read_strictly),
		cmocka_unit_test(every_error_has_a_code_and_a_text),
		cmocka_unit_test(the_texts_of_the_older_systems_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
