/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw lines: receivers that are in a group while they are open.  A line that
 * takes no more is closed; its client comes back and reads what it missed.
 *
 * Sinks may close a line while something is being given out: so one that ends
 * stays in the lists until no walk is under way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/change.h"
#include "server/chat/group_in.h"
#include "server/chat/message.h"
#include "server/chat/recent.h"
#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/blob.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* ---- life ------------------------------------------------------------- */

void
lines_init(struct groups *all)
{
	TAILQ_INIT(&all->lines);
	TAILQ_INIT(&all->gone);
	all->line_by_number = map_new();
}

void
lines_free(struct groups *all)
{
	struct line *l;

	while ((l = TAILQ_FIRST(&all->lines)) != NULL) {
		TAILQ_REMOVE(&all->lines, l, of_all);
		free(l);
	}
	map_free(all->line_by_number);
}

static struct line *
line_find(const struct chat *chat, uint64_t number)
{
	return map_get(
	    chat->groups->line_by_number, &number, sizeof(number));
}

static void
walk_begin(struct chat *chat)
{
	chat->groups->walks++;
}

/* The last line of somebody who is no member otherwise. */
static void
member_gone(struct chat *chat, struct member *m)
{
	struct group *g = m->group;

	member_free(chat, m);
	if (group_is_copy(g)) {
		copy_tidy(chat, g);
		return;
	}
	change_settle(chat, g); /* who owned it may have gone */
	group_tidy(chat, g);
}

/* Will leave with the last line, and everybody is told then. */
static bool
is_visitor(const struct chat *chat, const struct member *m)
{
	return rule_is(&chat->dir, STORE_VISIT, m->group->key, m->key);
}

static void
line_free(struct chat *chat, struct line *l)
{
	struct member *m = l->member;

	TAILQ_REMOVE(&m->group->lines, l, entry);
	TAILQ_REMOVE(&chat->groups->lines, l, of_all);
	free(l);
	if (--m->lines > 0)
		return;
	if (!m->joined)
		member_gone(chat, m);
	else if (is_visitor(chat, m))
		visit_over(chat, m->group->key, m->account);
}

static void
walk_end(struct chat *chat)
{
	struct groups *all = chat->groups;
	struct line *l;

	if (--all->walks > 0)
		return;
	while ((l = TAILQ_FIRST(&all->gone)) != NULL) {
		TAILQ_REMOVE(&all->gone, l, of_gone);
		line_free(chat, l);
	}
}

static bool
is_last_line(const struct member *m)
{
	const struct line *l;
	unsigned open = 0;

	TAILQ_FOREACH(l, &m->group->lines, entry)
		open += l->member == m && !l->gone;
	return open == 0;
}

/* Within a walk. */
static void
line_remove(struct chat *chat, struct line *l)
{
	struct member *m = l->member;
	struct session *s = session_by_number(&chat->dir, l->session);
	struct chat_event e = { .kind = CHAT_EV_LEAVE };

	l->gone = true;
	TAILQ_INSERT_TAIL(&chat->groups->gone, l, of_gone);
	map_take(
	    chat->groups->line_by_number, &l->number, sizeof(l->number));
	if (s != NULL)
		session_unwatched(&chat->dir, s);
	if (is_last_line(m) && !m->joined && !m->out) {
		m->out = true;
		lines_left(chat, m, NULL, CHAT_KICK, NULL);
		return;
	}
	if (is_last_line(m) && is_visitor(chat, m))
		return;
	e.user.name = m->shown;
	e.user.real_name = m->real_name;
	if (!m->out)
		lines_tell(chat, m->group, &e);
}

static void
line_end(struct chat *chat, struct line *l, enum wire_err why)
{
	if (l->gone)
		return;
	line_remove(chat, l);
	l->sink->ended(l->sink->arg, l->receiver, why);
}

void
lines_end(struct chat *chat, struct member *m, enum wire_err why)
{
	struct line *l;

	walk_begin(chat);
	TAILQ_FOREACH(l, &m->group->lines, entry)
		if (l->member == m)
			line_end(chat, l, why);
	walk_end(chat);
}

void
lines_end_session(struct chat *chat, uint64_t session, enum wire_err why)
{
	struct line *l;

	walk_begin(chat);
	TAILQ_FOREACH(l, &chat->groups->lines, of_all)
		if (l->session == session)
			line_end(chat, l, why);
	walk_end(chat);
}

void
lines_end_user(struct chat *chat, const char *key, enum wire_err why)
{
	struct line *l;

	walk_begin(chat);
	TAILQ_FOREACH(l, &chat->groups->lines, of_all)
		if (strcmp(l->member->key, key) == 0)
			line_end(chat, l, why);
	walk_end(chat);
}

void
chat_line_close(struct chat *chat, uint64_t number)
{
	struct line *l = line_find(chat, number);

	if (l == NULL)
		return;
	walk_begin(chat);
	line_remove(chat, l);
	walk_end(chat);
}

/* ---- giving ----------------------------------------------------------- */

/* only NULL: to each. */
static void
give_all(struct chat *chat, struct group *g, const struct line *only,
    struct chat_event *event)
{
	struct blob *encoded[CHAT_DIALECTS] = { NULL };
	struct line *l;
	size_t i;

	event->encoded = encoded;
	walk_begin(chat);
	TAILQ_FOREACH(l, &g->lines, entry)
		if (!l->gone && (only == NULL || l == only) &&
		    !l->sink->event(l->sink->arg, l->receiver, event))
			line_end(chat, l, WIRE_BUSY);
	walk_end(chat);
	for (i = 0; i < CHAT_DIALECTS; i++)
		blob_unref(encoded[i]);
	event->encoded = NULL;
}

void
lines_tell(struct chat *chat, struct group *g, const struct chat_event *e)
{
	struct chat_event copy = *e;

	copy.target = g->target;
	give_all(chat, g, NULL, &copy);
}

void
group_lines_message(struct chat *chat, const struct recent_message *m)
{
	struct group *g = group_find(chat, m->conv);
	struct chat_event e = { .kind = CHAT_EV_MESSAGE };

	if (g == NULL || TAILQ_EMPTY(&g->lines))
		return;
	e.message = (struct chat_message){ .id = m->id,
		.time = m->time,
		.target = g->target,
		.from = m->from,
		.name = m->name,
		.text = m->text };
	give_all(chat, g, NULL, &e);
}

/* ---- told to other realms --------------------------------------------- */

/* An item on its way to the disk. */
struct passed {
	struct ask ask;
	char realm[WIRE_NAME_CAP];
};

static void
passed_written(void *arg, const struct store_written *written)
{
	struct passed *p = arg;
	struct chat *chat = p->ask.chat;

	if (!ask_alive(&p->ask))
		return;
	if (written->ok)
		chat->router.wake(chat->router.arg, p->realm, 1);
	ask_end(&p->ask, WIRE_OK);
}

static void
pass_to(struct chat *chat, const char *realm, const struct chat_item *item)
{
	char body[PEER_ITEM_MAX];
	struct store_out out = { realm, body,
		chat->router.pack(
		    chat->router.arg, item, body, sizeof(body)) };
	struct passed *p =
	    ask_new(chat, sizeof(*p), (struct chat_done){ 0 });

	snprintf(p->realm, sizeof(p->realm), "%s", realm);
	if (!txn_commit(
		store_add_out(TXN(chat->store), &out), passed_written, p))
		ask_end(&p->ask, WIRE_BUSY);
}

/* Of somebody who is in a group of ours on raw lines only, which no member
 * item tells of.  Of no use to a realm that hears it later. */
static void
pass_on(struct chat *chat, const struct member *m, bool here)
{
	const struct chat_router *router = &chat->router;
	char to[WIRE_TARGET_CAP];
	struct chat_item item = { .kind = CHAT_ITEM_LINE,
		.group = m->group->target.name,
		.to = change_full_name(chat, m->shown, to),
		.name = m->real_name,
		.here = here };
	const char *realm[PEER_REALMS_MAX];
	size_t i, n;

	if (router->pack == NULL || group_is_copy(m->group))
		return;
	n = group_realms(
	    m->group, member_realm(m), realm, PEER_REALMS_MAX);
	for (i = 0; i < n && i < PEER_REALMS_MAX; i++)
		if (router->reach(router->arg, realm[i]) == CHAT_REALM_UP)
			pass_to(chat, realm[i], &item);
}

void
lines_left(struct chat *chat, const struct member *m, const char *by,
    enum chat_act act, const char *why)
{
	group_tell_leave(chat, m->group, m, by, act, why);
	pass_on(chat, m, false);
}

/* ---- opened ----------------------------------------------------------- */

/* The group to go into, made if it is not there; NULL: *err. */
static struct group *
enter(struct chat *chat, const struct doer *who, const char *name,
    enum wire_err *err)
{
	struct member *m = NULL;
	char key[CONVO_CAP];
	struct group *g;

	if (!group_key_of(name, "", key)) {
		*err = WIRE_BAD_TARGET;
		return NULL;
	}
	g = group_find(chat, key);
	if (g != NULL)
		m = member_find(g, who->key);
	if (m != NULL && m->out)
		*err = WIRE_BUSY;
	else if (m != NULL)
		*err = WIRE_OK;
	else if (g == NULL && wire_name_reserved(name, strlen(name)))
		*err = WIRE_RESERVED_NAME;
	else
		*err = group_may_enter(chat, g, who);
	if (*err != WIRE_OK)
		return NULL;
	if (g != NULL)
		return g;
	/* What was said in an older one of that name is nobody's. */
	(void)txn_commit(store_end_group(TXN(chat->store), key), NULL, NULL);
	return group_new(chat, key, name, "");
}

static struct line *
line_new(struct chat *chat, struct member *m, uint64_t session,
    const struct chat_sink *sink, uint64_t id)
{
	struct groups *all = chat->groups;
	struct line *l = xcalloc(1, sizeof(*l));

	l->number = ++all->last_line;
	l->member = m;
	l->session = session;
	l->sink = sink;
	l->receiver = id;
	m->lines++;
	map_put(all->line_by_number, &l->number, sizeof(l->number), l);
	TAILQ_INSERT_TAIL(&m->group->lines, l, entry);
	TAILQ_INSERT_TAIL(&all->lines, l, of_all);
	return l;
}

uint64_t
lines_open(struct chat *chat, struct member *m, uint64_t session,
    const struct chat_sink *sink, uint64_t id, bool told)
{
	struct session *s = session_find(&chat->dir, session);
	struct line *l = line_new(chat, m, session, sink, id);
	uint64_t number = l->number;
	struct chat_event e = { .kind = CHAT_EV_JOIN,
		.target = m->group->target };

	if (s != NULL)
		session_watched(&chat->dir, s);
	e.user.name = m->shown;
	e.user.real_name = m->real_name;
	give_all(chat, m->group, told ? l : NULL, &e);
	return number;
}

uint64_t
chat_line_open(struct chat *chat, const struct chat_who *who,
    const char *name, const struct chat_sink *sink, uint64_t id,
    enum wire_err *err)
{
	struct doer doer;
	struct group *g;
	struct member *m;
	bool fresh;

	*err = doer_of(chat, who, &doer);
	if (*err != WIRE_OK)
		return 0;
	g = enter(chat, &doer, name, err);
	if (g == NULL)
		return 0;
	m = member_find(g, doer.key);
	fresh = m == NULL;
	if (fresh) {
		m = member_new(chat, g, doer.key, doer.shown, doer.real_name,
		    doer.account);
		if (group_owner(g) == NULL && !g->busy)
			m->role = CHAT_OWNER;
		group_tell_join(chat, m);
		pass_on(chat, m, true);
	}
	return lines_open(chat, m, who->session, sink, id, fresh);
}

void
chat_line_say(struct chat *chat, uint64_t number, const char *text,
    struct chat_done done)
{
	struct line *l = line_find(chat, number);
	struct convo to = { .kind = STORE_GROUP };
	enum wire_err err = WIRE_NO_SESSION;
	struct member *m;
	int64_t wait = 0;

	if (l != NULL) {
		m = l->member;
		err = rule_may_say(&chat->dir, m->key);
		if (err == WIRE_OK)
			err = group_may_say(chat, m->group, m->key);
		if (err == WIRE_OK)
			err = message_check(text, NULL);
		if (err == WIRE_OK && group_is_copy(m->group))
			err = message_way(chat, m->group->home);
	}
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	wait = rate_take(m->account != NULL ? &m->account->sends : &l->sends,
	    chat->rules.rate, chat->mono);
	if (wait > 0) {
		ask_limit(done, wait);
		return;
	}
	to.group = m->group;
	to.target = m->group->target;
	snprintf(to.key, sizeof(to.key), "%s", m->group->key);
	message_say(chat,
	    &(struct words){ .account = m->account,
		.key = m->key,
		.from = m->shown,
		.name = m->account != NULL ? m->account->real_name
					   : m->real_name,
		.to = &to,
		.text = text,
		.time = chat->wall },
	    done);
}

enum wire_err
chat_may_say(struct chat *chat, uint64_t session, int64_t *retry_ms)
{
	struct session *s = session_find(&chat->dir, session);
	enum wire_err err;

	*retry_ms = 0;
	if (s == NULL)
		return WIRE_NO_SESSION;
	session_used(&chat->dir, s);
	err = rule_may_say(&chat->dir, s->account->key);
	if (err != WIRE_OK)
		return err;
	*retry_ms =
	    rate_take(&s->account->sends, chat->rules.rate, chat->mono);
	return *retry_ms > 0 ? WIRE_RATE_LIMITED : WIRE_OK;
}
