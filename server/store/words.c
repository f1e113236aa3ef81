/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/words.h"

#include "server/store/store.h"
#include "shared/xalloc.h"

#include <string.h>

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
