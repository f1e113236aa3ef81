/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person's line below lines that are printed (plain.c): readline
 * (lineedit.h) with the keys of a terminal, which it takes from the shell and
 * gives back; no curses.  What is pasted on a terminal that marks pastes lands
 * in the line, in one piece.  Keys of the full screen mean nothing here, or
 * what readline makes of them.  One for the process.
 */
#ifndef TUI_INPUT_PROMPT_H
#define TUI_INPUT_PROMPT_H

#include <stdbool.h>

struct lineedit_hooks;
struct loop;

/* Standard input and output are terminals.  hooks: draws is set; they and arg
 * live as long.  typed: a key was pressed, before anything comes of it.  gone:
 * the terminal has gone, nothing is read any more.  False: the terminal cannot
 * be set, errno says why. */
bool prompt_open(struct loop *, const struct lineedit_hooks *,
    void (*typed)(void *arg), void (*gone)(void *arg), void *arg,
    const char *history_file);
void prompt_close(void); /* not open: nothing happens */

/* From a signal handler: write(2), tcsetattr(3), no more. */
void prompt_emergency(void);

#endif
