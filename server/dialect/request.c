/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/request.h"

#include <stdlib.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/replies.h"
#include "shared/blob.h"
#include "shared/conn.h"
#include "shared/xalloc.h"

enum { SLOT_BITS = 16 };

struct client_conn *
request_conn(const struct dialects *set, uint64_t id)
{
	struct conn *c = client_conn_find(set, id >> SLOT_BITS);

	return c != NULL ? conn_arg(c) : NULL;
}

/* NULL: it is answered, or its connection is gone. */
static struct slot *
find_slot(const struct dialects *set, uint64_t id)
{
	struct client_conn *cc = request_conn(set, id);

	return cc != NULL ? replies_find(cc->replies, (uint16_t)id) : NULL;
}

uint64_t
request_open(struct client_conn *cc, const char *tag)
{
	return conn_id(cc->conn) << SLOT_BITS | replies_open(cc->replies, tag);
}

const char *
request_tag(const struct dialects *set, uint64_t id)
{
	struct slot *s = find_slot(set, id);

	return s != NULL ? s->tag : NULL;
}

void
request_answer(struct dialects *set, uint64_t id, struct blob *b)
{
	struct client_conn *cc = request_conn(set, id);

	if (cc == NULL)
		blob_unref(b);
	else if (replies_fill(cc->replies, (uint16_t)id, b))
		client_conn_again(cc);
}

struct chat_done
request_later(const struct request *rq,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *))
{
	return (struct chat_done){ fn, rq->set, rq->id };
}

void
request_keep(const struct request *rq, const char *note)
{
	struct slot *s = find_slot(rq->set, rq->id);

	if (s == NULL)
		return;
	free(s->note);
	s->note = xstrdup(note);
}

const char *
request_note(const struct dialects *set, uint64_t id)
{
	struct slot *s = find_slot(set, id);

	return s != NULL && s->note != NULL ? s->note : "";
}
