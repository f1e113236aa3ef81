/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line being typed: GNU readline behind callbacks, with its whole memory
 * of key bindings (~/.inputrc), kill ring, undo and history.  It gets whole
 * keys (keys.h) and draws nothing, but where the hooks say that it is to: then
 * readline writes the line to standard output, a terminal, below what is
 * printed there.  Readline has one state for the process, so this is one too.
 *
 * The line may be several: then Up and Down go through them, and on to the
 * history only behind the first and the last; Ctrl-A and Ctrl-E (Home, End)
 * mean the one that the cursor is in, and so do Ctrl-U, Ctrl-K, Ctrl-W and the
 * like, which join it to the one before or behind where nothing else is left
 * of it that way.  Where lineedit_width() tells how wide
 * the rows are in which a line is shown, Up and Down go through those.
 *
 * Call setlocale first, and this before curses: both load the terminal's
 * description, and the one that comes last stays.
 */
#ifndef TUI_INPUT_LINEEDIT_H
#define TUI_INPUT_LINEEDIT_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LINEEDIT_MAX = 8192,    /* bytes of a line; more is not taken in */
	LINEEDIT_HISTORY = 1000 /* lines remembered */
};

struct lineedit_hooks {
	/* Enter.  The line is gone from the editor and valid UTF-8; it may
	 * hold '\n': several lines. */
	void (*accept)(void *arg, const char *line);
	/* The end of input was typed (Ctrl-D) where nothing stood. */
	void (*eof)(void *arg);
	/* What line[start .. point) may become: a NULL-ended array, both it
	 * and its words from malloc, which becomes lineedit's.  NULL: nothing.
	 * A blank is put behind the only one, unless it ends in '.'. */
	char **(*complete)(void *arg, const char *line, size_t start,
	    size_t point);
	/* More than one way to go on; words are borrowed. */
	void (*choices)(void *arg, char *const *words, size_t count);
	/* Does it belong into no history?  NULL: all do. */
	bool (*secret)(void *arg, const char *line);
	/* Something did not fit into the line.  NULL: nobody asks. */
	void (*full)(void *arg);
	bool draws; /* readline draws the line itself */
};

/* history_file: read now, added to with each line; NULL: none is kept. */
void lineedit_open(
    const struct lineedit_hooks *, void *arg, const char *history_file);
void lineedit_close(void);

/* One whole key: a character, or an escape sequence.  A sequence that nothing
 * is bound to is dropped.  Hooks are called from here, at its end. */
void lineedit_key(const char *bytes, size_t n);
void lineedit_escape(void); /* ESC alone */

/* Put in at the cursor as it is; nothing in it is a command. */
void lineedit_paste(const char *s, size_t n);

/* A line end at the cursor: the line goes on below. */
void lineedit_newline(void);

/* Leaves a search or what else is half done, empties the line. */
void lineedit_clear(void);

/* Ctrl-C: the same, but Up, undo and Ctrl-Y bring back what stood there.  It is
 * never written to the file. */
void lineedit_discard(void);

/*
 * For accept(), of a line that is refused: Up brings it back, though it may
 * belong into no history.  Of those only the last one is held, in this run,
 * until another such line is accepted or it is to be forgotten, which empties
 * the line, too.
 */
void lineedit_keep(const char *line);
void lineedit_forget_secret(void);

/* The line becomes text, the cursor at its end; not to be undone. */
void lineedit_set(const char *text);

/* A line is shown in rows of so many columns (rows.h); 0, as at first: in one,
 * however long. */
void lineedit_width(int cols);

/* Fields of a form: no history, no completion (Enter still accepts). */
void lineedit_field(bool on);

/*
 * Only where readline draws; elsewhere, and before lineedit_open(), nothing
 * happens.  Whoever prints hides the line first: the cursor is then where a
 * line begins.  The next key shows it again, too.
 */
void lineedit_hide(void);
void lineedit_show(void);
void lineedit_resized(void); /* the terminal is */
/* Until Enter: what stands before the line, and no history and no completion.
 * hidden: what is typed is not shown either.  "": not any more. */
void lineedit_ask(const char *prompt, bool hidden);

/* What is to be drawn.  prompt: of a search or an argument, else "". */
const char *lineedit_text(size_t *len, size_t *point);
const char *lineedit_prompt(void);
bool lineedit_busy(void); /* in a search: the prompt is not "" */

#endif
