/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/mixed.h"

#include <string.h>

#include <jansson.h>

static const char frame_end[] = "\r\n\r\n";
static const char leave_word[] = "exit";

enum { END_LEN = sizeof frame_end - 1, LEAVE_LEN = sizeof leave_word - 1 };

enum looks { NOT, MAYBE, YES };

/*
 * From the '{' at p: where the object ends, by its strings and brackets alone.
 * Each byte is looked at once, and one that no object of theirs holds ends the
 * look, so that a stranger's text costs little.
 */
static enum looks
object_length(const char *p, size_t n, size_t *len)
{
	bool string = false;
	int depth = 0;
	size_t i;

	for (i = 0; i < n && i < MIXED_FRAME_MAX; i++) {
		if (string) {
			if ((unsigned char)p[i] < ' ')
				return NOT;
			if (p[i] == '\\')
				i++;
			else if (p[i] == '"')
				string = false;
			continue;
		}
		if (p[i] == '"')
			string = true;
		else if (p[i] == '{' || p[i] == '[') {
			if (++depth > MIXED_DEPTH_MAX)
				return NOT;
		} else if (p[i] == '}' || p[i] == ']') {
			if (--depth == 0) {
				*len = i + 1;
				return YES;
			}
		} else if (p[i] == '\0' ||
		    strchr(" \t\r\n,:.+-0123456789aeflnrstuE", p[i]) == NULL)
			return NOT;
	}
	return n < MIXED_FRAME_MAX ? MAYBE : NOT;
}

static enum looks
status_of(const char *p, size_t n, bool *ok)
{
	json_t *o = json_loadb(p, n, 0, NULL);
	const char *s = json_string_value(json_object_get(o, "status"));
	bool found = s != NULL;

	*ok = found && strcmp(s, "OK") == 0;
	json_decref(o);
	return found ? YES : NOT;
}

/* A member must follow: few texts with a brace go on like that. */
static bool
begins_object(const char *p, size_t n)
{
	size_t i = 1;

	while (i < n && p[i] != '\0' && strchr(" \t\r\n", p[i]) != NULL)
		i++;
	return i == n || p[i] == '"';
}

/* Does a reply begin at p?  *len: of it, with its end. */
static enum looks
look(const char *p, size_t n, size_t *len, bool *ok)
{
	enum looks looks;
	size_t left;

	if (!begins_object(p, n))
		return NOT;
	looks = object_length(p, n, len);
	if (looks != YES)
		return looks;
	left = n - *len < END_LEN ? n - *len : END_LEN;
	if (memcmp(p + *len, frame_end, left) != 0)
		return NOT;
	if (status_of(p, *len, ok) == NOT)
		return NOT;
	*len += END_LEN;
	return left == END_LEN ? YES : MAYBE;
}

/* How much of the end of p may be the beginning of the word. */
static size_t
begun_word(const char *p, size_t n)
{
	size_t k = n < LEAVE_LEN ? n : LEAVE_LEN;

	while (k > 0 && memcmp(p + n - k, leave_word, k) != 0)
		k--;
	return k;
}

/* Bytes at the end of p that are a character's beginning, no more. */
static size_t
begun_character(const char *p, size_t n)
{
	size_t k, want;

	for (k = 1; k <= 3 && k <= n; k++) {
		unsigned char c = (unsigned char)p[n - k];

		if ((c & 0xc0) == 0x80)
			continue;
		want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		return want > k ? k : 0;
	}
	return 0;
}

static size_t
before_word(const char *p, size_t n)
{
	if (n >= LEAVE_LEN &&
	    memcmp(p + n - LEAVE_LEN, leave_word, LEAVE_LEN) == 0)
		return n - LEAVE_LEN;
	return n;
}

void
mixed_cut(struct mixed *m, const char *p, size_t n, bool leaving)
{
	const char *at = p;
	size_t len, k;
	bool ok;

	m->kind = MIXED_TEXT;
	while ((at = memchr(at, '{', n - (size_t)(at - p))) != NULL) {
		k = (size_t)(at - p);
		switch (look(at, n - k, &len, &ok)) {
		case YES:
			m->kind = ok ? MIXED_OK : MIXED_OTHER;
			m->text = before_word(p, k);
			m->whole = k + len;
			return;
		case MAYBE:
			m->text = m->whole = before_word(p, k);
			return;
		case NOT:
			at++;
			break;
		}
	}
	k = leaving || n == LEAVE_LEN ? begun_word(p, n) : 0;
	if (!leaving && k < n)
		k = 0;
	if (k == 0)
		k = begun_character(p, n);
	m->text = m->whole = n - k;
}
