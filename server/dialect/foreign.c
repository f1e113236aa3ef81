/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/foreign.h"

#include <string.h>

#include "shared/utf8.h"

bool
foreign_bytes(const char *p, size_t n)
{
	return (n >= 2 && memcmp(p, "\x16\x03", 2) == 0) ||
	    (n >= 4 && memcmp(p, "SSH-", 4) == 0);
}

/* METHOD PATH HTTP/1.1, or 2.0 and the like.  All methods are in capitals (RFC
 * 9110, 16.1.1) and no word of ours is: a text may well end in HTTP/1.1. */
static bool
is_http(const char *p, size_t n)
{
	static const char version[] = " HTTP/";
	const size_t len = sizeof version - 1 + 3;
	size_t method = 0;

	while (method < n && p[method] >= 'A' && p[method] <= 'Z')
		method++;
	return method > 0 && n > method + len && p[method] == ' ' &&
	    memcmp(p + n - len, version, sizeof version - 1) == 0;
}

bool
foreign_line(const char *p, size_t n)
{
	size_t controls = 0;

	if (is_http(p, n))
		return true;
	if (utf8_valid(p, n))
		return false;
	for (size_t i = 0; i < n; i++)
		controls += (unsigned char)p[i] < 0x20 && p[i] != '\t' &&
		    p[i] != '\0';
	return controls >= 2;
}
