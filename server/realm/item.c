/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last instant that an RFC 3339 time can tell: 9999-12-31T23:59:59.999Z. */
static const int64_t time_max = INT64_C(253402300799999);

enum field {
	F_GROUP = 1 << 0,
	F_HOME = 1 << 1,
	F_FROM = 1 << 2,
	F_TO = 1 << 3,
	F_NAME = 1 << 4,
	F_TEXT = 1 << 5,
	F_TIME = 1 << 6,
	F_ROLE = 1 << 7,
	F_MODE = 1 << 8,
	F_ACT = 1 << 9,
	F_ERR = 1 << 10,
	F_MUTED = 1 << 11,
	F_QUIET = 1 << 12,
	F_HERE = 1 << 13
};

/* What an item of a kind must have, and what it may. */
static const struct form {
	const char *word;
	unsigned must, may;
} forms[CHAT_ITEM_KINDS] = {
	[CHAT_ITEM_LETTER] = { "letter",
	    F_FROM | F_TO | F_NAME | F_TEXT | F_TIME, 0 },
	[CHAT_ITEM_BOUNCE] = { "bounce", F_TO | F_ERR,
	    F_FROM | F_GROUP | F_HOME | F_TEXT },
	[CHAT_ITEM_SAID] = { "said",
	    F_GROUP | F_HOME | F_FROM | F_NAME | F_TEXT | F_TIME, 0 },
	[CHAT_ITEM_GROUP] = { "group", F_GROUP | F_MODE, F_TEXT | F_FROM },
	[CHAT_ITEM_MEMBER] = { "member",
	    F_GROUP | F_TO | F_NAME | F_ROLE | F_MUTED | F_QUIET, F_FROM },
	[CHAT_ITEM_GONE] = { "gone", F_GROUP | F_TO,
	    F_FROM | F_ACT | F_TEXT },
	[CHAT_ITEM_LEAVE] = { "leave", F_GROUP | F_FROM, 0 },
	[CHAT_ITEM_INVITE] = { "invite", F_GROUP | F_TO | F_FROM, 0 },
	[CHAT_ITEM_LINE] = { "line", F_GROUP | F_TO | F_NAME | F_HERE, 0 },
};

/* ---- members ---------------------------------------------------------- */

const char *
json_text(const json_t *o, const char *name, size_t max)
{
	const json_t *j = json_object_get(o, name);

	return json_is_string(j) && json_string_length(j) <= max ?
	    json_string_value(j) : NULL;
}

bool
json_number(const json_t *o, const char *name, int64_t min, int64_t max,
    int64_t *out)
{
	const json_t *j = json_object_get(o, name);
	int64_t n = json_integer_value(j);

	if (!json_is_integer(j) || n < min || n > max)
		return false;
	*out = n;
	return true;
}

void
json_put(json_t *o, const char *name, const char *text)
{
	json_t *j = json_string(text);

	json_object_set_new_nocheck(
	    o, name, j != NULL ? j : json_string("?"));
}

void
json_put_number(json_t *o, const char *name, int64_t n)
{
	json_object_set_new_nocheck(o, name, json_integer(n));
}

void
json_put_bool(json_t *o, const char *name, bool b)
{
	json_object_set_new_nocheck(o, name, json_boolean(b));
}

/* Two whose codes towards clients stand for others, too. */
static const struct {
	enum wire_err err;
	const char *code;
} own_codes[] = {
	{ WIRE_NO_SUCH_USER, "no-such-user" },
	{ WIRE_NO_SUCH_MEMBER, "no-such-member" },
};

void
json_put_err(json_t *o, enum wire_err err)
{
	const char *code = wire_err_code(err);

	if (err == WIRE_OK)
		return;
	for (size_t i = 0; i < sizeof own_codes / sizeof own_codes[0]; i++)
		if (own_codes[i].err == err)
			code = own_codes[i].code;
	json_put(o, "err", code);
}

enum wire_err
json_err(const json_t *o)
{
	const char *code = json_text(o, "err", WIRE_TAG_MAX);
	enum wire_err err;

	if (json_object_get(o, "err") == NULL)
		return WIRE_OK;
	if (code == NULL)
		return WIRE_DENIED;
	for (size_t i = 0; i < sizeof own_codes / sizeof own_codes[0]; i++)
		if (strcmp(own_codes[i].code, code) == 0)
			return own_codes[i].err;
	err = wire_err_from_code(code);
	return err == WIRE_ERRS || err == WIRE_OK ? WIRE_DENIED : err;
}

/* ---- out -------------------------------------------------------------- */

static void
put_text(json_t *o, const char *name, const char *text)
{
	if (text != NULL)
		json_put(o, name, text);
}

static json_t *
item_object(const struct chat_item *it)
{
	const struct form *f = &forms[it->kind];
	unsigned has = f->must | f->may;
	json_t *o = json_object();

	json_put(o, "kind", f->word);
	if (has & F_GROUP)
		put_text(o, "group", it->group);
	if (has & F_HOME)
		json_put_bool(o, "home", it->home);
	if (has & F_FROM)
		put_text(o, "from", it->from);
	if (has & F_TO)
		put_text(o, "to", it->to);
	if (has & F_NAME)
		put_text(o, "name", it->name);
	if (has & F_TEXT)
		put_text(o, "text", it->text);
	if (has & F_TIME)
		json_put_number(o, "time", it->time);
	if (has & F_ROLE)
		json_put(o, "role", chat_role_name(it->role));
	if (has & F_MODE)
		json_put(o, "mode", chat_mode_name(it->mode));
	if ((has & F_ACT) && it->act < CHAT_ACTS)
		json_put(o, "act", chat_act_name(it->act));
	if (has & F_ERR)
		json_put_err(o, it->err);
	if (has & F_MUTED)
		json_put_bool(o, "muted", it->muted);
	if (has & F_QUIET)
		json_put_bool(o, "quiet", it->quiet);
	if (has & F_HERE)
		json_put_bool(o, "here", it->here);
	return o;
}

size_t
item_pack(const struct chat_item *it, void *to, size_t cap)
{
	json_t *o = item_object(it);
	size_t n = json_dumpb(o, to, cap, JSON_COMPACT);

	json_decref(o);
	return n <= cap ? n : 0;
}

/* ---- in --------------------------------------------------------------- */

/* False: it is there, and is not what it should be; or is not there. */
static bool
get_text(const json_t *o, const char *name, size_t max, const char **out)
{
	*out = json_text(o, name, max);
	return *out != NULL;
}

static bool
get_bool(const json_t *o, const char *name, bool *out)
{
	const json_t *j = json_object_get(o, name);

	*out = json_is_true(j);
	return json_is_boolean(j);
}

static bool
get_time(const json_t *o, int64_t *out)
{
	return json_number(o, "time", 0, time_max, out);
}

static bool
get_err(const json_t *o, enum wire_err *out)
{
	*out = json_err(o);
	return *out != WIRE_OK;
}

static bool
get_field(struct chat_item *it, const json_t *o, enum field f)
{
	const char *word;

	switch (f) {
	case F_GROUP:
		return get_text(o, "group", WIRE_NAME_CAP - 1, &it->group);
	case F_HOME:
		return get_bool(o, "home", &it->home);
	case F_FROM:
		return get_text(o, "from", WIRE_TARGET_CAP - 1, &it->from);
	case F_TO:
		return get_text(o, "to", WIRE_TARGET_CAP - 1, &it->to);
	case F_NAME:
		return get_text(o, "name", WIRE_REAL_NAME_CAP - 1, &it->name);
	case F_TEXT:
		return get_text(o, "text", WIRE_TEXT_MAX, &it->text);
	case F_TIME:
		return get_time(o, &it->time);
	case F_ROLE:
		return get_text(o, "role", WIRE_TAG_MAX, &word) &&
		    chat_role_named(word, &it->role);
	case F_MODE:
		return get_text(o, "mode", WIRE_TAG_MAX, &word) &&
		    chat_mode_named(word, &it->mode);
	case F_ACT:
		return get_text(o, "act", WIRE_TAG_MAX, &word) &&
		    chat_act_named(word, &it->act);
	case F_ERR:
		return get_err(o, &it->err);
	case F_MUTED:
		return get_bool(o, "muted", &it->muted);
	case F_QUIET:
		return get_bool(o, "quiet", &it->quiet);
	case F_HERE:
		return get_bool(o, "here", &it->here);
	}
	return false;
}

static const char *const field_names[] = { "group", "home", "from", "to",
	"name", "text", "time", "role", "mode", "act", "err", "muted",
	"quiet", "here" };

enum item_read
item_unpack(struct chat_item *it, const json_t *o)
{
	const char *word = json_text(o, "kind", WIRE_TAG_MAX);
	const struct form *f;
	unsigned kind = 0;

	*it = (struct chat_item){ 0 };
	if (word == NULL)
		return ITEM_BAD;
	while (kind < CHAT_ITEM_KINDS && strcmp(forms[kind].word, word) != 0)
		kind++;
	if (kind == CHAT_ITEM_KINDS)
		return ITEM_UNKNOWN;
	it->kind = (enum chat_item_kind)kind;
	if (kind == CHAT_ITEM_GONE)
		it->act = CHAT_ACTS;
	f = &forms[kind];
	for (unsigned bit = 0; bit < sizeof field_names / sizeof *field_names;
	    bit++) {
		bool must = f->must >> bit & 1;

		if (!must && (!(f->may >> bit & 1) ||
		    json_object_get(o, field_names[bit]) == NULL))
			continue;
		if (!get_field(it, o, (enum field)(1U << bit)))
			return ITEM_BAD;
	}
	return ITEM_OK;
}

/* ---- pleas ------------------------------------------------------------ */

json_t *
plea_pack(const struct chat_plea *p)
{
	json_t *o = json_object();
	char whom[WIRE_TARGET_CAP];

	json_put(o, "group", p->group);
	json_put(o, "user", p->user);
	put_text(o, "name", p->real_name);
	json_put_bool(o, "join", p->join);
	if (p->there)
		json_put_bool(o, "there", true);
	if (p->join)
		return o;
	json_put(o, "act", chat_act_name(p->deed.act));
	if (p->deed.whom.kind == TARGET_USER && p->deed.whom.name[0] != '\0') {
		target_format(&p->deed.whom, whom);
		json_put(o, "whom", whom);
	}
	put_text(o, "text", p->deed.text);
	if (p->deed.act == CHAT_MODE)
		json_put(o, "mode", chat_mode_name(p->deed.mode));
	return o;
}

static bool
deed_unpack(struct chat_deed *d, const json_t *o)
{
	const char *act, *whom, *mode;

	if (!get_text(o, "act", WIRE_TAG_MAX, &act) ||
	    !chat_act_named(act, &d->act))
		return false;
	if (json_object_get(o, "whom") != NULL &&
	    (!get_text(o, "whom", WIRE_TARGET_CAP - 1, &whom) ||
	    target_parse(&d->whom, whom, strlen(whom)) != WIRE_OK ||
	    d->whom.kind != TARGET_USER))
		return false;
	if (json_object_get(o, "text") != NULL &&
	    !get_text(o, "text", WIRE_TEXT_MAX, &d->text))
		return false;
	return d->act != CHAT_MODE ||
	    (get_text(o, "mode", WIRE_TAG_MAX, &mode) &&
	    chat_mode_named(mode, &d->mode));
}

bool
plea_unpack(struct chat_plea *p, const json_t *o)
{
	*p = (struct chat_plea){ 0 };
	if (!get_text(o, "group", WIRE_NAME_CAP - 1, &p->group) ||
	    !get_text(o, "user", WIRE_NAME_CAP - 1, &p->user) ||
	    !get_bool(o, "join", &p->join))
		return false;
	if (json_object_get(o, "name") != NULL &&
	    !get_text(o, "name", WIRE_REAL_NAME_CAP - 1, &p->real_name))
		return false;
	p->there = json_is_true(json_object_get(o, "there"));
	return p->join || deed_unpack(&p->deed, o);
}
