/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/job_control.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { WATCHED = 3 };

static const int watched[WATCHED] = { SIGWINCH, SIGTSTP, SIGCONT };

static struct {
	int wake; /* eventfd(2); -1: none */
	volatile sig_atomic_t events;
	struct sigaction old[WATCHED];
} job = { .wake = -1 };

static void
on_signal(int sig)
{
	int e = errno;
	uint64_t one = 1;

	if (sig == SIGWINCH)
		job.events |= JOB_RESIZED;
	else if (sig == SIGTSTP)
		job.events |= JOB_STOP;
	else
		job.events |= JOB_CONTINUED;
	if (write(job.wake, &one, sizeof(one)) == -1) {
		/* It is full: the loop wakes anyway. */
	}
	errno = e;
}

void
job_open(void)
{
	struct sigaction sa;
	size_t i;

	job.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (job.wake == -1)
		return;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = SA_RESTART;
	sigfillset(&sa.sa_mask); /* events |= is not atomic */
	for (i = 0; i < WATCHED; i++)
		sigaction(watched[i], &sa, &job.old[i]);
}

void
job_close(void)
{
	size_t i;

	if (job.wake == -1)
		return;
	for (i = 0; i < WATCHED; i++)
		sigaction(watched[i], &job.old[i], NULL);
	close(job.wake);
	job.wake = -1;
}

int
job_fd(void)
{
	return job.wake;
}

unsigned
job_events(void)
{
	sigset_t all, old;
	uint64_t count;
	unsigned events;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if (read(job.wake, &count, sizeof(count)) == -1) {
		/* Nobody has called since: then events are 0 as well. */
	}
	events = (unsigned)job.events;
	job.events = 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return events;
}

void
job_stop(void)
{
	struct sigaction dfl, old;

	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	sigemptyset(&dfl.sa_mask);
	sigaction(SIGTSTP, &dfl, &old);
	kill(0, SIGTSTP); /* the whole job, as the terminal would */
	sigaction(SIGTSTP, &old, NULL);
	job_events(); /* its own SIGCONT among them */
}

bool
job_in_front(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	return front == -1 || front == getpgrp();
}
