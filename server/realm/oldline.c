/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/oldline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/peers.h"
#include "server/realm/realm_priv.h"
#include "server/realm/item.h"
#include "server/realm/legacy.h"
#include "shared/map.h"
#include "shared/xalloc.h"

enum { GROUP_MS = 5000 };

struct oldline {
	TAILQ_ENTRY(oldline) entry;
	struct oldlines *set;
	uint64_t number;
	char user[WIRE_NAME_CAP], group[WIRE_NAME_CAP];
	struct peers_line owner;
	uint64_t id; /* the owner's */
	size_t next; /* of the realms, to be asked */
	struct legacy *at; /* NULL: none has been asked yet */
	uint64_t at_line;
	bool closing;
	struct loop_call start;
};

TAILQ_HEAD(oldline_list, oldline);

struct oldlines {
	struct realms *realms;
	struct map *by_number;
	struct oldline_list list;
	uint64_t last;
};

static struct oldline *
find(struct oldlines *set, uint64_t number)
{
	return map_get(set->by_number, &number, sizeof number);
}

static void
forget(struct oldline *ln)
{
	loop_defer_cancel(ln->set->realms->loop, &ln->start);
	map_take(ln->set->by_number, &ln->number, sizeof ln->number);
	TAILQ_REMOVE(&ln->set->list, ln, entry);
	free(ln);
}

/* Over before it was open: unless its owner has closed it, it hears that
 * nobody has the group. */
static void
give_up(struct oldline *ln)
{
	struct peers_line owner = ln->owner;
	uint64_t id = ln->id;
	bool closing = ln->closing;

	forget(ln);
	if (closing)
		owner.ended(owner.arg, id);
	else
		owner.absent(owner.arg, id);
}

static void try_next(void *arg);

/* ---- what a legacy peer says; arg: the lines, id: our number ---------- */

static void
on_absent(void *arg, uint64_t number)
{
	struct oldline *ln = find(arg, number);

	if (ln == NULL)
		return;
	ln->at = NULL;
	if (ln->closing || ln->set->realms->closed)
		give_up(ln);
	else
		try_next(ln);
}

static void
on_open(void *arg, uint64_t number)
{
	struct oldline *ln = find(arg, number);

	if (ln != NULL)
		ln->owner.open(ln->owner.arg, ln->id);
}

static void
on_text(void *arg, uint64_t number, const char *p, size_t n)
{
	struct oldline *ln = find(arg, number);

	if (ln != NULL)
		ln->owner.text(ln->owner.arg, ln->id, p, n);
}

static void
on_ended(void *arg, uint64_t number)
{
	struct oldline *ln = find(arg, number);
	struct peers_line owner;
	uint64_t id;

	if (ln == NULL)
		return;
	owner = ln->owner;
	id = ln->id;
	forget(ln);
	owner.ended(owner.arg, id);
}

/* ---- what one of ours says -------------------------------------------- */

/* A question under way; the line may be gone before its answer. */
struct asked {
	struct oldlines *set;
	uint64_t number;
	const struct realm *realm;
};

static void
on_answer(void *arg, enum wire_err err, const json_t *m)
{
	struct asked *a = arg;
	struct oldline *ln = find(a->set, a->number);
	const char *realm = a->realm->name;
	struct peers_line owner;
	uint64_t id;

	(void)m;
	free(a);
	if (ln == NULL)
		return;
	if (err != WIRE_OK || ln->closing) {
		try_next(ln);
		return;
	}
	owner = ln->owner;
	id = ln->id;
	forget(ln);
	owner.there(owner.arg, id, realm);
}

/* False: it cannot be asked now. */
static bool
ask_link(struct oldline *ln, const struct realm *r)
{
	struct asked *a = xmalloc(sizeof *a);
	json_t *m = json_object();
	enum wire_err err;

	*a = (struct asked){ ln->set, ln->number, r };
	json_put(m, "group", ln->group);
	json_put(m, "user", ln->user);
	if (ask(r->link, m, GROUP_MS, on_answer, a, &err))
		return true;
	free(a);
	return false;
}

/* ---- one after the other ---------------------------------------------- */

static void
try_next(void *arg)
{
	struct oldline *ln = arg;
	struct realms *rs = ln->set->realms;
	struct peers_line to = { ln->set, on_absent, on_open, on_text,
		on_ended, NULL };

	while (!ln->closing && !rs->closed && ln->next < rs->count) {
		const struct realm *r = &rs->at[ln->next++];

		if (r->legacy != NULL) {
			ln->at = r->legacy;
			ln->at_line = legacy_line_open(ln->at, ln->user,
			    ln->group, &to, ln->number);
			return;
		}
		if (r->link != NULL && ask_link(ln, r))
			return;
	}
	give_up(ln);
}

/* ---- what the owner says ---------------------------------------------- */

static uint64_t
line_open(void *arg, const char *user, const char *group,
    const struct peers_line *owner, uint64_t id)
{
	struct realms *rs = arg;
	struct oldlines *set = rs->lines;
	struct oldline *ln = xcalloc(1, sizeof *ln);

	ln->set = set;
	ln->number = ++set->last;
	snprintf(ln->user, sizeof ln->user, "%s", user);
	snprintf(ln->group, sizeof ln->group, "%s", group);
	ln->owner = *owner;
	ln->id = id;
	/* One too many is told so in its turn: none is asked. */
	if (map_count(set->by_number) >= OLDLINES_MAX)
		ln->next = rs->count;
	map_put(set->by_number, &ln->number, sizeof ln->number, ln);
	TAILQ_INSERT_TAIL(&set->list, ln, entry);
	loop_defer(rs->loop, &ln->start, try_next, ln);
	return ln->number;
}

static void
line_say(void *arg, uint64_t number, const char *p, size_t n)
{
	struct oldline *ln = find(((struct realms *)arg)->lines, number);

	if (ln != NULL && ln->at != NULL && !ln->closing)
		legacy_line_say(ln->at, ln->at_line, p, n);
}

static void
line_close(void *arg, uint64_t number)
{
	struct oldline *ln = find(((struct realms *)arg)->lines, number);

	if (ln == NULL || ln->closing)
		return;
	ln->closing = true;
	if (ln->at != NULL)
		legacy_line_close(ln->at, ln->at_line);
}

static void
line_drop(void *arg, uint64_t number)
{
	struct oldline *ln = find(((struct realms *)arg)->lines, number);

	if (ln == NULL)
		return;
	if (ln->at != NULL)
		legacy_line_drop(ln->at, ln->at_line);
	forget(ln);
}

/* ---- life ------------------------------------------------------------- */

void
oldlines_peers(struct peers *out)
{
	out->line_open = line_open;
	out->line_say = line_say;
	out->line_close = line_close;
	out->line_drop = line_drop;
}

struct oldlines *
oldlines_new(struct realms *rs)
{
	struct oldlines *set = xcalloc(1, sizeof *set);

	set->realms = rs;
	set->by_number = map_new();
	TAILQ_INIT(&set->list);
	return set;
}

void
oldlines_free(struct oldlines *set)
{
	struct oldline *ln, *next;

	for (ln = TAILQ_FIRST(&set->list); ln != NULL; ln = next) {
		next = TAILQ_NEXT(ln, entry);
		loop_defer_cancel(set->realms->loop, &ln->start);
		free(ln);
	}
	map_free(set->by_number);
	free(set);
}
