/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/resolve.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum {
	ROWS_MAX = 64,
	FILE_MAX = 4 << 20,
	LINE_MAX_BYTES = 4094,
	LONG = 256, /* getopt's number of the first row */
	HELP_COLUMN = 35,
	HELP_WIDTH = 80
};

static const char blanks[] = " \t\r\n";

bool
config_wrong(struct config *c, const char *fmt, ...)
{
	va_list ap;
	int n = 0;

	c->why[0] = '\0';
	if (c->file != NULL)
		n = c->line == 0 ?
		    snprintf(c->why, c->why_cap, "%.300s: ", c->file) :
		    snprintf(c->why, c->why_cap, "%.300s:%u: ", c->file,
		    c->line);
	if (n < 0 || (size_t)n >= c->why_cap)
		return false;
	va_start(ap, fmt);
	vsnprintf(c->why + n, c->why_cap - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static bool
refuse(struct config *c, enum config_fault fault, const struct config_row *row,
    const char *word)
{
	if (c->refuse != NULL)
		return c->refuse(c, fault, row, word);
	switch (fault) {
	case CONFIG_NO_VALUE:
		return config_wrong(c, "%s needs a value", word);
	case CONFIG_A_VALUE:
		return config_wrong(c, "%s takes no value", word);
	case CONFIG_NOT_YET:
		return config_wrong(
		    c, "%s is not part of this version", row->name);
	case CONFIG_NUL:
		return config_wrong(c, "a NUL byte is in it");
	case CONFIG_AMBIGUOUS:
		return config_wrong(c,
		    "several options begin with '%.200s' (see --help)", word);
	case CONFIG_UNKNOWN:
		break;
	}
	return config_wrong(
	    c, "unknown option '%.200s' (see --help)", word);
}

/* ---- words, paths and files ------------------------------------------- */

char *
config_trim(char *s)
{
	size_t n;

	s += strspn(s, blanks);
	for (n = strlen(s); n > 0 && strchr(blanks, s[n - 1]) != NULL;)
		s[--n] = '\0';
	return s;
}

bool
config_cut(char *line, char **name, char **value)
{
	char *equals;

	*name = config_trim(line);
	if (**name == '\0' || **name == '#') {
		*name = NULL;
		return true;
	}
	if ((equals = strchr(*name, '=')) == NULL)
		return false;
	*equals = '\0';
	*name = config_trim(*name);
	*value = config_trim(equals + 1);
	return true;
}

char *
config_text(char *text)
{
	static const char mark[] = "\xef\xbb\xbf";

	return strncmp(text, mark, strlen(mark)) == 0 ? text + strlen(mark) :
	    text;
}

int
config_word(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (int i = 0; *words != '\0'; i++) {
		n = strcspn(words, "| ");
		if (n == len && memcmp(words, word, n) == 0)
			return i;
		words += n + (words[n] != '\0');
	}
	return -1;
}

char *
config_path(const char *file, const char *path)
{
	const char *slash = file == NULL ? NULL : strrchr(file, '/');

	if (slash == NULL || *path == '/')
		return xstrdup(path);
	return xasprintf("%.*s/%s", (int)(slash - file), file, path);
}

char *
config_folder(const char *variable, const char *in_home)
{
	const char *xdg = getenv(variable), *home = getenv("HOME");

	if (xdg != NULL && *xdg == '/')
		return xstrdup(xdg);
	if (home != NULL && *home == '/')
		return xasprintf("%s/%s", home, in_home);
	return NULL;
}

char *
config_slurp(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), why;
	char *text;
	ssize_t n;

	if (fd == -1)
		return NULL;
	text = xmalloc(max + 2);
	*len = 0;
	do {
		n = read(fd, text + *len, max + 1 - *len);
		if (n > 0)
			*len += (size_t)n;
	} while ((n > 0 && *len <= max) || (n == -1 && errno == EINTR));
	why = n == -1 ? errno : EFBIG;
	close(fd);
	if (n == 0) {
		text[*len] = '\0';
		return text;
	}
	explicit_bzero(text, *len);
	free(text);
	errno = why;
	return NULL;
}

/* ---- fields ----------------------------------------------------------- */

static void
list_clear(struct config_list *l)
{
	while (l->count > 0)
		free(l->at[--l->count]);
	free(l->at);
	l->at = NULL;
}

static void
list_add(struct config_list *l, const char *v)
{
	l->at = xreallocarray(l->at, l->count + 1, sizeof *l->at);
	l->at[l->count++] = xstrdup(v);
}

static bool
list_same(const struct config_list *a, const struct config_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->at[i], b->at[i]) != 0)
			return false;
	return true;
}

static bool
string_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What stands behind the first word of a value: "off" of "N|off". */
static const char *
other_word(const struct config_row *row)
{
	const char *bar = row->value == NULL ? NULL : strchr(row->value, '|');

	return bar == NULL ? "" : bar + 1;
}

static bool
set_number(struct config *c, const struct config_row *row, const char *v,
    int64_t *to)
{
	if (config_word(other_word(row), v) != -1) {
		*to = 0;
		return true;
	}
	if (wire_number(v, row->most, to) && *to >= row->least)
		return true;
	return config_wrong(c, "%s: '%s' is not a number from %lld to %lld",
	    row->name, v, (long long)row->least, (long long)row->most);
}

static bool
set_either(struct config *c, const struct config_row *row, const char *words,
    const char *v, bool *to)
{
	int first = (int)strcspn(words, "|"), i = config_word(words, v);

	*to = i == 0;
	if (i != -1)
		return true;
	return config_wrong(c, "%s: '%s' is neither '%.*s' nor '%s'",
	    row->name, v, first, words, words + first + 1);
}

static bool
set_one_of(struct config *c, const struct config_row *row, const char *v,
    int *to)
{
	*to = config_word(row->value, v);
	if (*to != -1)
		return true;
	return config_wrong(
	    c, "%s: '%s' is none of %s", row->name, v, row->value);
}

static bool
set_path(struct config *c, const struct config_row *row, const char *v,
    char **to)
{
	if (*v == '\0')
		return config_wrong(c, "%s: the name is empty", row->name);
	free(*to);
	*to = config_path(c->file, v);
	return true;
}

static bool
is_name(struct config *c, const struct config_row *row, const char *v)
{
	return wire_name_ok(v, strlen(v)) ||
	    config_wrong(c, "%s: '%s' is no good name", row->name, v);
}

static bool
is_address(struct config *c, const struct config_row *row, const char *v)
{
	char host[RESOLVE_HOST_CAP], port[8];

	return resolve_split(v, NULL, host, port) ||
	    config_wrong(c, "%s: '%s' is not of the form ADDR:PORT",
	    row->name, v);
}

static bool
set_list(struct config *c, const struct config_row *row, const char *v,
    struct config_list *to)
{
	if (config_word(other_word(row), v) != -1) {
		list_clear(to);
		return true;
	}
	if (!(row->kind == CONFIG_NAMES ? is_name : is_address)(c, row, v))
		return false;
	if (to->count == (size_t)row->most)
		return config_wrong(c, "%s: more than %lld of them", row->name,
		    (long long)row->most);
	list_add(to, v);
	return true;
}

/* v: NULL for an option without a value. */
static bool
set(struct config *c, const struct config_row *row, const char *v)
{
	void *to = (char *)c->to + row->field;

	switch (row->kind) {
	case CONFIG_FLAG:
		return set_either(c, row, "yes|no", v == NULL ? "yes" : v, to);
	case CONFIG_EITHER:
		return set_either(c, row, row->value, v, to);
	case CONFIG_WORD:
		return set_one_of(c, row, v, to);
	case CONFIG_NUMBER:
		return set_number(c, row, v, to);
	case CONFIG_TEXT:
		free(*(char **)to);
		*(char **)to = xstrdup(v);
		return true;
	case CONFIG_PATH:
		return set_path(c, row, v, to);
	case CONFIG_NAME:
		if (!is_name(c, row, v))
			return false;
		strncpy(to, v, WIRE_NAME_CAP - 1); /* the rest is NULs */
		return true;
	case CONFIG_NAMES:
	case CONFIG_ADDRESSES:
		return set_list(c, row, v, to);
	case CONFIG_CALL:
		return row->set(c, row, v);
	case CONFIG_STOP:
	case CONFIG_LATER:
		break;
	}
	return refuse(c, CONFIG_NOT_YET, row, row->name);
}

static bool
is_string(const struct config_row *row)
{
	return row->kind == CONFIG_TEXT || row->kind == CONFIG_PATH;
}

static bool
is_list(const struct config_row *row)
{
	return row->kind == CONFIG_NAMES || row->kind == CONFIG_ADDRESSES;
}

/* Of a field that holds no pointers, or 0. */
static size_t
plain_size(const struct config_row *row)
{
	static const size_t sizes[] = {
		[CONFIG_FLAG] = sizeof(bool),
		[CONFIG_EITHER] = sizeof(bool),
		[CONFIG_WORD] = sizeof(int),
		[CONFIG_NUMBER] = sizeof(int64_t),
		[CONFIG_NAME] = WIRE_NAME_CAP,
		[CONFIG_LATER] = 0
	};

	return sizes[row->kind];
}

static bool
same(const struct config_row *row, const void *a, const void *b)
{
	if (is_string(row))
		return string_same(*(char *const *)a, *(char *const *)b);
	if (is_list(row))
		return list_same(a, b);
	if (row->same != NULL)
		return row->same(a, b);
	return memcmp(a, b, plain_size(row)) == 0;
}

static void
release(const struct config_row *row, void *to)
{
	if (is_list(row))
		list_clear(to);
	if (!is_string(row))
		return;
	free(*(char **)to);
	*(char **)to = NULL;
}

static void
copy(const struct config_row *row, void *to, const void *from)
{
	const struct config_list *list = from;

	release(row, to);
	if (is_string(row) && *(char *const *)from != NULL)
		*(char **)to = xstrdup(*(char *const *)from);
	for (size_t i = 0; is_list(row) && i < list->count; i++)
		list_add(to, list->at[i]);
	memcpy(to, from, plain_size(row));
}

void
config_apply(const struct config_table *t, void *to, const void *next,
    void (*note)(const char *name))
{
	for (size_t i = 0; i < t->count; i++) {
		const struct config_row *row = &t->rows[i];
		const void *other = (const char *)next + row->field;
		void *mine = (char *)to + row->field;

		if (row->flags & CONFIG_LIVE)
			copy(row, mine, other);
		else if (!(row->flags & CONFIG_ONLY) &&
		    !same(row, mine, other))
			note(row->name);
	}
}

void
config_release(const struct config_table *t, void *to)
{
	for (size_t i = 0; i < t->count; i++)
		release(&t->rows[i], (char *)to + t->rows[i].field);
}

/* ---- the command line ------------------------------------------------- */

static uint64_t
bit(const struct config *c, const struct config_row *row)
{
	return (uint64_t)1 << (row - c->table->rows);
}

bool
config_defaults(struct config *c)
{
	c->file = NULL;
	for (size_t i = 0; i < c->table->count; i++) {
		const struct config_row *row = &c->table->rows[i];

		if (row->normal != NULL && !(c->given & bit(c, row)) &&
		    !set(c, row, row->normal))
			return false;
	}
	return true;
}

static void
getopt_tables(const struct config_table *t, struct option longs[ROWS_MAX + 1],
    char shorts[2 * ROWS_MAX + 2])
{
	size_t n = 0;

	shorts[n++] = ':'; /* "no value" and "unknown" told apart */
	for (size_t i = 0; i < t->count; i++) {
		const struct config_row *row = &t->rows[i];

		longs[i] = (struct option){ row->name, row->value == NULL ?
		    no_argument : required_argument, NULL, LONG + (int)i };
		if (row->letter == '\0')
			continue;
		shorts[n++] = row->letter;
		if (row->value != NULL)
			shorts[n++] = ':';
	}
	longs[t->count] = (struct option){ NULL, 0, NULL, 0 };
	shorts[n] = '\0';
}

/* What getopt says: a letter, or LONG and which row; anything else: NULL. */
static const struct config_row *
row_of(const struct config_table *t, int opt)
{
	if (opt >= LONG)
		return &t->rows[opt - LONG];
	for (size_t i = 0; opt > 0 && i < t->count; i++)
		if (t->rows[i].letter == opt)
			return &t->rows[i];
	return NULL;
}

/* An option of two dashes that is none, or not one alone. */
static bool
refuse_long(struct config *c, const char *word)
{
	size_t len = strcspn(word, "="), begin = 0;
	char *name = xmemdup0(word, len); /* what stands behind = is no name */

	for (size_t i = 0; i < c->table->count; i++)
		begin += strncmp(
		    c->table->rows[i].name, name + 2, len - 2) == 0;
	(void)refuse(c, begin > 1 ? CONFIG_AMBIGUOUS : CONFIG_UNKNOWN, NULL,
	    name);
	free(name);
	return false;
}

/* The word that a letter, an unknown one, begins.  optind is behind it only if
 * the letter is its last. */
static const char *
word_of(const struct config *c, int letter)
{
	const char *word = optind < c->argc ? c->argv[optind] : "";

	return word[0] == '-' && (unsigned char)word[1] == letter ? word :
	    c->argv[optind - 1];
}

/* opt: ':' or '?'.  optopt is the letter, or LONG and the row, or 0: a long
 * one that is unknown. */
static bool
refuse_option(struct config *c, int opt)
{
	const struct config_row *row = row_of(c->table, optopt);
	char letter[] = { '-', (char)optopt, '\0' }, *name;

	if (optopt == 0)
		return refuse_long(c, c->argv[optind - 1]);
	if (row == NULL)
		return refuse(c, CONFIG_UNKNOWN, NULL,
		    word_of(c, (unsigned char)optopt));
	/* Whatever stands behind it, or does not. */
	if (row->kind == CONFIG_LATER)
		return refuse(c, CONFIG_NOT_YET, row, row->name);
	name = xasprintf("--%s", row->name);
	(void)refuse(c, opt == ':' ? CONFIG_NO_VALUE : CONFIG_A_VALUE, row,
	    optopt < LONG ? letter : name);
	free(name);
	return false;
}

bool
config_arguments(struct config *c, int argc, char **argv)
{
	struct option longs[ROWS_MAX + 1];
	char shorts[2 * ROWS_MAX + 2];
	const struct config_row *row;
	int opt;

	getopt_tables(c->table, longs, shorts);
	c->argc = argc;
	c->argv = argv;
	c->file = NULL;
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (opt == ':' || opt == '?')
			return refuse_option(c, opt);
		row = row_of(c->table, opt);
		if (row->kind == CONFIG_STOP) {
			c->stop = row;
			return true;
		}
		c->given |= bit(c, row);
		if (!set(c, row, optarg))
			return false;
	}
	c->next = optind;
	return true;
}

const char *
config_argument(struct config *c)
{
	return optind < c->argc ? c->argv[optind++] : NULL;
}

/* ---- the file --------------------------------------------------------- */

static const struct config_row *
find(const struct config_table *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->rows[i].name, name) == 0)
			return &t->rows[i];
	return NULL;
}

static bool
may_repeat(const struct config_row *row)
{
	return is_list(row) || (row->flags & CONFIG_MANY) != 0;
}

static bool
take_line(struct config *c, char *line)
{
	const struct config_row *row;
	char *name, *value;

	if (strlen(line) > LINE_MAX_BYTES)
		return config_wrong(c, "the line is too long");
	if (!config_cut(line, &name, &value))
		return config_wrong(c, "not of the form name = value");
	if (name == NULL)
		return true;
	if ((row = find(c->table, name)) == NULL)
		return config_wrong(c, "unknown name '%s'", name);
	if (row->flags & CONFIG_ONLY)
		return config_wrong(c, "'%s' belongs on the command line", name);
	if (!may_repeat(row) && (c->in_file & bit(c, row)))
		return config_wrong(c, "%s stands here twice", name);
	c->in_file |= bit(c, row);
	return (c->given & bit(c, row)) || set(c, row, value);
}

bool
config_lines(struct config *c, const char *path, size_t max,
    bool (*take)(struct config *, char *line))
{
	char *text, *rest, *line, *end;
	bool ok = true;
	size_t len;
	int why;

	c->file = path;
	c->line = 0;
	text = config_slurp(path, max, &len);
	if (text == NULL) {
		why = errno;
		(void)config_wrong(c, "%s", strerror(why));
		c->file = NULL;
		errno = why;
		return false;
	}
	end = text + len;
	for (rest = config_text(text); ok && (line = rest) < end;) {
		rest = memchr(line, '\n', (size_t)(end - line));
		rest = rest == NULL ? end : rest;
		*rest = '\0';
		c->line++;
		ok = strlen(line) == (size_t)(rest - line) ? take(c, line) :
		    refuse(c, CONFIG_NUL, NULL, NULL);
		rest++;
	}
	explicit_bzero(text, len);
	free(text);
	c->file = NULL;
	errno = 0;
	return ok;
}

bool
config_file(struct config *c, const char *path)
{
	bool ok = config_lines(c, path, FILE_MAX, take_line);
	c->given |= c->in_file;
	return ok;
}

/* ---- help ------------------------------------------------------------- */

/* The text, broken at blanks, from HELP_COLUMN on; that is where it begins. */
static void
print_folded(const char *text)
{
	size_t width = HELP_WIDTH - HELP_COLUMN, n = strlen(text), fit;

	while (n > width) {
		for (fit = width; fit > 0 && text[fit] != ' ';)
			fit--;
		if (fit == 0)
			fit = strcspn(text, " ");
		printf("%.*s\n%*s", (int)fit, text, HELP_COLUMN, "");
		text += fit + (text[fit] == ' ');
		n = strlen(text);
	}
	printf("%s\n", text);
}

static void
print_row(const struct config_row *row)
{
	const char *normal = row->normal != NULL ? row->normal : row->without;
	char letter[] = { '-', row->letter, ',', ' ', '\0' };
	char left[64], range[64] = "", *text;
	const char *other = other_word(row);

	snprintf(left, sizeof left, "%s--%s%s%s",
	    row->letter ? letter : "    ", row->name, row->value ? " " : "",
	    row->value ? row->value : "");
	if (row->kind == CONFIG_NUMBER)
		snprintf(range, sizeof range, "; %lld to %lld%s%s",
		    (long long)row->least, (long long)row->most,
		    *other != '\0' ? " or " : "", other);
	text = xasprintf("%s%s%s%s%s%s", row->help, range,
	    may_repeat(row) ? "; may repeat" : "",
	    normal != NULL ? " (" : "", normal != NULL ? normal : "",
	    normal != NULL ? ")" : "");
	if (strlen(left) > HELP_COLUMN - 3)
		printf("  %s\n%*s", left, HELP_COLUMN, "");
	else
		printf("  %-*s ", HELP_COLUMN - 3, left);
	print_folded(text);
	free(text);
}

void
config_usage(const struct config_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].kind != CONFIG_LATER)
			print_row(&t->rows[i]);
}
