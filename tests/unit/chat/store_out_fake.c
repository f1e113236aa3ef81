/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The streams of the fake store to other realms. */
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"
#include "tests/unit/chat/store_inner_fake.h"

static const struct realm *
find_realm(const struct store *s, const char *key)
{
	size_t i;

	for (i = 0; i < s->realms; i++)
		if (strcmp(s->realm[i].key, key) == 0)
			return &s->realm[i];
	return NULL;
}

/* Made by whoever comes first. */
static struct realm *
need_realm(struct store *s, const char *key)
{
	const struct realm *found = find_realm(s, key);
	struct realm *r;

	if (found != NULL)
		return &s->realm[found - s->realm];
	r = FAKE_ROOM(s->realm, s->realms);
	*r = (struct realm){ .key = key, .stream = "", .from = "" };
	return r;
}

const struct store_item *
store_fake_out(const struct store *s, const char *realm, size_t place)
{
	size_t i;

	for (i = 0; i < s->outs; i++)
		if (strcmp(s->out[i].realm->key, realm) == 0 && place-- == 0)
			return &s->out[i].item;
	return NULL;
}

size_t
store_fake_outs(const struct store *s, const char *realm)
{
	size_t n = 0;

	while (store_fake_out(s, realm, n) != NULL)
		n++;
	return n;
}

int64_t
store_fake_taken(const struct store *s, const char *realm)
{
	const struct realm *r = find_realm(s, realm);

	return r != NULL ? r->taken : 0;
}

/* ---- writes ----------------------------------------------------------- */

int64_t
fake_apply_out(struct store *s, const struct store_out *out)
{
	struct realm *r = need_realm(s, out->realm);
	struct out *o = FAKE_ROOM(s->out, s->outs);

	o->realm = r;
	o->item = (struct store_item){ ++r->last, out->body, out->len };
	return r->last - r->base;
}

static void
apply_out(struct store *s, struct write *w)
{
	w->result.id = fake_apply_out(s, w->out);
}

struct txn *
store_add_out(struct txn *t, const struct store_out *out)
{
	struct write *w = fake_put(t, apply_out);

	w->out = fake_keep_bytes(t->store, out, sizeof(*out));
	w->out->realm = fake_keep(t->store, out->realm);
	w->out->body = fake_keep_bytes(t->store, out->body, out->len);
	return t;
}

static struct txn *
put_progress(struct txn *t, fake_apply_fn *apply, const char *realm,
    const char *stream, int64_t number)
{
	struct write *w = fake_put(t, apply);

	w->realm = fake_keep(t->store, realm);
	w->stream = fake_keep(t->store, stream);
	w->number = number;
	return t;
}

static void
apply_drop(struct store *s, struct write *w)
{
	const struct realm *r = need_realm(s, w->realm);
	size_t i, kept = 0;

	for (i = 0; i < s->outs; i++)
		if (s->out[i].realm != r ||
		    s->out[i].item.number > w->number + r->base)
			s->out[kept++] = s->out[i];
	s->outs = kept;
}

struct txn *
store_drop_out(struct txn *t, const char *realm, int64_t upto)
{
	return put_progress(t, apply_drop, realm, NULL, upto);
}

static void
apply_taken(struct store *s, struct write *w)
{
	struct realm *r = need_realm(s, w->realm);

	r->from = w->stream;
	r->taken = w->number;
}

struct txn *
store_set_taken(struct txn *t, const char *realm, const char *stream,
    int64_t number)
{
	return put_progress(t, apply_taken, realm, stream, number);
}

static void
apply_stream(struct store *s, struct write *w)
{
	struct realm *r = need_realm(s, w->realm);
	const struct store_item *first = store_fake_out(s, w->realm, 0);

	r->stream = w->stream;
	r->base = first != NULL ? first->number - 1 : r->last;
	w->result.id = r->last - r->base;
}

struct txn *
store_new_stream(struct txn *t, const char *realm, const char *stream)
{
	return put_progress(t, apply_stream, realm, stream, 0);
}

/* ---- reading ---------------------------------------------------------- */

static void
answer_items(struct store *s, const struct query *q)
{
	const struct realm *r = find_realm(s, q->realm);
	struct store_item *item = xcalloc(FAKE_MOST, sizeof(*item));
	struct store_items items = { .ok = !s->fail, .item = item };
	const struct store_item *from;
	size_t i, bytes = 0;

	for (i = 0; (from = store_fake_out(s, q->realm, i)) != NULL; i++) {
		if (s->fail || from->number - r->base <= q->after)
			continue;
		if (items.count == q->limit ||
		    (items.count > 0 && bytes >= q->bytes))
			break;
		bytes += from->len;
		item[items.count] = *from;
		item[items.count++].number -= r->base;
	}
	q->items(q->arg, &items);
	free(item);
}

bool
store_read_out(struct store *s, const char *realm, int64_t after,
    size_t limit, size_t bytes, store_items_fn *fn, void *arg)
{
	struct query *q = fake_ask(s, answer_items, arg);

	if (q == NULL)
		return false;
	q->realm = fake_keep(s, realm);
	q->after = after;
	q->limit = limit < STORE_PAGE_MAX ? limit : STORE_PAGE_MAX;
	q->bytes = bytes;
	q->items = fn;
	return true;
}

int
store_each_realm(struct store *s, store_realm_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->realms; i++) {
		const struct realm *r = &s->realm[i];

		fn(arg,
		    &(struct store_realm){ .realm = r->key,
			.stream = r->stream,
			.last = r->last - r->base,
			.waiting = (int64_t)store_fake_outs(s, r->key),
			.from = r->from,
			.taken = r->taken });
	}
	return s->fail ? -1 : 0;
}
