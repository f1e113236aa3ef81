/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/frame.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/buf.h"
#include "shared/xalloc.h"

enum { MAX = 8, ROOM = 1 << 20 };

/*
 * What comes of a stream that is fed in pieces of step bytes: each frame in
 * angle brackets, '!' for one that is too long.
 */
static char *
cut_at(enum frame_kind kind, size_t max, size_t cap, const char *in, size_t n,
    size_t step)
{
	struct frame f;
	struct buf b, out;
	enum frame_status got;
	size_t at, len, piece;
	char *p;

	frame_init(&f, kind, max);
	buf_init(&b, cap);
	buf_init(&out, ROOM);
	for (at = 0; at < n; at += piece) {
		piece = step < n - at ? step : n - at;
		if (piece > buf_room(&b))
			piece = buf_room(&b);
		assert_true(piece > 0);
		assert_true(buf_add(&b, in + at, piece));
		while ((got = frame_next(&f, &b, &p, &len)) != FRAME_MORE) {
			if (got == FRAME_TOO_LONG) {
				/* Its beginning: what was put in there. */
				assert_true(len > 0);
				assert_memory_equal(p,
				    memmem(in, n, p, len), len);
				buf_addc(&out, '!');
				continue;
			}
			assert_int_equal(p[len], '\0');
			buf_addc(&out, '<');
			buf_add(&out, p, len);
			buf_addc(&out, '>');
		}
	}
	buf_release(&b);
	return buf_detach(&out);
}

static void
cuts_n(enum frame_kind kind, const char *in, size_t n, const char *want)
{
	size_t step;
	char *got;

	for (step = 1; step <= n; step++) {
		got = cut_at(kind, MAX, ROOM, in, n, step);
		assert_string_equal(got, want);
		free(got);
	}
}

static void
lines(const char *in, const char *want)
{
	cuts_n(FRAME_LINES, in, strlen(in), want);
}

static void
objects(const char *in, const char *want)
{
	cuts_n(FRAME_OBJECTS, in, strlen(in), want);
}

static void
a_line_ends_in_lf_or_crlf_however_it_is_split(void **state)
{
	(void)state;
	lines("ping\r\n", "<ping>");
	lines("ping\n", "<ping>");
	lines("a\nb\r\n\nc", "<a><b><>");
	lines("\r\n\n\r\n", "<><><>");
	lines("who", "");
}

static void
every_cr_before_the_lf_is_part_of_the_end(void **state)
{
	(void)state;
	lines("a\r\r\n", "<a>");
	lines("a\r\r\r\r\nb\n", "<a><b>");
	lines("\r\r\n", "<>");
}

static void
a_cr_elsewhere_is_part_of_the_line(void **state)
{
	(void)state;
	lines("a\rb\r\n", "<a\rb>");
	lines("\ra\n", "<\ra>");
}

static void
the_limit_counts_a_line_without_its_end(void **state)
{
	(void)state;
	lines("1234567\n", "<1234567>");
	lines("12345678\n", "<12345678>");
	lines("123456789\nb\n", "!<b>");
	lines("1234567\r\n", "<1234567>");
	lines("12345678\r\n", "<12345678>");
	lines("123456789\r\nb\n", "!<b>");
	lines("12345678\r\r\r\nb\n", "<12345678><b>");
	lines("123456\xC3\xA9\r\nb\n", "<123456\xC3\xA9><b>");
	lines("1234567\xC3\xA9\r\nb\n", "!<b>");
}

static void
a_line_that_is_too_long_is_said_once_and_dropped_to_its_end(void **state)
{
	(void)state;
	lines("1234567890123456789012345678901234567890\nb\n", "!<b>");
	lines("1234567890\r\n1234567890\r\nb\n", "!!<b>");
	lines("12345678901234567890", "!");
	lines("12345678901234567890\n", "!");
}

static void
a_line_of_carriage_returns_alone_is_bounded_too(void **state)
{
	char in[256];

	(void)state;
	memset(in, '\r', sizeof in);
	cuts_n(FRAME_LINES, in, sizeof in, "!");
	in[sizeof in - 3] = '\n';
	in[sizeof in - 2] = 'b';
	in[sizeof in - 1] = '\n';
	cuts_n(FRAME_LINES, in, sizeof in, "!<b>");
	/* Just as many as an end may have, and one more. */
	memset(in, 'x', MAX);
	memset(in + MAX, '\r', FRAME_END_MAX);
	in[MAX + FRAME_END_MAX - 1] = '\n';
	cuts_n(FRAME_LINES, in, MAX + FRAME_END_MAX, "<xxxxxxxx>");
	in[MAX + FRAME_END_MAX - 1] = '\r';
	in[MAX + FRAME_END_MAX] = '\n';
	cuts_n(FRAME_LINES, in, MAX + FRAME_END_MAX + 1, "!");
}

static void
a_nul_does_not_end_a_line(void **state)
{
	struct frame f;
	struct buf b;
	char *p;
	size_t n;

	(void)state;
	frame_init(&f, FRAME_LINES, MAX);
	buf_init(&b, ROOM);
	buf_add(&b, "a\0b\r\n", 5);
	assert_int_equal(frame_next(&f, &b, &p, &n), FRAME_READY);
	assert_int_equal(n, 3);
	assert_memory_equal(p, "a\0b", 4);
	buf_release(&b);
}

static void
an_object_ends_in_crlfcrlf_however_it_is_split(void **state)
{
	(void)state;
	objects("{}\r\n\r\n", "<{}>");
	objects("{}\r\n\r\n{1}\r\n\r\n{", "<{}><{1}>");
	objects("{\r\n}\r\n\r\n", "<{\r\n}>");
	objects("{}\r\r\n\r\n", "<{}\r>");
	objects("{}\r\n\n\r\n\r\n", "<{}\r\n\n>");
	objects("\r\n\r\n", "<>");
	objects("\r\n\r\n\r\n\r\n", "<><>");
	objects("{}\r\n\r", "");
	objects("{}\n\n", "");
}

static void
the_limit_counts_an_object_without_its_end(void **state)
{
	(void)state;
	objects("1234567\r\n\r\n", "<1234567>");
	objects("12345678\r\n\r\n", "<12345678>");
	objects("123456789\r\n\r\nb\r\n\r\n", "!<b>");
	objects("12345678901234567890\r\n\r\nb\r\n\r\n", "!<b>");
	objects("12345678\r\n\r1\r\n\r\nb\r\n\r\n", "!<b>");
}

static void
a_small_buffer_is_enough_and_never_stands_still(void **state)
{
	char in[4096];
	size_t n = sizeof in, step;
	char *got;

	(void)state;
	memset(in, 'x', n);
	memcpy(in + n - 7, "\r\nabc\r\n", 7);
	for (step = 1; step <= n; step *= 2) {
		got = cut_at(FRAME_LINES, MAX, MAX + FRAME_END_MAX, in, n,
		    step);
		assert_string_equal(got, "!<abc>");
		free(got);
		/* One that is smaller than it should be ends nothing either. */
		got = cut_at(FRAME_LINES, MAX, MAX, in, n, step);
		assert_string_equal(got, "!<abc>");
		free(got);
	}
}

static void
a_frame_stands_until_it_is_done(void **state)
{
	struct frame f;
	struct buf b;
	char *p;
	size_t n;

	(void)state;
	frame_init(&f, FRAME_LINES, MAX);
	buf_init(&b, ROOM);
	buf_adds(&b, "one\r\ntwo");
	assert_int_equal(frame_next(&f, &b, &p, &n), FRAME_READY);
	assert_int_equal(b.len, 8);
	frame_done(&f, &b);
	assert_string_equal(buf_data(&b), "two");
	frame_done(&f, &b);
	assert_string_equal(buf_data(&b), "two");
	assert_int_equal(frame_next(&f, &b, &p, &n), FRAME_MORE);
	buf_adds(&b, "\n");
	assert_int_equal(frame_next(&f, &b, &p, &n), FRAME_READY);
	assert_string_equal(p, "two");
	buf_release(&b);
}

static void
each_byte_is_looked_at_once(void **state)
{
	enum { MANY = 400 * 1000 };
	struct frame f;
	struct buf b;
	char *p, *line = xmalloc(MANY);
	size_t n, i;

	/* A byte a call: a second for each would be hours if it were not. */
	(void)state;
	memset(line, 'x', MANY);
	frame_init(&f, FRAME_LINES, MANY);
	buf_init(&b, MANY + FRAME_END_MAX);
	for (i = 0; i < MANY; i++) {
		buf_add(&b, line + i, 1);
		assert_int_equal(frame_next(&f, &b, &p, &n), FRAME_MORE);
		assert_int_equal(f.seen, i + 1);
	}
	buf_addc(&b, '\n');
	assert_int_equal(frame_next(&f, &b, &p, &n), FRAME_READY);
	assert_int_equal(n, MANY);
	buf_release(&b);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_ends_in_lf_or_crlf_however_it_is_split),
		cmocka_unit_test(every_cr_before_the_lf_is_part_of_the_end),
		cmocka_unit_test(a_cr_elsewhere_is_part_of_the_line),
		cmocka_unit_test(the_limit_counts_a_line_without_its_end),
		cmocka_unit_test(
		    a_line_that_is_too_long_is_said_once_and_dropped_to_its_end),
		cmocka_unit_test(
		    a_line_of_carriage_returns_alone_is_bounded_too),
		cmocka_unit_test(a_nul_does_not_end_a_line),
		cmocka_unit_test(an_object_ends_in_crlfcrlf_however_it_is_split),
		cmocka_unit_test(the_limit_counts_an_object_without_its_end),
		cmocka_unit_test(a_small_buffer_is_enough_and_never_stands_still),
		cmocka_unit_test(a_frame_stands_until_it_is_done),
		cmocka_unit_test(each_byte_is_looked_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
