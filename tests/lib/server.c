/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/server.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"

enum {
	LIMITS_MAX = 4,
	STOP_MS = 5000,
	STOP_SANITIZED_MS = 15000, /* leak checks take their time */
	LOG_SHOWN = 4000
};

static const char accounts_text[] = "messi:surabaya:Lionel Messi\n"
				    "henderson:surabaya:Jordan Henderson\n"
				    "lineker:surabaya:Gary Lineker\n";

/* What one process wrote, gathered by a thread of its own. */
struct log {
	pthread_t thread;
	bool running;
	int fd;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	char *text; /* NUL-terminated; under mutex, as all below */
	size_t len;
	bool ended;
	bool held;
};

struct server {
	struct server *next;
	pid_t pid; /* 0: does not run */
	int port, text_port;
	char address[32];
	char *folder, *data, *accounts;
	bool no_text, no_accounts;
	char *option[SERVER_OPTIONS_MAX];
	size_t options;
	struct {
		int resource;
		unsigned long value;
	} limit[LIMITS_MAX];
	size_t limits;
	int ignored; /* a signal; 0: none */
	struct log log;
};

static struct server *servers;

long long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

char *
program_path(const char *name)
{
	const char *build = getenv("CHAT_BUILD");

	return xasprintf("%s/%s", build != NULL ? build : "build/plain", name);
}

/* ---- the log ---------------------------------------------------------- */

static void
log_add(struct log *l, const char *p, size_t n)
{
	pthread_mutex_lock(&l->mutex);
	l->text = xrealloc(l->text, l->len + n + 1);
	memcpy(l->text + l->len, p, n);
	l->len += n;
	l->text[l->len] = '\0';
	pthread_cond_broadcast(&l->changed);
	while (l->held)
		pthread_cond_wait(&l->changed, &l->mutex);
	pthread_mutex_unlock(&l->mutex);
}

static void *
log_thread(void *arg)
{
	struct log *l = arg;
	char chunk[4096];
	ssize_t n;

	while ((n = read(l->fd, chunk, sizeof(chunk))) > 0 ||
	    (n == -1 && errno == EINTR)) {
		if (n > 0)
			log_add(l, chunk, (size_t)n);
	}
	pthread_mutex_lock(&l->mutex);
	l->ended = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	return NULL;
}

static void
log_init(struct log *l)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&l->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->changed, &attr);
	pthread_condattr_destroy(&attr);
	l->text = xstrdup("");
	l->fd = -1;
}

static void
log_hold(struct log *l, bool held)
{
	pthread_mutex_lock(&l->mutex);
	l->held = held;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
}

/* fd is the reading end of a pipe that the process writes. */
static void
log_begin(struct log *l, int fd)
{
	l->fd = fd;
	l->ended = false;
	l->held = false;
	l->running = true;
	if (pthread_create(&l->thread, NULL, log_thread, l) != 0)
		fail_msg("no thread for the log");
}

static void
log_end(struct log *l)
{
	if (!l->running)
		return;
	log_hold(l, false);
	pthread_join(l->thread, NULL);
	close(l->fd);
	l->fd = -1;
	l->running = false;
}

static void
log_release(struct log *l)
{
	log_end(l);
	free(l->text);
	pthread_mutex_destroy(&l->mutex);
	pthread_cond_destroy(&l->changed);
}

static char *
log_copy(struct log *l)
{
	char *text;

	pthread_mutex_lock(&l->mutex);
	text = xmemdup0(l->text, l->len);
	pthread_mutex_unlock(&l->mutex);
	return text;
}

/* True once text stands at or behind from; false: the deadline, or its end. */
static bool
log_await(struct log *l, size_t from, const char *text)
{
	struct timespec until;
	bool found, over = false;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += DEADLINE_MS / 1000;
	pthread_mutex_lock(&l->mutex);
	for (;;) {
		found = from <= l->len &&
		    strstr(l->text + from, text) != NULL;
		if (found || l->ended || over)
			break;
		over = pthread_cond_timedwait(
			   &l->changed, &l->mutex, &until) == ETIMEDOUT;
	}
	pthread_mutex_unlock(&l->mutex);
	return found;
}

static void
fail_with_log(struct server *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
fail_with_log(struct server *s, const char *fmt, ...)
{
	char why[512], *text = log_copy(&s->log);
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	print_error("---- the end of the server's log:\n%s----\n",
	    text + (n > LOG_SHOWN ? n - LOG_SHOWN : 0));
	free(text);
	fail_msg("%s", why);
}

char *
server_log(struct server *s)
{
	return log_copy(&s->log);
}

size_t
server_log_length(struct server *s)
{
	size_t n;

	pthread_mutex_lock(&s->log.mutex);
	n = s->log.len;
	pthread_mutex_unlock(&s->log.mutex);
	return n;
}

void
server_await_log(struct server *s, size_t from, const char *text)
{
	if (!log_await(&s->log, from, text))
		fail_with_log(s, "the server never logged \"%s\"", text);
}

void
server_log_hold(struct server *s)
{
	(void)fcntl(s->log.fd, F_SETPIPE_SZ, 4096);
	log_hold(&s->log, true);
}

void
server_log_release(struct server *s)
{
	log_hold(&s->log, false);
}

/* Looks for what all sanitizers write at the head of a report. */
static bool
log_is_clean(const char *text)
{
	return strstr(text, "Sanitizer") == NULL &&
	    strstr(text, "runtime error:") == NULL &&
	    strstr(text, "*** stack smashing") == NULL &&
	    strstr(text, "*** buffer overflow") == NULL;
}

void
server_check_clean(struct server *s)
{
	char *text = server_log(s);
	bool clean = log_is_clean(text);

	free(text);
	if (!clean)
		fail_with_log(s, "a sanitizer has reported something");
}

/* ---- making and starting ---------------------------------------------- */

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		fail_msg("%s: %s", path, strerror(errno));
}

struct server *
server_new(void)
{
	struct server *s = xcalloc(1, sizeof(*s));
	const char *tmp = getenv("TMPDIR");

	log_init(&s->log);
	s->folder = xasprintf(
	    "%s/chat-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(s->folder) == NULL)
		fail_msg("%s: %s", s->folder, strerror(errno));
	s->data = xasprintf("%s/data", s->folder);
	s->accounts = xasprintf("%s/accounts", s->folder);
	write_file(s->accounts, accounts_text);
	s->next = servers;
	servers = s;
	return s;
}

struct server *
server_open(const char *const *options)
{
	struct server *s = server_new();

	for (; options != NULL && *options != NULL; options++)
		server_option(s, *options, NULL);
	server_start(s);
	return s;
}

void
server_option(struct server *s, const char *name, const char *value)
{
	assert_true(s->options + 2 <= SERVER_OPTIONS_MAX);
	s->option[s->options++] = xstrdup(name);
	if (value != NULL)
		s->option[s->options++] = xstrdup(value);
}

void
server_clear_options(struct server *s)
{
	while (s->options > 0)
		free(s->option[--s->options]);
}

void
server_limit(struct server *s, int resource, unsigned long value)
{
	assert_true(s->limits < LIMITS_MAX);
	s->limit[s->limits].resource = resource;
	s->limit[s->limits++].value = value;
}

void
server_ignore(struct server *s, int sig)
{
	s->ignored = sig;
}

void
server_without_text(struct server *s)
{
	s->no_text = true;
}

void
server_accounts(struct server *s, const char *lines)
{
	write_file(s->accounts, lines);
}

void
server_without_accounts(struct server *s)
{
	s->no_accounts = true;
}

/* In the child, between fork and exec: only what is safe in signal handlers,
 * for the parent has threads. */
static _Noreturn void
become(const char *const argv[], int out, int err, const struct server *s)
{
	struct rlimit rl;
	size_t i;
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(null, STDIN_FILENO);
	dup2(out == -1 ? null : out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	for (i = 0; s != NULL && i < s->limits; i++) {
		rl.rlim_cur = rl.rlim_max = s->limit[i].value;
		setrlimit((__rlimit_resource_t)s->limit[i].resource, &rl);
	}
	if (s != NULL && s->ignored != 0)
		signal(s->ignored, SIG_IGN);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void
make_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC) == -1)
		fail_msg("pipe: %s", strerror(errno));
}

/* argv for the server, whose strings are s's own or borrowed; ends in NULL. */
static void
spawn(struct server *s, size_t *log_from)
{
	const char *argv[SERVER_OPTIONS_MAX + 12];
	char *program = program_path("chat-server");
	char listen_at[32], text_at[32];
	size_t i, n = 0;
	int fd[2];

	snprintf(listen_at, sizeof(listen_at), "127.0.0.1:%d", s->port);
	snprintf(text_at, sizeof(text_at), "127.0.0.1:%d", s->text_port);
	argv[n++] = program;
	argv[n++] = "--listen";
	argv[n++] = listen_at;
	argv[n++] = "--text";
	argv[n++] = s->no_text ? "off" : text_at;
	argv[n++] = "--data";
	argv[n++] = s->data;
	if (!s->no_accounts) {
		argv[n++] = "--accounts";
		argv[n++] = s->accounts;
	}
	for (i = 0; i < s->options; i++)
		argv[n++] = s->option[i];
	argv[n] = NULL;

	assert_int_equal(s->pid, 0);
	log_end(&s->log);
	*log_from = server_log_length(s);
	make_pipe(fd);
	if ((s->pid = fork()) == 0)
		become(argv, -1, fd[1], s);
	close(fd[1]);
	log_begin(&s->log, fd[0]);
	free(program);
}

/* The port in `listening on ADDR:PORT (WHAT)`; waits for that line.  0: it
 * has not come. */
static int
await_listener(struct server *s, size_t from, const char *what)
{
	char *text, *p, *colon;
	int port = 0;

	if (!log_await(&s->log, from, what))
		return 0;
	text = server_log(s);
	p = strstr(text + from, what);
	*p = '\0';
	if ((colon = strrchr(text + from, ':')) != NULL)
		port = atoi(colon + 1);
	for (p = text + from; strstr(p, "listening on ") != NULL;)
		p = strstr(p, "listening on ") + 1;
	assert_true(p > text + from && colon != NULL && p < colon);
	free(text);
	assert_in_range(port, 1, 65535);
	return port;
}

static bool
await_listeners(struct server *s, size_t from)
{
	int port, text_port = 0;

	if ((port = await_listener(s, from, " (command protocol)")) == 0)
		return false;
	if (!s->no_text &&
	    (text_port = await_listener(s, from, " (plain text)")) == 0)
		return false;
	s->port = port;
	s->text_port = text_port;
	snprintf(s->address, sizeof(s->address), "127.0.0.1:%d", port);
	return true;
}

bool
server_try_start(struct server *s, int *status)
{
	size_t from;

	spawn(s, &from);
	if (await_listeners(s, from))
		return true;
	*status = server_wait(s);
	server_check_clean(s);
	return false;
}

void
server_start(struct server *s)
{
	int status;

	if (!server_try_start(s, &status))
		fail_with_log(s, "the server does not start: status %#x",
		    (unsigned)status);
}

/* ---- ending ----------------------------------------------------------- */

/* Waits for the end of a child; false: it lives on past the deadline. */
static bool
await_end(pid_t pid, int timeout_ms, int *status)
{
	struct pollfd p = { .events = POLLIN };
	long long until = now_ms() + timeout_ms;
	int n;

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd == -1)
		fail_msg("pidfd_open: %s", strerror(errno));
	do {
		long long left = until - now_ms();

		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n == -1 && errno == EINTR);
	close(p.fd);
	return n == 1 && waitpid(pid, status, 0) == pid;
}

static void
kill_hard(struct server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
	log_end(&s->log);
}

bool
program_is_sanitized(void)
{
	const char *build = getenv("CHAT_BUILD");

	return build != NULL && strstr(build, "plain") == NULL;
}

int
server_wait(struct server *s)
{
	int status, ms = DEADLINE_MS;

	if (!await_end(s->pid, ms, &status)) {
		kill_hard(s);
		fail_with_log(s, "the server has not ended in %d ms", ms);
	}
	s->pid = 0;
	log_end(&s->log);
	return status;
}

int
server_refuses(struct server *s)
{
	size_t from;
	int status;

	spawn(s, &from);
	status = server_wait(s);
	server_check_clean(s);
	if (!WIFEXITED(status))
		fail_with_log(s, "ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

void
server_stop(struct server *s)
{
	int ms = program_is_sanitized() ? STOP_SANITIZED_MS : STOP_MS;
	int status;

	kill(s->pid, SIGTERM);
	if (!await_end(s->pid, ms, &status)) {
		kill_hard(s);
		fail_with_log(s, "%d ms after SIGTERM it still ran", ms);
	}
	s->pid = 0;
	log_end(&s->log);
	server_check_clean(s);
	if (WIFSIGNALED(status))
		fail_with_log(s, "ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		fail_with_log(s, "exit status %d", WEXITSTATUS(status));
}

void
server_kill(struct server *s)
{
	if (s->pid == 0)
		return;
	kill_hard(s);
	server_check_clean(s);
}

void
server_signal(struct server *s, int sig)
{
	if (kill(s->pid, sig) == -1)
		fail_with_log(s, "signal %d: %s", sig, strerror(errno));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	(void)remove(path);
	return 0;
}

static void
forget(struct server *s)
{
	struct server **p;

	for (p = &servers; *p != s; p = &(*p)->next)
		;
	*p = s->next;
	(void)nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	server_clear_options(s);
	log_release(&s->log);
	free(s->folder);
	free(s->data);
	free(s->accounts);
	free(s);
}

void
server_free(struct server *s)
{
	if (s->pid != 0)
		server_stop(s);
	forget(s);
}

void
servers_stop(void)
{
	while (servers != NULL)
		server_free(servers);
}

int
servers_cleanup(void **state)
{
	(void)state;
	while (servers != NULL) {
		if (servers->pid != 0)
			kill_hard(servers);
		forget(servers);
	}
	return 0;
}

/* ---- asking ----------------------------------------------------------- */

pid_t
server_pid(const struct server *s)
{
	return s->pid;
}

int
server_port(const struct server *s)
{
	return s->port;
}

int
server_text_port(const struct server *s)
{
	return s->text_port;
}

const char *
server_address(const struct server *s)
{
	return s->address;
}

const char *
server_folder(const struct server *s)
{
	return s->folder;
}

const char *
server_data(const struct server *s)
{
	return s->data;
}

static size_t
count_entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	if (d == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

size_t
server_fds(const struct server *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)s->pid);
	return count_entries(path);
}

/* The number behind `key` in a file of lines; 0 when it is not there. */
static unsigned long
proc_number(const char *path, const char *key)
{
	char line[256];
	unsigned long value = 0;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return 0; /* a thread that has just ended */
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoul(line + strlen(key), NULL, 10);
	fclose(f);
	return value;
}

size_t
server_rss_kib(const struct server *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)s->pid);
	return proc_number(path, "VmRSS:");
}

unsigned long
server_cpu_ticks(const struct server *s)
{
	char path[64], line[1024], *p;
	unsigned long user = 0, sys = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)s->pid);
	if ((f = fopen(path, "r")) == NULL ||
	    fgets(line, sizeof(line), f) == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	fclose(f);
	p = strrchr(line, ')'); /* the name may hold anything */
	assert_non_null(p);
	assert_int_equal(sscanf(p,
			     ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			     "%lu %lu",
			     &user, &sys),
	    2);
	return user + sys;
}

unsigned long
server_wakeups(const struct server *s)
{
	char path[64], file[sizeof(path) + 280];
	unsigned long sum = 0;
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)s->pid);
	if ((d = opendir(path)) == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s/status", path, e->d_name);
		sum += proc_number(file, "voluntary_ctxt_switches:");
	}
	closedir(d);
	return sum;
}

/* ---- other programs --------------------------------------------------- */

int
program_run(const char *const argv[], char **output)
{
	const char *args[64];
	char *path = NULL;
	struct log log = { .fd = -1 };
	size_t n;
	int fd[2], status;
	bool ended;
	pid_t pid;

	for (n = 0; argv[n] != NULL; n++) {
		assert_true(n < 63);
		args[n] = argv[n];
	}
	args[n] = NULL;
	if (strchr(args[0], '/') == NULL)
		args[0] = path = program_path(args[0]);
	log_init(&log);
	make_pipe(fd);
	if ((pid = fork()) == 0)
		become(args, fd[1], fd[1], NULL);
	close(fd[1]);
	log_begin(&log, fd[0]);
	if (!(ended = await_end(pid, DEADLINE_MS, &status))) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	log_end(&log);
	*output = log_copy(&log);
	log_release(&log);
	free(path);
	if (!ended || !log_is_clean(*output)) {
		print_error("%s", *output);
		fail_msg("%s: %s", argv[0], ended ? "not clean" : "hangs");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}
