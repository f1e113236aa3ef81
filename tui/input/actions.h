/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What keys can be bound to: a table of everything that the screen does at a
 * key, each with a name for the configuration file, the keys that do it unless
 * told otherwise (keys.c knows more spellings of their bytes), and a line for
 * the help.  A key of the screen is to have its row here.
 */
#ifndef TUI_INPUT_ACTIONS_H
#define TUI_INPUT_ACTIONS_H

#include "tui/term/keys.h"

#include <stddef.h>

struct action {
	enum keys_key key;
	const char *name;
	const char *keys; /* names of keys (keyname.h), parted by blanks */
	const char *help; /* to be translated; NULL: the row before tells */
};

/* NULL behind the last. */
const struct action *actions_at(size_t i);
/* NULL: none of that name. */
const struct action *actions_find(const char *name);

#endif
