/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/groups.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/names.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct room {
	struct group pub;
	char target[WIRE_TARGET_CAP]; /* as the server spells it */
	char key[WIRE_TARGET_CAP];
	char *topic;
	struct userlist members;
	bool named; /* by the list that is being put in */
};

struct groups {
	struct room **room;
	size_t count, cap;
	bool changed, known;
};

struct groups *
groups_new(void)
{
	return xcalloc(1, sizeof(struct groups));
}

static void
room_free(struct room *room)
{
	userlist_release(&room->members);
	free(room->topic);
	free(room);
}

void
groups_clear(struct groups *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		room_free(rs->room[i]);
	rs->count = 0;
	rs->changed = true;
	rs->known = false;
}

void
groups_free(struct groups *rs)
{
	groups_clear(rs);
	free(rs->room);
	free(rs);
}

bool
groups_changed(struct groups *rs)
{
	bool was = rs->changed;

	rs->changed = false;
	return was;
}

/* ---- groups ------------------------------------------------------------ */

bool
groups_known(const struct groups *rs)
{
	return rs->known;
}

size_t
groups_count(const struct groups *rs)
{
	return rs->count;
}

const struct group *
groups_at(const struct groups *rs, size_t i)
{
	return &rs->room[i]->pub;
}

/* Folding costs more than looking: most are spelt right. */
static struct room *
find(const struct groups *rs, const char *target)
{
	char key[WIRE_TARGET_CAP];

	if (*target != '#')
		return NULL;
	for (size_t i = 0; i < rs->count; i++)
		if (strcmp(rs->room[i]->target, target) == 0)
			return rs->room[i];
	if (!names_key(target, key))
		return NULL;
	for (size_t i = 0; i < rs->count; i++)
		if (strcmp(rs->room[i]->key, key) == 0)
			return rs->room[i];
	return NULL;
}

const struct group *
groups_find(const struct groups *rs, const char *target)
{
	const struct room *room = find(rs, target);

	return room == NULL ? NULL : &room->pub;
}

bool
groups_is_member(const struct groups *rs, const char *target)
{
	const struct room *room = find(rs, target);

	return room != NULL && room->pub.member;
}

static struct room *
room_new(struct groups *rs, const char *target)
{
	char key[WIRE_TARGET_CAP];
	struct room *room;

	if (rs->count == GROUPS_MAX || *target != '#' ||
	    !names_key(target, key))
		return NULL;
	if (rs->count == rs->cap) {
		rs->cap = rs->cap == 0 ? 16 : rs->cap * 2;
		rs->room = xreallocarray(
		    rs->room, rs->cap, sizeof(struct room *));
	}
	room = xcalloc(1, sizeof(*room));
	memcpy(room->key, key, sizeof(key));
	rs->room[rs->count++] = room;
	return room;
}

void
groups_put(struct groups *rs, const struct group *g)
{
	struct room *room = find(rs, g->target);
	bool listed = room != NULL && room->pub.listed;
	char *topic;

	if (room == NULL && (room = room_new(rs, g->target)) == NULL)
		return;
	topic = xstrdup(g->topic);
	if (g->target != room->target)
		snprintf(room->target, sizeof(room->target), "%s", g->target);
	free(room->topic);
	room->topic = topic;
	room->pub = *g;
	room->pub.target = room->target;
	room->pub.topic = topic;
	room->pub.listed = listed && g->member;
	room->named = true;
	rs->changed = true;
}

void
groups_begin(struct groups *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		rs->room[i]->named = false;
}

void
groups_end(struct groups *rs, void (*gone)(void *arg, const struct group *),
    void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < rs->count; i++) {
		struct room *room = rs->room[i];

		if (!room->named && !room->pub.member) {
			room_free(room);
			continue;
		}
		rs->room[kept++] = room;
	}
	rs->count = kept;
	rs->changed = true;
	rs->known = kept < GROUPS_MAX;
	for (size_t i = 0; i < kept; i++) {
		struct room *room = rs->room[i];

		if (room->named)
			continue;
		room->pub.member = room->pub.listed = false;
		gone(arg, &room->pub);
	}
}

void
groups_stale(struct groups *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		rs->room[i]->pub.listed = false;
	rs->changed = true;
	rs->known = false;
}

/* ---- members ----------------------------------------------------------- */

struct userlist *
groups_members(const struct groups *rs, const char *target)
{
	struct room *room = find(rs, target);

	return room == NULL ? NULL : &room->members;
}

void
groups_members_begin(struct groups *rs, const char *target)
{
	struct room *room = find(rs, target);

	if (room != NULL)
		userlist_begin(&room->members);
}

void
groups_members_end(struct groups *rs, const char *target)
{
	struct room *room = find(rs, target);

	if (room == NULL)
		return;
	(void)userlist_end(&room->members);
	room->pub.members = userlist_count(&room->members);
	room->pub.listed = true;
	rs->changed = true;
}

void
groups_member_put(
    struct groups *rs, const char *target, const struct user *u)
{
	struct room *room = find(rs, target);

	if (room != NULL && userlist_set(&room->members, u))
		rs->changed = true;
}

void
groups_member_gone(struct groups *rs, const char *target, const char *user)
{
	struct room *room = find(rs, target);

	if (room != NULL && userlist_remove(&room->members, user))
		rs->changed = true;
}

void
groups_presence(struct groups *rs, const char *user, bool online)
{
	for (size_t i = 0; i < rs->count; i++) {
		struct userlist *r = &rs->room[i]->members;
		const struct user *old = userlist_find(r, user);
		struct user u;

		if (old == NULL || old->online == online)
			continue;
		u = *old;
		u.online = online;
		if (userlist_set(r, &u))
			rs->changed = true;
	}
}

/* ---- words ------------------------------------------------------------- */

const char *
group_mode_words(enum group_mode mode)
{
	switch (mode) {
	case GROUP_INVITE:
		return _("invite-only");
	case GROUP_SECRET:
		return _("secret");
	case GROUP_OPEN:
		break;
	}
	return _("open to all");
}

const char *
group_role_sign(enum group_role role)
{
	switch (role) {
	case GROUP_OWNER:
		return "~";
	case GROUP_MODERATOR:
		return "@";
	case GROUP_MEMBER:
		break;
	}
	return " ";
}
