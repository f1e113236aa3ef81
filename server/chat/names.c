/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "server/chat/chat.h"

static const char *const roles[] = {
	[CHAT_MEMBER] = "member",
	[CHAT_MODERATOR] = "moderator",
	[CHAT_OWNER] = "owner",
};

static const char *const modes[] = {
	[CHAT_OPEN] = "open",
	[CHAT_INVITE] = "invite",
	[CHAT_SECRET] = "secret",
};

static const char *const acts[CHAT_ACTS] = {
	[CHAT_KICK] = "kick",
	[CHAT_BAN] = "ban",
	[CHAT_UNBAN] = "unban",
	[CHAT_MUTE] = "mute",
	[CHAT_UNMUTE] = "unmute",
	[CHAT_OP] = "op",
	[CHAT_DEOP] = "deop",
	[CHAT_OWN] = "own",
	[CHAT_INVITE_USER] = "invite",
	[CHAT_TOPIC] = "topic",
	[CHAT_MODE] = "mode",
	[CHAT_GRANT] = "grant",
	[CHAT_REVOKE] = "revoke",
};

enum {
	ROLES = sizeof(roles) / sizeof(*roles),
	MODES = sizeof(modes) / sizeof(*modes)
};

/* Its place in the table; -1: none of them. */
static int
find(const char *const *table, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(table[i], name) == 0)
			return i;
	return -1;
}

const char *
chat_role_name(enum chat_role role)
{
	return roles[role];
}

const char *
chat_mode_name(enum chat_mode mode)
{
	return modes[mode];
}

const char *
chat_act_name(enum chat_act act)
{
	return acts[act];
}

bool
chat_role_named(const char *name, enum chat_role *out)
{
	int i = find(roles, ROLES, name);

	if (i >= 0)
		*out = (enum chat_role)i;
	return i >= 0;
}

bool
chat_mode_named(const char *name, enum chat_mode *out)
{
	int i = find(modes, MODES, name);

	if (i >= 0)
		*out = (enum chat_mode)i;
	return i >= 0;
}

bool
chat_act_named(const char *name, enum chat_act *out)
{
	int i = find(acts, CHAT_ACTS, name);

	if (i >= 0)
		*out = (enum chat_act)i;
	return i >= 0;
}
