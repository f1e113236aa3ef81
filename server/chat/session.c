/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/session.h"

#include <stdlib.h>
#include <string.h>

#include "server/chat/group.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* Nobody waits for it: a token whose end did not reach the disk ends again
 * when it expires. */
static void
end_written(void *arg, const struct store_written *written)
{
	(void)arg;
	(void)written;
}

static void
end_stored(struct chat *chat, const struct session *s)
{
	if (s->kind == CHAT_TOKEN)
		(void)txn_commit(store_end_session(TXN(chat->store), s->digest),
		    end_written, NULL);
}

/* ---- logged in or not ------------------------------------------------- */

/* Numbers rise with logins, so the order of numbers is the order of login. */
static void
online_insert(struct session_list *list, struct session *s)
{
	struct session *at = TAILQ_LAST(list, session_list);

	while (at != NULL && at->number > s->number)
		at = TAILQ_PREV(at, session_list, of_online);
	if (at == NULL)
		TAILQ_INSERT_HEAD(list, s, of_online);
	else
		TAILQ_INSERT_AFTER(list, at, s, of_online);
}

/* With each login and its end, so that a start knows of them. */
static void
save_seen(struct chat *chat, const struct account *a)
{
	(void)txn_commit(
	    store_set_seen(TXN(chat->store), a->id, a->seen), NULL, NULL);
}

static void
set_online(struct chat *chat, struct session *s)
{
	struct account *a = s->account;
	bool first = a->online == NULL;

	if (s->online)
		return;
	s->online = true;
	online_insert(&chat->sessions.online, s);
	if (first || s->number < a->online->number)
		a->online = s;
	if (!first)
		return;
	save_seen(chat, a);
	presence_changed(chat, &a->presence);
}

static void
set_offline(struct chat *chat, struct session *s)
{
	struct account *a = s->account;

	if (!s->online)
		return;
	s->online = false;
	TAILQ_REMOVE(&chat->sessions.online, s, of_online);
	if (a->online != s)
		return;
	while ((s = TAILQ_NEXT(s, of_account)) != NULL && !s->online)
		;
	a->online = s;
	if (s != NULL)
		return;
	save_seen(chat, a);
	presence_changed(chat, &a->presence);
}

static bool
is_idle(const struct chat *chat, const struct session *s)
{
	return s->kind != CHAT_ATTACHED && s->watches == 0 &&
	    chat->mono - s->used_mono >= chat->rules.idle_ms;
}

static bool
counts(const struct chat *chat, const struct session *s)
{
	if (s->ending)
		return false;
	if (s->connections == 0)
		return chat->mono < s->grace;
	return !is_idle(chat, s);
}

static bool
is_expired(const struct chat *chat, const struct session *s)
{
	return s->kind == CHAT_TOKEN && s->watches == 0 &&
	    chat->mono - s->used_mono >= chat->rules.token_ms;
}

/* ---- life ------------------------------------------------------------- */

struct session *
session_new(struct chat *chat, struct account *a, const unsigned char *digest,
    int64_t created, int64_t used)
{
	struct sessions *all = &chat->sessions;
	struct session *s = xcalloc(1, sizeof(*s));

	s->number = ++all->last;
	s->account = a;
	s->kind = digest != NULL ? CHAT_TOKEN : CHAT_ATTACHED;
	s->created = created;
	s->used = s->saved = used;
	/* The steady clock began anew with the machine: so a use before this
	 * start is as far back on it as the wall clock says. */
	s->used_mono = chat->mono -
	    (used < chat->wall ? chat->wall - used : 0);
	s->grace = chat->mono;
	map_put(all->by_number, &s->number, sizeof(s->number), s);
	if (digest != NULL) {
		memcpy(s->digest, digest, sizeof(s->digest));
		map_put(all->by_digest, s->digest, sizeof(s->digest), s);
	}
	TAILQ_INSERT_TAIL(&all->all, s, entry);
	TAILQ_INSERT_TAIL(&a->sessions, s, of_account);
	a->session_count++;
	if (used > a->seen)
		a->seen = used;
	return s;
}

void
session_begin(struct chat *chat, struct session *s)
{
	s->grace = chat->mono + SESSION_GRACE_MS;
	set_online(chat, s);
}

void
session_silence(struct chat *chat, struct session *s, enum wire_err why)
{
	s->ending = true;
	watches_end(chat, s->account, s->number, why);
	lines_end_session(chat, s->number, why);
	set_offline(chat, s);
}

void
session_drop(struct chat *chat, struct session *s, enum wire_err why)
{
	struct sessions *all = &chat->sessions;

	session_silence(chat, s, why);
	map_take(all->by_number, &s->number, sizeof(s->number));
	if (s->kind == CHAT_TOKEN)
		map_take(all->by_digest, s->digest, sizeof(s->digest));
	TAILQ_REMOVE(&all->all, s, entry);
	TAILQ_REMOVE(&s->account->sessions, s, of_account);
	s->account->session_count--;
	free(s);
}

void
session_drop_all(struct chat *chat, struct account *a, uint64_t keep,
    enum wire_err why)
{
	struct session *s, *next;

	for (s = TAILQ_FIRST(&a->sessions); s != NULL; s = next) {
		next = TAILQ_NEXT(s, of_account);
		if (s->number != keep)
			session_drop(chat, s, why);
	}
}

bool
session_make_room(struct chat *chat, struct account *a)
{
	struct session *s, *oldest = NULL;

	if (a->session_count < SESSIONS_MAX)
		return true;
	TAILQ_FOREACH(s, &a->sessions, of_account)
		if (s->kind == CHAT_TOKEN && s->watches == 0 && !s->ending &&
		    (oldest == NULL || s->used_mono < oldest->used_mono))
			oldest = s;
	if (oldest == NULL)
		return false;
	end_stored(chat, oldest);
	session_drop(chat, oldest, WIRE_NO_SESSION);
	return true;
}

void
session_used(struct chat *chat, struct session *s)
{
	s->used = s->account->seen = chat->wall;
	s->used_mono = chat->mono;
	if (counts(chat, s))
		set_online(chat, s);
}

/* No connection will come for an attached one. */
static void
grace_over(struct chat *chat, struct session *s)
{
	if (s->kind == CHAT_ATTACHED && s->connections == 0)
		session_drop(chat, s, WIRE_NO_SESSION);
	else
		set_offline(chat, s);
}

void
session_logged_out(struct chat *chat, struct account *a)
{
	struct session *s, *next;

	TAILQ_FOREACH(s, &a->sessions, of_account)
		if (s->connections > 0 && !s->ending)
			return;
	for (s = TAILQ_FIRST(&a->sessions); s != NULL; s = next) {
		next = TAILQ_NEXT(s, of_account);
		if (s->online)
			grace_over(chat, s);
	}
}

void
session_watched(struct chat *chat, struct session *s)
{
	s->watches++;
	session_used(chat, s);
}

void
session_unwatched(struct chat *chat, struct session *s)
{
	s->watches--;
	if (!s->ending)
		session_used(chat, s);
}

/* ---- start, end and the passing of time ------------------------------- */

static void
session_loaded(void *arg, const struct store_session *from)
{
	struct chat *chat = arg;
	struct account *a = account_by_id(chat, from->account);

	if (a != NULL)
		(void)session_new(
		    chat, a, from->digest, from->created, from->used);
}

static void
save_use(struct chat *chat, struct session *s)
{
	if (s->kind == CHAT_TOKEN && !s->ending && s->saved != s->used &&
	    txn_commit(store_use_session(TXN(chat->store), s->digest, s->used),
		NULL, NULL))
		s->saved = s->used;
}

/* Once a minute: tokens that nobody used for too long end; when the others
 * were used is written down, for the next start to know. */
static void
sweep(struct chat *chat)
{
	struct session *s, *next;

	chat->sessions.swept = chat->mono;
	for (s = TAILQ_FIRST(&chat->sessions.all); s != NULL; s = next) {
		next = TAILQ_NEXT(s, entry);
		if (s->ending)
			continue;
		if (s->watches > 0)
			session_used(chat, s);
		if (is_expired(chat, s)) {
			end_stored(chat, s);
			session_drop(chat, s, WIRE_NO_SESSION);
		} else {
			save_use(chat, s);
		}
	}
}

void
sessions_init(struct sessions *all)
{
	TAILQ_INIT(&all->all);
	TAILQ_INIT(&all->online);
	all->by_number = map_new();
	all->by_digest = map_new();
}

int
sessions_load(struct chat *chat)
{
	if (store_each_session(chat->store, session_loaded, chat) == -1)
		return -1;
	sweep(chat);
	return 0;
}

void
sessions_free(struct sessions *all)
{
	struct session *s;

	while ((s = TAILQ_FIRST(&all->all)) != NULL) {
		TAILQ_REMOVE(&all->all, s, entry);
		free(s);
	}
	map_free(all->by_number);
	map_free(all->by_digest);
}

void
sessions_save(struct chat *chat)
{
	struct session *s;

	TAILQ_FOREACH(s, &chat->sessions.all, entry) {
		if (s->watches > 0)
			s->used = chat->wall;
		save_use(chat, s);
	}
}

int64_t
sessions_tick(struct chat *chat)
{
	struct session *s, *next;
	int64_t left, due = 0;

	for (s = TAILQ_FIRST(&chat->sessions.online); s != NULL; s = next) {
		next = TAILQ_NEXT(s, of_online);
		left = s->grace - chat->mono;
		if (!counts(chat, s))
			grace_over(chat, s);
		else if (s->connections == 0 && (due == 0 || left < due))
			due = left;
	}
	if (chat->mono - chat->sessions.swept >= SESSIONS_SWEEP_MS)
		sweep(chat);
	return due;
}

/* ---- what the floors above ask ---------------------------------------- */

/* Also of one whose end is on its way to the disk: it may come back. */
static struct session *
by_number(const struct chat *chat, uint64_t number)
{
	return map_get(chat->sessions.by_number, &number, sizeof(number));
}

struct session *
session_find(const struct chat *chat, uint64_t number)
{
	struct session *s = chat->ending ? NULL : by_number(chat, number);

	return s == NULL || s->ending ? NULL : s;
}

uint64_t
chat_session_of_token(struct chat *chat, const char *token, size_t n)
{
	unsigned char digest[SECRET_DIGEST_LEN];
	struct session *s;

	if (n != WIRE_TOKEN_LEN || chat->ending)
		return 0;
	secret_digest(token, n, digest);
	s = map_get(chat->sessions.by_digest, digest, sizeof(digest));
	if (s == NULL || s->ending || is_expired(chat, s))
		return 0;
	session_used(chat, s);
	return s->number;
}

bool
chat_session_use(struct chat *chat, uint64_t number)
{
	struct session *s = session_find(chat, number);

	if (s == NULL || is_expired(chat, s))
		return false;
	session_used(chat, s);
	return true;
}

void
chat_connected(struct chat *chat, uint64_t number)
{
	struct session *s = by_number(chat, number);

	if (s == NULL)
		return;
	s->connections++;
	if (counts(chat, s))
		set_online(chat, s);
}

void
chat_disconnected(struct chat *chat, uint64_t number)
{
	struct session *s = by_number(chat, number);

	if (s == NULL || --s->connections > 0)
		return;
	s->grace = chat->mono + (s->online ? SESSION_GRACE_MS : 0);
}

bool
chat_session_user(
    const struct chat *chat, uint64_t number, struct chat_user *out)
{
	const struct session *s = session_find(chat, number);

	if (s == NULL)
		return false;
	account_user(chat, s->account, out);
	return true;
}

void
chat_each_online(const struct chat *chat, chat_user_fn *fn, void *arg)
{
	const struct session *s;
	struct chat_user user;

	TAILQ_FOREACH(s, &chat->sessions.online, of_online)
		if (s->account->online == s) {
			account_user(chat, s->account, &user);
			fn(arg, &user);
		}
}
