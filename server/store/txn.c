/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transactions, see store.h: the caller's side of a write. */
#include "server/store/store.h"

#include "server/store/store_priv.h"
#include "server/store/writer.h"
#include "shared/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* ---- writes ----------------------------------------------------------- */

void *
write_new(size_t size, size_t keep, write_apply_fn *apply)
{
	struct write *j = xmalloc(size + keep);

	memset(j, 0, size);
	j->apply = apply;
	j->end = (char *)j + size;
	return j;
}

void *
write_keep(struct write *j, const void *p, size_t n)
{
	char *at = j->end;

	if (n > 0)
		memcpy(at, p, n);
	j->end += n;
	return at;
}

size_t
write_room(const char *s)
{
	return s == NULL ? 0 : strlen(s) + 1;
}

const char *
write_text(struct write *j, const char *s)
{
	return s == NULL ? NULL : write_keep(j, s, write_room(s));
}

/* ---- transactions ----------------------------------------------------- */

static void
writes_free(struct write *j)
{
	struct write *next;

	for (; j != NULL; j = next) {
		next = j->next;
		free(j);
	}
}

struct txn *
txn_begin(struct txn *t, struct store *s)
{
	*t = (struct txn){ .store = s };
	return t;
}

/* Above the cap it is only counted, so that the commit refuses it all. */
struct txn *
txn_put(struct txn *t, struct write *j)
{
	if (t->count++ >= STORE_TXN_MAX) {
		free(j);
		return t;
	}
	if (t->first == NULL)
		t->first = j;
	else
		t->last->next = j;
	t->last = j;
	return t;
}

void
txn_abort(struct txn *t)
{
	writes_free(t->first);
	txn_begin(t, t->store);
}

static void
deliver(struct store *s, struct store_job *job)
{
	struct write *j = (struct write *)job, *k;

	writer_delivers(s->writer, j);
	for (k = j; k->next != NULL; k = k->next) {
		k->next->done.ok = j->done.ok;
		k->done.next = &k->next->done;
	}
	if (j->fn != NULL)
		j->fn(j->arg, &j->done);
	writes_free(j);
}

static void
apply_nothing(struct sql *q, struct write *j)
{
	(void)q;
	(void)j;
}

bool
txn_commit(struct txn *t, store_written_fn *fn, void *arg)
{
	struct write *j = t->first;

	if (j == NULL) {
		t->first = j = write_new(sizeof(*j), 0, apply_nothing);
		t->count = 1;
	}
	j->job.deliver = deliver;
	j->fn = fn;
	j->arg = arg;
	j->count = t->count;
	if (t->count > STORE_TXN_MAX || !writer_put(t->store->writer, j)) {
		txn_abort(t);
		return false;
	}
	txn_begin(t, t->store);
	return true;
}
