/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A commit adds one segment to the index of words, whatever else it writes:
 * each segment more costs as much as the messages themselves.
 */
#include "tests/unit/store/world.h"

#include "server/store/sql.h"

static int64_t
segments(struct world *w)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	char path[100];
	int64_t n;

	snprintf(path, sizeof(path), "%s/chat.db", w->dir);
	assert_int_equal(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT count(DISTINCT segid) FROM message_text_idx", -1, &st,
		NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* ---- what may stand between two messages of a commit -------------------- */

static const unsigned char digest[STORE_DIGEST_LEN] = { 1 };

static bool
nothing(struct world *w)
{
	return store_use_session(w->store, digest, 1, on_written, w);
}

static bool
private_message(struct world *w)
{
	static const int64_t readers[] = { 1, 2 };
	struct store_message m =
	    message(STORE_PRIVATE, "messi neko", "messi", "halo");

	return store_add_message(w->store, &m,
	    &(struct store_along){ .readers = readers, .count = 2 },
	    on_written, w);
}

static bool
tagged_message(struct world *w)
{
	static const struct store_tag tag = {
		.account = 1, .tag = "a", .since = 500
	};
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "halo");

	return store_add_message(w->store, &m,
	    &(struct store_along){ .tag = &tag }, on_written, w);
}

static bool
message_to_realms(struct world *w)
{
	static const struct store_out outs[] = { { "its", "a", 1 },
		{ "medan", "b", 1 }, { "its", "c", 1 } };
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "halo");

	return store_add_message(w->store, &m,
	    &(struct store_along){ .outs = outs, .out_count = 3 }, on_written,
	    w);
}

static bool
item(struct world *w)
{
	return store_add_out(w->store, &(struct store_out){ "its", "a", 1 },
	    on_written, w);
}

static bool
drop_of_items(struct world *w)
{
	return store_drop_out(w->store, "its", 1, on_written, w);
}

static bool
progress(struct world *w)
{
	return store_set_taken(w->store, "its", "stream", 1, on_written, w);
}

static bool
stream(struct world *w)
{
	return store_new_stream(w->store, "its", "stream", on_written, w);
}

static bool
account(struct world *w)
{
	static const struct store_account a = { .name = "dewi",
		.key = "dewi",
		.real_name = "Dewi",
		.hash = "$hash",
		.created = 77 };

	return store_add_account(w->store, &a, on_written, w);
}

static bool
name(struct world *w)
{
	return store_set_real_name(w->store, 1, "Lionel", on_written, w);
}

static bool
password(struct world *w)
{
	return store_set_password(w->store, 1, "$h", NULL, on_written, w);
}

static bool
admin(struct world *w)
{
	return store_set_admin(w->store, 1, true, on_written, w);
}

static bool
seen(struct world *w)
{
	return store_set_seen(w->store, 1, 77, on_written, w);
}

static bool
login(struct world *w)
{
	struct store_session s = { .account = 1, .created = 1, .expires = 9 };

	memcpy(s.digest, digest, sizeof(digest));
	return store_add_session(w->store, &s, on_written, w);
}

static bool
logout(struct world *w)
{
	return store_end_session(w->store, digest, on_written, w);
}

static bool
end_of_logins(struct world *w)
{
	return store_end_sessions(w->store, 1, on_written, w);
}

static bool
group(struct world *w)
{
	static const struct store_group g = {
		.conv = "#lab", .name = "lab", .realm = "", .topic = ""
	};

	return store_put_group(w->store, &g, on_written, w);
}

static bool
member(struct world *w)
{
	static const struct store_member m = { .conv = "#lab",
		.member = "messi",
		.name = "messi",
		.real_name = "",
		.account = 1 };

	return store_put_member(w->store, &m, on_written, w);
}

static bool
drop_of_member(struct world *w)
{
	return store_drop_member(w->store, "#lab", "messi", 1, on_written, w);
}

static bool
rule(struct world *w)
{
	static const struct store_rule r = { .kind = STORE_BAN,
		.conv = "#lab",
		.member = "neko",
		.name = "neko",
		.by = "messi",
		.reason = "" };

	return store_put_rule(w->store, &r, on_written, w);
}

static bool
drop_of_rule(struct world *w)
{
	return store_drop_rule(
	    w->store, STORE_BAN, "#lab", "neko", on_written, w);
}

static bool
end_of_group(struct world *w)
{
	return store_end_group(w->store, "#lab", on_written, w);
}

static bool
read_mark(struct world *w)
{
	return store_mark_read(
	    w->store, 1, STORE_EVERYONE_KEY, 4, on_written, w);
}

static const struct write {
	const char *name;
	bool (*run)(struct world *);
} between[] = {
	{ "nothing to do", nothing },
	{ "private message", private_message },
	{ "tagged message", tagged_message },
	{ "message to realms", message_to_realms },
	{ "item", item },
	{ "drop of items", drop_of_items },
	{ "progress", progress },
	{ "stream", stream },
	{ "account", account },
	{ "real name", name },
	{ "password", password },
	{ "administrator", admin },
	{ "last seen", seen },
	{ "login", login },
	{ "logout", logout },
	{ "end of logins", end_of_logins },
	{ "group", group },
	{ "member", member },
	{ "drop of member", drop_of_member },
	{ "rule", rule },
	{ "drop of rule", drop_of_rule },
	{ "end of group", end_of_group },
	{ "read mark", read_mark },
};

/* What the others change or drop is there. */
static void
set_up(struct world *w)
{
	add_account(w, "messi");
	add_account(w, "neko");
	wrote(w, login(w));
	wrote(w, item(w));
	wrote(w, group(w));
	wrote(w, member(w));
	wrote(w, rule(w));
	assert_int_equal(segments(w), 0);
}

static void
try(const struct write *write)
{
	void *bare = NULL;
	struct world *w;
	int64_t n;

	assert_int_equal(world_new(&bare), 0);
	w = bare;
	set_up(w);
	assert_true(store_hold(w->store, 4));
	start_all(w, "messi", "satu");
	was_taken(w, write->run(w));
	was_taken(w, write->run(w));
	start_all(w, "messi", "dua");
	store_release(w->store);
	await(w);
	assert_true(w->written.ok);
	n = segments(w);
	if (n != 1)
		fail_msg("%s: %lld segments", write->name, (long long)n);
	assert_int_equal(world_free(&bare), 0);
}

static void
a_commit_adds_one_segment_whatever_it_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++)
		try(&between[i]);
}

static void
each_commit_adds_a_segment(void **state)
{
	struct world *w = *state;

	say_all(w, "messi", "satu");
	say_all(w, "messi", "dua");
	assert_int_equal(segments(w), 2);
}

static void
a_message_keeps_its_number_whatever_was_written(void **state)
{
	struct world *w = *state;

	set_up(w);
	assert_true(store_hold(w->store, 3));
	start_all(w, "messi", "satu");
	was_taken(w, message_to_realms(w));
	start_all(w, "messi", "tiga");
	store_release(w->store);
	await(w);
	assert_int_equal(w->written.id, 3);
	assert_int_equal(find(w, 1, "tiga"), 1);
	assert_int_equal(w->seen[0].id, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_adds_one_segment_whatever_it_writes),
		WORLD_TEST(each_commit_adds_a_segment),
		WORLD_TEST(a_message_keeps_its_number_whatever_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
