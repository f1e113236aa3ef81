/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a typed line means: a /command, or words for the current conversation.
 * One table holds every command: /help prints it, completion reads it.
 *
 * A line that begins with "//" is text that begins with "/".  An unknown
 * command is refused, naming the nearest, and never sent as text.  Before
 * login, when nothing typed can be chat, commands work without the slash.
 */
#ifndef TUI_SLASH_H
#define TUI_SLASH_H

#include <stdbool.h>
#include <stddef.h>

struct client;
struct model;

/* What commands act on; the functions are main's and may not be NULL. */
struct slash {
	struct client *client;
	struct model *model;
	void (*quit)(void *arg);       /* /quit; what waits may go first */
	void (*ask_login)(void *arg);  /* /login without words: the form */
	/* /server HOST[:PORT] */
	void (*server)(void *arg, const char *server);
	void *arg;
};

/* One line as typed (it may hold line breaks: a paste).  False: refused, a
 * notice says why, and the person may want the line back to mend it. */
bool slash_line(const struct slash *, const char *line);

/* Does it hold a password?  Then it belongs into no history file. */
bool slash_secret(const struct slash *, const char *line);

/* What the word at a place of the line completes to. */
enum slash_word {
	SLASH_WORD_COMMAND, /* slash_command_name() */
	SLASH_WORD_USER,    /* names of users, groups and conversations */
	SLASH_WORD_NONE
};
enum slash_word slash_word_at(
    const struct slash *, const char *line, size_t word_start);

/* The i-th name or alias with its slash, "/who"; NULL behind the last. */
const char *slash_command_name(size_t i);

#endif
