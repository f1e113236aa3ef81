/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8 as this project needs it: is it valid, how wide is it, and what may a
 * terminal be given of it.  A thin layer over GNU libunistring.
 */
#ifndef SHARED_UTF8_H
#define SHARED_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.  A NUL
 * byte is refused too: no text of ours holds one. */
bool utf8_valid(const char *s, size_t n);

/* Code points, not bytes.  s is valid. */
size_t utf8_count(const char *s, size_t n);

/* The most bytes, at most n, that s can be cut to without cutting a character
 * in two.  s is valid and longer than n. */
size_t utf8_cut(const char *s, size_t n);

/* The length in bytes, at most n, of the leading grapheme cluster (UAX #29);
 * 0 when n is 0.  s is valid. */
size_t utf8_cluster(const char *s, size_t n);

/*
 * Columns that a terminal gives the cluster.  A cluster with an emoji
 * presentation, of emoji or of two regional indicators is 2 wide (UAX #11,
 * #29); one in which vowels have columns of their own may be wider.
 */
int utf8_cluster_width(const char *s, size_t n);

/* Of a character alone: 0, 1 or 2.  It is no control character. */
int utf8_char_width(uint32_t);

/* Whether s ends in what a terminal may join the next letter with: a joiner, or
 * a virama, which makes a conjunct of two consonants. */
bool utf8_joins(const char *s, size_t n);

/* The length of the leading cluster and of those behind it that a terminal may
 * join with it; no more than most bytes, if the first alone is not longer. */
size_t utf8_joined(const char *s, size_t n, size_t most);

/* Columns of a whole text that holds no control characters. */
int utf8_width(const char *s, size_t n);

/*
 * True when nothing of s could be seen: it holds nothing but white space, line
 * ends and characters that are not there to be seen (zero-width spaces and
 * joiners, bidirectional controls, fillers, a braille cell without dots).
 * Other control characters are seen, as what utf8_clean makes of them (U+0085,
 * though it is white space, too), and so are invalid bytes.
 */
bool utf8_blank(const char *s, size_t n);

/*
 * Appends to out what a terminal may be shown of s: each control character
 * (C0, DEL, C1), bidirectional control and other invisible format character
 * as a visible placeholder; what is needed inside clusters (joiners between
 * emoji or in scripts that use them, variation selectors) stays.  C0 and DEL
 * become their pictures U+2400..U+2421; the others <U+XXXX>.  Line ends too:
 * one line in gives one line out.  Invalid bytes become U+FFFD one by one.
 * More than 8 combining marks on one base are cut (they overdraw other lines).
 * False when out is full.
 */
bool utf8_clean(struct buf *out, const char *s, size_t n);

/*
 * Appends s to out for a terminal that has ASCII alone: signs of print and of
 * frames as what says the same there, all else by its number, "<U+00E9>", so
 * that two texts which differ do not look the same.  s is valid, and clean if
 * somebody else wrote it.  False when out is full.
 */
bool utf8_ascii(struct buf *out, const char *s, size_t n);

/*
 * As utf8_clean, for JSON: what that would not show as it is becomes an escape
 * of JSON's, "\u202E", so that s, JSON on one line, still says the same.  False
 * when out is full.
 */
bool utf8_escape(struct buf *out, const char *s, size_t n);

#endif
