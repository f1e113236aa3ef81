/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts are made and renamed: what of it waits for a hash or the disk. */
#include "server/chat/register.h"

#include <stdio.h>
#include <string.h>

#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/map.h"
#include "shared/utf8.h"

/* A registration, from its call to its commit. */
struct newcomer {
	struct ask ask;
	char name[WIRE_NAME_CAP];
	char key[WIRE_NAME_CAP]; /* reserved meanwhile */
	char real_name[WIRE_REAL_NAME_CAP];
	char hash[PASSHASH_CAP];
	int64_t created;
};

struct renaming {
	struct ask ask;
	struct account *account;
	char real_name[WIRE_REAL_NAME_CAP];
};

enum wire_err
password_ok(const struct chat *chat, const char *password)
{
	size_t n = strlen(password);

	if (n == 0)
		return WIRE_WEAK_PASSWORD;
	if (n > WIRE_PASSWORD_MAX)
		return WIRE_PASSWORD_TOO_LONG;
	if (!utf8_valid(password, n))
		return WIRE_BAD_UTF8;
	if (utf8_count(password, n) < chat->rules.min_password)
		return WIRE_WEAK_PASSWORD;
	return WIRE_OK;
}

/* ---- registration ----------------------------------------------------- */

/* The name is free from here on: either it is an account's, or nobody's. */
static void
newcomer_end(struct newcomer *new, enum wire_err err)
{
	map_take(
	    new->ask.chat->dir.accounts.reserved, new->key, strlen(new->key));
	ask_end(&new->ask, err);
}

/* That it may be somebody's already is not asked here. */
static enum wire_err
new_name_ok(const char *name, char key[WIRE_NAME_CAP])
{
	size_t n = strlen(name);

	if (!wire_name_ok(name, n) || !wire_name_key(name, n, key))
		return WIRE_BAD_NAME;
	return wire_name_reserved(name, n) ? WIRE_RESERVED_NAME : WIRE_OK;
}

/* NULL, and answered, when the name cannot be had. */
static struct newcomer *
newcomer_new(struct chat *chat, const char *name, const char *real_name,
    struct chat_done done)
{
	struct newcomer *new;
	char key[WIRE_NAME_CAP];
	enum wire_err err = new_name_ok(name, key);

	if (real_name == NULL || real_name[0] == '\0')
		real_name = name;
	if (err == WIRE_OK && !wire_real_name_ok(real_name, strlen(real_name)))
		err = WIRE_BAD_REAL_NAME;
	if (err == WIRE_OK && (account_by_key(&chat->dir, key) != NULL ||
	    map_get(chat->dir.accounts.reserved, key, strlen(key)) != NULL))
		err = WIRE_NAME_TAKEN;
	if (err != WIRE_OK || chat->ending) {
		ask_refuse(chat, done, err);
		return NULL;
	}
	new = ask_new(chat, sizeof(*new), done);
	snprintf(new->name, sizeof(new->name), "%s", name);
	snprintf(new->key, sizeof(new->key), "%s", key);
	snprintf(new->real_name, sizeof(new->real_name), "%s", real_name);
	map_put(chat->dir.accounts.reserved, new->key, strlen(new->key), new);
	return new;
}

static void
newcomer_record(const struct newcomer *new, struct store_account *out)
{
	*out = (struct store_account){ .name = new->name,
		.key = new->key,
		.real_name = new->real_name,
		.hash = new->hash,
		.created = new->created };
}

static void
newcomer_written(void *arg, const struct store_written *written)
{
	struct newcomer *new = arg;
	struct store_account record;

	if (!ask_alive(&new->ask))
		return;
	if (written->taken) {
		newcomer_end(new, WIRE_NAME_TAKEN);
	} else if (!written->ok) {
		newcomer_end(new, WIRE_STORAGE);
	} else {
		newcomer_record(new, &record);
		record.id = written->id;
		account_add(&new->ask.chat->dir, &record);
		newcomer_end(new, WIRE_OK);
	}
}

static void
newcomer_store(struct newcomer *new, const char *hash)
{
	struct store_account record;

	snprintf(new->hash, sizeof(new->hash), "%s", hash);
	new->created = new->ask.chat->wall;
	newcomer_record(new, &record);
	if (!txn_commit(store_add_account(TXN(new->ask.chat->store), &record),
		newcomer_written, new))
		newcomer_end(new, WIRE_BUSY);
}

static void
newcomer_hashed(void *arg, const char *hash)
{
	struct newcomer *new = arg;

	if (!ask_alive(&new->ask))
		return;
	if (hash == NULL)
		newcomer_end(new, WIRE_BUSY);
	else
		newcomer_store(new, hash);
}

void
chat_register(struct chat *chat, const char *name, const char *password,
    const char *real_name, struct chat_done done)
{
	struct newcomer *new;
	char key[WIRE_NAME_CAP];
	enum wire_err err = new_name_ok(name, key);

	if (!chat->rules.registration_open)
		err = WIRE_REGISTRATION_CLOSED;
	else if (err == WIRE_OK)
		err = password_ok(chat, password);
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	new = newcomer_new(chat, name, real_name, done);
	if (new != NULL &&
	    !passhash_make(chat->passhash, password, newcomer_hashed, new))
		newcomer_end(new, WIRE_BUSY);
}

void
chat_adopt(struct chat *chat, const char *name, const char *hash,
    const char *real_name, struct chat_done done)
{
	struct newcomer *new = newcomer_new(chat, name, real_name, done);

	if (new != NULL)
		newcomer_store(new, hash);
}

/* ---- real names ------------------------------------------------------- */

static void
renamed(void *arg, const struct store_written *written)
{
	struct renaming *r = arg;

	if (!ask_alive(&r->ask))
		return;
	if (!written->ok) {
		ask_end(&r->ask, WIRE_STORAGE);
		return;
	}
	snprintf(r->account->real_name, sizeof(r->account->real_name), "%s",
	    r->real_name);
	/* So that those who show the name show the new one. */
	if (r->account->online != NULL)
		presence_changed(&r->ask.chat->dir, &r->account->presence);
	ask_end(&r->ask, WIRE_OK);
}

void
chat_rename(struct chat *chat, uint64_t session, const char *real_name,
    struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	struct renaming *r;

	if (s == NULL) {
		ask_refuse(chat, done, WIRE_NO_SESSION);
		return;
	}
	if (!wire_real_name_ok(real_name, strlen(real_name))) {
		ask_refuse(chat, done, WIRE_BAD_REAL_NAME);
		return;
	}
	r = ask_new(chat, sizeof(*r), done);
	r->account = s->account;
	snprintf(r->real_name, sizeof(r->real_name), "%s", real_name);
	if (!txn_commit(store_set_real_name(
			    TXN(chat->store), r->account->id, real_name),
		renamed, r))
		ask_end(&r->ask, WIRE_BUSY);
}
