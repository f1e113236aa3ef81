/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/namesake.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/names.h"
#include "tui/model/model.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>

bool
namesake_is(const struct model_status *st, const char *user)
{
	return wire_name_reserved(user, strlen(user)) &&
	    !names_same(user, st->user);
}

static char *
named(const struct model_status *st, const char *user)
{
	return xasprintf("%s@%s", user, st->realm);
}

/* ---- in JSON ----------------------------------------------------------- */

static json_t *
named_json(const struct model_status *st, const char *user)
{
	char *name = named(st, user);
	json_t *j = json_string(name);

	free(name);
	return j;
}

/* Members that hold the name of a user, or of a conversation. */
static bool
is_user_key(const char *key)
{
	return strcmp(key, "user") == 0 || strcmp(key, "from") == 0 ||
	    strcmp(key, "target") == 0 || strcmp(key, "by") == 0;
}

/* "unread" and the "messages" of an inbox: by user. */
static void
name_keys(const struct model_status *st, json_t *by)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(by, next, key, value) {
		char *name;

		if (!namesake_is(st, key))
			continue;
		name = named(st, key);
		json_object_set(by, name, value);
		json_object_del(by, key);
		free(name);
	}
}

static void
name_all(const struct model_status *st, json_t *o)
{
	const char *key, *text;
	json_t *value;

	for (size_t i = 0; i < json_array_size(o); i++)
		name_all(st, json_array_get(o, i));
	json_object_foreach(o, key, value) {
		if (json_is_object(value) || json_is_array(value))
			name_all(st, value);
		else if (is_user_key(key) &&
		    (text = json_string_value(value)) != NULL &&
		    namesake_is(st, text))
			json_object_set_new(o, key, named_json(st, text));
	}
}

void
namesake_name(const struct model_status *st, json_t *o)
{
	if (st->realm[0] == '\0')
		return;
	name_keys(st, json_object_get(o, "unread"));
	name_keys(st, json_object_get(o, "messages"));
	name_all(st, o);
}

/* ---- in words ---------------------------------------------------------- */

char *
namesake_list(const struct model_status *st, const char *text)
{
	static const char ends[] = " ,:[";
	bool begins = true; /* of a name: behind ", " or ": " */
	struct buf b;
	char *out;

	buf_init(&b, 2 * strlen(text) * WIRE_NAME_CAP + 1);
	while (*text != '\0') {
		size_t n = strcspn(text, ends);
		char *word = xmemdup0(text, n);

		buf_add(&b, text, n);
		if (begins && st->realm[0] != '\0' && namesake_is(st, word))
			buf_addf(&b, "@%s", st->realm);
		free(word);
		text += n;
		begins = *text == ',' || *text == ':' ||
		    (begins && n == 0 && *text == ' ');
		if (*text != '\0')
			buf_addc(&b, *text++);
	}
	out = xmemdup0(buf_data(&b), b.len);
	buf_release(&b);
	return out;
}

char *
namesake_why(const struct model_status *st, const char *word)
{
	char *name, *why;

	if (!namesake_is(st, word))
		return NULL;
	name = st->realm[0] != '\0' ? named(st, word) : xstrdup("NAME@REALM");
	if (wire_means_everyone(word, strlen(word)))
		/* TRANSLATORS: "/all TEXT" is typed so; the second %s is such
		 * as "everyone@its". */
		why = xasprintf(_("\"%s\" is everyone, to whom /all TEXT "
		    "writes; a person of that name is %s"), word, name);
	else
		why = xasprintf(_("\"%s\" is nobody's name; a person who has "
		    "it is %s"), word, name);
	free(name);
	return why;
}
