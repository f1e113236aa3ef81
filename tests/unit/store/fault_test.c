/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks that are full or fail.  A full one is a limit on the size of files;
 * what a limit cannot do is done between SQLite and its files, in calls that
 * stand in for the ones of its default VFS.
 */
#include "tests/unit/store/world.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- a file that fails ------------------------------------------------ */

static atomic_int bad_syncs; /* so many fail from here on */
static int (*real_sync)(sqlite3_file *, int);
static sqlite3_io_methods frail_log; /* SQLite's for logs, but for xSync */
static sqlite3_vfs *real_vfs, frail_vfs;

static int
frail_sync(sqlite3_file *f, int flags)
{
	int left = atomic_load(&bad_syncs);

	while (left > 0) {
		if (atomic_compare_exchange_weak(
			&bad_syncs, &left, left - 1))
			return SQLITE_IOERR_FSYNC;
	}
	return real_sync(f, flags);
}

static int
frail_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
    int *out)
{
	int rc = real_vfs->xOpen(vfs, name, f, flags, out);

	if (rc != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0)
		return rc;
	if (real_sync == NULL) {
		real_sync = f->pMethods->xSync;
		frail_log = *f->pMethods;
		frail_log.xSync = frail_sync;
	}
	f->pMethods = &frail_log;
	return rc;
}

/* ---- a disk that is full ---------------------------------------------- */

static struct rlimit usual;

static void
fill_disk(rlim_t bytes)
{
	struct rlimit full = { bytes, usual.rlim_max };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
}

static void
free_disk(void)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
}

static int
set_up_all(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN); /* write(2) then fails with EFBIG */
	real_vfs = sqlite3_vfs_find(NULL);
	frail_vfs = *real_vfs;
	frail_vfs.zName = "frail";
	frail_vfs.xOpen = frail_open;
	return getrlimit(RLIMIT_FSIZE, &usual) == 0 &&
		sqlite3_vfs_register(&frail_vfs, 1) == SQLITE_OK
	    ? 0
	    : -1;
}

static int
heal(void **state)
{
	atomic_store(&bad_syncs, 0);
	free_disk();
	return world_free(state);
}

#define FAULT_TEST(f) cmocka_unit_test_setup_teardown(f, world_new, heal)

/* ---- helpers ---------------------------------------------------------- */

static bool
try_to_say(struct world *w, const char *text)
{
	start_all(w, "messi", text);
	await(w);
	return w->written.ok;
}

static void
copy_file(const struct world *from, const struct world *to, const char *name)
{
	char path[100], block[4096];
	ssize_t n;
	int in, out;

	snprintf(path, sizeof(path), "%s/%s", from->dir, name);
	in = open(path, O_RDONLY);
	assert_true(in != -1);
	snprintf(path, sizeof(path), "%s/%s", to->dir, name);
	out = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(out != -1);
	while ((n = read(in, block, sizeof(block))) > 0)
		assert_int_equal(write(out, block, (size_t)n), n);
	close(in);
	close(out);
}

/* What a server would find if this one were killed now. */
static int64_t
last_after_crash(struct world *w)
{
	void *other = NULL;
	struct world *copy;
	int64_t last;

	assert_int_equal(world_bare(&other), 0);
	copy = other;
	copy_file(w, copy, "chat.db");
	copy_file(w, copy, "chat.db-wal");
	world_open(copy);
	last = store_last_id(copy->store);
	assert_int_equal(world_free(&other), 0);
	return last;
}

static size_t
all_there_is(struct world *w)
{
	return ask(w,
	    (struct store_query){ .scope = STORE_ONE,
		.conv = STORE_EVERYONE_KEY,
		.limit = PAGE_CAP });
}

/* ---- tests ------------------------------------------------------------ */

static void
a_full_disk_refuses_and_recovers(void **state)
{
	struct world *w = *state;
	uint64_t commits;

	assert_true(try_to_say(w, "one"));
	commits = store_commits(w->store);
	fill_disk(4096);
	for (int i = 0; i < 3; i++) {
		assert_false(try_to_say(w, "lost"));
		assert_int_equal(w->written.id, 0);
	}
	assert_int_equal(store_commits(w->store), commits);
	assert_int_equal(all_there_is(w), 1); /* reading goes on */
	free_disk();
	assert_true(try_to_say(w, "two"));
	assert_int_equal(w->written.id, 2);
	world_reopen(w);
	assert_int_equal(all_there_is(w), 2);
	assert_string_equal(w->seen[0].text, "one");
	assert_string_equal(w->seen[1].text, "two");
}

static void
all_writes_of_a_refused_commit_are_refused(void **state)
{
	struct world *w = *state;
	unsigned char digest[STORE_DIGEST_LEN] = { 0 };
	struct store_tag tag = { .account = 1, .tag = "t1" };
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "text");
	struct store_account a = { .name = "neko",
		.key = "neko",
		.real_name = "Neko",
		.hash = "$hash" };

	fill_disk(4096);
	assert_true(
	    txn_commit(store_add_account(TXN(w->store), &a), on_written, w));
	assert_true(txn_commit(
	    store_end_session(TXN(w->store), digest), on_written, w));
	w->asked = 2;
	wrote(w, store_add_message(
		     TXN(w->store), &m, &(struct store_along){ .tag = &tag }));
	assert_false(w->written.ok);
	free_disk();
	wrote(w, store_add_account(TXN(w->store), &a));
	assert_true(w->written.ok);
	assert_false(w->written.taken);
	wrote(w, store_add_message(
		     TXN(w->store), &m, &(struct store_along){ .tag = &tag }));
	assert_true(w->written.ok);
	assert_false(w->written.duplicate);
	assert_int_equal(all_there_is(w), 1);
}

/* The disk runs full again and again, somewhere in the middle of things. */
static void
exactly_what_was_answered_is_there(void **state)
{
	enum { MANY = 400 };
	struct world *w = *state;
	bool ok[MANY];
	size_t there = 0, refused = 0;
	char text[180];

	for (int i = 0; i < MANY; i++) {
		fill_disk((rlim_t)(4096 * (1 + i * 7 % 83)));
		snprintf(text, sizeof(text), "%0150d", i);
		ok[i] = try_to_say(w, text);
		refused += !ok[i];
	}
	free_disk();
	assert_true(refused > 0);
	for (int again = 0; again < 2; again++) {
		all_there_is(w);
		there = 0;
		for (int i = 0; i < MANY; i++) {
			if (!ok[i])
				continue;
			assert_true(there < w->count);
			assert_int_equal(
			    strtol(w->seen[there++].text, NULL, 10), i);
		}
		assert_int_equal(there, w->count);
		world_reopen(w);
	}
	assert_true(there > 0);
}

/* The whole transaction is in the log by then, only its sync has failed. */
static void
a_refused_message_does_not_come_back_after_a_crash(void **state)
{
	struct world *w = *state;

	assert_true(try_to_say(w, "one"));
	atomic_store(&bad_syncs, 1);
	assert_false(try_to_say(w, "lost"));
	assert_int_equal(last_after_crash(w), 1);
	assert_true(try_to_say(w, "two"));
	assert_int_equal(last_after_crash(w), 2);
	assert_int_equal(all_there_is(w), 2);
	assert_string_equal(w->seen[1].text, "two");
}

static void
nothing_is_written_until_the_disk_syncs_again(void **state)
{
	struct world *w = *state;

	assert_true(try_to_say(w, "one"));
	atomic_store(&bad_syncs, 1000000);
	for (int i = 0; i < 5; i++)
		assert_false(try_to_say(w, "lost"));
	assert_int_equal(all_there_is(w), 1);
	atomic_store(&bad_syncs, 0);
	assert_true(try_to_say(w, "two"));
	assert_int_equal(last_after_crash(w), 2);
	world_reopen(w);
	assert_int_equal(all_there_is(w), 2);
	assert_string_equal(w->seen[1].text, "two");
}

/* The disk is well again, but who made the second one did not know of the
 * first, and will try that again. */
static void
no_write_overtakes_one_whose_refusal_was_not_told(void **state)
{
	struct world *w = *state;
	struct pollfd told = { .fd = store_fd(w->store), .events = POLLIN };

	assert_true(try_to_say(w, "one"));
	atomic_store(&bad_syncs, 1);
	start_all(w, "messi", "two");
	assert_int_equal(poll(&told, 1, WAIT_MS), 1);
	assert_int_equal(atomic_load(&bad_syncs), 0);
	assert_false(try_to_say(w, "three"));
	assert_true(try_to_say(w, "two"));
	assert_true(try_to_say(w, "three"));
	assert_int_equal(all_there_is(w), 3);
	assert_string_equal(w->seen[1].text, "two");
}

/* ---- transactions ----------------------------------------------------- */

/* So many in each that the thread would be at it before the last. */
enum { OUTS = 60 };

/* What a message from another realm does, passed on to many. */
static bool
try_to_write(struct world *w, int number)
{
	char text[180];
	const struct store_out out = { "medan", text, sizeof(text) };
	const struct store_message m =
	    message(STORE_GROUP, "#b", "james@medan", text);
	const struct store_member who = { .conv = "#b",
		.member = text,
		.name = "A Name",
		.real_name = "A Name" };
	unsigned answered = w->answered;
	struct txn t;

	snprintf(text, sizeof(text), "%0150d", number);
	txn_begin(&t, w->store);
	store_add_message(&t, &m, &(struct store_along){ 0 });
	for (int i = 0; i < OUTS; i++)
		store_add_out(&t, &out);
	store_put_member(&t, &who);
	store_set_taken(&t, "medan", "aaaaaaaaaaaaaaaa", number);
	wrote(w, &t);
	assert_int_equal(w->answered, answered + 1);
	return w->written.ok;
}

struct there {
	int64_t messages, items, members, taken, highest;
};

static void
on_there_realm(void *arg, const struct store_realm *r)
{
	struct there *t = arg;

	assert_int_equal(r->last, r->waiting);
	assert_int_equal(r->last % OUTS, 0);
	t->items = r->last / OUTS;
	t->taken = r->taken;
}

static void
on_there_member(void *arg, const struct store_member *m)
{
	struct there *t = arg;

	t->members++;
	t->highest = strtol(m->member, NULL, 10);
}

static struct there
what_is_there(struct world *w)
{
	struct there t = { .messages = store_last_id(w->store) };

	assert_int_equal(store_each_realm(w->store, on_there_realm, &t), 0);
	assert_int_equal(
	    store_each_member(w->store, on_there_member, &t), 0);
	return t;
}

/* The disk runs full again and again, somewhere in the middle of things. */
static void
a_transaction_is_there_whole_or_not_at_all(void **state)
{
	enum { MANY = 300 };
	struct world *w = *state;
	int64_t ok = 0, last = 0;
	struct there t;

	for (int i = 1; i <= MANY; i++) {
		fill_disk((rlim_t)(4096 * (1 + i * 7 % 83)));
		if (try_to_write(w, i)) {
			ok++;
			last = i;
		}
	}
	free_disk();
	assert_true(ok > 0 && ok < MANY);
	for (int again = 0; again < 2; again++) {
		t = what_is_there(w);
		assert_int_equal(t.messages, ok);
		assert_int_equal(t.items, ok);
		assert_int_equal(t.members, ok);
		assert_int_equal(t.taken, last);
		assert_int_equal(t.highest, last);
		world_reopen(w);
	}
}

static void
a_refused_hold_does_not_come_back_after_a_crash(void **state)
{
	struct world *w = *state;

	assert_true(try_to_write(w, 1));
	atomic_store(&bad_syncs, 1);
	assert_false(try_to_write(w, 2));
	assert_int_equal(last_after_crash(w), 1);
	assert_true(try_to_write(w, 3));
	assert_int_equal(what_is_there(w).items, 2);
	assert_int_equal(what_is_there(w).taken, 3);
}

/* ---- kill -9 ---------------------------------------------------------- */

typedef void write_forever_fn(const struct world *, int tell);

static void
hold_until_killed(const struct world *outer, int tell)
{
	struct world *w = xcalloc(1, sizeof(*w));
	int64_t id;

	strcpy(w->dir, outer->dir);
	world_open(w);
	for (id = store_last_id(w->store) + 1;; id++) {
		if (!try_to_write(w, (int)id) ||
		    write(tell, &id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
}

/* Says numbers, each its own id, five at a time, and tells each answer. */
static void
write_until_killed(const struct world *outer, int tell)
{
	struct world *w = xcalloc(1, sizeof(*w));
	char text[24];
	int64_t id;

	strcpy(w->dir, outer->dir);
	world_open(w);
	for (id = store_last_id(w->store) + 1;; id++) {
		snprintf(text, sizeof(text), "%lld", (long long)id);
		start_all(w, "messi", text);
		if (id % 5 != 0)
			continue;
		await(w);
		if (!w->written.ok || w->written.id != id ||
		    write(tell, &id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
}

static int64_t
kill_a_writer(const struct world *w, write_forever_fn *forever, int after)
{
	int ends[2], status;
	int64_t id = 0;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		close(ends[0]);
		forever(w, ends[1]);
	}
	close(ends[1]);
	for (int i = 0; i < after; i++)
		assert_int_equal(
		    read(ends[0], &id, sizeof(id)), sizeof(id));
	usleep((useconds_t)after * 150); /* somewhere in what comes next */
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (read(ends[0], &id, sizeof(id)) == sizeof(id))
		continue; /* what was answered before it fell */
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return id;
}

static void
what_was_answered_survives_a_kill_at_any_moment(void **state)
{
	enum { ROUNDS = 12 };
	struct world *w = *state;
	int64_t answered = 0;

	for (int i = 0; i < ROUNDS; i++)
		answered =
		    kill_a_writer(w, write_until_killed, 1 + i * 5 % 7);
	world_open(w);
	assert_true(store_last_id(w->store) >= answered);
	all_there_is(w);
	assert_int_equal(w->count, store_last_id(w->store));
	for (size_t i = 0; i < w->count; i++) {
		assert_int_equal(w->seen[i].id, i + 1);
		assert_int_equal(
		    strtol(w->seen[i].text, NULL, 10), i + 1);
	}
}

static void
what_is_held_stays_together_through_a_kill(void **state)
{
	enum { ROUNDS = 12 };
	struct world *w = *state;
	int64_t answered;
	struct there t;

	for (int i = 0; i < ROUNDS; i++) {
		answered =
		    kill_a_writer(w, hold_until_killed, 1 + i * 5 % 7);
		world_open(w);
		t = what_is_there(w);
		assert_true(t.messages >= answered);
		assert_int_equal(t.items, t.messages);
		assert_int_equal(t.members, t.messages);
		assert_int_equal(t.taken, t.messages);
		assert_int_equal(t.highest, t.messages);
		world_close(w);
	}
}

/* The log starts over although somebody reads all the time. */
static void
the_log_stays_short(void **state)
{
	enum { ROUNDS = 60, EACH = 100 };
	struct world *w = *state;
	const struct store_query query = { .scope = STORE_ONE,
		.conv = STORE_EVERYONE_KEY,
		.limit = 100 };
	char text[2000], path[100];
	struct stat st;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(path, sizeof(path), "%s/chat.db-wal", w->dir);
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < EACH; k++) {
			start_all(w, "messi", text);
			was_taken(
			    w, store_read(w->store, &query, on_page, w));
		}
		await(w);
	}
	assert_int_equal(stat(path, &st), 0);
	/* 12 MB were said, and each more than once in the log. */
	assert_true(st.st_size < 8 << 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(a_full_disk_refuses_and_recovers),
		FAULT_TEST(all_writes_of_a_refused_commit_are_refused),
		FAULT_TEST(exactly_what_was_answered_is_there),
		FAULT_TEST(a_refused_message_does_not_come_back_after_a_crash),
		FAULT_TEST(nothing_is_written_until_the_disk_syncs_again),
		FAULT_TEST(no_write_overtakes_one_whose_refusal_was_not_told),
		FAULT_TEST(a_transaction_is_there_whole_or_not_at_all),
		FAULT_TEST(a_refused_hold_does_not_come_back_after_a_crash),
		BARE_TEST(what_was_answered_survives_a_kill_at_any_moment),
		BARE_TEST(what_is_held_stays_together_through_a_kill),
		FAULT_TEST(the_log_stays_short),
	};

	return cmocka_run_group_tests(tests, set_up_all, NULL);
}
