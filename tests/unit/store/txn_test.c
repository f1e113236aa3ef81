/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transactions; that they fail as a whole, see fault_test.c. */
#include "tests/unit/store/world.h"

static void
use_session(struct world *w)
{
	static const unsigned char digest[STORE_DIGEST_LEN];

	commit(w, store_use_session(TXN(w->store), digest, 1));
}

/* So many messages, one callback. */
static bool
say_many(struct world *w, size_t n)
{
	struct txn t;
	bool ok;

	txn_begin(&t, w->store);
	for (size_t i = 0; i < n; i++)
		put_all(&t, "messi", "text");
	ok = txn_commit(&t, on_written, w);
	w->asked += ok;
	return ok;
}

static void
a_transaction_is_one_commit_and_one_answer(void **state)
{
	struct world *w = *state;
	uint64_t commits = store_commits(w->store);
	struct txn t;

	txn_begin(&t, w->store);
	for (int i = 0; i < STORE_TXN_MAX; i++)
		put_all(&t, "messi", "text");
	assert_int_equal(store_commits(w->store), commits);
	wrote(w, &t);
	assert_int_equal(store_commits(w->store), commits + 1);
	assert_int_equal(w->answered, 1);
	assert_true(w->written.ok);
	assert_int_equal(store_last_id(w->store), STORE_TXN_MAX);
}

static void
the_answer_is_of_each_put_the_first_at_hand(void **state)
{
	struct world *w = *state;
	const struct store_member who = { .conv = "#b",
		.member = "messi",
		.name = "messi",
		.real_name = "A Name" };
	struct txn t;

	say_all(w, "messi", "one");
	txn_begin(&t, w->store);
	store_put_member(&t, &who);
	put_all(&t, "messi", "two");
	wrote(w, &t);
	assert_int_equal(w->written.id, 1); /* since when */
	assert_false(w->written.duplicate);
	assert_int_equal(w->next_id, 2);
	put_all(&t, "messi", "three"); /* it is empty, and may be used again */
	store_put_member(&t, &who);
	wrote(w, &t);
	assert_int_equal(w->written.id, 3);
	assert_false(w->written.duplicate);
	assert_int_equal(w->next_id, 1);
	store_put_member(&t, &who);
	put_all(&t, "messi", "four");
	wrote(w, &t);
	assert_int_equal(w->written.id, 1);
	assert_true(w->written.duplicate);
	assert_int_equal(w->next_id, 4);
	assert_int_equal(store_last_id(w->store), 4);
}

struct order {
	struct world *w;
	int64_t next;
	bool right;
};

/* Of every nine, five are in one transaction: 4 to 8. */
static void
on_next(void *arg, const struct store_written *done)
{
	struct order *o = arg;

	o->right = o->right && done->ok && done->id == o->next;
	o->next += o->next % 9 == 4 ? 5 : 1;
	o->w->answered++;
}

static void
results_keep_the_order_of_the_writes(void **state)
{
	struct world *w = *state;
	struct order o = { w, 1, true };
	struct txn t;

	txn_begin(&t, w->store);
	for (int i = 1; i <= 900; i++) {
		put_all(&t, "messi", "text");
		if (i % 9 < 4 || i % 9 == 8)
			was_taken(w, txn_commit(&t, on_next, &o));
	}
	await(w);
	assert_true(o.right);
	assert_int_equal(o.next, 901);
}

static void
puts_keep_their_order(void **state)
{
	static const char *const text[] = { "satu kata", "dua kata",
		"tiga kata" };
	struct world *w = *state;
	struct txn t;

	txn_begin(&t, w->store);
	for (int i = 0; i < 3; i++)
		put_all(&t, "messi", text[i]);
	wrote(w, &t);
	add_account(w, "neko");
	assert_int_equal(find(w, 1, "kata"), 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(w->seen[i].id, i + 1);
		assert_string_equal(w->seen[i].text, text[i]);
	}
}

static void
one_without_puts_is_answered_in_its_turn(void **state)
{
	struct world *w = *state;

	start_all(w, "messi", "text");
	commit(w, TXN(w->store));
	await(w);
	assert_int_equal(w->answered, 2);
	assert_true(w->written.ok);
	assert_int_equal(w->written.id, 0);
	assert_int_equal(store_last_id(w->store), 1);
}

static void
of_one_that_was_given_up_nothing_is_there(void **state)
{
	struct world *w = *state;
	uint64_t commits = store_commits(w->store);
	struct txn t;

	txn_abort(txn_begin(&t, w->store));
	txn_abort(put_all(&t, "messi", "never"));
	for (int i = 0; i <= STORE_TXN_MAX; i++)
		put_all(&t, "messi", "never");
	txn_abort(&t);
	put_all(&t, "messi", "said");
	wrote(w, &t);
	assert_int_equal(w->written.id, 1);
	assert_int_equal(store_commits(w->store), commits + 1);
}

/* Nothing is dispatched, so all that is written counts. */
static void
one_goes_in_whole_or_not_at_all(void **state)
{
	struct world *w = *state;

	assert_false(say_many(w, STORE_TXN_MAX + 1));
	for (size_t i = 0; i < STORE_QUEUE_MAX - 3; i++)
		use_session(w);
	assert_false(say_many(w, 4));
	assert_true(say_many(w, 3));
	assert_false(say_many(w, 1));
	assert_false(txn_commit(TXN(w->store), on_written, w));
	await(w);
	assert_int_equal(w->answered, STORE_QUEUE_MAX - 2);
	assert_true(w->written.ok);
	assert_int_equal(w->written.id, 1);
	assert_int_equal(store_last_id(w->store), 3);
	assert_true(say_many(w, STORE_TXN_MAX));
	await(w);
	assert_int_equal(store_last_id(w->store), STORE_TXN_MAX + 3);
}

/* It can be tried again with the same struct. */
static void
one_that_is_refused_is_empty(void **state)
{
	struct world *w = *state;
	struct txn t;

	for (size_t i = 0; i < STORE_QUEUE_MAX - 1; i++)
		use_session(w);
	put_all(txn_begin(&t, w->store), "messi", "one");
	put_all(&t, "messi", "two");
	assert_false(txn_commit(&t, on_written, w));
	put_all(&t, "messi", "three");
	wrote(w, &t);
	assert_int_equal(w->written.id, 1);
}

static void
what_was_committed_is_written_when_the_store_is_closed(void **state)
{
	struct world *w = *state;

	assert_true(say_many(w, 3));
	world_close(w);
	assert_int_equal(w->answered, 1);
	assert_true(w->written.ok);
	world_open(w);
	assert_int_equal(store_last_id(w->store), 3);
}

/* As the chat does: what one result leads to is committed in its callback. */
static void
on_written_go_on(void *arg, const struct store_written *done)
{
	struct world *w = arg;

	assert_true(done->ok);
	w->answered++;
	(void)say_many(w, 2);
}

static void
say_and_go_on(struct world *w)
{
	was_taken(w, txn_commit(put_all(TXN(w->store), "messi", "one"),
			 on_written_go_on, w));
}

static void
a_callback_may_commit(void **state)
{
	struct world *w = *state;

	say_and_go_on(w);
	await(w);
	assert_int_equal(w->answered, 2);
	assert_int_equal(w->written.id, 2);
	assert_int_equal(store_last_id(w->store), 3);
}

static void
a_callback_of_a_store_that_closes_cannot_commit(void **state)
{
	struct world *w = *state;

	say_and_go_on(w);
	world_close(w);
	assert_int_equal(w->asked, 1);
	assert_int_equal(w->answered, 1);
	world_open(w);
	assert_int_equal(store_last_id(w->store), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_transaction_is_one_commit_and_one_answer),
		WORLD_TEST(the_answer_is_of_each_put_the_first_at_hand),
		WORLD_TEST(results_keep_the_order_of_the_writes),
		WORLD_TEST(puts_keep_their_order),
		WORLD_TEST(one_without_puts_is_answered_in_its_turn),
		WORLD_TEST(of_one_that_was_given_up_nothing_is_there),
		WORLD_TEST(one_goes_in_whole_or_not_at_all),
		WORLD_TEST(one_that_is_refused_is_empty),
		WORLD_TEST(
		    what_was_committed_is_written_when_the_store_is_closed),
		WORLD_TEST(a_callback_may_commit),
		WORLD_TEST(a_callback_of_a_store_that_closes_cannot_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
