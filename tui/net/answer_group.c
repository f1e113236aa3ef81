/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/answer_group.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "tui/net/answer.h"
#include "tui/net/listing.h"
#include "tui/model/model.h"
#include "tui/net/json_in.h"
#include "tui/model/groups.h"
#include "tui/text.h"

#include <stdlib.h>
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

static const char *
own_role_words(enum group_role role)
{
	switch (role) {
	case GROUP_OWNER:
		return _("yours");
	case GROUP_MODERATOR:
		return _("you are a moderator");
	case GROUP_MEMBER:
		break;
	}
	return _("you are in it");
}

/* A row that is a list, and what somebody wrote about it ("": nothing). */
static void
print_about(struct model *m, int64_t now, struct buf *b, const char *text)
{
	if (*text == '\0')
		listing_rowf(m, now, "%s", buf_data(b));
	else
		/* TRANSLATORS: what is told of something, and its topic or the
		 * reason for it: "ban lineker, by messi: spam". */
		listing_rowf(m, now, _("%s: %s"), buf_data(b), text);
	buf_release(b);
}

/* "  * #batak, 3 members, open to all, yours: sushi" */
static bool
print_group(struct model *m, int64_t now, const json_t *o)
{
	struct group g;
	struct buf b;

	if (!json_in_group(o, &g))
		return false;
	buf_init(&b, LISTING_CAP);
	text_list(&b, "%s %s", g.member ? "*" : "-", g.target);
	text_list(&b, ngettext("%zu member", "%zu members", g.members),
	    g.members);
	text_list(&b, "%s", group_mode_words(g.mode));
	if (g.member)
		text_list(&b, "%s", own_role_words(g.role));
	print_about(m, now, &b, g.topic);
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
		model_notice(m, now, _("no groups; /join #NAME makes one"));
	else
		model_noticef(m, now, ngettext("%zu group (* you are in it):",
		    "%zu groups (* you are in it):", n), n);
	return print_rows(m, now, list, print_group);
}

/* What the reply is about, for a head. */
static const char *
target_of(const json_t *reply)
{
	const char *target = json_in_name(reply, "target", WIRE_TARGET_CAP);

	if (target == NULL)
		return _("the group");
	return strcmp(target, "*") == 0 ? _("the whole server") : target;
}

/* "  ~messi [Lionel Messi], owner, here" */
static bool
print_member(struct model *m, int64_t now, const json_t *o)
{
	struct user u;
	struct buf b;
	char *who;

	if (!json_in_member(o, &u))
		return false;
	buf_init(&b, LISTING_CAP);
	who = listing_who(u.user, u.name);
	text_list(&b, "%s%s", group_role_sign(u.role), who);
	free(who);
	if (u.role == GROUP_OWNER)
		text_list(&b, "%s", C_("role", "owner"));
	else if (u.role == GROUP_MODERATOR)
		text_list(&b, "%s", C_("role", "moderator"));
	text_list(&b, "%s",
	    u.online ? C_("presence", "here") : C_("presence", "away"));
	if (u.muted)
		text_list(&b, "%s", _("muted"));
	listing_rowf(m, now, "%s", buf_data(&b));
	buf_release(&b);
	return true;
}

bool
answer_members(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "members");
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	listing_headf(m, now,
	    ngettext("%s has %zu member:", "%s has %zu members:", n),
	    target_of(reply), n);
	return print_rows(m, now, list, print_member);
}

bool
answer_topic(struct model *m, int64_t now, const json_t *reply)
{
	const char *topic = json_in_string(reply, "topic");

	if (topic == NULL)
		return false;
	if (*topic == '\0')
		listing_headf(m, now, _("%s has no topic"), target_of(reply));
	else
		listing_headf(m, now, _("%s is about: %s"), target_of(reply),
		    topic);
	return true;
}

/* Of a later server it may be another word. */
static void
add_act(struct buf *b, const char *act, const char *user)
{
	if (strcmp(act, "ban") == 0)
		text_list(b, _("ban %s"), user);
	else if (strcmp(act, "mute") == 0)
		text_list(b, _("mute %s"), user);
	else if (strcmp(act, "invite") == 0)
		text_list(b, _("invite %s"), user);
	else
		text_list(b, "%s %s", act, user);
}

/* "  ban lineker, by messi, 2026-11-21 10:04: spam" */
static bool
print_rule(struct model *m, int64_t now, const json_t *o)
{
	const char *act = json_in_string(o, "act");
	const char *user = json_in_name(o, "user", WIRE_TARGET_CAP);
	const char *by = json_in_string(o, "by");
	const char *reason = json_in_string(o, "reason");
	int64_t time = json_in_time(o, "time", 0);
	char at[32];
	struct buf b;

	if (act == NULL || user == NULL)
		return false;
	buf_init(&b, LISTING_CAP);
	add_act(&b, act, user);
	if (by != NULL && *by != '\0')
		text_list(&b, _("by %s"), by);
	listing_when(time, at);
	if (time > 0)
		text_list(&b, "%s", at);
	print_about(m, now, &b, reason == NULL ? "" : reason);
	return true;
}

bool
answer_rules(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "rules");

	if (!json_is_array(list))
		return false;
	if (json_array_size(list) == 0)
		listing_headf(m, now,
		    _("nobody is banned, muted or invited in %s"),
		    target_of(reply));
	else
		listing_headf(m, now,
		    _("who is banned, muted or invited in %s:"),
		    target_of(reply));
	return print_rows(m, now, list, print_rule);
}

/* The server's word for a link, which of a later one may be another. */
static const char *
link_words(const char *wire)
{
	static const struct {
		const char *wire, *text;
	} known[] = {
		{ "up", N_("up") },
		{ "ready", N_("ready") },
		{ "connecting", N_("connecting") },
		{ "down", N_("down") },
		{ "chat", N_("chat") },
		{ "legacy", N_("legacy") },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].wire, wire) == 0)
			return _(known[i].text);
	return wire;
}

/* "medan: down since 2026-11-21 10:04" */
static void
add_state(struct buf *b, const char *realm, const char *state, int64_t since)
{
	char at[32];

	listing_when(since, at);
	if (since > 0)
		/* TRANSLATORS: a realm, what its link is ("up", "down"), and
		 * from when on. */
		text_list(b, _("%s: %s since %s"), realm, link_words(state),
		    at);
	else
		text_list(b, _("%s: %s"), realm, link_words(state));
}

/* "  medan: down since 2026-11-21 10:04, 3 queued (Connection refused)" */
static bool
print_link(struct model *m, int64_t now, const json_t *o)
{
	const char *realm = json_in_name(o, "realm", WIRE_NAME_CAP);
	const char *kind = json_in_string(o, "kind");
	const char *state = json_in_string(o, "state");
	const char *error = json_in_string(o, "error");
	int64_t queued = 0;
	struct buf b;

	if (realm == NULL || state == NULL)
		return false;
	(void)json_in_id(o, "queued", &queued);
	buf_init(&b, LISTING_CAP);
	add_state(&b, realm, state, json_in_time(o, "since", 0));
	if (kind != NULL && *kind != '\0')
		text_list(&b, "%s", link_words(kind));
	text_list(&b, ngettext("%lld queued", "%lld queued",
	    (unsigned long)queued), (long long)queued);
	if (error != NULL && *error != '\0')
		/* TRANSLATORS: what a link to a realm is, and what went wrong
		 * there last. */
		listing_rowf(m, now, _("%s (%s)"), buf_data(&b), error);
	else
		listing_rowf(m, now, "%s", buf_data(&b));
	buf_release(&b);
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
		model_notice(m, now, _("no links to other realms"));
	else
		model_noticef(m, now, ngettext("%zu link to other realms:",
		    "%zu links to other realms:", n), n);
	return print_rows(m, now, list, print_link);
}
