/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/slash_priv.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/client.h"
#include "tui/model/model.h"
#include "tui/model/userlist.h"
#include "tui/input/slash.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TELL_CAP = 1024 };

/* What must stand behind a word for it to be meant as the older systems do. */
enum behind {
	ALONE,
	TARGET,  /* somebody whom there is, or a place */
	GROUP,   /* a name, and "origin" or nothing */
	WORDS    /* any */
};

/*
 * The words of the older systems, and those of ours that work without a slash
 * until the login.  In any case: "Send" is what some keyboards make of it.
 */
static const struct {
	const char *word;
	enum behind behind;
	bool alone; /* or nothing at all */
} words[] = {
	{ "/auth", WORDS, true },
	{ "/exit", ALONE, true },
	{ "/group", GROUP, true },
	{ "/inbox", ALONE, true },
	{ "/list", ALONE, true },
	{ "/list-user", ALONE, true },
	{ "/list_user", ALONE, true },
	{ "/login", WORDS, true },
	{ "/logout", ALONE, true },
	{ "/msg", TARGET, false },
	{ "/passwd", WORDS, false },
	{ "/regist", WORDS, true },
	{ "/register", WORDS, true },
	{ "/send", TARGET, true },
	{ "/send-to", TARGET, true },
	{ "/user_aktif", ALONE, true },
	{ "/users", ALONE, true },
};

enum { WORDS_COUNT = sizeof(words) / sizeof(*words) };

/* As long as the users are not all known it may be anybody. */
static bool
is_target(struct model *m, const char *name)
{
	struct target t;

	if (target_parse(&t, name, strlen(name)) != WIRE_OK)
		return false;
	return t.kind != TARGET_USER || t.realm[0] != '\0' ||
	    slash_is_user(m, name) || model_find(m, name) != NULL ||
	    model_users(m) == 0 || model_users(m) >= USERLIST_MAX;
}

/* rest: what stands behind the word, without the blanks before it. */
static bool
is_meant(struct model *m, enum behind behind, const char *rest)
{
	size_t n = strcspn(rest, slash_blanks);
	const char *more = rest + n;
	char name[WIRE_TARGET_CAP];

	more += strspn(more, slash_blanks);
	switch (behind) {
	case ALONE:
		return false;
	case WORDS:
		return true;
	case GROUP:
		return *more == '\0' || (strncmp(more, "origin", 6) == 0 &&
		    more[6 + strspn(more + 6, slash_blanks)] == '\0');
	case TARGET:
		break;
	}
	if (n >= sizeof(name))
		return false;
	memcpy(name, rest, n);
	name[n] = '\0';
	return is_target(m, name);
}

/* The word with its slash; NULL: it is just text. */
static const char *
older_word(const struct slash *s, const char *line)
{
	char word[SLASH_WORD_CAP];
	const char *rest = slash_first_word(line, word);

	if (*slash_start(line) == '/')
		return NULL;
	rest += strspn(rest, slash_blanks);
	for (size_t i = 0; i < WORDS_COUNT; i++)
		if (strcasecmp(words[i].word, word) == 0)
			return (*rest == '\0' ? words[i].alone :
			    is_meant(s->model, words[i].behind, rest)) ?
			    words[i].word : NULL;
	return NULL;
}

/* ---- who logs in ------------------------------------------------------- */

bool
slash_login_words(const char *line, struct slash_login *l)
{
	static const struct {
		const char *word;
		bool registering;
	} logins[] = {
		{ "/auth", false },
		{ "/login", false },
		{ "/regist", true },
		{ "/register", true },
	};
	char word[SLASH_WORD_CAP];
	const char *rest = slash_first_word(line, word);

	for (size_t i = 0; i < sizeof(logins) / sizeof(*logins); i++) {
		if (strcasecmp(logins[i].word, word) != 0)
			continue;
		l->registering = logins[i].registering;
		l->user = rest + strspn(rest, slash_blanks);
		l->user_len = strcspn(l->user, slash_blanks);
		rest = l->user + l->user_len;
		l->password = *rest == '\0' ? NULL :
		    rest + strspn(rest, slash_blanks);
		return true;
	}
	return false;
}

bool
slash_no_name(const char *line)
{
	char word[SLASH_WORD_CAP];
	const char *rest = slash_first_word(line, word);

	if (rest[strspn(rest, slash_blanks)] != '\0')
		return false;
	for (size_t i = 0; i < WORDS_COUNT; i++)
		if (strcasecmp(words[i].word, word) == 0)
			return words[i].alone;
	return strcasecmp(word, "/help") == 0 || strcasecmp(word, "/quit") == 0;
}

/* ---- held back ---------------------------------------------------------- */

static void
tell(const struct slash_held *h, const struct slash *s, const char *word)
{
	const struct command *cmd;
	struct buf b;

	/* There a raw group line of theirs ended by it. */
	if (strcmp(word, "/exit") == 0 &&
	    *convo_target(model_current(s->model)) == '#')
		word = "/leave";
	cmd = slash_find(word);
	buf_init(&b, TELL_CAP);
	/* TRANSLATORS: a command and what it does: "/login is the command (log
	 * in)". */
	buf_addf(&b, _("not sent: %s is the command (%s)"), word, _(cmd->help));
	if ((cmd->flags & CMD_SECRET) != 0)
		buf_adds(&b, _("; a password may be in it"));
	if (!h->asks)
		buf_adds(&b, _("; /all or /msg sends it as text"));
	else if (h->typed_out)
		buf_adds(&b, _("; the same line again is sent as text"));
	else
		buf_adds(&b, _("; Enter again sends it as text"));
	slash_say(s, "%s", buf_data(&b));
	buf_release(&b);
}

void
slash_held_release(struct slash_held *h)
{
	if (h->line != NULL)
		explicit_bzero(h->line, strlen(h->line));
	free(h->line);
	h->line = NULL;
}

bool
slash_hold(struct slash_held *h, const struct slash *s, const char *line)
{
	uint64_t here = convo_serial(model_current(s->model));
	const char *word =
	    client_hopeful(s->client) ? older_word(s, line) : NULL;
	bool again = h->line != NULL && h->convo == here &&
	    strcmp(h->line, line) == 0;

	slash_held_release(h);
	if (word == NULL || again)
		return false;
	tell(h, s, word);
	if (h->asks) {
		h->line = xstrdup(line);
		h->convo = here;
	}
	return true;
}
