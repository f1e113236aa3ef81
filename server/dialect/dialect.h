/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The dialects: what connections say to the chat, and what it says to them,
 * in one of the languages of chat-protocol(7).  They translate and decide
 * nothing: no names, passwords or messages are kept here.
 *
 * One struct dialects for a server holds its connections, of all dialects.
 */
#ifndef SERVER_DIALECT_DIALECT_H
#define SERVER_DIALECT_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

struct chat;
struct chat_rules;
struct dialects;
struct loop;
struct peers;

/*
 * All of them, a row each: DIALECT_FRAMED is the number of framed_dialect,
 * which its own file defines (dialect_priv.h), and that of its sink with the
 * chat.  Nobody connects to raw group lines: they begin as framed connections.
 */
#define DIALECTS(ROW) \
	ROW(FRAMED, framed) \
	ROW(TEXT, text) \
	ROW(RAW, raw)

#define ROW(KIND, name) DIALECT_##KIND,
enum dialect_kind { DIALECTS(ROW) DIALECT_KINDS };
#undef ROW

/* "command protocol", "plain text" */
const char *dialect_name(enum dialect_kind);

/* log is called with a cause worth a line, a string constant; detail may be
 * NULL and comes from a stranger.  max_memory: bytes that may wait to go out,
 * over all connections. */
struct dialects *dialects_new(struct loop *, struct chat *,
    const struct chat_rules *, size_t max_memory,
    void (*log)(const char *cause, const char *detail));

/*
 * Closes what is open; its sessions and watches end, so the chat must be there
 * yet.  The chat may still answer, to nobody: the struct goes after the chat.
 */
void dialects_close(struct dialects *);
void dialects_free(struct dialects *);

/* Copied; before the first connection. */
void dialects_set_peers(struct dialects *, const struct peers *);

void dialects_set_rules(struct dialects *, const struct chat_rules *);

/* What one address may do, 0: no limit; see conn_limit.h. */
struct dialect_limits {
	unsigned strangers;     /* connections without a login */
	unsigned registrations; /* an hour */
};

void dialects_set_limits(struct dialects *, const struct dialect_limits *);

size_t dialects_count(const struct dialects *);

/* False: there are too many from that address, and fd is the caller's yet.
 * origin "": not counted. */
bool dialects_open(
    struct dialects *, enum dialect_kind, int fd, const char *origin);

/* For a newcomer there is no room for: one refusal; fd is not closed. */
void dialect_refuse(enum dialect_kind, int fd);

/* Starts nothing more; each connection closes when what it asked for is
 * answered and sent.  Then dialects_count falls to 0. */
void dialects_stop(struct dialects *);

#endif
