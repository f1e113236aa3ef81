/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/outbox.h"

#include "shared/utf8.h"
#include "shared/xalloc.h"

#include <sys/random.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

static uint64_t
draw_session(void)
{
	uint64_t r;

	/* Eight bytes never come in part; without the call there is a clock,
	 * and tags are kept apart by account as well. */
	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r)) {
		struct timespec ts;

		clock_gettime(CLOCK_REALTIME, &ts);
		r = (uint64_t)ts.tv_sec << 30 ^ (uint64_t)ts.tv_nsec;
	}
	return r;
}

void
outbox_init(struct outbox *o)
{
	memset(o, 0, sizeof(*o));
	o->last = &o->first;
	snprintf(o->session, sizeof(o->session), "%016" PRIx64, draw_session());
}

void
outbox_release(struct outbox *o)
{
	while (o->first != NULL)
		outbox_done(o);
}

static const char *
literal(const char *text, char **out)
{
	size_t n = strlen(text);
	json_t *s;

	if (!utf8_valid(text, n))
		return "that is not valid UTF-8";
	if ((s = json_stringn_nocheck(text, n)) == NULL)
		return "out of memory";
	*out = json_dumps(s, JSON_ENCODE_ANY);
	json_decref(s);
	return *out == NULL ? "out of memory" : NULL;
}

const struct outbox_item *
outbox_add(struct outbox *o, const char *target, const char *text,
    const char **why)
{
	struct outbox_item *item;
	char *json = NULL;
	size_t cap;
	int n;

	if ((*why = literal(text, &json)) != NULL)
		return NULL;
	cap = strlen(json) + strlen(target) + WIRE_TAG_MAX + 32;
	item = xmalloc(sizeof(*item) + cap);
	item->next = NULL;
	snprintf(item->target, sizeof(item->target), "%s", target);
	snprintf(item->tag, sizeof(item->tag), "%s-%" PRIu64, o->session,
	    o->number + 1);
	n = snprintf(item->line, cap, "@%s say - %s %s\r\n", item->tag, target,
	    json);
	free(json);
	item->len = (size_t)n;
	if (item->len - 2 > WIRE_LINE_MAX) {
		free(item);
		*why = "that is too long for one message";
		return NULL;
	}
	o->number++;
	o->count++;
	*o->last = item;
	o->last = &item->next;
	return item;
}

static void
unlink_at(struct outbox *o, struct outbox_item **at)
{
	struct outbox_item *item = *at;

	*at = item->next;
	if (o->last == &item->next)
		o->last = at;
	o->count--;
	free(item);
}

void
outbox_undo(struct outbox *o)
{
	struct outbox_item **at = &o->first;

	while ((*at)->next != NULL)
		at = &(*at)->next;
	unlink_at(o, at);
}

void
outbox_done(struct outbox *o)
{
	unlink_at(o, &o->first);
}
