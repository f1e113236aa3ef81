/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/outbox.h"

#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/text.h"

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

/* NULL and why: it cannot be one. */
static char *
literal(const char *text, const char **why)
{
	size_t n = strlen(text);
	char *out;
	json_t *s;

	if (!utf8_valid(text, n)) {
		*why = _("that is not valid UTF-8");
		return NULL;
	}
	s = json_stringn_nocheck(text, n);
	out = s == NULL ? NULL : json_dumps(s, JSON_ENCODE_ANY);
	json_decref(s);
	if (out == NULL)
		*why = _("out of memory");
	return out;
}

static struct outbox_item *
append(struct outbox *o, const char *tag, const char *target, const char *json)
{
	size_t cap = strlen(json) + strlen(target) + WIRE_TAG_MAX + 32;
	struct outbox_item *item = xmalloc(sizeof(*item) + cap);
	int n;

	memset(item, 0, sizeof(*item));
	snprintf(item->tag, sizeof(item->tag), "%s", tag);
	snprintf(item->target, sizeof(item->target), "%s", target);
	n = snprintf(item->line, cap, "@%s say - %s %s\r\n", item->tag, target,
	    json);
	item->len = (size_t)n;
	if (item->len - 2 > WIRE_LINE_MAX) {
		free(item);
		return NULL;
	}
	o->count++;
	*o->last = item;
	o->last = &item->next;
	return item;
}

struct outbox_item *
outbox_add(struct outbox *o, const char *target, const char *text,
    const char **why)
{
	struct outbox_item *item;
	char *json, tag[WIRE_TAG_MAX + 1];

	*why = NULL;
	if ((json = literal(text, why)) == NULL)
		return NULL;
	snprintf(tag, sizeof(tag), "%s-%" PRIu64, o->session, ++o->number);
	item = append(o, tag, target, json);
	free(json);
	if (item == NULL)
		*why = _("that is too long for one message");
	return item;
}

/* The next word of *line, cut off; NULL: none. */
static char *
word(char **line)
{
	char *w = *line == NULL ? NULL : strsep(line, " ");

	return w == NULL || *w == '\0' ? NULL : w;
}

const struct outbox_item *
outbox_take_back(struct outbox *o, const char *line, char **text)
{
	char *copy = xstrdup(line), *rest = copy;
	char *tag = word(&rest), *verb = word(&rest), *sign = word(&rest);
	char *target = word(&rest);
	const struct outbox_item *item = NULL;
	json_t *s = rest == NULL ? NULL :
	    json_loads(rest, JSON_DECODE_ANY, NULL);
	struct target t;

	*text = NULL;
	if (json_is_string(s) && *tag == '@' &&
	    wire_tag_ok(tag + 1, strlen(tag + 1)) &&
	    strcmp(verb, "say") == 0 && strcmp(sign, "-") == 0 &&
	    target_parse(&t, target, strlen(target)) == WIRE_OK &&
	    strlen(target) < WIRE_TARGET_CAP &&
	    (item = append(o, tag + 1, target, rest)) != NULL)
		*text = xstrdup(json_string_value(s));
	json_decref(s);
	free(copy);
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
