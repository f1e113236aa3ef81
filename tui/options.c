/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/options.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/nearest.h"
#include "tui/input/settings.h"
#include "tui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { COMPLAINT_CAP = 1 << 20 };

static const char program[] = "chat-tui";

/*
 * An option a text, with its lines' ends and as a person is to see it: whoever
 * translates it sets it out anew, from column 24 on and within 80.
 */
static const char *const help[] = {
	N_("usage: chat-tui [OPTION...] [USER@]HOST[:PORT]\n"),
	"\n",
	/* TRANSLATORS: what is said begins in column 24, as in all of these */
	N_("  --plain               lines in, lines out; no full screen\n"),
	N_("  --send TARGET TEXT    send one message and leave; status 0 says "
	"that\n"
	"                        the server has it on its disk\n"),
	N_("  --send TARGET -       send each line of standard input, and no "
	"command\n"),
	N_("  --follow              print what is said, as it comes, and read "
	"nothing\n"),
	N_("  --follow --json       the same, a JSON object a line\n"),
	N_("  --timestamps          with --follow or --plain: date, time and zone "
	"on each\n"
	"                        message\n"),
	N_("  --password-file FILE  the first line of it is the password\n"
	"                        (or the environment's CHAT_PASSWORD)\n"),
	N_("  --config FILE         default "
	"$XDG_CONFIG_HOME/chat-tui/config\n"),
	N_("  --greeting TEXT       a line to be shown behind the login\n"),
	N_("  --no-color            (or the environment's NO_COLOR)\n"),
	N_("  --theme auto|dark|light|any\n"
	"                        what the terminal's background is like\n"),
	N_("  --no-mouse            leave the mouse to the terminal's own "
	"selection\n"),
	N_("  --no-bell             do not ring when you are called\n"),
	N_("  --notify none|osc9|osc777\n"
	"                        a notice through the terminal when you are "
	"called\n"),
	N_("  --no-remember         neither use nor keep server, name and "
	"token\n"),
	N_("  --tls                 not in this version\n"),
	"  --version, --help\n",
	"\n",
	N_("The server is localhost:8889 when none is named.  Inside, /help "
	"lists\n"
	"the commands.\n"),
	"\n",
	N_("Exit status: 0 all that was typed was answered OK; 1 the server "
	"refused\n"
	"something; 64 wrong usage; 66 no password file; 69 the server cannot "
	"be\n"
	"reached; 74 standard output cannot be written; 75 the connection was "
	"lost\n"
	"before the answer, try again; 77 the login was refused; 78 the\n"
	"configuration file is wrong.\n"),
};

static void
print_help(void)
{
	for (size_t i = 0; i < sizeof(help) / sizeof(*help); i++)
		fputs(_(help[i]), stdout);
}

enum opt {
	OPT_TLS = 256,
	OPT_PLAIN,
	OPT_PASSWORD_FILE,
	OPT_CONFIG,
	OPT_SEND,
	OPT_FOLLOW,
	OPT_JSON,
	OPT_TIMESTAMPS,
	OPT_NO_COLOR,
	OPT_THEME,
	OPT_NO_MOUSE,
	OPT_NO_BELL,
	OPT_NOTIFY,
	OPT_NO_REMEMBER,
	OPT_GREETING,
	OPT_VERSION,
	OPT_HELP
};

static const struct {
	const char *name;
	enum opt opt;
	int arg;
} table[] = {
	{ "tls", OPT_TLS, no_argument },
	{ "plain", OPT_PLAIN, no_argument },
	{ "password-file", OPT_PASSWORD_FILE, required_argument },
	{ "config", OPT_CONFIG, required_argument },
	{ "send", OPT_SEND, required_argument },
	{ "follow", OPT_FOLLOW, no_argument },
	{ "json", OPT_JSON, no_argument },
	{ "timestamps", OPT_TIMESTAMPS, no_argument },
	{ "no-color", OPT_NO_COLOR, no_argument },
	{ "theme", OPT_THEME, required_argument },
	{ "no-mouse", OPT_NO_MOUSE, no_argument },
	{ "no-bell", OPT_NO_BELL, no_argument },
	{ "notify", OPT_NOTIFY, required_argument },
	{ "no-remember", OPT_NO_REMEMBER, no_argument },
	{ "greeting", OPT_GREETING, required_argument },
	{ "version", OPT_VERSION, no_argument },
	{ "help", OPT_HELP, no_argument },
};

enum { ROWS = sizeof(table) / sizeof(*table) };

static int
complain(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
complain(int status, const char *fmt, ...)
{
	struct buf clean;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	buf_init(&clean, COMPLAINT_CAP);
	(void)text_clean(&clean, text, strlen(text));
	fprintf(stderr, "%s: %s\n", program, buf_data(&clean));
	buf_release(&clean);
	free(text);
	return status;
}

static void
set(char **slot, const char *value)
{
	free(*slot);
	*slot = value == NULL ? NULL : xstrdup(value);
}

/* ---- one setting ------------------------------------------------------- */

/* [USER@]HOST[:PORT] */
static int
set_server(struct options *o, const char *text)
{
	const char *at = strrchr(text, '@');
	const char *host = at == NULL ? text : at + 1;

	if (at != NULL && !wire_name_ok(text, (size_t)(at - text)))
		return complain(EX_USAGE,
		    _("%s: what stands before @ is no name"), text);
	if (*host == '\0' || strlen(host) > 300)
		return complain(EX_USAGE, _("%s: no server is named"), text);
	set(&o->server, host);
	if (at != NULL) {
		free(o->user);
		o->user = xmemdup0(text, (size_t)(at - text));
	}
	return 0;
}

/* A switch of the command line that is a setting of the file's. */
static int
give(struct options *o, const char *name)
{
	char why[SETTINGS_WHY_CAP];

	(void)settings_set(o->settings, name, "yes", false, why);
	return 0;
}

static int
refuse_tls(void)
{
	return complain(EX_USAGE, "%s",
	    _("TLS is not in this version; without it passwords cross the net "
	    "in the clear"));
}

/* value: NULL for a switch that is given; 0 or an exit status. */
static int
apply(struct options *o, enum opt opt, const char *value)
{
	char why[SETTINGS_WHY_CAP];

	switch (opt) {
	case OPT_TLS:
		return refuse_tls();
	case OPT_PLAIN:
		return give(o, "plain");
	case OPT_FOLLOW:
		o->follow = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_TIMESTAMPS:
		o->timestamps = true;
		return 0;
	case OPT_NO_COLOR:
		return give(o, "no-color");
	case OPT_NO_BELL:
		return give(o, "no-bell");
	case OPT_NOTIFY:
		if (settings_set(o->settings, "notify", value, false, why))
			return 0;
		return complain(EX_USAGE, "%s", why);
	case OPT_THEME:
		if (settings_set(o->settings, "theme", value, false, why))
			return 0;
		return complain(EX_USAGE, "%s", why);
	case OPT_NO_MOUSE:
		return give(o, "no-mouse");
	case OPT_NO_REMEMBER:
		return give(o, "no-remember");
	case OPT_PASSWORD_FILE:
		set(&o->password_file, value);
		return 0;
	case OPT_CONFIG:
		set(&o->config, value);
		return 0;
	case OPT_GREETING:
		set(&o->greeting, value);
		return 0;
	case OPT_SEND:
	case OPT_VERSION:
	case OPT_HELP:
		break;
	}
	return 0;
}

/* ---- the file ---------------------------------------------------------- */

/* NULL and errno.  At most max bytes; *len: how many, for there may be NULs
 * among them. */
static char *
slurp(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	size_t have = 0;
	ssize_t n = -1;
	char *text;

	if (fd == -1)
		return NULL;
	text = xmalloc(max + 1);
	while (have < max && ((n = read(fd, text + have, max - have)) > 0 ||
	    (n == -1 && errno == EINTR)))
		have += n > 0 ? (size_t)n : 0;
	saved = errno;
	close(fd);
	if (n != 0) {
		errno = n == -1 ? saved : EFBIG;
		explicit_bzero(text, have);
		free(text);
		return NULL;
	}
	text[have] = '\0';
	*len = have;
	return text;
}

static char *
default_config(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg != NULL && *xdg == '/')
		return xasprintf("%s/chat-tui/config", xdg);
	if (home != NULL && *home == '/')
		return xasprintf("%s/.config/chat-tui/config", home);
	return NULL;
}

/* The n bytes of text. */
static int
read_lines(struct settings *settings, const char *path, char *text, size_t n)
{
	char why[SETTINGS_WHY_CAP], *line;
	size_t readable = strlen(text);

	text += settings_text(text) - text;
	for (int number = 1; (line = strsep(&text, "\n")) != NULL; number++)
		if (text == NULL && readable < n)
			return complain(EX_CONFIG, "%s:%d: %s", path, number,
			    _("a NUL byte is in it"));
		else if (!settings_line(settings, line, why))
			return complain(EX_CONFIG, "%s:%d: %s", path, number,
			    why);
	return 0;
}

static int
read_config(struct settings *settings, const char *given)
{
	char *path = given == NULL ? default_config() : xstrdup(given);
	char *text;
	size_t n;
	int status = 0;

	if (path == NULL)
		return 0;
	settings_set_path(settings, path);
	if ((text = slurp(path, SETTINGS_FILE_MAX, &n)) != NULL)
		status = read_lines(settings, path, text, n);
	else if (given != NULL || (errno != ENOENT && errno != ENOTDIR))
		status = complain(EX_CONFIG, "%s: %s", path, strerror(errno));
	free(text);
	free(path);
	return status;
}

/* ---- the command line -------------------------------------------------- */

static const char *
name_of(int opt)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((int)table[i].opt == opt)
			return table[i].name;
	return NULL;
}

/* word: an option with two dashes that is none, or not one alone. */
static int
refuse_long(const char *word)
{
	size_t len = strcspn(word, "="), begin = 0;
	char *name = xmemdup0(word, len); /* what stands behind = is no name */
	struct nearest near;
	int status;

	nearest_begin(&near, name + 2);
	for (size_t i = 0; i < ROWS; i++) {
		begin += strncmp(table[i].name, name + 2, len - 2) == 0;
		nearest_try(&near, table[i].name);
	}
	if (begin > 1)
		status = complain(EX_USAGE,
		    _("%s: several options begin so; see --help"), name);
	else if (near.best != NULL)
		/* TRANSLATORS: the second is the option that may be meant */
		status = complain(EX_USAGE,
		    _("%s: no such option; --%s? See --help"), name, near.best);
	else
		status = complain(
		    EX_USAGE, _("%s: no such option; see --help"), name);
	free(name);
	return status;
}

static int
refuse_send(void)
{
	return complain(
	    EX_USAGE, "%s", _("--send needs a TARGET and a TEXT"));
}

/*
 * What getopt would say in English.  There are no options of one dash: one is
 * refused at its first letter, and is behind optind only if that is its last.
 */
static int
refuse_option(int opt, int argc, char **argv)
{
	const char *name = name_of(optopt), *word = argv[optind - 1];

	if (opt == ':' && optopt == OPT_SEND)
		return refuse_send();
	if (optopt == OPT_TLS)
		return refuse_tls();
	if (name != NULL && opt == ':')
		return complain(EX_USAGE, _("--%s needs a value"), name);
	if (name != NULL)
		return complain(EX_USAGE, _("--%s takes no value"), name);
	if (optopt == 0)
		return refuse_long(word);
	if (optind < argc && argv[optind][0] == '-' &&
	    (unsigned char)argv[optind][1] == (unsigned char)optopt)
		word = argv[optind];
	return complain(EX_USAGE, _("%s: no such option; see --help"), word);
}

static enum options_do
parse_argv(struct options *o, int argc, char **argv, int *status)
{
	struct option longs[ROWS + 1] = { 0 };
	int opt;

	for (size_t i = 0; i < ROWS; i++)
		longs[i] = (struct option){
			.name = table[i].name,
			.has_arg = table[i].arg,
			.val = (int)table[i].opt,
		};
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", longs, NULL)) != -1)
		switch (opt) {
		case OPT_HELP:
			print_help();
			return OPTIONS_HELP;
		case OPT_VERSION:
			printf("%s %s\n", program, CHAT_VERSION);
			return OPTIONS_VERSION;
		case OPT_SEND:
			if (optind >= argc) {
				*status = refuse_send();
				return OPTIONS_FAIL;
			}
			set(&o->send_target, optarg);
			set(&o->send_text, strcmp(argv[optind], "-") == 0 ?
			    NULL : argv[optind]);
			optind++;
			break;
		case ':':
		case '?':
			*status = refuse_option(opt, argc, argv);
			return OPTIONS_FAIL;
		default:
			if ((*status = apply(o, (enum opt)opt, optarg)) != 0)
				return OPTIONS_FAIL;
		}
	if (o->json && !o->follow) {
		*status = complain(
		    EX_USAGE, "%s", _("--json goes with --follow"));
		return OPTIONS_FAIL;
	}
	if (o->follow && o->send_target != NULL) {
		*status = complain(EX_USAGE, "%s",
		    _("--follow and --send do not go together"));
		return OPTIONS_FAIL;
	}
	if (optind < argc &&
	    (*status = set_server(o, argv[optind++])) != 0)
		return OPTIONS_FAIL;
	if (optind < argc) {
		*status = complain(
		    EX_USAGE, _("%s: one server is enough"), argv[optind]);
		return OPTIONS_FAIL;
	}
	return OPTIONS_RUN;
}

/* ---- the password ------------------------------------------------------ */

static int
read_password(struct options *o)
{
	const char *env = getenv("CHAT_PASSWORD");

	if (o->password_file != NULL) {
		size_t n;
		char *text = slurp(
		    o->password_file, WIRE_PASSWORD_MAX + 2, &n);

		if (text != NULL && strlen(text) != n) {
			explicit_bzero(text, n);
			free(text);
			text = NULL;
			errno = EFBIG;
		}
		if (text == NULL)
			return complain(EX_NOINPUT, "%s: %s", o->password_file,
			    errno == EFBIG ? _("no password") :
			    strerror(errno));
		text[strcspn(text, "\r\n")] = '\0';
		if (*text == '\0') {
			free(text);
			return complain(EX_NOINPUT,
			    _("%s: its first line is empty"),
			    o->password_file);
		}
		o->password = text;
	} else if (env != NULL && *env != '\0')
		o->password = xstrdup(env);
	unsetenv("CHAT_PASSWORD");
	return 0;
}

/* A relative name in the file counts from its folder. */
static void
take_password_file(struct options *o, const char *name)
{
	const char *path = settings_path(o->settings), *slash;

	if (*name == '/' || path == NULL || (slash = strrchr(path, '/')) == NULL)
		set(&o->password_file, name);
	else
		o->password_file = xasprintf(
		    "%.*s/%s", (int)(slash - path), path, name);
}

/* What the file says stands behind what was given. */
static int
take_file(struct options *o)
{
	const struct settings *s = o->settings;

	/* A name in the file is for the file's server. */
	if (o->server == NULL && settings_given(s, SETTING_SERVER) &&
	    set_server(o, settings_get(s, SETTING_SERVER)) != 0)
		return EX_CONFIG;
	if (o->password_file == NULL &&
	    settings_given(s, SETTING_PASSWORD_FILE))
		take_password_file(
		    o, settings_get(s, SETTING_PASSWORD_FILE));
	if (o->greeting == NULL && settings_given(s, SETTING_GREETING))
		set(&o->greeting, settings_get(s, SETTING_GREETING));
	o->plain = settings_on(s, SETTING_PLAIN);
	o->no_remember = !settings_on(s, SETTING_REMEMBER);
	return 0;
}

/* The file, then the switches that were given, over it. */
static int
read_settings(struct options *o)
{
	struct settings *given = o->settings;
	const char *no_color = getenv("NO_COLOR");
	struct setting_row row;
	char why[SETTINGS_WHY_CAP];
	int status;

	o->settings = settings_new();
	status = read_config(o->settings, o->config);
	/* A file that says yes knows better than the environment. */
	if (no_color != NULL && *no_color != '\0' &&
	    !settings_given(o->settings, SETTING_COLOR))
		(void)settings_set(o->settings, "color", "no", false, why);
	for (size_t i = 0; settings_row(given, i, &row); i++)
		if (row.given)
			(void)settings_set(
			    o->settings, row.name, row.value, false, why);
	settings_free(given);
	return status != 0 ? status : take_file(o);
}

enum options_do
options_read(struct options *o, int argc, char **argv, int *status)
{
	enum options_do what;

	memset(o, 0, sizeof(*o));
	*status = 0;
	o->settings = settings_new();
	what = parse_argv(o, argc, argv, status);
	if (what != OPTIONS_RUN)
		return what;
	*status = read_settings(o);
	if (*status == 0 && o->timestamps && !o->follow && !o->plain)
		*status = complain(EX_USAGE, "%s",
		    _("--timestamps goes with --follow or --plain"));
	if (*status == 0)
		*status = read_password(o);
	return *status == 0 ? OPTIONS_RUN : OPTIONS_FAIL;
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
	free(o->greeting);
	free(o->send_target);
	free(o->send_text);
	memset(o, 0, sizeof(*o));
}
