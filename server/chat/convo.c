/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/convo.h"

#include <stdio.h>
#include <string.h>

#include "server/chat/group.h"
#include "server/directory/remote.h"
#include "server/chat/state.h"

bool
realm_is_ours(const struct chat *chat, const char *realm)
{
	char ours[WIRE_NAME_CAP], theirs[WIRE_NAME_CAP];

	if (realm[0] == '\0')
		return true;
	return wire_name_key(chat->rules.realm, strlen(chat->rules.realm),
		   ours) &&
	    wire_name_key(realm, strlen(realm), theirs) &&
	    strcmp(ours, theirs) == 0;
}

void
convo_key(const char *one, const char *two, char out[CONVO_CAP])
{
	bool swap = strcmp(one, two) > 0;

	snprintf(out, CONVO_CAP, "%s %s", swap ? two : one, swap ? one : two);
}

static enum wire_err
resolve_user(const struct chat *chat, const struct account *me,
    const struct target *to, struct convo *out)
{
	out->kind = STORE_PRIVATE;
	out->other = account_find(&chat->dir, to->name);
	if (out->other == NULL)
		return WIRE_NO_SUCH_USER;
	out->target = (struct target){ .kind = TARGET_USER };
	snprintf(out->target.name, sizeof(out->target.name), "%s",
	    out->other->name);
	convo_key(me->key, out->other->key, out->key);
	return WIRE_OK;
}

static enum wire_err
resolve_remote(const struct account *me, const struct target *to,
    struct convo *out)
{
	char key[WIRE_TARGET_CAP];

	if (!remote_key(to->name, to->realm, key))
		return WIRE_BAD_TARGET;
	out->kind = STORE_PRIVATE;
	out->target = *to;
	convo_key(me->key, key, out->key);
	return WIRE_OK;
}

static enum wire_err
resolve_group(const struct chat *chat, const struct account *me,
    const struct target *to, struct convo *out)
{
	enum wire_err err = group_resolve(chat, me, to, &out->group);

	if (err != WIRE_OK)
		return err;
	out->kind = STORE_GROUP;
	out->target = *group_target(out->group);
	snprintf(out->key, sizeof(out->key), "%s", group_key(out->group));
	return WIRE_OK;
}

enum wire_err
convo_resolve(const struct chat *chat, const struct account *me,
    const struct target *to, struct convo *out)
{
	*out = (struct convo){ .kind = STORE_EVERYONE,
		.target = { .kind = TARGET_EVERYONE },
		.key = STORE_EVERYONE_KEY };
	switch (to->kind) {
	case TARGET_EVERYONE:
		return WIRE_OK;
	case TARGET_USER:
		if (!realm_is_ours(chat, to->realm))
			return resolve_remote(me, to, out);
		return resolve_user(chat, me, to, out);
	case TARGET_GROUP:
		return resolve_group(chat, me, to, out);
	}
	return WIRE_BAD_TARGET;
}

/* The half of a private key that is not mine. */
static void
other_key(const char *me, const char *conv, char out[WIRE_TARGET_CAP])
{
	size_t first = strcspn(conv, " ");

	if (conv[first] == '\0')
		snprintf(out, WIRE_TARGET_CAP, "%s", conv);
	else if (strlen(me) == first && strncmp(conv, me, first) == 0)
		snprintf(out, WIRE_TARGET_CAP, "%s", conv + first + 1);
	else
		snprintf(out, WIRE_TARGET_CAP, "%.*s", (int)first, conv);
}

/* "james@medan" in its parts. */
static void
cut_target(const char *name, struct target *out)
{
	size_t n = strcspn(name, "@");

	snprintf(out->name, sizeof(out->name), "%.*s", (int)n, name);
	if (name[n] == '@')
		snprintf(out->realm, sizeof(out->realm), "%s", name + n + 1);
}

static void
target_of_key(
    const struct chat *chat, const char *key, struct target *out)
{
	const struct account *a = account_by_key(&chat->dir, key);
	const struct remote *r =
	    a == NULL ? remote_find(&chat->dir, key) : NULL;

	*out = (struct target){ .kind = TARGET_USER };
	cut_target(a != NULL ? a->name : r != NULL ? r->shown : key, out);
}

void
convo_target(const struct chat *chat, const struct account *me,
    enum store_kind kind, const char *conv, struct target *out)
{
	const struct group *group;
	char key[WIRE_TARGET_CAP];

	*out = (struct target){ .kind = TARGET_EVERYONE };
	switch (kind) {
	case STORE_EVERYONE:
		break;
	case STORE_PRIVATE:
		other_key(me->key, conv, key);
		target_of_key(chat, key, out);
		break;
	case STORE_GROUP:
		group = group_find(chat, conv);
		out->kind = TARGET_GROUP;
		if (group != NULL)
			*out = *group_target(group);
		else
			cut_target(conv[0] == '#' ? conv + 1 : conv, out);
		break;
	}
}

void
convo_view(const struct chat *chat, const struct account *me,
    const struct store_message *m, struct chat_message *out)
{
	out->id = m->id;
	out->time = m->time;
	out->from = m->sender;
	out->name = m->name;
	out->text = m->text;
	convo_target(chat, me, m->kind, m->conv, &out->target);
}
