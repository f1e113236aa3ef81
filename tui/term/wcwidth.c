/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/wcwidth.h"

#include <stdint.h>

#include "shared/utf8.h"

bool
wcwidth_known(wchar_t c)
{
	return wcswidth(&c, 1) >= 0;
}

static bool
is_control(wchar_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	    (c >= 0xd800 && c < 0xe000) || c > 0x10ffff;
}

/* wcswidth(3) does not come back to here: the C library asks its own tables. */
int
wcwidth(wchar_t c)
{
	int width = c >= 0x20 && c < 0x7f ? 1 : wcswidth(&c, 1);

	return width >= 0 || is_control(c) ? width :
	    utf8_char_width((uint32_t)c);
}
