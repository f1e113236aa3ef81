/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/conn_limit.h"

#include <sys/queue.h>

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "shared/map.h"
#include "shared/xalloc.h"

struct origin {
	TAILQ_ENTRY(origin) entry; /* of those that rest */
	char *address;
	unsigned conns, strangers;
	/*
	 * When all that was registered is worked off: each adds its part of an
	 * hour, and more than an hour may not stand out.
	 */
	int64_t due;
};

struct conn_limit {
	struct map *origins;
	TAILQ_HEAD(resting, origin) resting; /* no connections; longest first */
	unsigned rested;                   /* how many those are */
	unsigned strangers, registrations; /* limits */
};

struct conn_limit *
conn_limit_new(void)
{
	struct conn_limit *all = xcalloc(1, sizeof *all);

	all->origins = map_new();
	TAILQ_INIT(&all->resting);
	return all;
}

void
conn_limit_set(
    struct conn_limit *all, unsigned strangers, unsigned registrations_an_hour)
{
	all->strangers = strangers;
	all->registrations = registrations_an_hour;
}

/* ---- origins ---------------------------------------------------------- */

static void
origin_rouse(struct conn_limit *all, struct origin *o)
{
	TAILQ_REMOVE(&all->resting, o, entry);
	all->rested--;
}

static void
origin_forget(struct conn_limit *all, struct origin *o)
{
	map_take(all->origins, o->address, strlen(o->address));
	free(o->address);
	free(o);
}

static void
origin_rest(struct conn_limit *all, struct origin *o)
{
	TAILQ_INSERT_TAIL(&all->resting, o, entry);
	if (all->rested++ == CONN_LIMIT_RESTING_MAX) {
		o = TAILQ_FIRST(&all->resting);
		origin_rouse(all, o);
		origin_forget(all, o);
	}
}

/* Those that have rested enough; a few at a time, for it is nobody's wait. */
static void
sweep(struct conn_limit *all, int64_t now)
{
	struct origin *o, *next = TAILQ_FIRST(&all->resting);

	for (int i = 0; i < 4 && (o = next) != NULL && o->due <= now; i++) {
		next = TAILQ_NEXT(o, entry);
		origin_rouse(all, o);
		origin_forget(all, o);
	}
}

static struct origin *
origin_of(struct conn_limit *all, const char *address)
{
	struct origin *o = map_get(all->origins, address, strlen(address));

	if (o == NULL) {
		o = xcalloc(1, sizeof *o);
		o->address = xstrdup(address);
		map_put(all->origins, o->address, strlen(o->address), o);
	} else if (o->conns == 0)
		origin_rouse(all, o);
	return o;
}

void
conn_limit_free(struct conn_limit *all)
{
	struct origin *o, *next;

	if (all == NULL)
		return;
	for (o = TAILQ_FIRST(&all->resting); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		origin_rouse(all, o);
		origin_forget(all, o);
	}
	assert(map_count(all->origins) == 0);
	map_free(all->origins);
	free(all);
}

/* ---- connections ------------------------------------------------------ */

bool
conn_limit_enter(struct conn_limit *all, struct conn_limit_member *m,
    const char *address, int64_t now)
{
	struct origin *o;

	sweep(all, now);
	*m = (struct conn_limit_member){ .all = all };
	if (*address == '\0')
		return true;
	o = map_get(all->origins, address, strlen(address));
	if (o != NULL && all->strangers > 0 && o->strangers >= all->strangers)
		return false;
	m->origin = origin_of(all, address);
	m->origin->conns++;
	m->origin->strangers++;
	return true;
}

void
conn_limit_known(struct conn_limit_member *m)
{
	if (m->origin != NULL && !m->known)
		m->origin->strangers--;
	m->known = true;
}

void
conn_limit_leave(struct conn_limit_member *m)
{
	struct origin *o = m->origin;

	conn_limit_known(m);
	m->origin = NULL;
	if (o == NULL || --o->conns > 0)
		return;
	if (o->due > 0)
		origin_rest(m->all, o);
	else
		origin_forget(m->all, o);
}

int64_t
conn_limit_register(struct conn_limit_member *m, int64_t now)
{
	struct origin *o = m->origin;
	int64_t due;

	if (o == NULL || m->all->registrations == 0)
		return 0;
	due = (o->due > now ? o->due : now) +
	    CONN_LIMIT_HOUR_MS / m->all->registrations;
	if (due > now + CONN_LIMIT_HOUR_MS)
		return due - now - CONN_LIMIT_HOUR_MS;
	o->due = due;
	return 0;
}

void
conn_limit_unregister(struct conn_limit_member *m)
{
	if (m->origin == NULL || m->all->registrations == 0)
		return;
	m->origin->due -= CONN_LIMIT_HOUR_MS / m->all->registrations;
	if (m->origin->due < 0)
		m->origin->due = 0;
}
