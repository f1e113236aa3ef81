/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain lines: what is typed or piped in goes to slash_line(), what is said
 * comes out as lines (plain_format.h), and behind -- what the program has to say.
 *
 * From a pipe or file a line is taken when all before it is answered; so the
 * answers stand in order, and the end of input is the end of it all.  On a
 * terminal each line is taken at once, and readline has it (prompt.h) where
 * the output goes to the terminal, too.
 */
#include "tui/input/ui.h"

#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/attention.h"
#include "tui/net/client.h"
#include "tui/model/clock.h"
#include "tui/input/complete.h"
#include "tui/model/errors.h"
#include "tui/input/lineedit.h"
#include "tui/plain/plain_format.h"
#include "tui/model/model.h"
#include "tui/input/prompt.h"
#include "tui/input/settings.h"
#include "tui/plain/stdin_lines.h"
#include "tui/text.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	LINE_MAX_IN = 4 * WIRE_LINE_MAX, /* a question */
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
	bool edits;    /* prompt.h has the line */
	bool leaving, told_unread;
	bool mute;     /* what would be printed goes nowhere */
	struct attention attention; /* of a terminal */
	size_t taken;  /* lines of the input */
	struct stdin_lines *in; /* NULL: the line is readline's */
	struct loop_call work;
	struct plain_format said;

	struct slash_held held;
	enum question asking;
	char *server, *user, *password, *real_name;
};

/* For the signal handler: what to put back. */
static struct termios saved;
static volatile sig_atomic_t echo_is_off;

/* ---- out --------------------------------------------------------------- */

static void
out_line(const char *head, const char *text)
{
	struct buf b;

	lineedit_hide();
	buf_init(&b, OUT_CAP);
	plain_format_line(&b, head, text, strlen(text));
	(void)fwrite(buf_data(&b), 1, b.len, stdout);
	buf_release(&b);
}

static void
out_text(const struct ui *ui, const char *head, const char *text)
{
	struct buf b;

	lineedit_hide();
	buf_init(&b, OUT_CAP);
	plain_format_text(&ui->said, &b, head, text);
	(void)fwrite(buf_data(&b), 1, b.len, stdout);
	buf_release(&b);
}

/* What the program has to say. */
static void
out_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
out_notice(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	out_line("-- ", text);
	free(text);
}

static void
out_queued(const struct convo *c, const struct item *it)
{
	out_notice(_("queued until that realm is back: %s"),
	    *it->queued == '\0' ? convo_target(c) : it->queued);
}

static void
out_message(struct ui *ui, const struct convo *c, const struct item *it)
{
	const char *to = convo_target(c);
	struct buf head;

	buf_init(&head, PLAIN_FORMAT_HEAD);
	plain_format_head(&ui->said, &head, it->time, it->from, to, it->own);
	out_text(ui, buf_data(&head), it->text);
	buf_release(&head);
	if (it->queued != NULL)
		out_queued(c, it);
}

/* One's own words, which stand there already, have gone where they are not
 * said by themselves. */
static void
out_sent(const struct ui *ui, const struct convo *c, const struct item *it)
{
	const char *to = convo_target(c);

	if (it->queued != NULL)
		out_queued(c, it);
	else if (c != model_current(ui->env.model))
		out_notice(_("message sent to %s"),
		    strcmp(to, "*") == 0 ? _("everyone") : to);
}

static void
out_failed(const struct ui *ui, const struct convo *c, const struct item *it)
{
	const char *to = convo_target(c);
	char *head;
	struct buf clean;

	buf_init(&clean, PLAIN_FORMAT_HEAD);
	if (strcmp(to, "*") == 0)
		head = xasprintf(_("-- not sent to everyone (%s): "), it->why);
	else
		head = xasprintf(_("-- not sent to %s (%s): "), to, it->why);
	(void)text_clean(&clean, head, strlen(head));
	out_text(ui, buf_data(&clean), it->text);
	buf_release(&clean);
	free(head);
}

static void
on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	struct ui *ui = arg;

	switch (it->kind) {
	case ITEM_MESSAGE:
		if (how == MODEL_SETTLED && ui->terminal)
			out_sent(ui, c, it);
		else
			out_message(ui, c, it);
		break;
	case ITEM_NOTICE:
		out_line("-- ", it->text);
		break;
	case ITEM_FAILED:
		out_failed(ui, c, it);
		break;
	case ITEM_WAITING:
		break;
	}
}

/* What was printed was seen, where there is somebody to see it or another
 * program reads it: where nothing older is unread, tell the server. */
static void
mark_read(struct ui *ui)
{
	struct model *m = ui->env.model;

	if (ui->terminal && !attention_is_there(
	    &ui->attention, loop_now(ui->env.loop)))
		return;
	for (size_t i = 0; i < model_convos(m); i++) {
		struct convo *c = model_convo(m, i);
		int64_t first = convo_first(c);

		if (convo_unread(c) > 0 && first > 0 &&
		    convo_first_unread(c) >= first)
			client_read(ui->env.client, c);
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
		out_notice(_("/help lists the commands; you are %s"),
		    model_status(m)->user);
	for (size_t i = 1; i < model_convos(m); i++) {
		const struct convo *c = model_convo(m, i);

		if (convo_unread(c) > 0)
			out_notice(_("unread: %s"), convo_target(c));
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
put_question(struct ui *ui, const char *text, bool hidden)
{
	struct buf b;

	buf_init(&b, OUT_CAP);
	(void)text_clean(&b, text, strlen(text));
	if (ui->edits) {
		lineedit_ask(buf_data(&b), hidden);
		(void)fflush(stdout);
	} else {
		if (hidden)
			take_echo();
		fputs(buf_data(&b), stderr);
	}
	buf_release(&b);
}

static void
ask_for(struct ui *ui, enum question q)
{
	char text[LINE_MAX_IN];

	ui->asking = q;
	(void)fflush(stdout);
	switch (q) {
	case ASK_SERVER:
		snprintf(text, sizeof(text), _("Server [%s]: "), ui->server);
		put_question(ui, text, false);
		break;
	case ASK_USER:
		if (*ui->user == '\0')
			snprintf(text, sizeof(text), "%s", _("Name: "));
		else
			snprintf(text, sizeof(text), _("Name [%s]: "),
			    ui->user);
		put_question(ui, text, false);
		break;
	case ASK_PASSWORD:
		put_question(ui, _("Password: "), true);
		break;
	case ASK_NEW:
		put_question(ui,
		    _("Make a new account of that name? [y/N]: "), false);
		break;
	case ASK_NOTHING:
		put_echo_back();
		lineedit_ask("", false);
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
		.real_name = ui->real_name,
	};

	ask_for(ui, ASK_NOTHING);
	ui->env.login(ui->env.arg, &login);
	replace(&ui->password, "");
	replace(&ui->real_name, "");
}

static void
take_word(char **slot, const char *s, size_t n)
{
	char *word = xmemdup0(s, n);

	replace(slot, word);
	explicit_bzero(word, n);
	free(word);
}

/* "auth messi surabaya", or as much of it as there is; behind a new account's
 * password stands the real name. */
static void
take_login(struct ui *ui, const struct slash_login *l)
{
	const char *rest;
	size_t n;

	if (l->user_len > 0)
		take_word(&ui->user, l->user, l->user_len);
	n = l->password == NULL ? 0 : strcspn(l->password, " ");
	if (n == 0) {
		ask_for(ui, l->user_len > 0 ? ASK_PASSWORD : ASK_USER);
		return;
	}
	take_word(&ui->password, l->password, n);
	rest = l->password + n + strspn(l->password + n, " ");
	if (l->registering)
		replace(&ui->real_name, rest);
	finish(ui, l->registering);
}

static void
take_answer(struct ui *ui, const char *line)
{
	struct slash_login login;

	/* A server may well be called "login". */
	if (ui->asking != ASK_NEW && slash_login_words(line, &login) &&
	    (ui->asking == ASK_USER || login.user_len > 0)) {
		take_login(ui, &login);
		return;
	}
	switch (ui->asking) {
	case ASK_SERVER:
		if (*line != '\0')
			replace(&ui->server, line);
		ask_for(ui, ASK_USER);
		break;
	case ASK_USER:
		if (*line != '\0')
			replace(&ui->user, line);
		ask_for(ui, *ui->user == '\0' ? ASK_USER : ASK_PASSWORD);
		break;
	case ASK_PASSWORD:
		replace(&ui->password, line);
		put_echo_back();
		ask_for(ui, *line == '\0' ? ASK_USER : ASK_NEW);
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
	lineedit_forget_secret();
	replace(&ui->server,
	    *ask->server == '\0' ? "localhost:8889" : ask->server);
	replace(&ui->user, ask->user);
	ask_for(ui, *ask->server == '\0' ? ASK_SERVER : ASK_USER);
}

static void
plain_ask_done(struct ui *ui)
{
	if (ui->asking != ASK_NOTHING)
		ask_for(ui, ASK_NOTHING);
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

/* A person may still want it so; a script's exit status tells. */
static void
give_back(struct ui *ui, const char *line)
{
	if (ui->edits)
		lineedit_set(line);
	if (ui->terminal)
		return;
	ui->env.refused(ui->env.arg);
	fputs("chat-tui: ", stderr);
	/* TRANSLATORS: %zu is the number of a line of the input. */
	fprintf(stderr, _("line %zu was not sent"), ui->taken);
	fputc('\n', stderr);
}

/* No name and no server begins with /: a way out of the questions.  Nor is an
 * older client's command one; but a login is an answer. */
static bool
leaves_question(const struct ui *ui, const char *line)
{
	struct slash_login login;

	if (ui->asking != ASK_SERVER && ui->asking != ASK_USER)
		return false;
	if (slash_login_words(line, &login))
		return *slash_start(line) == '/' && login.user_len == 0;
	return *slash_start(line) == '/' || slash_no_name(line);
}

static void
take_line(struct ui *ui, const char *line, size_t n)
{
	/* So that nothing behind a /quit is taken. */
	const struct slash slash = {
		.client = ui->env.client,
		.model = ui->env.model,
		.settings = ui->env.settings,
		.links = ui->env.slash.links,
		.quit = leave,
		.ask_login = ask_login,
		.server = go_to_server,
		.arg = ui,
	};

	ui->taken++;
	if (strlen(line) != n) {
		out_line("-- ", _("a line with a NUL in it was left out"));
		ui->env.refused(ui->env.arg);
		return;
	}
	if (ui->asking != ASK_NOTHING && !leaves_question(ui, line)) {
		take_answer(ui, line);
		return;
	}
	/* In a file such a line parts others, and means nothing. */
	if (ui->terminal && n > 0 && utf8_blank(line, n)) {
		out_line("-- ", errors_words(WIRE_TEXT_EMPTY));
		ui->env.refused(ui->env.arg);
	} else if (slash_hold(&ui->held, &slash, line))
		give_back(ui, line);
	else if (!slash_line(&slash, line)) {
		if (ui->edits)
			lineedit_keep(line);
		ui->env.refused(ui->env.arg);
	}
	if (ui->asking != ASK_NOTHING && !ui->leaving)
		ask_for(ui, ui->asking);
}

/* Leaves at the end of the input. */
static void
leave_input(struct ui *ui)
{
	char *why;

	if (ui->leaving)
		return;
	if ((why = stdin_lines_why(ui->in)) != NULL)
		ui->env.unwritten(ui->env.arg, why);
	free(why);
	leave(ui);
}

/* One line that is there; false: none, or not yet. */
static bool
next_line(struct ui *ui)
{
	const char *line;
	size_t n;

	switch (stdin_lines_next(ui->in, &line, &n)) {
	case STDIN_LINE:
		take_line(ui, line, n);
		return true;
	case STDIN_LONG:
		ui->taken++;
		out_line("-- ", _("a line was too long: left out"));
		ui->env.refused(ui->env.arg);
		return true;
	case STDIN_END:
		leave_input(ui);
		break;
	case STDIN_NOTHING:
		break;
	}
	return false;
}

static void
complain_of_output(struct ui *ui, int error)
{
	char *why;

	if (!ui->terminal && stdin_lines_left(ui->in))
		/* TRANSLATORS: the first %s is why, such as "No space left on
		 * device"; %zu is the number of a line. */
		why = xasprintf(_("standard output: %s; the input was not "
		    "taken from line %zu on"), strerror(error), ui->taken + 1);
	else
		why = xasprintf(_("standard output: %s"), strerror(error));
	ui->env.unwritten(ui->env.arg, why);
	free(why);
}

static void
end_input(struct ui *ui)
{
	if (ui->in != NULL)
		stdin_lines_end(ui->in);
	if (!ui->leaving)
		leave(ui);
}

/*
 * Whoever read has had enough ("| head"): the input is to be sent all the
 * same, unless a person types it, who sees nothing any more.  What cannot be
 * written for another reason is lost: nothing more is asked for.
 */
static void
write_out(struct ui *ui)
{
	int error = 0;

	if (fflush(stdout) == EOF)
		error = errno;
	else if (ferror(stdout))
		error = EIO;
	if (error == 0 || ui->mute)
		return;
	ui->mute = true;
	if (error != EPIPE)
		complain_of_output(ui, error);
	if (error != EPIPE || ui->terminal)
		end_input(ui);
	if (freopen("/dev/null", "we", stdout) == NULL)
		clearerr(stdout);
}

/* At the end of a turn: takes what can be taken, writes what there is. */
static void
work(void *arg)
{
	struct ui *ui = arg;

	mark_read(ui);
	tell_unread(ui);
	write_out(ui); /* so that nothing is taken whose answer cannot be told */
	while (ui->in != NULL && ready(ui) && next_line(ui))
		write_out(ui);
	lineedit_show();
	write_out(ui);
	if (ui->in != NULL)
		stdin_lines_want(ui->in, ready(ui));
}

static void
plain_changed(struct ui *ui)
{
	loop_defer(ui->env.loop, &ui->work, work, ui);
}

static void
on_come(void *arg)
{
	struct ui *ui = arg;

	attention_use(&ui->attention, loop_now(ui->env.loop));
	plain_changed(ui);
}

/* ---- the line, where readline has it ----------------------------------- */

static void
on_accept(void *arg, const char *line)
{
	struct ui *ui = arg;

	take_line(ui, line, strlen(line));
	plain_changed(ui);
}

/* Ctrl-D. */
static void
on_eof(void *arg)
{
	leave(arg);
	plain_changed(arg);
}

static void
on_typed(void *arg)
{
	struct ui *ui = arg;

	attention_use(&ui->attention, loop_now(ui->env.loop));
	plain_changed(ui); /* what stands there is seen now */
}

static void
on_gone(void *arg)
{
	leave(arg);
}

static char **
on_complete(void *arg, const char *line, size_t start, size_t point)
{
	struct ui *ui = arg;

	return complete_words(
	    &ui->env.slash, ui->env.model, line, start, point);
}

static void
on_choices(void *arg, char *const *words, size_t count)
{
	struct buf b;

	buf_init(&b, OUT_CAP);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			(void)buf_adds(&b, "  ");
		(void)buf_adds(&b, words[i]);
	}
	out_line("-- ", buf_data(&b));
	buf_release(&b);
	plain_changed(arg);
}

static bool
on_secret(void *arg, const char *line)
{
	const struct ui *ui = arg;

	return slash_secret(&ui->env.slash, line);
}

static void
on_full(void *arg)
{
	out_line("-- ", _("the line is full: the rest was left out"));
	plain_changed(arg);
}

static const struct lineedit_hooks line_hooks = {
	.accept = on_accept,
	.eof = on_eof,
	.complete = on_complete,
	.choices = on_choices,
	.secret = on_secret,
	.full = on_full,
	.draws = true,
};

static void
on_setting(void *arg, enum setting setting)
{
	const struct ui *ui = arg;

	if (setting == SETTING_LANGUAGE)
		text_language(settings_get(ui->env.settings, setting));
}

static void
emergency(void)
{
	prompt_emergency();
	put_echo_back();
}

/* ---- life -------------------------------------------------------------- */

static struct ui *
plain_open(const struct ui_env *env, char *why, size_t cap)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	(void)why;
	(void)cap;
	ui->env = *env;
	ui->terminal = isatty(STDIN_FILENO) == 1;
	attention_init(&ui->attention, loop_now(env->loop));
	ui->server = xstrdup("");
	ui->user = xstrdup("");
	ui->password = xstrdup("");
	ui->real_name = xstrdup("");
	plain_format_begin(&ui->said, clock_ms(), env->timestamps);
	ui->said.folds = isatty(STDOUT_FILENO) == 1;
	model_on_item(env->model, on_item, ui);
	settings_listen(env->settings, on_setting, ui);
	client_lazy(env->client);
	ui->edits = ui->terminal && isatty(STDOUT_FILENO) == 1 &&
	    prompt_open(env->loop, &line_hooks, on_typed, on_gone, ui,
	        env->history_file);
	ui->held = (struct slash_held){
		.asks = ui->terminal,
		.typed_out = !ui->edits,
	};
	if (!ui->edits)
		ui->in = stdin_lines_new(env->loop, on_come, ui);
	return ui;
}

static void
plain_close(struct ui *ui)
{
	if (ui->edits)
		prompt_close();
	put_echo_back();
	model_on_item(ui->env.model, NULL, NULL);
	settings_listen(ui->env.settings, NULL, NULL);
	loop_defer_cancel(ui->env.loop, &ui->work);
	if (!ui->mute && fflush(stdout) == EOF && errno != EPIPE)
		complain_of_output(ui, errno);
	stdin_lines_free(ui->in);
	slash_held_release(&ui->held);
	replace(&ui->password, "");
	free(ui->server);
	free(ui->user);
	free(ui->password);
	free(ui->real_name);
	free(ui);
}

const struct ui_class ui_plain = {
	.open = plain_open,
	.changed = plain_changed,
	.ask = plain_ask,
	.ask_done = plain_ask_done,
	.close = plain_close,
	.emergency = emergency,
};
