/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/mouse.h"

#include <string.h>

enum {
	NUMBER_MAX = 9999, /* of a button or place; no screen is larger */
	X10_LEN = 6,
	X10_BIAS = 32,
	X10_RELEASED = 3,
	BUTTON_BITS = 3,
	MODIFIERS = 4 | 8 | 16, /* Shift, Meta, Control */
	MOVED = 32,
	WHEEL = 64
};

static enum mouse_what
what_of(int button, bool released)
{
	button &= ~MODIFIERS;
	if (released || (button & MOVED) != 0)
		return MOUSE_OTHER;
	if (button == WHEEL)
		return MOUSE_WHEEL_UP;
	if (button == WHEEL + 1)
		return MOUSE_WHEEL_DOWN;
	return button == 0 ? MOUSE_CLICK : MOUSE_OTHER;
}

/* A number before end, which is taken too. */
static bool
number(const char **p, const char *end, int *out)
{
	const char *s = *p;

	*out = 0;
	while (s < end && *s >= '0' && *s <= '9' && *out <= NUMBER_MAX)
		*out = *out * 10 + (*s++ - '0');
	if (s == *p || s == end || *out > NUMBER_MAX)
		return false;
	*p = s + 1;
	return true;
}

/* ESC [ < button ; column ; row M, or m when it was let go */
static bool
parse_sgr(const char *p, size_t n, struct mouse *m)
{
	const char *end = p + n, *s = p + 3;
	char last = p[n - 1];
	int button, col, row;

	if ((last != 'M' && last != 'm') || !number(&s, end, &button) ||
	    s[-1] != ';' || !number(&s, end, &col) || s[-1] != ';' ||
	    !number(&s, end, &row) || s != end || col < 1 || row < 1)
		return false;
	*m = (struct mouse){ what_of(button, last == 'm'), row - 1, col - 1 };
	return true;
}

/* ESC [ M and three bytes, each with 32 added. */
static bool
parse_x10(const char *p, struct mouse *m)
{
	int button = (unsigned char)p[3] - X10_BIAS;
	int col = (unsigned char)p[4] - X10_BIAS;
	int row = (unsigned char)p[5] - X10_BIAS;

	if (button < 0 || col < 1 || row < 1)
		return false;
	*m = (struct mouse){ what_of(button,
	    (button & BUTTON_BITS) == X10_RELEASED), row - 1, col - 1 };
	return true;
}

bool
mouse_parse(const char *bytes, size_t n, struct mouse *m)
{
	if (n > 3 && memcmp(bytes, "\033[<", 3) == 0)
		return parse_sgr(bytes, n, m);
	if (n == X10_LEN && memcmp(bytes, "\033[M", 3) == 0)
		return parse_x10(bytes, m);
	return false;
}
