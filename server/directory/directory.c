/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/directory/directory.h"

#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

void
directory_init(struct directory *d, struct store *store,
    const struct directory_up *up)
{
	*d = (struct directory){ .store = store, .up = *up };
	presence_init(&d->presence);
	sessions_init(&d->sessions);
	accounts_init(&d->accounts);
	remotes_init(&d->remotes);
	d->rule = rules_new();
}

void
directory_release(struct directory *d)
{
	sessions_free(&d->sessions);
	remotes_free(&d->remotes);
	rules_free(d->rule);
	accounts_free(&d->accounts);
	free(d->admin);
}

int
directory_load(struct directory *d)
{
	return accounts_load(d) == -1 || sessions_load(d) == -1 ||
		remotes_load(d) == -1 || rules_load(d) == -1
	    ? -1
	    : 0;
}

void
directory_clock(struct directory *d, int64_t wall_ms, int64_t mono_ms)
{
	d->wall = wall_ms;
	d->mono = mono_ms;
}

void
directory_set_admins(
    struct directory *d, const char *const *name, size_t count)
{
	size_t i;

	free(d->admin);
	d->admin = xcalloc(count + 1, sizeof(*d->admin));
	d->admins = 0;
	for (i = 0; i < count; i++)
		if (wire_name_key(
			name[i], strlen(name[i]), d->admin[d->admins]))
			d->admins++;
}
