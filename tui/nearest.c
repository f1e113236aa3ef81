/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/nearest.h"

#include <string.h>

enum { WORD_MAX = 32, FAR = 3 };

/* Levenshtein's distance of two short words. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], n = strlen(b);

	if (n > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t best = diagonal + (a[i] != b[j]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j + 1] + 1 < best)
				best = row[j + 1] + 1;
			diagonal = row[j + 1];
			row[j + 1] = best;
		}
	}
	return row[n];
}

void
nearest_begin(struct nearest *n, const char *word)
{
	n->word = word;
	n->best = NULL;
	n->least = strlen(word) / 2 + 1;
	if (n->least > FAR)
		n->least = FAR;
}

void
nearest_try(struct nearest *n, const char *candidate)
{
	size_t d = distance(n->word, candidate);

	if (d < n->least) {
		n->least = d;
		n->best = candidate;
	}
}
