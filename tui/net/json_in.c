/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/json_in.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/model.h"

#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 1000, AGAIN_MIN_MS = 10, AGAIN_MAX_MS = 600 * 1000 };

json_t *
json_in_object(const char *p, size_t n)
{
	json_t *o = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

const char *
json_in_string(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

const char *
json_in_name(const json_t *o, const char *key, size_t cap)
{
	const char *s = json_in_string(o, key);

	return s == NULL || *s == '\0' || strlen(s) >= cap ? NULL : s;
}

bool
json_in_id(const json_t *o, const char *key, int64_t *id)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	*id = json_integer_value(v);
	return true;
}

bool
json_in_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool
json_in_ban(const json_t *o)
{
	const char *act = json_in_string(o, "act");

	return act != NULL && strcmp(act, "ban") == 0;
}

int64_t
json_in_time(const json_t *o, const char *key, int64_t otherwise)
{
	const char *s = json_in_string(o, key);
	int64_t ms;

	return s != NULL && wire_time_parse(s, &ms) ? ms : otherwise;
}

bool
json_in_ok(const json_t *reply)
{
	const char *status = json_in_string(reply, "status");

	return status != NULL && strcmp(status, "OK") == 0;
}

bool
json_in_code(const json_t *reply, enum wire_err err)
{
	const char *code = json_in_string(reply, "code");

	return code != NULL && strcmp(code, wire_err_code(err)) == 0;
}

bool
json_in_later(const json_t *reply, int64_t *ms)
{
	if (!json_in_code(reply, WIRE_RATE_LIMITED) &&
	    !json_in_code(reply, WIRE_BUSY))
		return false;
	if (!json_in_id(reply, "retry_ms", ms))
		*ms = AGAIN_MS;
	if (*ms < AGAIN_MIN_MS)
		*ms = AGAIN_MIN_MS;
	if (*ms > AGAIN_MAX_MS)
		*ms = AGAIN_MAX_MS;
	return true;
}

/* The place of the member's word in a row; what is not there is the first. */
static bool
parse_word(const json_t *o, const char *key, const char *const *word,
    size_t words, size_t *i)
{
	const char *s = json_in_string(o, key);

	for (*i = 0; *i < words; ++*i)
		if (s == NULL || strcmp(word[*i], s) == 0)
			return true;
	return false;
}

static bool
parse_role(const json_t *o, enum group_role *role)
{
	static const char *const words[] = {
		[GROUP_MEMBER] = "member",
		[GROUP_MODERATOR] = "moderator",
		[GROUP_OWNER] = "owner",
	};
	size_t i;

	if (!parse_word(o, "role", words, 3, &i))
		return false;
	*role = (enum group_role)i;
	return true;
}

bool
json_in_mode(const json_t *o, enum group_mode *mode)
{
	static const char *const words[] = {
		[GROUP_OPEN] = "open",
		[GROUP_INVITE] = "invite",
		[GROUP_SECRET] = "secret",
	};
	size_t i;

	if (!parse_word(o, "mode", words, 3, &i))
		return false;
	*mode = (enum group_mode)i;
	return true;
}

bool
json_in_group(const json_t *o, struct group *g)
{
	int64_t members = 0;

	memset(g, 0, sizeof(*g));
	g->target = json_in_name(o, "target", WIRE_TARGET_CAP);
	g->topic = json_in_string(o, "topic");
	if (g->topic == NULL)
		g->topic = "";
	g->member = json_in_true(o, "member");
	(void)json_in_id(o, "members", &members);
	g->members = (size_t)members;
	return g->target != NULL && *g->target == '#' &&
	    json_in_mode(o, &g->mode) && parse_role(o, &g->role);
}

bool
json_in_member(const json_t *o, struct user *u)
{
	memset(u, 0, sizeof(*u));
	u->user = json_in_name(o, "user", WIRE_TARGET_CAP);
	u->name = json_in_string(o, "name");
	if (u->name == NULL)
		u->name = "";
	u->online = json_in_true(o, "online");
	u->since = json_in_time(o, "since", 0);
	u->muted = json_in_true(o, "muted");
	return u->user != NULL && parse_role(o, &u->role);
}

bool
json_in_message(const json_t *o, struct model_message *m)
{
	const json_t *name = json_object_get(o, "name");

	m->target = json_in_name(o, "target", WIRE_TARGET_CAP);
	m->from = json_in_name(o, "from", WIRE_TARGET_CAP);
	m->name = json_is_string(name) ? json_string_value(name) : "";
	m->text = json_in_string(o, "text");
	m->time = json_in_time(o, "time", 0);
	return json_in_id(o, "id", &m->id) && m->id > 0 && m->target != NULL &&
	    m->from != NULL && m->text != NULL;
}

bool
json_in_messages(const json_t *o, struct model_message **out, size_t *n)
{
	const json_t *list = json_object_get(o, "messages");
	size_t count = json_array_size(list);
	struct model_message *m;

	*out = NULL;
	*n = 0;
	if (!json_is_array(list) || count > WIRE_PAGE_MAX)
		return false;
	m = xcalloc(count + 1, sizeof(*m));
	for (size_t i = 0; i < count; i++)
		if (!json_in_message(json_array_get(list, i), &m[i])) {
			free(m);
			return false;
		}
	*out = m;
	*n = count;
	return true;
}
