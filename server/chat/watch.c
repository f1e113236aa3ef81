/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/watch.h"

#include <stdlib.h>
#include <string.h>

#include "server/chat/convo.h"
#include "server/chat/group.h"
#include "server/chat/recent.h"
#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/blob.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* Of a message that goes out, beside its text: ids, names, time. */
enum { MESSAGE_COST = 128 };

enum watch_state {
	WATCH_ASKED,  /* not answered yet: nothing is sent */
	WATCH_BEHIND, /* catches up from its cursor */
	WATCH_LIVE
};

/* A read mark that moved while the receiver had enough. */
struct read_note {
	struct target target;
	int64_t id;
};

struct watch {
	uint64_t number;
	struct account *account;
	uint64_t session;
	const struct chat_sink *sink;
	uint64_t receiver;
	enum watch_state state;
	bool gone;    /* ended; freed when no walk is under way */
	bool full;    /* the receiver has enough */
	bool reading; /* a page was asked for */
	int64_t full_since;
	size_t behind; /* bytes that went by since */
	int64_t cursor;
	uint64_t presence; /* the last change that it was told */
	/* What it said itself while it was behind: the pages hold that too. */
	int64_t *own;
	size_t owns;
	struct read_note *read;
	size_t reads;
	TAILQ_ENTRY(watch) entry, of_account, of_gone;
};

TAILQ_HEAD(watch_list, watch);

struct watches {
	struct watch_list all;
	struct map *by_number;
	uint64_t last;
	struct watch_list gone; /* ended, in the other lists still */
	unsigned walks;         /* that hold pointers to watches */
};

/* A page or a tally that a watch waits for.  The watch may end meanwhile. */
struct watch_ask {
	struct ask ask;
	uint64_t number;
	int64_t after;
};

/* ---- life ------------------------------------------------------------- */

struct watches *
watches_new(void)
{
	struct watches *all = xcalloc(1, sizeof(*all));

	TAILQ_INIT(&all->all);
	TAILQ_INIT(&all->gone);
	all->by_number = map_new();
	return all;
}

static void
watch_free(struct watch *w)
{
	free(w->own);
	free(w->read);
	free(w);
}

void
watches_free(struct watches *all)
{
	struct watch *w;

	if (all == NULL)
		return;
	while ((w = TAILQ_FIRST(&all->all)) != NULL) {
		TAILQ_REMOVE(&all->all, w, entry);
		watch_free(w);
	}
	map_free(all->by_number);
	free(all);
}

static void
walk_begin(struct chat *chat)
{
	chat->watches->walks++;
}

static void
walk_end(struct chat *chat)
{
	struct watches *all = chat->watches;
	struct watch *w;

	if (--all->walks > 0)
		return;
	while ((w = TAILQ_FIRST(&all->gone)) != NULL) {
		TAILQ_REMOVE(&all->gone, w, of_gone);
		TAILQ_REMOVE(&all->all, w, entry);
		TAILQ_REMOVE(&w->account->watches, w, of_account);
		watch_free(w);
	}
}

static struct watch *
watch_find(const struct chat *chat, uint64_t number)
{
	return map_get(chat->watches->by_number, &number, sizeof(number));
}

static struct watch *
watch_new(struct chat *chat, struct session *s, const struct chat_sink *sink,
    uint64_t receiver)
{
	struct watches *all = chat->watches;
	struct watch *w = xcalloc(1, sizeof(*w));

	w->number = ++all->last;
	w->account = s->account;
	w->session = s->number;
	w->sink = sink;
	w->receiver = receiver;
	map_put(all->by_number, &w->number, sizeof(w->number), w);
	TAILQ_INSERT_TAIL(&all->all, w, entry);
	TAILQ_INSERT_TAIL(&w->account->watches, w, of_account);
	session_watched(&chat->dir, s);
	return w;
}

/* Within a walk. */
static void
watch_remove(struct chat *chat, struct watch *w)
{
	struct session *s = session_by_number(&chat->dir, w->session);

	w->gone = true;
	TAILQ_INSERT_TAIL(&chat->watches->gone, w, of_gone);
	map_take(chat->watches->by_number, &w->number, sizeof(w->number));
	if (s != NULL)
		session_unwatched(&chat->dir, s);
}

/* Within a walk.  One that was not answered yet learns it by its answer. */
static void
watch_end(struct chat *chat, struct watch *w, enum wire_err why)
{
	bool answered = w->state != WATCH_ASKED;

	if (w->gone)
		return;
	watch_remove(chat, w);
	if (answered)
		w->sink->ended(w->sink->arg, w->receiver, why);
}

void
watches_end(struct chat *chat, struct account *a, uint64_t session,
    enum wire_err why)
{
	struct watch *w;

	walk_begin(chat);
	TAILQ_FOREACH(w, &a->watches, of_account)
		if (w->session == session)
			watch_end(chat, w, why);
	walk_end(chat);
}

void
chat_unwatch(struct chat *chat, uint64_t watcher)
{
	struct watch *w = watch_find(chat, watcher);

	if (w == NULL)
		return;
	walk_begin(chat);
	watch_remove(chat, w);
	walk_end(chat);
}

/* ---- giving ----------------------------------------------------------- */

/* What every receiver of one event shares: encoded once, freed behind the
 * last. */
struct shared_event {
	struct chat_event event;
	struct blob *encoded[CHAT_DIALECTS];
};

static void
shared_init(struct shared_event *e)
{
	memset(e, 0, sizeof(*e));
	e->event.encoded = e->encoded;
}

static void
shared_release(struct shared_event *e)
{
	size_t i;

	for (i = 0; i < CHAT_DIALECTS; i++)
		blob_unref(e->encoded[i]);
}

/* False: it takes no more for now, or has ended in this very call. */
static bool
give(struct chat *chat, struct watch *w, const struct chat_event *event)
{
	if (!w->sink->event(w->sink->arg, w->receiver, event) && !w->full) {
		w->full = true;
		w->full_since = chat->mono;
		w->behind = 0;
		w->state = WATCH_BEHIND;
	}
	return !w->full && !w->gone;
}

static bool
is_for(const struct chat *chat, const struct watch *w,
    const struct recent_message *m)
{
	const struct group *group;

	switch (m->kind) {
	case STORE_EVERYONE:
		return true;
	case STORE_PRIVATE:
		return m->side[0] == w->account || m->side[1] == w->account;
	case STORE_GROUP:
		group = group_find(chat, m->conv);
		return group != NULL && group_reads(group, w->account, m->id);
	}
	return false;
}

/* The event as `me` sees it: what is private each side calls by the other's
 * name, everything else is the same for all (me NULL). */
static void
message_event(const struct chat *chat, const struct account *me,
    const struct recent_message *m, struct chat_event *out)
{
	out->kind = CHAT_EV_MESSAGE;
	out->message.id = m->id;
	out->message.time = m->time;
	out->message.from = m->from;
	out->message.name = m->name;
	out->message.text = m->text;
	convo_target(chat, me, m->kind, m->conv, &out->message.target);
}

static void
own_note(struct watch *w, int64_t id)
{
	size_t old = 0;

	while (old < w->owns && w->own[old] <= w->cursor)
		old++;
	/* A reader that far behind is told what it said: by the id it can
	 * see that it knows it. */
	if (old == 0 && w->owns == WATCH_OWN_MAX)
		old = 1;
	w->owns -= old;
	if (w->owns > 0)
		memmove(w->own, w->own + old, w->owns * sizeof(*w->own));
	w->own = xreallocarray(w->own, w->owns + 1, sizeof(*w->own));
	w->own[w->owns++] = id;
}

static bool
own_has(const struct watch *w, int64_t id)
{
	size_t i;

	for (i = 0; i < w->owns; i++)
		if (w->own[i] == id)
			return true;
	return false;
}

static void
give_live(struct chat *chat, struct watch *w, const struct recent_message *m,
    const struct chat_event *event)
{
	if (w->gone || m->id <= w->cursor)
		return;
	if (w->state != WATCH_LIVE) {
		if (w->number == m->watcher)
			own_note(w, m->id);
		w->behind += MESSAGE_COST + strlen(m->text);
		if (w->full && w->behind > WATCH_BEHIND_MAX)
			watch_end(chat, w, WIRE_BUSY);
		return;
	}
	w->cursor = m->id;
	if (w->number != m->watcher)
		(void)give(chat, w, event);
}

static void
give_side(struct chat *chat, const struct recent_message *m,
    struct account *side)
{
	struct shared_event e;
	struct watch *w;

	shared_init(&e);
	message_event(chat, side, m, &e.event);
	TAILQ_FOREACH(w, &side->watches, of_account)
		give_live(chat, w, m, &e.event);
	shared_release(&e);
}

/* A message on its way to the readers of a group. */
struct to_readers {
	struct chat *chat;
	const struct recent_message *message;
	struct shared_event event;
};

static void
give_reader(void *arg, struct account *a)
{
	struct to_readers *to = arg;
	struct watch *w;

	TAILQ_FOREACH(w, &a->watches, of_account)
		give_live(to->chat, w, to->message, &to->event.event);
}

static void
give_readers(struct chat *chat, const struct recent_message *m)
{
	struct to_readers to = { .chat = chat, .message = m };
	struct group *group = group_find(chat, m->conv);

	if (group == NULL)
		return;
	shared_init(&to.event);
	message_event(chat, NULL, m, &to.event.event);
	group_each_reader(group, give_reader, &to);
	shared_release(&to.event);
}

static void
give_all(struct chat *chat, const struct recent_message *m)
{
	struct shared_event e;
	struct watch *w;

	shared_init(&e);
	message_event(chat, NULL, m, &e.event);
	TAILQ_FOREACH(w, &chat->watches->all, entry)
		give_live(chat, w, m, &e.event);
	shared_release(&e);
}

void
watches_message(struct chat *chat, const struct recent_message *m)
{
	walk_begin(chat);
	switch (m->kind) {
	case STORE_EVERYONE:
		give_all(chat, m);
		break;
	case STORE_PRIVATE:
		if (m->side[0] != NULL)
			give_side(chat, m, m->side[0]);
		if (m->side[1] != NULL && m->side[1] != m->side[0])
			give_side(chat, m, m->side[1]);
		break;
	case STORE_GROUP:
		give_readers(chat, m);
		break;
	}
	walk_end(chat);
}

/* Events of a group on their way to accounts. */
struct to_accounts {
	struct chat *chat;
	struct shared_event event;
	struct account *also; /* NULL: has had it, or nobody */
};

static void
give_account(void *arg, struct account *a)
{
	struct to_accounts *to = arg;
	struct watch *w;

	if (a == to->also)
		to->also = NULL;
	TAILQ_FOREACH(w, &a->watches, of_account)
		if (!w->gone && w->state != WATCH_ASKED)
			(void)give(to->chat, w, &to->event.event);
}

static void
to_accounts_init(
    struct to_accounts *to, struct chat *chat, const struct chat_event *event)
{
	to->chat = chat;
	to->also = NULL;
	shared_init(&to->event);
	to->event.event = *event;
	to->event.event.encoded = to->event.encoded;
}

void
watches_group(struct chat *chat, const struct group *g,
    const struct chat_event *event, struct account *also)
{
	struct to_accounts to;

	walk_begin(chat);
	to_accounts_init(&to, chat, event);
	to.also = also;
	group_each_reader(g, give_account, &to);
	if (to.also != NULL)
		give_account(&to, to.also);
	shared_release(&to.event);
	walk_end(chat);
}

void
watches_account(
    struct chat *chat, struct account *a, const struct chat_event *event)
{
	struct to_accounts to;

	walk_begin(chat);
	to_accounts_init(&to, chat, event);
	give_account(&to, a);
	shared_release(&to.event);
	walk_end(chat);
}

void
watches_presence(struct chat *chat, const struct presence_entry *p)
{
	struct shared_event e;
	struct watch *w;

	walk_begin(chat);
	shared_init(&e);
	e.event.kind = CHAT_EV_PRESENCE;
	presence_user(&chat->dir, p, &e.event.user);
	TAILQ_FOREACH(w, &chat->watches->all, entry) {
		if (w->gone || w->full || w->state == WATCH_ASKED)
			continue;
		w->presence = p->change;
		if (presence_concerns(&chat->dir, p, w->account))
			(void)give(chat, w, &e.event);
	}
	shared_release(&e);
	walk_end(chat);
}

/* Only where the newest mark of each conversation stands is worth keeping. */
static void
read_note(struct chat *chat, struct watch *w, const struct target *target,
    int64_t id)
{
	size_t i;

	for (i = 0; i < w->reads; i++)
		if (target_same(&w->read[i].target, target)) {
			w->read[i].id = id;
			return;
		}
	if (w->reads == WATCH_READS_MAX) {
		watch_end(chat, w, WIRE_BUSY);
		return;
	}
	w->read = xreallocarray(w->read, w->reads + 1, sizeof(*w->read));
	w->read[w->reads++] = (struct read_note){ *target, id };
}

static void
read_event(const struct target *target, int64_t id, struct chat_event *out)
{
	out->kind = CHAT_EV_READ;
	out->target = *target;
	out->id = id;
}

void
watches_read(struct chat *chat, struct account *a, uint64_t watcher,
    const struct target *target, int64_t id)
{
	struct shared_event e;
	struct watch *w;

	walk_begin(chat);
	shared_init(&e);
	read_event(target, id, &e.event);
	TAILQ_FOREACH(w, &a->watches, of_account) {
		if (w->gone || w->state == WATCH_ASKED || w->number == watcher)
			continue;
		if (w->full)
			read_note(chat, w, target, id);
		else
			(void)give(chat, w, &e.event);
	}
	shared_release(&e);
	walk_end(chat);
}

void
chat_shutdown(struct chat *chat, const char *text)
{
	struct shared_event e;
	struct watch *w;

	walk_begin(chat);
	shared_init(&e);
	e.event.kind = CHAT_EV_SHUTDOWN;
	e.event.text = text;
	TAILQ_FOREACH(w, &chat->watches->all, entry)
		if (!w->gone && w->state != WATCH_ASKED)
			(void)give(chat, w, &e.event);
	shared_release(&e);
	walk_end(chat);
}

/* ---- catching up ------------------------------------------------------ */

/* An event for this watch alone. */
static bool
give_one(struct chat *chat, struct watch *w, struct shared_event *e)
{
	bool more = give(chat, w, &e->event);

	shared_release(e);
	return more;
}

static bool
catch_up_presence(struct chat *chat, struct watch *w)
{
	struct presence_entry *p;
	struct shared_event e;

	for (p = presence_after(&chat->dir, w->presence); p != NULL;
	     p = TAILQ_NEXT(p, entry)) {
		w->presence = p->change;
		if (!presence_concerns(&chat->dir, p, w->account))
			continue;
		shared_init(&e);
		e.event.kind = CHAT_EV_PRESENCE;
		presence_user(&chat->dir, p, &e.event.user);
		if (!give_one(chat, w, &e))
			return false;
	}
	return true;
}

static bool
catch_up_reads(struct chat *chat, struct watch *w)
{
	struct shared_event e;

	while (w->reads > 0) {
		shared_init(&e);
		w->reads--;
		read_event(
		    &w->read[w->reads].target, w->read[w->reads].id, &e.event);
		if (!give_one(chat, w, &e))
			return false;
	}
	return true;
}

/* From the recent ones, all that is above the cursor; then it is live. */
static void
catch_up_recent(struct chat *chat, struct watch *w)
{
	const struct recent_message *m;
	struct shared_event e;

	while ((m = recent_after(chat->recent, w->cursor)) != NULL) {
		w->cursor = m->id;
		if (!is_for(chat, w, m) || m->watcher == w->number)
			continue;
		shared_init(&e);
		message_event(chat, w->account, m, &e.event);
		if (!give_one(chat, w, &e))
			return;
	}
	w->owns = 0;
	w->state = WATCH_LIVE;
}

static void watch_paged(void *, const struct store_page *);

static void
ask_page(struct chat *chat, struct watch *w)
{
	struct store_query query = { .scope = STORE_REPLAY,
		.account = w->account->id,
		.me = w->account->name,
		.after = w->cursor,
		.oldest = true,
		.limit = WATCH_PAGE };
	struct watch_ask *ask =
	    ask_new(chat, sizeof(*ask), (struct chat_done){ 0 });

	ask->number = w->number;
	w->reading = true;
	if (!store_read(chat->store, &query, watch_paged, ask)) {
		/* Too many at once: the next tick tries again. */
		w->reading = false;
		ask_end(&ask->ask, WIRE_BUSY);
	}
}

/* Within a walk. */
static void
go_on(struct chat *chat, struct watch *w)
{
	if (w->gone || w->full || w->state == WATCH_ASKED)
		return;
	if (!catch_up_presence(chat, w) || !catch_up_reads(chat, w))
		return;
	if (w->state == WATCH_LIVE || w->reading)
		return;
	if (w->cursor < recent_floor(chat->recent))
		ask_page(chat, w);
	else
		catch_up_recent(chat, w);
}

/*
 * Messages above the last one shown are on disk, but their senders were not
 * answered yet: they are left to come live, so that everybody sees them at
 * the same time and a watch never its own.
 */
static void
take_page(struct chat *chat, struct watch *w, const struct store_page *page)
{
	int64_t last = recent_last(chat->recent);
	struct shared_event e;
	size_t i;

	for (i = 0; i < page->count; i++) {
		const struct store_message *m = &page->message[i];

		if (m->id > last)
			break;
		if (m->id <= w->cursor)
			continue;
		w->cursor = m->id;
		if (own_has(w, m->id))
			continue;
		shared_init(&e);
		e.event.kind = CHAT_EV_MESSAGE;
		convo_view(chat, w->account, m, &e.event.message);
		if (!give_one(chat, w, &e))
			return;
	}
	if (i == page->count && page->more)
		return;
	if (last > page->last)
		last = page->last;
	if (last > w->cursor)
		w->cursor = last;
}

static void
watch_paged(void *arg, const struct store_page *page)
{
	struct watch_ask *ask = arg;
	struct chat *chat = ask->ask.chat;
	struct watch *w;

	if (!ask_alive(&ask->ask))
		return;
	w = watch_find(chat, ask->number);
	ask_end(&ask->ask, WIRE_OK);
	if (w == NULL)
		return;
	walk_begin(chat);
	w->reading = false;
	if (!page->ok) {
		watch_end(chat, w, WIRE_STORAGE);
	} else if (!w->full) {
		take_page(chat, w, page);
		go_on(chat, w);
	}
	walk_end(chat);
}

void
chat_watch_more(struct chat *chat, uint64_t watcher)
{
	struct watch *w = watch_find(chat, watcher);

	if (w == NULL || !w->full)
		return;
	walk_begin(chat);
	w->full = false;
	go_on(chat, w);
	walk_end(chat);
}

void
watches_tick(struct chat *chat)
{
	struct watch *w;

	walk_begin(chat);
	TAILQ_FOREACH(w, &chat->watches->all, entry) {
		if (w->full && chat->mono - w->full_since >= WATCH_STALL_MS)
			watch_end(chat, w, WIRE_BUSY);
		else
			go_on(chat, w);
	}
	walk_end(chat);
}

/* ---- the beginning ---------------------------------------------------- */

static void
begin(struct chat *chat, struct watch *w, int64_t cursor)
{
	w->cursor = cursor;
	w->presence = chat->dir.presence.changes;
	w->state = WATCH_BEHIND;
}

/* The answer first, then the first events: the watch may end in between. */
static void
answer_then_go(struct watch_ask *ask, const struct chat_result *result)
{
	struct chat *chat = ask->ask.chat;
	uint64_t number = ask->number;
	struct watch *w;

	ask_answer(&ask->ask, result);
	w = watch_find(chat, number);
	if (w == NULL)
		return;
	walk_begin(chat);
	go_on(chat, w);
	walk_end(chat);
}

static void
watch_tallied(void *arg, const struct store_tally *tally)
{
	struct watch_ask *ask = arg;
	struct chat *chat = ask->ask.chat;
	struct watch *w;

	if (!ask_alive(&ask->ask))
		return;
	w = watch_find(chat, ask->number);
	if (w == NULL) {
		ask_end(&ask->ask, WIRE_NO_SESSION);
		return;
	}
	if (!tally->ok) {
		chat_unwatch(chat, w->number);
		ask_end(&ask->ask, WIRE_STORAGE);
		return;
	}
	/* An `after` that we never gave out (an older copy of the data was
	 * put back) must not make it deaf to what comes. */
	begin(chat, w, tally->from < tally->last ? tally->from : tally->last);
	answer_then_go(ask,
	    &(struct chat_result){ .last = tally->last,
		.missed = tally->count,
		.gap = tally->count > WIRE_REPLAY_MAX });
}

uint64_t
chat_watch(struct chat *chat, uint64_t session, int64_t after,
    const struct chat_sink *sink, uint64_t id, struct chat_done done)
{
	struct session *s = session_find(&chat->dir, session);
	int64_t last = recent_last(chat->recent);
	struct watch_ask *ask;
	struct watch *w;
	uint64_t number;

	if (s == NULL) {
		ask_refuse(chat, done, WIRE_NO_SESSION);
		return 0;
	}
	w = watch_new(chat, s, sink, id);
	number = w->number;
	ask = ask_new(chat, sizeof(*ask), done);
	ask->number = number;
	if (after < 0) {
		begin(chat, w, last);
		answer_then_go(ask, &(struct chat_result){ .last = last });
	} else if (!store_count(chat->store, w->account->id, after,
		       WIRE_REPLAY_MAX, watch_tallied, ask)) {
		chat_unwatch(chat, number);
		ask_end(&ask->ask, WIRE_BUSY);
		number = 0;
	}
	return number;
}
