/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw lines to groups of other realms: who has the group is found out by
 * asking one after the other, in the order of the links.  A server of the
 * older system opens the line with its answer (legacy.h), and it goes through
 * here until it ends; one of ours only says that it has the group, and the
 * asker sees to the rest.  One that cannot be asked, or does not answer within
 * 5 seconds, is passed over.  What is seen of it is in peers.h.
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
