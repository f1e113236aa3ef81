/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short texts by key, on disk with each change, so that kill -9 loses none:
 * what drafts.c has to remember.  A file of lines, "+KEY VALUE" and "-KEY",
 * which is only added to and now and then written anew; half a line at its end
 * (we were killed while writing) is not believed.  What a power cut takes is
 * what the kernel had not written yet: nothing here waits for a disk.
 *
 * A file belongs to one process at a time, by a lock.  Who finds it taken uses
 * the next of KEEP_FILES, PATH.1 and so on; who comes first takes over what
 * the others have left behind.
 */
#ifndef TUI_KEEP_H
#define TUI_KEEP_H

#include "tui/state.h"

#include <stdbool.h>

enum {
	KEEP_FILES = 10,
	KEEP_COUNT = 4096,    /* texts */
	KEEP_BYTES = 32 << 20 /* of a file that is believed */
};

struct keep;

/* Two files have something else under one key: what holds both; the caller
 * frees it.  NULL: theirs replaces ours. */
typedef char *keep_both_fn(
    const char *key, const char *ours, const char *theirs);

/* NULL: why says it.  Like state.h, a file that others may read or that is
 * somebody else's is not believed. */
struct keep *keep_open(
    const char *path, keep_both_fn *both, char why[STATE_WHY_CAP]);
/* NULL is fine.  The file stays, unless nothing is in it. */
void keep_close(struct keep *);

/* key: no blanks, value: no line ends; copied.  It replaces what was under
 * that key.  False: it could not be written, or too many are kept. */
bool keep_put(struct keep *, const char *key, const char *value);
bool keep_drop(struct keep *, const char *key); /* none of that key: true */
/* The same, and nothing that was ever under it stays in the file. */
bool keep_wipe(struct keep *, const char *key);

/* In the order in which they were first put; NULL behind the last.  Borrowed
 * until the next change. */
const char *keep_key(const struct keep *, size_t i);
const char *keep_value(const struct keep *, size_t i);
const char *keep_get(const struct keep *, const char *key); /* NULL: none */

#endif
