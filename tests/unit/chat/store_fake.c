/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/chat/store_fake.h"

#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

enum { MOST = 8192, LINKS = 64 };

enum write_kind {
	ADD_MESSAGE,
	ADD_ACCOUNT,
	SET_NAME,
	SET_PASSWORD,
	ADD_SESSION,
	END_SESSION,
	USE_SESSION,
	MARK_READ,
	NOTE /* takes its place in the order, and no more */
};

struct write {
	TAILQ_ENTRY(write) entry;
	enum write_kind kind;
	bool applied;
	struct store_written result;
	store_written_fn *fn;
	void *arg;
	struct store_message message;
	struct store_account account;
	struct store_session session;
	int64_t reader[2];
	size_t readers;
	bool tagged, keep;
	struct store_tag tag;
	char *string[5]; /* what was copied */
};

struct query {
	TAILQ_ENTRY(query) entry;
	struct store_query q;
	char *string[3];
	int64_t account, after;
	size_t limit;
	store_page_fn *page;
	store_tally_fn *tally;
	store_unread_fn *unread;
	void *arg;
};

/* An account reads a conversation, up to a mark. */
struct link {
	int64_t account, mark;
	enum store_kind kind;
	char *conv;
};

struct said_tag {
	struct store_tag tag;
	int64_t id, time;
};

struct store {
	bool fail, refuse;
	TAILQ_HEAD(writes, write) writes;
	TAILQ_HEAD(queries, query) queries;
	struct store_account account[LINKS];
	struct store_message message[MOST];
	struct store_session session[MOST];
	struct link link[MOST];
	struct said_tag tag[MOST];
	size_t accounts, messages, sessions, links, tags;
};

struct store *
store_fake_new(void)
{
	struct store *s = xcalloc(1, sizeof(*s));

	TAILQ_INIT(&s->writes);
	TAILQ_INIT(&s->queries);
	return s;
}

static char *
copy(const char *s)
{
	return s == NULL ? NULL : xstrdup(s);
}

static void
forget(const char *s)
{
	free((void *)(uintptr_t)s);
}

static void
free_write(struct write *w)
{
	size_t i;

	for (i = 0; i < 5; i++)
		free(w->string[i]);
	free(w);
}

static void
free_query(struct query *q)
{
	size_t i;

	for (i = 0; i < 3; i++)
		free(q->string[i]);
	free(q);
}

void
store_fake_free(struct store *s)
{
	struct write *w;
	struct query *q;
	size_t i;

	while ((w = TAILQ_FIRST(&s->writes)) != NULL) {
		TAILQ_REMOVE(&s->writes, w, entry);
		free_write(w);
	}
	while ((q = TAILQ_FIRST(&s->queries)) != NULL) {
		TAILQ_REMOVE(&s->queries, q, entry);
		free_query(q);
	}
	for (i = 0; i < s->accounts; i++) {
		forget(s->account[i].name);
		forget(s->account[i].key);
		forget(s->account[i].real_name);
		forget(s->account[i].hash);
	}
	for (i = 0; i < s->messages; i++) {
		forget(s->message[i].conv);
		forget(s->message[i].sender);
		forget(s->message[i].name);
		forget(s->message[i].text);
	}
	for (i = 0; i < s->links; i++)
		free(s->link[i].conv);
	for (i = 0; i < s->tags; i++)
		forget(s->tag[i].tag.tag);
	free(s);
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

/* ---- what takes place in a commit ------------------------------------- */

static struct link *
find_link(struct store *s, int64_t account, const char *conv)
{
	size_t i;

	for (i = 0; i < s->links; i++)
		if (s->link[i].account == account &&
		    strcmp(s->link[i].conv, conv) == 0)
			return &s->link[i];
	return NULL;
}

static struct link *
need_link(struct store *s, int64_t account, enum store_kind kind,
    const char *conv, int64_t mark)
{
	struct link *l = find_link(s, account, conv);

	if (l != NULL)
		return l;
	if (s->links == MOST)
		abort();
	l = &s->link[s->links++];
	*l = (struct link){ account, mark, kind, xstrdup(conv) };
	return l;
}

static bool
tag_known(struct store *s, const struct write *w, struct store_written *out)
{
	size_t i;

	for (i = 0; w->tagged && i < s->tags; i++) {
		const struct said_tag *t = &s->tag[i];

		if (t->tag.account != w->tag.account ||
		    strcmp(t->tag.tag, w->tag.tag) != 0 ||
		    t->time < w->tag.since)
			continue;
		out->duplicate = memcmp(t->tag.digest, w->tag.digest,
				     STORE_DIGEST_LEN) == 0;
		out->reused = !out->duplicate;
		out->id = t->id;
		return true;
	}
	return false;
}

static void
apply_message(
    struct store *s, const struct write *w, struct store_written *out)
{
	struct store_message *m;
	size_t i;

	if (tag_known(s, w, out))
		return;
	if (s->messages == MOST || s->tags == MOST)
		abort();
	m = &s->message[s->messages];
	*m = w->message;
	m->conv = xstrdup(m->conv);
	m->sender = xstrdup(m->sender);
	m->name = xstrdup(m->name);
	m->text = xstrdup(m->text);
	m->id = out->id = (int64_t)++s->messages;
	for (i = 0; i < w->readers; i++)
		need_link(s, w->reader[i], m->kind, m->conv, 0);
	if (!w->tagged)
		return;
	s->tag[s->tags] = (struct said_tag){ w->tag, m->id, m->time };
	s->tag[s->tags++].tag.tag = xstrdup(w->tag.tag);
}

static void
apply_account(
    struct store *s, const struct write *w, struct store_written *out)
{
	struct store_account *a = &s->account[s->accounts];
	size_t i;

	for (i = 0; i < s->accounts; i++)
		if (strcmp(s->account[i].key, w->account.key) == 0) {
			out->taken = true;
			return;
		}
	if (s->accounts == LINKS)
		abort();
	*a = w->account;
	a->name = xstrdup(a->name);
	a->key = xstrdup(a->key);
	a->real_name = xstrdup(a->real_name);
	a->hash = xstrdup(a->hash);
	a->id = out->id = (int64_t)++s->accounts;
	need_link(s, a->id, STORE_EVERYONE, "*", (int64_t)s->messages);
}

static void
end_sessions(struct store *s, const struct write *w)
{
	size_t i, kept = 0;

	for (i = 0; i < s->sessions; i++) {
		const struct store_session *at = &s->session[i];
		bool same = memcmp(at->digest, w->session.digest,
				STORE_DIGEST_LEN) == 0;

		if (w->kind == END_SESSION && same)
			continue;
		if (w->kind == SET_PASSWORD && !(w->keep && same) &&
		    at->account == w->session.account)
			continue;
		s->session[kept++] = *at;
	}
	s->sessions = kept;
}

static void
apply_use(struct store *s, const struct write *w)
{
	size_t i;

	for (i = 0; i < s->sessions; i++)
		if (memcmp(s->session[i].digest, w->session.digest,
			STORE_DIGEST_LEN) == 0)
			s->session[i].used = w->session.used;
}

static void
apply_mark(struct store *s, const struct write *w, struct store_written *out)
{
	struct link *l = need_link(s, w->account.id, w->message.kind,
	    w->message.conv, 0);

	out->duplicate = l->mark >= w->message.id;
	if (!out->duplicate)
		l->mark = w->message.id;
	out->id = l->mark;
}

static void
replace(const char **at, const char *with)
{
	forget(*at);
	*at = xstrdup(with);
}

static void
apply(struct store *s, struct write *w)
{
	struct store_written *out = &w->result;
	struct store_account *a = &s->account[w->account.id - 1];

	out->ok = !s->fail;
	if (s->fail)
		return;
	switch (w->kind) {
	case ADD_MESSAGE:
		apply_message(s, w, out);
		break;
	case ADD_ACCOUNT:
		apply_account(s, w, out);
		break;
	case SET_NAME:
		replace(&a->real_name, w->account.real_name);
		break;
	case SET_PASSWORD:
		replace(&a->hash, w->account.hash);
		end_sessions(s, w);
		break;
	case ADD_SESSION:
		if (s->sessions == MOST)
			abort();
		s->session[s->sessions++] = w->session;
		break;
	case END_SESSION:
		end_sessions(s, w);
		break;
	case USE_SESSION:
		apply_use(s, w);
		break;
	case MARK_READ:
		apply_mark(s, w, out);
		break;
	case NOTE:
		break;
	}
}

void
store_fake_apply(struct store *s)
{
	struct write *w;

	TAILQ_FOREACH(w, &s->writes, entry)
		if (!w->applied) {
			w->applied = true;
			apply(s, w);
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
		free_write(w);
	}
}

size_t
store_fake_commit(struct store *s)
{
	const struct write *w;
	size_t n = 0;

	TAILQ_FOREACH(w, &s->writes, entry)
		n++;
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

/* ---- writes ----------------------------------------------------------- */

static struct write *
put(struct store *s, enum write_kind kind, store_written_fn *fn, void *arg)
{
	struct write *w;

	if (s->refuse)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->kind = kind;
	w->fn = fn;
	w->arg = arg;
	w->account.id = 1;
	TAILQ_INSERT_TAIL(&s->writes, w, entry);
	return w;
}

bool
store_add_message(struct store *s, const struct store_message *m,
    const struct store_along *along, store_written_fn *fn, void *arg)
{
	struct write *w = put(s, ADD_MESSAGE, fn, arg);
	const struct store_tag *tag = along->tag;
	size_t i;

	if (w == NULL)
		return false;
	w->message = *m;
	w->message.conv = w->string[0] = copy(m->conv);
	w->message.sender = w->string[1] = copy(m->sender);
	w->message.name = w->string[2] = copy(m->name);
	w->message.text = w->string[3] = copy(m->text);
	for (i = 0; i < along->count; i++)
		w->reader[w->readers++] = along->readers[i];
	if (tag != NULL) {
		w->tagged = true;
		w->tag = *tag;
		w->tag.tag = w->string[4] = copy(tag->tag);
	}
	return true;
}

/* Everything that is queued is applied in order and at once. */
bool
store_hold(struct store *s, size_t n)
{
	(void)n;
	return !s->refuse;
}

void
store_release(struct store *s)
{
	(void)s;
}

bool
store_add_account(struct store *s, const struct store_account *a,
    store_written_fn *fn, void *arg)
{
	struct write *w = put(s, ADD_ACCOUNT, fn, arg);

	if (w == NULL)
		return false;
	w->account = *a;
	w->account.name = w->string[0] = copy(a->name);
	w->account.key = w->string[1] = copy(a->key);
	w->account.real_name = w->string[2] = copy(a->real_name);
	w->account.hash = w->string[3] = copy(a->hash);
	w->account.id = 1;
	return true;
}

bool
store_set_real_name(struct store *s, int64_t account, const char *name,
    store_written_fn *fn, void *arg)
{
	struct write *w = put(s, SET_NAME, fn, arg);

	if (w == NULL)
		return false;
	w->account.id = account;
	w->account.real_name = w->string[0] = copy(name);
	return true;
}

bool
store_set_password(struct store *s, int64_t account, const char *hash,
    const unsigned char *keep, store_written_fn *fn, void *arg)
{
	struct write *w = put(s, SET_PASSWORD, fn, arg);

	if (w == NULL)
		return false;
	w->account.id = w->session.account = account;
	w->account.hash = w->string[0] = copy(hash);
	w->keep = keep != NULL;
	if (keep != NULL)
		memcpy(w->session.digest, keep, STORE_DIGEST_LEN);
	return true;
}

bool
store_add_session(struct store *s, const struct store_session *session,
    store_written_fn *fn, void *arg)
{
	struct write *w = put(s, ADD_SESSION, fn, arg);

	if (w != NULL)
		w->session = *session;
	return w != NULL;
}

bool
store_end_session(struct store *s, const unsigned char *digest,
    store_written_fn *fn, void *arg)
{
	struct write *w = put(s, END_SESSION, fn, arg);

	if (w != NULL)
		memcpy(w->session.digest, digest, STORE_DIGEST_LEN);
	return w != NULL;
}

bool
store_use_session(struct store *s, const unsigned char *digest, int64_t used,
    store_written_fn *fn, void *arg)
{
	struct write *w = put(s, USE_SESSION, fn, arg);

	if (w == NULL)
		return false;
	memcpy(w->session.digest, digest, STORE_DIGEST_LEN);
	w->session.used = used;
	return true;
}

bool
store_mark_read(struct store *s, int64_t account, enum store_kind kind,
    const char *conv, int64_t id, store_written_fn *fn, void *arg)
{
	struct write *w = put(s, MARK_READ, fn, arg);

	if (w == NULL)
		return false;
	w->account.id = account;
	w->message.kind = kind;
	w->message.id = id;
	w->message.conv = w->string[0] = copy(conv);
	return true;
}

/* ---- queries ---------------------------------------------------------- */

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
	const struct link *l = find_link(s, q->account, m->conv);

	if (m->id <= q->after || (q->before != 0 && m->id >= q->before))
		return false;
	if (q->match != NULL && strstr(m->text, q->match) == NULL)
		return false;
	if (q->scope == STORE_ONE)
		return strcmp(m->conv, q->conv) == 0;
	if (q->scope == STORE_ALL || q->scope == STORE_REPLAY)
		return l != NULL;
	return l != NULL && m->kind == STORE_PRIVATE && m->id > l->mark &&
	    is_news(m, q->me);
}

static void
answer_page(struct store *s, const struct query *q)
{
	struct store_message *found = xcalloc(MOST, sizeof(*found));
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

static void
answer_tally(struct store *s, const struct query *q)
{
	struct store_query all = { .scope = STORE_ALL,
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
	struct store_unread_row row[LINKS];
	struct store_unread found = { .ok = !s->fail, .row = row };
	size_t i;

	for (i = 0; i < s->links && found.count < LINKS; i++) {
		if (s->link[i].account != q->account)
			continue;
		row[found.count] = unread_of(s, &s->link[i], q->string[0]);
		if (row[found.count].count > 0)
			found.count++;
	}
	q->unread(q->arg, &found);
}

size_t
store_fake_answer(struct store *s)
{
	size_t i, n = store_fake_queries(s);
	struct query *q;

	for (i = 0; i < n; i++) {
		q = TAILQ_FIRST(&s->queries);
		TAILQ_REMOVE(&s->queries, q, entry);
		if (q->page != NULL)
			answer_page(s, q);
		else if (q->tally != NULL)
			answer_tally(s, q);
		else
			answer_unread(s, q);
		free_query(q);
	}
	return n;
}

static struct query *
ask(struct store *s, void *arg)
{
	struct query *q;

	if (s->refuse)
		return NULL;
	q = xcalloc(1, sizeof(*q));
	q->arg = arg;
	TAILQ_INSERT_TAIL(&s->queries, q, entry);
	return q;
}

bool
store_read(struct store *s, const struct store_query *query,
    store_page_fn *fn, void *arg)
{
	struct query *q = ask(s, arg);

	if (q == NULL)
		return false;
	q->page = fn;
	q->q = *query;
	q->q.me = q->string[0] = copy(query->me);
	q->q.conv = q->string[1] = copy(query->conv);
	q->q.match = q->string[2] = copy(query->match);
	return true;
}

bool
store_count(struct store *s, int64_t account, int64_t after, size_t limit,
    store_tally_fn *fn, void *arg)
{
	struct query *q = ask(s, arg);

	if (q == NULL)
		return false;
	q->tally = fn;
	q->account = account;
	q->after = after;
	q->limit = limit;
	return true;
}

bool
store_unread(struct store *s, int64_t account, const char *me,
    store_unread_fn *fn, void *arg)
{
	struct query *q = ask(s, arg);

	if (q == NULL)
		return false;
	q->unread = fn;
	q->account = account;
	q->string[0] = copy(me);
	return true;
}

/* ---- other realms ----------------------------------------------------- */

bool
store_set_taken(struct store *s, const char *realm, const char *stream,
    int64_t number, store_written_fn *fn, void *arg)
{
	(void)realm;
	(void)stream;
	(void)number;
	return put(s, NOTE, fn, arg) != NULL;
}

bool
store_add_out(struct store *s, const struct store_out *out,
    store_written_fn *fn, void *arg)
{
	(void)out;
	return put(s, NOTE, fn, arg) != NULL;
}

bool
store_find_tag(struct store *s, const struct store_tag *tag,
    store_written_fn *fn, void *arg)
{
	(void)tag;
	return put(s, NOTE, fn, arg) != NULL;
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

int
store_each_rule(struct store *s, store_rule_fn *fn, void *arg)
{
	(void)fn;
	(void)arg;
	return s->fail ? -1 : 0;
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

int64_t
store_last_id(struct store *s)
{
	return s->fail ? -1 : (int64_t)s->messages;
}
