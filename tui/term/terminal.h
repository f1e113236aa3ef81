/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal itself: taken from the shell, given back whatever happens, left
 * and taken again around a stop (job_control.h tells of it).  Curses' terminfo half;
 * what is drawn is not its business.  One for the process.
 */
#ifndef TUI_TERM_TERMINAL_H
#define TUI_TERM_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Standard input and output become curses' stdscr.  False: why says it, and
 * nothing was changed.  Signals stay as they were. */
bool terminal_open(char *why, size_t cap);
void terminal_close(void);

/* From a signal handler: poll(2), write(2), tcsetattr(3), no more. */
void terminal_emergency(void);

/* Stops the job, as Ctrl-Z would; returns when it goes on. */
void terminal_suspend(void);

/* Modes and picture anew, after others had the terminal. */
void terminal_again(void);

/* Takes over the window's size. */
void terminal_resize(void);

/*
 * Whether the terminal is to report the mouse, from now on; its own selection
 * needs Shift then.  Only where terminfo knows a mouse.  Never on while others
 * have the terminal.
 */
void terminal_mouse(bool on);

/*
 * Bare text instead of curses' picture: lines as they are, which the terminal
 * itself breaks, and foot in the last row, behind which the cursor stays.
 * Curses knows nothing of it: terminal_redraw() puts its picture back.
 */
void terminal_bare(const char *text, size_t n, const char *foot);
void terminal_redraw(void);

/* What a key sends by terminfo's name of it ("kpp"); NULL: not known. */
const char *terminal_key(const char *name);

/* Bytes that move nothing on the screen: the bell, notices. */
void terminal_send(const char *bytes, size_t n);

/* Whether it is known to mark pastes. */
bool terminal_marks_pastes(void);

/*
 * Whether it takes anything now.  One that takes nothing (Ctrl-S, a connection
 * that died) would hold up whoever writes to it.  It may still do so in the
 * middle of a frame: how much it takes, a terminal does not tell.
 */
bool terminal_writable(void);

#endif
