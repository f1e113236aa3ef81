/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked of another realm, now or never: to be in a group whose home it
 * is, and deeds there; and the same asked of us.
 *
 * A wish: one of ours wants to be in a group elsewhere.  It is noted (as an
 * invitation to the copy) before the home is asked, and only who has wished is
 * taken into a copy: no realm puts our people into its groups.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/group_in.h"
#include "server/chat/receive.h"
#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/xalloc.h"

enum { WISH_MS = 10000 };

/* ---- wishes ----------------------------------------------------------- */

/* Where the wish is for a raw line. */
struct visit {
	uint64_t session;
	const struct chat_sink *sink; /* NULL: it is to be a member */
	uint64_t receiver;
};

struct wish {
	struct ask ask;
	uint64_t number;
	struct account *account;
	struct visit visit;
	char real_name[WIRE_REAL_NAME_CAP];
	struct target target;
	char key[CONVO_CAP];
	bool granted; /* the home has said yes: its items are on their way */
	int64_t since;
	TAILQ_ENTRY(wish) entry;
};

/* Those whose home is asked; before that they are the store's. */
struct wish_list {
	TAILQ_HEAD(wishes, wish) list;
	uint64_t last;
};

struct wish_list *
wishes_new(void)
{
	struct wish_list *all = xcalloc(1, sizeof(*all));

	TAILQ_INIT(&all->list);
	return all;
}

/* The chat has cut them loose, and no call comes for them any more. */
void
wishes_free(struct wish_list *all)
{
	struct wish *w;

	while ((w = TAILQ_FIRST(&all->list)) != NULL) {
		TAILQ_REMOVE(&all->list, w, entry);
		(void)ask_alive(&w->ask);
	}
	free(all);
}

/* NULL: is not in it, or is just leaving. */
static struct member *
is_in(const struct chat *chat, const char *conv, const struct account *a)
{
	const struct group *g = group_find(chat, conv);
	struct member *m = g != NULL ? member_find(g, a->key) : NULL;

	return m != NULL && m->joined && !m->out ? m : NULL;
}

/* ---- visits ----------------------------------------------------------- */

/*
 * Who comes to a copy for a raw line is a member there like others, for the
 * home knows no raw lines of other realms.  A STORE_VISIT says that they leave
 * with the last line; it outlives us, which the line does not, and groups_tick
 * sees to it then.  Whoever becomes a member by chat_join meanwhile stays.
 */
static bool
visit_drop(struct chat *chat, const char *conv, const struct account *a,
    store_written_fn *fn, void *arg)
{
	rule_drop(&chat->dir, STORE_VISIT, conv, a->key);
	return txn_commit(
	    store_drop_rule(TXN(chat->store), STORE_VISIT, conv, a->key), fn,
	    arg);
}

void
visit_over(struct chat *chat, const char *conv, const struct account *a)
{
	struct group *g = group_find(chat, conv);
	struct member *m = g != NULL ? member_find(g, a->key) : NULL;

	if (a->visiting > 0 || !rule_is(&chat->dir, STORE_VISIT, conv, a->key))
		return;
	if (m != NULL && m->lines == 0 && !m->out)
		copy_leave(chat, g, m, (struct chat_done){ 0 });
	/* A home that said yes, and could not send it yet, will. */
	else if (m == NULL && !rule_is(&chat->dir, STORE_INVITE, conv, a->key))
		(void)visit_drop(chat, conv, a, NULL, NULL);
}

/* The home has answered.  told: who is in the group was told that they have
 * come. */
static void
visit_begin(struct chat *chat, const struct account *a, const char *conv,
    const struct visit *v, bool told, enum wire_err err,
    struct chat_result *out)
{
	struct member *m = is_in(chat, conv, a);

	if (err == WIRE_OK && session_find(&chat->dir, v->session) == NULL)
		err = WIRE_NO_SESSION;
	else if (err == WIRE_OK && m == NULL)
		err = WIRE_REALM_UNREACHABLE; /* it said yes, and no more */
	*out = (struct chat_result){ .err = err };
	if (err == WIRE_OK)
		out->id = (int64_t)lines_open(chat, m, v->session, v->sink,
		    v->receiver, told);
}

/* ---- the end of a wish ------------------------------------------------ */

static void
stays_written(void *arg, const struct store_written *written)
{
	struct ask *ask = arg;

	if (ask_alive(ask))
		ask_end(ask, written->ok ? WIRE_OK : WIRE_STORAGE);
}

/* From now on they are in it not only for a raw line; then ask is answered. */
static void
stay(struct chat *chat, const char *conv, const struct account *a,
    struct ask *ask)
{
	if (!visit_drop(chat, conv, a, stays_written, ask))
		ask_end(ask, WIRE_BUSY);
}

/* It is in no list (any more). */
static void
wish_over(struct wish *w, enum wire_err err)
{
	struct chat *chat = w->ask.chat;
	struct chat_result result = { .err = err };
	struct account *a = w->account;
	char conv[CONVO_CAP];

	memcpy(conv, w->key, sizeof(conv));
	if (w->visit.sink != NULL) {
		visit_begin(chat, a, conv, &w->visit, true, err, &result);
		a->visiting--;
	} else if (err == WIRE_OK &&
	    rule_is(&chat->dir, STORE_VISIT, conv, a->key)) {
		stay(chat, conv, a, &w->ask);
		return;
	}
	ask_answer(&w->ask, &result);
	visit_over(chat, conv, a);
}

static void
wish_end(struct wish *w, enum wire_err err)
{
	TAILQ_REMOVE(&w->ask.chat->groups->wishes->list, w, entry);
	wish_over(w, err);
}

void
wish_drop(struct chat *chat, const char *conv, const struct account *a)
{
	rule_drop(&chat->dir, STORE_INVITE, conv, a->key);
	(void)txn_commit(
	    store_drop_rule(TXN(chat->store), STORE_INVITE, conv, a->key), NULL,
	    NULL);
}

static void
wish_answered(void *arg, uint64_t number, const struct chat_result *res)
{
	struct chat *chat = arg;
	struct wish *w;

	TAILQ_FOREACH(w, &chat->groups->wishes->list, entry)
		if (w->number == number)
			break;
	if (w == NULL)
		return;
	if (res->err != WIRE_OK) {
		wish_drop(chat, w->key, w->account);
		wish_end(w, res->err);
	} else if (is_in(chat, w->key, w->account) != NULL) {
		wish_end(w, WIRE_OK);
	} else {
		w->granted = true;
		w->since = chat->mono;
	}
}

void
wishes_met(struct chat *chat, const char *conv, const struct account *a,
    enum wire_err err)
{
	struct wish *w, *next;

	for (w = TAILQ_FIRST(&chat->groups->wishes->list); w != NULL;
	     w = next) {
		next = TAILQ_NEXT(w, entry);
		if (w->granted && w->account == a &&
		    strcmp(w->key, conv) == 0)
			wish_end(w, err);
	}
}

/* The words of a group are not refused because a realm is away; so they must
 * not pile up for it either. */
static void
drop_full_realms(struct chat *chat, struct group *g)
{
	const struct chat_router *router = &chat->router;
	const char *realm[PEER_REALMS_MAX];
	size_t i, n;

	if (router->reach == NULL)
		return;
	n = group_realms(g, NULL, realm, PEER_REALMS_MAX);
	for (i = 0; i < n && i < PEER_REALMS_MAX; i++) {
		char key[WIRE_NAME_CAP];

		snprintf(key, sizeof(key), "%s", realm[i]);
		if (router->reach(router->arg, key) == CHAT_REALM_FULL)
			change_drop_realm(chat, g, key);
	}
}

/* Those who were in it for a line that a restart has ended, and whose leaving
 * the disk has refused. */
static void
end_visits(struct chat *chat, struct group *g)
{
	struct member *m, *next;

	for (m = TAILQ_FIRST(&g->members); m != NULL; m = next) {
		next = TAILQ_NEXT(m, entry);
		if (m->account != NULL && m->joined && m->lines == 0)
			visit_over(chat, g->key, m->account);
	}
}

/* Wishes that were granted, whose items are still out: they come when the link
 * is back. */
void
groups_tick(struct chat *chat)
{
	struct wish *w, *next;
	struct group *g, *after;

	for (w = TAILQ_FIRST(&chat->groups->wishes->list); w != NULL;
	     w = next) {
		next = TAILQ_NEXT(w, entry);
		if (w->granted && chat->mono - w->since >= WISH_MS)
			wish_end(w, WIRE_OK);
	}
	for (g = TAILQ_FIRST(&chat->groups->all); g != NULL; g = after) {
		after = TAILQ_NEXT(g, entry);
		if (group_is_copy(g))
			end_visits(chat, g);
		else if (g->unsaved)
			change_settle(chat, g);
		else
			drop_full_realms(chat, g);
	}
}

/* May end it before it returns. */
static void
wish_plead(struct wish *w)
{
	struct chat *chat = w->ask.chat;
	struct chat_plea plea = { .join = true,
		.there = w->visit.sink != NULL,
		.group = w->target.name,
		.user = w->account->name,
		.real_name = w->account->real_name };

	chat->router.plead(chat->router.arg, w->target.realm, &plea,
	    (struct chat_done){ wish_answered, chat, w->number });
}

static struct store_rule
wish_rule(const struct wish *w, enum store_rule_kind kind)
{
	return (struct store_rule){ .kind = kind,
		.conv = w->key,
		.member = w->account->key,
		.name = w->account->name,
		.by = w->account->name,
		.reason = "",
		.time = w->ask.chat->wall };
}

static void
wish_noted(void *arg, const struct store_written *written)
{
	struct wish *w = arg;
	struct chat *chat = w->ask.chat;
	struct store_rule rule;

	if (!ask_alive(&w->ask))
		return;
	if (!written->ok) {
		wish_over(w, WIRE_STORAGE);
		return;
	}
	rule = wish_rule(w, STORE_INVITE);
	rule_put(&chat->dir, &rule);
	w->number = ++chat->groups->wishes->last;
	TAILQ_INSERT_TAIL(&chat->groups->wishes->list, w, entry);
	wish_plead(w);
}

void
wish_again(
    struct chat *chat, const char *conv, const struct account *ours)
{
	struct wish *w;

	TAILQ_FOREACH(w, &chat->groups->wishes->list, entry)
		if (w->granted && w->account == ours &&
		    strcmp(w->key, conv) == 0)
			break;
	if (w == NULL)
		return;
	w->granted = false;
	wish_plead(w);
}

/* Of which realm we can ask something now. */
static enum wire_err
can_ask(const struct chat *chat, const char *realm)
{
	if (chat->router.reach == NULL)
		return WIRE_NO_SUCH_REALM;
	switch (chat->router.reach(chat->router.arg, realm)) {
	case CHAT_NO_REALM:
		return WIRE_NO_SUCH_REALM;
	case CHAT_REALM_LEGACY:
		return WIRE_NO_SUCH_GROUP;
	case CHAT_REALM_DOWN:
	case CHAT_REALM_FULL:
		return WIRE_REALM_UNREACHABLE;
	case CHAT_REALM_UP:
		break;
	}
	return WIRE_OK;
}

static bool
wish_write(struct wish *w)
{
	struct chat *chat = w->ask.chat;
	struct store_rule invite = wish_rule(w, STORE_INVITE);
	struct store_rule visit = wish_rule(w, STORE_VISIT);
	struct txn *t = TXN(chat->store);
	bool for_line = w->visit.sink != NULL;

	store_put_rule(t, &invite);
	if (for_line)
		store_put_rule(t, &visit);
	if (!txn_commit(t, wish_noted, w))
		return false;
	/* Here at once: who joins meanwhile finds it, and stays. */
	if (for_line)
		rule_put(&chat->dir, &visit);
	return true;
}

static void
wish(struct chat *chat, const struct doer *who, const struct target *target,
    const struct visit *visit, struct chat_done done)
{
	enum wire_err err = WIRE_OK;
	struct wish *w;

	if (member_of(chat, who->key) >= CHAT_GROUPS_MAX)
		err = WIRE_TOO_MANY_GROUPS;
	if (err == WIRE_OK)
		err = can_ask(chat, target->realm);
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	w = ask_new(chat, sizeof(*w), done);
	w->account = who->account;
	w->target = *target;
	w->visit = *visit;
	(void)group_key_of(target->name, target->realm, w->key);
	w->account->visiting += visit->sink != NULL;
	if (!wish_write(w))
		wish_over(w, WIRE_BUSY);
}

void
copy_join(struct chat *chat, const struct doer *who,
    const struct target *target, struct chat_done done)
{
	static const struct visit none;
	char key[CONVO_CAP];

	if (who->account == NULL)
		ask_refuse(chat, done, WIRE_DENIED);
	else if (!group_key_of(target->name, target->realm, key))
		ask_refuse(chat, done, WIRE_BAD_TARGET);
	else if (is_in(chat, key, who->account) == NULL)
		wish(chat, who, target, &none, done);
	else if (!rule_is(&chat->dir, STORE_VISIT, key, who->key))
		ask_refuse(chat, done, WIRE_OK);
	else
		stay(chat, key, who->account,
		    ask_new(chat, sizeof(struct ask), done));
}

void
chat_line_visit(struct chat *chat, const struct chat_who *who,
    const struct target *target, const struct chat_sink *sink, uint64_t id,
    struct chat_done done)
{
	struct visit visit = { who->session, sink, id };
	struct chat_result result;
	char key[CONVO_CAP];
	struct doer doer;
	enum wire_err err = doer_of(chat, who, &doer);
	int64_t wait;

	if (err == WIRE_OK && doer.account == NULL)
		err = WIRE_DENIED;
	if (err == WIRE_OK &&
	    !group_key_of(target->name, target->realm, key))
		err = WIRE_BAD_TARGET;
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	/* As chat_join. */
	wait = rate_take(
	    &doer.account->sends, chat->rules.rate, chat->mono);
	if (wait > 0) {
		ask_limit(done, wait);
	} else if (is_in(chat, key, doer.account) == NULL) {
		wish(chat, &doer, target, &visit, done);
	} else {
		visit_begin(chat, doer.account, key, &visit, false, WIRE_OK,
		    &result);
		done.fn(done.arg, done.id, &result);
	}
}

void
copy_do(struct chat *chat, const struct doer *who, const struct group *g,
    const struct chat_deed *deed, struct chat_done done)
{
	struct chat_plea plea = { .group = g->target.name, .deed = *deed };
	enum wire_err err = can_ask(chat, g->home);

	if (who->account == NULL)
		err = WIRE_DENIED;
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	plea.user = who->account->name;
	plea.real_name = who->account->real_name;
	if (plea.deed.whom.realm[0] == '\0')
		snprintf(plea.deed.whom.realm, sizeof(plea.deed.whom.realm),
		    "%s", chat->rules.realm);
	chat->router.plead(chat->router.arg, g->home, &plea, done);
}

const char *
chat_receive_plea(struct chat *chat, const char *realm,
    const struct chat_plea *plea, struct chat_done done)
{
	struct chat_who who = { .realm = realm,
		.user = plea->user,
		.real_name = plea->real_name };
	struct target where = { .kind = TARGET_GROUP };
	struct chat_deed deed = plea->deed;
	struct doer doer;
	enum wire_err err;

	if (plea->user == NULL || plea->group == NULL ||
	    !wire_name_ok(plea->user, strlen(plea->user)))
		return "a question for nobody";
	if (who.real_name != NULL &&
	    !wire_real_name_ok(who.real_name, strlen(who.real_name)))
		who.real_name = NULL;
	if (!wire_name_ok(plea->group, strlen(plea->group)))
		err = WIRE_BAD_TARGET;
	else
		err = doer_of(chat, &who, &doer);
	if (err == WIRE_OK && plea->there &&
	    !chat_group_open(chat, realm, plea->user, plea->group))
		err = WIRE_NO_SUCH_GROUP;
	/* A role that they have in a group does not stand above that. */
	if (err == WIRE_OK && rule_is(&chat->dir, STORE_BAN, "", doer.key))
		err = WIRE_BANNED;
	/* What it does comes back as items, which somebody must take. */
	if (err == WIRE_OK && !receive_may_answer(chat, realm))
		err = WIRE_BUSY;
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return NULL;
	}
	snprintf(where.name, sizeof(where.name), "%s", plea->group);
	deed.where = where;
	if (plea->join)
		chat_join(chat, &who, &where, done);
	else
		group_do(chat, &doer, &deed, done);
	return NULL;
}
