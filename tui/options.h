/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line, over the configuration file (settings.h).
 */
#ifndef TUI_OPTIONS_H
#define TUI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct settings;

struct options {
	struct settings *settings; /* the file, and what was given */
	char *server;   /* HOST[:PORT]; NULL: not given */
	char *user;     /* NULL: not given */
	char *password; /* from CHAT_PASSWORD or a file; NULL: none */
	char *password_file;
	char *config;
	char *trace; /* NULL: none */
	bool plain;
	bool follow, json; /* --follow, and --json with it */
	bool timestamps;   /* with follow or plain */
	bool no_remember;
	char *greeting; /* said once, behind the first login; NULL: none */
	char *send_target; /* --send; NULL: not given */
	char *send_text;   /* NULL, with a target: the lines of the input */
};

enum options_do {
	OPTIONS_RUN,
	OPTIONS_HELP,    /* printed: end with 0 */
	OPTIONS_VERSION, /* likewise */
	OPTIONS_FAIL     /* one line was printed: end with *status */
};

/* argv is main's.  Reads the file and the password; takes CHAT_PASSWORD out
 * of the environment. */
enum options_do options_read(
    struct options *, int argc, char **argv, int *status);
void options_release(struct options *);

#endif
