/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/wrap.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unilbrk.h>

#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/model/url.h"

/* In w->brk, beside libunistring's: a link that fits into a line begins or ends
 * there.  What stands close to it parts from it before it is broken itself. */
enum { LINK_EDGE = 'e' };

void
wrap_init(struct wrap *w)
{
	memset(w, 0, sizeof(*w));
}

void
wrap_release(struct wrap *w)
{
	free(w->line);
	free(w->brk);
	wrap_init(w);
}

/* One more line, s[start .. end), without the spaces at its end. */
static void
add_line(struct wrap *w, const char *s, size_t start, size_t end)
{
	struct wrap_line *line;

	while (end > start && s[end - 1] == ' ')
		end--;
	if (w->count == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 8;
		w->line = xreallocarray(w->line, w->cap, sizeof(*w->line));
	}
	line = &w->line[w->count++];
	line->start = start;
	line->len = end - start;
	line->cols = utf8_width(s + start, end - start);
}

/*
 * Whether a line may begin at i > 0.  For Unicode a slash belongs to what is
 * before it, also behind a blank (UAX #14, LB13); here it begins a command,
 * also behind what opens a bracket.
 */
static bool
may_begin(const struct wrap *w, const char *s, size_t i)
{
	if (s[i] == '/' && s[i - 1] == ' ')
		return true;
	if (s[i - 1] == '/' && (i == 1 || strchr(" (\"'", s[i - 2]) != NULL))
		return false;
	return w->brk[i] == UC_BREAK_POSSIBLE;
}

/*
 * Where a line that begins at start must end: the first byte of the next one,
 * or n.  spare: there is an earlier place for a break than in a word, at the
 * head of the line (it follows a prefix that is not ours).
 */
static size_t
line_end(const struct wrap *w, const char *s, size_t start, size_t n,
    int width, bool spare)
{
	size_t i, len, brk = start, edge = start;
	int col = 0, cols;

	for (i = start; i < n; i += len) {
		len = utf8_cluster(s + i, n - i);
		if (i > start && may_begin(w, s, i))
			brk = i;
		if (i > start && w->brk[i] == LINK_EDGE)
			edge = i;
		cols = utf8_cluster_width(s + i, len);
		col += cols;
		/* Spaces may hang over the edge: they are not drawn there. */
		if (col <= width || s[i] == ' ')
			continue;
		if (brk > start)
			return brk;
		if (spare)
			return start;
		if (edge > start)
			return edge;
		return i > start ? i : i + len;
	}
	return n;
}

/* A link is one word. */
static void
hold_links(struct wrap *w, const char *s, size_t start, size_t n, int width)
{
	size_t at = start, len, i;
	bool fits;

	for (; url_find(s, n, &at, &len); at += len) {
		for (i = at + 1; i < at + len; i++)
			w->brk[i] = UC_BREAK_PROHIBITED;
		fits = utf8_width(s + at, len) <= width;
		if (fits && w->brk[at] != UC_BREAK_POSSIBLE)
			w->brk[at] = LINK_EDGE;
		if (fits && i < n && w->brk[i] != UC_BREAK_POSSIBLE)
			w->brk[i] = LINK_EDGE;
	}
}

/* s[start .. n) holds no '\n'. */
static void
wrap_paragraph(struct wrap *w, const char *s, size_t start, size_t n,
    int first, int width)
{
	size_t end;
	bool head;

	u8_possible_linebreaks((const uint8_t *)s + start, n - start, "UTF-8",
	    w->brk + start);
	hold_links(w, s, start, n, width);
	do {
		head = w->count == 0;
		end = line_end(w, s, start, n, head ? first : width,
		    head && first < width);
		add_line(w, s, start, end);
		start = end;
	} while (start < n);
}

void
wrap_text(struct wrap *w, const char *s, size_t n, int first, int width)
{
	const char *nl;
	size_t at = 0, end;

	first = first < 1 ? 1 : first;
	width = width < 1 ? 1 : width;
	w->count = 0;
	if (n + 1 > w->brk_cap) {
		w->brk_cap = n + 1;
		w->brk = xreallocarray(w->brk, w->brk_cap, 1);
	}
	for (;;) {
		nl = memchr(s + at, '\n', n - at);
		end = nl ? (size_t)(nl - s) : n;
		wrap_paragraph(w, s, at, end, first, width);
		if (nl == NULL)
			break;
		at = end + 1;
	}
}
