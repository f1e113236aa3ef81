/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/fold.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/text.h"
#include "tui/model/wrap.h"

/* How many from i on are blank, up to n. */
static size_t
blanks(const char *text, const struct wrap_line *line, size_t i, size_t n)
{
	size_t end = i;

	while (end < n && utf8_blank(text + line[end].start, line[end].len))
		end++;
	return end - i;
}

/* Those up to n as they are, but for blank ones. */
static size_t
fold_blanks(const char *text, const struct wrap_line *line, size_t n,
    struct fold_row *row)
{
	size_t rows = 0, run;

	for (size_t i = 0; i < n; i += row[rows++].count) {
		run = blanks(text, line, i, n);
		row[rows] = (struct fold_row){ FOLD_NOTHING, i, 1 };
		if (run >= FOLD_BLANKS)
			row[rows] = (struct fold_row){ FOLD_BLANK, i, run };
	}
	return rows;
}

size_t
fold_rows(const char *text, const struct wrap_line *line, size_t n, bool open,
    struct fold_row *row, bool *folds)
{
	size_t shown = n > FOLD_ABOVE ? FOLD_SHOWN : n;
	size_t rows = fold_blanks(text, line, shown, row);

	*folds = rows < n;
	if (open) {
		for (rows = 0; rows < n; rows++)
			row[rows] = (struct fold_row){ FOLD_NOTHING, rows, 1 };
		if (*folds)
			row[rows++] = (struct fold_row){ FOLD_END, 0, n };
	} else if (shown < n)
		row[rows++] =
		    (struct fold_row){ FOLD_REST, shown, n - shown };
	return rows;
}

static void
add_blank(struct buf *b, const char *number, size_t n, bool enter)
{
	if (enter)
		/* TRANSLATORS: in the place of lines of a message; Enter is
		 * the key.  %s is a number. */
		buf_addf(b, ngettext("… %s blank line, Enter shows",
		    "… %s blank lines, Enter shows", n), number);
	else
		buf_addf(b, ngettext("… %s blank line", "… %s blank lines", n),
		    number);
}

static void
add_rest(struct buf *b, const char *number, size_t n, bool enter)
{
	if (enter)
		/* TRANSLATORS: below the first lines of a message; Enter is
		 * the key.  %s is a number. */
		buf_addf(b, ngettext("… %s more line, Enter shows",
		    "… %s more lines, Enter shows", n), number);
	else
		buf_addf(b, ngettext("… %s more line", "… %s more lines", n),
		    number);
}

static void
add_end(struct buf *b, const char *number, size_t n, bool enter)
{
	if (enter)
		/* TRANSLATORS: below a message of which all lines are shown;
		 * Enter is the key.  %s is a number. */
		buf_addf(b, ngettext("%s line, Enter folds",
		    "%s lines, Enter folds", n), number);
	else
		buf_addf(b, ngettext("%s line", "%s lines", n), number);
}

void
fold_text(struct buf *b, enum fold kind, size_t count, bool enter)
{
	char number[TEXT_NUMBER_CAP];

	text_number(count, number);
	switch (kind) {
	case FOLD_NOTHING:
		break;
	case FOLD_BLANK:
		add_blank(b, number, count, enter);
		break;
	case FOLD_REST:
		add_rest(b, number, count, enter);
		break;
	case FOLD_END:
		add_end(b, number, count, enter);
		break;
	}
}
