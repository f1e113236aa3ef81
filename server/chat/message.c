/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saying something: checked, written, and only when it is durable shown and
 * answered, in this order.
 */
#include <stdio.h>
#include <string.h>

#include "server/chat/convo.h"
#include "server/chat/recent.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"

enum { TAG_MS = 24 * 60 * 60 * 1000 };

/* A message on its way to the disk. */
struct said {
	struct ask ask;
	struct account *from;
	uint64_t watcher;
	struct convo to;
	int64_t time;
	char name[WIRE_REAL_NAME_CAP];
	char text[]; /* at most WIRE_TEXT_MAX */
};

static enum wire_err
check_words(size_t n, const char *tag)
{
	if (n == 0)
		return WIRE_TEXT_EMPTY;
	if (n > WIRE_TEXT_MAX)
		return WIRE_TEXT_TOO_LONG;
	if (tag != NULL && !wire_tag_ok(tag, strlen(tag)))
		return WIRE_BAD_TAG;
	return WIRE_OK;
}

/* What must be the same when a tag comes again. */
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

static void
show(struct chat *chat, const struct said *said, int64_t id)
{
	struct recent_message m = { .id = id,
		.time = said->time,
		.from = said->from,
		.to = said->to.other,
		.watcher = said->watcher,
		.name = said->name,
		.text = said->text };

	watches_message(chat, recent_add(chat->recent, &m));
}

static void
said_written(void *arg, const struct store_written *written)
{
	struct said *said = arg;

	if (!ask_alive(&said->ask))
		return;
	if (written->reused) {
		ask_end(&said->ask, WIRE_TAG_REUSED);
		return;
	}
	if (!written->ok) {
		ask_end(&said->ask, WIRE_STORAGE);
		return;
	}
	if (!written->duplicate)
		show(said->ask.chat, said, written->id);
	ask_answer(&said->ask,
	    &(struct chat_result){
		.id = written->id, .duplicate = written->duplicate });
}

static bool
store_said(struct chat *chat, struct said *said, const char *tag)
{
	const struct account *from = said->from, *to = said->to.other;
	struct store_message m = { .time = said->time,
		.kind = said->to.kind,
		.conv = said->to.key,
		.sender = from->name,
		.name = said->name,
		.text = said->text };
	struct store_tag t = { .account = from->id,
		.tag = tag,
		.since = said->time - TAG_MS };
	int64_t readers[2] = { from->id, to != NULL ? to->id : 0 };
	size_t count = to == NULL ? 0 : to == from ? 1 : 2;

	if (tag != NULL)
		digest_words(said->to.key, said->text, t.digest);
	return store_add_message(chat->store, &m,
	    &(struct store_along){ .readers = readers,
		.count = count,
		.tag = tag != NULL ? &t : NULL },
	    said_written, said);
}

void
chat_send(struct chat *chat, uint64_t session, uint64_t watcher,
    const struct target *target, const char *text, const char *tag,
    struct chat_done done)
{
	const struct session *s = session_find(chat, session);
	size_t n = strlen(text);
	enum wire_err err = WIRE_NO_SESSION;
	struct convo to;
	struct said *said;
	int64_t wait;

	if (s != NULL)
		err = convo_resolve(chat, s->account, target, &to);
	if (err == WIRE_OK)
		err = check_words(n, tag);
	if (err != WIRE_OK) {
		ask_refuse(chat, done, err);
		return;
	}
	wait = rate_take(&s->account->sends, chat->rules.rate, chat->mono);
	if (wait > 0) {
		ask_limit(done, wait);
		return;
	}
	said = ask_new(chat, sizeof(*said) + n + 1, done);
	said->from = s->account;
	said->watcher = watcher;
	said->to = to;
	said->time = chat->wall;
	snprintf(said->name, sizeof(said->name), "%s", s->account->real_name);
	memcpy(said->text, text, n + 1);
	if (!store_said(chat, said, tag))
		ask_end(&said->ask, WIRE_BUSY);
}
