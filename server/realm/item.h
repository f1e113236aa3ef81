/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What goes over a link, in JSON: items and pleas (chat/peer.h) to text and
 * back.  What is read comes from another machine: nothing is taken that is too
 * long, of another kind or missing, and whether its realm may say it is the
 * chat's to judge.  Members that are not known do not count.
 */
#ifndef SERVER_REALM_ITEM_H
#define SERVER_REALM_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "server/chat/peer.h"

/* Without a NUL.  0: it would not fit, or something is no UTF-8. */
size_t item_pack(const struct chat_item *, void *to, size_t cap);

enum item_read {
	ITEM_OK,
	ITEM_UNKNOWN, /* of a kind that a later version has */
	ITEM_BAD
};

/* Strings are the object's.  Fields that the kind has not are NULL or 0; who
 * is gone without an act (CHAT_ACTS, also for item_pack) has left. */
enum item_read item_unpack(struct chat_item *, const json_t *);

/* The object is the caller's. */
json_t *plea_pack(const struct chat_plea *);
bool plea_unpack(struct chat_plea *, const json_t *);

/* A member that is a string of at most max bytes; NULL: it is not there or
 * none. */
const char *json_text(const json_t *, const char *name, size_t max);

/* A member that is an integer of min..max. */
bool json_number(const json_t *, const char *name, int64_t min, int64_t max,
    int64_t *out);

/* Strings that are no UTF-8 (a store that somebody has edited) are "?". */
void json_put(json_t *, const char *name, const char *text);
void json_put_number(json_t *, const char *name, int64_t);
void json_put_bool(json_t *, const char *name, bool);

/*
 * The member "err": a code, which between realms tells apart all errors that
 * may go over a link.  Not there: WIRE_OK.  One that is not known: WIRE_DENIED.
 */
void json_put_err(json_t *, enum wire_err);
enum wire_err json_err(const json_t *);

#endif
