/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chat-server process for a test: real, on ports that the kernel picks, with
 * a data folder of its own that is removed afterwards.
 *
 * The program is $CHAT_BUILD/chat-server (CHAT_BUILD: build/plain if unset).
 * It is started with the accounts that the five systems' papers use:
 *
 *	messi:surabaya:Lionel Messi
 *	henderson:surabaya:Jordan Henderson
 *	lineker:surabaya:Gary Lineker
 *
 * A thread collects its standard error.  What goes wrong here (it does not
 * start, ends otherwise than it should, a sanitizer has reported something)
 * fails the running cmocka test with the end of that log.
 *
 * Nothing waits without a deadline (DEADLINE_MS) and nothing sleeps.
 *
 * Every server is remembered: servers_cleanup, as a cmocka teardown, ends and
 * frees by force those that a failed test left behind.  A server also dies
 * with the process that started it.  Not for use from several threads.
 */
#ifndef TESTS_LIB_SERVER_H
#define TESTS_LIB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	DEADLINE_MS = 20000, /* nothing takes that long, unless it never ends */
	SERVER_OPTIONS_MAX = 64
};

struct server;

/* A data folder and an accounts file; no process yet. */
struct server *server_new(void);

/* server_new and server_start with further options (NULL-ended, or NULL). */
struct server *server_open(const char *const *options);

/* Ends it (as server_stop, where it runs), removes the folder, frees. */
void server_free(struct server *);

/* For every start from now on.  value may be NULL; both are copied. */
void server_option(struct server *, const char *name, const char *value);
void server_clear_options(struct server *);
void server_limit(struct server *, int resource, unsigned long soft_and_hard);
void server_ignore(struct server *, int sig); /* as nohup(1) does with HUP */
void server_without_text(struct server *);
void server_without_accounts(struct server *);
void server_accounts(struct server *, const char *lines); /* instead */

/*
 * Returns when it listens.  A further start after server_stop or server_kill
 * takes the same data folder and the same ports.
 */
void server_start(struct server *);

/*
 * Starts it as server_start would, but expects it to refuse: returns its exit
 * status.  What it said is in server_log.
 */
int server_refuses(struct server *);

/* Either of the two: true, it listens; false, it ended, *status as wait(2). */
bool server_try_start(struct server *, int *status);

/* SIGTERM; fails unless it exits with 0, within 5 seconds, and clean. */
void server_stop(struct server *);

/* SIGKILL, and waits until it is gone. */
void server_kill(struct server *);
void server_signal(struct server *, int sig);

/* Waits for its end; the status as waitpid(2) tells it. */
int server_wait(struct server *);

/* Fails the test if a sanitizer has written a report. */
void server_check_clean(struct server *);

pid_t server_pid(const struct server *);
int server_port(const struct server *);      /* command protocol */
int server_text_port(const struct server *); /* plain text */
const char *server_address(const struct server *); /* 127.0.0.1:PORT */
const char *server_folder(const struct server *);  /* parent of the data */
const char *server_data(const struct server *);

/* Standard error since the first start, so far.  The caller frees it. */
char *server_log(struct server *);
size_t server_log_length(struct server *);

/* Waits until text stands in the log at or behind from. */
void server_await_log(struct server *, size_t from, const char *text);

/* Stops taking from the pipe that its standard error is, which is made as
 * short as can be, so that it is soon full; and takes again. */
void server_log_hold(struct server *);
void server_log_release(struct server *);

/* ---- what /proc says of it -------------------------------------------- */

size_t server_fds(const struct server *);
size_t server_rss_kib(const struct server *);
unsigned long server_cpu_ticks(const struct server *); /* all threads */
unsigned long server_wakeups(const struct server *); /* voluntary switches */

/* ---- other programs --------------------------------------------------- */

/*
 * Runs argv to its end with nothing on standard input; returns its exit status
 * (128 + signal when killed) and both outputs together in *output, which the
 * caller frees.  argv[0] without a slash is taken from CHAT_BUILD.
 */
int program_run(const char *const argv[], char **output);

/* CHAT_BUILD's program of that name; the caller frees it. */
char *program_path(const char *name);

/* Built with sanitizers, whose memory and time tell nothing. */
bool program_is_sanitized(void);

/* Milliseconds of the monotonic clock. */
long long now_ms(void);

/* server_stop and server_free for each; by force (a cmocka teardown). */
void servers_stop(void);
int servers_cleanup(void **state);

#endif
