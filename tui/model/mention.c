/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/mention.h"

#include "shared/wire.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { SPELLING = 3 }; /* bytes of full width for one of ASCII */

static bool
is_ascii(const char *s, size_t n)
{
	while (n > 0 && (unsigned char)s[n - 1] < 0x80)
		n--;
	return n == 0;
}

/* Asked for each message: ASCII is folded without the tables of Unicode. */
static bool
fold(const char *name, char key[WIRE_NAME_CAP])
{
	size_t n = strlen(name), i;

	if (n >= WIRE_NAME_CAP || !is_ascii(name, n))
		return wire_name_key(name, n, key);
	for (i = 0; i <= n; i++)
		key[i] = (char)tolower((unsigned char)name[i]);
	return true;
}

static bool
spells(const char *s, size_t n, const char *key)
{
	char found[WIRE_NAME_CAP];

	if (is_ascii(s, n))
		return strlen(key) == n && strncasecmp(s, key, n) == 0;
	return wire_name_key(s, n, found) && strcmp(found, key) == 0;
}

/* A place in the text, and what stands around it; 0: the text ends there. */
struct at {
	const uint8_t *begin, *p, *end;
};

static ucs4_t
char_behind(const struct at *at, const uint8_t **next)
{
	ucs4_t uc = 0;

	*next = at->p;
	if (at->p < at->end)
		*next += u8_mbtouc(&uc, at->p, (size_t)(at->end - at->p));
	return uc;
}

static ucs4_t
char_before(const struct at *at, const uint8_t **start)
{
	ucs4_t uc = 0;
	const uint8_t *p = u8_prev(&uc, at->p, at->begin);

	*start = p == NULL ? at->p : p;
	return p == NULL ? 0 : uc;
}

static bool
is_letter(ucs4_t uc)
{
	if (uc < 0x80)
		return isalnum((int)uc) || uc == '_';
	return uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_L |
	    UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N);
}

/* Written without spaces: any place in it may end a word. */
static bool
is_spaceless(const uc_script_t *script)
{
	static const char *const names[] = { "Han", "Hiragana", "Katakana",
		"Thai", "Lao", "Khmer", "Myanmar" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(script->name, names[i]) == 0)
			return true;
	return false;
}

/* Digits, "_" and marks, which go with every script. */
static bool
is_common(ucs4_t uc)
{
	return uc_is_general_category_withtable(
	    uc, UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N) || uc == '_';
}

/* Whether two neighbours are of one word. */
static bool
joins(ucs4_t a, ucs4_t b)
{
	const uc_script_t *script;

	if (!is_letter(a) || !is_letter(b))
		return false;
	if ((a < 0x80 && b < 0x80) || is_common(a) || is_common(b))
		return true;
	script = uc_script(a);
	return script != NULL && script == uc_script(b) &&
	    !is_spaceless(script);
}

static bool
is_sign(ucs4_t uc)
{
	return uc == '-' || uc == '.';
}

static bool
begins_word(const struct at *at)
{
	const uint8_t *p;
	ucs4_t uc = char_behind(at, &p), before = char_before(at, &p);
	struct at sign = { at->begin, p, at->end };

	if (is_sign(before) || before == '@')
		return !is_letter(char_before(&sign, &p));
	return !joins(before, uc);
}

/* Behind '@': the name of this realm, and no more. */
static bool
is_here(const struct at *at, const char *realm)
{
	size_t n = 0, left = (size_t)(at->end - at->p);
	const char *p = (const char *)at->p;
	char key[WIRE_NAME_CAP], own[WIRE_NAME_CAP];

	while (n < left && (isalnum((unsigned char)p[n]) || p[n] == '_' ||
	    p[n] == '-' || (unsigned char)p[n] >= 0x80))
		n++;
	return wire_name_key(p, n, key) &&
	    wire_name_key(realm, strlen(realm), own) && strcmp(key, own) == 0;
}

static bool
ends_word(const struct at *at, const char *realm)
{
	const uint8_t *p, *next;
	ucs4_t last = char_before(at, &p), uc = char_behind(at, &next);
	struct at sign = { at->begin, next, at->end };

	if (uc == '@' && is_letter(char_behind(&sign, &p)))
		return is_here(&sign, realm);
	if (is_sign(uc))
		return !is_letter(char_behind(&sign, &p));
	return !joins(last, uc);
}

/* Seen without the tables: the name is ASCII, and so is another word here. */
static bool
is_another(const struct at *at, const char *key)
{
	size_t i;

	for (i = 0; key[i] != '\0'; i++) {
		if (at->p + i >= at->end || (unsigned char)key[i] >= 0x80)
			break;
		if (at->p[i] >= 0x80)
			return false;
		if (tolower(at->p[i]) != key[i])
			return is_ascii(key, strlen(key));
	}
	return key[i] != '\0' && at->p + i >= at->end &&
	    is_ascii(key, strlen(key));
}

/* The word that begins here, or a longer one of more parts, is the name. */
static bool
names_at(struct at at, const char *key, const char *realm)
{
	const uint8_t *begin = at.p;
	size_t n = 0, len = strlen(key);

	if (is_another(&at, key) || !begins_word(&at))
		return false;
	/* No spelling of it is so much longer. */
	while (n < SPELLING * len && at.p < at.end) {
		(void)char_behind(&at, &at.p);
		n = (size_t)(at.p - begin);
		if (n * SPELLING >= len && ends_word(&at, realm) &&
		    spells((const char *)begin, n, key))
			return true;
	}
	return false;
}

/* What the name can begin with: its first character, folded, and the base of
 * that one where it has an accent of its own. */
struct first {
	ucs4_t whole, base;
};

static void
first_of(const char *key, struct first *f)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];

	u8_mbtouc(&f->whole, (const uint8_t *)key, strlen(key));
	f->base = f->whole;
	if (f->whole >= 0x80 && uc_canonical_decomposition(f->whole, parts) > 0)
		f->base = parts[0];
}

static bool
may_begin(const struct first *f, ucs4_t uc)
{
	if (uc >= 0xff01 && uc <= 0xff5e)
		uc -= 0xfee0; /* full width */
	uc = uc < 0x80 ? (ucs4_t)tolower((int)uc) : uc_tolower(uc);
	return uc == f->whole || uc == f->base;
}

/* Asked for each message: most of most texts is left behind here. */
bool
mention_in(const char *text, const char *name, const char *realm)
{
	const uint8_t *s = (const uint8_t *)text;
	struct at at = { s, s, s + strlen(text) };
	char key[WIRE_NAME_CAP];
	struct first first;
	const uint8_t *next;
	ucs4_t uc;

	if (*name == '\0' || !fold(name, key))
		return false;
	first_of(key, &first);
	for (; at.p < at.end; at.p = next) {
		uc = *at.p;
		next = at.p + 1;
		if (uc >= 0x80)
			uc = char_behind(&at, &next);
		if (may_begin(&first, uc) && names_at(at, key, realm))
			return true;
	}
	return false;
}
