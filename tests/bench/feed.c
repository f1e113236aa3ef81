/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/feed.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tests/bench/glass.h"

enum { OUT_CAP = 1 << 20, OUT_FULL = 64 << 10, IN_CAP = 16 << 10 };

struct feed {
	enum feed_kind kind;
	int listener, port, wake[2];
	pid_t tls;
	pthread_t thread;
	atomic_bool login, join, over;

	/* What to pour: told by feed_pour, taken over by the thread. */
	pthread_mutex_t lock;
	long told_count, told_rate;
	bool told;

	/* The thread's own. */
	int fd;
	char nick[64];
	struct buf in, out;
	long left, rate, done; /* left -1: without end */
	bool pouring;
	double begun;
	int64_t id;
};

/* ---- texts ------------------------------------------------------------- */

static const char *const names[] = { "anita", "benny", "citra", "dewi", "eko",
	"fajar", "gita", "hadi", "indra", "joko" };

/* Words in no order, so that no line is like the one before. */
static void
make_text(int64_t i, char text[FEED_TEXT + 1])
{
	static const char *const words[] = { "server", "pagi", "sudah", "lab",
		"tugas", "besok", "jaringan", "siapa", "yang", "pesan",
		"kelas", "mantap", "dan", "itu", "kirim", "ulang" };
	uint32_t r = (uint32_t)i * 2654435761U + 1;
	int n = snprintf(text, FEED_TEXT + 1, "%06lld", (long long)i);

	while (n < FEED_TEXT) {
		r = r * 1664525U + 1013904223U;
		n += snprintf(text + n, (size_t)(FEED_TEXT + 1 - n), " %s",
		    words[r >> 28]);
	}
}

static void
put(struct feed *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct feed *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!buf_vaddf(&f->out, fmt, ap))
		errx(1, "a client asks more than it reads");
	va_end(ap);
}

static void
say(struct feed *f, const char *text)
{
	const char *from = names[f->id % 10];
	char time[WIRE_TIME_CAP];

	f->id++;
	if (f->kind != FEED_CHAT) {
		put(f, ":%s!%s@example.org PRIVMSG #bench :%s\r\n", from, from,
		    text);
		return;
	}
	wire_time(1795000000000 + f->id, time);
	put(f, "{\"event\":\"message\",\"id\":%lld,\"target\":\"*\","
	       "\"from\":\"%s\",\"name\":\"\",\"text\":\"%s\","
	       "\"time\":\"%s\"}\r\n\r\n",
	    (long long)f->id, from, text, time);
}

/* ---- what a client asks ------------------------------------------------ */

static void
chat_line(struct feed *f, char *line)
{
	char *tag = NULL, *verb = strtok_r(line, " ", &line);
	size_t i;

	if (verb != NULL && *verb == '@') {
		tag = verb + 1;
		verb = strtok_r(NULL, " ", &line);
	}
	if (verb == NULL)
		return;
	put(f, "{\"status\":\"OK\"");
	if (tag != NULL)
		put(f, ",\"tag\":\"%s\"", tag);
	if (strcmp(verb, "hello") == 0)
		put(f, ",\"realm\":\"bench\"");
	else if (strcmp(verb, "auth") == 0)
		put(f, ",\"tokenid\":\"t\",\"user\":\"messi\"");
	else if (strcmp(verb, "watch") == 0)
		put(f, ",\"last\":%lld,\"missed\":0,\"gap\":false",
		    (long long)f->id);
	else if (strcmp(verb, "unread") == 0)
		put(f, ",\"unread\":{}");
	else if (strcmp(verb, "groups") == 0)
		put(f, ",\"groups\":[]");
	else if (strcmp(verb, "history") == 0)
		put(f, ",\"messages\":[],\"more\":false");
	else if (strcmp(verb, "who") == 0) {
		put(f, ",\"users\":[{\"user\":\"messi\",\"online\":true}");
		for (i = 0; i < sizeof(names) / sizeof(*names); i++)
			put(f, ",{\"user\":\"%s\",\"online\":true}", names[i]);
		put(f, "]");
	}
	put(f, "}\r\n\r\n");
	if (strcmp(verb, "groups") == 0) /* the last that is asked at a login */
		f->login = f->join = true;
}

static void
irc_joined(struct feed *f)
{
	size_t i;

	put(f, ":%s!u@example.org JOIN #bench\r\n", f->nick);
	put(f, ":bench 353 %s = #bench :%s", f->nick, f->nick);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		put(f, " %s", names[i]);
	put(f, "\r\n:bench 366 %s #bench :End\r\n", f->nick);
	f->join = true;
}

static void
irc_line(struct feed *f, char *line)
{
	char *verb = strtok_r(line, " ", &line);
	char *word = verb == NULL ? NULL : strtok_r(NULL, " ", &line);

	if (word == NULL)
		return;
	if (*word == ':')
		word++;
	if (strcmp(verb, "CAP") == 0 && strcmp(word, "LS") == 0)
		put(f, ":bench CAP * LS :\r\n");
	else if (strcmp(verb, "NICK") == 0)
		snprintf(f->nick, sizeof(f->nick), "%s", word);
	else if (strcmp(verb, "USER") == 0) {
		put(f, ":bench 001 %s :Welcome\r\n"
		       ":bench 422 %s :No MOTD\r\n", f->nick, f->nick);
		f->login = true;
	} else if (strcmp(verb, "PING") == 0)
		put(f, ":bench PONG bench :%s\r\n", word);
	else if (strcmp(verb, "JOIN") == 0 && strcmp(word, "#bench") == 0)
		irc_joined(f);
	else if (strcmp(verb, "MODE") == 0)
		put(f, ":bench 324 %s %s +n\r\n", f->nick, word);
	else if (strcmp(verb, "WHO") == 0)
		put(f, ":bench 315 %s %s :End\r\n", f->nick, word);
}

static bool
take(struct feed *f)
{
	size_t room = 4096;
	char *at = buf_reserve(&f->in, &room), *end;
	ssize_t n = read(f->fd, at, room);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	buf_grew(&f->in, (size_t)n);
	while ((end = memchr(buf_data(&f->in), '\n', f->in.len)) != NULL) {
		size_t len = (size_t)(end - buf_data(&f->in));

		*end = '\0';
		if (len > 0 && end[-1] == '\r')
			end[-1] = '\0';
		(f->kind == FEED_CHAT ? chat_line : irc_line)(
		    f, buf_data(&f->in));
		buf_eat(&f->in, len + 1);
	}
	return true;
}

/* ---- pouring ----------------------------------------------------------- */

static void
pour(struct feed *f)
{
	char text[FEED_TEXT + 1];
	long due = (long)((glass_now() - f->begun) / 1e3 * (double)f->rate);

	while (f->pouring && f->out.len < OUT_FULL &&
	    (f->rate == 0 || f->done < due)) {
		if (f->left == 0) {
			say(f, FEED_END);
			f->pouring = false;
			break;
		}
		make_text(f->id, text);
		say(f, text);
		f->done++;
		if (f->left > 0)
			f->left--;
	}
	/* Who cannot be told all of them is told fewer, not all at once. */
	if (f->rate > 0 && f->out.len >= OUT_FULL)
		f->done = due;
}

static void
take_orders(struct feed *f)
{
	char byte[64];

	while (read(f->wake[0], byte, sizeof(byte)) > 0)
		continue;
	pthread_mutex_lock(&f->lock);
	if (f->told) {
		f->left = f->told_count == 0 ? -1 : f->told_count;
		f->rate = f->told_rate;
		f->pouring = f->told_count > 0 || f->told_rate > 0;
		f->begun = glass_now();
		f->done = 0;
		f->told = false;
	}
	pthread_mutex_unlock(&f->lock);
}

static void
serve(struct feed *f)
{
	ssize_t n;

	while (!f->over) {
		struct pollfd p[2] = { { .fd = f->fd, .events = POLLIN },
			{ .fd = f->wake[0], .events = POLLIN } };

		pour(f);
		if (f->out.len > 0)
			p[0].events |= POLLOUT;
		poll(p, 2, f->pouring ? 1 : 1000);
		take_orders(f);
		if ((p[0].revents & (POLLIN | POLLHUP | POLLERR)) && !take(f))
			return;
		if (f->out.len == 0)
			continue;
		n = write(f->fd, buf_data(&f->out), f->out.len);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return;
		if (n > 0)
			buf_eat(&f->out, (size_t)n);
	}
}

static void *
run(void *arg)
{
	struct feed *f = arg;
	int one = 1;

	while (!f->over) {
		if (f->listener != -1) {
			f->fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
			if (f->fd == -1)
				return NULL;
			setsockopt(f->fd, IPPROTO_TCP, TCP_NODELAY, &one,
			    sizeof(one));
		}
		fcntl(f->fd, F_SETFL, O_NONBLOCK);
		f->pouring = false;
		serve(f);
		close(f->fd);
		buf_clear(&f->in);
		buf_clear(&f->out);
		if (f->listener == -1)
			return NULL;
	}
	return NULL;
}

void
feed_pour(struct feed *f, long count, long rate)
{
	pthread_mutex_lock(&f->lock);
	f->told_count = count;
	f->told_rate = rate;
	f->told = true;
	pthread_mutex_unlock(&f->lock);
	(void)!write(f->wake[1], "", 1);
}

static bool
await(const atomic_bool *what, int ms)
{
	double until = glass_now() + ms;

	while (!*what && glass_now() < until)
		poll(NULL, 0, 2);
	return *what;
}

bool
feed_await_login(struct feed *f, int ms)
{
	return await(&f->login, ms);
}

bool
feed_await_join(struct feed *f, int ms)
{
	return await(&f->join, ms);
}

/* ---- life -------------------------------------------------------------- */

static int
open_listener(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, len) == -1 ||
	    listen(fd, 4) == -1 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		err(1, "a port");
	*port = ntohs(at.sin_port);
	return fd;
}

/* A key pair, once; false: there is no openssl. */
static bool
make_pair(const char *folder)
{
	char *line = xasprintf("cd '%s' && { test -f pair.pem || openssl req "
	    "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
	    "-subj /CN=localhost -addext subjectAltName=DNS:localhost "
	    "-keyout key.pem -out cert.pem >/dev/null 2>&1 && "
	    "cat key.pem cert.pem >pair.pem; }", folder);
	int status = system(line); /* NOLINT: our own words */

	free(line);
	return status == 0;
}

/* Its standard input and output are the connection. */
static void
start_tls(struct feed *f, const char *folder)
{
	char port[16], *pem = xasprintf("%s/pair.pem", folder);
	int pair[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	close(f->listener);
	f->listener = -1;
	snprintf(port, sizeof(port), "%d", f->port);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		err(1, "socketpair");
	f->tls = fork();
	if (f->tls == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pair[1], STDIN_FILENO);
		dup2(pair[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("openssl", "openssl", "s_server", "-quiet", "-accept",
		    port, "-cert", pem, (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	close(null);
	f->fd = pair[0];
	free(pem);
}

static void
await_listening(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port) };
	double until = glass_now() + 5000;
	int fd, failed;

	do {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		failed = connect(fd, (struct sockaddr *)&at, sizeof(at));
		close(fd);
		if (failed)
			poll(NULL, 0, 5);
	} while (failed && glass_now() < until);
}

struct feed *
feed_open(enum feed_kind kind, const char *folder)
{
	struct feed *f;

	if (kind == FEED_IRC_TLS && !make_pair(folder))
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->kind = kind;
	pthread_mutex_init(&f->lock, NULL);
	buf_init(&f->in, IN_CAP);
	buf_init(&f->out, OUT_CAP);
	if (pipe2(f->wake, O_CLOEXEC | O_NONBLOCK) == -1)
		err(1, "pipe");
	f->listener = open_listener(&f->port);
	if (kind == FEED_IRC_TLS) {
		start_tls(f, folder);
		await_listening(f->port);
	}
	if (pthread_create(&f->thread, NULL, run, f) != 0)
		errx(1, "no thread");
	return f;
}

void
feed_close(struct feed *f)
{
	f->over = true;
	if (f->listener != -1)
		shutdown(f->listener, SHUT_RDWR);
	if (f->tls > 0) {
		kill(f->tls, SIGKILL);
		waitpid(f->tls, NULL, 0);
	}
	feed_pour(f, 0, 0);
	pthread_join(f->thread, NULL);
	if (f->listener != -1)
		close(f->listener);
	close(f->wake[0]);
	close(f->wake[1]);
	buf_release(&f->in);
	buf_release(&f->out);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

int
feed_port(const struct feed *f)
{
	return f->port;
}
