/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TCP relay on a thread of its own, between two programs of a test: what
 * comes in on its port goes on to another, until the test cuts the wire.
 */
#ifndef TESTS_LIB_RELAY_H
#define TESTS_LIB_RELAY_H

#include <stdbool.h>

struct relay;

/* To 127.0.0.1:port. */
struct relay *relay_new(int port);
void relay_free(struct relay *);

const char *relay_address(const struct relay *); /* 127.0.0.1:PORT */

/* Every connection through it ends at once (RST). */
void relay_cut(struct relay *);

/* While it is split, those that are there are cut and new ones refused. */
void relay_split(struct relay *, bool);

/* How many connections have gone through it. */
unsigned relay_count(const struct relay *);

#endif
