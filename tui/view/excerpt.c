/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/excerpt.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/view/paint.h"
#include "tui/text.h"

enum {
	CLUSTER_CAP = 256, /* bytes, folded: a longer one is never found */
	WORD_CAP = 1 << 18
};

/* A text without case and accents. */
struct plain {
	char *text;
	size_t *of; /* for each of its bytes and its end: where the cluster
	             * begins of which it is */
	size_t n, cap;
};

/* ---- without case and accents ------------------------------------------ */

static bool
is_accent(ucs4_t c)
{
	return c >= 0x300 && c <= 0x36f;
}

/* Accents go only from the scripts before U+2000: in others a mark makes
 * another letter. */
static size_t
plain_cluster(const char *s, size_t n, uint8_t out[CLUSTER_CAP])
{
	uninorm_t form = (unsigned char)*s < 0xe2 ? UNINORM_NFD : NULL;
	size_t len = CLUSTER_CAP, kept = 0, i;
	uint8_t *f;
	ucs4_t c;
	int one;

	f = u8_casefold((const uint8_t *)s, n, NULL, form, out, &len);
	if (f != out) {
		free(f);
		return 0;
	}
	for (i = 0; i < len; i += (size_t)one) {
		one = u8_mbtouc(&c, out + i, len - i);
		if (is_accent(c))
			continue;
		memmove(out + kept, out + i, (size_t)one);
		kept += (size_t)one;
	}
	return kept;
}

static void
plain_add(struct plain *p, size_t at, const void *s, size_t n)
{
	while (p->n + n >= p->cap) {
		p->cap = 2 * p->cap + CLUSTER_CAP;
		p->text = xreallocarray(p->text, p->cap, 1);
		p->of = xreallocarray(p->of, p->cap, sizeof(p->of[0]));
	}
	memcpy(p->text + p->n, s, n);
	for (size_t i = 0; i < n; i++)
		p->of[p->n + i] = at;
	p->n += n;
}

static struct plain
plain_of(const char *s)
{
	struct plain p = { 0 };
	uint8_t out[CLUSTER_CAP];
	size_t n = strlen(s), i = 0, len;

	while (i < n) {
		len = utf8_cluster(s + i, n - i);
		if (len == 0)
			break;
		plain_add(&p, i, out, plain_cluster(s + i, len, out));
		i += len;
	}
	plain_add(&p, i, "", 1); /* its end */
	p.n--;
	return p;
}

static void
plain_release(struct plain *p)
{
	free(p->text);
	free(p->of);
}

/* ---- where they stand -------------------------------------------------- */

/* Every place of it.  False: there is none.  Else *at and *len are the first's,
 * in the text that p was made of. */
static bool
mark_word(const struct plain *p, const char *word, bool *mark, size_t *at,
    size_t *len)
{
	const char *s = p->text;
	size_t n = strlen(word), first, end;
	bool any = false;

	while (n > 0 && (s = strstr(s, word)) != NULL) {
		first = (size_t)(s - p->text);
		end = first + n;
		/* To the end of the cluster that it ends in. */
		while (end < p->n && p->of[end] == p->of[end - 1])
			end++;
		memset(mark + p->of[first], true, p->of[end] - p->of[first]);
		if (!any) {
			*at = p->of[first];
			*len = p->of[end] - p->of[first];
		}
		any = true;
		s += n;
	}
	return any;
}

bool *
excerpt_marks(const char *text, char *const *word, size_t words, size_t *at,
    size_t *len)
{
	bool *mark = xcalloc(strlen(text) + 1, sizeof(*mark));
	struct plain p = plain_of(text), w;
	size_t longest = 0, a, n;
	struct buf clean;

	buf_init(&clean, WORD_CAP);
	*at = *len = 0;
	for (size_t i = 0; i < words; i++) {
		buf_clear(&clean);
		text_clean(&clean, word[i], strlen(word[i]));
		w = plain_of(buf_data(&clean)); /* as the text is shown */
		if (mark_word(&p, w.text, mark, &a, &n) && w.n > longest) {
			longest = w.n;
			*at = a;
			*len = n;
		}
		plain_release(&w);
	}
	plain_release(&p);
	buf_release(&clean);
	return mark;
}

/* ---- the part that has room -------------------------------------------- */

/* Its beginning when so many columns are to go, or one more. */
static size_t
skip_columns(const char *text, size_t n, int cols)
{
	int used;
	size_t from = paint_fit(text, n, cols, &used);

	if (used < cols && from < n)
		from += utf8_cluster(text + from, n - from);
	return from;
}

/* How much stands before the word: a third, more where there is less behind it,
 * and never so much that the word is cut. */
static int
lead_columns(int cols, int word, int behind)
{
	int room = cols - 1 - word - (behind > 0), lead = cols / 3;

	if (lead < cols - 1 - word - behind)
		lead = cols - 1 - word - behind;
	if (lead > room)
		lead = room;
	return lead > 0 ? lead : 0;
}

struct excerpt
excerpt_cut(const char *text, size_t at, size_t len, int cols)
{
	size_t n = strlen(text);
	struct excerpt e = { .to = n };
	int all = utf8_width(text, n), before = utf8_width(text, at);
	int word = utf8_width(text + at, len), lead, used;

	if (all <= cols)
		return e;
	if (before > cols / 2 || before + word >= cols) {
		lead = lead_columns(cols, word, all - before - word);
		e.from = skip_columns(text, at, before - lead);
		e.before = e.from > 0;
		cols -= e.before;
	}
	e.to = e.from + paint_fit(text + e.from, n - e.from, cols, &used);
	if (e.to < n) {
		e.to = e.from + paint_fit(
		    text + e.from, n - e.from, cols - 1, &used);
		e.after = true;
	}
	return e;
}
