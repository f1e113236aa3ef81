/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Coming in, going out, another password: the parts of session and account
 * that wait for a password hash.
 *
 * A password that is checked while it is being changed proves nothing: the
 * change ends all other sessions, and a login that began before it must not
 * come to life after it.  So the number of changes is noted before a check
 * and compared behind it.  The same for who is put out by an administrator.
 */
#include <stdio.h>
#include <string.h>

#include "server/chat/register.h"
#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/map.h"

struct login {
	struct ask ask;
	struct account *account; /* NULL: there is none of that name */
	enum chat_login_kind kind;
	unsigned passwords;
	int64_t created;
	char token[SECRET_TOKEN_CAP];
	unsigned char digest[SECRET_DIGEST_LEN];
};

struct passwd {
	struct ask ask;
	struct account *account;
	uint64_t session;
	unsigned passwords;
	char new[WIRE_PASSWORD_MAX + 1];
	char hash[PASSHASH_CAP];
};

struct logout {
	struct ask ask;
	uint64_t session;
};

static bool
password_moved(const struct account *a, unsigned passwords)
{
	return a->changing > 0 || a->passwords != passwords;
}

/* ---- login ------------------------------------------------------------ */

static void
login_finish(struct login *login)
{
	struct chat *chat = login->ask.chat;
	struct session *s;

	if (!session_make_room(&chat->dir, login->account)) {
		ask_end(&login->ask, WIRE_TOO_MANY_SESSIONS);
		return;
	}
	s = session_new(&chat->dir, login->account,
	    login->kind == CHAT_TOKEN ? login->digest : NULL, login->created,
	    chat->wall);
	session_begin(&chat->dir, s);
	ask_answer(&login->ask,
	    &(struct chat_result){ .session = s->number,
		.token = login->kind == CHAT_TOKEN ? login->token : NULL });
}

static void
login_written(void *arg, const struct store_written *written)
{
	struct login *login = arg;

	if (!ask_alive(&login->ask))
		return;
	if (written->ok)
		login_finish(login);
	else
		ask_end(&login->ask, WIRE_STORAGE);
}

static void
login_store(struct login *login)
{
	struct chat *chat = login->ask.chat;
	struct store_session record = { .account = login->account->id,
		.created = chat->wall,
		.used = chat->wall,
		.expires = chat->wall + chat->rules.token_ms };

	secret_token(login->token);
	secret_digest(login->token, strlen(login->token), login->digest);
	memcpy(record.digest, login->digest, sizeof(record.digest));
	if (!txn_commit(store_add_session(TXN(chat->store), &record),
		login_written, login))
		ask_end(&login->ask, WIRE_BUSY);
}

static void
login_checked(void *arg, bool right)
{
	struct login *login = arg;
	struct account *a = login->account;
	enum wire_err err;

	if (!ask_alive(&login->ask))
		return;
	login->created = login->ask.chat->wall;
	if (a == NULL) {
		ask_end(&login->ask, WIRE_NO_ACCOUNT);
		return;
	}
	if (!right) {
		throttle_wrong(&a->logins, login->ask.chat->mono);
		ask_end(&login->ask, WIRE_WRONG_PASSWORD);
		return;
	}
	throttle_right(&a->logins);
	/* Only now: who does not know the password learns nothing. */
	err = rule_may_enter(&login->ask.chat->dir, a);
	if (err == WIRE_OK && password_moved(a, login->passwords))
		err = WIRE_BUSY;
	if (err != WIRE_OK)
		ask_end(&login->ask, err);
	else if (login->kind == CHAT_TOKEN)
		login_store(login);
	else
		login_finish(login);
}

/* A name that is nobody's costs a check, too: the time that an answer takes
 * is the same, and so is what a guesser can ask of the pool. */
static void
login_begin(struct chat *chat, struct account *a, const char *password,
    enum chat_login_kind kind, struct chat_done done)
{
	struct login *login = ask_new(chat, sizeof(*login), done);

	login->account = a;
	login->kind = kind;
	if (a != NULL)
		login->passwords = a->passwords;
	if (!passhash_check(chat->passhash, a != NULL ? a->hash : NULL,
		password, login_checked, login))
		ask_end(&login->ask, WIRE_BUSY);
}

void
chat_login(struct chat *chat, const char *name, const char *password,
    enum chat_login_kind kind, struct chat_done done)
{
	struct account *a = account_find(&chat->dir, name);
	int64_t wait = a != NULL ? throttle_wait(&a->logins, chat->mono) : 0;

	if (wait > 0 && !chat->ending)
		ask_limit(done, wait);
	/* No password of ours is that long: not worth a hash. */
	else if (chat->ending || strlen(password) > WIRE_PASSWORD_MAX)
		ask_refuse(chat, done,
		    a != NULL ? WIRE_WRONG_PASSWORD : WIRE_NO_ACCOUNT);
	else
		login_begin(chat, a, password, kind, done);
}

/* ---- logout ----------------------------------------------------------- */

static void
logout_written(void *arg, const struct store_written *written)
{
	struct logout *out = arg;
	struct chat *chat = out->ask.chat;
	struct session *s;

	if (!ask_alive(&out->ask))
		return;
	s = session_by_number(&chat->dir, out->session);
	if (s != NULL && written->ok)
		session_drop(&chat->dir, s, WIRE_NO_SESSION);
	else if (s != NULL)
		s->ending = false; /* the token is good still: say so */
	ask_end(&out->ask, written->ok ? WIRE_OK : WIRE_STORAGE);
}

void
chat_logout(struct chat *chat, uint64_t session, struct chat_done done)
{
	struct session *s = session_find(&chat->dir, session);
	struct account *a;
	struct logout *out;

	if (s == NULL) {
		ask_refuse(chat, done, WIRE_NO_SESSION);
		return;
	}
	a = s->account;
	out = ask_new(chat, sizeof(*out), done);
	out->session = session;
	if (s->kind == CHAT_ATTACHED) {
		session_drop(&chat->dir, s, WIRE_NO_SESSION);
		session_logged_out(&chat->dir, a);
		ask_end(&out->ask, WIRE_OK);
	} else if (!txn_commit(store_end_session(TXN(chat->store), s->digest),
		       logout_written, out)) {
		ask_end(&out->ask, WIRE_BUSY);
	} else {
		session_silence(&chat->dir, s, WIRE_NO_SESSION);
		session_logged_out(&chat->dir, a);
	}
}

/* ---- another password ------------------------------------------------- */

static void
passwd_written(void *arg, const struct store_written *written)
{
	struct passwd *p = arg;
	struct account *a = p->account;

	if (!ask_alive(&p->ask))
		return;
	a->changing--;
	if (!written->ok) {
		ask_end(&p->ask, WIRE_STORAGE);
		return;
	}
	a->passwords++;
	snprintf(a->hash, sizeof(a->hash), "%s", p->hash);
	session_drop_all(&p->ask.chat->dir, a, p->session, WIRE_NO_SESSION);
	ask_end(&p->ask, WIRE_OK);
}

/* The session may have ended, and another change may have come first. */
static enum wire_err
passwd_stands(const struct passwd *p)
{
	if (session_find(&p->ask.chat->dir, p->session) == NULL)
		return WIRE_NO_SESSION;
	return password_moved(p->account, p->passwords) ? WIRE_BUSY : WIRE_OK;
}

static void
passwd_made(void *arg, const char *hash)
{
	struct passwd *p = arg;
	const struct session *s;
	enum wire_err err;

	if (!ask_alive(&p->ask))
		return;
	err = hash == NULL ? WIRE_BUSY : passwd_stands(p);
	if (err != WIRE_OK) {
		ask_end(&p->ask, err);
		return;
	}
	s = session_find(&p->ask.chat->dir, p->session);
	snprintf(p->hash, sizeof(p->hash), "%s", hash);
	if (txn_commit(
		store_set_password(TXN(p->ask.chat->store), p->account->id,
		    hash, s->kind == CHAT_TOKEN ? s->digest : NULL),
		passwd_written, p))
		p->account->changing++;
	else
		ask_end(&p->ask, WIRE_BUSY);
}

static void
passwd_checked(void *arg, bool right)
{
	struct passwd *p = arg;
	enum wire_err err;

	if (!ask_alive(&p->ask))
		return;
	if (right)
		throttle_right(&p->account->changes);
	else
		throttle_wrong(&p->account->changes, p->ask.chat->mono);
	err = right ? passwd_stands(p) : WIRE_WRONG_PASSWORD;
	if (err == WIRE_OK &&
	    !passhash_make(
		p->ask.chat->passhash, p->new, passwd_made, p))
		err = WIRE_BUSY;
	if (err != WIRE_OK)
		ask_end(&p->ask, err);
}

void
chat_passwd(struct chat *chat, uint64_t session, const char *old,
    const char *new, struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	enum wire_err err = s == NULL ? WIRE_NO_SESSION
				      : password_ok(chat, new);
	struct passwd *p;
	int64_t wait;

	if (err == WIRE_OK && strlen(old) > WIRE_PASSWORD_MAX)
		err = WIRE_WRONG_PASSWORD;
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	/* Apart from logins: a stranger who guesses keeps nobody from this, and
	 * who found a token cannot guess here instead. */
	wait = throttle_wait(&s->account->changes, chat->mono);
	if (wait > 0) {
		ask_limit(done, wait);
		return;
	}
	p = ask_new(chat, sizeof(*p), done);
	p->account = s->account;
	p->session = session;
	p->passwords = s->account->passwords;
	snprintf(p->new, sizeof(p->new), "%s", new);
	if (!passhash_check(chat->passhash, s->account->hash, old,
		passwd_checked, p))
		ask_end(&p->ask, WIRE_BUSY);
}
