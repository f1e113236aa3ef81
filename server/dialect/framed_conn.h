/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connection of the command protocol keeps between its requests: the
 * token that "-" stands for, and its watch.
 */
#ifndef SERVER_DIALECT_FRAMED_CONN_H
#define SERVER_DIALECT_FRAMED_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/replies.h"
#include "shared/frame.h"
#include "shared/wire.h"

struct request;

struct framed {
	struct client_conn cc;
	struct frame frame;
	struct replies replies;
	char token[WIRE_TOKEN_LEN + 1]; /* what "-" stands for; "": nothing */
	uint64_t watch;                 /* 0: none */
	char *watch_user;               /* whose it is; NULL: there is none */
	bool held;  /* a line was cut off that may not start yet: */
	size_t held_n;
};

void framed_logged_in(struct dialects *, uint64_t id, uint64_t session,
    const char *user, const char *token);
uint64_t framed_watch(const struct request *); /* the asker's own; 0 */
void framed_watch_start(struct request *, int64_t after);
void framed_watch_end(struct request *);

/* The sink's. */
bool framed_event(void *arg, uint64_t id, const struct chat_event *);
void framed_ended(void *arg, uint64_t id, enum wire_err why);

#endif
