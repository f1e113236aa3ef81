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

void
datafile_rename(struct server *s, const char *from, const char *to)
{
	char *path = xasprintf("%s/chat.db", server_data(s));
	char *sql = sqlite3_mprintf("UPDATE account SET name = %Q, key = %Q "
	    "WHERE name = %Q", to, to, from);
	sqlite3 *db;

	server_stop(s);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
	sqlite3_free(sql);
	free(path);
	server_start(s);
}
