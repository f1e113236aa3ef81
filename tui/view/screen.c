/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The full screen.  Curses owns the terminal's picture, readline (lineedit.c)
 * the line; both get what they need from here and neither reads a key.  Its
 * parts: screen_draw.c, screen_go.c, screen_keys.c, screen_mouse.c.
 */
#include "tui/view/screen_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/input/actions.h"
#include "tui/model/clock.h"
#include "tui/view/form.h"
#include "tui/view/help.h"
#include "tui/view/hyper.h"
#include "tui/term/job_control.h"
#include "tui/input/lineedit.h"
#include "tui/input/settings.h"
#include "tui/view/search.h"
#include "tui/term/terminal.h"
#include "tui/text.h"
#include "tui/view/theme.h"
#include "tui/model/url.h"

static void
screen_changed(struct ui *ui)
{
	screen_frame_due(ui, 0);
}

/* ---- settings ---------------------------------------------------------- */

enum theme
screen_theme_of_settings(const struct ui *ui)
{
	enum theme theme = THEME_AUTO;

	(void)theme_parse(
	    settings_get(ui->env->settings, SETTING_THEME), &theme);
	return theme;
}

/* ---- what the loop calls ----------------------------------------------- */

/* Times that are shown follow the zone, also while nobody says anything. */
static void
follow_zone(void *arg)
{
	struct ui *ui = arg;

	if (clock_zone() != ui->zone) {
		ui->zone = clock_zone();
		screen_frame_due(ui, MODEL_STREAM);
	}
	loop_timer_set(
	    ui->env->loop, &ui->zone_timer, ZONE_MS, follow_zone, ui);
}

static void
settle(void *arg)
{
	struct ui *ui = arg;

	keys_settle(ui->keys);
}

static void
on_input(void *arg, int fd, unsigned ready)
{
	struct ui *ui = arg;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	int wait;

	(void)ready;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		/* The terminal has gone. */
		loop_unwatch(ui->env->loop, fd);
		ui->ended = true;
		screen_quit(ui);
		return;
	}
	keys_feed(ui->keys, bytes, (size_t)n);
	wait = keys_wait(ui->keys);
	if (wait > 0)
		loop_timer_set(
		    ui->env->loop, &ui->key_timer, wait, settle, ui);
	else
		loop_timer_unset(ui->env->loop, &ui->key_timer);
}

static void
on_wake(void *arg, int fd, unsigned ready)
{
	struct ui *ui = arg;
	unsigned events = job_events();

	(void)fd;
	(void)ready;
	if (events & JOB_STOP)
		screen_suspend(ui);
	else if (events & JOB_CONTINUED)
		terminal_again();
	if (events & (JOB_CONTINUED | JOB_RESIZED))
		screen_resize(ui);
}

/* /open */
static void
copy_text(void *arg, const char *text)
{
	struct buf out;

	(void)arg;
	if (!terminal_writable())
		return;
	buf_init(&out, COPY_CAP);
	url_copy(&out, text, strlen(text));
	terminal_send(buf_data(&out), out.len);
	buf_release(&out);
}

/* ---- life -------------------------------------------------------------- */

static void
add_terminfo_keys(struct keys *k)
{
	static const struct {
		const char *name;
		enum keys_key key;
	} cap[] = {
		{ "kpp", KEYS_PAGE_UP }, { "kPRV", KEYS_PAGE_UP },
		{ "knp", KEYS_PAGE_DOWN }, { "kNXT", KEYS_PAGE_DOWN },
		{ "kf1", KEYS_HELP }, { "kf2", KEYS_USERS },
		{ "kf3", KEYS_COPY },
		{ "kend", KEYS_END }, { "khome", KEYS_HOME },
		{ "kcbt", KEYS_BACKTAB },
		{ "kcuu1", KEYS_UP }, { "kcud1", KEYS_DOWN },
	};
	size_t i;

	for (i = 0; i < sizeof(cap) / sizeof(cap[0]); i++)
		keys_add(k, terminal_key(cap[i].name), cap[i].key);
}

/* What keys do by the settings, over what keys.c knows. */
static void
bind_keys(struct ui *ui)
{
	const struct settings *s = ui->env->settings;
	const char *key, *name;
	const struct action *a;
	struct keyname k;

	keys_unbind(ui->keys);
	for (size_t i = 0; settings_binding(s, i, &key, &name); i++) {
		if (!keyname_parse(&k, key))
			continue;
		a = actions_find(name);
		for (size_t j = 0; j < KEYNAME_KINDS; j++)
			keys_bind(ui->keys, k.bytes[j],
			    a == NULL ? KEYS_CHAR : a->key);
	}
}

static void
set_users(struct ui *ui)
{
	const char *value = settings_get(ui->env->settings, SETTING_USERS);

	ui->users_pane = strcmp(value, "yes") == 0 ? USERS_SHOWN :
	    strcmp(value, "no") == 0 ? USERS_FOLDED : USERS_AUTO;
}

/* What is set; else what the environment tells, until the terminal says it
 * itself. */
static void
set_colors(struct ui *ui)
{
	static const char ask[] = "\033]11;?\033\\";
	enum theme theme = screen_theme_of_settings(ui);
	bool find_out = theme == THEME_AUTO;

	if (find_out)
		theme = theme_of_env(getenv("COLORFGBG"), getenv("TERM"));
	paint_open(!settings_on(ui->env->settings, SETTING_COLOR), theme);
	if (find_out && paint_asks())
		terminal_send(ask, sizeof(ask) - 1);
}

/* How the person is called. */
static void
set_calls(struct ui *ui)
{
	const struct settings *s = ui->env->settings;

	(void)notify_parse(settings_get(s, SETTING_NOTIFY), &ui->notify.how);
	ui->notify.no_bell = !settings_on(s, SETTING_BELL);
}

/* Something was set: what is seen of it is seen at once. */
static void
on_setting(void *arg, enum setting setting)
{
	struct ui *ui = arg;
	const struct settings *s = ui->env->settings;

	switch (setting) {
	case SETTING_COLOR:
	case SETTING_THEME:
		set_colors(ui);
		stream_restyle(ui->stream);
		screen_resize(ui);
		break;
	case SETTING_MOUSE:
		terminal_mouse(settings_on(s, SETTING_MOUSE));
		break;
	case SETTING_USERS:
		set_users(ui);
		screen_lay_out(ui);
		screen_frame_due(ui, SEEN_ALL);
		break;
	case SETTING_BELL:
	case SETTING_NOTIFY:
		set_calls(ui);
		break;
	case SETTING_LANGUAGE:
		text_language(settings_get(s, SETTING_LANGUAGE));
		stream_restyle(ui->stream);
		screen_resize(ui);
		break;
	case SETTING_BIND: /* which hints name */
		bind_keys(ui);
		stream_restyle(ui->stream);
		screen_frame_due(ui, SEEN_ALL);
		break;
	default:
		break;
	}
}

static struct ui *
screen_open(const struct ui_env *env, char *why, size_t cap)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	ui->own = *env;
	ui->env = &ui->own;
	ui->held.asks = true;
	lineedit_open(&screen_line_hooks, ui, env->history_file);
	job_open();
	if (!terminal_open(why, cap)) {
		job_close();
		lineedit_close();
		free(ui);
		return NULL;
	}
	set_colors(ui);
	terminal_mouse(settings_on(env->settings, SETTING_MOUSE));
	set_users(ui);
	set_calls(ui);
	model_on_item(env->model, screen_on_item, ui);
	settings_listen(env->settings, on_setting, ui);
	ui->own.slash.help = screen_open_help;
	ui->own.slash.help_arg = ui;
	ui->keys = keys_new(screen_on_key, ui);
	keys_guess(ui->keys, !terminal_marks_pastes());
	add_terminfo_keys(ui->keys);
	bind_keys(ui);
	if (url_terminal(getenv("TERM"))) {
		/* Shown in ASCII a link may be another. */
		if (!text_ascii())
			ui->hyper = hyper_new();
		ui->own.slash.copy = copy_text;
	}
	ui->stream = stream_new(ui->hyper, env->settings);
	ui->form = form_new(env->settings);
	ui->help = help_new(env->settings);
	ui->search = search_new(env->loop, env->model, env->client,
	    env->settings, screen_search_changed, ui);
	ui->own.slash.search = screen_begin_search;
	ui->own.slash.search_arg = ui;
	attention_init(&ui->attention, loop_now(env->loop));
	screen_attend(ui);
	ui->shown = convo_serial(model_current(env->model));
	stream_attach(ui->stream, ui->shown, NULL);
	loop_watch(ui->env->loop, STDIN_FILENO, LOOP_READ, on_input, ui);
	if (job_fd() != -1)
		loop_watch(env->loop, job_fd(), LOOP_READ, on_wake, ui);
	ui->zone = clock_zone();
	follow_zone(ui);
	screen_lay_out(ui);
	screen_frame_now(ui);
	return ui;
}

static void
screen_ask(struct ui *ui, const struct ui_ask *ask)
{
	screen_end_search(ui);
	screen_keep_draft(ui);
	screen_show_help(ui, false);
	if (!ui->asking)
		lineedit_forget_secret();
	ui->asking = true;
	keys_guess(ui->keys, false); /* Enter goes to the next field */
	screen_copy_end(ui);
	form_ask(ui->form, ask);
	screen_lay_out(ui);
	screen_frame_due(ui, SEEN_ALL);
}

static void
screen_ask_done(struct ui *ui)
{
	if (!ui->asking)
		return;
	ui->asking = false;
	keys_guess(ui->keys, !terminal_marks_pastes());
	form_done(ui->form);
	ui->shown = 0; /* its draft comes back */
	screen_lay_out(ui);
	screen_frame_due(ui, SEEN_ALL);
}

static void
unwatch(struct ui *ui)
{
	struct loop *loop = ui->env->loop;

	loop_unwatch(loop, STDIN_FILENO);
	loop_timer_unset(loop, &ui->key_timer);
	loop_timer_unset(loop, &ui->frame_timer);
	loop_timer_unset(loop, &ui->tick_timer);
	loop_timer_unset(loop, &ui->ring_timer);
	loop_timer_unset(loop, &ui->away_timer);
	loop_timer_unset(loop, &ui->zone_timer);
	model_on_item(ui->env->model, NULL, NULL);
	loop_defer_cancel(loop, &ui->frame_call);
	if (job_fd() != -1)
		loop_unwatch(loop, job_fd());
	job_close();
}

static void
screen_close(struct ui *ui)
{
	unwatch(ui);
	settings_listen(ui->env->settings, NULL, NULL);
	terminal_close();
	lineedit_close();
	notify_release(&ui->notify);
	slash_held_release(&ui->held);
	form_free(ui->form);
	help_free(ui->help);
	search_free(ui->search);
	screen_forget_places(ui);
	stream_free(ui->stream);
	hyper_free(ui->hyper);
	keys_free(ui->keys);
	free(ui);
}

const struct ui_class ui_screen = {
	.open = screen_open,
	.changed = screen_changed,
	.ask = screen_ask,
	.ask_done = screen_ask_done,
	.close = screen_close,
	.emergency = terminal_emergency,
};
