/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The schema in one piece, as .github/CONTRIBUTING.md shows it, is what the
 * migrations make.
 */
#include "tests/unit/store/world.h"

#include "server/store/sql.h"
#include "shared/buf.h"

static const char document[] = ".github/CONTRIBUTING.md";

/* Columns, indices, what the texts of tables say beside them, and the numbers
 * that tell what file it is. */
static const char *const query[] = {
	"SELECT m.name, p.cid, p.name, p.type, p.\"notnull\", p.dflt_value,"
	" p.pk FROM sqlite_schema m, pragma_table_xinfo(m.name) p"
	" WHERE m.type = 'table' ORDER BY m.name, p.cid",
	"SELECT m.name, l.name, l.\"unique\", l.origin, i.seqno, i.name"
	" FROM sqlite_schema m, pragma_index_list(m.name) l,"
	" pragma_index_info(l.name) i ORDER BY m.name, l.name, i.seqno",
	"SELECT name, instr(sql, 'AUTOINCREMENT') > 0,"
	" instr(sql, 'WITHOUT ROWID') > 0 FROM sqlite_schema"
	" WHERE type = 'table' ORDER BY name",
	"SELECT name, replace(replace(replace(sql, ' ', ''), char(10), ''),"
	" char(9), '') FROM sqlite_schema"
	" WHERE instr(sql, 'CREATE VIRTUAL') > 0 ORDER BY name",
	"SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger')",
	"SELECT id, kind, key FROM conversation",
	"PRAGMA application_id",
	"PRAGMA user_version",
};

static void
run_query(sqlite3 *db, const char *text, struct buf *b)
{
	sqlite3_stmt *st;

	assert_int_equal(
	    sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const unsigned char *s = sqlite3_column_text(st, i);

			buf_addf(b, "%s ", s == NULL ? "-" : (const char *)s);
		}
		buf_addc(b, '\n');
	}
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
}

static void
describe(sqlite3 *db, struct buf *b)
{
	buf_init(b, 1 << 20);
	for (size_t i = 0; i < sizeof(query) / sizeof(*query); i++)
		run_query(db, query[i], b);
}

/* What stands between ```sql and ```. */
static char *
schema_of_document(void)
{
	static const char begin[] = "```sql\n", end[] = "\n```";
	char *text = xcalloc(1, 1 << 18), *from, *to;
	FILE *f = fopen(document, "r");

	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 18) - 1, f) > 0);
	fclose(f);
	from = strstr(text, begin);
	assert_non_null(from);
	from += sizeof(begin) - 1;
	to = strstr(from, end);
	assert_non_null(to);
	*to = '\0';
	memmove(text, from, strlen(from) + 1);
	return text;
}

static void
the_document_shows_what_the_migrations_make(void **state)
{
	struct world *w = *state;
	char path[100], *schema = schema_of_document(), *why = NULL;
	struct buf made, shown;
	struct sql q;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/chat.db", w->dir);
	assert_true(sql_open(&q, path, SQL_WRITER, false));
	assert_true(sql_migrate(&q, STORE_SCHEMA));
	describe(q.db, &made);
	sql_close(&q);
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	if (sqlite3_exec(db, schema, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", document, why);
	describe(db, &shown);
	sqlite3_close(db);
	assert_string_equal(buf_data(&shown), buf_data(&made));
	buf_release(&shown);
	buf_release(&made);
	free(schema);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_document_shows_what_the_migrations_make, world_bare,
		    world_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
