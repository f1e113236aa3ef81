/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --follow: what is said comes out as it comes, as plain lines or as a JSON
 * object a line; what the program has to say goes to standard error.  Nothing
 * is read and nothing counts as read.
 *
 * Lines wait here until standard output takes them.  A reader who is behind
 * holds up the server's sending, not this loop; one who has gone ends it.
 */
#include "tui/input/ui.h"

#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/client.h"
#include "tui/model/clock.h"
#include "tui/plain/plain_format.h"
#include "tui/model/model.h"
#include "tui/model/server_text.h"
#include "tui/text.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

enum {
	OUT_HIGH = 256 << 10, /* so much waits: no more is taken */
	OUT_LOW = 64 << 10,
	LINE_CAP = 16 * WIRE_LINE_MAX, /* a message, escaped: it grows */
	OUT_CAP = OUT_HIGH + LINE_CAP,
	LOOK_MS = 1000 /* between two looks whether anybody reads */
};

struct ui {
	struct ui_env env;
	struct buf out;
	struct plain_format said;
	size_t json_flags;
	bool held, ended;
	struct loop_call work;
	struct loop_timer look;
};

/* ---- writing ----------------------------------------------------------- */

static void
end(struct ui *ui, const char *why)
{
	if (ui->ended)
		return;
	ui->ended = true;
	buf_clear(&ui->out);
	loop_unwatch(ui->env.loop, STDOUT_FILENO);
	loop_timer_unset(ui->env.loop, &ui->look);
	if (why == NULL)
		ui->env.slash.quit(ui->env.slash.arg);
	else
		ui->env.broken(ui->env.arg, why);
}

static void
hold(struct ui *ui, bool held)
{
	if (ui->held == held)
		return;
	ui->held = held;
	client_hold(ui->env.client, held);
}

/* No more at once than a pipe that is writable takes without waiting. */
static void
write_some(struct ui *ui)
{
	size_t n = ui->out.len < PIPE_BUF ? ui->out.len : PIPE_BUF;
	ssize_t wrote = write(STDOUT_FILENO, buf_data(&ui->out), n);
	char why[256];

	if (wrote >= 0) {
		buf_eat(&ui->out, (size_t)wrote);
	} else if (errno == EPIPE) {
		end(ui, NULL); /* whoever read has had enough */
	} else if (errno != EAGAIN && errno != EINTR) {
		snprintf(why, sizeof(why), _("standard output: %s"),
		    strerror(errno));
		end(ui, why);
	}
	if (ui->out.len < OUT_LOW && !ui->ended)
		hold(ui, false);
}

static void
on_writable(void *arg, int fd, unsigned what)
{
	struct ui *ui = arg;

	(void)what;
	if (ui->out.len > 0)
		write_some(ui);
	if (!ui->ended)
		loop_want(
		    ui->env.loop, fd, ui->out.len > 0 ? LOOP_WRITE : 0);
}

static bool
writable(short *events)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	*events = poll(&p, 1, 0) == 1 ? p.revents : 0;
	return (*events & POLLOUT) != 0;
}

/* At the end of a turn. */
static void
work(void *arg)
{
	struct ui *ui = arg;
	short events;

	while (ui->out.len > 0 && !ui->ended && writable(&events))
		write_some(ui);
	if (ui->out.len > 0 && !ui->ended)
		loop_want(ui->env.loop, STDOUT_FILENO, LOOP_WRITE);
}

/* While nothing is said nothing is written: see whether anybody is there. */
static void
look(void *arg)
{
	struct ui *ui = arg;
	short events;

	(void)writable(&events);
	if (events & (POLLERR | POLLHUP | POLLNVAL))
		end(ui, NULL);
	else
		loop_timer_set(ui->env.loop, &ui->look, LOOK_MS, look, ui);
}

/* ---- messages ---------------------------------------------------------- */

static void
put_lines(struct ui *ui, const struct model_message *m)
{
	const char *me = model_status(ui->env.model)->user;
	char *words = server_text(m->from, m->text);
	struct buf head;

	buf_init(&head, PLAIN_FORMAT_HEAD);
	plain_format_head(&ui->said, &head, m->time, m->from, m->target,
	    strcmp(me, m->from) == 0);
	plain_format_text(&ui->said, &ui->out, buf_data(&head),
	    words == NULL ? m->text : words);
	buf_release(&head);
	free(words);
}

static void
put_json(struct ui *ui, const struct model_message *m)
{
	char time[WIRE_TIME_CAP];
	json_t *o;
	char *line;

	wire_time(m->time, time);
	o = json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "event", "message",
	    "id", (json_int_t)m->id, "target", m->target, "from", m->from,
	    "name", m->name, "text", m->text, "time", time);
	line = o == NULL ? NULL : json_dumps(o, ui->json_flags);
	if (line != NULL) {
		(void)utf8_escape(&ui->out, line, strlen(line));
		(void)buf_addc(&ui->out, '\n');
	}
	free(line);
	json_decref(o);
}

static void
on_message(void *arg, const struct model_message *m)
{
	struct ui *ui = arg;

	if (ui->ended)
		return;
	if (ui->env.json)
		put_json(ui, m);
	else
		put_lines(ui, m);
	if (ui->out.len >= OUT_HIGH)
		hold(ui, true);
	loop_defer(ui->env.loop, &ui->work, work, ui);
}

/* ---- what the program says --------------------------------------------- */

static void
on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	(void)arg;
	(void)how;
	/* Who joins and leaves a group is told there: that is no trouble. */
	if (it->kind == ITEM_NOTICE && strcmp(convo_target(c), "*") == 0)
		plain_format_complain(it->text);
}

static void
follow_ask(struct ui *ui, const struct ui_ask *ask)
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

/* ---- life -------------------------------------------------------------- */

static struct ui *
follow_open(const struct ui_env *env, char *why, size_t cap)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	(void)why;
	(void)cap;
	ui->env = *env;
	/* On a terminal all that is not ASCII is escaped, and anywhere what
	 * would act there: somebody may come to look at it. */
	ui->json_flags = JSON_COMPACT |
	    (isatty(STDOUT_FILENO) == 1 ? JSON_ENSURE_ASCII : 0);
	plain_format_begin(&ui->said, clock_ms(), env->timestamps);
	ui->said.folds = isatty(STDOUT_FILENO) == 1;
	buf_init(&ui->out, OUT_CAP);
	model_on_item(env->model, on_item, ui);
	client_follow(env->client, on_message, ui);
	if (env->json)
		client_as_sent(env->client);
	loop_watch(env->loop, STDOUT_FILENO, 0, on_writable, ui);
	look(ui);
	return ui;
}

/* What was taken from the server is written, if somebody takes it soon. */
static void
flush(struct ui *ui)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while (ui->out.len > 0 && !ui->ended && poll(&p, 1, LOOK_MS) == 1)
		write_some(ui);
}

static void
follow_close(struct ui *ui)
{
	flush(ui);
	if (!ui->ended)
		loop_unwatch(ui->env.loop, STDOUT_FILENO);
	loop_timer_unset(ui->env.loop, &ui->look);
	loop_defer_cancel(ui->env.loop, &ui->work);
	model_on_item(ui->env.model, NULL, NULL);
	buf_release(&ui->out);
	free(ui);
}

const struct ui_class ui_follow = {
	.open = follow_open,
	.changed = nothing_to_do,
	.ask = follow_ask,
	.ask_done = nothing_to_do,
	.close = follow_close,
};
