/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A search while it is typed: what is held here at once, what the server
 * knows a moment later, newest first in one list of which one is chosen.  It
 * draws the list and knows which message was meant; going there is the
 * screen's.
 *
 * Here a message is found when each word stands in it anywhere; at the server
 * as the beginning of a word.  Case does not matter.  While the server is away
 * what is held here is all there is, and the list says so.
 *
 * The server's come in pages: whoever goes down the list is brought older ones
 * before its end is reached, up to SEARCH_HITS.
 */
#ifndef TUI_VIEW_SEARCH_H
#define TUI_VIEW_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct loop;
struct model;
struct pane;
struct search;
struct settings;

enum {
	SEARCH_HITS = 2000,     /* in the list */
	SEARCH_AHEAD = 20,      /* hits below the chosen one, until the server
	                         * is asked for older ones */
	SEARCH_WAIT_MS = 150,   /* after the last key, until the server is asked */
	SEARCH_LOOK = 4 << 20   /* bytes of what is held that are looked through */
};

struct search_hit {
	int64_t id, time;
	const char *target, *from, *text;
};

/* changed: the list is another; called from the loop.  settings: as for
 * stream_new. */
struct search *search_new(struct loop *, struct model *, struct client *,
    const struct settings *, void (*changed)(void *arg), void *arg);
void search_free(struct search *); /* NULL is fine */

/* What is looked for by now: many times with the same words is fine, and asks
 * a server that was away as soon as it is back; "" is nothing. */
void search_words(struct search *, const char *words);
/* Forgets all of it. */
void search_end(struct search *);

size_t search_count(const struct search *);
const struct search_hit *search_at(const struct search *, size_t i);
/* NULL: nothing was found. */
const struct search_hit *search_chosen(const struct search *);
/* The words that were looked for, folded; they are the search's. */
char *const *search_terms(const struct search *, size_t *n);
/* That message, as soon as it is found: before search_words, of a search that
 * is taken up again.  0: none. */
void search_choose(struct search *, int64_t id);
/* Down where positive; stops at the ends. */
void search_move(struct search *, long by);

/* Where hits stand in full, two rows each, a page is how many? */
int search_page(const struct pane *);
void search_draw(struct search *, const struct pane *);

#endif
