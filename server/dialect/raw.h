/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A raw group line: what a connection of the command protocol becomes between
 * `group` and `exit`.  Nothing on it is framed: what comes in is chats, and
 * what goes out are chats as "USER: TEXT" and who comes and goes, with no line
 * ends.  Then the request is answered, framed, and the connection is what it
 * was before.
 *
 * Chats.  Each read is one, or each line of it where it holds line ends.  What
 * came without one may be the half of a chat whose rest is under way: it
 * counts as whole when nothing follows for RAW_WHOLE_MS.  One that is longer
 * than a text may be becomes several, bytes that are no UTF-8 become U+FFFD.
 * One is said after the other, so that a peer is held back by its own.
 *
 * Elsewhere.  A group that is not here is first asked of the linked realms
 * (peers.h).  Where one of ours has it, the line is in the copy that is kept of
 * it here; where a legacy peer has it, this only passes on what is said.
 */
#ifndef SERVER_DIALECT_RAW_H
#define SERVER_DIALECT_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/wire.h"

struct buf;
struct chat_who;
struct dialects;
struct raw;
struct client_conn;

enum {
	RAW_WHOLE_MS = 50,
	/* Before "exit" and behind it nothing else may come within one read of
	 * the older client, which compares it with the word. */
	RAW_PAUSE_MS = 100
};

/*
 * The connection is a raw line from here on, or is asked for at the peers, or
 * is refused already.  request is answered when the line is over.  user: who it
 * is, without a realm.  home: of the group, where one was asked for; or "".
 * Strings are copied.
 *
 * Who is refused is sent the error's text as a raw line, then "exit", and then
 * the answer: the older client reads raw by the time it has asked.  One of a
 * peer is only answered.
 */
void raw_start(struct client_conn *, uint64_t request, const struct chat_who *,
    const char *user, const char *group, const char *home);

/* The same for a request that names no group. */
void raw_refuse(struct client_conn *, uint64_t request, const char *user,
    enum wire_err);

/* ---- for the tests ---------------------------------------------------- */

/* A chat that was cut off from what came in. */
struct raw_chat {
	size_t n;    /* bytes of it */
	size_t eat;  /* with its end; 0: there is no whole one yet */
	bool end;    /* of a line: else the rest of it follows */
};

/* The next one at the front.  whole: nothing follows what is there. */
struct raw_chat raw_cut(const char *p, size_t n, bool whole);

/* At most n bytes of s, cut where a character begins. */
size_t raw_piece(const char *s, size_t len, size_t n);

/* What a terminal may be shown, and in one line: its ends become blanks. */
void raw_clean(struct buf *, const char *s, size_t n);

#endif
