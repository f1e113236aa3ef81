/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/convo.h"

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/model/ignore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- entries ----------------------------------------------------------- */

static const char *
put(char **end, const char *s)
{
	size_t n = strlen(s) + 1;
	char *at = *end;

	memcpy(at, s, n);
	*end += n;
	return at;
}

static size_t
room_for(const char *s)
{
	return s == NULL ? 0 : strlen(s) + 1;
}

struct entry *
entry_new(const struct item *from, const char *tag)
{
	size_t need = room_for(from->from) + room_for(from->name) +
	    room_for(from->text) + room_for(from->why) +
	    room_for(from->queued) + room_for(tag);
	struct entry *e = xmalloc(sizeof(*e) + need);
	char *end = e->store;

	e->item = *from;
	e->bytes = sizeof(*e) + need;
	e->item.from = put(&end, from->from);
	e->item.name = put(&end, from->name);
	e->item.text = put(&end, from->text);
	e->item.why = from->why == NULL ? NULL : put(&end, from->why);
	e->item.queued =
	    from->queued == NULL ? NULL : put(&end, from->queued);
	e->tag = NULL;
	if (tag != NULL) {
		e->tag = end;
		put(&end, tag);
	}
	return e;
}

void
entry_free(struct entry *e)
{
	free(e);
}

/* ---- rows -------------------------------------------------------------- */

static struct entry *
row_at(const struct row *r, size_t i)
{
	return r->at[r->off + i];
}

/* Room for one more at the end; what was eaten at the front is used first. */
static void
row_reserve(struct row *r)
{
	if (r->off + r->count < r->cap)
		return;
	if (r->off > r->count / 2) {
		memmove(r->at, r->at + r->off, r->count * sizeof(*r->at));
		r->off = 0;
		return;
	}
	r->cap = r->cap == 0 ? 16 : r->cap * 2;
	r->at = xreallocarray(r->at, r->cap, sizeof(*r->at));
}

static void
row_insert(struct row *r, size_t i, struct entry *e)
{
	struct entry **p;

	if (i == 0 && r->off > 0) {
		r->off--;
		r->count++;
		r->at[r->off] = e;
		return;
	}
	row_reserve(r);
	p = r->at + r->off + i;
	memmove(p + 1, p, (r->count - i) * sizeof(*p));
	*p = e;
	r->count++;
}

static struct entry *
row_take(struct row *r, size_t i)
{
	struct entry **p = r->at + r->off + i;
	struct entry *e = *p;

	r->count--;
	if (i == 0)
		r->off++;
	else
		memmove(p, p + 1, (r->count - i) * sizeof(*p));
	return e;
}

static void
row_release(struct row *r)
{
	for (size_t i = 0; i < r->count; i++)
		entry_free(row_at(r, i));
	free(r->at);
}

/* ---- the conversation -------------------------------------------------- */

struct convo *
convo_new(const char *target, const char *key)
{
	struct convo *c = xcalloc(1, sizeof(*c));

	snprintf(c->target, sizeof(c->target), "%s", target);
	snprintf(c->key, sizeof(c->key), "%s", key);
	return c;
}

void
convo_free(struct convo *c)
{
	if (c == NULL)
		return;
	row_release(&c->settled);
	row_release(&c->tail);
	if (c->joinpart != NULL)
		joinpart_clear(c->joinpart);
	free(c->joinpart);
	free(c->draft);
	free(c);
}

static void
count_in(struct convo *c, const struct entry *e)
{
	c->bytes += e->bytes;
	c->messages += e->item.kind == ITEM_MESSAGE;
	c->notices += e->item.kind == ITEM_NOTICE;
	c->waiting += e->item.kind == ITEM_WAITING;
}

static void
count_out(struct convo *c, const struct entry *e)
{
	c->bytes -= e->bytes;
	c->messages -= e->item.kind == ITEM_MESSAGE;
	c->notices -= e->item.kind == ITEM_NOTICE;
	c->waiting -= e->item.kind == ITEM_WAITING;
}

/* The first place whose id is greater.  Most of what comes is the newest. */
static size_t
place_behind(const struct row *r, int64_t id)
{
	size_t low = 0, high = r->count;

	if (high > 0 && row_at(r, high - 1)->item.id <= id)
		return high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (row_at(r, mid)->item.id <= id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
convo_insert(struct convo *c, struct entry *e)
{
	size_t at = place_behind(&c->settled, e->item.id);

	/* A message stands before the notices that share its id. */
	if (e->item.kind == ITEM_MESSAGE)
		while (at > 0) {
			const struct item *before =
			    &row_at(&c->settled, at - 1)->item;

			if (before->id != e->item.id)
				break;
			if (before->kind == ITEM_MESSAGE)
				return false;
			at--;
		}
	row_insert(&c->settled, at, e);
	count_in(c, e);
	return true;
}

bool
convo_insert_earlier(struct convo *c, struct entry *e)
{
	size_t at = place_behind(&c->settled, e->item.id);

	if (e->item.kind == ITEM_MESSAGE)
		for (; at > 0; at--) {
			struct item *it = &row_at(&c->settled, at - 1)->item;

			if (it->kind != ITEM_NOTICE || it->time < e->item.time)
				break;
			it->id = e->item.id;
		}
	return convo_insert(c, e);
}

void
convo_append_tail(struct convo *c, struct entry *e)
{
	convo_insert_tail(c, c->tail.count, e);
}

void
convo_insert_tail(struct convo *c, size_t i, struct entry *e)
{
	row_insert(&c->tail, i, e);
	count_in(c, e);
}

bool
convo_has_tag(const struct convo *c, const char *tag)
{
	for (size_t n = 0; n < c->tail.count; n++) {
		const struct entry *e = row_at(&c->tail, n);

		if (e->tag != NULL && strcmp(e->tag, tag) == 0)
			return true;
	}
	return false;
}

struct entry *
convo_take_tail(struct convo *c, const char *tag, size_t *i)
{
	for (size_t n = 0; n < c->tail.count; n++) {
		struct entry *e = row_at(&c->tail, n);

		if (e->tag == NULL || strcmp(e->tag, tag) != 0)
			continue;
		*i = n;
		count_out(c, e);
		return row_take(&c->tail, n);
	}
	return NULL;
}

static void
drop(struct convo *c, struct row *r, size_t i)
{
	struct entry *e = row_take(r, i);

	count_out(c, e);
	entry_free(e);
}

void
convo_trim(struct convo *c, size_t messages, size_t notices)
{
	while (c->messages > messages) {
		if (row_at(&c->settled, 0)->item.kind == ITEM_MESSAGE)
			c->begin = c->cleared = false;
		c->hidden_first = 0;
		drop(c, &c->settled, 0);
	}
	for (size_t i = 0; c->notices > notices && i < c->settled.count;)
		if (row_at(&c->settled, i)->item.kind == ITEM_NOTICE)
			drop(c, &c->settled, i);
		else
			i++;
}

void
convo_trim_newest(struct convo *c, size_t messages)
{
	while (c->messages > messages) {
		c->hidden_last = 0;
		drop(c, &c->settled, c->settled.count - 1);
	}
}

/* The newest first: each then comes to stand where the row begins. */
void
convo_join(struct convo *c, struct convo *from)
{
	if (from->hidden_first > 0)
		convo_hide(c, from->hidden_first);
	while (from->settled.count > 0) {
		struct entry *e =
		    row_take(&from->settled, from->settled.count - 1);

		count_out(from, e);
		if (!convo_insert_earlier(c, e))
			entry_free(e);
	}
}

void
convo_drop_kind(struct convo *c, enum item_kind kind)
{
	struct row *r = &c->settled;
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		struct entry *e = row_at(r, i);

		if (e->item.kind == kind) {
			count_out(c, e);
			entry_free(e);
		} else
			r->at[r->off + kept++] = e;
	}
	r->count = kept;
	if (kind == ITEM_MESSAGE)
		c->hidden_first = c->hidden_last = 0;
}

void
convo_hide(struct convo *c, int64_t id)
{
	if (c->hidden_first == 0 || id < c->hidden_first)
		c->hidden_first = id;
	if (id > c->hidden_last)
		c->hidden_last = id;
}

void
convo_drop_ignored(struct convo *c, const struct ignore *ignored)
{
	struct row *r = &c->settled;
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		struct entry *e = row_at(r, i);

		if (e->item.kind == ITEM_MESSAGE && !e->item.own &&
		    ignore_has(ignored, IGNORE_USER, e->item.from)) {
			convo_hide(c, e->item.id);
			count_out(c, e);
			entry_free(e);
		} else
			r->at[r->off + kept++] = e;
	}
	r->count = kept;
}

void
convo_noise(struct convo *c, const char *user, bool came, struct buf *text)
{
	struct row *r = &c->settled;
	bool last;

	if (c->joinpart == NULL)
		c->joinpart = xcalloc(1, sizeof(*c->joinpart));
	last = r->count > 0 &&
	    row_at(r, r->count - 1)->item.serial == c->joinpart->serial;
	if (!last)
		joinpart_clear(c->joinpart);
	if (!joinpart_add(c->joinpart, user, came)) {
		joinpart_clear(c->joinpart);
		last = false;
		(void)joinpart_add(c->joinpart, user, came);
	}
	if (last)
		drop(c, r, r->count - 1);
	joinpart_text(c->joinpart, c->target, text);
}

const struct item *
convo_message(const struct convo *c, int64_t id)
{
	for (size_t at = place_behind(&c->settled, id); at > 0; at--) {
		const struct item *it = &row_at(&c->settled, at - 1)->item;

		if (it->id != id)
			break;
		if (it->kind == ITEM_MESSAGE)
			return it;
	}
	return NULL;
}

void
convo_anew(struct convo *c)
{
	for (size_t i = 0; i < c->settled.count; i++)
		row_at(&c->settled, i)->item.id = 0;
	for (size_t i = 0; i < c->tail.count; i++)
		row_at(&c->tail, i)->item.id = 0;
}

size_t
convo_count_after(const struct convo *c, int64_t id)
{
	size_t n = 0;

	for (size_t i = place_behind(&c->settled, id); i < c->settled.count;
	    i++) {
		const struct item *it = &row_at(&c->settled, i)->item;

		n += it->kind == ITEM_MESSAGE && !it->own;
	}
	return n;
}

int64_t
convo_first_after(const struct convo *c, int64_t id)
{
	for (size_t i = place_behind(&c->settled, id); i < c->settled.count;
	    i++) {
		const struct item *it = &row_at(&c->settled, i)->item;

		if (it->kind == ITEM_MESSAGE && !it->own)
			return it->id;
	}
	return 0;
}

/* ---- what model.h says of it ------------------------------------------- */

const char *
convo_target(const struct convo *c)
{
	return c->target;
}

uint64_t
convo_serial(const struct convo *c)
{
	return c->serial;
}

size_t
convo_count(const struct convo *c)
{
	return c->settled.count + c->tail.count;
}

const struct item *
convo_item(const struct convo *c, size_t i)
{
	if (i < c->settled.count)
		return &row_at(&c->settled, i)->item;
	return &row_at(&c->tail, i - c->settled.count)->item;
}

/* From the end: what panes look for is near it, or was when they looked. */
bool
convo_find_item(const struct convo *c, uint64_t serial, size_t *i)
{
	for (size_t n = convo_count(c); n-- > 0;)
		if (convo_item(c, n)->serial == serial) {
			*i = n;
			return true;
		}
	return false;
}

size_t
convo_unread(const struct convo *c)
{
	return c->unread;
}

size_t
convo_waiting(const struct convo *c)
{
	return c->waiting;
}

int64_t
convo_marker(const struct convo *c)
{
	return c->marker;
}

int64_t
convo_first_unread(const struct convo *c)
{
	return c->first_unread;
}

const struct item *
convo_failed(const struct convo *c)
{
	for (size_t i = 0; i < c->tail.count; i++)
		if (row_at(&c->tail, i)->item.kind == ITEM_FAILED)
			return &row_at(&c->tail, i)->item;
	return NULL;
}

bool
convo_mentioned(const struct convo *c)
{
	return c->unread > 0 && c->mentions > 0;
}

bool
convo_begin(const struct convo *c)
{
	return c->begin;
}

bool
convo_cleared(const struct convo *c)
{
	return c->cleared;
}

bool
convo_fetching(const struct convo *c)
{
	return c->fetching;
}

bool
convo_fetching_newer(const struct convo *c)
{
	return c->fetching_newer;
}

uint64_t
convo_passage(const struct convo *c)
{
	return c->passage;
}

const char *
convo_draft(const struct convo *c)
{
	return c->draft == NULL ? "" : c->draft;
}

int64_t
convo_first(const struct convo *c)
{
	int64_t first = 0;

	for (size_t i = 0; i < c->settled.count && first == 0; i++)
		if (row_at(&c->settled, i)->item.kind == ITEM_MESSAGE)
			first = row_at(&c->settled, i)->item.id;
	return c->hidden_first > 0 && (first == 0 || c->hidden_first < first) ?
	    c->hidden_first : first;
}

int64_t
convo_last(const struct convo *c)
{
	int64_t last = 0;

	for (size_t i = c->settled.count; i-- > 0 && last == 0;)
		if (row_at(&c->settled, i)->item.kind == ITEM_MESSAGE)
			last = row_at(&c->settled, i)->item.id;
	return c->hidden_last > last ? c->hidden_last : last;
}

int64_t
convo_take_read(struct convo *c)
{
	int64_t due = c->read_due;

	c->read_due = 0;
	return due;
}
