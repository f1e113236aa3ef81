/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The seam between the dialects and the links to other realms, which know
 * nothing of each other: types only.  server/realm fills in a struct peers,
 * main hands it to the dialects.
 */
#ifndef SERVER_PEERS_H
#define SERVER_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr_storage;

/* A link as an administrator sees it. */
struct peers_link {
	const char *realm;
	bool legacy;
	const char *state; /* "up", "down", "connecting"; legacy: "ready" */
	int64_t since;     /* ms since 1970 */
	int64_t queued;    /* items that wait for it */
	const char *error; /* the last one; "": none yet */
};

typedef void peers_link_fn(void *arg, const struct peers_link *);

/* What becomes of a raw line to a group that is not here; id as it was
 * given. */
struct peers_line {
	void *arg;
	/* No peer has that group, or none can be asked: it is over. */
	void (*absent)(void *arg, uint64_t id);
	/* A legacy one has; what it sends follows. */
	void (*open)(void *arg, uint64_t id);
	void (*text)(void *arg, uint64_t id, const char *, size_t);
	/* It is over, whoever ended it. */
	void (*ended)(void *arg, uint64_t id);
	/* A realm of ours has it (borrowed until this returns): it is over, and
	 * the chat takes one there (chat_line_visit). */
	void (*there)(void *arg, uint64_t id, const char *realm);
};

/* arg is each call's first. */
struct peers {
	void *arg;

	/* The legacy realm that has this address; NULL: none has. */
	const char *(*legacy)(void *arg, const struct sockaddr_storage *);

	/*
	 * A connection whose first request was "link ...": from here on it is
	 * the callee's.  rest: bytes that came behind the line.
	 */
	void (*link)(void *arg, int fd, const char *line, const void *rest,
	    size_t n);

	void (*each)(void *arg, peers_link_fn *, void *with);

	/*
	 * Asks the peers, in the order of the links, for a raw line of that
	 * user of ours in that group.  The line's number, never 0; what
	 * becomes of it is told later, never before this returns.
	 */
	uint64_t (*line_open)(void *arg, const char *user, const char *group,
	    const struct peers_line *, uint64_t id);
	void (*line_say)(void *arg, uint64_t line, const char *, size_t);
	/* Says "exit" there; ended follows when the peer has answered, or soon
	 * after.  A second call, or one for a line that is over, is nothing. */
	void (*line_close)(void *arg, uint64_t line);
	/* Nobody waits for it any more: no more calls. */
	void (*line_drop)(void *arg, uint64_t line);
};

#endif
