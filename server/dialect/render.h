/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chat as JSON: results and events to the members that chat-protocol(7)
 * names, objects to the bytes that go out.  It decides nothing and sends
 * nothing.
 *
 * Objects are jansson's, with one reference that is the caller's.
 */
#ifndef SERVER_DIALECT_RENDER_H
#define SERVER_DIALECT_RENDER_H

#include <jansson.h>
#include <stdint.h>

#include "shared/wire.h"

struct blob;
struct chat_event;
struct chat_result;
struct chat_rules;
struct chat_user;

/* The object, then CRLFCRLF.  Takes over the object. */
struct blob *render_blob(json_t *);

json_t *render_ok(void);
json_t *render_ok_text(const char *message);
json_t *render_error(enum wire_err, int64_t retry_ms); /* 0: no retry_ms */

/* A realm of the older system asked for it. */
json_t *render_no_group(const char *name);

/* A time of the protocol, of ms since 1970. */
json_t *render_time(int64_t ms);

/* Somebody as who and members tell of them. */
json_t *render_user(const struct chat_user *);

/* "messages", oldest first, and "more". */
json_t *render_page(const struct chat_result *);

/* The inbox: grouped by sender; me is the asker's real name. */
json_t *render_inbox(const struct chat_result *, const char *me);

json_t *render_unread(const struct chat_result *);
json_t *render_hello(const struct chat_rules *);

/* Encoded once for all receivers: who asks keeps the blob with the event. */
struct blob *render_event(const struct chat_event *);

/* "Anda dikeluarkan dari server oleh messi: ...", as a terminal may have it. */
struct blob *render_removed(const struct chat_event *, const char *end);

#endif
