/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/directory/rate.h"
#include "tests/unit/chat/world_fake.h"

static uint64_t
attach(struct world *w, const char *name)
{
	struct answer a = { 0 };

	chat_login(w->chat, name, name, CHAT_ATTACHED, told(&a));
	world_run(w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_null(a.result.token);
	chat_connected(w->chat, a.result.session);
	return a.result.session;
}

static enum wire_err
logout(struct world *w, uint64_t session)
{
	struct answer a = { 0 };

	chat_logout(w->chat, session, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
a_token_is_given_when_it_is_durable(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };

	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	passhash_fake_answer(w->hash);
	assert_int_equal(a.times, 0);
	assert_string_equal(online(w), "");
	store_fake_commit(w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(strlen(a.token), WIRE_TOKEN_LEN);
	assert_int_equal(chat_session_of_token(w->chat, a.token,
			     strlen(a.token)),
	    a.result.session);
	assert_string_equal(online(w), "messi ");
}

static void
a_strange_token_is_nobodys(void **state)
{
	struct world *w = *state;
	char token[WIRE_TOKEN_LEN + 1];

	memset(token, '0', sizeof(token));
	assert_int_equal(
	    chat_session_of_token(w->chat, token, WIRE_TOKEN_LEN), 0);
	assert_int_equal(chat_session_of_token(w->chat, "", 0), 0);
	assert_int_equal(chat_session_of_token(w->chat, "x", 1), 0);
}

static void
who_cannot_come_in_is_told_why(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };

	chat_login(w->chat, "ronaldo", "x", CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_NO_ACCOUNT);
	chat_login(w->chat, "messi", "x", CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.result.err, WIRE_WRONG_PASSWORD);
	passhash_fake_refuse(w->hash, true);
	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	assert_int_equal(a.result.err, WIRE_BUSY);
	passhash_fake_refuse(w->hash, false);
	store_fake_fail(w->store, true);
	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	assert_string_equal(online(w), "");
}

/* D3: whatever the name, one password is checked before the answer. */
static void
an_unknown_name_costs_what_a_wrong_password_does(void **state)
{
	static const char *const names[] = { "messi", "ronaldo", "", "a b",
		"\xff", "*" };
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct answer a = { 0 };

		chat_login(w->chat, names[i], "x", CHAT_TOKEN, told(&a));
		assert_int_equal(a.times, 0);
		assert_int_equal(passhash_fake_answer(w->hash), 1);
		assert_int_equal(a.times, 1);
		assert_int_equal(a.result.err,
		    i == 0 ? WIRE_WRONG_PASSWORD : WIRE_NO_ACCOUNT);
		passhash_fake_refuse(w->hash, true);
		chat_login(w->chat, names[i], "x", CHAT_TOKEN, told(&a));
		assert_int_equal(a.result.err, WIRE_BUSY);
		passhash_fake_refuse(w->hash, false);
	}
}

static void
those_logged_in_stand_once_in_the_order_of_login(void **state)
{
	struct world *w = *state;
	uint64_t first = world_login(w, "neko");

	world_login(w, "messi");
	world_login(w, "neko");
	assert_string_equal(online(w), "neko messi ");
	assert_int_equal(logout(w, first), WIRE_OK);
	assert_string_equal(online(w), "messi neko ");
}

static void
logout_ends_the_token_at_once_and_for_good(void **state)
{
	struct world *w = *state;
	struct answer in = { 0 }, out = { 0 };

	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&in));
	world_run(w);
	chat_logout(w->chat, in.result.session, told(&out));
	assert_int_equal(out.times, 0);
	assert_int_equal(
	    chat_session_of_token(w->chat, in.token, WIRE_TOKEN_LEN), 0);
	assert_int_equal(logout(w, in.result.session), WIRE_NO_SESSION);
	world_run(w);
	assert_int_equal(out.times, 1);
	assert_int_equal(out.result.err, WIRE_OK);
	assert_int_equal(store_fake_sessions(w->store), 0);
	world_restart(w);
	assert_int_equal(
	    chat_session_of_token(w->chat, in.token, WIRE_TOKEN_LEN), 0);
}

static void
a_logout_that_the_disk_refused_did_not_happen(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");

	store_fake_fail(w->store, true);
	assert_int_equal(logout(w, messi), WIRE_STORAGE);
	store_fake_fail(w->store, false);
	assert_true(chat_session_use(w->chat, messi));
	assert_string_equal(online(w), "messi ");
	assert_int_equal(logout(w, messi), WIRE_OK);
}

static void
a_token_survives_a_restart(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };
	struct chat_user user;
	uint64_t session;

	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	world_run(w);
	world_restart(w);
	assert_string_equal(online(w), "");
	session = chat_session_of_token(w->chat, a.token, WIRE_TOKEN_LEN);
	assert_int_not_equal(session, 0);
	chat_connected(w->chat, session);
	assert_string_equal(online(w), "messi ");
	assert_true(chat_session_user(w->chat, session, &user));
	assert_string_equal(user.name, "messi");
	assert_int_equal(user.since, w->wall);
}

static void
an_attached_session_has_no_token_and_ends_with_the_process(void **state)
{
	struct world *w = *state;

	attach(w, "messi");
	assert_int_equal(store_fake_sessions(w->store), 0);
	world_pass(w, w->rules.token_ms * 2);
	assert_string_equal(online(w), "messi ");
	world_restart(w);
	assert_string_equal(online(w), "");
}

static void
an_attached_logout_needs_no_disk(void **state)
{
	struct world *w = *state;
	uint64_t messi = attach(w, "messi");
	struct answer a = { 0 };

	store_fake_refuse(w->store, true);
	chat_logout(w->chat, messi, told(&a));
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(online(w), "");
	store_fake_refuse(w->store, false);
}

static void
idle_is_not_logged_in_but_use_brings_back(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko;
	struct chat_user user;

	world_pass(w, 60000);
	neko = world_login(w, "neko");
	world_pass(w, w->rules.idle_ms - 60000);
	assert_string_equal(online(w), "neko ");
	assert_true(chat_find_user(w->chat, "messi", &user));
	assert_false(user.online);
	assert_int_equal(user.since, w->wall - w->rules.idle_ms);
	assert_true(chat_session_use(w->chat, messi));
	assert_string_equal(online(w), "messi neko ");
	world_pass(w, w->rules.idle_ms);
	assert_string_equal(online(w), "");
	assert_true(chat_session_use(w->chat, neko));
	assert_string_equal(online(w), "neko ");
}

static void
a_watch_keeps_its_user_logged_in(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	world_watch(w, &eye, messi, -1, &a);
	world_pass(w, w->rules.token_ms * 2);
	assert_string_equal(online(w), "messi ");
	chat_unwatch(w->chat, eye.number);
	world_pass(w, w->rules.idle_ms - 1);
	assert_string_equal(online(w), "messi ");
	world_pass(w, 1);
	assert_string_equal(online(w), "");
	assert_int_equal(eye.ended, 0);
}

/* A connection that the token is shown on for one request. */
static void
show_for_a_moment(struct world *w, uint64_t session)
{
	chat_connected(w->chat, session);
	assert_true(chat_session_use(w->chat, session));
	chat_disconnected(w->chat, session);
}

static void
who_has_closed_the_last_connection_counts_for_ten_seconds(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct chat_user user;

	chat_connected(w->chat, messi);
	world_pass(w, 60000);
	chat_disconnected(w->chat, messi);
	world_pass(w, 60000);
	assert_string_equal(online(w), "messi ");
	chat_disconnected(w->chat, messi);
	world_pass(w, 9999);
	assert_string_equal(online(w), "messi ");
	world_pass(w, 1);
	assert_string_equal(online(w), "");
	assert_true(chat_find_user(w->chat, "messi", &user));
	assert_false(user.online);
	/* The token is as good as it was. */
	assert_true(chat_session_use(w->chat, messi));
	assert_string_equal(online(w), "");
	show_for_a_moment(w, messi);
	assert_string_equal(online(w), "messi ");
	world_pass(w, 10000);
	assert_string_equal(online(w), "");
}

static void
the_end_of_the_ten_seconds_is_due_in_time(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), neko = world_login(w, "neko");

	assert_int_equal(chat_tick(w->chat), 0);
	chat_disconnected(w->chat, messi);
	assert_int_equal(chat_tick(w->chat), 10000);
	world_pass(w, 3000);
	chat_disconnected(w->chat, neko);
	assert_int_equal(chat_tick(w->chat), 7000);
	world_pass(w, 7000);
	assert_string_equal(online(w), "neko ");
	assert_int_equal(chat_tick(w->chat), 3000);
}

static void
a_reconnect_is_nothing_to_hear_of(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi"), text = attach(w, "lineker");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	world_watch(w, &eye, world_login(w, "neko"), -1, &a);
	chat_disconnected(w->chat, messi);
	chat_disconnected(w->chat, text);
	world_pass(w, 9000);
	show_for_a_moment(w, messi);
	text = attach(w, "lineker");
	world_pass(w, 9000);
	chat_connected(w->chat, messi);
	world_pass(w, 60000);
	assert_string_equal(seen(&eye), "");
	assert_string_equal(online(w), "messi neko lineker ");
	chat_disconnected(w->chat, text);
	world_pass(w, 10000);
	assert_string_equal(seen(&eye), "-lineker\n");
	assert_false(chat_session_use(w->chat, text));
}

static void
an_idle_connection_that_closes_brings_nobody_back(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");

	world_pass(w, w->rules.idle_ms);
	assert_string_equal(online(w), "");
	chat_disconnected(w->chat, messi);
	assert_string_equal(online(w), "");
	world_pass(w, 1);
	assert_string_equal(online(w), "");
}

static void
a_logout_ends_it_at_once_where_no_other_connection_is_open(void **state)
{
	struct world *w = *state;
	uint64_t token = world_login(w, "messi"), text = attach(w, "messi");
	uint64_t open = world_login(w, "messi"), last = world_login(w, "messi");
	struct answer a = { 0 };
	struct eye eye = { 0 };

	world_watch(w, &eye, world_login(w, "neko"), -1, &a);
	chat_disconnected(w->chat, token);
	chat_disconnected(w->chat, text);
	assert_int_equal(logout(w, last), WIRE_OK);
	assert_string_equal(online(w), "messi neko ");
	assert_int_equal(logout(w, open), WIRE_OK);
	assert_string_equal(online(w), "neko ");
	assert_string_equal(seen(&eye), "-messi\n");
	assert_true(chat_session_use(w->chat, token));
	assert_false(chat_session_use(w->chat, text));
	/* One that was shown for a moment, too, as the older clients do. */
	show_for_a_moment(w, token);
	assert_string_equal(seen(&eye), "+messi\n");
	assert_int_equal(logout(w, token), WIRE_OK);
	assert_string_equal(seen(&eye), "-messi\n");
}

static void
what_closes_while_a_logout_fails_is_closed(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };

	store_fake_fail(w->store, true);
	chat_logout(w->chat, messi, told(&a));
	chat_disconnected(w->chat, messi);
	world_run(w);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	store_fake_fail(w->store, false);
	assert_true(chat_session_use(w->chat, messi));
	assert_string_equal(online(w), "");
}

static void
after_a_restart_nobody_counts_who_has_not_come_back(void **state)
{
	struct world *w = *state;
	struct answer in = { 0 }, a = { 0 };
	struct eye eye = { 0 };
	uint64_t messi;

	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&in));
	world_run(w);
	world_restart(w);
	assert_string_equal(online(w), "");
	world_watch(w, &eye, world_login(w, "neko"), -1, &a);
	messi = chat_session_of_token(w->chat, in.token, WIRE_TOKEN_LEN);
	chat_connected(w->chat, messi);
	assert_string_equal(seen(&eye), "+messi\n");
	/* Who logged in first stands first, whenever they came back. */
	assert_string_equal(online(w), "messi neko ");
}

static void
others_hear_of_the_user_not_of_sessions(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };
	struct eye eye = { 0 };
	uint64_t one, two;

	world_watch(w, &eye, world_login(w, "neko"), -1, &a);
	one = world_login(w, "messi");
	two = world_login(w, "messi");
	assert_string_equal(seen(&eye), "+messi\n");
	assert_int_equal(logout(w, one), WIRE_OK);
	assert_string_equal(seen(&eye), "");
	assert_int_equal(logout(w, two), WIRE_OK);
	assert_string_equal(seen(&eye), "-messi\n");
}

static void
a_jump_of_the_wall_clock_drops_nobody(void **state)
{
	struct world *w = *state;

	world_login(w, "messi");
	chat_clock(w->chat, w->wall + 86400000, w->mono);
	chat_tick(w->chat);
	assert_string_equal(online(w), "messi ");
	chat_clock(w->chat, w->wall - 3600000, w->mono);
	chat_tick(w->chat);
	assert_string_equal(online(w), "messi ");
}

static void
an_unused_token_expires(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };

	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	world_run(w);
	world_pass(w, w->rules.token_ms - 1);
	assert_int_not_equal(
	    chat_session_of_token(w->chat, a.token, WIRE_TOKEN_LEN), 0);
	chat_clock(w->chat, w->wall + w->rules.token_ms,
	    w->mono + w->rules.token_ms);
	assert_int_equal(
	    chat_session_of_token(w->chat, a.token, WIRE_TOKEN_LEN), 0);
	world_pass(w, w->rules.token_ms);
	world_run(w);
	assert_int_equal(store_fake_sessions(w->store), 0);
	assert_false(chat_session_use(w->chat, a.result.session));
}

static void
a_token_that_expired_while_we_were_away_is_swept(void **state)
{
	struct world *w = *state;

	world_login(w, "messi");
	w->wall += w->rules.token_ms;
	world_restart(w);
	world_run(w);
	assert_int_equal(store_fake_sessions(w->store), 0);
	assert_string_equal(online(w), "");
}

static void
use_goes_to_the_disk_once_a_minute_and_at_the_end(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	int64_t start = store_fake_used(w->store);
	size_t writes = 0;
	int i;

	for (i = 0; i < 120; i++) {
		world_pass(w, 1000);
		assert_true(chat_session_use(w->chat, messi));
		writes += store_fake_commit(w->store);
	}
	assert_in_range(writes, 1, 2);
	assert_true(store_fake_used(w->store) > start);
	world_restart(w);
	assert_int_equal(store_fake_used(w->store), w->wall);
}

static void
too_many_sessions_end_the_one_unused_longest(void **state)
{
	struct world *w = *state;
	uint64_t first = world_login(w, "messi");
	uint64_t second = world_login(w, "messi");
	int i;

	for (i = 2; i < 4096; i++)
		world_login(w, "messi");
	world_pass(w, 1000);
	assert_true(chat_session_use(w->chat, first));
	world_login(w, "messi");
	world_run(w);
	assert_true(chat_session_use(w->chat, first));
	assert_false(chat_session_use(w->chat, second));
	assert_int_equal(store_fake_sessions(w->store), 4096);
}

/* ---- another password ------------------------------------------------- */

static enum wire_err
passwd(struct world *w, uint64_t session, const char *old, const char *new)
{
	struct answer a = { 0 };

	chat_passwd(w->chat, session, old, new, told(&a));
	world_run(w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
a_new_password_ends_all_other_sessions(void **state)
{
	struct world *w = *state;
	uint64_t mine = world_login(w, "messi");
	uint64_t other = world_login(w, "messi"), text = attach(w, "messi");
	struct answer a = { 0 };
	struct eye here = { 0 }, there = { 0 };

	world_watch(w, &here, mine, -1, &a);
	world_watch(w, &there, other, -1, &a);
	assert_int_equal(passwd(w, mine, "messi", "leo"), WIRE_OK);
	assert_int_equal(here.ended, 0);
	assert_int_equal(there.ended, 1);
	assert_int_equal(there.why, WIRE_NO_SESSION);
	assert_true(chat_session_use(w->chat, mine));
	assert_false(chat_session_use(w->chat, other));
	assert_false(chat_session_use(w->chat, text));
	assert_int_equal(store_fake_sessions(w->store), 1);
	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.result.err, WIRE_WRONG_PASSWORD);
	chat_login(w->chat, "messi", "leo", CHAT_TOKEN, told(&a));
	world_run(w);
	assert_int_equal(a.result.err, WIRE_OK);
}

static void
a_password_that_cannot_be_changed_stays(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	uint64_t other = world_login(w, "messi");

	assert_int_equal(passwd(w, messi, "x", "leo"), WIRE_WRONG_PASSWORD);
	assert_int_equal(passwd(w, messi, "messi", ""), WIRE_WEAK_PASSWORD);
	assert_int_equal(passwd(w, 999, "messi", "leo"), WIRE_NO_SESSION);
	store_fake_fail(w->store, true);
	assert_int_equal(passwd(w, messi, "messi", "leo"), WIRE_STORAGE);
	store_fake_fail(w->store, false);
	assert_true(chat_session_use(w->chat, other));
	assert_int_equal(passwd(w, messi, "messi", "leo"), WIRE_OK);
}

static void
guessing_by_passwd_is_throttled_apart_from_logins(void **state)
{
	struct world *w = *state;
	uint64_t s = world_login(w, "messi");
	struct answer a = { 0 };

	for (int i = 0; i < THROTTLE_WRONG; i++)
		assert_int_equal(
		    passwd(w, s, "guess", "new"), WIRE_WRONG_PASSWORD);
	chat_passwd(w->chat, s, "messi", "new", told(&a));
	assert_int_equal(a.result.err, WIRE_RATE_LIMITED);
	assert_int_equal(a.result.retry_ms, THROTTLE_FIRST_MS);
	/* One may come in meanwhile. */
	world_login(w, "messi");
	world_pass(w, THROTTLE_FIRST_MS);
	assert_int_equal(passwd(w, s, "messi", "new"), WIRE_OK);
}

static void
a_login_with_the_old_password_does_not_outlive_it(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer change = { 0 }, late = { 0 }, later = { 0 };

	chat_passwd(w->chat, messi, "messi", "leo", told(&change));
	passhash_fake_answer(w->hash);
	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&late));
	passhash_fake_answer(w->hash);
	chat_login(w->chat, "messi", "messi", CHAT_TOKEN, told(&later));
	store_fake_commit(w->store);
	world_run(w);
	assert_int_equal(change.result.err, WIRE_OK);
	assert_int_not_equal(late.result.err, WIRE_OK);
	assert_int_not_equal(later.result.err, WIRE_OK);
	assert_int_equal(store_fake_sessions(w->store), 1);
}

static void
a_session_that_ends_during_passwd_changes_nothing(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct answer a = { 0 };

	chat_passwd(w->chat, messi, "messi", "leo", told(&a));
	assert_int_equal(logout(w, messi), WIRE_OK);
	world_run(w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_NO_SESSION);
	world_login(w, "messi");
}

static void
all_that_wait_are_answered_at_the_end(void **state)
{
	struct world *w = *state;
	uint64_t messi = world_login(w, "messi");
	struct target neko = target_of("neko");
	struct chat_range range = { .limit = 10 };
	struct answer a[9] = { 0 };
	struct eye eye = { 0 };
	size_t i;

	chat_send(w->chat, messi, 0, &neko, "hey", NULL, told(&a[0]));
	world_run(w);
	chat_inbox(w->chat, world_login(w, "neko"), false, told(&a[8]));
	store_fake_answer(w->store);
	chat_register(w->chat, "paff", "a", NULL, told(&a[0]));
	chat_login(w->chat, "neko", "neko", CHAT_TOKEN, told(&a[1]));
	chat_send(w->chat, messi, 0, &neko, "hey", NULL, told(&a[2]));
	chat_passwd(w->chat, messi, "messi", "leo", told(&a[3]));
	chat_history(w->chat, messi, &neko, &range, told(&a[4]));
	chat_unread(w->chat, messi, told(&a[5]));
	world_watch(w, &eye, messi, 0, &a[6]);
	chat_logout(w->chat, messi, told(&a[7]));
	world_restart(w);
	for (i = 0; i < 9; i++) {
		assert_int_equal(a[i].times, 1);
		assert_int_equal(a[i].result.err, WIRE_BUSY);
	}
	assert_int_equal(eye.ended, 0);
}

static void
without_its_disk_it_does_not_start(void **state)
{
	struct world *w = *state;

	store_fake_fail(w->store, true);
	assert_null(
	    chat_new(w->store, w->hash, &w->rules, w->wall, w->mono));
	store_fake_fail(w->store, false);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		T(a_token_is_given_when_it_is_durable),
		T(a_strange_token_is_nobodys),
		T(who_cannot_come_in_is_told_why),
		T(an_unknown_name_costs_what_a_wrong_password_does),
		T(those_logged_in_stand_once_in_the_order_of_login),
		T(logout_ends_the_token_at_once_and_for_good),
		T(a_logout_that_the_disk_refused_did_not_happen),
		T(a_token_survives_a_restart),
		T(an_attached_session_has_no_token_and_ends_with_the_process),
		T(an_attached_logout_needs_no_disk),
		T(idle_is_not_logged_in_but_use_brings_back),
		T(a_watch_keeps_its_user_logged_in),
		T(who_has_closed_the_last_connection_counts_for_ten_seconds),
		T(the_end_of_the_ten_seconds_is_due_in_time),
		T(a_reconnect_is_nothing_to_hear_of),
		T(an_idle_connection_that_closes_brings_nobody_back),
		T(a_logout_ends_it_at_once_where_no_other_connection_is_open),
		T(what_closes_while_a_logout_fails_is_closed),
		T(after_a_restart_nobody_counts_who_has_not_come_back),
		T(others_hear_of_the_user_not_of_sessions),
		T(a_jump_of_the_wall_clock_drops_nobody),
		T(an_unused_token_expires),
		T(a_token_that_expired_while_we_were_away_is_swept),
		T(use_goes_to_the_disk_once_a_minute_and_at_the_end),
		T(too_many_sessions_end_the_one_unused_longest),
		T(a_new_password_ends_all_other_sessions),
		T(a_password_that_cannot_be_changed_stays),
		T(guessing_by_passwd_is_throttled_apart_from_logins),
		T(a_login_with_the_old_password_does_not_outlive_it),
		T(a_session_that_ends_during_passwd_changes_nothing),
		T(all_that_wait_are_answered_at_the_end),
		T(without_its_disk_it_does_not_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
