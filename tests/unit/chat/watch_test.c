/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/chat/world_fake.h"

/* n broadcasts of messi's, committed. */
static void
talk(struct world *w, uint64_t session, int n)
{
	struct answer a = { 0 };

	while (n-- > 0) {
		world_say(w, session, NULL, "*", "x", NULL, &a);
		store_fake_commit(w->store);
		assert_int_equal(a.result.err, WIRE_OK);
	}
}

/* How many messages since the last time this was asked. */
static unsigned
got(struct eye *e)
{
	unsigned n = e->messages;

	e->messages = 0;
	seen(e);
	return n;
}

static void
a_watch_from_now_on_is_answered_at_once(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	talk(w, messi, 3);
	world_watch(w, &eye, messi, -1, &a);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.last, 3);
	talk(w, messi, 2);
	assert_int_equal(got(&eye), 2);
	assert_int_equal(eye.last, 5);
}

static void
a_replay_is_whole_and_goes_over_to_live(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko;
	struct answer a = { 0 };
	struct eye eye = { 0 };

	talk(w, messi, 250);
	world_restart(w);
	messi = world_login(w, "messi");
	neko = world_login(w, "neko");
	world_watch(w, &eye, neko, 10, &a);
	assert_int_equal(a.times, 0);
	store_fake_answer(w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.last, 250);
	assert_int_equal(a.result.missed, 240);
	assert_false(a.result.gap);
	store_fake_answer(w->store);
	assert_int_equal(got(&eye), 100);
	talk(w, messi, 7);
	assert_int_equal(got(&eye), 0);
	world_run(w);
	assert_int_equal(got(&eye), 147);
	talk(w, messi, 1);
	assert_int_equal(got(&eye), 1);
	assert_int_equal(eye.last, 258);
}

static void
recent_ones_are_replayed_from_memory(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	talk(w, messi, 20);
	world_watch(w, &eye, messi, 5, &a);
	store_fake_answer(w->store);
	assert_int_equal(got(&eye), 15);
	assert_int_equal(store_fake_queries(w->store), 0);
}

static void
a_gap_is_told_and_the_newest_are_replayed(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	talk(w, messi, WIRE_REPLAY_MAX + 500);
	world_watch(w, &eye, messi, 100, &a);
	world_run(w);
	assert_true(a.result.gap);
	assert_int_equal(a.result.missed, WIRE_REPLAY_MAX + 400);
	assert_int_equal(got(&eye), WIRE_REPLAY_MAX);
	assert_int_equal(eye.last, WIRE_REPLAY_MAX + 500);
	world_restart(w);
	messi = world_login(w, "messi");
	world_watch(w, &eye, messi, 100, &a);
	world_run(w);
	assert_int_equal(got(&eye), WIRE_REPLAY_MAX);
	talk(w, messi, 1);
	assert_int_equal(got(&eye), 1);
}

static void
a_replay_holds_only_what_the_user_may_read(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	world_say(w, messi, NULL, "neko", "one", NULL, &a);
	world_say(w, messi, NULL, "lineker", "two", NULL, &a);
	world_say(w, neko, NULL, "messi", "three", NULL, &a);
	world_say(w, messi, NULL, "*", "four", NULL, &a);
	world_run(w);
	world_watch(w, &eye, neko, 0, &a);
	world_run(w);
	assert_string_equal(seen(&eye),
	    "1 messi messi: one\n3 messi neko: three\n4 * messi: four\n");
	world_restart(w);
	world_watch(w, &eye, world_login(w, "neko"), 0, &a);
	world_run(w);
	assert_string_equal(seen(&eye),
	    "1 messi messi: one\n3 messi neko: three\n4 * messi: four\n");
}

static void
a_slow_receiver_loses_and_repeats_nothing(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct answer a = { 0 };
	struct eye eye = { .room = 3 };
	unsigned all = 0;

	world_watch(w, &eye, neko, -1, &a);
	talk(w, messi, 2000);
	assert_int_equal(got(&eye), 3);
	all = 3;
	while (all < 2000) {
		talk(w, messi, all < 100 ? 1 : 0);
		eye.room = 50;
		chat_watch_more(w->chat, eye.number);
		world_run(w);
		assert_in_range(eye.messages, 1, 50);
		all += got(&eye);
	}
	eye.room = -1;
	chat_watch_more(w->chat, eye.number);
	world_run(w);
	all += got(&eye);
	assert_int_equal(all, store_fake_messages(w->store));
	talk(w, messi, 1);
	assert_int_equal(got(&eye), 1);
	assert_int_equal(eye.ended, 0);
}

static void
full_during_a_page_goes_on_where_it_stopped(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { .room = 30 };

	talk(w, messi, 120);
	world_restart(w);
	world_watch(w, &eye, world_login(w, "messi"), 0, &a);
	world_run(w);
	assert_int_equal(got(&eye), 30);
	assert_int_equal(eye.last, 30);
	eye.room = -1;
	chat_watch_more(w->chat, eye.number);
	chat_watch_more(w->chat, eye.number);
	world_run(w);
	assert_int_equal(got(&eye), 90);
}

static void
what_is_on_disk_but_not_answered_comes_live(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 }, said = { 0 };
	struct eye eye = { 0 };

	talk(w, messi, 2);
	world_restart(w);
	messi = world_login(w, "messi");
	world_watch(w, &eye, messi, 0, &a);
	store_fake_answer(w->store);
	world_say(w, messi, &eye, "*", "mine", NULL, &said);
	store_fake_apply(w->store);
	store_fake_answer(w->store);
	assert_string_equal(seen(&eye), "1 * messi: x\n2 * messi: x\n");
	assert_int_equal(said.times, 0);
	store_dispatch(w->store);
	assert_int_equal(said.times, 1);
	assert_string_equal(seen(&eye), "");
	talk(w, messi, 1);
	assert_int_equal(eye.last, 4);
}

static void
what_one_said_while_behind_is_not_replayed_to_oneself(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko;
	struct answer a = { 0 };
	struct eye eye = { 0 };
	int i;

	talk(w, messi, 150);
	world_restart(w);
	messi = world_login(w, "messi");
	neko = world_login(w, "neko");
	world_watch(w, &eye, neko, 0, &a);
	world_say(w, neko, &eye, "*", "early", NULL, &a);
	store_fake_commit(w->store);
	store_fake_answer(w->store);
	store_fake_answer(w->store);
	world_say(w, neko, &eye, "*", "mine", NULL, &a);
	store_fake_commit(w->store);
	/* out of memory's reach: they come by pages */
	for (i = 0; i < 11; i++)
		talk(w, messi, 100);
	world_run(w);
	assert_int_equal(got(&eye), 150 + 1100);
	assert_int_equal(eye.last, 150 + 2 + 1100);
}

static void
what_one_said_while_full_is_not_taken_from_memory_either(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");
	struct answer a = { 0 };
	struct eye eye = { .room = 1 };

	world_watch(w, &eye, neko, -1, &a);
	talk(w, messi, 2);
	world_say(w, neko, &eye, "messi", "mine", NULL, &a);
	store_fake_commit(w->store);
	talk(w, messi, 1);
	assert_string_equal(seen(&eye), "1 * messi: x\n");
	eye.room = -1;
	chat_watch_more(w->chat, eye.number);
	assert_string_equal(seen(&eye), "2 * messi: x\n4 * messi: x\n");
}

static void
an_after_from_the_future_does_not_make_deaf(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	talk(w, messi, 3);
	world_watch(w, &eye, messi, 1000, &a);
	world_run(w);
	assert_int_equal(a.result.last, 3);
	assert_int_equal(a.result.missed, 0);
	talk(w, messi, 1);
	assert_int_equal(got(&eye), 1);
}

static void
a_watch_that_cannot_begin_is_refused(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	world_watch(w, &eye, 999, 0, &a);
	assert_int_equal(a.result.err, WIRE_NO_SESSION);
	assert_int_equal(eye.number, 0);
	store_fake_refuse(w->store, true);
	world_watch(w, &eye, messi, 0, &a);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_int_equal(eye.number, 0);
	store_fake_refuse(w->store, false);
	store_fake_fail(w->store, true);
	world_watch(w, &eye, messi, 0, &a);
	world_run(w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	store_fake_fail(w->store, false);
	talk(w, messi, 1);
	assert_int_equal(got(&eye), 0);
	assert_int_equal(eye.ended, 0);
}

static void
a_session_that_ends_before_the_answer_is_told_by_it(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 }, out = { 0 };
	struct eye eye = { 0 };

	world_watch(w, &eye, messi, 0, &a);
	chat_logout(w->chat, messi, told(&out));
	world_run(w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_NO_SESSION);
	assert_int_equal(eye.ended, 0);
}

static void
a_watch_that_ends_during_its_page_hears_no_more(void **state)
{
	struct world *w = *state;
	uint64_t messi;
	struct answer a = { 0 }, out = { 0 };
	struct eye eye = { 0 }, gone = { 0 };

	talk(w, world_login(w, "messi"), 5);
	world_restart(w);
	messi = world_login(w, "messi");
	world_watch(w, &eye, messi, 0, &a);
	world_watch(w, &gone, messi, 0, &a);
	store_fake_answer(w->store);
	chat_unwatch(w->chat, gone.number);
	chat_unwatch(w->chat, gone.number);
	chat_logout(w->chat, messi, told(&out));
	assert_int_equal(eye.ended, 1);
	assert_int_equal(eye.why, WIRE_NO_SESSION);
	world_run(w);
	assert_int_equal(got(&eye) + got(&gone), 0);
	assert_int_equal(gone.ended, 0);
}

static void
a_receiver_may_leave_in_the_middle_of_a_walk(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye[3] = { 0 }, late = { 0 };
	size_t i;

	for (i = 0; i < 3; i++)
		world_watch(w, &eye[i], messi, -1, &a);
	eye[0].leaves = eye[1].leaves = true;
	talk(w, messi, 2);
	assert_int_equal(eye[0].messages, 1);
	assert_int_equal(eye[1].messages, 1);
	assert_int_equal(eye[2].messages, 2);
	world_restart(w);
	late.leaves = false;
	world_watch(w, &late, world_login(w, "messi"), 0, &a);
	late.leaves = true;
	world_run(w);
	assert_int_equal(late.messages, 1);
}

static void
a_page_that_cannot_be_read_ends_the_watch(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };
	struct eye eye = { 0 };

	talk(w, world_login(w, "messi"), 5);
	world_restart(w);
	world_watch(w, &eye, world_login(w, "messi"), 0, &a);
	store_fake_answer(w->store);
	store_fake_fail(w->store, true);
	world_run(w);
	assert_int_equal(eye.ended, 1);
	assert_int_equal(eye.why, WIRE_STORAGE);
	store_fake_fail(w->store, false);
}

static void
a_page_that_found_no_room_is_asked_for_again(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { .room = 1 };
	int i;

	world_watch(w, &eye, messi, -1, &a);
	for (i = 0; i < 11; i++)
		talk(w, messi, 100);
	store_fake_refuse(w->store, true);
	eye.room = -1;
	chat_watch_more(w->chat, eye.number);
	assert_int_equal(got(&eye), 1);
	store_fake_refuse(w->store, false);
	world_pass(w, 1000);
	world_run(w);
	assert_int_equal(got(&eye), 1099);
}

static void
who_never_asks_for_more_is_cut_off(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye slow = { .room = 1 }, fine = { 0 };

	world_watch(w, &slow, messi, -1, &a);
	world_watch(w, &fine, messi, -1, &a);
	talk(w, messi, 5);
	world_pass(w, 59999);
	assert_int_equal(slow.ended, 0);
	world_pass(w, 1);
	assert_int_equal(slow.ended, 1);
	assert_int_equal(slow.why, WIRE_BUSY);
	assert_int_equal(fine.ended, 0);
	assert_int_equal(got(&fine), 5);
}

static void
who_falls_too_far_behind_is_cut_off_and_comes_back_whole(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye slow = { .room = 1 }, fine = { 0 }, back = { 0 };
	char text[4000];
	int n = 0;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	world_watch(w, &slow, messi, -1, &a);
	world_watch(w, &fine, messi, -1, &a);
	while (n < 2000 && slow.ended == 0) {
		world_say(w, messi, NULL, "*", text, NULL, &a);
		store_fake_commit(w->store);
		n++;
		assert_int_equal(got(&fine), 1);
		(void)seen(&fine);
	}
	assert_int_equal(slow.ended, 1);
	assert_int_equal(slow.why, WIRE_BUSY);
	assert_int_equal(got(&slow), 1);
	assert_in_range(n, 1000, 1100); /* of 4 KiB: 4 MiB */
	assert_int_equal(fine.ended, 0);
	world_watch(w, &back, messi, n - 1, &a);
	world_run(w);
	assert_int_equal(got(&back), 1);
	assert_int_equal(back.last, n);
}

static void
presence_that_was_missed_is_told_as_it_is_by_then(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko, lineker;
	struct answer a = { 0 };
	struct eye eye = { .room = 1 };

	world_watch(w, &eye, messi, -1, &a);
	neko = world_login(w, "neko");
	assert_string_equal(seen(&eye), "+neko\n");
	lineker = world_login(w, "lineker");
	chat_logout(w->chat, neko, told(&a));
	world_run(w);
	chat_logout(w->chat, lineker, told(&a));
	world_run(w);
	world_login(w, "lineker");
	talk(w, messi, 1);
	assert_string_equal(seen(&eye), "");
	eye.room = 2;
	chat_watch_more(w->chat, eye.number);
	assert_string_equal(seen(&eye), "-neko\n+lineker\n");
	eye.room = -1;
	chat_watch_more(w->chat, eye.number);
	assert_string_equal(seen(&eye), "1 * messi: x\n");
}

static void
marks_that_were_missed_are_told_as_they_are_by_then(void **state)
{
	struct world *w = *state;
	uint64_t neko = world_login(w, "neko"), messi = world_login(w, "messi");
	struct target to = target_of("*");
	struct answer a = { 0 };
	struct eye eye = { .room = 1 };

	talk(w, messi, 9);
	world_watch(w, &eye, neko, -1, &a);
	talk(w, messi, 1);
	got(&eye);
	chat_read(w->chat, neko, 0, &to, 3, told(&a));
	world_run(w);
	chat_read(w->chat, neko, 0, &to, 7, told(&a));
	world_run(w);
	assert_string_equal(seen(&eye), "");
	eye.room = -1;
	chat_watch_more(w->chat, eye.number);
	assert_string_equal(seen(&eye), "read * 7\n");
}

static void
everybody_hears_of_the_end(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 }, full = { .room = 1 };

	world_watch(w, &eye, messi, -1, &a);
	world_watch(w, &full, messi, -1, &a);
	talk(w, messi, 1);
	chat_shutdown(w->chat, "bye");
	assert_string_equal(seen(&eye), "1 * messi: x\nshutdown bye\n");
	assert_string_equal(seen(&full), "1 * messi: x\nshutdown bye\n");
}

/* ---- any order of things ---------------------------------------------- */

enum { SAYINGS = 2500, EYES = 6 };

struct saying {
	struct answer answer;
	int from, to; /* 3: everyone */
	int eye;      /* whose own word it is; -1: none's */
};

struct crowd {
	struct world *w;
	uint32_t seed;
	uint64_t who[3];
	struct eye eye[EYES]; /* of user i % 3 */
	struct answer watch[EYES];
	struct saying said[SAYINGS];
	size_t saids;
};

/* xorshift: the same on every machine, unlike rand(3). */
static unsigned
pick(struct crowd *c, unsigned n)
{
	c->seed ^= c->seed << 13;
	c->seed ^= c->seed >> 17;
	c->seed ^= c->seed << 5;
	return c->seed % n;
}

static void
say_something(struct crowd *c)
{
	static const char *const to[] = { "messi", "neko", "lineker", "*" };
	struct saying *s = &c->said[c->saids++];

	s->from = (int)pick(c, 3);
	s->to = (int)pick(c, 4);
	s->eye = pick(c, 2) == 0 ? -1 : s->from + 3 * (int)pick(c, 2);
	world_say(c->w, c->who[s->from],
	    s->eye == -1 ? NULL : &c->eye[s->eye], to[s->to], "x", NULL,
	    &s->answer);
}

static void
something_happens(struct crowd *c)
{
	struct eye *e = &c->eye[pick(c, EYES)];

	switch (pick(c, 8)) {
	case 0:
		store_fake_apply(c->w->store);
		break;
	case 1:
		store_dispatch(c->w->store);
		break;
	case 2:
		store_fake_answer(c->w->store);
		break;
	case 3:
		e->room = (int)pick(c, 40);
		chat_watch_more(c->w->chat, e->number);
		break;
	case 4:
		/* Long enough asleep for the ring to be outrun. */
		if (pick(c, 300) == 0)
			while (c->saids % 1200 != 0 && c->saids < SAYINGS)
				say_something(c);
		break;
	default:
		if (c->saids < SAYINGS)
			say_something(c);
	}
	e->log[0] = '\0';
}

static bool
should_see(int eye, const struct saying *s)
{
	int me = eye % 3;

	return s->eye != eye &&
	    (s->to == 3 || s->to == me || s->from == me);
}

static void
check_crowd(const struct crowd *c)
{
	unsigned want;
	size_t i;
	int e;

	for (e = 0; e < EYES; e++) {
		for (i = 0, want = 0; i < c->saids; i++)
			want += should_see(e, &c->said[i]);
		assert_int_equal(c->watch[e].times, 1);
		assert_int_equal(c->eye[e].messages, want);
		assert_int_equal(c->eye[e].ended, 0);
	}
}

static void
run_crowd(struct crowd *c)
{
	static const char *const name[] = { "messi", "neko", "lineker" };
	size_t i;

	for (i = 0; i < 3; i++)
		c->who[i] = world_login(c->w, name[i]);
	for (i = 0; i < EYES; i++) {
		c->eye[i].room = 1 + (int)pick(c, 20);
		world_watch(
		    c->w, &c->eye[i], c->who[i % 3], 0, &c->watch[i]);
	}
	while (c->saids < SAYINGS)
		something_happens(c);
	for (i = 0; i < EYES; i++) {
		c->eye[i].room = -1;
		chat_watch_more(c->w->chat, c->eye[i].number);
	}
	world_run(c->w);
	check_crowd(c);
}

static void
in_any_order_nothing_is_lost_or_repeated(void **state)
{
	struct crowd *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->w = *state;
	c->seed = 2463534242;
	run_crowd(c);
	free(c);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(a_watch_from_now_on_is_answered_at_once),
		T(a_replay_is_whole_and_goes_over_to_live),
		T(recent_ones_are_replayed_from_memory),
		T(a_gap_is_told_and_the_newest_are_replayed),
		T(a_replay_holds_only_what_the_user_may_read),
		T(a_slow_receiver_loses_and_repeats_nothing),
		T(full_during_a_page_goes_on_where_it_stopped),
		T(what_is_on_disk_but_not_answered_comes_live),
		T(what_one_said_while_behind_is_not_replayed_to_oneself),
		T(what_one_said_while_full_is_not_taken_from_memory_either),
		T(an_after_from_the_future_does_not_make_deaf),
		T(a_watch_that_cannot_begin_is_refused),
		T(a_session_that_ends_before_the_answer_is_told_by_it),
		T(a_watch_that_ends_during_its_page_hears_no_more),
		T(a_receiver_may_leave_in_the_middle_of_a_walk),
		T(a_page_that_cannot_be_read_ends_the_watch),
		T(a_page_that_found_no_room_is_asked_for_again),
		T(who_never_asks_for_more_is_cut_off),
		T(who_falls_too_far_behind_is_cut_off_and_comes_back_whole),
		T(presence_that_was_missed_is_told_as_it_is_by_then),
		T(marks_that_were_missed_are_told_as_they_are_by_then),
		T(everybody_hears_of_the_end),
		T(in_any_order_nothing_is_lost_or_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
