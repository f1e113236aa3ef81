/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/utf8.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>
#include <uniwidth.h>

#include "shared/buf.h"

enum {
	CLEAN_MARKS = 8, /* on one base */
	ZWNJ = 0x200C,
	ZWJ = 0x200D,
	EMOJI_STYLE = 0xFE0F, /* variation selector 16 */
	NEXT_LINE = 0x85, /* white space, and a control character */
	BRAILLE_BLANK = 0x2800,
	BLACK_FLAG = 0x1F3F4,
	TAG_BASE = 0xE0000,
	TAG_END = 0xE007F
};

static const uint8_t *
u8(const char *s)
{
	return (const uint8_t *)s;
}

bool
utf8_valid(const char *s, size_t n)
{
	if (n == 0)
		return true;
	return memchr(s, '\0', n) == NULL && u8_check(u8(s), n) == NULL;
}

size_t
utf8_count(const char *s, size_t n)
{
	return n == 0 ? 0 : u8_mbsnlen(u8(s), n);
}

/*
 * The code point at s and its length; for a byte that begins none, or one of
 * a form that is refused, U+FFFD and 1, with *ok false.
 */
static size_t
decode(const char *s, size_t n, ucs4_t *uc, bool *ok)
{
	int r = u8_mbtoucr(uc, u8(s), n);

	*ok = r > 0;
	if (*ok)
		return (size_t)r;
	*uc = 0xFFFD;
	return 1;
}

/* ---- clusters --------------------------------------------------------- */

static bool
is_regional(ucs4_t uc)
{
	return uc >= 0x1F1E6 && uc <= 0x1F1FF;
}

static bool
is_virama(ucs4_t uc)
{
	return uc_combining_class(uc) == UC_CCC_VR;
}

/*
 * Where the bounds of UAX #29 are more than a question of two neighbours:
 * pairs of regional indicators (GB12, GB13) and emoji that are joined (GB11).
 */
struct cluster {
	ucs4_t last;
	size_t regionals; /* all that is in it so far, when > 0 */
	enum { NO_EMOJI, EMOJI, EMOJI_JOINER } emoji;
};

static void
cluster_take(struct cluster *c, ucs4_t uc)
{
	bool extends = uc_graphemeclusterbreak_property(uc) == GBP_EXTEND;

	c->regionals = is_regional(uc) ? c->regionals + 1 : 0;
	if (uc_is_property_extended_pictographic(uc))
		c->emoji = EMOJI;
	else if (c->emoji == EMOJI && uc == ZWJ)
		c->emoji = EMOJI_JOINER;
	else if (c->emoji != EMOJI || !extends)
		c->emoji = NO_EMOJI;
	c->last = uc;
}

static bool
cluster_breaks(const struct cluster *c, ucs4_t uc)
{
	if (is_regional(uc) && c->regionals > 0)
		return c->regionals % 2 == 0;
	if (c->emoji == EMOJI_JOINER &&
	    uc_is_property_extended_pictographic(uc))
		return false;
	return uc_is_grapheme_break(c->last, uc);
}

size_t
utf8_cut(const char *s, size_t n)
{
	/* Every byte but a character's first is 10xxxxxx (RFC 3629). */
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

size_t
utf8_cluster(const char *s, size_t n)
{
	struct cluster c = { 0 };
	size_t at, len;
	ucs4_t uc;
	bool ok;

	if (n == 0)
		return 0;
	at = decode(s, n, &uc, &ok);
	/* Most of most texts. */
	if (uc < 0x80 && uc != '\r' && (n == at || (unsigned char)s[at] < 0x80))
		return at;
	cluster_take(&c, uc);
	while (at < n) {
		len = decode(s + at, n - at, &uc, &ok);
		if (cluster_breaks(&c, uc))
			break;
		cluster_take(&c, uc);
		at += len;
	}
	return at;
}

/*
 * Where libunistring 1.0, of Unicode 14, has other columns than terminals have
 * or Unicode 17: what is newer and wide, with the places that are kept for
 * emoji; hexagrams and numbers in circles, which C libraries hold to be wide;
 * marks of South India; signs of category Cf that are there to be seen.
 */
static const struct {
	ucs4_t first, last;
	int width;
} widths[] = {
	{ 0x600, 0x605, 1 },
	{ 0x6DD, 0x6DD, 1 },
	{ 0x70F, 0x70F, 1 },
	{ 0x890, 0x891, 1 },
	{ 0x8E2, 0x8E2, 1 },
	{ 0xCBF, 0xCBF, 0 },
	{ 0xCC6, 0xCC6, 0 },
	{ 0x3248, 0x324F, 2 },
	{ 0x4DC0, 0x4DFF, 2 },
	{ 0x110BD, 0x110BD, 1 },
	{ 0x110CD, 0x110CD, 1 },
	{ 0x11A07, 0x11A08, 0 },
	{ 0x11C3F, 0x11C3F, 0 },
	{ 0x16FF2, 0x16FF6, 2 },
	{ 0x187F8, 0x187FF, 2 },
	{ 0x18CFF, 0x18CFF, 2 },
	{ 0x18D09, 0x18D1E, 2 },
	{ 0x18D80, 0x18DF2, 2 },
	{ 0x1B132, 0x1B132, 2 },
	{ 0x1B155, 0x1B155, 2 },
	{ 0x1F6D8, 0x1F6DC, 2 },
	{ 0x1FA75, 0x1FA77, 2 },
	{ 0x1FA7D, 0x1FA7F, 2 },
	{ 0x1FA87, 0x1FA8F, 2 },
	{ 0x1FAAD, 0x1FAAF, 2 },
	{ 0x1FABB, 0x1FABF, 2 },
	{ 0x1FAC6, 0x1FACF, 2 },
	{ 0x1FADA, 0x1FADF, 2 },
	{ 0x1FAE8, 0x1FAEF, 2 },
	{ 0x1FAF7, 0x1FAFF, 2 },
	{ 0x20000, 0x2FFFD, 2 },
	{ 0x30000, 0x3FFFD, 2 },
};

int
utf8_char_width(uint32_t uc)
{
	size_t low = 0, high = sizeof(widths) / sizeof(widths[0]), mid;
	int w;

	if (uc >= 0x20 && uc < 0x7F)
		return 1;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (widths[mid].last < uc)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < sizeof(widths) / sizeof(widths[0]) &&
	    widths[low].first <= uc)
		return widths[low].width;
	w = uc_width(uc, "UTF-8");
	return w > 0 ? w : 0;
}

/* Emoji that are joined are as wide as one, and so is a Hangul syllable of
 * parts; what is spelled around another letter has columns of its own. */
static int
most_width(ucs4_t first, int width)
{
	return width > 1 || uc_is_property_extended_pictographic(first) ||
	    is_regional(first) ? 2 : INT_MAX;
}

int
utf8_cluster_width(const char *s, size_t n)
{
	int width = 0, most;
	size_t at;
	ucs4_t uc, last;
	bool ok;

	if (n == 0)
		return 0;
	if (n == 1 && *s >= 0x20 && *s < 0x7F) /* most of most texts */
		return 1;
	at = decode(s, n, &uc, &ok);
	width = utf8_char_width(uc);
	most = at < n ? most_width(uc, width) : 2;
	for (; at < n && width < most; width += utf8_char_width(uc)) {
		last = uc;
		at += decode(s + at, n - at, &uc, &ok);
		if (uc == EMOJI_STYLE && uc_is_property_emoji(last))
			return 2;
	}
	return width < most ? width : most;
}

/* Whether a terminal may join a letter that is written next. */
static bool
is_joiner(ucs4_t uc)
{
	return uc == ZWJ || is_virama(uc);
}

bool
utf8_joins(const char *s, size_t n)
{
	size_t at;
	ucs4_t uc;
	bool ok;

	if (n == 0)
		return false;
	at = utf8_cut(s, n - 1);
	decode(s + at, n - at, &uc, &ok);
	return is_joiner(uc);
}

size_t
utf8_joined(const char *s, size_t n, size_t most)
{
	size_t len = utf8_cluster(s, n), more;
	ucs4_t uc;
	bool ok;

	while (len < n && utf8_joins(s, len)) {
		decode(s + len, n - len, &uc, &ok);
		if (!uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_L))
			break;
		more = utf8_cluster(s + len, n - len);
		if (len + more > most)
			break;
		len += more;
	}
	return len;
}

int
utf8_width(const char *s, size_t n)
{
	size_t at = 0, len;
	int width = 0;

	while (at < n && width < INT_MAX - 2) {
		len = utf8_cluster(s + at, n - at);
		width += utf8_cluster_width(s + at, len);
		at += len;
	}
	return width;
}

static bool
is_blank(ucs4_t uc)
{
	return (uc_is_property_white_space(uc) && uc != NEXT_LINE) ||
	    uc_is_property_default_ignorable_code_point(uc) ||
	    uc == BRAILLE_BLANK;
}

bool
utf8_blank(const char *s, size_t n)
{
	size_t at = 0;
	ucs4_t uc;
	bool ok;

	while (at < n) {
		at += decode(s + at, n - at, &uc, &ok);
		if (!is_blank(uc))
			return false;
	}
	return true;
}

/* ---- what a terminal may be given ------------------------------------- */

static bool
is_mark(ucs4_t uc)
{
	return uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_M);
}

static bool
is_variation(ucs4_t uc)
{
	return uc_is_property_variation_selector(uc);
}

/* Characters that are not there to be seen.  Signs of category Cf that are
 * (the Arabic number signs and their like) are no part of it. */
static bool
is_invisible(ucs4_t uc)
{
	if (uc_is_general_category_withtable(uc,
	        UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Zl |
	            UC_CATEGORY_MASK_Zp))
		return true;
	if (uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_Cf))
		return uc_graphemeclusterbreak_property(uc) != GBP_PREPEND;
	return uc_is_property_default_ignorable_code_point(uc) ||
	    uc_is_property_not_a_character(uc);
}

/* In a script whose letters join, which joiners steer (Arabic and its like). */
static bool
is_cursive(ucs4_t uc)
{
	int type = uc_joining_type(uc);

	return type != UC_JOINING_TYPE_U && type != UC_JOINING_TYPE_T;
}

struct cleaner {
	struct buf *out;
	const char *s;
	size_t n, at;
	ucs4_t base; /* last thing written that is no mark; 0: none */
	ucs4_t last; /* last thing written as it is; 0: none */
	int marks;   /* since base */
	bool json;   /* see utf8_escape */
};

static ucs4_t
peek(const struct cleaner *c, size_t at)
{
	ucs4_t uc;
	bool ok;

	if (at >= c->n)
		return 0;
	decode(c->s + at, c->n - at, &uc, &ok);
	return ok ? uc : 0;
}

/*
 * A joiner stays between emoji, beside a virama, and behind a letter of a
 * cursive script: where RFC 5892, appendix A, has it, and a little more freely
 * for it does no harm there.
 */
static bool
joiner_wanted(const struct cleaner *c, ucs4_t uc, ucs4_t next)
{
	if (uc == ZWJ && uc_is_property_extended_pictographic(c->base) &&
	    uc_is_property_extended_pictographic(next))
		return true;
	if (c->last == ZWJ || c->last == ZWNJ)
		return false;
	return is_virama(c->last) || (c->base != 0 && is_virama(next)) ||
	    is_cursive(c->base);
}

static bool
is_region_tag(ucs4_t uc)
{
	return (uc >= TAG_BASE + '0' && uc <= TAG_BASE + '9') ||
	    (uc >= TAG_BASE + 'a' && uc <= TAG_BASE + 'z');
}

/*
 * The flag of a region is a black flag, the tags of its code (UTS #51: up to
 * 6 of them) and an end of tags.  Bytes of these tags, 0: it is none.
 */
static size_t
flag_tags(const struct cleaner *c, size_t at)
{
	size_t n = 0;

	while (n < 6 && is_region_tag(peek(c, at + 4 * n)))
		n++;
	if (n == 0 || peek(c, at + 4 * n) != TAG_END)
		return 0;
	return 4 * (n + 1);
}

static bool
put_escape(struct buf *out, ucs4_t uc)
{
	if (uc < 0x10000)
		return buf_addf(out, "\\u%04X", (unsigned)uc);
	uc -= 0x10000; /* a pair of surrogates */
	return buf_addf(out, "\\u%04X\\u%04X", 0xD800 + (unsigned)(uc >> 10),
	    0xDC00 + (unsigned)(uc & 0x3FF));
}

static bool
put_placeholder(struct cleaner *c, ucs4_t uc)
{
	c->base = c->last = 0xFFFD;
	c->marks = 0;
	if (c->json)
		return put_escape(c->out, uc);
	if (uc < 0x20 || uc == 0x7F) {
		char picture[] = "\xE2\x90\x80"; /* U+2400 */

		picture[2] = (char)(0x80 + (uc == 0x7F ? 0x21 : uc));
		return buf_add(c->out, picture, 3);
	}
	return buf_addf(c->out, "<U+%04X>", (unsigned)uc);
}

/* uc, of len bytes at c->at, as it is. */
static bool
put_plain(struct cleaner *c, ucs4_t uc, size_t len)
{
	if (is_mark(uc)) {
		if (++c->marks > CLEAN_MARKS && !c->json)
			return true;
	} else if (uc != ZWJ && uc != ZWNJ) {
		c->marks = 0;
		/* A skin tone is part of the emoji before it. */
		if (!uc_is_property_emoji_modifier(uc) || c->base == 0)
			c->base = uc;
	}
	c->last = uc;
	return buf_add(c->out, c->s + c->at, len);
}

static bool
clean_one(struct cleaner *c, ucs4_t uc, size_t *len)
{
	if (uc == BLACK_FLAG) {
		*len += flag_tags(c, c->at + *len);
		return put_plain(c, uc, *len);
	}
	if (is_variation(uc)) {
		if (c->last == 0 || is_variation(c->last))
			return put_placeholder(c, uc);
		return put_plain(c, uc, *len);
	}
	if (uc == ZWJ || uc == ZWNJ) {
		if (!joiner_wanted(c, uc, peek(c, c->at + *len)))
			return put_placeholder(c, uc);
		return put_plain(c, uc, *len);
	}
	if (is_invisible(uc))
		return put_placeholder(c, uc);
	return put_plain(c, uc, *len);
}

static bool
clean_all(struct cleaner *c)
{
	size_t len;
	ucs4_t uc;
	bool ok, put;

	for (; c->at < c->n; c->at += len) {
		len = decode(c->s + c->at, c->n - c->at, &uc, &ok);
		if (ok && uc >= 0x20 && uc < 0x7F) {
			/* Behind a quote another string begins, or ends. */
			c->base = c->last = c->json && uc == '"' ? 0 : uc;
			c->marks = 0;
			put = buf_addc(c->out, (char)uc);
		} else if (ok) {
			put = clean_one(c, uc, &len);
		} else {
			c->base = c->last = uc;
			c->marks = 0;
			put = buf_adds(c->out, "\xEF\xBF\xBD");
		}
		if (!put)
			return false;
	}
	return true;
}

bool
utf8_clean(struct buf *out, const char *s, size_t n)
{
	struct cleaner c = { .out = out, .s = s, .n = n };

	return clean_all(&c);
}

bool
utf8_escape(struct buf *out, const char *s, size_t n)
{
	struct cleaner c = { .out = out, .s = s, .n = n, .json = true };

	return clean_all(&c);
}

/* ---- ASCII alone ------------------------------------------------------- */

/* What says the same there: signs of print and of frames, no letters. */
static const struct {
	ucs4_t uc;
	const char *ascii;
} prints[] = {
	{ 0xA0, " " },
	{ 0xAB, "<<" },
	{ 0xB7, "*" },
	{ 0xBB, ">>" },
	{ 0x2010, "-" },
	{ 0x2011, "-" },
	{ 0x2012, "-" },
	{ 0x2013, "-" },
	{ 0x2014, "--" },
	{ 0x2015, "--" },
	{ 0x2018, "'" },
	{ 0x2019, "'" },
	{ 0x201A, "," },
	{ 0x201C, "\"" },
	{ 0x201D, "\"" },
	{ 0x201E, "\"" },
	{ 0x2022, "*" },
	{ 0x2026, "..." },
	{ 0x202F, " " },
	{ 0x2039, "<" },
	{ 0x203A, ">" },
	{ 0x2190, "<-" },
	{ 0x2191, "^" },
	{ 0x2192, "->" },
	{ 0x2193, "v" },
	{ 0x21B5, "^J" },
	{ 0x2212, "-" },
	{ 0x2500, "-" },
	{ 0x2502, "|" },
};

static const char *
print_of(ucs4_t uc)
{
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++)
		if (prints[i].uc == uc)
			return prints[i].ascii;
	return NULL;
}

/* The picture of a control character stands for that. */
static ucs4_t
pictured(ucs4_t uc)
{
	if (uc == 0x2421)
		return 0x7F;
	return uc >= 0x2400 && uc < 0x2420 ? uc - 0x2400 : uc;
}

bool
utf8_ascii(struct buf *out, const char *s, size_t n)
{
	size_t at, len;
	const char *print;
	ucs4_t uc;
	bool ok, put = true;

	for (at = 0; at < n && put; at += len) {
		len = decode(s + at, n - at, &uc, &ok);
		if (uc < 0x80)
			put = buf_addc(out, (char)uc);
		else if ((print = print_of(uc)) != NULL)
			put = buf_adds(out, print);
		else
			put = buf_addf(out, "<U+%04X>",
			    (unsigned)pictured(uc));
	}
	return put;
}
