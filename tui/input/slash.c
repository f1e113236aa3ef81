/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/slash.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/client.h"
#include "tui/model/clock.h"
#include "tui/model/model.h"
#include "tui/model/nearest.h"
#include "tui/input/settings.h"
#include "tui/input/slash_priv.h"
#include "tui/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLS = 23, HELP_CAP = 8192 };

void
slash_say(const struct slash *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	model_notice(s->model, clock_ms(), text);
	free(text);
}

/* ---- the commands ------------------------------------------------------ */

static bool
run_say(struct run *r)
{
	/* "/send", "/send-to" */
	if (strncmp(r->typed, "/send", 5) == 0)
		return client_send(r->s->client, r->arg[0], r->arg[1]);
	return client_say(r->s->client, r->arg[0], r->arg[1]);
}

static bool
run_all(struct run *r)
{
	return client_say(r->s->client, "*", r->arg[0]);
}

static bool
run_again(struct run *r)
{
	struct convo *c = model_current(r->s->model);

	if (convo_failed(c) == NULL)
		slash_say(r->s, _("nothing was refused here"));
	else
		(void)client_say_again(r->s->client, c);
	return true;
}

static bool
run_drop(struct run *r)
{
	if (!client_give_up(r->s->client, model_current(r->s->model)))
		slash_say(r->s, _("nothing was refused here"));
	return true;
}

static bool
run_read(struct run *r)
{
	client_look(r->s->client, true);
	return true;
}

static bool
run_history(struct run *r)
{
	struct model *m = r->s->model;
	struct convo *c = model_current(m);
	int64_t n = WIRE_PAGE_DEFAULT;

	if (r->arg[0] != NULL &&
	    (!wire_number(r->arg[0], WIRE_PAGE_MAX, &n) || n == 0)) {
		slash_say(r->s, _("/history: a number from 1 to %d"),
		    WIRE_PAGE_MAX);
		return false;
	}
	model_unclear(m, c);
	if (convo_begin(c))
		slash_say(r->s, _("this is where the conversation begins"));
	else if (convo_full(c))
		slash_say(r->s, _("so much is shown already: /clear first"));
	else if (model_status(m)->link != LINK_ONLINE &&
	    model_status(m)->link != LINK_CATCHING) {
		slash_say(r->s, _("/history: not connected"));
		return false;
	} else
		client_older(r->s->client, c, (int)n);
	return true;
}

static bool
run_server(struct run *r)
{
	const struct model_status *st = model_status(r->s->model);

	if (r->arg[0] != NULL)
		r->s->server(r->s->arg, r->arg[0]);
	else if (st->link == LINK_OFFLINE)
		slash_say(r->s, _("no server: /server HOST[:PORT]"));
	else if (st->link != LINK_LOST && st->link != LINK_CONNECTING)
		client_ask(r->s->client, CLIENT_HELLO, NULL);
	else if (st->why[0] == '\0')
		slash_say(r->s, _("%s: not connected"), st->server);
	else
		slash_say(r->s, _("%s: not connected: %s"), st->server,
		    st->why);
	return true;
}

static bool
run_retry(struct run *r)
{
	client_retry(r->s->client);
	return true;
}

/* Somebody who logs in without having named a server means this machine's. */
static void
need_server(const struct slash *s)
{
	if (model_status(s->model)->link == LINK_OFFLINE)
		s->server(s->arg, "localhost");
}

static bool
run_login(struct run *r)
{
	if (r->count == 0) {
		r->s->ask_login(r->s->arg);
		return true;
	}
	if (r->count == 1) {
		slash_say(r->s, _("/login USER PASSWORD, or /login alone"));
		return false;
	}
	need_server(r->s);
	client_login(r->s->client, r->arg[0], r->arg[1]);
	return true;
}

static bool
run_register(struct run *r)
{
	need_server(r->s);
	client_register(r->s->client, r->arg[0], r->arg[1], r->arg[2]);
	return true;
}

static bool
run_logout(struct run *r)
{
	client_logout(r->s->client);
	return true;
}

static bool
run_quit(struct run *r)
{
	r->s->quit(r->s->arg);
	return true;
}

static bool run_ask(struct run *);
static bool run_search(struct run *);
static bool run_help(struct run *);

static const struct command commands[] = {
	{ "/help", 0, 1, CMD_ANYONE, run_help, 0,
	    /* TRANSLATORS: such words may be translated: the same everywhere */
	    N_("[COMMAND]"),
	    N_("what can be typed") },
	{ "/msg", 2, 2, CMD_REST | CMD_USER, run_say, 0, N_("USER TEXT"),
	    N_("a private message") },
	{ "/all", 1, 1, CMD_REST, run_all, 0, N_("TEXT"),
	    N_("a message to everyone") },
	{ "/w", 0, 1, CMD_USER, slash_switch, 0, N_("[USER]"),
	    N_("talk with USER, #GROUP, all") },
	{ "/who", 0, 0, 0, run_ask, CLIENT_WHO, "",
	    N_("everybody, and who is here") },
	{ "/inbox", 0, 0, 0, run_ask, CLIENT_INBOX, "",
	    N_("the unread private messages") },
	{ "/unread", 0, 0, CMD_RARE, run_ask, CLIENT_UNREAD, "",
	    N_("how many are unread, where") },
	{ "/read", 0, 0, CMD_RARE, run_read, 0, "", N_("all here is read") },
	{ "/history", 0, 1, 0, run_history, 0, N_("[NUMBER]"),
	    N_("older messages of this talk") },
	{ "/search", 0, 1, CMD_REST, run_search, CLIENT_SEARCH, N_("WORDS"),
	    N_("messages with all the words") },
	{ "/links", 0, 0, CMD_ANYONE, slash_links, 0, "",
	    N_("the links of this talk") },
	{ "/open", 0, 1, CMD_ANYONE | CMD_RARE, slash_open, 0, N_("[N]"),
	    N_("open or copy the newest link, or that of /links") },
	{ "/user_aktif", 0, 0, CMD_RARE, run_ask, CLIENT_ACTIVE, "",
	    N_("who is logged in") },
	{ "/list", 0, 0, CMD_RARE, run_ask, CLIENT_LIST, "",
	    N_("who is logged in") },
	{ "/users", 0, 0, CMD_RARE, run_ask, CLIENT_USERS, "",
	    N_("who is logged in, with real names") },
	{ "/list_user", 0, 0, CMD_RARE, run_ask, CLIENT_LIST_USER, "",
	    N_("all accounts") },
	{ "/name", 1, 1, CMD_REST | CMD_RARE, run_ask, CLIENT_NAME,
	    N_("REAL NAME"), N_("change your real name") },
	{ "/passwd", 2, 2, CMD_SECRET, run_ask, CLIENT_PASSWD, N_("OLD NEW"),
	    N_("change your password") },
	{ "/join", 1, 2, CMD_GROUPS, slash_join, 0, N_("#NAME"),
	    N_("join a group, or make it") },
	{ "/leave", 0, 0, CMD_GROUPS | CMD_IN, slash_leave, 0, "",
	    N_("leave the group") },
	{ "/groups", 0, 0, CMD_GROUPS, run_ask, CLIENT_GROUPS, "",
	    N_("which groups there are") },
	{ "/members", 0, 0, CMD_GROUPS | CMD_IN, slash_ask_in,
	    CLIENT_MEMBERS, "", N_("who is in the group") },
	{ "/topic", 0, 1, CMD_GROUPS | CMD_IN | CMD_REST, slash_topic, 0,
	    /* TRANSLATORS: "/topic -" takes a group's topic away */
	    N_("[TEXT]"), N_("the group's topic; - for none") },
	{ "/invite", 1, 1, CMD_GROUPS | CMD_IN | CMD_USER, slash_deed,
	    CLIENT_INVITE, N_("USER"), N_("USER may join the group") },
	{ "/mode", 0, 1, CMD_GROUPS | CMD_IN, slash_mode, 0, N_("[MODE]"),
	    /* TRANSLATORS: these three are typed so */
	    N_("open, invite or secret group") },
	{ "/kick", 1, 2, CMD_GROUPS | CMD_IN | CMD_SERVER | CMD_USER | CMD_REST,
	    slash_deed, CLIENT_KICK, N_("USER [REASON]"), N_("put USER out") },
	{ "/ban", 1, 2, CMD_GROUPS | CMD_IN | CMD_SERVER | CMD_USER | CMD_REST,
	    slash_deed, CLIENT_BAN, N_("USER [REASON]"),
	    N_("put and keep USER out") },
	{ "/unban", 1, 1, CMD_GROUPS | CMD_IN | CMD_SERVER | CMD_USER,
	    slash_deed, CLIENT_UNBAN, N_("USER"), N_("undo a ban") },
	{ "/mute", 1, 2, CMD_GROUPS | CMD_IN | CMD_SERVER | CMD_USER | CMD_REST,
	    slash_deed, CLIENT_MUTE, N_("USER [REASON]"),
	    N_("USER may say nothing") },
	{ "/unmute", 1, 1, CMD_GROUPS | CMD_IN | CMD_SERVER | CMD_USER,
	    slash_deed, CLIENT_UNMUTE, N_("USER"), N_("undo a mute") },
	{ "/op", 1, 1, CMD_GROUPS | CMD_IN | CMD_USER, slash_deed, CLIENT_OP,
	    N_("USER"), N_("make USER a moderator") },
	{ "/deop", 1, 1, CMD_GROUPS | CMD_IN | CMD_USER, slash_deed,
	    CLIENT_DEOP, N_("USER"), N_("USER is no moderator any more") },
	{ "/own", 1, 1, CMD_GROUPS | CMD_IN | CMD_USER, slash_deed, CLIENT_OWN,
	    N_("USER"), N_("hand the group over to USER") },
	{ "/rules", 0, 0, CMD_GROUPS | CMD_IN | CMD_SERVER, slash_ask_in,
	    CLIENT_RULES, "", N_("who is banned or muted") },
	{ "/grant", 1, 1, CMD_GROUPS | CMD_USER, slash_grant, CLIENT_GRANT,
	    N_("USER"), N_("make USER an administrator") },
	{ "/revoke", 1, 1, CMD_GROUPS | CMD_USER, slash_grant, CLIENT_REVOKE,
	    N_("USER"), N_("USER is administrator no more") },
	{ "/realms", 0, 0, CMD_GROUPS, run_ask, CLIENT_LINKS, "",
	    N_("the links to other realms") },
	{ "/ignore", 0, 1, CMD_RARE | CMD_USER, slash_ignore, 0, N_("[USER]"),
	    N_("show nothing that USER says") },
	{ "/unignore", 1, 1, CMD_RARE | CMD_USER, slash_unignore, 0, N_("USER"),
	    N_("show again what USER says") },
	{ "/quiet", 0, 1, CMD_RARE | CMD_USER, slash_quiet, 0, N_("[USER]"),
	    N_("no bell and no count for what is said here, or there") },
	{ "/unquiet", 0, 1, CMD_RARE | CMD_USER, slash_unquiet, 0, N_("[USER]"),
	    N_("bell and count again for what is said here, or there") },
	{ "/again", 0, 0, CMD_RARE, run_again, 0, "",
	    N_("send again what was refused here") },
	{ "/drop", 0, 0, CMD_RARE, run_drop, 0, "",
	    N_("drop what was refused here") },
	{ "/set", 0, 2, CMD_ANYONE | CMD_REST, slash_set, 0,
	    N_("[NAME [VALUE]]"), N_("show or change settings") },
	{ "/save", 0, 0, CMD_ANYONE | CMD_RARE, slash_save, 0, "",
	    N_("write changed settings into the file") },
	{ "/clear", 0, 0, CMD_ANYONE | CMD_RARE, slash_clear, 0, "",
	    N_("empty the screen; /history brings it back") },
	{ "/close", 0, 1, CMD_RARE | CMD_USER, slash_close, 0, N_("[USER]"),
	    N_("take this conversation, or that, off the list") },
	{ "/login", 0, 2, CMD_ANYONE | CMD_SECRET, run_login, 0,
	    N_("[USER PASSWORD]"), N_("log in") },
	{ "/register", 2, 3, CMD_ANYONE | CMD_SECRET | CMD_REST, run_register,
	    0, N_("USER PASSWORD [REAL NAME]"), N_("make an account") },
	{ "/logout", 0, 0, 0, run_logout, 0, "",
	    N_("log out, and forget the login") },
	{ "/server", 0, 1, CMD_ANYONE | CMD_RARE, run_server, 0,
	    N_("[HOST[:PORT]]"),
	    N_("what server this is; go to another") },
	{ "/retry", 0, 0, CMD_ANYONE | CMD_RARE, run_retry, 0, "",
	    N_("connect again now, not when the pause is over") },
	{ "/quit", 0, 0, CMD_ANYONE, run_quit, 0, "",
	    N_("leave, when all is sent") },
};

/* The words of the five systems and of other clients, and shorter ones. */
static const struct {
	const char *name, *means;
} aliases[] = {
	{ "/send", "/msg" },
	{ "/send-to", "/msg" },
	{ "/broadcast", "/all" },
	{ "/auth", "/login" },
	{ "/regist", "/register" },
	{ "/list-user", "/list_user" },
	{ "/exit", "/quit" },
	{ "/q", "/quit" },
	{ "/?", "/help" },
	{ "/group", "/join" },
	{ "/j", "/join" },
	{ "/part", "/leave" },
	{ "/query", "/w" },
	{ "/names", "/members" },
};

enum {
	COMMANDS = sizeof(commands) / sizeof(*commands),
	ALIASES = sizeof(aliases) / sizeof(*aliases)
};

const char *
slash_command_name(size_t i)
{
	if (i < COMMANDS)
		return commands[i].name;
	i -= COMMANDS;
	return i < ALIASES ? aliases[i].name : NULL;
}

const struct command *
slash_find(const char *word)
{
	for (size_t i = 0; i < ALIASES; i++)
		if (strcmp(aliases[i].name, word) == 0)
			word = aliases[i].means;
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

/* ---- questions to the server, and help --------------------------------- */

static bool
run_search(struct run *r)
{
	const char *words = r->arg[0] == NULL ? "" : r->arg[0];

	if (r->s->search != NULL) {
		r->s->search(r->s->search_arg, words);
		return true;
	}
	if (*words != '\0')
		return run_ask(r);
	slash_say(r->s, "%s %s", r->cmd->name, _(r->cmd->usage));
	return false;
}

static bool
run_ask(struct run *r)
{
	char *params;

	if (r->count < 2) {
		client_ask(r->s->client, r->cmd->ask, r->arg[0]);
		return true;
	}
	params = xasprintf("%s %s", r->arg[0], r->arg[1]);
	client_ask(r->s->client, r->cmd->ask, params);
	explicit_bzero(params, strlen(params));
	free(params);
	return true;
}

/* What may stand before the rest of it; "": nothing. */
static const char *
where_usage(const struct command *cmd)
{
	if ((cmd->flags & CMD_SERVER) != 0)
		return _("[#GROUP|*]");
	return (cmd->flags & CMD_IN) != 0 ? _("[#GROUP]") : "";
}

void
slash_usage(struct buf *b, const struct command *cmd, const char *where)
{
	buf_adds(b, cmd->name);
	if (*where != '\0')
		buf_addf(b, " %s", where);
	if (*cmd->usage != '\0') /* of "" gettext() makes the catalog's head */
		buf_addf(b, " %s", _(cmd->usage));
}

/* "/msg USER TEXT        a private message": two columns, or two lines where
 * the first one is long. */
static void
help_row(struct buf *b, const struct command *cmd)
{
	struct buf head;
	int cols;

	buf_init(&head, HELP_CAP);
	slash_usage(&head, cmd, "");
	cols = utf8_width(buf_data(&head), head.len);
	buf_adds(b, buf_data(&head));
	if (cols > HELP_COLS) {
		buf_addc(b, '\n');
		cols = 0;
	}
	buf_addf(b, "%*s%s", HELP_COLS + 1 - cols, "", _(cmd->help));
	buf_release(&head);
}

static void
help_one(const struct slash *s, const struct command *cmd)
{
	const char *where = where_usage(cmd);
	struct buf b;

	buf_init(&b, HELP_CAP);
	help_row(&b, cmd);
	if (*where != '\0') {
		buf_adds(&b, "; ");
		/* TRANSLATORS: "[#GROUP]", before what one types else */
		buf_addf(&b, _("%s first names another place"), where);
	}
	slash_also(cmd->name, &b);
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
}

/* The words of a group's command: where it acts may come first. */
static void
help_groups(const struct slash *s)
{
	struct buf b;

	buf_init(&b, HELP_CAP);
	buf_adds(&b, _("In a group; #GROUP first names one, * the server."));
	buf_addc(&b, '\n');
	for (size_t i = 0; i < COMMANDS; i++) {
		if ((commands[i].flags & CMD_GROUPS) == 0)
			continue;
		help_row(&b, &commands[i]);
		buf_addc(&b, '\n');
	}
	buf_adds(&b, _("Before a name: ~ owner, @ moderator, ! muted."));
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
}

/* All of it in one notice that fits on a screen of 24 rows. */
static void
help_all(const struct slash *s)
{
	struct buf b;

	buf_init(&b, HELP_CAP);
	buf_adds(&b, _("A line without / is said here; // begins one with /."));
	buf_addc(&b, '\n');
	for (size_t i = 0; i < COMMANDS; i++) {
		if ((commands[i].flags & (CMD_RARE | CMD_GROUPS)) != 0)
			continue;
		help_row(&b, &commands[i]);
		buf_addc(&b, '\n');
	}
	/* TRANSLATORS: "/help groups" is typed so. */
	buf_adds(&b, _("/help groups tells of /join, /kick and the like."));
	buf_addc(&b, '\n');
	/* TRANSLATORS: behind it stands a list of commands. */
	buf_adds(&b, _("/help COMMAND tells of these, too:"));
	for (size_t i = 0; i < COMMANDS; i++)
		if ((commands[i].flags & CMD_RARE) != 0)
			buf_addf(&b, " %s", commands[i].name);
	for (size_t i = 0; i < ALIASES; i++)
		buf_addf(&b, " %s", aliases[i].name);
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
}

bool
slash_help(size_t i, struct slash_help *h)
{
	const char *usage;

	if (i >= COMMANDS)
		return false;
	usage = commands[i].usage;
	*h = (struct slash_help){
		.name = commands[i].name,
		.usage = *usage == '\0' ? "" : _(usage),
		.help = _(commands[i].help),
		.group = (commands[i].flags & CMD_GROUPS) != 0,
	};
	return true;
}

void
slash_also(const char *name, struct buf *b)
{
	struct buf names;

	buf_init(&names, HELP_CAP);
	for (size_t i = 0; i < ALIASES; i++)
		if (strcmp(aliases[i].means, name) == 0)
			buf_addf(&names, "%s%s", names.len > 0 ? ", " : "",
			    aliases[i].name);
	if (names.len > 0) {
		buf_adds(b, "; ");
		/* TRANSLATORS: "also /send, /send-to": other names of it */
		buf_addf(b, _("also %s"), buf_data(&names));
	}
	buf_release(&names);
}

static bool
run_help(struct run *r)
{
	char word[SLASH_WORD_CAP];
	const struct command *cmd;

	if (r->arg[0] == NULL) {
		if (r->s->help != NULL)
			r->s->help(r->s->help_arg);
		else
			help_all(r->s);
		return true;
	}
	snprintf(word, sizeof(word), "%s%s", r->arg[0][0] == '/' ? "" : "/",
	    r->arg[0]);
	if ((cmd = slash_find(word)) == NULL) {
		slash_say(r->s, _("there is no %s"), word);
		return false;
	}
	if (strcmp(word, "/groups") == 0)
		help_groups(r->s);
	else
		help_one(r->s, cmd);
	return true;
}

/* ---- unknown words ----------------------------------------------------- */

/*
 * What is done to somebody is meant only by a word that is all but it.  A hint
 * never offers to leave: who takes it in haste would be gone.
 */
static bool
may_be_meant(const char *word, const char *name)
{
	const struct command *cmd = slash_find(name);
	struct nearest n = { .word = word, .least = 2 };

	if (cmd->run == run_quit || cmd->run == run_logout ||
	    cmd->run == slash_leave || cmd->run == slash_close)
		return false;
	if (cmd->run != slash_deed && cmd->run != slash_grant)
		return true;
	nearest_try(&n, name);
	return n.best != NULL && word[1] == name[1];
}

/* The slash is no letter that counts. */
static const char *
nearest(const char *word)
{
	struct nearest n;
	const char *name;

	nearest_begin(&n, word + 1);
	for (size_t i = 0; (name = slash_command_name(i)) != NULL; i++)
		if (may_be_meant(word, name))
			nearest_try(&n, name + 1);
	return n.best == NULL ? NULL : n.best - 1;
}

static bool
unknown(const struct slash *s, const char *word)
{
	const char *near = nearest(word);

	if (near != NULL)
		slash_say(s, _("there is no %s; %s? (// begins a text with /)"),
		    word, near);
	else
		slash_say(s, _("there is no %s; /help lists what there is "
		    "(// begins a text with /)"), word);
	return false;
}

/* ---- a line ------------------------------------------------------------ */

const char slash_blanks[] = " \t\r\n";

const char *
slash_start(const char *line)
{
	size_t n;

	for (; *line != '\0'; line += n) {
		for (n = 1; ((unsigned char)line[n] & 0xc0) == 0x80; n++)
			continue;
		if (!utf8_blank(line, n) && strchr("\v\f", *line) == NULL)
			break;
	}
	return line;
}

const char *
slash_first_word(const char *line, char word[SLASH_WORD_CAP])
{
	size_t n;

	line = slash_start(line);
	n = strcspn(line, slash_blanks);
	snprintf(word, SLASH_WORD_CAP, "%s%.*s", *line == '/' ? "" : "/",
	    n < SLASH_WORD_CAP ? (int)n : SLASH_WORD_CAP, line);
	return line + n;
}

/* Cuts the parameters; false: too few, or too many. */
static bool
cut(struct run *r, const struct command *cmd, char *rest)
{
	size_t n = strlen(rest);

	while (n > 0 && strchr(slash_blanks, rest[n - 1]) != NULL)
		rest[--n] = '\0';
	for (;;) {
		rest += strspn(rest, slash_blanks);
		if (*rest == '\0')
			return r->count >= cmd->least;
		if (r->count == cmd->most)
			return false;
		r->arg[r->count++] = rest;
		if (r->count == cmd->most && (cmd->flags & CMD_REST) != 0)
			return true;
		rest += strcspn(rest, slash_blanks);
		if (*rest != '\0')
			*rest++ = '\0';
	}
}

static void
say_usage(const struct slash *s, const struct command *cmd)
{
	struct buf b;

	buf_init(&b, HELP_CAP);
	slash_usage(&b, cmd, where_usage(cmd));
	slash_say(s, "%s: %s", buf_data(&b), _(cmd->help));
	buf_release(&b);
}

static bool
run_command(const struct slash *s, const struct command *cmd,
    const char *typed, const char *rest)
{
	struct run r = { .s = s, .cmd = cmd, .typed = typed };
	char *copy;
	bool ok;

	if ((cmd->flags & CMD_ANYONE) == 0 && !client_hopeful(s->client)) {
		slash_say(s, _("%s: log in first: login NAME PASSWORD, or "
		    "register NAME PASSWORD"), cmd->name);
		return false;
	}
	if ((cmd->flags & CMD_IN) != 0 && !slash_where(&r, &rest))
		return false;
	copy = xstrdup(rest);
	if (cut(&r, cmd, copy))
		ok = cmd->run(&r);
	else {
		say_usage(s, cmd);
		ok = false;
	}
	explicit_bzero(copy, strlen(rest));
	free(copy);
	return ok;
}

static bool
say_text(const struct slash *s, const char *text)
{
	return client_say(
	    s->client, convo_target(model_current(s->model)), text);
}

/* ---- passwords --------------------------------------------------------- */

static bool
takes_password(const char *name)
{
	const struct command *cmd = slash_find(name);

	return cmd != NULL && (cmd->flags & CMD_SECRET) != 0;
}

/* Are the letters of word among those of whole, in their order? */
static bool
shortens(const char *word, const char *whole)
{
	for (; *whole != '\0'; whole++)
		word += *word == *whole;
	return *word == '\0';
}

/* Its letters, as small ones: "/login:amy" is "/login".  Without any, "/=", it
 * stays as it is. */
static void
letters_of(char word[SLASH_WORD_CAP])
{
	size_t from = 1 + strspn(word + 1, "/"), n;

	for (n = 0; isalpha((unsigned char)word[from + n]); n++)
		word[1 + n] =
		    (char)tolower((unsigned char)word[from + n]);
	if (n > 0)
		word[1 + n] = '\0';
}

/* What people type for a password who do not know its command. */
static const char *const like_passwd[] = { "/password", "/passphrase",
	"/passwort" };

/* name: all letters of it are in word, or some of them in their order. */
static bool
looks_like(struct nearest *n, const char *word, const char *name)
{
	nearest_try(n, name + 1);
	return shortens(word, name) || strncmp(word, name, strlen(name)) == 0;
}

/* Whoever types "/logni", "/pw", "/LOGIN" or "/loginamy" may have meant one of
 * those that take a password, whatever else it is near to. */
static bool
may_take_password(char word[SLASH_WORD_CAP])
{
	const char *name;
	struct nearest n;

	if (slash_find(word) != NULL)
		return takes_password(word);
	letters_of(word);
	nearest_begin(&n, word + 1);
	for (size_t i = 0; (name = slash_command_name(i)) != NULL; i++)
		if (takes_password(name) && looks_like(&n, word, name))
			return true;
	for (size_t i = 0; i < sizeof(like_passwd) / sizeof(*like_passwd); i++)
		if (looks_like(&n, word, like_passwd[i]))
			return true;
	return n.best != NULL;
}

static bool
no_words(const char *rest)
{
	return rest[strspn(rest, slash_blanks)] == '\0';
}

/*
 * Who is logged in says what they type without a slash, and "login messi
 * surabaya" is held back only once (slash_hold).  Below the first line it is
 * the login of somebody who is known here.
 */
static bool
holds_password(const struct slash *s, const char *line, bool first)
{
	char word[SLASH_WORD_CAP], name[SLASH_WORD_CAP];
	const char *rest = slash_first_word(line, word);

	if (no_words(rest))
		return false;
	if (*slash_start(line) == '/')
		return may_take_password(word);
	letters_of(word);
	rest = slash_first_word(rest, name);
	if (!takes_password(word) || no_words(rest))
		return false;
	/* slash_first_word puts a slash before it */
	return first || strcmp(name + 1, model_status(s->model)->user) == 0 ||
	    model_user_by_name(s->model, name + 1) != NULL;
}

static bool
is_secret(const struct slash *s, const char *line, bool first)
{
	char word[SLASH_WORD_CAP];

	if (client_hopeful(s->client))
		return holds_password(s, line, first);
	return !no_words(slash_first_word(line, word)) && may_take_password(word);
}

/*
 * A command that there is not, and more: words, or signs that no command has,
 * "/login:amy:pw".  Nobody knows what it was meant to be.
 */
static bool
is_unknown(const struct slash *s, const char *line)
{
	const char *start = slash_start(line);
	char word[SLASH_WORD_CAP];
	const char *rest = slash_first_word(line, word);
	size_t n;

	if (!slash_is_command(s, line))
		return false;
	if (slash_find(word) != NULL)
		return false;
	for (n = *start == '/'; isalpha((unsigned char)start[n]) ||
	    (start[n] != '\0' && strchr("_-?", start[n]) != NULL); n++)
		continue;
	return start + n != rest || !no_words(rest);
}

bool
slash_secret(const struct slash *s, const char *text)
{
	const char *line = text;

	if (is_unknown(s, text))
		return true;
	for (;;) {
		/* What stands below a command may be its words. */
		if (is_secret(s, line, line == text))
			return true;
		if ((line = strchr(line, '\n')) == NULL)
			return false;
		line++;
	}
}

/* Where a command behind a blank is text no password is. */
static bool
keeps_password(const struct slash *s, const char *line)
{
	if (*slash_start(line) != '/' || !holds_password(s, line, true))
		return true;
	slash_say(s, _("not sent: it would tell everyone a password; /login "
	    "logs in, /all sends it all the same"));
	return false;
}

/* ---- what a line does -------------------------------------------------- */

/* The '/' that makes a command, or before another one text, of the line; NULL:
 * it has none. */
static const char *
sign_of(const struct slash *s, const char *line)
{
	const char *start = slash_start(line);

	if (start != line && settings_on(s->settings, SETTING_LITERAL))
		return NULL;
	return *start == '/' ? start : NULL;
}

bool
slash_is_command(const struct slash *s, const char *line)
{
	const char *sign = sign_of(s, line);

	return !client_hopeful(s->client) || (sign != NULL && sign[1] != '/');
}

static bool
say_without(const struct slash *s, const char *line, const char *sign)
{
	char *text = xasprintf("%.*s%s", (int)(sign - line), line, sign + 1);
	bool said = say_text(s, text);

	free(text);
	return said;
}

bool
slash_line(const struct slash *s, const char *line)
{
	const struct command *cmd;
	const char *rest, *sign;
	char word[SLASH_WORD_CAP];

	if (*slash_start(line) == '\0')
		return true;
	if (!utf8_valid(line, strlen(line))) {
		slash_say(s, _("that is not valid UTF-8: not sent"));
		return false;
	}
	if (!slash_is_command(s, line)) {
		if ((sign = sign_of(s, line)) != NULL)
			return say_without(s, line, sign);
		return keeps_password(s, line) && say_text(s, line);
	}
	rest = slash_first_word(line, word);
	if ((cmd = slash_find(word)) != NULL)
		return run_command(s, cmd, word, rest);
	if (*slash_start(line) == '/')
		return unknown(s, word);
	slash_say(s, _("nobody is logged in: login NAME PASSWORD, register "
	    "NAME PASSWORD, or help"));
	return false;
}

/* How many words there are from rest to the one at that place. */
static int
words_before(const char *rest, const char *word)
{
	int n = 0;

	for (;;) {
		rest += strspn(rest, slash_blanks);
		if (rest >= word)
			return n;
		rest += strcspn(rest, slash_blanks);
		n++;
	}
}

enum slash_word
slash_word_at(const struct slash *s, const char *line, size_t word_start,
    struct buf *choices)
{
	char word[SLASH_WORD_CAP];
	const struct command *cmd;
	const char *rest, *at = line + word_start;
	int before;

	if (!slash_is_command(s, line))
		return SLASH_WORD_USER;
	if (slash_start(line) >= at)
		return SLASH_WORD_COMMAND;
	rest = slash_first_word(line, word);
	if ((cmd = slash_find(word)) == NULL || (cmd->flags & CMD_SECRET) != 0)
		return SLASH_WORD_NONE;
	before = words_before(rest, at);
	if (cmd->run == run_help)
		return before == 0 ? SLASH_WORD_COMMAND : SLASH_WORD_NONE;
	if (cmd->run == slash_set)
		return slash_set_words(s, rest, before, at, choices);
	if (cmd->run == slash_mode && *at != '#') {
		slash_mode_words(choices);
		return SLASH_WORD_CHOICE;
	}
	if ((cmd->flags & CMD_GROUPS) != 0) /* a group, then a user */
		return cmd->most > 0 || (cmd->flags & CMD_IN) != 0 ?
		    SLASH_WORD_USER : SLASH_WORD_NONE;
	return (cmd->flags & (before > 0 ? CMD_REST : CMD_USER | CMD_REST)) !=
	    0 ? SLASH_WORD_USER : SLASH_WORD_NONE;
}
