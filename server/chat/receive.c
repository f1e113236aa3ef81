/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/receive.h"

#include <stdio.h>
#include <string.h>

#include "server/chat/convo.h"
#include "server/chat/deed.h"
#include "server/chat/group.h"
#include "server/chat/message.h"
#include "server/directory/remote.h"
#include "server/chat/state.h"
#include "server/store/store.h"
#include "shared/utf8.h"

/* An item that needs no more than to be noted, and perhaps an answer. */
struct taken {
	struct ask ask;
	char realm[WIRE_NAME_CAP]; /* to be woken; "": not */
};

bool
receive_name(const char *full, struct target *out)
{
	return full != NULL &&
	    target_parse(out, full, strlen(full)) == WIRE_OK &&
	    out->kind == TARGET_USER && out->realm[0] != '\0';
}

bool
receive_is_theirs(const struct target *who, const char *realm)
{
	char a[WIRE_NAME_CAP], b[WIRE_NAME_CAP];

	return wire_name_key(who->realm, strlen(who->realm), a) &&
	    wire_name_key(realm, strlen(realm), b) && strcmp(a, b) == 0;
}

bool
receive_is_ours(const struct chat *chat, const struct target *who)
{
	return who->realm[0] != '\0' && realm_is_ours(chat, who->realm);
}

bool
receive_may_answer(const struct chat *chat, const char *realm)
{
	const struct chat_router *router = &chat->router;

	return router->reach == NULL ||
	    router->reach(router->arg, realm) != CHAT_REALM_FULL;
}

/* ---- taken ------------------------------------------------------------ */

static void
taken_written(void *arg, const struct store_written *written)
{
	struct taken *t = arg;
	struct chat *chat = t->ask.chat;

	if (!ask_alive(&t->ask))
		return;
	if (written->ok && t->realm[0] != '\0')
		chat->router.wake(chat->router.arg, t->realm, 1);
	ask_end(&t->ask, written->ok ? WIRE_OK : WIRE_STORAGE);
}

void
receive_nothing(struct chat *chat, const struct chat_origin *origin,
    struct chat_done done)
{
	struct taken *t = ask_new(chat, sizeof(*t), done);

	if (!txn_commit(store_set_taken(TXN(chat->store), origin->realm,
			    origin->stream, origin->number),
		taken_written, t))
		ask_end(&t->ask, WIRE_BUSY);
}

void
receive_bounce(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, enum wire_err err, struct chat_done done)
{
	const struct chat_router *router = &chat->router;
	struct chat_item back = { .kind = CHAT_ITEM_BOUNCE,
		.group = item->group,
		.home = !item->home,
		.from = item->to,
		.to = item->from,
		.text = item->text,
		.time = item->time,
		.err = err };
	char body[PEER_ITEM_MAX];
	struct store_out out = { origin->realm, body, 0 };
	struct txn *txn = TXN(chat->store);
	struct taken *t;

	if (!receive_may_answer(chat, origin->realm)) {
		receive_nothing(chat, origin, done);
		return;
	}
	out.len = router->pack(router->arg, &back, body, sizeof(body));
	t = ask_new(chat, sizeof(*t), done);
	snprintf(t->realm, sizeof(t->realm), "%s", origin->realm);
	store_add_out(txn, &out);
	store_set_taken(txn, origin->realm, origin->stream, origin->number);
	if (!txn_commit(txn, taken_written, t))
		ask_end(&t->ask, WIRE_BUSY);
}

/* ---- letters ---------------------------------------------------------- */

/* Somebody of another realm writes to one of ours. */
static void
take_letter(struct chat *chat, const struct chat_origin *origin,
    const char *from, const char *key, const char *name,
    struct account *other, const char *text, int64_t time,
    struct chat_done done)
{
	struct convo to = { .kind = STORE_PRIVATE, .other = other };

	convo_key(key, other->key, to.key);
	message_say(chat,
	    &(struct words){ .key = key,
		.from = from,
		.name = name,
		.to = &to,
		.text = text,
		.time = time,
		.origin = origin },
	    done);
}

static const char *
receive_letter(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct chat_done done)
{
	struct target from, to;
	struct account *other;
	char key[WIRE_TARGET_CAP];
	const char *name = item->name;
	enum wire_err err;

	if (!receive_name(item->from, &from) ||
	    !receive_is_theirs(&from, origin->realm))
		return "a letter from somebody of another realm";
	if (!receive_name(item->to, &to) || !receive_is_ours(chat, &to) ||
	    !remote_key(from.name, from.realm, key))
		return "a letter to another realm";
	if (item->text == NULL || !utf8_valid(item->text, strlen(item->text)))
		return "a letter without a text";
	other = account_find(&chat->dir, to.name);
	err = other == NULL ? WIRE_NO_SUCH_USER
			    : message_check(item->text, NULL);
	if (err == WIRE_OK)
		err = rule_may_say(&chat->dir, key);
	if (err != WIRE_OK) {
		receive_bounce(chat, origin, item, err, done);
		return NULL;
	}
	if (name == NULL || !wire_real_name_ok(name, strlen(name)))
		name = from.name;
	take_letter(chat, origin, item->from, key, name, other, item->text,
	    item->time, done);
	return NULL;
}

/* What came back, told by the realm in the conversation it was said in; of
 * a group, which others read, in the one with oneself. */
static const char *
receive_returned(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct chat_done done)
{
	struct convo conv = { .kind = STORE_PRIVATE };
	struct target to, whom;
	char text[WIRE_TEXT_MAX + 1], key[WIRE_TARGET_CAP];
	char from[WIRE_TARGET_CAP];
	enum wire_err err = item->err;
	size_t n;

	if (!receive_name(item->to, &to) || !receive_is_ours(chat, &to))
		return "an answer to somebody of another realm";
	if (item->group != NULL &&
	    !wire_name_ok(item->group, strlen(item->group)))
		return "an answer from a group of no name";
	if (err <= WIRE_OK || err >= WIRE_ERRS)
		err = WIRE_DENIED;
	conv.other = account_find(&chat->dir, to.name);
	if (conv.other == NULL || item->text == NULL ||
	    !utf8_valid(item->text, strlen(item->text))) {
		receive_nothing(chat, origin, done);
		return NULL;
	}
	if (item->group == NULL && receive_name(item->from, &whom) &&
	    receive_is_theirs(&whom, origin->realm) &&
	    remote_key(whom.name, whom.realm, key))
		convo_key(key, conv.other->key, conv.key);
	else
		convo_key(conv.other->key, conv.other->key, conv.key);
	n = (size_t)snprintf(text, sizeof(text), "%s%s%s%s: %s",
	    item->group != NULL ? "#" : "",
	    item->group != NULL ? item->group : "",
	    item->group != NULL ? ": " : "", wire_err_text(err),
	    item->text);
	if (n >= sizeof(text))
		text[utf8_cut(text, sizeof(text) - 1)] = '\0';
	snprintf(from, sizeof(from), "@%s", origin->realm);
	message_say(chat,
	    &(struct words){ .key = from,
		.from = from,
		.name = origin->realm,
		.to = &conv,
		.text = text,
		.time = chat->wall,
		.origin = origin },
	    done);
	return NULL;
}

const char *
chat_receive(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct chat_done done)
{
	switch (item->kind) {
	case CHAT_ITEM_LETTER:
		return receive_letter(chat, origin, item, done);
	case CHAT_ITEM_BOUNCE:
		return receive_returned(chat, origin, item, done);
	case CHAT_ITEM_SAID:
	case CHAT_ITEM_GROUP:
	case CHAT_ITEM_MEMBER:
	case CHAT_ITEM_GONE:
	case CHAT_ITEM_LEAVE:
	case CHAT_ITEM_INVITE:
	case CHAT_ITEM_LINE:
		return group_receive(chat, origin, item, done);
	case CHAT_ITEM_KINDS:
		break;
	}
	return "an item of no kind";
}

/* ---- the older system ------------------------------------------------- */

void
chat_foreign_name(const char *from, char out[WIRE_NAME_CAP])
{
	size_t n = 0;

	if (wire_name_ok(from, strlen(from))) {
		snprintf(out, WIRE_NAME_CAP, "%s", from);
		return;
	}
	for (; *from != '\0' && n < WIRE_NAME_CHARS; from++) {
		bool plain = (*from >= 'a' && *from <= 'z') ||
		    (*from >= 'A' && *from <= 'Z') ||
		    (*from >= '0' && *from <= '9');

		out[n++] = plain ? *from : '_';
	}
	if (n == 0)
		out[n++] = '_';
	out[n] = '\0';
}

void
chat_receive_letter(struct chat *chat, const char *realm, const char *from,
    const char *to, const char *text, struct chat_done done)
{
	struct account *other = account_find(&chat->dir, to);
	char user[WIRE_NAME_CAP], full[WIRE_TARGET_CAP], key[WIRE_TARGET_CAP];
	enum wire_err err = WIRE_OK;

	chat_foreign_name(from, user);
	snprintf(full, sizeof(full), "%s@%s", user, realm);
	if (other == NULL || !remote_key(user, realm, key))
		err = WIRE_NO_SUCH_USER;
	if (err == WIRE_OK)
		err = message_check(text, NULL);
	if (err == WIRE_OK && !utf8_valid(text, strlen(text)))
		err = WIRE_BAD_UTF8;
	if (err == WIRE_OK)
		err = rule_may_say(&chat->dir, key);
	if (err != WIRE_OK)
		ask_refuse(chat, done, err);
	else
		take_letter(chat, NULL, full, key, user, other, text,
		    chat->wall, done);
}
