/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of a long message. */
#include "tui/model/fold.h"

#include "shared/buf.h"
#include "tui/model/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/xalloc.h"

/* Of text in lines of 40 columns, open or not: rows, with a line end behind
 * each. */
static void
expect_rows(const char *text, bool open, bool folds, const char *want)
{
	struct fold_row *row;
	struct wrap w;
	struct buf b;
	size_t n;
	bool got;

	wrap_init(&w);
	wrap_text(&w, text, strlen(text), 40, 40);
	row = xcalloc(w.count + 1, sizeof(*row));
	n = fold_rows(text, w.line, w.count, open, row, &got);
	assert_true(n >= 1 && n <= w.count + 1);
	buf_init(&b, 1 << 16);
	for (size_t i = 0; i < n; i++) {
		const struct wrap_line *line = &w.line[row[i].first];

		if (row[i].kind == FOLD_NOTHING)
			buf_add(&b, text + line->start, line->len);
		else
			fold_text(&b, row[i].kind, row[i].count, true);
		buf_addc(&b, '\n');
	}
	assert_string_equal(buf_data(&b), want);
	assert_true(got == folds);
	buf_release(&b);
	wrap_release(&w);
	free(row);
}

/* n times what. */
static char *
times(size_t n, const char *what, const char *end)
{
	size_t len = strlen(what);
	char *text = xmalloc(n * len + strlen(end) + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, what, len);
	memcpy(text + n * len, end, strlen(end) + 1);
	return text;
}

static void
what_is_short_stays_as_it_is(void **state)
{
	char *twenty = times(19, "x\n", "x"), *want = times(20, "x\n", "");

	(void)state;
	expect_rows("", false, false, "\n");
	expect_rows("one\n\n\ntwo\n", false, false, "one\n\n\ntwo\n\n");
	expect_rows(twenty, false, false, want);
	expect_rows(twenty, true, false, want);
	free(want);
	free(twenty);
}

static void
of_what_is_long_the_first_lines_are_shown(void **state)
{
	char *long_text = times(20, "x\n", "y"), *all = times(20, "x\n", "y\n");
	char *wide = times(205, "word", ""), *open;

	(void)state;
	expect_rows(long_text, false, true,
	    "x\nx\nx\nx\nx\n… 16 more lines, Enter shows\n");
	open = times(1, all, "21 lines, Enter folds\n");
	expect_rows(long_text, true, true, open);
	/* Lines are those of the screen. */
	expect_rows(wide, false, true,
	    "wordwordwordwordwordwordwordwordwordword\n"
	    "wordwordwordwordwordwordwordwordwordword\n"
	    "wordwordwordwordwordwordwordwordwordword\n"
	    "wordwordwordwordwordwordwordwordwordword\n"
	    "wordwordwordwordwordwordwordwordwordword\n"
	    "… 16 more lines, Enter shows\n");
	free(open);
	free(wide);
	free(all);
	free(long_text);
}

static void
blank_lines_are_counted_not_shown(void **state)
{
	char *many = times(4000, "\n", "x");

	(void)state;
	expect_rows("one\n\n \n\xe3\x80\x80\ntwo", false, true,
	    "one\n… 3 blank lines, Enter shows\ntwo\n");
	expect_rows("one\n\n\n\ntwo", true, true,
	    "one\n\n\n\ntwo\n5 lines, Enter folds\n");
	expect_rows("\n\n\n\n\n\n\n", false, true,
	    "… 8 blank lines, Enter shows\n");
	expect_rows(many, false, true, "… 5 blank lines, Enter shows\n"
	    "… 3,996 more lines, Enter shows\n");
	free(many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_short_stays_as_it_is),
		cmocka_unit_test(of_what_is_long_the_first_lines_are_shown),
		cmocka_unit_test(blank_lines_are_counted_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
