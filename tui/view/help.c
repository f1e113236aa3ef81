/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/actions.h"
#include "tui/input/keymap.h"
#include "tui/term/keyname.h"
#include "tui/view/paint.h"
#include "tui/input/settings.h"
#include "tui/input/slash.h"
#include "tui/text.h"
#include "tui/model/wrap.h"

enum {
	COLUMN = 58,   /* columns that one of several is wide at least */
	HEAD = 23,     /* of them, for what is told of */
	NARROW = 50,   /* below this the text stands under its head */
	INDENT = 2,
	GAP = 2,
	TEXT_CAP = 1024
};

struct help {
	const struct settings *settings;
	bool shown;
	int page, pages;
};

/* A row of a column. */
struct row {
	enum paint paint;
	char *head, *text; /* NULL: none */
};

struct rows {
	int width;
	struct row *row;
	size_t count;
};

struct help *
help_new(const struct settings *settings)
{
	struct help *h = xcalloc(1, sizeof(*h));

	h->settings = settings;
	return h;
}

void
help_free(struct help *h)
{
	free(h);
}

void
help_show(struct help *h, bool on)
{
	h->shown = on;
	h->page = 0;
}

bool
help_shown(const struct help *h)
{
	return h->shown;
}

void
help_turn(struct help *h, int pages)
{
	h->page += pages;
	if (h->page >= h->pages)
		h->page = h->pages - 1;
	if (h->page < 0)
		h->page = 0;
}

/* ---- what there is to say ---------------------------------------------- */

/* Takes the strings. */
static void
add_row(struct rows *r, enum paint paint, char *head, char *text)
{
	r->row = xreallocarray(r->row, r->count + 1, sizeof(*r->row));
	r->row[r->count++] = (struct row){ paint, head, text };
}

/* A head with no text beside it, on as many rows as it takes. */
static void
add_head(struct rows *r, enum paint paint, const char *head)
{
	int indent = r->width > 4 * INDENT ? 2 * INDENT : 0;
	struct wrap w;

	wrap_init(&w);
	wrap_text(&w, head, strlen(head), r->width, r->width - indent);
	for (size_t i = 0; i < w.count; i++)
		add_row(r, paint, xasprintf("%*s%.*s", i == 0 ? 0 : indent, "",
		    (int)w.line[i].len, head + w.line[i].start), NULL);
	wrap_release(&w);
}

static void
add_title(struct rows *r, const char *title)
{
	if (r->count > 0)
		add_row(r, PAINT_TEXT, NULL, NULL);
	add_head(r, PAINT_BOLD, title);
}

/* The text beside its head, or under it. */
static void
add(struct rows *r, const char *head, const char *text)
{
	bool beside = r->width >= NARROW &&
	    utf8_width(head, strlen(head)) < HEAD;
	int indent = r->width >= NARROW ? HEAD : INDENT;
	struct wrap w;

	wrap_init(&w);
	wrap_text(&w, text, strlen(text), r->width - indent,
	    r->width - indent);
	if (!beside)
		add_head(r, PAINT_TEXT, head);
	for (size_t i = 0; i < w.count; i++)
		add_row(r, PAINT_TEXT,
		    i == 0 && beside ? xstrdup(head) : NULL,
		    xmemdup0(text + w.line[i].start, w.line[i].len));
	wrap_release(&w);
}

static void
add_commands(struct rows *r, bool groups)
{
	struct slash_help c;
	struct buf head, text;

	buf_init(&head, TEXT_CAP);
	buf_init(&text, TEXT_CAP);
	for (size_t i = 0; slash_help(i, &c); i++) {
		if (c.group != groups)
			continue;
		buf_clear(&head);
		buf_clear(&text);
		buf_addf(&head, "%s %s", c.name, c.usage);
		buf_adds(&text, c.help);
		slash_also(c.name, &text);
		add(r, buf_data(&head), buf_data(&text));
	}
	buf_release(&head);
	buf_release(&text);
}

static void
add_actions(struct rows *r, const struct help *h)
{
	const struct action *a;
	struct buf keys, text;

	buf_init(&keys, TEXT_CAP);
	buf_init(&text, TEXT_CAP);
	for (size_t i = 0; (a = actions_at(i)) != NULL; i++) {
		if (a->help == NULL)
			continue;
		buf_clear(&keys);
		keymap_keys(h->settings, a, &keys);
		if (keys.len == 0)
			buf_adds(&keys, _("(no key)"));
		buf_clear(&text);
		buf_addf(&text, "%s (%s)", _(a->help), a->name);
		add(r, buf_data(&keys), buf_data(&text));
	}
	buf_release(&keys);
	buf_release(&text);
}

static void
add_settings(struct rows *r, const struct help *h)
{
	struct setting_row row;
	struct buf head;

	buf_init(&head, SETTINGS_VALUE_MAX + TEXT_CAP);
	for (size_t i = 0; settings_row(h->settings, i, &row); i++) {
		buf_clear(&head);
		buf_addf(&head, "%s %s", row.name,
		    row.choices != NULL ? row.choices : _("TEXT"));
		add(r, buf_data(&head), row.help);
	}
	buf_release(&head);
	/* TRANSLATORS: "bind." and "none" stay; so do the names of keys. */
	add(r, _("bind.KEY ACTION"),
	    _("what a key does: a word in brackets from above, or none; KEY is "
	    "such as alt-x, ctrl-x, f5, shift-pgup"));
}

/* Keys that are no actions: as far as they were given to none. */
static void
add_line_keys(struct rows *r, const struct settings *s)
{
	static const struct {
		const char *key, *show;
	} older[] = { { "up", "Up" }, { "down", "Down" },
		{ "ctrl-r", "Ctrl-R" } };
	struct buf keys;

	/* TRANSLATORS: what the key End does */
	if (keymap_free(s, "end"))
		add(r, "End", _("the same from further up; else the end of the "
		    "line"));
	/* TRANSLATORS: what the key Tab does */
	add(r, "Tab", _("completes commands, names and #groups"));
	buf_init(&keys, TEXT_CAP);
	for (size_t i = 0; i < sizeof(older) / sizeof(*older); i++)
		if (keymap_free(s, older[i].key))
			buf_addf(&keys, "%s%s", keys.len > 0 ? " " : "",
			    older[i].show);
	if (keys.len > 0)
		/* TRANSLATORS: what Up, Down and Ctrl-R bring */
		add(r, buf_data(&keys), _("lines typed before"));
	buf_release(&keys);
	if (keymap_free(s, "ctrl-d"))
		/* TRANSLATORS: what Ctrl-D does */
		add(r, "Ctrl-D", _("leaves, where nothing is typed"));
}

static void
make_rows(struct rows *r, const struct help *h, int width)
{
	*r = (struct rows){ .width = width };
	add_title(r, _("Commands"));
	/* TRANSLATORS: behind TEXT: what is typed without a slash */
	add(r, _("TEXT"), _("is said here; // begins one with /"));
	add_commands(r, false);
	add_title(r, _("Groups; #GROUP first names one, * the server"));
	add_commands(r, true);
	add(r, "~ @ !", _("before a name: owner, moderator, muted"));
	add_title(r, _("Keys"));
	add_actions(r, h);
	add_line_keys(r, h->settings);
	/* TRANSLATORS: what is in the file ~/.inputrc */
	add(r, "~/.inputrc", _("has all other keys of the line"));
	add_title(r, _("Settings: /set NAME VALUE, and /save keeps it"));
	add_settings(r, h);
}

static void
release_rows(struct rows *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->row[i].head);
		free(r->row[i].text);
	}
	free(r->row);
}

/* ---- drawing ----------------------------------------------------------- */

static void
draw_row(const struct pane *p, int at, const struct row *row)
{
	int indent = p->w >= NARROW ? HEAD : INDENT;

	if (row->head != NULL)
		paint(p, at, 0,
		    paint_style(row->text != NULL || row->paint == PAINT_BOLD ?
		        PAINT_BOLD : row->paint), row->head);
	if (row->text != NULL)
		paint(p, at, indent, paint_style(row->paint), row->text);
}

/* "PgDn, PgUp": what turns pages; false: nothing does. */
static bool
turning_keys(const struct help *h, struct buf *b)
{
	char key[KEYNAME_CAP];

	if (keymap_key(h->settings, KEYS_PAGE_DOWN, key))
		text_list(b, "%s", key);
	if (keymap_key(h->settings, KEYS_PAGE_UP, key))
		text_list(b, "%s", key);
	return b->len > 0;
}

/* Without words where there is no room for them. */
static void
draw_foot(const struct help *h, const struct pane *p)
{
	char text[TEXT_CAP];
	struct buf keys;
	bool turns;

	buf_init(&keys, TEXT_CAP);
	turns = turning_keys(h, &keys);
	if (h->pages > 1 && turns)
		/* TRANSLATORS: %s are the keys that turn pages. */
		snprintf(text, sizeof(text),
		    _("Page %d of %d: %s. Esc: away."), h->page + 1,
		    h->pages, buf_data(&keys));
	else if (h->pages > 1)
		snprintf(text, sizeof(text), _("Page %d of %d. Esc: away."),
		    h->page + 1, h->pages);
	else
		snprintf(text, sizeof(text), "%s", _("Esc: away."));
	if (utf8_width(text, strlen(text)) > p->w && h->pages > 1)
		snprintf(text, sizeof(text), "%d/%d %s Esc",
		    h->page + 1, h->pages, buf_data(&keys));
	buf_release(&keys);
	paint(p, p->h - 1, 0, paint_style(PAINT_DIM), text);
}

void
help_draw(struct help *h, const struct pane *p)
{
	int columns = p->w >= 2 * COLUMN ? p->w / COLUMN : 1;
	int width = p->w / columns - (columns > 1 ? GAP : 0);
	int height = p->h > 2 ? p->h - 1 : p->h;
	size_t on_page = (size_t)columns * (size_t)height, first, i;
	struct pane in = *p;
	struct rows r;

	paint_erase(p);
	if (p->h < 1 || width < 1)
		return;
	make_rows(&r, h, width);
	h->pages = (int)((r.count + on_page - 1) / on_page);
	help_turn(h, 0);
	first = (size_t)h->page * on_page;
	in.w = width;
	in.h = height;
	for (i = first; i < r.count && i - first < on_page; i++) {
		in.x = p->x + (int)(i - first) / height * (p->w / columns);
		draw_row(&in, (int)(i - first) % height, &r.row[i]);
	}
	if (p->h > height)
		draw_foot(h, p);
	release_rows(&r);
}
