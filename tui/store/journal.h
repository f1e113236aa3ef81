/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short texts by key, on disk with each change, so that kill -9 loses none:
 * what drafts.c has to remember.  A file of lines, "+KEY VALUE" and "-KEY",
 * which is only added to and now and then written anew; half a line at its end
 * (we were killed while writing) is not believed.  What a power cut takes is
 * what the kernel had not written yet: nothing here waits for a disk.
 *
 * A file belongs to one process at a time, by a lock.  Who finds it taken uses
 * the next of JOURNAL_FILES, PATH.1 and so on; who comes first takes over what
 * the others have left behind.
 */
#ifndef TUI_STORE_JOURNAL_H
#define TUI_STORE_JOURNAL_H

#include "tui/store/state.h"

#include <stdbool.h>

enum {
	JOURNAL_FILES = 10,
	JOURNAL_COUNT = 4096,    /* texts */
	JOURNAL_BYTES = 32 << 20 /* of a file that is believed */
};

struct journal;

/* Two files have something else under one key: what holds both; the caller
 * frees it.  NULL: theirs replaces ours. */
typedef char *journal_both_fn(
    const char *key, const char *ours, const char *theirs);

/* NULL: why says it.  Like state.h, a file that others may read or that is
 * somebody else's is not believed. */
struct journal *journal_open(
    const char *path, journal_both_fn *both, char why[STATE_WHY_CAP]);
/* NULL is fine.  The file stays, unless nothing is in it. */
void journal_close(struct journal *);

/* key: no blanks, value: no line ends; copied.  It replaces what was under
 * that key.  False: it could not be written, or too many are kept. */
bool journal_put(struct journal *, const char *key, const char *value);
bool journal_drop(struct journal *, const char *key); /* none of that key: true */
/* The same, and nothing that was ever under it stays in the file. */
bool journal_wipe(struct journal *, const char *key);

/* In the order in which they were first put; NULL behind the last.  Borrowed
 * until the next change. */
const char *journal_key(const struct journal *, size_t i);
const char *journal_value(const struct journal *, size_t i);
const char *journal_get(const struct journal *, const char *key); /* NULL: none */

#endif
