/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/glass.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "shared/xalloc.h"

enum { WANT_CAP = 64, CHUNK = 64 << 10 };

struct glass {
	pid_t pid;
	int fd;
	pthread_t drain;
	pthread_mutex_t lock;
	pthread_cond_t seen;
	char want[WANT_CAP];
	size_t want_len;
	double seen_at; /* -1: not yet */
	_Atomic unsigned long long bytes;
	char chunk[WANT_CAP + CHUNK];
};

double
glass_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* ---- draining ---------------------------------------------------------- */

static void
search(struct glass *g, const char *p, size_t n, double now)
{
	pthread_mutex_lock(&g->lock);
	if (g->want_len > 0 && g->seen_at < 0 &&
	    memmem(p, n, g->want, g->want_len) != NULL) {
		g->seen_at = now;
		pthread_cond_signal(&g->seen);
	}
	pthread_mutex_unlock(&g->lock);
}

static void *
drain(void *arg)
{
	struct glass *g = arg;
	size_t kept = 0; /* of the chunk before: a match may span both */
	ssize_t n;

	for (;;) {
		n = read(g->fd, g->chunk + kept, CHUNK);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL; /* EIO: nobody has it open any more */
		g->bytes += (unsigned long long)n;
		search(g, g->chunk, kept + (size_t)n, glass_now());
		n += (ssize_t)kept;
		kept = n < WANT_CAP ? (size_t)n : WANT_CAP;
		memmove(g->chunk, g->chunk + (size_t)n - kept, kept);
	}
}

void
glass_want(struct glass *g, const char *bytes)
{
	pthread_mutex_lock(&g->lock);
	g->want_len = strlen(bytes);
	memcpy(g->want, bytes, g->want_len);
	g->seen_at = -1;
	pthread_mutex_unlock(&g->lock);
}

double
glass_await(struct glass *g, int timeout_ms)
{
	struct timespec until;
	double at;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&g->lock);
	while (g->seen_at < 0 &&
	    pthread_cond_timedwait(&g->seen, &g->lock, &until) == 0)
		continue;
	at = g->seen_at;
	pthread_mutex_unlock(&g->lock);
	return at;
}

void
glass_settle(struct glass *g, int quiet_ms)
{
	unsigned long long before;
	double until = glass_now() + 10000;

	do {
		before = g->bytes;
		poll(NULL, 0, quiet_ms);
	} while (g->bytes != before && glass_now() < until);
}

/* ---- the program ------------------------------------------------------- */

static void
child(const char *const argv[], const char *home, const char *const *env)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	clearenv();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("HOME", home, 1);
	for (; env != NULL && *env != NULL; env++)
		putenv((char *)(uintptr_t)*env);
	if (chdir(home) == 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

struct glass *
glass_open(const char *const argv[], const char *home, const char *const *env)
{
	const struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	struct glass *g = xcalloc(1, sizeof(*g));
	pthread_condattr_t attr;

	g->seen_at = -1;
	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&g->seen, &attr);
	pthread_condattr_destroy(&attr);
	g->pid = forkpty(&g->fd, NULL, NULL, &ws);
	if (g->pid == -1)
		err(1, "forkpty");
	if (g->pid == 0)
		child(argv, home, env);
	fcntl(g->fd, F_SETFD, FD_CLOEXEC);
	if (pthread_create(&g->drain, NULL, drain, g) != 0)
		errx(1, "no thread");
	return g;
}

static bool
ends_within(pid_t pid, int ms)
{
	for (double until = glass_now() + ms; glass_now() < until;) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		poll(NULL, 0, 5);
	}
	return false;
}

void
glass_close(struct glass *g)
{
	kill(g->pid, SIGTERM);
	if (!ends_within(g->pid, 1000)) {
		kill(g->pid, SIGKILL);
		waitpid(g->pid, NULL, 0);
	}
	pthread_join(g->drain, NULL);
	close(g->fd);
	pthread_cond_destroy(&g->seen);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

void
glass_type(struct glass *g, const char *keys)
{
	if (write(g->fd, keys, strlen(keys)) == -1)
		err(1, "typing");
}

/* ---- what it is like --------------------------------------------------- */

bool
glass_is_raw(struct glass *g)
{
	struct termios t;

	return tcgetattr(g->fd, &t) == 0 && (t.c_lflag & (ICANON | ECHO)) == 0;
}

pid_t
glass_pid(const struct glass *g)
{
	return g->pid;
}

unsigned long long
glass_bytes(struct glass *g)
{
	return g->bytes;
}

double
glass_cpu(const struct glass *g)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(g->pid, &clock) != 0 ||
	    clock_gettime(clock, &ts) == -1)
		errx(1, "it has ended");
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

size_t
glass_rss_kib(const struct glass *g)
{
	char path[64], line[256];
	size_t kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)g->pid);
	if ((f = fopen(path, "re")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtoul(line + 6, NULL, 10);
	fclose(f);
	return kib;
}
