/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/store/world.h"

#include "server/store/sql.h"

#include <fcntl.h>
#include <sys/wait.h>

static char *
path_of(const struct world *w, const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return path;
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* Opening fails so, and says so in a line that names the culprit. */
static void
assert_refused(struct world *w, enum store_status want, const char *named)
{
	const struct store_options options = { .dir = w->dir,
		.sync_full = true };
	enum store_status status = STORE_OK;
	char why[300] = "";

	assert_null(store_open(&options, &status, why, sizeof(why)));
	assert_int_equal(status, want);
	assert_non_null(strstr(why, named));
	assert_null(strchr(why, '\n'));
}

static void
write_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static char *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	char *p = xmalloc(1 << 20);

	assert_non_null(f);
	*n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

static void
patch_file(const char *path, long at, const void *p, size_t n)
{
	FILE *f = fopen(path, "r+");

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
run_sql(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- the folder ------------------------------------------------------- */

static void
missing_folders_are_made_for_the_owner_only(void **state)
{
	struct world *w = *state;
	char top[64], middle[80];

	strcpy(top, w->dir);
	snprintf(middle, sizeof(middle), "%s/a", top);
	umask(0);
	strcat(w->dir, "/a/b");
	world_open(w);
	assert_int_equal(mode_of(middle), 0700);
	assert_int_equal(mode_of(w->dir), 0700);
	assert_int_equal(mode_of(path_of(w, "chat.db")), 0600);
	assert_int_equal(mode_of(path_of(w, "chat.db-wal")), 0600);
	assert_int_equal(mode_of(path_of(w, "lock")), 0600);
	umask(022);
	world_close(w);
	assert_int_equal(world_remove(w->dir), 0);
	assert_int_equal(world_remove(middle), 0);
	strcpy(w->dir, top);
}

static void
what_is_no_folder_is_refused(void **state)
{
	struct world *w = *state;
	char dir[64];

	write_file(path_of(w, "file"), "x", 1);
	strcpy(dir, w->dir);
	strcat(w->dir, "/file");
	assert_refused(w, STORE_FOLDER, w->dir);
	strcat(w->dir, "/below");
	assert_refused(w, STORE_FOLDER, w->dir);
	strcpy(w->dir, "");
	assert_refused(w, STORE_FOLDER, "");
	strcpy(w->dir, dir);
}

static void
a_link_in_place_of_the_file_is_refused(void **state)
{
	struct world *w = *state;

	write_file(path_of(w, "else"), "", 0);
	assert_int_equal(symlink("else", path_of(w, "chat.db")), 0);
	assert_refused(w, STORE_FOLDER, "chat.db");
}

static void
a_second_store_in_the_folder_is_refused(void **state)
{
	struct world *w = *state;

	world_open(w);
	say_all(w, "messi", "one");
	assert_refused(w, STORE_LOCKED, w->dir);
	say_all(w, "messi", "two"); /* the first is not disturbed */
	world_reopen(w);
	assert_int_equal(store_last_id(w->store), 2);
}

/* A child that was left behind must not keep the folder locked. */
static void
the_lock_is_not_inherited_through_exec(void **state)
{
	struct world *w = *state;
	int in[2], begun[2], status;
	char c;
	pid_t pid;

	world_open(w);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe2(begun, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		close(in[0]);
		close(in[1]);
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(begun[1]);
	assert_int_equal(read(begun[0], &c, 1), 0); /* exec closed it */
	close(begun[0]);
	world_reopen(w);
	close(in[1]); /* only now does cat end */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- the file --------------------------------------------------------- */

static void
everything_is_there_after_opening_again(void **state)
{
	struct world *w = *state;
	int64_t messi, neko;

	world_open(w);
	messi = add_account(w, "messi");
	neko = add_account(w, "neko");
	say_all(w, "messi", "halo semua");
	say_private(w, "messi neko", messi, neko, "messi", "halo neko");
	mark(w, neko, STORE_EVERYONE_KEY, 1);
	world_reopen(w);
	assert_int_equal(store_last_id(w->store), 2);
	assert_int_equal(find(w, neko, "halo"), 2);
	assert_int_equal(unread(w, neko, "neko"), 1);
	assert_string_equal(w->unread_key[0], "messi neko");
	assert_int_equal(say_all(w, "neko", "three"), 3);
}

static void
it_works_the_same_with_fewer_syncs(void **state)
{
	struct world *w = *state;
	const struct store_options options = { .dir = w->dir };
	enum store_status status;
	char why[300];

	w->store = store_open(&options, &status, why, sizeof(why));
	assert_non_null(w->store);
	assert_int_equal(say_all(w, "messi", "text"), 1);
	world_reopen(w);
	assert_int_equal(store_last_id(w->store), 1);
}

static void
a_clean_close_leaves_no_log(void **state)
{
	struct world *w = *state;

	world_open(w);
	say_all(w, "messi", "text");
	world_close(w);
	assert_int_equal(access(path_of(w, "chat.db-wal"), F_OK), -1);
	assert_int_equal(access(path_of(w, "chat.db-shm"), F_OK), -1);
}

/* As after kill -9: the file and its log are copied while both are in use. */
static void
what_was_answered_is_in_the_log_at_once(void **state)
{
	static const char *const part[] = { "chat.db", "chat.db-wal" };
	struct world *w = *state;
	struct world *copy;
	void *other = NULL;
	char *p;
	size_t n;

	world_open(w);
	for (int i = 0; i < 20; i++)
		say_all(w, "messi", "text");
	assert_int_equal(world_bare(&other), 0);
	copy = other;
	for (size_t i = 0; i < 2; i++) {
		p = read_file(path_of(w, part[i]), &n);
		write_file(path_of(copy, part[i]), p, n);
		free(p);
	}
	world_open(copy);
	assert_int_equal(store_last_id(copy->store), 20);
	assert_int_equal(world_free(&other), 0);
}

/* A log cut anywhere loses its tail, and never the start. */
static void
a_torn_log_is_cut_where_it_is_torn(void **state)
{
	struct world *w = *state;
	struct world *copy;
	void *other = NULL;
	char *file, *log;
	size_t len, log_len;
	int64_t before = -1;

	world_open(w);
	for (int i = 0; i < 8; i++)
		say_all(w, "messi", "text");
	file = read_file(path_of(w, "chat.db"), &len);
	log = read_file(path_of(w, "chat.db-wal"), &log_len);
	for (size_t cut = 0; cut <= log_len; cut += 1031) {
		assert_int_equal(world_bare(&other), 0);
		copy = other;
		write_file(path_of(copy, "chat.db"), file, len);
		write_file(path_of(copy, "chat.db-wal"), log, cut);
		world_open(copy);
		assert_true(store_last_id(copy->store) >= before);
		before = store_last_id(copy->store);
		assert_true(say_all(copy, "messi", "on") == before + 1);
		assert_int_equal(world_free(&other), 0);
	}
	assert_true(before > 0);
	free(file);
	free(log);
}

static void
a_newer_file_is_refused_and_left_as_it_is(void **state)
{
	struct world *w = *state;
	char *before, *after;
	size_t len, len_after;

	world_open(w);
	world_close(w);
	run_sql(path_of(w, "chat.db"), "PRAGMA user_version = 5");
	before = read_file(path_of(w, "chat.db"), &len);
	assert_refused(w, STORE_NEWER, "schema 5");
	after = read_file(path_of(w, "chat.db"), &len_after);
	assert_int_equal(len, len_after);
	assert_memory_equal(before, after, len);
	assert_int_equal(access(path_of(w, "chat.db-wal"), F_OK), -1);
	free(before);
	free(after);
}

/* The header of the file is old, the log that lies beside it is newer. */
static void
a_newer_log_is_refused_too(void **state)
{
	struct world *w = *state;
	sqlite3 *db;

	world_open(w);
	world_close(w);
	assert_int_equal(
	    sqlite3_open(path_of(w, "chat.db"), &db), SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	assert_int_equal(
	    sqlite3_exec(
		db, "PRAGMA user_version = 6", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	assert_refused(w, STORE_NEWER, "schema 6");
	assert_int_equal(access(path_of(w, "chat.db-wal"), F_OK), 0);
}

static void
other_files_are_refused(void **state)
{
	struct world *w = *state;
	const char *path = path_of(w, "chat.db");
	char name[100];

	strcpy(name, path);
	write_file(name, "messi:surabaya\n", 15);
	assert_refused(w, STORE_BROKEN, "not a chat-server's data file");
	unlink(name);
	run_sql(name, "CREATE TABLE other(x)");
	assert_refused(w, STORE_BROKEN, "not a chat-server's data file");
	run_sql(name, "PRAGMA application_id = 7");
	assert_refused(w, STORE_BROKEN, "not a chat-server's data file");
	unlink(name);
	assert_int_equal(mkdir(name, 0700), 0);
	assert_refused(w, STORE_FOLDER, "chat.db");
	assert_int_equal(rmdir(name), 0);
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_refused(w, STORE_BROKEN, "not a chat-server's data file");
}

static void
a_damaged_file_is_refused(void **state)
{
	struct world *w = *state;
	char name[100], rubbish[1000];
	size_t n;
	char *p;

	strcpy(name, path_of(w, "chat.db"));
	world_open(w);
	for (int i = 0; i < 200; i++)
		start_all(w, "messi", "text");
	await(w);
	world_close(w);
	p = read_file(name, &n);
	assert_int_equal(truncate(name, 10000), 0);
	assert_refused(w, STORE_BROKEN, name);
	write_file(name, p, n);
	free(p);
	memset(rubbish, 0x5a, sizeof(rubbish));
	patch_file(name, 100, rubbish, sizeof(rubbish)); /* the schema */
	assert_refused(w, STORE_BROKEN, name);
}

static void
no_account(void *arg, const struct store_account *a)
{
	(void)arg;
	fail_msg("an account out of rubbish: %s", a->name);
}

/* Damage behind the schema is found when it is read, and told. */
static void
a_damaged_account_is_told_at_start(void **state)
{
	struct world *w = *state;
	char page[4096];

	world_open(w);
	add_account(w, "messi");
	world_close(w);
	memset(page, 0xff, sizeof(page));
	patch_file(path_of(w, "chat.db"), 4096, page, sizeof(page));
	world_open(w);
	assert_int_equal(store_each_account(w->store, no_account, NULL), -1);
}

/* ---- migration -------------------------------------------------------- */

/* As a server of that schema made it, with what `text` puts into it. */
static void
make_older(struct world *w, int schema, const char *text)
{
	struct sql q;

	assert_true(sql_open(&q, path_of(w, "chat.db"), SQL_WRITER, true));
	assert_true(sql_migrate(&q, schema));
	assert_int_equal(sql_version(&q), schema);
	sql_close(&q);
	run_sql(path_of(w, "chat.db"), text);
}

static void
assert_schema(struct world *w, int schema)
{
	struct sql q;

	assert_true(sql_open(&q, path_of(w, "chat.db"), SQL_WRITER, true));
	assert_int_equal(sql_version(&q), schema);
	sql_close(&q);
}

static void
the_first_schema_is_brought_up_to_date(void **state)
{
	struct world *w = *state;

	make_older(w, 1,
	    "INSERT INTO account(name, key, real_name, hash, created)"
	    " VALUES('messi', 'messi', 'Lionel Messi', '$hash', 1);"
	    "INSERT INTO party(account, conv, mark) VALUES(1, 1, 0);"
	    "INSERT INTO message(time, conv, sender, name, text)"
	    " VALUES(1, 1, 'messi', 'Lionel Messi', 'kopi enak'),"
	    " (2, 1, 'messi', 'Lionel Messi', 'teh manis');");
	world_open(w);
	assert_int_equal(find(w, 1, "enak"), 1);
	assert_string_equal(w->seen[0].text, "kopi enak");
	assert_int_equal(say_all(w, "messi", "kopi lagi"), 3);
	assert_int_equal(find(w, 1, "kopi"), 2);
	world_close(w);
	assert_schema(w, STORE_SCHEMA);
}

/* What a server of schema 2 leaves behind. */
static const char second[] =
    "INSERT INTO account(name, key, real_name, hash, created)"
    " VALUES('messi', 'messi', 'Lionel Messi', '$hash', 1),"
    " ('neko', 'neko', 'Neko', '$hash', 2);"
    "INSERT INTO session(digest, account, created, used, expires)"
    " VALUES(randomblob(32), 1, 1, 2, 3);"
    "INSERT INTO conversation(kind, key) VALUES(1, 'messi neko');"
    "INSERT INTO party(account, conv, mark)"
    " VALUES(1, 1, 1), (2, 1, 0), (1, 2, 1), (2, 2, 1);"
    "INSERT INTO message(time, conv, sender, name, text)"
    " VALUES(1, 1, 'messi', 'Lionel Messi', 'kopi enak'),"
    " (2, 2, 'messi', 'Lionel Messi', 'kopi rahasia'),"
    " (3, 1, 'neko', 'Neko', 'kopi lagi');"
    "INSERT INTO message_text(rowid, text) SELECT id, text FROM message;"
    "INSERT INTO sent_tag(account, tag, id, digest, time)"
    " VALUES(1, 't1', 2, zeroblob(32), 2);";

static void
count_account(void *arg, const struct store_account *a)
{
	int *n = arg;

	assert_false(a->admin);
	/* As far as a session tells. */
	assert_int_equal(a->seen, a->id == 1 ? 2 : 0);
	++*n;
}

static void
count_session(void *arg, const struct store_session *e)
{
	int *n = arg;

	assert_int_equal(e->account, 1);
	++*n;
}

static void
no_group(void *arg, const struct store_group *g)
{
	(void)arg;
	fail_msg("a group out of nothing: %s", g->name);
}

static void
no_realm(void *arg, const struct store_realm *r)
{
	(void)arg;
	fail_msg("a realm out of nothing: %s", r->realm);
}

static void
the_second_schema_keeps_all_that_it_had(void **state)
{
	struct world *w = *state;
	struct store_tag tag = { .account = 1, .tag = "t1" };
	int accounts = 0, sessions = 0;

	make_older(w, 2, second);
	world_open(w);
	store_each_account(w->store, count_account, &accounts);
	assert_int_equal(accounts, 2);
	store_each_session(w->store, count_session, &sessions);
	assert_int_equal(sessions, 1);
	assert_int_equal(store_each_group(w->store, no_group, NULL), 0);
	assert_int_equal(store_each_realm(w->store, no_realm, NULL), 0);
	assert_int_equal(store_last_id(w->store), 3);
	assert_int_equal(find(w, 2, "kopi"), 3);
	assert_int_equal(unread(w, 2, "neko"), 2);
	assert_int_equal(w->unread[0].mark, 0);
	assert_int_equal(w->unread[1].mark, 1);
	count(w, 2, 0, 10); /* all of it is replayed, as it was before */
	assert_int_equal(w->tally.count, 3);
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	await(w);
	assert_true(w->written.duplicate);
	assert_int_equal(w->written.id, 2);
	world_close(w);
	assert_schema(w, STORE_SCHEMA);
}

/* A step that fails leaves the file at the schema before it. */
static void
a_failed_step_changes_nothing(void **state)
{
	struct world *w = *state;

	make_older(w, 1, "CREATE TABLE message_text(x)");
	assert_refused(w, STORE_BROKEN, "chat.db");
	assert_schema(w, 1);
	run_sql(path_of(w, "chat.db"), "DROP TABLE message_text");
	world_open(w);
}

static void
a_step_that_fails_at_its_end_is_undone_from_its_beginning(void **state)
{
	struct world *w = *state;

	make_older(w, 2, second);
	run_sql(path_of(w, "chat.db"), "CREATE TABLE outbox(x)");
	assert_refused(w, STORE_BROKEN, "chat.db");
	assert_schema(w, 2);
	run_sql(path_of(w, "chat.db"), "DROP TABLE outbox");
	world_open(w);
	assert_int_equal(find(w, 2, "kopi"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_TEST(missing_folders_are_made_for_the_owner_only),
		BARE_TEST(what_is_no_folder_is_refused),
		BARE_TEST(a_link_in_place_of_the_file_is_refused),
		BARE_TEST(a_second_store_in_the_folder_is_refused),
		BARE_TEST(the_lock_is_not_inherited_through_exec),
		BARE_TEST(everything_is_there_after_opening_again),
		BARE_TEST(it_works_the_same_with_fewer_syncs),
		BARE_TEST(a_clean_close_leaves_no_log),
		BARE_TEST(what_was_answered_is_in_the_log_at_once),
		BARE_TEST(a_torn_log_is_cut_where_it_is_torn),
		BARE_TEST(a_newer_file_is_refused_and_left_as_it_is),
		BARE_TEST(a_newer_log_is_refused_too),
		BARE_TEST(other_files_are_refused),
		BARE_TEST(a_damaged_file_is_refused),
		BARE_TEST(a_damaged_account_is_told_at_start),
		BARE_TEST(the_first_schema_is_brought_up_to_date),
		BARE_TEST(the_second_schema_keeps_all_that_it_had),
		BARE_TEST(a_failed_step_changes_nothing),
		BARE_TEST(
		    a_step_that_fails_at_its_end_is_undone_from_its_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
