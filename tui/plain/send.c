/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --send TARGET -: each line of standard input is said to one target, whatever
 * it looks like.  A line is taken when the one before is answered, so that
 * nothing is held here but one, and what is told of a line names its number.
 * Nothing is printed but on standard error.
 */
#include "tui/input/ui.h"

#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/net/client.h"
#include "tui/plain/plain_format.h"
#include "tui/model/model.h"
#include "tui/plain/stdin_lines.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ui {
	struct ui_env env;
	struct stdin_lines *in;
	size_t taken;
	bool saying, leaving;
	struct loop_call work;
};

/* ---- what the program says --------------------------------------------- */

static void
complain_of_line(const struct ui *ui, const char *why)
{
	/* TRANSLATORS: %zu is the number of a line of the input, %s why. */
	char *text = xasprintf(_("line %zu was not sent: %s"), ui->taken, why);

	plain_format_complain(text);
	free(text);
}

static void
on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	const struct ui *ui = arg;

	(void)how;
	if (it->kind == ITEM_FAILED)
		complain_of_line(ui, it->why);
	else if (it->kind == ITEM_NOTICE && ui->saying)
		complain_of_line(ui, it->text);
	/* Who joins and leaves a group is told there: that is no trouble. */
	else if (it->kind == ITEM_NOTICE && strcmp(convo_target(c), "*") == 0)
		plain_format_complain(it->text);
}

static void
send_ask(struct ui *ui, const struct ui_ask *ask)
{
	(void)ui;
	if (*ask->why != '\0')
		plain_format_complain(ask->why);
}

static void
nothing_to_do(struct ui *ui)
{
	(void)ui;
}

/* ---- lines ------------------------------------------------------------- */

static bool
say(struct ui *ui, const char *line, size_t n)
{
	bool said;

	if (strlen(line) != n) {
		complain_of_line(ui, _("a NUL byte is in it"));
		return false;
	}
	if (utf8_blank(line, n)) /* no message */
		return true;
	ui->saying = true;
	said = client_say(ui->env.client, ui->env.target, line);
	ui->saying = false;
	return said;
}

static void
leave(struct ui *ui)
{
	char *why = stdin_lines_why(ui->in);

	ui->leaving = true;
	if (why != NULL)
		ui->env.unwritten(ui->env.arg, why);
	free(why);
	ui->env.slash.quit(ui->env.slash.arg);
}

/* False: there is none yet, or no more. */
static bool
take_line(struct ui *ui)
{
	const char *line;
	size_t n;

	switch (stdin_lines_next(ui->in, &line, &n)) {
	case STDIN_LINE:
		ui->taken++;
		if (!say(ui, line, n))
			ui->env.refused(ui->env.arg);
		return true;
	case STDIN_LONG:
		ui->taken++;
		complain_of_line(ui, _("that is too long for one message"));
		ui->env.refused(ui->env.arg);
		return true;
	case STDIN_END:
		leave(ui);
		break;
	case STDIN_NOTHING:
		break;
	}
	return false;
}

static bool
ready(const struct ui *ui)
{
	return !ui->leaving && !client_busy(ui->env.client);
}

/* At the end of a turn. */
static void
work(void *arg)
{
	struct ui *ui = arg;

	while (ready(ui) && take_line(ui))
		continue;
	stdin_lines_want(ui->in, ready(ui));
}

static void
send_changed(struct ui *ui)
{
	loop_defer(ui->env.loop, &ui->work, work, ui);
}

static void
on_come(void *arg)
{
	send_changed(arg);
}

/* ---- life -------------------------------------------------------------- */

static struct ui *
send_open(const struct ui_env *env, char *why, size_t cap)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	(void)why;
	(void)cap;
	ui->env = *env;
	ui->in = stdin_lines_new(env->loop, on_come, ui);
	model_on_item(env->model, on_item, ui);
	client_no_reader(env->client);
	return ui;
}

static void
send_close(struct ui *ui)
{
	char *text;

	if (!ui->leaving && ui->taken > 0) {
		/* TRANSLATORS: %zu is the number of a line of the input. */
		text = xasprintf(_("stopped at line %zu of the input"),
		    ui->taken);
		plain_format_complain(text);
		free(text);
	}
	model_on_item(ui->env.model, NULL, NULL);
	loop_defer_cancel(ui->env.loop, &ui->work);
	stdin_lines_free(ui->in);
	free(ui);
}

const struct ui_class ui_send = {
	.open = send_open,
	.changed = send_changed,
	.ask = send_ask,
	.ask_done = nothing_to_do,
	.close = send_close,
};
