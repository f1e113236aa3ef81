/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups as the server tells of them: which there are, who is in them, what
 * happens there.  Keeps the model's rooms (groups.h) true, opens the
 * conversations of those that the person is a member of, and says what happens
 * in a line there.  Part of the client: see client_priv.h.
 */
#ifndef TUI_NET_GROUP_SYNC_H
#define TUI_NET_GROUP_SYNC_H

#include <stdbool.h>

#include <jansson.h>

struct client;
struct convo;
struct request;

/* Behind a login, for what was known may be old, and a join. */
void group_sync_ask(struct client *);

/* That conversation is shown: its members are wanted, where it is a group. */
void group_sync_shown(struct client *, struct convo *);

/* "groups" of an answer.  False: it is not of that form. */
bool group_sync_put(struct client *, const json_t *list);

/* The answers to join and leave. */
void group_sync_done_join(struct client *, const struct request *, json_t *reply);
void group_sync_done_leave(
    struct client *, const struct request *, json_t *reply);

/* Events; false: not of the form that they must have. */
bool group_sync_event_join(struct client *, const json_t *);
bool group_sync_event_leave(struct client *, const json_t *);
bool group_sync_event_member(struct client *, const json_t *);
bool group_sync_event_group(struct client *, const json_t *);
bool group_sync_event_invite(struct client *, const json_t *);

#endif
