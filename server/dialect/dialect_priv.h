/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this folder share, and nobody else sees.
 */
#ifndef SERVER_DIALECT_DIALECT_PRIV_H
#define SERVER_DIALECT_DIALECT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/dialect/dialect.h"
#include "server/peers.h"

struct blob;
struct conn;
struct conns;
struct conn_limit;
struct text_peer;

enum {
	OUT_LOW = 64 << 10,
	/* Above it no further request is run and no event taken. */
	OUT_HIGH = 256 << 10,
	/* One reply is the most that is added to OUT_HIGH at once. */
	OUT_HARD = WIRE_REPLY_MAX + OUT_HIGH,
	IN_CAP = 64 << 10,
	REQUESTS_A_TURN = 64
};

struct dialects {
	struct loop *loop;
	struct chat *chat;
	struct conns *conns;
	struct conn_limit *limit;
	struct chat_rules rules;
	struct chat_sink sink[DIALECT_KINDS];
	struct peers peers; /* zeroed: none */
	struct peers_line raw_line;
	uint16_t raws; /* how many there were */
	struct text_peer *texts; /* those logged in */
	void (*log)(const char *cause, const char *detail);
	bool stopping;
};

/* A dialect.  Its file defines one, and it has a row in dialect.h. */
struct dialect {
	/* Those with listeners have the first three. */
	const char *name;
	/* False: there are too many from that address, and fd is the caller's
	 * yet. */
	bool (*open)(struct dialects *, int fd, const char *origin);
	/* What a newcomer is told for whom there is no room. */
	struct blob *(*refusal)(enum wire_err);
	void (*init)(struct dialects *); /* NULL: nothing to do */
	/* Its sink's (chat.h), with arg the struct dialects and the id that
	 * it gave with its watch. */
	bool (*event)(void *arg, uint64_t id, const struct chat_event *);
	void (*ended)(void *arg, uint64_t id, enum wire_err why);
};

#define ROW(KIND, name) extern const struct dialect name##_dialect;
DIALECTS(ROW)
#undef ROW

#endif
