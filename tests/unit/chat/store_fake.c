/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queues of the fake; accounts, sessions, messages and who read them. */
#include "tests/unit/chat/store_fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"
#include "tests/unit/chat/store_inner_fake.h"

struct store *
store_fake_new(void)
{
	struct store *s = xcalloc(1, sizeof(*s));

	TAILQ_INIT(&s->writes);
	TAILQ_INIT(&s->queries);
	SLIST_INIT(&s->kept);
	return s;
}

static void
writes_free(struct write *w)
{
	struct write *next;

	for (; w != NULL; w = next) {
		next = w->next;
		free(w);
	}
}

void
store_fake_free(struct store *s)
{
	struct write *w;
	struct query *q;
	struct kept *k;

	while ((w = TAILQ_FIRST(&s->writes)) != NULL) {
		TAILQ_REMOVE(&s->writes, w, entry);
		writes_free(w);
	}
	while ((q = TAILQ_FIRST(&s->queries)) != NULL) {
		TAILQ_REMOVE(&s->queries, q, entry);
		free(q);
	}
	while ((k = SLIST_FIRST(&s->kept)) != NULL) {
		SLIST_REMOVE_HEAD(&s->kept, entry);
		free(k);
	}
	free(s);
}

void *
fake_keep_bytes(struct store *s, const void *bytes, size_t n)
{
	struct kept *k = xmalloc(sizeof(*k) + n + 1);

	if (n > 0)
		memcpy(k->bytes, bytes, n);
	k->bytes[n] = '\0';
	SLIST_INSERT_HEAD(&s->kept, k, entry);
	return k->bytes;
}

const char *
fake_keep(struct store *s, const char *text)
{
	return text == NULL ? NULL : fake_keep_bytes(s, text, strlen(text));
}

void *
fake_full(void)
{
	fputs("store_fake: full\n", stderr);
	abort();
}

void
store_fake_fail(struct store *s, bool fail)
{
	s->fail = fail;
}

void
store_fake_refuse(struct store *s, bool refuse)
{
	s->refuse = refuse;
}

size_t
store_fake_messages(const struct store *s)
{
	return s->messages;
}

const struct store_message *
store_fake_message(const struct store *s, int64_t id)
{
	if (id < 1 || id > (int64_t)s->messages)
		return NULL;
	return &s->message[id - 1];
}

size_t
store_fake_sessions(const struct store *s)
{
	return s->sessions;
}

size_t
store_fake_queries(const struct store *s)
{
	const struct query *q;
	size_t n = 0;

	TAILQ_FOREACH(q, &s->queries, entry)
		n++;
	return n;
}

static size_t
length(const struct write *w)
{
	size_t n = 0;

	for (; w != NULL; w = w->next)
		n++;
	return n;
}

size_t
store_fake_writes(const struct store *s)
{
	const struct write *w;
	size_t n = 0;

	TAILQ_FOREACH(w, &s->writes, entry)
		if (!w->applied)
			n += length(w);
	return n;
}

int64_t
store_fake_used(const struct store *s)
{
	int64_t used = 0;
	size_t i;

	for (i = 0; i < s->sessions; i++)
		if (s->session[i].used > used)
			used = s->session[i].used;
	return used;
}

bool
store_fake_admin(const struct store *s, const char *key)
{
	size_t i;

	for (i = 0; i < s->accounts; i++)
		if (strcmp(s->account[i].key, key) == 0)
			return s->account[i].admin;
	return false;
}

/* ---- the queue of writes ---------------------------------------------- */

struct write *
fake_put(struct txn *t, fake_apply_fn *apply)
{
	struct write *w = xcalloc(1, sizeof(*w));

	w->apply = apply;
	if (t->first == NULL)
		t->first = w;
	else
		t->last->next = w;
	t->last = w;
	t->count++;
	return w;
}

struct txn *
txn_begin(struct txn *t, struct store *s)
{
	*t = (struct txn){ .store = s };
	return t;
}

void
txn_abort(struct txn *t)
{
	writes_free(t->first);
	txn_begin(t, t->store);
}

bool
txn_commit(struct txn *t, store_written_fn *fn, void *arg)
{
	if (t->store->refuse || t->count > STORE_TXN_MAX) {
		txn_abort(t);
		return false;
	}
	if (t->first == NULL)
		(void)fake_put(t, NULL);
	t->first->fn = fn;
	t->first->arg = arg;
	TAILQ_INSERT_TAIL(&t->store->writes, t->first, entry);
	txn_begin(t, t->store);
	return true;
}

/* One transaction. */
static void
apply(struct store *s, struct write *w)
{
	w->applied = true;
	w->result.ok = !s->fail;
	for (; w != NULL && !s->fail; w = w->next) {
		if (w->apply != NULL)
			w->apply(s, w);
		if (w->next != NULL) {
			w->next->result.ok = true;
			w->result.next = &w->next->result;
		}
	}
}

void
store_fake_apply(struct store *s)
{
	struct write *w;

	TAILQ_FOREACH(w, &s->writes, entry)
		if (!w->applied)
			apply(s, w);
}

void
store_fake_apply_one(struct store *s)
{
	struct write *w;

	TAILQ_FOREACH(w, &s->writes, entry)
		if (!w->applied) {
			apply(s, w);
			return;
		}
}

void
store_dispatch(struct store *s)
{
	struct write *w;

	while ((w = TAILQ_FIRST(&s->writes)) != NULL && w->applied) {
		TAILQ_REMOVE(&s->writes, w, entry);
		if (w->fn != NULL)
			w->fn(w->arg, &w->result);
		writes_free(w);
	}
}

size_t
store_fake_commit(struct store *s)
{
	const struct write *w;
	size_t n = 0;

	TAILQ_FOREACH(w, &s->writes, entry)
		n += length(w);
	store_fake_apply(s);
	store_dispatch(s);
	return n;
}

void
store_fake_run(struct store *s)
{
	while (store_fake_commit(s) + store_fake_answer(s) > 0)
		;
}

/* ---- messages --------------------------------------------------------- */

struct link *
fake_find_link(struct store *s, int64_t account, const char *conv)
{
	size_t i;

	for (i = 0; i < s->links; i++)
		if (s->link[i].account == account &&
		    strcmp(s->link[i].conv, conv) == 0)
			return &s->link[i];
	return NULL;
}

struct link *
fake_need_link(struct store *s, int64_t account, enum store_kind kind,
    const char *conv, int64_t mark)
{
	struct link *l = fake_find_link(s, account, conv);

	if (l != NULL)
		return l;
	l = FAKE_ROOM(s->link, s->links);
	*l = (struct link){ .account = account,
		.mark = mark,
		.kind = kind,
		.conv = conv };
	return l;
}

void
fake_drop_link(struct store *s, int64_t account, const char *conv)
{
	struct link *l = fake_find_link(s, account, conv);

	if (l != NULL)
		*l = s->link[--s->links];
}

static bool
tag_known(const struct store *s, const struct store_tag *tag,
    struct store_written *out)
{
	size_t i;

	for (i = 0; tag->tag != NULL && i < s->tags; i++) {
		const struct said_tag *t = &s->tag[i];

		if (t->tag.account != tag->account ||
		    strcmp(t->tag.tag, tag->tag) != 0 || t->time < tag->since)
			continue;
		out->duplicate = memcmp(t->tag.digest, tag->digest,
				     STORE_DIGEST_LEN) == 0;
		out->reused = !out->duplicate;
		out->id = t->id;
		return true;
	}
	return false;
}

static void
apply_message(struct store *s, struct write *w)
{
	struct store_message *m;
	size_t i;

	if (tag_known(s, &w->tag, &w->result))
		return;
	m = FAKE_ROOM(s->message, s->messages);
	*m = w->message;
	m->id = w->result.id = (int64_t)s->messages;
	for (i = 0; i < w->readers; i++)
		fake_need_link(s, w->reader[i], m->kind, m->conv, m->id - 1);
	for (i = 0; i < w->outs; i++)
		(void)fake_apply_out(s, &w->out[i]);
	if (w->tag.tag != NULL)
		*(struct said_tag *)FAKE_ROOM(s->tag, s->tags) =
		    (struct said_tag){ w->tag, m->id, m->time };
}

static void
keep_outs(struct store *s, struct write *w, const struct store_along *along)
{
	size_t i;

	w->out = fake_keep_bytes(
	    s, along->outs, along->out_count * sizeof(*along->outs));
	w->outs = along->out_count;
	for (i = 0; i < w->outs; i++) {
		const struct store_out *from = &along->outs[i];

		w->out[i].realm = fake_keep(s, from->realm);
		w->out[i].body = fake_keep_bytes(s, from->body, from->len);
	}
}

struct txn *
store_add_message(struct txn *t, const struct store_message *m,
    const struct store_along *along)
{
	struct write *w = fake_put(t, apply_message);

	w->message = *m;
	w->message.conv = fake_keep(t->store, m->conv);
	w->message.sender = fake_keep(t->store, m->sender);
	w->message.name = fake_keep(t->store, m->name);
	w->message.text = fake_keep(t->store, m->text);
	w->reader = fake_keep_bytes(
	    t->store, along->readers, along->count * sizeof(*along->readers));
	w->readers = along->count;
	keep_outs(t->store, w, along);
	if (along->tag != NULL) {
		w->tag = *along->tag;
		w->tag.tag = fake_keep(t->store, along->tag->tag);
	}
	return t;
}

/* Never behind the last message. */
static void
apply_mark(struct store *s, struct write *w)
{
	struct link *l = fake_find_link(s, w->account, w->conv);
	int64_t last = (int64_t)s->messages;
	int64_t to = w->number < last ? w->number : last;

	w->result.duplicate = l == NULL || l->mark >= to;
	if (!w->result.duplicate)
		l->mark = to;
	w->result.id = l != NULL ? l->mark : 0;
}

struct txn *
store_mark_read(struct txn *t, int64_t account, const char *conv,
    int64_t id)
{
	struct write *w = fake_put(t, apply_mark);

	w->account = account;
	w->number = id;
	w->conv = fake_keep(t->store, conv);
	return t;
}

/* ---- accounts --------------------------------------------------------- */

static void
apply_account(struct store *s, struct write *w)
{
	struct store_account *a;
	size_t i;

	for (i = 0; i < s->accounts; i++)
		if (strcmp(s->account[i].key, w->person.key) == 0) {
			w->result.taken = true;
			return;
		}
	a = FAKE_ROOM(s->account, s->accounts);
	*a = w->person;
	a->id = w->result.id = (int64_t)s->accounts;
	fake_need_link(
	    s, a->id, STORE_EVERYONE, "*", (int64_t)s->messages);
}

struct txn *
store_add_account(struct txn *t, const struct store_account *a)
{
	struct write *w = fake_put(t, apply_account);

	w->person = *a;
	w->person.name = fake_keep(t->store, a->name);
	w->person.key = fake_keep(t->store, a->key);
	w->person.real_name = fake_keep(t->store, a->real_name);
	w->person.hash = fake_keep(t->store, a->hash);
	return t;
}

static void
apply_real_name(struct store *s, struct write *w)
{
	s->account[w->account - 1].real_name = w->text;
}

struct txn *
store_set_real_name(struct txn *t, int64_t account, const char *name)
{
	struct write *w = fake_put(t, apply_real_name);

	w->account = account;
	w->text = fake_keep(t->store, name);
	return t;
}

static void
apply_admin(struct store *s, struct write *w)
{
	s->account[w->account - 1].admin = w->on;
}

struct txn *
store_set_admin(struct txn *t, int64_t account, bool admin)
{
	struct write *w = fake_put(t, apply_admin);

	w->account = account;
	w->on = admin;
	return t;
}

/* ---- sessions --------------------------------------------------------- */

static bool
is_session(const struct store_session *at, const unsigned char *digest)
{
	return digest != NULL &&
	    memcmp(at->digest, digest, STORE_DIGEST_LEN) == 0;
}

/* Of an account, all but one; or (account 0) that one. */
static void
apply_session_ends(struct store *s, struct write *w)
{
	size_t i, kept = 0;

	for (i = 0; i < s->sessions; i++) {
		const struct store_session *at = &s->session[i];
		bool is = is_session(at, w->digest);

		if (w->account == 0 ? is : at->account == w->account && !is)
			continue;
		s->session[kept++] = *at;
	}
	s->sessions = kept;
}

static void
apply_password(struct store *s, struct write *w)
{
	s->account[w->account - 1].hash = w->text;
	apply_session_ends(s, w);
}

static void
set_digest(struct write *w, const unsigned char *digest)
{
	if (digest == NULL)
		return;
	memcpy(w->digest_is, digest, STORE_DIGEST_LEN);
	w->digest = w->digest_is;
}

struct txn *
store_set_password(struct txn *t, int64_t account, const char *hash,
    const unsigned char *keep)
{
	struct write *w = fake_put(t, apply_password);

	w->account = account;
	w->text = fake_keep(t->store, hash);
	set_digest(w, keep);
	return t;
}

static void
apply_session(struct store *s, struct write *w)
{
	*(struct store_session *)FAKE_ROOM(s->session, s->sessions) =
	    w->session;
}

struct txn *
store_add_session(struct txn *t, const struct store_session *session)
{
	struct write *w = fake_put(t, apply_session);

	w->session = *session;
	return t;
}

struct txn *
store_end_session(struct txn *t, const unsigned char *digest)
{
	struct write *w = fake_put(t, apply_session_ends);

	set_digest(w, digest);
	return t;
}

struct txn *
store_end_sessions(struct txn *t, int64_t account)
{
	struct write *w = fake_put(t, apply_session_ends);

	w->account = account;
	return t;
}

static void
apply_use(struct store *s, struct write *w)
{
	size_t i;

	for (i = 0; i < s->sessions; i++)
		if (is_session(&s->session[i], w->digest))
			s->session[i].used = w->number;
}

struct txn *
store_use_session(struct txn *t, const unsigned char *digest, int64_t used)
{
	struct write *w = fake_put(t, apply_use);

	set_digest(w, digest);
	w->number = used;
	return t;
}

static void
apply_seen(struct store *s, struct write *w)
{
	s->account[w->account - 1].seen = w->number;
}

struct txn *
store_set_seen(struct txn *t, int64_t account, int64_t seen)
{
	struct write *w = fake_put(t, apply_seen);

	w->account = account;
	w->number = seen;
	return t;
}

/* ---- the queue of queries --------------------------------------------- */

struct query *
fake_ask(struct store *s,
    void (*answer)(struct store *, const struct query *), void *arg)
{
	struct query *q;

	if (s->refuse)
		return NULL;
	q = xcalloc(1, sizeof(*q));
	q->answer = answer;
	q->arg = arg;
	TAILQ_INSERT_TAIL(&s->queries, q, entry);
	return q;
}

size_t
store_fake_answer(struct store *s)
{
	size_t i, n = store_fake_queries(s);
	struct query *q;

	for (i = 0; i < n; i++) {
		q = TAILQ_FIRST(&s->queries);
		TAILQ_REMOVE(&s->queries, q, entry);
		q->answer(s, q);
		free(q);
	}
	return n;
}

/* From somebody else, or a note to oneself ("messi messi"). */
static bool
is_news(const struct store_message *m, const char *me)
{
	size_t half = strlen(m->conv) / 2;

	if (strcmp(m->sender, me) != 0)
		return true;
	return m->kind == STORE_PRIVATE &&
	    strncmp(m->conv, m->conv + half + 1, half) == 0;
}

static bool
wanted(struct store *s, const struct store_query *q,
    const struct store_message *m)
{
	const struct link *l = fake_find_link(s, q->account, m->conv);

	if (m->id <= q->after || (q->before != 0 && m->id >= q->before))
		return false;
	if (q->match != NULL && strstr(m->text, q->match) == NULL)
		return false;
	switch (q->scope) {
	case STORE_ONE:
		return strcmp(m->conv, q->conv) == 0;
	case STORE_ALL:
		return l != NULL;
	case STORE_REPLAY:
		return l != NULL && m->id > l->since;
	case STORE_UNREAD:
		break;
	}
	return l != NULL && m->kind == STORE_PRIVATE && m->id > l->mark &&
	    is_news(m, q->me);
}

static void
answer_page(struct store *s, const struct query *q)
{
	struct store_message *found = xcalloc(FAKE_MOST, sizeof(*found));
	struct store_page page = { .ok = !s->fail,
		.last = (int64_t)s->messages };
	size_t i, n = 0;

	for (i = 0; i < s->messages; i++)
		if (wanted(s, &q->q, &s->message[i]))
			found[n++] = s->message[i];
	page.more = n > q->q.limit;
	page.count = page.more ? q->q.limit : n;
	page.message = q->q.oldest ? found : found + (n - page.count);
	q->page(q->arg, &page);
	free(found);
}

bool
store_read(struct store *s, const struct store_query *query,
    store_page_fn *fn, void *arg)
{
	struct query *q = fake_ask(s, answer_page, arg);

	if (q == NULL)
		return false;
	q->page = fn;
	q->q = *query;
	q->q.me = fake_keep(s, query->me);
	q->q.conv = fake_keep(s, query->conv);
	q->q.match = fake_keep(s, query->match);
	return true;
}

static void
answer_tally(struct store *s, const struct query *q)
{
	struct store_query all = { .scope = STORE_REPLAY,
		.account = q->account,
		.after = q->after };
	struct store_tally tally = { .ok = !s->fail,
		.from = q->after,
		.last = (int64_t)s->messages };
	size_t i;

	for (i = s->messages; i-- > 0;)
		if (wanted(s, &all, &s->message[i]) &&
		    tally.count++ == (int64_t)q->limit)
			tally.from = s->message[i].id;
	q->tally(q->arg, &tally);
}

bool
store_count(struct store *s, int64_t account, int64_t after, size_t limit,
    store_tally_fn *fn, void *arg)
{
	struct query *q = fake_ask(s, answer_tally, arg);

	if (q == NULL)
		return false;
	q->tally = fn;
	q->account = account;
	q->after = after;
	q->limit = limit;
	return true;
}

static struct store_unread_row
unread_of(struct store *s, const struct link *l, const char *me)
{
	struct store_unread_row row = { .kind = l->kind,
		.conv = l->conv,
		.mark = l->mark };
	size_t i;

	for (i = 0; i < s->messages; i++) {
		const struct store_message *m = &s->message[i];

		if (strcmp(m->conv, l->conv) != 0 || m->id <= l->mark ||
		    !is_news(m, me))
			continue;
		if (row.count++ == 0)
			row.first = m->id;
	}
	return row;
}

static void
answer_unread(struct store *s, const struct query *q)
{
	enum { ROWS = 64 };
	struct store_unread_row row[ROWS];
	struct store_unread found = { .ok = !s->fail, .row = row };
	size_t i;

	for (i = 0; i < s->links && found.count < ROWS; i++) {
		if (s->link[i].account != q->account)
			continue;
		row[found.count] = unread_of(s, &s->link[i], q->q.me);
		if (row[found.count].count > 0)
			found.count++;
	}
	q->unread(q->arg, &found);
}

bool
store_unread(struct store *s, int64_t account, const char *me,
    store_unread_fn *fn, void *arg)
{
	struct query *q = fake_ask(s, answer_unread, arg);

	if (q == NULL)
		return false;
	q->unread = fn;
	q->account = account;
	q->q.me = fake_keep(s, me);
	return true;
}

static void
answer_tag(struct store *s, const struct query *q)
{
	struct store_written done = { .ok = !s->fail };

	if (!s->fail)
		(void)tag_known(s, &q->tag, &done);
	q->written(q->arg, &done);
}

bool
store_find_tag(struct store *s, const struct store_tag *tag,
    store_written_fn *fn, void *arg)
{
	struct query *q = fake_ask(s, answer_tag, arg);

	if (q == NULL)
		return false;
	q->tag = *tag;
	q->tag.tag = fake_keep(s, tag->tag);
	q->written = fn;
	return true;
}

/* ---- start ------------------------------------------------------------ */

int
store_each_account(struct store *s, store_account_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->accounts; i++)
		fn(arg, &s->account[i]);
	return s->fail ? -1 : 0;
}

int
store_each_session(struct store *s, store_session_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->sessions; i++)
		fn(arg, &s->session[i]);
	return s->fail ? -1 : 0;
}

int
store_each_contact(struct store *s, store_contact_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < s->links; i++)
		if (s->link[i].kind == STORE_PRIVATE &&
		    strchr(s->link[i].conv, '@') != NULL)
			fn(arg, s->link[i].account, s->link[i].conv);
	return s->fail ? -1 : 0;
}

int64_t
store_last_id(struct store *s)
{
	return s->fail ? -1 : (int64_t)s->messages;
}
