/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where newcomers come in: binds, listens, accepts.  A turn of the loop
 * accepts a bounded number, so that those who are here get theirs.
 *
 * When no descriptor is left the listeners rest for a second instead of
 * spinning, and one that is held back for this moment is given up to tell the
 * newcomer so.
 */
#ifndef SERVER_LISTEN_H
#define SERVER_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

struct listeners;
struct loop;

struct listen_handler {
	void *arg;
	/* fd is the callee's.  False: it is full; then full() is next.
	 * origin: see resolve_origin. */
	bool (*accepted)(
	    void *arg, unsigned kind, int fd, const char *origin);
	/* To tell the peer; fd stays the caller's, which closes it. */
	void (*full)(void *arg, unsigned kind, int fd);
	/* A cause for the log, a string constant; detail may be NULL. */
	void (*trouble)(void *arg, const char *cause, const char *detail);
};

struct listeners *listeners_new(struct loop *, const struct listen_handler *);
void listeners_free(struct listeners *); /* closes all */

/*
 * Binds every address of "ADDR:PORT" and listens; none is accepted before
 * listeners_go.  localhost is 127.0.0.1 and ::1, with port 0 the same free
 * port for both; an address family that the machine lacks is left out when
 * another of the same name could be had.  kind is handed to the handler.
 * False: why says what and why, in one line.
 */
bool listeners_add(struct listeners *, const char *spec, unsigned kind,
    char *why, size_t cap);

/* True when one of them can be reached from another machine. */
bool listeners_public(const struct listeners *);

void listeners_each(const struct listeners *,
    void (*fn)(void *arg, unsigned kind, const char *addr), void *arg);

void listeners_go(struct listeners *);

#endif
