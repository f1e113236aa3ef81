/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: everything that outlives the process, in one SQLite file of the
 * data folder.  Plain records in, a call when they are durable, pages out.  It
 * knows no rules of the chat: who may do what is decided above.
 *
 * Threads: one writer that commits all that was gathered since its last commit
 * as one transaction (group commit), one reader with a connection of its own
 * (WAL: neither waits for the other).  No call here but open, close and those
 * of the start blocks.  Results come back through store_dispatch on the
 * caller's thread, writes in the order in which they were made; the store_fd
 * is readable when there are some.
 *
 * When the disk refuses a write, so it does all that were made before that
 * was told (their order is kept when they are tried again).
 *
 * A read sees every write whose result was dispatched before it was asked for.
 *
 * Order of life: open; store_each_* to fill the memory above; then writes and
 * queries; close, which commits and answers what was queued.
 *
 * Caps: at most STORE_QUEUE_MAX writes and STORE_QUERIES_MAX queries wait; one
 * more is refused (false, nothing is called back) and the caller says "busy".
 *
 * Strings given are copied; where nothing is said of NULL they are none, but
 * may be "".  Strings and records handed to a callback are the store's and good
 * until it returns.
 */
#ifndef SERVER_STORE_STORE_H
#define SERVER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STORE_SCHEMA = 4, /* what this program writes; see sql.c */
	STORE_DIGEST_LEN = 32,
	STORE_QUEUE_MAX = 65536,
	STORE_QUERIES_MAX = 4096,
	STORE_PAGE_MAX = 4096, /* a query's limit is at most that */
	STORE_WORDS_MAX = 32,  /* to search for; more do not count */
	STORE_LOOK_MAX = 20000, /* ids among which a text is looked through for
	                         * words that the index cannot find */
	STORE_TXN_MAX = 16384, /* writes of one transaction */
	STORE_STREAM_LEN = 16  /* characters of a stream's name */
};

struct store;

/* Something was refused; why, for the log.  Comes from the store's threads,
 * for each refusal: a disk may be full for hours. */
typedef void store_trouble_fn(const char *why);

struct store_options {
	const char *dir; /* made with mode 0700 when missing */
	bool sync_full;  /* false: synchronous=NORMAL */
	store_trouble_fn *trouble; /* NULL: nobody wants to know */
};

enum store_status {
	STORE_OK,
	STORE_FOLDER, /* the folder cannot be made or written */
	STORE_LOCKED, /* another server has it (flock(2) on "lock") */
	STORE_NEWER,  /* written by a newer schema: refused, untouched */
	STORE_BROKEN  /* not a store of ours, damaged, or the disk failed */
};

/* NULL, with the cause in status and one line for a person in why. */
struct store *store_open(const struct store_options *, enum store_status *,
    char *why, size_t cap);

/*
 * Commits what is queued, runs the calls that are due, then frees.  Queries
 * are not waited for: those that are not done are not ok.
 */
void store_close(struct store *);

int store_fd(const struct store *);
void store_dispatch(struct store *);

/* For the tests of crash and fault: how many commits were made. */
uint64_t store_commits(const struct store *);

/* ---- records ---------------------------------------------------------- */

struct store_account {
	int64_t id; /* rising in the order of registration */
	const char *name;
	const char *key; /* folded; unique */
	const char *real_name;
	const char *hash; /* of the password */
	int64_t created;  /* ms since 1970, like every time here */
	bool admin;
	int64_t seen; /* 0: never logged in */
};

struct store_session {
	unsigned char digest[STORE_DIGEST_LEN];
	int64_t account;
	int64_t created;
	int64_t used;
	int64_t expires;
};

/*
 * A conversation is known by a key that the chat makes (chat/convo.h); the
 * store only tells the kinds apart, because inbox wants private ones.
 */
enum store_kind { STORE_EVERYONE, STORE_PRIVATE, STORE_GROUP };

/*
 * Two things about keys the store must know: everyone's, which it makes itself
 * with the file, and that a private one is the keys of its two accounts with
 * one blank between ("henderson messi"; "messi messi" with oneself, where own
 * messages are unread like others').
 */
#define STORE_EVERYONE_KEY "*"

struct store_message {
	int64_t id; /* out only: the store numbers messages as it commits */
	int64_t time;
	enum store_kind kind;
	const char *conv;   /* the conversation's key */
	const char *sender; /* "messi", later "messi@realm" */
	const char *name;   /* the sender's real name then; out: as stored */
	const char *text;
};

/*
 * What is known of a group.  Its conversation may be there without such a row:
 * of a group whose members were all on raw lines.
 */
struct store_group {
	const char *conv;  /* "#batak", "#batak@medan" */
	const char *name;  /* as shown, without '#' and realm */
	const char *realm; /* its home as shown; "": here */
	const char *topic; /* "": none */
	int mode;          /* the chat's */
	int64_t created;
};

struct store_member {
	const char *conv;
	const char *member; /* the key: "messi", "james@medan" */
	const char *name;   /* as shown */
	const char *real_name;
	int64_t account;    /* 0: of another realm */
	int role;           /* the chat's */
	int64_t joined;
	int64_t since;      /* out only: the last message id there was when
	                     * the row was made */
};

/* What was decided about somebody.  conv "": for the whole server.  At most
 * one of each kind about a member in a conv. */
enum store_rule_kind {
	STORE_BAN,
	STORE_MUTE,
	STORE_INVITE,
	STORE_VISIT /* is in it for a raw line only, which a restart ends */
};

struct store_rule {
	enum store_rule_kind kind;
	const char *conv;
	const char *member; /* the key */
	const char *name;   /* as shown */
	const char *by;
	const char *reason;
	int64_t time;
};

/*
 * The two streams between us and another realm: the items we have for it (the
 * outbox), numbered from 1 in the order in which they were committed, and how
 * far we have taken the ones it has for us.  A stream has a random name, made
 * with it: a peer that was set up anew has another, and begins at 1 again.
 * Numbers, here and in the calls, are those of the stream that goes out now.
 */
struct store_realm {
	const char *realm;  /* the key */
	const char *stream; /* of what goes out; STORE_STREAM_LEN characters */
	int64_t last;       /* number of the newest item; 0: none yet */
	int64_t waiting;    /* items in the outbox */
	const char *from;   /* the stream that came in; "": none yet */
	int64_t taken;      /* the last number of it that was applied */
};

/* An item of an outbox, written with something else. */
struct store_out {
	const char *realm; /* the key */
	const void *body;
	size_t len;
};

/* ---- start ------------------------------------------------------------ */

typedef void store_account_fn(void *arg, const struct store_account *);
typedef void store_session_fn(void *arg, const struct store_session *);
typedef void store_group_fn(void *arg, const struct store_group *);
typedef void store_member_fn(void *arg, const struct store_member *);
typedef void store_rule_fn(void *arg, const struct store_rule *);
typedef void store_realm_fn(void *arg, const struct store_realm *);
typedef void store_contact_fn(void *arg, int64_t account, const char *conv);

/* In the order of id, and in the order of created.  -1: the disk failed. */
int store_each_account(struct store *, store_account_fn *, void *arg);
int store_each_session(struct store *, store_session_fn *, void *arg);

/* Members of all groups in the order in which they joined; rules of the whole
 * server first.  Nothing is asked of the store from within these calls. */
int store_each_group(struct store *, store_group_fn *, void *arg);
int store_each_member(struct store *, store_member_fn *, void *arg);
int store_each_rule(struct store *, store_rule_fn *, void *arg);
int store_each_realm(struct store *, store_realm_fn *, void *arg);

/* Every private conversation of an account with somebody of another realm
 * (whose key holds an '@'), account by account. */
int store_each_contact(struct store *, store_contact_fn *, void *arg);

/* Of the messages; 0: none yet, -1: the disk failed. */
int64_t store_last_id(struct store *);

/* ---- writes ----------------------------------------------------------- */

struct store_written {
	bool ok;        /* false: the disk refused; nothing of it is there.
	                 * True also for what is told below. */
	/* The rest is of the first put, and good when it is ok: */
	int64_t id;     /* of the message or account; mark: where it stands now;
	                 * else what is said at the call, or 0 */
	bool duplicate; /* message: that tag is known, id is the first one's;
	                 * mark: it stood there or further already;
	                 * member: it was one, and was changed */
	bool reused;    /* message: that tag is known with another digest */
	bool taken;     /* account: that key is there already */
	const struct store_written *next; /* of the next put; NULL: the last */
};

typedef void store_written_fn(void *arg, const struct store_written *);

/*
 * A transaction: writes that are made together or not at all.
 *
 * The problem.  To join a group writes the group, the member, an invitation
 * that is used up, and an item for each realm that is to know of it.  If the
 * process dies, or the disk is full, between two of these, the realms of the
 * world disagree for ever about who is in the group.  So they are one commit.
 *
 * How it goes: txn_begin, any number of puts (the calls below, up to
 * STORE_TXN_MAX; nobody says ahead how many), then txn_commit or txn_abort.
 * A put only copies what it is given into the transaction: it reads nothing,
 * cannot fail and has no callback.  The puts are made in their order.  The one
 * callback of txn_commit tells how all of it ended, and what came of each put:
 * the first one's id, duplicate, reused and taken are at hand, so put first
 * what you want to know of; `next` leads to those behind it.
 *
 * The invariants: a transaction enters the queue whole or not at all (false:
 * nothing is written and nothing is called back); the writer's thread never
 * divides it between two commits; and it is refused whole.  Several
 * transactions may share one commit (group commit), in the order in which
 * they were committed here, and their callbacks come in that order too.
 *
 * What would break: what a put refers to is decided now but written later, so
 * a caller that decides by what it wrote in an earlier transaction, which the
 * disk then refuses, has decided wrongly.  That is why a refusal takes all
 * with it that was committed before its caller heard of it (writer.c).  And a
 * transaction must not stay open beyond the turn: what others commit
 * meanwhile overtakes it.
 *
 * A struct txn is a local or a member, no heap; each put returns it, so that a
 * single write is one expression:
 *
 *	if (!txn_commit(store_set_admin(TXN(store), id, true), fn, arg))
 *		busy();
 */
struct txn {
	struct store *store;
	struct write *first, *last;
	size_t count;
};

struct txn *txn_begin(struct txn *, struct store *);

#define TXN(store) txn_begin(&(struct txn){ 0 }, (store))

/*
 * The txn is empty then, and may take another's puts.  fn may be NULL.  False:
 * the queue has no room for all of it, it is above STORE_TXN_MAX, or the store
 * is being closed: the caller says busy.  One without puts is answered, too.
 */
bool txn_commit(struct txn *, store_written_fn *, void *arg);

/* Forgets the puts. */
void txn_abort(struct txn *);

struct store_tag {
	int64_t account;
	const char *tag;
	unsigned char digest[STORE_DIGEST_LEN]; /* of target and text */
	int64_t since; /* older rows of this tag do not count, and are swept */
};

/*
 * What goes with a message.  readers: the accounts that from now on have this
 * conversation in their inbox, unread, search and replay (both ends of a
 * private one; none for everyone, whose row each account has from its
 * registration on, and none for a group: store_put_member makes them).
 * outs: put into outboxes, in this order, in the same commit, unless it is a
 * duplicate or its tag reused.
 */
struct store_along {
	const int64_t *readers;
	size_t count;
	const struct store_tag *tag; /* NULL: none */
	const struct store_out *outs;
	size_t out_count;
};

struct txn *store_add_message(struct txn *, const struct store_message *,
    const struct store_along *);

/* Gives the account a row for everyone, read up to now. */
struct txn *store_add_account(struct txn *, const struct store_account *);
struct txn *store_set_real_name(struct txn *, int64_t account,
    const char *name);

/* All sessions of the account but keep (NULL: none kept) end with it. */
struct txn *store_set_password(struct txn *, int64_t account, const char *hash,
    const unsigned char *keep);

struct txn *store_add_session(struct txn *, const struct store_session *);
struct txn *store_end_session(struct txn *, const unsigned char *digest);

/* When it was last used: many times a minute at most. */
struct txn *store_use_session(struct txn *, const unsigned char *digest,
    int64_t used);

/* When somebody was last seen, which outlives their sessions. */
struct txn *store_set_seen(struct txn *, int64_t account, int64_t seen);

struct txn *store_set_admin(struct txn *, int64_t account, bool admin);

/* Made or changed.  What it is found by: conv. */
struct txn *store_put_group(struct txn *, const struct store_group *);

/*
 * It is over: members, rules and its readers' rows go; its messages stay, but
 * nobody reads them and its key is free for another group, whose history is
 * empty.  ok also where there is none, and where there are but messages.
 */
struct txn *store_end_group(struct txn *, const char *conv);

/*
 * Made, or (duplicate) changed: name, real name, role; the rest stays.  A new
 * one with an account gets a row as reader: all up to now counts as read, and
 * nothing up to now is replayed to it or counted by store_count, but history
 * and search have it.  id in done: since.
 */
struct txn *store_put_member(struct txn *, const struct store_member *);
/* Its row as reader goes with it (account 0: it has none). */
struct txn *store_drop_member(struct txn *, const char *conv,
    const char *member, int64_t account);

/* Made or changed.  Dropped: ok also where there is none. */
struct txn *store_put_rule(struct txn *, const struct store_rule *);
struct txn *store_drop_rule(struct txn *, enum store_rule_kind,
    const char *conv, const char *member);

/* Ends every session of the account, of which one more cannot come between:
 * store_set_password without the password. */
struct txn *store_end_sessions(struct txn *, int64_t account);

/* An item for a realm, behind all others; id in done: its number. */
struct txn *store_add_out(struct txn *, const struct store_out *);

/* The peer has all up to that number, and they go. */
struct txn *store_drop_out(struct txn *, const char *realm, int64_t upto);

/* What was taken of the peer's stream (in one transaction with what it did):
 * the realm's `from` and `taken`. */
struct txn *store_set_taken(struct txn *, const char *realm,
    const char *stream, int64_t number);

/*
 * A new stream to that realm, with what is in its outbox numbered from 1 (id
 * in done: the last of them; 0: it is empty).  `from` and `taken` stay.  For a
 * realm that was not known yet, before anything else is written of it (what is
 * nevertheless is kept, under a stream whose name is ""); and when the peer
 * has taken more than we know of, because an older copy of the data was put
 * back.
 */
struct txn *store_new_stream(struct txn *, const char *realm,
    const char *stream);

/* The mark never moves back. */
struct txn *store_mark_read(
    struct txn *, int64_t account, const char *conv, int64_t id);

/* ---- queries ---------------------------------------------------------- */

enum store_scope {
	STORE_ONE,    /* one conversation: history */
	STORE_ALL,    /* all that the account reads: search */
	STORE_REPLAY, /* of these, what came since it joined: watch */
	STORE_UNREAD  /* private ones, behind the read mark, of others: inbox */
};

struct store_query {
	enum store_scope scope;
	int64_t account;
	const char *me;     /* the account's name: own messages are not unread */
	const char *conv;   /* STORE_ONE */
	const char *match;  /* STORE_ALL: words to search for, or NULL */
	int64_t after;      /* only ids above it; 0: from the beginning */
	int64_t before;     /* only ids below it; 0: to the end */
	bool oldest;        /* limit keeps the oldest, as it must in
	                     * STORE_REPLAY and STORE_UNREAD; else the newest */
	size_t limit;
};

struct store_page {
	bool ok; /* false: the disk failed */
	const struct store_message *message; /* oldest first */
	size_t count;
	bool more;     /* the limit cut something off */
	int64_t last;  /* highest message id there was when it was read */
};

typedef void store_page_fn(void *arg, const struct store_page *);

bool store_read(
    struct store *, const struct store_query *, store_page_fn *, void *arg);

/* What replay would find behind `after`: how many, and behind which id
 * the newest `limit` of them begin (after itself when all fit). */
struct store_tally {
	bool ok;
	int64_t count;
	int64_t from;
	int64_t last; /* as in store_page */
};

typedef void store_tally_fn(void *arg, const struct store_tally *);

bool store_count(struct store *, int64_t account, int64_t after, size_t limit,
    store_tally_fn *, void *arg);

/* The outbox of a realm, from behind a number on: at most `limit` items (and
 * STORE_PAGE_MAX), and none behind the one with which there are `bytes` or
 * more.  So there is one at least, unless there is none. */
struct store_item {
	int64_t number;
	const void *body;
	size_t len;
};

struct store_items {
	bool ok;
	const struct store_item *item; /* by number, without a gap */
	size_t count;
};

typedef void store_items_fn(void *arg, const struct store_items *);

bool store_read_out(struct store *, const char *realm, int64_t after,
    size_t limit, size_t bytes, store_items_fn *, void *arg);

/* Was that tag used?  done as of store_add_message: duplicate or reused and
 * id, or neither. */
bool store_find_tag(struct store *, const struct store_tag *,
    store_written_fn *, void *arg);

struct store_unread_row {
	enum store_kind kind;
	const char *conv;
	int64_t count; /* of messages by others, behind the mark */
	int64_t first; /* id of the first of them */
	int64_t mark;
};

struct store_unread {
	bool ok;
	const struct store_unread_row *row; /* only those with count > 0 */
	size_t count;
};

typedef void store_unread_fn(void *arg, const struct store_unread *);

bool store_unread(struct store *, int64_t account, const char *me,
    store_unread_fn *, void *arg);

#endif
