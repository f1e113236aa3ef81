/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/resolve.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

enum {
	ACCOUNTS_MAX = 4 << 20, /* bytes of a file of accounts */
	CONNECTIONS_MAX = 1 << 20
};

/*
 * A file that holds passwords or a secret, with a NUL behind it.  NULL: why
 * says what.  The caller wipes and frees it.
 */
static char *
slurp(const char *file, size_t max, size_t *n, char why[OPTIONS_WHY_CAP])
{
	char *text = config_slurp(file, max, n);

	if (text == NULL)
		snprintf(why, OPTIONS_WHY_CAP, "%.300s: %s", file,
		    errno == EFBIG ? "the file is too large" :
		    strerror(errno));
	else if (strlen(text) != *n) {
		snprintf(why, OPTIONS_WHY_CAP,
		    "%.300s: the file holds a NUL byte", file);
		explicit_bzero(text, *n);
		free(text);
		text = NULL;
	}
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
link_secret(struct config *c, const struct config_row *row, struct realm_link *l,
    const char *file)
{
	char why[OPTIONS_WHY_CAP];
	size_t n;

	if (*file == '\0')
		return config_wrong(c, "%s: %s: the secret's file is not named",
		    row->name, l->name);
	l->file = config_path(c->file, file);
	l->secret = slurp(l->file, REALM_SECRET_MAX, &n, why);
	if (l->secret == NULL)
		return config_wrong(c, "%s: %s: %s", row->name, l->name, why);
	while (n > 0 && strchr(" \t\r\n", l->secret[n - 1]) != NULL)
		l->secret[--n] = '\0';
	l->secret_len = n;
	if (n > 0)
		return true;
	return config_wrong(c, "%s: %s: %.300s: the secret is empty", row->name,
	    l->name, l->file);
}

/* What stands behind the address: "legacy" or "secret=FILE", whose name may
 * hold commas. */
static bool
link_how(struct config *c, const struct config_row *row, struct realm_link *l,
    const char *how)
{
	static const char secret[] = "secret=";

	if (how == NULL)
		return config_wrong(c, "%s: %s: there must be secret=FILE or legacy",
		    row->name, l->name);
	if (strncmp(how, secret, sizeof secret - 1) == 0)
		return link_secret(c, row, l, how + sizeof secret - 1);
	l->legacy = strcmp(how, "legacy") == 0;
	if (l->legacy)
		return true;
	if (strncmp(how, "legacy,secret=", sizeof "legacy,secret=" - 1) == 0)
		return config_wrong(c, "%s: %s: a legacy link has no secret",
		    row->name, l->name);
	return config_wrong(c, "%s: %s: '%s' is neither secret=FILE nor legacy",
	    row->name, l->name, how);
}

/* Cuts the copy v in place.  False: what of l is there is the caller's. */
static bool
link_parse(struct config *c, const struct config_row *row, struct realm_link *l,
    char *v)
{
	char *addr = strchr(v, '='), *how;

	if (addr == NULL)
		return config_wrong(c, "%s: '%s' is not of the form NAME=ADDR:PORT",
		    row->name, v);
	*addr++ = '\0';
	if (!wire_name_ok(v, strlen(v)))
		return config_wrong(c, "%s: '%s' is no good name", row->name, v);
	snprintf(l->name, sizeof l->name, "%s", v);
	how = strchr(addr, ',');
	if (how != NULL)
		*how++ = '\0';
	if (!resolve_split(addr, NULL, l->host, l->port))
		return config_wrong(c, "%s: %s: '%s' is not of the form ADDR:PORT",
		    row->name, l->name, addr);
	return link_how(c, row, l, how);
}

static bool
set_link(struct config *c, const struct config_row *row, const char *v)
{
	struct options_links *all = (void *)((char *)c->to + row->field);
	struct realm_link *l = &all->at[all->count];
	char *copy;
	bool ok;

	if (all->count == REALMS_MAX)
		return config_wrong(c, "%s: more than %d of them", row->name,
		    REALMS_MAX);
	copy = xstrdup(v);
	ok = link_parse(c, row, l, copy);
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
	    a->legacy == b->legacy &&
	    strcmp(a->legacy ? "" : a->secret, b->legacy ? "" : b->secret) ==
	    0;
}

static bool
same_links(const void *one, const void *other)
{
	const struct options_links *a = one, *b = other;

	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!link_same(&a->at[i], &b->at[i]))
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
check_links(struct config *c, const struct options *o)
{
	const struct options_links *l = &o->links;

	for (size_t i = 0; i < l->count; i++) {
		if (same_name(l->at[i].name, o->realm))
			return config_wrong(c, "link: %s is this realm's own name",
			    l->at[i].name);
		for (size_t j = 0; j < i; j++)
			if (same_name(l->at[i].name, l->at[j].name))
				return config_wrong(c, "link: %s is linked twice",
				    l->at[i].name);
	}
	return true;
}

/* ---- rows ------------------------------------------------------------- */

#define FIELD(name) .field = offsetof(struct options, name)

static const struct config_row rows[] = {
	{ "listen", 'l', CONFIG_ADDRESSES, 0, "ADDR:PORT",
	    FIELD(listen[DIALECT_FRAMED]),
	    .most = OPTIONS_LISTEN_MAX, .normal = "localhost:8889",
	    .help = "command protocol" },
	{ "text", 't', CONFIG_ADDRESSES, 0, "ADDR:PORT|off",
	    FIELD(listen[DIALECT_TEXT]),
	    .most = OPTIONS_LISTEN_MAX, .normal = "localhost:10000",
	    .help = "plain text" },
	{ "tls", 's', CONFIG_LATER, 0, "ADDR:PORT", .help = NULL },
	{ "cert", 0, CONFIG_LATER, 0, "FILE", .help = NULL },
	{ "key", 0, CONFIG_LATER, 0, "FILE", .help = NULL },
	{ "data", 'd', CONFIG_PATH, 0, "DIR", FIELD(data),
	    .help = "the data folder, made if missing" },
	{ "accounts", 'a', CONFIG_PATH, 0, "FILE", FIELD(accounts),
	    .help = "accounts to make sure of: username:password:Real Name" },
	{ "realm", 'r', CONFIG_NAME, 0, "NAME", FIELD(realm),
	    .without = "the host's name", .help = "this realm's name" },
	{ "link", 'L', CONFIG_CALL, CONFIG_MANY, "NAME=ADDR:PORT,...",
	    FIELD(links), .set = set_link, .same = same_links,
	    .help = "another realm, with secret=FILE or legacy" },
	{ "admin", 0, CONFIG_NAMES, CONFIG_LIVE, "NAME", FIELD(admins),
	    .most = OPTIONS_ADMINS_MAX,
	    .help = "an account that may do everything" },
	{ "registration", 0, CONFIG_EITHER, CONFIG_LIVE, "open|closed",
	    FIELD(registration_open), .normal = "open",
	    .help = "may anybody register?" },
	{ "min-password", 0, CONFIG_NUMBER, CONFIG_LIVE, "N",
	    FIELD(min_password), 1, WIRE_PASSWORD_MAX,
	    .without = "1; 8 once other machines can connect",
	    .help = "shortest password" },
	{ "rate", 0, CONFIG_NUMBER, CONFIG_LIVE, "N|off", FIELD(rate), 1,
	    1000000, "20", .help = "messages a second from one user" },
	{ "sync", 0, CONFIG_EITHER, 0, "full|normal", FIELD(sync_full),
	    .normal = "full",
	    .help = "sync each commit before it is answered?" },
	{ "max-connections", 0, CONFIG_NUMBER, CONFIG_LIVE, "N",
	    FIELD(max_connections), 1, CONNECTIONS_MAX,
	    .without = "what the limit of open files leaves",
	    .help = "connections, all together" },
	{ "max-per-address", 0, CONFIG_NUMBER, CONFIG_LIVE, "N|off",
	    FIELD(max_per_address), 1, CONNECTIONS_MAX, "64",
	    .help = "connections from one, not logged in" },
	{ "register-rate", 0, CONFIG_NUMBER, CONFIG_LIVE, "N|off",
	    FIELD(register_rate), 1, 100000, "20",
	    .help = "accounts an hour from one address" },
	{ "idle", 0, CONFIG_NUMBER, CONFIG_LIVE, "MINUTES",
	    FIELD(idle_minutes), 1, 525600, "30",
	    .help = "without a request for so long: not online" },
	{ "token-days", 0, CONFIG_NUMBER, CONFIG_LIVE, "N", FIELD(token_days),
	    1, 36500, "30", .help = "a token unused for so long is void" },
	{ "max-memory", 0, CONFIG_NUMBER, 0, "MB", FIELD(max_memory), 32,
	    1 << 20, "256",
	    .help = "of what waits to be sent, all together" },
	{ "trace", 0, CONFIG_PATH, 0, "FILE", FIELD(trace),
	    .help = "all that goes over the wire, without secrets" },
	/* As enum log_level. */
	{ "log-level", 0, CONFIG_WORD, CONFIG_LIVE,
	    "error|warning|info|debug", FIELD(log_level), .normal = "info",
	    .help = "what is logged, and all that is more urgent" },
	{ "config", 'c', CONFIG_PATH, CONFIG_ONLY, "FILE", FIELD(config),
	    .help = "the same names, one \"name = value\" a line" },
	{ "version", 'v', CONFIG_STOP, CONFIG_ONLY, .help = "print the version" },
	{ "help", 0, CONFIG_STOP, CONFIG_ONLY, .help = "print this" },
};

static const struct config_table table = {
	rows, sizeof rows / sizeof rows[0]
};

void
options_usage(void)
{
	printf("usage: chat-server [OPTION...]\n");
	config_usage(&table);
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
	char *folder, *data;

	if (geteuid() == 0)
		return xstrdup("/var/lib/chat-server");
	folder = config_folder("XDG_STATE_HOME", ".local/state");
	data = folder == NULL ? NULL : xasprintf("%s/chat-server", folder);
	free(folder);
	return data;
}

static bool
fill_defaults(struct config *c, struct options *o)
{
	if (!config_defaults(c))
		return false;
	if (o->realm[0] == '\0')
		default_realm(o->realm);
	if (o->data == NULL && (o->data = default_data()) == NULL)
		return config_wrong(c, "no HOME: the data folder must be "
		    "given (--data DIR)");
	return true;
}

static bool
check_listeners(struct config *c, const struct options *o)
{
	for (size_t i = 0; i < DIALECT_KINDS; i++)
		if (o->listen[i].count > 0)
			return true;
	return config_wrong(c, "there is nothing to listen on");
}

static bool
check_all(struct config *c, const struct options *o)
{
	return check_links(c, o) && check_listeners(c, o);
}

enum options_status
options_read(struct options *o, int argc, char **argv,
    char why[OPTIONS_WHY_CAP])
{
	struct config c = {
		.table = &table, .to = o, .why = why,
		.why_cap = OPTIONS_WHY_CAP
	};

	*o = (struct options){ 0 };
	why[0] = '\0';
	if (!config_arguments(&c, argc, argv))
		return OPTIONS_WRONG;
	if (c.stop != NULL)
		return strcmp(c.stop->name, "help") == 0 ? OPTIONS_HELP :
		    OPTIONS_VERSION;
	if (c.next < argc) {
		config_wrong(&c, "'%.200s' is not an option (see --help)",
		    argv[c.next]);
		return OPTIONS_WRONG;
	}
	if ((o->config != NULL && !config_file(&c, o->config)) ||
	    !fill_defaults(&c, o) || !check_all(&c, o))
		return OPTIONS_WRONG;
	return OPTIONS_RUN;
}

void
options_release(struct options *o)
{
	config_release(&table, o);
	links_clear(&o->links);
	*o = (struct options){ 0 };
}

void
options_apply(struct options *o, const struct options *next,
    void (*note)(const char *name))
{
	config_apply(&table, o, next, note);
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
