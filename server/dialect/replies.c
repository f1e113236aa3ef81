/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/replies.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/blob.h"
#include "shared/xalloc.h"

enum { SIZE_MIN = 2 };

_Static_assert((REPLIES_MAX & (REPLIES_MAX - 1)) == 0,
    "numbers wrap at 2^16: the ring's size must divide it");

void
replies_init(struct replies *r, void (*out)(void *arg, struct blob *),
    void *arg)
{
	*r = (struct replies){ .out = out, .arg = arg };
}

static struct slot *
at(const struct replies *r, unsigned number)
{
	return &r->slot[number % r->size];
}

void
replies_release(struct replies *r)
{
	for (unsigned i = 0; i < r->count; i++) {
		struct slot *s = at(r, r->first + i);

		blob_unref(s->blob);
		free(s->note);
	}
	free(r->slot);
	*r = (struct replies){ 0 };
}

bool
replies_full(const struct replies *r)
{
	return r->count == REPLIES_MAX;
}

static void
resize(struct replies *r, uint16_t size)
{
	struct replies old = *r;

	r->slot = xcalloc(size, sizeof *r->slot);
	r->size = size;
	for (unsigned i = 0; i < old.count; i++)
		*at(r, old.first + i) = *at(&old, old.first + i);
	free(old.slot);
}

uint16_t
replies_open(struct replies *r, const char *tag)
{
	uint16_t number = (uint16_t)(r->first + r->count);
	struct slot *s;

	if (r->count == r->size)
		resize(r, r->size == 0 ? SIZE_MIN : (uint16_t)(2 * r->size));
	s = at(r, number);
	*s = (struct slot){ 0 };
	if (tag != NULL)
		snprintf(s->tag, sizeof s->tag, "%s", tag);
	r->count++;
	return number;
}

struct slot *
replies_find(const struct replies *r, uint16_t number)
{
	struct slot *s;

	if ((uint16_t)(number - r->first) >= r->count)
		return NULL;
	s = at(r, number);
	return s->blob == NULL ? s : NULL;
}

static void
release_front(struct replies *r)
{
	struct slot *s;
	struct blob *b;

	while (r->count > 0 && (s = at(r, r->first))->blob != NULL) {
		b = s->blob;
		free(s->note);
		*s = (struct slot){ 0 };
		r->first++;
		r->count--;
		r->out(r->arg, b);
	}
	if (r->count == 0)
		r->alone = false;
	/* Back to what an idle connection may hold. */
	if (r->count == 0 && r->size > SIZE_MIN)
		resize(r, SIZE_MIN);
}

bool
replies_fill(struct replies *r, uint16_t number, struct blob *b)
{
	struct slot *s = replies_find(r, number);

	if (s == NULL) {
		blob_unref(b);
		return false;
	}
	s->blob = b;
	release_front(r);
	return true;
}
