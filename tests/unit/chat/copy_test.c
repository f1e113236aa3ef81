/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups across realms: two chats, linked by carrying what is in the outbox
 * of one to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/chat/group_in.h"
#include "server/chat/state.h"
#include "tests/unit/chat/peer_fake.h"
#include "tests/unit/chat/world_fake.h"

/* messi and neko of surabaya, where #batak is at home; lineker and paff of
 * medan.  All watch. */
struct two {
	struct peer home, far;
	uint64_t messi, neko, lineker, paff;
	struct eye em, en, el, ep;
};

static void
come(struct peer *p, const char *name, uint64_t *session, struct eye *eye)
{
	struct answer a = { 0 };

	*session = world_login(p->w, name);
	world_watch(p->w, eye, *session, -1, &a);
}

static void
look_away(struct two *t)
{
	seen(&t->em);
	seen(&t->en);
	seen(&t->el);
	seen(&t->ep);
	peered(&t->home);
	peered(&t->far);
}

static void
enter(struct two *t, struct world *w)
{
	struct answer a = { 0 };
	void *far;

	memset(t, 0, sizeof(*t));
	t->home.reach = t->far.reach = CHAT_REALM_UP;
	peer_link(&t->home, w);
	assert_int_equal(world_setup(&far), 0);
	t->far.w = far;
	snprintf(t->far.w->rules.realm, WIRE_NAME_CAP, "medan");
	chat_set_rules(t->far.w->chat, &t->far.w->rules);
	peer_link(&t->far, far);
	chat_register(t->far.w->chat, "paff", "paff", NULL, told(&a));
	world_run(t->far.w);
	come(&t->home, "messi", &t->messi, &t->em);
	come(&t->home, "neko", &t->neko, &t->en);
	come(&t->far, "lineker", &t->lineker, &t->el);
	come(&t->far, "paff", &t->paff, &t->ep);
	look_away(t);
}

static void
part(struct two *t)
{
	void *far = t->far.w;

	world_teardown(&far);
}

/* Till neither has anything for the other. */
static void
exchange(struct two *t)
{
	world_run(t->home.w);
	world_run(t->far.w);
	while (peer_carry(&t->home, &t->far) +
		peer_carry(&t->far, &t->home) > 0)
		;
}

static void
begin_join(struct peer *p, uint64_t session, const char *group,
    struct answer *a)
{
	struct chat_who who = { .session = session };
	struct target to = target_of(group);

	chat_join(p->w->chat, &who, &to, told(a));
	world_run(p->w);
}

static void
begin_leave(struct peer *p, uint64_t session, const char *group,
    struct answer *a)
{
	struct chat_who who = { .session = session };
	struct target to = target_of(group);

	chat_leave(p->w->chat, &who, &to, told(a));
}

static void
begin_act(struct peer *p, uint64_t session, enum chat_act act,
    const char *group, const char *whom, struct answer *a)
{
	struct chat_who who = { .session = session };
	struct chat_deed deed = { .act = act,
		.where = target_of(group),
		.text = act == CHAT_TOPIC ? "horas" : NULL,
		.mode = CHAT_INVITE };

	if (whom != NULL)
		deed.whom = target_of(whom);
	chat_do(p->w->chat, &who, &deed, told(a));
	world_run(p->w);
}

static enum wire_err
join_far(struct two *t, uint64_t session)
{
	struct answer a = { 0 };

	begin_join(&t->far, session, "#batak@surabaya", &a);
	if (t->far.pleas > 0)
		peer_pass_plea(&t->far, &t->home);
	exchange(t);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static enum wire_err
act_home(struct two *t, enum chat_act act, const char *whom)
{
	struct answer a = { 0 };

	begin_act(&t->home, t->messi, act, "#batak", whom, &a);
	exchange(t);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static enum wire_err
act_far(struct two *t, uint64_t session, enum chat_act act, const char *whom)
{
	struct answer a = { 0 };

	begin_act(&t->far, session, act, "#batak@surabaya", whom, &a);
	if (t->far.pleas > 0)
		peer_pass_plea(&t->far, &t->home);
	exchange(t);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static enum wire_err
say(struct peer *p, uint64_t session, const char *to, const char *text)
{
	struct answer a = { 0 };

	world_say(p->w, session, NULL, to, text, NULL, &a);
	world_run(p->w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
note_member(void *arg, const struct chat_member *m)
{
	char *log = arg;
	size_t n = strlen(log);

	snprintf(log + n, 500 - n, "%s %s%s\n", m->user.name,
	    chat_role_name(m->role), m->muted ? " muted" : "");
}

static const char *
members(const struct peer *p, uint64_t session, const char *group)
{
	static char log[500];
	struct target to = target_of(group);
	enum wire_err err;

	log[0] = '\0';
	err = chat_each_member(p->w->chat, session, &to, note_member, log);
	if (err != WIRE_OK)
		snprintf(log, sizeof(log), "%s", wire_err_code(err));
	return log;
}

/* messi owns it, neko and lineker@medan are in it. */
static void
three(struct two *t, struct world *w)
{
	struct answer a = { 0 };

	enter(t, w);
	begin_join(&t->home, t->messi, "#batak", &a);
	begin_join(&t->home, t->neko, "#batak", &a);
	assert_int_equal(join_far(t, t->lineker), WIRE_OK);
	look_away(t);
}

static enum wire_err
receive(struct peer *p, const char *realm, int64_t number,
    const struct chat_item *item)
{
	struct answer a = { 0 };

	assert_null(peer_receive(p, realm, number, item, &a));
	world_run(p->w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

/* ---- coming in -------------------------------------------------------- */

static void
a_join_elsewhere_is_answered_when_one_is_in(void **state)
{
	struct two t;
	struct answer a = { 0 };

	enter(&t, *state);
	begin_join(&t.home, t.messi, "#batak", &a);
	look_away(&t);
	begin_join(&t.far, t.lineker, "#batak@Surabaya", &a);
	assert_string_equal(
	    peered(&t.far), "join #batak@Surabaya by lineker\n");
	snprintf(t.far.plea[0].realm, WIRE_NAME_CAP, "surabaya");
	peer_pass_plea(&t.far, &t.home);
	assert_string_equal(
	    seen(&t.em), "join #batak lineker@medan\n");
	assert_string_equal(
	    peer_out(&t.home, "medan", 0), "group #batak open by -: ");
	assert_string_equal(peer_out(&t.home, "medan", 1),
	    "member #batak messi@surabaya (messi) owner quiet by -");
	assert_string_equal(peer_out(&t.home, "medan", 2),
	    "member #batak lineker@medan (lineker) member by -");
	assert_int_equal(a.times, 0);
	assert_string_equal(
	    members(&t.far, t.lineker, "#batak@surabaya"), "no-such-group");
	exchange(&t);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(members(&t.far, t.lineker, "#batak@surabaya"),
	    "messi@surabaya owner\nlineker member\n");
	assert_string_equal(
	    seen(&t.el), "join #batak@surabaya lineker\n");
	assert_string_equal(
	    members(&t.home, t.messi, "#batak"),
	    "messi owner\nlineker@medan member\n");
	assert_string_equal(seen(&t.ep), "");
	part(&t);
}

static void
who_is_in_already_asks_nobody(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	begin_join(&t.far, t.lineker, "#batak@surabaya", &a);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(t.far.pleas, 0);
	/* A second one of that realm: no snapshot, one item for all. */
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	assert_string_equal(
	    seen(&t.el), "join #batak@surabaya paff\n");
	assert_string_equal(seen(&t.en), "join #batak paff@medan\n");
	part(&t);
}

static void
what_the_home_refuses_leaves_nothing_behind(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_BAN, "paff@medan"), WIRE_OK);
	assert_int_equal(join_far(&t, t.paff), WIRE_BANNED);
	assert_int_equal(act_home(&t, CHAT_UNBAN, "paff@medan"), WIRE_OK);
	assert_int_equal(act_home(&t, CHAT_MODE, NULL), WIRE_OK);
	assert_int_equal(join_far(&t, t.paff), WIRE_INVITE_ONLY);
	begin_join(&t.far, t.paff, "#batak@surabaya", &a);
	peer_pleaded(&t.far, WIRE_REALM_UNREACHABLE);
	world_run(t.far.w);
	assert_int_equal(a.result.err, WIRE_REALM_UNREACHABLE);
	assert_null(store_fake_rule(
	    t.far.w->store, STORE_INVITE, "#batak@surabaya", "paff"));
	t.far.reach = CHAT_REALM_DOWN;
	begin_join(&t.far, t.paff, "#batak@surabaya", &a);
	assert_int_equal(a.result.err, WIRE_REALM_UNREACHABLE);
	begin_join(&t.far, t.paff, "#batak@legacy", &a);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_GROUP);
	begin_join(&t.far, t.paff, "#batak@nowhere", &a);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_REALM);
	assert_int_equal(t.far.pleas, 0);
	part(&t);
}

static void
an_invitation_crosses_realms(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_MODE, NULL), WIRE_OK);
	look_away(&t);
	assert_int_equal(
	    act_home(&t, CHAT_INVITE_USER, "paff@medan"), WIRE_OK);
	assert_string_equal(
	    seen(&t.ep), "invite #batak@surabaya by messi@surabaya\n");
	assert_string_equal(seen(&t.el), "");
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	part(&t);
}

/* A realm does not put our people into its groups. */
static void
who_has_not_wished_is_not_put_into_a_group(void **state)
{
	struct two t;
	struct chat_item group = { .kind = CHAT_ITEM_GROUP,
		.group = "trap",
		.home = true,
		.text = "" };
	struct chat_item member = { .kind = CHAT_ITEM_MEMBER,
		.group = "trap",
		.home = true,
		.to = "lineker@medan",
		.name = "lineker",
		.role = CHAT_OWNER };

	enter(&t, *state);
	assert_int_equal(receive(&t.far, "surabaya", 1, &group), WIRE_OK);
	assert_int_equal(receive(&t.far, "surabaya", 2, &member), WIRE_OK);
	assert_string_equal(
	    members(&t.far, t.lineker, "#trap@surabaya"), "no-such-group");
	assert_string_equal(seen(&t.el), "");
	assert_string_equal(peer_out(&t.far, "surabaya", 0),
	    "leave #trap lineker@medan");
	assert_int_equal(store_fake_taken(t.far.w->store, "surabaya"), 2);
	assert_int_equal(store_fake_groups(t.far.w->store), 0);
	part(&t);
}

/* The question overtakes the item that says that one has left. */
static void
who_comes_back_before_the_home_knows_is_in_again(void **state)
{
	struct two t;
	struct answer left = { 0 }, a = { 0 };

	three(&t, *state);
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &left);
	world_run(t.far.w);
	assert_int_equal(left.result.err, WIRE_OK);
	begin_join(&t.far, t.lineker, "#batak@surabaya", &a);
	peer_pass_plea(&t.far, &t.home);
	world_run(t.home.w);
	exchange(&t);
	assert_int_equal(a.times, 0);
	assert_int_equal(t.far.pleas, 1);
	peer_pass_plea(&t.far, &t.home);
	exchange(&t);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(members(&t.far, t.lineker, "#batak@surabaya"),
	    "messi@surabaya owner\nneko@surabaya member\n"
	    "lineker member\n");
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n");
	part(&t);
}

/* ---- what one realm may make another hold ----------------------------- */

static void
a_group_that_nobody_wished_for_is_not_kept(void **state)
{
	struct two t;
	struct chat_item group = { .kind = CHAT_ITEM_GROUP,
		.group = "trap",
		.home = true,
		.text = "" };
	struct chat_item member = { .kind = CHAT_ITEM_MEMBER,
		.group = "trap",
		.home = true,
		.to = "bob@surabaya",
		.name = "bob",
		.role = CHAT_OWNER };

	enter(&t, *state);
	assert_int_equal(receive(&t.far, "surabaya", 1, &group), WIRE_OK);
	assert_int_equal(receive(&t.far, "surabaya", 2, &member), WIRE_OK);
	assert_int_equal(store_fake_taken(t.far.w->store, "surabaya"), 2);
	assert_int_equal(store_fake_groups(t.far.w->store), 0);
	assert_null(group_find(t.far.w->chat, "#trap@surabaya"));
	part(&t);
}

static void
who_takes_no_answers_is_given_none(void **state)
{
	struct two t;
	struct answer a = { 0 };
	struct chat_item letter = { .kind = CHAT_ITEM_LETTER,
		.from = "lineker@medan",
		.to = "nobody@surabaya",
		.name = "lineker",
		.text = "hey" };
	struct chat_item member = { .kind = CHAT_ITEM_MEMBER,
		.group = "trap",
		.home = true,
		.to = "messi@surabaya",
		.name = "messi" };

	enter(&t, *state);
	t.home.reach = CHAT_REALM_FULL;
	assert_int_equal(receive(&t.home, "medan", 1, &letter), WIRE_OK);
	assert_int_equal(receive(&t.home, "medan", 2, &member), WIRE_OK);
	assert_int_equal(store_fake_taken(t.home.w->store, "medan"), 2);
	assert_string_equal(peer_out(&t.home, "medan", 0), "");
	begin_join(&t.far, t.lineker, "#new@surabaya", &a);
	peer_pass_plea(&t.far, &t.home);
	exchange(&t);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_null(group_find(t.home.w->chat, "#new"));
	part(&t);
}

static void
a_copy_keeps_no_rule_of_who_is_gone(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_MUTE, "neko"), WIRE_OK);
	assert_true(rule_is(
	    &t.far.w->chat->dir, STORE_MUTE, "#batak@surabaya",
	    "neko@surabaya"));
	assert_int_equal(act_home(&t, CHAT_KICK, "neko"), WIRE_OK);
	assert_int_equal(rule_count(&t.far.w->chat->dir, "#batak@surabaya"), 0);
	world_restart(t.far.w);
	assert_int_equal(rule_count(&t.far.w->chat->dir, "#batak@surabaya"), 0);
	part(&t);
}

/* What waits is counted by items, of which a change may have many. */
static void
a_link_is_told_of_every_item(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_KICK, "lineker@medan"), WIRE_OK);
	look_away(&t);
	assert_int_equal(join_far(&t, t.lineker), WIRE_OK);
	assert_non_null(
	    strstr(peered(&t.home), "wake medan for 4\n"));
	part(&t);
}

static void
fill_rules(struct peer *p, const char *conv, const char *by, unsigned n)
{
	char member[32];

	for (unsigned i = 0; i < n; i++) {
		snprintf(member, sizeof(member), "u%u", i);
		rule_put(&p->w->chat->dir,
		    &(struct store_rule){ .kind = STORE_BAN,
			.conv = conv,
			.member = member,
			.name = member,
			.by = by,
			.reason = "" });
	}
}

static void
rules_are_bounded_whoever_is_banned(void **state)
{
	struct two t;

	three(&t, *state);
	fill_rules(&t.home, "#batak", "messi", CHAT_RULES_MAX);
	assert_int_equal(act_home(&t, CHAT_BAN, "bob@medan"), WIRE_BUSY);
	assert_int_equal(act_home(&t, CHAT_BAN, "neko"), WIRE_BUSY);
	rule_drop(&t.home.w->chat->dir, STORE_BAN, "#batak", "u7");
	assert_int_equal(act_home(&t, CHAT_BAN, "neko"), WIRE_OK);
	assert_int_equal(
	    rule_count(&t.home.w->chat->dir, "#batak"), CHAT_RULES_MAX);
	part(&t);
}

static void
a_realm_makes_no_more_rules_than_it_may(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_OP, "lineker@medan"), WIRE_OK);
	fill_rules(&t.home, "#other", "bob@medan", PEER_RULES_MAX);
	/* Of a copy they are its home's. */
	fill_rules(&t.home, "#other@its", "bob@its", 9);
	assert_int_equal(rule_count_by(&t.home.w->chat->dir, "its"), 0);
	assert_int_equal(
	    act_far(&t, t.lineker, CHAT_BAN, "neko@surabaya"), WIRE_BUSY);
	assert_int_equal(
	    act_far(&t, t.lineker, CHAT_INVITE_USER, "paff"), WIRE_BUSY);
	assert_int_equal(
	    act_home(&t, CHAT_INVITE_USER, "paff@medan"), WIRE_OK);
	rule_drop_all(&t.home.w->chat->dir, "#other");
	assert_int_equal(
	    act_far(&t, t.lineker, CHAT_BAN, "neko@surabaya"), WIRE_OK);
	part(&t);
}

static void
a_realm_takes_no_more_seats_than_it_may(void **state)
{
	struct two t;
	struct group *g;

	three(&t, *state);
	g = group_find(t.home.w->chat, "#batak");
	while (group_realm_members(g, "medan") < PEER_SEATS_MAX)
		group_realm_add(g, "medan");
	assert_int_equal(join_far(&t, t.paff), WIRE_TOO_MANY_GROUPS);
	group_realm_drop(g, "medan");
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	part(&t);
}

static void
whose_groups_there_are_is_known_after_a_restart(void **state)
{
	struct two t;
	struct answer a = { 0 };

	enter(&t, *state);
	begin_join(&t.far, t.lineker, "#toba@surabaya", &a);
	peer_pass_plea(&t.far, &t.home);
	exchange(&t);
	world_restart(t.home.w);
	assert_string_equal(
	    group_find(t.home.w->chat, "#toba")->maker, "medan");
	part(&t);
}

/* ---- what is said ----------------------------------------------------- */

static void
what_is_said_at_home_is_seen_elsewhere(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(say(&t.home, t.messi, "#batak", "horas"), WIRE_OK);
	assert_string_equal(peered(&t.home), "wake medan\n");
	assert_string_equal(peer_out(&t.home, "medan", 0),
	    "said #batak home messi@surabaya (messi): horas");
	exchange(&t);
	assert_string_equal(
	    seen(&t.el), "1 #batak@surabaya messi@surabaya: horas\n");
	assert_string_equal(seen(&t.ep), "");
	/* And is not sent back. */
	assert_int_equal(store_fake_outs(t.far.w->store, "surabaya"), 0);
	part(&t);
}

static void
what_is_said_elsewhere_goes_home_and_to_the_others_once(void **state)
{
	struct two t;
	struct answer a = { 0 };
	struct chat_plea plea = { .join = true,
		.group = "batak",
		.user = "bob",
		.real_name = "Bob" };

	three(&t, *state);
	assert_null(chat_receive_plea(
	    t.home.w->chat, "its", &plea, told(&a)));
	exchange(&t);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(store_fake_outs(t.home.w->store, "its"), 5);
	look_away(&t);
	assert_int_equal(
	    say(&t.far, t.lineker, "#batak@surabaya", "halo"), WIRE_OK);
	assert_string_equal(
	    seen(&t.el), "1 #batak@surabaya lineker: halo\n");
	assert_string_equal(peer_out(&t.far, "surabaya", 0),
	    "said #batak lineker@medan (lineker): halo");
	assert_int_equal(peer_carry(&t.far, &t.home), 1);
	assert_string_equal(seen(&t.em), "1 #batak lineker@medan: halo\n");
	assert_int_equal(store_fake_outs(t.home.w->store, "medan"), 0);
	assert_string_equal(peer_out(&t.home, "its", 5),
	    "said #batak home lineker@medan (lineker): halo");
	exchange(&t);
	assert_string_equal(seen(&t.el), "");
	part(&t);
}

static void
what_is_said_waits_for_a_home_that_is_down(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	t.far.reach = CHAT_REALM_DOWN;
	world_say(t.far.w, t.lineker, NULL, "#batak@surabaya", "one", NULL, &a);
	store_fake_apply_one(t.far.w->store);
	assert_int_equal(store_fake_outs(t.far.w->store, "surabaya"), 1);
	world_run(t.far.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_true(a.result.queued);
	/* At home nothing waits for what is down elsewhere. */
	t.home.reach = CHAT_REALM_DOWN;
	world_say(t.home.w, t.messi, NULL, "#batak", "two", NULL, &a);
	world_run(t.home.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_false(a.result.queued);
	t.far.reach = CHAT_REALM_FULL;
	assert_int_equal(say(&t.far, t.lineker, "#batak@surabaya", "no"),
	    WIRE_REALM_UNREACHABLE);
	look_away(&t);
	exchange(&t);
	assert_string_equal(seen(&t.em), "2 #batak lineker@medan: one\n");
	assert_string_equal(
	    seen(&t.el), "2 #batak@surabaya messi@surabaya: two\n");
	part(&t);
}

static void
who_may_not_speak_at_home_gets_it_back(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	/* Said before the copy knows of the mute. */
	assert_int_equal(
	    say(&t.far, t.lineker, "#batak@surabaya", "hm"), WIRE_OK);
	begin_act(&t.home, t.messi, CHAT_MUTE, "#batak", "lineker@medan", &a);
	look_away(&t);
	exchange(&t);
	assert_string_equal(seen(&t.em), "");
	assert_string_equal(seen(&t.el),
	    "member #batak@surabaya lineker member muted\n"
	    "2 lineker @surabaya: #batak: Anda dibisukan, pesan tidak "
	    "terkirim: hm\n");
	assert_int_equal(say(&t.far, t.lineker, "#batak@surabaya", "hm"),
	    WIRE_MUTED);
	part(&t);
}

static void
forged_words_and_items_are_refused(void **state)
{
	struct two t;
	struct answer a = { 0 };
	struct chat_item said = { .kind = CHAT_ITEM_SAID,
		.group = "batak",
		.from = "messi@surabaya",
		.name = "messi",
		.text = "psst",
		.time = 5 };

	three(&t, *state);
	/* In the name of one of the receiver's, or of a third realm. */
	assert_non_null(peer_receive(&t.home, "medan", 9, &said, &a));
	said.from = "bob@its";
	assert_non_null(peer_receive(&t.home, "medan", 9, &said, &a));
	said.from = "lineker@medan";
	said.home = true;
	assert_non_null(peer_receive(&t.far, "surabaya", 99, &said, &a));
	said.kind = CHAT_ITEM_LEAVE;
	said.from = "messi@surabaya";
	assert_non_null(peer_receive(&t.home, "medan", 9, &said, &a));
	said.from = "bob@its";
	assert_non_null(peer_receive(&t.home, "medan", 9, &said, &a));
	said.group = "a b";
	assert_non_null(peer_receive(&t.home, "medan", 9, &said, &a));
	said.group = NULL;
	assert_non_null(peer_receive(&t.home, "medan", 9, &said, &a));
	assert_int_equal(a.times, 0);
	part(&t);
}

/* A realm changes the copies of its own groups only. */
static void
another_realm_does_not_change_our_group_or_a_thirds(void **state)
{
	struct two t;
	struct chat_item gone = { .kind = CHAT_ITEM_GONE,
		.group = "batak",
		.home = true,
		.to = "messi@surabaya",
		.text = "" };
	struct chat_item topic = { .kind = CHAT_ITEM_GROUP,
		.group = "batak",
		.home = true,
		.text = "ours now" };
	struct chat_item said = { .kind = CHAT_ITEM_SAID,
		.group = "batak",
		.home = true,
		.from = "bob@its",
		.name = "bob",
		.text = "psst",
		.time = 5 };

	three(&t, *state);
	assert_int_equal(receive(&t.home, "medan", 9, &gone), WIRE_OK);
	assert_int_equal(receive(&t.home, "medan", 10, &topic), WIRE_OK);
	assert_int_equal(receive(&t.home, "medan", 11, &said), WIRE_OK);
	assert_int_equal(receive(&t.far, "its", 1, &gone), WIRE_OK);
	assert_int_equal(receive(&t.far, "its", 2, &said), WIRE_OK);
	assert_string_equal(seen(&t.em), "");
	assert_string_equal(seen(&t.el), "");
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n");
	assert_string_equal(members(&t.far, t.lineker, "#batak@surabaya"),
	    "messi@surabaya owner\nneko@surabaya member\n"
	    "lineker member\n");
	part(&t);
}

/* ---- going out -------------------------------------------------------- */

static void
a_realm_that_takes_nothing_any_more_has_no_members_in_the_end(void **state)
{
	struct two t;
	struct answer a = { 0 };

	enter(&t, *state);
	begin_join(&t.home, t.messi, "#batak", &a);
	assert_int_equal(join_far(&t, t.lineker), WIRE_OK);
	look_away(&t);
	t.home.reach = CHAT_REALM_FULL;
	chat_tick(t.home.w->chat);
	world_run(t.home.w);
	assert_string_equal(seen(&t.em), "leave #batak lineker@medan\n");
	/* When it is back it learns it, in its order. */
	t.home.reach = CHAT_REALM_UP;
	exchange(&t);
	assert_non_null(
	    strstr(seen(&t.el), "leave #batak@surabaya lineker\n"));
	part(&t);
}

static void
who_leaves_elsewhere_is_out_at_home(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	look_away(&t);
	t.far.reach = CHAT_REALM_DOWN; /* it waits */
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &a);
	assert_int_equal(a.times, 0);
	store_fake_apply_one(t.far.w->store);
	assert_null(store_fake_member(
	    t.far.w->store, "#batak@surabaya", "lineker"));
	assert_string_equal(peer_out(&t.far, "surabaya", 0),
	    "leave #batak lineker@medan");
	world_run(t.far.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(seen(&t.ep), "leave #batak@surabaya lineker\n");
	exchange(&t);
	assert_string_equal(seen(&t.em), "leave #batak lineker@medan\n");
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\npaff@medan member\n");
	assert_string_equal(seen(&t.ep), ""); /* was told already */
	assert_int_equal(say(&t.home, t.messi, "#batak", "hey"), WIRE_OK);
	exchange(&t);
	assert_string_equal(seen(&t.el), "leave #batak@surabaya lineker\n");
	part(&t);
}

static void
a_leave_that_the_disk_refuses_leaves_one_in(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	store_fake_fail(t.far.w->store, true);
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &a);
	world_run(t.far.w);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	store_fake_fail(t.far.w->store, false);
	store_fake_refuse(t.far.w->store, true);
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &a);
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(t.far.w->store, false);
	assert_int_equal(
	    say(&t.far, t.lineker, "#batak@surabaya", "still here"), WIRE_OK);
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &a);
	exchange(&t);
	assert_int_equal(a.result.err, WIRE_OK);
	part(&t);
}

static void
a_copy_ends_with_our_last_and_no_item_goes_there_any_more(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &a);
	exchange(&t);
	assert_int_equal(store_fake_groups(t.far.w->store), 0);
	assert_int_equal(say(&t.home, t.messi, "#batak", "hey"), WIRE_OK);
	assert_int_equal(store_fake_outs(t.home.w->store, "medan"), 0);
	/* It begins anew, with who is there by now. */
	begin_leave(&t.home, t.neko, "#batak", &a);
	exchange(&t);
	assert_int_equal(join_far(&t, t.lineker), WIRE_OK);
	assert_string_equal(members(&t.far, t.lineker, "#batak@surabaya"),
	    "messi@surabaya owner\nlineker member\n");
	part(&t);
}

static void
who_is_kicked_at_home_is_out_everywhere(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_KICK, "lineker@medan"), WIRE_OK);
	assert_string_equal(seen(&t.el),
	    "leave #batak@surabaya lineker by messi@surabaya\n");
	assert_string_equal(
	    seen(&t.em), "leave #batak lineker@medan by messi\n");
	assert_int_equal(say(&t.far, t.lineker, "#batak@surabaya", "why"),
	    WIRE_NO_SUCH_GROUP);
	assert_int_equal(join_far(&t, t.lineker), WIRE_OK);
	assert_int_equal(act_home(&t, CHAT_BAN, "lineker@medan"), WIRE_OK);
	assert_int_equal(join_far(&t, t.lineker), WIRE_BANNED);
	part(&t);
}

/* What the other had under way when it happened comes to nothing, and is said
 * to have. */
static void
words_that_cross_a_kick_come_back(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	assert_int_equal(
	    say(&t.far, t.lineker, "#batak@surabaya", "late"), WIRE_OK);
	begin_act(&t.home, t.messi, CHAT_KICK, "#batak", "lineker@medan", &a);
	look_away(&t);
	exchange(&t);
	assert_string_equal(seen(&t.em), "");
	assert_string_equal(seen(&t.el),
	    "leave #batak@surabaya lineker by messi@surabaya\n"
	    "2 lineker @surabaya: #batak: Anda bukan anggota grup ini, "
	    "masuklah dengan join: late\n");
	part(&t);
}

/* ---- deeds ------------------------------------------------------------ */

static void
a_moderator_elsewhere_asks_the_home(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(
	    act_far(&t, t.lineker, CHAT_KICK, "neko@surabaya"), WIRE_DENIED);
	assert_int_equal(act_home(&t, CHAT_OP, "lineker@medan"), WIRE_OK);
	assert_string_equal(
	    seen(&t.el), "member #batak@surabaya lineker moderator\n");
	assert_int_equal(act_far(&t, t.lineker, CHAT_TOPIC, NULL), WIRE_OK);
	assert_string_equal(seen(&t.el), "group #batak@surabaya open horas\n");
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	look_away(&t);
	/* Names without a realm are the asker's. */
	assert_int_equal(act_far(&t, t.lineker, CHAT_MUTE, "paff"), WIRE_OK);
	assert_string_equal(
	    seen(&t.ep), "member #batak@surabaya paff member muted\n");
	seen(&t.en);
	assert_int_equal(
	    act_far(&t, t.lineker, CHAT_KICK, "neko@surabaya"), WIRE_OK);
	assert_string_equal(
	    seen(&t.en), "leave #batak neko by lineker@medan\n");
	t.far.reach = CHAT_REALM_DOWN;
	assert_int_equal(act_far(&t, t.lineker, CHAT_TOPIC, NULL),
	    WIRE_REALM_UNREACHABLE);
	part(&t);
}

/* The server's administrators rule at home; those of a copy do not. */
static void
an_administrator_elsewhere_is_nobody_special(void **state)
{
	static const char *const paff[] = { "paff" };
	struct two t;

	three(&t, *state);
	t.far.w->rules.admin = paff;
	t.far.w->rules.admins = 1;
	chat_set_rules(t.far.w->chat, &t.far.w->rules);
	assert_int_equal(
	    act_far(&t, t.paff, CHAT_KICK, "neko@surabaya"), WIRE_NOT_MEMBER);
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	assert_int_equal(
	    act_far(&t, t.paff, CHAT_KICK, "neko@surabaya"), WIRE_DENIED);
	part(&t);
}

/* Neko is an administrator of the home. */
static enum wire_err
silence(struct two *t, enum chat_act act, const char *whom)
{
	static const char *const neko[] = { "neko" };
	struct answer a = { 0 };

	t->home.w->rules.admin = neko;
	t->home.w->rules.admins = 1;
	chat_set_rules(t->home.w->chat, &t->home.w->rules);
	begin_act(&t->home, t->neko, act, "*", whom, &a);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

static void
whom_the_home_server_banned_does_nothing_in_its_groups(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_OP, "lineker@medan"), WIRE_OK);
	assert_int_equal(
	    silence(&t, CHAT_BAN, "lineker@medan"), WIRE_OK);
	look_away(&t);
	assert_int_equal(
	    act_far(&t, t.lineker, CHAT_TOPIC, NULL), WIRE_BANNED);
	assert_int_equal(act_far(&t, t.lineker, CHAT_BAN, "paff@medan"),
	    WIRE_BANNED);
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	assert_int_equal(
	    silence(&t, CHAT_UNBAN, "lineker@medan"), WIRE_OK);
	assert_int_equal(act_far(&t, t.lineker, CHAT_TOPIC, NULL), WIRE_OK);
	part(&t);
}

static void
whom_the_server_banned_is_off_its_lines_from_elsewhere(void **state)
{
	struct two t;
	struct answer a = { 0 };
	struct eye eye = { 0 };
	struct chat_who who = { .realm = "legacy", .user = "james" };
	enum wire_err err;

	three(&t, *state);
	world_watch(t.home.w, &eye, t.neko, -1, &a);
	chat_unwatch(t.home.w->chat, eye.number);
	assert_int_not_equal(chat_line_open(t.home.w->chat, &who, "batak",
	    &eye.sink, 42, &err), 0);
	assert_int_equal(silence(&t, CHAT_BAN, "bob@legacy"), WIRE_OK);
	assert_int_equal(eye.ended, 0);
	assert_int_equal(silence(&t, CHAT_BAN, "James@Legacy"), WIRE_OK);
	assert_int_equal(eye.ended, 1);
	assert_int_equal(eye.why, WIRE_BANNED);
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n");
	part(&t);
}

/* ---- raw lines in a group elsewhere ------------------------------------ */

struct raw {
	struct eye eye;
	uint64_t number;
	struct answer answer;
};

/* A receiver as that of a watch, without one. */
static void
raw_eye(struct peer *p, uint64_t session, struct raw *raw)
{
	struct answer a = { 0 };

	memset(raw, 0, sizeof(*raw));
	world_watch(p->w, &raw->eye, session, -1, &a);
	chat_unwatch(p->w->chat, raw->eye.number);
	raw->eye.log[0] = '\0';
}

static void
raw_open_home(struct two *t, uint64_t session, struct raw *raw)
{
	struct chat_who who = { .session = session };
	enum wire_err err;

	raw_eye(&t->home, session, raw);
	raw->number = chat_line_open(t->home.w->chat, &who, "batak",
	    &raw->eye.sink, 42, &err);
	assert_int_equal(err, WIRE_OK);
}

static void
begin_visit(struct two *t, uint64_t session, struct raw *raw)
{
	struct chat_who who = { .session = session };
	struct target to = target_of("#batak@surabaya");

	raw_eye(&t->far, session, raw);
	chat_line_visit(t->far.w->chat, &who, &to, &raw->eye.sink, 42,
	    told(&raw->answer));
	world_run(t->far.w);
}

static enum wire_err
visit(struct two *t, uint64_t session, struct raw *raw)
{
	begin_visit(t, session, raw);
	if (t->far.pleas > 0)
		peer_pass_plea(&t->far, &t->home);
	exchange(t);
	assert_int_equal(raw->answer.times, 1);
	raw->number = (uint64_t)raw->answer.result.id;
	return raw->answer.result.err;
}

static void
raw_say(struct peer *p, const struct raw *raw, const char *text)
{
	struct answer a = { 0 };

	chat_line_say(p->w->chat, raw->number, text, told(&a));
	world_run(p->w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
}

/* Nobody has joined: all are on raw lines. */
static void
raw_lines_of_two_realms_are_in_one_group(void **state)
{
	struct two t;
	struct raw messi, lineker, neko;

	enter(&t, *state);
	raw_open_home(&t, t.messi, &messi);
	assert_int_equal(visit(&t, t.lineker, &lineker), WIRE_OK);
	assert_string_equal(
	    seen(&lineker.eye), "join #batak@surabaya lineker\n");
	assert_string_equal(seen(&messi.eye),
	    "join #batak messi\njoin #batak lineker@medan\n");
	raw_say(&t.home, &messi, "horas");
	raw_say(&t.far, &lineker, "halo");
	exchange(&t);
	assert_string_equal(seen(&lineker.eye),
	    "1 #batak@surabaya lineker: halo\n"
	    "2 #batak@surabaya messi@surabaya: horas\n");
	assert_string_equal(seen(&messi.eye),
	    "1 #batak messi: horas\n2 #batak lineker@medan: halo\n");
	/* Who comes and goes at home on a raw line only is told there, too,
	 * behind what they said. */
	raw_open_home(&t, t.neko, &neko);
	raw_say(&t.home, &neko, "sampai jumpa");
	chat_line_close(t.home.w->chat, neko.number);
	exchange(&t);
	assert_string_equal(seen(&lineker.eye),
	    "join #batak@surabaya neko@surabaya\n"
	    "3 #batak@surabaya neko@surabaya: sampai jumpa\n"
	    "leave #batak@surabaya neko@surabaya\n");
	seen(&messi.eye);
	chat_line_close(t.far.w->chat, lineker.number);
	exchange(&t);
	assert_string_equal(
	    seen(&messi.eye), "leave #batak lineker@medan\n");
	assert_string_equal(
	    members(&t.home, t.messi, "#batak"), "messi owner\n");
	assert_string_equal(
	    members(&t.far, t.lineker, "#batak@surabaya"), "no-such-group");
	part(&t);
}

static void
a_second_line_there_is_told_and_the_last_one_leaves(void **state)
{
	struct two t;
	struct raw one, two, paff;

	three(&t, *state);
	assert_int_equal(visit(&t, t.paff, &one), WIRE_OK);
	assert_int_equal(visit(&t, t.paff, &two), WIRE_OK);
	assert_int_equal(visit(&t, t.lineker, &paff), WIRE_OK);
	assert_string_equal(seen(&one.eye),
	    "join #batak@surabaya paff\njoin #batak@surabaya paff\n"
	    "join #batak@surabaya lineker\n");
	look_away(&t);
	chat_line_close(t.far.w->chat, one.number);
	exchange(&t);
	assert_string_equal(seen(&t.em), "");
	chat_line_close(t.far.w->chat, two.number);
	exchange(&t);
	assert_string_equal(seen(&t.em), "leave #batak paff@medan\n");
	/* Who had joined stays. */
	chat_line_close(t.far.w->chat, paff.number);
	exchange(&t);
	assert_string_equal(seen(&t.em), "");
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n");
	part(&t);
}

static void
members_there_see_what_is_said_on_a_raw_line(void **state)
{
	struct two t;
	struct raw paff;

	three(&t, *state);
	assert_int_equal(visit(&t, t.paff, &paff), WIRE_OK);
	look_away(&t);
	raw_say(&t.far, &paff, "halo");
	exchange(&t);
	assert_string_equal(
	    seen(&t.el), "1 #batak@surabaya paff: halo\n");
	assert_string_equal(seen(&t.em), "1 #batak paff@medan: halo\n");
	part(&t);
}

static void
a_visit_makes_no_group_and_enters_none_that_is_shut(void **state)
{
	struct two t;
	struct raw raw;

	enter(&t, *state);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_NO_SUCH_GROUP);
	assert_string_equal(
	    members(&t.home, t.messi, "#batak"), "no-such-group");
	part(&t);
	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_MODE, NULL), WIRE_OK);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_NO_SUCH_GROUP);
	/* But who is in it already may. */
	assert_int_equal(visit(&t, t.lineker, &raw), WIRE_OK);
	assert_false(chat_group_open(
	    t.home.w->chat, "medan", "paff", "batak"));
	assert_true(chat_group_open(
	    t.home.w->chat, "medan", "Lineker", "BATAK"));
	assert_false(chat_group_open(
	    t.home.w->chat, "medan", "lineker", "toba"));
	assert_false(
	    rule_is(&t.far.w->chat->dir, STORE_VISIT, "#batak@surabaya",
		"paff"));
	part(&t);
}

static void
who_goes_while_the_home_is_asked_is_no_member(void **state)
{
	struct two t;
	struct raw raw;
	struct answer a = { 0 };

	three(&t, *state);
	/* The line is closed by whoever is told of it. */
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	chat_line_close(t.far.w->chat, raw.number);
	exchange(&t);
	/* The session has ended before the answer. */
	begin_visit(&t, t.paff, &raw);
	chat_logout(t.far.w->chat, t.paff, told(&a));
	world_run(t.far.w);
	peer_pass_plea(&t.far, &t.home);
	exchange(&t);
	assert_int_equal(raw.answer.result.err, WIRE_NO_SESSION);
	exchange(&t);
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n");
	assert_false(
	    rule_is(&t.far.w->chat->dir, STORE_VISIT, "#batak@surabaya",
		"paff"));
	part(&t);
}

static void
who_joins_while_on_a_raw_line_stays(void **state)
{
	struct two t;
	struct raw raw;

	three(&t, *state);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	assert_int_equal(join_far(&t, t.paff), WIRE_OK);
	chat_line_close(t.far.w->chat, raw.number);
	exchange(&t);
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n"
	    "paff@medan member\n");
	part(&t);
}

static void
a_restart_takes_out_who_was_on_a_raw_line_there(void **state)
{
	struct two t;
	struct raw raw;

	three(&t, *state);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	world_restart(t.far.w);
	peer_link(&t.far, t.far.w);
	world_pass(t.far.w, 5000);
	exchange(&t);
	assert_string_equal(members(&t.home, t.messi, "#batak"),
	    "messi owner\nneko member\nlineker@medan member\n");
	assert_false(
	    rule_is(&t.far.w->chat->dir, STORE_VISIT, "#batak@surabaya",
		"paff"));
	part(&t);
}

static void
a_line_there_ends_with_the_membership(void **state)
{
	struct two t;
	struct raw raw;
	struct answer a = { 0 };

	three(&t, *state);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	assert_int_equal(act_home(&t, CHAT_KICK, "paff@medan"), WIRE_OK);
	assert_int_equal(raw.eye.ended, 1);
	assert_int_equal(raw.eye.why, WIRE_NOT_MEMBER);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	begin_leave(&t.far, t.paff, "#batak@surabaya", &a);
	exchange(&t);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(raw.eye.ended, 1);
	assert_int_equal(raw.eye.why, WIRE_OK);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	assert_int_equal(act_home(&t, CHAT_BAN, "paff@medan"), WIRE_OK);
	assert_int_equal(raw.eye.why, WIRE_BANNED);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_BANNED);
	assert_string_equal(members(&t.far, t.lineker, "#batak@surabaya"),
	    "messi@surabaya owner\nneko@surabaya member\nlineker member\n");
	part(&t);
}

static void
nothing_more_is_said_to_a_realm_that_is_full(void **state)
{
	struct two t;
	struct raw raw;
	struct answer a = { 0 };

	three(&t, *state);
	assert_int_equal(visit(&t, t.paff, &raw), WIRE_OK);
	t.far.reach = CHAT_REALM_FULL;
	chat_line_say(t.far.w->chat, raw.number, "halo", told(&a));
	assert_int_equal(a.result.err, WIRE_REALM_UNREACHABLE);
	t.far.reach = CHAT_REALM_DOWN;
	raw_say(&t.far, &raw, "nanti");
	t.far.reach = CHAT_REALM_UP;
	exchange(&t);
	assert_int_equal(say(&t.home, t.messi, "#batak", "sudah"), WIRE_OK);
	assert_non_null(strstr(seen(&t.em), "paff@medan: nanti\n"));
	part(&t);
}

static void
nobody_is_invited_in_the_name_of_one_of_ours(void **state)
{
	struct two t;
	struct chat_item invite = { .kind = CHAT_ITEM_INVITE,
		.group = "trap",
		.home = true,
		.to = "messi@surabaya",
		.from = "neko@surabaya" };

	three(&t, *state);
	assert_int_equal(receive(&t.home, "medan", 1, &invite), WIRE_OK);
	assert_string_equal(seen(&t.em), "");
	invite.from = "lineker@medan";
	assert_int_equal(receive(&t.home, "medan", 2, &invite), WIRE_OK);
	assert_string_equal(
	    seen(&t.em), "invite #trap@medan by lineker@medan\n");
	assert_int_equal(
	    silence(&t, CHAT_MUTE, "lineker@medan"), WIRE_OK);
	assert_int_equal(receive(&t.home, "medan", 3, &invite), WIRE_OK);
	assert_string_equal(seen(&t.em), "");
	part(&t);
}

static void
a_group_is_handed_over_across_realms(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	begin_leave(&t.home, t.neko, "#batak", &a);
	begin_leave(&t.home, t.messi, "#batak", &a);
	exchange(&t);
	assert_string_equal(members(&t.far, t.lineker, "#batak@surabaya"),
	    "lineker owner\n");
	/* At home it lives, though nobody of there is in it. */
	assert_int_equal(store_fake_groups(t.home.w->store), 1);
	assert_int_equal(act_far(&t, t.lineker, CHAT_TOPIC, NULL), WIRE_OK);
	begin_leave(&t.far, t.lineker, "#batak@surabaya", &a);
	exchange(&t);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(store_fake_groups(t.home.w->store), 0);
	assert_int_equal(store_fake_groups(t.far.w->store), 0);
	part(&t);
}

/* ---- restarts --------------------------------------------------------- */

static void
both_go_on_after_a_restart(void **state)
{
	struct two t;

	three(&t, *state);
	assert_int_equal(act_home(&t, CHAT_MUTE, "lineker@medan"), WIRE_OK);
	assert_int_equal(act_home(&t, CHAT_UNMUTE, "lineker@medan"), WIRE_OK);
	world_restart(t.home.w);
	world_restart(t.far.w);
	peer_link(&t.home, t.home.w);
	peer_link(&t.far, t.far.w);
	come(&t.home, "messi", &t.messi, &t.em);
	come(&t.far, "lineker", &t.lineker, &t.el);
	look_away(&t);
	assert_int_equal(say(&t.home, t.messi, "#batak", "one"), WIRE_OK);
	exchange(&t);
	assert_string_equal(
	    seen(&t.el), "1 #batak@surabaya messi@surabaya: one\n");
	assert_int_equal(
	    say(&t.far, t.lineker, "#batak@surabaya", "two"), WIRE_OK);
	exchange(&t);
	assert_string_equal(seen(&t.em),
	    "1 #batak messi: one\n2 #batak lineker@medan: two\n");
	part(&t);
}

static void
an_item_that_the_disk_refuses_comes_again(void **state)
{
	struct two t;
	struct answer a = { 0 };
	const char *realm = "surabaya";
	struct chat_item gone = { .kind = CHAT_ITEM_GONE,
		.group = "batak",
		.home = true,
		.to = "lineker@medan",
		.from = "messi@surabaya",
		.act = CHAT_KICK,
		.text = "" };
	int64_t taken;

	three(&t, *state);
	taken = store_fake_taken(t.far.w->store, realm);
	store_fake_fail(t.far.w->store, true);
	assert_int_equal(
	    receive(&t.far, realm, taken + 1, &gone), WIRE_STORAGE);
	store_fake_fail(t.far.w->store, false);
	store_fake_refuse(t.far.w->store, true);
	assert_null(peer_receive(&t.far, realm, taken + 1, &gone, &a));
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(t.far.w->store, false);
	assert_string_equal(seen(&t.el), "");
	assert_int_equal(store_fake_taken(t.far.w->store, realm), taken);
	assert_int_equal(receive(&t.far, realm, taken + 1, &gone), WIRE_OK);
	assert_string_equal(seen(&t.el),
	    "leave #batak@surabaya lineker by messi@surabaya\n");
	assert_int_equal(store_fake_taken(t.far.w->store, realm), taken + 1);
	part(&t);
}

static void
a_leave_from_elsewhere_is_noted_in_its_commit(void **state)
{
	struct two t;
	struct answer a = { 0 };
	struct chat_item item = { .kind = CHAT_ITEM_LEAVE,
		.group = "batak",
		.from = "lineker@medan" };

	three(&t, *state);
	store_fake_fail(t.home.w->store, true);
	assert_int_equal(
	    receive(&t.home, "medan", 3, &item), WIRE_STORAGE);
	store_fake_fail(t.home.w->store, false);
	assert_null(peer_receive(&t.home, "medan", 3, &item, &a));
	store_fake_apply_one(t.home.w->store);
	assert_int_equal(store_fake_taken(t.home.w->store, "medan"), 3);
	assert_null(store_fake_member(
	    t.home.w->store, "#batak", "lineker@medan"));
	world_run(t.home.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(seen(&t.em), "leave #batak lineker@medan\n");
	assert_int_equal(receive(&t.home, "medan", 4, &item), WIRE_OK);
	part(&t);
}

/* The chat ends while the home is asked. */
static void
a_wish_ends_with_the_chat(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	begin_join(&t.far, t.paff, "#batak@surabaya", &a);
	peer_pleaded(&t.far, WIRE_OK); /* granted, and the items are out */
	assert_int_equal(a.times, 0);
	world_restart(t.far.w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_BUSY);
	part(&t);
}

static void
a_granted_wish_does_not_wait_for_ever(void **state)
{
	struct two t;
	struct answer a = { 0 };

	three(&t, *state);
	begin_join(&t.far, t.paff, "#batak@surabaya", &a);
	peer_pass_plea(&t.far, &t.home);
	world_pass(t.far.w, 9000);
	assert_int_equal(a.times, 0);
	world_pass(t.far.w, 2000);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	exchange(&t);
	assert_string_equal(seen(&t.ep), "join #batak@surabaya paff\n");
	part(&t);
}

/* ---- presence --------------------------------------------------------- */

static void
members_elsewhere_are_seen_coming_and_going(void **state)
{
	struct two t;
	struct chat_user messi = { .name = "messi",
		.real_name = "messi",
		.online = true };

	three(&t, *state);
	chat_remote_user(t.far.w->chat, "surabaya", &messi);
	assert_string_equal(seen(&t.el), "+messi@surabaya\n");
	assert_string_equal(seen(&t.ep), "");
	assert_int_equal(act_home(&t, CHAT_KICK, "lineker@medan"), WIRE_OK);
	look_away(&t);
	messi.online = false;
	chat_remote_user(t.far.w->chat, "surabaya", &messi);
	assert_string_equal(seen(&t.el), "");
	part(&t);
}

int
main(void)
{
#define WORLD_TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_join_elsewhere_is_answered_when_one_is_in),
		WORLD_TEST(who_is_in_already_asks_nobody),
		WORLD_TEST(what_the_home_refuses_leaves_nothing_behind),
		WORLD_TEST(an_invitation_crosses_realms),
		WORLD_TEST(who_has_not_wished_is_not_put_into_a_group),
		WORLD_TEST(a_group_that_nobody_wished_for_is_not_kept),
		WORLD_TEST(who_comes_back_before_the_home_knows_is_in_again),
		WORLD_TEST(a_copy_keeps_no_rule_of_who_is_gone),
		WORLD_TEST(who_takes_no_answers_is_given_none),
		WORLD_TEST(a_link_is_told_of_every_item),
		WORLD_TEST(rules_are_bounded_whoever_is_banned),
		WORLD_TEST(a_realm_makes_no_more_rules_than_it_may),
		WORLD_TEST(a_realm_takes_no_more_seats_than_it_may),
		WORLD_TEST(whose_groups_there_are_is_known_after_a_restart),
		WORLD_TEST(what_is_said_at_home_is_seen_elsewhere),
		WORLD_TEST(
		    what_is_said_elsewhere_goes_home_and_to_the_others_once),
		WORLD_TEST(what_is_said_waits_for_a_home_that_is_down),
		WORLD_TEST(who_may_not_speak_at_home_gets_it_back),
		WORLD_TEST(forged_words_and_items_are_refused),
		WORLD_TEST(
		    another_realm_does_not_change_our_group_or_a_thirds),
		WORLD_TEST(
		    a_realm_that_takes_nothing_any_more_has_no_members_in_the_end),
		WORLD_TEST(who_leaves_elsewhere_is_out_at_home),
		WORLD_TEST(a_leave_that_the_disk_refuses_leaves_one_in),
		WORLD_TEST(
		    a_copy_ends_with_our_last_and_no_item_goes_there_any_more),
		WORLD_TEST(who_is_kicked_at_home_is_out_everywhere),
		WORLD_TEST(words_that_cross_a_kick_come_back),
		WORLD_TEST(a_moderator_elsewhere_asks_the_home),
		WORLD_TEST(an_administrator_elsewhere_is_nobody_special),
		WORLD_TEST(
		    whom_the_home_server_banned_does_nothing_in_its_groups),
		WORLD_TEST(
		    whom_the_server_banned_is_off_its_lines_from_elsewhere),
		WORLD_TEST(raw_lines_of_two_realms_are_in_one_group),
		WORLD_TEST(
		    a_second_line_there_is_told_and_the_last_one_leaves),
		WORLD_TEST(members_there_see_what_is_said_on_a_raw_line),
		WORLD_TEST(
		    a_visit_makes_no_group_and_enters_none_that_is_shut),
		WORLD_TEST(who_goes_while_the_home_is_asked_is_no_member),
		WORLD_TEST(who_joins_while_on_a_raw_line_stays),
		WORLD_TEST(a_restart_takes_out_who_was_on_a_raw_line_there),
		WORLD_TEST(a_line_there_ends_with_the_membership),
		WORLD_TEST(nothing_more_is_said_to_a_realm_that_is_full),
		WORLD_TEST(nobody_is_invited_in_the_name_of_one_of_ours),
		WORLD_TEST(a_group_is_handed_over_across_realms),
		WORLD_TEST(both_go_on_after_a_restart),
		WORLD_TEST(an_item_that_the_disk_refuses_comes_again),
		WORLD_TEST(a_leave_from_elsewhere_is_noted_in_its_commit),
		WORLD_TEST(a_wish_ends_with_the_chat),
		WORLD_TEST(a_granted_wish_does_not_wait_for_ever),
		WORLD_TEST(members_elsewhere_are_seen_coming_and_going),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
