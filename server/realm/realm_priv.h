/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this folder share, and nobody else sees: the set of
 * realms, and a link to one of ours in its three parts.
 *
 *	link.c    dialling, the one connection, who is online
 *	stream.c  what must not be lost: the outbox and what is taken
 *	ask.c     questions, which are answered now or never
 *
 * Messages of a link are JSON objects, one a sealed frame (secure_frame.h), told
 * apart by the member that stands first here; others do not count.
 *
 *	v, stream, from, taken   hello, once, from both sides, before all else:
 *	    the stream we send; the one of the peer's that we know, and how far
 *	    we have taken it
 *	n, item                  an item of the stream (item.h)
 *	ack                      all up to that one is durable here
 *	q, find, plea or group   a question, under a number of the asker's
 *	a, err or user, name     its answer
 *	want                     names of those whose presence is wanted
 *	seen                     how it is with one of them
 *	ping                     nothing, but it was heard
 *	bye, wait                why the connection ends, and how many seconds
 *	    the other side does well to wait before it dials
 */
#ifndef SERVER_REALM_REALM_PRIV_H
#define SERVER_REALM_REALM_PRIV_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "server/chat/peer.h"
#include "server/realm/realm.h"
#include "server/realm/secure_frame.h"
#include "server/realm/handshake.h"
#include "server/store/store.h"
#include "shared/loop.h"

struct conns;
struct dial;
struct legacy;
struct oldlines;
struct map;

enum {
	STREAM_CAP = STORE_STREAM_LEN + 1,
	WINDOW_ITEMS = 512,      /* sent, or taken in, and not acknowledged */
	WINDOW_BYTES = 1 << 20,  /* the same; the last one may pass it */
	QUESTIONS_MAX = 1024,    /* open at once, to one realm */
	PLEAS_MAX = 256,         /* open at once, of one realm */
	REASON_CAP = 200
};

/* What waits for a realm, and how far it came. */
struct outbox {
	char stream[STREAM_CAP];
	bool ready;     /* the store has the stream */
	int64_t known;  /* the newest item's number, as far as we know */
	int64_t seen;   /* the highest number that was read or told */
	int64_t acked;  /* the peer has all up to here */
	int64_t sent;   /* on this connection: handed over up to here */
	bool more, reading;
	uint32_t read_gen; /* of the connection that it is read for */
	int64_t dropped;   /* the store was told to drop up to here */
	struct {
		int64_t number;
		size_t len;
	} under_way[WINDOW_ITEMS]; /* a ring: sent and not acknowledged */
	size_t first, count, bytes;
	struct loop_timer again;
};

/* What comes from a realm. */
struct inbox {
	char from[STREAM_CAP]; /* its stream; "": none yet */
	int64_t taken;  /* durable here, and all before it */
	int64_t came;   /* the highest that was seen on this connection */
	int64_t told;   /* acknowledged on this connection */
	struct {
		int64_t number;
		size_t len;
		enum { TAKING, TAKEN, NOT_TAKEN } state;
	} ring[WINDOW_ITEMS]; /* in the chat's hands, in their order */
	size_t first, count, bytes;
	uint64_t next_id; /* of the next one in the ring */
	/*
	 * One was not taken, and others behind it were: they come again, are
	 * known here, and not given to the chat a second time.
	 */
	bool torn;
	int64_t ahead[WINDOW_ITEMS];
	size_t aheads;
};

struct question;
TAILQ_HEAD(questions, question);

struct link {
	struct realms *set;
	char name[WIRE_NAME_CAP], key[WIRE_NAME_CAP];
	char host[RESOLVE_HOST_CAP], port[8];
	struct handshake_peer peer;

	/* Dialling. */
	struct dial *dial;
	bool greeting; /* one that we dialled is in its handshake */
	unsigned tries;
	struct loop_timer again;

	/* The connection; frames.conn NULL: there is none. */
	struct secure_frame frames;
	uint32_t gen;   /* how many there were */
	bool dialled;   /* by us */
	bool hailed;    /* our hello is out */
	bool greeted;   /* theirs has come: the link is up */
	int64_t made;   /* loop_now */
	int64_t acked_at, taken_at; /* how far it was when it came up */
	struct loop_timer beat, silent;
	struct loop_call turn_end;

	int64_t since;  /* up or down, ms since 1970 */
	char error[REASON_CAP];
	int64_t told_at; /* the log, loop_now; how many lines since: */
	unsigned told;

	struct outbox out;
	struct inbox in;
	struct questions questions;
	uint32_t last_question;
	size_t questions_open, pleas_open;
	struct map *wants; /* by key; what is in it hangs on: */
	SLIST_HEAD(, want) wanted;
};

struct realm {
	char name[WIRE_NAME_CAP], key[WIRE_NAME_CAP];
	struct link *link;     /* of ours; or else: */
	bool old;              /* of the older system */
	struct legacy *legacy; /* NULL once the realms are closed */
};

struct search;
TAILQ_HEAD(searches, search);

struct realms {
	struct loop *loop;
	struct chat *chat;
	struct store *store;
	struct conns *conns;
	struct shakes *shakes;
	struct realm_log log;
	char own[WIRE_NAME_CAP], own_key[WIRE_NAME_CAP];
	struct realm at[REALMS_MAX]; /* in the order in which they are asked */
	size_t count;
	struct searches searches;
	size_t searching;
	struct oldlines *lines;
	bool closed;
};

/* ---- link.c ----------------------------------------------------------- */

/* Its stream is to be set up behind it.  NULL: no memory for its key. */
struct link *link_new(struct realms *, const struct realm_link *);
void link_go(struct link *);
void link_close(struct link *); /* says that we go down */
void link_free(struct link *);

void link_proved(struct link *, struct conn *,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us);
void link_refused(struct link *, const char *why);

/* Greets, once what came before is settled. */
void link_hail(struct link *);

bool link_up(const struct link *);
const char *link_state(const struct link *);

/* The object is its own.  Nothing where there is no connection. */
void link_send(struct link *, json_t *);

enum { LINK_NO_BYE = -1 };

/* Ends the connection.  wait: the seconds that both wait before they dial
 * again, and the other side is told why; LINK_NO_BYE: it is not. */
void link_drop(struct link *, const char *why, int wait);

void link_want(struct link *, const char *user);
void link_presence(struct link *, const struct chat_user *);

/* At the end of the turn: stream_settle. */
void link_settle_later(struct link *);

/* ---- stream.c --------------------------------------------------------- */

/* row NULL: the store does not know that realm yet. */
void stream_init(struct link *, const struct store_realm *row);
void stream_stop(struct link *);  /* the connection is over */
bool stream_ready(const struct link *); /* for a hello */
void stream_hello(const struct link *, json_t *);

/* These three: what the peer has said wrong, or NULL. */
const char *stream_greeted(struct link *, const json_t *);
const char *stream_item(struct link *, const json_t *, size_t len);
const char *stream_ack(struct link *, const json_t *);

/* So many items were put into the outbox. */
void stream_wake(struct link *, size_t items);

/* Sends what waits, as far as it may. */
void stream_pump(struct link *);
void stream_settle(struct link *);
int64_t stream_waiting(const struct link *);

/* ---- ask.c ------------------------------------------------------------ */

/* o: the answer, where err is WIRE_OK. */
typedef void ask_fn(void *arg, enum wire_err err, const json_t *o);

/*
 * fn comes once, never before this returns: with the peer's error, or
 * WIRE_REALM_UNREACHABLE when it does not answer in time or the link goes
 * down, WIRE_BUSY when we do.  The question is its own.  False (and fn does
 * not come): the link is down (WIRE_REALM_UNREACHABLE) or too much is asked.
 */
bool ask(struct link *, json_t *question, int64_t ms, ask_fn *fn, void *arg,
    enum wire_err *err);
void ask_end_all(struct link *, enum wire_err);

/* What the peer has said wrong, or NULL. */
const char *ask_asked(struct link *, const json_t *);
const char *ask_answered(struct link *, const json_t *);

#endif
