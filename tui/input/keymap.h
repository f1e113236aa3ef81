/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which keys do what now: those of actions.h, and over them the settings
 * "bind.KEY".  Whatever names a key to the person asks here, and names none
 * where there is none.  settings NULL: nothing is bound.
 */
#ifndef TUI_INPUT_KEYMAP_H
#define TUI_INPUT_KEYMAP_H

#include "tui/term/keyname.h"
#include "tui/term/keys.h"

#include <stdbool.h>

struct action;
struct buf;
struct settings;

/* The first key that does it, for reading: "Alt-S".  KEYS_END: what goes back
 * to the newest.  False: none does. */
bool keymap_key(
    const struct settings *, enum keys_key, char out[KEYNAME_CAP]);

/* All keys that do it, "PgUp Ctrl-B"; nothing is added where none does. */
void keymap_keys(const struct settings *, const struct action *, struct buf *);

/* Nothing else was made of that key, "ctrl-d": it is the line's, or what it
 * always is. */
bool keymap_free(const struct settings *, const char *key);

#endif
