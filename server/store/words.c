/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/words.h"

#include "server/store/store.h"
#include "shared/xalloc.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

static const char blanks[] = " \t\r\n\v\f";

static char *
quote(char *to, const char *word, size_t n)
{
	*to++ = '"';
	for (size_t i = 0; i < n; i++) {
		if (word[i] == '"')
			*to++ = '"';
		*to++ = word[i];
	}
	*to++ = '"';
	*to++ = '*';
	*to++ = ' ';
	return to;
}

char *
words_expression(const char *words)
{
	/* A word of n bytes and its blank make at most 2n + 4. */
	char *expression = xmalloc(4 * strlen(words) + 5);
	char *end = expression;
	size_t n;

	for (unsigned i = 0; i < STORE_WORDS_MAX; i++) {
		words += strspn(words, blanks);
		n = strcspn(words, blanks);
		if (n == 0)
			break;
		end = quote(end, words, n);
		words += n;
	}
	*end = '\0';
	return expression;
}

/* ---- words that stand in phrases --------------------------------------- */

static bool
is_unparted(ucs4_t c)
{
	static const struct {
		ucs4_t first, last;
	} letters[] = {
		{ 0xe00, 0xeff },     /* Thai, Lao */
		{ 0x1000, 0x109f },   /* Burmese */
		{ 0x1780, 0x17ff },   /* Khmer */
		{ 0x3041, 0x31ff },   /* kana, bopomofo, letters of Hangul */
		{ 0x3400, 0x4dbf },   /* Han */
		{ 0x4e00, 0x9fff },
		{ 0xac00, 0xd7a3 },   /* Hangul */
		{ 0xf900, 0xfaff },
		{ 0xff66, 0xffdc },   /* narrow kana and Hangul */
		{ 0x20000, 0x3fffd }, /* the rarer Han */
	};

	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (c >= letters[i].first && c <= letters[i].last)
			return true;
	return false;
}

static bool
word_is_unparted(const char *word, size_t n)
{
	ucs4_t c;

	for (size_t i = 0; i < n;) {
		i += (size_t)u8_mbtouc(
		    &c, (const uint8_t *)word + i, n - i);
		if (is_unparted(c))
			return true;
	}
	return false;
}

struct words_apart *
words_apart(const char *words)
{
	struct words_apart *a = xcalloc(1, sizeof(*a));
	char *end = a->others = xmalloc(4 * strlen(words) + 5);
	size_t n, count = 0;

	a->word = xcalloc(STORE_WORDS_MAX + 1, sizeof(*a->word));
	for (unsigned i = 0; i < STORE_WORDS_MAX; i++) {
		words += strspn(words, blanks);
		n = strcspn(words, blanks);
		if (n == 0)
			break;
		if (word_is_unparted(words, n))
			a->word[count++] = xmemdup0(words, n);
		else
			end = quote(end, words, n);
		words += n;
	}
	*end = '\0';
	if (count > 0)
		return a;
	words_free(a);
	return NULL;
}

void
words_free(struct words_apart *a)
{
	if (a == NULL)
		return;
	for (char **word = a->word; *word != NULL; word++)
		free(*word);
	free(a->word);
	free(a->others);
	free(a);
}

bool
words_stand_in(const struct words_apart *a, const char *text)
{
	for (char **word = a->word; *word != NULL; word++)
		if (strcasestr(text, *word) == NULL)
			return false;
	return true;
}
