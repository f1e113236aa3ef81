/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/resolve.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum {
	LINE_CAP = 4096,
	WHERE_CAP = 320,
	ACCOUNTS_MAX = 4 << 20, /* bytes of a file of accounts */
	CONNECTIONS_MAX = 1 << 20
};

enum row_flags {
	ROW_LIVE = 1,  /* SIGHUP applies it */
	ROW_ONLY = 2,  /* on the command line only */
	ROW_LATER = 4, /* named by the protocol, for a later version */
	ROW_MANY = 8   /* may stand more than once in the file */
};

struct reading {
	struct options *o;
	char *why;
	char where[WHERE_CAP]; /* "": command line; "FILE:LINE: " */
	const char *folder;    /* where relative paths begin; NULL: here */
	uint64_t in_file;      /* a bit for each row that the file has set */
};

struct row {
	const char *name;
	char letter; /* 0: none */
	unsigned flags;
	const char *value; /* NULL: takes none */
	bool (*set)(struct reading *, const struct row *, const char *);
	bool (*same)(const struct options *, const struct options *);
	const char *help;
};

static bool
wrong(struct reading *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool
wrong(struct reading *r, const char *fmt, ...)
{
	int n = snprintf(r->why, OPTIONS_WHY_CAP, "%s", r->where);
	va_list ap;

	if (n < 0 || n >= OPTIONS_WHY_CAP)
		return false;
	va_start(ap, fmt);
	vsnprintf(r->why + n, (size_t)(OPTIONS_WHY_CAP - n), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- values ----------------------------------------------------------- */

static void
list_clear(struct options_list *l)
{
	while (l->count > 0)
		free(l->at[--l->count]);
}

static bool
list_add(struct reading *r, const struct row *row, struct options_list *l,
    size_t max, const char *v)
{
	if (l->count == max)
		return wrong(r, "%s: more than %zu of them", row->name, max);
	l->at[l->count++] = xstrdup(v);
	return true;
}

static bool
list_add_address(struct reading *r, const struct row *row,
    struct options_list *l, const char *v)
{
	char host[RESOLVE_HOST_CAP], port[8];

	if (!resolve_split(v, NULL, host, port))
		return wrong(r, "%s: '%s' is not of the form ADDR:PORT",
		    row->name, v);
	return list_add(r, row, l, OPTIONS_LISTEN_MAX, v);
}

static void
list_copy(struct options_list *to, const struct options_list *from)
{
	list_clear(to);
	for (size_t i = 0; i < from->count; i++)
		to->at[to->count++] = xstrdup(from->at[i]);
}

static bool
list_same(const struct options_list *a, const struct options_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->at[i], b->at[i]) != 0)
			return false;
	return true;
}

static bool
string_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
set_number(struct reading *r, const struct row *row, const char *v,
    int64_t min, int64_t max, int64_t *to)
{
	int64_t n;

	if (!wire_number(v, max, &n) || n < min)
		return wrong(r, "%s: '%s' is not a number from %lld to %lld",
		    row->name, v, (long long)min, (long long)max);
	*to = n;
	return true;
}

static bool
set_word(struct reading *r, const struct row *row, const char *v,
    const char *yes, const char *no, bool *to)
{
	*to = strcmp(v, yes) == 0;
	if (*to || strcmp(v, no) == 0)
		return true;
	return wrong(r, "%s: '%s' is neither '%s' nor '%s'", row->name, v,
	    yes, no);
}

/* The caller frees it. */
static char *
path_from(const struct reading *r, const char *v)
{
	if (r->folder == NULL || *v == '/')
		return xstrdup(v);
	return xasprintf("%s/%s", r->folder, v);
}

static bool
set_path(struct reading *r, const struct row *row, const char *v, char **to)
{
	if (*v == '\0')
		return wrong(r, "%s: the name is empty", row->name);
	free(*to);
	*to = path_from(r, v);
	return true;
}

/*
 * A file that holds passwords or a secret, with a NUL behind it.  NULL: why
 * says what.  The caller wipes and frees it.
 */
static char *
slurp(const char *file, size_t max, size_t *n, char why[OPTIONS_WHY_CAP])
{
	FILE *f = fopen(file, "re");
	char *text;

	if (f == NULL) {
		snprintf(why, OPTIONS_WHY_CAP, "%.300s: %s", file,
		    strerror(errno));
		return NULL;
	}
	/* Its own buffer would keep a copy of what it read. */
	setvbuf(f, NULL, _IONBF, 0);
	text = xmalloc(max + 1);
	errno = EFBIG;
	*n = fread(text, 1, max + 1, f);
	if (ferror(f) || *n > max || memchr(text, '\0', *n) != NULL) {
		snprintf(why, OPTIONS_WHY_CAP, "%.300s: %s", file,
		    ferror(f) ? strerror(errno) :
		    *n > max ? "the file is too large" :
		    "the file holds a NUL byte");
		explicit_bzero(text, *n);
		free(text);
		text = NULL;
	} else
		text[*n] = '\0';
	fclose(f);
	return text;
}

/* ---- links ------------------------------------------------------------ */

static void
link_release(struct realm_link *l)
{
	if (l->secret != NULL)
		explicit_bzero(l->secret, l->secret_len);
	free(l->secret);
	free(l->file);
	*l = (struct realm_link){ 0 };
}

static void
links_clear(struct options_links *l)
{
	while (l->count > 0)
		link_release(&l->at[--l->count]);
}

static bool
link_secret(struct reading *r, const struct row *row, struct realm_link *l,
    const char *file)
{
	char why[OPTIONS_WHY_CAP];
	size_t n;

	if (*file == '\0')
		return wrong(r, "%s: %s: the secret's file is not named",
		    row->name, l->name);
	l->file = path_from(r, file);
	l->secret = slurp(l->file, REALM_SECRET_MAX, &n, why);
	if (l->secret == NULL)
		return wrong(r, "%s: %s: %s", row->name, l->name, why);
	while (n > 0 && strchr(" \t\r\n", l->secret[n - 1]) != NULL)
		l->secret[--n] = '\0';
	l->secret_len = n;
	if (n > 0)
		return true;
	return wrong(r, "%s: %s: %.300s: the secret is empty", row->name,
	    l->name, l->file);
}

/* What stands behind the address: "legacy" or "secret=FILE", whose name may
 * hold commas. */
static bool
link_how(struct reading *r, const struct row *row, struct realm_link *l,
    const char *how)
{
	static const char secret[] = "secret=";

	if (how == NULL)
		return wrong(r, "%s: %s: there must be secret=FILE or legacy",
		    row->name, l->name);
	if (strncmp(how, secret, sizeof secret - 1) == 0)
		return link_secret(r, row, l, how + sizeof secret - 1);
	l->legacy = strcmp(how, "legacy") == 0;
	if (l->legacy)
		return true;
	if (strncmp(how, "legacy,secret=", sizeof "legacy,secret=" - 1) == 0)
		return wrong(r, "%s: %s: a legacy link has no secret",
		    row->name, l->name);
	return wrong(r, "%s: %s: '%s' is neither secret=FILE nor legacy",
	    row->name, l->name, how);
}

/* Cuts the copy v in place.  False: what of l is there is the caller's. */
static bool
link_parse(struct reading *r, const struct row *row, struct realm_link *l,
    char *v)
{
	char *addr = strchr(v, '='), *how;

	if (addr == NULL)
		return wrong(r, "%s: '%s' is not of the form NAME=ADDR:PORT",
		    row->name, v);
	*addr++ = '\0';
	if (!wire_name_ok(v, strlen(v)))
		return wrong(r, "%s: '%s' is no good name", row->name, v);
	snprintf(l->name, sizeof l->name, "%s", v);
	how = strchr(addr, ',');
	if (how != NULL)
		*how++ = '\0';
	if (!resolve_split(addr, NULL, l->host, l->port))
		return wrong(r, "%s: %s: '%s' is not of the form ADDR:PORT",
		    row->name, l->name, addr);
	return link_how(r, row, l, how);
}

static bool
set_link(struct reading *r, const struct row *row, const char *v)
{
	struct options_links *all = &r->o->links;
	struct realm_link *l = &all->at[all->count];
	char *copy;
	bool ok;

	if (all->count == REALMS_MAX)
		return wrong(r, "%s: more than %d of them", row->name,
		    REALMS_MAX);
	copy = xstrdup(v);
	ok = link_parse(r, row, l, copy);
	free(copy);
	if (ok)
		all->count++;
	else
		link_release(l);
	return ok;
}

static bool
link_same(const struct realm_link *a, const struct realm_link *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    strcmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0 &&
	    a->legacy == b->legacy && string_same(a->secret, b->secret);
}

static bool
same_links(const struct options *a, const struct options *b)
{
	if (a->links.count != b->links.count)
		return false;
	for (size_t i = 0; i < a->links.count; i++)
		if (!link_same(&a->links.at[i], &b->links.at[i]))
			return false;
	return true;
}

static bool
same_name(const char *a, const char *b)
{
	char key_a[WIRE_NAME_CAP], key_b[WIRE_NAME_CAP];

	return wire_name_key(a, strlen(a), key_a) &&
	    wire_name_key(b, strlen(b), key_b) && strcmp(key_a, key_b) == 0;
}

/* Our own name may stand behind the links, or be the host's. */
static bool
check_links(struct reading *r)
{
	const struct options_links *l = &r->o->links;

	r->where[0] = '\0';
	for (size_t i = 0; i < l->count; i++) {
		if (same_name(l->at[i].name, r->o->realm))
			return wrong(r, "link: %s is this realm's own name",
			    l->at[i].name);
		for (size_t j = 0; j < i; j++)
			if (same_name(l->at[i].name, l->at[j].name))
				return wrong(r, "link: %s is linked twice",
				    l->at[i].name);
	}
	return true;
}

/* ---- rows ------------------------------------------------------------- */

static bool
set_listen(struct reading *r, const struct row *row, const char *v)
{
	return list_add_address(r, row, &r->o->listen, v);
}

static bool
same_listen(const struct options *a, const struct options *b)
{
	return list_same(&a->listen, &b->listen);
}

static bool
set_text(struct reading *r, const struct row *row, const char *v)
{
	if (strcmp(v, "off") != 0)
		return list_add_address(r, row, &r->o->text, v);
	list_clear(&r->o->text);
	return true;
}

static bool
same_text(const struct options *a, const struct options *b)
{
	return list_same(&a->text, &b->text);
}

static bool
set_data(struct reading *r, const struct row *row, const char *v)
{
	return set_path(r, row, v, &r->o->data);
}

static bool
same_data(const struct options *a, const struct options *b)
{
	return string_same(a->data, b->data);
}

static bool
set_accounts(struct reading *r, const struct row *row, const char *v)
{
	return set_path(r, row, v, &r->o->accounts);
}

static bool
same_accounts(const struct options *a, const struct options *b)
{
	return string_same(a->accounts, b->accounts);
}

static bool
set_realm(struct reading *r, const struct row *row, const char *v)
{
	if (!wire_name_ok(v, strlen(v)))
		return wrong(r, "%s: '%s' is no good name", row->name, v);
	snprintf(r->o->realm, sizeof r->o->realm, "%s", v);
	return true;
}

static bool
same_realm(const struct options *a, const struct options *b)
{
	return strcmp(a->realm, b->realm) == 0;
}

static bool
set_admin(struct reading *r, const struct row *row, const char *v)
{
	if (!wire_name_ok(v, strlen(v)))
		return wrong(r, "%s: '%s' is no good name", row->name, v);
	return list_add(r, row, &r->o->admins, OPTIONS_ADMINS_MAX, v);
}

static bool
set_registration(struct reading *r, const struct row *row, const char *v)
{
	return set_word(
	    r, row, v, "open", "closed", &r->o->registration_open);
}

static bool
set_sync(struct reading *r, const struct row *row, const char *v)
{
	return set_word(r, row, v, "full", "normal", &r->o->sync_full);
}

static bool
same_sync(const struct options *a, const struct options *b)
{
	return a->sync_full == b->sync_full;
}

static bool
set_min_password(struct reading *r, const struct row *row, const char *v)
{
	return set_number(
	    r, row, v, 1, WIRE_PASSWORD_MAX, &r->o->min_password);
}

static bool
set_number_or_off(struct reading *r, const struct row *row, const char *v,
    int64_t max, int64_t *to)
{
	if (strcmp(v, "off") != 0)
		return set_number(r, row, v, 1, max, to);
	*to = 0;
	return true;
}

static bool
set_rate(struct reading *r, const struct row *row, const char *v)
{
	return set_number_or_off(r, row, v, 1000000, &r->o->rate);
}

static bool
set_max_connections(struct reading *r, const struct row *row, const char *v)
{
	return set_number(
	    r, row, v, 1, CONNECTIONS_MAX, &r->o->max_connections);
}

static bool
set_max_per_address(struct reading *r, const struct row *row, const char *v)
{
	return set_number_or_off(
	    r, row, v, CONNECTIONS_MAX, &r->o->max_per_address);
}

static bool
set_register_rate(struct reading *r, const struct row *row, const char *v)
{
	return set_number_or_off(r, row, v, 100000, &r->o->register_rate);
}

static bool
set_idle(struct reading *r, const struct row *row, const char *v)
{
	return set_number(r, row, v, 1, 525600, &r->o->idle_minutes);
}

static bool
set_token_days(struct reading *r, const struct row *row, const char *v)
{
	return set_number(r, row, v, 1, 36500, &r->o->token_days);
}

static bool
set_max_memory(struct reading *r, const struct row *row, const char *v)
{
	return set_number(r, row, v, 32, 1 << 20, &r->o->max_memory);
}

static bool
same_max_memory(const struct options *a, const struct options *b)
{
	return a->max_memory == b->max_memory;
}

static bool
set_config(struct reading *r, const struct row *row, const char *v)
{
	return set_path(r, row, v, &r->o->config);
}

static bool
set_later(struct reading *r, const struct row *row, const char *v)
{
	(void)v;
	return wrong(r, "%s is not part of this version", row->name);
}

static const struct row rows[] = {
	{ "listen", 'l', ROW_MANY, "ADDR:PORT", set_listen, same_listen,
	    "command protocol; may repeat (localhost:8889)" },
	{ "text", 't', ROW_MANY, "ADDR:PORT", set_text, same_text,
	    "plain text; may repeat (localhost:10000); off: none" },
	{ "tls", 's', ROW_LATER, "ADDR:PORT", set_later, NULL, NULL },
	{ "cert", 0, ROW_LATER, "FILE", set_later, NULL, NULL },
	{ "key", 0, ROW_LATER, "FILE", set_later, NULL, NULL },
	{ "data", 'd', 0, "DIR", set_data, same_data,
	    "the data folder, made if missing" },
	{ "accounts", 'a', 0, "FILE", set_accounts, same_accounts,
	    "accounts to make sure of: username:password:Real Name" },
	{ "realm", 'r', 0, "NAME", set_realm, same_realm,
	    "this realm's name (the host's name)" },
	{ "link", 'L', ROW_MANY, "NAME=ADDR:PORT,...", set_link, same_links,
	    "another realm, with secret=FILE or legacy; may repeat" },
	{ "admin", 0, ROW_MANY | ROW_LIVE, "NAME", set_admin, NULL,
	    "an account that may do everything; may repeat" },
	{ "registration", 0, ROW_LIVE, "open|closed", set_registration, NULL,
	    "may anybody register? (open)" },
	{ "min-password", 0, ROW_LIVE, "N", set_min_password, NULL,
	    "shortest password (1; 8 once other machines can connect)" },
	{ "rate", 0, ROW_LIVE, "N|off", set_rate, NULL,
	    "messages a second from one user (20)" },
	{ "sync", 0, 0, "full|normal", set_sync, same_sync,
	    "sync each commit before it is answered? (full)" },
	{ "max-connections", 0, ROW_LIVE, "N", set_max_connections, NULL,
	    "(what the limit of open files leaves)" },
	{ "max-per-address", 0, ROW_LIVE, "N|off", set_max_per_address, NULL,
	    "connections from one, not logged in (64)" },
	{ "register-rate", 0, ROW_LIVE, "N|off", set_register_rate, NULL,
	    "accounts an hour from one address (20)" },
	{ "idle", 0, ROW_LIVE, "MINUTES", set_idle, NULL,
	    "without a request for so long: not online (30)" },
	{ "token-days", 0, ROW_LIVE, "N", set_token_days, NULL,
	    "a token unused for so long is void (30)" },
	{ "max-memory", 0, 0, "MB", set_max_memory, same_max_memory,
	    "of what waits to be sent, all together (256)" },
	{ "config", 'c', ROW_ONLY, "FILE", set_config, NULL,
	    "the same names, one \"name = value\" a line" },
	{ "version", 'v', ROW_ONLY, NULL, NULL, NULL, "print the version" },
	{ "help", 0, ROW_ONLY, NULL, NULL, NULL, "print this" },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct row *
row_find(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static uint64_t
row_bit(const struct row *row)
{
	return (uint64_t)1 << (row - rows);
}

void
options_usage(void)
{
	char left[64];

	printf("usage: chat-server [OPTION...]\n");
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		char letter[] = { '-', row->letter, ',', ' ', '\0' };

		if (row->flags & ROW_LATER)
			continue;
		snprintf(left, sizeof left, "%s--%s%s%s",
		    row->letter ? letter : "    ", row->name,
		    row->value ? " " : "", row->value ? row->value : "");
		printf("  %-32s %s\n", left, row->help);
	}
}

/* ---- configuration file ----------------------------------------------- */

static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		s[--n] = '\0';
	return s;
}

/* given: the rows that the command line has set, which win. */
static bool
config_line(struct reading *r, char *line, uint64_t given)
{
	const struct row *row;
	char *name = trim(line), *value = strchr(name, '=');

	if (*name == '\0' || *name == '#')
		return true;
	if (value == NULL)
		return wrong(r, "not of the form name = value");
	*value++ = '\0';
	name = trim(name);
	row = row_find(name);
	if (row == NULL)
		return wrong(r, "unknown name '%s'", name);
	if (row->flags & ROW_ONLY)
		return wrong(r, "'%s' belongs on the command line", name);
	if (!(row->flags & ROW_MANY) && (r->in_file & row_bit(row)))
		return wrong(r, "%s stands here twice", name);
	r->in_file |= row_bit(row);
	if (given & row_bit(row) && !(row->flags & ROW_LATER))
		return true;
	r->o->given |= row_bit(row);
	return row->set(r, row, trim(value));
}

static bool
config_lines(struct reading *r, FILE *f, uint64_t given)
{
	char line[LINE_CAP];

	for (unsigned n = 1; fgets(line, sizeof line, f) != NULL; n++) {
		snprintf(r->where, sizeof r->where, "%.300s:%u: ",
		    r->o->config, n);
		if (strchr(line, '\n') == NULL && !feof(f))
			return wrong(r, "the line is too long");
		if (!config_line(r, line, given))
			return false;
	}
	if (!ferror(f))
		return true;
	r->where[0] = '\0';
	return wrong(r, "%.300s: %s", r->o->config, strerror(errno));
}

/* NULL: it is the working folder.  The caller frees it. */
static char *
folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return NULL;
	return xmemdup0(file, slash == file ? 1 : (size_t)(slash - file));
}

static bool
config_read(struct reading *r)
{
	char *folder;
	FILE *f;
	bool ok;

	if (r->o->config == NULL)
		return true;
	f = fopen(r->o->config, "re");
	if (f == NULL)
		return wrong(r, "%.300s: %s", r->o->config, strerror(errno));
	r->folder = folder = folder_of(r->o->config);
	ok = config_lines(r, f, r->o->given);
	r->folder = NULL;
	free(folder);
	fclose(f);
	return ok;
}

/* ---- defaults --------------------------------------------------------- */

/* The host's name, or its first label, where it is fit to be one of ours. */
static void
default_realm(char realm[WIRE_NAME_CAP])
{
	char host[256];

	if (gethostname(host, sizeof host) == -1)
		host[0] = '\0';
	host[sizeof host - 1] = '\0';
	if (!wire_name_ok(host, strlen(host)))
		host[strcspn(host, ".")] = '\0';
	if (!wire_name_ok(host, strlen(host)))
		snprintf(host, sizeof host, "local");
	snprintf(realm, WIRE_NAME_CAP, "%.131s", host);
}

static char *
default_data(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (geteuid() == 0)
		return xstrdup("/var/lib/chat-server");
	/* A relative one is to be ignored, says the XDG specification. */
	if (state != NULL && state[0] == '/')
		return xasprintf("%s/chat-server", state);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.local/state/chat-server", home);
	return NULL;
}

static bool
fill_defaults(struct reading *r)
{
	struct options *o = r->o;

	if (!(o->given & row_bit(row_find("listen"))))
		o->listen.at[o->listen.count++] = xstrdup("localhost:8889");
	if (!(o->given & row_bit(row_find("text"))))
		o->text.at[o->text.count++] = xstrdup("localhost:10000");
	if (o->realm[0] == '\0')
		default_realm(o->realm);
	if (o->data == NULL && (o->data = default_data()) == NULL) {
		r->where[0] = '\0';
		return wrong(r, "no HOME: the data folder must be given "
		    "(--data DIR)");
	}
	return true;
}

/* ---- command line ----------------------------------------------------- */

static void
getopt_tables(struct option longs[ROWS + 1], char shorts[2 * ROWS + 3])
{
	size_t n = 0;

	shorts[n++] = ':'; /* "no value" and "unknown" told apart */
	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = (struct option){ rows[i].name,
		    rows[i].value ? required_argument : no_argument, NULL,
		    256 + (int)i };
		if (rows[i].letter == '\0')
			continue;
		shorts[n++] = rows[i].letter;
		if (rows[i].value != NULL)
			shorts[n++] = ':';
	}
	longs[ROWS] = (struct option){ NULL, 0, NULL, 0 };
	shorts[n] = '\0';
}

static const struct row *
row_of_getopt(int c)
{
	if (c >= 256)
		return &rows[c - 256];
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].letter == c)
			return &rows[i];
	return NULL;
}

/* optopt is the letter, or 256 + row for a long option, or 0: unknown. */
static bool
bad_option(struct reading *r, int c, char *const *argv)
{
	const struct row *row = optopt > 0 ? row_of_getopt(optopt) : NULL;

	/* Whatever stands behind it, or does not. */
	if (row != NULL && (row->flags & ROW_LATER))
		return set_later(r, row, NULL);
	if (optopt >= 256)
		return wrong(r, c == ':' ? "--%s needs a value" :
		    "--%s takes no value", rows[optopt - 256].name);
	if (c == ':')
		return wrong(r, "-%c needs a value", optopt);
	if (optopt != 0)
		return wrong(r, "unknown option '-%c' (see --help)", optopt);
	return wrong(r, "unknown option '%.200s' (see --help)",
	    argv[optind - 1]);
}

static enum options_status
command_line(struct reading *r, int argc, char **argv)
{
	struct option longs[ROWS + 1];
	char shorts[2 * ROWS + 3];
	const struct row *row;
	int c;

	getopt_tables(longs, shorts);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		row = c == '?' || c == ':' ? NULL : row_of_getopt(c);
		if (row == NULL) {
			bad_option(r, c, argv);
			return OPTIONS_WRONG;
		}
		if (row->set == NULL)
			return strcmp(row->name, "help") == 0 ?
			    OPTIONS_HELP : OPTIONS_VERSION;
		r->o->given |= row_bit(row);
		if (!row->set(r, row, optarg))
			return OPTIONS_WRONG;
	}
	if (optind < argc) {
		wrong(r, "'%.200s' is not an option (see --help)",
		    argv[optind]);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

enum options_status
options_read(struct options *o, int argc, char **argv,
    char why[OPTIONS_WHY_CAP])
{
	struct reading r = { .o = o, .why = why };
	enum options_status status;

	*o = (struct options){
		.registration_open = true,
		.rate = 20,
		.sync_full = true,
		.max_per_address = 64,
		.register_rate = 20,
		.idle_minutes = 30,
		.token_days = 30,
		.max_memory = 256,
	};
	why[0] = '\0';
	status = command_line(&r, argc, argv);
	if (status != OPTIONS_RUN)
		return status;
	if (!config_read(&r) || !fill_defaults(&r) || !check_links(&r))
		return OPTIONS_WRONG;
	if (o->listen.count == 0 && o->text.count == 0) {
		wrong(&r, "there is nothing to listen on");
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

void
options_release(struct options *o)
{
	list_clear(&o->listen);
	list_clear(&o->text);
	list_clear(&o->admins);
	links_clear(&o->links);
	free(o->data);
	free(o->accounts);
	free(o->config);
	*o = (struct options){ 0 };
}

void
options_apply(struct options *o, const struct options *next,
    void (*note)(const char *name))
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].same != NULL && !rows[i].same(o, next))
			note(rows[i].name);
	list_copy(&o->admins, &next->admins);
	o->registration_open = next->registration_open;
	o->min_password = next->min_password;
	o->rate = next->rate;
	o->max_connections = next->max_connections;
	o->max_per_address = next->max_per_address;
	o->register_rate = next->register_rate;
	o->idle_minutes = next->idle_minutes;
	o->token_days = next->token_days;
}

/* ---- accounts --------------------------------------------------------- */

/* Cuts the line in place; what is wrong with it, or NULL. */
static const char *
account_cut(char *line, struct options_account *a)
{
	char *password = strchr(line, ':'), *real;

	if (password == NULL)
		return "not of the form username:password:Real Name";
	*password++ = '\0';
	real = strchr(password, ':');
	if (real == NULL)
		return "not of the form username:password:Real Name";
	*real++ = '\0';
	*a = (struct options_account){ line, password, real };
	if (!wire_name_ok(a->name, strlen(a->name)))
		return "the user name is no good one";
	if (*password == '\0')
		return "the password is empty";
	if (strlen(password) > WIRE_PASSWORD_MAX)
		return "the password is too long";
	if (!utf8_valid(password, strlen(password)))
		return "the password is not UTF-8";
	if (*real != '\0' && !wire_real_name_ok(real, strlen(real)))
		return "the real name is no good one";
	return NULL;
}

static bool
account_lines(const char *file, char *text, options_check_fn *check,
    options_account_fn *fn, void *arg, char why[OPTIONS_WHY_CAP])
{
	struct options_account a;
	const char *what;
	char *line;

	for (unsigned n = 1; (line = strsep(&text, "\n")) != NULL; n++) {
		line[strcspn(line, "\r")] = '\0';
		if (line[strspn(line, " \t")] == '\0' || *line == '#')
			continue;
		what = account_cut(line, &a);
		if (what == NULL && check != NULL)
			what = check(arg, &a);
		if (what != NULL) {
			snprintf(why, OPTIONS_WHY_CAP, "%.300s:%u: %s", file,
			    n, what);
			return false;
		}
		if (fn != NULL && !fn(arg, &a))
			return true;
	}
	return true;
}

bool
options_read_accounts(const char *file, options_check_fn *check,
    options_account_fn *fn, void *arg, char why[OPTIONS_WHY_CAP])
{
	char *text, *copy;
	size_t n;
	bool ok;

	text = slurp(file, ACCOUNTS_MAX, &n, why);
	if (text == NULL)
		return false;
	copy = xmemdup0(text, n); /* the check cuts it up */
	ok = account_lines(file, copy, check, NULL, arg, why) &&
	    account_lines(file, text, NULL, fn, arg, why);
	explicit_bzero(copy, n);
	explicit_bzero(text, n);
	free(copy);
	free(text);
	return ok;
}
