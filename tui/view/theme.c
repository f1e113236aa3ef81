/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAMES(a) .name = (a), .names = COUNT(a)

/* The eight that xterm and the Linux console agree on to be bright, and dark,
 * enough. */
static const int dark_8[] = { 2, 6, 7 };
static const int light_8[] = { 1, 4, 5 };
static const int dark_16[] = { 2, 6, 9, 10, 11, 13, 14 };
static const int light_16[] = { 1, 4, 5 };

static const int dark_256[] = { 203, 209, 178, 143, 112, 71, 78, 43, 74, 39,
	105, 141, 177, 207, 206, 211 };
static const int light_256[] = { 160, 88, 94, 58, 22, 23, 24, 26, 21, 57, 93,
	91, 128, 127, 125, 89 };
/* More of the 240 there are not. */
static const int any_256[] = { 29, 63, 98, 131, 163 };

/* Sixteen hues of one luminance each: 0.42, 0.09, 0.179. */
static const int dark_direct[] = { 0xf09595, 0xea9b6c, 0xd5a81e, 0xa4b71a,
	0x6fc21c, 0x32c81d, 0x1dc847, 0x1cc586, 0x1cc1c1, 0x63b7e9, 0x95abf0,
	0xaea5f2, 0xc69cf1, 0xe38fef, 0xef8cd6, 0xef91b5 };
static const int light_direct[] = { 0xa71818, 0x893f14, 0x68520f, 0x50590d,
	0x365f0e, 0x19620e, 0x0e6223, 0x0e6041, 0x0e5f5f, 0x135984, 0x1d48c8,
	0x4730e1, 0x741dcc, 0x8f17a0, 0x9b167a, 0xa3174c };
static const int any_direct[] = { 0xe12b2b, 0xbd581b, 0x907215, 0x6f7c12,
	0x4b8413, 0x228813, 0x138830, 0x13855b, 0x138383, 0x1a7cb6, 0x466de5,
	0x7161e8, 0x9a4ee6, 0xc51fdc, 0xd51ea8, 0xdf2269 };

/* Dim, error, mark, good. */
static const struct theme_colors colors[][THEME_DIRECT + 1] = {
	[THEME_DARK] = {
		[THEME_8] = { NAMES(dark_8), { -1, -1, -1, 2 } },
		[THEME_16] = { NAMES(dark_16), { -1, 9, 11, 10 } },
		[THEME_256] = { NAMES(dark_256), { 246, 203, 221, 78 } },
		[THEME_DIRECT] = { NAMES(dark_direct),
		    { 0x949494, 0xff6b6b, 0xffd75f, 0x5fd787 } },
	},
	[THEME_LIGHT] = {
		[THEME_8] = { NAMES(light_8), { -1, 1, 5, -1 } },
		[THEME_16] = { NAMES(light_16), { -1, 1, 5, -1 } },
		[THEME_256] = { NAMES(light_256), { 241, 160, 94, 22 } },
		[THEME_DIRECT] = { NAMES(light_direct),
		    { 0x626262, 0xc00000, 0x875f00, 0x005f00 } },
	},
	[THEME_ANY] = {
		[THEME_8] = { .names = 0, .look = { -1, -1, -1, -1 } },
		[THEME_16] = { .names = 0, .look = { -1, -1, -1, -1 } },
		[THEME_256] = { NAMES(any_256), { 243, 131, 163, 29 } },
		[THEME_DIRECT] = { NAMES(any_direct),
		    { 0x767676, 0xe12b2b, 0x907215, 0x228813 } },
	},
};

bool
theme_parse(const char *word, enum theme *theme)
{
	static const char *const words[] = {
		[THEME_AUTO] = "auto",
		[THEME_DARK] = "dark",
		[THEME_LIGHT] = "light",
		[THEME_ANY] = "any",
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (strcmp(words[i], word) == 0) {
			*theme = (enum theme)i;
			return true;
		}
	return false;
}

const struct theme_colors *
theme_colors(enum theme theme, enum theme_depth depth)
{
	return &colors[theme == THEME_AUTO ? THEME_ANY : theme][depth];
}

/* ---- contrast ---------------------------------------------------------- */

/*
 * One part of sRGB made linear: ((c + 0.055) / 1.055) ^ 2.4.  A power of 12/5
 * is the square times the fifth root of the square, which is found by Newton's
 * way: so no library of mathematics is needed.
 */
static double
linear(uint32_t part)
{
	double c = part / 255.0, x, root = 1, square;
	int i;

	if (c <= 0.04045)
		return c / 12.92;
	x = (c + 0.055) / 1.055;
	square = x * x;
	for (i = 0; i < 40; i++)
		root = (4 * root + square / (root * root * root * root)) / 5;
	return square * root;
}

static double
luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb >> 16 & 0xff) +
	    0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
}

double
theme_contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* ---- dark or light? ---------------------------------------------------- */

enum theme
theme_of_env(const char *colorfgbg, const char *term)
{
	const char *back =
	    colorfgbg == NULL ? NULL : strrchr(colorfgbg, ';');
	char *end;
	long color;

	if (back != NULL) {
		color = strtol(back + 1, &end, 10);
		if (end != back + 1 && *end == '\0' && color >= 0 && color < 16)
			return color < 7 || color == 8 ? THEME_DARK :
			    THEME_LIGHT;
	}
	if (term != NULL && strcmp(term, "linux") == 0)
		return THEME_DARK;
	return THEME_ANY;
}

/* One to four digits, of which the first two count. */
static bool
part(const char **p, char behind, uint32_t *rgb)
{
	char digits[3] = "";
	size_t n = strspn(*p, "0123456789abcdefABCDEF");

	if (n < 1 || n > 4 || (behind != '\0' && (*p)[n] != behind))
		return false;
	digits[0] = (*p)[0];
	digits[1] = n > 1 ? (*p)[1] : (*p)[0];
	*rgb = *rgb << 8 | (uint32_t)strtoul(digits, NULL, 16);
	*p += n + (behind != '\0');
	return true;
}

bool
theme_of_answer(const char *bytes, size_t n, enum theme *theme)
{
	static const char head[] = "\033]11;rgb:";
	char text[64];
	const char *p = text + sizeof(head) - 1;
	uint32_t rgb = 0;
	int i;

	if (n >= sizeof(text) || n < sizeof(head) ||
	    memcmp(bytes, head, sizeof(head) - 1) != 0)
		return false;
	memcpy(text, bytes, n);
	text[n] = '\0';
	for (i = 0; i < 3; i++)
		if (!part(&p, "//"[i], &rgb))
			return false;
	if (strcmp(p, "\a") != 0 && strcmp(p, "\033\\") != 0)
		return false;
	*theme = theme_contrast(rgb, 0xffffff) > theme_contrast(rgb, 0) ?
	    THEME_DARK : THEME_LIGHT;
	return true;
}
