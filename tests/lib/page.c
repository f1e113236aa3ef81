/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/xalloc.h"

enum { LINE_CAP = 1024, TEXT_CAP = 64 << 10 };

struct page {
	char **line;
	size_t lines;
};

struct page *
page_open(const char *name)
{
	struct page *p = xcalloc(1, sizeof(*p));
	char *path = xasprintf("man/%s", name), line[LINE_CAP];
	FILE *f = fopen(path, "r");

	if (f == NULL)
		fail_msg("%s cannot be read", path);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		p->line = xreallocarray(
		    p->line, p->lines + 1, sizeof(*p->line));
		p->line[p->lines++] = xstrdup(line);
	}
	fclose(f);
	free(path);
	return p;
}

void
page_close(struct page *p)
{
	while (p->lines > 0)
		free(p->line[--p->lines]);
	free(p->line);
	free(p);
}

static bool
begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static bool
is_heading(const char *line)
{
	return begins(line, ".Sh ") || begins(line, ".Ss ");
}

/* The first line below its heading. */
static size_t
part_begin(const struct page *p, const char *part)
{
	for (size_t i = 0; i < p->lines; i++)
		if (is_heading(p->line[i]) &&
		    strcmp(p->line[i] + 4, part) == 0)
			return i + 1;
	fail_msg("there is no part %s", part);
	return 0;
}

/* ---- words ------------------------------------------------------------- */

/* Macros that are not to be seen, and what is printed for them. */
static const struct {
	const char *name, *shown;
	bool glues; /* to the word behind it */
	bool literal;
} macros[] = {
	{ "Ic", "", false, false }, { "Ar", "", false, false },
	{ "Pa", "", false, false }, { "Ev", "", false, false },
	{ "Nm", "", false, false }, { "Xr", "", false, false },
	{ "Dv", "", false, false }, { "Sy", "", false, false },
	{ "No", "", false, false }, { "Sx", "", false, false },
	{ "Li", "", false, true }, { "Cm", "", false, true },
	{ "Fl", "-", true, false }, { "Sq", "", false, false },
	{ "Pq", "", false, false }, { "Ql", "", false, true },
};

static bool
is_closing(const char *word)
{
	return strlen(word) == 1 && strchr(".,;:)", *word) != NULL;
}

struct out {
	char *text;
	size_t cap;
	bool glue, literal;
};

static void
put_word(struct out *o, const char *word)
{
	size_t n = strlen(o->text);

	if (begins(word, "\\&"))
		word += 2;
	snprintf(o->text + n, o->cap - n, "%s%s",
	    n == 0 || o->glue || is_closing(word) ? "" : " ", word);
	o->glue = false;
}

/* Words of a line with its macros; "Ns" joins two. */
static void
put_words(struct out *o, const char *words, bool macro)
{
	char *copy = xstrdup(words), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL) {
		size_t i, n = sizeof(macros) / sizeof(macros[0]);

		if (*word == '\0')
			continue;
		for (i = 0; macro && i < n; i++)
			if (strcmp(macros[i].name, word) == 0)
				break;
		if (macro && strcmp(word, "Ns") == 0)
			o->glue = true;
		else if (!macro || i == n)
			put_word(o, word);
		else {
			o->literal |= macros[i].literal;
			if (*macros[i].shown != '\0')
				put_word(o, macros[i].shown);
			o->glue |= macros[i].glues;
		}
	}
	free(copy);
}

/* ---- tables ------------------------------------------------------------ */

static void
cut_row(const char *line, struct page_row *row)
{
	char *copy = xstrdup(line), *rest = copy, *end;

	*row = (struct page_row){ 0 };
	while (rest != NULL) {
		struct out o = { row->cell[row->cells], PAGE_CELL_CAP, false,
			false };

		assert_true(row->cells < PAGE_CELLS);
		if ((end = strstr(rest, " Ta ")) != NULL)
			*end = '\0';
		put_words(&o, rest, true);
		row->literal[row->cells++] = o.literal;
		rest = end != NULL ? end + 4 : NULL;
	}
	free(copy);
}

bool
page_row(const struct page *p, const char *part, size_t i,
    struct page_row *row)
{
	size_t at = part_begin(p, part);

	while (at < p->lines && !begins(p->line[at], ".Bl -column"))
		if (is_heading(p->line[at++]))
			fail_msg("there is no table in %s", part);
	for (at += 2; at < p->lines; at++) /* behind the heading's row */
		if (begins(p->line[at], ".El"))
			return false;
		else if (begins(p->line[at], ".It ") && i-- == 0) {
			cut_row(p->line[at] + 4, row);
			return true;
		}
	return false;
}

void
page_find_row(const struct page *p, const char *part, const char *first,
    struct page_row *row)
{
	for (size_t i = 0; page_row(p, part, i, row); i++)
		if (strcmp(row->cell[0], first) == 0)
			return;
	fail_msg("%s is not in the table of %s", first, part);
}

bool
page_range(const char *cell, long long *least, long long *most)
{
	return sscanf(cell, "%lld to %lld", least, most) == 2;
}

/* ---- prose ------------------------------------------------------------- */

/* All of it in one line. */
static void
prose(const struct page *p, const char *part, char text[TEXT_CAP])
{
	struct out o = { text, TEXT_CAP, false, false };
	int lists = 0;

	*text = '\0';
	for (size_t at = part_begin(p, part);
	    at < p->lines && !is_heading(p->line[at]); at++) {
		const char *line = p->line[at];

		if (begins(line, ".Bl") || begins(line, ".Bd"))
			lists++;
		else if (begins(line, ".El") || begins(line, ".Ed"))
			lists--;
		else if (lists == 0 && begins(line, ".D1 "))
			put_words(&o, line + 4, true);
		else if (lists == 0 && *line == '.' &&
		    strcmp(line, ".Pp") != 0)
			put_words(&o, line + 1, true);
		else if (lists == 0 && *line != '.')
			put_words(&o, line, false);
	}
}

char *
page_sentence(const struct page *p, const char *part, size_t i)
{
	char *text = xmalloc(TEXT_CAP), *from = text, *end, *one;

	prose(p, part, text);
	for (;;) {
		end = strstr(from, ". ");
		if (i-- == 0)
			break;
		if (end == NULL) {
			free(text);
			return NULL;
		}
		from = end + 2;
	}
	one = end != NULL ? xmemdup0(from, (size_t)(end - from) + 1) :
	    xstrdup(from);
	free(text);
	return one;
}

/* ---- examples ---------------------------------------------------------- */

char *
page_example(const struct page *p, size_t i)
{
	char *text = xmalloc(TEXT_CAP);
	size_t at, n = 0;

	for (at = 0; at < p->lines; at++)
		if (begins(p->line[at], ".Bd -literal") && i-- == 0)
			break;
	if (at == p->lines) {
		free(text);
		return NULL;
	}
	*text = '\0';
	for (at++; !begins(p->line[at], ".Ed"); at++)
		n += (size_t)snprintf(
		    text + n, TEXT_CAP - n, "%s\n", p->line[at]);
	return text;
}
