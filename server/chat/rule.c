/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/rule.h"

#include <sys/queue.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/state.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* One of them; its strings, and what it is found by, in one block. */
struct kept {
	struct store_rule rule;
	TAILQ_ENTRY(kept) entry;
	size_t key_len;
	char *key; /* kind, conv, member */
	char chars[];
};

TAILQ_HEAD(kept_list, kept);

struct rules {
	struct kept_list all; /* in the order in which they were made */
	struct map *by_key;
};

enum { KEY_CAP = 4 * WIRE_TARGET_CAP };

struct rules *
rules_new(void)
{
	struct rules *all = xcalloc(1, sizeof(*all));

	TAILQ_INIT(&all->all);
	all->by_key = map_new();
	return all;
}

void
rules_free(struct rules *all)
{
	struct kept *k;

	if (all == NULL)
		return;
	while ((k = TAILQ_FIRST(&all->all)) != NULL) {
		TAILQ_REMOVE(&all->all, k, entry);
		free(k);
	}
	map_free(all->by_key);
	free(all);
}

/* No name holds a blank. */
static size_t
make_key(char key[KEY_CAP], enum store_rule_kind kind, const char *conv,
    const char *member)
{
	int n = snprintf(key, KEY_CAP, "%d%s %s", (int)kind, conv, member);

	return n > 0 && n < KEY_CAP ? (size_t)n : 0;
}

static struct kept *
find(const struct chat *chat, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	char key[KEY_CAP];
	size_t n = make_key(key, kind, conv, member);

	return map_get(chat->rule->by_key, key, n);
}

bool
rule_is(const struct chat *chat, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	return find(chat, kind, conv, member) != NULL;
}

size_t
rule_count(const struct chat *chat, const char *conv)
{
	const struct kept *k;
	size_t n = 0;

	TAILQ_FOREACH(k, &chat->rule->all, entry)
		n += strcmp(k->rule.conv, conv) == 0;
	return n;
}

static void
forget(struct rules *all, struct kept *k)
{
	map_take(all->by_key, k->key, k->key_len);
	TAILQ_REMOVE(&all->all, k, entry);
	free(k);
}

static const char *
keep(char **at, const char *s)
{
	size_t n = strlen(s) + 1;
	const char *kept = memcpy(*at, s, n);

	*at += n;
	return kept;
}

void
rule_put(struct chat *chat, const struct store_rule *from)
{
	struct kept *old = find(chat, from->kind, from->conv, from->member);
	char key[KEY_CAP], *at;
	size_t n = make_key(key, from->kind, from->conv, from->member);
	struct kept *k = xmalloc(sizeof(*k) + strlen(from->conv) +
	    strlen(from->member) + strlen(from->name) + strlen(from->by) +
	    strlen(from->reason) + 5 + n);

	at = k->chars;
	k->rule = *from;
	k->rule.conv = keep(&at, from->conv);
	k->rule.member = keep(&at, from->member);
	k->rule.name = keep(&at, from->name);
	k->rule.by = keep(&at, from->by);
	k->rule.reason = keep(&at, from->reason);
	k->key = memcpy(at, key, n);
	k->key_len = n;
	if (old != NULL)
		forget(chat->rule, old);
	TAILQ_INSERT_TAIL(&chat->rule->all, k, entry);
	map_put(chat->rule->by_key, k->key, k->key_len, k);
}

void
rule_drop(struct chat *chat, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	struct kept *k = find(chat, kind, conv, member);

	if (k != NULL)
		forget(chat->rule, k);
}

void
rule_drop_all(struct chat *chat, const char *conv)
{
	struct kept *k = TAILQ_FIRST(&chat->rule->all), *next;

	for (; k != NULL; k = next) {
		next = TAILQ_NEXT(k, entry);
		if (strcmp(k->rule.conv, conv) == 0)
			forget(chat->rule, k);
	}
}

void
rule_each(const struct chat *chat, const char *conv,
    void (*fn)(void *arg, const struct store_rule *), void *arg)
{
	const struct kept *k;

	TAILQ_FOREACH(k, &chat->rule->all, entry)
		if (strcmp(k->rule.conv, conv) == 0)
			fn(arg, &k->rule);
}

static void
loaded(void *arg, const struct store_rule *rule)
{
	rule_put(arg, rule);
}

int
rules_load(struct chat *chat)
{
	return store_each_rule(chat->store, loaded, chat);
}
