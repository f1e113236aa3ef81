/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/server_text.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/errors.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>

/* Behind the name of a group that text begins with, and ": ", of which *n is
 * what the name takes with its '#'.  *n 0: it begins with none. */
static const char *
behind_group(const char *text, size_t *n)
{
	const char *end = *text == '#' ? strstr(text, ": ") : NULL;

	*n = 0;
	if (end == NULL || !wire_name_ok(text + 1, (size_t)(end - text) - 1))
		return text;
	*n = (size_t)(end - text);
	return end + 2;
}

/* Behind the text of an error and ": "; NULL: it begins with none.  There are
 * texts that hold ": " themselves: the longest that fits is meant. */
static const char *
behind_error(const char *text, enum wire_err *err)
{
	size_t best = 0;

	for (int i = WIRE_OK + 1; i < WIRE_ERRS; i++) {
		const char *of = wire_err_text((enum wire_err)i);
		size_t n = strlen(of);

		if (n <= best || strncmp(text, of, n) != 0 ||
		    strncmp(text + n, ": ", 2) != 0)
			continue;
		best = n;
		*err = (enum wire_err)i;
	}
	return best == 0 ? NULL : text + best + 2;
}

char *
server_text(const char *from, const char *text)
{
	enum wire_err err = WIRE_OK;
	const char *behind, *said;
	char *group, *words;
	size_t n;

	if (*from != '@')
		return NULL;
	behind = behind_group(text, &n);
	if ((said = behind_error(behind, &err)) == NULL)
		return NULL;
	if (n == 0)
		/* TRANSLATORS: the first %s is why, such as "there is no user
		 * of that name"; the last is what was said. */
		return xasprintf(
		    _("not delivered: %s: %s"), errors_words(err), said);
	group = xasprintf("%.*s%s", (int)n, text, from);
	/* TRANSLATORS: a group, why, and what was said there. */
	words = xasprintf(_("not delivered in %s: %s: %s"), group,
	    errors_words(err), said);
	free(group);
	return words;
}

bool
server_text_farewell(const char *text)
{
	return strcmp(text, "Server berhenti") == 0;
}
