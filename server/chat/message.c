/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/deed.h"
#include "server/chat/group.h"
#include "server/chat/peer.h"
#include "server/chat/recent.h"
#include "server/directory/remote.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum { TAG_MS = 24 * 60 * 60 * 1000 };

/* A message on its way: to a link that is asked, to the disk. */
struct said {
	struct ask ask;
	struct account *account;
	char key[WIRE_TARGET_CAP], from[WIRE_TARGET_CAP];
	char name[WIRE_REAL_NAME_CAP];
	char tag[WIRE_TAG_MAX + 1]; /* "": none */
	/* What must be the same when the tag comes again: as the sender has
	 * called it, for a bare name may be found elsewhere. */
	unsigned char digest[SECRET_DIGEST_LEN];
	uint64_t watcher;
	struct convo to; /* its group is good in the first turn only */
	int64_t time;
	bool delivered;
	/* The realms that it goes to, by key. */
	char (*realm)[WIRE_NAME_CAP];
	size_t realms;
	char text[]; /* at most WIRE_TEXT_MAX */
};

enum wire_err
message_check(const char *text, const char *tag)
{
	size_t n = strlen(text);

	if (n > WIRE_TEXT_MAX)
		return WIRE_TEXT_TOO_LONG;
	if (utf8_blank(text, n))
		return WIRE_TEXT_EMPTY;
	if (tag != NULL && !wire_tag_ok(tag, strlen(tag)))
		return WIRE_BAD_TAG;
	return WIRE_OK;
}

static void
said_release(struct ask *ask)
{
	struct said *said = (struct said *)ask;

	free(said->realm);
}

static void
digest_words(const char *conv, const char *text,
    unsigned char digest[SECRET_DIGEST_LEN])
{
	char both[CONVO_CAP + WIRE_TEXT_MAX + 1];
	size_t n = strlen(conv) + 1, m = strlen(text);

	memcpy(both, conv, n);
	memcpy(both + n, text, m + 1);
	secret_digest(both, n + m, digest);
}

/* Another realm's clock may be wrong, but nothing was said tomorrow. */
static int64_t
time_said(const struct chat *chat, int64_t time)
{
	return time > 0 && time < chat->wall ? time : chat->wall;
}

static struct said *
said_new(struct chat *chat, const struct words *w, struct chat_done done)
{
	size_t n = strlen(w->text) + 1;
	struct said *said = ask_new(chat, sizeof(*said) + n, done);

	said->ask.release = said_release;
	said->account = w->account;
	snprintf(said->key, sizeof(said->key), "%s", w->key);
	snprintf(said->from, sizeof(said->from), "%s", w->from);
	snprintf(said->name, sizeof(said->name), "%s", w->name);
	if (w->tag != NULL) {
		snprintf(said->tag, sizeof(said->tag), "%s", w->tag);
		digest_words(w->to->key, w->text, said->digest);
	}
	said->watcher = w->watcher;
	said->to = *w->to;
	said->time = time_said(chat, w->time);
	said->delivered = w->delivered;
	memcpy(said->text, w->text, n);
	return said;
}

/* ---- which realms it goes to ------------------------------------------ */

static void
said_to_realm(struct said *said, const char *key)
{
	said->realm = xreallocarray(
	    said->realm, said->realms + 1, sizeof(*said->realm));
	snprintf(said->realm[said->realms++], WIRE_NAME_CAP, "%s", key);
}

/* Not back to where it came from. */
static void
said_to_group(struct said *said)
{
	const char *at = strchr(said->key, '@');
	const char *realm[PEER_REALMS_MAX];
	size_t i, n;

	/* What the home of a group has sent us, others get from there. */
	if (said->to.target.realm[0] != '\0' && said->account == NULL)
		return;

	n = group_realms(said->to.group, at != NULL ? at + 1 : NULL, realm,
	    PEER_REALMS_MAX);
	for (i = 0; i < n && i < PEER_REALMS_MAX; i++)
		said_to_realm(said, realm[i]);
}

static void
said_find_realms(struct said *said)
{
	char key[WIRE_NAME_CAP];

	if (said->delivered || said->ask.chat->router.pack == NULL)
		return;
	if (said->to.kind == STORE_GROUP && said->to.group != NULL)
		said_to_group(said);
	else if (said->to.kind == STORE_PRIVATE && said->to.other == NULL &&
	    wire_name_key(said->to.target.realm,
		strlen(said->to.target.realm), key))
		said_to_realm(said, key);
}

/* "messi@its": as others know one of ours. */
static void
full_name(const struct said *said, char out[WIRE_TARGET_CAP])
{
	if (said->account != NULL)
		snprintf(out, WIRE_TARGET_CAP, "%s@%s",
		    said->account->name, said->ask.chat->rules.realm);
	else
		snprintf(out, WIRE_TARGET_CAP, "%s", said->from);
}

/* The bytes of what another realm is told of it. */
static size_t
said_pack(const struct said *said, void *to, size_t cap)
{
	const struct chat_router *router = &said->ask.chat->router;
	char from[WIRE_TARGET_CAP], whom[WIRE_TARGET_CAP];
	struct chat_item item = { .from = from,
		.name = said->name,
		.text = said->text,
		.time = said->time };

	full_name(said, from);
	if (said->to.kind == STORE_GROUP) {
		item.kind = CHAT_ITEM_SAID;
		item.group = said->to.target.name;
		item.home = said->to.target.realm[0] == '\0';
	} else {
		item.kind = CHAT_ITEM_LETTER;
		target_format(&said->to.target, whom);
		item.to = whom;
	}
	return router->pack(router->arg, &item, to, cap);
}

static bool
is_up(const struct chat *chat, const char *realm)
{
	const struct chat_router *router = &chat->router;

	return router->reach(router->arg, realm) == CHAT_REALM_UP;
}

/* It waits here: the one realm that has to have it cannot be reached. */
static bool
said_is_queued(const struct said *said)
{
	bool for_one = said->to.target.realm[0] != '\0';

	return for_one && said->realms == 1 &&
	    !is_up(said->ask.chat, said->realm[0]);
}

/* ---- shown ------------------------------------------------------------ */

/* Who writes to whom sees from then on whether they are there. */
static void
meet(struct chat *chat, const struct said *said)
{
	struct account *a =
	    said->account != NULL ? said->account : said->to.other;
	const char *at = strchr(said->from, '@');
	char user[WIRE_NAME_CAP];
	struct remote *r = NULL;

	if (said->to.kind != STORE_PRIVATE || a == NULL)
		return;
	if (said->account != NULL && said->to.other == NULL) {
		r = remote_meet(
		    &chat->dir, said->to.target.name, said->to.target.realm);
	} else if (said->account == NULL && at != NULL && at > said->from) {
		snprintf(user, sizeof(user), "%.*s", (int)(at - said->from),
		    said->from);
		r = remote_meet(&chat->dir, user, at + 1);
		if (r != NULL) {
			r->known = true;
			remote_set_real_name(r, said->name);
		}
	}
	if (r != NULL)
		remote_contact(&chat->dir, r, a);
}

static void
show(struct chat *chat, const struct said *said, int64_t id)
{
	const struct recent_message *m;

	meet(chat, said);
	m = recent_add(chat->recent,
	    &(struct recent_message){ .id = id,
		.time = said->time,
		.kind = said->to.kind,
		.conv = said->to.key,
		.side = { said->to.other, said->account },
		.watcher = said->watcher,
		.from = said->from,
		.name = said->name,
		.text = said->text });
	watches_message(chat, m);
	if (m->kind == STORE_GROUP)
		group_lines_message(chat, m);
}

/* Who wrote to a name alone is told whose it turned out to be. */
static const struct target *
said_to(const struct said *said)
{
	const struct target *to = &said->to.target;

	return said->to.kind == STORE_PRIVATE && to->realm[0] != '\0' ?
	    to : NULL;
}

static void
said_written(void *arg, const struct store_written *written)
{
	struct said *said = arg;
	struct chat *chat;
	size_t i;

	if (!ask_alive(&said->ask))
		return;
	chat = said->ask.chat;
	if (written->reused) {
		ask_end(&said->ask, WIRE_TAG_REUSED);
		return;
	}
	if (!written->ok) {
		ask_end(&said->ask, WIRE_STORAGE);
		return;
	}
	if (!written->duplicate) {
		show(chat, said, written->id);
		for (i = 0; i < said->realms; i++)
			chat->router.wake(
			    chat->router.arg, said->realm[i], 1);
	}
	ask_answer(&said->ask,
	    &(struct chat_result){ .id = written->id,
		.duplicate = written->duplicate,
		.queued = said_is_queued(said),
		.to = said_to(said) });
}

/* ---- written ---------------------------------------------------------- */

static void
said_tag(const struct said *said, struct store_tag *out)
{
	*out = (struct store_tag){ .account = said->account->id,
		.tag = said->tag,
		.since = said->time - TAG_MS };
	memcpy(out->digest, said->digest, sizeof(out->digest));
}

/* In one commit with the note of how far the origin's stream was taken. */
static bool
said_add(struct said *said, const struct store_along *along,
    const struct chat_origin *origin)
{
	struct txn *t = TXN(said->ask.chat->store);
	struct store_message m = { .time = said->time,
		.kind = said->to.kind,
		.conv = said->to.key,
		.sender = said->from,
		.name = said->name,
		.text = said->text };

	store_add_message(t, &m, along);
	if (origin != NULL)
		store_set_taken(
		    t, origin->realm, origin->stream, origin->number);
	return txn_commit(t, said_written, said);
}

static void
said_store(struct said *said, const struct chat_origin *origin)
{
	const struct account *a = said->account, *b = said->to.other;
	struct store_out out[PEER_REALMS_MAX];
	char body[PEER_ITEM_MAX];
	struct store_tag tag;
	struct store_along along = { .outs = out };
	int64_t reader[2];
	size_t i, len = 0;

	said_find_realms(said);
	if (said->realms > 0)
		len = said_pack(said, body, sizeof(body));
	for (i = 0; i < said->realms; i++)
		out[i] = (struct store_out){ said->realm[i], body, len };
	along.out_count = said->realms;
	if (said->to.kind == STORE_PRIVATE && a != NULL)
		reader[along.count++] = a->id;
	if (b != NULL && b != a)
		reader[along.count++] = b->id;
	along.readers = reader;
	if (said->tag[0] != '\0') {
		said_tag(said, &tag);
		along.tag = &tag;
	}
	if (!said_add(said, &along, origin))
		ask_end(&said->ask, WIRE_BUSY);
}

void
message_say(
    struct chat *chat, const struct words *words, struct chat_done done)
{
	said_store(said_new(chat, words, done), words->origin);
}

/* ---- the way to somebody of another realm ----------------------------- */

enum wire_err
message_way(const struct chat *chat, const char *realm)
{
	const struct chat_router *router = &chat->router;

	if (router->reach == NULL)
		return WIRE_NO_SUCH_REALM;
	switch (router->reach(router->arg, realm)) {
	case CHAT_NO_REALM:
		return WIRE_NO_SUCH_REALM;
	case CHAT_REALM_FULL:
		return WIRE_REALM_UNREACHABLE;
	case CHAT_REALM_DOWN:
	case CHAT_REALM_UP:
	case CHAT_REALM_LEGACY:
		break;
	}
	return WIRE_OK;
}

/* To be had without a question: letters wait for a realm that is down, and of
 * whom we know, we know. */
static bool
is_known(const struct said *said)
{
	const struct chat *chat = said->ask.chat;
	const struct target *to = &said->to.target;
	char key[WIRE_TARGET_CAP];
	const struct remote *r;

	/* Never past one that waits for an answer. */
	if (to->realm[0] == '\0' || said->account->finding > 0)
		return false;
	switch (chat->router.reach(chat->router.arg, to->realm)) {
	case CHAT_REALM_DOWN:
		return true;
	case CHAT_REALM_UP:
		if (!remote_key(to->name, to->realm, key))
			return false;
		r = remote_find(&chat->dir, key);
		return r != NULL && r->known;
	case CHAT_REALM_LEGACY:
	case CHAT_REALM_FULL:
	case CHAT_NO_REALM:
		break;
	}
	return false;
}

/* False: they are no names. */
static bool
said_is_for(struct said *said, const char *user, const char *realm)
{
	struct target *to = &said->to.target;
	char key[WIRE_TARGET_CAP];

	if (!remote_key(user, realm, key))
		return false;
	*to = (struct target){ .kind = TARGET_USER };
	snprintf(to->name, sizeof(to->name), "%s", user);
	snprintf(to->realm, sizeof(to->realm), "%s", realm);
	convo_key(said->account->key, key, said->to.key);
	return true;
}

/* Nobody can be asked now: who was known before is it. */
static bool
fall_back(struct said *said)
{
	const struct remote *r =
	    remote_by_name(&said->ask.chat->dir, said->to.target.name);

	if (said->to.target.realm[0] != '\0' || r == NULL ||
	    message_way(said->ask.chat, r->realm) != WIRE_OK)
		return false;
	return said_is_for(said, r->name, r->realm);
}

static enum wire_err
take_found(struct said *said, const struct chat_found *found)
{
	struct chat *chat = said->ask.chat;
	struct remote *r;

	if (!said_is_for(said, found->user, found->realm))
		return WIRE_NO_SUCH_USER;
	said->delivered = found->delivered;
	r = remote_meet(&chat->dir, found->user, found->realm);
	if (r != NULL) {
		r->known = true;
		if (found->real_name != NULL)
			remote_set_real_name(r, found->real_name);
	}
	return found->delivered ? WIRE_OK : message_way(chat, found->realm);
}

/* It is not on its way to a link any more. */
static void
said_lost(struct said *said, enum wire_err err)
{
	said->account->finding--;
	ask_end(&said->ask, err);
}

static void
said_found(void *arg, const struct chat_found *found)
{
	struct said *said = arg;
	enum wire_err err = found->err;

	if (!ask_alive(&said->ask))
		return;
	if (err == WIRE_OK)
		err = take_found(said, found);
	else if (err == WIRE_REALM_UNREACHABLE && fall_back(said))
		err = WIRE_OK;
	/* Who was silenced meanwhile says nothing more, unless it is said. */
	if (err == WIRE_OK && !said->delivered)
		err = rule_may_say(&said->ask.chat->dir, said->key);
	if (err != WIRE_OK) {
		said_lost(said, err);
		return;
	}
	said->account->finding--;
	said_store(said, NULL);
}

static void
said_find(struct said *said)
{
	struct chat *chat = said->ask.chat;
	struct chat_letter letter = { .realm = said->to.target.realm,
		.user = said->to.target.name,
		.from = said->from,
		.text = said->text };

	chat->router.find(chat->router.arg, &letter, said_found, said);
}

/* A realm of the older system would get it again: it knows no tags. */
static void
said_tag_looked_up(void *arg, const struct store_written *tag)
{
	struct said *said = arg;

	if (!ask_alive(&said->ask))
		return;
	if (tag->reused) {
		said_lost(said, WIRE_TAG_REUSED);
	} else if (!tag->ok) {
		said_lost(said, WIRE_STORAGE);
	} else if (tag->duplicate) {
		said->account->finding--;
		ask_answer(&said->ask,
		    &(struct chat_result){ .id = tag->id, .duplicate = true });
	} else {
		said_find(said);
	}
}

/* One without a tag looks up an empty one, which nobody has, where another may
 * be in front of it: queries are answered in their order. */
static void
said_route(struct said *said)
{
	struct chat *chat = said->ask.chat;
	struct store_tag tag;

	if (is_known(said)) {
		said_store(said, NULL);
	} else if (said->account->finding++ == 0 && said->tag[0] == '\0') {
		said_find(said);
	} else {
		said_tag(said, &tag);
		if (!store_find_tag(
			chat->store, &tag, said_tag_looked_up, said))
			said_lost(said, WIRE_BUSY);
	}
}

/* ---- one of ours says something --------------------------------------- */

/* A bare name that nobody has here may be somebody's elsewhere. */
static enum wire_err
resolve(const struct chat *chat, const struct account *me,
    const struct target *target, struct convo *to, bool *elsewhere)
{
	enum wire_err err = convo_resolve(chat, me, target, to);
	char key[WIRE_NAME_CAP];

	*elsewhere = false;
	if (err == WIRE_NO_SUCH_USER && chat->router.find != NULL &&
	    target->realm[0] == '\0' &&
	    wire_name_key(target->name, strlen(target->name), key)) {
		*elsewhere = true;
		to->kind = STORE_PRIVATE;
		to->target = *target;
		convo_key(me->key, key, to->key);
		return WIRE_OK;
	}
	if (err != WIRE_OK)
		return err;
	if (to->kind == STORE_PRIVATE && to->other == NULL) {
		*elsewhere = true;
		return message_way(chat, to->target.realm);
	}
	if (to->group != NULL)
		err = group_may_say(chat, to->group, me->key);
	if (err == WIRE_OK && to->group != NULL &&
	    to->target.realm[0] != '\0')
		err = message_way(chat, to->target.realm);
	return err;
}

void
chat_send(struct chat *chat, uint64_t session, uint64_t watcher,
    const struct target *target, const char *text, const char *tag,
    struct chat_done done)
{
	const struct session *s = session_find(&chat->dir, session);
	enum wire_err err = WIRE_NO_SESSION;
	bool elsewhere = false;
	struct words words;
	struct convo to;
	int64_t wait;

	if (s != NULL)
		err = resolve(chat, s->account, target, &to, &elsewhere);
	if (err == WIRE_OK)
		err = rule_may_say(&chat->dir, s->account->key);
	if (err == WIRE_OK)
		err = message_check(text, tag);
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	wait = rate_take(&s->account->sends, chat->rules.rate, chat->mono);
	if (wait > 0) {
		ask_limit(done, wait);
		return;
	}
	words = (struct words){ .account = s->account,
		.key = s->account->key,
		.from = s->account->name,
		.name = s->account->real_name,
		.watcher = watcher,
		.to = &to,
		.text = text,
		.tag = tag,
		.time = chat->wall };
	if (elsewhere)
		said_route(said_new(chat, &words, done));
	else
		message_say(chat, &words, done);
}
