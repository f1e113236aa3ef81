/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/dial.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/loop.h"
#include "shared/resolve.h"
#include "shared/xalloc.h"

struct dial {
	struct loop *loop;
	dial_fn *fn;
	void *arg;
	struct resolve *resolve; /* NULL once that is answered */
	struct resolve_result to;
	int next; /* of to.addr, to be tried */
	int fd;   /* that is connecting, or -1 */
	int err;  /* why the address that says most did not do */
	struct loop_timer timer;
};

static void
drop_socket(struct dial *d)
{
	if (d->fd == -1)
		return;
	loop_timer_unset(d->loop, &d->timer);
	loop_unwatch(d->loop, d->fd);
	close(d->fd);
	d->fd = -1;
}

/* The dial is freed before the call: fn may well start another. */
static void
finish(struct dial *d, int fd, const char *text)
{
	dial_fn *fn = d->fn;
	void *arg = d->arg;
	char why[sizeof d->to.why];

	snprintf(why, sizeof why, "%s", text);
	dial_cancel(d);
	fn(arg, fd, why);
}

/*
 * Most machines lack one of the two families, so that half of the addresses
 * cannot be reached at all.  That says little; what another one answered is
 * what a person wants to hear.
 */
static void
note(struct dial *d, int err)
{
	if (d->err == 0 || (err != ENETUNREACH && err != EHOSTUNREACH &&
	    err != EADDRNOTAVAIL && err != EAFNOSUPPORT))
		d->err = err;
}

/*
 * A port of this machine that nobody listens on may be the very one that the
 * kernel gives our end, and TCP then connects it with itself (RFC 9293, 3.5,
 * simultaneous open).  Who dials again and again does hit it.
 */
static bool
is_own_end(int fd)
{
	struct sockaddr_storage us, them;
	socklen_t n = sizeof us, m = sizeof them;

	memset(&us, 0, sizeof us);
	memset(&them, 0, sizeof them);
	return getsockname(fd, (struct sockaddr *)&us, &n) == 0 &&
	    getpeername(fd, (struct sockaddr *)&them, &m) == 0 && n == m &&
	    memcmp(&us, &them, n) == 0;
}

/* 0: connected; else why not. */
static int
outcome(int fd)
{
	int err = 0;
	socklen_t n = sizeof err;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) == -1)
		return errno;
	if (err == 0 && is_own_end(fd))
		return ECONNREFUSED;
	return err;
}

static void try_next(struct dial *);

static void
on_outcome(void *arg, int fd, unsigned ready)
{
	struct dial *d = arg;
	int err = outcome(fd);

	(void)ready;
	if (err != 0) {
		note(d, err);
		drop_socket(d);
		try_next(d);
		return;
	}
	loop_timer_unset(d->loop, &d->timer);
	loop_unwatch(d->loop, fd);
	d->fd = -1;
	finish(d, fd, "");
}

static void
on_too_late(void *arg)
{
	struct dial *d = arg;

	note(d, ETIMEDOUT);
	drop_socket(d);
	try_next(d);
}

/* False: that address will not do, and err says why. */
static bool
try_one(struct dial *d, const struct resolve_addr *to)
{
	d->fd = socket(to->sa.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd == -1) {
		note(d, errno);
		return false;
	}
	/* One that is connected at once is writable at once. */
	if (connect(d->fd, (const struct sockaddr *)&to->sa, to->len) == -1 &&
	    errno != EINPROGRESS && errno != EINTR) {
		note(d, errno);
		close(d->fd);
		d->fd = -1;
		return false;
	}
	loop_watch(d->loop, d->fd, LOOP_WRITE, on_outcome, d);
	loop_timer_set(d->loop, &d->timer, DIAL_MS, on_too_late, d);
	return true;
}

static void
try_next(struct dial *d)
{
	while (d->next < d->to.count)
		if (try_one(d, &d->to.addr[d->next++]))
			return;
	finish(d, -1, d->to.count == 0 ? d->to.why : strerror(d->err));
}

static void
on_resolved(void *arg, const struct resolve_result *result)
{
	struct dial *d = arg;

	d->resolve = NULL;
	d->to = *result;
	try_next(d);
}

struct dial *
dial_start(struct loop *loop, const char *host, const char *port,
    dial_fn *fn, void *arg)
{
	struct dial *d = xcalloc(1, sizeof *d);

	d->loop = loop;
	d->fn = fn;
	d->arg = arg;
	d->fd = -1;
	d->resolve = resolve_start(loop, host, port, on_resolved, d);
	return d;
}

void
dial_cancel(struct dial *d)
{
	if (d == NULL)
		return;
	resolve_cancel(d->resolve);
	drop_socket(d);
	free(d);
}
