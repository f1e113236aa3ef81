/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which conversations are open, in their order, and which were closed, from
 * one run to the next, each account's by itself: so a number in the bar means
 * the same one tomorrow.  At most ORDER_MAX of either; everyone is always
 * first and not among them.
 *
 * The file is replaced as a whole when the list has changed, at most once in
 * ORDER_MS.  Where two run at once the last one that writes it wins.
 */
#ifndef TUI_ORDER_H
#define TUI_ORDER_H

struct loop;
struct model;
struct order;

enum { ORDER_MAX = 200, ORDER_MS = 1000 };

struct order *order_new(struct loop *, struct model *);
/* NULL is fine.  Writes what is not written yet. */
void order_free(struct order *);

/*
 * From now on the list is that person's at that server (HOST[:PORT]); what is
 * kept of theirs is put into the model, behind what is open.  Nothing happens
 * when they are who it was before.  What cannot be read or written is not
 * remembered, and nobody is told: nothing of theirs is lost by it.
 */
void order_open(struct order *, const char *server, const char *user);
/* Nobody's; what is not written yet is not (order_write). */
void order_close(struct order *);

/* Something may have changed. */
void order_changed(struct order *);
/* Now, if anything has: before the model is emptied for another. */
void order_write(struct order *);

#endif
