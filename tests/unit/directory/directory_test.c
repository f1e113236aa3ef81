/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory alone: what it tells upward, and what it asks there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/directory/directory.h"
#include "shared/xalloc.h"
#include "tests/unit/chat/store_fake.h"

enum { NOW = 1000000 };

struct floor {
	struct store *store;
	struct directory d;
	bool shares; /* its answer to in_group */
	char log[400];
};

static void
note(struct floor *f, const char *what, const char *whom)
{
	size_t n = strlen(f->log);

	snprintf(f->log + n, sizeof(f->log) - n, "%s%s ", what, whom);
}

/* It is nobody's any more, and still there. */
static void
on_over(void *arg, struct session *s, enum wire_err why)
{
	struct floor *f = arg;

	assert_null(session_find(&f->d, s->number));
	assert_ptr_equal(session_by_number(&f->d, s->number), s);
	note(f, wire_err_code(why), "");
}

static void
on_changed(void *arg, struct presence_entry *e)
{
	struct floor *f = arg;
	struct chat_user user;

	presence_user(&f->d, e, &user);
	note(f, user.online ? "+" : "-", user.name);
}

static bool
is_in_group(void *arg, const char *key, const struct account *with)
{
	struct floor *f = arg;

	(void)with;
	assert_string_equal(key, "james@medan");
	return f->shares;
}

static void
on_wanted(void *arg, const struct remote *r)
{
	note(arg, "?", r->shown);
}

static void
begin(struct floor *f)
{
	directory_init(&f->d, f->store,
	    &(struct directory_up){
		f, on_over, on_changed, is_in_group, on_wanted });
	f->d.idle_ms = f->d.token_ms = 1000000;
	directory_clock(&f->d, NOW, NOW);
	assert_int_equal(directory_load(&f->d), 0);
}

static int
set_up(void **state)
{
	struct floor *f = xcalloc(1, sizeof(*f));

	f->store = store_fake_new();
	begin(f);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct floor *f = *state;

	directory_release(&f->d);
	store_fake_free(f->store);
	free(f);
	return 0;
}

static struct account *
account_of(struct floor *f, const char *name)
{
	account_add(&f->d,
	    &(struct store_account){ .id = (int64_t)f->d.accounts.count + 1,
		.name = name,
		.key = name,
		.real_name = name,
		.hash = "" });
	return account_find(&f->d, name);
}

static struct session *
log_in(struct floor *f, struct account *a)
{
	struct session *s = session_new(&f->d, a, NULL, NOW, NOW);

	session_begin(&f->d, s);
	return s;
}

static void
a_name_is_found_by_what_it_folds_to(void **state)
{
	struct floor *f = *state;
	struct account *messi = account_of(f, "messi");

	assert_ptr_equal(account_find(&f->d, "MESSI"), messi);
	assert_ptr_equal(account_by_id(&f->d, 1), messi);
	assert_null(account_find(&f->d, "neko"));
}

static void
one_is_online_from_the_first_session_to_the_last(void **state)
{
	struct floor *f = *state;
	struct account *messi = account_of(f, "messi");
	struct session *one = log_in(f, messi), *two = log_in(f, messi);

	assert_string_equal(f->log, "+messi ");
	f->log[0] = '\0';
	session_drop(&f->d, one, WIRE_NO_SESSION);
	session_drop(&f->d, two, WIRE_BANNED);
	assert_string_equal(f->log, "bad-token banned -messi ");
}

static void
a_session_goes_when_nobody_comes_back_to_it(void **state)
{
	struct floor *f = *state;
	struct session *s = log_in(f, account_of(f, "messi"));
	uint64_t number = s->number;

	session_connected(&f->d, number);
	session_disconnected(&f->d, number);
	assert_int_equal(sessions_tick(&f->d), SESSION_GRACE_MS);
	directory_clock(
	    &f->d, NOW + SESSION_GRACE_MS, NOW + SESSION_GRACE_MS);
	assert_int_equal(sessions_tick(&f->d), 0);
	assert_null(session_by_number(&f->d, number));
	assert_string_equal(f->log, "+messi bad-token -messi ");
}

static void
one_of_another_realm_is_told_of_if_it_is_anybodys(void **state)
{
	struct floor *f = *state;
	struct chat_user james = { .name = "james", .online = true };

	remote_told(&f->d, "medan", &james);
	assert_string_equal(f->log, "");
	f->shares = true;
	remotes_down(&f->d, "medan");
	assert_string_equal(f->log, "-james@medan ");
}

static void
a_contact_is_wanted_once_and_concerned_alone(void **state)
{
	struct floor *f = *state;
	struct account *messi = account_of(f, "messi");
	struct account *neko = account_of(f, "neko");
	struct remote *james = remote_meet(&f->d, "James", "medan");

	remote_contact(&f->d, james, messi);
	remote_contact(&f->d, james, messi);
	assert_string_equal(f->log, "?James@medan ");
	assert_true(remote_concerns(&f->d, james, messi));
	assert_false(remote_concerns(&f->d, james, neko));
	f->shares = true;
	assert_true(remote_concerns(&f->d, james, neko));
}

static void
administrators_are_those_of_the_rules_and_by_grant(void **state)
{
	static const char *const name[] = { "Messi", "no name!" };
	struct floor *f = *state;
	struct account *messi = account_of(f, "messi");
	struct account *neko = account_of(f, "neko");

	directory_set_admins(&f->d, name, 2);
	assert_true(account_is_admin(&f->d, messi));
	assert_false(account_is_admin(&f->d, neko));
	neko->admin = true;
	assert_true(account_is_admin(&f->d, neko));
	assert_false(account_is_admin_by_rules(&f->d, neko));
	directory_set_admins(&f->d, NULL, 0);
	assert_false(account_is_admin(&f->d, messi));
}

static void
who_is_banned_says_nothing_unless_an_administrator(void **state)
{
	struct floor *f = *state;
	struct account *messi = account_of(f, "messi");
	struct store_rule ban = { .kind = STORE_BAN,
		.conv = "",
		.member = "messi",
		.name = "messi",
		.by = "neko",
		.reason = "" };

	rule_put(&f->d, &ban);
	assert_int_equal(rule_may_enter(&f->d, messi), WIRE_BANNED);
	assert_int_equal(rule_may_say(&f->d, "messi"), WIRE_BANNED);
	assert_int_equal(rule_may_say(&f->d, "james@medan"), WIRE_OK);
	messi->admin = true;
	assert_int_equal(rule_may_enter(&f->d, messi), WIRE_OK);
	assert_int_equal(rule_may_say(&f->d, "messi"), WIRE_OK);
	messi->admin = false;
	rule_drop(&f->d, STORE_BAN, "", "messi");
	ban.conv = "#batak";
	rule_put(&f->d, &ban);
	assert_int_equal(rule_may_enter(&f->d, messi), WIRE_OK);
	assert_true(rule_is(&f->d, STORE_BAN, "#batak", "messi"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_name_is_found_by_what_it_folds_to),
		T(one_is_online_from_the_first_session_to_the_last),
		T(a_session_goes_when_nobody_comes_back_to_it),
		T(one_of_another_realm_is_told_of_if_it_is_anybodys),
		T(a_contact_is_wanted_once_and_concerned_alone),
		T(administrators_are_those_of_the_rules_and_by_grant),
		T(who_is_banned_says_nothing_unless_an_administrator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
