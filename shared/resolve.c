/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/resolve.h"

#include <sys/eventfd.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/loop.h"
#include "shared/xalloc.h"

/* ---- text ------------------------------------------------------------- */

static bool
copy_port(const char *s, char port[8])
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 5 || s[n] != '\0' || strtol(s, NULL, 10) > 65535)
		return false;
	memcpy(port, s, n + 1);
	return true;
}

/* n bytes at s; none of them can be part of a name or a number. */
static bool
copy_host(const char *s, size_t n, char host[RESOLVE_HOST_CAP])
{
	size_t i;

	if (n >= RESOLVE_HOST_CAP)
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f ||
		    strchr("[]/*", s[i]) != NULL)
			return false;
	memcpy(host, s, n);
	host[n] = '\0';
	return true;
}

static bool
is_v6(const char *s)
{
	struct in6_addr addr;

	return inet_pton(AF_INET6, s, &addr) == 1;
}

bool
resolve_split(const char *text, const char *port_default,
    char host[RESOLVE_HOST_CAP], char port[8])
{
	const char *at = text, *end;
	size_t n;

	if (*text == '[') {
		at++;
		end = strchr(at, ']');
		if (end == NULL || end == at)
			return false;
		n = (size_t)(end - at);
		end++;
	} else {
		/* Bare, what has two colons is an address of IPv6 or nothing;
		 * where its port would begin nobody can tell. */
		end = is_v6(text) ? text + strlen(text) : strchr(text, ':');
		if (end == NULL)
			end = text + strlen(text);
		if (end == text && *end == '\0')
			return false;
		n = (size_t)(end - at);
		if (n == 1 && *at == '*')
			n = 0;
	}
	if (*end == ':')
		end++;
	else if (*end == '\0' && port_default != NULL)
		end = port_default;
	else
		return false;
	if (!copy_host(at, n, host) || !copy_port(end, port))
		return false;
	return *text != '[' || strchr(host, '%') != NULL || is_v6(host);
}

void
resolve_format(const struct sockaddr_storage *sa, char out[RESOLVE_TEXT_CAP])
{
	char host[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;

	if (sa->ss_family == AF_INET6 &&
	    inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host) != NULL)
		snprintf(out, RESOLVE_TEXT_CAP, "[%s]:%u", host,
		    ntohs(in6->sin6_port));
	else if (sa->ss_family == AF_INET &&
	    inet_ntop(AF_INET, &in->sin_addr, host, sizeof host) != NULL)
		snprintf(out, RESOLVE_TEXT_CAP, "%s:%u", host,
		    ntohs(in->sin_port));
	else
		snprintf(out, RESOLVE_TEXT_CAP, "?");
}

bool
resolve_is_loopback(const struct sockaddr_storage *sa)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;
	const uint8_t *b = in6->sin6_addr.s6_addr;

	if (sa->ss_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	if (sa->ss_family != AF_INET6)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		return b[12] == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

void
resolve_origin(
    const struct sockaddr_storage *sa, char origin[RESOLVE_TEXT_CAP])
{
	const struct sockaddr_in *in = (const void *)sa;
	struct in6_addr a = ((const struct sockaddr_in6 *)(const void *)sa)
	                        ->sin6_addr;
	char net[INET6_ADDRSTRLEN];

	origin[0] = '\0';
	if (resolve_is_loopback(sa))
		return;
	if (sa->ss_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, origin, RESOLVE_TEXT_CAP);
	if (sa->ss_family != AF_INET6)
		return;
	if (IN6_IS_ADDR_V4MAPPED(&a)) {
		inet_ntop(AF_INET, &a.s6_addr[12], origin, RESOLVE_TEXT_CAP);
	} else if (IN6_IS_ADDR_LINKLOCAL(&a)) {
		inet_ntop(AF_INET6, &a, origin, RESOLVE_TEXT_CAP);
	} else {
		memset(&a.s6_addr[8], 0, 8);
		if (inet_ntop(AF_INET6, &a, net, sizeof net) != NULL)
			snprintf(origin, RESOLVE_TEXT_CAP, "%s/64", net);
	}
}

/* ---- asking ----------------------------------------------------------- */

static void
say_why(struct resolve_result *res, int code, int e)
{
	char text[128];
	const char *why = gai_strerror(code);

	/* strerror(3) need not be safe among threads. */
	if (code == EAI_SYSTEM)
		why = strerror_r(e, text, sizeof text);
	snprintf(res->why, sizeof res->why, "%s", why);
}

void
resolve_now(const char *host, const char *port, bool passive,
    struct resolve_result *res)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0),
	};
	struct addrinfo *list = NULL, *ai;
	int code;

	memset(res, 0, sizeof *res);
	code = getaddrinfo(*host == '\0' ? NULL : host, port, &hints, &list);
	if (code != 0) {
		say_why(res, code, errno);
		return;
	}
	for (ai = list; ai != NULL && res->count < RESOLVE_MAX;
	    ai = ai->ai_next) {
		struct resolve_addr *to = &res->addr[res->count];

		if (ai->ai_addrlen > sizeof to->sa)
			continue;
		memcpy(&to->sa, ai->ai_addr, ai->ai_addrlen);
		to->len = ai->ai_addrlen;
		res->count++;
	}
	freeaddrinfo(list);
	if (res->count == 0)
		say_why(res, EAI_NONAME, 0);
}

/* ---- on a thread of its own ------------------------------------------- */

/*
 * What the thread and the loop share.  getaddrinfo cannot be called off, so
 * who asked may be gone long before it returns: the last of the two frees.
 */
struct question {
	pthread_mutex_t lock;
	int refs; /* under lock, as result once the thread runs */
	int fd;   /* an eventfd(2): the answer is there */
	char *host, *port;
	struct resolve_result result;
};

struct resolve {
	struct loop *loop;
	resolve_fn *fn;
	void *arg;
	struct question *q;
	struct loop_call failed; /* when there is no thread to ask */
};

static void
question_unref(struct question *q)
{
	int left;

	pthread_mutex_lock(&q->lock);
	left = --q->refs;
	pthread_mutex_unlock(&q->lock);
	if (left > 0)
		return;
	pthread_mutex_destroy(&q->lock);
	if (q->fd != -1)
		close(q->fd);
	free(q->host);
	free(q->port);
	free(q);
}

static void *
ask(void *arg)
{
	struct question *q = arg;
	struct resolve_result result;

	resolve_now(q->host, q->port, false, &result);
	pthread_mutex_lock(&q->lock);
	q->result = result;
	pthread_mutex_unlock(&q->lock);
	eventfd_write(q->fd, 1);
	question_unref(q);
	return NULL;
}

/* 0 or an errno. */
static int
start_thread(struct question *q)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	int e;

	if ((e = pthread_attr_init(&attr)) != 0)
		return e;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals are for the thread of the loop. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	q->refs++;
	e = pthread_create(&thread, &attr, ask, q);
	if (e != 0)
		q->refs--;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return e;
}

static void
answer(struct resolve *r)
{
	struct resolve_result result;
	resolve_fn *fn = r->fn;
	void *arg = r->arg;

	pthread_mutex_lock(&r->q->lock);
	result = r->q->result;
	pthread_mutex_unlock(&r->q->lock);
	resolve_cancel(r);
	fn(arg, &result);
}

static void
on_answer(void *arg, int fd, unsigned ready)
{
	(void)fd;
	(void)ready;
	answer(arg);
}

static void
on_failed(void *arg)
{
	answer(arg);
}

struct resolve *
resolve_start(struct loop *loop, const char *host, const char *port,
    resolve_fn *fn, void *arg)
{
	struct resolve *r = xcalloc(1, sizeof *r);
	struct question *q = xcalloc(1, sizeof *q);
	int e;

	pthread_mutex_init(&q->lock, NULL);
	q->refs = 1;
	q->host = xstrdup(host);
	q->port = xstrdup(port);
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	e = q->fd == -1 ? errno : start_thread(q);
	r->loop = loop;
	r->fn = fn;
	r->arg = arg;
	r->q = q;
	if (e == 0) {
		loop_watch(loop, q->fd, LOOP_READ, on_answer, r);
	} else {
		say_why(&q->result, EAI_SYSTEM, e);
		loop_defer(loop, &r->failed, on_failed, r);
	}
	return r;
}

void
resolve_cancel(struct resolve *r)
{
	if (r == NULL)
		return;
	if (r->q->fd != -1)
		loop_unwatch(r->loop, r->q->fd);
	loop_defer_cancel(r->loop, &r->failed);
	question_unref(r->q);
	free(r);
}
