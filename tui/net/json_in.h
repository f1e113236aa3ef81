/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server's objects taken apart with distrust: a member that must be there
 * and is missing, of another type or out of range makes the whole object no
 * good (false, NULL), which ends the connection.  What is not asked for is
 * not looked at.  Strings are borrowed from the object.
 */
#ifndef TUI_NET_JSON_IN_H
#define TUI_NET_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/wire.h"

#include "tui/model/groups.h"

struct model_message;

/* NULL: no JSON object. */
json_t *json_in_object(const char *p, size_t n);

/* NULL: not there or no string. */
const char *json_in_string(const json_t *, const char *key);
/* A name: a string that is not empty and shorter than cap bytes. */
const char *json_in_name(const json_t *, const char *key, size_t cap);
bool json_in_id(const json_t *, const char *key, int64_t *); /* 0 and up */
bool json_in_true(const json_t *, const char *key);
bool json_in_ban(const json_t *); /* "act": of an event that puts somebody out */
/* ms since 1970; otherwise when it is not there or no time. */
int64_t json_in_time(const json_t *, const char *key, int64_t otherwise);

/* Of a reply: "status" is OK; "code" is that error's; it is worth asking again
 * in *ms. */
bool json_in_ok(const json_t *);
bool json_in_code(const json_t *, enum wire_err);
bool json_in_later(const json_t *, int64_t *ms);

/* Of groups.  What is not named is a member, not muted, in an open group.
 * False also where a word is none that we know. */
bool json_in_mode(const json_t *, enum group_mode *);
bool json_in_group(const json_t *, struct group *);
bool json_in_member(const json_t *, struct user *);

bool json_in_message(const json_t *, struct model_message *);

/* "messages" of a history or search reply; NULL and *n 0 on a bad one (then
 * false).  The array is the caller's to free. */
bool json_in_messages(
    const json_t *, struct model_message **, size_t *n);

#endif
