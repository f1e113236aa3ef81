/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a terminal's keyboard to keys: whole characters, escape sequences,
 * pastes.  Comes before readline, which would insert half of what it does not
 * know, and takes out the keys that belong to the screen.  No curses, no loop:
 * the owner has a timer for keys_wait.
 *
 * Sequences are those of xterm and its kin (XTerm Control Sequences, "PC-Style
 * Function Keys", "Bracketed Paste Mode", "FocusIn/FocusOut") and of the Linux console; what
 * terminfo says besides is told with keys_add.
 */
#ifndef TUI_TERM_KEYS_H
#define TUI_TERM_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct keys;

enum keys_key {
	KEYS_CHAR,     /* bytes: one character, control characters too */
	KEYS_SEQUENCE, /* bytes: an escape sequence, or ESC and a character */
	KEYS_ESCAPE,   /* ESC by itself */
	KEYS_PASTE,    /* bytes: all of a paste, with '\n' for line ends */
	KEYS_MOUSE,    /* bytes: a report for mouse_parse() */
	KEYS_ANSWER,   /* bytes: what theme_of_answer() reads */
	KEYS_FOCUS_IN, /* the terminal tells that it has the focus */
	KEYS_FOCUS_OUT,
	/* The screen's own. */
	KEYS_PAGE_UP,
	KEYS_PAGE_DOWN,
	KEYS_TOP,    /* Ctrl-Home */
	KEYS_BOTTOM, /* Ctrl-End */
	KEYS_HELP,
	KEYS_USERS,
	KEYS_COPY,
	KEYS_NEXT,
	KEYS_PREVIOUS,
	KEYS_UNREAD,
	KEYS_FIRST_UNREAD,
	KEYS_SEARCH,
	KEYS_AGAIN,
	KEYS_DROP,
	KEYS_REDRAW,
	KEYS_NEWLINE, /* Alt-Enter */
	KEYS_INTERRUPT,
	KEYS_SUSPEND,
	KEYS_CONVERSATION_1, /* Alt-1, and so on to ... */
	KEYS_CONVERSATION_9 = KEYS_CONVERSATION_1 + 8,
	/* Shared with the line: the bytes are there as well. */
	KEYS_END,
	KEYS_HOME,
	KEYS_TAB,
	KEYS_BACKTAB,
	KEYS_UP,
	KEYS_DOWN
};

enum {
	KEYS_SEQ_MAX = 32,
	KEYS_PASTE_MAX = 1 << 16, /* more of a paste is dropped */
	KEYS_ESCAPE_MS = 40,   /* a lone ESC, or the head of a sequence? */
	KEYS_SEQUENCE_MS = 500, /* one that broke off */
	KEYS_BURST_MS = 60      /* behind a piece of an unmarked paste */
};

typedef void keys_fn(
    void *arg, enum keys_key, const char *bytes, size_t n);

struct keys *keys_new(keys_fn *, void *arg);
void keys_free(struct keys *);

/* seq is copied; NULL and "" are ignored.  Comes before what is known here. */
void keys_add(struct keys *, const char *seq, enum keys_key);

/* What a person says that a key is, before all else; KEYS_CHAR: the line's.
 * The last one counts. */
void keys_bind(struct keys *, const char *seq, enum keys_key);
void keys_unbind(struct keys *); /* all of them */

/*
 * For a terminal that does not mark pastes: bytes that come in one piece with
 * a line end in them, and more behind it, were not typed, and are a paste,
 * together with what comes at once behind them.  Never where marked pastes are seen.
 */
void keys_guess(struct keys *, bool on);

/* Calls fn for each key that is whole.  Invalid UTF-8 is dropped. */
void keys_feed(struct keys *, const char *bytes, size_t n);

/* Milliseconds after which keys_settle is to be called unless more bytes come;
 * 0: nothing is pending. */
int keys_wait(const struct keys *);
void keys_settle(struct keys *);

#endif
