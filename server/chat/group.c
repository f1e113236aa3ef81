/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/group.h"

#include "server/chat/receive.h"
#include "server/chat/state.h"

struct groups *
groups_new(void)
{
	return NULL;
}

void
groups_free(struct groups *all)
{
	(void)all;
}

int
groups_load(struct chat *chat)
{
	(void)chat;
	return 0;
}

struct group *
group_find(const struct chat *chat, const char *key)
{
	(void)chat;
	(void)key;
	return NULL;
}

const struct target *
group_target(const struct group *group)
{
	(void)group;
	return NULL;
}

const char *
group_key(const struct group *group)
{
	(void)group;
	return "";
}

enum wire_err
group_resolve(const struct chat *chat, const struct account *me,
    const struct target *target, struct group **out)
{
	(void)chat;
	(void)me;
	(void)target;
	(void)out;
	return WIRE_NO_SUCH_GROUP;
}

enum wire_err
group_may_say(
    const struct chat *chat, const struct group *group, const char *member)
{
	(void)chat;
	(void)group;
	(void)member;
	return WIRE_NOT_MEMBER;
}

bool
group_reads(const struct group *group, const struct account *me, int64_t id)
{
	(void)group;
	(void)me;
	(void)id;
	return false;
}

void
group_each_reader(const struct group *group,
    void (*fn)(void *arg, struct account *), void *arg)
{
	(void)group;
	(void)fn;
	(void)arg;
}

size_t
group_realms(const struct group *group, const char *except,
    const char **realm, size_t cap)
{
	(void)group;
	(void)except;
	(void)realm;
	(void)cap;
	return 0;
}

void
group_lines_message(struct chat *chat, const struct recent_message *m)
{
	(void)chat;
	(void)m;
}

bool
group_has(const struct chat *chat, const char *member)
{
	(void)chat;
	(void)member;
	return false;
}

bool
group_shared(const struct chat *chat, const char *member,
    const struct account *a)
{
	(void)chat;
	(void)member;
	(void)a;
	return false;
}

void
group_do(struct chat *chat, const struct doer *who,
    const struct chat_deed *deed, struct chat_done done)
{
	(void)who;
	(void)deed;
	ask_refuse(chat, done, WIRE_NO_SUCH_GROUP);
}

enum wire_err
group_may_rule(const struct chat *chat, const struct doer *who,
    const struct target *target, const char **conv)
{
	(void)chat;
	(void)who;
	(void)target;
	(void)conv;
	return WIRE_NO_SUCH_GROUP;
}

const char *
group_receive(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct chat_done done)
{
	receive_bounce(chat, origin, item, WIRE_NO_SUCH_GROUP, done);
	return NULL;
}
