/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a terminal reports of the mouse: the sequences of xterm's SGR mode
 * (1006) and, from terminals that know only that, those of X10.  Curses would
 * read the keyboard itself to learn of them.  No curses here.
 */
#ifndef TUI_TERM_MOUSE_H
#define TUI_TERM_MOUSE_H

#include <stdbool.h>
#include <stddef.h>

enum mouse_what {
	MOUSE_CLICK, /* the left button went down */
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
	MOUSE_OTHER /* other buttons, what was let go, what was moved */
};

struct mouse {
	enum mouse_what what;
	int row, col; /* from 0 */
};

/* False: it is no report. */
bool mouse_parse(const char *bytes, size_t n, struct mouse *);

#endif
