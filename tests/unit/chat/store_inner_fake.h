/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of the fake store, for its three parts.  Every string lives as
 * long as the store, so records are plain copies.
 */
#ifndef TESTS_UNIT_CHAT_STORE_INNER_FAKE_H
#define TESTS_UNIT_CHAT_STORE_INNER_FAKE_H

#include <sys/queue.h>

#include "tests/unit/chat/store_fake.h"

enum {
	FAKE_ACCOUNTS = 64,
	FAKE_REALMS = 16,
	FAKE_GROUPS = 4096,
	FAKE_MOST = 16384 /* of all else */
};

struct write;

typedef void fake_apply_fn(struct store *, struct write *);

struct write {
	TAILQ_ENTRY(write) entry;
	fake_apply_fn *apply;
	bool applied;
	struct write *next; /* of the same transaction */
	struct store_written result;
	store_written_fn *fn; /* the transaction's, in its first */
	void *arg;
	/* What it is about, by kind. */
	int64_t account, number;
	bool on;
	const char *conv, *text, *realm, *stream;
	const unsigned char *digest; /* or NULL */
	unsigned char digest_is[STORE_DIGEST_LEN];
	struct store_account person;
	struct store_session session;
	struct store_message message;
	struct store_tag tag; /* tag.tag NULL: none */
	int64_t *reader;
	size_t readers;
	struct store_group group;
	struct store_member member;
	struct store_rule rule;
	struct store_out *out;
	size_t outs;
};

struct query {
	TAILQ_ENTRY(query) entry;
	void (*answer)(struct store *, const struct query *);
	struct store_query q;
	struct store_tag tag;
	const char *realm;
	int64_t account, after;
	size_t limit, bytes;
	store_page_fn *page;
	store_tally_fn *tally;
	store_unread_fn *unread;
	store_written_fn *written;
	store_items_fn *items;
	void *arg;
};

/* An account reads a conversation: up to a mark, replayed from `since` on. */
struct link {
	int64_t account, mark, since;
	enum store_kind kind;
	const char *conv;
};

struct said_tag {
	struct store_tag tag;
	int64_t id, time;
};

struct realm {
	const char *key, *stream, *from;
	int64_t last, base, taken;
};

struct out {
	const struct realm *realm;
	struct store_item item; /* its number counts from the first stream */
};

/* What was ever kept. */
struct kept {
	SLIST_ENTRY(kept) entry;
	char bytes[];
};

struct store {
	bool fail, refuse;
	TAILQ_HEAD(writes, write) writes;
	TAILQ_HEAD(queries, query) queries;
	SLIST_HEAD(, kept) kept;
	struct store_account account[FAKE_ACCOUNTS];
	struct store_message message[FAKE_MOST];
	struct store_session session[FAKE_MOST];
	struct link link[FAKE_MOST];
	struct said_tag tag[FAKE_MOST];
	struct store_group group[FAKE_GROUPS];
	struct store_member member[FAKE_MOST];
	struct store_rule rule[FAKE_MOST];
	struct realm realm[FAKE_REALMS];
	struct out out[FAKE_MOST];
	size_t accounts, messages, sessions, links, tags, groups, members,
	    rules, realms, outs;
};

/* Copies; NULL stays NULL. */
const char *fake_keep(struct store *, const char *);
void *fake_keep_bytes(struct store *, const void *, size_t n);

struct write *fake_put(struct txn *, fake_apply_fn *);

/* NULL: refused. */
struct query *fake_ask(struct store *,
    void (*answer)(struct store *, const struct query *), void *arg);

/* The place for one more; too many end the test. */
#define FAKE_ROOM(array, count)                                              \
	((count) < sizeof(array) / sizeof(*(array)) ? &(array)[(count)++]    \
						    : fake_full())
void *fake_full(void);

struct link *fake_find_link(struct store *, int64_t account, const char *conv);
struct link *fake_need_link(struct store *, int64_t account, enum store_kind,
    const char *conv, int64_t mark);
void fake_drop_link(struct store *, int64_t account, const char *conv);

/* Says its number. */
int64_t fake_apply_out(struct store *, const struct store_out *);

#endif
