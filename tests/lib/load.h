/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Senders under load, for tests that kill servers: each says "WHO 0", "WHO 1",
 * ... tagged, as fast as it is let, and sends again with its tag what was not
 * answered when its connection was lost.  A lost connection is no fault; an
 * answer that is not OK, or out of order, fails the test.
 */
#ifndef TESTS_LIB_LOAD_H
#define TESTS_LIB_LOAD_H

#include <stdbool.h>

#include <jansson.h>

struct client;
struct server;

enum {
	LOAD_WINDOW = 32,      /* sent and not yet answered, each */
	LOAD_EACH_MAX = 100000 /* messages of one sender */
};

struct sender {
	struct server *server;
	int who;          /* the first word of its texts, and of its tags */
	char *command;    /* "broadcast TOKEN", "send TOKEN james@medan" */
	struct client *c; /* NULL: not connected */
	int next;         /* number of the next to be sent for the first time */
	int answered;     /* all below this one are */
	int in_flight;    /* number behind the last that is on its way */
	long long *id;    /* by number, of those answered */
};

/* verb and target as in a request; target may be NULL. */
void sender_init(struct sender *, struct server *, int who, const char *user,
    const char *verb, const char *target);
void sender_release(struct sender *);

void sender_connect(struct sender *);
void sender_close(struct sender *);

/* Sends as many as the window lets it. */
void sender_fill(struct sender *);

/* Takes the answers that are there; to the end of the connection, where it is
 * known to end. */
void sender_take(struct sender *, bool to_the_end);

/* Sends what was sent once and is not on its way, no new ones; true when all
 * are answered. */
bool sender_finish(struct sender *);

/* Waits until something can be read by one of them (and by extra, or -1). */
void senders_wait(struct sender *, int count, int extra, int timeout_ms);

/* Moments by lot: the seed is CHAT_SEED or the process's number, and is
 * printed. */
void lot_start(void);
unsigned lot_draw(unsigned below);

#endif
