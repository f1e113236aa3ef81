/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/closed.h"

#include "shared/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
closed_release(struct closed *cl)
{
	for (size_t i = 0; i < cl->count; i++)
		free(cl->at[i].draft);
	free(cl->at);
	*cl = (struct closed){ 0 };
}

struct closed_convo *
closed_find(const struct closed *cl, const char *key)
{
	for (size_t i = 0; i < cl->count; i++)
		if (strcmp(cl->at[i].key, key) == 0)
			return &cl->at[i];
	return NULL;
}

/* Its draft is the caller's. */
static void
take_at(struct closed *cl, size_t i)
{
	cl->count--;
	memmove(cl->at + i, cl->at + i + 1,
	    (cl->count - i) * sizeof(*cl->at));
}

char *
closed_take(struct closed *cl, const char *key)
{
	struct closed_convo *c = closed_find(cl, key);
	char *draft;

	if (c == NULL)
		return NULL;
	draft = c->draft;
	take_at(cl, (size_t)(c - cl->at));
	return draft;
}

static bool
make_room(struct closed *cl)
{
	if (cl->count < CLOSED_MAX)
		return true;
	for (size_t i = 0; i < cl->count; i++)
		if (*cl->at[i].draft == '\0') {
			free(cl->at[i].draft);
			take_at(cl, i);
			return true;
		}
	return false;
}

bool
closed_put(struct closed *cl, const char *target, const char *key,
    const char *draft, size_t unread)
{
	struct closed_convo *c;
	char *copy = xstrdup(draft); /* it may be the old one's */

	free(closed_take(cl, key));
	if (!make_room(cl)) {
		free(copy);
		return false;
	}
	if (cl->count == cl->cap) {
		cl->cap = cl->cap == 0 ? 16 : cl->cap * 2;
		cl->at = xreallocarray(cl->at, cl->cap, sizeof(*cl->at));
	}
	c = &cl->at[cl->count++];
	snprintf(c->target, sizeof(c->target), "%s", target);
	snprintf(c->key, sizeof(c->key), "%s", key);
	c->draft = copy;
	c->unread = unread;
	c->counted = false;
	return true;
}

bool
closed_has_new(struct closed_convo *c, size_t unread)
{
	if (unread > c->unread)
		return true;
	c->unread = unread;
	return false;
}
