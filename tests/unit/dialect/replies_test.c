/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "server/dialect/replies.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/xalloc.h"

static void
out(void *arg, struct blob *b)
{
	buf_add(arg, b->data, b->len);
	blob_unref(b);
}

struct world {
	struct replies replies;
	struct buf sent;
};

static void
world_init(struct world *w)
{
	buf_init(&w->sent, 1 << 16);
	replies_init(&w->replies, out, &w->sent);
}

static void
world_release(struct world *w)
{
	replies_release(&w->replies);
	buf_release(&w->sent);
}

static bool
fill(struct world *w, uint16_t number, const char *text)
{
	return replies_fill(
	    &w->replies, number, blob_new(text, strlen(text)));
}

static void
answers_leave_in_the_order_of_the_requests(void **state)
{
	struct world w;
	uint16_t a, b, c;

	(void)state;
	world_init(&w);
	a = replies_open(&w.replies, NULL);
	b = replies_open(&w.replies, "t");
	c = replies_open(&w.replies, NULL);
	assert_true(fill(&w, c, "c"));
	assert_true(fill(&w, b, "b"));
	assert_int_equal(w.sent.len, 0);
	assert_true(fill(&w, a, "a"));
	assert_string_equal(buf_data(&w.sent), "abc");
	assert_int_equal(w.replies.count, 0);
	world_release(&w);
}

static void
an_answer_that_nobody_waits_for_is_dropped(void **state)
{
	struct world w;
	uint16_t a, b;

	(void)state;
	world_init(&w);
	assert_false(fill(&w, 0, "x"));
	a = replies_open(&w.replies, NULL);
	b = replies_open(&w.replies, NULL);
	assert_true(fill(&w, b, "b"));
	assert_false(fill(&w, b, "again"));
	assert_false(fill(&w, (uint16_t)(b + 1), "none"));
	assert_true(fill(&w, a, "a"));
	assert_false(fill(&w, a, "late"));
	assert_string_equal(buf_data(&w.sent), "ab");
	world_release(&w);
}

static void
numbers_go_round_and_the_slots_are_bounded(void **state)
{
	struct world w;
	uint16_t n;

	(void)state;
	world_init(&w);
	w.replies.first = UINT16_MAX - 2;
	for (int i = 0; i < REPLIES_MAX; i++) {
		assert_false(replies_full(&w.replies));
		n = replies_open(&w.replies, NULL);
		assert_int_equal(n, (uint16_t)(UINT16_MAX - 2 + i));
	}
	assert_true(replies_full(&w.replies));
	for (int i = REPLIES_MAX - 1; i >= 0; i--)
		assert_true(
		    fill(&w, (uint16_t)(UINT16_MAX - 2 + i), "x"));
	assert_int_equal(w.sent.len, REPLIES_MAX);
	world_release(&w);
}

static void
what_is_kept_goes_with_its_slot(void **state)
{
	struct world w;
	uint16_t a;

	(void)state;
	world_init(&w);
	a = replies_open(&w.replies, "tag");
	replies_find(&w.replies, a)->note = xstrdup("note");
	assert_string_equal(replies_find(&w.replies, a)->tag, "tag");
	fill(&w, a, "a");
	assert_null(replies_find(&w.replies, a));
	replies_open(&w.replies, NULL);
	assert_null(replies_find(&w.replies, (uint16_t)(a + 1))->note);
	assert_string_equal(
	    replies_find(&w.replies, (uint16_t)(a + 1))->tag, "");
	world_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_leave_in_the_order_of_the_requests),
		cmocka_unit_test(an_answer_that_nobody_waits_for_is_dropped),
		cmocka_unit_test(numbers_go_round_and_the_slots_are_bounded),
		cmocka_unit_test(what_is_kept_goes_with_its_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
