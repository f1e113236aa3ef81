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

static struct txn *
nothing(struct txn *t)
{
	return store_use_session(t, digest, 1);
}

static struct txn *
private_message(struct txn *t)
{
	static const int64_t readers[] = { 1, 2 };
	struct store_message m =
	    message(STORE_PRIVATE, "messi neko", "messi", "halo");

	return store_add_message(
	    t, &m, &(struct store_along){ .readers = readers, .count = 2 });
}

static struct txn *
tagged_message(struct txn *t)
{
	static const struct store_tag tag = {
		.account = 1, .tag = "a", .since = 500
	};
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "halo");

	return store_add_message(t, &m, &(struct store_along){ .tag = &tag });
}

static struct txn *
message_to_realms(struct txn *t)
{
	static const struct store_out outs[] = { { "its", "a", 1 },
		{ "medan", "b", 1 }, { "its", "c", 1 } };
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "halo");

	return store_add_message(
	    t, &m, &(struct store_along){ .outs = outs, .out_count = 3 });
}

static struct txn *
item(struct txn *t)
{
	return store_add_out(t, &(struct store_out){ "its", "a", 1 });
}

static struct txn *
drop_of_items(struct txn *t)
{
	return store_drop_out(t, "its", 1);
}

static struct txn *
progress(struct txn *t)
{
	return store_set_taken(t, "its", "stream", 1);
}

static struct txn *
stream(struct txn *t)
{
	return store_new_stream(t, "its", "stream");
}

static struct txn *
account(struct txn *t)
{
	static const struct store_account a = { .name = "dewi",
		.key = "dewi",
		.real_name = "Dewi",
		.hash = "$hash",
		.created = 77 };

	return store_add_account(t, &a);
}

static struct txn *
name(struct txn *t)
{
	return store_set_real_name(t, 1, "Lionel");
}

static struct txn *
password(struct txn *t)
{
	return store_set_password(t, 1, "$h", NULL);
}

static struct txn *
admin(struct txn *t)
{
	return store_set_admin(t, 1, true);
}

static struct txn *
seen(struct txn *t)
{
	return store_set_seen(t, 1, 77);
}

static struct txn *
login(struct txn *t)
{
	struct store_session s = { .account = 1, .created = 1, .expires = 9 };

	memcpy(s.digest, digest, sizeof(digest));
	return store_add_session(t, &s);
}

static struct txn *
logout(struct txn *t)
{
	return store_end_session(t, digest);
}

static struct txn *
end_of_logins(struct txn *t)
{
	return store_end_sessions(t, 1);
}

static struct txn *
group(struct txn *t)
{
	static const struct store_group g = {
		.conv = "#lab", .name = "lab", .realm = "", .topic = ""
	};

	return store_put_group(t, &g);
}

static struct txn *
member(struct txn *t)
{
	static const struct store_member m = { .conv = "#lab",
		.member = "messi",
		.name = "messi",
		.real_name = "",
		.account = 1 };

	return store_put_member(t, &m);
}

static struct txn *
drop_of_member(struct txn *t)
{
	return store_drop_member(t, "#lab", "messi", 1);
}

static struct txn *
rule(struct txn *t)
{
	static const struct store_rule r = { .kind = STORE_BAN,
		.conv = "#lab",
		.member = "neko",
		.name = "neko",
		.by = "messi",
		.reason = "" };

	return store_put_rule(t, &r);
}

static struct txn *
drop_of_rule(struct txn *t)
{
	return store_drop_rule(t, STORE_BAN, "#lab", "neko");
}

static struct txn *
end_of_group(struct txn *t)
{
	return store_end_group(t, "#lab");
}

static struct txn *
read_mark(struct txn *t)
{
	return store_mark_read(t, 1, STORE_EVERYONE_KEY, 4);
}

static const struct write {
	const char *name;
	struct txn *(*run)(struct txn *);
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
	wrote(w, login(TXN(w->store)));
	wrote(w, item(TXN(w->store)));
	wrote(w, group(TXN(w->store)));
	wrote(w, member(TXN(w->store)));
	wrote(w, rule(TXN(w->store)));
	assert_int_equal(segments(w), 0);
}

static void
try(const struct write *write)
{
	void *bare = NULL;
	struct world *w;
	struct txn t;
	int64_t n;

	assert_int_equal(world_new(&bare), 0);
	w = bare;
	set_up(w);
	txn_begin(&t, w->store);
	put_all(&t, "messi", "satu");
	write->run(&t);
	write->run(&t);
	put_all(&t, "messi", "dua");
	wrote(w, &t);
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
	struct txn t;

	set_up(w);
	put_all(txn_begin(&t, w->store), "messi", "satu");
	commit(w, message_to_realms(&t));
	start_all(w, "messi", "tiga");
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
