/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/chat/chat.h"
#include "server/dialect/client_conn.h"
#include "server/dialect/cmd.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"

static void help(struct request *);

/* Sorted by name, in the order of bytes. */
static const struct command commands[] = {
	{ "auth", 2, 2, CMD_ANYONE | CMD_OLD, cmd_auth, "USER PASS",
	    "log in; the reply holds the token" },
	{ "ban", 2, 3, CMD_REST, cmd_act, "TOKEN #GROUP|* USER [REASON]",
	    "as kick, and keep out until unban" },
	{ "broadcast", 1, 1, CMD_REST | CMD_SEND, cmd_broadcast, "TOKEN TEXT",
	    "say something to everyone" },
	{ "check", 0, 4, CMD_ANYONE | CMD_OLD, cmd_check,
	    "group USER NAME other",
	    "from an older realm: a raw line in a group that is here" },
	{ "deop", 2, 2, 0, cmd_act, "TOKEN #GROUP USER",
	    "make a moderator a member again" },
	{ "grant", 1, 1, 0, cmd_act, "TOKEN USER",
	    "make somebody an administrator of the server" },
	{ "group", 2, 2, CMD_OLD | CMD_NOINFO, cmd_group,
	    "TOKEN NAME origin",
	    "speak in a group on a raw line, until the text exit" },
	{ "groups", 0, 0, 0, cmd_groups, "TOKEN",
	    "the groups: your own, and those that are not secret" },
	{ "hello", 0, 0, CMD_ANYONE, cmd_hello, "",
	    "version, realm and limits of the server" },
	{ "help", 0, 1, CMD_ANYONE, help, "[COMMAND]",
	    "the commands, or one of them" },
	{ "history", 1, 3, 0, cmd_history,
	    "TOKEN TARGET [before=ID|after=ID] [limit=N]",
	    "older messages of a conversation" },
	{ "inbox", 0, 0, CMD_OLD | CMD_NOINFO, cmd_inbox, "TOKEN",
	    "unread private messages; they count as read afterwards" },
	{ "invite", 2, 2, 0, cmd_act, "TOKEN #GROUP USER",
	    "let somebody join a group that is not open" },
	{ "join", 1, 1, 0, cmd_join, "TOKEN #NAME",
	    "become a member of a group; the first one makes and owns it" },
	{ "kick", 2, 3, CMD_REST, cmd_act, "TOKEN #GROUP|* USER [REASON]",
	    "put somebody out of a group, or (*) off the server" },
	{ "leave", 1, 1, 0, cmd_leave, "TOKEN #NAME",
	    "be a member no more" },
	{ "links", 0, 0, 0, cmd_links, "TOKEN",
	    "the links to other realms, for administrators" },
	{ "list", 0, 0, CMD_OLD, cmd_list, "TOKEN", "who is logged in" },
	{ "list_user", 0, 0, CMD_OLD, cmd_list_user, "TOKEN",
	    "all accounts, in the order of registration" },
	{ "logout", 0, 0, CMD_OLD, cmd_logout, "TOKEN",
	    "end the session; the connection stays" },
	{ "members", 1, 1, 0, cmd_members, "TOKEN #NAME",
	    "who is in a group, in the order of joining" },
	{ "mode", 2, 2, 0, cmd_mode, "TOKEN #GROUP open|invite|secret",
	    "who may join a group: all, or the invited (secret: they alone see it)" },
	{ "mute", 2, 3, CMD_REST, cmd_act, "TOKEN #GROUP|* USER [REASON]",
	    "keep somebody silent until unmute" },
	{ "name", 1, 1, CMD_REST, cmd_name, "TOKEN REAL NAME",
	    "set the real name" },
	{ "op", 2, 2, 0, cmd_act, "TOKEN #GROUP USER",
	    "make a member a moderator" },
	{ "own", 2, 2, 0, cmd_act, "TOKEN #GROUP USER",
	    "hand a group over" },
	{ "passwd", 2, 2, 0, cmd_passwd, "TOKEN OLD NEW",
	    "set the password; all other sessions end" },
	{ "ping", 0, 0, CMD_ANYONE, cmd_ping, "", "is the server there?" },
	{ "read", 2, 2, 0, cmd_read, "TOKEN TARGET ID",
	    "mark a conversation as read up to ID" },
	{ "register", 2, 3, CMD_ANYONE | CMD_REST, cmd_register,
	    "USER PASS [REAL NAME]", "make an account" },
	{ "revoke", 1, 1, 0, cmd_act, "TOKEN USER",
	    "make somebody an administrator no more" },
	{ "rules", 1, 1, 0, cmd_rules, "TOKEN #GROUP|*",
	    "who is banned, muted or invited" },
	{ "say", 2, 2, CMD_REST | CMD_SEND, cmd_say,
	    "TOKEN TARGET JSONSTRING", "send a text that is a JSON string" },
	{ "search", 1, 1, CMD_REST, cmd_search,
	    "TOKEN [before=ID] [after=ID] [limit=N] QUERY",
	    "find messages by their words" },
	{ "send", 2, 2, CMD_REST | CMD_SEND | CMD_OLD | CMD_NOINFO, cmd_send,
	    "TOKEN TARGET TEXT", "send a message to USER, #GROUP or *" },
	{ "server", 0, 4, CMD_ANYONE | CMD_REST | CMD_OLD, cmd_server,
	    "send FROM TO TEXT",
	    "from an older realm: a private message" },
	{ "topic", 1, 2, CMD_REST, cmd_topic, "TOKEN #GROUP [TEXT]",
	    "what a group is about; - for nothing" },
	{ "unban", 2, 2, 0, cmd_act, "TOKEN #GROUP|* USER", "undo a ban" },
	{ "unmute", 2, 2, 0, cmd_act, "TOKEN #GROUP|* USER",
	    "undo a mute" },
	{ "unread", 0, 0, 0, cmd_unread, "TOKEN",
	    "how many unread messages there are, by conversation" },
	{ "user_aktif", 0, 0, CMD_OLD, cmd_user_aktif, "TOKEN",
	    "who is logged in" },
	{ "users", 0, 0, CMD_OLD, cmd_users, "TOKEN",
	    "who is logged in, with real names" },
	{ "watch", 0, 1, 0, cmd_watch, "TOKEN [AFTER]",
	    "get every message with an id above AFTER, and what comes" },
	{ "who", 0, 0, 0, cmd_who, "TOKEN",
	    "all accounts: online or when last seen" },
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct {
	const char *name, *command;
} aliases[] = {
	{ "regist", "register" },
};

struct key {
	const char *p;
	size_t n;
};

static int
compare(const void *a, const void *b)
{
	const struct key *key = a;
	const struct command *c = b;
	size_t n = strlen(c->name);
	int d = memcmp(key->p, c->name, key->n < n ? key->n : n);

	return d != 0 ? d : (key->n > n) - (key->n < n);
}

const struct command *
command_find(const char *name, size_t n)
{
	struct key key = { name, n };

	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strlen(aliases[i].name) == n &&
		    memcmp(aliases[i].name, name, n) == 0)
			key = (struct key){ aliases[i].command,
				strlen(aliases[i].command) };
	return bsearch(
	    &key, commands, COMMANDS, sizeof commands[0], compare);
}

const struct command *
command_at(size_t i)
{
	return i < COMMANDS ? &commands[i] : NULL;
}

static json_t *
help_of(const struct command *c)
{
	char usage[128];

	snprintf(usage, sizeof usage, "%s%s%s", c->name,
	    *c->usage ? " " : "", c->usage);
	return json_pack("{s:s, s:s}", "usage", usage, "help", c->help);
}

static void
help(struct request *rq)
{
	const struct command *c;
	json_t *o, *all;

	if (rq->args > 0) {
		c = command_find(rq->arg[0], strlen(rq->arg[0]));
		if (c == NULL) {
			reply_error(rq->set, rq->id, WIRE_UNKNOWN_COMMAND);
			return;
		}
		o = render_ok_text(c->help);
		json_object_update_missing_new(o, help_of(c));
		reply(rq->set, rq->id, o);
		return;
	}
	all = json_object();
	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		json_object_set_new(all, c->name, help_of(c));
	o = render_ok();
	json_object_set_new(o, "commands", all);
	reply(rq->set, rq->id, o);
}

/* The next word, NUL-terminated; NULL: none.  *p moves behind it. */
static char *
word(char **p)
{
	char *w = *p + strspn(*p, " ");

	if (*w == '\0')
		return NULL;
	*p = w + strcspn(w, " ");
	if (**p != '\0')
		*(*p)++ = '\0';
	return w;
}

/* False: more than there may be. */
static bool
cut(struct request *rq, char *rest)
{
	const struct command *c = rq->command;
	char *w;

	while (rq->args < c->max) {
		if ((c->flags & CMD_REST) && rq->args == c->max - 1) {
			rest += strspn(rest, " ");
			if (*rest != '\0')
				rq->arg[rq->args++] = rest;
			return true;
		}
		if ((w = word(&rest)) == NULL)
			return true;
		rq->arg[rq->args++] = w;
	}
	return (c->flags & CMD_OLD) || word(&rest) == NULL;
}

static bool
log_in(struct request *rq)
{
	rq->session = chat_session_of_token(
	    rq->chat, rq->token, strlen(rq->token));
	if (rq->session == 0 ||
	    !chat_session_user(rq->chat, rq->session, &rq->who))
		return false;
	client_conn_known(rq->from, rq->session, rq->who.name);
	return true;
}

void
command_run(struct request *rq, const struct command *c, char *rest)
{
	const char *own = rq->token; /* what "-" stands for */
	bool fits;

	rq->command = c;
	rq->token = "";
	if (!(c->flags & CMD_ANYONE) && (rq->token = word(&rest)) == NULL) {
		reply_error(rq->set, rq->id, WIRE_MISSING_PARAMETER);
		return;
	}
	fits = cut(rq, rest);
	if (rq->args < c->min) {
		reply_error(rq->set, rq->id, WIRE_MISSING_PARAMETER);
		return;
	}
	if (strcmp(rq->token, "-") == 0)
		rq->token = own;
	if (!(c->flags & CMD_ANYONE) && !log_in(rq)) {
		reply_error(rq->set, rq->id, c->flags & CMD_NOINFO ?
		    WIRE_NO_INFORMATION : WIRE_NO_SESSION);
		return;
	}
	/* A password with a blank in it must not be cut silently. */
	if (!fits) {
		reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
		return;
	}
	c->run(rq);
}
