/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/chat/world_fake.h"

struct room {
	struct world *w;
	uint64_t messi, neko, lineker;
	struct eye em, en, el;
};

/* All three are logged in and watch. */
static void
enter(struct room *r, struct world *w)
{
	struct answer a = { 0 };

	memset(r, 0, sizeof(*r));
	r->w = w;
	r->messi = world_login(w, "messi");
	r->neko = world_login(w, "neko");
	r->lineker = world_login(w, "lineker");
	world_watch(w, &r->em, r->messi, -1, &a);
	world_watch(w, &r->en, r->neko, -1, &a);
	world_watch(w, &r->el, r->lineker, -1, &a);
	seen(&r->em);
	seen(&r->en);
	seen(&r->el);
}

static enum wire_err
say(struct world *w, uint64_t session, const char *target, const char *text,
    const char *tag)
{
	struct answer a = { 0 };

	world_say(w, session, NULL, target, text, tag, &a);
	world_run(w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
nobody_sees_a_message_before_it_is_durable(void **state)
{
	struct room r;
	struct answer a = { 0 };

	enter(&r, *state);
	world_say(r.w, r.messi, &r.em, "neko", "hey", NULL, &a);
	assert_int_equal(a.times, 0);
	assert_string_equal(seen(&r.en), "");
	store_fake_commit(r.w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(a.result.id, 1);
	assert_false(a.result.duplicate);
	assert_string_equal(seen(&r.en), "1 messi messi: hey\n");
}

static void
a_private_message_is_for_two(void **state)
{
	struct room r;
	struct answer a = { 0 };
	struct eye other = { 0 };

	enter(&r, *state);
	world_watch(r.w, &other, world_login(r.w, "messi"), -1, &a);
	world_say(r.w, r.messi, &r.em, "NEKO@Surabaya", "hey", NULL, &a);
	world_run(r.w);
	assert_string_equal(seen(&r.em), "");
	assert_string_equal(seen(&other), "1 neko messi: hey\n");
	assert_string_equal(seen(&r.en), "1 messi messi: hey\n");
	assert_string_equal(seen(&r.el), "");
}

static void
everyone_hears_a_broadcast_but_who_said_it(void **state)
{
	struct room r;
	struct answer a = { 0 };

	enter(&r, *state);
	world_say(r.w, r.messi, &r.em, "*", "halo", NULL, &a);
	world_run(r.w);
	assert_string_equal(seen(&r.em), "");
	assert_string_equal(seen(&r.en), "1 * messi: halo\n");
	assert_string_equal(seen(&r.el), "1 * messi: halo\n");
	world_say(r.w, r.messi, NULL, "*", "again", NULL, &a);
	world_run(r.w);
	assert_string_equal(seen(&r.em), "2 * messi: again\n");
}

static void
a_note_to_oneself_comes_once(void **state)
{
	struct room r;
	struct answer a = { 0 };
	struct eye other = { 0 };

	enter(&r, *state);
	world_watch(r.w, &other, r.messi, -1, &a);
	world_say(r.w, r.messi, &r.em, "messi", "milk", NULL, &a);
	world_run(r.w);
	assert_string_equal(seen(&r.em), "");
	assert_string_equal(seen(&other), "1 messi messi: milk\n");
}

static void
an_event_is_encoded_once_for_all_who_see_the_same(void **state)
{
	struct room r;
	struct answer a = { 0 };

	enter(&r, *state);
	r.em.encodings = r.en.encodings = r.el.encodings = 0;
	assert_int_equal(say(r.w, r.messi, "*", "halo", NULL), WIRE_OK);
	assert_int_equal(
	    r.em.encodings + r.en.encodings + r.el.encodings, 1);
	world_say(r.w, r.messi, NULL, "neko", "hey", NULL, &a);
	world_run(r.w);
	assert_int_equal(
	    r.em.encodings + r.en.encodings + r.el.encodings, 3);
}

static void
all_see_one_order(void **state)
{
	struct room r;
	struct answer a[4] = { 0 };

	enter(&r, *state);
	world_say(r.w, r.messi, NULL, "*", "1", NULL, &a[0]);
	world_say(r.w, r.neko, NULL, "*", "2", NULL, &a[1]);
	world_say(r.w, r.messi, NULL, "*", "3", NULL, &a[2]);
	world_say(r.w, r.lineker, NULL, "*", "4", NULL, &a[3]);
	store_fake_commit(r.w->store);
	assert_string_equal(seen(&r.el),
	    "1 * messi: 1\n2 * neko: 2\n3 * messi: 3\n4 * lineker: 4\n");
	assert_string_equal(seen(&r.em),
	    "1 * messi: 1\n2 * neko: 2\n3 * messi: 3\n4 * lineker: 4\n");
}

static void
what_the_disk_refused_was_never_said(void **state)
{
	struct room r;

	enter(&r, *state);
	store_fake_fail(r.w->store, true);
	assert_int_equal(say(r.w, r.messi, "neko", "a", "t1"), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	store_fake_refuse(r.w->store, true);
	assert_int_equal(say(r.w, r.messi, "neko", "a", "t1"), WIRE_BUSY);
	store_fake_refuse(r.w->store, false);
	assert_string_equal(seen(&r.en), "");
	assert_int_equal(say(r.w, r.messi, "neko", "b", "t1"), WIRE_OK);
	assert_string_equal(seen(&r.en), "1 messi messi: b\n");
}

static void
what_cannot_be_said_is_refused_at_once(void **state)
{
	struct room r;
	char most[WIRE_TEXT_MAX + 1], more[WIRE_TEXT_MAX + 2];

	enter(&r, *state);
	memset(most, 'x', sizeof(most));
	most[sizeof(most) - 1] = '\0';
	memset(more, 'x', sizeof(more));
	more[sizeof(more) - 1] = '\0';
	assert_int_equal(say(r.w, 999, "neko", "a", NULL), WIRE_NO_SESSION);
	assert_int_equal(
	    say(r.w, r.messi, "ronaldo", "a", NULL), WIRE_NO_SUCH_USER);
	assert_int_equal(
	    say(r.w, r.messi, "#batak", "a", NULL), WIRE_NO_SUCH_GROUP);
	assert_int_equal(
	    say(r.w, r.messi, "neko@medan", "a", NULL), WIRE_NO_SUCH_REALM);
	assert_int_equal(say(r.w, r.messi, "*", "", NULL), WIRE_TEXT_EMPTY);
	assert_int_equal(
	    say(r.w, r.messi, "*", " \n\t\n", NULL), WIRE_TEXT_EMPTY);
	assert_int_equal(
	    say(r.w, r.messi, "*", more, NULL), WIRE_TEXT_TOO_LONG);
	assert_int_equal(say(r.w, r.messi, "*", "a", "b c"), WIRE_BAD_TAG);
	assert_int_equal(store_fake_messages(r.w->store), 0);
	assert_int_equal(say(r.w, r.messi, "*", most, "t"), WIRE_OK);
}

static void
a_tag_counts_once_a_day(void **state)
{
	struct room r;
	struct answer a = { 0 };

	enter(&r, *state);
	world_say(r.w, r.messi, NULL, "neko", "hey", "t1", &a);
	world_run(r.w);
	assert_int_equal(a.result.id, 1);
	seen(&r.en);
	world_say(r.w, r.messi, NULL, "Neko", "hey", "t1", &a);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(a.result.id, 1);
	assert_true(a.result.duplicate);
	assert_string_equal(seen(&r.en), "");
	assert_int_equal(
	    say(r.w, r.messi, "neko", "ho", "t1"), WIRE_TAG_REUSED);
	assert_int_equal(
	    say(r.w, r.messi, "lineker", "hey", "t1"), WIRE_TAG_REUSED);
	assert_int_equal(say(r.w, r.neko, "messi", "hey", "t1"), WIRE_OK);
	world_pass(r.w, 24 * 3600 * 1000 + 1);
	world_say(r.w, r.messi, NULL, "neko", "ho", "t1", &a);
	world_run(r.w);
	assert_false(a.result.duplicate);
	assert_int_equal(store_fake_messages(r.w->store), 3);
}

static void
a_tag_sent_ten_times_at_once_is_one_message(void **state)
{
	struct room r;
	struct answer a[10] = { 0 };
	size_t i;

	enter(&r, *state);
	for (i = 0; i < 10; i++)
		world_say(r.w, r.messi, NULL, "neko", "hey", "t", &a[i]);
	world_run(r.w);
	for (i = 0; i < 10; i++) {
		assert_int_equal(a[i].times, 1);
		assert_int_equal(a[i].result.id, 1);
		assert_int_equal(a[i].result.duplicate, i > 0);
	}
	assert_string_equal(seen(&r.en), "1 messi messi: hey\n");
}

static void
too_fast_is_told_how_long_to_wait(void **state)
{
	struct room r;
	struct answer a = { 0 };
	int i;

	enter(&r, *state);
	r.w->rules.rate = 2;
	chat_set_rules(r.w->chat, &r.w->rules);
	for (i = 0; i < 10; i++)
		assert_int_equal(
		    say(r.w, r.messi, "*", "x", NULL), WIRE_OK);
	world_say(r.w, r.messi, NULL, "*", "x", NULL, &a);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_RATE_LIMITED);
	assert_int_equal(a.result.retry_ms, 500);
	assert_int_equal(say(r.w, r.neko, "*", "x", NULL), WIRE_OK);
	world_pass(r.w, 500);
	assert_int_equal(say(r.w, r.messi, "*", "x", NULL), WIRE_OK);
}

static void
who_left_meanwhile_has_said_it_all_the_same(void **state)
{
	struct room r;
	struct answer said = { 0 }, out = { 0 };

	enter(&r, *state);
	world_say(r.w, r.messi, &r.em, "neko", "bye", NULL, &said);
	chat_logout(r.w->chat, r.messi, told(&out));
	world_run(r.w);
	assert_int_equal(said.result.err, WIRE_OK);
	assert_int_equal(out.result.err, WIRE_OK);
	assert_int_equal(r.em.ended, 1);
	assert_string_equal(seen(&r.en), "-messi\n1 messi messi: bye\n");
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(nobody_sees_a_message_before_it_is_durable),
		T(a_private_message_is_for_two),
		T(everyone_hears_a_broadcast_but_who_said_it),
		T(a_note_to_oneself_comes_once),
		T(an_event_is_encoded_once_for_all_who_see_the_same),
		T(all_see_one_order),
		T(what_the_disk_refused_was_never_said),
		T(what_cannot_be_said_is_refused_at_once),
		T(a_tag_counts_once_a_day),
		T(a_tag_sent_ten_times_at_once_is_one_message),
		T(too_fast_is_told_how_long_to_wait),
		T(who_left_meanwhile_has_said_it_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
