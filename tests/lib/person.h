/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People at chat-tui: a terminal in which it runs against a test's server.
 */
#ifndef TESTS_LIB_PERSON_H
#define TESTS_LIB_PERSON_H

struct server;
struct term;

/* chat-tui as user, whose password is that of the test accounts; returns when
 * it is online.  rows, cols 0: 24, 80. */
struct term *person_open(
    const struct server *, const char *user, int rows, int cols);

/* With nothing: no server named, no password.  home NULL: a new one. */
struct term *person_new(const char *home, int rows, int cols);

/* A cmocka teardown: people, clients and servers. */
int people_cleanup(void **state);

#endif
