/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/client.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/server.h"

enum { OBJECT_MAX = 8 << 20, CHUNK = 16384 };

struct client {
	struct client *next;
	int fd;
	bool ended;
	size_t chunk; /* bytes to read at once */
	char *in;     /* bytes that came, from `off` on not yet taken */
	size_t off, len, size;
	size_t seen;  /* behind off: known to hold no end of an object */
	json_t *kept; /* array of all objects handed out */
	json_t *events; /* array of those that came before a reply */
	char *line;
};

static struct client *clients;

/* ---- connecting ------------------------------------------------------- */

struct client *
client_try_open(int port, int rcvbuf)
{
	return client_try_open_at("127.0.0.1", port, rcvbuf);
}

struct client *
client_try_open_at(const char *address, int port, int rcvbuf)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd;

	at.sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
		fail_msg("%s is no IPv4 address", address);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		fail_msg("socket: %s", strerror(errno));
	if (rcvbuf > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) == -1) {
		close(fd);
		return NULL;
	}
	return client_of(fd);
}

struct client *
client_of(int fd)
{
	struct client *c;
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->chunk = CHUNK;
	c->kept = json_array();
	c->events = json_array();
	c->next = clients;
	clients = c;
	return c;
}

static struct client *
open_or_fail(int port)
{
	struct client *c = client_try_open(port, 0);

	if (c == NULL)
		fail_msg("127.0.0.1:%d: %s", port, strerror(errno));
	return c;
}

struct client *
client_open(const struct server *s)
{
	return open_or_fail(server_port(s));
}

struct client *
client_open_text(const struct server *s)
{
	return open_or_fail(server_text_port(s));
}

struct client *
client_as(const struct server *s, const char *user, const char *password)
{
	struct client *c = client_open(s);

	client_login(c, user, password);
	return c;
}

struct client *
client_watching(const struct server *s, const char *user, const char *password)
{
	struct client *c = client_as(s, user, password);

	expect(c, "watch -", "{'status':'OK'}");
	return c;
}

void
client_close(struct client *c)
{
	struct client **p;

	for (p = &clients; *p != c; p = &(*p)->next)
		;
	*p = c->next;
	close(c->fd);
	json_decref(c->kept);
	json_decref(c->events);
	free(c->in);
	free(c->line);
	free(c);
}

void
client_reset(struct client *c)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	client_close(c);
}

int
client_fd(const struct client *c)
{
	return c->fd;
}

void
client_read_by(struct client *c, size_t n)
{
	assert_in_range(n, 1, CHUNK);
	c->chunk = n;
}

int
with_server(void **state)
{
	*state = server_open(NULL);
	return 0;
}

int
with_fast_server(void **state)
{
	static const char *const options[] = { "--rate", "off", NULL };

	*state = server_open(options);
	return 0;
}

int
without_server(void **state)
{
	(void)state;
	while (clients != NULL)
		client_close(clients);
	servers_stop();
	return 0;
}

int
clients_cleanup(void **state)
{
	while (clients != NULL)
		client_close(clients);
	return servers_cleanup(state);
}

/* ---- bytes ------------------------------------------------------------ */

/* False: the deadline has passed. */
static bool
await_fd(int fd, short what, long long until)
{
	struct pollfd p = { .fd = fd, .events = what };
	long long left;
	int n;

	do {
		left = until - now_ms();
		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n == -1 && errno == EINTR);
	return n > 0;
}

long
client_push(struct client *c, const void *p, size_t n)
{
	ssize_t put = send(c->fd, p, n, MSG_NOSIGNAL);

	if (put >= 0)
		return (long)put;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

bool
client_try_send(struct client *c, const void *p, size_t n)
{
	long long until = now_ms() + DEADLINE_MS;
	const char *from = p;
	long put;

	while (n > 0) {
		if ((put = client_push(c, from, n)) == -1)
			return false;
		from += put;
		n -= (size_t)put;
		if (n > 0 && !await_fd(c->fd, POLLOUT, until))
			fail_msg("the server takes no more bytes");
	}
	return true;
}

void
client_send(struct client *c, const void *p, size_t n)
{
	if (!client_try_send(c, p, n))
		fail_msg("sending: %s", strerror(errno));
}

void
client_puts(struct client *c, const char *s)
{
	client_send(c, s, strlen(s));
}

void
client_printf(struct client *c, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	client_puts(c, s);
	free(s);
}

void
client_half_close(struct client *c)
{
	assert_int_equal(shutdown(c->fd, SHUT_WR), 0);
}

/* Takes what there is; 0: nothing now, -1: the connection has ended. */
static int
take_bytes(struct client *c)
{
	ssize_t n;

	if (c->ended)
		return -1;
	if (c->off > 0 && c->off == c->len)
		c->off = c->len = c->seen = 0;
	if (c->size - c->len < CHUNK) {
		if (c->off > c->size / 2) {
			memmove(c->in, c->in + c->off, c->len - c->off);
			c->len -= c->off;
			c->off = 0;
		}
		c->size = c->len + 2 * CHUNK + c->len / 2;
		c->in = xrealloc(c->in, c->size);
	}
	n = recv(c->fd, c->in + c->len, c->chunk, 0);
	if (n > 0) {
		c->len += (size_t)n;
		return 1;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	c->ended = true;
	return -1;
}

/* Waits for more bytes; false: the connection has ended. */
static bool
more_bytes(struct client *c, long long until, const char *awaited)
{
	int n;

	while ((n = take_bytes(c)) == 0) {
		if (await_fd(c->fd, POLLIN, until))
			continue;
		fail_msg("%s has not come; there is only: \"%.*s\"", awaited,
		    (int)(c->len - c->off), c->len > 0 ? c->in + c->off : "");
	}
	return n > 0;
}

static void
fail_ended(struct client *c, const char *awaited)
{
	fail_msg("the connection ended before %s; behind it: \"%.*s\"",
	    awaited, (int)(c->len - c->off), c->len > 0 ? c->in + c->off : "");
}

size_t
client_pending(struct client *c, const char **bytes)
{
	while (take_bytes(c) > 0)
		;
	*bytes = c->in + c->off;
	return c->len - c->off;
}

void
client_expect_end(struct client *c)
{
	long long until = now_ms() + DEADLINE_MS;

	do
		c->off = c->len;
	while (more_bytes(c, until, "the end of the connection"));
}

/* ---- objects ---------------------------------------------------------- */

static json_t *
parse_object(struct client *c, const char *p, size_t n)
{
	json_error_t err;
	json_t *o = json_loadb(p, n, JSON_REJECT_DUPLICATES, &err);

	if (!json_is_object(o))
		fail_msg("not a JSON object (%s): \"%.*s\"", err.text, (int)n,
		    p);
	if ((json_object_get(o, "status") != NULL) ==
	    (json_object_get(o, "event") != NULL))
		fail_msg("neither reply nor event: \"%.*s\"", (int)n, p);
	json_array_append_new(c->kept, o);
	return o;
}

/* An object whose end has come already. */
static json_t *
cut_object(struct client *c)
{
	size_t from, n;
	char *end, *p;

	if (c->len == c->off)
		return NULL;
	p = c->in + c->off;
	from = c->seen > 3 ? c->seen - 3 : 0;
	end = memmem(p + from, c->len - c->off - from, "\r\n\r\n", 4);
	if (end == NULL) {
		c->seen = c->len - c->off;
		if (c->seen > OBJECT_MAX)
			fail_msg("an object of more than %d bytes", OBJECT_MAX);
		return NULL;
	}
	n = (size_t)(end - p);
	c->off += n + 4;
	c->seen = 0;
	return parse_object(c, p, n);
}

json_t *
client_try_object(struct client *c)
{
	long long until = now_ms() + DEADLINE_MS;
	json_t *o;

	while ((o = cut_object(c)) == NULL)
		if (!more_bytes(c, until, "an object"))
			return NULL;
	return o;
}

json_t *
client_poll_object(struct client *c)
{
	json_t *o;

	while ((o = cut_object(c)) == NULL)
		if (take_bytes(c) <= 0)
			return NULL;
	return o;
}

json_t *
client_object(struct client *c)
{
	json_t *o = client_try_object(c);

	if (o == NULL)
		fail_ended(c, "an object");
	return o;
}

json_t *
client_reply(struct client *c)
{
	json_t *o;

	while (json_object_get(o = client_object(c), "status") == NULL)
		json_array_append(c->events, o);
	return o;
}

json_t *
client_event(struct client *c)
{
	json_t *o = json_array_get(c->events, 0);
	char *text;

	if (o != NULL) {
		/* Lives on in `kept`. */
		json_array_remove(c->events, 0);
		return o;
	}
	o = client_object(c);
	if (json_object_get(o, "event") == NULL) {
		text = json_dumps(o, 0);
		print_error("a reply where an event was due: %s\n", text);
		free(text);
		fail();
	}
	return o;
}

json_t *
client_event_of(struct client *c, const char *kind)
{
	json_t *o;

	do
		o = client_event(c);
	while (strcmp(str_of(o, "event"), kind) != 0);
	return o;
}

json_t *
client_ask(struct client *c, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	client_printf(c, "%s\r\n", s);
	free(s);
	return client_reply(c);
}

const char *
client_login(struct client *c, const char *user, const char *password)
{
	json_t *o = client_ask(c, "auth %s %s", user, password);

	expect_json(o, "{'status':'OK','tokenid':'<uuid>'}");
	return str_of(o, "tokenid");
}

void
client_expect_silence(struct client *c)
{
	json_t *o;
	char *text;

	client_puts(c, "@silence ping\r\n");
	o = json_array_size(c->events) > 0 ? json_array_get(c->events, 0) :
					     client_object(c);
	if (json_matches("{'status':'OK','tag':'silence'}", o))
		return;
	text = json_dumps(o, 0);
	print_error("this came where nothing was due: %s\n", text);
	free(text);
	fail();
}

/* ---- lines ------------------------------------------------------------ */

const char *
client_line(struct client *c)
{
	long long until = now_ms() + DEADLINE_MS;
	char *end = NULL;
	size_t n;

	while (c->len == c->off ||
	    (end = memchr(c->in + c->off, '\n', c->len - c->off)) == NULL)
		if (!more_bytes(c, until, "a line"))
			fail_ended(c, "a line");
	n = (size_t)(end - (c->in + c->off));
	free(c->line);
	c->line = xmemdup0(c->in + c->off, n);
	c->off += n + 1;
	return c->line;
}

void
client_expect_line(struct client *c, const char *line)
{
	assert_string_equal(client_line(c), line);
}

void
client_expect_text(struct client *c, const char *bytes)
{
	long long until = now_ms() + DEADLINE_MS;
	size_t n = strlen(bytes);

	while (c->len - c->off < n)
		if (!more_bytes(c, until, bytes))
			fail_ended(c, bytes);
	free(c->line);
	c->line = xmemdup0(c->in + c->off, n);
	c->off += n;
	assert_string_equal(c->line, bytes);
}

/* ---- expectations ----------------------------------------------------- */

static bool
looks_like(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++) {
		if (*shape == '0' && isdigit((unsigned char)*s))
			continue;
		if (*shape == 'x' && isxdigit((unsigned char)*s))
			continue;
		if (*shape == 'y' && *s != '\0' && strchr("89ab", *s) != NULL)
			continue;
		if (*shape != *s)
			return false;
	}
	return *s == '\0';
}

static bool
matches_placeholder(const char *want, const json_t *got)
{
	const char *s = json_string_value(got);

	if (strcmp(want, "<absent>") == 0)
		return got == NULL;
	if (strcmp(want, "<id>") == 0)
		return json_is_integer(got) && json_integer_value(got) > 0;
	if (strcmp(want, "<number>") == 0)
		return json_is_integer(got);
	if (strcmp(want, "<bool>") == 0)
		return json_is_boolean(got);
	if (strcmp(want, "<string>") == 0)
		return s != NULL;
	if (strcmp(want, "<time>") == 0)
		return s != NULL && looks_like(s, "0000-00-00T00:00:00.000Z");
	if (strcmp(want, "<uuid>") == 0)
		return s != NULL &&
		    looks_like(s, "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx");
	return s != NULL && strcmp(s, want) == 0;
}

bool
json_matches_json(const json_t *want, const json_t *got)
{
	const char *key;
	json_t *value;
	size_t i;

	switch (json_typeof(want)) {
	case JSON_STRING:
		return matches_placeholder(json_string_value(want), got);
	case JSON_OBJECT:
		if (!json_is_object(got))
			return false;
		/* json_object_foreach wants a pointer that may change it. */
		json_object_foreach((json_t *)(uintptr_t)want, key, value)
			if (!json_matches_json(
				value, json_object_get(got, key)))
				return false;
		return true;
	case JSON_ARRAY:
		if (!json_is_array(got) ||
		    json_array_size(got) != json_array_size(want))
			return false;
		json_array_foreach(want, i, value)
			if (!json_matches_json(value, json_array_get(got, i)))
				return false;
		return true;
	default:
		return json_equal(want, got) == 1;
	}
}

bool
json_matches(const char *pattern, const json_t *got)
{
	char *text = xstrdup(pattern), *p;
	json_error_t err;
	json_t *want;
	bool same;

	for (p = text; (p = strchr(p, '\'')) != NULL;)
		*p = '"';
	want = json_loads(text, JSON_DECODE_ANY, &err);
	if (want == NULL)
		fail_msg("bad pattern (%s): %s", err.text, pattern);
	same = json_matches_json(want, got);
	json_decref(want);
	free(text);
	return same;
}

json_t *
expect_match_at(json_t *got, const char *pattern, const char *what,
    const char *file, int line)
{
	char *text;

	if (!json_matches(pattern, got)) {
		text = json_dumps(got, JSON_ENCODE_ANY);
		print_error("%s\n  want %s\n  got  %s\n", what, pattern, text);
		free(text);
		_fail(file, line);
	}
	return got;
}

json_t *
expect_at(struct client *c, const char *request, const char *pattern,
    const char *file, int line)
{
	json_t *got;

	client_puts(c, request);
	client_puts(c, "\r\n");
	got = client_reply(c);
	return expect_match_at(got, pattern, request, file, line);
}

const char *
str_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s == NULL)
		fail_msg("no string \"%s\"", key);
	return s;
}

long long
int_of(const json_t *o, const char *key)
{
	if (!json_is_integer(json_object_get(o, key)))
		fail_msg("no integer \"%s\"", key);
	return json_integer_value(json_object_get(o, key));
}
