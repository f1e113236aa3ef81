/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/mask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

#define BLANKS " \t"
#define HIDDEN "***"

enum rule {
	UNKNOWN,
	OPEN,    /* holds no secret */
	TOKEN,   /* the first word is a token */
	ACCOUNT, /* a name, then a password */
	SECRET,  /* nothing but secrets */
	LINK     /* bytes follow */
};

static const struct {
	const char *verb;
	enum rule rule;
} rules[] = {
	{ "auth", ACCOUNT }, { "ban", TOKEN }, { "broadcast", TOKEN },
	{ "check", OPEN }, { "deop", TOKEN }, { "grant", TOKEN },
	{ "group", TOKEN }, { "groups", TOKEN }, { "hello", OPEN },
	{ "help", OPEN }, { "history", TOKEN }, { "inbox", TOKEN },
	{ "invite", TOKEN }, { "join", TOKEN }, { "kick", TOKEN },
	{ "leave", TOKEN }, { "link", LINK }, { "links", TOKEN },
	{ "list", TOKEN }, { "list_user", TOKEN }, { "login", ACCOUNT },
	{ "logout", TOKEN }, { "members", TOKEN }, { "mode", TOKEN },
	{ "mute", TOKEN }, { "name", TOKEN }, { "op", TOKEN },
	{ "own", TOKEN }, { "passwd", SECRET }, { "ping", OPEN },
	{ "read", TOKEN }, { "regist", ACCOUNT }, { "register", ACCOUNT },
	{ "revoke", TOKEN }, { "rules", TOKEN }, { "say", TOKEN },
	{ "search", TOKEN }, { "send", TOKEN }, { "server", OPEN },
	{ "topic", TOKEN }, { "unban", TOKEN }, { "unmute", TOKEN },
	{ "unread", TOKEN }, { "user_aktif", TOKEN }, { "users", TOKEN },
	{ "watch", TOKEN }, { "who", TOKEN },
};

static enum rule
rule_of(const char *verb, size_t n)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (strlen(rules[i].verb) == n &&
		    strncasecmp(rules[i].verb, verb, n) == 0)
			return rules[i].rule;
	return UNKNOWN;
}

/* ---- tokens, wherever they stand --------------------------------------- */

/* 8-4-4-4-12 digits of base 16, in any case. */
static bool
is_token(const char *s, size_t n)
{
	if (n < WIRE_TOKEN_LEN)
		return false;
	for (size_t i = 0; i < WIRE_TOKEN_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : s[i] == '\0' ||
		    strchr("0123456789abcdefABCDEF", s[i]) == NULL)
			return false;
	}
	return true;
}

static void
show(struct buf *b, const char *s, size_t n)
{
	size_t from = 0, i = 0;

	while (i < n) {
		if (!is_token(s + i, n - i)) {
			i++;
			continue;
		}
		buf_add(b, s + from, i - from);
		buf_adds(b, HIDDEN);
		from = i += WIRE_TOKEN_LEN;
	}
	buf_add(b, s + from, n - from);
}

/* ---- objects ----------------------------------------------------------- */

/* The length of a member's name, its colon and the quote that begins its
 * value, when s begins with those of a secret; 0: it does not. */
static size_t
secret_member(const char *s)
{
	static const char *const name[] = { "\"tokenid\"", "\"token\"",
		"\"password\"" };

	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
		size_t n = strlen(name[i]);

		if (strncasecmp(s, name[i], n) != 0)
			continue;
		n += strspn(s + n, BLANKS);
		if (s[n] != ':')
			continue;
		n++;
		n += strspn(s + n, BLANKS);
		if (s[n] == '"')
			return n + 1;
	}
	return 0;
}

static void
show_object(struct buf *b, const char *s, size_t n)
{
	size_t from = 0, i = 0, skip;

	while (i < n) {
		skip = s[i] == '"' ? secret_member(s + i) : 0;
		i += skip > 0 ? skip : 1;
		if (skip == 0)
			continue;
		show(b, s + from, i - from);
		for (from = i; i < n && s[i] != '"'; i++)
			if (s[i] == '\\' && i + 1 < n)
				i++;
		if (i > from)
			buf_adds(b, HIDDEN);
		from = i;
	}
	show(b, s + from, n - from);
}

/* ---- requests ---------------------------------------------------------- */

/* The blanks before the next word, and how long that is. */
static size_t
next_word(struct buf *b, const char **s)
{
	size_t n = strspn(*s, BLANKS);

	buf_add(b, *s, n);
	*s += n;
	return strcspn(*s, BLANKS);
}

static void
show_words(struct buf *b, const char *s, size_t words)
{
	size_t n;

	for (; words > 0 && (n = next_word(b, &s)) > 0; words--, s += n)
		show(b, s, n);
	if (words == 0 && next_word(b, &s) > 0)
		buf_adds(b, HIDDEN);
}

/* What is missing here comes as a line of its own, in plain text. */
static void
show_account(struct mask *m, struct buf *b, const char *rest)
{
	const char *name = rest + strspn(rest, BLANKS), *end;

	end = name + strcspn(name, BLANKS);
	if (*name == '\0')
		m->awaited = MASK_NAME;
	else if (end[strspn(end, BLANKS)] == '\0')
		m->awaited = MASK_PASSWORD;
	show_words(b, rest, 1);
}

/* "-" is the token of the last auth there, and none itself. */
static void
show_behind_token(struct buf *b, const char *s)
{
	size_t n = next_word(b, &s);

	if (n == 1 && *s == '-')
		buf_addc(b, '-');
	else if (n > 0)
		buf_adds(b, HIDDEN);
	show(b, s + n, strlen(s + n));
}

static void
show_params(struct mask *m, struct buf *b, const char *verb, size_t n)
{
	const char *rest = verb + n;

	show(b, verb, n);
	switch (rule_of(verb, n)) {
	case OPEN:
		show(b, rest, strlen(rest));
		break;
	case TOKEN:
		show_behind_token(b, rest);
		break;
	case ACCOUNT:
		show_account(m, b, rest);
		break;
	case LINK:
		m->kind = MASK_BYTES;
		/* FALLTHROUGH */
	case SECRET:
	case UNKNOWN:
		show_words(b, rest, 0);
		break;
	}
}

static void
show_awaited(struct mask *m, struct buf *b, const char *s)
{
	bool name = m->awaited == MASK_NAME;

	m->awaited = name ? MASK_PASSWORD : MASK_NOTHING;
	if (name && m->kind == MASK_TEXT)
		show(b, s, strlen(s));
	else
		buf_adds(b, HIDDEN);
}

static void
show_request(struct mask *m, struct buf *b, const char *s)
{
	size_t n = next_word(b, &s);

	if (*s == '{' || *s == '[') {
		show_object(b, s, strlen(s));
		return;
	}
	if (*s == '@') {
		show(b, s, n);
		s += n;
		n = next_word(b, &s);
	}
	/* Somebody takes this listener for the other one. */
	if (m->awaited != MASK_NOTHING && rule_of(s, n) == UNKNOWN) {
		show_awaited(m, b, s);
		return;
	}
	m->awaited = MASK_NOTHING;
	show_params(m, b, s, n);
}

/* ---- plain text -------------------------------------------------------- */

static void
show_text(struct mask *m, struct buf *b, const char *s)
{
	size_t n;
	enum rule rule;

	if (m->awaited != MASK_NOTHING) {
		show_awaited(m, b, s);
		return;
	}
	n = next_word(b, &s);
	rule = rule_of(s, n);
	if (rule == ACCOUNT || rule == SECRET)
		show_params(m, b, s, n);
	else
		show(b, s, strlen(s));
}

void
mask_line(struct mask *m, const char *line, size_t n, bool cut, struct buf *b)
{
	char *s;

	/* Half a token at the end has no shape. */
	if (cut && n > WIRE_TOKEN_LEN)
		n -= WIRE_TOKEN_LEN;
	if (cut && m->kind == MASK_TEXT && n >= MASK_HEAD)
		n = MASK_HEAD - 1;
	s = xmemdup0(line, n); /* as the chat, to the first NUL */
	if (m->kind == MASK_REQUESTS)
		show_request(m, b, s);
	else if (m->kind == MASK_TEXT)
		show_text(m, b, s);
	else
		show(b, s, strlen(s));
	explicit_bzero(s, n);
	free(s);
}
