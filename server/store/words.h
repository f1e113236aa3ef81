/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person types to search, as an expression for FTS5
 * (https://www.sqlite.org/fts5.html, 3).  Private to store/.
 */
#ifndef SERVER_STORE_WORDS_H
#define SERVER_STORE_WORDS_H

/*
 * All words, in any order, each also as the beginning of a longer one.  Each
 * is quoted, so that nothing in it means anything to FTS5; what holds no
 * letter or digit is left out by FTS5 itself.  At most STORE_WORDS_MAX; the
 * rest does not count.  The caller's; "" when there is no word.
 */
char *words_expression(const char *words);

#endif
