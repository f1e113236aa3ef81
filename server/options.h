/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options of the server, of its command line and of its configuration file:
 * one table for both (shared/config.h).  A new one is a row, and a field here.
 *
 * chat-server(8) and chat-server.conf(5) are the prose of it.
 */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/dialect/dialect.h"
#include "server/realm/realm.h"
#include "shared/config.h"
#include "shared/wire.h"

enum {
	OPTIONS_LISTEN_MAX = 16, /* addresses of one kind */
	OPTIONS_ADMINS_MAX = 64,
	OPTIONS_SECRET_GOOD = 16, /* bytes; a shorter secret can be guessed */
	OPTIONS_WHY_CAP = 512
};

/* The secrets are read with the options. */
struct options_links {
	struct realm_link at[REALMS_MAX];
	size_t count;
};

struct options {
	struct config_list listen[DIALECT_KINDS]; /* none: "off" */
	char *data;
	char *accounts; /* NULL: none */
	char *config;   /* NULL: none */
	char *trace;    /* NULL: none */
	int log_level; /* enum log_level */
	char realm[WIRE_NAME_CAP];
	struct options_links links; /* none of ours, no name twice */
	struct config_list admins; /* names of accounts */
	bool registration_open;
	int64_t min_password; /* 0: by where one can connect from */
	int64_t rate;         /* 0: off */
	bool sync_full;
	int64_t max_connections; /* 0: what the descriptor limit leaves */
	int64_t max_per_address; /* connections without login; 0: off */
	int64_t register_rate;   /* an hour from one address; 0: off */
	int64_t idle_minutes;
	int64_t token_days;
	int64_t max_memory; /* MB that wait to go out, all together */
};

enum options_status {
	OPTIONS_RUN,
	OPTIONS_HELP,    /* --help */
	OPTIONS_VERSION, /* --version */
	OPTIONS_WRONG    /* why says what, in one line */
};

/*
 * Fills o, which is released by options_release whatever is returned.  argv
 * may be read again later (options_reread).
 */
enum options_status options_read(struct options *o, int argc, char **argv,
    char why[OPTIONS_WHY_CAP]);
void options_release(struct options *);

/*
 * What of next may be applied while the server runs is copied to o.  note is
 * called with the name of each other one that is not what it was: it needs a
 * restart.
 */
void options_apply(struct options *o, const struct options *next,
    void (*note)(const char *name));

/* The text of --help. */
void options_usage(void);

/*
 * A file of accounts, "username:password:Real Name" a line; blank lines and
 * those that begin with # do not count.  check says what is wrong with one, or
 * NULL; fn takes them, and returns false to stop.  False, and why names file
 * and line, for a file that cannot be read and for a line that is of another
 * form or that check refuses: then fn was called for none.
 */
struct options_account {
	const char *name, *password, *real_name;
};
typedef const char *options_check_fn(
    void *arg, const struct options_account *);
typedef bool options_account_fn(void *arg, const struct options_account *);

bool options_read_accounts(const char *file, options_check_fn *check,
    options_account_fn *fn, void *arg, char why[OPTIONS_WHY_CAP]);

#endif
