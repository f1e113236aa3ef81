/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups, their members, and the rules about people. */
#include "tests/unit/store/world.h"

struct list {
	size_t count;
	char text[16][160];
};

static char *
line(struct list *l)
{
	assert_true(l->count < 16);
	return l->text[l->count++];
}

static void
on_group(void *arg, const struct store_group *g)
{
	struct list *l = arg;

	snprintf(line(l), sizeof(l->text[0]), "%s|%s|%s|%s|%d|%lld", g->conv,
	    g->name, g->realm, g->topic, g->mode, (long long)g->created);
}

static void
on_member(void *arg, const struct store_member *m)
{
	struct list *l = arg;

	snprintf(line(l), sizeof(l->text[0]), "%s|%s|%s|%s|%lld|%d|%lld|%lld",
	    m->conv, m->member, m->name, m->real_name, (long long)m->account,
	    m->role, (long long)m->joined, (long long)m->since);
}

static void
on_rule(void *arg, const struct store_rule *r)
{
	struct list *l = arg;

	snprintf(line(l), sizeof(l->text[0]), "%d|%s|%s|%s|%s|%s|%lld",
	    (int)r->kind, r->conv, r->member, r->name, r->by, r->reason,
	    (long long)r->time);
}

static void
on_contact(void *arg, int64_t account, const char *conv)
{
	struct list *l = arg;

	snprintf(line(l), sizeof(l->text[0]), "%lld|%s", (long long)account,
	    conv);
}

static struct list
groups(struct world *w)
{
	struct list l = { 0 };

	assert_int_equal(store_each_group(w->store, on_group, &l), 0);
	return l;
}

static struct list
members(struct world *w)
{
	struct list l = { 0 };

	assert_int_equal(store_each_member(w->store, on_member, &l), 0);
	return l;
}

static struct list
rules(struct world *w)
{
	struct list l = { 0 };

	assert_int_equal(store_each_rule(w->store, on_rule, &l), 0);
	return l;
}

static void
put_group(struct world *w, const char *conv, const char *topic, int mode)
{
	struct store_group g = { .conv = conv,
		.name = conv + 1,
		.realm = "",
		.topic = topic,
		.mode = mode,
		.created = 5 };

	wrote(w, store_put_group(TXN(w->store), &g));
	assert_true(w->written.ok);
}

static void
end_group(struct world *w, const char *conv)
{
	wrote(w, store_end_group(TXN(w->store), conv));
	assert_true(w->written.ok);
}

static int64_t
join(struct world *w, const char *conv, const char *who, int64_t account)
{
	struct store_member m = { .conv = conv,
		.member = who,
		.name = who,
		.real_name = "A Name",
		.account = account,
		.role = 1,
		.joined = 9 };

	wrote(w, store_put_member(TXN(w->store), &m));
	assert_true(w->written.ok);
	return w->written.id;
}

static void
leave(struct world *w, const char *conv, const char *who, int64_t account)
{
	wrote(w, store_drop_member(TXN(w->store), conv, who, account));
	assert_true(w->written.ok);
}

static int64_t
say_group(struct world *w, const char *conv, const char *from,
    const char *text)
{
	struct store_message m = message(STORE_GROUP, conv, from, text);

	wrote(w,
	    store_add_message(TXN(w->store), &m, &(struct store_along){ 0 }));
	assert_true(w->written.ok);
	return w->written.id;
}

static size_t
history(struct world *w, const char *conv)
{
	return ask(w,
	    (struct store_query){
		.scope = STORE_ONE, .conv = conv, .limit = 100 });
}

static size_t
replay(struct world *w, int64_t account, int64_t after)
{
	return ask(w,
	    (struct store_query){ .scope = STORE_REPLAY,
		.account = account,
		.after = after,
		.oldest = true,
		.limit = 100 });
}

static void
put_rule(struct world *w, enum store_rule_kind kind, const char *conv,
    const char *who, const char *reason)
{
	struct store_rule r = { .kind = kind,
		.conv = conv,
		.member = who,
		.name = who,
		.by = "messi",
		.reason = reason,
		.time = 7 };

	wrote(w, store_put_rule(TXN(w->store), &r));
	assert_true(w->written.ok);
}

static void
drop_rule(struct world *w, enum store_rule_kind kind, const char *conv,
    const char *who)
{
	wrote(w, store_drop_rule(TXN(w->store), kind, conv, who));
	assert_true(w->written.ok);
}

/* ---- groups ----------------------------------------------------------- */

static void
a_group_is_made_and_changed_by_its_key(void **state)
{
	struct world *w = *state;
	struct store_group remote = { .conv = "#batak@medan",
		.name = "Batak",
		.realm = "Medan",
		.topic = "horas",
		.mode = 3,
		.created = 8 };
	struct list l;

	put_group(w, "#batak", "", 0);
	wrote(w, store_put_group(TXN(w->store), &remote));
	put_group(w, "#batak", "kopi", 2);
	world_reopen(w);
	l = groups(w);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.text[0], "#batak|batak||kopi|2|5");
	assert_string_equal(l.text[1], "#batak@medan|Batak|Medan|horas|3|8");
}

static void
a_conversation_alone_is_no_group(void **state)
{
	struct world *w = *state;

	say_group(w, "#raw", "messi", "text");
	assert_int_equal(groups(w).count, 0);
	assert_int_equal(history(w, "#raw"), 1);
	assert_int_equal(w->seen[0].kind, STORE_GROUP);
	assert_string_equal(w->seen[0].conv, "#raw");
}

/* ---- members ---------------------------------------------------------- */

static void
members_come_in_the_order_in_which_they_joined(void **state)
{
	struct world *w = *state;
	struct list l;

	say_all(w, "messi", "one");
	join(w, "#b", "neko", 2);
	join(w, "#a", "messi", 1);
	assert_int_equal(join(w, "#b", "james@medan", 0), 1);
	join(w, "#b", "messi", 1);
	leave(w, "#b", "neko", 2);
	join(w, "#b", "neko", 2);
	world_reopen(w);
	l = members(w);
	assert_int_equal(l.count, 4);
	assert_string_equal(l.text[0], "#a|messi|messi|A Name|1|1|9|1");
	assert_string_equal(
	    l.text[1], "#b|james@medan|james@medan|A Name|0|1|9|1");
	assert_string_equal(l.text[2], "#b|messi|messi|A Name|1|1|9|1");
	assert_string_equal(l.text[3], "#b|neko|neko|A Name|2|1|9|1");
}

static void
a_member_is_changed_in_its_place(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi");
	struct store_member m = { .conv = "#b",
		.member = "messi",
		.name = "Messi",
		.real_name = "Lionel Messi",
		.account = messi,
		.role = 4,
		.joined = 99 };
	struct list l;

	join(w, "#b", "messi", messi);
	join(w, "#b", "neko", 2);
	say_group(w, "#b", "neko", "halo");
	wrote(w, store_put_member(TXN(w->store), &m));
	assert_true(w->written.duplicate);
	assert_int_equal(w->written.id, 0); /* its since, not the last id */
	l = members(w);
	assert_string_equal(l.text[0], "#b|messi|Messi|Lionel Messi|1|4|9|0");
	assert_string_equal(l.text[1], "#b|neko|neko|A Name|2|1|9|0");
	assert_int_equal(unread(w, messi, "messi"), 1);
	assert_int_equal(replay(w, messi, 0), 1);
}

static void
what_was_said_before_is_not_replayed_but_may_be_read(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi"), id;

	say_all(w, "neko", "kopi for all");
	say_group(w, "#b", "neko", "kopi one");
	say_group(w, "#b", "neko", "kopi two");
	assert_int_equal(join(w, "#b", "messi", messi), 3);
	assert_false(w->written.duplicate);
	assert_int_equal(unread(w, messi, "messi"), 1); /* everyone's */
	assert_int_equal(w->unread[0].kind, STORE_EVERYONE);
	id = say_group(w, "#b", "neko", "kopi three");
	assert_int_equal(replay(w, messi, 0), 2);
	assert_int_equal(w->seen[0].id, 1);
	assert_int_equal(w->seen[1].id, id);
	assert_int_equal(replay(w, messi, 2), 1);
	assert_int_equal(w->seen[0].id, id);
	count(w, messi, 0, 10);
	assert_int_equal(w->tally.count, 2);
	count(w, messi, 0, 1);
	assert_int_equal(w->tally.from, 1);
	count(w, messi, 0, 0);
	assert_int_equal(w->tally.from, id);
	assert_int_equal(unread(w, messi, "messi"), 2);
	assert_string_equal(w->unread_key[1], "#b");
	assert_int_equal(w->unread[1].count, 1);
	assert_int_equal(w->unread[1].first, id);
	assert_int_equal(w->unread[1].mark, 3);
	assert_int_equal(history(w, "#b"), 3);
	assert_int_equal(find(w, messi, "kopi"), 4);
}

/* The newest that fit begin behind `from`, whatever was said before. */
static void
a_tally_of_replay_and_replay_agree(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi");

	for (int i = 0; i < 10; i++) {
		say_group(w, "#a", "neko", "a");
		say_group(w, "#b", "neko", "b");
		if (i == 3)
			join(w, "#a", "messi", messi);
		if (i == 6)
			join(w, "#b", "messi", messi);
	}
	count(w, messi, 0, 5);
	assert_int_equal(w->tally.count, 9); /* six a, three b */
	assert_int_equal(replay(w, messi, 0), 9);
	assert_int_equal(replay(w, messi, w->tally.from), 5);
}

static void
who_left_reads_nothing_and_who_rejoins_begins_anew(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi");

	join(w, "#b", "messi", messi);
	say_group(w, "#b", "neko", "kopi one");
	leave(w, "#b", "messi", messi);
	say_group(w, "#b", "neko", "kopi two");
	assert_int_equal(unread(w, messi, "messi"), 0);
	assert_int_equal(replay(w, messi, 0), 0);
	assert_int_equal(find(w, messi, "kopi"), 0);
	assert_int_equal(members(w).count, 0);
	leave(w, "#b", "messi", messi); /* again: nothing */
	leave(w, "#nowhere", "messi", messi);
	assert_int_equal(join(w, "#b", "messi", messi), 2);
	assert_int_equal(unread(w, messi, "messi"), 0);
	assert_int_equal(replay(w, messi, 0), 0);
	say_group(w, "#b", "neko", "kopi three");
	assert_int_equal(replay(w, messi, 0), 1);
	assert_int_equal(find(w, messi, "kopi"), 3);
	say_all(w, "neko", "to all"); /* nothing else has gone */
	assert_int_equal(unread(w, messi, "messi"), 2);
}

/* Account 0 is nobody's: no row of a reader may come of it. */
static void
a_member_of_another_realm_is_no_reader_here(void **state)
{
	struct world *w = *state;

	join(w, "#b", "james@medan", 0);
	say_group(w, "#b", "neko", "kopi");
	assert_int_equal(unread(w, 0, "james@medan"), 0);
	assert_int_equal(find(w, 0, "kopi"), 0);
	leave(w, "#b", "james@medan", 0);
	assert_int_equal(members(w).count, 0);
}

/* ---- the end of a group ----------------------------------------------- */

static void
a_group_ends_with_all_that_is_about_it(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi");
	struct list l;

	put_group(w, "#b", "", 0);
	put_group(w, "#other", "", 0);
	join(w, "#b", "messi", messi);
	join(w, "#other", "messi", messi);
	join(w, "#b", "james@medan", 0);
	put_rule(w, STORE_BAN, "#b", "paff", "");
	put_rule(w, STORE_BAN, "#other", "paff", "");
	put_rule(w, STORE_BAN, "", "paff", "");
	say_group(w, "#b", "neko", "kopi in b");
	say_group(w, "#other", "neko", "kopi in other");
	end_group(w, "#b");
	world_reopen(w);
	l = groups(w);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.text[0], "#other|other|||0|5");
	l = members(w);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.text[0], "#other|messi|messi|A Name|1|1|9|0");
	l = rules(w);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.text[0], "0||paff|paff|messi||7");
	assert_string_equal(l.text[1], "0|#other|paff|paff|messi||7");
	assert_int_equal(find(w, messi, "kopi"), 1);
	assert_int_equal(replay(w, messi, 0), 1);
	assert_int_equal(unread(w, messi, "messi"), 1);
	assert_string_equal(w->unread_key[0], "#other");
	assert_int_equal(history(w, "#b"), 0);
	assert_int_equal(history(w, "#other"), 1);
}

static void
a_later_group_of_the_same_name_begins_with_an_empty_history(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi");
	char text[20];

	/* More than once: what the old ones are called must differ, too. */
	for (int i = 1; i <= 3; i++) {
		put_group(w, "#b", "", 0);
		join(w, "#b", "messi", messi);
		assert_int_equal(history(w, "#b"), 0);
		snprintf(text, sizeof(text), "kopi %d", i);
		say_group(w, "#b", "neko", text);
		assert_int_equal(history(w, "#b"), 1);
		assert_string_equal(w->seen[0].text, text);
		assert_int_equal(find(w, messi, "kopi"), 1);
		end_group(w, "#b");
	}
	assert_int_equal(find(w, messi, "kopi"), 0);
	assert_int_equal(store_last_id(w->store), 3); /* they are kept */
}

static void
a_group_of_messages_alone_ends_and_one_that_is_not_there(void **state)
{
	struct world *w = *state;

	say_group(w, "#raw", "messi", "text");
	end_group(w, "#raw");
	assert_int_equal(history(w, "#raw"), 0);
	end_group(w, "#raw");
	end_group(w, "#nowhere");
	say_group(w, "#raw", "messi", "again");
	assert_int_equal(history(w, "#raw"), 1);
}

static void
a_mark_of_a_group_does_not_outlive_it(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi"), id;

	join(w, "#b", "messi", messi);
	id = say_group(w, "#b", "neko", "one");
	assert_int_equal(mark(w, messi, "#b", id), id);
	assert_int_equal(unread(w, messi, "messi"), 0);
	end_group(w, "#b");
	assert_int_equal(mark(w, messi, "#b", id), 0);
	assert_true(w->written.duplicate);
	join(w, "#b", "messi", messi);
	say_group(w, "#b", "neko", "two");
	assert_int_equal(unread(w, messi, "messi"), 1);
	assert_int_equal(w->unread[0].mark, id);
}

/* ---- rules ------------------------------------------------------------ */

static void
rules_are_made_changed_and_dropped_one_by_one(void **state)
{
	struct world *w = *state;
	struct list l;

	put_rule(w, STORE_BAN, "#b", "paff", "spam");
	put_rule(w, STORE_MUTE, "#b", "paff", "loud");
	put_rule(w, STORE_BAN, "", "paff", "worse");
	put_rule(w, STORE_INVITE, "#b", "james@medan", "");
	put_rule(w, STORE_BAN, "#b", "paff", "much spam");
	world_reopen(w);
	l = rules(w);
	assert_int_equal(l.count, 4);
	assert_string_equal(l.text[0], "0||paff|paff|messi|worse|7");
	assert_string_equal(l.text[1], "0|#b|paff|paff|messi|much spam|7");
	assert_string_equal(l.text[2], "1|#b|paff|paff|messi|loud|7");
	assert_string_equal(
	    l.text[3], "2|#b|james@medan|james@medan|messi||7");
	drop_rule(w, STORE_BAN, "#b", "paff");
	drop_rule(w, STORE_BAN, "#b", "paff");
	drop_rule(w, STORE_INVITE, "#b", "paff");
	l = rules(w);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.text[0], "0||paff|paff|messi|worse|7");
	assert_string_equal(l.text[1], "1|#b|paff|paff|messi|loud|7");
	drop_rule(w, STORE_BAN, "", "paff");
	l = rules(w);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.text[0], "1|#b|paff|paff|messi|loud|7");
}

static void
a_group_that_is_not_there_is_not_the_whole_server(void **state)
{
	struct world *w = *state;

	put_rule(w, STORE_BAN, "", "paff", "");
	drop_rule(w, STORE_BAN, "#nowhere", "paff");
	end_group(w, "#nowhere");
	assert_int_equal(rules(w).count, 1);
}

/* ---- contacts --------------------------------------------------------- */

static void
contacts_are_private_conversations_with_other_realms(void **state)
{
	struct world *w = *state;
	int64_t messi = add_account(w, "messi");
	int64_t neko = add_account(w, "neko");
	struct list l = { 0 };

	say_private(w, "messi neko", messi, neko, "messi", "here");
	say_private(
	    w, "messi paff@its", messi, messi, "paff@its", "from there");
	say_private(
	    w, "james@medan messi", messi, messi, "messi", "to there");
	say_private(w, "james@medan neko", neko, neko, "neko", "to there");
	join(w, "#batak@medan", "neko", neko);
	say_group(w, "#batak@medan", "james@medan", "group");
	world_reopen(w);
	assert_int_equal(store_each_contact(w->store, on_contact, &l), 0);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.text[0], "1|messi paff@its");
	assert_string_equal(l.text[1], "1|james@medan messi");
	assert_string_equal(l.text[2], "2|james@medan neko");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_group_is_made_and_changed_by_its_key),
		WORLD_TEST(a_conversation_alone_is_no_group),
		WORLD_TEST(members_come_in_the_order_in_which_they_joined),
		WORLD_TEST(a_member_is_changed_in_its_place),
		WORLD_TEST(
		    what_was_said_before_is_not_replayed_but_may_be_read),
		WORLD_TEST(a_tally_of_replay_and_replay_agree),
		WORLD_TEST(who_left_reads_nothing_and_who_rejoins_begins_anew),
		WORLD_TEST(a_member_of_another_realm_is_no_reader_here),
		WORLD_TEST(a_group_ends_with_all_that_is_about_it),
		WORLD_TEST(
		    a_later_group_of_the_same_name_begins_with_an_empty_history),
		WORLD_TEST(
		    a_group_of_messages_alone_ends_and_one_that_is_not_there),
		WORLD_TEST(a_mark_of_a_group_does_not_outlive_it),
		WORLD_TEST(rules_are_made_changed_and_dropped_one_by_one),
		WORLD_TEST(a_group_that_is_not_there_is_not_the_whole_server),
		WORLD_TEST(
		    contacts_are_private_conversations_with_other_realms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
