/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw lines to groups of the older system: which of its servers has the group
 * is found out by asking one after the other (legacy.h), in the order of the
 * links.  What is seen of it is in peers.h.
 */
#ifndef SERVER_REALM_OLDLINE_H
#define SERVER_REALM_OLDLINE_H

struct oldlines;
struct peers;
struct realms;

enum { OLDLINES_MAX = 4096 };

struct oldlines *oldlines_new(struct realms *);
void oldlines_free(struct oldlines *); /* calls nothing */

/* Fills in the line_* calls; arg is the realms. */
void oldlines_peers(struct peers *);

#endif
