/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/store/account.h"

#include "shared/resolve.h"
#include "shared/xalloc.h"
#include "tui/store/state.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

char *
account_name(const char *server, const char *user)
{
	char host[RESOLVE_HOST_CAP], port[8];

	if (!resolve_split(server, "8889", host, port))
		return NULL;
	for (char *p = host; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return xasprintf("%s %s %s", *host == '\0' ? "localhost" : host, port,
	    user);
}

/* FNV-1a: names of files need not be secret, only short and apart. */
char *
account_path(const char *account, const char *kind)
{
	uint64_t h = UINT64_C(14695981039346656037);
	char *name, *path;

	for (const char *p = account; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	name = xasprintf("%s-%016" PRIx64, kind, h);
	path = state_path(name);
	free(name);
	return path;
}
