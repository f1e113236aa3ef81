/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was said before: pages of a conversation, words found, the inbox, and
 * how far each user has read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/convo.h"
#include "server/chat/recent.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

/* history, search, unread: who asks is all that has to be remembered. */
struct lookup {
	struct ask ask;
	struct account *me;
};

struct reading {
	struct ask ask;
	struct account *me;
	uint64_t watcher;
	struct target target;
};

/* The page is the store's and gone when the marks are durable: a copy. */
struct inbox {
	struct ask ask;
	struct account *me;
	bool peek;
	struct chat_message *message;
	size_t count;
	bool more;
	int64_t last;
	char *chars;
};

/* ---- history, search -------------------------------------------------- */

static void
looked_up(void *arg, const struct store_page *page)
{
	struct lookup *l = arg;
	struct chat_result result = { 0 };
	struct chat_message *message;
	size_t i;

	if (!ask_alive(&l->ask))
		return;
	if (!page->ok) {
		ask_end(&l->ask, WIRE_STORAGE);
		return;
	}
	message = xcalloc(page->count + 1, sizeof(*message));
	for (i = 0; i < page->count; i++)
		convo_view(
		    l->ask.chat, l->me, &page->message[i], &message[i]);
	result.message = message;
	result.messages = page->count;
	result.more = page->more;
	result.last = page->last;
	ask_answer(&l->ask, &result);
	free(message);
}

static void
look_up(struct chat *chat, struct account *me, struct store_query *query,
    const struct chat_range *range, struct chat_done done)
{
	struct lookup *l = ask_new(chat, sizeof(*l), done);

	l->me = me;
	query->account = me->id;
	query->me = me->name;
	query->after = range->after;
	query->before = range->before;
	query->limit = range->limit;
	/* Who goes forward from an id wants what follows it at once. */
	query->oldest = range->oldest ||
	    (range->after > 0 && range->before == 0);
	if (!store_read(chat->store, query, looked_up, l))
		ask_end(&l->ask, WIRE_BUSY);
}

void
chat_history(struct chat *chat, uint64_t session, const struct target *target,
    const struct chat_range *range, struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	struct store_query query = { .scope = STORE_ONE };
	enum wire_err err = WIRE_NO_SESSION;
	struct convo convo;

	if (s != NULL)
		err = convo_resolve(chat, s->account, target, &convo);
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	query.conv = convo.key;
	look_up(chat, s->account, &query, range, done);
}

void
chat_search(struct chat *chat, uint64_t session, const char *words,
    const struct chat_range *range, struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	struct store_query query = { .scope = STORE_ALL, .match = words };

	if (s == NULL)
		ask_refuse(chat, done, WIRE_NO_SESSION);
	else if (words[0] == '\0')
		ask_refuse(chat, done, WIRE_TEXT_EMPTY);
	else
		look_up(chat, s->account, &query, range, done);
}

/* ---- how far it was read ---------------------------------------------- */

static void
read_written(void *arg, const struct store_written *written)
{
	struct reading *r = arg;

	if (!ask_alive(&r->ask))
		return;
	if (!written->ok) {
		ask_end(&r->ask, WIRE_STORAGE);
		return;
	}
	if (!written->duplicate)
		watches_read(r->ask.chat, r->me, r->watcher, &r->target,
		    written->id);
	ask_answer(&r->ask, &(struct chat_result){ .id = written->id });
}

void
chat_read(struct chat *chat, uint64_t session, uint64_t watcher,
    const struct target *target, int64_t id, struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	int64_t last = recent_last(chat->recent);
	enum wire_err err = WIRE_NO_SESSION;
	struct convo convo;
	struct reading *r;

	if (s != NULL)
		err = convo_resolve(chat, s->account, target, &convo);
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	r = ask_new(chat, sizeof(*r), done);
	r->me = s->account;
	r->watcher = watcher;
	r->target = convo.target;
	/* Nobody has read what was not said yet. */
	if (id > last)
		id = last;
	if (!txn_commit(store_mark_read(
			    TXN(chat->store), r->me->id, convo.key, id),
		read_written, r))
		ask_end(&r->ask, WIRE_BUSY);
}

static void
unread_found(void *arg, const struct store_unread *found)
{
	struct lookup *l = arg;
	struct chat_unread *row;
	size_t i;

	if (!ask_alive(&l->ask))
		return;
	if (!found->ok) {
		ask_end(&l->ask, WIRE_STORAGE);
		return;
	}
	row = xcalloc(found->count + 1, sizeof(*row));
	for (i = 0; i < found->count; i++) {
		convo_target(l->ask.chat, l->me, found->row[i].kind,
		    found->row[i].conv, &row[i].target);
		row[i].count = found->row[i].count;
		row[i].first = found->row[i].first;
		row[i].mark = found->row[i].mark;
	}
	ask_answer(&l->ask,
	    &(struct chat_result){ .unread = row, .unreads = found->count });
	free(row);
}

void
chat_unread(struct chat *chat, uint64_t session, struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	struct lookup *l;

	if (s == NULL) {
		ask_refuse(chat, done, WIRE_NO_SESSION);
		return;
	}
	l = ask_new(chat, sizeof(*l), done);
	l->me = s->account;
	if (!store_unread(
		chat->store, l->me->id, l->me->name, unread_found, l))
		ask_end(&l->ask, WIRE_BUSY);
}

/* ---- inbox ------------------------------------------------------------ */

static void
inbox_release(struct ask *ask)
{
	struct inbox *in = (struct inbox *)ask;

	free(in->message);
	free(in->chars);
}

static char *
keep(char **at, const char *s)
{
	size_t n = strlen(s) + 1;
	char *kept = memcpy(*at, s, n);

	*at += n;
	return kept;
}

static void
inbox_copy(struct inbox *in, const struct store_page *page)
{
	size_t i, n = 1;
	char *at;

	for (i = 0; i < page->count && n < CHAT_INBOX_BYTES; i++)
		n += strlen(page->message[i].sender) +
		    strlen(page->message[i].name) +
		    strlen(page->message[i].text) + 3;
	in->chars = at = xmalloc(n);
	in->count = i;
	in->message = xcalloc(in->count + 1, sizeof(*in->message));
	in->more = page->more || in->count < page->count;
	in->last = page->last;
	for (i = 0; i < in->count; i++) {
		struct chat_message *m = &in->message[i];

		convo_view(in->ask.chat, in->me, &page->message[i], m);
		m->from = keep(&at, m->from);
		m->name = keep(&at, m->name);
		m->text = keep(&at, m->text);
	}
}

static void
inbox_finish(struct inbox *in)
{
	ask_answer(&in->ask,
	    &(struct chat_result){ .message = in->message,
		.messages = in->count,
		.more = in->more,
		.last = in->last });
}

/* The last of its conversation: all up to it counts as read. */
static bool
is_mark(const struct inbox *in, size_t i)
{
	size_t j;

	for (j = i + 1; j < in->count; j++)
		if (target_same(&in->message[j].target, &in->message[i].target))
			return false;
	return true;
}

static void
inbox_marked(void *arg, const struct store_written *written)
{
	struct inbox *in = arg;
	size_t i;

	if (!ask_alive(&in->ask))
		return;
	if (!written->ok) {
		ask_end(&in->ask, WIRE_STORAGE);
		return;
	}
	for (i = 0; i < in->count; i++) {
		if (!is_mark(in, i))
			continue;
		if (!written->duplicate)
			watches_read(in->ask.chat, in->me, 0,
			    &in->message[i].target, written->id);
		written = written->next;
	}
	inbox_finish(in);
}

static void
inbox_found(void *arg, const struct store_page *page)
{
	struct inbox *in = arg;
	struct txn t;
	size_t i;

	if (!ask_alive(&in->ask))
		return;
	if (!page->ok) {
		ask_end(&in->ask, WIRE_STORAGE);
		return;
	}
	inbox_copy(in, page);
	if (in->peek || in->count == 0) {
		inbox_finish(in);
		return;
	}
	txn_begin(&t, in->ask.chat->store);
	for (i = 0; i < in->count; i++)
		if (is_mark(in, i))
			store_mark_read(&t, in->me->id, page->message[i].conv,
			    in->message[i].id);
	if (!txn_commit(&t, inbox_marked, in))
		ask_end(&in->ask, WIRE_BUSY);
}

void
chat_inbox(
    struct chat *chat, uint64_t session, bool peek, struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	struct store_query query = { .scope = STORE_UNREAD,
		.oldest = true,
		.limit = CHAT_INBOX_PAGE };
	struct inbox *in;

	if (s == NULL) {
		ask_refuse(chat, done, WIRE_NO_SESSION);
		return;
	}
	in = ask_new(chat, sizeof(*in), done);
	in->me = s->account;
	in->peek = peek;
	in->ask.release = inbox_release;
	query.account = in->me->id;
	query.me = in->me->name;
	if (!store_read(chat->store, &query, inbox_found, in))
		ask_end(&in->ask, WIRE_BUSY);
}
