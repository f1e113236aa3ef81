/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of ours: who is in, who may what, and raw lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/chat/world_fake.h"

enum { MESSI, NEKO, LINEKER, PAFF, PEOPLE };

static const char *const names[PEOPLE] = { "messi", "neko", "lineker",
	"paff" };

/* All four are logged in and watch.  paff is an administrator. */
struct room {
	struct world *w;
	uint64_t session[PEOPLE];
	struct eye eye[PEOPLE];
};

static void
come(struct room *r, int who)
{
	struct answer a = { 0 };

	r->session[who] = world_login(r->w, names[who]);
	world_watch(r->w, &r->eye[who], r->session[who], -1, &a);
}

static void
look_away(struct room *r)
{
	int i;

	for (i = 0; i < PEOPLE; i++)
		seen(&r->eye[i]);
}

static void
enter(struct room *r, struct world *w)
{
	static const char *const admin[] = { "paff" };
	struct answer a = { 0 };
	int i;

	memset(r, 0, sizeof(*r));
	r->w = w;
	w->rules.admin = admin;
	w->rules.admins = 1;
	chat_set_rules(w->chat, &w->rules);
	chat_register(w->chat, "paff", "paff", NULL, told(&a));
	world_run(w);
	for (i = 0; i < PEOPLE; i++)
		come(r, i);
	look_away(r);
}

static void
restart(struct room *r)
{
	int i;

	world_restart(r->w);
	for (i = 0; i < PEOPLE; i++)
		come(r, i);
	look_away(r);
}

static struct chat_who
me(const struct room *r, int who)
{
	return (struct chat_who){ .session = r->session[who] };
}

static void
begin_join(struct room *r, int who, const char *group, struct answer *a)
{
	struct chat_who as = me(r, who);
	struct target to = target_of(group);

	chat_join(r->w->chat, &as, &to, told(a));
}

static void
begin_leave(struct room *r, int who, const char *group, struct answer *a)
{
	struct chat_who as = me(r, who);
	struct target to = target_of(group);

	chat_leave(r->w->chat, &as, &to, told(a));
}

static void
begin_act(struct room *r, int who, enum chat_act act, const char *group,
    const char *whom, const char *text, struct answer *a)
{
	struct chat_who as = me(r, who);
	struct chat_deed deed = { .act = act,
		.where = target_of(group),
		.text = text,
		.mode = CHAT_SECRET };

	if (whom != NULL)
		deed.whom = target_of(whom);
	chat_do(r->w->chat, &as, &deed, told(a));
}

static enum wire_err
ended(struct room *r, const struct answer *a)
{
	world_run(r->w);
	assert_int_equal(a->times, 1);
	return a->result.err;
}

static enum wire_err
join(struct room *r, int who, const char *group)
{
	struct answer a = { 0 };

	begin_join(r, who, group, &a);
	return ended(r, &a);
}

static enum wire_err
leave(struct room *r, int who, const char *group)
{
	struct answer a = { 0 };

	begin_leave(r, who, group, &a);
	return ended(r, &a);
}

static enum wire_err
act(struct room *r, int who, enum chat_act what, const char *whom)
{
	struct answer a = { 0 };

	begin_act(r, who, what, "#batak", whom, NULL, &a);
	return ended(r, &a);
}

static enum wire_err
mode(struct room *r, int who, enum chat_mode to)
{
	struct answer a = { 0 };
	struct chat_who as = me(r, who);
	struct chat_deed deed = { .act = CHAT_MODE,
		.where = target_of("#batak"),
		.mode = to };

	chat_do(r->w->chat, &as, &deed, told(&a));
	return ended(r, &a);
}

static enum wire_err
say(struct room *r, int who, const char *to, const char *text)
{
	struct answer a = { 0 };

	world_say(r->w, r->session[who], NULL, to, text, NULL, &a);
	return ended(r, &a);
}

static const char *
history(struct room *r, int who, enum wire_err *err)
{
	static struct answer a;
	struct target to = target_of("#batak");
	struct chat_range range = { .limit = 100 };

	memset(&a, 0, sizeof(a));
	chat_history(r->w->chat, r->session[who], &to, &range, told(&a));
	*err = ended(r, &a);
	return a.log;
}

static void
note_member(void *arg, const struct chat_member *m)
{
	char *log = arg;
	size_t n = strlen(log);

	snprintf(log + n, 500 - n, "%s %s%s%s\n", m->user.name,
	    chat_role_name(m->role), m->muted ? " muted" : "",
	    m->line ? " line" : "");
}

static const char *
members(struct room *r, int who)
{
	static char log[500];
	struct target to = target_of("#batak");
	enum wire_err err;

	log[0] = '\0';
	err = chat_each_member(
	    r->w->chat, r->session[who], &to, note_member, log);
	if (err != WIRE_OK)
		snprintf(log, sizeof(log), "%s", wire_err_code(err));
	return log;
}

static void
note_group(void *arg, const struct chat_group *g)
{
	char *log = arg, target[WIRE_TARGET_CAP];
	size_t n = strlen(log);

	target_format(&g->target, target);
	snprintf(log + n, 500 - n, "%s %s %zu%s: %s\n", target,
	    chat_mode_name(g->mode), g->members, g->member ? " in" : "",
	    g->topic);
}

static const char *
groups(struct room *r, int who)
{
	static char log[500];

	log[0] = '\0';
	chat_each_group(r->w->chat, r->session[who], note_group, log);
	return log;
}

/* messi owns it, neko and lineker are members. */
static void
three(struct room *r, struct world *w)
{
	enter(r, w);
	assert_int_equal(join(r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(join(r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(join(r, LINEKER, "#batak"), WIRE_OK);
	look_away(r);
}

/* ---- coming in -------------------------------------------------------- */

static void
who_makes_a_group_owns_it_once_it_is_durable(void **state)
{
	struct room r;
	struct answer a = { 0 };
	const struct store_member *m;

	enter(&r, *state);
	begin_join(&r, MESSI, "#Batak", &a);
	assert_int_equal(a.times, 0);
	assert_string_equal(groups(&r, NEKO), "");
	assert_string_equal(members(&r, MESSI), "no-such-group");
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_string_equal(seen(&r.eye[MESSI]), "join #Batak messi\n");
	assert_string_equal(seen(&r.eye[NEKO]), "");
	assert_string_equal(members(&r, MESSI), "messi owner\n");
	assert_string_equal(groups(&r, MESSI), "#Batak open 1 in: \n");
	assert_string_equal(groups(&r, NEKO), "#Batak open 1: \n");
	m = store_fake_member(r.w->store, "#batak", "messi");
	assert_non_null(m);
	assert_int_equal(m->role, CHAT_OWNER);
	assert_int_equal(join(&r, MESSI, "#BATAK"), WIRE_OK);
	assert_string_equal(seen(&r.eye[MESSI]), "");
}

static void
a_join_that_the_disk_refuses_leaves_no_group(void **state)
{
	struct room r;
	struct answer a = { 0 };

	enter(&r, *state);
	store_fake_fail(r.w->store, true);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	store_fake_refuse(r.w->store, true);
	begin_join(&r, MESSI, "#batak", &a);
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(r.w->store, false);
	assert_string_equal(groups(&r, NEKO), "");
	assert_string_equal(members(&r, MESSI), "no-such-group");
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	assert_string_equal(members(&r, NEKO), "neko owner\n");
}

static void
of_two_who_come_at_once_one_owns_it(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 };

	enter(&r, *state);
	begin_join(&r, MESSI, "#batak", &a);
	begin_join(&r, NEKO, "#batak", &b);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(ended(&r, &b), WIRE_OK);
	assert_string_equal(members(&r, NEKO), "messi owner\nneko member\n");
	assert_int_equal(
	    store_fake_member(r.w->store, "#batak", "neko")->role,
	    CHAT_MEMBER);
}

/* Who was to own it did not come to be in. */
static void
who_comes_behind_one_that_failed_owns_it(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 };

	enter(&r, *state);
	begin_join(&r, MESSI, "#batak", &a);
	begin_join(&r, NEKO, "#batak", &b);
	store_fake_fail(r.w->store, true);
	store_fake_commit(r.w->store);
	store_fake_fail(r.w->store, false);
	assert_int_equal(ended(&r, &a), WIRE_STORAGE);
	assert_int_equal(ended(&r, &b), WIRE_OK);
	assert_string_equal(members(&r, NEKO), "neko owner\n");
}

static void
only_members_read_and_write(void **state)
{
	struct room r;
	enum wire_err err;

	enter(&r, *state);
	assert_int_equal(say(&r, MESSI, "#batak", "hey"), WIRE_NO_SUCH_GROUP);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	look_away(&r);
	assert_int_equal(say(&r, MESSI, "#batak", "horas"), WIRE_OK);
	assert_string_equal(seen(&r.eye[NEKO]), "1 #batak messi: horas\n");
	assert_string_equal(seen(&r.eye[MESSI]), "1 #batak messi: horas\n");
	assert_string_equal(seen(&r.eye[LINEKER]), "");
	assert_int_equal(say(&r, LINEKER, "#batak", "hey"), WIRE_NOT_MEMBER);
	(void)history(&r, LINEKER, &err);
	assert_int_equal(err, WIRE_NOT_MEMBER);
	assert_string_equal(members(&r, LINEKER), "not-member");
	assert_string_equal(history(&r, NEKO, &err), "1 #batak messi: horas\n");
}

static void
joins_are_for_groups_with_good_names(void **state)
{
	struct room r;
	struct answer a = { 0 };
	struct chat_who nobody = { .session = 999 };
	struct target to = target_of("#batak");

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "neko"), WIRE_BAD_TARGET);
	assert_int_equal(join(&r, MESSI, "*"), WIRE_BAD_TARGET);
	assert_int_equal(leave(&r, MESSI, "*"), WIRE_BAD_TARGET);
	assert_int_equal(join(&r, MESSI, "#a@nowhere"), WIRE_NO_SUCH_REALM);
	assert_int_equal(leave(&r, MESSI, "#nothing"), WIRE_NO_SUCH_GROUP);
	chat_join(r.w->chat, &nobody, &to, told(&a));
	assert_int_equal(a.result.err, WIRE_NO_SESSION);
	assert_int_equal(join(&r, MESSI, "#batak@Surabaya"), WIRE_OK);
	assert_string_equal(members(&r, MESSI), "messi owner\n");
	assert_int_equal(store_fake_groups(r.w->store), 1);
}

static void
nobody_is_in_more_groups_than_may_be(void **state)
{
	struct room r;
	char name[32];
	int i;

	enter(&r, *state);
	for (i = 0; i < CHAT_GROUPS_MAX; i++) {
		snprintf(name, sizeof(name), "#g%d", i);
		assert_int_equal(join(&r, MESSI, name), WIRE_OK);
	}
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_TOO_MANY_GROUPS);
	assert_int_equal(leave(&r, MESSI, "#g7"), WIRE_OK);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
}

/* ---- since ------------------------------------------------------------ */

static void
what_was_said_before_is_history_but_no_news(void **state)
{
	struct room r;
	struct answer a = { 0 };
	struct eye late = { 0 };
	enum wire_err err;

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "one"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "two"), WIRE_OK);
	world_watch(r.w, &late, r.session[NEKO], 0, &a);
	world_run(r.w);
	assert_int_equal(a.result.missed, 1);
	assert_string_equal(seen(&late), "2 #batak messi: two\n");
	assert_string_equal(history(&r, NEKO, &err),
	    "1 #batak messi: one\n2 #batak messi: two\n");
	chat_unread(r.w->chat, r.session[NEKO], told(&a));
	world_run(r.w);
	assert_string_equal(a.log, "#batak 1 from 2\n");
}

/* Through the recent ones as well as through pages of the store. */
static void
a_watch_is_given_only_what_came_since_the_last_join(void **state)
{
	struct room r;
	struct answer a = { 0 };
	struct eye late = { 0 };
	int again;

	three(&r, *state);
	assert_int_equal(say(&r, MESSI, "#batak", "one"), WIRE_OK);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "two"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "three"), WIRE_OK);
	for (again = 0; again < 2; again++) {
		world_watch(r.w, &late, r.session[NEKO], 0, &a);
		world_run(r.w);
		assert_string_equal(seen(&late), "3 #batak messi: three\n");
		restart(&r);
		memset(&late, 0, sizeof(late));
	}
}

/* ---- going out -------------------------------------------------------- */

static void
who_leaves_is_told_with_the_others_and_reads_nothing_more(void **state)
{
	struct room r;
	struct answer a = { 0 };
	enum wire_err err;

	three(&r, *state);
	begin_leave(&r, NEKO, "#batak", &a);
	assert_int_equal(a.times, 0);
	assert_string_equal(seen(&r.eye[MESSI]), "");
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_string_equal(seen(&r.eye[NEKO]), "leave #batak neko\n");
	assert_string_equal(seen(&r.eye[MESSI]), "leave #batak neko\n");
	assert_int_equal(say(&r, MESSI, "#batak", "hey"), WIRE_OK);
	assert_string_equal(seen(&r.eye[NEKO]), "");
	(void)history(&r, NEKO, &err);
	assert_int_equal(err, WIRE_NOT_MEMBER);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_NOT_MEMBER);
	assert_null(store_fake_member(r.w->store, "#batak", "neko"));
}

static void
who_is_leaving_says_nothing_more(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 };

	three(&r, *state);
	begin_leave(&r, NEKO, "#batak", &a);
	world_say(r.w, r.session[NEKO], NULL, "#batak", "bye", NULL, &b);
	assert_int_equal(b.result.err, WIRE_NOT_MEMBER);
	assert_int_equal(ended(&r, &a), WIRE_OK);
}

static void
a_leave_that_the_disk_refuses_leaves_one_in(void **state)
{
	struct room r;
	struct answer a = { 0 };

	three(&r, *state);
	store_fake_fail(r.w->store, true);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	store_fake_refuse(r.w->store, true);
	begin_leave(&r, NEKO, "#batak", &a);
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(r.w->store, false);
	assert_int_equal(say(&r, NEKO, "#batak", "still here"), WIRE_OK);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_OK);
}

static void
a_group_ends_with_its_last_and_begins_with_no_history(void **state)
{
	struct room r;
	struct answer a = { 0 };
	struct eye late = { 0 };
	enum wire_err err;

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_BAN, "neko"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "secret"), WIRE_OK);
	begin_leave(&r, MESSI, "#batak", &a);
	store_fake_apply_one(r.w->store);
	assert_int_equal(store_fake_groups(r.w->store), 0);
	assert_null(store_fake_rule(r.w->store, STORE_BAN, "#batak", "neko"));
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_string_equal(groups(&r, MESSI), "");
	assert_int_equal(say(&r, MESSI, "#batak", "x"), WIRE_NO_SUCH_GROUP);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	assert_string_equal(members(&r, NEKO), "neko owner\n");
	assert_string_equal(history(&r, NEKO, &err), "");
	assert_int_equal(say(&r, NEKO, "#batak", "new"), WIRE_OK);
	assert_string_equal(history(&r, NEKO, &err), "2 #batak neko: new\n");
	world_watch(r.w, &late, r.session[NEKO], 0, &a);
	world_run(r.w);
	assert_string_equal(seen(&late), "2 #batak neko: new\n");
	chat_search(r.w->chat, r.session[NEKO], "secret",
	    &(struct chat_range){ .limit = 9 }, told(&a));
	world_run(r.w);
	assert_string_equal(a.log, "");
}

static void
all_leave_at_once_and_one_comes(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	enum wire_err err;

	three(&r, *state);
	assert_int_equal(say(&r, MESSI, "#batak", "old"), WIRE_OK);
	begin_leave(&r, MESSI, "#batak", &a);
	begin_leave(&r, NEKO, "#batak", &b);
	begin_leave(&r, LINEKER, "#batak", &c);
	begin_join(&r, PAFF, "#batak", &d);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(ended(&r, &b), WIRE_OK);
	assert_int_equal(ended(&r, &c), WIRE_OK);
	assert_int_equal(ended(&r, &d), WIRE_OK);
	assert_string_equal(members(&r, PAFF), "paff owner\n");
	assert_int_equal(
	    store_fake_member(r.w->store, "#batak", "paff")->role,
	    CHAT_OWNER);
	restart(&r);
	assert_string_equal(members(&r, PAFF), "paff owner\n");
	assert_string_equal(history(&r, PAFF, &err), "1 #batak messi: old\n");
}

static void
all_leave_at_once_and_nothing_is_left(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 }, c = { 0 };

	three(&r, *state);
	begin_leave(&r, LINEKER, "#batak", &c);
	begin_leave(&r, MESSI, "#batak", &a);
	begin_leave(&r, NEKO, "#batak", &b);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(ended(&r, &b), WIRE_OK);
	assert_int_equal(ended(&r, &c), WIRE_OK);
	assert_int_equal(store_fake_groups(r.w->store), 0);
	assert_string_equal(groups(&r, MESSI), "");
}

static void
the_owner_hands_over_to_the_moderator_who_served_longest(void **state)
{
	struct room r;

	three(&r, *state);
	assert_int_equal(join(&r, PAFF, "#batak"), WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_OP, "paff"), WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_OP, "lineker"), WIRE_OK);
	look_away(&r);
	assert_int_equal(leave(&r, MESSI, "#batak"), WIRE_OK);
	assert_string_equal(seen(&r.eye[NEKO]),
	    "leave #batak messi\nmember #batak lineker owner\n");
	assert_string_equal(members(&r, NEKO),
	    "neko member\nlineker owner\npaff moderator\n");
	assert_int_equal(leave(&r, LINEKER, "#batak"), WIRE_OK);
	assert_int_equal(leave(&r, PAFF, "#batak"), WIRE_OK);
	assert_string_equal(members(&r, NEKO), "neko owner\n");
	restart(&r);
	assert_string_equal(members(&r, NEKO), "neko owner\n");
}

/* ---- who may what ----------------------------------------------------- */

/* What each answers: a member, a moderator, the owner (to a member), and an
 * administrator who is not in it; nobody who is neither. */
static void
what_each_role_may_do(void **state)
{
	static const struct {
		enum chat_act act;
		enum wire_err member, moderator, owner, admin;
	} table[] = {
		{ CHAT_MUTE, WIRE_DENIED, WIRE_OK, WIRE_OK, WIRE_OK },
		{ CHAT_UNMUTE, WIRE_DENIED, WIRE_OK, WIRE_OK, WIRE_OK },
		{ CHAT_UNBAN, WIRE_DENIED, WIRE_OK, WIRE_OK, WIRE_OK },
		{ CHAT_TOPIC, WIRE_DENIED, WIRE_OK, WIRE_OK,
		    WIRE_NOT_MEMBER },
		{ CHAT_INVITE_USER, WIRE_DENIED, WIRE_OK, WIRE_OK,
		    WIRE_NOT_MEMBER },
		{ CHAT_OP, WIRE_DENIED, WIRE_DENIED, WIRE_OK,
		    WIRE_NOT_MEMBER },
		{ CHAT_DEOP, WIRE_DENIED, WIRE_DENIED, WIRE_OK,
		    WIRE_NOT_MEMBER },
		{ CHAT_GRANT, WIRE_BAD_TARGET, WIRE_BAD_TARGET,
		    WIRE_BAD_TARGET, WIRE_BAD_TARGET },
		{ CHAT_REVOKE, WIRE_BAD_TARGET, WIRE_BAD_TARGET,
		    WIRE_BAD_TARGET, WIRE_BAD_TARGET },
	};
	struct room r;
	struct answer a = { 0 };
	uint64_t bob;
	size_t i;

	three(&r, *state);
	chat_register(r.w->chat, "bob", "bob", NULL, told(&a));
	assert_int_equal(ended(&r, &a), WIRE_OK);
	bob = r.session[PAFF];
	r.session[PAFF] = world_login(r.w, "bob");
	assert_int_equal(join(&r, PAFF, "#batak"), WIRE_OK);
	r.session[PAFF] = bob;
	assert_int_equal(act(&r, MESSI, CHAT_OP, "neko"), WIRE_OK);
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		enum chat_act what = table[i].act;

		assert_int_equal(
		    act(&r, LINEKER, what, "bob"), table[i].member);
		assert_int_equal(
		    act(&r, NEKO, what, "bob"), table[i].moderator);
		assert_int_equal(act(&r, MESSI, what, "bob"), table[i].owner);
		assert_int_equal(act(&r, PAFF, what, "bob"), table[i].admin);
	}
	assert_int_equal(mode(&r, LINEKER, CHAT_SECRET), WIRE_DENIED);
	assert_int_equal(mode(&r, NEKO, CHAT_SECRET), WIRE_DENIED);
	assert_int_equal(mode(&r, PAFF, CHAT_SECRET), WIRE_NOT_MEMBER);
	assert_int_equal(act(&r, LINEKER, CHAT_KICK, "bob"), WIRE_DENIED);
	assert_int_equal(act(&r, LINEKER, CHAT_BAN, "bob"), WIRE_DENIED);
	assert_int_equal(act(&r, NEKO, CHAT_OWN, "bob"), WIRE_DENIED);
	assert_int_equal(act(&r, NEKO, CHAT_KICK, "bob"), WIRE_OK);
	assert_int_equal(act(&r, NEKO, CHAT_KICK, "bob"), WIRE_NO_SUCH_MEMBER);
}

static void
nobody_is_put_out_by_an_equal(void **state)
{
	static const enum chat_act acts[] = { CHAT_KICK, CHAT_BAN, CHAT_MUTE };
	struct room r;
	size_t i;

	three(&r, *state);
	assert_int_equal(act(&r, MESSI, CHAT_OP, "neko"), WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_OP, "lineker"), WIRE_OK);
	for (i = 0; i < 3; i++) {
		assert_int_equal(
		    act(&r, NEKO, acts[i], "lineker"), WIRE_DENIED);
		assert_int_equal(act(&r, NEKO, acts[i], "messi"), WIRE_DENIED);
		assert_int_equal(act(&r, NEKO, acts[i], "neko"), WIRE_DENIED);
		assert_int_equal(act(&r, MESSI, acts[i], "messi"), WIRE_DENIED);
	}
	assert_int_equal(act(&r, MESSI, CHAT_KICK, "neko"), WIRE_OK);
	/* The server's are above all. */
	assert_int_equal(act(&r, PAFF, CHAT_KICK, "messi"), WIRE_OK);
	assert_string_equal(members(&r, LINEKER), "lineker owner\n");
}

static void
the_owner_hands_the_group_over(void **state)
{
	struct room r;

	three(&r, *state);
	assert_int_equal(act(&r, MESSI, CHAT_DEOP, "messi"), WIRE_DENIED);
	assert_int_equal(act(&r, MESSI, CHAT_OWN, "paff"), WIRE_NO_SUCH_MEMBER);
	assert_int_equal(act(&r, MESSI, CHAT_OWN, "neko"), WIRE_OK);
	assert_string_equal(seen(&r.eye[LINEKER]),
	    "member #batak messi moderator\nmember #batak neko owner\n");
	assert_string_equal(members(&r, MESSI),
	    "messi moderator\nneko owner\nlineker member\n");
	assert_int_equal(mode(&r, MESSI, CHAT_INVITE), WIRE_DENIED);
	restart(&r);
	assert_string_equal(members(&r, MESSI),
	    "messi moderator\nneko owner\nlineker member\n");
	assert_int_equal(act(&r, NEKO, CHAT_DEOP, "messi"), WIRE_OK);
	assert_string_equal(members(&r, MESSI),
	    "messi member\nneko owner\nlineker member\n");
}

static void
whoever_is_meant_must_be_somebody(void **state)
{
	struct room r;

	three(&r, *state);
	assert_int_equal(
	    act(&r, MESSI, CHAT_BAN, "nobody"), WIRE_NO_SUCH_USER);
	assert_int_equal(act(&r, MESSI, CHAT_BAN, "*"), WIRE_NO_SUCH_USER);
	assert_int_equal(act(&r, MESSI, CHAT_OP, "paff"), WIRE_NO_SUCH_MEMBER);
	assert_int_equal(act(&r, PAFF, CHAT_TOPIC, NULL), WIRE_NOT_MEMBER);
	assert_int_equal(act(&r, MESSI, CHAT_BAN, "james@medan"), WIRE_OK);
}

/* ---- out, and kept out ------------------------------------------------ */

static void
who_is_kicked_is_told_by_whom_and_may_come_back(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 };

	three(&r, *state);
	begin_act(&r, MESSI, CHAT_KICK, "#batak", "neko", "too loud", &a);
	world_say(r.w, r.session[NEKO], NULL, "#batak", "no!", NULL, &b);
	assert_int_equal(b.result.err, WIRE_NOT_MEMBER);
	assert_string_equal(seen(&r.eye[NEKO]), "");
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_string_equal(
	    seen(&r.eye[NEKO]), "leave #batak neko by messi\n");
	assert_string_equal(
	    seen(&r.eye[LINEKER]), "leave #batak neko by messi\n");
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
}

/* What was said before the kick was answered OK: so it is shown. */
static void
a_message_on_its_way_outlives_a_kick(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 };

	three(&r, *state);
	world_say(r.w, r.session[NEKO], NULL, "#batak", "one", NULL, &b);
	begin_act(&r, MESSI, CHAT_KICK, "#batak", "neko", NULL, &a);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(b.result.err, WIRE_OK);
	assert_string_equal(seen(&r.eye[LINEKER]),
	    "1 #batak neko: one\nleave #batak neko by messi\n");
}

static void
a_ban_puts_out_and_keeps_out_in_one_commit(void **state)
{
	struct room r;
	struct answer a = { 0 };

	three(&r, *state);
	begin_act(&r, MESSI, CHAT_BAN, "#batak", "neko", "spam", &a);
	store_fake_apply_one(r.w->store);
	assert_null(store_fake_member(r.w->store, "#batak", "neko"));
	assert_string_equal(
	    store_fake_rule(r.w->store, STORE_BAN, "#batak", "neko")->reason,
	    "spam");
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_BANNED);
	restart(&r);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_BANNED);
	/* An invitation does not lift it. */
	assert_int_equal(act(&r, MESSI, CHAT_INVITE_USER, "neko"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_BANNED);
	assert_int_equal(act(&r, MESSI, CHAT_UNBAN, "neko"), WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_UNBAN, "neko"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
}

static void
a_kick_or_ban_that_the_disk_refuses_leaves_them_in(void **state)
{
	struct room r;

	three(&r, *state);
	store_fake_fail(r.w->store, true);
	assert_int_equal(act(&r, MESSI, CHAT_KICK, "neko"), WIRE_STORAGE);
	assert_int_equal(act(&r, MESSI, CHAT_BAN, "neko"), WIRE_STORAGE);
	assert_int_equal(act(&r, MESSI, CHAT_MUTE, "neko"), WIRE_STORAGE);
	assert_int_equal(act(&r, MESSI, CHAT_OP, "neko"), WIRE_STORAGE);
	assert_int_equal(mode(&r, MESSI, CHAT_SECRET), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	assert_int_equal(say(&r, NEKO, "#batak", "still here"), WIRE_OK);
	assert_string_equal(members(&r, NEKO),
	    "messi owner\nneko member\nlineker member\n");
	assert_string_equal(groups(&r, PAFF), "#batak open 3: \n");
}

static void
who_is_muted_reads_and_says_nothing(void **state)
{
	struct room r;

	three(&r, *state);
	assert_int_equal(act(&r, MESSI, CHAT_MUTE, "neko"), WIRE_OK);
	assert_string_equal(
	    seen(&r.eye[NEKO]), "member #batak neko member muted\n");
	assert_int_equal(say(&r, NEKO, "#batak", "hm"), WIRE_MUTED);
	assert_int_equal(say(&r, NEKO, "messi", "why?"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "silence"), WIRE_OK);
	assert_string_equal(members(&r, MESSI),
	    "messi owner\nneko member muted\nlineker member\n");
	/* Leaving and coming again is no way out of it. */
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(say(&r, NEKO, "#batak", "hm"), WIRE_MUTED);
	restart(&r);
	assert_int_equal(say(&r, NEKO, "#batak", "hm"), WIRE_MUTED);
	assert_int_equal(act(&r, MESSI, CHAT_UNMUTE, "neko"), WIRE_OK);
	assert_int_equal(say(&r, NEKO, "#batak", "ah"), WIRE_OK);
}

static void
the_servers_mute_holds_in_groups_too(void **state)
{
	struct room r;
	struct answer a = { 0 };

	three(&r, *state);
	begin_act(&r, PAFF, CHAT_MUTE, "*", "neko", NULL, &a);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(say(&r, NEKO, "#batak", "hm"), WIRE_MUTED);
}

static void
rules_are_seen_by_moderators_and_administrators(void **state)
{
	struct room r;
	struct target to = target_of("#batak");
	enum wire_err err[PEOPLE];
	char log[500];
	int i;

	three(&r, *state);
	for (i = 0; i < PEOPLE; i++)
		err[i] = chat_each_rule(
		    r.w->chat, r.session[i], &to, NULL, log);
	assert_int_equal(err[MESSI], WIRE_OK);
	assert_int_equal(err[NEKO], WIRE_DENIED);
	assert_int_equal(err[PAFF], WIRE_OK);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(
	    chat_each_rule(r.w->chat, r.session[NEKO], &to, NULL, log),
	    WIRE_NOT_MEMBER);
}

/* ---- closed doors ----------------------------------------------------- */

static void
to_outsiders_a_secret_group_is_not_there(void **state)
{
	static const enum chat_act acts[] = { CHAT_KICK, CHAT_BAN, CHAT_UNBAN,
		CHAT_MUTE, CHAT_UNMUTE, CHAT_OP, CHAT_DEOP, CHAT_OWN,
		CHAT_INVITE_USER, CHAT_TOPIC, CHAT_MODE };
	struct room r;
	struct answer a = { 0 };
	struct target to = target_of("#batak");
	struct chat_who neko;
	enum wire_err err;
	struct chat_group row;
	size_t i;

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(mode(&r, MESSI, CHAT_SECRET), WIRE_OK);
	look_away(&r);
	assert_string_equal(groups(&r, NEKO), "");
	assert_false(
	    chat_find_group(r.w->chat, r.session[NEKO], &to, &row));
	to = target_of("#Batak");
	assert_true(
	    chat_find_group(r.w->chat, r.session[MESSI], &to, &row));
	assert_int_equal(row.role, CHAT_OWNER);
	assert_string_equal(members(&r, NEKO), "no-such-group");
	(void)history(&r, NEKO, &err);
	assert_int_equal(err, WIRE_NO_SUCH_GROUP);
	assert_int_equal(say(&r, NEKO, "#batak", "hey"), WIRE_NO_SUCH_GROUP);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_NO_SUCH_GROUP);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_NO_SUCH_GROUP);
	for (i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		assert_int_equal(
		    act(&r, NEKO, acts[i], "messi"), WIRE_NO_SUCH_GROUP);
	assert_int_equal(
	    chat_each_rule(r.w->chat, r.session[NEKO], &to, NULL, NULL),
	    WIRE_NO_SUCH_GROUP);
	chat_read(r.w->chat, r.session[NEKO], 0, &to, 1, told(&a));
	assert_int_equal(ended(&r, &a), WIRE_NO_SUCH_GROUP);
	neko = me(&r, NEKO);
	assert_false(chat_group_there(r.w->chat, &neko, "batak"));
	assert_int_equal(chat_line_open(r.w->chat, &neko, "batak",
			     &r.eye[NEKO].sink, 42, &err),
	    0);
	assert_int_equal(err, WIRE_NO_SUCH_GROUP);
	/* Banned or not, it answers the same. */
	assert_int_equal(act(&r, MESSI, CHAT_BAN, "neko"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_NO_SUCH_GROUP);
	assert_string_equal(seen(&r.eye[NEKO]), "");
}

static void
who_is_invited_may_come_in_once(void **state)
{
	struct room r;
	struct chat_who neko;

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(mode(&r, MESSI, CHAT_INVITE), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_INVITE_ONLY);
	assert_int_equal(mode(&r, MESSI, CHAT_SECRET), WIRE_OK);
	look_away(&r);
	assert_int_equal(act(&r, MESSI, CHAT_INVITE_USER, "neko"), WIRE_OK);
	assert_string_equal(
	    seen(&r.eye[NEKO]), "invite #batak by messi\n");
	assert_string_equal(seen(&r.eye[LINEKER]), "");
	neko = me(&r, NEKO);
	assert_true(chat_group_there(r.w->chat, &neko, "batak"));
	restart(&r);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_OK);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_NO_SUCH_GROUP);
	restart(&r);
	assert_int_equal(join(&r, NEKO, "#batak"), WIRE_NO_SUCH_GROUP);
}

static void
topic_and_mode_are_told_and_kept(void **state)
{
	struct room r;
	struct answer a = { 0 };
	char text[WIRE_TOPIC_MAX + 2];

	three(&r, *state);
	begin_act(&r, MESSI, CHAT_TOPIC, "#batak", NULL, "horas", &a);
	assert_string_equal(groups(&r, PAFF), "#batak open 3: \n");
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_string_equal(seen(&r.eye[NEKO]), "group #batak open horas\n");
	assert_int_equal(mode(&r, MESSI, CHAT_INVITE), WIRE_OK);
	assert_string_equal(
	    seen(&r.eye[NEKO]), "group #batak invite horas\n");
	restart(&r);
	assert_string_equal(groups(&r, PAFF), "#batak invite 3: horas\n");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	begin_act(&r, MESSI, CHAT_TOPIC, "#batak", NULL, text, &a);
	assert_int_equal(ended(&r, &a), WIRE_TOPIC_TOO_LONG);
	begin_act(&r, MESSI, CHAT_TOPIC, "#batak", NULL, "\xff", &a);
	assert_int_equal(ended(&r, &a), WIRE_BAD_UTF8);
	begin_act(&r, MESSI, CHAT_TOPIC, "#batak", NULL, "", &a);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_string_equal(groups(&r, PAFF), "#batak invite 3: \n");
}

static void
a_change_is_decided_by_what_is_so_when_its_turn_comes(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 }, c = { 0 };

	three(&r, *state);
	begin_act(&r, MESSI, CHAT_OP, "#batak", "neko", NULL, &a);
	begin_act(&r, NEKO, CHAT_KICK, "#batak", "lineker", NULL, &b);
	begin_act(&r, NEKO, CHAT_OP, "#batak", "lineker", NULL, &c);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(ended(&r, &b), WIRE_OK);
	assert_int_equal(ended(&r, &c), WIRE_DENIED);
}

static void
what_is_under_way_is_answered_when_the_chat_ends(void **state)
{
	struct room r;
	struct answer a = { 0 }, b = { 0 }, c = { 0 };

	three(&r, *state);
	begin_act(&r, MESSI, CHAT_OP, "#batak", "neko", NULL, &a);
	begin_act(&r, MESSI, CHAT_KICK, "#batak", "lineker", NULL, &b);
	begin_leave(&r, NEKO, "#batak", &c);
	restart(&r);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_int_equal(b.result.err, WIRE_BUSY);
	assert_int_equal(c.result.err, WIRE_BUSY);
	/* What was written is so, what had not begun is not. */
	assert_string_equal(
	    members(&r, MESSI), "messi owner\nlineker member\n");
}

/* ---- raw lines -------------------------------------------------------- */

struct raw {
	struct eye eye;
	uint64_t number;
	enum wire_err err;
};

static void
raw_open(struct room *r, struct raw *raw, int who)
{
	struct chat_who as = me(r, who);
	struct answer a = { 0 };
	struct eye like = { .room = raw->eye.room };

	/* A receiver as that of a watch, without one. */
	world_watch(r->w, &like, r->session[who], -1, &a);
	chat_unwatch(r->w->chat, like.number);
	raw->eye = like;
	raw->eye.log[0] = '\0';
	raw->eye.sink.arg = &raw->eye;
	raw->number = chat_line_open(
	    r->w->chat, &as, "batak", &raw->eye.sink, 42, &raw->err);
}

static void
raw_say(struct room *r, const struct raw *raw, const char *text)
{
	struct answer a = { 0 };

	chat_line_say(r->w->chat, raw->number, text, told(&a));
	assert_int_equal(ended(r, &a), WIRE_OK);
}

static void
raw_lines_and_members_are_in_the_same_group(void **state)
{
	struct room r;
	struct raw neko = { 0 }, line = { 0 };

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_int_equal(say(&r, MESSI, "#batak", "before"), WIRE_OK);
	look_away(&r);
	raw_open(&r, &neko, NEKO);
	assert_int_equal(neko.err, WIRE_OK);
	assert_string_equal(seen(&neko.eye), "join #batak neko\n");
	assert_string_equal(seen(&r.eye[MESSI]), "join #batak neko\n");
	raw_open(&r, &line, LINEKER);
	assert_string_equal(seen(&neko.eye), "join #batak lineker\n");
	seen(&line.eye);
	seen(&r.eye[MESSI]);
	raw_say(&r, &neko, "halo");
	assert_string_equal(seen(&neko.eye), "2 #batak neko: halo\n");
	assert_string_equal(seen(&line.eye), "2 #batak neko: halo\n");
	assert_string_equal(seen(&r.eye[MESSI]), "2 #batak neko: halo\n");
	assert_int_equal(say(&r, MESSI, "#batak", "horas"), WIRE_OK);
	assert_string_equal(seen(&neko.eye), "3 #batak messi: horas\n");
	assert_string_equal(seen(&line.eye), "3 #batak messi: horas\n");
	assert_string_equal(members(&r, MESSI),
	    "messi owner\nneko member line\nlineker member line\n");
	chat_line_close(r.w->chat, neko.number);
	assert_string_equal(seen(&line.eye), "leave #batak neko\n");
	assert_int_equal(neko.eye.ended, 0);
	world_run(r.w);
	assert_string_equal(members(&r, MESSI),
	    "messi owner\nlineker member line\n");
}

static void
what_is_said_on_a_line_is_durable_first(void **state)
{
	struct room r;
	struct raw neko = { 0 };
	struct answer a = { 0 };

	enter(&r, *state);
	raw_open(&r, &neko, NEKO);
	world_run(r.w);
	seen(&neko.eye);
	chat_line_say(r.w->chat, neko.number, "halo", told(&a));
	assert_int_equal(a.times, 0);
	assert_string_equal(seen(&neko.eye), "");
	store_fake_fail(r.w->store, true);
	assert_int_equal(ended(&r, &a), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	assert_string_equal(seen(&neko.eye), "");
	chat_line_say(r.w->chat, neko.number, " \n\xE3\x80\x80", told(&a));
	assert_int_equal(ended(&r, &a), WIRE_TEXT_EMPTY);
	chat_line_say(r.w->chat, 999, "halo", told(&a));
	assert_int_equal(ended(&r, &a), WIRE_NO_SESSION);
}

static void
a_member_stays_one_when_its_line_is_closed(void **state)
{
	struct room r;
	struct raw neko = { 0 };

	three(&r, *state);
	raw_open(&r, &neko, NEKO);
	assert_string_equal(seen(&neko.eye), "join #batak neko\n");
	/* For those who watch nobody has come: neko was there. */
	assert_string_equal(seen(&r.eye[MESSI]), "");
	chat_line_close(r.w->chat, neko.number);
	world_run(r.w);
	assert_string_equal(seen(&r.eye[MESSI]), "");
	assert_int_equal(say(&r, NEKO, "#batak", "here"), WIRE_OK);
	/* And the other way round. */
	raw_open(&r, &neko, NEKO);
	assert_int_equal(leave(&r, NEKO, "#batak"), WIRE_OK);
	raw_say(&r, &neko, "on the line");
	chat_line_close(r.w->chat, neko.number);
	world_run(r.w);
	assert_string_equal(
	    members(&r, MESSI), "messi owner\nlineker member\n");
}

static void
a_group_of_lines_ends_with_the_last_line(void **state)
{
	struct room r;
	struct raw neko = { 0 }, messi = { 0 };
	enum wire_err err;

	enter(&r, *state);
	raw_open(&r, &neko, NEKO);
	raw_open(&r, &messi, MESSI);
	raw_say(&r, &neko, "old");
	assert_string_equal(
	    members(&r, NEKO), "neko owner line\nmessi member line\n");
	chat_line_close(r.w->chat, neko.number);
	assert_string_equal(members(&r, MESSI), "messi owner line\n");
	chat_line_close(r.w->chat, messi.number);
	world_run(r.w);
	assert_string_equal(groups(&r, PAFF), "");
	assert_int_equal(join(&r, PAFF, "#batak"), WIRE_OK);
	assert_string_equal(history(&r, PAFF, &err), "");
}

static void
a_restart_puts_lines_out_and_somebody_owns_the_group(void **state)
{
	struct room r;
	struct raw neko = { 0 };

	enter(&r, *state);
	raw_open(&r, &neko, NEKO);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	assert_string_equal(
	    members(&r, MESSI), "neko owner line\nmessi member\n");
	restart(&r);
	assert_string_equal(members(&r, MESSI), "messi owner\n");
	world_pass(r.w, 3000);
	world_run(r.w);
	assert_int_equal(
	    store_fake_member(r.w->store, "#batak", "messi")->role,
	    CHAT_OWNER);
}

static void
lines_end_with_their_session_or_when_thrown_out(void **state)
{
	struct room r;
	struct raw neko = { 0 }, line = { 0 };
	struct answer a = { 0 };

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	raw_open(&r, &neko, NEKO);
	raw_open(&r, &line, LINEKER);
	chat_logout(r.w->chat, r.session[LINEKER], told(&a));
	assert_int_equal(line.eye.ended, 1);
	assert_int_equal(line.eye.why, WIRE_NO_SESSION);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_KICK, "neko"), WIRE_OK);
	assert_int_equal(neko.eye.ended, 1);
	assert_int_equal(neko.eye.why, WIRE_NOT_MEMBER);
	assert_string_equal(members(&r, MESSI), "messi owner\n");
	neko = (struct raw){ 0 };
	raw_open(&r, &neko, NEKO);
	assert_int_equal(neko.err, WIRE_OK);
	assert_int_equal(act(&r, MESSI, CHAT_BAN, "neko"), WIRE_OK);
	assert_int_equal(neko.eye.ended, 1);
	assert_int_equal(neko.eye.why, WIRE_BANNED);
	raw_open(&r, &neko, NEKO);
	assert_int_equal(neko.number, 0);
	assert_int_equal(neko.err, WIRE_BANNED);
}

static void
the_servers_ban_ends_lines_as_well(void **state)
{
	struct room r;
	struct raw neko = { 0 };
	struct answer a = { 0 };

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	raw_open(&r, &neko, NEKO);
	begin_act(&r, PAFF, CHAT_BAN, "*", "neko", NULL, &a);
	assert_int_equal(neko.eye.ended, 0);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(neko.eye.ended, 1);
	assert_int_equal(neko.eye.why, WIRE_BANNED);
	assert_string_equal(members(&r, MESSI), "messi owner\n");
}

static void
who_may_not_speak_says_nothing_elsewhere_either(void **state)
{
	struct room r;
	struct answer a = { 0 };
	int64_t ms;

	enter(&r, *state);
	assert_int_equal(
	    chat_may_say(r.w->chat, r.session[NEKO], &ms), WIRE_OK);
	begin_act(&r, PAFF, CHAT_MUTE, "*", "neko", NULL, &a);
	assert_int_equal(ended(&r, &a), WIRE_OK);
	assert_int_equal(
	    chat_may_say(r.w->chat, r.session[NEKO], &ms), WIRE_MUTED);
	begin_act(&r, PAFF, CHAT_BAN, "*", "neko", NULL, &a);
	world_run(r.w);
	assert_int_equal(chat_may_say(r.w->chat, r.session[NEKO], &ms),
	    WIRE_NO_SESSION);
	r.w->rules.rate = 1;
	chat_set_rules(r.w->chat, &r.w->rules);
	while (chat_may_say(r.w->chat, r.session[MESSI], &ms) == WIRE_OK)
		;
	assert_true(ms > 0);
}

static void
a_line_that_takes_no_more_is_closed(void **state)
{
	struct room r;
	struct raw neko = { .eye = { .room = 3 } };

	enter(&r, *state);
	assert_int_equal(join(&r, MESSI, "#batak"), WIRE_OK);
	raw_open(&r, &neko, NEKO);
	assert_int_equal(say(&r, MESSI, "#batak", "one"), WIRE_OK);
	assert_int_equal(neko.eye.ended, 0);
	assert_int_equal(say(&r, MESSI, "#batak", "two"), WIRE_OK);
	assert_int_equal(neko.eye.ended, 1);
	assert_int_equal(neko.eye.why, WIRE_BUSY);
	assert_int_equal(say(&r, MESSI, "#batak", "three"), WIRE_OK);
	assert_string_equal(members(&r, MESSI), "messi owner\n");
}

int
main(void)
{
#define WORLD_TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

	const struct CMUnitTest tests[] = {
		WORLD_TEST(who_makes_a_group_owns_it_once_it_is_durable),
		WORLD_TEST(a_join_that_the_disk_refuses_leaves_no_group),
		WORLD_TEST(of_two_who_come_at_once_one_owns_it),
		WORLD_TEST(who_comes_behind_one_that_failed_owns_it),
		WORLD_TEST(only_members_read_and_write),
		WORLD_TEST(joins_are_for_groups_with_good_names),
		WORLD_TEST(nobody_is_in_more_groups_than_may_be),
		WORLD_TEST(what_was_said_before_is_history_but_no_news),
		WORLD_TEST(a_watch_is_given_only_what_came_since_the_last_join),
		WORLD_TEST(
		    who_leaves_is_told_with_the_others_and_reads_nothing_more),
		WORLD_TEST(who_is_leaving_says_nothing_more),
		WORLD_TEST(a_leave_that_the_disk_refuses_leaves_one_in),
		WORLD_TEST(
		    a_group_ends_with_its_last_and_begins_with_no_history),
		WORLD_TEST(all_leave_at_once_and_one_comes),
		WORLD_TEST(all_leave_at_once_and_nothing_is_left),
		WORLD_TEST(
		    the_owner_hands_over_to_the_moderator_who_served_longest),
		WORLD_TEST(what_each_role_may_do),
		WORLD_TEST(nobody_is_put_out_by_an_equal),
		WORLD_TEST(the_owner_hands_the_group_over),
		WORLD_TEST(whoever_is_meant_must_be_somebody),
		WORLD_TEST(who_is_kicked_is_told_by_whom_and_may_come_back),
		WORLD_TEST(a_message_on_its_way_outlives_a_kick),
		WORLD_TEST(a_ban_puts_out_and_keeps_out_in_one_commit),
		WORLD_TEST(a_kick_or_ban_that_the_disk_refuses_leaves_them_in),
		WORLD_TEST(who_is_muted_reads_and_says_nothing),
		WORLD_TEST(the_servers_mute_holds_in_groups_too),
		WORLD_TEST(rules_are_seen_by_moderators_and_administrators),
		WORLD_TEST(to_outsiders_a_secret_group_is_not_there),
		WORLD_TEST(who_is_invited_may_come_in_once),
		WORLD_TEST(topic_and_mode_are_told_and_kept),
		WORLD_TEST(
		    a_change_is_decided_by_what_is_so_when_its_turn_comes),
		WORLD_TEST(what_is_under_way_is_answered_when_the_chat_ends),
		WORLD_TEST(raw_lines_and_members_are_in_the_same_group),
		WORLD_TEST(what_is_said_on_a_line_is_durable_first),
		WORLD_TEST(a_member_stays_one_when_its_line_is_closed),
		WORLD_TEST(a_group_of_lines_ends_with_the_last_line),
		WORLD_TEST(
		    a_restart_puts_lines_out_and_somebody_owns_the_group),
		WORLD_TEST(lines_end_with_their_session_or_when_thrown_out),
		WORLD_TEST(the_servers_ban_ends_lines_as_well),
		WORLD_TEST(who_may_not_speak_says_nothing_elsewhere_either),
		WORLD_TEST(a_line_that_takes_no_more_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
