/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/ignore.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/names.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FILE_MAX = IGNORE_KINDS * IGNORE_MAX * (WIRE_TARGET_CAP + 8) };

/* As it is written, and folded. */
struct name {
	char text[WIRE_TARGET_CAP], key[WIRE_TARGET_CAP];
};

struct ignore {
	struct name *name[IGNORE_KINDS];
	size_t count[IGNORE_KINDS];
	char *path; /* NULL: not kept */
};

static const char *const words[IGNORE_KINDS] = {
	[IGNORE_USER] = "user",
	[IGNORE_QUIET] = "quiet",
};

struct ignore *
ignore_new(void)
{
	return xcalloc(1, sizeof(struct ignore));
}

void
ignore_free(struct ignore *g)
{
	int kind;

	if (g == NULL)
		return;
	for (kind = 0; kind < IGNORE_KINDS; kind++)
		free(g->name[kind]);
	free(g->path);
	free(g);
}

/* ---- names ------------------------------------------------------------- */

static bool
is_ascii(const char *s)
{
	while (*s != '\0' && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

/* Asked for each message: plain names need no folding. */
static bool
find(const struct ignore *g, enum ignore_kind kind, const char *name, size_t *i)
{
	char key[WIRE_TARGET_CAP];

	if (g->count[kind] == 0)
		return false;
	for (*i = 0; *i < g->count[kind]; ++*i)
		if (strcasecmp(g->name[kind][*i].key, name) == 0)
			return true;
	if (is_ascii(name) || !names_key(name, key))
		return false;
	for (*i = 0; *i < g->count[kind]; ++*i)
		if (strcmp(g->name[kind][*i].key, key) == 0)
			return true;
	return false;
}

bool
ignore_has(const struct ignore *g, enum ignore_kind kind, const char *name)
{
	size_t i;

	return find(g, kind, name, &i);
}

static bool
is_of_kind(enum ignore_kind kind, const char *name)
{
	struct target t;

	return target_parse(&t, name, strlen(name)) == WIRE_OK &&
	    (kind == IGNORE_QUIET || t.kind == TARGET_USER);
}

static bool
add(struct ignore *g, enum ignore_kind kind, const char *name)
{
	struct name one;
	size_t i;

	if (!is_of_kind(kind, name) || !names_key(name, one.key) ||
	    strlen(name) >= sizeof(one.text) || find(g, kind, name, &i) ||
	    g->count[kind] == IGNORE_MAX)
		return false;
	snprintf(one.text, sizeof(one.text), "%s", name);
	g->name[kind] = xreallocarray(
	    g->name[kind], g->count[kind] + 1, sizeof(one));
	g->name[kind][g->count[kind]++] = one;
	return true;
}

static bool
take(struct ignore *g, enum ignore_kind kind, const char *name)
{
	size_t i;

	if (!find(g, kind, name, &i))
		return false;
	g->count[kind]--;
	memmove(g->name[kind] + i, g->name[kind] + i + 1,
	    (g->count[kind] - i) * sizeof(*g->name[kind]));
	return true;
}

size_t
ignore_count(const struct ignore *g, enum ignore_kind kind)
{
	return g->count[kind];
}

const char *
ignore_at(const struct ignore *g, enum ignore_kind kind, size_t i)
{
	return g->name[kind][i].text;
}

/* ---- the file ---------------------------------------------------------- */

static void
save(const struct ignore *g, char why[STATE_WHY_CAP])
{
	struct buf b;
	size_t i;
	int kind;

	if (g->path == NULL)
		return;
	buf_init(&b, FILE_MAX);
	for (kind = 0; kind < IGNORE_KINDS; kind++)
		for (i = 0; i < g->count[kind]; i++)
			buf_addf(&b, "%s %s\n", words[kind],
			    g->name[kind][i].text);
	(void)state_put(g->path, buf_data(&b), why);
	buf_release(&b);
}

static void
take_line(struct ignore *g, const char *line)
{
	size_t n;
	int kind;

	for (kind = 0; kind < IGNORE_KINDS; kind++) {
		n = strlen(words[kind]);
		if (strncmp(line, words[kind], n) == 0 && line[n] == ' ')
			(void)add(g, (enum ignore_kind)kind, line + n + 1);
	}
}

bool
ignore_keep(struct ignore *g, const char *path, char why[STATE_WHY_CAP])
{
	char *text = state_get(path, FILE_MAX, why), *rest = text, *line;

	if (text == NULL && *why != '\0')
		return false;
	while (text != NULL && (line = strsep(&rest, "\n")) != NULL)
		take_line(g, line);
	free(text);
	free(g->path);
	g->path = xstrdup(path);
	return true;
}

static bool
refuse(char why[STATE_WHY_CAP], const char *text)
{
	snprintf(why, STATE_WHY_CAP, "%s", text);
	return false;
}

bool
ignore_set(struct ignore *g, enum ignore_kind kind, const char *name, bool on,
    char why[STATE_WHY_CAP])
{
	*why = '\0';
	if (!is_of_kind(kind, name))
		return refuse(why, _("that is nobody's name"));
	if (on && g->count[kind] == IGNORE_MAX)
		return refuse(why, _("these are too many"));
	if (on ? !add(g, kind, name) : !take(g, kind, name))
		return refuse(why, _("it is so already"));
	save(g, why);
	return true;
}
