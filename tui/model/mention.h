/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a text calls somebody by name: the name as a word by itself, in any
 * of its spellings.  Words end where the letters do, and where the script
 * changes; in scripts that are written without spaces anywhere.
 */
#ifndef TUI_MODEL_MENTION_H
#define TUI_MODEL_MENTION_H

#include <stdbool.h>

/*
 * text is valid UTF-8, name an account of this server, realm the server's ("":
 * not known).  "messi@its" is messi where realm is "its", else somebody else;
 * "neko-messi" and "messi.jr", which may be names, are somebody else, too.
 */
bool mention_in(const char *text, const char *name, const char *realm);

#endif
