/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/keyname.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "shared/utf8.h"

enum { SHIFT = 1, ALT = 2, CTRL = 4 }; /* as xterm adds them up */

/* Keys that have a name.  letter: ESC [ letter, ESC O letter; number: ESC [
 * number ~; console: what Linux's sends. */
static const struct named {
	const char *name, *show, *other;
	char letter;
	int number;
	const char *console;
} named[] = {
	{ "up", "Up", NULL, 'A', 0, NULL },
	{ "down", "Down", NULL, 'B', 0, NULL },
	{ "right", "Right", NULL, 'C', 0, NULL },
	{ "left", "Left", NULL, 'D', 0, NULL },
	{ "home", "Home", NULL, 'H', 1, NULL },
	{ "end", "End", NULL, 'F', 4, NULL },
	{ "insert", "Insert", "ins", 0, 2, NULL },
	{ "delete", "Delete", "del", 0, 3, NULL },
	{ "pgup", "PgUp", "pageup", 0, 5, NULL },
	{ "pgdn", "PgDn", "pagedown", 0, 6, NULL },
	{ "f1", "F1", NULL, 'P', 11, "\033[[A" },
	{ "f2", "F2", NULL, 'Q', 12, "\033[[B" },
	{ "f3", "F3", NULL, 'R', 13, "\033[[C" },
	{ "f4", "F4", NULL, 'S', 14, "\033[[D" },
	{ "f5", "F5", NULL, 0, 15, "\033[[E" },
	{ "f6", "F6", NULL, 0, 17, NULL },
	{ "f7", "F7", NULL, 0, 18, NULL },
	{ "f8", "F8", NULL, 0, 19, NULL },
	{ "f9", "F9", NULL, 0, 20, NULL },
	{ "f10", "F10", NULL, 0, 21, NULL },
	{ "f11", "F11", NULL, 0, 23, NULL },
	{ "f12", "F12", NULL, 0, 24, NULL },
};

enum { NAMED = sizeof(named) / sizeof(*named) };

static const struct {
	const char *name, *show;
	int bit;
} modifiers[] = {
	{ "ctrl-", "Ctrl-", CTRL },
	{ "alt-", "Alt-", ALT },
	{ "shift-", "Shift-", SHIFT },
};

enum { MODIFIERS = sizeof(modifiers) / sizeof(*modifiers) };

/* Takes "ctrl-" and the like off, in any order. */
static int
take_modifiers(const char **text)
{
	int mod = 0;

	for (size_t i = 0; i < MODIFIERS; i++) {
		size_t n = strlen(modifiers[i].name);

		if (strncasecmp(*text, modifiers[i].name, n) != 0 ||
		    (*text)[n] == '\0')
			continue;
		mod |= modifiers[i].bit;
		*text += n;
		i = (size_t)-1; /* from the first one on again */
	}
	return mod;
}

static void
add(struct keyname *k, const char *bytes)
{
	for (size_t i = 0; i < KEYNAME_KINDS; i++) {
		if (k->bytes[i][0] != '\0')
			continue;
		snprintf(k->bytes[i], KEYNAME_BYTES, "%s", bytes);
		return;
	}
}

static void
put_name(struct keyname *k, int mod, const char *name)
{
	snprintf(k->name, sizeof(k->name), "%s%s%s%s",
	    mod & CTRL ? "ctrl-" : "", mod & ALT ? "alt-" : "",
	    mod & SHIFT ? "shift-" : "", name);
}

static void
named_bytes(struct keyname *k, int mod, const struct named *n)
{
	char b[KEYNAME_BYTES];

	if (n->letter != 0 && mod == 0) {
		snprintf(b, sizeof(b), "\033O%c", n->letter);
		add(k, b);
		snprintf(b, sizeof(b), "\033[%c", n->letter);
		add(k, b);
	} else if (n->letter != 0) {
		snprintf(b, sizeof(b), "\033[1;%d%c", 1 + mod, n->letter);
		add(k, b);
	}
	if (n->number != 0 && mod == 0)
		snprintf(b, sizeof(b), "\033[%d~", n->number);
	else if (n->number != 0)
		snprintf(b, sizeof(b), "\033[%d;%d~", n->number, 1 + mod);
	if (n->number != 0)
		add(k, b);
	if (n->console != NULL && mod == 0)
		add(k, n->console);
}

static bool
parse_enter(struct keyname *k, int mod)
{
	char b[KEYNAME_BYTES];

	if (mod == 0)
		return false;
	put_name(k, mod, "enter");
	if (mod == ALT) {
		add(k, "\033\r");
		add(k, "\033\n");
	}
	snprintf(b, sizeof(b), "\033[13;%du", 1 + mod);
	add(k, b);
	snprintf(b, sizeof(b), "\033[27;%d;13~", 1 + mod);
	add(k, b);
	return true;
}

/* Ctrl-A ... Ctrl-Z, with Alt or not.  Ctrl-I and Ctrl-M are Tab and Enter. */
static bool
parse_control(struct keyname *k, int mod, char c)
{
	char b[3] = "", name[2] = "";

	c = (char)tolower((unsigned char)c);
	if (c < 'a' || c > 'z' || (mod & SHIFT) != 0)
		return false;
	if ((mod & ALT) == 0 && (c == 'i' || c == 'm'))
		return false;
	name[0] = c;
	put_name(k, mod, name);
	if (mod & ALT)
		b[0] = '\033';
	b[strlen(b)] = (char)(c & 0x1f);
	add(k, b);
	return true;
}

/* Alt and one character.  ESC [ and ESC O are heads of others. */
static bool
parse_alt(struct keyname *k, const char *c)
{
	char b[KEYNAME_BYTES];

	if (*c == '[' || *c == 'O' || (unsigned char)*c <= ' ')
		return false;
	put_name(k, ALT, c);
	snprintf(b, sizeof(b), "\033%s", c);
	add(k, b);
	return true;
}

static bool
one_character(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 4 && utf8_valid(s, n) &&
	    (n == 1 || ((unsigned char)*s >= 0xc0 &&
	    utf8_cluster(s, n) == n && !utf8_valid(s, n - 1)));
}

bool
keyname_parse(struct keyname *k, const char *text)
{
	int mod = take_modifiers(&text);

	memset(k, 0, sizeof(*k));
	if (one_character(text)) {
		if (mod & CTRL)
			return text[1] == '\0' &&
			    parse_control(k, mod, *text);
		return mod == ALT && parse_alt(k, text);
	}
	if (strcasecmp(text, "enter") == 0)
		return parse_enter(k, mod);
	for (size_t i = 0; i < NAMED; i++) {
		if (strcasecmp(text, named[i].name) != 0 &&
		    (named[i].other == NULL ||
		    strcasecmp(text, named[i].other) != 0))
			continue;
		put_name(k, mod, named[i].name);
		named_bytes(k, mod, &named[i]);
		return true;
	}
	return false;
}

void
keyname_show(const char *name, char out[KEYNAME_CAP])
{
	int mod = take_modifiers(&name);
	const char *show = name;
	char letter[2] = "";

	for (size_t i = 0; i < NAMED; i++)
		if (strcmp(name, named[i].name) == 0)
			show = named[i].show;
	if (strcmp(name, "enter") == 0)
		show = "Enter";
	if (name[0] != '\0' && name[1] == '\0') {
		letter[0] = (char)toupper((unsigned char)name[0]);
		show = letter;
	}
	snprintf(out, KEYNAME_CAP, "%s%s%s%s", mod & CTRL ? "Ctrl-" : "",
	    mod & ALT ? "Alt-" : "", mod & SHIFT ? "Shift-" : "", show);
}
