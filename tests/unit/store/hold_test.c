/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes that are held together; that they fail together, see fault_test.c. */
#include "tests/unit/store/world.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void
hold(struct world *w, size_t n)
{
	assert_true(store_hold(w->store, n));
}

static void
use_session(struct world *w)
{
	static const unsigned char digest[STORE_DIGEST_LEN];

	was_taken(
	    w, store_use_session(w->store, digest, 1, on_written, w));
}

static void
what_is_held_is_one_commit(void **state)
{
	struct world *w = *state;
	uint64_t commits = store_commits(w->store);

	hold(w, STORE_HOLD_MAX);
	for (int i = 0; i < STORE_HOLD_MAX; i++)
		start_all(w, "messi", "text");
	assert_int_equal(store_commits(w->store), commits);
	store_release(w->store);
	await(w);
	assert_int_equal(store_commits(w->store), commits + 1);
	assert_true(w->written.ok);
	assert_int_equal(w->written.id, STORE_HOLD_MAX);
}

struct order {
	struct world *w;
	int64_t next;
	bool right;
};

static void
on_next(void *arg, const struct store_written *done)
{
	struct order *o = arg;

	o->right = o->right && done->ok && done->id == o->next++;
	o->w->answered++;
}

static void
results_keep_the_order_of_the_writes(void **state)
{
	struct world *w = *state;
	struct order o = { w, 1, true };
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "text");

	for (int i = 0; i < 900; i++) {
		if (i % 9 == 3)
			hold(w, 5);
		was_taken(w,
		    store_add_message(w->store, &m,
			&(struct store_along){ 0 }, on_next, &o));
		if (i % 9 == 7)
			store_release(w->store);
	}
	await(w);
	assert_true(o.right);
	assert_int_equal(o.next, 901);
}

static void
a_hold_may_stay_empty(void **state)
{
	struct world *w = *state;
	uint64_t commits = store_commits(w->store);

	hold(w, 0);
	store_release(w->store);
	hold(w, 10);
	store_release(w->store);
	assert_int_equal(say_all(w, "messi", "text"), 1);
	assert_int_equal(store_commits(w->store), commits + 1);
}

/* Nothing is dispatched, so all that is written counts. */
static void
room_is_kept_for_all_or_there_is_no_hold(void **state)
{
	struct world *w = *state;

	assert_false(store_hold(w->store, STORE_HOLD_MAX + 1));
	assert_false(store_hold(w->store, SIZE_MAX));
	for (size_t i = 0; i < STORE_QUEUE_MAX - 3; i++)
		use_session(w);
	assert_false(store_hold(w->store, 4));
	hold(w, 3);
	for (int i = 0; i < 3; i++)
		start_all(w, "messi", "text");
	store_release(w->store);
	assert_false(store_hold(w->store, 1));
	hold(w, 0);
	store_release(w->store);
	await(w);
	assert_true(w->written.ok);
	assert_int_equal(w->written.id, 3);
	hold(w, STORE_HOLD_MAX);
	store_release(w->store);
}

static void
room_that_was_not_used_is_free_again(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < STORE_QUEUE_MAX - 3; i++)
		use_session(w);
	for (int i = 0; i < 3; i++) {
		hold(w, 3 - (size_t)i);
		use_session(w);
		store_release(w->store);
	}
	assert_false(store_hold(w->store, 1));
	await(w);
}

static void
what_is_held_is_made_when_the_store_is_closed(void **state)
{
	struct world *w = *state;

	hold(w, 3);
	for (int i = 0; i < 3; i++)
		start_all(w, "messi", "text");
	store_release(w->store);
	world_close(w);
	assert_int_equal(w->answered, 3);
	assert_true(w->written.ok);
	world_open(w);
	assert_int_equal(store_last_id(w->store), 3);
}

/* As the chat does: what one result leads to is held in its callback. */
static void
on_written_hold(void *arg, const struct store_written *done)
{
	struct world *w = arg;

	assert_true(done->ok);
	w->answered++;
	if (!store_hold(w->store, 2))
		return;
	start_all(w, "messi", "two");
	start_all(w, "messi", "three");
	store_release(w->store);
}

static void
say_and_hold(struct world *w)
{
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "one");

	was_taken(w,
	    store_add_message(w->store, &m, &(struct store_along){ 0 },
		on_written_hold, w));
}

static void
a_callback_may_hold(void **state)
{
	struct world *w = *state;

	say_and_hold(w);
	await(w);
	assert_int_equal(w->written.id, 3);
}

static void
a_callback_of_a_store_that_closes_cannot_hold(void **state)
{
	struct world *w = *state;

	say_and_hold(w);
	world_close(w);
	assert_int_equal(w->asked, 1);
	assert_int_equal(w->answered, 1);
	world_open(w);
	assert_int_equal(store_last_id(w->store), 1);
}

/* ---- errors of the program -------------------------------------------- */

static void
hold_twice(struct world *w)
{
	store_hold(w->store, 1);
	store_hold(w->store, 1);
}

static void
write_more_than_was_held(struct world *w)
{
	store_hold(w->store, 1);
	start_all(w, "messi", "one");
	start_all(w, "messi", "two");
}

static void
release_what_is_not_held(struct world *w)
{
	store_release(w->store);
}

static void
assert_aborts(struct world *w, void (*run)(struct world *))
{
	const struct rlimit no_core = { 0, 0 };
	pid_t pid = fork();
	int status;

	assert_true(pid != -1);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL); /* cmocka catches it */
		setrlimit(RLIMIT_CORE, &no_core);
		fclose(stderr);
		run(w);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void
a_torn_hold_ends_the_process(void **state)
{
	struct world *w = *state;

	assert_aborts(w, hold_twice);
	assert_aborts(w, write_more_than_was_held);
	assert_aborts(w, release_what_is_not_held);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_is_held_is_one_commit),
		WORLD_TEST(results_keep_the_order_of_the_writes),
		WORLD_TEST(a_hold_may_stay_empty),
		WORLD_TEST(room_is_kept_for_all_or_there_is_no_hold),
		WORLD_TEST(room_that_was_not_used_is_free_again),
		WORLD_TEST(what_is_held_is_made_when_the_store_is_closed),
		WORLD_TEST(a_callback_may_hold),
		WORLD_TEST(a_callback_of_a_store_that_closes_cannot_hold),
		WORLD_TEST(a_torn_hold_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
