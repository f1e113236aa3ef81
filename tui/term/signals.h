/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every signal that ends a program by default: the terminal is put back first,
 * then the program dies of that signal, as whoever waits for it expects.
 *
 * SIGTERM, SIGHUP and SIGINT leave by way of the loop: what was said is
 * written, then signals_die().  Told twice, or while the terminal is another
 * job's, they end it at once, as all others do.  SIGPIPE counts only where
 * somebody sends it: a write that finds no reader fails.  One for the process.
 */
#ifndef TUI_TERM_SIGNALS_H
#define TUI_TERM_SIGNALS_H

struct loop;

/* fn is called from the loop.  What a sanitizer handles stays its own. */
void signals_open(struct loop *, void (*fn)(void *arg, int sig), void *arg);
/* From now on each ends the program at once. */
void signals_close(struct loop *);

/* fn puts back the terminal, from a handler, if it is taken; to be told before
 * it is.  NULL: there is nothing to put back. */
void signals_emergency(void (*fn)(void));

/* Ends the program as the signal does by default.  Returns where it is to wait
 * for the end of a handler. */
void signals_die(int sig);

#endif
