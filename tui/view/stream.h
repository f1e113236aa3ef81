/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The message pane: the current conversation, its end or further up.  A
 * message is cleaned and wrapped when it comes into sight and kept so in a
 * cache of bounded size, by the item's serial and the pane's width: a frame
 * costs as many look-ups as the pane has rows, however long the conversation.
 *
 * The place that is shown hangs on its lowest line, so nothing moves under
 * the reader when messages come or older ones are put in above.  While it is
 * not the end the newest lines stand under it in a few rows of their own,
 * where there is room for them: behind a divider that counts what is new.
 *
 * Long messages are folded (fold.h), also in what was fetched.
 *
 * What is shown may be a passage (model.h): it has no end, and the newest lines
 * are those of its conversation.
 */
#ifndef TUI_VIEW_STREAM_H
#define TUI_VIEW_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct convo;
struct hyper;
struct pane;
struct settings;
struct stream;

/* hyper: told which links are drawn; NULL: nobody is.  settings: which keys are
 * named; NULL: those of actions.h. */
struct stream *stream_new(struct hyper *, const struct settings *);
void stream_free(struct stream *);

/* Whose name the last stream_draw put into that cell of the screen, before
 * something that they said; NULL: nobody's. */
const char *stream_name_at(const struct stream *, const struct convo *,
    int row, int col);

/* Whether the last stream_draw put the divider into that row of the screen. */
bool stream_divider_at(const struct stream *, int row);

/* Shows the whole of the lowest message on the screen that is folded (fold.h),
 * from its first line on; where all are shown, folds the lowest again.  False:
 * there is none.  A row of it tells that Enter does so. */
bool stream_fold(struct stream *, const struct convo *);
/* The same, of the message of which that row of the screen says that it is. */
bool stream_fold_at(struct stream *, const struct convo *, int row);

/* Colours, the language or what keys do have changed. */
void stream_restyle(struct stream *);

/* Another conversation is shown from its end.  now: the conversation itself,
 * where the other is a passage of it; else the same. */
void stream_draw(struct stream *, const struct pane *, const struct convo *,
    const struct convo *now);

/* By lines, up where negative; the pane and the conversation are those of the
 * last stream_draw.  False: it was at the top or the bottom already. */
bool stream_scroll(struct stream *, const struct convo *, long lines);
/* The same by pages, of which each shows a line of the one before. */
bool stream_page(struct stream *, const struct convo *, int pages);
void stream_to_end(struct stream *);
/*
 * So that the first message with that id or a greater one is the first line;
 * the one that was found (stream_found) further down.  The end, where less than
 * a page is behind it.  It stays in sight, whatever size the pane takes, until
 * one scrolls or goes elsewhere; one that was found also while others come.
 */
void stream_go(struct stream *, const struct convo *, int64_t id);

/* The serial of the lowest item of the upper rows; 0: it is the end. */
uint64_t stream_lowest(const struct stream *);
/* A place to come back to, also in another conversation. */
struct stream_spot {
	uint64_t convo, low;
	int64_t low_id, seen;
	size_t low_line;
	bool end;
	int64_t goal, goal_newest;
};
void stream_here(const struct stream *, struct stream_spot *);
/* When that conversation is drawn next it is drawn there. */
void stream_return(struct stream *, const struct stream_spot *);

/*
 * Where one is in the conversation that was drawn last, with what was found
 * there; whoever takes it gives it back, or frees it.  The stream is at the end
 * then.  NULL: it was, and nothing was found.
 */
struct stream_view;
struct stream_view *stream_detach(struct stream *);
/* That conversation is drawn next, at its end (NULL) or there. */
void stream_attach(struct stream *, uint64_t convo, struct stream_view *);
void stream_view_free(struct stream_view *); /* NULL is fine */

/* The message of which the name and those words stand out, for they were
 * looked for; 0: none.  The words are copied. */
void stream_found(struct stream *, int64_t id, char *const *word, size_t words);

bool stream_at_end(const struct stream *);
/* What comes is seen: it is at the end, or has rows for the newest. */
bool stream_shows_present(const struct stream *);
/* The last stream_draw reached the oldest that is held. */
bool stream_at_top(const struct stream *);
/* It came near the newest of a passage. */
bool stream_nears_bottom(const struct stream *);
/* Messages that came while further up, and are below the pane. */
size_t stream_below(const struct stream *, const struct convo *);

#endif
