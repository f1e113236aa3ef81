/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes in on a raw line gives the same chats however it is split over
 * reads, none longer than a text may be, and nothing of it is lost.
 */
#include "server/dialect/raw.h"

#include <string.h>

#include "shared/buf.h"

#define FUZZ_NAME "raw"
#include "tests/fuzz/replay.h"

/* All chats that are there, those that end with a line with its LF. */
static void
take(struct buf *in, bool whole, struct buf *out)
{
	struct raw_chat c;

	for (;;) {
		c = raw_cut(buf_data(in), in->len, whole);
		MUST(c.n <= c.eat && c.eat <= in->len);
		MUST(c.n <= WIRE_TEXT_MAX);
		if (c.eat == 0)
			break;
		MUST(memchr(buf_data(in), '\n', c.n) == NULL);
		MUST(buf_add(out, buf_data(in), c.n));
		MUST(buf_addc(out, c.end ? '\n' : '/'));
		buf_eat(in, c.eat);
	}
	/* Else a connection would stand still. */
	MUST(in->len < WIRE_TEXT_MAX + 2);
	MUST(!whole || in->len == 0);
}

static void
cut(const uint8_t *in, size_t n, size_t step, struct buf *out)
{
	struct buf b;
	size_t at, piece;

	buf_init(&b, n + 1);
	for (at = 0; at < n; at += piece) {
		piece = step < n - at ? step : n - at;
		MUST(buf_add(&b, in + at, piece));
		take(&b, false, out);
	}
	take(&b, true, out);
	buf_release(&b);
}

/* How many bytes are neither line ends nor marks of our own. */
static size_t
payload(const void *p, size_t n)
{
	const char *s = p;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += s[i] != '\r' && s[i] != '\n' && s[i] != '/';
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const size_t steps[] = { 1, 7, 1000 };
	struct buf whole, parts;

	buf_init(&whole, 2 * n + 16);
	cut(in, n, SIZE_MAX, &whole);
	MUST(payload(in, n) == payload(buf_data(&whole), whole.len));
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		buf_init(&parts, 2 * n + 16);
		cut(in, n, steps[i], &parts);
		MUST(parts.len == whole.len);
		MUST(memcmp(buf_data(&parts), buf_data(&whole), whole.len) ==
		    0);
		buf_release(&parts);
	}
	buf_release(&whole);
	return 0;
}
