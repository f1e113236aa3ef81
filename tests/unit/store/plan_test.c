/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How SQLite goes about each statement: a store of ten million messages must
 * not be walked for a page of fifty.
 */
#include "tests/unit/store/world.h"

#include "server/store/sql.h"

struct plans {
	struct sql writer, reader;
	char *plan[SQL_COUNT]; /* a line a step; NULL: no such statement */
};

static char *
plan_of(sqlite3 *db, const char *text)
{
	char *explain = xasprintf("EXPLAIN QUERY PLAN %s", text);
	char *plan = xstrdup("");
	sqlite3_stmt *st;

	assert_int_equal(
	    sqlite3_prepare_v2(db, explain, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		char *more = xasprintf(
		    "%s%s\n", plan, (const char *)sqlite3_column_text(st, 3));

		free(plan);
		plan = more;
	}
	sqlite3_finalize(st);
	free(explain);
	return plan;
}

static int
set_up(void **state)
{
	static struct plans p;
	static struct world *w;
	void *bare;
	char path[100];

	if (world_bare(&bare) == -1)
		return -1;
	w = bare;
	snprintf(path, sizeof(path), "%s/chat.db", w->dir);
	assert_true(sql_open(&p.writer, path, SQL_WRITER, false));
	assert_true(sql_migrate(&p.writer, STORE_SCHEMA));
	assert_true(sql_prepare(&p.writer, SQL_WRITER));
	assert_true(sql_open(&p.reader, path, SQL_READER, false));
	assert_true(sql_prepare(&p.reader, SQL_READER));
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_stmt *st = p.reader.stmt[i] != NULL
		    ? p.reader.stmt[i]
		    : p.writer.stmt[i];

		assert_non_null(st);
		p.plan[i] = plan_of(p.writer.db, sqlite3_sql(st));
	}
	sql_close(&p.reader);
	sql_close(&p.writer);
	*state = &p;
	return world_free(&bare);
}

static int
tear_down(void **state)
{
	struct plans *p = *state;

	for (size_t i = 0; i < SQL_COUNT; i++)
		free(p->plan[i]);
	return 0;
}

static void
assert_step(const struct plans *p, int id, const char *step, bool want)
{
	if ((strstr(p->plan[id], step) != NULL) != want)
		fail_msg("%d: %s \"%s\" in\n%s", id,
		    want ? "no" : "unwanted", step, p->plan[id]);
}

static void
nothing_is_sorted_but_what_is_unread(void **state)
{
	const struct plans *p = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		/* Found by conversation; as much as is unread, at most. */
		bool sorted = i == SQL_PAGE_UNREAD ||
		    i == SQL_SESSIONS; /* all of them, once at start */

		assert_step(p, i, "TEMP B-TREE", sorted);
	}
}

static void
no_table_that_grows_is_walked_whole(void **state)
{
	static const char *const table[] = { "m", "message", "p", "party", "c",
		"conversation", "account", "session", "sent_tag", "member",
		"group_info", "rule", "r", "realm", "o", "outbox" };
	char scan[40];
	const struct plans *p = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		if (i >= SQL_ACCOUNTS && i <= SQL_CONTACTS)
			continue; /* all there is, once at start */
		for (size_t k = 0; k < sizeof(table) / sizeof(*table); k++) {
			snprintf(scan, sizeof(scan), "SCAN %s\n", table[k]);
			assert_step(p, i, scan, false);
			snprintf(scan, sizeof(scan), "SCAN %s ", table[k]);
			assert_step(p, i, scan, false);
		}
	}
}

static void
pages_are_walked_by_id(void **state)
{
	static const int by_id[] = { SQL_PAGE_ALL,
		SQL_PAGE_ALL + SQL_PAGE_OLDEST, SQL_PAGE_REPLAY };
	static const int by_conv[] = { SQL_PAGE_ONE,
		SQL_PAGE_ONE + SQL_PAGE_OLDEST, SQL_PAGE_UNREAD };
	const struct plans *p = *state;

	for (size_t i = 0; i < sizeof(by_id) / sizeof(*by_id); i++) {
		assert_step(p, by_id[i],
		    "SEARCH m USING INTEGER PRIMARY KEY "
		    "(rowid>? AND rowid<?)",
		    true);
		assert_step(p, by_id[i],
		    "SEARCH p USING PRIMARY KEY (account=? AND conv=?)", true);
	}
	for (size_t i = 0; i < sizeof(by_conv) / sizeof(*by_conv); i++)
		assert_step(p, by_conv[i],
		    "SEARCH m USING INDEX message_conv "
		    "(conv=? AND id>? AND id<?)",
		    true);
}

static void
what_is_counted_is_counted_in_the_index(void **state)
{
	const struct plans *p = *state;

	assert_step(p, SQL_TALLY,
	    "SEARCH m USING COVERING INDEX message_conv (conv=? AND id>?)",
	    true);
	assert_step(p, SQL_UNREAD,
	    "SEARCH m USING COVERING INDEX message_conv (conv=? AND id>?)",
	    true);
}

static void
words_are_sought_first_and_bounded_by_id(void **state)
{
	const struct plans *p = *state;

	for (int i = SQL_PAGE_MATCH; i <= SQL_PAGE_MATCH + SQL_PAGE_OLDEST;
	     i++) {
		/* SCAN is what a virtual table is always said to be. */
		assert_memory_equal(p->plan[i],
		    "SCAN message_text VIRTUAL TABLE INDEX", 37);
		assert_step(p, i, "SEARCH m USING INTEGER PRIMARY KEY", true);
	}
}

static void
tags_are_swept_by_time(void **state)
{
	assert_step(*state, SQL_SWEEP_TAGS, "sent_tag_time (time<?)", true);
}

static void
an_outbox_is_read_and_dropped_by_number(void **state)
{
	const struct plans *p = *state;

	assert_step(p, SQL_READ_OUT,
	    "SEARCH o USING PRIMARY KEY (realm=? AND number>?)", true);
	assert_step(p, SQL_DROP_OUT,
	    "SEARCH outbox USING PRIMARY KEY (realm=? AND number<?)", true);
	assert_step(p, SQL_NEW_STREAM,
	    "SEARCH o USING PRIMARY KEY (realm=?)", true);
}

static void
a_group_ends_by_its_index(void **state)
{
	const struct plans *p = *state;

	assert_step(p, SQL_END_READERS,
	    "SEARCH party USING PRIMARY KEY (account=? AND conv=?)", true);
	assert_step(p, SQL_END_MEMBERS, "(conv=?)", true);
	assert_step(p, SQL_END_RULES,
	    "SEARCH rule USING PRIMARY KEY (conv=?)", true);
	assert_step(p, SQL_FIND_MEMBER, "(conv=? AND key=?)", true);
	assert_step(p, SQL_DROP_MEMBER, "(conv=? AND key=?)", true);
	assert_step(p, SQL_DROP_READER, "(account=? AND conv=?)", true);
	assert_step(
	    p, SQL_DROP_RULE, "(conv=? AND kind=? AND key=?)", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_sorted_but_what_is_unread),
		cmocka_unit_test(no_table_that_grows_is_walked_whole),
		cmocka_unit_test(pages_are_walked_by_id),
		cmocka_unit_test(what_is_counted_is_counted_in_the_index),
		cmocka_unit_test(words_are_sought_first_and_bounded_by_id),
		cmocka_unit_test(tags_are_swept_by_time),
		cmocka_unit_test(an_outbox_is_read_and_dropped_by_number),
		cmocka_unit_test(a_group_ends_by_its_index),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
