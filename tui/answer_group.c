/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/answer_group.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "tui/answer.h"
#include "tui/listing.h"
#include "tui/model.h"
#include "tui/parse.h"
#include "tui/rooms.h"

#include <string.h>

/* Prints one row of a list; false: it is not of its form. */
typedef bool row_fn(struct model *, int64_t now, const json_t *);

static bool
print_rows(struct model *m, int64_t now, const json_t *list, row_fn *print)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n && i < LISTING_MAX; i++)
		if (!print(m, now, json_array_get(list, i)))
			return false;
	listing_left_out(m, now, n < LISTING_MAX ? n : LISTING_MAX, n);
	return true;
}

static void
add_role(struct buf *b, enum group_role role)
{
	if (role == GROUP_OWNER)
		(void)buf_adds(b, ", yours");
	else if (role == GROUP_MODERATOR)
		(void)buf_adds(b, ", you are a moderator");
	else
		(void)buf_adds(b, ", you are in it");
}

static bool
print_group(struct model *m, int64_t now, const json_t *o)
{
	struct group g;
	struct buf b;

	if (!parse_group(o, &g))
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_adds(&b, g.member ? "  * " : "  - ");
	listing_flat(&b, g.target);
	(void)buf_addf(&b, ", %zu member%s, %s", g.members,
	    g.members == 1 ? "" : "s", group_mode_words(g.mode));
	if (g.member)
		add_role(&b, g.role);
	if (*g.topic != '\0') {
		(void)buf_adds(&b, ": ");
		listing_flat(&b, g.topic);
	}
	listing_row(m, now, &b);
	return true;
}

bool
answer_groups(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "groups");
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	if (n == 0)
		model_notice(m, now, "no groups; /join #NAME makes one");
	else
		model_noticef(m, now, "%zu group%s (* you are in it):", n,
		    n == 1 ? "" : "s");
	return print_rows(m, now, list, print_group);
}

/* What the reply is about, for a head. */
static const char *
target_of(const json_t *reply)
{
	const char *target = parse_name(reply, "target", WIRE_TARGET_CAP);

	if (target == NULL)
		return "the group";
	return strcmp(target, "*") == 0 ? "the whole server" : target;
}

static bool
print_member(struct model *m, int64_t now, const json_t *o)
{
	struct user u;
	struct buf b;

	if (!parse_member(o, &u))
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_addf(&b, "  %s", group_role_sign(u.role));
	listing_flat(&b, u.user);
	if (*u.name != '\0') {
		(void)buf_adds(&b, " [");
		listing_flat(&b, u.name);
		(void)buf_adds(&b, "]");
	}
	if (u.role != GROUP_MEMBER)
		(void)buf_adds(&b, u.role == GROUP_OWNER ? ", owner" :
		    ", moderator");
	(void)buf_adds(&b, u.online ? ", here" : ", away");
	if (u.muted)
		(void)buf_adds(&b, ", muted");
	listing_row(m, now, &b);
	return true;
}

bool
answer_members(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "members");
	struct buf b;

	if (!json_is_array(list))
		return false;
	buf_init(&b, LISTING_CAP);
	listing_flat(&b, target_of(reply));
	(void)buf_addf(&b, " has %zu member%s:", json_array_size(list),
	    json_array_size(list) == 1 ? "" : "s");
	listing_head(m, now, &b);
	return print_rows(m, now, list, print_member);
}

bool
answer_topic(struct model *m, int64_t now, const json_t *reply)
{
	const char *topic = parse_string(reply, "topic");
	struct buf b;

	if (topic == NULL)
		return false;
	buf_init(&b, LISTING_CAP);
	listing_flat(&b, target_of(reply));
	if (*topic == '\0')
		(void)buf_adds(&b, " has no topic");
	else {
		(void)buf_adds(&b, " is about: ");
		listing_flat(&b, topic);
	}
	listing_head(m, now, &b);
	return true;
}

/* "  ban lineker, by messi, 2026-11-21 10:04: spam" */
static bool
print_rule(struct model *m, int64_t now, const json_t *o)
{
	const char *act = parse_string(o, "act");
	const char *user = parse_name(o, "user", WIRE_TARGET_CAP);
	const char *by = parse_string(o, "by");
	const char *reason = parse_string(o, "reason");
	int64_t time = parse_time(o, "time", 0);
	char at[32];
	struct buf b;

	if (act == NULL || user == NULL)
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_adds(&b, "  ");
	listing_flat(&b, act);
	(void)buf_adds(&b, " ");
	listing_flat(&b, user);
	if (by != NULL && *by != '\0') {
		(void)buf_adds(&b, ", by ");
		listing_flat(&b, by);
	}
	listing_when(time, at);
	if (time > 0)
		(void)buf_addf(&b, ", %s", at);
	if (reason != NULL && *reason != '\0') {
		(void)buf_adds(&b, ": ");
		listing_flat(&b, reason);
	}
	listing_row(m, now, &b);
	return true;
}

bool
answer_rules(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "rules");
	struct buf b;

	if (!json_is_array(list))
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_adds(&b, json_array_size(list) == 0 ?
	    "nobody is banned, muted or invited in " :
	    "who is banned, muted or invited in ");
	listing_flat(&b, target_of(reply));
	if (json_array_size(list) > 0)
		(void)buf_addc(&b, ':');
	listing_head(m, now, &b);
	return print_rows(m, now, list, print_rule);
}

/* "  medan: down since 2026-11-21 10:04, 3 queued (Connection refused)" */
static bool
print_link(struct model *m, int64_t now, const json_t *o)
{
	const char *realm = parse_name(o, "realm", WIRE_NAME_CAP);
	const char *kind = parse_string(o, "kind");
	const char *state = parse_string(o, "state");
	const char *error = parse_string(o, "error");
	int64_t since = parse_time(o, "since", 0), queued = 0;
	char at[32];
	struct buf b;

	if (realm == NULL || state == NULL)
		return false;
	(void)parse_id(o, "queued", &queued);
	buf_init(&b, LISTING_CAP);
	(void)buf_adds(&b, "  ");
	listing_flat(&b, realm);
	(void)buf_adds(&b, ": ");
	listing_flat(&b, state);
	listing_when(since, at);
	if (since > 0)
		(void)buf_addf(&b, " since %s", at);
	if (kind != NULL && *kind != '\0') {
		(void)buf_adds(&b, ", ");
		listing_flat(&b, kind);
	}
	(void)buf_addf(&b, ", %lld queued", (long long)queued);
	if (error != NULL && *error != '\0') {
		(void)buf_adds(&b, " (");
		listing_flat(&b, error);
		(void)buf_adds(&b, ")");
	}
	listing_row(m, now, &b);
	return true;
}

bool
answer_links(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "links");
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	if (n == 0)
		model_notice(m, now, "no links to other realms");
	else
		model_noticef(m, now, "%zu link%s to other realms:", n,
		    n == 1 ? "" : "s");
	return print_rows(m, now, list, print_link);
}
