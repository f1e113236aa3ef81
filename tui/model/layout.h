/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which conversations are open, in their order, and which were closed, from
 * one run to the next, each account's by itself: so a number in the bar means
 * the same one tomorrow.  At most LAYOUT_MAX of either; everyone is always
 * first and not among them.
 *
 * The file is replaced as a whole when the list has changed, at most once in
 * LAYOUT_MS.  Where two run at once the last one that writes it wins.
 */
#ifndef TUI_MODEL_LAYOUT_H
#define TUI_MODEL_LAYOUT_H

struct loop;
struct model;
struct layout;

enum { LAYOUT_MAX = 200, LAYOUT_MS = 1000 };

struct layout *layout_new(struct loop *, struct model *);
/* NULL is fine.  Writes what is not written yet. */
void layout_free(struct layout *);

/*
 * From now on the list is that person's at that server (HOST[:PORT]); what is
 * kept of theirs is put into the model, behind what is open.  Nothing happens
 * when they are who it was before.  What cannot be read or written is not
 * remembered, and nobody is told: nothing of theirs is lost by it.
 */
void layout_open(struct layout *, const char *server, const char *user);
/* Nobody's; what is not written yet is not (layout_write). */
void layout_close(struct layout *);

/* Something may have changed. */
void layout_changed(struct layout *);
/* Now, if anything has: before the model is emptied for another. */
void layout_write(struct layout *);

#endif
