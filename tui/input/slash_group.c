/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/slash_priv.h"

#include "shared/buf.h"
#include "tui/model/model.h"
#include "tui/model/groups.h"
#include "tui/text.h"

#include <stdio.h>
#include <string.h>

enum { USAGE_CAP = 1024 };

static bool
is_group(const char *s)
{
	struct target t;

	return target_parse(&t, s, strlen(s)) == WIRE_OK &&
	    t.kind == TARGET_GROUP;
}

static void
say_nowhere(const struct run *r)
{
	struct buf b;

	buf_init(&b, USAGE_CAP);
	slash_usage(&b, r->cmd, _("#GROUP"));
	/* TRANSLATORS: a command, and how it is typed: "/kick #GROUP USER" */
	slash_say(r->s, (r->cmd->flags & CMD_SERVER) != 0 ?
	    _("%s: in which group?  %s (or * for the whole server)") :
	    _("%s: in which group?  %s"), r->cmd->name, buf_data(&b));
	buf_release(&b);
}

bool
slash_where(struct run *r, const char **rest)
{
	const char *here = convo_target(model_current(r->s->model));
	const char *word = *rest + strspn(*rest, slash_blanks);
	size_t n = strcspn(word, slash_blanks);
	bool server = (r->cmd->flags & CMD_SERVER) != 0 && n == 1 &&
	    *word == '*';
	char local[WIRE_TARGET_CAP];

	if (!server && *word != '#') {
		snprintf(r->where, sizeof(r->where), "%s", here);
		if (*here == '#')
			return true;
		say_nowhere(r);
		return false;
	}
	*rest = word + n;
	if (n < sizeof(r->where)) {
		memcpy(r->where, word, n);
		r->where[n] = '\0';
		if (model_local(r->s->model, r->where, local) == local)
			memcpy(r->where, local, sizeof(local));
		if (server || is_group(r->where))
			return true;
	}
	slash_say(r->s, _("%s: %.*s: that is no group's name"), r->cmd->name,
	    (int)(n < 100 ? n : 100), word);
	return false;
}

bool
slash_join(struct run *r)
{
	char name[WIRE_TARGET_CAP];

	/* An older system's word behind it: it comes from this server. */
	if (r->count > 1 && strcmp(r->arg[1], "origin") != 0) {
		slash_say(r->s, "%s %s", r->cmd->name, _(r->cmd->usage));
		return false;
	}
	snprintf(name, sizeof(name), "%s%s", *r->arg[0] == '#' ? "" : "#",
	    r->arg[0]);
	if (strlen(r->arg[0]) >= sizeof(name) - 1 || !is_group(name)) {
		slash_say(r->s, _("%s: that is no group's name"), r->arg[0]);
		return false;
	}
	client_do(r->s->client, CLIENT_JOIN, name, NULL, NULL);
	return true;
}

bool
slash_leave(struct run *r)
{
	client_do(r->s->client, CLIENT_LEAVE, r->where, NULL, NULL);
	return true;
}

bool
slash_ask_in(struct run *r)
{
	client_ask(r->s->client, r->cmd->ask, r->where);
	return true;
}

static bool
check_user(const struct run *r, const char *name)
{
	struct target t;

	if (!slash_somebody(r->s, name))
		return false;
	if (target_parse(&t, name, strlen(name)) == WIRE_OK &&
	    t.kind == TARGET_USER)
		return true;
	slash_say(
	    r->s, _("%s: %s: that is nobody's name"), r->cmd->name, name);
	return false;
}

/* A topic or a reason: the server takes one line of it, without controls. */
static bool
check_signs(const struct run *r, const char *text)
{
	while ((unsigned char)*text >= 0x20 && *text != 0x7f)
		text++;
	if (*text == '\0')
		return true;
	if (*text == '\n')
		slash_say(r->s, _("%s: that is several lines; it may have one"),
		    r->cmd->name);
	else
		slash_say(r->s, _("%s: a control character (U+%04X) is in it"),
		    r->cmd->name, (unsigned)(unsigned char)*text);
	return false;
}

static bool
check_text(const struct run *r, const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n <= WIRE_TOPIC_MAX)
		return n == 0 || check_signs(r, text);
	slash_say(r->s, ngettext("%s: that is %zu byte; it may have %d",
	    "%s: that is %zu bytes; it may have %d", n), r->cmd->name, n,
	    WIRE_TOPIC_MAX);
	return false;
}

bool
slash_deed(struct run *r)
{
	if (!check_user(r, r->arg[0]) || !check_text(r, r->arg[1]))
		return false;
	client_do(r->s->client, r->cmd->ask, r->where, r->arg[0], r->arg[1]);
	return true;
}

bool
slash_topic(struct run *r)
{
	if (!check_text(r, r->arg[0]))
		return false;
	if (r->arg[0] == NULL)
		client_ask(r->s->client, CLIENT_TOPIC_OF, r->where);
	else
		client_do(r->s->client, CLIENT_TOPIC, r->where, NULL,
		    r->arg[0]);
	return true;
}

static bool
tell_mode(struct run *r)
{
	const struct group *g =
	    groups_find(model_rooms(r->s->model), r->where);

	if (g == NULL)
		slash_say(r->s, _("%s: nothing is known of it here"), r->where);
	else
		/* TRANSLATORS: "#batak is secret", "... open to all" */
		slash_say(r->s, _("%s is %s"), g->target,
		    group_mode_words(g->mode));
	return g != NULL;
}

static const char *const modes[] = { "open", "invite", "secret" };

void
slash_mode_words(struct buf *choices)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		buf_addf(choices, " %s", modes[i]);
}

bool
slash_mode(struct run *r)
{
	if (r->arg[0] == NULL)
		return tell_mode(r);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(modes[i], r->arg[0]) == 0) {
			client_do(r->s->client, CLIENT_MODE, r->where, NULL,
			    modes[i]);
			return true;
		}
	slash_say(r->s, _("/mode: open, invite or secret"));
	return false;
}

bool
slash_grant(struct run *r)
{
	if (!check_user(r, r->arg[0]))
		return false;
	client_do(r->s->client, r->cmd->ask, NULL, r->arg[0], NULL);
	return true;
}
