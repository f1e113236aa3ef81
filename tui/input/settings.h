/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All that can be set: one table, which the configuration file, /set and the
 * help share; and which key does what (actions.h), as "bind.KEY".  Values are
 * text; what is not set has its default.  Knows no screen and no command line.
 *
 * The file has one "NAME = VALUE" a line; # begins a comment, as a line's first
 * sign or, where the value is one of fixed words, behind a blank: a free text
 * may hold one.  What is set while the program runs holds for that run;
 * settings_save() writes what was set so, and nothing else, into the file, in
 * the place of its old line: all other lines and the comments stay.
 *
 * A new setting: a row in settings.c, an enumerator here, and whoever needs it
 * asks for its value where it is used, or when told of a change.
 */
#ifndef TUI_INPUT_SETTINGS_H
#define TUI_INPUT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

enum setting { /* in the order of the table */
	SETTING_COLOR,
	SETTING_THEME,
	SETTING_MOUSE,
	SETTING_USERS,
	SETTING_BELL,
	SETTING_NOTIFY,
	SETTING_LANGUAGE,
	SETTING_LITERAL,
	SETTING_OPEN_WITH,
	SETTING_SERVER,
	SETTING_PASSWORD_FILE,
	SETTING_GREETING,
	SETTING_PLAIN,
	SETTING_REMEMBER,
	SETTING_COUNT,
	SETTING_BIND = SETTING_COUNT /* any of the bindings */
};

enum {
	SETTINGS_WHY_CAP = 256,
	SETTINGS_VALUE_MAX = 1024,
	SETTINGS_BINDINGS = 200,
	SETTINGS_FILE_MAX = 64 << 10
};

struct settings;

struct settings *settings_new(void);
void settings_free(struct settings *);

/* "" where there is none. */
const char *settings_get(const struct settings *, enum setting);
bool settings_on(const struct settings *, enum setting); /* is it "yes"? */
/* Was it set, to whatever? */
bool settings_given(const struct settings *, enum setting);

/*
 * value "default" is as if it had not been set.  typed: a person did, just
 * now: settings_save() is to write it, and whoever listens is told.  False:
 * why says what is wrong, a whole sentence's part: "color is yes or no".
 */
bool settings_set(struct settings *, const char *name, const char *value,
    bool typed, char why[SETTINGS_WHY_CAP]);

/* One line of the file. */
bool settings_line(struct settings *, char *line, char why[SETTINGS_WHY_CAP]);

/* NULL behind the last. */
const char *settings_name(size_t i);

/* What is said of the i-th; false: there are no more.  later: it counts from
 * the next start on.  help is in the person's language, values and choices are
 * what is typed. */
struct setting_row {
	const char *name, *value, *choices, *help;
	bool given, later;
};
bool settings_row(const struct settings *, size_t i, struct setting_row *);
/* Finds it by its name, bindings too; false: no such setting.  why: names the
 * nearest. */
bool settings_find(const struct settings *, const char *name,
    struct setting_row *, char why[SETTINGS_WHY_CAP]);

/* The bindings in effect that differ from actions.c's: the name of a key, and
 * that of an action or "none".  False: there are no more. */
bool settings_binding(const struct settings *, size_t i, const char **key,
    const char **action);
/* What the key does: the name of an action; NULL: what actions.c says. */
const char *settings_bound(const struct settings *, const char *key);

/* fn is told of each change that a person made. */
void settings_listen(struct settings *,
    void (*fn)(void *arg, enum setting), void *arg);

/* Where settings_save() writes; copied, NULL: nowhere. */
void settings_set_path(struct settings *, const char *path);
const char *settings_path(const struct settings *);
/* How many are not in the file yet. */
size_t settings_unsaved(const struct settings *);
bool settings_save(struct settings *, char why[SETTINGS_WHY_CAP]);

#endif
