/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/ask.h"

#include <stdlib.h>

#include "server/chat/state.h"
#include "server/work/secret.h"
#include "shared/xalloc.h"

void *
ask_new(struct chat *chat, size_t size, struct chat_done done)
{
	struct ask *ask = xcalloc(1, size);

	ask->chat = chat;
	ask->done = done;
	ask->size = size;
	TAILQ_INSERT_TAIL(&chat->asks, ask, entry);
	return ask;
}

static void
ask_free(struct ask *ask)
{
	if (ask->release != NULL)
		ask->release(ask);
	secret_wipe(ask, ask->size);
	free(ask);
}

bool
ask_alive(struct ask *ask)
{
	if (ask->chat != NULL)
		return true;
	ask_free(ask);
	return false;
}

static void
tell(struct chat_done done, const struct chat_result *result)
{
	if (done.fn != NULL)
		done.fn(done.arg, done.id, result);
}

void
ask_answer(struct ask *ask, const struct chat_result *result)
{
	TAILQ_REMOVE(&ask->chat->asks, ask, entry);
	/* Freed after it, for the result may point into the ask. */
	tell(ask->done, result);
	ask_free(ask);
}

void
ask_end(struct ask *ask, enum wire_err err)
{
	ask_answer(ask, &(struct chat_result){ .err = err });
}

void
asks_cut(struct asks *asks)
{
	struct ask *ask;

	while ((ask = TAILQ_FIRST(asks)) != NULL) {
		TAILQ_REMOVE(asks, ask, entry);
		ask->chat = NULL;
		tell(ask->done, &(struct chat_result){ .err = WIRE_BUSY });
	}
}

void
ask_refuse(const struct chat *chat, struct chat_done done, enum wire_err err)
{
	tell(done,
	    &(struct chat_result){ .err = chat->ending ? WIRE_BUSY : err });
}

void
ask_limit(struct chat_done done, int64_t retry_ms)
{
	tell(done,
	    &(struct chat_result){
		.err = WIRE_RATE_LIMITED, .retry_ms = retry_ms });
}
