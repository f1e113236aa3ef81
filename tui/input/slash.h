/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a typed line means: a /command, or words for the current conversation.
 * One table holds every command: /help prints it, completion reads it.
 *
 * A line that begins with "//" is text that begins with "/".  Blanks before
 * either do not matter, unless the setting "literal" says that they make text
 * of it.  An unknown command is refused, naming the nearest, and never sent as
 * text.  Before login, when nothing typed can be chat, commands work without
 * the slash.
 */
#ifndef TUI_INPUT_SLASH_H
#define TUI_INPUT_SLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct client;
struct links;
struct model;
struct settings;

/* What commands act on; the functions are main's and may not be NULL. */
struct slash {
	struct client *client;
	struct model *model;
	struct settings *settings;
	struct links *links; /* that /links has listed */
	void (*quit)(void *arg);       /* /quit; what waits may go first */
	void (*ask_login)(void *arg);  /* /login without words: the form */
	/* /server HOST[:PORT] */
	void (*server)(void *arg, const char *server);
	void *arg;
	/* /help without words, where there is a screen for it; NULL: it is a
	 * notice. */
	void (*help)(void *help_arg);
	void *help_arg;
	/* /search: the screen looks while one types; NULL: notices do. */
	void (*search)(void *search_arg, const char *words);
	void *search_arg;
	/* /open without a program for it: the screen leaves the text to the
	 * terminal's clipboard.  NULL: it is only said. */
	void (*copy)(void *copy_arg, const char *text);
	void *copy_arg;
};

/* One line as typed (it may hold line breaks: a paste).  False: refused, a
 * notice says why, and the person may want the line back to mend it. */
bool slash_line(const struct slash *, const char *line);

/* Behind what cannot be seen before it: blanks of any kind and line ends. */
const char *slash_start(const char *line);
/* Would it be taken as a command, be there one of that name or not? */
bool slash_is_command(const struct slash *, const char *line);

/*
 * Words that an older system's client takes as they are, "send lineker hello",
 * are meant for few, or hold a password: who is logged in says them to all only
 * when they mean it.  Zeroed: nothing is held.
 */
struct slash_held {
	bool asks;      /* a notice tells how they are sent all the same */
	bool typed_out; /* nobody can put the line back: it is typed again */
	char *line;
	uint64_t convo; /* where it was held */
};
/* True: it is held back, a notice says what the slash does, and the person has
 * the line back.  Where it asks, the same line said again there is let pass. */
bool slash_hold(struct slash_held *, const struct slash *, const char *line);
void slash_held_release(struct slash_held *);

/*
 * Where a name is asked for: "auth messi surabaya", as an older client takes
 * it, with its slash or without.
 */
struct slash_login {
	bool registering;
	const char *user; /* in the line */
	size_t user_len;
	const char *password; /* and all behind it; NULL: no blank yet before */
};
bool slash_login_words(const char *line, struct slash_login *);
/* Another of their words alone, or "help" or "quit": it was not meant as a
 * name. */
bool slash_no_name(const char *line);

/*
 * May it, or one of its lines, hold a password?  Then it belongs onto no disk.
 * A command that there is not, with anything behind it, counts: it may have been
 * meant for one that takes a password, and it is better that one too many is
 * not kept.  So do further lines that look like one that takes a password.
 */
bool slash_secret(const struct slash *, const char *text);

/* What the word at a place of the line completes to. */
enum slash_word {
	SLASH_WORD_COMMAND, /* slash_command_name(), maybe without its slash */
	SLASH_WORD_CHOICE,  /* those added to choices, a blank before each */
	SLASH_WORD_USER,    /* names of users, groups and conversations */
	SLASH_WORD_NONE
};
enum slash_word slash_word_at(const struct slash *, const char *line,
    size_t word_start, struct buf *choices);

/* What /help says of the i-th command, in the person's language; false: there
 * are no more. */
struct slash_help {
	const char *name, *usage, *help;
	bool group; /* it belongs to groups and administration */
};
bool slash_help(size_t i, struct slash_help *);
/* Appends "; also /send, /send-to": the other names of the command of that
 * name, if it has any. */
void slash_also(const char *name, struct buf *);

/* The i-th name or alias with its slash, "/who"; NULL behind the last. */
const char *slash_command_name(size_t i);

#endif
