/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory, as chat.h shows it. */
#include "server/chat/chat.h"

#include <string.h>

#include "server/chat/peer.h"
#include "server/chat/state.h"

/* ---- accounts --------------------------------------------------------- */

bool
chat_find_user(
    const struct chat *chat, const char *name, struct chat_user *out)
{
	const struct account *a = account_find(&chat->dir, name);

	if (a == NULL)
		return false;
	account_user(&chat->dir, a, out);
	return true;
}

void
chat_each_user(const struct chat *chat, chat_user_fn *fn, void *arg)
{
	struct chat_user user;
	size_t i;

	for (i = 0; i < chat->dir.accounts.count; i++) {
		account_user(&chat->dir, chat->dir.accounts.all[i], &user);
		fn(arg, &user);
	}
}

/* ---- sessions --------------------------------------------------------- */

uint64_t
chat_session_of_token(struct chat *chat, const char *token, size_t n)
{
	const struct session *s = session_of_token(&chat->dir, token, n);

	return s != NULL ? s->number : 0;
}

bool
chat_session_use(struct chat *chat, uint64_t number)
{
	return session_use(&chat->dir, number);
}

void
chat_connected(struct chat *chat, uint64_t number)
{
	session_connected(&chat->dir, number);
}

void
chat_disconnected(struct chat *chat, uint64_t number)
{
	session_disconnected(&chat->dir, number);
}

bool
chat_session_user(
    const struct chat *chat, uint64_t number, struct chat_user *out)
{
	const struct session *s = session_find(&chat->dir, number);

	if (s == NULL)
		return false;
	account_user(&chat->dir, s->account, out);
	return true;
}

void
chat_each_online(const struct chat *chat, chat_user_fn *fn, void *arg)
{
	const struct session *s;
	struct chat_user user;

	TAILQ_FOREACH(s, &chat->dir.sessions.online, of_online)
		if (s->account->online == s) {
			account_user(&chat->dir, s->account, &user);
			fn(arg, &user);
		}
}

/* ---- people of other realms ------------------------------------------- */

void
chat_each_contact(const struct chat *chat, uint64_t session, chat_user_fn *fn,
    void *arg)
{
	const struct session *s = session_find(&chat->dir, session);
	struct chat_user user;
	struct remote *r;

	TAILQ_FOREACH(r, &chat->dir.remotes.all, entry) {
		if (s == NULL || !remote_concerns(&chat->dir, r, s->account))
			continue;
		remote_user(r, &user);
		fn(arg, &user);
	}
}

void
chat_each_wanted(const struct chat *chat, const char *realm,
    void (*fn)(void *arg, const char *user), void *arg)
{
	char key[WIRE_NAME_CAP];
	struct remote *r;

	if (!wire_name_key(realm, strlen(realm), key))
		return;
	TAILQ_FOREACH(r, &chat->dir.remotes.all, entry)
		if (strcmp(r->realm, key) == 0 &&
		    remote_is_wanted(&chat->dir, r))
			fn(arg, r->name);
}

void
chat_remote_user(
    struct chat *chat, const char *realm, const struct chat_user *user)
{
	remote_told(&chat->dir, realm, user);
}

void
chat_remote_down(struct chat *chat, const char *realm)
{
	remotes_down(&chat->dir, realm);
}
