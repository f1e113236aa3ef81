/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/relay.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/xalloc.h"

enum { PAIRS_MAX = 8, CHUNK = 16384 };

/* Both ends of a connection through the relay; -1: a free place. */
struct pair {
	int fd[2];
};

struct relay {
	pthread_t thread;
	int listener, wake, port;
	char address[32];
	struct pair pair[PAIRS_MAX];
	atomic_bool split, cut, end;
	atomic_uint count;
};

static int
loopback(int port, bool listens)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r = listens ? bind(fd, (struct sockaddr *)&in, sizeof(in))
		    : connect(fd, (struct sockaddr *)&in, sizeof(in));
	if (r == 0 && (!listens || listen(fd, 8) == 0))
		return fd;
	close(fd);
	return -1;
}

static void
reset(int fd)
{
	struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void
pair_close(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		if (p->fd[i] != -1)
			reset(p->fd[i]);
		p->fd[i] = -1;
	}
}

static void
take(struct relay *r)
{
	int fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC), i;

	if (fd == -1)
		return;
	for (i = 0; i < PAIRS_MAX && r->pair[i].fd[0] != -1; i++)
		continue;
	if (i < PAIRS_MAX && !atomic_load(&r->split) &&
	    (r->pair[i].fd[1] = loopback(r->port, false)) != -1) {
		r->pair[i].fd[0] = fd;
		atomic_fetch_add(&r->count, 1);
	} else {
		reset(fd);
	}
}

static bool
pass(int from, int to)
{
	char chunk[CHUNK];
	ssize_t n = read(from, chunk, sizeof(chunk)), done, off = 0;

	if (n <= 0)
		return false;
	for (; off < n; off += done)
		if ((done = send(to, chunk + off, (size_t)(n - off),
			 MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

static void
cut_all(struct relay *r)
{
	for (int i = 0; i < PAIRS_MAX; i++)
		pair_close(&r->pair[i]);
}

static void
turn(struct relay *r)
{
	struct pollfd p[2 + 2 * PAIRS_MAX];
	uint64_t drop;

	p[0] = (struct pollfd){ .fd = r->wake, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = r->listener, .events = POLLIN };
	for (int i = 0; i < 2 * PAIRS_MAX; i++)
		p[2 + i] = (struct pollfd){
			.fd = r->pair[i / 2].fd[i % 2], .events = POLLIN
		};
	if (poll(p, 2 + 2 * PAIRS_MAX, -1) == -1)
		return;
	if (p[0].revents != 0)
		(void)!read(r->wake, &drop, sizeof(drop));
	if (atomic_exchange(&r->cut, false) || atomic_load(&r->split))
		cut_all(r);
	for (int i = 0; i < 2 * PAIRS_MAX; i++) {
		struct pair *pair = &r->pair[i / 2];

		if (p[2 + i].revents != 0 && pair->fd[i % 2] != -1 &&
		    !pass(pair->fd[i % 2], pair->fd[1 - i % 2]))
			pair_close(pair);
	}
	if (p[1].revents != 0)
		take(r);
}

static void *
run(void *arg)
{
	struct relay *r = arg;

	while (!atomic_load(&r->end))
		turn(r);
	cut_all(r);
	return NULL;
}

struct relay *
relay_new(int port)
{
	struct relay *r = xcalloc(1, sizeof(*r));
	struct sockaddr_in in;
	socklen_t len = sizeof(in);

	r->port = port;
	r->wake = eventfd(0, EFD_CLOEXEC);
	r->listener = loopback(0, true);
	for (int i = 0; i < PAIRS_MAX; i++)
		r->pair[i] = (struct pair){ { -1, -1 } };
	if (r->listener == -1 ||
	    getsockname(r->listener, (struct sockaddr *)&in, &len) == -1 ||
	    pthread_create(&r->thread, NULL, run, r) != 0)
		abort();
	snprintf(r->address, sizeof(r->address), "127.0.0.1:%d",
	    ntohs(in.sin_port));
	return r;
}

static void
wake(struct relay *r)
{
	uint64_t one = 1;

	(void)!write(r->wake, &one, sizeof(one));
}

void
relay_free(struct relay *r)
{
	atomic_store(&r->end, true);
	wake(r);
	pthread_join(r->thread, NULL);
	close(r->listener);
	close(r->wake);
	free(r);
}

const char *
relay_address(const struct relay *r)
{
	return r->address;
}

void
relay_cut(struct relay *r)
{
	atomic_store(&r->cut, true);
	wake(r);
}

void
relay_split(struct relay *r, bool split)
{
	atomic_store(&r->split, split);
	wake(r);
}

unsigned
relay_count(const struct relay *r)
{
	return atomic_load(&r->count);
}
