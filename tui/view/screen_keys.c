/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What keys do on the full screen: its own, those of the help, the search and
 * copy mode, and the line's.
 */
#include "tui/view/screen_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curses.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/keymap.h"
#include "tui/net/client.h"
#include "tui/model/clock.h"
#include "tui/input/complete.h"
#include "tui/model/errors.h"
#include "tui/view/form.h"
#include "tui/view/help.h"
#include "tui/input/lineedit.h"
#include "tui/input/settings.h"
#include "tui/view/search.h"
#include "tui/term/terminal.h"
#include "tui/text.h"
#include "tui/view/theme.h"

/* ---- leaving ----------------------------------------------------------- */

void
screen_quit(struct ui *ui)
{
	ui->env->slash.quit(ui->env->slash.arg);
}

/* ---- the search -------------------------------------------------------- */

/* It stays with the conversation. */
static bool
leads_elsewhere(enum keys_key key)
{
	return (key >= KEYS_CONVERSATION_1 && key <= KEYS_CONVERSATION_9) ||
	    key == KEYS_NEXT || key == KEYS_PREVIOUS || key == KEYS_UNREAD;
}

/* False: the key is not the search's. */
static bool
search_key(struct ui *ui, enum keys_key key)
{
	int page = search_page(&ui->stream_pane);

	switch (key) {
	case KEYS_UP:
	case KEYS_BACKTAB:
		search_move(ui->search, -1);
		return true;
	case KEYS_DOWN:
	case KEYS_TAB:
	case KEYS_SEARCH:
		search_move(ui->search, 1);
		return true;
	case KEYS_PAGE_UP:
		search_move(ui->search, -page);
		return true;
	case KEYS_PAGE_DOWN:
		search_move(ui->search, page);
		return true;
	case KEYS_ESCAPE:
	case KEYS_INTERRUPT:
		screen_end_search(ui);
		(void)screen_go_back(ui);
		return true;
	case KEYS_CHAR:
	case KEYS_SEQUENCE:
	case KEYS_PASTE:
	case KEYS_END:
	case KEYS_HOME:
		return false;
	default:
		return !leads_elsewhere(key);
	}
}

/* What was refused: the oldest first, so that pressing on sends all of it in
 * the order in which it was typed. */
static void
say_again(struct ui *ui)
{
	struct convo *c = model_current(ui->env->model);

	if (convo_failed(c) == NULL)
		screen_say(ui, _("Nothing was refused here."));
	else
		(void)client_say_again(ui->env->client, c);
	screen_to_end(ui);
}

static void
give_up(struct ui *ui)
{
	struct convo *c = model_current(ui->env->model);

	if (!client_give_up(ui->env->client, c))
		screen_say(ui, _("Nothing was refused here."));
	screen_to_end(ui);
}

static void
toggle_users(struct ui *ui)
{
	bool wide = COLS >= USERS_FOLD, shown = screen_users_width(ui) > 0;

	if (shown)
		ui->users_pane = wide ? USERS_FOLDED : USERS_AUTO;
	else
		ui->users_pane = wide ? USERS_AUTO : USERS_SHOWN;
	screen_lay_out(ui);
}

void
screen_show_help(struct ui *ui, bool on)
{
	if (on == help_shown(ui->help))
		return;
	help_show(ui->help, on);
	screen_lay_out(ui);
	screen_frame_due(ui, SEEN_ALL);
}

void
screen_open_help(void *arg)
{
	screen_show_help(arg, true);
}

void
screen_turn_help(struct ui *ui, int pages)
{
	help_turn(ui->help, pages);
	screen_frame_due(ui, SEEN_HELP);
}

/* While the help is shown.  False: the key goes where it would without, and
 * the help away: nothing that is typed is lost. */
static bool
help_key(struct ui *ui, enum keys_key key)
{
	if (key == KEYS_PAGE_UP || key == KEYS_PAGE_DOWN) {
		screen_turn_help(ui, key == KEYS_PAGE_UP ? -1 : 1);
		return true;
	}
	screen_show_help(ui, false);
	return key == KEYS_ESCAPE || key == KEYS_HELP;
}

/* ---- copy mode --------------------------------------------------------- */

void
screen_copy_show(struct ui *ui)
{
	char *foot = copy_foot(ui->env->settings, COLS);
	struct buf b;

	buf_init(&b, COPY_CAP);
	copy_page(&ui->copy, screen_shown(ui), LINES - 1, COLS,
	    ui->hyper != NULL, &b);
	terminal_bare(buf_data(&b), b.len, foot);
	buf_release(&b);
	free(foot);
}

static void
copy_begin(struct ui *ui)
{
	ui->copying = true;
	ui->copy = (struct copy){ .low = stream_lowest(ui->stream) };
	client_look(ui->env->client, false); /* what comes nobody sees */
	terminal_mouse(false);
	screen_copy_show(ui);
}

void
screen_copy_end(struct ui *ui)
{
	if (!ui->copying)
		return;
	ui->copying = false;
	terminal_mouse(settings_on(ui->env->settings, SETTING_MOUSE));
	terminal_redraw();
	screen_frame_due(ui, SEEN_ALL);
}

/* False: the key moves nothing in copy mode.  The wheel is arrows where the
 * terminal makes them of it. */
static bool
copy_move(struct ui *ui, enum keys_key key, bool *moved)
{
	const struct convo *c = screen_shown(ui);

	switch (key) {
	case KEYS_PAGE_UP:
	case KEYS_PAGE_DOWN:
		*moved = copy_turn(&ui->copy, c, key == KEYS_PAGE_UP);
		return true;
	case KEYS_UP:
	case KEYS_DOWN:
		*moved = copy_step(&ui->copy, c, key == KEYS_UP);
		return true;
	case KEYS_HOME:
	case KEYS_TOP:
		*moved = copy_far(&ui->copy, c, true);
		return true;
	case KEYS_END:
	case KEYS_BOTTOM:
		*moved = copy_far(&ui->copy, c, false);
		return true;
	default:
		return false;
	}
}

/* True: it was for copy mode, or ended it. */
static bool
copy_key(struct ui *ui, enum keys_key key)
{
	bool moved;

	if (!ui->copying)
		return false;
	if (copy_move(ui, key, &moved)) {
		if (moved)
			screen_copy_show(ui);
		return true;
	}
	screen_copy_end(ui);
	return key != KEYS_PASTE && key != KEYS_SUSPEND;
}

/* The key has been pressed, on an empty line. */
static void
ask_again(struct ui *ui)
{
	const struct settings *s = ui->env->settings;
	char key[KEYNAME_CAP], *text;

	if (!keymap_key(s, KEYS_INTERRUPT, key))
		return;
	if (keymap_free(s, "ctrl-d"))
		/* TRANSLATORS: %s is a key, "Ctrl-C". */
		text = xasprintf(
		    _("%s once more, Ctrl-D or /quit leaves."), key);
	else
		text = xasprintf(_("%s once more or /quit leaves."), key);
	screen_say(ui, text);
	free(text);
}

static void
interrupt(struct ui *ui, bool again)
{
	size_t len, point;

	lineedit_text(&len, &point);
	if (len > 0 || lineedit_busy()) {
		lineedit_discard();
	} else if (again) {
		screen_quit(ui);
	} else {
		ui->interrupted = true;
		ask_again(ui);
	}
}

/* What came while it was stopped nobody saw. */
void
screen_suspend(struct ui *ui)
{
	screen_copy_end(ui);
	attention_leave(&ui->attention);
	screen_attend(ui);
	terminal_suspend();
	loop_timer_set(ui->env->loop, &ui->away_timer, BACKLOG_MS, screen_use,
	    ui);
	screen_resize(ui); /* who knows what happened meanwhile */
}

/* The keys of the screen in both its states.  False: it is none of them. */
static bool
common_key(struct ui *ui, enum keys_key key)
{
	switch (key) {
	case KEYS_REDRAW:
		screen_resize(ui);
		return true;
	case KEYS_SUSPEND:
		screen_suspend(ui);
		return true;
	default:
		return false;
	}
}

static bool
screen_key(struct ui *ui, enum keys_key key)
{
	struct model *m = ui->env->model;
	size_t n = model_convos(m), at = model_current_index(m);

	if (key >= KEYS_CONVERSATION_1 && key <= KEYS_CONVERSATION_9) {
		screen_show_convo(ui, (size_t)(key - KEYS_CONVERSATION_1));
		return true;
	}
	switch (key) {
	case KEYS_PAGE_UP:
		screen_page(ui, -1);
		return true;
	case KEYS_PAGE_DOWN:
		screen_page(ui, 1);
		return true;
	case KEYS_TOP:
		screen_scroll_by(ui, -(1L << 30));
		return true;
	case KEYS_BOTTOM:
		screen_to_end(ui);
		return true;
	case KEYS_END: /* the line's, unless there is a way to go */
		if (stream_at_end(ui->stream)) {
			stream_to_end(ui->stream); /* and stays there */
			return false;
		}
		screen_to_end(ui);
		return true;
	case KEYS_NEWLINE:
		lineedit_newline();
		return true;
	case KEYS_HELP:
		screen_show_help(ui, true);
		return true;
	case KEYS_USERS:
		toggle_users(ui);
		return true;
	case KEYS_COPY:
		copy_begin(ui);
		return true;
	case KEYS_NEXT:
		screen_show_convo(ui, (at + 1) % n);
		return true;
	case KEYS_PREVIOUS:
		screen_show_convo(ui, (at + n - 1) % n);
		return true;
	case KEYS_UNREAD:
		screen_show_unread(ui);
		return true;
	case KEYS_FIRST_UNREAD:
		screen_show_first_unread(ui);
		return true;
	case KEYS_SEARCH:
		screen_begin_search(ui, "");
		return true;
	case KEYS_AGAIN:
		say_again(ui);
		return true;
	case KEYS_DROP:
		give_up(ui);
		return true;
	default:
		return false;
	}
}

/* ---- all keys ---------------------------------------------------------- */

static void
line_key(enum keys_key key, const char *bytes, size_t n)
{
	if (key == KEYS_ESCAPE)
		lineedit_escape();
	else if (key == KEYS_PASTE)
		lineedit_paste(bytes, n);
	else if (key < KEYS_PAGE_UP || key >= KEYS_END)
		lineedit_key(bytes, n);
}

static void
submit(struct ui *ui)
{
	struct ui_login login;

	form_answer(ui->form, &login);
	ui->env->login(ui->env->arg, &login);
}

static void
answer_key(struct ui *ui, const char *bytes, size_t n)
{
	enum theme theme;

	if (screen_theme_of_settings(ui) != THEME_AUTO ||
	    !theme_of_answer(bytes, n, &theme))
		return;
	paint_theme(theme);
	screen_frame_due(ui, SEEN_ALL);
}

void
screen_on_key(void *arg, enum keys_key key, const char *bytes, size_t n)
{
	struct ui *ui = arg;
	bool again = ui->interrupted;
	enum form_key form = FORM_PASS;

	if (key == KEYS_ANSWER) {
		answer_key(ui, bytes, n);
		return;
	}
	if (key == KEYS_FOCUS_IN || key == KEYS_FOCUS_OUT) {
		attention_focus(&ui->attention, key == KEYS_FOCUS_IN);
		screen_attend(ui);
		return;
	}
	screen_use(ui);
	if (key == KEYS_MOUSE) {
		screen_mouse_key(ui, bytes, n);
		return;
	}
	if (copy_key(ui, key))
		return;
	ui->interrupted = false;
	if (ui->hint[0] != '\0')
		screen_set_hint(ui, "");
	screen_frame_due(ui, SEEN_INPUT);
	if (common_key(ui, key))
		return;
	if (ui->searching) {
		if (search_key(ui, key))
			return;
		if (leads_elsewhere(key))
			(void)screen_key(ui, key);
		else
			line_key(key, bytes, n);
		return;
	}
	if (key == KEYS_ESCAPE && !ui->asking && !help_shown(ui->help) &&
	    screen_go_back(ui))
		return;
	if (key == KEYS_INTERRUPT) {
		screen_show_help(ui, false);
		interrupt(ui, again || ui->asking);
		return;
	}
	if (ui->asking)
		form = form_press(ui->form, key, bytes, n);
	else if ((help_shown(ui->help) && help_key(ui, key)) ||
	    screen_key(ui, key))
		return;
	if (form == FORM_SUBMIT)
		submit(ui);
	else if (form == FORM_PASS)
		line_key(key, bytes, n);
	if (ui->asking)
		form_typed(ui->form);
}

/* ---- the line's hooks -------------------------------------------------- */

/* A line has led elsewhere, and is nobody's draft: what is typed behind it
 * may come before the frame. */
static void
line_leads(struct ui *ui)
{
	struct model *m = ui->env->model;
	struct convo *c = model_convo_by_serial(m, ui->shown);

	if (ui->asking || ui->searching || c == model_current(m))
		return;
	if (c != NULL)
		model_draft(m, c, "");
	screen_follow_place(ui);
	screen_follow_convo(ui);
}

/* Enter, with nothing typed. */
static void
turn_fold(struct ui *ui)
{
	if (stream_fold(ui->stream, screen_shown(ui)))
		screen_frame_due(ui, MODEL_STREAM | MODEL_CONVS);
}

static void
line_accept(void *arg, const char *line)
{
	struct ui *ui = arg;

	if (ui->asking) {
		if (form_enter(ui->form, line) == FORM_SUBMIT)
			submit(ui);
		return;
	}
	if (ui->searching) {
		lineedit_set(line); /* gone only when there is where to go */
		screen_go_to_hit(ui);
		return;
	}
	if (*line == '\0') {
		turn_fold(ui);
		return;
	}
	screen_frame_due(ui, SEEN_ALL);
	if (utf8_blank(line, strlen(line))) {
		ui->answered = true;
		model_notice(ui->env->model, clock_ms(),
		    errors_words(WIRE_TEXT_EMPTY));
		return;
	}
	ui->answered = slash_is_command(&ui->env->slash, line);
	if (!ui->answered)
		ui->way.origin.convo = 0;
	if (slash_hold(&ui->held, &ui->env->slash, line))
		lineedit_set(line); /* Enter again sends it */
	else if (!slash_line(&ui->env->slash, line))
		lineedit_keep(line);
	else
		line_leads(ui);
}

static void
line_eof(void *arg)
{
	screen_quit(arg);
}

static bool
line_secret(void *arg, const char *line)
{
	struct ui *ui = arg;

	return slash_secret(&ui->env->slash, line);
}

static void
line_full(void *arg)
{
	char text[HINT_CAP];

	snprintf(text, sizeof(text), ngettext("The line is full (%d byte).",
	    "The line is full (%d bytes).", LINEEDIT_MAX), LINEEDIT_MAX);
	screen_say(arg, text);
}

static char **
line_complete(void *arg, const char *line, size_t start, size_t point)
{
	struct ui *ui = arg;

	return complete_words(
	    &ui->env->slash, ui->env->model, line, start, point);
}

static void
line_choices(void *arg, char *const *words, size_t count)
{
	struct ui *ui = arg;
	struct buf b;
	size_t i;

	buf_init(&b, HINT_CAP);
	for (i = 0; i < count; i++) {
		if (!buf_addc(&b, ' ') ||
		    !text_clean(&b, words[i], strlen(words[i])))
			break;
	}
	screen_set_hint(ui, buf_data(&b));
	buf_release(&b);
}

const struct lineedit_hooks screen_line_hooks = {
	.accept = line_accept,
	.eof = line_eof,
	.complete = line_complete,
	.choices = line_choices,
	.secret = line_secret,
	.full = line_full,
};
