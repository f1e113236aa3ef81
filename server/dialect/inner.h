/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this folder share, and nobody else sees.
 */
#ifndef SERVER_DIALECT_INNER_H
#define SERVER_DIALECT_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/dialect/dialect.h"
#include "server/peers.h"

struct blob;
struct conn;
struct conns;
struct guests;
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
	struct guests *guests;
	struct chat_rules rules;
	struct chat_sink framed_sink, text_sink, raw_sink;
	struct peers peers; /* zeroed: none */
	struct peers_line raw_line;
	uint16_t raws; /* how many there were */
	struct text_peer *texts; /* those logged in */
	void (*log)(const char *cause, const char *detail);
	bool stopping;
};

/* NULL: gone or closing. */
struct conn *dialects_find(const struct dialects *, uint64_t id);

/* Lines of the log; user "" when nobody was logged in. */
void dialects_log_slow(const struct dialects *, const char *user);
void dialects_log_refused_login(
    const struct dialects *, enum wire_err, const char *name);

/* "Anda dikeluarkan dari server oleh messi: ...", as a terminal may have it. */
struct blob *removed_text(const struct chat_event *, const char *end);

bool framed_open(struct dialects *, int fd, const char *origin);
void framed_sink_init(struct dialects *);

bool text_open(struct dialects *, int fd, const char *origin);
void text_sink_init(struct dialects *);

/*
 * Is a connection's first line that of another protocol: HTTP, TLS, SSH, or
 * bytes that nobody types?  Such a peer is told once and closed, so that a
 * browser cannot be made to speak to us, nor we to it for long.
 */
bool first_bytes_foreign(const char *p, size_t n);
bool first_line_foreign(const char *p, size_t n);

#endif
