/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/complete.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/model.h"
#include "tui/model/groups.h"
#include "tui/input/slash.h"

enum { WORDS_MAX = 200, CHOICES_CAP = 8192 };

struct words {
	char **word;
	size_t count;
	const char *typed; /* without its '@' */
	size_t len;
	bool at; /* it has one */
	char key[WIRE_NAME_CAP]; /* of what is typed, to compare names; of a
	                          * group's, without its '#' */
	bool has_key;
};

static void
add_word(struct words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		if (strcmp(w->word[i], word) == 0)
			return;
	if (w->count < WORDS_MAX)
		w->word[w->count++] = xstrdup(word);
}

static void
add_command(struct words *w, const char *name)
{
	if (w->at)
		return;
	if (strncasecmp(name, w->typed, w->len) == 0)
		add_word(w, name);
	else if (w->len > 0 && w->typed[0] != '/' &&
	    strncasecmp(name + 1, w->typed, w->len) == 0)
		add_word(w, name + 1); /* before login */
}

/* As it is written, or as it folds. */
static bool
begins_with(const char *name, const struct words *w)
{
	char key[WIRE_NAME_CAP];

	if (strncmp(name, w->typed, w->len) == 0)
		return true;
	if (w->typed[0] == '#' && *name++ != '#')
		return false;
	return w->has_key && wire_name_key(name, strlen(name), key) &&
	    strncmp(key, w->key, strlen(w->key)) == 0;
}

static void
add_name(struct words *w, const char *name)
{
	char *called;

	if ((w->at && *name == '#') || !begins_with(name, w))
		return;
	called = xasprintf("%s%s", w->at ? "@" : "", name);
	add_word(w, called);
	free(called);
}

static void
add_names(struct words *w, struct model *m)
{
	size_t i, n = model_users(m);
	struct groups *rooms = model_rooms(m);
	struct userlist *here = model_here(m);

	for (i = 0; here != NULL && i < userlist_count(here); i++)
		add_name(w, userlist_shown(here, i)->user);
	for (i = 0; i < n && w->count < WORDS_MAX; i++)
		add_name(w, model_user(m, i)->user);
	for (i = 1; i < model_convos(m) && w->count < WORDS_MAX; i++)
		add_name(w, convo_target(model_convo(m, i)));
	if (w->typed[0] != '#')
		return;
	for (i = 0; i < groups_count(rooms) && w->count < WORDS_MAX; i++)
		add_name(w, groups_at(rooms, i)->target);
}

/* Those of the words, parted by blanks, that begin so. */
static void
add_choices(struct words *w, const char *choices)
{
	size_t n;

	for (; *choices != '\0'; choices += n) {
		choices += strspn(choices, " ");
		n = strcspn(choices, " ");
		if (n > 0 && n >= w->len &&
		    strncasecmp(choices, w->typed, w->len) == 0) {
			char *word = xmemdup0(choices, n);

			add_word(w, word);
			free(word);
		}
	}
}

/* Whom a line is for: its first word, where several read it. */
static void
add_colon(struct words *w, const struct model *m, const char *line,
    size_t start)
{
	const char *to = convo_target(model_current(m));
	char *word = w->word[0];

	if (w->count != 1 || w->at || *word == '#' ||
	    strspn(line, " ") < start || (*to != '*' && *to != '#'))
		return;
	w->word[0] = xasprintf("%s:", word);
	free(word);
}

static void
look_at(struct words *w, const char *typed)
{
	w->at = *typed == '@';
	w->typed = typed + w->at;
	w->len = strlen(w->typed);
	if (*w->typed == '#' && w->len > 1)
		w->has_key = wire_name_key(w->typed + 1, w->len - 1, w->key);
	else
		w->has_key = wire_name_key(w->typed, w->len, w->key);
}

/* Behind the next character that is no part of a name, or may be none; at the
 * end: there is none. */
static const char *
behind_sign(const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n) {
		for (n = 1; ((unsigned char)s[n] & 0xc0) == 0x80; n++)
			continue;
		if (*s == '_' || !wire_name_ok(s, n))
			return s + n;
	}
	return s;
}

/* Puts what stands before the name into all words. */
static void
add_head(struct words *w, const char *head, size_t n)
{
	for (size_t i = 0; n > 0 && i < w->count; i++) {
		char *name = w->word[i];

		w->word[i] = xasprintf("%.*s%s", (int)n, head, name);
		free(name);
	}
}

/* Of "(lin" it is "lin"; of "see:(lin" too. */
static void
add_named(struct words *w, struct model *m, const char *line, size_t start,
    const char *typed)
{
	const char *from = typed, *next;

	look_at(w, from);
	add_names(w, m);
	while (w->count == 0 && *(next = behind_sign(from)) != '\0') {
		look_at(w, from = next);
		add_names(w, m);
	}
	if (from == typed)
		add_colon(w, m, line, start);
	add_head(w, typed, (size_t)(from - typed));
}

char **
complete_words(const struct slash *slash, struct model *m, const char *line,
    size_t start, size_t point)
{
	char *typed = xmemdup0(line + start, point - start);
	const char *name = slash_start(typed);
	struct words w = { .count = 0 };
	struct buf choices;

	w.word = xcalloc(WORDS_MAX + 1, sizeof(*w.word));
	buf_init(&choices, CHOICES_CAP);
	switch (slash_word_at(slash, line, start, &choices)) {
	case SLASH_WORD_COMMAND:
		look_at(&w, name);
		for (size_t i = 0; slash_command_name(i) != NULL; i++)
			add_command(&w, slash_command_name(i));
		add_head(&w, typed, (size_t)(name - typed));
		break;
	case SLASH_WORD_CHOICE:
		look_at(&w, typed);
		add_choices(&w, buf_data(&choices));
		break;
	case SLASH_WORD_USER:
		add_named(&w, m, line, start, typed);
		break;
	case SLASH_WORD_NONE:
		break;
	}
	buf_release(&choices);
	free(typed);
	return w.word;
}
