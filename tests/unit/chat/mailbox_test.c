/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/chat/world_fake.h"

/* Ids from 1 on, in the order of the texts. */
static void
say(struct world *w, uint64_t session, const char *target, const char *text)
{
	struct answer a = { 0 };

	world_say(w, session, NULL, target, text, NULL, &a);
	world_run(w);
	assert_int_equal(a.result.err, WIRE_OK);
}

static struct answer
history(struct world *w, uint64_t session, const char *target, int64_t after,
    int64_t before, size_t limit)
{
	struct chat_range range = { after, before, limit, false };
	struct target to = target_of(target);
	struct answer a = { 0 };

	chat_history(w->chat, session, &to, &range, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a;
}

static struct answer
inbox(struct world *w, uint64_t session, bool peek)
{
	struct answer a = { 0 };

	chat_inbox(w->chat, session, peek, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a;
}

static struct answer
unread(struct world *w, uint64_t session)
{
	struct answer a = { 0 };

	chat_unread(w->chat, session, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a;
}

static struct answer
mark(struct world *w, uint64_t session, const struct eye *eye,
    const char *target, int64_t id)
{
	struct target to = target_of(target);
	struct answer a = { 0 };

	chat_read(w->chat, session, eye != NULL ? eye->number : 0, &to, id,
	    told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a;
}

static void
history_pages_both_ways(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a;
	char text[16];
	int i;

	for (i = 1; i <= 6; i++) {
		snprintf(text, sizeof(text), "t%d", i);
		say(w, messi, "*", text);
	}
	a = history(w, messi, "*", 0, 0, 2);
	assert_string_equal(a.log, "5 * messi: t5\n6 * messi: t6\n");
	assert_true(a.result.more);
	a = history(w, messi, "*", 0, 3, 5);
	assert_string_equal(a.log, "1 * messi: t1\n2 * messi: t2\n");
	assert_false(a.result.more);
	a = history(w, messi, "*", 2, 0, 2);
	assert_string_equal(a.log, "3 * messi: t3\n4 * messi: t4\n");
	assert_true(a.result.more);
}

static void
history_of_two_is_seen_from_each_side_and_by_no_third(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");

	say(w, messi, "neko", "hey");
	say(w, neko, "messi", "ho");
	assert_string_equal(history(w, messi, "neko", 0, 0, 9).log,
	    "1 neko messi: hey\n2 neko neko: ho\n");
	assert_string_equal(history(w, neko, "MESSI", 0, 0, 9).log,
	    "1 messi messi: hey\n2 messi neko: ho\n");
	assert_string_equal(
	    history(w, world_login(w, "lineker"), "neko", 0, 0, 9).log, "");
}

static void
history_of_nobody_is_refused(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");

	assert_int_equal(history(w, messi, "ronaldo", 0, 0, 9).result.err,
	    WIRE_NO_SUCH_USER);
	assert_int_equal(history(w, messi, "#batak", 0, 0, 9).result.err,
	    WIRE_NO_SUCH_GROUP);
	assert_int_equal(
	    history(w, 999, "neko", 0, 0, 9).result.err, WIRE_NO_SESSION);
	store_fake_fail(w->store, true);
	assert_int_equal(
	    history(w, messi, "neko", 0, 0, 9).result.err, WIRE_STORAGE);
	store_fake_fail(w->store, false);
	store_fake_refuse(w->store, true);
	assert_int_equal(
	    history(w, messi, "neko", 0, 0, 9).result.err, WIRE_BUSY);
	store_fake_refuse(w->store, false);
}

static void
search_finds_only_what_one_may_read(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct chat_range range = { .limit = 10 };
	struct answer a = { 0 };

	say(w, messi, "neko", "gol rahasia");
	say(w, messi, "*", "gol");
	say(w, messi, "*", "bola");
	chat_search(w->chat, neko, "gol", &range, told(&a));
	world_run(w);
	assert_string_equal(
	    a.log, "1 messi messi: gol rahasia\n2 * messi: gol\n");
	chat_search(
	    w->chat, world_login(w, "lineker"), "gol", &range, told(&a));
	world_run(w);
	assert_string_equal(a.log, "2 * messi: gol\n");
	chat_search(w->chat, neko, "", &range, told(&a));
	assert_int_equal(a.result.err, WIRE_TEXT_EMPTY);
}

static void
an_inbox_is_read_once_and_stays_in_history(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	uint64_t lineker = world_login(w, "lineker");

	say(w, messi, "neko", "one");
	say(w, lineker, "neko", "two");
	say(w, messi, "*", "all");
	say(w, messi, "neko", "three");
	say(w, neko, "messi", "mine");
	assert_string_equal(inbox(w, neko, true).log,
	    "1 messi messi: one\n2 lineker lineker: two\n"
	    "4 messi messi: three\n");
	assert_string_equal(inbox(w, neko, false).log,
	    "1 messi messi: one\n2 lineker lineker: two\n"
	    "4 messi messi: three\n");
	assert_string_equal(inbox(w, neko, false).log, "");
	assert_string_equal(inbox(w, messi, false).log, "5 neko neko: mine\n");
	assert_string_equal(history(w, neko, "lineker", 0, 0, 9).log,
	    "2 lineker lineker: two\n");
	world_restart(w);
	assert_string_equal(inbox(w, world_login(w, "neko"), false).log, "");
}

static void
a_note_to_oneself_is_in_the_inbox(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");

	say(w, messi, "messi", "milk");
	assert_string_equal(unread(w, messi).log, "messi 1 from 1\n");
	assert_string_equal(
	    inbox(w, messi, false).log, "1 messi messi: milk\n");
	assert_string_equal(unread(w, messi).log, "");
}

static void
an_inbox_is_answered_when_its_marks_are_durable(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct answer a = { 0 };

	say(w, messi, "neko", "one");
	say(w, world_login(w, "lineker"), "neko", "two");
	chat_inbox(w->chat, neko, false, told(&a));
	store_fake_answer(w->store);
	assert_int_equal(a.times, 0);
	store_fake_fail(w->store, true);
	store_fake_commit(w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	assert_string_equal(a.log, "");
	store_fake_fail(w->store, false);
	chat_inbox(w->chat, neko, false, told(&a));
	store_fake_answer(w->store);
	store_fake_refuse(w->store, true);
	store_fake_commit(w->store);
	store_fake_refuse(w->store, false);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(a.result.messages, 2);
}

static void
an_inbox_whose_marks_find_no_room_is_busy(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct answer a = { 0 };

	say(w, messi, "neko", "one");
	chat_inbox(w->chat, neko, false, told(&a));
	store_fake_refuse(w->store, true);
	store_fake_answer(w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(w->store, false);
	assert_string_equal(inbox(w, neko, false).log, "1 messi messi: one\n");
}

/* Or what stands in the others would be marked without having been shown. */
static void
an_inbox_is_marked_whole_or_not_at_all(void **state)
{
	struct world *w = *state;
	uint64_t neko = world_login(w, "neko");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	say(w, world_login(w, "messi"), "neko", "one");
	say(w, world_login(w, "lineker"), "neko", "two");
	world_watch(w, &eye, neko, -1, &a);
	world_run(w);
	(void)seen(&eye);
	a = (struct answer){ 0 };
	chat_inbox(w->chat, neko, false, told(&a));
	store_fake_answer(w->store);
	store_fake_apply_one(w->store);
	store_fake_fail(w->store, true); /* what is not there now never is */
	store_fake_commit(w->store);
	store_fake_fail(w->store, false);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(a.result.messages, 2);
	assert_string_equal(seen(&eye), "read messi 1\nread lineker 2\n");
	assert_string_equal(unread(w, neko).log, "");
}

static void
a_large_inbox_comes_in_pages(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct answer a;
	int i;

	for (i = 0; i < CHAT_INBOX_PAGE + 10; i++)
		say(w, messi, "neko", "x");
	a = inbox(w, neko, false);
	assert_int_equal(a.result.messages, CHAT_INBOX_PAGE);
	assert_true(a.result.more);
	a = inbox(w, neko, false);
	assert_int_equal(a.result.messages, 10);
	assert_false(a.result.more);
}

static void
unread_counts_what_others_said_behind_the_mark(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");

	say(w, messi, "neko", "a");
	say(w, messi, "neko", "b");
	say(w, neko, "messi", "c");
	say(w, messi, "*", "d");
	assert_string_equal(
	    unread(w, neko).log, "* 1 from 4\nmessi 2 from 1\n");
	mark(w, neko, NULL, "messi", 1);
	mark(w, neko, NULL, "*", 4);
	assert_string_equal(unread(w, neko).log, "messi 1 from 2\n");
}

static void
a_mark_moves_forward_only_and_the_others_hear_of_it(void **state)
{
	struct world *w = *state;
	uint64_t neko = world_login(w, "neko");
	struct answer a = { 0 };
	struct eye mine = { 0 }, other = { 0 }, strange = { 0 };
	int i;

	for (i = 0; i < 5; i++)
		say(w, world_login(w, "messi"), "neko", "x");
	world_watch(w, &mine, neko, -1, &a);
	world_watch(w, &other, world_login(w, "neko"), -1, &a);
	world_watch(w, &strange, world_login(w, "messi"), -1, &a);
	assert_int_equal(mark(w, neko, &mine, "messi", 3).result.id, 3);
	assert_string_equal(seen(&mine), "");
	assert_string_equal(seen(&other), "read messi 3\n");
	assert_string_equal(seen(&strange), "");
	assert_int_equal(mark(w, neko, &mine, "messi", 2).result.id, 3);
	assert_int_equal(mark(w, neko, &mine, "messi", 3).result.id, 3);
	assert_string_equal(seen(&other), "");
	/* what was not said yet was not read */
	assert_int_equal(mark(w, neko, &mine, "messi", 99).result.id, 5);
	assert_string_equal(seen(&other), "read messi 5\n");
	assert_int_equal(
	    mark(w, neko, NULL, "ronaldo", 1).result.err, WIRE_NO_SUCH_USER);
}

static void
an_inbox_tells_the_watches_what_was_read(void **state)
{
	struct world *w = *state;
	uint64_t neko = world_login(w, "neko");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	say(w, world_login(w, "messi"), "neko", "x");
	world_watch(w, &eye, neko, -1, &a);
	inbox(w, neko, false);
	assert_string_equal(seen(&eye), "read messi 1\n");
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(history_pages_both_ways),
		T(history_of_two_is_seen_from_each_side_and_by_no_third),
		T(history_of_nobody_is_refused),
		T(search_finds_only_what_one_may_read),
		T(an_inbox_is_read_once_and_stays_in_history),
		T(a_note_to_oneself_is_in_the_inbox),
		T(an_inbox_is_answered_when_its_marks_are_durable),
		T(an_inbox_whose_marks_find_no_room_is_busy),
		T(an_inbox_is_marked_whole_or_not_at_all),
		T(a_large_inbox_comes_in_pages),
		T(unread_counts_what_others_said_behind_the_mark),
		T(a_mark_moves_forward_only_and_the_others_hear_of_it),
		T(an_inbox_tells_the_watches_what_was_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
