/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/rule.h"

#include <sys/queue.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/directory/directory.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* How many there are: of a conversation, or ("@medan") made by a realm's
 * users in groups of ours. */
struct tally {
	size_t n;
	size_t key_len;
	char key[];
};

/* One of them; its strings, and what it is found by, in one block. */
struct kept {
	struct store_rule rule;
	TAILQ_ENTRY(kept) entry;
	struct tally *of_conv, *of_realm; /* NULL: of none */
	size_t key_len;
	char *key; /* kind, conv, member */
	char chars[];
};

TAILQ_HEAD(kept_list, kept);

struct rules {
	struct kept_list all; /* in the order in which they were made */
	struct map *by_key;
	struct map *tallies;
};

enum { KEY_CAP = 4 * WIRE_TARGET_CAP };

struct rules *
rules_new(void)
{
	struct rules *all = xcalloc(1, sizeof(*all));

	TAILQ_INIT(&all->all);
	all->by_key = map_new();
	all->tallies = map_new();
	return all;
}

/* ---- how many --------------------------------------------------------- */

static struct tally *
tally_find(const struct rules *all, const char *key)
{
	return map_get(all->tallies, key, strlen(key));
}

static struct tally *
tally_add(struct rules *all, const char *key)
{
	struct tally *t = tally_find(all, key);
	size_t n = strlen(key);

	if (t == NULL) {
		t = xcalloc(1, sizeof(*t) + n + 1);
		memcpy(t->key, key, n + 1);
		t->key_len = n;
		map_put(all->tallies, t->key, n, t);
	}
	t->n++;
	return t;
}

static void
tally_drop(struct rules *all, struct tally *t)
{
	if (t == NULL || --t->n > 0)
		return;
	map_take(all->tallies, t->key, t->key_len);
	free(t);
}

static size_t
tally_of(const struct rules *all, const char *key)
{
	const struct tally *t = tally_find(all, key);

	return t != NULL ? t->n : 0;
}

/* Those of a copy are its home's, whoever made them. */
static const char *
realm_that_made(const struct store_rule *rule)
{
	const char *at = strchr(rule->by, '@');

	return strchr(rule->conv, '@') == NULL ? at : NULL;
}

/* ---- the table -------------------------------------------------------- */

static void
forget(struct rules *all, struct kept *k)
{
	map_take(all->by_key, k->key, k->key_len);
	TAILQ_REMOVE(&all->all, k, entry);
	tally_drop(all, k->of_conv);
	tally_drop(all, k->of_realm);
	free(k);
}

void
rules_free(struct rules *all)
{
	struct kept *k, *next;

	if (all == NULL)
		return;
	for (k = TAILQ_FIRST(&all->all); k != NULL; k = next) {
		next = TAILQ_NEXT(k, entry);
		forget(all, k);
	}
	map_free(all->by_key);
	map_free(all->tallies);
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
find(const struct directory *d, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	char key[KEY_CAP];
	size_t n = make_key(key, kind, conv, member);

	return map_get(d->rule->by_key, key, n);
}

bool
rule_is(const struct directory *d, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	return find(d, kind, conv, member) != NULL;
}

size_t
rule_count(const struct directory *d, const char *conv)
{
	return tally_of(d->rule, conv);
}

size_t
rule_count_by(const struct directory *d, const char *realm)
{
	char key[WIRE_NAME_CAP + 1];

	snprintf(key, sizeof(key), "@%s", realm);
	return tally_of(d->rule, key);
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
rule_put(struct directory *d, const struct store_rule *from)
{
	struct kept *old = find(d, from->kind, from->conv, from->member);
	char key[KEY_CAP], *at;
	const char *realm;
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
		forget(d->rule, old);
	k->of_conv = tally_add(d->rule, k->rule.conv);
	realm = realm_that_made(&k->rule);
	k->of_realm = realm != NULL ? tally_add(d->rule, realm) : NULL;
	TAILQ_INSERT_TAIL(&d->rule->all, k, entry);
	map_put(d->rule->by_key, k->key, k->key_len, k);
}

void
rule_drop(struct directory *d, enum store_rule_kind kind, const char *conv,
    const char *member)
{
	struct kept *k = find(d, kind, conv, member);

	if (k != NULL)
		forget(d->rule, k);
}

void
rule_drop_all(struct directory *d, const char *conv)
{
	struct kept *k = TAILQ_FIRST(&d->rule->all), *next;

	for (; k != NULL && rule_count(d, conv) > 0; k = next) {
		next = TAILQ_NEXT(k, entry);
		if (strcmp(k->rule.conv, conv) == 0)
			forget(d->rule, k);
	}
}

void
rule_each(const struct directory *d, const char *conv,
    void (*fn)(void *arg, const struct store_rule *), void *arg)
{
	size_t left = rule_count(d, conv);
	const struct kept *k;

	for (k = TAILQ_FIRST(&d->rule->all); left > 0;
	     k = TAILQ_NEXT(k, entry))
		if (strcmp(k->rule.conv, conv) == 0) {
			fn(arg, &k->rule);
			left--;
		}
}

static void
loaded(void *arg, const struct store_rule *rule)
{
	rule_put(arg, rule);
}

int
rules_load(struct directory *d)
{
	return store_each_rule(d->store, loaded, d);
}

/* ---- the whole server ------------------------------------------------- */

enum wire_err
rule_may_enter(const struct directory *d, const struct account *a)
{
	if (rule_is(d, STORE_BAN, "", a->key) && !account_is_admin(d, a))
		return WIRE_BANNED;
	return WIRE_OK;
}

enum wire_err
rule_may_say(const struct directory *d, const char *who)
{
	const struct account *a;
	enum wire_err err = WIRE_OK;

	if (rule_is(d, STORE_BAN, "", who))
		err = WIRE_BANNED;
	else if (rule_is(d, STORE_MUTE, "", who))
		err = WIRE_MUTED;
	if (err == WIRE_OK)
		return err;
	a = account_by_key(d, who);
	return a != NULL && account_is_admin(d, a) ? WIRE_OK : err;
}
