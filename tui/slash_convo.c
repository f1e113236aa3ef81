/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/slash_inner.h"

#include "shared/wire.h"
#include "tui/client.h"
#include "tui/closed.h"
#include "tui/model.h"
#include "tui/nearest.h"
#include "tui/rooms.h"
#include "tui/roster.h"
#include "tui/slash.h"
#include "tui/text.h"

#include <string.h>
#include <strings.h>

/* Of somebody known only as of one other realm, who is meant by the bare name;
 * else as it is. */
static const char *
whole_name(struct model *m, const struct target *t, const char *name)
{
	const char *found = NULL;
	size_t n = strlen(name);

	if (t->kind != TARGET_USER || t->realm[0] != '\0' ||
	    model_user_by_name(m, name) != NULL ||
	    model_find(m, name) != NULL)
		return name;
	for (size_t i = 0; i < model_users(m); i++) {
		const char *user = model_user(m, i)->user;

		if (strncmp(user, name, n) != 0 || user[n] != '@')
			continue;
		if (found != NULL)
			return name;
		found = user;
	}
	return found == NULL ? name : found;
}

const char *
slash_target(const char *word)
{
	const char *const all[] = { "all", "everyone", _("everyone") };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcasecmp(word, all[i]) == 0)
			return "*";
	return word;
}

/* ---- who there is ------------------------------------------------------ */

/* In any spelling; also of another realm. */
static bool
is_user(struct model *m, const char *name)
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
	    model_users(m) < ROSTER_MAX;
}

/* A name alone that is nobody's would only be refused, and stand in the bar
 * from then on. */
static bool
is_nobody(struct model *m, const struct target *t, const char *name)
{
	return t->kind == TARGET_USER && t->realm[0] == '\0' &&
	    model_find(m, name) == NULL && knows_users(m) && !is_user(m, name);
}

static void
say_nobody(const struct slash *s, const char *name)
{
	struct model *m = s->model;
	const struct rooms *rooms = model_rooms(m);
	struct nearest n;
	size_t i;

	nearest_begin(&n, name);
	for (i = 0; i < model_users(m); i++)
		nearest_try(&n, model_user(m, i)->user);
	for (i = 0; i < rooms_count(rooms); i++)
		nearest_try(&n, rooms_at(rooms, i)->target);
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
	    (size_t)n > model_convos(m) || is_user(m, word))
		return NULL;
	return model_convo(m, (size_t)n - 1);
}

/* NULL: none, and that was said. */
static struct convo *
convo_meant(const struct slash *s, const char *name)
{
	struct model *m = s->model;
	struct target t;
	bool ours = target_parse(&t, name, strlen(name)) == WIRE_OK;
	struct convo *c = by_number(m, name);

	if (c != NULL)
		return c;
	if (ours && is_nobody(m, &t, name)) {
		say_nobody(s, name);
		return NULL;
	}
	/* Not ours: one that the server named, "@medan". */
	c = ours ? model_open(m, whole_name(m, &t, name)) :
	    model_find(m, name);
	if (c == NULL)
		slash_say(s, _("%s: that is nobody's name"), name);
	return c;
}

bool
slash_switch(struct run *r)
{
	struct convo *c = convo_meant(r->s,
	    r->arg[0] == NULL ? "*" : slash_target(r->arg[0]));

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

bool
slash_close(struct run *r)
{
	struct model *m = r->s->model;
	struct convo *c = r->arg[0] == NULL ? model_current(m) :
	    model_find(m, slash_target(r->arg[0]));
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
