/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/convo.h"

#include <stdio.h>
#include <string.h>

#include "server/chat/state.h"

static bool
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

static enum wire_err
resolve_user(const struct chat *chat, const struct account *me,
    const struct target *to, struct convo *out)
{
	const char *a = me->key, *b;

	out->kind = STORE_PRIVATE;
	out->other = account_find(chat, to->name);
	if (out->other == NULL)
		return WIRE_NO_SUCH_USER;
	b = out->other->key;
	if (strcmp(a, b) > 0) {
		a = b;
		b = me->key;
	}
	snprintf(out->key, sizeof(out->key), "%s %s", a, b);
	return WIRE_OK;
}

enum wire_err
convo_resolve(const struct chat *chat, const struct account *me,
    const struct target *to, struct convo *out)
{
	if (!realm_is_ours(chat, to->realm))
		return WIRE_NO_SUCH_REALM;
	switch (to->kind) {
	case TARGET_EVERYONE:
		*out = (struct convo){
			.kind = STORE_EVERYONE, .key = STORE_EVERYONE_KEY
		};
		return WIRE_OK;
	case TARGET_USER:
		return resolve_user(chat, me, to, out);
	case TARGET_GROUP:
		return WIRE_NO_SUCH_GROUP;
	}
	return WIRE_BAD_TARGET;
}

/* The half of a private key that is not mine. */
static void
other_key(const char *me, const char *conv, char out[WIRE_NAME_CAP])
{
	size_t first = strcspn(conv, " ");

	if (conv[first] == '\0')
		snprintf(out, WIRE_NAME_CAP, "%s", conv);
	else if (strlen(me) == first && strncmp(conv, me, first) == 0)
		snprintf(out, WIRE_NAME_CAP, "%s", conv + first + 1);
	else
		snprintf(out, WIRE_NAME_CAP, "%.*s", (int)first, conv);
}

void
convo_target_of(const struct account *other, struct target *out)
{
	*out = (struct target){ .kind = TARGET_EVERYONE };
	if (other == NULL)
		return;
	out->kind = TARGET_USER;
	snprintf(out->name, sizeof(out->name), "%s", other->name);
}

void
convo_target(const struct chat *chat, const struct account *me,
    enum store_kind kind, const char *conv, struct target *out)
{
	const struct account *other;
	char key[WIRE_NAME_CAP];

	switch (kind) {
	case STORE_EVERYONE:
		convo_target_of(NULL, out);
		break;
	case STORE_PRIVATE:
		other_key(me->key, conv, key);
		*out = (struct target){ .kind = TARGET_USER };
		other = account_by_key(chat, key);
		snprintf(out->name, sizeof(out->name), "%s",
		    other != NULL ? other->name : key);
		break;
	case STORE_GROUP:
		*out = (struct target){ .kind = TARGET_GROUP };
		snprintf(out->name, sizeof(out->name), "%s",
		    conv[0] == '#' ? conv + 1 : conv);
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
