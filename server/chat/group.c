/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/chat/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/group_in.h"
#include "server/chat/recent.h"
#include "server/directory/remote.h"
#include "server/chat/state.h"
#include "server/chat/watch.h"
#include "server/store/store.h"
#include "shared/map.h"
#include "shared/xalloc.h"

/* ---- the table -------------------------------------------------------- */

struct groups *
groups_new(void)
{
	struct groups *all = xcalloc(1, sizeof(*all));

	TAILQ_INIT(&all->all);
	all->by_key = map_new();
	all->seats = map_new();
	all->wishes = wishes_new();
	lines_init(all);
	return all;
}

bool
group_key_of(const char *name, const char *realm, char key[CONVO_CAP])
{
	char folded[WIRE_NAME_CAP], at[WIRE_NAME_CAP] = "";

	if (!wire_name_ok(name, strlen(name)) ||
	    !wire_name_key(name, strlen(name), folded))
		return false;
	if (realm[0] != '\0' && !wire_name_key(realm, strlen(realm), at))
		return false;
	snprintf(key, CONVO_CAP, "#%s%s%s", folded, at[0] != '\0' ? "@" : "",
	    at);
	return true;
}

struct group *
group_find(const struct chat *chat, const char *key)
{
	return map_get(chat->groups->by_key, key, strlen(key));
}

struct group *
group_new(struct chat *chat, const char *key, const char *name,
    const char *home)
{
	struct groups *all = chat->groups;
	struct group *g = xcalloc(1, sizeof(*g));

	snprintf(g->key, sizeof(g->key), "%s", key);
	g->target.kind = TARGET_GROUP;
	snprintf(g->target.name, sizeof(g->target.name), "%s", name);
	snprintf(g->target.realm, sizeof(g->target.realm), "%s", home);
	if (home[0] != '\0' && !wire_name_key(home, strlen(home), g->home))
		snprintf(g->home, sizeof(g->home), "%s", home);
	g->created = chat->wall;
	TAILQ_INIT(&g->members);
	TAILQ_INIT(&g->lines);
	TAILQ_INIT(&g->waiting);
	SLIST_INIT(&g->realms);
	g->by_key = map_new();
	TAILQ_INSERT_TAIL(&all->all, g, entry);
	map_put(all->by_key, g->key, strlen(g->key), g);
	return g;
}

static void
realms_clear(struct group *g)
{
	struct group_realm *r;

	while ((r = SLIST_FIRST(&g->realms)) != NULL) {
		SLIST_REMOVE_HEAD(&g->realms, entry);
		free(r);
	}
}

static void
group_free(struct chat *chat, struct group *g)
{
	struct groups *all = chat->groups;

	map_take(all->by_key, g->key, strlen(g->key));
	TAILQ_REMOVE(&all->all, g, entry);
	realms_clear(g);
	map_free(g->by_key);
	free(g);
}

void
group_tidy(struct chat *chat, struct group *g)
{
	if (g->count > 0 || g->busy || g->waits > 0)
		return;
	rule_drop_all(&chat->dir, g->key);
	/* Also what was said there, of which there may be no row. */
	(void)txn_commit(store_end_group(TXN(chat->store), g->key), NULL, NULL);
	group_free(chat, g);
}

void
groups_free(struct groups *all)
{
	struct group *g;
	struct member *m;
	struct seat *seat;

	if (all == NULL)
		return;
	lines_free(all);
	while ((g = TAILQ_FIRST(&all->all)) != NULL) {
		while ((m = TAILQ_FIRST(&g->members)) != NULL) {
			TAILQ_REMOVE(&g->members, m, entry);
			seat = map_get(all->seats, m->key, strlen(m->key));
			if (seat != NULL && --seat->count == 0) {
				map_take(all->seats, seat->key,
				    strlen(seat->key));
				free(seat);
			}
			free(m);
		}
		TAILQ_REMOVE(&all->all, g, entry);
		changes_free(g);
		realms_clear(g);
		map_free(g->by_key);
		free(g);
	}
	map_free(all->by_key);
	map_free(all->seats);
	wishes_free(all->wishes);
	free(all);
}

const struct target *
group_target(const struct group *g)
{
	return &g->target;
}

const char *
group_key(const struct group *g)
{
	return g->key;
}

bool
group_is_copy(const struct group *g)
{
	return g->home[0] != '\0';
}

/* ---- members ---------------------------------------------------------- */

struct member *
member_find(const struct group *g, const char *key)
{
	return map_get(g->by_key, key, strlen(key));
}

const char *
member_realm(const struct member *m)
{
	const char *at = strchr(m->key, '@');

	return at != NULL ? at + 1 : "";
}

static struct seat *
seat_of(const struct chat *chat, const char *key)
{
	return map_get(chat->groups->seats, key, strlen(key));
}

size_t
member_of(const struct chat *chat, const char *key)
{
	const struct seat *seat = seat_of(chat, key);

	return seat != NULL ? seat->count : 0;
}

static void
seat_take(struct chat *chat, struct member *m)
{
	struct seat *seat = seat_of(chat, m->key);

	if (seat == NULL) {
		seat = xcalloc(1, sizeof(*seat));
		snprintf(seat->key, sizeof(seat->key), "%s", m->key);
		SLIST_INIT(&seat->members);
		map_put(chat->groups->seats, seat->key, strlen(seat->key),
		    seat);
	}
	SLIST_INSERT_HEAD(&seat->members, m, of_seat);
	seat->count++;
}

static void
seat_leave(struct chat *chat, struct member *m)
{
	struct seat *seat = seat_of(chat, m->key);

	SLIST_REMOVE(&seat->members, m, member, of_seat);
	if (--seat->count > 0)
		return;
	map_take(chat->groups->seats, seat->key, strlen(seat->key));
	free(seat);
}

/* Whether they are there is of interest from now on. */
static void
meet(struct chat *chat, const struct member *m)
{
	const char *at = strchr(m->shown, '@');
	char user[WIRE_NAME_CAP];
	struct remote *r;

	if (m->account != NULL || at == NULL || member_of(chat, m->key) > 1)
		return;
	snprintf(user, sizeof(user), "%.*s", (int)(at - m->shown), m->shown);
	r = remote_meet(&chat->dir, user, at + 1);
	if (r == NULL)
		return;
	remote_set_real_name(r, m->real_name);
	if (r->contacts == 0 && chat->router.want != NULL)
		chat->router.want(chat->router.arg, r->realm, r->name);
}

struct member *
member_new(struct chat *chat, struct group *g, const char *key,
    const char *shown, const char *real_name, struct account *a)
{
	struct member *m = xcalloc(1, sizeof(*m));

	m->group = g;
	m->account = a;
	snprintf(m->key, sizeof(m->key), "%s", key);
	snprintf(m->shown, sizeof(m->shown), "%s", shown);
	snprintf(m->real_name, sizeof(m->real_name), "%s", real_name);
	TAILQ_INSERT_TAIL(&g->members, m, entry);
	map_put(g->by_key, m->key, strlen(m->key), m);
	g->count++;
	seat_take(chat, m);
	meet(chat, m);
	return m;
}

void
member_free(struct chat *chat, struct member *m)
{
	struct group *g = m->group;

	TAILQ_REMOVE(&g->members, m, entry);
	map_take(g->by_key, m->key, strlen(m->key));
	g->count--;
	if (m->joined)
		g->joined--;
	seat_leave(chat, m);
	free(m);
}

struct member *
group_owner(const struct group *g)
{
	struct member *m;

	TAILQ_FOREACH(m, &g->members, entry)
		if (m->role == CHAT_OWNER && !m->out)
			return m;
	return NULL;
}

/* Those who joined come before those on raw lines only, whom a restart puts
 * out. */
struct member *
group_heir(const struct group *g, const struct member *owner)
{
	struct member *m, *best = NULL;

	TAILQ_FOREACH(m, &g->members, entry) {
		if (m == owner || m->out)
			continue;
		if (best == NULL || m->joined > best->joined ||
		    (m->joined == best->joined && m->role > best->role))
			best = m;
	}
	return best;
}

/* ---- realms ----------------------------------------------------------- */

static struct group_realm *
realm_find(const struct group *g, const char *realm)
{
	struct group_realm *r;

	SLIST_FOREACH(r, &g->realms, entry)
		if (strcmp(r->key, realm) == 0)
			return r;
	return NULL;
}

void
group_realm_add(struct group *g, const char *realm)
{
	struct group_realm *r = realm_find(g, realm);

	if (realm[0] == '\0')
		return;
	if (r == NULL) {
		r = xcalloc(1, sizeof(*r));
		snprintf(r->key, sizeof(r->key), "%s", realm);
		SLIST_INSERT_HEAD(&g->realms, r, entry);
	}
	r->members++;
}

void
group_realm_drop(struct group *g, const char *realm)
{
	struct group_realm *r = realm_find(g, realm);

	if (r == NULL || --r->members > 0)
		return;
	SLIST_REMOVE(&g->realms, r, group_realm, entry);
	free(r);
}

size_t
group_realm_members(const struct group *g, const char *realm)
{
	const struct group_realm *r = realm_find(g, realm);

	return r != NULL ? r->members : 0;
}

size_t
group_realms(const struct group *g, const char *except, const char **realm,
    size_t cap)
{
	const struct group_realm *r;
	size_t n = 0;

	if (group_is_copy(g)) {
		if (cap > 0)
			realm[0] = g->home;
		return 1;
	}
	SLIST_FOREACH(r, &g->realms, entry) {
		if (except != NULL && strcmp(except, r->key) == 0)
			continue;
		if (n < cap)
			realm[n] = r->key;
		n++;
	}
	return n;
}

/* ---- who may what ----------------------------------------------------- */

enum wire_err
group_outsider(const struct group *g)
{
	return g->mode == CHAT_SECRET ? WIRE_NO_SUCH_GROUP : WIRE_NOT_MEMBER;
}

enum wire_err
group_resolve(const struct chat *chat, const struct account *me,
    const struct target *target, struct group **out)
{
	bool ours = realm_is_ours(chat, target->realm);
	const struct member *m;
	char key[CONVO_CAP];
	struct group *g;

	if (!group_key_of(target->name, ours ? "" : target->realm, key))
		return WIRE_NO_SUCH_GROUP;
	g = group_find(chat, key);
	if (g == NULL || g->count == 0)
		return WIRE_NO_SUCH_GROUP;
	m = member_find(g, me->key);
	if (m == NULL || m->out)
		return group_outsider(g);
	*out = g;
	return WIRE_OK;
}

enum wire_err
group_may_say(
    const struct chat *chat, const struct group *g, const char *member)
{
	const struct member *m = member_find(g, member);

	if (m == NULL || m->out)
		return group_outsider(g);
	if (rule_is(&chat->dir, STORE_MUTE, g->key, member))
		return WIRE_MUTED;
	return WIRE_OK;
}

enum wire_err
group_may_enter(const struct chat *chat, const struct group *g,
    const struct doer *who)
{
	enum wire_err shut = WIRE_OK;

	if (rule_is(&chat->dir, STORE_BAN, "", who->key))
		return WIRE_BANNED;
	if (member_of(chat, who->key) >= CHAT_GROUPS_MAX)
		return WIRE_TOO_MANY_GROUPS;
	if (g == NULL || g->count == 0)
		return WIRE_OK;
	if (g->mode != CHAT_OPEN &&
	    !rule_is(&chat->dir, STORE_INVITE, g->key, who->key))
		shut = WIRE_INVITE_ONLY;
	if (rule_is(&chat->dir, STORE_BAN, g->key, who->key))
		shut = WIRE_BANNED;
	if (shut != WIRE_OK && g->mode == CHAT_SECRET)
		return WIRE_NO_SUCH_GROUP;
	if (shut == WIRE_OK && g->count >= CHAT_MEMBERS_MAX)
		return WIRE_GROUP_FULL;
	return shut;
}

bool
group_reads(const struct group *g, const struct account *a, int64_t id)
{
	const struct member *m = member_find(g, a->key);

	return m != NULL && m->joined && id > m->since;
}

void
group_each_reader(const struct group *g,
    void (*fn)(void *arg, struct account *), void *arg)
{
	struct member *m;

	TAILQ_FOREACH(m, &g->members, entry)
		if (m->joined && m->account != NULL)
			fn(arg, m->account);
}

bool
group_has(const struct chat *chat, const char *member)
{
	return member_of(chat, member) > 0;
}

bool
group_shared(const struct chat *chat, const char *member,
    const struct account *a)
{
	const struct seat *seat = seat_of(chat, member);
	const struct member *m, *mine;

	if (seat == NULL)
		return false;
	SLIST_FOREACH(m, &seat->members, of_seat) {
		mine = member_find(m->group, a->key);
		if (mine != NULL && mine->joined)
			return true;
	}
	return false;
}

/* ---- asked ------------------------------------------------------------ */

static void
group_row(const struct group *g, const char *me, struct chat_group *out)
{
	const struct member *m = member_find(g, me);

	*out = (struct chat_group){ .target = g->target,
		.topic = g->topic,
		.mode = g->mode,
		.members = g->count,
		.member = m != NULL && !m->out,
		.role = m != NULL ? m->role : CHAT_MEMBER };
}

/* What the asker sees of it; false: nothing. */
static bool
group_seen(const struct group *g, const char *me, struct chat_group *out)
{
	if (g->count == 0)
		return false;
	group_row(g, me, out);
	return out->member || (!group_is_copy(g) && g->mode != CHAT_SECRET);
}

void
chat_each_group(const struct chat *chat, uint64_t session, chat_group_fn *fn,
    void *arg)
{
	const struct session *s = session_find(&chat->dir, session);
	struct chat_group row;
	struct group *g;

	if (s == NULL)
		return;
	TAILQ_FOREACH(g, &chat->groups->all, entry)
		if (group_seen(g, s->account->key, &row))
			fn(arg, &row);
}

bool
chat_find_group(const struct chat *chat, uint64_t session,
    const struct target *target, struct chat_group *out)
{
	const struct session *s = session_find(&chat->dir, session);
	bool ours = realm_is_ours(chat, target->realm);
	const struct group *g;
	char key[CONVO_CAP];

	if (s == NULL ||
	    !group_key_of(target->name, ours ? "" : target->realm, key))
		return false;
	g = group_find(chat, key);
	return g != NULL && group_seen(g, s->account->key, out);
}

static void
member_row(
    const struct chat *chat, const struct member *m, struct chat_member *out)
{
	const struct remote *r = NULL;

	*out = (struct chat_member){ .role = m->role,
		.muted = rule_is(&chat->dir, STORE_MUTE, m->group->key, m->key),
		.line = !m->joined };
	out->user = (struct chat_user){ .name = m->shown,
		.real_name = m->real_name };
	if (m->account != NULL)
		account_user(&chat->dir, m->account, &out->user);
	else if ((r = remote_find(&chat->dir, m->key)) != NULL)
		remote_user(r, &out->user);
	out->user.online = out->user.online || m->lines > 0;
}

enum wire_err
chat_each_member(const struct chat *chat, uint64_t session,
    const struct target *target, chat_member_fn *fn, void *arg)
{
	const struct session *s = session_find(&chat->dir, session);
	struct chat_member row;
	const struct member *m;
	enum wire_err err;
	struct group *g;

	if (s == NULL)
		return WIRE_NO_SESSION;
	err = group_resolve(chat, s->account, target, &g);
	if (err != WIRE_OK)
		return err;
	TAILQ_FOREACH(m, &g->members, entry) {
		member_row(chat, m, &row);
		fn(arg, &row);
	}
	return WIRE_OK;
}

bool
chat_group_there(const struct chat *chat, const struct chat_who *who,
    const char *name)
{
	const struct session *s = session_find(&chat->dir, who->session);
	char key[CONVO_CAP], user[WIRE_TARGET_CAP];
	const struct group *g;

	if (!group_key_of(name, "", key))
		return false;
	g = group_find(chat, key);
	if (g == NULL || g->count == 0)
		return false;
	if (s != NULL)
		snprintf(user, sizeof(user), "%s", s->account->key);
	else if (who->session != 0 ||
	    !remote_key(who->user, who->realm, user))
		return false;
	return g->mode != CHAT_SECRET || member_find(g, user) != NULL ||
	    rule_is(&chat->dir, STORE_INVITE, g->key, user);
}

bool
chat_group_open(const struct chat *chat, const char *realm,
    const char *user, const char *name)
{
	char key[CONVO_CAP], who[WIRE_TARGET_CAP];
	const struct member *m;
	const struct group *g;

	if (!group_key_of(name, "", key) || !remote_key(user, realm, who))
		return false;
	g = group_find(chat, key);
	if (g == NULL || g->count == 0)
		return false;
	m = member_find(g, who);
	return g->mode == CHAT_OPEN || (m != NULL && !m->out);
}

/* ---- telling ---------------------------------------------------------- */

void
group_tell(struct chat *chat, const struct group *g,
    struct chat_event *event, struct account *also)
{
	event->target = g->target;
	watches_group(chat, g, event, also);
}

static void
user_of(
    const struct chat *chat, const struct member *m, struct chat_event *e)
{
	struct chat_member row;

	member_row(chat, m, &row);
	e->user = row.user;
}

void
group_tell_join(struct chat *chat, const struct member *m)
{
	struct chat_event e = { .kind = CHAT_EV_JOIN };

	user_of(chat, m, &e);
	group_tell(chat, m->group, &e, m->account);
	lines_tell(chat, m->group, &e);
}

void
group_tell_leave(struct chat *chat, const struct group *g,
    const struct member *m, const char *by, enum chat_act act,
    const char *why)
{
	struct chat_event e = { .kind = CHAT_EV_LEAVE,
		.by = by,
		.act = act,
		.text = why };

	user_of(chat, m, &e);
	group_tell(chat, g, &e, m->account);
	lines_tell(chat, m->group, &e);
}

void
group_tell_member(struct chat *chat, const struct member *m, const char *by)
{
	struct chat_event e = { .kind = CHAT_EV_MEMBER,
		.role = m->role,
		.by = by };

	e.muted = rule_is(&chat->dir, STORE_MUTE, m->group->key, m->key);
	user_of(chat, m, &e);
	group_tell(chat, m->group, &e, m->account);
}

void
group_tell_group(struct chat *chat, const struct group *g, const char *by)
{
	struct chat_event e = { .kind = CHAT_EV_GROUP,
		.text = g->topic,
		.mode = g->mode,
		.by = by };

	group_tell(chat, g, &e, NULL);
}

/* ---- start ------------------------------------------------------------ */

static void
group_loaded(void *arg, const struct store_group *row)
{
	struct chat *chat = arg;
	struct group *g =
	    group_new(chat, row->conv, row->name, row->realm);

	snprintf(g->topic, sizeof(g->topic), "%s", row->topic);
	g->mode = row->mode >= CHAT_OPEN && row->mode <= CHAT_SECRET
	    ? (enum chat_mode)row->mode
	    : CHAT_SECRET;
	g->created = row->created;
	g->stored = true;
}

static void
member_loaded(void *arg, const struct store_member *row)
{
	struct chat *chat = arg;
	struct group *g = group_find(chat, row->conv);
	struct member *m;

	if (g == NULL || member_find(g, row->member) != NULL)
		return;
	m = member_new(chat, g, row->member, row->name, row->real_name,
	    row->account != 0 ? account_by_id(&chat->dir, row->account) : NULL);
	m->joined = true;
	m->since = row->since;
	m->role = row->role >= CHAT_MEMBER && row->role <= CHAT_OWNER
	    ? (enum chat_role)row->role
	    : CHAT_MEMBER;
	g->joined++;
	if (!group_is_copy(g))
		group_realm_add(g, member_realm(m));
}

/* Its owner was on a raw line, which the restart has put out: there is another
 * from now on.  groups_tick writes that down, when the links are there. */
static void
settle_owner(struct group *g)
{
	struct member *m;
	size_t owners = 0;

	if (group_is_copy(g))
		return;
	TAILQ_FOREACH(m, &g->members, entry)
		owners += m->role == CHAT_OWNER;
	g->unsaved = owners != 1;
	if (owners == 0 && (m = group_heir(g, NULL)) != NULL)
		m->role = CHAT_OWNER;
	if ((m = group_owner(g)) != NULL)
		snprintf(g->maker, sizeof(g->maker), "%s", member_realm(m));
}

int
groups_load(struct chat *chat)
{
	struct group *g, *next;

	if (store_each_group(chat->store, group_loaded, chat) == -1 ||
	    store_each_member(chat->store, member_loaded, chat) == -1)
		return -1;
	for (g = TAILQ_FIRST(&chat->groups->all); g != NULL; g = next) {
		next = TAILQ_NEXT(g, entry);
		settle_owner(g);
		if (group_is_copy(g))
			copy_tidy(chat, g);
		else
			group_tidy(chat, g);
	}
	return 0;
}
