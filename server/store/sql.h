/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection to the data file: how it is opened, the schema and the way to
 * it from older ones, and every statement there is, prepared once.  Private to
 * store/; the one header there that knows SQLite.
 *
 * A connection belongs to one thread at a time.
 *
 * Failure sticks: behind the first one every call does nothing, there are no
 * rows and numbers are 0.  So steps are written one after the other, and err
 * is looked at where the last was done; only sql_rollback clears it.
 */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

enum sql_id {
	/* writer's */
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_FIND_CONV,
	SQL_ADD_CONV,
	SQL_ADD_PARTY,
	SQL_ADD_MESSAGE,
	SQL_ADD_WORDS,
	SQL_FIND_TAG,
	SQL_ADD_TAG,
	SQL_SWEEP_TAGS,
	SQL_FIND_ACCOUNT,
	SQL_ADD_ACCOUNT,
	SQL_SET_REAL_NAME,
	SQL_SET_HASH,
	SQL_ADD_SESSION,
	SQL_END_SESSION,
	SQL_END_OTHERS,
	SQL_USE_SESSION,
	SQL_SET_SEEN,
	SQL_FIND_MARK,
	SQL_SET_MARK,
	SQL_SET_ADMIN,
	SQL_PUT_GROUP,
	SQL_END_GROUP,
	SQL_END_READERS,
	SQL_END_MEMBERS,
	SQL_END_RULES,
	SQL_RENAME_CONV,
	SQL_FIND_MEMBER,
	SQL_ADD_MEMBER,
	SQL_SET_MEMBER,
	SQL_DROP_MEMBER,
	SQL_PUT_READER,
	SQL_DROP_READER,
	SQL_PUT_RULE,
	SQL_DROP_RULE,
	SQL_NEXT_OUT,
	SQL_FIND_OUT,
	SQL_ADD_OUT,
	SQL_DROP_OUT,
	SQL_SET_TAKEN,
	SQL_NEW_STREAM,
	/* reader's */
	SQL_LOOK,
	SQL_LOOKED,
	SQL_TALLY,
	SQL_TALLY_FROM,
	SQL_UNREAD,
	SQL_READ_OUT,
	/* reader's, at start: all there is */
	SQL_ACCOUNTS,
	SQL_SESSIONS,
	SQL_GROUPS,
	SQL_MEMBERS,
	SQL_RULES,
	SQL_REALMS,
	SQL_CONTACTS,
	/* pages; with SQL_PAGE_OLDEST added, the oldest that fit */
	SQL_PAGE_ONE,
	SQL_PAGE_ALL = SQL_PAGE_ONE + 2,
	SQL_PAGE_MATCH = SQL_PAGE_ALL + 2, /* of all, by words */
	/* pages of the oldest alone */
	SQL_PAGE_REPLAY = SQL_PAGE_MATCH + 2,
	SQL_PAGE_UNREAD,
	/* both's */
	SQL_LAST_ID,
	SQL_COUNT
};

enum { SQL_PAGE_OLDEST = 1 };

enum sql_role { SQL_WRITER = 1, SQL_READER = 2 };

enum {
	SQL_APPLICATION_ID = 0x63686174, /* "chat", as file(1) shows it */
	SQL_EVERYONE = 1                 /* id of everyone's conversation */
};

struct sql {
	sqlite3 *db;
	sqlite3_stmt *stmt[SQL_COUNT]; /* NULL: the other role's */
	sqlite3_stmt *now;             /* what the calls below speak of */
	int param;                     /* its last one that was given */
	int log_pages;                 /* in the log, after the last commit */
	int err;                       /* extended result code */
};

/*
 * The writer makes the file when it is missing.  sync_full as in
 * store_options.  False: err tells; sql_close is due all the same.
 */
bool sql_open(struct sql *, const char *path, enum sql_role, bool sync_full);
void sql_close(struct sql *);

/* As close, but leaves the log that lies beside the file as it is. */
void sql_leave(struct sql *);

/* What err means, for people. */
const char *sql_why(const struct sql *);

/* The file's schema; 0: it is empty.  -1: it has one, but is not ours. */
int sql_version(struct sql *);

/* Through every schema from the file's to `to`, each in one transaction. */
bool sql_migrate(struct sql *, int to);

/*
 * Keeps a write-ahead log, of which log_pages tells how long it is: SQLite is
 * not to work it into the file by itself in the middle of a commit, with
 * people waiting for the answer.  False without err: not on this file system.
 */
bool sql_log(struct sql *);
/* mode as in sqlite3_wal_checkpoint_v2.  Does not touch err. */
bool sql_checkpoint(struct sql *, int mode);

/* Once the schema is there. */
bool sql_prepare(struct sql *, enum sql_role);

/* Starts a statement; its parameters follow in their order. */
void sql_start(struct sql *, enum sql_id);
void sql_put_int(struct sql *, int64_t);
void sql_put_text(struct sql *, const char *); /* NULL is NULL; borrowed */
void sql_put_blob(struct sql *, const void *, size_t);
int sql_params(const struct sql *); /* how many it has */

/* True: there is a row.  False: it has ended, and is reset. */
bool sql_row(struct sql *);
/* Ends it before its last row. */
void sql_stop(struct sql *);
/* To its end, whatever rows there are. */
void sql_run(struct sql *);
/* Takes the first row's first number; 0 when there is none. */
int64_t sql_number(struct sql *);
/*
 * Runs an insertion and takes the number of its row; 0 when it failed.  The
 * next insertion, that of words too, forgets the number.
 */
int64_t sql_inserted(struct sql *);

/* Of the row; good until the next sql_row. */
int64_t sql_int(struct sql *, int column);
const char *sql_text(struct sql *, int column);
bool sql_blob(struct sql *, int column, void *to, size_t n);
const void *sql_bytes(struct sql *, int column, size_t *n); /* any length */

/* Ends what is open, undone, and clears err. */
void sql_rollback(struct sql *);

#endif
