/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person types to search, as an expression for FTS5
 * (https://www.sqlite.org/fts5.html, 3).  Private to store/.
 */
#ifndef SERVER_STORE_WORDS_H
#define SERVER_STORE_WORDS_H

#include <stdbool.h>

/*
 * All words, in any order, each also as the beginning of a longer one.  Each
 * is quoted, so that nothing in it means anything to FTS5; what holds no
 * letter or digit is left out by FTS5 itself.  At most STORE_WORDS_MAX; the
 * rest does not count.  The caller's; "" when there is no word.
 */
char *words_expression(const char *words);

/*
 * Words in scripts that put no blanks between them: FTS5 takes a whole phrase
 * of Han, kana, Thai and the like for one word, and finds it by its beginning
 * alone.  Hangul is among them: its words grow at both ends.
 *
 * NULL: there is none among these words.  Otherwise these alone, the others as
 * an expression, "" when there are none.  To be freed with words_free.
 */
struct words_apart {
	char **word; /* NULL ends them */
	char *others;
};
struct words_apart *words_apart(const char *words);
void words_free(struct words_apart *); /* NULL is fine */

/* Each stands somewhere in text; ASCII's case does not count. */
bool words_stand_in(const struct words_apart *, const char *text);

#endif
