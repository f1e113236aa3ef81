/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/datafile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "shared/xalloc.h"
#include "tests/lib/server.h"

static sqlite3 *
open_file(const struct server *s)
{
	char *path = xasprintf("%s/chat.db", server_data(s));
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	free(path);
	return db;
}

/* The statement is the callee's. */
static void
run(sqlite3 *db, char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(sql);
}

void
datafile_rename(struct server *s, const char *from, const char *to)
{
	sqlite3 *db;

	server_stop(s);
	db = open_file(s);
	run(db, sqlite3_mprintf("UPDATE account SET name = %Q, key = %Q "
	    "WHERE name = %Q", to, to, from));
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
	server_start(s);
}

int
datafile_version(struct server *s, int version)
{
	sqlite3 *db = open_file(s);
	sqlite3_stmt *st;
	int had;

	assert_int_equal(sqlite3_prepare_v2(
	    db, "PRAGMA user_version", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	had = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	run(db, sqlite3_mprintf("PRAGMA user_version = %d", version));
	sqlite3_close(db);
	return had;
}
