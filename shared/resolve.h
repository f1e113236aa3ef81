/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ADDR:PORT to socket addresses.  getaddrinfo(3) may block for as long as a
 * name server likes, so a loop asks through resolve_start, which does it on a
 * thread of its own; resolve_now is for start-up.
 *
 * Forms: host:port, [v6]:port, :port or *:port (every address), host alone
 * where a default port is given.
 */
#ifndef SHARED_RESOLVE_H
#define SHARED_RESOLVE_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>

struct loop;

enum { RESOLVE_MAX = 16, RESOLVE_HOST_CAP = 256, RESOLVE_TEXT_CAP = 64 };

struct resolve_addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

struct resolve_result {
	int count; /* 0: none, and why says it */
	struct resolve_addr addr[RESOLVE_MAX];
	char why[128];
};

/* Cuts "host:port"; port_default may be NULL (then a port is needed).
 * False: not of that form. */
bool resolve_split(const char *text, const char *port_default,
    char host[RESOLVE_HOST_CAP], char port[8]);

/* passive: an address to bind.  May block. */
void resolve_now(const char *host, const char *port, bool passive,
    struct resolve_result *);

/* "127.0.0.1:8889", "[::1]:8889". */
void resolve_format(const struct sockaddr_storage *, char[RESOLVE_TEXT_CAP]);

bool resolve_is_loopback(const struct sockaddr_storage *);

/*
 * Whose an address is, to count by: an IPv4 address is itself, an IPv6 one its
 * /64, of which a single machine may take any address it likes (RFC 4291,
 * 2.5.1), but for a link's own, where /64 is everybody.  "" for loopback.
 */
void resolve_origin(const struct sockaddr_storage *, char[RESOLVE_TEXT_CAP]);

struct resolve;
typedef void resolve_fn(void *arg, const struct resolve_result *);

/* fn is called once, from the loop, unless resolve_cancel came first. */
struct resolve *resolve_start(struct loop *, const char *host,
    const char *port, resolve_fn *, void *arg);
void resolve_cancel(struct resolve *);

#endif
