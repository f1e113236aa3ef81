/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is shown of a long message, and of one that is full of blank lines: its
 * first lines, and in the place of the others how many there are.  Nobody's
 * screen is emptied by somebody who says four thousand line ends.
 */
#ifndef TUI_MODEL_FOLD_H
#define TUI_MODEL_FOLD_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct wrap_line;

enum {
	FOLD_ABOVE = 20,  /* of more lines than these */
	FOLD_SHOWN = 5,   /* the first ones are shown; */
	FOLD_BLANKS = 3   /* and so many blank ones in a row never are */
};

enum fold {
	FOLD_NOTHING, /* a line as it is */
	FOLD_BLANK,   /* so many blank ones */
	FOLD_REST,    /* so many, up to the end */
	FOLD_END      /* all of them are shown, and could be folded */
};

/* Lines first .. first + count of the wrapped text. */
struct fold_row {
	enum fold kind;
	size_t first, count;
};

/*
 * The rows in which the n lines of the text are shown, at most n + 1 of them;
 * open: all are.  *folds: open or not is not the same.
 */
size_t fold_rows(const char *text, const struct wrap_line *, size_t n,
    bool open, struct fold_row *, bool *folds);

/* What such a row says; enter: and what Enter does with it. */
void fold_text(struct buf *, enum fold, size_t count, bool enter);

#endif
