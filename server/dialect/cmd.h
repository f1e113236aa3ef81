/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands: what a row of the table holds (command.h), and the functions that
 * run them.  Each answers its request by the reply_* calls, at once or, through
 * request_later, in a later turn.
 */
#ifndef SERVER_DIALECT_CMD_H
#define SERVER_DIALECT_CMD_H

struct request;

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
void cmd_list(struct request *);
void cmd_list_user(struct request *);
void cmd_ping(struct request *);
void cmd_user_aktif(struct request *);
void cmd_users(struct request *);
void cmd_who(struct request *);

#endif
