/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that grow at the end and are eaten at the front, up to a cap that is
 * set once: whoever fills a buffer from outside asks here whether it may, so
 * no peer decides how much memory is held.
 *
 * buf_data(b)[0 .. b->len) is what is held; a NUL always stands behind it that
 * len does not count.  Pointers into a buffer are good until the next call
 * that adds to or eats from it.
 */
#ifndef SHARED_BUF_H
#define SHARED_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *base;  /* NULL until something was added */
	size_t off;  /* eaten at the front, not yet given back */
	size_t len;  /* held, from base + off */
	size_t size; /* allocated at base */
	size_t cap;  /* len never exceeds it */
};

void buf_init(struct buf *, size_t cap);
void buf_release(struct buf *);

/* Never NULL; "" when empty. */
char *buf_data(const struct buf *);

/* How many bytes may still be added. */
size_t buf_room(const struct buf *);

/* All or nothing: false, and nothing changed, when it would pass the cap. */
bool buf_add(struct buf *, const void *p, size_t n);
bool buf_adds(struct buf *, const char *s);
bool buf_addc(struct buf *, char c);
bool buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool buf_vaddf(struct buf *, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/*
 * For read(2): room for n bytes behind what is held (n clipped to the room
 * that the cap leaves, *n tells), to be followed by buf_grew.
 */
char *buf_reserve(struct buf *, size_t *n);
void buf_grew(struct buf *, size_t n);

/* Drops n (at most len) bytes at the front.  Amortised O(1) a byte. */
void buf_eat(struct buf *, size_t n);
void buf_clear(struct buf *);

/* The bytes as a string of the caller's own; the buffer is empty after it. */
char *buf_detach(struct buf *);

#endif
