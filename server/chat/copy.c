/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups across realms: items.  Here at home we do what members elsewhere say
 * (SAID and LEAVE); of a group whose home is elsewhere we keep the copy that
 * its items make.  Whom a home believes to be in and who has not wished to be
 * (plea.c) is said so by a LEAVE.
 */
#include <stdio.h>
#include <string.h>

#include "server/chat/group_in.h"
#include "server/chat/message.h"
#include "server/chat/receive.h"
#include "server/directory/remote.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/utf8.h"

/* ---- the end of a copy ------------------------------------------------ */

static bool
has_ours(const struct group *g)
{
	const struct member *m;

	TAILQ_FOREACH(m, &g->members, entry)
		if (m->account != NULL)
			return true;
	return false;
}

static void
wished(void *arg, const struct store_rule *rule)
{
	if (rule->kind == STORE_INVITE)
		*(bool *)arg = true;
}

static bool
is_wished(const struct chat *chat, const char *conv)
{
	bool coming = false;

	rule_each(&chat->dir, conv, wished, &coming);
	return coming;
}

void
copy_tidy(struct chat *chat, struct group *g)
{
	struct member *m;

	if (is_wished(chat, g->key) || has_ours(g))
		return;
	while ((m = TAILQ_FIRST(&g->members)) != NULL)
		member_free(chat, m);
	group_tidy(chat, g);
}

/* ---- items that change a copy ----------------------------------------- */

/* An item on its way to the disk, together with how far the realm's stream
 * was taken. */
struct applied {
	struct ask ask;
	struct txn txn;
	char conv[CONVO_CAP];
	void (*apply)(struct applied *, struct group *);
	char key[WIRE_TARGET_CAP], shown[WIRE_TARGET_CAP];
	char by[WIRE_TARGET_CAP]; /* "": nobody else */
	char real_name[WIRE_REAL_NAME_CAP];
	char text[WIRE_TOPIC_MAX + 1];
	char wake[WIRE_NAME_CAP]; /* "": no realm */
	struct account *account;
	enum chat_role role;
	enum chat_mode mode;
	enum chat_act act;
	bool muted, quiet, here;
	bool going; /* who it is about is out, for what they say, already */
	int64_t since;
};

static struct applied *
applied_new(struct chat *chat, const char *conv,
    void (*apply)(struct applied *, struct group *), struct chat_done done)
{
	struct applied *a = ask_new(chat, sizeof(*a), done);

	snprintf(a->conv, sizeof(a->conv), "%s", conv);
	a->apply = apply;
	txn_begin(&a->txn, chat->store);
	return a;
}

/* The disk refused: whoever was on the way out is in again. */
static void
stays(const struct applied *a, const struct group *g)
{
	struct member *m = member_find(g, a->key);

	if (a->going && m != NULL)
		m->out = false;
}

static void
applied_written(void *arg, const struct store_written *written)
{
	struct applied *a = arg;
	struct chat *chat;
	struct group *g;

	if (!ask_alive(&a->ask))
		return;
	chat = a->ask.chat;
	a->since = written->id;
	g = group_find(chat, a->conv);
	if (written->ok && g != NULL)
		a->apply(a, g);
	else if (g != NULL)
		stays(a, g);
	if (written->ok && a->wake[0] != '\0')
		chat->router.wake(chat->router.arg, a->wake, 1);
	ask_end(&a->ask, written->ok ? WIRE_OK : WIRE_STORAGE);
}

/* What was put into its txn, and how far the stream of its origin (NULL: it
 * has none) was taken.  False: it is over with WIRE_BUSY. */
static bool
applied_commit(struct applied *a, const struct chat_origin *origin)
{
	if (origin != NULL)
		store_set_taken(&a->txn, origin->realm, origin->stream,
		    origin->number);
	if (txn_commit(&a->txn, applied_written, a))
		return true;
	ask_end(&a->ask, WIRE_BUSY);
	return false;
}

/* With their raw lines.  The group may end with them. */
static void
member_out(struct chat *chat, struct member *m, enum wire_err why)
{
	const struct account *a = m->account;
	char conv[CONVO_CAP];

	memcpy(conv, m->group->key, sizeof(conv));
	if (m->lines == 0) {
		member_free(chat, m);
	} else {
		m->out = true;
		m->joined = false;
		m->group->joined--;
		lines_end(chat, m, why);
	}
	if (a != NULL)
		visit_over(chat, conv, a);
}

static void
tidy(struct chat *chat, const char *conv)
{
	struct group *g = group_find(chat, conv);

	if (g != NULL)
		copy_tidy(chat, g);
}

/* ---- GROUP ---- */

static void
apply_group(struct applied *a, struct group *g)
{
	bool same = g->mode == a->mode && strcmp(g->topic, a->text) == 0;

	g->stored = true;
	g->mode = a->mode;
	snprintf(g->topic, sizeof(g->topic), "%s", a->text);
	if (!same && g->count > 0)
		group_tell_group(a->ask.chat, g, a->by);
}

/* The home tells the whole of it, for it has nobody of ours in it: what we had
 * is out of date. */
static void
apply_anew(struct applied *a, struct group *g)
{
	struct chat *chat = a->ask.chat;
	struct member *m;

	g->waits++; /* it stays */
	while ((m = TAILQ_FIRST(&g->members)) != NULL) {
		rule_drop(&chat->dir, STORE_MUTE, g->key, m->key);
		if (m->account != NULL)
			group_tell_leave(chat, g, m, NULL, CHAT_KICK, NULL);
		member_out(chat, m, WIRE_NOT_MEMBER);
	}
	g->waits--;
	apply_group(a, g);
	copy_tidy(chat, g);
}

static void
keep_wish(void *arg, const struct store_rule *rule)
{
	struct applied *a = arg;

	if (rule->kind == STORE_INVITE || rule->kind == STORE_VISIT)
		store_put_rule(&a->txn, rule);
}

/* All of it goes but the wishes, and what they are for. */
static void
write_anew(struct applied *a, const struct group *g)
{
	a->apply = apply_anew;
	store_end_group(&a->txn, g->key);
	rule_each(&a->ask.chat->dir, g->key, keep_wish, a);
}

static size_t
copies_of(const struct chat *chat, const char *home)
{
	const struct group *g;
	size_t n = 0;

	TAILQ_FOREACH(g, &chat->groups->all, entry)
		n += strcmp(g->home, home) == 0;
	return n;
}

static bool
topic_ok(const char *text)
{
	return text != NULL && strlen(text) <= WIRE_TOPIC_MAX &&
	    (*text == '\0' || utf8_valid(text, strlen(text)));
}

static void
copy_by(struct applied *a, const struct chat_item *item)
{
	struct target by;

	if (receive_name(item->from, &by))
		snprintf(a->by, sizeof(a->by), "%s",
		    receive_is_ours(a->ask.chat, &by) ? by.name : item->from);
}

static const char *
receive_group(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, const char *conv, struct group *g,
    struct chat_done done)
{
	struct applied *a;

	if (!topic_ok(item->text))
		return "a group with a bad topic";
	/* One that somebody has changed is not the beginning of a copy: we had
	 * one, and its home did not know yet that it has ended.  Nor does one
	 * cost anything that nobody here wants to be in. */
	if (g == NULL &&
	    (item->from != NULL || !is_wished(chat, conv) ||
		copies_of(chat, origin->realm) >= PEER_GROUPS_MAX)) {
		receive_nothing(chat, origin, done);
		return NULL;
	}
	if (g == NULL)
		g = group_new(chat, conv, item->group, origin->realm);
	a = applied_new(chat, conv, apply_group, done);
	a->mode = item->mode;
	snprintf(a->text, sizeof(a->text), "%s", item->text);
	copy_by(a, item);
	if (item->from == NULL)
		write_anew(a, g);
	store_put_group(&a->txn,
	    &(struct store_group){ .conv = g->key,
		.name = g->target.name,
		.realm = g->target.realm,
		.topic = a->text,
		.mode = (int)a->mode,
		.created = g->created });
	(void)applied_commit(a, origin);
	return NULL;
}

/* ---- MEMBER ---- */

static void
apply_muted(struct applied *a, const struct group *g)
{
	struct chat *chat = a->ask.chat;

	if (a->muted)
		rule_put(&chat->dir,
		    &(struct store_rule){ .kind = STORE_MUTE,
			.conv = g->key,
			.member = a->key,
			.name = a->shown,
			.by = a->by,
			.reason = "",
			.time = chat->wall });
	else
		rule_drop(&chat->dir, STORE_MUTE, g->key, a->key);
}

static void
apply_member(struct applied *a, struct group *g)
{
	struct chat *chat = a->ask.chat;
	struct member *m = member_find(g, a->key);
	bool fresh = m == NULL, was_muted, changed;

	if (fresh)
		m = member_new(
		    chat, g, a->key, a->shown, a->real_name, a->account);
	was_muted = rule_is(&chat->dir, STORE_MUTE, g->key, a->key);
	changed = m->role != a->role || was_muted != a->muted;
	m->role = a->role;
	apply_muted(a, g);
	if (!m->joined) {
		m->joined = true;
		m->since = a->since;
		g->joined++;
	}
	if (a->account != NULL)
		rule_drop(&chat->dir, STORE_INVITE, g->key, a->key);
	if (fresh && !a->quiet)
		group_tell_join(chat, m);
	else if (!fresh && changed)
		group_tell_member(
		    chat, m, a->by[0] != '\0' ? a->by : NULL);
	if (a->account != NULL)
		wishes_met(chat, g->key, a->account, WIRE_OK);
}

static void
write_member(struct applied *a, const struct group *g)
{
	/* First, for its answer: since when they are one. */
	store_put_member(&a->txn,
	    &(struct store_member){ .conv = g->key,
		.member = a->key,
		.name = a->shown,
		.real_name = a->real_name,
		.account = a->account != NULL ? a->account->id : 0,
		.role = (int)a->role,
		.joined = a->ask.chat->wall });
	if (a->muted)
		store_put_rule(&a->txn,
		    &(struct store_rule){ .kind = STORE_MUTE,
			.conv = g->key,
			.member = a->key,
			.name = a->shown,
			.by = a->by,
			.reason = "",
			.time = a->ask.chat->wall });
	else
		store_drop_rule(&a->txn, STORE_MUTE, g->key, a->key);
	if (a->account != NULL)
		store_drop_rule(&a->txn, STORE_INVITE, g->key, a->key);
}

/* The home believes that one of ours is in who is not: it is told. */
static void
apply_nothing(struct applied *a, struct group *g)
{
	copy_tidy(a->ask.chat, g);
}

static size_t
pack_leave(const struct chat *chat, const char *group, const char *user,
    void *to, size_t cap)
{
	char from[WIRE_TARGET_CAP];
	struct chat_item item = { .kind = CHAT_ITEM_LEAVE,
		.group = group,
		.from = from };

	snprintf(from, sizeof(from), "%s@%s", user, chat->rules.realm);
	return chat->router.pack(chat->router.arg, &item, to, cap);
}

/* Nor is who has wished: the copy ended while the home was asked, and it has
 * sent no other, for it did not know that yet. */
static void
deny_member(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, const char *conv,
    const struct account *ours, struct chat_done done)
{
	struct applied *a = applied_new(chat, conv, apply_nothing, done);
	char body[PEER_ITEM_MAX];
	struct store_out out = { origin->realm, body,
		pack_leave(
		    chat, item->group, ours->name, body, sizeof(body)) };

	snprintf(a->wake, sizeof(a->wake), "%s", origin->realm);
	if (receive_may_answer(chat, origin->realm))
		store_add_out(&a->txn, &out);
	if (!applied_commit(a, origin))
		return;
	if (rule_is(&chat->dir, STORE_INVITE, conv, ours->key))
		wish_drop(chat, conv, ours);
	wishes_met(chat, conv, ours, WIRE_BUSY);
}

/* Who is meant, in a and as a key; false: nobody there can be. */
static bool
take_person(
    struct chat *chat, const struct chat_item *item, struct applied *a)
{
	struct target to;

	if (!receive_name(item->to, &to))
		return false;
	if (receive_is_ours(chat, &to)) {
		a->account = account_find(&chat->dir, to.name);
		if (a->account == NULL)
			return false;
		snprintf(a->key, sizeof(a->key), "%s", a->account->key);
		snprintf(a->shown, sizeof(a->shown), "%s", a->account->name);
		snprintf(a->real_name, sizeof(a->real_name), "%s",
		    a->account->real_name);
		return true;
	}
	snprintf(a->shown, sizeof(a->shown), "%s", item->to);
	snprintf(a->real_name, sizeof(a->real_name), "%s",
	    item->name != NULL &&
		    wire_real_name_ok(item->name, strlen(item->name))
		? item->name
		: to.name);
	return remote_key(to.name, to.realm, a->key);
}

static const char *
receive_member(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, const char *conv, struct group *g,
    struct chat_done done)
{
	struct applied *a = applied_new(chat, conv, apply_member, done);
	bool known = take_person(chat, item, a);
	const struct account *ours = a->account;
	bool in = known && g != NULL && member_find(g, a->key) != NULL;
	bool wished = ours != NULL &&
	    rule_is(&chat->dir, STORE_INVITE, conv, ours->key);

	a->role = item->role;
	a->muted = item->muted;
	a->quiet = item->quiet;
	copy_by(a, item);
	if (!known || g == NULL || (!in && ours != NULL && !wished) ||
	    (!in && g->count >= CHAT_MEMBERS_MAX)) {
		a->ask.done = (struct chat_done){ 0 };
		ask_end(&a->ask, WIRE_OK);
		if (ours != NULL)
			deny_member(chat, origin, item, conv, ours, done);
		else
			receive_nothing(chat, origin, done);
		return NULL;
	}
	write_member(a, g);
	(void)applied_commit(a, origin);
	return NULL;
}

/* ---- GONE ---- */

static void
apply_gone(struct applied *a, struct group *g)
{
	struct chat *chat = a->ask.chat;
	struct member *m = member_find(g, a->key);
	bool kicked = a->act == CHAT_KICK || a->act == CHAT_BAN;
	bool ours;

	if (m == NULL)
		return;
	ours = m->account != NULL;
	group_tell_leave(chat, g, m, kicked ? a->by : NULL, a->act,
	    kicked ? a->text : NULL);
	/* Whether they may speak when they come again, the home says then. */
	rule_drop(&chat->dir, STORE_MUTE, g->key, m->key);
	member_out(chat, m,
	    a->act == CHAT_BAN	      ? WIRE_BANNED
		: a->act == CHAT_KICK ? WIRE_NOT_MEMBER
				      : WIRE_OK);
	if (ours)
		tidy(chat, a->conv);
}

static const char *
receive_gone(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, const char *conv, struct group *g,
    struct chat_done done)
{
	const struct account *ours;
	struct applied *a = applied_new(chat, conv, apply_gone, done);
	bool known = take_person(chat, item, a);
	struct member *m;

	a->act = item->act;
	if (topic_ok(item->text))
		snprintf(a->text, sizeof(a->text), "%s", item->text);
	copy_by(a, item);
	m = known && g != NULL ? member_find(g, a->key) : NULL;
	if (m == NULL) {
		ours = a->account;
		a->ask.done = (struct chat_done){ 0 };
		ask_end(&a->ask, WIRE_OK);
		receive_nothing(chat, origin, done);
		if (ours != NULL)
			wish_again(chat, conv, ours);
		return NULL;
	}
	store_drop_member(&a->txn, g->key, m->key,
	    m->account != NULL ? m->account->id : 0);
	store_drop_rule(&a->txn, STORE_MUTE, g->key, m->key);
	a->going = true;
	if (applied_commit(a, origin))
		m->out = true;
	return NULL;
}

/* ---- LINE ---- */

static void
apply_line(struct applied *a, struct group *g)
{
	struct chat_event e = { .kind = a->here ? CHAT_EV_JOIN
						: CHAT_EV_LEAVE };

	e.user.name = a->shown;
	e.user.real_name = a->real_name;
	lines_tell(a->ask.chat, g, &e);
}

/* Behind what was said before it. */
static const char *
receive_line(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, const char *conv, struct chat_done done)
{
	struct applied *a = applied_new(chat, conv, apply_line, done);

	a->here = item->here;
	if (!take_person(chat, item, a) || a->account != NULL) {
		a->ask.done = (struct chat_done){ 0 };
		ask_end(&a->ask, WIRE_OK);
		receive_nothing(chat, origin, done);
		return NULL;
	}
	(void)applied_commit(a, origin);
	return NULL;
}

/* ---- INVITE ---- */

/* One of ours must be in it, for a realm does not speak for them; and who was
 * silenced here calls nobody. */
static bool
may_invite(
    const struct chat *chat, const struct group *g, const struct target *by)
{
	const struct account *a;
	char key[WIRE_TARGET_CAP];

	if (receive_is_ours(chat, by)) {
		a = account_find(&chat->dir, by->name);
		return a != NULL && g != NULL && member_find(g, a->key) != NULL;
	}
	return remote_key(by->name, by->realm, key) &&
	    rule_may_say(&chat->dir, key) == WIRE_OK;
}

static void
tell_invited(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, const struct group *g)
{
	struct chat_event e = { .kind = CHAT_EV_INVITE,
		.target = { .kind = TARGET_GROUP },
		.by = item->from };
	struct account *a;
	struct target to, by;

	if (!receive_name(item->to, &to) || !receive_is_ours(chat, &to) ||
	    !receive_name(item->from, &by))
		return;
	a = account_find(&chat->dir, to.name);
	if (a == NULL || !may_invite(chat, g, &by))
		return;
	if (receive_is_ours(chat, &by))
		e.by = by.name;
	snprintf(e.target.name, sizeof(e.target.name), "%s", item->group);
	snprintf(
	    e.target.realm, sizeof(e.target.realm), "%s", origin->realm);
	watches_account(chat, a, &e);
}

/* ---- one of ours leaves ----------------------------------------------- */

static void
apply_left(struct applied *a, struct group *g)
{
	struct chat *chat = a->ask.chat;
	struct member *m = member_find(g, a->key);

	if (m != NULL) {
		group_tell_leave(chat, g, m, NULL, CHAT_KICK, NULL);
		member_out(chat, m, WIRE_OK);
	}
	tidy(chat, a->conv);
}

void
copy_leave(struct chat *chat, struct group *g, struct member *m,
    struct chat_done done)
{
	char body[PEER_ITEM_MAX];
	struct store_out out = { g->home, body, 0 };
	struct applied *a;

	if (chat->router.pack == NULL) {
		ask_refuse(chat, done, WIRE_BUSY);
		return;
	}
	a = applied_new(chat, g->key, apply_left, done);
	snprintf(a->key, sizeof(a->key), "%s", m->key);
	snprintf(a->wake, sizeof(a->wake), "%s", g->home);
	out.len = pack_leave(
	    chat, g->target.name, m->shown, body, sizeof(body));
	store_drop_member(&a->txn, g->key, m->key, m->account->id);
	store_add_out(&a->txn, &out);
	a->going = true;
	if (applied_commit(a, NULL))
		m->out = true;
}

/* ---- what is said ----------------------------------------------------- */

static void
say(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct group *g, const char *key,
    const struct target *from, struct chat_done done)
{
	struct convo to = { .kind = STORE_GROUP,
		.group = g,
		.target = g->target };
	const char *name = item->name;

	snprintf(to.key, sizeof(to.key), "%s", g->key);
	if (name == NULL || !wire_real_name_ok(name, strlen(name)))
		name = from->name;
	message_say(chat,
	    &(struct words){ .key = key,
		.from = item->from,
		.name = name,
		.to = &to,
		.text = item->text,
		.time = item->time,
		.origin = origin },
	    done);
}

static const char *
receive_said(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct group *g, struct chat_done done)
{
	char key[WIRE_TARGET_CAP];
	struct target from;
	enum wire_err err;

	if (!receive_name(item->from, &from) ||
	    !remote_key(from.name, from.realm, key))
		return "words of nobody";
	if (receive_is_ours(chat, &from))
		return "words in the name of one of ours";
	if (!item->home && !receive_is_theirs(&from, origin->realm))
		return "words of somebody of another realm";
	if (item->text == NULL || !utf8_valid(item->text, strlen(item->text)))
		return "words without a text";
	err = message_check(item->text, NULL);
	if (err == WIRE_OK && !item->home) {
		err = rule_may_say(&chat->dir, key);
		if (err == WIRE_OK)
			err = g == NULL || g->count == 0
			    ? WIRE_NO_SUCH_GROUP
			    : group_may_say(chat, g, key);
	}
	if (err != WIRE_OK && !item->home)
		receive_bounce(chat, origin, item, err, done);
	else if (err != WIRE_OK || g == NULL || g->count == 0)
		receive_nothing(chat, origin, done);
	else
		say(chat, origin, item, g, key, &from, done);
	return NULL;
}

/* ---- somebody elsewhere leaves a group of ours ------------------------ */

static const char *
receive_leave(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct group *g, struct chat_done done)
{
	char key[WIRE_TARGET_CAP];
	struct target from;
	struct member *m;

	if (!receive_name(item->from, &from) ||
	    !receive_is_theirs(&from, origin->realm) ||
	    !remote_key(from.name, from.realm, key))
		return "somebody of another realm leaves";
	m = g != NULL ? member_find(g, key) : NULL;
	/* Just being put out: it comes again, if the disk refuses that. */
	if (m != NULL && m->out && m->joined)
		ask_refuse(chat, done, WIRE_BUSY);
	else if (m == NULL || !m->joined)
		receive_nothing(chat, origin, done);
	else
		change_leave_from(chat, g, m, origin, done);
	return NULL;
}

const char *
group_receive(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct chat_done done)
{
	bool here = item->kind == CHAT_ITEM_LEAVE ||
	    (item->kind == CHAT_ITEM_SAID && !item->home);
	char conv[CONVO_CAP];
	struct group *g;

	if (item->group == NULL ||
	    !group_key_of(item->group, here ? "" : origin->realm, conv))
		return "an item about no group";
	g = group_find(chat, conv);
	switch (item->kind) {
	case CHAT_ITEM_SAID:
		return receive_said(chat, origin, item, g, done);
	case CHAT_ITEM_GROUP:
		return receive_group(chat, origin, item, conv, g, done);
	case CHAT_ITEM_MEMBER:
		return receive_member(chat, origin, item, conv, g, done);
	case CHAT_ITEM_GONE:
		return receive_gone(chat, origin, item, conv, g, done);
	case CHAT_ITEM_LEAVE:
		return receive_leave(chat, origin, item, g, done);
	case CHAT_ITEM_INVITE:
		tell_invited(chat, origin, item, g);
		receive_nothing(chat, origin, done);
		return NULL;
	case CHAT_ITEM_LINE:
		return receive_line(chat, origin, item, conv, done);
	case CHAT_ITEM_LETTER:
	case CHAT_ITEM_BOUNCE:
	case CHAT_ITEM_KINDS:
		break;
	}
	return "an item about no group";
}
