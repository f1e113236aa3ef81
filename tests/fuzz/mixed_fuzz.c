/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * However a raw line is split over reads, the texts before its first reply are
 * the same, and so is the reply.  (An "exit" may be text or not: that depends
 * on what came with it.)
 */
#include "server/realm/mixed.h"

#include <stdbool.h>
#include <string.h>

#include "shared/buf.h"

#define FUZZ_NAME "mixed"
#include "tests/fuzz/replay.h"

struct cut {
	struct buf text;
	enum mixed_kind kind;
	size_t at;   /* where the first reply ends */
	size_t held; /* when nothing more comes */
};

static bool
take(struct cut *c, struct buf *b)
{
	struct mixed m;

	mixed_cut(&m, buf_data(b), b->len, false);
	MUST(m.text <= m.whole && m.whole <= b->len);
	MUST(buf_add(&c->text, buf_data(b), m.text));
	buf_eat(b, m.whole);
	c->at += m.whole;
	c->kind = m.kind;
	c->held = b->len;
	if (m.kind == MIXED_TEXT)
		MUST(c->held < MIXED_FRAME_MAX + 8);
	return m.kind != MIXED_TEXT;
}

static void
cut(struct cut *c, const uint8_t *in, size_t n, size_t step)
{
	struct buf b;
	size_t at, piece;

	*c = (struct cut){ .kind = MIXED_TEXT };
	buf_init(&c->text, n + 1);
	buf_init(&b, n + 1);
	for (at = 0; at < n; at += piece) {
		piece = step < n - at ? step : n - at;
		MUST(buf_add(&b, in + at, piece));
		if (take(c, &b))
			break;
	}
	buf_release(&b);
}

static void
same(const struct cut *a, const struct cut *b)
{
	const struct cut *more = a->text.len > b->text.len ? a : b;
	const struct cut *less = more == a ? b : a;
	size_t n = more->text.len - less->text.len;
	const char *p = buf_data(&more->text);

	MUST(a->kind == b->kind);
	MUST(n == 0 || n == 4);
	MUST(memcmp(p, buf_data(&less->text), less->text.len) == 0);
	MUST(n == 0 || memcmp(p + less->text.len, "exit", 4) == 0);
	if (a->kind == MIXED_TEXT)
		MUST(n + more->held == less->held);
	else
		MUST(a->at == b->at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct cut whole, parts;
	struct mixed m;
	size_t step;

	mixed_cut(&m, (const char *)in, n, true);
	MUST(m.text <= m.whole && m.whole <= n);
	cut(&whole, in, n, SIZE_MAX);
	for (step = 1; step < 8; step += 3) {
		cut(&parts, in, n, step);
		same(&whole, &parts);
		buf_release(&parts.text);
	}
	buf_release(&whole.text);
	return 0;
}
