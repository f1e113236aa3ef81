/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/chat/world_fake.h"

static enum wire_err
try_register(struct world *w, const char *name, const char *password,
    const char *real_name)
{
	struct answer a = { 0 };

	chat_register(w->chat, name, password, real_name, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static enum wire_err
try_login(struct world *w, const char *name, const char *password)
{
	struct answer a = { 0 };

	chat_login(w->chat, name, password, CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
users_stand_in_the_order_of_registration(void **state)
{
	struct world *w = *state;

	assert_string_equal(users(w), "messi neko lineker ");
	world_restart(w);
	assert_string_equal(users(w), "messi neko lineker ");
}

static void
a_name_is_had_once_however_it_is_spelled(void **state)
{
	struct world *w = *state;
	struct chat_user user;

	assert_int_equal(try_register(w, "messi", "x", ""), WIRE_NAME_TAKEN);
	assert_int_equal(try_register(w, "MESSI", "x", ""), WIRE_NAME_TAKEN);
	assert_true(chat_find_user(w->chat, "MeSSi", &user));
	assert_string_equal(user.name, "messi");
	assert_false(chat_find_user(w->chat, "ronaldo", &user));
}

static void
two_at_once_cannot_have_one_name(void **state)
{
	struct world *w = *state;
	struct answer first = { 0 }, second = { 0 };

	chat_register(w->chat, "paff", "a", NULL, told(&first));
	chat_register(w->chat, "Paff", "b", NULL, told(&second));
	assert_int_equal(second.times, 1);
	assert_int_equal(second.result.err, WIRE_NAME_TAKEN);
	world_run(w);
	assert_int_equal(first.times, 1);
	assert_int_equal(first.result.err, WIRE_OK);
	assert_int_equal(try_login(w, "paff", "b"), WIRE_WRONG_PASSWORD);
	assert_int_equal(try_login(w, "paff", "a"), WIRE_OK);
}

static void
nobody_exists_before_the_commit(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };
	struct chat_user user;

	chat_register(w->chat, "paff", "a", "Paff B", told(&a));
	passhash_fake_answer(w->hash);
	assert_int_equal(a.times, 0);
	assert_false(chat_find_user(w->chat, "paff", &user));
	store_fake_commit(w->store);
	assert_int_equal(a.times, 1);
	assert_true(chat_find_user(w->chat, "paff", &user));
	assert_string_equal(user.real_name, "Paff B");
	assert_false(user.online);
	assert_int_equal(user.since, 0);
}

static void
a_name_is_free_again_when_the_disk_refused(void **state)
{
	struct world *w = *state;

	store_fake_fail(w->store, true);
	assert_int_equal(try_register(w, "paff", "a", ""), WIRE_STORAGE);
	store_fake_fail(w->store, false);
	store_fake_refuse(w->store, true);
	assert_int_equal(try_register(w, "paff", "a", ""), WIRE_BUSY);
	store_fake_refuse(w->store, false);
	passhash_fake_refuse(w->hash, true);
	assert_int_equal(try_register(w, "paff", "a", ""), WIRE_BUSY);
	passhash_fake_refuse(w->hash, false);
	assert_int_equal(try_register(w, "paff", "a", ""), WIRE_OK);
}

static void
bad_words_are_told_apart(void **state)
{
	struct world *w = *state;

	assert_int_equal(try_register(w, "a b", "x", ""), WIRE_BAD_NAME);
	assert_int_equal(try_register(w, "", "x", ""), WIRE_BAD_NAME);
	assert_int_equal(try_register(w, "../x", "x", ""), WIRE_BAD_NAME);
	assert_int_equal(try_register(w, "All", "", ""), WIRE_RESERVED_NAME);
	assert_int_equal(try_register(w, "b", "x", "\x1b[31m"),
	    WIRE_BAD_REAL_NAME);
	assert_int_equal(try_register(w, "b", "", ""), WIRE_WEAK_PASSWORD);
	w->rules.min_password = 4;
	chat_set_rules(w->chat, &w->rules);
	/* six bytes, three code points */
	assert_int_equal(
	    try_register(w, "b", "\xc3\xa9\xc3\xa9\xc3\xa9", ""),
	    WIRE_WEAK_PASSWORD);
	assert_int_equal(try_register(w, "b", "abcd", ""), WIRE_OK);
	w->rules.registration_open = false;
	chat_set_rules(w->chat, &w->rules);
	assert_int_equal(
	    try_register(w, "c", "abcd", ""), WIRE_REGISTRATION_CLOSED);
}

static void
a_password_too_long_costs_no_hash(void **state)
{
	struct world *w = *state;
	char most[WIRE_PASSWORD_MAX + 1], more[WIRE_PASSWORD_MAX + 2];

	memset(most, 'x', sizeof(most));
	most[sizeof(most) - 1] = '\0';
	memset(more, 'x', sizeof(more));
	more[sizeof(more) - 1] = '\0';
	assert_int_equal(
	    try_register(w, "b", more, ""), WIRE_PASSWORD_TOO_LONG);
	assert_int_equal(try_register(w, "b", most, ""), WIRE_OK);
	passhash_fake_refuse(w->hash, true);
	assert_int_equal(try_login(w, "messi", more), WIRE_WRONG_PASSWORD);
}

static void
an_account_of_the_administrator_needs_no_rule(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };

	w->rules.registration_open = false;
	w->rules.min_password = 8;
	chat_set_rules(w->chat, &w->rules);
	chat_adopt(w->chat, "henderson", "hash:jkt", "Jordan H", told(&a));
	world_run(w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(try_login(w, "henderson", "jkt"), WIRE_OK);
	chat_adopt(w->chat, "henderson", "hash:other", "J", told(&a));
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_NAME_TAKEN);
}

static void
a_new_real_name_lasts_and_is_told(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };
	struct chat_user user;

	world_watch(w, &eye, world_login(w, "neko"), -1, &a);
	chat_rename(w->chat, messi, "Lionel Messi", told(&a));
	assert_int_equal(a.times, 0);
	store_fake_commit(w->store);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(seen(&eye), "+messi\n");
	chat_rename(w->chat, messi, "", told(&a));
	assert_int_equal(a.result.err, WIRE_BAD_REAL_NAME);
	world_restart(w);
	assert_true(chat_find_user(w->chat, "messi", &user));
	assert_string_equal(user.real_name, "Lionel Messi");
}

static void
wrong_passwords_are_slowed_but_no_token_is(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	int i;

	for (i = 0; i < 10; i++)
		assert_int_equal(
		    try_login(w, "messi", "x"), WIRE_WRONG_PASSWORD);
	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_RATE_LIMITED);
	assert_true(a.result.retry_ms > 0);
	assert_true(chat_session_use(w->chat, messi));
	assert_int_equal(try_login(w, "neko", "neko"), WIRE_OK);
	world_pass(w, a.result.retry_ms);
	assert_int_equal(try_login(w, "messi", "messi"), WIRE_OK);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(users_stand_in_the_order_of_registration),
		T(a_name_is_had_once_however_it_is_spelled),
		T(two_at_once_cannot_have_one_name),
		T(nobody_exists_before_the_commit),
		T(a_name_is_free_again_when_the_disk_refused),
		T(bad_words_are_told_apart),
		T(a_password_too_long_costs_no_hash),
		T(an_account_of_the_administrator_needs_no_rule),
		T(a_new_real_name_lasts_and_is_told),
		T(wrong_passwords_are_slowed_but_no_token_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
