/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What main.c drives: the full screen (screen.c), plain lines (plain.c), only
 * what others say (follow.c), or only what is said (send.c).  Each is a table
 * of functions; struct ui is its own.
 *
 * A UI watches standard input in the loop, gives each line to slash_line(),
 * and shows the model.  It never decides when the program ends: it calls
 * env->slash.quit (Ctrl-D, end of input) and main.c stops the loop.
 */
#ifndef TUI_INPUT_UI_H
#define TUI_INPUT_UI_H

#include "tui/input/slash.h"

#include <stdbool.h>
#include <stddef.h>

struct client;
struct loop;
struct model;
struct ui;

/* The person's answer to ask().  Strings are the UI's; it wipes the password
 * behind the call. */
struct ui_login {
	const char *server; /* HOST[:PORT] */
	const char *user;
	const char *password;
	bool registering;
	const char *real_name; /* registering; may be "" */
};

/* What why is about: where it is shown, and where the person goes on. */
enum ui_about {
	UI_ABOUT_ALL, /* the first thing that is missing */
	UI_ABOUT_SERVER,
	UI_ABOUT_USER,
	UI_ABOUT_PASSWORD,
	UI_ABOUT_REAL_NAME
};

/* What ask() fills in beforehand. */
struct ui_ask {
	const char *server; /* never NULL; "" is not known */
	const char *user;   /* likewise */
	const char *why;    /* a sentence, or "" */
	enum ui_about about;
};

/* Lives as long as the UI. */
struct ui_env {
	struct loop *loop;
	struct model *model;
	struct client *client;
	struct slash slash;
	/* login() takes what ask() brought; main.c connects and logs in, and
	 * calls ask() again with the reason when that was refused. */
	void (*login)(void *arg, const struct ui_login *);
	/* A line that slash_line() refused, or that was left out: a script ends
	 * with status 1. */
	void (*refused)(void *arg);
	/* The UI can show nothing any more; why goes to standard error. */
	void (*broken)(void *arg, const char *why);
	/* Something could not be written: the status will say so, and why goes
	 * to standard error, but the UI goes on, or leaves, as it will. */
	void (*unwritten)(void *arg, const char *why);
	void *arg;
	const char *history_file; /* of the input line; NULL: keep none */
	struct settings *settings;
	bool json;                /* --follow --json */
	const char *target;       /* --send TARGET - */
	bool timestamps;          /* --timestamps */
};

struct ui_class {
	/* Takes the terminal.  NULL: why says it, nothing was changed. */
	struct ui *(*open)(const struct ui_env *, char *why, size_t cap);

	/* The model has changed; model_changes() says what.  Draws nothing now:
	 * sees to a frame within 1/60 s.  Called as often as one likes. */
	void (*changed)(struct ui *);

	/* Asks for server, name, password (a form; a dialogue).  Called again
	 * while it asks: replaces what stands there but keeps what the person
	 * has typed where it makes sense.  The words in ask are copied. */
	void (*ask)(struct ui *, const struct ui_ask *);
	/* Logged in, or not needed any more: the form goes. */
	void (*ask_done)(struct ui *);

	/* Gives the terminal back, frees.  Also after a failed write. */
	void (*close)(struct ui *);

	/* May be called from a signal handler: only puts the terminal back as
	 * it was (write(2), tcsetattr(3)).  NULL: nothing to put back. */
	void (*emergency)(void);
};

extern const struct ui_class ui_screen; /* screen.c */
extern const struct ui_class ui_plain;  /* plain.c */
extern const struct ui_class ui_follow; /* follow.c */
extern const struct ui_class ui_send;   /* send.c */

#endif
