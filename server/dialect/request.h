/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A request of a connection, of whatever dialect: it is answered once, at once
 * or in a later turn (request_later).  By then the connection may be gone: so
 * the request is known by its id only, and what is answered to nobody is
 * dropped.  Answers go out in the order of the requests (replies.h).
 *
 * Ids.  An id is its connection's id and its slot in the replies, packed into
 * the one number that a chat_done carries: ids of connections count up from 1
 * and stay below 2^48.
 */
#ifndef SERVER_DIALECT_REQUEST_H
#define SERVER_DIALECT_REQUEST_H

#include <stdint.h>

#include "server/chat/chat.h"

struct blob;
struct client_conn;
struct command;
struct dialects;

enum { REQUEST_PARAMS = 8 };

struct request {
	struct dialects *set;
	struct chat *chat;
	struct client_conn *from; /* within the turn only */
	uint64_t id;
	const struct command *command;
	uint64_t session;
	struct chat_user who; /* whose the session is */
	const char *token;
	const char *tag;      /* NULL: none */
	char *arg[REQUEST_PARAMS];
	int args;
};

/* The id of a new one on a connection that has replies; tag may be NULL. */
uint64_t request_open(struct client_conn *, const char *tag);

/* Whose it is; NULL: gone. */
struct client_conn *request_conn(const struct dialects *, uint64_t id);

/* NULL: nobody waits for an answer; "": it has no tag. */
const char *request_tag(const struct dialects *, uint64_t id);

/* Takes over the reference. */
void request_answer(struct dialects *, uint64_t id, struct blob *);

/* fn(arg, id, result) with arg the struct dialects. */
struct chat_done request_later(const struct request *,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *));

/* What is had back by request_note when the answer comes; copied. */
void request_keep(const struct request *, const char *note);
const char *request_note(const struct dialects *, uint64_t id); /* "": gone */

#endif
