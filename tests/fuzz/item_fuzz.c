/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is read as an item or a plea, of bytes that a peer may send, is written
 * and read back as the same; nothing is longer than may be.
 */
#include "server/realm/item.h"

#include <string.h>

#define FUZZ_NAME "item"
#include "tests/fuzz/replay.h"

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
fits(const char *s, size_t max)
{
	return s == NULL || strlen(s) <= max;
}

static void
check_item(const json_t *o)
{
	char text[PEER_ITEM_MAX];
	struct chat_item it, back;
	json_t *again;
	size_t n;

	if (item_unpack(&it, o) != ITEM_OK)
		return;
	MUST(it.kind < CHAT_ITEM_KINDS);
	MUST(fits(it.group, WIRE_NAME_CAP - 1));
	MUST(fits(it.from, WIRE_TARGET_CAP - 1));
	MUST(fits(it.to, WIRE_TARGET_CAP - 1));
	MUST(fits(it.name, WIRE_REAL_NAME_CAP - 1));
	MUST(fits(it.text, WIRE_TEXT_MAX));
	MUST(it.time >= 0);
	n = item_pack(&it, text, sizeof text);
	MUST(n > 0);
	again = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	MUST(again != NULL);
	MUST(item_unpack(&back, again) == ITEM_OK);
	MUST(back.kind == it.kind && back.home == it.home);
	MUST(back.time == it.time && back.role == it.role);
	MUST(back.mode == it.mode && back.act == it.act);
	MUST(back.err == it.err && back.muted == it.muted);
	MUST(same(back.group, it.group) && same(back.text, it.text));
	MUST(same(back.from, it.from) && same(back.to, it.to));
	MUST(same(back.name, it.name));
	json_decref(again);
}

static void
check_plea(const json_t *o)
{
	struct chat_plea p, back;
	json_t *again;

	if (!plea_unpack(&p, o))
		return;
	MUST(fits(p.group, WIRE_NAME_CAP - 1));
	MUST(fits(p.user, WIRE_NAME_CAP - 1));
	again = plea_pack(&p);
	MUST(plea_unpack(&back, again));
	MUST(back.join == p.join && same(back.group, p.group));
	MUST(same(back.user, p.user) && same(back.real_name, p.real_name));
	MUST(back.deed.act == p.deed.act && back.deed.mode == p.deed.mode);
	MUST(same(back.deed.text, p.deed.text));
	json_decref(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	json_t *o = json_loadb(
	    (const char *)in, n, JSON_REJECT_DUPLICATES, NULL);

	check_item(o);
	check_plea(o);
	MUST(json_err(o) < WIRE_ERRS);
	json_decref(o);
	return 0;
}
