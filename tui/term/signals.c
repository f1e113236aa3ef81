/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "shared/loop.h"
#include "tui/term/job_control.h"

static struct {
	int pipe[2];
	void (*fn)(void *arg, int sig);
	void *arg;
} to = { .pipe = { -1, -1 } };

static void (*volatile emergency)(void);
static volatile sig_atomic_t told;

void
signals_emergency(void (*fn)(void))
{
	emergency = fn;
}

void
signals_die(int sig)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };

	sigemptyset(&dfl.sa_mask);
	(void)sigaction(sig, &dfl, NULL);
	(void)raise(sig);
}

/* Of a terminal that is another job's nothing is ours, and to set its modes
 * would stop us. */
static void
end_at_once(int sig)
{
	if (emergency != NULL && job_in_front())
		emergency();
	signals_die(sig);
}

static void
on_end(int sig)
{
	int saved = errno;
	unsigned char byte = (unsigned char)sig;

	/* Told twice, the loop is stuck: in a terminal that takes nothing,
	 * perhaps. */
	if (told || (emergency != NULL && !job_in_front()) ||
	    write(to.pipe[1], &byte, 1) == -1)
		end_at_once(sig);
	told = 1;
	errno = saved;
}

static void
on_pipe(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_pid != getpid())
		end_at_once(sig);
}

static void
on_readable(void *arg, int fd, unsigned what)
{
	unsigned char sig;

	(void)arg;
	(void)what;
	if (read(fd, &sig, 1) == 1)
		to.fn(to.arg, sig);
}

/* What stops a program, or does nothing to it; and those that are taken by
 * themselves. */
static bool
is_left_alone(int sig)
{
	static const int others[] = { SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN,
		SIGTTOU, SIGCONT, SIGCHLD, SIGURG, SIGWINCH, SIGPIPE, SIGTERM,
		SIGHUP, SIGINT };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (others[i] == sig)
			return true;
	return false;
}

void
signals_open(struct loop *loop, void (*fn)(void *arg, int sig), void *arg)
{
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT };
	struct sigaction sa = { .sa_flags = SA_RESTART }, old;

	if (pipe2(to.pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return;
	to.fn = fn;
	to.arg = arg;
	loop_watch(loop, to.pipe[0], LOOP_READ, on_readable, NULL);
	sigfillset(&sa.sa_mask); /* what it puts back it puts back whole */
	sa.sa_handler = on_end;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		(void)sigaction(ends[i], &sa, NULL);
	sa.sa_handler = end_at_once;
	/* The C library refuses those that it keeps for itself.  Like SIGINT,
	 * SIGQUIT is ignored by what a script starts in the background. */
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (!is_left_alone(sig) && sigaction(sig, NULL, &old) == 0 &&
		    (old.sa_handler == SIG_DFL || sig == SIGQUIT))
			(void)sigaction(sig, &sa, NULL);
	sa.sa_sigaction = on_pipe;
	sa.sa_flags |= SA_SIGINFO;
	(void)sigaction(SIGPIPE, &sa, NULL);
}

void
signals_close(struct loop *loop)
{
	told = 1;
	if (to.pipe[0] != -1)
		loop_unwatch(loop, to.pipe[0]);
}
