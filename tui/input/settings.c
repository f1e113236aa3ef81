/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/config.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/actions.h"
#include "tui/term/keyname.h"
#include "tui/model/nearest.h"
#include "tui/store/state.h"
#include "tui/text.h"

/* choices: the words that it may be, parted by blanks; NULL: any text. */
static const struct {
	const char *name, *normal, *choices;
	bool later;
	const char *help;
} table[SETTING_COUNT] = {
	[SETTING_COLOR] = { "color", "yes", "yes no", false,
	    N_("colours") },
	[SETTING_THEME] = { "theme", "auto", "auto dark light any", false,
	    N_("what the screen's background is like") },
	[SETTING_MOUSE] = { "mouse", "yes", "yes no", false,
	    N_("clicks and the wheel; Shift selects text then") },
	[SETTING_USERS] = { "users", "auto", "auto yes no", false,
	    N_("the users at the right; auto: where there is room") },
	[SETTING_BELL] = { "bell", "yes", "yes no", false,
	    N_("ring when you are called") },
	[SETTING_NOTIFY] = { "notify", "none", "none osc9 osc777", false,
	    N_("a notice through the terminal when you are called") },
	[SETTING_LANGUAGE] = { "language", "auto", "auto en id", false,
	    N_("of the program's texts; auto: the environment's") },
	[SETTING_OPEN_WITH] = { "open-with", "", NULL, false,
	    N_("the program that /open gives a link to") },
	[SETTING_LITERAL] = { "literal", "no", "yes no", false,
	    N_("say a / behind a blank instead of taking a command") },
	[SETTING_SERVER] = { "server", "", NULL, true,
	    N_("[USER@]HOST[:PORT] to go to") },
	[SETTING_PASSWORD_FILE] = { "password-file", "", NULL, true,
	    N_("its first line is the password") },
	[SETTING_GREETING] = { "greeting", "", NULL, true,
	    N_("a line to be shown behind the login") },
	[SETTING_PLAIN] = { "plain", "no", "yes no", true,
	    N_("lines in, lines out, no full screen") },
	[SETTING_REMEMBER] = { "remember", "yes", "yes no", true,
	    N_("keep server, name and token for the next time") },
};

static const char bind[] = "bind.", normal_value[] = "default";

struct entry {
	char name[sizeof(bind) + KEYNAME_CAP]; /* as the file has it */
	char *value; /* NULL: not set */
	bool unsaved;
	bool placed; /* while it is saved: has its line */
};

struct settings {
	struct entry *entry; /* those of the table, then bindings */
	size_t entries;
	char *path;
	void (*fn)(void *arg, enum setting);
	void *arg;
};

static bool
fail(char why[SETTINGS_WHY_CAP], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool
fail(char why[SETTINGS_WHY_CAP], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, SETTINGS_WHY_CAP, fmt, ap);
	va_end(ap);
	return false;
}

static struct entry *
add_entry(struct settings *s, const char *prefix, const char *name)
{
	struct entry *e;

	s->entry = xreallocarray(
	    s->entry, s->entries + 1, sizeof(*s->entry));
	e = &s->entry[s->entries++];
	memset(e, 0, sizeof(*e));
	snprintf(e->name, sizeof(e->name), "%s%s", prefix, name);
	return e;
}

struct settings *
settings_new(void)
{
	struct settings *s = xcalloc(1, sizeof(*s));

	for (int i = 0; i < SETTING_COUNT; i++)
		(void)add_entry(s, "", table[i].name);
	return s;
}

void
settings_free(struct settings *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->entries; i++)
		free(s->entry[i].value);
	free(s->entry);
	free(s->path);
	free(s);
}

const char *
settings_get(const struct settings *s, enum setting i)
{
	return s->entry[i].value != NULL ? s->entry[i].value : table[i].normal;
}

bool
settings_on(const struct settings *s, enum setting i)
{
	return strcmp(settings_get(s, i), "yes") == 0;
}

bool
settings_given(const struct settings *s, enum setting i)
{
	return s->entry[i].value != NULL;
}

void
settings_listen(struct settings *s, void (*fn)(void *arg, enum setting),
    void *arg)
{
	s->fn = fn;
	s->arg = arg;
}

/* value: NULL for the default. */
static void
set_entry(struct settings *s, struct entry *e, const char *value, bool typed)
{
	size_t i = (size_t)(e - s->entry);

	free(e->value);
	e->value = value == NULL ? NULL : xstrdup(value);
	e->unsaved |= typed;
	if (typed && s->fn != NULL)
		s->fn(s->arg,
		    i < SETTING_COUNT ? (enum setting)i : SETTING_BIND);
}

/* ---- names ------------------------------------------------------------- */

static int
find(const char *name)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		if (strcmp(table[i].name, name) == 0)
			return i;
	return -1;
}

static bool
unknown(const char *name, char why[SETTINGS_WHY_CAP])
{
	struct nearest n;

	nearest_begin(&n, name);
	for (int i = 0; i < SETTING_COUNT; i++)
		nearest_try(&n, table[i].name);
	if (n.best != NULL)
		return fail(why, _("%.60s: no such setting; %s?"), name,
		    n.best);
	return fail(why, _("%.60s: no such setting"), name);
}

/* The options of the command line that begin with "no-" stand in the file,
 * too: "no-color = yes". */
static bool
is_opposite(const char *name)
{
	int i = strncmp(name, "no-", 3) == 0 ? find(name + 3) : -1;

	return i != -1 && table[i].choices != NULL &&
	    strcmp(table[i].choices, "yes no") == 0;
}

/* ---- one setting ------------------------------------------------------- */

/* "auto yes no" to "auto, yes, no". */
static void
list_words(const char *words, char out[SETTINGS_WHY_CAP])
{
	struct buf b;

	buf_init(&b, SETTINGS_WHY_CAP - 1);
	for (; *words != '\0'; words++) {
		if (*words == ' ')
			buf_addc(&b, ',');
		buf_addc(&b, *words);
	}
	snprintf(out, SETTINGS_WHY_CAP, "%s", buf_data(&b));
	buf_release(&b);
}

static bool
set_value(struct settings *s, int i, const char *value, bool typed,
    char why[SETTINGS_WHY_CAP])
{
	char words[SETTINGS_WHY_CAP];
	bool normal = strcmp(value, normal_value) == 0;

	if (!normal && table[i].choices != NULL &&
	    config_word(table[i].choices, value) == -1) {
		list_words(table[i].choices, words);
		return fail(why, _("%s is one of: %.200s"), table[i].name,
		    words);
	}
	set_entry(s, &s->entry[i], normal ? NULL : value, typed);
	return true;
}

/* ---- bindings ---------------------------------------------------------- */

static struct entry *
find_binding(const struct settings *s, const char *key)
{
	for (size_t i = SETTING_COUNT; i < s->entries; i++)
		if (strcmp(s->entry[i].name + strlen(bind), key) == 0)
			return &s->entry[i];
	return NULL;
}

static bool
unknown_action(const char *name, char why[SETTINGS_WHY_CAP])
{
	const struct action *a;
	struct nearest n;

	nearest_begin(&n, name);
	for (size_t i = 0; (a = actions_at(i)) != NULL; i++)
		nearest_try(&n, a->name);
	if (n.best != NULL)
		return fail(why, _("%.60s: nothing that a key does; %s?"), name,
		    n.best);
	return fail(why, _("%.60s: nothing that a key does; /help lists what "
	    "there is"), name);
}

/* False: the value is no action. */
static bool
parse_action(const char *value, const char **action,
    char why[SETTINGS_WHY_CAP])
{
	const struct action *a = actions_find(value);

	*action = NULL;
	if (a != NULL)
		*action = a->name;
	else if (strcmp(value, "none") == 0)
		*action = "none";
	else if (strcmp(value, normal_value) != 0)
		return unknown_action(value, why);
	return true;
}

static bool
no_key(const char *key, char why[SETTINGS_WHY_CAP])
{
	return fail(why, _("%.60s: no key that can be bound; such as "
	    "alt-x, ctrl-x, f5, shift-pgup"), key);
}

static bool
bind_key(struct settings *s, const char *key, const char *value, bool typed,
    char why[SETTINGS_WHY_CAP])
{
	struct keyname k;
	struct entry *e;
	const char *action;

	if (!keyname_parse(&k, key))
		return no_key(key, why);
	if (!parse_action(value, &action, why))
		return false;
	if ((e = find_binding(s, k.name)) == NULL) {
		if (s->entries == SETTING_COUNT + SETTINGS_BINDINGS)
			return fail(why, ngettext("only %d key can be bound",
			    "only %d keys can be bound", SETTINGS_BINDINGS),
			    SETTINGS_BINDINGS);
		e = add_entry(s, bind, k.name);
	}
	set_entry(s, e, action, typed);
	return true;
}

bool
settings_binding(const struct settings *s, size_t i, const char **key,
    const char **action)
{
	for (size_t j = SETTING_COUNT; j < s->entries; j++) {
		if (s->entry[j].value == NULL || i-- > 0)
			continue;
		*key = s->entry[j].name + strlen(bind);
		*action = s->entry[j].value;
		return true;
	}
	return false;
}

const char *
settings_bound(const struct settings *s, const char *key)
{
	const struct entry *e = find_binding(s, key);

	return e == NULL ? NULL : e->value;
}

/* ---- by name ----------------------------------------------------------- */

bool
settings_set(struct settings *s, const char *name, const char *value,
    bool typed, char why[SETTINGS_WHY_CAP])
{
	size_t n = strlen(value);
	int i;

	if (n > SETTINGS_VALUE_MAX || !utf8_valid(value, n) ||
	    strchr(value, '\n') != NULL)
		return fail(why,
		    ngettext("a value is one line of at most %d byte",
		    "a value is one line of at most %d bytes",
		    SETTINGS_VALUE_MAX), SETTINGS_VALUE_MAX);
	if (strncmp(name, bind, strlen(bind)) == 0)
		return bind_key(s, name + strlen(bind), value, typed, why);
	if ((i = find(name)) != -1)
		return set_value(s, i, value, typed, why);
	if (!is_opposite(name))
		return unknown(name, why);
	if (strcmp(value, "yes") == 0)
		value = "no";
	else if (strcmp(value, "no") == 0)
		value = "yes";
	else
		return fail(why, _("%s is one of: %.200s"), name, "yes, no");
	return set_value(s, find(name + 3), value, typed, why);
}

const char *
settings_name(size_t i)
{
	return i < SETTING_COUNT ? table[i].name : NULL;
}

bool
settings_row(const struct settings *s, size_t i, struct setting_row *row)
{
	if (i >= SETTING_COUNT)
		return false;
	*row = (struct setting_row){
		.name = table[i].name,
		.value = settings_get(s, (enum setting)i),
		.choices = table[i].choices,
		.help = _(table[i].help),
		.given = s->entry[i].value != NULL,
		.later = table[i].later,
	};
	return true;
}

/* What actions.c says of a key. */
static const char *
usual_action(const char *key)
{
	const struct action *a;

	for (size_t i = 0; (a = actions_at(i)) != NULL; i++)
		if (config_word(a->keys, key) != -1)
			return a->name;
	return "none";
}

bool
settings_find(const struct settings *s, const char *name,
    struct setting_row *row, char why[SETTINGS_WHY_CAP])
{
	const char *action;
	struct keyname k;
	int i = find(name);

	if (i != -1)
		return settings_row(s, (size_t)i, row);
	if (strncmp(name, bind, strlen(bind)) != 0)
		return unknown(name, why);
	if (!keyname_parse(&k, name + strlen(bind)))
		return no_key(name + strlen(bind), why);
	action = settings_bound(s, k.name);
	*row = (struct setting_row){
		.name = name,
		.value = action != NULL ? action : usual_action(k.name),
		.help = _("what that key does; none: it is the line's"),
		.given = action != NULL,
	};
	return true;
}

/* ---- the file ---------------------------------------------------------- */

/* Is it one of fixed words?  Then a comment may stand behind it. */
static bool
is_of_words(const char *name)
{
	int i = find(name);

	return i != -1 ? table[i].choices != NULL :
	    is_opposite(name) || strncmp(name, bind, strlen(bind)) == 0;
}

/* Where in value a comment begins, or its end. */
static char *
find_comment(char *value)
{
	char *p = value;

	while ((p = strchr(p, '#')) != NULL && p > value &&
	    strchr(" \t", p[-1]) == NULL)
		p++;
	return p == NULL ? value + strlen(value) : p;
}

struct line {
	char *name;    /* NULL: it sets nothing */
	char *value;
	char *comment; /* behind a value of fixed words; where it begins */
	bool commented;
};

/* Cuts text, which out then points into.  False: it is not of the form. */
static bool
cut_line(char *text, struct line *out)
{
	size_t n;

	*out = (struct line){ 0 };
	if (!config_cut(text, &out->name, &out->value))
		return false;
	if (out->name == NULL)
		return true;
	/* "bind.alt-= = top" */
	n = strlen(out->name);
	if (n > 0 && out->name[n - 1] == '-' && *out->value == '=') {
		memcpy(out->name + n, "=", sizeof("="));
		out->value = config_trim(out->value + 1);
	}
	if (is_of_words(out->name)) {
		out->comment = find_comment(out->value);
		out->commented = *out->comment == '#';
		*out->comment = '\0';
		out->value = config_trim(out->value);
	}
	return true;
}

bool
settings_line(struct settings *s, char *text, char why[SETTINGS_WHY_CAP])
{
	struct line line;

	if (!cut_line(text, &line))
		return fail(why, _("not NAME = VALUE"));
	if (line.name == NULL)
		return true;
	if (*line.value == '\0')
		return fail(why, _("%.60s: no value"), line.name);
	return settings_set(s, line.name, line.value, false, why);
}

void
settings_set_path(struct settings *s, const char *path)
{
	free(s->path);
	s->path = path == NULL ? NULL : xstrdup(path);
}

const char *
settings_path(const struct settings *s)
{
	return s->path;
}

size_t
settings_unsaved(const struct settings *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->entries; i++)
		n += s->entry[i].unsaved;
	return n;
}

/* The one of that name, in any spelling, that is to be written; NULL: none
 * is. */
static struct entry *
to_write(const struct settings *s, const char *name)
{
	struct entry *e = NULL;
	struct keyname k;
	int i;

	if (strncmp(name, bind, strlen(bind)) == 0) {
		if (keyname_parse(&k, name + strlen(bind)))
			e = find_binding(s, k.name);
	} else {
		if ((i = find(name)) == -1 && is_opposite(name))
			i = find(name + 3);
		if (i != -1)
			e = &s->entry[i];
	}
	return e != NULL && e->unsaved ? e : NULL;
}

/* Without an end; nothing where it is to have its default. */
static bool
add_value(struct buf *out, const struct entry *e)
{
	return e->value == NULL ||
	    buf_addf(out, "%s = %s", e->name, e->value);
}

/* In the place of an old line that set it; with what stands from its comment
 * on, if any, and the blanks before it. */
static bool
write_over(struct buf *out, struct entry *e, const char *old,
    const char *comment)
{
	size_t before = out->len;
	bool ok = add_value(out, e);

	e->placed = true;
	if (comment != NULL) {
		while (out->len > before && comment > old &&
		    strchr(" \t", comment[-1]) != NULL)
			comment--;
		ok = ok && buf_adds(out, comment);
	}
	return ok && (out->len == before || buf_addc(out, '\n'));
}

static bool
keep_line(struct settings *s, struct buf *out, const char *old)
{
	char *copy = xstrdup(old);
	struct line line;
	struct entry *e;
	bool ok;

	if (!cut_line(copy, &line) || line.name == NULL ||
	    (e = to_write(s, line.name)) == NULL)
		ok = buf_adds(out, old) && buf_addc(out, '\n');
	else
		ok = write_over(out, e, old, !line.commented ? NULL :
		    old + (line.comment - copy));
	free(copy);
	return ok;
}

/* The old text, in which what is to be written has the place that it had. */
static bool
keep_lines(struct settings *s, struct buf *out, char *old)
{
	size_t mark = (size_t)(config_text(old) - old);
	bool ok = buf_add(out, old, mark);
	char *line;

	old += mark;
	while (ok && (line = strsep(&old, "\n")) != NULL) {
		if (old == NULL && *line == '\0')
			break; /* behind the last line's end */
		ok = keep_line(s, out, line);
	}
	return ok;
}

/* What had no line. */
static bool
add_lines(const struct settings *s, struct buf *out)
{
	bool ok = true;

	for (size_t i = 0; i < s->entries; i++) {
		const struct entry *e = &s->entry[i];

		if (e->unsaved && !e->placed && e->value != NULL)
			ok &= add_value(out, e) && buf_addc(out, '\n');
	}
	return ok;
}

/* NULL and why "": there is none. */
static char *
read_file(const char *path, char why[SETTINGS_WHY_CAP])
{
	size_t n;
	char *text = config_slurp(path, SETTINGS_FILE_MAX, &n);

	*why = '\0';
	if (text == NULL && errno != ENOENT && errno != ENOTDIR)
		(void)fail(why, "%.200s: %s", path, strerror(errno));
	else if (text != NULL && strlen(text) != n)
		(void)fail(why, _("%.200s: cannot be read"), path);
	return text;
}

static bool
write_file(const char *path, const char *text, char why[SETTINGS_WHY_CAP])
{
	char state_why[STATE_WHY_CAP], *folder = xstrdup(path), *slash;
	bool ok = true;

	slash = strrchr(folder, '/');
	if (slash != NULL && slash != folder) {
		*slash = '\0';
		ok = state_make_folders(folder);
	}
	if (!ok)
		(void)fail(
		    why, _("%.200s: the folder cannot be made"), folder);
	else if (!state_put(path, text, state_why))
		ok = fail(why, "%.250s", state_why);
	free(folder);
	return ok;
}

bool
settings_save(struct settings *s, char why[SETTINGS_WHY_CAP])
{
	char *path, *old;
	struct buf text;
	bool ok;

	if (s->path == NULL)
		return fail(why, _("there is no home folder for the file"));
	/* Where it is a link the file behind it is written. */
	if ((path = realpath(s->path, NULL)) == NULL)
		path = xstrdup(s->path);
	buf_init(&text, SETTINGS_FILE_MAX);
	old = read_file(path, why);
	ok = *why == '\0';
	for (size_t i = 0; i < s->entries; i++)
		s->entry[i].placed = false;
	if (ok && ((old != NULL && !keep_lines(s, &text, old)) ||
	    !add_lines(s, &text)))
		ok = fail(why,
		    ngettext("the file would be longer than %d byte",
		    "the file would be longer than %d bytes",
		    SETTINGS_FILE_MAX), SETTINGS_FILE_MAX);
	ok = ok && write_file(path, buf_data(&text), why);
	for (size_t i = 0; ok && i < s->entries; i++)
		s->entry[i].unsaved = false;
	buf_release(&text);
	free(old);
	free(path);
	return ok;
}
