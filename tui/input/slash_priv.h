/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of slash.c and of the files that hold handlers: those about
 * groups, conversations, settings and so on.
 */
#ifndef TUI_INPUT_SLASH_PRIV_H
#define TUI_INPUT_SLASH_PRIV_H

#include "shared/wire.h"
#include "tui/net/client.h"
#include "tui/input/slash.h"

#include <stdbool.h>

enum {
	CMD_ANYONE = 1, /* before login too */
	CMD_REST = 2,   /* the last parameter is the rest of the line */
	CMD_SECRET = 4, /* a parameter is a password */
	CMD_USER = 8,   /* the first parameter is a name */
	CMD_RARE = 16,  /* help only names it */
	CMD_GROUPS = 32, /* help lists it among those of groups */
	/* It acts in a group: the one that the first word names, if that
	 * begins with '#', else the current conversation's. */
	CMD_IN = 64,
	CMD_SERVER = 128 /* or, where the first word is '*', on the server */
};

enum { ARGS_MAX = 3 };

enum { SLASH_WORD_CAP = 32 };

struct command;

/* A command being run. */
struct run {
	const struct slash *s;
	const struct command *cmd;
	const char *typed; /* the name of it, or an alias */
	char where[WIRE_TARGET_CAP]; /* CMD_IN */
	char *arg[ARGS_MAX];         /* NULL: not given */
	int count;
};

struct command {
	const char *name; /* with its slash */
	int least, most;  /* parameters, but for where */
	unsigned flags;
	bool (*run)(struct run *);
	enum client_ask ask; /* run_ask: which question; run_deed: deed */
	const char *usage, *help; /* to be translated; usage may be "" */
};

/* A notice. */
void slash_say(const struct slash *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends how it is typed, in the person's language: "/kick [#GROUP] USER".
 * where: "" for none. */
void slash_usage(struct buf *, const struct command *, const char *where);

extern const char slash_blanks[];

/* The first word with a slash before it, cut to what fits; where it ends. */
const char *slash_first_word(const char *line, char word[SLASH_WORD_CAP]);
/* NULL: there is none of that name or alias, which has its slash. */
const struct command *slash_find(const char *word);

/* ---- slash_group.c ----------------------------------------------------- */

/*
 * Finds out where a command of CMD_IN acts, and moves *rest, the line behind
 * its name, past the word that says so.  False: nowhere, a notice says why.
 */
bool slash_where(struct run *, const char **rest);

bool slash_join(struct run *);
bool slash_leave(struct run *);
bool slash_ask_in(struct run *); /* a question about a group */
bool slash_deed(struct run *);   /* USER [REASON] */
bool slash_topic(struct run *);
bool slash_mode(struct run *);
void slash_mode_words(struct buf *choices);
bool slash_grant(struct run *);

/* ---- slash_convo.c ------------------------------------------------------ */

/* A conversation as a person names it: "*" for the words that mean everyone
 * (wire_means_everyone, and that in the person's language), whoever else is
 * called so; else as it is. */
const char *slash_target(const char *word);

/* False, and that was said: word means everyone or the server (namesake.h). */
bool slash_somebody(const struct slash *, const char *word);

/*
 * The whole name of whom, or of which group, is meant by a name alone (resolve_name.h)
 * of those that are known; else word as it is.  The second is of a
 * conversation: a number is that in the bar, unless somebody is called so, and
 * slash_target's words count.
 */
const char *slash_meant(
    struct model *, const char *word, char out[WIRE_TARGET_CAP]);
const char *slash_convo_meant(
    struct model *, const char *word, char out[WIRE_TARGET_CAP]);

/* In any spelling; also of another realm. */
bool slash_is_user(struct model *, const char *name);

bool slash_switch(struct run *); /* [USER] */
bool slash_close(struct run *);  /* [USER] */
bool slash_clear(struct run *);

/* ---- slash_ignore.c ---------------------------------------------------- */

bool slash_ignore(struct run *);   /* [USER] */
bool slash_unignore(struct run *); /* USER */
bool slash_quiet(struct run *);    /* [USER]: a conversation */
bool slash_unquiet(struct run *);

/* ---- slash_url.c ------------------------------------------------------- */

bool slash_links(struct run *);
bool slash_open(struct run *); /* [NUMBER] */

/* ---- slash_set.c ------------------------------------------------------- */

bool slash_set(struct run *);
/* What may stand at that place of its words, rest, behind so many others. */
enum slash_word slash_set_words(const struct slash *, const char *rest,
    int before, const char *at, struct buf *choices);
bool slash_save(struct run *);

#endif
