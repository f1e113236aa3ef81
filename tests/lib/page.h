/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a page of the manual says, for tests that hold the program to it: rows
 * of tables and plain sentences, read from its mdoc(7) as it lies in man/.
 * What cannot be read so fails the test.
 */
#ifndef TESTS_LIB_PAGE_H
#define TESTS_LIB_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct page;

struct page *page_open(const char *name); /* "chat-server.8" */
void page_close(struct page *);

enum { PAGE_CELLS = 6, PAGE_CELL_CAP = 128 };

struct page_row {
	size_t cells;
	char cell[PAGE_CELLS][PAGE_CELL_CAP]; /* without macros */
	bool literal[PAGE_CELLS]; /* Li or Cm: to be typed as it stands */
};

/* Row i of the table (Bl -column) in the part (.Sh or .Ss) of that name, the
 * heading left out; false: there are no more. */
bool page_row(const struct page *, const char *part, size_t i,
    struct page_row *);
/* The one whose first cell is that; fails the test if there is none. */
void page_find_row(const struct page *, const char *part, const char *first,
    struct page_row *);

/* Sentence i of the part, without tables, examples and what is below a further
 * heading; the caller frees it.  NULL: there are no more. */
char *page_sentence(const struct page *, const char *part, size_t i);

/* The i-th example (Bd -literal) of the whole page; the caller frees it.  NULL:
 * there are no more. */
char *page_example(const struct page *, size_t i);

/* "A to B" at the beginning of a cell; false: it is no range. */
bool page_range(const char *cell, long long *least, long long *most);

#endif
