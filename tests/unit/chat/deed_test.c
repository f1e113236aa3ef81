/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What administrators do on the whole server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/chat/world_fake.h"

/* messi is an administrator by the options; all three are logged in. */
struct server {
	struct world *w;
	uint64_t messi, neko, lineker;
	char cut[200]; /* who was cut off, by whom, how and why */
};

static const char *const by_option[] = { "Messi" };

static void
on_cut(void *arg, const struct chat_event *e)
{
	struct server *s = arg;
	size_t n = strlen(s->cut);

	assert_int_equal(e->kind, CHAT_EV_REMOVED);
	snprintf(s->cut + n, sizeof(s->cut) - n, "%s by %s: %s %s.",
	    e->user.name, e->by, chat_act_name(e->act), e->text);
}

static void
login_all(struct server *s)
{
	chat_on_cut(s->w->chat, on_cut, s);
	s->messi = world_login(s->w, "messi");
	s->neko = world_login(s->w, "neko");
	s->lineker = world_login(s->w, "lineker");
}

static void
enter(struct server *s, struct world *w)
{
	*s = (struct server){ .w = w };
	w->rules.admin = by_option;
	w->rules.admins = 1;
	chat_set_rules(w->chat, &w->rules);
	login_all(s);
}

static void
begin(struct server *s, uint64_t who, enum chat_act act, const char *whom,
    const char *text, struct answer *a)
{
	struct chat_who me = { .session = who };
	struct chat_deed deed = { .act = act,
		.where = { .kind = TARGET_EVERYONE },
		.whom = target_of(whom),
		.text = text };

	chat_do(s->w->chat, &me, &deed, told(a));
}

static enum wire_err
act(struct server *s, uint64_t who, enum chat_act what, const char *whom)
{
	struct answer a = { 0 };

	begin(s, who, what, whom, NULL, &a);
	world_run(s->w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
do_ok(struct server *s, uint64_t who, enum chat_act what, const char *whom)
{
	assert_int_equal(act(s, who, what, whom), WIRE_OK);
}

static enum wire_err
login(struct server *s, const char *name, const char *password,
    enum chat_login_kind kind, uint64_t *session)
{
	struct answer a = { 0 };

	chat_login(s->w->chat, name, password, kind, told(&a));
	world_run(s->w);
	assert_int_equal(a.times, 1);
	if (session != NULL)
		*session = a.result.session;
	return a.result.err;
}

static enum wire_err
say(struct server *s, uint64_t session, const char *to)
{
	struct answer a = { 0 };

	world_say(s->w, session, NULL, to, "hey", NULL, &a);
	world_run(s->w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static bool
is_admin(struct server *s, const char *name)
{
	struct chat_user user;

	assert_true(chat_find_user(s->w->chat, name, &user));
	return user.admin;
}

static bool
is_in(struct server *s, uint64_t session)
{
	struct chat_user user;

	return chat_session_user(s->w->chat, session, &user);
}

/* ---- who may ---------------------------------------------------------- */

static void
only_administrators_act_on_the_server(void **state)
{
	struct server s;
	int i;

	enter(&s, *state);
	for (i = 0; i < CHAT_ACTS; i++) {
		assert_int_equal(act(&s, s.neko, (enum chat_act)i, "lineker"),
		    WIRE_DENIED);
		assert_int_equal(
		    act(&s, s.neko, (enum chat_act)i, "nobody"), WIRE_DENIED);
	}
	assert_int_equal(act(&s, 999, CHAT_KICK, "neko"), WIRE_NO_SESSION);
	assert_true(is_in(&s, s.lineker));
	assert_string_equal(s.cut, "");
}

static void
another_realm_does_nothing_to_this_server(void **state)
{
	struct server s;
	struct answer a = { 0 };
	struct chat_who james = { .realm = "medan", .user = "james" };
	struct chat_who ours = { .realm = "surabaya", .user = "messi" };
	struct chat_deed deed = { .act = CHAT_KICK,
		.where = { .kind = TARGET_EVERYONE },
		.whom = target_of("neko") };

	enter(&s, *state);
	chat_do(s.w->chat, &james, &deed, told(&a));
	assert_int_equal(a.result.err, WIRE_DENIED);
	chat_do(s.w->chat, &ours, &deed, told(&a));
	assert_int_equal(a.result.err, WIRE_DENIED);
	james.user = "james bond";
	chat_do(s.w->chat, &james, &deed, told(&a));
	assert_int_equal(a.result.err, WIRE_BAD_NAME);
	assert_true(is_in(&s, s.neko));
}

static void
what_is_of_groups_is_not_of_the_server(void **state)
{
	static const enum chat_act acts[] = { CHAT_OP, CHAT_DEOP, CHAT_OWN,
		CHAT_INVITE_USER, CHAT_TOPIC, CHAT_MODE, CHAT_ACTS };
	struct server s;
	struct answer a = { 0 };
	struct chat_who me;
	struct chat_deed deed = { .act = CHAT_KICK,
		.where = { .kind = TARGET_USER },
		.whom = target_of("neko") };
	size_t i;

	enter(&s, *state);
	for (i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		assert_int_equal(
		    act(&s, s.messi, acts[i], "neko"), WIRE_BAD_TARGET);
	assert_int_equal(act(&s, s.messi, CHAT_KICK, "*"), WIRE_BAD_TARGET);
	assert_int_equal(act(&s, s.messi, CHAT_BAN, "#neko"), WIRE_BAD_TARGET);
	me = (struct chat_who){ .session = s.messi };
	chat_do(s.w->chat, &me, &deed, told(&a));
	assert_int_equal(a.result.err, WIRE_BAD_TARGET);
}

static void
administrators_do_none_of_it_to_each_other_or_themselves(
    void **state)
{
	static const enum chat_act acts[] = { CHAT_KICK, CHAT_BAN, CHAT_MUTE };
	struct server s;
	size_t i;

	enter(&s, *state);
	do_ok(&s, s.messi, CHAT_GRANT, "neko");
	for (i = 0; i < 3; i++) {
		assert_int_equal(
		    act(&s, s.messi, acts[i], "neko"), WIRE_DENIED);
		assert_int_equal(
		    act(&s, s.neko, acts[i], "messi"), WIRE_DENIED);
		assert_int_equal(act(&s, s.neko, acts[i], "neko"), WIRE_DENIED);
	}
	do_ok(&s, s.messi, CHAT_REVOKE, "neko");
	do_ok(&s, s.messi, CHAT_KICK, "neko");
}

static void
unknown_users_are_told_apart(void **state)
{
	struct server s;

	enter(&s, *state);
	assert_int_equal(
	    act(&s, s.messi, CHAT_BAN, "nobody"), WIRE_NO_SUCH_USER);
	assert_int_equal(act(&s, s.messi, CHAT_UNBAN, "nobody@surabaya"),
	    WIRE_NO_SUCH_USER);
	/* Whether there is such a one elsewhere is not asked. */
	do_ok(&s, s.messi, CHAT_BAN, "james@medan");
	assert_int_equal(
	    act(&s, s.messi, CHAT_KICK, "james@medan"), WIRE_BAD_TARGET);
	assert_int_equal(
	    act(&s, s.messi, CHAT_GRANT, "james@medan"), WIRE_BAD_TARGET);
	assert_int_equal(
	    act(&s, s.messi, CHAT_REVOKE, "james@medan"), WIRE_BAD_TARGET);
}

/* ---- out -------------------------------------------------------------- */

static void
a_kick_ends_every_session_once_it_is_durable(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 };
	struct eye eye = { 0 }, other = { 0 };
	uint64_t attached;

	enter(&s, *state);
	assert_int_equal(
	    login(&s, "neko", "neko", CHAT_ATTACHED, &attached), WIRE_OK);
	world_watch(s.w, &eye, s.neko, -1, &b);
	world_watch(s.w, &other, s.lineker, -1, &b);
	seen(&other);
	begin(&s, s.messi, CHAT_KICK, "NEKO", "too loud", &a);
	assert_int_equal(a.times, 0);
	assert_true(is_in(&s, s.neko));
	assert_string_equal(s.cut, "");
	world_run(s.w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_false(is_in(&s, s.neko));
	assert_false(is_in(&s, attached));
	assert_int_equal(eye.ended, 1);
	assert_int_equal(eye.why, WIRE_NO_SESSION);
	assert_string_equal(
	    seen(&eye), "removed neko by messi: kick too loud\n");
	assert_string_equal(seen(&other), "-neko\n");
	assert_string_equal(s.cut, "neko by messi: kick too loud.");
	assert_int_equal(store_fake_sessions(s.w->store), 2);
	assert_int_equal(say(&s, s.neko, "*"), WIRE_NO_SESSION);
	world_login(s.w, "neko"); /* kicked, not banned */
}

static void
a_kick_that_the_disk_refuses_changes_nothing(void **state)
{
	struct server s;

	enter(&s, *state);
	store_fake_fail(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_KICK, "neko"), WIRE_STORAGE);
	store_fake_fail(s.w->store, false);
	assert_true(is_in(&s, s.neko));
	assert_string_equal(s.cut, "");
	store_fake_refuse(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_KICK, "neko"), WIRE_BUSY);
	store_fake_refuse(s.w->store, false);
	assert_true(is_in(&s, s.neko));
	world_login(s.w, "neko"); /* nor is the account held up */
}

static void
what_waits_for_its_hash_does_not_survive_a_kick(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 }, c = { 0 };

	enter(&s, *state);
	chat_login(s.w->chat, "neko", "neko", CHAT_ATTACHED, told(&a));
	chat_passwd(s.w->chat, s.neko, "neko", "other", told(&c));
	begin(&s, s.messi, CHAT_KICK, "neko", NULL, &b);
	store_fake_run(s.w->store);
	assert_int_equal(b.result.err, WIRE_OK);
	world_run(s.w);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_int_equal(c.result.err, WIRE_NO_SESSION);
	assert_string_equal(online(s.w), "messi lineker ");
	world_login(s.w, "neko"); /* by the password that is still good */
}

/* ---- bans ------------------------------------------------------------- */

static void
a_ban_ends_sessions_and_is_kept_in_one_commit(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 };
	struct eye eye = { 0 };

	enter(&s, *state);
	world_watch(s.w, &eye, s.neko, -1, &b);
	begin(&s, s.messi, CHAT_BAN, "neko", "spam", &a);
	assert_int_equal(a.times, 0);
	store_fake_apply_one(s.w->store);
	assert_non_null(
	    store_fake_rule(s.w->store, STORE_BAN, "", "neko"));
	assert_int_equal(store_fake_sessions(s.w->store), 2);
	store_dispatch(s.w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(eye.ended, 1);
	assert_int_equal(eye.why, WIRE_BANNED);
	assert_string_equal(seen(&eye), "removed neko by messi: ban spam\n");
	assert_string_equal(s.cut, "neko by messi: ban spam.");
	assert_false(is_in(&s, s.neko));
}

static void
who_is_banned_learns_it_by_the_right_password_only(void **state)
{
	struct server s;

	enter(&s, *state);
	do_ok(&s, s.messi, CHAT_BAN, "neko");
	assert_int_equal(login(&s, "neko", "wrong", CHAT_TOKEN, NULL),
	    WIRE_WRONG_PASSWORD);
	assert_int_equal(
	    login(&s, "neko", "neko", CHAT_TOKEN, NULL), WIRE_BANNED);
	assert_int_equal(
	    login(&s, "Neko", "neko", CHAT_ATTACHED, NULL), WIRE_BANNED);
	assert_int_equal(store_fake_sessions(s.w->store), 2);
	do_ok(&s, s.messi, CHAT_UNBAN, "neko");
	world_login(s.w, "neko");
}

static void
a_login_that_waits_for_its_hash_is_overtaken_by_a_ban(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 };

	enter(&s, *state);
	chat_login(s.w->chat, "neko", "neko", CHAT_TOKEN, told(&a));
	begin(&s, s.messi, CHAT_BAN, "neko", NULL, &b);
	store_fake_run(s.w->store);
	assert_int_equal(b.result.err, WIRE_OK);
	passhash_fake_answer(s.w->hash);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_BANNED);
	assert_int_equal(store_fake_sessions(s.w->store), 2);
}

/* Neither of the two, for it came before or after. */
static void
nobody_logs_in_while_a_ban_is_on_its_way(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 }, c = { 0 };

	enter(&s, *state);
	begin(&s, s.messi, CHAT_BAN, "neko", NULL, &b);
	chat_login(s.w->chat, "neko", "neko", CHAT_TOKEN, told(&a));
	chat_login(s.w->chat, "neko", "neko", CHAT_ATTACHED, told(&c));
	passhash_fake_answer(s.w->hash);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_int_equal(c.result.err, WIRE_BUSY);
	world_run(s.w);
	assert_int_equal(store_fake_sessions(s.w->store), 2);
	assert_string_equal(online(s.w), "messi lineker ");
}

/* Its session is on the disk before the ban, which ends it with the rest. */
static void
a_login_that_waits_for_the_disk_does_not_survive_a_ban(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 };

	enter(&s, *state);
	chat_login(s.w->chat, "neko", "neko", CHAT_TOKEN, told(&a));
	passhash_fake_answer(s.w->hash);
	begin(&s, s.messi, CHAT_BAN, "neko", NULL, &b);
	world_run(s.w);
	assert_int_equal(a.times, 1);
	assert_false(is_in(&s, a.result.session));
	assert_int_equal(store_fake_sessions(s.w->store), 2);
}

static void
a_ban_that_the_disk_refuses_changes_nothing(void **state)
{
	struct server s;

	enter(&s, *state);
	store_fake_fail(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_BAN, "neko"), WIRE_STORAGE);
	store_fake_fail(s.w->store, false);
	store_fake_refuse(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_BAN, "neko"), WIRE_BUSY);
	store_fake_refuse(s.w->store, false);
	assert_true(is_in(&s, s.neko));
	assert_int_equal(say(&s, s.neko, "*"), WIRE_OK);
	world_login(s.w, "neko");
}

static void
rules_and_administrators_outlive_the_process(void **state)
{
	struct server s;
	struct answer a = { 0 };

	enter(&s, *state);
	do_ok(&s, s.messi, CHAT_GRANT, "lineker");
	do_ok(&s, s.messi, CHAT_BAN, "neko");
	chat_register(s.w->chat, "paff", "paff", NULL, told(&a));
	world_run(s.w);
	do_ok(&s, s.messi, CHAT_MUTE, "paff");
	world_restart(s.w);
	chat_on_cut(s.w->chat, on_cut, &s);
	assert_int_equal(
	    login(&s, "neko", "neko", CHAT_TOKEN, NULL), WIRE_BANNED);
	assert_int_equal(
	    say(&s, world_login(s.w, "paff"), "*"), WIRE_MUTED);
	assert_true(is_admin(&s, "lineker"));
	s.lineker = world_login(s.w, "lineker");
	do_ok(&s, s.lineker, CHAT_UNBAN, "neko");
	do_ok(&s, s.lineker, CHAT_UNMUTE, "paff");
	world_restart(s.w);
	assert_int_equal(say(&s, world_login(s.w, "paff"), "*"), WIRE_OK);
	world_login(s.w, "neko");
}

/* ---- mutes ------------------------------------------------------------ */

static void
who_is_muted_says_nothing_but_stays(void **state)
{
	struct server s;
	struct answer a = { 0 };

	enter(&s, *state);
	begin(&s, s.messi, CHAT_MUTE, "neko", "calm down", &a);
	assert_int_equal(store_fake_writes(s.w->store), 1);
	world_run(s.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(say(&s, s.neko, "*"), WIRE_MUTED);
	assert_int_equal(say(&s, s.neko, "messi"), WIRE_MUTED);
	assert_int_equal(say(&s, s.neko, "neko"), WIRE_MUTED);
	assert_int_equal(say(&s, s.messi, "neko"), WIRE_OK);
	assert_true(is_in(&s, s.neko));
	do_ok(&s, s.messi, CHAT_MUTE, "neko");
	do_ok(&s, s.messi, CHAT_UNMUTE, "neko");
	do_ok(&s, s.messi, CHAT_UNMUTE, "neko");
	assert_int_equal(say(&s, s.neko, "*"), WIRE_OK);
}

static void
a_mute_that_the_disk_refuses_changes_nothing(void **state)
{
	struct server s;

	enter(&s, *state);
	store_fake_fail(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_MUTE, "neko"), WIRE_STORAGE);
	store_fake_fail(s.w->store, false);
	assert_int_equal(say(&s, s.neko, "*"), WIRE_OK);
	do_ok(&s, s.messi, CHAT_MUTE, "neko");
	store_fake_fail(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_UNMUTE, "neko"), WIRE_STORAGE);
	store_fake_fail(s.w->store, false);
	assert_int_equal(say(&s, s.neko, "*"), WIRE_MUTED);
}

static void
reasons_are_bounded_and_valid(void **state)
{
	struct server s;
	struct answer a = { 0 };
	char text[WIRE_TOPIC_MAX + 2];

	enter(&s, *state);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	begin(&s, s.messi, CHAT_MUTE, "neko", text, &a);
	assert_int_equal(a.result.err, WIRE_TOPIC_TOO_LONG);
	begin(&s, s.messi, CHAT_MUTE, "neko", "\xff", &a);
	assert_int_equal(a.result.err, WIRE_BAD_UTF8);
	text[WIRE_TOPIC_MAX] = '\0';
	begin(&s, s.messi, CHAT_MUTE, "neko", text, &a);
	world_run(s.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(
	    store_fake_rule(s.w->store, STORE_MUTE, "", "neko")->reason,
	    text);
}

/* What is asked last is what is so, also while the first is on its way. */
static void
deeds_hold_in_their_order(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 };

	enter(&s, *state);
	begin(&s, s.messi, CHAT_BAN, "neko", NULL, &a);
	begin(&s, s.messi, CHAT_UNBAN, "neko", NULL, &b);
	world_run(s.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(b.result.err, WIRE_OK);
	world_login(s.w, "neko");
	world_restart(s.w);
	world_login(s.w, "neko");
}

/* ---- administrators --------------------------------------------------- */

static void
a_grant_is_durable_before_it_holds(void **state)
{
	struct server s;
	struct answer a = { 0 };

	enter(&s, *state);
	assert_true(is_admin(&s, "messi"));
	begin(&s, s.messi, CHAT_GRANT, "neko", NULL, &a);
	assert_false(is_admin(&s, "neko"));
	world_run(s.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_true(is_admin(&s, "neko"));
	assert_true(store_fake_admin(s.w->store, "neko"));
	do_ok(&s, s.messi, CHAT_GRANT, "neko");
	do_ok(&s, s.neko, CHAT_KICK, "lineker");
	store_fake_fail(s.w->store, true);
	assert_int_equal(act(&s, s.messi, CHAT_REVOKE, "neko"), WIRE_STORAGE);
	assert_int_equal(
	    act(&s, s.messi, CHAT_GRANT, "lineker"), WIRE_STORAGE);
	store_fake_fail(s.w->store, false);
	assert_true(is_admin(&s, "neko"));
	assert_false(is_admin(&s, "lineker"));
}

static void
an_administrator_by_option_is_not_revoked(void **state)
{
	struct server s;

	enter(&s, *state);
	do_ok(&s, s.messi, CHAT_GRANT, "neko");
	assert_int_equal(act(&s, s.neko, CHAT_REVOKE, "messi"), WIRE_DENIED);
	assert_int_equal(act(&s, s.messi, CHAT_REVOKE, "messi"), WIRE_DENIED);
	do_ok(&s, s.messi, CHAT_GRANT, "messi");
	assert_int_equal(act(&s, s.neko, CHAT_REVOKE, "messi"), WIRE_DENIED);
	do_ok(&s, s.neko, CHAT_REVOKE, "lineker"); /* is none: so already */
}

/* Those by option have gone with the option. */
static void
granted_only(struct server *s, struct world *w)
{
	enter(s, w);
	do_ok(s, s->messi, CHAT_GRANT, "neko");
	do_ok(s, s->messi, CHAT_GRANT, "lineker");
	w->rules.admins = 0;
	chat_set_rules(w->chat, &w->rules);
	assert_false(is_admin(s, "messi"));
}

static void
the_last_administrator_stays_one(void **state)
{
	struct server s;

	granted_only(&s, *state);
	do_ok(&s, s.neko, CHAT_REVOKE, "neko");
	assert_int_equal(act(&s, s.neko, CHAT_MUTE, "messi"), WIRE_DENIED);
	assert_int_equal(
	    act(&s, s.lineker, CHAT_REVOKE, "lineker"), WIRE_DENIED);
	assert_true(is_admin(&s, "lineker"));
}

static void
two_who_revoke_each_other_are_not_both_gone(void **state)
{
	struct server s;
	struct answer a = { 0 }, b = { 0 };

	granted_only(&s, *state);
	begin(&s, s.neko, CHAT_REVOKE, "lineker", NULL, &a);
	begin(&s, s.lineker, CHAT_REVOKE, "neko", NULL, &b);
	world_run(s.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(b.result.err, WIRE_DENIED);
	assert_true(is_admin(&s, "neko"));
	do_ok(&s, s.neko, CHAT_GRANT, "lineker");
	/* One that the disk refused is not counted as gone for good. */
	store_fake_fail(s.w->store, true);
	assert_int_equal(
	    act(&s, s.neko, CHAT_REVOKE, "lineker"), WIRE_STORAGE);
	store_fake_fail(s.w->store, false);
	do_ok(&s, s.neko, CHAT_REVOKE, "neko");
}

static void
who_is_banned_becomes_no_administrator_by_grant(void **state)
{
	struct server s;

	enter(&s, *state);
	do_ok(&s, s.messi, CHAT_BAN, "neko");
	assert_int_equal(act(&s, s.messi, CHAT_GRANT, "neko"), WIRE_BANNED);
	assert_false(is_admin(&s, "neko"));
}

/* Whoever runs the server has the last word. */
static void
the_option_is_above_a_ban(void **state)
{
	static const char *const neko[] = { "neko" };
	struct server s;

	enter(&s, *state);
	do_ok(&s, s.messi, CHAT_BAN, "neko");
	do_ok(&s, s.messi, CHAT_MUTE, "neko");
	s.w->rules.admin = neko;
	chat_set_rules(s.w->chat, &s.w->rules);
	s.neko = world_login(s.w, "neko");
	assert_int_equal(say(&s, s.neko, "*"), WIRE_OK);
	s.w->rules.admin = by_option;
	chat_set_rules(s.w->chat, &s.w->rules);
	assert_int_equal(say(&s, s.neko, "*"), WIRE_BANNED);
}

/* ---- the list --------------------------------------------------------- */

static void
note_rule(void *arg, const struct chat_rule *rule)
{
	char *log = arg;
	size_t n = strlen(log);

	snprintf(log + n, 500 - n, "%s %s by %s at %lld: %s\n",
	    chat_act_name(rule->act), rule->user, rule->by,
	    (long long)rule->time, rule->reason);
}

static void
administrators_see_the_rules(void **state)
{
	struct server s;
	struct answer a = { 0 };
	struct target all = { .kind = TARGET_EVERYONE };
	struct target user = target_of("neko");
	char log[500] = "";

	enter(&s, *state);
	begin(&s, s.messi, CHAT_MUTE, "neko", "loud", &a);
	world_run(s.w);
	begin(&s, s.messi, CHAT_BAN, "James@Medan", NULL, &a);
	world_run(s.w);
	begin(&s, s.messi, CHAT_MUTE, "neko", "very loud", &a);
	world_run(s.w);
	assert_int_equal(
	    chat_each_rule(s.w->chat, s.neko, &all, note_rule, log),
	    WIRE_DENIED);
	assert_int_equal(
	    chat_each_rule(s.w->chat, 0, &all, note_rule, log),
	    WIRE_NO_SESSION);
	assert_int_equal(
	    chat_each_rule(s.w->chat, s.messi, &user, note_rule, log),
	    WIRE_BAD_TARGET);
	assert_string_equal(log, "");
	assert_int_equal(
	    chat_each_rule(s.w->chat, s.messi, &all, note_rule, log),
	    WIRE_OK);
	assert_string_equal(log,
	    "ban James@Medan by messi at 1700000000000: \n"
	    "mute neko by messi at 1700000000000: very loud\n");
}

/* ---- the end ---------------------------------------------------------- */

static void
a_deed_under_way_is_answered_when_the_chat_ends(void **state)
{
	struct server s;
	struct answer a = { 0 };

	enter(&s, *state);
	begin(&s, s.messi, CHAT_BAN, "neko", "bye", &a);
	world_restart(s.w); /* what was written comes back, to nobody */
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_string_equal(s.cut, "");
	assert_int_equal(
	    login(&s, "neko", "neko", CHAT_TOKEN, NULL), WIRE_BANNED);
}

int
main(void)
{
#define WORLD_TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

	const struct CMUnitTest tests[] = {
		WORLD_TEST(only_administrators_act_on_the_server),
		WORLD_TEST(another_realm_does_nothing_to_this_server),
		WORLD_TEST(what_is_of_groups_is_not_of_the_server),
		WORLD_TEST(
		    administrators_do_none_of_it_to_each_other_or_themselves),
		WORLD_TEST(unknown_users_are_told_apart),
		WORLD_TEST(a_kick_ends_every_session_once_it_is_durable),
		WORLD_TEST(a_kick_that_the_disk_refuses_changes_nothing),
		WORLD_TEST(what_waits_for_its_hash_does_not_survive_a_kick),
		WORLD_TEST(a_ban_ends_sessions_and_is_kept_in_one_commit),
		WORLD_TEST(who_is_banned_learns_it_by_the_right_password_only),
		WORLD_TEST(
		    a_login_that_waits_for_its_hash_is_overtaken_by_a_ban),
		WORLD_TEST(nobody_logs_in_while_a_ban_is_on_its_way),
		WORLD_TEST(
		    a_login_that_waits_for_the_disk_does_not_survive_a_ban),
		WORLD_TEST(a_ban_that_the_disk_refuses_changes_nothing),
		WORLD_TEST(rules_and_administrators_outlive_the_process),
		WORLD_TEST(who_is_muted_says_nothing_but_stays),
		WORLD_TEST(a_mute_that_the_disk_refuses_changes_nothing),
		WORLD_TEST(reasons_are_bounded_and_valid),
		WORLD_TEST(deeds_hold_in_their_order),
		WORLD_TEST(a_grant_is_durable_before_it_holds),
		WORLD_TEST(an_administrator_by_option_is_not_revoked),
		WORLD_TEST(the_last_administrator_stays_one),
		WORLD_TEST(two_who_revoke_each_other_are_not_both_gone),
		WORLD_TEST(who_is_banned_becomes_no_administrator_by_grant),
		WORLD_TEST(the_option_is_above_a_ban),
		WORLD_TEST(administrators_see_the_rules),
		WORLD_TEST(a_deed_under_way_is_answered_when_the_chat_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
