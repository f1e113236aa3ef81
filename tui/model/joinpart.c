/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/joinpart.h"

#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/text.h"

enum { NAMES_CAP = JOINPART_SHOWN * (WIRE_TARGET_CAP + 8) };

void
joinpart_clear(struct joinpart *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->one[i].user);
	memset(n, 0, sizeof(*n));
}

bool
joinpart_add(struct joinpart *n, const char *user, bool came)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		if (strcmp(n->one[i].user, user) == 0) {
			n->one[i].came_last = came;
			return true;
		}
	if (n->count == JOINPART_MAX)
		return false;
	n->one[n->count++] = (struct joinpart_one){ xstrdup(user), came, came };
	return true;
}

/* Of one kind: "lineker, neko and 3 more"; "" where there is nobody. */
static char *
names_of(const struct joinpart *n, bool first, bool last)
{
	size_t i, count = 0, more;
	struct buf b;
	char *names, *all;

	buf_init(&b, NAMES_CAP);
	for (i = 0; i < n->count; i++)
		if (n->one[i].came_first == first &&
		    n->one[i].came_last == last && count++ < JOINPART_SHOWN)
			text_list(&b, "%s", n->one[i].user);
	names = buf_detach(&b);
	if (count <= JOINPART_SHOWN)
		return names;
	more = count - JOINPART_SHOWN;
	all = xasprintf(ngettext("%s and %zu more", "%s and %zu more", more),
	    names, more);
	free(names);
	return all;
}

static char *
kind_words(const char *names, bool first, bool last)
{
	if (first && last)
		return xasprintf(_("joined: %s"), names);
	if (first)
		return xasprintf(_("joined and left again: %s"), names);
	if (last)
		return xasprintf(_("left and came back: %s"), names);
	return xasprintf(_("left: %s"), names);
}

static void
add_kind(struct buf *b, const struct joinpart *n, bool first, bool last)
{
	char *names = names_of(n, first, last);
	char *text = kind_words(names, first, last);
	/* TRANSLATORS: between "joined: messi, neko" and "left: lineker". */
	const char *between = _("; ");

	if (*names != '\0')
		buf_addf(b, "%s%s", b->len > 0 ? between : "", text);
	free(text);
	free(names);
}

void
joinpart_text(const struct joinpart *n, const char *target, struct buf *b)
{
	const struct joinpart_one *one = &n->one[0];

	buf_clear(b);
	if (n->count == 1 && one->came_first == one->came_last) {
		if (one->came_last)
			buf_addf(b, _("%s has joined %s"), one->user, target);
		else
			buf_addf(b, _("%s has left %s"), one->user, target);
		return;
	}
	add_kind(b, n, true, true);
	add_kind(b, n, false, false);
	add_kind(b, n, true, false);
	add_kind(b, n, false, true);
}
