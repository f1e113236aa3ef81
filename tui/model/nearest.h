/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of some words a mistyped one was meant to be.
 */
#ifndef TUI_MODEL_NEAREST_H
#define TUI_MODEL_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* borrowed */
	const char *best; /* the nearest tried so far; NULL: none is near */
	size_t least;
};

void nearest_begin(struct nearest *, const char *word);
void nearest_try(struct nearest *, const char *candidate); /* borrowed */

#endif
