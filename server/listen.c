/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/listen.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/loop.h"
#include "shared/resolve.h"
#include "shared/xalloc.h"

enum {
	BACKLOG = 1024,
	ACCEPTS_A_TURN = 64,
	REST_MS = 1000,
	PORT_TRIES = 16 /* for a free port that both families have free */
};

struct listener {
	struct listeners *all;
	struct listener *next;
	int fd;
	unsigned kind;
	struct resolve_addr at;
};

struct listeners {
	struct loop *loop;
	struct listen_handler handler;
	struct listener *first, **last;
	struct loop_timer rest;
	int spare; /* given up to tell a newcomer that there is none left */
	bool going;
};

/* ---- binding ---------------------------------------------------------- */

static void
set_port(struct resolve_addr *a, in_port_t port)
{
	if (a->sa.ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)&a->sa)->sin6_port = port;
	else
		((struct sockaddr_in *)(void *)&a->sa)->sin_port = port;
}

static in_port_t
get_port(const struct resolve_addr *a)
{
	if (a->sa.ss_family == AF_INET6)
		return ((const struct sockaddr_in6 *)(const void *)&a->sa)
		    ->sin6_port;
	return ((const struct sockaddr_in *)(const void *)&a->sa)->sin_port;
}

/* -1 and errno.  *a then holds the port that was got for port 0. */
static int
bind_one(struct resolve_addr *a)
{
	int one = 1, saved, fd;

	fd = socket(a->sa.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	/* Else a restart waits for the last run's connections to time out. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == -1)
		goto fail;
	/* Each family has its own socket: they must not overlap. */
	if (a->sa.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &one, sizeof one) == -1)
		goto fail;
	if (bind(fd, (const struct sockaddr *)&a->sa, a->len) == -1 ||
	    listen(fd, BACKLOG) == -1)
		goto fail;
	a->len = sizeof a->sa;
	if (getsockname(fd, (struct sockaddr *)&a->sa, &a->len) == -1)
		goto fail;
	return fd;

fail:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static bool
family_missing(int error)
{
	return error == EADDRNOTAVAIL || error == EAFNOSUPPORT ||
	    error == EPROTONOSUPPORT;
}

/*
 * Binds all that it can of r, port 0 to one port for all.  How many, with
 * their fds in fd (-1: left out); -1 and errno with *bad when one is refused
 * for another reason than that the machine lacks it.
 */
static int
bind_all(struct resolve_result *r, int fd[RESOLVE_MAX], int *bad)
{
	in_port_t port = 0;
	int count = 0, missing = EADDRNOTAVAIL, saved;

	for (int i = 0; i < r->count; i++) {
		if (get_port(&r->addr[i]) == 0)
			set_port(&r->addr[i], port);
		fd[i] = bind_one(&r->addr[i]);
		if (fd[i] != -1) {
			port = get_port(&r->addr[i]);
			count++;
			continue;
		}
		*bad = i;
		if (family_missing(errno)) {
			missing = errno;
			continue;
		}
		saved = errno;
		while (i-- > 0)
			if (fd[i] != -1)
				close(fd[i]);
		errno = saved;
		return -1;
	}
	errno = missing;
	return count > 0 ? count : -1;
}

/* /etc/hosts need not know both: then a client that tries the other one
 * first would meet nobody. */
static void
look_up(const char *host, const char *port, struct resolve_result *r)
{
	struct resolve_result six;

	if (strcmp(host, "localhost") != 0) {
		resolve_now(host, port, true, r);
		return;
	}
	resolve_now("127.0.0.1", port, true, r);
	resolve_now("::1", port, true, &six);
	if (r->count > 0 && six.count > 0)
		r->addr[r->count++] = six.addr[0];
}

static void
keep(struct listeners *ls, int fd, unsigned kind,
    const struct resolve_addr *at)
{
	struct listener *l = xcalloc(1, sizeof *l);

	l->all = ls;
	l->fd = fd;
	l->kind = kind;
	l->at = *at;
	*ls->last = l;
	ls->last = &l->next;
}

bool
listeners_add(struct listeners *ls, const char *spec, unsigned kind,
    char *why, size_t cap)
{
	char host[RESOLVE_HOST_CAP], port[8];
	struct resolve_result all, r;
	int fd[RESOLVE_MAX], bad = 0, got = -1;

	if (!resolve_split(spec, NULL, host, port)) {
		snprintf(why, cap, "%s: not of the form ADDR:PORT", spec);
		return false;
	}
	look_up(host, port, &all);
	if (all.count == 0) {
		snprintf(why, cap, "%s: %s", spec, all.why);
		return false;
	}
	for (int i = 0; i < PORT_TRIES && got == -1; i++) {
		r = all; /* a try leaves its ports in it */
		got = bind_all(&r, fd, &bad);
		if (got == -1 &&
		    (errno != EADDRINUSE || get_port(&all.addr[0]) != 0))
			break;
	}
	if (got == -1) {
		char text[RESOLVE_TEXT_CAP];
		int error = errno;

		resolve_format(&all.addr[bad].sa, text);
		snprintf(why, cap, "cannot listen on %s (%s): %s", spec, text,
		    strerror(error));
		return false;
	}
	for (int i = 0; i < r.count; i++)
		if (fd[i] != -1)
			keep(ls, fd[i], kind, &r.addr[i]);
	return true;
}

/* ---- accepting -------------------------------------------------------- */

static void
want(struct listeners *ls, unsigned what)
{
	for (struct listener *l = ls->first; l != NULL; l = l->next)
		loop_want(ls->loop, l->fd, what);
}

static void
rested(void *arg)
{
	struct listeners *ls = arg;

	if (ls->spare == -1)
		ls->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	want(ls, LOOP_READ);
}

/* Tells one newcomer and closes.  What it has sent already is read, for else
 * the close would be a reset, which takes the answer back. */
static void
turn_away(struct listener *l, int fd)
{
	char drop[512];

	l->all->handler.full(l->all->handler.arg, l->kind, fd);
	shutdown(fd, SHUT_WR);
	while (recv(fd, drop, sizeof drop, MSG_DONTWAIT) > 0)
		continue;
	close(fd);
}

static void
no_descriptor(struct listener *l, int error)
{
	struct listeners *ls = l->all;
	int fd;

	ls->handler.trouble(ls->handler.arg, "no descriptor left",
	    strerror(error));
	if (ls->spare != -1) {
		close(ls->spare);
		ls->spare = -1;
		for (int i = 0; i < ACCEPTS_A_TURN && (fd = accept4(l->fd,
		    NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1; i++)
			turn_away(l, fd);
		ls->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	want(ls, 0);
	loop_timer_set(ls->loop, &ls->rest, REST_MS, rested, ls);
}

/* True: try the next one. */
static bool
accept_failed(struct listener *l, int error)
{
	switch (error) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		no_descriptor(l, error);
		return false;
	default:
		/* accept(2): errors that are pending on the new socket, such
		 * as ECONNABORTED, are the newcomer's trouble only. */
		return true;
	}
}

/*
 * A turn's answers leave in one write: nothing for Nagle to wait for.  A peer
 * whose machine has vanished is found out within 90 seconds, whether it owes
 * us an acknowledgement (USER_TIMEOUT) or is silent (KEEPALIVE).  None of it
 * can fail on a TCP socket in a way that matters.
 */
static void
set_up(int fd)
{
	static const int one = 1, idle = 45, step = 15, count = 3;
	static const unsigned timeout = 90000;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &step, sizeof step);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
	setsockopt(
	    fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

static void
accept_some(void *arg, int lfd, unsigned ready)
{
	struct listener *l = arg;
	struct listen_handler *h = &l->all->handler;
	char origin[RESOLVE_TEXT_CAP];
	struct resolve_addr from;
	int fd;

	(void)ready;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		from = (struct resolve_addr){ .len = sizeof from.sa };
		fd = accept4(lfd, (struct sockaddr *)&from.sa, &from.len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd == -1) {
			if (!accept_failed(l, errno))
				return;
			continue;
		}
		set_up(fd);
		resolve_origin(&from.sa, origin);
		if (!h->accepted(h->arg, l->kind, fd, origin)) {
			h->trouble(h->arg, "too many connections",
			    *origin != '\0' ? origin : NULL);
			turn_away(l, fd);
		}
	}
}

/* ---- the set ---------------------------------------------------------- */

struct listeners *
listeners_new(struct loop *loop, const struct listen_handler *handler)
{
	struct listeners *ls = xcalloc(1, sizeof *ls);

	ls->loop = loop;
	ls->handler = *handler;
	ls->last = &ls->first;
	ls->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return ls;
}

void
listeners_free(struct listeners *ls)
{
	struct listener *l;

	if (ls == NULL)
		return;
	while ((l = ls->first) != NULL) {
		ls->first = l->next;
		if (ls->going)
			loop_unwatch(ls->loop, l->fd);
		close(l->fd);
		free(l);
	}
	loop_timer_unset(ls->loop, &ls->rest);
	if (ls->spare != -1)
		close(ls->spare);
	free(ls);
}

bool
listeners_public(const struct listeners *ls)
{
	for (const struct listener *l = ls->first; l != NULL; l = l->next)
		if (!resolve_is_loopback(&l->at.sa))
			return true;
	return false;
}

void
listeners_each(const struct listeners *ls,
    void (*fn)(void *arg, unsigned kind, const char *addr), void *arg)
{
	char text[RESOLVE_TEXT_CAP];

	for (const struct listener *l = ls->first; l != NULL; l = l->next) {
		resolve_format(&l->at.sa, text);
		fn(arg, l->kind, text);
	}
}

void
listeners_go(struct listeners *ls)
{
	ls->going = true;
	for (struct listener *l = ls->first; l != NULL; l = l->next)
		loop_watch(ls->loop, l->fd, LOOP_READ, accept_some, l);
}
