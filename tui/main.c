/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat-tui: puts the pieces together, decides what to log in with, and when
 * and with what status it all ends (options.c lists the statuses).
 *
 * Leaving waits for the answers to what was typed.  A session that is not
 * remembered for the next time is given back at the end.
 */
#include "shared/loop.h"
#include "shared/trace.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/client.h"
#include "tui/model/clock.h"
#include "tui/net/drafts.h"
#include "tui/model/ignore.h"
#include "tui/input/links.h"
#include "tui/model/model.h"
#include "tui/options.h"
#include "tui/plain/plain_format.h"
#include "tui/model/layout.h"
#include "tui/input/settings.h"
#include "tui/term/signals.h"
#include "tui/input/slash.h"
#include "tui/store/state.h"
#include "tui/text.h"
#include "tui/input/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	SCRIPT_MS = 30000, /* how long a pipe or --send waits for a server */
	LOGOUT_MS = 2000
};

struct app {
	struct options opt;
	struct loop *loop;
	struct model *model;
	struct links *links;
	struct client *client;
	const struct ui_class *class;
	struct ui_env env;
	struct ui *ui; /* NULL: --send TARGET TEXT */
	char *session_file, *history_file;
	struct drafts *drafts; /* NULL: nothing is kept */
	struct layout *order;   /* likewise */
	char secret[WIRE_TARGET_CAP]; /* whose draft is one; "": nobody's */
	struct state state;

	bool script;    /* nobody to ask: --send, --follow, or a pipe */
	bool typed;     /* a person logged in here: to be remembered */
	bool remembered;
	bool greeted;
	bool online;    /* was, once */
	bool not_kept;  /* has been said */
	bool leaving, logging_out;
	int status;
	int signal;     /* that ends it; 0: none */
	char said[1024]; /* what goes to standard error at the end */

	struct loop_timer limit;
	struct loop_call check;
};

/* ---- the end ----------------------------------------------------------- */

/* --send TARGET - */
static bool
sends_lines(const struct app *a)
{
	return a->opt.send_target != NULL && a->opt.send_text == NULL;
}

/* How it is to end, once it does. */
static void
end_with(struct app *a, int status, const char *why)
{
	if (status != 0 && (a->status == 0 || a->status == 1))
		a->status = status;
	if (why != NULL && a->said[0] == '\0')
		snprintf(a->said, sizeof(a->said), "%s", why);
}

static void
stop(struct app *a, int status, const char *why)
{
	end_with(a, status, why);
	loop_stop(a->loop);
}

static void
on_limit(void *arg)
{
	struct app *a = arg;

	if (a->logging_out)
		stop(a, 0, NULL); /* the token lives on; it expires */
	else
		stop(a, a->online ? EX_TEMPFAIL : EX_UNAVAILABLE,
		    _("the server did not answer in time"));
}

/* Everything typed is answered: the session goes back, or it is over. */
static void
leave_now(struct app *a)
{
	bool keep = a->remembered ||
	    model_status(a->model)->link != LINK_ONLINE;

	if (keep || a->logging_out) {
		if (keep)
			stop(a, 0, NULL);
		return;
	}
	a->logging_out = true;
	loop_timer_set(a->loop, &a->limit, LOGOUT_MS, on_limit, a);
	client_logout(a->client);
}

/* At the end of a turn in which something changed. */
static void
on_check(void *arg)
{
	struct app *a = arg;

	if (a->order != NULL)
		layout_changed(a->order);
	if (model_status(a->model)->link == LINK_ONLINE) {
		if (!a->leaving && a->opt.send_text == NULL)
			loop_timer_unset(a->loop, &a->limit);
		a->online = true;
	}
	if (!a->leaving)
		return;
	if (a->script && !a->opt.follow ? !client_busy(a->client) :
	        client_unanswered(a->client) == 0)
		leave_now(a);
}

/* It waits for answers that nobody gives yet. */
static void
say_waiting(struct app *a, size_t n)
{
	int64_t now = clock_ms();

	if (a->drafts != NULL && drafts_kept(a->drafts))
		model_noticef(a->model, now, ngettext(
		    "%zu not sent yet: leaving when they are; /quit again "
		    "leaves now, and they are sent the next time",
		    "%zu not sent yet: leaving when they are; /quit again "
		    "leaves now, and they are sent the next time", n), n);
	else
		model_noticef(a->model, now, ngettext(
		    "%zu not sent yet: leaving when they are; /quit again "
		    "leaves without them",
		    "%zu not sent yet: leaving when they are; /quit again "
		    "leaves without them", n), n);
	a->class->changed(a->ui);
}

/* Asked twice, it goes at once. */
static void
app_quit(void *arg)
{
	struct app *a = arg;
	size_t waiting = client_unanswered(a->client);

	if (a->leaving && !a->script) {
		stop(a, waiting > 0 ? EX_TEMPFAIL : 0, NULL);
		return;
	}
	a->leaving = true;
	if (a->script && !a->opt.follow)
		loop_timer_set(a->loop, &a->limit, SCRIPT_MS, on_limit, a);
	else if (waiting > 0 && model_status(a->model)->link != LINK_ONLINE)
		say_waiting(a, waiting);
	loop_defer(a->loop, &a->check, on_check, a);
}

static void
say_unsent(const struct app *a)
{
	size_t n = client_unanswered(a->client);

	if (n == 0)
		return;
	fputs("chat-tui: ", stderr);
	if (a->drafts != NULL && drafts_kept(a->drafts) && !a->not_kept)
		fprintf(stderr, ngettext(
		    "%zu not sent: kept, and sent when you come back",
		    "%zu not sent: kept, and sent when you come back", n), n);
	else
		fprintf(stderr, ngettext("%zu not sent, and lost",
		    "%zu not sent, and lost", n), n);
	fputc('\n', stderr);
}

/* ---- what is typed, for the next run ----------------------------------- */

static void
say_not_kept(struct app *a, const char *why)
{
	if (a->not_kept)
		return;
	a->not_kept = true;
	model_noticef(a->model, clock_ms(),
	    _("what you type is not kept on disk: %s"), why);
}

/* From now on what is typed is that user's, as what was typed before. */
static void
keep_of(struct app *a, const char *user)
{
	char why[STATE_WHY_CAP];

	if (a->order != NULL) /* before what a draft opens at the end */
		layout_open(a->order, model_status(a->model)->server, user);
	if (a->drafts != NULL && !drafts_open(a->drafts,
	    model_status(a->model)->server, user, why))
		say_not_kept(a, why);
}

/* What is typed from now on, and what is shown, is nobody's. */
static void
keep_nobodys(struct app *a)
{
	if (a->order != NULL) {
		layout_write(a->order);
		layout_close(a->order);
	}
	if (a->drafts != NULL)
		drafts_close(a->drafts);
}

static void
on_unsent(void *arg, const char *tag, const char *line, const char *why)
{
	struct app *a = arg;

	if (a->drafts != NULL && !drafts_unsent(a->drafts, tag, line, why))
		say_not_kept(a, strerror(errno));
}

/*
 * A line that holds a password goes to no disk: nor does what is left of it
 * while its command is being mended, until all of it is gone.
 */
static bool
is_secret(struct app *a, const char *target, const char *text)
{
	bool known = strcmp(a->secret, target) == 0;

	if (*text == '\0') {
		if (known)
			a->secret[0] = '\0';
		return false;
	}
	if (!known && slash_secret(&a->env.slash, text))
		snprintf(a->secret, sizeof(a->secret), "%s", target);
	return strcmp(a->secret, target) == 0;
}

static void
on_draft(void *arg, const char *target, const char *text, bool closed)
{
	struct app *a = arg;
	bool secret = is_secret(a, target, text), ok;

	if (a->drafts == NULL)
		return;
	ok = secret ? drafts_secret(a->drafts, target) :
	    drafts_draft(a->drafts, target, text, closed);
	if (!ok)
		say_not_kept(a, strerror(errno));
}

/* ---- logging in -------------------------------------------------------- */

static void
ask(struct app *a, enum ui_about about, const char *why)
{
	const struct model_status *st = model_status(a->model);
	struct ui_ask q = {
		.server = st->server,
		.user = a->opt.user == NULL ? a->state.user : a->opt.user,
		.why = why,
		.about = about,
	};

	if (*q.server == '\0')
		q.server = a->opt.server == NULL ? "" : a->opt.server;
	if (a->ui != NULL)
		a->class->ask(a->ui, &q);
}

static bool
connect_to(struct app *a, const char *server)
{
	char why[400];

	if (client_server_ok(server)) {
		/* Another server's are another's. */
		if (strcmp(model_status(a->model)->server, server) != 0)
			keep_nobodys(a);
		return client_connect(a->client, server);
	}
	snprintf(why, sizeof(why), _("%s: not of the form HOST[:PORT]"),
	    server);
	if (a->script)
		stop(a, EX_USAGE, why);
	else
		ask(a, UI_ABOUT_SERVER, why);
	return false;
}

static void
app_login(void *arg, const struct ui_login *l)
{
	struct app *a = arg;
	const struct model_status *st = model_status(a->model);

	if (st->link == LINK_OFFLINE || strcmp(st->server, l->server) != 0)
		if (!connect_to(a, l->server))
			return;
	free(a->opt.user);
	a->opt.user = xstrdup(l->user);
	a->typed = true;
	if (l->registering)
		client_register(
		    a->client, l->user, l->password, l->real_name);
	else
		client_login(a->client, l->user, l->password);
	client_retry(a->client); /* Enter does not wait for a pause to end */
}

static void
app_ask_login(void *arg)
{
	struct app *a = arg;

	if (client_logged_in(a->client)) {
		model_noticef(a->model, clock_ms(),
		    _("you are logged in as %s; /logout first"),
		    model_status(a->model)->user);
		a->class->changed(a->ui);
	} else
		ask(a, UI_ABOUT_ALL, "");
}

static void
app_server(void *arg, const char *server)
{
	struct app *a = arg;

	/* Who is logged in stays so: there is nothing to ask. */
	if (!a->script && client_logged_in(a->client) &&
	    !client_server_ok(server)) {
		model_noticef(a->model, clock_ms(),
		    _("%s: not of the form HOST[:PORT]"), server);
		a->class->changed(a->ui);
		return;
	}
	(void)connect_to(a, server);
}

static void
app_broken(void *arg, const char *why)
{
	stop(arg, EX_IOERR, why);
}

static void
app_unwritten(void *arg, const char *why)
{
	end_with(arg, EX_IOERR, why);
}

static void
app_refused(void *arg)
{
	struct app *a = arg;

	if (a->script && a->status == 0)
		a->status = 1;
}

/* Who follows asks for nothing. */
static void
on_refused(void *arg, bool lost)
{
	struct app *a = arg;

	if (a->script && a->status == 0 && !a->opt.follow)
		a->status = lost ? EX_TEMPFAIL : 1;
}

/* ---- what the client tells --------------------------------------------- */

static void
on_changed(void *arg)
{
	struct app *a = arg;

	if (a->ui != NULL)
		a->class->changed(a->ui);
	loop_defer(a->loop, &a->check, on_check, a);
}

/* In a pipe a line may still log in, unless a login has been refused. */
static void
on_need_login(void *arg, enum client_why why, const char *text)
{
	static const enum ui_about about[] = {
		[CLIENT_NO_LOGIN] = UI_ABOUT_ALL,
		[CLIENT_REFUSED] = UI_ABOUT_PASSWORD,
		[CLIENT_BAD_NAME] = UI_ABOUT_USER,
		[CLIENT_BAD_REAL_NAME] = UI_ABOUT_REAL_NAME,
		[CLIENT_EXPIRED] = UI_ABOUT_PASSWORD,
		[CLIENT_REMOVED] = UI_ABOUT_ALL,
		[CLIENT_LOGGED_OUT] = UI_ABOUT_ALL,
	};
	struct app *a = arg;

	/* What was shown is forgotten, unless something waits. */
	if (why == CLIENT_LOGGED_OUT && client_unanswered(a->client) == 0)
		keep_nobodys(a);
	if (a->logging_out || (a->leaving && why == CLIENT_LOGGED_OUT)) {
		stop(a, 0, NULL);
		return;
	}
	/* Away for longer than a token lives. */
	if ((a->opt.follow || sends_lines(a)) && why == CLIENT_EXPIRED &&
	    a->opt.user != NULL &&
	    a->opt.password != NULL) {
		client_login(a->client, a->opt.user, a->opt.password);
		return;
	}
	if (a->script && why != CLIENT_NO_LOGIN && why != CLIENT_LOGGED_OUT) {
		stop(a, EX_NOPERM, text);
		return;
	}
	if (a->opt.send_target != NULL || a->opt.follow) {
		stop(a, EX_NOPERM, _("who is it?  USER@HOST, and "
		                     "CHAT_PASSWORD or --password-file"));
		return;
	}
	ask(a, about[why], text);
}

static void
on_logged_in(void *arg, const char *user, const char *token)
{
	struct app *a = arg;
	char why[STATE_WHY_CAP];

	if (a->ui != NULL)
		a->class->ask_done(a->ui);
	if (a->opt.greeting != NULL && !a->greeted && !sends_lines(a))
		model_notice(a->model, clock_ms(), a->opt.greeting);
	a->greeted = true;
	keep_of(a, user);
	/* A password from a script or the environment is there next time too;
	 * what is remembered is the person's own. */
	if (a->script || !(a->typed || a->opt.password == NULL) ||
	    a->session_file == NULL)
		return;
	snprintf(a->state.server, sizeof(a->state.server), "%s",
	    model_status(a->model)->server);
	snprintf(a->state.user, sizeof(a->state.user), "%s", user);
	snprintf(a->state.token, sizeof(a->state.token), "%s", token);
	a->remembered = state_save(a->session_file, &a->state, why);
	if (!a->remembered)
		model_noticef(a->model, clock_ms(), _("not remembered: %s"), why);
}

static void
on_forget(void *arg)
{
	struct app *a = arg;

	if (a->order != NULL)
		layout_write(a->order);
	if (a->remembered && a->session_file != NULL)
		state_forget(a->session_file);
	a->remembered = false;
	explicit_bzero(a->state.token, sizeof(a->state.token));
}

/* Nobody waits at a script: no server at the first try is the answer. */
static void
on_lost(void *arg, const char *why)
{
	struct app *a = arg;
	char text[400];

	if (!a->script) {
		on_changed(a);
		return;
	}
	snprintf(text, sizeof(text), "%s: %s", model_status(a->model)->server,
	    why);
	if (!a->online)
		stop(a, EX_UNAVAILABLE, text);
	else if (a->limit.slot == 0 && !a->opt.follow)
		loop_timer_set(a->loop, &a->limit, SCRIPT_MS, on_limit, a);
}

static void
on_answered(void *arg, bool ok, const char *why)
{
	struct app *a = arg;

	if (!ok && a->status == 0 && a->script)
		a->status = 1;
	if (a->opt.send_text != NULL) {
		if (!ok)
			snprintf(a->said, sizeof(a->said), _("not sent: %s"),
			    why);
		app_quit(a);
	}
	on_changed(a);
}

static const struct client_events events = {
	.changed = on_changed,
	.need_login = on_need_login,
	.logged_in = on_logged_in,
	.forget = on_forget,
	.lost = on_lost,
	.answered = on_answered,
	.refused = on_refused,
	.unsent = on_unsent,
};

static void
on_signal(void *arg, int sig)
{
	struct app *a = arg;

	/* Where the terminal has gone the input ends, too. */
	if (sig != SIGHUP || a->script || isatty(STDIN_FILENO) == 1)
		a->signal = sig;
	stop(a, 128 + sig, NULL); /* no time to log out */
}

/* ---- the beginning ----------------------------------------------------- */

/* What was remembered holds for the server and name that were named. */
static bool
recall(struct app *a)
{
	char why[STATE_WHY_CAP];
	const struct options *o = &a->opt;

	if (a->session_file == NULL || o->password != NULL)
		return false;
	if (!state_load(a->session_file, &a->state, why)) {
		if (*why != '\0')
			model_noticef(a->model, clock_ms(),
			    _("not believed: %s"), why);
		return false;
	}
	return (o->server == NULL || strcmp(o->server, a->state.server) == 0) &&
	    (o->user == NULL || strcmp(o->user, a->state.user) == 0);
}

static void
begin(struct app *a)
{
	const struct options *o = &a->opt;
	bool known = recall(a);
	const char *server = o->server;

	if (server == NULL && known)
		server = a->state.server;
	/* A person with nothing else is asked for all of it. */
	if (server == NULL && !a->script && o->password == NULL) {
		ask(a, UI_ABOUT_ALL, "");
		return;
	}
	if (!connect_to(a, server == NULL ? "localhost:8889" : server))
		return;
	if (known) {
		a->remembered = true;
		client_resume(a->client, a->state.user, a->state.token);
		keep_of(a, a->state.user);
	} else if (o->user != NULL && o->password != NULL) {
		client_login(a->client, o->user, o->password);
		keep_of(a, o->user);
	} else if (o->send_target != NULL || o->follow)
		on_need_login(a, CLIENT_NO_LOGIN, "");
}

static bool
open_ui(struct app *a)
{
	char why[512] = "";
	const char *term = getenv("TERM");
	bool full = !a->opt.plain && isatty(STDIN_FILENO) == 1 &&
	    isatty(STDOUT_FILENO) == 1 && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0;

	a->env = (struct ui_env){
		.loop = a->loop,
		.model = a->model,
		.client = a->client,
		.slash = {
			.client = a->client,
			.model = a->model,
			.settings = a->opt.settings,
			.links = a->links,
			.quit = app_quit,
			.ask_login = app_ask_login,
			.server = app_server,
			.arg = a,
		},
		.login = app_login,
		.refused = app_refused,
		.broken = app_broken,
		.unwritten = app_unwritten,
		.arg = a,
		.history_file = a->history_file,
		.settings = a->opt.settings,
		.json = a->opt.json,
		.target = a->opt.send_target,
		.timestamps = a->opt.timestamps,
	};
	a->class = a->opt.follow ? &ui_follow : sends_lines(a) ? &ui_send :
	    full ? &ui_screen : &ui_plain;
	signals_emergency(a->class->emergency);
	a->ui = a->class->open(&a->env, why, sizeof(why));
	if (a->ui == NULL) {
		fputs("chat-tui: ", stderr);
		/* TRANSLATORS: %s is why there is no full screen. */
		fprintf(stderr, _("%s; try --plain"), why);
		fputc('\n', stderr);
		return false;
	}
	if (text_ascii() && isatty(STDOUT_FILENO) == 1 && !sends_lines(a))
		model_noticef(a->model, clock_ms(), "%s", _("the locale has no "
		    "UTF-8: what is not ASCII stands here by its number, such "
		    "as <U+00E9>; LC_ALL=C.UTF-8 chat-tui shows it"));
	return true;
}

static void
send_one(struct app *a)
{
	if (!client_say(a->client, a->opt.send_target, a->opt.send_text)) {
		struct convo *c = model_current(a->model);
		size_t n = convo_count(c);

		stop(a, EX_USAGE,
		    n > 0 ? convo_item(c, n - 1)->text :
		            _("nothing to send"));
	}
	loop_timer_set(a->loop, &a->limit, SCRIPT_MS, on_limit, a);
}

/* Of a target that is none each line would be refused. */
static void
begin_lines(struct app *a)
{
	const char *name = a->opt.send_target;
	struct target t;
	char why[400];

	if (target_parse(&t, name, strlen(name)) != WIRE_OK) {
		snprintf(why, sizeof(why), _("%s: that is nobody's name"),
		    name);
		stop(a, EX_USAGE, why);
	}
	loop_timer_set(a->loop, &a->limit, SCRIPT_MS, on_limit, a);
}

static void
run(struct app *a)
{
	begin(a);
	if (a->opt.send_text != NULL)
		send_one(a);
	else if (sends_lines(a))
		begin_lines(a);
	if (a->status == 0 && loop_run(a->loop) == -1)
		stop(a, EX_OSERR, strerror(errno));
}

static void
release(struct app *a)
{
	loop_timer_unset(a->loop, &a->limit);
	loop_defer_cancel(a->loop, &a->check);
	signals_close(a->loop);
	if (a->ui != NULL)
		a->class->close(a->ui);
	say_unsent(a);
	layout_free(a->order);
	drafts_free(a->drafts);
	client_free(a->client);
	trace_stop();
	model_free(a->model);
	links_free(a->links);
	loop_free(a->loop);
	explicit_bzero(&a->state, sizeof(a->state));
	free(a->session_file);
	free(a->history_file);
	options_release(&a->opt);
}

/* Somebody may start us with one of them closed; a socket must not take its
 * place. */
static void
keep_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Whom the person ignores is remembered like the rest. */
static void
keep_ignored(struct app *a)
{
	char why[STATE_WHY_CAP], *path = state_path("ignored");

	if (path != NULL &&
	    !ignore_keep(model_ignored(a->model), path, why))
		model_noticef(a->model, clock_ms(), _("not believed: %s"), why);
	free(path);
}

static bool
open_trace(const struct options *o)
{
	char why[TRACE_WHY_CAP];

	if (o->trace == NULL || trace_start(o->trace, NULL, why))
		return true;
	plain_format_complain(why);
	return false;
}

int
main(int argc, char **argv)
{
	struct app a = { 0 };

	keep_standard_fds();
	text_open();
	switch (options_read(&a.opt, argc, argv, &a.status)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_HELP:
	case OPTIONS_VERSION:
		options_release(&a.opt);
		return fflush(stdout) == EOF ? EX_IOERR : 0;
	case OPTIONS_FAIL:
		options_release(&a.opt);
		return a.status;
	}
	text_language(settings_get(a.opt.settings, SETTING_LANGUAGE));
	if (!open_trace(&a.opt)) {
		options_release(&a.opt);
		return EX_CANTCREAT;
	}
	a.script = a.opt.send_target != NULL || a.opt.follow ||
	    isatty(STDIN_FILENO) != 1;
	a.loop = loop_new();
	a.model = model_new();
	a.links = links_new();
	a.client = client_new(a.loop, a.model, &events, &a);
	if (!a.opt.no_remember) {
		a.session_file = state_path("session");
		a.history_file = state_path("history");
		keep_ignored(&a);
		if (!a.script) {
			a.order = layout_new(a.loop, a.model);
			a.drafts = drafts_new(a.model, a.client);
		}
	}
	model_on_draft(a.model, on_draft, &a);
	signals_open(a.loop, on_signal, &a);
	if (a.opt.send_text != NULL || open_ui(&a))
		run(&a);
	else
		a.status = EX_UNAVAILABLE;
	release(&a);
	if (a.said[0] != '\0')
		plain_format_complain(a.said);
	if (a.signal != 0)
		signals_die(a.signal);
	return a.status;
}
