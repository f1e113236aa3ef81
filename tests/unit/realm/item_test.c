/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One of each kind, with all that it may have. */
static const struct chat_item whole[] = {
	{ .kind = CHAT_ITEM_LETTER, .from = "messi@its", .to = "james@medan",
	    .name = "Lionel Messi", .text = "halo \"kamu\"\n\001\t漢",
	    .time = 1795236245678 },
	{ .kind = CHAT_ITEM_BOUNCE, .from = "james@medan", .to = "messi@its",
	    .err = WIRE_NO_SUCH_USER, .text = "halo" },
	{ .kind = CHAT_ITEM_BOUNCE, .group = "batak", .home = true,
	    .to = "messi@its", .err = WIRE_NO_SUCH_MEMBER, .text = "halo" },
	{ .kind = CHAT_ITEM_SAID, .group = "batak", .home = true,
	    .from = "messi@its", .name = "Lionel Messi", .text = "halo",
	    .time = 1 },
	{ .kind = CHAT_ITEM_SAID, .group = "batak", .from = "messi@its",
	    .name = "Lionel Messi", .text = "halo", .time = 0 },
	{ .kind = CHAT_ITEM_GROUP, .group = "batak", .text = "",
	    .mode = CHAT_SECRET, .from = "messi@its" },
	{ .kind = CHAT_ITEM_GROUP, .group = "batak", .mode = CHAT_OPEN },
	{ .kind = CHAT_ITEM_MEMBER, .group = "batak", .to = "james@medan",
	    .name = "James Maranata", .role = CHAT_OWNER, .muted = true,
	    .quiet = true, .from = "messi@its" },
	{ .kind = CHAT_ITEM_MEMBER, .group = "batak", .to = "james@medan",
	    .name = "James Maranata", .role = CHAT_MODERATOR },
	{ .kind = CHAT_ITEM_GONE, .group = "batak", .to = "james@medan",
	    .from = "messi@its", .act = CHAT_BAN, .text = "spam" },
	{ .kind = CHAT_ITEM_GONE, .group = "batak", .to = "james@medan",
	    .act = CHAT_ACTS },
	{ .kind = CHAT_ITEM_LEAVE, .group = "batak", .from = "james@medan" },
	{ .kind = CHAT_ITEM_INVITE, .group = "batak", .to = "james@medan",
	    .from = "messi@its" },
	{ .kind = CHAT_ITEM_LINE, .group = "batak", .to = "messi@its",
	    .name = "Lionel Messi", .here = true },
	{ .kind = CHAT_ITEM_LINE, .group = "batak", .to = "messi@its",
	    .name = "Lionel Messi" },
};

enum { WHOLE = sizeof whole / sizeof whole[0] };

static json_t *
object_of(const struct chat_item *it)
{
	char text[PEER_ITEM_MAX];
	size_t n = item_pack(it, text, sizeof text);
	json_t *o;

	assert_true(n > 0);
	o = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	return o;
}

static void
same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a != NULL)
		assert_string_equal(a, b);
}

static void
same_item(const struct chat_item *a, const struct chat_item *b)
{
	assert_int_equal(a->kind, b->kind);
	same_text(a->group, b->group);
	same_text(a->from, b->from);
	same_text(a->to, b->to);
	same_text(a->name, b->name);
	same_text(a->text, b->text);
	assert_int_equal(a->home, b->home);
	assert_int_equal(a->time, b->time);
	assert_int_equal(a->role, b->role);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->act, b->act);
	assert_int_equal(a->err, b->err);
	assert_int_equal(a->muted, b->muted);
	assert_int_equal(a->quiet, b->quiet);
	assert_int_equal(a->here, b->here);
}

static void
every_kind_comes_back_as_it_went(void **state)
{
	struct chat_item back;
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < WHOLE; i++) {
		json_t *o = object_of(&whole[i]);

		assert_int_equal(item_unpack(&back, o), ITEM_OK);
		same_item(&whole[i], &back);
		seen |= 1U << whole[i].kind;
		json_decref(o);
	}
	assert_int_equal(seen, (1U << CHAT_ITEM_KINDS) - 1);
}

static void
the_longest_text_of_control_bytes_fits_an_item(void **state)
{
	char text[WIRE_TEXT_MAX + 1], to[PEER_ITEM_MAX];
	struct chat_item it = whole[0];

	(void)state;
	memset(text, 1, WIRE_TEXT_MAX);
	text[WIRE_TEXT_MAX] = '\0';
	it.text = text;
	assert_true(item_pack(&it, to, sizeof to) > 6 * WIRE_TEXT_MAX);
	assert_int_equal(item_pack(&it, to, 1000), 0);
}

static enum item_read
read_text(const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	struct chat_item it;
	enum item_read read;

	assert_non_null(o);
	read = item_unpack(&it, o);
	json_decref(o);
	return read;
}

/* What of an item is left when one member is taken out, or is garbage. */
static void
what_a_kind_must_have_is_asked_for(void **state)
{
	static const char *const may[] = { "from", "text", "act", "group",
		"home" };
	struct chat_item back;

	(void)state;
	for (size_t i = 0; i < WHOLE; i++) {
		json_t *o = object_of(&whole[i]), *copy, *value;
		const char *name;

		json_object_foreach(o, name, value) {
			bool left_out = false;

			copy = json_copy(o);
			json_object_del(copy, name);
			for (size_t j = 0; j < sizeof may / sizeof may[0]; j++)
				left_out |= strcmp(may[j], name) == 0;
			if (!left_out)
				assert_int_equal(
				    item_unpack(&back, copy), ITEM_BAD);
			else
				item_unpack(&back, copy);
			json_object_set_new(copy, name, json_real(1.5));
			assert_int_equal(item_unpack(&back, copy),
			    strcmp(name, "err") == 0 ? ITEM_OK : ITEM_BAD);
			json_object_set_new(copy, name, json_null());
			assert_int_equal(item_unpack(&back, copy),
			    strcmp(name, "err") == 0 ? ITEM_OK : ITEM_BAD);
			json_decref(copy);
		}
		json_decref(o);
	}
}

static void
each_kind_asks_for_its_own_members(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"kind\":\"letter\",\"from\":\"a@b\","
	    "\"to\":\"c@d\",\"name\":\"A\",\"time\":1}"), ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":\"leave\",\"group\":\"g\"}"),
	    ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":\"said\",\"group\":\"g\","
	    "\"from\":\"a@b\",\"name\":\"A\",\"text\":\"t\",\"time\":1}"),
	    ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":\"invite\",\"group\":\"g\","
	    "\"to\":\"a@b\"}"), ITEM_BAD);
}

static void
members_that_are_not_known_do_not_count(void **state)
{
	struct chat_item back;

	(void)state;
	for (size_t i = 0; i < WHOLE; i++) {
		json_t *o = object_of(&whole[i]);

		json_object_set_new(o, "later", json_pack("{s:[i]}", "x", 1));
		assert_int_equal(item_unpack(&back, o), ITEM_OK);
		same_item(&whole[i], &back);
		json_decref(o);
	}
}

static void
a_member_of_another_kind_is_not_looked_at(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"kind\":\"leave\",\"group\":\"g\","
	    "\"from\":\"a@b\",\"time\":\"never\",\"text\":7}"), ITEM_OK);
}

static void
what_is_no_item_is_told_from_a_later_one(void **state)
{
	(void)state;
	assert_int_equal(read_text("{}"), ITEM_BAD);
	assert_int_equal(read_text("[]"), ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":7}"), ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":\"poll\"}"), ITEM_UNKNOWN);
	assert_int_equal(read_text("{\"kind\":\"\"}"), ITEM_UNKNOWN);
}

static void
times_that_no_calendar_has_are_refused(void **state)
{
	static const struct {
		const char *time;
		enum item_read read;
	} times[] = {
		{ "0", ITEM_OK },
		{ "253402300799999", ITEM_OK },
		{ "253402300800000", ITEM_BAD },
		{ "-1", ITEM_BAD },
		{ "9223372036854775807", ITEM_BAD },
		{ "1e3", ITEM_BAD },
		{ "\"1\"", ITEM_BAD },
		{ "true", ITEM_BAD },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		snprintf(text, sizeof text, "{\"kind\":\"letter\","
		    "\"from\":\"a@b\",\"to\":\"c@d\",\"name\":\"A\","
		    "\"text\":\"t\",\"time\":%s}", times[i].time);
		assert_int_equal(read_text(text), times[i].read);
	}
	/* One that no int64_t holds is no JSON for us. */
	assert_null(json_loads("{\"n\":9223372036854775808}", 0, NULL));
}

static void
what_is_too_long_is_refused(void **state)
{
	struct chat_item it = whole[0], back;
	char text[WIRE_TEXT_MAX + 2], name[WIRE_REAL_NAME_CAP + 1];
	json_t *o;

	(void)state;
	memset(text, 'x', sizeof text);
	memset(name, 'x', sizeof name);
	text[WIRE_TEXT_MAX] = '\0';
	it.text = text;
	o = object_of(&it);
	assert_int_equal(item_unpack(&back, o), ITEM_OK);
	json_decref(o);
	text[WIRE_TEXT_MAX] = 'x';
	text[WIRE_TEXT_MAX + 1] = '\0';
	o = object_of(&it);
	assert_int_equal(item_unpack(&back, o), ITEM_BAD);
	json_decref(o);
	it = whole[0];
	name[WIRE_REAL_NAME_CAP] = '\0';
	it.name = name;
	o = object_of(&it);
	assert_int_equal(item_unpack(&back, o), ITEM_BAD);
	json_decref(o);
}

static void
words_that_are_not_known_are_refused(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"kind\":\"group\",\"group\":\"g\","
	    "\"mode\":\"shut\"}"), ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":\"member\",\"group\":\"g\","
	    "\"to\":\"a@b\",\"name\":\"A\",\"role\":\"king\","
	    "\"muted\":false,\"quiet\":false}"), ITEM_BAD);
	assert_int_equal(read_text("{\"kind\":\"gone\",\"group\":\"g\","
	    "\"to\":\"a@b\",\"act\":\"fly\"}"), ITEM_BAD);
}

static void
an_error_of_a_later_version_is_denied(void **state)
{
	struct chat_item back;
	json_t *o = json_loads("{\"kind\":\"bounce\",\"to\":\"a@b\","
	    "\"err\":\"asleep\"}", 0, NULL);

	(void)state;
	assert_int_equal(item_unpack(&back, o), ITEM_OK);
	assert_int_equal(back.err, WIRE_DENIED);
	json_decref(o);
}

static void
errors_come_back_as_they_went(void **state)
{
	static const enum wire_err all[] = { WIRE_OK, WIRE_NO_SUCH_USER,
		WIRE_NO_SUCH_MEMBER, WIRE_NOT_MEMBER, WIRE_NO_SUCH_GROUP,
		WIRE_INVITE_ONLY, WIRE_BANNED, WIRE_MUTED, WIRE_GROUP_FULL,
		WIRE_TOO_MANY_GROUPS, WIRE_DENIED, WIRE_BUSY, WIRE_STORAGE,
		WIRE_TEXT_TOO_LONG, WIRE_BAD_PARAMETER };

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		json_t *o = json_object();

		json_put_err(o, all[i]);
		assert_int_equal(json_err(o), all[i]);
		json_decref(o);
	}
}

/* ---- pleas ------------------------------------------------------------ */

static void
plea_there_and_back(const struct chat_plea *p)
{
	json_t *o = plea_pack(p);
	struct chat_plea back;

	assert_true(plea_unpack(&back, o));
	assert_int_equal(back.join, p->join);
	assert_int_equal(back.there, p->there);
	same_text(back.group, p->group);
	same_text(back.user, p->user);
	same_text(back.real_name, p->real_name);
	assert_int_equal(back.deed.act, p->deed.act);
	same_text(back.deed.text, p->deed.text);
	assert_string_equal(back.deed.whom.name, p->deed.whom.name);
	assert_string_equal(back.deed.whom.realm, p->deed.whom.realm);
	assert_int_equal(back.deed.mode, p->deed.mode);
	json_decref(o);
}

static void
a_plea_comes_back_as_it_went(void **state)
{
	struct chat_plea p = { .join = true, .group = "batak",
		.user = "messi", .real_name = "Lionel Messi" };

	(void)state;
	plea_there_and_back(&p);
	p.there = true;
	plea_there_and_back(&p);
	p.there = false;
	p.real_name = NULL;
	p.join = false;
	p.deed.act = CHAT_KICK;
	p.deed.whom = (struct target){ TARGET_USER, "james", "medan" };
	p.deed.text = "spam";
	plea_there_and_back(&p);
	p.deed = (struct chat_deed){ .act = CHAT_MODE, .mode = CHAT_INVITE };
	plea_there_and_back(&p);
	p.deed = (struct chat_deed){ .act = CHAT_TOPIC, .text = "" };
	plea_there_and_back(&p);
}

static void
a_plea_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = {
		"{}",
		"[]",
		"{\"group\":\"g\",\"user\":\"u\"}",
		"{\"group\":\"g\",\"join\":true}",
		"{\"user\":\"u\",\"join\":true}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":1}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":true,\"name\":1}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false,"
		"\"act\":\"fly\"}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false,"
		"\"act\":\"kick\",\"whom\":\"#g\"}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false,"
		"\"act\":\"kick\",\"whom\":\"*\"}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false,"
		"\"act\":\"kick\",\"whom\":7}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false,"
		"\"act\":\"mode\"}",
		"{\"group\":\"g\",\"user\":\"u\",\"join\":false,"
		"\"act\":\"topic\",\"text\":{}}",
	};
	struct chat_plea p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		json_t *o = json_loads(bad[i], 0, NULL);

		assert_non_null(o);
		if (plea_unpack(&p, o))
			fail_msg("taken: %s", bad[i]);
		json_decref(o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back_as_it_went),
		cmocka_unit_test(
		    the_longest_text_of_control_bytes_fits_an_item),
		cmocka_unit_test(what_a_kind_must_have_is_asked_for),
		cmocka_unit_test(each_kind_asks_for_its_own_members),
		cmocka_unit_test(members_that_are_not_known_do_not_count),
		cmocka_unit_test(a_member_of_another_kind_is_not_looked_at),
		cmocka_unit_test(what_is_no_item_is_told_from_a_later_one),
		cmocka_unit_test(times_that_no_calendar_has_are_refused),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(words_that_are_not_known_are_refused),
		cmocka_unit_test(an_error_of_a_later_version_is_denied),
		cmocka_unit_test(errors_come_back_as_they_went),
		cmocka_unit_test(a_plea_comes_back_as_it_went),
		cmocka_unit_test(a_plea_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
