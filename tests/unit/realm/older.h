/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One link to an older server, which the test itself plays on a socket of
 * this machine.  The clock is the test's, and so is one host name,
 * lama.example.  All inline: each test takes what it needs.
 */
#ifndef TESTS_UNIT_REALM_OLDER_H
#define TESTS_UNIT_REALM_OLDER_H

#include <sys/socket.h>
#include <sys/syscall.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/realm/legacy.h"
#include "server/realm/realm.h"
#include "shared/loop.h"
#include "shared/xalloc.h"

#define END "\r\n\r\n"

enum { TURNS = 2000, FOUND_MAX = 300, STORY_CAP = 4096 };

/* ---- what the system says, as the test wants it ----------------------- */

/* The loop's clock stands still but for what the test adds. */
static atomic_llong clock_s;
static const char *_Atomic peer_address; /* NULL: has none */
static atomic_int look_ups;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, id, ts);
	ts->tv_sec = (time_t)clock_s;
	ts->tv_nsec = 0;
	return 0;
}

int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **list)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");

	memcpy(&real, &symbol, sizeof real);
	if (host == NULL || strcmp(host, "lama.example") != 0)
		return real(host, port, hints, list);
	look_ups++;
	host = peer_address;
	return host == NULL ? EAI_NONAME : real(host, port, hints, list);
}

/* ---- one link, one peer ----------------------------------------------- */

struct answer {
	enum wire_err err;
	bool delivered;
	char realm[64], user[64], name[64];
	int number; /* of the question */
};

struct world {
	struct loop *loop;
	struct legacy *legacy;
	int listener;
	struct answer answer[FOUND_MAX];
	int letters, answers, logged;
	bool inside; /* a call of ours: nothing may be called back in it */

	/* What a line was told, in words; what is done at that. */
	char story[STORY_CAP];
	size_t texts;
	uint64_t line;
	void (*at_text)(struct world *);
	void (*at_open)(struct world *);
};

static struct world *the_world;

static inline void
log_it(const char *cause, const char *detail)
{
	assert_string_equal(cause, "a realm of the older system");
	assert_ptr_equal(strstr(detail, "lama: "), detail);
	the_world->logged++;
}

static inline struct world *
world_new(const char *host, bool listening)
{
	struct world *w = xcalloc(1, sizeof *w);
	struct sockaddr_in sa = { .sin_family = AF_INET };
	struct realm_link link = { .name = "lama", .legacy = true };
	socklen_t len = sizeof sa;

	clock_s = 1000;
	the_world = w;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(
	    bind(w->listener, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(
	    getsockname(w->listener, (struct sockaddr *)&sa, &len), 0);
	if (listening)
		assert_int_equal(listen(w->listener, 300), 0);
	snprintf(link.host, sizeof link.host, "%s", host);
	snprintf(link.port, sizeof link.port, "%u",
	    (unsigned)ntohs(sa.sin_port));
	w->loop = loop_new();
	w->legacy = legacy_new(w->loop, &link, log_it);
	return w;
}

static inline void
world_free(struct world *w)
{
	legacy_free(w->legacy);
	loop_free(w->loop);
	close(w->listener);
	free(w);
}

static inline void
turn(struct world *w)
{
	assert_int_equal(loop_turn(w->loop, 10), 0);
}

#define await(w, what)                                           \
	do {                                                     \
		for (int t_ = 0; !(what); t_++) {                \
			if (t_ == TURNS)                         \
				fail_msg("never: %s", #what);    \
			turn(w);                                 \
		}                                                \
	} while (0)

static inline void
pass_time(struct world *w, long long ms)
{
	/* Whole seconds only. */
	assert_int_equal(ms % 1000, 0);
	clock_s += ms / 1000;
	turn(w);
}

static inline const char *
state_of(const struct world *w, const char **error)
{
	struct peers_link l = { .realm = "lama" };

	legacy_state(w->legacy, &l);
	assert_true(l.legacy);
	if (error != NULL)
		*error = l.error;
	return l.state;
}

/* ---- the peer --------------------------------------------------------- */

static inline int
accepted(struct world *w)
{
	int fd = -1;

	await(w, (fd = accept4(w->listener, NULL, NULL, SOCK_NONBLOCK)) != -1);
	return fd;
}

static inline void
nobody_connects(struct world *w)
{
	for (int i = 0; i < 5; i++)
		turn(w);
	assert_int_equal(accept(w->listener, NULL, NULL), -1);
}

static inline void
hears(struct world *w, int fd, const char *bytes)
{
	size_t n = strlen(bytes), have = 0;
	char *p = xcalloc(1, n + 1);
	ssize_t got = 0;

	while (have < n) {
		await(w, (got = recv(fd, p + have, n - have, 0)) != -1);
		if (got == 0)
			break;
		have += (size_t)got;
	}
	assert_string_equal(p, bytes);
	free(p);
}

/* A close, and nothing before it. */
static inline void
hears_end(struct world *w, int fd)
{
	ssize_t got = 0;
	char c = 0;

	await(w, (got = recv(fd, &c, 1, 0)) != -1 || errno != EAGAIN);
	if (got != 0)
		fail_msg("'%c', or %s, where an end was due", c,
		    strerror(errno));
	close(fd);
}

static inline void
says(int fd, const char *bytes)
{
	size_t n = strlen(bytes);

	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

static inline int
asked(struct world *w, const char *request)
{
	int fd = accepted(w);

	hears(w, fd, request);
	return fd;
}

#endif
