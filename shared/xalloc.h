/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Allocation that does not fail: out of memory ends the process with one line
 * on standard error and abort(3).  For small things only: whatever a peer can
 * make large lives in a struct buf with a cap (buf.h).
 *
 * What is returned belongs to the caller and is given back with free(3).
 */
#ifndef SHARED_XALLOC_H
#define SHARED_XALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);

/* The array p with room for count members of size bytes; overflow checked. */
void *xreallocarray(void *p, size_t count, size_t size);

char *xstrdup(const char *s);

/* A copy of the n bytes at p, with a NUL behind them that n does not count. */
char *xmemdup0(const void *p, size_t n);

char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0)));

#endif
