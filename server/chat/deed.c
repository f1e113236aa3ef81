/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/deed.h"

#include <stdio.h>
#include <string.h>

#include "server/chat/convo.h"
#include "server/chat/group.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/utf8.h"

/* A deed on the whole server, on its way to the disk. */
struct server_deed {
	struct ask ask;
	enum chat_act act;
	struct account *account; /* whose; NULL: of another realm */
	char key[WIRE_TARGET_CAP], shown[WIRE_TARGET_CAP];
	char by[WIRE_TARGET_CAP];
	char reason[WIRE_TOPIC_MAX + 1];
	int64_t time;
};

/* ---- who -------------------------------------------------------------- */

/* As a realm says, which speaks for its users. */
static enum wire_err
doer_of_realm(const struct chat_who *who, struct doer *out)
{
	const char *name = who->real_name;

	if (!remote_key(who->user, who->realm, out->key))
		return WIRE_BAD_NAME;
	snprintf(out->shown, sizeof(out->shown), "%s@%s", who->user,
	    who->realm);
	if (name == NULL || !wire_real_name_ok(name, strlen(name)))
		name = who->user;
	snprintf(out->real_name, sizeof(out->real_name), "%s", name);
	return WIRE_OK;
}

static void
doer_of_account(
    const struct chat *chat, struct account *a, struct doer *out)
{
	out->account = a;
	snprintf(out->key, sizeof(out->key), "%s", a->key);
	snprintf(out->shown, sizeof(out->shown), "%s", a->name);
	snprintf(out->real_name, sizeof(out->real_name), "%s", a->real_name);
	out->admin = account_is_admin(&chat->dir, a);
}

enum wire_err
doer_of(struct chat *chat, const struct chat_who *who, struct doer *out)
{
	struct session *s;

	*out = (struct doer){ 0 };
	if (who->session == 0)
		return doer_of_realm(who, out);
	s = session_find(&chat->dir, who->session);
	if (s == NULL)
		return WIRE_NO_SESSION;
	session_used(&chat->dir, s);
	doer_of_account(chat, s->account, out);
	return WIRE_OK;
}

/* ---- what holds ------------------------------------------------------- */

enum wire_err
deed_text_ok(const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0;

	if (n > WIRE_TOPIC_MAX)
		return WIRE_TOPIC_TOO_LONG;
	return n > 0 && !utf8_valid(text, n) ? WIRE_BAD_UTF8 : WIRE_OK;
}

/* ---- may it be done --------------------------------------------------- */

/* Would another be left?  Those that are being revoked do not count: two who
 * revoke each other would both find the other there. */
static bool
is_last_admin(const struct chat *chat, const struct account *a)
{
	size_t i;

	for (i = 0; i < chat->dir.accounts.count; i++) {
		const struct account *other = chat->dir.accounts.all[i];

		if (other != a && other->revoking == 0 &&
		    account_is_admin(&chat->dir, other))
			return false;
	}
	return true;
}

static enum wire_err
may_revoke(const struct chat *chat, const struct account *a)
{
	if (account_is_admin_by_rules(&chat->dir, a))
		return WIRE_DENIED;
	return a->admin && is_last_admin(chat, a) ? WIRE_DENIED : WIRE_OK;
}

/* Rules of groups are counted by the group. */
static enum wire_err
may_rule(const struct chat *chat, enum store_rule_kind kind, const char *whom)
{
	if (!rule_is(&chat->dir, kind, "", whom) &&
	    rule_count(&chat->dir, "") >= SERVER_RULES_MAX)
		return WIRE_DENIED;
	return WIRE_OK;
}

/* By an administrator, on somebody who is there. */
static enum wire_err
server_may(const struct chat *chat, const struct server_deed *d)
{
	const struct account *a = d->account;
	bool admin = a != NULL && account_is_admin(&chat->dir, a);

	switch (d->act) {
	case CHAT_KICK:
		if (a == NULL)
			break;
		return admin ? WIRE_DENIED : WIRE_OK;
	case CHAT_BAN:
		return admin ? WIRE_DENIED
			     : may_rule(chat, STORE_BAN, d->key);
	case CHAT_MUTE:
		return admin ? WIRE_DENIED
			     : may_rule(chat, STORE_MUTE, d->key);
	case CHAT_UNBAN:
	case CHAT_UNMUTE:
		return WIRE_OK;
	case CHAT_GRANT:
		if (a == NULL)
			break;
		return rule_may_enter(&chat->dir, a);
	case CHAT_REVOKE:
		if (a == NULL)
			break;
		return may_revoke(chat, a);
	case CHAT_OP:
	case CHAT_DEOP:
	case CHAT_OWN:
	case CHAT_INVITE_USER:
	case CHAT_TOPIC:
	case CHAT_MODE:
	case CHAT_ACTS:
		break;
	}
	return WIRE_BAD_TARGET;
}

/* ---- done ------------------------------------------------------------- */

static bool
ends_sessions(const struct server_deed *d)
{
	return d->account != NULL &&
	    (d->act == CHAT_KICK || d->act == CHAT_BAN);
}

static void
rule_of(const struct server_deed *d, struct store_rule *out)
{
	*out = (struct store_rule){
		.kind = d->act == CHAT_BAN || d->act == CHAT_UNBAN
		    ? STORE_BAN
		    : STORE_MUTE,
		.conv = "",
		.member = d->key,
		.name = d->shown,
		.by = d->by,
		.reason = d->reason,
		.time = d->time
	};
}

static void
end_sessions(struct chat *chat, const struct server_deed *d)
{
	struct account *a = d->account;
	struct chat_event e = { .kind = CHAT_EV_REMOVED,
		.by = d->by,
		.act = d->act,
		.text = d->reason };

	account_user(&chat->dir, a, &e.user);
	watches_account(chat, a, &e);
	/* What was begun with the password before must not come to life. */
	a->passwords++;
	session_drop_all(&chat->dir, a, 0,
	    d->act == CHAT_BAN ? WIRE_BANNED : WIRE_NO_SESSION);
	if (chat->cut != NULL)
		chat->cut(chat->cut_arg, &e);
}

/* It is durable. */
static void
take_effect(struct chat *chat, const struct server_deed *d)
{
	struct store_rule rule;

	rule_of(d, &rule);
	if (d->act == CHAT_BAN || d->act == CHAT_MUTE)
		rule_put(&chat->dir, &rule);
	else if (d->act == CHAT_UNBAN || d->act == CHAT_UNMUTE)
		rule_drop(&chat->dir, rule.kind, "", d->key);
	else if (d->act == CHAT_GRANT || d->act == CHAT_REVOKE)
		d->account->admin = d->act == CHAT_GRANT;
	if (ends_sessions(d))
		end_sessions(chat, d);
	else if (d->act == CHAT_BAN)
		lines_end_user(chat, d->key, WIRE_BANNED);
}

static void
deed_written(void *arg, const struct store_written *written)
{
	struct server_deed *d = arg;

	if (!ask_alive(&d->ask))
		return;
	if (ends_sessions(d))
		d->account->changing--;
	if (d->act == CHAT_REVOKE)
		d->account->revoking--;
	if (written->ok)
		take_effect(d->ask.chat, d);
	ask_end(&d->ask, written->ok ? WIRE_OK : WIRE_STORAGE);
}

/* Also what is so already: it may be on its way to be otherwise. */
static bool
deed_write(struct store *store, struct server_deed *d)
{
	struct txn *t = TXN(store);
	struct store_rule rule;

	rule_of(d, &rule);
	if (d->act == CHAT_BAN || d->act == CHAT_MUTE)
		store_put_rule(t, &rule);
	else if (d->act == CHAT_UNBAN || d->act == CHAT_UNMUTE)
		store_drop_rule(t, rule.kind, "", d->key);
	else if (d->act == CHAT_GRANT || d->act == CHAT_REVOKE)
		store_set_admin(t, d->account->id, d->act == CHAT_GRANT);
	if (ends_sessions(d))
		store_end_sessions(t, d->account->id);
	return txn_commit(t, deed_written, d);
}

static enum wire_err
find_whom(const struct chat *chat, const struct target *whom,
    struct server_deed *out)
{
	if (whom->kind != TARGET_USER)
		return WIRE_BAD_TARGET;
	if (!realm_is_ours(chat, whom->realm)) {
		if (!remote_key(whom->name, whom->realm, out->key))
			return WIRE_BAD_NAME;
		target_format(whom, out->shown);
		return WIRE_OK;
	}
	out->account = account_find(&chat->dir, whom->name);
	if (out->account == NULL)
		return WIRE_NO_SUCH_USER;
	snprintf(out->key, sizeof(out->key), "%s", out->account->key);
	snprintf(out->shown, sizeof(out->shown), "%s", out->account->name);
	return WIRE_OK;
}

static void
server_do(struct chat *chat, const struct doer *who,
    const struct chat_deed *deed, struct chat_done done)
{
	struct server_deed *d = ask_new(chat, sizeof(*d), done);
	enum wire_err err = WIRE_DENIED;

	d->act = deed->act;
	d->time = chat->wall;
	snprintf(d->by, sizeof(d->by), "%s", who->shown);
	if (who->admin)
		err = deed_text_ok(deed->text);
	if (err == WIRE_OK)
		err = find_whom(chat, &deed->whom, d);
	if (err == WIRE_OK)
		err = server_may(chat, d);
	if (err == WIRE_OK) {
		snprintf(d->reason, sizeof(d->reason), "%s",
		    deed->text != NULL ? deed->text : "");
		if (!deed_write(chat->store, d))
			err = WIRE_BUSY;
	}
	if (err != WIRE_OK) {
		ask_end(&d->ask, err);
		return;
	}
	if (ends_sessions(d))
		d->account->changing++;
	if (d->act == CHAT_REVOKE)
		d->account->revoking++;
}

void
chat_do(struct chat *chat, const struct chat_who *who,
    const struct chat_deed *deed, struct chat_done done)
{
	struct doer doer;
	enum wire_err err =
	    chat->ending ? WIRE_BUSY : doer_of(chat, who, &doer);

	if (err == WIRE_OK && deed->where.kind == TARGET_USER)
		err = WIRE_BAD_TARGET;
	if (err != WIRE_OK)
		ask_refuse(chat, done, err);
	else if (deed->where.kind == TARGET_GROUP)
		group_do(chat, &doer, deed, done);
	else
		server_do(chat, &doer, deed, done);
}

void
chat_on_cut(struct chat *chat,
    void (*fn)(void *arg, const struct chat_event *), void *arg)
{
	chat->cut = fn;
	chat->cut_arg = arg;
}

/* ---- shown ------------------------------------------------------------ */

struct telling {
	chat_rule_fn *fn;
	void *arg;
};

static void
tell_rule(void *arg, const struct store_rule *rule)
{
	static const enum chat_act act[] = { [STORE_BAN] = CHAT_BAN,
		[STORE_MUTE] = CHAT_MUTE,
		[STORE_INVITE] = CHAT_INVITE_USER };
	const struct telling *to = arg;

	if (rule->kind == STORE_VISIT)
		return; /* nobody made it about somebody */
	to->fn(to->arg,
	    &(struct chat_rule){ .act = act[rule->kind],
		.user = rule->name,
		.by = rule->by,
		.reason = rule->reason,
		.time = rule->time });
}

enum wire_err
chat_each_rule(const struct chat *chat, uint64_t session,
    const struct target *target, chat_rule_fn *fn, void *arg)
{
	const struct session *s = session_find(&chat->dir, session);
	struct telling to = { fn, arg };
	struct doer doer = { 0 };
	const char *conv = "";
	enum wire_err err = WIRE_BAD_TARGET;

	if (s == NULL)
		return WIRE_NO_SESSION;
	doer_of_account(chat, s->account, &doer);
	if (target->kind == TARGET_GROUP)
		err = group_may_rule(chat, &doer, target, &conv);
	else if (target->kind == TARGET_EVERYONE)
		err = doer.admin ? WIRE_OK : WIRE_DENIED;
	if (err == WIRE_OK)
		rule_each(&chat->dir, conv, tell_rule, &to);
	return err;
}
