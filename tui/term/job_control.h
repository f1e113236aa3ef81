/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a program in a terminal is told by signals: that the window has another
 * size, that the job is to stop, that it goes on.  The handlers only note it
 * and wake the loop.  One for the process.
 */
#ifndef TUI_TERM_JOB_CONTROL_H
#define TUI_TERM_JOB_CONTROL_H

#include <stdbool.h>

enum {
	JOB_RESIZED = 1,
	JOB_STOP = 2,     /* SIGTSTP: job_stop() is due */
	JOB_CONTINUED = 4 /* after a SIGSTOP, which nobody sees coming */
};

void job_open(void);
void job_close(void); /* the signals are as they were */

/* Readable when one of these has happened; asking takes them off.  -1: there
 * is none, and nothing happens. */
int job_fd(void);
unsigned job_events(void);

/* Stops the job, as the terminal would; returns when it goes on.  Modes of the
 * terminal are the caller's. */
void job_stop(void);

/* The terminal is this job's, or nobody's.  A handler may ask. */
bool job_in_front(void);

#endif
