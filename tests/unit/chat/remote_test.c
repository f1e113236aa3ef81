/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People of other realms: letters to them and from them, and who sees whether
 * they are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/chat/state.h"
#include "tests/unit/chat/peer_fake.h"
#include "tests/unit/chat/world_fake.h"

/* messi and neko are logged in and watch; links to other realms are up. */
struct realm {
	struct world *w;
	struct peer p;
	uint64_t messi, neko;
	struct eye em, en;
};

static void
enter(struct realm *r, struct world *w)
{
	struct answer a = { 0 };

	memset(r, 0, sizeof(*r));
	r->w = w;
	r->p.reach = CHAT_REALM_UP;
	peer_link(&r->p, w);
	r->messi = world_login(w, "messi");
	r->neko = world_login(w, "neko");
	world_watch(w, &r->em, r->messi, -1, &a);
	world_watch(w, &r->en, r->neko, -1, &a);
	seen(&r->em);
	seen(&r->en);
	peered(&r->p);
}

static void
say(struct realm *r, const char *to, const char *text, const char *tag,
    struct answer *a)
{
	*a = (struct answer){ 0 };
	world_say(r->w, r->messi, NULL, to, text, tag, a);
}

/* To somebody who is found at once. */
static void
meet(struct realm *r, const char *user, const char *realm)
{
	struct answer a;
	char to[WIRE_TARGET_CAP];

	snprintf(to, sizeof(to), "%s@%s", user, realm);
	say(r, to, "halo", NULL, &a);
	peer_found(&r->p, WIRE_OK, user, realm, false);
	world_run(r->w);
	assert_int_equal(a.result.err, WIRE_OK);
	seen(&r->em);
	peered(&r->p);
}

static struct chat_item
letter(const char *from, const char *to, const char *text)
{
	return (struct chat_item){ .kind = CHAT_ITEM_LETTER,
		.from = from,
		.to = to,
		.name = "James Maranata",
		.text = text,
		.time = 1600000000000 };
}

/* From medan, and answered so. */
static enum wire_err
receive(struct realm *r, int64_t number, const struct chat_item *item)
{
	struct answer a = { 0 };

	assert_null(peer_receive(&r->p, "medan", number, item, &a));
	world_run(r->w);
	assert_int_equal(a.times, 1);
	return a.result.err;
}

/* ---- letters out ------------------------------------------------------ */

static void
somebody_unknown_is_asked_for_first(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	say(&r, "James@Medan", "hey", NULL, &a);
	assert_string_equal(
	    peered(&r.p), "find James@Medan from messi: hey\n");
	world_run(r.w);
	assert_int_equal(a.times, 0);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	assert_int_equal(a.times, 0);
	assert_string_equal(seen(&r.em), "");
	store_fake_apply_one(r.w->store);
	assert_string_equal(peer_out(&r.p, "medan", 0),
	    "letter messi@surabaya > james@medan (messi): hey");
	assert_int_equal(store_fake_messages(r.w->store), 1);
	store_dispatch(r.w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(a.result.id, 1);
	assert_false(a.result.queued);
	assert_string_equal(seen(&r.em), "1 james@medan messi: hey\n");
	assert_string_equal(
	    peered(&r.p), "want james@medan\nwake medan\n");
}

static void
who_was_found_is_not_asked_for_again(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	meet(&r, "james", "medan");
	say(&r, "JAMES@medan", "hey", NULL, &a);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(peered(&r.p), "wake medan\n");
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 2);
}

static void
who_is_not_there_is_said_to_be_so(void **state)
{
	static const enum wire_err errs[] = { WIRE_NO_SUCH_USER, WIRE_BUSY,
		WIRE_REALM_UNREACHABLE };
	struct realm r;
	struct answer a;
	size_t i;

	enter(&r, *state);
	for (i = 0; i < sizeof(errs) / sizeof(*errs); i++) {
		say(&r, "james@medan", "hey", NULL, &a);
		peer_found(&r.p, errs[i], NULL, NULL, false);
		world_run(r.w);
		assert_int_equal(a.times, 1);
		assert_int_equal(a.result.err, errs[i]);
	}
	say(&r, "james@nowhere", "hey", NULL, &a);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_REALM);
	say(&r, "nobody@surabaya", "hey", NULL, &a);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_USER);
	assert_int_equal(store_fake_messages(r.w->store), 0);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 0);
}

static void
without_links_there_is_no_other_realm(void **state)
{
	struct world *w = *state;
	struct answer a = { 0 };
	uint64_t messi = world_login(w, "messi");

	world_say(w, messi, NULL, "james@medan", "hey", NULL, &a);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_REALM);
	world_say(w, messi, NULL, "james", "hey", NULL, &a);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_USER);
}

static void
a_letter_to_a_realm_that_is_down_waits_in_the_same_commit(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	r.p.reach = CHAT_REALM_DOWN;
	say(&r, "james@medan", "hey", NULL, &a);
	assert_int_equal(a.times, 0);
	store_fake_apply_one(r.w->store);
	assert_int_equal(store_fake_messages(r.w->store), 1);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 1);
	store_dispatch(r.w->store);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_true(a.result.queued);
	assert_int_equal(r.p.finds, 0);
	r.p.reach = CHAT_REALM_FULL;
	say(&r, "james@medan", "hey", NULL, &a);
	assert_int_equal(a.result.err, WIRE_REALM_UNREACHABLE);
}

static void
a_letter_that_the_disk_refuses_goes_nowhere(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	meet(&r, "james", "medan");
	store_fake_fail(r.w->store, true);
	say(&r, "james@medan", "hey", NULL, &a);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	store_fake_refuse(r.w->store, true);
	say(&r, "james@medan", "hey", NULL, &a);
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(r.w->store, false);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 1);
	assert_string_equal(seen(&r.em), "");
	assert_string_equal(peered(&r.p), "");
}

static void
a_bare_name_that_is_not_local_is_looked_for_elsewhere(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	say(&r, "neko", "here", NULL, &a);
	world_run(r.w);
	assert_int_equal(r.p.finds, 0);
	say(&r, "james", "there", NULL, &a);
	assert_string_equal(
	    peered(&r.p), "find james@ from messi: there\n");
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(seen(&r.em),
	    "1 neko messi: here\n2 james@medan messi: there\n");
	assert_string_equal(peer_out(&r.p, "medan", 0),
	    "letter messi@surabaya > james@medan (messi): there");
}

static void
a_bare_name_known_before_will_do_when_nobody_can_be_asked(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	meet(&r, "james", "medan");
	r.p.reach = CHAT_REALM_DOWN;
	say(&r, "james", "again", NULL, &a);
	peer_found(&r.p, WIRE_REALM_UNREACHABLE, NULL, NULL, false);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_true(a.result.queued);
	assert_string_equal(seen(&r.em), "2 james@medan messi: again\n");
	say(&r, "jam", "again", NULL, &a);
	peer_found(&r.p, WIRE_REALM_UNREACHABLE, NULL, NULL, false);
	assert_int_equal(a.result.err, WIRE_REALM_UNREACHABLE);
}

static void
what_a_link_calls_a_user_must_be_a_name(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	say(&r, "james", "hey", NULL, &a);
	peer_found(&r.p, WIRE_OK, "neko x", "medan", false);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_USER);
	assert_int_equal(store_fake_writes(r.w->store), 0);
}

static void
what_an_older_realm_took_needs_no_outbox(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	say(&r, "james@legacy", "hey", NULL, &a);
	peer_found(&r.p, WIRE_OK, "james", "legacy", true);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_false(a.result.queued);
	assert_int_equal(store_fake_outs(r.w->store, "legacy"), 0);
	assert_string_equal(seen(&r.em), "1 james@legacy messi: hey\n");
	/* It has no other way: every letter is handed over so. */
	say(&r, "james@legacy", "again", NULL, &a);
	assert_int_equal(r.p.finds, 1);
	peer_found(&r.p, WIRE_NO_SUCH_USER, NULL, NULL, false);
	assert_int_equal(a.result.err, WIRE_NO_SUCH_USER);
}

/* ---- order ------------------------------------------------------------ */

static void
a_letter_never_overtakes_one_that_waits_for_an_answer(void **state)
{
	struct realm r;
	struct answer a, b, c;

	enter(&r, *state);
	meet(&r, "james", "medan");
	say(&r, "james", "one", NULL, &a);
	say(&r, "james@medan", "two", NULL, &b);
	r.p.reach = CHAT_REALM_DOWN;
	say(&r, "james@medan", "three", NULL, &c);
	world_run(r.w);
	assert_int_equal(b.times, 0);
	assert_int_equal(c.times, 0);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w); /* what is behind it was to be looked up */
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w);
	assert_int_equal(a.result.id, 2);
	assert_int_equal(b.result.id, 3);
	assert_int_equal(c.result.id, 4);
	/* And then they go straight again. */
	say(&r, "james@medan", "four", NULL, &a);
	assert_int_equal(store_fake_writes(r.w->store), 1);
}

static void
a_tag_that_is_looked_up_keeps_its_place(void **state)
{
	struct realm r;
	struct answer a, b;

	enter(&r, *state);
	say(&r, "james", "one", "t1", &a);
	say(&r, "james", "two", NULL, &b);
	world_run(r.w);
	assert_string_equal(peered(&r.p),
	    "find james@ from messi: one\nfind james@ from messi: two\n");
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w);
	assert_int_equal(a.result.id, 1);
	assert_int_equal(b.result.id, 2);
}

/* ---- tags ------------------------------------------------------------- */

static void
a_tag_again_puts_nothing_into_the_outbox(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	meet(&r, "james", "medan");
	say(&r, "james@medan", "hey", "t1", &a);
	world_run(r.w);
	assert_int_equal(a.result.id, 2);
	say(&r, "james@medan", "hey", "t1", &a);
	world_run(r.w);
	assert_int_equal(a.result.id, 2);
	assert_true(a.result.duplicate);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 2);
	say(&r, "james@medan", "other", "t1", &a);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_TAG_REUSED);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 2);
}

/* The answer was lost, and the sender asks again as it asked before. */
static void
a_tag_with_a_bare_name_is_known_again(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	say(&r, "James", "hey", "t1", &a);
	world_run(r.w);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w);
	assert_int_equal(a.result.id, 1);
	say(&r, "james", "hey", "t1", &a);
	world_run(r.w);
	assert_int_equal(r.p.finds, 0);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(a.result.id, 1);
	assert_true(a.result.duplicate);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 1);
}

static void
an_older_realm_is_not_given_a_tag_twice(void **state)
{
	struct realm r;
	struct answer a;

	enter(&r, *state);
	say(&r, "james@legacy", "hey", "t1", &a);
	world_run(r.w);
	peer_found(&r.p, WIRE_OK, "james", "legacy", true);
	world_run(r.w);
	say(&r, "james@legacy", "hey", "t1", &a);
	world_run(r.w);
	assert_int_equal(r.p.finds, 0);
	assert_true(a.result.duplicate);
	say(&r, "james@legacy", "hey!", "t1", &a);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_TAG_REUSED);
	store_fake_fail(r.w->store, true);
	say(&r, "james@legacy", "hey", "t2", &a);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	assert_int_equal(r.p.finds, 0);
}

/* ---- what comes late -------------------------------------------------- */

static void
an_answer_after_the_end_finds_nobody(void **state)
{
	struct realm r;
	struct answer a, b;

	enter(&r, *state);
	say(&r, "james", "hey", NULL, &a);
	say(&r, "james", "hey", "t1", &b);
	world_restart(r.w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_BUSY);
	assert_int_equal(b.result.err, WIRE_BUSY);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w);
	assert_int_equal(store_fake_messages(r.w->store), 0);
}

static void
who_is_silenced_while_a_link_is_asked_says_nothing(void **state)
{
	struct realm r;
	struct answer a, b = { 0 };
	struct chat_who admin;
	struct chat_deed deed = { .act = CHAT_MUTE,
		.where = { .kind = TARGET_EVERYONE },
		.whom = target_of("messi") };
	static const char *const names[] = { "neko" };

	enter(&r, *state);
	r.w->rules.admin = names;
	r.w->rules.admins = 1;
	chat_set_rules(r.w->chat, &r.w->rules);
	say(&r, "james", "hey", NULL, &a);
	admin = (struct chat_who){ .session = r.neko };
	chat_do(r.w->chat, &admin, &deed, told(&b));
	world_run(r.w);
	assert_int_equal(b.result.err, WIRE_OK);
	peer_found(&r.p, WIRE_OK, "james", "medan", false);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_MUTED);
	assert_int_equal(store_fake_messages(r.w->store), 0);
}

/* ---- letters in ------------------------------------------------------- */

static void
a_letter_is_noted_as_taken_in_the_commit_that_keeps_it(void **state)
{
	struct realm r;
	struct answer a = { 0 };
	struct chat_item item =
	    letter("james@medan", "Messi@Surabaya", "horas");

	enter(&r, *state);
	assert_null(peer_receive(&r.p, "medan", 7, &item, &a));
	assert_int_equal(a.times, 0);
	store_fake_apply_one(r.w->store);
	assert_int_equal(store_fake_messages(r.w->store), 1);
	assert_int_equal(store_fake_taken(r.w->store, "medan"), 7);
	assert_string_equal(seen(&r.em), "");
	store_dispatch(r.w->store);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(seen(&r.em), "1 james@medan james@medan: horas\n");
	assert_string_equal(seen(&r.en), "");
	assert_string_equal(peered(&r.p), "want james@medan\n");
}

static void
a_letter_that_the_disk_refuses_is_not_shown_and_comes_back(void **state)
{
	struct realm r;
	struct answer a = { 0 };
	struct chat_item item =
	    letter("james@medan", "messi@surabaya", "horas");

	enter(&r, *state);
	store_fake_fail(r.w->store, true);
	assert_int_equal(receive(&r, 1, &item), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	store_fake_refuse(r.w->store, true);
	assert_null(peer_receive(&r.p, "medan", 1, &item, &a));
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(r.w->store, false);
	assert_string_equal(seen(&r.em), "");
	assert_int_equal(store_fake_taken(r.w->store, "medan"), 0);
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	assert_string_equal(seen(&r.em), "1 james@medan james@medan: horas\n");
}

static void
a_realm_speaks_for_its_own_users_only(void **state)
{
	static const struct {
		const char *from, *to;
	} bad[] = { { "james@its", "messi@surabaya" },
		{ "neko@surabaya", "messi@surabaya" }, { "neko", "messi" },
		{ "@medan", "messi@surabaya" },
		{ "ja mes@medan", "messi@surabaya" },
		{ "#g@medan", "messi@surabaya" }, { "*", "messi@surabaya" },
		{ NULL, "messi@surabaya" }, { "james@medan", "paff@its" },
		{ "james@medan", "messi" }, { "james@medan", NULL },
		{ "james@medan", "#g@surabaya" } };
	struct realm r;
	struct chat_item item;
	struct answer a = { 0 };
	size_t i;

	enter(&r, *state);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		item = letter(bad[i].from, bad[i].to, "psst");
		assert_non_null(peer_receive(&r.p, "medan", 1, &item, &a));
	}
	item = letter("james@medan", "messi@surabaya", NULL);
	assert_non_null(peer_receive(&r.p, "medan", 1, &item, &a));
	item.text = "\xff";
	assert_non_null(peer_receive(&r.p, "medan", 1, &item, &a));
	item.kind = CHAT_ITEM_KINDS;
	assert_non_null(peer_receive(&r.p, "medan", 1, &item, &a));
	assert_int_equal(a.times, 0);
	assert_int_equal(store_fake_writes(r.w->store), 0);
}

static void
what_cannot_be_delivered_goes_back_and_is_taken(void **state)
{
	static char long_text[WIRE_TEXT_MAX + 2];
	struct realm r;
	struct answer a = { 0 };
	struct chat_item item = letter("james@medan", "nobody@surabaya", "hey");

	enter(&r, *state);
	assert_null(peer_receive(&r.p, "medan", 1, &item, &a));
	store_fake_apply_one(r.w->store);
	assert_int_equal(store_fake_taken(r.w->store, "medan"), 1);
	assert_string_equal(peer_out(&r.p, "medan", 0),
	    "bounce nobody@surabaya > james@medan no-such-user: hey");
	store_dispatch(r.w->store);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_string_equal(peered(&r.p), "wake medan\n");
	item = letter("james@medan", "messi@surabaya", "\xC2\xA0");
	assert_int_equal(receive(&r, 2, &item), WIRE_OK);
	assert_string_equal(peer_out(&r.p, "medan", 1),
	    "bounce messi@surabaya > james@medan text-empty: \xC2\xA0");
	memset(long_text, 'x', WIRE_TEXT_MAX + 1);
	item.text = long_text;
	assert_int_equal(receive(&r, 3, &item), WIRE_OK);
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 3);
	assert_string_equal(seen(&r.em), "");
	store_fake_fail(r.w->store, true);
	assert_int_equal(receive(&r, 4, &item), WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	store_fake_refuse(r.w->store, true);
	assert_null(peer_receive(&r.p, "medan", 4, &item, &a));
	assert_int_equal(a.result.err, WIRE_BUSY);
	store_fake_refuse(r.w->store, false);
	assert_int_equal(store_fake_taken(r.w->store, "medan"), 3);
}

static void
whom_an_administrator_silenced_is_told_so(void **state)
{
	static const char *const names[] = { "neko" };
	struct realm r;
	struct answer a = { 0 };
	struct chat_who admin;
	struct chat_deed deed = { .act = CHAT_BAN,
		.where = { .kind = TARGET_EVERYONE },
		.whom = target_of("James@Medan") };
	struct chat_item item = letter("james@medan", "messi@surabaya", "hey");

	enter(&r, *state);
	r.w->rules.admin = names;
	r.w->rules.admins = 1;
	chat_set_rules(r.w->chat, &r.w->rules);
	admin = (struct chat_who){ .session = r.neko };
	chat_do(r.w->chat, &admin, &deed, told(&a));
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	assert_string_equal(peer_out(&r.p, "medan", 0),
	    "bounce messi@surabaya > james@medan banned: hey");
	chat_receive_letter(
	    r.w->chat, "medan", "james", "messi", "hey", told(&a));
	assert_int_equal(a.result.err, WIRE_BANNED);
	deed.act = CHAT_MUTE;
	deed.whom = target_of("paff@medan");
	chat_do(r.w->chat, &admin, &deed, told(&a));
	world_run(r.w);
	item.from = "paff@medan";
	assert_int_equal(receive(&r, 2, &item), WIRE_OK);
	assert_string_equal(peer_out(&r.p, "medan", 1),
	    "bounce messi@surabaya > paff@medan muted: hey");
	assert_string_equal(seen(&r.em), "");
}

static void
a_letter_that_came_to_nothing_comes_back_as_a_note(void **state)
{
	struct realm r;
	struct chat_item item = { .kind = CHAT_ITEM_BOUNCE,
		.from = "james@medan",
		.to = "messi@surabaya",
		.text = "hey",
		.err = WIRE_NO_SUCH_USER };

	enter(&r, *state);
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	assert_string_equal(seen(&r.em),
	    "1 james@medan @medan: User Tidak Ditemukan: hey\n");
	item.group = "batak";
	assert_int_equal(receive(&r, 2, &item), WIRE_OK);
	assert_string_equal(seen(&r.em),
	    "2 messi @medan: #batak: User Tidak Ditemukan: hey\n");
	assert_int_equal(store_fake_taken(r.w->store, "medan"), 2);
	assert_string_equal(seen(&r.en), "");
}

static void
a_hostile_answer_does_no_harm(void **state)
{
	static char text[WIRE_TEXT_MAX + 1];
	struct realm r;
	struct answer a = { 0 };
	struct chat_item item = { .kind = CHAT_ITEM_BOUNCE,
		.from = "paff@its",
		.to = "messi@surabaya",
		.text = "hey",
		.err = WIRE_ERRS };

	enter(&r, *state);
	/* In the name of a third realm: in no conversation with it. */
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	assert_string_equal(
	    seen(&r.em), "1 messi @medan: Tidak diizinkan: hey\n");
	memset(text, 'x', WIRE_TEXT_MAX);
	item.text = text;
	assert_int_equal(receive(&r, 2, &item), WIRE_OK);
	item.to = "nobody@surabaya";
	assert_int_equal(receive(&r, 3, &item), WIRE_OK);
	item.to = "messi@surabaya";
	item.text = NULL;
	assert_int_equal(receive(&r, 4, &item), WIRE_OK);
	assert_int_equal(store_fake_taken(r.w->store, "medan"), 4);
	assert_int_equal(store_fake_messages(r.w->store), 2);
	item.group = "a b";
	assert_non_null(peer_receive(&r.p, "medan", 5, &item, &a));
	item.group = NULL;
	item.to = "paff@its";
	assert_non_null(peer_receive(&r.p, "medan", 5, &item, &a));
	assert_int_equal(store_fake_outs(r.w->store, "medan"), 0);
}

static void
nothing_was_said_tomorrow(void **state)
{
	struct realm r;
	struct answer a = { 0 };
	struct chat_item item = letter("james@medan", "messi@surabaya", "hey");
	struct chat_range range = { .limit = 10 };
	struct target james = target_of("james@medan");

	enter(&r, *state);
	item.time = INT64_MAX;
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	item.time = -5;
	assert_int_equal(receive(&r, 2, &item), WIRE_OK);
	item.time = r.w->wall - 60000;
	assert_int_equal(receive(&r, 3, &item), WIRE_OK);
	chat_history(r.w->chat, r.messi, &james, &range, told(&a));
	world_run(r.w);
	assert_string_equal(a.log,
	    "1 james@medan james@medan: hey\n"
	    "2 james@medan james@medan: hey\n"
	    "3 james@medan james@medan: hey\n");
	assert_int_equal(store_fake_message(r.w->store, 1)->time, r.w->wall);
	assert_int_equal(store_fake_message(r.w->store, 2)->time, r.w->wall);
	assert_int_equal(
	    store_fake_message(r.w->store, 3)->time, r.w->wall - 60000);
}

static void
a_conversation_is_one_from_both_sides(void **state)
{
	struct realm r;
	struct answer a = { 0 };
	struct chat_item item = letter("James@Medan", "messi@surabaya", "hey");
	struct chat_range range = { .limit = 10 };
	struct target james = target_of("JAMES@medan");

	enter(&r, *state);
	meet(&r, "james", "medan");
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	chat_unread(r.w->chat, r.messi, told(&a));
	world_run(r.w);
	assert_string_equal(a.log, "james@medan 1 from 2\n");
	chat_history(r.w->chat, r.messi, &james, &range, told(&a));
	world_run(r.w);
	assert_string_equal(a.log,
	    "1 james@medan messi: halo\n2 james@medan James@Medan: hey\n");
}

/* ---- two chats -------------------------------------------------------- */

static void
two_chats_exchange_letters_and_answers(void **state)
{
	struct realm r;
	struct peer far = { .reach = CHAT_REALM_UP };
	struct answer a;
	void *other;

	enter(&r, *state);
	assert_int_equal(world_setup(&other), 0);
	far.w = other;
	snprintf(far.w->rules.realm, WIRE_NAME_CAP, "medan");
	chat_set_rules(far.w->chat, &far.w->rules);
	peer_link(&far, other);
	meet(&r, "lineker", "medan");
	say(&r, "lineker@medan", "two", NULL, &a);
	world_run(r.w);
	say(&r, "nobody@medan", "three", NULL, &a);
	peer_found(&r.p, WIRE_OK, "nobody", "medan", false);
	world_run(r.w);
	seen(&r.em);
	assert_int_equal(peer_carry(&r.p, &far), 3);
	assert_int_equal(store_fake_messages(far.w->store), 2);
	assert_int_equal(peer_carry(&far, &r.p), 1);
	assert_string_equal(seen(&r.em),
	    "4 nobody@medan @medan: User Tidak Ditemukan: three\n");
	world_teardown(&other);
}

/* ---- the older system ------------------------------------------------- */

static void
an_older_realms_sender_is_one_of_its_own_whatever_it_says(void **state)
{
	static const struct {
		const char *from, *shown;
	} names[] = { { "messi", "messi" }, { "Lionel Messi", "Lionel_Messi" },
		{ "messi@surabaya", "messi_surabaya" }, { "", "_" },
		{ "\033[31m", "__31m" }, { "\xff\xfe", "__" }, { "-rf", "_rf" },
		{ "a\nb", "a_b" },
		{ "0123456789012345678901234567890123456789",
		    "01234567890123456789012345678901" },
		{ "neko\xe2\x80\xae", "neko___" } };
	struct realm r;
	struct answer a = { 0 };
	char name[WIRE_NAME_CAP], line[200];
	size_t i;

	enter(&r, *state);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		chat_foreign_name(names[i].from, name);
		assert_string_equal(name, names[i].shown);
		assert_true(wire_name_ok(name, strlen(name)));
		chat_receive_letter(r.w->chat, "legacy", names[i].from,
		    "messi", " Halo", told(&a));
		world_run(r.w);
		assert_int_equal(a.times, 1);
		assert_int_equal(a.result.err, WIRE_OK);
		snprintf(line, sizeof(line),
		    "%zu %.64s@legacy %.64s@legacy:  Halo\n", i + 1, name, name);
		assert_string_equal(seen(&r.em), line);
	}
}

static void
a_letter_of_an_older_realm_is_durable_when_it_is_answered(void **state)
{
	struct realm r;
	struct answer a = { 0 };

	enter(&r, *state);
	chat_receive_letter(
	    r.w->chat, "legacy", "james", "messi", "hey", told(&a));
	assert_int_equal(a.times, 0);
	store_fake_fail(r.w->store, true);
	world_run(r.w);
	assert_int_equal(a.result.err, WIRE_STORAGE);
	store_fake_fail(r.w->store, false);
	assert_string_equal(seen(&r.em), "");
	chat_receive_letter(
	    r.w->chat, "legacy", "james", "nobody", "hey", told(&a));
	assert_int_equal(a.result.err, WIRE_NO_SUCH_USER);
	chat_receive_letter(
	    r.w->chat, "legacy", "james", "messi", "\xC2\xA0", told(&a));
	assert_int_equal(a.result.err, WIRE_TEXT_EMPTY);
	chat_receive_letter(
	    r.w->chat, "legacy", "james", "messi", "\xff", told(&a));
	assert_int_equal(a.result.err, WIRE_BAD_UTF8);
}

/* ---- presence --------------------------------------------------------- */

static void
is_there(struct realm *r, const char *user, bool online)
{
	chat_remote_user(r->w->chat, "medan",
	    &(struct chat_user){ .name = user,
		.real_name = user,
		.online = online,
		.since = 5 });
}

static void
who_writes_to_somebody_sees_them_come_and_go(void **state)
{
	struct realm r;

	enter(&r, *state);
	meet(&r, "james", "medan");
	is_there(&r, "james", true);
	is_there(&r, "james", true);
	is_there(&r, "paff", true); /* nobody's business here */
	assert_string_equal(seen(&r.em), "+james@medan\n");
	is_there(&r, "james", false);
	assert_string_equal(seen(&r.em), "-james@medan\n");
	is_there(&r, "james", true);
	chat_remote_down(r.w->chat, "its");
	chat_remote_down(r.w->chat, "Medan");
	assert_string_equal(seen(&r.em), "+james@medan\n-james@medan\n");
	assert_string_equal(seen(&r.en), "");
	assert_string_equal(peered(&r.p), ""); /* we speak for ours only */
	is_there(&r, "bad name", true);
}

static void
note_user(void *arg, const struct chat_user *user)
{
	char *log = arg;
	size_t n = strlen(log);

	snprintf(log + n, 200 - n, "%s%s ", user->online ? "+" : "",
	    user->name);
}

static void
note_wanted(void *arg, const char *user)
{
	char *log = arg;
	size_t n = strlen(log);

	snprintf(log + n, 200 - n, "%s ", user);
}

/* A realm has many users, and for each change all watches are walked. */
static void
of_somebody_elsewhere_whom_nobody_knows_nothing_is_told(void **state)
{
	struct world *w = *state;
	struct peer p = { .reach = CHAT_REALM_UP };
	struct chat_user bob = { .name = "bob",
		.real_name = "Bob",
		.online = true };
	uint64_t before;

	peer_link(&p, w);
	before = w->chat->dir.presence.changes;
	chat_remote_user(w->chat, "medan", &bob);
	chat_remote_down(w->chat, "medan");
	assert_int_equal(w->chat->dir.presence.changes, before);
}

static void
contacts_come_back_after_a_restart(void **state)
{
	struct realm r;
	struct chat_item item = letter("paff@medan", "neko@surabaya", "hey");
	char log[200] = "";

	enter(&r, *state);
	meet(&r, "james", "medan");
	meet(&r, "bob", "its");
	assert_int_equal(receive(&r, 1, &item), WIRE_OK);
	world_restart(r.w);
	peer_link(&r.p, r.w);
	r.messi = world_login(r.w, "messi");
	chat_each_contact(r.w->chat, r.messi, note_user, log);
	assert_string_equal(log, "james@medan bob@its ");
	is_there(&r, "james", true);
	log[0] = '\0';
	chat_each_contact(r.w->chat, r.messi, note_user, log);
	assert_string_equal(log, "+james@medan bob@its ");
	log[0] = '\0';
	chat_each_wanted(r.w->chat, "MEDAN", note_wanted, log);
	assert_string_equal(log, "james paff ");
	log[0] = '\0';
	chat_each_contact(r.w->chat, 0, note_user, log);
	assert_string_equal(log, "");
}

static void
links_are_told_of_ours(void **state)
{
	struct realm r;
	struct answer a = { 0 };

	enter(&r, *state);
	world_login(r.w, "lineker");
	assert_string_equal(peered(&r.p), "+lineker\n");
	chat_logout(r.w->chat, r.neko, told(&a));
	world_run(r.w);
	assert_string_equal(peered(&r.p), "-neko\n");
}

int
main(void)
{
#define WORLD_TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

	const struct CMUnitTest tests[] = {
		WORLD_TEST(somebody_unknown_is_asked_for_first),
		WORLD_TEST(who_was_found_is_not_asked_for_again),
		WORLD_TEST(who_is_not_there_is_said_to_be_so),
		WORLD_TEST(without_links_there_is_no_other_realm),
		WORLD_TEST(
		    a_letter_to_a_realm_that_is_down_waits_in_the_same_commit),
		WORLD_TEST(a_letter_that_the_disk_refuses_goes_nowhere),
		WORLD_TEST(
		    a_bare_name_that_is_not_local_is_looked_for_elsewhere),
		WORLD_TEST(
		    a_bare_name_known_before_will_do_when_nobody_can_be_asked),
		WORLD_TEST(what_a_link_calls_a_user_must_be_a_name),
		WORLD_TEST(what_an_older_realm_took_needs_no_outbox),
		WORLD_TEST(
		    a_letter_never_overtakes_one_that_waits_for_an_answer),
		WORLD_TEST(a_tag_that_is_looked_up_keeps_its_place),
		WORLD_TEST(a_tag_again_puts_nothing_into_the_outbox),
		WORLD_TEST(a_tag_with_a_bare_name_is_known_again),
		WORLD_TEST(an_older_realm_is_not_given_a_tag_twice),
		WORLD_TEST(an_answer_after_the_end_finds_nobody),
		WORLD_TEST(who_is_silenced_while_a_link_is_asked_says_nothing),
		WORLD_TEST(
		    a_letter_is_noted_as_taken_in_the_commit_that_keeps_it),
		WORLD_TEST(
		    a_letter_that_the_disk_refuses_is_not_shown_and_comes_back),
		WORLD_TEST(a_realm_speaks_for_its_own_users_only),
		WORLD_TEST(what_cannot_be_delivered_goes_back_and_is_taken),
		WORLD_TEST(whom_an_administrator_silenced_is_told_so),
		WORLD_TEST(a_letter_that_came_to_nothing_comes_back_as_a_note),
		WORLD_TEST(a_hostile_answer_does_no_harm),
		WORLD_TEST(nothing_was_said_tomorrow),
		WORLD_TEST(a_conversation_is_one_from_both_sides),
		WORLD_TEST(two_chats_exchange_letters_and_answers),
		WORLD_TEST(
		    an_older_realms_sender_is_one_of_its_own_whatever_it_says),
		WORLD_TEST(
		    a_letter_of_an_older_realm_is_durable_when_it_is_answered),
		WORLD_TEST(who_writes_to_somebody_sees_them_come_and_go),
		WORLD_TEST(
		    of_somebody_elsewhere_whom_nobody_knows_nothing_is_told),
		WORLD_TEST(contacts_come_back_after_a_restart),
		WORLD_TEST(links_are_told_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
