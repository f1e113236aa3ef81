/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/keymap.h"

#include "shared/buf.h"
#include "tui/input/actions.h"
#include "tui/input/settings.h"

#include <stdio.h>
#include <string.h>

bool
keymap_free(const struct settings *s, const char *key)
{
	return s == NULL || settings_bound(s, key) == NULL;
}

/* Calls fn for each key that does it, until it says that it has enough. */
static void
each_key(const struct settings *s, const struct action *a,
    bool (*fn)(void *arg, const char *key), void *arg)
{
	const char *p, *key, *action;
	char usual[KEYNAME_CAP];
	size_t n;

	for (p = a->keys; *p != '\0'; p += n, p += strspn(p, " ")) {
		n = strcspn(p, " ");
		snprintf(usual, sizeof(usual), "%.*s", (int)n, p);
		if (keymap_free(s, usual) && fn(arg, usual))
			return;
	}
	for (size_t i = 0;
	    s != NULL && settings_binding(s, i, &key, &action); i++)
		if (strcmp(action, a->name) == 0 && fn(arg, key))
			return;
}

static bool
take(void *arg, const char *key)
{
	keyname_show(key, arg);
	return true;
}

static bool
add(void *arg, const char *key)
{
	struct buf *b = arg;
	char show[KEYNAME_CAP];

	keyname_show(key, show);
	buf_addf(b, "%s%s", b->len > 0 ? " " : "", show);
	return false;
}

bool
keymap_key(const struct settings *s, enum keys_key key, char out[KEYNAME_CAP])
{
	const struct action *a;

	if (key == KEYS_END && keymap_free(s, "end")) {
		keyname_show("end", out);
		return true;
	}
	if (key == KEYS_END)
		key = KEYS_BOTTOM;
	out[0] = '\0';
	for (size_t i = 0; (a = actions_at(i)) != NULL; i++)
		if (a->key == key)
			each_key(s, a, take, out);
	return out[0] != '\0';
}

void
keymap_keys(const struct settings *s, const struct action *a, struct buf *b)
{
	each_key(s, a, add, b);
}
