/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/realms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

static const struct {
	const char *realm, *admin, *accounts;
} documented[] = {
	{ "its", "messi",
	    "messi:surabaya:Lionel Messi\n"
	    "henderson:surabaya:Jordan Henderson\n"
	    "lineker:surabaya:Gary Lineker\n" },
	{ "medan", "james",
	    "james:surabaya:James Maranata\n"
	    "neko:surabaya:Neko\n"
	    "paff:surabaya:Paff\n" },
	{ "aceh", "teuku", "teuku:surabaya:Teuku\ncut:surabaya:Cut\n" },
};

enum { DOCUMENTED = sizeof(documented) / sizeof(*documented) };

static size_t
place_of(const char *realm)
{
	size_t i;

	for (i = 0; i < DOCUMENTED; i++)
		if (strcmp(documented[i].realm, realm) == 0)
			return i;
	fail_msg("no realm %s", realm);
	return 0;
}

static void
usual_options(struct server *s, const char *realm)
{
	server_clear_options(s);
	server_option(s, "--realm", realm);
	server_option(s, "--rate", "off");
	server_option(s, "--admin", documented[place_of(realm)].admin);
}

struct server *
realm_new(const char *realm)
{
	struct server *s = server_new();

	server_accounts(s, documented[place_of(realm)].accounts);
	usual_options(s, realm);
	return s;
}

void
realm_link(struct server *s, const char *name, const char *address)
{
	char *file = xasprintf("%s/secret", server_folder(s));
	char *link = xasprintf("%s=%s,secret=%s", name, address, file);
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs("a secret that all realms of a test share\n", f);
	assert_int_equal(fclose(f), 0);
	server_option(s, "--link", link);
	free(link);
	free(file);
}

void
realm_relink(struct server *s, const char *realm, const char *name,
    const char *address)
{
	usual_options(s, realm);
	realm_link(s, name, address);
}

/* Ports are known when all have run once; they keep them. */
void
realms_open_all(struct server **s, const char *const *realm, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		s[i] = realm_new(realm[i]);
		server_start(s[i]);
	}
	for (i = 0; i < n; i++) {
		server_stop(s[i]);
		for (j = 0; j < n; j++)
			if (j != i)
				realm_link(
				    s[i], realm[j], server_address(s[j]));
		server_start(s[i]);
	}
}

void
realms_open(struct server **its, struct server **medan)
{
	static const char *const realm[] = { "its", "medan" };
	struct server *s[2];

	realms_open_all(s, realm, 2);
	*its = s[0];
	*medan = s[1];
}

static bool
is_up(const json_t *links, const char *peer)
{
	const json_t *all = json_object_get(links, "links");
	size_t i;

	for (i = 0; i < json_array_size(all); i++) {
		const json_t *l = json_array_get(all, i);

		if (strcmp(str_of(l, "realm"), peer) == 0)
			return strcmp(str_of(l, "state"), "up") == 0;
	}
	return false;
}

/* The log says so; it may have said so of an earlier life. */
void
realms_await_up(struct server *s, const char *peer)
{
	char *line = xasprintf("link to %s up", peer);
	struct client *c = NULL;
	json_t *hello;
	size_t from;

	c = client_open(s);
	hello = client_ask(c, "hello");
	client_login(c, documented[place_of(str_of(hello, "realm"))].admin,
	    "surabaya");
	for (;;) {
		from = server_log_length(s);
		if (is_up(client_ask(c, "links -"), peer))
			break;
		server_await_log(s, from, line);
	}
	client_close(c);
	free(line);
}
