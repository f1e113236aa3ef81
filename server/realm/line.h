/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw lines to groups of the older system: which of its servers has the group
 * is found out by asking one after the other (legacy.h), in the order of the
 * links.  What is seen of it is in peers.h.
 */
#ifndef SERVER_REALM_LINE_H
#define SERVER_REALM_LINE_H

struct lines;
struct peers;
struct realms;

enum { LINES_MAX = 4096 };

struct lines *lines_new(struct realms *);
void lines_free(struct lines *); /* calls nothing */

/* Fills in the line_* calls; arg is the realms. */
void lines_peers(struct peers *);

#endif
