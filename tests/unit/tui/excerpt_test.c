/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/excerpt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/utf8.h"

enum { WORDS_MAX = 8 };

static size_t
split(char *words, char *word[WORDS_MAX])
{
	size_t n = 0;
	char *one;

	while ((one = strsep(&words, " ")) != NULL)
		word[n++] = one;
	return n;
}

/* What is marked is put in brackets. */
static void
expect_marks(const char *text, const char *words, const char *want)
{
	char copy[256], got[512] = "", *word[WORDS_MAX];
	size_t at, len, n;
	bool *mark, in = false;

	strcpy(copy, words);
	n = split(copy, word);
	mark = excerpt_marks(text, word, n, &at, &len);
	for (size_t i = 0; i <= strlen(text); i++) {
		if (mark[i] != in)
			strcat(got, in ? "]" : "[");
		in = mark[i];
		strncat(got, text + i, 1);
	}
	free(mark);
	assert_string_equal(got, want);
}

/* Around the words, as a row shows it. */
static void
expect_cut(const char *text, const char *words, int cols, const char *want)
{
	char copy[256], got[512] = "", *word[WORDS_MAX];
	size_t at, len, n;
	struct excerpt e;

	strcpy(copy, words);
	n = split(copy, word);
	free(excerpt_marks(text, word, n, &at, &len));
	e = excerpt_cut(text, at, len, cols);
	if (e.before)
		strcat(got, "…");
	strncat(got, text + e.from, e.to - e.from);
	if (e.after)
		strcat(got, "…");
	assert_string_equal(got, want);
	assert_true(utf8_width(got, strlen(got)) <= cols);
}

static void
every_word_is_marked_wherever_it_stands(void **state)
{
	(void)state;
	expect_marks("the horse eats the hay", "horse the",
	    "[the] [horse] eats [the] hay");
	expect_marks("a horseshoe", "horse shoe seshoe", "a [horseshoe]");
	expect_marks("nothing", "horse", "nothing");
	expect_marks("", "horse", "");
}

static void
case_and_accents_do_not_count(void **state)
{
	(void)state;
	expect_marks("Das CAFÉ", "café", "Das [CAFÉ]");
	expect_marks("Das Cafe\u0301!", "cafe", "Das [Cafe\u0301]!");
	expect_marks("a cafe", "Café", "a [cafe]");
	expect_marks("皆さんこんにちは世界", "世界",
	    "皆さんこんにちは[世界]");
	expect_marks("かが", "か", "[か]が");
}

static void
a_cluster_is_not_parted(void **state)
{
	(void)state;
	expect_marks("x Straße y", "stras", "x [Straß]e y");
	expect_marks("a 👩‍🚀 b", "👩", "a [👩‍🚀] b");
}

static void
what_fits_is_not_cut(void **state)
{
	(void)state;
	expect_cut("the horse", "horse", 9, "the horse");
	expect_cut("", "horse", 1, "");
}

static void
the_word_found_stays_in_sight(void **state)
{
	static const char text[] =
	    "once upon a time a horse ate all of the hay in the house";

	(void)state;
	expect_cut(text, "once", 20, "once upon a time a …");
	expect_cut(text, "horse", 20, "…ime a horse ate al…");
	expect_cut(text, "house", 20, "…he hay in the house");
	expect_cut(text, "horse", 7, "…horse…");
	expect_cut(text, "horse", 4, "…ho…");
	expect_cut(text, "none", 10, "once upon…");
	/* The longest of the words tells most. */
	expect_cut(text, "a horse", 20, "…ime a horse ate al…");
}

static void
wide_characters_are_whole(void **state)
{
	static const char text[] = "日本語日本語の馬は日本語日本語";

	(void)state;
	expect_cut(text, "馬", 10, "…の馬は日…");
	expect_cut(text, "馬", 11, "…の馬は日…");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_is_marked_wherever_it_stands),
		cmocka_unit_test(case_and_accents_do_not_count),
		cmocka_unit_test(a_cluster_is_not_parted),
		cmocka_unit_test(what_fits_is_not_cut),
		cmocka_unit_test(the_word_found_stays_in_sight),
		cmocka_unit_test(wide_characters_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
