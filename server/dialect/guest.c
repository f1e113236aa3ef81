/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/guest.h"

#include <sys/queue.h>

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "shared/map.h"
#include "shared/xalloc.h"

struct door {
	TAILQ_ENTRY(door) entry; /* of those that rest */
	char *address;
	unsigned guests, strangers;
	/*
	 * When all that was registered is worked off: each adds its part of an
	 * hour, and more than an hour may not stand out.
	 */
	int64_t due;
};

struct guests {
	struct map *doors;
	TAILQ_HEAD(resting, door) resting; /* no guests; longest first */
	unsigned rested;                   /* how many those are */
	unsigned strangers, registrations; /* limits */
};

struct guests *
guests_new(void)
{
	struct guests *all = xcalloc(1, sizeof *all);

	all->doors = map_new();
	TAILQ_INIT(&all->resting);
	return all;
}

void
guests_limit(
    struct guests *all, unsigned strangers, unsigned registrations_an_hour)
{
	all->strangers = strangers;
	all->registrations = registrations_an_hour;
}

/* ---- doors ------------------------------------------------------------ */

static void
door_rouse(struct guests *all, struct door *d)
{
	TAILQ_REMOVE(&all->resting, d, entry);
	all->rested--;
}

static void
door_forget(struct guests *all, struct door *d)
{
	map_take(all->doors, d->address, strlen(d->address));
	free(d->address);
	free(d);
}

static void
door_rest(struct guests *all, struct door *d)
{
	TAILQ_INSERT_TAIL(&all->resting, d, entry);
	if (all->rested++ == GUEST_RESTING_MAX) {
		d = TAILQ_FIRST(&all->resting);
		door_rouse(all, d);
		door_forget(all, d);
	}
}

/* Those that have rested enough; a few at a time, for it is nobody's wait. */
static void
sweep(struct guests *all, int64_t now)
{
	struct door *d, *next = TAILQ_FIRST(&all->resting);

	for (int i = 0; i < 4 && (d = next) != NULL && d->due <= now; i++) {
		next = TAILQ_NEXT(d, entry);
		door_rouse(all, d);
		door_forget(all, d);
	}
}

static struct door *
door_of(struct guests *all, const char *address)
{
	struct door *d = map_get(all->doors, address, strlen(address));

	if (d == NULL) {
		d = xcalloc(1, sizeof *d);
		d->address = xstrdup(address);
		map_put(all->doors, d->address, strlen(d->address), d);
	} else if (d->guests == 0)
		door_rouse(all, d);
	return d;
}

void
guests_free(struct guests *all)
{
	struct door *d, *next;

	if (all == NULL)
		return;
	for (d = TAILQ_FIRST(&all->resting); d != NULL; d = next) {
		next = TAILQ_NEXT(d, entry);
		door_rouse(all, d);
		door_forget(all, d);
	}
	assert(map_count(all->doors) == 0);
	map_free(all->doors);
	free(all);
}

/* ---- guests ----------------------------------------------------------- */

bool
guest_enter(struct guests *all, struct guest *g, const char *address,
    int64_t now)
{
	struct door *d;

	sweep(all, now);
	*g = (struct guest){ .all = all };
	if (*address == '\0')
		return true;
	d = map_get(all->doors, address, strlen(address));
	if (d != NULL && all->strangers > 0 && d->strangers >= all->strangers)
		return false;
	g->door = door_of(all, address);
	g->door->guests++;
	g->door->strangers++;
	return true;
}

void
guest_known(struct guest *g)
{
	if (g->door != NULL && !g->known)
		g->door->strangers--;
	g->known = true;
}

void
guest_leave(struct guest *g)
{
	struct door *d = g->door;

	guest_known(g);
	g->door = NULL;
	if (d == NULL || --d->guests > 0)
		return;
	if (d->due > 0)
		door_rest(g->all, d);
	else
		door_forget(g->all, d);
}

int64_t
guest_register(struct guest *g, int64_t now)
{
	struct door *d = g->door;
	int64_t due;

	if (d == NULL || g->all->registrations == 0)
		return 0;
	due = (d->due > now ? d->due : now) +
	    GUEST_HOUR_MS / g->all->registrations;
	if (due > now + GUEST_HOUR_MS)
		return due - now - GUEST_HOUR_MS;
	d->due = due;
	return 0;
}

void
guest_unregister(struct guest *g)
{
	if (g->door == NULL || g->all->registrations == 0)
		return;
	g->door->due -= GUEST_HOUR_MS / g->all->registrations;
	if (g->door->due < 0)
		g->door->due = 0;
}
