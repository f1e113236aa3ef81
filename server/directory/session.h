/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions: who may act as whom.  Those with a token are in the store too and
 * come back after a restart; attached ones end with their connection.
 *
 * A session counts as logged in while a connection is open on which it was
 * shown (session_connected) and it is in use: it is attached, has a watch or
 * was used within the idle limit.  When the last such connection closes, it
 * counts for SESSION_GRACE_MS more, so that a reconnect does not flicker.  The
 * user is online from the first to the last of the sessions that count, and
 * only then are others told.
 */
#ifndef SERVER_DIRECTORY_SESSION_H
#define SERVER_DIRECTORY_SESSION_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/directory/user.h"
#include "server/work/secret.h"
#include "shared/wire.h"

struct account;
struct directory;
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
int sessions_load(struct directory *);

/* Writes down when they were last used. */
void sessions_save(struct directory *);

/* How long until the next call is due; 0: whenever it comes. */
int64_t sessions_tick(struct directory *);

/* NULL: unknown, ended, or the chat is ending. */
struct session *session_find(const struct directory *, uint64_t number);

/* Also one whose end is on its way to the disk: it may come back. */
struct session *session_by_number(const struct directory *, uint64_t number);

/* The same as chat.h says of its calls. */
struct session *session_of_token(
    struct directory *, const char *token, size_t n);
bool session_use(struct directory *, uint64_t number);
void session_connected(struct directory *, uint64_t number);
void session_disconnected(struct directory *, uint64_t number);

/* digest NULL: attached.  It does not count as logged in yet. */
struct session *session_new(struct directory *, struct account *,
    const unsigned char *digest, int64_t created, int64_t used);

/* A login: it counts, and its connection is about to be known. */
void session_begin(struct directory *, struct session *);

/* Room for one more of the account, by ending the one unused longest.
 * False: all of them are in use this very moment. */
bool session_make_room(struct directory *, struct account *);

void session_used(struct directory *, struct session *);

/* Not logged in any more; what hangs on it is told why. */
void session_silence(struct directory *, struct session *, enum wire_err why);

/* Silenced, and gone from memory; the store is the caller's to tell. */
void session_drop(struct directory *, struct session *, enum wire_err why);

/* All of the account but one (0: none) are dropped. */
void session_drop_all(struct directory *, struct account *, uint64_t keep,
    enum wire_err why);

/* After a logout: where no other session of the account has a connection, none
 * is left to come back to, and the grace of all is over. */
void session_logged_out(struct directory *, struct account *);

/* It has one watch more, one less. */
void session_watched(struct directory *, struct session *);
void session_unwatched(struct directory *, struct session *);

#endif
