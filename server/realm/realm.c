/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/realm.h"

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/peers.h"
#include "server/realm/realm_priv.h"
#include "server/realm/item.h"
#include "server/realm/legacy.h"
#include "server/realm/oldline.h"
#include "shared/conn.h"
#include "shared/xalloc.h"

enum {
	FIND_MS = 5000,
	PLEA_MS = 10 * 1000,
	SEARCHES_MAX = 4096,
	IN_CAP = 2 * (SECURE_FRAME_HEAD + SECURE_FRAME_MAX),
	OUT_LOW = 64 << 10,
	OUT_HIGH = 256 << 10,
	/* The window, all names that are wanted and the answers to one frame
	 * of questions: the rest waits for those to go. */
	OUT_HARD = 16 << 20,
	OUT_ALL = 128 << 20
};

static struct realm *
realm_find(struct realms *rs, const char *name)
{
	char key[WIRE_NAME_CAP];

	if (!wire_name_key(name, strlen(name), key))
		return NULL;
	for (size_t i = 0; i < rs->count; i++)
		if (strcmp(rs->at[i].key, key) == 0)
			return &rs->at[i];
	return NULL;
}

/* ---- to find a user --------------------------------------------------- */

/*
 * A name that is looked for: at the realm that was named or, one after the
 * other, at all.
 */
struct search {
	TAILQ_ENTRY(search) entry;
	struct realms *set;
	struct realm *realm; /* that is being asked */
	bool named;
	bool unreached;      /* one could not be asked */
	char user[WIRE_NAME_CAP];
	char *from, *text;
	chat_found_fn *fn;
	void *with;
};

static void search_on(struct search *);

static void
search_end(struct search *s, const struct chat_found *found)
{
	TAILQ_REMOVE(&s->set->searches, s, entry);
	s->set->searching--;
	s->fn(s->with, found);
	free(s->from);
	free(s->text);
	free(s);
}

static void
search_fail(struct search *s, enum wire_err err)
{
	search_end(s, &(struct chat_found){ .err = err });
}

/* Its realm cannot say: letters wait for it, and are judged there. */
static void
search_trust(struct search *s)
{
	search_end(s, &(struct chat_found){ WIRE_OK, s->realm->name, s->user,
	    s->user, false });
}

static void
search_answered(void *arg, enum wire_err err, const json_t *m)
{
	struct search *s = arg;
	const char *user = json_text(m, "user", WIRE_NAME_CAP - 1);
	const char *name = json_text(m, "name", WIRE_REAL_NAME_CAP - 1);

	if (err == WIRE_OK && user != NULL &&
	    wire_name_ok(user, strlen(user))) {
		search_end(s, &(struct chat_found){ WIRE_OK, s->realm->name,
		    user, name != NULL ? name : user, false });
		return;
	}
	if (s->set->closed)
		search_fail(s, WIRE_BUSY);
	else if (s->named && err == WIRE_NO_SUCH_USER)
		search_fail(s, err);
	else if (s->named)
		search_trust(s);
	else {
		s->unreached |= err != WIRE_NO_SUCH_USER;
		s->realm++;
		search_on(s);
	}
}

static void
search_delivered(void *arg, const struct chat_found *found)
{
	struct search *s = arg;

	if (found->err == WIRE_OK)
		search_end(s, &(struct chat_found){ WIRE_OK, s->realm->name,
		    found->user != NULL ? found->user : s->user,
		    found->real_name != NULL ? found->real_name : s->user,
		    found->delivered });
	else if (s->named || s->set->closed)
		search_fail(s, s->set->closed ? WIRE_BUSY : found->err);
	else {
		s->unreached |= found->err != WIRE_NO_SUCH_USER;
		s->realm++;
		search_on(s);
	}
}

/* True: the answer comes. */
static bool
search_ask(struct search *s)
{
	struct chat_letter letter = { "", s->user, s->from, s->text };
	enum wire_err err;
	json_t *m;

	if (s->realm->old) {
		legacy_find(s->realm->legacy, &letter, search_delivered, s);
		return true;
	}
	m = json_object();
	json_put(m, "find", s->user);
	return ask(s->realm->link, m, FIND_MS, search_answered, s, &err);
}

static void
search_on(struct search *s)
{
	struct realms *rs = s->set;

	for (; s->realm < rs->at + rs->count; s->realm++) {
		if (search_ask(s))
			return;
		if (s->named) {
			search_trust(s);
			return;
		}
		s->unreached = true;
	}
	search_fail(
	    s, s->unreached ? WIRE_REALM_UNREACHABLE : WIRE_NO_SUCH_USER);
}

static void
router_find(void *arg, const struct chat_letter *letter, chat_found_fn *fn,
    void *with)
{
	struct realms *rs = arg;
	struct chat_found none = { .err = WIRE_BUSY };
	bool named = letter->realm[0] != '\0';
	struct realm *r = named ? realm_find(rs, letter->realm) : rs->at;
	struct search *s;

	if (r == NULL)
		none.err = WIRE_NO_SUCH_REALM;
	if (r == NULL || rs->closed || rs->searching == SEARCHES_MAX) {
		fn(with, &none);
		return;
	}
	s = xcalloc(1, sizeof *s);
	s->set = rs;
	s->named = named;
	s->realm = r;
	snprintf(s->user, sizeof s->user, "%s", letter->user);
	s->from = xstrdup(letter->from);
	s->text = xstrdup(letter->text);
	s->fn = fn;
	s->with = with;
	TAILQ_INSERT_TAIL(&rs->searches, s, entry);
	rs->searching++;
	search_on(s);
}

/* ---- pleas ------------------------------------------------------------ */

static void
plea_answered(void *arg, enum wire_err err, const json_t *m)
{
	struct chat_result res = { .err = err };
	struct chat_done *done = arg;

	(void)m;
	done->fn(done->arg, done->id, &res);
	free(done);
}

static void
router_plead(void *arg, const char *realm, const struct chat_plea *p,
    struct chat_done done)
{
	struct realms *rs = arg;
	struct realm *r = realm_find(rs, realm);
	struct chat_result res = { .err = WIRE_NO_SUCH_REALM };
	struct chat_done *kept;
	json_t *m;

	if (r == NULL || r->old) {
		/* A group of the older system takes no members. */
		if (r != NULL)
			res.err = WIRE_NO_SUCH_GROUP;
		done.fn(done.arg, done.id, &res);
		return;
	}
	m = json_object();
	json_object_set_new(m, "plea", plea_pack(p));
	kept = xmalloc(sizeof *kept);
	*kept = done;
	if (ask(r->link, m, PLEA_MS, plea_answered, kept, &res.err))
		return;
	free(kept);
	done.fn(done.arg, done.id, &res);
}

/* ---- the rest of the router ------------------------------------------- */

static enum chat_reach
router_reach(void *arg, const char *realm)
{
	struct realm *r = realm_find(arg, realm);

	if (r == NULL)
		return CHAT_NO_REALM;
	if (r->old)
		return CHAT_REALM_LEGACY;
	if (stream_waiting(r->link) >= REALM_QUEUE_MAX)
		return CHAT_REALM_FULL;
	return link_up(r->link) ? CHAT_REALM_UP : CHAT_REALM_DOWN;
}

static size_t
router_pack(void *arg, const struct chat_item *it, void *to, size_t cap)
{
	(void)arg;
	return item_pack(it, to, cap);
}

static void
router_wake(void *arg, const char *realm, size_t items)
{
	struct realm *r = realm_find(arg, realm);

	if (r != NULL && r->link != NULL)
		stream_wake(r->link, items);
}

static void
router_presence(void *arg, const struct chat_user *u)
{
	struct realms *rs = arg;

	for (size_t i = 0; i < rs->count; i++)
		if (rs->at[i].link != NULL)
			link_presence(rs->at[i].link, u);
}

static void
router_want(void *arg, const char *realm, const char *user)
{
	struct realm *r = realm_find(arg, realm);

	if (r != NULL && r->link != NULL)
		link_want(r->link, user);
}

void
realms_router(struct realms *rs, struct chat_router *out)
{
	*out = (struct chat_router){ rs, router_reach, router_pack,
		router_wake, router_find, router_plead, router_presence,
		router_want };
}

/* ---- for the dialects ------------------------------------------------- */

static const char *
peers_legacy(void *arg, const struct sockaddr_storage *sa)
{
	struct realms *rs = arg;

	for (size_t i = 0; i < rs->count; i++)
		if (rs->at[i].legacy != NULL &&
		    legacy_is(rs->at[i].legacy, sa))
			return rs->at[i].name;
	return NULL;
}

static void
peers_accept(
    void *arg, int fd, const char *line, const void *rest, size_t n)
{
	struct realms *rs = arg;

	if (rs->closed)
		close(fd);
	else
		handshake_accepted(rs->shakes, fd, line, rest, n);
}

static void
peers_each(void *arg, peers_link_fn *fn, void *with)
{
	struct realms *rs = arg;

	for (size_t i = 0; i < rs->count; i++) {
		const struct realm *r = &rs->at[i];
		struct peers_link p = { .realm = r->name };

		if (r->old && r->legacy == NULL)
			continue; /* closed */
		if (r->old) {
			legacy_state(r->legacy, &p);
			p.realm = r->name;
			p.legacy = true;
		} else {
			p.state = link_state(r->link);
			p.since = r->link->since;
			p.queued = stream_waiting(r->link);
			p.error = r->link->error;
		}
		fn(with, &p);
	}
}

void
realms_peers(struct realms *rs, struct peers *out)
{
	*out = (struct peers){ .arg = rs, .legacy = peers_legacy,
		.link = peers_accept, .each = peers_each };
	oldlines_peers(out);
}

/* ---- handshakes ------------------------------------------------------- */

static const struct handshake_peer *
handshake_find(void *arg, const char *key)
{
	struct realm *r = realm_find(arg, key);

	return r != NULL && r->link != NULL ? &r->link->peer : NULL;
}

static void
handshake_done(void *arg, const struct handshake_peer *peer, struct conn *c,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us)
{
	(void)arg;
	link_proved(peer->link, c, session, us);
}

static void
handshake_failed(void *arg, const struct handshake_peer *peer, const char *why)
{
	(void)arg;
	link_refused(peer->link, why);
}

static void
handshake_denied(void *arg, const char *who, const char *why)
{
	struct realms *rs = arg;
	char text[2 * WIRE_NAME_CAP + REASON_CAP];

	snprintf(text, sizeof text, "%s: %s", who, why);
	rs->log.often("a link was denied", text);
}

/* ---- life ------------------------------------------------------------- */

/* The rows of the store, for the links they are of. */
struct rows {
	struct realms *set;
	struct {
		bool there;
		char stream[STREAM_CAP], from[STREAM_CAP];
		struct store_realm row;
	} of[REALMS_MAX];
};

static void
take_row(void *arg, const struct store_realm *row)
{
	struct rows *rows = arg;
	struct realm *r = realm_find(rows->set, row->realm);
	size_t i;

	if (r == NULL)
		return; /* no link any more; what waits for it is kept */
	i = (size_t)(r - rows->set->at);
	rows->of[i].there = true;
	rows->of[i].row = *row;
	snprintf(rows->of[i].stream, STREAM_CAP, "%s", row->stream);
	snprintf(rows->of[i].from, STREAM_CAP, "%s", row->from);
	rows->of[i].row.stream = rows->of[i].stream;
	rows->of[i].row.from = rows->of[i].from;
}

static const char *
make_links(struct realms *rs, const struct realm_link *how)
{
	struct rows *rows = xcalloc(1, sizeof *rows);
	const char *why = NULL;

	rows->set = rs;
	if (store_each_realm(rs->store, take_row, rows) == -1)
		why = "the links' outboxes cannot be read";
	for (size_t i = 0; i < rs->count && why == NULL; i++) {
		struct realm *r = &rs->at[i];

		r->old = how[i].legacy;
		if (r->old)
			r->legacy = legacy_new(
			    rs->loop, &how[i], rs->log.often);
		else if ((r->link = link_new(rs, &how[i])) == NULL)
			why = "there is no memory for a link's key";
	}
	/* When nothing can fail any more: the store will answer to them. */
	for (size_t i = 0; i < rs->count && why == NULL; i++)
		if (!rs->at[i].old)
			stream_init(rs->at[i].link,
			    rows->of[i].there ? &rows->of[i].row : NULL);
	free(rows);
	return why;
}

struct realms *
realms_new(struct loop *loop, struct chat *chat, struct store *store,
    const char *own, const struct realm_link *how, size_t count,
    const struct realm_log *log, const char **why)
{
	static const struct conn_limits limits = { IN_CAP, OUT_LOW, OUT_HIGH,
		OUT_HARD };
	struct realms *rs = xcalloc(1, sizeof *rs);
	struct handshake_handler h = { rs, handshake_find, handshake_done, handshake_failed,
		handshake_denied };

	rs->loop = loop;
	rs->chat = chat;
	rs->store = store;
	rs->log = *log;
	snprintf(rs->own, sizeof rs->own, "%s", own);
	wire_name_key(own, strlen(own), rs->own_key);
	TAILQ_INIT(&rs->searches);
	rs->count = count;
	for (size_t i = 0; i < count; i++) {
		snprintf(rs->at[i].name, WIRE_NAME_CAP, "%s", how[i].name);
		wire_name_key(
		    how[i].name, strlen(how[i].name), rs->at[i].key);
	}
	rs->conns = conns_new(loop, &limits, OUT_ALL);
	rs->shakes = shakes_new(loop, rs->conns, rs->own, rs->own_key, &h);
	rs->lines = oldlines_new(rs);
	*why = make_links(rs, how);
	if (*why == NULL)
		return rs;
	realms_close(rs);
	realms_free(rs);
	return NULL;
}

void
realms_go(struct realms *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		if (rs->at[i].link != NULL)
			link_go(rs->at[i].link);
}

void
realms_close(struct realms *rs)
{
	if (rs->closed)
		return;
	rs->closed = true;
	shakes_free(rs->shakes);
	rs->shakes = NULL;
	for (size_t i = 0; i < rs->count; i++) {
		struct realm *r = &rs->at[i];

		if (r->link != NULL)
			link_close(r->link);
	}
	/* Last: what it calls may look at all others. */
	for (size_t i = 0; i < rs->count; i++) {
		legacy_free(rs->at[i].legacy);
		rs->at[i].legacy = NULL;
	}
}

void
realms_free(struct realms *rs)
{
	if (rs == NULL)
		return;
	conns_free(rs->conns);
	for (size_t i = 0; i < rs->count; i++)
		link_free(rs->at[i].link);
	oldlines_free(rs->lines);
	free(rs);
}
