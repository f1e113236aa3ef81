/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/options.h"

#include "shared/config.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/nearest.h"
#include "tui/input/settings.h"
#include "tui/plain/plain_format.h"
#include "tui/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { WHY_CAP = 4096 };

static const char program[] = "chat-tui";

/* ---- the table --------------------------------------------------------- */

/* An option that is a setting of the file's. */
static bool
set_setting(struct config *c, const struct config_row *row, const char *value)
{
	struct options *o = c->to;
	char why[SETTINGS_WHY_CAP];

	return settings_set(o->settings, row->name,
	    value == NULL ? "yes" : value, false, why) ||
	    config_wrong(c, "%s", why);
}

static void
set(char **slot, const char *value)
{
	free(*slot);
	*slot = value == NULL ? NULL : xstrdup(value);
}

static bool
refuse_send(struct config *c)
{
	return config_wrong(c, "%s", _("--send needs a TARGET and a TEXT"));
}

static bool
set_send(struct config *c, const struct config_row *row, const char *target)
{
	const char *text = config_argument(c);
	struct options *o = c->to;

	(void)row;
	if (text == NULL)
		return refuse_send(c);
	set(&o->send_target, target);
	set(&o->send_text, strcmp(text, "-") == 0 ? NULL : text);
	return true;
}

#define FIELD(name) .field = offsetof(struct options, name)
#define SETTING CONFIG_CALL, CONFIG_ONLY, .set = set_setting

/*
 * The help is a text an option, with its lines' ends and as a person is to see
 * it: whoever translates it sets it out anew, from column 24 on and within 80.
 */
static const struct config_row rows[] = {
	/* TRANSLATORS: what is said begins in column 24, as in all of these */
	{ "plain", 0, SETTING, .help =
	    N_("  --plain               lines in, lines out; no full "
	    "screen\n") },
	{ "send", 0, CONFIG_CALL, CONFIG_ONLY, "TARGET", .set = set_send,
	    .help =
	    N_("  --send TARGET TEXT    send one message and leave; status 0 "
	    "says that\n"
	    "                        the server has it on its disk\n"
	    "  --send TARGET -       send each line of standard input, and no "
	    "command\n") },
	{ "follow", 0, CONFIG_FLAG, CONFIG_ONLY, NULL, FIELD(follow), .help =
	    N_("  --follow              print what is said, as it comes, and "
	    "read nothing\n") },
	{ "json", 0, CONFIG_FLAG, CONFIG_ONLY, NULL, FIELD(json), .help =
	    N_("  --follow --json       the same, a JSON object a line\n") },
	{ "timestamps", 0, CONFIG_FLAG, CONFIG_ONLY, NULL, FIELD(timestamps),
	    .help =
	    N_("  --timestamps          with --follow or --plain: date, time "
	    "and zone on each\n"
	    "                        message\n") },
	{ "password-file", 0, CONFIG_TEXT, CONFIG_ONLY, "FILE",
	    FIELD(password_file), .help =
	    N_("  --password-file FILE  the first line of it is the "
	    "password\n"
	    "                        (or the environment's "
	    "CHAT_PASSWORD)\n") },
	{ "config", 0, CONFIG_TEXT, CONFIG_ONLY, "FILE", FIELD(config), .help =
	    N_("  --config FILE         default "
	    "$XDG_CONFIG_HOME/chat-tui/config\n") },
	{ "greeting", 0, CONFIG_TEXT, CONFIG_ONLY, "TEXT", FIELD(greeting),
	    .help =
	    N_("  --greeting TEXT       a line to be shown behind the "
	    "login\n") },
	{ "no-color", 0, SETTING, .help =
	    N_("  --no-color            (or the environment's NO_COLOR)\n") },
	{ "theme", 0, SETTING, .value = "NAME", .help =
	    N_("  --theme auto|dark|light|any\n"
	    "                        what the terminal's background is "
	    "like\n") },
	{ "no-mouse", 0, SETTING, .help =
	    N_("  --no-mouse            leave the mouse to the terminal's own "
	    "selection\n") },
	{ "no-bell", 0, SETTING, .help =
	    N_("  --no-bell             do not ring when you are called\n") },
	{ "notify", 0, SETTING, .value = "NAME", .help =
	    N_("  --notify none|osc9|osc777\n"
	    "                        a notice through the terminal when you "
	    "are called\n") },
	{ "no-remember", 0, SETTING, .help =
	    N_("  --no-remember         neither use nor keep server, name and "
	    "token\n") },
	{ "trace", 0, CONFIG_TEXT, CONFIG_ONLY, "FILE", FIELD(trace), .help =
	    N_("  --trace FILE          write down what goes over the wire, "
	    "without secrets\n") },
	{ "tls", 0, CONFIG_LATER, CONFIG_ONLY, .help =
	    N_("  --tls                 not in this version\n") },
	{ "version", 0, CONFIG_STOP, CONFIG_ONLY, .help =
	    "  --version, --help\n" },
	{ "help", 0, CONFIG_STOP, CONFIG_ONLY, .help = "" },
};

static const struct config_table table = {
	rows, sizeof(rows) / sizeof(*rows)
};

static void
print_help(void)
{
	fputs(_("usage: chat-tui [OPTION...] [USER@]HOST[:PORT]\n"), stdout);
	fputs("\n", stdout);
	for (size_t i = 0; i < table.count; i++)
		if (*rows[i].help != '\0')
			fputs(_(rows[i].help), stdout);
	fputs("\n", stdout);
	fputs(_("The server is localhost:8889 when none is named.  Inside, "
	    "/help lists\n"
	    "the commands.\n"), stdout);
	fputs("\n", stdout);
	fputs(_("Exit status: 0 all that was typed was answered OK; 1 the "
	    "server refused\n"
	    "something; 64 wrong usage; 66 no password file; 69 the server "
	    "cannot be\n"
	    "reached; 73 no trace; 74 standard output cannot be written; 75 "
	    "the\n"
	    "connection was lost before the answer, try again; 77 the login "
	    "was refused;\n"
	    "78 the configuration file is wrong.\n"), stdout);
}

/* ---- the command line -------------------------------------------------- */

static bool
refuse_unknown(struct config *c, const char *word)
{
	struct nearest near = { 0 };

	if (strncmp(word, "--", 2) == 0) {
		nearest_begin(&near, word + 2);
		for (size_t i = 0; i < table.count; i++)
			nearest_try(&near, rows[i].name);
	}
	if (near.best != NULL)
		/* TRANSLATORS: the second is the option that may be meant */
		return config_wrong(c,
		    _("%s: no such option; --%s? See --help"), word, near.best);
	return config_wrong(c, _("%s: no such option; see --help"), word);
}

/* What config.h would say in English. */
static bool
refuse(struct config *c, enum config_fault fault, const struct config_row *row,
    const char *word)
{
	switch (fault) {
	case CONFIG_UNKNOWN:
		return refuse_unknown(c, word);
	case CONFIG_AMBIGUOUS:
		return config_wrong(c,
		    _("%s: several options begin so; see --help"), word);
	case CONFIG_NO_VALUE:
		if (row->set == set_send)
			return refuse_send(c);
		return config_wrong(c, _("--%s needs a value"), row->name);
	case CONFIG_A_VALUE:
		return config_wrong(c, _("--%s takes no value"), row->name);
	case CONFIG_NOT_YET:
		return config_wrong(c, "%s",
		    _("TLS is not in this version; without it passwords cross "
		    "the net in the clear"));
	case CONFIG_NUL:
		break;
	}
	return config_wrong(c, "%s", _("a NUL byte is in it"));
}

/* [USER@]HOST[:PORT] */
static bool
set_server(struct config *c, const char *text)
{
	const char *at = strrchr(text, '@');
	const char *host = at == NULL ? text : at + 1;
	struct options *o = c->to;

	if (at != NULL && !wire_name_ok(text, (size_t)(at - text)))
		return config_wrong(
		    c, _("%s: what stands before @ is no name"), text);
	if (*host == '\0' || strlen(host) > 300)
		return config_wrong(c, _("%s: no server is named"), text);
	set(&o->server, host);
	if (at != NULL) {
		free(o->user);
		o->user = xmemdup0(text, (size_t)(at - text));
	}
	return true;
}

/* What the options say together, and the server. */
static bool
check_arguments(struct config *c, const struct options *o)
{
	if (o->json && !o->follow)
		return config_wrong(c, "%s", _("--json goes with --follow"));
	if (o->follow && o->send_target != NULL)
		return config_wrong(c, "%s",
		    _("--follow and --send do not go together"));
	if (c->next < c->argc && !set_server(c, c->argv[c->next]))
		return false;
	if (c->next + 1 < c->argc)
		return config_wrong(
		    c, _("%s: one server is enough"), c->argv[c->next + 1]);
	return true;
}

/* ---- the file ---------------------------------------------------------- */

static char *
default_config(void)
{
	char *folder = config_folder("XDG_CONFIG_HOME", ".config"), *path;

	path = folder == NULL ? NULL : xasprintf("%s/chat-tui/config", folder);
	free(folder);
	return path;
}

static bool
take_line(struct config *c, char *line)
{
	struct options *o = c->to;
	char why[SETTINGS_WHY_CAP];

	return settings_line(o->settings, line, why) ||
	    config_wrong(c, "%s", why);
}

static bool
read_config(struct config *c)
{
	struct options *o = c->to;
	char *path = o->config == NULL ? default_config() : xstrdup(o->config);
	bool ok = path == NULL;

	settings_set_path(o->settings, path);
	if (!ok)
		ok = config_lines(c, path, SETTINGS_FILE_MAX, take_line) ||
		    (o->config == NULL &&
		    (errno == ENOENT || errno == ENOTDIR));
	free(path);
	return ok;
}

/* What the file says stands behind what was given. */
static bool
take_file(struct config *c)
{
	struct options *o = c->to;
	const struct settings *s = o->settings;

	/* A name in the file is for the file's server. */
	if (o->server == NULL && settings_given(s, SETTING_SERVER) &&
	    !set_server(c, settings_get(s, SETTING_SERVER)))
		return false;
	/* A relative name in the file counts from its folder. */
	if (o->password_file == NULL &&
	    settings_given(s, SETTING_PASSWORD_FILE))
		o->password_file = config_path(settings_path(s),
		    settings_get(s, SETTING_PASSWORD_FILE));
	if (o->greeting == NULL && settings_given(s, SETTING_GREETING))
		set(&o->greeting, settings_get(s, SETTING_GREETING));
	o->plain = settings_on(s, SETTING_PLAIN);
	o->no_remember = !settings_on(s, SETTING_REMEMBER);
	return true;
}

/* The file, then the switches that were given, over it. */
static bool
read_settings(struct config *c)
{
	struct options *o = c->to;
	struct settings *given = o->settings;
	const char *no_color = getenv("NO_COLOR");
	struct setting_row row;
	char why[SETTINGS_WHY_CAP];
	bool ok;

	o->settings = settings_new();
	ok = read_config(c);
	/* A file that says yes knows better than the environment. */
	if (no_color != NULL && *no_color != '\0' &&
	    !settings_given(o->settings, SETTING_COLOR))
		(void)settings_set(o->settings, "color", "no", false, why);
	for (size_t i = 0; settings_row(given, i, &row); i++)
		if (row.given)
			(void)settings_set(
			    o->settings, row.name, row.value, false, why);
	settings_free(given);
	return ok && take_file(c);
}

/* ---- the password ------------------------------------------------------ */

static bool
read_password_file(struct config *c)
{
	struct options *o = c->to;
	size_t n;
	char *text = config_slurp(o->password_file, WIRE_PASSWORD_MAX + 1, &n);

	if (text == NULL)
		return config_wrong(c, "%s: %s", o->password_file,
		    errno == EFBIG ? _("no password") : strerror(errno));
	o->password = text;
	if (strlen(text) != n) {
		explicit_bzero(text, n);
		return config_wrong(
		    c, "%s: %s", o->password_file, _("no password"));
	}
	text[strcspn(text, "\r\n")] = '\0';
	return *text != '\0' ||
	    config_wrong(c, _("%s: its first line is empty"),
	    o->password_file);
}

static bool
read_password(struct config *c)
{
	struct options *o = c->to;
	const char *env = getenv("CHAT_PASSWORD");

	if (o->password_file != NULL) {
		if (!read_password_file(c))
			return false;
	} else if (env != NULL && *env != '\0')
		o->password = xstrdup(env);
	unsetenv("CHAT_PASSWORD");
	return true;
}

/* ---- all --------------------------------------------------------------- */

/* 0 or an exit status. */
static int
read_all(struct config *c, struct options *o)
{
	if (!check_arguments(c, o))
		return EX_USAGE;
	if (!read_settings(c))
		return EX_CONFIG;
	if (o->timestamps && !o->follow && !o->plain) {
		config_wrong(c, "%s",
		    _("--timestamps goes with --follow or --plain"));
		return EX_USAGE;
	}
	return read_password(c) ? 0 : EX_NOINPUT;
}

enum options_do
options_read(struct options *o, int argc, char **argv, int *status)
{
	char why[WHY_CAP];
	struct config c = {
		.table = &table, .to = o, .why = why, .why_cap = sizeof(why),
		.refuse = refuse
	};

	memset(o, 0, sizeof(*o));
	o->settings = settings_new();
	*status = !config_arguments(&c, argc, argv) ? EX_USAGE :
	    c.stop != NULL ? 0 : read_all(&c, o);
	if (*status != 0) {
		plain_format_complain(why);
		return OPTIONS_FAIL;
	}
	if (c.stop == NULL)
		return OPTIONS_RUN;
	if (strcmp(c.stop->name, "version") == 0) {
		printf("%s %s\n", program, CHAT_VERSION);
		return OPTIONS_VERSION;
	}
	print_help();
	return OPTIONS_HELP;
}

void
options_release(struct options *o)
{
	if (o->password != NULL)
		explicit_bzero(o->password, strlen(o->password));
	settings_free(o->settings);
	free(o->password);
	free(o->server);
	free(o->user);
	free(o->password_file);
	free(o->config);
	free(o->trace);
	free(o->greeting);
	free(o->send_target);
	free(o->send_text);
	memset(o, 0, sizeof(*o));
}
