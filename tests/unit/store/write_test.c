/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/store/world.h"

/* ---- messages --------------------------------------------------------- */

static void
ids_rise_by_one_from_one(void **state)
{
	struct world *w = *state;

	assert_int_equal(store_last_id(w->store), 0);
	for (int64_t i = 1; i <= 5; i++)
		assert_int_equal(say_all(w, "messi", "text"), i);
	assert_int_equal(store_last_id(w->store), 5);
}

struct order {
	int64_t next;
	bool right;
	unsigned answered;
};

static void
on_next(void *arg, const struct store_written *done)
{
	struct order *o = arg;

	o->right = o->right && done->ok && done->id == o->next;
	o->next++;
	o->answered++;
}

static void
results_come_in_the_order_of_the_writes(void **state)
{
	enum { MANY = 5000 };
	struct world *w = *state;
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "text");
	struct pollfd pfd = { .fd = store_fd(w->store), .events = POLLIN };
	struct order o = { 1, true, 0 };

	for (int i = 0; i < MANY; i++)
		assert_true(txn_commit(store_add_message(TXN(w->store), &m,
					   &(struct store_along){ 0 }),
		    on_next, &o));
	while (o.answered < MANY) {
		assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
		store_dispatch(w->store);
	}
	assert_true(o.right);
}

static void
many_writes_make_few_commits(void **state)
{
	enum { MANY = 5000 };
	struct world *w = *state;
	uint64_t before = store_commits(w->store);

	for (int i = 0; i < MANY; i++)
		start_all(w, "messi", "text");
	await(w);
	assert_true(store_commits(w->store) > before);
	assert_true(store_commits(w->store) - before < MANY / 10);
}

static void
strings_are_copied(void **state)
{
	struct world *w = *state;
	char conv[] = "messi neko", from[] = "messi", text[] = "halo";
	int64_t readers[] = { 1, 2 };
	struct store_message m = message(STORE_PRIVATE, conv, from, text);

	commit(w, store_add_message(TXN(w->store), &m,
		      &(struct store_along){ .readers = readers, .count = 2 }));
	memset(conv, 'x', sizeof(conv) - 1);
	memset(from, 'x', sizeof(from) - 1);
	memset(text, 'x', sizeof(text) - 1);
	memset(readers, 0xff, sizeof(readers));
	await(w);
	ask(w,
	    (struct store_query){
		.scope = STORE_ALL, .account = 2, .limit = 9 });
	assert_int_equal(w->count, 1);
	assert_string_equal(w->seen[0].conv, "messi neko");
	assert_string_equal(w->seen[0].sender, "messi");
	assert_string_equal(w->seen[0].text, "halo");
}

static void
any_text_comes_back_as_it_was(void **state)
{
	static const char *const text[] = { "", "'", "\"; --", "%s%n", "a\nb",
		"\x01\x7f", "\xf0\x9f\x8d\x9c e\xcc\x81", "NULL", "0x10" };
	enum { TEXTS = sizeof(text) / sizeof(*text) };
	struct world *w = *state;

	for (size_t i = 0; i < TEXTS; i++)
		say_all(w, text[i], text[i]);
	ask(w,
	    (struct store_query){
		.scope = STORE_ONE, .conv = STORE_EVERYONE_KEY, .limit = 20 });
	assert_int_equal(w->count, TEXTS);
	for (size_t i = 0; i < TEXTS; i++) {
		assert_string_equal(w->seen[i].text, text[i]);
		assert_string_equal(w->seen[i].sender, text[i]);
	}
}

static void
too_many_writes_are_refused_and_the_others_made(void **state)
{
	struct world *w = *state;
	const unsigned char digest[STORE_DIGEST_LEN] = { 0 };

	/* Not dispatched, so they wait although they are done. */
	for (size_t i = 0; i < STORE_QUEUE_MAX; i++)
		commit(w, store_use_session(TXN(w->store), digest, 1));
	assert_false(txn_commit(
	    store_use_session(TXN(w->store), digest, 1), on_written, w));
	await(w);
	assert_true(w->written.ok);
	say_all(w, "messi", "there is room again");
	assert_int_equal(w->answered, STORE_QUEUE_MAX + 1);
}

static void
closing_makes_and_answers_what_was_queued(void **state)
{
	enum { MANY = 1000 };
	struct world *w = *state;

	for (int i = 0; i < MANY; i++)
		start_all(w, "messi", "text");
	world_close(w);
	assert_int_equal(w->answered, MANY);
	assert_true(w->written.ok);
	assert_int_equal(w->written.id, MANY);
	world_open(w);
	assert_int_equal(store_last_id(w->store), MANY);
}

/* ---- tags ------------------------------------------------------------- */

static struct store_tag
tag_of(int64_t account, const char *tag, int seed)
{
	struct store_tag t = { .account = account, .tag = tag };

	memset(t.digest, seed, sizeof(t.digest));
	return t;
}

static void
start_tagged(struct world *w, struct store_tag tag, int64_t time)
{
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "text");

	m.time = time;
	commit(w, store_add_message(
		      TXN(w->store), &m, &(struct store_along){ .tag = &tag }));
}

static struct store_written
say_tagged(struct world *w, struct store_tag tag, int64_t time)
{
	start_tagged(w, tag, time);
	await(w);
	assert_true(w->written.ok);
	return w->written;
}

static void
a_tag_sent_again_is_a_duplicate_with_the_first_id(void **state)
{
	struct world *w = *state;
	struct store_written done = say_tagged(w, tag_of(1, "t1", 7), 100);

	assert_false(done.duplicate);
	assert_int_equal(done.id, 1);
	say_all(w, "messi", "in between");
	done = say_tagged(w, tag_of(1, "t1", 7), 200);
	assert_true(done.duplicate);
	assert_false(done.reused);
	assert_int_equal(done.id, 1);
	assert_int_equal(store_last_id(w->store), 2);
}

static void
a_tag_of_another_account_is_another_tag(void **state)
{
	struct world *w = *state;

	say_tagged(w, tag_of(1, "t1", 7), 100);
	assert_int_equal(say_tagged(w, tag_of(2, "t1", 7), 100).id, 2);
	assert_false(w->written.duplicate);
	assert_int_equal(say_tagged(w, tag_of(1, "T1", 7), 100).id, 3);
}

static void
a_tag_with_another_digest_is_reused_and_adds_nothing(void **state)
{
	struct world *w = *state;

	say_tagged(w, tag_of(1, "t1", 7), 100);
	assert_true(say_tagged(w, tag_of(1, "t1", 8), 100).reused);
	assert_false(w->written.duplicate);
	assert_int_equal(store_last_id(w->store), 1);
}

static void
a_tag_counts_until_it_is_older_than_since(void **state)
{
	struct world *w = *state;
	struct store_tag tag = tag_of(1, "t1", 7);

	say_tagged(w, tag, 100);
	tag.since = 100;
	assert_true(say_tagged(w, tag, 200).duplicate);
	tag.since = 101;
	assert_false(say_tagged(w, tag, 300).duplicate);
	assert_int_equal(w->written.id, 2);
	assert_true(say_tagged(w, tag, 301).duplicate);
	assert_int_equal(w->written.id, 2);
}

/* Swept for good: even one who asked for older ones does not find it. */
static void
old_tags_are_swept(void **state)
{
	struct world *w = *state;
	struct store_tag other = tag_of(2, "t2", 7);

	say_tagged(w, tag_of(1, "t1", 7), 100);
	other.since = 150;
	say_tagged(w, other, 200);
	assert_false(say_tagged(w, tag_of(1, "t1", 7), 201).duplicate);
}

static void
the_same_tag_many_times_in_one_commit_is_one_message(void **state)
{
	enum { MANY = 100 };
	struct world *w = *state;

	for (int i = 0; i < MANY; i++)
		start_tagged(w, tag_of(1, "t1", 7), 100);
	await(w);
	assert_true(w->written.duplicate);
	assert_int_equal(w->written.id, 1);
	assert_int_equal(store_last_id(w->store), 1);
}

static void
tags_outlive_the_process(void **state)
{
	struct world *w = *state;

	say_tagged(w, tag_of(1, "t1", 7), 100);
	world_reopen(w);
	assert_true(say_tagged(w, tag_of(1, "t1", 7), 100).duplicate);
	assert_int_equal(w->written.id, 1);
}

/* As the write itself would answer it, but nothing is written or swept. */
static void
a_tag_is_looked_up_without_a_message(void **state)
{
	struct world *w = *state;
	struct store_tag tag = tag_of(1, "t1", 7);

	say_all(w, "messi", "before");
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	await(w);
	assert_true(w->written.ok);
	assert_false(w->written.duplicate);
	assert_false(w->written.reused);
	assert_int_equal(w->written.id, 0);
	say_tagged(w, tag, 100);
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	await(w);
	assert_true(w->written.duplicate);
	assert_false(w->written.reused);
	assert_int_equal(w->written.id, 2);
	tag = tag_of(1, "t1", 8);
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	await(w);
	assert_false(w->written.duplicate);
	assert_true(w->written.reused);
	assert_int_equal(w->written.id, 2);
	tag = tag_of(2, "t1", 7);
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	await(w);
	assert_int_equal(w->written.id, 0);
	tag = tag_of(1, "t1", 7);
	tag.since = 101;
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	await(w);
	assert_int_equal(w->written.id, 0);
	assert_int_equal(store_last_id(w->store), 2);
	assert_true(say_tagged(w, tag_of(1, "t1", 7), 300).duplicate);
}

static void
the_tag_to_look_up_is_copied(void **state)
{
	struct world *w = *state;
	char text[] = "t1";
	struct store_tag tag = tag_of(1, text, 7);

	say_tagged(w, tag, 100);
	was_taken(w, store_find_tag(w->store, &tag, on_written, w));
	memset(text, 'x', 2);
	await(w);
	assert_true(w->written.duplicate);
}

/* ---- accounts --------------------------------------------------------- */

struct list {
	size_t count;
	char text[8][160];
	unsigned char digest[8];
	int64_t seen[8];
};

static void
on_account(void *arg, const struct store_account *a)
{
	struct list *l = arg;

	assert_true(l->count < 8);
	l->seen[l->count] = a->seen;
	snprintf(l->text[l->count++], sizeof(l->text[0]),
	    "%lld %s %s %s %s %lld%s", (long long)a->id, a->name, a->key,
	    a->real_name, a->hash, (long long)a->created,
	    a->admin ? " admin" : "");
}

static void
accounts_come_back_in_the_order_of_registration(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };
	struct store_account a = { .name = "Messi",
		.key = "messi",
		.real_name = "Lionel Messi",
		.hash = "$argon2id$",
		.created = 5 };

	wrote(w, store_add_account(TXN(w->store), &a));
	assert_true(w->written.ok);
	assert_int_equal(w->written.id, 1);
	assert_int_equal(add_account(w, "henderson"), 2);
	world_reopen(w);
	assert_int_equal(store_each_account(w->store, on_account, &l), 0);
	assert_int_equal(l.count, 2);
	assert_string_equal(
	    l.text[0], "1 Messi messi Lionel Messi $argon2id$ 5");
	assert_string_equal(
	    l.text[1], "2 henderson henderson A Name $hash 77");
}

static void
a_taken_key_adds_nothing(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };
	struct store_account a = { .name = "MESSI",
		.key = "messi",
		.real_name = "Another",
		.hash = "$other",
		.created = 6 };

	add_account(w, "messi");
	wrote(w, store_add_account(TXN(w->store), &a));
	assert_true(w->written.ok);
	assert_true(w->written.taken);
	assert_int_equal(w->written.id, 1);
	store_each_account(w->store, on_account, &l);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.text[0], "1 messi messi A Name $hash 77");
}

static void
a_real_name_is_changed_for_one_account(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };

	add_account(w, "messi");
	add_account(w, "neko");
	wrote(w, store_set_real_name(TXN(w->store), 1, "Lionel Messi"));
	assert_true(w->written.ok);
	store_each_account(w->store, on_account, &l);
	assert_string_equal(l.text[0], "1 messi messi Lionel Messi $hash 77");
	assert_string_equal(l.text[1], "2 neko neko A Name $hash 77");
}

static void
when_somebody_was_seen_outlives_their_session(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };

	add_account(w, "messi");
	add_account(w, "neko");
	wrote(w, store_set_seen(TXN(w->store), 2, 99));
	assert_true(w->written.ok);
	world_reopen(w);
	store_each_account(w->store, on_account, &l);
	assert_int_equal(l.seen[0], 0);
	assert_int_equal(l.seen[1], 99);
}

static void
an_account_is_made_and_unmade_an_administrator(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };
	struct store_account a = { .name = "root",
		.key = "root",
		.real_name = "Root",
		.hash = "$hash",
		.admin = true };

	add_account(w, "messi");
	wrote(w, store_add_account(TXN(w->store), &a));
	wrote(w, store_set_admin(TXN(w->store), 1, true));
	assert_true(w->written.ok);
	world_reopen(w);
	store_each_account(w->store, on_account, &l);
	assert_string_equal(l.text[0], "1 messi messi A Name $hash 77 admin");
	assert_string_equal(l.text[1], "2 root root Root $hash 0 admin");
	wrote(w, store_set_admin(TXN(w->store), 2, false));
	l.count = 0;
	store_each_account(w->store, on_account, &l);
	assert_string_equal(l.text[0], "1 messi messi A Name $hash 77 admin");
	assert_string_equal(l.text[1], "2 root root Root $hash 0");
}

/* ---- sessions --------------------------------------------------------- */

static void
add_session(struct world *w, int seed, int64_t account, int64_t created)
{
	struct store_session s = { .account = account,
		.created = created,
		.used = created + 1,
		.expires = created + 2 };

	memset(s.digest, seed, sizeof(s.digest));
	wrote(w, store_add_session(TXN(w->store), &s));
	assert_true(w->written.ok);
}

static void
on_session(void *arg, const struct store_session *s)
{
	struct list *l = arg;

	assert_true(l->count < 8);
	l->digest[l->count] = s->digest[STORE_DIGEST_LEN - 1];
	snprintf(l->text[l->count++], sizeof(l->text[0]),
	    "%lld %lld %lld %lld", (long long)s->account,
	    (long long)s->created, (long long)s->used, (long long)s->expires);
}

static struct list
sessions(struct world *w)
{
	struct list l = { 0 };

	assert_int_equal(store_each_session(w->store, on_session, &l), 0);
	return l;
}

static void
sessions_come_back_in_the_order_of_their_making(void **state)
{
	struct world *w = *state;
	struct list l;

	add_session(w, 9, 1, 50);
	add_session(w, 3, 2, 40);
	add_session(w, 2, 3, 50);
	world_reopen(w);
	l = sessions(w);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.text[0], "2 40 41 42");
	assert_string_equal(l.text[1], "1 50 51 52");
	assert_string_equal(l.text[2], "3 50 51 52");
	assert_int_equal(l.digest[0], 3);
	assert_int_equal(l.digest[1], 9);
}

static void
a_session_ends_and_is_used_by_its_digest(void **state)
{
	struct world *w = *state;
	unsigned char digest[STORE_DIGEST_LEN];
	struct list l;

	add_session(w, 1, 1, 10);
	add_session(w, 2, 1, 20);
	memset(digest, 1, sizeof(digest));
	wrote(w, store_use_session(TXN(w->store), digest, 99));
	assert_true(w->written.ok);
	assert_true(txn_commit(
	    store_use_session(TXN(w->store), digest, 100), NULL, NULL));
	memset(digest, 2, sizeof(digest));
	wrote(w, store_end_session(TXN(w->store), digest));
	assert_true(w->written.ok);
	l = sessions(w);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.text[0], "1 10 100 12");
}

static void
a_new_password_ends_the_other_sessions_of_the_account(void **state)
{
	struct world *w = *state;
	unsigned char keep[STORE_DIGEST_LEN];
	struct list l = { 0 };

	add_account(w, "messi");
	add_session(w, 1, 1, 10);
	add_session(w, 2, 1, 20);
	add_session(w, 3, 2, 30);
	memset(keep, 2, sizeof(keep));
	wrote(w, store_set_password(TXN(w->store), 1, "$new", keep));
	assert_true(w->written.ok);
	store_each_account(w->store, on_account, &l);
	assert_string_equal(l.text[0], "1 messi messi A Name $new 77");
	l = sessions(w);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.digest[0], 2);
	assert_int_equal(l.digest[1], 3);
	wrote(w, store_set_password(TXN(w->store), 1, "$newer", NULL));
	l = sessions(w);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.digest[0], 3);
}

static void
all_sessions_of_an_account_end_and_no_others(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };

	add_account(w, "messi");
	add_session(w, 1, 1, 10);
	add_session(w, 2, 1, 20);
	add_session(w, 3, 2, 30);
	wrote(w, store_end_sessions(TXN(w->store), 1));
	assert_true(w->written.ok);
	store_each_account(w->store, on_account, &l);
	assert_string_equal(l.text[0], "1 messi messi A Name $hash 77");
	l = sessions(w);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.digest[0], 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(ids_rise_by_one_from_one),
		WORLD_TEST(results_come_in_the_order_of_the_writes),
		WORLD_TEST(many_writes_make_few_commits),
		WORLD_TEST(strings_are_copied),
		WORLD_TEST(any_text_comes_back_as_it_was),
		WORLD_TEST(too_many_writes_are_refused_and_the_others_made),
		WORLD_TEST(closing_makes_and_answers_what_was_queued),
		WORLD_TEST(a_tag_sent_again_is_a_duplicate_with_the_first_id),
		WORLD_TEST(a_tag_of_another_account_is_another_tag),
		WORLD_TEST(
		    a_tag_with_another_digest_is_reused_and_adds_nothing),
		WORLD_TEST(a_tag_counts_until_it_is_older_than_since),
		WORLD_TEST(old_tags_are_swept),
		WORLD_TEST(
		    the_same_tag_many_times_in_one_commit_is_one_message),
		WORLD_TEST(tags_outlive_the_process),
		WORLD_TEST(a_tag_is_looked_up_without_a_message),
		WORLD_TEST(the_tag_to_look_up_is_copied),
		WORLD_TEST(accounts_come_back_in_the_order_of_registration),
		WORLD_TEST(a_taken_key_adds_nothing),
		WORLD_TEST(a_real_name_is_changed_for_one_account),
		WORLD_TEST(when_somebody_was_seen_outlives_their_session),
		WORLD_TEST(an_account_is_made_and_unmade_an_administrator),
		WORLD_TEST(sessions_come_back_in_the_order_of_their_making),
		WORLD_TEST(a_session_ends_and_is_used_by_its_digest),
		WORLD_TEST(
		    a_new_password_ends_the_other_sessions_of_the_account),
		WORLD_TEST(all_sessions_of_an_account_end_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
