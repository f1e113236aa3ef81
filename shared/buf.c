/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/buf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

/* An empty buffer keeps this much; the rest goes back, for most of the
 * buffers of a server are empty most of the time. */
enum { BUF_MIN = 64, BUF_KEEP = 1024 };

static char nothing[1];

void
buf_init(struct buf *b, size_t cap)
{
	/* Sizes computed below reach one and a half times the cap. */
	assert(cap <= SIZE_MAX / 2 - BUF_MIN);
	*b = (struct buf){ .cap = cap };
}

void
buf_release(struct buf *b)
{
	free(b->base);
	buf_init(b, b->cap);
}

char *
buf_data(const struct buf *b)
{
	return b->base == NULL ? nothing : b->base + b->off;
}

size_t
buf_room(const struct buf *b)
{
	return b->cap - b->len;
}

/*
 * Room for n more bytes and the NUL.  Whatever moves leaves half of itself
 * free behind it: so what is moved was paid for by as many bytes added.
 */
static void
make_room(struct buf *b, size_t n)
{
	size_t need = b->len + n + 1;
	size_t want = need + need / 2;
	char *base;

	if (b->base != NULL && b->off + need <= b->size)
		return;
	if (want < BUF_MIN)
		want = BUF_MIN;
	assert(b->base != NULL || (b->size == 0 && b->off == 0));
	if (want <= b->size) {
		memmove(b->base, b->base + b->off, b->len + 1);
	} else if (b->off == 0) {
		b->base = xrealloc(b->base, want);
		b->size = want;
	} else {
		base = xmalloc(want);
		memcpy(base, b->base + b->off, b->len + 1);
		free(b->base);
		b->base = base;
		b->size = want;
	}
	b->off = 0;
	b->base[b->len] = '\0';
}

bool
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n > buf_room(b))
		return false;
	if (n == 0)
		return true;
	make_room(b, n);
	memcpy(buf_data(b) + b->len, p, n);
	buf_grew(b, n);
	return true;
}

bool
buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool
buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = buf_vaddf(b, fmt, ap);
	va_end(ap);
	return ok;
}

bool
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t n;
	int r;

	va_copy(again, ap);
	r = vsnprintf(NULL, 0, fmt, ap);
	if (r < 0 || (size_t)r > buf_room(b)) {
		va_end(again);
		return false;
	}
	n = (size_t)r;
	make_room(b, n);
	vsnprintf(buf_data(b) + b->len, n + 1, fmt, again);
	va_end(again);
	b->len += n;
	return true;
}

char *
buf_reserve(struct buf *b, size_t *n)
{
	if (*n > buf_room(b))
		*n = buf_room(b);
	make_room(b, *n);
	return buf_data(b) + b->len;
}

void
buf_grew(struct buf *b, size_t n)
{
	if (n == 0)
		return;
	assert(n <= buf_room(b) && b->off + b->len + n < b->size);
	b->len += n;
	buf_data(b)[b->len] = '\0';
}

void
buf_eat(struct buf *b, size_t n)
{
	assert(n <= b->len);
	b->off += n;
	b->len -= n;
	if (b->len == 0)
		buf_clear(b);
}

void
buf_clear(struct buf *b)
{
	if (b->size > BUF_KEEP)
		buf_release(b);
	else if (b->base != NULL)
		b->base[0] = '\0';
	b->off = b->len = 0;
}

char *
buf_detach(struct buf *b)
{
	char *s;

	make_room(b, 0);
	s = b->base;
	memmove(s, s + b->off, b->len + 1);
	b->base = NULL;
	buf_release(b);
	return s;
}
