/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a word of the line may become when Tab is pressed: the commands of
 * slash.h and what they take, the names of users (first those in the group that is shown), of
 * conversations and, behind a '#', of groups.  "@lin" becomes "@lineker"; where
 * a line to a group or to everyone begins "lin" becomes "lineker:", if there is
 * nobody else whom it may mean.  A name may
 * stand behind other signs: "(lin" becomes "(lineker".
 */
#ifndef TUI_INPUT_COMPLETE_H
#define TUI_INPUT_COMPLETE_H

#include <stddef.h>

struct model;
struct slash;

/* line[start .. point) is the word.  NULL-ended; the array and its words are
 * the caller's to free. */
char **complete_words(const struct slash *, struct model *, const char *line,
    size_t start, size_t point);

#endif
