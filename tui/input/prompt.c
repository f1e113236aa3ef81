/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "shared/loop.h"
#include "tui/term/job_control.h"
#include "tui/term/keys.h"
#include "tui/input/lineedit.h"
#include "tui/term/terminal.h"

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

static struct {
	volatile sig_atomic_t taken;
	struct termios before;
	bool marks_pastes;
	struct loop *loop; /* NULL: not open */
	struct keys *keys;
	struct loop_timer timer;
	struct winsize size;
	void (*typed)(void *arg);
	void (*gone)(void *arg);
	void *arg;
} at;

/* ---- the terminal ------------------------------------------------------ */

/* Whole keys, no echo; Ctrl-C and Ctrl-Z are the terminal's. */
static bool
take(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &at.before) == -1)
		return false;
	t = at.before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	at.taken = 1;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &t) == -1) {
		at.taken = 0;
		return false;
	}
	if (at.marks_pastes)
		(void)fputs(paste_on, stdout);
	return true;
}

static void
give_back(void)
{
	if (!at.taken)
		return;
	if (at.marks_pastes)
		(void)fputs(paste_off, stdout);
	(void)fflush(stdout);
	at.taken = 0;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &at.before);
}

void
prompt_emergency(void)
{
	int e = errno;

	if (at.taken) {
		at.taken = 0;
		if (at.marks_pastes && terminal_writable() &&
		    write(STDOUT_FILENO, paste_off, sizeof(paste_off) - 1) ==
		    -1) {
			/* Nothing can be done about it here. */
		}
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &at.before);
	}
	errno = e;
}

/* Asked before each key, too: the signal may come behind it. */
static void
follow_size(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == -1 ||
	    (ws.ws_row == at.size.ws_row && ws.ws_col == at.size.ws_col))
		return;
	at.size = ws;
	lineedit_resized();
}

/* ---- keys -------------------------------------------------------------- */

static void
on_key(void *arg, enum keys_key key, const char *bytes, size_t n)
{
	(void)arg;
	switch (key) {
	case KEYS_ESCAPE:
		lineedit_escape();
		break;
	case KEYS_PASTE:
		lineedit_paste(bytes, n);
		break;
	case KEYS_NEWLINE:
		lineedit_newline();
		break;
	case KEYS_MOUSE:
	case KEYS_ANSWER:
	case KEYS_FOCUS_IN:
	case KEYS_FOCUS_OUT:
		break;
	default:
		lineedit_key(bytes, n);
		break;
	}
}

static void
settle(void *arg)
{
	(void)arg;
	keys_settle(at.keys);
	(void)fflush(stdout);
}

static void
on_input(void *arg, int fd, unsigned ready)
{
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	int wait;

	(void)arg;
	(void)ready;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		loop_unwatch(at.loop, fd);
		at.gone(at.arg);
		return;
	}
	follow_size();
	at.typed(at.arg);
	keys_feed(at.keys, bytes, (size_t)n);
	explicit_bzero(bytes, sizeof(bytes));
	(void)fflush(stdout);
	wait = keys_wait(at.keys);
	if (wait > 0)
		loop_timer_set(at.loop, &at.timer, wait, settle, NULL);
	else
		loop_timer_unset(at.loop, &at.timer);
}

static void
on_job(void *arg, int fd, unsigned ready)
{
	unsigned events = job_events();

	(void)arg;
	(void)fd;
	(void)ready;
	if (events & JOB_STOP) {
		lineedit_hide();
		give_back();
		job_stop();
	}
	if (events & (JOB_STOP | JOB_CONTINUED)) {
		lineedit_hide();
		(void)take();
	}
	follow_size();
	lineedit_show();
	(void)fflush(stdout);
}

/* ---- life -------------------------------------------------------------- */

bool
prompt_open(struct loop *loop, const struct lineedit_hooks *hooks,
    void (*typed)(void *arg), void (*gone)(void *arg), void *arg,
    const char *history_file)
{
	at.marks_pastes = terminal_marks_pastes();
	if (!take())
		return false;
	at.loop = loop;
	at.typed = typed;
	at.gone = gone;
	at.arg = arg;
	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &at.size);
	lineedit_open(hooks, arg, history_file);
	at.keys = keys_new(on_key, NULL);
	job_open();
	loop_watch(loop, STDIN_FILENO, LOOP_READ, on_input, NULL);
	if (job_fd() != -1)
		loop_watch(loop, job_fd(), LOOP_READ, on_job, NULL);
	return true;
}

void
prompt_close(void)
{
	if (at.loop == NULL)
		return;
	loop_unwatch(at.loop, STDIN_FILENO);
	loop_timer_unset(at.loop, &at.timer);
	if (job_fd() != -1)
		loop_unwatch(at.loop, job_fd());
	job_close();
	lineedit_close();
	give_back();
	keys_free(at.keys);
	memset(&at, 0, sizeof(at));
}
