/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/copy.h"

#include "shared/buf.h"
#include "tui/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
say(struct model *m, int64_t id, const char *text)
{
	const struct model_message msg = { .id = id, .target = "*",
		.from = "neko", .name = "", .text = text };

	assert_true(model_add(m, &msg, MODEL_LIVE));
}

static void
assert_page(struct copy *cp, struct model *m, int rows, int cols,
    const char *want)
{
	struct buf b;

	buf_init(&b, COPY_CAP);
	copy_page(cp, model_current(m), rows, cols, false, &b);
	assert_string_equal(buf_data(&b), want);
	buf_release(&b);
}

static void
pages_join(void **state)
{
	struct model *m = model_new();
	struct copy cp = { 0 };

	(void)state;
	for (int i = 1; i <= 6; i++) {
		char text[32];

		snprintf(text, sizeof(text), i == 3 ? "%d\nlong" : "%d", i);
		say(m, i, text);
	}
	assert_page(&cp, m, 3, 20,
	    "neko: 4\r\nneko: 5\r\nneko: 6\r\n");
	assert_true(copy_turn(&cp, model_current(m), true));
	assert_page(&cp, m, 3, 20, "neko: 2\r\nneko: 3\r\n  long\r\n");
	assert_true(copy_turn(&cp, model_current(m), true));
	assert_page(&cp, m, 3, 20, "neko: 1\r\n");
	assert_false(copy_turn(&cp, model_current(m), true));
	assert_true(copy_turn(&cp, model_current(m), false));
	assert_page(&cp, m, 3, 20, "neko: 2\r\nneko: 3\r\n  long\r\n");
	assert_true(copy_turn(&cp, model_current(m), false));
	assert_page(&cp, m, 3, 20,
	    "neko: 4\r\nneko: 5\r\nneko: 6\r\n");
	assert_false(copy_turn(&cp, model_current(m), false));
	model_free(m);
}

static void
it_moves_by_one_and_to_both_ends(void **state)
{
	struct model *m = model_new();
	const struct convo *c = model_current(m);
	struct copy cp = { 0 };

	(void)state;
	assert_false(copy_step(&cp, c, true));
	assert_false(copy_far(&cp, c, true));
	for (int i = 1; i <= 5; i++) {
		char text[32];

		snprintf(text, sizeof(text), "%d", i);
		say(m, i, text);
	}
	assert_page(&cp, m, 3, 20, "neko: 3\r\nneko: 4\r\nneko: 5\r\n");
	assert_false(copy_step(&cp, c, false));
	assert_true(copy_step(&cp, c, true));
	assert_page(&cp, m, 3, 20, "neko: 2\r\nneko: 3\r\nneko: 4\r\n");
	assert_true(copy_step(&cp, c, true));
	assert_false(copy_step(&cp, c, true));
	assert_page(&cp, m, 3, 20, "neko: 1\r\nneko: 2\r\nneko: 3\r\n");
	assert_false(copy_far(&cp, c, true));
	assert_true(copy_far(&cp, c, false));
	assert_page(&cp, m, 3, 20, "neko: 3\r\nneko: 4\r\nneko: 5\r\n");
	assert_true(copy_far(&cp, c, true));
	assert_page(&cp, m, 3, 20, "neko: 1\r\nneko: 2\r\nneko: 3\r\n");
	assert_true(copy_step(&cp, c, false));
	assert_page(&cp, m, 3, 20, "neko: 2\r\nneko: 3\r\nneko: 4\r\n");
	model_free(m);
}

static void
a_line_counts_as_the_rows_it_takes(void **state)
{
	struct model *m = model_new();
	struct copy cp = { 0 };

	(void)state;
	say(m, 1, "one");
	say(m, 2, "0123456789012345678901234567890123456789");
	assert_page(&cp, m, 5, 10,
	    "neko: 0123456789012345678901234567890123456789\r\n");
	assert_page(&cp, m, 6, 10, "neko: one\r\n"
	    "neko: 0123456789012345678901234567890123456789\r\n");
	/* One that has no room is there all the same. */
	assert_page(&cp, m, 2, 10,
	    "neko: 0123456789012345678901234567890123456789\r\n");
	model_free(m);
}

static void
nothing_of_others_reaches_the_terminal_raw(void **state)
{
	struct model *m = model_new();
	struct copy cp = { 0 };
	struct buf b;

	(void)state;
	assert_page(&cp, m, 2, 10, "");
	say(m, 1, "a\033]8;;http://x\033\\b\r\tc");
	buf_init(&b, COPY_CAP);
	copy_page(&cp, model_current(m), 5, 80, true, &b);
	assert_null(strstr(buf_data(&b), "\033]8;;http://x\033\\b"));
	assert_null(strchr(buf_data(&b), '\t'));
	assert_non_null(strstr(buf_data(&b), "neko: a\xe2\x90\x9b]8;;"));
	buf_release(&b);
	model_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_join),
		cmocka_unit_test(it_moves_by_one_and_to_both_ends),
		cmocka_unit_test(a_line_counts_as_the_rows_it_takes),
		cmocka_unit_test(nothing_of_others_reaches_the_terminal_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
