/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of keys ("ctrl-n", "alt-enter", "shift-f5", "pgup") and the bytes
 * that terminals send for them, of which one key may have several kinds.
 * Modifiers come in the order ctrl-, alt-, shift-; case does not matter but in
 * the one character behind "alt-".
 */
#ifndef TUI_TERM_KEYNAME_H
#define TUI_TERM_KEYNAME_H

#include <stdbool.h>

enum { KEYNAME_CAP = 32, KEYNAME_BYTES = 40, KEYNAME_KINDS = 6 };

struct keyname {
	char name[KEYNAME_CAP]; /* as it is written here */
	char bytes[KEYNAME_KINDS][KEYNAME_BYTES]; /* "": no more */
};

/* False: no such key, or none that may be bound (plain characters, Enter,
 * Escape, Tab). */
bool keyname_parse(struct keyname *, const char *text);

/* For reading: "Alt-Enter", "PgUp", "F1". */
void keyname_show(const char *name, char out[KEYNAME_CAP]);

#endif
