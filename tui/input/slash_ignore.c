/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/slash_priv.h"

#include "shared/buf.h"
#include "tui/net/client.h"
#include "tui/model/ignore.h"
#include "tui/model/names.h"
#include "tui/model/resolve_name.h"
#include "tui/model/model.h"
#include "tui/input/slash.h"
#include "tui/text.h"

#include <stdio.h>
#include <string.h>

enum { LIST_CAP = 64 << 10 };

/* Two sentences, for none and for some. */
static void
list(const struct slash *s, enum ignore_kind kind, const char *none,
    const char *some)
{
	const struct ignore *g = model_ignored(s->model);
	size_t i, n = ignore_count(g, kind);
	struct buf b;

	if (n == 0) {
		slash_say(s, "%s", none);
		return;
	}
	buf_init(&b, LIST_CAP);
	buf_adds(&b, some);
	for (i = 0; i < n; i++)
		buf_addf(&b, " %s", ignore_at(g, kind, i));
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
}

/* False: it was refused, and that was said. */
static bool
set(struct run *r, enum ignore_kind kind, const char *name, bool on)
{
	char why[STATE_WHY_CAP];
	bool done =
	    ignore_set(model_ignored(r->s->model), kind, name, on, why);

	if (!done)
		slash_say(r->s, "%s: %s", name, why);
	else if (*why != '\0')
		slash_say(r->s, _("only until you leave: %s"), why);
	return done;
}

/* Of the names that stand in that list the one that word means; NULL: none. */
static const char *
in_list(const struct slash *s, enum ignore_kind kind, const char *word,
    char out[WIRE_TARGET_CAP])
{
	const struct ignore *g = model_ignored(s->model);
	size_t i, n = ignore_count(g, kind);
	struct resolve_name w;

	if (!ignore_has(g, kind, word))
		word = model_local(s->model, word, out);
	resolve_name_begin(&w, word);
	for (i = 0; i < n; i++)
		resolve_name_try(&w, ignore_at(g, kind, i));
	if (resolve_name_end(&w) == NULL)
		return ignore_has(g, kind, word) ? word : NULL;
	snprintf(out, WIRE_TARGET_CAP, "%s", resolve_name_end(&w));
	return out;
}

bool
slash_ignore(struct run *r)
{
	char whole[WIRE_TARGET_CAP];
	const char *name;

	if (r->arg[0] == NULL) {
		/* TRANSLATORS: behind "these are ignored:" names stand. */
		list(r->s, IGNORE_USER, _("nobody is ignored"),
		    _("these are ignored:"));
		return true;
	}
	if (!slash_somebody(r->s, r->arg[0]))
		return false;
	name = slash_meant(r->s->model, r->arg[0], whole);
	if (names_same(name, model_status(r->s->model)->user)) {
		slash_say(r->s, _("%s: that is you"), name);
		return false;
	}
	if (!set(r, IGNORE_USER, name, true))
		return false;
	model_hide(r->s->model, name);
	slash_say(
	    r->s, _("%s is ignored; /unignore %s undoes it"), name, name);
	return true;
}

bool
slash_unignore(struct run *r)
{
	struct model *m = r->s->model;
	char whole[WIRE_TARGET_CAP];
	const char *name = in_list(r->s, IGNORE_USER, r->arg[0], whole);

	if (name == NULL)
		name = r->arg[0];
	if (!set(r, IGNORE_USER, name, false))
		return false;
	/* What was hidden is at the server. */
	model_unhide(m);
	slash_say(r->s, _("%s is not ignored any more"), name);
	client_show(r->s->client, model_current(m));
	return true;
}

static const char *
target_of(const struct run *r, char out[WIRE_TARGET_CAP])
{
	struct model *m = r->s->model;

	return r->arg[0] != NULL ? slash_convo_meant(m, r->arg[0], out) :
	    convo_target(model_current(m));
}

bool
slash_quiet(struct run *r)
{
	char whole[WIRE_TARGET_CAP];
	const char *target = target_of(r, whole);

	if (!set(r, IGNORE_QUIET, target, true))
		return false;
	if (strcmp(target, "*") == 0)
		slash_say(r->s, "%s", _("everyone is quiet: no bell, no "
		    "count; /unquiet undoes it"));
	else
		slash_say(r->s, _("%s is quiet: no bell, no count; /unquiet "
		    "undoes it"), target);
	return true;
}

bool
slash_unquiet(struct run *r)
{
	char whole[WIRE_TARGET_CAP];
	const char *target = r->arg[0] == NULL ? NULL :
	    in_list(r->s, IGNORE_QUIET, slash_target(r->arg[0]), whole);

	if (target == NULL)
		target = target_of(r, whole);
	if (!set(r, IGNORE_QUIET, target, false))
		return false;
	if (strcmp(target, "*") == 0)
		slash_say(r->s, "%s", _("everyone is not quiet any more"));
	else
		slash_say(r->s, _("%s is not quiet any more"), target);
	return true;
}
