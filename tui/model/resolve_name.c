/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/resolve_name.h"

#include "tui/model/names.h"

#include <stdio.h>
#include <string.h>

void
resolve_name_begin(struct resolve_name *w, const char *word)
{
	struct target t;

	*w = (struct resolve_name){ .group = *word == '#' };
	if (target_parse(&t, word, strlen(word)) != WIRE_OK ||
	    t.kind == TARGET_EVERYONE || t.realm[0] != '\0' ||
	    !wire_name_key(t.name, strlen(t.name), w->key))
		w->key[0] = '\0';
}

void
resolve_name_try(struct resolve_name *w, const char *target)
{
	const char *name = target + (*target == '#');
	size_t n = strcspn(name, "@");
	char key[WIRE_NAME_CAP];
	char *slot = name[n] == '\0' ? w->here : w->there;

	if (w->key[0] == '\0' || (*target == '#') != w->group ||
	    !wire_name_key(name, n, key) || strcmp(key, w->key) != 0)
		return;
	if (slot == w->there && *slot != '\0' && !names_same(slot, target))
		w->several = true;
	snprintf(slot, WIRE_TARGET_CAP, "%s", target);
}

const char *
resolve_name_end(const struct resolve_name *w)
{
	if (w->here[0] != '\0')
		return w->here;
	return w->there[0] == '\0' || w->several ? NULL : w->there;
}
