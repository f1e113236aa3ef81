/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of the command protocol: one table.  What can be checked before
 * a command runs (number of parameters, token) its row says; `help` prints it.
 *
 * A handler answers with one of the reply_* calls, at once or, through
 * request_later, in a later turn.  By then the connection may be gone: so the
 * request is known by its id only, and what is answered to nobody is dropped.
 */
#ifndef SERVER_DIALECT_COMMAND_H
#define SERVER_DIALECT_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/chat/chat.h"

struct dialects;
struct framed;
struct request;

enum { COMMAND_PARAMS = 8 };

enum command_flags {
	CMD_ANYONE = 1,  /* no token */
	CMD_REST = 2,    /* the last parameter is the rest of the line */
	CMD_OLD = 4,     /* of the five systems: more parameters are ignored */
	CMD_SEND = 8,    /* may run while others of these do */
	CMD_NOINFO = 16  /* its own text for a bad token */
};

struct command {
	const char *name; /* sorted: found by bsearch(3) */
	int min, max;     /* parameters, the token not counted */
	unsigned flags;
	void (*run)(struct request *);
	const char *usage;
	const char *help;
};

struct request {
	struct dialects *set;
	struct chat *chat;
	struct framed *from; /* within the turn only */
	uint64_t id;
	const struct command *command;
	uint64_t session;
	struct chat_user who; /* whose the session is */
	const char *token;
	const char *tag;      /* NULL: none */
	char *arg[COMMAND_PARAMS];
	int args;
};

/* By name or alias; NULL: unknown. */
const struct command *command_find(const char *name, size_t n);
const struct command *command_at(size_t i); /* NULL: behind the last */

/* The rest of the line behind the command's name, cut up and run.  The line
 * is written into. */
void command_run(struct request *, const struct command *, char *rest);

/* ---- answers ---------------------------------------------------------- */

/* Both take over the object.  The tag is added. */
void reply(struct dialects *, uint64_t id, json_t *);
void reply_error(struct dialects *, uint64_t id, enum wire_err);
void reply_failed(
    struct dialects *, uint64_t id, const struct chat_result *);

/* fn(arg, id, result) with arg the struct dialects. */
struct chat_done request_later(const struct request *,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *));

/* What is had back by request_note when the answer comes; copied. */
void request_keep(const struct request *, const char *note);
const char *request_note(struct dialects *, uint64_t id); /* "": gone */

/* What is answered to OK is kept as it stands; else the error. */
void request_ok(void *arg, uint64_t id, const struct chat_result *);

/* ---- what the connection keeps ---------------------------------------- */

void framed_logged_in(struct dialects *, uint64_t id, uint64_t session,
    const char *user, const char *token);
void framed_shown(const struct request *); /* a token that is good */
/* One more account from that address: 0, it may be made; else ms to wait.  And
 * given back, where none was made. */
int64_t framed_register(const struct request *);
void framed_unregister(struct dialects *, uint64_t id);
uint64_t framed_watch(const struct request *); /* the asker's own; 0 */
void framed_watch_start(struct request *, int64_t after);
void framed_watch_end(struct request *);
struct speaker *framed_speaker(const struct request *);

/* ---- the handlers ----------------------------------------------------- */

void cmd_auth(struct request *);
void cmd_logout(struct request *);
void cmd_name(struct request *);
void cmd_passwd(struct request *);
void cmd_register(struct request *);

void cmd_broadcast(struct request *);
void cmd_history(struct request *);
void cmd_inbox(struct request *);
void cmd_read(struct request *);
void cmd_say(struct request *);
void cmd_search(struct request *);
void cmd_send(struct request *);
void cmd_unread(struct request *);
void cmd_watch(struct request *);

void cmd_act(struct request *); /* kick, ban, op, grant, ... */
void cmd_group(struct request *); /* a raw line */
void cmd_groups(struct request *);
void cmd_join(struct request *);
void cmd_leave(struct request *);
void cmd_members(struct request *);
void cmd_mode(struct request *);
void cmd_rules(struct request *);
void cmd_topic(struct request *);

void cmd_check(struct request *);
void cmd_links(struct request *);
void cmd_server(struct request *);

void cmd_hello(struct request *);
void cmd_help(struct request *);
void cmd_list(struct request *);
void cmd_list_user(struct request *);
void cmd_ping(struct request *);
void cmd_user_aktif(struct request *);
void cmd_users(struct request *);
void cmd_who(struct request *);

#endif
