/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/person.h"

#include <stdio.h>

#include "tests/lib/client.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

struct term *
person_open(const struct server *s, const char *user, int rows, int cols)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .rows = rows, .cols = cols,
		.env = env };
	char where[128];
	const char *const argv[] = { "chat-tui", where, NULL };
	struct term *t;

	snprintf(where, sizeof(where), "%s@%s", user, server_address(s));
	t = term_open(&o, argv);
	term_await(t, "everyone");
	/* Where there is a status line, it says so. */
	if (rows == 0 || rows >= 8)
		term_await_row(t, 0, "online");
	return t;
}

struct term *
person_new(const char *home, int rows, int cols)
{
	const struct term_options o = { .rows = rows, .cols = cols,
		.home = home };
	const char *const argv[] = { "chat-tui", NULL };

	return term_open(&o, argv);
}

int
people_cleanup(void **state)
{
	int failed = terms_cleanup(state);

	return clients_cleanup(state) || failed;
}
