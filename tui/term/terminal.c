/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "tui/term/glyph.h"
#include "tui/term/job_control.h"
#include "tui/text.h"

/* What a handler needs lies ready here. */
static struct {
	volatile sig_atomic_t taken;
	struct termios before;
	char reset[256]; /* for the terminal, to be as it was */
	size_t reset_len;
	SCREEN *screen;
	bool mouse; /* wanted, and there is one */
} tty;

/* Clicks and the wheel; in decimal numbers, for wide screens. */
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";

/* Reports of the focus, where the terminal has them. */
static const char focus_on[] = "\033[?1004h", focus_off[] = "\033[?1004l";

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

bool
terminal_writable(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) != 0; /* an error is for the write to find */
}

void
terminal_emergency(void)
{
	int e = errno;

	if (tty.taken) {
		tty.taken = 0;
		if (terminal_writable() &&
		    write(STDOUT_FILENO, tty.reset, tty.reset_len) == -1) {
			/* Nothing can be done about it here. */
		}
		tcsetattr(STDIN_FILENO, TCSANOW, &tty.before);
	}
	errno = e;
}

/* ---- terminfo ---------------------------------------------------------- */

static const char *
capability(const char *name)
{
	char cap[16]; /* tigetstr() is older than const */
	const char *s;

	snprintf(cap, sizeof(cap), "%s", name);
	s = tigetstr(cap);
	return s == (const char *)-1 ? NULL : s;
}

const char *
terminal_key(const char *name)
{
	return capability(name);
}

/* Not all that do it are told of by terminfo. */
bool
terminal_marks_pastes(void)
{
	static const char *const old[] = { "linux", "vt", "cons", "ansi",
		"dumb", "wsvt", "sun" };
	const char *term = getenv("TERM");

	if (capability("BE") != NULL || term == NULL)
		return true;
	for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++)
		if (strncmp(term, old[i], strlen(old[i])) == 0 &&
		    strncmp(term, "vte", 3) != 0)
			return false;
	return true;
}

/* A terminfo string without its padding ("$<5>"). */
static void
reset_add(const char *s)
{
	while (s != NULL && *s != '\0' && tty.reset_len < sizeof(tty.reset)) {
		if (s[0] == '$' && s[1] == '<') {
			s += strcspn(s, ">");
			s += *s != '\0';
			continue;
		}
		tty.reset[tty.reset_len++] = *s++;
	}
}

static bool
mouse_known(void)
{
	return capability("kmous") != NULL;
}

static void
prepare_reset(void)
{
	tty.reset_len = 0;
	if (mouse_known())
		reset_add(mouse_off);
	reset_add(focus_off);
	reset_add(paste_off);
	reset_add(capability("sgr0"));
	reset_add(capability("op"));
	reset_add(capability("cnorm"));
	reset_add(capability("rmcup"));
	reset_add("\r");
}

static void
put(const char *s)
{
	fputs(s, stdout);
	fflush(stdout);
}

void
terminal_send(const char *bytes, size_t n)
{
	(void)fwrite(bytes, 1, n, stdout);
	fflush(stdout);
}

/* What we want of the terminal beyond curses. */
static void
modes_on(void)
{
	put(paste_on);
	put(focus_on);
	if (tty.mouse)
		put(mouse_on);
}

static void
modes_off(void)
{
	if (tty.mouse)
		put(mouse_off);
	put(focus_off);
	put(paste_off);
}

void
terminal_mouse(bool on)
{
	on = on && mouse_known();
	if (on == tty.mouse)
		return;
	tty.mouse = on;
	if (tty.taken)
		put(on ? mouse_on : mouse_off);
}

/* ---- taking and leaving ------------------------------------------------ */

void
terminal_again(void)
{
	tty.taken = 1;
	reset_prog_mode();
	clearok(curscr, TRUE);
	refresh();
	modes_on();
}

void
terminal_suspend(void)
{
	modes_off();
	endwin();
	tty.taken = 0;
	job_stop();
	terminal_again();
}

void
terminal_resize(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_row > 0 &&
	    ws.ws_col > 0)
		resizeterm(ws.ws_row, ws.ws_col);
	clearok(curscr, TRUE); /* terminals reflow what they show */
	modes_on();
}

/* A terminfo string, without its padding. */
static void
put_capability(const char *s)
{
	while (s != NULL && *s != '\0') {
		if (s[0] == '$' && s[1] == '<') {
			s += strcspn(s, ">");
			s += *s != '\0';
		} else
			fputc(*s++, stdout);
	}
}

void
terminal_bare(const char *text, size_t n, const char *foot)
{
	char cup[] = "cup";
	const char *place = tigetstr(cup);

	put_capability(capability("sgr0"));
	put_capability(capability("clear"));
	put_capability(capability("smam"));
	fwrite(text, 1, n, stdout);
	put_capability(tparm(place, LINES - 1, 0));
	put(foot);
}

void
terminal_redraw(void)
{
	clearok(curscr, TRUE);
}

/* newterm() without the signal handlers that it would like to have. */
static SCREEN *
new_term(void)
{
	static const int kept[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction old[sizeof(kept) / sizeof(kept[0])];
	SCREEN *term;
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		sigaction(kept[i], NULL, &old[i]);
	use_env(TRUE);
	use_tioctl(TRUE); /* the window's size, not LINES and COLUMNS */
	term = newterm(NULL, stdout, stdin);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		sigaction(kept[i], &old[i], NULL);
	return term;
}

static void
curses_modes(void)
{
	raw();
	noecho();
	nonl();
	typeahead(-1); /* a frame is whole, whatever has been typed */
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
}

/* Asked before newterm(), which leaks where it refuses. */
static bool
is_capable(void)
{
	bool capable;
	int err;

	if (setupterm(NULL, STDOUT_FILENO, &err) != OK)
		return false;
	capable = capability("cup") != NULL;
	prepare_reset();
	del_curterm(cur_term);
	return capable;
}

bool
terminal_open(char *why, size_t cap)
{
	const char *name = getenv("TERM");

	if (tcgetattr(STDIN_FILENO, &tty.before) == -1) {
		snprintf(why, cap, _("standard input is no terminal: %s"),
		    strerror(errno));
		return false;
	}
	if (is_capable()) {
		tty.taken = 1;
		tty.screen = new_term();
	}
	if (tty.screen == NULL) {
		tty.taken = 0;
		snprintf(why, cap, _("the terminal \"%s\" is not known, "
		    "or cannot place its cursor"), name != NULL ? name : "");
		return false;
	}
	curses_modes();
	modes_on();
	return true;
}

void
terminal_close(void)
{
	modes_off();
	tty.mouse = false;
	glyph_release();
	endwin();
	tty.taken = 0;
	/* Curses restores what it found, but let nothing depend on it. */
	tcsetattr(STDIN_FILENO, TCSADRAIN, &tty.before);
	delscreen(tty.screen);
	tty.screen = NULL;
}
