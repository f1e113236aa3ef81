/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/deed.h"

#include <stdio.h>
#include <string.h>

#include "server/chat/rule.h"
#include "server/chat/state.h"

enum wire_err
doer_of(struct chat *chat, const struct chat_who *who, struct doer *out)
{
	const struct session *s;
	struct account *a;

	*out = (struct doer){ 0 };
	if (who->session == 0) {
		if (!remote_key(who->user, who->realm, out->key))
			return WIRE_BAD_NAME;
		snprintf(out->shown, sizeof(out->shown), "%s@%s", who->user,
		    who->realm);
		snprintf(out->real_name, sizeof(out->real_name), "%s",
		    who->real_name != NULL ? who->real_name : who->user);
		return WIRE_OK;
	}
	s = session_find(chat, who->session);
	if (s == NULL)
		return WIRE_NO_SESSION;
	a = s->account;
	out->account = a;
	snprintf(out->key, sizeof(out->key), "%s", a->key);
	snprintf(out->shown, sizeof(out->shown), "%s", a->name);
	snprintf(out->real_name, sizeof(out->real_name), "%s", a->real_name);
	out->admin = account_is_admin(chat, a);
	return WIRE_OK;
}

enum wire_err
server_may_say(const struct chat *chat, const char *who)
{
	if (rule_is(chat, STORE_BAN, "", who))
		return WIRE_BANNED;
	return rule_is(chat, STORE_MUTE, "", who) ? WIRE_MUTED : WIRE_OK;
}
