/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: lines for the person who runs the server, on standard error.
 *
 * A thread of its own writes them, because whoever reads standard error may
 * have stopped: the loop never waits for it.  The queue is bounded; what does
 * not fit is dropped and counted, and the count is the next line that fits.
 * Each line begins with the time (UTC) and holds no control character,
 * whatever it was given.
 *
 * Never log a password or a token, nor above LOG_DEBUG the text of a message.
 *
 * Before log_start and after log_stop lines are written at once.  May be
 * called from any thread.
 */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

enum { LOG_LINE_MAX = 1024, LOG_QUEUE_MAX = 1024, LOG_OFTEN_MS = 10000 };

void log_start(int fd); /* fd stays the caller's */

/* Writes what is queued, for at most a second. */
void log_stop(void);

enum log_level {
	LOG_ERROR,   /* it does not do what it is for */
	LOG_WARNING, /* somebody should look at it */
	LOG_INFO,    /* what it does */
	LOG_DEBUG    /* all that goes over the wire (trace.h), too */
};

/* What is less urgent is left out; LOG_INFO at first. */
void log_level(enum log_level);

void log_at(enum log_level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* For causes that a client can bring about as often as it likes: of one cause
 * (a string constant) at most a line each LOG_OFTEN_MS; how many were kept
 * back stands in the next one. */
void log_often(enum log_level, const char *cause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As it stands, without the time, on every level: for the lines that scripts
 * wait for. */
void log_bare(const char *line);

#endif
