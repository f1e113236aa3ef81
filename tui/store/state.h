/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is remembered between two runs: the server, the name and the token, in
 * $XDG_STATE_HOME/chat-tui/session (~/.local/state/chat-tui/session), mode
 * 0600 in a folder of mode 0700.  A token is as good as a password: a file
 * that somebody else owns or may read is not believed.
 *
 * It is replaced as a whole: a crash leaves the old or the new one.
 */
#ifndef TUI_STORE_STATE_H
#define TUI_STORE_STATE_H

#include "shared/wire.h"

#include <stdbool.h>
#include <stddef.h>

struct state {
	char server[320]; /* HOST[:PORT] as it was written */
	char user[WIRE_NAME_CAP];
	char token[128];
};

enum { STATE_WHY_CAP = 512 };

/* The path of a file of that name in our folder, which is made if need be;
 * the caller frees it.  NULL: no home, or the folder cannot be made. */
char *state_path(const char *name);

/* False and why "": there is none.  False and a why: it is not believed. */
bool state_load(const char *path, struct state *, char why[STATE_WHY_CAP]);
bool state_save(
    const char *path, const struct state *, char why[STATE_WHY_CAP]);

/* Any text, with the same care: what is put replaces the file as a whole.
 * NULL: there is none, it is not believed or longer than max; the caller frees
 * it. */
char *state_get(const char *path, size_t max, char why[STATE_WHY_CAP]);
bool state_put(const char *path, const char *text, char why[STATE_WHY_CAP]);
void state_forget(const char *path);

/* As mkdir -p; what is made is for us alone.  path is as before behind it. */
bool state_make_folders(char *path);

#endif
