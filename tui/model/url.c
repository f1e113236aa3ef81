/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/url.h"

#include "shared/buf.h"
#include "shared/utf8.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unictype.h>
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

static bool
is_of(ucs4_t c, uint32_t categories)
{
	return uc_is_general_category_withtable(c, categories);
}

/*
 * Blanks, what cannot be seen, brackets and quotes of other scripts and the
 * punctuation of those that have no blanks to end a link with; and the pictures
 * that stand for what is not shown.  Of the others any may be in a link
 * (RFC 3987), but for its end.
 */
static bool
ends_uc(ucs4_t c)
{
	if (c == 0x2019) /* an apostrophe */
		return false;
	if ((c >= 0x2400 && c <= 0x243f) || (c >= 0xfff0 && c <= 0xffff) ||
	    is_of(c, UC_CATEGORY_MASK_Z | UC_CATEGORY_MASK_Cc |
	    UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Ps | UC_CATEGORY_MASK_Pe |
	    UC_CATEGORY_MASK_Pi | UC_CATEGORY_MASK_Pf))
		return true;
	return ((c >= 0x3000 && c <= 0x303f) || (c >= 0xff00 && c <= 0xff64)) &&
	    is_of(c, UC_CATEGORY_MASK_Po);
}

/* Bytes of the character at s, with what joins it, if it can be in a link;
 * else 0. */
static size_t
char_in(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;
	ucs4_t uc;

	if (c < 0x80 && (c <= 0x20 || c == 0x7f ||
	    strchr("<>\"`{}|\\^", c) != NULL))
		return 0;
	if (c >= 0x80 && (u8_mbtouc(&uc, (const uint8_t *)s, n) <= 0 ||
	    ends_uc(uc)))
		return 0;
	return utf8_cluster(s, n);
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
static bool
is_after(const char *s, size_t n, ucs4_t last)
{
	if (last == ')')
		return count(s, n, ')') > count(s, n, '(');
	if (last == ']')
		return count(s, n, ']') > count(s, n, '[');
	if (last < 0x80)
		return strchr(".,;:!?'*_~", (int)last) != NULL;
	return is_of(last, UC_CATEGORY_MASK_P);
}

static size_t
trim(const char *s, size_t n)
{
	const uint8_t *start = (const uint8_t *)s, *before;
	ucs4_t last;

	while (n > 0 && (before = u8_prev(&last, start + n, start)) != NULL &&
	    is_after(s, n, last))
		n = (size_t)(before - start);
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

/* Three bytes as four letters (RFC 4648); n: how many there are of them. */
static void
add_base64(struct buf *b, const unsigned char *s, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = (unsigned)s[0] << 16;

	if (n > 1)
		bits |= (unsigned)s[1] << 8;
	if (n > 2)
		bits |= s[2];
	buf_addc(b, letters[bits >> 18]);
	buf_addc(b, letters[bits >> 12 & 63]);
	buf_addc(b, n > 1 ? letters[bits >> 6 & 63] : '=');
	buf_addc(b, n > 2 ? letters[bits & 63] : '=');
}

void
url_copy(struct buf *b, const char *s, size_t n)
{
	buf_adds(b, "\033]52;c;");
	for (size_t i = 0; i < n; i += 3)
		add_base64(b, (const unsigned char *)s + i,
		    n - i < 3 ? n - i : 3);
	buf_adds(b, "\033\\");
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
