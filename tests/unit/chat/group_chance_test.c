/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A group by chance: people of two realms come, go and put each other out, as
 * members and on raw lines, with the disk, the links and restarts in between
 * in any order.  When all is quiet there must be one owner, both realms must
 * tell the same of it, nobody may be left in it of whom only a raw line was,
 * and a restart must change nothing.  The chance is the same in every run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/chat/state.h"
#include "tests/unit/chat/peer_fake.h"
#include "tests/unit/chat/world_fake.h"

enum { SIDES = 2, USERS = 3, WAITING = 512, STEPS = 300, ROUNDS = 500 };

static const char *const names[USERS] = { "messi", "neko", "lineker" };
static const char *const realms[SIDES] = { "surabaya", "medan" };

struct side {
	struct peer p;
	uint64_t session[USERS];
	uint64_t line[USERS]; /* 0: none */
	bool asking[USERS];   /* for one elsewhere */
	bool gone[USERS];     /* and nobody waits for it any more */
	struct eye eye[USERS];
	/* The item of the other that is on its way to the disk here. */
	struct answer taking;
	int64_t number; /* 0: none */
};

struct chance {
	uint32_t state;
	struct side side[SIDES];
	struct answer answer[WAITING]; /* of all that was asked for */
	size_t asked;
};

/* Numerical Recipes' generator: the same everywhere. */
static unsigned
roll(struct chance *c, unsigned n)
{
	c->state = c->state * 1664525U + 1013904223U;
	return (c->state >> 16) % n;
}

static struct answer *
fresh(struct chance *c)
{
	assert_true(c->asked < WAITING);
	return &c->answer[c->asked++];
}

/* ---- begin and end ---------------------------------------------------- */

static bool
line_event(void *arg, uint64_t id, const struct chat_event *e)
{
	(void)arg;
	(void)id;
	return e->kind != CHAT_EV_SHUTDOWN;
}

static void
line_ended(void *arg, uint64_t id, enum wire_err why)
{
	struct side *s = arg;

	(void)why;
	s->line[id] = 0;
}

static struct chat_sink sinks[SIDES];

static void
arrive(struct side *s, int which)
{
	struct answer a = { 0 };
	int i;

	sinks[which] = (struct chat_sink){
		.dialect = 1, .arg = s, .event = line_event, .ended = line_ended
	};
	s->p.reach = CHAT_REALM_UP;
	peer_link(&s->p, s->p.w);
	for (i = 0; i < USERS; i++) {
		s->line[i] = 0;
		s->session[i] = world_login(s->p.w, names[i]);
		world_watch(
		    s->p.w, &s->eye[i], s->session[i], -1, &a);
	}
}

static void
set_up(struct chance *c, uint32_t seed)
{
	void *world;
	int i;

	memset(c, 0, sizeof(*c));
	c->state = seed;
	for (i = 0; i < SIDES; i++) {
		assert_int_equal(world_setup(&world), 0);
		c->side[i].p.w = world;
		snprintf(c->side[i].p.w->rules.realm, WIRE_NAME_CAP, "%s",
		    realms[i]);
		chat_set_rules(
		    c->side[i].p.w->chat, &c->side[i].p.w->rules);
		arrive(&c->side[i], i);
	}
}

/* The links close before the chat does: what was asked is answered. */
static void
again(struct chance *c, int which)
{
	struct side *s = &c->side[which];

	peer_cut(&s->p);
	world_restart(s->p.w);
	s->number = 0;
	arrive(s, which);
}

/* ---- what may happen -------------------------------------------------- */

static struct target
group_from(int which)
{
	return target_of(which == 0 ? "#batak" : "#batak@surabaya");
}

static void
come_or_go(struct chance *c, int which, bool come)
{
	struct side *s = &c->side[which];
	struct chat_who who = { .session = s->session[roll(c, USERS)] };
	struct target to = group_from(which);

	(come ? chat_join : chat_leave)(
	    s->p.w->chat, &who, &to, told(fresh(c)));
}

static void
do_something(struct chance *c, int which)
{
	static const enum chat_act acts[] = { CHAT_KICK, CHAT_BAN, CHAT_UNBAN,
		CHAT_UNBAN, CHAT_MUTE, CHAT_UNMUTE, CHAT_OP, CHAT_OP,
		CHAT_DEOP, CHAT_OWN, CHAT_INVITE_USER, CHAT_TOPIC };
	struct side *s = &c->side[which];
	struct chat_who who = { .session = s->session[roll(c, USERS)] };
	struct chat_deed deed = { .where = group_from(which), .text = "x" };

	deed.act = acts[roll(c, sizeof(acts) / sizeof(*acts))];
	deed.whom.kind = TARGET_USER;
	snprintf(deed.whom.name, WIRE_NAME_CAP, "%s", names[roll(c, USERS)]);
	snprintf(deed.whom.realm, WIRE_NAME_CAP, "%s", realms[roll(c, SIDES)]);
	chat_do(s->p.w->chat, &who, &deed, told(fresh(c)));
}

static void
open_or_close(struct chance *c)
{
	struct side *s = &c->side[0];
	unsigned i = roll(c, USERS);
	struct chat_who who = { .session = s->session[i] };
	enum wire_err err;

	if (s->line[i] != 0) {
		chat_line_close(s->p.w->chat, s->line[i]);
		s->line[i] = 0;
	} else {
		s->line[i] = chat_line_open(
		    s->p.w->chat, &who, "batak", &sinks[0], i, &err);
	}
}

static void
visited(void *arg, uint64_t id, const struct chat_result *res)
{
	struct side *s = arg;

	assert_true(s->asking[id]);
	s->asking[id] = false;
	if (res->err != WIRE_OK)
		return;
	if (s->gone[id])
		chat_line_close(s->p.w->chat, (uint64_t)res->id);
	else
		s->line[id] = (uint64_t)res->id;
}

static void
visit_or_close(struct chance *c)
{
	struct side *s = &c->side[1];
	unsigned i = roll(c, USERS);
	struct chat_who who = { .session = s->session[i] };
	struct target to = group_from(1);

	if (s->line[i] != 0) {
		chat_line_close(s->p.w->chat, s->line[i]);
		s->line[i] = 0;
	} else if (s->asking[i]) {
		s->gone[i] = true;
	} else {
		s->asking[i] = true;
		s->gone[i] = false;
		chat_line_visit(s->p.w->chat, &who, &to, &sinks[1], i,
		    (struct chat_done){ visited, s, i });
	}
}

static void
say_on_line(struct chance *c, int which)
{
	struct side *s = &c->side[which];
	unsigned i = roll(c, USERS);

	if (s->line[i] != 0)
		chat_line_say(
		    s->p.w->chat, s->line[i], "hey", told(fresh(c)));
}

static void
say(struct chance *c, int which)
{
	struct side *s = &c->side[which];
	struct target to = group_from(which);

	chat_send(s->p.w->chat, s->session[roll(c, USERS)], 0, &to, "hey",
	    NULL, told(fresh(c)));
}

/* One item more is handed over, if the last was settled. */
static void
hand_over(struct chance *c, int from)
{
	struct side *to = &c->side[1 - from];
	struct store *store = c->side[from].p.w->store;
	const char *realm = realms[1 - from];
	int64_t taken = store_fake_taken(to->p.w->store, realms[from]);
	const struct store_item *item;

	if (to->number != 0) {
		if (to->taking.times == 0)
			return;
		to->number = 0;
	}
	while ((item = store_fake_out(store, realm, 0)) != NULL &&
	    item->number <= taken) {
		assert_true(
		    txn_commit(store_drop_out(TXN(store), realm, item->number),
			NULL, NULL));
		store_fake_run(store);
	}
	if (item == NULL)
		return;
	to->number = item->number;
	assert_null(peer_receive_packed(
	    &to->p, realms[from], item, &to->taking));
}

static void
disk(struct chance *c, int which)
{
	struct store *store = c->side[which].p.w->store;

	store_fake_fail(store, roll(c, 12) == 0);
	store_fake_apply_one(store);
	store_fake_fail(store, false);
	store_dispatch(store);
	store_fake_answer(store);
}

static void
step(struct chance *c)
{
	int which = (int)roll(c, SIDES);

	switch (roll(c, 19)) {
	case 0:
	case 1:
	case 2:
		come_or_go(c, which, true);
		break;
	case 3:
		come_or_go(c, which, false);
		break;
	case 4:
	case 5:
		do_something(c, which);
		break;
	case 6:
		open_or_close(c);
		break;
	case 7:
		say(c, which);
		break;
	case 16:
	case 17:
		visit_or_close(c);
		break;
	case 18:
		say_on_line(c, which);
		break;
	case 8:
	case 9:
		hand_over(c, which);
		break;
	case 10:
		while (c->side[1].p.pleas > 0)
			peer_hand_plea(&c->side[1].p, &c->side[0].p);
		break;
	case 11:
		if (roll(c, 30) == 0)
			again(c, which);
		break;
	default:
		disk(c, which);
		break;
	}
}

static void
settle(struct chance *c)
{
	int i, quiet = 0;

	while (quiet < 3) {
		quiet++;
		for (i = 0; i < SIDES; i++) {
			world_run(c->side[i].p.w);
			if (c->side[1].p.pleas > 0) {
				peer_pass_plea(&c->side[1].p, &c->side[0].p);
				quiet = 0;
			}
			hand_over(c, i);
			if (store_fake_outs(c->side[i].p.w->store,
				realms[1 - i]) > 0)
				quiet = 0;
		}
	}
}

/* ---- what must hold --------------------------------------------------- */

struct list {
	char line[2 * USERS][200];
	size_t count, seen, owners, ours;
	bool owner_is_line;
	const char *realm; /* of whose chat it is */
	bool lines;        /* those on raw lines only, too */
};

static void
note_member(void *arg, const struct chat_member *m)
{
	struct list *l = arg;
	bool ours = strchr(m->user.name, '@') == NULL;

	l->seen++;
	l->owners += m->role == CHAT_OWNER;
	l->owner_is_line |= m->role == CHAT_OWNER && m->line;
	if (m->line && !l->lines)
		return;
	l->ours += ours;
	assert_true(l->count < 2 * USERS);
	snprintf(l->line[l->count++], sizeof(l->line[0]), "%s%s%s %s%s",
	    m->user.name, ours ? "@" : "", ours ? l->realm : "",
	    chat_role_name(m->role), m->muted ? " muted" : "");
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* As somebody who is in it sees it; empty if nobody is. */
static struct list
look(struct chance *c, int which, bool lines)
{
	struct side *s = &c->side[which];
	struct target to = group_from(which);
	struct list l = { .realm = realms[which], .lines = lines };
	int i;

	for (i = 0; i < USERS && l.seen == 0; i++)
		(void)chat_each_member(
		    s->p.w->chat, s->session[i], &to, note_member, &l);
	qsort(l.line, l.count, sizeof(l.line[0]), by_name);
	return l;
}

/* So that one who looks for the cause need not look for the case. */
static void
show_lists(const struct list *a, const struct list *b)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		print_message("one   %s\n", a->line[i]);
	for (i = 0; i < b->count; i++)
		print_message("other %s\n", b->line[i]);
}

static void
same(const struct list *a, const struct list *b)
{
	bool is = a->count == b->count;
	size_t i;

	for (i = 0; is && i < a->count; i++)
		is = strcmp(a->line[i], b->line[i]) == 0;
	if (!is)
		show_lists(a, b);
	assert_true(is);
}

static void
everything_was_answered_once(const struct chance *c)
{
	size_t i;

	for (i = 0; i < c->asked; i++)
		assert_int_equal(c->answer[i].times, 1);
	for (i = 0; i < USERS; i++)
		assert_false(c->side[1].asking[i]);
}

/* Those with a line are there for it; of all others the note says no more than
 * that they once were. */
static void
nobody_is_there_for_a_line_only(struct chance *c)
{
	struct side *s = &c->side[1];
	struct list l = look(c, 1, false);
	char member[WIRE_TARGET_CAP + 1];
	size_t i, n;

	for (i = 0; i < USERS; i++) {
		if (s->line[i] != 0 ||
		    !rule_is(&s->p.w->chat->dir, STORE_VISIT, "#batak@surabaya",
			names[i]))
			continue;
		n = (size_t)snprintf(
		    member, sizeof(member), "%s@medan ", names[i]);
		for (size_t k = 0; k < l.count; k++)
			assert_int_not_equal(
			    strncmp(l.line[k], member, n), 0);
	}
}

static void
tick(struct chance *c)
{
	int i;

	for (i = 0; i < SIDES; i++)
		world_pass(c->side[i].p.w, 20000);
	settle(c);
}

static void
check(struct chance *c)
{
	struct list home, far, then;

	tick(c); /* wishes that lead nowhere; what the disk refused */
	tick(c); /* who was asked for by these, and left again */
	everything_was_answered_once(c);
	nobody_is_there_for_a_line_only(c);
	again(c, 1);
	tick(c);
	nobody_is_there_for_a_line_only(c);
	home = look(c, 0, false);
	far = look(c, 1, false);
	if (home.seen > 0)
		assert_int_equal(home.owners, 1);
	/* Who is on a raw line only is no member elsewhere. */
	if (far.seen > 0)
		assert_int_equal(far.owners, !home.owner_is_line);
	if (home.seen > 0 && far.seen > 0)
		same(&home, &far);
	again(c, 1);
	settle(c);
	then = look(c, 1, false);
	same(&far, &then);
	again(c, 0);
	settle(c);
	then = look(c, 0, true);
	if (home.ours > 0 && then.seen > 0) {
		assert_int_equal(then.owners, 1);
		assert_int_equal(then.count, home.count);
	}
}

static void
one_owner_and_one_truth_whatever_happens(void **state)
{
	static struct chance c;
	void *world;
	uint32_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= ROUNDS; seed++) {
		set_up(&c, seed);
		for (i = 0; i < STEPS; i++)
			step(&c);
		settle(&c);
		check(&c);
		for (i = 0; i < SIDES; i++) {
			world = c.side[i].p.w;
			world_teardown(&world);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_owner_and_one_truth_whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
