/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/parse.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model.h"

#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 1000, AGAIN_MIN_MS = 10, AGAIN_MAX_MS = 600 * 1000 };

json_t *
parse_object(const char *p, size_t n)
{
	json_t *o = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

const char *
parse_string(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

const char *
parse_name(const json_t *o, const char *key, size_t cap)
{
	const char *s = parse_string(o, key);

	return s == NULL || *s == '\0' || strlen(s) >= cap ? NULL : s;
}

bool
parse_id(const json_t *o, const char *key, int64_t *id)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	*id = json_integer_value(v);
	return true;
}

bool
parse_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool
parse_ban(const json_t *o)
{
	const char *act = parse_string(o, "act");

	return act != NULL && strcmp(act, "ban") == 0;
}

int64_t
parse_time(const json_t *o, const char *key, int64_t otherwise)
{
	const char *s = parse_string(o, key);
	int64_t ms;

	return s != NULL && wire_time_parse(s, &ms) ? ms : otherwise;
}

bool
parse_ok(const json_t *reply)
{
	const char *status = parse_string(reply, "status");

	return status != NULL && strcmp(status, "OK") == 0;
}

bool
parse_code(const json_t *reply, enum wire_err err)
{
	const char *code = parse_string(reply, "code");

	return code != NULL && strcmp(code, wire_err_code(err)) == 0;
}

bool
parse_later(const json_t *reply, int64_t *ms)
{
	if (!parse_code(reply, WIRE_RATE_LIMITED) &&
	    !parse_code(reply, WIRE_BUSY))
		return false;
	if (!parse_id(reply, "retry_ms", ms))
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
	const char *s = parse_string(o, key);

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
parse_mode(const json_t *o, enum group_mode *mode)
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
parse_group(const json_t *o, struct group *g)
{
	int64_t members = 0;

	memset(g, 0, sizeof(*g));
	g->target = parse_name(o, "target", WIRE_TARGET_CAP);
	g->topic = parse_string(o, "topic");
	if (g->topic == NULL)
		g->topic = "";
	g->member = parse_true(o, "member");
	(void)parse_id(o, "members", &members);
	g->members = (size_t)members;
	return g->target != NULL && *g->target == '#' &&
	    parse_mode(o, &g->mode) && parse_role(o, &g->role);
}

bool
parse_member(const json_t *o, struct user *u)
{
	memset(u, 0, sizeof(*u));
	u->user = parse_name(o, "user", WIRE_TARGET_CAP);
	u->name = parse_string(o, "name");
	if (u->name == NULL)
		u->name = "";
	u->online = parse_true(o, "online");
	u->since = parse_time(o, "since", 0);
	u->muted = parse_true(o, "muted");
	return u->user != NULL && parse_role(o, &u->role);
}

bool
parse_message(const json_t *o, struct model_message *m)
{
	const json_t *name = json_object_get(o, "name");

	m->target = parse_name(o, "target", WIRE_TARGET_CAP);
	m->from = parse_name(o, "from", WIRE_TARGET_CAP);
	m->name = json_is_string(name) ? json_string_value(name) : "";
	m->text = parse_string(o, "text");
	m->time = parse_time(o, "time", 0);
	return parse_id(o, "id", &m->id) && m->id > 0 && m->target != NULL &&
	    m->from != NULL && m->text != NULL;
}

bool
parse_messages(const json_t *o, struct model_message **out, size_t *n)
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
		if (!parse_message(json_array_get(list, i), &m[i])) {
			free(m);
			return false;
		}
	*out = m;
	*n = count;
	return true;
}
