/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /set and /save: see settings.h. */
#include "tui/input/slash_priv.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/actions.h"
#include "tui/input/settings.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_CAP = 32 << 10, HEAD_COLS = 23 };

static const char *
value_of(const struct setting_row *row)
{
	/* TRANSLATORS: the value of a setting that has none */
	return *row->value == '\0' ? _("(none)") : row->value;
}

/* "color = yes"; how many columns it takes. */
static int
add_head(struct buf *b, const struct setting_row *row)
{
	size_t from = b->len;

	buf_addf(b, "%s = %s", row->name, value_of(row));
	return utf8_width(buf_data(b) + from, b->len - from);
}

/* Where what stands behind them begins: another language has another word for
 * none.  A text that somebody has set may be of any length: it stands out. */
static int
head_cols(const struct settings *settings)
{
	struct setting_row row;
	int cols, most = HEAD_COLS;
	struct buf b;

	buf_init(&b, LIST_CAP);
	for (size_t i = 0; settings_row(settings, i, &row); i++) {
		if (row.choices == NULL && *row.value != '\0')
			continue;
		cols = add_head(&b, &row);
		most = cols > most ? cols : most;
	}
	buf_release(&b);
	return most;
}

/* "color = yes            yes no" */
static void
add_row(struct buf *b, const struct setting_row *row, int head)
{
	int cols = add_head(b, row);

	if (row->choices == NULL && !row->later)
		return;
	if (cols < head)
		buf_addf(b, "%*s", head - cols, "");
	if (row->choices != NULL)
		buf_addf(b, " %s", row->choices);
	if (row->later)
		buf_adds(b, " *");
}

static void
show_all(const struct slash *s)
{
	size_t unsaved = settings_unsaved(s->settings);
	int head = head_cols(s->settings);
	const char *key, *action;
	struct setting_row row;
	struct buf b;

	buf_init(&b, LIST_CAP);
	/* TRANSLATORS: "default" is typed so. */
	buf_adds(&b, _("/set NAME tells of one, /set NAME VALUE changes it,\n"
	    "/set NAME default undoes that."));
	buf_addc(&b, '\n');
	for (size_t i = 0; settings_row(s->settings, i, &row); i++) {
		add_row(&b, &row, head);
		buf_addc(&b, '\n');
	}
	for (size_t i = 0; settings_binding(s->settings, i, &key, &action); i++)
		buf_addf(&b, "bind.%s = %s\n", key, action);
	/* TRANSLATORS: KEY and ACTION may be translated, "bind." not. */
	buf_adds(&b,
	    _("bind.KEY = ACTION     what a key does; /help lists it"));
	buf_addc(&b, '\n');
	buf_adds(&b, _("* counts from the next start on, after /save"));
	if (unsaved > 0) {
		buf_addc(&b, '\n');
		buf_addf(&b, ngettext("%zu changed and not saved: /save",
		    "%zu changed and not saved: /save", unsaved), unsaved);
	}
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
}

static bool
show_one(const struct slash *s, const char *name)
{
	char why[SETTINGS_WHY_CAP];
	struct setting_row row;
	struct buf b;

	if (!settings_find(s->settings, name, &row, why)) {
		slash_say(s, "%s", why);
		return false;
	}
	buf_init(&b, LIST_CAP);
	buf_addf(&b, "%s = %s: %s", row.name, value_of(&row), row.help);
	if (row.choices != NULL)
		buf_addf(&b, " (%s)", row.choices);
	if (row.later)
		buf_addf(&b, ". %s",
		    _("Counts from the next start on, after /save."));
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
	return true;
}

bool
slash_set(struct run *r)
{
	const struct slash *s = r->s;
	char why[SETTINGS_WHY_CAP];
	const char *value = r->arg[1];

	if (r->count == 0) {
		show_all(s);
		return true;
	}
	/* As it stands in the file, too. */
	if (value != NULL && *value == '=' && (value[1] == ' ' ||
	    value[1] == '\0'))
		value += 1 + strspn(value + 1, " ");
	if (value == NULL || *value == '\0')
		return show_one(s, r->arg[0]);
	if (!settings_set(s->settings, r->arg[0], value, true, why)) {
		slash_say(s, "%s", why);
		return false;
	}
	return show_one(s, strncmp(r->arg[0], "no-", 3) == 0 ?
	    r->arg[0] + 3 : r->arg[0]);
}

static void
add_keys(struct buf *choices, const char *keys)
{
	size_t n;

	for (; *keys != '\0'; keys += n + strspn(keys + n, " ")) {
		n = strcspn(keys, " ");
		buf_addf(choices, " bind.%.*s", (int)n, keys);
	}
}

/* "bind." leads to the keys, which are too many to be listed before. */
static void
add_names(const char *at, struct buf *choices)
{
	const struct action *a;
	const char *name;

	for (size_t i = 0; (name = settings_name(i)) != NULL; i++)
		buf_addf(choices, " %s", name);
	if (strncmp(at, "bind.", 5) != 0)
		buf_adds(choices, " bind.");
	else
		for (size_t i = 0; (a = actions_at(i)) != NULL; i++)
			add_keys(choices, a->keys);
}

static void
add_values(const struct slash *s, const char *name, struct buf *choices)
{
	char why[SETTINGS_WHY_CAP];
	const struct action *a;
	struct setting_row row;

	if (!settings_find(s->settings, name, &row, why))
		return;
	if (row.choices != NULL)
		buf_addf(choices, " %s", row.choices);
	else if (strncmp(name, "bind.", 5) == 0) {
		for (size_t i = 0; (a = actions_at(i)) != NULL; i++)
			buf_addf(choices, " %s", a->name);
		buf_adds(choices, " none");
	}
	buf_adds(choices, " default");
}

enum slash_word
slash_set_words(const struct slash *s, const char *rest, int before,
    const char *at, struct buf *choices)
{
	const char *name = rest + strspn(rest, slash_blanks), *sign;
	size_t n = strcspn(name, slash_blanks);
	char *copy;

	if (before == 0) {
		add_names(at, choices);
		return SLASH_WORD_CHOICE;
	}
	sign = name + n + strspn(name + n, slash_blanks);
	if (before > 2 || (before == 2 && (sign[0] != '=' ||
	    strchr(slash_blanks, sign[1]) == NULL)))
		return SLASH_WORD_NONE;
	copy = xmemdup0(name, n);
	add_values(s, copy, choices);
	free(copy);
	return SLASH_WORD_CHOICE;
}

bool
slash_save(struct run *r)
{
	struct settings *st = r->s->settings;
	char why[SETTINGS_WHY_CAP];
	size_t n = settings_unsaved(st);

	if (n == 0) {
		slash_say(r->s, _("nothing was changed since the last /save"));
		return true;
	}
	if (!settings_save(st, why)) {
		slash_say(r->s, _("not saved: %s"), why);
		return false;
	}
	/* TRANSLATORS: settings, in that file */
	slash_say(r->s, ngettext("%zu saved in %s", "%zu saved in %s", n), n,
	    settings_path(st));
	return true;
}
