/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/slash_priv.h"

#include "shared/wire.h"
#include "tui/net/client.h"
#include "tui/model/closed.h"
#include "tui/model/resolve_name.h"
#include "tui/model/model.h"
#include "tui/model/namesake.h"
#include "tui/model/nearest.h"
#include "tui/model/groups.h"
#include "tui/model/userlist.h"
#include "tui/input/slash.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *
slash_target(const char *word)
{
	return wire_means_everyone(word, strlen(word)) ||
	    strcasecmp(word, _("everyone")) == 0 ? "*" : word;
}

bool
slash_somebody(const struct slash *s, const char *word)
{
	char *why = namesake_why(model_status(s->model), word);

	if (why == NULL)
		return true;
	slash_say(s, "%s", why);
	free(why);
	return false;
}

/* ---- who there is ------------------------------------------------------ */

bool
slash_is_user(struct model *m, const char *name)
{
	char key[WIRE_NAME_CAP], other[WIRE_NAME_CAP];
	bool folds = wire_name_key(name, strlen(name), key);

	for (size_t i = 0; i < model_users(m); i++) {
		const char *user = model_user(m, i)->user;
		size_t n = strcspn(user, "@");

		if (n == strlen(name) && memcmp(user, name, n) == 0)
			return true;
		if (folds && wire_name_key(user, n, other) &&
		    strcmp(key, other) == 0)
			return true;
	}
	return false;
}

/* Whether all users are known: the list is cut where there are too many. */
static bool
knows_users(struct model *m)
{
	return model_status(m)->link == LINK_ONLINE && model_users(m) > 0 &&
	    model_users(m) < USERLIST_MAX;
}

/* A name alone that is nobody's would only be refused, and stand in the bar
 * from then on. */
static bool
is_nobody(struct model *m, const struct target *t, const char *name)
{
	return t->kind == TARGET_USER && t->realm[0] == '\0' &&
	    model_find(m, name) == NULL && knows_users(m) && !slash_is_user(m, name);
}

/* Likewise a group.  Not all are listed: whoever was invited to one must say
 * that they join it anyway. */
static bool
is_no_group(struct model *m, const struct target *t, const char *name)
{
	const struct groups *rooms = model_rooms(m);

	return t->kind == TARGET_GROUP && model_find(m, name) == NULL &&
	    !model_closed(m, name) && groups_find(rooms, name) == NULL &&
	    model_status(m)->link == LINK_ONLINE && groups_known(rooms);
}

static void
say_nobody(const struct slash *s, const char *name)
{
	struct model *m = s->model;
	const struct groups *rooms = model_rooms(m);
	struct nearest n;
	size_t i;

	nearest_begin(&n, name);
	for (i = 0; i < model_users(m); i++)
		nearest_try(&n, model_user(m, i)->user);
	for (i = 0; i < groups_count(rooms); i++)
		nearest_try(&n, groups_at(rooms, i)->target);
	if (n.best != NULL)
		slash_say(s, _("there is no %s here; %s? (of another realm: "
		    "NAME@REALM)"), name, n.best);
	else
		slash_say(s, _("there is no %s here; /who lists everybody (of "
		    "another realm: NAME@REALM)"), name);
}

/* ---- commands ---------------------------------------------------------- */

/* By its number in the bar, unless somebody is called so; NULL: none. */
static struct convo *
by_number(struct model *m, const char *word)
{
	int64_t n;

	if (!wire_number(word, MODEL_CONVOS, &n) || n < 1 ||
	    (size_t)n > model_convos(m) || slash_is_user(m, word))
		return NULL;
	return model_convo(m, (size_t)n - 1);
}

static void
try_convos(struct model *m, struct resolve_name *w)
{
	for (size_t i = 0; i < model_convos(m); i++)
		resolve_name_try(w, convo_target(model_convo(m, i)));
}

static void
try_all(struct model *m, struct resolve_name *w)
{
	const struct groups *rooms = model_rooms(m);
	size_t i, unread;

	try_convos(m, w);
	for (i = 0; i < model_closed_count(m); i++)
		resolve_name_try(w, model_closed_at(m, i, &unread));
	for (i = 0; i < groups_count(rooms); i++)
		resolve_name_try(w, groups_at(rooms, i)->target);
	/* Last: they are spelt as the server does. */
	for (i = 0; i < model_users(m); i++)
		resolve_name_try(w, model_user(m, i)->user);
}

const char *
slash_meant(struct model *m, const char *word, char out[WIRE_TARGET_CAP])
{
	struct resolve_name w;
	const char *name;

	word = model_local(m, word, out);
	resolve_name_begin(&w, word);
	try_all(m, &w);
	if ((name = resolve_name_end(&w)) == NULL)
		return word;
	snprintf(out, WIRE_TARGET_CAP, "%s", name);
	return out;
}

const char *
slash_convo_meant(struct model *m, const char *word, char out[WIRE_TARGET_CAP])
{
	const struct convo *c = by_number(m, word);

	if (c == NULL)
		return slash_meant(m, slash_target(word), out);
	snprintf(out, WIRE_TARGET_CAP, "%s", convo_target(c));
	return out;
}

/* NULL: none, and that was said. */
static struct convo *
convo_meant(const struct slash *s, const char *word)
{
	struct model *m = s->model;
	char whole[WIRE_TARGET_CAP];
	const char *name = slash_convo_meant(m, word, whole);
	struct target t;
	bool ours = target_parse(&t, name, strlen(name)) == WIRE_OK;
	struct convo *c;

	if (*name != '*' && !slash_somebody(s, word))
		return NULL;
	if (ours && is_nobody(m, &t, name)) {
		say_nobody(s, name);
		return NULL;
	}
	if (ours && is_no_group(m, &t, name)) {
		/* TRANSLATORS: "/join #batak" is typed so. */
		slash_say(s, _("no group %s is known here; /join %s makes it, "
		    "or joins it"), name, name);
		return NULL;
	}
	/* Not ours: one that the server named, "@medan". */
	c = ours ? model_open(m, name) : model_find(m, name);
	if (c == NULL)
		slash_say(s, _("%s: that is nobody's name"), name);
	return c;
}

bool
slash_switch(struct run *r)
{
	struct convo *c =
	    convo_meant(r->s, r->arg[0] == NULL ? "*" : r->arg[0]);

	if (c != NULL)
		client_show(r->s->client, c);
	return c != NULL;
}

/* What nobody has yet would be lost without a word. */
static bool
may_close(const struct slash *s, const struct convo *c)
{
	if (convo_waiting(c) > 0)
		slash_say(s, _("something typed there has no answer yet"));
	else if (convo_failed(c) == NULL)
		return true;
	else if (c == model_current(s->model))
		slash_say(s, _("something here was refused: /again sends it, "
		    "/drop drops it"));
	else
		slash_say(s, _("something in %s was refused: go there, /again "
		    "sends it, /drop drops it"), convo_target(c));
	return false;
}

/* Of those that are on the list; NULL: none. */
static struct convo *
listed(struct model *m, const char *word)
{
	struct convo *c = by_number(m, word);
	struct resolve_name w;
	const char *name;

	if (c != NULL)
		return c;
	word = slash_target(word);
	resolve_name_begin(&w, word);
	try_convos(m, &w);
	name = resolve_name_end(&w);
	return model_find(m, name == NULL ? word : name);
}

bool
slash_close(struct run *r)
{
	struct model *m = r->s->model;
	struct convo *c = r->arg[0] == NULL ? model_current(m) :
	    listed(m, r->arg[0]);
	bool all = c == model_convo(m, 0);

	if (c == NULL) {
		slash_say(r->s, _("%s is not on the list"), r->arg[0]);
		return false;
	}
	if (!may_close(r->s, c))
		return false;
	if (c == model_current(m)) /* the line that says so is no draft */
		model_draft(m, c, "");
	if (!client_close(r->s->client, c)) {
		slash_say(r->s, ngettext("%d draft is kept of what was closed "
		    "already", "%d drafts are kept of what was closed already",
		    CLOSED_MAX), CLOSED_MAX);
		return false;
	}
	if (all)
		slash_say(r->s, _("everyone stays on the list; /history brings "
		    "back what was here"));
	return true;
}

bool
slash_clear(struct run *r)
{
	model_clear(r->s->model, model_current(r->s->model));
	return true;
}
