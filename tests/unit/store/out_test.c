/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outboxes, and how far a peer's stream was taken. */
#include "tests/unit/store/world.h"

enum { ITEMS = 64 };

/* What a query of an outbox, or store_each_realm, found. */
struct found {
	struct world *w;
	bool ok;
	size_t count;
	int64_t number[ITEMS];
	char text[ITEMS][80];
	size_t len[ITEMS];
};

static void
on_items(void *arg, const struct store_items *items)
{
	struct found *f = arg;

	assert_true(items->count <= ITEMS);
	f->ok = items->ok;
	f->count = items->count;
	for (size_t i = 0; i < items->count; i++) {
		const struct store_item *item = &items->item[i];

		f->number[i] = item->number;
		f->len[i] = item->len;
		snprintf(f->text[i], sizeof(f->text[i]), "%.*s",
		    (int)item->len, (const char *)item->body);
	}
	f->w->answered++;
}

static struct found
look_into(struct world *w, const char *realm, int64_t after, size_t limit,
    size_t bytes)
{
	struct found f = { .w = w };

	was_taken(w,
	    store_read_out(
		w->store, realm, after, limit, bytes, on_items, &f));
	await(w);
	assert_true(f.ok);
	return f;
}

static struct found
outbox(struct world *w, const char *realm, int64_t after)
{
	return look_into(w, realm, after, ITEMS, 1 << 20);
}

static void
on_realm(void *arg, const struct store_realm *r)
{
	struct found *f = arg;

	assert_true(f->count < ITEMS);
	snprintf(f->text[f->count++], sizeof(f->text[0]),
	    "%s %s %lld %lld %s %lld", r->realm, r->stream,
	    (long long)r->last, (long long)r->waiting, r->from,
	    (long long)r->taken);
}

static struct found
realms(struct world *w)
{
	struct found f = { 0 };

	assert_int_equal(store_each_realm(w->store, on_realm, &f), 0);
	return f;
}

static int64_t
new_stream(struct world *w, const char *realm, const char *stream)
{
	wrote(w, store_new_stream(TXN(w->store), realm, stream));
	assert_true(w->written.ok);
	return w->written.id;
}

static struct store_out
item(const char *realm, const char *text)
{
	return (struct store_out){ realm, text, strlen(text) };
}

static int64_t
put_out(struct world *w, const char *realm, const char *text)
{
	const struct store_out out = item(realm, text);

	wrote(w, store_add_out(TXN(w->store), &out));
	assert_true(w->written.ok);
	return w->written.id;
}

static void
drop(struct world *w, const char *realm, int64_t upto)
{
	wrote(w, store_drop_out(TXN(w->store), realm, upto));
	assert_true(w->written.ok);
}

static void
assert_items(const struct found *f, int64_t first, size_t count, ...)
{
	va_list ap;

	assert_int_equal(f->count, count);
	va_start(ap, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(f->number[i], first + (int64_t)i);
		assert_string_equal(f->text[i], va_arg(ap, const char *));
	}
	va_end(ap);
}

/* ---- outbox ----------------------------------------------------------- */

static void
items_are_numbered_by_realm_from_one_and_come_in_order(void **state)
{
	struct world *w = *state;
	struct found f;

	assert_int_equal(new_stream(w, "medan", "aaaaaaaaaaaaaaaa"), 0);
	assert_int_equal(new_stream(w, "its", "bbbbbbbbbbbbbbbb"), 0);
	assert_int_equal(put_out(w, "medan", "one"), 1);
	assert_int_equal(put_out(w, "its", "uno"), 1);
	assert_int_equal(put_out(w, "medan", "two"), 2);
	assert_int_equal(put_out(w, "medan", "three"), 3);
	world_reopen(w);
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 3, "one", "two", "three");
	f = outbox(w, "medan", 2);
	assert_items(&f, 3, 1, "three");
	f = outbox(w, "its", 0);
	assert_items(&f, 1, 1, "uno");
	f = outbox(w, "its", 1);
	assert_int_equal(f.count, 0);
	f = outbox(w, "nowhere", 0);
	assert_int_equal(f.count, 0);
}

static void
any_bytes_come_back_as_they_were(void **state)
{
	struct world *w = *state;
	const char body[] = "a\0b\xff\r\n";
	const struct store_out out[] = { { "medan", body, sizeof(body) },
		{ "medan", NULL, 0 } };
	struct found f;

	for (size_t i = 0; i < 2; i++)
		wrote(w, store_add_out(TXN(w->store), &out[i]));
	assert_true(w->written.ok);
	f = outbox(w, "medan", 0);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.len[0], sizeof(body));
	assert_string_equal(f.text[0], "a");
	assert_int_equal(f.len[1], 0);
}

static void
the_body_is_copied(void **state)
{
	struct world *w = *state;
	char body[] = "text", realm[] = "medan";
	const struct store_out out = { realm, body, 4 };
	struct found f;

	commit(w, store_add_out(TXN(w->store), &out));
	memset(body, 'x', 4);
	memset(realm, 'x', 5);
	await(w);
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 1, "text");
}

static void
a_page_ends_at_its_limit_or_behind_its_bytes(void **state)
{
	struct world *w = *state;
	struct found f;

	put_out(w, "medan", "12345");
	put_out(w, "medan", "67890");
	put_out(w, "medan", "abcde");
	f = look_into(w, "medan", 0, 2, 100);
	assert_items(&f, 1, 2, "12345", "67890");
	f = look_into(w, "medan", 0, 9, 10);
	assert_items(&f, 1, 2, "12345", "67890");
	f = look_into(w, "medan", 0, 9, 11);
	assert_items(&f, 1, 3, "12345", "67890", "abcde");
	f = look_into(w, "medan", 1, 9, 0); /* one goes, however long */
	assert_items(&f, 2, 1, "67890");
	f = look_into(w, "medan", 0, 0, 100);
	assert_int_equal(f.count, 0);
	f = look_into(w, "medan", 0, SIZE_MAX, SIZE_MAX);
	assert_int_equal(f.count, 3);
}

static void
what_the_peer_has_goes_and_numbers_go_on(void **state)
{
	struct world *w = *state;
	struct found f;

	new_stream(w, "medan", "aaaaaaaaaaaaaaaa");
	put_out(w, "its", "kept");
	for (int i = 0; i < 3; i++)
		put_out(w, "medan", "text");
	drop(w, "medan", 0);
	f = realms(w);
	assert_string_equal(f.text[0], "medan aaaaaaaaaaaaaaaa 3 3  0");
	drop(w, "medan", 2);
	drop(w, "medan", 1); /* again: nothing */
	f = outbox(w, "medan", 0);
	assert_items(&f, 3, 1, "text");
	f = realms(w);
	assert_string_equal(f.text[0], "medan aaaaaaaaaaaaaaaa 3 1  0");
	drop(w, "medan", INT64_MAX);
	drop(w, "nowhere", 9);
	world_reopen(w);
	f = realms(w);
	assert_int_equal(f.count, 2);
	assert_string_equal(f.text[0], "medan aaaaaaaaaaaaaaaa 3 0  0");
	assert_string_equal(f.text[1], "its  1 1  0");
	assert_int_equal(put_out(w, "medan", "next"), 4);
	f = outbox(w, "medan", 0);
	assert_items(&f, 4, 1, "next");
	assert_true(
	    txn_commit(store_drop_out(TXN(w->store), "medan", 4), NULL, NULL));
}

/* ---- streams ---------------------------------------------------------- */

static void
a_new_stream_begins_at_one_with_what_is_left(void **state)
{
	struct world *w = *state;
	struct found f;

	new_stream(w, "medan", "aaaaaaaaaaaaaaaa");
	put_out(w, "its", "other");
	for (int i = 1; i <= 5; i++)
		put_out(w, "medan", i < 5 ? "four" : "five");
	drop(w, "medan", 3);
	assert_int_equal(new_stream(w, "medan", "cccccccccccccccc"), 2);
	f = realms(w);
	assert_string_equal(f.text[0], "medan cccccccccccccccc 2 2  0");
	assert_string_equal(f.text[1], "its  1 1  0");
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 2, "four", "five");
	assert_int_equal(put_out(w, "medan", "six"), 3);
	f = outbox(w, "medan", 1);
	assert_items(&f, 2, 2, "five", "six");
	drop(w, "medan", 1); /* counted in the new stream */
	f = outbox(w, "medan", 0);
	assert_items(&f, 2, 2, "five", "six");
	assert_int_equal(new_stream(w, "medan", "dddddddddddddddd"), 2);
	world_reopen(w);
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 2, "five", "six");
}

static void
a_new_stream_of_an_empty_outbox_begins_at_one(void **state)
{
	struct world *w = *state;
	struct found f;

	new_stream(w, "medan", "aaaaaaaaaaaaaaaa");
	put_out(w, "medan", "one");
	put_out(w, "medan", "two");
	drop(w, "medan", 2);
	assert_int_equal(new_stream(w, "medan", "cccccccccccccccc"), 0);
	f = realms(w);
	assert_string_equal(f.text[0], "medan cccccccccccccccc 0 0  0");
	assert_int_equal(put_out(w, "medan", "three"), 1);
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 1, "three");
}

static void
what_is_put_out_before_there_is_a_stream_is_kept(void **state)
{
	struct world *w = *state;
	struct found f;

	put_out(w, "medan", "early");
	f = realms(w);
	assert_string_equal(f.text[0], "medan  1 1  0");
	assert_int_equal(new_stream(w, "medan", "aaaaaaaaaaaaaaaa"), 1);
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 1, "early");
}

static void
what_was_taken_outlives_the_process_and_a_new_stream(void **state)
{
	struct world *w = *state;
	struct found f;

	new_stream(w, "medan", "aaaaaaaaaaaaaaaa");
	new_stream(w, "its", "bbbbbbbbbbbbbbbb");
	wrote(
	    w, store_set_taken(TXN(w->store), "medan", "eeeeeeeeeeeeeeee", 7));
	assert_true(w->written.ok);
	wrote(
	    w, store_set_taken(TXN(w->store), "medan", "eeeeeeeeeeeeeeee", 8));
	put_out(w, "medan", "one");
	new_stream(w, "medan", "cccccccccccccccc");
	world_reopen(w);
	f = realms(w);
	assert_int_equal(f.count, 2);
	assert_string_equal(
	    f.text[0], "medan cccccccccccccccc 1 1 eeeeeeeeeeeeeeee 8");
	assert_string_equal(f.text[1], "its bbbbbbbbbbbbbbbb 0 0  0");
	wrote(
	    w, store_set_taken(TXN(w->store), "medan", "ffffffffffffffff", 1));
	f = realms(w);
	assert_string_equal(
	    f.text[0], "medan cccccccccccccccc 1 1 ffffffffffffffff 1");
}

/* ---- with messages ---------------------------------------------------- */

static void
say_out(struct world *w, const struct store_tag *tag)
{
	const struct store_out outs[] = { item("medan", "first"),
		item("its", "other"), item("medan", "second") };
	struct store_message m =
	    message(STORE_EVERYONE, STORE_EVERYONE_KEY, "messi", "text");

	wrote(w, store_add_message(TXN(w->store), &m,
		     &(struct store_along){
			 .tag = tag, .outs = outs, .out_count = 3 }));
	assert_true(w->written.ok);
}

static void
items_go_with_their_message_in_their_order(void **state)
{
	struct world *w = *state;
	uint64_t commits = store_commits(w->store);
	struct found f;

	say_out(w, NULL);
	assert_int_equal(store_commits(w->store), commits + 1);
	f = outbox(w, "medan", 0);
	assert_items(&f, 1, 2, "first", "second");
	f = outbox(w, "its", 0);
	assert_items(&f, 1, 1, "other");
	assert_int_equal(store_last_id(w->store), 1);
}

static void
a_duplicate_puts_nothing_out_again(void **state)
{
	struct world *w = *state;
	struct store_tag tag = { .account = 1, .tag = "t1" };
	struct found f;

	say_out(w, &tag);
	assert_false(w->written.duplicate);
	say_out(w, &tag);
	assert_true(w->written.duplicate);
	tag.digest[0] = 1;
	say_out(w, &tag);
	assert_true(w->written.reused);
	f = outbox(w, "medan", 0);
	assert_int_equal(f.count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(
		    items_are_numbered_by_realm_from_one_and_come_in_order),
		WORLD_TEST(any_bytes_come_back_as_they_were),
		WORLD_TEST(the_body_is_copied),
		WORLD_TEST(a_page_ends_at_its_limit_or_behind_its_bytes),
		WORLD_TEST(what_the_peer_has_goes_and_numbers_go_on),
		WORLD_TEST(a_new_stream_begins_at_one_with_what_is_left),
		WORLD_TEST(a_new_stream_of_an_empty_outbox_begins_at_one),
		WORLD_TEST(what_is_put_out_before_there_is_a_stream_is_kept),
		WORLD_TEST(
		    what_was_taken_outlives_the_process_and_a_new_stream),
		WORLD_TEST(items_go_with_their_message_in_their_order),
		WORLD_TEST(a_duplicate_puts_nothing_out_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
