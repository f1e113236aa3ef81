/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link to a realm of ours: one connection, whoever dialled it, and what is
 * to be done while there is none.
 */
#include "server/realm/realm_priv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/realm/item.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/dial.h"
#include "shared/map.h"
#include "shared/xalloc.h"

enum {
	FIRST_MS = 200,        /* the first pause; each is twice the last */
	LONGEST_MS = 60 * 1000,
	WAIT_MAX = 120,        /* seconds that a peer may make us wait */
	BEAT_MS = 15 * 1000,
	SILENT_MS = 40 * 1000,
	TOGETHER_MS = 5000,    /* see settle_two */
	STEADY_MS = 3000,      /* up for so long: it is well again */
	WANTS_A_MESSAGE = 64,
	WRONG_WAIT = 30,
	LOG_LINES = 20,        /* of comings and goings in a minute */
	LOG_MS = 60 * 1000
};

/* Somebody whose presence the peer wants to know. */
struct want {
	SLIST_ENTRY(want) entry;
	char key[];
};

static void dial(void *arg);
static void on_silent(void *arg);

/* ---- what is told ----------------------------------------------------- */

static int64_t
wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A link that goes up and down all the time must not fill the log. */
static void
tell(struct link *l, const char *what, const char *why)
{
	char line[2 * WIRE_NAME_CAP + REASON_CAP];
	int64_t now = loop_now(l->set->loop);

	if (now - l->told_at > LOG_MS) {
		l->told_at = now;
		l->told = 0;
	}
	if (l->told++ >= LOG_LINES) {
		l->set->log.often("a link goes up and down", l->name);
		return;
	}
	snprintf(line, sizeof line, "link to %s %s: %s", l->name, what, why);
	l->set->log.line(line);
}

/* Why it is not up; told when it is something new. */
static void
note(struct link *l, const char *what, const char *why)
{
	bool known = strcmp(l->error, why) == 0;

	snprintf(l->error, sizeof l->error, "%s", why);
	if (!known)
		tell(l, what, why);
}

/* ---- dialling --------------------------------------------------------- */

/* Up to a quarter more or less, so that two realms that lost each other do
 * not dial at the same instant for ever. */
static int64_t
jitter(int64_t ms)
{
	unsigned char r[SECRET_KEY_LEN];

	secret_random(r);
	return ms - ms / 4 + ms / 2 * r[0] / 255;
}

static void
dial_in(struct link *l, int64_t ms)
{
	if (!l->set->closed)
		loop_timer_set(
		    l->set->loop, &l->again, jitter(ms), dial, l);
}

static void
dial_later(struct link *l)
{
	int64_t ms = FIRST_MS;

	for (unsigned i = 0; i < l->tries && ms < LONGEST_MS; i++)
		ms *= 2;
	l->tries++;
	dial_in(l, ms < LONGEST_MS ? ms : LONGEST_MS);
}

static void
on_dialled(void *arg, int fd, const char *why)
{
	struct link *l = arg;

	l->dial = NULL;
	if (fd == -1) {
		note(l, "cannot be dialled", why);
		dial_later(l);
		return;
	}
	l->greeting = true;
	handshake_dialled(l->set->shakes, fd, &l->peer);
}

static void
dial(void *arg)
{
	struct link *l = arg;

	if (l->frames.conn == NULL && l->dial == NULL && !l->greeting)
		l->dial = dial_start(
		    l->set->loop, l->host, l->port, on_dialled, l);
}

static void
dial_stop(struct link *l)
{
	loop_timer_unset(l->set->loop, &l->again);
	if (l->dial != NULL)
		dial_cancel(l->dial);
	l->dial = NULL;
}

void
link_refused(struct link *l, const char *why)
{
	l->greeting = false;
	if (l->frames.conn != NULL)
		return;
	note(l, "refused", why);
	dial_later(l);
}

/* ---- messages --------------------------------------------------------- */

void
link_send(struct link *l, json_t *m)
{
	char text[SECURE_FRAME_TEXT_MAX];
	size_t n;

	if (l->frames.conn != NULL) {
		n = json_dumpb(m, text, sizeof text, JSON_COMPACT);
		assert(n > 0 && n <= sizeof text);
		secure_frame_send(&l->frames, text, n);
		loop_timer_unset(l->set->loop, &l->beat);
		link_settle_later(l);
	}
	json_decref(m);
}

static void
on_beat(void *arg)
{
	json_t *m = json_object();

	json_put_bool(m, "ping", true);
	link_send(arg, m);
}

void
link_hail(struct link *l)
{
	json_t *m;

	if (l->frames.conn == NULL || l->hailed || !stream_ready(l))
		return;
	l->hailed = true;
	m = json_object();
	json_put_number(m, "v", 1);
	stream_hello(l, m);
	link_send(l, m);
	conn_resume(l->frames.conn);
	conn_kick(l->frames.conn);
}

/* ---- who is online ---------------------------------------------------- */

static void
send_wants(struct link *l, json_t *names)
{
	json_t *m;

	if (json_array_size(names) == 0) {
		json_decref(names);
		return;
	}
	m = json_object();
	json_object_set_new(m, "want", names);
	link_send(l, m);
}

void
link_want(struct link *l, const char *user)
{
	json_t *names;

	if (!link_up(l))
		return;
	names = json_array();
	json_array_append_new(names, json_string(user));
	send_wants(l, names);
}

struct wanting {
	struct link *link;
	json_t *names;
};

static void
want_one(void *arg, const char *user)
{
	struct wanting *w = arg;

	json_array_append_new(w->names, json_string(user));
	if (json_array_size(w->names) < WANTS_A_MESSAGE)
		return;
	send_wants(w->link, w->names);
	w->names = json_array();
}

static void
want_all(struct link *l)
{
	struct wanting w = { l, json_array() };

	chat_each_wanted(l->set->chat, l->key, want_one, &w);
	send_wants(l, w.names);
}

static void
send_seen(struct link *l, const struct chat_user *u)
{
	json_t *m = json_object(), *o = json_object();

	json_put(o, "user", u->name);
	json_put(o, "name", u->real_name);
	json_put_bool(o, "online", u->online);
	json_put_number(o, "since", u->since);
	json_object_set_new(m, "seen", o);
	link_send(l, m);
}

void
link_presence(struct link *l, const struct chat_user *u)
{
	char key[WIRE_NAME_CAP];

	if (link_up(l) && wire_name_key(u->name, strlen(u->name), key) &&
	    map_get(l->wants, key, strlen(key)) != NULL)
		send_seen(l, u);
}

static void
forget_wants(struct link *l)
{
	struct want *w;

	while ((w = SLIST_FIRST(&l->wanted)) != NULL) {
		SLIST_REMOVE_HEAD(&l->wanted, entry);
		map_take(l->wants, w->key, strlen(w->key));
		free(w);
	}
}

static void
wanted(struct link *l, const char *name)
{
	char key[WIRE_NAME_CAP];
	struct chat_user u;
	struct want *w;

	if (!wire_name_key(name, strlen(name), key))
		return;
	if (map_get(l->wants, key, strlen(key)) == NULL) {
		if (map_count(l->wants) >= REMOTES_MAX)
			return;
		w = xmalloc(sizeof *w + strlen(key) + 1);
		memcpy(w->key, key, strlen(key) + 1);
		SLIST_INSERT_HEAD(&l->wanted, w, entry);
		map_put(l->wants, w->key, strlen(w->key), w);
	}
	if (chat_find_user(l->set->chat, key, &u))
		send_seen(l, &u);
}

/* ---- what is heard ---------------------------------------------------- */

/* Each says what the peer did wrong, or NULL. */
static const char *
hear_hello(struct link *l, const json_t *m, size_t n)
{
	uint32_t gen = l->gen;
	const char *wrong;
	int64_t v;

	(void)n;
	if (!json_number(m, "v", 1, 1, &v))
		return "it speaks another version";
	if (l->greeted)
		return "it says hello twice";
	wrong = stream_greeted(l, m);
	if (wrong != NULL || l->gen != gen)
		return wrong;
	l->greeted = true;
	l->since = wall_ms();
	l->acked_at = l->out.acked;
	l->taken_at = l->in.taken;
	l->error[0] = '\0';
	tell(l, "up", l->dialled ? "dialled by us" : "dialled by them");
	want_all(l);
	stream_pump(l);
	return NULL;
}

static const char *
hear_item(struct link *l, const json_t *m, size_t n)
{
	return stream_item(l, m, n);
}

static const char *
hear_ack(struct link *l, const json_t *m, size_t n)
{
	(void)n;
	return stream_ack(l, m);
}

static const char *
hear_question(struct link *l, const json_t *m, size_t n)
{
	(void)n;
	return ask_asked(l, m);
}

static const char *
hear_answer(struct link *l, const json_t *m, size_t n)
{
	(void)n;
	return ask_answered(l, m);
}

static const char *
hear_want(struct link *l, const json_t *m, size_t n)
{
	const json_t *names = json_object_get(m, "want"), *name;
	uint32_t gen = l->gen;
	size_t i;

	(void)n;
	json_array_foreach(names, i, name) {
		if (l->gen != gen)
			break;
		if (json_is_string(name))
			wanted(l, json_string_value(name));
	}
	return NULL;
}

static const char *
hear_seen(struct link *l, const json_t *m, size_t n)
{
	const json_t *o = json_object_get(m, "seen");
	struct chat_user u = { 0 };

	(void)n;
	u.name = json_text(o, "user", WIRE_NAME_CAP - 1);
	u.real_name = json_text(o, "name", WIRE_REAL_NAME_CAP - 1);
	u.online = json_is_true(json_object_get(o, "online"));
	if (u.name == NULL || !wire_name_ok(u.name, strlen(u.name)))
		return NULL;
	if (u.real_name == NULL ||
	    !wire_real_name_ok(u.real_name, strlen(u.real_name)))
		u.real_name = u.name;
	json_number(o, "since", 0, INT64_MAX, &u.since);
	chat_remote_user(l->set->chat, l->key, &u);
	return NULL;
}

static const char *
hear_ping(struct link *l, const json_t *m, size_t n)
{
	(void)l;
	(void)m;
	(void)n;
	return NULL;
}

static void over(struct link *, const char *why, int64_t wait_ms);

static const char *
hear_bye(struct link *l, const json_t *m, size_t n)
{
	const char *said = json_text(m, "bye", SECURE_FRAME_TEXT_MAX);
	char why[REASON_CAP];
	int64_t wait = 0;

	(void)n;
	json_number(m, "wait", 0, WAIT_MAX, &wait);
	snprintf(why, sizeof why, "the other side says: %.150s",
	    said != NULL ? said : "nothing");
	if (wait == 0)
		l->tries = 0; /* it ends in good order, and will be back */
	over(l, why, wait * 1000);
	return NULL;
}

static const struct kind {
	const char *member;
	const char *(*hear)(struct link *, const json_t *, size_t);
} kinds[] = {
	{ "item", hear_item },
	{ "ack", hear_ack },
	{ "q", hear_question },
	{ "a", hear_answer },
	{ "want", hear_want },
	{ "seen", hear_seen },
	{ "ping", hear_ping },
	{ "bye", hear_bye },
	{ "v", hear_hello },
};

static const char *
hear(struct link *l, const json_t *m, size_t n)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (json_object_get(m, kinds[i].member) == NULL)
			continue;
		if (!l->greeted && kinds[i].hear != hear_hello &&
		    kinds[i].hear != hear_bye)
			return "it does not say hello first";
		return kinds[i].hear(l, m, n);
	}
	l->set->log.often(
	    "a message of a kind that is not known was passed over", l->name);
	return NULL;
}

static void
hear_text(struct link *l, const unsigned char *text, size_t n)
{
	json_t *m = json_loadb(
	    (const char *)text, n, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong;
	char why[REASON_CAP];

	wrong = json_is_object(m) ? hear(l, m, n) : "it sends no JSON";
	/* It may point into what is freed. */
	if (wrong != NULL) {
		snprintf(why, sizeof why, "%s", wrong);
		link_drop(l, why, WRONG_WAIT);
	}
	json_decref(m);
}

static void
on_input(struct conn *c, void *arg)
{
	unsigned char text[SECURE_FRAME_TEXT_MAX];
	struct link *l = arg;
	uint32_t gen = l->gen;
	size_t n;

	(void)c;
	while (l->hailed) {
		switch (secure_frame_next(&l->frames, text, &n)) {
		case SECURE_FRAME_MORE:
			return;
		case SECURE_FRAME_BROKEN:
			link_drop(l, "what came was not what it sealed",
			    LINK_NO_BYE);
			return;
		case SECURE_FRAME_READY:
			loop_timer_set(l->set->loop, &l->silent, SILENT_MS,
			    on_silent, l);
			hear_text(l, text, n);
			break;
		}
		if (l->gen != gen)
			return;
	}
}

/* ---- the connection --------------------------------------------------- */

static void
settle(void *arg)
{
	struct link *l = arg;

	stream_settle(l);
	if (l->frames.conn != NULL && l->beat.slot == 0)
		loop_timer_set(l->set->loop, &l->beat, BEAT_MS, on_beat, l);
}

void
link_settle_later(struct link *l)
{
	loop_defer(l->set->loop, &l->turn_end, settle, l);
}

static void
drop_input(struct conn *c, void *arg)
{
	struct buf *in = conn_in(c);

	(void)arg;
	buf_eat(in, in->len);
}

static const struct conn_handler leaving = { .input = drop_input };

/* The connection is no more the link's; what is queued still goes out. */
static void
let_go(struct link *l)
{
	bool was_up = l->greeted;

	conn_set_handler(l->frames.conn, &leaving, NULL);
	conn_close(l->frames.conn);
	secure_frame_wipe(&l->frames);
	l->frames.conn = NULL;
	l->gen++;
	l->hailed = l->greeted = false;
	l->pleas_open = 0;
	loop_timer_unset(l->set->loop, &l->beat);
	loop_timer_unset(l->set->loop, &l->silent);
	stream_stop(l);
	forget_wants(l);
	if (was_up && !l->set->closed)
		chat_remote_down(l->set->chat, l->key);
	ask_end_all(
	    l, l->set->closed ? WIRE_BUSY : WIRE_REALM_UNREACHABLE);
}

/* wait_ms 0: as soon as may be. */
static void
over(struct link *l, const char *why, int64_t wait_ms)
{
	bool was_up = l->greeted;

	if (l->frames.conn == NULL)
		return;
	/* One that comes up only to fall is not dialled all the time. */
	if (was_up &&
	    (l->out.acked > l->acked_at || l->in.taken > l->taken_at ||
	    loop_now(l->set->loop) - l->made >= STEADY_MS))
		l->tries = 0;
	l->since = wall_ms();
	let_go(l);
	if (was_up) {
		snprintf(l->error, sizeof l->error, "%s", why);
		tell(l, "down", why);
	} else
		note(l, "did not come up", why);
	if (wait_ms > 0)
		dial_in(l, wait_ms);
	else
		dial_later(l);
}

void
link_drop(struct link *l, const char *why, int wait)
{
	json_t *m;

	if (l->frames.conn == NULL)
		return;
	if (wait != LINK_NO_BYE && l->hailed) {
		m = json_object();
		json_put(m, "bye", why);
		json_put_number(m, "wait", wait);
		link_send(l, m);
	}
	over(l, why, wait == LINK_NO_BYE ? 0 : wait * INT64_C(1000));
}

static void
on_silent(void *arg)
{
	link_drop(arg, "nothing was heard for too long", 0);
}

static void
on_closed(struct conn *c, void *arg, enum conn_end end)
{
	struct link *l = arg;
	const char *why = "the connection was closed";

	if (end == CONN_SLOW)
		why = "the other side does not read";
	else if (end == CONN_FAILED)
		why = strerror(conn_errno(c));
	over(l, why, 0);
}

static const struct conn_handler handler = {
	.input = on_input, .closed = on_closed
};

/*
 * Two connections.  The newer one stays, for whoever opened it may have lost
 * the older one unheard.  But where each side has dialled the other at about
 * the same time both must keep the same one: that of the smaller name.
 */
static bool
settle_two(const struct link *l, bool dialled)
{
	bool ours_stays = strcmp(l->set->own_key, l->key) < 0;

	return dialled == l->dialled || dialled == ours_stays ||
	    loop_now(l->set->loop) - l->made >= TOGETHER_MS;
}

void
link_proved(struct link *l, struct conn *c,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us)
{
	bool dialled = us == SECRET_DIALER;

	if (dialled)
		l->greeting = false;
	if (l->frames.conn != NULL && !settle_two(l, dialled)) {
		conn_close(c);
		return;
	}
	if (l->frames.conn != NULL)
		over(l, "another connection takes its place", 0);
	dial_stop(l);
	secure_frame_init(&l->frames, c, session, us);
	conn_set_handler(c, &handler, l);
	l->dialled = dialled;
	l->made = loop_now(l->set->loop);
	l->gen++;
	loop_timer_set(
	    l->set->loop, &l->silent, SILENT_MS, on_silent, l);
	/* What the last one brought may be on its way to the disk yet. */
	conn_pause(c);
	link_hail(l);
}

/* ---- life ------------------------------------------------------------- */

bool
link_up(const struct link *l)
{
	return l->greeted;
}

const char *
link_state(const struct link *l)
{
	if (l->greeted)
		return "up";
	return l->dial != NULL || l->greeting || l->frames.conn != NULL ?
	    "connecting" : "down";
}

struct link *
link_new(struct realms *set, const struct realm_link *how)
{
	struct link *l = xcalloc(1, sizeof *l);

	l->set = set;
	snprintf(l->name, sizeof l->name, "%s", how->name);
	wire_name_key(how->name, strlen(how->name), l->key);
	snprintf(l->host, sizeof l->host, "%s", how->host);
	snprintf(l->port, sizeof l->port, "%s", how->port);
	l->peer.name = l->name;
	l->peer.key = l->key;
	l->peer.link = l;
	if (!secret_link_key(l->peer.link_key, how->secret, how->secret_len,
	    set->own_key, l->key)) {
		free(l);
		return NULL;
	}
	TAILQ_INIT(&l->questions);
	SLIST_INIT(&l->wanted);
	l->wants = map_new();
	l->since = wall_ms();
	return l;
}

void
link_go(struct link *l)
{
	dial(l);
}

void
link_close(struct link *l)
{
	dial_stop(l);
	link_drop(l, "the server goes down", 0);
	loop_timer_unset(l->set->loop, &l->out.again);
}

void
link_free(struct link *l)
{
	if (l == NULL)
		return;
	loop_defer_cancel(l->set->loop, &l->turn_end);
	forget_wants(l);
	map_free(l->wants);
	secret_wipe(l, sizeof *l);
	free(l);
}
