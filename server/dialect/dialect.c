/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/dialect.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/conn_limit.h"
#include "server/dialect/dialect_priv.h"
#include "shared/blob.h"
#include "shared/conn.h"
#include "shared/xalloc.h"

#define ROW(KIND, name) [DIALECT_##KIND] = &name##_dialect,
static const struct dialect *const rows[] = { DIALECTS(ROW) };
#undef ROW

_Static_assert((int)DIALECT_KINDS <= (int)CHAT_DIALECTS,
    "each dialect has its place in an event");

const char *
dialect_name(enum dialect_kind kind)
{
	return rows[kind]->name;
}

/* Its sessions have ended already; what is queued for it still goes out. */
static void
cut_one(struct conn *c, void *arg)
{
	struct client_conn *cc = conn_arg(c);
	const struct chat_event *e = arg;

	if (strcmp(cc->user, e->user.name) != 0)
		return;
	cc->ops->cut(cc, e);
	conn_close(c);
}

static void
cut(void *arg, const struct chat_event *e)
{
	struct dialects *set = arg;
	struct chat_event copy = *e;

	if (set->conns != NULL)
		conns_each(set->conns, cut_one, &copy);
}

struct dialects *
dialects_new(struct loop *loop, struct chat *chat,
    const struct chat_rules *rules, size_t max_memory,
    void (*log)(const char *cause, const char *detail))
{
	static const struct conn_limits limits = {
		IN_CAP, OUT_LOW, OUT_HIGH, OUT_HARD
	};
	struct dialects *set = xcalloc(1, sizeof *set);

	set->loop = loop;
	set->chat = chat;
	set->rules = *rules;
	set->log = log;
	set->conns = conns_new(loop, &limits, max_memory);
	set->limit = conn_limit_new();
	for (unsigned i = 0; i < DIALECT_KINDS; i++) {
		set->sink[i] = (struct chat_sink){ i, set, rows[i]->event,
			rows[i]->ended };
		if (rows[i]->init != NULL)
			rows[i]->init(set);
	}
	chat_on_cut(chat, cut, set);
	return set;
}

void
dialects_close(struct dialects *set)
{
	struct conns *conns = set->conns;

	/* Whoever is looked up from here on is gone. */
	set->conns = NULL;
	conns_free(conns);
}

void
dialects_free(struct dialects *set)
{
	if (set == NULL)
		return;
	conn_limit_free(set->limit);
	free(set);
}

void
dialects_set_peers(struct dialects *set, const struct peers *peers)
{
	set->peers = *peers;
}

void
dialects_set_rules(struct dialects *set, const struct chat_rules *rules)
{
	set->rules = *rules;
}

void
dialects_set_limits(
    struct dialects *set, const struct dialect_limits *limits)
{
	conn_limit_set(set->limit, limits->strangers, limits->registrations);
}

size_t
dialects_count(const struct dialects *set)
{
	return conns_count(set->conns);
}

bool
dialects_open(struct dialects *set, enum dialect_kind kind, int fd,
    const char *origin)
{
	return rows[kind]->open(set, fd, origin);
}

void
dialect_refuse(enum dialect_kind kind, int fd)
{
	struct blob *b = rows[kind]->refusal(WIRE_TOO_MANY_CONNECTIONS);

	/* A fresh socket's buffer takes it, or the peer goes without. */
	send(fd, b->data, b->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	blob_unref(b);
}

static void
kick(struct conn *c, void *arg)
{
	(void)arg;
	conn_kick(c);
}

void
dialects_stop(struct dialects *set)
{
	set->stopping = true;
	conns_each(set->conns, kick, NULL);
}
