/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program has a wcwidth(3) of its own, which curses and readline call as
 * well: the C library's where that knows the character, else the columns of
 * shared/utf8.h.  So a character that is newer than the C library is drawn, and
 * the cursor stands where it should.
 */
#ifndef TUI_TERM_WCWIDTH_H
#define TUI_TERM_WCWIDTH_H

#include <stdbool.h>
#include <wchar.h>

/* To the C library, and so to most terminals of this machine. */
bool wcwidth_known(wchar_t);

#endif
