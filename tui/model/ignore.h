/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom the person does not want to read, and which conversations are to be
 * quiet; kept between runs in a file of its own, a line each: "user lineker",
 * "quiet #batak".  It is this machine's and holds for every server.
 *
 * Nothing is told the server or the others.  At most IGNORE_MAX of each kind.
 */
#ifndef TUI_MODEL_IGNORE_H
#define TUI_MODEL_IGNORE_H

#include "tui/store/state.h"

#include <stdbool.h>
#include <stddef.h>

struct ignore;

enum { IGNORE_MAX = 500 };

enum ignore_kind {
	IGNORE_USER,  /* what they say is not shown */
	IGNORE_QUIET, /* what is said there rings no bell */
	IGNORE_KINDS
};

struct ignore *ignore_new(void);
void ignore_free(struct ignore *);

/* Takes up what the file holds and writes changes to it from now on.  False:
 * it is not believed or is damaged; then it is left as it is. */
bool ignore_keep(
    struct ignore *, const char *path, char why[STATE_WHY_CAP]);

/* name: a target, in any spelling. */
bool ignore_has(const struct ignore *, enum ignore_kind, const char *name);

/* False: no name, it was so already, or there are too many; why says which.
 * True and a why: it is so, but could not be kept. */
bool ignore_set(struct ignore *, enum ignore_kind, const char *name, bool on,
    char why[STATE_WHY_CAP]);

size_t ignore_count(const struct ignore *, enum ignore_kind);
const char *ignore_at(const struct ignore *, enum ignore_kind, size_t i);

#endif
