/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/names.h"

#include <stdio.h>
#include <string.h>

/* In place; a part that is not there stays so. */
static bool
fold(char name[WIRE_NAME_CAP])
{
	char key[WIRE_NAME_CAP];

	if (*name == '\0')
		return true;
	if (!wire_name_key(name, strlen(name), key))
		return false;
	snprintf(name, WIRE_NAME_CAP, "%s", key);
	return true;
}

bool
names_key(const char *text, char key[WIRE_TARGET_CAP])
{
	struct target t;
	size_t n = strlen(text);

	if (n == 0 || n >= WIRE_TARGET_CAP)
		return false;
	/* It becomes a word of a request: a server that named somebody
	 * "x\r\nlogout" would have us say that. */
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return false;
	if (target_parse(&t, text, n) == WIRE_OK && fold(t.name) &&
	    fold(t.realm))
		target_format(&t, key);
	else
		memcpy(key, text, n + 1);
	return true;
}

bool
names_same(const char *a, const char *b)
{
	char one[WIRE_TARGET_CAP], other[WIRE_TARGET_CAP];

	return names_key(a, one) && names_key(b, other) &&
	    strcmp(one, other) == 0;
}
