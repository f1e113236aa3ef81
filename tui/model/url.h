/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links in texts: found, and told to terminals that know them as such (OSC 8).
 * Knows no screen.  What other people wrote is no sequence of ours: only a
 * link of a known scheme is told, made of printable ASCII.
 */
#ifndef TUI_MODEL_URL_H
#define TUI_MODEL_URL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum { URL_MAX = 2000 }; /* bytes; a longer one is none */

/* The next one at or behind *at in the clean text (utf8_clean): s[*at .. +len).
 * Punctuation and brackets around it are not of it. */
bool url_find(const char *s, size_t n, size_t *at, size_t *len);

/* It as a URI: what is not ASCII in percents (RFC 3986, 2.1). */
void url_uri(struct buf *, const char *s, size_t n);

/* s[0 .. n) with each of its links told to the terminal. */
void url_told(struct buf *, const char *s, size_t n);

/* The sequence that asks the terminal to take s onto its clipboard (OSC 52). */
void url_copy(struct buf *, const char *s, size_t n);

/* Whether a terminal of that name (TERM, may be NULL) takes them, or is known
 * to pass over what it does not take. */
bool url_terminal(const char *term);

#endif
