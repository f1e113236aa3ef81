/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person has typed and nobody has yet, kept on disk from one run to the
 * next, each account's by itself: messages that wait for the server's answer
 * (with their tags, so that what was sent and not answered is not sent twice),
 * those that were refused, and the half-typed lines of all conversations.
 * Each change is written before it counts: kill -9 loses none (journal.h).
 *
 * Plain text with line breaks in, plain text with line breaks out.
 */
#ifndef TUI_NET_DRAFTS_H
#define TUI_NET_DRAFTS_H

#include "tui/store/state.h"

#include <stdbool.h>

struct client;
struct drafts;
struct model;

struct drafts *drafts_new(struct model *, struct client *);
void drafts_free(struct drafts *); /* NULL is fine; the files stay */

/*
 * From now on what is typed is that person's at that server (HOST[:PORT]); what
 * is kept of theirs is put into the model and the client.  Nothing happens when
 * they are who it was before.  False: it cannot be kept, why says it.
 */
bool drafts_open(struct drafts *, const char *server, const char *user,
    char why[STATE_WHY_CAP]);
/* Nobody's. */
void drafts_close(struct drafts *);
bool drafts_kept(const struct drafts *);

/* client_events.unsent.  False: it could not be written. */
bool drafts_unsent(struct drafts *, const char *tag, const char *line,
    const char *why);
/* model_on_draft; "" for none. */
bool drafts_draft(struct drafts *, const char *target, const char *text,
    bool closed);
/* The draft for target is a secret: what was kept of it leaves the disk. */
bool drafts_secret(struct drafts *, const char *target);

#endif
