/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/rooms.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/key.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct room {
	struct group pub;
	char target[WIRE_TARGET_CAP]; /* as the server spells it */
	char key[WIRE_TARGET_CAP];
	char *topic;
	struct roster members;
	bool named; /* by the list that is being put in */
};

struct rooms {
	struct room **room;
	size_t count, cap;
	bool changed, known;
};

struct rooms *
rooms_new(void)
{
	return xcalloc(1, sizeof(struct rooms));
}

static void
room_free(struct room *room)
{
	roster_release(&room->members);
	free(room->topic);
	free(room);
}

void
rooms_clear(struct rooms *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		room_free(rs->room[i]);
	rs->count = 0;
	rs->changed = true;
	rs->known = false;
}

void
rooms_free(struct rooms *rs)
{
	rooms_clear(rs);
	free(rs->room);
	free(rs);
}

bool
rooms_changed(struct rooms *rs)
{
	bool was = rs->changed;

	rs->changed = false;
	return was;
}

/* ---- groups ------------------------------------------------------------ */

bool
rooms_known(const struct rooms *rs)
{
	return rs->known;
}

size_t
rooms_count(const struct rooms *rs)
{
	return rs->count;
}

const struct group *
rooms_at(const struct rooms *rs, size_t i)
{
	return &rs->room[i]->pub;
}

/* Folding costs more than looking: most are spelt right. */
static struct room *
find(const struct rooms *rs, const char *target)
{
	char key[WIRE_TARGET_CAP];

	if (*target != '#')
		return NULL;
	for (size_t i = 0; i < rs->count; i++)
		if (strcmp(rs->room[i]->target, target) == 0)
			return rs->room[i];
	if (!key_of_target(target, key))
		return NULL;
	for (size_t i = 0; i < rs->count; i++)
		if (strcmp(rs->room[i]->key, key) == 0)
			return rs->room[i];
	return NULL;
}

const struct group *
rooms_find(const struct rooms *rs, const char *target)
{
	const struct room *room = find(rs, target);

	return room == NULL ? NULL : &room->pub;
}

bool
rooms_is_member(const struct rooms *rs, const char *target)
{
	const struct room *room = find(rs, target);

	return room != NULL && room->pub.member;
}

static struct room *
room_new(struct rooms *rs, const char *target)
{
	char key[WIRE_TARGET_CAP];
	struct room *room;

	if (rs->count == ROOMS_MAX || *target != '#' ||
	    !key_of_target(target, key))
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
rooms_put(struct rooms *rs, const struct group *g)
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
rooms_begin(struct rooms *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		rs->room[i]->named = false;
}

void
rooms_end(struct rooms *rs, void (*gone)(void *arg, const struct group *),
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
	rs->known = kept < ROOMS_MAX;
	for (size_t i = 0; i < kept; i++) {
		struct room *room = rs->room[i];

		if (room->named)
			continue;
		room->pub.member = room->pub.listed = false;
		gone(arg, &room->pub);
	}
}

void
rooms_stale(struct rooms *rs)
{
	for (size_t i = 0; i < rs->count; i++)
		rs->room[i]->pub.listed = false;
	rs->changed = true;
	rs->known = false;
}

/* ---- members ----------------------------------------------------------- */

struct roster *
rooms_members(const struct rooms *rs, const char *target)
{
	struct room *room = find(rs, target);

	return room == NULL ? NULL : &room->members;
}

void
rooms_members_begin(struct rooms *rs, const char *target)
{
	struct room *room = find(rs, target);

	if (room != NULL)
		roster_begin(&room->members);
}

void
rooms_members_end(struct rooms *rs, const char *target)
{
	struct room *room = find(rs, target);

	if (room == NULL)
		return;
	(void)roster_end(&room->members);
	room->pub.members = roster_count(&room->members);
	room->pub.listed = true;
	rs->changed = true;
}

void
rooms_member_put(
    struct rooms *rs, const char *target, const struct user *u)
{
	struct room *room = find(rs, target);

	if (room != NULL && roster_set(&room->members, u))
		rs->changed = true;
}

void
rooms_member_gone(struct rooms *rs, const char *target, const char *user)
{
	struct room *room = find(rs, target);

	if (room != NULL && roster_remove(&room->members, user))
		rs->changed = true;
}

void
rooms_presence(struct rooms *rs, const char *user, bool online)
{
	for (size_t i = 0; i < rs->count; i++) {
		struct roster *r = &rs->room[i]->members;
		const struct user *old = roster_find(r, user);
		struct user u;

		if (old == NULL || old->online == online)
			continue;
		u = *old;
		u.online = online;
		if (roster_set(r, &u))
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
