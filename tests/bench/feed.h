/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands in for a server in a measurement: a thread that speaks as much
 * IRC, or as much of the chat's own wire, as it takes to log in, and then
 * pours messages in as fast as it is told.  No server's work is in the figures,
 * and all clients get the same texts.
 */
#ifndef BENCH_FEED_H
#define BENCH_FEED_H

#include <stdbool.h>

struct feed;

enum feed_kind {
	FEED_CHAT,
	FEED_IRC,
	FEED_IRC_TLS /* through openssl(1): some take nothing else */
};

enum { FEED_TEXT = 100 }; /* bytes of each text */

/* The text of the last message of those that were asked for. */
#define FEED_END "ΞΨΞΨ"

/* NULL: there is no openssl. */
struct feed *feed_open(enum feed_kind, const char *folder);
void feed_close(struct feed *);
int feed_port(const struct feed *);

/* Until a client is logged in; false: none within so many ms. */
bool feed_await_login(struct feed *, int ms);
/* IRC: until it is in the channel #bench. */
bool feed_await_join(struct feed *, int ms);

/* count messages and FEED_END, rate a second (0: as fast as they are taken).
 * count 0: until the next call; both 0: silence. */
void feed_pour(struct feed *, long count, long rate);

#endif
