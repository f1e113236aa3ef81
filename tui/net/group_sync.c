/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/group_sync.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/answer.h"
#include "tui/model/clock.h"
#include "tui/net/client_priv.h"
#include "tui/model/model.h"
#include "tui/net/json_in.h"
#include "tui/model/groups.h"
#include "tui/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines ------------------------------------------------------------- */

/* In the group's conversation, where there is one. */
static void tell(struct client *, const char *target, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
tell(struct client *c, const char *target, const char *fmt, ...)
{
	struct convo *cv = model_find(c->model, target);
	va_list ap;
	char *text;

	if (cv == NULL)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	model_notice_in(c->model, cv, clock_ms(), text);
	free(text);
}

/* Plain lines are told each by itself: what is printed cannot be folded. */
static void
tell_noise(struct client *c, const char *target, const char *user, bool came)
{
	struct convo *cv = model_find(c->model, target);

	if (model_hides(c->model, user))
		return;
	if (c->lazy && came)
		tell(c, target, _("%s has joined %s"), user, target);
	else if (c->lazy)
		tell(c, target, _("%s has left %s"), user, target);
	else if (cv != NULL)
		model_noise(c->model, cv, clock_ms(), user, came);
}

static bool
is_me(const struct client *c, const char *user)
{
	return strcmp(model_status(c->model)->user, user) == 0;
}

/* An event with target, and perhaps with who did it ("": nobody else). */
struct deed {
	const char *target, *by, *user;
};

/* False: a part that must be there is not. */
static bool
parse_deed(struct client *c, const json_t *o, struct deed *d, bool of_user)
{
	d->target = json_in_name(o, "target", WIRE_TARGET_CAP);
	d->by = json_in_name(o, "by", WIRE_TARGET_CAP);
	d->user = json_in_name(o, "user", WIRE_TARGET_CAP);
	if (d->by == NULL)
		d->by = "";
	else if (is_me(c, d->by))
		c->own_deeds++;
	return d->target != NULL && *d->target == '#' &&
	    (d->user != NULL || !of_user);
}

/* ---- what there is ----------------------------------------------------- */

static void
done_groups(struct client *c, const struct request *rq, json_t *reply)
{
	(void)rq;
	c->groups_asked = false;
	/* An older server knows none. */
	if (json_in_ok(reply) &&
	    !group_sync_put(c, json_object_get(reply, "groups")))
		client_broken(c, _("a bad list of groups"));
}

void
group_sync_ask(struct client *c)
{
	if (c->groups_asked)
		return;
	c->groups_asked = true;
	client_request(c, &(struct request){ .done = done_groups }, "groups -");
}

static void
gone(void *arg, const struct group *g)
{
	tell(arg, g->target, _("you are no member of %s any more"), g->target);
}

/* What that means for the person. */
static void
tell_ownership(struct client *c, const char *target)
{
	/* TRANSLATORS: of a group; the commands are typed so. */
	tell(c, target, _("its owner makes moderators (/op), puts people out "
	    "(/kick, /ban), says who may join (/mode, /invite) and hands it "
	    "over (/own); when the owner leaves it goes to a moderator, or "
	    "else a member"));
}

/* The answer to what was asked behind a join, or when the line was back, says
 * whose the group is now. */
static void
tell_new_owner(struct client *c, const struct group *now)
{
	const struct group *old = groups_find(model_rooms(c->model), now->target);

	if (old == NULL || !old->member || !now->member ||
	    old->role == GROUP_OWNER || now->role != GROUP_OWNER)
		return;
	if (old->members == 0) /* there was none before the join */
		tell(c, now->target, _("you have made %s and are its owner"),
		    now->target);
	else
		tell(c, now->target, _("you are the owner of %s now"),
		    now->target);
	tell_ownership(c, now->target);
}

bool
group_sync_put(struct client *c, const json_t *list)
{
	struct groups *rs = model_rooms(c->model);
	size_t n = json_array_size(list);
	struct group g;

	if (!json_is_array(list))
		return false;
	groups_begin(rs);
	for (size_t i = 0; i < n; i++) {
		if (!json_in_group(json_array_get(list, i), &g))
			return false;
		tell_new_owner(c, &g);
		groups_put(rs, &g);
		if (g.member && !model_closed(c->model, g.target))
			(void)model_open(c->model, g.target);
	}
	groups_end(rs, gone, c);
	model_restored(c->model);
	group_sync_shown(c, model_current(c->model));
	return true;
}

static bool
put_members(struct client *c, const char *target, const json_t *list)
{
	struct groups *rs = model_rooms(c->model);
	size_t n = json_array_size(list);
	struct user u;

	if (!json_is_array(list))
		return false;
	groups_members_begin(rs, target);
	for (size_t i = 0; i < n; i++) {
		if (!json_in_member(json_array_get(list, i), &u))
			return false;
		groups_member_put(rs, target, &u);
	}
	groups_members_end(rs, target);
	return true;
}

static void
done_members(struct client *c, const struct request *rq, json_t *reply)
{
	const struct convo *cv = model_convo_by_serial(c->model, rq->convo);

	/* Refused: thrown out meanwhile, which is told by itself. */
	if (cv != NULL && json_in_ok(reply) &&
	    !put_members(c, convo_target(cv),
	    json_object_get(reply, "members")))
		client_broken(c, _("a bad list of members"));
}

void
group_sync_shown(struct client *c, struct convo *cv)
{
	struct request rq = { .done = done_members,
		.convo = convo_serial(cv) };
	const struct group *g =
	    groups_find(model_rooms(c->model), convo_target(cv));

	/* The answer that is on its way comes back here. */
	if (c->groups_asked)
		return;
	if (g != NULL && g->member && !g->listed && !c->lazy &&
	    client_watching(c) && c->requests.count < REQUESTS_MAX)
		client_request(c, &rq, "members - %s", g->target);
}

/* ---- coming and going -------------------------------------------------- */

/* The number of members that the group has more, or less, than before. */
static void
count_member(struct client *c, const char *target, int more)
{
	struct groups *rs = model_rooms(c->model);
	const struct group *old = groups_find(rs, target);
	struct group g;

	if (old == NULL)
		return;
	g = *old;
	if (more > 0 || g.members > 0)
		g.members = (size_t)((long)g.members + more);
	groups_put(rs, &g);
}

/* The person is in.  Told twice, by the answer and by the event, it is one. */
static struct convo *
joined(struct client *c, const char *target)
{
	struct groups *rs = model_rooms(c->model);
	const struct group *old = groups_find(rs, target);
	struct group g = { .target = target, .topic = "" };
	struct convo *cv = model_open(c->model, target);

	if (cv == NULL || (old != NULL && old->member))
		return cv;
	if (old != NULL)
		g = *old;
	g.member = true;
	g.role = GROUP_MEMBER; /* until the list says it */
	groups_put(rs, &g);
	tell(c, target, _("you have joined %s"), target);
	group_sync_ask(c); /* its topic, our role */
	return cv;
}

static void
parted(struct client *c, const char *target)
{
	struct groups *rs = model_rooms(c->model);
	const struct group *old = groups_find(rs, target);
	struct group g;

	if (old == NULL)
		return;
	g = *old;
	g.member = false;
	if (g.members > 0)
		g.members--;
	groups_put(rs, &g);
}

void
group_sync_done_join(struct client *c, const struct request *rq, json_t *reply)
{
	const char *target = json_in_name(reply, "target", WIRE_TARGET_CAP);
	char why[ANSWER_WHY_CAP];
	struct convo *cv;

	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		client_refused(c, "%s: %s", rq->whom, why);
		return;
	}
	if ((cv = joined(c, target == NULL ? rq->whom : target)) != NULL)
		client_show(c, cv);
}

void
group_sync_done_leave(struct client *c, const struct request *rq, json_t *reply)
{
	const char *target = json_in_name(reply, "target", WIRE_TARGET_CAP);
	char why[ANSWER_WHY_CAP];

	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		client_refused(c, "%s: %s", rq->whom, why);
		return;
	}
	if (target == NULL)
		target = rq->whom;
	if (groups_is_member(model_rooms(c->model), target)) {
		parted(c, target);
		tell(c, target, _("you have left %s"), target);
	}
}

bool
group_sync_event_join(struct client *c, const json_t *o)
{
	struct user u = { .name = "", .online = true };
	const char *name = json_in_string(o, "name");
	const struct user *known;
	struct deed d;

	if (!parse_deed(c, o, &d, true))
		return false;
	if (is_me(c, d.user)) {
		(void)joined(c, d.target);
		return true;
	}
	known = model_user_by_name(c->model, d.user);
	if (known != NULL)
		u = *known;
	u.user = d.user;
	if (name != NULL)
		u.name = name;
	groups_member_put(model_rooms(c->model), d.target, &u);
	count_member(c, d.target, 1);
	tell_noise(c, d.target, d.user, true);
	return true;
}

/* What we were done, the caller frees it. */
static char *
thrown_out_words(const struct deed *d, bool ban)
{
	if (ban)
		return xasprintf(
		    _("you were banned from %s by %s"), d->target, d->by);
	return xasprintf(_("you were kicked from %s by %s"), d->target, d->by);
}

/* The same of another member. */
static char *
threw_out_words(const struct deed *d, bool ban)
{
	if (ban)
		return xasprintf(_("%s has banned %s"), d->by, d->user);
	return xasprintf(_("%s has kicked %s"), d->by, d->user);
}

static void
tell_thrown_out(struct client *c, const json_t *o, const struct deed *d)
{
	const char *reason = json_in_string(o, "reason");
	char *text = is_me(c, d->user) ? thrown_out_words(d, json_in_ban(o)) :
	    threw_out_words(d, json_in_ban(o));

	if (reason == NULL || *reason == '\0')
		tell(c, d->target, "%s", text);
	else
		/* TRANSLATORS: a sentence, and the reason that was given. */
		tell(c, d->target, _("%s: %.300s"), text, reason);
	free(text);
}

static void
tell_leave(struct client *c, const json_t *o, const struct deed *d)
{
	if (*d->by != '\0')
		tell_thrown_out(c, o, d);
	else if (is_me(c, d->user))
		tell(c, d->target, _("you have left %s"), d->target);
	else
		tell_noise(c, d->target, d->user, false);
}

bool
group_sync_event_leave(struct client *c, const json_t *o)
{
	struct groups *rs = model_rooms(c->model);
	struct deed d;

	if (!parse_deed(c, o, &d, true))
		return false;
	if (!is_me(c, d.user)) {
		count_member(c, d.target, -1);
		tell_leave(c, o, &d);
	} else if (groups_is_member(rs, d.target)) {
		parted(c, d.target);
		tell_leave(c, o, &d);
	}
	groups_member_gone(rs, d.target, d.user);
	return true;
}

/* ---- what is changed --------------------------------------------------- */

/* What happened, which is freed here, and by whom where that is known. */
static void
tell_deed(struct client *c, const struct deed *d, char *text)
{
	if (*d->by == '\0')
		tell(c, d->target, "%s", text);
	else
		/* TRANSLATORS: a sentence, and who did it. */
		tell(c, d->target, _("%s (by %s)"), text, d->by);
	free(text);
}

static char *
own_role_words(const char *target, enum group_role role)
{
	switch (role) {
	case GROUP_OWNER:
		return xasprintf(_("you are the owner of %s now"), target);
	case GROUP_MODERATOR:
		return xasprintf(_("you are a moderator of %s now"), target);
	case GROUP_MEMBER:
		break;
	}
	return xasprintf(
	    _("you are a member like others of %s now"), target);
}

static char *
role_words(const char *user, const char *target, enum group_role role)
{
	switch (role) {
	case GROUP_OWNER:
		return xasprintf(_("%s is the owner of %s now"), user, target);
	case GROUP_MODERATOR:
		return xasprintf(
		    _("%s is a moderator of %s now"), user, target);
	case GROUP_MEMBER:
		break;
	}
	return xasprintf(
	    _("%s is a member like others of %s now"), user, target);
}

static void
tell_role(struct client *c, const struct deed *d, enum group_role role)
{
	tell_deed(c, d, is_me(c, d->user) ? own_role_words(d->target, role) :
	    role_words(d->user, d->target, role));
	if (is_me(c, d->user) && role == GROUP_OWNER)
		tell_ownership(c, d->target);
}

static char *
own_mute_words(const char *target, bool muted)
{
	if (muted)
		return xasprintf(_("you may not say anything in %s"), target);
	return xasprintf(_("you may speak again in %s"), target);
}

static char *
mute_words(const char *user, const char *target, bool muted)
{
	if (muted)
		return xasprintf(
		    _("%s may not say anything in %s"), user, target);
	return xasprintf(_("%s may speak again in %s"), user, target);
}

static void
tell_mute(struct client *c, const struct deed *d, bool muted)
{
	tell_deed(c, d, is_me(c, d->user) ? own_mute_words(d->target, muted) :
	    mute_words(d->user, d->target, muted));
}

static void
tell_mode(struct client *c, const struct deed *d, enum group_mode mode)
{
	char *text = NULL;

	switch (mode) {
	case GROUP_OPEN:
		text = xasprintf(_("%s is open to all now"), d->target);
		break;
	case GROUP_INVITE:
		text = xasprintf(_("%s is invite-only now"), d->target);
		break;
	case GROUP_SECRET:
		text = xasprintf(_("%s is secret now"), d->target);
		break;
	}
	tell_deed(c, d, text);
}

/* Our own role stands with the group, whoever else is listed. */
static void
put_own_role(struct client *c, const char *target, enum group_role role)
{
	struct groups *rs = model_rooms(c->model);
	const struct group *old = groups_find(rs, target);
	struct group g;

	if (old == NULL)
		return;
	g = *old;
	g.role = role;
	groups_put(rs, &g);
}

bool
group_sync_event_member(struct client *c, const json_t *o)
{
	struct groups *rs = model_rooms(c->model);
	struct user as, u = { .name = "" };
	const struct user *old = NULL;
	struct userlist *r;
	struct deed d;

	if (!parse_deed(c, o, &d, true) || !json_in_member(o, &as))
		return false;
	if ((r = groups_members(rs, d.target)) != NULL)
		old = userlist_find(r, d.user);
	if (old != NULL)
		u = *old;
	/* Where the members are not known, what is not usual is new. */
	if (old == NULL ? as.role != GROUP_MEMBER || !as.muted :
	    old->role != as.role)
		tell_role(c, &d, as.role);
	if (old == NULL ? as.muted : old->muted != as.muted)
		tell_mute(c, &d, as.muted);
	if (is_me(c, d.user))
		put_own_role(c, d.target, as.role);
	u.user = d.user;
	u.role = as.role;
	u.muted = as.muted;
	if (old != NULL)
		groups_member_put(rs, d.target, &u);
	return true;
}

static void
tell_topic(struct client *c, const struct deed *d, const char *topic)
{
	const char *by = *d->by == '\0' ? _("somebody") : d->by;

	if (*topic == '\0')
		tell(c, d->target, _("%s has taken the topic of %s away"), by,
		    d->target);
	else
		tell(c, d->target, _("%s has set the topic of %s: %s"), by,
		    d->target, topic);
}

bool
group_sync_event_group(struct client *c, const json_t *o)
{
	struct groups *rs = model_rooms(c->model);
	const char *topic = json_in_string(o, "topic");
	const struct group *old;
	struct group g;
	struct deed d;
	bool topic_new, mode_new;

	if (!parse_deed(c, o, &d, false) || topic == NULL)
		return false;
	if ((old = groups_find(rs, d.target)) == NULL)
		return true;
	g = *old;
	if (!json_in_mode(o, &g.mode))
		return false;
	topic_new = strcmp(old->topic, topic) != 0;
	mode_new = old->mode != g.mode;
	g.topic = topic;
	groups_put(rs, &g);
	if (topic_new)
		tell_topic(c, &d, topic);
	if (mode_new)
		tell_mode(c, &d, g.mode);
	return true;
}

bool
group_sync_event_invite(struct client *c, const json_t *o)
{
	struct deed d;

	if (!parse_deed(c, o, &d, false))
		return false;
	if (model_hides(c->model, d.by))
		return true;
	client_notice(c, _("%s invites you: /join %s"),
	    *d.by == '\0' ? _("somebody") : d.by, d.target);
	return true;
}
