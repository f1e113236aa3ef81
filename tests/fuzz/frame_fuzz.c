/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cutting a stream gives the same frames however it is split over reads, none
 * longer than the limit, none that holds an end.
 */
#include "shared/frame.h"

#include <string.h>

#include "shared/buf.h"

#define FUZZ_NAME "frame"
#include "tests/fuzz/replay.h"

enum { MAX = 40 };

static void
check(enum frame_kind kind, const char *p, size_t n)
{
	MUST(n <= MAX);
	MUST(p[n] == '\0');
	if (kind == FRAME_LINES)
		MUST(memchr(p, '\n', n) == NULL);
	else
		MUST(memmem(p, n, "\r\n\r\n", 4) == NULL);
}

static void
cut(enum frame_kind kind, const uint8_t *in, size_t n, size_t step,
    struct buf *out)
{
	struct frame f;
	struct buf b;
	enum frame_status got;
	char *p;
	size_t at, len, piece;

	frame_init(&f, kind, MAX);
	buf_init(&b, MAX + FRAME_END_MAX);
	for (at = 0; at < n; at += piece) {
		piece = step < n - at ? step : n - at;
		if (piece > buf_room(&b))
			piece = buf_room(&b);
		MUST(piece > 0); /* else a connection would stand still */
		MUST(buf_add(&b, in + at, piece));
		while ((got = frame_next(&f, &b, &p, &len)) != FRAME_MORE) {
			if (got == FRAME_READY)
				check(kind, p, len);
			MUST(buf_addc(out, got == FRAME_READY ? '<' : '!'));
			if (got == FRAME_READY)
				MUST(buf_add(out, p, len));
		}
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const enum frame_kind kinds[] = { FRAME_LINES, FRAME_OBJECTS };
	struct buf whole, parts;
	size_t step;
	int i;

	for (i = 0; i < 2; i++) {
		buf_init(&whole, 4 * n + 16);
		cut(kinds[i], in, n, SIZE_MAX, &whole);
		for (step = 1; step < 8; step += 3) {
			buf_init(&parts, 4 * n + 16);
			cut(kinds[i], in, n, step, &parts);
			MUST(parts.len == whole.len);
			MUST(memcmp(buf_data(&parts), buf_data(&whole),
			         whole.len) == 0);
			buf_release(&parts);
		}
		buf_release(&whole);
	}
	return 0;
}
