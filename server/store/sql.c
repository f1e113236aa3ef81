/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/sql.h"

#include "server/store/store.h"

#include <assert.h>
#include <string.h>

/* ---- schema ----------------------------------------------------------- */

/*
 * migration[n] leads from schema n to n + 1.  What has been released is never
 * changed again: a new need is a new entry.
 *
 * AUTOINCREMENT: a number is never given twice, not even when the last rows
 * were deleted.  There are no foreign keys: one row that broke one would take
 * down all the others of its commit.
 */
static const char *const migration[] = {
	"CREATE TABLE account("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL,"
	" key TEXT NOT NULL UNIQUE,"
	" real_name TEXT NOT NULL,"
	" hash TEXT NOT NULL,"
	" created INTEGER NOT NULL);"

	/* id: those of the same millisecond keep their order, too. */
	"CREATE TABLE session("
	" id INTEGER PRIMARY KEY,"
	" digest BLOB NOT NULL UNIQUE,"
	" account INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" used INTEGER NOT NULL,"
	" expires INTEGER NOT NULL);"
	"CREATE INDEX session_account ON session(account);"

	/* kind: enum store_kind; everyone's is number 1 (SQL_EVERYONE). */
	"CREATE TABLE conversation("
	" id INTEGER PRIMARY KEY,"
	" kind INTEGER NOT NULL,"
	" key TEXT NOT NULL UNIQUE);"
	"INSERT INTO conversation(id, kind, key)"
	" VALUES(1, 0, '" STORE_EVERYONE_KEY "');"

	/* Who reads what, and how far they have. */
	"CREATE TABLE party("
	" account INTEGER NOT NULL,"
	" conv INTEGER NOT NULL,"
	" mark INTEGER NOT NULL,"
	" PRIMARY KEY(account, conv)) WITHOUT ROWID;"

	"CREATE TABLE message("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" time INTEGER NOT NULL,"
	" conv INTEGER NOT NULL,"
	" sender TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" text TEXT NOT NULL);"
	/* sender: what is unread is counted without a look at the rows. */
	"CREATE INDEX message_conv ON message(conv, id, sender);"

	"CREATE TABLE sent_tag("
	" account INTEGER NOT NULL,"
	" tag TEXT NOT NULL,"
	" id INTEGER NOT NULL,"
	" digest BLOB NOT NULL,"
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(account, tag)) WITHOUT ROWID;"
	"CREATE INDEX sent_tag_time ON sent_tag(time);"

	"PRAGMA application_id = 0x63686174;"
	"PRAGMA user_version = 1;",

	/*
	 * The words of messages.  The texts stay where they are (content=),
	 * nothing is ranked (columnsize=0), accents do not count.
	 */
	"CREATE VIRTUAL TABLE message_text USING fts5(text,"
	" content='message', content_rowid='id', columnsize=0,"
	" tokenize='unicode61 remove_diacritics 2');"
	"INSERT INTO message_text(message_text) VALUES('rebuild');"
	"PRAGMA user_version = 2;",

	"ALTER TABLE account ADD COLUMN admin INTEGER NOT NULL DEFAULT 0;"

	/* Replay has only what is behind it. */
	"ALTER TABLE party ADD COLUMN since INTEGER NOT NULL DEFAULT 0;"

	/* What is known of a conversation that is a group ("group" itself is
	 * a word of SQL's). */
	"CREATE TABLE group_info("
	" conv INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL,"
	" realm TEXT NOT NULL,"
	" topic TEXT NOT NULL,"
	" mode INTEGER NOT NULL,"
	" created INTEGER NOT NULL);"

	/* id: in the order of their joining.  Who has an account has a row in
	 * party, too, for just as long. */
	"CREATE TABLE member("
	" id INTEGER PRIMARY KEY,"
	" conv INTEGER NOT NULL,"
	" key TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" real_name TEXT NOT NULL,"
	" account INTEGER NOT NULL,"
	" role INTEGER NOT NULL,"
	" joined INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" UNIQUE(conv, key));"

	/* conv 0: of the whole server; kind: enum store_rule_kind. */
	"CREATE TABLE rule("
	" conv INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" key TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" author TEXT NOT NULL,"
	" reason TEXT NOT NULL,"
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(conv, kind, key)) WITHOUT ROWID;"

	/*
	 * Numbers in the file rise for ever; those that a peer is told are
	 * counted from base on, so that a new stream begins at 1 and no item
	 * is touched.
	 */
	"CREATE TABLE realm("
	" id INTEGER PRIMARY KEY,"
	" key TEXT NOT NULL UNIQUE,"
	" stream TEXT NOT NULL DEFAULT '',"
	" base INTEGER NOT NULL DEFAULT 0,"
	" last INTEGER NOT NULL DEFAULT 0,"
	" origin TEXT NOT NULL DEFAULT '',"
	" taken INTEGER NOT NULL DEFAULT 0);"

	/* There is no gap in the numbers: only the oldest ones go. */
	"CREATE TABLE outbox("
	" realm INTEGER NOT NULL,"
	" number INTEGER NOT NULL,"
	" body BLOB NOT NULL,"
	" PRIMARY KEY(realm, number)) WITHOUT ROWID;"

	"PRAGMA user_version = 3;",

	/* Of who has no session any more nobody knows. */
	"ALTER TABLE account ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;"
	"UPDATE account SET seen = coalesce((SELECT max(used) FROM session"
	" WHERE account = account.id), 0);"
	"PRAGMA user_version = 4;",
};

static_assert(sizeof(migration) / sizeof(*migration) == STORE_SCHEMA,
    "there is a way from each schema to the next");

/* ---- statements ------------------------------------------------------- */

/*
 * Pages.  ?1 the account (ONE: the conversation), ?2 and ?3 the ids between
 * which they lie, ?4 how many, ?5 the account's name, ?6 words.  CROSS JOIN
 * keeps SQLite to the order written here: messages, or the index of words,
 * are walked by id and left at the limit; nothing is sorted, except for what
 * is unread, which is found by conversation.
 */
#define PAGE "SELECT m.id, m.time, c.kind, c.key, m.sender, m.name, m.text"
#define PAGE_CONV " CROSS JOIN conversation c ON c.id = m.conv"
#define PAGE_PARTY " CROSS JOIN party p ON p.account = ?1 AND p.conv = m.conv"
#define PAGE_WORDS \
	" FROM message_text CROSS JOIN message m ON m.id = message_text.rowid"
#define PAGE_MATCH \
	" message_text MATCH ?6 AND message_text.rowid > ?2" \
	" AND message_text.rowid < ?3"
#define PAGE_WITHIN " m.id > ?2 AND m.id < ?3"
#define PAGE_SINCE " AND m.id > p.since"

/* Both halves of a private conversation's key are the same: "messi messi". */
#define ONESELF \
	" (c.kind = 1 AND substr(c.key, 1, length(c.key) / 2)" \
	" = substr(c.key, length(c.key) / 2 + 2))"

/* Only private ones; from others, unless one talks with oneself. */
#define PAGE_OTHERS " AND c.kind = 1 AND (m.sender <> ?5 OR" ONESELF ")"

/* Both ends of a page: the newest that fit, and the oldest. */
#define ENDS(at, rows, id) \
	[(at)] = { SQL_READER, rows " ORDER BY " id " DESC LIMIT ?4" }, \
	[(at) + SQL_PAGE_OLDEST] = { \
		SQL_READER, rows " ORDER BY " id " LIMIT ?4" }

/*
 * No statement of the writer's may open a savepoint of its own: each makes
 * FTS5 write the words of the transaction so far to the index, as a segment
 * that must be merged later.  RETURNING opens one, and so does a trigger.
 * Where a number is needed, sql_inserted has it.
 */
static const struct statement {
	int roles;
	const char *text;
} statement[SQL_COUNT] = {
	[SQL_BEGIN] = { SQL_WRITER, "BEGIN IMMEDIATE" },
	[SQL_COMMIT] = { SQL_WRITER, "COMMIT" },
	[SQL_FIND_CONV] = { SQL_WRITER | SQL_READER,
		"SELECT id FROM conversation WHERE key = ?" },
	[SQL_ADD_CONV] = { SQL_WRITER,
		"INSERT INTO conversation(kind, key) VALUES(?, ?)" },
	[SQL_ADD_PARTY] = { SQL_WRITER,
		"INSERT INTO party(account, conv, mark) VALUES(?, ?, ?)"
		" ON CONFLICT DO NOTHING" },
	[SQL_ADD_MESSAGE] = { SQL_WRITER,
		"INSERT INTO message(time, conv, sender, name, text)"
		" VALUES(?, ?, ?, ?, ?)" },
	[SQL_ADD_WORDS] = { SQL_WRITER,
		"INSERT INTO message_text(rowid, text) VALUES(?, ?)" },
	[SQL_FIND_TAG] = { SQL_WRITER | SQL_READER,
		"SELECT id, digest FROM sent_tag"
		" WHERE account = ? AND tag = ? AND time >= ?" },
	[SQL_ADD_TAG] = { SQL_WRITER,
		"INSERT OR REPLACE INTO sent_tag(account, tag, id, digest,"
		" time) VALUES(?, ?, ?, ?, ?)" },
	[SQL_SWEEP_TAGS] = { SQL_WRITER,
		"DELETE FROM sent_tag WHERE time < ?" },
	[SQL_FIND_ACCOUNT] = { SQL_WRITER,
		"SELECT id FROM account WHERE key = ?" },
	[SQL_ADD_ACCOUNT] = { SQL_WRITER,
		"INSERT INTO account(name, key, real_name, hash, created,"
		" admin) VALUES(?, ?, ?, ?, ?, ?)" },
	[SQL_SET_REAL_NAME] = { SQL_WRITER,
		"UPDATE account SET real_name = ? WHERE id = ?" },
	[SQL_SET_HASH] = { SQL_WRITER,
		"UPDATE account SET hash = ? WHERE id = ?" },
	[SQL_ADD_SESSION] = { SQL_WRITER,
		"INSERT OR REPLACE INTO session(digest, account, created,"
		" used, expires) VALUES(?, ?, ?, ?, ?)" },
	[SQL_END_SESSION] = { SQL_WRITER,
		"DELETE FROM session WHERE digest = ?" },
	/* IS NOT: with NULL it is all of them. */
	[SQL_END_OTHERS] = { SQL_WRITER,
		"DELETE FROM session WHERE account = ? AND digest IS NOT ?" },
	[SQL_USE_SESSION] = { SQL_WRITER,
		"UPDATE session SET used = ? WHERE digest = ?" },
	[SQL_SET_SEEN] = { SQL_WRITER,
		"UPDATE account SET seen = ? WHERE id = ?" },
	[SQL_FIND_MARK] = { SQL_WRITER,
		"SELECT mark FROM party WHERE account = ? AND conv = ?" },
	[SQL_SET_MARK] = { SQL_WRITER,
		"UPDATE party SET mark = ? WHERE account = ? AND conv = ?" },
	[SQL_SET_ADMIN] = { SQL_WRITER,
		"UPDATE account SET admin = ? WHERE id = ?" },

	[SQL_PUT_GROUP] = { SQL_WRITER,
		"INSERT OR REPLACE INTO group_info(conv, name, realm, topic,"
		" mode, created) VALUES(?, ?, ?, ?, ?, ?)" },
	[SQL_END_GROUP] = { SQL_WRITER,
		"DELETE FROM group_info WHERE conv = ?" },
	/* By way of the members, before they go: party has no index by conv. */
	[SQL_END_READERS] = { SQL_WRITER,
		"DELETE FROM party WHERE conv = ?1 AND account IN"
		" (SELECT account FROM member WHERE conv = ?1)" },
	[SQL_END_MEMBERS] = { SQL_WRITER, "DELETE FROM member WHERE conv = ?" },
	[SQL_END_RULES] = { SQL_WRITER, "DELETE FROM rule WHERE conv = ?" },
	/* No key of a group has a blank, and none of another kind a '#'. */
	[SQL_RENAME_CONV] = { SQL_WRITER,
		"UPDATE conversation SET key = key || ' ' || id"
		" WHERE id = ? AND kind = 2" },
	[SQL_FIND_MEMBER] = { SQL_WRITER,
		"SELECT id, since FROM member WHERE conv = ? AND key = ?" },
	[SQL_ADD_MEMBER] = { SQL_WRITER,
		"INSERT INTO member(conv, key, name, real_name, account, role,"
		" joined, since) VALUES(?, ?, ?, ?, ?, ?, ?, ?)" },
	[SQL_SET_MEMBER] = { SQL_WRITER,
		"UPDATE member SET name = ?, real_name = ?, role = ?"
		" WHERE id = ?" },
	[SQL_DROP_MEMBER] = { SQL_WRITER,
		"DELETE FROM member WHERE conv = ? AND key = ?" },
	[SQL_PUT_READER] = { SQL_WRITER,
		"INSERT OR REPLACE INTO party(account, conv, mark, since)"
		" VALUES(?1, ?2, ?3, ?3)" },
	[SQL_DROP_READER] = { SQL_WRITER,
		"DELETE FROM party WHERE account = ? AND conv = ?" },
	[SQL_PUT_RULE] = { SQL_WRITER,
		"INSERT OR REPLACE INTO rule(conv, kind, key, name, author,"
		" reason, time) VALUES(?, ?, ?, ?, ?, ?, ?)" },
	[SQL_DROP_RULE] = { SQL_WRITER,
		"DELETE FROM rule WHERE conv = ? AND kind = ? AND key = ?" },

	/* A realm's row is made by whoever comes first. */
	[SQL_NEXT_OUT] = { SQL_WRITER,
		"INSERT INTO realm(key, last) VALUES(?, 1)"
		" ON CONFLICT(key) DO UPDATE SET last = last + 1" },
	[SQL_FIND_OUT] = { SQL_WRITER,
		"SELECT last - base, id, last FROM realm WHERE key = ?" },
	[SQL_ADD_OUT] = { SQL_WRITER,
		"INSERT INTO outbox(realm, number, body) VALUES(?, ?, ?)" },
	[SQL_DROP_OUT] = { SQL_WRITER,
		"DELETE FROM outbox"
		" WHERE realm = (SELECT id FROM realm WHERE key = ?1)"
		" AND number <= ?2 + (SELECT base FROM realm WHERE key = ?1)" },
	[SQL_SET_TAKEN] = { SQL_WRITER,
		"INSERT INTO realm(key, origin, taken) VALUES(?, ?, ?)"
		" ON CONFLICT(key) DO UPDATE"
		" SET origin = excluded.origin, taken = excluded.taken" },
	[SQL_NEW_STREAM] = { SQL_WRITER,
		"INSERT INTO realm(key, stream) VALUES(?, ?)"
		" ON CONFLICT(key) DO UPDATE SET stream = excluded.stream,"
		" base = coalesce((SELECT min(o.number) - 1 FROM outbox o"
		" WHERE o.realm = realm.id), last)" },

	[SQL_LOOK] = { SQL_READER, "BEGIN" },
	[SQL_LOOKED] = { SQL_READER, "COMMIT" },
	[SQL_TALLY] = { SQL_READER,
		"SELECT count(*) FROM party p"
		" CROSS JOIN message m ON m.conv = p.conv"
		" AND m.id > max(p.since, ?2)"
		" WHERE p.account = ?1" },
	[SQL_TALLY_FROM] = { SQL_READER,
		"SELECT m.id FROM message m" PAGE_PARTY
		" WHERE m.id > ?2" PAGE_SINCE
		" ORDER BY m.id DESC LIMIT 1 OFFSET ?3" },
	[SQL_UNREAD] = { SQL_READER,
		"SELECT c.kind, c.key, p.mark, count(*), min(m.id)"
		" FROM party p CROSS JOIN conversation c ON c.id = p.conv"
		" CROSS JOIN message m ON m.conv = p.conv AND m.id > p.mark"
		" WHERE p.account = ?1 AND (m.sender <> ?2 OR" ONESELF ")"
		" GROUP BY p.conv" },
	[SQL_READ_OUT] = { SQL_READER,
		"SELECT o.number - r.base, o.body FROM realm r"
		" CROSS JOIN outbox o ON o.realm = r.id"
		" AND o.number > ?2 + r.base"
		" WHERE r.key = ?1 ORDER BY o.number LIMIT ?3" },

	[SQL_ACCOUNTS] = { SQL_READER,
		"SELECT id, name, key, real_name, hash, created, admin, seen"
		" FROM account ORDER BY id" },
	[SQL_SESSIONS] = { SQL_READER,
		"SELECT digest, account, created, used, expires FROM session"
		" ORDER BY created, id" },
	[SQL_GROUPS] = { SQL_READER,
		"SELECT c.key, g.name, g.realm, g.topic, g.mode, g.created"
		" FROM group_info g CROSS JOIN conversation c ON c.id = g.conv"
		" ORDER BY g.conv" },
	[SQL_MEMBERS] = { SQL_READER,
		"SELECT c.key, m.key, m.name, m.real_name, m.account, m.role,"
		" m.joined, m.since FROM member m"
		" CROSS JOIN conversation c ON c.id = m.conv ORDER BY m.id" },
	[SQL_RULES] = { SQL_READER,
		"SELECT r.kind, coalesce(c.key, ''), r.key, r.name, r.author,"
		" r.reason, r.time FROM rule r"
		" LEFT JOIN conversation c ON c.id = r.conv"
		" ORDER BY r.conv, r.kind, r.key" },
	[SQL_REALMS] = { SQL_READER,
		"SELECT r.key, r.stream, r.last - r.base,"
		" (SELECT count(*) FROM outbox o WHERE o.realm = r.id),"
		" r.origin, r.taken FROM realm r ORDER BY r.id" },
	[SQL_CONTACTS] = { SQL_READER,
		"SELECT p.account, c.key FROM party p"
		" CROSS JOIN conversation c ON c.id = p.conv"
		" WHERE c.kind = 1 AND instr(c.key, '@') > 0"
		" ORDER BY p.account, p.conv" },

	ENDS(SQL_PAGE_ONE,
	    PAGE " FROM message m" PAGE_CONV
		 " WHERE m.conv = ?1 AND" PAGE_WITHIN, "m.id"),
	ENDS(SQL_PAGE_ALL,
	    PAGE " FROM message m" PAGE_PARTY PAGE_CONV " WHERE" PAGE_WITHIN,
	    "m.id"),
	ENDS(SQL_PAGE_MATCH,
	    PAGE PAGE_WORDS PAGE_PARTY PAGE_CONV " WHERE" PAGE_MATCH,
	    "message_text.rowid"),
	[SQL_PAGE_REPLAY] = { SQL_READER,
		PAGE " FROM message m" PAGE_PARTY PAGE_CONV
		     " WHERE" PAGE_WITHIN PAGE_SINCE
		     " ORDER BY m.id LIMIT ?4" },
	[SQL_PAGE_UNREAD] = { SQL_READER,
		PAGE " FROM party p CROSS JOIN conversation c ON c.id = p.conv"
		     " CROSS JOIN message m ON m.conv = p.conv"
		     " AND m.id > max(p.mark, ?2)"
		     " WHERE p.account = ?1 AND m.id < ?3" PAGE_OTHERS
		     " ORDER BY m.id LIMIT ?4" },

	[SQL_LAST_ID] = { SQL_WRITER | SQL_READER,
		"SELECT seq FROM sqlite_sequence WHERE name = 'message'" },
};

/* ---- connection ------------------------------------------------------- */

static bool
note(struct sql *q, int rc)
{
	if (q->err == SQLITE_OK && rc != SQLITE_OK && rc != SQLITE_ROW &&
	    rc != SQLITE_DONE)
		q->err = rc;
	return q->err == SQLITE_OK;
}

static bool
exec(struct sql *q, const char *text)
{
	if (q->err != SQLITE_OK)
		return false;
	return note(q, sqlite3_exec(q->db, text, NULL, NULL, NULL));
}

/* The number that a pragma without a parameter answers. */
static int
pragma(struct sql *q, const char *text)
{
	sqlite3_stmt *st = NULL;
	int n = 0;

	if (q->err != SQLITE_OK)
		return 0;
	if (note(q, sqlite3_prepare_v2(q->db, text, -1, &st, NULL)) &&
	    note(q, sqlite3_step(st)))
		n = sqlite3_column_int(st, 0);
	note(q, sqlite3_finalize(st));
	return n;
}

bool
sql_open(struct sql *q, const char *path, enum sql_role role, bool sync_full)
{
	int flags = role == SQL_WRITER
	    ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
	    : SQLITE_OPEN_READONLY;

	memset(q, 0, sizeof(*q));
	if (!note(q,
		sqlite3_open_v2(path, &q->db,
		    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		    NULL)))
		return false;
	sqlite3_busy_timeout(q->db, 5000);
	/* Modest, and no files in /tmp. */
	exec(q, "PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;"
		"PRAGMA cell_size_check = ON");
	if (role == SQL_READER)
		exec(q, "PRAGMA query_only = ON");
	else
		exec(q, sync_full ? "PRAGMA synchronous = FULL"
				  : "PRAGMA synchronous = NORMAL");
	return q->err == SQLITE_OK;
}

void
sql_close(struct sql *q)
{
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(q->stmt[i]);
	sqlite3_close(q->db);
	memset(q, 0, sizeof(*q));
}

void
sql_leave(struct sql *q)
{
	if (q->db != NULL)
		sqlite3_db_config(
		    q->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sql_close(q);
}

const char *
sql_why(const struct sql *q)
{
	if (q->err == SQLITE_OK)
		return "no error";
	return sqlite3_errstr(q->err);
}

int
sql_version(struct sql *q)
{
	int id = pragma(q, "PRAGMA application_id");
	int version = pragma(q, "PRAGMA user_version");

	if (id == SQL_APPLICATION_ID && version > 0)
		return version;
	if (id == 0 && version == 0 &&
	    pragma(q, "SELECT count(*) FROM sqlite_schema") == 0)
		return 0;
	return -1;
}

static void
migrate_once(struct sql *q, const char *text)
{
	exec(q, "BEGIN IMMEDIATE");
	exec(q, text);
	exec(q, "COMMIT");
	if (q->err != SQLITE_OK && !sqlite3_get_autocommit(q->db))
		sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
}

bool
sql_migrate(struct sql *q, int to)
{
	int from = sql_version(q);

	/* The default of some builds, which makes every commit dearer. */
	if (from == 0)
		exec(q, "PRAGMA auto_vacuum = NONE");
	if (to > STORE_SCHEMA)
		to = STORE_SCHEMA;
	for (int v = from; v >= 0 && v < to; v++)
		migrate_once(q, migration[v]);
	return from >= 0 && q->err == SQLITE_OK;
}

static int
note_log(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct sql *q = arg;

	(void)db;
	(void)name;
	q->log_pages = pages;
	return SQLITE_OK;
}

bool
sql_log(struct sql *q)
{
	sqlite3_stmt *st = NULL;
	bool ok = false;

	if (note(q,
		sqlite3_prepare_v2(
		    q->db, "PRAGMA journal_mode = WAL", -1, &st, NULL)) &&
	    note(q, sqlite3_step(st)))
		ok = sqlite3_stricmp((const char *)sqlite3_column_text(st, 0),
			 "wal") == 0;
	note(q, sqlite3_finalize(st));
	exec(q, "PRAGMA journal_size_limit = 16777216");
	sqlite3_wal_hook(q->db, note_log, q);
	return ok && q->err == SQLITE_OK;
}

bool
sql_checkpoint(struct sql *q, int mode)
{
	return sqlite3_wal_checkpoint_v2(q->db, NULL, mode, NULL, NULL) ==
	    SQLITE_OK;
}

bool
sql_prepare(struct sql *q, enum sql_role role)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		if ((statement[i].roles & (int)role) == 0)
			continue;
		if (!note(q,
			sqlite3_prepare_v3(q->db, statement[i].text, -1,
			    SQLITE_PREPARE_PERSISTENT, &q->stmt[i], NULL)))
			return false;
	}
	return true;
}

/* ---- steps ------------------------------------------------------------ */

void
sql_start(struct sql *q, enum sql_id id)
{
	if (q->err != SQLITE_OK)
		return;
	assert(q->now == NULL); /* the one before has ended */
	q->now = q->stmt[id];
	q->param = 0;
}

void
sql_put_int(struct sql *q, int64_t n)
{
	if (q->err == SQLITE_OK)
		note(q, sqlite3_bind_int64(q->now, ++q->param, n));
}

void
sql_put_text(struct sql *q, const char *s)
{
	if (q->err == SQLITE_OK)
		note(q,
		    sqlite3_bind_text(
			q->now, ++q->param, s, -1, SQLITE_STATIC));
}

void
sql_put_blob(struct sql *q, const void *p, size_t n)
{
	if (q->err == SQLITE_OK)
		note(q,
		    sqlite3_bind_blob64(
			q->now, ++q->param, p, n, SQLITE_STATIC));
}

int
sql_params(const struct sql *q)
{
	return q->err == SQLITE_OK ? sqlite3_bind_parameter_count(q->now) : 0;
}

/* What was bound is the caller's, so that it must not stay. */
void
sql_stop(struct sql *q)
{
	if (q->now == NULL)
		return;
	sqlite3_reset(q->now);
	sqlite3_clear_bindings(q->now);
	q->now = NULL;
}

bool
sql_row(struct sql *q)
{
	int rc;

	if (q->err == SQLITE_OK && q->now != NULL) {
		rc = sqlite3_step(q->now);
		if (rc == SQLITE_ROW)
			return true;
		note(q, rc);
	}
	sql_stop(q);
	return false;
}

void
sql_run(struct sql *q)
{
	while (sql_row(q))
		continue;
}

int64_t
sql_number(struct sql *q)
{
	int64_t n = 0;

	if (sql_row(q))
		n = sql_int(q, 0);
	sql_run(q);
	return n;
}

int64_t
sql_inserted(struct sql *q)
{
	sql_run(q);
	return q->err == SQLITE_OK ? sqlite3_last_insert_rowid(q->db) : 0;
}

int64_t
sql_int(struct sql *q, int column)
{
	return sqlite3_column_int64(q->now, column);
}

/* No column that is read may be NULL: it is so when memory is short. */
const char *
sql_text(struct sql *q, int column)
{
	const char *s = (const char *)sqlite3_column_text(q->now, column);

	if (s == NULL) {
		note(q, SQLITE_NOMEM);
		return "";
	}
	return s;
}

bool
sql_blob(struct sql *q, int column, void *to, size_t n)
{
	const void *p = sqlite3_column_blob(q->now, column);

	if (p == NULL || (size_t)sqlite3_column_bytes(q->now, column) != n) {
		note(q, SQLITE_CORRUPT);
		return false;
	}
	memcpy(to, p, n);
	return true;
}

/* NULL is nothing at all, or that memory is short. */
const void *
sql_bytes(struct sql *q, int column, size_t *n)
{
	const void *p = sqlite3_column_blob(q->now, column);

	*n = p == NULL ? 0 : (size_t)sqlite3_column_bytes(q->now, column);
	if (p == NULL && sqlite3_errcode(q->db) == SQLITE_NOMEM)
		note(q, SQLITE_NOMEM);
	return p == NULL ? "" : p;
}

void
sql_rollback(struct sql *q)
{
	sql_stop(q);
	if (q->db != NULL && !sqlite3_get_autocommit(q->db))
		sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
	q->err = SQLITE_OK;
}
