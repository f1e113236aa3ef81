/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/session.h"

#include <stdlib.h>
#include <string.h>

#include "server/directory/directory.h"
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
end_stored(struct directory *d, const struct session *s)
{
	if (s->kind == CHAT_TOKEN)
		(void)txn_commit(store_end_session(TXN(d->store), s->digest),
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
save_seen(struct directory *d, const struct account *a)
{
	(void)txn_commit(
	    store_set_seen(TXN(d->store), a->id, a->seen), NULL, NULL);
}

static void
set_online(struct directory *d, struct session *s)
{
	struct account *a = s->account;
	bool first = a->online == NULL;

	if (s->online)
		return;
	s->online = true;
	online_insert(&d->sessions.online, s);
	if (first || s->number < a->online->number)
		a->online = s;
	if (!first)
		return;
	save_seen(d, a);
	presence_changed(d, &a->presence);
}

static void
set_offline(struct directory *d, struct session *s)
{
	struct account *a = s->account;

	if (!s->online)
		return;
	s->online = false;
	TAILQ_REMOVE(&d->sessions.online, s, of_online);
	if (a->online != s)
		return;
	while ((s = TAILQ_NEXT(s, of_account)) != NULL && !s->online)
		;
	a->online = s;
	if (s != NULL)
		return;
	save_seen(d, a);
	presence_changed(d, &a->presence);
}

static bool
is_idle(const struct directory *d, const struct session *s)
{
	return s->kind != CHAT_ATTACHED && s->watches == 0 &&
	    d->mono - s->used_mono >= d->idle_ms;
}

static bool
counts(const struct directory *d, const struct session *s)
{
	if (s->ending)
		return false;
	if (s->connections == 0)
		return d->mono < s->grace;
	return !is_idle(d, s);
}

static bool
is_expired(const struct directory *d, const struct session *s)
{
	return s->kind == CHAT_TOKEN && s->watches == 0 &&
	    d->mono - s->used_mono >= d->token_ms;
}

/* ---- life ------------------------------------------------------------- */

struct session *
session_new(struct directory *d, struct account *a, const unsigned char *digest,
    int64_t created, int64_t used)
{
	struct sessions *all = &d->sessions;
	struct session *s = xcalloc(1, sizeof(*s));

	s->number = ++all->last;
	s->account = a;
	s->kind = digest != NULL ? CHAT_TOKEN : CHAT_ATTACHED;
	s->created = created;
	s->used = s->saved = used;
	/* The steady clock began anew with the machine: so a use before this
	 * start is as far back on it as the wall clock says. */
	s->used_mono = d->mono -
	    (used < d->wall ? d->wall - used : 0);
	s->grace = d->mono;
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
session_begin(struct directory *d, struct session *s)
{
	s->grace = d->mono + SESSION_GRACE_MS;
	set_online(d, s);
}

void
session_silence(struct directory *d, struct session *s, enum wire_err why)
{
	s->ending = true;
	d->up.session_over(d->up.arg, s, why);
	set_offline(d, s);
}

void
session_drop(struct directory *d, struct session *s, enum wire_err why)
{
	struct sessions *all = &d->sessions;

	session_silence(d, s, why);
	map_take(all->by_number, &s->number, sizeof(s->number));
	if (s->kind == CHAT_TOKEN)
		map_take(all->by_digest, s->digest, sizeof(s->digest));
	TAILQ_REMOVE(&all->all, s, entry);
	TAILQ_REMOVE(&s->account->sessions, s, of_account);
	s->account->session_count--;
	free(s);
}

void
session_drop_all(struct directory *d, struct account *a, uint64_t keep,
    enum wire_err why)
{
	struct session *s, *next;

	for (s = TAILQ_FIRST(&a->sessions); s != NULL; s = next) {
		next = TAILQ_NEXT(s, of_account);
		if (s->number != keep)
			session_drop(d, s, why);
	}
}

bool
session_make_room(struct directory *d, struct account *a)
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
	end_stored(d, oldest);
	session_drop(d, oldest, WIRE_NO_SESSION);
	return true;
}

void
session_used(struct directory *d, struct session *s)
{
	s->used = s->account->seen = d->wall;
	s->used_mono = d->mono;
	if (counts(d, s))
		set_online(d, s);
}

/* No connection will come for an attached one. */
static void
grace_over(struct directory *d, struct session *s)
{
	if (s->kind == CHAT_ATTACHED && s->connections == 0)
		session_drop(d, s, WIRE_NO_SESSION);
	else
		set_offline(d, s);
}

void
session_logged_out(struct directory *d, struct account *a)
{
	struct session *s, *next;

	TAILQ_FOREACH(s, &a->sessions, of_account)
		if (s->connections > 0 && !s->ending)
			return;
	for (s = TAILQ_FIRST(&a->sessions); s != NULL; s = next) {
		next = TAILQ_NEXT(s, of_account);
		if (s->online)
			grace_over(d, s);
	}
}

void
session_watched(struct directory *d, struct session *s)
{
	s->watches++;
	session_used(d, s);
}

void
session_unwatched(struct directory *d, struct session *s)
{
	s->watches--;
	if (!s->ending)
		session_used(d, s);
}

/* ---- start, end and the passing of time ------------------------------- */

static void
session_loaded(void *arg, const struct store_session *from)
{
	struct directory *d = arg;
	struct account *a = account_by_id(d, from->account);

	if (a != NULL)
		(void)session_new(
		    d, a, from->digest, from->created, from->used);
}

static void
save_use(struct directory *d, struct session *s)
{
	if (s->kind == CHAT_TOKEN && !s->ending && s->saved != s->used &&
	    txn_commit(store_use_session(TXN(d->store), s->digest, s->used),
		NULL, NULL))
		s->saved = s->used;
}

/* Once a minute: tokens that nobody used for too long end; when the others
 * were used is written down, for the next start to know. */
static void
sweep(struct directory *d)
{
	struct session *s, *next;

	d->sessions.swept = d->mono;
	for (s = TAILQ_FIRST(&d->sessions.all); s != NULL; s = next) {
		next = TAILQ_NEXT(s, entry);
		if (s->ending)
			continue;
		if (s->watches > 0)
			session_used(d, s);
		if (is_expired(d, s)) {
			end_stored(d, s);
			session_drop(d, s, WIRE_NO_SESSION);
		} else {
			save_use(d, s);
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
sessions_load(struct directory *d)
{
	if (store_each_session(d->store, session_loaded, d) == -1)
		return -1;
	sweep(d);
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
sessions_save(struct directory *d)
{
	struct session *s;

	TAILQ_FOREACH(s, &d->sessions.all, entry) {
		if (s->watches > 0)
			s->used = d->wall;
		save_use(d, s);
	}
}

int64_t
sessions_tick(struct directory *d)
{
	struct session *s, *next;
	int64_t left, due = 0;

	for (s = TAILQ_FIRST(&d->sessions.online); s != NULL; s = next) {
		next = TAILQ_NEXT(s, of_online);
		left = s->grace - d->mono;
		if (!counts(d, s))
			grace_over(d, s);
		else if (s->connections == 0 && (due == 0 || left < due))
			due = left;
	}
	if (d->mono - d->sessions.swept >= SESSIONS_SWEEP_MS)
		sweep(d);
	return due;
}

/* ---- what the floors above ask ---------------------------------------- */

struct session *
session_by_number(const struct directory *d, uint64_t number)
{
	return map_get(d->sessions.by_number, &number, sizeof(number));
}

struct session *
session_find(const struct directory *d, uint64_t number)
{
	struct session *s = d->ending ? NULL : session_by_number(d, number);

	return s == NULL || s->ending ? NULL : s;
}

struct session *
session_of_token(struct directory *d, const char *token, size_t n)
{
	unsigned char digest[SECRET_DIGEST_LEN];
	struct session *s;

	if (n != WIRE_TOKEN_LEN || d->ending)
		return NULL;
	secret_digest(token, n, digest);
	s = map_get(d->sessions.by_digest, digest, sizeof(digest));
	if (s == NULL || s->ending || is_expired(d, s))
		return NULL;
	session_used(d, s);
	return s;
}

bool
session_use(struct directory *d, uint64_t number)
{
	struct session *s = session_find(d, number);

	if (s == NULL || is_expired(d, s))
		return false;
	session_used(d, s);
	return true;
}

void
session_connected(struct directory *d, uint64_t number)
{
	struct session *s = session_by_number(d, number);

	if (s == NULL)
		return;
	s->connections++;
	if (counts(d, s))
		set_online(d, s);
}

void
session_disconnected(struct directory *d, uint64_t number)
{
	struct session *s = session_by_number(d, number);

	if (s == NULL || --s->connections > 0)
		return;
	s->grace = d->mono + (s->online ? SESSION_GRACE_MS : 0);
}
