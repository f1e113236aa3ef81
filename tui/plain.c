/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain lines: what is typed or piped in goes to slash_line(), what is said
 * comes out as lines (lines.h), and behind -- what the program has to say.
 *
 * From a pipe or file a line is taken when all before it is answered; so the
 * answers stand in order, and the end of input is the end of it all.  On a
 * terminal each line is taken at once.
 */
#include "tui/ui.h"

#include "shared/buf.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/client.h"
#include "tui/lines.h"
#include "tui/model.h"
#include "tui/settings.h"
#include "tui/text.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	LINE_MAX_IN = 4 * WIRE_LINE_MAX, /* a typed line; tabs may be escaped */
	IN_CAP = 2 * LINE_MAX_IN,
	OUT_CAP = 8 * WIRE_LINE_MAX /* a text, cleaned: it grows */
};

enum question {
	ASK_NOTHING,
	ASK_SERVER,
	ASK_USER,
	ASK_PASSWORD,
	ASK_NEW
};

struct ui {
	struct ui_env env;
	bool terminal; /* standard input is one */
	bool eof, leaving, told_unread;
	struct buf in;
	struct frame lines;
	struct loop_call work;

	enum question asking;
	char *server, *user, *password;
};

/* For the signal handler: what to put back. */
static struct termios saved;
static volatile sig_atomic_t echo_is_off;

/* ---- out --------------------------------------------------------------- */

static void
out_line(const char *head, const char *text)
{
	struct buf b;

	buf_init(&b, OUT_CAP);
	lines_line(&b, head, text, strlen(text));
	(void)fwrite(buf_data(&b), 1, b.len, stdout);
	buf_release(&b);
}

static void
out_text(const char *head, const char *text)
{
	struct buf b;

	buf_init(&b, OUT_CAP);
	lines_text(&b, head, text);
	(void)fwrite(buf_data(&b), 1, b.len, stdout);
	buf_release(&b);
}

static void
out_message(const struct convo *c, const struct item *it)
{
	const char *to = convo_target(c);
	struct buf head;

	buf_init(&head, LINES_HEAD);
	lines_head(&head, it->time, it->from, to, it->own);
	out_text(buf_data(&head), it->text);
	buf_release(&head);
	if (it->queued != NULL)
		out_line("-- queued until that realm is back: ",
		    *it->queued == '\0' ? to : it->queued);
}

static void
out_failed(const struct convo *c, const struct item *it)
{
	const char *to = convo_target(c);
	struct buf head;

	if (strcmp(to, "*") == 0)
		to = "everyone";
	buf_init(&head, LINES_HEAD);
	(void)buf_adds(&head, "-- not sent to ");
	(void)utf8_clean(&head, to, strlen(to));
	(void)buf_adds(&head, " (");
	(void)utf8_clean(&head, it->why, strlen(it->why));
	(void)buf_adds(&head, "): ");
	out_text(buf_data(&head), it->text);
	buf_release(&head);
}

static void
on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	const struct ui *ui = arg;

	switch (it->kind) {
	case ITEM_MESSAGE:
		/* On a terminal one's own words stand there already. */
		if (how != MODEL_SETTLED || !ui->terminal)
			out_message(c, it);
		break;
	case ITEM_NOTICE:
		out_line("-- ", it->text);
		break;
	case ITEM_FAILED:
		out_failed(c, it);
		break;
	case ITEM_WAITING:
		break;
	}
}

/* What was printed was seen: where nothing older is unread, tell the server. */
static void
mark_read(struct ui *ui)
{
	struct model *m = ui->env.model;

	for (size_t i = 0; i < model_convos(m); i++) {
		struct convo *c = model_convo(m, i);
		int64_t first = convo_first(c);

		if (convo_unread(c) > 0 && first > 0 &&
		    convo_marker(c) >= first)
			model_mark_read(m, c);
	}
}

/* Once, after the login: what came while nobody was here. */
static void
tell_unread(struct ui *ui)
{
	struct model *m = ui->env.model;

	if (ui->told_unread || model_status(m)->link != LINK_ONLINE)
		return;
	ui->told_unread = true;
	if (ui->terminal)
		out_line("-- /help lists the commands; you are ",
		    model_status(m)->user);
	for (size_t i = 1; i < model_convos(m); i++) {
		const struct convo *c = model_convo(m, i);

		if (convo_unread(c) > 0)
			out_line("-- unread: ", convo_target(c));
	}
}

/* ---- asking ------------------------------------------------------------ */

static void
put_echo_back(void)
{
	if (!echo_is_off)
		return;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	echo_is_off = 0;
}

static void
take_echo(void)
{
	struct termios t;

	if (echo_is_off || tcgetattr(STDIN_FILENO, &saved) == -1)
		return;
	t = saved;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
	t.c_lflag |= ECHONL;
	echo_is_off = 1;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &t);
}

static void
prompt(struct ui *ui, enum question q)
{
	ui->asking = q;
	(void)fflush(stdout);
	switch (q) {
	case ASK_SERVER:
		fprintf(stderr, "Server [%s]: ", ui->server);
		break;
	case ASK_USER:
		fprintf(stderr, *ui->user == '\0' ? "Name: " : "Name [%s]: ",
		    ui->user);
		break;
	case ASK_PASSWORD:
		take_echo();
		fputs("Password: ", stderr);
		break;
	case ASK_NEW:
		fputs("Make a new account of that name? [y/N]: ", stderr);
		break;
	case ASK_NOTHING:
		put_echo_back();
		break;
	}
}

static void
replace(char **slot, const char *s)
{
	char *copy = xstrdup(s);

	if (*slot != NULL)
		explicit_bzero(*slot, strlen(*slot));
	free(*slot);
	*slot = copy;
}

static void
finish(struct ui *ui, bool registering)
{
	struct ui_login login = {
		.server = ui->server,
		.user = ui->user,
		.password = ui->password,
		.registering = registering,
		.real_name = "",
	};

	prompt(ui, ASK_NOTHING);
	ui->env.login(ui->env.arg, &login);
	replace(&ui->password, "");
}

static void
take_answer(struct ui *ui, const char *line)
{
	switch (ui->asking) {
	case ASK_SERVER:
		if (*line != '\0')
			replace(&ui->server, line);
		prompt(ui, ASK_USER);
		break;
	case ASK_USER:
		if (*line != '\0')
			replace(&ui->user, line);
		prompt(ui, *ui->user == '\0' ? ASK_USER : ASK_PASSWORD);
		break;
	case ASK_PASSWORD:
		replace(&ui->password, line);
		put_echo_back();
		prompt(ui, *line == '\0' ? ASK_USER : ASK_NEW);
		break;
	case ASK_NEW:
		finish(ui, *line == 'y' || *line == 'Y');
		break;
	case ASK_NOTHING:
		break;
	}
}

static void
plain_ask(struct ui *ui, const struct ui_ask *ask)
{
	if (*ask->why != '\0')
		out_line("-- ", ask->why);
	(void)fflush(stdout);
	if (!ui->terminal)
		return; /* a line may say login NAME PASSWORD */
	replace(&ui->server,
	    *ask->server == '\0' ? "localhost:8889" : ask->server);
	replace(&ui->user, ask->user);
	prompt(ui, *ask->server == '\0' ? ASK_SERVER : ASK_USER);
}

static void
plain_ask_done(struct ui *ui)
{
	if (ui->asking != ASK_NOTHING)
		prompt(ui, ASK_NOTHING);
}

/* ---- in ---------------------------------------------------------------- */

static void
leave(void *arg)
{
	struct ui *ui = arg;

	ui->leaving = true;
	ui->env.slash.quit(ui->env.slash.arg);
}

static void
ask_login(void *arg)
{
	struct ui *ui = arg;

	ui->env.slash.ask_login(ui->env.slash.arg);
}

static void
go_to_server(void *arg, const char *server)
{
	struct ui *ui = arg;

	ui->env.slash.server(ui->env.slash.arg, server);
}

static bool
ready(const struct ui *ui)
{
	/* At a terminal a second /quit does not wait any more. */
	return ui->terminal ||
	    (!ui->leaving && !client_busy(ui->env.client));
}

static void
take_line(struct ui *ui, const char *line, size_t n)
{
	/* So that nothing behind a /quit is taken. */
	const struct slash slash = {
		.client = ui->env.client,
		.model = ui->env.model,
		.settings = ui->env.settings,
		.quit = leave,
		.ask_login = ask_login,
		.server = go_to_server,
		.arg = ui,
	};

	if (strlen(line) != n) {
		out_line("-- ", "a line with a NUL in it was left out");
		return;
	}
	/* No name and no server begins with /: a way out of the questions. */
	if (ui->asking != ASK_NOTHING && (*line != '/' ||
	    (ui->asking != ASK_SERVER && ui->asking != ASK_USER))) {
		take_answer(ui, line);
		return;
	}
	if (!slash_line(&slash, line))
		ui->env.refused(ui->env.arg);
	if (ui->asking != ASK_NOTHING && !ui->leaving)
		prompt(ui, ui->asking);
}

/* One line that is there; false: none, or not yet. */
static bool
next_line(struct ui *ui)
{
	char *p;
	size_t n;

	switch (frame_next(&ui->lines, &ui->in, &p, &n)) {
	case FRAME_READY:
		take_line(ui, p, n);
		return true;
	case FRAME_TOO_LONG:
		out_line("-- ", "a line was too long: left out");
		return true;
	case FRAME_MORE:
		break;
	}
	if (!ui->eof)
		return false;
	if (ui->in.len > 0 && !ui->lines.skipping) { /* without its LF */
		char *rest = xmemdup0(buf_data(&ui->in), ui->in.len);

		n = ui->in.len;
		buf_clear(&ui->in);
		frame_init(&ui->lines, FRAME_LINES, LINE_MAX_IN);
		take_line(ui, rest, n);
		explicit_bzero(rest, n);
		free(rest);
		return true;
	}
	if (!ui->leaving)
		leave(ui);
	return false;
}

/* At the end of a turn: takes what can be taken, writes what there is. */
static void
work(void *arg)
{
	struct ui *ui = arg;

	mark_read(ui);
	tell_unread(ui);
	while (ready(ui) && next_line(ui))
		continue;
	if (fflush(stdout) == EOF && !ui->leaving) {
		ui->eof = true; /* nobody reads */
		leave(ui);
	}
	if (!ui->eof)
		loop_want(ui->env.loop, STDIN_FILENO,
		    ready(ui) && buf_room(&ui->in) > 0 ? LOOP_READ : 0);
}

static void
plain_changed(struct ui *ui)
{
	loop_defer(ui->env.loop, &ui->work, work, ui);
}

static void
on_stdin(void *arg, int fd, unsigned what)
{
	struct ui *ui = arg;
	size_t room = 16 << 10;
	char *to = buf_reserve(&ui->in, &room);
	ssize_t n = read(fd, to, room);

	(void)what;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		buf_grew(&ui->in, (size_t)n);
	else {
		ui->eof = true;
		loop_unwatch(ui->env.loop, fd);
	}
	plain_changed(ui);
}

/* ---- life -------------------------------------------------------------- */

static void
on_setting(void *arg, enum setting setting)
{
	const struct ui *ui = arg;

	if (setting == SETTING_LANGUAGE)
		text_language(
		    settings_get(ui->env.settings, SETTING_LANGUAGE));
}

static struct ui *
plain_open(const struct ui_env *env, char *why, size_t cap)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	(void)why;
	(void)cap;
	ui->env = *env;
	ui->terminal = isatty(STDIN_FILENO) == 1;
	ui->server = xstrdup("");
	ui->user = xstrdup("");
	ui->password = xstrdup("");
	buf_init(&ui->in, IN_CAP);
	frame_init(&ui->lines, FRAME_LINES, LINE_MAX_IN);
	model_on_item(env->model, on_item, ui);
	settings_listen(env->settings, on_setting, ui);
	client_lazy(env->client);
	loop_watch(env->loop, STDIN_FILENO, LOOP_READ, on_stdin, ui);
	return ui;
}

static void
plain_close(struct ui *ui)
{
	put_echo_back();
	model_on_item(ui->env.model, NULL, NULL);
	settings_listen(ui->env.settings, NULL, NULL);
	loop_defer_cancel(ui->env.loop, &ui->work);
	if (!ui->eof)
		loop_unwatch(ui->env.loop, STDIN_FILENO);
	(void)fflush(stdout);
	explicit_bzero(buf_data(&ui->in), ui->in.len);
	buf_release(&ui->in);
	replace(&ui->password, "");
	free(ui->server);
	free(ui->user);
	free(ui->password);
	free(ui);
}

const struct ui_class ui_plain = {
	.open = plain_open,
	.changed = plain_changed,
	.ask = plain_ask,
	.ask_done = plain_ask_done,
	.close = plain_close,
	.emergency = put_echo_back,
};
