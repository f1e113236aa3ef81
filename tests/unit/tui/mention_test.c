/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/mention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
yes(const char *name, const char *text)
{
	if (!mention_in(text, name, "its"))
		fail_msg("%s is named in: %s", name, text);
}

static void
no(const char *name, const char *text)
{
	if (mention_in(text, name, "its"))
		fail_msg("%s is not named in: %s", name, text);
}

static void
a_name_is_found_as_a_word(void **state)
{
	(void)state;
	yes("messi", "messi");
	yes("messi", "hai messi, apa kabar?");
	yes("messi", "hai @messi!");
	yes("messi", "MESSI: see (Messi's) shot.");
	yes("messi", "so it was messi.");
	yes("messi", "messi...");
	yes("messi", "oh messi- wait");
	yes("messi", "\"messi\"\nnext line");
	yes("messi", "messing with messi");
	no("messi", "messing about");
	no("messi", "a messy mess");
	no("messi", "xmessi messi2 messi_");
	no("messi", "mess i");
	no("messi", "");
	no("", "anything");
}

static void
other_peoples_names_are_not_ours(void **state)
{
	(void)state;
	no("messi", "neko-messi and messi-neko and messi.jr");
	no("messi", "messi@medan is another");
	no("messi", "neko@messi is of another realm");
	yes("messi", "messi@its is the same");
	yes("messi", "ask messi@ITS, please");
	no("messi", "messi@itself");
	yes("ann-lee", "hai Ann-Lee.");
	no("ann", "hai Ann-Lee.");
	assert_false(mention_in("messi@its", "messi", ""));
}

static void
other_scripts_fold_and_end_too(void **state)
{
	(void)state;
	yes("jürgen", "Hallo JÜRGEN!");
	yes("jürgen", "ju\xcc\x88rgen, decomposed");
	no("jurgen", "jürgen");
	no("messi", "messi\xcc\x81 has an accent");
	yes("messi", "ｍｅｓｓｉ in full width");
	yes("strasse", "STRASSE");
	yes("Ольга", "привет, ольга");
	no("Ольга", "ольгам");
	yes("messi", "messiさん");
	yes("田中", "田中さんは");
	yes("田中", "今日田中が");
	no("田中", "田");
	yes("สมชาย", "คุณสมชายครับ");
	no("김", "김치");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_found_as_a_word),
		cmocka_unit_test(other_peoples_names_are_not_ours),
		cmocka_unit_test(other_scripts_fold_and_end_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
