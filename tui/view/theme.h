/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which colours are drawn with: for a dark screen, for a light one, and for one
 * of which nothing is known, where each must be readable on black and on white.
 * Every colour here has at least THEME_CONTRAST against the background that it
 * is for (the contrast ratio of WCAG 2.1); tests/unit/tui/theme_test.c computes
 * it.  No curses.
 *
 * Where a terminal has too few colours for that, there are none; what they say
 * is said by a sign, a word or an attribute as well.
 */
#ifndef TUI_VIEW_THEME_H
#define TUI_VIEW_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THEME_CONTRAST 4.5

enum theme {
	THEME_AUTO, /* find out, else THEME_ANY */
	THEME_DARK,
	THEME_LIGHT,
	THEME_ANY /* readable on black and on white */
};

enum theme_depth { THEME_8, THEME_16, THEME_256, THEME_DIRECT };

/* What a person is told by a colour, too. */
enum theme_look { THEME_DIM, THEME_ERROR, THEME_MARK, THEME_GOOD, THEME_LOOKS };

/* Colours of the palette, or 0xRRGGBB where THEME_DIRECT; -1: none. */
struct theme_colors {
	const int *name; /* of people */
	size_t names;    /* 0: none */
	int look[THEME_LOOKS];
};

/* "auto", "dark", "light", "any".  False: another word. */
bool theme_parse(const char *word, enum theme *);

/* Not for THEME_AUTO. */
const struct theme_colors *theme_colors(enum theme, enum theme_depth);

/*
 * What the environment tells: COLORFGBG ("15;0", rxvt's and others'), and that
 * the Linux console is dark.  Either may be NULL.
 */
enum theme theme_of_env(const char *colorfgbg, const char *term);

/*
 * What the terminal answers when it is asked for its background:
 * "ESC ] 11 ; rgb:RRRR/GGGG/BBBB", closed by BEL or ESC \.  False: it is no
 * such answer.
 */
bool theme_of_answer(const char *bytes, size_t n, enum theme *);

/* Of two colours, 0xRRGGBB: from 1 to 21. */
double theme_contrast(uint32_t a, uint32_t b);

#endif
