/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/reply.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/blob.h"
#include "shared/xalloc.h"

void
replies_init(struct replies *r, void (*out)(void *arg, struct blob *),
    void *arg)
{
	*r = (struct replies){ .out = out, .arg = arg };
}

static struct slot *
at(const struct replies *r, unsigned number)
{
	return &r->slot[number % REPLIES_MAX];
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

uint16_t
replies_open(struct replies *r, const char *tag)
{
	uint16_t number = (uint16_t)(r->first + r->count);
	struct slot *s;

	/* Not before the first request: who only listens needs none. */
	if (r->slot == NULL)
		r->slot = xcalloc(REPLIES_MAX, sizeof *r->slot);
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
