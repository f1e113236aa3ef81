/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/nearest.h"

#include <string.h>

enum { WORD_MAX = 32, FAR = 3 };

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters are missing, too many or others; two neighbours that have
 * changed places count as one (Damerau and Levenshtein).
 */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1], n = strlen(b);
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *free_row;

	if (n > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= n; j++)
		before[j] = last[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			row[j + 1] = least_of(last[j] + (a[i] != b[j]),
			    1 + least_of(row[j], last[j + 1]));
			if (i > 0 && j > 0 && a[i] == b[j - 1] &&
			    a[i - 1] == b[j])
				row[j + 1] = least_of(
				    row[j + 1], before[j - 1] + 1);
		}
		free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[n];
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
