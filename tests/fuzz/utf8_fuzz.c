/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What utf8_clean gives is valid and holds no control character, cleaning it
 * again changes nothing but what was cut, and clusters cover a text exactly.
 */
#include "shared/utf8.h"

#include <string.h>

#include "shared/buf.h"

#define FUZZ_NAME "utf8"
#include "tests/fuzz/replay.h"

/* An own, plain reading of RFC 3629, to compare with. */
static bool
plainly_valid(const uint8_t *p, size_t n)
{
	size_t i = 0, more, k;
	uint32_t uc;

	while (i < n) {
		uint8_t c = p[i++];

		if (c == 0 || (c >= 0x80 && c < 0xC2) || c > 0xF4)
			return false;
		more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
		uc = more == 0 ? c : c & (0x3FU >> more);
		for (k = 0; k < more; k++, i++) {
			if (i == n || (p[i] & 0xC0) != 0x80)
				return false;
			uc = uc << 6 | (p[i] & 0x3FU);
		}
		if ((more == 2 && uc < 0x800) || (more == 3 && uc < 0x10000) ||
		    (uc >= 0xD800 && uc < 0xE000) || uc > 0x10FFFF)
			return false;
	}
	return true;
}

static void
check_clusters(const char *s, size_t n)
{
	size_t at = 0, len;
	int width = 0, w;

	while (at < n) {
		len = utf8_cluster(s + at, n - at);
		MUST(len > 0 && len <= n - at);
		MUST(utf8_valid(s + at, len));
		w = utf8_cluster_width(s + at, len);
		/* Vowels may have columns of their own. */
		MUST(w >= 0 && (size_t)w <= 2 * utf8_count(s + at, len));
		width += w;
		at += len;
	}
	MUST(at == n);
	MUST(utf8_width(s, n) == width);
	MUST(utf8_count(s, n) <= n);
}

static void
check_clean(const char *s, size_t n)
{
	struct buf one, two;
	size_t i;

	buf_init(&one, 16 * n + 16);
	MUST(utf8_clean(&one, s, n));
	MUST(utf8_valid(buf_data(&one), one.len));
	for (i = 0; i < one.len; i++) {
		const uint8_t *p = (const uint8_t *)buf_data(&one) + i;

		MUST(p[0] >= 0x20 && p[0] != 0x7F);
		MUST(p[0] != 0xC2 || p[1] >= 0xA0); /* C1 */
		MUST(memcmp(p, "\xE2\x80\xAE", one.len - i < 3 ?
		         one.len - i : 3) != 0);
	}
	buf_init(&two, 16 * one.len + 16);
	MUST(utf8_clean(&two, buf_data(&one), one.len));
	MUST(two.len == one.len);
	MUST(memcmp(buf_data(&one), buf_data(&two), one.len) == 0);
	check_clusters(buf_data(&one), one.len);
	buf_release(&one);
	buf_release(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	const char *s = (const char *)in;
	bool valid = utf8_valid(s, n);

	MUST(valid == plainly_valid(in, n));
	if (valid)
		check_clusters(s, n);
	check_clean(s, n);
	return 0;
}
