/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions: who may act as whom.  Those with a token are in the store too and
 * come back after a restart; attached ones end with their connection.
 *
 * A session counts as logged in while a connection is open on which it was
 * shown (chat_connected) and it is in use: it is attached, has a watch or was
 * used within the idle limit.  When the last such connection closes, it counts
 * for SESSION_GRACE_MS more, so that a reconnect does not flicker.  The user is
 * online from the first to the last of the sessions that count, and only then
 * are others told.
 */
#ifndef SERVER_CHAT_SESSION_H
#define SERVER_CHAT_SESSION_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/work/secret.h"

struct account;
struct map;

enum {
	SESSIONS_MAX = 4096,      /* of one account */
	SESSIONS_SWEEP_MS = 60000, /* expiry, and "used" to the disk */
	SESSION_GRACE_MS = 10000
};

struct session {
	uint64_t number;
	struct account *account;
	enum chat_login_kind kind;
	unsigned char digest[SECRET_DIGEST_LEN]; /* CHAT_TOKEN */
	int64_t created;
	int64_t used, used_mono;
	int64_t saved; /* `used` as the store has it */
	unsigned watches;
	unsigned connections; /* open ones on which it was shown */
	int64_t grace;        /* mono: without one it counts until then */
	bool online;
	bool ending; /* logout is on its way to the disk: nobody's any more */
	TAILQ_ENTRY(session) entry, of_account, of_online;
};

TAILQ_HEAD(session_list, session);

struct sessions {
	struct session_list all;
	struct session_list online; /* in the order of login */
	struct map *by_number;
	struct map *by_digest;
	uint64_t last;
	int64_t swept; /* mono */
};

void sessions_init(struct sessions *);
void sessions_free(struct sessions *);

/* -1: the disk failed.  Accounts are there already. */
int sessions_load(struct chat *);

/* Writes down when they were last used. */
void sessions_save(struct chat *);

/* How long until the next call is due; 0: whenever it comes. */
int64_t sessions_tick(struct chat *);

/* NULL: unknown, ended, or the chat is ending. */
struct session *session_find(const struct chat *, uint64_t number);

/* digest NULL: attached.  It does not count as logged in yet. */
struct session *session_new(struct chat *, struct account *,
    const unsigned char *digest, int64_t created, int64_t used);

/* A login: it counts, and its connection is about to be known. */
void session_begin(struct chat *, struct session *);

/* Room for one more of the account, by ending the one unused longest.
 * False: all of them are in use this very moment. */
bool session_make_room(struct chat *, struct account *);

void session_used(struct chat *, struct session *);

/* Not logged in any more; its watches are over, and are told why. */
void session_silence(struct chat *, struct session *, enum wire_err why);

/* Silenced, and gone from memory; the store is the caller's to tell. */
void session_drop(struct chat *, struct session *, enum wire_err why);

/* All of the account but one (0: none) are dropped. */
void session_drop_all(struct chat *, struct account *, uint64_t keep,
    enum wire_err why);

/* After a logout: where no other session of the account has a connection, none
 * is left to come back to, and the grace of all is over. */
void session_logged_out(struct chat *, struct account *);

void session_watched(struct chat *, struct session *);   /* one watch more */
void session_unwatched(struct chat *, struct session *); /* one less */

#endif
