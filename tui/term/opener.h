/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hands a link to a program of the person's choice.  No shell sees it: it is
 * one argument of its own, and begins with the name of a scheme.
 */
#ifndef TUI_TERM_OPENER_H
#define TUI_TERM_OPENER_H

#include <stddef.h>

/*
 * Starts the command, a program and its arguments parted by blanks, with uri
 * behind them.  It has no terminal, and nobody waits for it.  0, or an errno.
 */
int opener_run(const char *command, const char *uri);

#endif
