/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server of the test's own in the loop of the client that is tried: a socket
 * on loopback that answers as a chat-server would, or as the test says.
 */
#ifndef TESTS_UNIT_TUI_SERVER_FAKE_H
#define TESTS_UNIT_TUI_SERVER_FAKE_H

#include "shared/loop.h"
#include "tui/net/client.h"
#include "tui/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINES_MAX = 4000, KEPT_MAX = 2000, TURNS_MS = 20000 };

struct kept {
	char tag[80];
	char text[128];
	int64_t id;
};

struct world {
	struct loop *loop;
	struct model *model;
	struct client *client;

	/* the server */
	int listener, fd; /* fd: -1 while nobody is connected */
	char address[32];
	char in[1 << 16];
	size_t len;
	char *line[LINES_MAX]; /* all that was asked, without its tag */
	size_t lines;
	int connections;
	struct kept kept[KEPT_MAX]; /* messages, as they were taken */
	size_t count;
	int64_t last_id;

	/* how it behaves */
	int mute;            /* so many sayings are not heard */
	int cut_after;       /* so many are kept, then the line is cut */
	int too_fast;        /* so many are told to wait */
	const char *refuse;  /* a text that is refused */
	bool bad_token;
	const char *watched; /* the reply to watch; NULL: the usual */
	const char *history; /* likewise */
	const char *search;  /* likewise */
	const char *groups;  /* likewise */
	const char *members; /* likewise */
	const char *deed;    /* the reply to all that is done in groups */
	const char *said;    /* what is added to the answer to say */

	/* what the client told */
	enum client_why why;
	char text[512];
	int asked, logged_in, forgot, losses, good, bad, refused, unanswered;
	char unsent[1 << 12]; /* what unsent() told: a line each */
};

/* A cmocka fixture: a world with a server that listens, a client nowhere. */
int setup(void **state);
int teardown(void **state);
/* In place of the one that was freed. */
void new_client(struct world *w);

/* port 0: a free one. */
void listen_at(struct world *w, int port);
/* Says which port that was. */
int stop_listening(struct world *w);
/* The server's connection ends. */
void cut(struct world *w);
/* It sends an object. */
void put(struct world *w, const char *object);
/* A message. */
void event(struct world *w, int64_t id, const char *target, const char *from,
    const char *text);
/* How many of the requests begin so. */
size_t asked(const struct world *w, const char *with);
bool begins(const char *line, const char *with);
/* As messi; back when nothing is under way any more. */
void go_online(struct world *w);
enum model_link link_of(const struct world *w);
/* Of a conversation. */
size_t messages(const struct convo *c);
/* In the current conversation. */
bool noticed(const struct world *w, const char *text);
int64_t ms(void);

/* Turns the loop until then. */
#define await(w, condition) \
	do { \
		int64_t await_end = ms() + TURNS_MS; \
		while (!(condition)) { \
			assert_true(ms() < await_end); \
			assert_int_equal(loop_turn((w)->loop, 100), 0); \
		} \
	} while (0)

#endif
