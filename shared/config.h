/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of the command line and names of a configuration file, read through
 * one table.  A row is both: "--rate 5" and "rate = 5" have the same check and
 * set the same field.  A new option is a row, and a field in the struct that
 * the program reads into.
 *
 * What is given on the command line wins over the file, the file wins over the
 * row's default.  On the command line the last one wins; in the file a name
 * that stands twice is an error, unless its row may repeat.  A relative path in
 * the file counts from the file's folder.
 *
 * An error is one line, in why: what is wrong, and behind "FILE:LINE: " where
 * it stands.  The words are English; a program that has others hands a refuse
 * function.  Nothing here prints but config_usage().
 */
#ifndef SHARED_CONFIG_H
#define SHARED_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_kind {        /* the field, and what its value is */
	CONFIG_FLAG,      /* bool; no value, in a file yes or no */
	CONFIG_EITHER,    /* bool; "open|closed": true is the first */
	CONFIG_WORD,      /* int; "a|b|c": which of them, from 0 */
	CONFIG_NUMBER,    /* int64_t, least to most; "N|off": off is 0 */
	CONFIG_TEXT,      /* char * */
	CONFIG_PATH,      /* char * */
	CONFIG_NAME,      /* char[WIRE_NAME_CAP] */
	CONFIG_NAMES,     /* struct config_list, most of them; repeats */
	CONFIG_ADDRESSES, /* likewise; "ADDR:PORT|off": off empties it */
	CONFIG_CALL,      /* the row's own set */
	CONFIG_STOP,      /* no field: the reading ends there, as for --help */
	CONFIG_LATER      /* no field: of a later version, refused */
};

enum {
	CONFIG_LIVE = 1, /* may change while the program runs; no CONFIG_CALL */
	CONFIG_ONLY = 2, /* stands on the command line only */
	CONFIG_MANY = 4  /* a CONFIG_CALL that repeats */
};

/* A list of words, each its own. */
struct config_list {
	char **at;
	size_t count;
};

struct config;

struct config_row {
	const char *name;
	char letter; /* 0: none */
	enum config_kind kind;
	unsigned flags;
	const char *value; /* as --help has it; NULL: none is taken */
	size_t field;      /* offsetof() in the struct that is read into */
	int64_t least, most;
	const char *normal; /* the default, as it would be typed; NULL: none */
	const char *without; /* --help's word for a default that is not fixed */
	const char *help;
	/* value is NULL for a row that takes none. */
	bool (*set)(struct config *, const struct config_row *, const char *);
	bool (*same)(const void *field, const void *other);
};

struct config_table {
	const struct config_row *rows;
	size_t count; /* at most 64 */
};

/* What the reader itself finds wrong with a word. */
enum config_fault {
	CONFIG_UNKNOWN,   /* the word is no option; row is NULL */
	CONFIG_AMBIGUOUS, /* several begin so; row is NULL */
	CONFIG_NO_VALUE,
	CONFIG_A_VALUE,
	CONFIG_NOT_YET, /* CONFIG_LATER */
	CONFIG_NUL      /* a line of a file holds one; no word */
};

struct config {
	const struct config_table *table;
	void *to; /* the struct with the fields */
	char *why;
	size_t why_cap;
	/* NULL: in English.  It calls config_wrong(). */
	bool (*refuse)(struct config *, enum config_fault,
	    const struct config_row *, const char *word);

	/* Filled by config_arguments(). */
	const struct config_row *stop; /* the CONFIG_STOP that was met */
	int argc, next; /* the first word that is no option */
	char **argv;

	/* Inside. */
	const char *file; /* is being read; NULL: the command line */
	unsigned line;
	uint64_t given, in_file; /* a bit for each row */
};

/* False, with why.  The file and the line that are being read come first. */
bool config_wrong(struct config *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* False: an error.  True at a CONFIG_STOP too: nothing behind it is read. */
bool config_arguments(struct config *, int argc, char **argv);
/* The word behind an option's value, for a set that takes two; NULL: none. */
const char *config_argument(struct config *);

/* Each line of the file through its row. */
bool config_file(struct config *, const char *path);
/* Each line, its end cut off, through take.  errno is that of reading the file,
 * and 0 where a line is wrong. */
bool config_lines(struct config *, const char *path, size_t max,
    bool (*take)(struct config *, char *line));

/* The default of each row that was not given. */
bool config_defaults(struct config *);

/* For --help: a line for each row, or more where it is long. */
void config_usage(const struct config_table *);

/* What may change is taken over from next; note is called with the name of
 * each other row that differs. */
void config_apply(const struct config_table *, void *to, const void *next,
    void (*note)(const char *name));
/* Frees what the fields hold; not those of CONFIG_CALL. */
void config_release(const struct config_table *, void *to);

/* ---- what rows and files are made of ---------------------------------- */

/* Without the blanks around it, cut in place. */
char *config_trim(char *);
/*
 * "name = value", cut in place at its first '=', without the blanks around
 * both.  False: it has no '='.  name is NULL for a line that sets nothing,
 * blank or a comment.
 */
bool config_cut(char *line, char **name, char **value);
/* Where a file's text begins: behind a byte order mark. */
char *config_text(char *);
/* Which of the words, parted by '|' or blanks, it is; -1: none. */
int config_word(const char *words, const char *word);
/* As a path that stands in file counts; file NULL: from the working folder.
 * The caller frees it. */
char *config_path(const char *file, const char *path);
/* What "XDG_STATE_HOME" says, or ".local/state" in the home; a relative one is
 * to be ignored, says the XDG specification.  The caller frees it; NULL: there
 * is no home. */
char *config_folder(const char *variable, const char *in_home);
/*
 * The whole file, a NUL behind it.  NULL and errno: EFBIG for more than max
 * bytes.  It may hold a password: no copy stays anywhere, and the caller wipes
 * what it frees.
 */
char *config_slurp(const char *path, size_t max, size_t *len);

#endif
