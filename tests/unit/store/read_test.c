/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/store/world.h"

#define EVERYONE .scope = STORE_ONE, .conv = STORE_EVERYONE_KEY

/* messi and neko, who talk, and paff, whom that is no business of. */
struct people {
	int64_t messi, neko, paff;
};

static struct people
people(struct world *w)
{
	struct people p;

	p.messi = add_account(w, "messi");
	p.neko = add_account(w, "neko");
	p.paff = add_account(w, "paff");
	return p;
}

static void
say_many(struct world *w, int n)
{
	char text[20];

	for (int i = 1; i <= n; i++) {
		snprintf(text, sizeof(text), "number %d", i);
		start_all(w, "messi", text);
	}
	await(w);
}

static void
assert_ids(const struct world *w, int64_t from, int64_t to)
{
	assert_int_equal(w->count, to - from + 1);
	for (size_t i = 0; i < w->count; i++)
		assert_int_equal(w->seen[i].id, from + (int64_t)i);
}

/* ---- history ---------------------------------------------------------- */

static void
history_tells_all_of_a_message(void **state)
{
	struct world *w = *state;
	struct people p = people(w);
	int64_t id =
	    say_private(w, "messi neko", p.messi, p.neko, "messi", "halo");

	ask(w,
	    (struct store_query){
		.scope = STORE_ONE, .conv = "messi neko", .limit = 10 });
	assert_int_equal(w->count, 1);
	assert_int_equal(w->seen[0].id, id);
	assert_int_equal(w->seen[0].time, 1000);
	assert_int_equal(w->seen[0].kind, STORE_PRIVATE);
	assert_string_equal(w->seen[0].conv, "messi neko");
	assert_string_equal(w->seen[0].sender, "messi");
	assert_string_equal(w->seen[0].name, "A Name");
	assert_string_equal(w->seen[0].text, "halo");
	assert_int_equal(w->last, id);
	assert_false(w->more);
}

static void
history_keeps_to_its_conversation(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "messi", "one");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "two");
	say_all(w, "neko", "three");
	ask(w, (struct store_query){ EVERYONE, .limit = 10 });
	assert_int_equal(w->count, 2);
	assert_string_equal(w->seen[0].text, "one");
	assert_string_equal(w->seen[1].text, "three");
	ask(w,
	    (struct store_query){
		.scope = STORE_ONE, .conv = "nobody there", .limit = 10 });
	assert_int_equal(w->count, 0);
	assert_int_equal(w->last, 3);
}

static void
history_is_paged_both_ways_and_comes_oldest_first(void **state)
{
	struct world *w = *state;

	say_many(w, 20);
	ask(w, (struct store_query){ EVERYONE, .limit = 5 });
	assert_ids(w, 16, 20);
	assert_true(w->more);
	ask(w, (struct store_query){ EVERYONE, .before = 6, .limit = 5 });
	assert_ids(w, 1, 5);
	assert_false(w->more);
	ask(w,
	    (struct store_query){
		EVERYONE, .after = 5, .oldest = true, .limit = 5 });
	assert_ids(w, 6, 10);
	assert_true(w->more);
	ask(w,
	    (struct store_query){
		EVERYONE, .after = 15, .oldest = true, .limit = 5 });
	assert_ids(w, 16, 20);
	assert_false(w->more);
	ask(w,
	    (struct store_query){
		EVERYONE, .after = 3, .before = 7, .limit = 5 });
	assert_ids(w, 4, 6);
	ask(w, (struct store_query){ EVERYONE, .after = 20, .limit = 5 });
	assert_int_equal(w->count, 0);
}

static void
a_limit_of_none_still_tells_of_more(void **state)
{
	struct world *w = *state;

	ask(w, (struct store_query){ EVERYONE });
	assert_false(w->more);
	assert_int_equal(w->last, 0);
	say_many(w, 1);
	ask(w, (struct store_query){ EVERYONE });
	assert_int_equal(w->count, 0);
	assert_true(w->more);
	assert_int_equal(w->last, 1);
}

/* ---- replay ----------------------------------------------------------- */

static void
replay_has_all_that_the_account_reads_and_no_more(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "paff", "one");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "two");
	say_private(w, "neko paff", p.neko, p.paff, "neko", "three");
	say_private(w, "messi messi", p.messi, p.messi, "messi", "four");
	ask(w,
	    (struct store_query){
		.scope = STORE_ALL, .account = p.neko, .limit = 10 });
	assert_ids(w, 1, 3);
	ask(w,
	    (struct store_query){
		.scope = STORE_ALL, .account = p.paff, .limit = 10 });
	assert_int_equal(w->count, 2);
	assert_int_equal(w->seen[1].id, 3);
	ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = p.messi,
		.after = 1,
		.oldest = true,
		.limit = 1 });
	assert_ids(w, 2, 2);
	assert_true(w->more);
	assert_int_equal(w->last, 4);
	ask(w,
	    (struct store_query){
		.scope = STORE_ALL, .account = 99, .limit = 10 });
	assert_int_equal(w->count, 0);
}

static void
a_tally_tells_where_the_newest_begin(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_many(w, 10);
	say_private(w, "messi neko", p.messi, p.neko, "messi", "eleven");
	count(w, p.neko, 0, 4);
	assert_int_equal(w->tally.count, 11);
	assert_int_equal(w->tally.from, 7);
	assert_int_equal(w->tally.last, 11);
	count(w, p.paff, 0, 4);
	assert_int_equal(w->tally.count, 10);
	assert_int_equal(w->tally.from, 6);
	count(w, p.neko, 7, 4);
	assert_int_equal(w->tally.count, 4);
	assert_int_equal(w->tally.from, 7);
	count(w, p.neko, 8, 0);
	assert_int_equal(w->tally.count, 3);
	assert_int_equal(w->tally.from, 11);
	count(w, p.neko, 11, 4);
	assert_int_equal(w->tally.count, 0);
	assert_int_equal(w->tally.from, 11);
	ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = p.neko,
		.after = 7,
		.oldest = true,
		.limit = 4 });
	assert_ids(w, 8, 11);
	assert_false(w->more);
}

/* ---- unread and inbox ------------------------------------------------- */

static size_t
inbox(struct world *w, int64_t account, const char *me, size_t limit)
{
	return ask(w,
	    (struct store_query){ .scope = STORE_UNREAD,
		.account = account,
		.me = me,
		.oldest = true,
		.limit = limit });
}

static void
inbox_has_private_ones_of_others_behind_the_mark(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "messi", "to all");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "two");
	say_private(w, "messi neko", p.messi, p.neko, "neko", "three");
	say_private(w, "neko paff", p.neko, p.paff, "paff", "four");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "five");
	assert_int_equal(inbox(w, p.neko, "neko", 10), 3);
	assert_string_equal(w->seen[0].text, "two");
	assert_string_equal(w->seen[1].text, "four");
	assert_string_equal(w->seen[2].text, "five");
	assert_int_equal(inbox(w, p.neko, "neko", 2), 2);
	assert_true(w->more);
	assert_string_equal(w->seen[0].text, "two");
	assert_int_equal(mark(w, p.neko, "messi neko", 2), 2);
	assert_int_equal(inbox(w, p.neko, "neko", 10), 2);
	assert_string_equal(w->seen[0].text, "four");
	assert_int_equal(inbox(w, p.messi, "messi", 10), 1);
	assert_int_equal(inbox(w, p.paff, "paff", 10), 0);
}

static void
inbox_is_cut_by_ids(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_private(w, "messi neko", p.messi, p.neko, "messi", "kopi satu");
	say_private(w, "neko paff", p.neko, p.paff, "paff", "teh");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "kopi dua");
	ask(w,
	    (struct store_query){ .scope = STORE_UNREAD,
		.account = p.neko,
		.me = "neko",
		.after = 1,
		.before = 3,
		.oldest = true,
		.limit = 9 });
	assert_ids(w, 2, 2);
}

static void
own_messages_are_unread_only_in_talk_with_oneself(void **state)
{
	struct world *w = *state;
	struct people p = people(w);
	int64_t id;

	say_private(w, "messi neko", p.messi, p.neko, "messi", "not to me");
	id = say_private(w, "messi messi", p.messi, p.messi, "messi", "note");
	assert_int_equal(inbox(w, p.messi, "messi", 10), 1);
	assert_string_equal(w->seen[0].text, "note");
	assert_int_equal(unread(w, p.messi, "messi"), 1);
	assert_string_equal(w->unread_key[0], "messi messi");
	mark(w, p.messi, "messi messi", id);
	assert_int_equal(inbox(w, p.messi, "messi", 10), 0);
	assert_int_equal(unread(w, p.messi, "messi"), 0);
}

/* The keys are folded, names are not: "Messi" said it, "messi" is the key. */
static void
oneself_is_known_by_the_key_and_not_by_the_spelling(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_private(w, "messi messi", p.messi, p.messi, "Messi", "note");
	say_private(w, "mess messi", p.messi, p.neko, "Messi", "not unread");
	assert_int_equal(inbox(w, p.messi, "Messi", 10), 1);
	assert_int_equal(unread(w, p.messi, "Messi"), 1);
}

static void
unread_counts_by_conversation(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	for (int i = 0; i < 3; i++)
		say_all(w, "messi", "to all");
	say_all(w, "neko", "to all");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "private");
	assert_int_equal(unread(w, p.neko, "neko"), 2);
	assert_string_equal(w->unread_key[0], STORE_EVERYONE_KEY);
	assert_int_equal(w->unread[0].kind, STORE_EVERYONE);
	assert_int_equal(w->unread[0].count, 3);
	assert_int_equal(w->unread[0].first, 1);
	assert_int_equal(w->unread[0].mark, 0);
	assert_int_equal(w->unread[1].kind, STORE_PRIVATE);
	assert_int_equal(w->unread[1].count, 1);
	assert_int_equal(w->unread[1].first, 5);
	mark(w, p.neko, STORE_EVERYONE_KEY, 2);
	mark(w, p.neko, "messi neko", 5);
	assert_int_equal(unread(w, p.neko, "neko"), 1);
	assert_int_equal(w->unread[0].count, 1);
	assert_int_equal(w->unread[0].first, 3);
	assert_int_equal(w->unread[0].mark, 2);
}

static void
what_was_said_before_registration_is_read(void **state)
{
	struct world *w = *state;
	int64_t late;

	say_many(w, 3);
	late = add_account(w, "late");
	assert_int_equal(unread(w, late, "late"), 0);
	say_many(w, 1);
	assert_int_equal(unread(w, late, "late"), 1);
	assert_int_equal(w->unread[0].mark, 3);
	assert_int_equal(w->unread[0].first, 4);
	ask(w,
	    (struct store_query){
		.scope = STORE_ALL, .account = late, .limit = 10 });
	assert_int_equal(w->count, 4); /* but may be read */
}

static void
a_mark_never_moves_back_nor_past_the_last_message(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_many(w, 5);
	assert_int_equal(mark(w, p.neko, STORE_EVERYONE_KEY, 3), 3);
	assert_false(w->written.duplicate);
	assert_int_equal(mark(w, p.neko, STORE_EVERYONE_KEY, 2), 3);
	assert_true(w->written.duplicate);
	assert_int_equal(mark(w, p.neko, STORE_EVERYONE_KEY, -7), 3);
	assert_int_equal(
	    mark(w, p.neko, STORE_EVERYONE_KEY, INT64_MAX), 5);
	assert_false(w->written.duplicate);
	say_many(w, 1);
	assert_int_equal(unread(w, p.neko, "neko"), 1);
	assert_int_equal(mark(w, p.neko, "neko nobody", 3), 0);
	assert_true(w->written.duplicate);
}

/* ---- search ----------------------------------------------------------- */

static void
search_minds_neither_case_nor_accents_nor_the_end_of_words(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "neko", "Kafe di Café Ångström, pagi ini");
	say_all(w, "neko", "nothing of the kind");
	assert_int_equal(find(w, p.messi, "cafe"), 1);
	assert_int_equal(w->seen[0].id, 1);
	assert_int_equal(find(w, p.messi, "CAFÉ"), 1);
	assert_int_equal(find(w, p.messi, "angs"), 1);
	assert_int_equal(find(w, p.messi, "pag kaf"), 1);
	assert_int_equal(find(w, p.messi, "afe"), 0);
	assert_int_equal(find(w, p.messi, "kafe nothing"), 0);
}

static void
search_finds_words_within_phrases(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "neko", "皆さんこんにちは世界");
	say_all(w, "neko", "世界 hello, Ångström");
	say_all(w, "neko", "hello world");
	say_private(w, "messi neko", p.messi, p.neko, "messi", "本世界");
	assert_int_equal(find(w, p.paff, "世界"), 2);
	assert_ids(w, 1, 2);
	assert_int_equal(find(w, p.neko, "世界"), 3);
	assert_int_equal(find(w, p.paff, "界世"), 0);
	assert_int_equal(find(w, p.paff, "世界 皆さ"), 1);
	assert_ids(w, 1, 1);
	/* The others as ever: the beginning of a word, without accents. */
	assert_int_equal(find(w, p.paff, "界 angs"), 1);
	assert_ids(w, 2, 2);
	assert_int_equal(find(w, p.paff, "界 ngs"), 0);
	assert_int_equal(find(w, 99, "世界"), 0);
}

/* One page of what the index and a look at the texts have found. */
static void
words_within_phrases_come_in_pages(void **state)
{
	struct world *w = *state;
	struct people p = people(w);
	struct store_query y = { .scope = STORE_ALL, .account = p.messi,
		.match = "世界", .limit = 2 };

	for (int i = 0; i < 3; i++) {
		say_all(w, "neko", "世界の");
		say_all(w, "neko", "の世界");
	}
	ask(w, y);
	assert_ids(w, 5, 6);
	assert_true(w->more);
	y.before = 5;
	ask(w, y);
	assert_ids(w, 3, 4);
	assert_true(w->more);
	y.before = 3;
	ask(w, y);
	assert_ids(w, 1, 2);
	assert_false(w->more);
	y.before = 0;
	y.after = 1;
	y.oldest = true;
	y.limit = 3;
	ask(w, y);
	assert_ids(w, 2, 4);
	assert_true(w->more);
	y.after = 3;
	ask(w, y);
	assert_ids(w, 4, 6);
	assert_false(w->more);
	y.after = 6;
	ask(w, y);
	assert_int_equal(w->count, 0);
}

static void
texts_are_looked_through_to_a_limit(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "neko", "の世界");
	say_all(w, "neko", "世界の");
	say_many(w, STORE_LOOK_MAX - 1);
	assert_int_equal(find(w, p.messi, "世界"), 1);
	assert_ids(w, 2, 2);
	ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = p.messi,
		.match = "世界",
		.before = 100,
		.limit = 50 });
	assert_ids(w, 1, 2);
}

static void
search_finds_only_what_the_account_reads_newest_at_the_limit(void **state)
{
	struct world *w = *state;
	struct people p = people(w);

	say_private(w, "messi neko", p.messi, p.neko, "messi", "kopi rahasia");
	say_all(w, "messi", "kopi satu");
	say_all(w, "messi", "kopi dua");
	say_all(w, "messi", "kopi tiga");
	assert_int_equal(find(w, p.paff, "kopi"), 3);
	assert_int_equal(find(w, p.paff, "rahasia"), 0);
	assert_int_equal(find(w, p.neko, "rahasia"), 1);
	assert_int_equal(find(w, 99, "kopi"), 0);
	ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = p.neko,
		.match = "kopi",
		.limit = 2 });
	assert_ids(w, 3, 4);
	assert_true(w->more);
	ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = p.neko,
		.match = "kopi",
		.before = 3,
		.limit = 2 });
	assert_ids(w, 1, 2);
	assert_false(w->more);
	ask(w,
	    (struct store_query){ .scope = STORE_ALL,
		.account = p.neko,
		.match = "kopi",
		.after = 1,
		.oldest = true,
		.limit = 2 });
	assert_ids(w, 2, 3);
}

static void
nothing_in_words_means_anything_but_itself(void **state)
{
	static const char *const nothing[] = { "", " ", "\t \r\n", "\"", "*",
		"\"\"", "()", "-", "^", "+", ":", "{", "}", "''", "... !!!",
		"\" \" \"", "\\", "%", "\xe2\x80\xa6", "\"*" };
	static const char *const other[] = { "text:kopi", "kopi OR teh",
		"NOT kopi", "kopi NEAR teh", "kopi AND", "kopi -enak",
		"^enak*", "kopi)", "a\"b", "message_text MATCH 'x'",
		"'; DROP TABLE message; --", "NEAR(kopi enak, 5)",
		"{text}: kopi" };
	struct world *w = *state;
	struct people p = people(w);

	say_all(w, "neko", "kopi enak");
	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
		assert_int_equal(find(w, p.messi, nothing[i]), 0);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		find(w, p.messi, other[i]); /* asserts that it is no error */
	assert_int_equal(find(w, p.messi, "kopi OR teh"), 0);
	assert_int_equal(find(w, p.messi, "\"kopi"), 1);
	assert_int_equal(find(w, p.messi, "(kopi) + enak*"), 1);
	assert_int_equal(find(w, p.messi, "... kopi !"), 1);
	assert_int_equal(find(w, p.messi, "text:kopi"), 0);
}

static void
any_byte_may_stand_in_words(void **state)
{
	struct world *w = *state;
	struct people p = people(w);
	char words[] = "a?b ?c ?";

	say_all(w, "neko", "a b c");
	for (int c = 1; c < 256; c++) {
		words[1] = words[4] = words[7] = (char)c;
		find(w, p.messi, words);
	}
}

static void
words_without_end_are_no_error(void **state)
{
	struct world *w = *state;
	struct people p = people(w);
	char *words = xmalloc(8193);

	say_all(w, "neko", "a a a");
	memset(words, 'a', 8192);
	words[8192] = '\0';
	assert_int_equal(find(w, p.messi, words), 0);
	for (size_t i = 1; i < 8192; i += 2)
		words[i] = ' ';
	assert_int_equal(find(w, p.messi, words), 1);
	memset(words, '"', 8192);
	assert_int_equal(find(w, p.messi, words), 0);
	free(words);
}

/* ---- the reader ------------------------------------------------------- */

static void
a_query_sees_every_write_that_was_answered(void **state)
{
	struct world *w = *state;

	for (int64_t i = 1; i <= 50; i++) {
		say_all(w, "messi", "text");
		ask(w, (struct store_query){ EVERYONE, .limit = 1 });
		assert_int_equal(w->last, i);
		assert_int_equal(w->seen[0].id, i);
	}
}

static void
on_items(void *arg, const struct store_items *items)
{
	struct world *w = arg;

	w->ok = items->ok;
	w->count = items->count;
	assert_true(items->ok || items->count == 0);
	w->answered++;
}

static void
too_many_queries_are_refused_and_the_others_answered(void **state)
{
	struct world *w = *state;
	const struct store_query query = { EVERYONE, .limit = 1 };
	const struct store_tag tag = { .account = 1, .tag = "t1" };

	/* Not dispatched, so they wait although they are done. */
	for (size_t i = 0; i < STORE_QUERIES_MAX; i++)
		was_taken(w, store_read(w->store, &query, on_page, w));
	assert_false(store_read(w->store, &query, on_page, w));
	assert_false(store_count(w->store, 1, 0, 1, on_tally, w));
	assert_false(store_unread(w->store, 1, "messi", on_unread, w));
	assert_false(store_find_tag(w->store, &tag, on_written, w));
	assert_false(
	    store_read_out(w->store, "medan", 0, 1, 1, on_items, w));
	await(w);
	ask(w, query);
	assert_int_equal(w->answered, STORE_QUERIES_MAX + 1);
}

static void
closing_answers_every_query(void **state)
{
	struct world *w = *state;
	const struct store_query query = { EVERYONE, .limit = 1 };
	const struct store_tag tag = { .account = 1, .tag = "t1" };
	const struct store_out out = { "medan", "text", 4 };

	for (int i = 0; i < 100; i++) {
		commit(w, store_add_out(TXN(w->store), &out));
		was_taken(w, store_read(w->store, &query, on_page, w));
		was_taken(w,
		    store_read_out(
			w->store, "medan", 0, 9, 99, on_items, w));
		was_taken(
		    w, store_find_tag(w->store, &tag, on_written, w));
	}
	world_close(w);
	assert_int_equal(w->answered, w->asked);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(history_tells_all_of_a_message),
		WORLD_TEST(history_keeps_to_its_conversation),
		WORLD_TEST(history_is_paged_both_ways_and_comes_oldest_first),
		WORLD_TEST(a_limit_of_none_still_tells_of_more),
		WORLD_TEST(replay_has_all_that_the_account_reads_and_no_more),
		WORLD_TEST(a_tally_tells_where_the_newest_begin),
		WORLD_TEST(inbox_has_private_ones_of_others_behind_the_mark),
		WORLD_TEST(inbox_is_cut_by_ids),
		WORLD_TEST(own_messages_are_unread_only_in_talk_with_oneself),
		WORLD_TEST(
		    oneself_is_known_by_the_key_and_not_by_the_spelling),
		WORLD_TEST(unread_counts_by_conversation),
		WORLD_TEST(what_was_said_before_registration_is_read),
		WORLD_TEST(a_mark_never_moves_back_nor_past_the_last_message),
		WORLD_TEST(
		    search_minds_neither_case_nor_accents_nor_the_end_of_words),
		WORLD_TEST(
		    search_finds_only_what_the_account_reads_newest_at_the_limit),
		WORLD_TEST(search_finds_words_within_phrases),
		WORLD_TEST(words_within_phrases_come_in_pages),
		WORLD_TEST(texts_are_looked_through_to_a_limit),
		WORLD_TEST(nothing_in_words_means_anything_but_itself),
		WORLD_TEST(any_byte_may_stand_in_words),
		WORLD_TEST(words_without_end_are_no_error),
		WORLD_TEST(a_query_sees_every_write_that_was_answered),
		WORLD_TEST(
		    too_many_queries_are_refused_and_the_others_answered),
		WORLD_TEST(closing_answers_every_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
