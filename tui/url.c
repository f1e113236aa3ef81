/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/url.h"

#include "shared/buf.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistr.h>

static const char *const schemes[] = { "https://", "http://", "ftp://" };

static size_t
scheme_at(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (n > len && strncasecmp(s, schemes[i], len) == 0)
			return len;
	}
	return 0;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* Blanks and punctuation of other scripts, quotes, and the pictures that stand
 * for what is not shown. */
static bool
ends_uc(ucs4_t c)
{
	return c == 0xa0 || c == 0xab || c == 0xbb || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x206f) || (c >= 0x2400 && c <= 0x243f) ||
	    (c >= 0x3000 && c <= 0x303f) || c == 0xfeff ||
	    (c >= 0xff00 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) ||
	    (c >= 0xff5b && c <= 0xff65) || c >= 0xfff0;
}

/* Bytes of the character at s, if it can be in a link; else 0. */
static size_t
char_in(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;
	ucs4_t uc;
	int len;

	if (c < 0x80)
		return c > 0x20 && c < 0x7f && strchr("<>\"`{}|\\^", c) == NULL;
	len = u8_mbtouc(&uc, (const uint8_t *)s, n);
	return len <= 0 || ends_uc(uc) ? 0 : (size_t)len;
}

static size_t
count(const char *s, size_t n, char c)
{
	size_t i, found = 0;

	for (i = 0; i < n; i++)
		found += s[i] == c;
	return found;
}

/* A sentence's end is not the link's; nor is a bracket that was opened before
 * it. */
static size_t
trim(const char *s, size_t n)
{
	while (n > 0) {
		char c = s[n - 1];

		if (strchr(".,;:!?'*_~", c) != NULL ||
		    (c == ')' && count(s, n, ')') > count(s, n, '(')) ||
		    (c == ']' && count(s, n, ']') > count(s, n, '[')))
			n--;
		else
			break;
	}
	return n;
}

bool
url_find(const char *s, size_t n, size_t *at, size_t *len)
{
	for (size_t i = *at; i < n; i++) {
		size_t scheme, end, one;

		if ((i > 0 && is_alnum(s[i - 1])) ||
		    (scheme = scheme_at(s + i, n - i)) == 0)
			continue;
		end = i + scheme;
		while (end < n && (one = char_in(s + end, n - end)) > 0)
			end += one;
		end = i + trim(s + i, end - i);
		if (end <= i + scheme || end - i > URL_MAX)
			continue;
		*at = i;
		*len = end - i;
		return true;
	}
	return false;
}

void
url_uri(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c > 0x20 && c < 0x7f)
			buf_addc(b, s[i]);
		else
			buf_addf(b, "%%%02X", c);
	}
}

void
url_told(struct buf *b, const char *s, size_t n)
{
	size_t from = 0, at = 0, len;

	while (url_find(s, n, &at, &len)) {
		buf_add(b, s + from, at - from);
		buf_adds(b, "\033]8;;");
		url_uri(b, s + at, len);
		buf_adds(b, "\033\\");
		buf_add(b, s + at, len);
		buf_adds(b, "\033]8;;\033\\");
		from = at = at + len;
	}
	buf_add(b, s + from, n - from);
}

bool
url_terminal(const char *term)
{
	/* Their names, or how these begin.  xterm's own name is that of many
	 * which take links; xterm itself passes over them. */
	static const char *const known[] = { "xterm", "tmux", "foot",
		"alacritty", "kitty", "wezterm", "ghostty", "contour", "vte",
		"gnome", "konsole", "mintty", "iterm", "iterm2" };

	for (size_t i = 0; term != NULL && i < sizeof(known) / sizeof(*known);
	    i++) {
		size_t n = strlen(known[i]);

		if (strncasecmp(term, known[i], n) == 0 &&
		    (term[n] == '\0' || !is_alnum(term[n])))
			return true;
	}
	return false;
}
