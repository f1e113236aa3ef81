/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A client for a test: blocking, but nothing waits longer than DEADLINE_MS.
 * Speaks to either listener; frames and parses on its own, with nothing of the
 * program under test.  What is not as asked for fails the cmocka test.
 *
 * Objects that are returned belong to the client: good until it is closed.
 *
 * Expectations are patterns in JSON with ' in the place of ", which a reply
 * must contain: every member named must be there and match, others may be
 * there too; arrays match in length and order.  Strings in angle brackets are
 * patterns: '<id>' an integer above 0, '<number>', '<string>', '<bool>',
 * '<time>' an RFC 3339 time with milliseconds, '<uuid>' a version 4 UUID,
 * '<absent>' no such member.
 *
 *	expect(c, "send - neko hey", "{'status':'OK','id':'<id>'}");
 */
#ifndef TESTS_LIB_CLIENT_H
#define TESTS_LIB_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct client;
struct server;

struct client *client_open(const struct server *);
struct client *client_open_text(const struct server *);

/* NULL when the connection is refused.  rcvbuf: of the socket; 0: default. */
struct client *client_try_open(int port, int rcvbuf);
struct client *client_try_open_at(const char *ipv4, int port, int rcvbuf);

/* A connection that the test has made or accepted itself; fd is the client's
 * from now on. */
struct client *client_of(int fd);

/* client_open, auth; and with `watch -` too. */
struct client *client_as(
    const struct server *, const char *user, const char *password);
struct client *client_watching(
    const struct server *, const char *user, const char *password);

void client_close(struct client *);
void client_reset(struct client *); /* closes with RST */
int client_fd(const struct client *);

/* Reads at most n bytes at once from now on. */
void client_read_by(struct client *, size_t n);

/*
 * cmocka fixtures.  with_server: *state is a server_open(NULL).
 * with_fast_server: one that does not limit how much is said.
 * without_server: closes all clients, ends every server as server_stop does,
 * so that each test also shows that the server leaves in good order.
 * clients_cleanup: closes clients and ends servers, by force.
 */
int with_server(void **state);
int with_fast_server(void **state);
int without_server(void **state);
int clients_cleanup(void **state);

#define SERVER_TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, with_server, without_server)
#define FAST_TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, with_fast_server, without_server)

/* ---- out -------------------------------------------------------------- */

void client_send(struct client *, const void *, size_t);
void client_puts(struct client *, const char *); /* as it stands */
void client_printf(struct client *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void client_half_close(struct client *);

/* As much as goes without waiting; -1: the connection is gone. */
long client_push(struct client *, const void *, size_t);

/* False where the others fail the test: the connection is gone. */
bool client_try_send(struct client *, const void *, size_t);

/* ---- in: command protocol --------------------------------------------- */

/* The next object, whatever it is. */
json_t *client_object(struct client *);

/* As above; NULL when the connection has ended first. */
json_t *client_try_object(struct client *);

/* The next object that is there without waiting for more; NULL: none. */
json_t *client_poll_object(struct client *);

/* The next with a "status"; events before it are kept for client_event. */
json_t *client_reply(struct client *);

/* The next with an "event"; a reply before it fails the test. */
json_t *client_event(struct client *);

/* The next event of that kind; others before it are dropped. */
json_t *client_event_of(struct client *, const char *kind);

/* Sends the line with CRLF, returns its reply. */
json_t *client_ask(struct client *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* auth; the token. */
const char *client_login(
    struct client *, const char *user, const char *password);

/* Nothing has come that was not taken: asks ping, whose reply must be next. */
void client_expect_silence(struct client *);

/* Fails unless the server closes (or resets) the connection; what comes
 * before it is dropped. */
void client_expect_end(struct client *);

/* ---- in: plain text --------------------------------------------------- */

/* The next line without its LF; borrowed until the next call. */
const char *client_line(struct client *);
void client_expect_line(struct client *, const char *line);

/* The next bytes, exactly these, and no LF need follow. */
void client_expect_text(struct client *, const char *bytes);

/* Bytes that have come and were not taken; reads what is there at once. */
size_t client_pending(struct client *, const char **bytes);

/* ---- expectations ----------------------------------------------------- */

bool json_matches(const char *pattern, const json_t *got);
bool json_matches_json(const json_t *pattern, const json_t *got);

/* A member that must be there and of that kind. */
const char *str_of(const json_t *, const char *key);
long long int_of(const json_t *, const char *key);

#define expect(c, request, pattern) \
	expect_at(c, request, pattern, __FILE__, __LINE__)
#define expect_reply(c, pattern) \
	expect_match_at(client_reply(c), pattern, "(reply)", __FILE__, __LINE__)
#define expect_event(c, pattern) \
	expect_match_at(client_event(c), pattern, "(event)", __FILE__, __LINE__)
#define expect_json(got, pattern) \
	expect_match_at(got, pattern, "(json)", __FILE__, __LINE__)

json_t *expect_at(struct client *, const char *request, const char *pattern,
    const char *file, int line);
json_t *expect_match_at(json_t *got, const char *pattern, const char *what,
    const char *file, int line);

#endif
