/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/frame.h"

#include <string.h>

#include "shared/buf.h"

static const char object_end[] = "\r\n\r\n";

enum { OBJECT_END_LEN = sizeof object_end - 1 };

void
frame_init(struct frame *f, enum frame_kind kind, size_t max)
{
	*f = (struct frame){ .kind = kind, .max = max };
}

/* Is there a whole frame?  *n bytes of it, *whole with its end. */
static bool
find_end(struct frame *f, const struct buf *b, size_t *n, size_t *whole)
{
	const char *data = buf_data(b), *end;

	if (f->kind == FRAME_OBJECTS) {
		end = memmem(data + f->seen, b->len - f->seen, object_end,
		    OBJECT_END_LEN);
		if (end != NULL) {
			*n = (size_t)(end - data);
			*whole = *n + OBJECT_END_LEN;
			return true;
		}
		/* The last bytes may be the beginning of an end. */
		if (b->len >= OBJECT_END_LEN)
			f->seen = b->len - (OBJECT_END_LEN - 1);
		return false;
	}
	end = memchr(data + f->seen, '\n', b->len - f->seen);
	if (end == NULL) {
		f->seen = b->len;
		return false;
	}
	*n = (size_t)(end - data);
	*whole = *n + 1;
	while (*n > 0 && data[*n - 1] == '\r' && *whole - *n < FRAME_END_MAX)
		(*n)--;
	return true;
}

/*
 * No end is there yet: is it certain that the frame will be too long?  The
 * answer must not depend on how the bytes were split, so the bytes that may
 * still turn out to be part of the end do not count.  (A buffer that is full
 * takes no more bytes: waiting for them would be waiting for ever.)
 */
static bool
hopeless(const struct frame *f, const struct buf *b)
{
	const char *data = buf_data(b);
	size_t n = b->len, ends = 0;

	if (buf_room(b) == 0)
		return true;
	if (n <= f->max)
		return false;
	if (f->kind == FRAME_OBJECTS)
		return f->seen > f->max;
	while (n > 0 && data[n - 1] == '\r' && ++ends < FRAME_END_MAX)
		n--;
	return n > f->max;
}

/* What is known to hold no end is eaten next. */
static size_t
skip(struct frame *f)
{
	f->whole = f->seen;
	f->skipping = true;
	return f->whole;
}

enum frame_status
frame_next(struct frame *f, struct buf *b, char **p, size_t *n)
{
	frame_done(f, b);
	for (;;) {
		if (!find_end(f, b, n, &f->whole)) {
			if (f->skipping) {
				skip(f);
				frame_done(f, b);
				return FRAME_MORE;
			}
			if (!hopeless(f, b))
				return FRAME_MORE;
			*p = buf_data(b);
			*n = skip(f);
			return FRAME_TOO_LONG;
		}
		*p = buf_data(b);
		if (!f->skipping)
			break;
		frame_done(f, b);
		f->skipping = false;
	}
	if (*n > f->max)
		return FRAME_TOO_LONG;
	(*p)[*n] = '\0';
	return FRAME_READY;
}

void
frame_done(struct frame *f, struct buf *b)
{
	if (f->whole == 0)
		return;
	buf_eat(b, f->whole);
	f->whole = 0;
	f->seen = 0;
}
