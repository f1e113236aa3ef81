/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys: "@TAG" a message, as the request that says it; "!TAG" why it was
 * refused; "=TARGET" a draft, "~TARGET" that of a conversation which was closed
 * with it; "account" whose all of it is.  What is no request
 * is a JSON string, which has no line ends.
 */
#include "tui/net/drafts.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/store/account.h"
#include "tui/net/client.h"
#include "tui/model/clock.h"
#include "tui/store/journal.h"
#include "tui/model/model.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum { KEY_CAP = WIRE_TARGET_CAP + WIRE_TAG_MAX + 2 };

struct drafts {
	struct model *model;
	struct client *client;
	struct journal *keep; /* NULL: nobody's */
	char *account;
	bool loading; /* what changes now is what was kept */
};

struct drafts *
drafts_new(struct model *m, struct client *c)
{
	struct drafts *d = xcalloc(1, sizeof(*d));

	d->model = m;
	d->client = c;
	return d;
}

void
drafts_close(struct drafts *d)
{
	if (d->keep != NULL && journal_key(d->keep, 1) == NULL)
		(void)journal_drop(d->keep, "account");
	journal_close(d->keep);
	d->keep = NULL;
	free(d->account);
	d->account = NULL;
}

void
drafts_free(struct drafts *d)
{
	if (d == NULL)
		return;
	drafts_close(d);
	free(d);
}

bool
drafts_kept(const struct drafts *d)
{
	return d->keep != NULL;
}

/* ---- strings ----------------------------------------------------------- */

/* As a line; the caller frees it. */
static char *
line_of(const char *text)
{
	json_t *s = json_string_nocheck(text);
	char *line = s == NULL ? NULL : json_dumps(s, JSON_ENCODE_ANY);

	json_decref(s);
	return line;
}

static bool
put_string(struct drafts *d, const char *key, const char *text)
{
	char *line = line_of(text);
	bool ok = line != NULL && journal_put(d->keep, key, line);

	free(line);
	return ok;
}

/* The caller frees it; NULL: none. */
static char *
get_string(const char *line)
{
	json_t *s = line == NULL ? NULL :
	    json_loads(line, JSON_DECODE_ANY, NULL);
	char *text = json_is_string(s) ? xstrdup(json_string_value(s)) : NULL;

	json_decref(s);
	return text;
}

static char *
joined(const char *first, const char *second)
{
	size_t n = strlen(first), m = strlen(second);
	char *text, *line;

	if (n >= m && strcmp(first + n - m, second) == 0)
		return line_of(first);
	text = xasprintf("%s\n%s", first, second);
	line = line_of(text);
	free(text);
	return line;
}

/* Two at once typed in one conversation: the second's stands behind the
 * first's, as further lines, unless it was put there already. */
static char *
both(const char *key, const char *ours, const char *theirs)
{
	char *first = get_string(ours), *second = get_string(theirs);
	char *line = NULL;

	if ((*key == '=' || *key == '~') && first != NULL && second != NULL)
		line = joined(first, second);
	free(first);
	free(second);
	return line;
}

/* ---- putting it back --------------------------------------------------- */

static void
take_message(struct drafts *d, const char *tag, const char *line)
{
	char key[KEY_CAP], *why;

	snprintf(key, sizeof(key), "!%s", tag);
	why = get_string(journal_get(d->keep, key));
	client_take_back(d->client, line, why);
	free(why);
}

static void
take_draft(struct drafts *d, const char *target, const char *value)
{
	char *text = get_string(value);
	struct convo *c = text == NULL ? NULL : model_open(d->model, target);

	if (c != NULL && *convo_draft(c) == '\0')
		model_put_draft(d->model, c, text);
	free(text);
}

static void
take_closed(struct drafts *d, const char *target, const char *value)
{
	char *text = get_string(value);

	if (text != NULL)
		model_put_closed_draft(d->model, target, text);
	free(text);
}

/* Behind the others: one that is open as well becomes part of that one, which
 * is written at once. */
static void
take_all_closed(struct drafts *d)
{
	char key[KEY_CAP];

	for (size_t i = 0; journal_key(d->keep, i) != NULL;) {
		snprintf(key, sizeof(key), "%s", journal_key(d->keep, i));
		if (*key == '~')
			take_closed(d, key + 1, journal_value(d->keep, i));
		if (journal_get(d->keep, key) != NULL)
			i++;
	}
}

/* The name alone of one that names our own realm; false: none does. */
static bool
localise_one(struct drafts *d, const char *key, const char *value)
{
	char local[WIRE_TARGET_CAP], old[KEY_CAP], new[KEY_CAP];
	const char *there;
	char *line;
	bool ok;

	if ((*key != '=' && *key != '~') ||
	    model_local(d->model, key + 1, local) != local)
		return false;
	snprintf(old, sizeof(old), "%s", key);
	snprintf(new, sizeof(new), "%c%s", *key, local);
	there = journal_get(d->keep, new);
	line = there == NULL ? xstrdup(value) : both(new, there, value);
	ok = line != NULL && journal_put(d->keep, new, line);
	free(line);
	return ok && journal_drop(d->keep, old);
}

static void
localise_all(struct drafts *d)
{
	const char *key;

	for (size_t i = 0; (key = journal_key(d->keep, i)) != NULL;)
		if (localise_one(d, key, journal_value(d->keep, i)))
			i = 0; /* they have moved */
		else
			i++;
}

static void
take_all(struct drafts *d)
{
	const char *key;

	localise_all(d);
	d->loading = true;
	for (size_t i = 0; (key = journal_key(d->keep, i)) != NULL; i++)
		if (*key == '@')
			take_message(d, key + 1, journal_value(d->keep, i));
		else if (*key == '=')
			take_draft(d, key + 1, journal_value(d->keep, i));
	d->loading = false;
	take_all_closed(d);
	client_taken_back(d->client);
}

bool
drafts_open(struct drafts *d, const char *server, const char *user,
    char why[STATE_WHY_CAP])
{
	char *account = account_name(server, user), *path, *whose;
	bool same;

	*why = '\0';
	if (account == NULL)
		return false;
	if (d->account != NULL && strcmp(d->account, account) == 0) {
		free(account);
		return true;
	}
	drafts_close(d);
	if ((path = account_path(account, "unsent")) == NULL)
		snprintf(why, STATE_WHY_CAP, "%s", _("no home to keep it in"));
	else
		d->keep = journal_open(path, both, why);
	free(path);
	if (d->keep == NULL) {
		free(account);
		return false;
	}
	whose = get_string(journal_get(d->keep, "account"));
	same = whose == NULL || strcmp(whose, account) == 0;
	free(whose);
	if (!same) { /* two accounts of one hash: leave theirs alone */
		free(account);
		snprintf(why, STATE_WHY_CAP, "%s",
		    /* TRANSLATORS: the words that another account typed. */
		    _("another account's are there"));
		drafts_close(d);
		return false;
	}
	d->account = account;
	(void)put_string(d, "account", account);
	take_all(d);
	return true;
}

/* ---- keeping ----------------------------------------------------------- */

bool
drafts_unsent(struct drafts *d, const char *tag, const char *line,
    const char *why)
{
	char key[KEY_CAP], because[KEY_CAP];
	bool ok;

	if (d->keep == NULL || d->loading)
		return true;
	snprintf(key, sizeof(key), "@%s", tag);
	snprintf(because, sizeof(because), "!%s", tag);
	if (line != NULL)
		return journal_put(d->keep, key, line);
	if (why != NULL)
		return put_string(d, because, why);
	ok = journal_drop(d->keep, key);
	return journal_drop(d->keep, because) && ok;
}

bool
drafts_draft(struct drafts *d, const char *target, const char *text,
    bool closed)
{
	char key[KEY_CAP], other[KEY_CAP];

	if (d->keep == NULL || d->loading)
		return true;
	snprintf(key, sizeof(key), "%c%s", closed ? '~' : '=', target);
	snprintf(other, sizeof(other), "%c%s", closed ? '=' : '~', target);
	if (*text == '\0')
		return journal_drop(d->keep, key) && journal_drop(d->keep, other);
	/* This first: killed between the two it is there twice. */
	return put_string(d, key, text) && journal_drop(d->keep, other);
}

bool
drafts_secret(struct drafts *d, const char *target)
{
	char key[KEY_CAP], closed[KEY_CAP];

	if (d->keep == NULL || d->loading)
		return true;
	snprintf(key, sizeof(key), "=%s", target);
	snprintf(closed, sizeof(closed), "~%s", target);
	return journal_drop(d->keep, closed) && journal_wipe(d->keep, key);
}
