/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calling the person to the screen: the bell and, where it is wanted, a notice
 * through the terminal (OSC 9, or OSC 777 as urxvt began it), for what names
 * them and what is said to them alone, except in quiet conversations.  At most
 * one a second, whatever comes.  Decides and makes the bytes; sends nothing.
 */
#ifndef TUI_VIEW_NOTIFY_H
#define TUI_VIEW_NOTIFY_H

#include "tui/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum notify_how { NOTIFY_NONE, NOTIFY_OSC9, NOTIFY_OSC777 };

enum {
	NOTIFY_PAUSE_MS = 1000,
	NOTIFY_TEXT = 200, /* columns of a message in a notice */
	NOTIFY_CAP = 8192
};

struct notify {
	enum notify_how how;
	bool no_bell;
	bool due;
	int64_t last; /* when it was called; 0: never */
	char from[WIRE_TARGET_CAP];
	char *text;
};

/* "none", "osc9", "osc777".  False: another word. */
bool notify_parse(const char *word, enum notify_how *);

/* All zero rings the bell and sends no notices. */
void notify_release(struct notify *);

/* What model_on_item() tells of. */
void notify_item(struct notify *, const struct model *, const struct convo *,
    const struct item *, enum model_how);

/*
 * Whether it is time.  True: out has the bytes for the terminal, which may be
 * none, and it is not due any more.
 */
bool notify_take(struct notify *, int64_t now, struct buf *out);

#endif
