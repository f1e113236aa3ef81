/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of groups, for the files that keep them: group.c (who is in),
 * change.h (what is durable of it), copy.c and plea.c (towards other realms),
 * line.c (raw lines).
 */
#ifndef SERVER_CHAT_GROUP_IN_H
#define SERVER_CHAT_GROUP_IN_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"
#include "server/chat/convo.h"
#include "server/chat/deed.h"
#include "server/chat/group.h"
#include "server/directory/rate.h"

struct change;
struct map;
struct seat;

/* Somebody in a group.  At least one of: joined, lines > 0. */
struct member {
	struct group *group;
	struct account *account;   /* NULL: of another realm */
	char key[WIRE_TARGET_CAP]; /* "messi", "james@medan" */
	char shown[WIRE_TARGET_CAP];
	char real_name[WIRE_REAL_NAME_CAP];
	enum chat_role role;
	bool joined;   /* by chat_join: durable */
	bool out;      /* is being put out: says nothing any more */
	unsigned lines;
	int64_t since; /* joined: the last message id there was */
	TAILQ_ENTRY(member) entry;
	SLIST_ENTRY(member) of_seat;
};

TAILQ_HEAD(member_list, member);

/* All groups of somebody. */
struct seat {
	char key[WIRE_TARGET_CAP];
	size_t count;
	SLIST_HEAD(seat_members, member) members;
};

/* A realm with members in a group of ours. */
struct group_realm {
	char key[WIRE_NAME_CAP];
	size_t members; /* those that are coming included */
	SLIST_ENTRY(group_realm) entry;
};

struct line {
	uint64_t number;
	struct member *member;
	uint64_t session; /* 0: of another realm */
	const struct chat_sink *sink;
	uint64_t receiver;
	struct rate sends; /* of somebody of another realm */
	bool gone; /* ended; freed when no walk is under way */
	TAILQ_ENTRY(line) entry, of_all, of_gone;
};

TAILQ_HEAD(line_list, line);

struct group {
	char key[CONVO_CAP];
	struct target target;
	char home[WIRE_NAME_CAP]; /* the key of a realm; "": here */
	/* The realm of who made it or, after a restart, owns it; "": ours. */
	char maker[WIRE_NAME_CAP];
	char topic[WIRE_TOPIC_MAX + 1];
	enum chat_mode mode;
	int64_t created;
	bool stored;   /* there is a row of it */
	bool unsaved;  /* who owns it is to be written down and told again */
	struct member_list members; /* in the order in which they came */
	struct map *by_key;
	size_t count, joined;
	SLIST_HEAD(group_realms, group_realm) realms;
	struct line_list lines;
	/* Changes go one after the other: one is on its way to the disk.  Those
	 * who leave do not wait. */
	bool busy;
	size_t leaving;
	bool running; /* those that wait are being started */
	TAILQ_HEAD(changes, change) waiting;
	size_t waits;
	TAILQ_ENTRY(group) entry;
};

TAILQ_HEAD(group_list, group);

struct groups {
	struct group_list all;
	struct map *by_key;
	struct map *seats;
	struct line_list lines; /* of all groups */
	struct line_list gone;
	struct map *line_by_number;
	uint64_t last_line;
	unsigned walks; /* that hold pointers to lines */
	struct wish_list *wishes;
};

/* ---- group.c ---------------------------------------------------------- */

/* "#batak" or "#batak@medan"; false: no name.  realm "": ours. */
bool group_key_of(const char *name, const char *realm, char key[CONVO_CAP]);

/* home "": ours.  Empty: group_tidy it when nobody comes after all. */
struct group *group_new(struct chat *, const char *key, const char *name,
    const char *home_shown);

/* Frees it if nobody is in it and nothing is under way; the store is told. */
void group_tidy(struct chat *, struct group *);

struct member *member_find(const struct group *, const char *key);
struct member *member_new(struct chat *, struct group *, const char *key,
    const char *shown, const char *real_name, struct account *);

/* Out of memory, with what depends on it; not group_tidy. */
void member_free(struct chat *, struct member *);

/* The realm's key, "" for ours. */
const char *member_realm(const struct member *);

/* Of how many groups somebody is a member. */
size_t member_of(const struct chat *, const char *key);

bool group_is_copy(const struct group *);

/* One more (or less) of that realm, "" for none: what is said goes there. */
void group_realm_add(struct group *, const char *realm);
void group_realm_drop(struct group *, const char *realm);

/* How many there are of it; a copy has none. */
size_t group_realm_members(const struct group *, const char *realm);

/* Who gets the group if its owner goes; NULL: nobody is left. */
struct member *group_heir(const struct group *, const struct member *owner);
struct member *group_owner(const struct group *);

/* May that one come in: WIRE_OK, WIRE_BANNED, ...  group may be NULL. */
enum wire_err group_may_enter(
    const struct chat *, const struct group *, const struct doer *);

/* What somebody who is not in it is told of it. */
enum wire_err group_outsider(const struct group *);

/* ---- telling ---------------------------------------------------------- */

/* To the watches of all readers, and of one more (or NULL). */
void group_tell(struct chat *, const struct group *, struct chat_event *,
    struct account *also);
void group_tell_join(struct chat *, const struct member *);
void group_tell_leave(struct chat *, const struct group *,
    const struct member *, const char *by, enum chat_act, const char *why);
void group_tell_member(
    struct chat *, const struct member *, const char *by);
void group_tell_group(struct chat *, const struct group *, const char *by);

/* ---- line.c ----------------------------------------------------------- */

void lines_init(struct groups *);
void lines_free(struct groups *);

/* JOIN or LEAVE, to the raw lines of the group. */
void lines_tell(struct chat *, struct group *, const struct chat_event *);

/* Somebody who was in a group of ours on raw lines only has gone, or was thrown
 * out: everybody is told, in other realms the raw lines. */
void lines_left(struct chat *, const struct member *, const char *by,
    enum chat_act, const char *why);

/* One more line of a member.  told: everybody knows already that they have
 * come, but for this line. */
uint64_t lines_open(struct chat *, struct member *, uint64_t session,
    const struct chat_sink *, uint64_t id, bool told);

/* Those of a member end. */
void lines_end(struct chat *, struct member *, enum wire_err why);

/* ---- change.c, enter.c ------------------------------------------------ */

/* The chat is ending: those that wait were answered, and no call comes for
 * them any more. */
void changes_free(struct group *);

/* Sees to it that it has one owner, on the disk and in other realms, too. */
void change_settle(struct chat *, struct group *);

/* When somebody of another realm wants to be out of it: origin is noted in
 * the same commit. */
void change_leave_from(struct chat *, struct group *, struct member *,
    const struct chat_origin *, struct chat_done);

/* That realm cannot be reached, and as much waits for it as may: its members
 * are out of it, as if they had left. */
void change_drop_realm(struct chat *, struct group *, const char *realm);

/* ---- copy.c ----------------------------------------------------------- */

/* A copy without a member of ours, of whom none is coming, is over. */
void copy_tidy(struct chat *, struct group *);

void copy_leave(
    struct chat *, struct group *, struct member *, struct chat_done);

/* ---- plea.c ----------------------------------------------------------- */

struct wish_list *wishes_new(void);
void wishes_free(struct wish_list *);

/* One of ours has come in, or will not: whoever waited for that is
 * answered. */
void wishes_met(struct chat *, const char *conv, const struct account *,
    enum wire_err);

/* The home has put them out behind its answer: it had them in it still, and
 * they had left before.  So it is asked again. */
void wish_again(struct chat *, const char *conv, const struct account *);

/* Who is in a copy for raw lines only, and has none any more, leaves it. */
void visit_over(
    struct chat *, const char *conv, const struct account *);

/* It is not noted any more. */
void wish_drop(struct chat *, const char *conv, const struct account *);

/* One of ours wants to be in a group whose home is elsewhere. */
void copy_join(struct chat *, const struct doer *, const struct target *,
    struct chat_done);
void copy_do(struct chat *, const struct doer *, const struct group *,
    const struct chat_deed *, struct chat_done);

#endif
