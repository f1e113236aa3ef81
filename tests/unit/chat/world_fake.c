/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/chat/world_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/work/secret.h"
#include "shared/blob.h"
#include "shared/xalloc.h"

enum { WORLD_NAMES = 1024 };

static void log_line(char *log, size_t cap, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
log_line(char *log, size_t cap, const char *fmt, ...)
{
	size_t n = strlen(log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(log + n, cap - n, fmt, ap);
	va_end(ap);
}

static void
log_message(char *log, size_t cap, const struct chat_message *m)
{
	char target[WIRE_TARGET_CAP];

	target_format(&m->target, target);
	log_line(log, cap, "%lld %s %s: %s\n", (long long)m->id, target,
	    m->from, m->text);
}

struct target
target_of(const char *s)
{
	struct target t;

	assert_int_equal(target_parse(&t, s, strlen(s)), WIRE_OK);
	return t;
}

/* ---- the world -------------------------------------------------------- */

static void
begin(struct world *w)
{
	w->chat = chat_new(w->store, w->hash, &w->rules, w->wall, w->mono);
	assert_non_null(w->chat);
}

int
world_setup(void **state)
{
	static const char *const names[] = { "messi", "neko", "lineker" };
	struct world *w = xcalloc(1, sizeof(*w));
	struct answer a = { 0 };
	size_t i;

	assert_true(secret_init());
	w->store = store_fake_new();
	w->hash = passhash_fake_new();
	w->rules = (struct chat_rules){ .realm = "surabaya",
		.registration_open = true,
		.min_password = 1,
		.idle_ms = 1800000,
		.token_ms = 30LL * 24 * 3600 * 1000 };
	w->wall = 1700000000000;
	w->mono = 5000;
	begin(w);
	for (i = 0; i < 3; i++) {
		chat_register(w->chat, names[i], names[i], NULL, told(&a));
		world_run(w);
		assert_int_equal(a.result.err, WIRE_OK);
	}
	*state = w;
	return 0;
}

int
world_teardown(void **state)
{
	struct world *w = *state;

	chat_free(w->chat);
	passhash_fake_free(w->hash);
	store_fake_fail(w->store, true);
	store_fake_run(w->store);
	store_fake_free(w->store);
	free(w);
	return 0;
}

void
world_run(struct world *w)
{
	do
		store_fake_run(w->store);
	while (passhash_fake_answer(w->hash) > 0);
}

void
world_restart(struct world *w)
{
	chat_free(w->chat);
	world_run(w);
	begin(w);
}

void
world_pass(struct world *w, int64_t ms)
{
	w->wall += ms;
	w->mono += ms;
	chat_clock(w->chat, w->wall, w->mono);
	chat_tick(w->chat);
}

static void
add_name(void *arg, const struct chat_user *user)
{
	log_line(arg, WORLD_NAMES, "%s ", user->name);
}

const char *
users(const struct world *w)
{
	static char log[WORLD_NAMES];

	log[0] = '\0';
	chat_each_user(w->chat, add_name, log);
	return log;
}

const char *
online(const struct world *w)
{
	static char log[WORLD_NAMES];

	log[0] = '\0';
	chat_each_online(w->chat, add_name, log);
	return log;
}

/* ---- answers ---------------------------------------------------------- */

static void
told_now(void *arg, uint64_t id, const struct chat_result *result)
{
	struct answer *a = arg;
	char target[WIRE_TARGET_CAP];
	size_t i;

	assert_int_equal(id, 77);
	a->times++;
	a->result = *result;
	a->log[0] = '\0';
	if (result->token != NULL)
		snprintf(a->token, sizeof(a->token), "%s", result->token);
	for (i = 0; i < result->messages; i++)
		log_message(a->log, sizeof(a->log), &result->message[i]);
	for (i = 0; i < result->unreads; i++) {
		const struct chat_unread *u = &result->unread[i];

		target_format(&u->target, target);
		log_line(a->log, sizeof(a->log), "%s %lld from %lld\n",
		    target, (long long)u->count, (long long)u->first);
	}
}

struct chat_done
told(struct answer *a)
{
	a->times = 0;
	return (struct chat_done){ told_now, a, 77 };
}

/* ---- receivers -------------------------------------------------------- */

static void
see_message(struct eye *e, const struct chat_message *m)
{
	assert_true(m->id > e->last);
	e->last = m->id;
	e->messages++;
	log_message(e->log, sizeof(e->log), m);
}

/* As a dialect does: the first receiver encodes, the others take that. */
static void
see_encoded(struct eye *e, const struct chat_event *ev)
{
	if (ev->encoded[2] == NULL) {
		ev->encoded[2] = blob_new("x", 1);
		e->encodings++;
	}
}

static bool
see(void *arg, uint64_t id, const struct chat_event *ev)
{
	struct eye *e = arg;
	char target[WIRE_TARGET_CAP];

	assert_int_equal(id, 42);
	assert_int_equal(e->ended, 0);
	see_encoded(e, ev);
	switch (ev->kind) {
	case CHAT_EV_MESSAGE:
		see_message(e, &ev->message);
		break;
	case CHAT_EV_PRESENCE:
		log_line(e->log, sizeof(e->log), "%c%s\n",
		    ev->user.online ? '+' : '-', ev->user.name);
		break;
	case CHAT_EV_READ:
		target_format(&ev->target, target);
		log_line(e->log, sizeof(e->log), "read %s %lld\n", target,
		    (long long)ev->id);
		break;
	case CHAT_EV_SHUTDOWN:
		log_line(e->log, sizeof(e->log), "shutdown %s\n", ev->text);
		break;
	case CHAT_EV_REMOVED:
		log_line(e->log, sizeof(e->log), "removed %s by %s: %s %s\n",
		    ev->user.name, ev->by, chat_act_name(ev->act), ev->text);
		break;
	case CHAT_EV_JOIN:
	case CHAT_EV_LEAVE:
		target_format(&ev->target, target);
		log_line(e->log, sizeof(e->log), "%s %s %s%s%s\n",
		    ev->kind == CHAT_EV_JOIN ? "join" : "leave", target,
		    ev->user.name, ev->by != NULL ? " by " : "",
		    ev->by != NULL ? ev->by : "");
		break;
	case CHAT_EV_MEMBER:
		target_format(&ev->target, target);
		log_line(e->log, sizeof(e->log), "member %s %s %s%s\n", target,
		    ev->user.name, chat_role_name(ev->role),
		    ev->muted ? " muted" : "");
		break;
	case CHAT_EV_GROUP:
		target_format(&ev->target, target);
		log_line(e->log, sizeof(e->log), "group %s %s %s\n", target,
		    chat_mode_name(ev->mode), ev->text);
		break;
	case CHAT_EV_INVITE:
		target_format(&ev->target, target);
		log_line(e->log, sizeof(e->log), "invite %s by %s\n", target,
		    ev->by);
		break;
	}
	if (e->leaves)
		chat_unwatch(e->chat, e->number);
	if (e->room < 0)
		return true;
	return e->room > 0 && --e->room > 0;
}

static void
see_end(void *arg, uint64_t id, enum wire_err why)
{
	struct eye *e = arg;

	assert_int_equal(id, 42);
	e->ended++;
	e->why = why;
}

const char *
seen(struct eye *e)
{
	static char log[sizeof(e->log)];

	memcpy(log, e->log, sizeof(log));
	e->log[0] = '\0';
	return log;
}

/* ---- what people do --------------------------------------------------- */

uint64_t
world_login(struct world *w, const char *name)
{
	struct answer a = { 0 };

	chat_login(w->chat, name, name, CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_not_equal(a.result.session, 0);
	chat_connected(w->chat, a.result.session);
	return a.result.session;
}

void
world_watch(struct world *w, struct eye *e, uint64_t session, int64_t after,
    struct answer *a)
{
	*e = (struct eye){ .chat = w->chat,
		.room = e->room != 0 ? e->room : -1 };
	e->sink = (struct chat_sink){
		.dialect = 2, .arg = e, .event = see, .ended = see_end
	};
	e->number =
	    chat_watch(w->chat, session, after, &e->sink, 42, told(a));
}

void
world_say(struct world *w, uint64_t session, const struct eye *watcher,
    const char *target, const char *text, const char *tag, struct answer *a)
{
	struct target to = target_of(target);

	chat_send(w->chat, session, watcher != NULL ? watcher->number : 0,
	    &to, text, tag, told(a));
}
