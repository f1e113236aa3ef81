/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A trace: what goes over every connection of the program, both ways, a line
 * each, in a file.
 *
 *	2026-11-21T03:04:05.678Z 7 - opened by 127.0.0.1:53214
 *	2026-11-21T03:04:05.679Z 7 < auth messi ***
 *	2026-11-21T03:04:05.702Z 7 > {"status":"OK","tokenid":"***"}
 *	2026-11-21T03:04:09.120Z 7 - closed
 *
 * The number is the connection's, of all that the program has had; < came in,
 * > went out.  Secrets are left out (mask.h), control characters are made
 * visible, and long lines are cut.
 *
 * The file is for its owner only, and added to.  A thread of its own writes
 * it: a disk that is slow or full costs lines, which are counted in the file,
 * and never time.  There is one trace for a program; all but trace_reopen are
 * for the loop's thread.  While there is none trace_open says NULL, and that
 * is what it costs.
 */
#ifndef SHARED_TRACE_H
#define SHARED_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/mask.h"

struct trace; /* one connection's */

enum { TRACE_LINE_MAX = 2048, TRACE_QUEUE_MAX = 2048, TRACE_WHY_CAP = 512 };

/* trouble is called from any thread when the file cannot be opened again; NULL:
 * nobody asks.  False: why says what. */
bool trace_start(const char *path, void (*trouble)(const char *why),
    char why[TRACE_WHY_CAP]);

/* The file was moved away: begins a new one of its name.  As it is otherwise. */
void trace_reopen(void);

/* The same lines, without their time, to somebody who does not wait; NULL:
 * nobody.  Connections that are open before that is so are left out; of those
 * that went on while nobody looked the numbers of bytes are told from then. */
void trace_to(void (*)(const char *line));

/* Writes what is queued, for at most a second. */
void trace_stop(void);

struct trace *trace_open(int fd);
void trace_close(struct trace *);

/* What is spoken there; at first nobody knows. */
void trace_speaks(struct trace *, enum mask_kind);

/* Out: it went, else it came. */
void trace_bytes(struct trace *, bool out, const void *p, size_t n);

/* No more for now: what has no end of a line by its nature, a question in plain
 * text or a raw text, ends here. */
void trace_pause(struct trace *, bool out);

#endif
